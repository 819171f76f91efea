<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Magento's configuration table, and the names behind ids: read once a request. */
final class MagentoSettings
{
    /** What a path is when nothing is stored: the values the program is delivered with. */
    const DEFAULTS = [
        'general/locale/timezone' => 'America/Los_Angeles',
        'general/locale/code' => 'en_US',
        'currency/options/base' => 'USD',
        'general/country/default' => 'US',
        'cataloginventory/item_options/manage_stock' => '1',
        'cataloginventory/item_options/notify_stock_qty' => '1',
        'payment/banktransfer/title' => 'Bank Transfer Payment',
        'payment/cashondelivery/title' => 'Cash On Delivery',
        'payment/checkmo/title' => 'Check / Money order',
        'payment/free/title' => 'No Payment Information Required',
        'payment/purchaseorder/title' => 'Purchase Order',
    ];

    /** Meaning of the fixed states; statuses are the shop's own labels for them. */
    const KINDS = [
        'new' => 'pending', 'pending_payment' => 'pending', 'payment_review' => 'on_hold', 'holded' => 'on_hold',
        'processing' => 'processing', 'complete' => 'complete', 'closed' => 'refunded', 'canceled' => 'cancelled',
    ];

    /** @var Database */
    private $database;
    /** @var MagentoConfiguration */
    private $configuration;
    /** @var Cleaner */
    private $cleaner;
    /** @var array|null */
    private $stored;
    /** @var array<string, array> */
    private $kept = [];
    /** @var array<string, ShopTime> */
    private $times = [];

    public function __construct(Database $database, MagentoConfiguration $configuration, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->configuration = $configuration;
        $this->cleaner = $cleaner;
    }

    /** All stored values: "scope/scope id" => path => value. */
    public function stored(): array
    {
        if ($this->stored === null) {
            $this->stored = [];
            $rows = $this->database->rows(
                'SELECT scope, scope_id, path, value FROM {core_config_data} WHERE path IN (\'general/locale/timezone\', \'general/locale/code\', \'general/country/default\','
                . ' \'general/store_information/name\', \'general/store_information/country_id\', \'general/store_information/merchant_country\', \'shipping/origin/country_id\','
                . ' \'currency/options/base\', \'web/unsecure/base_url\', \'web/secure/base_url\', \'tax/calculation/price_includes_tax\', \'tax/classes/shipping_tax_class\','
                . ' \'cataloginventory/item_options/manage_stock\', \'cataloginventory/item_options/min_qty\', \'cataloginventory/item_options/backorders\', \'cataloginventory/item_options/notify_stock_qty\')'
                . ' OR path LIKE \'payment/%/title\' OR path LIKE \'payment/%/active\' OR path LIKE \'carriers/%/title\' OR path LIKE \'carriers/%/active\''
            );
            foreach ($rows as $row) {
                $this->stored[$row['scope'] . '/' . $row['scope_id']][$row['path']] = (string) $row['value'];
            }
        }
        return $this->stored;
    }

    /** A setting as a store view sees it (null: the default): what files fix first, then store, website, default. */
    public function get(string $path, $store = null): string
    {
        $view = $store === null ? null : $this->store((string) $store);
        $scopes = [];
        if ($view !== null) {
            $scopes[] = ['stores', $view['store_id'], $view['code']];
            $scopes[] = ['websites', $view['website_id'], $view['website']];
        }
        $scopes[] = ['default', '0', ''];
        $stored = $this->stored();
        foreach ($scopes as $scope) {
            $fixed = $this->configuration->fixed($scope[0], $scope[2], $path);
            if ($fixed !== null) {
                return $fixed;
            }
            if (isset($stored[$scope[0] . '/' . $scope[1]][$path])) {
                return $stored[$scope[0] . '/' . $scope[1]][$path];
            }
        }
        return isset(self::DEFAULTS[$path]) ? self::DEFAULTS[$path] : '';
    }

    /** Codes of the methods that are switched on (`payment`, `carriers`), in any scope. */
    public function switchedOn(string $family): array
    {
        $codes = [];
        foreach ($this->stored() as $paths) {
            foreach ($paths as $path => $value) {
                $part = explode('/', $path);
                if ($part[0] === $family && count($part) === 3 && $part[2] === 'active' && $value === '1') {
                    $codes[$part[1]] = true;
                }
            }
        }
        ksort($codes);
        return array_map('strval', array_keys($codes));
    }

    /** A store view {store_id, code, name, website_id, website}, or null. */
    public function store(string $id)
    {
        $stores = $this->stores();
        return isset($stores[$id]) ? $stores[$id] : null;
    }

    /** Store views by id, the admin's own left out. */
    public function stores(): array
    {
        if (!isset($this->kept['stores'])) {
            $rows = $this->database->rows(
                'SELECT s.store_id, s.code, s.name, s.website_id, w.code AS website FROM ' . MagentoSchema::STORE . ' s LEFT JOIN ' . MagentoSchema::WEBSITE
                . ' w ON w.website_id = s.website_id WHERE s.store_id > 0 ORDER BY s.store_id'
            );
            $this->kept['stores'] = array_column($rows, null, 'store_id');
        }
        return $this->kept['stores'];
    }

    /** The shop's clock: columns are UTC, days are this store view's. */
    public function time($store = null): ShopTime
    {
        $zone = Deployment::TIME_ZONE !== '' ? Deployment::TIME_ZONE : $this->get('general/locale/timezone', $store);
        if (!isset($this->times[$zone])) {
            $this->times[$zone] = new ShopTime($zone, Deployment::TIME_ZONE !== '' ? 'profile' : 'setting');
        }
        return $this->times[$zone];
    }

    /** `nl-nl` of a store view. */
    public function language($store): string
    {
        return strtolower(str_replace('_', '-', $this->get('general/locale/code', $store)));
    }

    /** The country the shop itself is in. */
    public function country(): string
    {
        foreach (['general/store_information/country_id', 'general/store_information/merchant_country', 'shipping/origin/country_id'] as $path) {
            if (preg_match('/^[A-Z]{2}$/D', $this->get($path)) === 1) {
                return $this->get($path);
            }
        }
        return $this->get('general/country/default');
    }

    /** A status by its code; on an order the state it is in tells what it means. */
    public function status(string $code, string $state = ''): array
    {
        $statuses = $this->statuses();
        $known = isset($statuses[$code]) ? $statuses[$code] : ['id' => $code, 'name' => $code, 'kind' => 'other'];
        if ($state !== '') {
            $known['kind'] = isset(self::KINDS[$state]) ? self::KINDS[$state] : 'other';
            // Of Magento 2 also an order in progress whose captured amount is suspicious.
            if ($code === 'fraud' && in_array($known['kind'], ['pending', 'processing'], true)) {
                $known['kind'] = 'on_hold';
            }
        }
        return $known;
    }

    /** Every status by its code. One that serves several states has the meaning of the one it is the default of, else of the first. */
    public function statuses(): array
    {
        if (!isset($this->kept['statuses'])) {
            $this->kept['statuses'] = [];
            $rows = $this->database->rows(
                'SELECT s.status, s.label, t.state FROM {sales_order_status} s LEFT JOIN {sales_order_status_state} t ON t.status = s.status ORDER BY s.status, t.is_default DESC, t.state'
            );
            foreach ($rows as $row) {
                if (!isset($this->kept['statuses'][$row['status']])) {
                    $kind = isset(self::KINDS[(string) $row['state']]) ? self::KINDS[(string) $row['state']] : 'other';
                    $this->kept['statuses'][$row['status']] = ['id' => $row['status'], 'name' => $this->cleaner->verbatim($row['label'], 'status'), 'kind' => $kind];
                }
            }
        }
        return $this->kept['statuses'];
    }

    public function group(string $id): array
    {
        if (!isset($this->kept['groups'])) {
            $rows = $this->database->rows('SELECT customer_group_id, customer_group_code, tax_class_id FROM {customer_group} ORDER BY customer_group_id');
            $this->kept['groups'] = array_column($rows, null, 'customer_group_id');
        }
        $name = isset($this->kept['groups'][$id]) ? $this->kept['groups'][$id]['customer_group_code'] : '';
        return ['id' => $id, 'name' => $this->cleaner->verbatim($name, 'group')];
    }

    /** Customer groups by id. */
    public function groups(): array
    {
        $this->group('0');
        return $this->kept['groups'];
    }

    /** Tax classes of products and of shipping, by id. */
    public function taxClasses(): array
    {
        if (!isset($this->kept['classes'])) {
            $this->kept['classes'] = array_column($this->database->rows('SELECT class_id, class_name FROM {tax_class} WHERE class_type = \'PRODUCT\' ORDER BY class_id'), null, 'class_id');
        }
        return $this->kept['classes'];
    }

    /** Tax class {id, name}; `0` is none; null when there is no such class. */
    public function taxClass(string $id)
    {
        $classes = $this->taxClasses();
        if ($id === '0' || $id === '') {
            return ['id' => '0', 'name' => ''];
        }
        return isset($classes[$id]) ? ['id' => $id, 'name' => $this->cleaner->verbatim($classes[$id]['class_name'], 'tax_class')] : null;
    }

    /** Which rates a product class leads to: rows of class, customer class and rate. */
    public function taxLinks(): array
    {
        if (!isset($this->kept['links'])) {
            $this->kept['links'] = $this->database->rows(
                'SELECT DISTINCT c.product_tax_class_id, c.customer_tax_class_id, r.tax_calculation_rate_id, r.tax_country_id, r.code, r.rate'
                . ' FROM {tax_calculation} c JOIN {tax_calculation_rate} r ON r.tax_calculation_rate_id = c.tax_calculation_rate_id'
                . ' ORDER BY c.product_tax_class_id, r.tax_calculation_rate_id, c.customer_tax_class_id'
            );
        }
        return $this->kept['links'];
    }

    /** Percentage (in ten-thousandths) a product class costs a consumer in the shop's own country. */
    public function homeRate(string $class): int
    {
        $groups = $this->groups();
        $consumer = isset($groups['0']) ? $groups['0']['tax_class_id'] : '';
        foreach ($this->taxLinks() as $row) {
            if ($row['product_tax_class_id'] === $class && $row['customer_tax_class_id'] === $consumer && $row['tax_country_id'] === $this->country()) {
                return MagentoAmount::of($row['rate']);
            }
        }
        return 0;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The names behind Magento's ids. */
final class MagentoLookups
{
    /** @var Database */
    private $database;
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function all(): array
    {
        $links = $this->settings->taxLinks();
        return [
            'order_statuses' => array_values($this->settings->statuses()),
            'payment_methods' => $this->paymentMethods(),
            'shipping_methods' => $this->shippingMethods(),
            'tax_classes' => $this->classes($links),
            'tax_rates' => $this->rates(),
            'languages' => $this->languages(),
            'stores' => $this->stores(),
            'customer_groups' => $this->groups(),
            'country' => $this->settings->country(),
        ];
    }

    /** Methods seen on orders and those that are switched on. */
    private function paymentMethods(): array
    {
        $codes = array_column($this->database->rows('SELECT DISTINCT method AS code FROM ' . MagentoSchema::PAYMENT . ' WHERE method IS NOT NULL ORDER BY method'), 'code');
        $methods = [];
        foreach (array_unique(array_merge($codes, $this->settings->switchedOn('payment'))) as $code) {
            $title = $this->settings->get('payment/' . $code . '/title');
            $methods[] = ['id' => $code, 'name' => $this->cleaner->verbatim($title !== '' ? $title : $code, 'payment_method')];
        }
        return $methods;
    }

    /** As they stand on orders, `carrier_method`; of carriers that are switched on and were not used, the carrier. */
    private function shippingMethods(): array
    {
        $rows = $this->database->rows(
            'SELECT shipping_method AS code, MAX(shipping_description) AS title FROM ' . MagentoSchema::ORDER . ' WHERE shipping_method <> \'\' GROUP BY shipping_method ORDER BY shipping_method'
        );
        $methods = [];
        $seen = [];
        foreach ($rows as $row) {
            $methods[] = ['id' => $row['code'], 'name' => $this->cleaner->verbatim($row['title'], 'shipping_method')];
            $seen[explode('_', $row['code'])[0]] = true;
        }
        foreach ($this->settings->switchedOn('carriers') as $code) {
            if (!isset($seen[$code])) {
                $title = $this->settings->get('carriers/' . $code . '/title');
                $methods[] = ['id' => $code, 'name' => $this->cleaner->verbatim($title !== '' ? $title : $code, 'shipping_method')];
            }
        }
        return $methods;
    }

    private function classes(array $links): array
    {
        $rates = [];
        foreach ($links as $row) {
            $rates[$row['product_tax_class_id']][$row['tax_calculation_rate_id']] = $row['tax_calculation_rate_id'];
        }
        $classes = [['id' => '0', 'name' => '', 'rate_ids' => []]];
        foreach ($this->settings->taxClasses() as $row) {
            $id = $row['class_id'];
            $classes[] = ['id' => $id, 'name' => $this->cleaner->verbatim($row['class_name'], 'tax_class'), 'rate_ids' => isset($rates[$id]) ? array_values($rates[$id]) : []];
        }
        return $classes;
    }

    private function rates(): array
    {
        $rates = [];
        foreach ($this->database->rows('SELECT tax_calculation_rate_id, tax_country_id, code, rate FROM {tax_calculation_rate} ORDER BY tax_calculation_rate_id') as $row) {
            $rates[] = [
                'id' => $row['tax_calculation_rate_id'],
                'name' => $this->cleaner->verbatim($row['code'], 'tax_rate'),
                'rate' => $row['rate'],
                'kind' => 'percent',
                'countries' => (string) $row['tax_country_id'] === '' ? [] : [$row['tax_country_id']],
            ];
        }
        return $rates;
    }

    private function languages(): array
    {
        $languages = [];
        foreach (array_keys($this->settings->stores()) as $store) {
            $code = $this->settings->language($store);
            $languages[$code] = ['id' => $code, 'name' => $this->settings->get('general/locale/code', $store)];
        }
        return array_values($languages);
    }

    private function stores(): array
    {
        $stores = [];
        foreach ($this->settings->stores() as $row) {
            $stores[] = ['id' => $row['store_id'], 'name' => $this->cleaner->verbatim($row['name'], 'store')];
        }
        return $stores;
    }

    private function groups(): array
    {
        $groups = [];
        foreach ($this->settings->groups() as $row) {
            $groups[] = $this->settings->group($row['customer_group_id']);
        }
        return $groups;
    }
}

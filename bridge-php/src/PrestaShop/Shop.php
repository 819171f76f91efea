<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** PrestaShop 1.6 to 9: who it is, and which part answers what. */
final class PrestaShopShop implements Platform, RecordWriter
{
    /** @var Database */
    private $database;
    /** @var string */
    private $root;
    /** @var Cleaner */
    private $cleaner;
    /** @var PrestaShopSchema */
    private $schema;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var ShopTime|null */
    private $time;

    public function __construct(Database $database, string $root)
    {
        if (PHP_INT_SIZE < 8) {
            throw new Problem('unsupported', '32-bit');
        }
        $this->database = $database;
        $this->root = $root;
        $this->cleaner = new Cleaner();
        $this->schema = new PrestaShopSchema($database);
        $this->settings = new PrestaShopSettings($database, $this->cleaner);
    }

    public static function access(string $root): array
    {
        return (new PrestaShopConfiguration($root))->access();
    }

    public function prove()
    {
        try {
            $this->settings->get('PS_LANG_DEFAULT');
        } catch (DatabaseError $error) {
            throw $this->database->withoutTables($error, 'order_detail_tax');
        }
    }

    /** Every date is PHP's local time of `PS_TIMEZONE`. */
    private function time(): ShopTime
    {
        if ($this->time === null) {
            $own = $this->settings->get('PS_TIMEZONE');
            if (Deployment::TIME_ZONE !== '') {
                $this->time = new ShopTime(Deployment::TIME_ZONE, 'profile');
            } else {
                $this->time = new ShopTime($own !== '' ? $own : 'UTC', $own !== '' ? 'setting' : 'unknown');
            }
        }
        return $this->time;
    }

    public function hello(): array
    {
        $configuration = new PrestaShopConfiguration($this->root);
        $version = $configuration->version();
        $counts = $this->database->row(
            'SELECT (SELECT COUNT(*) FROM {orders}) AS orders, (SELECT COUNT(*) FROM {cart} c WHERE NOT EXISTS (SELECT 1 FROM {orders} o WHERE o.id_cart = c.id_cart)) AS abandoned,'
            . ' (SELECT COUNT(*) FROM {product}) AS products, (SELECT COUNT(*) FROM {customer} WHERE is_guest = 0 AND deleted = 0) AS customers, DATABASE() AS name, VERSION() AS version'
        );
        return [
            'platform' => 'prestashop',
            'platform_version' => $version !== '' ? $version : $this->settings->get('PS_VERSION_DB'),
            'database_version' => (string) $counts['version'],
            'shop' => [
                'name' => $this->cleaner->verbatim($this->settings->get('PS_SHOP_NAME'), 'name'),
                'url' => $this->url(),
                'database' => hash('sha256', Deployment::BRIDGE_ID . "\n" . $counts['name']),
            ],
            'capabilities' => $configuration->cachesQueries() ? ['query_cache'] : ['stock_write', 'option_stock', 'option_codes'],
            'stock_decimals' => 0,
            'time_zone' => $this->time()->name(),
            'time_zone_source' => $this->time()->source(),
            'currency' => $this->settings->currency($this->schema, $this->settings->get('PS_CURRENCY_DEFAULT'))['code'],
            'counts' => [
                'orders' => (int) $counts['orders'],
                'abandoned' => (int) $counts['abandoned'],
                'products' => (int) $counts['products'],
                'customers' => (int) $counts['customers'],
            ],
        ];
    }

    /** Address of the main shop. */
    private function url(): string
    {
        $row = $this->database->row('SELECT domain, domain_ssl, physical_uri, virtual_uri FROM {shop_url} WHERE id_shop = ? ORDER BY main DESC, id_shop_url LIMIT 1', [$this->settings->defaultShop()]);
        if ($row === null) {
            return '';
        }
        $ssl = $this->settings->get('PS_SSL_ENABLED', '0') === '1';
        return ($ssl ? 'https://' . $row['domain_ssl'] : 'http://' . $row['domain']) . $row['physical_uri'] . $row['virtual_uri'];
    }

    public function lookups(): array
    {
        return (new PrestaShopLookups($this->database, $this->schema, $this->settings, $this->cleaner))->all();
    }

    private function orderReader(): PrestaShopOrders
    {
        return new PrestaShopOrders($this->database, $this->schema, $this->settings, $this->cleaner, $this->time());
    }

    public function orderHeads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $this->orderReader()->heads($since, $after, $limit, $atOnce, $page);
    }

    public function orders(array $ids, int $atOnce, Page $page)
    {
        $this->orderReader()->all($ids, $atOnce, $page);
    }

    /** By id, or by the reference the customer sees: of a split order its first part. */
    public function orderId(string $number)
    {
        if (preg_match('/^[1-9][0-9]{0,9}$/D', $number) === 1) {
            $row = $this->database->row('SELECT id_order FROM {orders} WHERE id_order = ?', [$number]);
            if ($row !== null) {
                return $row['id_order'];
            }
        }
        $row = $this->database->row('SELECT MIN(id_order) AS id_order FROM {orders} WHERE reference = ?', [$number]);
        return $row === null ? null : $row['id_order'];
    }

    /** Sums as the orders say them, each in its own currency: PrestaShop keeps no other. */
    public function totals(string $from): array
    {
        $rows = $this->database->rows(
            'SELECT DATE(date_add) AS day, current_state, COUNT(*) AS n, SUM(total_paid) AS total FROM {orders} WHERE date_add >= ? GROUP BY DATE(date_add), current_state ORDER BY day, current_state',
            [$from . ' 00:00:00']
        );
        $records = [];
        foreach ($rows as $row) {
            $records[] = ['day' => $row['day'], 'status_id' => $row['current_state'], 'count' => (int) $row['n'], 'total' => $row['total']];
        }
        return $records;
    }

    public function customers($since, $after, int $limit)
    {
        return (new PrestaShopCustomers($this->database, $this->settings, $this->cleaner, $this->time()))->page($since, $after, $limit);
    }

    public function products($since, $after, int $limit)
    {
        return (new PrestaShopProducts($this->database, $this->schema, $this->settings, $this->cleaner, $this->time()))->page($since, $after, $limit);
    }

    private function stockReader(): PrestaShopStock
    {
        return new PrestaShopStock($this->database, $this->schema, $this->settings, $this->cleaner);
    }

    public function stock($after, int $limit): array
    {
        return $this->stockReader()->page($after, $limit);
    }

    public function stockOf(array $keys): array
    {
        return $this->stockReader()->of($keys);
    }

    /** Refused where the shop caches its own queries: it would go on selling from the old figure. */
    public function setStock(array $row): array
    {
        if ((new PrestaShopConfiguration($this->root))->cachesQueries()) {
            throw new Problem('unsupported', 'query-cache');
        }
        return $this->stockReader()->set($row);
    }

    /** Nothing where the shop caches its own queries: it could write back what it read before. */
    public function writes(): array
    {
        return (new PrestaShopConfiguration($this->root))->cachesQueries() ? [] : ['order_status_set', 'customers_set'];
    }

    public function setOrderStatus(array $row): array
    {
        return (new PrestaShopStatusMove($this->database, $this->time()))->set($row);
    }

    /** Not in `writes`: names are in the search index, prices in the filters', and modules keep both in files. */
    public function setProduct(array $row): array
    {
        throw new Problem('unsupported', 'products_set');
    }

    public function setCustomer(array $row): array
    {
        return (new PrestaShopCustomerChange($this->database, $this->cleaner, $this->time()))->set($row);
    }
}

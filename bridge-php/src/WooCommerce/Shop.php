<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** WooCommerce: who it is, and which part answers what. */
final class WooCommerceShop implements Platform, RecordWriter
{
    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var string */
    private $root;

    public function __construct(Database $database, string $root)
    {
        $this->database = $database;
        $this->root = $root;
        $this->cleaner = new Cleaner();
        $this->settings = new WooCommerceSettings($database, $this->cleaner);
    }

    public static function access(string $root): array
    {
        return (new WooCommerceConfiguration($root))->access();
    }

    public function prove()
    {
        try {
            if ($this->settings->get('woocommerce_version') !== '') {
                return;
            }
        } catch (DatabaseError $error) {
            throw $this->database->withoutTables($error, 'woocommerce_order_items');
        }
        throw $this->database->elsewhere('woocommerce_order_items');
    }

    /** Where orders are kept, by the option as it is now. */
    private function store(): WooCommerceOrderStore
    {
        return $this->settings->orderTables() ? new WooCommerceOrderTables($this->database) : new WooCommerceOrderPosts($this->database, $this->settings->time());
    }

    /**
     * A persistent object cache keeps what it read of the database: a figure written past it would not be
     * seen by the shop, and could be written over with the old one. Its file lies in WordPress's content folder.
     */
    private function objectCache(): bool
    {
        return is_file($this->root . '/wp-content/object-cache.php') || is_file($this->root . '/app/object-cache.php');
    }

    public function hello(): array
    {
        $counts = $this->store()->counts();
        $others = $this->database->row(
            "SELECT (SELECT COUNT(*) FROM {posts} p WHERE p.post_type = 'product' AND p.post_status NOT IN ('trash', 'auto-draft')) AS products,"
            . ' (SELECT COUNT(*) FROM {shared:usermeta} WHERE meta_key = ? AND meta_value LIKE ?) AS customers, DATABASE() AS name, VERSION() AS version',
            [$this->database->prefix() . 'capabilities', '%customer%']
        );
        $time = $this->settings->time();
        return [
            'platform' => ShopProgram::NAME,
            'platform_version' => $this->settings->get('woocommerce_version'),
            'database_version' => (string) $others['version'],
            'shop' => [
                'name' => $this->cleaner->text($this->settings->get('blogname'), 'name'),
                'url' => $this->settings->get('home', $this->settings->get('siteurl')),
                'database' => hash('sha256', Deployment::BRIDGE_ID . "\n" . $others['name']),
            ],
            'capabilities' => [$this->objectCache() ? 'object_cache' : 'stock_write', $this->settings->orderTables() ? 'order_tables' : 'order_posts'],
            'stock_decimals' => $this->stockReader()->decimals(),
            'time_zone' => $time->name(),
            'time_zone_source' => $time->source(),
            'currency' => $this->settings->currency(),
            'counts' => [
                'orders' => (int) $counts['orders'],
                'abandoned' => (int) $counts['abandoned'],
                'products' => (int) $others['products'],
                'customers' => (int) $others['customers'],
            ],
        ];
    }

    public function lookups(): array
    {
        return (new WooCommerceLookups($this->database, $this->settings, $this->cleaner, $this->store()))->all();
    }

    private function orderReader(): WooCommerceOrders
    {
        return new WooCommerceOrders($this->database, $this->settings, $this->cleaner, $this->settings->time(), $this->store());
    }

    public function orderHeads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $this->orderReader()->heads($since, $after, $limit, $atOnce, $page);
    }

    public function orders(array $ids, int $atOnce, Page $page)
    {
        $this->orderReader()->all($ids, $atOnce, $page);
    }

    public function orderId(string $number)
    {
        return $this->orderReader()->idOf($number);
    }

    public function totals(string $from): array
    {
        $time = $this->settings->time();
        $utc = substr(str_replace('T', ' ', (string) $time->utc($from . ' 00:00:00')), 0, 19);
        $records = [];
        foreach ($this->store()->totals($utc, new WooCommerceDay($time, $utc)) as $row) {
            $records[] = ['day' => $row['day'], 'status_id' => WooCommerceSettings::statusCode((string) $row['status']), 'count' => (int) $row['n'], 'total' => WooCommerceAmount::normal($row['total'])];
        }
        return $records;
    }

    public function customers($since, $after, int $limit)
    {
        return (new WooCommerceCustomers($this->database, $this->settings, $this->cleaner))->page($since, $after, $limit);
    }

    public function products($since, $after, int $limit)
    {
        return (new WooCommerceProducts($this->database, $this->settings, $this->cleaner))->page($since, $after, $limit);
    }

    private function stockReader(): WooCommerceStock
    {
        return new WooCommerceStock($this->database, $this->settings, $this->cleaner);
    }

    public function stock($after, int $limit): array
    {
        return $this->stockReader()->page($after, $limit);
    }

    public function stockOf(array $keys): array
    {
        return $this->stockReader()->of($keys);
    }

    public function setStock(array $row): array
    {
        if ($this->objectCache()) {
            throw new Problem('unsupported', 'object-cache');
        }
        return $this->stockReader()->set($row);
    }

    /** Nothing behind the back of an object cache. */
    public function writes(): array
    {
        return $this->objectCache() ? [] : ['order_status_set', 'products_set'];
    }

    public function setOrderStatus(array $row): array
    {
        return (new WooCommerceStatusMove($this->database, $this->settings))->set($row);
    }

    public function setProduct(array $row): array
    {
        return (new WooCommerceProductChange($this->database, $this->settings, $this->cleaner))->set($row);
    }

    /** Not in `writes`: a name stands in the account, its address and the shop's reports. */
    public function setCustomer(array $row): array
    {
        throw new Problem('unsupported', 'customers_set');
    }
}

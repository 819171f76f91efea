<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** OpenCart, 2.0 to 4.1: who it is, and which part answers what. */
final class OpenCartShop implements Platform, RecordWriter
{
    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime|null */
    private $time;
    /** @var string */
    private $root;

    public function __construct(Database $database, string $root)
    {
        $this->database = $database;
        $this->root = $root;
        $this->cleaner = new Cleaner();
        $this->settings = new OpenCartSettings($database, $this->cleaner);
    }

    public static function access(string $root): array
    {
        return (new OpenCartConfiguration($root))->access();
    }

    public function prove()
    {
        try {
            $this->settings->get('config_name');
        } catch (DatabaseError $error) {
            throw $this->database->withoutTables($error, 'order_product');
        }
    }

    /**
     * OpenCart from 3.0.3 on stores local time of `config_timezone`; before, the database session's.
     * A setting of that name in a shop without session table is somebody else's: OpenCart 2 never asks it.
     */
    private function time(): ShopTime
    {
        if ($this->time === null) {
            $zone = $this->settings->get('config_timezone');
            if (Deployment::TIME_ZONE !== '') {
                $this->time = new ShopTime(Deployment::TIME_ZONE, 'profile');
            } elseif ($zone !== '' && $this->settings->schema()->has('session', 'session_id')) {
                $this->time = new ShopTime($zone, 'setting');
            } else {
                $this->time = OpenCartSessionZone::of($this->database);
            }
        }
        return $this->time;
    }

    public function hello(): array
    {
        $configuration = new OpenCartConfiguration($this->root);
        $url = $configuration->constant('HTTPS_SERVER') !== '' ? $configuration->constant('HTTPS_SERVER') : $configuration->constant('HTTP_SERVER');
        $counts = $this->database->row(
            'SELECT (SELECT COUNT(*) FROM {order} WHERE order_status_id > 0) AS orders, (SELECT COUNT(*) FROM {order} WHERE order_status_id = 0) AS abandoned,'
            . ' (SELECT COUNT(*) FROM {product}) AS products, (SELECT COUNT(*) FROM {customer}) AS customers, DATABASE() AS name, VERSION() AS version'
        );
        return [
            'platform' => 'opencart',
            'platform_version' => $this->version(),
            'database_version' => (string) $counts['version'],
            'shop' => [
                'name' => $this->cleaner->text($this->settings->get('config_name'), 'name'),
                'url' => $url,
                'database' => hash('sha256', Deployment::BRIDGE_ID . "\n" . $counts['name']),
            ],
            'capabilities' => array_merge(['stock_write', 'option_stock'], $this->settings->schema()->optionCode() !== null ? ['option_codes'] : []),
            'stock_decimals' => 0,
            'time_zone' => $this->time()->name(),
            'time_zone_source' => $this->time()->source(),
            'currency' => $this->settings->get('config_currency', 'EUR'),
            'counts' => [
                'orders' => (int) $counts['orders'],
                'abandoned' => (int) $counts['abandoned'],
                'products' => (int) $counts['products'],
                'customers' => (int) $counts['customers'],
            ],
        ];
    }

    /** The literal of `define('VERSION', …)` in `index.php`. */
    private function version(): string
    {
        $file = $this->root . '/index.php';
        $source = is_file($file) ? @file_get_contents($file) : false;
        return is_string($source) ? (new Constants($source))->get('VERSION') : '';
    }

    public function lookups(): array
    {
        return (new OpenCartLookups($this->database, $this->settings, $this->cleaner))->all();
    }

    private function orderReader(): OpenCartOrders
    {
        return new OpenCartOrders($this->database, $this->settings, $this->cleaner, $this->time());
    }

    public function orderHeads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $this->orderReader()->heads($since, $after, $limit, $atOnce, $page);
    }

    public function orders(array $ids, int $atOnce, Page $page)
    {
        $this->orderReader()->bodies($ids, $atOnce, $page);
    }

    public function orderId(string $number)
    {
        // OpenCart's order number is its id.
        if (preg_match('/^[1-9][0-9]{0,17}$/D', $number) !== 1) {
            return null;
        }
        $row = $this->database->row('SELECT order_id FROM {order} WHERE order_id = ?', [$number]);
        return $row === null ? null : $row['order_id'];
    }

    public function totals(string $from): array
    {
        $rows = $this->database->rows(
            'SELECT DATE(date_added) AS day, COALESCE(order_status_id, 0) AS order_status_id, COUNT(*) AS n, COALESCE(SUM(total), 0) AS total FROM {order} WHERE date_added >= ?'
            . ' GROUP BY DATE(date_added), COALESCE(order_status_id, 0) ORDER BY 1, 2',
            [$from . ' 00:00:00']
        );
        $records = [];
        foreach ($rows as $row) {
            $records[] = ['day' => $row['day'], 'status_id' => $row['order_status_id'], 'count' => (int) $row['n'], 'total' => $row['total']];
        }
        return $records;
    }

    public function customers($since, $after, int $limit)
    {
        return (new OpenCartCustomers($this->database, $this->settings, $this->cleaner, $this->time()))->page($since, $after, $limit);
    }

    public function products($since, $after, int $limit)
    {
        return (new OpenCartProducts($this->database, $this->settings, $this->cleaner, $this->time()))->page($since, $after, $limit);
    }

    private function stockReader(): OpenCartStock
    {
        return new OpenCartStock($this->database, $this->settings, $this->cleaner);
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
        return $this->stockReader()->set($row);
    }

    public function writes(): array
    {
        $writes = OpenCartStatusMove::known($this->settings) ? ['order_status_set'] : [];
        return array_merge($writes, ['products_set', 'customers_set']);
    }

    public function setOrderStatus(array $row): array
    {
        return (new OpenCartStatusMove($this->database, $this->settings, $this->time()))->set($row);
    }

    public function setProduct(array $row): array
    {
        return (new OpenCartProductChange($this->database, $this->settings, $this->cleaner, $this->time()))->set($row);
    }

    public function setCustomer(array $row): array
    {
        return (new OpenCartCustomerChange($this->database, $this->settings, $this->cleaner))->set($row);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** A Magento shop of either generation: who it is, and which part answers what. */
final class MagentoShop implements Platform, RecordWriter
{
    /** @var Database */
    private $database;
    /** @var MagentoConfiguration */
    private $configuration;
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, MagentoConfiguration $configuration)
    {
        $this->database = $database;
        $this->configuration = $configuration;
        $this->cleaner = new Cleaner();
        $this->settings = new MagentoSettings($database, $configuration, $this->cleaner);
    }

    public static function access(string $root): array
    {
        return (new MagentoConfiguration($root))->access();
    }

    public function prove()
    {
        try {
            $this->settings->stored();
            $this->settings->stores();
        } catch (DatabaseError $error) {
            throw $this->database->withoutTables($error, 'core_config_data');
        }
    }

    private function stockReader(): MagentoStock
    {
        return new MagentoStock($this->database, $this->settings, $this->cleaner, $this->configuration);
    }

    public function hello(): array
    {
        $counts = $this->database->row(
            'SELECT (SELECT COUNT(*) FROM ' . MagentoSchema::ORDER . ') AS orders, (SELECT COUNT(*) FROM {catalog_product_entity}) AS products,'
            . ' (SELECT COUNT(*) FROM {customer_entity}) AS customers, DATABASE() AS name, VERSION() AS version'
        );
        $name = $this->settings->get('general/store_information/name');
        $stores = $this->settings->stores();
        $first = reset($stores);
        return [
            'platform' => MagentoSchema::PLATFORM,
            'platform_version' => $this->configuration->version(),
            'database_version' => (string) $counts['version'],
            'shop' => [
                'name' => $this->cleaner->verbatim($name !== '' || $first === false ? $name : $first['name'], 'name'),
                'url' => $this->url(),
                'database' => hash('sha256', Deployment::BRIDGE_ID . "\n" . $counts['name']),
            ],
            // An address edited in the admin leaves the order's moment of change alone.
            'capabilities' => array_merge($this->stockReader()->capabilities(), ['silent_edits']),
            'stock_decimals' => 4,
            'time_zone' => $this->settings->time()->name(),
            'time_zone_source' => $this->settings->time()->source(),
            'currency' => $this->settings->get('currency/options/base'),
            'counts' => [
                'orders' => (int) $counts['orders'],
                // Magento keeps carts that were left apart from orders.
                'abandoned' => 0,
                'products' => (int) $counts['products'],
                'customers' => (int) $counts['customers'],
            ],
        ];
    }

    private function url(): string
    {
        // Either may hold a placeholder, which stands for whatever address was asked.
        foreach (['web/secure/base_url' => 'https://', 'web/unsecure/base_url' => 'http'] as $path => $start) {
            $url = $this->settings->get($path);
            if (strncmp($url, $start, strlen($start)) === 0) {
                return $url;
            }
        }
        return '';
    }

    public function lookups(): array
    {
        return (new MagentoLookups($this->database, $this->settings, $this->cleaner))->all();
    }

    private function orderReader(): MagentoOrders
    {
        return new MagentoOrders($this->database, $this->settings, $this->cleaner);
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
        $row = $this->database->row('SELECT entity_id FROM ' . MagentoSchema::ORDER . ' WHERE increment_id = ? ORDER BY entity_id', [$number]);
        return $row === null ? null : $row['entity_id'];
    }

    /**
     * The database knows no zones, so it counts by quarters of an hour (every zone is whole quarters
     * from UTC), and the shop's clock makes days of them.
     */
    public function totals(string $from): array
    {
        $rows = $this->database->rows(
            'SELECT CONCAT(LEFT(created_at, 14), LPAD(FLOOR(MINUTE(created_at) / 15) * 15, 2, \'0\'), \':00\') AS quarter, store_id, status, COUNT(*) AS n,'
            . ' SUM(base_grand_total - IF(state = \'canceled\', 0, COALESCE(base_total_canceled, 0))) AS total FROM ' . MagentoSchema::ORDER
            . ' WHERE created_at >= DATE_SUB(?, INTERVAL 1 DAY) GROUP BY quarter, store_id, status',
            [$from . ' 00:00:00']
        );
        $days = [];
        foreach ($rows as $row) {
            $day = substr(MagentoTime::local($row['quarter'], $this->settings->time($row['store_id'])), 0, 10);
            if ($day < $from) {
                continue;
            }
            $key = $day . ' ' . $row['status'];
            $so = isset($days[$key]) ? $days[$key] : ['day' => $day, 'status_id' => (string) $row['status'], 'count' => 0, 'total' => 0];
            $so['count'] += (int) $row['n'];
            $so['total'] += MagentoAmount::of($row['total']);
            $days[$key] = $so;
        }
        ksort($days);
        return array_map(function (array $day): array {
            return ['total' => MagentoAmount::text($day['total'])] + $day;
        }, array_values($days));
    }

    public function customers($since, $after, int $limit)
    {
        return (new MagentoCustomers($this->database, $this->settings, $this->cleaner))->page($since, $after, $limit);
    }

    public function products($since, $after, int $limit)
    {
        return (new MagentoProducts($this->database, $this->settings, $this->cleaner, $this->stockReader()))->page($since, $after, $limit);
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
        return MagentoSchema::ACCOUNTS_ARE_VALUES ? ['order_status_set', 'customers_set'] : ['order_status_set'];
    }

    public function setOrderStatus(array $row): array
    {
        return (new MagentoStatusMove($this->database))->set($row);
    }

    /** Not in `writes`: prices and names stand in the price index, flat tables and the search engine too. */
    public function setProduct(array $row): array
    {
        throw new Problem('unsupported', 'products_set');
    }

    /** Not in `writes` of Magento 2: there a name stands in the customers' grid too, which it indexes on save. */
    public function setCustomer(array $row): array
    {
        if (!MagentoSchema::ACCOUNTS_ARE_VALUES) {
            throw new Problem('unsupported', 'customers_set');
        }
        return (new MagentoCustomerChange($this->database, $this->cleaner))->set($row);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * `inventory_stock_<id>`: what a stock with other sources than the default one alone can sell. Stock 1
 * is a view over the older index. With an indexer that runs by schedule the shop's own triggers note
 * the change as well; the rows are right at once either way.
 */
final class MagentoSourceIndex
{
    /** @var Database */
    private $database;
    /** @var MagentoStockRules */
    private $rules;
    /** @var array|null */
    private $links;
    /** @var array<string, bool>|null */
    private $tables;

    public function __construct(Database $database, MagentoStockRules $rules)
    {
        $this->database = $database;
        $this->rules = $rules;
    }

    /** Sources that are on, of each stock, in its own order. */
    private function links(): array
    {
        if ($this->links === null) {
            $this->links = $this->database->rows(
                'SELECT l.stock_id, l.source_code FROM {inventory_source_stock_link} l JOIN {inventory_source} n ON n.source_code = l.source_code AND n.enabled = 1'
                . ' ORDER BY l.stock_id, l.priority, l.link_id'
            );
        }
        return $this->links;
    }

    /** The source reservations of a stock are counted with. */
    public function firstSources(): array
    {
        $first = [];
        foreach ($this->links() as $row) {
            if (!isset($first[$row['stock_id']])) {
                $first[$row['stock_id']] = $row['source_code'];
            }
        }
        return $first;
    }

    private function isTable(string $stock): bool
    {
        if ($this->tables === null) {
            $rows = $this->database->rows(
                'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = \'BASE TABLE\' AND table_name LIKE ?',
                [str_replace('_', '\\_', $this->database->prefix() . 'inventory_stock_') . '%']
            );
            $this->tables = array_fill_keys(array_column($rows, 'name'), true);
        }
        return isset($this->tables[$this->database->prefix() . 'inventory_stock_' . $stock]);
    }

    /** Brings a product's rows up to date in every stock its source is in, and those of what it is a part of. */
    public function product(array $now)
    {
        $sources = [];
        foreach ($this->links() as $row) {
            $sources[$row['stock_id']][] = $row['source_code'];
        }
        foreach ($sources as $stock => $codes) {
            $stock = (string) $stock;
            if (!in_array($now['source_code'], $codes, true) || !$this->isTable($stock)) {
                continue;
            }
            $this->simple($stock, $codes, $now);
            foreach (MagentoStockIndex::LINKS as $kind => $statement) {
                foreach ($this->database->rows($statement, [$now['entity_id']]) as $row) {
                    $this->composite($stock, $kind, $row['parent_id']);
                }
            }
        }
    }

    /** A stock's own table; ids are numbers. */
    private static function table(string $stock): string
    {
        return '{inventory_stock_' . (int) $stock . '}';
    }

    private function simple(string $stock, array $codes, array $now)
    {
        $sum = $this->database->row(
            'SELECT COALESCE(SUM(IF(status = 1, quantity, 0)), 0) AS quantity, COALESCE(MAX(status), 0) AS any_in FROM {inventory_source_item} WHERE sku = ? AND source_code IN (' . Database::places($codes) . ')',
            array_merge([$now['sku']], $codes)
        );
        $reserved = $this->database->row('SELECT COALESCE(SUM(quantity), 0) AS quantity FROM {inventory_reservation} WHERE stock_id = ? AND sku = ?', [$stock, $now['sku']]);
        $left = MagentoAmount::of($sum['quantity']) + MagentoAmount::of($reserved['quantity']);
        $sells = $sum['any_in'] === '1' && ($this->rules->enough($now, $left) || $this->rules->backorders($now));
        $this->database->change('UPDATE ' . self::table($stock) . ' SET quantity = ?, is_salable = ? WHERE sku = ?', [$sum['quantity'], $sells ? '1' : '0', $now['sku']]);
    }

    private function composite(string $stock, string $kind, string $parent)
    {
        $parts = [
            'configurable' => 'SELECT 0 AS option_id, 0 AS required, MAX(COALESCE(x.is_salable, 0)) AS sells FROM {catalog_product_super_link} l JOIN {catalog_product_entity} c ON c.entity_id = l.product_id'
                . ' LEFT JOIN ' . self::table($stock) . ' x ON x.sku = c.sku WHERE l.parent_id = ?',
            'grouped' => 'SELECT 0 AS option_id, 0 AS required, MAX(COALESCE(x.is_salable, 0)) AS sells FROM {catalog_product_link} l JOIN {catalog_product_entity} c ON c.entity_id = l.linked_product_id'
                . ' LEFT JOIN ' . self::table($stock) . ' x ON x.sku = c.sku WHERE l.link_type_id = 3 AND l.product_id = ?',
            'bundle' => 'SELECT b.option_id, b.required, MAX(COALESCE(x.is_salable, 0)) AS sells FROM {catalog_product_bundle_option} b JOIN {catalog_product_bundle_selection} l ON l.option_id = b.option_id'
                . ' JOIN {catalog_product_entity} c ON c.entity_id = l.product_id LEFT JOIN ' . self::table($stock) . ' x ON x.sku = c.sku WHERE b.parent_id = ? GROUP BY b.option_id, b.required',
        ];
        $all = true;
        $any = false;
        foreach ($this->database->rows($parts[$kind], [$parent]) as $row) {
            $any = $any || $row['sells'] === '1';
            $all = $all && ($row['sells'] === '1' || $row['required'] !== '1' && $kind === 'bundle' || $kind !== 'bundle');
        }
        $now = $this->database->row(
            'SELECT e.sku, e.type_id, ' . MagentoStockRules::COLUMNS . ' FROM {catalog_product_entity} e LEFT JOIN {cataloginventory_stock_item} s ON s.product_id = e.entity_id AND s.stock_id = 1 WHERE e.entity_id = ?',
            [$parent]
        );
        if ($now !== null && $now['type_id'] === $kind) {
            $in = $now['item_id'] === null || !$this->rules->managed($now) || $now['is_in_stock'] === '1';
            $this->database->change('UPDATE ' . self::table($stock) . ' SET is_salable = ? WHERE sku = ?', [$in && $any && $all ? '1' : '0', $now['sku']]);
        }
    }
}

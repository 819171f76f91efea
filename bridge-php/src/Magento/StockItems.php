<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** `cataloginventory_stock_item`: the figure in Magento 1 and in a Magento 2 without its inventory modules. */
final class MagentoStockItems
{
    const TRIES = 20;

    /** @var Database */
    private $database;
    /** @var MagentoStockRules */
    private $rules;
    /** @var MagentoStockIndex */
    private $index;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, MagentoStockRules $rules, MagentoStockIndex $index, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->rules = $rules;
        $this->index = $index;
        $this->cleaner = $cleaner;
    }

    /** Levels of these product ids, or of the products after one. */
    public function levels($ids, string $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        $rows = $this->rows($ids !== null ? 'e.entity_id IN (' . Database::places($ids) . ')' : 'e.entity_id > ?', $ids !== null ? $ids : [$after], $limit);
        $names = (new MagentoAttributes($this->database))->ofProducts(array_column($rows, 'entity_id'), ['name']);
        $levels = [];
        foreach ($rows as $row) {
            $name = isset($names[$row['entity_id']]['name']) ? $names[$row['entity_id']]['name'] : '';
            $levels[] = [
                'key' => 'p:' . $row['entity_id'],
                'code' => $this->cleaner->verbatim($row['sku'], 'sku'),
                'sku' => null,
                'name' => $this->cleaner->verbatim($name, 'name'),
                'quantity' => MagentoAmount::text(MagentoAmount::of($row['qty'])),
                'tracked' => $this->rules->kept($row),
                'parent' => null,
            ];
        }
        return $levels;
    }

    private function rows(string $where, array $values, int $limit): array
    {
        return $this->database->rows(
            'SELECT e.entity_id, e.sku, e.type_id, ' . MagentoStockRules::COLUMNS . ' FROM {catalog_product_entity} e'
            . ' LEFT JOIN {cataloginventory_stock_item} s ON s.product_id = e.entity_id AND s.stock_id = 1 WHERE ' . $where . ' ORDER BY e.entity_id LIMIT ' . $limit,
            $values
        );
    }

    /** Writes `current + (target - read)` where the figure is still the one read; tries again when a sale came between. */
    public function set(array $row): array
    {
        $difference = MagentoStockRules::difference($row);
        for ($try = 0; $try < self::TRIES; $try++) {
            $found = $this->rows('e.entity_id = ?', [substr($row['key'], 2)], 1);
            if ($found === []) {
                return MagentoStockRules::result($row['key'], 'unknown', null, null);
            }
            $now = $found[0];
            $before = MagentoAmount::of($now['qty']);
            if (!$this->rules->kept($now)) {
                return MagentoStockRules::result($row['key'], 'not_tracked', $before, $before);
            }
            if ($difference === null || !$this->rules->fits($now, $before + $difference)) {
                return MagentoStockRules::result($row['key'], 'refused', $before, $before);
            }
            if ($difference === 0 || $this->write($now, $before, $before + $difference)) {
                return MagentoStockRules::result($row['key'], 'done', $before, $before + $difference);
            }
        }
        return MagentoStockRules::result($row['key'], 'busy', null, null);
    }

    private function write(array $now, int $before, int $after): bool
    {
        $in = $this->rules->inStock($now, $now['is_in_stock'] === '1', $before, $after);
        $changed = $this->database->change(
            'UPDATE {cataloginventory_stock_item} SET qty = ?, is_in_stock = ?, stock_status_changed_auto = ?, low_stock_date = NULLIF(?, \'\') WHERE item_id = ? AND qty = ?',
            [MagentoAmount::text($after), $in ? '1' : '0', MagentoStockRules::changedAuto($now, $in), (string) $this->rules->lowSince($now, $after), $now['item_id'], $now['qty']]
        );
        if ($changed === 1) {
            $this->index->product($now['entity_id'], $in);
        }
        return $changed === 1;
    }
}

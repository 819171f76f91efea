<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Stock by source. A sale does not lower a source, it is reserved until it is shipped: the figure told
 * and set is what can be sold, the source's quantity plus the (negative) open reservations. So a target
 * is what is free, and pieces sold but not shipped stay in the source's quantity by themselves.
 *
 * Reservations are kept by stock. Where a stock has several sources they are counted with the first of
 * them, in the stock's own order: the sum over its sources is what the stock can sell.
 */
final class MagentoSources
{
    const TRIES = 20;
    const MAIN = 'default';

    /** @var Database */
    private $database;
    /** @var MagentoStockRules */
    private $rules;
    /** @var MagentoStockIndex */
    private $legacy;
    /** @var MagentoSourceIndex */
    private $index;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, MagentoStockRules $rules, MagentoStockIndex $legacy, MagentoSourceIndex $index, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->rules = $rules;
        $this->legacy = $legacy;
        $this->index = $index;
        $this->cleaner = $cleaner;
    }

    /** Levels of these products in the default source, or of the products after one. */
    public function products($ids, string $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        return $this->levels($this->productRows($ids !== null ? 'e.entity_id IN (' . Database::places($ids) . ')' : 'e.entity_id > ?', $ids !== null ? $ids : [$after], $limit), 'p');
    }

    /** Levels of rows of other sources. Without a code: the books know one figure of an article, and the default source has it. */
    public function others($ids, string $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        return $this->levels($this->otherRows($ids !== null ? 'i.source_item_id IN (' . Database::places($ids) . ')' : 'i.source_item_id > ?', $ids !== null ? $ids : [$after], $limit), 'o');
    }

    private function productRows(string $where, array $values, int $limit): array
    {
        return $this->database->rows(
            'SELECT e.entity_id, e.sku, e.type_id, i.source_item_id, \'' . self::MAIN . '\' AS source_code, i.quantity, i.status, \'\' AS source_name,'
            . ' IF(i.source_item_id IS NULL, (SELECT COUNT(*) FROM {inventory_source_item} x WHERE x.sku = e.sku), 0) AS elsewhere, ' . MagentoStockRules::COLUMNS
            . ' FROM {catalog_product_entity} e LEFT JOIN {inventory_source_item} i ON i.sku = e.sku AND i.source_code = \'' . self::MAIN . '\''
            . ' LEFT JOIN {cataloginventory_stock_item} s ON s.product_id = e.entity_id AND s.stock_id = 1 WHERE ' . $where . ' ORDER BY e.entity_id LIMIT ' . $limit,
            $values
        );
    }

    private function otherRows(string $where, array $values, int $limit): array
    {
        return $this->database->rows(
            'SELECT e.entity_id, e.sku, e.type_id, i.source_item_id, i.source_code, i.quantity, i.status, n.name AS source_name, 0 AS elsewhere, ' . MagentoStockRules::COLUMNS
            . ' FROM {inventory_source_item} i JOIN {catalog_product_entity} e ON e.sku = i.sku LEFT JOIN {inventory_source} n ON n.source_code = i.source_code'
            . ' LEFT JOIN {cataloginventory_stock_item} s ON s.product_id = e.entity_id AND s.stock_id = 1'
            . ' WHERE i.source_code <> \'' . self::MAIN . '\' AND ' . $where . ' ORDER BY i.source_item_id LIMIT ' . $limit,
            $values
        );
    }

    private function levels(array $rows, string $kind): array
    {
        $reserved = $this->reserved(array_column($rows, 'sku'));
        $names = (new MagentoAttributes($this->database))->ofProducts(array_column($rows, 'entity_id'), ['name']);
        $levels = [];
        foreach ($rows as $row) {
            $name = $this->cleaner->verbatim(isset($names[$row['entity_id']]['name']) ? $names[$row['entity_id']]['name'] : '', 'name');
            $levels[] = [
                'key' => $kind . ':' . ($kind === 'p' ? $row['entity_id'] : $row['source_item_id']),
                'code' => $kind === 'p' ? $this->cleaner->verbatim($row['sku'], 'sku') : '',
                'sku' => null,
                'name' => $kind === 'p' ? $name : $name . ' / ' . $this->cleaner->verbatim($row['source_name'], 'source'),
                'quantity' => MagentoAmount::text(MagentoAmount::of($row['quantity']) + self::of($reserved, $row)),
                'tracked' => $this->kept($row),
                'parent' => $kind === 'p' ? null : 'p:' . $row['entity_id'],
            ];
        }
        return $levels;
    }

    /** A product that was never in stock is in no source yet; the default one is where it comes. One that is only elsewhere is not kept here. */
    private function kept(array $row): bool
    {
        return $row['elsewhere'] === '0' && $this->rules->kept($row);
    }

    private static function of(array $reserved, array $row): int
    {
        $name = $row['source_code'] . ' ' . self::folded($row['sku']);
        return isset($reserved[$name]) ? $reserved[$name] : 0;
    }

    /** The database finds SKUs whatever their case. */
    private static function folded($sku): string
    {
        return function_exists('mb_strtolower') ? mb_strtolower((string) $sku, 'UTF-8') : strtolower((string) $sku);
    }

    /** Open reservations of these SKUs, negative, by the source they are counted with. */
    private function reserved(array $skus): array
    {
        $skus = array_values(array_unique($skus));
        $first = $this->index->firstSources();
        $reserved = [];
        $rows = $skus === [] || $first === [] ? [] : $this->database->rows(
            'SELECT stock_id, sku, SUM(quantity) AS quantity FROM {inventory_reservation} WHERE sku IN (' . Database::places($skus) . ') GROUP BY stock_id, sku',
            $skus
        );
        foreach ($rows as $row) {
            if (isset($first[$row['stock_id']])) {
                $name = $first[$row['stock_id']] . ' ' . self::folded($row['sku']);
                $reserved[$name] = (isset($reserved[$name]) ? $reserved[$name] : 0) + MagentoAmount::of($row['quantity']);
            }
        }
        return $reserved;
    }

    /** Writes `current + (target - read)` where the source's quantity is still the one read; tries again when it changed between. */
    public function set(array $row): array
    {
        $difference = MagentoStockRules::difference($row);
        $id = substr($row['key'], 2);
        for ($try = 0; $try < self::TRIES; $try++) {
            $found = $row['key'][0] === 'p' ? $this->productRows('e.entity_id = ?', [$id], 1) : $this->otherRows('i.source_item_id = ?', [$id], 1);
            if ($found === []) {
                return MagentoStockRules::result($row['key'], 'unknown', null, null);
            }
            $now = $found[0];
            $quantity = MagentoAmount::of($now['quantity']);
            $before = $quantity + self::of($this->reserved([$now['sku']]), $now);
            if (!$this->kept($now)) {
                return MagentoStockRules::result($row['key'], 'not_tracked', $before, $before);
            }
            if ($difference === null || !$this->rules->fits($now, $quantity + $difference)) {
                return MagentoStockRules::result($row['key'], 'refused', $before, $before);
            }
            if ($difference === 0 || $this->write($now, $quantity, $quantity + $difference, $before + $difference)) {
                return MagentoStockRules::result($row['key'], 'done', $before, $before + $difference);
            }
        }
        return MagentoStockRules::result($row['key'], 'busy', null, null);
    }

    private function change(array $now, int $after, bool $in): bool
    {
        $values = [MagentoAmount::text($after), $in ? '1' : '0'];
        if ($now['source_item_id'] !== null) {
            return $this->database->change(
                'UPDATE {inventory_source_item} SET quantity = ?, status = ? WHERE source_item_id = ? AND quantity = ?',
                array_merge($values, [$now['source_item_id'], $now['quantity']])
            ) === 1;
        }
        try {
            return $this->database->change('INSERT INTO {inventory_source_item} (source_code, sku, quantity, status) VALUES (\'' . self::MAIN . '\', ?, ?, ?)', array_merge([$now['sku']], $values)) === 1;
        } catch (DatabaseError $error) {
            // Somebody else put it into the source meanwhile: read again.
            if ($error->number() !== DatabaseError::DUPLICATE) {
                throw $error;
            }
            return false;
        }
    }

    private function write(array $now, int $before, int $after, int $salable): bool
    {
        $in = $this->rules->inStock($now, $now['status'] === '1', $before, $after);
        if (!$this->change($now, $after, $in)) {
            return false;
        }
        if ($now['source_code'] === self::MAIN) {
            $this->mirror($now, $after, $in);
            $this->legacy->product($now['entity_id'], $in && ($this->rules->enough($now, $salable) || $this->rules->backorders($now)));
        }
        $this->index->product($now);
        return true;
    }

    /** The stock row of old is a copy of the default source, of what it is at that moment. */
    private function mirror(array $now, int $after, bool $in)
    {
        $this->database->change(
            'UPDATE {cataloginventory_stock_item} s JOIN {inventory_source_item} i ON i.sku = ? AND i.source_code = \'' . self::MAIN . '\''
            . ' SET s.qty = i.quantity, s.is_in_stock = i.status, s.stock_status_changed_auto = ?, s.low_stock_date = NULLIF(?, \'\') WHERE s.item_id = ?',
            [$now['sku'], MagentoStockRules::changedAuto($now, $in), (string) $this->rules->lowSince($now, $after), $now['item_id']]
        );
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * PrestaShop's stock: one row of `stock_available` a product, or one a combination and their sum
 * with the product, each for a shop or for a group that shares its stock. The row of the main shop
 * (or of the product's own, where that does not sell it) is the one that counts; rows are only ever
 * changed, never made: a second one would hide the first.
 */
final class PrestaShopStock implements StockLevels
{
    /** Combinations, then products without any. */
    const KINDS = ['c', 'p'];
    const TRIES = 20;
    const SMALLEST = -2147483648;
    const LARGEST = 2147483647;

    /** @var Database */
    private $database;
    /** @var PrestaShopSchema */
    private $schema;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, PrestaShopSchema $schema, PrestaShopSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->schema = $schema;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** Levels of these keys. */
    public function of(array $keys): array
    {
        return StockKeys::of($this, self::KINDS, $keys);
    }

    /** A page of all. */
    public function page($after, int $limit): array
    {
        return StockKeys::page($this, self::KINDS, $after, $limit);
    }

    public function levels(string $kind, $ids, $after, int $limit): array
    {
        return $kind === 'c' ? $this->combinations($ids, $after, $limit) : $this->products($ids, $after, $limit);
    }

    /** The pairs (shop, group) a figure can stand under: first the main shop's, then each other's. */
    private function pairs(): array
    {
        $main = $this->settings->defaultShop();
        $pairs = [];
        foreach ($this->settings->shops() as $shop) {
            if ($shop['deleted'] === '1') {
                continue;
            }
            $pair = $shop['share_stock'] === '1' ? ['0', $shop['id_shop_group']] : [$shop['id_shop'], '0'];
            $pairs[$shop['id_shop']] = $pair;
        }
        return isset($pairs[$main]) ? [$main => $pairs[$main]] + $pairs : $pairs;
    }

    /** Is there a row of one of these pairs? With the values to bind. */
    private function exists(string $row): array
    {
        $values = array_merge([], ...array_values($this->pairs()));
        $pairs = implode(' OR ', array_fill(0, intdiv(count($values), 2), 's.id_shop = ? AND s.id_shop_group = ?'));
        return [' AND EXISTS (SELECT 1 FROM {stock_available} s WHERE ' . $row . ' AND (' . ($pairs !== '' ? $pairs : '1 = 0') . '))', $values];
    }

    /** Rows by `product-combination` of these products, the right pair's only. */
    public function rowsOf(array $products): array
    {
        $found = [];
        if ($products === []) {
            return $found;
        }
        $pairs = $this->pairs();
        $rank = [];
        foreach ($pairs as $pair) {
            $rank += [$pair[0] . '-' . $pair[1] => count($rank)];
        }
        $statement = 'SELECT s.id_stock_available, s.id_product, s.id_product_attribute, s.id_shop, s.id_shop_group, s.quantity, s.depends_on_stock, p.id_shop_default'
            . ' FROM {stock_available} s JOIN {product} p ON p.id_product = s.id_product WHERE s.id_product IN (' . Database::places($products) . ')';
        foreach ($this->database->rows($statement, array_values($products)) as $row) {
            $pair = $row['id_shop'] . '-' . $row['id_shop_group'];
            if (!isset($rank[$pair])) {
                continue;
            }
            // The main shop's row; where there is none, the one of the product's own shop, then any.
            $own = isset($pairs[$row['id_shop_default']]) && implode('-', $pairs[$row['id_shop_default']]) === $pair;
            $row['rank'] = $rank[$pair] === 0 ? 0 : ($own ? 1 : 1 + $rank[$pair]);
            $key = $row['id_product'] . '-' . $row['id_product_attribute'];
            if (!isset($found[$key]) || $row['rank'] < $found[$key]['rank']) {
                $found[$key] = $row;
            }
        }
        return $found;
    }

    /** Is this row's figure what the shop sells from? Not with the old warehouses, nor a pack that counts its parts. */
    public function tracked(array $row, array $product): bool
    {
        if ($this->settings->get('PS_STOCK_MANAGEMENT', '1') !== '1' || $row['depends_on_stock'] === '1') {
            return false;
        }
        $type = $product['pack_stock_type'] === '3' ? $this->settings->get('PS_PACK_STOCK_TYPE', '0') : $product['pack_stock_type'];
        return $product['cache_is_pack'] !== '1' || $type !== '1';
    }

    private function packColumns(): string
    {
        return 'p.cache_is_pack, ' . $this->schema->column('product', 'pack_stock_type', 'p', "'0'");
    }

    private function products($ids, $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        $where = $ids !== null ? 'p.id_product IN (' . Database::places($ids) . ')' : 'p.id_product > ?';
        list($exists, $pairs) = $this->exists('s.id_product = p.id_product AND s.id_product_attribute = 0');
        $rows = $this->database->rows(
            'SELECT p.id_product, p.reference, ' . $this->packColumns() . ', l.name FROM {product} p'
            . ' LEFT JOIN {product_lang} l ON l.id_product = p.id_product AND l.id_lang = ? AND l.id_shop = p.id_shop_default WHERE ' . $where
            . ' AND NOT EXISTS (SELECT 1 FROM {product_attribute} a WHERE a.id_product = p.id_product)'
            . $exists . ' ORDER BY p.id_product LIMIT ' . $limit,
            array_merge([$this->settings->language()], $ids !== null ? $ids : [$after], $pairs)
        );
        $stock = $this->rowsOf(array_column($rows, 'id_product'));
        $levels = [];
        foreach ($rows as $row) {
            if (isset($stock[$row['id_product'] . '-0'])) {
                $own = $stock[$row['id_product'] . '-0'];
                $levels[] = $this->level('p:' . $row['id_product'], $row['reference'], (string) $row['name'], $own['quantity'], $this->tracked($own, $row), null);
            }
        }
        return $levels;
    }

    private function combinations($ids, $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        $where = $ids !== null ? 'a.id_product_attribute IN (' . Database::places($ids) . ')' : 'a.id_product_attribute > ?';
        list($exists, $pairs) = $this->exists('s.id_product = a.id_product AND s.id_product_attribute = a.id_product_attribute');
        $rows = $this->database->rows(
            'SELECT a.id_product_attribute, a.id_product, a.reference, ' . $this->packColumns() . ', l.name FROM {product_attribute} a JOIN {product} p ON p.id_product = a.id_product'
            . ' LEFT JOIN {product_lang} l ON l.id_product = p.id_product AND l.id_lang = ? AND l.id_shop = p.id_shop_default WHERE ' . $where
            . $exists . ' ORDER BY a.id_product_attribute LIMIT ' . $limit,
            array_merge([$this->settings->language()], $ids !== null ? $ids : [$after], $pairs)
        );
        $stock = $this->rowsOf(array_values(array_unique(array_column($rows, 'id_product'))));
        $names = $this->attributes(array_column($rows, 'id_product_attribute'));
        $levels = [];
        foreach ($rows as $row) {
            $key = $row['id_product'] . '-' . $row['id_product_attribute'];
            if (isset($stock[$key])) {
                $id = $row['id_product_attribute'];
                $name = $row['name'] . (isset($names[$id]) ? ' (' . $names[$id] . ')' : '');
                $levels[] = $this->level('c:' . $id, $row['reference'], $name, $stock[$key]['quantity'], $this->tracked($stock[$key], $row), 'p:' . $row['id_product']);
            }
        }
        return $levels;
    }

    private function level(string $key, $reference, string $name, string $quantity, bool $tracked, $parent): array
    {
        return [
            'key' => $key,
            'code' => $this->cleaner->verbatim($reference, 'reference'),
            'sku' => null,
            'name' => $this->cleaner->verbatim($name, 'name'),
            'quantity' => $quantity,
            'tracked' => $tracked,
            'parent' => $parent,
        ];
    }

    /** `Kleur: Rood - Maat: S` by combination, in the shop's language. */
    public function attributes(array $combinations): array
    {
        if ($combinations === []) {
            return [];
        }
        $rows = $this->database->rows(
            'SELECT c.id_product_attribute, g.name AS attribute_group, l.name FROM {product_attribute_combination} c JOIN {attribute} a ON a.id_attribute = c.id_attribute'
            . ' JOIN {attribute_lang} l ON l.id_attribute = a.id_attribute AND l.id_lang = ?'
            . ' JOIN {attribute_group_lang} g ON g.id_attribute_group = a.id_attribute_group AND g.id_lang = ?'
            . ' WHERE c.id_product_attribute IN (' . Database::places($combinations) . ') ORDER BY c.id_product_attribute, a.id_attribute_group, a.position',
            array_merge([$this->settings->language(), $this->settings->language()], array_values($combinations))
        );
        $names = [];
        foreach ($rows as $row) {
            $names[$row['id_product_attribute']][] = $row['attribute_group'] . ': ' . $row['name'];
        }
        return array_map(function (array $parts): string {
            return implode(' - ', $parts);
        }, $names);
    }

    /** Writes `current + (target - read)` where the figure is still the one read; tries again when a sale came between. */
    public function set(array $row): array
    {
        $read = self::whole($row['read']);
        $target = self::whole($row['target']);
        if ($read === null || $target === null) {
            return self::result($row['key'], 'refused', null, null);
        }
        $place = $this->place($row['key']);
        if ($place === null) {
            return self::result($row['key'], 'unknown', null, null);
        }
        if (!$place['tracked']) {
            return self::result($row['key'], 'not_tracked', $place['quantity'], $place['quantity']);
        }
        for ($try = 0; $try < self::TRIES; $try++) {
            $now = $this->database->row('SELECT quantity FROM {stock_available} WHERE id_stock_available = ?', [$place['id_stock_available']]);
            if ($now === null) {
                return self::result($row['key'], 'unknown', null, null);
            }
            $wanted = (int) $now['quantity'] + $target - $read;
            if ($wanted < self::SMALLEST || $wanted > self::LARGEST) {
                return self::result($row['key'], 'refused', $now['quantity'], $now['quantity']);
            }
            if ($wanted === (int) $now['quantity'] || $this->write($place['id_stock_available'], $wanted, $now['quantity'])) {
                $this->sum($place);
                return self::result($row['key'], 'done', $now['quantity'], (string) $wanted);
            }
        }
        return self::result($row['key'], 'busy', null, null);
    }

    /** The row a key stands for, with what tells whether it is kept. */
    private function place(string $key)
    {
        $id = substr($key, 2);
        $columns = $this->packColumns();
        $statement = $key[0] === 'c'
            ? 'SELECT p.id_product, a.id_product_attribute, ' . $columns . ' FROM {product_attribute} a JOIN {product} p ON p.id_product = a.id_product WHERE a.id_product_attribute = ?'
            : 'SELECT p.id_product, 0 AS id_product_attribute, ' . $columns . ' FROM {product} p WHERE p.id_product = ?'
                . ' AND NOT EXISTS (SELECT 1 FROM {product_attribute} a WHERE a.id_product = p.id_product)';
        $product = in_array($key[0], ['c', 'p'], true) ? $this->database->row($statement, [$id]) : null;
        if ($product === null) {
            return null;
        }
        $rows = $this->rowsOf([$product['id_product']]);
        $own = $product['id_product'] . '-' . $product['id_product_attribute'];
        return isset($rows[$own]) ? $rows[$own] + ['tracked' => $this->tracked($rows[$own], $product)] : null;
    }

    /** Over the figure just read only; what is physically there is that and what is reserved. */
    private function write(string $id, int $wanted, string $read): bool
    {
        if ($this->schema->has('stock_available', 'physical_quantity')) {
            $statement = 'UPDATE {stock_available} SET quantity = ?, physical_quantity = ? + reserved_quantity WHERE id_stock_available = ? AND quantity = ?';
            return $this->database->change($statement, [$wanted, $wanted, $id, $read]) === 1;
        }
        return $this->database->change('UPDATE {stock_available} SET quantity = ? WHERE id_stock_available = ? AND quantity = ?', [$wanted, $id, $read]) === 1;
    }

    /** The product's own row is the sum of its combinations under the same shop and group. */
    private function sum(array $place)
    {
        if ($place['id_product_attribute'] === '0') {
            return;
        }
        $physical = $this->schema->has('stock_available', 'physical_quantity') ? ', s.physical_quantity = t.total + s.reserved_quantity' : '';
        $this->database->change(
            'UPDATE {stock_available} s JOIN (SELECT SUM(quantity) AS total FROM {stock_available} WHERE id_product = ? AND id_product_attribute <> 0 AND id_shop = ? AND id_shop_group = ?) t'
            . ' SET s.quantity = t.total' . $physical . ' WHERE s.id_product = ? AND s.id_product_attribute = 0 AND s.id_shop = ? AND s.id_shop_group = ?',
            [$place['id_product'], $place['id_shop'], $place['id_shop_group'], $place['id_product'], $place['id_shop'], $place['id_shop_group']]
        );
    }

    private static function result(string $key, string $outcome, $before, $after): array
    {
        return ['key' => $key, 'outcome' => $outcome, 'before' => $before, 'after' => $after];
    }

    /** A whole number out of a decimal text; null when it has a fraction: PrestaShop counts pieces. */
    private static function whole(string $text)
    {
        return preg_match('/^(-?[0-9]{1,9})(?:\.0+)?$/D', $text, $found) === 1 ? (int) $found[1] : null;
    }
}

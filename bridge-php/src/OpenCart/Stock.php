<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * OpenCart's stock: `product.quantity`, and `product_option_value.quantity` beside it, each kept
 * only where `subtract` says so. Most tables are MyISAM, so there is no transaction to lean on: a
 * figure is written only where it is still the one just read.
 */
final class OpenCartStock implements StockLevels
{
    /** Products, then option values. */
    const KINDS = ['p', 'o'];
    const TRIES = 20;
    const SMALLEST = -99999999;
    const LARGEST = 99999999;

    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
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
        return $kind === 'p' ? $this->products($ids, $after, $limit) : $this->values($ids, $after, $limit);
    }

    private function products($ids, $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        $where = $ids !== null ? 'p.product_id IN (' . Database::places($ids) . ')' : 'p.product_id > ?';
        $rows = $this->database->rows(
            'SELECT p.product_id, p.model, ' . $this->settings->schema()->productCode('sku') . ' AS sku, p.quantity, p.subtract, d.name FROM {product} p LEFT JOIN {product_description} d ON d.product_id = p.product_id AND d.language_id = ?'
            . ' WHERE ' . $where . ' ORDER BY p.product_id LIMIT ' . $limit,
            array_merge([$this->settings->language()], $ids !== null ? $ids : [$after])
        );
        $masters = $this->settings->masters();
        $levels = [];
        foreach (array_map([OpenCartRow::class, 'filled'], $rows) as $row) {
            $levels[] = [
                'key' => 'p:' . $row['product_id'],
                'code' => $this->cleaner->text($row['model'], 'model'),
                'sku' => $row['sku'] === '' || $row['sku'] === $row['model'] ? null : $this->cleaner->text($row['sku'], 'sku'),
                'name' => $this->cleaner->text($row['name'], 'name'),
                'quantity' => $row['quantity'],
                // A master's figure follows its variants' sales; theirs are the ones to set.
                'tracked' => $row['subtract'] === '1' && !isset($masters[$row['product_id']]),
                'parent' => null,
            ];
        }
        return $levels;
    }

    /** Option levels of these products, by product id. */
    public function optionLevels(array $products): array
    {
        $levels = [];
        if ($products !== []) {
            foreach ($this->valueRows('v.product_id IN (' . Database::places($products) . ')', $products, 100000) as $row) {
                $levels[$row['product_id']][] = $this->level($row);
            }
        }
        return $levels;
    }

    private function values($ids, $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        $where = $ids !== null ? 'v.product_option_value_id IN (' . Database::places($ids) . ')' : 'v.product_option_value_id > ?';
        return array_map([$this, 'level'], $this->valueRows($where, $ids !== null ? $ids : [$after], $limit));
    }

    private function valueRows(string $where, array $values, int $limit): array
    {
        $column = $this->settings->schema()->optionCode();
        $code = $column === null ? "''" : 'v.`' . $column . '`';
        $language = $this->settings->language();
        $rows = $this->database->rows(
            'SELECT v.product_option_value_id, v.product_id, v.quantity, v.subtract, ' . $code . ' AS code, o.name AS option_name, w.name AS value_name, d.name AS product_name'
            . ' FROM {product_option_value} v LEFT JOIN {option_description} o ON o.option_id = v.option_id AND o.language_id = ?'
            . ' LEFT JOIN {option_value_description} w ON w.option_value_id = v.option_value_id AND w.language_id = ?'
            . ' LEFT JOIN {product_description} d ON d.product_id = v.product_id AND d.language_id = ?'
            . ' WHERE ' . $where . ' ORDER BY v.product_option_value_id LIMIT ' . $limit,
            array_merge([$language, $language, $language], $values)
        );
        return array_map([OpenCartRow::class, 'filled'], $rows);
    }

    private function level(array $row): array
    {
        $name = $this->cleaner->text($row['product_name'], 'name') . ' / ' . $this->cleaner->text($row['option_name'], 'option') . ': ' . $this->cleaner->text($row['value_name'], 'option');
        return [
            'key' => 'o:' . $row['product_option_value_id'],
            'code' => $this->cleaner->text($row['code'], 'option_code'),
            'sku' => null,
            'name' => $name,
            'quantity' => $row['quantity'],
            'tracked' => $row['subtract'] === '1',
            'parent' => 'p:' . $row['product_id'],
        ];
    }

    /** Writes `current + (target - read)` where the figure is still the one read; tries again when a sale came between. */
    public function set(array $row): array
    {
        $read = self::whole($row['read']);
        $target = self::whole($row['target']);
        if ($read === null || $target === null) {
            return self::result($row['key'], 'refused', null, null);
        }
        $id = substr($row['key'], 2);
        $product = $row['key'][0] === 'p';
        $select = $product ? 'SELECT quantity, subtract FROM {product} WHERE product_id = ?' : 'SELECT quantity, subtract FROM {product_option_value} WHERE product_option_value_id = ?';
        $update = $product ? 'UPDATE {product} SET quantity = ? WHERE product_id = ? AND quantity = ?' : 'UPDATE {product_option_value} SET quantity = ? WHERE product_option_value_id = ? AND quantity = ?';
        for ($try = 0; $try < self::TRIES; $try++) {
            $now = $this->database->row($select, [$id]);
            if ($now === null) {
                return self::result($row['key'], 'unknown', null, null);
            }
            $now = OpenCartRow::filled($now);
            if ($now['subtract'] !== '1' || ($product && isset($this->settings->masters()[$id]))) {
                return self::result($row['key'], 'not_tracked', $now['quantity'], $now['quantity']);
            }
            $wanted = (int) $now['quantity'] + $target - $read;
            if ($wanted < self::SMALLEST || $wanted > self::LARGEST) {
                return self::result($row['key'], 'refused', $now['quantity'], $now['quantity']);
            }
            if ($wanted === (int) $now['quantity'] || $this->database->change($update, [$wanted, $id, $now['quantity']]) === 1) {
                return self::result($row['key'], 'done', $now['quantity'], (string) $wanted);
            }
        }
        return self::result($row['key'], 'busy', null, null);
    }

    private static function result(string $key, string $outcome, $before, $after): array
    {
        return ['key' => $key, 'outcome' => $outcome, 'before' => $before, 'after' => $after];
    }

    /** A whole number out of a decimal text; null when it has a fraction: OpenCart counts pieces. */
    private static function whole(string $text)
    {
        return preg_match('/^(-?[0-9]{1,9})(?:\.0+)?$/D', $text, $found) === 1 ? (int) $found[1] : null;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Which of the columns that came and went between OpenCart 2.0 and 4.1 this database has, asked of
 * the database itself: a version text says nothing of a shop that was upgraded halfway.
 */
final class OpenCartSchema
{
    /** Columns that some versions have and others do not; those of option values are extensions'. */
    const ASKED = [
        'order' => ['payment_code', 'subscription_id'],
        'order_product' => ['master_id'],
        'order_total' => ['extension'],
        'order_voucher' => ['order_id'],
        'order_subscription' => ['order_id'],
        'session' => ['session_id'],
        'event' => ['action', 'status'],
        'statistics' => ['code'],
        'product' => ['sku', 'ean', 'master_id'],
        'product_code' => ['value'],
        'product_option_value' => ['sku', 'ob_sku', 'model', 'ean'],
        'customer' => ['address_id'],
        'country' => ['name'],
        'zone' => ['name'],
    ];

    /** @var Database */
    private $database;
    /** @var array|null table and column => true */
    private $found;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function has(string $table, string $column): bool
    {
        if ($this->found === null) {
            $this->found = $this->ask();
        }
        return isset($this->found[$table . '.' . $column]);
    }

    private function ask(): array
    {
        $tables = [];
        $columns = [];
        foreach (self::ASKED as $table => $names) {
            $tables[$this->database->prefix() . $table] = $table;
            $columns = array_merge($columns, $names);
        }
        $columns = array_values(array_unique($columns));
        $rows = $this->database->rows(
            'SELECT table_name AS in_table, column_name AS in_column FROM information_schema.columns WHERE table_schema = DATABASE()'
            . ' AND table_name IN (' . Database::places($tables) . ') AND column_name IN (' . Database::places($columns) . ')',
            array_merge(array_keys($tables), $columns)
        );
        $found = [];
        foreach ($rows as $row) {
            // A server may keep table names in small letters whatever the prefix was.
            foreach ($tables as $name => $table) {
                if (strcasecmp((string) $name, $row['in_table']) === 0) {
                    $found[$table . '.' . strtolower($row['in_column'])] = true;
                }
            }
        }
        return $found;
    }

    /** Does the order's own date move with its status? No longer in 4.1, which put codes in a table and gave up gift vouchers. */
    public function datesStatus(): bool
    {
        return !$this->has('product_code', 'value') && ($this->has('order_voucher', 'order_id') || !$this->variants());
    }

    /** OpenCart 4: a product may be a variant of another one. */
    public function variants(): bool
    {
        return $this->has('product', 'master_id');
    }

    /** Expression for a code (`sku`, `ean`) of product `p`: a column up to 4.1.0, then a table of its own. */
    public function productCode(string $code): string
    {
        $columns = ['sku' => 'p.sku', 'ean' => 'p.ean'];
        $kept = [
            'sku' => "(SELECT k.value FROM {product_code} k WHERE k.product_id = p.product_id AND UPPER(k.code) = 'SKU' ORDER BY k.product_code_id LIMIT 1)",
            'ean' => "(SELECT k.value FROM {product_code} k WHERE k.product_id = p.product_id AND UPPER(k.code) = 'EAN' ORDER BY k.product_code_id LIMIT 1)",
        ];
        if (!$this->has('product_code', 'value')) {
            return $columns[$code];
        }
        // 4.1.0.1 to 4.1.0.3 have both, and use the table.
        return $this->has('product', $code) ? "COALESCE(NULLIF($kept[$code], ''), $columns[$code])" : $kept[$code];
    }

    /** The column an extension added to option values for a code of their own; null in plain OpenCart. */
    public function optionCode()
    {
        foreach (['sku', 'ob_sku', 'model', 'ean'] as $column) {
            if ($this->has('product_option_value', $column)) {
                return $column;
            }
        }
        return null;
    }
}

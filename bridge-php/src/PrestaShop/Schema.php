<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Which tables and columns this shop has: they came and went between 1.6 and 9, and a version text proves nothing. */
final class PrestaShopSchema
{
    /** Tables with columns that not every version has. */
    const TABLES = [
        'orders', 'order_detail', 'order_cart_rule', 'order_slip', 'order_slip_detail', 'stock_available', 'product', 'product_attribute',
        'currency', 'customization_field_lang', 'customer', 'address', 'tax_rules_group', 'message', 'cart_rule', 'order_carrier', 'product_download',
    ];

    /** @var Database */
    private $database;
    /** @var array<string, array<string, bool>>|null */
    private $columns;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function has(string $table, string $column): bool
    {
        if ($this->columns === null) {
            $this->columns = [];
            $prefix = $this->database->prefix();
            $names = [];
            foreach (self::TABLES as $name) {
                $names[$prefix . $name] = $name;
            }
            $rows = $this->database->rows(
                'SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN (' . Database::places($names) . ')',
                array_keys($names)
            );
            foreach ($rows as $row) {
                $this->columns[isset($names[$row['t']]) ? $names[$row['t']] : $row['t']][$row['c']] = true;
            }
        }
        return isset($this->columns[$table][$column]);
    }

    /** `alias.column` where it exists, or what stands for it; all of them constants of the sources. */
    public function column(string $table, string $column, string $alias, string $else): string
    {
        return $this->has($table, $column) ? $alias . '.' . $column . ' AS ' . $column : $else . ' AS ' . $column;
    }
}

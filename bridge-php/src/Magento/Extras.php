<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Columns that extensions and the paid edition added to orders: amounts of their own, and fields for
 * the Chamber of Commerce number. The program itself knows none of them.
 */
final class MagentoExtras
{
    /** What core has of amounts in base currency; what was invoiced, refunded and cancelled of each is left out by its ending. */
    const CORE = [
        'base_adjustment_negative', 'base_adjustment_positive', 'base_discount_amount', 'base_discount_tax_compensation_amount', 'base_grand_total',
        'base_hidden_tax_amount', 'base_shipping_amount', 'base_shipping_discount_amount', 'base_shipping_discount_tax_compensation_amnt',
        'base_shipping_hidden_tax_amnt', 'base_shipping_incl_tax', 'base_shipping_tax_amount', 'base_subtotal', 'base_subtotal_incl_tax',
        'base_tax_amount', 'base_total_due', 'base_total_paid', 'base_total_qty_ordered',
    ];

    /** @var array<string> */
    private $amounts = [];
    /** @var array<string> */
    private $chamber = [];

    public function __construct(Database $database)
    {
        $rows = $database->rows(
            'SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN (?, ?)'
            . ' AND (column_name LIKE \'base\\_%\' OR column_name LIKE \'%\\_base\\_%\' OR column_name LIKE \'%kvk%\' OR column_name IN (\'coc\', \'coc_number\', \'chamber_of_commerce\')) ORDER BY ordinal_position',
            [$database->prefix() . MagentoSchema::ORDER_TABLE, $database->prefix() . MagentoSchema::ADDRESS_TABLE]
        );
        foreach ($rows as $row) {
            if (preg_match('/^[a-z0-9_]{1,64}$/D', $row['c']) !== 1) {
                continue;
            }
            $ofOrder = $row['t'] === $database->prefix() . MagentoSchema::ORDER_TABLE;
            // Some extensions have their own name first (`mp_reward_base_discount`).
            if (preg_match('/(^|_)base_/', $row['c']) !== 1) {
                $this->chamber[($ofOrder ? 'o.' : 'a.') . $row['c']] = $row['c'];
            } elseif ($ofOrder && !in_array($row['c'], self::CORE, true) && preg_match('/_(invoiced|refunded|canceled|cost|rate|code|tax|tax_amount|incl_tax)$/D', $row['c']) !== 1) {
                $this->amounts[] = $row['c'];
            }
        }
    }

    /** `, o.base_fee_amount` … for the list of an order's columns. */
    public function orderColumns(): string
    {
        return $this->columns('o', array_merge($this->amounts, $this->chamberOf('o.')));
    }

    /** The same for an address. */
    public function addressColumns(): string
    {
        return $this->columns('a', $this->chamberOf('a.'));
    }

    private function columns(string $table, array $names): string
    {
        $list = '';
        foreach ($names as $name) {
            $list .= ', ' . $table . '.`' . $name . '`';
        }
        return $list;
    }

    private function chamberOf(string $table): array
    {
        $names = [];
        foreach ($this->chamber as $full => $name) {
            if (strncmp($full, $table, 2) === 0) {
                $names[] = $name;
            }
        }
        return $names;
    }

    /** The Chamber of Commerce number on an order or address row, or null. */
    public function chamberNumber(array $row)
    {
        foreach ($this->chamber as $name) {
            if (isset($row[$name]) && trim($row[$name]) !== '') {
                return trim($row[$name]);
            }
        }
        return null;
    }

    /** Amounts that are not nothing: [column, kind, signed amount]; gift cards and credit lower the total. */
    public function rows(array $order): array
    {
        $kinds = [
            'gift_card' => '/gift_?(cards?|cert|voucher)/', 'store_credit' => '/customer_?balance|store_?credit/', 'reward' => '/reward/',
            'fee' => '/fee|surcharge|handling|cod|gw_|wrap/',
        ];
        $rows = [];
        foreach ($this->amounts as $column) {
            $amount = MagentoAmount::of($order[$column]);
            if ($amount === 0) {
                continue;
            }
            $kind = 'other';
            foreach ($kinds as $name => $pattern) {
                if (preg_match($pattern, $column) === 1) {
                    $kind = $name;
                    break;
                }
            }
            $rows[] = [$column, $kind, in_array($kind, ['gift_card', 'store_credit', 'reward'], true) ? -abs($amount) : $amount];
        }
        return $rows;
    }
}

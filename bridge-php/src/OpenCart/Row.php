<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Rows of OpenCart 4 may hold NULL where those of 2 and 3 hold an empty text or 0. */
final class OpenCartRow
{
    const NUMBERS = [
        'order_id', 'invoice_no', 'store_id', 'customer_id', 'customer_group_id', 'subscription_id', 'payment_country_id', 'shipping_country_id', 'country_id',
        'total', 'order_status_id', 'language_id', 'product_id', 'master_id', 'quantity', 'price', 'tax', 'value', 'sort_order', 'amount',
        'product_option_value_id', 'tax_class_id', 'subtract', 'status', 'notify',
    ];

    /** Amounts that no version leaves open: what is missing here is damage. */
    const AMOUNTS = ['total', 'price', 'quantity', 'value', 'amount'];

    /**
     * The row as OpenCart 2 and 3 would have it; `$text` are columns of those names that hold text here. An amount that
     * was missing is named in `no_amount`.
     */
    public static function filled(array $row, array $text = []): array
    {
        foreach ($row as $name => $value) {
            if ($value === null) {
                if (in_array($name, self::AMOUNTS, true) && !in_array($name, $text, true)) {
                    $row['no_amount'] = $name;
                }
                $row[$name] = in_array($name, self::NUMBERS, true) && !in_array($name, $text, true) ? '0' : '';
            }
        }
        return $row;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The rows of orders and refunds (`woocommerce_order_items`), the same in both kinds of storage. */
final class WooCommerceItems
{
    /** Values that say nothing of what was sold: stock bookkeeping, copies of coupons, and numbers of gift cards. */
    const LEFT_OUT = "'coupon_data', 'coupon_info', '_reduced_stock', '_restock_refunded_items', 'card_number', 'code', 'giftcard_id', 'Items'";

    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /** What OrderSizes asks of an order's rows. */
    public static function size(): string
    {
        return self::sizeIn('{woocommerce_order_items} i', 'i.order_id', '');
    }

    /** Likewise of those of its refunds: these are rows of `$table` with their id and their order's in two of its columns. */
    public static function sizeOfRefunds(string $table, string $id, string $order, string $condition): string
    {
        return self::sizeIn($table . ' r JOIN {woocommerce_order_items} i ON i.order_id = r.' . $id, 'r.' . $order, ' AND r.' . $condition);
    }

    private static function sizeIn(string $rows, string $order, string $condition): string
    {
        $bytes = OrderSizes::sum(['i.order_item_name', 'm.meta_key', 'm.meta_value'], 100);
        $values = ' LEFT JOIN {woocommerce_order_itemmeta} m ON m.order_item_id = i.order_item_id AND m.meta_key NOT IN (' . self::LEFT_OUT . ')';
        return 'SELECT ' . $order . ' AS id, ' . $bytes . ' FROM ' . $rows . $values . ' WHERE ' . $order . ' IN (%s)' . $condition . ' GROUP BY ' . $order;
    }

    /** By order or refund id: `id`, `type`, `name`, `values` (the first of each name) and `pairs` (name and value, in order). */
    public function of(array $ids): array
    {
        $orders = [];
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT i.order_id, i.order_item_id, i.order_item_type, i.order_item_name, m.meta_key, m.meta_value FROM {woocommerce_order_items} i'
            . ' LEFT JOIN {woocommerce_order_itemmeta} m ON m.order_item_id = i.order_item_id AND m.meta_key NOT IN (' . self::LEFT_OUT . ')'
            . ' WHERE i.order_id IN (' . Database::places($ids) . ') ORDER BY i.order_item_id, m.meta_id',
            $ids
        );
        foreach ($rows as $row) {
            $items = &$orders[$row['order_id']];
            $id = $row['order_item_id'];
            if (!isset($items[$id])) {
                $items[$id] = ['id' => $id, 'type' => $row['order_item_type'], 'name' => $row['order_item_name'], 'values' => [], 'pairs' => []];
            }
            if ($row['meta_key'] !== null) {
                $items[$id]['values'] += [$row['meta_key'] => (string) $row['meta_value']];
                $items[$id]['pairs'][] = [$row['meta_key'], (string) $row['meta_value']];
            }
            unset($items);
        }
        return $orders;
    }

    /** Those of one type. */
    public static function ofType(array $items, string $type): array
    {
        return array_values(array_filter($items, function (array $item) use ($type): bool {
            return $item['type'] === $type;
        }));
    }

    /** A value of an item; empty when it has none of that name. */
    public static function value(array $item, string $name): string
    {
        return isset($item['values'][$name]) ? $item['values'][$name] : '';
    }
}

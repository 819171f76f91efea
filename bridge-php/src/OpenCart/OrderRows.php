<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** What is stored of OpenCart's orders, read in bulk: a statement an order only where one's texts are very long. */
final class OpenCartOrderRows
{
    const COLUMNS = 'order_id, invoice_no, invoice_prefix, store_id, store_name, customer_id, customer_group_id, firstname, lastname, email, telephone, custom_field,'
        . ' payment_firstname, payment_lastname, payment_company, payment_address_1, payment_address_2, payment_city, payment_postcode, payment_country, payment_country_id, payment_zone, payment_custom_field, payment_method,'
        . ' shipping_firstname, shipping_lastname, shipping_company, shipping_address_1, shipping_address_2, shipping_city, shipping_postcode, shipping_country, shipping_country_id, shipping_zone, shipping_custom_field, shipping_method,'
        . ' comment, total, order_status_id, language_id, currency_code, currency_value, date_added, date_modified';

    /** Those of them that may be long. */
    const LONG = ['custom_field', 'payment_custom_field', 'payment_method', 'shipping_custom_field', 'shipping_method', 'comment'];

    /**
     * Lines with their options below them. Options have no index in most shops, lines none in old ones, so
     * that a join would compare each line with each option of the shop; one below the other both are gone
     * through once. A line comes before its options.
     */
    const LINES = 'SELECT p.order_id, p.order_product_id, p.product_id, p.name, p.model, p.quantity, p.price, p.total, p.tax,'
        . ' NULL AS order_option_id, NULL AS product_option_value_id, NULL AS option_name, NULL AS option_value, NULL AS option_type'
        . ' FROM {order_product} p WHERE p.order_id IN (%1$s)'
        . ' UNION ALL SELECT o.order_id, o.order_product_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL,'
        . ' o.order_option_id, o.product_option_value_id, o.name, LEFT(o.value, 4000), o.type FROM {order_option} o WHERE o.order_id IN (%1$s)'
        . ' ORDER BY order_product_id, order_option_id';

    /** The columns of one line and of one option as `LINES` has them, for reading them by key. */
    const LINE = 'order_id, order_product_id, product_id, name, model, quantity, price, total, tax';
    const OPTION = 'order_id, order_product_id, order_option_id, product_option_value_id, name, LEFT(value, 4000) AS value, type';
    const ENTRY = 'order_id, order_history_id, order_status_id, notify, LEFT(comment, 4000) AS comment, date_added';

    /** Tables of orders' rows of which some, in all versions or in old ones, have no index by order; their keys. */
    const KEYS = ['order_product' => 'order_product_id', 'order_option' => 'order_option_id', 'order_history' => 'order_history_id'];

    /** Keys named in one statement; an order that has more rows than this is read by itself. */
    const KEYS_AT_ONCE = 5000;

    /** Longer lists than this MariaDB turns into a table, which it may then read first. */
    const IN_A_LIST = 900;

    /**
     * Totals with gift cards sold below them, in one statement since a poll asks for them each time. Each has
     * columns of its own: the two tables may differ in their character set.
     */
    const TOTALS = 'SELECT 0 AS is_card, order_id, %2$s code, title, value, sort_order, order_total_id AS part, NULL AS description, NULL AS amount FROM {order_total} WHERE order_id IN (%1$s)';
    const CARDS = ' UNION ALL SELECT 1, order_id, %3$s NULL, NULL, NULL, NULL, order_voucher_id, description, amount FROM {order_voucher} WHERE order_id IN (%1$s)';

    const NEVER = "TIMESTAMP('1970-01-01 00:00:00')";

    /** @var Database */
    private $database;
    /** @var OpenCartSchema */
    private $schema;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, OpenCartSchema $schema, ShopTime $time)
    {
        $this->database = $database;
        $this->schema = $schema;
        $this->time = $time;
    }

    /** Orders changed since then, with the `stamp` they are ordered by; of their long texts as `of` has them. */
    public function changed($since, int $limit, int $room): array
    {
        return array_map([OpenCartRow::class, 'filled'], $this->inOrder($this->columns(intdiv($room, max(1, $limit))), $since, null, $limit));
    }

    /** Ids and stamps of orders changed since then or after that place. */
    public function places($since, $after, int $limit): array
    {
        return $this->inOrder('order_id', $since, $after, $limit);
    }

    private function inOrder(string $columns, $since, $after, int $limit): array
    {
        $since = $since === null ? null : $this->time->localSince($since);
        $from = '{order}';
        $where = ['1 = 1'];
        $values = [];
        // An import tool may leave date_modified at zero.
        $stamp = 'GREATEST(date_added, date_modified)';
        if ($this->schema->variants()) {
            // 4.1 leaves an order's own date alone when only its status changes; the history has the moment.
            $notes = '1 = 1';
            $floor = max((string) $since, $after === null ? '' : $after['stamp']);
            if ($floor !== '') {
                $notes = 'date_added >= ?';
                $values[] = $floor;
            }
            $from .= ' LEFT JOIN (SELECT order_id AS noted_order, MAX(date_added) AS noted FROM {order_history} WHERE ' . $notes . ' GROUP BY order_id) n ON n.noted_order = order_id';
            $stamp = 'GREATEST(COALESCE(date_added, ' . self::NEVER . '), COALESCE(date_modified, ' . self::NEVER . '), COALESCE(noted, ' . self::NEVER . '))';
        }
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = $since;
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND order_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return $this->database->rows(
            'SELECT ' . $columns . ', ' . $stamp . ' AS stamp FROM ' . $from . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, order_id LIMIT ' . $limit,
            $values
        );
    }

    /**
     * With `bytes`, what the order's long texts take together; where that is more than `$share` it comes without them
     * and is `cut`: as many orders as are read at once fit in memory.
     */
    private function columns(int $share): string
    {
        $bytes = implode(' + ', array_map(function (string $column): string {
            return 'COALESCE(LENGTH(' . $column . '), 0)';
        }, self::LONG));
        $columns = [];
        foreach (explode(', ', self::COLUMNS) as $column) {
            $columns[] = in_array($column, self::LONG, true) ? 'IF(' . $bytes . ' > ' . $share . ', NULL, ' . $column . ') AS ' . $column : $column;
        }
        return $bytes . ' AS bytes, ' . $bytes . ' > ' . $share . ' AS cut, ' . implode(', ', $columns)
            . ($this->schema->has('order', 'payment_code') ? ', payment_code, shipping_code' : '')
            . ($this->schema->has('order', 'subscription_id') ? ', subscription_id' : '');
    }

    /** These orders, in the order of their ids; `whole` and `tooLarge` say of each what its long texts are. */
    public function of(array $ids, int $room): array
    {
        $columns = $this->columns(intdiv($room, max(1, count($ids))));
        $rows = $this->database->rows('SELECT ' . $columns . ' FROM {order} WHERE order_id IN (' . Database::places($ids) . ') ORDER BY order_id', $ids);
        return array_map([OpenCartRow::class, 'filled'], $rows);
    }

    /** That row, read again alone where it is cut and there is room for its long texts; null where the order is gone by now. */
    public function whole(array $row, int $room)
    {
        if ($row['cut'] !== '1' || (int) $row['bytes'] > $room) {
            return $row;
        }
        $again = $this->of([$row['order_id']], $room);
        return $again === [] ? null : $again[0];
    }

    /** The size of an order that is too large for this room, or null; takes what tells it out of the row. */
    public static function tooLarge(array &$row, int $room)
    {
        $bytes = (int) $row['bytes'];
        unset($row['bytes'], $row['cut']);
        return $bytes > $room ? $bytes : null;
    }

    /**
     * Keys of the rows of many orders, by table and order, with commas between: a table without an index by order
     * is gone through once for all of them, wherever their rows are, and then read by key, a few orders at a time.
     * In `last`, the highest key each table had before: what the shop adds from here on is above it.
     */
    public function keys(array $ids, array $tables): array
    {
        $in = implode(' OR ', array_map(function (array $some): string {
            return 'order_id IN (' . Database::places($some) . ')';
        }, array_chunk($ids, self::IN_A_LIST)));
        $keys = ['last' => []];
        foreach ($tables as $table) {
            $keys['last'][$table] = (string) $this->database->row('SELECT COALESCE(MAX(' . self::KEYS[$table] . '), 0) AS last FROM {' . $table . '}')['last'];
            $keys[$table] = $this->database->idsBy('SELECT ' . self::KEYS[$table] . ', order_id FROM {' . $table . '} WHERE ' . $in . ' ORDER BY ' . self::KEYS[$table], $ids);
        }
        return $keys;
    }

    /**
     * Rows of these orders by the keys found before and those added since, by order. An order of which rows are gone
     * by now, since an edit gives its lines new keys, is not among them but its id is in `$again`.
     */
    private function byKey(string $table, string $columns, array $ids, array $keys, array &$again): array
    {
        // First: where an edit comes in between, its order's old rows are gone next, and the order is read again.
        $added = $this->added($table, $columns, $ids, $keys['last'][$table]);
        $lists = [[]];
        $counts = [];
        foreach ($ids as $id) {
            $own = isset($keys[$table][$id]) ? explode(',', $keys[$table][$id]) : [];
            $counts[$id] = count($own);
            if ($counts[$id] > self::KEYS_AT_ONCE) {
                continue;
            }
            if (count($lists[0]) + $counts[$id] > self::KEYS_AT_ONCE) {
                array_unshift($lists, []);
            }
            $lists[0] = array_merge($lists[0], $own);
        }
        $rows = [];
        foreach (array_filter($lists) as $list) {
            $statement = 'SELECT ' . $columns . ' FROM {' . $table . '} WHERE ' . self::KEYS[$table] . ' IN (' . Database::places($list) . ') ORDER BY ' . self::KEYS[$table];
            foreach ($this->database->rows($statement, $list) as $row) {
                $rows[$row['order_id']][$row[self::KEYS[$table]]] = $row;
            }
        }
        foreach ($counts as $id => $count) {
            $own = isset($rows[$id]) ? $rows[$id] : [];
            if ($count !== count($own)) {
                $again[$id] = (string) $id;
                unset($rows[$id]);
            } elseif (isset($added[$id])) {
                // Some may have been there when the keys were looked for.
                $rows[$id] = $own + $added[$id];
            }
        }
        return array_map('array_values', $rows);
    }

    /** Rows of these orders above that key, by order and key: few, at the end of the table. */
    private function added(string $table, string $columns, array $ids, string $last): array
    {
        $key = self::KEYS[$table];
        $orders = [];
        $statement = 'SELECT ' . $columns . ' FROM {' . $table . '} WHERE ' . $key . ' > ? AND order_id IN (' . Database::places($ids) . ') ORDER BY ' . $key;
        foreach ($ids === [] ? [] : $this->database->rows($statement, array_merge([$last], $ids)) as $row) {
            $orders[$row['order_id']][$row[$key]] = $row;
        }
        return $orders;
    }

    /** Lines and options of these orders, by kind and order. */
    private function goods(array $ids): array
    {
        $goods = ['products' => [], 'options' => []];
        foreach ($this->byOrder(self::LINES, $ids, 2) as $id => $rows) {
            foreach ($rows as $row) {
                if ($row['order_option_id'] === null) {
                    $goods['products'][$id][] = array_slice($row, 0, 9, true);
                } else {
                    $goods['options'][$id][] = [
                        'order_id' => $row['order_id'], 'order_product_id' => $row['order_product_id'], 'order_option_id' => $row['order_option_id'],
                        'product_option_value_id' => $row['product_option_value_id'],
                        'name' => $row['option_name'], 'value' => $row['option_value'], 'type' => $row['option_type'],
                    ];
                }
            }
        }
        return $goods;
    }

    private function goodsByKey(array $ids, array $keys): array
    {
        $again = [];
        $goods = [
            'products' => $this->byKey('order_product', self::LINE, $ids, $keys, $again),
            'options' => $this->byKey('order_option', self::OPTION, $ids, $keys, $again),
        ];
        foreach ($goods['options'] as $id => $rows) {
            $places = [];
            foreach ($rows as $row) {
                $places[] = (int) $row['order_product_id'];
            }
            // By line, and as they were entered within one.
            array_multisort($places, SORT_NUMERIC, array_keys($rows), $rows);
            $goods['options'][$id] = $rows;
        }
        foreach ($again === [] ? [] : $this->goods(array_values($again)) as $kind => $orders) {
            $goods[$kind] = $orders + array_diff_key($goods[$kind], $again);
        }
        return $goods;
    }

    /**
     * What makes these orders what they are, by order id; a poll asks it each time, so in few statements.
     * `$keys` are those of their rows, and maybe of others, where they were found before.
     */
    public function parts(array $ids, $keys = null): array
    {
        $parts = $keys === null ? $this->goods($ids) : $this->goodsByKey($ids, $keys);
        foreach ($parts['products'] as $id => $rows) {
            $parts['products'][$id] = array_map([OpenCartRow::class, 'filled'], $rows);
        }
        foreach ($parts['options'] as $id => $rows) {
            $lines = isset($parts['products'][$id]) ? array_column($parts['products'][$id], null, 'order_product_id') : [];
            $own = [];
            foreach ($rows as $row) {
                if (isset($lines[$row['order_product_id']])) {
                    $own[] = OpenCartRow::filled($row, ['value']);
                }
            }
            $parts['options'][$id] = $own;
        }
        return $parts + $this->totals($ids);
    }

    /** Totals and gift cards sold. */
    private function totals(array $ids): array
    {
        $extension = $this->schema->has('order_total', 'extension') ? 'extension,' : '';
        $cards = $this->schema->has('order_voucher', 'order_id');
        $statement = sprintf(self::TOTALS . ($cards ? self::CARDS : '') . ' ORDER BY sort_order, part', '%1$s', $extension, $extension === '' ? '' : 'NULL,');
        $parts = ['totals' => [], 'vouchers' => []];
        foreach ($this->byOrder($statement, $ids, $cards ? 2 : 1) as $id => $rows) {
            foreach ($rows as $row) {
                if ($row['is_card'] === '1') {
                    $parts['vouchers'][$id][] = OpenCartRow::filled(['order_id' => $row['order_id'], 'order_voucher_id' => $row['part'], 'description' => $row['description'], 'amount' => $row['amount']]);
                } else {
                    unset($row['is_card'], $row['part'], $row['description'], $row['amount']);
                    $parts['totals'][$id][] = OpenCartRow::filled($row);
                }
            }
        }
        return $parts;
    }

    /** Entries of these orders' history, by order id; by `$keys` where they were found before. */
    public function history(array $ids, $keys = null): array
    {
        $again = array_combine($ids, $ids);
        $rows = [];
        if ($keys !== null) {
            $again = [];
            $rows = $this->byKey('order_history', self::ENTRY, $ids, $keys, $again);
        }
        $rows += $this->byOrder('SELECT ' . self::ENTRY . ' FROM {order_history} WHERE order_id IN (%1$s) ORDER BY order_history_id', array_values($again));
        return self::filled($rows);
    }

    /** Subscription terms by line id; 4.0.2 on. */
    public function subscriptions(array $ids): array
    {
        if (!$this->schema->has('order_subscription', 'order_id')) {
            return [];
        }
        $found = [];
        $statement = 'SELECT order_id, order_product_id, trial_status, trial_price, trial_frequency, trial_cycle, trial_duration, price, frequency, cycle, duration'
            . ' FROM {order_subscription} WHERE order_id IN (%1$s) ORDER BY order_subscription_id';
        foreach (self::filled($this->byOrder($statement, $ids)) as $rows) {
            foreach ($rows as $row) {
                $found[$row['order_product_id']] = $row;
            }
        }
        return $found;
    }

    private static function filled(array $orders): array
    {
        foreach ($orders as $id => $rows) {
            $orders[$id] = array_map([OpenCartRow::class, 'filled'], $rows);
        }
        return $orders;
    }

    /** Rows by order; `$times` is how often the statement has the list of ids. */
    private function byOrder(string $statement, array $ids, int $times = 1): array
    {
        $orders = [];
        $values = $times === 1 ? $ids : array_merge(...array_fill(0, $times, $ids));
        foreach ($ids === [] ? [] : $this->database->rows(sprintf($statement, Database::places($ids)), $values) as $row) {
            $orders[$row['order_id']][] = $row;
        }
        return $orders;
    }

    /** What the products on these lines are today, by id; one statement. */
    public function productsNow(array $lines): array
    {
        $ids = [];
        foreach ($lines as $rows) {
            foreach ($rows as $row) {
                $ids[$row['product_id']] = $row['product_id'];
            }
        }
        $found = [];
        if ($ids !== []) {
            $statement = 'SELECT p.product_id, ' . $this->schema->productCode('sku') . ' AS sku, ' . $this->schema->productCode('ean') . ' AS ean, p.tax_class_id'
                . ' FROM {product} p WHERE p.product_id IN (' . Database::places($ids) . ')';
            foreach ($this->database->rows($statement, array_values($ids)) as $row) {
                $found[$row['product_id']] = OpenCartRow::filled($row);
            }
        }
        return $found;
    }

    /** Codes that an extension gave to option values, by value id; one statement, none in plain OpenCart. */
    public function optionCodes(array $options): array
    {
        $ids = [];
        foreach ($options as $rows) {
            foreach ($rows as $row) {
                if ($row['product_option_value_id'] !== '0') {
                    $ids[$row['product_option_value_id']] = $row['product_option_value_id'];
                }
            }
        }
        $column = $ids === [] ? null : $this->schema->optionCode();
        $codes = [];
        if ($column !== null) {
            $statement = 'SELECT product_option_value_id, `' . $column . '` AS code FROM {product_option_value} WHERE product_option_value_id IN (' . Database::places($ids) . ')';
            foreach ($this->database->rows($statement, array_values($ids)) as $row) {
                if ((string) $row['code'] !== '') {
                    $codes[$row['product_option_value_id']] = $row['code'];
                }
            }
        }
        return $codes;
    }
}

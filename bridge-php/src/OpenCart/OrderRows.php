<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** What is stored of OpenCart's orders, read in bulk: never a statement an order. */
final class OpenCartOrderRows
{
    const COLUMNS = 'order_id, invoice_no, invoice_prefix, store_id, store_name, customer_id, customer_group_id, firstname, lastname, email, telephone, custom_field,'
        . ' payment_firstname, payment_lastname, payment_company, payment_address_1, payment_address_2, payment_city, payment_postcode, payment_country, payment_country_id, payment_zone, payment_custom_field, payment_method,'
        . ' shipping_firstname, shipping_lastname, shipping_company, shipping_address_1, shipping_address_2, shipping_city, shipping_postcode, shipping_country, shipping_country_id, shipping_zone, shipping_custom_field, shipping_method,'
        . ' comment, total, order_status_id, language_id, currency_code, currency_value, date_added, date_modified';

    /**
     * Lines with their options below them. Options have no index in most shops, lines none in old ones, so
     * that a join would compare each line with each option of the shop; one below the other both are gone
     * through once. A line comes before its options.
     */
    const LINES = 'SELECT p.order_id, p.order_product_id, p.product_id, p.name, p.model, p.quantity, p.price, p.total, p.tax,'
        . ' NULL AS order_option_id, NULL AS product_option_value_id, NULL AS option_name, NULL AS option_value, NULL AS option_type'
        . ' FROM {order_product} p WHERE p.order_id IN (%1$s)'
        . ' UNION ALL SELECT o.order_id, o.order_product_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL,'
        . ' o.order_option_id, o.product_option_value_id, o.name, o.value, o.type FROM {order_option} o WHERE o.order_id IN (%1$s)'
        . ' ORDER BY order_product_id, order_option_id';

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

    /** Orders changed since then, whole, with the `stamp` they are ordered by. */
    public function changed($since, int $limit): array
    {
        return array_map([OpenCartRow::class, 'filled'], $this->inOrder($this->columns(), $since, null, $limit));
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

    private function columns(): string
    {
        return self::COLUMNS
            . ($this->schema->has('order', 'payment_code') ? ', payment_code, shipping_code' : '')
            . ($this->schema->has('order', 'subscription_id') ? ', subscription_id' : '');
    }

    /** These orders, in the order of their ids. */
    public function of(array $ids): array
    {
        $rows = $this->database->rows('SELECT ' . $this->columns() . ' FROM {order} WHERE order_id IN (' . Database::places($ids) . ') ORDER BY order_id', $ids);
        return array_map([OpenCartRow::class, 'filled'], $rows);
    }

    /**
     * Lines and options of many orders, by order id, for `parts`: the tables have no index in many shops,
     * and are gone through once for all of them. Null when there are more of them than `$most`.
     */
    public function lines(array $ids, int $most)
    {
        $lines = $this->byOrder(self::LINES . ' LIMIT ' . ($most + 1), $ids, 2);
        return array_sum(array_map('count', $lines)) > $most ? null : $lines;
    }

    /**
     * What makes these orders what they are, by order id; a poll asks it each time, so in few statements.
     * `$lines` are those of these orders, and maybe of others, when they were read before.
     */
    public function parts(array $ids, $lines = null): array
    {
        $lines = $lines === null ? $this->byOrder(self::LINES, $ids, 2) : array_intersect_key($lines, array_flip($ids));
        $parts = ['products' => [], 'options' => [], 'vouchers' => []];
        foreach ($lines as $id => $rows) {
            $parts['products'][$id] = [];
            foreach ($rows as $row) {
                $line = $row['order_product_id'];
                if ($row['order_option_id'] === null) {
                    $parts['products'][$id][$line] = OpenCartRow::filled(array_slice($row, 0, 9, true));
                } elseif (isset($parts['products'][$id][$line])) {
                    $parts['options'][$id][] = OpenCartRow::filled([
                        'order_id' => $row['order_id'], 'order_product_id' => $line, 'order_option_id' => $row['order_option_id'],
                        'product_option_value_id' => $row['product_option_value_id'],
                        'name' => $row['option_name'], 'value' => $row['option_value'], 'type' => $row['option_type'],
                    ], ['value']);
                }
            }
            $parts['products'][$id] = array_values($parts['products'][$id]);
        }
        $extension = $this->schema->has('order_total', 'extension') ? 'extension, ' : '';
        $parts['totals'] = $this->filledByOrder('SELECT order_id, ' . $extension . 'code, title, value, sort_order FROM {order_total} WHERE order_id IN (%s) ORDER BY sort_order, order_total_id', $ids);
        if ($this->schema->has('order_voucher', 'order_id')) {
            $parts['vouchers'] = $this->filledByOrder('SELECT order_id, order_voucher_id, description, amount FROM {order_voucher} WHERE order_id IN (%s) ORDER BY order_voucher_id', $ids);
        }
        return $parts;
    }

    /** Entries of these orders' history, by order id. */
    public function history(array $ids): array
    {
        return $this->filledByOrder('SELECT order_id, order_status_id, notify, comment, date_added FROM {order_history} WHERE order_id IN (%s) ORDER BY order_history_id', $ids);
    }

    /** Subscription terms by line id; 4.0.2 on. */
    public function subscriptions(array $ids): array
    {
        if (!$this->schema->has('order_subscription', 'order_id')) {
            return [];
        }
        $found = [];
        $statement = 'SELECT order_id, order_product_id, trial_status, trial_price, trial_frequency, trial_cycle, trial_duration, price, frequency, cycle, duration'
            . ' FROM {order_subscription} WHERE order_id IN (%s) ORDER BY order_subscription_id';
        foreach ($this->filledByOrder($statement, $ids) as $rows) {
            foreach ($rows as $row) {
                $found[$row['order_product_id']] = $row;
            }
        }
        return $found;
    }

    private function filledByOrder(string $statement, array $ids): array
    {
        $orders = [];
        foreach ($this->byOrder($statement, $ids) as $id => $rows) {
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

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Orders in tables of their own (HPOS): `wc_orders` and its companions. Their times are UTC. */
final class WooCommerceOrderTables implements WooCommerceOrderStore
{
    /** When an order changed that a tool wrote without a moment of change. */
    const CREATED = "COALESCE(o.date_created_gmt, CAST('1970-01-02 00:00:00' AS DATETIME))";

    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function changed($since, $after, int $limit): array
    {
        // The moment of change has an index, which gives a page without the orders before and after it; orders
        // without one are few, and looked for apart.
        $values = [];
        $parts = [];
        foreach (['o.date_updated_gmt' => 'o.date_updated_gmt IS NOT NULL', self::CREATED => 'o.date_updated_gmt IS NULL'] as $stamp => $which) {
            $where = ["o.type = 'shop_order'", $which];
            if ($since !== null) {
                $where[] = $stamp . ' >= ?';
                $values[] = $since;
            }
            if ($after !== null) {
                $where[] = $stamp . ' >= ? AND (' . $stamp . ' > ? OR o.id > ?)';
                array_push($values, $after['stamp'], $after['stamp'], $after['id']);
            }
            $parts[] = '(SELECT o.id, ' . $stamp . ' AS stamp FROM {wc_orders} o WHERE ' . implode(' AND ', $where) . ' ORDER BY ' . $stamp . ', o.id LIMIT ' . $limit . ')';
        }
        return $this->database->rows(implode(' UNION ALL ', $parts) . ' ORDER BY stamp, id LIMIT ' . $limit, $values);
    }

    public function sizes(): array
    {
        return [
            'SELECT o.id, ' . OrderSizes::sum(['o.customer_note', 'o.payment_method_title', 'o.billing_email'], 200) . ' FROM {wc_orders} o WHERE o.id IN (%s) GROUP BY o.id',
            'SELECT a.order_id AS id, ' . OrderSizes::sum(array_map(function (string $name): string {
                return 'a.' . $name;
            }, self::ADDRESS), 100) . ' FROM {wc_order_addresses} a WHERE a.order_id IN (%s) GROUP BY a.order_id',
            'SELECT m.order_id AS id, ' . OrderSizes::sum(['m.meta_key', 'm.meta_value'], 100) . ' FROM {wc_orders_meta} m WHERE m.order_id IN (%s) AND ' . WooCommerceFields::CONDITION . ' GROUP BY m.order_id',
            WooCommerceItems::sizeOfRefunds('{wc_orders}', 'id', 'parent_order_id', "type = 'shop_order_refund' AND r.status <> 'trash'"),
        ];
    }

    public function numbers(array $ids): array
    {
        return array_column($this->database->rows(
            'SELECT m.order_id, LEFT(m.meta_value, 64) AS number FROM {wc_orders_meta} m WHERE m.order_id IN (' . Database::places($ids) . ') AND m.meta_key IN (' . Database::places(WooCommerceFields::NUMBER) . ')',
            array_merge($ids, WooCommerceFields::NUMBER)
        ), 'number', 'order_id');
    }

    public function rows(array $ids): array
    {
        $rows = [];
        $found = $this->database->rows(
            'SELECT o.id, o.status, o.currency, o.total_amount, o.customer_id, o.billing_email, o.date_created_gmt, o.date_updated_gmt, o.payment_method, o.payment_method_title, o.customer_note,'
            . ' d.prices_include_tax, d.date_paid_gmt FROM {wc_orders} o LEFT JOIN {wc_order_operational_data} d ON d.order_id = o.id'
            . " WHERE o.type = 'shop_order' AND o.id IN (" . Database::places($ids) . ') ORDER BY o.id',
            $ids
        );
        $empty = array_fill_keys(self::ADDRESS, '');
        foreach ($found as $row) {
            $paid = strncmp((string) $row['date_paid_gmt'], '0000', 4) === 0 ? '' : (string) $row['date_paid_gmt'];
            $rows[$row['id']] = [
                'id' => $row['id'],
                'status' => WooCommerceSettings::statusCode((string) $row['status']),
                'currency' => (string) $row['currency'],
                'total' => WooCommerceAmount::normal($row['total_amount']),
                'customer' => (string) $row['customer_id'],
                'created' => (string) $row['date_created_gmt'],
                'changed' => (string) ($row['date_updated_gmt'] !== null ? $row['date_updated_gmt'] : $row['date_created_gmt']),
                'email' => (string) $row['billing_email'],
                'note' => (string) $row['customer_note'],
                'method' => (string) $row['payment_method'],
                'method_title' => (string) $row['payment_method_title'],
                'with_tax' => (string) $row['prices_include_tax'] === '1' ? '1' : '',
                'paid' => $paid !== '' ? '1' : '',
                'paid_at' => $paid,
                'no_total' => $row['total_amount'] === null ? '1' : '',
                'billing' => $empty,
                'shipping' => $empty,
                'fields' => [],
            ];
        }
        return $this->withFields($this->withAddresses($rows));
    }

    private function withAddresses(array $rows): array
    {
        $ids = array_keys($rows);
        $columns = 'order_id, address_type, ' . implode(', ', self::ADDRESS);
        foreach ($ids === [] ? [] : $this->database->rows('SELECT ' . $columns . ' FROM {wc_order_addresses} WHERE order_id IN (' . Database::places($ids) . ')', $ids) as $row) {
            if ($row['address_type'] === 'billing' || $row['address_type'] === 'shipping') {
                $rows[$row['order_id']][$row['address_type']] = array_map('strval', array_intersect_key($row, array_flip(self::ADDRESS)));
            }
        }
        return $rows;
    }

    private function withFields(array $rows): array
    {
        $ids = array_keys($rows);
        $found = $ids === [] ? [] : $this->database->rows(
            'SELECT m.order_id, m.meta_key, m.meta_value FROM {wc_orders_meta} m WHERE m.order_id IN (' . Database::places($ids) . ') AND ' . WooCommerceFields::CONDITION . ' ORDER BY m.id',
            $ids
        );
        foreach ($found as $row) {
            if (WooCommerceFields::open((string) $row['meta_key'])) {
                $rows[$row['order_id']]['fields'][] = [(string) $row['meta_key'], (string) $row['meta_value']];
            }
        }
        return $rows;
    }

    public function refunds(array $ids): array
    {
        $refunds = [];
        $rows = $this->database->rows(
            'SELECT o.id, o.parent_order_id, o.date_created_gmt, o.total_amount, a.meta_value AS amount, ' . OrderSizes::note('r.meta_value') . ' AS reason FROM {wc_orders} o'
            . " LEFT JOIN {wc_orders_meta} a ON a.order_id = o.id AND a.meta_key = '_refund_amount' LEFT JOIN {wc_orders_meta} r ON r.order_id = o.id AND r.meta_key = '_refund_reason'"
            . " WHERE o.type = 'shop_order_refund' AND o.status <> 'trash' AND o.parent_order_id IN (" . Database::places($ids) . ') ORDER BY o.id',
            $ids
        );
        foreach ($rows as $row) {
            $total = $row['amount'] !== null && $row['amount'] !== '' ? WooCommerceAmount::of($row['amount']) : -WooCommerceAmount::of($row['total_amount']);
            $refunds[$row['parent_order_id']][$row['id']] = ['id' => $row['id'], 'created' => (string) $row['date_created_gmt'], 'total' => $total, 'reason' => (string) $row['reason']];
        }
        return $refunds;
    }

    public function withField(array $names, string $value): array
    {
        return array_column($this->database->rows(
            "SELECT DISTINCT m.order_id FROM {wc_orders_meta} m JOIN {wc_orders} o ON o.id = m.order_id AND o.type = 'shop_order' WHERE m.meta_key IN (" . Database::places($names) . ') AND m.meta_value = ? ORDER BY m.order_id LIMIT 2',
            array_merge($names, [$value])
        ), 'order_id');
    }

    public function totals(string $from, WooCommerceDay $day): array
    {
        return $this->database->rows(
            'SELECT ' . $day->of('o.date_created_gmt') . ' AS day, o.status, COUNT(*) AS n, SUM(o.total_amount) AS total FROM {wc_orders} o'
            . " WHERE o.type = 'shop_order' AND o.date_created_gmt >= ? GROUP BY day, o.status ORDER BY day, o.status",
            array_merge($day->values(), [$from])
        );
    }

    public function counts(): array
    {
        return $this->database->row(
            "SELECT COALESCE(SUM(status NOT IN ('auto-draft', 'draft', 'wc-checkout-draft', 'checkout-draft')), 0) AS orders,"
            . " COALESCE(SUM(status IN ('auto-draft', 'draft', 'wc-checkout-draft', 'checkout-draft')), 0) AS abandoned FROM {wc_orders} WHERE type = 'shop_order'"
        );
    }

    public function paymentMethods(): array
    {
        return $this->database->rows(
            "SELECT payment_method AS code, MAX(payment_method_title) AS title FROM {wc_orders} WHERE type = 'shop_order' AND payment_method <> '' GROUP BY payment_method ORDER BY payment_method"
        );
    }

    public function statusCodes(): array
    {
        return array_column($this->database->rows("SELECT DISTINCT status FROM {wc_orders} WHERE type = 'shop_order' AND status IS NOT NULL ORDER BY status"), 'status');
    }
}

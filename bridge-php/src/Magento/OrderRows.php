<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The stored rows of orders, read in bulk, and the hash over them. */
final class MagentoOrderRows
{
    const COLUMNS = 'o.entity_id, o.increment_id, o.state, o.status, o.coupon_code, o.coupon_rule_name, o.discount_description, o.shipping_description, o.shipping_method, o.is_virtual,'
        . ' o.store_id, o.store_name, o.customer_id, o.customer_group_id, o.customer_email, o.customer_prefix, o.customer_firstname, o.customer_middlename, o.customer_lastname, o.customer_suffix,'
        . ' o.customer_taxvat, o.customer_note, o.relation_parent_real_id, o.ext_order_id, o.gift_message_id, o.base_currency_code, o.order_currency_code, o.base_to_order_rate,'
        . ' o.grand_total, o.base_grand_total, o.base_discount_amount, o.base_shipping_amount, o.base_shipping_incl_tax, o.base_shipping_tax_amount, o.base_shipping_discount_amount,'
        . ' o.base_tax_amount, o.total_canceled, o.base_total_canceled, o.base_shipping_canceled, o.base_total_paid,'
        . ' o.' . MagentoSchema::SHIPPING_COMPENSATION . ' AS base_shipping_compensation, o.created_at, o.updated_at';

    const ITEM_COLUMNS = 'order_id, item_id, parent_item_id, product_id, product_type, product_options, sku, name, gift_message_id, qty_ordered, qty_canceled, base_price,'
        . ' base_row_total, base_row_total_incl_tax, base_price_incl_tax, tax_percent, base_tax_amount, base_discount_amount, ' . MagentoSchema::COMPENSATION . ' AS base_compensation,'
        . ' weee_tax_applied, base_weee_tax_applied_row_amnt';

    /** @var Database */
    private $database;
    /** @var MagentoExtras|null */
    private $extras;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function extras(): MagentoExtras
    {
        if ($this->extras === null) {
            $this->extras = new MagentoExtras($this->database);
        }
        return $this->extras;
    }

    /**
     * Ids and stamps in order of change from a moment (the column's text, UTC) or position on. The moment
     * of change has an index, which gives a page without the orders before and after it; orders without
     * one are few, and looked for apart.
     */
    public function places($since, $after, int $limit): array
    {
        $values = [];
        $parts = [];
        foreach (['o.updated_at' => 'o.updated_at IS NOT NULL', 'o.created_at' => 'o.updated_at IS NULL'] as $stamp => $which) {
            $where = [$which];
            if ($since !== null) {
                $where[] = $stamp . ' >= ?';
                $values[] = $since;
            }
            if ($after !== null) {
                $where[] = $stamp . ' >= ? AND (' . $stamp . ' > ? OR o.entity_id > ?)';
                array_push($values, $after['stamp'], $after['stamp'], $after['id']);
            }
            $parts[] = '(SELECT o.entity_id, ' . $stamp . ' AS stamp FROM ' . MagentoSchema::ORDER . ' o WHERE ' . implode(' AND ', $where) . ' ORDER BY ' . $stamp . ', o.entity_id LIMIT ' . $limit . ')';
        }
        return $this->database->rows(implode(' UNION ALL ', $parts) . ' ORDER BY stamp, entity_id LIMIT ' . $limit, $values);
    }

    /** What these orders take. */
    public function sizes(array $ids, int $room): OrderSizes
    {
        return new OrderSizes($this->database, [
            'SELECT o.entity_id AS id, ' . OrderSizes::sum(['o.customer_note', 'o.discount_description', 'o.coupon_rule_name'], 500) . ' FROM ' . MagentoSchema::ORDER . ' o WHERE o.entity_id IN (%s) GROUP BY o.entity_id',
            'SELECT i.order_id AS id, ' . OrderSizes::sum(['i.product_options', 'i.name', 'i.weee_tax_applied'], 300) . ' FROM ' . MagentoSchema::ITEM . ' i WHERE i.order_id IN (%s) GROUP BY i.order_id',
            'SELECT p.parent_id AS id, ' . OrderSizes::sum(['p.additional_information'], 100) . ' FROM ' . MagentoSchema::PAYMENT . ' p WHERE p.parent_id IN (%s) GROUP BY p.parent_id',
        ], $ids, $room);
    }

    /** Numbers of these orders by id. */
    public function numbers(array $ids): array
    {
        return $ids === [] ? [] : array_column($this->database->rows(
            'SELECT o.entity_id, o.increment_id FROM ' . MagentoSchema::ORDER . ' o WHERE o.entity_id IN (' . Database::places($ids) . ')',
            $ids
        ), 'increment_id', 'entity_id');
    }

    /** Orders by id. */
    public function orders(array $ids): array
    {
        $rows = $this->database->rows(
            'SELECT ' . self::COLUMNS . $this->extras()->orderColumns() . ' FROM ' . MagentoSchema::ORDER . ' o WHERE o.entity_id IN (' . Database::places($ids) . ') ORDER BY o.entity_id',
            $ids
        );
        return array_column($rows, null, 'entity_id');
    }

    /** What makes these orders what they are, by kind and order id. */
    public function parts(array $ids): array
    {
        $in = ' IN (' . Database::places($ids) . ')';
        return [
            'items' => $this->byOrder('SELECT ' . self::ITEM_COLUMNS . ' FROM ' . MagentoSchema::ITEM . ' WHERE order_id' . $in . ' ORDER BY item_id', $ids),
            'addresses' => $this->byOrder(
                'SELECT a.parent_id AS order_id, a.address_type, a.prefix, a.firstname, a.middlename, a.lastname, a.suffix, a.company, a.street, a.postcode, a.city, a.region, a.country_id,'
                . ' a.telephone, a.email, a.vat_id' . $this->extras()->addressColumns() . ' FROM ' . MagentoSchema::ADDRESS . ' a WHERE a.parent_id' . $in . ' ORDER BY a.entity_id',
                $ids
            ),
            'payments' => $this->byOrder(
                'SELECT parent_id AS order_id, method, po_number, additional_information FROM ' . MagentoSchema::PAYMENT . ' WHERE parent_id' . $in . ' ORDER BY entity_id',
                $ids
            ),
            'taxes' => $this->byOrder('SELECT order_id, code, title, percent, base_amount FROM {sales_order_tax} WHERE order_id' . $in . ' ORDER BY priority, position, tax_id', $ids),
            // A cancelled invoice (state 3) is none, nor is a cancelled credit memo.
            'invoices' => $this->byOrder('SELECT order_id, increment_id, state, created_at FROM ' . MagentoSchema::INVOICE . ' WHERE (state IS NULL OR state <> 3) AND order_id' . $in . ' ORDER BY entity_id', $ids),
            'credits' => $this->byOrder(
                'SELECT order_id, entity_id, increment_id, base_grand_total, base_shipping_amount, base_shipping_tax_amount, base_adjustment_positive, base_adjustment_negative, created_at'
                . ' FROM ' . MagentoSchema::CREDIT . ' WHERE (state IS NULL OR state <> 3) AND order_id' . $in . ' ORDER BY entity_id',
                $ids
            ),
            'credit_items' => $this->byOrder(
                'SELECT c.order_id, i.parent_id, i.entity_id, i.order_item_id, i.qty, i.base_row_total, i.base_tax_amount, i.base_discount_amount, i.' . MagentoSchema::COMPENSATION . ' AS base_compensation,'
                . ' i.base_weee_tax_applied_row_amnt, i.weee_tax_applied FROM ' . MagentoSchema::CREDIT . ' c JOIN ' . MagentoSchema::CREDIT_ITEM . ' i ON i.parent_id = c.entity_id'
                . ' WHERE (c.state IS NULL OR c.state <> 3) AND c.order_id' . $in . ' ORDER BY i.entity_id',
                $ids
            ),
        ];
    }

    /** What is told of orders besides: notes, which are no part of the hash. */
    public function notes(array $ids): array
    {
        $in = ' IN (' . Database::places($ids) . ')';
        return [
            'history' => $this->byOrder(
                'SELECT parent_id AS order_id, status, ' . OrderSizes::note('comment') . ' AS comment, is_customer_notified, created_at FROM ' . MagentoSchema::HISTORY . ' WHERE parent_id' . $in . ' ORDER BY created_at, entity_id',
                $ids
            ),
            'credit_comments' => $this->byOrder(
                'SELECT c.order_id, m.parent_id, ' . OrderSizes::note('m.comment') . ' AS comment FROM ' . MagentoSchema::CREDIT . ' c JOIN ' . MagentoSchema::CREDIT_COMMENT . ' m ON m.parent_id = c.entity_id'
                . ' WHERE c.order_id' . $in . ' ORDER BY m.entity_id',
                $ids
            ),
        ];
    }

    /** Gift messages by id. */
    public function giftMessages(array $ids): array
    {
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT gift_message_id, sender, recipient, ' . OrderSizes::note('message') . ' AS message FROM {gift_message} WHERE gift_message_id IN (' . Database::places($ids) . ')',
            $ids
        );
        return array_column($rows, null, 'gift_message_id');
    }

    private function byOrder(string $statement, array $ids): array
    {
        $orders = [];
        foreach ($this->database->rows($statement, $ids) as $row) {
            $orders[$row['order_id']][] = $row;
        }
        return $orders;
    }

    public static function of(array $parts, string $name, string $id): array
    {
        return isset($parts[$name][$id]) ? $parts[$name][$id] : [];
    }

    /** Over what is stored of the order itself; a later moment of change alone is no change. */
    public static function hash(array $order, array $parts): string
    {
        $id = $order['entity_id'];
        unset($order['updated_at']);
        $content = array_values($order);
        foreach (['items', 'addresses', 'payments', 'taxes', 'invoices', 'credits', 'credit_items'] as $name) {
            foreach (self::of($parts, $name, $id) as $row) {
                if ($name === 'invoices') {
                    // Magento never changes it once the invoice, known by its number, is made.
                    unset($row['created_at'], $row['state']);
                }
                array_push($content, $name, ...array_values($row));
            }
        }
        $text = '';
        foreach ($content as $value) {
            $text .= strlen((string) $value) . ':' . $value . ';';
        }
        return hash('sha256', $text);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Reads what makes PrestaShop's orders, in bulk and named columns only, and when each last changed. */
final class PrestaShopOrderRows
{
    const COLUMNS = 'o.id_order, COALESCE(o.reference, \'\') AS reference, o.id_shop, o.id_carrier, o.id_lang, o.id_customer, o.id_cart, o.id_currency, o.id_address_delivery, o.id_address_invoice,'
        . ' o.current_state, o.payment, o.module, o.conversion_rate, o.gift, o.gift_message, o.total_discounts_tax_incl, o.total_discounts_tax_excl,'
        . ' o.total_paid, o.total_paid_tax_incl, o.total_paid_tax_excl, o.total_products, o.total_products_wt, o.total_shipping_tax_incl, o.total_shipping_tax_excl,'
        . ' o.carrier_tax_rate, o.total_wrapping_tax_incl, o.total_wrapping_tax_excl, o.invoice_number, o.invoice_date, o.date_add, o.date_upd';

    /** @var Database */
    private $database;
    /** @var PrestaShopSchema */
    private $schema;

    public function __construct(Database $database, PrestaShopSchema $schema)
    {
        $this->database = $database;
        $this->schema = $schema;
    }

    /**
     * Ids and stamps of orders changed since then (local text) or after that place. A credit slip, an
     * entry in the history and an edited address do not always move the order's own `date_upd`, so the
     * stamp is the latest of them all. There is no index on it: each is gone through once, and only what
     * is late enough to matter is brought together.
     */
    public function changed($since, $after, int $limit): array
    {
        $lowest = max((string) $since, $after === null ? '' : $after['stamp']);
        $sources = [
            ['o.id_order, GREATEST(o.date_add, o.date_upd) AS stamp FROM {orders} o', ['o.date_add', 'o.date_upd']],
            ['h.id_order, h.date_add FROM {order_history} h JOIN {orders} o ON o.id_order = h.id_order', ['h.date_add']],
            ['s.id_order, GREATEST(s.date_add, s.date_upd) FROM {order_slip} s JOIN {orders} o ON o.id_order = s.id_order', ['s.date_add', 's.date_upd']],
            ['o.id_order, a.date_upd FROM {orders} o JOIN {address} a ON a.id_address = o.id_address_invoice', ['a.date_upd']],
            ['o.id_order, a.date_upd FROM {orders} o JOIN {address} a ON a.id_address = o.id_address_delivery', ['a.date_upd']],
        ];
        $selects = [];
        $values = [];
        foreach ($sources as $source) {
            $late = [];
            foreach ($lowest === '' ? [] : $source[1] as $column) {
                $late[] = $column . ' >= ?';
                $values[] = $lowest;
            }
            $selects[] = 'SELECT ' . $source[0] . ($late === [] ? '' : ' WHERE ' . implode(' OR ', $late));
        }
        $place = '';
        if ($after !== null) {
            $place = ' HAVING stamp > ? OR (stamp = ? AND x.id_order > ?)';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return $this->database->rows(
            'SELECT x.id_order, MAX(x.stamp) AS stamp FROM (' . implode(' UNION ALL ', $selects) . ') x GROUP BY x.id_order' . $place
            . ' ORDER BY stamp, x.id_order LIMIT ' . $limit,
            $values
        );
    }

    /** What these orders take. */
    public function sizes(array $ids, int $room): OrderSizes
    {
        return new OrderSizes($this->database, [
            'SELECT o.id_order AS id, ' . OrderSizes::sum(['o.gift_message', 'o.payment'], 500) . ' FROM {orders} o WHERE o.id_order IN (%s) GROUP BY o.id_order',
            'SELECT d.id_order AS id, ' . OrderSizes::sum(['d.product_name', 'd.product_reference'], 300) . ' FROM {order_detail} d WHERE d.id_order IN (%s) GROUP BY d.id_order',
        ], $ids, $room);
    }

    /** Everything of these orders that their content is made of, by name and order id. */
    public function of(array $ids): array
    {
        $type = $this->schema->column('orders', 'round_type', 'o', '2');
        $parts = ['orders' => []];
        foreach ($ids === [] ? [] : $this->database->rows('SELECT ' . self::COLUMNS . ', ' . $type . ' FROM {orders} o WHERE o.id_order IN (' . Database::places($ids) . ') ORDER BY o.id_order', $ids) as $row) {
            $parts['orders'][$row['id_order']] = $row;
        }
        $typed = $this->schema->has('order_detail', 'id_customization') ? 'COALESCE(d.id_customization, 0)' : '0';
        $parts['lines'] = $this->byOrder(
            'SELECT d.id_order, d.id_order_detail, d.product_id, COALESCE(d.product_attribute_id, 0) AS product_attribute_id, ' . $typed . ' AS id_customization, d.product_name,'
            . ' d.product_quantity, d.product_quantity_refunded, d.product_quantity_return, d.product_reference, d.unit_price_tax_excl, d.unit_price_tax_incl,'
            . ' d.total_price_tax_excl, d.total_price_tax_incl, d.tax_rate, d.tax_computation_method, d.ecotax, d.ecotax_tax_rate, '
            . $this->schema->column('order_detail', 'id_tax_rules_group', 'd', "'0'")
            . ' FROM {order_detail} d WHERE d.id_order IN (%s) ORDER BY d.id_order_detail',
            $ids
        );
        $parts['taxes'] = $this->byOrder(
            'SELECT DISTINCT d.id_order, t.id_order_detail, t.id_tax, x.rate, t.total_amount FROM {order_detail} d JOIN {order_detail_tax} t ON t.id_order_detail = d.id_order_detail'
            . ' LEFT JOIN {tax} x ON x.id_tax = t.id_tax WHERE d.id_order IN (%s) ORDER BY t.id_order_detail, t.id_tax',
            $ids
        );
        $deleted = $this->schema->has('order_cart_rule', 'deleted') ? ' AND r.deleted = 0' : '';
        $parts['rules'] = $this->byOrder(
            'SELECT r.id_order, r.id_order_cart_rule, r.id_cart_rule, r.name, r.value, r.value_tax_excl, r.free_shipping FROM {order_cart_rule} r'
            . ' WHERE r.id_order IN (%s)' . $deleted . ' ORDER BY r.id_order_cart_rule',
            $ids
        );
        $this->addSlips($parts, $ids);
        $this->addAddresses($parts);
        $this->addCustomizations($parts);
        $this->addPayments($parts);
        return $parts;
    }

    public function byOrder(string $statement, array $ids): array
    {
        $orders = [];
        foreach ($ids === [] ? [] : $this->database->rows(sprintf($statement, Database::places($ids)), $ids) as $row) {
            $orders[$row['id_order']][] = $row;
        }
        return $orders;
    }

    private function addSlips(array &$parts, array $ids)
    {
        $totals = [];
        foreach (['total_products_tax_excl', 'total_products_tax_incl', 'total_shipping_tax_excl', 'total_shipping_tax_incl', 'order_slip_type'] as $column) {
            $totals[] = $this->schema->column('order_slip', $column, 's', '0');
        }
        $parts['slips'] = $this->byOrder(
            'SELECT s.id_order, s.id_order_slip, s.amount, s.shipping_cost_amount, s.partial, s.date_add, s.date_upd, ' . implode(', ', $totals)
            . ' FROM {order_slip} s WHERE s.id_order IN (%s) ORDER BY s.id_order_slip',
            $ids
        );
        $parts['slip_lines'] = [];
        $parts['vouchers'] = [];
        if ($parts['slips'] !== []) {
            // Made together with a slip: the code names the rule itself, its customer and the order. What
            // is left of a used one gets a rule of its own, with a code that goes on.
            $parts['vouchers'] = $this->byOrder(
                'SELECT o.id_order, c.id_cart_rule, c.date_add FROM {orders} o JOIN {cart_rule} c ON c.id_customer = o.id_customer'
                . ' AND c.code = CONCAT(\'V\', c.id_cart_rule, \'C\', c.id_customer, \'O\', o.id_order) WHERE o.id_order IN (%s) ORDER BY c.id_cart_rule',
                array_keys($parts['slips'])
            );
            $parts['slip_lines'] = $this->byOrder(
                'SELECT s.id_order, l.id_order_slip, l.id_order_detail, l.product_quantity, l.amount_tax_excl, l.amount_tax_incl, '
                . $this->schema->column('order_slip_detail', 'total_price_tax_excl', 'l', '0') . ', ' . $this->schema->column('order_slip_detail', 'total_price_tax_incl', 'l', '0')
                . ' FROM {order_slip} s JOIN {order_slip_detail} l ON l.id_order_slip = s.id_order_slip WHERE s.id_order IN (%s) ORDER BY l.id_order_slip, l.id_order_detail',
                array_keys($parts['slips'])
            );
        }
    }

    /** The addresses these orders point at, by id; `deleted` says only that the customer no longer uses one. */
    private function addAddresses(array &$parts)
    {
        $ids = [];
        foreach ($parts['orders'] as $row) {
            $ids[$row['id_address_invoice']] = $row['id_address_invoice'];
            $ids[$row['id_address_delivery']] = $row['id_address_delivery'];
        }
        $parts['addresses'] = [];
        foreach ($ids === [] ? [] : $this->database->rows(self::addressStatement() . ' WHERE a.id_address IN (' . Database::places($ids) . ')', $ids) as $row) {
            $parts['addresses'][$row['id_address']] = $row;
        }
    }

    public static function addressStatement(): string
    {
        return 'SELECT a.id_address, a.id_country, a.company, a.firstname, a.lastname, a.address1, a.address2, a.postcode, a.city, a.other, a.phone, a.phone_mobile,'
            . ' a.vat_number, a.dni, a.date_upd, s.name AS state FROM {address} a LEFT JOIN {state} s ON s.id_state = a.id_state';
    }

    /** What the customer typed: with the line from 1.7 on, before by cart, product and combination. */
    private function addCustomizations(array &$parts)
    {
        $own = $this->schema->has('order_detail', 'id_customization');
        $wanted = [];
        foreach ($own ? $parts['lines'] : [] as $lines) {
            foreach ($lines as $line) {
                if ($line['id_customization'] !== '0') {
                    $wanted[$line['id_customization']] = $line['id_customization'];
                }
            }
        }
        if (!$own) {
            $wanted = array_column($parts['orders'], 'id_cart', 'id_cart');
            unset($wanted['0']);
        }
        $parts['texts'] = [];
        if ($wanted === []) {
            return;
        }
        $by = $own ? 'c.id_customization' : 'c.id_cart';
        $rows = $this->database->rows(
            'SELECT DISTINCT c.id_cart, c.id_product, c.id_product_attribute, d.id_customization, d.type, d.`index`, d.value FROM {customization} c'
            . ' JOIN {customized_data} d ON d.id_customization = c.id_customization WHERE c.in_cart = 1 AND ' . $by . ' IN (' . Database::places($wanted) . ')'
            . ' ORDER BY d.id_customization, d.type DESC, d.`index`',
            $wanted
        );
        foreach ($rows as $row) {
            $key = $own ? $row['id_customization'] : $row['id_cart'] . '-' . $row['id_product'] . '-' . $row['id_product_attribute'];
            $parts['texts'][$key][] = $row;
        }
    }

    /** Payments hang on the reference, which the parts of a split order share. */
    private function addPayments(array &$parts)
    {
        $references = array_values(array_unique(array_column($parts['orders'], 'reference')));
        $parts['payments'] = [];
        $parts['sisters'] = [];
        if ($references === []) {
            return;
        }
        $places = Database::places($references);
        foreach ($this->database->rows('SELECT order_reference, id_currency, amount, conversion_rate, date_add FROM {order_payment} WHERE order_reference IN (' . $places . ') ORDER BY id_order_payment', $references) as $row) {
            $parts['payments'][strtolower($row['order_reference'])][] = $row;
        }
        foreach ($this->database->rows('SELECT COALESCE(reference, \'\') AS reference, total_paid FROM {orders} WHERE reference IN (' . $places . ')', $references) as $row) {
            $parts['sisters'][strtolower($row['reference'])][] = $row['total_paid'];
        }
    }

    /** Rows of one order. */
    public static function part(array $parts, string $name, string $id): array
    {
        return isset($parts[$name][$id]) ? $parts[$name][$id] : [];
    }

    /** What was typed for a line. */
    public static function texts(array $parts, array $order, array $line): array
    {
        $key = $line['id_customization'] !== '0' ? $line['id_customization'] : $order['id_cart'] . '-' . $line['product_id'] . '-' . $line['product_attribute_id'];
        return isset($parts['texts'][$key]) ? $parts['texts'][$key] : [];
    }

    /**
     * Over what is stored of the order itself and of the addresses it points at. A later moment of
     * change alone is no change, nor is a message.
     */
    public static function hash(array $order, array $parts, $paid, $received): string
    {
        $id = $order['id_order'];
        unset($order['date_upd']);
        $content = array_values($order);
        $content[] = $paid === null ? '' : ($paid ? 'paid' : 'unpaid' . $received);
        foreach (['lines', 'taxes', 'rules', 'slips', 'slip_lines'] as $name) {
            foreach (self::part($parts, $name, $id) as $row) {
                // A rate is read from the tax table, which keeps it: its text may gain digits. The tax class counts
                // only where the product is gone.
                unset($row['rate'], $row['date_upd'], $row['id_tax_rules_group']);
                array_push($content, $name, ...array_values($row));
            }
        }
        foreach (self::part($parts, 'lines', $id) as $line) {
            foreach (self::texts($parts, $order, $line) as $text) {
                array_push($content, 'text', $text['index'], $text['value']);
            }
        }
        foreach (['id_address_invoice', 'id_address_delivery'] as $column) {
            $address = self::part($parts, 'addresses', $order[$column]);
            unset($address['date_upd']);
            array_push($content, $column, ...array_values($address));
        }
        $text = '';
        foreach ($content as $value) {
            $text .= strlen((string) $value) . ':' . $value . ';';
        }
        return hash('sha256', $text);
    }
}

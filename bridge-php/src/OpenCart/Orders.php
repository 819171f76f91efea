<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** OpenCart's orders: heads in order of change, and bodies, both read in bulk. */
final class OpenCartOrders
{
    const COLUMNS = 'order_id, invoice_no, invoice_prefix, store_id, store_name, customer_id, customer_group_id, firstname, lastname, email, telephone, custom_field,'
        . ' payment_firstname, payment_lastname, payment_company, payment_address_1, payment_address_2, payment_city, payment_postcode, payment_country, payment_country_id, payment_zone, payment_custom_field, payment_method, payment_code,'
        . ' shipping_firstname, shipping_lastname, shipping_company, shipping_address_1, shipping_address_2, shipping_city, shipping_postcode, shipping_country, shipping_country_id, shipping_zone, shipping_custom_field, shipping_method, shipping_code,'
        . ' comment, total, order_status_id, language_id, currency_code, currency_value, date_added, date_modified';

    const HEADS_AT_ONCE = 200;
    const FEW = 50;
    const NO_TIME = '1970-01-01T00:00:00Z';

    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    /**
     * Heads from a moment (UTC) or position on, in order of change. There is no index on the moment
     * of change, so each statement reads the whole table. A poll that finds little is done with one;
     * when there is more, ids first and what the hash needs in parts, as it is asked for.
     */
    public function heads($since, $after, int $limit)
    {
        $few = min($limit, self::FEW);
        $rows = $this->changedOrders(self::COLUMNS, $since, $after, $few);
        yield from $this->headsOf($rows);
        if (count($rows) < $few || $limit === $few) {
            return;
        }
        $last = $rows[$few - 1];
        $places = $this->changedOrders('order_id', $since, ['stamp' => $last['stamp'], 'id' => $last['order_id']], $limit - $few);
        unset($rows);
        foreach (array_chunk($places, self::HEADS_AT_ONCE) as $some) {
            $stamps = array_column($some, 'stamp', 'order_id');
            $rows = array_column($this->rows(array_column($some, 'order_id')), null, 'order_id');
            $ordered = [];
            foreach ($stamps as $id => $stamp) {
                if (isset($rows[$id])) {
                    $ordered[] = $rows[$id] + ['stamp' => $stamp];
                }
            }
            yield from $this->headsOf($ordered);
        }
    }

    /** Orders changed since then or after that place, with the stamp they are ordered by. */
    private function changedOrders(string $columns, $since, $after, int $limit): array
    {
        // An import tool may leave date_modified at zero.
        $stamp = 'GREATEST(date_added, date_modified)';
        $where = ['1 = 1'];
        $values = [];
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = $this->time->localSince($since);
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND order_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return $this->database->rows(
            'SELECT ' . $columns . ', ' . $stamp . ' AS stamp FROM {order} WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, order_id LIMIT ' . $limit,
            $values
        );
    }

    private function headsOf(array $rows)
    {
        $parts = $this->parts(array_column($rows, 'order_id'));
        foreach ($rows as $row) {
            $stamp = $row['stamp'];
            unset($row['stamp']);
            yield ['id' => $row['order_id'], 'changed_at' => $this->changed($row), 'stamp' => $stamp, 'hash' => self::hash($row, $parts)];
        }
    }

    private function rows(array $ids): array
    {
        return $this->database->rows('SELECT ' . self::COLUMNS . ' FROM {order} WHERE order_id IN (' . Database::places($ids) . ') ORDER BY order_id', $ids);
    }

    /** Bodies of these ids, in the order of their ids. */
    public function bodies(array $ids): array
    {
        if ($ids === []) {
            return [];
        }
        $rows = $this->rows($ids);
        $parts = $this->parts($ids);
        $parts['history'] = $this->byOrder(
            'SELECT order_id, order_status_id, notify, comment, date_added FROM {order_history} WHERE order_id IN (%s) ORDER BY order_history_id',
            $ids
        );
        $products = $this->productsNow($parts['products']);
        $codes = $this->optionCodes($parts['options']);
        $bodies = [];
        foreach ($rows as $row) {
            try {
                $bodies[] = $this->body($row, $parts, $products, $codes);
            } catch (\Throwable $error) {
                // One order that cannot be read does not keep the others away.
                $bodies[] = ['id' => $row['order_id'], 'hash' => self::hash($row, $parts), 'remarks' => ['unreadable:line ' . $error->getLine()]];
            }
        }
        return $bodies;
    }

    private function changed(array $row): string
    {
        return (string) ($this->time->utc(max($row['date_added'], $row['date_modified'])) ?: self::NO_TIME);
    }

    /** What makes these orders what they are, by order id; a poll asks it each time, so in few statements. */
    private function parts(array $ids): array
    {
        $lines = $this->byOrder(
            'SELECT p.order_id, p.order_product_id, p.product_id, p.name, p.model, p.quantity, p.price, p.total, p.tax,'
            . ' o.order_option_id, o.product_option_value_id, o.name AS option_name, o.value AS option_value, o.type AS option_type'
            . ' FROM {order_product} p LEFT JOIN {order_option} o ON o.order_product_id = p.order_product_id AND o.order_id = p.order_id'
            . ' WHERE p.order_id IN (%s) ORDER BY p.order_product_id, o.order_option_id',
            $ids
        );
        $parts = ['products' => [], 'options' => []];
        foreach ($lines as $id => $rows) {
            foreach ($rows as $row) {
                $line = $row['order_product_id'];
                $parts['products'][$id][$line] = array_slice($row, 0, 9, true);
                if ($row['order_option_id'] !== null) {
                    $parts['options'][$id][] = [
                        'order_id' => $row['order_id'], 'order_product_id' => $line, 'order_option_id' => $row['order_option_id'],
                        'product_option_value_id' => $row['product_option_value_id'],
                        'name' => $row['option_name'], 'value' => $row['option_value'], 'type' => $row['option_type'],
                    ];
                }
            }
            $parts['products'][$id] = array_values($parts['products'][$id]);
        }
        $parts['totals'] = $this->byOrder('SELECT order_id, code, title, value, sort_order FROM {order_total} WHERE order_id IN (%s) ORDER BY sort_order, order_total_id', $ids);
        $parts['vouchers'] = $this->byOrder('SELECT order_id, order_voucher_id, description, amount FROM {order_voucher} WHERE order_id IN (%s) ORDER BY order_voucher_id', $ids);
        return $parts;
    }

    private function byOrder(string $statement, array $ids): array
    {
        $orders = [];
        foreach ($ids === [] ? [] : $this->database->rows(sprintf($statement, Database::places($ids)), $ids) as $row) {
            $orders[$row['order_id']][] = $row;
        }
        return $orders;
    }

    private static function of(array $parts, string $name, string $id): array
    {
        return isset($parts[$name][$id]) ? $parts[$name][$id] : [];
    }

    /**
     * Over what is stored of the order itself. Line ids are left out, since an edit gives new ones:
     * an option belongs to the first, second, … line. A later moment of change alone is no change,
     * nor is a note in the history: what it did to the order stands in the order.
     */
    private static function hash(array $row, array $parts): string
    {
        $id = $row['order_id'];
        unset($row['date_modified']);
        $content = array_values($row);
        $lines = array_flip(array_column(self::of($parts, 'products', $id), 'order_product_id'));
        foreach (['products', 'options', 'totals', 'vouchers'] as $name) {
            foreach (self::of($parts, $name, $id) as $part) {
                $line = isset($part['order_product_id'], $lines[$part['order_product_id']]) ? $lines[$part['order_product_id']] : '';
                unset($part['order_product_id'], $part['order_option_id'], $part['order_voucher_id']);
                array_push($content, $name, $line, ...array_values($part));
            }
        }
        $text = '';
        foreach ($content as $value) {
            $text .= strlen((string) $value) . ':' . $value . ';';
        }
        return hash('sha256', $text);
    }

    private function body(array $row, array $parts, array $products, array $codes): array
    {
        $id = $row['order_id'];
        $this->cleaner->remarks();
        $fields = $this->settings->customFields($row['custom_field']);
        $ships = $row['shipping_code'] !== '' || $row['shipping_method'] !== '';
        $record = [
            'id' => $id,
            'number' => $id,
            'hash' => self::hash($row, $parts),
            'store' => ['id' => $row['store_id'], 'name' => $this->cleaner->text($row['store_name'], 'store_name')],
            'placed_at' => (string) ($this->time->utc($row['date_added']) ?: self::NO_TIME),
            'placed_local' => str_replace(' ', 'T', (string) $row['date_added']),
            'changed_at' => $this->changed($row),
            'status' => $this->settings->status($row['order_status_id']),
            'language' => $this->settings->languageCode($row['language_id']),
            'money' => $this->money($row),
            'customer' => $this->customer($row, $fields, $this->settings->customFields($row['payment_custom_field'])),
            'invoice_address' => $this->address($row, 'payment_'),
            'delivery_address' => $ships ? $this->address($row, 'shipping_') : null,
            'payment' => ['code' => $row['payment_code'], 'title' => $this->cleaner->text($row['payment_method'], 'payment_method')],
            'shipping' => $ships ? ['code' => $row['shipping_code'], 'title' => $this->cleaner->text($row['shipping_method'], 'shipping_method')] : null,
            'comment' => $this->cleaner->text($row['comment'], 'comment', true),
            'invoice_number' => $row['invoice_no'] === '0' ? null : $this->cleaner->text($row['invoice_prefix'], 'invoice_prefix') . $row['invoice_no'],
            'shop_reference' => null,
            'lines' => $this->lines($id, $parts, $products, $codes),
            'gift_cards' => $this->giftCards($id, $parts),
            'totals' => $this->totalRows($row, $parts),
            'total' => $row['total'],
            'history' => $this->history($id, $parts),
        ];
        $record['remarks'] = $this->cleaner->remarks();
        return $record;
    }

    private function money(array $row): array
    {
        $rate = (float) $row['currency_value'] > 0 ? $row['currency_value'] : '1';
        return [
            'code' => $this->settings->get('config_currency', 'EUR'),
            'order_code' => $row['currency_code'],
            'rate' => $rate,
            'order_total' => number_format(round((float) $row['total'] * (float) $rate, 2), 2, '.', ''),
        ];
    }

    private function customer(array $row, array $fields, array $more): array
    {
        $all = array_merge($fields, $more);
        return [
            'id' => $row['customer_id'] === '0' ? null : $row['customer_id'],
            'group' => $this->settings->group($row['customer_group_id']),
            'first_name' => $this->cleaner->text($row['firstname'], 'firstname'),
            'last_name' => $this->cleaner->text($row['lastname'], 'lastname'),
            'email' => $this->cleaner->text($row['email'], 'email'),
            'telephone' => $this->cleaner->text($row['telephone'], 'telephone'),
            'vat_number' => OpenCartNumbers::vat($all),
            'chamber_of_commerce' => OpenCartNumbers::chamber($all),
            'custom_fields' => $fields,
        ];
    }

    private function address(array $row, string $part): array
    {
        $texts = ['first_name' => 'firstname', 'last_name' => 'lastname', 'company' => 'company', 'line1' => 'address_1', 'line2' => 'address_2', 'postcode' => 'postcode', 'city' => 'city', 'zone' => 'zone'];
        $address = [];
        foreach ($texts as $name => $column) {
            $address[$name] = $this->cleaner->text($row[$part . $column], $part . $column);
        }
        $address['country'] = $this->settings->country($row[$part . 'country_id']);
        $address['country_name'] = $this->cleaner->text($row[$part . 'country'], $part . 'country');
        $address['custom_fields'] = $this->settings->customFields($row[$part . 'custom_field']);
        return $address;
    }

    private function lines(string $id, array $parts, array $products, array $codes): array
    {
        $lines = [];
        foreach (self::of($parts, 'products', $id) as $row) {
            $now = isset($products[$row['product_id']]) ? $products[$row['product_id']] : null;
            $lines[] = [
                'id' => $row['order_product_id'],
                'product_id' => $row['product_id'] === '0' ? null : $row['product_id'],
                'code' => $this->cleaner->text($row['model'], 'model'),
                'sku' => $now !== null && $now['sku'] !== '' ? $this->cleaner->text($now['sku'], 'sku') : null,
                'ean' => $now !== null && $now['ean'] !== '' ? $this->cleaner->text($now['ean'], 'ean') : null,
                'name' => $this->cleaner->text($row['name'], 'name'),
                'quantity' => $row['quantity'],
                'price' => $row['price'],
                'tax' => $row['tax'],
                'total' => $row['total'],
                'tax_class' => $now !== null ? $this->settings->taxClass($now['tax_class_id']) : null,
                'options' => $this->options($row['order_product_id'], self::of($parts, 'options', $id), $codes),
            ];
        }
        return $lines;
    }

    private function options(string $line, array $rows, array $codes): array
    {
        $options = [];
        foreach ($rows as $row) {
            if ($row['order_product_id'] === $line) {
                $value = $row['product_option_value_id'];
                $options[] = [
                    'name' => $this->cleaner->text($row['name'], 'option'),
                    'value' => $this->cleaner->text($row['value'], 'option', true),
                    'kind' => $row['type'],
                    'value_id' => $value === '0' ? null : $value,
                    'code' => isset($codes[$value]) ? $codes[$value] : null,
                ];
            }
        }
        return $options;
    }

    private function giftCards(string $id, array $parts): array
    {
        $cards = [];
        foreach (self::of($parts, 'vouchers', $id) as $row) {
            $cards[] = ['id' => $row['order_voucher_id'], 'description' => $this->cleaner->text($row['description'], 'voucher'), 'amount' => $row['amount']];
        }
        return $cards;
    }

    private function totalRows(array $order, array $parts): array
    {
        // The core codes of OpenCart's extension/total; anything else is a third party's.
        $kinds = ['sub_total' => 'sub_total', 'shipping' => 'shipping', 'tax' => 'tax', 'coupon' => 'discount', 'voucher' => 'gift_card', 'reward' => 'reward', 'credit' => 'store_credit', 'handling' => 'fee', 'low_order_fee' => 'fee', 'klarna_fee' => 'fee', 'total' => 'total'];
        $rows = [];
        foreach (self::of($parts, 'totals', $order['order_id']) as $row) {
            $code = $row['code'];
            $kind = isset($kinds[$code]) ? $kinds[$code] : 'other';
            $title = $this->cleaner->text($row['title'], 'total');
            $class = null;
            if ($kind === 'shipping') {
                $class = $this->settings->moduleTaxClass('shipping', explode('.', $order['shipping_code'])[0]);
            } elseif ($kind === 'fee' || $kind === 'other') {
                $class = $this->settings->moduleTaxClass('total', $code);
            }
            $rows[] = [
                'code' => $code,
                'kind' => $kind,
                'title' => $title,
                'amount' => $row['value'],
                'rate' => $kind === 'tax' ? $this->settings->rateNamed($title) : null,
                'tax_class' => $class,
            ];
        }
        return $rows;
    }

    private function history(string $id, array $parts): array
    {
        $entries = [];
        foreach (self::of($parts, 'history', $id) as $row) {
            $entries[] = [
                'at' => (string) ($this->time->utc($row['date_added']) ?: self::NO_TIME),
                'status' => $this->settings->status($row['order_status_id']),
                'comment' => $this->cleaner->text($row['comment'], 'history', true),
                'notified' => $row['notify'] === '1',
            ];
        }
        return $entries;
    }

    /** What the products on these lines are today; one statement. */
    private function productsNow(array $lines): array
    {
        $ids = [];
        foreach ($lines as $rows) {
            foreach ($rows as $row) {
                $ids[$row['product_id']] = $row['product_id'];
            }
        }
        $found = [];
        if ($ids !== []) {
            foreach ($this->database->rows('SELECT product_id, sku, ean, tax_class_id FROM {product} WHERE product_id IN (' . Database::places($ids) . ')', $ids) as $row) {
                $found[$row['product_id']] = $row;
            }
        }
        return $found;
    }

    /** Codes that an extension gave to option values; one statement, none in plain OpenCart. */
    private function optionCodes(array $options): array
    {
        $ids = [];
        foreach ($options as $rows) {
            foreach ($rows as $row) {
                if ($row['product_option_value_id'] !== '0') {
                    $ids[$row['product_option_value_id']] = $row['product_option_value_id'];
                }
            }
        }
        $column = $ids === [] ? null : OpenCartStock::optionCodeColumn($this->database);
        $codes = [];
        if ($column !== null) {
            $statement = 'SELECT product_option_value_id, `' . $column . '` AS code FROM {product_option_value} WHERE product_option_value_id IN (' . Database::places($ids) . ')';
            foreach ($this->database->rows($statement, $ids) as $row) {
                if ((string) $row['code'] !== '') {
                    $codes[$row['product_option_value_id']] = $this->cleaner->text($row['code'], 'option_code');
                }
            }
        }
        return $codes;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * PrestaShop's orders. An order's number is its id: the reference its customer sees is shared by
 * the parts of a split order, so it is the shop reference. All amounts are in the order's currency;
 * PrestaShop keeps none in another.
 */
final class PrestaShopOrders implements OrderBodies
{
    const NO_TIME = '1970-01-01T00:00:00Z';

    /** @var Database */
    private $database;
    /** @var PrestaShopSchema */
    private $schema;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;
    /** @var PrestaShopOrderRows */
    private $rows;

    public function __construct(Database $database, PrestaShopSchema $schema, PrestaShopSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->schema = $schema;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
        $this->rows = new PrestaShopOrderRows($database, $schema);
    }

    /** Heads from a moment (UTC) or position on, in order of change; ids first, what the hash needs as it is asked for. */
    public function heads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $places = $this->rows->changed($since === null ? null : $this->time->localSince($since), $after, $limit);
        $sizes = $this->rows->sizes(array_column($places, 'id_order'), $page->room());
        foreach ($sizes->lists($places, 'id_order', $atOnce) as $some) {
            $parts = $this->rows->of($sizes->fitting(array_column($some, 'id_order')));
            foreach ($some as $place) {
                $id = $place['id_order'];
                $order = isset($parts['orders'][$id]) ? $parts['orders'][$id] : null;
                if ($order !== null || $sizes->tooLarge($id)) {
                    $hash = $order === null ? $sizes->hash($id) : PrestaShopOrderRows::hash($order, $parts, ...$this->payment($order, $parts));
                    if (!$page->give(['id' => $id, 'changed_at' => $this->moment($place['stamp']), 'stamp' => $place['stamp'], 'hash' => $hash])) {
                        return;
                    }
                }
            }
        }
    }

    private function moment($local): string
    {
        return (string) ($this->time->utc($local) ?: self::NO_TIME);
    }

    /** Bodies of these ids, those that are too large first; the rows of so many others are read at once. */
    public function all(array $ids, int $atOnce, Page $page)
    {
        $this->rows->sizes($ids, $page->room())->bodies($ids, $atOnce, [], $this, $page);
    }

    public function bodies(array $ids, Page $page): bool
    {
        $parts = $this->rows->of($ids);
        $around = $this->around($parts, array_keys($parts['orders']));
        foreach ($parts['orders'] as $id => $order) {
            list($paid, $received) = $this->payment($order, $parts);
            $hash = PrestaShopOrderRows::hash($order, $parts, $paid, $received);
            $this->cleaner->remarks();
            $this->missing($order, $parts);
            try {
                $body = ['id' => (string) $id, 'number' => (string) $id, 'hash' => $hash] + $this->body($order, $parts, $around);
                $body += ['paid' => $paid, 'paid_on' => $paid === true ? self::paidOn($order, $parts) : null, 'received' => $received];
                $body += ['remarks' => $this->cleaner->remarks()];
            } catch (\Throwable $error) {
                // One order that cannot be read does not keep the others away.
                $body = ['id' => (string) $id, 'hash' => $hash, 'remarks' => ['unreadable:line ' . $error->getLine()]];
            }
            if (!$page->give($body)) {
                return false;
            }
        }
        return true;
    }

    /** Notes amounts that are missing of the order, its costs and discounts and its lines: the shop leaves none of them open. */
    private function missing(array $order, array $parts)
    {
        $id = $order['id_order'];
        $this->cleaner->amounts($order, ['total_paid', 'total_products', 'total_discounts_tax_excl', 'total_discounts_tax_incl'], 'order');
        $this->cleaner->amounts($order, ['total_shipping_tax_excl', 'total_shipping_tax_incl'], 'shipping');
        $this->cleaner->amounts($order, ['total_wrapping_tax_excl', 'total_wrapping_tax_incl'], 'fee');
        foreach (PrestaShopOrderRows::part($parts, 'lines', $id) as $line) {
            $this->cleaner->amounts($line, ['product_quantity', 'unit_price_tax_excl', 'unit_price_tax_incl', 'total_price_tax_excl', 'total_price_tax_incl'], 'line');
        }
        foreach (PrestaShopOrderRows::part($parts, 'rules', $id) as $rule) {
            $this->cleaner->amounts($rule, ['value', 'value_tax_excl'], 'total');
        }
    }

    /** What bodies need besides the orders' own content. */
    private function around(array $parts, array $ids): array
    {
        if ($ids === []) {
            return [];
        }
        $around = ['customers' => [], 'rules' => [], 'fields' => []];
        $customers = array_values(array_unique(array_column($parts['orders'], 'id_customer')));
        foreach ($this->database->rows(PrestaShopCustomers::STATEMENT . ' WHERE c.id_customer IN (' . Database::places($customers) . ')', $customers) as $row) {
            $around['customers'][$row['id_customer']] = $row;
        }
        $rules = [];
        foreach ($parts['rules'] as $rows) {
            $rules += array_column($rows, 'id_cart_rule', 'id_cart_rule');
        }
        foreach ($rules === [] ? [] : $this->database->rows('SELECT id_cart_rule, reduction_percent, reduction_product, gift_product FROM {cart_rule} WHERE id_cart_rule IN (' . Database::places($rules) . ')', $rules) as $row) {
            $around['rules'][$row['id_cart_rule']] = $row;
        }
        $around['messages'] = $this->schema->has('message', 'message') ? $this->rows->byOrder(
            "SELECT id_order, " . OrderSizes::note('message') . " AS message FROM {message} WHERE COALESCE(id_employee, 0) = 0 AND message <> '' AND id_order IN (%s) ORDER BY private, id_message",
            $ids
        ) : [];
        $around['history'] = $this->rows->byOrder('SELECT id_order, id_order_state, date_add FROM {order_history} WHERE id_order IN (%s) ORDER BY id_order_history', $ids);
        $around['invoice_taxes'] = $this->invoiceTaxes($ids);
        $around['products'] = (new PrestaShopProductsNow($this->database))->of($parts['lines'], $this->settings->defaultShop());
        return $around + ['names' => $this->fieldNames($parts['texts'])];
    }

    /**
     * Taxes of shipping and wrapping by order. They have no index by invoice: invoices first, so that all
     * taxes are only gone through and not joined.
     */
    private function invoiceTaxes(array $ids): array
    {
        $orders = array_column($this->database->rows('SELECT id_order_invoice, id_order FROM {order_invoice} WHERE id_order IN (' . Database::places($ids) . ')', $ids), 'id_order', 'id_order_invoice');
        $rows = $orders === [] ? [] : $this->database->rows(
            'SELECT DISTINCT t.id_order_invoice, t.type, t.id_tax, x.rate FROM {order_invoice_tax} t JOIN {tax} x ON x.id_tax = t.id_tax'
            . " WHERE t.type IN ('shipping', 'wrapping') AND t.id_order_invoice IN (" . Database::places($orders) . ')',
            array_keys($orders)
        );
        $taxes = [];
        foreach ($rows as $row) {
            $taxes[$orders[$row['id_order_invoice']]][$row['type'] . ' ' . $row['id_tax']] = $row;
        }
        return array_map('array_values', $taxes);
    }

    /** Names of the fields customers typed into, by field and language. */
    private function fieldNames(array $texts): array
    {
        $ids = [];
        foreach ($texts as $rows) {
            $ids += array_column($rows, 'index', 'index');
        }
        $names = [];
        foreach ($ids === [] ? [] : $this->database->rows('SELECT id_customization_field, id_lang, name FROM {customization_field_lang} WHERE id_customization_field IN (' . Database::places($ids) . ')', $ids) as $row) {
            $names[$row['id_customization_field']][$row['id_lang']] = $row['name'];
        }
        return $names;
    }

    private function body(array $order, array $parts, array $around): array
    {
        $id = $order['id_order'];
        $currency = $this->settings->currency($this->schema, $order['id_currency']);
        $lines = $this->linesWithRates($id, $parts);
        $rules = [];
        foreach (PrestaShopOrderRows::part($parts, 'rules', $id) as $rule) {
            $now = isset($around['rules'][$rule['id_cart_rule']]) ? $around['rules'][$rule['id_cart_rule']] : ['reduction_percent' => '0', 'reduction_product' => '0', 'gift_product' => '0'];
            $rules[] = $rule + $now;
        }
        $rows = (new PrestaShopTotals($order, $lines, $currency['unit']))->rows($rules, PrestaShopOrderRows::part($around, 'invoice_taxes', $id));
        $sent = array_column($rows, 'shares', 'code');
        $refunds = new PrestaShopRefunds($this->settings, $this->time);
        $ships = $order['id_carrier'] !== '0';
        return [
            'store' => $this->settings->shop($order['id_shop']),
            'placed_at' => $this->moment($order['date_add']),
            'placed_local' => str_replace(' ', 'T', (string) $order['date_add']),
            'changed_at' => $this->moment($this->stamp($order, $parts, $around)),
            'status' => $this->settings->status($order['current_state']),
            'language' => $this->settings->languageCode($order['id_lang']),
            'money' => $this->money($order, $currency),
            'customer' => $this->customer($order, $parts, $around),
            'invoice_address' => $this->address(PrestaShopOrderRows::part($parts, 'addresses', $order['id_address_invoice']), $order['id_lang']),
            'delivery_address' => $ships ? $this->address(PrestaShopOrderRows::part($parts, 'addresses', $order['id_address_delivery']), $order['id_lang']) : null,
            'payment' => ['code' => (string) $order['module'], 'title' => $this->cleaner->verbatim($order['payment'], 'payment')],
            'shipping' => $ships ? $this->settings->carrier($order['id_carrier']) : null,
            'comment' => $this->comment(PrestaShopOrderRows::part($around, 'messages', $id)),
            'invoice_number' => $this->invoiceNumber($order),
            'invoice_date' => self::invoiceDay($order),
            'shop_reference' => $order['reference'] === '' ? null : $this->cleaner->verbatim($order['reference'], 'reference'),
            'lines' => $this->lines($order, $lines, $parts, $around, $currency['unit']),
            'gift_cards' => [],
            'totals' => $this->totalRows($order, $rows, $lines),
            'total' => $order['total_paid'],
            'history' => $this->history(PrestaShopOrderRows::part($around, 'history', $id)),
            'refunds' => $refunds->of($order, PrestaShopOrderRows::part($parts, 'slips', $id), PrestaShopOrderRows::part($parts, 'slip_lines', $id), PrestaShopOrderRows::part($parts, 'vouchers', $id), $lines, isset($sent['shipping']) ? $sent['shipping'] : []),
            'custom_fields' => $this->orderFields($order),
        ];
    }

    /** The same moment as in the head. */
    private function stamp(array $order, array $parts, array $around): string
    {
        $stamps = [$order['date_add'], $order['date_upd']];
        $stamps = array_merge($stamps, array_column(PrestaShopOrderRows::part($around, 'history', $order['id_order']), 'date_add'));
        foreach (PrestaShopOrderRows::part($parts, 'slips', $order['id_order']) as $slip) {
            array_push($stamps, $slip['date_add'], $slip['date_upd']);
        }
        foreach (['id_address_invoice', 'id_address_delivery'] as $column) {
            $address = PrestaShopOrderRows::part($parts, 'addresses', $order[$column]);
            $stamps[] = $address === [] ? '' : $address['date_upd'];
        }
        return (string) max($stamps);
    }

    private function linesWithRates(string $id, array $parts): array
    {
        $taxes = [];
        foreach (PrestaShopOrderRows::part($parts, 'taxes', $id) as $tax) {
            $taxes[$tax['id_order_detail']][] = $tax;
        }
        $lines = [];
        foreach (PrestaShopOrderRows::part($parts, 'lines', $id) as $line) {
            $own = isset($taxes[$line['id_order_detail']]) ? $taxes[$line['id_order_detail']] : [];
            $lines[] = $line + ['taxes' => $own, 'percent' => PrestaShopVat::percent($line, $own)];
        }
        return $lines;
    }

    private function money(array $order, array $currency): array
    {
        $total = PrestaShopAmount::rounded(PrestaShopAmount::of($order['total_paid']), $currency['unit']);
        return [
            'code' => $currency['code'],
            'order_code' => $currency['code'],
            'rate' => '1',
            'order_total' => PrestaShopAmount::text($total, 7 - strlen((string) $currency['unit'])),
        ];
    }

    private function customer(array $order, array $parts, array $around): array
    {
        $row = isset($around['customers'][$order['id_customer']]) ? $around['customers'][$order['id_customer']] : null;
        $invoice = PrestaShopOrderRows::part($parts, 'addresses', $order['id_address_invoice']);
        $delivery = PrestaShopOrderRows::part($parts, 'addresses', $order['id_address_delivery']);
        return (new PrestaShopPeople($this->settings, $this->cleaner))->customer($row, $invoice, $delivery);
    }

    private function address(array $row, string $language): array
    {
        return (new PrestaShopPeople($this->settings, $this->cleaner))->address($row, $language);
    }

    /** What the customer wrote at the checkout; a payment module may have broken the lines its own way. */
    private function comment(array $messages): string
    {
        $text = $messages === [] ? '' : (string) preg_replace('~<br\s*/?>\n?~i', "\n", (string) $messages[0]['message']);
        return $this->cleaner->verbatim($text, 'message', true);
    }

    /** As PrestaShop prints it in the order's own shop: prefix, six digits, and the year where it is set to that. */
    private function invoiceNumber(array $order)
    {
        if ($order['invoice_number'] === '0') {
            return null;
        }
        $prefix = $this->settings->prefixOf('PS_INVOICE_PREFIX', $order['id_lang'], $order['id_shop']);
        $number = str_pad($order['invoice_number'], 6, '0', STR_PAD_LEFT);
        if ($this->settings->ofShop('PS_INVOICE_USE_YEAR', $order['id_shop'], '0') !== '1') {
            return $prefix . $number;
        }
        $year = substr((string) $order['invoice_date'], 0, 4);
        return (int) $this->settings->ofShop('PS_INVOICE_YEAR_POS', $order['id_shop'], '0') !== 0 ? $prefix . $year . '/' . $number : $prefix . $number . '/' . $year;
    }

    /** The shop's local day of its invoice; an order without one has zeros there. */
    private static function invoiceDay(array $order)
    {
        $day = substr((string) $order['invoice_date'], 0, 10);
        return $order['invoice_number'] === '0' || preg_match('/^[1-9][0-9]{3}-(?!00)[0-9]{2}-(?!00)[0-9]{2}$/D', $day) !== 1 ? null : $day;
    }

    private function lines(array $order, array $lines, array $parts, array $around, int $unit): array
    {
        $records = [];
        foreach ($lines as $line) {
            $key = $line['product_id'] . '-' . $line['product_attribute_id'];
            $now = isset($around['products'][$key]) ? $around['products'][$key] : null;
            $tax = PrestaShopAmount::of($line['unit_price_tax_incl']) - PrestaShopAmount::of($line['unit_price_tax_excl']);
            $records[] = [
                'id' => $line['id_order_detail'],
                'product_id' => $line['product_id'] === '0' ? null : $line['product_id'],
                'code' => $this->cleaner->verbatim($line['product_reference'], 'reference'),
                'sku' => $now !== null && $now['reference'] !== '' ? $this->cleaner->verbatim($now['reference'], 'reference') : null,
                'ean' => $now !== null && $now['ean'] !== '' ? $this->cleaner->verbatim($now['ean'], 'ean') : null,
                'name' => $this->cleaner->verbatim($line['product_name'], 'product_name'),
                'quantity' => $line['product_quantity'],
                'price' => $line['unit_price_tax_excl'],
                'tax' => PrestaShopAmount::text($tax),
                'total' => $line['total_price_tax_excl'],
                'tax_class' => $now !== null ? $this->settings->taxClass(isset($now['classes'][$order['id_shop']]) ? $now['classes'][$order['id_shop']] : $now['class']) : $this->classThen($line),
                'options' => $this->options(PrestaShopOrderRows::texts($parts, $order, $line), $around['names'], $order['id_lang']),
                'percent' => $line['percent'] === null ? null : PrestaShopVat::percentText($line['percent']),
                'total_incl' => $line['total_price_tax_incl'],
                'levy' => $line['percent'] === null ? null : PrestaShopVat::levy($line, PrestaShopVat::ofLine($line, $line['percent'], $unit), $line['percent'], $unit),
            ];
        }
        return $records;
    }

    /**
     * The tax class a line was sold in, for a product that is gone; null where the line has none and bears VAT
     * (before 1.6.0.10, and what was sold then), or the class is gone too.
     */
    private function classThen(array $line)
    {
        return $line['id_tax_rules_group'] !== '0' || $line['percent'] === 0 && $line['taxes'] === [] ? $this->settings->taxClass((string) $line['id_tax_rules_group']) : null;
    }

    private function options(array $texts, array $names, string $language): array
    {
        $options = [];
        foreach ($texts as $row) {
            $known = isset($names[$row['index']]) ? $names[$row['index']] : [];
            $name = isset($known[$language]) ? $known[$language] : (isset($known[$this->settings->language()]) ? $known[$this->settings->language()] : (string) reset($known));
            $options[] = [
                'name' => $this->cleaner->verbatim($name, 'customization'),
                'value' => $this->cleaner->verbatim($row['value'], 'customization', true),
                'kind' => $row['type'] === '0' ? 'file' : 'text',
                'value_id' => null,
                'code' => null,
            ];
        }
        return $options;
    }

    private function totalRows(array $order, array $rows, array $lines): array
    {
        $records = [];
        foreach ($rows as $row) {
            $records[] = [
                'code' => $row['code'],
                'kind' => $row['kind'],
                'title' => $this->title($order, $row, $lines),
                'amount' => PrestaShopAmount::text($row['amount']),
                'rate' => isset($row['percent']) ? ['rate' => PrestaShopVat::percentText($row['percent']), 'kind' => 'percent'] : null,
                'tax_class' => $this->rowTaxClass($order, $row['code']),
                'parts' => isset($row['shares']) ? PrestaShopVat::parts($row['shares'], $row['kind'] === 'discount' ? -1 : 1) : [],
            ];
        }
        $records[] = ['code' => 'total_paid', 'kind' => 'total', 'title' => 'Total', 'amount' => $order['total_paid'], 'rate' => null, 'tax_class' => null, 'parts' => []];
        return $records;
    }

    private function title(array $order, array $row, array $lines): string
    {
        if ($row['kind'] === 'tax') {
            return $this->taxTitle($order['id_lang'], $row['percent'], $lines);
        }
        if ($row['kind'] === 'discount') {
            return $this->cleaner->verbatim($row['rule'], 'cart_rule');
        }
        $titles = ['total_products' => 'Products', 'shipping' => 'Shipping', 'wrapping' => 'Gift wrapping'];
        $carrier = $row['code'] === 'shipping' ? $this->settings->carrier($order['id_carrier'])['title'] : '';
        return $carrier !== '' ? $carrier : $titles[$row['code']];
    }

    /** The names of the taxes that make this percentage on the order's lines; else the percentage itself. */
    private function taxTitle(string $language, $percent, array $lines): string
    {
        if ($percent === null) {
            return '?';
        }
        foreach ($lines as $line) {
            if ($line['percent'] === $percent && $line['taxes'] !== []) {
                $names = [];
                foreach ($line['taxes'] as $tax) {
                    $names[] = $this->settings->taxName($tax['id_tax'], $language);
                }
                if (!in_array('', $names, true)) {
                    return implode(' + ', $names);
                }
            }
        }
        return PrestaShopVat::percentText($percent) . '%';
    }

    private function rowTaxClass(array $order, string $code)
    {
        if ($code === 'wrapping') {
            return $this->settings->taxClass($this->settings->ofShop('PS_GIFT_WRAPPING_TAX_RULES_GROUP', $order['id_shop'], '0'));
        }
        return $code === 'shipping' ? $this->settings->carrierTaxClass($order['id_carrier'], $order['id_shop']) : null;
    }

    private function history(array $rows): array
    {
        $entries = [];
        foreach ($rows as $row) {
            $entries[] = ['at' => $this->moment($row['date_add']), 'status' => $this->settings->status($row['id_order_state']), 'comment' => '', 'notified' => false];
        }
        return $entries;
    }

    /**
     * Is everything paid that shares this order's reference, and what was received of one that is not. The first is null
     * where no payment is recorded and the status alone may know: without invoices PrestaShop records none. The second
     * is null where nothing was received, or others share its reference.
     */
    private function payment(array $order, array $parts): array
    {
        $reference = strtolower($order['reference']);
        $sisters = isset($parts['sisters'][$reference]) ? $parts['sisters'][$reference] : [];
        $due = array_sum(array_map([PrestaShopAmount::class, 'of'], $sisters));
        if (!isset($parts['payments'][$reference])) {
            $waits = in_array($this->settings->status($order['current_state'])['kind'], ['pending', 'failed', 'cancelled', 'abandoned'], true);
            return [$due === 0 ? true : ($waits ? false : null), null];
        }
        list($in, $out) = $this->moved($order, $parts);
        $received = $in - max($out, 0);
        $paid = $received >= $due - 5000;
        return [$paid, !$paid && $received > 0 && count($sisters) === 1 ? PrestaShopAmount::text($received) : null];
    }

    /** What came in and what went back under this order's reference, in its currency. */
    private function moved(array $order, array $parts): array
    {
        $reference = strtolower($order['reference']);
        list($in, $out) = [0, 0];
        foreach (isset($parts['payments'][$reference]) ? $parts['payments'][$reference] : [] as $payment) {
            $amount = PrestaShopAmount::of($payment['amount']);
            if ($payment['id_currency'] !== $order['id_currency']) {
                $amount = PrestaShopAmount::share($amount, PrestaShopAmount::of($order['conversion_rate']), PrestaShopAmount::of($payment['conversion_rate']));
            }
            list($in, $out) = [$in + max($amount, 0), $out + max(-$amount, 0)];
        }
        // What went back with a credit slip was paid all the same.
        foreach (PrestaShopOrderRows::part($parts, 'slips', $order['id_order']) as $slip) {
            $out -= PrestaShopAmount::of($slip['total_products_tax_incl']) + PrestaShopAmount::of($slip['total_shipping_tax_incl']);
        }
        return [$in, $out];
    }

    /** The day of the last payment that came in: with it all was paid. */
    private static function paidOn(array $order, array $parts)
    {
        $reference = strtolower($order['reference']);
        $days = [];
        foreach (isset($parts['payments'][$reference]) ? $parts['payments'][$reference] : [] as $payment) {
            if (PrestaShopAmount::of($payment['amount']) > 0 && strncmp((string) $payment['date_add'], '0000', 4) !== 0) {
                $days[] = substr((string) $payment['date_add'], 0, 10);
            }
        }
        return $days === [] ? null : max($days);
    }

    private function orderFields(array $order): array
    {
        $fields = [];
        if ((string) $order['gift_message'] !== '' && $order['gift'] === '1') {
            $fields[] = ['id' => 'gift_message', 'name' => 'gift_message', 'value' => $this->cleaner->verbatim($order['gift_message'], 'gift_message', true)];
        }
        if (PrestaShopAmount::of($order['conversion_rate']) !== PrestaShopAmount::ONE) {
            // Units of the order's currency for one of the shop's, as they were then.
            $fields[] = ['id' => 'conversion_rate', 'name' => 'conversion_rate', 'value' => $order['conversion_rate']];
        }
        return $fields;
    }
}

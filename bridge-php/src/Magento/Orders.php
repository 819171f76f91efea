<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Magento's orders as the protocol has them: heads in order of change, and bodies, both read in bulk. */
final class MagentoOrders implements OrderBodies
{
    /** @var Database */
    private $database;
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoOrderRows */
    private $rows;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->rows = new MagentoOrderRows($database);
    }

    /** Heads from a moment (UTC) or position on: places first, what the hash needs in parts, as it is asked for. */
    public function heads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $places = $this->rows->places($since === null ? null : MagentoTime::column($since), $after, $limit);
        $sizes = $this->rows->sizes(array_column($places, 'entity_id'), $page->room());
        foreach ($sizes->lists($places, 'entity_id', $atOnce) as $some) {
            $ids = $sizes->fitting(array_column($some, 'entity_id'));
            $orders = $ids === [] ? [] : $this->rows->orders($ids);
            $parts = $ids === [] ? [] : $this->rows->parts($ids);
            foreach ($some as $place) {
                $id = $place['entity_id'];
                $large = $sizes->tooLarge($id);
                if ($large || isset($orders[$id])) {
                    $hash = $large ? $sizes->hash($id) : MagentoOrderRows::hash($orders[$id], $parts);
                    if (!$page->give(['id' => $id, 'changed_at' => MagentoTime::utc($place['stamp']), 'stamp' => $place['stamp'], 'hash' => $hash])) {
                        return;
                    }
                }
            }
        }
    }

    /** Bodies of these ids, those that are too large first; the rows of so many others are read at once. */
    public function all(array $ids, int $atOnce, Page $page)
    {
        $sizes = $this->rows->sizes($ids, $page->room());
        $sizes->bodies($ids, $atOnce, $this->rows->numbers($sizes->large()), $this, $page);
    }

    public function bodies(array $ids, Page $page): bool
    {
        if ($ids === []) {
            return true;
        }
        $orders = $this->rows->orders($ids);
        $parts = $this->rows->parts($ids);
        $notes = $this->rows->notes($ids);
        $products = [];
        $messages = array_column($orders, 'gift_message_id');
        foreach ($parts['items'] as $items) {
            array_push($products, ...array_column($items, 'product_id'));
            array_push($messages, ...array_column($items, 'gift_message_id'));
        }
        $now = new MagentoProductsNow($this->database, $this->settings, $this->cleaner, $products);
        $lines = new MagentoLines($this->cleaner, $now, $this->rows->giftMessages(array_values(array_unique(array_filter($messages)))));
        foreach ($orders as $order) {
            $this->cleaner->remarks();
            $this->missing($order, $parts);
            try {
                $body = $this->body($order, $parts, $notes, $lines);
            } catch (\Throwable $error) {
                // One order that cannot be read does not keep the others away.
                $body = ['id' => $order['entity_id'], 'hash' => MagentoOrderRows::hash($order, $parts), 'remarks' => ['unreadable:line ' . $error->getLine()]];
            }
            if (!$page->give($body)) {
                return false;
            }
        }
        return true;
    }

    /** Notes amounts that are missing of the order, its shipping and its lines. Others (a discount, VAT) Magento itself leaves open. */
    private function missing(array $order, array $parts)
    {
        $this->cleaner->amounts($order, ['base_grand_total'], 'order');
        if ((string) $order['shipping_method'] !== '') {
            $this->cleaner->amounts($order, ['base_shipping_amount'], 'shipping');
        }
        foreach (MagentoOrderRows::of($parts, 'items', $order['entity_id']) as $item) {
            $this->cleaner->amounts($item, ['qty_ordered', 'base_row_total'], 'line');
        }
    }

    private function body(array $order, array $parts, array $notes, MagentoLines $lines): array
    {
        $id = $order['entity_id'];
        $addresses = MagentoOrderRows::of($parts, 'addresses', $id);
        $billing = MagentoPeople::row($addresses, 'billing');
        $delivery = MagentoPeople::row($addresses, 'shipping');
        $sold = MagentoLines::sold(MagentoOrderRows::of($parts, 'items', $id), MagentoTotalRows::whole($order));
        $people = new MagentoPeople($this->settings, $this->cleaner, $this->rows->extras());
        $totals = (new MagentoTotalRows($this->settings, $this->cleaner, $this->rows->extras()))->records($order, $sold, MagentoOrderRows::of($parts, 'taxes', $id));
        $invoices = MagentoOrderRows::of($parts, 'invoices', $id);
        $payments = MagentoOrderRows::of($parts, 'payments', $id);
        $ships = (string) $order['shipping_method'] !== '';
        $record = [
            'id' => $id,
            'number' => $this->cleaner->verbatim($order['increment_id'], 'increment_id'),
            'hash' => MagentoOrderRows::hash($order, $parts),
            'store' => $this->store($order),
            'placed_at' => MagentoTime::utc($order['created_at']),
            'placed_local' => MagentoTime::local($order['created_at'], $this->settings->time($order['store_id'])),
            'changed_at' => MagentoTime::utc($order['updated_at'] === null ? $order['created_at'] : $order['updated_at']),
            'status' => $this->settings->status((string) $order['status'], (string) $order['state']),
            'language' => $this->settings->language($order['store_id']),
            'money' => $this->money($order),
            'customer' => $people->customer($order, $addresses),
            'invoice_address' => $people->address($billing !== null ? $billing : self::noAddress()),
            'delivery_address' => $delivery === null ? null : $people->address($delivery),
            'payment' => $this->payment($order, isset($payments[0]) ? $payments[0] : null),
            'shipping' => $ships ? ['code' => $order['shipping_method'], 'title' => $this->cleaner->verbatim($order['shipping_description'], 'shipping_description')] : null,
            'comment' => $this->cleaner->verbatim($order['customer_note'], 'customer_note', true),
            'invoice_number' => isset($invoices[0]) ? $invoices[0]['increment_id'] : null,
            'invoice_date' => isset($invoices[0]) ? $this->invoiceDay($order, $invoices[0]) : null,
            'shop_reference' => null,
            'lines' => $lines->records($sold),
            'gift_cards' => [],
            'totals' => $totals,
            'total' => MagentoAmount::text(MagentoTotalRows::total($order)),
            'history' => $this->history(MagentoOrderRows::of($notes, 'history', $id)),
            'refunds' => $this->refunds($order, $sold, $parts, $notes, $totals),
            'replaces' => (string) $order['relation_parent_real_id'] === '' ? null : $order['relation_parent_real_id'],
            'paid' => self::paid($order),
            'paid_on' => self::paid($order) ? $this->paidOn($order, $invoices) : null,
            'custom_fields' => array_merge($this->fields($order, $payments), $lines->message($order['gift_message_id'])),
        ];
        $record['remarks'] = $this->cleaner->remarks();
        return $record;
    }

    /** The day of an invoice on the clock of the order's store view. */
    private function invoiceDay(array $order, array $invoice)
    {
        $day = substr(MagentoTime::local($invoice['created_at'], $this->settings->time($order['store_id'])), 0, 10);
        return MagentoTime::utc($invoice['created_at']) === MagentoTime::NONE ? null : $day;
    }

    private static function noAddress(): array
    {
        return array_fill_keys(['firstname', 'middlename', 'lastname', 'suffix', 'company', 'street', 'postcode', 'city', 'region', 'country_id'], '');
    }

    /** The store view; of one that is gone, the name the order kept (website, store and view, a line each). */
    private function store(array $order): array
    {
        $view = $order['store_id'] === null ? null : $this->settings->store($order['store_id']);
        $kept = explode("\n", (string) $order['store_name']);
        return ['id' => (string) $order['store_id'], 'name' => $this->cleaner->verbatim($view !== null ? $view['name'] : (string) end($kept), 'store')];
    }

    private function money(array $order): array
    {
        $total = MagentoAmount::of($order['grand_total']) - (MagentoTotalRows::whole($order) ? 0 : MagentoAmount::of($order['total_canceled']));
        $rate = MagentoAmount::of($order['base_to_order_rate']);
        return [
            'code' => (string) $order['base_currency_code'],
            'order_code' => (string) $order['order_currency_code'],
            'rate' => $rate > 0 ? MagentoAmount::text($rate) : '1',
            'order_total' => MagentoAmount::text($total),
        ];
    }

    /** Nothing is owed any more: paid or, in part, cancelled. An order that asked nothing is paid. */
    private static function paid(array $order): bool
    {
        $paid = MagentoAmount::of($order['base_total_paid']);
        $owed = MagentoTotalRows::total($order);
        return $owed === 0 ? true : $paid > 0 && $paid >= $owed;
    }

    /** The day of the last invoice that is paid: with it all was. Magento keeps no other day of payment. */
    private function paidOn(array $order, array $invoices)
    {
        $days = [];
        foreach ($invoices as $invoice) {
            if ((string) $invoice['state'] === '2') {
                $days[] = (string) $this->invoiceDay($order, $invoice);
            }
        }
        return $days === [] || max($days) === '' ? null : max($days);
    }

    /** The title the buyer saw, where the order keeps it, else the one the settings give the method. */
    private function payment(array $order, $payment): array
    {
        if ($payment === null) {
            return ['code' => '', 'title' => ''];
        }
        $code = (string) $payment['method'];
        $stored = MagentoStoredArray::of($payment['additional_information']);
        $title = isset($stored['method_title']) && is_string($stored['method_title']) ? $stored['method_title'] : '';
        if ($title === '') {
            $title = $this->settings->get('payment/' . $code . '/title', $order['store_id']);
        }
        return ['code' => $code, 'title' => $this->cleaner->verbatim($title !== '' ? $title : $code, 'payment_method')];
    }

    private function history(array $rows): array
    {
        $entries = [];
        foreach ($rows as $row) {
            $entries[] = [
                'at' => MagentoTime::utc($row['created_at']),
                'status' => $this->settings->status((string) $row['status']),
                'comment' => $this->cleaner->verbatim($row['comment'], 'history', true),
                'notified' => $row['is_customer_notified'] === '1',
            ];
        }
        return $entries;
    }

    private function refunds(array $order, array $sold, array $parts, array $notes, array $totals): array
    {
        $rate = 0;
        foreach ($totals as $row) {
            if ($row['kind'] === 'shipping' && $row['parts'] !== []) {
                $rate = MagentoAmount::of($row['parts'][0]['percent']);
            }
        }
        $id = $order['entity_id'];
        return (new MagentoRefunds($this->settings, $this->cleaner))->records(
            $order,
            $sold,
            MagentoOrderRows::of($parts, 'credits', $id),
            MagentoOrderRows::of($parts, 'credit_items', $id),
            MagentoOrderRows::of($notes, 'credit_comments', $id),
            $rate
        );
    }

    /** The buyer's own order number of a purchase order, and the number another program gave the order. */
    private function fields(array $order, array $payments): array
    {
        $fields = [];
        foreach (['po_number' => isset($payments[0]) ? $payments[0]['po_number'] : '', 'ext_order_id' => $order['ext_order_id'], 'coupon_code' => $order['coupon_code']] as $name => $value) {
            if (trim((string) $value) !== '') {
                $fields[] = ['id' => $name, 'name' => $name, 'value' => $this->cleaner->verbatim($value, $name)];
            }
        }
        return $fields;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** WooCommerce's orders, wherever they are kept: heads in order of change, and bodies, both read in bulk. */
final class WooCommerceOrders implements OrderBodies
{
    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;
    /** @var WooCommerceOrderStore */
    private $store;
    /** @var WooCommerceCatalogue */
    private $catalogue;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner, ShopTime $time, WooCommerceOrderStore $store)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
        $this->store = $store;
        $this->catalogue = new WooCommerceCatalogue($database, $settings, $cleaner);
    }

    /** Heads from a moment (UTC) or position on, in order of change: places first, then what the hash needs in parts. */
    public function heads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $from = $since === null ? null : str_replace('T', ' ', substr($since, 0, 19));
        $all = $this->store->changed($from, $after, $limit);
        $sizes = $this->sizes(array_column($all, 'id'), $page);
        foreach ($sizes->lists($all, 'id', $atOnce) as $places) {
            $ids = $sizes->fitting(array_column($places, 'id'));
            $rows = $ids === [] ? [] : $this->store->rows($ids);
            list($refunds, $items) = $this->parts($ids);
            foreach ($places as $place) {
                $large = $sizes->tooLarge($place['id']);
                if ($large || isset($rows[$place['id']])) {
                    $hash = $large ? $sizes->hash($place['id']) : self::hash($rows[$place['id']], self::in($refunds, $place['id']), $items);
                    if (!$page->give(['id' => $place['id'], 'changed_at' => self::moment($place['stamp']), 'stamp' => $place['stamp'], 'hash' => $hash])) {
                        return;
                    }
                }
            }
        }
    }

    private function sizes(array $ids, Page $page): OrderSizes
    {
        return new OrderSizes($this->database, array_merge($this->store->sizes(), [WooCommerceItems::size()]), $ids, $page->room());
    }

    /** Refunds by order, and the rows of orders and refunds. */
    private function parts(array $ids): array
    {
        if ($ids === []) {
            return [[], []];
        }
        $refunds = $this->store->refunds($ids);
        $all = $ids;
        foreach ($refunds as $some) {
            $all = array_merge($all, array_map('strval', array_keys($some)));
        }
        return [$refunds, (new WooCommerceItems($this->database))->of($all)];
    }

    private static function in(array $by, string $id): array
    {
        return isset($by[$id]) ? $by[$id] : [];
    }

    private static function moment(string $utc): string
    {
        return strncmp($utc, '0000', 4) === 0 || $utc === '' ? '1970-01-01T00:00:00Z' : str_replace(' ', 'T', substr($utc, 0, 19)) . 'Z';
    }

    /**
     * Over what is stored of the order itself. A later moment of change alone is no change; ids of rows
     * are left out, their order is kept. The kind of storage does not show in it.
     */
    private static function hash(array $row, array $refunds, array $items): string
    {
        // That it is paid counts already.
        unset($row['changed'], $row['paid_at']);
        if ($row['no_total'] === '') {
            unset($row['no_total']);
        }
        sort($row['fields']);
        $content = [$row];
        foreach (array_merge([$row['id']], array_column($refunds, 'id')) as $id) {
            foreach (self::in($items, $id) as $item) {
                sort($item['pairs']);
                $content[] = [$item['type'], $item['name'], $item['pairs']];
            }
            $content[] = isset($refunds[$id]) ? $refunds[$id] : '';
        }
        return hash('sha256', self::flat($content));
    }

    /** Every value with its length, lists within lists in their order. */
    private static function flat(array $content): string
    {
        $text = '';
        foreach ($content as $value) {
            $text .= is_array($value) ? self::flat($value) : strlen((string) $value) . ':' . $value . ';';
        }
        return $text;
    }

    /** Bodies of these ids, those that are too large first; the rows of so many others are read at once. */
    public function all(array $ids, int $atOnce, Page $page)
    {
        $sizes = $this->sizes($ids, $page);
        $large = $sizes->large();
        $sizes->bodies($ids, $atOnce, $large === [] ? [] : $this->store->numbers($large), $this, $page);
    }

    public function bodies(array $ids, Page $page): bool
    {
        $rows = $ids === [] ? [] : $this->store->rows($ids);
        if ($rows === []) {
            return true;
        }
        list($refunds, $items) = $this->parts(array_map('strval', array_keys($rows)));
        $products = $this->catalogue->forLines(self::productIds($items));
        $notes = $this->notes(array_keys($rows));
        $roles = (new WooCommerceCustomers($this->database, $this->settings, $this->cleaner))->roles(array_column($rows, 'customer'));
        foreach ($rows as $row) {
            $given = self::in($refunds, $row['id']);
            $hash = self::hash($row, $given, $items);
            try {
                $this->cleaner->remarks();
                $this->missing($row, self::in($items, $row['id']));
                $body = $this->body($row, $given, $items, $products) + ['history' => $this->history(self::in($notes, $row['id'])), 'hash' => $hash];
                $body['customer']['group'] = isset($roles[$row['customer']]) ? $roles[$row['customer']] : ['id' => '', 'name' => ''];
                $body += ['remarks' => $this->cleaner->remarks()];
            } catch (\Throwable $error) {
                // One order that cannot be read does not keep the others away.
                $body = ['id' => $row['id'], 'hash' => $hash, 'remarks' => ['unreadable:line ' . $error->getLine()]];
            }
            if (!$page->give($body)) {
                return false;
            }
        }
        return true;
    }

    /** Notes amounts that are missing of the order, its lines, fees and shipping. */
    private function missing(array $row, array $items)
    {
        if ($row['no_total'] === '1') {
            $this->cleaner->remark('no_amount:order.total');
        }
        foreach (WooCommerceItems::ofType($items, 'line_item') as $item) {
            // What it was sold for before discounts is what it was sold for, where the shop has no figure of its own for that.
            $values = self::blankAsNothing($item, ['_qty', '_line_subtotal']) + ['_line_subtotal' => '0'];
            $this->cleaner->amounts($values, ['_qty', '_line_total', '_line_subtotal'], 'line');
        }
        foreach (['fee' => '_line_total', 'shipping' => 'cost'] as $type => $name) {
            foreach (WooCommerceItems::ofType($items, $type) as $item) {
                $this->cleaner->amounts(self::blankAsNothing($item, [$name]), [$name], $type);
            }
        }
    }

    /** An item's values: where a person left one of these fields blank, WooCommerce stores that and counts nothing. */
    private static function blankAsNothing(array $item, array $names): array
    {
        $values = $item['values'];
        foreach ($names as $name) {
            if (isset($values[$name]) && $values[$name] === '') {
                $values[$name] = '0';
            }
        }
        return $values;
    }

    private static function productIds(array $items): array
    {
        $ids = [];
        foreach ($items as $rows) {
            foreach ($rows as $item) {
                foreach (['_product_id', '_variation_id'] as $name) {
                    $id = WooCommerceItems::value($item, $name);
                    if ($id !== '' && $id !== '0') {
                        $ids[$id] = $id;
                    }
                }
            }
        }
        return $ids;
    }

    /** The number the customer sees: one that a plug-in gave it, or its id. */
    public static function number(array $row): string
    {
        $given = WooCommerceFields::first($row['fields'], WooCommerceFields::NUMBER);
        return $given !== null ? $given : $row['id'];
    }

    /** Id of the order with that number, or null; a number that two orders bear is nobody's. */
    public function idOf(string $number)
    {
        $ids = $this->store->withField(WooCommerceFields::NUMBER, $number);
        if ($ids === [] && preg_match('/^[1-9][0-9]{0,17}$/D', $number) === 1) {
            $ids = [$number];
        }
        $found = [];
        foreach ($ids === [] ? [] : $this->store->rows($ids) as $row) {
            if (self::number($row) === $number) {
                $found[] = $row['id'];
            }
        }
        return count($found) === 1 ? $found[0] : null;
    }

    private function body(array $row, array $refunds, array $items, array $products): array
    {
        $rows = self::in($items, $row['id']);
        $taxes = new WooCommerceTaxes($rows, $this->settings);
        $sold = [];
        foreach (WooCommerceItems::ofType($rows, 'line_item') as $item) {
            $sold[$item['id']] = new WooCommerceLine($item, $taxes);
        }
        $shipping = WooCommerceItems::ofType($rows, 'shipping');
        $currency = $row['currency'] !== '' ? $row['currency'] : $this->settings->currency();
        $language = WooCommerceFields::first($row['fields'], WooCommerceFields::LANGUAGE);
        $placed = str_replace(' ', 'T', $row['created'] === '' ? '' : $this->time->localText($row['created']));
        $invoice = WooCommerceInvoice::of($row['fields'], $this->time, $placed);
        $named = implode('', array_diff_key($row['shipping'], ['phone' => 1, 'country' => 1, 'state' => 1])) !== '';
        // Without a way of shipping too it is taxed where the goods would go; typed by hand it may be the only address.
        $elsewhere = $row['shipping']['country'] !== '' && $row['shipping']['country'] !== $row['billing']['country'];
        $paid = self::paid($row);
        return [
            'id' => $row['id'],
            'number' => $this->cleaner->text(self::number($row), 'number'),
            'store' => ['id' => '0', 'name' => $this->cleaner->text($this->settings->get('blogname'), 'store')],
            'placed_at' => self::moment($row['created']),
            'placed_local' => $placed,
            'changed_at' => self::moment($row['changed']),
            'status' => $this->settings->status($row['status']),
            'language' => $language !== null ? strtolower(str_replace('_', '-', $language)) : $this->settings->language(),
            'money' => ['code' => $currency, 'order_code' => $currency, 'rate' => '1', 'order_total' => $row['total']],
            'customer' => $this->customer($row),
            'invoice_address' => $this->address($row, 'billing'),
            'delivery_address' => $elsewhere || ($named && $shipping !== []) ? $this->address($row, 'shipping') : null,
            'payment' => ['code' => $row['method'], 'title' => $this->cleaner->text($row['method_title'], 'payment_method')],
            'shipping' => $shipping === [] ? null : ['code' => WooCommerceItems::value($shipping[0], 'method_id'), 'title' => $this->cleaner->text($shipping[0]['name'], 'shipping_method')],
            'comment' => $this->cleaner->text($row['note'], 'comment', true),
            'invoice_number' => $invoice[0] === null ? null : $this->cleaner->text($invoice[0], 'invoice_number'),
            'invoice_date' => $invoice[1],
            'shop_reference' => null,
            'lines' => $this->lines($row, $rows, $sold, $products),
            'gift_cards' => [],
            'totals' => (new WooCommerceTotalRows($this->settings, $this->cleaner))->of($row, $rows, array_values($sold), $taxes),
            'total' => $row['total'],
            'refunds' => (new WooCommerceRefunds($this->settings, $this->cleaner, $this->time))->of($row, $refunds, $items),
            'replaces' => null,
            'paid' => $paid,
            'paid_on' => $paid !== true || $row['paid_at'] === '' ? null : substr($this->time->localText($row['paid_at']), 0, 10),
            'custom_fields' => WooCommerceFields::custom($row['fields'], '', $this->cleaner),
        ];
    }

    /**
     * With a day of payment it is. Without one WooCommerce itself calls an order paid by its status, which tells nothing
     * of the money where that is collected at the door.
     */
    private static function paid(array $row)
    {
        if ($row['paid'] === '1') {
            return true;
        }
        return $row['status'] === 'completed' || ($row['status'] === 'processing' && $row['method'] !== 'cod') ? null : false;
    }

    private function customer(array $row): array
    {
        $vat = WooCommerceFields::vat($row['fields']);
        $chamber = WooCommerceFields::chamber($row['fields']);
        return [
            'id' => $row['customer'] === '' || $row['customer'] === '0' ? null : $row['customer'],
            'first_name' => $this->cleaner->text($row['billing']['first_name'], 'first_name'),
            'last_name' => $this->cleaner->text($row['billing']['last_name'], 'last_name'),
            'email' => $this->cleaner->text($row['email'], 'email'),
            'telephone' => $this->cleaner->text($row['billing']['phone'], 'phone'),
            'vat_number' => $vat === null ? null : $this->cleaner->text($vat, 'vat_number'),
            'chamber_of_commerce' => $chamber === null ? null : $this->cleaner->text($chamber, 'chamber_of_commerce'),
            'custom_fields' => [],
        ];
    }

    private function address(array $row, string $part): array
    {
        $address = WooCommerceCustomers::address($row[$part], $this->cleaner);
        if ($address['line1'] !== '' && preg_match('/[0-9]/', $address['line1'] . $address['line2']) !== 1) {
            $address['line1'] = trim($address['line1'] . ' ' . $this->cleaner->text($this->house($row, $part), 'house_number'));
        }
        return $address + ['custom_fields' => WooCommerceFields::custom($row['fields'], $part, $this->cleaner)];
    }

    /** The number of a street that was kept without one; the buyer's own where he is sent to the same street. */
    private function house(array $row, string $part): string
    {
        $house = WooCommerceFields::house($row['fields'], $part);
        $same = $row['shipping']['address_1'] === $row['billing']['address_1'] && $row['shipping']['postcode'] === $row['billing']['postcode'];
        return $house === '' && $part === 'shipping' && $same ? WooCommerceFields::house($row['fields'], 'billing') : $house;
    }

    private function lines(array $row, array $items, array $sold, array $products): array
    {
        $lines = [];
        foreach (WooCommerceItems::ofType($items, 'line_item') as $item) {
            $product = WooCommerceItems::value($item, '_product_id');
            $variation = WooCommerceItems::value($item, '_variation_id');
            $variant = $variation !== '' && $variation !== '0';
            $id = $variant ? $variation : $product;
            $now = self::in($products, $id);
            $parent = $variant ? self::in($products, $product) : [];
            $gone = !isset($products[$id]);
            $line = $sold[$item['id']];
            $pieces = WooCommerceAmount::of(WooCommerceItems::value($item, '_qty'));
            // The order keeps no SKU, and what a variation that is gone had is not what its product has: another article.
            $sku = $gone ? null : $this->catalogue->sku($now, $parent);
            if ($gone && isset($item['values']['_tax_class'])) {
                $now = ['_tax_class' => $item['values']['_tax_class']];
            }
            $known = !$gone || $parent !== [];
            $percent = $line->percent();
            $incl = $row['with_tax'] === '1' && $line->sold['vat'] !== 0 ? $line->withVat() : null;
            $lines[] = [
                'id' => $item['id'],
                'product_id' => $id === '' || $id === '0' ? null : $id,
                'code' => (string) $sku,
                'sku' => $sku,
                'ean' => $this->catalogue->ean($now),
                'name' => $this->cleaner->text($item['name'], 'name'),
                'quantity' => WooCommerceAmount::count($pieces),
                'price' => WooCommerceAmount::text(WooCommerceAmount::scaled($line->sold['net'], WooCommerceAmount::ONE, $pieces)),
                'tax' => WooCommerceAmount::text(WooCommerceAmount::scaled($line->sold['vat'], WooCommerceAmount::ONE, $pieces)),
                'total' => WooCommerceAmount::text($line->sold['net']),
                'tax_class' => $known ? $this->catalogue->taxClass($now, $parent) : null,
                'options' => $this->options($item, $variant ? $parent : $now),
                'percent' => $percent === null ? null : WooCommerceAmount::text($percent),
                'total_incl' => $incl === null ? null : WooCommerceAmount::text($incl),
            ];
        }
        return $lines;
    }

    /** Attributes chosen and whatever plug-ins show with the line, in order of entry; names that begin with `_` are hidden. */
    private function options(array $item, array $product): array
    {
        $options = [];
        foreach ($item['pairs'] as $pair) {
            if ($pair[0] !== '' && $pair[0][0] !== '_' && $pair[1] !== '' && WooCommerceFields::open($pair[0])) {
                $option = $this->catalogue->option($pair[0], $pair[1], $product);
                if ($option['value'] !== '') {
                    $options[] = $option;
                }
            }
        }
        return $options;
    }

    /** Notes by order. */
    private function notes(array $ids): array
    {
        $notes = [];
        $rows = $this->database->rows(
            "SELECT c.comment_post_ID AS id, c.comment_date_gmt, " . OrderSizes::note('c.comment_content') . " AS comment_content, m.meta_value AS told FROM {comments} c LEFT JOIN {commentmeta} m ON m.comment_id = c.comment_ID AND m.meta_key = 'is_customer_note'"
            . " WHERE c.comment_type = 'order_note' AND c.comment_post_ID IN (" . Database::places($ids) . ') ORDER BY c.comment_date_gmt, c.comment_ID',
            $ids
        );
        foreach ($rows as $row) {
            $notes[$row['id']][] = $row;
        }
        return $notes;
    }

    /** The shop keeps no list of statuses: notes say in words that one changed. */
    private function history(array $notes): array
    {
        $entries = [];
        foreach ($notes as $note) {
            $text = $this->cleaner->text($note['comment_content'], 'note', true);
            $entries[] = ['at' => self::moment($note['comment_date_gmt']), 'status' => $this->statusIn($text), 'comment' => $text, 'notified' => (string) $note['told'] === '1'];
        }
        return $entries;
    }

    private function statusIn(string $text): array
    {
        if (preg_match('/(?:Order status changed from .* to|[Bb]estelstatus gewijzigd van .* naar) (.+?)\.\s*$/Dsu', $text, $found) === 1) {
            foreach (WooCommerceSettings::STATUSES as $code => $names) {
                if ($found[1] === $names[1] || $found[1] === $names[2]) {
                    return $this->settings->status($code);
                }
            }
        }
        return ['id' => '', 'name' => '', 'kind' => 'other'];
    }
}

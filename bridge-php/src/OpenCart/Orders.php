<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** OpenCart's orders, 2.0 to 4.1: heads in order of change, and bodies. */
final class OpenCartOrders
{
    /** Orders that are read whole at once, before it is known whether there are more. */
    const FEW = 50;
    const NO_TIME = '1970-01-01T00:00:00Z';
    /** A cent in ten-thousandths. */
    const CENT = 100;

    /** The codes of OpenCart's own totals; any other is a third party's. */
    const KINDS = [
        'sub_total' => 'sub_total', 'shipping' => 'shipping', 'tax' => 'tax', 'coupon' => 'discount', 'voucher' => 'gift_card', 'reward' => 'reward',
        'credit' => 'store_credit', 'handling' => 'fee', 'low_order_fee' => 'fee', 'klarna_fee' => 'fee', 'total' => 'total',
    ];

    /** Those that are what they are called whoever computes them. */
    const STRUCTURE = ['sub_total', 'shipping', 'tax', 'total'];

    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;
    /** @var OpenCartOrderRows */
    private $rows;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
        $this->rows = new OpenCartOrderRows($database, $settings->schema(), $time);
    }

    /**
     * Heads from a moment (UTC) or position on, in order of change. There is no index on the moment
     * of change, so each statement reads the whole table. A poll that finds little is done with one;
     * when there is more, and on later pages, ids first and what the hash needs in parts.
     */
    public function heads($since, $after, int $limit, int $atOnce, Page $page)
    {
        if ($after === null) {
            $few = min($limit, self::FEW);
            $rows = $this->rows->changed($since, $few, $page->room());
            $found = count($rows);
            if (!$this->giveHeads($rows, null, $page) || $found < $few) {
                return;
            }
            $after = ['stamp' => $rows[$found - 1]['stamp'], 'id' => $rows[$found - 1]['order_id']];
            $limit -= $few;
            unset($rows);
        }
        $places = $this->rows->places($since, $after, $limit);
        $keys = count($places) > $atOnce ? $this->rows->keys(array_column($places, 'order_id'), ['order_product', 'order_option']) : null;
        foreach (array_chunk($places, $atOnce) as $some) {
            $rows = array_column($this->rows->of(array_column($some, 'order_id'), $page->room()), null, 'order_id');
            $ordered = [];
            foreach ($some as $place) {
                if (isset($rows[$place['order_id']])) {
                    $ordered[] = $rows[$place['order_id']] + ['stamp' => $place['stamp']];
                }
            }
            if (!$this->giveHeads($ordered, $keys, $page)) {
                return;
            }
        }
    }

    /** Is there room for more? */
    private function giveHeads(array $rows, $keys, Page $page): bool
    {
        $parts = $this->rows->parts(array_column($rows, 'order_id'), $keys);
        foreach ($rows as $row) {
            $stamp = $row['stamp'];
            unset($row['stamp']);
            $row = $this->rows->whole($row, $page->room());
            if ($row === null) {
                continue;
            }
            $large = OpenCartOrderRows::tooLarge($row, $page->room());
            $hash = $large === null ? self::hash($row, $parts) : self::hashOfLarge($row, $large);
            if (!$page->give(['id' => $row['order_id'], 'changed_at' => $this->moment($stamp), 'stamp' => $stamp, 'hash' => $hash])) {
                return false;
            }
        }
        return true;
    }

    /**
     * Bodies of these ids, in the order of their ids within those read at once, each given as soon as it is
     * made. What has no index is gone through once for all of them.
     */
    public function bodies(array $ids, int $atOnce, Page $page)
    {
        $keys = count($ids) > $atOnce ? $this->rows->keys($ids, array_keys(OpenCartOrderRows::KEYS)) : null;
        foreach (array_chunk($ids, $atOnce) as $some) {
            if (!$this->giveBodies($some, $keys, $page)) {
                return;
            }
        }
    }

    private function giveBodies(array $ids, $keys, Page $page): bool
    {
        $rows = $this->rows->of($ids, $page->room());
        $parts = $this->rows->parts($ids, $keys);
        $parts['history'] = $this->rows->history($ids, $keys);
        $parts['subscriptions'] = $this->rows->subscriptions($ids);
        $products = $this->rows->productsNow($parts['products']);
        $codes = $this->rows->optionCodes($parts['options']);
        foreach ($rows as $row) {
            $row = $this->rows->whole($row, $page->room());
            if ($row === null) {
                continue;
            }
            $large = OpenCartOrderRows::tooLarge($row, $page->room());
            try {
                $body = $large === null ? $this->body($row, $parts, $products, $codes)
                    : ['id' => $row['order_id'], 'number' => $row['order_id'], 'hash' => self::hashOfLarge($row, $large), 'too_large' => $large];
            } catch (\Throwable $error) {
                // One order that cannot be read does not keep the others away.
                $body = ['id' => $row['order_id'], 'hash' => self::hash($row, $parts), 'remarks' => ['unreadable:line ' . $error->getLine()]];
            }
            if (!$page->give($body)) {
                return false;
            }
        }
        return true;
    }

    /** Stands for the content of an order that was not read whole: another as soon as it is of another size. */
    private static function hashOfLarge(array $row, int $size): string
    {
        return hash('sha256', 'too large ' . $row['order_id'] . ' ' . $size);
    }

    private function moment($local): string
    {
        return (string) ($this->time->utc($local) ?: self::NO_TIME);
    }

    /** When it changed: the later of its own dates, and in OpenCart 4 of its newest note. */
    private function changed(array $row, array $parts): string
    {
        $moments = [(string) $row['date_added'], (string) $row['date_modified']];
        if ($this->settings->schema()->variants()) {
            $moments = array_merge($moments, array_column(self::of($parts, 'history', $row['order_id']), 'date_added'));
        }
        return $this->moment(max($moments));
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
        $this->missing($row, $parts);
        $payment = $this->method($row, 'payment');
        $shipping = $this->method($row, 'shipping');
        $ships = $shipping['code'] !== '' || $shipping['title'] !== '';
        // OpenCart 4 does not ask for a payment address unless told to; then there is the delivery address.
        $payer = $ships && self::isBlank($row, 'payment_') ? 'shipping_' : 'payment_';
        $fields = $this->settings->customFields($row['custom_field']);
        $record = [
            'id' => $id,
            'number' => $id,
            'hash' => self::hash($row, $parts),
            'store' => ['id' => $row['store_id'], 'name' => $this->cleaner->text($row['store_name'], 'store_name')],
            'placed_at' => $this->moment($row['date_added']),
            'placed_local' => str_replace(' ', 'T', (string) $row['date_added']),
            'changed_at' => $this->changed($row, $parts),
            'status' => $this->settings->status($row['order_status_id']),
            'language' => $this->settings->languageCode($row['language_id']),
            'money' => $this->money($row),
            'customer' => $this->customer($row, $fields, $this->settings->customFields($row[$payer . 'custom_field'])),
            'invoice_address' => $this->address($row, $payer),
            'delivery_address' => $ships ? $this->address($row, 'shipping_') : null,
            'payment' => ['code' => $payment['code'], 'title' => $payment['title']],
            'shipping' => $ships ? ['code' => $shipping['code'], 'title' => $shipping['title']] : null,
            'comment' => $this->cleaner->text($row['comment'], 'comment', true),
            // OpenCart keeps the number of an invoice and no day of it.
            'invoice_date' => null,
            'invoice_number' => $row['invoice_no'] === '0' ? null : $this->cleaner->text($row['invoice_prefix'], 'invoice_prefix') . $row['invoice_no'],
            'shop_reference' => null,
            'lines' => $this->lines($id, $parts, $products, $codes),
            'gift_cards' => $this->giftCards($id, $parts),
            'totals' => $this->totalRows($row, $parts, $shipping),
            'total' => $row['total'],
            'history' => $this->history($id, $parts),
            'custom_fields' => isset($row['subscription_id']) && $row['subscription_id'] !== '0' ? [['id' => 'subscription_id', 'name' => 'Subscription', 'value' => $row['subscription_id']]] : [],
        ];
        $record['remarks'] = $this->cleaner->remarks();
        return $record;
    }

    /** Notes amounts that are missing of the order, its lines, its totals and its gift cards. */
    private function missing(array $row, array $parts)
    {
        $rows = ['order' => [$row], 'line' => self::of($parts, 'products', $row['order_id']), 'total' => self::of($parts, 'totals', $row['order_id']), 'gift_card' => self::of($parts, 'vouchers', $row['order_id'])];
        foreach ($rows as $of => $some) {
            foreach (array_column($some, 'no_amount') as $name) {
                $this->cleaner->remark('no_amount:' . $of . '.' . $name);
            }
        }
    }

    /** Code and title of a method: columns of their own, or (4.0.2 on) JSON; `class` is the tax class shipping was charged with. */
    private function method(array $row, string $part): array
    {
        $text = trim($row[$part . '_method']);
        $content = [];
        if (strncmp($text, '{', 1) === 0) {
            $content = $this->cleaner->json($text, $part . '_method');
            $text = '';
        } elseif (in_array($text, ['[]', 'null', '""'], true)) {
            $text = '';
        }
        $own = isset($row[$part . '_code']) ? $row[$part . '_code'] : '';
        $code = self::told($content, 'code');
        $name = self::told($content, 'name');
        return [
            'code' => $code !== '' ? $code : $own,
            'title' => $this->cleaner->text($name !== '' ? $name : $text, $part . '_method'),
            'class' => self::told($content, 'tax_class_id'),
        ];
    }

    private static function told(array $content, string $name): string
    {
        return isset($content[$name]) && is_scalar($content[$name]) ? (string) $content[$name] : '';
    }

    private static function isBlank(array $row, string $part): bool
    {
        foreach (['firstname', 'lastname', 'company', 'address_1', 'city', 'postcode', 'country'] as $column) {
            if (trim($row[$part . $column]) !== '') {
                return false;
            }
        }
        return true;
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
        if ($address['first_name'] === '' && $address['last_name'] === '' && $address['company'] === '') {
            // Nothing but the buyer's own name is known, as with a download bought without any address.
            $address['first_name'] = $this->cleaner->text($row['firstname'], 'firstname');
            $address['last_name'] = $this->cleaner->text($row['lastname'], 'lastname');
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
                'custom_fields' => isset($parts['subscriptions'][$row['order_product_id']]) ? [self::subscription($parts['subscriptions'][$row['order_product_id']])] : [],
            ];
        }
        return $lines;
    }

    /** The terms of a subscription as one field: what is charged how often, and how many times (0: without end). */
    private static function subscription(array $row): array
    {
        $terms = $row['price'] . ' / ' . $row['cycle'] . ' ' . $row['frequency'] . ' / ' . $row['duration'];
        if ($row['trial_status'] === '1') {
            $terms = $row['trial_price'] . ' / ' . $row['trial_cycle'] . ' ' . $row['trial_frequency'] . ' / ' . $row['trial_duration'] . ', ' . $terms;
        }
        return ['id' => 'subscription', 'name' => 'Subscription', 'value' => $terms];
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
                    'code' => isset($codes[$value]) ? $this->cleaner->text($codes[$value], 'option_code') : null,
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

    private function totalRows(array $order, array $parts, array $shipping): array
    {
        $rows = [];
        foreach (self::of($parts, 'totals', $order['order_id']) as $row) {
            $code = $row['code'];
            $kind = self::kind($code, isset($row['extension']) ? $row['extension'] : '');
            $title = $this->cleaner->text($row['title'], 'total');
            $class = null;
            if ($kind === 'shipping') {
                $class = $shipping['class'] !== '' ? $this->settings->taxClass($shipping['class']) : $this->settings->moduleTaxClass('shipping', explode('.', $shipping['code'])[0]);
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
        return self::withoutSums($rows, $order, $parts);
    }

    /**
     * Themes and extensions show sums among the rows ("Total excl. VAT", "of which VAT"), which the shop does
     * not count. A row of nobody's code is one when it is such a sum and the total closes without it only.
     */
    private static function withoutSums(array $rows, array $order, array $parts): array
    {
        $id = $order['order_id'];
        $counted = self::units(array_merge(array_column(self::of($parts, 'products', $id), 'total'), array_column(self::of($parts, 'vouchers', $id), 'amount')));
        $taxes = self::units(array_column(array_filter($rows, function (array $row): bool {
            return $row['kind'] === 'tax';
        }), 'amount'));
        $total = self::units([$order['total']]);
        $all = $counted;
        $sums = [];
        foreach ($rows as $index => $row) {
            $amount = self::units([$row['amount']]);
            if (in_array($row['kind'], ['sub_total', 'total'], true) || abs($amount) < self::CENT) {
                continue;
            }
            $all += $amount;
            $near = array_filter([$counted, $taxes, $total, $total - $taxes], function ($sum) use ($amount): bool {
                return abs($sum - $amount) < self::CENT;
            });
            if ($row['kind'] === 'other' && $near !== []) {
                $sums[$index] = $amount;
            } else {
                $counted += $amount;
            }
        }
        if (abs($all - $total) >= self::CENT && abs($all - array_sum($sums) - $total) < self::CENT) {
            foreach (array_keys($sums) as $index) {
                $rows[$index]['kind'] = 'sub_total';
            }
        }
        return $rows;
    }

    /**
     * What these amounts come to in whole ten-thousandths, as OpenCart keeps them: an integer, and where those have
     * 32 bits PHP goes on with a number that holds a whole of this size exactly too.
     */
    private static function units(array $amounts)
    {
        $sum = 0;
        foreach ($amounts as $amount) {
            if (preg_match('/^(-?)([0-9]{1,11})(?:\.([0-9]*))?$/D', (string) $amount, $part) === 1) {
                $sum += ($part[1] . $part[2] . substr(str_pad(isset($part[3]) ? $part[3] : '', 4, '0'), 0, 4)) + 0;
            }
        }
        return $sum;
    }

    /** OpenCart 4 says whose extension a total is: another's `coupon` need not be a coupon. */
    private static function kind(string $code, string $extension): string
    {
        $own = $extension === '' || $extension === 'opencart' || in_array($code, self::STRUCTURE, true);
        return $own && isset(self::KINDS[$code]) ? self::KINDS[$code] : 'other';
    }

    private function history(string $id, array $parts): array
    {
        $entries = [];
        foreach (self::of($parts, 'history', $id) as $row) {
            $entries[] = [
                'at' => $this->moment($row['date_added']),
                'status' => $this->settings->status($row['order_status_id']),
                'comment' => $this->cleaner->text($row['comment'], 'history', true),
                'notified' => $row['notify'] === '1',
            ];
        }
        return $entries;
    }
}

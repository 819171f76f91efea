<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** An order's total block, as WooCommerce shows it: goods, discounts, fees, shipping, cards, VAT, total. */
final class WooCommerceTotalRows
{
    /** Names of fees with which a shop takes a gift card or credit off. */
    const GIFT_CARD = '/gift ?card|gift ?voucher|cadeau(bon|kaart)|kado(bon|kaart)|waardebon|tegoedbon/i';
    const CREDIT = '/store ?credit|wallet|winkeltegoed|klanttegoed|saldo/i';

    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** Rows of one order; `$lines` are its WooCommerceLine. */
    public function of(array $order, array $items, array $lines, WooCommerceTaxes $taxes): array
    {
        $goods = 0;
        foreach ($lines as $line) {
            $goods += $line->sold['net'];
        }
        $rows = array_merge(
            [self::row('sub_total', 'sub_total', '', $goods, [])],
            $this->discount($items, $lines),
            $this->fees($items, $taxes),
            $this->shipping($items, $taxes)
        );
        $vat = $this->vat($items);
        $sum = 0;
        foreach (array_merge($rows, $vat) as $row) {
            $sum += WooCommerceAmount::of($row['amount']);
        }
        $total = WooCommerceAmount::of($order['total']);
        return array_merge($rows, $vat, $this->redeemed($order, $items, $total - $sum), [self::row('total', 'total', '', $total, [])]);
    }

    private static function row(string $code, string $kind, string $title, int $amount, array $parts): array
    {
        return ['code' => $code, 'kind' => $kind, 'title' => $title, 'amount' => WooCommerceAmount::text($amount), 'rate' => null, 'tax_class' => null, 'parts' => WooCommerceTaxes::records($parts)];
    }

    /** Everything that came off the lines: coupons, and what was taken off by hand. The shop keeps per line only their sum. */
    private function discount(array $items, array $lines): array
    {
        $net = 0;
        $parts = [];
        foreach ($lines as $line) {
            $net += $line->discount();
            $some = $line->discountParts();
            $parts = $some === null || $parts === null ? null : array_merge($parts, $some);
        }
        if ($net === 0) {
            return [];
        }
        $codes = [];
        foreach (WooCommerceItems::ofType($items, 'coupon') as $item) {
            $codes[] = $this->cleaner->text($item['name'], 'coupon');
        }
        return [self::row($codes === [] ? 'discount' : 'coupon', 'discount', implode(', ', $codes), $net, $parts === null ? [] : $parts)];
    }

    private function fees(array $items, WooCommerceTaxes $taxes): array
    {
        $rows = [];
        foreach (WooCommerceItems::ofType($items, 'fee') as $item) {
            $fee = $taxes->line($item, 'total');
            $title = $this->cleaner->text($item['name'], 'fee');
            $kind = $fee['net'] >= 0 ? 'fee' : 'discount';
            if ($fee['net'] < 0 && $fee['vat'] === 0 && preg_match(self::GIFT_CARD, $title) === 1) {
                $kind = 'gift_card';
            } elseif ($fee['net'] < 0 && $fee['vat'] === 0 && preg_match(self::CREDIT, $title) === 1) {
                $kind = 'store_credit';
            }
            $row = self::row('fee', $kind, $title, $fee['net'], $kind === 'gift_card' || $kind === 'store_credit' ? [] : $fee['parts']);
            $row['tax_class'] = WooCommerceItems::value($item, '_tax_status') === 'none' ? WooCommerceSettings::noTaxClass() : $this->settings->taxClass(WooCommerceItems::value($item, '_tax_class'));
            $rows[] = $row;
        }
        return $rows;
    }

    private function shipping(array $items, WooCommerceTaxes $taxes): array
    {
        $rows = [];
        foreach (WooCommerceItems::ofType($items, 'shipping') as $item) {
            $shipping = $taxes->shipping($item);
            $row = self::row(WooCommerceItems::value($item, 'method_id'), 'shipping', $this->cleaner->text($item['name'], 'shipping'), $shipping['net'], $shipping['parts']);
            $row['tax_class'] = $this->settings->shippingTaxClass();
            $rows[] = $row;
        }
        return $rows;
    }

    private function vat(array $items): array
    {
        $rows = [];
        foreach (WooCommerceItems::ofType($items, 'tax') as $item) {
            $amount = WooCommerceAmount::of(WooCommerceItems::value($item, 'tax_amount')) + WooCommerceAmount::of(WooCommerceItems::value($item, 'shipping_tax_amount'));
            $label = $this->cleaner->text(WooCommerceItems::value($item, 'label'), 'tax');
            $row = self::row('tax', 'tax', $label !== '' ? $label : $this->cleaner->text($item['name'], 'tax'), $amount, []);
            $percent = WooCommerceTaxes::percent($item, $this->settings);
            $row['rate'] = $percent === null ? null : ['rate' => WooCommerceAmount::text($percent), 'kind' => 'percent'];
            $rows[] = $row;
        }
        return $rows;
    }

    /**
     * Gift cards and store credit that only lowered the total: what is kept of them is believed where it
     * is what the total is short of. A difference that nothing explains gets no row.
     */
    private function redeemed(array $order, array $items, int $short): array
    {
        $rows = [];
        $sum = 0;
        foreach (['gift_card', 'pw_gift_card'] as $type) {
            foreach (WooCommerceItems::ofType($items, $type) as $item) {
                $amount = abs(WooCommerceAmount::of(WooCommerceItems::value($item, 'amount')));
                // Its name on the order is the card's number.
                $rows[] = self::row($type, 'gift_card', '', -$amount, []);
                $sum += $amount;
            }
        }
        foreach ($order['fields'] as $field) {
            if (isset(WooCommerceFields::REDEEMED[$field[0]])) {
                $list = Serialised::values($field[1]);
                $amount = 0;
                foreach ($list === null ? [$field[1]] : $list as $value) {
                    $amount += is_scalar($value) ? abs(WooCommerceAmount::of($value)) : 0;
                }
                if ($amount !== 0) {
                    $rows[] = self::row(ltrim($field[0], '_'), WooCommerceFields::REDEEMED[$field[0]], '', -$amount, []);
                    $sum += $amount;
                }
            }
        }
        return $sum !== 0 && abs($short + $sum) <= 5 * WooCommerceTaxes::CENT ? $rows : [];
    }
}

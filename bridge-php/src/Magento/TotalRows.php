<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The total block of an order, out of amounts Magento keeps in columns. Everything is in base currency
 * and without VAT, the VAT in rows of its own by rate: lines and rows add up to the total exactly.
 */
final class MagentoTotalRows
{
    /** What is left over after all known amounts is called a rounding up to five cents. */
    const ROUNDING = 500;

    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoExtras */
    private $extras;

    public function __construct(MagentoSettings $settings, Cleaner $cleaner, MagentoExtras $extras)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->extras = $extras;
    }

    /** Does a cancelled order stand as it was placed? One of which a part was cancelled is what is left. */
    public static function whole(array $order): bool
    {
        return $order['state'] === 'canceled';
    }

    /** What is owed, with VAT. */
    public static function total(array $order): int
    {
        $total = MagentoAmount::of($order['base_grand_total']);
        return self::whole($order) ? $total : $total - MagentoAmount::of($order['base_total_canceled']);
    }

    public function records(array $order, array $sold, array $taxes): array
    {
        $counted = array_filter(array_column($sold, 1));
        $goods = array_sum(array_map(function (MagentoSold $row): int {
            return $row->net;
        }, $counted));
        $shipping = $this->shipping($order, $counted, $this->rates($counted, $taxes));
        $rows = array_merge($this->discount($order, $counted, $shipping), $this->shippingRow($order, $shipping), $this->levies($counted));
        $left = self::total($order) - $goods - self::sum($rows);
        $taxRows = $this->taxes($counted, $taxes, $shipping);
        $ofLines = $this->taxesOfLines($counted, $taxes, $shipping);
        if ($left !== self::sum($taxRows) && $left === self::sum($ofLines)) {
            // Magento 1 keeps wrong base amounts by rate on some orders in another currency, and an import
            // may keep none; the lines' own VAT and the total agree.
            $taxRows = $ofLines;
        }
        $rest = $left - self::sum($taxRows);
        list($percent, $vat) = $this->untold($order, $counted, $taxes, $rest);
        $more = $this->rest($order, $rest - $vat);
        if ($vat !== 0) {
            $taxRows[] = $this->taxRow($percent, rtrim(rtrim(MagentoAmount::text($percent), '0'), '.') . '%', $vat);
            if (count($more) === 1) {
                $more[0]['parts'] = MagentoAmount::parts([$percent => [$rest - $vat, $vat]]);
            }
        }
        return array_merge(
            [$this->row('subtotal', 'sub_total', '', $goods)],
            $rows,
            $more,
            $taxRows,
            [$this->row('grand_total', 'total', '', self::total($order))]
        );
    }

    private static function sum(array $rows): int
    {
        return array_sum(array_map([MagentoAmount::class, 'of'], array_column($rows, 'amount')));
    }

    private function row(string $code, string $kind, string $title, int $amount, array $parts = []): array
    {
        return ['code' => $code, 'kind' => $kind, 'title' => $title, 'amount' => MagentoAmount::text($amount), 'rate' => null, 'tax_class' => null, 'parts' => $parts];
    }

    /** Percentages that occur on this order. */
    private function rates(array $counted, array $taxes): array
    {
        $rates = [0 => true];
        foreach ($taxes as $tax) {
            $rates[MagentoAmount::of($tax['percent'])] = true;
        }
        foreach ($counted as $row) {
            $rates[$row->percent] = true;
        }
        return array_keys($rates);
    }

    /** The rate among these that gives this VAT on this amount, or comes closest. */
    private static function rateOf(int $net, int $vat, array $rates): int
    {
        $best = 0;
        $off = PHP_INT_MAX;
        foreach ($rates as $rate) {
            $miss = abs(MagentoAmount::share($net, $rate, 100 * MagentoAmount::ONE) - $vat);
            if ($miss < $off) {
                $off = $miss;
                $best = $rate;
            }
        }
        return $best;
    }

    /** Shipping: net and VAT before the discount, what the discount takes of both, percentage, VAT cancelled. */
    private function shipping(array $order, array $counted, array $rates): array
    {
        $net = MagentoAmount::of($order['base_shipping_amount']);
        $tax = MagentoAmount::of($order['base_shipping_tax_amount']);
        $vat = $order['base_shipping_incl_tax'] === null ? $tax : MagentoAmount::of($order['base_shipping_incl_tax']) - $net;
        $discount = MagentoAmount::of($order['base_shipping_compensation']) - $this->shippingDiscount($order, $counted);
        $rate = self::rateOf($net, $vat, $rates);
        $gone = self::whole($order) ? 0 : MagentoAmount::of($order['base_shipping_canceled']);
        if ($gone === 0 || $net === 0) {
            return [$net, $vat, $discount, $tax - $vat, $rate, 0];
        }
        $kept = [];
        foreach ([$net, $vat, $discount, $tax - $vat] as $amount) {
            $kept[] = MagentoAmount::cents(MagentoAmount::share($amount, $net - $gone, $net));
        }
        return [$kept[0], $kept[1], $kept[2], $kept[3], $rate, $tax - $kept[1] - $kept[3]];
    }

    /** Magento 1 does not round it where it stands alone; what the order's own sum leaves for it is whole cents. */
    private function shippingDiscount(array $order, array $counted): int
    {
        $own = MagentoAmount::of($order['base_shipping_discount_amount']);
        $left = -MagentoAmount::of($order['base_discount_amount']);
        foreach ($counted as $row) {
            $left -= $row->discount;
        }
        return $own !== 0 && abs($left - $own) < 100 ? $left : $own;
    }

    private function shippingRow(array $order, array $shipping): array
    {
        if ((string) $order['shipping_method'] === '' && $shipping[0] === 0) {
            return [];
        }
        $row = $this->row('shipping', 'shipping', $this->cleaner->verbatim($order['shipping_description'], 'shipping_description'), $shipping[0], MagentoAmount::parts([$shipping[4] => [$shipping[0], $shipping[1]]]));
        $row['tax_class'] = $this->settings->taxClass($this->settings->get('tax/classes/shipping_tax_class', $order['store_id']));
        return [$row];
    }

    /** Magento keeps one sum for all rules and coupons together. */
    private function discount(array $order, array $counted, array $shipping): array
    {
        $byRate = MagentoAmount::add([], $shipping[4], $shipping[2], $shipping[3]);
        foreach ($counted as $row) {
            $byRate = MagentoAmount::add($byRate, $row->percent, $row->discountNet, $row->discountVat);
        }
        $net = array_sum(array_column($byRate, 0));
        $parts = MagentoAmount::parts($byRate);
        if ($net === 0 && $parts === []) {
            return [];
        }
        $title = '';
        foreach (['discount_description', 'coupon_rule_name', 'coupon_code'] as $column) {
            $title = $title === '' ? $this->cleaner->verbatim($order[$column], $column) : $title;
        }
        return [$this->row('discount', 'discount', $title, $net, $parts)];
    }

    /** One row for each fixed product tax, by its title. */
    private function levies(array $counted): array
    {
        $titles = [];
        foreach ($counted as $row) {
            foreach ($row->levies as $levy) {
                $so = isset($titles[$levy[0]]) ? $titles[$levy[0]] : [];
                $titles[$levy[0]] = MagentoAmount::add($so, $levy[3], $levy[1], $levy[2]);
            }
        }
        $rows = [];
        foreach ($titles as $title => $byRate) {
            $rows[] = $this->row('weee', 'levy', $this->cleaner->verbatim((string) $title, 'weee'), array_sum(array_column($byRate, 0)), MagentoAmount::parts($byRate));
        }
        return $rows;
    }

    /** A row for each rate the shop recorded, less what was cancelled of it. */
    private function taxes(array $counted, array $taxes, array $shipping): array
    {
        $gone = [$shipping[4] => $shipping[5]];
        foreach ($counted as $row) {
            $gone[$row->percent] = (isset($gone[$row->percent]) ? $gone[$row->percent] : 0) + $row->cancelledVat;
        }
        $rows = [];
        foreach ($taxes as $tax) {
            $percent = MagentoAmount::of($tax['percent']);
            $lost = isset($gone[$percent]) ? $gone[$percent] : 0;
            unset($gone[$percent]);
            $rows[] = $this->taxRow($percent, self::taxTitle($tax), MagentoAmount::of($tax['base_amount']) - $lost);
        }
        return $rows;
    }

    private static function taxTitle(array $tax): string
    {
        return (string) $tax['title'] !== '' ? $tax['title'] : (string) $tax['code'];
    }

    private function taxRow(int $percent, string $title, int $amount): array
    {
        $row = $this->row('tax', 'tax', $this->cleaner->verbatim($title, 'tax'), $amount);
        $row['rate'] = ['rate' => MagentoAmount::text($percent), 'kind' => 'percent'];
        return $row;
    }

    /** The same out of what lines, shipping and levies say. */
    private function taxesOfLines(array $counted, array $taxes, array $shipping): array
    {
        $titles = [];
        foreach ($taxes as $tax) {
            $titles[MagentoAmount::of($tax['percent'])] = self::taxTitle($tax);
        }
        $byRate = [$shipping[4] => $shipping[1] + $shipping[3]];
        foreach ($counted as $row) {
            $so = isset($byRate[$row->percent]) ? $byRate[$row->percent] : 0;
            $byRate[$row->percent] = $so + $row->vat + $row->discountVat + array_sum(array_column($row->levies, 2));
        }
        $rows = [];
        foreach (array_filter($byRate) as $percent => $vat) {
            $title = isset($titles[$percent]) ? $titles[$percent] : rtrim(rtrim(MagentoAmount::text((int) $percent), '0'), '.') . '%';
            $rows[] = $this->taxRow((int) $percent, $title, $vat);
        }
        return $rows;
    }

    /**
     * VAT on an extension's fee that the order's sum of VAT has and no row by rate tells: percentage and VAT,
     * where a rate of this order gives it to the cent; nothing otherwise.
     */
    private function untold(array $order, array $counted, array $taxes, int $rest): array
    {
        $vat = MagentoAmount::of($order['base_tax_amount']) - array_sum(array_map([MagentoAmount::class, 'of'], array_column($taxes, 'base_amount')));
        foreach ($counted as $row) {
            // Magento 1 counts the levies themselves into this sum.
            $vat -= MagentoSchema::LINE_TAX_WITH_LEVY ? array_sum(array_column($row->levies, 1)) : 0;
        }
        $net = $rest - $vat;
        if ($vat <= 0 || $net <= self::ROUNDING || MagentoAmount::of($order['base_total_canceled']) !== 0) {
            return [0, 0];
        }
        foreach ($this->rates($counted, $taxes) as $percent) {
            if ($percent !== 0 && abs(MagentoAmount::share($net, $percent, 100 * MagentoAmount::ONE) - $vat) <= 100) {
                return [$percent, $vat];
            }
        }
        return [0, 0];
    }

    /** What an extension's own columns explain of the rest; a few cents are a rounding; more is told as it is. */
    private function rest(array $order, int $left): array
    {
        if ($left === 0) {
            return [];
        }
        $extras = $this->extras->rows($order);
        if ($extras !== [] && array_sum(array_column($extras, 2)) === $left) {
            return array_map(function (array $extra): array {
                return $this->row($extra[0], $extra[1], '', $extra[2]);
            }, $extras);
        }
        foreach ($extras as $extra) {
            if (abs($extra[2]) === abs($left)) {
                return [$this->row($extra[0], $extra[1], '', $left)];
            }
        }
        if (abs($left) <= self::ROUNDING) {
            return [$this->row('rounding', 'rounding', '', $left)];
        }
        $this->cleaner->remark('unexplained:' . MagentoAmount::text($left));
        return [$this->row('unexplained', 'other', '', $left)];
    }
}

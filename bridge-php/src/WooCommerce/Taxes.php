<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * One order's tax rates, and what the shop recorded per rate on its rows. Parts are triples of percentage,
 * net and VAT, all as WooCommerceAmount.
 */
final class WooCommerceTaxes
{
    /** A little over a cent: what rounding to cents can put between a row's VAT and its rate. */
    const CENT = 1100000;

    /** @var array<string, array> percent (amount or null) and compound, by rate id */
    private $rates = [];
    /** @var int */
    private $decimals;

    public function __construct(array $items, WooCommerceSettings $settings)
    {
        $this->decimals = min(6, max(0, (int) $settings->get('woocommerce_price_num_decimals', '2')));
        foreach (WooCommerceItems::ofType($items, 'tax') as $item) {
            $this->rates[WooCommerceItems::value($item, 'rate_id')] = ['percent' => self::percent($item, $settings), 'compound' => !in_array(WooCommerceItems::value($item, 'compound'), ['', '0'], true)];
        }
    }

    /** A tax row's percentage: recorded since 3.7, before that what the rate is today or what its label says; null when nothing tells. */
    public static function percent(array $item, WooCommerceSettings $settings)
    {
        if (WooCommerceItems::value($item, 'rate_percent') !== '') {
            return WooCommerceAmount::of(WooCommerceItems::value($item, 'rate_percent'));
        }
        foreach ($settings->rates() as $rate) {
            if ($rate['tax_rate_id'] === WooCommerceItems::value($item, 'rate_id')) {
                return WooCommerceAmount::of($rate['tax_rate']);
            }
        }
        return preg_match('/([0-9]{1,2}(?:[.,][0-9]{1,4})?)\s*%/', WooCommerceItems::value($item, 'label'), $found) === 1 ? WooCommerceAmount::of(str_replace(',', '.', $found[1])) : null;
    }

    /** Net and parts of a line: `subtotal` before coupons, `total` after; fees have a total only. */
    public function line(array $item, string $which): array
    {
        $data = Serialised::values(WooCommerceItems::value($item, '_line_tax_data'));
        $recorded = WooCommerceItems::value($item, $which === 'subtotal' ? '_line_subtotal_tax' : '_line_tax');
        return $this->row(WooCommerceAmount::of(WooCommerceItems::value($item, '_line_' . $which)), isset($data[$which]) && is_array($data[$which]) ? $data[$which] : [], $recorded);
    }

    /** Likewise of a shipping row. */
    public function shipping(array $item): array
    {
        $data = Serialised::values(WooCommerceItems::value($item, 'taxes'));
        // Before 3.0 the list stood there without a name.
        $list = isset($data['total']) && is_array($data['total']) ? $data['total'] : ($data === null || isset($data['total']) ? [] : $data);
        return $this->row(WooCommerceAmount::of(WooCommerceItems::value($item, 'cost')), $list, WooCommerceItems::value($item, 'total_tax'));
    }

    /** `net`, `vat`, `exact` (the VAT before it was rounded) and `parts`; none when the shop did not record what it consists of. */
    private function row(int $net, array $list, string $recorded): array
    {
        $raw = [];
        foreach ($list as $id => $amount) {
            if (is_scalar($amount) && (string) $amount !== '') {
                $raw[(string) $id] = WooCommerceAmount::of($amount);
            }
        }
        $vat = $recorded === '' ? $this->sum($raw, 'halfDown') : WooCommerceAmount::of($recorded);
        $exact = $raw === [] ? $vat : array_sum($raw);
        $amounts = $this->amounts($raw, $vat);
        return ['net' => $net, 'vat' => $vat, 'exact' => $exact, 'parts' => $amounts === null ? [] : $this->parts($net, $amounts, $raw)];
    }

    private function sum(array $raw, string $how): int
    {
        return (int) array_sum($this->rounded($raw, $how));
    }

    private function rounded(array $raw, string $how): array
    {
        $rounded = [];
        foreach ($raw as $id => $amount) {
            $rounded[$id] = $how === 'halfDown' ? WooCommerceAmount::halfDown($amount, $this->decimals) : WooCommerceAmount::rounded($amount, $this->decimals);
        }
        return $rounded;
    }

    /**
     * VAT per rate, together what the row's VAT was recorded as. The shop keeps it unrounded per rate,
     * and rounds it where it does not round at the subtotal (halves down where prices hold VAT).
     */
    private function amounts(array $raw, int $vat)
    {
        if ($raw === []) {
            if ($vat === 0) {
                return [];
            }
            $taxed = array_filter($this->rates, function (array $rate): bool {
                return $rate['percent'] !== null && $rate['percent'] > 0;
            });
            return count($taxed) === 1 ? [(string) array_keys($taxed)[0] => $vat] : null;
        }
        if (count($raw) === 1) {
            return [(string) array_keys($raw)[0] => $vat];
        }
        foreach (['halfDown', 'up'] as $how) {
            if ($this->sum($raw, $how) === $vat) {
                return $this->rounded($raw, $how);
            }
        }
        $largest = array_keys($raw)[0];
        foreach ($raw as $id => $amount) {
            $largest = abs($amount) > abs($raw[$largest]) ? $id : $largest;
        }
        $raw[$largest] += $vat - array_sum($raw);
        return $raw;
    }

    /**
     * How a net amount is shared over the rates of its VAT. Rates that stand on each other (a compound
     * one) are one part with the percentage they come to; rates that each hold for a share (a discount
     * over several, shipping that was split) are a part each, what they leave being without VAT.
     */
    private function parts(int $net, array $amounts, array $raw): array
    {
        foreach (array_keys($amounts) as $id) {
            if (!isset($this->rates[$id]) || $this->rates[$id]['percent'] === null) {
                // A rate without a tax row on the order took nothing.
                if ($amounts[$id] !== 0) {
                    return [];
                }
                unset($amounts[$id]);
            }
        }
        $taxed = array_filter($amounts) !== [] ? array_filter($amounts) : $amounts;
        if ($taxed === []) {
            return [[0, $net, 0]];
        }
        $stacked = $this->stacked($net, $taxed);
        return $stacked !== null ? [$stacked] : $this->shares($net, $taxed, $raw);
    }

    /** The one part, if every rate holds for the whole amount; otherwise null. */
    private function stacked(int $net, array $amounts)
    {
        $plain = 0;
        $percent = 0;
        foreach ($amounts as $id => $vat) {
            if (!$this->rates[$id]['compound']) {
                $plain += $vat;
                $percent += $this->rates[$id]['percent'];
            }
        }
        foreach ($amounts as $id => $vat) {
            $rate = $this->rates[$id];
            $base = $rate['compound'] ? $net + $plain : $net;
            if (abs(WooCommerceAmount::scaled($base, $rate['percent'], 100 * WooCommerceAmount::ONE) - $vat) > self::CENT) {
                return null;
            }
        }
        foreach ($amounts as $id => $vat) {
            if ($this->rates[$id]['compound']) {
                $percent += WooCommerceAmount::scaled(100 * WooCommerceAmount::ONE + $percent, $this->rates[$id]['percent'], 100 * WooCommerceAmount::ONE);
            }
        }
        return [$percent, $net, array_sum($amounts)];
    }

    /** Each rate's share is what its VAT, before it was rounded, is that percentage of. */
    private function shares(int $net, array $amounts, array $raw): array
    {
        $parts = [];
        $left = $net;
        $largest = 0;
        foreach ($amounts as $id => $vat) {
            $percent = $this->rates[$id]['percent'];
            $share = $percent === 0 ? 0 : WooCommerceAmount::scaled(isset($raw[$id]) ? $raw[$id] : $vat, 100 * WooCommerceAmount::ONE, $percent);
            $parts[] = [$percent, $share, $vat];
            $left -= $share;
            $largest = abs($share) > abs($parts[$largest][1]) ? count($parts) - 1 : $largest;
        }
        if (abs($left) > 5 * self::CENT && ($left < 0) === ($net < 0)) {
            $parts[] = [0, $left, 0];
        } else {
            $parts[$largest][1] += $left;
        }
        return self::merged($parts);
    }

    /** Parts of the same percentage as one, those that came to nothing left out. */
    public static function merged(array $parts): array
    {
        $sums = [];
        foreach ($parts as $part) {
            $percent = (string) $part[0];
            $sums[$percent] = isset($sums[$percent]) ? [$part[0], $sums[$percent][1] + $part[1], $sums[$percent][2] + $part[2]] : $part;
        }
        krsort($sums);
        return array_values(array_filter($sums, function (array $part): bool {
            return $part[1] !== 0 || $part[2] !== 0;
        }));
    }

    /** The same with the other sign. */
    public static function negative(array $parts): array
    {
        return array_map(function (array $part): array {
            return [$part[0], -$part[1], -$part[2]];
        }, $parts);
    }

    /** As they leave the shop. */
    public static function records(array $parts): array
    {
        return array_map(function (array $part): array {
            return ['percent' => WooCommerceAmount::text($part[0]), 'net' => WooCommerceAmount::text($part[1]), 'vat' => WooCommerceAmount::text($part[2])];
        }, self::merged($parts));
    }
}

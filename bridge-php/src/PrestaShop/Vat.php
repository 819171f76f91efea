<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * An order's VAT by rate, in millionths. Of a line PrestaShop keeps both totals and the taxes, of
 * shipping one rate, of wrapping none, of a cart rule only its two values: which rates such an
 * amount was spread over is found by trying what the shop may have done and keeping what closes to
 * the amounts it stored. What does not close has no parts.
 */
final class PrestaShopVat
{
    /**
     * Percentage of a line in millionths, or null where nothing tells. `tax_rate` is empty before
     * 1.7.8; two taxes are added up, or come one after another (method 2).
     */
    public static function percent(array $line, array $taxes)
    {
        $excl = PrestaShopAmount::of($line['unit_price_tax_excl']);
        $incl = PrestaShopAmount::of($line['unit_price_tax_incl']);
        // Charged without VAT whatever the taxes say: an export, a business abroad.
        if ($excl === $incl && abs($excl) >= 100000) {
            return 0;
        }
        $rates = [];
        foreach ($taxes as $tax) {
            if ($tax['rate'] !== null) {
                $rates[$tax['id_tax']] = PrestaShopAmount::of($tax['rate']);
            }
        }
        $recorded = PrestaShopAmount::of($line['tax_rate']);
        if ($recorded > 0 && count($rates) !== 1) {
            return $recorded;
        }
        if ($rates !== []) {
            $percent = 0;
            foreach ($rates as $rate) {
                $percent += $rate + ($line['tax_computation_method'] === '2' ? PrestaShopAmount::vat($percent, $rate) : 0);
            }
            return PrestaShopAmount::rounded($percent, 1000);
        }
        return $excl === $incl ? 0 : null;
    }

    /**
     * The ecotax that is part of a line's amounts as {percent, net, vat}, or null. It bears the goods' own
     * rate unless the line's VAT shows that it was charged at its own; without VAT where the line is.
     */
    public static function levy(array $line, array $byRate, $percent, int $unit)
    {
        $net = PrestaShopAmount::of($line['ecotax']) * (int) $line['product_quantity'];
        if ($net === 0 || $percent === null) {
            return null;
        }
        $own = PrestaShopAmount::of($line['ecotax_tax_rate']);
        $rate = $own !== $percent && count($byRate) > 1 ? $own : $percent;
        $vat = PrestaShopAmount::vat($net, $rate);
        return ['percent' => self::percentText($rate), 'net' => PrestaShopAmount::text($net), 'vat' => PrestaShopAmount::text($rate === $percent ? $vat : PrestaShopAmount::rounded($vat, $unit))];
    }

    /** VAT of a line by percentage; an ecotax at another rate than the goods counts at its own. */
    public static function ofLine(array $line, int $percent, int $unit): array
    {
        $vat = PrestaShopAmount::of($line['total_price_tax_incl']) - PrestaShopAmount::of($line['total_price_tax_excl']);
        $ecotax = PrestaShopAmount::of($line['ecotax']) * (int) $line['product_quantity'];
        $rate = PrestaShopAmount::of($line['ecotax_tax_rate']);
        if ($ecotax === 0 || $rate === $percent || $vat === 0) {
            return [$percent => $vat];
        }
        $own = PrestaShopAmount::rounded(PrestaShopAmount::vat($ecotax, $rate), $unit);
        $net = PrestaShopAmount::of($line['total_price_tax_excl']);
        $asOne = abs($vat - PrestaShopAmount::vat($net, $percent));
        $asTwo = abs($vat - $own - PrestaShopAmount::vat($net - $ecotax, $percent));
        return $asOne <= $asTwo ? [$percent => $vat] : [$percent => $vat - $own, $rate => $own];
    }

    /**
     * Shares {percent => [net, vat]} of an amount, by the first way of spreading that closes to its
     * VAT; each way is {percent => weight}. Empty when none does.
     */
    public static function shares(int $net, int $vat, array $ways, int $unit): array
    {
        if ($net === 0 && $vat === 0) {
            return [];
        }
        foreach ($ways as $way) {
            $way = array_filter($way);
            if ($way === [] || array_sum($way) === 0) {
                continue;
            }
            $nets = PrestaShopAmount::apportioned($net, $way, $unit);
            $exact = [];
            foreach (array_keys($nets) as $percent) {
                $exact[$percent] = PrestaShopAmount::vat(PrestaShopAmount::share($net, $way[$percent], array_sum($way)), $percent);
            }
            $taxed = count(array_filter(array_keys($nets)));
            if (abs($vat - array_sum($exact)) <= $unit * max(1, $taxed)) {
                return self::closed($nets, $exact, $vat, $unit);
            }
        }
        return [];
    }

    private static function closed(array $nets, array $exact, int $vat, int $unit): array
    {
        $vats = array_sum($exact) === 0 ? $exact : PrestaShopAmount::apportioned($vat, $exact, $unit);
        $shares = [];
        foreach ($nets as $percent => $net) {
            $shares[$percent] = [$net, $vats[$percent]];
        }
        // VAT of a cent on an amount too small to have any stays with the largest share.
        $left = $vat - array_sum($vats);
        if ($left !== 0) {
            arsort($nets);
            reset($nets);
            $shares[key($nets)][1] += $left;
        }
        return array_filter($shares, function (array $share): bool {
            return $share !== [0, 0];
        });
    }

    /** With two rates, net amount and VAT together say how it was spread; null when they contradict each other. */
    public static function solved(int $net, int $vat, array $percents)
    {
        if (count($percents) !== 2 || $net === 0) {
            return null;
        }
        list($high, $low) = [max($percents), min($percents)];
        $atHigh = PrestaShopAmount::share(100 * PrestaShopAmount::ONE, $vat - PrestaShopAmount::vat($net, $low), $high - $low);
        return $atHigh < 0 || $atHigh > $net ? null : [$high => $atHigh, $low => $net - $atHigh];
    }

    /** As the protocol names them, with a sign. */
    public static function parts(array $shares, int $sign): array
    {
        $parts = [];
        foreach ($shares as $percent => $share) {
            $parts[] = ['percent' => self::percentText((int) $percent), 'net' => PrestaShopAmount::text($sign * $share[0]), 'vat' => PrestaShopAmount::text($sign * $share[1])];
        }
        return $parts;
    }

    public static function percentText(int $percent): string
    {
        return rtrim(rtrim(PrestaShopAmount::text($percent), '0'), '.');
    }
}

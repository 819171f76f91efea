<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Exact sums in millionths, PrestaShop's own precision, as whole numbers of 64 bits (`Shop` refuses
 * a smaller PHP). Rounding is half away from zero.
 */
final class PrestaShopAmount
{
    const ONE = 1000000;

    /** Millionths of a decimal text. */
    public static function of($text): int
    {
        if (preg_match('/^(-?)([0-9]{1,12})(?:\.([0-9]*))?$/D', (string) $text, $part) !== 1) {
            return 0;
        }
        $whole = (int) ($part[2] . substr((isset($part[3]) ? $part[3] : '') . '000000', 0, 6));
        return $part[1] === '-' ? -$whole : $whole;
    }

    /** As text with so many decimals; what is cut off must be nothing. */
    public static function text(int $amount, int $decimals = 6): string
    {
        $digits = str_pad((string) abs($amount), 7, '0', STR_PAD_LEFT);
        $fraction = $decimals === 0 ? '' : '.' . substr($digits, -6, $decimals);
        return ($amount < 0 ? '-' : '') . substr($digits, 0, -6) . $fraction;
    }

    /** amount × part ÷ whole, rounded; digit by digit, so that nothing overflows. */
    public static function share(int $amount, int $part, int $whole): int
    {
        if ($whole === 0) {
            return 0;
        }
        $sign = ($amount < 0) === ($part < 0) ? 1 : -1;
        $sign = $whole < 0 ? -$sign : $sign;
        list($part, $whole) = [abs($part), abs($whole)];
        list($quotient, $rest) = [0, 0];
        foreach (str_split((string) abs($amount)) as $digit) {
            $rest = $rest * 10 + (int) $digit * $part;
            $quotient = $quotient * 10 + intdiv($rest, $whole);
            $rest %= $whole;
        }
        return $sign * ($quotient + (2 * $rest >= $whole ? 1 : 0));
    }

    /** VAT on a net amount; the percentage in millionths too. */
    public static function vat(int $net, int $percent): int
    {
        return self::share($net, $percent, 100 * self::ONE);
    }

    /** Rounded to the smallest unit (a cent is 10000). */
    public static function rounded(int $amount, int $unit): int
    {
        $half = intdiv($unit, 2);
        return $amount < 0 ? -intdiv(-$amount + $half, $unit) * $unit : intdiv($amount + $half, $unit) * $unit;
    }

    /**
     * Shares of a sum in proportion to weights, each a whole number of units, together exactly the
     * sum: what rounding leaves goes where the most was cut off. Keys are kept.
     */
    public static function apportioned(int $sum, array $weights, int $unit): array
    {
        $whole = array_sum($weights);
        $shares = [];
        $cut = [];
        foreach ($weights as $key => $weight) {
            $exact = self::share($sum, $weight, $whole);
            $shares[$key] = self::rounded($exact, $unit);
            $cut[$key] = $exact - $shares[$key];
        }
        $left = $whole === 0 ? 0 : $sum - array_sum($shares);
        arsort($cut);
        $keys = $left < 0 ? array_reverse(array_keys($cut)) : array_keys($cut);
        for ($at = 0; $left !== 0 && $keys !== []; $at++) {
            $step = abs($left) < $unit ? $left : ($left < 0 ? -$unit : $unit);
            $shares[$keys[$at % count($keys)]] += $step;
            $left -= $step;
        }
        return $shares;
    }
}

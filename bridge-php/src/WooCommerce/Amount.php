<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Amounts as whole hundred-millionths, so that no sum ever goes through a float. WooCommerce itself
 * keeps six decimals (`WC_ROUNDING_PRECISION`), its order tables eight.
 */
final class WooCommerceAmount
{
    const DECIMALS = 8;
    const ONE = 100000000;

    /** Of a text as the shop stores it; 0 when it is no number. */
    public static function of($text): int
    {
        if (preg_match('/^\s*([-+]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]{1,2}))?\s*$/D', (string) $text, $part) !== 1) {
            return 0;
        }
        $shift = isset($part[4]) ? (int) $part[4] : 0;
        $fraction = isset($part[3]) ? $part[3] : '';
        $digits = $part[2] . $fraction;
        // Digits before the point, once written out with eight decimals behind it.
        $whole = strlen($digits) - strlen($fraction) + $shift + self::DECIMALS;
        if ($whole < 0) {
            return 0;
        }
        $kept = str_pad(substr($digits, 0, $whole), $whole, '0');
        $amount = strlen($kept) > 18 && ltrim($kept, '0') !== '' && strlen(ltrim($kept, '0')) > 18 ? PHP_INT_MAX : (int) $kept;
        $amount += (int) substr($digits, $whole, 1) >= 5 ? 1 : 0;
        return $part[1] === '-' ? -$amount : $amount;
    }

    /** As a decimal text with at least two decimals. */
    public static function text(int $amount): string
    {
        $digits = str_pad((string) abs($amount), self::DECIMALS + 1, '0', STR_PAD_LEFT);
        $fraction = rtrim(substr($digits, -self::DECIMALS), '0');
        return ($amount < 0 ? '-' : '') . substr($digits, 0, -self::DECIMALS) . '.' . str_pad($fraction, 2, '0');
    }

    /** A number of things: without needless decimals. */
    public static function count(int $amount): string
    {
        $text = rtrim(self::text($amount), '0');
        return rtrim($text, '.');
    }

    /** Normal form of a stored amount's text. */
    public static function normal($text): string
    {
        return self::text(self::of($text));
    }

    /** Rounded to that many decimals, halves away from zero. */
    public static function rounded(int $amount, int $decimals): int
    {
        return self::divided($amount, 10 ** (self::DECIMALS - $decimals)) * 10 ** (self::DECIMALS - $decimals);
    }

    /** As PHP rounds halves down: a half goes towards zero. */
    public static function halfDown(int $amount, int $decimals): int
    {
        $unit = 10 ** (self::DECIMALS - $decimals);
        $size = intdiv(abs($amount), $unit) + (abs($amount) % $unit > intdiv($unit, 2) ? 1 : 0);
        return ($amount < 0 ? -$size : $size) * $unit;
    }

    /** `$amount` × `$by` ÷ `$through`, where these two are amounts as well; their common zeros are taken off first. */
    public static function scaled(int $amount, int $by, int $through): int
    {
        if ($through === 0) {
            return 0;
        }
        list($a, $b) = [abs($by), abs($through)];
        while ($b !== 0) {
            list($a, $b) = [$b, $a % $b];
        }
        $by = intdiv($by, max(1, $a));
        $through = intdiv($through, max(1, $a));
        // Beyond what an integer holds, the last decimals are given up: far above any order's amounts.
        while ($by !== 0 && abs($amount) > intdiv(PHP_INT_MAX, abs($by)) && abs($through) > 10) {
            $by = intdiv($by, 10);
            $through = intdiv($through, 10);
        }
        return self::divided($amount * $by, $through);
    }

    private static function divided(int $amount, int $through): int
    {
        $size = intdiv(abs($amount), abs($through));
        $size += abs($amount) % abs($through) * 2 >= abs($through) ? 1 : 0;
        return ($amount < 0) !== ($through < 0) ? -$size : $size;
    }
}

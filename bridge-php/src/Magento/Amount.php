<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Decimal amounts with Magento's four decimals, kept as whole ten-thousandths: adding never rounds.
 * Only what an extension or a JSON text wrote with more decimals is rounded, once, when it comes in.
 */
final class MagentoAmount
{
    const ONE = 10000;

    /** Ten-thousandths of a stored text, or of a number out of JSON; null and anything else are 0. */
    public static function of($value): int
    {
        if (is_int($value)) {
            return $value * self::ONE;
        }
        $text = is_float($value) ? number_format($value, 4, '.', '') : trim((string) $value);
        if (preg_match('/^(-?)([0-9]{1,14})(?:\.([0-9]+))?$/D', $text, $part) !== 1) {
            return 0;
        }
        $decimals = isset($part[3]) ? $part[3] : '';
        $units = (int) $part[2] * self::ONE + (int) substr(str_pad($decimals, 4, '0'), 0, 4);
        $units += strlen($decimals) > 4 && $decimals[4] >= '5' ? 1 : 0;
        return $part[1] === '-' ? -$units : $units;
    }

    public static function text(int $units): string
    {
        return ($units < 0 ? '-' : '') . intdiv(abs($units), self::ONE) . '.' . str_pad((string) (abs($units) % self::ONE), 4, '0', STR_PAD_LEFT);
    }

    /** `$units * $times / $by`, rounded half away from zero to ten-thousandths. */
    public static function share(int $units, int $times, int $by): int
    {
        if ($by === 0) {
            return 0;
        }
        // Whole and rest apart, so that large amounts with large quantities stay within an integer.
        $whole = intdiv($units, $by);
        $rest = ($units - $whole * $by) * $times;
        $part = intdiv(2 * abs($rest) + abs($by), 2 * abs($by));
        return $whole * $times + (($rest < 0) === ($by < 0) ? $part : -$part);
    }

    /** Rounded half away from zero to cents. */
    public static function cents(int $units): int
    {
        $cents = intdiv(abs($units) + 50, 100) * 100;
        return $units < 0 ? -$cents : $cents;
    }

    /** A part at a VAT rate, as the protocol has it. */
    public static function part(int $percent, int $net, int $vat): array
    {
        return ['percent' => self::text($percent), 'net' => self::text($net), 'vat' => self::text($vat)];
    }

    /** Parts out of percent => [net, vat], those that are nothing left out. */
    public static function parts(array $byPercent): array
    {
        ksort($byPercent);
        $parts = [];
        foreach ($byPercent as $percent => $amounts) {
            if ($amounts[0] !== 0 || $amounts[1] !== 0) {
                $parts[] = self::part((int) $percent, $amounts[0], $amounts[1]);
            }
        }
        return $parts;
    }

    /** Adds to percent => [net, vat]. */
    public static function add(array $byPercent, int $percent, int $net, int $vat): array
    {
        $so = isset($byPercent[$percent]) ? $byPercent[$percent] : [0, 0];
        $byPercent[$percent] = [$so[0] + $net, $so[1] + $vat];
        return $byPercent;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The list of addresses a file answers to: exact ones or CIDR blocks, IPv4 and IPv6. */
final class Addresses
{
    public static function allowed(string $list, string $address): bool
    {
        if ($list === '') {
            return true;
        }
        $asked = self::binary($address);
        if ($asked === null) {
            return false;
        }
        foreach (explode(',', $list) as $entry) {
            if (self::matches(trim($entry), $asked)) {
                return true;
            }
        }
        return false;
    }

    private static function matches(string $entry, string $asked): bool
    {
        $parts = explode('/', $entry);
        $base = self::binary($parts[0]);
        if ($base === null || strlen($base) !== strlen($asked)) {
            return false;
        }
        $whole = 8 * strlen($base);
        // The bits before an IPv4 address that is written as IPv6.
        $before = $whole === 32 && strpos($parts[0], ':') !== false ? 96 : 0;
        $length = isset($parts[1]) ? $parts[1] : (string) ($before + $whole);
        if (count($parts) > 2 || preg_match('/^[0-9]{1,3}$/D', $length) !== 1) {
            return false;
        }
        $bits = (int) $length - $before;
        if ($bits < 0 || $bits > $whole) {
            return false;
        }
        $bytes = intdiv($bits, 8);
        if (substr($base, 0, $bytes) !== substr($asked, 0, $bytes)) {
            return false;
        }
        $rest = $bits % 8;
        if ($rest === 0) {
            return true;
        }
        $mask = (0xff << (8 - $rest)) & 0xff;
        return (ord($base[$bytes]) & $mask) === (ord($asked[$bytes]) & $mask);
    }

    /** Packed form; an IPv4 address written as IPv6 counts as IPv4. */
    private static function binary(string $address)
    {
        if (filter_var($address, FILTER_VALIDATE_IP) === false) {
            return null;
        }
        $packed = inet_pton($address);
        if (!is_string($packed)) {
            return null;
        }
        $mapped = str_repeat("\0", 10) . "\xff\xff";
        return strlen($packed) === 16 && substr($packed, 0, 12) === $mapped ? substr($packed, 12) : $packed;
    }
}

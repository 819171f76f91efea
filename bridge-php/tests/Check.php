<?php
declare(strict_types=1);

/** What a test states. */
final class Check
{
    /** @param mixed $is @param mixed $wanted */
    public static function same($is, $wanted, string $what = '')
    {
        if ($is !== $wanted) {
            throw new Exception(($what === '' ? '' : $what . ': ') . 'is ' . self::shown($is) . ', not ' . self::shown($wanted));
        }
    }

    public static function true(bool $is, string $what)
    {
        if (!$is) {
            throw new Exception('not so: ' . $what);
        }
    }

    private static function shown($value): string
    {
        return substr((string) json_encode($value, JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE), 0, 400);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The server's own environment, by names that stand in the shop's configuration, never in a request. */
final class Environment
{
    /** A variable's value, or null. Names under which a web server passes on what a visitor sent are none. */
    public static function value(string $name)
    {
        if (preg_match('/^[A-Z][A-Z0-9_]{0,127}$/iD', $name) !== 1 || strncasecmp($name, 'HTTP_', 5) === 0 || !function_exists('getenv')) {
            return null;
        }
        $value = getenv($name);
        return is_string($value) ? $value : null;
    }
}

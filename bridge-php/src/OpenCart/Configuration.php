<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** OpenCart's `config.php`, read as text: the file is tokenised and never run. */
final class OpenCartConfiguration
{
    /** @var array<string, string> */
    private $constants;

    public function __construct(string $source)
    {
        if (!function_exists('token_get_all')) {
            throw new Problem('unsupported', 'tokenizer');
        }
        $this->constants = self::constants($source);
    }

    public static function of(string $root): OpenCartConfiguration
    {
        $file = $root . '/' . Deployment::CONFIG_FILE;
        if (!is_file($file)) {
            throw new Problem('config-missing', Deployment::CONFIG_FILE);
        }
        $source = @file_get_contents($file);
        if (!is_string($source)) {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE);
        }
        return new OpenCartConfiguration($source);
    }

    /** Access to the database, in the one form Database takes. */
    public function access(): array
    {
        // Very old forks say DB_HOST, DB_USER, DB_NAME.
        $user = $this->first(['DB_USERNAME', 'DB_USER']);
        $database = $this->first(['DB_DATABASE', 'DB_NAME']);
        $host = $this->first(['DB_HOSTNAME', 'DB_HOST']);
        if ($user === null || $database === null || $host === null) {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE);
        }
        $prefix = Deployment::TABLE_PREFIX !== '' ? Deployment::TABLE_PREFIX : (string) $this->first(['DB_PREFIX']);
        if (preg_match('/^[A-Za-z0-9_]*$/D', $prefix) !== 1) {
            throw new Problem('prefix-wrong', 'characters');
        }
        return self::place($host, (string) $this->first(['DB_PORT'])) + [
            'user' => $user,
            'password' => (string) $this->first(['DB_PASSWORD']),
            'database' => $database,
            'prefix' => $prefix,
            // OpenCart 3 itself connects with three-byte utf8; another choice would show its text doubled.
            'charset' => 'utf8',
        ];
    }

    public function constant(string $name): string
    {
        return isset($this->constants[$name]) ? $this->constants[$name] : '';
    }

    private function first(array $names)
    {
        foreach ($names as $name) {
            if (isset($this->constants[$name])) {
                return $this->constants[$name];
            }
        }
        return null;
    }

    /** `host`, `host:port`, `host:/socket`, `/socket`, `[::1]:3306`, `p:host`. */
    private static function place(string $host, string $port): array
    {
        $host = strncmp($host, 'p:', 2) === 0 ? substr($host, 2) : $host;
        $number = preg_match('/^[0-9]{1,5}$/D', $port) === 1 ? (int) $port : 3306;
        $slash = strpos($host, '/');
        if ($slash !== false) {
            return ['host' => 'localhost', 'port' => $number, 'socket' => substr($host, $slash)];
        }
        if (preg_match('/^\[([0-9a-fA-F:]+)\](?::([0-9]+))?$/D', $host, $found) === 1) {
            return ['host' => $found[1], 'port' => isset($found[2]) ? (int) $found[2] : $number, 'socket' => null];
        }
        if (preg_match('/^([^:]+):([0-9]+)$/D', $host, $found) === 1) {
            return ['host' => $found[1], 'port' => (int) $found[2], 'socket' => null];
        }
        return ['host' => $host, 'port' => $number, 'socket' => null];
    }

    /** Every `define('NAME', 'text' . OTHER . 1)` of the file. */
    private static function constants(string $source): array
    {
        $tokens = [];
        foreach (token_get_all($source) as $token) {
            if (!is_array($token) || !in_array($token[0], [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT], true)) {
                $tokens[] = $token;
            }
        }
        $found = [];
        $count = count($tokens);
        for ($at = 0; $at + 4 < $count; $at++) {
            if (!is_array($tokens[$at]) || $tokens[$at][0] !== T_STRING || strtolower($tokens[$at][1]) !== 'define' || $tokens[$at + 1] !== '(') {
                continue;
            }
            $name = self::literal($tokens[$at + 2]);
            if ($name === null || $tokens[$at + 3] !== ',') {
                continue;
            }
            $value = self::value($tokens, $at + 4, $found);
            if ($value !== null && !isset($found[$name])) {
                $found[$name] = $value;
            }
        }
        return $found;
    }

    /** A value put together with `.` from literals and constants known so far; null if it is anything else. */
    private static function value(array $tokens, int $at, array $known)
    {
        $text = '';
        for (; isset($tokens[$at]); $at++) {
            $token = $tokens[$at];
            $part = self::literal($token);
            if ($part === null && is_array($token) && in_array($token[0], [T_LNUMBER, T_DNUMBER], true)) {
                $part = $token[1];
            }
            if ($part === null && is_array($token) && $token[0] === T_STRING && isset($known[$token[1]])) {
                $part = $known[$token[1]];
            }
            if ($part === null) {
                return null;
            }
            $text .= $part;
            $next = isset($tokens[$at + 1]) ? $tokens[$at + 1] : null;
            if ($next === ')') {
                return $text;
            }
            if ($next !== '.') {
                return null;
            }
            $at++;
        }
        return null;
    }

    /** The text of a quoted literal without variables in it. */
    private static function literal($token)
    {
        if (!is_array($token) || $token[0] !== T_CONSTANT_ENCAPSED_STRING) {
            return null;
        }
        $inner = substr($token[1], 1, -1);
        if ($token[1][0] === "'") {
            return strtr($inner, ['\\\\' => '\\', "\\'" => "'"]);
        }
        return strtr($inner, ['\\\\' => '\\', '\\"' => '"', '\\$' => '$', '\\n' => "\n", '\\t' => "\t", '\\r' => "\r"]);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The list of parameters PrestaShop 1.7 and later keep in `app/config/parameters.php` (a file that
 * returns an array), or, where 1.7.0 was never opened since, in `parameters.yml`. Both are read as
 * text and never run. A value may be left to the environment (`%env(NAME)%`, `getenv('NAME')`): then
 * it is `['env' => 'NAME']` and stands in one of the shop's `.env` files.
 */
final class PrestaShopParameters
{
    /** What cannot be told without running the file. */
    const UNKNOWN = false;

    /** @var array */
    private $tokens = [];
    /** @var int */
    private $at = 0;

    /** Name to text, `['env' => name]`, or UNKNOWN. */
    public static function ofPhp(string $source): array
    {
        if (!function_exists('token_get_all')) {
            throw new Problem('unsupported', 'tokenizer');
        }
        $reader = new self();
        foreach (token_get_all($source) as $token) {
            if (!is_array($token) || !in_array($token[0], [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT, T_OPEN_TAG, T_INLINE_HTML], true)) {
                $reader->tokens[] = is_array($token) ? $token : [null, $token];
            }
        }
        while (isset($reader->tokens[$reader->at]) && $reader->tokens[$reader->at][0] !== T_RETURN) {
            $reader->at++;
        }
        $reader->at++;
        $whole = $reader->value();
        $parameters = is_array($whole) && isset($whole['parameters']) && is_array($whole['parameters']) ? $whole['parameters'] : [];
        return array_map([self::class, 'unescaped'], $parameters);
    }

    /** The plain `name: value` lines under `parameters:`. */
    public static function ofYaml(string $source): array
    {
        $found = [];
        foreach (preg_split('/\r\n|\r|\n/', $source) as $line) {
            if (preg_match('/^\s+([a-z_]+)\s*:\s*(.*?)\s*$/D', $line, $part) === 1) {
                $found[$part[1]] = self::unescaped(self::scalar($part[2]));
            }
        }
        return $found;
    }

    /** Names and values of a `.env` file. */
    public static function ofEnvironment(string $source): array
    {
        $found = [];
        foreach (preg_split('/\r\n|\r|\n/', $source) as $line) {
            if (preg_match('/^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/D', $line, $part) === 1) {
                $value = self::scalar($part[2]);
                // A value made from others is not put together here.
                if (strpos($value, '$') === false || strncmp($part[2], "'", 1) === 0) {
                    $found[$part[1]] = $value;
                }
            }
        }
        return $found;
    }

    /** A YAML or `.env` scalar; `~` and `null` are empty. */
    private static function scalar(string $text): string
    {
        if (preg_match("/^'((?:[^']|'')*)'/", $text, $part) === 1) {
            return str_replace("''", "'", $part[1]);
        }
        if (preg_match('/^"((?:[^"\\\\]|\\\\.)*)"/', $text, $part) === 1) {
            return strtr($part[1], ['\\\\' => '\\', '\\"' => '"', '\\$' => '$', '\\n' => "\n", '\\t' => "\t"]);
        }
        $text = (string) preg_replace('/(^|\s)#.*$/', '', $text);
        return in_array($text, ['~', 'null', 'NULL', 'Null'], true) ? '' : $text;
    }

    /** Symfony writes a percent sign twice; `%env(resolve:NAME)%` stands for a value of the environment. */
    private static function unescaped($value)
    {
        if (!is_string($value)) {
            return $value;
        }
        if (preg_match('/^%env\((?:[a-z]+:)*([A-Za-z_][A-Za-z0-9_]*)\)%$/D', $value, $part) === 1) {
            return ['env' => $part[1]];
        }
        return str_replace('%%', '%', $value);
    }

    /** The value that begins here, up to the comma or bracket that ends it. */
    private function value()
    {
        $parts = [];
        do {
            $parts[] = $this->part();
        } while ($this->taken('.'));
        if (count($parts) > 1) {
            $parts = in_array(false, array_map('is_string', $parts), true) ? [self::UNKNOWN] : [implode('', $parts)];
        }
        // What follows a value that we can read would change it.
        if (isset($this->tokens[$this->at]) && !in_array($this->tokens[$this->at][1], [',', ')', ']', ';'], true)) {
            $this->skip();
            return self::UNKNOWN;
        }
        return $parts[0];
    }

    private function part()
    {
        $token = isset($this->tokens[$this->at]) ? $this->tokens[$this->at] : [null, ''];
        if ($token[0] === T_CONSTANT_ENCAPSED_STRING) {
            $this->at++;
            return self::literal($token[1]);
        }
        if (in_array($token[0], [T_LNUMBER, T_DNUMBER], true)) {
            $this->at++;
            return $token[1];
        }
        if ($token[1] === '[') {
            $this->at++;
            return $this->entries(']');
        }
        if ($token[0] === T_ARRAY) {
            $this->at += 2;
            return $this->entries(')');
        }
        $words = ['null' => '', 'false' => '', 'true' => '1'];
        $word = strtolower($token[1]);
        if ($token[0] === T_STRING && isset($words[$word])) {
            $this->at++;
            return $words[$word];
        }
        return $this->environment($word);
    }

    /** `getenv('NAME')`, and the two arrays of PHP that hold the environment. */
    private function environment(string $word)
    {
        $opening = ltrim($word, '\\') === 'getenv' ? '(' : (in_array($word, ['$_env', '$_server'], true) ? '[' : '');
        $name = isset($this->tokens[$this->at + 2]) ? $this->tokens[$this->at + 2] : [null, ''];
        if ($opening !== '' && $this->tokens[$this->at + 1][1] === $opening && $name[0] === T_CONSTANT_ENCAPSED_STRING) {
            $this->at += 4;
            return ['env' => self::literal($name[1])];
        }
        $this->skip();
        return self::UNKNOWN;
    }

    /** Entries up to the closing bracket. */
    private function entries(string $closing): array
    {
        $entries = [];
        while (isset($this->tokens[$this->at]) && !$this->taken($closing)) {
            $value = $this->keyed($key);
            if ($key !== null) {
                $entries[$key] = $value;
            } else {
                $entries[] = $value;
            }
            $this->taken(',');
        }
        return $entries;
    }

    private function keyed(&$key)
    {
        $key = null;
        $next = isset($this->tokens[$this->at + 1]) ? $this->tokens[$this->at + 1] : [null, ''];
        if ($next[0] === T_DOUBLE_ARROW && $this->tokens[$this->at][0] === T_CONSTANT_ENCAPSED_STRING) {
            $key = self::literal($this->tokens[$this->at][1]);
            $this->at += 2;
        }
        return $this->value();
    }

    private function taken(string $text): bool
    {
        if (isset($this->tokens[$this->at]) && $this->tokens[$this->at][1] === $text) {
            $this->at++;
            return true;
        }
        return false;
    }

    /** Passes over what cannot be read, up to where the entry ends. */
    private function skip()
    {
        $depth = 0;
        for (; isset($this->tokens[$this->at]); $this->at++) {
            $text = $this->tokens[$this->at][1];
            if ($depth === 0 && in_array($text, [',', ')', ']', ';'], true)) {
                return;
            }
            $depth += in_array($text, ['(', '[', '{'], true) ? 1 : (in_array($text, [')', ']', '}'], true) ? -1 : 0);
        }
    }

    private static function literal(string $quoted): string
    {
        $inner = substr($quoted, 1, -1);
        if ($quoted[0] === "'") {
            return strtr($inner, ['\\\\' => '\\', "\\'" => "'"]);
        }
        return strtr($inner, ['\\\\' => '\\', '\\"' => '"', '\\$' => '$', '\\n' => "\n", '\\t' => "\t", '\\r' => "\r"]);
    }
}

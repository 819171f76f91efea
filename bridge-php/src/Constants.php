<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The constants a PHP configuration file defines, read as text: the file is tokenised and never run. */
final class Constants
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

    /** Of a file of the shop; `$shown` is its name for the owner. */
    public static function ofFile(string $file, string $shown): Constants
    {
        if (!is_file($file)) {
            throw new Problem('config-missing', $shown);
        }
        $source = @file_get_contents($file);
        if (!is_string($source)) {
            throw new Problem('config-unreadable', $shown);
        }
        return new Constants($source);
    }

    /** A constant's value; empty when it is not there or not a literal. */
    public function get(string $name): string
    {
        return isset($this->constants[$name]) ? $this->constants[$name] : '';
    }

    /** The first of these that is there, or null. */
    public function first(array $names)
    {
        foreach ($names as $name) {
            if (isset($this->constants[$name])) {
                return $this->constants[$name];
            }
        }
        return null;
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

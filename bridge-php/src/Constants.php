<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The constants and variables a PHP configuration file defines, read as text: the file is tokenised
 * and never run.
 */
final class Constants
{
    /** @var array<string, string> constants, and variables with their `$` */
    private $found;

    /** `$environment` is an Environment, or null for a configuration that never asks one. */
    public function __construct(string $source, $environment = null)
    {
        if (!function_exists('token_get_all')) {
            throw new Problem('unsupported', 'tokenizer');
        }
        $this->found = self::read($source, $environment);
    }

    /** Of a file of the shop; `$shown` is its name for the owner. */
    public static function ofFile(string $file, string $shown, $environment = null): Constants
    {
        if (!is_file($file)) {
            throw new Problem('config-missing', $shown);
        }
        $source = @file_get_contents($file);
        if (!is_string($source)) {
            throw new Problem('config-unreadable', $shown);
        }
        return new Constants($source, $environment);
    }

    /** A constant's (or, with its `$`, a variable's) value; empty when it is not there or cannot be known. */
    public function get(string $name): string
    {
        return isset($this->found[$name]) ? $this->found[$name] : '';
    }

    /** The first of these that is there, or null. */
    public function first(array $names)
    {
        foreach ($names as $name) {
            if (isset($this->found[$name])) {
                return $this->found[$name];
            }
        }
        return null;
    }

    /** Every `define('NAME', value)`, of which the first counts, and every `$name = value;`, of which the last does. */
    private static function read(string $source, $environment): array
    {
        $tokens = [];
        foreach (token_get_all($source) as $token) {
            if (!is_array($token) || !in_array($token[0], [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT], true)) {
                $tokens[] = $token;
            }
        }
        $found = [];
        $count = count($tokens);
        for ($at = 0; $at + 2 < $count; $at++) {
            if (!is_array($tokens[$at])) {
                continue;
            }
            if ($tokens[$at][0] === T_VARIABLE && $tokens[$at + 1] === '=') {
                $value = (new Expression($tokens, $at + 2, $found, $environment))->text([';']);
                if ($value !== null) {
                    $found[$tokens[$at][1]] = $value;
                }
            }
            if ($tokens[$at][0] !== T_STRING || strtolower($tokens[$at][1]) !== 'define' || $tokens[$at + 1] !== '(') {
                continue;
            }
            $name = is_array($tokens[$at + 2]) && $tokens[$at + 2][0] === T_CONSTANT_ENCAPSED_STRING ? Expression::literal($tokens[$at + 2][1]) : '';
            if ($name === '' || !isset($tokens[$at + 3]) || $tokens[$at + 3] !== ',' || isset($found[$name])) {
                continue;
            }
            $value = (new Expression($tokens, $at + 4, $found, $environment))->text([')']);
            if ($value !== null) {
                $found[$name] = $value;
            }
        }
        return $found;
    }
}

<?php
declare(strict_types=1);

/**
 * Rewrites a file for PHP 5.6 to 7.1, which know neither scalar nor return types: these are taken out,
 * and functions that came later are given in the file's own namespace. What no rewriting makes older
 * is written in the older form in src/; `tests/cases/php_versions.php` says what that is.
 */
final class OlderPhp
{
    /** Types a parameter of PHP 5.6 can have; any other in front of a parameter goes. */
    const KNOWN = ['array', 'callable', 'self'];
    const SCALAR = ['bool', 'int', 'float', 'string', 'iterable', 'object', 'mixed', 'void', 'null', 'false'];

    /** Functions the sources use that PHP 5.6 lacks, as it would have them. */
    const FUNCTIONS = [
        'intdiv' => 'function intdiv($number, $by)
{
    return (int) (($number - $number % $by) / $by);
}',
    ];

    /** Constants the sources use that PHP 5.6 lacks; no token of it has this number. */
    const CONSTANTS = ['T_COALESCE' => '-1'];

    /** @var array tokens as [id or null, text] */
    private $tokens = [];

    private function __construct(string $source)
    {
        foreach (token_get_all($source) as $token) {
            $this->tokens[] = is_array($token) ? [$token[0], $token[1]] : [null, $token];
        }
    }

    /** The same program for PHP 5.6 on; `$marker` is a line before which functions may stand. */
    public static function file(string $source, string $marker): string
    {
        $functions = '';
        foreach (self::FUNCTIONS as $name => $text) {
            if (preg_match('/\b' . $name . '\(/', $source) === 1) {
                $functions .= '/** What PHP has from 7.0 on. */' . "\n" . $text . "\n\n";
            }
        }
        foreach (self::CONSTANTS as $name => $value) {
            if (preg_match('/\b' . $name . '\b/', $source) === 1) {
                $functions .= "if (!defined('" . $name . "')) {\n    define('" . $name . "', " . $value . ");\n}\n\n";
            }
        }
        $text = self::code($source);
        if ($functions !== '' && substr_count($text, $marker) !== 1) {
            throw new RuntimeException('no place for functions in the file');
        }
        return $functions === '' ? $text : str_replace($marker, $functions . $marker, $text);
    }

    /** Some code without what PHP 5.6 does not know. */
    public static function code(string $source): string
    {
        $older = new self($source);
        $older->withoutStrictTypes();
        for ($at = 0; isset($older->tokens[$at]); $at++) {
            if ($older->tokens[$at][0] === T_FUNCTION) {
                $older->withoutTypes($at);
            }
        }
        $older->withoutIssetOfConstants();
        $older->withEveryCatch();
        return implode('', array_column($older->tokens, 1));
    }

    private function withoutStrictTypes()
    {
        foreach ($this->tokens as $at => $token) {
            if ($token[0] !== T_DECLARE) {
                continue;
            }
            for ($end = $at; $this->tokens[$end][1] !== ';'; $end++) {
                $this->tokens[$end][1] = '';
            }
            $this->tokens[$end][1] = '';
            if (isset($this->tokens[$end + 1])) {
                $this->tokens[$end + 1][1] = ltrim($this->tokens[$end + 1][1], "\n");
            }
        }
    }

    /** Takes types out of the head of the function whose keyword stands here. */
    private function withoutTypes(int $at)
    {
        $open = $this->find('(', $at);
        $close = $this->closing($open);
        $start = $open + 1;
        $depth = 0;
        for ($here = $open + 1; $here <= $close; $here++) {
            $text = $this->tokens[$here][1];
            $depth += in_array($text, ['(', '['], true) ? 1 : (in_array($text, [')', ']'], true) && $here !== $close ? -1 : 0);
            if ($depth === 0 && $this->tokens[$here][0] === T_VARIABLE) {
                $this->olderParameter($start, $here);
            }
            if ($depth === 0 && $text === ',') {
                $start = $here + 1;
            }
        }
        $this->withoutReturnType($close + 1);
    }

    /** The tokens from a parameter's beginning up to its variable. */
    private function olderParameter(int $from, int $to)
    {
        $type = '';
        for ($at = $from; $at < $to; $at++) {
            $text = trim($this->tokens[$at][1]);
            $type .= in_array($text, ['&', '...'], true) ? '' : $text;
        }
        $known = in_array(strtolower($type), self::KNOWN, true);
        $class = preg_match('/^\\\\?[A-Za-z_][A-Za-z0-9_\\\\]*$/D', $type) === 1 && !in_array(strtolower($type), self::SCALAR, true);
        if ($type === '' || $known || $class) {
            return;
        }
        $gone = false;
        for ($at = $from; $at < $to; $at++) {
            if (in_array($this->tokens[$at][1], ['&', '...'], true)) {
                continue;
            }
            if ($this->tokens[$at][0] === T_WHITESPACE && !$gone) {
                continue;
            }
            $gone = true;
            $this->tokens[$at][1] = '';
        }
    }

    private function withoutReturnType(int $at)
    {
        while (in_array($this->tokens[$at][0], [T_WHITESPACE, T_USE], true) || $this->tokens[$at][1] === '(') {
            $at = $this->tokens[$at][1] === '(' ? $this->closing($at) + 1 : $at + 1;
        }
        if ($this->tokens[$at][1] !== ':') {
            return;
        }
        for (; !in_array($this->tokens[$at][1], ['{', ';'], true); $at++) {
            $text = $this->tokens[$at][1];
            // The line end before a body stays.
            $this->tokens[$at][1] = trim($text) === '' && in_array($this->tokens[$at + 1][1], ['{', ';'], true) ? $text : '';
        }
    }

    /** `isset(self::LIST[$key])` is from 7.0 on; no list of constants holds null. */
    private function withoutIssetOfConstants()
    {
        foreach ($this->tokens as $at => $token) {
            if ($token[0] !== T_ISSET || $this->tokens[$at + 1][1] !== '(') {
                continue;
            }
            $close = $this->closing($at + 1);
            $inner = implode('', array_column(array_slice($this->tokens, $at + 2, $close - $at - 2), 1));
            if (preg_match('/^(\w+::[A-Z0-9_]+)\[([^\[\],]+(?:\[[^\[\],]+\])?)\]$/D', $inner, $found) === 1) {
                $this->tokens[$at][1] = 'array_key_exists(' . $found[2] . ', ' . $found[1] . ')';
                for ($gone = $at + 1; $gone <= $close; $gone++) {
                    $this->tokens[$gone][1] = '';
                }
            }
        }
    }

    /** `\Throwable` is in PHP from 7.0 on; before it, what is caught is an `\Exception`. */
    private function withEveryCatch()
    {
        for ($at = count($this->tokens) - 1; $at >= 0; $at--) {
            if ($this->tokens[$at][0] !== T_CATCH) {
                continue;
            }
            $end = $this->closing($this->find('{', $at));
            $text = implode('', array_column(array_slice($this->tokens, $at, $end - $at + 1), 1));
            if (preg_match('/^catch \(\\\\?Throwable /', $text) === 1) {
                $older = preg_replace('/^catch \(\\\\?Throwable /', 'catch (\\Exception ', $text);
                $this->tokens[$at][1] = $older . ' ' . $this->tokens[$at][1];
            }
        }
    }

    private function find(string $text, int $at): int
    {
        while ($this->tokens[$at][1] !== $text) {
            $at++;
        }
        return $at;
    }

    /** Where the bracket that opens here closes. */
    private function closing(int $at): int
    {
        $open = $this->tokens[$at][1];
        $close = $open === '(' ? ')' : '}';
        $depth = 0;
        for (;; $at++) {
            $text = $this->tokens[$at][1];
            $isOpen = $text === $open || ($open === '{' && in_array($this->tokens[$at][0], [T_CURLY_OPEN, T_DOLLAR_OPEN_CURLY_BRACES], true));
            $depth += $isOpen ? 1 : ($text === $close ? -1 : 0);
            if ($depth === 0) {
                return $at;
            }
        }
    }
}

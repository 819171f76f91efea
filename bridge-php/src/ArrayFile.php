<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * A PHP file that returns an array (`env.php`, `config.php`, `parameters.php`), read by its tokens and
 * never run. What is neither literal, array, known constant nor a value of the environment stays unknown.
 */
final class ArrayFile
{
    const CONSTANTS = ['true' => true, 'false' => false, 'null' => null];

    /** @var Environment */
    private $environment;
    /** @var array */
    private $tokens = [];
    /** @var int */
    private $at = 0;
    /** @var array<string, bool> paths whose value could not be known */
    private $unknown = [];
    /** @var array<string, string> paths left to a variable of the environment that is not there */
    private $missing = [];
    /** @var array */
    private $values = [];

    public function __construct(string $source, Environment $environment)
    {
        $this->environment = $environment;
        if (!function_exists('token_get_all')) {
            throw new Problem('unsupported', 'tokenizer');
        }
        foreach (token_get_all($source) as $token) {
            if (!is_array($token) || !in_array($token[0], [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT], true)) {
                $this->tokens[] = $token;
            }
        }
        foreach ($this->tokens as $index => $token) {
            if (is_array($token) && $token[0] === T_RETURN) {
                $this->at = $index + 1;
                $value = $this->expression('');
                $this->values = is_array($value) ? $value : [];
                break;
            }
        }
        $this->tokens = [];
    }

    /** The value at a path (`db/connection/default/host`), null when it is not there. Throws where it cannot be known. */
    public function get(string $path, string $shown)
    {
        $value = $this->values;
        $so = '';
        foreach (explode('/', $path) as $key) {
            $so .= '/' . $key;
            if (isset($this->unknown[$so])) {
                throw new Problem('config-unreadable', $shown . ' ' . substr($so, 1));
            }
            if (!is_array($value) || !array_key_exists($key, $value)) {
                return null;
            }
            $value = $value[$key];
        }
        return $value;
    }

    /** The variable of the environment a path's value is left to, if that is not there; else null. */
    public function missing(string $path)
    {
        return isset($this->missing['/' . $path]) ? $this->missing['/' . $path] : null;
    }

    /** What a configuration value is as text; numbers and switches as the shop would use them. */
    public static function text($value): string
    {
        if ($value === true) {
            return '1';
        }
        return is_string($value) || is_int($value) || is_float($value) ? (string) $value : '';
    }

    private function token(int $ahead = 0)
    {
        return isset($this->tokens[$this->at + $ahead]) ? $this->tokens[$this->at + $ahead] : null;
    }

    private function is(string $text): bool
    {
        $token = $this->token();
        return $token !== null && (is_array($token) ? $token[1] : $token) === $text;
    }

    /** An operand, or several joined by `.`, `?:` and `??`; anything else is unknown. */
    private function expression(string $path)
    {
        $start = $this->at;
        $value = $this->operand($path);
        while (true) {
            if ($this->is('.')) {
                $this->at++;
                $value = self::text($value) . self::text($this->operand($path));
            } elseif ($this->is('??')) {
                $this->at++;
                unset($this->missing[$path]);
                $other = $this->operand($path);
                $value = $value === null ? $other : $value;
            } elseif ($this->is('?')) {
                $this->at++;
                if (!$this->is(':')) {
                    return $this->lost($path, $start);
                }
                $this->at++;
                unset($this->missing[$path]);
                $other = $this->operand($path);
                $value = $value === null || $value === '' || $value === false || $value === '0' ? $other : $value;
            } else {
                break;
            }
        }
        $ends = $this->token() === null || $this->is(',') || $this->is(']') || $this->is(')') || $this->is(';') || $this->is('=>');
        return $ends ? $value : $this->lost($path, $start);
    }

    /** Skips an expression that is not understood, to the comma or bracket that ends it. */
    private function lost(string $path, int $start)
    {
        $this->unknown[$path] = true;
        $depth = 0;
        for ($this->at = $start; $this->token() !== null; $this->at++) {
            if ($depth === 0 && ($this->is(',') || $this->is(']') || $this->is(')') || $this->is(';'))) {
                break;
            }
            $depth += $this->is('(') || $this->is('[') || $this->is('{') ? 1 : 0;
            $depth -= $this->is(')') || $this->is(']') || $this->is('}') ? 1 : 0;
        }
        return null;
    }

    private function operand(string $path)
    {
        $token = $this->token();
        $this->at++;
        if ($token === '[') {
            return $this->items($path, ']');
        }
        if ($token === '-' && is_array($this->token()) && in_array($this->token()[0], [T_LNUMBER, T_DNUMBER], true)) {
            return '-' . $this->tokens[$this->at++][1];
        }
        if (!is_array($token)) {
            return $this->unsure($path);
        }
        if ($token[0] === T_ARRAY && $this->is('(')) {
            $this->at++;
            return $this->items($path, ')');
        }
        $literal = self::literal($token);
        if ($literal !== null) {
            return $literal;
        }
        $name = strtolower(ltrim($token[1], '\\'));
        $opening = $name === 'getenv' ? '(' : (in_array($name, ['$_env', '$_server'], true) ? '[' : '');
        if ($opening !== '' && $this->is($opening) && $this->token(1) !== null && self::literal($this->token(1)) !== null) {
            return $this->variable(self::literal($this->token(1)), $opening === '(' ? ')' : ']', $path);
        }
        if (!$this->is('(') && array_key_exists($name, self::CONSTANTS)) {
            return self::CONSTANTS[$name];
        }
        // `\Magento\Framework\App\ObjectManagerFactory::CONFIG_KEY` and the like: no database access is written so.
        return $this->unsure($path);
    }

    private function unsure(string $path)
    {
        $this->unknown[$path] = true;
        return null;
    }

    /** A variable by its name; `getenv` may have a second argument. */
    private function variable(string $name, string $end, string $path)
    {
        $this->at += 2;
        if ($end === ')' && $this->is(',')) {
            $this->at += 2;
        }
        if (!$this->is($end)) {
            return $this->unsure($path);
        }
        $this->at++;
        $value = $this->environment->get($name);
        if ($value === null) {
            $this->missing[$path] = $name;
        }
        return $value === null && $end === ')' ? false : $value;
    }

    private function items(string $path, string $end): array
    {
        $items = [];
        $next = 0;
        while ($this->token() !== null && !$this->is($end)) {
            $place = $path . '/' . $next;
            $value = $this->expression($place);
            if ($this->is('=>')) {
                $this->at++;
                $key = is_string($value) || is_int($value) ? (string) $value : $next;
                unset($this->unknown[$place]);
                $value = $this->expression($path . '/' . $key);
                $items[$key] = $value;
                $next = is_int($key) || ctype_digit((string) $key) ? max($next, (int) $key + 1) : $next;
            } else {
                $items[$next++] = $value;
            }
            if (!$this->is(',')) {
                break;
            }
            $this->at++;
        }
        $this->at++;
        return $items;
    }

    /** Text of a quoted literal without variables in it, or of a number. */
    private static function literal($token)
    {
        if (!is_array($token)) {
            return null;
        }
        if ($token[0] === T_LNUMBER || $token[0] === T_DNUMBER) {
            return $token[1];
        }
        return $token[0] === T_CONSTANT_ENCAPSED_STRING ? Expression::literal($token[1]) : null;
    }
}

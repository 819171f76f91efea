<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * A value in PHP source, worked out without running it: literals, known constants and variables, the
 * environment, joined by `.`, with `?:`, `??` and `? :`.
 */
final class Expression
{
    const READERS = ['getenv', 'getenv_docker', 'env'];

    /** @var array tokens without white space and comments */
    private $tokens;
    /** @var int */
    private $at;
    /** @var array<string, string> constants and, with their `$`, variables known so far */
    private $known;
    /** @var Environment|null */
    private $environment;
    /** @var bool */
    private $sure = true;

    public function __construct(array $tokens, int $at, array $known, $environment)
    {
        $this->tokens = $tokens;
        $this->at = $at;
        $this->known = $known;
        $this->environment = $environment;
    }

    /** Its text when it ends at one of these; null when it is anything else. */
    public function text(array $ends)
    {
        $value = $this->choice();
        return $this->sure && in_array($this->token(), $ends, true) ? (string) $value : null;
    }

    private function token()
    {
        return isset($this->tokens[$this->at]) ? $this->tokens[$this->at] : null;
    }

    /** Is this the next token, and if so: past it. */
    private function next($wanted): bool
    {
        $token = $this->token();
        $is = is_array($token) ? $token[0] === $wanted : $token === $wanted;
        $this->at += $is ? 1 : 0;
        return $is;
    }

    private function unknown()
    {
        $this->sure = false;
        return null;
    }

    private function choice()
    {
        $value = $this->joined();
        if ($this->next(T_COALESCE)) {
            $other = $this->choice();
            return $value !== null ? $value : $other;
        }
        if (!$this->next('?')) {
            return $value;
        }
        $full = $value !== null && $value !== '' && $value !== '0';
        if ($this->next(':')) {
            $other = $this->choice();
            return $full ? $value : $other;
        }
        $yes = $this->choice();
        if (!$this->next(':')) {
            return $this->unknown();
        }
        $no = $this->choice();
        return $full ? $yes : $no;
    }

    private function joined()
    {
        $value = $this->part();
        while ($this->sure && $this->next('.')) {
            $value = $value . $this->part();
        }
        return $value;
    }

    private function part()
    {
        $token = $this->token();
        $this->at++;
        if ($token === '(') {
            $value = $this->choice();
            return $this->next(')') ? $value : $this->unknown();
        }
        if (!is_array($token)) {
            return $this->unknown();
        }
        switch ($token[0]) {
            case T_CONSTANT_ENCAPSED_STRING:
                return self::literal($token[1]);
            case T_LNUMBER:
            case T_DNUMBER:
                return $token[1];
            case T_STRING_CAST:
                return $this->part();
            case T_VARIABLE:
                return $this->variable($token[1]);
            case T_STRING:
                return $this->named($token[1]);
        }
        return $this->unknown();
    }

    private function variable(string $name)
    {
        if (in_array(substr($name, 1), ['_ENV', '_SERVER'], true)) {
            $key = $this->next('[') ? $this->part() : null;
            return is_string($key) && $this->next(']') ? $this->surroundings($key) : $this->unknown();
        }
        return isset($this->known[$name]) ? $this->known[$name] : $this->unknown();
    }

    private function named(string $name)
    {
        if (in_array(strtolower($name), self::READERS, true) && $this->next('(')) {
            $key = $this->part();
            $default = $this->next(',') ? $this->choice() : null;
            if (!is_string($key) || !$this->next(')')) {
                return $this->unknown();
            }
            $value = $this->surroundings($key);
            // The image of WordPress for Docker also looks for the name of a file with the value in it.
            if (strtolower($name) === 'getenv_docker' && $this->environment !== null && $this->environment->get($key . '_FILE') !== null) {
                return $this->unknown();
            }
            return $value !== null || strtolower($name) !== 'getenv_docker' ? $value : $default;
        }
        if (isset($this->known[$name])) {
            return $this->known[$name];
        }
        return in_array(strtolower($name), ['null', 'false'], true) ? null : $this->unknown();
    }

    private function surroundings(string $key)
    {
        return $this->environment === null ? $this->unknown() : $this->environment->get($key);
    }

    /** The text of a quoted literal without variables in it. */
    public static function literal(string $quoted): string
    {
        $inner = substr($quoted, 1, -1);
        if ($quoted[0] === "'") {
            return strtr($inner, ['\\\\' => '\\', "\\'" => "'"]);
        }
        return strtr($inner, ['\\\\' => '\\', '\\"' => '"', '\\$' => '$', '\\n' => "\n", '\\t' => "\t", '\\r' => "\r"]);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Values a configuration takes from its surroundings: environment variables, and `.env` files beside it. */
final class Environment
{
    /** @var array<string, string> */
    private $file;
    /** @var string what stands for another value */
    private $names;

    /**
     * `$text` is what a `.env` file holds, or several of which a later one counts; empty when there is none.
     * All of them know `${NAME}`, Symfony's `$NAME` too.
     */
    public function __construct(string $text, bool $symfony = false)
    {
        $this->file = [];
        $this->names = $symfony ? '/\$(?|\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/' : '/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/';
        foreach (preg_split('/\r\n|\r|\n/', $text) as $line) {
            if (preg_match('/^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/D', $line, $found) === 1) {
                $this->file[$found[1]] = $this->value($found[2]);
            }
        }
    }

    /** A variable's value, or null. A variable of the surroundings comes before one of the file. */
    public function get(string $name)
    {
        // Under CGI these are headers of the request.
        if (strncasecmp($name, 'HTTP_', 5) === 0 || !function_exists('getenv')) {
            return null;
        }
        $value = getenv($name);
        if (is_string($value)) {
            return $value;
        }
        return isset($this->file[$name]) ? $this->file[$name] : null;
    }

    /** A value as a `.env` file writes it: bare, in single quotes, or in double quotes with `${NAME}` in it. */
    private function value(string $written): string
    {
        if (preg_match("/^'([^']*)'/", $written, $found) === 1) {
            return $found[1];
        }
        if (preg_match('/^"((?:[^"\\\\]|\\\\.)*)"/', $written, $found) === 1) {
            return $this->filled(strtr($found[1], ['\\\\' => '\\', '\\"' => '"', '\\n' => "\n", '\\t' => "\t", '\\$' => "\x00"]));
        }
        return $this->filled(rtrim((string) preg_replace('/(^|\s)#.*$/', '', $written)));
    }

    private function filled(string $text): string
    {
        $pieces = (array) preg_split($this->names, $text, -1, PREG_SPLIT_DELIM_CAPTURE);
        foreach ($pieces as $at => $piece) {
            // Every second one is a name.
            $pieces[$at] = $at % 2 === 1 ? (string) $this->get((string) $piece) : $piece;
        }
        return str_replace("\x00", '$', implode('', $pieces));
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The list of parameters PrestaShop 1.7 and later keep in `app/config/parameters.php` (a file that
 * returns an array), or, where 1.7.0 was never opened since, in `parameters.yml`. Both are read as
 * text and never run. A value may be left to the environment (`%env(NAME)%`, `getenv('NAME')`).
 */
final class PrestaShopParameters
{
    /** @var ArrayFile|null */
    private $file;
    /** @var array<string, string> */
    private $lines = [];
    /** @var Environment */
    private $environment;

    private function __construct(Environment $environment)
    {
        $this->environment = $environment;
    }

    public static function ofPhp(string $source, Environment $environment): PrestaShopParameters
    {
        $parameters = new self($environment);
        $parameters->file = new ArrayFile($source, $environment);
        return $parameters;
    }

    /** The plain `name: value` lines under `parameters:`. */
    public static function ofYaml(string $source, Environment $environment): PrestaShopParameters
    {
        $parameters = new self($environment);
        foreach (preg_split('/\r\n|\r|\n/', $source) as $line) {
            if (preg_match('/^\s+([a-z_]+)\s*:\s*(.*?)\s*$/D', $line, $part) === 1) {
                $parameters->lines[$part[1]] = self::scalar($part[2]);
            }
        }
        return $parameters;
    }

    /** Is there nothing in a `parameters.yml`? */
    public function isEmpty(): bool
    {
        return $this->file === null && $this->lines === [];
    }

    /** A parameter as text, or null where there is none. Throws where it cannot be known; `$shown` is the file's name. */
    public function get(string $name, string $shown)
    {
        $value = isset($this->lines[$name]) ? $this->lines[$name] : null;
        if ($this->file !== null) {
            try {
                $value = $this->file->get('parameters/' . $name, $shown);
            } catch (Problem $problem) {
                throw new Problem('config-unreadable', $shown . ' ' . $name);
            }
            $missing = $this->file->missing('parameters/' . $name);
            if ($missing !== null || is_array($value)) {
                throw new Problem('config-unreadable', $shown . ' ' . ($missing !== null ? $missing : $name));
            }
        }
        return $value === null ? null : $this->filled(ArrayFile::text($value), $shown);
    }

    /** Symfony writes a percent sign twice; `%env(resolve:NAME)%` stands for a value of the environment. */
    private function filled(string $value, string $shown): string
    {
        if (preg_match('/^%env\((?:[a-z]+:)*([A-Za-z_][A-Za-z0-9_]*)\)%$/D', $value, $part) !== 1) {
            return str_replace('%%', '%', $value);
        }
        $found = $this->environment->get($part[1]);
        if ($found === null) {
            throw new Problem('config-unreadable', $shown . ' ' . $part[1]);
        }
        return $found;
    }

    /** A YAML scalar; `~` and `null` are empty. */
    private static function scalar(string $text): string
    {
        if (preg_match("/^'((?:[^']|'')*)'/", $text, $part) === 1) {
            return str_replace("''", "'", $part[1]);
        }
        if (preg_match('/^"((?:[^"\\\\]|\\\\.)*)"/', $text, $part) === 1) {
            return strtr($part[1], ['\\\\' => '\\', '\\"' => '"', '\\n' => "\n", '\\t' => "\t"]);
        }
        $text = (string) preg_replace('/(^|\s)#.*$/', '', $text);
        return in_array($text, ['~', 'null', 'NULL', 'Null'], true) ? '' : $text;
    }
}

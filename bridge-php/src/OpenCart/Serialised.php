<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Lists as OpenCart 2.0 stored them: PHP's own serialised form, read here by hand and only as far
 * as lists of plain values go, since PHP's function for it can make objects.
 */
final class OpenCartSerialised
{
    const DEEPEST = 8;

    /** @var string */
    private $text;
    /** @var int */
    private $at = 0;

    private function __construct(string $text)
    {
        $this->text = $text;
    }

    /** The list, or null when the text is anything else. */
    public static function decoded(string $text)
    {
        if (strncmp($text, 'a:', 2) !== 0) {
            return null;
        }
        $reader = new OpenCartSerialised($text);
        $value = $reader->value(0);
        return is_array($value) && $reader->at === strlen($text) ? $value : null;
    }

    /** The value that begins here; false when there is none that is plain (`b:0;` reads as an empty text). */
    private function value(int $depth)
    {
        if ($this->took('/\Gi:(-?[0-9]{1,18});/', $found) || $this->took('/\Gd:([-+.0-9eE]{1,30});/', $found)) {
            return $found[1];
        }
        if ($this->took('/\Gb:([01]);/', $found)) {
            return $found[1] === '1' ? '1' : '';
        }
        if ($this->took('/\GN;/', $found)) {
            return '';
        }
        if ($this->took('/\Gs:([0-9]{1,6}):"/', $found)) {
            $text = (string) substr($this->text, $this->at, (int) $found[1]);
            $this->at += (int) $found[1];
            return $this->took('/\G";/', $found) ? $text : false;
        }
        return $depth < self::DEEPEST && $this->took('/\Ga:([0-9]{1,6}):\{/', $found) ? $this->items((int) $found[1], $depth) : false;
    }

    private function items(int $count, int $depth)
    {
        $list = [];
        for ($item = 0; $item < $count; $item++) {
            $key = $this->value(self::DEEPEST);
            $value = $key === false ? false : $this->value($depth + 1);
            if ($value === false) {
                return false;
            }
            $list[$key] = $value;
        }
        return $this->took('/\G\}/', $found) ? $list : false;
    }

    private function took(string $pattern, &$found): bool
    {
        if (preg_match($pattern, $this->text, $found, 0, $this->at) !== 1) {
            return false;
        }
        $this->at += strlen($found[0]);
        return true;
    }
}

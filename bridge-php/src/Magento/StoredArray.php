<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * An array as Magento keeps it in one column: JSON from 2.2 on, PHP's own notation before. The latter
 * is read here by its letters, without PHP's function for it: no object is ever made.
 */
final class MagentoStoredArray
{
    const DEEPEST = 24;

    /** @var string */
    private $text;
    /** @var int */
    private $at = 0;
    /** @var bool */
    private $sound = true;

    private function __construct(string $text)
    {
        $this->text = $text;
    }

    /** The array; null when the column holds something else. An empty column is an empty array. */
    public static function of($stored)
    {
        $text = trim((string) $stored);
        if ($text === '') {
            return [];
        }
        if ($text[0] === '{' || $text[0] === '[') {
            $value = json_decode($text, true, self::DEEPEST);
            return is_array($value) ? $value : null;
        }
        $reader = new MagentoStoredArray($text);
        $value = $reader->value(0);
        return $reader->sound && is_array($value) ? $value : null;
    }

    private function value(int $depth)
    {
        if ($depth > self::DEEPEST || preg_match('/\G(?:(N);|([bid]):([^;]{1,40});|([sa]):([0-9]{1,9}):)/', $this->text, $found, 0, $this->at) !== 1) {
            $this->sound = false;
            return null;
        }
        $this->at += strlen($found[0]);
        if ($found[1] !== '') {
            return null;
        }
        if ($found[2] !== '') {
            return $this->scalar($found[2], $found[3]);
        }
        return $found[4] === 's' ? $this->string((int) $found[5]) : $this->items((int) $found[5], $depth);
    }

    private function scalar(string $kind, string $text)
    {
        if ($kind === 'b') {
            return $text === '1';
        }
        return $kind === 'i' ? (int) $text : (float) $text;
    }

    /** A length that does not fit (letters lost on the way into an old column) ends at the next quote. */
    private function string(int $length)
    {
        $start = $this->at + 1;
        if (substr($this->text, $start + $length, 2) !== '";') {
            $end = strpos($this->text, '";', $start);
            if ($end === false) {
                $this->sound = false;
                return '';
            }
            $length = $end - $start;
        }
        $this->at = $start + $length + 2;
        return substr($this->text, $start, $length);
    }

    private function items(int $count, int $depth): array
    {
        $items = [];
        $this->at++;
        for ($index = 0; $index < $count && $this->sound; $index++) {
            $key = $this->value($depth + 1);
            $value = $this->value($depth + 1);
            if (is_int($key) || is_string($key)) {
                $items[$key] = $value;
            } else {
                $this->sound = false;
            }
        }
        $this->sound = $this->sound && substr($this->text, $this->at, 1) === '}';
        $this->at++;
        return $items;
    }
}

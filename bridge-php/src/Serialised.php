<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Reads what PHP's `serialize` wrote: texts, numbers and arrays of them, to a small depth. Objects and
 * references are not read: nothing of a shop is ever made into one here.
 */
final class Serialised
{
    const DEPTH = 8;
    const LONGEST = 1048576;

    /** @var string */
    private $text;
    /** @var int */
    private $at = 0;
    /** @var bool */
    private $sound = true;
    /** @var bool */
    private $mend;

    private function __construct(string $text, bool $mend)
    {
        $this->text = $text;
        $this->mend = $mend;
    }

    /**
     * The array in a text; null when it holds anything else. With `$mend` a text whose length does not fit
     * ends at the next quote: an old column kept four-byte letters as question marks.
     */
    public static function values(string $text, bool $mend = false)
    {
        if (strncmp($text, 'a:', 2) !== 0 || strlen($text) > self::LONGEST) {
            return null;
        }
        $reader = new Serialised($text, $mend);
        $value = $reader->value(0);
        return $reader->sound && is_array($value) && $reader->at === strlen($text) ? $value : null;
    }

    private function broken()
    {
        $this->sound = false;
        return null;
    }

    private function value(int $depth)
    {
        if ($depth > self::DEPTH) {
            return $this->broken();
        }
        if (preg_match('/\G(?:N;|b:([01]);|[id]:([-+0-9.eE]+|NAN|-?INF);|([sa]):([0-9]{1,7}):)/A', $this->text, $found, 0, $this->at) !== 1) {
            return $this->broken();
        }
        $this->at += strlen($found[0]);
        if (!isset($found[3])) {
            return isset($found[2]) ? $found[2] : (isset($found[1]) ? $found[1] : null);
        }
        return $found[3] === 's' ? $this->string((int) $found[4]) : $this->items((int) $found[4], $depth);
    }

    private function string(int $length)
    {
        $end = $this->mend && substr($this->text, $this->at + 1 + $length, 2) !== '";' ? strpos($this->text, '";', $this->at + 1) : false;
        $length = $end === false ? $length : $end - $this->at - 1;
        $value = (string) substr($this->text, $this->at + 1, $length);
        $whole = substr($this->text, $this->at, 1) === '"' && substr($this->text, $this->at + 1 + $length, 2) === '";';
        $this->at += $length + 3;
        return $whole ? $value : $this->broken();
    }

    private function items(int $count, int $depth)
    {
        $items = [];
        $this->at++;
        for ($index = 0; $index < $count && $this->sound; $index++) {
            $key = $this->value($depth + 1);
            if (is_array($key) || $key === null) {
                return $this->broken();
            }
            $items[$key] = $this->value($depth + 1);
        }
        $closed = substr($this->text, $this->at, 1) === '}';
        $this->at++;
        return $closed ? $items : $this->broken();
    }
}

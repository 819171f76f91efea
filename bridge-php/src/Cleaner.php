<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Makes text of the shop fit to leave it: valid UTF-8, no control characters, unescaped once. */
final class Cleaner
{
    /** @var array<int, string> */
    private $remarks = [];

    /** What had to be mended since the last call. */
    public function remarks(): array
    {
        $remarks = array_values(array_unique($this->remarks));
        $this->remarks = [];
        return $remarks;
    }

    /** Text that OpenCart stored HTML-escaped (every form field passes `htmlspecialchars`). */
    public function text($value, string $field, bool $lines = false): string
    {
        return $this->plain(html_entity_decode($this->utf8((string) $value, $field), ENT_QUOTES | ENT_HTML401, 'UTF-8'), $lines);
    }

    private function plain(string $text, bool $lines): string
    {
        $text = str_replace(["\r\n", "\r"], "\n", $text);
        $pattern = $lines ? '/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/' : '/[\x00-\x1f\x7f]/';
        return (string) preg_replace($pattern, $lines ? '' : ' ', $text);
    }

    /** Valid UTF-8 stays; anything else is read as Windows-1252, value by value. */
    private function utf8(string $value, string $field): string
    {
        if (preg_match('//u', $value) === 1) {
            return $value;
        }
        $this->remarks[] = 'latin1_repaired:' . $field;
        if (function_exists('mb_convert_encoding')) {
            return (string) mb_convert_encoding($value, 'UTF-8', 'Windows-1252');
        }
        $text = '';
        foreach (str_split($value) as $byte) {
            $code = ord($byte);
            $text .= $code < 0x80 ? $byte : chr(0xc0 | ($code >> 6)) . chr(0x80 | ($code & 0x3f));
        }
        return $text;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Makes text of the shop fit to leave it: valid UTF-8, no control characters, unescaped once. */
final class Cleaner
{
    /** Where Windows-1252 differs from ISO 8859-1; its five holes become a replacement character. */
    const WINDOWS_1252 = [
        0x80 => '€', 0x81 => '�', 0x82 => '‚', 0x83 => 'ƒ', 0x84 => '„', 0x85 => '…', 0x86 => '†', 0x87 => '‡',
        0x88 => 'ˆ', 0x89 => '‰', 0x8a => 'Š', 0x8b => '‹', 0x8c => 'Œ', 0x8d => '�', 0x8e => 'Ž', 0x8f => '�',
        0x90 => '�', 0x91 => '‘', 0x92 => '’', 0x93 => '“', 0x94 => '”', 0x95 => '•', 0x96 => '–', 0x97 => '—',
        0x98 => '˜', 0x99 => '™', 0x9a => 'š', 0x9b => '›', 0x9c => 'œ', 0x9d => '�', 0x9e => 'ž', 0x9f => 'Ÿ',
    ];

    /** @var array<int, string> */
    private $remarks = [];

    /** What had to be mended since the last call. */
    public function remarks(): array
    {
        $remarks = array_values(array_unique($this->remarks));
        $this->remarks = [];
        return $remarks;
    }

    /** Notes something for the record that is being made. */
    public function remark(string $remark)
    {
        $this->remarks[] = $remark;
    }

    /** Notes which of these amounts are none (NULL, or no number): that is not nothing. */
    public function amounts(array $row, array $names, string $of)
    {
        foreach ($names as $name) {
            if (!isset($row[$name]) || !is_numeric(trim((string) $row[$name]))) {
                $this->remarks[] = 'no_amount:' . $of . '.' . $name;
            }
        }
    }

    /** Text that OpenCart stored HTML-escaped (every form field passes `htmlspecialchars`). */
    public function text($value, string $field, bool $lines = false): string
    {
        return $this->plain(html_entity_decode($this->utf8((string) $value, $field), ENT_QUOTES | ENT_HTML401, 'UTF-8'), $lines);
    }

    /** Text that the shop stores as it was typed: tags and entities in it are the buyer's own letters. */
    public function verbatim($value, string $field, bool $lines = false): string
    {
        return $this->plain($this->utf8((string) $value, $field), $lines);
    }

    /** An object or list out of a JSON column; an empty one, with a remark, when it cannot be read. */
    public function json($value, string $field): array
    {
        $text = $this->utf8((string) $value, $field);
        $content = json_decode($text, true, 16);
        if (!is_array($content) && trim($text) !== '') {
            $this->remarks[] = 'unreadable:' . $field;
        }
        return is_array($content) ? $content : [];
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
        $text = '';
        for ($at = 0; $at < strlen($value); $at++) {
            $code = ord($value[$at]);
            $text .= $code < 0x80 ? $value[$at] : (isset(self::WINDOWS_1252[$code]) ? self::WINDOWS_1252[$code] : chr(0xc0 | ($code >> 6)) . chr(0x80 | ($code & 0x3f)));
        }
        return $text;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Can a column hold a text as it is? A database in its strict mode would refuse one that is too long or has
 * letters the column's character set lacks, in the middle of a change; in its lax mode it would cut it.
 */
final class TextRoom
{
    /** @var Database */
    private $database;
    /** @var array<string, array|null> */
    private $columns = [];

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /** `$text` as it would be stored. */
    public function holds(string $table, string $column, string $text): bool
    {
        $room = $this->column($table, $column);
        if ($room === null || !self::letters($text, (string) $room['letters']) || !self::letters($text, (string) $room['session'])) {
            return false;
        }
        $characters = preg_match_all('/./su', $text);
        return $characters !== false && $characters <= (int) $room['characters'] && strlen($text) <= (int) $room['bytes'];
    }

    /** One line of text, as a field of a form gives it. */
    public function line(string $table, string $column, string $text): bool
    {
        return preg_match('/[\r\n\t]/', $text) !== 1 && $this->holds($table, $column, $text);
    }

    private function column(string $table, string $column)
    {
        $key = $table . '.' . $column;
        if (!array_key_exists($key, $this->columns)) {
            $this->columns[$key] = $this->database->row(
                'SELECT character_maximum_length AS characters, character_octet_length AS bytes, character_set_name AS letters, @@character_set_connection AS session'
                . ' FROM information_schema.columns WHERE table_schema = DATABASE() AND LOWER(table_name) = LOWER(?) AND LOWER(column_name) = ?',
                [$this->database->prefix() . $table, $column]
            );
        }
        return $this->columns[$key];
    }

    /** Has this character set the letters? Of the old ones of one byte only plain ASCII is trusted. */
    private static function letters(string $text, string $set): bool
    {
        if ($set === 'utf8mb4') {
            return true;
        }
        return preg_match(strncmp($set, 'utf8', 4) === 0 ? '/[\xf0-\xf7]/' : '/[\x80-\xff]/', $text) !== 1;
    }
}

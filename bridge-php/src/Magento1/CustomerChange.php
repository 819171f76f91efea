<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * First and last name of an account, which are values of its attributes; its addresses keep their own names, and
 * telephone numbers stand with these: refused. OpenMage's customer model changes the same rows and no other.
 */
final class MagentoCustomerChange
{
    const FIELDS = ['first_name' => 'firstname', 'last_name' => 'lastname'];
    /** What stands around a last name, and is read as part of it. */
    const AROUND = ['middlename', 'suffix'];

    /** @var Database */
    private $database;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->cleaner = $cleaner;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $now = $this->now($id);
        if ($now === []) {
            return RecordRows::result($id, 'unknown');
        }
        if (isset($row['telephone'])) {
            return RecordRows::result($id, 'refused', [], 'value');
        }
        $wanted = [];
        $before = [];
        $room = new TextRoom($this->database);
        foreach (self::FIELDS as $field => $name) {
            if (!isset($row[$field])) {
                continue;
            }
            $kept = isset($now[$name]) ? $now[$name] : null;
            list($front, $behind) = $field === 'last_name' ? $this->around($now) : ['', ''];
            if ($kept !== null && $row[$field] === $front . $kept['value'] . $behind) {
                continue;
            }
            $own = $this->own($row[$field], $front, $behind);
            // A value that has no row yet would need one of the shop's own making.
            if ($kept === null || trim($own) === '' || !$room->line('customer_entity_varchar', 'value', $own)) {
                return RecordRows::result($id, 'refused', [], 'value');
            }
            $wanted[] = [$own, $kept['value_id'], $kept['mark']];
            $before[$field] = $this->cleaner->verbatim($front . $kept['value'] . $behind, $name);
        }
        if ($wanted === []) {
            return RecordRows::result($id, 'unchanged');
        }
        return $this->write($id, $wanted) ? RecordRows::result($id, 'done', $before) : RecordRows::result($id, 'busy');
    }

    /** What is read in front of the last name and behind it. */
    private function around(array $now): array
    {
        $words = [];
        foreach (self::AROUND as $name) {
            $words[] = isset($now[$name]) ? trim((string) $now[$name]['value']) : '';
        }
        return [$words[0] === '' ? '' : $words[0] . ' ', $words[1] === '' ? '' : ' ' . $words[1]];
    }

    /** The name itself; empty where what stands around it is another. */
    private function own(string $text, string $front, string $behind): string
    {
        $length = strlen($text) - strlen($front) - strlen($behind);
        if ($length <= 0) {
            return '';
        }
        $own = substr($text, strlen($front), $length);
        return $front . $own . $behind === $text ? $own : '';
    }

    /** Names of that account by attribute, each with its row; none where there is no such account. */
    private function now(string $id): array
    {
        $names = array_merge(array_values(self::FIELDS), self::AROUND);
        $rows = $this->database->rows(
            'SELECT c.entity_id, a.attribute_code, v.value_id, v.value, MD5(v.value) AS mark FROM {customer_entity} c'
            . " JOIN {eav_entity_type} t ON t.entity_type_code = 'customer'"
            . ' JOIN {eav_attribute} a ON a.entity_type_id = t.entity_type_id AND a.attribute_code IN (' . Database::places($names) . ')'
            . ' LEFT JOIN {customer_entity_varchar} v ON v.entity_id = c.entity_id AND v.attribute_id = a.attribute_id WHERE c.entity_id = ?',
            array_merge($names, [$id])
        );
        $now = [];
        foreach ($rows as $row) {
            if ($row['entity_id'] === $id) {
                $now[$row['attribute_code']] = $row['value_id'] === null ? null : $row;
            }
        }
        return $now;
    }

    /** Each only over the value just read. */
    private function write(string $id, array $wanted): bool
    {
        $this->database->begin();
        foreach ($wanted as $value) {
            if ($this->database->change('UPDATE {customer_entity_varchar} SET value = ? WHERE value_id = ? AND MD5(value) = ?', $value) !== 1) {
                $this->database->undo();
                return false;
            }
        }
        $this->database->change('UPDATE {customer_entity} SET updated_at = ? WHERE entity_id = ?', [gmdate('Y-m-d H:i:s'), $id]);
        $this->database->keep();
        return true;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Names and telephone of an account: three columns of `customer`, changed only over what was just read. */
final class OpenCartCustomerChange
{
    const COLUMNS = ['first_name' => 'firstname', 'last_name' => 'lastname', 'telephone' => 'telephone'];

    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $now = $this->database->row(
            'SELECT customer_id, firstname, lastname, telephone, MD5(firstname) AS first_mark, MD5(lastname) AS last_mark, MD5(telephone) AS telephone_mark FROM {customer} WHERE customer_id = ?',
            [$id]
        );
        if ($now === null || $now['customer_id'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        $wanted = [];
        $before = [];
        $room = new TextRoom($this->database);
        foreach (self::COLUMNS as $field => $column) {
            $wanted[$column] = isset($row[$field]) ? htmlspecialchars($row[$field], ENT_COMPAT, 'UTF-8') : (string) $now[$column];
            if ($wanted[$column] !== (string) $now[$column]) {
                // The shop's own form wants a letter of each name and three of the telephone number.
                if (strlen(trim($wanted[$column])) < ($field === 'telephone' ? 3 : 1) || !$room->line('customer', $column, $wanted[$column])) {
                    return RecordRows::result($id, 'refused', [], 'value');
                }
                $before[$field] = $this->cleaner->text($now[$column], $column);
            }
        }
        if ($before === []) {
            return RecordRows::result($id, 'unchanged');
        }
        if ((new OpenCartHooks($this->database, $this->settings->schema()))->foreign(OpenCartHooks::CUSTOMER)) {
            return RecordRows::result($id, 'refused', [], 'hooks');
        }
        $changed = $this->database->change(
            'UPDATE {customer} SET firstname = ?, lastname = ?, telephone = ? WHERE customer_id = ? AND MD5(firstname) = ? AND MD5(lastname) = ? AND MD5(telephone) = ?',
            [$wanted['firstname'], $wanted['lastname'], $wanted['telephone'], $id, $now['first_mark'], $now['last_mark'], $now['telephone_mark']]
        );
        return $changed === 1 ? RecordRows::result($id, 'done', $before) : RecordRows::result($id, 'busy');
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** First and last name of an account. Telephone numbers stand with addresses here, of which there may be any number: refused. */
final class PrestaShopCustomerChange
{
    const COLUMNS = ['first_name' => 'firstname', 'last_name' => 'lastname'];

    /** What no name may have, as PrestaShop's own forms check it; a dot only where a space or the end follows. */
    const NOT_IN_NAMES = '/[0-9!<>,;?=+()\/\\\\@#"°*`{}_^$%:¤\[\]|]|[.。](?=\S)/u';

    /** @var Database */
    private $database;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $now = $this->database->row(
            'SELECT id_customer, id_shop, firstname, lastname, MD5(firstname) AS first_mark, MD5(lastname) AS last_mark FROM {customer} WHERE id_customer = ? AND is_guest = 0 AND deleted = 0',
            [$id]
        );
        if ($now === null || $now['id_customer'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        if (isset($row['telephone'])) {
            return RecordRows::result($id, 'refused', [], 'value');
        }
        $wanted = [];
        $before = [];
        $room = new TextRoom($this->database);
        foreach (self::COLUMNS as $field => $column) {
            $wanted[$column] = isset($row[$field]) ? $row[$field] : (string) $now[$column];
            if ($wanted[$column] !== (string) $now[$column]) {
                if (trim($wanted[$column]) === '' || preg_match(self::NOT_IN_NAMES, $wanted[$column]) !== 0 || !$room->line('customer', $column, $wanted[$column])) {
                    return RecordRows::result($id, 'refused', [], 'value');
                }
                $before[$field] = $this->cleaner->verbatim($now[$column], $column);
            }
        }
        if ($before === []) {
            return RecordRows::result($id, 'unchanged');
        }
        if ((new PrestaShopHooks($this->database))->onCustomer((string) $now['id_shop'])) {
            return RecordRows::result($id, 'refused', [], 'hooks');
        }
        $changed = $this->database->change(
            'UPDATE {customer} SET firstname = ?, lastname = ?, date_upd = ? WHERE id_customer = ? AND MD5(firstname) = ? AND MD5(lastname) = ?',
            [$wanted['firstname'], $wanted['lastname'], str_replace('T', ' ', $this->time->localText(gmdate('Y-m-d\TH:i:s\Z'))), $id, $now['first_mark'], $now['last_mark']]
        );
        return $changed === 1 ? RecordRows::result($id, 'done', $before) : RecordRows::result($id, 'busy');
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** PrestaShop's customer accounts. A guest is a row too, one an order: those come with their orders. */
final class PrestaShopCustomers
{
    const STATEMENT = 'SELECT c.id_customer, c.id_default_group, c.id_lang, c.company, c.siret, c.ape, c.website, c.firstname, c.lastname, c.email, c.is_guest, c.active, c.date_upd FROM {customer} c';

    /** @var Database */
    private $database;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, PrestaShopSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        $where = ['c.is_guest = 0', 'c.deleted = 0'];
        $values = [];
        if ($since !== null) {
            $where[] = 'c.date_upd >= ?';
            $values[] = $this->time->localSince($since);
        }
        if ($after !== null) {
            $where[] = '(c.date_upd > ? OR (c.date_upd = ? AND c.id_customer > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $rows = $this->database->rows(self::STATEMENT . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY c.date_upd, c.id_customer LIMIT ' . $limit, $values);
        $addresses = $this->addresses(array_column($rows, 'id_customer'));
        $people = new PrestaShopPeople($this->settings, $this->cleaner);
        $records = [];
        foreach ($rows as $row) {
            $address = isset($addresses[$row['id_customer']]) ? $addresses[$row['id_customer']] : [];
            $records[] = [
                'id' => $row['id_customer'],
                'changed_at' => (string) ($this->time->utc($row['date_upd']) ?: PrestaShopOrders::NO_TIME),
                'stamp' => $row['date_upd'],
                'customer' => $people->customer($row, $address, []),
                'address' => $address === [] ? null : $people->address($address, (string) $row['id_lang']),
                'active' => $row['active'] === '1',
            ];
        }
        return $records;
    }

    /** The first address each still uses: PrestaShop knows no default one. */
    private function addresses(array $customers): array
    {
        if ($customers === []) {
            return [];
        }
        $first = $this->database->rows(
            'SELECT id_customer, MIN(id_address) AS id_address FROM {address} WHERE deleted = 0 AND active = 1 AND id_customer IN (' . Database::places($customers) . ') GROUP BY id_customer',
            $customers
        );
        $ids = array_column($first, 'id_customer', 'id_address');
        $addresses = [];
        foreach ($ids === [] ? [] : $this->database->rows(PrestaShopOrderRows::addressStatement() . ' WHERE a.id_address IN (' . Database::places($ids) . ')', array_keys($ids)) as $row) {
            $addresses[$ids[$row['id_address']]] = $row;
        }
        return $addresses;
    }
}

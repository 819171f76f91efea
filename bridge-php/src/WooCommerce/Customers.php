<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Accounts of customers: users of WordPress, shared by all sites of one installation. */
final class WooCommerceCustomers
{
    const STAMP = "GREATEST(u.user_registered, CAST('1970-01-02 00:00:00' AS DATETIME), DATE_ADD(CAST('1970-01-01 00:00:00' AS DATETIME), INTERVAL COALESCE(CAST(l.meta_value AS UNSIGNED), 0) SECOND))";

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** An address as the shop keeps it, without extra fields. */
    public static function address(array $stored, Cleaner $cleaner): array
    {
        $address = [];
        foreach (['first_name' => 'first_name', 'last_name' => 'last_name', 'company' => 'company', 'line1' => 'address_1', 'line2' => 'address_2', 'postcode' => 'postcode', 'city' => 'city', 'zone' => 'state', 'country' => 'country'] as $name => $column) {
            $address[$name] = $cleaner->text($stored[$column], $column);
        }
        // The shop keeps the code only.
        return $address + ['country_name' => ''];
    }

    /** Role of these accounts as a group {id, name}. */
    public function roles(array $ids): array
    {
        $ids = array_values(array_unique(array_filter($ids)));
        $roles = [];
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT user_id, meta_value FROM {shared:usermeta} WHERE meta_key = ? AND user_id IN (' . Database::places($ids) . ')',
            array_merge([$this->database->prefix() . 'capabilities'], $ids)
        );
        foreach ($rows as $row) {
            $roles[$row['user_id']] = self::role((string) $row['meta_value']);
        }
        return $roles;
    }

    private static function role(string $stored): array
    {
        $list = Serialised::values($stored);
        $role = $list === null || $list === [] ? '' : (string) array_keys($list)[0];
        return ['id' => $role, 'name' => $role];
    }

    /** In order of (stamp, id) from a moment (UTC) or position on: who is a customer, or left an invoice address. */
    public function page($since, $after, int $limit): array
    {
        $where = ["(c.meta_value LIKE '%customer%' OR (c.meta_value IS NOT NULL AND b.meta_value <> ''))"];
        $values = [$this->database->prefix() . 'capabilities'];
        if ($since !== null) {
            $where[] = self::STAMP . ' >= ?';
            $values[] = str_replace('T', ' ', substr($since, 0, 19));
        }
        if ($after !== null) {
            $where[] = '(' . self::STAMP . ' > ? OR (' . self::STAMP . ' = ? AND u.ID > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $rows = $this->database->rows(
            'SELECT u.ID AS id, u.user_email, ' . self::STAMP . ' AS stamp, c.meta_value AS roles FROM {shared:users} u'
            . ' LEFT JOIN {shared:usermeta} c ON c.user_id = u.ID AND c.meta_key = ?'
            . " LEFT JOIN {shared:usermeta} b ON b.user_id = u.ID AND b.meta_key = 'billing_email'"
            . " LEFT JOIN {shared:usermeta} l ON l.user_id = u.ID AND l.meta_key = 'last_update'"
            . ' WHERE ' . implode(' AND ', $where) . ' GROUP BY u.ID, u.user_email, u.user_registered, stamp, roles ORDER BY stamp, u.ID LIMIT ' . $limit,
            $values
        );
        $values = $this->values(array_column($rows, 'id'));
        $records = [];
        foreach ($rows as $row) {
            $records[] = $this->record($row, isset($values[$row['id']]) ? $values[$row['id']] : []);
        }
        return $records;
    }

    /** Values of these accounts by id: pairs of name and value. */
    private function values(array $ids): array
    {
        $values = [];
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT m.user_id, m.meta_key, m.meta_value FROM {shared:usermeta} m WHERE m.user_id IN (' . Database::places($ids) . ") AND (LEFT(m.meta_key, 8) = 'billing_' OR LEFT(m.meta_key, 12) = '_wc_billing/'"
            . " OR LEFT(m.meta_key, 10) = '_wc_other/' OR m.meta_key IN ('first_name', 'last_name', 'vat_number', '_vat_number', 'kvk_number', 'kvk', 'coc_number')) ORDER BY m.umeta_id",
            $ids
        );
        foreach ($rows as $row) {
            if (WooCommerceFields::open($row['meta_key'])) {
                $values[$row['user_id']][] = [$row['meta_key'], (string) $row['meta_value']];
            }
        }
        return $values;
    }

    private function record(array $row, array $fields): array
    {
        $named = [];
        foreach ($fields as $field) {
            $named += [$field[0] => $field[1]];
        }
        $address = [];
        foreach (WooCommerceOrderStore::ADDRESS as $part) {
            $address[$part] = isset($named['billing_' . $part]) ? $named['billing_' . $part] : '';
        }
        $extra = array_values(array_filter($fields, function (array $field): bool {
            return preg_match('/^(billing_(first_name|last_name|company|address_1|address_2|city|state|postcode|country|phone|email)|first_name|last_name)$/D', $field[0]) !== 1;
        }));
        $vat = WooCommerceFields::vat($fields);
        $chamber = WooCommerceFields::chamber($fields);
        return [
            'id' => $row['id'],
            'changed_at' => str_replace(' ', 'T', $row['stamp']) . 'Z',
            'stamp' => $row['stamp'],
            'customer' => [
                'id' => $row['id'],
                'group' => self::role((string) $row['roles']),
                'first_name' => $this->name($named, $address, 'first_name'),
                'last_name' => $this->name($named, $address, 'last_name'),
                'email' => $this->cleaner->text($row['user_email'], 'email'),
                'telephone' => $this->cleaner->text($address['phone'], 'phone'),
                'vat_number' => $vat === null ? null : $this->cleaner->text($vat, 'vat_number'),
                'chamber_of_commerce' => $chamber === null ? null : $this->cleaner->text($chamber, 'chamber_of_commerce'),
                'custom_fields' => array_merge(WooCommerceFields::custom($extra, '', $this->cleaner), WooCommerceFields::custom($extra, 'billing', $this->cleaner)),
            ],
            'address' => implode('', $address) === '' ? null : self::address($address, $this->cleaner) + ['custom_fields' => []],
            'active' => true,
        ];
    }

    private function name(array $named, array $address, string $part): string
    {
        $own = isset($named[$part]) && $named[$part] !== '' ? $named[$part] : $address[$part];
        return $this->cleaner->text($own, $part);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** OpenCart's customer accounts. They carry no moment of change: their day of joining orders them. */
final class OpenCartCustomers
{
    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        $where = ['1 = 1'];
        $values = [];
        if ($since !== null) {
            $where[] = 'c.date_added >= ?';
            $values[] = $this->time->localSince($since);
        }
        if ($after !== null) {
            $where[] = '(c.date_added > ? OR (c.date_added = ? AND c.customer_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $rows = $this->database->rows(
            'SELECT c.customer_id, c.customer_group_id, c.firstname, c.lastname, c.email, c.telephone, c.custom_field, c.status, c.date_added,'
            . ' a.address_id, a.firstname AS a_firstname, a.lastname AS a_lastname, a.company AS a_company, a.address_1 AS a_address_1, a.address_2 AS a_address_2,'
            . ' a.city AS a_city, a.postcode AS a_postcode, a.country_id AS a_country_id, a.custom_field AS a_custom_field, z.name AS a_zone, k.name AS a_country'
            . ' FROM {customer} c LEFT JOIN {address} a ON a.address_id = c.address_id LEFT JOIN {zone} z ON z.zone_id = a.zone_id LEFT JOIN {country} k ON k.country_id = a.country_id'
            . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY c.date_added, c.customer_id LIMIT ' . $limit,
            $values
        );
        return array_map([$this, 'record'], $rows);
    }

    private function record(array $row): array
    {
        $fields = $this->settings->customFields($row['custom_field']);
        return [
            'id' => $row['customer_id'],
            'changed_at' => (string) ($this->time->utc($row['date_added']) ?: '1970-01-01T00:00:00Z'),
            'stamp' => $row['date_added'],
            'customer' => [
                'id' => $row['customer_id'],
                'group' => $this->settings->group($row['customer_group_id']),
                'first_name' => $this->cleaner->text($row['firstname'], 'firstname'),
                'last_name' => $this->cleaner->text($row['lastname'], 'lastname'),
                'email' => $this->cleaner->text($row['email'], 'email'),
                'telephone' => $this->cleaner->text($row['telephone'], 'telephone'),
                'vat_number' => OpenCartNumbers::vat($fields),
                'chamber_of_commerce' => OpenCartNumbers::chamber($fields),
                'custom_fields' => $fields,
            ],
            'address' => $row['address_id'] === null ? null : [
                'first_name' => $this->cleaner->text($row['a_firstname'], 'firstname'),
                'last_name' => $this->cleaner->text($row['a_lastname'], 'lastname'),
                'company' => $this->cleaner->text($row['a_company'], 'company'),
                'line1' => $this->cleaner->text($row['a_address_1'], 'address_1'),
                'line2' => $this->cleaner->text($row['a_address_2'], 'address_2'),
                'postcode' => $this->cleaner->text($row['a_postcode'], 'postcode'),
                'city' => $this->cleaner->text($row['a_city'], 'city'),
                'zone' => $this->cleaner->text($row['a_zone'], 'zone'),
                'country' => $this->settings->country($row['a_country_id']),
                'country_name' => $this->cleaner->text($row['a_country'], 'country'),
                'custom_fields' => $this->settings->customFields($row['a_custom_field']),
            ],
            'active' => $row['status'] === '1',
        ];
    }
}

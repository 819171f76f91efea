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
        $stamp = 'COALESCE(c.date_added, ' . OpenCartOrderRows::NEVER . ')';
        $where = ['1 = 1'];
        $values = [$this->settings->language(), $this->settings->language()];
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = $this->time->localSince($since);
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND c.customer_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $schema = $this->settings->schema();
        // Which address is the default one stood with the customer up to 3.0, and stands with the address from 4.0 on.
        $address = $schema->has('customer', 'address_id') ? 'c.address_id'
            : '(SELECT MIN(x.address_id) FROM {address} x WHERE x.customer_id = c.customer_id AND x.`default` = 1)';
        // 4.1 has names of countries and zones by language.
        $zone = $schema->has('zone', 'name') ? '{zone} z ON z.zone_id = a.zone_id AND 0 < ?' : '{zone_description} z ON z.zone_id = a.zone_id AND z.language_id = ?';
        $country = $schema->has('country', 'name') ? '{country} k ON k.country_id = a.country_id AND 0 < ?' : '{country_description} k ON k.country_id = a.country_id AND k.language_id = ?';
        $rows = $this->database->rows(
            'SELECT c.customer_id, c.customer_group_id, c.firstname, c.lastname, c.email, c.telephone, c.custom_field, c.status, ' . $stamp . ' AS stamp,'
            . ' a.address_id, a.firstname AS a_firstname, a.lastname AS a_lastname, a.company AS a_company, a.address_1 AS a_address_1, a.address_2 AS a_address_2,'
            . ' a.city AS a_city, a.postcode AS a_postcode, a.country_id, a.custom_field AS a_custom_field, z.name AS a_zone, k.name AS a_country'
            . ' FROM {customer} c LEFT JOIN {address} a ON a.address_id = ' . $address . ' LEFT JOIN ' . $zone . ' LEFT JOIN ' . $country
            . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, c.customer_id LIMIT ' . $limit,
            $values
        );
        return array_map([$this, 'record'], $rows);
    }

    private function record(array $row): array
    {
        $addressed = $row['address_id'] !== null;
        $row = OpenCartRow::filled($row);
        $fields = $this->settings->customFields($row['custom_field']);
        return [
            'id' => $row['customer_id'],
            'changed_at' => (string) ($this->time->utc($row['stamp']) ?: OpenCartOrders::NO_TIME),
            'stamp' => $row['stamp'],
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
            'address' => !$addressed ? null : [
                'first_name' => $this->cleaner->text($row['a_firstname'], 'firstname'),
                'last_name' => $this->cleaner->text($row['a_lastname'], 'lastname'),
                'company' => $this->cleaner->text($row['a_company'], 'company'),
                'line1' => $this->cleaner->text($row['a_address_1'], 'address_1'),
                'line2' => $this->cleaner->text($row['a_address_2'], 'address_2'),
                'postcode' => $this->cleaner->text($row['a_postcode'], 'postcode'),
                'city' => $this->cleaner->text($row['a_city'], 'city'),
                'zone' => $this->cleaner->text($row['a_zone'], 'zone'),
                'country' => $this->settings->country($row['country_id']),
                'country_name' => $this->cleaner->text($row['a_country'], 'country'),
                'custom_fields' => $this->settings->customFields($row['a_custom_field']),
            ],
            'active' => $row['status'] === '1',
        ];
    }
}

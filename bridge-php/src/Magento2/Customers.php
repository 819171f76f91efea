<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Customer accounts and their default invoice addresses, which Magento 2 keeps in columns. */
final class MagentoCustomers
{
    /** @var Database */
    private $database;
    /** @var MagentoAccounts */
    private $accounts;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->accounts = new MagentoAccounts($settings, $cleaner, new MagentoExtras($database));
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        list($where, $values, $stamp) = MagentoAccounts::window($since, $after);
        $rows = $this->database->rows(
            'SELECT c.entity_id, c.email, c.group_id, c.is_active, c.prefix, c.firstname, c.middlename, c.lastname, c.suffix, c.taxvat, ' . $stamp . ' AS stamp,'
            . ' a.entity_id AS a_id, a.firstname AS a_firstname, a.middlename AS a_middlename, a.lastname AS a_lastname, a.suffix AS a_suffix, a.company AS a_company, a.street AS a_street,'
            . ' a.postcode AS a_postcode, a.city AS a_city, a.region AS a_region, a.country_id AS a_country_id, a.telephone AS a_telephone, a.vat_id AS a_vat_id'
            . ' FROM {customer_entity} c LEFT JOIN {customer_address_entity} a ON a.entity_id = COALESCE(c.default_billing, c.default_shipping)'
            . ' WHERE ' . $where . ' ORDER BY stamp, c.entity_id LIMIT ' . $limit,
            $values
        );
        $records = [];
        foreach ($rows as $row) {
            $address = null;
            foreach ($row as $name => $value) {
                if ($row['a_id'] !== null && strncmp($name, 'a_', 2) === 0) {
                    $address[substr($name, 2)] = $value;
                }
            }
            $records[] = $this->accounts->record($row, $address);
        }
        return $records;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Customer accounts, of which Magento 1 keeps every field as an attribute value. */
final class MagentoCustomers
{
    const FIELDS = ['prefix', 'firstname', 'middlename', 'lastname', 'suffix', 'taxvat', 'default_billing', 'default_shipping'];
    const ADDRESS_FIELDS = ['firstname', 'middlename', 'lastname', 'suffix', 'company', 'street', 'postcode', 'city', 'region', 'country_id', 'telephone', 'vat_id'];

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
            'SELECT c.entity_id, c.email, c.group_id, c.is_active, ' . $stamp . ' AS stamp FROM {customer_entity} c WHERE ' . $where . ' ORDER BY stamp, c.entity_id LIMIT ' . $limit,
            $values
        );
        $attributes = new MagentoAttributes($this->database);
        $fields = $attributes->ofCustomers(array_column($rows, 'entity_id'), self::FIELDS);
        $ids = [];
        foreach ($fields as $id => $values) {
            $ids[$id] = $this->defaultAddress($values);
        }
        $addresses = $attributes->ofAddresses(array_values(array_filter($ids)), self::ADDRESS_FIELDS);
        $records = [];
        foreach ($rows as $row) {
            $id = $row['entity_id'];
            $address = isset($ids[$id], $addresses[$ids[$id]]) ? $addresses[$ids[$id]] + array_fill_keys(self::ADDRESS_FIELDS, '') : null;
            $records[] = $this->accounts->record($row + (isset($fields[$id]) ? $fields[$id] : []) + array_fill_keys(self::FIELDS, ''), $address);
        }
        return $records;
    }

    private function defaultAddress(array $values): string
    {
        foreach (['default_billing', 'default_shipping'] as $name) {
            if (isset($values[$name]) && (int) $values[$name] > 0) {
                return $values[$name];
            }
        }
        return '';
    }
}

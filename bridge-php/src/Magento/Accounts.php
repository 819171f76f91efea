<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Customer accounts as the protocol has them, out of rows with the names both generations use. */
final class MagentoAccounts
{
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoPeople */
    private $people;

    public function __construct(MagentoSettings $settings, Cleaner $cleaner, MagentoExtras $extras)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->people = new MagentoPeople($settings, $cleaner, $extras);
    }

    /** `$address` is the default invoice address's row, or null. */
    public function record(array $row, $address): array
    {
        $vat = trim($address !== null && (string) $address['vat_id'] !== '' ? (string) $address['vat_id'] : (string) $row['taxvat']);
        $prefix = $this->cleaner->verbatim($row['prefix'], 'prefix');
        return [
            'id' => $row['entity_id'],
            'changed_at' => MagentoTime::utc($row['stamp']),
            'stamp' => (string) $row['stamp'],
            'customer' => [
                'id' => $row['entity_id'],
                'group' => $this->settings->group((string) $row['group_id']),
                'first_name' => $this->cleaner->verbatim($row['firstname'], 'firstname'),
                'last_name' => $this->people->lastName($row, 'lastname'),
                'email' => $this->cleaner->verbatim($row['email'], 'email'),
                'telephone' => $this->cleaner->verbatim($address !== null ? $address['telephone'] : '', 'telephone'),
                'vat_number' => $vat === '' ? null : $this->cleaner->verbatim($vat, 'vat_id'),
                'chamber_of_commerce' => null,
                'custom_fields' => $prefix === '' ? [] : [['id' => 'prefix', 'name' => 'prefix', 'value' => $prefix]],
            ],
            'address' => $address === null ? null : $this->people->address($address),
            'active' => $row['is_active'] === '1',
        ];
    }

    /** Conditions and values of a page over customers `c`. */
    public static function window($since, $after): array
    {
        $stamp = 'COALESCE(c.updated_at, c.created_at)';
        $where = ['1 = 1'];
        $values = [];
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = MagentoTime::column($since);
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND c.entity_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return [implode(' AND ', $where), $values, $stamp];
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Buyers and addresses as they were copied onto an order. */
final class MagentoPeople
{
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoExtras */
    private $extras;

    public function __construct(MagentoSettings $settings, Cleaner $cleaner, MagentoExtras $extras)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->extras = $extras;
    }

    /** The address of a kind (`billing`, `shipping`) among an order's rows, or null. */
    public static function row(array $addresses, string $kind)
    {
        foreach ($addresses as $row) {
            if ($row['address_type'] === $kind) {
                return $row;
            }
        }
        return null;
    }

    public function customer(array $order, array $addresses): array
    {
        $billing = self::row($addresses, 'billing');
        $shipping = self::row($addresses, 'shipping');
        // A guest's name may stand on the address only.
        $named = (string) $order['customer_lastname'] !== '' || $billing === null ? [
            'firstname' => $order['customer_firstname'], 'middlename' => $order['customer_middlename'], 'lastname' => $order['customer_lastname'], 'suffix' => $order['customer_suffix'],
        ] : $billing;
        $vat = $this->firstOf([$billing === null ? '' : $billing['vat_id'], $order['customer_taxvat'], $shipping === null ? '' : $shipping['vat_id']]);
        $chamber = $this->firstOf([$this->extras->chamberNumber($order), $billing === null ? '' : $this->extras->chamberNumber($billing)]);
        $prefix = $this->cleaner->verbatim($order['customer_prefix'], 'customer_prefix');
        return [
            'id' => $order['customer_id'],
            'group' => $this->settings->group((string) $order['customer_group_id']),
            'first_name' => $this->cleaner->verbatim($named['firstname'], 'customer_firstname'),
            'last_name' => $this->lastName($named, 'customer_lastname'),
            'email' => $this->cleaner->verbatim($order['customer_email'], 'customer_email'),
            'telephone' => $this->cleaner->verbatim($billing === null ? '' : $billing['telephone'], 'telephone'),
            'vat_number' => $vat === '' ? null : $this->cleaner->verbatim($vat, 'vat_id'),
            'chamber_of_commerce' => $chamber === '' ? null : $this->cleaner->verbatim($chamber, 'kvk'),
            'custom_fields' => $prefix === '' ? [] : [['id' => 'prefix', 'name' => 'prefix', 'value' => $prefix]],
        ];
    }

    private function firstOf(array $values): string
    {
        foreach ($values as $value) {
            if (trim((string) $value) !== '') {
                return trim((string) $value);
            }
        }
        return '';
    }

    /** Magento has a field for what stands between the names (`van der`), and one for what follows them. */
    public function lastName(array $row, string $field): string
    {
        $names = [];
        foreach (['middlename', 'lastname', 'suffix'] as $part) {
            $name = trim($this->cleaner->verbatim(isset($row[$part]) ? $row[$part] : '', $field));
            if ($name !== '') {
                $names[] = $name;
            }
        }
        return implode(' ', $names);
    }

    public function address(array $row): array
    {
        $street = $this->street((string) $row['street']);
        return [
            'first_name' => $this->cleaner->verbatim($row['firstname'], 'firstname'),
            'last_name' => $this->lastName($row, 'lastname'),
            'company' => $this->cleaner->verbatim($row['company'], 'company'),
            'line1' => $street[0],
            'line2' => $street[1],
            'postcode' => $this->cleaner->verbatim($row['postcode'], 'postcode'),
            'city' => $this->cleaner->verbatim($row['city'], 'city'),
            'zone' => $this->cleaner->verbatim($row['region'], 'region'),
            'country' => (string) $row['country_id'],
            // Magento knows countries by their code only; names come with the program.
            'country_name' => '',
            'custom_fields' => [],
        ];
    }

    /** Lines of a street; shops that ask for street, number and addition apart have them in as many lines. */
    private function street(string $stored): array
    {
        $lines = [];
        foreach (explode("\n", $this->cleaner->verbatim($stored, 'street', true)) as $line) {
            if (trim($line) !== '') {
                $lines[] = trim($line);
            }
        }
        if (count($lines) > 1 && preg_match('/[0-9]/', $lines[0]) === 0 && preg_match('/^[0-9]{1,5}(?![0-9])/', $lines[1]) === 1) {
            return [implode(' ', $lines), ''];
        }
        return [isset($lines[0]) ? $lines[0] : '', implode(' ', array_slice($lines, 1))];
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Customers and addresses as the protocol names them. */
final class PrestaShopPeople
{
    /** @var PrestaShopSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(PrestaShopSettings $settings, Cleaner $cleaner)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** The VAT number stands with the address, the invoice's first; a Chamber of Commerce number has eight digits. */
    public function customer($row, array $invoice, array $delivery): array
    {
        $account = $row !== null && $row['is_guest'] !== '1';
        $fields = [];
        foreach ($row === null ? [] : ['company', 'siret', 'ape', 'website'] as $name) {
            if (trim((string) $row[$name]) !== '') {
                $fields[] = ['id' => $name, 'name' => $name, 'value' => $this->cleaner->verbatim($row[$name], $name)];
            }
        }
        return [
            'id' => $account ? $row['id_customer'] : null,
            'group' => $this->settings->group($row === null ? '0' : $row['id_default_group']),
            'first_name' => $this->cleaner->verbatim($row === null ? self::of($invoice, 'firstname') : $row['firstname'], 'firstname'),
            'last_name' => $this->cleaner->verbatim($row === null ? self::of($invoice, 'lastname') : $row['lastname'], 'lastname'),
            'email' => $row === null ? '' : $this->cleaner->verbatim($row['email'], 'email'),
            'telephone' => $this->first([self::of($invoice, 'phone'), self::of($invoice, 'phone_mobile'), self::of($delivery, 'phone'), self::of($delivery, 'phone_mobile')], 'phone'),
            'vat_number' => $this->first([self::of($invoice, 'vat_number'), self::of($delivery, 'vat_number')], 'vat_number') ?: null,
            'chamber_of_commerce' => self::chamber([$row === null ? '' : (string) $row['siret'], self::of($invoice, 'dni'), self::of($delivery, 'dni')]),
            'custom_fields' => $fields,
        ];
    }

    public function address(array $row, string $language): array
    {
        $texts = ['first_name' => 'firstname', 'last_name' => 'lastname', 'company' => 'company', 'line1' => 'address1', 'line2' => 'address2', 'postcode' => 'postcode', 'city' => 'city', 'zone' => 'state'];
        $address = [];
        foreach ($texts as $name => $column) {
            $address[$name] = $this->cleaner->verbatim(self::of($row, $column), $column);
        }
        $country = $this->settings->country(self::of($row, 'id_country'), $language);
        $address['country'] = $country['code'];
        $address['country_name'] = $country['name'];
        $address['custom_fields'] = [];
        foreach (['vat_number', 'dni', 'other'] as $column) {
            if (trim(self::of($row, $column)) !== '') {
                $address['custom_fields'][] = ['id' => $column, 'name' => $column, 'value' => $this->cleaner->verbatim(self::of($row, $column), $column, true)];
            }
        }
        return $address;
    }

    private static function of(array $row, string $column): string
    {
        return isset($row[$column]) ? (string) $row[$column] : '';
    }

    private function first(array $values, string $field): string
    {
        foreach ($values as $value) {
            if (trim($value) !== '') {
                return trim($this->cleaner->verbatim($value, $field));
            }
        }
        return '';
    }

    private static function chamber(array $values)
    {
        foreach ($values as $value) {
            $digits = (string) preg_replace('/[ .]/', '', $value);
            if (preg_match('/^[0-9]{8}$/D', $digits) === 1) {
                return $digits;
            }
        }
        return null;
    }
}

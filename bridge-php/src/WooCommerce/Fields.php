<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Values that plug-ins and the shop keep with an order, a line or a customer: which of them leave the
 * shop, and what some of them mean. Their names are public facts of the plug-ins.
 */
final class WooCommerceFields
{
    const VAT = ['_vat_number', '_billing_vat_number', 'vat_number', 'billing_vat_number', '_billing_eu_vat_number', 'billing_eu_vat_number', '_billing_vat', 'billing_vat', '_billing_vat_id', 'billing_vat_id', '_billing_btw', '_billing_btw_nummer', '_billing_btwnummer', 'VAT Number', '_billing_eu_vat', '_vat_id', '_billing_yweu_vat', 'yweu_billing_vat', '_shipping_vat_id'];
    const CHAMBER = ['_billing_kvk', 'billing_kvk', '_billing_kvk_nummer', '_billing_kvknummer', '_billing_kvk_number', '_billing_coc', 'billing_coc', '_billing_coc_number', '_kvk', 'kvk', 'kvk_number', 'coc_number'];
    const NUMBER = ['_order_number_formatted', '_order_number', '_alg_wc_full_custom_order_number', '_alg_wc_custom_order_number', '_wcj_order_number', '_ywson_custom_number_order_complete'];
    const LANGUAGE = ['wpml_language', '_wpml_language'];

    /** Money on a card or account that was redeemed without a line of its own: kind and, where it is a list, its sum. */
    const REDEEMED = ['_ywgc_applied_gift_cards_totals' => 'gift_card', 'smart_coupons_contribution' => 'store_credit', '_wc_store_credit_used' => 'store_credit', '_funds_used' => 'store_credit'];

    /** What a statement reads of the table it calls `m`: a first choice by name, of which `open` takes away what may not leave. */
    const CONDITION = "(LEFT(m.meta_key, 1) <> '_' OR LEFT(m.meta_key, 12) = '_wc_billing/' OR LEFT(m.meta_key, 13) = '_wc_shipping/' OR LEFT(m.meta_key, 10) = '_wc_other/'"
        . " OR LEFT(m.meta_key, 9) = '_billing_' OR LEFT(m.meta_key, 10) = '_shipping_' OR m.meta_key IN ('_vat_number', '_vat_id', '_kvk', '_order_number_formatted', '_order_number',"
        . " '_alg_wc_full_custom_order_number', '_alg_wc_custom_order_number', '_wcj_order_number', '_ywson_custom_number_order_complete', '_wcpdf_invoice_number',"
        . " '_wcpdf_invoice_number_data', '_wcpdf_formatted_invoice_number', '_wcpdf_invoice_date', '_wcpdf_invoice_date_formatted', '_wcpdf_invoice_display_date', '_invoice_number_display', '_invoice_date',"
        . " '_wcj_invoicing_invoice_number', '_wcj_invoicing_invoice_date', '_wf_invoice_date', '_wpml_language', '_ywgc_applied_gift_cards_totals', '_wc_store_credit_used', '_funds_used', '_vat_number_is_valid'))";

    /** Never let out, whatever else a name says: what pays, signs in, traces or identifies a machine. */
    const SECRET = '/token|secret|password|passwd|\bkey\b|_key|apikey|card|iban|\bbic\b|cvc|cvv|session|nonce|cookie|hash|signature|ip_address|user_agent|fingerprint|mandate|payment_intent|setup_intent|source_id|customer_id|transaction|gclid|fbclid|utm|attribution|address_index/i';

    /** Parts that make up an order itself: no extra fields. */
    const OWN = '/^_(billing|shipping)_(first_name|last_name|company|address_1|address_2|city|state|postcode|country|phone|email|hash)$/D';

    /**
     * VAT numbers of the EU as its VIES describes them (Greece also by GR), of Great Britain and Northern Ireland,
     * Switzerland and Norway, without what is put between their parts.
     */
    const VAT_FORMS = '/^(?:ATU\d{8}|BE[01]?\d{9}|BG\d{9,10}|CHE\d{9}(?:MWST|TVA|IVA)?|CY\d{8}[A-Z]|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}|(?:EL|GR)\d{9}|ES(?:[A-Z]\d{7}[0-9A-Z]|\d{8}[A-Z])'
        . '|FI\d{8}|FR[0-9A-Z]{2}\d{9}|(?:GB|XI)(?:\d{9}|\d{12}|(?:GD|HA)\d{3})|HR\d{11}|HU\d{8}|IE\d[0-9A-Z+*]\d{5}[A-Z]{1,2}|IT\d{11}|LT(?:\d{9}|\d{12})|LU\d{8}|LV\d{11}|MT\d{8}'
        . '|NL\d{9}B\d{2}|NO\d{9}(?:MVA)?|PL\d{10}|PT\d{9}|RO\d{2,10}|SE\d{12}|SI\d{8}|SK\d{10})$/D';

    /** May it be read? */
    public static function open(string $name): bool
    {
        return preg_match(self::OWN, $name) !== 1 && (isset(self::REDEEMED[$name]) || preg_match(self::SECRET, $name) !== 1);
    }

    /** The first value that one of these names has among pairs of name and value; null when there is none. */
    public static function first(array $fields, array $names)
    {
        foreach ($names as $name) {
            foreach ($fields as $field) {
                if ($field[0] === $name && trim((string) $field[1]) !== '' && Serialised::values((string) $field[1]) === null) {
                    return trim((string) $field[1]);
                }
            }
        }
        return null;
    }

    /** A VAT number: of a plug-in known by name, or of a checkout field that is named so. */
    public static function vat(array $fields)
    {
        $known = self::first($fields, self::VAT);
        $known = $known !== null ? $known : self::like($fields, '~^_wc_(?:billing|other|shipping)/.*(?:btw|vat|tva|ust)~i');
        return $known !== null ? $known : self::vatByItsLook($fields);
    }

    /** Of a field an owner added himself (`_billing_btw-nummer`): named as one would, and filled with a country's number. */
    private static function vatByItsLook(array $fields)
    {
        foreach ($fields as $field) {
            $value = trim((string) $field[1]);
            $named = preg_match('~(?:^|[_/ -])(?:eu)?(?:btw|vat|tva|ust|mwst)(?:$|[_/ -]|id|nr|no|num)~i', $field[0]) === 1;
            if ($named && preg_match(self::VAT_FORMS, strtoupper((string) preg_replace('/[ .-]+/', '', $value))) === 1) {
                return $value;
            }
        }
        return null;
    }

    /** A Chamber of Commerce number, likewise. */
    public static function chamber(array $fields)
    {
        $known = self::first($fields, self::CHAMBER);
        return $known !== null ? $known : self::like($fields, '~^_wc_(?:billing|other|shipping)/.*(?:kvk|coc\b|handelsregister)~i');
    }

    private static function like(array $fields, string $pattern)
    {
        foreach ($fields as $field) {
            if (preg_match($pattern, $field[0]) === 1 && trim((string) $field[1]) !== '') {
                return trim((string) $field[1]);
            }
        }
        return null;
    }

    /**
     * House number and addition of an address part (`billing`, `shipping`) where a plug-in keeps them in fields of
     * their own; empty when it does not.
     */
    public static function house(array $fields, string $part): string
    {
        $number = self::like($fields, '~^_?(?:wc_)?' . $part . '[_/](?:.*/)?(?:house_?(?:number|no|nr)|huis_?(?:nummer|nr))$~iD');
        $addition = self::like($fields, '~^_?(?:wc_)?' . $part . '[_/](?:.*/)?(?:house_?(?:number|no|nr)|huis_?(?:nummer|nr))[_-]?(?:suffix|addition|add|ext|toevoeging|toev)$~iD');
        return $number === null || strlen($number) > 20 ? '' : trim($number . ' ' . ($addition === null || strlen($addition) > 20 ? '' : $addition));
    }

    /** As custom fields of a part: `billing`, `shipping`, or empty for what belongs to neither address. */
    public static function custom(array $fields, string $part, Cleaner $cleaner): array
    {
        $records = [];
        foreach ($fields as $field) {
            $value = self::value((string) $field[1], $cleaner);
            if (self::part($field[0]) === $part && $value !== '' && !isset(self::REDEEMED[$field[0]]) && !in_array($field[0], self::NUMBER, true) && !in_array($field[0], WooCommerceInvoice::NAMES, true)) {
                $records[] = ['id' => $cleaner->text($field[0], 'field'), 'name' => $cleaner->text(self::label($field[0]), 'field'), 'value' => $value];
            }
        }
        return $records;
    }

    private static function part(string $name): string
    {
        return preg_match('~^_?(?:wc_)?(billing|shipping)[_/]~', $name, $found) === 1 ? $found[1] : '';
    }

    /** What a person would call it: the name without the prefixes that say where it is kept. */
    private static function label(string $name): string
    {
        $bare = (string) preg_replace('~^_wc_(?:billing|shipping|other)/(?:[^/]*/)?|^_(?:billing|shipping)_|^_~', '', $name);
        return $bare === '' ? $name : $bare;
    }

    /** A value as text; of a stored list its values, joined. */
    public static function value(string $stored, Cleaner $cleaner): string
    {
        $list = Serialised::values($stored);
        if ($list === null) {
            // What is stored as an object or the like says nothing to a person.
            return preg_match('/^[aO]:[0-9]+:["{]/', $stored) === 1 ? '' : $cleaner->text($stored, 'field', true);
        }
        $texts = [];
        array_walk_recursive($list, function ($value) use (&$texts, $cleaner) {
            if ((string) $value !== '') {
                $texts[] = $cleaner->text((string) $value, 'field', true);
            }
        });
        return implode(', ', $texts);
    }
}

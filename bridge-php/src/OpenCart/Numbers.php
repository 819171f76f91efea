<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** VAT and Chamber of Commerce numbers among a shop's own fields, told by the field's name. */
final class OpenCartNumbers
{
    public static function vat(array $fields)
    {
        return self::named($fields, '/\b(btw|vat|tva|mwst|ust-?id|umsatzsteuer)/i');
    }

    public static function chamber(array $fields)
    {
        return self::named($fields, '/\b(kvk|k\.v\.k|chamber of comm|kamer van koophandel|handelsregister|coc\b)/i');
    }

    private static function named(array $fields, string $pattern)
    {
        foreach ($fields as $field) {
            if (preg_match($pattern, $field['name']) === 1 && trim($field['value']) !== '') {
                return trim($field['value']);
            }
        }
        return null;
    }
}

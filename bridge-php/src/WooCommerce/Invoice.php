<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The invoice a plug-in made of an order: the number as it is printed, and the day it bears. What the
 * plug-ins store is a public fact of each; the day is always that of the plug-in whose number it is.
 */
final class WooCommerceInvoice
{
    /** Everything read for it: parts of no other record. */
    const NAMES = [
        '_wcpdf_invoice_number', '_wcpdf_invoice_number_data', '_wcpdf_formatted_invoice_number', '_wcpdf_invoice_date', '_wcpdf_invoice_date_formatted', '_wcpdf_invoice_display_date',
        '_invoice_number_display', '_invoice_date', '_wcj_invoicing_invoice_number', '_wcj_invoicing_invoice_date', 'wf_invoice_number', '_wf_invoice_date',
    ];

    /** Before this second (2000-01-01) no such plug-in was there: a smaller figure is no moment. */
    const EARLIEST = 946684800;

    /** Number and day (`YYYY-MM-DD` on the shop's clock), each null where there is none. */
    public static function of(array $fields, ShopTime $time, string $placed): array
    {
        foreach ([self::packingSlips($fields, $time, $placed), self::pdfInvoices($fields), self::booster($fields), self::webToffee($fields)] as $found) {
            if ($found[0] !== null) {
                return $found;
            }
        }
        return [null, null];
    }

    private static function field(array $fields, string $name)
    {
        return WooCommerceFields::first($fields, [$name]);
    }

    private static function has(array $fields, string $name): bool
    {
        return in_array($name, array_column($fields, 0), true);
    }

    /**
     * PDF Invoices & Packing Slips. From its version 2 the number is stored as printed, with its parts beside
     * it, and the moment in UTC seconds; before, bare with the printed one apart, and the moment as a local
     * text. It may be set to print the day of the order.
     */
    private static function packingSlips(array $fields, ShopTime $time, string $placed): array
    {
        $number = self::field($fields, '_wcpdf_invoice_number');
        $printed = self::has($fields, '_wcpdf_invoice_number_data') ? null : self::field($fields, '_wcpdf_formatted_invoice_number');
        $moment = self::field($fields, '_wcpdf_invoice_date');
        $seconds = self::seconds($moment);
        $day = $seconds === null ? self::day($moment) : substr($time->localText(gmdate('Y-m-d\TH:i:s\Z', $seconds)), 0, 10);
        if ($day === null) {
            $day = self::day(self::field($fields, '_wcpdf_invoice_date_formatted'));
        }
        if (self::field($fields, '_wcpdf_invoice_display_date') === 'order_date') {
            $day = self::day($placed);
        }
        return [$printed !== null ? $printed : $number, $day];
    }

    /** WooCommerce PDF Invoices: the day is a text in the form its settings ask for, which only the ISO one tells surely. */
    private static function pdfInvoices(array $fields): array
    {
        return [self::field($fields, '_invoice_number_display'), self::day(self::field($fields, '_invoice_date'))];
    }

    /** Booster: seconds of the shop's own clock. */
    private static function booster(array $fields): array
    {
        return [self::field($fields, '_wcj_invoicing_invoice_number'), self::ofLocalSeconds(self::field($fields, '_wcj_invoicing_invoice_date'))];
    }

    /** WebToffee's invoices: likewise. */
    private static function webToffee(array $fields): array
    {
        return [self::field($fields, 'wf_invoice_number'), self::ofLocalSeconds(self::field($fields, '_wf_invoice_date'))];
    }

    private static function ofLocalSeconds($value)
    {
        $seconds = self::seconds($value);
        return $seconds === null ? self::day($value) : gmdate('Y-m-d', $seconds);
    }

    private static function seconds($value)
    {
        return $value !== null && preg_match('/^[0-9]{9,10}$/D', $value) === 1 && (int) $value >= self::EARLIEST ? (int) $value : null;
    }

    /** The day a text begins with, where it is one of the calendar. */
    private static function day($text)
    {
        $found = $text !== null && preg_match('/^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]|$)/', $text, $part) === 1 && (int) $part[1] >= 2000;
        return $found && checkdate((int) $part[2], (int) $part[3], (int) $part[1]) ? substr($text, 0, 10) : null;
    }
}

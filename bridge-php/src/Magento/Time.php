<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Magento's times: the text in a column is UTC, its day is the store view's. */
final class MagentoTime
{
    const NONE = '1970-01-01T00:00:00Z';

    /** RFC 3339 of a column's text. */
    public static function utc($text): string
    {
        if (!is_string($text) || preg_match('/^([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})/', $text, $part) !== 1 || strncmp($text, '0000', 4) === 0) {
            return self::NONE;
        }
        return $part[1] . 'T' . $part[2] . 'Z';
    }

    /** The column's text of a moment of the protocol. */
    public static function column(string $moment): string
    {
        return substr($moment, 0, 10) . ' ' . substr($moment, 11, 8);
    }

    /** `YYYY-MM-DDTHH:MM:SS` on the shop's clock. */
    public static function local($text, ShopTime $time): string
    {
        return $time->localText(self::utc($text));
    }
}

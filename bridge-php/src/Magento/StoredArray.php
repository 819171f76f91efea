<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** An array as Magento keeps it in one column: JSON from 2.2 on, PHP's own notation before. */
final class MagentoStoredArray
{
    const DEEPEST = 24;

    /** The array; null when the column holds something else. An empty column is an empty array. */
    public static function of($stored)
    {
        $text = trim((string) $stored);
        if ($text === '') {
            return [];
        }
        if ($text[0] !== '{' && $text[0] !== '[') {
            return Serialised::values($text, true);
        }
        $value = json_decode($text, true, self::DEEPEST);
        return is_array($value) ? $value : null;
    }
}

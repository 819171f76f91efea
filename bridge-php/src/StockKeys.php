<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Keys of stock figures (`p:42`): a letter for what kind of record it is, and its id. */
final class StockKeys
{
    /** The ids of one kind among these keys. */
    public static function ids(array $keys, string $kind): array
    {
        $ids = [];
        foreach ($keys as $key) {
            if ($key[0] === $kind) {
                $ids[] = substr($key, 2);
            }
        }
        return $ids;
    }
}

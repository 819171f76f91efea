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

    /** Levels of these keys; `$kinds` are the shop's letters, in order. */
    public static function of(StockLevels $shop, array $kinds, array $keys): array
    {
        $levels = [];
        foreach ($kinds as $kind) {
            $levels = array_merge($levels, $shop->levels($kind, self::ids($keys, $kind), null, count($keys)));
        }
        return $levels;
    }

    /** A page of all: one kind after the other, each in order of id. */
    public static function page(StockLevels $shop, array $kinds, $after, int $limit): array
    {
        $levels = [];
        foreach ($kinds as $kind) {
            if (($after !== null && $after[0] !== $kind) || count($levels) >= $limit) {
                continue;
            }
            $levels = array_merge($levels, $shop->levels($kind, null, $after === null ? '0' : substr($after, 2), $limit - count($levels)));
            $after = null;
        }
        return $levels;
    }
}

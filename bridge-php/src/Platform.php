<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** What a shop program must be able to answer; one folder a platform. Records are arrays as the protocol names them. */
interface Platform
{
    /** Database access from the shop's own configuration, without running the shop. */
    public static function access(string $root): array;

    /** Is this the shop's database? Throws prefix-wrong or not-a-shop. */
    public function prove();

    /** What `hello` says of the shop. */
    public function hello(): array;

    /** Names behind ids. */
    public function lookups(): array;

    /** Gives heads in order of (stamp, id) from a moment or position on, at most $limit and until the page is full; so many are read at once. */
    public function orderHeads($since, $after, int $limit, int $atOnce, Page $page);

    /** Gives bodies of these ids until the page is full; the rows of so many are read at once. */
    public function orders(array $ids, int $atOnce, Page $page);

    /** Id of the order with that number, or null. */
    public function orderId(string $number);

    /** Count and sum per local day and status from a local day on. */
    public function totals(string $from): array;

    /** In order of (stamp, id), as `orderHeads`. */
    public function customers($since, $after, int $limit);

    /** In order of (stamp, id), as `orderHeads`. */
    public function products($since, $after, int $limit);

    /** All levels in order of key from a key on; at most $limit. */
    public function stock($after, int $limit): array;

    /** Levels of these keys. */
    public function stockOf(array $keys): array;

    /** Sets one row's stock by difference; one stock result. */
    public function setStock(array $row): array;
}

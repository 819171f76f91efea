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

    public function hello(): array;

    public function lookups(): array;

    /** Heads from a moment or position on; at most $limit. Returns [records, stamp/id of the last or null]. */
    public function orderHeads($since, $after, int $limit): array;

    /** Bodies of these ids. */
    public function orders(array $ids): array;

    /** Id of the order with that number, or null. */
    public function orderId(string $number);

    public function totals(string $from): array;

    public function customers($since, $after, int $limit): array;

    public function products($since, $after, int $limit): array;

    public function stock($keys, $after, int $limit): array;

    /** Sets one row's stock by difference; one stock result. */
    public function setStock(array $row): array;
}

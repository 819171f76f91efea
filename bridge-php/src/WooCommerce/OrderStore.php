<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Where a shop keeps its orders: in tables of their own (HPOS) or among its posts. Either way a row is
 * `id`, `status` (code), `currency`, `total`, `customer`, `created` and `changed` (UTC text), `email`,
 * `note`, `method`, `method_title`, `with_tax` and `paid` (`1` or empty), `no_total` (`1` where the shop keeps no total), `paid_at` (UTC text, or empty), the addresses `billing` and
 * `shipping`, and `fields` (pairs of name and value) as WooCommerceFields lets through.
 */
interface WooCommerceOrderStore
{
    /** What an address is made of. */
    const ADDRESS = ['first_name', 'last_name', 'company', 'address_1', 'address_2', 'city', 'state', 'postcode', 'country', 'phone'];

    /** `id` and `stamp` of orders changed since then or after that place, in that order; at most $limit. */
    public function changed($since, $after, int $limit): array;

    /** Statements of OrderSizes: what orders themselves take, and the rows of their refunds. */
    public function sizes(): array;

    /** Numbers that a plug-in gave these orders, by id. */
    public function numbers(array $ids): array;

    /** Rows of these orders by id. */
    public function rows(array $ids): array;

    /** Refunds of these orders by order id: `id`, `created` (UTC text), `total` (above zero), `reason`. */
    public function refunds(array $ids): array;

    /** Ids of orders that carry this text in one of these fields; at most two. */
    public function withField(array $names, string $value): array;

    /** Counts and sums: rows of `day`, `status`, `n`, `total` from a UTC text on. `$day` takes a UTC column to the local day. */
    public function totals(string $from, WooCommerceDay $day): array;

    /** Counts: `orders` and `abandoned`. */
    public function counts(): array;

    /** Pairs of `code` and `title` of payment methods on orders. */
    public function paymentMethods(): array;

    /** Status codes that orders have. */
    public function statusCodes(): array;
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Heads of orders changed since a moment, or the bodies of some ids. */
final class OrdersOperation implements Operation
{
    /** Orders whose rows are read at once: a bound on memory, not on the page. */
    const HEADS_AT_ONCE = 200;
    const BODIES_AT_ONCE = 100;

    /** Bytes that an order of a hundred lines takes while it is made: a page may have no others. */
    const LARGE_ORDER = 524288;

    /**
     * Heads in a page: in most shops finding them goes through all orders once, however many are wanted.
     * The page ends sooner when the budget is spent.
     */
    const MOST_HEADS = 5000;

    /** Bodies in a page: in OpenCart what belongs to them is found by going through all there is, once. */
    const MOST_BODIES = 1000;

    /** Bytes that the place of a head may take: a small part of what there is. */
    const PLACE = 4096;

    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['since', 'after', 'limit', 'ids']);
        $ids = $arguments->texts('ids', Arguments::ID, self::MOST_BODIES);
        if ($ids !== null) {
            if ($arguments->has('since') || $arguments->has('after') || $arguments->has('limit')) {
                throw new Problem('bad-arguments', 'ids');
            }
            $this->bodies($call, $ids);
            return;
        }
        $limit = min($arguments->number('limit', 500, self::MOST_HEADS), max(100, intdiv($call->budget->memory(), self::PLACE)));
        $page = new Page($call, $limit);
        $call->shop->orderHeads($arguments->moment('since'), $arguments->position('after'), $limit, self::atOnce($call, self::HEADS_AT_ONCE), $page);
        $page->endChanges();
    }

    private function bodies(Call $call, array $ids)
    {
        $page = new Page($call, count($ids));
        $call->shop->orders($ids, self::atOnce($call, self::BODIES_AT_ONCE), $page);
        $page->endNamed();
    }

    /** Where memory is short, so few that even large ones fit. */
    private static function atOnce(Call $call, int $most): int
    {
        return max(10, min($most, intdiv($call->budget->memory(), self::LARGE_ORDER)));
    }
}

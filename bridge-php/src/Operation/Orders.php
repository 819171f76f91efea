<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Heads of orders changed since a moment, or the bodies of some ids. */
final class OrdersOperation implements Operation
{
    /** Bodies read at once: a bound on memory, not on the page. */
    const AT_ONCE = 100;

    /** Bytes that an order of a hundred lines takes while it is made. */
    const LARGE_ORDER = 524288;

    /**
     * Heads in a page: in most shops finding them goes through all orders once, however many are wanted.
     * The page ends sooner when the budget is spent.
     */
    const MOST_HEADS = 5000;

    /** Bytes that the place of a head may take: a small part of what there is. */
    const PLACE = 4096;

    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['since', 'after', 'limit', 'ids']);
        $ids = $arguments->texts('ids', Arguments::ID, 200);
        if ($ids !== null) {
            if ($arguments->has('since') || $arguments->has('after') || $arguments->has('limit')) {
                throw new Problem('bad-arguments', 'ids');
            }
            $this->bodies($call, $ids);
            return;
        }
        $limit = min($arguments->number('limit', 500, self::MOST_HEADS), max(100, intdiv($call->budget->memory(), self::PLACE)));
        $call->changes($call->shop->orderHeads($arguments->moment('since'), $arguments->position('after'), $limit), $limit);
    }

    private function bodies(Call $call, array $ids)
    {
        // Where memory is short, so few that even large ones fit.
        $chunks = array_chunk($ids, max(10, min(self::AT_ONCE, intdiv($call->budget->memory(), self::LARGE_ORDER))));
        foreach ($chunks as $index => $some) {
            foreach ($call->shop->orders($some) as $record) {
                $call->answer->record($record);
            }
            if ($call->budget->spent() && $index + 1 < count($chunks)) {
                $call->answer->end(true);
                return;
            }
        }
        $call->answer->end();
    }
}

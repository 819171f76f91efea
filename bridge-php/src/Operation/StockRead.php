<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Stock of some keys, or of everything in order of key. */
final class StockReadOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['keys', 'after', 'limit']);
        $keys = $arguments->texts('keys', Arguments::STOCK_KEY, 500);
        if ($keys === null) {
            $limit = $arguments->number('limit', 2000, 5000);
            $levels = $call->shop->stock($arguments->text('after', Arguments::STOCK_KEY), $limit);
            $call->page($levels, $limit, function (array $level): string {
                return $level['key'];
            });
            return;
        }
        if ($arguments->has('after') || $arguments->has('limit')) {
            throw new Problem('bad-arguments', 'keys');
        }
        foreach ($call->shop->stockOf($keys) as $level) {
            $call->answer->record($level);
        }
        $call->answer->end();
    }
}

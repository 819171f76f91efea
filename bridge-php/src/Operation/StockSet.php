<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Sets stock by difference. */
final class StockSetOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['idempotency', 'rows']);
        $id = OnceOnly::id($arguments);
        $rows = self::rows($arguments);
        $once = new OnceOnly($call, $id, $rows);
        if ($once->fresh()) {
            $this->capped($call, $rows);
        }
        foreach ($once->run(new StockRows($call->shop)) as $outcome) {
            $call->answer->record($outcome);
        }
        $call->answer->end();
    }

    /** Each key once: two differences on one figure would both count. */
    private static function rows(Arguments $arguments): array
    {
        $rows = $arguments->rows('rows', ['key' => Arguments::STOCK_KEY, 'read' => Arguments::AMOUNT, 'target' => Arguments::AMOUNT], 500);
        if (count(array_unique(array_column($rows, 'key'))) !== count($rows)) {
            throw new Problem('bad-arguments', 'rows');
        }
        return $rows;
    }

    /** Refuses, before anything is written, a call that would leave more rows without stock than this file may. */
    private function capped(Call $call, array $rows)
    {
        $cap = (int) Deployment::STOCK_ZERO_CAP;
        if ($cap === 0 || count($rows) <= $cap) {
            return;
        }
        $changes = [];
        foreach ($rows as $row) {
            $changes[$row['key']] = (float) $row['target'] - (float) $row['read'];
        }
        $emptied = 0;
        foreach ($call->shop->stockOf(array_column($rows, 'key')) as $level) {
            $now = (float) $level['quantity'];
            $emptied += $level['tracked'] && $now > 0 && $now + $changes[$level['key']] <= 0 ? 1 : 0;
        }
        if ($emptied > $cap) {
            throw new Problem('zero-cap', (string) $emptied);
        }
    }
}

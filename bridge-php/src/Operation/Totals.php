<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Count and sum per local day and status, to compare with what an agent has seen. */
final class TotalsOperation implements Operation
{
    /** Most rows an answer may have. */
    const MOST = 20000;

    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['from']);
        $from = $arguments->text('from', '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/D');
        if ($from === null) {
            throw new Problem('bad-arguments', 'from');
        }
        $totals = $call->shop->totals($from);
        if (count($totals) > self::MOST) {
            // So many days that the answer would be longer than anybody reads.
            throw new Problem('bad-arguments', 'from');
        }
        foreach ($totals as $record) {
            $call->answer->record($record);
        }
        $call->answer->end();
    }
}

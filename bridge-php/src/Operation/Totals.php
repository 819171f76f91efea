<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Count and sum per local day and status, to compare with what an agent has seen. */
final class TotalsOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['from']);
        $from = $arguments->text('from', '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/D');
        if ($from === null) {
            throw new Problem('bad-arguments', 'from');
        }
        foreach ($call->shop->totals($from) as $record) {
            $call->answer->record($record);
        }
        $call->answer->end();
    }
}

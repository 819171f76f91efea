<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Drops the bridge's table and, where PHP may, the file itself. */
final class RemoveOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        new Arguments($values, []);
        $dropped = $call->state->drop();
        $deleted = @unlink(__FILE__);
        $call->answer->record(['table' => $dropped, 'file' => $deleted]);
        $call->answer->end();
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Names behind ids. */
final class LookupsOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        new Arguments($values, []);
        $call->answer->record($call->shop->lookups());
        $call->answer->end();
    }
}

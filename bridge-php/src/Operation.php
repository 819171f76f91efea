<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** One thing that can be asked; one file each. */
interface Operation
{
    /** Answers: streams records and closes the answer. */
    public function run(Call $call, array $values);
}

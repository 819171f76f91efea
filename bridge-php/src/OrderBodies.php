<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Orders of which bodies are read some at a time. */
interface OrderBodies
{
    /** Bodies of these ids, in the order of their ids, each given as soon as it is made; is there room for more? */
    public function bodies(array $ids, Page $page): bool;
}

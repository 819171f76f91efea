<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Customers changed since a moment. */
final class CustomersOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['since', 'after', 'limit']);
        $limit = $arguments->number('limit', 500, 1000);
        $call->changes($call->shop->customers($arguments->moment('since'), $arguments->position('after'), $limit), $limit);
    }
}

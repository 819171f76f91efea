<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** One order by the number its customer sees. */
final class OrderOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['number']);
        $number = $arguments->text('number', '/^[^\x00-\x1f]{1,64}$/Du');
        if ($number === null) {
            throw new Problem('bad-arguments', 'number');
        }
        $id = $call->shop->orderId($number);
        $page = new Page($call, 1);
        if ($id !== null) {
            $call->shop->orders([$id], 1, $page);
        }
        $page->endNamed();
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Changes orders, products or customers that are there: `order_status_set`, `products_set`, `customers_set`. */
final class RecordsSetOperation implements Operation
{
    const TEXT = '/^[^\x00-\x08\x0b\x0c\x0e-\x1f]{0,255}$/Du';

    /** What a row must have, by operation. */
    const MUST = [
        'order_status_set' => ['id' => Arguments::ID, 'status' => '/^[A-Za-z0-9_-]{1,64}$/D', 'comment' => '/^[^\x00-\x08\x0b\x0c\x0e-\x1f]{0,2000}$/Du'],
        'products_set' => ['id' => '/^[0-9]{1,18}(?:-[0-9]{1,18})?$/D'],
        'customers_set' => ['id' => Arguments::ID],
    ];

    /** What it may have. */
    const MAY = [
        'order_status_set' => [],
        'products_set' => ['name' => self::TEXT, 'price' => '/^[0-9]{1,12}(?:\.[0-9]{1,6})?$/D', 'active' => '/^[01]$/D'],
        'customers_set' => ['first_name' => self::TEXT, 'last_name' => self::TEXT, 'telephone' => self::TEXT],
    ];

    /** @var string */
    private $name;

    public function __construct(string $name)
    {
        $this->name = $name;
    }

    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['idempotency', 'rows']);
        $id = OnceOnly::id($arguments);
        $rows = $arguments->rows('rows', self::MUST[$this->name], 100, self::MAY[$this->name]);
        if (count(array_unique(array_column($rows, 'id'))) !== count($rows)) {
            throw new Problem('bad-arguments', 'rows');
        }
        $shop = $call->shop;
        if (!$shop instanceof RecordWriter || !in_array($this->name, $shop->writes(), true)) {
            throw new Problem('unsupported', $this->name);
        }
        $once = new OnceOnly($call, $id, $rows);
        foreach ($once->run(new RecordRows($shop, $this->name)) as $outcome) {
            $call->answer->record($outcome);
        }
        $call->answer->end();
    }
}

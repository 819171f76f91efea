<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** One order, product or customer after the other. */
final class RecordRows implements RowWriter
{
    /** @var RecordWriter */
    private $shop;
    /** @var string */
    private $operation;

    public function __construct(RecordWriter $shop, string $operation)
    {
        $this->shop = $shop;
        $this->operation = $operation;
    }

    public function write(array $row): array
    {
        switch ($this->operation) {
            case 'order_status_set':
                return $this->shop->setOrderStatus($row);
            case 'products_set':
                return $this->shop->setProduct($row);
            default:
                return $this->shop->setCustomer($row);
        }
    }

    public function pending(array $row): array
    {
        return self::result($row['id'], 'busy');
    }

    /** A write result; `$before` has what was changed as it was. */
    public static function result(string $id, string $outcome, array $before = [], string $reason = ''): array
    {
        return ['id' => $id, 'outcome' => $outcome, 'before' => (object) $before, 'reason' => $reason];
    }
}

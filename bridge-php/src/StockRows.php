<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** One stock figure after the other. */
final class StockRows implements RowWriter
{
    /** @var Platform */
    private $shop;

    public function __construct(Platform $shop)
    {
        $this->shop = $shop;
    }

    public function write(array $row): array
    {
        return $this->shop->setStock($row);
    }

    public function pending(array $row): array
    {
        return ['key' => $row['key'], 'outcome' => 'busy', 'before' => null, 'after' => null];
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Stock of Magento 1 and OpenMage: one figure a product, taken off when an order is placed. */
final class MagentoStock
{
    /** @var MagentoStockItems */
    private $items;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner, MagentoConfiguration $configuration)
    {
        $rules = new MagentoStockRules($settings);
        $this->items = new MagentoStockItems($database, $rules, new MagentoStockIndex($database, $rules), $cleaner);
    }

    public function capabilities(): array
    {
        return ['stock_write'];
    }

    /** Levels of these keys; there are no others than products'. */
    public function of(array $keys): array
    {
        $ids = [];
        foreach ($keys as $key) {
            if ($key[0] === 'p') {
                $ids[] = substr($key, 2);
            }
        }
        return $this->items->levels($ids, '0', count($keys));
    }

    public function page($after, int $limit): array
    {
        return $after !== null && $after[0] !== 'p' ? [] : $this->items->levels(null, $after === null ? '0' : substr($after, 2), $limit);
    }

    public function set(array $row): array
    {
        return $row['key'][0] === 'p' ? $this->items->set($row) : MagentoStockRules::result($row['key'], 'unknown', null, null);
    }
}

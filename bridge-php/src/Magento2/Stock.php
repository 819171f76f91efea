<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Stock of Magento 2: by source where its inventory modules are, else as Magento 1 has it. */
final class MagentoStock
{
    /** @var Database */
    private $database;
    /** @var MagentoConfiguration */
    private $configuration;
    /** @var MagentoStockItems */
    private $items;
    /** @var MagentoSources */
    private $sources;
    /** @var bool|null */
    private $bySource;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner, MagentoConfiguration $configuration)
    {
        $rules = new MagentoStockRules($settings);
        $index = new MagentoStockIndex($database, $rules);
        $this->database = $database;
        $this->configuration = $configuration;
        $this->items = new MagentoStockItems($database, $rules, $index, $cleaner);
        $this->sources = new MagentoSources($database, $rules, $index, new MagentoSourceIndex($database, $rules), $cleaner);
    }

    /** Are there sources, and is the module that keeps them switched on? A shop may have left the tables behind. */
    private function bySource(): bool
    {
        if ($this->bySource === null) {
            $on = $this->configuration->module('Magento_Inventory');
            $row = $on === false ? null : $this->database->row(
                'SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
                [$this->database->prefix() . 'inventory_source_item']
            );
            $this->bySource = $row !== null && $row['n'] === '1';
        }
        return $this->bySource;
    }

    public function capabilities(): array
    {
        return $this->bySource() ? ['stock_write', 'stock_sources'] : ['stock_write'];
    }

    /** Levels of these keys. */
    public function of(array $keys): array
    {
        $products = StockKeys::ids($keys, 'p');
        if (!$this->bySource()) {
            return $this->items->levels($products, '0', count($keys));
        }
        return array_merge($this->sources->products($products, '0', count($keys)), $this->sources->others(StockKeys::ids($keys, 'o'), '0', count($keys)));
    }

    /** A page of all: products in the default source, then rows of other sources. */
    public function page($after, int $limit): array
    {
        $levels = [];
        if ($after === null || $after[0] === 'p') {
            $from = $after === null ? '0' : substr($after, 2);
            $levels = $this->bySource() ? $this->sources->products(null, $from, $limit) : $this->items->levels(null, $from, $limit);
            $after = 'o:0';
        }
        if (count($levels) < $limit && $this->bySource()) {
            $levels = array_merge($levels, $this->sources->others(null, substr($after, 2), $limit - count($levels)));
        }
        return $levels;
    }

    public function set(array $row): array
    {
        if ($this->bySource() && ($row['key'][0] === 'p' || $row['key'][0] === 'o')) {
            return $this->sources->set($row);
        }
        return $row['key'][0] === 'p' ? $this->items->set($row) : MagentoStockRules::result($row['key'], 'unknown', null, null);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** What the products on order lines are today: SKU, EAN and tax class, in few statements for many orders. */
final class MagentoProductsNow
{
    /** @var array<string, array> */
    private $products = [];
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner, array $ids)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $ids = array_values(array_unique(array_filter($ids, function ($id): bool {
            return $id !== null && $id !== '0';
        })));
        if ($ids === []) {
            return;
        }
        $rows = $database->rows('SELECT entity_id, sku FROM {catalog_product_entity} WHERE entity_id IN (' . Database::places($ids) . ')', $ids);
        $values = (new MagentoAttributes($database))->ofProducts($ids, array_merge(['tax_class_id'], MagentoAttributes::EAN));
        foreach ($rows as $row) {
            $this->products[$row['entity_id']] = $row + (isset($values[$row['entity_id']]) ? $values[$row['entity_id']] : []);
        }
    }

    /** SKU today; null when the product is gone. */
    public function sku($id)
    {
        return isset($this->products[(string) $id]) ? $this->cleaner->verbatim($this->products[(string) $id]['sku'], 'sku') : null;
    }

    public function ean($id)
    {
        $ean = isset($this->products[(string) $id]) ? MagentoAttributes::ean($this->products[(string) $id]) : null;
        return $ean === null ? null : $this->cleaner->verbatim($ean, 'ean');
    }

    /** Tax class {id, name}; null when the product is gone. */
    public function taxClass($id)
    {
        if (!isset($this->products[(string) $id])) {
            return null;
        }
        $product = $this->products[(string) $id];
        return $this->settings->taxClass(isset($product['tax_class_id']) ? $product['tax_class_id'] : '0');
    }
}

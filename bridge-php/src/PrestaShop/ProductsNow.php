<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** What the products and combinations on order lines are today. */
final class PrestaShopProductsNow
{
    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /** By `product-combination`: {reference, ean, class}; one statement for products, one for combinations. */
    public function of(array $lines, string $shop): array
    {
        $products = [];
        $pairs = [];
        foreach ($lines as $rows) {
            foreach ($rows as $row) {
                $products[$row['product_id']] = $row['product_id'];
                $pairs[$row['product_id'] . '-' . $row['product_attribute_id']] = $row;
            }
        }
        if ($products === []) {
            return [];
        }
        $rows = $this->database->rows(
            'SELECT p.id_product, p.reference, p.ean13, COALESCE(s.id_tax_rules_group, p.id_tax_rules_group) AS class FROM {product} p'
            . ' LEFT JOIN {product_shop} s ON s.id_product = p.id_product AND s.id_shop = ? WHERE p.id_product IN (' . Database::places($products) . ')',
            array_merge([$shop], array_values($products))
        );
        $known = array_column($rows, null, 'id_product');
        $combinations = $this->combinations(array_values(array_unique(array_column($pairs, 'product_attribute_id'))));
        $now = [];
        foreach ($pairs as $key => $row) {
            if (isset($known[$row['product_id']])) {
                $product = $known[$row['product_id']];
                $own = isset($combinations[$row['product_attribute_id']]) ? $combinations[$row['product_attribute_id']] : ['reference' => '', 'ean13' => ''];
                $now[$key] = [
                    'reference' => (string) $own['reference'] !== '' ? $own['reference'] : (string) $product['reference'],
                    'ean' => (string) $own['ean13'] !== '' ? $own['ean13'] : ($row['product_attribute_id'] === '0' ? (string) $product['ean13'] : ''),
                    'class' => $product['class'],
                ];
            }
        }
        return $now;
    }

    private function combinations(array $ids): array
    {
        $ids = array_values(array_diff($ids, ['0']));
        return $ids === [] ? [] : array_column($this->database->rows('SELECT id_product_attribute, reference, ean13 FROM {product_attribute} WHERE id_product_attribute IN (' . Database::places($ids) . ')', $ids), null, 'id_product_attribute');
    }
}

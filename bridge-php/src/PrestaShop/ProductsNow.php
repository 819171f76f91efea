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

    /**
     * By `product-combination`: {reference, ean, class, classes}; one statement for products, one for combinations.
     * `classes` by the shops that sell it, `class` that of `$shop`, or what the product was last saved with.
     */
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
        $known = [];
        $classes = [];
        $rows = $this->database->rows(
            'SELECT p.id_product, p.reference, p.ean13, p.id_tax_rules_group AS class, s.id_shop, s.id_tax_rules_group AS own FROM {product} p'
            . ' LEFT JOIN {product_shop} s ON s.id_product = p.id_product WHERE p.id_product IN (' . Database::places($products) . ')',
            array_values($products)
        );
        foreach ($rows as $row) {
            $known[$row['id_product']] = $row;
            $classes += [$row['id_product'] => []];
            if ($row['id_shop'] !== null) {
                $classes[$row['id_product']][$row['id_shop']] = $row['own'];
            }
        }
        $combinations = $this->combinations(array_values(array_unique(array_column($pairs, 'product_attribute_id'))));
        $now = [];
        foreach ($pairs as $key => $row) {
            if (isset($known[$row['product_id']])) {
                $product = $known[$row['product_id']];
                $own = isset($combinations[$row['product_attribute_id']]) ? $combinations[$row['product_attribute_id']] : ['reference' => '', 'ean13' => ''];
                $now[$key] = [
                    'reference' => (string) $own['reference'] !== '' ? $own['reference'] : (string) $product['reference'],
                    'ean' => (string) $own['ean13'] !== '' ? $own['ean13'] : ($row['product_attribute_id'] === '0' ? (string) $product['ean13'] : ''),
                    'class' => isset($classes[$row['product_id']][$shop]) ? $classes[$row['product_id']][$shop] : $product['class'],
                    'classes' => $classes[$row['product_id']],
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

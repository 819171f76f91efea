<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * PrestaShop's products, and each combination as a record of its own. A combination's id here is
 * its product's followed by its own in nine digits, so that the two kinds never share one; it
 * changes with its product.
 */
final class PrestaShopProducts
{
    const APART = '1000000000';

    /** @var Database */
    private $database;
    /** @var PrestaShopSchema */
    private $schema;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;
    /** @var PrestaShopStock */
    private $stock;

    public function __construct(Database $database, PrestaShopSchema $schema, PrestaShopSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->schema = $schema;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
        $this->stock = new PrestaShopStock($database, $schema, $settings, $cleaner);
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        $places = $this->places($since === null ? null : $this->time->localSince($since), $after, $limit);
        $products = $this->products(array_values(array_unique(array_column($places, 'id_product'))));
        $combinations = array_values(array_diff(array_column($places, 'id_product_attribute'), ['0']));
        $variants = $this->variants($combinations);
        $names = $this->stock->attributes($combinations);
        $stock = $this->stock->rowsOf(array_keys($products));
        $categories = $this->categories(array_keys($products));
        $records = [];
        foreach ($places as $place) {
            $product = $products[$place['id_product']];
            $id = $place['id_product_attribute'];
            $variant = $id === '0' ? null : $variants[$id] + ['attributes' => isset($names[$id]) ? $names[$id] : ''];
            $level = isset($stock[$place['id_product'] . '-' . $id]) ? $stock[$place['id_product'] . '-' . $id] : null;
            $in = isset($categories[$place['id_product']]) ? $categories[$place['id_product']] : [];
            $records[] = $this->record($place, $product, $variant, $level, $in);
        }
        return $records;
    }

    private function places($since, $after, int $limit): array
    {
        // Rows that were begun and never saved have state 0, from 1.7 on.
        $saved = $this->schema->has('product', 'state') ? ' WHERE p.state = 1' : '';
        $where = ['1 = 1'];
        $values = [];
        if ($since !== null) {
            $where[] = 'x.stamp >= ?';
            $values[] = $since;
        }
        if ($after !== null) {
            $where[] = '(x.stamp > ? OR (x.stamp = ? AND x.id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return $this->database->rows(
            'SELECT x.id, x.stamp, x.id_product, x.id_product_attribute FROM (SELECT p.id_product AS id, p.date_upd AS stamp, p.id_product, 0 AS id_product_attribute FROM {product} p' . $saved
            . ' UNION ALL SELECT p.id_product * ' . self::APART . ' + a.id_product_attribute, p.date_upd, p.id_product, a.id_product_attribute FROM {product_attribute} a'
            . ' JOIN {product} p ON p.id_product = a.id_product' . $saved . ') x WHERE ' . implode(' AND ', $where) . ' ORDER BY x.stamp, x.id LIMIT ' . $limit,
            $values
        );
    }

    private function products(array $ids): array
    {
        if ($ids === []) {
            return [];
        }
        $rows = $this->database->rows(
            'SELECT p.id_product, p.reference, p.ean13, p.weight, p.is_virtual, p.cache_is_pack, ' . $this->schema->column('product', 'pack_stock_type', 'p', "'0'") . ','
            . ' COALESCE(s.price, p.price) AS price, COALESCE(s.active, p.active) AS active, COALESCE(s.id_tax_rules_group, p.id_tax_rules_group) AS class, l.name,'
            . ' EXISTS (SELECT 1 FROM {product_attribute} a WHERE a.id_product = p.id_product) AS combined,'
            . ' EXISTS (SELECT 1 FROM {product_download} d WHERE d.id_product = p.id_product AND d.active = 1) AS download'
            . ' FROM {product} p LEFT JOIN {product_shop} s ON s.id_product = p.id_product AND s.id_shop = ?'
            . ' LEFT JOIN {product_lang} l ON l.id_product = p.id_product AND l.id_lang = ? AND l.id_shop = p.id_shop_default WHERE p.id_product IN (' . Database::places($ids) . ')',
            array_merge([$this->settings->defaultShop(), $this->settings->language()], $ids)
        );
        return array_column($rows, null, 'id_product');
    }

    private function variants(array $ids): array
    {
        if ($ids === []) {
            return [];
        }
        $rows = $this->database->rows(
            'SELECT a.id_product_attribute, a.reference, a.ean13, COALESCE(s.price, a.price) AS price, COALESCE(s.weight, a.weight) AS weight FROM {product_attribute} a'
            . ' LEFT JOIN {product_attribute_shop} s ON s.id_product_attribute = a.id_product_attribute AND s.id_shop = ? WHERE a.id_product_attribute IN (' . Database::places($ids) . ')',
            array_merge([$this->settings->defaultShop()], $ids)
        );
        return array_column($rows, null, 'id_product_attribute');
    }

    private function categories(array $products): array
    {
        if ($products === []) {
            return [];
        }
        $rows = $this->database->rows(
            'SELECT x.id_product, x.id_category, MAX(l.name) AS name FROM {category_product} x JOIN {category_lang} l ON l.id_category = x.id_category AND l.id_lang = ?'
            . ' WHERE x.id_product IN (' . Database::places($products) . ') GROUP BY x.id_product, x.id_category ORDER BY x.id_product, x.id_category',
            array_merge([$this->settings->language()], $products)
        );
        $categories = [];
        foreach ($rows as $row) {
            $categories[$row['id_product']][] = ['id' => $row['id_category'], 'name' => $this->cleaner->verbatim($row['name'], 'category')];
        }
        return $categories;
    }

    private function record(array $place, array $product, $variant, $level, array $categories): array
    {
        $class = $this->settings->taxClass($product['class']);
        $own = $variant !== null ? $variant : $product;
        $reference = $this->cleaner->verbatim($own['reference'], 'reference');
        $name = $product['name'] . ($variant !== null && $variant['attributes'] !== '' ? ' (' . $variant['attributes'] . ')' : '');
        $impact = $variant !== null ? PrestaShopAmount::of($variant['price']) : 0;
        $weight = $variant !== null ? PrestaShopAmount::of($variant['weight']) : 0;
        return [
            'id' => $place['id'],
            'changed_at' => (string) ($this->time->utc($place['stamp']) ?: PrestaShopOrders::NO_TIME),
            'stamp' => $place['stamp'],
            'code' => $reference,
            'sku' => $reference === '' ? null : $reference,
            'ean' => (string) $own['ean13'] === '' ? null : $this->cleaner->verbatim($own['ean13'], 'ean'),
            'name' => $this->cleaner->verbatim($name, 'name'),
            'price' => PrestaShopAmount::text(PrestaShopAmount::of($product['price']) + $impact),
            'tax_class' => $class !== null ? $class : ['id' => $product['class'], 'name' => ''],
            'quantity' => $level !== null && $this->stock->tracked($level, $product) ? $level['quantity'] : null,
            'active' => $product['active'] === '1',
            'options' => [],
            'kind' => $variant !== null ? 'variant' : self::kind($product),
            'parent_id' => $variant !== null ? $product['id_product'] : null,
            'weight' => PrestaShopAmount::text(PrestaShopAmount::of($product['weight']) + $weight),
            'categories' => $categories,
        ];
    }

    private static function kind(array $product): string
    {
        if ($product['cache_is_pack'] === '1') {
            return 'bundle';
        }
        if ($product['combined'] === '1') {
            return 'configurable';
        }
        return $product['is_virtual'] !== '1' ? 'simple' : ($product['download'] === '1' ? 'download' : 'virtual');
    }
}

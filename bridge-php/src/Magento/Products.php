<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Magento's products: simple ones, variants with the product they belong to, and composites. */
final class MagentoProducts
{
    const KINDS = ['simple' => 'simple', 'virtual' => 'virtual', 'downloadable' => 'download', 'configurable' => 'configurable', 'grouped' => 'grouped', 'bundle' => 'bundle'];

    /** @var Database */
    private $database;
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoStock */
    private $stock;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner, MagentoStock $stock)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->stock = $stock;
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        $stamp = 'COALESCE(e.updated_at, e.created_at)';
        $where = ['1 = 1'];
        $values = [];
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = MagentoTime::column($since);
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND e.entity_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $rows = $this->database->rows(
            'SELECT e.entity_id, e.sku, e.type_id, ' . $stamp . ' AS stamp FROM {catalog_product_entity} e WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, e.entity_id LIMIT ' . $limit,
            $values
        );
        $records = [];
        foreach (array_chunk($rows, 500) as $some) {
            array_push($records, ...$this->records($some));
        }
        return $records;
    }

    private function records(array $rows): array
    {
        $ids = array_column($rows, 'entity_id');
        $values = (new MagentoAttributes($this->database))->ofProducts($ids, array_merge(['name', 'price', 'status', 'tax_class_id', 'weight'], MagentoAttributes::EAN));
        $parents = $this->parents($ids);
        $categories = $this->categories($ids);
        $levels = array_column($this->stock->of(array_map(function (string $id): string {
            return 'p:' . $id;
        }, $ids)), null, 'key');
        $records = [];
        foreach ($rows as $row) {
            $id = $row['entity_id'];
            $level = isset($levels['p:' . $id]) && $levels['p:' . $id]['tracked'] ? $levels['p:' . $id]['quantity'] : null;
            $record = $this->record($row, isset($values[$id]) ? $values[$id] : [], isset($parents[$id]) ? $parents[$id] : null, $level);
            $record['categories'] = isset($categories[$id]) ? $categories[$id] : [];
            $records[] = $record;
        }
        return $records;
    }

    private function record(array $row, array $values, $parent, $quantity): array
    {
        $class = isset($values['tax_class_id']) ? $values['tax_class_id'] : '0';
        $known = $this->settings->taxClass($class);
        $ean = MagentoAttributes::ean($values);
        $price = MagentoAmount::of(isset($values['price']) ? $values['price'] : '0');
        $withVat = $this->settings->get('tax/calculation/price_includes_tax') === '1';
        $rate = $withVat ? $this->settings->homeRate($class) : 0;
        $kind = isset(self::KINDS[$row['type_id']]) ? self::KINDS[$row['type_id']] : '';
        return [
            'id' => $row['entity_id'],
            'changed_at' => MagentoTime::utc($row['stamp']),
            'stamp' => (string) $row['stamp'],
            'code' => $this->cleaner->verbatim($row['sku'], 'sku'),
            'sku' => $this->cleaner->verbatim($row['sku'], 'sku'),
            'ean' => $ean === null ? null : $this->cleaner->verbatim($ean, 'ean'),
            'name' => $this->cleaner->verbatim(isset($values['name']) ? $values['name'] : '', 'name'),
            'price' => MagentoAmount::text($withVat ? MagentoAmount::share($price, 100 * MagentoAmount::ONE, 100 * MagentoAmount::ONE + $rate) : $price),
            'tax_class' => $known !== null ? $known : ['id' => $class, 'name' => ''],
            'quantity' => $quantity,
            'active' => isset($values['status']) && $values['status'] === '1',
            'options' => [],
            'kind' => $kind === 'simple' && $parent !== null ? 'variant' : $kind,
            'parent_id' => $parent,
            'price_incl' => $withVat ? MagentoAmount::text($price) : null,
            'weight' => isset($values['weight']) && $values['weight'] !== '' ? $values['weight'] : null,
        ];
    }

    /** The configurable product each of these is a variant of; the first where it is of several. */
    private function parents(array $ids): array
    {
        $rows = $this->database->rows('SELECT product_id, MIN(parent_id) AS parent_id FROM {catalog_product_super_link} WHERE product_id IN (' . Database::places($ids) . ') GROUP BY product_id', $ids);
        return array_column($rows, 'parent_id', 'product_id');
    }

    private function categories(array $ids): array
    {
        $rows = $this->database->rows('SELECT product_id, category_id FROM {catalog_category_product} WHERE product_id IN (' . Database::places($ids) . ') ORDER BY product_id, category_id', $ids);
        $names = (new MagentoAttributes($this->database))->ofCategories(array_column($rows, 'category_id'), ['name']);
        $categories = [];
        foreach ($rows as $row) {
            $name = isset($names[$row['category_id']]['name']) ? $names[$row['category_id']]['name'] : '';
            $categories[$row['product_id']][] = ['id' => $row['category_id'], 'name' => $this->cleaner->verbatim($name, 'category')];
        }
        return $categories;
    }
}

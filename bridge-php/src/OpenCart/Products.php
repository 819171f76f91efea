<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** OpenCart's products, variants among them, with their stock and the option values that keep stock. */
final class OpenCartProducts
{
    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        // A product that was never edited has no date_modified: zero, or NULL in OpenCart 4.
        $stamp = 'GREATEST(COALESCE(p.date_added, ' . OpenCartOrderRows::NEVER . '), COALESCE(p.date_modified, ' . OpenCartOrderRows::NEVER . '))';
        $where = ['1 = 1'];
        $values = [$this->settings->language()];
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = $this->time->localSince($since);
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND p.product_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $schema = $this->settings->schema();
        $rows = $this->database->rows(
            'SELECT p.product_id, ' . ($schema->variants() ? 'p.master_id, ' : '') . 'p.model, ' . $schema->productCode('sku') . ' AS sku, ' . $schema->productCode('ean') . ' AS ean,'
            . ' p.price, p.tax_class_id, p.quantity, p.subtract, p.status, p.weight, ' . $stamp . ' AS stamp, d.name'
            . ' FROM {product} p LEFT JOIN {product_description} d ON d.product_id = p.product_id AND d.language_id = ?'
            . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, p.product_id LIMIT ' . $limit,
            $values
        );
        $ids = array_column($rows, 'product_id');
        $options = (new OpenCartStock($this->database, $this->settings, $this->cleaner))->optionLevels($ids);
        $categories = $this->categories($ids);
        $records = [];
        foreach ($rows as $row) {
            $id = $row['product_id'];
            $records[] = $this->record(OpenCartRow::filled($row)) + [
                'options' => isset($options[$id]) ? $options[$id] : [],
                'categories' => isset($categories[$id]) ? $categories[$id] : [],
            ];
        }
        return $records;
    }

    private function record(array $row): array
    {
        $class = $this->settings->taxClass($row['tax_class_id']);
        return [
            'id' => $row['product_id'],
            'changed_at' => (string) ($this->time->utc($row['stamp']) ?: OpenCartOrders::NO_TIME),
            'stamp' => $row['stamp'],
            'code' => $this->cleaner->text($row['model'], 'model'),
            'sku' => $row['sku'] === '' ? null : $this->cleaner->text($row['sku'], 'sku'),
            'ean' => $row['ean'] === '' ? null : $this->cleaner->text($row['ean'], 'ean'),
            'name' => $this->cleaner->text($row['name'], 'name'),
            'price' => $row['price'],
            'tax_class' => $class !== null ? $class : ['id' => $row['tax_class_id'], 'name' => ''],
            'quantity' => $row['subtract'] === '1' ? $row['quantity'] : null,
            'active' => $row['status'] === '1',
            'kind' => $this->kind($row),
            'parent_id' => isset($row['master_id']) && $row['master_id'] !== '0' ? $row['master_id'] : null,
            'weight' => trim($row['weight'], '0.') === '' ? null : $row['weight'],
        ];
    }

    /** Only OpenCart 4 has more than one kind. */
    private function kind(array $row): string
    {
        if (!isset($row['master_id'])) {
            return '';
        }
        if ($row['master_id'] !== '0') {
            return 'variant';
        }
        return isset($this->settings->masters()[$row['product_id']]) ? 'configurable' : 'simple';
    }

    /** Categories of these products, by product id; one statement. */
    private function categories(array $ids): array
    {
        $found = [];
        if ($ids !== []) {
            $statement = 'SELECT c.product_id, c.category_id, d.name FROM {product_to_category} c'
                . ' LEFT JOIN {category_description} d ON d.category_id = c.category_id AND d.language_id = ?'
                . ' WHERE c.product_id IN (' . Database::places($ids) . ') ORDER BY c.product_id, c.category_id';
            foreach ($this->database->rows($statement, array_merge([$this->settings->language()], $ids)) as $row) {
                $found[$row['product_id']][] = ['id' => $row['category_id'], 'name' => $this->cleaner->text($row['name'], 'category')];
            }
        }
        return $found;
    }
}

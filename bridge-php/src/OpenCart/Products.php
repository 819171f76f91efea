<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** OpenCart's products with their stock and the option values that keep stock. */
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
        $where = ['1 = 1'];
        $values = [];
        if ($since !== null) {
            $where[] = 'p.date_modified >= ?';
            $values[] = $this->time->localSince($since);
        }
        if ($after !== null) {
            $where[] = '(p.date_modified > ? OR (p.date_modified = ? AND p.product_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        array_unshift($values, $this->settings->language());
        $rows = $this->database->rows(
            'SELECT p.product_id, p.model, p.sku, p.ean, p.price, p.tax_class_id, p.quantity, p.subtract, p.status, p.date_modified, d.name'
            . ' FROM {product} p LEFT JOIN {product_description} d ON d.product_id = p.product_id AND d.language_id = ?'
            . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY p.date_modified, p.product_id LIMIT ' . $limit,
            $values
        );
        $options = (new OpenCartStock($this->database, $this->settings, $this->cleaner))->optionLevels(array_column($rows, 'product_id'));
        $records = [];
        foreach ($rows as $row) {
            $records[] = $this->record($row, isset($options[$row['product_id']]) ? $options[$row['product_id']] : []);
        }
        return $records;
    }

    private function record(array $row, array $options): array
    {
        $class = $this->settings->taxClass($row['tax_class_id']);
        return [
            'id' => $row['product_id'],
            'changed_at' => (string) ($this->time->utc($row['date_modified']) ?: '1970-01-01T00:00:00Z'),
            'stamp' => $row['date_modified'],
            'code' => $this->cleaner->text($row['model'], 'model'),
            'sku' => $row['sku'] === '' ? null : $this->cleaner->text($row['sku'], 'sku'),
            'ean' => $row['ean'] === '' ? null : $this->cleaner->text($row['ean'], 'ean'),
            'name' => $this->cleaner->text($row['name'], 'name'),
            'price' => $row['price'],
            'tax_class' => $class !== null ? $class : ['id' => $row['tax_class_id'], 'name' => ''],
            'quantity' => $row['subtract'] === '1' ? $row['quantity'] : null,
            'active' => $row['status'] === '1',
            'options' => $options,
        ];
    }
}

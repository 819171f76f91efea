<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * `cataloginventory_stock_status`, what the storefront looks at: a row per product and website. Rows
 * are changed where they are, never made: what is not in the index is not in the shop.
 */
final class MagentoStockIndex
{
    /** What each kind of composite is made of: parent and part, from where. */
    const LINKS = [
        'configurable' => 'SELECT parent_id FROM {catalog_product_super_link} WHERE product_id = ?',
        'grouped' => 'SELECT product_id AS parent_id FROM {catalog_product_link} WHERE link_type_id = 3 AND linked_product_id = ?',
        'bundle' => 'SELECT parent_product_id AS parent_id FROM {catalog_product_bundle_selection} WHERE product_id = ?',
    ];

    /** Can any part be sold? By website. */
    const ANY = [
        'configurable' => 'SELECT t.website_id, MAX(IF(c.required_options = 0, COALESCE(p.stock_status, 0), 0)) AS sells FROM {cataloginventory_stock_status} t'
            . ' JOIN {catalog_product_super_link} l ON l.parent_id = t.product_id JOIN {catalog_product_entity} c ON c.entity_id = l.product_id'
            . ' LEFT JOIN {cataloginventory_stock_status} p ON p.product_id = l.product_id AND p.website_id = t.website_id AND p.stock_id = t.stock_id'
            . ' WHERE t.product_id = ? AND t.stock_id = 1 GROUP BY t.website_id',
        'grouped' => 'SELECT t.website_id, MAX(IF(c.required_options = 0, COALESCE(p.stock_status, 0), 0)) AS sells FROM {cataloginventory_stock_status} t'
            . ' JOIN {catalog_product_link} l ON l.product_id = t.product_id AND l.link_type_id = 3 JOIN {catalog_product_entity} c ON c.entity_id = l.linked_product_id'
            . ' LEFT JOIN {cataloginventory_stock_status} p ON p.product_id = l.linked_product_id AND p.website_id = t.website_id AND p.stock_id = t.stock_id'
            . ' WHERE t.product_id = ? AND t.stock_id = 1 GROUP BY t.website_id',
        // Of a bundle every option that must be chosen needs a part; with none of those, any part does.
        'bundle' => 'SELECT o.website_id, MIN(o.sells) AS sells FROM (SELECT t.website_id, b.option_id, b.required, MAX(IF(c.required_options = 0, COALESCE(p.stock_status, 0), 0)) AS sells'
            . ' FROM {cataloginventory_stock_status} t JOIN {catalog_product_bundle_option} b ON b.parent_id = t.product_id JOIN {catalog_product_bundle_selection} l ON l.option_id = b.option_id'
            . ' JOIN {catalog_product_entity} c ON c.entity_id = l.product_id'
            . ' LEFT JOIN {cataloginventory_stock_status} p ON p.product_id = l.product_id AND p.website_id = t.website_id AND p.stock_id = t.stock_id'
            . ' WHERE t.product_id = ? AND t.stock_id = 1 GROUP BY t.website_id, b.option_id, b.required HAVING b.required = 1 OR sells = 1) o GROUP BY o.website_id',
    ];

    /** @var Database */
    private $database;
    /** @var MagentoStockRules */
    private $rules;
    /** @var array|null */
    private $status;

    public function __construct(Database $database, MagentoStockRules $rules)
    {
        $this->database = $database;
        $this->rules = $rules;
    }

    /**
     * Brings the rows of a product and of what it is a part of up to date. Figure and flag come from the
     * stock row at that moment: a sale may have come in since it was written.
     */
    public function product(string $id, bool $sells)
    {
        foreach ($this->enabled($id) as $website => $enabled) {
            $this->database->change(
                'UPDATE {cataloginventory_stock_status} t JOIN {cataloginventory_stock_item} s ON s.product_id = t.product_id AND s.stock_id = t.stock_id'
                . ' SET t.qty = GREATEST(s.qty, 0), t.stock_status = IF(? = \'1\', s.is_in_stock, 0) WHERE t.product_id = ? AND t.website_id = ? AND t.stock_id = 1',
                [$sells && $enabled ? '1' : '0', $id, (string) $website]
            );
        }
        foreach (self::LINKS as $kind => $statement) {
            foreach ($this->database->rows($statement, [$id]) as $row) {
                $this->composite($kind, $row['parent_id']);
            }
        }
    }

    /** In which websites' rows the product is switched on: the value of the website's main view, else the one for all. */
    private function enabled(string $id): array
    {
        if ($this->status === null) {
            $row = $this->database->row(
                'SELECT a.attribute_id FROM {eav_attribute} a JOIN {eav_entity_type} t ON t.entity_type_id = a.entity_type_id WHERE t.entity_type_code = \'catalog_product\' AND a.attribute_code = \'status\''
            );
            $this->status = [$row === null ? '0' : $row['attribute_id']];
        }
        $rows = $this->database->rows(
            'SELECT t.website_id, COALESCE(v.value, d.value, 0) AS enabled FROM {cataloginventory_stock_status} t LEFT JOIN ' . MagentoSchema::WEBSITE . ' w ON w.website_id = t.website_id'
            . ' LEFT JOIN ' . MagentoSchema::GROUP . ' g ON g.group_id = w.default_group_id'
            . ' LEFT JOIN {catalog_product_entity_int} d ON d.entity_id = t.product_id AND d.attribute_id = ? AND d.store_id = 0'
            . ' LEFT JOIN {catalog_product_entity_int} v ON v.entity_id = t.product_id AND v.attribute_id = ? AND v.store_id = g.default_store_id AND g.default_store_id > 0'
            . ' WHERE t.product_id = ? AND t.stock_id = 1',
            [$this->status[0], $this->status[0], $id]
        );
        $enabled = [];
        foreach ($rows as $row) {
            $enabled[$row['website_id']] = $row['enabled'] === '1';
        }
        return $enabled;
    }

    private function composite(string $kind, string $id)
    {
        $now = $this->database->row(
            'SELECT e.entity_id, e.type_id, ' . MagentoStockRules::COLUMNS . ' FROM {catalog_product_entity} e LEFT JOIN {cataloginventory_stock_item} s ON s.product_id = e.entity_id AND s.stock_id = 1'
            . ' WHERE e.entity_id = ?',
            [$id]
        );
        if ($now === null || $now['type_id'] !== $kind) {
            return;
        }
        $sells = [];
        foreach ($this->database->rows(self::ANY[$kind], [$id]) as $row) {
            $sells[$row['website_id']] = $row['sells'] === '1';
        }
        $in = $now['item_id'] === null || !$this->rules->managed($now) || $this->parentItem($now, in_array(true, $sells, true));
        foreach ($this->enabled($id) as $website => $enabled) {
            $this->database->change(
                'UPDATE {cataloginventory_stock_status} SET stock_status = ? WHERE product_id = ? AND website_id = ? AND stock_id = 1',
                [$in && $enabled && isset($sells[$website]) && $sells[$website] ? '1' : '0', $id, (string) $website]
            );
        }
    }

    /**
     * Magento 2 puts a composite out when none of its parts can be sold, and in again when it was put out
     * so; Magento 1 leaves it as its owner set it.
     */
    private function parentItem(array $now, bool $sells): bool
    {
        $in = $now['is_in_stock'] === '1';
        if (!MagentoSchema::PARENTS_FOLLOW || $in === $sells || $sells && $now['stock_status_changed_auto'] !== '1') {
            return $in;
        }
        $this->database->change('UPDATE {cataloginventory_stock_item} SET is_in_stock = ?, stock_status_changed_auto = 1 WHERE item_id = ?', [$sells ? '1' : '0', $now['item_id']]);
        return $sells;
    }
}

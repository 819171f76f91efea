<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Products and their variations, each a record of its own. */
final class WooCommerceProducts
{
    const STAMP = "GREATEST(p.post_modified_gmt, p.post_date_gmt, CAST('1970-01-02 00:00:00' AS DATETIME))";
    const REAL = "p.post_type IN ('product', 'product_variation') AND p.post_status NOT IN ('trash', 'auto-draft', 'inherit')";
    const VALUES = ['_sku', '_price', '_regular_price', '_tax_class', '_tax_status', '_manage_stock', '_stock', '_virtual', '_downloadable', '_weight'];
    const KINDS = ['variable' => 'configurable', 'grouped' => 'grouped', 'bundle' => 'bundle', 'woosb' => 'bundle', 'yith_bundle' => 'bundle', 'composite' => 'bundle'];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var WooCommerceCatalogue */
    private $catalogue;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->catalogue = new WooCommerceCatalogue($database, $settings, $cleaner);
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        $where = [self::REAL];
        $values = [];
        if ($since !== null) {
            $where[] = self::STAMP . ' >= ?';
            $values[] = str_replace('T', ' ', substr($since, 0, 19));
        }
        if ($after !== null) {
            $where[] = '(' . self::STAMP . ' > ? OR (' . self::STAMP . ' = ? AND p.ID > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $rows = $this->database->rows(
            'SELECT p.ID AS id, p.post_parent, p.post_type, p.post_title, p.post_status, q.post_status AS parent_status, ' . self::STAMP . ' AS stamp FROM {posts} p LEFT JOIN {posts} q ON q.ID = p.post_parent'
            . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, p.ID LIMIT ' . $limit,
            $values
        );
        $ids = array_unique(array_merge(array_column($rows, 'id'), array_filter(array_column($rows, 'post_parent'))));
        $found = $this->catalogue->values($ids, array_merge(self::VALUES, WooCommerceCatalogue::EAN));
        $terms = $this->terms($ids);
        $records = [];
        foreach ($rows as $row) {
            $variant = $row['post_type'] === 'product_variation';
            $own = isset($found[$row['id']]) ? $found[$row['id']] : [];
            $parent = $variant && isset($found[$row['post_parent']]) ? $found[$row['post_parent']] : [];
            $records[] = $this->record($row, $own, $parent, $terms);
        }
        return $records;
    }

    /** Kind and categories by product id. */
    private function terms(array $ids): array
    {
        $terms = [];
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT r.object_id, x.taxonomy, t.term_id, t.slug, t.name FROM {term_relationships} r JOIN {term_taxonomy} x ON x.term_taxonomy_id = r.term_taxonomy_id JOIN {terms} t ON t.term_id = x.term_id'
            . " WHERE x.taxonomy IN ('product_type', 'product_cat') AND r.object_id IN (" . Database::places($ids) . ') ORDER BY t.term_id',
            array_values($ids)
        );
        foreach ($rows as $row) {
            $value = $row['taxonomy'] === 'product_type' ? $row['slug'] : ['id' => $row['term_id'], 'name' => $this->cleaner->text($row['name'], 'category')];
            $terms[$row['taxonomy']][$row['object_id']][] = $value;
        }
        return $terms;
    }

    private function record(array $row, array $own, array $parent, array $terms): array
    {
        $variant = $row['post_type'] === 'product_variation';
        $family = $variant ? $row['post_parent'] : $row['id'];
        $class = $this->catalogue->taxClass($own, $parent);
        // The price a sale does not touch; a product whose variations have the prices has the lowest of them.
        $price = WooCommerceAmount::of(self::first($own, ['_regular_price', '_price']));
        $percent = $class['id'] === '0' ? null : $this->settings->homePercent($class['id']);
        $incl = $this->settings->pricesWithTax() && $percent !== null;
        $sku = $this->catalogue->sku($own, $parent);
        $weight = self::first($own + $parent, ['_weight']);
        return [
            'id' => $row['id'],
            'changed_at' => str_replace(' ', 'T', $row['stamp']) . 'Z',
            'stamp' => $row['stamp'],
            'code' => (string) $sku,
            'sku' => $sku,
            'ean' => $this->catalogue->ean($own),
            'name' => $this->cleaner->text($row['post_title'], 'name'),
            'price' => WooCommerceAmount::text($incl ? WooCommerceAmount::scaled($price, 100 * WooCommerceAmount::ONE, 100 * WooCommerceAmount::ONE + $percent) : $price),
            'tax_class' => $class,
            'quantity' => $this->quantity($own, $parent),
            'active' => $row['post_status'] === 'publish' && (!$variant || $row['parent_status'] === 'publish'),
            'options' => [],
            'kind' => $variant ? 'variant' : self::kind($own, isset($terms['product_type'][$row['id']]) ? $terms['product_type'][$row['id']] : []),
            'parent_id' => $variant ? $row['post_parent'] : null,
            'price_incl' => $incl ? WooCommerceAmount::text($price) : null,
            'weight' => $weight === '' ? null : WooCommerceAmount::count(WooCommerceAmount::of($weight)),
            'categories' => isset($terms['product_cat'][$family]) ? $terms['product_cat'][$family] : [],
        ];
    }

    private static function first(array $values, array $names): string
    {
        foreach ($names as $name) {
            if (isset($values[$name]) && $values[$name] !== '') {
                return $values[$name];
            }
        }
        return '';
    }

    /** A variation without stock of its own shares its parent's. */
    private function quantity(array $own, array $parent)
    {
        foreach ($this->settings->get('woocommerce_manage_stock', 'yes') === 'yes' ? [$own, $parent] : [] as $values) {
            if (isset($values['_manage_stock']) && $values['_manage_stock'] === 'yes') {
                return WooCommerceAmount::count(WooCommerceAmount::of(isset($values['_stock']) ? $values['_stock'] : ''));
            }
        }
        return null;
    }

    private static function kind(array $own, array $types): string
    {
        foreach ($types as $type) {
            if (isset(self::KINDS[$type])) {
                return self::KINDS[$type];
            }
        }
        if (self::first($own, ['_downloadable']) === 'yes') {
            return 'download';
        }
        return self::first($own, ['_virtual']) === 'yes' ? 'virtual' : 'simple';
    }
}

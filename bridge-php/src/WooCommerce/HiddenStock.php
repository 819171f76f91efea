<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * What hangs on a stock status besides where the shop hides what is out of stock: the prices of a product with
 * variations are those of the variations that are shown, and a category counts the products that are.
 */
final class WooCommerceHiddenStock
{
    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;

    public function __construct(Database $database, WooCommerceSettings $settings)
    {
        $this->database = $database;
        $this->settings = $settings;
    }

    /** After a figure of this product {id, post_parent, post_type} was written; `$changed`: some status became another. */
    public function follow(array $product, bool $changed)
    {
        if ($this->settings->get('woocommerce_hide_out_of_stock_items', 'no') !== 'yes') {
            return;
        }
        $variant = $product['post_type'] === 'product_variation';
        if ($variant) {
            $this->prices($product['post_parent']);
        }
        if ($changed) {
            $this->counts($variant ? $product['post_parent'] : $product['id']);
        }
    }

    /** As WC_Product_Variable_Data_Store_CPT::sync_price has it: from low to high, which the lookup table counts on. */
    private function prices(string $id)
    {
        $now = $this->database->rows("SELECT meta_id, meta_value FROM {postmeta} WHERE post_id = ? AND meta_key = '_price' ORDER BY meta_id", [$id]);
        $wanted = array_column($this->database->rows(
            "SELECT DISTINCT m.meta_value FROM {posts} p JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_price' WHERE p.post_parent = ? AND p.post_type = 'product_variation' AND p.post_status = 'publish'"
            . " AND m.meta_value <> '' AND NOT EXISTS (SELECT 1 FROM {term_relationships} r WHERE r.object_id = p.ID AND r.term_taxonomy_id IN (" . $this->hidden(['outofstock']) . '))',
            [$id]
        ), 'meta_value');
        usort($wanted, function ($one, $other): int {
            return WooCommerceAmount::of($one) - WooCommerceAmount::of($other);
        });
        if (array_column($now, 'meta_value') === $wanted) {
            return;
        }
        foreach ($wanted as $at => $price) {
            isset($now[$at])
                ? $this->database->change('UPDATE {postmeta} SET meta_value = ? WHERE meta_id = ?', [$price, $now[$at]['meta_id']])
                : $this->database->change("INSERT INTO {postmeta} (post_id, meta_key, meta_value) VALUES (?, '_price', ?)", [$id, $price]);
        }
        foreach (array_slice($now, count($wanted)) as $row) {
            $this->database->change('DELETE FROM {postmeta} WHERE meta_id = ?', [$row['meta_id']]);
        }
        $ends = $wanted === [] ? ['0', '0'] : [$wanted[0], $wanted[count($wanted) - 1]];
        WooCommerceStockEffects::lookup($this->database, 'UPDATE {wc_product_meta_lookup} SET min_price = CAST(? AS DECIMAL(19,4)), max_price = CAST(? AS DECIMAL(19,4)) WHERE product_id = ?', array_merge($ends, [$id]));
    }

    /** As _wc_recount_terms_by_product has it: of the product's categories with those above them, and its tags. */
    private function counts(string $id)
    {
        $above = [];
        $below = [];
        foreach ($this->database->rows("SELECT term_id, parent FROM {term_taxonomy} WHERE taxonomy = 'product_cat'") as $row) {
            $above[$row['term_id']] = $row['parent'];
            $below[$row['parent']][] = $row['term_id'];
        }
        $terms = $this->database->rows(
            "SELECT x.term_id, x.taxonomy FROM {term_relationships} r JOIN {term_taxonomy} x ON x.term_taxonomy_id = r.term_taxonomy_id WHERE r.object_id = ? AND x.taxonomy IN ('product_cat', 'product_tag')",
            [$id]
        );
        $counted = [];
        foreach ($terms as $term) {
            $one = (string) $term['term_id'];
            do {
                $counted[$one] = $term['taxonomy'];
                $one = $term['taxonomy'] === 'product_cat' && isset($above[$one]) ? (string) $above[$one] : '0';
            } while ($one !== '0' && !isset($counted[$one]));
        }
        $hidden = $counted === [] ? '' : $this->hidden(['outofstock', 'exclude-from-catalog']);
        foreach ($counted as $one => $taxonomy) {
            $this->count($hidden, (string) $one, $taxonomy, $taxonomy === 'product_cat' ? self::with([(string) $one], $below) : [(string) $one]);
        }
        $this->database->change("DELETE FROM {options} WHERE option_name IN ('_transient_wc_term_counts', '_transient_timeout_wc_term_counts')");
    }

    /** A category and all below it; each once, whatever circle they stand in. */
    private static function with(array $ids, array $below): array
    {
        for ($at = 0; $at < count($ids); $at++) {
            $ids = array_merge($ids, array_diff(array_map('strval', isset($below[$ids[$at]]) ? $below[$ids[$at]] : []), $ids));
        }
        return $ids;
    }

    /** `$hidden`: the terms of products that are not shown. */
    private function count(string $hidden, string $id, string $taxonomy, array $within)
    {
        $row = $this->database->row(
            "SELECT COUNT(DISTINCT p.ID) AS n FROM {posts} p JOIN {term_relationships} r ON r.object_id = p.ID JOIN {term_taxonomy} x ON x.term_taxonomy_id = r.term_taxonomy_id WHERE p.post_status = 'publish'"
            . " AND p.post_type = 'product' AND x.taxonomy = ? AND x.term_id IN (" . Database::places($within) . ')'
            . ' AND NOT EXISTS (SELECT 1 FROM {term_relationships} h WHERE h.object_id = p.ID AND h.term_taxonomy_id IN (' . $hidden . '))',
            array_merge([$taxonomy], $within)
        );
        $name = 'product_count_' . $taxonomy;
        $this->database->change('UPDATE {termmeta} SET meta_value = ? WHERE term_id = ? AND meta_key = ?', [$row['n'], $id, $name]);
        $this->database->change(
            'INSERT INTO {termmeta} (term_id, meta_key, meta_value) SELECT ?, ?, ? FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM {termmeta} m WHERE m.term_id = ? AND m.meta_key = ?)',
            [$id, $name, $row['n'], $id, $name]
        );
    }

    /** Ids of the terms that hide a product, to stand in a statement. */
    private function hidden(array $slugs): string
    {
        $rows = $this->database->rows("SELECT x.term_taxonomy_id AS id FROM {terms} t JOIN {term_taxonomy} x ON x.term_id = t.term_id WHERE x.taxonomy = 'product_visibility' AND t.slug IN (" . Database::places($slugs) . ')', $slugs);
        return implode(', ', array_merge(['0'], array_map('strval', array_map('intval', array_column($rows, 'id')))));
    }
}

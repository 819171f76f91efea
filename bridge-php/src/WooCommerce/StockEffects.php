<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * What hangs on a stock figure and is put right with it, as WooCommerce does when it saves a product: the
 * stock status with its copies in the lookup tables and as a term of the catalogue, the status of the
 * product a variation belongs to, and what WordPress remembers of either for a while.
 */
final class WooCommerceStockEffects
{
    const TRIES = 5;
    const REMEMBERED = ['wc_product_children_', 'wc_var_prices_', 'wc_related_', 'wc_child_has_weight_', 'wc_child_has_dimensions_'];
    const REMEMBERED_OF_ALL = ['wc_products_onsale', 'wc_featured_products', 'wc_outofstock_count', 'wc_low_stock_count', 'product-transient-version', 'product_query-transient-version'];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;

    public function __construct(Database $database, WooCommerceSettings $settings)
    {
        $this->database = $database;
        $this->settings = $settings;
    }

    /** Of a product {id, post_parent, post_type} whose figure was just written. */
    public function follow(array $product)
    {
        $changed = false;
        // A sale in between sets its own status: only one that fits the figure still there may stand last.
        for ($try = 0, $seen = null; $try < self::TRIES; $try++) {
            $values = $this->values($product['id']);
            if ($seen === $values['_stock']) {
                break;
            }
            $seen = $values['_stock'];
            $changed = $this->status($product['id'], $this->statusOf($values)) || $changed;
            self::lookup($this->database, 'UPDATE {wc_product_meta_lookup} SET stock_quantity = ? WHERE product_id = ?', [$seen, $product['id']]);
        }
        if ($product['post_type'] === 'product_variation') {
            $changed = $this->parent($product['post_parent']) || $changed;
        } else {
            $this->children($product['id'], $this->statusOf($this->values($product['id'])));
        }
        (new WooCommerceHiddenStock($this->database, $this->settings))->follow($product, $changed);
        $this->forget($product['post_type'] === 'product_variation' ? [$product['id'], $product['post_parent']] : [$product['id']], $changed);
    }

    private function values(string $id): array
    {
        $values = ['_stock' => '0', '_backorders' => 'no', '_manage_stock' => 'no'];
        $rows = $this->database->rows("SELECT meta_key, meta_value FROM {postmeta} WHERE post_id = ? AND meta_key IN ('_stock', '_backorders', '_manage_stock') ORDER BY meta_id DESC", [$id]);
        foreach ($rows as $row) {
            $values[$row['meta_key']] = (string) $row['meta_value'] === '' ? $values[$row['meta_key']] : $row['meta_value'];
        }
        return $values;
    }

    /** As WC_Product::validate_props has it: whole pieces above the threshold are in stock. */
    private function statusOf(array $values): string
    {
        $pieces = intdiv(WooCommerceAmount::of($values['_stock']), WooCommerceAmount::ONE);
        if ($pieces > abs((int) $this->settings->get('woocommerce_notify_no_stock_amount', '0'))) {
            return 'instock';
        }
        return $values['_backorders'] !== 'no' ? 'onbackorder' : 'outofstock';
    }

    /** Sets a product's status with all its copies; was it another? */
    private function status(string $id, string $status): bool
    {
        $changed = $this->database->change("UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = '_stock_status' AND COALESCE(meta_value, '') <> ?", [$status, $id, $status]) > 0;
        $changed = $this->database->change(
            "INSERT INTO {postmeta} (post_id, meta_key, meta_value) SELECT ?, '_stock_status', ? FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM {postmeta} m WHERE m.post_id = ? AND m.meta_key = '_stock_status')",
            [$id, $status, $id]
        ) > 0 || $changed;
        $this->copies($id, $status);
        $this->term($id, $status === 'outofstock');
        return $changed;
    }

    private function copies(string $id, string $status)
    {
        self::lookup($this->database, 'UPDATE {wc_product_meta_lookup} SET stock_status = ? WHERE product_id = ?', [$status, $id]);
        self::lookup($this->database, 'UPDATE {wc_product_attributes_lookup} SET in_stock = ? WHERE product_id = ?', [$status === 'outofstock' ? 0 : 1, $id]);
    }

    /** A change of a lookup table, which came with 3.6 (products) and 6.3 (attributes). */
    public static function lookup(Database $database, string $statement, array $values)
    {
        try {
            $database->change($statement, $values);
        } catch (DatabaseError $error) {
            if ($error->number() !== DatabaseError::NO_SUCH_TABLE) {
                throw $error;
            }
        }
    }

    /** The term by which the catalogue leaves out what is out of stock, and the count WordPress keeps of it. */
    private function term(string $id, bool $out)
    {
        $term = $this->database->row("SELECT x.term_taxonomy_id AS id FROM {terms} t JOIN {term_taxonomy} x ON x.term_id = t.term_id WHERE x.taxonomy = 'product_visibility' AND t.slug = 'outofstock'");
        if ($term === null) {
            return;
        }
        $changed = $out
            ? $this->database->change('INSERT IGNORE INTO {term_relationships} (object_id, term_taxonomy_id, term_order) VALUES (?, ?, 0)', [$id, $term['id']])
            : $this->database->change('DELETE FROM {term_relationships} WHERE object_id = ? AND term_taxonomy_id = ?', [$id, $term['id']]);
        if ($changed > 0) {
            $row = $this->database->row(
                "SELECT COUNT(*) AS n FROM {term_relationships} r JOIN {posts} p ON p.ID = r.object_id WHERE r.term_taxonomy_id = ? AND p.post_status = 'publish' AND p.post_type IN ('product', 'product_variation')",
                [$term['id']]
            );
            $this->database->change('UPDATE {term_taxonomy} SET count = ? WHERE term_taxonomy_id = ?', [$row['n'], $term['id']]);
        }
    }

    /** A product without a figure of its own is what its variations are. */
    private function parent(string $id): bool
    {
        $values = $this->values($id);
        if ($values['_manage_stock'] === 'yes') {
            return false;
        }
        $rows = $this->database->rows(
            "SELECT m.meta_value AS status, COUNT(*) AS n FROM {posts} p JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_stock_status' WHERE p.post_parent = ? AND p.post_type = 'product_variation' AND p.post_status IN ('publish', 'private') GROUP BY m.meta_value",
            [$id]
        );
        $states = array_column($rows, 'status');
        foreach (['instock', 'onbackorder'] as $status) {
            if (in_array($status, $states, true)) {
                return $this->status($id, $status);
            }
        }
        return $this->status($id, 'outofstock');
    }

    /** Variations without a figure of their own go by the product's status; WooCommerce gives them no term for it. */
    private function children(string $id, string $status)
    {
        $rows = $this->database->rows(
            "SELECT p.ID AS id FROM {posts} p LEFT JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_manage_stock' WHERE p.post_parent = ? AND p.post_type = 'product_variation' AND p.post_status <> 'trash' AND COALESCE(m.meta_value, 'no') <> 'yes'",
            [$id]
        );
        foreach ($rows as $row) {
            if ($this->database->change("UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = '_stock_status' AND COALESCE(meta_value, '') <> ?", [$status, $row['id'], $status]) > 0) {
                $this->copies($row['id'], $status);
            }
        }
    }

    /** What WordPress remembers for a while of these products as options: a value and its end. */
    public function forget(array $ids, bool $statusChanged)
    {
        $names = self::REMEMBERED_OF_ALL;
        foreach ($ids as $id) {
            foreach (self::REMEMBERED as $name) {
                $names[] = $name . $id;
            }
        }
        $options = [];
        foreach ($names as $name) {
            array_push($options, '_transient_' . $name, '_transient_timeout_' . $name);
        }
        $this->database->change('DELETE FROM {options} WHERE option_name IN (' . Database::places($options) . ')', $options);
        if ($statusChanged) {
            // How many products each filter of the catalogue leaves.
            $this->database->change("DELETE FROM {options} WHERE LEFT(option_name, 33) = '_transient_wc_layered_nav_counts_' OR LEFT(option_name, 41) = '_transient_timeout_wc_layered_nav_counts_'");
        }
    }
}

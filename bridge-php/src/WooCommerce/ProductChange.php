<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Name and regular price of a simple product, with the price in force and its copy in the lookup table. A
 * variable product's name and prices stand in its variations too, and showing or hiding a product recounts
 * the whole catalogue: those are refused.
 */
final class WooCommerceProductChange
{
    const PRICES = ['_regular_price', '_sale_price', '_price'];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $product = $this->database->row(
            'SELECT p.ID AS id, p.post_type, p.post_title, p.post_status, MD5(p.post_title) AS mark FROM {posts} p WHERE ' . WooCommerceProducts::REAL . ' AND p.ID = ?',
            [$id]
        );
        if ($product === null || $product['id'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        if (isset($row['active']) && ($row['active'] === '1') !== ($product['post_status'] === 'publish')) {
            return RecordRows::result($id, 'refused', [], 'catalogue');
        }
        $old = $this->cleaner->text($product['post_title'], 'name');
        $title = isset($row['name']) && $row['name'] !== $old ? htmlspecialchars($row['name'], ENT_NOQUOTES, 'UTF-8') : null;
        $prices = $this->prices($id);
        $price = isset($row['price']) && (!isset($prices['_regular_price']) || WooCommerceAmount::of($row['price']) !== WooCommerceAmount::of($prices['_regular_price'])) ? self::price($row['price']) : null;
        if ($title === null && $price === null) {
            return RecordRows::result($id, 'unchanged');
        }
        $reason = $this->reason($product, $title, $price, $prices);
        if ($reason !== '') {
            return RecordRows::result($id, 'refused', [], $reason);
        }
        if (!$this->write($product, $title, $price, $prices)) {
            return RecordRows::result($id, 'busy');
        }
        return RecordRows::result($id, 'done', array_filter(['name' => $title !== null ? $old : null, 'price' => $price !== null ? $prices['_regular_price'] : null], 'is_string'));
    }

    /** Its prices as stored; of a name that occurs twice nothing is known. */
    private function prices(string $id): array
    {
        $prices = [];
        $twice = [];
        $rows = $this->database->rows('SELECT meta_key, meta_value FROM {postmeta} WHERE post_id = ? AND meta_key IN (' . Database::places(self::PRICES) . ')', array_merge([$id], self::PRICES));
        foreach ($rows as $row) {
            if (isset($prices[$row['meta_key']])) {
                $twice[$row['meta_key']] = true;
            }
            $prices[$row['meta_key']] = (string) $row['meta_value'];
        }
        return array_diff_key($prices, $twice);
    }

    private function reason(array $product, $title, $price, array $prices): string
    {
        if ($title !== null && (trim($title) === '' || !(new TextRoom($this->database))->line('posts', 'post_title', $title))) {
            return 'value';
        }
        if (!$this->simple($product)) {
            return 'variants';
        }
        if ($price !== null) {
            $regular = isset($prices['_regular_price']) ? $prices['_regular_price'] : '';
            $sale = isset($prices['_sale_price']) ? $prices['_sale_price'] : '';
            $now = isset($prices['_price']) ? $prices['_price'] : '';
            // Never priced, priced by something else, or no more than the sale price, which the shop would drop.
            if ($regular === '' || $now === '' || ($now !== $regular && $now !== $sale) || ($sale !== '' && WooCommerceAmount::of($sale) >= WooCommerceAmount::of($price))) {
                return 'value';
            }
            $group = $this->database->row("SELECT post_id FROM {postmeta} WHERE meta_key = '_children' AND meta_value LIKE ? LIMIT 1", ['%i:' . $product['id'] . ';%']);
            if ($group !== null) {
                return 'group';
            }
        }
        return $this->database->row("SELECT webhook_id FROM {wc_webhooks} WHERE status = 'active' AND (topic LIKE 'product.%' OR topic LIKE 'action.%') LIMIT 1") !== null ? 'hooks' : '';
    }

    private function simple(array $product): bool
    {
        if ($product['post_type'] !== 'product') {
            return false;
        }
        $types = array_column($this->database->rows(
            "SELECT t.slug FROM {term_relationships} r JOIN {term_taxonomy} x ON x.term_taxonomy_id = r.term_taxonomy_id AND x.taxonomy = 'product_type' JOIN {terms} t ON t.term_id = x.term_id WHERE r.object_id = ?",
            [$product['id']]
        ), 'slug');
        return $types === [] || $types === ['simple'];
    }

    private function write(array $product, $title, $price, array $prices): bool
    {
        $id = $product['id'];
        $now = time();
        $local = str_replace('T', ' ', $this->settings->time()->localText(gmdate('Y-m-d\TH:i:s\Z', $now)));
        $this->database->begin();
        $post = $this->database->change(
            'UPDATE {posts} SET post_title = ?, post_modified = ?, post_modified_gmt = ? WHERE ID = ? AND MD5(post_title) = ? AND post_status = ?',
            [$title !== null ? $title : $product['post_title'], $local, gmdate('Y-m-d H:i:s', $now), $id, $product['mark'], $product['post_status']]
        );
        // Within one second a price alone leaves this row as it was.
        $there = $post === 1 || ($title === null && $this->database->row('SELECT ID FROM {posts} WHERE ID = ? AND MD5(post_title) = ? AND post_status = ?', [$id, $product['mark'], $product['post_status']]) !== null);
        if (!$there || ($price !== null && !$this->reprice($id, $price, $prices))) {
            $this->database->undo();
            return false;
        }
        $this->database->change("UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = '_product_version'", [$this->settings->get('woocommerce_version'), $id]);
        (new WooCommerceStockEffects($this->database, $this->settings))->forget([$id], false);
        $this->database->keep();
        return true;
    }

    /** The regular price, and where no sale is on the price in force with its copy. */
    private function reprice(string $id, string $price, array $prices): bool
    {
        $replace = "UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = ? AND COALESCE(meta_value, '') = ?";
        if ($this->database->change($replace, [$price, $id, '_regular_price', $prices['_regular_price']]) !== 1) {
            return false;
        }
        if (isset($prices['_sale_price']) && $prices['_sale_price'] !== '' && $prices['_price'] === $prices['_sale_price']) {
            return true;
        }
        if ($this->database->change($replace, [$price, $id, '_price', $prices['_price']]) !== 1) {
            return false;
        }
        WooCommerceStockEffects::lookup($this->database, 'UPDATE {wc_product_meta_lookup} SET min_price = CAST(? AS DECIMAL(19,4)), max_price = CAST(? AS DECIMAL(19,4)) WHERE product_id = ?', [$price, $price, $id]);
        return true;
    }

    private static function price(string $text): string
    {
        return (string) preg_replace('/^0+(?=[0-9])/', '', $text);
    }
}

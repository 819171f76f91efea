<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * WooCommerce's stock: the value `_stock` of a product or variation, kept where its `_manage_stock` says
 * so. A variation without stock of its own shares its parent's, which is the one that is set.
 */
final class WooCommerceStock
{
    const TRIES = 20;
    const LARGEST = 9999999900000000;

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

    /** Decimals of figures in this shop: WooCommerce counts whole pieces unless a plug-in lets it do otherwise. */
    public function decimals(): int
    {
        $row = $this->database->row(
            "SELECT MAX(LENGTH(TRIM(TRAILING '0' FROM SUBSTRING_INDEX(meta_value, '.', -1)))) AS decimals FROM {postmeta} WHERE meta_key = '_stock' AND meta_value REGEXP '^-?[0-9]*[.][0-9]*[1-9]0*$'"
        );
        return min(6, (int) $row['decimals']);
    }

    /** Levels of these keys. */
    public function of(array $keys): array
    {
        $ids = StockKeys::ids($keys, 'p');
        return $ids === [] ? [] : $this->levels('p.ID IN (' . Database::places($ids) . ')', $ids, count($ids));
    }

    /** A page of all, in order of id. */
    public function page($after, int $limit): array
    {
        return $this->levels('p.ID > ?', [$after === null ? '0' : substr($after, 2)], $limit);
    }

    private function levels(string $where, array $values, int $limit): array
    {
        $rows = $this->database->rows('SELECT p.ID AS id, p.post_parent, p.post_type, p.post_title FROM {posts} p WHERE ' . WooCommerceProducts::REAL . ' AND ' . $where . ' ORDER BY p.ID LIMIT ' . $limit, $values);
        $ids = array_unique(array_merge(array_column($rows, 'id'), array_filter(array_column($rows, 'post_parent'))));
        $found = (new WooCommerceCatalogue($this->database, $this->settings, $this->cleaner))->values($ids, ['_sku', '_manage_stock', '_stock']);
        $levels = [];
        foreach ($rows as $row) {
            $variant = $row['post_type'] === 'product_variation';
            $own = isset($found[$row['id']]) ? $found[$row['id']] : [];
            $parent = $variant && isset($found[$row['post_parent']]) ? $found[$row['post_parent']] : [];
            $holder = !$this->kept($own) && $this->kept($parent) ? $parent : $own;
            $levels[] = [
                'key' => 'p:' . $row['id'],
                // Its own code only: two figures under one code would each be set to the whole.
                'code' => isset($own['_sku']) ? $this->cleaner->text($own['_sku'], 'sku') : '',
                'sku' => null,
                'name' => $this->cleaner->text($row['post_title'], 'name'),
                'quantity' => WooCommerceAmount::count(self::figure($holder)),
                'tracked' => $this->kept($own),
                'parent' => $variant ? 'p:' . $row['post_parent'] : null,
            ];
        }
        return $levels;
    }

    private function kept(array $values): bool
    {
        return isset($values['_manage_stock']) && $values['_manage_stock'] === 'yes' && $this->settings->get('woocommerce_manage_stock', 'yes') === 'yes';
    }

    private static function figure(array $values): int
    {
        return WooCommerceAmount::of(isset($values['_stock']) ? $values['_stock'] : '');
    }

    /**
     * Writes `current + (target - read)` where the figure is still the one read, tries again when a sale
     * came between, and then brings along everything that hangs on the figure.
     */
    public function set(array $row): array
    {
        $unit = 10 ** (WooCommerceAmount::DECIMALS - $this->decimals());
        $read = WooCommerceAmount::of($row['read']);
        $target = WooCommerceAmount::of($row['target']);
        $id = substr($row['key'], 2);
        $product = $row['key'][0] !== 'p' ? null : $this->database->row('SELECT p.ID AS id, p.post_parent, p.post_type FROM {posts} p WHERE ' . WooCommerceProducts::REAL . ' AND p.ID = ?', [$id]);
        if ($product === null) {
            return self::result($row['key'], 'unknown', null, null);
        }
        if ($read % $unit !== 0 || $target % $unit !== 0) {
            return self::result($row['key'], 'refused', null, null);
        }
        for ($try = 0; $try < self::TRIES; $try++) {
            list($own, $parent) = $this->now($product);
            $stored = isset($own['_stock']) ? $own['_stock'] : '';
            $before = WooCommerceAmount::of($stored);
            if (!$this->kept($own)) {
                $shown = WooCommerceAmount::count($this->kept($parent) ? self::figure($parent) : $before);
                return self::result($row['key'], 'not_tracked', $shown, $shown);
            }
            $wanted = $before + $target - $read;
            if (abs($wanted) > self::LARGEST) {
                return self::result($row['key'], 'refused', WooCommerceAmount::count($before), WooCommerceAmount::count($before));
            }
            if ($wanted === $before || $this->replaced($id, $stored, WooCommerceAmount::count($wanted), isset($own['_stock']))) {
                // Also where nothing changed: a call that was cut may have left what hangs on the figure behind.
                (new WooCommerceStockEffects($this->database, $this->settings))->follow($product);
                return self::result($row['key'], 'done', WooCommerceAmount::count($before), WooCommerceAmount::count($wanted));
            }
        }
        return self::result($row['key'], 'busy', null, null);
    }

    /** Stock values of a product and of what it is a variation of, as they are this moment. */
    private function now(array $product): array
    {
        $variant = $product['post_type'] === 'product_variation';
        $ids = $variant ? [$product['id'], $product['post_parent']] : [$product['id']];
        $found = (new WooCommerceCatalogue($this->database, $this->settings, $this->cleaner))->values($ids, ['_manage_stock', '_stock']);
        return [
            isset($found[$product['id']]) ? $found[$product['id']] : [],
            $variant && isset($found[$product['post_parent']]) ? $found[$product['post_parent']] : [],
        ];
    }

    /** Did the figure take the place of the text that was read? A product whose figure was never filled in may have no row for it. */
    private function replaced(string $id, string $stored, string $wanted, bool $there): bool
    {
        if ($there) {
            return $this->database->change("UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = '_stock' AND COALESCE(meta_value, '') = ?", [$wanted, $id, $stored]) > 0;
        }
        return $this->database->change(
            "INSERT INTO {postmeta} (post_id, meta_key, meta_value) SELECT ?, '_stock', ? FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM {postmeta} m WHERE m.post_id = ? AND m.meta_key = '_stock')",
            [$id, $wanted, $id]
        ) > 0;
    }

    private static function result(string $key, string $outcome, $before, $after): array
    {
        return ['key' => $key, 'outcome' => $outcome, 'before' => $before, 'after' => $after];
    }
}

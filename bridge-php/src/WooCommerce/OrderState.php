<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** What decides over a change of status, and the change itself, wherever the shop keeps its orders. */
final class WooCommerceOrderState
{
    const VALUES = [
        '_customer_user' => 'customer', '_payment_method' => 'method', '_created_via' => 'created_via', '_recorded_coupon_usage_counts' => 'coupons',
        '_download_permissions_granted' => 'downloads', '_order_stock_reduced' => 'stock', '_recorded_sales' => 'sales', '_date_paid' => 'paid',
    ];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;

    public function __construct(Database $database, WooCommerceSettings $settings)
    {
        $this->database = $database;
        $this->settings = $settings;
    }

    /** Of an order: its stored status, buyer, payment, and which of its effects have been had; null when there is none. */
    public function of(string $id)
    {
        if ($this->settings->orderTables()) {
            return $this->database->row(
                'SELECT o.id, o.status, o.customer_id AS customer, o.payment_method AS method, d.created_via, d.coupon_usages_are_counted AS coupons, d.download_permission_granted AS downloads,'
                . ' d.order_stock_reduced AS stock, d.recorded_sales AS sales, d.date_paid_gmt AS paid FROM {wc_orders} o LEFT JOIN {wc_order_operational_data} d ON d.order_id = o.id'
                . " WHERE o.id = ? AND o.type = 'shop_order'",
                [$id]
            );
        }
        $order = $this->database->row("SELECT p.ID AS id, p.post_status AS status FROM {posts} p WHERE p.ID = ? AND p.post_type = 'shop_order'", [$id]);
        if ($order === null) {
            return null;
        }
        $order += array_fill_keys(array_values(self::VALUES), null);
        $names = array_keys(self::VALUES);
        $statement = 'SELECT m.meta_key, m.meta_value FROM {postmeta} m WHERE m.post_id = ? AND m.meta_key IN (' . Database::places($names) . ') ORDER BY m.meta_id DESC';
        foreach ($this->database->rows($statement, array_merge([$id], $names)) as $row) {
            $order[self::VALUES[$row['meta_key']]] = $row['meta_value'];
        }
        return $order;
    }

    /** Writes the status where it is still the other; was it? Both stores where the shop keeps them alike. */
    public function move(string $id, string $from, string $to, int $now): bool
    {
        $tables = $this->settings->orderTables();
        $moved = $tables ? $this->inTables($id, $from, $to, $now) : $this->inPosts($id, $from, $to, $now);
        if ($moved && $this->settings->get('woocommerce_custom_orders_table_data_sync_enabled') === 'yes') {
            $tables ? $this->inPosts($id, $from, $to, $now) : $this->inTables($id, $from, $to, $now);
        }
        return $moved;
    }

    private function inTables(string $id, string $from, string $to, int $now): bool
    {
        $utc = gmdate('Y-m-d H:i:s', $now);
        $moved = $this->database->change("UPDATE {wc_orders} SET status = ?, date_updated_gmt = ? WHERE id = ? AND type = 'shop_order' AND status = ?", [$to, $utc, $id, $from]) === 1;
        if ($moved) {
            // Which version saved it last.
            $this->database->change('UPDATE {wc_order_operational_data} SET woocommerce_version = ? WHERE order_id = ?', [$this->settings->get('woocommerce_version'), $id]);
        }
        if ($moved && $to === 'wc-completed') {
            $this->database->change('UPDATE {wc_order_operational_data} SET date_completed_gmt = ? WHERE order_id = ?', [$utc, $id]);
        }
        return $moved;
    }

    private function inPosts(string $id, string $from, string $to, int $now): bool
    {
        $utc = gmdate('Y-m-d H:i:s', $now);
        $local = $this->local($now);
        $moved = $this->database->change(
            "UPDATE {posts} SET post_status = ?, post_modified = ?, post_modified_gmt = ? WHERE ID = ? AND post_type = 'shop_order' AND post_status = ?",
            [$to, $local, $utc, $id, $from]
        ) === 1;
        if ($moved) {
            $this->value($id, '_order_version', $this->settings->get('woocommerce_version'));
        }
        if ($moved && $to === 'wc-completed') {
            $this->value($id, '_date_completed', (string) $now);
            $this->value($id, '_completed_date', $local);
        }
        return $moved;
    }

    private function value(string $id, string $name, string $value)
    {
        $this->database->change('UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = ?', [$value, $id, $name]);
        $this->database->change(
            'INSERT INTO {postmeta} (post_id, meta_key, meta_value) SELECT ?, ?, ? FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM {postmeta} m WHERE m.post_id = ? AND m.meta_key = ?)',
            [$id, $name, $value, $id, $name]
        );
    }

    public function local(int $now): string
    {
        return str_replace('T', ' ', $this->settings->time()->localText(gmdate('Y-m-d\TH:i:s\Z', $now)));
    }
}

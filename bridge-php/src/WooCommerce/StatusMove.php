<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Moves an order between processing and completed, the two statuses of a paid order, where WooCommerce
 * itself would only write it down: date, note and figures for its reports. Every other move changes stock,
 * payment or coupons, or mails the buyer, and is refused; so is one whose effects have not all been had.
 */
final class WooCommerceStatusMove
{
    const MOVES = ['processing' => 'completed', 'completed' => 'processing'];

    /** Ways of paying that do nothing of their own when an order is completed; others may collect the money then. */
    const QUIET = ['', 'bacs', 'cheque', 'cod'];

    /** How it is noted that stock, sales, coupons and downloads have been seen to. */
    const HAD = ['yes', '1', 'true'];

    const REMEMBERED = ['orders-transient-version', 'woocommerce_reports-transient-version', 'wc_count_comments'];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var WooCommerceOrderState */
    private $orders;

    public function __construct(Database $database, WooCommerceSettings $settings)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->orders = new WooCommerceOrderState($database, $settings);
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $order = $this->orders->of($id);
        if ($order === null || $order['id'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        $from = WooCommerceSettings::statusCode((string) $order['status']);
        if ($from === $row['status']) {
            return RecordRows::result($id, 'unchanged');
        }
        $reason = isset(self::MOVES[$from]) && self::MOVES[$from] === $row['status'] ? $this->reason($order, $row['status']) : 'status';
        $note = $this->note($from, $row['status'], $row['comment']);
        if ($reason === '' && !(new TextRoom($this->database))->holds('comments', 'comment_content', $note)) {
            $reason = 'value';
        }
        if ($reason !== '') {
            return RecordRows::result($id, 'refused', [], $reason);
        }
        return $this->write($id, (string) $order['status'], 'wc-' . $row['status'], $note)
            ? RecordRows::result($id, 'done', ['status' => $from])
            : RecordRows::result($id, 'busy');
    }

    /** What the shop would do more; nothing where it is only written down. */
    private function reason(array $order, string $to): string
    {
        if (!in_array((string) $order['method'], self::QUIET, true) || (string) $order['paid'] === '' || (string) $order['paid'] === '0') {
            return 'payment';
        }
        if (array_diff(array_map('strval', [$order['stock'], $order['sales'], $order['coupons'], $order['downloads']]), self::HAD) !== []) {
            return 'restocks';
        }
        if ($to === 'completed' && $this->mails($order)) {
            return 'mail';
        }
        if ($to === 'completed' && (int) $order['customer'] > 0 && !$this->paying((string) $order['customer'])) {
            return 'customer';
        }
        return $this->others((string) $order['id']);
    }

    /** Is the buyer told? By default yes: only where the shop has switched that mail off an order is completed in silence. */
    private function mails(array $order): bool
    {
        $names = ['woocommerce_customer_completed_order_settings', 'woocommerce_customer_review_request_settings'];
        $stored = array_column($this->database->rows('SELECT option_name, option_value FROM {options} WHERE option_name IN (' . Database::places($names) . ')', $names), 'option_value', 'option_name');
        $off = isset($stored[$names[0]]) && strpos($stored[$names[0]], 's:7:"enabled";s:2:"no";') !== false;
        $review = isset($stored[$names[1]]) && strpos($stored[$names[1]], 's:7:"enabled";s:3:"yes";') !== false;
        return !$off || $review || (string) $order['created_via'] === 'pos-rest-api';
    }

    private function paying(string $customer): bool
    {
        $row = $this->database->row("SELECT meta_value FROM {shared:usermeta} WHERE user_id = ? AND meta_key = 'paying_customer'", [$customer]);
        return $row !== null && $row['meta_value'] === '1';
    }

    /** Programs that are told of each change, mails that wait for it, and refunds whose report goes by the order's status. */
    private function others(string $id): string
    {
        if ($this->database->row("SELECT webhook_id FROM {wc_webhooks} WHERE status = 'active' AND (topic LIKE 'order.%' OR topic LIKE 'action.%') LIMIT 1") !== null) {
            return 'hooks';
        }
        $waiting = $this->settings->orderTables()
            ? $this->database->row("SELECT id FROM {wc_orders_meta} WHERE order_id = ? AND meta_key = '_wc_review_request_scheduled_at' LIMIT 1", [$id])
            : $this->database->row("SELECT meta_id FROM {postmeta} WHERE post_id = ? AND meta_key = '_wc_review_request_scheduled_at' LIMIT 1", [$id]);
        if ($waiting !== null) {
            return 'mail';
        }
        $refund = $this->settings->orderTables()
            ? $this->database->row("SELECT id FROM {wc_orders} WHERE parent_order_id = ? AND type = 'shop_order_refund' LIMIT 1", [$id])
            : $this->database->row("SELECT ID FROM {posts} WHERE post_parent = ? AND post_type = 'shop_order_refund' LIMIT 1", [$id]);
        return $refund !== null ? 'refunds' : '';
    }

    /** As WooCommerce words it, with the comment before it; what was typed stays text in the shop's pages. */
    private function note(string $from, string $to, string $comment): string
    {
        $dutch = strncmp($this->settings->language(), 'nl', 2) === 0;
        list($old, $new) = [$this->settings->status($from)['name'], $this->settings->status($to)['name']];
        $text = $dutch ? 'Bestelstatus gewijzigd van ' . $old . ' naar ' . $new . '.' : 'Order status changed from ' . $old . ' to ' . $new . '.';
        return trim(htmlspecialchars($comment, ENT_QUOTES, 'UTF-8') . ' ' . $text);
    }

    private function write(string $id, string $from, string $to, string $note): bool
    {
        $now = time();
        $this->database->begin();
        if (!$this->orders->move($id, $from, $to, $now)) {
            $this->database->undo();
            return false;
        }
        $this->tell($id, $note, $now);
        $this->report($id, $to, $now);
        $this->forget();
        $this->database->keep();
        return true;
    }

    private function tell(string $id, string $note, int $now)
    {
        $host = (string) parse_url($this->settings->get('home', $this->settings->get('siteurl')), PHP_URL_HOST);
        $this->database->change(
            'INSERT INTO {comments} (comment_post_ID, comment_author, comment_author_email, comment_author_url, comment_author_IP, comment_date, comment_date_gmt, comment_content, comment_karma,'
            . " comment_approved, comment_agent, comment_type, comment_parent, user_id) VALUES (?, 'WooCommerce', ?, '', '', ?, ?, ?, 0, '1', 'WooCommerce', 'order_note', 0, 0)",
            [$id, 'woocommerce@' . ($host === '' ? 'noreply.com' : str_replace('www.', '', $host)), $this->orders->local($now), gmdate('Y-m-d H:i:s', $now), $note]
        );
        // Notes have groups since 10; a shop that never wrote one has none.
        $this->database->change(
            "INSERT INTO {commentmeta} (comment_id, meta_key, meta_value) SELECT LAST_INSERT_ID(), 'note_group', 'order_update' FROM {commentmeta} g WHERE g.meta_key = 'note_group' LIMIT 1"
        );
        $row = $this->database->row("SELECT COUNT(*) AS n FROM {comments} WHERE comment_post_ID = ? AND comment_approved = '1'", [$id]);
        $this->database->change('UPDATE {posts} SET comment_count = ? WHERE ID = ?', [$row['n'], $id]);
    }

    /** The row that the shop's own reports read. */
    private function report(string $id, string $to, int $now)
    {
        $columns = array_column($this->database->rows(
            "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND LOWER(table_name) = LOWER(?) AND column_name IN ('status', 'date_completed')",
            [$this->database->prefix() . 'wc_order_stats']
        ), 'name');
        if (in_array('date_completed', $columns, true) && $to === 'wc-completed') {
            $this->database->change('UPDATE {wc_order_stats} SET status = ?, date_completed = ? WHERE order_id = ?', [$to, $this->orders->local($now), $id]);
        } elseif ($columns !== []) {
            $this->database->change('UPDATE {wc_order_stats} SET status = ? WHERE order_id = ?', [$to, $id]);
        }
    }

    private function forget()
    {
        $options = [];
        foreach (self::REMEMBERED as $name) {
            array_push($options, '_transient_' . $name, '_transient_timeout_' . $name);
        }
        $this->database->change('DELETE FROM {options} WHERE option_name IN (' . Database::places($options) . ')', $options);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Moves an order to another status as OpenCart's own `addOrderHistory` does, where that does no more than
 * write the status, a line of history and its statistics. Into or out of the statuses that count (the
 * settings for processing and complete) it would move stock, coupons, points and commission: refused.
 */
final class OpenCartStatusMove
{
    const LISTS = ['config_processing_status', 'config_complete_status'];

    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var ShopTime */
    private $time;
    /** @var OpenCartHooks */
    private $hooks;

    public function __construct(Database $database, OpenCartSettings $settings, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->time = $time;
        $this->hooks = new OpenCartHooks($database, $settings->schema());
    }

    /** Not in OpenCart 2.0, which keeps these lists in PHP's notation and moved stock at other moments. */
    public static function known(OpenCartSettings $settings): bool
    {
        foreach (self::LISTS as $name) {
            if (!is_array(json_decode($settings->get($name), true))) {
                return false;
            }
        }
        return true;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $order = $this->database->row('SELECT order_id, store_id, order_status_id, affiliate_id, total FROM {order} WHERE order_id = ?', [$id]);
        if ($order === null || $order['order_id'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        $from = (string) (int) $order['order_status_id'];
        $statuses = $this->settings->statuses();
        // Status 0 is an abandoned checkout: the first status it gets makes it an order, with all that follows.
        if ($from === '0' || $row['status'] === '0' || !isset($statuses[$row['status']])) {
            return RecordRows::result($id, 'refused', [], 'status');
        }
        if ($from === $row['status']) {
            return RecordRows::result($id, 'unchanged');
        }
        $lists = $this->lists((string) $order['store_id']);
        $reason = $this->reason($order, $from, $row['status'], $lists);
        $comment = htmlspecialchars($row['comment'], ENT_COMPAT, 'UTF-8');
        if ($reason === '' && !(new TextRoom($this->database))->holds('order_history', 'comment', $comment)) {
            $reason = 'value';
        }
        if ($reason !== '') {
            return RecordRows::result($id, 'refused', [], $reason);
        }
        return $this->write($order, $from, $row['status'], $comment, $lists)
            ? RecordRows::result($id, 'done', ['status' => $from])
            : RecordRows::result($id, 'busy');
    }

    /** The two lists of statuses as the order's own store has them. */
    private function lists(string $store): array
    {
        $lists = array_fill_keys(self::LISTS, []);
        $statement = 'SELECT `key`, `value` FROM {setting} WHERE store_id IN (0, ?) AND `key` IN (' . Database::places(self::LISTS) . ') ORDER BY store_id';
        foreach ($this->database->rows($statement, array_merge([$store], self::LISTS)) as $setting) {
            $list = json_decode((string) $setting['value'], true);
            $lists[$setting['key']] = is_array($list) ? array_map('strval', array_filter($list, 'is_scalar')) : [];
        }
        return ['processing' => $lists[self::LISTS[0]], 'complete' => $lists[self::LISTS[1]], 'counting' => array_merge($lists[self::LISTS[0]], $lists[self::LISTS[1]])];
    }

    /** What the shop would do more at this move; nothing where it may be made. */
    private function reason(array $order, string $from, string $to, array $lists): string
    {
        $counts = in_array($to, $lists['counting'], true);
        if (in_array($from, $lists['counting'], true) !== $counts) {
            return 'restocks';
        }
        $schema = $this->settings->schema();
        $complete = in_array($to, $lists['complete'], true);
        if ($schema->variants() && in_array($from, $lists['complete'], true) !== $complete) {
            // OpenCart 4 gives commission and starts subscriptions with the complete ones.
            if ((int) $order['affiliate_id'] > 0) {
                return 'commission';
            }
            if ($schema->has('order_subscription', 'order_id') && $this->any('SELECT order_id FROM {order_subscription} WHERE order_id = ? LIMIT 1', $order['order_id'])) {
                return 'subscription';
            }
        }
        if ($complete && $schema->has('order_voucher', 'order_id') && $this->any('SELECT order_id FROM {order_voucher} WHERE order_id = ? LIMIT 1', $order['order_id'])) {
            return 'mail';
        }
        if ($counts && $this->fraudIsChecked()) {
            return 'fraud';
        }
        return $this->hooks->foreign(OpenCartHooks::STATUS) ? 'hooks' : '';
    }

    private function any(string $statement, string $id): bool
    {
        return $this->database->row($statement, [$id]) !== null;
    }

    /** An extension that judges each order on its way to a status that counts, and may give it another. */
    private function fraudIsChecked(): bool
    {
        return $this->database->row(
            "SELECT e.code FROM {extension} e JOIN {setting} s ON s.`key` IN (CONCAT(e.code, '_status'), CONCAT('fraud_', e.code, '_status')) AND s.`value` = '1' WHERE e.`type` = 'fraud' LIMIT 1"
        ) !== null;
    }

    private function write(array $order, string $from, string $to, string $comment, array $lists): bool
    {
        $now = str_replace('T', ' ', $this->time->localText(gmdate('Y-m-d\TH:i:s\Z')));
        $this->database->begin();
        $moved = $this->settings->schema()->datesStatus()
            ? $this->database->change('UPDATE {order} SET order_status_id = ?, date_modified = ? WHERE order_id = ? AND order_status_id = ?', [$to, $now, $order['order_id'], $from])
            : $this->database->change('UPDATE {order} SET order_status_id = ? WHERE order_id = ? AND order_status_id = ?', [$to, $order['order_id'], $from]);
        if ($moved !== 1) {
            $this->database->undo();
            return false;
        }
        $this->database->change(
            'INSERT INTO {order_history} (order_id, order_status_id, notify, comment, date_added) VALUES (?, ?, 0, ?, ?)',
            [$order['order_id'], $to, $comment, $now]
        );
        $this->count($order, $from, $to, $lists);
        $this->database->keep();
        return true;
    }

    /** OpenCart 3 counts after the status is written: it finds the new one as the old, and adds the order's sum once more. */
    private function count(array $order, string $from, string $to, array $lists)
    {
        $when = $this->hooks->statistics();
        if ($when === 'after') {
            $sum = in_array($to, $lists['counting'], true) ? (string) $order['total'] : '-' . $order['total'];
            $this->add('order_sale', $sum);
        } elseif ($when === 'before') {
            foreach (['order_processing' => $lists['processing'], 'order_complete' => $lists['complete']] as $name => $list) {
                $step = (int) in_array($to, $list, true) - (int) in_array($from, $list, true);
                if ($step !== 0) {
                    $this->add($name, (string) $step);
                }
            }
        }
    }

    private function add(string $name, string $amount)
    {
        $this->database->change('UPDATE {statistics} SET `value` = `value` + CAST(? AS DECIMAL(15,4)) WHERE `code` = ?', [$amount, $name]);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Moves an order to another status as PrestaShop's `OrderHistory` does, between statuses that mean the same:
 * equal flags, no mail, nothing left to invoice, to number or to take as paid. What is then left to write is
 * the status, a line of history, and with the delivery flag today as its date.
 */
final class PrestaShopStatusMove
{
    const FLAGS = ['logable', 'paid', 'shipped', 'delivery', 'invoice'];
    const ASIDE = ['PS_OS_CANCELED', 'PS_OS_ERROR'];
    const PAYMENT = ['PS_OS_PAYMENT', 'PS_OS_WS_PAYMENT'];

    /** @var Database */
    private $database;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, ShopTime $time)
    {
        $this->database = $database;
        $this->time = $time;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $order = $this->database->row('SELECT id_order, id_shop, current_state, valid, invoice_number, delivery_number FROM {orders} WHERE id_order = ?', [$id]);
        if ($order === null || $order['id_order'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        $from = (string) $order['current_state'];
        if ($from === $row['status']) {
            return RecordRows::result($id, 'unchanged');
        }
        $old = $this->state($from);
        $new = $this->state($row['status']);
        $reason = $old === null || $new === null || $new['id_order_state'] !== $row['status'] || $new['deleted'] === '1' ? 'status' : $this->reason($order, $old, $new);
        if ($reason === '' && $row['comment'] !== '') {
            // A line of history has no words here; a message of the shop goes to its customer.
            $reason = 'comment';
        }
        if ($reason !== '') {
            return RecordRows::result($id, 'refused', [], $reason);
        }
        return $this->write($order, $new) ? RecordRows::result($id, 'done', ['status' => $from]) : RecordRows::result($id, 'busy');
    }

    private function state(string $id)
    {
        return $this->database->row('SELECT id_order_state, send_email, deleted, logable, paid, shipped, delivery, invoice FROM {order_state} WHERE id_order_state = ?', [$id]);
    }

    /** What the shop would do more; nothing where the move may be made. */
    private function reason(array $order, array $old, array $new): string
    {
        $aside = $this->settings(self::ASIDE);
        foreach (self::FLAGS as $flag) {
            if ((int) $old[$flag] !== (int) $new[$flag]) {
                return in_array($flag, ['logable', 'shipped'], true) ? 'restocks' : ($flag === 'paid' ? 'payment' : $flag);
            }
        }
        if (isset($aside[$old['id_order_state']]) || isset($aside[$new['id_order_state']]) || (int) $order['valid'] !== (int) $new['logable']) {
            return 'restocks';
        }
        if ($new['send_email'] === '1') {
            return 'mail';
        }
        if (isset($this->settings(self::PAYMENT)[$new['id_order_state']]) || ($new['paid'] === '1' && $this->owes((string) $order['id_order']))) {
            return 'payment';
        }
        if ($new['invoice'] === '1' && (int) $order['invoice_number'] === 0) {
            return 'invoice';
        }
        if ($new['delivery'] === '1' && ((int) $order['delivery_number'] === 0 || $this->unnumbered((string) $order['id_order']))) {
            return 'delivery';
        }
        return (new PrestaShopHooks($this->database))->onStatus((string) $order['id_shop'], $new['id_order_state']) ? 'hooks' : '';
    }

    /** Values these settings have in any shop, as keys. */
    private function settings(array $names): array
    {
        return array_fill_keys(array_column($this->database->rows('SELECT value FROM {configuration} WHERE name IN (' . Database::places($names) . ') AND value IS NOT NULL', $names), 'value'), true);
    }

    /** Would a payment be written? For each invoice that is more than what was paid on it; a payment of several invoices is not divided here. */
    private function owes(string $order): bool
    {
        return $this->database->row(
            'SELECT i.id_order_invoice FROM {order_invoice} i WHERE i.id_order = ? AND i.number > 0 AND ROUND(i.total_paid_tax_incl, 2) > ROUND(COALESCE((SELECT SUM(p.amount) FROM {order_invoice_payment} x'
            . ' JOIN {order_payment} p ON p.id_order_payment = x.id_order_payment WHERE x.id_order_invoice = i.id_order_invoice AND NOT EXISTS'
            . ' (SELECT 1 FROM {order_invoice_payment} y WHERE y.id_order_payment = x.id_order_payment AND y.id_order_invoice <> x.id_order_invoice)), 0), 2) LIMIT 1',
            [$order]
        ) !== null;
    }

    /** Is there an invoice that would get a delivery number? */
    private function unnumbered(string $order): bool
    {
        return $this->database->row('SELECT id_order_invoice FROM {order_invoice} WHERE id_order = ? AND COALESCE(delivery_number, 0) = 0 LIMIT 1', [$order]) !== null;
    }

    private function write(array $order, array $new): bool
    {
        $now = str_replace('T', ' ', $this->time->localText(gmdate('Y-m-d\TH:i:s\Z')));
        $id = $order['id_order'];
        $this->database->begin();
        if ($this->database->change('UPDATE {orders} SET current_state = ?, date_upd = ? WHERE id_order = ? AND current_state = ?', [$new['id_order_state'], $now, $id, $order['current_state']]) !== 1) {
            $this->database->undo();
            return false;
        }
        if ($new['delivery'] === '1') {
            $this->database->change('UPDATE {orders} SET delivery_date = ? WHERE id_order = ?', [$now, $id]);
        }
        $this->database->change('INSERT INTO {order_history} (id_employee, id_order, id_order_state, date_add) VALUES (0, ?, ?, ?)', [$id, $new['id_order_state'], $now]);
        $this->database->keep();
        return true;
    }
}

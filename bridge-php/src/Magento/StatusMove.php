<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Gives an order another status of the state it is in, as a comment in Magento's admin does: order, its row in
 * the grid and a line of history. The state itself follows invoices, shipments and refunds and is never written.
 */
final class MagentoStatusMove
{
    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $order = $this->database->row('SELECT entity_id, state, status FROM ' . MagentoSchema::ORDER . ' WHERE entity_id = ?', [$id]);
        if ($order === null || $order['entity_id'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        $from = (string) $order['status'];
        if ($from === $row['status']) {
            return RecordRows::result($id, 'unchanged');
        }
        $same = $this->database->row('SELECT status, state FROM {sales_order_status_state} WHERE status = ? AND state = ?', [$row['status'], (string) $order['state']]);
        if ($same === null || $same['status'] !== $row['status']) {
            $known = $this->database->row('SELECT status FROM {sales_order_status} WHERE status = ?', [$row['status']]);
            return RecordRows::result($id, 'refused', [], $known === null ? 'status' : 'state');
        }
        if (!(new TextRoom($this->database))->holds(MagentoSchema::HISTORY_TABLE, 'comment', $row['comment'])) {
            return RecordRows::result($id, 'refused', [], 'value');
        }
        return $this->write($order, $row['status'], $row['comment']) ? RecordRows::result($id, 'done', ['status' => $from]) : RecordRows::result($id, 'busy');
    }

    private function write(array $order, string $to, string $comment): bool
    {
        $now = gmdate('Y-m-d H:i:s');
        $this->database->begin();
        $moved = $this->database->change(
            'UPDATE ' . MagentoSchema::ORDER . ' SET status = ?, updated_at = ? WHERE entity_id = ? AND status = ? AND state = ?',
            [$to, $now, $order['entity_id'], (string) $order['status'], (string) $order['state']]
        );
        if ($moved !== 1) {
            $this->database->undo();
            return false;
        }
        $this->database->change('UPDATE ' . MagentoSchema::GRID . ' SET status = ?, updated_at = ? WHERE entity_id = ?', [$to, $now, $order['entity_id']]);
        $this->database->change(
            'INSERT INTO ' . MagentoSchema::HISTORY . " (parent_id, is_customer_notified, is_visible_on_front, comment, status, created_at, entity_name) VALUES (?, 0, 0, NULLIF(?, ''), ?, ?, 'order')",
            [$order['entity_id'], $comment, $to, $now]
        );
        $this->database->keep();
        return true;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Orders among WordPress's posts, their values in `postmeta`. */
final class WooCommerceOrderPosts implements WooCommerceOrderStore
{
    const STAMP = "GREATEST(p.post_modified_gmt, p.post_date_gmt, CAST('1970-01-02 00:00:00' AS DATETIME))";

    /** Values that make up the order itself; the parts of its addresses come besides. */
    const OWN = ['_order_currency' => 'currency', '_customer_user' => 'customer', '_billing_email' => 'email', '_payment_method' => 'method', '_payment_method_title' => 'method_title'];

    /** @var Database */
    private $database;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, ShopTime $time)
    {
        $this->database = $database;
        $this->time = $time;
    }

    public function changed($since, $after, int $limit): array
    {
        $where = ["p.post_type = 'shop_order'"];
        $values = [];
        if ($since !== null) {
            $where[] = self::STAMP . ' >= ?';
            $values[] = $since;
        }
        if ($after !== null) {
            $where[] = '(' . self::STAMP . ' > ? OR (' . self::STAMP . ' = ? AND p.ID > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return $this->database->rows('SELECT p.ID AS id, ' . self::STAMP . ' AS stamp FROM {posts} p WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, p.ID LIMIT ' . $limit, $values);
    }

    public function sizes(): array
    {
        $own = "'" . implode("', '", self::names()) . "'";
        return [
            'SELECT p.ID AS id, 200 + COALESCE(LENGTH(p.post_excerpt), 0) AS bytes FROM {posts} p WHERE p.ID IN (%s)',
            'SELECT m.post_id AS id, ' . OrderSizes::sum(['m.meta_key', 'm.meta_value'], 100) . ' FROM {postmeta} m WHERE m.post_id IN (%s)'
            . ' AND (m.meta_key IN (' . $own . ') OR ' . WooCommerceFields::CONDITION . ') GROUP BY m.post_id',
            WooCommerceItems::sizeOfRefunds('{posts}', 'ID', 'post_parent', "post_type = 'shop_order_refund' AND r.post_status <> 'trash'"),
        ];
    }

    public function numbers(array $ids): array
    {
        return array_column($this->database->rows(
            'SELECT m.post_id, LEFT(m.meta_value, 64) AS number FROM {postmeta} m WHERE m.post_id IN (' . Database::places($ids) . ') AND m.meta_key IN (' . Database::places(WooCommerceFields::NUMBER) . ')',
            array_merge($ids, WooCommerceFields::NUMBER)
        ), 'number', 'post_id');
    }

    /** Names of the values that are read whatever WooCommerceFields lets through. */
    private static function names(): array
    {
        return array_merge(array_keys(self::OWN), ['_order_total', '_prices_include_tax', '_date_paid', '_paid_date']);
    }

    public function rows(array $ids): array
    {
        $rows = [];
        $found = $this->database->rows(
            'SELECT p.ID AS id, p.post_status, p.post_date, p.post_date_gmt, p.post_modified_gmt, p.post_excerpt FROM {posts} p'
            . " WHERE p.post_type = 'shop_order' AND p.ID IN (" . Database::places($ids) . ') ORDER BY p.ID',
            $ids
        );
        $empty = array_fill_keys(self::ADDRESS, '');
        foreach ($found as $row) {
            $rows[$row['id']] = [
                'id' => $row['id'],
                'status' => WooCommerceSettings::statusCode($row['post_status']),
                'currency' => '',
                'total' => WooCommerceAmount::text(0),
                'customer' => '',
                'created' => $this->created($row),
                'changed' => max($row['post_date_gmt'], $row['post_modified_gmt']),
                'email' => '',
                'note' => $row['post_excerpt'],
                'method' => '',
                'method_title' => '',
                'with_tax' => '',
                'paid' => '',
                'paid_at' => '',
                'no_total' => '1',
                'billing' => $empty,
                'shipping' => $empty,
                'fields' => [],
            ];
        }
        return $this->withValues($rows);
    }

    /** A draft has no UTC moment yet. */
    private function created(array $row): string
    {
        if (strncmp($row['post_date_gmt'], '0000', 4) !== 0) {
            return $row['post_date_gmt'];
        }
        return substr(str_replace('T', ' ', (string) $this->time->utc($row['post_date'])), 0, 19);
    }

    private function withValues(array $rows): array
    {
        $ids = array_keys($rows);
        $names = self::names();
        $found = $ids === [] ? [] : $this->database->rows(
            'SELECT m.post_id, m.meta_key, m.meta_value FROM {postmeta} m WHERE m.post_id IN (' . Database::places($ids) . ') AND (m.meta_key IN (' . Database::places($names) . ') OR ' . WooCommerceFields::CONDITION . ') ORDER BY m.meta_id',
            array_merge($ids, $names)
        );
        foreach ($found as $meta) {
            $name = (string) $meta['meta_key'];
            $value = (string) $meta['meta_value'];
            $row = &$rows[$meta['post_id']];
            if (isset(self::OWN[$name])) {
                $row[self::OWN[$name]] = $value;
            } elseif ($name === '_order_total') {
                $row['total'] = WooCommerceAmount::normal($value);
                $row['no_total'] = is_numeric(trim($value)) ? '' : '1';
            } elseif ($name === '_prices_include_tax') {
                $row['with_tax'] = $value === 'yes' ? '1' : '';
            } elseif ($name === '_date_paid' || $name === '_paid_date') {
                $row['paid'] = $value !== '' ? '1' : $row['paid'];
                $at = $name === '_date_paid' ? self::moment($value) : substr(str_replace('T', ' ', (string) $this->time->utc($value)), 0, 19);
                // Up to version 2.6 only the second was kept, as the shop's own time.
                $row['paid_at'] = $at !== '' && ($name === '_date_paid' || $row['paid_at'] === '') ? $at : $row['paid_at'];
            } elseif (preg_match('/^_(billing|shipping)_(.*)$/D', $name, $part) === 1 && isset($row[$part[1]][$part[2]])) {
                $row[$part[1]][$part[2]] = $value;
            } elseif (WooCommerceFields::open($name)) {
                $row['fields'][] = [$name, $value];
            }
            unset($row);
        }
        return $rows;
    }

    /** UTC text of seconds since 1970; empty for what is none. */
    private static function moment(string $seconds): string
    {
        return preg_match('/^[0-9]{9,10}$/D', $seconds) === 1 ? gmdate('Y-m-d H:i:s', (int) $seconds) : '';
    }

    public function refunds(array $ids): array
    {
        $refunds = [];
        $rows = $this->database->rows(
            'SELECT p.ID AS id, p.post_parent, p.post_date_gmt, a.meta_value AS amount, t.meta_value AS total, ' . OrderSizes::note('r.meta_value') . ' AS reason FROM {posts} p'
            . " LEFT JOIN {postmeta} a ON a.post_id = p.ID AND a.meta_key = '_refund_amount' LEFT JOIN {postmeta} t ON t.post_id = p.ID AND t.meta_key = '_order_total'"
            . " LEFT JOIN {postmeta} r ON r.post_id = p.ID AND r.meta_key = '_refund_reason'"
            . " WHERE p.post_type = 'shop_order_refund' AND p.post_status <> 'trash' AND p.post_parent IN (" . Database::places($ids) . ') ORDER BY p.ID',
            $ids
        );
        foreach ($rows as $row) {
            $total = (string) $row['amount'] !== '' ? WooCommerceAmount::of($row['amount']) : -WooCommerceAmount::of($row['total']);
            $refunds[$row['post_parent']][$row['id']] = ['id' => $row['id'], 'created' => $row['post_date_gmt'], 'total' => $total, 'reason' => (string) $row['reason']];
        }
        return $refunds;
    }

    public function withField(array $names, string $value): array
    {
        return array_column($this->database->rows(
            "SELECT DISTINCT m.post_id FROM {postmeta} m JOIN {posts} p ON p.ID = m.post_id AND p.post_type = 'shop_order' WHERE m.meta_key IN (" . Database::places($names) . ') AND m.meta_value = ? ORDER BY m.post_id LIMIT 2',
            array_merge($names, [$value])
        ), 'post_id');
    }

    public function totals(string $from, WooCommerceDay $day): array
    {
        return $this->database->rows(
            'SELECT ' . $day->of('p.post_date_gmt') . ' AS day, p.post_status AS status, COUNT(*) AS n, COALESCE(SUM(CAST(m.meta_value AS DECIMAL(26, 8))), 0) AS total FROM {posts} p'
            . " LEFT JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_order_total' WHERE p.post_type = 'shop_order' AND p.post_date_gmt >= ? GROUP BY day, p.post_status ORDER BY day, p.post_status",
            array_merge($day->values(), [$from])
        );
    }

    public function counts(): array
    {
        return $this->database->row(
            "SELECT COALESCE(SUM(post_status NOT IN ('auto-draft', 'draft', 'wc-checkout-draft')), 0) AS orders,"
            . " COALESCE(SUM(post_status IN ('auto-draft', 'draft', 'wc-checkout-draft')), 0) AS abandoned FROM {posts} WHERE post_type = 'shop_order'"
        );
    }

    public function paymentMethods(): array
    {
        return $this->database->rows(
            "SELECT c.meta_value AS code, MAX(t.meta_value) AS title FROM {posts} p JOIN {postmeta} c ON c.post_id = p.ID AND c.meta_key = '_payment_method'"
            . " LEFT JOIN {postmeta} t ON t.post_id = p.ID AND t.meta_key = '_payment_method_title' WHERE p.post_type = 'shop_order' AND c.meta_value <> '' GROUP BY c.meta_value ORDER BY c.meta_value"
        );
    }

    public function statusCodes(): array
    {
        return array_column($this->database->rows("SELECT DISTINCT post_status FROM {posts} WHERE post_type = 'shop_order' ORDER BY post_status"), 'post_status');
    }
}

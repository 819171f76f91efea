<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Name in the default language, price and status of a product. One statement changes all of it and only
 * over what was just read, which is right on MyISAM too. A master of variants and its variants are left
 * alone: saving a master writes its values into each variant that does not override them.
 */
final class OpenCartProductChange
{
    const MARKS = 'SELECT p.product_id, p.price, p.status, d.name, MD5(d.name) AS mark FROM {product} p LEFT JOIN {product_description} d ON d.product_id = p.product_id AND d.language_id = ? WHERE p.product_id = ?';
    const NAMED = 'UPDATE {product} p JOIN {product_description} d ON d.product_id = p.product_id AND d.language_id = ? SET d.name = ?, p.price = CAST(? AS DECIMAL(15,4)), p.status = ?, p.date_modified = ?'
        . ' WHERE p.product_id = ? AND p.price = CAST(? AS DECIMAL(15,4)) AND p.status = ? AND MD5(d.name) = ?';
    const PLAIN = 'UPDATE {product} p SET p.price = CAST(? AS DECIMAL(15,4)), p.status = ?, p.date_modified = ? WHERE p.product_id = ? AND p.price = CAST(? AS DECIMAL(15,4)) AND p.status = ?';

    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $language = $this->settings->language();
        $now = $this->database->row(self::MARKS, [$language, $id]);
        if ($now === null || $id !== $now['product_id']) {
            return RecordRows::result($id, 'unknown');
        }
        $now['status'] = (string) $now['status'] === '1' ? '1' : '0';
        $wanted = ['price' => isset($row['price']) ? self::price($row['price']) : $now['price'], 'status' => isset($row['active']) ? $row['active'] : $now['status']];
        $name = isset($row['name']) ? htmlspecialchars($row['name'], ENT_COMPAT, 'UTF-8') : (string) $now['name'];
        $reason = $this->reason($id, $now, $wanted['price'], isset($row['name']) ? $name : null);
        if ($reason !== '') {
            return RecordRows::result($id, 'refused', [], $reason);
        }
        $before = array_filter([
            'name' => $name !== (string) $now['name'] ? $this->cleaner->text($now['name'], 'name') : null,
            'price' => $wanted['price'] !== $now['price'] ? $now['price'] : null,
            'active' => $wanted['status'] !== $now['status'] ? $now['status'] : null,
        ], 'is_string');
        if ($before === []) {
            return RecordRows::result($id, 'unchanged');
        }
        $date = str_replace('T', ' ', $this->time->localText(gmdate('Y-m-d\TH:i:s\Z')));
        $changed = isset($before['name'])
            ? $this->database->change(self::NAMED, [$language, $name, $wanted['price'], $wanted['status'], $date, $id, $now['price'], $now['status'], $now['mark']])
            : $this->database->change(self::PLAIN, [$wanted['price'], $wanted['status'], $date, $id, $now['price'], $now['status']]);
        return $changed > 0 ? RecordRows::result($id, 'done', $before) : RecordRows::result($id, 'busy');
    }

    /** Why it cannot be so; nothing where it can. */
    private function reason(string $id, array $now, $price, $name): string
    {
        if ($price === null || ($name !== null && ($now['mark'] === null || trim($name) === '' || !(new TextRoom($this->database))->line('product_description', 'name', $name)))) {
            return 'value';
        }
        $schema = $this->settings->schema();
        if ($schema->variants() && $this->database->row('SELECT product_id FROM {product} WHERE master_id = ? OR (product_id = ? AND master_id > 0) LIMIT 1', [$id, $id]) !== null) {
            return 'variants';
        }
        return (new OpenCartHooks($this->database, $schema))->foreign(OpenCartHooks::PRODUCT) ? 'hooks' : '';
    }

    /** With the four decimals of the column; null where it has more, or more digits than fit. */
    private static function price(string $text)
    {
        if (preg_match('/^0*([0-9]{1,11})(?:\.([0-9]{1,4})0*)?$/D', $text, $part) !== 1) {
            return null;
        }
        return $part[1] . '.' . str_pad(isset($part[2]) ? $part[2] : '', 4, '0');
    }
}

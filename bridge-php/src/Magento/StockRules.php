<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** What Magento's own classes decide of a stock row: is it kept, and does a figure mean "in stock"? */
final class MagentoStockRules
{
    /** Kinds of product that have a stock of their own; the others go by their parts. */
    const OWN = ['simple', 'virtual', 'downloadable'];

    const COLUMNS = 's.item_id, s.qty, s.is_in_stock, s.min_qty, s.use_config_min_qty, s.backorders, s.use_config_backorders, s.manage_stock, s.use_config_manage_stock,'
        . ' s.notify_stock_qty, s.use_config_notify_stock_qty, s.is_qty_decimal, s.stock_status_changed_auto, s.low_stock_date';

    /** @var MagentoSettings */
    private $settings;

    public function __construct(MagentoSettings $settings)
    {
        $this->settings = $settings;
    }

    private function value(array $row, string $name): string
    {
        return $row['use_config_' . $name] === '1' ? $this->settings->get('cataloginventory/item_options/' . $name) : (string) $row[$name];
    }

    public function kept(array $row): bool
    {
        return in_array($row['type_id'], self::OWN, true) && $row['item_id'] !== null && $this->managed($row);
    }

    public function managed(array $row): bool
    {
        return $this->value($row, 'manage_stock') === '1';
    }

    /** May it be sold with nothing left? */
    public function backorders(array $row): bool
    {
        return (int) $this->value($row, 'backorders') > 0;
    }

    /** Is this figure above the one from which on the shop stops selling? */
    public function enough(array $row, int $quantity): bool
    {
        return $quantity > MagentoAmount::of($this->value($row, 'min_qty'));
    }

    /**
     * In stock after the change? Out when the figure is at the limit and nothing may be ordered back.
     * In again only where it was the figure that put it out: what the owner put out by hand stays out.
     */
    public function inStock(array $row, bool $was, int $before, int $after): bool
    {
        if (!$this->enough($row, $after) && !$this->backorders($row)) {
            return false;
        }
        return $was || !$this->enough($row, $before) || $row['stock_status_changed_auto'] === '1';
    }

    /** Who put it out, for `stock_status_changed_auto`: the figure (1) or a person. */
    public static function changedAuto(array $row, bool $in): string
    {
        if ($in === ($row['is_in_stock'] === '1')) {
            return (string) $row['stock_status_changed_auto'];
        }
        return $in ? '0' : '1';
    }

    /** Since when the figure is low (`YYYY-MM-DD HH:MM:SS`), or null when it is not. */
    public function lowSince(array $row, int $after)
    {
        if ($after >= MagentoAmount::of($this->value($row, 'notify_stock_qty'))) {
            return null;
        }
        return $row['low_stock_date'] === null ? gmdate('Y-m-d H:i:s') : $row['low_stock_date'];
    }

    /** Can this product's stock be that figure? Pieces are whole unless the product is sold in parts of one. */
    public function fits(array $row, int $quantity): bool
    {
        return abs($quantity) < 99999999 * MagentoAmount::ONE && ($row['is_qty_decimal'] === '1' || $quantity % MagentoAmount::ONE === 0);
    }

    /** A wanted difference in ten-thousandths; null where the shop has not so many decimals. */
    public static function difference(array $row)
    {
        foreach (['read', 'target'] as $name) {
            if (preg_match('/\.[0-9]{4}0*[1-9]/', $row[$name]) === 1) {
                return null;
            }
        }
        return MagentoAmount::of($row['target']) - MagentoAmount::of($row['read']);
    }

    public static function result(string $key, string $outcome, $before, $after): array
    {
        return [
            'key' => $key, 'outcome' => $outcome,
            'before' => $before === null ? null : MagentoAmount::text($before), 'after' => $after === null ? null : MagentoAmount::text($after),
        ];
    }
}

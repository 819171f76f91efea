<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Money given back on an order: refunds are orders of their own with rows below zero. */
final class WooCommerceRefunds
{
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(WooCommerceSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    /** Records of an order's refunds; `$items` holds the rows of order and refunds by id. */
    public function of(array $order, array $refunds, array $items): array
    {
        $records = [];
        $bought = isset($items[$order['id']]) ? $items[$order['id']] : [];
        foreach ($refunds as $refund) {
            $rows = isset($items[$refund['id']]) ? $items[$refund['id']] : [];
            $given = array_filter($rows, function (array $item): bool {
                return in_array($item['type'], ['line_item', 'fee', 'shipping'], true);
            });
            if ($given === [] && count($refunds) === 1 && $refund['total'] === WooCommerceAmount::of($order['total'])) {
                // The status "refunded" makes a refund of everything without rows: it gives back what was sold.
                $records[] = $this->record($refund, $this->lines($bought, 1), $this->charges($bought, 1), true);
            } else {
                $records[] = $this->record($refund, $this->lines($rows, -1), $this->charges($rows, -1), false);
            }
        }
        return $records;
    }

    private function record(array $refund, array $lines, array $charges, bool $whole): array
    {
        $sum = 0;
        foreach ($lines as $line) {
            $sum += self::sum($line['parts']);
        }
        // Rows keep six decimals, the refund itself is in cents.
        $rest = WooCommerceAmount::rounded($refund['total'] - $sum - self::sum($charges), 2);
        return [
            'id' => $refund['id'],
            'number' => null,
            'at' => self::moment($refund['created']),
            'at_local' => str_replace(' ', 'T', $this->time->localText($refund['created'])),
            'total' => WooCommerceAmount::text($refund['total']),
            'comment' => $this->cleaner->text($refund['reason'], 'refund', true),
            'lines' => array_map(function (array $line): array {
                return ['parts' => WooCommerceTaxes::records($line['parts'])] + $line;
            }, $lines),
            'shipping' => WooCommerceTaxes::records($charges),
            'adjustment' => WooCommerceAmount::text($whole && abs($rest) <= 5 * WooCommerceTaxes::CENT ? 0 : $rest),
        ];
    }

    private static function moment(string $utc): string
    {
        return str_replace(' ', 'T', substr($utc, 0, 19)) . 'Z';
    }

    private static function sum(array $parts): int
    {
        $sum = 0;
        foreach ($parts as $part) {
            $sum += $part[1] + $part[2];
        }
        return $sum;
    }

    /** Parts of a row, times 1 or -1; of a row whose rates are not known, all of it without VAT rather than none of it. */
    private static function parts(array $row, int $sign): array
    {
        $parts = $row['parts'] !== [] ? $row['parts'] : [[0, $row['net'] + $row['vat'], 0]];
        return $sign < 0 ? WooCommerceTaxes::negative($parts) : $parts;
    }

    private function lines(array $items, int $sign): array
    {
        $taxes = new WooCommerceTaxes($items, $this->settings);
        $lines = [];
        foreach (WooCommerceItems::ofType($items, 'line_item') as $item) {
            $pieces = WooCommerceAmount::of(WooCommerceItems::value($item, '_qty'));
            $row = $taxes->line($item, 'total');
            if ($pieces !== 0 || $row['net'] !== 0 || $row['vat'] !== 0) {
                $lines[] = [
                    'line_id' => $sign > 0 ? $item['id'] : WooCommerceItems::value($item, '_refunded_item_id'),
                    'quantity' => WooCommerceAmount::count(abs($pieces)),
                    'parts' => self::parts($row, $sign),
                ];
            }
        }
        return $lines;
    }

    /** Shipping and fees given back: neither belongs to a line. */
    private function charges(array $items, int $sign): array
    {
        $taxes = new WooCommerceTaxes($items, $this->settings);
        $parts = [];
        foreach (WooCommerceItems::ofType($items, 'shipping') as $item) {
            $parts = array_merge($parts, self::parts($taxes->shipping($item), $sign));
        }
        foreach (WooCommerceItems::ofType($items, 'fee') as $item) {
            $parts = array_merge($parts, self::parts($taxes->line($item, 'total'), $sign));
        }
        return WooCommerceTaxes::merged($parts);
    }
}

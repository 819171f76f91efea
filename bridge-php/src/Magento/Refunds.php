<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Credit memos: goods and shipping by rate, and what was given back or kept beyond them, which has no VAT. */
final class MagentoRefunds
{
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(MagentoSettings $settings, Cleaner $cleaner)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function records(array $order, array $sold, array $rows, array $items, array $comments, int $shippingRate): array
    {
        $refunds = [];
        $time = $this->settings->time($order['store_id']);
        foreach ($rows as $row) {
            $lines = $this->lines($sold, $items, $row['entity_id']);
            $adjustment = MagentoAmount::of($row['base_adjustment_positive']) - MagentoAmount::of($row['base_adjustment_negative']);
            $rest = MagentoAmount::of($row['base_grand_total']) - $adjustment;
            foreach ($lines as $line) {
                foreach ($line['parts'] as $part) {
                    $rest -= MagentoAmount::of($part['net']) + MagentoAmount::of($part['vat']);
                }
            }
            // The memo keeps shipping before its discount: what goods and adjustment leave is what was given back.
            $shipping = [];
            if (MagentoAmount::of($row['base_shipping_amount']) !== 0) {
                $vat = MagentoAmount::of($row['base_shipping_tax_amount']);
                $shipping = MagentoAmount::parts([$shippingRate => [$rest - $vat, $vat]]);
            } else {
                $adjustment += $rest;
            }
            $refunds[] = [
                'id' => $row['entity_id'],
                'number' => $row['increment_id'],
                'at' => MagentoTime::utc($row['created_at']),
                'at_local' => MagentoTime::local($row['created_at'], $time),
                'total' => MagentoAmount::text(MagentoAmount::of($row['base_grand_total'])),
                'comment' => $this->comment($comments, $row['entity_id']),
                'lines' => $lines,
                'shipping' => $shipping,
                'adjustment' => MagentoAmount::text($adjustment),
            ];
        }
        return $refunds;
    }

    private function lines(array $sold, array $items, string $memo): array
    {
        $rates = [];
        foreach ($sold as $row) {
            if ($row[1] !== null) {
                $rates[$row[0]['item_id']] = $row[1]->percent;
            }
        }
        $lines = [];
        foreach ($items as $item) {
            if ($item['parent_id'] !== $memo || !isset($rates[$item['order_item_id']])) {
                continue;
            }
            $byRate = self::amounts($item, $rates[$item['order_item_id']]);
            $quantity = MagentoAmount::of($item['qty']);
            if ($quantity !== 0 || MagentoAmount::parts($byRate) !== []) {
                $lines[] = ['line_id' => $item['order_item_id'], 'quantity' => MagentoAmount::text($quantity), 'parts' => MagentoAmount::parts($byRate)];
            }
        }
        return $lines;
    }

    private static function amounts(array $item, int $rate): array
    {
        $net = MagentoAmount::of($item['base_row_total']) - MagentoAmount::of($item['base_discount_amount']) + MagentoAmount::of($item['base_compensation']);
        $vat = MagentoAmount::of($item['base_tax_amount']);
        $levies = MagentoSold::levies($item['weee_tax_applied'], $rate);
        $withLevy = MagentoSchema::LINE_TAX_WITH_LEVY ? array_sum(array_column($levies, 2)) : 0;
        $byRate = MagentoAmount::add([], $rate, $net, $vat - $withLevy);
        foreach ($levies as $levy) {
            $byRate = MagentoAmount::add($byRate, $levy[3], $levy[1], $levy[2]);
        }
        return $byRate;
    }

    private function comment(array $comments, string $memo): string
    {
        $texts = [];
        foreach ($comments as $row) {
            if ($row['parent_id'] === $memo && trim((string) $row['comment']) !== '') {
                $texts[] = $this->cleaner->verbatim($row['comment'], 'comment', true);
            }
        }
        return implode("\n", $texts);
    }
}

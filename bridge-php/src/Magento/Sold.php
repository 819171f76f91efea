<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The amounts of one order row that counts, in ten-thousandths of the base currency: before the order's
 * discount, what the discount takes, and the levies. What was cancelled before it was invoiced is not
 * sold: quantity and amounts are those of what is left.
 */
final class MagentoSold
{
    /** @var int */
    public $quantity;
    /** @var int what was cancelled of it */
    public $cancelled;
    /** @var int percentage */
    public $percent;
    /** @var int without VAT */
    public $net;
    /** @var int VAT on it before the discount */
    public $vat;
    /** @var int what the discount took from the row as the shop wrote it down */
    public $discount;
    /** @var int the discount's net, at most 0 */
    public $discountNet;
    /** @var int and its VAT */
    public $discountVat;
    /** @var array<array> levies: title, net, VAT, percentage */
    public $levies = [];
    /** @var int VAT of this row that was cancelled */
    public $cancelledVat = 0;

    public function __construct(array $item, bool $whole)
    {
        $ordered = MagentoAmount::of($item['qty_ordered']);
        $this->cancelled = $whole ? 0 : min($ordered, MagentoAmount::of($item['qty_canceled']));
        $this->quantity = $ordered - $this->cancelled;
        $this->percent = MagentoAmount::of($item['tax_percent']);
        $net = MagentoAmount::of($item['base_row_total']);
        $tax = MagentoAmount::of($item['base_tax_amount']);
        $levies = self::levies($item['weee_tax_applied'], $this->percent);
        if (MagentoSchema::LINE_TAX_WITH_LEVY) {
            $tax -= array_sum(array_column($levies, 2));
        }
        $this->discount = MagentoAmount::of($item['base_discount_amount']);
        $discount = $this->discount - MagentoAmount::of($item['base_compensation']);
        // Rows of old versions lack the total with VAT: without a discount the tax says it.
        $vat = $item['base_row_total_incl_tax'] === null ? $tax : MagentoAmount::of($item['base_row_total_incl_tax']) - $net;
        $this->keep($ordered, $net, $vat, -$discount, $tax - $vat, $levies);
    }

    private function keep(int $ordered, int $net, int $vat, int $discountNet, int $discountVat, array $levies)
    {
        $all = $vat + $discountVat;
        // With VAT first: that is what the buyer owes.
        $this->net = $this->left($net, $ordered);
        $this->vat = $this->left($net + $vat, $ordered) - $this->net;
        $this->discountNet = $this->left($discountNet, $ordered);
        $this->discountVat = $this->left($discountNet + $discountVat, $ordered) - $this->discountNet;
        foreach ($levies as $levy) {
            $all += $levy[2];
            $levyNet = $this->left($levy[1], $ordered);
            $this->levies[] = [$levy[0], $levyNet, $this->left($levy[1] + $levy[2], $ordered) - $levyNet, $levy[3]];
        }
        $this->cancelledVat = $all - $this->vat - $this->discountVat - array_sum(array_column($this->levies, 2));
    }

    private function left(int $amount, int $ordered): int
    {
        return $this->quantity === $ordered ? $amount : MagentoAmount::cents(MagentoAmount::share($amount, $this->quantity, $ordered));
    }

    /** Fixed product taxes of a row: [title, net, VAT, percentage]. */
    public static function levies($stored, int $percent): array
    {
        $levies = [];
        $rows = array_values(array_filter((array) MagentoStoredArray::of($stored), function ($levy): bool {
            return is_array($levy) && isset($levy['base_row_amount']);
        }));
        $discounts = self::discounts($rows);
        foreach ($rows as $at => $levy) {
            $net = MagentoAmount::of($levy['base_row_amount']);
            $with = isset($levy['base_row_amount_incl_tax']) ? MagentoAmount::of($levy['base_row_amount_incl_tax']) : $net;
            $title = isset($levy['title']) && is_string($levy['title']) ? $levy['title'] : '';
            $less = $discounts[$at];
            $vat = $less === 0 ? $with - $net : MagentoAmount::cents(MagentoAmount::share($with - $net, $net - $less, $net));
            $levies[] = [$title, $net - $less, $vat, $with === $net ? 0 : $percent];
        }
        return $levies;
    }

    /**
     * Where the shop discounts levies as well, what it took of each is without VAT, and kept with the levies only.
     * What it took of the whole row stands with every one of them, in whole cents: the last one has what the
     * others leave of it.
     */
    private static function discounts(array $rows): array
    {
        $less = [];
        $left = isset($rows[0]['total_base_weee_discount']) ? MagentoAmount::of($rows[0]['total_base_weee_discount']) : 0;
        foreach ($rows as $at => $levy) {
            $own = isset($levy['base_weee_discount']) ? MagentoAmount::cents(MagentoAmount::of($levy['base_weee_discount'])) : 0;
            $less[$at] = $left === 0 ? 0 : ($at === count($rows) - 1 ? $left : $own);
            $left -= $less[$at];
        }
        return $less;
    }
}

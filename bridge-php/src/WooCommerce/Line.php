<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** What one line was sold for: before the order's discounts, and how much of it they took. */
final class WooCommerceLine
{
    /** @var array net, vat, exact and parts, before the order's discounts */
    public $sold;
    /** @var array the same after them */
    public $paid;

    public function __construct(array $item, WooCommerceTaxes $taxes)
    {
        $this->paid = $taxes->line($item, 'total');
        $this->sold = $taxes->line($item, 'subtotal');
        // A price raised by hand leaves the first figure behind, and an old order may not have it.
        if ($this->sold['net'] === $this->paid['net'] || abs($this->paid['net']) > abs($this->sold['net'])) {
            $this->sold = $this->paid;
        }
    }

    /** What the discounts took, net; below zero. */
    public function discount(): int
    {
        return $this->paid['net'] - $this->sold['net'];
    }

    /** The same by rate; null when the shop did not record it. */
    public function discountParts()
    {
        if ($this->sold === $this->paid) {
            return [];
        }
        if ($this->sold['parts'] === [] || $this->paid['parts'] === []) {
            return null;
        }
        return WooCommerceTaxes::merged(array_merge($this->paid['parts'], WooCommerceTaxes::negative($this->sold['parts'])));
    }

    /** The one percentage of the line; null when there are several or none is known. */
    public function percent()
    {
        return count($this->sold['parts']) === 1 ? $this->sold['parts'][0][0] : null;
    }

    /**
     * With VAT, where the shop reckoned from a price that holds VAT: net and unrounded VAT give that price
     * back, but for the last of six decimals. Null where they give no such price: then the net is the
     * exact one.
     */
    public function withVat()
    {
        $sum = $this->sold['net'] + $this->sold['exact'];
        $price = WooCommerceAmount::rounded($sum, 3);
        return abs($sum - $price) <= 300 ? $price : null;
    }
}

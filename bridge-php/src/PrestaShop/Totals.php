<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The total block of an order. PrestaShop stores it as columns, not as rows: goods, cart rules,
 * shipping, gift wrapping and what is to be paid. A surcharge that a payment module put into the
 * last only is no row and gets none here: the difference is to be seen.
 */
final class PrestaShopTotals
{
    /** Lines among which those of a percentage are looked for. */
    const CHOICES = 10;

    /** @var array */
    private $order;
    /** @var array<int, array> lines with `percent` in millionths or null, and `taxes` */
    private $lines;
    /** @var int the smallest amount of the order's currency, in millionths */
    private $unit;
    /** @var array<int, array<int, int>> net amounts by percentage, of each line */
    private $nets;
    /** @var array<int, array> */
    private $shipping = [];
    /** @var array<int|string, int> VAT so far by percentage; `''` is VAT of which nobody knows the rate */
    private $vat = [];

    public function __construct(array $order, array $lines, int $unit)
    {
        $this->order = $order;
        $this->lines = $lines;
        $this->unit = $unit;
        $this->nets = array_map(function (array $line): array {
            return $this->netsOf($line);
        }, array_values($lines));
    }

    /** Rows but for names: `rule` and `percents` are for the caller to give titles from. */
    public function rows(array $rules, array $invoiceTaxes): array
    {
        foreach ($this->lines as $line) {
            if ($line['percent'] === null) {
                $this->add('', PrestaShopAmount::of($line['total_price_tax_incl']) - PrestaShopAmount::of($line['total_price_tax_excl']));
                continue;
            }
            foreach (PrestaShopVat::ofLine($line, $line['percent'], $this->unit) as $percent => $vat) {
                $this->add($percent, $vat);
            }
        }
        $shipping = $this->cost('total_shipping', $this->shippingWays($invoiceTaxes));
        $this->shipping = $shipping['shares'];
        $wrapping = $this->cost('total_wrapping', $this->wrappingWays($invoiceTaxes));
        $rows = [['code' => 'total_products', 'kind' => 'sub_total', 'amount' => PrestaShopAmount::of($this->order['total_products'])]];
        $rows = array_merge($rows, $this->discounts($rules));
        if ($this->order['id_carrier'] !== '0' || $shipping['amount'] !== 0) {
            $rows[] = ['code' => 'shipping', 'kind' => 'shipping'] + $shipping;
        }
        if ($wrapping['amount'] !== 0) {
            $rows[] = ['code' => 'wrapping', 'kind' => 'fee'] + $wrapping;
        }
        return array_merge($rows, $this->taxes());
    }

    private function add($percent, int $vat)
    {
        $this->vat[$percent] = (isset($this->vat[$percent]) ? $this->vat[$percent] : 0) + $vat;
    }

    /** Adds the VAT of shares to the sums, with a sign; VAT without shares is VAT of an unknown rate. */
    private function addShares(array $shares, int $vat, int $sign)
    {
        foreach ($shares as $percent => $share) {
            $this->add($percent, $sign * $share[1]);
        }
        if ($shares === [] && $vat !== 0) {
            $this->add('', $sign * $vat);
        }
    }

    private function cost(string $column, array $ways): array
    {
        list($net, $vat) = $this->stored($column);
        $shares = PrestaShopVat::shares($net, $vat, $ways, $this->unit);
        $this->addShares($shares, $vat, 1);
        return ['amount' => $net, 'shares' => $shares];
    }

    /** Net amount and VAT of a pair of columns. */
    private function stored(string $column): array
    {
        $net = PrestaShopAmount::of($this->order[$column . '_tax_excl']);
        return [$net, PrestaShopAmount::of($this->order[$column . '_tax_incl']) - $net];
    }

    /** Net amounts of the goods by percentage; of one product only where it is given. */
    private function goods(string $product = ''): array
    {
        $goods = [];
        foreach (array_values($this->lines) as $at => $line) {
            if ($product === '' || $line['product_id'] === $product) {
                $goods = self::together($goods, $this->nets[$at]);
            }
        }
        return $goods;
    }

    /** Net amounts of a line by percentage: an ecotax charged at its own rate counts there, as in a discount on it. */
    private function netsOf(array $line): array
    {
        if ($line['percent'] === null) {
            return [];
        }
        $net = PrestaShopAmount::of($line['total_price_tax_excl']);
        $rates = array_keys(PrestaShopVat::ofLine($line, $line['percent'], $this->unit));
        if (count($rates) < 2) {
            return [$line['percent'] => $net];
        }
        $ecotax = PrestaShopAmount::of($line['ecotax']) * (int) $line['product_quantity'];
        return [$rates[0] => $net - $ecotax, $rates[1] => $ecotax];
    }

    private static function together(array $one, array $other): array
    {
        foreach ($other as $percent => $amount) {
            $one[$percent] = (isset($one[$percent]) ? $one[$percent] : 0) + $amount;
        }
        return $one;
    }

    /** The order's rates one by one. */
    private function singles(): array
    {
        $ways = [];
        foreach (array_keys($this->goods()) as $percent) {
            $ways[] = [$percent => 1];
        }
        return array_merge($ways, [[0 => 1]]);
    }

    /** One rate, or the average of the goods where the shop is set to that. */
    private function shippingWays(array $invoiceTaxes): array
    {
        $carrier = PrestaShopAmount::of($this->order['carrier_tax_rate']);
        return array_merge([[$carrier => 1]], self::invoiced($invoiceTaxes, 'shipping'), [$this->goods()], $this->singles());
    }

    private function wrappingWays(array $invoiceTaxes): array
    {
        $carrier = PrestaShopAmount::of($this->order['carrier_tax_rate']);
        return array_merge(self::invoiced($invoiceTaxes, 'wrapping'), [[$carrier => 1]], $this->singles(), [$this->goods()]);
    }

    /** What the invoice says of it, once there is one. */
    private static function invoiced(array $taxes, string $type): array
    {
        $ways = [];
        foreach ($taxes as $tax) {
            if ($tax['type'] === $type && $tax['rate'] !== null) {
                $ways[] = [PrestaShopAmount::of($tax['rate']) => 1];
            }
        }
        return $ways;
    }

    /** One row a cart rule, together exactly the order's discount; one for all where the rules do not add up to it. */
    private function discounts(array $rules): array
    {
        list($net, $vat) = $this->stored('total_discounts');
        $rows = [];
        $free = $this->shipping !== [] || PrestaShopAmount::of($this->order['total_shipping_tax_excl']) !== 0;
        foreach ($this->adjusted($rules, $net, $net + $vat) as $rule) {
            $row = $this->discount($rule, $free && $rule['free_shipping'] === '1');
            $free = $free && $rule['free_shipping'] !== '1';
            $rows[] = $row;
        }
        $rows = $this->matched($rows);
        foreach ($rows as $index => $row) {
            $this->addShares($row['shares'], $row['vat'], -1);
            $rows[$index]['amount'] = -$row['amount'];
        }
        return $rows;
    }

    /** Rules with `net` and `gross` rounded so that they add up to what the order says. */
    private function adjusted(array $rules, int $net, int $gross): array
    {
        $left = [$net, $gross];
        $largest = null;
        foreach ($rules as $index => $rule) {
            $rules[$index]['net'] = PrestaShopAmount::rounded(PrestaShopAmount::of($rule['value_tax_excl']), $this->unit);
            $rules[$index]['gross'] = PrestaShopAmount::rounded(PrestaShopAmount::of($rule['value']), $this->unit);
            $left = [$left[0] - $rules[$index]['net'], $left[1] - $rules[$index]['gross']];
            $largest = $largest === null || $rules[$index]['gross'] > $rules[$largest]['gross'] ? $index : $largest;
        }
        if ($largest === null || max(abs($left[0]), abs($left[1])) > $this->unit * count($rules)) {
            $one = count($rules) === 1 ? reset($rules) : ['id_cart_rule' => '0', 'name' => implode(', ', array_column($rules, 'name')), 'free_shipping' => '0', 'reduction_product' => '0', 'gift_product' => '0'];
            foreach ($rules as $rule) {
                $one['free_shipping'] = $rule['free_shipping'] === '1' ? '1' : $one['free_shipping'];
            }
            return $net === 0 && $gross === 0 ? [] : [['net' => $net, 'gross' => $gross] + $one];
        }
        $rules[$largest]['net'] += $left[0];
        $rules[$largest]['gross'] += $left[1];
        return array_filter($rules, function (array $rule): bool {
            return $rule['net'] !== 0 || $rule['gross'] !== 0;
        });
    }

    /** One cart rule: its share of free shipping at the shipping's rates, the rest on the goods. */
    private function discount(array $rule, bool $free): array
    {
        $row = ['code' => 'cart_rule', 'kind' => 'discount', 'rule' => $rule['name'], 'amount' => $rule['net'], 'vat' => $rule['gross'] - $rule['net'], 'shares' => [], 'freed' => false];
        list($net, $vat) = [$row['amount'], $row['vat']];
        $given = [];
        if ($free) {
            list($shippingNet, $shippingVat) = $this->stored('total_shipping');
            if ($shippingNet - $net > $this->unit || $shippingVat !== 0 && $this->shipping === []) {
                return $row;
            }
            $given = $this->shipping;
            list($net, $vat) = [$net - $shippingNet, $vat - $shippingVat];
        }
        $target = $rule['gift_product'] !== '0' ? $rule['gift_product'] : ((int) $rule['reduction_product'] > 0 ? $rule['reduction_product'] : '');
        $goods = $this->goods();
        $ways = array_merge($target !== '' ? [$this->goods($target)] : [], [$goods], $this->singles());
        $solved = PrestaShopVat::solved($net, $vat, array_keys($goods));
        $shares = PrestaShopVat::shares($net, $vat, $solved === null ? $ways : array_merge($ways, [$solved]), $this->unit);
        if ($shares === [] && count($goods) > 2) {
            $shares = PrestaShopVat::shares($net, $vat, $this->selected($net, $vat, $rule), $this->unit);
        }
        if ($shares === [] && ($net !== 0 || $vat !== 0)) {
            return $row;
        }
        foreach ($given as $percent => $share) {
            $shares[$percent] = isset($shares[$percent]) ? [$shares[$percent][0] + $share[0], $shares[$percent][1] + $share[1]] : $share;
        }
        return ['shares' => $shares, 'freed' => $given !== []] + $row;
    }

    /**
     * A percentage on some of the goods, asked among more than two rates only: the lines of which it makes both amounts.
     * None where several choices of lines do and differ in what they say of the rates.
     */
    private function selected(int $net, int $vat, array $rule): array
    {
        $percent = PrestaShopAmount::of(isset($rule['reduction_percent']) ? $rule['reduction_percent'] : '0');
        if ($percent <= 0 || count($this->lines) > self::CHOICES) {
            return [];
        }
        $found = null;
        for ($choice = 1; $choice < 1 << count($this->lines); $choice++) {
            $nets = [];
            $taxes = 0;
            foreach (array_values($this->lines) as $at => $line) {
                if (($choice >> $at & 1) === 1) {
                    $nets = self::together($nets, $this->nets[$at]);
                    $taxes += PrestaShopAmount::of($line['total_price_tax_incl']) - PrestaShopAmount::of($line['total_price_tax_excl']);
                }
            }
            $off = max(abs(PrestaShopAmount::vat(array_sum($nets), $percent) - $net), abs(PrestaShopAmount::vat($taxes, $percent) - $vat));
            if ($off > $this->unit) {
                continue;
            }
            foreach ($found === null ? [] : $found + $nets as $rate => $unused) {
                $one = isset($found[$rate]) ? $found[$rate] : 0;
                if (PrestaShopAmount::vat(abs((isset($nets[$rate]) ? $nets[$rate] : 0) - $one), $percent) > $this->unit) {
                    return [];
                }
            }
            $found = $found === null ? $nets : $found;
        }
        return $found === null ? [] : [$found];
    }

    /**
     * The taxes the shop recorded with the lines are those after its cart rules. Where they account
     * for the discount's VAT to the cent, they decide between shares that differ by a cent.
     */
    private function matched(array $rows): array
    {
        $wanted = $this->recorded();
        foreach ($rows as $row) {
            if ($row['shares'] === []) {
                return $rows;
            }
            foreach ($row['shares'] as $percent => $share) {
                $wanted[$percent] = (isset($wanted[$percent]) ? $wanted[$percent] : 0) - $share[1];
            }
        }
        foreach ($this->freed($rows) as $percent => $vat) {
            $wanted[$percent] = (isset($wanted[$percent]) ? $wanted[$percent] : 0) + $vat;
        }
        $wanted = array_filter($wanted);
        if ($wanted === [] || array_sum($wanted) !== 0 || max(array_map('abs', $wanted)) > $this->unit * max(2, count($rows))) {
            return $rows;
        }
        foreach ($rows as $index => $row) {
            if (array_diff_key($wanted, $row['shares']) === []) {
                foreach ($wanted as $percent => $vat) {
                    $rows[$index]['shares'][$percent][1] += $vat;
                }
                break;
            }
        }
        return $rows;
    }

    /** VAT of the goods less the VAT recorded with the lines, by percentage. */
    private function recorded(): array
    {
        $taken = [];
        foreach ($this->lines as $line) {
            if ($line['percent'] !== null) {
                $vat = PrestaShopAmount::of($line['total_price_tax_incl']) - PrestaShopAmount::of($line['total_price_tax_excl']);
                foreach ($line['taxes'] as $tax) {
                    $vat -= PrestaShopAmount::of($tax['total_amount']);
                }
                $percent = $line['percent'];
                $taken[$percent] = (isset($taken[$percent]) ? $taken[$percent] : 0) + $vat;
            }
        }
        foreach ($taken as $percent => $vat) {
            $taken[$percent] = PrestaShopAmount::rounded($vat, $this->unit);
        }
        return $taken;
    }

    /** VAT of shipping that a rule made free: it is in the rules' shares and never was in the lines. */
    private function freed(array $rows): array
    {
        $freed = [];
        foreach ($rows as $row) {
            if ($row['freed']) {
                foreach ($this->shipping as $percent => $share) {
                    $freed[$percent] = $share[1];
                }
            }
        }
        return $freed;
    }

    /** One row a rate. */
    private function taxes(): array
    {
        $rows = [];
        $known = $this->vat;
        krsort($known);
        foreach ($known as $percent => $vat) {
            if ($percent === '' ? $vat !== 0 : $percent !== 0) {
                $rows[] = ['code' => 'tax', 'kind' => 'tax', 'amount' => PrestaShopAmount::rounded($vat, $this->unit), 'percent' => $percent === '' ? null : $percent];
            }
        }
        return $rows;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Credit slips as refunds. From 1.6.0.10 on a slip has its totals with and without VAT; before, only one
 * amount with shipping in it. A slip may give back another sum than its goods: less the order's
 * voucher (type 1), or an amount the owner typed (type 2).
 */
final class PrestaShopRefunds
{
    /** Seconds between a slip and its voucher at the most: mail is sent in between. */
    const ONE_REQUEST = 60;

    /** @var PrestaShopSettings */
    private $settings;
    /** @var ShopTime */
    private $time;

    public function __construct(PrestaShopSettings $settings, ShopTime $time)
    {
        $this->settings = $settings;
        $this->time = $time;
    }

    public function of(array $order, array $slips, array $slipLines, array $vouchers, array $lines, array $shipping): array
    {
        $percents = array_column($lines, 'percent', 'id_order_detail');
        $refunds = [];
        foreach ($slips as $slip) {
            $own = array_filter($slipLines, function (array $line) use ($slip): bool {
                return $line['id_order_slip'] === $slip['id_order_slip'];
            });
            $refund = $this->refund($order, $slip, $own, $percents, $shipping);
            $refund['voucher'] = self::byVoucher($slip, $vouchers);
            $refunds[] = $refund;
        }
        return $refunds;
    }

    /** Was a voucher made with it? Nothing ties the two but the order, and that one request makes both, the slip first. */
    private static function byVoucher(array $slip, array $vouchers): bool
    {
        foreach ($vouchers as $voucher) {
            $later = strtotime((string) $voucher['date_add']) - strtotime((string) $slip['date_add']);
            if ($later >= 0 && $later <= self::ONE_REQUEST) {
                return true;
            }
        }
        return false;
    }

    private function refund(array $order, array $slip, array $lines, array $percents, array $shipping): array
    {
        $goods = ['net' => 0, 'gross' => 0];
        $records = [];
        foreach ($lines as $line) {
            $new = PrestaShopAmount::of($line['total_price_tax_incl']) !== 0;
            $net = PrestaShopAmount::of($line[$new ? 'total_price_tax_excl' : 'amount_tax_excl']);
            $gross = PrestaShopAmount::of($line[$new ? 'total_price_tax_incl' : 'amount_tax_incl']);
            $goods = ['net' => $goods['net'] + $net, 'gross' => $goods['gross'] + $gross];
            $percent = isset($percents[$line['id_order_detail']]) ? $percents[$line['id_order_detail']] : null;
            $records[] = [
                'line_id' => $line['id_order_detail'],
                'quantity' => $line['product_quantity'],
                'parts' => $percent === null ? [] : PrestaShopVat::parts([$percent => [$net, $gross - $net]], 1),
            ];
        }
        $sent = $this->shipping($order, $slip, $shipping);
        $gross = array_sum(array_column($sent, 0)) + array_sum(array_column($sent, 1));
        $total = $this->total($slip, $goods, $gross);
        return [
            'id' => $slip['id_order_slip'],
            'number' => $this->settings->prefixOf('PS_CREDIT_SLIP_PREFIX', $order['id_lang'], $order['id_shop']) . str_pad($slip['id_order_slip'], 6, '0', STR_PAD_LEFT),
            'at' => (string) ($this->time->utc($slip['date_add']) ?: PrestaShopOrders::NO_TIME),
            'at_local' => str_replace(' ', 'T', (string) $slip['date_add']),
            'total' => PrestaShopAmount::text($total),
            'comment' => '',
            'lines' => $records,
            'shipping' => PrestaShopVat::parts($sent, 1),
            'adjustment' => PrestaShopAmount::text($total - $goods['gross'] - $gross),
        ];
    }

    /** Shipping given back, shared over rates as the order's own shipping was. */
    private function shipping(array $order, array $slip, array $shipping): array
    {
        $gross = PrestaShopAmount::of($slip['total_shipping_tax_incl']);
        $net = PrestaShopAmount::of($slip['total_shipping_tax_excl']);
        $percent = PrestaShopAmount::of($order['carrier_tax_rate']);
        if ($gross === 0) {
            $gross = PrestaShopAmount::of($slip['shipping_cost_amount']);
            $net = PrestaShopAmount::rounded(PrestaShopAmount::share($gross, 100 * PrestaShopAmount::ONE, 100 * PrestaShopAmount::ONE + $percent), 10000);
        }
        $ways = [array_combine(array_keys($shipping), array_column($shipping, 0)), [$percent => 1], [0 => 1]];
        return PrestaShopVat::shares($net, $gross - $net, $ways, 10000);
    }

    /** What the customer got back, with VAT. */
    private function total(array $slip, array $goods, int $shipping): int
    {
        $amount = PrestaShopAmount::of($slip['amount']);
        $net = PrestaShopAmount::of($slip['total_products_tax_excl']);
        $gross = PrestaShopAmount::of($slip['total_products_tax_incl']);
        if ($net === 0 && $gross === 0 && PrestaShopAmount::of($slip['total_shipping_tax_incl']) === 0) {
            // A slip of before 1.6.0.10: its amount is everything.
            return $amount !== 0 ? $amount : $goods['gross'] + $shipping;
        }
        if ($slip['order_slip_type'] === '1') {
            // The voucher was taken off one of the two sums, whichever the owner worked with.
            return $goods['gross'] + $shipping - max($goods['gross'] - $gross, $goods['net'] - $net, 0);
        }
        $typed = min(abs($amount - $net), abs($amount - $gross)) > 10000;
        return $slip['order_slip_type'] === '2' && $typed ? $amount : $goods['gross'] + $shipping;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The names behind WooCommerce's codes. */
final class WooCommerceLookups
{
    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var WooCommerceOrderStore */
    private $store;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner, WooCommerceOrderStore $store)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->store = $store;
    }

    public function all(): array
    {
        return [
            'order_statuses' => $this->statuses(),
            'payment_methods' => $this->paymentMethods(),
            'shipping_methods' => $this->shippingMethods(),
            'tax_classes' => $this->classes(),
            'tax_rates' => $this->rates(),
            'languages' => [['id' => $this->settings->language(), 'name' => $this->settings->language()]],
            'stores' => [['id' => '0', 'name' => $this->cleaner->text($this->settings->get('blogname'), 'store')]],
            'customer_groups' => $this->roles(),
            'country' => $this->settings->country(),
        ];
    }

    /** The shop's own, those that plug-ins made, and the shop's own once more by their names in the other language. */
    private function statuses(): array
    {
        $records = [];
        foreach (array_keys(WooCommerceSettings::STATUSES) as $code) {
            $records[] = $this->settings->status($code);
        }
        foreach ($this->store->statusCodes() as $stored) {
            $code = WooCommerceSettings::statusCode($stored);
            if (!isset(WooCommerceSettings::STATUSES[$code])) {
                $records[] = $this->settings->status($code);
            }
        }
        foreach (WooCommerceSettings::STATUSES as $code => $names) {
            $shown = $this->settings->status($code);
            $records[] = ['id' => $code, 'name' => $shown['name'] === $names[1] ? $names[2] : $names[1], 'kind' => $names[0]];
        }
        return $records;
    }

    /** On orders, and those that were put in order in the settings. */
    private function paymentMethods(): array
    {
        $methods = [];
        foreach ($this->store->paymentMethods() as $row) {
            $methods[$row['code']] = ['id' => $row['code'], 'name' => $this->cleaner->text($row['title'], 'payment_method')];
        }
        $list = Serialised::values($this->settings->get('woocommerce_gateway_order'));
        foreach ($list === null ? [] : array_keys($list) as $code) {
            $code = (string) $code;
            if (strncmp($code, '_wc_', 4) !== 0) {
                $methods += [$code => ['id' => $code, 'name' => $code]];
            }
        }
        ksort($methods);
        return array_values($methods);
    }

    /** On orders, and those of the shipping zones. */
    private function shippingMethods(): array
    {
        $methods = [];
        $rows = $this->database->rows(
            "SELECT m.meta_value AS code, MAX(i.order_item_name) AS title FROM {woocommerce_order_items} i JOIN {woocommerce_order_itemmeta} m ON m.order_item_id = i.order_item_id AND m.meta_key = 'method_id'"
            . " WHERE i.order_item_type = 'shipping' AND m.meta_value <> '' GROUP BY m.meta_value"
        );
        foreach ($rows as $row) {
            $methods[$row['code']] = ['id' => $row['code'], 'name' => $this->cleaner->text($row['title'], 'shipping_method')];
        }
        foreach ($this->database->rows('SELECT DISTINCT method_id FROM {woocommerce_shipping_zone_methods}') as $row) {
            $methods += [$row['method_id'] => ['id' => $row['method_id'], 'name' => $row['method_id']]];
        }
        ksort($methods);
        return array_values($methods);
    }

    private function classes(): array
    {
        $rates = [];
        foreach ($this->settings->rates() as $rate) {
            $rates[$rate['tax_rate_class'] === '' ? 'standard' : $rate['tax_rate_class']][] = $rate['tax_rate_id'];
        }
        $classes = [];
        foreach (array_merge([WooCommerceSettings::noTaxClass(), $this->settings->taxClass('')], $this->settings->taxClasses()) as $class) {
            $classes[] = $class + ['rate_ids' => isset($rates[$class['id']]) ? $rates[$class['id']] : []];
        }
        return $classes;
    }

    private function rates(): array
    {
        $rates = [];
        foreach ($this->settings->rates() as $rate) {
            $rates[] = [
                'id' => $rate['tax_rate_id'],
                'name' => $this->cleaner->text($rate['tax_rate_name'], 'tax_rate'),
                'rate' => WooCommerceAmount::normal($rate['tax_rate']),
                'kind' => 'percent',
                'countries' => $rate['tax_rate_country'] === '' ? [] : [$rate['tax_rate_country']],
            ];
        }
        return $rates;
    }

    private function roles(): array
    {
        $groups = [];
        $rows = $this->database->rows(
            'SELECT DISTINCT meta_value FROM {shared:usermeta} WHERE meta_key = ? ORDER BY meta_value LIMIT 100',
            [$this->database->prefix() . 'capabilities']
        );
        foreach ($rows as $row) {
            $list = Serialised::values((string) $row['meta_value']);
            foreach ($list === null ? [] : array_keys($list) as $role) {
                $groups[$role] = ['id' => (string) $role, 'name' => (string) $role];
            }
        }
        return array_values($groups);
    }
}

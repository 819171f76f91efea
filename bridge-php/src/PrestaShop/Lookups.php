<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The names behind PrestaShop's ids. */
final class PrestaShopLookups
{
    /** @var Database */
    private $database;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var PrestaShopSchema */
    private $schema;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, PrestaShopSchema $schema, PrestaShopSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->schema = $schema;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function all(): array
    {
        return [
            'order_statuses' => $this->settings->statusNames(),
            'payment_methods' => $this->payments(),
            'shipping_methods' => $this->shippings(),
            'tax_classes' => $this->classes(),
            'tax_rates' => $this->rates(),
            'languages' => $this->languages(),
            'stores' => $this->stores(),
            'customer_groups' => $this->groups(),
            'country' => $this->settings->country($this->settings->get('PS_COUNTRY_DEFAULT'), $this->settings->language())['code'],
        ];
    }

    /** Modules seen on orders, with the name last used, and those that offer themselves at the checkout. */
    private function payments(): array
    {
        $methods = [];
        foreach ($this->database->rows("SELECT o.module, o.payment FROM {orders} o JOIN (SELECT MAX(id_order) AS id FROM {orders} WHERE module <> '' GROUP BY module) l ON l.id = o.id_order ORDER BY o.module") as $row) {
            $methods[$row['module']] = ['id' => $row['module'], 'name' => $this->cleaner->verbatim($row['payment'], 'payment')];
        }
        $offering = $this->database->rows(
            'SELECT DISTINCT m.name FROM {module} m JOIN {hook_module} x ON x.id_module = m.id_module JOIN {hook} h ON h.id_hook = x.id_hook'
            . " WHERE m.active = 1 AND h.name IN ('paymentOptions', 'displayPayment', 'payment', 'advancedPaymentOptions') ORDER BY m.name"
        );
        foreach ($offering as $row) {
            $methods += [$row['name'] => ['id' => $row['name'], 'name' => $row['name']]];
        }
        return array_values($methods);
    }

    /** Carriers on orders or in use, once each whatever the number of times they were edited. */
    private function shippings(): array
    {
        $used = array_column($this->database->rows('SELECT DISTINCT id_carrier FROM {orders}'), 'id_carrier', 'id_carrier');
        $methods = [];
        foreach ($this->settings->carriers() as $row) {
            if (isset($used[$row['id_carrier']]) || $row['deleted'] === '0' && $row['active'] === '1') {
                // The latest name of a reference stands.
                $methods[$row['id_reference']] = ['id' => $row['id_reference'], 'name' => $this->settings->carrierName($row['name'])];
            }
        }
        return array_values($methods);
    }

    /** Rules of a group hold in a whole country; those of a state or a range of postcodes are exceptions. */
    private function rules(): array
    {
        return $this->settings->kept(
            'tax_rules',
            "SELECT r.id_tax_rules_group, r.id_tax, t.rate, c.iso_code FROM {tax_rule} r JOIN {tax} t ON t.id_tax = r.id_tax JOIN {country} c ON c.id_country = r.id_country"
            . " WHERE r.zipcode_from IN ('0', '') ORDER BY r.id_tax_rules_group, r.id_tax, c.iso_code"
        );
    }

    private function classes(): array
    {
        $rates = [];
        foreach ($this->rules() as $row) {
            $id = $row['id_tax_rules_group'] . '-' . $row['id_tax'];
            $rates[$row['id_tax_rules_group']][$id] = $id;
        }
        $classes = [['id' => '0', 'name' => '', 'rate_ids' => []]];
        $now = $this->schema->has('tax_rules_group', 'deleted') ? ' WHERE deleted = 0' : '';
        foreach ($this->database->rows('SELECT id_tax_rules_group AS id, name FROM {tax_rules_group}' . $now . ' ORDER BY id_tax_rules_group') as $row) {
            $classes[] = ['id' => $row['id'], 'name' => $this->cleaner->verbatim($row['name'], 'tax_class'), 'rate_ids' => array_values(isset($rates[$row['id']]) ? $rates[$row['id']] : [])];
        }
        return $classes;
    }

    /** One rate for each tax of each group: the same tax holds in other countries in another group. */
    private function rates(): array
    {
        $rates = [];
        foreach ($this->rules() as $row) {
            $id = $row['id_tax_rules_group'] . '-' . $row['id_tax'];
            if (!isset($rates[$id])) {
                $rates[$id] = ['id' => $id, 'name' => $this->settings->taxName($row['id_tax'], $this->settings->language()), 'rate' => $row['rate'], 'kind' => 'percent', 'countries' => []];
            }
            $code = strtoupper($row['iso_code']);
            if (!in_array($code, $rates[$id]['countries'], true)) {
                $rates[$id]['countries'][] = $code;
            }
        }
        return array_values($rates);
    }

    private function languages(): array
    {
        $languages = [];
        foreach ($this->settings->languages() as $row) {
            $languages[] = ['id' => $this->settings->languageCode($row['id_lang']), 'name' => $this->cleaner->verbatim($row['name'], 'language')];
        }
        return $languages;
    }

    private function stores(): array
    {
        $stores = [];
        foreach ($this->settings->shops() as $row) {
            $stores[] = $this->settings->shop($row['id_shop']);
        }
        return $stores;
    }

    private function groups(): array
    {
        $groups = [];
        foreach ($this->database->rows('SELECT id_group FROM {group} ORDER BY id_group') as $row) {
            $groups[] = $this->settings->group($row['id_group']);
        }
        return $groups;
    }
}

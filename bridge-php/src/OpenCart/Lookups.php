<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The names behind OpenCart's ids. */
final class OpenCartLookups
{
    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function all(): array
    {
        return [
            'order_statuses' => $this->settings->statusNames(),
            'payment_methods' => $this->methods('payment'),
            'shipping_methods' => $this->methods('shipping'),
            'tax_classes' => $this->classes(),
            'tax_rates' => $this->rates(),
            'languages' => $this->named($this->settings->languages(), 'code', 'name'),
            'stores' => $this->stores(),
            'customer_groups' => $this->groups(),
            'country' => $this->settings->country($this->settings->get('config_country_id')),
        ];
    }

    private function named(array $rows, string $id, string $name): array
    {
        $named = [];
        foreach ($rows as $row) {
            $named[] = ['id' => $row[$id], 'name' => $this->cleaner->text($row[$name], $name)];
        }
        return $named;
    }

    /** Methods seen on orders, with one of the titles used, and those that are installed. */
    private function methods(string $kind): array
    {
        $columns = [
            'payment' => 'SELECT payment_code AS code, MAX(payment_method) AS title FROM {order} WHERE payment_code <> \'\' GROUP BY payment_code ORDER BY payment_code',
            'shipping' => 'SELECT shipping_code AS code, MAX(shipping_method) AS title FROM {order} WHERE shipping_code <> \'\' GROUP BY shipping_code ORDER BY shipping_code',
        ];
        // As OpenCart writes its JSON; old database servers have no function for it.
        $json = [
            'payment' => 'SELECT SUBSTRING_INDEX(SUBSTRING_INDEX(payment_method, \'"code":"\', -1), \'"\', 1) AS code, MAX(payment_method) AS title'
                . ' FROM {order} WHERE payment_method LIKE \'%"code":"%\' GROUP BY 1 ORDER BY 1',
            'shipping' => 'SELECT SUBSTRING_INDEX(SUBSTRING_INDEX(shipping_method, \'"code":"\', -1), \'"\', 1) AS code, MAX(shipping_method) AS title'
                . ' FROM {order} WHERE shipping_method LIKE \'%"code":"%\' GROUP BY 1 ORDER BY 1',
        ];
        if ($this->settings->schema()->has('order', 'payment_code')) {
            $methods = $this->named($this->database->rows($columns[$kind]), 'code', 'title');
        } else {
            $methods = [];
            foreach ($this->database->rows($json[$kind]) as $row) {
                $content = $this->cleaner->json($row['title'], $kind . '_method');
                $name = isset($content['name']) && is_string($content['name']) ? $content['name'] : $row['code'];
                $methods[] = ['id' => $row['code'], 'name' => $this->cleaner->text($name, $kind . '_method')];
            }
        }
        $seen = [];
        foreach ($methods as $method) {
            $seen[explode('.', $method['id'])[0]] = true;
        }
        foreach ($this->database->rows('SELECT code FROM {extension} WHERE type = ? ORDER BY code', [$kind]) as $row) {
            if (!isset($seen[$row['code']])) {
                $methods[] = ['id' => $row['code'], 'name' => $row['code']];
            }
        }
        return $methods;
    }

    private function classes(): array
    {
        $rates = [];
        foreach ($this->database->rows('SELECT tax_class_id, tax_rate_id FROM {tax_rule} ORDER BY tax_class_id, priority, tax_rule_id') as $row) {
            $rates[$row['tax_class_id']][] = $row['tax_rate_id'];
        }
        $classes = [['id' => '0', 'name' => '', 'rate_ids' => []]];
        foreach ($this->settings->kept('classes', 'SELECT tax_class_id, title FROM {tax_class} ORDER BY tax_class_id') as $row) {
            $id = $row['tax_class_id'];
            $classes[] = ['id' => $id, 'name' => $this->cleaner->text($row['title'], 'tax_class'), 'rate_ids' => isset($rates[$id]) ? $rates[$id] : []];
        }
        return $classes;
    }

    private function rates(): array
    {
        $countries = [];
        foreach ($this->database->rows('SELECT DISTINCT z.geo_zone_id, c.iso_code_2 FROM {zone_to_geo_zone} z JOIN {country} c ON c.country_id = z.country_id ORDER BY c.iso_code_2') as $row) {
            $countries[$row['geo_zone_id']][] = $row['iso_code_2'];
        }
        $rates = [];
        foreach ($this->settings->rates() as $row) {
            $zone = $row['geo_zone_id'];
            $rates[] = [
                'id' => $row['tax_rate_id'],
                'name' => $this->cleaner->text($row['name'], 'tax_rate'),
                'rate' => $row['rate'],
                'kind' => $row['type'] === 'F' ? 'fixed' : 'percent',
                'countries' => isset($countries[$zone]) ? $countries[$zone] : [],
            ];
        }
        return $rates;
    }

    private function stores(): array
    {
        $main = ['id' => '0', 'name' => $this->cleaner->text($this->settings->get('config_name'), 'store')];
        return array_merge([$main], $this->named($this->database->rows('SELECT store_id, name FROM {store} ORDER BY store_id'), 'store_id', 'name'));
    }

    private function groups(): array
    {
        $groups = [];
        foreach ($this->database->rows('SELECT customer_group_id FROM {customer_group} ORDER BY customer_group_id') as $row) {
            $groups[] = $this->settings->group($row['customer_group_id']);
        }
        return $groups;
    }
}

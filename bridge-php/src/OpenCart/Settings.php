<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** OpenCart's setting table and the names behind ids: read once a request. */
final class OpenCartSettings
{
    const STATUSES = 'SELECT order_status_id, language_id, name FROM {order_status} ORDER BY order_status_id, language_id';

    /** @var Database */
    private $database;
    /** @var Cleaner */
    private $cleaner;
    /** @var array|null */
    private $settings;
    /** @var array|null */
    private $statuses;
    /** @var array<string, array> */
    private $names = [];
    /** @var OpenCartSchema */
    private $schema;

    public function __construct(Database $database, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->cleaner = $cleaner;
        $this->schema = new OpenCartSchema($database);
    }

    /** What this version of the database has. */
    public function schema(): OpenCartSchema
    {
        return $this->schema;
    }

    /** A setting of the main store, or the default. */
    public function get(string $key, string $default = ''): string
    {
        if ($this->settings === null) {
            $this->settings = [];
            $wanted = "`key` IN ('config_name', 'config_timezone', 'config_currency', 'config_country_id', 'config_language', 'config_language_catalog', 'config_language_id',"
                . " 'config_order_status_id', 'config_processing_status', 'config_complete_status', 'config_url', 'config_tax') OR `key` LIKE '%\\_tax\\_class\\_id'";
            foreach ($this->database->rows("SELECT `key`, `value` FROM {setting} WHERE store_id = 0 AND ($wanted)") as $row) {
                $this->settings[$row['key']] = (string) $row['value'];
            }
        }
        return isset($this->settings[$key]) ? $this->settings[$key] : $default;
    }

    /** The default language's id; its setting got another name in 4.1. */
    public function language(): string
    {
        $code = $this->get('config_language', $this->get('config_language_catalog'));
        foreach ($this->languages() as $language) {
            if ($language['code'] === $code) {
                return $language['language_id'];
            }
        }
        $languages = $this->languages();
        return $languages === [] ? '1' : $languages[0]['language_id'];
    }

    public function languages(): array
    {
        return $this->kept('languages', 'SELECT language_id, name, code FROM {language} ORDER BY language_id');
    }

    public function languageCode(string $id): string
    {
        foreach ($this->languages() as $language) {
            if ($language['language_id'] === $id) {
                return $language['code'];
            }
        }
        return '';
    }

    /** A query whose rows do not change within a request. */
    public function kept(string $name, string $statement): array
    {
        if (!isset($this->names[$name])) {
            $this->names[$name] = $this->database->rows($statement);
        }
        return $this->names[$name];
    }

    /** Status record of an id. */
    public function status(string $id): array
    {
        if ($id === '0') {
            return ['id' => '0', 'name' => '', 'kind' => 'abandoned'];
        }
        $statuses = $this->statuses();
        return isset($statuses[$id]) ? $statuses[$id] : ['id' => $id, 'name' => '', 'kind' => 'other'];
    }

    /** All statuses by id, in the shop's default language. */
    public function statuses(): array
    {
        if ($this->statuses === null) {
            $this->statuses = [];
            $names = [];
            $default = $this->language();
            foreach ($this->kept('statuses', self::STATUSES) as $row) {
                $names[$row['order_status_id']][$row['language_id']] = $this->cleaner->text($row['name'], 'status');
            }
            foreach ($names as $id => $byLanguage) {
                $id = (string) $id;
                $name = isset($byLanguage[$default]) ? $byLanguage[$default] : (string) reset($byLanguage);
                $this->statuses[$id] = ['id' => $id, 'name' => $name, 'kind' => $this->kind($id, $byLanguage)];
            }
        }
        return $this->statuses;
    }

    /** Every status by every name it has, the default language's first: an owner may know it by either. */
    public function statusNames(): array
    {
        $records = array_values($this->statuses());
        $seen = [];
        foreach ($records as $record) {
            $seen[$record['id'] . ' ' . $record['name']] = true;
        }
        foreach ($this->kept('statuses', self::STATUSES) as $row) {
            $name = $this->cleaner->text($row['name'], 'status');
            if (!isset($seen[$row['order_status_id'] . ' ' . $name])) {
                $seen[$row['order_status_id'] . ' ' . $name] = true;
                $records[] = ['name' => $name] + $this->status($row['order_status_id']);
            }
        }
        return $records;
    }

    /**
     * What a status means. OpenCart has no flags for cancelled or refunded, and its demo settings
     * count Pending among the processing ones: first the names OpenCart is delivered with and shops
     * commonly give (English and Dutch), then the shop's own two lists. OpenCart keeps no payments: a
     * name that says anywhere that none came goes before what else it says, unless the order is off.
     * Goods that came back are no money back.
     */
    private function kind(string $id, array $names): string
    {
        $known = [
            'cancelled' => '/^(cancell?ed( by .*|\W+(unpaid|not paid|no payment).*)?$|voided|expired|geannuleerd|ongeldig|verlopen|vervallen)|^(order|bestelling|betaling|payment) (is )?(geannuleerd|vervallen|verlopen|cancell?ed|expired)/i',
            'failed' => '/^(denied|failed|geweigerd|mislukt|afgewezen)|^(betaling|payment|order|bestelling) (is )?(mislukt|geweigerd|afgewezen|failed|denied|declined)/i',
            'pending' => '/^(pending|awaiting|on hold|in afwachting|in de wacht)'
                . '|\b(niet (volledig |geheel |helemaal )?betaald|onbetaald|nog te betalen|(wacht|wachten|wachtend|afwachting) (nog )?(op|van) (de )?betaling'
                . '|betaling (is )?(nog )?niet (ontvangen|binnen)|geen betaling|unpaid|not (yet |fully )?paid|(await(ing|s)|wait(ing|s) for|pending|no) payment|payment (is )?(pending|not (yet )?received))/i',
            'refunded' => '/^(refunded|reversed|chargeback|terugbetaald|teruggestort|teruggedraaid|gecrediteerd|credited)'
                . '|^(deels|gedeeltelijk|partially|partly|(order|bestelling|betaling|volledig|fully)( is)?) (terugbetaald|teruggestort|gecrediteerd|refunded)/i',
            'complete' => '/^(complete|shipped|delivered|compleet|voltooid|verzonden|afgeleverd|afgerond|bezorgd|geleverd|opgehaald|afgehandeld)/i',
            'processing' => '/^(process|paid|canceled reversal|cancelled reversal|in behandeling|verwerkt|betaald|betaling ontvangen|payment received|annulering teruggedraaid)/i',
        ];
        foreach ($known as $kind => $pattern) {
            foreach ($names as $name) {
                if (preg_match($pattern, $name) === 1) {
                    return $kind;
                }
            }
        }
        if (in_array($id, $this->idsIn('config_complete_status'), true)) {
            return 'complete';
        }
        if (in_array($id, $this->idsIn('config_processing_status'), true)) {
            return 'processing';
        }
        return $id === $this->get('config_order_status_id') ? 'pending' : 'other';
    }

    private function idsIn(string $key): array
    {
        $text = $this->get($key, '[]');
        $list = Serialised::values($text);
        $list = $list !== null ? $list : json_decode($text, true);
        return is_array($list) ? array_map('strval', array_filter($list, 'is_scalar')) : [];
    }

    /** Products that others are variants of (OpenCart 4), as id => true. */
    public function masters(): array
    {
        if (!$this->schema->variants()) {
            return [];
        }
        return array_fill_keys(array_column($this->kept('masters', 'SELECT DISTINCT master_id FROM {product} WHERE master_id > 0'), 'master_id'), true);
    }

    /** Tax class {id, name} or null when there is no such class. */
    public function taxClass(string $id)
    {
        if ($id === '0' || $id === '') {
            return ['id' => '0', 'name' => ''];
        }
        foreach ($this->kept('classes', 'SELECT tax_class_id, title FROM {tax_class} ORDER BY tax_class_id') as $row) {
            if ($row['tax_class_id'] === $id) {
                return ['id' => $id, 'name' => $this->cleaner->text($row['title'], 'tax_class')];
            }
        }
        return null;
    }

    /** The tax class the settings give a total or shipping module; null when they name none. */
    public function moduleTaxClass(string $family, string $module)
    {
        foreach ([$family . '_' . $module . '_tax_class_id', $module . '_tax_class_id'] as $key) {
            if ($this->get($key, 'none') !== 'none') {
                return $this->taxClass($this->get($key));
            }
        }
        return null;
    }

    /** Rate {rate, kind} behind a tax row's title, or null. */
    public function rateNamed(string $title)
    {
        $found = null;
        foreach ($this->rates() as $row) {
            if ($this->cleaner->text($row['name'], 'tax_rate') === $title) {
                $rate = ['rate' => $row['rate'], 'kind' => $row['type'] === 'F' ? 'fixed' : 'percent'];
                if ($found !== null && $found !== $rate) {
                    return null;
                }
                $found = $rate;
            }
        }
        return $found;
    }

    public function rates(): array
    {
        return $this->kept('rates', 'SELECT tax_rate_id, geo_zone_id, name, rate, type FROM {tax_rate} ORDER BY tax_rate_id');
    }

    public function country(string $id): string
    {
        foreach ($this->kept('countries', 'SELECT country_id, iso_code_2 FROM {country}') as $row) {
            if ($row['country_id'] === $id) {
                return $row['iso_code_2'];
            }
        }
        return '';
    }

    public function group(string $id): array
    {
        $name = '';
        $language = $this->language();
        foreach ($this->kept('groups', 'SELECT customer_group_id, language_id, name FROM {customer_group_description} ORDER BY customer_group_id') as $row) {
            if ($row['customer_group_id'] === $id && ($name === '' || $row['language_id'] === $language)) {
                $name = $this->cleaner->text($row['name'], 'group');
            }
        }
        return ['id' => $id, 'name' => $name];
    }

    /** Custom fields {id, name, value} out of what an order or customer has of them; choice values by their names. */
    public function customFields($stored): array
    {
        $values = Serialised::values((string) $stored);
        $values = $values !== null ? $values : $this->cleaner->json($stored, 'custom_field');
        // A guest's fields may stand one step deeper, under the place of the form they were asked in.
        foreach (['account', 'address'] as $place) {
            if (isset($values[$place]) && is_array($values[$place])) {
                $values = $values[$place] + $values;
                unset($values[$place]);
            }
        }
        $fields = [];
        foreach ($values as $id => $value) {
            $parts = [];
            foreach (is_array($value) ? $value : [$value] as $part) {
                if (is_scalar($part) && (string) $part !== '') {
                    $parts[] = $this->customValue((string) $id, (string) $part);
                }
            }
            if ($parts !== []) {
                $fields[] = ['id' => (string) $id, 'name' => $this->customName((string) $id), 'value' => implode(', ', $parts)];
            }
        }
        return $fields;
    }

    private function customName(string $id): string
    {
        $name = '';
        $language = $this->language();
        foreach ($this->kept('fields', 'SELECT custom_field_id, language_id, name FROM {custom_field_description} ORDER BY custom_field_id') as $row) {
            if ($row['custom_field_id'] === $id && ($name === '' || $row['language_id'] === $language)) {
                $name = $this->cleaner->text($row['name'], 'custom_field');
            }
        }
        return $name;
    }

    private function customValue(string $field, string $value): string
    {
        $language = $this->language();
        $statement = 'SELECT custom_field_id, custom_field_value_id, language_id, name FROM {custom_field_value_description} ORDER BY custom_field_value_id';
        foreach ($this->kept('field_values', $statement) as $row) {
            if ($row['custom_field_id'] === $field && $row['custom_field_value_id'] === $value && $row['language_id'] === $language) {
                return $this->cleaner->text($row['name'], 'custom_field');
            }
        }
        return $this->cleaner->text($value, 'custom_field', true);
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** PrestaShop's configuration table and the names behind ids: read once a request. */
final class PrestaShopSettings
{
    const WANTED = [
        'PS_TIMEZONE', 'PS_SHOP_NAME', 'PS_SHOP_DEFAULT', 'PS_LANG_DEFAULT', 'PS_CURRENCY_DEFAULT', 'PS_COUNTRY_DEFAULT', 'PS_STOCK_MANAGEMENT',
        'PS_PACK_STOCK_TYPE', 'PS_SSL_ENABLED', 'PS_GIFT_WRAPPING_TAX_RULES_GROUP', 'PS_INVOICE_USE_YEAR', 'PS_INVOICE_YEAR_POS', 'PS_MULTISHOP_FEATURE_ACTIVE', 'PS_VERSION_DB', 'PS_OS_CANCELED', 'PS_OS_ERROR',
        'PS_OS_REFUND', 'PS_OS_CHEQUE', 'PS_OS_BANKWIRE', 'PS_OS_COD_VALIDATION', 'PS_OS_OUTOFSTOCK_UNPAID', 'PS_OS_OUTOFSTOCK', 'PS_OS_PAYPAL',
    ];

    /** @var Database */
    private $database;
    /** @var Cleaner */
    private $cleaner;
    /** @var array|null */
    private $settings;
    /** @var array<string, array> */
    private $kept = [];
    /** @var array|null */
    private $statuses;
    /** @var array|null */
    private $countries;

    public function __construct(Database $database, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->cleaner = $cleaner;
    }

    private function load(): array
    {
        if ($this->settings === null) {
            $this->settings = [];
            $rows = $this->database->rows(
                'SELECT name, value, id_shop, id_shop_group FROM {configuration} WHERE name IN (' . Database::places(self::WANTED) . ') ORDER BY id_configuration',
                self::WANTED
            );
            foreach ($rows as $row) {
                $this->settings[$row['name']][] = $row;
            }
        }
        return $this->settings;
    }

    /** A setting of the whole installation, or where only a shop has it, of that shop. */
    public function get(string $name, string $default = ''): string
    {
        $rows = isset($this->load()[$name]) ? $this->load()[$name] : [];
        foreach ($rows as $row) {
            if ((int) $row['id_shop'] === 0 && (int) $row['id_shop_group'] === 0) {
                return (string) $row['value'];
            }
        }
        return $rows === [] ? $default : (string) $rows[0]['value'];
    }

    /** A setting as it holds for one of several shops: its own, else its group's, else that of all. */
    public function ofShop(string $name, string $shop, string $default): string
    {
        return $this->nearest(isset($this->load()[$name]) ? $this->load()[$name] : [], $shop, $default);
    }

    /** Of the rows of one setting the value that holds in a shop; shops and groups count only where there are several. */
    private function nearest(array $rows, string $shop, string $default): string
    {
        $group = '0';
        $there = 0;
        foreach ($this->shops() as $one) {
            $there += $one['deleted'] === '1' ? 0 : 1;
            $group = $one['id_shop'] === $shop ? $one['id_shop_group'] : $group;
        }
        $several = $there > 1 && $this->get('PS_MULTISHOP_FEATURE_ACTIVE', '0') === '1';
        $found = [];
        foreach ($rows as $row) {
            if ((int) $row['id_shop'] === 0) {
                $found[(int) $row['id_shop_group'] === 0 ? 'all' : 'group ' . $row['id_shop_group']] = (string) $row['value'];
            } else {
                $found['shop ' . $row['id_shop']] = (string) $row['value'];
            }
        }
        foreach ($several ? ['shop ' . $shop, 'group ' . $group, 'all'] : ['all'] as $place) {
            if (isset($found[$place])) {
                return $found[$place];
            }
        }
        return $default;
    }

    /** Every value a setting has in any shop. */
    private function values(array $names): array
    {
        $values = [];
        foreach ($names as $name) {
            foreach (isset($this->load()[$name]) ? $this->load()[$name] : [] as $row) {
                $values[(string) $row['value']] = true;
            }
        }
        return $values;
    }

    /** A query whose rows do not change within a request. */
    public function kept(string $name, string $statement): array
    {
        if (!isset($this->kept[$name])) {
            $this->kept[$name] = $this->database->rows($statement);
        }
        return $this->kept[$name];
    }

    public function language(): string
    {
        return $this->get('PS_LANG_DEFAULT', '1');
    }

    public function languages(): array
    {
        return $this->kept('languages', 'SELECT id_lang, name, language_code, iso_code FROM {lang} ORDER BY id_lang');
    }

    public function languageCode(string $id): string
    {
        foreach ($this->languages() as $row) {
            if ($row['id_lang'] === $id) {
                return $row['language_code'] !== '' ? $row['language_code'] : $row['iso_code'];
            }
        }
        return '';
    }

    /** All statuses by id, in the shop's default language. */
    public function statuses(): array
    {
        if ($this->statuses === null) {
            $this->statuses = [];
            foreach ($this->statusRows() as $id => $rows) {
                $names = [];
                foreach ($rows as $row) {
                    $names[(string) $row['id_lang']] = $this->cleaner->verbatim($row['name'], 'status');
                }
                $name = isset($names[$this->language()]) ? $names[$this->language()] : (string) reset($names);
                $this->statuses[$id] = ['id' => (string) $id, 'name' => $name, 'kind' => $this->kind($rows[0], $names)];
            }
        }
        return $this->statuses;
    }

    private function statusRows(): array
    {
        $byId = [];
        $statement = 'SELECT s.id_order_state, s.module_name, s.logable, s.paid, s.shipped, l.id_lang, l.name FROM {order_state} s'
            . ' LEFT JOIN {order_state_lang} l ON l.id_order_state = s.id_order_state ORDER BY s.id_order_state, l.id_lang';
        foreach ($this->kept('statuses', $statement) as $row) {
            $byId[$row['id_order_state']][] = $row;
        }
        return $byId;
    }

    /** Every status by every name it has, the default language's first: an owner may know it by either. */
    public function statusNames(): array
    {
        $records = array_values($this->statuses());
        $seen = [];
        foreach ($records as $record) {
            $seen[$record['id'] . ' ' . $record['name']] = true;
        }
        foreach ($this->statusRows() as $id => $rows) {
            foreach ($rows as $row) {
                $name = $this->cleaner->verbatim($row['name'], 'status');
                if ($name !== '' && !isset($seen[$id . ' ' . $name])) {
                    $seen[$id . ' ' . $name] = true;
                    $records[] = ['name' => $name] + $this->status((string) $id);
                }
            }
        }
        return $records;
    }

    /** Status record; 0 is an order whose payment module broke off before it gave it one. */
    public function status(string $id): array
    {
        if ($id === '0') {
            return ['id' => '0', 'name' => '', 'kind' => 'abandoned'];
        }
        $statuses = $this->statuses();
        return isset($statuses[$id]) ? $statuses[$id] : ['id' => $id, 'name' => '', 'kind' => 'other'];
    }

    /**
     * What a status means: the shop's own settings for cancelled, refunded and failed (their ids
     * differ per shop), then its flags. Of a status without any flag only its name is left.
     */
    private function kind(array $row, array $names): string
    {
        $id = $row['id_order_state'];
        foreach (['cancelled' => ['PS_OS_CANCELED'], 'failed' => ['PS_OS_ERROR'], 'refunded' => ['PS_OS_REFUND']] as $kind => $settings) {
            if (isset($this->values($settings)[$id])) {
                return $kind;
            }
        }
        if ($row['shipped'] === '1') {
            return 'complete';
        }
        if ($row['paid'] === '1' || $row['logable'] === '1') {
            return 'processing';
        }
        $known = [
            'cancelled' => '/^(cancell?ed|voided|expired|geannuleerd|verlopen|vervallen)/i',
            'failed' => '/^(denied|failed|payment error|betaling mislukt|geweigerd|mislukt|afgewezen|betaalfout)/i',
            'refunded' => '/^(refunded|chargeback|reversed|terugbetaald|teruggestort|teruggeboekt)/i',
        ];
        foreach ($known as $kind => $pattern) {
            foreach ($names as $name) {
                if (preg_match($pattern, $name) === 1) {
                    return $kind;
                }
            }
        }
        $waiting = ['PS_OS_CHEQUE', 'PS_OS_BANKWIRE', 'PS_OS_COD_VALIDATION', 'PS_OS_OUTOFSTOCK_UNPAID', 'PS_OS_OUTOFSTOCK', 'PS_OS_PAYPAL'];
        if (isset($this->values($waiting)[$id]) || preg_grep('/^(awaiting|pending|waiting|in afwachting|wacht)/i', $names) !== []) {
            return 'pending';
        }
        // A payment module's own status without a flag says: not paid yet.
        return (string) $row['module_name'] !== '' ? 'pending' : 'other';
    }

    /** Currency row {iso_code, unit in millionths} of an id. */
    public function currency(PrestaShopSchema $schema, string $id): array
    {
        $decimals = '2';
        if ($schema->has('currency', 'precision')) {
            $decimals = '`precision`';
        } elseif ($schema->has('currency', 'decimals')) {
            $decimals = '2 * decimals';
        }
        foreach ($this->kept('currencies', 'SELECT id_currency, iso_code, ' . $decimals . ' AS digits FROM {currency} ORDER BY id_currency') as $row) {
            if ($row['id_currency'] === $id) {
                $digits = max(0, min(6, (int) $row['digits']));
                return ['code' => $row['iso_code'], 'unit' => (int) str_pad('1', 7 - $digits, '0')];
            }
        }
        return ['code' => '', 'unit' => 10000];
    }

    /** Country {code, name} of an id, the name in a language. */
    public function country(string $id, string $language): array
    {
        $found = ['code' => '', 'name' => ''];
        $statement = 'SELECT c.id_country, c.iso_code, l.id_lang, l.name FROM {country} c LEFT JOIN {country_lang} l ON l.id_country = c.id_country ORDER BY c.id_country, l.id_lang';
        if ($this->countries === null) {
            $this->countries = [];
            foreach ($this->database->rows($statement) as $row) {
                $this->countries[$row['id_country']][] = $row;
            }
        }
        foreach (isset($this->countries[$id]) ? $this->countries[$id] : [] as $row) {
            if ($found['name'] === '' || $row['id_lang'] === $language) {
                $found = ['code' => strtoupper($row['iso_code']), 'name' => $this->cleaner->verbatim($row['name'], 'country')];
            }
        }
        return $found;
    }

    public function group(string $id): array
    {
        $name = '';
        foreach ($this->kept('groups', 'SELECT id_group, id_lang, name FROM {group_lang} ORDER BY id_group, id_lang') as $row) {
            if ($row['id_group'] === $id && ($name === '' || $row['id_lang'] === $this->language())) {
                $name = $this->cleaner->verbatim($row['name'], 'group');
            }
        }
        return ['id' => $id, 'name' => $name];
    }

    /** Shops with the group each is in; `share_stock` is that group's. */
    public function shops(): array
    {
        return $this->kept('shops', 'SELECT s.id_shop, s.name, s.id_shop_group, g.share_stock, s.deleted FROM {shop} s JOIN {shop_group} g ON g.id_shop_group = s.id_shop_group ORDER BY s.id_shop');
    }

    public function shop(string $id): array
    {
        foreach ($this->shops() as $row) {
            if ($row['id_shop'] === $id) {
                return ['id' => $id, 'name' => $this->cleaner->verbatim($row['name'], 'store')];
            }
        }
        return ['id' => $id, 'name' => ''];
    }

    public function defaultShop(): string
    {
        return $this->get('PS_SHOP_DEFAULT', '1');
    }

    /** Tax class (a group of tax rules) {id, name}, or null when there is no such group. */
    public function taxClass(string $id)
    {
        if ($id === '0' || $id === '') {
            return ['id' => '0', 'name' => ''];
        }
        foreach ($this->kept('classes', 'SELECT id_tax_rules_group, name FROM {tax_rules_group} ORDER BY id_tax_rules_group') as $row) {
            if ($row['id_tax_rules_group'] === $id) {
                return ['id' => $id, 'name' => $this->cleaner->verbatim($row['name'], 'tax_class')];
            }
        }
        return null;
    }

    /** Carrier {code, title}: the reference stays when the shop keeps an edited carrier under a new id. */
    public function carrier(string $id)
    {
        foreach ($this->carriers() as $row) {
            if ($row['id_carrier'] === $id) {
                return ['code' => $row['id_reference'], 'title' => $this->carrierName($row['name'])];
            }
        }
        return ['code' => $id, 'title' => ''];
    }

    /** The tax class a carrier has today in a shop; null when it has none there. */
    public function carrierTaxClass(string $carrier, string $shop)
    {
        foreach ($this->kept('carrier_classes', 'SELECT id_carrier, id_shop, id_tax_rules_group FROM {carrier_tax_rules_group_shop}') as $row) {
            if ($row['id_carrier'] === $carrier && $row['id_shop'] === $shop) {
                return $this->taxClass($row['id_tax_rules_group']);
            }
        }
        return null;
    }

    /** Name of a tax in a language, else in the shop's. */
    public function taxName(string $id, string $language): string
    {
        $names = [];
        foreach ($this->kept('tax_names', 'SELECT id_tax, id_lang, name FROM {tax_lang} ORDER BY id_tax, id_lang') as $row) {
            if ($row['id_tax'] === $id) {
                $names[$row['id_lang']] = $this->cleaner->verbatim($row['name'], 'tax');
            }
        }
        $default = isset($names[$this->language()]) ? $names[$this->language()] : (string) reset($names);
        return isset($names[$language]) ? $names[$language] : $default;
    }

    public function carriers(): array
    {
        return $this->kept('carriers', 'SELECT id_carrier, id_reference, name, active, deleted FROM {carrier} ORDER BY id_carrier');
    }

    /** A carrier named `0` goes by the shop's name. */
    public function carrierName(string $name): string
    {
        return $name === '0' ? $this->get('PS_SHOP_NAME') : $this->cleaner->verbatim($name, 'carrier');
    }

    /** The text before a number of a shop's documents, in a language. */
    public function prefixOf(string $setting, string $language, string $shop): string
    {
        $statement = 'SELECT c.name, c.id_shop, c.id_shop_group, l.id_lang, l.value FROM {configuration} c JOIN {configuration_lang} l ON l.id_configuration = c.id_configuration'
            . " WHERE c.name IN ('PS_INVOICE_PREFIX', 'PS_CREDIT_SLIP_PREFIX')";
        $rows = array_filter($this->kept('prefixes', $statement), function (array $row) use ($setting, $language): bool {
            return $row['name'] === $setting && $row['id_lang'] === $language;
        });
        return $this->cleaner->verbatim($this->nearest($rows, $shop, ''), 'prefix');
    }
}

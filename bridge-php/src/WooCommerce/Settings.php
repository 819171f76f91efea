<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** WordPress's and WooCommerce's options and the names behind their codes: read once a request, so a switch is seen by the next. */
final class WooCommerceSettings
{
    const OPTIONS = "'blogname', 'home', 'siteurl', 'WPLANG', 'timezone_string', 'gmt_offset', 'woocommerce_version', 'woocommerce_currency', 'woocommerce_default_country',"
        . " 'woocommerce_custom_orders_table_enabled', 'woocommerce_custom_orders_table_data_sync_enabled', 'woocommerce_prices_include_tax', 'woocommerce_tax_round_at_subtotal', 'woocommerce_shipping_tax_class',"
        . " 'woocommerce_price_num_decimals', 'woocommerce_manage_stock', 'woocommerce_notify_no_stock_amount', 'woocommerce_hide_out_of_stock_items', 'woocommerce_gateway_order', 'woocommerce_tax_classes'";

    /** WooCommerce's own statuses, by their code without `wc-`: meaning, English and Dutch name. */
    const STATUSES = [
        'pending' => ['pending', 'Pending payment', 'Wacht op betaling'],
        'processing' => ['processing', 'Processing', 'In behandeling'],
        'on-hold' => ['pending', 'On hold', 'In de wacht'],
        'completed' => ['complete', 'Completed', 'Afgerond'],
        'cancelled' => ['cancelled', 'Cancelled', 'Geannuleerd'],
        'refunded' => ['refunded', 'Refunded', 'Terugbetaald'],
        'failed' => ['failed', 'Failed', 'Mislukt'],
        'trash' => ['cancelled', 'Trash', 'Prullenbak'],
        'checkout-draft' => ['abandoned', 'Draft', 'Concept'],
        'auto-draft' => ['abandoned', 'Draft', 'Concept'],
        'draft' => ['abandoned', 'Draft', 'Concept'],
    ];

    /** @var Database */
    private $database;
    /** @var Cleaner */
    private $cleaner;
    /** @var array|null */
    private $options;
    /** @var array<string, array> */
    private $kept = [];

    public function __construct(Database $database, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->cleaner = $cleaner;
    }

    /** An option, or the default when it is not there or empty. */
    public function get(string $name, string $default = ''): string
    {
        if ($this->options === null) {
            $this->options = array_column($this->database->rows('SELECT option_name, option_value FROM {options} WHERE option_name IN (' . self::OPTIONS . ')'), 'option_value', 'option_name');
        }
        return isset($this->options[$name]) && $this->options[$name] !== '' ? $this->options[$name] : $default;
    }

    /** Do orders live in tables of their own (HPOS)? The option decides: tables left from before may stand beside. */
    public function orderTables(): bool
    {
        return $this->get('woocommerce_custom_orders_table_enabled') === 'yes';
    }

    public function pricesWithTax(): bool
    {
        return $this->get('woocommerce_prices_include_tax') === 'yes';
    }

    public function currency(): string
    {
        return $this->get('woocommerce_currency', 'EUR');
    }

    /** The shop's country: the option may have a state behind it (`CA:QC`). */
    public function country(): string
    {
        return explode(':', $this->get('woocommerce_default_country'))[0];
    }

    /** As `nl-nl`. WordPress without a language is American. */
    public function language(): string
    {
        return strtolower(str_replace('_', '-', $this->get('WPLANG', 'en_US')));
    }

    /** The shop's zone: a name, or an offset in hours. */
    public function time(): ShopTime
    {
        if (Deployment::TIME_ZONE !== '') {
            return new ShopTime(Deployment::TIME_ZONE, 'profile');
        }
        if ($this->get('timezone_string') !== '') {
            return new ShopTime($this->get('timezone_string'), 'setting');
        }
        $minutes = intdiv(WooCommerceAmount::of($this->get('gmt_offset', '0')) * 60, WooCommerceAmount::ONE);
        return new ShopTime(sprintf('%s%02d:%02d', $minutes < 0 ? '-' : '+', intdiv(abs($minutes), 60), abs($minutes) % 60), 'setting');
    }

    /** A query whose rows do not change within a request. */
    public function kept(string $name, string $statement): array
    {
        if (!isset($this->kept[$name])) {
            $this->kept[$name] = $this->database->rows($statement);
        }
        return $this->kept[$name];
    }

    /** A status's code: without the `wc-` it is stored with. */
    public static function statusCode(string $stored): string
    {
        return strncmp($stored, 'wc-', 3) === 0 ? substr($stored, 3) : $stored;
    }

    /** Status record of a code, named in the shop's language. */
    public function status(string $code): array
    {
        if (!isset(self::STATUSES[$code])) {
            // One that a plug-in made: its name is in the plug-in's code only.
            return ['id' => $code, 'name' => ucfirst(str_replace(['-', '_'], ' ', $code)), 'kind' => self::kindNamed($code)];
        }
        list($kind, $english, $dutch) = self::STATUSES[$code];
        return ['id' => $code, 'name' => strncmp($this->language(), 'nl', 2) === 0 ? $dutch : $english, 'kind' => $kind];
    }

    private static function kindNamed(string $code): string
    {
        $known = [
            'complete' => '/^(shipped|delivered|complete|verzonden|bezorgd|geleverd|afgehaald|picked-up|verstuurd)/i',
            'cancelled' => '/^(cancel|geannuleerd|expired|verlopen)/i',
            'refunded' => '/^(refund|terugbetaald|retour-?betaald)/i',
            'failed' => '/^(fail|denied|mislukt)/i',
            'pending' => '/^(awaiting|pending|wacht)/i',
            'processing' => '/^(paid|betaald|process|in-behandeling|packed|ingepakt|picking)/i',
        ];
        foreach ($known as $kind => $pattern) {
            if (preg_match($pattern, $code) === 1) {
                return $kind;
            }
        }
        return 'other';
    }

    /** Tax class {id, name} of a stored code: empty is the standard one, which the shop names itself nowhere. */
    public function taxClass(string $code): array
    {
        if ($code === '' || $code === 'standard') {
            return ['id' => 'standard', 'name' => 'Standard rate'];
        }
        foreach ($this->taxClasses() as $class) {
            if ($class['id'] === $code) {
                return $class;
            }
        }
        return ['id' => $code, 'name' => $code];
    }

    /** What a thing without VAT is in. */
    public static function noTaxClass(): array
    {
        return ['id' => '0', 'name' => ''];
    }

    /** The classes beside the standard one: a table since 3.7, before that an option with a name a line. */
    public function taxClasses(): array
    {
        if (isset($this->kept['classes'])) {
            return $this->kept['classes'];
        }
        $classes = [];
        try {
            foreach ($this->database->rows('SELECT slug, name FROM {wc_tax_rate_classes} ORDER BY tax_rate_class_id') as $row) {
                $classes[] = ['id' => $row['slug'], 'name' => $this->cleaner->text($row['name'], 'tax_class')];
            }
        } catch (DatabaseError $error) {
            if ($error->number() !== DatabaseError::NO_SUCH_TABLE) {
                throw $error;
            }
            foreach (array_filter(array_map('trim', explode("\n", $this->get('woocommerce_tax_classes')))) as $name) {
                $slug = trim((string) preg_replace('/[^a-z0-9]+/', '-', strtolower($name)), '-');
                $classes[] = ['id' => $slug, 'name' => $this->cleaner->text($name, 'tax_class')];
            }
        }
        return $this->kept['classes'] = $classes;
    }

    /** The tax class today's settings give shipping; null when it follows what is in the cart. */
    public function shippingTaxClass()
    {
        $this->get('woocommerce_shipping_tax_class');
        $class = isset($this->options['woocommerce_shipping_tax_class']) ? $this->options['woocommerce_shipping_tax_class'] : 'inherit';
        return $class === 'inherit' ? null : $this->taxClass($class);
    }

    public function rates(): array
    {
        return $this->kept(
            'rates',
            'SELECT tax_rate_id, tax_rate_country, tax_rate_state, tax_rate, tax_rate_name, tax_rate_compound, tax_rate_class FROM {woocommerce_tax_rates} ORDER BY tax_rate_priority, tax_rate_order, tax_rate_id'
        );
    }

    /** The percentage a class has in the shop's own country, as an amount; null when no rate names it. */
    public function homePercent(string $class)
    {
        foreach ([$this->country(), ''] as $country) {
            foreach ($this->rates() as $rate) {
                if ($rate['tax_rate_class'] === ($class === 'standard' ? '' : $class) && $rate['tax_rate_country'] === $country && $rate['tax_rate_state'] === '') {
                    return WooCommerceAmount::of($rate['tax_rate']);
                }
            }
        }
        return null;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** What products are today, as order lines and stock figures need it: looked up in bulk. */
final class WooCommerceCatalogue
{
    /** WooCommerce's own field since 9.2, and those of common plug-ins. */
    const EAN = ['_global_unique_id', '_alg_ean', '_wpm_gtin_code', 'hwp_product_gtin', '_ts_gtin', '_ean', '_barcode'];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var array */
    private $terms = [];

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** Values of these products by id and name; the first of each name, as WordPress takes it. */
    public function values(array $ids, array $names): array
    {
        return self::byId($ids === [] ? [] : $this->database->rows(
            'SELECT post_id, meta_key, meta_value FROM {postmeta} WHERE post_id IN (' . Database::places($ids) . ') AND meta_key IN (' . Database::places($names) . ') ORDER BY meta_id',
            array_merge(array_values($ids), $names)
        ));
    }

    /** What lines need of these products and variations; of one that is gone there is nothing, not even an empty list. */
    public function forLines(array $ids): array
    {
        $names = array_merge(['_sku', '_tax_class', '_tax_status', '_product_attributes'], self::EAN);
        return self::byId($ids === [] ? [] : $this->database->rows(
            'SELECT p.ID AS post_id, m.meta_key, m.meta_value FROM {posts} p LEFT JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key IN (' . Database::places($names) . ')'
            . ' WHERE p.ID IN (' . Database::places($ids) . ') ORDER BY m.meta_id',
            array_merge($names, array_values($ids))
        ));
    }

    private static function byId(array $rows): array
    {
        $found = [];
        foreach ($rows as $row) {
            $found += [$row['post_id'] => []];
            $found[$row['post_id']] += $row['meta_key'] === null ? [] : [$row['meta_key'] => (string) $row['meta_value']];
        }
        return $found;
    }

    /** SKU of a variation or product: a variation without one goes by its parent's, as in the shop. */
    public function sku(array $values, array $parent)
    {
        foreach ([$values, $parent] as $from) {
            if (isset($from['_sku']) && trim($from['_sku']) !== '') {
                return $this->cleaner->text($from['_sku'], 'sku');
            }
        }
        return null;
    }

    public function ean(array $values)
    {
        foreach (self::EAN as $name) {
            if (isset($values[$name]) && trim($values[$name]) !== '') {
                return trim($this->cleaner->text($values[$name], 'ean'));
            }
        }
        return null;
    }

    /** Tax class {id, name}: a variation may follow its parent's. */
    public function taxClass(array $values, array $parent): array
    {
        $status = isset($parent['_tax_status']) ? $parent['_tax_status'] : (isset($values['_tax_status']) ? $values['_tax_status'] : 'taxable');
        if ($status === 'none') {
            return WooCommerceSettings::noTaxClass();
        }
        $class = isset($values['_tax_class']) ? $values['_tax_class'] : '';
        return $this->settings->taxClass($class !== 'parent' ? $class : (isset($parent['_tax_class']) ? $parent['_tax_class'] : ''));
    }

    /** A line option's name and value: of an attribute as the shop shows them, of other values as they are kept. */
    public function option(string $name, string $value, array $parent): array
    {
        $taxonomy = strncmp($name, 'pa_', 3) === 0;
        $shown = $taxonomy ? $this->term($name, $value) : WooCommerceFields::value(self::withoutMarkup($value), $this->cleaner);
        $label = $taxonomy ? $this->attribute(substr($name, 3)) : $name;
        $attributes = isset($parent['_product_attributes']) ? Serialised::values($parent['_product_attributes']) : null;
        $own = isset($attributes[$name]['name']) && is_string($attributes[$name]['name']);
        if ($own && !$taxonomy) {
            $label = $attributes[$name]['name'];
        }
        return ['name' => $this->cleaner->text($label, 'option'), 'value' => $shown, 'kind' => $taxonomy || $own ? 'select' : 'text', 'value_id' => null, 'code' => null];
    }

    /** Of a value that a plug-in stores as it shows it, the words: links to a file, prices. What a buyer typed is stored escaped. */
    private static function withoutMarkup(string $value): string
    {
        $words = (string) preg_replace('~</?(?:a|b|i|u|em|strong|span|bdi|small|del|ins|img|br|p|div|ul|ol|li)(?:\s[^<>]*|/)?>~i', ' ', $value);
        return $words === $value ? $value : trim((string) preg_replace('/\s{2,}/', ' ', $words));
    }

    private function attribute(string $name): string
    {
        foreach ($this->settings->kept('attributes', 'SELECT attribute_name, attribute_label FROM {woocommerce_attribute_taxonomies}') as $row) {
            if ($row['attribute_name'] === $name) {
                return (string) $row['attribute_label'] !== '' ? $row['attribute_label'] : $name;
            }
        }
        return $name;
    }

    /** A term's name by its slug; the slug when the term is gone. */
    private function term(string $taxonomy, string $slug): string
    {
        if (!isset($this->terms[$taxonomy])) {
            $rows = $this->database->rows('SELECT t.slug, t.name FROM {terms} t JOIN {term_taxonomy} x ON x.term_id = t.term_id WHERE x.taxonomy = ?', [$taxonomy]);
            $this->terms[$taxonomy] = array_column($rows, 'name', 'slug');
        }
        return $this->cleaner->text(isset($this->terms[$taxonomy][$slug]) ? $this->terms[$taxonomy][$slug] : $slug, 'option');
    }
}

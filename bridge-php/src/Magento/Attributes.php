<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Attribute values of many entities at once, found by the attribute's code: Magento keeps them a row each. */
final class MagentoAttributes
{
    const NO_SUCH_COLUMN = 1054;
    const TYPES = ['varchar', 'int', 'decimal', 'text', 'datetime'];

    /** Codes under which shops keep the EAN; Magento has no field of its own for it. */
    const EAN = ['ean', 'ean13', 'ean_code', 'gtin', 'gtin13', 'barcode'];

    /** @var Database */
    private $database;
    /** @var array<string, array> */
    private $known = [];

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /** Attributes of an entity type among these codes: id => {code, type}. */
    private function attributes(string $entity, array $codes): array
    {
        $name = $entity . ' ' . implode(' ', $codes);
        if (!isset($this->known[$name])) {
            $rows = $this->database->rows(
                'SELECT a.attribute_id, a.attribute_code, a.backend_type FROM {eav_attribute} a JOIN {eav_entity_type} t ON t.entity_type_id = a.entity_type_id'
                . ' WHERE t.entity_type_code = ? AND a.attribute_code IN (' . Database::places($codes) . ') ORDER BY a.attribute_id',
                array_merge([$entity], $codes)
            );
            $this->known[$name] = array_column($rows, null, 'attribute_id');
        }
        return $this->known[$name];
    }

    /** Of products: id => code => text; the values for all stores. */
    public function ofProducts(array $ids, array $codes): array
    {
        return $this->values('catalog_product', 'catalog_product_entity', $ids, $codes, ' AND v.store_id = 0');
    }

    /** Of categories, as `ofProducts`. */
    public function ofCategories(array $ids, array $codes): array
    {
        return $this->values('catalog_category', 'catalog_category_entity', $ids, $codes, ' AND v.store_id = 0');
    }

    /** Of customers (Magento 1), which have no values per store. */
    public function ofCustomers(array $ids, array $codes): array
    {
        return $this->values('customer', 'customer_entity', $ids, $codes, '');
    }

    /** Of customers' addresses (Magento 1). */
    public function ofAddresses(array $ids, array $codes): array
    {
        return $this->values('customer_address', 'customer_address_entity', $ids, $codes, '');
    }

    private function values(string $entity, string $table, array $ids, array $codes, string $more): array
    {
        $found = [];
        $ids = array_values(array_unique($ids));
        if ($ids === []) {
            return $found;
        }
        $attributes = $this->attributes($entity, $codes);
        foreach (self::TYPES as $type) {
            $wanted = array_keys(array_filter($attributes, function (array $attribute) use ($type): bool {
                return $attribute['backend_type'] === $type;
            }));
            if ($wanted === []) {
                continue;
            }
            $statement = 'SELECT v.entity_id, v.attribute_id, v.value FROM {' . $table . '_' . $type . '} v WHERE v.entity_id IN (' . Database::places($ids)
                . ') AND v.attribute_id IN (' . Database::places($wanted) . ')' . $more;
            foreach ($this->rows($statement, array_merge($ids, $wanted)) as $row) {
                $found[$row['entity_id']][$attributes[$row['attribute_id']]['attribute_code']] = (string) $row['value'];
            }
        }
        return $found;
    }

    /** Adobe Commerce keeps versions of a product apart, by a row's id in place of the product's: that is not read yet. */
    private function rows(string $statement, array $values): array
    {
        try {
            return $this->database->rows($statement, $values);
        } catch (DatabaseError $error) {
            if ($error->number() === self::NO_SUCH_COLUMN) {
                throw new Problem('unsupported', 'row_id');
            }
            throw $error;
        }
    }

    /** The EAN among a product's values; null when none is kept. */
    public static function ean(array $values)
    {
        foreach (self::EAN as $code) {
            if (isset($values[$code]) && trim($values[$code]) !== '') {
                return trim($values[$code]);
            }
        }
        return null;
    }
}

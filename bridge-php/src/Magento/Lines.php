<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Which rows of an order were sold, and as what. Magento writes a parent and its children: where the
 * parent says that its children are calculated (a bundle with a price by its parts) they count and it
 * is their heading; everywhere else the parent counts and the children tell what was chosen.
 */
final class MagentoLines
{
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoProductsNow */
    private $products;
    /** @var array */
    private $messages;

    public function __construct(Cleaner $cleaner, MagentoProductsNow $products, array $messages)
    {
        $this->cleaner = $cleaner;
        $this->products = $products;
        $this->messages = $messages;
    }

    /**
     * Rows as sold: [row, amounts or null for a heading, children]. `$whole`: a cancelled order stands
     * as it was placed.
     */
    public static function sold(array $items, bool $whole): array
    {
        $children = [];
        $ids = array_column($items, 'item_id', 'item_id');
        foreach ($items as $item) {
            if ($item['parent_item_id'] !== null && isset($ids[$item['parent_item_id']])) {
                $children[$item['parent_item_id']][] = $item;
            }
        }
        $sold = [];
        foreach ($items as $item) {
            if ($item['parent_item_id'] !== null && isset($ids[$item['parent_item_id']])) {
                continue;
            }
            $own = isset($children[$item['item_id']]) ? $children[$item['item_id']] : [];
            if ($own === [] || !self::childrenCount($item)) {
                $sold[] = [$item, new MagentoSold($item, $whole), $own];
                continue;
            }
            $sold[] = [$item, null, []];
            foreach ($own as $child) {
                $sold[] = [$child, new MagentoSold($child, $whole), []];
            }
        }
        return $sold;
    }

    private static function childrenCount(array $item): bool
    {
        $options = MagentoStoredArray::of($item['product_options']);
        return isset($options['product_calculations']) && in_array($options['product_calculations'], [0, '0'], true);
    }

    /** The order's lines; a row that was cancelled whole is none. */
    public function records(array $sold): array
    {
        $lines = [];
        foreach ($sold as $index => $row) {
            if ($row[1] === null) {
                $parts = $this->partsLeft($sold, $index);
                if ($parts > 0) {
                    $lines[] = $this->heading($row[0]);
                }
            } elseif ($row[1]->quantity !== 0 || $row[1]->cancelled === 0) {
                $lines[] = $this->line($row[0], $row[1], $row[2]);
            }
        }
        return $lines;
    }

    private function partsLeft(array $sold, int $heading): int
    {
        $left = 0;
        foreach ($sold as $row) {
            $left += $row[1] !== null && $row[0]['parent_item_id'] === $sold[$heading][0]['item_id'] && $row[1]->quantity !== 0 ? 1 : 0;
        }
        return $left;
    }

    private function line(array $item, MagentoSold $sold, array $children): array
    {
        // What is taken from the shelf of a configurable product is its variant.
        $variant = $item['product_type'] === 'configurable' && count($children) === 1 ? $children[0] : $item;
        $product = (string) $variant['product_id'];
        return [
            'id' => $item['item_id'],
            'product_id' => $product === '' || $product === '0' ? null : $product,
            'code' => $this->cleaner->verbatim($item['sku'], 'sku'),
            'sku' => $this->products->sku($product),
            'ean' => $this->products->ean($product),
            'name' => $this->cleaner->verbatim($item['name'], 'name'),
            'quantity' => MagentoAmount::text($sold->quantity),
            'price' => MagentoAmount::text(MagentoAmount::of($item['base_price'])),
            'tax' => MagentoAmount::text(MagentoAmount::share($sold->vat, MagentoAmount::ONE, $sold->quantity)),
            'total' => MagentoAmount::text($sold->net),
            'tax_class' => $this->products->taxClass((string) $item['product_id']),
            'options' => $this->options($item, $children),
            'percent' => MagentoAmount::text($sold->percent),
            'total_incl' => MagentoAmount::text($sold->net + $sold->vat),
            'heading' => false,
            'custom_fields' => array_merge($this->cancelled($item, $sold), $this->message($item['gift_message_id'])),
        ];
    }

    private function heading(array $item): array
    {
        $nothing = MagentoAmount::text(0);
        $quantity = MagentoAmount::of($item['qty_ordered']);
        return [
            'id' => $item['item_id'],
            'product_id' => $item['product_id'],
            'code' => $this->cleaner->verbatim($item['sku'], 'sku'),
            'sku' => $this->products->sku($item['product_id']),
            'ean' => null,
            'name' => $this->cleaner->verbatim($item['name'], 'name'),
            'quantity' => MagentoAmount::text($quantity),
            'price' => $nothing,
            'tax' => $nothing,
            'total' => $nothing,
            'tax_class' => null,
            'options' => $this->options($item, []),
            'percent' => null,
            'total_incl' => null,
            'heading' => true,
            'custom_fields' => $this->message($item['gift_message_id']),
        ];
    }

    private function cancelled(array $item, MagentoSold $sold): array
    {
        return $sold->cancelled === 0 ? [] : [
            ['id' => 'qty_ordered', 'name' => 'qty_ordered', 'value' => MagentoAmount::text(MagentoAmount::of($item['qty_ordered']))],
            ['id' => 'qty_canceled', 'name' => 'qty_canceled', 'value' => MagentoAmount::text($sold->cancelled)],
        ];
    }

    /** A gift message as a field; none when there is none. */
    public function message($id): array
    {
        if ($id === null || !isset($this->messages[$id])) {
            return [];
        }
        $row = $this->messages[$id];
        $people = trim($this->cleaner->verbatim($row['sender'], 'gift_message')) . ' > ' . trim($this->cleaner->verbatim($row['recipient'], 'gift_message'));
        return [['id' => 'gift_message', 'name' => 'gift_message', 'value' => $people . ': ' . $this->cleaner->verbatim($row['message'], 'gift_message', true)]];
    }

    /** What was chosen: a variant's attributes, options and free text, and the parts of a bundle with a price of its own. */
    private function options(array $item, array $children): array
    {
        $stored = MagentoStoredArray::of($item['product_options']);
        if ($stored === null) {
            $this->cleaner->remark('unreadable:product_options');
            $stored = [];
        }
        $options = [];
        foreach (isset($stored['attributes_info']) && is_array($stored['attributes_info']) ? $stored['attributes_info'] : [] as $chosen) {
            $options[] = $this->option($chosen, 'attribute');
        }
        foreach (isset($stored['options']) && is_array($stored['options']) ? $stored['options'] : [] as $chosen) {
            $options[] = $this->option($chosen, is_array($chosen) && isset($chosen['option_type']) && is_string($chosen['option_type']) ? $chosen['option_type'] : 'option');
        }
        if ($item['product_type'] === 'bundle') {
            foreach ($children as $child) {
                $options[] = $this->part($item, $child);
            }
        }
        return $options;
    }

    private function option($chosen, string $kind): array
    {
        $name = is_array($chosen) && isset($chosen['label']) && is_scalar($chosen['label']) ? (string) $chosen['label'] : '';
        $value = '';
        // `value` may hold a link for the browser, `print_value` is what a person reads.
        foreach (is_array($chosen) ? ['print_value', 'value'] : [] as $key) {
            if ($value === '' && isset($chosen[$key]) && is_scalar($chosen[$key])) {
                $value = (string) $chosen[$key];
            }
        }
        return ['name' => $this->cleaner->verbatim($name, 'option'), 'value' => $this->cleaner->verbatim($value, 'option', true), 'kind' => $kind, 'value_id' => null, 'code' => null];
    }

    private function part(array $bundle, array $child): array
    {
        $stored = MagentoStoredArray::of($child['product_options']);
        $attributes = isset($stored['bundle_selection_attributes']) ? MagentoStoredArray::of($stored['bundle_selection_attributes']) : [];
        $label = isset($attributes['option_label']) && is_string($attributes['option_label']) ? $attributes['option_label'] : '';
        $each = MagentoAmount::share(MagentoAmount::of($child['qty_ordered']), MagentoAmount::ONE, MagentoAmount::of($bundle['qty_ordered']));
        return [
            'name' => $this->cleaner->verbatim($label, 'option'),
            'value' => rtrim(rtrim(MagentoAmount::text($each), '0'), '.') . ' x ' . $this->cleaner->verbatim($child['name'], 'name'),
            'kind' => 'bundle',
            'value_id' => null,
            'code' => $this->cleaner->verbatim($child['sku'], 'sku'),
        ];
    }
}

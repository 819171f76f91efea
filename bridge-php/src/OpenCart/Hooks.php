<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * What OpenCart runs besides when one of its own functions is called: rows of the table `event`. Its own
 * are known by their action; any other is an extension's, whose work cannot be done from outside.
 */
final class OpenCartHooks
{
    /** OpenCart's own actions on a change of status: they mail and log new orders, and keep the statistics. */
    const OWN = '#^(?:event/(?:activity|statistics)[/.|]add(?:Order)?History|mail/order(?:[/.|]alert)?|mail/voucher|extension/total/voucher/send)$#D';

    const STATUS = [
        'catalog/model/checkout/order/addOrderHistory', 'catalog/model/checkout/order/addHistory', 'catalog/model/checkout/order.addHistory', 'catalog/model/checkout/order|addHistory',
    ];
    const PRODUCT = ['admin/model/catalog/product/editProduct', 'admin/model/catalog/product.editProduct', 'admin/model/catalog/product|editProduct'];
    const CUSTOMER = ['admin/model/customer/customer/editCustomer', 'admin/model/customer/customer.editCustomer', 'admin/model/customer/customer|editCustomer', 'admin/model/sale/customer/editCustomer'];

    /** As OpenCart 2.0 and 2.1 name them. */
    const OLD = '/^(?:pre|post)\.(?:order\.history|admin\.product|admin\.customer)\.(?:add|edit)$/D';

    /** @var Database */
    private $database;
    /** @var OpenCartSchema */
    private $schema;

    public function __construct(Database $database, OpenCartSchema $schema)
    {
        $this->database = $database;
        $this->schema = $schema;
    }

    /** Does an extension hang on one of these functions? */
    public function foreign(array $functions): bool
    {
        foreach ($this->on($functions) as $event) {
            if (preg_match(self::OWN, $event['action']) !== 1) {
                return true;
            }
        }
        return false;
    }

    /** When the shop's statistics of orders are kept: `before` or `after` the status is written, or not at all (''). */
    public function statistics(): string
    {
        foreach ($this->schema->has('statistics', 'code') ? $this->on(self::STATUS) : [] as $event) {
            if (strncmp($event['action'], 'event/statistics', 16) === 0) {
                return substr($event['trigger'], -6) === '/after' ? 'after' : 'before';
            }
        }
        return '';
    }

    private function on(array $functions): array
    {
        if (!$this->schema->has('event', 'action')) {
            return [];
        }
        $active = $this->schema->has('event', 'status') ? ' WHERE status = 1' : '';
        $found = [];
        foreach ($this->database->rows('SELECT `trigger`, `action` FROM {event}' . $active . ' ORDER BY event_id') as $event) {
            $event = ['trigger' => (string) $event['trigger'], 'action' => (string) $event['action']];
            if (preg_match(self::OLD, $event['trigger']) === 1 || self::matches($event['trigger'], $functions)) {
                $found[] = $event;
            }
        }
        return $found;
    }

    /** A trigger may have `*` and `?` in it, as OpenCart 3 and 4 read them. */
    private static function matches(string $trigger, array $functions): bool
    {
        $pattern = '/^' . str_replace(['\*', '\?'], ['.*', '.'], preg_quote($trigger, '/')) . '/';
        foreach ($functions as $function) {
            if (preg_match($pattern, $function . '/before') === 1 || preg_match($pattern, $function . '/after') === 1) {
                return true;
            }
        }
        return false;
    }
}

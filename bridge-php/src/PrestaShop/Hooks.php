<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Modules that PrestaShop would run at a change. What they do cannot be done from outside, so one of them is
 * enough to refuse; of PrestaShop's own it is known which only empty a template or look at something else.
 */
final class PrestaShopHooks
{
    const STATUS = [
        'actionOrderStatusUpdate', 'actionOrderStatusPostUpdate', 'actionOrderHistoryAddAfter', 'actionObjectOrderHistoryAddBefore', 'actionObjectOrderHistoryAddAfter',
        'actionObjectOrderUpdateBefore', 'actionObjectOrderUpdateAfter', 'actionObjectAddBefore', 'actionObjectAddAfter', 'actionObjectUpdateBefore', 'actionObjectUpdateAfter',
        'updateOrderStatus', 'postUpdateOrderStatus',
    ];
    const CUSTOMER = [
        'actionCustomerAccountUpdate', 'actionObjectCustomerUpdateBefore', 'actionObjectCustomerUpdateAfter', 'actionObjectUpdateBefore', 'actionObjectUpdateAfter',
    ];

    /** Lists of what sells well or together, and the refunds told to Google, which only certain statuses mean. */
    const QUIET_AT_STATUS = ['ps_bestsellers', 'ps_crossselling', 'blockbestsellers', 'crossselling', 'ps_googleanalytics'];

    /** Looks whether the newsletter was asked for. */
    const QUIET_AT_CUSTOMER = ['ps_emailsubscription', 'blocknewsletter'];

    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function onStatus(string $shop, string $status): bool
    {
        $modules = $this->modules(self::STATUS, $shop);
        if (array_diff($modules, self::QUIET_AT_STATUS) !== []) {
            return true;
        }
        foreach (in_array('ps_googleanalytics', $modules, true) ? $this->database->rows("SELECT value FROM {configuration} WHERE name = 'GA_CANCELLED_STATES'") : [] as $row) {
            $states = json_decode((string) $row['value'], true);
            if (is_array($states) && in_array($status, array_map('strval', array_filter($states, 'is_scalar')), true)) {
                return true;
            }
        }
        return false;
    }

    public function onCustomer(string $shop): bool
    {
        return array_diff($this->modules(self::CUSTOMER, $shop), self::QUIET_AT_CUSTOMER) !== [];
    }

    /** Names of the modules that run in a shop at one of these hooks. */
    private function modules(array $hooks, string $shop): array
    {
        return array_column($this->database->rows(
            'SELECT DISTINCT m.name FROM {hook} h JOIN {hook_module} x ON x.id_hook = h.id_hook JOIN {module} m ON m.id_module = x.id_module AND m.active = 1'
            . ' JOIN {module_shop} s ON s.id_module = m.id_module AND s.id_shop = x.id_shop WHERE x.id_shop = ? AND h.name IN (' . Database::places($hooks) . ')',
            array_merge([$shop], $hooks)
        ), 'name');
    }
}

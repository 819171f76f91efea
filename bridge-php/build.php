<?php
declare(strict_types=1);

/**
 * Joins src/ into two files a platform: dist/<platform>.php for PHP 7.2 on and dist/<platform>-56.php, the
 * same program without types, for PHP 5.6 to 7.1. `php build.php` writes them, `php build.php --check` only
 * compares: the same sources always give the same bytes.
 */

require __DIR__ . '/OlderPhp.php';

/** A line of every file before which functions may stand. */
const MARKER = "/** Everything begins and ends here";

/** What every file begins with, in order. */
const BEFORE = [
    'Problem', 'DatabaseError', 'Request', 'Addresses', 'Signature', 'Gate', 'Answer', 'Arguments', 'Database', 'State',
    'Budget', 'Page', 'Cleaner', 'ShopTime', 'Expression', 'Constants', 'DatabasePlace', 'Platform',
    'RecordWriter', 'RowWriter', 'TextRoom', 'RecordRows',
];

/** What each platform's file has besides; its name is the file's and `ShopProgram::NAME`. */
const PLATFORMS = [
    'opencart' => [
        'Serialised', 'OpenCart/Configuration', 'OpenCart/Schema', 'OpenCart/Row', 'OpenCart/SessionZone', 'OpenCart/Settings',
        'OpenCart/Numbers', 'OpenCart/OrderRows', 'OpenCart/Orders', 'OpenCart/Lookups', 'OpenCart/Customers', 'StockLevels', 'StockKeys', 'OpenCart/Stock',
        'OpenCart/Products', 'OpenCart/Hooks', 'OpenCart/StatusMove', 'OpenCart/ProductChange', 'OpenCart/CustomerChange', 'OpenCart/Shop', 'OpenCart/ShopProgram',
    ],
    'prestashop' => [
        'Environment', 'ArrayFile', 'PrestaShop/Parameters', 'PrestaShop/Configuration', 'PrestaShop/Schema', 'PrestaShop/Settings', 'PrestaShop/Amount', 'PrestaShop/Vat',
        'PrestaShop/Totals', 'PrestaShop/Refunds', 'PrestaShop/People', 'OrderBodies', 'OrderSizes', 'PrestaShop/OrderRows', 'PrestaShop/ProductsNow', 'PrestaShop/Orders',
        'PrestaShop/Lookups', 'PrestaShop/Customers', 'StockLevels', 'StockKeys', 'PrestaShop/Stock', 'PrestaShop/Products', 'PrestaShop/Hooks', 'PrestaShop/StatusMove', 'PrestaShop/CustomerChange', 'PrestaShop/Shop', 'PrestaShop/ShopProgram',
    ],
    'woocommerce' => [
        'Environment', 'Serialised', 'WooCommerce/Configuration', 'WooCommerce/Amount', 'WooCommerce/Settings', 'WooCommerce/Fields', 'WooCommerce/Invoice', 'WooCommerce/Day', 'OrderBodies', 'OrderSizes',
        'WooCommerce/OrderStore', 'WooCommerce/OrderTables', 'WooCommerce/OrderPosts', 'WooCommerce/Items', 'WooCommerce/Taxes', 'WooCommerce/Line',
        'WooCommerce/TotalRows', 'WooCommerce/Refunds', 'WooCommerce/Catalogue', 'WooCommerce/Orders', 'WooCommerce/Customers', 'WooCommerce/Lookups',
        'WooCommerce/Products', 'StockLevels', 'StockKeys', 'WooCommerce/Stock', 'WooCommerce/StockEffects', 'WooCommerce/HiddenStock', 'WooCommerce/OrderState', 'WooCommerce/StatusMove', 'WooCommerce/ProductChange', 'WooCommerce/Shop', 'WooCommerce/ShopProgram',
    ],
    'magento1' => ['Magento1/Schema', 'Magento1/Configuration', 'Magento1/Customers', 'Magento1/CustomerChange', 'Magento1/Stock', 'Magento1/ShopProgram'],
    'magento2' => [
        'Environment', 'Magento2/Schema', 'ArrayFile', 'Magento2/Configuration', 'Magento2/Customers', 'Magento2/SourceIndex',
        'Magento2/Sources', 'StockLevels', 'StockKeys', 'Magento2/Stock', 'Magento2/ShopProgram',
    ],
];

/** What the generations of a platform have in common, by the platform's name without its number. */
const SHARED = [
    'magento' => [
        'Serialised', 'Magento/Amount', 'Magento/StoredArray', 'Magento/Time', 'Magento/Settings', 'Magento/Attributes', 'Magento/ProductsNow', 'Magento/Extras',
        'OrderBodies', 'OrderSizes', 'Magento/OrderRows', 'Magento/Sold', 'Magento/Lines', 'Magento/TotalRows', 'Magento/Refunds', 'Magento/People', 'Magento/Orders',
        'Magento/Lookups', 'Magento/Accounts', 'Magento/Products', 'Magento/StockRules', 'Magento/StockIndex', 'Magento/StockItems', 'Magento/StatusMove', 'Magento/Shop',
    ],
];

/** What every file ends with. */
const AFTER = [
    'Call', 'OnceOnly', 'StockRows', 'Operation', 'Operation/Hello', 'Operation/Lookups', 'Operation/Orders', 'Operation/Order', 'Operation/Totals',
    'Operation/Customers', 'Operation/Products', 'Operation/StockRead', 'Operation/StockSet', 'Operation/RecordsSet',
    'Operation/Remove',
    'Dispatcher', 'Deployment', 'main',
];

const HEADER = <<<'TEXT'
<?php
/*
 * Winkelbrug bridge. Put here by the Winkelbrug program of the owner of this shop, to bring orders
 * into the bookkeeping and stock figures back. It answers only requests signed with the key of this
 * very upload; anybody else sees a refusal. To remove it: "winkelbrug withdraw" on the owner's PC,
 * or delete this file and the table whose name ends in winkelbrug_state.
 */
declare(strict_types=1);

namespace Winkelbrug\Bridge;

TEXT;

function shared(string $platform): array
{
    $family = rtrim($platform, '0123456789');
    return isset(SHARED[$family]) ? SHARED[$family] : [];
}

function joined(array $names): string
{
    $text = HEADER;
    foreach ($names as $name) {
        $source = (string) file_get_contents(__DIR__ . '/src/' . $name . '.php');
        $start = "<?php\ndeclare(strict_types=1);\n\nnamespace Winkelbrug\\Bridge;\n";
        if (strncmp($source, $start, strlen($start)) !== 0) {
            fwrite(STDERR, "src/$name.php does not begin as every source does\n");
            exit(1);
        }
        $text .= substr($source, strlen($start));
    }
    return $text;
}

$check = in_array('--check', $argv, true);
$same = true;
foreach (PLATFORMS as $platform => $names) {
    $built = joined(array_merge(BEFORE, shared($platform), $names, AFTER));
    foreach ([$platform => $built, $platform . '-56' => OlderPhp::file($built, MARKER)] as $name => $text) {
        $file = __DIR__ . '/dist/' . $name . '.php';
        if (!$check) {
            file_put_contents($file, $text);
            echo 'dist/', $name, '.php ', strlen($text), ' bytes, SHA-256 ', hash('sha256', $text), "\n";
        } elseif (!is_file($file) || file_get_contents($file) !== $text) {
            $same = false;
            echo "dist/$name.php is not what src/ gives: run php bridge-php/build.php\n";
        }
    }
}
if ($check && $same) {
    echo "dist/ is what src/ gives\n";
}
exit($same ? 0 : 1);

<?php
declare(strict_types=1);

/**
 * Joins src/ into one file. `php build.php` writes dist/bridge.php, `php build.php --check` only
 * compares: the same sources always give the same bytes.
 */

const ORDER = [
    'Problem', 'DatabaseError', 'Request', 'Addresses', 'Signature', 'Gate', 'Answer', 'Arguments', 'Database', 'State',
    'Budget', 'Cleaner', 'ShopTime', 'Platform', 'OpenCart/Configuration', 'OpenCart/Settings', 'OpenCart/Numbers',
    'OpenCart/Orders', 'OpenCart/Lookups', 'OpenCart/Customers', 'OpenCart/Stock', 'OpenCart/Products', 'OpenCart/Shop',
    'Call', 'Operation', 'Operation/Hello', 'Operation/Lookups', 'Operation/Orders', 'Operation/Order', 'Operation/Totals',
    'Operation/Customers', 'Operation/Products', 'Operation/StockRead', 'Operation/StockSet', 'Operation/Remove',
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

function joined(): string
{
    $text = HEADER;
    foreach (ORDER as $name) {
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

$built = joined();
$file = __DIR__ . '/dist/bridge.php';
if (in_array('--check', $argv, true)) {
    $same = is_file($file) && file_get_contents($file) === $built;
    echo $same ? "dist/bridge.php is what src/ gives\n" : "dist/bridge.php is not what src/ gives: run php bridge-php/build.php\n";
    exit($same ? 0 : 1);
}
file_put_contents($file, $built);
echo 'dist/bridge.php ', strlen($built), ' bytes, SHA-256 ', hash('sha256', $built), "\n";

<?php
declare(strict_types=1);

/** WordPress's configuration in the forms it is written in, and what WooCommerce's stored texts are made of. */

/** What `access` gives, or [code, place] of its problem. `$files` are laid down below a folder whose `shop` is the root. */
function woo_access(array $files, array $values = [], array $environment = [])
{
    $folder = Bridge::folder() . '-site';
    foreach ($files as $name => $content) {
        $path = $folder . '/' . $name;
        is_dir(dirname($path)) || mkdir(dirname($path), 0700, true);
        file_put_contents($path, $content);
    }
    is_dir($folder . '/shop') || mkdir($folder . '/shop', 0700, true);
    $code = '';
    foreach ($environment as $name => $value) {
        $code .= 'putenv(' . var_export($name . '=' . $value, true) . ');';
    }
    $code .= 'try { echo json_encode((new WooCommerceConfiguration(' . var_export($folder . '/shop', true) . '))->access()); }
        catch (Problem $p) { echo json_encode([$p->getMessage(), $p->place()]); }';
    try {
        return woo_json($code, $values + ['CONFIG_FILE' => 'wp-config.php']);
    } finally {
        shell_exec('rm -rf ' . escapeshellarg($folder));
    }
}

/** As Bridge::json, of WooCommerce's file. */
function woo_json(string $code, array $values = [], string $standIns = '')
{
    $before = Bridge::$platform;
    Bridge::$platform = Bridge::usual('woocommerce');
    try {
        return Bridge::json($code, $values, $standIns);
    } finally {
        Bridge::$platform = $before;
    }
}

/**
 * What `$code` makes of the body (`$order`) of an order with these items, each [type, name, values], some of whose own
 * values are `$order`. The shop has a product 40 with a variation 41.
 */
function woo_order(array $items, string $code, array $order = [])
{
    $rows = [];
    foreach ($items as $at => $item) {
        foreach ($item[2] as $name => $value) {
            $rows[] = ['order_id' => '7', 'order_item_id' => (string) ($at + 1), 'order_item_type' => $item[0], 'order_item_name' => $item[1], 'meta_key' => $name, 'meta_value' => $value];
        }
    }
    $standIn = 'const WOO_ITEMS = ' . var_export($rows, true) . ";\nconst WOO_ORDER = " . var_export($order, true) . ";\n" . <<<'PHP'
final class Database
{
    public static function places(array $values): string
    {
        return implode(', ', array_fill(0, count($values), '?'));
    }

    public function rows(string $statement, array $values = []): array
    {
        if (strpos($statement, ' AS bytes') !== false) {
            return [];
        }
        if (strpos($statement, '{woocommerce_order_items}') !== false) {
            return WOO_ITEMS;
        }
        if (strpos($statement, '{posts}') !== false) {
            return [['post_id' => '41', 'meta_key' => null, 'meta_value' => null], ['post_id' => '40', 'meta_key' => '_sku', 'meta_value' => 'SHIRT']];
        }
        return strpos($statement, '{wc_tax_rate_classes}') !== false ? [['slug' => 'reduced-rate', 'name' => 'Reduced rate']] : [];
    }

    public function prefix(): string
    {
        return 'wp_';
    }
}
final class Page
{
    public $given = [];

    public function room(): int
    {
        return 1 << 20;
    }

    public function give(array $record): bool
    {
        $this->given[] = $record;
        return true;
    }
}
PHP;
    $store = <<<'PHP'
final class Store implements WooCommerceOrderStore
{
    public function changed($since, $after, int $limit): array
    {
        return [];
    }

    public function sizes(): array
    {
        return [];
    }

    public function numbers(array $ids): array
    {
        return [];
    }

    public function rows(array $ids): array
    {
        $texts = array_fill_keys(['currency', 'customer', 'changed', 'email', 'note', 'method', 'method_title', 'with_tax', 'paid'], '');
        $address = array_fill_keys(self::ADDRESS, '');
        return ['7' => WOO_ORDER + ['id' => '7', 'status' => 'processing', 'total' => '3', 'no_total' => '', 'paid_at' => '', 'created' => '2026-11-01 10:00:00', 'billing' => $address, 'shipping' => $address, 'fields' => []] + $texts];
    }

    public function refunds(array $ids): array
    {
        return [];
    }

    public function withField(array $names, string $value): array
    {
        return [];
    }

    public function totals(string $from, WooCommerceDay $day): array
    {
        return [];
    }

    public function counts(): array
    {
        return [];
    }

    public function paymentMethods(): array
    {
        return [];
    }

    public function statusCodes(): array
    {
        return [];
    }
}
$database = new Database();
$cleaner = new Cleaner();
$orders = new WooCommerceOrders($database, new WooCommerceSettings($database, $cleaner), $cleaner, new ShopTime('UTC', 'profile'), new Store());
$page = new Page();
$orders->all(['7'], 10, $page);
$order = $page->given[0];
PHP;
    return woo_json($store . $code, [], $standIn);
}

/** A `wp-config.php` as WordPress writes it, with some values otherwise. */
function woo_config(array $changed = [], string $prefix = "\$table_prefix = 'wp_';"): string
{
    $text = "<?php\n/** The base configuration for WordPress */\n";
    foreach ($changed + ['DB_NAME' => "'shop'", 'DB_USER' => "'user'", 'DB_PASSWORD' => "'secret'", 'DB_HOST' => "'localhost'", 'DB_CHARSET' => "'utf8mb4'", 'DB_COLLATE' => "''"] as $name => $value) {
        $text .= $value === null ? '' : "define( '$name', $value );\n";
    }
    return $text . $prefix . "\nif ( ! defined( 'ABSPATH' ) ) {\n\tdefine( 'ABSPATH', __DIR__ . '/' );\n}\nrequire_once ABSPATH . 'wp-settings.php';\n";
}

const WOO_DOCKER = <<<'PHP'
<?php
if (!function_exists('getenv_docker')) {
    function getenv_docker($env, $default) {
        if ($fileEnv = getenv($env . '_FILE')) { return rtrim(file_get_contents($fileEnv), "\r\n"); }
        else if (($val = getenv($env)) !== false) { return $val; }
        else { return $default; }
    }
}
define( 'DB_NAME', getenv_docker('WORDPRESS_DB_NAME', 'wordpress') );
define( 'DB_USER', getenv_docker('WORDPRESS_DB_USER', 'example username') );
define( 'DB_PASSWORD', getenv_docker('WORDPRESS_DB_PASSWORD', 'example password') );
define( 'DB_HOST', getenv_docker('WORDPRESS_DB_HOST', 'mysql') );
define( 'DB_CHARSET', getenv_docker('WORDPRESS_DB_CHARSET', 'utf8') );
$table_prefix = getenv_docker('WORDPRESS_TABLE_PREFIX', 'wp_');
PHP;

const WOO_BEDROCK = <<<'PHP'
<?php
use Roots\WPConfig\Config;
use function Env\env;
$root_dir = dirname(__DIR__);
Config::define('WP_HOME', env('WP_HOME'));
if (env('DB_SSL')) {
    Config::define('MYSQL_CLIENT_FLAGS', MYSQLI_CLIENT_SSL);
}
Config::define('DB_NAME', env('DB_NAME'));
Config::define('DB_USER', env('DB_USER'));
Config::define('DB_PASSWORD', env('DB_PASSWORD'));
Config::define('DB_HOST', env('DB_HOST') ?: 'localhost');
Config::define('DB_CHARSET', 'utf8mb4');
Config::define('DB_COLLATE', '');
$table_prefix = env('DB_PREFIX') ?: 'wp_';
if (env('DATABASE_URL')) {
    $dsn = (object) parse_url(env('DATABASE_URL'));
    Config::define('DB_NAME', substr($dsn->path, 1));
    Config::define('DB_HOST', isset($dsn->port) ? "{$dsn->host}:{$dsn->port}" : $dsn->host);
}
PHP;

return [
    'a delivered wp-config.php is read, in the root or one folder up' => function () {
        $is = ['host' => 'localhost', 'port' => 3306, 'socket' => null, 'user' => 'user', 'password' => 'secret', 'database' => 'shop', 'prefix' => 'wp_', 'shared_prefix' => 'wp_', 'charset' => 'utf8mb4'];
        Check::same(woo_access(['shop/wp-config.php' => woo_config()]), $is);
        Check::same(woo_access(['wp-config.php' => woo_config()], ['CONFIG_FILE' => '../wp-config.php']), $is);
        Check::same(woo_access([]), ['config-missing', 'wp-config.php']);
    },

    'a WordPress configuration is never run' => function () {
        Check::same(woo_access(['shop/wp-config.php' => woo_config() . "\nfile_put_contents('/nowhere/ran', '1');"])['user'], 'user');
        Check::same(woo_access(['shop/wp-config.php' => "<?php // define('DB_NAME', 'wrong');\n" . substr(woo_config(), 5)])['database'], 'shop');
    },

    'values put together, chosen or taken from variables are known' => function () {
        $written = ["'a' . 'b'" => 'ab', "('a' . 'b')" => 'ab', "'0' ?: 'other'" => 'other', "'x' ?: 'other'" => 'x', "null ?? 'other'" => 'other', "'yes' ? 'one' : 'two'" => 'one', "(string) 5" => '5', '"it\\"s"' => 'it"s', "'it\\'s'" => "it's"];
        foreach ($written as $source => $value) {
            Check::same(woo_access(['shop/wp-config.php' => woo_config(['DB_PASSWORD' => $source])])['password'], $value, $source);
        }
        $source = "<?php\n\$site = 'klant'; define('SITE', \$site . '_1');\n" . substr(woo_config(['DB_NAME' => 'SITE'], '$table_prefix = $site . "_";'), 5);
        $is = woo_access(['shop/wp-config.php' => $source]);
        Check::same([$is['database'], $is['prefix']], ['klant_1', 'klant_']);
        $source = "<?php\ndefined('DB_NAME') or define('DB_NAME', 'first');\nif (!defined('DB_NAME')) { define('DB_NAME', 'second'); }\n" . substr(woo_config(['DB_NAME' => null]), 5);
        Check::same(woo_access(['shop/wp-config.php' => $source])['database'], 'first');
    },

    'values of the surroundings are asked by the names the configuration gives' => function () {
        $files = ['shop/wp-config.php' => woo_config(['DB_NAME' => "getenv('WOO_NAME')", 'DB_PASSWORD' => "\$_ENV['WOO_PASSWORD']", 'DB_USER' => "getenv('WOO_USER') ?: 'nobody'", 'DB_HOST' => "\$_SERVER['WOO_HOST'] ?? 'localhost'"])];
        $is = woo_access($files, [], ['WOO_NAME' => 'named', 'WOO_PASSWORD' => 'hidden']);
        Check::same([$is['database'], $is['password'], $is['user'], $is['host']], ['named', 'hidden', 'nobody', 'localhost']);
        Check::same(woo_access($files, [], ['WOO_PASSWORD' => 'x']), ['config-unreadable', 'wp-config.php DB_NAME']);
    },

    'a header of the request is no value of the surroundings' => function () {
        $files = ['shop/wp-config.php' => woo_config(['DB_HOST' => "getenv('HTTP_X_DATABASE')"])];
        Check::same(woo_access($files, [], ['HTTP_X_DATABASE' => 'evil.example']), ['config-unreadable', 'wp-config.php DB_HOST']);
    },

    'the image for Docker takes its defaults, its variables, and says so when a file holds the value' => function () {
        $is = woo_access(['shop/wp-config.php' => WOO_DOCKER], [], ['WORDPRESS_DB_PASSWORD' => 'p w', 'WORDPRESS_TABLE_PREFIX' => 'wpx_']);
        Check::same([$is['database'], $is['user'], $is['password'], $is['host'], $is['prefix'], $is['charset']], ['wordpress', 'example username', 'p w', 'mysql', 'wpx_', 'utf8mb4']);
        Check::same(woo_access(['shop/wp-config.php' => WOO_DOCKER], [], ['WORDPRESS_DB_PASSWORD_FILE' => '/run/secrets/db']), ['config-unreadable', 'wp-config.php DB_PASSWORD']);
    },

    'Bedrock keeps its values in .env, in every way they are written there' => function () {
        $values = ['CONFIG_FILE' => '../config/application.php'];
        $env = "# comment\nWP_HOME='https://x.example'\nDB_NAME=shop # the name\nexport DB_USER=\"klant_\${SUFFIX}\"\nSUFFIX=7\nDB_PASSWORD='a#b\$c \"d\"'\nDB_PREFIX=bd_\n";
        $is = woo_access(['config/application.php' => WOO_BEDROCK, '.env' => "SUFFIX=7\n" . $env], $values);
        Check::same([$is['database'], $is['user'], $is['password'], $is['host'], $is['prefix']], ['shop', 'klant_7', 'a#b$c "d"', 'localhost', 'bd_']);
        $is = woo_access(['config/application.php' => WOO_BEDROCK, '.env' => $env . "DATABASE_URL=mysql://u:p%40ss@db.example:3310/other\n"], $values);
        Check::same([$is['database'], $is['user'], $is['password'], $is['host'], $is['port'], $is['prefix']], ['other', 'u', 'p@ss', 'db.example', 3310, 'bd_']);
        Check::same(woo_access(['config/application.php' => WOO_BEDROCK, '.env' => "DB_USER=x\n"], $values), ['config-unreadable', '../config/application.php DB_NAME']);
        Check::same(woo_access(['config/application.php' => WOO_BEDROCK, '.env' => $env], $values, ['DB_NAME' => 'outside'])['database'], 'outside');
    },

    'every way in which WordPress takes a host is understood' => function () {
        $hosts = [
            'localhost' => ['localhost', 3306, null], 'db.example:3310' => ['db.example', 3310, null], 'localhost:/run/x.sock' => ['localhost', 3306, '/run/x.sock'],
            '/run/x.sock' => ['localhost', 3306, '/run/x.sock'], '[::1]:3311' => ['::1', 3311, null], '::1' => ['::1', 3306, null], '10.0.0.5' => ['10.0.0.5', 3306, null],
        ];
        foreach ($hosts as $written => $place) {
            $is = woo_access(['shop/wp-config.php' => woo_config(['DB_HOST' => "'" . $written . "'"])]);
            Check::same([$is['host'], $is['port'], $is['socket']], $place, $written);
        }
    },

    'the character set is the one WordPress would choose' => function () {
        foreach (["'utf8'" => 'utf8mb4', "''" => 'utf8mb4', "'latin1'" => 'latin1', "'utf8mb4'" => 'utf8mb4', "'x; y'" => 'utf8mb4'] as $written => $charset) {
            Check::same(woo_access(['shop/wp-config.php' => woo_config(['DB_CHARSET' => $written])])['charset'], $charset, $written);
        }
    },

    'of several sites the main one is read unless another is named, and accounts stay shared' => function () {
        $files = ['shop/wp-config.php' => woo_config(['MULTISITE' => 'true'])];
        Check::same(woo_access($files)['prefix'], 'wp_');
        $is = woo_access($files, ['TABLE_PREFIX' => 'wp_3_']);
        Check::same([$is['prefix'], $is['shared_prefix']], ['wp_3_', 'wp_']);
        $is = woo_access($files, ['TABLE_PREFIX' => 'other_']);
        Check::same([$is['prefix'], $is['shared_prefix']], ['other_', 'other_']);
        Check::same(woo_access(['shop/wp-config.php' => woo_config([], "\$table_prefix = 'wp_`x';")]), ['prefix-wrong', 'characters']);
        Check::same(woo_access(['shop/wp-config.php' => woo_config([], '')]), ['config-unreadable', 'wp-config.php $table_prefix']);
    },

    'what cannot be known is named, with the file' => function () {
        foreach (['DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_HOST'] as $name) {
            Check::same(woo_access(['shop/wp-config.php' => woo_config([$name => 'secret_of($site)'])]), ['config-unreadable', 'wp-config.php ' . $name]);
        }
        Check::same(woo_access(['shop/wp-config.php' => woo_config(['DB_PASSWORD' => "''"])])['password'], '');
    },

    'stored lists are read to a small depth, and nothing is ever made into an object' => function () {
        $lists = [
            serialize(['total' => [1 => '0.86', 2 => 1.5], 'x' => [null, true, 7]]), serialize([]), serialize(['a' => ['é' => "q\";\n"]]),
            'a:1:{i:0;O:8:"stdClass":0:{}}', 'O:8:"stdClass":0:{}', 'a:1:{s:5:"total";', 'a:2:{i:0;i:1;}', 's:3:"abc";', '', 'a:1:{i:0;R:1;}', str_repeat('a:1:{i:0;', 20) . 'i:1;' . str_repeat('}', 20),
            'a:1:{i:0;s:9999999:"x";}', 'a:9999999:{i:0;i:1;}',
        ];
        $code = 'echo json_encode(array_map(function ($t) { return Serialised::values($t); }, ' . var_export($lists, true) . '));';
        Check::same(woo_json($code), [['total' => ['1' => '0.86', '2' => '1.5'], 'x' => [null, '1', '7']], [], ['a' => ['é' => "q\";\n"]], null, null, null, null, null, null, null, null, null, null]);
    },

    'amounts keep every digit and are rounded only where it is said' => function () {
        $code = '$t = function ($x) { return WooCommerceAmount::text(WooCommerceAmount::of($x)); };
            echo json_encode([array_map($t, ["41.239669", "-0.5", "8.2644628099173559", "1.0E-5", "2.5e+3", ".5", "7.", "", "abc", "0.000000005", "-12.00000000"]),
            WooCommerceAmount::text(WooCommerceAmount::halfDown(WooCommerceAmount::of("0.525"), 2)), WooCommerceAmount::text(WooCommerceAmount::halfDown(WooCommerceAmount::of("-0.525"), 2)),
            WooCommerceAmount::text(WooCommerceAmount::rounded(WooCommerceAmount::of("0.525"), 2)), WooCommerceAmount::text(WooCommerceAmount::rounded(WooCommerceAmount::of("-0.525"), 2)),
            WooCommerceAmount::count(WooCommerceAmount::of("12.500")), WooCommerceAmount::count(WooCommerceAmount::of("100")), WooCommerceAmount::count(0),
            WooCommerceAmount::text(WooCommerceAmount::scaled(WooCommerceAmount::of("99999.99"), WooCommerceAmount::of("9.975"), WooCommerceAmount::of("100")))]);';
        Check::same(woo_json($code), [
            ['41.239669', '-0.50', '8.26446281', '0.00001', '2500.00', '0.50', '7.00', '0.00', '0.00', '0.00000001', '-12.00'],
            '0.52', '-0.52', '0.53', '-0.53', '12.5', '100', '0', '9974.9990025',
        ]);
    },

    'a row over several rates is shared, rates on each other are one, and what is left is without VAT' => function () {
        // The settings are asked for decimals only: they are given without a database.
        $code = 'function parts(array $rates, string $net, string $vat, array $data) {
                $items = [];
                foreach ($rates as $id => $rate) { $items[] = ["type" => "tax", "name" => "", "values" => ["rate_id" => (string) $id, "rate_percent" => $rate[0], "compound" => $rate[1]], "pairs" => []]; }
                $settings = (new \ReflectionClass(WooCommerceSettings::class))->newInstanceWithoutConstructor();
                $options = new \ReflectionProperty(WooCommerceSettings::class, "options");
                if (PHP_VERSION_ID < 80100) { $options->setAccessible(true); }
                $options->setValue($settings, []);
                $row = (new WooCommerceTaxes($items, $settings))->shipping(["values" => ["cost" => $net, "total_tax" => $vat, "taxes" => serialize(["total" => $data])]]);
                return array_map(function ($p) { return implode(" ", $p); }, WooCommerceTaxes::records($row["parts"]));
            }
            $two = [1 => ["21", ""], 2 => ["9", ""]];
            echo json_encode([
                parts($two, "10", "2.1", [1 => "2.1"]),
                parts($two, "20", "3", [1 => "2.1", 2 => "0.9"]),
                parts($two, "25", "3", [1 => "2.1", 2 => "0.9"]),
                parts([5 => ["5", ""], 6 => ["9.975", "1"]], "100", "15.47", [5 => "5", 6 => "10.47375"]),
                parts([5 => ["5", ""], 6 => ["7", ""]], "100", "12", [5 => "5", 6 => "7"]),
                parts($two, "4", "0", []),
                parts($two, "-12.1", "0.00", [1 => "0"]),
                parts($two, "10", "2.00", []),
                parts([1 => ["21", ""]], "10", "2.10", []),
            ]);';
        Check::same(woo_json($code), [
            ['21.00 10.00 2.10'],
            ['21.00 10.00 2.10', '9.00 10.00 0.90'],
            ['21.00 10.00 2.10', '9.00 10.00 0.90', '0.00 5.00 0.00'],
            ['15.47375 100.00 15.47'],
            ['12.00 100.00 12.00'],
            ['0.00 4.00 0.00'],
            ['0.00 -12.10 0.00'],
            [],
            ['21.00 10.00 2.10'],
        ]);
    },

    'a line whose variation was deleted has no code rather than that of its product, and the tax class it was sold in' => function () {
        $items = [];
        // A variation that has no SKU of its own nor any value, one that was deleted, and a product that was deleted.
        foreach ([['Red', '40', '41', ''], ['Blue', '40', '42', 'reduced-rate'], ['Saw', '50', '0', '']] as $line) {
            $items[] = ['line_item', $line[0], ['_product_id' => $line[1], '_variation_id' => $line[2], '_tax_class' => $line[3], '_qty' => '1', '_line_subtotal' => '1', '_line_total' => '1']];
        }
        $code = 'echo json_encode(array_map(function (array $line): array {
            return [$line["code"], $line["sku"], $line["name"], $line["tax_class"] === null ? null : $line["tax_class"]["id"]];
        }, $order["lines"]));';
        Check::same(woo_order($items, $code), [
            ['SHIRT', 'SHIRT', 'Red', 'standard'],
            ['', null, 'Blue', 'reduced-rate'],
            ['', null, 'Saw', null],
        ]);
    },

    'an amount or quantity that is gone or no number is told as missing, one that was left blank counts as nothing as in the shop' => function () {
        $line = ['_product_id' => '40', '_qty' => '2', '_line_subtotal' => '10', '_line_total' => '8'];
        $told = function (array $items, array $order = []): array {
            return woo_order($items, 'echo json_encode([$order["remarks"], array_map(function (array $line): string { return $line["quantity"] . " x " . $line["price"]; }, $order["lines"]), array_column($order["totals"], "amount", "kind")]);', $order);
        };
        list($remarks, $lines, $totals) = $told([['line_item', 'Mug', $line], ['shipping', 'Post', ['cost' => '']], ['fee', 'Wrapping', ['_line_total' => '']]]);
        Check::same([$remarks, $lines, $totals['shipping'], $totals['fee']], [[], ['2 x 5.00'], '0.00', '0.00']);
        foreach ([['shipping', 'cost', 'method_id'], ['fee', '_line_total', '_tax_class']] as $row) {
            Check::same($told([[$row[0], 'x', [$row[2] => '']]])[0], ['no_amount:' . $row[0] . '.' . $row[1]]);
            Check::same($told([[$row[0], 'x', [$row[1] => 'n.v.t.']]])[0], ['no_amount:' . $row[0] . '.' . $row[1]]);
        }
        foreach (['_qty', '_line_total'] as $name) {
            Check::same($told([['line_item', 'Mug', array_diff_key($line, [$name => 1])]])[0], ['no_amount:line.' . $name]);
        }
        foreach (['_qty', '_line_total', '_line_subtotal'] as $name) {
            Check::same($told([['line_item', 'Mug', [$name => 'n.v.t.'] + $line]])[0], ['no_amount:line.' . $name]);
        }
        Check::same($told([['line_item', 'Mug', ['_line_total' => ''] + $line]])[0], ['no_amount:line._line_total']);
        Check::same(array_slice($told([['line_item', 'Mug', ['_qty' => ''] + $line]]), 0, 2), [[], ['0 x 0.00']]);
        // Without a figure before discounts a line was sold for what was paid, as the shop itself has it.
        foreach ([array_diff_key($line, ['_line_subtotal' => 1]), ['_line_subtotal' => ''] + $line] as $without) {
            Check::same(array_slice($told([['line_item', 'Mug', $without]]), 0, 2), [[], ['2 x 4.00']]);
        }
        Check::same($told([], ['no_total' => '1'])[0], ['no_amount:order.total']);
    },

    'a day of payment is told of an order that is paid only' => function () {
        $paid = ['paid' => '1', 'paid_at' => '2026-11-02 09:00:00'];
        foreach ([[$paid, [true, '2026-11-02']], [['paid' => ''] + $paid, [null, null]], [['paid' => '', 'status' => 'pending'] + $paid, [false, null]], [['paid_at' => ''] + $paid, [true, null]]] as $case) {
            Check::same(woo_order([], 'echo json_encode([$order["paid"], $order["paid_on"]]);', $case[0]), $case[1]);
        }
    },

    'a field that an owner named after VAT is a VAT number where it has the form of a country\'s' => function () {
        $numbers = ['NL 8040.37.251.B01', 'NL804037251B01', 'be0403170701', 'BE 403170701', 'DE 136695976', 'FR 12 345678901', 'FRXX999999999', 'IE1234567WA', 'ESX1234567A', 'ATU12345678', 'EL123456789', 'PL 525-22-74-650', 'CHE-123.456.789 MWST', 'NO 123456789 MVA', 'GB 980 7806 84'];
        $none = ['ORDER 12345', 'yes', '12345678', 'NL12345', 'NL 0612345678', 'bestelling 2026-12345', 'IN 1234567890', 'DE 12345', 'PO 1234567', 'a:1:{i:0;s:14:"NL804037251B01";}', ''];
        $code = '$o = []; foreach (' . var_export(array_merge($numbers, $none), true) . ' as $v) { $o[] = [$v, WooCommerceFields::vat([["_billing_vat_note", $v]])]; } echo json_encode($o);';
        foreach (woo_json($code) as $at => $is) {
            Check::same($is[1], $at < count($numbers) ? $is[0] : null, $is[0]);
        }
    },

    'fields that pay, sign in or trace never leave the shop' => function () {
        $names = ['_billing_kvk', 'Gravure', '_wc_other/shop/reference', 'is_vat_exempt', '_stripe_source_id', 'card_number', '_payment_tokens', 'api_key', 'customer_ip_address', 'mollie_customer_id', '_billing_iban', '_billing_address_1', '_billing_address_index', 'utm_source', 'password', '_transaction_id', 'smart_coupons_contribution'];
        $code = 'echo json_encode(array_values(array_filter(' . var_export($names, true) . ', function ($n) { return WooCommerceFields::open($n); })));';
        Check::same(woo_json($code), ['_billing_kvk', 'Gravure', '_wc_other/shop/reference', 'is_vat_exempt', 'smart_coupons_contribution']);
    },
];

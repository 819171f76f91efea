<?php
declare(strict_types=1);

/** PrestaShop: its configuration in all its forms, and its arithmetic. */

/** Runs with PrestaShop's classes. */
function presta(string $code, array $values = [], string $standIns = '')
{
    Bridge::$platform = Bridge::usual('prestashop');
    try {
        return Bridge::json($code, $values + ['CONFIG_FILE' => 'app/config/parameters.php'], $standIns);
    } finally {
        Bridge::$platform = Bridge::usual();
    }
}

/** Database access as read from these files of a shop: path => content. */
function presta_access(array $files, string $config = 'app/config/parameters.php')
{
    $folder = Bridge::folder();
    $code = '$root = ' . var_export($folder, true) . '; mkdir("$root/shop"); foreach (' . var_export($files, true) . ' as $name => $text) { @mkdir(dirname("$root/shop/$name"), 0700, true); file_put_contents("$root/shop/$name", $text); }
        try { $c = new PrestaShopConfiguration("$root/shop"); $r = $c->access() + ["version" => $c->version(), "cache" => $c->cachesQueries()]; } catch (Problem $p) { $r = [$p->getMessage(), $p->place()]; }
        foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator("$root/shop", 4096), 2) as $f) { $f->isDir() ? @rmdir((string) $f) : unlink((string) $f); }
        foreach (["app/config", "src/Core", "app", "src", "config", ""] as $d) { @rmdir("$root/shop/$d"); } echo json_encode($r);';
    return presta($code, ['CONFIG_FILE' => $config]);
}

/** As the installer writes it, with values as PHP source. */
function parameters(array $changed = []): string
{
    $text = "<?php return array (\n  'parameters' => \n  array (\n";
    foreach ($changed + ['database_host' => "'db.example'", 'database_port' => "''", 'database_name' => "'shop_db'", 'database_user' => "'shop'", 'database_password' => "'secret'", 'database_prefix' => "'ps_'", 'ps_cache_enable' => 'false'] as $name => $value) {
        $text .= "    '$name' => $value,\n";
    }
    return $text . "    'cookie_key' => 'x',\n  ),\n);\n";
}

/** A shop with one product that sells between each reading of its stock and the writing. */
const SELLING_PRESTASHOP = <<<'PHP'
final class Database
{
    public $quantity;
    public $sales;
    public $writes = 0;

    public function __construct(int $quantity, array $sales)
    {
        $this->quantity = $quantity;
        $this->sales = $sales;
    }

    public function prefix(): string
    {
        return 'ps_';
    }

    public static function places(array $values): string
    {
        return '?';
    }

    public function row(string $statement, array $values = [])
    {
        if (strpos($statement, 'SELECT quantity') !== 0) {
            return ['id_product' => '40', 'id_product_attribute' => '0', 'cache_is_pack' => '0', 'pack_stock_type' => '0'];
        }
        $read = ['quantity' => (string) $this->quantity];
        $this->quantity -= (int) array_shift($this->sales);
        return $read;
    }

    public function rows(string $statement, array $values = []): array
    {
        if (strpos($statement, '{shop}') !== false) {
            return [['id_shop' => '1', 'name' => '', 'id_shop_group' => '1', 'share_stock' => '0', 'deleted' => '0']];
        }
        $row = ['id_stock_available' => '7', 'id_product' => '40', 'id_product_attribute' => '0', 'id_shop' => '1', 'id_shop_group' => '0', 'quantity' => '0', 'depends_on_stock' => '0', 'id_shop_default' => '1'];
        return strpos($statement, '{stock_available}') !== false ? [$row] : [];
    }

    public function change(string $statement, array $values = []): int
    {
        if ((string) $this->quantity !== end($values)) {
            return 0;
        }
        $this->quantity = $values[0];
        $this->writes++;
        return 1;
    }
}
PHP;

/** Two shops of one group and a third in a second group; `$several` is whether the program looks at shops at all. */
const SEVERAL_PRESTASHOPS = <<<'PHP'
final class Database
{
    private $several;

    public function __construct(string $several)
    {
        $this->several = $several;
    }

    public static function places(array $values): string
    {
        return '?';
    }

    public function rows(string $statement, array $values = []): array
    {
        if (strpos($statement, '{shop} s') !== false) {
            $shops = [];
            foreach (['1' => '1', '2' => '1', '3' => '2'] as $id => $group) {
                $shops[] = ['id_shop' => (string) $id, 'name' => '', 'id_shop_group' => $group, 'share_stock' => '0', 'deleted' => '0'];
            }
            return $shops;
        }
        if (strpos($statement, '{configuration_lang}') !== false) {
            $rows = [];
            foreach ([[null, null, '1', '#IN'], [null, null, '2', '#FA'], ['2', '1', '1', '#ZA'], [null, '2', '1', '#OB']] as $row) {
                $rows[] = ['name' => 'PS_INVOICE_PREFIX', 'id_shop' => $row[0], 'id_shop_group' => $row[1], 'id_lang' => $row[2], 'value' => $row[3]];
            }
            return $rows;
        }
        if (strpos($statement, '{configuration}') !== false) {
            return [
                ['name' => 'PS_INVOICE_USE_YEAR', 'value' => '1', 'id_shop' => '2', 'id_shop_group' => '1'],
                ['name' => 'PS_MULTISHOP_FEATURE_ACTIVE', 'value' => $this->several, 'id_shop' => null, 'id_shop_group' => null],
            ];
        }
        if (strpos($statement, '{product_shop}') !== false) {
            $product = ['reference' => 'MUG', 'ean13' => ''];
            return [
                $product + ['id_product' => '8', 'class' => '3', 'id_shop' => '1', 'own' => '1'],
                $product + ['id_product' => '8', 'class' => '3', 'id_shop' => '2', 'own' => '2'],
                $product + ['id_product' => '9', 'class' => '3', 'id_shop' => null, 'own' => null],
            ];
        }
        return [];
    }
}
PHP;

const VERSION_8 = ['src/Core/Version.php' => "<?php\nclass Version\n{\n    public const VERSION = '8.2.1';\n}\n"];

return [
    'PrestaShop: the parameters the installer writes are read' => function () {
        $wanted = ['host' => 'db.example', 'port' => 3306, 'socket' => null, 'user' => 'shop', 'password' => 'secret', 'database' => 'shop_db', 'prefix' => 'ps_', 'charset' => 'utf8mb4', 'version' => '8.2.1', 'cache' => false];
        Check::same(presta_access(['app/config/parameters.php' => parameters()] + VERSION_8), $wanted);
        $short = "\xEF\xBB\xBF<?php\n// made by hand\ndeclare(strict_types=1);\nreturn ['parameters' => ['database_host' => 'db.example', 'database_user' => \"shop\", 'database_name' => 'shop' . '_db', 'other' => ['a' => foo(1, [2]), 'b' => -1], 'database_password' => 'secret', 'database_prefix' => 'ps_', 'database_port' => 3306, 'ps_cache_enable' => 0]];";
        Check::same(presta_access(['app/config/parameters.php' => $short] + VERSION_8), $wanted);
    },

    'PrestaShop: passwords keep every character they have' => function () {
        foreach ([["'it\\'s'", "it's"], ["'100%%'", '100%'], ["'a%%%%b'", 'a%%b'], ["'back\\\\slash'", 'back\\slash'], ["'\$dollar'", '$dollar'], ["'),'", '),'], ['NULL', ''], ["'é€ # //'", 'é€ # //']] as $pair) {
            Check::same(presta_access(['app/config/parameters.php' => parameters(['database_password' => $pair[0]])])['password'], $pair[1], $pair[0]);
        }
    },

    'PrestaShop: port, socket and the many forms of a host' => function () {
        foreach ([["'localhost'", "'3307'", ['localhost', 3307, null]], ["'localhost:3310'", "''", ['localhost', 3310, null]], ["'localhost:/run/x.sock'", 'NULL', ['localhost', 3306, '/run/x.sock']], ["'[::1]'", "'3307'", ['::1', 3307, null]]] as $case) {
            $is = presta_access(['app/config/parameters.php' => parameters(['database_host' => $case[0], 'database_port' => $case[1]])]);
            Check::same([$is['host'], $is['port'], $is['socket']], $case[2], $case[0]);
        }
    },

    'PrestaShop: a 1.7.0 that was never opened has its parameters in a yml file' => function () {
        $yml = "parameters:\n    database_host: 127.0.0.1\n    database_port: ~\n    database_name: shop_db\n    database_user: 'shop'\n    database_password: 'it''s 5%% #1'\n    database_prefix: ps_ # prefix\n    ps_cache_enable: false\n";
        $is = presta_access(['app/config/parameters.yml' => $yml, 'config/autoload.php' => "<?php\ndefine('_PS_VERSION_', '1.7.0.0');\n"]);
        Check::same([$is['host'], $is['user'], $is['password'], $is['prefix'], $is['charset'], $is['version'], $is['cache']], ['127.0.0.1', 'shop', "it's 5% #1", 'ps_', 'utf8', '1.7.0.0', false]);
        // And when it was opened after the deployment, which knew the yml file only.
        $moved = presta_access(['app/config/parameters.yml' => "parameters:\n", 'app/config/parameters.php' => parameters()], 'app/config/parameters.yml');
        Check::same($moved['host'], 'db.example');
    },

    'PrestaShop: 1.6 keeps constants, and its percent signs are single' => function () {
        $settings = "<?php\ndefine('_DB_SERVER_', 'localhost:3307');\ndefine('_DB_NAME_', 'old_db');\ndefine('_DB_USER_', 'shop');\ndefine('_DB_PASSWD_', '5%%');\ndefine('_DB_PREFIX_', 'ps_');\ndefine('_PS_CACHE_ENABLED_', '%s');\ndefine('_PS_VERSION_', '1.6.1.24');\n";
        $is = presta_access(['config/settings.inc.php' => str_replace('%s', '0', $settings)], 'config/settings.inc.php');
        Check::same([$is['host'], $is['port'], $is['database'], $is['password'], $is['charset'], $is['version'], $is['cache']], ['localhost', 3307, 'old_db', '5%%', 'utf8', '1.6.1.24', false]);
        Check::same(presta_access(['config/settings.inc.php' => str_replace('%s', '1', $settings)], 'config/settings.inc.php')['cache'], true);
    },

    'PrestaShop: what is left to the environment is looked up in the shop\'s own files' => function () {
        $php = parameters(['database_user' => "'%env(DATABASE_USER)%'", 'database_password' => "getenv('DATABASE_PASSWORD')", 'database_name' => "\$_ENV['DATABASE_NAME']"]);
        $env = "APP_ENV=prod\nDATABASE_USER=shop\nexport DATABASE_PASSWORD=\"it's \\\"5\\\"\"\nDATABASE_NAME=wrong\n";
        $is = presta_access(['app/config/parameters.php' => $php, '.env' => $env, '.env.local' => "DATABASE_NAME='shop_db' # mine\n"]);
        Check::same([$is['user'], $is['password'], $is['database']], ['shop', 'it\'s "5"', 'shop_db']);
        Check::same(presta_access(['app/config/parameters.php' => $php]), ['config-unreadable', 'app/config/parameters.php DATABASE_USER']);
        $left = ['app/config/parameters.php' => parameters(['database_password' => "getenv('SHOP_PASSWORD')"])];
        Check::same(presta_access($left), ['config-unreadable', 'app/config/parameters.php SHOP_PASSWORD']);
        $left = ['app/config/parameters.php' => parameters(['database_password' => "getenv('SHOP_PASSWORD') ?: 'other'"])];
        Check::same(presta_access($left)['password'], 'other');
    },

    'PrestaShop: of several .env files the later one counts, and one value may stand in another' => function () {
        $php = parameters(['database_user' => "'%env(resolve:DB_USER)%'", 'database_password' => "'%env(DB_PASSWORD)%'", 'database_name' => "'%env(DB_NAME)%'"]);
        $is = presta_access([
            'app/config/parameters.php' => $php,
            '.env' => "STEM=shop\nDB_USER=\${STEM}_user\nDB_PASSWORD='a\$STEM\${STEM}'\nDB_NAME=\"x\"\n",
            '.env.prod' => "DB_NAME=wrong\n",
            '.env.prod.local' => "DB_NAME=\"\$STEM\\\$db\"\n",
        ]);
        Check::same([$is['user'], $is['password'], $is['database']], ['shop_user', 'a$STEM${STEM}', 'shop$db']);
    },

    'PrestaShop: the version is where each release has it' => function () {
        $config = ['app/config/parameters.php' => parameters()];
        Check::same(presta_access($config + ['app/AppKernel.php' => "<?php\nclass AppKernel\n{\n    const VERSION = '1.7.6.9';\n}\n"])['charset'], 'utf8');
        Check::same(presta_access($config + ['app/AppKernel.php' => "<?php\nclass AppKernel\n{\n    const VERSION = '1.7.7.0';\n}\n"])['charset'], 'utf8mb4');
        Check::same(presta_access($config)['version'], '');
    },

    'PrestaShop: what cannot be read is named, never run' => function () {
        $config = 'app/config/parameters.php';
        Check::same(presta_access([$config => parameters(['database_user' => "trim('shop')"])]), ['config-unreadable', $config . ' database_user']);
        Check::same(presta_access([$config => parameters(['database_name' => "'a' . strtoupper('b')"])]), ['config-unreadable', $config . ' database_name']);
        Check::same(presta_access([$config => "<?php\n"]), ['config-unreadable', $config . ' database_user']);
        Check::same(presta_access([]), ['config-missing', $config]);
        Check::same(presta_access([$config => parameters(['database_prefix' => "'ps_`'"])]), ['prefix-wrong', 'characters']);
        Check::same(presta_access([$config => parameters(['ps_cache_enable' => 'true'])])['cache'], true);
    },

    'PrestaShop: amounts are exact however large they are' => function () {
        $code = '$a = function ($t) { return PrestaShopAmount::of($t); }; $t = function ($m) { return PrestaShopAmount::text($m); };
            echo json_encode([$t($a("-12.345678")), $t($a("0.01")), $t($a("1e3")), $t(PrestaShopAmount::vat($a("999999999.99"), $a("21"))), $t(PrestaShopAmount::share($a("10000000"), $a("3000000"), $a("7000000"))),
            $t(PrestaShopAmount::rounded($a("-0.005"), 10000)), PrestaShopAmount::text($a("47.380000"), 2), PrestaShopAmount::text($a("1200"), 0), array_map($t, PrestaShopAmount::apportioned($a("0.02"), [21 => 1, 9 => 1, 0 => 1], 10000))]);';
        Check::same(presta($code), ['-12.345678', '0.010000', '0.000000', '209999999.997900', '4285714.285714', '-0.010000', '47.38', '1200', ['21' => '0.010000', '9' => '0.010000', '0' => '0.000000']]);
    },

    'PrestaShop: a line\'s rate comes from what was recorded with it' => function () {
        $line = ['unit_price_tax_excl' => '10.000000', 'unit_price_tax_incl' => '12.100000', 'tax_rate' => '0.000', 'tax_computation_method' => '0'];
        $tax = function (string $id, $rate): array {
            return ['id_tax' => $id, 'rate' => $rate, 'total_amount' => '0'];
        };
        $cases = [
            [$line, [$tax('1', '21.000')], 21000000],
            // Combined, one after another, and as one rate where the version says it.
            [$line, [$tax('1', '5.000'), $tax('2', '9.975')], 14975000],
            [['tax_computation_method' => '2'] + $line, [$tax('1', '5.000'), $tax('2', '9.975')], 15474000],
            [['tax_rate' => '15.474'] + $line, [$tax('1', '5.000'), $tax('2', '9.975')], 15474000],
            // No tax rows: the column, no VAT at all, or nobody knows.
            [['tax_rate' => '9.000'] + $line, [], 9000000],
            [['unit_price_tax_incl' => '10.000000'] + $line, [], 0],
            [$line, [], null],
            [$line, [$tax('1', null)], null],
            // Charged without VAT although a tax stands with it.
            [['unit_price_tax_incl' => '10.000000'] + $line, [$tax('1', '21.000')], 0],
        ];
        foreach ($cases as $index => $case) {
            Check::same(presta('echo json_encode(PrestaShopVat::percent(' . var_export($case[0], true) . ', ' . var_export($case[1], true) . '));'), $case[2], (string) $index);
        }
    },

    'PrestaShop: an amount that is gone is told as missing, of the order, its costs, its discounts and its lines' => function () {
        $order = ['id_order' => '7', 'total_paid' => '10.000000', 'total_products' => '10.000000'];
        foreach (['discounts', 'shipping', 'wrapping'] as $name) {
            $order += ['total_' . $name . '_tax_excl' => '0.000000', 'total_' . $name . '_tax_incl' => '0.000000'];
        }
        $line = ['product_quantity' => '1', 'unit_price_tax_excl' => '10', 'unit_price_tax_incl' => '10', 'total_price_tax_excl' => '10', 'total_price_tax_incl' => '10'];
        $parts = ['lines' => ['7' => [$line]], 'rules' => ['7' => [['value' => '1', 'value_tax_excl' => '1']]]];
        $told = function (array $order, array $parts): array {
            return presta('$c = new Cleaner(); $class = new \\ReflectionClass(PrestaShopOrders::class); $o = $class->newInstanceWithoutConstructor();
                $cleaner = $class->getProperty("cleaner"); $missing = $class->getMethod("missing");
                if (PHP_VERSION_ID < 80100) { $cleaner->setAccessible(true); $missing->setAccessible(true); }
                $cleaner->setValue($o, $c); $missing->invoke($o, ' . var_export($order, true) . ', ' . var_export($parts, true) . '); echo json_encode($c->remarks());');
        };
        Check::same($told($order, $parts), []);
        Check::same($told(['total_shipping_tax_incl' => null, 'total_wrapping_tax_excl' => null, 'total_discounts_tax_excl' => null] + $order, $parts), [
            'no_amount:order.total_discounts_tax_excl', 'no_amount:shipping.total_shipping_tax_incl', 'no_amount:fee.total_wrapping_tax_excl',
        ]);
        $parts['lines']['7'][0]['total_price_tax_incl'] = null;
        $parts['rules']['7'][0]['value'] = null;
        Check::same($told($order, $parts), ['no_amount:line.total_price_tax_incl', 'no_amount:total.value']);
    },

    'PrestaShop: an ecotax at another rate than the goods counts at its own' => function () {
        $line = ['total_price_tax_excl' => '110.000000', 'total_price_tax_incl' => '131.900000', 'ecotax' => '10.000000', 'ecotax_tax_rate' => '9.000', 'product_quantity' => '1'];
        $code = 'echo json_encode(PrestaShopVat::ofLine(%s, 21000000, 10000));';
        Check::same(presta(sprintf($code, var_export($line, true))), ['21000000' => 21000000, '9000000' => 900000]);
        $same = ['total_price_tax_incl' => '133.100000'] + $line;
        Check::same(presta(sprintf($code, var_export($same, true))), ['21000000' => 23100000]);
        $levy = 'echo json_encode(PrestaShopVat::levy(%1$s, PrestaShopVat::ofLine(%1$s, %2$d, 10000), %2$d, 10000));';
        Check::same(presta(sprintf($levy, var_export($line, true), 21000000)), ['percent' => '9', 'net' => '10.000000', 'vat' => '0.900000']);
        Check::same(presta(sprintf($levy, var_export($same, true), 21000000)), ['percent' => '21', 'net' => '10.000000', 'vat' => '2.100000']);
        // Charged without VAT, and no ecotax at all.
        Check::same(presta(sprintf($levy, var_export(['total_price_tax_incl' => '110.000000'] + $line, true), 0)), ['percent' => '0', 'net' => '10.000000', 'vat' => '0.000000']);
        Check::same(presta(sprintf($levy, var_export(['ecotax' => '0.000000'] + $line, true), 21000000)), null);
    },

    'PrestaShop: of several shops each order has the invoice number its own shop prints' => function () {
        $code = '$c = new Cleaner(); $s = new PrestaShopSettings(new Database("%s"), $c); $told = [];
            foreach (["1 1", "1 2", "2 1", "2 2", "3 1", "3 2"] as $at) { list($shop, $language) = explode(" ", $at); $told[$at] = $s->prefixOf("PS_INVOICE_PREFIX", $language, $shop) . " " . $s->ofShop("PS_INVOICE_USE_YEAR", $shop, "0"); }
            echo json_encode($told);';
        Check::same(presta(sprintf($code, '1'), [], SEVERAL_PRESTASHOPS), ['1 1' => '#IN 0', '1 2' => '#FA 0', '2 1' => '#ZA 1', '2 2' => '#FA 1', '3 1' => '#OB 0', '3 2' => '#FA 0']);
        // What was set for one shop is left behind where the program no longer looks at shops.
        Check::same(presta(sprintf($code, '0'), [], SEVERAL_PRESTASHOPS), ['1 1' => '#IN 0', '1 2' => '#FA 0', '2 1' => '#IN 0', '2 2' => '#FA 0', '3 1' => '#IN 0', '3 2' => '#FA 0']);
    },

    'PrestaShop: of several shops a line is in the tax class its own shop sells it in' => function () {
        $code = '$lines = [[["product_id" => "8", "product_attribute_id" => "0"], ["product_id" => "9", "product_attribute_id" => "0"]]];
            $now = (new PrestaShopProductsNow(new Database("1")))->of($lines, "1"); echo json_encode([$now["8-0"]["class"], $now["8-0"]["classes"], $now["9-0"]["class"], $now["9-0"]["classes"]]);';
        Check::same(presta($code, [], SEVERAL_PRESTASHOPS), ['1', ['1' => '1', '2' => '2'], '3', []]);
    },

    'PrestaShop: a sale between the bridge\'s own read and write is seen and counted' => function () {
        $code = '$d = new Database(%d, %s); $c = new Cleaner(); $s = new PrestaShopStock($d, new PrestaShopSchema($d), new PrestaShopSettings($d, $c), $c);
            $r = $s->set(["key" => "p:40", "read" => "10", "target" => %s]); echo json_encode([$r["outcome"], $r["before"], $r["after"], $d->quantity, $d->writes]);';
        Check::same(presta(sprintf($code, 10, '[]', '"25"'), [], SELLING_PRESTASHOP), ['done', '10', '25', 25, 1]);
        Check::same(presta(sprintf($code, 10, '[2, 1]', '"25"'), [], SELLING_PRESTASHOP), ['done', '7', '22', 22, 1]);
        Check::same(presta(sprintf($code, 1000, 'array_fill(0, 100, 1)', '"5"'), [], SELLING_PRESTASHOP), ['busy', null, null, 980, 0]);
        Check::same(presta(sprintf($code, 4, '[]', '"10"'), [], SELLING_PRESTASHOP), ['done', '4', '4', 4, 0]);
        Check::same(presta(sprintf($code, 4, '[]', '"9.5"'), [], SELLING_PRESTASHOP), ['refused', null, null, 4, 0]);
    },

    'PrestaShop: which lines a percentage was on is looked for among more than two rates only' => function () {
        $counting = 'final class PrestaShopAmount { const ONE = 1000000; public static $read = 0; public static function of($t) { self::$read++; return RealPrestaShopAmount::of($t); }'
            . ' public static function text(int $m, int $d = 6) { return RealPrestaShopAmount::text($m, $d); } public static function vat(int $a, int $p) { return RealPrestaShopAmount::vat($a, $p); }'
            . ' public static function share(int $a, int $b, int $c) { return RealPrestaShopAmount::share($a, $b, $c); } public static function rounded(int $a, int $u) { return RealPrestaShopAmount::rounded($a, $u); }'
            . ' public static function apportioned(int $a, array $w, int $u) { return RealPrestaShopAmount::apportioned($a, $w, $u); } }';
        $code = 'function told(array $goods, string $net, string $gross) {
                $lines = [];
                foreach ($goods as $g) { $lines[] = ["percent" => $g[0], "total_price_tax_excl" => $g[1], "total_price_tax_incl" => $g[2], "taxes" => [], "ecotax" => "0", "ecotax_tax_rate" => "0", "product_id" => "1", "product_quantity" => "1"]; }
                $order = ["total_products" => "0", "id_carrier" => "0", "carrier_tax_rate" => "0", "total_discounts_tax_excl" => $net, "total_discounts_tax_incl" => $gross];
                foreach (["shipping", "wrapping"] as $cost) { $order += ["total_" . $cost . "_tax_excl" => "0", "total_" . $cost . "_tax_incl" => "0"]; }
                PrestaShopAmount::$read = 0;
                $rows = (new PrestaShopTotals($order, $lines, 10000))->rows([["id_cart_rule" => "1", "name" => "x", "value" => $gross, "value_tax_excl" => $net, "free_shipping" => "0", "reduction_percent" => "10", "reduction_product" => "0", "gift_product" => "0"]], []);
                return [$rows[1]["shares"], PrestaShopAmount::$read < 300];
            }
            echo json_encode([told(array_fill(0, 10, [21000000, "10.000000", "12.100000"]), "10.000000", "12.100000"),
                told([[21000000, "100.000000", "121.000000"], [9000000, "50.000000", "54.500000"], [0, "30.000000", "30.000000"]], "15.000000", "17.550000")]);';
        Check::same(presta($code, [], $counting), [[['21000000' => [10000000, 2100000]], true], [['21000000' => [10000000, 2100000], '9000000' => [5000000, 450000]], true]]);
    },
];

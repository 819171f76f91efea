<?php
declare(strict_types=1);

/** Magento 2's env.php and config.php are read by their tokens; the server's environment is put over them. */

/** What a piece of code prints with these two files in place and these variables set. */
function m2_json(string $code, string $env, array $variables = [], string $shared = '')
{
    Bridge::$platform = Bridge::usual('magento2');
    $folder = Bridge::folder();
    mkdir($folder . '/app');
    mkdir($folder . '/app/etc');
    file_put_contents($folder . '/app/etc/env.php', $env);
    if ($shared !== '') {
        file_put_contents($folder . '/app/etc/config.php', $shared);
    }
    foreach ($variables as $name => $value) {
        putenv($name . '=' . $value);
    }
    $code = '$c = new MagentoConfiguration(' . var_export($folder, true) . '); try { echo json_encode(' . $code . '); }
        catch (Problem $p) { echo json_encode([$p->getMessage(), $p->place()]); }';
    try {
        return Bridge::json($code, ['CONFIG_FILE' => 'app/etc/env.php']);
    } finally {
        foreach (array_keys($variables) as $name) {
            putenv($name);
        }
        array_map('unlink', glob($folder . '/app/etc/*'));
        rmdir($folder . '/app/etc');
        rmdir($folder . '/app');
        Bridge::$platform = Bridge::usual();
    }
}

function m2_env(array $changed = [], string $more = ''): string
{
    $text = '';
    foreach ($changed + ['host' => "'db.example'", 'dbname' => "'shop_db'", 'username' => "'shop'", 'password' => "'secret'", 'model' => "'mysql4'", 'initStatements' => "'SET NAMES utf8;'", 'active' => "'1'"] as $name => $value) {
        $text .= $value === null ? '' : "                '$name' => $value,\n";
    }
    return "<?php\nreturn [\n    'backend' => [\n        'frontName' => 'admin_1x'\n    ],\n    'queue' => ['consumers_wait_for_messages' => 1],\n    'db' => [\n        'table_prefix' => 'm2_',\n"
        . "        'connection' => [\n            'default' => [\n$text                'driver_options' => [\n                    \\PDO::MYSQL_ATTR_SSL_CA => '/ca.pem'\n                ]\n            ]\n        ]\n    ],\n"
        . "    'crypt' => ['key' => 'k'],\n    'x-frame-options' => 'SAMEORIGIN',\n    'cache_types' => ['config' => 1, 'layout' => 0],\n    $more\n];\n";
}

return [
    'an env.php is read' => function () {
        $wanted = ['host' => 'db.example', 'port' => 3306, 'socket' => null, 'user' => 'shop', 'password' => 'secret', 'database' => 'shop_db', 'prefix' => 'm2_', 'charset' => 'utf8'];
        Check::same(m2_json('$c->access()', m2_env()), $wanted);
        Check::same(m2_json('$c->access()', str_replace(['[', ']'], ['array(', ')'], m2_env())), $wanted);
        Check::same(m2_json('$c->access()["charset"]', m2_env(['initStatements' => "'SET NAMES utf8mb4;'"])), 'utf8mb4');
    },

    'an env.php is never run' => function () {
        $folder = Bridge::folder();
        $env = str_replace("<?php\n", "\xEF\xBB\xBF<?php\nfile_put_contents('$folder/ran', '1'); echo 'printed'; /* return ['db' => 1]; */\n", m2_env());
        Check::same(m2_json('$c->access()["user"]', $env), 'shop');
        Check::true(!file_exists($folder . '/ran'), 'nothing ran');
    },

    'ports and sockets stand in the host' => function () {
        foreach ([["'db.example:3310'", 'db.example', 3310, null], ["'/run/x.sock'", 'localhost', 3306, '/run/x.sock'], ["'localhost'", 'localhost', 3306, null], ["'db' . '.' . 'example'", 'db.example', 3306, null]] as $host) {
            $is = m2_json('$c->access()', m2_env(['host' => $host[0]]));
            Check::same([$is['host'], $is['port'], $is['socket']], [$host[1], $host[2], $host[3]], $host[0]);
        }
    },

    'values of the server\'s environment are found where the file names them' => function () {
        $variables = ['WB_TEST_PASSWORD' => 'from env', 'WB_TEST_HOST' => 'env.example'];
        foreach (["getenv('WB_TEST_PASSWORD')", "getenv('WB_TEST_PASSWORD', true)", "\\getenv(\"WB_TEST_PASSWORD\") ?: 'other'", "'#env(WB_TEST_PASSWORD)'", "'#env(WB_TEST_PASSWORD, \"other\")'"] as $written) {
            Check::same(m2_json('$c->access()["password"]', m2_env(['password' => $written]), $variables), 'from env', $written);
        }
        foreach (["getenv('WB_TEST_NONE') ?: 'other'", "'#env(WB_TEST_NONE, \"other\")'"] as $written) {
            Check::same(m2_json('$c->access()["password"]', m2_env(['password' => $written]), $variables), 'other', $written);
        }
        Check::same(m2_json('$c->access()["password"]', m2_env(['password' => "'#env(WB_TEST_NONE)'"])), ['config-unreadable', 'app/etc/env.php db/connection/default/password WB_TEST_NONE']);
    },

    'what a visitor can send is no environment' => function () {
        Check::same(m2_json('$c->access()["password"]', m2_env(['password' => "getenv('HTTP_X_TEST') ?: 'own'"]), ['HTTP_X_TEST' => 'theirs']), 'own');
        Check::same(m2_json('$c->access()["password"]', m2_env(['password' => "'#env(HTTP_X_TEST, \"own\")'"]), ['HTTP_X_TEST' => 'theirs']), 'own');
    },

    'the environment\'s own overrides win' => function () {
        $over = ['MAGENTO_DC_DB__CONNECTION__DEFAULT__HOST' => 'over.example:3320', 'MAGENTO_DC_DB__TABLE_PREFIX' => 'o_'];
        $is = m2_json('$c->access()', m2_env(), $over);
        Check::same([$is['host'], $is['port'], $is['prefix']], ['over.example', 3320, 'o_']);
        $is = m2_json('$c->access()', m2_env(), ['MAGENTO_DC__OVERRIDE' => '{"db":{"connection":{"default":{"dbname":"over_db"}}}}']);
        Check::same([$is['database'], $is['user']], ['over_db', 'shop']);
    },

    'what cannot be known is named, and only where it is needed' => function () {
        Check::same(m2_json('$c->access()', m2_env(['username' => 'trim(file_get_contents("/u"))'])), ['config-unreadable', 'app/etc/env.php db/connection/default/username']);
        Check::same(m2_json('$c->access()', m2_env(['username' => '$user'])), ['config-unreadable', 'app/etc/env.php db/connection/default/username']);
        Check::same(m2_json('$c->access()', m2_env(['username' => '"shop_$n"'])), ['config-unreadable', 'app/etc/env.php db/connection/default/username']);
        Check::same(m2_json('$c->access()["user"]', m2_env([], "'session' => some_function([1, 'a' => 2], fn() => 3), 'x' => new Foo(1),")), 'shop');
        Check::same(m2_json('$c->access()', "<?php\n"), ['config-unreadable', 'app/etc/env.php db/connection/default']);
        Check::same(m2_json('$c->access()', m2_env(['host' => null])), ['config-unreadable', 'app/etc/env.php db/connection/default']);
    },

    'another connection is taken where the default one is off' => function () {
        $env = str_replace("'active' => '1'", "'active' => '0'", m2_env());
        $env = str_replace("            'default' =>", "            'second' => ['host' => 'two.example', 'dbname' => 'd', 'username' => 'u', 'password' => 'p', 'active' => '1'],\n            'default' =>", $env);
        Check::same(m2_json('$c->access()["host"]', $env), 'two.example');
    },

    'settings in files win, and name their scope' => function () {
        $system = "'system' => ['default' => ['general' => ['locale' => ['timezone' => 'Europe/Brussels']]], 'stores' => ['en' => ['general' => ['locale' => ['code' => 'en_GB']]]]],";
        $shared = "<?php\nreturn ['modules' => ['Magento_Store' => 1, 'Magento_Inventory' => 0], 'system' => ['default' => ['currency' => ['options' => ['base' => 'USD']], 'general' => ['locale' => ['timezone' => 'UTC']]]]];";
        $code = '[$c->fixed("default", "", "general/locale/timezone"), $c->fixed("stores", "en", "general/locale/code"), $c->fixed("default", "", "currency/options/base"), $c->fixed("default", "", "general/country/default"),'
            . ' $c->module("Magento_Inventory"), $c->module("Magento_Store"), $c->module("None")]';
        Check::same(m2_json($code, m2_env([], $system), [], $shared), ['Europe/Brussels', 'en_GB', 'USD', null, false, true, null]);
        Check::same(m2_json('$c->fixed("default", "", "general/locale/timezone")', m2_env([], $system), ['CONFIG__DEFAULT__GENERAL__LOCALE__TIMEZONE' => 'Europe/Paris'], $shared), 'Europe/Paris');
    },

    'a missing env.php is named' => function () {
        Bridge::$platform = Bridge::usual('magento2');
        $code = 'try { (new MagentoConfiguration("/nowhere"))->access(); } catch (Problem $p) { echo json_encode([$p->getMessage(), $p->place()]); }';
        $is = Bridge::json($code, ['CONFIG_FILE' => 'app/etc/env.php']);
        Bridge::$platform = Bridge::usual();
        Check::same($is, ['config-missing', 'app/etc/env.php']);
    },
];

<?php
declare(strict_types=1);

/** OpenCart's config.php is read as text. */

function access(string $source, array $values = [])
{
    $folder = Bridge::folder();
    file_put_contents($folder . '/config.php', $source);
    $code = 'try { echo json_encode((new OpenCartConfiguration(' . var_export($folder, true) . '))->access()); }
        catch (Problem $p) { echo json_encode([$p->getMessage(), $p->place()]); }';
    return Bridge::json($code, $values + ['CONFIG_FILE' => 'config.php']);
}

function config(array $changed = [], string $more = ''): string
{
    $text = "<?php\n// HTTP\n";
    foreach ($changed + ['DB_DRIVER' => "'mysqli'", 'DB_HOSTNAME' => "'db.example'", 'DB_USERNAME' => "'shop'", 'DB_PASSWORD' => "'secret'", 'DB_DATABASE' => "'shop_db'", 'DB_PORT' => "'3306'", 'DB_PREFIX' => "'oc_'"] as $name => $value) {
        $text .= $value === null ? '' : "define('$name', $value);\n";
    }
    return $text . $more;
}

return [
    'a delivered configuration is read' => function () {
        Check::same(access(config()), ['host' => 'db.example', 'port' => 3306, 'socket' => null, 'user' => 'shop', 'password' => 'secret', 'database' => 'shop_db', 'prefix' => 'oc_', 'charset' => 'utf8']);
    },

    'passwords keep every character they have' => function () {
        $written = [
            ["'it\\'s'", "it's"], ["'back\\\\slash'", 'back\\slash'], ["'dollar\$x'", 'dollar$x'], ['"dollar\\$x \\"q\\""', 'dollar$x "q"'], ["'\\n'", '\\n'],
            ["'define(\\'DB_PASSWORD\\', \\'x\\');'", "define('DB_PASSWORD', 'x');"], ["'é€ #//'", 'é€ #//'], ["''", ''], ["'a' . 'b'", 'ab'], ["DB_USERNAME . '1'", 'shop1'],
        ];
        foreach ($written as $pair) {
            Check::same(access(config(['DB_PASSWORD' => null], "define('DB_PASSWORD', " . $pair[0] . ");\n"))['password'], $pair[1], $pair[0]);
        }
    },

    'every way to write the host is understood' => function () {
        $hosts = [
            ['localhost', 'localhost', 3307, null], ['db.example:3310', 'db.example', 3310, null], ['localhost:/run/x.sock', 'localhost', 3307, '/run/x.sock'],
            [':/run/x.sock', 'localhost', 3307, '/run/x.sock'], ['/run/x.sock', 'localhost', 3307, '/run/x.sock'], ['[::1]:3311', '::1', 3311, null],
            ['[::1]', '::1', 3307, null], ['p:db.example', 'db.example', 3307, null], ['10.0.0.5', '10.0.0.5', 3307, null],
        ];
        foreach ($hosts as $host) {
            $is = access(config(['DB_HOSTNAME' => "'" . $host[0] . "'", 'DB_PORT' => "'3307'"]));
            Check::same([$is['host'], $is['port'], $is['socket']], [$host[1], $host[2], $host[3]], $host[0]);
        }
    },

    'comments, spacing and other code are passed over; the first definition holds' => function () {
        $source = "\xEF\xBB\xBF\n<?php /* define('DB_HOSTNAME', 'wrong'); */\n# define('DB_HOSTNAME', 'wrong');\nif (!defined('X')) { DEFINE ( \"DB_HOSTNAME\" ,\n 'right' ) ; }\n"
            . "echo 'printed'; unlink('/nothing'); define('DB_HOSTNAME', 'second');\n" . substr(config(['DB_HOSTNAME' => null]), 5);
        Check::same(access($source)['host'], 'right');
    },

    'the configuration is never run' => function () {
        $folder = Bridge::folder();
        $source = config([], "file_put_contents('" . $folder . "/ran', '1'); echo 'printed';\n");
        Check::same(access($source)['user'], 'shop');
        Check::true(!file_exists($folder . '/ran'), 'nothing ran');
    },

    'what is not a literal is named as unreadable, not guessed' => function () {
        Check::same(access(config(['DB_USERNAME' => "getenv('DB_USER')"])), ['config-unreadable', 'config.php']);
        Check::same(access(config(['DB_DATABASE' => '"shop_$n"'])), ['config-unreadable', 'config.php']);
        Check::same(access("<?php\n"), ['config-unreadable', 'config.php']);
    },

    'a prefix that could break out of a name is refused' => function () {
        Check::same(access(config(['DB_PREFIX' => "'oc_`; DROP'"])), ['prefix-wrong', 'characters']);
        Check::same(access(config(['DB_PREFIX' => "''"]))['prefix'], '');
        Check::same(access(config(), ['TABLE_PREFIX' => 'shop2_'])['prefix'], 'shop2_');
    },

    'old forks say DB_HOST, DB_USER and DB_NAME' => function () {
        $is = access("<?php\ndefine('DB_HOST', 'h'); define('DB_USER', 'u'); define('DB_PASSWORD', 'p'); define('DB_NAME', 'd');\n");
        Check::same([$is['host'], $is['user'], $is['database'], $is['prefix']], ['h', 'u', 'd', '']);
    },

    'OpenCart 4 connects with all of UTF-8, and encrypted where it holds a certificate' => function () {
        $four = ['APPLICATION' => "'Catalog'", 'DIR_OPENCART' => "'/home/shop/'", 'DIR_SYSTEM' => "DIR_OPENCART . 'system/'"];
        Check::same(access(config($four + ['DB_SSL_KEY' => "''", 'DB_SSL_CERT' => "''", 'DB_SSL_CA' => "''"])), [
            'host' => 'db.example', 'port' => 3306, 'socket' => null, 'user' => 'shop', 'password' => 'secret', 'database' => 'shop_db', 'prefix' => 'oc_', 'charset' => 'utf8mb4',
        ]);
        Check::same(access(config($four + ['DB_SSL_KEY' => "''", 'DB_SSL_CERT' => "''", 'DB_SSL_CA' => "'MIIDdz'"]))['encrypted'], true);
    },

    'a missing file and a missing extension have their own names' => function () {
        $code = 'try { new OpenCartConfiguration("/nowhere"); } catch (Problem $p) { echo json_encode([$p->getMessage(), $p->place()]); }';
        Check::same(Bridge::json($code), ['config-missing', 'config.php']);
    },
];

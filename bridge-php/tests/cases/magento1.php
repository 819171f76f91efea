<?php
declare(strict_types=1);

/** Magento 1's local.xml is read as data, and its own notation of arrays without making objects. */

function m1_access(string $source, array $values = [])
{
    Bridge::$platform = Bridge::usual('magento1');
    $folder = Bridge::folder();
    file_put_contents($folder . '/local.xml', $source);
    $code = 'try { echo json_encode((new MagentoConfiguration(' . var_export($folder, true) . '))->access()); }
        catch (Problem $p) { echo json_encode([$p->getMessage(), $p->place()]); }';
    $is = Bridge::json($code, $values + ['CONFIG_FILE' => 'local.xml']);
    Bridge::$platform = Bridge::usual();
    return $is;
}

function m1_local(array $changed = [], string $prefix = 'mage_'): string
{
    $nodes = '';
    foreach ($changed + ['host' => 'db.example', 'username' => 'shop', 'password' => 'secret', 'dbname' => 'shop_db', 'initStatements' => 'SET NAMES utf8'] as $name => $value) {
        $nodes .= $value === null ? '' : "<$name><![CDATA[$value]]></$name>\n";
    }
    return "<?xml version=\"1.0\"?>\n<!-- made by the installer -->\n<config><global><crypt><key><![CDATA[k]]></key></crypt><resources><db><table_prefix><![CDATA[$prefix]]></table_prefix></db>"
        . "<default_setup><connection>$nodes</connection></default_setup></resources></global></config>\n";
}

function m1_json(string $code)
{
    Bridge::$platform = Bridge::usual('magento1');
    $is = Bridge::json($code);
    Bridge::$platform = Bridge::usual();
    return $is;
}

return [
    'a Magento 1 configuration is read' => function () {
        Check::same(m1_access(m1_local()), ['host' => 'db.example', 'port' => 3306, 'socket' => null, 'user' => 'shop', 'password' => 'secret', 'database' => 'shop_db', 'prefix' => 'mage_', 'charset' => 'utf8']);
        Check::same(m1_access(m1_local(['initStatements' => 'SET NAMES utf8mb4']))['charset'], 'utf8mb4');
        Check::same(m1_access(m1_local(), ['TABLE_PREFIX' => 'two_'])['prefix'], 'two_');
    },

    'every way Magento 1 writes its host is understood' => function () {
        foreach ([['db.example:3310', 'db.example', 3310, null], ['/run/x.sock', 'localhost', 3306, '/run/x.sock'], ['localhost', 'localhost', 3306, null]] as $host) {
            $is = m1_access(m1_local(['host' => $host[0]]));
            Check::same([$is['host'], $is['port'], $is['socket']], [$host[1], $host[2], $host[3]], $host[0]);
        }
        $is = m1_access(m1_local(['host' => 'localhost', 'unix_socket' => '/run/y.sock']));
        Check::same($is['socket'], '/run/y.sock');
        Check::same(m1_access(m1_local(['port' => '3311']))['port'], 3311);
    },

    'a password keeps every character in CDATA and as text' => function () {
        Check::same(m1_access(m1_local(['password' => 'a&b<c>"\'é€\\']))['password'], 'a&b<c>"\'é€\\');
        Check::same(m1_access(str_replace('<![CDATA[secret]]>', 'a&amp;b&lt;c', m1_local()))['password'], 'a&b<c');
    },

    'a file with a document type or entities is not read, nor is one that is no XML' => function () {
        $secret = Bridge::folder() . '/secret';
        file_put_contents($secret, 'stolen');
        $outside = str_replace("<config>", "<!DOCTYPE c [<!ENTITY x SYSTEM \"file://$secret\">]>\n<config>", str_replace('<![CDATA[secret]]>', '&x;', m1_local()));
        Check::same(m1_access($outside), ['config-unreadable', 'local.xml']);
        $many = str_replace("<config>", "<!doctype c [<!entity a 'aaaa'>]>\n<config>", m1_local());
        Check::same(m1_access($many), ['config-unreadable', 'local.xml']);
        Check::same(m1_access('<config><global>'), ['config-unreadable', 'local.xml']);
        Check::same(m1_access(str_replace('<![CDATA[secret]]>', '&x;', m1_local())), ['config-unreadable', 'local.xml']);
        Check::same(m1_access(''), ['config-unreadable', 'local.xml']);
        Check::same(m1_access(m1_local(['username' => ''])), ['config-unreadable', 'local.xml']);
        Check::same(m1_access(m1_local([], 'a`b')), ['prefix-wrong', 'characters']);
    },

    'a missing Magento 1 configuration is named' => function () {
        $code = 'try { (new MagentoConfiguration("/nowhere"))->access(); } catch (Problem $p) { echo json_encode([$p->getMessage(), $p->place()]); }';
        Check::same(m1_json($code), ['config-missing', 'config.php']);
    },

    'the version is OpenMage\'s where the file has it, else Magento\'s' => function () {
        Bridge::$platform = Bridge::usual('magento1');
        $folder = Bridge::folder();
        mkdir($folder . '/app');
        $one = "public static function getVersionInfo()\n{ return array('major' => '1', 'minor' => '9', 'revision' => '4', 'patch' => '5', 'stability' => '', 'number' => ''); }\n";
        $two = "public static function getOpenMageMajorVersion() {\n return 20;\n }\npublic static function getOpenMageVersionInfo()\n{ if (self::getOpenMageMajorVersion() === 20) { return ['major' => '20', 'minor' => '0', 'patch' => '20', 'stability' => '', 'number' => '']; }"
            . " return ['major' => '19', 'minor' => '4', 'patch' => '23', 'stability' => '']; }\n";
        $code = 'echo json_encode((new MagentoConfiguration(' . var_export($folder, true) . '))->version());';
        foreach ([["<?php\n" . $one, '1.9.4.5'], ["<?php\n" . $one . $two, '20.0.20'], ["<?php\n" . $one . str_replace('return 20;', 'return 19;', $two), '19.4.23'], ['<?php', '']] as $case) {
            file_put_contents($folder . '/app/Mage.php', $case[0]);
            Check::same(Bridge::json($code), $case[1]);
        }
        unlink($folder . '/app/Mage.php');
        rmdir($folder . '/app');
        Bridge::$platform = Bridge::usual();
    },

    'stored arrays are read from both notations and never become objects' => function () {
        $cases = [
            [serialize(['a' => 1, 'b' => ['x' => 'é"; ', 'y' => null, 'z' => 1.5, 'w' => true]]), ['a' => '1', 'b' => ['x' => 'é"; ', 'y' => null, 'z' => '1.5', 'w' => '1']]],
            ['{"a":{"b":[1,2]}}', ['a' => ['b' => [1, 2]]]], ['', []], ['[]', []], ['a:0:{}', []],
            ['O:8:"stdClass":1:{s:1:"a";i:1;}', null], ['a:1:{s:1:"a";O:8:"stdClass":0:{}}', null], ['a:1:{i:0;C:11:"ArrayObject":21:{x:i:0;a:0:{};m:a:0:{}}}', null],
            ['a:2:{i:0;i:1;}', null], ['a:1:{i:0;i:1;', null], ['i:5;', null], ['nonsense', null], ['{"a":', null], [str_repeat('a:1:{i:0;', 40) . 'i:1;' . str_repeat('}', 40), null],
            // Four-byte letters became question marks in an old column: the lengths no longer fit.
            ['a:1:{s:5:"label";s:12:"Pen ????!";}', ['label' => 'Pen ????!']],
        ];
        foreach ($cases as $case) {
            $code = 'echo json_encode(MagentoStoredArray::of(' . var_export($case[0], true) . '));';
            Check::same(m1_json($code), $case[1], $case[0]);
        }
    },

    'amounts are added to the ten-thousandth and rounded half away from zero' => function () {
        $code = 'echo json_encode([MagentoAmount::text(MagentoAmount::of("12.34")), MagentoAmount::text(MagentoAmount::of("-0.00005")), MagentoAmount::text(MagentoAmount::of(8.27)), MagentoAmount::of(null),'
            . ' MagentoAmount::of("1e5"), MagentoAmount::text(MagentoAmount::of("99999999999.9999")), MagentoAmount::share(100, 2, 3), MagentoAmount::share(-100, 2, 3), MagentoAmount::share(5, 1, 2),'
            . ' MagentoAmount::share(-5, 1, 2), MagentoAmount::share(7, 1, 0), MagentoAmount::cents(329733), MagentoAmount::cents(-50), MagentoAmount::text(-1)]);';
        Check::same(m1_json($code), ['12.3400', '-0.0001', '8.2700', 0, 0, '99999999999.9999', 67, -67, 3, -3, 0, 329700, -100, '-0.0001']);
    },

    'shipping without an amount is told as missing where something is sent, and what Magento leaves open is not' => function () {
        $order = ['entity_id' => '7', 'base_grand_total' => '10.0000', 'shipping_method' => 'flatrate_flatrate', 'base_shipping_amount' => null, 'base_discount_amount' => null];
        foreach ([[$order, ['no_amount:shipping.base_shipping_amount']], [['base_shipping_amount' => '0.0000'] + $order, []], [['shipping_method' => null] + $order, []]] as $case) {
            Check::same(m1_json('$c = new Cleaner(); $class = new \\ReflectionClass(MagentoOrders::class); $o = $class->newInstanceWithoutConstructor();
                $cleaner = $class->getProperty("cleaner"); $missing = $class->getMethod("missing");
                if (PHP_VERSION_ID < 80100) { $cleaner->setAccessible(true); $missing->setAccessible(true); }
                $cleaner->setValue($o, $c); $missing->invoke($o, ' . var_export($case[0], true) . ', ["items" => []]); echo json_encode($c->remarks());'), $case[1]);
        }
    },

    'an order is another one with another invoice, not with the day an invoice has always had' => function () {
        $code = '$h = function (array $invoices) { return MagentoOrderRows::hash(["entity_id" => "7", "updated_at" => "x"], ["invoices" => ["7" => $invoices]]); };
            $one = ["order_id" => "7", "increment_id" => "100000001"]; $two = ["order_id" => "7", "increment_id" => "100000002"]; $day = ["created_at" => "2026-11-25 10:00:00"];
            echo json_encode([$h([$one]) === $h([$one + $day]), $h([$one + $day]) === $h([$one + $day, $two + $day]), $h([]) === $h([$one + $day]), $h([$one + $day]) === $h([$two + $day])]);';
        Check::same(m1_json($code), [true, false, false, false]);
    },
];

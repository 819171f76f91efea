<?php
declare(strict_types=1);

/** What differs between OpenCart's versions and can be told without a database. */

function serialised(array $texts): array
{
    return Bridge::json('$o = []; foreach (' . var_export($texts, true) . ' as $t) { $o[] = Serialised::values($t); } echo json_encode($o);');
}

/** The zone a database's session turns out to have, whose server reads local times as `$zone` does. */
function session_zone(string $zone): array
{
    $standIn = <<<'PHP'
final class Database
{
    /** @var string */
    private $zone;

    public function __construct(string $zone)
    {
        $this->zone = $zone;
    }

    public function row(string $statement, array $values = [])
    {
        $row = [];
        foreach (['winter', 'march', 'summer', 'october'] as $at => $name) {
            // As a server answers for a text: with decimals.
            $row[$name] = (new \DateTime($values[$at], new \DateTimeZone($this->zone)))->getTimestamp() . '.000000';
        }
        $row['minutes'] = (string) ((new \DateTimeZone($this->zone))->getOffset(new \DateTime('now', new \DateTimeZone('UTC'))) / 60);
        return $row;
    }
}
PHP;
    return Bridge::json('$z = OpenCartSessionZone::of(new Database(' . var_export($zone, true) . ')); echo json_encode([$z->name(), $z->source()]);', [], $standIn);
}

/**
 * Lines, options and notes of orders after the keys of their rows were found: the second one was edited since, the
 * third one got a line, an option and a note, and the fourth one has its first of each.
 */
function read_by_keys(): array
{
    $standIn = <<<'PHP'
final class Database
{
    const LINES = [
        ['order_id' => '7', 'order_product_id' => '10', 'name' => 'a'], ['order_id' => '7', 'order_product_id' => '11', 'name' => 'b'],
        ['order_id' => '8', 'order_product_id' => '95', 'name' => 'c'],
        ['order_id' => '9', 'order_product_id' => '14', 'name' => 'd'], ['order_id' => '9', 'order_product_id' => '96', 'name' => 'came later'],
        ['order_id' => '6', 'order_product_id' => '97', 'name' => 'first line'],
    ];
    const OPTIONS = [
        ['order_id' => '7', 'order_product_id' => '11', 'order_option_id' => '3', 'name' => 'first entered'],
        ['order_id' => '7', 'order_product_id' => '10', 'order_option_id' => '90', 'name' => 'added later'],
        ['order_id' => '8', 'order_product_id' => '95', 'order_option_id' => '91', 'name' => 'of a new line'],
        ['order_id' => '9', 'order_product_id' => '96', 'order_option_id' => '92', 'name' => 'of the later line'],
        ['order_id' => '6', 'order_product_id' => '97', 'order_option_id' => '93', 'name' => 'of the first line'],
    ];
    const NOTES = [
        ['order_id' => '7', 'order_history_id' => '20', 'comment' => 'placed'], ['order_id' => '7', 'order_history_id' => '31', 'comment' => 'seen by both'],
        ['order_id' => '9', 'order_history_id' => '21', 'comment' => 'placed'], ['order_id' => '9', 'order_history_id' => '32', 'comment' => 'paid'],
        ['order_id' => '6', 'order_history_id' => '33', 'comment' => 'placed'],
    ];
    const TABLES = ['order_product' => self::LINES, 'order_option' => self::OPTIONS, 'order_history' => self::NOTES];

    public static function places(array $values): string
    {
        return implode(', ', array_fill(0, count($values), '?'));
    }

    public function rows(string $statement, array $values = []): array
    {
        if (strpos($statement, 'UNION ALL') !== false && strpos($statement, '{order_option}') !== false) {
            // Lines of whole orders, whatever their keys are now.
            $rows = [];
            foreach (in_array('8', $values, true) ? [self::LINES[2], self::OPTIONS[2]] : [] as $row) {
                $option = isset($row['order_option_id']);
                $rows[] = ['order_id' => $row['order_id'], 'order_product_id' => $row['order_product_id'], 'name' => $option ? null : $row['name'], 'a' => null, 'b' => null, 'c' => null, 'd' => null, 'e' => null, 'f' => null,
                    'order_option_id' => $option ? $row['order_option_id'] : null, 'product_option_value_id' => null, 'option_name' => $option ? $row['name'] : null, 'option_value' => null, 'option_type' => null];
            }
            return $rows;
        }
        foreach (self::TABLES as $table => $rows) {
            $byKey = strpos($statement, '{' . $table . '} WHERE ' . $table . '_id IN') !== false;
            $above = strpos($statement, '{' . $table . '} WHERE ' . $table . '_id > ? AND order_id IN') !== false;
            if ($byKey || $above) {
                $found = [];
                foreach ($rows as $row) {
                    if ($byKey ? in_array($row[$table . '_id'], $values, true) : (int) $row[$table . '_id'] > (int) $values[0] && in_array($row['order_id'], array_slice($values, 1), true)) {
                        $found[] = $row;
                    }
                }
                return $found;
            }
        }
        return [];
    }
}
final class OpenCartSchema
{
    public function has(string $table, string $column): bool
    {
        return false;
    }
}
PHP;
    return Bridge::json('$rows = new OpenCartOrderRows(new Database(), new OpenCartSchema(), new ShopTime("UTC", "profile"));'
        . ' $keys = ["last" => ["order_product" => "94", "order_option" => "90", "order_history" => "30"],'
        . ' "order_product" => ["7" => "10,11", "8" => "12,13", "9" => "14"], "order_option" => ["7" => "3,90", "8" => "5"], "order_history" => ["7" => "20,31", "9" => "21"]];'
        . ' $ids = ["6", "7", "8", "9"]; $parts = $rows->parts($ids, $keys) + ["history" => $rows->history($ids, $keys)];'
        . ' $told = []; foreach (["products" => "name", "options" => "name", "history" => "comment"] as $kind => $text) { foreach ($parts[$kind] as $id => $some) { $told[$kind . " " . $id] = array_column($some, $text); } }'
        . ' ksort($told); echo json_encode($told);', [], $standIn);
}

/** Orders of which the long texts take so many bytes, as a database answers for them. */
const ORDERS_OF_A_SIZE = <<<'PHP'
final class Database
{
    const BYTES = ['1' => 10, '2' => 60, '3' => 99, '4' => 101];
    public $asked = [];

    public static function places(array $values): string
    {
        return implode(', ', array_fill(0, count($values), '?'));
    }

    public function rows(string $statement, array $values = []): array
    {
        preg_match('/ > ([0-9]+) AS cut/', $statement, $share);
        $this->asked[] = $share[1] . ': ' . implode(' ', $values);
        $rows = [];
        foreach ($values as $id) {
            if ($id !== '3' || count($values) > 1) {
                $cut = self::BYTES[$id] > (int) $share[1];
                $rows[] = ['bytes' => (string) self::BYTES[$id], 'cut' => $cut ? '1' : '0', 'order_id' => $id, 'comment' => $cut ? null : 'note'];
            }
        }
        return $rows;
    }
}
final class OpenCartSchema
{
    public function has(string $table, string $column): bool
    {
        return false;
    }
}
PHP;

return [
    'an order is too large by all its long texts together, and one of more than its share of the room is read alone' => function () {
        $code = '$database = new Database(); $rows = new OpenCartOrderRows($database, new OpenCartSchema(), new ShopTime("UTC", "profile")); $told = [];
            foreach ($rows->of(["1", "2", "3", "4"], 100) as $row) {
                $row = $rows->whole($row, 100);
                $large = $row === null ? "gone" : OpenCartOrderRows::tooLarge($row, 100);
                $told[] = [$large, $row];
            }
            echo json_encode([$told, $database->asked]);';
        Check::same(Bridge::json($code, [], ORDERS_OF_A_SIZE), [
            [
                [null, ['order_id' => '1', 'comment' => 'note']],
                [null, ['order_id' => '2', 'comment' => 'note']],
                ['gone', null],
                [101, ['order_id' => '4', 'comment' => '']],
            ],
            ['25: 1 2 3 4', '100: 2', '100: 3'],
        ]);
    },

    'what was edited or added after the keys of rows were found is read as it is now, each row once' => function () {
        Check::same(read_by_keys(), [
            'history 6' => ['placed'], 'history 7' => ['placed', 'seen by both'], 'history 9' => ['placed', 'paid'],
            'options 6' => ['of the first line'], 'options 7' => ['added later', 'first entered'], 'options 8' => ['of a new line'], 'options 9' => ['of the later line'],
            'products 6' => ['first line'], 'products 7' => ['a', 'b'], 'products 8' => ['c'], 'products 9' => ['d', 'came later'],
        ]);
    },

    'a row that repeats a sum is no charge where the total closes without it, to the ten-thousandth and however large' => function () {
        $code = '$m = new \ReflectionMethod(OpenCartOrders::class, "withoutSums"); if (PHP_VERSION_ID < 80100) { $m->setAccessible(true); } $o = [];
            foreach ([["12345678901.2345", "2592592569.2592", "14938271470.4937", "12345678901.2345"], ["0.07", "0.0147", "0.0847", "0.07"], ["100", "21", "121.0099", "100"], ["100", "21", "121.01", "100"],
                ["100", "21", "121", "100.0100"], ["100", "21", "221.0000", "100"], ["100", "-21.0000", "79.0000", "100.0000"]] as $c) {
                $rows = [["kind" => "sub_total", "amount" => $c[0]], ["kind" => "tax", "amount" => $c[1]], ["kind" => "other", "amount" => $c[3]], ["kind" => "total", "amount" => $c[2]]];
                $o[] = $m->invoke(null, $rows, ["order_id" => "7", "total" => $c[2]], ["products" => ["7" => [["total" => $c[0]]]]])[2]["kind"];
            } echo json_encode($o);';
        Check::same(Bridge::json($code), ['sub_total', 'sub_total', 'sub_total', 'other', 'other', 'other', 'sub_total']);
    },

    'lists that OpenCart 2.0 serialised are read without making anything of them' => function () {
        Check::same(
            serialised(['a:0:{}', 'a:2:{i:1;s:14:"NL001234567B01";i:2;s:0:"";}', 'a:1:{i:5;a:2:{i:0;s:1:"7";i:1;i:-8;}}', 'a:3:{s:1:"a";b:1;s:1:"b";N;s:1:"c";d:1.5;}', 'a:1:{i:3;s:7:"Zoë";}";}']),
            [[], [1 => 'NL001234567B01', 2 => ''], [5 => ['7', '-8']], ['a' => '1', 'b' => null, 'c' => '1.5'], [3 => 'Zoë";}']]
        );
    },

    'anything else of PHP, or a list cut or lengthened, is no list' => function () {
        foreach ([
            'O:8:"stdClass":1:{s:1:"a";i:1;}', 'a:1:{i:0;O:8:"stdClass":0:{}}', 'a:1:{i:0;C:11:"ArrayObject":0:{}}', 'a:1:{i:0;R:1;}', 'a:1:{i:0;r:1;}',
            'a:2:{i:0;i:1;}', 'a:1:{i:0;i:1;i:1;i:2;}', 'a:1:{i:0;i:1;}x', 'a:1:{i:0;s:5:"abc";}', 'a:1:{i:0;s:999999:"abc";}', 'a:1:{a:0:{}i:1;}', 'i:5;', '', '[]', 'a:1:{i:0;',
            str_repeat('a:1:{i:0;', 200) . 'i:1;' . str_repeat('}', 200),
        ] as $text) {
            Check::same(serialised([$text]), [null], $text);
        }
    },

    'the zone of the database is told by how it reads winter and summer' => function () {
        foreach (['Europe/Amsterdam', 'Europe/London', 'America/New_York'] as $zone) {
            Check::same(session_zone($zone), [$zone, 'database']);
        }
        // The same rules under another name.
        Check::same(session_zone('Europe/Berlin'), ['Europe/Amsterdam', 'database']);
        Check::same(session_zone('UTC'), ['+00:00', 'database']);
        Check::same(session_zone('Asia/Kolkata'), ['+05:30', 'database']);
        Check::same(session_zone('America/Caracas'), ['-04:00', 'database']);
    },
];

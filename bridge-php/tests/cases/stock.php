<?php
declare(strict_types=1);

/** Stock is set by difference and only over the figure just read; here with a shop that sells meanwhile. */

const SELLING_DATABASE = <<<'PHP'
final class Database
{
    /** @var int */
    public $quantity;
    /** @var array<int> what is sold between one read and its write, in turn */
    public $sales;
    /** @var bool */
    public $tracked = true;
    /** @var int */
    public $writes = 0;

    public function __construct(int $quantity, array $sales = [])
    {
        $this->quantity = $quantity;
        $this->sales = $sales;
    }

    public function row(string $statement, array $values = [])
    {
        if ($values[0] !== '40') {
            return null;
        }
        $read = ['quantity' => (string) $this->quantity, 'subtract' => $this->tracked ? '1' : '0'];
        $this->quantity -= (int) array_shift($this->sales);
        return $read;
    }

    public function change(string $statement, array $values = []): int
    {
        if ((int) $values[2] !== $this->quantity) {
            return 0;
        }
        $this->quantity = $values[0];
        $this->writes++;
        return 1;
    }

    /** @var bool product 40 is the master of variants, as OpenCart 4 has them */
    public $master = false;

    public function rows(string $statement, array $values = []): array
    {
        if (!$this->master) {
            return [];
        }
        return strpos($statement, 'information_schema') !== false ? [['in_table' => 'oc_product', 'in_column' => 'master_id']] : [['master_id' => '40']];
    }

    public function prefix(): string
    {
        return 'oc_';
    }

    public static function places(array $values): string
    {
        return '?';
    }
}
PHP;

function set_stock(string $shop, string $key, string $read, string $target): array
{
    $code = '$d = ' . $shop . '; $c = new Cleaner(); $s = new OpenCartStock($d, new OpenCartSettings($d, $c), $c);
        $r = $s->set(["key" => ' . var_export($key, true) . ', "read" => ' . var_export($read, true) . ', "target" => ' . var_export($target, true) . ']);
        echo json_encode([$r["outcome"], $r["before"], $r["after"], $d->quantity, $d->writes]);';
    return Bridge::json($code, [], SELLING_DATABASE);
}

return [
    'without a sale the shop gets the target' => function () {
        Check::same(set_stock('new Database(10)', 'p:40', '10', '25'), ['done', '10', '25', 25, 1]);
    },
    'a sale between reading and sending keeps its effect' => function () {
        Check::same(set_stock('new Database(7)', 'p:40', '10', '25'), ['done', '7', '22', 22, 1]);
    },
    'a sale between the bridge\'s own read and write is seen and counted' => function () {
        Check::same(set_stock('new Database(10, [2, 1])', 'o:40', '10', '25'), ['done', '7', '22', 22, 1]);
    },
    'a shop that sells without end is left alone after a while' => function () {
        Check::same(set_stock('new Database(1000, array_fill(0, 100, 1))', 'p:40', '1000', '5'), ['busy', null, null, 980, 0]);
    },
    'nothing to change writes nothing' => function () {
        Check::same(set_stock('new Database(4)', 'p:40', '3', '3'), ['done', '4', '4', 4, 0]);
    },
    'oversold stock may be negative' => function () {
        Check::same(set_stock('new Database(0)', 'p:40', '3', '1'), ['done', '0', '-2', -2, 1]);
    },
    'a master product is left to its variants, its option values are not' => function () {
        $shop = 'call_user_func(function () { $d = new Database(4); $d->master = true; return $d; })';
        Check::same(set_stock($shop, 'p:40', '4', '9'), ['not_tracked', '4', '4', 4, 0]);
        Check::same(set_stock($shop, 'o:40', '4', '9'), ['done', '4', '9', 9, 1]);
    },
    'stock that is not kept, an unknown key and figures the shop cannot hold are told apart' => function () {
        Check::same(set_stock('call_user_func(function () { $d = new Database(4); $d->tracked = false; return $d; })', 'p:40', '4', '9'), ['not_tracked', '4', '4', 4, 0]);
        Check::same(set_stock('new Database(4)', 'p:41', '4', '9'), ['unknown', null, null, 4, 0]);
        Check::same(set_stock('new Database(4)', 'p:40', '4', '9.5'), ['refused', null, null, 4, 0]);
        Check::same(set_stock('new Database(4)', 'p:40', '4', '999999999'), ['refused', '4', '4', 4, 0]);
        Check::same(set_stock('new Database(4)', 'p:40', '4.000', '9.00'), ['done', '4', '9', 9, 1]);
    },
];

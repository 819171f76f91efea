<?php
declare(strict_types=1);

/** How orders are shared over what is read at once, by what the shop keeps of them. */

const KEPT_OF_ORDERS = <<<'PHP'
final class Database
{
    public static function places(array $values): string
    {
        return implode(', ', array_fill(0, count($values), '?'));
    }

    public function rows(string $statement, array $values = []): array
    {
        // Of an order with its items, and of a refund: both count.
        $rows = [];
        foreach (['1' => '40', '2' => '90', '3' => '30', '4' => '30', '5' => '30', '6' => '51'] as $id => $bytes) {
            $rows[] = ['id' => (string) $id, 'bytes' => $bytes];
        }
        $rows[] = ['id' => '6', 'bytes' => '50'];
        return $rows;
    }
}
final class Page
{
    public $given = [];
    public $left;

    public function __construct(int $left)
    {
        $this->left = $left;
    }

    public function give(array $record): bool
    {
        $this->given[] = $record['id'] . (isset($record['too_large']) ? ' ' . $record['number'] . ' ' . $record['too_large'] : '');
        return --$this->left > 0;
    }
}
PHP;

return [
    'orders that are too large are told by their size first, the others are read as many at once as fit together' => function () {
        $code = 'final class Orders implements OrderBodies
            {
                public $read = [];

                public function bodies(array $ids, Page $page): bool
                {
                    $this->read[] = $ids;
                    foreach ($ids as $id) {
                        if (!$page->give(["id" => $id])) { return false; }
                    }
                    return true;
                }
            }
            $told = [];
            foreach ([[100, 9], [2, 9], [2, 1], [2, 3]] as $case) {
                $orders = new Orders();
                $page = new Page($case[1]);
                (new OrderSizes(new Database(), ["%s"], ["1", "2", "3", "4", "5", "6"], 100))->bodies(["1", "2", "3", "4", "5", "6"], $case[0], ["6" => "W6"], $orders, $page);
                $told[] = [$orders->read, $page->given];
            }
            echo json_encode($told);';
        $before = Bridge::$platform;
        Bridge::$platform = Bridge::usual('woocommerce');
        try {
            $told = Bridge::json($code, [], KEPT_OF_ORDERS);
        } finally {
            Bridge::$platform = $before;
        }
        Check::same($told, [
            [[['1'], ['2'], ['3', '4', '5']], ['6 W6 101', '1', '2', '3', '4', '5']],
            [[['1'], ['2'], ['3', '4'], ['5']], ['6 W6 101', '1', '2', '3', '4', '5']],
            [[], ['6 W6 101']],
            [[['1'], ['2']], ['6 W6 101', '1', '2']],
        ]);
    },
];

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * How many bytes the shop keeps of orders, asked before they are read: one of more than there is room for is told
 * by its size, alone, and those that are read at once fit in memory together.
 */
final class OrderSizes
{
    /** How much of a text that only tells (a note, a reason) is read: characters. */
    const NOTE = 4000;

    /** @var array<string, int> */
    private $sizes = [];
    /** @var int */
    private $room;

    /** Each of `$statements` gives `id` and `bytes` for the ids in place of its `%s`; `$room` is what one order may take. */
    public function __construct(Database $database, array $statements, array $ids, int $room)
    {
        $this->room = $room;
        foreach (array_chunk(array_values($ids), 1000) as $some) {
            $parts = [];
            foreach ($statements as $statement) {
                $parts[] = sprintf($statement, Database::places($some));
            }
            $values = array_merge(...array_fill(0, count($statements), $some));
            foreach ($database->rows(implode(' UNION ALL ', $parts), $values) as $row) {
                $known = isset($this->sizes[$row['id']]) ? $this->sizes[$row['id']] : 0;
                $this->sizes[$row['id']] = $known + (int) $row['bytes'];
            }
        }
    }

    /** `SUM(…)` of a row's bytes, of which these columns may be long. */
    public static function sum(array $columns, int $row): string
    {
        $lengths = array_map(function (string $column): string {
            return 'COALESCE(LENGTH(' . $column . '), 0)';
        }, $columns);
        return 'SUM(' . implode(' + ', array_merge([(string) $row], $lengths)) . ') AS bytes';
    }

    /** The beginning of a long text, in a statement. */
    public static function note(string $column): string
    {
        return 'LEFT(' . $column . ', ' . self::NOTE . ')';
    }

    public function tooLarge(string $id): bool
    {
        return $this->of($id) > $this->room;
    }

    private function of(string $id): int
    {
        return isset($this->sizes[$id]) ? $this->sizes[$id] : 0;
    }

    /** Those of these that are not too large. */
    public function fitting(array $ids): array
    {
        return array_values(array_filter($ids, function ($id): bool {
            return !$this->tooLarge((string) $id);
        }));
    }

    /** The rows in lists, in the same order, of at most `$most` that fit together; `$key` is where a row has its id. */
    public function lists(array $rows, string $key, int $most): array
    {
        $lists = [];
        $bytes = 0;
        foreach ($rows as $row) {
            $size = $this->tooLarge($row[$key]) ? 0 : $this->of($row[$key]);
            $last = count($lists) - 1;
            if ($last < 0 || count($lists[$last]) >= $most || $bytes + $size > $this->room) {
                $lists[] = [];
                $last++;
                $bytes = 0;
            }
            $lists[$last][] = $row;
            $bytes += $size;
        }
        return $lists;
    }

    /** Stands for the content of one that is too large: another as soon as it is of another size. */
    public function hash(string $id): string
    {
        return hash('sha256', 'too large ' . $id . ' ' . $this->of($id));
    }

    /** Says of those that are too large how large they are; is there room for more? `$numbers` are those customers see, by id. */
    private function give(array $numbers, Page $page): bool
    {
        foreach (array_keys($this->sizes) as $id) {
            $id = (string) $id;
            $number = isset($numbers[$id]) ? $numbers[$id] : $id;
            if ($this->tooLarge($id) && !$page->give(['id' => $id, 'number' => $number, 'hash' => $this->hash($id), 'too_large' => $this->of($id)])) {
                return false;
            }
        }
        return true;
    }

    /** Bodies of these ids, those that are too large first; the rows of at most `$most` others are read at once. */
    public function bodies(array $ids, int $most, array $numbers, OrderBodies $orders, Page $page)
    {
        if (!$this->give($numbers, $page)) {
            return;
        }
        $places = [];
        foreach ($this->fitting($ids) as $id) {
            $places[] = ['id' => $id];
        }
        foreach ($this->lists($places, 'id', $most) as $some) {
            if (!$orders->bodies(array_column($some, 'id'), $page)) {
                return;
            }
        }
    }

    /** Ids of those that are too large. */
    public function large(): array
    {
        return array_values(array_filter(array_map('strval', array_keys($this->sizes)), [$this, 'tooLarge']));
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Takes records one by one into the answer, until there are enough of them or too many bytes, or the budget is spent. */
final class Page
{
    /** Bytes after which an answer ends; the agent reads up to 16 MB. */
    const MOST_BYTES = 8388608;

    /** Bytes of one order: as one line the agent reads twice as much. */
    const MOST_ORDER = 4194304;

    /** How many times its own size an order takes at most while it is made. */
    const TIMES = 10;

    /** @var Call */
    private $call;
    /** @var int */
    private $left;
    /** @var array|null */
    private $last;
    /** @var bool */
    private $stopped = false;

    /** `$limit` records at most. */
    public function __construct(Call $call, int $limit)
    {
        $this->call = $call;
        $this->left = $limit;
    }

    /** Bytes that the shop may keep of one order: while it is read and made it takes several times as much. */
    public function room(): int
    {
        return min(self::MOST_ORDER, intdiv($this->call->budget->memory(), self::TIMES));
    }

    /** Takes a record; is there room for another? */
    public function give(array $record): bool
    {
        $this->call->answer->record($record);
        $this->last = $record;
        $this->left--;
        $this->stopped = $this->left <= 0 || $this->call->answer->bytes() > self::MOST_BYTES || $this->call->budget->spent();
        return !$this->stopped;
    }

    /** Ends the answer; `$position` is where the next page goes on behind a record. */
    public function end(callable $position)
    {
        $this->stopped ? $this->call->answer->end(true, $position($this->last)) : $this->call->answer->end();
    }

    /** Ends an answer of named records: what is missing is asked for again. */
    public function endNamed()
    {
        $this->call->answer->end($this->stopped && $this->left > 0);
    }

    /** Where a page of changes goes on. */
    public function endChanges()
    {
        $this->end(function (array $record): array {
            return ['stamp' => $record['stamp'], 'id' => $record['id']];
        });
    }
}

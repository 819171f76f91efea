<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** What an operation works with: one call's request, shop and answer. */
final class Call
{
    /** @var Request */
    public $request;
    /** @var int */
    public $now;
    /** @var Budget */
    public $budget;
    /** @var Database */
    public $database;
    /** @var State */
    public $state;
    /** @var Platform */
    public $shop;
    /** @var Answer */
    public $answer;
    /** @var bool */
    public $readOnly = false;
    /** @var array|null */
    public $otherReader;

    public function __construct(Request $request, int $now)
    {
        $this->request = $request;
        $this->now = $now;
        $this->budget = new Budget();
    }

    /**
     * Streams records that come in an order of their own until they are through, the page is full
     * or the budget is spent. `$position` gives a record's place, handed back by the next request.
     */
    public function page($records, int $limit, callable $position)
    {
        $place = null;
        $left = $limit;
        foreach ($records as $record) {
            $this->answer->record($record);
            $place = $position($record);
            $left--;
            if ($left <= 0 || $this->budget->spent()) {
                $this->answer->end(true, $place);
                return;
            }
        }
        $this->answer->end();
    }

    /** A page of changes in order of (stamp, id). */
    public function changes($records, int $limit)
    {
        $this->page($records, $limit, function (array $record): array {
            return ['stamp' => $record['stamp'], 'id' => $record['id']];
        });
    }
}

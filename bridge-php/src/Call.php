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

    /** Answers records that are there already, in an order of their own; `$position` gives where the next page goes on behind one. */
    public function page(array $records, int $limit, callable $position)
    {
        $this->given($records, $limit)->end($position);
    }

    /** A page of changes in order of (stamp, id). */
    public function changes(array $records, int $limit)
    {
        $this->given($records, $limit)->endChanges();
    }

    private function given(array $records, int $limit): Page
    {
        $page = new Page($this, $limit);
        foreach ($records as $record) {
            if (!$page->give($record)) {
                break;
            }
        }
        return $page;
    }
}

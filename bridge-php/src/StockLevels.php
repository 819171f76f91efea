<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** A shop that keeps stock figures of several kinds of records, each by a letter. */
interface StockLevels
{
    /** Levels of one kind: of these ids, or where that is null of those after an id. */
    public function levels(string $kind, $ids, $after, int $limit): array;
}

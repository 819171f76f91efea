<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Writes one row of a writing operation. Records are arrays as the protocol names them. */
interface RowWriter
{
    /** Writes the row; its result. */
    public function write(array $row): array;

    /** The result that stands while nobody knows what became of the row: the agent reads and tries again. */
    public function pending(array $row): array;
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * An expression for the local day of a UTC column. The server's own time zone tables are often empty, so
 * the moments at which the clock is changed are put into the statement.
 */
final class WooCommerceDay
{
    /** @var array */
    private $steps;

    public function __construct(ShopTime $time, string $from)
    {
        $this->steps = $time->offsets($from);
    }

    /** Of a constant column name; the values for its places are `values`. */
    public function of(string $column): string
    {
        $seconds = '';
        foreach ($this->steps as $step) {
            $seconds .= $step['until'] === null ? ' ELSE CAST(? AS SIGNED) END' : ' WHEN ' . $column . ' < ? THEN CAST(? AS SIGNED)';
        }
        $seconds = count($this->steps) === 1 ? 'CAST(? AS SIGNED)' : 'CASE' . $seconds;
        return 'DATE(DATE_ADD(' . $column . ', INTERVAL ' . $seconds . ' SECOND))';
    }

    public function values(): array
    {
        $values = [];
        foreach ($this->steps as $step) {
            if ($step['until'] !== null) {
                $values[] = $step['until'];
            }
            $values[] = $step['seconds'];
        }
        return $values;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Sets stock by difference: one writer at a time, and a repeated id changes nothing. */
final class StockSetOperation implements Operation
{
    const LOCK_SECONDS = 5;

    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['idempotency', 'rows']);
        $id = $arguments->text('idempotency', '/^[0-9a-f]{32}$/D');
        if ($id === null) {
            throw new Problem('bad-arguments', 'idempotency');
        }
        $rows = self::rows($arguments);
        if (!$call->database->lock('winkelbrug', self::LOCK_SECONDS)) {
            throw new Problem('busy');
        }
        foreach ($this->outcomes($call, $id, $rows) as $outcome) {
            $call->answer->record($outcome);
        }
        $call->answer->end();
    }

    /** Each key once: two differences on one figure would both count. */
    private static function rows(Arguments $arguments): array
    {
        $rows = $arguments->rows('rows', ['key' => Arguments::STOCK_KEY, 'read' => Arguments::AMOUNT, 'target' => Arguments::AMOUNT], 500);
        if (count(array_unique(array_column($rows, 'key'))) !== count($rows)) {
            throw new Problem('bad-arguments', 'rows');
        }
        return $rows;
    }

    /**
     * What became of each row. The outcome so far is kept before each write, so that a request that
     * was cut in the middle is gone on with by its repetition, not done again.
     */
    private function outcomes(Call $call, string $id, array $rows): array
    {
        $kept = $call->state->outcome($id);
        $fingerprint = hash('sha256', (string) json_encode($rows));
        if ($kept !== null && (!isset($kept['rows']) || $kept['rows'] !== $fingerprint)) {
            throw new Problem('bad-arguments', 'idempotency');
        }
        if ($kept === null) {
            $this->capped($call, $rows);
        }
        $done = $kept === null ? [] : $kept['done'];
        foreach ($rows as $index => $row) {
            if (isset($done[$index])) {
                continue;
            }
            // From here until the outcome is kept, a cut leaves this row's effect unknown: `busy` tells the
            // agent to read and compute again. A spent budget leaves the rest so.
            $done[$index] = ['key' => $row['key'], 'outcome' => 'busy', 'before' => null, 'after' => null];
            if (!$call->budget->spent()) {
                $call->state->keep($id, ['rows' => $fingerprint, 'done' => $done], $call->now);
                $done[$index] = $call->shop->setStock($row);
            }
        }
        $call->state->keep($id, ['rows' => $fingerprint, 'done' => $done], $call->now);
        return $done;
    }

    /** Refuses, before anything is written, a call that would leave more rows without stock than this file may. */
    private function capped(Call $call, array $rows)
    {
        $cap = (int) Deployment::STOCK_ZERO_CAP;
        if ($cap === 0 || count($rows) <= $cap) {
            return;
        }
        $changes = [];
        foreach ($rows as $row) {
            $changes[$row['key']] = (float) $row['target'] - (float) $row['read'];
        }
        $emptied = 0;
        foreach ($call->shop->stockOf(array_column($rows, 'key')) as $level) {
            $now = (float) $level['quantity'];
            $emptied += $level['tracked'] && $now > 0 && $now + $changes[$level['key']] <= 0 ? 1 : 0;
        }
        if ($emptied > $cap) {
            throw new Problem('zero-cap', (string) $emptied);
        }
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Runs the rows of a writing operation so that a repetition has no second effect: one writer at a
 * time, and the outcome so far is kept before each write. A request that was cut in the middle is
 * gone on with by its repetition, not done again.
 */
final class OnceOnly
{
    const LOCK_SECONDS = 5;

    /** @var Call */
    private $call;
    /** @var string */
    private $id;
    /** @var array */
    private $rows;
    /** @var string */
    private $fingerprint;
    /** @var array|null */
    private $kept;

    /** `$id` is the idempotency id; another call with it must have the same rows. */
    public function __construct(Call $call, string $id, array $rows)
    {
        $this->call = $call;
        $this->id = $id;
        $this->rows = $rows;
        $this->fingerprint = hash('sha256', (string) json_encode($rows));
        if (!$call->database->lock('winkelbrug', self::LOCK_SECONDS)) {
            throw new Problem('busy');
        }
        $this->kept = $call->state->outcome($id);
        if ($this->kept !== null && (!isset($this->kept['rows']) || $this->kept['rows'] !== $this->fingerprint)) {
            throw new Problem('bad-arguments', 'idempotency');
        }
    }

    /** The argument of that name, which every writing operation has. */
    public static function id(Arguments $arguments): string
    {
        $id = $arguments->text('idempotency', '/^[0-9a-f]{32}$/D');
        if ($id === null) {
            throw new Problem('bad-arguments', 'idempotency');
        }
        return $id;
    }

    /** Has nothing of it been done yet? */
    public function fresh(): bool
    {
        return $this->kept === null;
    }

    /** Writes what is not done yet; what became of each row. */
    public function run(RowWriter $writer): array
    {
        $done = $this->kept === null ? [] : $this->kept['done'];
        foreach ($this->rows as $index => $row) {
            if (isset($done[$index])) {
                continue;
            }
            // From here until the outcome is kept, a cut leaves this row's effect unknown. A spent budget
            // leaves the rest so.
            $done[$index] = $writer->pending($row);
            if (!$this->call->budget->spent()) {
                $this->keep($done);
                $done[$index] = $writer->write($row);
            }
        }
        $this->keep($done);
        return $done;
    }

    private function keep(array $done)
    {
        $this->call->state->keep($this->id, ['rows' => $this->fingerprint, 'done' => $done], $this->call->now);
    }
}

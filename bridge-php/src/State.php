<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The bridge's one table in the shop's database: nonces that were used, outcomes of writes, who
 * read last. Rows are dropped when they are old; the table goes with `remove`.
 */
final class State
{
    const NONCE_SECONDS = 1200;
    const OUTCOME_SECONDS = 604800;

    /** @var Database */
    private $database;
    /** @var Platform */
    private $shop;

    public function __construct(Database $database, Platform $shop)
    {
        $this->database = $database;
        $this->shop = $shop;
    }

    /** Takes a nonce: true the first time, false ever after. Fails closed. */
    public function take(string $nonce, int $now): bool
    {
        try {
            return $this->insertNonce($nonce, $now);
        } catch (DatabaseError $error) {
            if ($error->number() !== DatabaseError::NO_SUCH_TABLE) {
                throw new Problem('no-state', (string) $error->number());
            }
        }
        // A wrong prefix must not leave a table behind.
        $this->shop->prove();
        try {
            $this->make();
            return $this->insertNonce($nonce, $now);
        } catch (DatabaseError $error) {
            throw new Problem('no-state', (string) $error->number());
        }
    }

    private function insertNonce(string $nonce, int $now): bool
    {
        try {
            $this->database->change('INSERT INTO {winkelbrug_state} (id, kept_until, content) VALUES (?, ?, ?)', ['n:' . $nonce, $now + self::NONCE_SECONDS, '']);
        } catch (DatabaseError $error) {
            if ($error->number() === DatabaseError::DUPLICATE) {
                return false;
            }
            throw $error;
        }
        // Not each time: a poll is to cost little, and a row too many harms nobody.
        if (strncmp($nonce, '00', 2) === 0) {
            $this->database->change('DELETE FROM {winkelbrug_state} WHERE kept_until < ?', [$now]);
        }
        return true;
    }

    private function make()
    {
        $this->database->change(
            'CREATE TABLE IF NOT EXISTS {winkelbrug_state} (id VARCHAR(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,'
            . ' kept_until BIGINT NOT NULL, content MEDIUMTEXT CHARACTER SET utf8 NOT NULL, PRIMARY KEY (id), KEY kept_until (kept_until)) ENGINE=InnoDB'
        );
    }

    /** Notes who reads and returns the other one that did, if any. */
    public function reader(string $reader, int $now)
    {
        $other = null;
        foreach ($this->database->rows("SELECT id, content FROM {winkelbrug_state} WHERE id LIKE 'r:%' ORDER BY kept_until DESC") as $row) {
            if ($row['id'] !== 'r:' . $reader && $other === null) {
                $other = ['reader' => substr($row['id'], 2), 'at' => $row['content']];
            }
        }
        $this->database->change(
            'REPLACE INTO {winkelbrug_state} (id, kept_until, content) VALUES (?, ?, ?)',
            ['r:' . $reader, $now + 90 * 86400, gmdate('Y-m-d\TH:i:s\Z', $now)]
        );
        return $other;
    }

    /** The kept outcome of a write, or null. */
    public function outcome(string $id)
    {
        $row = $this->database->row('SELECT content FROM {winkelbrug_state} WHERE id = ?', ['w:' . $id]);
        if ($row === null) {
            return null;
        }
        $content = json_decode((string) $row['content'], true);
        return is_array($content) ? $content : null;
    }

    /** Keeps the outcome of a write for seven days. */
    public function keep(string $id, array $outcome, int $now)
    {
        $this->database->change(
            'REPLACE INTO {winkelbrug_state} (id, kept_until, content) VALUES (?, ?, ?)',
            ['w:' . $id, $now + self::OUTCOME_SECONDS, (string) json_encode($outcome)]
        );
    }

    public function drop(): bool
    {
        try {
            $this->database->change('DROP TABLE IF EXISTS {winkelbrug_state}');
            return true;
        } catch (DatabaseError $error) {
            return false;
        }
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** One connection of our own to the shop's database: mysqli or PDO, whichever is there. Values are always bound. */
final class Database
{
    /** @var \PDO|null */
    private $pdo;
    /** @var \mysqli|null */
    private $mysqli;
    /** @var string */
    private $prefix;
    /** @var string */
    private $shared;
    /** @var string */
    private $name;

    /**
     * `$access`: host, port, socket, user, password, database, prefix, charset, and where the shop
     * encrypts its connection `encrypted` => true. The server's certificate is not looked at then: it
     * can only be checked against a file, and the bridge writes none.
     */
    public function __construct(array $access)
    {
        $this->prefix = $access['prefix'];
        $this->shared = isset($access['shared_prefix']) ? $access['shared_prefix'] : $access['prefix'];
        // Where PHP brings its own client, it wants an address of IPv6 in brackets.
        if (strpos($access['host'], ':') !== false && extension_loaded('mysqlnd')) {
            $access['host'] = '[' . $access['host'] . ']';
        }
        $this->name = $access['database'];
        try {
            if (class_exists('mysqli', false)) {
                $this->openMysqli($access);
            } elseif (class_exists('PDO', false) && in_array('mysql', \PDO::getAvailableDrivers(), true)) {
                $this->openPdo($access);
            } else {
                throw new Problem('unsupported', 'database-driver');
            }
        } catch (\mysqli_sql_exception $error) {
            throw self::refused((int) $error->getCode());
        } catch (\PDOException $error) {
            throw self::refused(preg_match('/\[(\d{4})\]/', $error->getMessage(), $found) === 1 ? (int) $found[1] : 0);
        }
    }

    private static function refused(int $code): Problem
    {
        // 1044, 1045, 1049, 1698: user, password or database name wrong; the rest: not reachable.
        return new Problem(in_array($code, [1044, 1045, 1049, 1698], true) ? 'database-refused' : 'database-down', (string) $code);
    }

    private function openMysqli(array $access)
    {
        mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
        $this->mysqli = mysqli_init();
        $this->mysqli->options(MYSQLI_OPT_CONNECT_TIMEOUT, 5);
        $this->mysqli->options(MYSQLI_OPT_LOCAL_INFILE, 0);
        $flags = empty($access['encrypted']) ? 0 : MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT;
        // PHP 7 takes no null for the socket; an empty text is the same to it.
        $this->mysqli->real_connect($access['host'], $access['user'], $access['password'], $access['database'], $access['port'], (string) $access['socket'], $flags);
        $this->mysqli->set_charset($access['charset']);
    }

    private function openPdo(array $access)
    {
        $place = $access['socket'] !== null ? 'unix_socket=' . $access['socket'] : 'host=' . $access['host'] . ';port=' . $access['port'];
        $options = [
            \PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION,
            \PDO::ATTR_EMULATE_PREPARES => false,
            \PDO::ATTR_STRINGIFY_FETCHES => true,
            \PDO::ATTR_TIMEOUT => 5,
            \PDO::MYSQL_ATTR_LOCAL_INFILE => false,
        ];
        if (defined('PDO::MYSQL_ATTR_MULTI_STATEMENTS')) {
            $options[\PDO::MYSQL_ATTR_MULTI_STATEMENTS] = false;
        }
        if (!empty($access['encrypted'])) {
            // Naming any cipher list is what makes PDO encrypt.
            $options[\PDO::MYSQL_ATTR_SSL_CIPHER] = 'DEFAULT';
            if (defined('PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT')) {
                $options[\PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT] = false;
            }
        }
        $dsn = 'mysql:' . $place . ';dbname=' . $access['database'] . ';charset=' . $access['charset'];
        $this->pdo = new \PDO($dsn, $access['user'], $access['password'], $options);
    }

    public function driver(): string
    {
        return $this->pdo !== null ? 'pdo' : 'mysqli';
    }

    public function prefix(): string
    {
        return $this->prefix;
    }

    /** Makes this session unable to write; false where the server does not know how. */
    public function readOnly(): bool
    {
        try {
            $this->change('SET SESSION TRANSACTION READ ONLY');
            return true;
        } catch (DatabaseError $error) {
            return false;
        }
    }

    /** Takes a lock that is the same for every bridge of this shop; it ends with the connection. */
    public function lock(string $name, int $seconds): bool
    {
        $full = $name . ' ' . substr(hash('sha256', $this->name . "\n" . $this->prefix), 0, 32);
        $row = $this->row('SELECT GET_LOCK(?, ?) AS got', [$full, $seconds]);
        return $row !== null && $row['got'] === '1';
    }

    /**
     * Rows as name to text; `{name}` in the statement stands for a table of the shop, `{shared:name}` for
     * one that it has in common with other shops of the same installation.
     */
    public function rows(string $statement, array $values = []): array
    {
        return $this->read($statement, $values, false);
    }

    /**
     * Of rows with two columns, an id and another one: the ids by the other one's, with commas between. For many
     * thousands of them: each row goes into its text as the server sends it, and none is kept besides.
     */
    public function idsBy(string $statement, array $values): array
    {
        return $this->read($statement, $values, true);
    }

    private function read(string $statement, array $values, bool $ids): array
    {
        $sql = $this->named($statement);
        $rows = [];
        try {
            $this->pdo !== null ? $this->pdoRows($sql, $values, $rows, $ids) : $this->mysqliRows($sql, $values, $rows, $ids);
            return $rows;
        } catch (\mysqli_sql_exception $error) {
            throw new DatabaseError((int) $error->getCode());
        } catch (\PDOException $error) {
            throw new DatabaseError(isset($error->errorInfo[1]) ? (int) $error->errorInfo[1] : 0);
        }
    }

    /** The first row, or null. */
    public function row(string $statement, array $values = [])
    {
        $rows = $this->rows($statement, $values);
        return $rows === [] ? null : $rows[0];
    }

    /**
     * What it means that a table of the shop is not there: its tables begin otherwise, or there are none.
     * `$table` is one that no other shop program has. Any other error is the answer itself.
     */
    public function withoutTables(DatabaseError $error, string $table): \Throwable
    {
        if ($error->number() !== DatabaseError::NO_SUCH_TABLE) {
            return $error;
        }
        return $this->elsewhere($table);
    }

    /** No shop under this prefix: is there one under another? */
    public function elsewhere(string $table): Problem
    {
        $found = $this->row(
            'SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE ?',
            ['%' . str_replace('_', '\\_', $table)]
        );
        return new Problem($found !== null && (int) $found['n'] > 0 ? 'prefix-wrong' : 'not-a-shop');
    }

    /** Runs a statement that changes something; how many rows it changed. */
    public function change(string $statement, array $values = []): int
    {
        $sql = $this->named($statement);
        try {
            if ($this->pdo !== null) {
                $prepared = $this->pdo->prepare($sql);
                $prepared->execute(array_values($values));
                return $prepared->rowCount();
            }
            $prepared = $this->bound($sql, $values);
            $changed = $prepared->affected_rows;
            $prepared->close();
            return (int) $changed;
        } catch (\mysqli_sql_exception $error) {
            throw new DatabaseError((int) $error->getCode());
        } catch (\PDOException $error) {
            throw new DatabaseError(isset($error->errorInfo[1]) ? (int) $error->errorInfo[1] : 0);
        }
    }

    /** From here to `keep` or `undo` changes belong together; tables without transactions (MyISAM) take each at once. */
    public function begin()
    {
        $this->pdo !== null ? $this->pdo->beginTransaction() : $this->mysqli->begin_transaction();
    }

    public function keep()
    {
        $this->pdo !== null ? $this->pdo->commit() : $this->mysqli->commit();
    }

    public function undo()
    {
        $this->pdo !== null ? $this->pdo->rollBack() : $this->mysqli->rollback();
    }

    /** `?, ?, ?` for a list of values. */
    public static function places(array $values): string
    {
        return implode(', ', array_fill(0, count($values), '?'));
    }

    private function named(string $statement): string
    {
        return (string) preg_replace(['/\{([a-z_][a-z0-9_]*)\}/', '/\{shared:([a-z_]+)\}/'], ['`' . $this->prefix . '$1`', '`' . $this->shared . '$1`'], $statement);
    }

    private function pdoRows(string $sql, array $values, array &$rows, bool $ids)
    {
        $this->pdo->setAttribute(\PDO::MYSQL_ATTR_USE_BUFFERED_QUERY, !$ids);
        try {
            $prepared = $this->pdo->prepare($sql);
            $prepared->execute(array_values($values));
            if ($prepared->columnCount() === 0) {
                return;
            }
            while (($row = $prepared->fetch(\PDO::FETCH_ASSOC)) !== false) {
                self::take($row, $rows, $ids);
            }
            $prepared->closeCursor();
        } finally {
            $this->pdo->setAttribute(\PDO::MYSQL_ATTR_USE_BUFFERED_QUERY, true);
        }
    }

    private function mysqliRows(string $sql, array $values, array &$rows, bool $ids)
    {
        if ($values === []) {
            $result = $this->mysqli->query($sql);
            if ($result !== true) {
                self::fetched($result, $rows, $ids);
            }
            return;
        }
        $prepared = $this->bound($sql, $values);
        // Only a PHP with a database client of its own (mysqlnd) can do this, which takes all rows in at once; others,
        // and whoever wants ids, bind column by column.
        if (!$ids && method_exists($prepared, 'get_result')) {
            $result = $prepared->get_result();
            if ($result !== false) {
                self::fetched($result, $rows, $ids);
            }
            $prepared->close();
            return;
        }
        $meta = $prepared->result_metadata();
        if ($meta !== false) {
            $row = [];
            $places = [];
            foreach ($meta->fetch_fields() as $field) {
                $row[$field->name] = null;
                $places[] = &$row[$field->name];
            }
            if (!$ids) {
                $prepared->store_result();
            }
            $prepared->bind_result(...$places);
            while ($prepared->fetch()) {
                $copy = [];
                foreach ($row as $name => $value) {
                    $copy[$name] = $value;
                }
                self::take($copy, $rows, $ids);
            }
        }
        $prepared->close();
    }

    /** Row by row, so that a page is in memory once. */
    private static function fetched(\mysqli_result $result, array &$rows, bool $ids)
    {
        while (($row = $result->fetch_assoc()) !== null) {
            self::take($row, $rows, $ids);
        }
        $result->free();
    }

    private static function take(array $row, array &$rows, bool $ids)
    {
        if (!$ids) {
            $rows[] = self::text($row);
            return;
        }
        $id = (string) reset($row);
        $of = (string) next($row);
        $rows[$of] = isset($rows[$of]) ? $rows[$of] . ',' . $id : $id;
    }

    private function bound(string $sql, array $values): \mysqli_stmt
    {
        $prepared = $this->mysqli->prepare($sql);
        if ($values !== []) {
            $texts = array_map('strval', array_values($values));
            $prepared->bind_param(str_repeat('s', count($texts)), ...$texts);
        }
        $prepared->execute();
        return $prepared;
    }

    /** Numbers as text too, so that a shop's locale or a float never touches an amount. */
    private static function text(array $row): array
    {
        foreach ($row as $name => $value) {
            if ($value !== null && !is_string($value)) {
                $row[$name] = (string) $value;
            }
        }
        return $row;
    }
}

<?php
/*
 * Winkelbrug bridge. Put here by the Winkelbrug program of the owner of this shop, to bring orders
 * into the bookkeeping and stock figures back. It answers only requests signed with the key of this
 * very upload; anybody else sees a refusal. To remove it: "winkelbrug withdraw" on the owner's PC,
 * or delete this file and the table whose name ends in winkelbrug_state.
 */
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** A failure after a right signature: a code and a place, never a text of PHP or the database. */
final class Problem extends \Exception
{
    /** @var string */
    private $place;

    public function __construct(string $code, string $place = '')
    {
        parent::__construct($code);
        $this->place = $place;
    }

    public function place(): string
    {
        return $this->place;
    }
}

/** A statement the database refused, by its number. */
final class DatabaseError extends \Exception
{
    const NO_SUCH_TABLE = 1146;
    const DUPLICATE = 1062;

    /** @var int */
    private $number;

    public function __construct(int $number)
    {
        parent::__construct('database');
        $this->number = $number;
    }

    public function number(): int
    {
        return $this->number;
    }
}

/** One request as it came: method, raw body and our four headers. Nothing else of it is ever looked at. */
final class Request
{
    const LARGEST_BODY = 65536;

    /** @var string */
    public $method;
    /** @var string */
    public $body;
    /** @var string */
    public $key;
    /** @var string */
    public $time;
    /** @var string */
    public $nonce;
    /** @var string */
    public $signature;
    /** @var string */
    public $address;

    public function __construct(string $method, string $body, string $key, string $time, string $nonce, string $signature, string $address)
    {
        $this->method = $method;
        $this->body = $body;
        $this->key = $key;
        $this->time = $time;
        $this->nonce = $nonce;
        $this->signature = $signature;
        $this->address = $address;
    }

    /** Reads the request of this process, at most one byte more than is allowed. */
    public static function current(): Request
    {
        $method = self::server('REQUEST_METHOD');
        $length = self::server('CONTENT_LENGTH');
        $body = '';
        if ($method === 'POST' && (int) $length <= self::LARGEST_BODY) {
            $read = file_get_contents('php://input', false, null, 0, self::LARGEST_BODY + 1);
            $body = is_string($read) ? $read : '';
        } elseif ($method === 'POST') {
            $body = str_repeat(' ', self::LARGEST_BODY + 1);
        }
        return new Request(
            $method,
            $body,
            self::server('HTTP_X_WINKELBRUG_KEY'),
            self::server('HTTP_X_WINKELBRUG_TIME'),
            self::server('HTTP_X_WINKELBRUG_NONCE'),
            self::server('HTTP_X_WINKELBRUG_SIGNATURE'),
            self::server('REMOTE_ADDR')
        );
    }

    /** One server variable as text; anything else counts as absent. */
    private static function server(string $name): string
    {
        return isset($_SERVER[$name]) && is_string($_SERVER[$name]) ? $_SERVER[$name] : '';
    }

    public function digest(): string
    {
        return hash('sha256', $this->body);
    }
}

/** The list of addresses a file answers to: exact ones or CIDR blocks, IPv4 and IPv6. */
final class Addresses
{
    public static function allowed(string $list, string $address): bool
    {
        if ($list === '') {
            return true;
        }
        $asked = self::binary($address);
        if ($asked === null) {
            return false;
        }
        foreach (explode(',', $list) as $entry) {
            if (self::matches(trim($entry), $asked)) {
                return true;
            }
        }
        return false;
    }

    private static function matches(string $entry, string $asked): bool
    {
        $parts = explode('/', $entry);
        $base = self::binary($parts[0]);
        if ($base === null || strlen($base) !== strlen($asked)) {
            return false;
        }
        $whole = 8 * strlen($base);
        // The bits before an IPv4 address that is written as IPv6.
        $before = $whole === 32 && strpos($parts[0], ':') !== false ? 96 : 0;
        $length = isset($parts[1]) ? $parts[1] : (string) ($before + $whole);
        if (count($parts) > 2 || preg_match('/^[0-9]{1,3}$/D', $length) !== 1) {
            return false;
        }
        $bits = (int) $length - $before;
        if ($bits < 0 || $bits > $whole) {
            return false;
        }
        $bytes = intdiv($bits, 8);
        if (substr($base, 0, $bytes) !== substr($asked, 0, $bytes)) {
            return false;
        }
        $rest = $bits % 8;
        if ($rest === 0) {
            return true;
        }
        $mask = (0xff << (8 - $rest)) & 0xff;
        return (ord($base[$bytes]) & $mask) === (ord($asked[$bytes]) & $mask);
    }

    /** Packed form; an IPv4 address written as IPv6 counts as IPv4. */
    private static function binary(string $address)
    {
        if (filter_var($address, FILTER_VALIDATE_IP) === false) {
            return null;
        }
        $packed = inet_pton($address);
        if (!is_string($packed)) {
            return null;
        }
        $mapped = str_repeat("\0", 10) . "\xff\xff";
        return strlen($packed) === 16 && substr($packed, 0, 12) === $mapped ? substr($packed, 12) : $packed;
    }
}

/** Keys, key id, and whether a request's signature is right. */
final class Signature
{
    /** First 32 hex digits of SHA-256 over the public key, or of an HMAC with the request key. */
    public static function keyId(): string
    {
        $full = Deployment::VARIANT === 'ecdsa'
            ? hash('sha256', (string) hex2bin(Deployment::PUBLIC_KEY))
            : hash_hmac('sha256', 'WB1 keyid', Deployment::requestKey());
        return substr($full, 0, 32);
    }

    public static function signedBytes(Request $request): string
    {
        return implode("\n", [
            'WB1 request',
            Deployment::BRIDGE_ID,
            $request->key,
            $request->time,
            $request->nonce,
            $request->digest(),
        ]);
    }

    public static function holds(Request $request): bool
    {
        $bytes = self::signedBytes($request);
        if (Deployment::VARIANT === 'hmac') {
            $right = hash_hmac('sha256', $bytes, Deployment::requestKey());
            return strlen($request->signature) === 64 && hash_equals($right, $request->signature);
        }
        if (!function_exists('openssl_verify')) {
            return false;
        }
        $signature = hex2bin($request->signature);
        $pem = "-----BEGIN PUBLIC KEY-----\n"
            . chunk_split(base64_encode((string) hex2bin(Deployment::PUBLIC_KEY)), 64, "\n")
            . "-----END PUBLIC KEY-----\n";
        // 1 is right, 0 is wrong, -1 is an error and would count as true.
        return is_string($signature) && openssl_verify($bytes, $signature, $pem, OPENSSL_ALGO_SHA256) === 1;
    }

    /** A key of its own for each kind of answer. */
    public static function labelKey(string $label): string
    {
        return hash_hmac('sha256', $label, Deployment::answerKey(), true);
    }
}

/**
 * The one way in. Nothing of the shop is touched before a request stands here with a right
 * signature and a right time. Only `decide` can make one, and the dispatcher takes nothing else.
 */
final class Gate
{
    const WINDOW = 300;

    const REFUSED = 'refused';
    const CLOCK = 'clock';
    const OPEN = 'open';

    /** @var string */
    private $decision;

    private function __construct(string $decision)
    {
        $this->decision = $decision;
    }

    /** Decides on a request: file, shape, key, signature, address, time; in this order. */
    public static function decide(Request $request, int $now): Gate
    {
        if (!Deployment::sound($now) || !self::wellFormed($request)) {
            return new Gate(self::REFUSED);
        }
        // Both, always: the time a refusal takes does not tell which of them was wrong.
        $known = hash_equals(Signature::keyId(), $request->key);
        $signed = Signature::holds($request);
        if (!$known || !$signed) {
            return new Gate(self::REFUSED);
        }
        if (!Addresses::allowed(Deployment::ALLOW_FROM, $request->address)) {
            return new Gate(self::REFUSED);
        }
        return new Gate(abs($now - (int) $request->time) <= self::WINDOW ? self::OPEN : self::CLOCK);
    }

    public function decision(): string
    {
        return $this->decision;
    }

    private static function wellFormed(Request $request): bool
    {
        $signature = Deployment::VARIANT === 'hmac' ? '/^[0-9a-f]{64}$/D' : '/^(?:[0-9a-f]{2}){8,72}$/D';
        return $request->method === 'POST'
            && strlen($request->body) <= Request::LARGEST_BODY
            && preg_match('/^[0-9a-f]{32}$/D', $request->key) === 1
            && preg_match('/^[0-9]{10}$/D', $request->time) === 1
            && preg_match('/^[0-9a-f]{32}$/D', $request->nonce) === 1
            && preg_match($signature, $request->signature) === 1;
    }
}

/** Streams an answer line by line and closes it with its MAC. */
final class Answer
{
    const VERSION = '0.1.0';

    /** @var resource|\HashContext */
    private $mac;
    /** @var int */
    private $records = 0;
    /** @var int */
    private $bytes = 0;
    /** @var int */
    private $status;
    /** @var string */
    private $pending = '';
    /** @var bool */
    private $started = false;
    /** @var bool */
    private $ended = false;

    public function __construct(Request $request, string $operation, int $status = 200, string $label = 'WB1 answer')
    {
        $this->status = $status;
        $this->mac = hash_init('sha256', HASH_HMAC, Signature::labelKey($label));
        hash_update($this->mac, implode("\n", [$label, Deployment::BRIDGE_ID, $request->nonce, $request->digest()]) . "\n");
        // With each answer, so that a file somebody changed is never worked with, not even for a day.
        $own = $label === 'WB1 answer' ? ['file' => (string) hash_file('sha256', __FILE__)] : [];
        $this->write('{"winkelbrug":1,' . substr(self::json(['op' => $operation, 'version' => self::VERSION] + $own), 1) . "\n");
    }

    /** One record, one line. */
    public function record(array $record)
    {
        $this->write(self::json($record) . "\n");
        $this->records++;
    }

    public function records(): int
    {
        return $this->records;
    }

    /** Bytes so far. */
    public function bytes(): int
    {
        return $this->bytes;
    }

    /** Closes the answer. `$extra` may hold `next` and figures of that kind of answer. */
    public function end(bool $more = false, $next = null, $error = null, array $extra = [])
    {
        $this->ended = true;
        $end = ['records' => $this->records, 'more' => $more, 'next' => $next, 'error' => $error] + $extra;
        $bytes = '{"end":' . self::json($end);
        $this->write($bytes);
        $this->send(',"mac":"' . hash_final($this->mac) . "\"}\n");
        $this->flush();
    }

    /** Ends with an error; what went before it is still counted. */
    public function fail(string $code, string $place = '')
    {
        $this->end(false, null, ['code' => $code, 'place' => $place]);
    }

    /** PHP stops for its own reasons (time, memory): at least that is said. */
    public function cut()
    {
        if (!$this->ended) {
            $this->fail('internal', 'cut');
        }
    }

    private function write(string $bytes)
    {
        hash_update($this->mac, $bytes);
        $this->send($bytes);
    }

    private function send(string $bytes)
    {
        $this->bytes += strlen($bytes);
        $this->pending .= $bytes;
        if (strlen($this->pending) > 65536) {
            $this->flush();
        }
    }

    private function flush()
    {
        if (!$this->started) {
            $this->started = true;
            self::headers($this->status, 'application/x-ndjson; charset=utf-8');
        }
        echo $this->pending;
        $this->pending = '';
        flush();
    }

    /** Throws away what others printed before us, then says what comes. */
    public static function headers(int $status, string $type)
    {
        while (ob_get_level() > 0 && @ob_end_clean()) {
            continue;
        }
        if (headers_sent()) {
            return;
        }
        http_response_code($status);
        header('Content-Type: ' . $type);
        if (function_exists('header_remove')) {
            header_remove('X-Powered-By');
        }
        header('Cache-Control: no-store');
        header('X-Robots-Tag: noindex');
        header('X-Content-Type-Options: nosniff');
    }

    private static function json(array $value): string
    {
        $flags = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PARTIAL_OUTPUT_ON_ERROR;
        if (defined('JSON_INVALID_UTF8_SUBSTITUTE')) {
            $flags |= JSON_INVALID_UTF8_SUBSTITUTE;
        }
        $json = json_encode($value, $flags);
        if (json_last_error() === JSON_ERROR_UTF8) {
            // PHP before 7.2 cannot substitute by itself.
            array_walk_recursive($value, [self::class, 'mend']);
            $json = json_encode($value, $flags);
        }
        return (string) $json;
    }

    /** Puts a replacement character for each byte of a text that is no UTF-8. */
    private static function mend(&$value)
    {
        if (is_string($value) && preg_match('//u', $value) !== 1) {
            $value = (string) preg_replace('/[\x80-\xff]/', "\xef\xbf\xbd", $value);
        }
    }

    /** The one refusal: the same bytes whatever was wrong. */
    public static function refuse()
    {
        self::headers(403, 'text/plain; charset=utf-8');
        echo "winkelbrug-bridge: refused\n";
    }
}

/** Arguments of an operation: known names and shapes only. */
final class Arguments
{
    const MOMENT = '/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z$/D';
    const ID = '/^[0-9]{1,18}$/D';
    const STOCK_KEY = '/^[poc]:[1-9][0-9]{0,17}$/D';
    const AMOUNT = '/^-?[0-9]{1,12}(?:\.[0-9]{1,6})?$/D';

    /** @var array */
    private $values;

    public function __construct(array $values, array $known)
    {
        foreach (array_keys($values) as $name) {
            if (!in_array($name, $known, true)) {
                throw new Problem('bad-arguments', (string) substr((string) preg_replace('/[^a-z_]/', '', (string) $name), 0, 20));
            }
        }
        $this->values = $values;
    }

    public function has(string $name): bool
    {
        return isset($this->values[$name]);
    }

    /** A text of a given form; null when absent. */
    public function text(string $name, string $form)
    {
        if (!$this->has($name)) {
            return null;
        }
        $value = $this->values[$name];
        if (!is_string($value) || preg_match($form, $value) !== 1) {
            throw new Problem('bad-arguments', $name);
        }
        return $value;
    }

    /** A moment in UTC; null when absent. */
    public function moment(string $name)
    {
        return $this->text($name, self::MOMENT);
    }

    /** A number within bounds, or the default. */
    public function number(string $name, int $default, int $most): int
    {
        if (!$this->has($name)) {
            return $default;
        }
        $value = $this->values[$name];
        if (!is_int($value) || $value < 1 || $value > $most) {
            throw new Problem('bad-arguments', $name);
        }
        return $value;
    }

    /** A list of texts of a given form; null when absent. */
    public function texts(string $name, string $form, int $most)
    {
        if (!$this->has($name)) {
            return null;
        }
        $list = $this->values[$name];
        if (!is_array($list) || count($list) > $most || array_keys($list) !== range(0, count($list) - 1) && $list !== []) {
            throw new Problem('bad-arguments', $name);
        }
        foreach ($list as $value) {
            if (!is_string($value) || preg_match($form, $value) !== 1) {
                throw new Problem('bad-arguments', $name);
            }
        }
        return $list;
    }

    /** A keyset position {stamp, id}; null when absent. */
    public function position(string $name)
    {
        if (!$this->has($name)) {
            return null;
        }
        $value = $this->values[$name];
        if (!is_array($value) || count($value) !== 2) {
            throw new Problem('bad-arguments', $name);
        }
        $inner = new Arguments($value, ['stamp', 'id']);
        return [
            'stamp' => (string) $inner->text('stamp', '/^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$/D'),
            'id' => (string) $inner->text('id', self::ID),
        ];
    }

    /**
     * A list of objects, each with exactly these names and of `$may` what it likes, all texts of the
     * form given.
     */
    public function rows(string $name, array $must, int $most, array $may = []): array
    {
        $list = isset($this->values[$name]) ? $this->values[$name] : null;
        if (!is_array($list) || $list === [] || count($list) > $most || array_keys($list) !== range(0, count($list) - 1)) {
            throw new Problem('bad-arguments', $name);
        }
        $forms = $must + $may;
        foreach ($list as $row) {
            if (!is_array($row) || array_diff_key($must, $row) !== []) {
                throw new Problem('bad-arguments', $name);
            }
            foreach ($row as $field => $value) {
                if (!isset($forms[$field]) || !is_string($value) || preg_match($forms[$field], $value) !== 1) {
                    throw new Problem('bad-arguments', $name);
                }
            }
        }
        return $list;
    }
}

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

/** How long a page may take and how much memory it may use, well under what the host allows. */
final class Budget
{
    const MOST_SECONDS = 20;

    /** @var float */
    private $start;
    /** @var int */
    private $seconds;
    /** @var int */
    private $memory;

    public function __construct()
    {
        $this->start = microtime(true);
        $allowed = (int) ini_get('max_execution_time');
        $this->seconds = $allowed > 0 ? max(1, min(self::MOST_SECONDS, intdiv($allowed * 6, 10))) : self::MOST_SECONDS;
        $limit = self::bytes((string) ini_get('memory_limit'));
        $this->memory = $limit > 0 ? (int) floor($limit * 6 / 10) : 96 * 1048576;
    }

    /** A float: a PHP of 32 bits cannot hold some limits as a whole number. */
    private static function bytes(string $text): float
    {
        $units = ['k' => 1024, 'm' => 1048576, 'g' => 1073741824];
        $unit = strtolower(substr($text, -1));
        return min((float) PHP_INT_MAX, (float) (int) $text * (isset($units[$unit]) ? $units[$unit] : 1));
    }

    public function spent(): bool
    {
        return microtime(true) - $this->start > $this->seconds || memory_get_usage(true) > $this->memory;
    }

    public function seconds(): int
    {
        return $this->seconds;
    }

    public function memory(): int
    {
        return $this->memory;
    }
}

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

/** Makes text of the shop fit to leave it: valid UTF-8, no control characters, unescaped once. */
final class Cleaner
{
    /** Where Windows-1252 differs from ISO 8859-1; its five holes become a replacement character. */
    const WINDOWS_1252 = [
        0x80 => '€', 0x81 => '�', 0x82 => '‚', 0x83 => 'ƒ', 0x84 => '„', 0x85 => '…', 0x86 => '†', 0x87 => '‡',
        0x88 => 'ˆ', 0x89 => '‰', 0x8a => 'Š', 0x8b => '‹', 0x8c => 'Œ', 0x8d => '�', 0x8e => 'Ž', 0x8f => '�',
        0x90 => '�', 0x91 => '‘', 0x92 => '’', 0x93 => '“', 0x94 => '”', 0x95 => '•', 0x96 => '–', 0x97 => '—',
        0x98 => '˜', 0x99 => '™', 0x9a => 'š', 0x9b => '›', 0x9c => 'œ', 0x9d => '�', 0x9e => 'ž', 0x9f => 'Ÿ',
    ];

    /** @var array<int, string> */
    private $remarks = [];

    /** What had to be mended since the last call. */
    public function remarks(): array
    {
        $remarks = array_values(array_unique($this->remarks));
        $this->remarks = [];
        return $remarks;
    }

    /** Notes something for the record that is being made. */
    public function remark(string $remark)
    {
        $this->remarks[] = $remark;
    }

    /** Notes which of these amounts are none (NULL, or no number): that is not nothing. */
    public function amounts(array $row, array $names, string $of)
    {
        foreach ($names as $name) {
            if (!isset($row[$name]) || !is_numeric(trim((string) $row[$name]))) {
                $this->remarks[] = 'no_amount:' . $of . '.' . $name;
            }
        }
    }

    /** Text that OpenCart stored HTML-escaped (every form field passes `htmlspecialchars`). */
    public function text($value, string $field, bool $lines = false): string
    {
        return $this->plain(html_entity_decode($this->utf8((string) $value, $field), ENT_QUOTES | ENT_HTML401, 'UTF-8'), $lines);
    }

    /** Text that the shop stores as it was typed: tags and entities in it are the buyer's own letters. */
    public function verbatim($value, string $field, bool $lines = false): string
    {
        return $this->plain($this->utf8((string) $value, $field), $lines);
    }

    /** An object or list out of a JSON column; an empty one, with a remark, when it cannot be read. */
    public function json($value, string $field): array
    {
        $text = $this->utf8((string) $value, $field);
        $content = json_decode($text, true, 16);
        if (!is_array($content) && trim($text) !== '') {
            $this->remarks[] = 'unreadable:' . $field;
        }
        return is_array($content) ? $content : [];
    }

    private function plain(string $text, bool $lines): string
    {
        $text = str_replace(["\r\n", "\r"], "\n", $text);
        $pattern = $lines ? '/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/' : '/[\x00-\x1f\x7f]/';
        return (string) preg_replace($pattern, $lines ? '' : ' ', $text);
    }

    /** Valid UTF-8 stays; anything else is read as Windows-1252, value by value. */
    private function utf8(string $value, string $field): string
    {
        if (preg_match('//u', $value) === 1) {
            return $value;
        }
        $this->remarks[] = 'latin1_repaired:' . $field;
        $text = '';
        for ($at = 0; $at < strlen($value); $at++) {
            $code = ord($value[$at]);
            $text .= $code < 0x80 ? $value[$at] : (isset(self::WINDOWS_1252[$code]) ? self::WINDOWS_1252[$code] : chr(0xc0 | ($code >> 6)) . chr(0x80 | ($code & 0x3f)));
        }
        return $text;
    }
}

/** The shop's local times and UTC, in both directions, with the hour that repeats each autumn. */
final class ShopTime
{
    /** @var \DateTimeZone */
    private $zone;
    /** @var string */
    private $source;

    public function __construct(string $zone, string $source)
    {
        try {
            $this->zone = new \DateTimeZone($zone);
            $this->source = $source;
        } catch (\Exception $error) {
            $this->zone = new \DateTimeZone('UTC');
            $this->source = 'unknown';
        }
    }

    public function name(): string
    {
        return $this->zone->getName();
    }

    public function source(): string
    {
        return $this->source;
    }

    /** UTC of a local text; null for `0000-00-00`. Of a time that occurs twice, the first. */
    public function utc($local)
    {
        if (!is_string($local) || preg_match('/^([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})/', $local, $part) !== 1 || $part[1] === '0000') {
            return null;
        }
        $wall = gmmktime((int) $part[4], (int) $part[5], (int) $part[6], (int) $part[2], (int) $part[3], (int) $part[1]);
        // The offset that held a day before comes first: where both fit, the clock has just gone back.
        $before = $wall - $this->offset($wall - 86400);
        $after = $wall - $this->offset($wall + 86400);
        $moment = $this->offset($before) === $wall - $before || $this->offset($after) !== $wall - $after ? $before : $after;
        return gmdate('Y-m-d\TH:i:s\Z', $moment);
    }

    /** `YYYY-MM-DDTHH:MM:SS` on the shop's clock of a moment in UTC. */
    public function localText(string $utc): string
    {
        $moment = (new \DateTime($utc, new \DateTimeZone('UTC')))->getTimestamp();
        return str_replace(' ', 'T', self::local($moment, $this->offset($moment)));
    }

    /**
     * The local text from which on everything changed at or after that moment is found. Where the
     * clock goes back soon after, it is the time it goes back to: nothing of the repeated hour is
     * passed over.
     */
    public function localSince(string $utc): string
    {
        $moment = (new \DateTime($utc, new \DateTimeZone('UTC')))->getTimestamp();
        $earliest = self::local($moment, $this->offset($moment));
        $transitions = $this->zone->getTransitions($moment - 1, $moment + 3 * 3600);
        foreach (is_array($transitions) ? array_slice($transitions, 1) : [] as $transition) {
            $earliest = min($earliest, self::local($transition['ts'], $transition['offset']));
        }
        return $earliest;
    }

    /**
     * By how many seconds local time is ahead, from a UTC text on: pairs of seconds and the UTC text until
     * which they hold, the last of them without an end.
     */
    public function offsets(string $from): array
    {
        $moment = (int) strtotime($from . ' UTC');
        $transitions = $this->zone->getTransitions($moment, time() + 2 * 366 * 86400);
        $steps = [];
        $ahead = $this->offset($moment);
        foreach (is_array($transitions) ? array_slice($transitions, 1) : [] as $transition) {
            $steps[] = ['seconds' => $ahead, 'until' => self::local($transition['ts'], 0)];
            $ahead = $transition['offset'];
        }
        $steps[] = ['seconds' => $ahead, 'until' => null];
        return $steps;
    }

    private function offset(int $moment): int
    {
        return $this->zone->getOffset(new \DateTime('@' . $moment, new \DateTimeZone('UTC')));
    }

    private static function local(int $moment, int $offset): string
    {
        return gmdate('Y-m-d H:i:s', $moment + $offset);
    }
}

/**
 * A value in PHP source, worked out without running it: literals, known constants and variables, the
 * environment, joined by `.`, with `?:`, `??` and `? :`.
 */
final class Expression
{
    const READERS = ['getenv', 'getenv_docker', 'env'];

    /** @var array tokens without white space and comments */
    private $tokens;
    /** @var int */
    private $at;
    /** @var array<string, string> constants and, with their `$`, variables known so far */
    private $known;
    /** @var Environment|null */
    private $environment;
    /** @var bool */
    private $sure = true;

    public function __construct(array $tokens, int $at, array $known, $environment)
    {
        $this->tokens = $tokens;
        $this->at = $at;
        $this->known = $known;
        $this->environment = $environment;
    }

    /** Its text when it ends at one of these; null when it is anything else. */
    public function text(array $ends)
    {
        $value = $this->choice();
        return $this->sure && in_array($this->token(), $ends, true) ? (string) $value : null;
    }

    private function token()
    {
        return isset($this->tokens[$this->at]) ? $this->tokens[$this->at] : null;
    }

    /** Is this the next token, and if so: past it. */
    private function next($wanted): bool
    {
        $token = $this->token();
        $is = is_array($token) ? $token[0] === $wanted : $token === $wanted;
        $this->at += $is ? 1 : 0;
        return $is;
    }

    private function unknown()
    {
        $this->sure = false;
        return null;
    }

    private function choice()
    {
        $value = $this->joined();
        if ($this->next(T_COALESCE)) {
            $other = $this->choice();
            return $value !== null ? $value : $other;
        }
        if (!$this->next('?')) {
            return $value;
        }
        $full = $value !== null && $value !== '' && $value !== '0';
        if ($this->next(':')) {
            $other = $this->choice();
            return $full ? $value : $other;
        }
        $yes = $this->choice();
        if (!$this->next(':')) {
            return $this->unknown();
        }
        $no = $this->choice();
        return $full ? $yes : $no;
    }

    private function joined()
    {
        $value = $this->part();
        while ($this->sure && $this->next('.')) {
            $value = $value . $this->part();
        }
        return $value;
    }

    private function part()
    {
        $token = $this->token();
        $this->at++;
        if ($token === '(') {
            $value = $this->choice();
            return $this->next(')') ? $value : $this->unknown();
        }
        if (!is_array($token)) {
            return $this->unknown();
        }
        switch ($token[0]) {
            case T_CONSTANT_ENCAPSED_STRING:
                return self::literal($token[1]);
            case T_LNUMBER:
            case T_DNUMBER:
                return $token[1];
            case T_STRING_CAST:
                return $this->part();
            case T_VARIABLE:
                return $this->variable($token[1]);
            case T_STRING:
                return $this->named($token[1]);
        }
        return $this->unknown();
    }

    private function variable(string $name)
    {
        if (in_array(substr($name, 1), ['_ENV', '_SERVER'], true)) {
            $key = $this->next('[') ? $this->part() : null;
            return is_string($key) && $this->next(']') ? $this->surroundings($key) : $this->unknown();
        }
        return isset($this->known[$name]) ? $this->known[$name] : $this->unknown();
    }

    private function named(string $name)
    {
        if (in_array(strtolower($name), self::READERS, true) && $this->next('(')) {
            $key = $this->part();
            $default = $this->next(',') ? $this->choice() : null;
            if (!is_string($key) || !$this->next(')')) {
                return $this->unknown();
            }
            $value = $this->surroundings($key);
            // The image of WordPress for Docker also looks for the name of a file with the value in it.
            if (strtolower($name) === 'getenv_docker' && $this->environment !== null && $this->environment->get($key . '_FILE') !== null) {
                return $this->unknown();
            }
            return $value !== null || strtolower($name) !== 'getenv_docker' ? $value : $default;
        }
        if (isset($this->known[$name])) {
            return $this->known[$name];
        }
        return in_array(strtolower($name), ['null', 'false'], true) ? null : $this->unknown();
    }

    private function surroundings(string $key)
    {
        return $this->environment === null ? $this->unknown() : $this->environment->get($key);
    }

    /** The text of a quoted literal without variables in it. */
    public static function literal(string $quoted): string
    {
        $inner = substr($quoted, 1, -1);
        if ($quoted[0] === "'") {
            return strtr($inner, ['\\\\' => '\\', "\\'" => "'"]);
        }
        return strtr($inner, ['\\\\' => '\\', '\\"' => '"', '\\$' => '$', '\\n' => "\n", '\\t' => "\t", '\\r' => "\r"]);
    }
}

/**
 * The constants and variables a PHP configuration file defines, read as text: the file is tokenised
 * and never run.
 */
final class Constants
{
    /** @var array<string, string> constants, and variables with their `$` */
    private $found;

    /** `$environment` is an Environment, or null for a configuration that never asks one. */
    public function __construct(string $source, $environment = null)
    {
        if (!function_exists('token_get_all')) {
            throw new Problem('unsupported', 'tokenizer');
        }
        $this->found = self::read($source, $environment);
    }

    /** Of a file of the shop; `$shown` is its name for the owner. */
    public static function ofFile(string $file, string $shown, $environment = null): Constants
    {
        if (!is_file($file)) {
            throw new Problem('config-missing', $shown);
        }
        $source = @file_get_contents($file);
        if (!is_string($source)) {
            throw new Problem('config-unreadable', $shown);
        }
        return new Constants($source, $environment);
    }

    /** A constant's (or, with its `$`, a variable's) value; empty when it is not there or cannot be known. */
    public function get(string $name): string
    {
        return isset($this->found[$name]) ? $this->found[$name] : '';
    }

    /** The first of these that is there, or null. */
    public function first(array $names)
    {
        foreach ($names as $name) {
            if (isset($this->found[$name])) {
                return $this->found[$name];
            }
        }
        return null;
    }

    /** Every `define('NAME', value)`, of which the first counts, and every `$name = value;`, of which the last does. */
    private static function read(string $source, $environment): array
    {
        $tokens = [];
        foreach (token_get_all($source) as $token) {
            if (!is_array($token) || !in_array($token[0], [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT], true)) {
                $tokens[] = $token;
            }
        }
        $found = [];
        $count = count($tokens);
        for ($at = 0; $at + 2 < $count; $at++) {
            if (!is_array($tokens[$at])) {
                continue;
            }
            if ($tokens[$at][0] === T_VARIABLE && $tokens[$at + 1] === '=') {
                $value = (new Expression($tokens, $at + 2, $found, $environment))->text([';']);
                if ($value !== null) {
                    $found[$tokens[$at][1]] = $value;
                }
            }
            if ($tokens[$at][0] !== T_STRING || strtolower($tokens[$at][1]) !== 'define' || $tokens[$at + 1] !== '(') {
                continue;
            }
            $name = is_array($tokens[$at + 2]) && $tokens[$at + 2][0] === T_CONSTANT_ENCAPSED_STRING ? Expression::literal($tokens[$at + 2][1]) : '';
            if ($name === '' || !isset($tokens[$at + 3]) || $tokens[$at + 3] !== ',' || isset($found[$name])) {
                continue;
            }
            $value = (new Expression($tokens, $at + 4, $found, $environment))->text([')']);
            if ($value !== null) {
                $found[$name] = $value;
            }
        }
        return $found;
    }
}

/** Where a database is, out of the many forms in which shops write it down. */
final class DatabasePlace
{
    /** `host`, `host:port`, `host:/socket`, `/socket`, `[::1]:3306`, `p:host`. */
    public static function of(string $host, string $port): array
    {
        $host = strncmp($host, 'p:', 2) === 0 ? substr($host, 2) : $host;
        $number = preg_match('/^[0-9]{1,5}$/D', $port) === 1 ? (int) $port : 3306;
        $slash = strpos($host, '/');
        if ($slash !== false) {
            return ['host' => 'localhost', 'port' => $number, 'socket' => substr($host, $slash)];
        }
        if (preg_match('/^\[([0-9a-fA-F:]+)\](?::([0-9]+))?$/D', $host, $found) === 1) {
            return ['host' => $found[1], 'port' => isset($found[2]) ? (int) $found[2] : $number, 'socket' => null];
        }
        if (preg_match('/^([^:]+):([0-9]+)$/D', $host, $found) === 1) {
            return ['host' => $found[1], 'port' => (int) $found[2], 'socket' => null];
        }
        return ['host' => $host, 'port' => $number, 'socket' => null];
    }
}

/** What a shop program must be able to answer; one folder a platform. Records are arrays as the protocol names them. */
interface Platform
{
    /** Database access from the shop's own configuration, without running the shop. */
    public static function access(string $root): array;

    /** Is this the shop's database? Throws prefix-wrong or not-a-shop. */
    public function prove();

    /** What `hello` says of the shop. */
    public function hello(): array;

    /** Names behind ids. */
    public function lookups(): array;

    /** Gives heads in order of (stamp, id) from a moment or position on, at most $limit and until the page is full; so many are read at once. */
    public function orderHeads($since, $after, int $limit, int $atOnce, Page $page);

    /** Gives bodies of these ids until the page is full; the rows of so many are read at once. */
    public function orders(array $ids, int $atOnce, Page $page);

    /** Id of the order with that number, or null. */
    public function orderId(string $number);

    /** Count and sum per local day and status from a local day on. */
    public function totals(string $from): array;

    /** In order of (stamp, id), as `orderHeads`. */
    public function customers($since, $after, int $limit);

    /** In order of (stamp, id), as `orderHeads`. */
    public function products($since, $after, int $limit);

    /** All levels in order of key from a key on; at most $limit. */
    public function stock($after, int $limit): array;

    /** Levels of these keys. */
    public function stockOf(array $keys): array;

    /** Sets one row's stock by difference; one stock result. */
    public function setStock(array $row): array;
}

/** A platform that can also change orders, products or customers; which ones its capabilities say. */
interface RecordWriter
{
    /** Operations of `…_set` that are proven on this shop. */
    public function writes(): array;

    /** Moves an order to another status (`id`, `status`, `comment`); one write result. */
    public function setOrderStatus(array $row): array;

    /** Changes a product (`id`, and of `name`, `price`, `active` what is to change); one write result. */
    public function setProduct(array $row): array;

    /** Changes a customer (`id`, and of `first_name`, `last_name`, `telephone` what is to change); one write result. */
    public function setCustomer(array $row): array;
}

/** Writes one row of a writing operation. Records are arrays as the protocol names them. */
interface RowWriter
{
    /** Writes the row; its result. */
    public function write(array $row): array;

    /** The result that stands while nobody knows what became of the row: the agent reads and tries again. */
    public function pending(array $row): array;
}

/**
 * Can a column hold a text as it is? A database in its strict mode would refuse one that is too long or has
 * letters the column's character set lacks, in the middle of a change; in its lax mode it would cut it.
 */
final class TextRoom
{
    /** @var Database */
    private $database;
    /** @var array<string, array|null> */
    private $columns = [];

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /** `$text` as it would be stored. */
    public function holds(string $table, string $column, string $text): bool
    {
        $room = $this->column($table, $column);
        if ($room === null || !self::letters($text, (string) $room['letters']) || !self::letters($text, (string) $room['session'])) {
            return false;
        }
        $characters = preg_match_all('/./su', $text);
        return $characters !== false && $characters <= (int) $room['characters'] && strlen($text) <= (int) $room['bytes'];
    }

    /** One line of text, as a field of a form gives it. */
    public function line(string $table, string $column, string $text): bool
    {
        return preg_match('/[\r\n\t]/', $text) !== 1 && $this->holds($table, $column, $text);
    }

    private function column(string $table, string $column)
    {
        $key = $table . '.' . $column;
        if (!array_key_exists($key, $this->columns)) {
            $this->columns[$key] = $this->database->row(
                'SELECT character_maximum_length AS characters, character_octet_length AS bytes, character_set_name AS letters, @@character_set_connection AS session'
                . ' FROM information_schema.columns WHERE table_schema = DATABASE() AND LOWER(table_name) = LOWER(?) AND LOWER(column_name) = ?',
                [$this->database->prefix() . $table, $column]
            );
        }
        return $this->columns[$key];
    }

    /** Has this character set the letters? Of the old ones of one byte only plain ASCII is trusted. */
    private static function letters(string $text, string $set): bool
    {
        if ($set === 'utf8mb4') {
            return true;
        }
        return preg_match(strncmp($set, 'utf8', 4) === 0 ? '/[\xf0-\xf7]/' : '/[\x80-\xff]/', $text) !== 1;
    }
}

/** One order, product or customer after the other. */
final class RecordRows implements RowWriter
{
    /** @var RecordWriter */
    private $shop;
    /** @var string */
    private $operation;

    public function __construct(RecordWriter $shop, string $operation)
    {
        $this->shop = $shop;
        $this->operation = $operation;
    }

    public function write(array $row): array
    {
        switch ($this->operation) {
            case 'order_status_set':
                return $this->shop->setOrderStatus($row);
            case 'products_set':
                return $this->shop->setProduct($row);
            default:
                return $this->shop->setCustomer($row);
        }
    }

    public function pending(array $row): array
    {
        return self::result($row['id'], 'busy');
    }

    /** A write result; `$before` has what was changed as it was. */
    public static function result(string $id, string $outcome, array $before = [], string $reason = ''): array
    {
        return ['id' => $id, 'outcome' => $outcome, 'before' => (object) $before, 'reason' => $reason];
    }
}

/**
 * Reads what PHP's `serialize` wrote: texts, numbers and arrays of them, to a small depth. Objects and
 * references are not read: nothing of a shop is ever made into one here.
 */
final class Serialised
{
    const DEPTH = 8;
    const LONGEST = 1048576;

    /** @var string */
    private $text;
    /** @var int */
    private $at = 0;
    /** @var bool */
    private $sound = true;
    /** @var bool */
    private $mend;

    private function __construct(string $text, bool $mend)
    {
        $this->text = $text;
        $this->mend = $mend;
    }

    /**
     * The array in a text; null when it holds anything else. With `$mend` a text whose length does not fit
     * ends at the next quote: an old column kept four-byte letters as question marks.
     */
    public static function values(string $text, bool $mend = false)
    {
        if (strncmp($text, 'a:', 2) !== 0 || strlen($text) > self::LONGEST) {
            return null;
        }
        $reader = new Serialised($text, $mend);
        $value = $reader->value(0);
        return $reader->sound && is_array($value) && $reader->at === strlen($text) ? $value : null;
    }

    private function broken()
    {
        $this->sound = false;
        return null;
    }

    private function value(int $depth)
    {
        if ($depth > self::DEPTH) {
            return $this->broken();
        }
        if (preg_match('/\G(?:N;|b:([01]);|[id]:([-+0-9.eE]+|NAN|-?INF);|([sa]):([0-9]{1,7}):)/A', $this->text, $found, 0, $this->at) !== 1) {
            return $this->broken();
        }
        $this->at += strlen($found[0]);
        if (!isset($found[3])) {
            return isset($found[2]) ? $found[2] : (isset($found[1]) ? $found[1] : null);
        }
        return $found[3] === 's' ? $this->string((int) $found[4]) : $this->items((int) $found[4], $depth);
    }

    private function string(int $length)
    {
        $end = $this->mend && substr($this->text, $this->at + 1 + $length, 2) !== '";' ? strpos($this->text, '";', $this->at + 1) : false;
        $length = $end === false ? $length : $end - $this->at - 1;
        $value = (string) substr($this->text, $this->at + 1, $length);
        $whole = substr($this->text, $this->at, 1) === '"' && substr($this->text, $this->at + 1 + $length, 2) === '";';
        $this->at += $length + 3;
        return $whole ? $value : $this->broken();
    }

    private function items(int $count, int $depth)
    {
        $items = [];
        $this->at++;
        for ($index = 0; $index < $count && $this->sound; $index++) {
            $key = $this->value($depth + 1);
            if (is_array($key) || $key === null) {
                return $this->broken();
            }
            $items[$key] = $this->value($depth + 1);
        }
        $closed = substr($this->text, $this->at, 1) === '}';
        $this->at++;
        return $closed ? $items : $this->broken();
    }
}

/**
 * Decimal amounts with Magento's four decimals, kept as whole ten-thousandths: adding never rounds.
 * Only what an extension or a JSON text wrote with more decimals is rounded, once, when it comes in.
 */
final class MagentoAmount
{
    const ONE = 10000;

    /** Ten-thousandths of a stored text, or of a number out of JSON; null and anything else are 0. */
    public static function of($value): int
    {
        if (is_int($value)) {
            return $value * self::ONE;
        }
        $text = is_float($value) ? number_format($value, 4, '.', '') : trim((string) $value);
        if (preg_match('/^(-?)([0-9]{1,14})(?:\.([0-9]+))?$/D', $text, $part) !== 1) {
            return 0;
        }
        $decimals = isset($part[3]) ? $part[3] : '';
        $units = (int) $part[2] * self::ONE + (int) substr(str_pad($decimals, 4, '0'), 0, 4);
        $units += strlen($decimals) > 4 && $decimals[4] >= '5' ? 1 : 0;
        return $part[1] === '-' ? -$units : $units;
    }

    public static function text(int $units): string
    {
        return ($units < 0 ? '-' : '') . intdiv(abs($units), self::ONE) . '.' . str_pad((string) (abs($units) % self::ONE), 4, '0', STR_PAD_LEFT);
    }

    /** `$units * $times / $by`, rounded half away from zero to ten-thousandths. */
    public static function share(int $units, int $times, int $by): int
    {
        if ($by === 0) {
            return 0;
        }
        // Whole and rest apart, so that large amounts with large quantities stay within an integer.
        $whole = intdiv($units, $by);
        $rest = ($units - $whole * $by) * $times;
        $part = intdiv(2 * abs($rest) + abs($by), 2 * abs($by));
        return $whole * $times + (($rest < 0) === ($by < 0) ? $part : -$part);
    }

    /** Rounded half away from zero to cents. */
    public static function cents(int $units): int
    {
        $cents = intdiv(abs($units) + 50, 100) * 100;
        return $units < 0 ? -$cents : $cents;
    }

    /** A part at a VAT rate, as the protocol has it. */
    public static function part(int $percent, int $net, int $vat): array
    {
        return ['percent' => self::text($percent), 'net' => self::text($net), 'vat' => self::text($vat)];
    }

    /** Parts out of percent => [net, vat], those that are nothing left out. */
    public static function parts(array $byPercent): array
    {
        ksort($byPercent);
        $parts = [];
        foreach ($byPercent as $percent => $amounts) {
            if ($amounts[0] !== 0 || $amounts[1] !== 0) {
                $parts[] = self::part((int) $percent, $amounts[0], $amounts[1]);
            }
        }
        return $parts;
    }

    /** Adds to percent => [net, vat]. */
    public static function add(array $byPercent, int $percent, int $net, int $vat): array
    {
        $so = isset($byPercent[$percent]) ? $byPercent[$percent] : [0, 0];
        $byPercent[$percent] = [$so[0] + $net, $so[1] + $vat];
        return $byPercent;
    }
}

/** An array as Magento keeps it in one column: JSON from 2.2 on, PHP's own notation before. */
final class MagentoStoredArray
{
    const DEEPEST = 24;

    /** The array; null when the column holds something else. An empty column is an empty array. */
    public static function of($stored)
    {
        $text = trim((string) $stored);
        if ($text === '') {
            return [];
        }
        if ($text[0] !== '{' && $text[0] !== '[') {
            return Serialised::values($text, true);
        }
        $value = json_decode($text, true, self::DEEPEST);
        return is_array($value) ? $value : null;
    }
}

/** Magento's times: the text in a column is UTC, its day is the store view's. */
final class MagentoTime
{
    const NONE = '1970-01-01T00:00:00Z';

    /** RFC 3339 of a column's text. */
    public static function utc($text): string
    {
        if (!is_string($text) || preg_match('/^([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2})/', $text, $part) !== 1 || strncmp($text, '0000', 4) === 0) {
            return self::NONE;
        }
        return $part[1] . 'T' . $part[2] . 'Z';
    }

    /** The column's text of a moment of the protocol. */
    public static function column(string $moment): string
    {
        return substr($moment, 0, 10) . ' ' . substr($moment, 11, 8);
    }

    /** `YYYY-MM-DDTHH:MM:SS` on the shop's clock. */
    public static function local($text, ShopTime $time): string
    {
        return $time->localText(self::utc($text));
    }
}

/** Magento's configuration table, and the names behind ids: read once a request. */
final class MagentoSettings
{
    /** What a path is when nothing is stored: the values the program is delivered with. */
    const DEFAULTS = [
        'general/locale/timezone' => 'America/Los_Angeles',
        'general/locale/code' => 'en_US',
        'currency/options/base' => 'USD',
        'general/country/default' => 'US',
        'cataloginventory/item_options/manage_stock' => '1',
        'cataloginventory/item_options/notify_stock_qty' => '1',
        'payment/banktransfer/title' => 'Bank Transfer Payment',
        'payment/cashondelivery/title' => 'Cash On Delivery',
        'payment/checkmo/title' => 'Check / Money order',
        'payment/free/title' => 'No Payment Information Required',
        'payment/purchaseorder/title' => 'Purchase Order',
    ];

    /** Meaning of the fixed states; statuses are the shop's own labels for them. */
    const KINDS = [
        'new' => 'pending', 'pending_payment' => 'pending', 'payment_review' => 'on_hold', 'holded' => 'on_hold',
        'processing' => 'processing', 'complete' => 'complete', 'closed' => 'refunded', 'canceled' => 'cancelled',
    ];

    /** @var Database */
    private $database;
    /** @var MagentoConfiguration */
    private $configuration;
    /** @var Cleaner */
    private $cleaner;
    /** @var array|null */
    private $stored;
    /** @var array<string, array> */
    private $kept = [];
    /** @var array<string, ShopTime> */
    private $times = [];

    public function __construct(Database $database, MagentoConfiguration $configuration, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->configuration = $configuration;
        $this->cleaner = $cleaner;
    }

    /** All stored values: "scope/scope id" => path => value. */
    public function stored(): array
    {
        if ($this->stored === null) {
            $this->stored = [];
            $rows = $this->database->rows(
                'SELECT scope, scope_id, path, value FROM {core_config_data} WHERE path IN (\'general/locale/timezone\', \'general/locale/code\', \'general/country/default\','
                . ' \'general/store_information/name\', \'general/store_information/country_id\', \'general/store_information/merchant_country\', \'shipping/origin/country_id\','
                . ' \'currency/options/base\', \'web/unsecure/base_url\', \'web/secure/base_url\', \'tax/calculation/price_includes_tax\', \'tax/classes/shipping_tax_class\','
                . ' \'cataloginventory/item_options/manage_stock\', \'cataloginventory/item_options/min_qty\', \'cataloginventory/item_options/backorders\', \'cataloginventory/item_options/notify_stock_qty\')'
                . ' OR path LIKE \'payment/%/title\' OR path LIKE \'payment/%/active\' OR path LIKE \'carriers/%/title\' OR path LIKE \'carriers/%/active\''
            );
            foreach ($rows as $row) {
                $this->stored[$row['scope'] . '/' . $row['scope_id']][$row['path']] = (string) $row['value'];
            }
        }
        return $this->stored;
    }

    /** A setting as a store view sees it (null: the default): what files fix first, then store, website, default. */
    public function get(string $path, $store = null): string
    {
        $view = $store === null ? null : $this->store((string) $store);
        $scopes = [];
        if ($view !== null) {
            $scopes[] = ['stores', $view['store_id'], $view['code']];
            $scopes[] = ['websites', $view['website_id'], $view['website']];
        }
        $scopes[] = ['default', '0', ''];
        $stored = $this->stored();
        foreach ($scopes as $scope) {
            $fixed = $this->configuration->fixed($scope[0], $scope[2], $path);
            if ($fixed !== null) {
                return $fixed;
            }
            if (isset($stored[$scope[0] . '/' . $scope[1]][$path])) {
                return $stored[$scope[0] . '/' . $scope[1]][$path];
            }
        }
        return isset(self::DEFAULTS[$path]) ? self::DEFAULTS[$path] : '';
    }

    /** Codes of the methods that are switched on (`payment`, `carriers`), in any scope. */
    public function switchedOn(string $family): array
    {
        $codes = [];
        foreach ($this->stored() as $paths) {
            foreach ($paths as $path => $value) {
                $part = explode('/', $path);
                if ($part[0] === $family && count($part) === 3 && $part[2] === 'active' && $value === '1') {
                    $codes[$part[1]] = true;
                }
            }
        }
        ksort($codes);
        return array_map('strval', array_keys($codes));
    }

    /** A store view {store_id, code, name, website_id, website}, or null. */
    public function store(string $id)
    {
        $stores = $this->stores();
        return isset($stores[$id]) ? $stores[$id] : null;
    }

    /** Store views by id, the admin's own left out. */
    public function stores(): array
    {
        if (!isset($this->kept['stores'])) {
            $rows = $this->database->rows(
                'SELECT s.store_id, s.code, s.name, s.website_id, w.code AS website FROM ' . MagentoSchema::STORE . ' s LEFT JOIN ' . MagentoSchema::WEBSITE
                . ' w ON w.website_id = s.website_id WHERE s.store_id > 0 ORDER BY s.store_id'
            );
            $this->kept['stores'] = array_column($rows, null, 'store_id');
        }
        return $this->kept['stores'];
    }

    /** The shop's clock: columns are UTC, days are this store view's. */
    public function time($store = null): ShopTime
    {
        $zone = Deployment::TIME_ZONE !== '' ? Deployment::TIME_ZONE : $this->get('general/locale/timezone', $store);
        if (!isset($this->times[$zone])) {
            $this->times[$zone] = new ShopTime($zone, Deployment::TIME_ZONE !== '' ? 'profile' : 'setting');
        }
        return $this->times[$zone];
    }

    /** `nl-nl` of a store view. */
    public function language($store): string
    {
        return strtolower(str_replace('_', '-', $this->get('general/locale/code', $store)));
    }

    /** The country the shop itself is in. */
    public function country(): string
    {
        foreach (['general/store_information/country_id', 'general/store_information/merchant_country', 'shipping/origin/country_id'] as $path) {
            if (preg_match('/^[A-Z]{2}$/D', $this->get($path)) === 1) {
                return $this->get($path);
            }
        }
        return $this->get('general/country/default');
    }

    /** A status by its code; on an order the state it is in tells what it means. */
    public function status(string $code, string $state = ''): array
    {
        $statuses = $this->statuses();
        $known = isset($statuses[$code]) ? $statuses[$code] : ['id' => $code, 'name' => $code, 'kind' => 'other'];
        if ($state !== '') {
            $known['kind'] = isset(self::KINDS[$state]) ? self::KINDS[$state] : 'other';
            // Of Magento 2 also an order in progress whose captured amount is suspicious.
            if ($code === 'fraud' && in_array($known['kind'], ['pending', 'processing'], true)) {
                $known['kind'] = 'on_hold';
            }
        }
        return $known;
    }

    /** Every status by its code. One that serves several states has the meaning of the one it is the default of, else of the first. */
    public function statuses(): array
    {
        if (!isset($this->kept['statuses'])) {
            $this->kept['statuses'] = [];
            $rows = $this->database->rows(
                'SELECT s.status, s.label, t.state FROM {sales_order_status} s LEFT JOIN {sales_order_status_state} t ON t.status = s.status ORDER BY s.status, t.is_default DESC, t.state'
            );
            foreach ($rows as $row) {
                if (!isset($this->kept['statuses'][$row['status']])) {
                    $kind = isset(self::KINDS[(string) $row['state']]) ? self::KINDS[(string) $row['state']] : 'other';
                    $this->kept['statuses'][$row['status']] = ['id' => $row['status'], 'name' => $this->cleaner->verbatim($row['label'], 'status'), 'kind' => $kind];
                }
            }
        }
        return $this->kept['statuses'];
    }

    public function group(string $id): array
    {
        if (!isset($this->kept['groups'])) {
            $rows = $this->database->rows('SELECT customer_group_id, customer_group_code, tax_class_id FROM {customer_group} ORDER BY customer_group_id');
            $this->kept['groups'] = array_column($rows, null, 'customer_group_id');
        }
        $name = isset($this->kept['groups'][$id]) ? $this->kept['groups'][$id]['customer_group_code'] : '';
        return ['id' => $id, 'name' => $this->cleaner->verbatim($name, 'group')];
    }

    /** Customer groups by id. */
    public function groups(): array
    {
        $this->group('0');
        return $this->kept['groups'];
    }

    /** Tax classes of products and of shipping, by id. */
    public function taxClasses(): array
    {
        if (!isset($this->kept['classes'])) {
            $this->kept['classes'] = array_column($this->database->rows('SELECT class_id, class_name FROM {tax_class} WHERE class_type = \'PRODUCT\' ORDER BY class_id'), null, 'class_id');
        }
        return $this->kept['classes'];
    }

    /** Tax class {id, name}; `0` is none; null when there is no such class. */
    public function taxClass(string $id)
    {
        $classes = $this->taxClasses();
        if ($id === '0' || $id === '') {
            return ['id' => '0', 'name' => ''];
        }
        return isset($classes[$id]) ? ['id' => $id, 'name' => $this->cleaner->verbatim($classes[$id]['class_name'], 'tax_class')] : null;
    }

    /** Which rates a product class leads to: rows of class, customer class and rate. */
    public function taxLinks(): array
    {
        if (!isset($this->kept['links'])) {
            $this->kept['links'] = $this->database->rows(
                'SELECT DISTINCT c.product_tax_class_id, c.customer_tax_class_id, r.tax_calculation_rate_id, r.tax_country_id, r.code, r.rate'
                . ' FROM {tax_calculation} c JOIN {tax_calculation_rate} r ON r.tax_calculation_rate_id = c.tax_calculation_rate_id'
                . ' ORDER BY c.product_tax_class_id, r.tax_calculation_rate_id, c.customer_tax_class_id'
            );
        }
        return $this->kept['links'];
    }

    /** Percentage (in ten-thousandths) a product class costs a consumer in the shop's own country. */
    public function homeRate(string $class): int
    {
        $groups = $this->groups();
        $consumer = isset($groups['0']) ? $groups['0']['tax_class_id'] : '';
        foreach ($this->taxLinks() as $row) {
            if ($row['product_tax_class_id'] === $class && $row['customer_tax_class_id'] === $consumer && $row['tax_country_id'] === $this->country()) {
                return MagentoAmount::of($row['rate']);
            }
        }
        return 0;
    }
}

/** Attribute values of many entities at once, found by the attribute's code: Magento keeps them a row each. */
final class MagentoAttributes
{
    const NO_SUCH_COLUMN = 1054;
    const TYPES = ['varchar', 'int', 'decimal', 'text', 'datetime'];

    /** Codes under which shops keep the EAN; Magento has no field of its own for it. */
    const EAN = ['ean', 'ean13', 'ean_code', 'gtin', 'gtin13', 'barcode'];

    /** @var Database */
    private $database;
    /** @var array<string, array> */
    private $known = [];

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /** Attributes of an entity type among these codes: id => {code, type}. */
    private function attributes(string $entity, array $codes): array
    {
        $name = $entity . ' ' . implode(' ', $codes);
        if (!isset($this->known[$name])) {
            $rows = $this->database->rows(
                'SELECT a.attribute_id, a.attribute_code, a.backend_type FROM {eav_attribute} a JOIN {eav_entity_type} t ON t.entity_type_id = a.entity_type_id'
                . ' WHERE t.entity_type_code = ? AND a.attribute_code IN (' . Database::places($codes) . ') ORDER BY a.attribute_id',
                array_merge([$entity], $codes)
            );
            $this->known[$name] = array_column($rows, null, 'attribute_id');
        }
        return $this->known[$name];
    }

    /** Of products: id => code => text; the values for all stores. */
    public function ofProducts(array $ids, array $codes): array
    {
        return $this->values('catalog_product', 'catalog_product_entity', $ids, $codes, ' AND v.store_id = 0');
    }

    /** Of categories, as `ofProducts`. */
    public function ofCategories(array $ids, array $codes): array
    {
        return $this->values('catalog_category', 'catalog_category_entity', $ids, $codes, ' AND v.store_id = 0');
    }

    /** Of customers (Magento 1), which have no values per store. */
    public function ofCustomers(array $ids, array $codes): array
    {
        return $this->values('customer', 'customer_entity', $ids, $codes, '');
    }

    /** Of customers' addresses (Magento 1). */
    public function ofAddresses(array $ids, array $codes): array
    {
        return $this->values('customer_address', 'customer_address_entity', $ids, $codes, '');
    }

    private function values(string $entity, string $table, array $ids, array $codes, string $more): array
    {
        $found = [];
        $ids = array_values(array_unique($ids));
        if ($ids === []) {
            return $found;
        }
        $attributes = $this->attributes($entity, $codes);
        foreach (self::TYPES as $type) {
            $wanted = array_keys(array_filter($attributes, function (array $attribute) use ($type): bool {
                return $attribute['backend_type'] === $type;
            }));
            if ($wanted === []) {
                continue;
            }
            $statement = 'SELECT v.entity_id, v.attribute_id, v.value FROM {' . $table . '_' . $type . '} v WHERE v.entity_id IN (' . Database::places($ids)
                . ') AND v.attribute_id IN (' . Database::places($wanted) . ')' . $more;
            foreach ($this->rows($statement, array_merge($ids, $wanted)) as $row) {
                $found[$row['entity_id']][$attributes[$row['attribute_id']]['attribute_code']] = (string) $row['value'];
            }
        }
        return $found;
    }

    /** Adobe Commerce keeps versions of a product apart, by a row's id in place of the product's: that is not read yet. */
    private function rows(string $statement, array $values): array
    {
        try {
            return $this->database->rows($statement, $values);
        } catch (DatabaseError $error) {
            if ($error->number() === self::NO_SUCH_COLUMN) {
                throw new Problem('unsupported', 'row_id');
            }
            throw $error;
        }
    }

    /** The EAN among a product's values; null when none is kept. */
    public static function ean(array $values)
    {
        foreach (self::EAN as $code) {
            if (isset($values[$code]) && trim($values[$code]) !== '') {
                return trim($values[$code]);
            }
        }
        return null;
    }
}

/** What the products on order lines are today: SKU, EAN and tax class, in few statements for many orders. */
final class MagentoProductsNow
{
    /** @var array<string, array> */
    private $products = [];
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner, array $ids)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $ids = array_values(array_unique(array_filter($ids, function ($id): bool {
            return $id !== null && $id !== '0';
        })));
        if ($ids === []) {
            return;
        }
        $rows = $database->rows('SELECT entity_id, sku FROM {catalog_product_entity} WHERE entity_id IN (' . Database::places($ids) . ')', $ids);
        $values = (new MagentoAttributes($database))->ofProducts($ids, array_merge(['tax_class_id'], MagentoAttributes::EAN));
        foreach ($rows as $row) {
            $this->products[$row['entity_id']] = $row + (isset($values[$row['entity_id']]) ? $values[$row['entity_id']] : []);
        }
    }

    /** SKU today; null when the product is gone. */
    public function sku($id)
    {
        return isset($this->products[(string) $id]) ? $this->cleaner->verbatim($this->products[(string) $id]['sku'], 'sku') : null;
    }

    public function ean($id)
    {
        $ean = isset($this->products[(string) $id]) ? MagentoAttributes::ean($this->products[(string) $id]) : null;
        return $ean === null ? null : $this->cleaner->verbatim($ean, 'ean');
    }

    /** Tax class {id, name}; null when the product is gone. */
    public function taxClass($id)
    {
        if (!isset($this->products[(string) $id])) {
            return null;
        }
        $product = $this->products[(string) $id];
        return $this->settings->taxClass(isset($product['tax_class_id']) ? $product['tax_class_id'] : '0');
    }
}

/**
 * Columns that extensions and the paid edition added to orders: amounts of their own, and fields for
 * the Chamber of Commerce number. The program itself knows none of them.
 */
final class MagentoExtras
{
    /** What core has of amounts in base currency; what was invoiced, refunded and cancelled of each is left out by its ending. */
    const CORE = [
        'base_adjustment_negative', 'base_adjustment_positive', 'base_discount_amount', 'base_discount_tax_compensation_amount', 'base_grand_total',
        'base_hidden_tax_amount', 'base_shipping_amount', 'base_shipping_discount_amount', 'base_shipping_discount_tax_compensation_amnt',
        'base_shipping_hidden_tax_amnt', 'base_shipping_incl_tax', 'base_shipping_tax_amount', 'base_subtotal', 'base_subtotal_incl_tax',
        'base_tax_amount', 'base_total_due', 'base_total_paid', 'base_total_qty_ordered',
    ];

    /** @var array<string> */
    private $amounts = [];
    /** @var array<string> */
    private $chamber = [];

    public function __construct(Database $database)
    {
        $rows = $database->rows(
            'SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN (?, ?)'
            . ' AND (column_name LIKE \'base\\_%\' OR column_name LIKE \'%\\_base\\_%\' OR column_name LIKE \'%kvk%\' OR column_name IN (\'coc\', \'coc_number\', \'chamber_of_commerce\')) ORDER BY ordinal_position',
            [$database->prefix() . MagentoSchema::ORDER_TABLE, $database->prefix() . MagentoSchema::ADDRESS_TABLE]
        );
        foreach ($rows as $row) {
            if (preg_match('/^[a-z0-9_]{1,64}$/D', $row['c']) !== 1) {
                continue;
            }
            $ofOrder = $row['t'] === $database->prefix() . MagentoSchema::ORDER_TABLE;
            // Some extensions have their own name first (`mp_reward_base_discount`).
            if (preg_match('/(^|_)base_/', $row['c']) !== 1) {
                $this->chamber[($ofOrder ? 'o.' : 'a.') . $row['c']] = $row['c'];
            } elseif ($ofOrder && !in_array($row['c'], self::CORE, true) && preg_match('/_(invoiced|refunded|canceled|cost|rate|code|tax|tax_amount|incl_tax)$/D', $row['c']) !== 1) {
                $this->amounts[] = $row['c'];
            }
        }
    }

    /** `, o.base_fee_amount` … for the list of an order's columns. */
    public function orderColumns(): string
    {
        return $this->columns('o', array_merge($this->amounts, $this->chamberOf('o.')));
    }

    /** The same for an address. */
    public function addressColumns(): string
    {
        return $this->columns('a', $this->chamberOf('a.'));
    }

    private function columns(string $table, array $names): string
    {
        $list = '';
        foreach ($names as $name) {
            $list .= ', ' . $table . '.`' . $name . '`';
        }
        return $list;
    }

    private function chamberOf(string $table): array
    {
        $names = [];
        foreach ($this->chamber as $full => $name) {
            if (strncmp($full, $table, 2) === 0) {
                $names[] = $name;
            }
        }
        return $names;
    }

    /** The Chamber of Commerce number on an order or address row, or null. */
    public function chamberNumber(array $row)
    {
        foreach ($this->chamber as $name) {
            if (isset($row[$name]) && trim($row[$name]) !== '') {
                return trim($row[$name]);
            }
        }
        return null;
    }

    /** Amounts that are not nothing: [column, kind, signed amount]; gift cards and credit lower the total. */
    public function rows(array $order): array
    {
        $kinds = [
            'gift_card' => '/gift_?(cards?|cert|voucher)/', 'store_credit' => '/customer_?balance|store_?credit/', 'reward' => '/reward/',
            'fee' => '/fee|surcharge|handling|cod|gw_|wrap/',
        ];
        $rows = [];
        foreach ($this->amounts as $column) {
            $amount = MagentoAmount::of($order[$column]);
            if ($amount === 0) {
                continue;
            }
            $kind = 'other';
            foreach ($kinds as $name => $pattern) {
                if (preg_match($pattern, $column) === 1) {
                    $kind = $name;
                    break;
                }
            }
            $rows[] = [$column, $kind, in_array($kind, ['gift_card', 'store_credit', 'reward'], true) ? -abs($amount) : $amount];
        }
        return $rows;
    }
}

/** Orders of which bodies are read some at a time. */
interface OrderBodies
{
    /** Bodies of these ids, in the order of their ids, each given as soon as it is made; is there room for more? */
    public function bodies(array $ids, Page $page): bool;
}

/**
 * How many bytes the shop keeps of orders, asked before they are read: one of more than there is room for is told
 * by its size, alone, and those that are read at once fit in memory together.
 */
final class OrderSizes
{
    /** How much of a text that only tells (a note, a reason) is read: characters. */
    const NOTE = 4000;

    /** @var array<string, int> */
    private $sizes = [];
    /** @var int */
    private $room;

    /** Each of `$statements` gives `id` and `bytes` for the ids in place of its `%s`; `$room` is what one order may take. */
    public function __construct(Database $database, array $statements, array $ids, int $room)
    {
        $this->room = $room;
        foreach (array_chunk(array_values($ids), 1000) as $some) {
            $parts = [];
            foreach ($statements as $statement) {
                $parts[] = sprintf($statement, Database::places($some));
            }
            $values = array_merge(...array_fill(0, count($statements), $some));
            foreach ($database->rows(implode(' UNION ALL ', $parts), $values) as $row) {
                $known = isset($this->sizes[$row['id']]) ? $this->sizes[$row['id']] : 0;
                $this->sizes[$row['id']] = $known + (int) $row['bytes'];
            }
        }
    }

    /** `SUM(…)` of a row's bytes, of which these columns may be long. */
    public static function sum(array $columns, int $row): string
    {
        $lengths = array_map(function (string $column): string {
            return 'COALESCE(LENGTH(' . $column . '), 0)';
        }, $columns);
        return 'SUM(' . implode(' + ', array_merge([(string) $row], $lengths)) . ') AS bytes';
    }

    /** The beginning of a long text, in a statement. */
    public static function note(string $column): string
    {
        return 'LEFT(' . $column . ', ' . self::NOTE . ')';
    }

    public function tooLarge(string $id): bool
    {
        return $this->of($id) > $this->room;
    }

    private function of(string $id): int
    {
        return isset($this->sizes[$id]) ? $this->sizes[$id] : 0;
    }

    /** Those of these that are not too large. */
    public function fitting(array $ids): array
    {
        return array_values(array_filter($ids, function ($id): bool {
            return !$this->tooLarge((string) $id);
        }));
    }

    /** The rows in lists, in the same order, of at most `$most` that fit together; `$key` is where a row has its id. */
    public function lists(array $rows, string $key, int $most): array
    {
        $lists = [];
        $bytes = 0;
        foreach ($rows as $row) {
            $size = $this->tooLarge($row[$key]) ? 0 : $this->of($row[$key]);
            $last = count($lists) - 1;
            if ($last < 0 || count($lists[$last]) >= $most || $bytes + $size > $this->room) {
                $lists[] = [];
                $last++;
                $bytes = 0;
            }
            $lists[$last][] = $row;
            $bytes += $size;
        }
        return $lists;
    }

    /** Stands for the content of one that is too large: another as soon as it is of another size. */
    public function hash(string $id): string
    {
        return hash('sha256', 'too large ' . $id . ' ' . $this->of($id));
    }

    /** Says of those that are too large how large they are; is there room for more? `$numbers` are those customers see, by id. */
    private function give(array $numbers, Page $page): bool
    {
        foreach (array_keys($this->sizes) as $id) {
            $id = (string) $id;
            $number = isset($numbers[$id]) ? $numbers[$id] : $id;
            if ($this->tooLarge($id) && !$page->give(['id' => $id, 'number' => $number, 'hash' => $this->hash($id), 'too_large' => $this->of($id)])) {
                return false;
            }
        }
        return true;
    }

    /** Bodies of these ids, those that are too large first; the rows of at most `$most` others are read at once. */
    public function bodies(array $ids, int $most, array $numbers, OrderBodies $orders, Page $page)
    {
        if (!$this->give($numbers, $page)) {
            return;
        }
        $places = [];
        foreach ($this->fitting($ids) as $id) {
            $places[] = ['id' => $id];
        }
        foreach ($this->lists($places, 'id', $most) as $some) {
            if (!$orders->bodies(array_column($some, 'id'), $page)) {
                return;
            }
        }
    }

    /** Ids of those that are too large. */
    public function large(): array
    {
        return array_values(array_filter(array_map('strval', array_keys($this->sizes)), [$this, 'tooLarge']));
    }
}

/** The stored rows of orders, read in bulk, and the hash over them. */
final class MagentoOrderRows
{
    const COLUMNS = 'o.entity_id, o.increment_id, o.state, o.status, o.coupon_code, o.coupon_rule_name, o.discount_description, o.shipping_description, o.shipping_method, o.is_virtual,'
        . ' o.store_id, o.store_name, o.customer_id, o.customer_group_id, o.customer_email, o.customer_prefix, o.customer_firstname, o.customer_middlename, o.customer_lastname, o.customer_suffix,'
        . ' o.customer_taxvat, o.customer_note, o.relation_parent_real_id, o.ext_order_id, o.gift_message_id, o.base_currency_code, o.order_currency_code, o.base_to_order_rate,'
        . ' o.grand_total, o.base_grand_total, o.base_discount_amount, o.base_shipping_amount, o.base_shipping_incl_tax, o.base_shipping_tax_amount, o.base_shipping_discount_amount,'
        . ' o.base_tax_amount, o.total_canceled, o.base_total_canceled, o.base_shipping_canceled, o.base_total_paid,'
        . ' o.' . MagentoSchema::SHIPPING_COMPENSATION . ' AS base_shipping_compensation, o.created_at, o.updated_at';

    const ITEM_COLUMNS = 'order_id, item_id, parent_item_id, product_id, product_type, product_options, sku, name, gift_message_id, qty_ordered, qty_canceled, base_price,'
        . ' base_row_total, base_row_total_incl_tax, base_price_incl_tax, tax_percent, base_tax_amount, base_discount_amount, ' . MagentoSchema::COMPENSATION . ' AS base_compensation,'
        . ' weee_tax_applied, base_weee_tax_applied_row_amnt';

    /** @var Database */
    private $database;
    /** @var MagentoExtras|null */
    private $extras;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function extras(): MagentoExtras
    {
        if ($this->extras === null) {
            $this->extras = new MagentoExtras($this->database);
        }
        return $this->extras;
    }

    /**
     * Ids and stamps in order of change from a moment (the column's text, UTC) or position on. The moment
     * of change has an index, which gives a page without the orders before and after it; orders without
     * one are few, and looked for apart.
     */
    public function places($since, $after, int $limit): array
    {
        $values = [];
        $parts = [];
        foreach (['o.updated_at' => 'o.updated_at IS NOT NULL', 'o.created_at' => 'o.updated_at IS NULL'] as $stamp => $which) {
            $where = [$which];
            if ($since !== null) {
                $where[] = $stamp . ' >= ?';
                $values[] = $since;
            }
            if ($after !== null) {
                $where[] = $stamp . ' >= ? AND (' . $stamp . ' > ? OR o.entity_id > ?)';
                array_push($values, $after['stamp'], $after['stamp'], $after['id']);
            }
            $parts[] = '(SELECT o.entity_id, ' . $stamp . ' AS stamp FROM ' . MagentoSchema::ORDER . ' o WHERE ' . implode(' AND ', $where) . ' ORDER BY ' . $stamp . ', o.entity_id LIMIT ' . $limit . ')';
        }
        return $this->database->rows(implode(' UNION ALL ', $parts) . ' ORDER BY stamp, entity_id LIMIT ' . $limit, $values);
    }

    /** What these orders take. */
    public function sizes(array $ids, int $room): OrderSizes
    {
        return new OrderSizes($this->database, [
            'SELECT o.entity_id AS id, ' . OrderSizes::sum(['o.customer_note', 'o.discount_description', 'o.coupon_rule_name'], 500) . ' FROM ' . MagentoSchema::ORDER . ' o WHERE o.entity_id IN (%s) GROUP BY o.entity_id',
            'SELECT i.order_id AS id, ' . OrderSizes::sum(['i.product_options', 'i.name', 'i.weee_tax_applied'], 300) . ' FROM ' . MagentoSchema::ITEM . ' i WHERE i.order_id IN (%s) GROUP BY i.order_id',
            'SELECT p.parent_id AS id, ' . OrderSizes::sum(['p.additional_information'], 100) . ' FROM ' . MagentoSchema::PAYMENT . ' p WHERE p.parent_id IN (%s) GROUP BY p.parent_id',
        ], $ids, $room);
    }

    /** Numbers of these orders by id. */
    public function numbers(array $ids): array
    {
        return $ids === [] ? [] : array_column($this->database->rows(
            'SELECT o.entity_id, o.increment_id FROM ' . MagentoSchema::ORDER . ' o WHERE o.entity_id IN (' . Database::places($ids) . ')',
            $ids
        ), 'increment_id', 'entity_id');
    }

    /** Orders by id. */
    public function orders(array $ids): array
    {
        $rows = $this->database->rows(
            'SELECT ' . self::COLUMNS . $this->extras()->orderColumns() . ' FROM ' . MagentoSchema::ORDER . ' o WHERE o.entity_id IN (' . Database::places($ids) . ') ORDER BY o.entity_id',
            $ids
        );
        return array_column($rows, null, 'entity_id');
    }

    /** What makes these orders what they are, by kind and order id. */
    public function parts(array $ids): array
    {
        $in = ' IN (' . Database::places($ids) . ')';
        return [
            'items' => $this->byOrder('SELECT ' . self::ITEM_COLUMNS . ' FROM ' . MagentoSchema::ITEM . ' WHERE order_id' . $in . ' ORDER BY item_id', $ids),
            'addresses' => $this->byOrder(
                'SELECT a.parent_id AS order_id, a.address_type, a.prefix, a.firstname, a.middlename, a.lastname, a.suffix, a.company, a.street, a.postcode, a.city, a.region, a.country_id,'
                . ' a.telephone, a.email, a.vat_id' . $this->extras()->addressColumns() . ' FROM ' . MagentoSchema::ADDRESS . ' a WHERE a.parent_id' . $in . ' ORDER BY a.entity_id',
                $ids
            ),
            'payments' => $this->byOrder(
                'SELECT parent_id AS order_id, method, po_number, additional_information FROM ' . MagentoSchema::PAYMENT . ' WHERE parent_id' . $in . ' ORDER BY entity_id',
                $ids
            ),
            'taxes' => $this->byOrder('SELECT order_id, code, title, percent, base_amount FROM {sales_order_tax} WHERE order_id' . $in . ' ORDER BY priority, position, tax_id', $ids),
            // A cancelled invoice (state 3) is none, nor is a cancelled credit memo.
            'invoices' => $this->byOrder('SELECT order_id, increment_id, state, created_at FROM ' . MagentoSchema::INVOICE . ' WHERE (state IS NULL OR state <> 3) AND order_id' . $in . ' ORDER BY entity_id', $ids),
            'credits' => $this->byOrder(
                'SELECT order_id, entity_id, increment_id, base_grand_total, base_shipping_amount, base_shipping_tax_amount, base_adjustment_positive, base_adjustment_negative, created_at'
                . ' FROM ' . MagentoSchema::CREDIT . ' WHERE (state IS NULL OR state <> 3) AND order_id' . $in . ' ORDER BY entity_id',
                $ids
            ),
            'credit_items' => $this->byOrder(
                'SELECT c.order_id, i.parent_id, i.entity_id, i.order_item_id, i.qty, i.base_row_total, i.base_tax_amount, i.base_discount_amount, i.' . MagentoSchema::COMPENSATION . ' AS base_compensation,'
                . ' i.base_weee_tax_applied_row_amnt, i.weee_tax_applied FROM ' . MagentoSchema::CREDIT . ' c JOIN ' . MagentoSchema::CREDIT_ITEM . ' i ON i.parent_id = c.entity_id'
                . ' WHERE (c.state IS NULL OR c.state <> 3) AND c.order_id' . $in . ' ORDER BY i.entity_id',
                $ids
            ),
        ];
    }

    /** What is told of orders besides: notes, which are no part of the hash. */
    public function notes(array $ids): array
    {
        $in = ' IN (' . Database::places($ids) . ')';
        return [
            'history' => $this->byOrder(
                'SELECT parent_id AS order_id, status, ' . OrderSizes::note('comment') . ' AS comment, is_customer_notified, created_at FROM ' . MagentoSchema::HISTORY . ' WHERE parent_id' . $in . ' ORDER BY created_at, entity_id',
                $ids
            ),
            'credit_comments' => $this->byOrder(
                'SELECT c.order_id, m.parent_id, ' . OrderSizes::note('m.comment') . ' AS comment FROM ' . MagentoSchema::CREDIT . ' c JOIN ' . MagentoSchema::CREDIT_COMMENT . ' m ON m.parent_id = c.entity_id'
                . ' WHERE c.order_id' . $in . ' ORDER BY m.entity_id',
                $ids
            ),
        ];
    }

    /** Gift messages by id. */
    public function giftMessages(array $ids): array
    {
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT gift_message_id, sender, recipient, ' . OrderSizes::note('message') . ' AS message FROM {gift_message} WHERE gift_message_id IN (' . Database::places($ids) . ')',
            $ids
        );
        return array_column($rows, null, 'gift_message_id');
    }

    private function byOrder(string $statement, array $ids): array
    {
        $orders = [];
        foreach ($this->database->rows($statement, $ids) as $row) {
            $orders[$row['order_id']][] = $row;
        }
        return $orders;
    }

    public static function of(array $parts, string $name, string $id): array
    {
        return isset($parts[$name][$id]) ? $parts[$name][$id] : [];
    }

    /** Over what is stored of the order itself; a later moment of change alone is no change. */
    public static function hash(array $order, array $parts): string
    {
        $id = $order['entity_id'];
        unset($order['updated_at']);
        $content = array_values($order);
        foreach (['items', 'addresses', 'payments', 'taxes', 'invoices', 'credits', 'credit_items'] as $name) {
            foreach (self::of($parts, $name, $id) as $row) {
                if ($name === 'invoices') {
                    // Magento never changes it once the invoice, known by its number, is made.
                    unset($row['created_at'], $row['state']);
                }
                array_push($content, $name, ...array_values($row));
            }
        }
        $text = '';
        foreach ($content as $value) {
            $text .= strlen((string) $value) . ':' . $value . ';';
        }
        return hash('sha256', $text);
    }
}

/**
 * The amounts of one order row that counts, in ten-thousandths of the base currency: before the order's
 * discount, what the discount takes, and the levies. What was cancelled before it was invoiced is not
 * sold: quantity and amounts are those of what is left.
 */
final class MagentoSold
{
    /** @var int */
    public $quantity;
    /** @var int what was cancelled of it */
    public $cancelled;
    /** @var int percentage */
    public $percent;
    /** @var int without VAT */
    public $net;
    /** @var int VAT on it before the discount */
    public $vat;
    /** @var int what the discount took from the row as the shop wrote it down */
    public $discount;
    /** @var int the discount's net, at most 0 */
    public $discountNet;
    /** @var int and its VAT */
    public $discountVat;
    /** @var array<array> levies: title, net, VAT, percentage */
    public $levies = [];
    /** @var int VAT of this row that was cancelled */
    public $cancelledVat = 0;

    public function __construct(array $item, bool $whole)
    {
        $ordered = MagentoAmount::of($item['qty_ordered']);
        $this->cancelled = $whole ? 0 : min($ordered, MagentoAmount::of($item['qty_canceled']));
        $this->quantity = $ordered - $this->cancelled;
        $this->percent = MagentoAmount::of($item['tax_percent']);
        $net = MagentoAmount::of($item['base_row_total']);
        $tax = MagentoAmount::of($item['base_tax_amount']);
        $levies = self::levies($item['weee_tax_applied'], $this->percent);
        if (MagentoSchema::LINE_TAX_WITH_LEVY) {
            $tax -= array_sum(array_column($levies, 2));
        }
        $this->discount = MagentoAmount::of($item['base_discount_amount']);
        $discount = $this->discount - MagentoAmount::of($item['base_compensation']);
        // Rows of old versions lack the total with VAT: without a discount the tax says it.
        $vat = $item['base_row_total_incl_tax'] === null ? $tax : MagentoAmount::of($item['base_row_total_incl_tax']) - $net;
        $this->keep($ordered, $net, $vat, -$discount, $tax - $vat, $levies);
    }

    private function keep(int $ordered, int $net, int $vat, int $discountNet, int $discountVat, array $levies)
    {
        $all = $vat + $discountVat;
        // With VAT first: that is what the buyer owes.
        $this->net = $this->left($net, $ordered);
        $this->vat = $this->left($net + $vat, $ordered) - $this->net;
        $this->discountNet = $this->left($discountNet, $ordered);
        $this->discountVat = $this->left($discountNet + $discountVat, $ordered) - $this->discountNet;
        foreach ($levies as $levy) {
            $all += $levy[2];
            $levyNet = $this->left($levy[1], $ordered);
            $this->levies[] = [$levy[0], $levyNet, $this->left($levy[1] + $levy[2], $ordered) - $levyNet, $levy[3]];
        }
        $this->cancelledVat = $all - $this->vat - $this->discountVat - array_sum(array_column($this->levies, 2));
    }

    private function left(int $amount, int $ordered): int
    {
        return $this->quantity === $ordered ? $amount : MagentoAmount::cents(MagentoAmount::share($amount, $this->quantity, $ordered));
    }

    /** Fixed product taxes of a row: [title, net, VAT, percentage]. */
    public static function levies($stored, int $percent): array
    {
        $levies = [];
        $rows = array_values(array_filter((array) MagentoStoredArray::of($stored), function ($levy): bool {
            return is_array($levy) && isset($levy['base_row_amount']);
        }));
        $discounts = self::discounts($rows);
        foreach ($rows as $at => $levy) {
            $net = MagentoAmount::of($levy['base_row_amount']);
            $with = isset($levy['base_row_amount_incl_tax']) ? MagentoAmount::of($levy['base_row_amount_incl_tax']) : $net;
            $title = isset($levy['title']) && is_string($levy['title']) ? $levy['title'] : '';
            $less = $discounts[$at];
            $vat = $less === 0 ? $with - $net : MagentoAmount::cents(MagentoAmount::share($with - $net, $net - $less, $net));
            $levies[] = [$title, $net - $less, $vat, $with === $net ? 0 : $percent];
        }
        return $levies;
    }

    /**
     * Where the shop discounts levies as well, what it took of each is without VAT, and kept with the levies only.
     * What it took of the whole row stands with every one of them, in whole cents: the last one has what the
     * others leave of it.
     */
    private static function discounts(array $rows): array
    {
        $less = [];
        $left = isset($rows[0]['total_base_weee_discount']) ? MagentoAmount::of($rows[0]['total_base_weee_discount']) : 0;
        foreach ($rows as $at => $levy) {
            $own = isset($levy['base_weee_discount']) ? MagentoAmount::cents(MagentoAmount::of($levy['base_weee_discount'])) : 0;
            $less[$at] = $left === 0 ? 0 : ($at === count($rows) - 1 ? $left : $own);
            $left -= $less[$at];
        }
        return $less;
    }
}

/**
 * Which rows of an order were sold, and as what. Magento writes a parent and its children: where the
 * parent says that its children are calculated (a bundle with a price by its parts) they count and it
 * is their heading; everywhere else the parent counts and the children tell what was chosen.
 */
final class MagentoLines
{
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoProductsNow */
    private $products;
    /** @var array */
    private $messages;

    public function __construct(Cleaner $cleaner, MagentoProductsNow $products, array $messages)
    {
        $this->cleaner = $cleaner;
        $this->products = $products;
        $this->messages = $messages;
    }

    /**
     * Rows as sold: [row, amounts or null for a heading, children]. `$whole`: a cancelled order stands
     * as it was placed.
     */
    public static function sold(array $items, bool $whole): array
    {
        $children = [];
        $ids = array_column($items, 'item_id', 'item_id');
        foreach ($items as $item) {
            if ($item['parent_item_id'] !== null && isset($ids[$item['parent_item_id']])) {
                $children[$item['parent_item_id']][] = $item;
            }
        }
        $sold = [];
        foreach ($items as $item) {
            if ($item['parent_item_id'] !== null && isset($ids[$item['parent_item_id']])) {
                continue;
            }
            $own = isset($children[$item['item_id']]) ? $children[$item['item_id']] : [];
            if ($own === [] || !self::childrenCount($item)) {
                $sold[] = [$item, new MagentoSold($item, $whole), $own];
                continue;
            }
            $sold[] = [$item, null, []];
            foreach ($own as $child) {
                $sold[] = [$child, new MagentoSold($child, $whole), []];
            }
        }
        return $sold;
    }

    private static function childrenCount(array $item): bool
    {
        $options = MagentoStoredArray::of($item['product_options']);
        return isset($options['product_calculations']) && in_array($options['product_calculations'], [0, '0'], true);
    }

    /** The order's lines; a row that was cancelled whole is none. */
    public function records(array $sold): array
    {
        $lines = [];
        foreach ($sold as $index => $row) {
            if ($row[1] === null) {
                $parts = $this->partsLeft($sold, $index);
                if ($parts > 0) {
                    $lines[] = $this->heading($row[0]);
                }
            } elseif ($row[1]->quantity !== 0 || $row[1]->cancelled === 0) {
                $lines[] = $this->line($row[0], $row[1], $row[2]);
            }
        }
        return $lines;
    }

    private function partsLeft(array $sold, int $heading): int
    {
        $left = 0;
        foreach ($sold as $row) {
            $left += $row[1] !== null && $row[0]['parent_item_id'] === $sold[$heading][0]['item_id'] && $row[1]->quantity !== 0 ? 1 : 0;
        }
        return $left;
    }

    private function line(array $item, MagentoSold $sold, array $children): array
    {
        // What is taken from the shelf of a configurable product is its variant.
        $variant = $item['product_type'] === 'configurable' && count($children) === 1 ? $children[0] : $item;
        $product = (string) $variant['product_id'];
        return [
            'id' => $item['item_id'],
            'product_id' => $product === '' || $product === '0' ? null : $product,
            'code' => $this->cleaner->verbatim($item['sku'], 'sku'),
            'sku' => $this->products->sku($product),
            'ean' => $this->products->ean($product),
            'name' => $this->cleaner->verbatim($item['name'], 'name'),
            'quantity' => MagentoAmount::text($sold->quantity),
            'price' => MagentoAmount::text(MagentoAmount::of($item['base_price'])),
            'tax' => MagentoAmount::text(MagentoAmount::share($sold->vat, MagentoAmount::ONE, $sold->quantity)),
            'total' => MagentoAmount::text($sold->net),
            'tax_class' => $this->products->taxClass((string) $item['product_id']),
            'options' => $this->options($item, $children),
            'percent' => MagentoAmount::text($sold->percent),
            'total_incl' => MagentoAmount::text($sold->net + $sold->vat),
            'heading' => false,
            'custom_fields' => array_merge($this->cancelled($item, $sold), $this->message($item['gift_message_id'])),
        ];
    }

    private function heading(array $item): array
    {
        $nothing = MagentoAmount::text(0);
        $quantity = MagentoAmount::of($item['qty_ordered']);
        return [
            'id' => $item['item_id'],
            'product_id' => $item['product_id'],
            'code' => $this->cleaner->verbatim($item['sku'], 'sku'),
            'sku' => $this->products->sku($item['product_id']),
            'ean' => null,
            'name' => $this->cleaner->verbatim($item['name'], 'name'),
            'quantity' => MagentoAmount::text($quantity),
            'price' => $nothing,
            'tax' => $nothing,
            'total' => $nothing,
            'tax_class' => null,
            'options' => $this->options($item, []),
            'percent' => null,
            'total_incl' => null,
            'heading' => true,
            'custom_fields' => $this->message($item['gift_message_id']),
        ];
    }

    private function cancelled(array $item, MagentoSold $sold): array
    {
        return $sold->cancelled === 0 ? [] : [
            ['id' => 'qty_ordered', 'name' => 'qty_ordered', 'value' => MagentoAmount::text(MagentoAmount::of($item['qty_ordered']))],
            ['id' => 'qty_canceled', 'name' => 'qty_canceled', 'value' => MagentoAmount::text($sold->cancelled)],
        ];
    }

    /** A gift message as a field; none when there is none. */
    public function message($id): array
    {
        if ($id === null || !isset($this->messages[$id])) {
            return [];
        }
        $row = $this->messages[$id];
        $people = trim($this->cleaner->verbatim($row['sender'], 'gift_message')) . ' > ' . trim($this->cleaner->verbatim($row['recipient'], 'gift_message'));
        return [['id' => 'gift_message', 'name' => 'gift_message', 'value' => $people . ': ' . $this->cleaner->verbatim($row['message'], 'gift_message', true)]];
    }

    /** What was chosen: a variant's attributes, options and free text, and the parts of a bundle with a price of its own. */
    private function options(array $item, array $children): array
    {
        $stored = MagentoStoredArray::of($item['product_options']);
        if ($stored === null) {
            $this->cleaner->remark('unreadable:product_options');
            $stored = [];
        }
        $options = [];
        foreach (isset($stored['attributes_info']) && is_array($stored['attributes_info']) ? $stored['attributes_info'] : [] as $chosen) {
            $options[] = $this->option($chosen, 'attribute');
        }
        foreach (isset($stored['options']) && is_array($stored['options']) ? $stored['options'] : [] as $chosen) {
            $options[] = $this->option($chosen, is_array($chosen) && isset($chosen['option_type']) && is_string($chosen['option_type']) ? $chosen['option_type'] : 'option');
        }
        if ($item['product_type'] === 'bundle') {
            foreach ($children as $child) {
                $options[] = $this->part($item, $child);
            }
        }
        return $options;
    }

    private function option($chosen, string $kind): array
    {
        $name = is_array($chosen) && isset($chosen['label']) && is_scalar($chosen['label']) ? (string) $chosen['label'] : '';
        $value = '';
        // `value` may hold a link for the browser, `print_value` is what a person reads.
        foreach (is_array($chosen) ? ['print_value', 'value'] : [] as $key) {
            if ($value === '' && isset($chosen[$key]) && is_scalar($chosen[$key])) {
                $value = (string) $chosen[$key];
            }
        }
        return ['name' => $this->cleaner->verbatim($name, 'option'), 'value' => $this->cleaner->verbatim($value, 'option', true), 'kind' => $kind, 'value_id' => null, 'code' => null];
    }

    private function part(array $bundle, array $child): array
    {
        $stored = MagentoStoredArray::of($child['product_options']);
        $attributes = isset($stored['bundle_selection_attributes']) ? MagentoStoredArray::of($stored['bundle_selection_attributes']) : [];
        $label = isset($attributes['option_label']) && is_string($attributes['option_label']) ? $attributes['option_label'] : '';
        $each = MagentoAmount::share(MagentoAmount::of($child['qty_ordered']), MagentoAmount::ONE, MagentoAmount::of($bundle['qty_ordered']));
        return [
            'name' => $this->cleaner->verbatim($label, 'option'),
            'value' => rtrim(rtrim(MagentoAmount::text($each), '0'), '.') . ' x ' . $this->cleaner->verbatim($child['name'], 'name'),
            'kind' => 'bundle',
            'value_id' => null,
            'code' => $this->cleaner->verbatim($child['sku'], 'sku'),
        ];
    }
}

/**
 * The total block of an order, out of amounts Magento keeps in columns. Everything is in base currency
 * and without VAT, the VAT in rows of its own by rate: lines and rows add up to the total exactly.
 */
final class MagentoTotalRows
{
    /** What is left over after all known amounts is called a rounding up to five cents. */
    const ROUNDING = 500;

    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoExtras */
    private $extras;

    public function __construct(MagentoSettings $settings, Cleaner $cleaner, MagentoExtras $extras)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->extras = $extras;
    }

    /** Does a cancelled order stand as it was placed? One of which a part was cancelled is what is left. */
    public static function whole(array $order): bool
    {
        return $order['state'] === 'canceled';
    }

    /** What is owed, with VAT. */
    public static function total(array $order): int
    {
        $total = MagentoAmount::of($order['base_grand_total']);
        return self::whole($order) ? $total : $total - MagentoAmount::of($order['base_total_canceled']);
    }

    public function records(array $order, array $sold, array $taxes): array
    {
        $counted = array_filter(array_column($sold, 1));
        $goods = array_sum(array_map(function (MagentoSold $row): int {
            return $row->net;
        }, $counted));
        $shipping = $this->shipping($order, $counted, $this->rates($counted, $taxes));
        $rows = array_merge($this->discount($order, $counted, $shipping), $this->shippingRow($order, $shipping), $this->levies($counted));
        $left = self::total($order) - $goods - self::sum($rows);
        $taxRows = $this->taxes($counted, $taxes, $shipping);
        $ofLines = $this->taxesOfLines($counted, $taxes, $shipping);
        if ($left !== self::sum($taxRows) && $left === self::sum($ofLines)) {
            // Magento 1 keeps wrong base amounts by rate on some orders in another currency, and an import
            // may keep none; the lines' own VAT and the total agree.
            $taxRows = $ofLines;
        }
        $rest = $left - self::sum($taxRows);
        list($percent, $vat) = $this->untold($order, $counted, $taxes, $rest);
        $more = $this->rest($order, $rest - $vat);
        if ($vat !== 0) {
            $taxRows[] = $this->taxRow($percent, rtrim(rtrim(MagentoAmount::text($percent), '0'), '.') . '%', $vat);
            if (count($more) === 1) {
                $more[0]['parts'] = MagentoAmount::parts([$percent => [$rest - $vat, $vat]]);
            }
        }
        return array_merge(
            [$this->row('subtotal', 'sub_total', '', $goods)],
            $rows,
            $more,
            $taxRows,
            [$this->row('grand_total', 'total', '', self::total($order))]
        );
    }

    private static function sum(array $rows): int
    {
        return array_sum(array_map([MagentoAmount::class, 'of'], array_column($rows, 'amount')));
    }

    private function row(string $code, string $kind, string $title, int $amount, array $parts = []): array
    {
        return ['code' => $code, 'kind' => $kind, 'title' => $title, 'amount' => MagentoAmount::text($amount), 'rate' => null, 'tax_class' => null, 'parts' => $parts];
    }

    /** Percentages that occur on this order. */
    private function rates(array $counted, array $taxes): array
    {
        $rates = [0 => true];
        foreach ($taxes as $tax) {
            $rates[MagentoAmount::of($tax['percent'])] = true;
        }
        foreach ($counted as $row) {
            $rates[$row->percent] = true;
        }
        return array_keys($rates);
    }

    /** The rate among these that gives this VAT on this amount, or comes closest. */
    private static function rateOf(int $net, int $vat, array $rates): int
    {
        $best = 0;
        $off = PHP_INT_MAX;
        foreach ($rates as $rate) {
            $miss = abs(MagentoAmount::share($net, $rate, 100 * MagentoAmount::ONE) - $vat);
            if ($miss < $off) {
                $off = $miss;
                $best = $rate;
            }
        }
        return $best;
    }

    /** Shipping: net and VAT before the discount, what the discount takes of both, percentage, VAT cancelled. */
    private function shipping(array $order, array $counted, array $rates): array
    {
        $net = MagentoAmount::of($order['base_shipping_amount']);
        $tax = MagentoAmount::of($order['base_shipping_tax_amount']);
        $vat = $order['base_shipping_incl_tax'] === null ? $tax : MagentoAmount::of($order['base_shipping_incl_tax']) - $net;
        $discount = MagentoAmount::of($order['base_shipping_compensation']) - $this->shippingDiscount($order, $counted);
        $rate = self::rateOf($net, $vat, $rates);
        $gone = self::whole($order) ? 0 : MagentoAmount::of($order['base_shipping_canceled']);
        if ($gone === 0 || $net === 0) {
            return [$net, $vat, $discount, $tax - $vat, $rate, 0];
        }
        $kept = [];
        foreach ([$net, $vat, $discount, $tax - $vat] as $amount) {
            $kept[] = MagentoAmount::cents(MagentoAmount::share($amount, $net - $gone, $net));
        }
        return [$kept[0], $kept[1], $kept[2], $kept[3], $rate, $tax - $kept[1] - $kept[3]];
    }

    /** Magento 1 does not round it where it stands alone; what the order's own sum leaves for it is whole cents. */
    private function shippingDiscount(array $order, array $counted): int
    {
        $own = MagentoAmount::of($order['base_shipping_discount_amount']);
        $left = -MagentoAmount::of($order['base_discount_amount']);
        foreach ($counted as $row) {
            $left -= $row->discount;
        }
        return $own !== 0 && abs($left - $own) < 100 ? $left : $own;
    }

    private function shippingRow(array $order, array $shipping): array
    {
        if ((string) $order['shipping_method'] === '' && $shipping[0] === 0) {
            return [];
        }
        $row = $this->row('shipping', 'shipping', $this->cleaner->verbatim($order['shipping_description'], 'shipping_description'), $shipping[0], MagentoAmount::parts([$shipping[4] => [$shipping[0], $shipping[1]]]));
        $row['tax_class'] = $this->settings->taxClass($this->settings->get('tax/classes/shipping_tax_class', $order['store_id']));
        return [$row];
    }

    /** Magento keeps one sum for all rules and coupons together. */
    private function discount(array $order, array $counted, array $shipping): array
    {
        $byRate = MagentoAmount::add([], $shipping[4], $shipping[2], $shipping[3]);
        foreach ($counted as $row) {
            $byRate = MagentoAmount::add($byRate, $row->percent, $row->discountNet, $row->discountVat);
        }
        $net = array_sum(array_column($byRate, 0));
        $parts = MagentoAmount::parts($byRate);
        if ($net === 0 && $parts === []) {
            return [];
        }
        $title = '';
        foreach (['discount_description', 'coupon_rule_name', 'coupon_code'] as $column) {
            $title = $title === '' ? $this->cleaner->verbatim($order[$column], $column) : $title;
        }
        return [$this->row('discount', 'discount', $title, $net, $parts)];
    }

    /** One row for each fixed product tax, by its title. */
    private function levies(array $counted): array
    {
        $titles = [];
        foreach ($counted as $row) {
            foreach ($row->levies as $levy) {
                $so = isset($titles[$levy[0]]) ? $titles[$levy[0]] : [];
                $titles[$levy[0]] = MagentoAmount::add($so, $levy[3], $levy[1], $levy[2]);
            }
        }
        $rows = [];
        foreach ($titles as $title => $byRate) {
            $rows[] = $this->row('weee', 'levy', $this->cleaner->verbatim((string) $title, 'weee'), array_sum(array_column($byRate, 0)), MagentoAmount::parts($byRate));
        }
        return $rows;
    }

    /** A row for each rate the shop recorded, less what was cancelled of it. */
    private function taxes(array $counted, array $taxes, array $shipping): array
    {
        $gone = [$shipping[4] => $shipping[5]];
        foreach ($counted as $row) {
            $gone[$row->percent] = (isset($gone[$row->percent]) ? $gone[$row->percent] : 0) + $row->cancelledVat;
        }
        $rows = [];
        foreach ($taxes as $tax) {
            $percent = MagentoAmount::of($tax['percent']);
            $lost = isset($gone[$percent]) ? $gone[$percent] : 0;
            unset($gone[$percent]);
            $rows[] = $this->taxRow($percent, self::taxTitle($tax), MagentoAmount::of($tax['base_amount']) - $lost);
        }
        return $rows;
    }

    private static function taxTitle(array $tax): string
    {
        return (string) $tax['title'] !== '' ? $tax['title'] : (string) $tax['code'];
    }

    private function taxRow(int $percent, string $title, int $amount): array
    {
        $row = $this->row('tax', 'tax', $this->cleaner->verbatim($title, 'tax'), $amount);
        $row['rate'] = ['rate' => MagentoAmount::text($percent), 'kind' => 'percent'];
        return $row;
    }

    /** The same out of what lines, shipping and levies say. */
    private function taxesOfLines(array $counted, array $taxes, array $shipping): array
    {
        $titles = [];
        foreach ($taxes as $tax) {
            $titles[MagentoAmount::of($tax['percent'])] = self::taxTitle($tax);
        }
        $byRate = [$shipping[4] => $shipping[1] + $shipping[3]];
        foreach ($counted as $row) {
            $so = isset($byRate[$row->percent]) ? $byRate[$row->percent] : 0;
            $byRate[$row->percent] = $so + $row->vat + $row->discountVat + array_sum(array_column($row->levies, 2));
        }
        $rows = [];
        foreach (array_filter($byRate) as $percent => $vat) {
            $title = isset($titles[$percent]) ? $titles[$percent] : rtrim(rtrim(MagentoAmount::text((int) $percent), '0'), '.') . '%';
            $rows[] = $this->taxRow((int) $percent, $title, $vat);
        }
        return $rows;
    }

    /**
     * VAT on an extension's fee that the order's sum of VAT has and no row by rate tells: percentage and VAT,
     * where a rate of this order gives it to the cent; nothing otherwise.
     */
    private function untold(array $order, array $counted, array $taxes, int $rest): array
    {
        $vat = MagentoAmount::of($order['base_tax_amount']) - array_sum(array_map([MagentoAmount::class, 'of'], array_column($taxes, 'base_amount')));
        foreach ($counted as $row) {
            // Magento 1 counts the levies themselves into this sum.
            $vat -= MagentoSchema::LINE_TAX_WITH_LEVY ? array_sum(array_column($row->levies, 1)) : 0;
        }
        $net = $rest - $vat;
        if ($vat <= 0 || $net <= self::ROUNDING || MagentoAmount::of($order['base_total_canceled']) !== 0) {
            return [0, 0];
        }
        foreach ($this->rates($counted, $taxes) as $percent) {
            if ($percent !== 0 && abs(MagentoAmount::share($net, $percent, 100 * MagentoAmount::ONE) - $vat) <= 100) {
                return [$percent, $vat];
            }
        }
        return [0, 0];
    }

    /** What an extension's own columns explain of the rest; a few cents are a rounding; more is told as it is. */
    private function rest(array $order, int $left): array
    {
        if ($left === 0) {
            return [];
        }
        $extras = $this->extras->rows($order);
        if ($extras !== [] && array_sum(array_column($extras, 2)) === $left) {
            return array_map(function (array $extra): array {
                return $this->row($extra[0], $extra[1], '', $extra[2]);
            }, $extras);
        }
        foreach ($extras as $extra) {
            if (abs($extra[2]) === abs($left)) {
                return [$this->row($extra[0], $extra[1], '', $left)];
            }
        }
        if (abs($left) <= self::ROUNDING) {
            return [$this->row('rounding', 'rounding', '', $left)];
        }
        $this->cleaner->remark('unexplained:' . MagentoAmount::text($left));
        return [$this->row('unexplained', 'other', '', $left)];
    }
}

/** Credit memos: goods and shipping by rate, and what was given back or kept beyond them, which has no VAT. */
final class MagentoRefunds
{
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(MagentoSettings $settings, Cleaner $cleaner)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function records(array $order, array $sold, array $rows, array $items, array $comments, int $shippingRate): array
    {
        $refunds = [];
        $time = $this->settings->time($order['store_id']);
        foreach ($rows as $row) {
            $lines = $this->lines($sold, $items, $row['entity_id']);
            $adjustment = MagentoAmount::of($row['base_adjustment_positive']) - MagentoAmount::of($row['base_adjustment_negative']);
            $rest = MagentoAmount::of($row['base_grand_total']) - $adjustment;
            foreach ($lines as $line) {
                foreach ($line['parts'] as $part) {
                    $rest -= MagentoAmount::of($part['net']) + MagentoAmount::of($part['vat']);
                }
            }
            // The memo keeps shipping before its discount: what goods and adjustment leave is what was given back.
            $shipping = [];
            if (MagentoAmount::of($row['base_shipping_amount']) !== 0) {
                $vat = MagentoAmount::of($row['base_shipping_tax_amount']);
                $shipping = MagentoAmount::parts([$shippingRate => [$rest - $vat, $vat]]);
            } else {
                $adjustment += $rest;
            }
            $refunds[] = [
                'id' => $row['entity_id'],
                'number' => $row['increment_id'],
                'at' => MagentoTime::utc($row['created_at']),
                'at_local' => MagentoTime::local($row['created_at'], $time),
                'total' => MagentoAmount::text(MagentoAmount::of($row['base_grand_total'])),
                'comment' => $this->comment($comments, $row['entity_id']),
                'lines' => $lines,
                'shipping' => $shipping,
                'adjustment' => MagentoAmount::text($adjustment),
            ];
        }
        return $refunds;
    }

    private function lines(array $sold, array $items, string $memo): array
    {
        $rates = [];
        foreach ($sold as $row) {
            if ($row[1] !== null) {
                $rates[$row[0]['item_id']] = $row[1]->percent;
            }
        }
        $lines = [];
        foreach ($items as $item) {
            if ($item['parent_id'] !== $memo || !isset($rates[$item['order_item_id']])) {
                continue;
            }
            $byRate = self::amounts($item, $rates[$item['order_item_id']]);
            $quantity = MagentoAmount::of($item['qty']);
            if ($quantity !== 0 || MagentoAmount::parts($byRate) !== []) {
                $lines[] = ['line_id' => $item['order_item_id'], 'quantity' => MagentoAmount::text($quantity), 'parts' => MagentoAmount::parts($byRate)];
            }
        }
        return $lines;
    }

    private static function amounts(array $item, int $rate): array
    {
        $net = MagentoAmount::of($item['base_row_total']) - MagentoAmount::of($item['base_discount_amount']) + MagentoAmount::of($item['base_compensation']);
        $vat = MagentoAmount::of($item['base_tax_amount']);
        $levies = MagentoSold::levies($item['weee_tax_applied'], $rate);
        $withLevy = MagentoSchema::LINE_TAX_WITH_LEVY ? array_sum(array_column($levies, 2)) : 0;
        $byRate = MagentoAmount::add([], $rate, $net, $vat - $withLevy);
        foreach ($levies as $levy) {
            $byRate = MagentoAmount::add($byRate, $levy[3], $levy[1], $levy[2]);
        }
        return $byRate;
    }

    private function comment(array $comments, string $memo): string
    {
        $texts = [];
        foreach ($comments as $row) {
            if ($row['parent_id'] === $memo && trim((string) $row['comment']) !== '') {
                $texts[] = $this->cleaner->verbatim($row['comment'], 'comment', true);
            }
        }
        return implode("\n", $texts);
    }
}

/** Buyers and addresses as they were copied onto an order. */
final class MagentoPeople
{
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoExtras */
    private $extras;

    public function __construct(MagentoSettings $settings, Cleaner $cleaner, MagentoExtras $extras)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->extras = $extras;
    }

    /** The address of a kind (`billing`, `shipping`) among an order's rows, or null. */
    public static function row(array $addresses, string $kind)
    {
        foreach ($addresses as $row) {
            if ($row['address_type'] === $kind) {
                return $row;
            }
        }
        return null;
    }

    public function customer(array $order, array $addresses): array
    {
        $billing = self::row($addresses, 'billing');
        $shipping = self::row($addresses, 'shipping');
        // A guest's name may stand on the address only.
        $named = (string) $order['customer_lastname'] !== '' || $billing === null ? [
            'firstname' => $order['customer_firstname'], 'middlename' => $order['customer_middlename'], 'lastname' => $order['customer_lastname'], 'suffix' => $order['customer_suffix'],
        ] : $billing;
        $vat = $this->firstOf([$billing === null ? '' : $billing['vat_id'], $order['customer_taxvat'], $shipping === null ? '' : $shipping['vat_id']]);
        $chamber = $this->firstOf([$this->extras->chamberNumber($order), $billing === null ? '' : $this->extras->chamberNumber($billing)]);
        $prefix = $this->cleaner->verbatim($order['customer_prefix'], 'customer_prefix');
        return [
            'id' => $order['customer_id'],
            'group' => $this->settings->group((string) $order['customer_group_id']),
            'first_name' => $this->cleaner->verbatim($named['firstname'], 'customer_firstname'),
            'last_name' => $this->lastName($named, 'customer_lastname'),
            'email' => $this->cleaner->verbatim($order['customer_email'], 'customer_email'),
            'telephone' => $this->cleaner->verbatim($billing === null ? '' : $billing['telephone'], 'telephone'),
            'vat_number' => $vat === '' ? null : $this->cleaner->verbatim($vat, 'vat_id'),
            'chamber_of_commerce' => $chamber === '' ? null : $this->cleaner->verbatim($chamber, 'kvk'),
            'custom_fields' => $prefix === '' ? [] : [['id' => 'prefix', 'name' => 'prefix', 'value' => $prefix]],
        ];
    }

    private function firstOf(array $values): string
    {
        foreach ($values as $value) {
            if (trim((string) $value) !== '') {
                return trim((string) $value);
            }
        }
        return '';
    }

    /** Magento has a field for what stands between the names (`van der`), and one for what follows them. */
    public function lastName(array $row, string $field): string
    {
        $names = [];
        foreach (['middlename', 'lastname', 'suffix'] as $part) {
            $name = trim($this->cleaner->verbatim(isset($row[$part]) ? $row[$part] : '', $field));
            if ($name !== '') {
                $names[] = $name;
            }
        }
        return implode(' ', $names);
    }

    public function address(array $row): array
    {
        $street = $this->street((string) $row['street']);
        return [
            'first_name' => $this->cleaner->verbatim($row['firstname'], 'firstname'),
            'last_name' => $this->lastName($row, 'lastname'),
            'company' => $this->cleaner->verbatim($row['company'], 'company'),
            'line1' => $street[0],
            'line2' => $street[1],
            'postcode' => $this->cleaner->verbatim($row['postcode'], 'postcode'),
            'city' => $this->cleaner->verbatim($row['city'], 'city'),
            'zone' => $this->cleaner->verbatim($row['region'], 'region'),
            'country' => (string) $row['country_id'],
            // Magento knows countries by their code only; names come with the program.
            'country_name' => '',
            'custom_fields' => [],
        ];
    }

    /** Lines of a street; shops that ask for street, number and addition apart have them in as many lines. */
    private function street(string $stored): array
    {
        $lines = [];
        foreach (explode("\n", $this->cleaner->verbatim($stored, 'street', true)) as $line) {
            if (trim($line) !== '') {
                $lines[] = trim($line);
            }
        }
        if (count($lines) > 1 && preg_match('/[0-9]/', $lines[0]) === 0 && preg_match('/^[0-9]{1,5}(?![0-9])/', $lines[1]) === 1) {
            return [implode(' ', $lines), ''];
        }
        return [isset($lines[0]) ? $lines[0] : '', implode(' ', array_slice($lines, 1))];
    }
}

/** Magento's orders as the protocol has them: heads in order of change, and bodies, both read in bulk. */
final class MagentoOrders implements OrderBodies
{
    /** @var Database */
    private $database;
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoOrderRows */
    private $rows;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->rows = new MagentoOrderRows($database);
    }

    /** Heads from a moment (UTC) or position on: places first, what the hash needs in parts, as it is asked for. */
    public function heads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $places = $this->rows->places($since === null ? null : MagentoTime::column($since), $after, $limit);
        $sizes = $this->rows->sizes(array_column($places, 'entity_id'), $page->room());
        foreach ($sizes->lists($places, 'entity_id', $atOnce) as $some) {
            $ids = $sizes->fitting(array_column($some, 'entity_id'));
            $orders = $ids === [] ? [] : $this->rows->orders($ids);
            $parts = $ids === [] ? [] : $this->rows->parts($ids);
            foreach ($some as $place) {
                $id = $place['entity_id'];
                $large = $sizes->tooLarge($id);
                if ($large || isset($orders[$id])) {
                    $hash = $large ? $sizes->hash($id) : MagentoOrderRows::hash($orders[$id], $parts);
                    if (!$page->give(['id' => $id, 'changed_at' => MagentoTime::utc($place['stamp']), 'stamp' => $place['stamp'], 'hash' => $hash])) {
                        return;
                    }
                }
            }
        }
    }

    /** Bodies of these ids, those that are too large first; the rows of so many others are read at once. */
    public function all(array $ids, int $atOnce, Page $page)
    {
        $sizes = $this->rows->sizes($ids, $page->room());
        $sizes->bodies($ids, $atOnce, $this->rows->numbers($sizes->large()), $this, $page);
    }

    public function bodies(array $ids, Page $page): bool
    {
        if ($ids === []) {
            return true;
        }
        $orders = $this->rows->orders($ids);
        $parts = $this->rows->parts($ids);
        $notes = $this->rows->notes($ids);
        $products = [];
        $messages = array_column($orders, 'gift_message_id');
        foreach ($parts['items'] as $items) {
            array_push($products, ...array_column($items, 'product_id'));
            array_push($messages, ...array_column($items, 'gift_message_id'));
        }
        $now = new MagentoProductsNow($this->database, $this->settings, $this->cleaner, $products);
        $lines = new MagentoLines($this->cleaner, $now, $this->rows->giftMessages(array_values(array_unique(array_filter($messages)))));
        foreach ($orders as $order) {
            $this->cleaner->remarks();
            $this->missing($order, $parts);
            try {
                $body = $this->body($order, $parts, $notes, $lines);
            } catch (\Throwable $error) {
                // One order that cannot be read does not keep the others away.
                $body = ['id' => $order['entity_id'], 'hash' => MagentoOrderRows::hash($order, $parts), 'remarks' => ['unreadable:line ' . $error->getLine()]];
            }
            if (!$page->give($body)) {
                return false;
            }
        }
        return true;
    }

    /** Notes amounts that are missing of the order, its shipping and its lines. Others (a discount, VAT) Magento itself leaves open. */
    private function missing(array $order, array $parts)
    {
        $this->cleaner->amounts($order, ['base_grand_total'], 'order');
        if ((string) $order['shipping_method'] !== '') {
            $this->cleaner->amounts($order, ['base_shipping_amount'], 'shipping');
        }
        foreach (MagentoOrderRows::of($parts, 'items', $order['entity_id']) as $item) {
            $this->cleaner->amounts($item, ['qty_ordered', 'base_row_total'], 'line');
        }
    }

    private function body(array $order, array $parts, array $notes, MagentoLines $lines): array
    {
        $id = $order['entity_id'];
        $addresses = MagentoOrderRows::of($parts, 'addresses', $id);
        $billing = MagentoPeople::row($addresses, 'billing');
        $delivery = MagentoPeople::row($addresses, 'shipping');
        $sold = MagentoLines::sold(MagentoOrderRows::of($parts, 'items', $id), MagentoTotalRows::whole($order));
        $people = new MagentoPeople($this->settings, $this->cleaner, $this->rows->extras());
        $totals = (new MagentoTotalRows($this->settings, $this->cleaner, $this->rows->extras()))->records($order, $sold, MagentoOrderRows::of($parts, 'taxes', $id));
        $invoices = MagentoOrderRows::of($parts, 'invoices', $id);
        $payments = MagentoOrderRows::of($parts, 'payments', $id);
        $ships = (string) $order['shipping_method'] !== '';
        $record = [
            'id' => $id,
            'number' => $this->cleaner->verbatim($order['increment_id'], 'increment_id'),
            'hash' => MagentoOrderRows::hash($order, $parts),
            'store' => $this->store($order),
            'placed_at' => MagentoTime::utc($order['created_at']),
            'placed_local' => MagentoTime::local($order['created_at'], $this->settings->time($order['store_id'])),
            'changed_at' => MagentoTime::utc($order['updated_at'] === null ? $order['created_at'] : $order['updated_at']),
            'status' => $this->settings->status((string) $order['status'], (string) $order['state']),
            'language' => $this->settings->language($order['store_id']),
            'money' => $this->money($order),
            'customer' => $people->customer($order, $addresses),
            'invoice_address' => $people->address($billing !== null ? $billing : self::noAddress()),
            'delivery_address' => $delivery === null ? null : $people->address($delivery),
            'payment' => $this->payment($order, isset($payments[0]) ? $payments[0] : null),
            'shipping' => $ships ? ['code' => $order['shipping_method'], 'title' => $this->cleaner->verbatim($order['shipping_description'], 'shipping_description')] : null,
            'comment' => $this->cleaner->verbatim($order['customer_note'], 'customer_note', true),
            'invoice_number' => isset($invoices[0]) ? $invoices[0]['increment_id'] : null,
            'invoice_date' => isset($invoices[0]) ? $this->invoiceDay($order, $invoices[0]) : null,
            'shop_reference' => null,
            'lines' => $lines->records($sold),
            'gift_cards' => [],
            'totals' => $totals,
            'total' => MagentoAmount::text(MagentoTotalRows::total($order)),
            'history' => $this->history(MagentoOrderRows::of($notes, 'history', $id)),
            'refunds' => $this->refunds($order, $sold, $parts, $notes, $totals),
            'replaces' => (string) $order['relation_parent_real_id'] === '' ? null : $order['relation_parent_real_id'],
            'paid' => self::paid($order),
            'paid_on' => self::paid($order) ? $this->paidOn($order, $invoices) : null,
            'custom_fields' => array_merge($this->fields($order, $payments), $lines->message($order['gift_message_id'])),
        ];
        $record['remarks'] = $this->cleaner->remarks();
        return $record;
    }

    /** The day of an invoice on the clock of the order's store view. */
    private function invoiceDay(array $order, array $invoice)
    {
        $day = substr(MagentoTime::local($invoice['created_at'], $this->settings->time($order['store_id'])), 0, 10);
        return MagentoTime::utc($invoice['created_at']) === MagentoTime::NONE ? null : $day;
    }

    private static function noAddress(): array
    {
        return array_fill_keys(['firstname', 'middlename', 'lastname', 'suffix', 'company', 'street', 'postcode', 'city', 'region', 'country_id'], '');
    }

    /** The store view; of one that is gone, the name the order kept (website, store and view, a line each). */
    private function store(array $order): array
    {
        $view = $order['store_id'] === null ? null : $this->settings->store($order['store_id']);
        $kept = explode("\n", (string) $order['store_name']);
        return ['id' => (string) $order['store_id'], 'name' => $this->cleaner->verbatim($view !== null ? $view['name'] : (string) end($kept), 'store')];
    }

    private function money(array $order): array
    {
        $total = MagentoAmount::of($order['grand_total']) - (MagentoTotalRows::whole($order) ? 0 : MagentoAmount::of($order['total_canceled']));
        $rate = MagentoAmount::of($order['base_to_order_rate']);
        return [
            'code' => (string) $order['base_currency_code'],
            'order_code' => (string) $order['order_currency_code'],
            'rate' => $rate > 0 ? MagentoAmount::text($rate) : '1',
            'order_total' => MagentoAmount::text($total),
        ];
    }

    /** Nothing is owed any more: paid or, in part, cancelled. An order that asked nothing is paid. */
    private static function paid(array $order): bool
    {
        $paid = MagentoAmount::of($order['base_total_paid']);
        $owed = MagentoTotalRows::total($order);
        return $owed === 0 ? true : $paid > 0 && $paid >= $owed;
    }

    /** The day of the last invoice that is paid: with it all was. Magento keeps no other day of payment. */
    private function paidOn(array $order, array $invoices)
    {
        $days = [];
        foreach ($invoices as $invoice) {
            if ((string) $invoice['state'] === '2') {
                $days[] = (string) $this->invoiceDay($order, $invoice);
            }
        }
        return $days === [] || max($days) === '' ? null : max($days);
    }

    /** The title the buyer saw, where the order keeps it, else the one the settings give the method. */
    private function payment(array $order, $payment): array
    {
        if ($payment === null) {
            return ['code' => '', 'title' => ''];
        }
        $code = (string) $payment['method'];
        $stored = MagentoStoredArray::of($payment['additional_information']);
        $title = isset($stored['method_title']) && is_string($stored['method_title']) ? $stored['method_title'] : '';
        if ($title === '') {
            $title = $this->settings->get('payment/' . $code . '/title', $order['store_id']);
        }
        return ['code' => $code, 'title' => $this->cleaner->verbatim($title !== '' ? $title : $code, 'payment_method')];
    }

    private function history(array $rows): array
    {
        $entries = [];
        foreach ($rows as $row) {
            $entries[] = [
                'at' => MagentoTime::utc($row['created_at']),
                'status' => $this->settings->status((string) $row['status']),
                'comment' => $this->cleaner->verbatim($row['comment'], 'history', true),
                'notified' => $row['is_customer_notified'] === '1',
            ];
        }
        return $entries;
    }

    private function refunds(array $order, array $sold, array $parts, array $notes, array $totals): array
    {
        $rate = 0;
        foreach ($totals as $row) {
            if ($row['kind'] === 'shipping' && $row['parts'] !== []) {
                $rate = MagentoAmount::of($row['parts'][0]['percent']);
            }
        }
        $id = $order['entity_id'];
        return (new MagentoRefunds($this->settings, $this->cleaner))->records(
            $order,
            $sold,
            MagentoOrderRows::of($parts, 'credits', $id),
            MagentoOrderRows::of($parts, 'credit_items', $id),
            MagentoOrderRows::of($notes, 'credit_comments', $id),
            $rate
        );
    }

    /** The buyer's own order number of a purchase order, and the number another program gave the order. */
    private function fields(array $order, array $payments): array
    {
        $fields = [];
        foreach (['po_number' => isset($payments[0]) ? $payments[0]['po_number'] : '', 'ext_order_id' => $order['ext_order_id'], 'coupon_code' => $order['coupon_code']] as $name => $value) {
            if (trim((string) $value) !== '') {
                $fields[] = ['id' => $name, 'name' => $name, 'value' => $this->cleaner->verbatim($value, $name)];
            }
        }
        return $fields;
    }
}

/** The names behind Magento's ids. */
final class MagentoLookups
{
    /** @var Database */
    private $database;
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function all(): array
    {
        $links = $this->settings->taxLinks();
        return [
            'order_statuses' => array_values($this->settings->statuses()),
            'payment_methods' => $this->paymentMethods(),
            'shipping_methods' => $this->shippingMethods(),
            'tax_classes' => $this->classes($links),
            'tax_rates' => $this->rates(),
            'languages' => $this->languages(),
            'stores' => $this->stores(),
            'customer_groups' => $this->groups(),
            'country' => $this->settings->country(),
        ];
    }

    /** Methods seen on orders and those that are switched on. */
    private function paymentMethods(): array
    {
        $codes = array_column($this->database->rows('SELECT DISTINCT method AS code FROM ' . MagentoSchema::PAYMENT . ' WHERE method IS NOT NULL ORDER BY method'), 'code');
        $methods = [];
        foreach (array_unique(array_merge($codes, $this->settings->switchedOn('payment'))) as $code) {
            $title = $this->settings->get('payment/' . $code . '/title');
            $methods[] = ['id' => $code, 'name' => $this->cleaner->verbatim($title !== '' ? $title : $code, 'payment_method')];
        }
        return $methods;
    }

    /** As they stand on orders, `carrier_method`; of carriers that are switched on and were not used, the carrier. */
    private function shippingMethods(): array
    {
        $rows = $this->database->rows(
            'SELECT shipping_method AS code, MAX(shipping_description) AS title FROM ' . MagentoSchema::ORDER . ' WHERE shipping_method <> \'\' GROUP BY shipping_method ORDER BY shipping_method'
        );
        $methods = [];
        $seen = [];
        foreach ($rows as $row) {
            $methods[] = ['id' => $row['code'], 'name' => $this->cleaner->verbatim($row['title'], 'shipping_method')];
            $seen[explode('_', $row['code'])[0]] = true;
        }
        foreach ($this->settings->switchedOn('carriers') as $code) {
            if (!isset($seen[$code])) {
                $title = $this->settings->get('carriers/' . $code . '/title');
                $methods[] = ['id' => $code, 'name' => $this->cleaner->verbatim($title !== '' ? $title : $code, 'shipping_method')];
            }
        }
        return $methods;
    }

    private function classes(array $links): array
    {
        $rates = [];
        foreach ($links as $row) {
            $rates[$row['product_tax_class_id']][$row['tax_calculation_rate_id']] = $row['tax_calculation_rate_id'];
        }
        $classes = [['id' => '0', 'name' => '', 'rate_ids' => []]];
        foreach ($this->settings->taxClasses() as $row) {
            $id = $row['class_id'];
            $classes[] = ['id' => $id, 'name' => $this->cleaner->verbatim($row['class_name'], 'tax_class'), 'rate_ids' => isset($rates[$id]) ? array_values($rates[$id]) : []];
        }
        return $classes;
    }

    private function rates(): array
    {
        $rates = [];
        foreach ($this->database->rows('SELECT tax_calculation_rate_id, tax_country_id, code, rate FROM {tax_calculation_rate} ORDER BY tax_calculation_rate_id') as $row) {
            $rates[] = [
                'id' => $row['tax_calculation_rate_id'],
                'name' => $this->cleaner->verbatim($row['code'], 'tax_rate'),
                'rate' => $row['rate'],
                'kind' => 'percent',
                'countries' => (string) $row['tax_country_id'] === '' ? [] : [$row['tax_country_id']],
            ];
        }
        return $rates;
    }

    private function languages(): array
    {
        $languages = [];
        foreach (array_keys($this->settings->stores()) as $store) {
            $code = $this->settings->language($store);
            $languages[$code] = ['id' => $code, 'name' => $this->settings->get('general/locale/code', $store)];
        }
        return array_values($languages);
    }

    private function stores(): array
    {
        $stores = [];
        foreach ($this->settings->stores() as $row) {
            $stores[] = ['id' => $row['store_id'], 'name' => $this->cleaner->verbatim($row['name'], 'store')];
        }
        return $stores;
    }

    private function groups(): array
    {
        $groups = [];
        foreach ($this->settings->groups() as $row) {
            $groups[] = $this->settings->group($row['customer_group_id']);
        }
        return $groups;
    }
}

/** Customer accounts as the protocol has them, out of rows with the names both generations use. */
final class MagentoAccounts
{
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoPeople */
    private $people;

    public function __construct(MagentoSettings $settings, Cleaner $cleaner, MagentoExtras $extras)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->people = new MagentoPeople($settings, $cleaner, $extras);
    }

    /** `$address` is the default invoice address's row, or null. */
    public function record(array $row, $address): array
    {
        $vat = trim($address !== null && (string) $address['vat_id'] !== '' ? (string) $address['vat_id'] : (string) $row['taxvat']);
        $prefix = $this->cleaner->verbatim($row['prefix'], 'prefix');
        return [
            'id' => $row['entity_id'],
            'changed_at' => MagentoTime::utc($row['stamp']),
            'stamp' => (string) $row['stamp'],
            'customer' => [
                'id' => $row['entity_id'],
                'group' => $this->settings->group((string) $row['group_id']),
                'first_name' => $this->cleaner->verbatim($row['firstname'], 'firstname'),
                'last_name' => $this->people->lastName($row, 'lastname'),
                'email' => $this->cleaner->verbatim($row['email'], 'email'),
                'telephone' => $this->cleaner->verbatim($address !== null ? $address['telephone'] : '', 'telephone'),
                'vat_number' => $vat === '' ? null : $this->cleaner->verbatim($vat, 'vat_id'),
                'chamber_of_commerce' => null,
                'custom_fields' => $prefix === '' ? [] : [['id' => 'prefix', 'name' => 'prefix', 'value' => $prefix]],
            ],
            'address' => $address === null ? null : $this->people->address($address),
            'active' => $row['is_active'] === '1',
        ];
    }

    /** Conditions and values of a page over customers `c`. */
    public static function window($since, $after): array
    {
        $stamp = 'COALESCE(c.updated_at, c.created_at)';
        $where = ['1 = 1'];
        $values = [];
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = MagentoTime::column($since);
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND c.entity_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return [implode(' AND ', $where), $values, $stamp];
    }
}

/** Magento's products: simple ones, variants with the product they belong to, and composites. */
final class MagentoProducts
{
    const KINDS = ['simple' => 'simple', 'virtual' => 'virtual', 'downloadable' => 'download', 'configurable' => 'configurable', 'grouped' => 'grouped', 'bundle' => 'bundle'];

    /** @var Database */
    private $database;
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var MagentoStock */
    private $stock;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner, MagentoStock $stock)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->stock = $stock;
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        $stamp = 'COALESCE(e.updated_at, e.created_at)';
        $where = ['1 = 1'];
        $values = [];
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = MagentoTime::column($since);
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND e.entity_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $rows = $this->database->rows(
            'SELECT e.entity_id, e.sku, e.type_id, ' . $stamp . ' AS stamp FROM {catalog_product_entity} e WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, e.entity_id LIMIT ' . $limit,
            $values
        );
        $records = [];
        foreach (array_chunk($rows, 500) as $some) {
            array_push($records, ...$this->records($some));
        }
        return $records;
    }

    private function records(array $rows): array
    {
        $ids = array_column($rows, 'entity_id');
        $values = (new MagentoAttributes($this->database))->ofProducts($ids, array_merge(['name', 'price', 'status', 'tax_class_id', 'weight'], MagentoAttributes::EAN));
        $parents = $this->parents($ids);
        $categories = $this->categories($ids);
        $levels = array_column($this->stock->of(array_map(function (string $id): string {
            return 'p:' . $id;
        }, $ids)), null, 'key');
        $records = [];
        foreach ($rows as $row) {
            $id = $row['entity_id'];
            $level = isset($levels['p:' . $id]) && $levels['p:' . $id]['tracked'] ? $levels['p:' . $id]['quantity'] : null;
            $record = $this->record($row, isset($values[$id]) ? $values[$id] : [], isset($parents[$id]) ? $parents[$id] : null, $level);
            $record['categories'] = isset($categories[$id]) ? $categories[$id] : [];
            $records[] = $record;
        }
        return $records;
    }

    private function record(array $row, array $values, $parent, $quantity): array
    {
        $class = isset($values['tax_class_id']) ? $values['tax_class_id'] : '0';
        $known = $this->settings->taxClass($class);
        $ean = MagentoAttributes::ean($values);
        $price = MagentoAmount::of(isset($values['price']) ? $values['price'] : '0');
        $withVat = $this->settings->get('tax/calculation/price_includes_tax') === '1';
        $rate = $withVat ? $this->settings->homeRate($class) : 0;
        $kind = isset(self::KINDS[$row['type_id']]) ? self::KINDS[$row['type_id']] : '';
        return [
            'id' => $row['entity_id'],
            'changed_at' => MagentoTime::utc($row['stamp']),
            'stamp' => (string) $row['stamp'],
            'code' => $this->cleaner->verbatim($row['sku'], 'sku'),
            'sku' => $this->cleaner->verbatim($row['sku'], 'sku'),
            'ean' => $ean === null ? null : $this->cleaner->verbatim($ean, 'ean'),
            'name' => $this->cleaner->verbatim(isset($values['name']) ? $values['name'] : '', 'name'),
            'price' => MagentoAmount::text($withVat ? MagentoAmount::share($price, 100 * MagentoAmount::ONE, 100 * MagentoAmount::ONE + $rate) : $price),
            'tax_class' => $known !== null ? $known : ['id' => $class, 'name' => ''],
            'quantity' => $quantity,
            'active' => isset($values['status']) && $values['status'] === '1',
            'options' => [],
            'kind' => $kind === 'simple' && $parent !== null ? 'variant' : $kind,
            'parent_id' => $parent,
            'price_incl' => $withVat ? MagentoAmount::text($price) : null,
            'weight' => isset($values['weight']) && $values['weight'] !== '' ? $values['weight'] : null,
        ];
    }

    /** The configurable product each of these is a variant of; the first where it is of several. */
    private function parents(array $ids): array
    {
        $rows = $this->database->rows('SELECT product_id, MIN(parent_id) AS parent_id FROM {catalog_product_super_link} WHERE product_id IN (' . Database::places($ids) . ') GROUP BY product_id', $ids);
        return array_column($rows, 'parent_id', 'product_id');
    }

    private function categories(array $ids): array
    {
        $rows = $this->database->rows('SELECT product_id, category_id FROM {catalog_category_product} WHERE product_id IN (' . Database::places($ids) . ') ORDER BY product_id, category_id', $ids);
        $names = (new MagentoAttributes($this->database))->ofCategories(array_column($rows, 'category_id'), ['name']);
        $categories = [];
        foreach ($rows as $row) {
            $name = isset($names[$row['category_id']]['name']) ? $names[$row['category_id']]['name'] : '';
            $categories[$row['product_id']][] = ['id' => $row['category_id'], 'name' => $this->cleaner->verbatim($name, 'category')];
        }
        return $categories;
    }
}

/** What Magento's own classes decide of a stock row: is it kept, and does a figure mean "in stock"? */
final class MagentoStockRules
{
    /** Kinds of product that have a stock of their own; the others go by their parts. */
    const OWN = ['simple', 'virtual', 'downloadable'];

    const COLUMNS = 's.item_id, s.qty, s.is_in_stock, s.min_qty, s.use_config_min_qty, s.backorders, s.use_config_backorders, s.manage_stock, s.use_config_manage_stock,'
        . ' s.notify_stock_qty, s.use_config_notify_stock_qty, s.is_qty_decimal, s.stock_status_changed_auto, s.low_stock_date';

    /** @var MagentoSettings */
    private $settings;

    public function __construct(MagentoSettings $settings)
    {
        $this->settings = $settings;
    }

    private function value(array $row, string $name): string
    {
        return $row['use_config_' . $name] === '1' ? $this->settings->get('cataloginventory/item_options/' . $name) : (string) $row[$name];
    }

    public function kept(array $row): bool
    {
        return in_array($row['type_id'], self::OWN, true) && $row['item_id'] !== null && $this->managed($row);
    }

    public function managed(array $row): bool
    {
        return $this->value($row, 'manage_stock') === '1';
    }

    /** May it be sold with nothing left? */
    public function backorders(array $row): bool
    {
        return (int) $this->value($row, 'backorders') > 0;
    }

    /** Is this figure above the one from which on the shop stops selling? */
    public function enough(array $row, int $quantity): bool
    {
        return $quantity > MagentoAmount::of($this->value($row, 'min_qty'));
    }

    /**
     * In stock after the change? Out when the figure is at the limit and nothing may be ordered back.
     * In again only where it was the figure that put it out: what the owner put out by hand stays out.
     */
    public function inStock(array $row, bool $was, int $before, int $after): bool
    {
        if (!$this->enough($row, $after) && !$this->backorders($row)) {
            return false;
        }
        return $was || !$this->enough($row, $before) || $row['stock_status_changed_auto'] === '1';
    }

    /** Who put it out, for `stock_status_changed_auto`: the figure (1) or a person. */
    public static function changedAuto(array $row, bool $in): string
    {
        if ($in === ($row['is_in_stock'] === '1')) {
            return (string) $row['stock_status_changed_auto'];
        }
        return $in ? '0' : '1';
    }

    /** Since when the figure is low (`YYYY-MM-DD HH:MM:SS`), or null when it is not. */
    public function lowSince(array $row, int $after)
    {
        if ($after >= MagentoAmount::of($this->value($row, 'notify_stock_qty'))) {
            return null;
        }
        return $row['low_stock_date'] === null ? gmdate('Y-m-d H:i:s') : $row['low_stock_date'];
    }

    /** Can this product's stock be that figure? Pieces are whole unless the product is sold in parts of one. */
    public function fits(array $row, int $quantity): bool
    {
        return abs($quantity) < 99999999 * MagentoAmount::ONE && ($row['is_qty_decimal'] === '1' || $quantity % MagentoAmount::ONE === 0);
    }

    /** A wanted difference in ten-thousandths; null where the shop has not so many decimals. */
    public static function difference(array $row)
    {
        foreach (['read', 'target'] as $name) {
            if (preg_match('/\.[0-9]{4}0*[1-9]/', $row[$name]) === 1) {
                return null;
            }
        }
        return MagentoAmount::of($row['target']) - MagentoAmount::of($row['read']);
    }

    public static function result(string $key, string $outcome, $before, $after): array
    {
        return [
            'key' => $key, 'outcome' => $outcome,
            'before' => $before === null ? null : MagentoAmount::text($before), 'after' => $after === null ? null : MagentoAmount::text($after),
        ];
    }
}

/**
 * `cataloginventory_stock_status`, what the storefront looks at: a row per product and website. Rows
 * are changed where they are, never made: what is not in the index is not in the shop.
 */
final class MagentoStockIndex
{
    /** What each kind of composite is made of: parent and part, from where. */
    const LINKS = [
        'configurable' => 'SELECT parent_id FROM {catalog_product_super_link} WHERE product_id = ?',
        'grouped' => 'SELECT product_id AS parent_id FROM {catalog_product_link} WHERE link_type_id = 3 AND linked_product_id = ?',
        'bundle' => 'SELECT parent_product_id AS parent_id FROM {catalog_product_bundle_selection} WHERE product_id = ?',
    ];

    /** Can any part be sold? By website. */
    const ANY = [
        'configurable' => 'SELECT t.website_id, MAX(IF(c.required_options = 0, COALESCE(p.stock_status, 0), 0)) AS sells FROM {cataloginventory_stock_status} t'
            . ' JOIN {catalog_product_super_link} l ON l.parent_id = t.product_id JOIN {catalog_product_entity} c ON c.entity_id = l.product_id'
            . ' LEFT JOIN {cataloginventory_stock_status} p ON p.product_id = l.product_id AND p.website_id = t.website_id AND p.stock_id = t.stock_id'
            . ' WHERE t.product_id = ? AND t.stock_id = 1 GROUP BY t.website_id',
        'grouped' => 'SELECT t.website_id, MAX(IF(c.required_options = 0, COALESCE(p.stock_status, 0), 0)) AS sells FROM {cataloginventory_stock_status} t'
            . ' JOIN {catalog_product_link} l ON l.product_id = t.product_id AND l.link_type_id = 3 JOIN {catalog_product_entity} c ON c.entity_id = l.linked_product_id'
            . ' LEFT JOIN {cataloginventory_stock_status} p ON p.product_id = l.linked_product_id AND p.website_id = t.website_id AND p.stock_id = t.stock_id'
            . ' WHERE t.product_id = ? AND t.stock_id = 1 GROUP BY t.website_id',
        // Of a bundle every option that must be chosen needs a part; with none of those, any part does.
        'bundle' => 'SELECT o.website_id, MIN(o.sells) AS sells FROM (SELECT t.website_id, b.option_id, b.required, MAX(IF(c.required_options = 0, COALESCE(p.stock_status, 0), 0)) AS sells'
            . ' FROM {cataloginventory_stock_status} t JOIN {catalog_product_bundle_option} b ON b.parent_id = t.product_id JOIN {catalog_product_bundle_selection} l ON l.option_id = b.option_id'
            . ' JOIN {catalog_product_entity} c ON c.entity_id = l.product_id'
            . ' LEFT JOIN {cataloginventory_stock_status} p ON p.product_id = l.product_id AND p.website_id = t.website_id AND p.stock_id = t.stock_id'
            . ' WHERE t.product_id = ? AND t.stock_id = 1 GROUP BY t.website_id, b.option_id, b.required HAVING b.required = 1 OR sells = 1) o GROUP BY o.website_id',
    ];

    /** @var Database */
    private $database;
    /** @var MagentoStockRules */
    private $rules;
    /** @var array|null */
    private $status;

    public function __construct(Database $database, MagentoStockRules $rules)
    {
        $this->database = $database;
        $this->rules = $rules;
    }

    /**
     * Brings the rows of a product and of what it is a part of up to date. Figure and flag come from the
     * stock row at that moment: a sale may have come in since it was written.
     */
    public function product(string $id, bool $sells)
    {
        foreach ($this->enabled($id) as $website => $enabled) {
            $this->database->change(
                'UPDATE {cataloginventory_stock_status} t JOIN {cataloginventory_stock_item} s ON s.product_id = t.product_id AND s.stock_id = t.stock_id'
                . ' SET t.qty = GREATEST(s.qty, 0), t.stock_status = IF(? = \'1\', s.is_in_stock, 0) WHERE t.product_id = ? AND t.website_id = ? AND t.stock_id = 1',
                [$sells && $enabled ? '1' : '0', $id, (string) $website]
            );
        }
        foreach (self::LINKS as $kind => $statement) {
            foreach ($this->database->rows($statement, [$id]) as $row) {
                $this->composite($kind, $row['parent_id']);
            }
        }
    }

    /** In which websites' rows the product is switched on: the value of the website's main view, else the one for all. */
    private function enabled(string $id): array
    {
        if ($this->status === null) {
            $row = $this->database->row(
                'SELECT a.attribute_id FROM {eav_attribute} a JOIN {eav_entity_type} t ON t.entity_type_id = a.entity_type_id WHERE t.entity_type_code = \'catalog_product\' AND a.attribute_code = \'status\''
            );
            $this->status = [$row === null ? '0' : $row['attribute_id']];
        }
        $rows = $this->database->rows(
            'SELECT t.website_id, COALESCE(v.value, d.value, 0) AS enabled FROM {cataloginventory_stock_status} t LEFT JOIN ' . MagentoSchema::WEBSITE . ' w ON w.website_id = t.website_id'
            . ' LEFT JOIN ' . MagentoSchema::GROUP . ' g ON g.group_id = w.default_group_id'
            . ' LEFT JOIN {catalog_product_entity_int} d ON d.entity_id = t.product_id AND d.attribute_id = ? AND d.store_id = 0'
            . ' LEFT JOIN {catalog_product_entity_int} v ON v.entity_id = t.product_id AND v.attribute_id = ? AND v.store_id = g.default_store_id AND g.default_store_id > 0'
            . ' WHERE t.product_id = ? AND t.stock_id = 1',
            [$this->status[0], $this->status[0], $id]
        );
        $enabled = [];
        foreach ($rows as $row) {
            $enabled[$row['website_id']] = $row['enabled'] === '1';
        }
        return $enabled;
    }

    private function composite(string $kind, string $id)
    {
        $now = $this->database->row(
            'SELECT e.entity_id, e.type_id, ' . MagentoStockRules::COLUMNS . ' FROM {catalog_product_entity} e LEFT JOIN {cataloginventory_stock_item} s ON s.product_id = e.entity_id AND s.stock_id = 1'
            . ' WHERE e.entity_id = ?',
            [$id]
        );
        if ($now === null || $now['type_id'] !== $kind) {
            return;
        }
        $sells = [];
        foreach ($this->database->rows(self::ANY[$kind], [$id]) as $row) {
            $sells[$row['website_id']] = $row['sells'] === '1';
        }
        $in = $now['item_id'] === null || !$this->rules->managed($now) || $this->parentItem($now, in_array(true, $sells, true));
        foreach ($this->enabled($id) as $website => $enabled) {
            $this->database->change(
                'UPDATE {cataloginventory_stock_status} SET stock_status = ? WHERE product_id = ? AND website_id = ? AND stock_id = 1',
                [$in && $enabled && isset($sells[$website]) && $sells[$website] ? '1' : '0', $id, (string) $website]
            );
        }
    }

    /**
     * Magento 2 puts a composite out when none of its parts can be sold, and in again when it was put out
     * so; Magento 1 leaves it as its owner set it.
     */
    private function parentItem(array $now, bool $sells): bool
    {
        $in = $now['is_in_stock'] === '1';
        if (!MagentoSchema::PARENTS_FOLLOW || $in === $sells || $sells && $now['stock_status_changed_auto'] !== '1') {
            return $in;
        }
        $this->database->change('UPDATE {cataloginventory_stock_item} SET is_in_stock = ?, stock_status_changed_auto = 1 WHERE item_id = ?', [$sells ? '1' : '0', $now['item_id']]);
        return $sells;
    }
}

/** `cataloginventory_stock_item`: the figure in Magento 1 and in a Magento 2 without its inventory modules. */
final class MagentoStockItems
{
    const TRIES = 20;

    /** @var Database */
    private $database;
    /** @var MagentoStockRules */
    private $rules;
    /** @var MagentoStockIndex */
    private $index;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, MagentoStockRules $rules, MagentoStockIndex $index, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->rules = $rules;
        $this->index = $index;
        $this->cleaner = $cleaner;
    }

    /** Levels of these product ids, or of the products after one. */
    public function levels($ids, string $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        $rows = $this->rows($ids !== null ? 'e.entity_id IN (' . Database::places($ids) . ')' : 'e.entity_id > ?', $ids !== null ? $ids : [$after], $limit);
        $names = (new MagentoAttributes($this->database))->ofProducts(array_column($rows, 'entity_id'), ['name']);
        $levels = [];
        foreach ($rows as $row) {
            $name = isset($names[$row['entity_id']]['name']) ? $names[$row['entity_id']]['name'] : '';
            $levels[] = [
                'key' => 'p:' . $row['entity_id'],
                'code' => $this->cleaner->verbatim($row['sku'], 'sku'),
                'sku' => null,
                'name' => $this->cleaner->verbatim($name, 'name'),
                'quantity' => MagentoAmount::text(MagentoAmount::of($row['qty'])),
                'tracked' => $this->rules->kept($row),
                'parent' => null,
            ];
        }
        return $levels;
    }

    private function rows(string $where, array $values, int $limit): array
    {
        return $this->database->rows(
            'SELECT e.entity_id, e.sku, e.type_id, ' . MagentoStockRules::COLUMNS . ' FROM {catalog_product_entity} e'
            . ' LEFT JOIN {cataloginventory_stock_item} s ON s.product_id = e.entity_id AND s.stock_id = 1 WHERE ' . $where . ' ORDER BY e.entity_id LIMIT ' . $limit,
            $values
        );
    }

    /** Writes `current + (target - read)` where the figure is still the one read; tries again when a sale came between. */
    public function set(array $row): array
    {
        $difference = MagentoStockRules::difference($row);
        for ($try = 0; $try < self::TRIES; $try++) {
            $found = $this->rows('e.entity_id = ?', [substr($row['key'], 2)], 1);
            if ($found === []) {
                return MagentoStockRules::result($row['key'], 'unknown', null, null);
            }
            $now = $found[0];
            $before = MagentoAmount::of($now['qty']);
            if (!$this->rules->kept($now)) {
                return MagentoStockRules::result($row['key'], 'not_tracked', $before, $before);
            }
            if ($difference === null || !$this->rules->fits($now, $before + $difference)) {
                return MagentoStockRules::result($row['key'], 'refused', $before, $before);
            }
            if ($difference === 0 || $this->write($now, $before, $before + $difference)) {
                return MagentoStockRules::result($row['key'], 'done', $before, $before + $difference);
            }
        }
        return MagentoStockRules::result($row['key'], 'busy', null, null);
    }

    private function write(array $now, int $before, int $after): bool
    {
        $in = $this->rules->inStock($now, $now['is_in_stock'] === '1', $before, $after);
        $changed = $this->database->change(
            'UPDATE {cataloginventory_stock_item} SET qty = ?, is_in_stock = ?, stock_status_changed_auto = ?, low_stock_date = NULLIF(?, \'\') WHERE item_id = ? AND qty = ?',
            [MagentoAmount::text($after), $in ? '1' : '0', MagentoStockRules::changedAuto($now, $in), (string) $this->rules->lowSince($now, $after), $now['item_id'], $now['qty']]
        );
        if ($changed === 1) {
            $this->index->product($now['entity_id'], $in);
        }
        return $changed === 1;
    }
}

/**
 * Gives an order another status of the state it is in, as a comment in Magento's admin does: order, its row in
 * the grid and a line of history. The state itself follows invoices, shipments and refunds and is never written.
 */
final class MagentoStatusMove
{
    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $order = $this->database->row('SELECT entity_id, state, status FROM ' . MagentoSchema::ORDER . ' WHERE entity_id = ?', [$id]);
        if ($order === null || $order['entity_id'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        $from = (string) $order['status'];
        if ($from === $row['status']) {
            return RecordRows::result($id, 'unchanged');
        }
        $same = $this->database->row('SELECT status, state FROM {sales_order_status_state} WHERE status = ? AND state = ?', [$row['status'], (string) $order['state']]);
        if ($same === null || $same['status'] !== $row['status']) {
            $known = $this->database->row('SELECT status FROM {sales_order_status} WHERE status = ?', [$row['status']]);
            return RecordRows::result($id, 'refused', [], $known === null ? 'status' : 'state');
        }
        if (!(new TextRoom($this->database))->holds(MagentoSchema::HISTORY_TABLE, 'comment', $row['comment'])) {
            return RecordRows::result($id, 'refused', [], 'value');
        }
        return $this->write($order, $row['status'], $row['comment']) ? RecordRows::result($id, 'done', ['status' => $from]) : RecordRows::result($id, 'busy');
    }

    private function write(array $order, string $to, string $comment): bool
    {
        $now = gmdate('Y-m-d H:i:s');
        $this->database->begin();
        $moved = $this->database->change(
            'UPDATE ' . MagentoSchema::ORDER . ' SET status = ?, updated_at = ? WHERE entity_id = ? AND status = ? AND state = ?',
            [$to, $now, $order['entity_id'], (string) $order['status'], (string) $order['state']]
        );
        if ($moved !== 1) {
            $this->database->undo();
            return false;
        }
        $this->database->change('UPDATE ' . MagentoSchema::GRID . ' SET status = ?, updated_at = ? WHERE entity_id = ?', [$to, $now, $order['entity_id']]);
        $this->database->change(
            'INSERT INTO ' . MagentoSchema::HISTORY . " (parent_id, is_customer_notified, is_visible_on_front, comment, status, created_at, entity_name) VALUES (?, 0, 0, NULLIF(?, ''), ?, ?, 'order')",
            [$order['entity_id'], $comment, $to, $now]
        );
        $this->database->keep();
        return true;
    }
}

/** A Magento shop of either generation: who it is, and which part answers what. */
final class MagentoShop implements Platform, RecordWriter
{
    /** @var Database */
    private $database;
    /** @var MagentoConfiguration */
    private $configuration;
    /** @var MagentoSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, MagentoConfiguration $configuration)
    {
        $this->database = $database;
        $this->configuration = $configuration;
        $this->cleaner = new Cleaner();
        $this->settings = new MagentoSettings($database, $configuration, $this->cleaner);
    }

    public static function access(string $root): array
    {
        return (new MagentoConfiguration($root))->access();
    }

    public function prove()
    {
        try {
            $this->settings->stored();
            $this->settings->stores();
        } catch (DatabaseError $error) {
            throw $this->database->withoutTables($error, 'core_config_data');
        }
    }

    private function stockReader(): MagentoStock
    {
        return new MagentoStock($this->database, $this->settings, $this->cleaner, $this->configuration);
    }

    public function hello(): array
    {
        $counts = $this->database->row(
            'SELECT (SELECT COUNT(*) FROM ' . MagentoSchema::ORDER . ') AS orders, (SELECT COUNT(*) FROM {catalog_product_entity}) AS products,'
            . ' (SELECT COUNT(*) FROM {customer_entity}) AS customers, DATABASE() AS name, VERSION() AS version'
        );
        $name = $this->settings->get('general/store_information/name');
        $stores = $this->settings->stores();
        $first = reset($stores);
        return [
            'platform' => MagentoSchema::PLATFORM,
            'platform_version' => $this->configuration->version(),
            'database_version' => (string) $counts['version'],
            'shop' => [
                'name' => $this->cleaner->verbatim($name !== '' || $first === false ? $name : $first['name'], 'name'),
                'url' => $this->url(),
                'database' => hash('sha256', Deployment::BRIDGE_ID . "\n" . $counts['name']),
            ],
            // An address edited in the admin leaves the order's moment of change alone.
            'capabilities' => array_merge($this->stockReader()->capabilities(), ['silent_edits']),
            'stock_decimals' => 4,
            'time_zone' => $this->settings->time()->name(),
            'time_zone_source' => $this->settings->time()->source(),
            'currency' => $this->settings->get('currency/options/base'),
            'counts' => [
                'orders' => (int) $counts['orders'],
                // Magento keeps carts that were left apart from orders.
                'abandoned' => 0,
                'products' => (int) $counts['products'],
                'customers' => (int) $counts['customers'],
            ],
        ];
    }

    private function url(): string
    {
        // Either may hold a placeholder, which stands for whatever address was asked.
        foreach (['web/secure/base_url' => 'https://', 'web/unsecure/base_url' => 'http'] as $path => $start) {
            $url = $this->settings->get($path);
            if (strncmp($url, $start, strlen($start)) === 0) {
                return $url;
            }
        }
        return '';
    }

    public function lookups(): array
    {
        return (new MagentoLookups($this->database, $this->settings, $this->cleaner))->all();
    }

    private function orderReader(): MagentoOrders
    {
        return new MagentoOrders($this->database, $this->settings, $this->cleaner);
    }

    public function orderHeads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $this->orderReader()->heads($since, $after, $limit, $atOnce, $page);
    }

    public function orders(array $ids, int $atOnce, Page $page)
    {
        $this->orderReader()->all($ids, $atOnce, $page);
    }

    public function orderId(string $number)
    {
        $row = $this->database->row('SELECT entity_id FROM ' . MagentoSchema::ORDER . ' WHERE increment_id = ? ORDER BY entity_id', [$number]);
        return $row === null ? null : $row['entity_id'];
    }

    /**
     * The database knows no zones, so it counts by quarters of an hour (every zone is whole quarters
     * from UTC), and the shop's clock makes days of them.
     */
    public function totals(string $from): array
    {
        $rows = $this->database->rows(
            'SELECT CONCAT(LEFT(created_at, 14), LPAD(FLOOR(MINUTE(created_at) / 15) * 15, 2, \'0\'), \':00\') AS quarter, store_id, status, COUNT(*) AS n,'
            . ' SUM(base_grand_total - IF(state = \'canceled\', 0, COALESCE(base_total_canceled, 0))) AS total FROM ' . MagentoSchema::ORDER
            . ' WHERE created_at >= DATE_SUB(?, INTERVAL 1 DAY) GROUP BY quarter, store_id, status',
            [$from . ' 00:00:00']
        );
        $days = [];
        foreach ($rows as $row) {
            $day = substr(MagentoTime::local($row['quarter'], $this->settings->time($row['store_id'])), 0, 10);
            if ($day < $from) {
                continue;
            }
            $key = $day . ' ' . $row['status'];
            $so = isset($days[$key]) ? $days[$key] : ['day' => $day, 'status_id' => (string) $row['status'], 'count' => 0, 'total' => 0];
            $so['count'] += (int) $row['n'];
            $so['total'] += MagentoAmount::of($row['total']);
            $days[$key] = $so;
        }
        ksort($days);
        return array_map(function (array $day): array {
            return ['total' => MagentoAmount::text($day['total'])] + $day;
        }, array_values($days));
    }

    public function customers($since, $after, int $limit)
    {
        return (new MagentoCustomers($this->database, $this->settings, $this->cleaner))->page($since, $after, $limit);
    }

    public function products($since, $after, int $limit)
    {
        return (new MagentoProducts($this->database, $this->settings, $this->cleaner, $this->stockReader()))->page($since, $after, $limit);
    }

    public function stock($after, int $limit): array
    {
        return $this->stockReader()->page($after, $limit);
    }

    public function stockOf(array $keys): array
    {
        return $this->stockReader()->of($keys);
    }

    public function setStock(array $row): array
    {
        return $this->stockReader()->set($row);
    }

    public function writes(): array
    {
        return MagentoSchema::ACCOUNTS_ARE_VALUES ? ['order_status_set', 'customers_set'] : ['order_status_set'];
    }

    public function setOrderStatus(array $row): array
    {
        return (new MagentoStatusMove($this->database))->set($row);
    }

    /** Not in `writes`: prices and names stand in the price index, flat tables and the search engine too. */
    public function setProduct(array $row): array
    {
        throw new Problem('unsupported', 'products_set');
    }

    /** Not in `writes` of Magento 2: there a name stands in the customers' grid too, which it indexes on save. */
    public function setCustomer(array $row): array
    {
        if (!MagentoSchema::ACCOUNTS_ARE_VALUES) {
            throw new Problem('unsupported', 'customers_set');
        }
        return (new MagentoCustomerChange($this->database, $this->cleaner))->set($row);
    }
}

/** Values a configuration takes from its surroundings: environment variables, and `.env` files beside it. */
final class Environment
{
    /** @var array<string, string> */
    private $file;
    /** @var string what stands for another value */
    private $names;

    /**
     * `$text` is what a `.env` file holds, or several of which a later one counts; empty when there is none.
     * All of them know `${NAME}`, Symfony's `$NAME` too.
     */
    public function __construct(string $text, bool $symfony = false)
    {
        $this->file = [];
        $this->names = $symfony ? '/\$(?|\{([A-Za-z_][A-Za-z0-9_]*)\}|([A-Za-z_][A-Za-z0-9_]*))/' : '/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/';
        foreach (preg_split('/\r\n|\r|\n/', $text) as $line) {
            if (preg_match('/^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/D', $line, $found) === 1) {
                $this->file[$found[1]] = $this->value($found[2]);
            }
        }
    }

    /** A variable's value, or null. A variable of the surroundings comes before one of the file. */
    public function get(string $name)
    {
        // Under CGI these are headers of the request.
        if (strncasecmp($name, 'HTTP_', 5) === 0 || !function_exists('getenv')) {
            return null;
        }
        $value = getenv($name);
        if (is_string($value)) {
            return $value;
        }
        return isset($this->file[$name]) ? $this->file[$name] : null;
    }

    /** A value as a `.env` file writes it: bare, in single quotes, or in double quotes with `${NAME}` in it. */
    private function value(string $written): string
    {
        if (preg_match("/^'([^']*)'/", $written, $found) === 1) {
            return $found[1];
        }
        if (preg_match('/^"((?:[^"\\\\]|\\\\.)*)"/', $written, $found) === 1) {
            return $this->filled(strtr($found[1], ['\\\\' => '\\', '\\"' => '"', '\\n' => "\n", '\\t' => "\t", '\\$' => "\x00"]));
        }
        return $this->filled(rtrim((string) preg_replace('/(^|\s)#.*$/', '', $written)));
    }

    private function filled(string $text): string
    {
        $pieces = (array) preg_split($this->names, $text, -1, PREG_SPLIT_DELIM_CAPTURE);
        foreach ($pieces as $at => $piece) {
            // Every second one is a name.
            $pieces[$at] = $at % 2 === 1 ? (string) $this->get((string) $piece) : $piece;
        }
        return str_replace("\x00", '$', implode('', $pieces));
    }
}

/** Where Magento 2 keeps what both generations of Magento have. The other one has a class of this name too. */
final class MagentoSchema
{
    const PLATFORM = 'magento2';

    const ORDER = '{sales_order}';
    const ORDER_TABLE = 'sales_order';
    const ITEM = '{sales_order_item}';
    const ADDRESS = '{sales_order_address}';
    const ADDRESS_TABLE = 'sales_order_address';
    const PAYMENT = '{sales_order_payment}';
    const HISTORY = '{sales_order_status_history}';
    const HISTORY_TABLE = 'sales_order_status_history';
    const GRID = '{sales_order_grid}';
    const INVOICE = '{sales_invoice}';
    const CREDIT = '{sales_creditmemo}';
    const CREDIT_ITEM = '{sales_creditmemo_item}';
    const CREDIT_COMMENT = '{sales_creditmemo_comment}';
    const STORE = '{store}';
    const GROUP = '{store_group}';
    const WEBSITE = '{store_website}';

    /** The VAT a discount holds, of a line and of shipping. */
    const COMPENSATION = 'base_discount_tax_compensation_amount';
    const SHIPPING_COMPENSATION = 'base_shipping_discount_tax_compensation_amnt';

    /** The VAT on levies stands beside the tax of the line. */
    const LINE_TAX_WITH_LEVY = false;

    /** Does a composite product's own stock row follow its parts? */
    const PARENTS_FOLLOW = true;

    /** Is all of an account in the values of its attributes, so that nothing else follows a name? */
    const ACCOUNTS_ARE_VALUES = false;
}

/**
 * A PHP file that returns an array (`env.php`, `config.php`, `parameters.php`), read by its tokens and
 * never run. What is neither literal, array, known constant nor a value of the environment stays unknown.
 */
final class ArrayFile
{
    const CONSTANTS = ['true' => true, 'false' => false, 'null' => null];

    /** @var Environment */
    private $environment;
    /** @var array */
    private $tokens = [];
    /** @var int */
    private $at = 0;
    /** @var array<string, bool> paths whose value could not be known */
    private $unknown = [];
    /** @var array<string, string> paths left to a variable of the environment that is not there */
    private $missing = [];
    /** @var array */
    private $values = [];

    public function __construct(string $source, Environment $environment)
    {
        $this->environment = $environment;
        if (!function_exists('token_get_all')) {
            throw new Problem('unsupported', 'tokenizer');
        }
        foreach (token_get_all($source) as $token) {
            if (!is_array($token) || !in_array($token[0], [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT], true)) {
                $this->tokens[] = $token;
            }
        }
        foreach ($this->tokens as $index => $token) {
            if (is_array($token) && $token[0] === T_RETURN) {
                $this->at = $index + 1;
                $value = $this->expression('');
                $this->values = is_array($value) ? $value : [];
                break;
            }
        }
        $this->tokens = [];
    }

    /** The value at a path (`db/connection/default/host`), null when it is not there. Throws where it cannot be known. */
    public function get(string $path, string $shown)
    {
        $value = $this->values;
        $so = '';
        foreach (explode('/', $path) as $key) {
            $so .= '/' . $key;
            if (isset($this->unknown[$so])) {
                throw new Problem('config-unreadable', $shown . ' ' . substr($so, 1));
            }
            if (!is_array($value) || !array_key_exists($key, $value)) {
                return null;
            }
            $value = $value[$key];
        }
        return $value;
    }

    /** The variable of the environment a path's value is left to, if that is not there; else null. */
    public function missing(string $path)
    {
        return isset($this->missing['/' . $path]) ? $this->missing['/' . $path] : null;
    }

    /** What a configuration value is as text; numbers and switches as the shop would use them. */
    public static function text($value): string
    {
        if ($value === true) {
            return '1';
        }
        return is_string($value) || is_int($value) || is_float($value) ? (string) $value : '';
    }

    private function token(int $ahead = 0)
    {
        return isset($this->tokens[$this->at + $ahead]) ? $this->tokens[$this->at + $ahead] : null;
    }

    private function is(string $text): bool
    {
        $token = $this->token();
        return $token !== null && (is_array($token) ? $token[1] : $token) === $text;
    }

    /** An operand, or several joined by `.`, `?:` and `??`; anything else is unknown. */
    private function expression(string $path)
    {
        $start = $this->at;
        $value = $this->operand($path);
        while (true) {
            if ($this->is('.')) {
                $this->at++;
                $value = self::text($value) . self::text($this->operand($path));
            } elseif ($this->is('??')) {
                $this->at++;
                unset($this->missing[$path]);
                $other = $this->operand($path);
                $value = $value === null ? $other : $value;
            } elseif ($this->is('?')) {
                $this->at++;
                if (!$this->is(':')) {
                    return $this->lost($path, $start);
                }
                $this->at++;
                unset($this->missing[$path]);
                $other = $this->operand($path);
                $value = $value === null || $value === '' || $value === false || $value === '0' ? $other : $value;
            } else {
                break;
            }
        }
        $ends = $this->token() === null || $this->is(',') || $this->is(']') || $this->is(')') || $this->is(';') || $this->is('=>');
        return $ends ? $value : $this->lost($path, $start);
    }

    /** Skips an expression that is not understood, to the comma or bracket that ends it. */
    private function lost(string $path, int $start)
    {
        $this->unknown[$path] = true;
        $depth = 0;
        for ($this->at = $start; $this->token() !== null; $this->at++) {
            if ($depth === 0 && ($this->is(',') || $this->is(']') || $this->is(')') || $this->is(';'))) {
                break;
            }
            $depth += $this->is('(') || $this->is('[') || $this->is('{') ? 1 : 0;
            $depth -= $this->is(')') || $this->is(']') || $this->is('}') ? 1 : 0;
        }
        return null;
    }

    private function operand(string $path)
    {
        $token = $this->token();
        $this->at++;
        if ($token === '[') {
            return $this->items($path, ']');
        }
        if ($token === '-' && is_array($this->token()) && in_array($this->token()[0], [T_LNUMBER, T_DNUMBER], true)) {
            return '-' . $this->tokens[$this->at++][1];
        }
        if (!is_array($token)) {
            return $this->unsure($path);
        }
        if ($token[0] === T_ARRAY && $this->is('(')) {
            $this->at++;
            return $this->items($path, ')');
        }
        $literal = self::literal($token);
        if ($literal !== null) {
            return $literal;
        }
        $name = strtolower(ltrim($token[1], '\\'));
        $opening = $name === 'getenv' ? '(' : (in_array($name, ['$_env', '$_server'], true) ? '[' : '');
        if ($opening !== '' && $this->is($opening) && $this->token(1) !== null && self::literal($this->token(1)) !== null) {
            return $this->variable(self::literal($this->token(1)), $opening === '(' ? ')' : ']', $path);
        }
        if (!$this->is('(') && array_key_exists($name, self::CONSTANTS)) {
            return self::CONSTANTS[$name];
        }
        // `\Magento\Framework\App\ObjectManagerFactory::CONFIG_KEY` and the like: no database access is written so.
        return $this->unsure($path);
    }

    private function unsure(string $path)
    {
        $this->unknown[$path] = true;
        return null;
    }

    /** A variable by its name; `getenv` may have a second argument. */
    private function variable(string $name, string $end, string $path)
    {
        $this->at += 2;
        if ($end === ')' && $this->is(',')) {
            $this->at += 2;
        }
        if (!$this->is($end)) {
            return $this->unsure($path);
        }
        $this->at++;
        $value = $this->environment->get($name);
        if ($value === null) {
            $this->missing[$path] = $name;
        }
        return $value === null && $end === ')' ? false : $value;
    }

    private function items(string $path, string $end): array
    {
        $items = [];
        $next = 0;
        while ($this->token() !== null && !$this->is($end)) {
            $place = $path . '/' . $next;
            $value = $this->expression($place);
            if ($this->is('=>')) {
                $this->at++;
                $key = is_string($value) || is_int($value) ? (string) $value : $next;
                unset($this->unknown[$place]);
                $value = $this->expression($path . '/' . $key);
                $items[$key] = $value;
                $next = is_int($key) || ctype_digit((string) $key) ? max($next, (int) $key + 1) : $next;
            } else {
                $items[$next++] = $value;
            }
            if (!$this->is(',')) {
                break;
            }
            $this->at++;
        }
        $this->at++;
        return $items;
    }

    /** Text of a quoted literal without variables in it, or of a number. */
    private static function literal($token)
    {
        if (!is_array($token)) {
            return null;
        }
        if ($token[0] === T_LNUMBER || $token[0] === T_DNUMBER) {
            return $token[1];
        }
        return $token[0] === T_CONSTANT_ENCAPSED_STRING ? Expression::literal($token[1]) : null;
    }
}

/**
 * Magento 2's `app/etc/env.php` and `config.php`, and what the server's environment puts over them
 * (`MAGENTO_DC_…` over these files, `CONFIG__…` over settings).
 */
final class MagentoConfiguration
{
    /** @var string */
    private $root;
    /** @var Environment */
    private $environment;
    /** @var array<string, ArrayFile|null> */
    private $files = [];

    public function __construct(string $root)
    {
        $this->root = $root;
        $this->environment = new Environment('');
    }

    /** Access to the database, in the one form Database takes. */
    public function access(): array
    {
        $place = $this->connection();
        $host = $this->value($place . '/host');
        $user = $this->value($place . '/username');
        $database = $this->value($place . '/dbname');
        if ($user === '' || $database === '' || $host === '') {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' ' . $place);
        }
        $prefix = Deployment::TABLE_PREFIX !== '' ? Deployment::TABLE_PREFIX : $this->value('db/table_prefix');
        if (preg_match('/^[A-Za-z0-9_]*$/D', $prefix) !== 1) {
            throw new Problem('prefix-wrong', 'characters');
        }
        return DatabasePlace::of($host, '') + [
            'user' => $user,
            'password' => $this->value($place . '/password'),
            'database' => $database,
            'prefix' => $prefix,
            // What the shop connects with; another choice would show its text doubled.
            'charset' => stripos($this->value($place . '/initStatements'), 'utf8mb4') !== false ? 'utf8mb4' : 'utf8',
        ];
    }

    /** `default`, unless that one is switched off and another is not. */
    private function connection(): string
    {
        $all = $this->env()->get('db/connection', Deployment::CONFIG_FILE);
        foreach (is_array($all) ? array_merge(['default'], array_keys($all)) : [] as $name) {
            $active = isset($all[$name]) && is_array($all[$name]) && array_key_exists('active', $all[$name]) ? ArrayFile::text($all[$name]['active']) : '1';
            if (isset($all[$name]) && $active === '1' && preg_match('/^[A-Za-z0-9_]+$/D', (string) $name) === 1 && $name !== 'indexer') {
                return 'db/connection/' . $name;
            }
        }
        return 'db/connection/default';
    }

    /** A value of the deployment configuration as text: the environment first, then `env.php`; empty when it is nowhere. */
    private function value(string $path): string
    {
        $over = $this->environment->get('MAGENTO_DC_' . strtoupper(str_replace('/', '__', $path)));
        if ($over !== null) {
            return $over;
        }
        $all = json_decode((string) $this->environment->get('MAGENTO_DC__OVERRIDE'), true, 16);
        foreach (explode('/', $path) as $key) {
            $all = is_array($all) && isset($all[$key]) ? $all[$key] : null;
        }
        $value = $all !== null ? $all : $this->env()->get($path, Deployment::CONFIG_FILE);
        return $this->resolved(ArrayFile::text($value), $path);
    }

    /** `#env(NAME)` and `#env(NAME, "default")`. */
    private function resolved(string $text, string $path): string
    {
        if (preg_match('/^#env\(\s*(\w+)\s*(?:,\s*"([^"]*)")?\s*\)$/D', $text, $found) !== 1) {
            return $text;
        }
        $value = $this->environment->get($found[1]);
        if ($value === null && !isset($found[2])) {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' ' . $path . ' ' . substr($found[1], 0, 40));
        }
        return $value !== null ? $value : $found[2];
    }

    private function env(): ArrayFile
    {
        if (!isset($this->files['env'])) {
            $file = $this->root . '/' . Deployment::CONFIG_FILE;
            if (!is_file($file)) {
                throw new Problem('config-missing', Deployment::CONFIG_FILE);
            }
            $source = @file_get_contents($file);
            if (!is_string($source)) {
                throw new Problem('config-unreadable', Deployment::CONFIG_FILE);
            }
            $this->files['env'] = new ArrayFile($source, $this->environment);
        }
        return $this->files['env'];
    }

    /** `config.php`: modules and settings that travel with the code; null when it is not there. */
    private function shared()
    {
        if (!array_key_exists('config', $this->files)) {
            $file = $this->root . '/app/etc/config.php';
            $source = is_file($file) ? @file_get_contents($file) : false;
            $this->files['config'] = is_string($source) ? new ArrayFile($source, $this->environment) : null;
        }
        return $this->files['config'];
    }

    /** Is a module switched on? null when `config.php` does not say. */
    public function module(string $name)
    {
        $value = $this->shared() === null ? null : $this->shared()->get('modules/' . $name, 'app/etc/config.php');
        return $value === null ? null : ArrayFile::text($value) === '1';
    }

    /** A setting that files or the environment fix in a scope (`default`, `websites`, `stores`); null when none does. */
    public function fixed(string $scope, string $code, string $path)
    {
        $place = $scope . ($code === '' ? '' : '/' . $code) . '/' . $path;
        $over = $this->environment->get('CONFIG__' . strtoupper(str_replace('/', '__', $place)));
        if ($over !== null) {
            return $over;
        }
        $value = $this->env()->get('system/' . $place, Deployment::CONFIG_FILE);
        if ($value === null && $this->shared() !== null) {
            $value = $this->shared()->get('system/' . $place, 'app/etc/config.php');
        }
        return $value === null || is_array($value) ? null : $this->resolved(ArrayFile::text($value), 'system/' . $place);
    }

    /** From `composer.json`, which names the edition it is made of. */
    public function version(): string
    {
        $file = $this->root . '/composer.json';
        $source = is_file($file) ? @file_get_contents($file) : false;
        $all = json_decode((string) $source, true, 32);
        foreach (['magento/product-enterprise-edition', 'magento/product-community-edition', 'mage-os/product-community-edition', 'magento/magento2-base'] as $name) {
            if (isset($all['require'][$name]) && is_string($all['require'][$name])) {
                return ltrim($all['require'][$name], '^~=v ');
            }
        }
        return isset($all['version']) && is_string($all['version']) ? $all['version'] : '';
    }
}

/** Customer accounts and their default invoice addresses, which Magento 2 keeps in columns. */
final class MagentoCustomers
{
    /** @var Database */
    private $database;
    /** @var MagentoAccounts */
    private $accounts;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->accounts = new MagentoAccounts($settings, $cleaner, new MagentoExtras($database));
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        list($where, $values, $stamp) = MagentoAccounts::window($since, $after);
        $rows = $this->database->rows(
            'SELECT c.entity_id, c.email, c.group_id, c.is_active, c.prefix, c.firstname, c.middlename, c.lastname, c.suffix, c.taxvat, ' . $stamp . ' AS stamp,'
            . ' a.entity_id AS a_id, a.firstname AS a_firstname, a.middlename AS a_middlename, a.lastname AS a_lastname, a.suffix AS a_suffix, a.company AS a_company, a.street AS a_street,'
            . ' a.postcode AS a_postcode, a.city AS a_city, a.region AS a_region, a.country_id AS a_country_id, a.telephone AS a_telephone, a.vat_id AS a_vat_id'
            . ' FROM {customer_entity} c LEFT JOIN {customer_address_entity} a ON a.entity_id = COALESCE(c.default_billing, c.default_shipping)'
            . ' WHERE ' . $where . ' ORDER BY stamp, c.entity_id LIMIT ' . $limit,
            $values
        );
        $records = [];
        foreach ($rows as $row) {
            $address = null;
            foreach ($row as $name => $value) {
                if ($row['a_id'] !== null && strncmp($name, 'a_', 2) === 0) {
                    $address[substr($name, 2)] = $value;
                }
            }
            $records[] = $this->accounts->record($row, $address);
        }
        return $records;
    }
}

/**
 * `inventory_stock_<id>`: what a stock with other sources than the default one alone can sell. Stock 1
 * is a view over the older index. With an indexer that runs by schedule the shop's own triggers note
 * the change as well; the rows are right at once either way.
 */
final class MagentoSourceIndex
{
    /** @var Database */
    private $database;
    /** @var MagentoStockRules */
    private $rules;
    /** @var array|null */
    private $links;
    /** @var array<string, bool>|null */
    private $tables;

    public function __construct(Database $database, MagentoStockRules $rules)
    {
        $this->database = $database;
        $this->rules = $rules;
    }

    /** Sources that are on, of each stock, in its own order. */
    private function links(): array
    {
        if ($this->links === null) {
            $this->links = $this->database->rows(
                'SELECT l.stock_id, l.source_code FROM {inventory_source_stock_link} l JOIN {inventory_source} n ON n.source_code = l.source_code AND n.enabled = 1'
                . ' ORDER BY l.stock_id, l.priority, l.link_id'
            );
        }
        return $this->links;
    }

    /** The source reservations of a stock are counted with. */
    public function firstSources(): array
    {
        $first = [];
        foreach ($this->links() as $row) {
            if (!isset($first[$row['stock_id']])) {
                $first[$row['stock_id']] = $row['source_code'];
            }
        }
        return $first;
    }

    private function isTable(string $stock): bool
    {
        if ($this->tables === null) {
            $rows = $this->database->rows(
                'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = \'BASE TABLE\' AND table_name LIKE ?',
                [str_replace('_', '\\_', $this->database->prefix() . 'inventory_stock_') . '%']
            );
            $this->tables = array_fill_keys(array_column($rows, 'name'), true);
        }
        return isset($this->tables[$this->database->prefix() . 'inventory_stock_' . $stock]);
    }

    /** Brings a product's rows up to date in every stock its source is in, and those of what it is a part of. */
    public function product(array $now)
    {
        $sources = [];
        foreach ($this->links() as $row) {
            $sources[$row['stock_id']][] = $row['source_code'];
        }
        foreach ($sources as $stock => $codes) {
            $stock = (string) $stock;
            if (!in_array($now['source_code'], $codes, true) || !$this->isTable($stock)) {
                continue;
            }
            $this->simple($stock, $codes, $now);
            foreach (MagentoStockIndex::LINKS as $kind => $statement) {
                foreach ($this->database->rows($statement, [$now['entity_id']]) as $row) {
                    $this->composite($stock, $kind, $row['parent_id']);
                }
            }
        }
    }

    /** A stock's own table; ids are numbers. */
    private static function table(string $stock): string
    {
        return '{inventory_stock_' . (int) $stock . '}';
    }

    private function simple(string $stock, array $codes, array $now)
    {
        $sum = $this->database->row(
            'SELECT COALESCE(SUM(IF(status = 1, quantity, 0)), 0) AS quantity, COALESCE(MAX(status), 0) AS any_in FROM {inventory_source_item} WHERE sku = ? AND source_code IN (' . Database::places($codes) . ')',
            array_merge([$now['sku']], $codes)
        );
        $reserved = $this->database->row('SELECT COALESCE(SUM(quantity), 0) AS quantity FROM {inventory_reservation} WHERE stock_id = ? AND sku = ?', [$stock, $now['sku']]);
        $left = MagentoAmount::of($sum['quantity']) + MagentoAmount::of($reserved['quantity']);
        $sells = $sum['any_in'] === '1' && ($this->rules->enough($now, $left) || $this->rules->backorders($now));
        $this->database->change('UPDATE ' . self::table($stock) . ' SET quantity = ?, is_salable = ? WHERE sku = ?', [$sum['quantity'], $sells ? '1' : '0', $now['sku']]);
    }

    private function composite(string $stock, string $kind, string $parent)
    {
        $parts = [
            'configurable' => 'SELECT 0 AS option_id, 0 AS required, MAX(COALESCE(x.is_salable, 0)) AS sells FROM {catalog_product_super_link} l JOIN {catalog_product_entity} c ON c.entity_id = l.product_id'
                . ' LEFT JOIN ' . self::table($stock) . ' x ON x.sku = c.sku WHERE l.parent_id = ?',
            'grouped' => 'SELECT 0 AS option_id, 0 AS required, MAX(COALESCE(x.is_salable, 0)) AS sells FROM {catalog_product_link} l JOIN {catalog_product_entity} c ON c.entity_id = l.linked_product_id'
                . ' LEFT JOIN ' . self::table($stock) . ' x ON x.sku = c.sku WHERE l.link_type_id = 3 AND l.product_id = ?',
            'bundle' => 'SELECT b.option_id, b.required, MAX(COALESCE(x.is_salable, 0)) AS sells FROM {catalog_product_bundle_option} b JOIN {catalog_product_bundle_selection} l ON l.option_id = b.option_id'
                . ' JOIN {catalog_product_entity} c ON c.entity_id = l.product_id LEFT JOIN ' . self::table($stock) . ' x ON x.sku = c.sku WHERE b.parent_id = ? GROUP BY b.option_id, b.required',
        ];
        $all = true;
        $any = false;
        foreach ($this->database->rows($parts[$kind], [$parent]) as $row) {
            $any = $any || $row['sells'] === '1';
            $all = $all && ($row['sells'] === '1' || $row['required'] !== '1' && $kind === 'bundle' || $kind !== 'bundle');
        }
        $now = $this->database->row(
            'SELECT e.sku, e.type_id, ' . MagentoStockRules::COLUMNS . ' FROM {catalog_product_entity} e LEFT JOIN {cataloginventory_stock_item} s ON s.product_id = e.entity_id AND s.stock_id = 1 WHERE e.entity_id = ?',
            [$parent]
        );
        if ($now !== null && $now['type_id'] === $kind) {
            $in = $now['item_id'] === null || !$this->rules->managed($now) || $now['is_in_stock'] === '1';
            $this->database->change('UPDATE ' . self::table($stock) . ' SET is_salable = ? WHERE sku = ?', [$in && $any && $all ? '1' : '0', $now['sku']]);
        }
    }
}

/**
 * Stock by source. A sale does not lower a source, it is reserved until it is shipped: the figure told
 * and set is what can be sold, the source's quantity plus the (negative) open reservations. So a target
 * is what is free, and pieces sold but not shipped stay in the source's quantity by themselves.
 *
 * Reservations are kept by stock. Where a stock has several sources they are counted with the first of
 * them, in the stock's own order: the sum over its sources is what the stock can sell.
 */
final class MagentoSources
{
    const TRIES = 20;
    const MAIN = 'default';

    /** @var Database */
    private $database;
    /** @var MagentoStockRules */
    private $rules;
    /** @var MagentoStockIndex */
    private $legacy;
    /** @var MagentoSourceIndex */
    private $index;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, MagentoStockRules $rules, MagentoStockIndex $legacy, MagentoSourceIndex $index, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->rules = $rules;
        $this->legacy = $legacy;
        $this->index = $index;
        $this->cleaner = $cleaner;
    }

    /** Levels of these products in the default source, or of the products after one. */
    public function products($ids, string $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        return $this->levels($this->productRows($ids !== null ? 'e.entity_id IN (' . Database::places($ids) . ')' : 'e.entity_id > ?', $ids !== null ? $ids : [$after], $limit), 'p');
    }

    /** Levels of rows of other sources. Without a code: the books know one figure of an article, and the default source has it. */
    public function others($ids, string $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        return $this->levels($this->otherRows($ids !== null ? 'i.source_item_id IN (' . Database::places($ids) . ')' : 'i.source_item_id > ?', $ids !== null ? $ids : [$after], $limit), 'o');
    }

    private function productRows(string $where, array $values, int $limit): array
    {
        return $this->database->rows(
            'SELECT e.entity_id, e.sku, e.type_id, i.source_item_id, \'' . self::MAIN . '\' AS source_code, i.quantity, i.status, \'\' AS source_name,'
            . ' IF(i.source_item_id IS NULL, (SELECT COUNT(*) FROM {inventory_source_item} x WHERE x.sku = e.sku), 0) AS elsewhere, ' . MagentoStockRules::COLUMNS
            . ' FROM {catalog_product_entity} e LEFT JOIN {inventory_source_item} i ON i.sku = e.sku AND i.source_code = \'' . self::MAIN . '\''
            . ' LEFT JOIN {cataloginventory_stock_item} s ON s.product_id = e.entity_id AND s.stock_id = 1 WHERE ' . $where . ' ORDER BY e.entity_id LIMIT ' . $limit,
            $values
        );
    }

    private function otherRows(string $where, array $values, int $limit): array
    {
        return $this->database->rows(
            'SELECT e.entity_id, e.sku, e.type_id, i.source_item_id, i.source_code, i.quantity, i.status, n.name AS source_name, 0 AS elsewhere, ' . MagentoStockRules::COLUMNS
            . ' FROM {inventory_source_item} i JOIN {catalog_product_entity} e ON e.sku = i.sku LEFT JOIN {inventory_source} n ON n.source_code = i.source_code'
            . ' LEFT JOIN {cataloginventory_stock_item} s ON s.product_id = e.entity_id AND s.stock_id = 1'
            . ' WHERE i.source_code <> \'' . self::MAIN . '\' AND ' . $where . ' ORDER BY i.source_item_id LIMIT ' . $limit,
            $values
        );
    }

    private function levels(array $rows, string $kind): array
    {
        $reserved = $this->reserved(array_column($rows, 'sku'));
        $names = (new MagentoAttributes($this->database))->ofProducts(array_column($rows, 'entity_id'), ['name']);
        $levels = [];
        foreach ($rows as $row) {
            $name = $this->cleaner->verbatim(isset($names[$row['entity_id']]['name']) ? $names[$row['entity_id']]['name'] : '', 'name');
            $levels[] = [
                'key' => $kind . ':' . ($kind === 'p' ? $row['entity_id'] : $row['source_item_id']),
                'code' => $kind === 'p' ? $this->cleaner->verbatim($row['sku'], 'sku') : '',
                'sku' => null,
                'name' => $kind === 'p' ? $name : $name . ' / ' . $this->cleaner->verbatim($row['source_name'], 'source'),
                'quantity' => MagentoAmount::text(MagentoAmount::of($row['quantity']) + self::of($reserved, $row)),
                'tracked' => $this->kept($row),
                'parent' => $kind === 'p' ? null : 'p:' . $row['entity_id'],
            ];
        }
        return $levels;
    }

    /** A product that was never in stock is in no source yet; the default one is where it comes. One that is only elsewhere is not kept here. */
    private function kept(array $row): bool
    {
        return $row['elsewhere'] === '0' && $this->rules->kept($row);
    }

    private static function of(array $reserved, array $row): int
    {
        $name = $row['source_code'] . ' ' . self::folded($row['sku']);
        return isset($reserved[$name]) ? $reserved[$name] : 0;
    }

    /** The database finds SKUs whatever their case. */
    private static function folded($sku): string
    {
        return function_exists('mb_strtolower') ? mb_strtolower((string) $sku, 'UTF-8') : strtolower((string) $sku);
    }

    /** Open reservations of these SKUs, negative, by the source they are counted with. */
    private function reserved(array $skus): array
    {
        $skus = array_values(array_unique($skus));
        $first = $this->index->firstSources();
        $reserved = [];
        $rows = $skus === [] || $first === [] ? [] : $this->database->rows(
            'SELECT stock_id, sku, SUM(quantity) AS quantity FROM {inventory_reservation} WHERE sku IN (' . Database::places($skus) . ') GROUP BY stock_id, sku',
            $skus
        );
        foreach ($rows as $row) {
            if (isset($first[$row['stock_id']])) {
                $name = $first[$row['stock_id']] . ' ' . self::folded($row['sku']);
                $reserved[$name] = (isset($reserved[$name]) ? $reserved[$name] : 0) + MagentoAmount::of($row['quantity']);
            }
        }
        return $reserved;
    }

    /** Writes `current + (target - read)` where the source's quantity is still the one read; tries again when it changed between. */
    public function set(array $row): array
    {
        $difference = MagentoStockRules::difference($row);
        $id = substr($row['key'], 2);
        for ($try = 0; $try < self::TRIES; $try++) {
            $found = $row['key'][0] === 'p' ? $this->productRows('e.entity_id = ?', [$id], 1) : $this->otherRows('i.source_item_id = ?', [$id], 1);
            if ($found === []) {
                return MagentoStockRules::result($row['key'], 'unknown', null, null);
            }
            $now = $found[0];
            $quantity = MagentoAmount::of($now['quantity']);
            $before = $quantity + self::of($this->reserved([$now['sku']]), $now);
            if (!$this->kept($now)) {
                return MagentoStockRules::result($row['key'], 'not_tracked', $before, $before);
            }
            if ($difference === null || !$this->rules->fits($now, $quantity + $difference)) {
                return MagentoStockRules::result($row['key'], 'refused', $before, $before);
            }
            if ($difference === 0 || $this->write($now, $quantity, $quantity + $difference, $before + $difference)) {
                return MagentoStockRules::result($row['key'], 'done', $before, $before + $difference);
            }
        }
        return MagentoStockRules::result($row['key'], 'busy', null, null);
    }

    private function change(array $now, int $after, bool $in): bool
    {
        $values = [MagentoAmount::text($after), $in ? '1' : '0'];
        if ($now['source_item_id'] !== null) {
            return $this->database->change(
                'UPDATE {inventory_source_item} SET quantity = ?, status = ? WHERE source_item_id = ? AND quantity = ?',
                array_merge($values, [$now['source_item_id'], $now['quantity']])
            ) === 1;
        }
        try {
            return $this->database->change('INSERT INTO {inventory_source_item} (source_code, sku, quantity, status) VALUES (\'' . self::MAIN . '\', ?, ?, ?)', array_merge([$now['sku']], $values)) === 1;
        } catch (DatabaseError $error) {
            // Somebody else put it into the source meanwhile: read again.
            if ($error->number() !== DatabaseError::DUPLICATE) {
                throw $error;
            }
            return false;
        }
    }

    private function write(array $now, int $before, int $after, int $salable): bool
    {
        $in = $this->rules->inStock($now, $now['status'] === '1', $before, $after);
        if (!$this->change($now, $after, $in)) {
            return false;
        }
        if ($now['source_code'] === self::MAIN) {
            $this->mirror($now, $after, $in);
            $this->legacy->product($now['entity_id'], $in && ($this->rules->enough($now, $salable) || $this->rules->backorders($now)));
        }
        $this->index->product($now);
        return true;
    }

    /** The stock row of old is a copy of the default source, of what it is at that moment. */
    private function mirror(array $now, int $after, bool $in)
    {
        $this->database->change(
            'UPDATE {cataloginventory_stock_item} s JOIN {inventory_source_item} i ON i.sku = ? AND i.source_code = \'' . self::MAIN . '\''
            . ' SET s.qty = i.quantity, s.is_in_stock = i.status, s.stock_status_changed_auto = ?, s.low_stock_date = NULLIF(?, \'\') WHERE s.item_id = ?',
            [$now['sku'], MagentoStockRules::changedAuto($now, $in), (string) $this->rules->lowSince($now, $after), $now['item_id']]
        );
    }
}

/** A shop that keeps stock figures of several kinds of records, each by a letter. */
interface StockLevels
{
    /** Levels of one kind: of these ids, or where that is null of those after an id. */
    public function levels(string $kind, $ids, $after, int $limit): array;
}

/** Keys of stock figures (`p:42`): a letter for what kind of record it is, and its id. */
final class StockKeys
{
    /** The ids of one kind among these keys. */
    public static function ids(array $keys, string $kind): array
    {
        $ids = [];
        foreach ($keys as $key) {
            if ($key[0] === $kind) {
                $ids[] = substr($key, 2);
            }
        }
        return $ids;
    }

    /** Levels of these keys; `$kinds` are the shop's letters, in order. */
    public static function of(StockLevels $shop, array $kinds, array $keys): array
    {
        $levels = [];
        foreach ($kinds as $kind) {
            $levels = array_merge($levels, $shop->levels($kind, self::ids($keys, $kind), null, count($keys)));
        }
        return $levels;
    }

    /** A page of all: one kind after the other, each in order of id. */
    public static function page(StockLevels $shop, array $kinds, $after, int $limit): array
    {
        $levels = [];
        foreach ($kinds as $kind) {
            if (($after !== null && $after[0] !== $kind) || count($levels) >= $limit) {
                continue;
            }
            $levels = array_merge($levels, $shop->levels($kind, null, $after === null ? '0' : substr($after, 2), $limit - count($levels)));
            $after = null;
        }
        return $levels;
    }
}

/** Stock of Magento 2: by source where its inventory modules are, else as Magento 1 has it. */
final class MagentoStock
{
    /** @var Database */
    private $database;
    /** @var MagentoConfiguration */
    private $configuration;
    /** @var MagentoStockItems */
    private $items;
    /** @var MagentoSources */
    private $sources;
    /** @var bool|null */
    private $bySource;

    public function __construct(Database $database, MagentoSettings $settings, Cleaner $cleaner, MagentoConfiguration $configuration)
    {
        $rules = new MagentoStockRules($settings);
        $index = new MagentoStockIndex($database, $rules);
        $this->database = $database;
        $this->configuration = $configuration;
        $this->items = new MagentoStockItems($database, $rules, $index, $cleaner);
        $this->sources = new MagentoSources($database, $rules, $index, new MagentoSourceIndex($database, $rules), $cleaner);
    }

    /** Are there sources, and is the module that keeps them switched on? A shop may have left the tables behind. */
    private function bySource(): bool
    {
        if ($this->bySource === null) {
            $on = $this->configuration->module('Magento_Inventory');
            $row = $on === false ? null : $this->database->row(
                'SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?',
                [$this->database->prefix() . 'inventory_source_item']
            );
            $this->bySource = $row !== null && $row['n'] === '1';
        }
        return $this->bySource;
    }

    public function capabilities(): array
    {
        return $this->bySource() ? ['stock_write', 'stock_sources'] : ['stock_write'];
    }

    /** Levels of these keys. */
    public function of(array $keys): array
    {
        $products = StockKeys::ids($keys, 'p');
        if (!$this->bySource()) {
            return $this->items->levels($products, '0', count($keys));
        }
        return array_merge($this->sources->products($products, '0', count($keys)), $this->sources->others(StockKeys::ids($keys, 'o'), '0', count($keys)));
    }

    /** A page of all: products in the default source, then rows of other sources. */
    public function page($after, int $limit): array
    {
        $levels = [];
        if ($after === null || $after[0] === 'p') {
            $from = $after === null ? '0' : substr($after, 2);
            $levels = $this->bySource() ? $this->sources->products(null, $from, $limit) : $this->items->levels(null, $from, $limit);
            $after = 'o:0';
        }
        if (count($levels) < $limit && $this->bySource()) {
            $levels = array_merge($levels, $this->sources->others(null, substr($after, 2), $limit - count($levels)));
        }
        return $levels;
    }

    public function set(array $row): array
    {
        if ($this->bySource() && ($row['key'][0] === 'p' || $row['key'][0] === 'o')) {
            return $this->sources->set($row);
        }
        return $row['key'][0] === 'p' ? $this->items->set($row) : MagentoStockRules::result($row['key'], 'unknown', null, null);
    }
}

/** The shop program this file is built for. */
final class ShopProgram
{
    const NAME = 'magento2';

    /** Access to the database, in the one form Database takes. */
    public static function access(string $root): array
    {
        return MagentoShop::access($root);
    }

    /** Magento 2 does this on each connection of its own; without it its times read shifted. */
    public static function open(Database $database, string $root): Platform
    {
        $database->change("SET SESSION time_zone = '+00:00'");
        return new MagentoShop($database, new MagentoConfiguration($root));
    }
}

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

/** One stock figure after the other. */
final class StockRows implements RowWriter
{
    /** @var Platform */
    private $shop;

    public function __construct(Platform $shop)
    {
        $this->shop = $shop;
    }

    public function write(array $row): array
    {
        return $this->shop->setStock($row);
    }

    public function pending(array $row): array
    {
        return ['key' => $row['key'], 'outcome' => 'busy', 'before' => null, 'after' => null];
    }
}

/** One thing that can be asked; one file each. */
interface Operation
{
    /** Answers: streams records and closes the answer. */
    public function run(Call $call, array $values);
}

/** Who is there, what it can do, which shop this is. */
final class HelloOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        new Arguments($values, []);
        $hello = $call->shop->hello();
        $hello['shop']['host'] = isset($_SERVER['HTTP_HOST']) && is_string($_SERVER['HTTP_HOST']) ? substr($_SERVER['HTTP_HOST'], 0, 255) : '';
        $hello['capabilities'] = array_merge($call->readOnly ? ['read_only_session'] : [], $hello['capabilities']);
        $call->answer->record([
            'bridge' => 'winkelbrug-bridge',
            'version' => Answer::VERSION,
            'digest' => (string) hash_file('sha256', __FILE__),
            'php' => PHP_VERSION,
            'database_driver' => $call->database->driver(),
            'table_prefix' => $call->database->prefix(),
            'other_reader' => $call->otherReader,
            'operations' => Dispatcher::served($call->shop),
            'limits' => ['seconds' => $call->budget->seconds(), 'memory' => $call->budget->memory()],
            'now' => gmdate('Y-m-d\TH:i:s\Z', $call->now),
        ] + $hello);
        $call->answer->end();
    }
}

/** Names behind ids. */
final class LookupsOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        new Arguments($values, []);
        $call->answer->record($call->shop->lookups());
        $call->answer->end();
    }
}

/** Heads of orders changed since a moment, or the bodies of some ids. */
final class OrdersOperation implements Operation
{
    /** Orders whose rows are read at once: a bound on memory, not on the page. */
    const HEADS_AT_ONCE = 200;
    const BODIES_AT_ONCE = 100;

    /** Bytes that an order of a hundred lines takes while it is made: a page may have no others. */
    const LARGE_ORDER = 524288;

    /**
     * Heads in a page: in most shops finding them goes through all orders once, however many are wanted.
     * The page ends sooner when the budget is spent.
     */
    const MOST_HEADS = 5000;

    /** Bodies in a page: in OpenCart what belongs to them is found by going through all there is, once. */
    const MOST_BODIES = 1000;

    /** Bytes that the place of a head may take: a small part of what there is. */
    const PLACE = 4096;

    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['since', 'after', 'limit', 'ids']);
        $ids = $arguments->texts('ids', Arguments::ID, self::MOST_BODIES);
        if ($ids !== null) {
            if ($arguments->has('since') || $arguments->has('after') || $arguments->has('limit')) {
                throw new Problem('bad-arguments', 'ids');
            }
            $this->bodies($call, $ids);
            return;
        }
        $limit = min($arguments->number('limit', 500, self::MOST_HEADS), max(100, intdiv($call->budget->memory(), self::PLACE)));
        $page = new Page($call, $limit);
        $call->shop->orderHeads($arguments->moment('since'), $arguments->position('after'), $limit, self::atOnce($call, self::HEADS_AT_ONCE), $page);
        $page->endChanges();
    }

    private function bodies(Call $call, array $ids)
    {
        $page = new Page($call, count($ids));
        $call->shop->orders($ids, self::atOnce($call, self::BODIES_AT_ONCE), $page);
        $page->endNamed();
    }

    /** Where memory is short, so few that even large ones fit. */
    private static function atOnce(Call $call, int $most): int
    {
        return max(10, min($most, intdiv($call->budget->memory(), self::LARGE_ORDER)));
    }
}

/** One order by the number its customer sees. */
final class OrderOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['number']);
        $number = $arguments->text('number', '/^[^\x00-\x1f]{1,64}$/Du');
        if ($number === null) {
            throw new Problem('bad-arguments', 'number');
        }
        $id = $call->shop->orderId($number);
        $page = new Page($call, 1);
        if ($id !== null) {
            $call->shop->orders([$id], 1, $page);
        }
        $page->endNamed();
    }
}

/** Count and sum per local day and status, to compare with what an agent has seen. */
final class TotalsOperation implements Operation
{
    /** Most rows an answer may have. */
    const MOST = 20000;

    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['from']);
        $from = $arguments->text('from', '/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/D');
        if ($from === null) {
            throw new Problem('bad-arguments', 'from');
        }
        $totals = $call->shop->totals($from);
        if (count($totals) > self::MOST) {
            // So many days that the answer would be longer than anybody reads.
            throw new Problem('bad-arguments', 'from');
        }
        foreach ($totals as $record) {
            $call->answer->record($record);
        }
        $call->answer->end();
    }
}

/** Customers changed since a moment. */
final class CustomersOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['since', 'after', 'limit']);
        $limit = $arguments->number('limit', 500, 1000);
        $call->changes($call->shop->customers($arguments->moment('since'), $arguments->position('after'), $limit), $limit);
    }
}

/** Products changed since a moment. */
final class ProductsOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['since', 'after', 'limit']);
        $limit = $arguments->number('limit', 500, 1000);
        $call->changes($call->shop->products($arguments->moment('since'), $arguments->position('after'), $limit), $limit);
    }
}

/** Stock of some keys, or of everything in order of key. */
final class StockReadOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['keys', 'after', 'limit']);
        $keys = $arguments->texts('keys', Arguments::STOCK_KEY, 500);
        if ($keys === null) {
            $limit = $arguments->number('limit', 2000, 5000);
            $levels = $call->shop->stock($arguments->text('after', Arguments::STOCK_KEY), $limit);
            $call->page($levels, $limit, function (array $level): string {
                return $level['key'];
            });
            return;
        }
        if ($arguments->has('after') || $arguments->has('limit')) {
            throw new Problem('bad-arguments', 'keys');
        }
        foreach ($call->shop->stockOf($keys) as $level) {
            $call->answer->record($level);
        }
        $call->answer->end();
    }
}

/** Sets stock by difference. */
final class StockSetOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['idempotency', 'rows']);
        $id = OnceOnly::id($arguments);
        $rows = self::rows($arguments);
        $once = new OnceOnly($call, $id, $rows);
        if ($once->fresh()) {
            $this->capped($call, $rows);
        }
        foreach ($once->run(new StockRows($call->shop)) as $outcome) {
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

/** Changes orders, products or customers that are there: `order_status_set`, `products_set`, `customers_set`. */
final class RecordsSetOperation implements Operation
{
    const TEXT = '/^[^\x00-\x08\x0b\x0c\x0e-\x1f]{0,255}$/Du';

    /** What a row must have, by operation. */
    const MUST = [
        'order_status_set' => ['id' => Arguments::ID, 'status' => '/^[A-Za-z0-9_-]{1,64}$/D', 'comment' => '/^[^\x00-\x08\x0b\x0c\x0e-\x1f]{0,2000}$/Du'],
        'products_set' => ['id' => '/^[0-9]{1,18}(?:-[0-9]{1,18})?$/D'],
        'customers_set' => ['id' => Arguments::ID],
    ];

    /** What it may have. */
    const MAY = [
        'order_status_set' => [],
        'products_set' => ['name' => self::TEXT, 'price' => '/^[0-9]{1,12}(?:\.[0-9]{1,6})?$/D', 'active' => '/^[01]$/D'],
        'customers_set' => ['first_name' => self::TEXT, 'last_name' => self::TEXT, 'telephone' => self::TEXT],
    ];

    /** @var string */
    private $name;

    public function __construct(string $name)
    {
        $this->name = $name;
    }

    public function run(Call $call, array $values)
    {
        $arguments = new Arguments($values, ['idempotency', 'rows']);
        $id = OnceOnly::id($arguments);
        $rows = $arguments->rows('rows', self::MUST[$this->name], 100, self::MAY[$this->name]);
        if (count(array_unique(array_column($rows, 'id'))) !== count($rows)) {
            throw new Problem('bad-arguments', 'rows');
        }
        $shop = $call->shop;
        if (!$shop instanceof RecordWriter || !in_array($this->name, $shop->writes(), true)) {
            throw new Problem('unsupported', $this->name);
        }
        $once = new OnceOnly($call, $id, $rows);
        foreach ($once->run(new RecordRows($shop, $this->name)) as $outcome) {
            $call->answer->record($outcome);
        }
        $call->answer->end();
    }
}

/** Drops the bridge's table and, where PHP may, the file itself. */
final class RemoveOperation implements Operation
{
    public function run(Call $call, array $values)
    {
        new Arguments($values, []);
        $dropped = $call->state->drop();
        $deleted = @unlink(__FILE__);
        $call->answer->record(['table' => $dropped, 'file' => $deleted]);
        $call->answer->end();
    }
}

/** From a request that passed the gate to its answer. */
final class Dispatcher
{
    /** Operation => the scopes of which one must be in the file; an empty list = always. */
    const OPERATIONS = [
        'hello' => [],
        'lookups' => [],
        'orders' => ['orders.read'],
        'order' => ['orders.read'],
        'totals' => ['orders.read'],
        'customers' => ['customers.read'],
        'products' => ['products.read'],
        'stock_read' => ['products.read', 'stock.write'],
        'stock_set' => ['stock.write'],
        'order_status_set' => ['status.write'],
        'products_set' => ['products.write'],
        'customers_set' => ['customers.write'],
        'remove' => [],
    ];

    /** These change something; all others run in a session that cannot write. */
    const WRITING = ['stock_set', 'order_status_set', 'products_set', 'customers_set', 'remove'];

    /** Answers a request; `$gate` is the proof that it may be. */
    public static function serve(Gate $gate, Request $request, int $now)
    {
        if ($gate->decision() !== Gate::OPEN) {
            return;
        }
        $call = new Call($request, $now);
        try {
            self::open($call);
            $fresh = $call->state->take($request->nonce, $now);
        } catch (Problem $problem) {
            (new Answer($request, 'none'))->fail($problem->getMessage(), $problem->place());
            return;
        }
        if (!$fresh) {
            (new Answer($request, 'replay', 403))->fail('replay');
            return;
        }
        self::answer($call);
    }

    /** Operations within this file's scopes that this shop's platform can do. */
    public static function served(Platform $shop): array
    {
        $all = array_filter(array_keys(self::OPERATIONS), [self::class, 'inScope']);
        $writes = $shop instanceof RecordWriter ? $shop->writes() : [];
        return array_values(array_diff($all, array_diff(array_keys(RecordsSetOperation::MUST), $writes)));
    }

    private static function inScope(string $operation): bool
    {
        $scopes = self::OPERATIONS[$operation];
        return $scopes === [] || array_filter($scopes, [Deployment::class, 'allows']) !== [];
    }

    /** Configuration and database: the first time anything of the shop is touched. */
    private static function open(Call $call)
    {
        if (Deployment::PLATFORM !== ShopProgram::NAME) {
            throw new Problem('unsupported', 'platform');
        }
        $root = __DIR__ . '/' . Deployment::SHOP_ROOT;
        $call->database = new Database(ShopProgram::access($root));
        $call->shop = ShopProgram::open($call->database, $root);
        $call->state = new State($call->database, $call->shop);
    }

    private static function answer(Call $call)
    {
        $body = json_decode($call->request->body, true, 16);
        $name = is_array($body) && isset($body['op']) && is_string($body['op']) ? $body['op'] : '';
        $known = isset(self::OPERATIONS[$name]);
        $call->answer = new Answer($call->request, $known ? $name : 'none');
        register_shutdown_function([$call->answer, 'cut']);
        try {
            if (!is_array($body) || !isset($body['v']) || $body['v'] !== 1) {
                throw new Problem('bad-arguments', 'body');
            }
            if (!$known) {
                throw new Problem('unknown-op');
            }
            if (!self::inScope($name)) {
                throw new Problem('not-in-scope');
            }
            $values = isset($body['args']) ? $body['args'] : [];
            if (!is_array($values) || array_diff(array_keys($body), ['v', 'op', 'reader', 'args']) !== []) {
                throw new Problem('bad-arguments', 'body');
            }
            self::reader($call, $body, $name);
            self::prepare($call, $name);
            self::operation($name)->run($call, $values);
        } catch (Problem $problem) {
            $call->answer->fail($problem->getMessage(), self::place($call, $name, $problem->place()));
        } catch (DatabaseError $error) {
            $call->answer->fail('internal', self::place($call, $name, 'database ' . $error->number()));
        } catch (\Throwable $error) {
            $call->answer->fail('internal', self::place($call, $name, 'line ' . $error->getLine()));
        }
    }

    /** `orders/3`: operation and records so far, then a word on what. */
    private static function place(Call $call, string $name, string $inner): string
    {
        $known = isset(self::OPERATIONS[$name]) ? $name : 'none';
        return $known . '/' . $call->answer->records() . ($inner === '' ? '' : ' ' . $inner);
    }

    /** Only `hello` notes and reports who reads: a poll need not write it each time. */
    private static function reader(Call $call, array $body, string $name)
    {
        $reader = isset($body['reader']) && is_string($body['reader']) ? $body['reader'] : '';
        if (preg_match('/^[0-9A-Za-z-]{1,64}$/D', $reader) !== 1) {
            throw new Problem('bad-arguments', 'reader');
        }
        if ($name === 'hello') {
            $call->otherReader = $call->state->reader($reader, $call->now);
        }
    }

    /** From here on a read cannot write: also a fault in our own statements could not. */
    private static function prepare(Call $call, string $name)
    {
        if (!in_array($name, self::WRITING, true)) {
            $call->readOnly = $call->database->readOnly();
        }
        if ($name !== 'remove') {
            $call->shop->prove();
        }
    }

    private static function operation(string $name): Operation
    {
        switch ($name) {
            case 'hello':
                return new HelloOperation();
            case 'lookups':
                return new LookupsOperation();
            case 'orders':
                return new OrdersOperation();
            case 'order':
                return new OrderOperation();
            case 'totals':
                return new TotalsOperation();
            case 'customers':
                return new CustomersOperation();
            case 'products':
                return new ProductsOperation();
            case 'stock_read':
                return new StockReadOperation();
            case 'stock_set':
                return new StockSetOperation();
            case 'order_status_set':
            case 'products_set':
            case 'customers_set':
                return new RecordsSetOperation($name);
            case 'remove':
                return new RemoveOperation();
        }
        throw new Problem('unknown-op');
    }
}

/**
 * What was filled in for this one upload. Nothing here can be chosen by a request.
 * With the ecdsa variant nothing here can be used to sign a request either.
 */
final class Deployment
{
    // PHP quotes the first 30 characters of a text that a cut upload left open: these stand before each
    // secret, so that such a message shows nothing of it.
    const FILLER = '--------------------------------';

    const BRIDGE_ID = '{{BRIDGE_ID}}';
    const VARIANT = '{{VARIANT}}';
    const PUBLIC_KEY = '{{PUBLIC_KEY}}';
    const SCOPES = '{{SCOPES}}';
    const END_DATE = '{{END_DATE}}';
    const PLATFORM = '{{PLATFORM}}';
    const SHOP_ROOT = '{{SHOP_ROOT}}';
    const CONFIG_FILE = '{{CONFIG_FILE}}';
    const TABLE_PREFIX = '{{TABLE_PREFIX}}';
    const TIME_ZONE = '{{TIME_ZONE}}';
    const ALLOW_FROM = '{{ALLOW_FROM}}';
    const STOCK_ZERO_CAP = '{{STOCK_ZERO_CAP}}';
    const REQUEST_KEY = '--------------------------------{{REQUEST_KEY}}';
    const ANSWER_KEY = '--------------------------------{{ANSWER_KEY}}';

    /** Is everything filled in, one algorithm and one key, and not past the end date? */
    public static function sound(int $now): bool
    {
        $hex = '/^[0-9a-f]{64}$/D';
        if (preg_match('/^[0-9a-f]{32}$/D', self::BRIDGE_ID) !== 1 || preg_match($hex, self::secret(self::ANSWER_KEY)) !== 1) {
            return false;
        }
        if (preg_match('/^[0-9]{10}$/D', self::END_DATE) !== 1 || $now > (int) self::END_DATE) {
            return false;
        }
        if (preg_match('/^[0-9]{1,6}$/D', self::STOCK_ZERO_CAP) !== 1) {
            return false;
        }
        foreach ([self::SCOPES, self::SHOP_ROOT, self::CONFIG_FILE, self::TABLE_PREFIX, self::TIME_ZONE, self::ALLOW_FROM] as $value) {
            if (strpos($value, '{') !== false) {
                return false;
            }
        }
        $key = self::secret(self::REQUEST_KEY);
        if (self::VARIANT === 'ecdsa') {
            return preg_match('/^[0-9a-f]{182}$/D', self::PUBLIC_KEY) === 1 && $key === '';
        }
        return self::VARIANT === 'hmac' && preg_match($hex, $key) === 1 && self::PUBLIC_KEY === '';
    }

    /** Bytes of the key that signs requests in the hmac variant. */
    public static function requestKey(): string
    {
        return (string) hex2bin(self::secret(self::REQUEST_KEY));
    }

    /** Bytes of the key from which the answers' keys are made. */
    public static function answerKey(): string
    {
        return (string) hex2bin(self::secret(self::ANSWER_KEY));
    }

    private static function secret(string $filled): string
    {
        return (string) substr($filled, strlen(self::FILLER));
    }

    /** May this file serve that scope? */
    public static function allows(string $scope): bool
    {
        return in_array($scope, explode(',', self::SCOPES), true);
    }
}

/** Everything begins and ends here: nothing of PHP or the database is ever shown. */
final class Main
{
    public static function run()
    {
        try {
            self::quiet();
            $request = Request::current();
            $_GET = $_POST = $_COOKIE = $_REQUEST = $_FILES = [];
            $now = time();
            $gate = Gate::decide($request, $now);
        } catch (\Throwable $error) {
            Answer::refuse();
            return;
        }
        if ($gate->decision() === Gate::REFUSED) {
            Answer::refuse();
            return;
        }
        if ($gate->decision() === Gate::CLOCK) {
            $answer = new Answer($request, 'clock', 403, 'WB1 clock');
            $answer->end(false, null, ['code' => 'clock', 'place' => ''], ['time' => (string) $now]);
            return;
        }
        try {
            Dispatcher::serve($gate, $request, $now);
        } catch (Problem $problem) {
            (new Answer($request, 'none'))->fail($problem->getMessage(), $problem->place());
        } catch (\Throwable $error) {
            (new Answer($request, 'none'))->fail('internal', 'line ' . $error->getLine());
        }
    }

    /** No message of PHP gets out; what others print before us is caught. Some hosts take `ini_set` away. */
    private static function quiet()
    {
        error_reporting(0);
        // PHP 5 makes an exception of every date where a host has set no zone.
        date_default_timezone_set('UTC');
        if (function_exists('ini_set')) {
            foreach (['display_errors' => '0', 'log_errors' => '0', 'zlib.output_compression' => '0', 'default_charset' => 'UTF-8'] as $name => $value) {
                @ini_set($name, $value);
            }
        }
        ob_start();
    }
}

Main::run();

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
 * The list of parameters PrestaShop 1.7 and later keep in `app/config/parameters.php` (a file that
 * returns an array), or, where 1.7.0 was never opened since, in `parameters.yml`. Both are read as
 * text and never run. A value may be left to the environment (`%env(NAME)%`, `getenv('NAME')`).
 */
final class PrestaShopParameters
{
    /** @var ArrayFile|null */
    private $file;
    /** @var array<string, string> */
    private $lines = [];
    /** @var Environment */
    private $environment;

    private function __construct(Environment $environment)
    {
        $this->environment = $environment;
    }

    public static function ofPhp(string $source, Environment $environment): PrestaShopParameters
    {
        $parameters = new self($environment);
        $parameters->file = new ArrayFile($source, $environment);
        return $parameters;
    }

    /** The plain `name: value` lines under `parameters:`. */
    public static function ofYaml(string $source, Environment $environment): PrestaShopParameters
    {
        $parameters = new self($environment);
        foreach (preg_split('/\r\n|\r|\n/', $source) as $line) {
            if (preg_match('/^\s+([a-z_]+)\s*:\s*(.*?)\s*$/D', $line, $part) === 1) {
                $parameters->lines[$part[1]] = self::scalar($part[2]);
            }
        }
        return $parameters;
    }

    /** Is there nothing in a `parameters.yml`? */
    public function isEmpty(): bool
    {
        return $this->file === null && $this->lines === [];
    }

    /** A parameter as text, or null where there is none. Throws where it cannot be known; `$shown` is the file's name. */
    public function get(string $name, string $shown)
    {
        $value = isset($this->lines[$name]) ? $this->lines[$name] : null;
        if ($this->file !== null) {
            try {
                $value = $this->file->get('parameters/' . $name, $shown);
            } catch (Problem $problem) {
                throw new Problem('config-unreadable', $shown . ' ' . $name);
            }
            $missing = $this->file->missing('parameters/' . $name);
            if ($missing !== null || is_array($value)) {
                throw new Problem('config-unreadable', $shown . ' ' . ($missing !== null ? $missing : $name));
            }
        }
        return $value === null ? null : $this->filled(ArrayFile::text($value), $shown);
    }

    /** Symfony writes a percent sign twice; `%env(resolve:NAME)%` stands for a value of the environment. */
    private function filled(string $value, string $shown): string
    {
        if (preg_match('/^%env\((?:[a-z]+:)*([A-Za-z_][A-Za-z0-9_]*)\)%$/D', $value, $part) !== 1) {
            return str_replace('%%', '%', $value);
        }
        $found = $this->environment->get($part[1]);
        if ($found === null) {
            throw new Problem('config-unreadable', $shown . ' ' . $part[1]);
        }
        return $found;
    }

    /** A YAML scalar; `~` and `null` are empty. */
    private static function scalar(string $text): string
    {
        if (preg_match("/^'((?:[^']|'')*)'/", $text, $part) === 1) {
            return str_replace("''", "'", $part[1]);
        }
        if (preg_match('/^"((?:[^"\\\\]|\\\\.)*)"/', $text, $part) === 1) {
            return strtr($part[1], ['\\\\' => '\\', '\\"' => '"', '\\n' => "\n", '\\t' => "\t"]);
        }
        $text = (string) preg_replace('/(^|\s)#.*$/', '', $text);
        return in_array($text, ['~', 'null', 'NULL', 'Null'], true) ? '' : $text;
    }
}

/**
 * PrestaShop's configuration: `app/config/parameters.php` from 1.7 on, `config/settings.inc.php`
 * before. The copy under the cache folder may be stale and is not looked at.
 */
final class PrestaShopConfiguration
{
    const PARAMETERS = 'app/config/parameters.php';
    /** What is asked for => its name in parameters.php, its constant in settings.inc.php. */
    const NAMES = [
        'host' => ['database_host', '_DB_SERVER_'],
        'port' => ['database_port', '_DB_PORT_'],
        'socket' => ['database_socket', '_DB_SOCKET_'],
        'user' => ['database_user', '_DB_USER_'],
        'password' => ['database_password', '_DB_PASSWD_'],
        'database' => ['database_name', '_DB_NAME_'],
        'prefix' => ['database_prefix', '_DB_PREFIX_'],
        'cache' => ['ps_cache_enable', '_PS_CACHE_ENABLED_'],
    ];

    /** @var string */
    private $root;
    /** @var PrestaShopParameters|null */
    private $parameters;
    /** @var Constants|null */
    private $constants;

    public function __construct(string $root)
    {
        $this->root = $root;
        $file = $root . '/' . Deployment::CONFIG_FILE;
        $source = self::source($file);
        $environment = new Environment(self::dotEnv($root), true);
        if ($source === '' && Deployment::CONFIG_FILE === self::PARAMETERS) {
            // A 1.7.0 that nobody opened since it was installed.
            $file = $root . '/app/config/parameters.yml';
            $this->parameters = PrestaShopParameters::ofYaml(self::source($file), $environment);
            if ($this->parameters->isEmpty()) {
                throw new Problem('config-missing', Deployment::CONFIG_FILE);
            }
        } elseif (substr(Deployment::CONFIG_FILE, -4) === '.yml') {
            $this->parameters = PrestaShopParameters::ofYaml($source, $environment);
            if ($this->parameters->isEmpty()) {
                // Opened since: PrestaShop then moves all of it.
                $file = $root . '/app/config/parameters.php';
                $this->parameters = PrestaShopParameters::ofPhp(self::source($file), $environment);
            }
        } elseif (substr(Deployment::CONFIG_FILE, -16) === 'settings.inc.php') {
            $this->constants = Constants::ofFile($file, Deployment::CONFIG_FILE);
        } elseif ($source === '') {
            throw new Problem('config-missing', Deployment::CONFIG_FILE);
        } else {
            $this->parameters = PrestaShopParameters::ofPhp($source, $environment);
        }
    }

    private static function source(string $file): string
    {
        $source = is_file($file) ? @file_get_contents($file) : '';
        if (!is_string($source)) {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE);
        }
        return $source;
    }

    /** The shop's own files of the environment; of a value that is in several of them the later one counts. */
    private static function dotEnv(string $root): string
    {
        $file = $root . '/.env';
        $all = self::source($file);
        $file = $root . '/.env.local';
        $all .= "\n" . self::source($file);
        $file = $root . '/.env.prod';
        $all .= "\n" . self::source($file);
        $file = $root . '/.env.prod.local';
        return $all . "\n" . self::source($file);
    }

    /** A value, or null where the configuration has none. */
    private function get(string $what)
    {
        if ($this->constants !== null) {
            return $this->constants->first([self::NAMES[$what][1]]);
        }
        return $this->parameters->get(self::NAMES[$what][0], Deployment::CONFIG_FILE);
    }

    /** Access to the database, in the one form Database takes. */
    public function access(): array
    {
        $found = [];
        foreach (['user', 'database', 'host'] as $what) {
            $found[$what] = (string) $this->get($what);
            if ($found[$what] === '') {
                throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' ' . self::NAMES[$what][$this->constants !== null ? 1 : 0]);
            }
        }
        $prefix = Deployment::TABLE_PREFIX !== '' ? Deployment::TABLE_PREFIX : (string) $this->get('prefix');
        if (preg_match('/^[A-Za-z0-9_]*$/D', $prefix) !== 1) {
            throw new Problem('prefix-wrong', 'characters');
        }
        $socket = (string) $this->get('socket');
        $place = DatabasePlace::of($socket !== '' && $socket[0] === '/' ? $socket : $found['host'], (string) $this->get('port'));
        $version = $this->version();
        return $place + [
            'user' => $found['user'],
            'password' => (string) $this->get('password'),
            'database' => $found['database'],
            'prefix' => $prefix,
            // As the shop itself connects: three-byte utf8 up to 1.7.6.
            'charset' => $version !== '' && version_compare($version, '1.7.7', '<') ? 'utf8' : 'utf8mb4',
        ];
    }

    /** Does the shop keep results of its own queries? Then it would not see what another writes. */
    public function cachesQueries(): bool
    {
        return !in_array(strtolower((string) $this->get('cache')), ['', '0', 'false', 'no', 'off'], true);
    }

    /** The version as the shop's files say it; empty when none does. */
    public function version(): string
    {
        $own = $this->constants !== null ? $this->constants->get('_PS_VERSION_') : '';
        if ($own !== '') {
            return $own;
        }
        $file = $this->root . '/src/Core/Version.php';
        $found = self::versionConstant(self::source($file));
        if ($found === '') {
            $file = $this->root . '/app/AppKernel.php';
            $found = self::versionConstant(self::source($file));
        }
        if ($found === '') {
            $file = $this->root . '/config/autoload.php';
            $found = (new Constants(self::source($file)))->get('_PS_VERSION_');
        }
        return $found;
    }

    /** The literal of a class's `const VERSION = '…'`. */
    private static function versionConstant(string $source): string
    {
        return preg_match('/^\s*(?:public\s+)?const\s+VERSION\s*=\s*[\'"]([0-9][0-9A-Za-z.-]*)[\'"]\s*;/m', $source, $part) === 1 ? $part[1] : '';
    }
}

/** Which tables and columns this shop has: they came and went between 1.6 and 9, and a version text proves nothing. */
final class PrestaShopSchema
{
    /** Tables with columns that not every version has. */
    const TABLES = [
        'orders', 'order_detail', 'order_cart_rule', 'order_slip', 'order_slip_detail', 'stock_available', 'product', 'product_attribute',
        'currency', 'customization_field_lang', 'customer', 'address', 'tax_rules_group', 'message', 'cart_rule', 'order_carrier', 'product_download',
    ];

    /** @var Database */
    private $database;
    /** @var array<string, array<string, bool>>|null */
    private $columns;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function has(string $table, string $column): bool
    {
        if ($this->columns === null) {
            $this->columns = [];
            $prefix = $this->database->prefix();
            $names = [];
            foreach (self::TABLES as $name) {
                $names[$prefix . $name] = $name;
            }
            $rows = $this->database->rows(
                'SELECT table_name AS t, column_name AS c FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name IN (' . Database::places($names) . ')',
                array_keys($names)
            );
            foreach ($rows as $row) {
                $this->columns[isset($names[$row['t']]) ? $names[$row['t']] : $row['t']][$row['c']] = true;
            }
        }
        return isset($this->columns[$table][$column]);
    }

    /** `alias.column` where it exists, or what stands for it; all of them constants of the sources. */
    public function column(string $table, string $column, string $alias, string $else): string
    {
        return $this->has($table, $column) ? $alias . '.' . $column . ' AS ' . $column : $else . ' AS ' . $column;
    }
}

/** PrestaShop's configuration table and the names behind ids: read once a request. */
final class PrestaShopSettings
{
    const WANTED = [
        'PS_TIMEZONE', 'PS_SHOP_NAME', 'PS_SHOP_DEFAULT', 'PS_LANG_DEFAULT', 'PS_CURRENCY_DEFAULT', 'PS_COUNTRY_DEFAULT', 'PS_STOCK_MANAGEMENT',
        'PS_PACK_STOCK_TYPE', 'PS_SSL_ENABLED', 'PS_GIFT_WRAPPING_TAX_RULES_GROUP', 'PS_INVOICE_USE_YEAR', 'PS_INVOICE_YEAR_POS', 'PS_MULTISHOP_FEATURE_ACTIVE', 'PS_VERSION_DB', 'PS_OS_CANCELED', 'PS_OS_ERROR',
        'PS_OS_REFUND', 'PS_OS_CHEQUE', 'PS_OS_BANKWIRE', 'PS_OS_COD_VALIDATION', 'PS_OS_OUTOFSTOCK_UNPAID', 'PS_OS_OUTOFSTOCK', 'PS_OS_PAYPAL',
    ];

    /** @var Database */
    private $database;
    /** @var Cleaner */
    private $cleaner;
    /** @var array|null */
    private $settings;
    /** @var array<string, array> */
    private $kept = [];
    /** @var array|null */
    private $statuses;
    /** @var array|null */
    private $countries;

    public function __construct(Database $database, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->cleaner = $cleaner;
    }

    private function load(): array
    {
        if ($this->settings === null) {
            $this->settings = [];
            $rows = $this->database->rows(
                'SELECT name, value, id_shop, id_shop_group FROM {configuration} WHERE name IN (' . Database::places(self::WANTED) . ') ORDER BY id_configuration',
                self::WANTED
            );
            foreach ($rows as $row) {
                $this->settings[$row['name']][] = $row;
            }
        }
        return $this->settings;
    }

    /** A setting of the whole installation, or where only a shop has it, of that shop. */
    public function get(string $name, string $default = ''): string
    {
        $rows = isset($this->load()[$name]) ? $this->load()[$name] : [];
        foreach ($rows as $row) {
            if ((int) $row['id_shop'] === 0 && (int) $row['id_shop_group'] === 0) {
                return (string) $row['value'];
            }
        }
        return $rows === [] ? $default : (string) $rows[0]['value'];
    }

    /** A setting as it holds for one of several shops: its own, else its group's, else that of all. */
    public function ofShop(string $name, string $shop, string $default): string
    {
        return $this->nearest(isset($this->load()[$name]) ? $this->load()[$name] : [], $shop, $default);
    }

    /** Of the rows of one setting the value that holds in a shop; shops and groups count only where there are several. */
    private function nearest(array $rows, string $shop, string $default): string
    {
        $group = '0';
        $there = 0;
        foreach ($this->shops() as $one) {
            $there += $one['deleted'] === '1' ? 0 : 1;
            $group = $one['id_shop'] === $shop ? $one['id_shop_group'] : $group;
        }
        $several = $there > 1 && $this->get('PS_MULTISHOP_FEATURE_ACTIVE', '0') === '1';
        $found = [];
        foreach ($rows as $row) {
            if ((int) $row['id_shop'] === 0) {
                $found[(int) $row['id_shop_group'] === 0 ? 'all' : 'group ' . $row['id_shop_group']] = (string) $row['value'];
            } else {
                $found['shop ' . $row['id_shop']] = (string) $row['value'];
            }
        }
        foreach ($several ? ['shop ' . $shop, 'group ' . $group, 'all'] : ['all'] as $place) {
            if (isset($found[$place])) {
                return $found[$place];
            }
        }
        return $default;
    }

    /** Every value a setting has in any shop. */
    private function values(array $names): array
    {
        $values = [];
        foreach ($names as $name) {
            foreach (isset($this->load()[$name]) ? $this->load()[$name] : [] as $row) {
                $values[(string) $row['value']] = true;
            }
        }
        return $values;
    }

    /** A query whose rows do not change within a request. */
    public function kept(string $name, string $statement): array
    {
        if (!isset($this->kept[$name])) {
            $this->kept[$name] = $this->database->rows($statement);
        }
        return $this->kept[$name];
    }

    public function language(): string
    {
        return $this->get('PS_LANG_DEFAULT', '1');
    }

    public function languages(): array
    {
        return $this->kept('languages', 'SELECT id_lang, name, language_code, iso_code FROM {lang} ORDER BY id_lang');
    }

    public function languageCode(string $id): string
    {
        foreach ($this->languages() as $row) {
            if ($row['id_lang'] === $id) {
                return $row['language_code'] !== '' ? $row['language_code'] : $row['iso_code'];
            }
        }
        return '';
    }

    /** All statuses by id, in the shop's default language. */
    public function statuses(): array
    {
        if ($this->statuses === null) {
            $this->statuses = [];
            foreach ($this->statusRows() as $id => $rows) {
                $names = [];
                foreach ($rows as $row) {
                    $names[(string) $row['id_lang']] = $this->cleaner->verbatim($row['name'], 'status');
                }
                $name = isset($names[$this->language()]) ? $names[$this->language()] : (string) reset($names);
                $this->statuses[$id] = ['id' => (string) $id, 'name' => $name, 'kind' => $this->kind($rows[0], $names)];
            }
        }
        return $this->statuses;
    }

    private function statusRows(): array
    {
        $byId = [];
        $statement = 'SELECT s.id_order_state, s.module_name, s.logable, s.paid, s.shipped, l.id_lang, l.name FROM {order_state} s'
            . ' LEFT JOIN {order_state_lang} l ON l.id_order_state = s.id_order_state ORDER BY s.id_order_state, l.id_lang';
        foreach ($this->kept('statuses', $statement) as $row) {
            $byId[$row['id_order_state']][] = $row;
        }
        return $byId;
    }

    /** Every status by every name it has, the default language's first: an owner may know it by either. */
    public function statusNames(): array
    {
        $records = array_values($this->statuses());
        $seen = [];
        foreach ($records as $record) {
            $seen[$record['id'] . ' ' . $record['name']] = true;
        }
        foreach ($this->statusRows() as $id => $rows) {
            foreach ($rows as $row) {
                $name = $this->cleaner->verbatim($row['name'], 'status');
                if ($name !== '' && !isset($seen[$id . ' ' . $name])) {
                    $seen[$id . ' ' . $name] = true;
                    $records[] = ['name' => $name] + $this->status((string) $id);
                }
            }
        }
        return $records;
    }

    /** Status record; 0 is an order whose payment module broke off before it gave it one. */
    public function status(string $id): array
    {
        if ($id === '0') {
            return ['id' => '0', 'name' => '', 'kind' => 'abandoned'];
        }
        $statuses = $this->statuses();
        return isset($statuses[$id]) ? $statuses[$id] : ['id' => $id, 'name' => '', 'kind' => 'other'];
    }

    /**
     * What a status means: the shop's own settings for cancelled, refunded and failed (their ids
     * differ per shop), then its flags. Of a status without any flag only its name is left.
     */
    private function kind(array $row, array $names): string
    {
        $id = $row['id_order_state'];
        foreach (['cancelled' => ['PS_OS_CANCELED'], 'failed' => ['PS_OS_ERROR'], 'refunded' => ['PS_OS_REFUND']] as $kind => $settings) {
            if (isset($this->values($settings)[$id])) {
                return $kind;
            }
        }
        if ($row['shipped'] === '1') {
            return 'complete';
        }
        if ($row['paid'] === '1' || $row['logable'] === '1') {
            return 'processing';
        }
        $known = [
            'cancelled' => '/^(cancell?ed|voided|expired|geannuleerd|verlopen|vervallen)/i',
            'failed' => '/^(denied|failed|payment error|betaling mislukt|geweigerd|mislukt|afgewezen|betaalfout)/i',
            'refunded' => '/^(refunded|chargeback|reversed|terugbetaald|teruggestort|teruggeboekt)/i',
        ];
        foreach ($known as $kind => $pattern) {
            foreach ($names as $name) {
                if (preg_match($pattern, $name) === 1) {
                    return $kind;
                }
            }
        }
        $waiting = ['PS_OS_CHEQUE', 'PS_OS_BANKWIRE', 'PS_OS_COD_VALIDATION', 'PS_OS_OUTOFSTOCK_UNPAID', 'PS_OS_OUTOFSTOCK', 'PS_OS_PAYPAL'];
        if (isset($this->values($waiting)[$id]) || preg_grep('/^(awaiting|pending|waiting|in afwachting|wacht)/i', $names) !== []) {
            return 'pending';
        }
        // A payment module's own status without a flag says: not paid yet.
        return (string) $row['module_name'] !== '' ? 'pending' : 'other';
    }

    /** Currency row {iso_code, unit in millionths} of an id. */
    public function currency(PrestaShopSchema $schema, string $id): array
    {
        $decimals = '2';
        if ($schema->has('currency', 'precision')) {
            $decimals = '`precision`';
        } elseif ($schema->has('currency', 'decimals')) {
            $decimals = '2 * decimals';
        }
        foreach ($this->kept('currencies', 'SELECT id_currency, iso_code, ' . $decimals . ' AS digits FROM {currency} ORDER BY id_currency') as $row) {
            if ($row['id_currency'] === $id) {
                $digits = max(0, min(6, (int) $row['digits']));
                return ['code' => $row['iso_code'], 'unit' => (int) str_pad('1', 7 - $digits, '0')];
            }
        }
        return ['code' => '', 'unit' => 10000];
    }

    /** Country {code, name} of an id, the name in a language. */
    public function country(string $id, string $language): array
    {
        $found = ['code' => '', 'name' => ''];
        $statement = 'SELECT c.id_country, c.iso_code, l.id_lang, l.name FROM {country} c LEFT JOIN {country_lang} l ON l.id_country = c.id_country ORDER BY c.id_country, l.id_lang';
        if ($this->countries === null) {
            $this->countries = [];
            foreach ($this->database->rows($statement) as $row) {
                $this->countries[$row['id_country']][] = $row;
            }
        }
        foreach (isset($this->countries[$id]) ? $this->countries[$id] : [] as $row) {
            if ($found['name'] === '' || $row['id_lang'] === $language) {
                $found = ['code' => strtoupper($row['iso_code']), 'name' => $this->cleaner->verbatim($row['name'], 'country')];
            }
        }
        return $found;
    }

    public function group(string $id): array
    {
        $name = '';
        foreach ($this->kept('groups', 'SELECT id_group, id_lang, name FROM {group_lang} ORDER BY id_group, id_lang') as $row) {
            if ($row['id_group'] === $id && ($name === '' || $row['id_lang'] === $this->language())) {
                $name = $this->cleaner->verbatim($row['name'], 'group');
            }
        }
        return ['id' => $id, 'name' => $name];
    }

    /** Shops with the group each is in; `share_stock` is that group's. */
    public function shops(): array
    {
        return $this->kept('shops', 'SELECT s.id_shop, s.name, s.id_shop_group, g.share_stock, s.deleted FROM {shop} s JOIN {shop_group} g ON g.id_shop_group = s.id_shop_group ORDER BY s.id_shop');
    }

    public function shop(string $id): array
    {
        foreach ($this->shops() as $row) {
            if ($row['id_shop'] === $id) {
                return ['id' => $id, 'name' => $this->cleaner->verbatim($row['name'], 'store')];
            }
        }
        return ['id' => $id, 'name' => ''];
    }

    public function defaultShop(): string
    {
        return $this->get('PS_SHOP_DEFAULT', '1');
    }

    /** Tax class (a group of tax rules) {id, name}, or null when there is no such group. */
    public function taxClass(string $id)
    {
        if ($id === '0' || $id === '') {
            return ['id' => '0', 'name' => ''];
        }
        foreach ($this->kept('classes', 'SELECT id_tax_rules_group, name FROM {tax_rules_group} ORDER BY id_tax_rules_group') as $row) {
            if ($row['id_tax_rules_group'] === $id) {
                return ['id' => $id, 'name' => $this->cleaner->verbatim($row['name'], 'tax_class')];
            }
        }
        return null;
    }

    /** Carrier {code, title}: the reference stays when the shop keeps an edited carrier under a new id. */
    public function carrier(string $id)
    {
        foreach ($this->carriers() as $row) {
            if ($row['id_carrier'] === $id) {
                return ['code' => $row['id_reference'], 'title' => $this->carrierName($row['name'])];
            }
        }
        return ['code' => $id, 'title' => ''];
    }

    /** The tax class a carrier has today in a shop; null when it has none there. */
    public function carrierTaxClass(string $carrier, string $shop)
    {
        foreach ($this->kept('carrier_classes', 'SELECT id_carrier, id_shop, id_tax_rules_group FROM {carrier_tax_rules_group_shop}') as $row) {
            if ($row['id_carrier'] === $carrier && $row['id_shop'] === $shop) {
                return $this->taxClass($row['id_tax_rules_group']);
            }
        }
        return null;
    }

    /** Name of a tax in a language, else in the shop's. */
    public function taxName(string $id, string $language): string
    {
        $names = [];
        foreach ($this->kept('tax_names', 'SELECT id_tax, id_lang, name FROM {tax_lang} ORDER BY id_tax, id_lang') as $row) {
            if ($row['id_tax'] === $id) {
                $names[$row['id_lang']] = $this->cleaner->verbatim($row['name'], 'tax');
            }
        }
        $default = isset($names[$this->language()]) ? $names[$this->language()] : (string) reset($names);
        return isset($names[$language]) ? $names[$language] : $default;
    }

    public function carriers(): array
    {
        return $this->kept('carriers', 'SELECT id_carrier, id_reference, name, active, deleted FROM {carrier} ORDER BY id_carrier');
    }

    /** A carrier named `0` goes by the shop's name. */
    public function carrierName(string $name): string
    {
        return $name === '0' ? $this->get('PS_SHOP_NAME') : $this->cleaner->verbatim($name, 'carrier');
    }

    /** The text before a number of a shop's documents, in a language. */
    public function prefixOf(string $setting, string $language, string $shop): string
    {
        $statement = 'SELECT c.name, c.id_shop, c.id_shop_group, l.id_lang, l.value FROM {configuration} c JOIN {configuration_lang} l ON l.id_configuration = c.id_configuration'
            . " WHERE c.name IN ('PS_INVOICE_PREFIX', 'PS_CREDIT_SLIP_PREFIX')";
        $rows = array_filter($this->kept('prefixes', $statement), function (array $row) use ($setting, $language): bool {
            return $row['name'] === $setting && $row['id_lang'] === $language;
        });
        return $this->cleaner->verbatim($this->nearest($rows, $shop, ''), 'prefix');
    }
}

/**
 * Exact sums in millionths, PrestaShop's own precision, as whole numbers of 64 bits (`Shop` refuses
 * a smaller PHP). Rounding is half away from zero.
 */
final class PrestaShopAmount
{
    const ONE = 1000000;

    /** Millionths of a decimal text. */
    public static function of($text): int
    {
        if (preg_match('/^(-?)([0-9]{1,12})(?:\.([0-9]*))?$/D', (string) $text, $part) !== 1) {
            return 0;
        }
        $whole = (int) ($part[2] . substr((isset($part[3]) ? $part[3] : '') . '000000', 0, 6));
        return $part[1] === '-' ? -$whole : $whole;
    }

    /** As text with so many decimals; what is cut off must be nothing. */
    public static function text(int $amount, int $decimals = 6): string
    {
        $digits = str_pad((string) abs($amount), 7, '0', STR_PAD_LEFT);
        $fraction = $decimals === 0 ? '' : '.' . substr($digits, -6, $decimals);
        return ($amount < 0 ? '-' : '') . substr($digits, 0, -6) . $fraction;
    }

    /** amount × part ÷ whole, rounded; digit by digit, so that nothing overflows. */
    public static function share(int $amount, int $part, int $whole): int
    {
        if ($whole === 0) {
            return 0;
        }
        $sign = ($amount < 0) === ($part < 0) ? 1 : -1;
        $sign = $whole < 0 ? -$sign : $sign;
        list($part, $whole) = [abs($part), abs($whole)];
        list($quotient, $rest) = [0, 0];
        foreach (str_split((string) abs($amount)) as $digit) {
            $rest = $rest * 10 + (int) $digit * $part;
            $quotient = $quotient * 10 + intdiv($rest, $whole);
            $rest %= $whole;
        }
        return $sign * ($quotient + (2 * $rest >= $whole ? 1 : 0));
    }

    /** VAT on a net amount; the percentage in millionths too. */
    public static function vat(int $net, int $percent): int
    {
        return self::share($net, $percent, 100 * self::ONE);
    }

    /** Rounded to the smallest unit (a cent is 10000). */
    public static function rounded(int $amount, int $unit): int
    {
        $half = intdiv($unit, 2);
        return $amount < 0 ? -intdiv(-$amount + $half, $unit) * $unit : intdiv($amount + $half, $unit) * $unit;
    }

    /**
     * Shares of a sum in proportion to weights, each a whole number of units, together exactly the
     * sum: what rounding leaves goes where the most was cut off. Keys are kept.
     */
    public static function apportioned(int $sum, array $weights, int $unit): array
    {
        $whole = array_sum($weights);
        $shares = [];
        $cut = [];
        foreach ($weights as $key => $weight) {
            $exact = self::share($sum, $weight, $whole);
            $shares[$key] = self::rounded($exact, $unit);
            $cut[$key] = $exact - $shares[$key];
        }
        $left = $whole === 0 ? 0 : $sum - array_sum($shares);
        arsort($cut);
        $keys = $left < 0 ? array_reverse(array_keys($cut)) : array_keys($cut);
        for ($at = 0; $left !== 0 && $keys !== []; $at++) {
            $step = abs($left) < $unit ? $left : ($left < 0 ? -$unit : $unit);
            $shares[$keys[$at % count($keys)]] += $step;
            $left -= $step;
        }
        return $shares;
    }
}

/**
 * An order's VAT by rate, in millionths. Of a line PrestaShop keeps both totals and the taxes, of
 * shipping one rate, of wrapping none, of a cart rule only its two values: which rates such an
 * amount was spread over is found by trying what the shop may have done and keeping what closes to
 * the amounts it stored. What does not close has no parts.
 */
final class PrestaShopVat
{
    /**
     * Percentage of a line in millionths, or null where nothing tells. `tax_rate` is empty before
     * 1.7.8; two taxes are added up, or come one after another (method 2).
     */
    public static function percent(array $line, array $taxes)
    {
        $excl = PrestaShopAmount::of($line['unit_price_tax_excl']);
        $incl = PrestaShopAmount::of($line['unit_price_tax_incl']);
        // Charged without VAT whatever the taxes say: an export, a business abroad.
        if ($excl === $incl && abs($excl) >= 100000) {
            return 0;
        }
        $rates = [];
        foreach ($taxes as $tax) {
            if ($tax['rate'] !== null) {
                $rates[$tax['id_tax']] = PrestaShopAmount::of($tax['rate']);
            }
        }
        $recorded = PrestaShopAmount::of($line['tax_rate']);
        if ($recorded > 0 && count($rates) !== 1) {
            return $recorded;
        }
        if ($rates !== []) {
            $percent = 0;
            foreach ($rates as $rate) {
                $percent += $rate + ($line['tax_computation_method'] === '2' ? PrestaShopAmount::vat($percent, $rate) : 0);
            }
            return PrestaShopAmount::rounded($percent, 1000);
        }
        return $excl === $incl ? 0 : null;
    }

    /**
     * The ecotax that is part of a line's amounts as {percent, net, vat}, or null. It bears the goods' own
     * rate unless the line's VAT shows that it was charged at its own; without VAT where the line is.
     */
    public static function levy(array $line, array $byRate, $percent, int $unit)
    {
        $net = PrestaShopAmount::of($line['ecotax']) * (int) $line['product_quantity'];
        if ($net === 0 || $percent === null) {
            return null;
        }
        $own = PrestaShopAmount::of($line['ecotax_tax_rate']);
        $rate = $own !== $percent && count($byRate) > 1 ? $own : $percent;
        $vat = PrestaShopAmount::vat($net, $rate);
        return ['percent' => self::percentText($rate), 'net' => PrestaShopAmount::text($net), 'vat' => PrestaShopAmount::text($rate === $percent ? $vat : PrestaShopAmount::rounded($vat, $unit))];
    }

    /** VAT of a line by percentage; an ecotax at another rate than the goods counts at its own. */
    public static function ofLine(array $line, int $percent, int $unit): array
    {
        $vat = PrestaShopAmount::of($line['total_price_tax_incl']) - PrestaShopAmount::of($line['total_price_tax_excl']);
        $ecotax = PrestaShopAmount::of($line['ecotax']) * (int) $line['product_quantity'];
        $rate = PrestaShopAmount::of($line['ecotax_tax_rate']);
        if ($ecotax === 0 || $rate === $percent || $vat === 0) {
            return [$percent => $vat];
        }
        $own = PrestaShopAmount::rounded(PrestaShopAmount::vat($ecotax, $rate), $unit);
        $net = PrestaShopAmount::of($line['total_price_tax_excl']);
        $asOne = abs($vat - PrestaShopAmount::vat($net, $percent));
        $asTwo = abs($vat - $own - PrestaShopAmount::vat($net - $ecotax, $percent));
        return $asOne <= $asTwo ? [$percent => $vat] : [$percent => $vat - $own, $rate => $own];
    }

    /**
     * Shares {percent => [net, vat]} of an amount, by the first way of spreading that closes to its
     * VAT; each way is {percent => weight}. Empty when none does.
     */
    public static function shares(int $net, int $vat, array $ways, int $unit): array
    {
        if ($net === 0 && $vat === 0) {
            return [];
        }
        foreach ($ways as $way) {
            $way = array_filter($way);
            if ($way === [] || array_sum($way) === 0) {
                continue;
            }
            $nets = PrestaShopAmount::apportioned($net, $way, $unit);
            $exact = [];
            foreach (array_keys($nets) as $percent) {
                $exact[$percent] = PrestaShopAmount::vat(PrestaShopAmount::share($net, $way[$percent], array_sum($way)), $percent);
            }
            $taxed = count(array_filter(array_keys($nets)));
            if (abs($vat - array_sum($exact)) <= $unit * max(1, $taxed)) {
                return self::closed($nets, $exact, $vat, $unit);
            }
        }
        return [];
    }

    private static function closed(array $nets, array $exact, int $vat, int $unit): array
    {
        $vats = array_sum($exact) === 0 ? $exact : PrestaShopAmount::apportioned($vat, $exact, $unit);
        $shares = [];
        foreach ($nets as $percent => $net) {
            $shares[$percent] = [$net, $vats[$percent]];
        }
        // VAT of a cent on an amount too small to have any stays with the largest share.
        $left = $vat - array_sum($vats);
        if ($left !== 0) {
            arsort($nets);
            reset($nets);
            $shares[key($nets)][1] += $left;
        }
        return array_filter($shares, function (array $share): bool {
            return $share !== [0, 0];
        });
    }

    /** With two rates, net amount and VAT together say how it was spread; null when they contradict each other. */
    public static function solved(int $net, int $vat, array $percents)
    {
        if (count($percents) !== 2 || $net === 0) {
            return null;
        }
        list($high, $low) = [max($percents), min($percents)];
        $atHigh = PrestaShopAmount::share(100 * PrestaShopAmount::ONE, $vat - PrestaShopAmount::vat($net, $low), $high - $low);
        return $atHigh < 0 || $atHigh > $net ? null : [$high => $atHigh, $low => $net - $atHigh];
    }

    /** As the protocol names them, with a sign. */
    public static function parts(array $shares, int $sign): array
    {
        $parts = [];
        foreach ($shares as $percent => $share) {
            $parts[] = ['percent' => self::percentText((int) $percent), 'net' => PrestaShopAmount::text($sign * $share[0]), 'vat' => PrestaShopAmount::text($sign * $share[1])];
        }
        return $parts;
    }

    public static function percentText(int $percent): string
    {
        return rtrim(rtrim(PrestaShopAmount::text($percent), '0'), '.');
    }
}

/**
 * The total block of an order. PrestaShop stores it as columns, not as rows: goods, cart rules,
 * shipping, gift wrapping and what is to be paid. A surcharge that a payment module put into the
 * last only is no row and gets none here: the difference is to be seen.
 */
final class PrestaShopTotals
{
    /** Lines among which those of a percentage are looked for. */
    const CHOICES = 10;

    /** @var array */
    private $order;
    /** @var array<int, array> lines with `percent` in millionths or null, and `taxes` */
    private $lines;
    /** @var int the smallest amount of the order's currency, in millionths */
    private $unit;
    /** @var array<int, array<int, int>> net amounts by percentage, of each line */
    private $nets;
    /** @var array<int, array> */
    private $shipping = [];
    /** @var array<int|string, int> VAT so far by percentage; `''` is VAT of which nobody knows the rate */
    private $vat = [];

    public function __construct(array $order, array $lines, int $unit)
    {
        $this->order = $order;
        $this->lines = $lines;
        $this->unit = $unit;
        $this->nets = array_map(function (array $line): array {
            return $this->netsOf($line);
        }, array_values($lines));
    }

    /** Rows but for names: `rule` and `percents` are for the caller to give titles from. */
    public function rows(array $rules, array $invoiceTaxes): array
    {
        foreach ($this->lines as $line) {
            if ($line['percent'] === null) {
                $this->add('', PrestaShopAmount::of($line['total_price_tax_incl']) - PrestaShopAmount::of($line['total_price_tax_excl']));
                continue;
            }
            foreach (PrestaShopVat::ofLine($line, $line['percent'], $this->unit) as $percent => $vat) {
                $this->add($percent, $vat);
            }
        }
        $shipping = $this->cost('total_shipping', $this->shippingWays($invoiceTaxes));
        $this->shipping = $shipping['shares'];
        $wrapping = $this->cost('total_wrapping', $this->wrappingWays($invoiceTaxes));
        $rows = [['code' => 'total_products', 'kind' => 'sub_total', 'amount' => PrestaShopAmount::of($this->order['total_products'])]];
        $rows = array_merge($rows, $this->discounts($rules));
        if ($this->order['id_carrier'] !== '0' || $shipping['amount'] !== 0) {
            $rows[] = ['code' => 'shipping', 'kind' => 'shipping'] + $shipping;
        }
        if ($wrapping['amount'] !== 0) {
            $rows[] = ['code' => 'wrapping', 'kind' => 'fee'] + $wrapping;
        }
        return array_merge($rows, $this->taxes());
    }

    private function add($percent, int $vat)
    {
        $this->vat[$percent] = (isset($this->vat[$percent]) ? $this->vat[$percent] : 0) + $vat;
    }

    /** Adds the VAT of shares to the sums, with a sign; VAT without shares is VAT of an unknown rate. */
    private function addShares(array $shares, int $vat, int $sign)
    {
        foreach ($shares as $percent => $share) {
            $this->add($percent, $sign * $share[1]);
        }
        if ($shares === [] && $vat !== 0) {
            $this->add('', $sign * $vat);
        }
    }

    private function cost(string $column, array $ways): array
    {
        list($net, $vat) = $this->stored($column);
        $shares = PrestaShopVat::shares($net, $vat, $ways, $this->unit);
        $this->addShares($shares, $vat, 1);
        return ['amount' => $net, 'shares' => $shares];
    }

    /** Net amount and VAT of a pair of columns. */
    private function stored(string $column): array
    {
        $net = PrestaShopAmount::of($this->order[$column . '_tax_excl']);
        return [$net, PrestaShopAmount::of($this->order[$column . '_tax_incl']) - $net];
    }

    /** Net amounts of the goods by percentage; of one product only where it is given. */
    private function goods(string $product = ''): array
    {
        $goods = [];
        foreach (array_values($this->lines) as $at => $line) {
            if ($product === '' || $line['product_id'] === $product) {
                $goods = self::together($goods, $this->nets[$at]);
            }
        }
        return $goods;
    }

    /** Net amounts of a line by percentage: an ecotax charged at its own rate counts there, as in a discount on it. */
    private function netsOf(array $line): array
    {
        if ($line['percent'] === null) {
            return [];
        }
        $net = PrestaShopAmount::of($line['total_price_tax_excl']);
        $rates = array_keys(PrestaShopVat::ofLine($line, $line['percent'], $this->unit));
        if (count($rates) < 2) {
            return [$line['percent'] => $net];
        }
        $ecotax = PrestaShopAmount::of($line['ecotax']) * (int) $line['product_quantity'];
        return [$rates[0] => $net - $ecotax, $rates[1] => $ecotax];
    }

    private static function together(array $one, array $other): array
    {
        foreach ($other as $percent => $amount) {
            $one[$percent] = (isset($one[$percent]) ? $one[$percent] : 0) + $amount;
        }
        return $one;
    }

    /** The order's rates one by one. */
    private function singles(): array
    {
        $ways = [];
        foreach (array_keys($this->goods()) as $percent) {
            $ways[] = [$percent => 1];
        }
        return array_merge($ways, [[0 => 1]]);
    }

    /** One rate, or the average of the goods where the shop is set to that. */
    private function shippingWays(array $invoiceTaxes): array
    {
        $carrier = PrestaShopAmount::of($this->order['carrier_tax_rate']);
        return array_merge([[$carrier => 1]], self::invoiced($invoiceTaxes, 'shipping'), [$this->goods()], $this->singles());
    }

    private function wrappingWays(array $invoiceTaxes): array
    {
        $carrier = PrestaShopAmount::of($this->order['carrier_tax_rate']);
        return array_merge(self::invoiced($invoiceTaxes, 'wrapping'), [[$carrier => 1]], $this->singles(), [$this->goods()]);
    }

    /** What the invoice says of it, once there is one. */
    private static function invoiced(array $taxes, string $type): array
    {
        $ways = [];
        foreach ($taxes as $tax) {
            if ($tax['type'] === $type && $tax['rate'] !== null) {
                $ways[] = [PrestaShopAmount::of($tax['rate']) => 1];
            }
        }
        return $ways;
    }

    /** One row a cart rule, together exactly the order's discount; one for all where the rules do not add up to it. */
    private function discounts(array $rules): array
    {
        list($net, $vat) = $this->stored('total_discounts');
        $rows = [];
        $free = $this->shipping !== [] || PrestaShopAmount::of($this->order['total_shipping_tax_excl']) !== 0;
        foreach ($this->adjusted($rules, $net, $net + $vat) as $rule) {
            $row = $this->discount($rule, $free && $rule['free_shipping'] === '1');
            $free = $free && $rule['free_shipping'] !== '1';
            $rows[] = $row;
        }
        $rows = $this->matched($rows);
        foreach ($rows as $index => $row) {
            $this->addShares($row['shares'], $row['vat'], -1);
            $rows[$index]['amount'] = -$row['amount'];
        }
        return $rows;
    }

    /** Rules with `net` and `gross` rounded so that they add up to what the order says. */
    private function adjusted(array $rules, int $net, int $gross): array
    {
        $left = [$net, $gross];
        $largest = null;
        foreach ($rules as $index => $rule) {
            $rules[$index]['net'] = PrestaShopAmount::rounded(PrestaShopAmount::of($rule['value_tax_excl']), $this->unit);
            $rules[$index]['gross'] = PrestaShopAmount::rounded(PrestaShopAmount::of($rule['value']), $this->unit);
            $left = [$left[0] - $rules[$index]['net'], $left[1] - $rules[$index]['gross']];
            $largest = $largest === null || $rules[$index]['gross'] > $rules[$largest]['gross'] ? $index : $largest;
        }
        if ($largest === null || max(abs($left[0]), abs($left[1])) > $this->unit * count($rules)) {
            $one = count($rules) === 1 ? reset($rules) : ['id_cart_rule' => '0', 'name' => implode(', ', array_column($rules, 'name')), 'free_shipping' => '0', 'reduction_product' => '0', 'gift_product' => '0'];
            foreach ($rules as $rule) {
                $one['free_shipping'] = $rule['free_shipping'] === '1' ? '1' : $one['free_shipping'];
            }
            return $net === 0 && $gross === 0 ? [] : [['net' => $net, 'gross' => $gross] + $one];
        }
        $rules[$largest]['net'] += $left[0];
        $rules[$largest]['gross'] += $left[1];
        return array_filter($rules, function (array $rule): bool {
            return $rule['net'] !== 0 || $rule['gross'] !== 0;
        });
    }

    /** One cart rule: its share of free shipping at the shipping's rates, the rest on the goods. */
    private function discount(array $rule, bool $free): array
    {
        $row = ['code' => 'cart_rule', 'kind' => 'discount', 'rule' => $rule['name'], 'amount' => $rule['net'], 'vat' => $rule['gross'] - $rule['net'], 'shares' => [], 'freed' => false];
        list($net, $vat) = [$row['amount'], $row['vat']];
        $given = [];
        if ($free) {
            list($shippingNet, $shippingVat) = $this->stored('total_shipping');
            if ($shippingNet - $net > $this->unit || $shippingVat !== 0 && $this->shipping === []) {
                return $row;
            }
            $given = $this->shipping;
            list($net, $vat) = [$net - $shippingNet, $vat - $shippingVat];
        }
        $target = $rule['gift_product'] !== '0' ? $rule['gift_product'] : ((int) $rule['reduction_product'] > 0 ? $rule['reduction_product'] : '');
        $goods = $this->goods();
        $ways = array_merge($target !== '' ? [$this->goods($target)] : [], [$goods], $this->singles());
        $solved = PrestaShopVat::solved($net, $vat, array_keys($goods));
        $shares = PrestaShopVat::shares($net, $vat, $solved === null ? $ways : array_merge($ways, [$solved]), $this->unit);
        if ($shares === [] && count($goods) > 2) {
            $shares = PrestaShopVat::shares($net, $vat, $this->selected($net, $vat, $rule), $this->unit);
        }
        if ($shares === [] && ($net !== 0 || $vat !== 0)) {
            return $row;
        }
        foreach ($given as $percent => $share) {
            $shares[$percent] = isset($shares[$percent]) ? [$shares[$percent][0] + $share[0], $shares[$percent][1] + $share[1]] : $share;
        }
        return ['shares' => $shares, 'freed' => $given !== []] + $row;
    }

    /**
     * A percentage on some of the goods, asked among more than two rates only: the lines of which it makes both amounts.
     * None where several choices of lines do and differ in what they say of the rates.
     */
    private function selected(int $net, int $vat, array $rule): array
    {
        $percent = PrestaShopAmount::of(isset($rule['reduction_percent']) ? $rule['reduction_percent'] : '0');
        if ($percent <= 0 || count($this->lines) > self::CHOICES) {
            return [];
        }
        $found = null;
        for ($choice = 1; $choice < 1 << count($this->lines); $choice++) {
            $nets = [];
            $taxes = 0;
            foreach (array_values($this->lines) as $at => $line) {
                if (($choice >> $at & 1) === 1) {
                    $nets = self::together($nets, $this->nets[$at]);
                    $taxes += PrestaShopAmount::of($line['total_price_tax_incl']) - PrestaShopAmount::of($line['total_price_tax_excl']);
                }
            }
            $off = max(abs(PrestaShopAmount::vat(array_sum($nets), $percent) - $net), abs(PrestaShopAmount::vat($taxes, $percent) - $vat));
            if ($off > $this->unit) {
                continue;
            }
            foreach ($found === null ? [] : $found + $nets as $rate => $unused) {
                $one = isset($found[$rate]) ? $found[$rate] : 0;
                if (PrestaShopAmount::vat(abs((isset($nets[$rate]) ? $nets[$rate] : 0) - $one), $percent) > $this->unit) {
                    return [];
                }
            }
            $found = $found === null ? $nets : $found;
        }
        return $found === null ? [] : [$found];
    }

    /**
     * The taxes the shop recorded with the lines are those after its cart rules. Where they account
     * for the discount's VAT to the cent, they decide between shares that differ by a cent.
     */
    private function matched(array $rows): array
    {
        $wanted = $this->recorded();
        foreach ($rows as $row) {
            if ($row['shares'] === []) {
                return $rows;
            }
            foreach ($row['shares'] as $percent => $share) {
                $wanted[$percent] = (isset($wanted[$percent]) ? $wanted[$percent] : 0) - $share[1];
            }
        }
        foreach ($this->freed($rows) as $percent => $vat) {
            $wanted[$percent] = (isset($wanted[$percent]) ? $wanted[$percent] : 0) + $vat;
        }
        $wanted = array_filter($wanted);
        if ($wanted === [] || array_sum($wanted) !== 0 || max(array_map('abs', $wanted)) > $this->unit * max(2, count($rows))) {
            return $rows;
        }
        foreach ($rows as $index => $row) {
            if (array_diff_key($wanted, $row['shares']) === []) {
                foreach ($wanted as $percent => $vat) {
                    $rows[$index]['shares'][$percent][1] += $vat;
                }
                break;
            }
        }
        return $rows;
    }

    /** VAT of the goods less the VAT recorded with the lines, by percentage. */
    private function recorded(): array
    {
        $taken = [];
        foreach ($this->lines as $line) {
            if ($line['percent'] !== null) {
                $vat = PrestaShopAmount::of($line['total_price_tax_incl']) - PrestaShopAmount::of($line['total_price_tax_excl']);
                foreach ($line['taxes'] as $tax) {
                    $vat -= PrestaShopAmount::of($tax['total_amount']);
                }
                $percent = $line['percent'];
                $taken[$percent] = (isset($taken[$percent]) ? $taken[$percent] : 0) + $vat;
            }
        }
        foreach ($taken as $percent => $vat) {
            $taken[$percent] = PrestaShopAmount::rounded($vat, $this->unit);
        }
        return $taken;
    }

    /** VAT of shipping that a rule made free: it is in the rules' shares and never was in the lines. */
    private function freed(array $rows): array
    {
        $freed = [];
        foreach ($rows as $row) {
            if ($row['freed']) {
                foreach ($this->shipping as $percent => $share) {
                    $freed[$percent] = $share[1];
                }
            }
        }
        return $freed;
    }

    /** One row a rate. */
    private function taxes(): array
    {
        $rows = [];
        $known = $this->vat;
        krsort($known);
        foreach ($known as $percent => $vat) {
            if ($percent === '' ? $vat !== 0 : $percent !== 0) {
                $rows[] = ['code' => 'tax', 'kind' => 'tax', 'amount' => PrestaShopAmount::rounded($vat, $this->unit), 'percent' => $percent === '' ? null : $percent];
            }
        }
        return $rows;
    }
}

/**
 * Credit slips as refunds. From 1.6.0.10 on a slip has its totals with and without VAT; before, only one
 * amount with shipping in it. A slip may give back another sum than its goods: less the order's
 * voucher (type 1), or an amount the owner typed (type 2).
 */
final class PrestaShopRefunds
{
    /** Seconds between a slip and its voucher at the most: mail is sent in between. */
    const ONE_REQUEST = 60;

    /** @var PrestaShopSettings */
    private $settings;
    /** @var ShopTime */
    private $time;

    public function __construct(PrestaShopSettings $settings, ShopTime $time)
    {
        $this->settings = $settings;
        $this->time = $time;
    }

    public function of(array $order, array $slips, array $slipLines, array $vouchers, array $lines, array $shipping): array
    {
        $percents = array_column($lines, 'percent', 'id_order_detail');
        $refunds = [];
        foreach ($slips as $slip) {
            $own = array_filter($slipLines, function (array $line) use ($slip): bool {
                return $line['id_order_slip'] === $slip['id_order_slip'];
            });
            $refund = $this->refund($order, $slip, $own, $percents, $shipping);
            $refund['voucher'] = self::byVoucher($slip, $vouchers);
            $refunds[] = $refund;
        }
        return $refunds;
    }

    /** Was a voucher made with it? Nothing ties the two but the order, and that one request makes both, the slip first. */
    private static function byVoucher(array $slip, array $vouchers): bool
    {
        foreach ($vouchers as $voucher) {
            $later = strtotime((string) $voucher['date_add']) - strtotime((string) $slip['date_add']);
            if ($later >= 0 && $later <= self::ONE_REQUEST) {
                return true;
            }
        }
        return false;
    }

    private function refund(array $order, array $slip, array $lines, array $percents, array $shipping): array
    {
        $goods = ['net' => 0, 'gross' => 0];
        $records = [];
        foreach ($lines as $line) {
            $new = PrestaShopAmount::of($line['total_price_tax_incl']) !== 0;
            $net = PrestaShopAmount::of($line[$new ? 'total_price_tax_excl' : 'amount_tax_excl']);
            $gross = PrestaShopAmount::of($line[$new ? 'total_price_tax_incl' : 'amount_tax_incl']);
            $goods = ['net' => $goods['net'] + $net, 'gross' => $goods['gross'] + $gross];
            $percent = isset($percents[$line['id_order_detail']]) ? $percents[$line['id_order_detail']] : null;
            $records[] = [
                'line_id' => $line['id_order_detail'],
                'quantity' => $line['product_quantity'],
                'parts' => $percent === null ? [] : PrestaShopVat::parts([$percent => [$net, $gross - $net]], 1),
            ];
        }
        $sent = $this->shipping($order, $slip, $shipping);
        $gross = array_sum(array_column($sent, 0)) + array_sum(array_column($sent, 1));
        $total = $this->total($slip, $goods, $gross);
        return [
            'id' => $slip['id_order_slip'],
            'number' => $this->settings->prefixOf('PS_CREDIT_SLIP_PREFIX', $order['id_lang'], $order['id_shop']) . str_pad($slip['id_order_slip'], 6, '0', STR_PAD_LEFT),
            'at' => (string) ($this->time->utc($slip['date_add']) ?: PrestaShopOrders::NO_TIME),
            'at_local' => str_replace(' ', 'T', (string) $slip['date_add']),
            'total' => PrestaShopAmount::text($total),
            'comment' => '',
            'lines' => $records,
            'shipping' => PrestaShopVat::parts($sent, 1),
            'adjustment' => PrestaShopAmount::text($total - $goods['gross'] - $gross),
        ];
    }

    /** Shipping given back, shared over rates as the order's own shipping was. */
    private function shipping(array $order, array $slip, array $shipping): array
    {
        $gross = PrestaShopAmount::of($slip['total_shipping_tax_incl']);
        $net = PrestaShopAmount::of($slip['total_shipping_tax_excl']);
        $percent = PrestaShopAmount::of($order['carrier_tax_rate']);
        if ($gross === 0) {
            $gross = PrestaShopAmount::of($slip['shipping_cost_amount']);
            $net = PrestaShopAmount::rounded(PrestaShopAmount::share($gross, 100 * PrestaShopAmount::ONE, 100 * PrestaShopAmount::ONE + $percent), 10000);
        }
        $ways = [array_combine(array_keys($shipping), array_column($shipping, 0)), [$percent => 1], [0 => 1]];
        return PrestaShopVat::shares($net, $gross - $net, $ways, 10000);
    }

    /** What the customer got back, with VAT. */
    private function total(array $slip, array $goods, int $shipping): int
    {
        $amount = PrestaShopAmount::of($slip['amount']);
        $net = PrestaShopAmount::of($slip['total_products_tax_excl']);
        $gross = PrestaShopAmount::of($slip['total_products_tax_incl']);
        if ($net === 0 && $gross === 0 && PrestaShopAmount::of($slip['total_shipping_tax_incl']) === 0) {
            // A slip of before 1.6.0.10: its amount is everything.
            return $amount !== 0 ? $amount : $goods['gross'] + $shipping;
        }
        if ($slip['order_slip_type'] === '1') {
            // The voucher was taken off one of the two sums, whichever the owner worked with.
            return $goods['gross'] + $shipping - max($goods['gross'] - $gross, $goods['net'] - $net, 0);
        }
        $typed = min(abs($amount - $net), abs($amount - $gross)) > 10000;
        return $slip['order_slip_type'] === '2' && $typed ? $amount : $goods['gross'] + $shipping;
    }
}

/** Customers and addresses as the protocol names them. */
final class PrestaShopPeople
{
    /** @var PrestaShopSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(PrestaShopSettings $settings, Cleaner $cleaner)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** The VAT number stands with the address, the invoice's first; a Chamber of Commerce number has eight digits. */
    public function customer($row, array $invoice, array $delivery): array
    {
        $account = $row !== null && $row['is_guest'] !== '1';
        $fields = [];
        foreach ($row === null ? [] : ['company', 'siret', 'ape', 'website'] as $name) {
            if (trim((string) $row[$name]) !== '') {
                $fields[] = ['id' => $name, 'name' => $name, 'value' => $this->cleaner->verbatim($row[$name], $name)];
            }
        }
        return [
            'id' => $account ? $row['id_customer'] : null,
            'group' => $this->settings->group($row === null ? '0' : $row['id_default_group']),
            'first_name' => $this->cleaner->verbatim($row === null ? self::of($invoice, 'firstname') : $row['firstname'], 'firstname'),
            'last_name' => $this->cleaner->verbatim($row === null ? self::of($invoice, 'lastname') : $row['lastname'], 'lastname'),
            'email' => $row === null ? '' : $this->cleaner->verbatim($row['email'], 'email'),
            'telephone' => $this->first([self::of($invoice, 'phone'), self::of($invoice, 'phone_mobile'), self::of($delivery, 'phone'), self::of($delivery, 'phone_mobile')], 'phone'),
            'vat_number' => $this->first([self::of($invoice, 'vat_number'), self::of($delivery, 'vat_number')], 'vat_number') ?: null,
            'chamber_of_commerce' => self::chamber([$row === null ? '' : (string) $row['siret'], self::of($invoice, 'dni'), self::of($delivery, 'dni')]),
            'custom_fields' => $fields,
        ];
    }

    public function address(array $row, string $language): array
    {
        $texts = ['first_name' => 'firstname', 'last_name' => 'lastname', 'company' => 'company', 'line1' => 'address1', 'line2' => 'address2', 'postcode' => 'postcode', 'city' => 'city', 'zone' => 'state'];
        $address = [];
        foreach ($texts as $name => $column) {
            $address[$name] = $this->cleaner->verbatim(self::of($row, $column), $column);
        }
        $country = $this->settings->country(self::of($row, 'id_country'), $language);
        $address['country'] = $country['code'];
        $address['country_name'] = $country['name'];
        $address['custom_fields'] = [];
        foreach (['vat_number', 'dni', 'other'] as $column) {
            if (trim(self::of($row, $column)) !== '') {
                $address['custom_fields'][] = ['id' => $column, 'name' => $column, 'value' => $this->cleaner->verbatim(self::of($row, $column), $column, true)];
            }
        }
        return $address;
    }

    private static function of(array $row, string $column): string
    {
        return isset($row[$column]) ? (string) $row[$column] : '';
    }

    private function first(array $values, string $field): string
    {
        foreach ($values as $value) {
            if (trim($value) !== '') {
                return trim($this->cleaner->verbatim($value, $field));
            }
        }
        return '';
    }

    private static function chamber(array $values)
    {
        foreach ($values as $value) {
            $digits = (string) preg_replace('/[ .]/', '', $value);
            if (preg_match('/^[0-9]{8}$/D', $digits) === 1) {
                return $digits;
            }
        }
        return null;
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

/** Reads what makes PrestaShop's orders, in bulk and named columns only, and when each last changed. */
final class PrestaShopOrderRows
{
    const COLUMNS = 'o.id_order, COALESCE(o.reference, \'\') AS reference, o.id_shop, o.id_carrier, o.id_lang, o.id_customer, o.id_cart, o.id_currency, o.id_address_delivery, o.id_address_invoice,'
        . ' o.current_state, o.payment, o.module, o.conversion_rate, o.gift, o.gift_message, o.total_discounts_tax_incl, o.total_discounts_tax_excl,'
        . ' o.total_paid, o.total_paid_tax_incl, o.total_paid_tax_excl, o.total_products, o.total_products_wt, o.total_shipping_tax_incl, o.total_shipping_tax_excl,'
        . ' o.carrier_tax_rate, o.total_wrapping_tax_incl, o.total_wrapping_tax_excl, o.invoice_number, o.invoice_date, o.date_add, o.date_upd';

    /** @var Database */
    private $database;
    /** @var PrestaShopSchema */
    private $schema;

    public function __construct(Database $database, PrestaShopSchema $schema)
    {
        $this->database = $database;
        $this->schema = $schema;
    }

    /**
     * Ids and stamps of orders changed since then (local text) or after that place. A credit slip, an
     * entry in the history and an edited address do not always move the order's own `date_upd`, so the
     * stamp is the latest of them all. There is no index on it: each is gone through once, and only what
     * is late enough to matter is brought together.
     */
    public function changed($since, $after, int $limit): array
    {
        $lowest = max((string) $since, $after === null ? '' : $after['stamp']);
        $sources = [
            ['o.id_order, GREATEST(o.date_add, o.date_upd) AS stamp FROM {orders} o', ['o.date_add', 'o.date_upd']],
            ['h.id_order, h.date_add FROM {order_history} h JOIN {orders} o ON o.id_order = h.id_order', ['h.date_add']],
            ['s.id_order, GREATEST(s.date_add, s.date_upd) FROM {order_slip} s JOIN {orders} o ON o.id_order = s.id_order', ['s.date_add', 's.date_upd']],
            ['o.id_order, a.date_upd FROM {orders} o JOIN {address} a ON a.id_address = o.id_address_invoice', ['a.date_upd']],
            ['o.id_order, a.date_upd FROM {orders} o JOIN {address} a ON a.id_address = o.id_address_delivery', ['a.date_upd']],
        ];
        $selects = [];
        $values = [];
        foreach ($sources as $source) {
            $late = [];
            foreach ($lowest === '' ? [] : $source[1] as $column) {
                $late[] = $column . ' >= ?';
                $values[] = $lowest;
            }
            $selects[] = 'SELECT ' . $source[0] . ($late === [] ? '' : ' WHERE ' . implode(' OR ', $late));
        }
        $place = '';
        if ($after !== null) {
            $place = ' HAVING stamp > ? OR (stamp = ? AND x.id_order > ?)';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return $this->database->rows(
            'SELECT x.id_order, MAX(x.stamp) AS stamp FROM (' . implode(' UNION ALL ', $selects) . ') x GROUP BY x.id_order' . $place
            . ' ORDER BY stamp, x.id_order LIMIT ' . $limit,
            $values
        );
    }

    /** What these orders take. */
    public function sizes(array $ids, int $room): OrderSizes
    {
        return new OrderSizes($this->database, [
            'SELECT o.id_order AS id, ' . OrderSizes::sum(['o.gift_message', 'o.payment'], 500) . ' FROM {orders} o WHERE o.id_order IN (%s) GROUP BY o.id_order',
            'SELECT d.id_order AS id, ' . OrderSizes::sum(['d.product_name', 'd.product_reference'], 300) . ' FROM {order_detail} d WHERE d.id_order IN (%s) GROUP BY d.id_order',
        ], $ids, $room);
    }

    /** Everything of these orders that their content is made of, by name and order id. */
    public function of(array $ids): array
    {
        $type = $this->schema->column('orders', 'round_type', 'o', '2');
        $parts = ['orders' => []];
        foreach ($ids === [] ? [] : $this->database->rows('SELECT ' . self::COLUMNS . ', ' . $type . ' FROM {orders} o WHERE o.id_order IN (' . Database::places($ids) . ') ORDER BY o.id_order', $ids) as $row) {
            $parts['orders'][$row['id_order']] = $row;
        }
        $typed = $this->schema->has('order_detail', 'id_customization') ? 'COALESCE(d.id_customization, 0)' : '0';
        $parts['lines'] = $this->byOrder(
            'SELECT d.id_order, d.id_order_detail, d.product_id, COALESCE(d.product_attribute_id, 0) AS product_attribute_id, ' . $typed . ' AS id_customization, d.product_name,'
            . ' d.product_quantity, d.product_quantity_refunded, d.product_quantity_return, d.product_reference, d.unit_price_tax_excl, d.unit_price_tax_incl,'
            . ' d.total_price_tax_excl, d.total_price_tax_incl, d.tax_rate, d.tax_computation_method, d.ecotax, d.ecotax_tax_rate, '
            . $this->schema->column('order_detail', 'id_tax_rules_group', 'd', "'0'")
            . ' FROM {order_detail} d WHERE d.id_order IN (%s) ORDER BY d.id_order_detail',
            $ids
        );
        $parts['taxes'] = $this->byOrder(
            'SELECT DISTINCT d.id_order, t.id_order_detail, t.id_tax, x.rate, t.total_amount FROM {order_detail} d JOIN {order_detail_tax} t ON t.id_order_detail = d.id_order_detail'
            . ' LEFT JOIN {tax} x ON x.id_tax = t.id_tax WHERE d.id_order IN (%s) ORDER BY t.id_order_detail, t.id_tax',
            $ids
        );
        $deleted = $this->schema->has('order_cart_rule', 'deleted') ? ' AND r.deleted = 0' : '';
        $parts['rules'] = $this->byOrder(
            'SELECT r.id_order, r.id_order_cart_rule, r.id_cart_rule, r.name, r.value, r.value_tax_excl, r.free_shipping FROM {order_cart_rule} r'
            . ' WHERE r.id_order IN (%s)' . $deleted . ' ORDER BY r.id_order_cart_rule',
            $ids
        );
        $this->addSlips($parts, $ids);
        $this->addAddresses($parts);
        $this->addCustomizations($parts);
        $this->addPayments($parts);
        return $parts;
    }

    public function byOrder(string $statement, array $ids): array
    {
        $orders = [];
        foreach ($ids === [] ? [] : $this->database->rows(sprintf($statement, Database::places($ids)), $ids) as $row) {
            $orders[$row['id_order']][] = $row;
        }
        return $orders;
    }

    private function addSlips(array &$parts, array $ids)
    {
        $totals = [];
        foreach (['total_products_tax_excl', 'total_products_tax_incl', 'total_shipping_tax_excl', 'total_shipping_tax_incl', 'order_slip_type'] as $column) {
            $totals[] = $this->schema->column('order_slip', $column, 's', '0');
        }
        $parts['slips'] = $this->byOrder(
            'SELECT s.id_order, s.id_order_slip, s.amount, s.shipping_cost_amount, s.partial, s.date_add, s.date_upd, ' . implode(', ', $totals)
            . ' FROM {order_slip} s WHERE s.id_order IN (%s) ORDER BY s.id_order_slip',
            $ids
        );
        $parts['slip_lines'] = [];
        $parts['vouchers'] = [];
        if ($parts['slips'] !== []) {
            // Made together with a slip: the code names the rule itself, its customer and the order. What
            // is left of a used one gets a rule of its own, with a code that goes on.
            $parts['vouchers'] = $this->byOrder(
                'SELECT o.id_order, c.id_cart_rule, c.date_add FROM {orders} o JOIN {cart_rule} c ON c.id_customer = o.id_customer'
                . ' AND c.code = CONCAT(\'V\', c.id_cart_rule, \'C\', c.id_customer, \'O\', o.id_order) WHERE o.id_order IN (%s) ORDER BY c.id_cart_rule',
                array_keys($parts['slips'])
            );
            $parts['slip_lines'] = $this->byOrder(
                'SELECT s.id_order, l.id_order_slip, l.id_order_detail, l.product_quantity, l.amount_tax_excl, l.amount_tax_incl, '
                . $this->schema->column('order_slip_detail', 'total_price_tax_excl', 'l', '0') . ', ' . $this->schema->column('order_slip_detail', 'total_price_tax_incl', 'l', '0')
                . ' FROM {order_slip} s JOIN {order_slip_detail} l ON l.id_order_slip = s.id_order_slip WHERE s.id_order IN (%s) ORDER BY l.id_order_slip, l.id_order_detail',
                array_keys($parts['slips'])
            );
        }
    }

    /** The addresses these orders point at, by id; `deleted` says only that the customer no longer uses one. */
    private function addAddresses(array &$parts)
    {
        $ids = [];
        foreach ($parts['orders'] as $row) {
            $ids[$row['id_address_invoice']] = $row['id_address_invoice'];
            $ids[$row['id_address_delivery']] = $row['id_address_delivery'];
        }
        $parts['addresses'] = [];
        foreach ($ids === [] ? [] : $this->database->rows(self::addressStatement() . ' WHERE a.id_address IN (' . Database::places($ids) . ')', $ids) as $row) {
            $parts['addresses'][$row['id_address']] = $row;
        }
    }

    public static function addressStatement(): string
    {
        return 'SELECT a.id_address, a.id_country, a.company, a.firstname, a.lastname, a.address1, a.address2, a.postcode, a.city, a.other, a.phone, a.phone_mobile,'
            . ' a.vat_number, a.dni, a.date_upd, s.name AS state FROM {address} a LEFT JOIN {state} s ON s.id_state = a.id_state';
    }

    /** What the customer typed: with the line from 1.7 on, before by cart, product and combination. */
    private function addCustomizations(array &$parts)
    {
        $own = $this->schema->has('order_detail', 'id_customization');
        $wanted = [];
        foreach ($own ? $parts['lines'] : [] as $lines) {
            foreach ($lines as $line) {
                if ($line['id_customization'] !== '0') {
                    $wanted[$line['id_customization']] = $line['id_customization'];
                }
            }
        }
        if (!$own) {
            $wanted = array_column($parts['orders'], 'id_cart', 'id_cart');
            unset($wanted['0']);
        }
        $parts['texts'] = [];
        if ($wanted === []) {
            return;
        }
        $by = $own ? 'c.id_customization' : 'c.id_cart';
        $rows = $this->database->rows(
            'SELECT DISTINCT c.id_cart, c.id_product, c.id_product_attribute, d.id_customization, d.type, d.`index`, d.value FROM {customization} c'
            . ' JOIN {customized_data} d ON d.id_customization = c.id_customization WHERE c.in_cart = 1 AND ' . $by . ' IN (' . Database::places($wanted) . ')'
            . ' ORDER BY d.id_customization, d.type DESC, d.`index`',
            $wanted
        );
        foreach ($rows as $row) {
            $key = $own ? $row['id_customization'] : $row['id_cart'] . '-' . $row['id_product'] . '-' . $row['id_product_attribute'];
            $parts['texts'][$key][] = $row;
        }
    }

    /** Payments hang on the reference, which the parts of a split order share. */
    private function addPayments(array &$parts)
    {
        $references = array_values(array_unique(array_column($parts['orders'], 'reference')));
        $parts['payments'] = [];
        $parts['sisters'] = [];
        if ($references === []) {
            return;
        }
        $places = Database::places($references);
        foreach ($this->database->rows('SELECT order_reference, id_currency, amount, conversion_rate, date_add FROM {order_payment} WHERE order_reference IN (' . $places . ') ORDER BY id_order_payment', $references) as $row) {
            $parts['payments'][strtolower($row['order_reference'])][] = $row;
        }
        foreach ($this->database->rows('SELECT COALESCE(reference, \'\') AS reference, total_paid FROM {orders} WHERE reference IN (' . $places . ')', $references) as $row) {
            $parts['sisters'][strtolower($row['reference'])][] = $row['total_paid'];
        }
    }

    /** Rows of one order. */
    public static function part(array $parts, string $name, string $id): array
    {
        return isset($parts[$name][$id]) ? $parts[$name][$id] : [];
    }

    /** What was typed for a line. */
    public static function texts(array $parts, array $order, array $line): array
    {
        $key = $line['id_customization'] !== '0' ? $line['id_customization'] : $order['id_cart'] . '-' . $line['product_id'] . '-' . $line['product_attribute_id'];
        return isset($parts['texts'][$key]) ? $parts['texts'][$key] : [];
    }

    /**
     * Over what is stored of the order itself and of the addresses it points at. A later moment of
     * change alone is no change, nor is a message.
     */
    public static function hash(array $order, array $parts, $paid, $received): string
    {
        $id = $order['id_order'];
        unset($order['date_upd']);
        $content = array_values($order);
        $content[] = $paid === null ? '' : ($paid ? 'paid' : 'unpaid' . $received);
        foreach (['lines', 'taxes', 'rules', 'slips', 'slip_lines'] as $name) {
            foreach (self::part($parts, $name, $id) as $row) {
                // A rate is read from the tax table, which keeps it: its text may gain digits. The tax class counts
                // only where the product is gone.
                unset($row['rate'], $row['date_upd'], $row['id_tax_rules_group']);
                array_push($content, $name, ...array_values($row));
            }
        }
        foreach (self::part($parts, 'lines', $id) as $line) {
            foreach (self::texts($parts, $order, $line) as $text) {
                array_push($content, 'text', $text['index'], $text['value']);
            }
        }
        foreach (['id_address_invoice', 'id_address_delivery'] as $column) {
            $address = self::part($parts, 'addresses', $order[$column]);
            unset($address['date_upd']);
            array_push($content, $column, ...array_values($address));
        }
        $text = '';
        foreach ($content as $value) {
            $text .= strlen((string) $value) . ':' . $value . ';';
        }
        return hash('sha256', $text);
    }
}

/** What the products and combinations on order lines are today. */
final class PrestaShopProductsNow
{
    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /**
     * By `product-combination`: {reference, ean, class, classes}; one statement for products, one for combinations.
     * `classes` by the shops that sell it, `class` that of `$shop`, or what the product was last saved with.
     */
    public function of(array $lines, string $shop): array
    {
        $products = [];
        $pairs = [];
        foreach ($lines as $rows) {
            foreach ($rows as $row) {
                $products[$row['product_id']] = $row['product_id'];
                $pairs[$row['product_id'] . '-' . $row['product_attribute_id']] = $row;
            }
        }
        if ($products === []) {
            return [];
        }
        $known = [];
        $classes = [];
        $rows = $this->database->rows(
            'SELECT p.id_product, p.reference, p.ean13, p.id_tax_rules_group AS class, s.id_shop, s.id_tax_rules_group AS own FROM {product} p'
            . ' LEFT JOIN {product_shop} s ON s.id_product = p.id_product WHERE p.id_product IN (' . Database::places($products) . ')',
            array_values($products)
        );
        foreach ($rows as $row) {
            $known[$row['id_product']] = $row;
            $classes += [$row['id_product'] => []];
            if ($row['id_shop'] !== null) {
                $classes[$row['id_product']][$row['id_shop']] = $row['own'];
            }
        }
        $combinations = $this->combinations(array_values(array_unique(array_column($pairs, 'product_attribute_id'))));
        $now = [];
        foreach ($pairs as $key => $row) {
            if (isset($known[$row['product_id']])) {
                $product = $known[$row['product_id']];
                $own = isset($combinations[$row['product_attribute_id']]) ? $combinations[$row['product_attribute_id']] : ['reference' => '', 'ean13' => ''];
                $now[$key] = [
                    'reference' => (string) $own['reference'] !== '' ? $own['reference'] : (string) $product['reference'],
                    'ean' => (string) $own['ean13'] !== '' ? $own['ean13'] : ($row['product_attribute_id'] === '0' ? (string) $product['ean13'] : ''),
                    'class' => isset($classes[$row['product_id']][$shop]) ? $classes[$row['product_id']][$shop] : $product['class'],
                    'classes' => $classes[$row['product_id']],
                ];
            }
        }
        return $now;
    }

    private function combinations(array $ids): array
    {
        $ids = array_values(array_diff($ids, ['0']));
        return $ids === [] ? [] : array_column($this->database->rows('SELECT id_product_attribute, reference, ean13 FROM {product_attribute} WHERE id_product_attribute IN (' . Database::places($ids) . ')', $ids), null, 'id_product_attribute');
    }
}

/**
 * PrestaShop's orders. An order's number is its id: the reference its customer sees is shared by
 * the parts of a split order, so it is the shop reference. All amounts are in the order's currency;
 * PrestaShop keeps none in another.
 */
final class PrestaShopOrders implements OrderBodies
{
    const NO_TIME = '1970-01-01T00:00:00Z';

    /** @var Database */
    private $database;
    /** @var PrestaShopSchema */
    private $schema;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;
    /** @var PrestaShopOrderRows */
    private $rows;

    public function __construct(Database $database, PrestaShopSchema $schema, PrestaShopSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->schema = $schema;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
        $this->rows = new PrestaShopOrderRows($database, $schema);
    }

    /** Heads from a moment (UTC) or position on, in order of change; ids first, what the hash needs as it is asked for. */
    public function heads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $places = $this->rows->changed($since === null ? null : $this->time->localSince($since), $after, $limit);
        $sizes = $this->rows->sizes(array_column($places, 'id_order'), $page->room());
        foreach ($sizes->lists($places, 'id_order', $atOnce) as $some) {
            $parts = $this->rows->of($sizes->fitting(array_column($some, 'id_order')));
            foreach ($some as $place) {
                $id = $place['id_order'];
                $order = isset($parts['orders'][$id]) ? $parts['orders'][$id] : null;
                if ($order !== null || $sizes->tooLarge($id)) {
                    $hash = $order === null ? $sizes->hash($id) : PrestaShopOrderRows::hash($order, $parts, ...$this->payment($order, $parts));
                    if (!$page->give(['id' => $id, 'changed_at' => $this->moment($place['stamp']), 'stamp' => $place['stamp'], 'hash' => $hash])) {
                        return;
                    }
                }
            }
        }
    }

    private function moment($local): string
    {
        return (string) ($this->time->utc($local) ?: self::NO_TIME);
    }

    /** Bodies of these ids, those that are too large first; the rows of so many others are read at once. */
    public function all(array $ids, int $atOnce, Page $page)
    {
        $this->rows->sizes($ids, $page->room())->bodies($ids, $atOnce, [], $this, $page);
    }

    public function bodies(array $ids, Page $page): bool
    {
        $parts = $this->rows->of($ids);
        $around = $this->around($parts, array_keys($parts['orders']));
        foreach ($parts['orders'] as $id => $order) {
            list($paid, $received) = $this->payment($order, $parts);
            $hash = PrestaShopOrderRows::hash($order, $parts, $paid, $received);
            $this->cleaner->remarks();
            $this->missing($order, $parts);
            try {
                $body = ['id' => (string) $id, 'number' => (string) $id, 'hash' => $hash] + $this->body($order, $parts, $around);
                $body += ['paid' => $paid, 'paid_on' => $paid === true ? self::paidOn($order, $parts) : null, 'received' => $received];
                $body += ['remarks' => $this->cleaner->remarks()];
            } catch (\Throwable $error) {
                // One order that cannot be read does not keep the others away.
                $body = ['id' => (string) $id, 'hash' => $hash, 'remarks' => ['unreadable:line ' . $error->getLine()]];
            }
            if (!$page->give($body)) {
                return false;
            }
        }
        return true;
    }

    /** Notes amounts that are missing of the order, its costs and discounts and its lines: the shop leaves none of them open. */
    private function missing(array $order, array $parts)
    {
        $id = $order['id_order'];
        $this->cleaner->amounts($order, ['total_paid', 'total_products', 'total_discounts_tax_excl', 'total_discounts_tax_incl'], 'order');
        $this->cleaner->amounts($order, ['total_shipping_tax_excl', 'total_shipping_tax_incl'], 'shipping');
        $this->cleaner->amounts($order, ['total_wrapping_tax_excl', 'total_wrapping_tax_incl'], 'fee');
        foreach (PrestaShopOrderRows::part($parts, 'lines', $id) as $line) {
            $this->cleaner->amounts($line, ['product_quantity', 'unit_price_tax_excl', 'unit_price_tax_incl', 'total_price_tax_excl', 'total_price_tax_incl'], 'line');
        }
        foreach (PrestaShopOrderRows::part($parts, 'rules', $id) as $rule) {
            $this->cleaner->amounts($rule, ['value', 'value_tax_excl'], 'total');
        }
    }

    /** What bodies need besides the orders' own content. */
    private function around(array $parts, array $ids): array
    {
        if ($ids === []) {
            return [];
        }
        $around = ['customers' => [], 'rules' => [], 'fields' => []];
        $customers = array_values(array_unique(array_column($parts['orders'], 'id_customer')));
        foreach ($this->database->rows(PrestaShopCustomers::STATEMENT . ' WHERE c.id_customer IN (' . Database::places($customers) . ')', $customers) as $row) {
            $around['customers'][$row['id_customer']] = $row;
        }
        $rules = [];
        foreach ($parts['rules'] as $rows) {
            $rules += array_column($rows, 'id_cart_rule', 'id_cart_rule');
        }
        foreach ($rules === [] ? [] : $this->database->rows('SELECT id_cart_rule, reduction_percent, reduction_product, gift_product FROM {cart_rule} WHERE id_cart_rule IN (' . Database::places($rules) . ')', $rules) as $row) {
            $around['rules'][$row['id_cart_rule']] = $row;
        }
        $around['messages'] = $this->schema->has('message', 'message') ? $this->rows->byOrder(
            "SELECT id_order, " . OrderSizes::note('message') . " AS message FROM {message} WHERE COALESCE(id_employee, 0) = 0 AND message <> '' AND id_order IN (%s) ORDER BY private, id_message",
            $ids
        ) : [];
        $around['history'] = $this->rows->byOrder('SELECT id_order, id_order_state, date_add FROM {order_history} WHERE id_order IN (%s) ORDER BY id_order_history', $ids);
        $around['invoice_taxes'] = $this->invoiceTaxes($ids);
        $around['products'] = (new PrestaShopProductsNow($this->database))->of($parts['lines'], $this->settings->defaultShop());
        return $around + ['names' => $this->fieldNames($parts['texts'])];
    }

    /**
     * Taxes of shipping and wrapping by order. They have no index by invoice: invoices first, so that all
     * taxes are only gone through and not joined.
     */
    private function invoiceTaxes(array $ids): array
    {
        $orders = array_column($this->database->rows('SELECT id_order_invoice, id_order FROM {order_invoice} WHERE id_order IN (' . Database::places($ids) . ')', $ids), 'id_order', 'id_order_invoice');
        $rows = $orders === [] ? [] : $this->database->rows(
            'SELECT DISTINCT t.id_order_invoice, t.type, t.id_tax, x.rate FROM {order_invoice_tax} t JOIN {tax} x ON x.id_tax = t.id_tax'
            . " WHERE t.type IN ('shipping', 'wrapping') AND t.id_order_invoice IN (" . Database::places($orders) . ')',
            array_keys($orders)
        );
        $taxes = [];
        foreach ($rows as $row) {
            $taxes[$orders[$row['id_order_invoice']]][$row['type'] . ' ' . $row['id_tax']] = $row;
        }
        return array_map('array_values', $taxes);
    }

    /** Names of the fields customers typed into, by field and language. */
    private function fieldNames(array $texts): array
    {
        $ids = [];
        foreach ($texts as $rows) {
            $ids += array_column($rows, 'index', 'index');
        }
        $names = [];
        foreach ($ids === [] ? [] : $this->database->rows('SELECT id_customization_field, id_lang, name FROM {customization_field_lang} WHERE id_customization_field IN (' . Database::places($ids) . ')', $ids) as $row) {
            $names[$row['id_customization_field']][$row['id_lang']] = $row['name'];
        }
        return $names;
    }

    private function body(array $order, array $parts, array $around): array
    {
        $id = $order['id_order'];
        $currency = $this->settings->currency($this->schema, $order['id_currency']);
        $lines = $this->linesWithRates($id, $parts);
        $rules = [];
        foreach (PrestaShopOrderRows::part($parts, 'rules', $id) as $rule) {
            $now = isset($around['rules'][$rule['id_cart_rule']]) ? $around['rules'][$rule['id_cart_rule']] : ['reduction_percent' => '0', 'reduction_product' => '0', 'gift_product' => '0'];
            $rules[] = $rule + $now;
        }
        $rows = (new PrestaShopTotals($order, $lines, $currency['unit']))->rows($rules, PrestaShopOrderRows::part($around, 'invoice_taxes', $id));
        $sent = array_column($rows, 'shares', 'code');
        $refunds = new PrestaShopRefunds($this->settings, $this->time);
        $ships = $order['id_carrier'] !== '0';
        return [
            'store' => $this->settings->shop($order['id_shop']),
            'placed_at' => $this->moment($order['date_add']),
            'placed_local' => str_replace(' ', 'T', (string) $order['date_add']),
            'changed_at' => $this->moment($this->stamp($order, $parts, $around)),
            'status' => $this->settings->status($order['current_state']),
            'language' => $this->settings->languageCode($order['id_lang']),
            'money' => $this->money($order, $currency),
            'customer' => $this->customer($order, $parts, $around),
            'invoice_address' => $this->address(PrestaShopOrderRows::part($parts, 'addresses', $order['id_address_invoice']), $order['id_lang']),
            'delivery_address' => $ships ? $this->address(PrestaShopOrderRows::part($parts, 'addresses', $order['id_address_delivery']), $order['id_lang']) : null,
            'payment' => ['code' => (string) $order['module'], 'title' => $this->cleaner->verbatim($order['payment'], 'payment')],
            'shipping' => $ships ? $this->settings->carrier($order['id_carrier']) : null,
            'comment' => $this->comment(PrestaShopOrderRows::part($around, 'messages', $id)),
            'invoice_number' => $this->invoiceNumber($order),
            'invoice_date' => self::invoiceDay($order),
            'shop_reference' => $order['reference'] === '' ? null : $this->cleaner->verbatim($order['reference'], 'reference'),
            'lines' => $this->lines($order, $lines, $parts, $around, $currency['unit']),
            'gift_cards' => [],
            'totals' => $this->totalRows($order, $rows, $lines),
            'total' => $order['total_paid'],
            'history' => $this->history(PrestaShopOrderRows::part($around, 'history', $id)),
            'refunds' => $refunds->of($order, PrestaShopOrderRows::part($parts, 'slips', $id), PrestaShopOrderRows::part($parts, 'slip_lines', $id), PrestaShopOrderRows::part($parts, 'vouchers', $id), $lines, isset($sent['shipping']) ? $sent['shipping'] : []),
            'custom_fields' => $this->orderFields($order),
        ];
    }

    /** The same moment as in the head. */
    private function stamp(array $order, array $parts, array $around): string
    {
        $stamps = [$order['date_add'], $order['date_upd']];
        $stamps = array_merge($stamps, array_column(PrestaShopOrderRows::part($around, 'history', $order['id_order']), 'date_add'));
        foreach (PrestaShopOrderRows::part($parts, 'slips', $order['id_order']) as $slip) {
            array_push($stamps, $slip['date_add'], $slip['date_upd']);
        }
        foreach (['id_address_invoice', 'id_address_delivery'] as $column) {
            $address = PrestaShopOrderRows::part($parts, 'addresses', $order[$column]);
            $stamps[] = $address === [] ? '' : $address['date_upd'];
        }
        return (string) max($stamps);
    }

    private function linesWithRates(string $id, array $parts): array
    {
        $taxes = [];
        foreach (PrestaShopOrderRows::part($parts, 'taxes', $id) as $tax) {
            $taxes[$tax['id_order_detail']][] = $tax;
        }
        $lines = [];
        foreach (PrestaShopOrderRows::part($parts, 'lines', $id) as $line) {
            $own = isset($taxes[$line['id_order_detail']]) ? $taxes[$line['id_order_detail']] : [];
            $lines[] = $line + ['taxes' => $own, 'percent' => PrestaShopVat::percent($line, $own)];
        }
        return $lines;
    }

    private function money(array $order, array $currency): array
    {
        $total = PrestaShopAmount::rounded(PrestaShopAmount::of($order['total_paid']), $currency['unit']);
        return [
            'code' => $currency['code'],
            'order_code' => $currency['code'],
            'rate' => '1',
            'order_total' => PrestaShopAmount::text($total, 7 - strlen((string) $currency['unit'])),
        ];
    }

    private function customer(array $order, array $parts, array $around): array
    {
        $row = isset($around['customers'][$order['id_customer']]) ? $around['customers'][$order['id_customer']] : null;
        $invoice = PrestaShopOrderRows::part($parts, 'addresses', $order['id_address_invoice']);
        $delivery = PrestaShopOrderRows::part($parts, 'addresses', $order['id_address_delivery']);
        return (new PrestaShopPeople($this->settings, $this->cleaner))->customer($row, $invoice, $delivery);
    }

    private function address(array $row, string $language): array
    {
        return (new PrestaShopPeople($this->settings, $this->cleaner))->address($row, $language);
    }

    /** What the customer wrote at the checkout; a payment module may have broken the lines its own way. */
    private function comment(array $messages): string
    {
        $text = $messages === [] ? '' : (string) preg_replace('~<br\s*/?>\n?~i', "\n", (string) $messages[0]['message']);
        return $this->cleaner->verbatim($text, 'message', true);
    }

    /** As PrestaShop prints it in the order's own shop: prefix, six digits, and the year where it is set to that. */
    private function invoiceNumber(array $order)
    {
        if ($order['invoice_number'] === '0') {
            return null;
        }
        $prefix = $this->settings->prefixOf('PS_INVOICE_PREFIX', $order['id_lang'], $order['id_shop']);
        $number = str_pad($order['invoice_number'], 6, '0', STR_PAD_LEFT);
        if ($this->settings->ofShop('PS_INVOICE_USE_YEAR', $order['id_shop'], '0') !== '1') {
            return $prefix . $number;
        }
        $year = substr((string) $order['invoice_date'], 0, 4);
        return (int) $this->settings->ofShop('PS_INVOICE_YEAR_POS', $order['id_shop'], '0') !== 0 ? $prefix . $year . '/' . $number : $prefix . $number . '/' . $year;
    }

    /** The shop's local day of its invoice; an order without one has zeros there. */
    private static function invoiceDay(array $order)
    {
        $day = substr((string) $order['invoice_date'], 0, 10);
        return $order['invoice_number'] === '0' || preg_match('/^[1-9][0-9]{3}-(?!00)[0-9]{2}-(?!00)[0-9]{2}$/D', $day) !== 1 ? null : $day;
    }

    private function lines(array $order, array $lines, array $parts, array $around, int $unit): array
    {
        $records = [];
        foreach ($lines as $line) {
            $key = $line['product_id'] . '-' . $line['product_attribute_id'];
            $now = isset($around['products'][$key]) ? $around['products'][$key] : null;
            $tax = PrestaShopAmount::of($line['unit_price_tax_incl']) - PrestaShopAmount::of($line['unit_price_tax_excl']);
            $records[] = [
                'id' => $line['id_order_detail'],
                'product_id' => $line['product_id'] === '0' ? null : $line['product_id'],
                'code' => $this->cleaner->verbatim($line['product_reference'], 'reference'),
                'sku' => $now !== null && $now['reference'] !== '' ? $this->cleaner->verbatim($now['reference'], 'reference') : null,
                'ean' => $now !== null && $now['ean'] !== '' ? $this->cleaner->verbatim($now['ean'], 'ean') : null,
                'name' => $this->cleaner->verbatim($line['product_name'], 'product_name'),
                'quantity' => $line['product_quantity'],
                'price' => $line['unit_price_tax_excl'],
                'tax' => PrestaShopAmount::text($tax),
                'total' => $line['total_price_tax_excl'],
                'tax_class' => $now !== null ? $this->settings->taxClass(isset($now['classes'][$order['id_shop']]) ? $now['classes'][$order['id_shop']] : $now['class']) : $this->classThen($line),
                'options' => $this->options(PrestaShopOrderRows::texts($parts, $order, $line), $around['names'], $order['id_lang']),
                'percent' => $line['percent'] === null ? null : PrestaShopVat::percentText($line['percent']),
                'total_incl' => $line['total_price_tax_incl'],
                'levy' => $line['percent'] === null ? null : PrestaShopVat::levy($line, PrestaShopVat::ofLine($line, $line['percent'], $unit), $line['percent'], $unit),
            ];
        }
        return $records;
    }

    /**
     * The tax class a line was sold in, for a product that is gone; null where the line has none and bears VAT
     * (before 1.6.0.10, and what was sold then), or the class is gone too.
     */
    private function classThen(array $line)
    {
        return $line['id_tax_rules_group'] !== '0' || $line['percent'] === 0 && $line['taxes'] === [] ? $this->settings->taxClass((string) $line['id_tax_rules_group']) : null;
    }

    private function options(array $texts, array $names, string $language): array
    {
        $options = [];
        foreach ($texts as $row) {
            $known = isset($names[$row['index']]) ? $names[$row['index']] : [];
            $name = isset($known[$language]) ? $known[$language] : (isset($known[$this->settings->language()]) ? $known[$this->settings->language()] : (string) reset($known));
            $options[] = [
                'name' => $this->cleaner->verbatim($name, 'customization'),
                'value' => $this->cleaner->verbatim($row['value'], 'customization', true),
                'kind' => $row['type'] === '0' ? 'file' : 'text',
                'value_id' => null,
                'code' => null,
            ];
        }
        return $options;
    }

    private function totalRows(array $order, array $rows, array $lines): array
    {
        $records = [];
        foreach ($rows as $row) {
            $records[] = [
                'code' => $row['code'],
                'kind' => $row['kind'],
                'title' => $this->title($order, $row, $lines),
                'amount' => PrestaShopAmount::text($row['amount']),
                'rate' => isset($row['percent']) ? ['rate' => PrestaShopVat::percentText($row['percent']), 'kind' => 'percent'] : null,
                'tax_class' => $this->rowTaxClass($order, $row['code']),
                'parts' => isset($row['shares']) ? PrestaShopVat::parts($row['shares'], $row['kind'] === 'discount' ? -1 : 1) : [],
            ];
        }
        $records[] = ['code' => 'total_paid', 'kind' => 'total', 'title' => 'Total', 'amount' => $order['total_paid'], 'rate' => null, 'tax_class' => null, 'parts' => []];
        return $records;
    }

    private function title(array $order, array $row, array $lines): string
    {
        if ($row['kind'] === 'tax') {
            return $this->taxTitle($order['id_lang'], $row['percent'], $lines);
        }
        if ($row['kind'] === 'discount') {
            return $this->cleaner->verbatim($row['rule'], 'cart_rule');
        }
        $titles = ['total_products' => 'Products', 'shipping' => 'Shipping', 'wrapping' => 'Gift wrapping'];
        $carrier = $row['code'] === 'shipping' ? $this->settings->carrier($order['id_carrier'])['title'] : '';
        return $carrier !== '' ? $carrier : $titles[$row['code']];
    }

    /** The names of the taxes that make this percentage on the order's lines; else the percentage itself. */
    private function taxTitle(string $language, $percent, array $lines): string
    {
        if ($percent === null) {
            return '?';
        }
        foreach ($lines as $line) {
            if ($line['percent'] === $percent && $line['taxes'] !== []) {
                $names = [];
                foreach ($line['taxes'] as $tax) {
                    $names[] = $this->settings->taxName($tax['id_tax'], $language);
                }
                if (!in_array('', $names, true)) {
                    return implode(' + ', $names);
                }
            }
        }
        return PrestaShopVat::percentText($percent) . '%';
    }

    private function rowTaxClass(array $order, string $code)
    {
        if ($code === 'wrapping') {
            return $this->settings->taxClass($this->settings->ofShop('PS_GIFT_WRAPPING_TAX_RULES_GROUP', $order['id_shop'], '0'));
        }
        return $code === 'shipping' ? $this->settings->carrierTaxClass($order['id_carrier'], $order['id_shop']) : null;
    }

    private function history(array $rows): array
    {
        $entries = [];
        foreach ($rows as $row) {
            $entries[] = ['at' => $this->moment($row['date_add']), 'status' => $this->settings->status($row['id_order_state']), 'comment' => '', 'notified' => false];
        }
        return $entries;
    }

    /**
     * Is everything paid that shares this order's reference, and what was received of one that is not. The first is null
     * where no payment is recorded and the status alone may know: without invoices PrestaShop records none. The second
     * is null where nothing was received, or others share its reference.
     */
    private function payment(array $order, array $parts): array
    {
        $reference = strtolower($order['reference']);
        $sisters = isset($parts['sisters'][$reference]) ? $parts['sisters'][$reference] : [];
        $due = array_sum(array_map([PrestaShopAmount::class, 'of'], $sisters));
        if (!isset($parts['payments'][$reference])) {
            $waits = in_array($this->settings->status($order['current_state'])['kind'], ['pending', 'failed', 'cancelled', 'abandoned'], true);
            return [$due === 0 ? true : ($waits ? false : null), null];
        }
        list($in, $out) = $this->moved($order, $parts);
        $received = $in - max($out, 0);
        $paid = $received >= $due - 5000;
        return [$paid, !$paid && $received > 0 && count($sisters) === 1 ? PrestaShopAmount::text($received) : null];
    }

    /** What came in and what went back under this order's reference, in its currency. */
    private function moved(array $order, array $parts): array
    {
        $reference = strtolower($order['reference']);
        list($in, $out) = [0, 0];
        foreach (isset($parts['payments'][$reference]) ? $parts['payments'][$reference] : [] as $payment) {
            $amount = PrestaShopAmount::of($payment['amount']);
            if ($payment['id_currency'] !== $order['id_currency']) {
                $amount = PrestaShopAmount::share($amount, PrestaShopAmount::of($order['conversion_rate']), PrestaShopAmount::of($payment['conversion_rate']));
            }
            list($in, $out) = [$in + max($amount, 0), $out + max(-$amount, 0)];
        }
        // What went back with a credit slip was paid all the same.
        foreach (PrestaShopOrderRows::part($parts, 'slips', $order['id_order']) as $slip) {
            $out -= PrestaShopAmount::of($slip['total_products_tax_incl']) + PrestaShopAmount::of($slip['total_shipping_tax_incl']);
        }
        return [$in, $out];
    }

    /** The day of the last payment that came in: with it all was paid. */
    private static function paidOn(array $order, array $parts)
    {
        $reference = strtolower($order['reference']);
        $days = [];
        foreach (isset($parts['payments'][$reference]) ? $parts['payments'][$reference] : [] as $payment) {
            if (PrestaShopAmount::of($payment['amount']) > 0 && strncmp((string) $payment['date_add'], '0000', 4) !== 0) {
                $days[] = substr((string) $payment['date_add'], 0, 10);
            }
        }
        return $days === [] ? null : max($days);
    }

    private function orderFields(array $order): array
    {
        $fields = [];
        if ((string) $order['gift_message'] !== '' && $order['gift'] === '1') {
            $fields[] = ['id' => 'gift_message', 'name' => 'gift_message', 'value' => $this->cleaner->verbatim($order['gift_message'], 'gift_message', true)];
        }
        if (PrestaShopAmount::of($order['conversion_rate']) !== PrestaShopAmount::ONE) {
            // Units of the order's currency for one of the shop's, as they were then.
            $fields[] = ['id' => 'conversion_rate', 'name' => 'conversion_rate', 'value' => $order['conversion_rate']];
        }
        return $fields;
    }
}

/** The names behind PrestaShop's ids. */
final class PrestaShopLookups
{
    /** @var Database */
    private $database;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var PrestaShopSchema */
    private $schema;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, PrestaShopSchema $schema, PrestaShopSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->schema = $schema;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function all(): array
    {
        return [
            'order_statuses' => $this->settings->statusNames(),
            'payment_methods' => $this->payments(),
            'shipping_methods' => $this->shippings(),
            'tax_classes' => $this->classes(),
            'tax_rates' => $this->rates(),
            'languages' => $this->languages(),
            'stores' => $this->stores(),
            'customer_groups' => $this->groups(),
            'country' => $this->settings->country($this->settings->get('PS_COUNTRY_DEFAULT'), $this->settings->language())['code'],
        ];
    }

    /** Modules seen on orders, with the name last used, and those that offer themselves at the checkout. */
    private function payments(): array
    {
        $methods = [];
        foreach ($this->database->rows("SELECT o.module, o.payment FROM {orders} o JOIN (SELECT MAX(id_order) AS id FROM {orders} WHERE module <> '' GROUP BY module) l ON l.id = o.id_order ORDER BY o.module") as $row) {
            $methods[$row['module']] = ['id' => $row['module'], 'name' => $this->cleaner->verbatim($row['payment'], 'payment')];
        }
        $offering = $this->database->rows(
            'SELECT DISTINCT m.name FROM {module} m JOIN {hook_module} x ON x.id_module = m.id_module JOIN {hook} h ON h.id_hook = x.id_hook'
            . " WHERE m.active = 1 AND h.name IN ('paymentOptions', 'displayPayment', 'payment', 'advancedPaymentOptions') ORDER BY m.name"
        );
        foreach ($offering as $row) {
            $methods += [$row['name'] => ['id' => $row['name'], 'name' => $row['name']]];
        }
        return array_values($methods);
    }

    /** Carriers on orders or in use, once each whatever the number of times they were edited. */
    private function shippings(): array
    {
        $used = array_column($this->database->rows('SELECT DISTINCT id_carrier FROM {orders}'), 'id_carrier', 'id_carrier');
        $methods = [];
        foreach ($this->settings->carriers() as $row) {
            if (isset($used[$row['id_carrier']]) || $row['deleted'] === '0' && $row['active'] === '1') {
                // The latest name of a reference stands.
                $methods[$row['id_reference']] = ['id' => $row['id_reference'], 'name' => $this->settings->carrierName($row['name'])];
            }
        }
        return array_values($methods);
    }

    /** Rules of a group hold in a whole country; those of a state or a range of postcodes are exceptions. */
    private function rules(): array
    {
        return $this->settings->kept(
            'tax_rules',
            "SELECT r.id_tax_rules_group, r.id_tax, t.rate, c.iso_code FROM {tax_rule} r JOIN {tax} t ON t.id_tax = r.id_tax JOIN {country} c ON c.id_country = r.id_country"
            . " WHERE r.zipcode_from IN ('0', '') ORDER BY r.id_tax_rules_group, r.id_tax, c.iso_code"
        );
    }

    private function classes(): array
    {
        $rates = [];
        foreach ($this->rules() as $row) {
            $id = $row['id_tax_rules_group'] . '-' . $row['id_tax'];
            $rates[$row['id_tax_rules_group']][$id] = $id;
        }
        $classes = [['id' => '0', 'name' => '', 'rate_ids' => []]];
        $now = $this->schema->has('tax_rules_group', 'deleted') ? ' WHERE deleted = 0' : '';
        foreach ($this->database->rows('SELECT id_tax_rules_group AS id, name FROM {tax_rules_group}' . $now . ' ORDER BY id_tax_rules_group') as $row) {
            $classes[] = ['id' => $row['id'], 'name' => $this->cleaner->verbatim($row['name'], 'tax_class'), 'rate_ids' => array_values(isset($rates[$row['id']]) ? $rates[$row['id']] : [])];
        }
        return $classes;
    }

    /** One rate for each tax of each group: the same tax holds in other countries in another group. */
    private function rates(): array
    {
        $rates = [];
        foreach ($this->rules() as $row) {
            $id = $row['id_tax_rules_group'] . '-' . $row['id_tax'];
            if (!isset($rates[$id])) {
                $rates[$id] = ['id' => $id, 'name' => $this->settings->taxName($row['id_tax'], $this->settings->language()), 'rate' => $row['rate'], 'kind' => 'percent', 'countries' => []];
            }
            $code = strtoupper($row['iso_code']);
            if (!in_array($code, $rates[$id]['countries'], true)) {
                $rates[$id]['countries'][] = $code;
            }
        }
        return array_values($rates);
    }

    private function languages(): array
    {
        $languages = [];
        foreach ($this->settings->languages() as $row) {
            $languages[] = ['id' => $this->settings->languageCode($row['id_lang']), 'name' => $this->cleaner->verbatim($row['name'], 'language')];
        }
        return $languages;
    }

    private function stores(): array
    {
        $stores = [];
        foreach ($this->settings->shops() as $row) {
            $stores[] = $this->settings->shop($row['id_shop']);
        }
        return $stores;
    }

    private function groups(): array
    {
        $groups = [];
        foreach ($this->database->rows('SELECT id_group FROM {group} ORDER BY id_group') as $row) {
            $groups[] = $this->settings->group($row['id_group']);
        }
        return $groups;
    }
}

/** PrestaShop's customer accounts. A guest is a row too, one an order: those come with their orders. */
final class PrestaShopCustomers
{
    const STATEMENT = 'SELECT c.id_customer, c.id_default_group, c.id_lang, c.company, c.siret, c.ape, c.website, c.firstname, c.lastname, c.email, c.is_guest, c.active, c.date_upd FROM {customer} c';

    /** @var Database */
    private $database;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, PrestaShopSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        $where = ['c.is_guest = 0', 'c.deleted = 0'];
        $values = [];
        if ($since !== null) {
            $where[] = 'c.date_upd >= ?';
            $values[] = $this->time->localSince($since);
        }
        if ($after !== null) {
            $where[] = '(c.date_upd > ? OR (c.date_upd = ? AND c.id_customer > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $rows = $this->database->rows(self::STATEMENT . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY c.date_upd, c.id_customer LIMIT ' . $limit, $values);
        $addresses = $this->addresses(array_column($rows, 'id_customer'));
        $people = new PrestaShopPeople($this->settings, $this->cleaner);
        $records = [];
        foreach ($rows as $row) {
            $address = isset($addresses[$row['id_customer']]) ? $addresses[$row['id_customer']] : [];
            $records[] = [
                'id' => $row['id_customer'],
                'changed_at' => (string) ($this->time->utc($row['date_upd']) ?: PrestaShopOrders::NO_TIME),
                'stamp' => $row['date_upd'],
                'customer' => $people->customer($row, $address, []),
                'address' => $address === [] ? null : $people->address($address, (string) $row['id_lang']),
                'active' => $row['active'] === '1',
            ];
        }
        return $records;
    }

    /** The first address each still uses: PrestaShop knows no default one. */
    private function addresses(array $customers): array
    {
        if ($customers === []) {
            return [];
        }
        $first = $this->database->rows(
            'SELECT id_customer, MIN(id_address) AS id_address FROM {address} WHERE deleted = 0 AND active = 1 AND id_customer IN (' . Database::places($customers) . ') GROUP BY id_customer',
            $customers
        );
        $ids = array_column($first, 'id_customer', 'id_address');
        $addresses = [];
        foreach ($ids === [] ? [] : $this->database->rows(PrestaShopOrderRows::addressStatement() . ' WHERE a.id_address IN (' . Database::places($ids) . ')', array_keys($ids)) as $row) {
            $addresses[$ids[$row['id_address']]] = $row;
        }
        return $addresses;
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

/**
 * PrestaShop's stock: one row of `stock_available` a product, or one a combination and their sum
 * with the product, each for a shop or for a group that shares its stock. The row of the main shop
 * (or of the product's own, where that does not sell it) is the one that counts; rows are only ever
 * changed, never made: a second one would hide the first.
 */
final class PrestaShopStock implements StockLevels
{
    /** Combinations, then products without any. */
    const KINDS = ['c', 'p'];
    const TRIES = 20;
    const SMALLEST = -2147483648;
    const LARGEST = 2147483647;

    /** @var Database */
    private $database;
    /** @var PrestaShopSchema */
    private $schema;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, PrestaShopSchema $schema, PrestaShopSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->schema = $schema;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** Levels of these keys. */
    public function of(array $keys): array
    {
        return StockKeys::of($this, self::KINDS, $keys);
    }

    /** A page of all. */
    public function page($after, int $limit): array
    {
        return StockKeys::page($this, self::KINDS, $after, $limit);
    }

    public function levels(string $kind, $ids, $after, int $limit): array
    {
        return $kind === 'c' ? $this->combinations($ids, $after, $limit) : $this->products($ids, $after, $limit);
    }

    /** The pairs (shop, group) a figure can stand under: first the main shop's, then each other's. */
    private function pairs(): array
    {
        $main = $this->settings->defaultShop();
        $pairs = [];
        foreach ($this->settings->shops() as $shop) {
            if ($shop['deleted'] === '1') {
                continue;
            }
            $pair = $shop['share_stock'] === '1' ? ['0', $shop['id_shop_group']] : [$shop['id_shop'], '0'];
            $pairs[$shop['id_shop']] = $pair;
        }
        return isset($pairs[$main]) ? [$main => $pairs[$main]] + $pairs : $pairs;
    }

    /** Is there a row of one of these pairs? With the values to bind. */
    private function exists(string $row): array
    {
        $values = array_merge([], ...array_values($this->pairs()));
        $pairs = implode(' OR ', array_fill(0, intdiv(count($values), 2), 's.id_shop = ? AND s.id_shop_group = ?'));
        return [' AND EXISTS (SELECT 1 FROM {stock_available} s WHERE ' . $row . ' AND (' . ($pairs !== '' ? $pairs : '1 = 0') . '))', $values];
    }

    /** Rows by `product-combination` of these products, the right pair's only. */
    public function rowsOf(array $products): array
    {
        $found = [];
        if ($products === []) {
            return $found;
        }
        $pairs = $this->pairs();
        $rank = [];
        foreach ($pairs as $pair) {
            $rank += [$pair[0] . '-' . $pair[1] => count($rank)];
        }
        $statement = 'SELECT s.id_stock_available, s.id_product, s.id_product_attribute, s.id_shop, s.id_shop_group, s.quantity, s.depends_on_stock, p.id_shop_default'
            . ' FROM {stock_available} s JOIN {product} p ON p.id_product = s.id_product WHERE s.id_product IN (' . Database::places($products) . ')';
        foreach ($this->database->rows($statement, array_values($products)) as $row) {
            $pair = $row['id_shop'] . '-' . $row['id_shop_group'];
            if (!isset($rank[$pair])) {
                continue;
            }
            // The main shop's row; where there is none, the one of the product's own shop, then any.
            $own = isset($pairs[$row['id_shop_default']]) && implode('-', $pairs[$row['id_shop_default']]) === $pair;
            $row['rank'] = $rank[$pair] === 0 ? 0 : ($own ? 1 : 1 + $rank[$pair]);
            $key = $row['id_product'] . '-' . $row['id_product_attribute'];
            if (!isset($found[$key]) || $row['rank'] < $found[$key]['rank']) {
                $found[$key] = $row;
            }
        }
        return $found;
    }

    /** Is this row's figure what the shop sells from? Not with the old warehouses, nor a pack that counts its parts. */
    public function tracked(array $row, array $product): bool
    {
        if ($this->settings->get('PS_STOCK_MANAGEMENT', '1') !== '1' || $row['depends_on_stock'] === '1') {
            return false;
        }
        $type = $product['pack_stock_type'] === '3' ? $this->settings->get('PS_PACK_STOCK_TYPE', '0') : $product['pack_stock_type'];
        return $product['cache_is_pack'] !== '1' || $type !== '1';
    }

    private function packColumns(): string
    {
        return 'p.cache_is_pack, ' . $this->schema->column('product', 'pack_stock_type', 'p', "'0'");
    }

    private function products($ids, $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        $where = $ids !== null ? 'p.id_product IN (' . Database::places($ids) . ')' : 'p.id_product > ?';
        list($exists, $pairs) = $this->exists('s.id_product = p.id_product AND s.id_product_attribute = 0');
        $rows = $this->database->rows(
            'SELECT p.id_product, p.reference, ' . $this->packColumns() . ', l.name FROM {product} p'
            . ' LEFT JOIN {product_lang} l ON l.id_product = p.id_product AND l.id_lang = ? AND l.id_shop = p.id_shop_default WHERE ' . $where
            . ' AND NOT EXISTS (SELECT 1 FROM {product_attribute} a WHERE a.id_product = p.id_product)'
            . $exists . ' ORDER BY p.id_product LIMIT ' . $limit,
            array_merge([$this->settings->language()], $ids !== null ? $ids : [$after], $pairs)
        );
        $stock = $this->rowsOf(array_column($rows, 'id_product'));
        $levels = [];
        foreach ($rows as $row) {
            if (isset($stock[$row['id_product'] . '-0'])) {
                $own = $stock[$row['id_product'] . '-0'];
                $levels[] = $this->level('p:' . $row['id_product'], $row['reference'], (string) $row['name'], $own['quantity'], $this->tracked($own, $row), null);
            }
        }
        return $levels;
    }

    private function combinations($ids, $after, int $limit): array
    {
        if ($ids === []) {
            return [];
        }
        $where = $ids !== null ? 'a.id_product_attribute IN (' . Database::places($ids) . ')' : 'a.id_product_attribute > ?';
        list($exists, $pairs) = $this->exists('s.id_product = a.id_product AND s.id_product_attribute = a.id_product_attribute');
        $rows = $this->database->rows(
            'SELECT a.id_product_attribute, a.id_product, a.reference, ' . $this->packColumns() . ', l.name FROM {product_attribute} a JOIN {product} p ON p.id_product = a.id_product'
            . ' LEFT JOIN {product_lang} l ON l.id_product = p.id_product AND l.id_lang = ? AND l.id_shop = p.id_shop_default WHERE ' . $where
            . $exists . ' ORDER BY a.id_product_attribute LIMIT ' . $limit,
            array_merge([$this->settings->language()], $ids !== null ? $ids : [$after], $pairs)
        );
        $stock = $this->rowsOf(array_values(array_unique(array_column($rows, 'id_product'))));
        $names = $this->attributes(array_column($rows, 'id_product_attribute'));
        $levels = [];
        foreach ($rows as $row) {
            $key = $row['id_product'] . '-' . $row['id_product_attribute'];
            if (isset($stock[$key])) {
                $id = $row['id_product_attribute'];
                $name = $row['name'] . (isset($names[$id]) ? ' (' . $names[$id] . ')' : '');
                $levels[] = $this->level('c:' . $id, $row['reference'], $name, $stock[$key]['quantity'], $this->tracked($stock[$key], $row), 'p:' . $row['id_product']);
            }
        }
        return $levels;
    }

    private function level(string $key, $reference, string $name, string $quantity, bool $tracked, $parent): array
    {
        return [
            'key' => $key,
            'code' => $this->cleaner->verbatim($reference, 'reference'),
            'sku' => null,
            'name' => $this->cleaner->verbatim($name, 'name'),
            'quantity' => $quantity,
            'tracked' => $tracked,
            'parent' => $parent,
        ];
    }

    /** `Kleur: Rood - Maat: S` by combination, in the shop's language. */
    public function attributes(array $combinations): array
    {
        if ($combinations === []) {
            return [];
        }
        $rows = $this->database->rows(
            'SELECT c.id_product_attribute, g.name AS attribute_group, l.name FROM {product_attribute_combination} c JOIN {attribute} a ON a.id_attribute = c.id_attribute'
            . ' JOIN {attribute_lang} l ON l.id_attribute = a.id_attribute AND l.id_lang = ?'
            . ' JOIN {attribute_group_lang} g ON g.id_attribute_group = a.id_attribute_group AND g.id_lang = ?'
            . ' WHERE c.id_product_attribute IN (' . Database::places($combinations) . ') ORDER BY c.id_product_attribute, a.id_attribute_group, a.position',
            array_merge([$this->settings->language(), $this->settings->language()], array_values($combinations))
        );
        $names = [];
        foreach ($rows as $row) {
            $names[$row['id_product_attribute']][] = $row['attribute_group'] . ': ' . $row['name'];
        }
        return array_map(function (array $parts): string {
            return implode(' - ', $parts);
        }, $names);
    }

    /** Writes `current + (target - read)` where the figure is still the one read; tries again when a sale came between. */
    public function set(array $row): array
    {
        $read = self::whole($row['read']);
        $target = self::whole($row['target']);
        if ($read === null || $target === null) {
            return self::result($row['key'], 'refused', null, null);
        }
        $place = $this->place($row['key']);
        if ($place === null) {
            return self::result($row['key'], 'unknown', null, null);
        }
        if (!$place['tracked']) {
            return self::result($row['key'], 'not_tracked', $place['quantity'], $place['quantity']);
        }
        for ($try = 0; $try < self::TRIES; $try++) {
            $now = $this->database->row('SELECT quantity FROM {stock_available} WHERE id_stock_available = ?', [$place['id_stock_available']]);
            if ($now === null) {
                return self::result($row['key'], 'unknown', null, null);
            }
            $wanted = (int) $now['quantity'] + $target - $read;
            if ($wanted < self::SMALLEST || $wanted > self::LARGEST) {
                return self::result($row['key'], 'refused', $now['quantity'], $now['quantity']);
            }
            if ($wanted === (int) $now['quantity'] || $this->write($place['id_stock_available'], $wanted, $now['quantity'])) {
                $this->sum($place);
                return self::result($row['key'], 'done', $now['quantity'], (string) $wanted);
            }
        }
        return self::result($row['key'], 'busy', null, null);
    }

    /** The row a key stands for, with what tells whether it is kept. */
    private function place(string $key)
    {
        $id = substr($key, 2);
        $columns = $this->packColumns();
        $statement = $key[0] === 'c'
            ? 'SELECT p.id_product, a.id_product_attribute, ' . $columns . ' FROM {product_attribute} a JOIN {product} p ON p.id_product = a.id_product WHERE a.id_product_attribute = ?'
            : 'SELECT p.id_product, 0 AS id_product_attribute, ' . $columns . ' FROM {product} p WHERE p.id_product = ?'
                . ' AND NOT EXISTS (SELECT 1 FROM {product_attribute} a WHERE a.id_product = p.id_product)';
        $product = in_array($key[0], ['c', 'p'], true) ? $this->database->row($statement, [$id]) : null;
        if ($product === null) {
            return null;
        }
        $rows = $this->rowsOf([$product['id_product']]);
        $own = $product['id_product'] . '-' . $product['id_product_attribute'];
        return isset($rows[$own]) ? $rows[$own] + ['tracked' => $this->tracked($rows[$own], $product)] : null;
    }

    /** Over the figure just read only; what is physically there is that and what is reserved. */
    private function write(string $id, int $wanted, string $read): bool
    {
        if ($this->schema->has('stock_available', 'physical_quantity')) {
            $statement = 'UPDATE {stock_available} SET quantity = ?, physical_quantity = ? + reserved_quantity WHERE id_stock_available = ? AND quantity = ?';
            return $this->database->change($statement, [$wanted, $wanted, $id, $read]) === 1;
        }
        return $this->database->change('UPDATE {stock_available} SET quantity = ? WHERE id_stock_available = ? AND quantity = ?', [$wanted, $id, $read]) === 1;
    }

    /** The product's own row is the sum of its combinations under the same shop and group. */
    private function sum(array $place)
    {
        if ($place['id_product_attribute'] === '0') {
            return;
        }
        $physical = $this->schema->has('stock_available', 'physical_quantity') ? ', s.physical_quantity = t.total + s.reserved_quantity' : '';
        $this->database->change(
            'UPDATE {stock_available} s JOIN (SELECT SUM(quantity) AS total FROM {stock_available} WHERE id_product = ? AND id_product_attribute <> 0 AND id_shop = ? AND id_shop_group = ?) t'
            . ' SET s.quantity = t.total' . $physical . ' WHERE s.id_product = ? AND s.id_product_attribute = 0 AND s.id_shop = ? AND s.id_shop_group = ?',
            [$place['id_product'], $place['id_shop'], $place['id_shop_group'], $place['id_product'], $place['id_shop'], $place['id_shop_group']]
        );
    }

    private static function result(string $key, string $outcome, $before, $after): array
    {
        return ['key' => $key, 'outcome' => $outcome, 'before' => $before, 'after' => $after];
    }

    /** A whole number out of a decimal text; null when it has a fraction: PrestaShop counts pieces. */
    private static function whole(string $text)
    {
        return preg_match('/^(-?[0-9]{1,9})(?:\.0+)?$/D', $text, $found) === 1 ? (int) $found[1] : null;
    }
}

/**
 * PrestaShop's products, and each combination as a record of its own. A combination's id here is
 * its product's followed by its own in nine digits, so that the two kinds never share one; it
 * changes with its product.
 */
final class PrestaShopProducts
{
    const APART = '1000000000';

    /** @var Database */
    private $database;
    /** @var PrestaShopSchema */
    private $schema;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;
    /** @var PrestaShopStock */
    private $stock;

    public function __construct(Database $database, PrestaShopSchema $schema, PrestaShopSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->schema = $schema;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
        $this->stock = new PrestaShopStock($database, $schema, $settings, $cleaner);
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        $places = $this->places($since === null ? null : $this->time->localSince($since), $after, $limit);
        $products = $this->products(array_values(array_unique(array_column($places, 'id_product'))));
        $combinations = array_values(array_diff(array_column($places, 'id_product_attribute'), ['0']));
        $variants = $this->variants($combinations);
        $names = $this->stock->attributes($combinations);
        $stock = $this->stock->rowsOf(array_keys($products));
        $categories = $this->categories(array_keys($products));
        $records = [];
        foreach ($places as $place) {
            $product = $products[$place['id_product']];
            $id = $place['id_product_attribute'];
            $variant = $id === '0' ? null : $variants[$id] + ['attributes' => isset($names[$id]) ? $names[$id] : ''];
            $level = isset($stock[$place['id_product'] . '-' . $id]) ? $stock[$place['id_product'] . '-' . $id] : null;
            $in = isset($categories[$place['id_product']]) ? $categories[$place['id_product']] : [];
            $records[] = $this->record($place, $product, $variant, $level, $in);
        }
        return $records;
    }

    private function places($since, $after, int $limit): array
    {
        // Rows that were begun and never saved have state 0, from 1.7 on.
        $saved = $this->schema->has('product', 'state') ? ' WHERE p.state = 1' : '';
        $where = ['1 = 1'];
        $values = [];
        if ($since !== null) {
            $where[] = 'x.stamp >= ?';
            $values[] = $since;
        }
        if ($after !== null) {
            $where[] = '(x.stamp > ? OR (x.stamp = ? AND x.id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return $this->database->rows(
            'SELECT x.id, x.stamp, x.id_product, x.id_product_attribute FROM (SELECT p.id_product AS id, p.date_upd AS stamp, p.id_product, 0 AS id_product_attribute FROM {product} p' . $saved
            . ' UNION ALL SELECT p.id_product * ' . self::APART . ' + a.id_product_attribute, p.date_upd, p.id_product, a.id_product_attribute FROM {product_attribute} a'
            . ' JOIN {product} p ON p.id_product = a.id_product' . $saved . ') x WHERE ' . implode(' AND ', $where) . ' ORDER BY x.stamp, x.id LIMIT ' . $limit,
            $values
        );
    }

    private function products(array $ids): array
    {
        if ($ids === []) {
            return [];
        }
        $rows = $this->database->rows(
            'SELECT p.id_product, p.reference, p.ean13, p.weight, p.is_virtual, p.cache_is_pack, ' . $this->schema->column('product', 'pack_stock_type', 'p', "'0'") . ','
            . ' COALESCE(s.price, p.price) AS price, COALESCE(s.active, p.active) AS active, COALESCE(s.id_tax_rules_group, p.id_tax_rules_group) AS class, l.name,'
            . ' EXISTS (SELECT 1 FROM {product_attribute} a WHERE a.id_product = p.id_product) AS combined,'
            . ' EXISTS (SELECT 1 FROM {product_download} d WHERE d.id_product = p.id_product AND d.active = 1) AS download'
            . ' FROM {product} p LEFT JOIN {product_shop} s ON s.id_product = p.id_product AND s.id_shop = ?'
            . ' LEFT JOIN {product_lang} l ON l.id_product = p.id_product AND l.id_lang = ? AND l.id_shop = p.id_shop_default WHERE p.id_product IN (' . Database::places($ids) . ')',
            array_merge([$this->settings->defaultShop(), $this->settings->language()], $ids)
        );
        return array_column($rows, null, 'id_product');
    }

    private function variants(array $ids): array
    {
        if ($ids === []) {
            return [];
        }
        $rows = $this->database->rows(
            'SELECT a.id_product_attribute, a.reference, a.ean13, COALESCE(s.price, a.price) AS price, COALESCE(s.weight, a.weight) AS weight FROM {product_attribute} a'
            . ' LEFT JOIN {product_attribute_shop} s ON s.id_product_attribute = a.id_product_attribute AND s.id_shop = ? WHERE a.id_product_attribute IN (' . Database::places($ids) . ')',
            array_merge([$this->settings->defaultShop()], $ids)
        );
        return array_column($rows, null, 'id_product_attribute');
    }

    private function categories(array $products): array
    {
        if ($products === []) {
            return [];
        }
        $rows = $this->database->rows(
            'SELECT x.id_product, x.id_category, MAX(l.name) AS name FROM {category_product} x JOIN {category_lang} l ON l.id_category = x.id_category AND l.id_lang = ?'
            . ' WHERE x.id_product IN (' . Database::places($products) . ') GROUP BY x.id_product, x.id_category ORDER BY x.id_product, x.id_category',
            array_merge([$this->settings->language()], $products)
        );
        $categories = [];
        foreach ($rows as $row) {
            $categories[$row['id_product']][] = ['id' => $row['id_category'], 'name' => $this->cleaner->verbatim($row['name'], 'category')];
        }
        return $categories;
    }

    private function record(array $place, array $product, $variant, $level, array $categories): array
    {
        $class = $this->settings->taxClass($product['class']);
        $own = $variant !== null ? $variant : $product;
        $reference = $this->cleaner->verbatim($own['reference'], 'reference');
        $name = $product['name'] . ($variant !== null && $variant['attributes'] !== '' ? ' (' . $variant['attributes'] . ')' : '');
        $impact = $variant !== null ? PrestaShopAmount::of($variant['price']) : 0;
        $weight = $variant !== null ? PrestaShopAmount::of($variant['weight']) : 0;
        return [
            'id' => $place['id'],
            'changed_at' => (string) ($this->time->utc($place['stamp']) ?: PrestaShopOrders::NO_TIME),
            'stamp' => $place['stamp'],
            'code' => $reference,
            'sku' => $reference === '' ? null : $reference,
            'ean' => (string) $own['ean13'] === '' ? null : $this->cleaner->verbatim($own['ean13'], 'ean'),
            'name' => $this->cleaner->verbatim($name, 'name'),
            'price' => PrestaShopAmount::text(PrestaShopAmount::of($product['price']) + $impact),
            'tax_class' => $class !== null ? $class : ['id' => $product['class'], 'name' => ''],
            'quantity' => $level !== null && $this->stock->tracked($level, $product) ? $level['quantity'] : null,
            'active' => $product['active'] === '1',
            'options' => [],
            'kind' => $variant !== null ? 'variant' : self::kind($product),
            'parent_id' => $variant !== null ? $product['id_product'] : null,
            'weight' => PrestaShopAmount::text(PrestaShopAmount::of($product['weight']) + $weight),
            'categories' => $categories,
        ];
    }

    private static function kind(array $product): string
    {
        if ($product['cache_is_pack'] === '1') {
            return 'bundle';
        }
        if ($product['combined'] === '1') {
            return 'configurable';
        }
        return $product['is_virtual'] !== '1' ? 'simple' : ($product['download'] === '1' ? 'download' : 'virtual');
    }
}

/**
 * Modules that PrestaShop would run at a change. What they do cannot be done from outside, so one of them is
 * enough to refuse; of PrestaShop's own it is known which only empty a template or look at something else.
 */
final class PrestaShopHooks
{
    const STATUS = [
        'actionOrderStatusUpdate', 'actionOrderStatusPostUpdate', 'actionOrderHistoryAddAfter', 'actionObjectOrderHistoryAddBefore', 'actionObjectOrderHistoryAddAfter',
        'actionObjectOrderUpdateBefore', 'actionObjectOrderUpdateAfter', 'actionObjectAddBefore', 'actionObjectAddAfter', 'actionObjectUpdateBefore', 'actionObjectUpdateAfter',
        'updateOrderStatus', 'postUpdateOrderStatus',
    ];
    const CUSTOMER = [
        'actionCustomerAccountUpdate', 'actionObjectCustomerUpdateBefore', 'actionObjectCustomerUpdateAfter', 'actionObjectUpdateBefore', 'actionObjectUpdateAfter',
    ];

    /** Lists of what sells well or together, and the refunds told to Google, which only certain statuses mean. */
    const QUIET_AT_STATUS = ['ps_bestsellers', 'ps_crossselling', 'blockbestsellers', 'crossselling', 'ps_googleanalytics'];

    /** Looks whether the newsletter was asked for. */
    const QUIET_AT_CUSTOMER = ['ps_emailsubscription', 'blocknewsletter'];

    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function onStatus(string $shop, string $status): bool
    {
        $modules = $this->modules(self::STATUS, $shop);
        if (array_diff($modules, self::QUIET_AT_STATUS) !== []) {
            return true;
        }
        foreach (in_array('ps_googleanalytics', $modules, true) ? $this->database->rows("SELECT value FROM {configuration} WHERE name = 'GA_CANCELLED_STATES'") : [] as $row) {
            $states = json_decode((string) $row['value'], true);
            if (is_array($states) && in_array($status, array_map('strval', array_filter($states, 'is_scalar')), true)) {
                return true;
            }
        }
        return false;
    }

    public function onCustomer(string $shop): bool
    {
        return array_diff($this->modules(self::CUSTOMER, $shop), self::QUIET_AT_CUSTOMER) !== [];
    }

    /** Names of the modules that run in a shop at one of these hooks. */
    private function modules(array $hooks, string $shop): array
    {
        return array_column($this->database->rows(
            'SELECT DISTINCT m.name FROM {hook} h JOIN {hook_module} x ON x.id_hook = h.id_hook JOIN {module} m ON m.id_module = x.id_module AND m.active = 1'
            . ' JOIN {module_shop} s ON s.id_module = m.id_module AND s.id_shop = x.id_shop WHERE x.id_shop = ? AND h.name IN (' . Database::places($hooks) . ')',
            array_merge([$shop], $hooks)
        ), 'name');
    }
}

/**
 * Moves an order to another status as PrestaShop's `OrderHistory` does, between statuses that mean the same:
 * equal flags, no mail, nothing left to invoice, to number or to take as paid. What is then left to write is
 * the status, a line of history, and with the delivery flag today as its date.
 */
final class PrestaShopStatusMove
{
    const FLAGS = ['logable', 'paid', 'shipped', 'delivery', 'invoice'];
    const ASIDE = ['PS_OS_CANCELED', 'PS_OS_ERROR'];
    const PAYMENT = ['PS_OS_PAYMENT', 'PS_OS_WS_PAYMENT'];

    /** @var Database */
    private $database;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, ShopTime $time)
    {
        $this->database = $database;
        $this->time = $time;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $order = $this->database->row('SELECT id_order, id_shop, current_state, valid, invoice_number, delivery_number FROM {orders} WHERE id_order = ?', [$id]);
        if ($order === null || $order['id_order'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        $from = (string) $order['current_state'];
        if ($from === $row['status']) {
            return RecordRows::result($id, 'unchanged');
        }
        $old = $this->state($from);
        $new = $this->state($row['status']);
        $reason = $old === null || $new === null || $new['id_order_state'] !== $row['status'] || $new['deleted'] === '1' ? 'status' : $this->reason($order, $old, $new);
        if ($reason === '' && $row['comment'] !== '') {
            // A line of history has no words here; a message of the shop goes to its customer.
            $reason = 'comment';
        }
        if ($reason !== '') {
            return RecordRows::result($id, 'refused', [], $reason);
        }
        return $this->write($order, $new) ? RecordRows::result($id, 'done', ['status' => $from]) : RecordRows::result($id, 'busy');
    }

    private function state(string $id)
    {
        return $this->database->row('SELECT id_order_state, send_email, deleted, logable, paid, shipped, delivery, invoice FROM {order_state} WHERE id_order_state = ?', [$id]);
    }

    /** What the shop would do more; nothing where the move may be made. */
    private function reason(array $order, array $old, array $new): string
    {
        $aside = $this->settings(self::ASIDE);
        foreach (self::FLAGS as $flag) {
            if ((int) $old[$flag] !== (int) $new[$flag]) {
                return in_array($flag, ['logable', 'shipped'], true) ? 'restocks' : ($flag === 'paid' ? 'payment' : $flag);
            }
        }
        if (isset($aside[$old['id_order_state']]) || isset($aside[$new['id_order_state']]) || (int) $order['valid'] !== (int) $new['logable']) {
            return 'restocks';
        }
        if ($new['send_email'] === '1') {
            return 'mail';
        }
        if (isset($this->settings(self::PAYMENT)[$new['id_order_state']]) || ($new['paid'] === '1' && $this->owes((string) $order['id_order']))) {
            return 'payment';
        }
        if ($new['invoice'] === '1' && (int) $order['invoice_number'] === 0) {
            return 'invoice';
        }
        if ($new['delivery'] === '1' && ((int) $order['delivery_number'] === 0 || $this->unnumbered((string) $order['id_order']))) {
            return 'delivery';
        }
        return (new PrestaShopHooks($this->database))->onStatus((string) $order['id_shop'], $new['id_order_state']) ? 'hooks' : '';
    }

    /** Values these settings have in any shop, as keys. */
    private function settings(array $names): array
    {
        return array_fill_keys(array_column($this->database->rows('SELECT value FROM {configuration} WHERE name IN (' . Database::places($names) . ') AND value IS NOT NULL', $names), 'value'), true);
    }

    /** Would a payment be written? For each invoice that is more than what was paid on it; a payment of several invoices is not divided here. */
    private function owes(string $order): bool
    {
        return $this->database->row(
            'SELECT i.id_order_invoice FROM {order_invoice} i WHERE i.id_order = ? AND i.number > 0 AND ROUND(i.total_paid_tax_incl, 2) > ROUND(COALESCE((SELECT SUM(p.amount) FROM {order_invoice_payment} x'
            . ' JOIN {order_payment} p ON p.id_order_payment = x.id_order_payment WHERE x.id_order_invoice = i.id_order_invoice AND NOT EXISTS'
            . ' (SELECT 1 FROM {order_invoice_payment} y WHERE y.id_order_payment = x.id_order_payment AND y.id_order_invoice <> x.id_order_invoice)), 0), 2) LIMIT 1',
            [$order]
        ) !== null;
    }

    /** Is there an invoice that would get a delivery number? */
    private function unnumbered(string $order): bool
    {
        return $this->database->row('SELECT id_order_invoice FROM {order_invoice} WHERE id_order = ? AND COALESCE(delivery_number, 0) = 0 LIMIT 1', [$order]) !== null;
    }

    private function write(array $order, array $new): bool
    {
        $now = str_replace('T', ' ', $this->time->localText(gmdate('Y-m-d\TH:i:s\Z')));
        $id = $order['id_order'];
        $this->database->begin();
        if ($this->database->change('UPDATE {orders} SET current_state = ?, date_upd = ? WHERE id_order = ? AND current_state = ?', [$new['id_order_state'], $now, $id, $order['current_state']]) !== 1) {
            $this->database->undo();
            return false;
        }
        if ($new['delivery'] === '1') {
            $this->database->change('UPDATE {orders} SET delivery_date = ? WHERE id_order = ?', [$now, $id]);
        }
        $this->database->change('INSERT INTO {order_history} (id_employee, id_order, id_order_state, date_add) VALUES (0, ?, ?, ?)', [$id, $new['id_order_state'], $now]);
        $this->database->keep();
        return true;
    }
}

/** First and last name of an account. Telephone numbers stand with addresses here, of which there may be any number: refused. */
final class PrestaShopCustomerChange
{
    const COLUMNS = ['first_name' => 'firstname', 'last_name' => 'lastname'];

    /** What no name may have, as PrestaShop's own forms check it; a dot only where a space or the end follows. */
    const NOT_IN_NAMES = '/[0-9!<>,;?=+()\/\\\\@#"°*`{}_^$%:¤\[\]|]|[.。](?=\S)/u';

    /** @var Database */
    private $database;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $now = $this->database->row(
            'SELECT id_customer, id_shop, firstname, lastname, MD5(firstname) AS first_mark, MD5(lastname) AS last_mark FROM {customer} WHERE id_customer = ? AND is_guest = 0 AND deleted = 0',
            [$id]
        );
        if ($now === null || $now['id_customer'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        if (isset($row['telephone'])) {
            return RecordRows::result($id, 'refused', [], 'value');
        }
        $wanted = [];
        $before = [];
        $room = new TextRoom($this->database);
        foreach (self::COLUMNS as $field => $column) {
            $wanted[$column] = isset($row[$field]) ? $row[$field] : (string) $now[$column];
            if ($wanted[$column] !== (string) $now[$column]) {
                if (trim($wanted[$column]) === '' || preg_match(self::NOT_IN_NAMES, $wanted[$column]) !== 0 || !$room->line('customer', $column, $wanted[$column])) {
                    return RecordRows::result($id, 'refused', [], 'value');
                }
                $before[$field] = $this->cleaner->verbatim($now[$column], $column);
            }
        }
        if ($before === []) {
            return RecordRows::result($id, 'unchanged');
        }
        if ((new PrestaShopHooks($this->database))->onCustomer((string) $now['id_shop'])) {
            return RecordRows::result($id, 'refused', [], 'hooks');
        }
        $changed = $this->database->change(
            'UPDATE {customer} SET firstname = ?, lastname = ?, date_upd = ? WHERE id_customer = ? AND MD5(firstname) = ? AND MD5(lastname) = ?',
            [$wanted['firstname'], $wanted['lastname'], str_replace('T', ' ', $this->time->localText(gmdate('Y-m-d\TH:i:s\Z'))), $id, $now['first_mark'], $now['last_mark']]
        );
        return $changed === 1 ? RecordRows::result($id, 'done', $before) : RecordRows::result($id, 'busy');
    }
}

/** PrestaShop 1.6 to 9: who it is, and which part answers what. */
final class PrestaShopShop implements Platform, RecordWriter
{
    /** @var Database */
    private $database;
    /** @var string */
    private $root;
    /** @var Cleaner */
    private $cleaner;
    /** @var PrestaShopSchema */
    private $schema;
    /** @var PrestaShopSettings */
    private $settings;
    /** @var ShopTime|null */
    private $time;

    public function __construct(Database $database, string $root)
    {
        if (PHP_INT_SIZE < 8) {
            throw new Problem('unsupported', '32-bit');
        }
        $this->database = $database;
        $this->root = $root;
        $this->cleaner = new Cleaner();
        $this->schema = new PrestaShopSchema($database);
        $this->settings = new PrestaShopSettings($database, $this->cleaner);
    }

    public static function access(string $root): array
    {
        return (new PrestaShopConfiguration($root))->access();
    }

    public function prove()
    {
        try {
            $this->settings->get('PS_LANG_DEFAULT');
        } catch (DatabaseError $error) {
            throw $this->database->withoutTables($error, 'order_detail_tax');
        }
    }

    /** Every date is PHP's local time of `PS_TIMEZONE`. */
    private function time(): ShopTime
    {
        if ($this->time === null) {
            $own = $this->settings->get('PS_TIMEZONE');
            if (Deployment::TIME_ZONE !== '') {
                $this->time = new ShopTime(Deployment::TIME_ZONE, 'profile');
            } else {
                $this->time = new ShopTime($own !== '' ? $own : 'UTC', $own !== '' ? 'setting' : 'unknown');
            }
        }
        return $this->time;
    }

    public function hello(): array
    {
        $configuration = new PrestaShopConfiguration($this->root);
        $version = $configuration->version();
        $counts = $this->database->row(
            'SELECT (SELECT COUNT(*) FROM {orders}) AS orders, (SELECT COUNT(*) FROM {cart} c WHERE NOT EXISTS (SELECT 1 FROM {orders} o WHERE o.id_cart = c.id_cart)) AS abandoned,'
            . ' (SELECT COUNT(*) FROM {product}) AS products, (SELECT COUNT(*) FROM {customer} WHERE is_guest = 0 AND deleted = 0) AS customers, DATABASE() AS name, VERSION() AS version'
        );
        return [
            'platform' => 'prestashop',
            'platform_version' => $version !== '' ? $version : $this->settings->get('PS_VERSION_DB'),
            'database_version' => (string) $counts['version'],
            'shop' => [
                'name' => $this->cleaner->verbatim($this->settings->get('PS_SHOP_NAME'), 'name'),
                'url' => $this->url(),
                'database' => hash('sha256', Deployment::BRIDGE_ID . "\n" . $counts['name']),
            ],
            'capabilities' => $configuration->cachesQueries() ? ['query_cache'] : ['stock_write', 'option_stock', 'option_codes'],
            'stock_decimals' => 0,
            'time_zone' => $this->time()->name(),
            'time_zone_source' => $this->time()->source(),
            'currency' => $this->settings->currency($this->schema, $this->settings->get('PS_CURRENCY_DEFAULT'))['code'],
            'counts' => [
                'orders' => (int) $counts['orders'],
                'abandoned' => (int) $counts['abandoned'],
                'products' => (int) $counts['products'],
                'customers' => (int) $counts['customers'],
            ],
        ];
    }

    /** Address of the main shop. */
    private function url(): string
    {
        $row = $this->database->row('SELECT domain, domain_ssl, physical_uri, virtual_uri FROM {shop_url} WHERE id_shop = ? ORDER BY main DESC, id_shop_url LIMIT 1', [$this->settings->defaultShop()]);
        if ($row === null) {
            return '';
        }
        $ssl = $this->settings->get('PS_SSL_ENABLED', '0') === '1';
        return ($ssl ? 'https://' . $row['domain_ssl'] : 'http://' . $row['domain']) . $row['physical_uri'] . $row['virtual_uri'];
    }

    public function lookups(): array
    {
        return (new PrestaShopLookups($this->database, $this->schema, $this->settings, $this->cleaner))->all();
    }

    private function orderReader(): PrestaShopOrders
    {
        return new PrestaShopOrders($this->database, $this->schema, $this->settings, $this->cleaner, $this->time());
    }

    public function orderHeads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $this->orderReader()->heads($since, $after, $limit, $atOnce, $page);
    }

    public function orders(array $ids, int $atOnce, Page $page)
    {
        $this->orderReader()->all($ids, $atOnce, $page);
    }

    /** By id, or by the reference the customer sees: of a split order its first part. */
    public function orderId(string $number)
    {
        if (preg_match('/^[1-9][0-9]{0,9}$/D', $number) === 1) {
            $row = $this->database->row('SELECT id_order FROM {orders} WHERE id_order = ?', [$number]);
            if ($row !== null) {
                return $row['id_order'];
            }
        }
        $row = $this->database->row('SELECT MIN(id_order) AS id_order FROM {orders} WHERE reference = ?', [$number]);
        return $row === null ? null : $row['id_order'];
    }

    /** Sums as the orders say them, each in its own currency: PrestaShop keeps no other. */
    public function totals(string $from): array
    {
        $rows = $this->database->rows(
            'SELECT DATE(date_add) AS day, current_state, COUNT(*) AS n, SUM(total_paid) AS total FROM {orders} WHERE date_add >= ? GROUP BY DATE(date_add), current_state ORDER BY day, current_state',
            [$from . ' 00:00:00']
        );
        $records = [];
        foreach ($rows as $row) {
            $records[] = ['day' => $row['day'], 'status_id' => $row['current_state'], 'count' => (int) $row['n'], 'total' => $row['total']];
        }
        return $records;
    }

    public function customers($since, $after, int $limit)
    {
        return (new PrestaShopCustomers($this->database, $this->settings, $this->cleaner, $this->time()))->page($since, $after, $limit);
    }

    public function products($since, $after, int $limit)
    {
        return (new PrestaShopProducts($this->database, $this->schema, $this->settings, $this->cleaner, $this->time()))->page($since, $after, $limit);
    }

    private function stockReader(): PrestaShopStock
    {
        return new PrestaShopStock($this->database, $this->schema, $this->settings, $this->cleaner);
    }

    public function stock($after, int $limit): array
    {
        return $this->stockReader()->page($after, $limit);
    }

    public function stockOf(array $keys): array
    {
        return $this->stockReader()->of($keys);
    }

    /** Refused where the shop caches its own queries: it would go on selling from the old figure. */
    public function setStock(array $row): array
    {
        if ((new PrestaShopConfiguration($this->root))->cachesQueries()) {
            throw new Problem('unsupported', 'query-cache');
        }
        return $this->stockReader()->set($row);
    }

    /** Nothing where the shop caches its own queries: it could write back what it read before. */
    public function writes(): array
    {
        return (new PrestaShopConfiguration($this->root))->cachesQueries() ? [] : ['order_status_set', 'customers_set'];
    }

    public function setOrderStatus(array $row): array
    {
        return (new PrestaShopStatusMove($this->database, $this->time()))->set($row);
    }

    /** Not in `writes`: names are in the search index, prices in the filters', and modules keep both in files. */
    public function setProduct(array $row): array
    {
        throw new Problem('unsupported', 'products_set');
    }

    public function setCustomer(array $row): array
    {
        return (new PrestaShopCustomerChange($this->database, $this->cleaner, $this->time()))->set($row);
    }
}

/** The shop program this file is built for. */
final class ShopProgram
{
    const NAME = 'prestashop';

    /** Access to the database, in the one form Database takes. */
    public static function access(string $root): array
    {
        return PrestaShopShop::access($root);
    }

    public static function open(Database $database, string $root): Platform
    {
        return new PrestaShopShop($database, $root);
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

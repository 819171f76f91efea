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
 * WordPress's configuration: `wp-config.php` in the shop's root or one folder up, or Bedrock's
 * `config/application.php` with its `.env` one folder up. It is read as text: including it would
 * start all of WordPress.
 */
final class WooCommerceConfiguration
{
    /** @var Constants */
    private $constants;
    /** @var Environment */
    private $environment;

    public function __construct(string $root)
    {
        $this->environment = new Environment(self::bedrock() ? self::dotEnv($root) : '');
        $this->constants = Constants::ofFile($root . '/' . Deployment::CONFIG_FILE, Deployment::CONFIG_FILE, $this->environment);
    }

    private static function bedrock(): bool
    {
        return substr(Deployment::CONFIG_FILE, -23) === '/config/application.php';
    }

    private static function dotEnv(string $root): string
    {
        $file = $root . '/../.env';
        $text = is_file($file) ? @file_get_contents($file) : '';
        return is_string($text) ? $text : '';
    }

    /** Access to the database, in the one form Database takes. */
    public function access(): array
    {
        if (PHP_INT_SIZE < 8) {
            throw new Problem('unsupported', 'PHP of 32 bits');
        }
        $access = self::bedrock() ? $this->fromUrl((string) $this->environment->get('DATABASE_URL')) : [];
        if ($access === []) {
            $access = DatabasePlace::of($this->needed('DB_HOST'), '') + [
                'user' => $this->needed('DB_USER'),
                'password' => $this->password(),
                'database' => $this->needed('DB_NAME'),
            ];
        }
        $own = (string) $this->constants->first(['$table_prefix']);
        $prefix = Deployment::TABLE_PREFIX !== '' ? Deployment::TABLE_PREFIX : $own;
        if ($prefix === '') {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' $table_prefix');
        }
        if (preg_match('/^[A-Za-z0-9_]+$/D', $prefix . $own) !== 1) {
            throw new Problem('prefix-wrong', 'characters');
        }
        // Of several sites in one WordPress, each but the main one has its number in its prefix; accounts are shared.
        $several = $own !== '' && preg_match('/^' . preg_quote($own, '/') . '[0-9]+_$/D', $prefix) === 1;
        return $access + ['prefix' => $prefix, 'shared_prefix' => $several ? $own : $prefix, 'charset' => $this->charset()];
    }

    /** A constant without which there is no way in. */
    private function needed(string $name): string
    {
        $value = $this->constants->get($name);
        if ($value === '') {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' ' . $name);
        }
        return $value;
    }

    /** It may be empty, but it must be there. */
    private function password(): string
    {
        $password = $this->constants->first(['DB_PASSWORD']);
        if ($password === null) {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' DB_PASSWORD');
        }
        return $password;
    }

    /** Bedrock's other way to say it: `mysql://user:password@host:port/database`. */
    private function fromUrl(string $url): array
    {
        if ($url === '') {
            return [];
        }
        $parts = parse_url($url);
        if (!is_array($parts) || !isset($parts['host'], $parts['user'], $parts['path'])) {
            throw new Problem('config-unreadable', '.env DATABASE_URL');
        }
        return DatabasePlace::of($parts['host'], isset($parts['port']) ? (string) $parts['port'] : '') + [
            'user' => rawurldecode($parts['user']),
            'password' => isset($parts['pass']) ? rawurldecode($parts['pass']) : '',
            'database' => substr($parts['path'], 1),
        ];
    }

    /** As WordPress chooses it: `utf8` stands for four bytes where the server knows them, and every server in use does. */
    private function charset(): string
    {
        $charset = strtolower($this->constants->get('DB_CHARSET'));
        return $charset === '' || $charset === 'utf8' || preg_match('/^[a-z0-9_]+$/D', $charset) !== 1 ? 'utf8mb4' : $charset;
    }
}

/**
 * Amounts as whole hundred-millionths, so that no sum ever goes through a float. WooCommerce itself
 * keeps six decimals (`WC_ROUNDING_PRECISION`), its order tables eight.
 */
final class WooCommerceAmount
{
    const DECIMALS = 8;
    const ONE = 100000000;

    /** Of a text as the shop stores it; 0 when it is no number. */
    public static function of($text): int
    {
        if (preg_match('/^\s*([-+]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]{1,2}))?\s*$/D', (string) $text, $part) !== 1) {
            return 0;
        }
        $shift = isset($part[4]) ? (int) $part[4] : 0;
        $fraction = isset($part[3]) ? $part[3] : '';
        $digits = $part[2] . $fraction;
        // Digits before the point, once written out with eight decimals behind it.
        $whole = strlen($digits) - strlen($fraction) + $shift + self::DECIMALS;
        if ($whole < 0) {
            return 0;
        }
        $kept = str_pad(substr($digits, 0, $whole), $whole, '0');
        $amount = strlen($kept) > 18 && ltrim($kept, '0') !== '' && strlen(ltrim($kept, '0')) > 18 ? PHP_INT_MAX : (int) $kept;
        $amount += (int) substr($digits, $whole, 1) >= 5 ? 1 : 0;
        return $part[1] === '-' ? -$amount : $amount;
    }

    /** As a decimal text with at least two decimals. */
    public static function text(int $amount): string
    {
        $digits = str_pad((string) abs($amount), self::DECIMALS + 1, '0', STR_PAD_LEFT);
        $fraction = rtrim(substr($digits, -self::DECIMALS), '0');
        return ($amount < 0 ? '-' : '') . substr($digits, 0, -self::DECIMALS) . '.' . str_pad($fraction, 2, '0');
    }

    /** A number of things: without needless decimals. */
    public static function count(int $amount): string
    {
        $text = rtrim(self::text($amount), '0');
        return rtrim($text, '.');
    }

    /** Normal form of a stored amount's text. */
    public static function normal($text): string
    {
        return self::text(self::of($text));
    }

    /** Rounded to that many decimals, halves away from zero. */
    public static function rounded(int $amount, int $decimals): int
    {
        return self::divided($amount, 10 ** (self::DECIMALS - $decimals)) * 10 ** (self::DECIMALS - $decimals);
    }

    /** As PHP rounds halves down: a half goes towards zero. */
    public static function halfDown(int $amount, int $decimals): int
    {
        $unit = 10 ** (self::DECIMALS - $decimals);
        $size = intdiv(abs($amount), $unit) + (abs($amount) % $unit > intdiv($unit, 2) ? 1 : 0);
        return ($amount < 0 ? -$size : $size) * $unit;
    }

    /** `$amount` × `$by` ÷ `$through`, where these two are amounts as well; their common zeros are taken off first. */
    public static function scaled(int $amount, int $by, int $through): int
    {
        if ($through === 0) {
            return 0;
        }
        list($a, $b) = [abs($by), abs($through)];
        while ($b !== 0) {
            list($a, $b) = [$b, $a % $b];
        }
        $by = intdiv($by, max(1, $a));
        $through = intdiv($through, max(1, $a));
        // Beyond what an integer holds, the last decimals are given up: far above any order's amounts.
        while ($by !== 0 && abs($amount) > intdiv(PHP_INT_MAX, abs($by)) && abs($through) > 10) {
            $by = intdiv($by, 10);
            $through = intdiv($through, 10);
        }
        return self::divided($amount * $by, $through);
    }

    private static function divided(int $amount, int $through): int
    {
        $size = intdiv(abs($amount), abs($through));
        $size += abs($amount) % abs($through) * 2 >= abs($through) ? 1 : 0;
        return ($amount < 0) !== ($through < 0) ? -$size : $size;
    }
}

/** WordPress's and WooCommerce's options and the names behind their codes: read once a request, so a switch is seen by the next. */
final class WooCommerceSettings
{
    const OPTIONS = "'blogname', 'home', 'siteurl', 'WPLANG', 'timezone_string', 'gmt_offset', 'woocommerce_version', 'woocommerce_currency', 'woocommerce_default_country',"
        . " 'woocommerce_custom_orders_table_enabled', 'woocommerce_custom_orders_table_data_sync_enabled', 'woocommerce_prices_include_tax', 'woocommerce_tax_round_at_subtotal', 'woocommerce_shipping_tax_class',"
        . " 'woocommerce_price_num_decimals', 'woocommerce_manage_stock', 'woocommerce_notify_no_stock_amount', 'woocommerce_hide_out_of_stock_items', 'woocommerce_gateway_order', 'woocommerce_tax_classes'";

    /** WooCommerce's own statuses, by their code without `wc-`: meaning, English and Dutch name. */
    const STATUSES = [
        'pending' => ['pending', 'Pending payment', 'Wacht op betaling'],
        'processing' => ['processing', 'Processing', 'In behandeling'],
        'on-hold' => ['pending', 'On hold', 'In de wacht'],
        'completed' => ['complete', 'Completed', 'Afgerond'],
        'cancelled' => ['cancelled', 'Cancelled', 'Geannuleerd'],
        'refunded' => ['refunded', 'Refunded', 'Terugbetaald'],
        'failed' => ['failed', 'Failed', 'Mislukt'],
        'trash' => ['cancelled', 'Trash', 'Prullenbak'],
        'checkout-draft' => ['abandoned', 'Draft', 'Concept'],
        'auto-draft' => ['abandoned', 'Draft', 'Concept'],
        'draft' => ['abandoned', 'Draft', 'Concept'],
    ];

    /** @var Database */
    private $database;
    /** @var Cleaner */
    private $cleaner;
    /** @var array|null */
    private $options;
    /** @var array<string, array> */
    private $kept = [];

    public function __construct(Database $database, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->cleaner = $cleaner;
    }

    /** An option, or the default when it is not there or empty. */
    public function get(string $name, string $default = ''): string
    {
        if ($this->options === null) {
            $this->options = array_column($this->database->rows('SELECT option_name, option_value FROM {options} WHERE option_name IN (' . self::OPTIONS . ')'), 'option_value', 'option_name');
        }
        return isset($this->options[$name]) && $this->options[$name] !== '' ? $this->options[$name] : $default;
    }

    /** Do orders live in tables of their own (HPOS)? The option decides: tables left from before may stand beside. */
    public function orderTables(): bool
    {
        return $this->get('woocommerce_custom_orders_table_enabled') === 'yes';
    }

    public function pricesWithTax(): bool
    {
        return $this->get('woocommerce_prices_include_tax') === 'yes';
    }

    public function currency(): string
    {
        return $this->get('woocommerce_currency', 'EUR');
    }

    /** The shop's country: the option may have a state behind it (`CA:QC`). */
    public function country(): string
    {
        return explode(':', $this->get('woocommerce_default_country'))[0];
    }

    /** As `nl-nl`. WordPress without a language is American. */
    public function language(): string
    {
        return strtolower(str_replace('_', '-', $this->get('WPLANG', 'en_US')));
    }

    /** The shop's zone: a name, or an offset in hours. */
    public function time(): ShopTime
    {
        if (Deployment::TIME_ZONE !== '') {
            return new ShopTime(Deployment::TIME_ZONE, 'profile');
        }
        if ($this->get('timezone_string') !== '') {
            return new ShopTime($this->get('timezone_string'), 'setting');
        }
        $minutes = intdiv(WooCommerceAmount::of($this->get('gmt_offset', '0')) * 60, WooCommerceAmount::ONE);
        return new ShopTime(sprintf('%s%02d:%02d', $minutes < 0 ? '-' : '+', intdiv(abs($minutes), 60), abs($minutes) % 60), 'setting');
    }

    /** A query whose rows do not change within a request. */
    public function kept(string $name, string $statement): array
    {
        if (!isset($this->kept[$name])) {
            $this->kept[$name] = $this->database->rows($statement);
        }
        return $this->kept[$name];
    }

    /** A status's code: without the `wc-` it is stored with. */
    public static function statusCode(string $stored): string
    {
        return strncmp($stored, 'wc-', 3) === 0 ? substr($stored, 3) : $stored;
    }

    /** Status record of a code, named in the shop's language. */
    public function status(string $code): array
    {
        if (!isset(self::STATUSES[$code])) {
            // One that a plug-in made: its name is in the plug-in's code only.
            return ['id' => $code, 'name' => ucfirst(str_replace(['-', '_'], ' ', $code)), 'kind' => self::kindNamed($code)];
        }
        list($kind, $english, $dutch) = self::STATUSES[$code];
        return ['id' => $code, 'name' => strncmp($this->language(), 'nl', 2) === 0 ? $dutch : $english, 'kind' => $kind];
    }

    private static function kindNamed(string $code): string
    {
        $known = [
            'complete' => '/^(shipped|delivered|complete|verzonden|bezorgd|geleverd|afgehaald|picked-up|verstuurd)/i',
            'cancelled' => '/^(cancel|geannuleerd|expired|verlopen)/i',
            'refunded' => '/^(refund|terugbetaald|retour-?betaald)/i',
            'failed' => '/^(fail|denied|mislukt)/i',
            'pending' => '/^(awaiting|pending|wacht)/i',
            'processing' => '/^(paid|betaald|process|in-behandeling|packed|ingepakt|picking)/i',
        ];
        foreach ($known as $kind => $pattern) {
            if (preg_match($pattern, $code) === 1) {
                return $kind;
            }
        }
        return 'other';
    }

    /** Tax class {id, name} of a stored code: empty is the standard one, which the shop names itself nowhere. */
    public function taxClass(string $code): array
    {
        if ($code === '' || $code === 'standard') {
            return ['id' => 'standard', 'name' => 'Standard rate'];
        }
        foreach ($this->taxClasses() as $class) {
            if ($class['id'] === $code) {
                return $class;
            }
        }
        return ['id' => $code, 'name' => $code];
    }

    /** What a thing without VAT is in. */
    public static function noTaxClass(): array
    {
        return ['id' => '0', 'name' => ''];
    }

    /** The classes beside the standard one: a table since 3.7, before that an option with a name a line. */
    public function taxClasses(): array
    {
        if (isset($this->kept['classes'])) {
            return $this->kept['classes'];
        }
        $classes = [];
        try {
            foreach ($this->database->rows('SELECT slug, name FROM {wc_tax_rate_classes} ORDER BY tax_rate_class_id') as $row) {
                $classes[] = ['id' => $row['slug'], 'name' => $this->cleaner->text($row['name'], 'tax_class')];
            }
        } catch (DatabaseError $error) {
            if ($error->number() !== DatabaseError::NO_SUCH_TABLE) {
                throw $error;
            }
            foreach (array_filter(array_map('trim', explode("\n", $this->get('woocommerce_tax_classes')))) as $name) {
                $slug = trim((string) preg_replace('/[^a-z0-9]+/', '-', strtolower($name)), '-');
                $classes[] = ['id' => $slug, 'name' => $this->cleaner->text($name, 'tax_class')];
            }
        }
        return $this->kept['classes'] = $classes;
    }

    /** The tax class today's settings give shipping; null when it follows what is in the cart. */
    public function shippingTaxClass()
    {
        $this->get('woocommerce_shipping_tax_class');
        $class = isset($this->options['woocommerce_shipping_tax_class']) ? $this->options['woocommerce_shipping_tax_class'] : 'inherit';
        return $class === 'inherit' ? null : $this->taxClass($class);
    }

    public function rates(): array
    {
        return $this->kept(
            'rates',
            'SELECT tax_rate_id, tax_rate_country, tax_rate_state, tax_rate, tax_rate_name, tax_rate_compound, tax_rate_class FROM {woocommerce_tax_rates} ORDER BY tax_rate_priority, tax_rate_order, tax_rate_id'
        );
    }

    /** The percentage a class has in the shop's own country, as an amount; null when no rate names it. */
    public function homePercent(string $class)
    {
        foreach ([$this->country(), ''] as $country) {
            foreach ($this->rates() as $rate) {
                if ($rate['tax_rate_class'] === ($class === 'standard' ? '' : $class) && $rate['tax_rate_country'] === $country && $rate['tax_rate_state'] === '') {
                    return WooCommerceAmount::of($rate['tax_rate']);
                }
            }
        }
        return null;
    }
}

/**
 * Values that plug-ins and the shop keep with an order, a line or a customer: which of them leave the
 * shop, and what some of them mean. Their names are public facts of the plug-ins.
 */
final class WooCommerceFields
{
    const VAT = ['_vat_number', '_billing_vat_number', 'vat_number', 'billing_vat_number', '_billing_eu_vat_number', 'billing_eu_vat_number', '_billing_vat', 'billing_vat', '_billing_vat_id', 'billing_vat_id', '_billing_btw', '_billing_btw_nummer', '_billing_btwnummer', 'VAT Number', '_billing_eu_vat', '_vat_id', '_billing_yweu_vat', 'yweu_billing_vat', '_shipping_vat_id'];
    const CHAMBER = ['_billing_kvk', 'billing_kvk', '_billing_kvk_nummer', '_billing_kvknummer', '_billing_kvk_number', '_billing_coc', 'billing_coc', '_billing_coc_number', '_kvk', 'kvk', 'kvk_number', 'coc_number'];
    const NUMBER = ['_order_number_formatted', '_order_number', '_alg_wc_full_custom_order_number', '_alg_wc_custom_order_number', '_wcj_order_number', '_ywson_custom_number_order_complete'];
    const LANGUAGE = ['wpml_language', '_wpml_language'];

    /** Money on a card or account that was redeemed without a line of its own: kind and, where it is a list, its sum. */
    const REDEEMED = ['_ywgc_applied_gift_cards_totals' => 'gift_card', 'smart_coupons_contribution' => 'store_credit', '_wc_store_credit_used' => 'store_credit', '_funds_used' => 'store_credit'];

    /** What a statement reads of the table it calls `m`: a first choice by name, of which `open` takes away what may not leave. */
    const CONDITION = "(LEFT(m.meta_key, 1) <> '_' OR LEFT(m.meta_key, 12) = '_wc_billing/' OR LEFT(m.meta_key, 13) = '_wc_shipping/' OR LEFT(m.meta_key, 10) = '_wc_other/'"
        . " OR LEFT(m.meta_key, 9) = '_billing_' OR LEFT(m.meta_key, 10) = '_shipping_' OR m.meta_key IN ('_vat_number', '_vat_id', '_kvk', '_order_number_formatted', '_order_number',"
        . " '_alg_wc_full_custom_order_number', '_alg_wc_custom_order_number', '_wcj_order_number', '_ywson_custom_number_order_complete', '_wcpdf_invoice_number',"
        . " '_wcpdf_invoice_number_data', '_wcpdf_formatted_invoice_number', '_wcpdf_invoice_date', '_wcpdf_invoice_date_formatted', '_wcpdf_invoice_display_date', '_invoice_number_display', '_invoice_date',"
        . " '_wcj_invoicing_invoice_number', '_wcj_invoicing_invoice_date', '_wf_invoice_date', '_wpml_language', '_ywgc_applied_gift_cards_totals', '_wc_store_credit_used', '_funds_used', '_vat_number_is_valid'))";

    /** Never let out, whatever else a name says: what pays, signs in, traces or identifies a machine. */
    const SECRET = '/token|secret|password|passwd|\bkey\b|_key|apikey|card|iban|\bbic\b|cvc|cvv|session|nonce|cookie|hash|signature|ip_address|user_agent|fingerprint|mandate|payment_intent|setup_intent|source_id|customer_id|transaction|gclid|fbclid|utm|attribution|address_index/i';

    /** Parts that make up an order itself: no extra fields. */
    const OWN = '/^_(billing|shipping)_(first_name|last_name|company|address_1|address_2|city|state|postcode|country|phone|email|hash)$/D';

    /**
     * VAT numbers of the EU as its VIES describes them (Greece also by GR), of Great Britain and Northern Ireland,
     * Switzerland and Norway, without what is put between their parts.
     */
    const VAT_FORMS = '/^(?:ATU\d{8}|BE[01]?\d{9}|BG\d{9,10}|CHE\d{9}(?:MWST|TVA|IVA)?|CY\d{8}[A-Z]|CZ\d{8,10}|DE\d{9}|DK\d{8}|EE\d{9}|(?:EL|GR)\d{9}|ES(?:[A-Z]\d{7}[0-9A-Z]|\d{8}[A-Z])'
        . '|FI\d{8}|FR[0-9A-Z]{2}\d{9}|(?:GB|XI)(?:\d{9}|\d{12}|(?:GD|HA)\d{3})|HR\d{11}|HU\d{8}|IE\d[0-9A-Z+*]\d{5}[A-Z]{1,2}|IT\d{11}|LT(?:\d{9}|\d{12})|LU\d{8}|LV\d{11}|MT\d{8}'
        . '|NL\d{9}B\d{2}|NO\d{9}(?:MVA)?|PL\d{10}|PT\d{9}|RO\d{2,10}|SE\d{12}|SI\d{8}|SK\d{10})$/D';

    /** May it be read? */
    public static function open(string $name): bool
    {
        return preg_match(self::OWN, $name) !== 1 && (isset(self::REDEEMED[$name]) || preg_match(self::SECRET, $name) !== 1);
    }

    /** The first value that one of these names has among pairs of name and value; null when there is none. */
    public static function first(array $fields, array $names)
    {
        foreach ($names as $name) {
            foreach ($fields as $field) {
                if ($field[0] === $name && trim((string) $field[1]) !== '' && Serialised::values((string) $field[1]) === null) {
                    return trim((string) $field[1]);
                }
            }
        }
        return null;
    }

    /** A VAT number: of a plug-in known by name, or of a checkout field that is named so. */
    public static function vat(array $fields)
    {
        $known = self::first($fields, self::VAT);
        $known = $known !== null ? $known : self::like($fields, '~^_wc_(?:billing|other|shipping)/.*(?:btw|vat|tva|ust)~i');
        return $known !== null ? $known : self::vatByItsLook($fields);
    }

    /** Of a field an owner added himself (`_billing_btw-nummer`): named as one would, and filled with a country's number. */
    private static function vatByItsLook(array $fields)
    {
        foreach ($fields as $field) {
            $value = trim((string) $field[1]);
            $named = preg_match('~(?:^|[_/ -])(?:eu)?(?:btw|vat|tva|ust|mwst)(?:$|[_/ -]|id|nr|no|num)~i', $field[0]) === 1;
            if ($named && preg_match(self::VAT_FORMS, strtoupper((string) preg_replace('/[ .-]+/', '', $value))) === 1) {
                return $value;
            }
        }
        return null;
    }

    /** A Chamber of Commerce number, likewise. */
    public static function chamber(array $fields)
    {
        $known = self::first($fields, self::CHAMBER);
        return $known !== null ? $known : self::like($fields, '~^_wc_(?:billing|other|shipping)/.*(?:kvk|coc\b|handelsregister)~i');
    }

    private static function like(array $fields, string $pattern)
    {
        foreach ($fields as $field) {
            if (preg_match($pattern, $field[0]) === 1 && trim((string) $field[1]) !== '') {
                return trim((string) $field[1]);
            }
        }
        return null;
    }

    /**
     * House number and addition of an address part (`billing`, `shipping`) where a plug-in keeps them in fields of
     * their own; empty when it does not.
     */
    public static function house(array $fields, string $part): string
    {
        $number = self::like($fields, '~^_?(?:wc_)?' . $part . '[_/](?:.*/)?(?:house_?(?:number|no|nr)|huis_?(?:nummer|nr))$~iD');
        $addition = self::like($fields, '~^_?(?:wc_)?' . $part . '[_/](?:.*/)?(?:house_?(?:number|no|nr)|huis_?(?:nummer|nr))[_-]?(?:suffix|addition|add|ext|toevoeging|toev)$~iD');
        return $number === null || strlen($number) > 20 ? '' : trim($number . ' ' . ($addition === null || strlen($addition) > 20 ? '' : $addition));
    }

    /** As custom fields of a part: `billing`, `shipping`, or empty for what belongs to neither address. */
    public static function custom(array $fields, string $part, Cleaner $cleaner): array
    {
        $records = [];
        foreach ($fields as $field) {
            $value = self::value((string) $field[1], $cleaner);
            if (self::part($field[0]) === $part && $value !== '' && !isset(self::REDEEMED[$field[0]]) && !in_array($field[0], self::NUMBER, true) && !in_array($field[0], WooCommerceInvoice::NAMES, true)) {
                $records[] = ['id' => $cleaner->text($field[0], 'field'), 'name' => $cleaner->text(self::label($field[0]), 'field'), 'value' => $value];
            }
        }
        return $records;
    }

    private static function part(string $name): string
    {
        return preg_match('~^_?(?:wc_)?(billing|shipping)[_/]~', $name, $found) === 1 ? $found[1] : '';
    }

    /** What a person would call it: the name without the prefixes that say where it is kept. */
    private static function label(string $name): string
    {
        $bare = (string) preg_replace('~^_wc_(?:billing|shipping|other)/(?:[^/]*/)?|^_(?:billing|shipping)_|^_~', '', $name);
        return $bare === '' ? $name : $bare;
    }

    /** A value as text; of a stored list its values, joined. */
    public static function value(string $stored, Cleaner $cleaner): string
    {
        $list = Serialised::values($stored);
        if ($list === null) {
            // What is stored as an object or the like says nothing to a person.
            return preg_match('/^[aO]:[0-9]+:["{]/', $stored) === 1 ? '' : $cleaner->text($stored, 'field', true);
        }
        $texts = [];
        array_walk_recursive($list, function ($value) use (&$texts, $cleaner) {
            if ((string) $value !== '') {
                $texts[] = $cleaner->text((string) $value, 'field', true);
            }
        });
        return implode(', ', $texts);
    }
}

/**
 * The invoice a plug-in made of an order: the number as it is printed, and the day it bears. What the
 * plug-ins store is a public fact of each; the day is always that of the plug-in whose number it is.
 */
final class WooCommerceInvoice
{
    /** Everything read for it: parts of no other record. */
    const NAMES = [
        '_wcpdf_invoice_number', '_wcpdf_invoice_number_data', '_wcpdf_formatted_invoice_number', '_wcpdf_invoice_date', '_wcpdf_invoice_date_formatted', '_wcpdf_invoice_display_date',
        '_invoice_number_display', '_invoice_date', '_wcj_invoicing_invoice_number', '_wcj_invoicing_invoice_date', 'wf_invoice_number', '_wf_invoice_date',
    ];

    /** Before this second (2000-01-01) no such plug-in was there: a smaller figure is no moment. */
    const EARLIEST = 946684800;

    /** Number and day (`YYYY-MM-DD` on the shop's clock), each null where there is none. */
    public static function of(array $fields, ShopTime $time, string $placed): array
    {
        foreach ([self::packingSlips($fields, $time, $placed), self::pdfInvoices($fields), self::booster($fields), self::webToffee($fields)] as $found) {
            if ($found[0] !== null) {
                return $found;
            }
        }
        return [null, null];
    }

    private static function field(array $fields, string $name)
    {
        return WooCommerceFields::first($fields, [$name]);
    }

    private static function has(array $fields, string $name): bool
    {
        return in_array($name, array_column($fields, 0), true);
    }

    /**
     * PDF Invoices & Packing Slips. From its version 2 the number is stored as printed, with its parts beside
     * it, and the moment in UTC seconds; before, bare with the printed one apart, and the moment as a local
     * text. It may be set to print the day of the order.
     */
    private static function packingSlips(array $fields, ShopTime $time, string $placed): array
    {
        $number = self::field($fields, '_wcpdf_invoice_number');
        $printed = self::has($fields, '_wcpdf_invoice_number_data') ? null : self::field($fields, '_wcpdf_formatted_invoice_number');
        $moment = self::field($fields, '_wcpdf_invoice_date');
        $seconds = self::seconds($moment);
        $day = $seconds === null ? self::day($moment) : substr($time->localText(gmdate('Y-m-d\TH:i:s\Z', $seconds)), 0, 10);
        if ($day === null) {
            $day = self::day(self::field($fields, '_wcpdf_invoice_date_formatted'));
        }
        if (self::field($fields, '_wcpdf_invoice_display_date') === 'order_date') {
            $day = self::day($placed);
        }
        return [$printed !== null ? $printed : $number, $day];
    }

    /** WooCommerce PDF Invoices: the day is a text in the form its settings ask for, which only the ISO one tells surely. */
    private static function pdfInvoices(array $fields): array
    {
        return [self::field($fields, '_invoice_number_display'), self::day(self::field($fields, '_invoice_date'))];
    }

    /** Booster: seconds of the shop's own clock. */
    private static function booster(array $fields): array
    {
        return [self::field($fields, '_wcj_invoicing_invoice_number'), self::ofLocalSeconds(self::field($fields, '_wcj_invoicing_invoice_date'))];
    }

    /** WebToffee's invoices: likewise. */
    private static function webToffee(array $fields): array
    {
        return [self::field($fields, 'wf_invoice_number'), self::ofLocalSeconds(self::field($fields, '_wf_invoice_date'))];
    }

    private static function ofLocalSeconds($value)
    {
        $seconds = self::seconds($value);
        return $seconds === null ? self::day($value) : gmdate('Y-m-d', $seconds);
    }

    private static function seconds($value)
    {
        return $value !== null && preg_match('/^[0-9]{9,10}$/D', $value) === 1 && (int) $value >= self::EARLIEST ? (int) $value : null;
    }

    /** The day a text begins with, where it is one of the calendar. */
    private static function day($text)
    {
        $found = $text !== null && preg_match('/^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]|$)/', $text, $part) === 1 && (int) $part[1] >= 2000;
        return $found && checkdate((int) $part[2], (int) $part[3], (int) $part[1]) ? substr($text, 0, 10) : null;
    }
}

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

/**
 * Where a shop keeps its orders: in tables of their own (HPOS) or among its posts. Either way a row is
 * `id`, `status` (code), `currency`, `total`, `customer`, `created` and `changed` (UTC text), `email`,
 * `note`, `method`, `method_title`, `with_tax` and `paid` (`1` or empty), `no_total` (`1` where the shop keeps no total), `paid_at` (UTC text, or empty), the addresses `billing` and
 * `shipping`, and `fields` (pairs of name and value) as WooCommerceFields lets through.
 */
interface WooCommerceOrderStore
{
    /** What an address is made of. */
    const ADDRESS = ['first_name', 'last_name', 'company', 'address_1', 'address_2', 'city', 'state', 'postcode', 'country', 'phone'];

    /** `id` and `stamp` of orders changed since then or after that place, in that order; at most $limit. */
    public function changed($since, $after, int $limit): array;

    /** Statements of OrderSizes: what orders themselves take, and the rows of their refunds. */
    public function sizes(): array;

    /** Numbers that a plug-in gave these orders, by id. */
    public function numbers(array $ids): array;

    /** Rows of these orders by id. */
    public function rows(array $ids): array;

    /** Refunds of these orders by order id: `id`, `created` (UTC text), `total` (above zero), `reason`. */
    public function refunds(array $ids): array;

    /** Ids of orders that carry this text in one of these fields; at most two. */
    public function withField(array $names, string $value): array;

    /** Counts and sums: rows of `day`, `status`, `n`, `total` from a UTC text on. `$day` takes a UTC column to the local day. */
    public function totals(string $from, WooCommerceDay $day): array;

    /** Counts: `orders` and `abandoned`. */
    public function counts(): array;

    /** Pairs of `code` and `title` of payment methods on orders. */
    public function paymentMethods(): array;

    /** Status codes that orders have. */
    public function statusCodes(): array;
}

/** Orders in tables of their own (HPOS): `wc_orders` and its companions. Their times are UTC. */
final class WooCommerceOrderTables implements WooCommerceOrderStore
{
    /** When an order changed that a tool wrote without a moment of change. */
    const CREATED = "COALESCE(o.date_created_gmt, CAST('1970-01-02 00:00:00' AS DATETIME))";

    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function changed($since, $after, int $limit): array
    {
        // The moment of change has an index, which gives a page without the orders before and after it; orders
        // without one are few, and looked for apart.
        $values = [];
        $parts = [];
        foreach (['o.date_updated_gmt' => 'o.date_updated_gmt IS NOT NULL', self::CREATED => 'o.date_updated_gmt IS NULL'] as $stamp => $which) {
            $where = ["o.type = 'shop_order'", $which];
            if ($since !== null) {
                $where[] = $stamp . ' >= ?';
                $values[] = $since;
            }
            if ($after !== null) {
                $where[] = $stamp . ' >= ? AND (' . $stamp . ' > ? OR o.id > ?)';
                array_push($values, $after['stamp'], $after['stamp'], $after['id']);
            }
            $parts[] = '(SELECT o.id, ' . $stamp . ' AS stamp FROM {wc_orders} o WHERE ' . implode(' AND ', $where) . ' ORDER BY ' . $stamp . ', o.id LIMIT ' . $limit . ')';
        }
        return $this->database->rows(implode(' UNION ALL ', $parts) . ' ORDER BY stamp, id LIMIT ' . $limit, $values);
    }

    public function sizes(): array
    {
        return [
            'SELECT o.id, ' . OrderSizes::sum(['o.customer_note', 'o.payment_method_title', 'o.billing_email'], 200) . ' FROM {wc_orders} o WHERE o.id IN (%s) GROUP BY o.id',
            'SELECT a.order_id AS id, ' . OrderSizes::sum(array_map(function (string $name): string {
                return 'a.' . $name;
            }, self::ADDRESS), 100) . ' FROM {wc_order_addresses} a WHERE a.order_id IN (%s) GROUP BY a.order_id',
            'SELECT m.order_id AS id, ' . OrderSizes::sum(['m.meta_key', 'm.meta_value'], 100) . ' FROM {wc_orders_meta} m WHERE m.order_id IN (%s) AND ' . WooCommerceFields::CONDITION . ' GROUP BY m.order_id',
            WooCommerceItems::sizeOfRefunds('{wc_orders}', 'id', 'parent_order_id', "type = 'shop_order_refund' AND r.status <> 'trash'"),
        ];
    }

    public function numbers(array $ids): array
    {
        return array_column($this->database->rows(
            'SELECT m.order_id, LEFT(m.meta_value, 64) AS number FROM {wc_orders_meta} m WHERE m.order_id IN (' . Database::places($ids) . ') AND m.meta_key IN (' . Database::places(WooCommerceFields::NUMBER) . ')',
            array_merge($ids, WooCommerceFields::NUMBER)
        ), 'number', 'order_id');
    }

    public function rows(array $ids): array
    {
        $rows = [];
        $found = $this->database->rows(
            'SELECT o.id, o.status, o.currency, o.total_amount, o.customer_id, o.billing_email, o.date_created_gmt, o.date_updated_gmt, o.payment_method, o.payment_method_title, o.customer_note,'
            . ' d.prices_include_tax, d.date_paid_gmt FROM {wc_orders} o LEFT JOIN {wc_order_operational_data} d ON d.order_id = o.id'
            . " WHERE o.type = 'shop_order' AND o.id IN (" . Database::places($ids) . ') ORDER BY o.id',
            $ids
        );
        $empty = array_fill_keys(self::ADDRESS, '');
        foreach ($found as $row) {
            $paid = strncmp((string) $row['date_paid_gmt'], '0000', 4) === 0 ? '' : (string) $row['date_paid_gmt'];
            $rows[$row['id']] = [
                'id' => $row['id'],
                'status' => WooCommerceSettings::statusCode((string) $row['status']),
                'currency' => (string) $row['currency'],
                'total' => WooCommerceAmount::normal($row['total_amount']),
                'customer' => (string) $row['customer_id'],
                'created' => (string) $row['date_created_gmt'],
                'changed' => (string) ($row['date_updated_gmt'] !== null ? $row['date_updated_gmt'] : $row['date_created_gmt']),
                'email' => (string) $row['billing_email'],
                'note' => (string) $row['customer_note'],
                'method' => (string) $row['payment_method'],
                'method_title' => (string) $row['payment_method_title'],
                'with_tax' => (string) $row['prices_include_tax'] === '1' ? '1' : '',
                'paid' => $paid !== '' ? '1' : '',
                'paid_at' => $paid,
                'no_total' => $row['total_amount'] === null ? '1' : '',
                'billing' => $empty,
                'shipping' => $empty,
                'fields' => [],
            ];
        }
        return $this->withFields($this->withAddresses($rows));
    }

    private function withAddresses(array $rows): array
    {
        $ids = array_keys($rows);
        $columns = 'order_id, address_type, ' . implode(', ', self::ADDRESS);
        foreach ($ids === [] ? [] : $this->database->rows('SELECT ' . $columns . ' FROM {wc_order_addresses} WHERE order_id IN (' . Database::places($ids) . ')', $ids) as $row) {
            if ($row['address_type'] === 'billing' || $row['address_type'] === 'shipping') {
                $rows[$row['order_id']][$row['address_type']] = array_map('strval', array_intersect_key($row, array_flip(self::ADDRESS)));
            }
        }
        return $rows;
    }

    private function withFields(array $rows): array
    {
        $ids = array_keys($rows);
        $found = $ids === [] ? [] : $this->database->rows(
            'SELECT m.order_id, m.meta_key, m.meta_value FROM {wc_orders_meta} m WHERE m.order_id IN (' . Database::places($ids) . ') AND ' . WooCommerceFields::CONDITION . ' ORDER BY m.id',
            $ids
        );
        foreach ($found as $row) {
            if (WooCommerceFields::open((string) $row['meta_key'])) {
                $rows[$row['order_id']]['fields'][] = [(string) $row['meta_key'], (string) $row['meta_value']];
            }
        }
        return $rows;
    }

    public function refunds(array $ids): array
    {
        $refunds = [];
        $rows = $this->database->rows(
            'SELECT o.id, o.parent_order_id, o.date_created_gmt, o.total_amount, a.meta_value AS amount, ' . OrderSizes::note('r.meta_value') . ' AS reason FROM {wc_orders} o'
            . " LEFT JOIN {wc_orders_meta} a ON a.order_id = o.id AND a.meta_key = '_refund_amount' LEFT JOIN {wc_orders_meta} r ON r.order_id = o.id AND r.meta_key = '_refund_reason'"
            . " WHERE o.type = 'shop_order_refund' AND o.status <> 'trash' AND o.parent_order_id IN (" . Database::places($ids) . ') ORDER BY o.id',
            $ids
        );
        foreach ($rows as $row) {
            $total = $row['amount'] !== null && $row['amount'] !== '' ? WooCommerceAmount::of($row['amount']) : -WooCommerceAmount::of($row['total_amount']);
            $refunds[$row['parent_order_id']][$row['id']] = ['id' => $row['id'], 'created' => (string) $row['date_created_gmt'], 'total' => $total, 'reason' => (string) $row['reason']];
        }
        return $refunds;
    }

    public function withField(array $names, string $value): array
    {
        return array_column($this->database->rows(
            "SELECT DISTINCT m.order_id FROM {wc_orders_meta} m JOIN {wc_orders} o ON o.id = m.order_id AND o.type = 'shop_order' WHERE m.meta_key IN (" . Database::places($names) . ') AND m.meta_value = ? ORDER BY m.order_id LIMIT 2',
            array_merge($names, [$value])
        ), 'order_id');
    }

    public function totals(string $from, WooCommerceDay $day): array
    {
        return $this->database->rows(
            'SELECT ' . $day->of('o.date_created_gmt') . ' AS day, o.status, COUNT(*) AS n, SUM(o.total_amount) AS total FROM {wc_orders} o'
            . " WHERE o.type = 'shop_order' AND o.date_created_gmt >= ? GROUP BY day, o.status ORDER BY day, o.status",
            array_merge($day->values(), [$from])
        );
    }

    public function counts(): array
    {
        return $this->database->row(
            "SELECT COALESCE(SUM(status NOT IN ('auto-draft', 'draft', 'wc-checkout-draft', 'checkout-draft')), 0) AS orders,"
            . " COALESCE(SUM(status IN ('auto-draft', 'draft', 'wc-checkout-draft', 'checkout-draft')), 0) AS abandoned FROM {wc_orders} WHERE type = 'shop_order'"
        );
    }

    public function paymentMethods(): array
    {
        return $this->database->rows(
            "SELECT payment_method AS code, MAX(payment_method_title) AS title FROM {wc_orders} WHERE type = 'shop_order' AND payment_method <> '' GROUP BY payment_method ORDER BY payment_method"
        );
    }

    public function statusCodes(): array
    {
        return array_column($this->database->rows("SELECT DISTINCT status FROM {wc_orders} WHERE type = 'shop_order' AND status IS NOT NULL ORDER BY status"), 'status');
    }
}

/** Orders among WordPress's posts, their values in `postmeta`. */
final class WooCommerceOrderPosts implements WooCommerceOrderStore
{
    const STAMP = "GREATEST(p.post_modified_gmt, p.post_date_gmt, CAST('1970-01-02 00:00:00' AS DATETIME))";

    /** Values that make up the order itself; the parts of its addresses come besides. */
    const OWN = ['_order_currency' => 'currency', '_customer_user' => 'customer', '_billing_email' => 'email', '_payment_method' => 'method', '_payment_method_title' => 'method_title'];

    /** @var Database */
    private $database;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, ShopTime $time)
    {
        $this->database = $database;
        $this->time = $time;
    }

    public function changed($since, $after, int $limit): array
    {
        $where = ["p.post_type = 'shop_order'"];
        $values = [];
        if ($since !== null) {
            $where[] = self::STAMP . ' >= ?';
            $values[] = $since;
        }
        if ($after !== null) {
            $where[] = '(' . self::STAMP . ' > ? OR (' . self::STAMP . ' = ? AND p.ID > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return $this->database->rows('SELECT p.ID AS id, ' . self::STAMP . ' AS stamp FROM {posts} p WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, p.ID LIMIT ' . $limit, $values);
    }

    public function sizes(): array
    {
        $own = "'" . implode("', '", self::names()) . "'";
        return [
            'SELECT p.ID AS id, 200 + COALESCE(LENGTH(p.post_excerpt), 0) AS bytes FROM {posts} p WHERE p.ID IN (%s)',
            'SELECT m.post_id AS id, ' . OrderSizes::sum(['m.meta_key', 'm.meta_value'], 100) . ' FROM {postmeta} m WHERE m.post_id IN (%s)'
            . ' AND (m.meta_key IN (' . $own . ') OR ' . WooCommerceFields::CONDITION . ') GROUP BY m.post_id',
            WooCommerceItems::sizeOfRefunds('{posts}', 'ID', 'post_parent', "post_type = 'shop_order_refund' AND r.post_status <> 'trash'"),
        ];
    }

    public function numbers(array $ids): array
    {
        return array_column($this->database->rows(
            'SELECT m.post_id, LEFT(m.meta_value, 64) AS number FROM {postmeta} m WHERE m.post_id IN (' . Database::places($ids) . ') AND m.meta_key IN (' . Database::places(WooCommerceFields::NUMBER) . ')',
            array_merge($ids, WooCommerceFields::NUMBER)
        ), 'number', 'post_id');
    }

    /** Names of the values that are read whatever WooCommerceFields lets through. */
    private static function names(): array
    {
        return array_merge(array_keys(self::OWN), ['_order_total', '_prices_include_tax', '_date_paid', '_paid_date']);
    }

    public function rows(array $ids): array
    {
        $rows = [];
        $found = $this->database->rows(
            'SELECT p.ID AS id, p.post_status, p.post_date, p.post_date_gmt, p.post_modified_gmt, p.post_excerpt FROM {posts} p'
            . " WHERE p.post_type = 'shop_order' AND p.ID IN (" . Database::places($ids) . ') ORDER BY p.ID',
            $ids
        );
        $empty = array_fill_keys(self::ADDRESS, '');
        foreach ($found as $row) {
            $rows[$row['id']] = [
                'id' => $row['id'],
                'status' => WooCommerceSettings::statusCode($row['post_status']),
                'currency' => '',
                'total' => WooCommerceAmount::text(0),
                'customer' => '',
                'created' => $this->created($row),
                'changed' => max($row['post_date_gmt'], $row['post_modified_gmt']),
                'email' => '',
                'note' => $row['post_excerpt'],
                'method' => '',
                'method_title' => '',
                'with_tax' => '',
                'paid' => '',
                'paid_at' => '',
                'no_total' => '1',
                'billing' => $empty,
                'shipping' => $empty,
                'fields' => [],
            ];
        }
        return $this->withValues($rows);
    }

    /** A draft has no UTC moment yet. */
    private function created(array $row): string
    {
        if (strncmp($row['post_date_gmt'], '0000', 4) !== 0) {
            return $row['post_date_gmt'];
        }
        return substr(str_replace('T', ' ', (string) $this->time->utc($row['post_date'])), 0, 19);
    }

    private function withValues(array $rows): array
    {
        $ids = array_keys($rows);
        $names = self::names();
        $found = $ids === [] ? [] : $this->database->rows(
            'SELECT m.post_id, m.meta_key, m.meta_value FROM {postmeta} m WHERE m.post_id IN (' . Database::places($ids) . ') AND (m.meta_key IN (' . Database::places($names) . ') OR ' . WooCommerceFields::CONDITION . ') ORDER BY m.meta_id',
            array_merge($ids, $names)
        );
        foreach ($found as $meta) {
            $name = (string) $meta['meta_key'];
            $value = (string) $meta['meta_value'];
            $row = &$rows[$meta['post_id']];
            if (isset(self::OWN[$name])) {
                $row[self::OWN[$name]] = $value;
            } elseif ($name === '_order_total') {
                $row['total'] = WooCommerceAmount::normal($value);
                $row['no_total'] = is_numeric(trim($value)) ? '' : '1';
            } elseif ($name === '_prices_include_tax') {
                $row['with_tax'] = $value === 'yes' ? '1' : '';
            } elseif ($name === '_date_paid' || $name === '_paid_date') {
                $row['paid'] = $value !== '' ? '1' : $row['paid'];
                $at = $name === '_date_paid' ? self::moment($value) : substr(str_replace('T', ' ', (string) $this->time->utc($value)), 0, 19);
                // Up to version 2.6 only the second was kept, as the shop's own time.
                $row['paid_at'] = $at !== '' && ($name === '_date_paid' || $row['paid_at'] === '') ? $at : $row['paid_at'];
            } elseif (preg_match('/^_(billing|shipping)_(.*)$/D', $name, $part) === 1 && isset($row[$part[1]][$part[2]])) {
                $row[$part[1]][$part[2]] = $value;
            } elseif (WooCommerceFields::open($name)) {
                $row['fields'][] = [$name, $value];
            }
            unset($row);
        }
        return $rows;
    }

    /** UTC text of seconds since 1970; empty for what is none. */
    private static function moment(string $seconds): string
    {
        return preg_match('/^[0-9]{9,10}$/D', $seconds) === 1 ? gmdate('Y-m-d H:i:s', (int) $seconds) : '';
    }

    public function refunds(array $ids): array
    {
        $refunds = [];
        $rows = $this->database->rows(
            'SELECT p.ID AS id, p.post_parent, p.post_date_gmt, a.meta_value AS amount, t.meta_value AS total, ' . OrderSizes::note('r.meta_value') . ' AS reason FROM {posts} p'
            . " LEFT JOIN {postmeta} a ON a.post_id = p.ID AND a.meta_key = '_refund_amount' LEFT JOIN {postmeta} t ON t.post_id = p.ID AND t.meta_key = '_order_total'"
            . " LEFT JOIN {postmeta} r ON r.post_id = p.ID AND r.meta_key = '_refund_reason'"
            . " WHERE p.post_type = 'shop_order_refund' AND p.post_status <> 'trash' AND p.post_parent IN (" . Database::places($ids) . ') ORDER BY p.ID',
            $ids
        );
        foreach ($rows as $row) {
            $total = (string) $row['amount'] !== '' ? WooCommerceAmount::of($row['amount']) : -WooCommerceAmount::of($row['total']);
            $refunds[$row['post_parent']][$row['id']] = ['id' => $row['id'], 'created' => $row['post_date_gmt'], 'total' => $total, 'reason' => (string) $row['reason']];
        }
        return $refunds;
    }

    public function withField(array $names, string $value): array
    {
        return array_column($this->database->rows(
            "SELECT DISTINCT m.post_id FROM {postmeta} m JOIN {posts} p ON p.ID = m.post_id AND p.post_type = 'shop_order' WHERE m.meta_key IN (" . Database::places($names) . ') AND m.meta_value = ? ORDER BY m.post_id LIMIT 2',
            array_merge($names, [$value])
        ), 'post_id');
    }

    public function totals(string $from, WooCommerceDay $day): array
    {
        return $this->database->rows(
            'SELECT ' . $day->of('p.post_date_gmt') . ' AS day, p.post_status AS status, COUNT(*) AS n, COALESCE(SUM(CAST(m.meta_value AS DECIMAL(26, 8))), 0) AS total FROM {posts} p'
            . " LEFT JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_order_total' WHERE p.post_type = 'shop_order' AND p.post_date_gmt >= ? GROUP BY day, p.post_status ORDER BY day, p.post_status",
            array_merge($day->values(), [$from])
        );
    }

    public function counts(): array
    {
        return $this->database->row(
            "SELECT COALESCE(SUM(post_status NOT IN ('auto-draft', 'draft', 'wc-checkout-draft')), 0) AS orders,"
            . " COALESCE(SUM(post_status IN ('auto-draft', 'draft', 'wc-checkout-draft')), 0) AS abandoned FROM {posts} WHERE post_type = 'shop_order'"
        );
    }

    public function paymentMethods(): array
    {
        return $this->database->rows(
            "SELECT c.meta_value AS code, MAX(t.meta_value) AS title FROM {posts} p JOIN {postmeta} c ON c.post_id = p.ID AND c.meta_key = '_payment_method'"
            . " LEFT JOIN {postmeta} t ON t.post_id = p.ID AND t.meta_key = '_payment_method_title' WHERE p.post_type = 'shop_order' AND c.meta_value <> '' GROUP BY c.meta_value ORDER BY c.meta_value"
        );
    }

    public function statusCodes(): array
    {
        return array_column($this->database->rows("SELECT DISTINCT post_status FROM {posts} WHERE post_type = 'shop_order' ORDER BY post_status"), 'post_status');
    }
}

/** The rows of orders and refunds (`woocommerce_order_items`), the same in both kinds of storage. */
final class WooCommerceItems
{
    /** Values that say nothing of what was sold: stock bookkeeping, copies of coupons, and numbers of gift cards. */
    const LEFT_OUT = "'coupon_data', 'coupon_info', '_reduced_stock', '_restock_refunded_items', 'card_number', 'code', 'giftcard_id', 'Items'";

    /** @var Database */
    private $database;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    /** What OrderSizes asks of an order's rows. */
    public static function size(): string
    {
        return self::sizeIn('{woocommerce_order_items} i', 'i.order_id', '');
    }

    /** Likewise of those of its refunds: these are rows of `$table` with their id and their order's in two of its columns. */
    public static function sizeOfRefunds(string $table, string $id, string $order, string $condition): string
    {
        return self::sizeIn($table . ' r JOIN {woocommerce_order_items} i ON i.order_id = r.' . $id, 'r.' . $order, ' AND r.' . $condition);
    }

    private static function sizeIn(string $rows, string $order, string $condition): string
    {
        $bytes = OrderSizes::sum(['i.order_item_name', 'm.meta_key', 'm.meta_value'], 100);
        $values = ' LEFT JOIN {woocommerce_order_itemmeta} m ON m.order_item_id = i.order_item_id AND m.meta_key NOT IN (' . self::LEFT_OUT . ')';
        return 'SELECT ' . $order . ' AS id, ' . $bytes . ' FROM ' . $rows . $values . ' WHERE ' . $order . ' IN (%s)' . $condition . ' GROUP BY ' . $order;
    }

    /** By order or refund id: `id`, `type`, `name`, `values` (the first of each name) and `pairs` (name and value, in order). */
    public function of(array $ids): array
    {
        $orders = [];
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT i.order_id, i.order_item_id, i.order_item_type, i.order_item_name, m.meta_key, m.meta_value FROM {woocommerce_order_items} i'
            . ' LEFT JOIN {woocommerce_order_itemmeta} m ON m.order_item_id = i.order_item_id AND m.meta_key NOT IN (' . self::LEFT_OUT . ')'
            . ' WHERE i.order_id IN (' . Database::places($ids) . ') ORDER BY i.order_item_id, m.meta_id',
            $ids
        );
        foreach ($rows as $row) {
            $items = &$orders[$row['order_id']];
            $id = $row['order_item_id'];
            if (!isset($items[$id])) {
                $items[$id] = ['id' => $id, 'type' => $row['order_item_type'], 'name' => $row['order_item_name'], 'values' => [], 'pairs' => []];
            }
            if ($row['meta_key'] !== null) {
                $items[$id]['values'] += [$row['meta_key'] => (string) $row['meta_value']];
                $items[$id]['pairs'][] = [$row['meta_key'], (string) $row['meta_value']];
            }
            unset($items);
        }
        return $orders;
    }

    /** Those of one type. */
    public static function ofType(array $items, string $type): array
    {
        return array_values(array_filter($items, function (array $item) use ($type): bool {
            return $item['type'] === $type;
        }));
    }

    /** A value of an item; empty when it has none of that name. */
    public static function value(array $item, string $name): string
    {
        return isset($item['values'][$name]) ? $item['values'][$name] : '';
    }
}

/**
 * One order's tax rates, and what the shop recorded per rate on its rows. Parts are triples of percentage,
 * net and VAT, all as WooCommerceAmount.
 */
final class WooCommerceTaxes
{
    /** A little over a cent: what rounding to cents can put between a row's VAT and its rate. */
    const CENT = 1100000;

    /** @var array<string, array> percent (amount or null) and compound, by rate id */
    private $rates = [];
    /** @var int */
    private $decimals;

    public function __construct(array $items, WooCommerceSettings $settings)
    {
        $this->decimals = min(6, max(0, (int) $settings->get('woocommerce_price_num_decimals', '2')));
        foreach (WooCommerceItems::ofType($items, 'tax') as $item) {
            $this->rates[WooCommerceItems::value($item, 'rate_id')] = ['percent' => self::percent($item, $settings), 'compound' => !in_array(WooCommerceItems::value($item, 'compound'), ['', '0'], true)];
        }
    }

    /** A tax row's percentage: recorded since 3.7, before that what the rate is today or what its label says; null when nothing tells. */
    public static function percent(array $item, WooCommerceSettings $settings)
    {
        if (WooCommerceItems::value($item, 'rate_percent') !== '') {
            return WooCommerceAmount::of(WooCommerceItems::value($item, 'rate_percent'));
        }
        foreach ($settings->rates() as $rate) {
            if ($rate['tax_rate_id'] === WooCommerceItems::value($item, 'rate_id')) {
                return WooCommerceAmount::of($rate['tax_rate']);
            }
        }
        return preg_match('/([0-9]{1,2}(?:[.,][0-9]{1,4})?)\s*%/', WooCommerceItems::value($item, 'label'), $found) === 1 ? WooCommerceAmount::of(str_replace(',', '.', $found[1])) : null;
    }

    /** Net and parts of a line: `subtotal` before coupons, `total` after; fees have a total only. */
    public function line(array $item, string $which): array
    {
        $data = Serialised::values(WooCommerceItems::value($item, '_line_tax_data'));
        $recorded = WooCommerceItems::value($item, $which === 'subtotal' ? '_line_subtotal_tax' : '_line_tax');
        return $this->row(WooCommerceAmount::of(WooCommerceItems::value($item, '_line_' . $which)), isset($data[$which]) && is_array($data[$which]) ? $data[$which] : [], $recorded);
    }

    /** Likewise of a shipping row. */
    public function shipping(array $item): array
    {
        $data = Serialised::values(WooCommerceItems::value($item, 'taxes'));
        // Before 3.0 the list stood there without a name.
        $list = isset($data['total']) && is_array($data['total']) ? $data['total'] : ($data === null || isset($data['total']) ? [] : $data);
        return $this->row(WooCommerceAmount::of(WooCommerceItems::value($item, 'cost')), $list, WooCommerceItems::value($item, 'total_tax'));
    }

    /** `net`, `vat`, `exact` (the VAT before it was rounded) and `parts`; none when the shop did not record what it consists of. */
    private function row(int $net, array $list, string $recorded): array
    {
        $raw = [];
        foreach ($list as $id => $amount) {
            if (is_scalar($amount) && (string) $amount !== '') {
                $raw[(string) $id] = WooCommerceAmount::of($amount);
            }
        }
        $vat = $recorded === '' ? $this->sum($raw, 'halfDown') : WooCommerceAmount::of($recorded);
        $exact = $raw === [] ? $vat : array_sum($raw);
        $amounts = $this->amounts($raw, $vat);
        return ['net' => $net, 'vat' => $vat, 'exact' => $exact, 'parts' => $amounts === null ? [] : $this->parts($net, $amounts, $raw)];
    }

    private function sum(array $raw, string $how): int
    {
        return (int) array_sum($this->rounded($raw, $how));
    }

    private function rounded(array $raw, string $how): array
    {
        $rounded = [];
        foreach ($raw as $id => $amount) {
            $rounded[$id] = $how === 'halfDown' ? WooCommerceAmount::halfDown($amount, $this->decimals) : WooCommerceAmount::rounded($amount, $this->decimals);
        }
        return $rounded;
    }

    /**
     * VAT per rate, together what the row's VAT was recorded as. The shop keeps it unrounded per rate,
     * and rounds it where it does not round at the subtotal (halves down where prices hold VAT).
     */
    private function amounts(array $raw, int $vat)
    {
        if ($raw === []) {
            if ($vat === 0) {
                return [];
            }
            $taxed = array_filter($this->rates, function (array $rate): bool {
                return $rate['percent'] !== null && $rate['percent'] > 0;
            });
            return count($taxed) === 1 ? [(string) array_keys($taxed)[0] => $vat] : null;
        }
        if (count($raw) === 1) {
            return [(string) array_keys($raw)[0] => $vat];
        }
        foreach (['halfDown', 'up'] as $how) {
            if ($this->sum($raw, $how) === $vat) {
                return $this->rounded($raw, $how);
            }
        }
        $largest = array_keys($raw)[0];
        foreach ($raw as $id => $amount) {
            $largest = abs($amount) > abs($raw[$largest]) ? $id : $largest;
        }
        $raw[$largest] += $vat - array_sum($raw);
        return $raw;
    }

    /**
     * How a net amount is shared over the rates of its VAT. Rates that stand on each other (a compound
     * one) are one part with the percentage they come to; rates that each hold for a share (a discount
     * over several, shipping that was split) are a part each, what they leave being without VAT.
     */
    private function parts(int $net, array $amounts, array $raw): array
    {
        foreach (array_keys($amounts) as $id) {
            if (!isset($this->rates[$id]) || $this->rates[$id]['percent'] === null) {
                // A rate without a tax row on the order took nothing.
                if ($amounts[$id] !== 0) {
                    return [];
                }
                unset($amounts[$id]);
            }
        }
        $taxed = array_filter($amounts) !== [] ? array_filter($amounts) : $amounts;
        if ($taxed === []) {
            return [[0, $net, 0]];
        }
        $stacked = $this->stacked($net, $taxed);
        return $stacked !== null ? [$stacked] : $this->shares($net, $taxed, $raw);
    }

    /** The one part, if every rate holds for the whole amount; otherwise null. */
    private function stacked(int $net, array $amounts)
    {
        $plain = 0;
        $percent = 0;
        foreach ($amounts as $id => $vat) {
            if (!$this->rates[$id]['compound']) {
                $plain += $vat;
                $percent += $this->rates[$id]['percent'];
            }
        }
        foreach ($amounts as $id => $vat) {
            $rate = $this->rates[$id];
            $base = $rate['compound'] ? $net + $plain : $net;
            if (abs(WooCommerceAmount::scaled($base, $rate['percent'], 100 * WooCommerceAmount::ONE) - $vat) > self::CENT) {
                return null;
            }
        }
        foreach ($amounts as $id => $vat) {
            if ($this->rates[$id]['compound']) {
                $percent += WooCommerceAmount::scaled(100 * WooCommerceAmount::ONE + $percent, $this->rates[$id]['percent'], 100 * WooCommerceAmount::ONE);
            }
        }
        return [$percent, $net, array_sum($amounts)];
    }

    /** Each rate's share is what its VAT, before it was rounded, is that percentage of. */
    private function shares(int $net, array $amounts, array $raw): array
    {
        $parts = [];
        $left = $net;
        $largest = 0;
        foreach ($amounts as $id => $vat) {
            $percent = $this->rates[$id]['percent'];
            $share = $percent === 0 ? 0 : WooCommerceAmount::scaled(isset($raw[$id]) ? $raw[$id] : $vat, 100 * WooCommerceAmount::ONE, $percent);
            $parts[] = [$percent, $share, $vat];
            $left -= $share;
            $largest = abs($share) > abs($parts[$largest][1]) ? count($parts) - 1 : $largest;
        }
        if (abs($left) > 5 * self::CENT && ($left < 0) === ($net < 0)) {
            $parts[] = [0, $left, 0];
        } else {
            $parts[$largest][1] += $left;
        }
        return self::merged($parts);
    }

    /** Parts of the same percentage as one, those that came to nothing left out. */
    public static function merged(array $parts): array
    {
        $sums = [];
        foreach ($parts as $part) {
            $percent = (string) $part[0];
            $sums[$percent] = isset($sums[$percent]) ? [$part[0], $sums[$percent][1] + $part[1], $sums[$percent][2] + $part[2]] : $part;
        }
        krsort($sums);
        return array_values(array_filter($sums, function (array $part): bool {
            return $part[1] !== 0 || $part[2] !== 0;
        }));
    }

    /** The same with the other sign. */
    public static function negative(array $parts): array
    {
        return array_map(function (array $part): array {
            return [$part[0], -$part[1], -$part[2]];
        }, $parts);
    }

    /** As they leave the shop. */
    public static function records(array $parts): array
    {
        return array_map(function (array $part): array {
            return ['percent' => WooCommerceAmount::text($part[0]), 'net' => WooCommerceAmount::text($part[1]), 'vat' => WooCommerceAmount::text($part[2])];
        }, self::merged($parts));
    }
}

/** What one line was sold for: before the order's discounts, and how much of it they took. */
final class WooCommerceLine
{
    /** @var array net, vat, exact and parts, before the order's discounts */
    public $sold;
    /** @var array the same after them */
    public $paid;

    public function __construct(array $item, WooCommerceTaxes $taxes)
    {
        $this->paid = $taxes->line($item, 'total');
        $this->sold = $taxes->line($item, 'subtotal');
        // A price raised by hand leaves the first figure behind, and an old order may not have it.
        if ($this->sold['net'] === $this->paid['net'] || abs($this->paid['net']) > abs($this->sold['net'])) {
            $this->sold = $this->paid;
        }
    }

    /** What the discounts took, net; below zero. */
    public function discount(): int
    {
        return $this->paid['net'] - $this->sold['net'];
    }

    /** The same by rate; null when the shop did not record it. */
    public function discountParts()
    {
        if ($this->sold === $this->paid) {
            return [];
        }
        if ($this->sold['parts'] === [] || $this->paid['parts'] === []) {
            return null;
        }
        return WooCommerceTaxes::merged(array_merge($this->paid['parts'], WooCommerceTaxes::negative($this->sold['parts'])));
    }

    /** The one percentage of the line; null when there are several or none is known. */
    public function percent()
    {
        return count($this->sold['parts']) === 1 ? $this->sold['parts'][0][0] : null;
    }

    /**
     * With VAT, where the shop reckoned from a price that holds VAT: net and unrounded VAT give that price
     * back, but for the last of six decimals. Null where they give no such price: then the net is the
     * exact one.
     */
    public function withVat()
    {
        $sum = $this->sold['net'] + $this->sold['exact'];
        $price = WooCommerceAmount::rounded($sum, 3);
        return abs($sum - $price) <= 300 ? $price : null;
    }
}

/** An order's total block, as WooCommerce shows it: goods, discounts, fees, shipping, cards, VAT, total. */
final class WooCommerceTotalRows
{
    /** Names of fees with which a shop takes a gift card or credit off. */
    const GIFT_CARD = '/gift ?card|gift ?voucher|cadeau(bon|kaart)|kado(bon|kaart)|waardebon|tegoedbon/i';
    const CREDIT = '/store ?credit|wallet|winkeltegoed|klanttegoed|saldo/i';

    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** Rows of one order; `$lines` are its WooCommerceLine. */
    public function of(array $order, array $items, array $lines, WooCommerceTaxes $taxes): array
    {
        $goods = 0;
        foreach ($lines as $line) {
            $goods += $line->sold['net'];
        }
        $rows = array_merge(
            [self::row('sub_total', 'sub_total', '', $goods, [])],
            $this->discount($items, $lines),
            $this->fees($items, $taxes),
            $this->shipping($items, $taxes)
        );
        $vat = $this->vat($items);
        $sum = 0;
        foreach (array_merge($rows, $vat) as $row) {
            $sum += WooCommerceAmount::of($row['amount']);
        }
        $total = WooCommerceAmount::of($order['total']);
        return array_merge($rows, $vat, $this->redeemed($order, $items, $total - $sum), [self::row('total', 'total', '', $total, [])]);
    }

    private static function row(string $code, string $kind, string $title, int $amount, array $parts): array
    {
        return ['code' => $code, 'kind' => $kind, 'title' => $title, 'amount' => WooCommerceAmount::text($amount), 'rate' => null, 'tax_class' => null, 'parts' => WooCommerceTaxes::records($parts)];
    }

    /** Everything that came off the lines: coupons, and what was taken off by hand. The shop keeps per line only their sum. */
    private function discount(array $items, array $lines): array
    {
        $net = 0;
        $parts = [];
        foreach ($lines as $line) {
            $net += $line->discount();
            $some = $line->discountParts();
            $parts = $some === null || $parts === null ? null : array_merge($parts, $some);
        }
        if ($net === 0) {
            return [];
        }
        $codes = [];
        foreach (WooCommerceItems::ofType($items, 'coupon') as $item) {
            $codes[] = $this->cleaner->text($item['name'], 'coupon');
        }
        return [self::row($codes === [] ? 'discount' : 'coupon', 'discount', implode(', ', $codes), $net, $parts === null ? [] : $parts)];
    }

    private function fees(array $items, WooCommerceTaxes $taxes): array
    {
        $rows = [];
        foreach (WooCommerceItems::ofType($items, 'fee') as $item) {
            $fee = $taxes->line($item, 'total');
            $title = $this->cleaner->text($item['name'], 'fee');
            $kind = $fee['net'] >= 0 ? 'fee' : 'discount';
            if ($fee['net'] < 0 && $fee['vat'] === 0 && preg_match(self::GIFT_CARD, $title) === 1) {
                $kind = 'gift_card';
            } elseif ($fee['net'] < 0 && $fee['vat'] === 0 && preg_match(self::CREDIT, $title) === 1) {
                $kind = 'store_credit';
            }
            $row = self::row('fee', $kind, $title, $fee['net'], $kind === 'gift_card' || $kind === 'store_credit' ? [] : $fee['parts']);
            $row['tax_class'] = WooCommerceItems::value($item, '_tax_status') === 'none' ? WooCommerceSettings::noTaxClass() : $this->settings->taxClass(WooCommerceItems::value($item, '_tax_class'));
            $rows[] = $row;
        }
        return $rows;
    }

    private function shipping(array $items, WooCommerceTaxes $taxes): array
    {
        $rows = [];
        foreach (WooCommerceItems::ofType($items, 'shipping') as $item) {
            $shipping = $taxes->shipping($item);
            $row = self::row(WooCommerceItems::value($item, 'method_id'), 'shipping', $this->cleaner->text($item['name'], 'shipping'), $shipping['net'], $shipping['parts']);
            $row['tax_class'] = $this->settings->shippingTaxClass();
            $rows[] = $row;
        }
        return $rows;
    }

    private function vat(array $items): array
    {
        $rows = [];
        foreach (WooCommerceItems::ofType($items, 'tax') as $item) {
            $amount = WooCommerceAmount::of(WooCommerceItems::value($item, 'tax_amount')) + WooCommerceAmount::of(WooCommerceItems::value($item, 'shipping_tax_amount'));
            $label = $this->cleaner->text(WooCommerceItems::value($item, 'label'), 'tax');
            $row = self::row('tax', 'tax', $label !== '' ? $label : $this->cleaner->text($item['name'], 'tax'), $amount, []);
            $percent = WooCommerceTaxes::percent($item, $this->settings);
            $row['rate'] = $percent === null ? null : ['rate' => WooCommerceAmount::text($percent), 'kind' => 'percent'];
            $rows[] = $row;
        }
        return $rows;
    }

    /**
     * Gift cards and store credit that only lowered the total: what is kept of them is believed where it
     * is what the total is short of. A difference that nothing explains gets no row.
     */
    private function redeemed(array $order, array $items, int $short): array
    {
        $rows = [];
        $sum = 0;
        foreach (['gift_card', 'pw_gift_card'] as $type) {
            foreach (WooCommerceItems::ofType($items, $type) as $item) {
                $amount = abs(WooCommerceAmount::of(WooCommerceItems::value($item, 'amount')));
                // Its name on the order is the card's number.
                $rows[] = self::row($type, 'gift_card', '', -$amount, []);
                $sum += $amount;
            }
        }
        foreach ($order['fields'] as $field) {
            if (isset(WooCommerceFields::REDEEMED[$field[0]])) {
                $list = Serialised::values($field[1]);
                $amount = 0;
                foreach ($list === null ? [$field[1]] : $list as $value) {
                    $amount += is_scalar($value) ? abs(WooCommerceAmount::of($value)) : 0;
                }
                if ($amount !== 0) {
                    $rows[] = self::row(ltrim($field[0], '_'), WooCommerceFields::REDEEMED[$field[0]], '', -$amount, []);
                    $sum += $amount;
                }
            }
        }
        return $sum !== 0 && abs($short + $sum) <= 5 * WooCommerceTaxes::CENT ? $rows : [];
    }
}

/** Money given back on an order: refunds are orders of their own with rows below zero. */
final class WooCommerceRefunds
{
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(WooCommerceSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    /** Records of an order's refunds; `$items` holds the rows of order and refunds by id. */
    public function of(array $order, array $refunds, array $items): array
    {
        $records = [];
        $bought = isset($items[$order['id']]) ? $items[$order['id']] : [];
        foreach ($refunds as $refund) {
            $rows = isset($items[$refund['id']]) ? $items[$refund['id']] : [];
            $given = array_filter($rows, function (array $item): bool {
                return in_array($item['type'], ['line_item', 'fee', 'shipping'], true);
            });
            if ($given === [] && count($refunds) === 1 && $refund['total'] === WooCommerceAmount::of($order['total'])) {
                // The status "refunded" makes a refund of everything without rows: it gives back what was sold.
                $records[] = $this->record($refund, $this->lines($bought, 1), $this->charges($bought, 1), true);
            } else {
                $records[] = $this->record($refund, $this->lines($rows, -1), $this->charges($rows, -1), false);
            }
        }
        return $records;
    }

    private function record(array $refund, array $lines, array $charges, bool $whole): array
    {
        $sum = 0;
        foreach ($lines as $line) {
            $sum += self::sum($line['parts']);
        }
        // Rows keep six decimals, the refund itself is in cents.
        $rest = WooCommerceAmount::rounded($refund['total'] - $sum - self::sum($charges), 2);
        return [
            'id' => $refund['id'],
            'number' => null,
            'at' => self::moment($refund['created']),
            'at_local' => str_replace(' ', 'T', $this->time->localText($refund['created'])),
            'total' => WooCommerceAmount::text($refund['total']),
            'comment' => $this->cleaner->text($refund['reason'], 'refund', true),
            'lines' => array_map(function (array $line): array {
                return ['parts' => WooCommerceTaxes::records($line['parts'])] + $line;
            }, $lines),
            'shipping' => WooCommerceTaxes::records($charges),
            'adjustment' => WooCommerceAmount::text($whole && abs($rest) <= 5 * WooCommerceTaxes::CENT ? 0 : $rest),
        ];
    }

    private static function moment(string $utc): string
    {
        return str_replace(' ', 'T', substr($utc, 0, 19)) . 'Z';
    }

    private static function sum(array $parts): int
    {
        $sum = 0;
        foreach ($parts as $part) {
            $sum += $part[1] + $part[2];
        }
        return $sum;
    }

    /** Parts of a row, times 1 or -1; of a row whose rates are not known, all of it without VAT rather than none of it. */
    private static function parts(array $row, int $sign): array
    {
        $parts = $row['parts'] !== [] ? $row['parts'] : [[0, $row['net'] + $row['vat'], 0]];
        return $sign < 0 ? WooCommerceTaxes::negative($parts) : $parts;
    }

    private function lines(array $items, int $sign): array
    {
        $taxes = new WooCommerceTaxes($items, $this->settings);
        $lines = [];
        foreach (WooCommerceItems::ofType($items, 'line_item') as $item) {
            $pieces = WooCommerceAmount::of(WooCommerceItems::value($item, '_qty'));
            $row = $taxes->line($item, 'total');
            if ($pieces !== 0 || $row['net'] !== 0 || $row['vat'] !== 0) {
                $lines[] = [
                    'line_id' => $sign > 0 ? $item['id'] : WooCommerceItems::value($item, '_refunded_item_id'),
                    'quantity' => WooCommerceAmount::count(abs($pieces)),
                    'parts' => self::parts($row, $sign),
                ];
            }
        }
        return $lines;
    }

    /** Shipping and fees given back: neither belongs to a line. */
    private function charges(array $items, int $sign): array
    {
        $taxes = new WooCommerceTaxes($items, $this->settings);
        $parts = [];
        foreach (WooCommerceItems::ofType($items, 'shipping') as $item) {
            $parts = array_merge($parts, self::parts($taxes->shipping($item), $sign));
        }
        foreach (WooCommerceItems::ofType($items, 'fee') as $item) {
            $parts = array_merge($parts, self::parts($taxes->line($item, 'total'), $sign));
        }
        return WooCommerceTaxes::merged($parts);
    }
}

/** What products are today, as order lines and stock figures need it: looked up in bulk. */
final class WooCommerceCatalogue
{
    /** WooCommerce's own field since 9.2, and those of common plug-ins. */
    const EAN = ['_global_unique_id', '_alg_ean', '_wpm_gtin_code', 'hwp_product_gtin', '_ts_gtin', '_ean', '_barcode'];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var array */
    private $terms = [];

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** Values of these products by id and name; the first of each name, as WordPress takes it. */
    public function values(array $ids, array $names): array
    {
        return self::byId($ids === [] ? [] : $this->database->rows(
            'SELECT post_id, meta_key, meta_value FROM {postmeta} WHERE post_id IN (' . Database::places($ids) . ') AND meta_key IN (' . Database::places($names) . ') ORDER BY meta_id',
            array_merge(array_values($ids), $names)
        ));
    }

    /** What lines need of these products and variations; of one that is gone there is nothing, not even an empty list. */
    public function forLines(array $ids): array
    {
        $names = array_merge(['_sku', '_tax_class', '_tax_status', '_product_attributes'], self::EAN);
        return self::byId($ids === [] ? [] : $this->database->rows(
            'SELECT p.ID AS post_id, m.meta_key, m.meta_value FROM {posts} p LEFT JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key IN (' . Database::places($names) . ')'
            . ' WHERE p.ID IN (' . Database::places($ids) . ') ORDER BY m.meta_id',
            array_merge($names, array_values($ids))
        ));
    }

    private static function byId(array $rows): array
    {
        $found = [];
        foreach ($rows as $row) {
            $found += [$row['post_id'] => []];
            $found[$row['post_id']] += $row['meta_key'] === null ? [] : [$row['meta_key'] => (string) $row['meta_value']];
        }
        return $found;
    }

    /** SKU of a variation or product: a variation without one goes by its parent's, as in the shop. */
    public function sku(array $values, array $parent)
    {
        foreach ([$values, $parent] as $from) {
            if (isset($from['_sku']) && trim($from['_sku']) !== '') {
                return $this->cleaner->text($from['_sku'], 'sku');
            }
        }
        return null;
    }

    public function ean(array $values)
    {
        foreach (self::EAN as $name) {
            if (isset($values[$name]) && trim($values[$name]) !== '') {
                return trim($this->cleaner->text($values[$name], 'ean'));
            }
        }
        return null;
    }

    /** Tax class {id, name}: a variation may follow its parent's. */
    public function taxClass(array $values, array $parent): array
    {
        $status = isset($parent['_tax_status']) ? $parent['_tax_status'] : (isset($values['_tax_status']) ? $values['_tax_status'] : 'taxable');
        if ($status === 'none') {
            return WooCommerceSettings::noTaxClass();
        }
        $class = isset($values['_tax_class']) ? $values['_tax_class'] : '';
        return $this->settings->taxClass($class !== 'parent' ? $class : (isset($parent['_tax_class']) ? $parent['_tax_class'] : ''));
    }

    /** A line option's name and value: of an attribute as the shop shows them, of other values as they are kept. */
    public function option(string $name, string $value, array $parent): array
    {
        $taxonomy = strncmp($name, 'pa_', 3) === 0;
        $shown = $taxonomy ? $this->term($name, $value) : WooCommerceFields::value(self::withoutMarkup($value), $this->cleaner);
        $label = $taxonomy ? $this->attribute(substr($name, 3)) : $name;
        $attributes = isset($parent['_product_attributes']) ? Serialised::values($parent['_product_attributes']) : null;
        $own = isset($attributes[$name]['name']) && is_string($attributes[$name]['name']);
        if ($own && !$taxonomy) {
            $label = $attributes[$name]['name'];
        }
        return ['name' => $this->cleaner->text($label, 'option'), 'value' => $shown, 'kind' => $taxonomy || $own ? 'select' : 'text', 'value_id' => null, 'code' => null];
    }

    /** Of a value that a plug-in stores as it shows it, the words: links to a file, prices. What a buyer typed is stored escaped. */
    private static function withoutMarkup(string $value): string
    {
        $words = (string) preg_replace('~</?(?:a|b|i|u|em|strong|span|bdi|small|del|ins|img|br|p|div|ul|ol|li)(?:\s[^<>]*|/)?>~i', ' ', $value);
        return $words === $value ? $value : trim((string) preg_replace('/\s{2,}/', ' ', $words));
    }

    private function attribute(string $name): string
    {
        foreach ($this->settings->kept('attributes', 'SELECT attribute_name, attribute_label FROM {woocommerce_attribute_taxonomies}') as $row) {
            if ($row['attribute_name'] === $name) {
                return (string) $row['attribute_label'] !== '' ? $row['attribute_label'] : $name;
            }
        }
        return $name;
    }

    /** A term's name by its slug; the slug when the term is gone. */
    private function term(string $taxonomy, string $slug): string
    {
        if (!isset($this->terms[$taxonomy])) {
            $rows = $this->database->rows('SELECT t.slug, t.name FROM {terms} t JOIN {term_taxonomy} x ON x.term_id = t.term_id WHERE x.taxonomy = ?', [$taxonomy]);
            $this->terms[$taxonomy] = array_column($rows, 'name', 'slug');
        }
        return $this->cleaner->text(isset($this->terms[$taxonomy][$slug]) ? $this->terms[$taxonomy][$slug] : $slug, 'option');
    }
}

/** WooCommerce's orders, wherever they are kept: heads in order of change, and bodies, both read in bulk. */
final class WooCommerceOrders implements OrderBodies
{
    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;
    /** @var WooCommerceOrderStore */
    private $store;
    /** @var WooCommerceCatalogue */
    private $catalogue;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner, ShopTime $time, WooCommerceOrderStore $store)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
        $this->store = $store;
        $this->catalogue = new WooCommerceCatalogue($database, $settings, $cleaner);
    }

    /** Heads from a moment (UTC) or position on, in order of change: places first, then what the hash needs in parts. */
    public function heads($since, $after, int $limit, int $atOnce, Page $page)
    {
        $from = $since === null ? null : str_replace('T', ' ', substr($since, 0, 19));
        $all = $this->store->changed($from, $after, $limit);
        $sizes = $this->sizes(array_column($all, 'id'), $page);
        foreach ($sizes->lists($all, 'id', $atOnce) as $places) {
            $ids = $sizes->fitting(array_column($places, 'id'));
            $rows = $ids === [] ? [] : $this->store->rows($ids);
            list($refunds, $items) = $this->parts($ids);
            foreach ($places as $place) {
                $large = $sizes->tooLarge($place['id']);
                if ($large || isset($rows[$place['id']])) {
                    $hash = $large ? $sizes->hash($place['id']) : self::hash($rows[$place['id']], self::in($refunds, $place['id']), $items);
                    if (!$page->give(['id' => $place['id'], 'changed_at' => self::moment($place['stamp']), 'stamp' => $place['stamp'], 'hash' => $hash])) {
                        return;
                    }
                }
            }
        }
    }

    private function sizes(array $ids, Page $page): OrderSizes
    {
        return new OrderSizes($this->database, array_merge($this->store->sizes(), [WooCommerceItems::size()]), $ids, $page->room());
    }

    /** Refunds by order, and the rows of orders and refunds. */
    private function parts(array $ids): array
    {
        if ($ids === []) {
            return [[], []];
        }
        $refunds = $this->store->refunds($ids);
        $all = $ids;
        foreach ($refunds as $some) {
            $all = array_merge($all, array_map('strval', array_keys($some)));
        }
        return [$refunds, (new WooCommerceItems($this->database))->of($all)];
    }

    private static function in(array $by, string $id): array
    {
        return isset($by[$id]) ? $by[$id] : [];
    }

    private static function moment(string $utc): string
    {
        return strncmp($utc, '0000', 4) === 0 || $utc === '' ? '1970-01-01T00:00:00Z' : str_replace(' ', 'T', substr($utc, 0, 19)) . 'Z';
    }

    /**
     * Over what is stored of the order itself. A later moment of change alone is no change; ids of rows
     * are left out, their order is kept. The kind of storage does not show in it.
     */
    private static function hash(array $row, array $refunds, array $items): string
    {
        // That it is paid counts already.
        unset($row['changed'], $row['paid_at']);
        if ($row['no_total'] === '') {
            unset($row['no_total']);
        }
        sort($row['fields']);
        $content = [$row];
        foreach (array_merge([$row['id']], array_column($refunds, 'id')) as $id) {
            foreach (self::in($items, $id) as $item) {
                sort($item['pairs']);
                $content[] = [$item['type'], $item['name'], $item['pairs']];
            }
            $content[] = isset($refunds[$id]) ? $refunds[$id] : '';
        }
        return hash('sha256', self::flat($content));
    }

    /** Every value with its length, lists within lists in their order. */
    private static function flat(array $content): string
    {
        $text = '';
        foreach ($content as $value) {
            $text .= is_array($value) ? self::flat($value) : strlen((string) $value) . ':' . $value . ';';
        }
        return $text;
    }

    /** Bodies of these ids, those that are too large first; the rows of so many others are read at once. */
    public function all(array $ids, int $atOnce, Page $page)
    {
        $sizes = $this->sizes($ids, $page);
        $large = $sizes->large();
        $sizes->bodies($ids, $atOnce, $large === [] ? [] : $this->store->numbers($large), $this, $page);
    }

    public function bodies(array $ids, Page $page): bool
    {
        $rows = $ids === [] ? [] : $this->store->rows($ids);
        if ($rows === []) {
            return true;
        }
        list($refunds, $items) = $this->parts(array_map('strval', array_keys($rows)));
        $products = $this->catalogue->forLines(self::productIds($items));
        $notes = $this->notes(array_keys($rows));
        $roles = (new WooCommerceCustomers($this->database, $this->settings, $this->cleaner))->roles(array_column($rows, 'customer'));
        foreach ($rows as $row) {
            $given = self::in($refunds, $row['id']);
            $hash = self::hash($row, $given, $items);
            try {
                $this->cleaner->remarks();
                $this->missing($row, self::in($items, $row['id']));
                $body = $this->body($row, $given, $items, $products) + ['history' => $this->history(self::in($notes, $row['id'])), 'hash' => $hash];
                $body['customer']['group'] = isset($roles[$row['customer']]) ? $roles[$row['customer']] : ['id' => '', 'name' => ''];
                $body += ['remarks' => $this->cleaner->remarks()];
            } catch (\Throwable $error) {
                // One order that cannot be read does not keep the others away.
                $body = ['id' => $row['id'], 'hash' => $hash, 'remarks' => ['unreadable:line ' . $error->getLine()]];
            }
            if (!$page->give($body)) {
                return false;
            }
        }
        return true;
    }

    /** Notes amounts that are missing of the order, its lines, fees and shipping. */
    private function missing(array $row, array $items)
    {
        if ($row['no_total'] === '1') {
            $this->cleaner->remark('no_amount:order.total');
        }
        foreach (WooCommerceItems::ofType($items, 'line_item') as $item) {
            // What it was sold for before discounts is what it was sold for, where the shop has no figure of its own for that.
            $values = self::blankAsNothing($item, ['_qty', '_line_subtotal']) + ['_line_subtotal' => '0'];
            $this->cleaner->amounts($values, ['_qty', '_line_total', '_line_subtotal'], 'line');
        }
        foreach (['fee' => '_line_total', 'shipping' => 'cost'] as $type => $name) {
            foreach (WooCommerceItems::ofType($items, $type) as $item) {
                $this->cleaner->amounts(self::blankAsNothing($item, [$name]), [$name], $type);
            }
        }
    }

    /** An item's values: where a person left one of these fields blank, WooCommerce stores that and counts nothing. */
    private static function blankAsNothing(array $item, array $names): array
    {
        $values = $item['values'];
        foreach ($names as $name) {
            if (isset($values[$name]) && $values[$name] === '') {
                $values[$name] = '0';
            }
        }
        return $values;
    }

    private static function productIds(array $items): array
    {
        $ids = [];
        foreach ($items as $rows) {
            foreach ($rows as $item) {
                foreach (['_product_id', '_variation_id'] as $name) {
                    $id = WooCommerceItems::value($item, $name);
                    if ($id !== '' && $id !== '0') {
                        $ids[$id] = $id;
                    }
                }
            }
        }
        return $ids;
    }

    /** The number the customer sees: one that a plug-in gave it, or its id. */
    public static function number(array $row): string
    {
        $given = WooCommerceFields::first($row['fields'], WooCommerceFields::NUMBER);
        return $given !== null ? $given : $row['id'];
    }

    /** Id of the order with that number, or null; a number that two orders bear is nobody's. */
    public function idOf(string $number)
    {
        $ids = $this->store->withField(WooCommerceFields::NUMBER, $number);
        if ($ids === [] && preg_match('/^[1-9][0-9]{0,17}$/D', $number) === 1) {
            $ids = [$number];
        }
        $found = [];
        foreach ($ids === [] ? [] : $this->store->rows($ids) as $row) {
            if (self::number($row) === $number) {
                $found[] = $row['id'];
            }
        }
        return count($found) === 1 ? $found[0] : null;
    }

    private function body(array $row, array $refunds, array $items, array $products): array
    {
        $rows = self::in($items, $row['id']);
        $taxes = new WooCommerceTaxes($rows, $this->settings);
        $sold = [];
        foreach (WooCommerceItems::ofType($rows, 'line_item') as $item) {
            $sold[$item['id']] = new WooCommerceLine($item, $taxes);
        }
        $shipping = WooCommerceItems::ofType($rows, 'shipping');
        $currency = $row['currency'] !== '' ? $row['currency'] : $this->settings->currency();
        $language = WooCommerceFields::first($row['fields'], WooCommerceFields::LANGUAGE);
        $placed = str_replace(' ', 'T', $row['created'] === '' ? '' : $this->time->localText($row['created']));
        $invoice = WooCommerceInvoice::of($row['fields'], $this->time, $placed);
        $named = implode('', array_diff_key($row['shipping'], ['phone' => 1, 'country' => 1, 'state' => 1])) !== '';
        // Without a way of shipping too it is taxed where the goods would go; typed by hand it may be the only address.
        $elsewhere = $row['shipping']['country'] !== '' && $row['shipping']['country'] !== $row['billing']['country'];
        $paid = self::paid($row);
        return [
            'id' => $row['id'],
            'number' => $this->cleaner->text(self::number($row), 'number'),
            'store' => ['id' => '0', 'name' => $this->cleaner->text($this->settings->get('blogname'), 'store')],
            'placed_at' => self::moment($row['created']),
            'placed_local' => $placed,
            'changed_at' => self::moment($row['changed']),
            'status' => $this->settings->status($row['status']),
            'language' => $language !== null ? strtolower(str_replace('_', '-', $language)) : $this->settings->language(),
            'money' => ['code' => $currency, 'order_code' => $currency, 'rate' => '1', 'order_total' => $row['total']],
            'customer' => $this->customer($row),
            'invoice_address' => $this->address($row, 'billing'),
            'delivery_address' => $elsewhere || ($named && $shipping !== []) ? $this->address($row, 'shipping') : null,
            'payment' => ['code' => $row['method'], 'title' => $this->cleaner->text($row['method_title'], 'payment_method')],
            'shipping' => $shipping === [] ? null : ['code' => WooCommerceItems::value($shipping[0], 'method_id'), 'title' => $this->cleaner->text($shipping[0]['name'], 'shipping_method')],
            'comment' => $this->cleaner->text($row['note'], 'comment', true),
            'invoice_number' => $invoice[0] === null ? null : $this->cleaner->text($invoice[0], 'invoice_number'),
            'invoice_date' => $invoice[1],
            'shop_reference' => null,
            'lines' => $this->lines($row, $rows, $sold, $products),
            'gift_cards' => [],
            'totals' => (new WooCommerceTotalRows($this->settings, $this->cleaner))->of($row, $rows, array_values($sold), $taxes),
            'total' => $row['total'],
            'refunds' => (new WooCommerceRefunds($this->settings, $this->cleaner, $this->time))->of($row, $refunds, $items),
            'replaces' => null,
            'paid' => $paid,
            'paid_on' => $paid !== true || $row['paid_at'] === '' ? null : substr($this->time->localText($row['paid_at']), 0, 10),
            'custom_fields' => WooCommerceFields::custom($row['fields'], '', $this->cleaner),
        ];
    }

    /**
     * With a day of payment it is. Without one WooCommerce itself calls an order paid by its status, which tells nothing
     * of the money where that is collected at the door.
     */
    private static function paid(array $row)
    {
        if ($row['paid'] === '1') {
            return true;
        }
        return $row['status'] === 'completed' || ($row['status'] === 'processing' && $row['method'] !== 'cod') ? null : false;
    }

    private function customer(array $row): array
    {
        $vat = WooCommerceFields::vat($row['fields']);
        $chamber = WooCommerceFields::chamber($row['fields']);
        return [
            'id' => $row['customer'] === '' || $row['customer'] === '0' ? null : $row['customer'],
            'first_name' => $this->cleaner->text($row['billing']['first_name'], 'first_name'),
            'last_name' => $this->cleaner->text($row['billing']['last_name'], 'last_name'),
            'email' => $this->cleaner->text($row['email'], 'email'),
            'telephone' => $this->cleaner->text($row['billing']['phone'], 'phone'),
            'vat_number' => $vat === null ? null : $this->cleaner->text($vat, 'vat_number'),
            'chamber_of_commerce' => $chamber === null ? null : $this->cleaner->text($chamber, 'chamber_of_commerce'),
            'custom_fields' => [],
        ];
    }

    private function address(array $row, string $part): array
    {
        $address = WooCommerceCustomers::address($row[$part], $this->cleaner);
        if ($address['line1'] !== '' && preg_match('/[0-9]/', $address['line1'] . $address['line2']) !== 1) {
            $address['line1'] = trim($address['line1'] . ' ' . $this->cleaner->text($this->house($row, $part), 'house_number'));
        }
        return $address + ['custom_fields' => WooCommerceFields::custom($row['fields'], $part, $this->cleaner)];
    }

    /** The number of a street that was kept without one; the buyer's own where he is sent to the same street. */
    private function house(array $row, string $part): string
    {
        $house = WooCommerceFields::house($row['fields'], $part);
        $same = $row['shipping']['address_1'] === $row['billing']['address_1'] && $row['shipping']['postcode'] === $row['billing']['postcode'];
        return $house === '' && $part === 'shipping' && $same ? WooCommerceFields::house($row['fields'], 'billing') : $house;
    }

    private function lines(array $row, array $items, array $sold, array $products): array
    {
        $lines = [];
        foreach (WooCommerceItems::ofType($items, 'line_item') as $item) {
            $product = WooCommerceItems::value($item, '_product_id');
            $variation = WooCommerceItems::value($item, '_variation_id');
            $variant = $variation !== '' && $variation !== '0';
            $id = $variant ? $variation : $product;
            $now = self::in($products, $id);
            $parent = $variant ? self::in($products, $product) : [];
            $gone = !isset($products[$id]);
            $line = $sold[$item['id']];
            $pieces = WooCommerceAmount::of(WooCommerceItems::value($item, '_qty'));
            // The order keeps no SKU, and what a variation that is gone had is not what its product has: another article.
            $sku = $gone ? null : $this->catalogue->sku($now, $parent);
            if ($gone && isset($item['values']['_tax_class'])) {
                $now = ['_tax_class' => $item['values']['_tax_class']];
            }
            $known = !$gone || $parent !== [];
            $percent = $line->percent();
            $incl = $row['with_tax'] === '1' && $line->sold['vat'] !== 0 ? $line->withVat() : null;
            $lines[] = [
                'id' => $item['id'],
                'product_id' => $id === '' || $id === '0' ? null : $id,
                'code' => (string) $sku,
                'sku' => $sku,
                'ean' => $this->catalogue->ean($now),
                'name' => $this->cleaner->text($item['name'], 'name'),
                'quantity' => WooCommerceAmount::count($pieces),
                'price' => WooCommerceAmount::text(WooCommerceAmount::scaled($line->sold['net'], WooCommerceAmount::ONE, $pieces)),
                'tax' => WooCommerceAmount::text(WooCommerceAmount::scaled($line->sold['vat'], WooCommerceAmount::ONE, $pieces)),
                'total' => WooCommerceAmount::text($line->sold['net']),
                'tax_class' => $known ? $this->catalogue->taxClass($now, $parent) : null,
                'options' => $this->options($item, $variant ? $parent : $now),
                'percent' => $percent === null ? null : WooCommerceAmount::text($percent),
                'total_incl' => $incl === null ? null : WooCommerceAmount::text($incl),
            ];
        }
        return $lines;
    }

    /** Attributes chosen and whatever plug-ins show with the line, in order of entry; names that begin with `_` are hidden. */
    private function options(array $item, array $product): array
    {
        $options = [];
        foreach ($item['pairs'] as $pair) {
            if ($pair[0] !== '' && $pair[0][0] !== '_' && $pair[1] !== '' && WooCommerceFields::open($pair[0])) {
                $option = $this->catalogue->option($pair[0], $pair[1], $product);
                if ($option['value'] !== '') {
                    $options[] = $option;
                }
            }
        }
        return $options;
    }

    /** Notes by order. */
    private function notes(array $ids): array
    {
        $notes = [];
        $rows = $this->database->rows(
            "SELECT c.comment_post_ID AS id, c.comment_date_gmt, " . OrderSizes::note('c.comment_content') . " AS comment_content, m.meta_value AS told FROM {comments} c LEFT JOIN {commentmeta} m ON m.comment_id = c.comment_ID AND m.meta_key = 'is_customer_note'"
            . " WHERE c.comment_type = 'order_note' AND c.comment_post_ID IN (" . Database::places($ids) . ') ORDER BY c.comment_date_gmt, c.comment_ID',
            $ids
        );
        foreach ($rows as $row) {
            $notes[$row['id']][] = $row;
        }
        return $notes;
    }

    /** The shop keeps no list of statuses: notes say in words that one changed. */
    private function history(array $notes): array
    {
        $entries = [];
        foreach ($notes as $note) {
            $text = $this->cleaner->text($note['comment_content'], 'note', true);
            $entries[] = ['at' => self::moment($note['comment_date_gmt']), 'status' => $this->statusIn($text), 'comment' => $text, 'notified' => (string) $note['told'] === '1'];
        }
        return $entries;
    }

    private function statusIn(string $text): array
    {
        if (preg_match('/(?:Order status changed from .* to|[Bb]estelstatus gewijzigd van .* naar) (.+?)\.\s*$/Dsu', $text, $found) === 1) {
            foreach (WooCommerceSettings::STATUSES as $code => $names) {
                if ($found[1] === $names[1] || $found[1] === $names[2]) {
                    return $this->settings->status($code);
                }
            }
        }
        return ['id' => '', 'name' => '', 'kind' => 'other'];
    }
}

/** Accounts of customers: users of WordPress, shared by all sites of one installation. */
final class WooCommerceCustomers
{
    const STAMP = "GREATEST(u.user_registered, CAST('1970-01-02 00:00:00' AS DATETIME), DATE_ADD(CAST('1970-01-01 00:00:00' AS DATETIME), INTERVAL COALESCE(CAST(l.meta_value AS UNSIGNED), 0) SECOND))";

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** An address as the shop keeps it, without extra fields. */
    public static function address(array $stored, Cleaner $cleaner): array
    {
        $address = [];
        foreach (['first_name' => 'first_name', 'last_name' => 'last_name', 'company' => 'company', 'line1' => 'address_1', 'line2' => 'address_2', 'postcode' => 'postcode', 'city' => 'city', 'zone' => 'state', 'country' => 'country'] as $name => $column) {
            $address[$name] = $cleaner->text($stored[$column], $column);
        }
        // The shop keeps the code only.
        return $address + ['country_name' => ''];
    }

    /** Role of these accounts as a group {id, name}. */
    public function roles(array $ids): array
    {
        $ids = array_values(array_unique(array_filter($ids)));
        $roles = [];
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT user_id, meta_value FROM {shared:usermeta} WHERE meta_key = ? AND user_id IN (' . Database::places($ids) . ')',
            array_merge([$this->database->prefix() . 'capabilities'], $ids)
        );
        foreach ($rows as $row) {
            $roles[$row['user_id']] = self::role((string) $row['meta_value']);
        }
        return $roles;
    }

    private static function role(string $stored): array
    {
        $list = Serialised::values($stored);
        $role = $list === null || $list === [] ? '' : (string) array_keys($list)[0];
        return ['id' => $role, 'name' => $role];
    }

    /** In order of (stamp, id) from a moment (UTC) or position on: who is a customer, or left an invoice address. */
    public function page($since, $after, int $limit): array
    {
        $where = ["(c.meta_value LIKE '%customer%' OR (c.meta_value IS NOT NULL AND b.meta_value <> ''))"];
        $values = [$this->database->prefix() . 'capabilities'];
        if ($since !== null) {
            $where[] = self::STAMP . ' >= ?';
            $values[] = str_replace('T', ' ', substr($since, 0, 19));
        }
        if ($after !== null) {
            $where[] = '(' . self::STAMP . ' > ? OR (' . self::STAMP . ' = ? AND u.ID > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $rows = $this->database->rows(
            'SELECT u.ID AS id, u.user_email, ' . self::STAMP . ' AS stamp, c.meta_value AS roles FROM {shared:users} u'
            . ' LEFT JOIN {shared:usermeta} c ON c.user_id = u.ID AND c.meta_key = ?'
            . " LEFT JOIN {shared:usermeta} b ON b.user_id = u.ID AND b.meta_key = 'billing_email'"
            . " LEFT JOIN {shared:usermeta} l ON l.user_id = u.ID AND l.meta_key = 'last_update'"
            . ' WHERE ' . implode(' AND ', $where) . ' GROUP BY u.ID, u.user_email, u.user_registered, stamp, roles ORDER BY stamp, u.ID LIMIT ' . $limit,
            $values
        );
        $values = $this->values(array_column($rows, 'id'));
        $records = [];
        foreach ($rows as $row) {
            $records[] = $this->record($row, isset($values[$row['id']]) ? $values[$row['id']] : []);
        }
        return $records;
    }

    /** Values of these accounts by id: pairs of name and value. */
    private function values(array $ids): array
    {
        $values = [];
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT m.user_id, m.meta_key, m.meta_value FROM {shared:usermeta} m WHERE m.user_id IN (' . Database::places($ids) . ") AND (LEFT(m.meta_key, 8) = 'billing_' OR LEFT(m.meta_key, 12) = '_wc_billing/'"
            . " OR LEFT(m.meta_key, 10) = '_wc_other/' OR m.meta_key IN ('first_name', 'last_name', 'vat_number', '_vat_number', 'kvk_number', 'kvk', 'coc_number')) ORDER BY m.umeta_id",
            $ids
        );
        foreach ($rows as $row) {
            if (WooCommerceFields::open($row['meta_key'])) {
                $values[$row['user_id']][] = [$row['meta_key'], (string) $row['meta_value']];
            }
        }
        return $values;
    }

    private function record(array $row, array $fields): array
    {
        $named = [];
        foreach ($fields as $field) {
            $named += [$field[0] => $field[1]];
        }
        $address = [];
        foreach (WooCommerceOrderStore::ADDRESS as $part) {
            $address[$part] = isset($named['billing_' . $part]) ? $named['billing_' . $part] : '';
        }
        $extra = array_values(array_filter($fields, function (array $field): bool {
            return preg_match('/^(billing_(first_name|last_name|company|address_1|address_2|city|state|postcode|country|phone|email)|first_name|last_name)$/D', $field[0]) !== 1;
        }));
        $vat = WooCommerceFields::vat($fields);
        $chamber = WooCommerceFields::chamber($fields);
        return [
            'id' => $row['id'],
            'changed_at' => str_replace(' ', 'T', $row['stamp']) . 'Z',
            'stamp' => $row['stamp'],
            'customer' => [
                'id' => $row['id'],
                'group' => self::role((string) $row['roles']),
                'first_name' => $this->name($named, $address, 'first_name'),
                'last_name' => $this->name($named, $address, 'last_name'),
                'email' => $this->cleaner->text($row['user_email'], 'email'),
                'telephone' => $this->cleaner->text($address['phone'], 'phone'),
                'vat_number' => $vat === null ? null : $this->cleaner->text($vat, 'vat_number'),
                'chamber_of_commerce' => $chamber === null ? null : $this->cleaner->text($chamber, 'chamber_of_commerce'),
                'custom_fields' => array_merge(WooCommerceFields::custom($extra, '', $this->cleaner), WooCommerceFields::custom($extra, 'billing', $this->cleaner)),
            ],
            'address' => implode('', $address) === '' ? null : self::address($address, $this->cleaner) + ['custom_fields' => []],
            'active' => true,
        ];
    }

    private function name(array $named, array $address, string $part): string
    {
        $own = isset($named[$part]) && $named[$part] !== '' ? $named[$part] : $address[$part];
        return $this->cleaner->text($own, $part);
    }
}

/** The names behind WooCommerce's codes. */
final class WooCommerceLookups
{
    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var WooCommerceOrderStore */
    private $store;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner, WooCommerceOrderStore $store)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->store = $store;
    }

    public function all(): array
    {
        return [
            'order_statuses' => $this->statuses(),
            'payment_methods' => $this->paymentMethods(),
            'shipping_methods' => $this->shippingMethods(),
            'tax_classes' => $this->classes(),
            'tax_rates' => $this->rates(),
            'languages' => [['id' => $this->settings->language(), 'name' => $this->settings->language()]],
            'stores' => [['id' => '0', 'name' => $this->cleaner->text($this->settings->get('blogname'), 'store')]],
            'customer_groups' => $this->roles(),
            'country' => $this->settings->country(),
        ];
    }

    /** The shop's own, those that plug-ins made, and the shop's own once more by their names in the other language. */
    private function statuses(): array
    {
        $records = [];
        foreach (array_keys(WooCommerceSettings::STATUSES) as $code) {
            $records[] = $this->settings->status($code);
        }
        foreach ($this->store->statusCodes() as $stored) {
            $code = WooCommerceSettings::statusCode($stored);
            if (!isset(WooCommerceSettings::STATUSES[$code])) {
                $records[] = $this->settings->status($code);
            }
        }
        foreach (WooCommerceSettings::STATUSES as $code => $names) {
            $shown = $this->settings->status($code);
            $records[] = ['id' => $code, 'name' => $shown['name'] === $names[1] ? $names[2] : $names[1], 'kind' => $names[0]];
        }
        return $records;
    }

    /** On orders, and those that were put in order in the settings. */
    private function paymentMethods(): array
    {
        $methods = [];
        foreach ($this->store->paymentMethods() as $row) {
            $methods[$row['code']] = ['id' => $row['code'], 'name' => $this->cleaner->text($row['title'], 'payment_method')];
        }
        $list = Serialised::values($this->settings->get('woocommerce_gateway_order'));
        foreach ($list === null ? [] : array_keys($list) as $code) {
            $code = (string) $code;
            if (strncmp($code, '_wc_', 4) !== 0) {
                $methods += [$code => ['id' => $code, 'name' => $code]];
            }
        }
        ksort($methods);
        return array_values($methods);
    }

    /** On orders, and those of the shipping zones. */
    private function shippingMethods(): array
    {
        $methods = [];
        $rows = $this->database->rows(
            "SELECT m.meta_value AS code, MAX(i.order_item_name) AS title FROM {woocommerce_order_items} i JOIN {woocommerce_order_itemmeta} m ON m.order_item_id = i.order_item_id AND m.meta_key = 'method_id'"
            . " WHERE i.order_item_type = 'shipping' AND m.meta_value <> '' GROUP BY m.meta_value"
        );
        foreach ($rows as $row) {
            $methods[$row['code']] = ['id' => $row['code'], 'name' => $this->cleaner->text($row['title'], 'shipping_method')];
        }
        foreach ($this->database->rows('SELECT DISTINCT method_id FROM {woocommerce_shipping_zone_methods}') as $row) {
            $methods += [$row['method_id'] => ['id' => $row['method_id'], 'name' => $row['method_id']]];
        }
        ksort($methods);
        return array_values($methods);
    }

    private function classes(): array
    {
        $rates = [];
        foreach ($this->settings->rates() as $rate) {
            $rates[$rate['tax_rate_class'] === '' ? 'standard' : $rate['tax_rate_class']][] = $rate['tax_rate_id'];
        }
        $classes = [];
        foreach (array_merge([WooCommerceSettings::noTaxClass(), $this->settings->taxClass('')], $this->settings->taxClasses()) as $class) {
            $classes[] = $class + ['rate_ids' => isset($rates[$class['id']]) ? $rates[$class['id']] : []];
        }
        return $classes;
    }

    private function rates(): array
    {
        $rates = [];
        foreach ($this->settings->rates() as $rate) {
            $rates[] = [
                'id' => $rate['tax_rate_id'],
                'name' => $this->cleaner->text($rate['tax_rate_name'], 'tax_rate'),
                'rate' => WooCommerceAmount::normal($rate['tax_rate']),
                'kind' => 'percent',
                'countries' => $rate['tax_rate_country'] === '' ? [] : [$rate['tax_rate_country']],
            ];
        }
        return $rates;
    }

    private function roles(): array
    {
        $groups = [];
        $rows = $this->database->rows(
            'SELECT DISTINCT meta_value FROM {shared:usermeta} WHERE meta_key = ? ORDER BY meta_value LIMIT 100',
            [$this->database->prefix() . 'capabilities']
        );
        foreach ($rows as $row) {
            $list = Serialised::values((string) $row['meta_value']);
            foreach ($list === null ? [] : array_keys($list) as $role) {
                $groups[$role] = ['id' => (string) $role, 'name' => (string) $role];
            }
        }
        return array_values($groups);
    }
}

/** Products and their variations, each a record of its own. */
final class WooCommerceProducts
{
    const STAMP = "GREATEST(p.post_modified_gmt, p.post_date_gmt, CAST('1970-01-02 00:00:00' AS DATETIME))";
    const REAL = "p.post_type IN ('product', 'product_variation') AND p.post_status NOT IN ('trash', 'auto-draft', 'inherit')";
    const VALUES = ['_sku', '_price', '_regular_price', '_tax_class', '_tax_status', '_manage_stock', '_stock', '_virtual', '_downloadable', '_weight'];
    const KINDS = ['variable' => 'configurable', 'grouped' => 'grouped', 'bundle' => 'bundle', 'woosb' => 'bundle', 'yith_bundle' => 'bundle', 'composite' => 'bundle'];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var WooCommerceCatalogue */
    private $catalogue;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->catalogue = new WooCommerceCatalogue($database, $settings, $cleaner);
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, int $limit): array
    {
        $where = [self::REAL];
        $values = [];
        if ($since !== null) {
            $where[] = self::STAMP . ' >= ?';
            $values[] = str_replace('T', ' ', substr($since, 0, 19));
        }
        if ($after !== null) {
            $where[] = '(' . self::STAMP . ' > ? OR (' . self::STAMP . ' = ? AND p.ID > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $rows = $this->database->rows(
            'SELECT p.ID AS id, p.post_parent, p.post_type, p.post_title, p.post_status, q.post_status AS parent_status, ' . self::STAMP . ' AS stamp FROM {posts} p LEFT JOIN {posts} q ON q.ID = p.post_parent'
            . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, p.ID LIMIT ' . $limit,
            $values
        );
        $ids = array_unique(array_merge(array_column($rows, 'id'), array_filter(array_column($rows, 'post_parent'))));
        $found = $this->catalogue->values($ids, array_merge(self::VALUES, WooCommerceCatalogue::EAN));
        $terms = $this->terms($ids);
        $records = [];
        foreach ($rows as $row) {
            $variant = $row['post_type'] === 'product_variation';
            $own = isset($found[$row['id']]) ? $found[$row['id']] : [];
            $parent = $variant && isset($found[$row['post_parent']]) ? $found[$row['post_parent']] : [];
            $records[] = $this->record($row, $own, $parent, $terms);
        }
        return $records;
    }

    /** Kind and categories by product id. */
    private function terms(array $ids): array
    {
        $terms = [];
        $rows = $ids === [] ? [] : $this->database->rows(
            'SELECT r.object_id, x.taxonomy, t.term_id, t.slug, t.name FROM {term_relationships} r JOIN {term_taxonomy} x ON x.term_taxonomy_id = r.term_taxonomy_id JOIN {terms} t ON t.term_id = x.term_id'
            . " WHERE x.taxonomy IN ('product_type', 'product_cat') AND r.object_id IN (" . Database::places($ids) . ') ORDER BY t.term_id',
            array_values($ids)
        );
        foreach ($rows as $row) {
            $value = $row['taxonomy'] === 'product_type' ? $row['slug'] : ['id' => $row['term_id'], 'name' => $this->cleaner->text($row['name'], 'category')];
            $terms[$row['taxonomy']][$row['object_id']][] = $value;
        }
        return $terms;
    }

    private function record(array $row, array $own, array $parent, array $terms): array
    {
        $variant = $row['post_type'] === 'product_variation';
        $family = $variant ? $row['post_parent'] : $row['id'];
        $class = $this->catalogue->taxClass($own, $parent);
        // The price a sale does not touch; a product whose variations have the prices has the lowest of them.
        $price = WooCommerceAmount::of(self::first($own, ['_regular_price', '_price']));
        $percent = $class['id'] === '0' ? null : $this->settings->homePercent($class['id']);
        $incl = $this->settings->pricesWithTax() && $percent !== null;
        $sku = $this->catalogue->sku($own, $parent);
        $weight = self::first($own + $parent, ['_weight']);
        return [
            'id' => $row['id'],
            'changed_at' => str_replace(' ', 'T', $row['stamp']) . 'Z',
            'stamp' => $row['stamp'],
            'code' => (string) $sku,
            'sku' => $sku,
            'ean' => $this->catalogue->ean($own),
            'name' => $this->cleaner->text($row['post_title'], 'name'),
            'price' => WooCommerceAmount::text($incl ? WooCommerceAmount::scaled($price, 100 * WooCommerceAmount::ONE, 100 * WooCommerceAmount::ONE + $percent) : $price),
            'tax_class' => $class,
            'quantity' => $this->quantity($own, $parent),
            'active' => $row['post_status'] === 'publish' && (!$variant || $row['parent_status'] === 'publish'),
            'options' => [],
            'kind' => $variant ? 'variant' : self::kind($own, isset($terms['product_type'][$row['id']]) ? $terms['product_type'][$row['id']] : []),
            'parent_id' => $variant ? $row['post_parent'] : null,
            'price_incl' => $incl ? WooCommerceAmount::text($price) : null,
            'weight' => $weight === '' ? null : WooCommerceAmount::count(WooCommerceAmount::of($weight)),
            'categories' => isset($terms['product_cat'][$family]) ? $terms['product_cat'][$family] : [],
        ];
    }

    private static function first(array $values, array $names): string
    {
        foreach ($names as $name) {
            if (isset($values[$name]) && $values[$name] !== '') {
                return $values[$name];
            }
        }
        return '';
    }

    /** A variation without stock of its own shares its parent's. */
    private function quantity(array $own, array $parent)
    {
        foreach ($this->settings->get('woocommerce_manage_stock', 'yes') === 'yes' ? [$own, $parent] : [] as $values) {
            if (isset($values['_manage_stock']) && $values['_manage_stock'] === 'yes') {
                return WooCommerceAmount::count(WooCommerceAmount::of(isset($values['_stock']) ? $values['_stock'] : ''));
            }
        }
        return null;
    }

    private static function kind(array $own, array $types): string
    {
        foreach ($types as $type) {
            if (isset(self::KINDS[$type])) {
                return self::KINDS[$type];
            }
        }
        if (self::first($own, ['_downloadable']) === 'yes') {
            return 'download';
        }
        return self::first($own, ['_virtual']) === 'yes' ? 'virtual' : 'simple';
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
 * WooCommerce's stock: the value `_stock` of a product or variation, kept where its `_manage_stock` says
 * so. A variation without stock of its own shares its parent's, which is the one that is set.
 */
final class WooCommerceStock
{
    const TRIES = 20;
    const LARGEST = 9999999900000000;

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** Decimals of figures in this shop: WooCommerce counts whole pieces unless a plug-in lets it do otherwise. */
    public function decimals(): int
    {
        $row = $this->database->row(
            "SELECT MAX(LENGTH(TRIM(TRAILING '0' FROM SUBSTRING_INDEX(meta_value, '.', -1)))) AS decimals FROM {postmeta} WHERE meta_key = '_stock' AND meta_value REGEXP '^-?[0-9]*[.][0-9]*[1-9]0*$'"
        );
        return min(6, (int) $row['decimals']);
    }

    /** Levels of these keys. */
    public function of(array $keys): array
    {
        $ids = StockKeys::ids($keys, 'p');
        return $ids === [] ? [] : $this->levels('p.ID IN (' . Database::places($ids) . ')', $ids, count($ids));
    }

    /** A page of all, in order of id. */
    public function page($after, int $limit): array
    {
        return $this->levels('p.ID > ?', [$after === null ? '0' : substr($after, 2)], $limit);
    }

    private function levels(string $where, array $values, int $limit): array
    {
        $rows = $this->database->rows('SELECT p.ID AS id, p.post_parent, p.post_type, p.post_title FROM {posts} p WHERE ' . WooCommerceProducts::REAL . ' AND ' . $where . ' ORDER BY p.ID LIMIT ' . $limit, $values);
        $ids = array_unique(array_merge(array_column($rows, 'id'), array_filter(array_column($rows, 'post_parent'))));
        $found = (new WooCommerceCatalogue($this->database, $this->settings, $this->cleaner))->values($ids, ['_sku', '_manage_stock', '_stock']);
        $levels = [];
        foreach ($rows as $row) {
            $variant = $row['post_type'] === 'product_variation';
            $own = isset($found[$row['id']]) ? $found[$row['id']] : [];
            $parent = $variant && isset($found[$row['post_parent']]) ? $found[$row['post_parent']] : [];
            $holder = !$this->kept($own) && $this->kept($parent) ? $parent : $own;
            $levels[] = [
                'key' => 'p:' . $row['id'],
                // Its own code only: two figures under one code would each be set to the whole.
                'code' => isset($own['_sku']) ? $this->cleaner->text($own['_sku'], 'sku') : '',
                'sku' => null,
                'name' => $this->cleaner->text($row['post_title'], 'name'),
                'quantity' => WooCommerceAmount::count(self::figure($holder)),
                'tracked' => $this->kept($own),
                'parent' => $variant ? 'p:' . $row['post_parent'] : null,
            ];
        }
        return $levels;
    }

    private function kept(array $values): bool
    {
        return isset($values['_manage_stock']) && $values['_manage_stock'] === 'yes' && $this->settings->get('woocommerce_manage_stock', 'yes') === 'yes';
    }

    private static function figure(array $values): int
    {
        return WooCommerceAmount::of(isset($values['_stock']) ? $values['_stock'] : '');
    }

    /**
     * Writes `current + (target - read)` where the figure is still the one read, tries again when a sale
     * came between, and then brings along everything that hangs on the figure.
     */
    public function set(array $row): array
    {
        $unit = 10 ** (WooCommerceAmount::DECIMALS - $this->decimals());
        $read = WooCommerceAmount::of($row['read']);
        $target = WooCommerceAmount::of($row['target']);
        $id = substr($row['key'], 2);
        $product = $row['key'][0] !== 'p' ? null : $this->database->row('SELECT p.ID AS id, p.post_parent, p.post_type FROM {posts} p WHERE ' . WooCommerceProducts::REAL . ' AND p.ID = ?', [$id]);
        if ($product === null) {
            return self::result($row['key'], 'unknown', null, null);
        }
        if ($read % $unit !== 0 || $target % $unit !== 0) {
            return self::result($row['key'], 'refused', null, null);
        }
        for ($try = 0; $try < self::TRIES; $try++) {
            list($own, $parent) = $this->now($product);
            $stored = isset($own['_stock']) ? $own['_stock'] : '';
            $before = WooCommerceAmount::of($stored);
            if (!$this->kept($own)) {
                $shown = WooCommerceAmount::count($this->kept($parent) ? self::figure($parent) : $before);
                return self::result($row['key'], 'not_tracked', $shown, $shown);
            }
            $wanted = $before + $target - $read;
            if (abs($wanted) > self::LARGEST) {
                return self::result($row['key'], 'refused', WooCommerceAmount::count($before), WooCommerceAmount::count($before));
            }
            if ($wanted === $before || $this->replaced($id, $stored, WooCommerceAmount::count($wanted), isset($own['_stock']))) {
                // Also where nothing changed: a call that was cut may have left what hangs on the figure behind.
                (new WooCommerceStockEffects($this->database, $this->settings))->follow($product);
                return self::result($row['key'], 'done', WooCommerceAmount::count($before), WooCommerceAmount::count($wanted));
            }
        }
        return self::result($row['key'], 'busy', null, null);
    }

    /** Stock values of a product and of what it is a variation of, as they are this moment. */
    private function now(array $product): array
    {
        $variant = $product['post_type'] === 'product_variation';
        $ids = $variant ? [$product['id'], $product['post_parent']] : [$product['id']];
        $found = (new WooCommerceCatalogue($this->database, $this->settings, $this->cleaner))->values($ids, ['_manage_stock', '_stock']);
        return [
            isset($found[$product['id']]) ? $found[$product['id']] : [],
            $variant && isset($found[$product['post_parent']]) ? $found[$product['post_parent']] : [],
        ];
    }

    /** Did the figure take the place of the text that was read? A product whose figure was never filled in may have no row for it. */
    private function replaced(string $id, string $stored, string $wanted, bool $there): bool
    {
        if ($there) {
            return $this->database->change("UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = '_stock' AND COALESCE(meta_value, '') = ?", [$wanted, $id, $stored]) > 0;
        }
        return $this->database->change(
            "INSERT INTO {postmeta} (post_id, meta_key, meta_value) SELECT ?, '_stock', ? FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM {postmeta} m WHERE m.post_id = ? AND m.meta_key = '_stock')",
            [$id, $wanted, $id]
        ) > 0;
    }

    private static function result(string $key, string $outcome, $before, $after): array
    {
        return ['key' => $key, 'outcome' => $outcome, 'before' => $before, 'after' => $after];
    }
}

/**
 * What hangs on a stock figure and is put right with it, as WooCommerce does when it saves a product: the
 * stock status with its copies in the lookup tables and as a term of the catalogue, the status of the
 * product a variation belongs to, and what WordPress remembers of either for a while.
 */
final class WooCommerceStockEffects
{
    const TRIES = 5;
    const REMEMBERED = ['wc_product_children_', 'wc_var_prices_', 'wc_related_', 'wc_child_has_weight_', 'wc_child_has_dimensions_'];
    const REMEMBERED_OF_ALL = ['wc_products_onsale', 'wc_featured_products', 'wc_outofstock_count', 'wc_low_stock_count', 'product-transient-version', 'product_query-transient-version'];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;

    public function __construct(Database $database, WooCommerceSettings $settings)
    {
        $this->database = $database;
        $this->settings = $settings;
    }

    /** Of a product {id, post_parent, post_type} whose figure was just written. */
    public function follow(array $product)
    {
        $changed = false;
        // A sale in between sets its own status: only one that fits the figure still there may stand last.
        for ($try = 0, $seen = null; $try < self::TRIES; $try++) {
            $values = $this->values($product['id']);
            if ($seen === $values['_stock']) {
                break;
            }
            $seen = $values['_stock'];
            $changed = $this->status($product['id'], $this->statusOf($values)) || $changed;
            self::lookup($this->database, 'UPDATE {wc_product_meta_lookup} SET stock_quantity = ? WHERE product_id = ?', [$seen, $product['id']]);
        }
        if ($product['post_type'] === 'product_variation') {
            $changed = $this->parent($product['post_parent']) || $changed;
        } else {
            $this->children($product['id'], $this->statusOf($this->values($product['id'])));
        }
        (new WooCommerceHiddenStock($this->database, $this->settings))->follow($product, $changed);
        $this->forget($product['post_type'] === 'product_variation' ? [$product['id'], $product['post_parent']] : [$product['id']], $changed);
    }

    private function values(string $id): array
    {
        $values = ['_stock' => '0', '_backorders' => 'no', '_manage_stock' => 'no'];
        $rows = $this->database->rows("SELECT meta_key, meta_value FROM {postmeta} WHERE post_id = ? AND meta_key IN ('_stock', '_backorders', '_manage_stock') ORDER BY meta_id DESC", [$id]);
        foreach ($rows as $row) {
            $values[$row['meta_key']] = (string) $row['meta_value'] === '' ? $values[$row['meta_key']] : $row['meta_value'];
        }
        return $values;
    }

    /** As WC_Product::validate_props has it: whole pieces above the threshold are in stock. */
    private function statusOf(array $values): string
    {
        $pieces = intdiv(WooCommerceAmount::of($values['_stock']), WooCommerceAmount::ONE);
        if ($pieces > abs((int) $this->settings->get('woocommerce_notify_no_stock_amount', '0'))) {
            return 'instock';
        }
        return $values['_backorders'] !== 'no' ? 'onbackorder' : 'outofstock';
    }

    /** Sets a product's status with all its copies; was it another? */
    private function status(string $id, string $status): bool
    {
        $changed = $this->database->change("UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = '_stock_status' AND COALESCE(meta_value, '') <> ?", [$status, $id, $status]) > 0;
        $changed = $this->database->change(
            "INSERT INTO {postmeta} (post_id, meta_key, meta_value) SELECT ?, '_stock_status', ? FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM {postmeta} m WHERE m.post_id = ? AND m.meta_key = '_stock_status')",
            [$id, $status, $id]
        ) > 0 || $changed;
        $this->copies($id, $status);
        $this->term($id, $status === 'outofstock');
        return $changed;
    }

    private function copies(string $id, string $status)
    {
        self::lookup($this->database, 'UPDATE {wc_product_meta_lookup} SET stock_status = ? WHERE product_id = ?', [$status, $id]);
        self::lookup($this->database, 'UPDATE {wc_product_attributes_lookup} SET in_stock = ? WHERE product_id = ?', [$status === 'outofstock' ? 0 : 1, $id]);
    }

    /** A change of a lookup table, which came with 3.6 (products) and 6.3 (attributes). */
    public static function lookup(Database $database, string $statement, array $values)
    {
        try {
            $database->change($statement, $values);
        } catch (DatabaseError $error) {
            if ($error->number() !== DatabaseError::NO_SUCH_TABLE) {
                throw $error;
            }
        }
    }

    /** The term by which the catalogue leaves out what is out of stock, and the count WordPress keeps of it. */
    private function term(string $id, bool $out)
    {
        $term = $this->database->row("SELECT x.term_taxonomy_id AS id FROM {terms} t JOIN {term_taxonomy} x ON x.term_id = t.term_id WHERE x.taxonomy = 'product_visibility' AND t.slug = 'outofstock'");
        if ($term === null) {
            return;
        }
        $changed = $out
            ? $this->database->change('INSERT IGNORE INTO {term_relationships} (object_id, term_taxonomy_id, term_order) VALUES (?, ?, 0)', [$id, $term['id']])
            : $this->database->change('DELETE FROM {term_relationships} WHERE object_id = ? AND term_taxonomy_id = ?', [$id, $term['id']]);
        if ($changed > 0) {
            $row = $this->database->row(
                "SELECT COUNT(*) AS n FROM {term_relationships} r JOIN {posts} p ON p.ID = r.object_id WHERE r.term_taxonomy_id = ? AND p.post_status = 'publish' AND p.post_type IN ('product', 'product_variation')",
                [$term['id']]
            );
            $this->database->change('UPDATE {term_taxonomy} SET count = ? WHERE term_taxonomy_id = ?', [$row['n'], $term['id']]);
        }
    }

    /** A product without a figure of its own is what its variations are. */
    private function parent(string $id): bool
    {
        $values = $this->values($id);
        if ($values['_manage_stock'] === 'yes') {
            return false;
        }
        $rows = $this->database->rows(
            "SELECT m.meta_value AS status, COUNT(*) AS n FROM {posts} p JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_stock_status' WHERE p.post_parent = ? AND p.post_type = 'product_variation' AND p.post_status IN ('publish', 'private') GROUP BY m.meta_value",
            [$id]
        );
        $states = array_column($rows, 'status');
        foreach (['instock', 'onbackorder'] as $status) {
            if (in_array($status, $states, true)) {
                return $this->status($id, $status);
            }
        }
        return $this->status($id, 'outofstock');
    }

    /** Variations without a figure of their own go by the product's status; WooCommerce gives them no term for it. */
    private function children(string $id, string $status)
    {
        $rows = $this->database->rows(
            "SELECT p.ID AS id FROM {posts} p LEFT JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_manage_stock' WHERE p.post_parent = ? AND p.post_type = 'product_variation' AND p.post_status <> 'trash' AND COALESCE(m.meta_value, 'no') <> 'yes'",
            [$id]
        );
        foreach ($rows as $row) {
            if ($this->database->change("UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = '_stock_status' AND COALESCE(meta_value, '') <> ?", [$status, $row['id'], $status]) > 0) {
                $this->copies($row['id'], $status);
            }
        }
    }

    /** What WordPress remembers for a while of these products as options: a value and its end. */
    public function forget(array $ids, bool $statusChanged)
    {
        $names = self::REMEMBERED_OF_ALL;
        foreach ($ids as $id) {
            foreach (self::REMEMBERED as $name) {
                $names[] = $name . $id;
            }
        }
        $options = [];
        foreach ($names as $name) {
            array_push($options, '_transient_' . $name, '_transient_timeout_' . $name);
        }
        $this->database->change('DELETE FROM {options} WHERE option_name IN (' . Database::places($options) . ')', $options);
        if ($statusChanged) {
            // How many products each filter of the catalogue leaves.
            $this->database->change("DELETE FROM {options} WHERE LEFT(option_name, 33) = '_transient_wc_layered_nav_counts_' OR LEFT(option_name, 41) = '_transient_timeout_wc_layered_nav_counts_'");
        }
    }
}

/**
 * What hangs on a stock status besides where the shop hides what is out of stock: the prices of a product with
 * variations are those of the variations that are shown, and a category counts the products that are.
 */
final class WooCommerceHiddenStock
{
    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;

    public function __construct(Database $database, WooCommerceSettings $settings)
    {
        $this->database = $database;
        $this->settings = $settings;
    }

    /** After a figure of this product {id, post_parent, post_type} was written; `$changed`: some status became another. */
    public function follow(array $product, bool $changed)
    {
        if ($this->settings->get('woocommerce_hide_out_of_stock_items', 'no') !== 'yes') {
            return;
        }
        $variant = $product['post_type'] === 'product_variation';
        if ($variant) {
            $this->prices($product['post_parent']);
        }
        if ($changed) {
            $this->counts($variant ? $product['post_parent'] : $product['id']);
        }
    }

    /** As WC_Product_Variable_Data_Store_CPT::sync_price has it: from low to high, which the lookup table counts on. */
    private function prices(string $id)
    {
        $now = $this->database->rows("SELECT meta_id, meta_value FROM {postmeta} WHERE post_id = ? AND meta_key = '_price' ORDER BY meta_id", [$id]);
        $wanted = array_column($this->database->rows(
            "SELECT DISTINCT m.meta_value FROM {posts} p JOIN {postmeta} m ON m.post_id = p.ID AND m.meta_key = '_price' WHERE p.post_parent = ? AND p.post_type = 'product_variation' AND p.post_status = 'publish'"
            . " AND m.meta_value <> '' AND NOT EXISTS (SELECT 1 FROM {term_relationships} r WHERE r.object_id = p.ID AND r.term_taxonomy_id IN (" . $this->hidden(['outofstock']) . '))',
            [$id]
        ), 'meta_value');
        usort($wanted, function ($one, $other): int {
            return WooCommerceAmount::of($one) - WooCommerceAmount::of($other);
        });
        if (array_column($now, 'meta_value') === $wanted) {
            return;
        }
        foreach ($wanted as $at => $price) {
            isset($now[$at])
                ? $this->database->change('UPDATE {postmeta} SET meta_value = ? WHERE meta_id = ?', [$price, $now[$at]['meta_id']])
                : $this->database->change("INSERT INTO {postmeta} (post_id, meta_key, meta_value) VALUES (?, '_price', ?)", [$id, $price]);
        }
        foreach (array_slice($now, count($wanted)) as $row) {
            $this->database->change('DELETE FROM {postmeta} WHERE meta_id = ?', [$row['meta_id']]);
        }
        $ends = $wanted === [] ? ['0', '0'] : [$wanted[0], $wanted[count($wanted) - 1]];
        WooCommerceStockEffects::lookup($this->database, 'UPDATE {wc_product_meta_lookup} SET min_price = CAST(? AS DECIMAL(19,4)), max_price = CAST(? AS DECIMAL(19,4)) WHERE product_id = ?', array_merge($ends, [$id]));
    }

    /** As _wc_recount_terms_by_product has it: of the product's categories with those above them, and its tags. */
    private function counts(string $id)
    {
        $above = [];
        $below = [];
        foreach ($this->database->rows("SELECT term_id, parent FROM {term_taxonomy} WHERE taxonomy = 'product_cat'") as $row) {
            $above[$row['term_id']] = $row['parent'];
            $below[$row['parent']][] = $row['term_id'];
        }
        $terms = $this->database->rows(
            "SELECT x.term_id, x.taxonomy FROM {term_relationships} r JOIN {term_taxonomy} x ON x.term_taxonomy_id = r.term_taxonomy_id WHERE r.object_id = ? AND x.taxonomy IN ('product_cat', 'product_tag')",
            [$id]
        );
        $counted = [];
        foreach ($terms as $term) {
            $one = (string) $term['term_id'];
            do {
                $counted[$one] = $term['taxonomy'];
                $one = $term['taxonomy'] === 'product_cat' && isset($above[$one]) ? (string) $above[$one] : '0';
            } while ($one !== '0' && !isset($counted[$one]));
        }
        $hidden = $counted === [] ? '' : $this->hidden(['outofstock', 'exclude-from-catalog']);
        foreach ($counted as $one => $taxonomy) {
            $this->count($hidden, (string) $one, $taxonomy, $taxonomy === 'product_cat' ? self::with([(string) $one], $below) : [(string) $one]);
        }
        $this->database->change("DELETE FROM {options} WHERE option_name IN ('_transient_wc_term_counts', '_transient_timeout_wc_term_counts')");
    }

    /** A category and all below it; each once, whatever circle they stand in. */
    private static function with(array $ids, array $below): array
    {
        for ($at = 0; $at < count($ids); $at++) {
            $ids = array_merge($ids, array_diff(array_map('strval', isset($below[$ids[$at]]) ? $below[$ids[$at]] : []), $ids));
        }
        return $ids;
    }

    /** `$hidden`: the terms of products that are not shown. */
    private function count(string $hidden, string $id, string $taxonomy, array $within)
    {
        $row = $this->database->row(
            "SELECT COUNT(DISTINCT p.ID) AS n FROM {posts} p JOIN {term_relationships} r ON r.object_id = p.ID JOIN {term_taxonomy} x ON x.term_taxonomy_id = r.term_taxonomy_id WHERE p.post_status = 'publish'"
            . " AND p.post_type = 'product' AND x.taxonomy = ? AND x.term_id IN (" . Database::places($within) . ')'
            . ' AND NOT EXISTS (SELECT 1 FROM {term_relationships} h WHERE h.object_id = p.ID AND h.term_taxonomy_id IN (' . $hidden . '))',
            array_merge([$taxonomy], $within)
        );
        $name = 'product_count_' . $taxonomy;
        $this->database->change('UPDATE {termmeta} SET meta_value = ? WHERE term_id = ? AND meta_key = ?', [$row['n'], $id, $name]);
        $this->database->change(
            'INSERT INTO {termmeta} (term_id, meta_key, meta_value) SELECT ?, ?, ? FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM {termmeta} m WHERE m.term_id = ? AND m.meta_key = ?)',
            [$id, $name, $row['n'], $id, $name]
        );
    }

    /** Ids of the terms that hide a product, to stand in a statement. */
    private function hidden(array $slugs): string
    {
        $rows = $this->database->rows("SELECT x.term_taxonomy_id AS id FROM {terms} t JOIN {term_taxonomy} x ON x.term_id = t.term_id WHERE x.taxonomy = 'product_visibility' AND t.slug IN (" . Database::places($slugs) . ')', $slugs);
        return implode(', ', array_merge(['0'], array_map('strval', array_map('intval', array_column($rows, 'id')))));
    }
}

/** What decides over a change of status, and the change itself, wherever the shop keeps its orders. */
final class WooCommerceOrderState
{
    const VALUES = [
        '_customer_user' => 'customer', '_payment_method' => 'method', '_created_via' => 'created_via', '_recorded_coupon_usage_counts' => 'coupons',
        '_download_permissions_granted' => 'downloads', '_order_stock_reduced' => 'stock', '_recorded_sales' => 'sales', '_date_paid' => 'paid',
    ];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;

    public function __construct(Database $database, WooCommerceSettings $settings)
    {
        $this->database = $database;
        $this->settings = $settings;
    }

    /** Of an order: its stored status, buyer, payment, and which of its effects have been had; null when there is none. */
    public function of(string $id)
    {
        if ($this->settings->orderTables()) {
            return $this->database->row(
                'SELECT o.id, o.status, o.customer_id AS customer, o.payment_method AS method, d.created_via, d.coupon_usages_are_counted AS coupons, d.download_permission_granted AS downloads,'
                . ' d.order_stock_reduced AS stock, d.recorded_sales AS sales, d.date_paid_gmt AS paid FROM {wc_orders} o LEFT JOIN {wc_order_operational_data} d ON d.order_id = o.id'
                . " WHERE o.id = ? AND o.type = 'shop_order'",
                [$id]
            );
        }
        $order = $this->database->row("SELECT p.ID AS id, p.post_status AS status FROM {posts} p WHERE p.ID = ? AND p.post_type = 'shop_order'", [$id]);
        if ($order === null) {
            return null;
        }
        $order += array_fill_keys(array_values(self::VALUES), null);
        $names = array_keys(self::VALUES);
        $statement = 'SELECT m.meta_key, m.meta_value FROM {postmeta} m WHERE m.post_id = ? AND m.meta_key IN (' . Database::places($names) . ') ORDER BY m.meta_id DESC';
        foreach ($this->database->rows($statement, array_merge([$id], $names)) as $row) {
            $order[self::VALUES[$row['meta_key']]] = $row['meta_value'];
        }
        return $order;
    }

    /** Writes the status where it is still the other; was it? Both stores where the shop keeps them alike. */
    public function move(string $id, string $from, string $to, int $now): bool
    {
        $tables = $this->settings->orderTables();
        $moved = $tables ? $this->inTables($id, $from, $to, $now) : $this->inPosts($id, $from, $to, $now);
        if ($moved && $this->settings->get('woocommerce_custom_orders_table_data_sync_enabled') === 'yes') {
            $tables ? $this->inPosts($id, $from, $to, $now) : $this->inTables($id, $from, $to, $now);
        }
        return $moved;
    }

    private function inTables(string $id, string $from, string $to, int $now): bool
    {
        $utc = gmdate('Y-m-d H:i:s', $now);
        $moved = $this->database->change("UPDATE {wc_orders} SET status = ?, date_updated_gmt = ? WHERE id = ? AND type = 'shop_order' AND status = ?", [$to, $utc, $id, $from]) === 1;
        if ($moved) {
            // Which version saved it last.
            $this->database->change('UPDATE {wc_order_operational_data} SET woocommerce_version = ? WHERE order_id = ?', [$this->settings->get('woocommerce_version'), $id]);
        }
        if ($moved && $to === 'wc-completed') {
            $this->database->change('UPDATE {wc_order_operational_data} SET date_completed_gmt = ? WHERE order_id = ?', [$utc, $id]);
        }
        return $moved;
    }

    private function inPosts(string $id, string $from, string $to, int $now): bool
    {
        $utc = gmdate('Y-m-d H:i:s', $now);
        $local = $this->local($now);
        $moved = $this->database->change(
            "UPDATE {posts} SET post_status = ?, post_modified = ?, post_modified_gmt = ? WHERE ID = ? AND post_type = 'shop_order' AND post_status = ?",
            [$to, $local, $utc, $id, $from]
        ) === 1;
        if ($moved) {
            $this->value($id, '_order_version', $this->settings->get('woocommerce_version'));
        }
        if ($moved && $to === 'wc-completed') {
            $this->value($id, '_date_completed', (string) $now);
            $this->value($id, '_completed_date', $local);
        }
        return $moved;
    }

    private function value(string $id, string $name, string $value)
    {
        $this->database->change('UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = ?', [$value, $id, $name]);
        $this->database->change(
            'INSERT INTO {postmeta} (post_id, meta_key, meta_value) SELECT ?, ?, ? FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM {postmeta} m WHERE m.post_id = ? AND m.meta_key = ?)',
            [$id, $name, $value, $id, $name]
        );
    }

    public function local(int $now): string
    {
        return str_replace('T', ' ', $this->settings->time()->localText(gmdate('Y-m-d\TH:i:s\Z', $now)));
    }
}

/**
 * Moves an order between processing and completed, the two statuses of a paid order, where WooCommerce
 * itself would only write it down: date, note and figures for its reports. Every other move changes stock,
 * payment or coupons, or mails the buyer, and is refused; so is one whose effects have not all been had.
 */
final class WooCommerceStatusMove
{
    const MOVES = ['processing' => 'completed', 'completed' => 'processing'];

    /** Ways of paying that do nothing of their own when an order is completed; others may collect the money then. */
    const QUIET = ['', 'bacs', 'cheque', 'cod'];

    /** How it is noted that stock, sales, coupons and downloads have been seen to. */
    const HAD = ['yes', '1', 'true'];

    const REMEMBERED = ['orders-transient-version', 'woocommerce_reports-transient-version', 'wc_count_comments'];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var WooCommerceOrderState */
    private $orders;

    public function __construct(Database $database, WooCommerceSettings $settings)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->orders = new WooCommerceOrderState($database, $settings);
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $order = $this->orders->of($id);
        if ($order === null || $order['id'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        $from = WooCommerceSettings::statusCode((string) $order['status']);
        if ($from === $row['status']) {
            return RecordRows::result($id, 'unchanged');
        }
        $reason = isset(self::MOVES[$from]) && self::MOVES[$from] === $row['status'] ? $this->reason($order, $row['status']) : 'status';
        $note = $this->note($from, $row['status'], $row['comment']);
        if ($reason === '' && !(new TextRoom($this->database))->holds('comments', 'comment_content', $note)) {
            $reason = 'value';
        }
        if ($reason !== '') {
            return RecordRows::result($id, 'refused', [], $reason);
        }
        return $this->write($id, (string) $order['status'], 'wc-' . $row['status'], $note)
            ? RecordRows::result($id, 'done', ['status' => $from])
            : RecordRows::result($id, 'busy');
    }

    /** What the shop would do more; nothing where it is only written down. */
    private function reason(array $order, string $to): string
    {
        if (!in_array((string) $order['method'], self::QUIET, true) || (string) $order['paid'] === '' || (string) $order['paid'] === '0') {
            return 'payment';
        }
        if (array_diff(array_map('strval', [$order['stock'], $order['sales'], $order['coupons'], $order['downloads']]), self::HAD) !== []) {
            return 'restocks';
        }
        if ($to === 'completed' && $this->mails($order)) {
            return 'mail';
        }
        if ($to === 'completed' && (int) $order['customer'] > 0 && !$this->paying((string) $order['customer'])) {
            return 'customer';
        }
        return $this->others((string) $order['id']);
    }

    /** Is the buyer told? By default yes: only where the shop has switched that mail off an order is completed in silence. */
    private function mails(array $order): bool
    {
        $names = ['woocommerce_customer_completed_order_settings', 'woocommerce_customer_review_request_settings'];
        $stored = array_column($this->database->rows('SELECT option_name, option_value FROM {options} WHERE option_name IN (' . Database::places($names) . ')', $names), 'option_value', 'option_name');
        $off = isset($stored[$names[0]]) && strpos($stored[$names[0]], 's:7:"enabled";s:2:"no";') !== false;
        $review = isset($stored[$names[1]]) && strpos($stored[$names[1]], 's:7:"enabled";s:3:"yes";') !== false;
        return !$off || $review || (string) $order['created_via'] === 'pos-rest-api';
    }

    private function paying(string $customer): bool
    {
        $row = $this->database->row("SELECT meta_value FROM {shared:usermeta} WHERE user_id = ? AND meta_key = 'paying_customer'", [$customer]);
        return $row !== null && $row['meta_value'] === '1';
    }

    /** Programs that are told of each change, mails that wait for it, and refunds whose report goes by the order's status. */
    private function others(string $id): string
    {
        if ($this->database->row("SELECT webhook_id FROM {wc_webhooks} WHERE status = 'active' AND (topic LIKE 'order.%' OR topic LIKE 'action.%') LIMIT 1") !== null) {
            return 'hooks';
        }
        $waiting = $this->settings->orderTables()
            ? $this->database->row("SELECT id FROM {wc_orders_meta} WHERE order_id = ? AND meta_key = '_wc_review_request_scheduled_at' LIMIT 1", [$id])
            : $this->database->row("SELECT meta_id FROM {postmeta} WHERE post_id = ? AND meta_key = '_wc_review_request_scheduled_at' LIMIT 1", [$id]);
        if ($waiting !== null) {
            return 'mail';
        }
        $refund = $this->settings->orderTables()
            ? $this->database->row("SELECT id FROM {wc_orders} WHERE parent_order_id = ? AND type = 'shop_order_refund' LIMIT 1", [$id])
            : $this->database->row("SELECT ID FROM {posts} WHERE post_parent = ? AND post_type = 'shop_order_refund' LIMIT 1", [$id]);
        return $refund !== null ? 'refunds' : '';
    }

    /** As WooCommerce words it, with the comment before it; what was typed stays text in the shop's pages. */
    private function note(string $from, string $to, string $comment): string
    {
        $dutch = strncmp($this->settings->language(), 'nl', 2) === 0;
        list($old, $new) = [$this->settings->status($from)['name'], $this->settings->status($to)['name']];
        $text = $dutch ? 'Bestelstatus gewijzigd van ' . $old . ' naar ' . $new . '.' : 'Order status changed from ' . $old . ' to ' . $new . '.';
        return trim(htmlspecialchars($comment, ENT_QUOTES, 'UTF-8') . ' ' . $text);
    }

    private function write(string $id, string $from, string $to, string $note): bool
    {
        $now = time();
        $this->database->begin();
        if (!$this->orders->move($id, $from, $to, $now)) {
            $this->database->undo();
            return false;
        }
        $this->tell($id, $note, $now);
        $this->report($id, $to, $now);
        $this->forget();
        $this->database->keep();
        return true;
    }

    private function tell(string $id, string $note, int $now)
    {
        $host = (string) parse_url($this->settings->get('home', $this->settings->get('siteurl')), PHP_URL_HOST);
        $this->database->change(
            'INSERT INTO {comments} (comment_post_ID, comment_author, comment_author_email, comment_author_url, comment_author_IP, comment_date, comment_date_gmt, comment_content, comment_karma,'
            . " comment_approved, comment_agent, comment_type, comment_parent, user_id) VALUES (?, 'WooCommerce', ?, '', '', ?, ?, ?, 0, '1', 'WooCommerce', 'order_note', 0, 0)",
            [$id, 'woocommerce@' . ($host === '' ? 'noreply.com' : str_replace('www.', '', $host)), $this->orders->local($now), gmdate('Y-m-d H:i:s', $now), $note]
        );
        // Notes have groups since 10; a shop that never wrote one has none.
        $this->database->change(
            "INSERT INTO {commentmeta} (comment_id, meta_key, meta_value) SELECT LAST_INSERT_ID(), 'note_group', 'order_update' FROM {commentmeta} g WHERE g.meta_key = 'note_group' LIMIT 1"
        );
        $row = $this->database->row("SELECT COUNT(*) AS n FROM {comments} WHERE comment_post_ID = ? AND comment_approved = '1'", [$id]);
        $this->database->change('UPDATE {posts} SET comment_count = ? WHERE ID = ?', [$row['n'], $id]);
    }

    /** The row that the shop's own reports read. */
    private function report(string $id, string $to, int $now)
    {
        $columns = array_column($this->database->rows(
            "SELECT column_name AS name FROM information_schema.columns WHERE table_schema = DATABASE() AND LOWER(table_name) = LOWER(?) AND column_name IN ('status', 'date_completed')",
            [$this->database->prefix() . 'wc_order_stats']
        ), 'name');
        if (in_array('date_completed', $columns, true) && $to === 'wc-completed') {
            $this->database->change('UPDATE {wc_order_stats} SET status = ?, date_completed = ? WHERE order_id = ?', [$to, $this->orders->local($now), $id]);
        } elseif ($columns !== []) {
            $this->database->change('UPDATE {wc_order_stats} SET status = ? WHERE order_id = ?', [$to, $id]);
        }
    }

    private function forget()
    {
        $options = [];
        foreach (self::REMEMBERED as $name) {
            array_push($options, '_transient_' . $name, '_transient_timeout_' . $name);
        }
        $this->database->change('DELETE FROM {options} WHERE option_name IN (' . Database::places($options) . ')', $options);
    }
}

/**
 * Name and regular price of a simple product, with the price in force and its copy in the lookup table. A
 * variable product's name and prices stand in its variations too, and showing or hiding a product recounts
 * the whole catalogue: those are refused.
 */
final class WooCommerceProductChange
{
    const PRICES = ['_regular_price', '_sale_price', '_price'];

    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, WooCommerceSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function set(array $row): array
    {
        $id = $row['id'];
        $product = $this->database->row(
            'SELECT p.ID AS id, p.post_type, p.post_title, p.post_status, MD5(p.post_title) AS mark FROM {posts} p WHERE ' . WooCommerceProducts::REAL . ' AND p.ID = ?',
            [$id]
        );
        if ($product === null || $product['id'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        if (isset($row['active']) && ($row['active'] === '1') !== ($product['post_status'] === 'publish')) {
            return RecordRows::result($id, 'refused', [], 'catalogue');
        }
        $old = $this->cleaner->text($product['post_title'], 'name');
        $title = isset($row['name']) && $row['name'] !== $old ? htmlspecialchars($row['name'], ENT_NOQUOTES, 'UTF-8') : null;
        $prices = $this->prices($id);
        $price = isset($row['price']) && (!isset($prices['_regular_price']) || WooCommerceAmount::of($row['price']) !== WooCommerceAmount::of($prices['_regular_price'])) ? self::price($row['price']) : null;
        if ($title === null && $price === null) {
            return RecordRows::result($id, 'unchanged');
        }
        $reason = $this->reason($product, $title, $price, $prices);
        if ($reason !== '') {
            return RecordRows::result($id, 'refused', [], $reason);
        }
        if (!$this->write($product, $title, $price, $prices)) {
            return RecordRows::result($id, 'busy');
        }
        return RecordRows::result($id, 'done', array_filter(['name' => $title !== null ? $old : null, 'price' => $price !== null ? $prices['_regular_price'] : null], 'is_string'));
    }

    /** Its prices as stored; of a name that occurs twice nothing is known. */
    private function prices(string $id): array
    {
        $prices = [];
        $twice = [];
        $rows = $this->database->rows('SELECT meta_key, meta_value FROM {postmeta} WHERE post_id = ? AND meta_key IN (' . Database::places(self::PRICES) . ')', array_merge([$id], self::PRICES));
        foreach ($rows as $row) {
            if (isset($prices[$row['meta_key']])) {
                $twice[$row['meta_key']] = true;
            }
            $prices[$row['meta_key']] = (string) $row['meta_value'];
        }
        return array_diff_key($prices, $twice);
    }

    private function reason(array $product, $title, $price, array $prices): string
    {
        if ($title !== null && (trim($title) === '' || !(new TextRoom($this->database))->line('posts', 'post_title', $title))) {
            return 'value';
        }
        if (!$this->simple($product)) {
            return 'variants';
        }
        if ($price !== null) {
            $regular = isset($prices['_regular_price']) ? $prices['_regular_price'] : '';
            $sale = isset($prices['_sale_price']) ? $prices['_sale_price'] : '';
            $now = isset($prices['_price']) ? $prices['_price'] : '';
            // Never priced, priced by something else, or no more than the sale price, which the shop would drop.
            if ($regular === '' || $now === '' || ($now !== $regular && $now !== $sale) || ($sale !== '' && WooCommerceAmount::of($sale) >= WooCommerceAmount::of($price))) {
                return 'value';
            }
            $group = $this->database->row("SELECT post_id FROM {postmeta} WHERE meta_key = '_children' AND meta_value LIKE ? LIMIT 1", ['%i:' . $product['id'] . ';%']);
            if ($group !== null) {
                return 'group';
            }
        }
        return $this->database->row("SELECT webhook_id FROM {wc_webhooks} WHERE status = 'active' AND (topic LIKE 'product.%' OR topic LIKE 'action.%') LIMIT 1") !== null ? 'hooks' : '';
    }

    private function simple(array $product): bool
    {
        if ($product['post_type'] !== 'product') {
            return false;
        }
        $types = array_column($this->database->rows(
            "SELECT t.slug FROM {term_relationships} r JOIN {term_taxonomy} x ON x.term_taxonomy_id = r.term_taxonomy_id AND x.taxonomy = 'product_type' JOIN {terms} t ON t.term_id = x.term_id WHERE r.object_id = ?",
            [$product['id']]
        ), 'slug');
        return $types === [] || $types === ['simple'];
    }

    private function write(array $product, $title, $price, array $prices): bool
    {
        $id = $product['id'];
        $now = time();
        $local = str_replace('T', ' ', $this->settings->time()->localText(gmdate('Y-m-d\TH:i:s\Z', $now)));
        $this->database->begin();
        $post = $this->database->change(
            'UPDATE {posts} SET post_title = ?, post_modified = ?, post_modified_gmt = ? WHERE ID = ? AND MD5(post_title) = ? AND post_status = ?',
            [$title !== null ? $title : $product['post_title'], $local, gmdate('Y-m-d H:i:s', $now), $id, $product['mark'], $product['post_status']]
        );
        // Within one second a price alone leaves this row as it was.
        $there = $post === 1 || ($title === null && $this->database->row('SELECT ID FROM {posts} WHERE ID = ? AND MD5(post_title) = ? AND post_status = ?', [$id, $product['mark'], $product['post_status']]) !== null);
        if (!$there || ($price !== null && !$this->reprice($id, $price, $prices))) {
            $this->database->undo();
            return false;
        }
        $this->database->change("UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = '_product_version'", [$this->settings->get('woocommerce_version'), $id]);
        (new WooCommerceStockEffects($this->database, $this->settings))->forget([$id], false);
        $this->database->keep();
        return true;
    }

    /** The regular price, and where no sale is on the price in force with its copy. */
    private function reprice(string $id, string $price, array $prices): bool
    {
        $replace = "UPDATE {postmeta} SET meta_value = ? WHERE post_id = ? AND meta_key = ? AND COALESCE(meta_value, '') = ?";
        if ($this->database->change($replace, [$price, $id, '_regular_price', $prices['_regular_price']]) !== 1) {
            return false;
        }
        if (isset($prices['_sale_price']) && $prices['_sale_price'] !== '' && $prices['_price'] === $prices['_sale_price']) {
            return true;
        }
        if ($this->database->change($replace, [$price, $id, '_price', $prices['_price']]) !== 1) {
            return false;
        }
        WooCommerceStockEffects::lookup($this->database, 'UPDATE {wc_product_meta_lookup} SET min_price = CAST(? AS DECIMAL(19,4)), max_price = CAST(? AS DECIMAL(19,4)) WHERE product_id = ?', [$price, $price, $id]);
        return true;
    }

    private static function price(string $text): string
    {
        return (string) preg_replace('/^0+(?=[0-9])/', '', $text);
    }
}

/** WooCommerce: who it is, and which part answers what. */
final class WooCommerceShop implements Platform, RecordWriter
{
    /** @var Database */
    private $database;
    /** @var WooCommerceSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var string */
    private $root;

    public function __construct(Database $database, string $root)
    {
        $this->database = $database;
        $this->root = $root;
        $this->cleaner = new Cleaner();
        $this->settings = new WooCommerceSettings($database, $this->cleaner);
    }

    public static function access(string $root): array
    {
        return (new WooCommerceConfiguration($root))->access();
    }

    public function prove()
    {
        try {
            if ($this->settings->get('woocommerce_version') !== '') {
                return;
            }
        } catch (DatabaseError $error) {
            throw $this->database->withoutTables($error, 'woocommerce_order_items');
        }
        throw $this->database->elsewhere('woocommerce_order_items');
    }

    /** Where orders are kept, by the option as it is now. */
    private function store(): WooCommerceOrderStore
    {
        return $this->settings->orderTables() ? new WooCommerceOrderTables($this->database) : new WooCommerceOrderPosts($this->database, $this->settings->time());
    }

    /**
     * A persistent object cache keeps what it read of the database: a figure written past it would not be
     * seen by the shop, and could be written over with the old one. Its file lies in WordPress's content folder.
     */
    private function objectCache(): bool
    {
        return is_file($this->root . '/wp-content/object-cache.php') || is_file($this->root . '/app/object-cache.php');
    }

    public function hello(): array
    {
        $counts = $this->store()->counts();
        $others = $this->database->row(
            "SELECT (SELECT COUNT(*) FROM {posts} p WHERE p.post_type = 'product' AND p.post_status NOT IN ('trash', 'auto-draft')) AS products,"
            . ' (SELECT COUNT(*) FROM {shared:usermeta} WHERE meta_key = ? AND meta_value LIKE ?) AS customers, DATABASE() AS name, VERSION() AS version',
            [$this->database->prefix() . 'capabilities', '%customer%']
        );
        $time = $this->settings->time();
        return [
            'platform' => ShopProgram::NAME,
            'platform_version' => $this->settings->get('woocommerce_version'),
            'database_version' => (string) $others['version'],
            'shop' => [
                'name' => $this->cleaner->text($this->settings->get('blogname'), 'name'),
                'url' => $this->settings->get('home', $this->settings->get('siteurl')),
                'database' => hash('sha256', Deployment::BRIDGE_ID . "\n" . $others['name']),
            ],
            'capabilities' => [$this->objectCache() ? 'object_cache' : 'stock_write', $this->settings->orderTables() ? 'order_tables' : 'order_posts'],
            'stock_decimals' => $this->stockReader()->decimals(),
            'time_zone' => $time->name(),
            'time_zone_source' => $time->source(),
            'currency' => $this->settings->currency(),
            'counts' => [
                'orders' => (int) $counts['orders'],
                'abandoned' => (int) $counts['abandoned'],
                'products' => (int) $others['products'],
                'customers' => (int) $others['customers'],
            ],
        ];
    }

    public function lookups(): array
    {
        return (new WooCommerceLookups($this->database, $this->settings, $this->cleaner, $this->store()))->all();
    }

    private function orderReader(): WooCommerceOrders
    {
        return new WooCommerceOrders($this->database, $this->settings, $this->cleaner, $this->settings->time(), $this->store());
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
        return $this->orderReader()->idOf($number);
    }

    public function totals(string $from): array
    {
        $time = $this->settings->time();
        $utc = substr(str_replace('T', ' ', (string) $time->utc($from . ' 00:00:00')), 0, 19);
        $records = [];
        foreach ($this->store()->totals($utc, new WooCommerceDay($time, $utc)) as $row) {
            $records[] = ['day' => $row['day'], 'status_id' => WooCommerceSettings::statusCode((string) $row['status']), 'count' => (int) $row['n'], 'total' => WooCommerceAmount::normal($row['total'])];
        }
        return $records;
    }

    public function customers($since, $after, int $limit)
    {
        return (new WooCommerceCustomers($this->database, $this->settings, $this->cleaner))->page($since, $after, $limit);
    }

    public function products($since, $after, int $limit)
    {
        return (new WooCommerceProducts($this->database, $this->settings, $this->cleaner))->page($since, $after, $limit);
    }

    private function stockReader(): WooCommerceStock
    {
        return new WooCommerceStock($this->database, $this->settings, $this->cleaner);
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
        if ($this->objectCache()) {
            throw new Problem('unsupported', 'object-cache');
        }
        return $this->stockReader()->set($row);
    }

    /** Nothing behind the back of an object cache. */
    public function writes(): array
    {
        return $this->objectCache() ? [] : ['order_status_set', 'products_set'];
    }

    public function setOrderStatus(array $row): array
    {
        return (new WooCommerceStatusMove($this->database, $this->settings))->set($row);
    }

    public function setProduct(array $row): array
    {
        return (new WooCommerceProductChange($this->database, $this->settings, $this->cleaner))->set($row);
    }

    /** Not in `writes`: a name stands in the account, its address and the shop's reports. */
    public function setCustomer(array $row): array
    {
        throw new Problem('unsupported', 'customers_set');
    }
}

/** The shop program this file is built for. */
final class ShopProgram
{
    const NAME = 'woocommerce';

    /** Access to the database, in the one form Database takes. */
    public static function access(string $root): array
    {
        return WooCommerceShop::access($root);
    }

    public static function open(Database $database, string $root): Platform
    {
        return new WooCommerceShop($database, $root);
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

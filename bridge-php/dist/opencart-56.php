<?php
/*
 * Winkelbrug bridge. Put here by the Winkelbrug program of the owner of this shop, to bring orders
 * into the bookkeeping and stock figures back. It answers only requests signed with the key of this
 * very upload; anybody else sees a refusal. To remove it: "winkelbrug withdraw" on the owner's PC,
 * or delete this file and the table whose name ends in winkelbrug_state.
 */
namespace Winkelbrug\Bridge;

/** A failure after a right signature: a code and a place, never a text of PHP or the database. */
final class Problem extends \Exception
{
    /** @var string */
    private $place;

    public function __construct($code, $place = '')
    {
        parent::__construct($code);
        $this->place = $place;
    }

    public function place()
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

    public function __construct($number)
    {
        parent::__construct('database');
        $this->number = $number;
    }

    public function number()
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

    public function __construct($method, $body, $key, $time, $nonce, $signature, $address)
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
    public static function current()
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
    private static function server($name)
    {
        return isset($_SERVER[$name]) && is_string($_SERVER[$name]) ? $_SERVER[$name] : '';
    }

    public function digest()
    {
        return hash('sha256', $this->body);
    }
}

/** The list of addresses a file answers to: exact ones or CIDR blocks, IPv4 and IPv6. */
final class Addresses
{
    public static function allowed($list, $address)
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

    private static function matches($entry, $asked)
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
    private static function binary($address)
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
    public static function keyId()
    {
        $full = Deployment::VARIANT === 'ecdsa'
            ? hash('sha256', (string) hex2bin(Deployment::PUBLIC_KEY))
            : hash_hmac('sha256', 'WB1 keyid', Deployment::requestKey());
        return substr($full, 0, 32);
    }

    public static function signedBytes(Request $request)
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

    public static function holds(Request $request)
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
    public static function labelKey($label)
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

    private function __construct($decision)
    {
        $this->decision = $decision;
    }

    /** Decides on a request: file, shape, key, signature, address, time; in this order. */
    public static function decide(Request $request, $now)
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

    public function decision()
    {
        return $this->decision;
    }

    private static function wellFormed(Request $request)
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

    public function __construct(Request $request, $operation, $status = 200, $label = 'WB1 answer')
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

    public function records()
    {
        return $this->records;
    }

    /** Bytes so far. */
    public function bytes()
    {
        return $this->bytes;
    }

    /** Closes the answer. `$extra` may hold `next` and figures of that kind of answer. */
    public function end($more = false, $next = null, $error = null, array $extra = [])
    {
        $this->ended = true;
        $end = ['records' => $this->records, 'more' => $more, 'next' => $next, 'error' => $error] + $extra;
        $bytes = '{"end":' . self::json($end);
        $this->write($bytes);
        $this->send(',"mac":"' . hash_final($this->mac) . "\"}\n");
        $this->flush();
    }

    /** Ends with an error; what went before it is still counted. */
    public function fail($code, $place = '')
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

    private function write($bytes)
    {
        hash_update($this->mac, $bytes);
        $this->send($bytes);
    }

    private function send($bytes)
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
    public static function headers($status, $type)
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

    private static function json(array $value)
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

    public function has($name)
    {
        return isset($this->values[$name]);
    }

    /** A text of a given form; null when absent. */
    public function text($name, $form)
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
    public function moment($name)
    {
        return $this->text($name, self::MOMENT);
    }

    /** A number within bounds, or the default. */
    public function number($name, $default, $most)
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
    public function texts($name, $form, $most)
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
    public function position($name)
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
    public function rows($name, array $must, $most, array $may = [])
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

    private static function refused($code)
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

    public function driver()
    {
        return $this->pdo !== null ? 'pdo' : 'mysqli';
    }

    public function prefix()
    {
        return $this->prefix;
    }

    /** Makes this session unable to write; false where the server does not know how. */
    public function readOnly()
    {
        try {
            $this->change('SET SESSION TRANSACTION READ ONLY');
            return true;
        } catch (DatabaseError $error) {
            return false;
        }
    }

    /** Takes a lock that is the same for every bridge of this shop; it ends with the connection. */
    public function lock($name, $seconds)
    {
        $full = $name . ' ' . substr(hash('sha256', $this->name . "\n" . $this->prefix), 0, 32);
        $row = $this->row('SELECT GET_LOCK(?, ?) AS got', [$full, $seconds]);
        return $row !== null && $row['got'] === '1';
    }

    /**
     * Rows as name to text; `{name}` in the statement stands for a table of the shop, `{shared:name}` for
     * one that it has in common with other shops of the same installation.
     */
    public function rows($statement, array $values = [])
    {
        return $this->read($statement, $values, false);
    }

    /**
     * Of rows with two columns, an id and another one: the ids by the other one's, with commas between. For many
     * thousands of them: each row goes into its text as the server sends it, and none is kept besides.
     */
    public function idsBy($statement, array $values)
    {
        return $this->read($statement, $values, true);
    }

    private function read($statement, array $values, $ids)
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
    public function row($statement, array $values = [])
    {
        $rows = $this->rows($statement, $values);
        return $rows === [] ? null : $rows[0];
    }

    /**
     * What it means that a table of the shop is not there: its tables begin otherwise, or there are none.
     * `$table` is one that no other shop program has. Any other error is the answer itself.
     */
    public function withoutTables(DatabaseError $error, $table)
    {
        if ($error->number() !== DatabaseError::NO_SUCH_TABLE) {
            return $error;
        }
        return $this->elsewhere($table);
    }

    /** No shop under this prefix: is there one under another? */
    public function elsewhere($table)
    {
        $found = $this->row(
            'SELECT COUNT(*) AS n FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE ?',
            ['%' . str_replace('_', '\\_', $table)]
        );
        return new Problem($found !== null && (int) $found['n'] > 0 ? 'prefix-wrong' : 'not-a-shop');
    }

    /** Runs a statement that changes something; how many rows it changed. */
    public function change($statement, array $values = [])
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
    public static function places(array $values)
    {
        return implode(', ', array_fill(0, count($values), '?'));
    }

    private function named($statement)
    {
        return (string) preg_replace(['/\{([a-z_][a-z0-9_]*)\}/', '/\{shared:([a-z_]+)\}/'], ['`' . $this->prefix . '$1`', '`' . $this->shared . '$1`'], $statement);
    }

    private function pdoRows($sql, array $values, array &$rows, $ids)
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

    private function mysqliRows($sql, array $values, array &$rows, $ids)
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
    private static function fetched(\mysqli_result $result, array &$rows, $ids)
    {
        while (($row = $result->fetch_assoc()) !== null) {
            self::take($row, $rows, $ids);
        }
        $result->free();
    }

    private static function take(array $row, array &$rows, $ids)
    {
        if (!$ids) {
            $rows[] = self::text($row);
            return;
        }
        $id = (string) reset($row);
        $of = (string) next($row);
        $rows[$of] = isset($rows[$of]) ? $rows[$of] . ',' . $id : $id;
    }

    private function bound($sql, array $values)
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
    private static function text(array $row)
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
    public function take($nonce, $now)
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

    private function insertNonce($nonce, $now)
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
    public function reader($reader, $now)
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
    public function outcome($id)
    {
        $row = $this->database->row('SELECT content FROM {winkelbrug_state} WHERE id = ?', ['w:' . $id]);
        if ($row === null) {
            return null;
        }
        $content = json_decode((string) $row['content'], true);
        return is_array($content) ? $content : null;
    }

    /** Keeps the outcome of a write for seven days. */
    public function keep($id, array $outcome, $now)
    {
        $this->database->change(
            'REPLACE INTO {winkelbrug_state} (id, kept_until, content) VALUES (?, ?, ?)',
            ['w:' . $id, $now + self::OUTCOME_SECONDS, (string) json_encode($outcome)]
        );
    }

    public function drop()
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
    private static function bytes($text)
    {
        $units = ['k' => 1024, 'm' => 1048576, 'g' => 1073741824];
        $unit = strtolower(substr($text, -1));
        return min((float) PHP_INT_MAX, (float) (int) $text * (isset($units[$unit]) ? $units[$unit] : 1));
    }

    public function spent()
    {
        return microtime(true) - $this->start > $this->seconds || memory_get_usage(true) > $this->memory;
    }

    public function seconds()
    {
        return $this->seconds;
    }

    public function memory()
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
    public function __construct(Call $call, $limit)
    {
        $this->call = $call;
        $this->left = $limit;
    }

    /** Bytes that the shop may keep of one order: while it is read and made it takes several times as much. */
    public function room()
    {
        return min(self::MOST_ORDER, intdiv($this->call->budget->memory(), self::TIMES));
    }

    /** Takes a record; is there room for another? */
    public function give(array $record)
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
        $this->end(function (array $record) {
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
    public function remarks()
    {
        $remarks = array_values(array_unique($this->remarks));
        $this->remarks = [];
        return $remarks;
    }

    /** Notes something for the record that is being made. */
    public function remark($remark)
    {
        $this->remarks[] = $remark;
    }

    /** Notes which of these amounts are none (NULL, or no number): that is not nothing. */
    public function amounts(array $row, array $names, $of)
    {
        foreach ($names as $name) {
            if (!isset($row[$name]) || !is_numeric(trim((string) $row[$name]))) {
                $this->remarks[] = 'no_amount:' . $of . '.' . $name;
            }
        }
    }

    /** Text that OpenCart stored HTML-escaped (every form field passes `htmlspecialchars`). */
    public function text($value, $field, $lines = false)
    {
        return $this->plain(html_entity_decode($this->utf8((string) $value, $field), ENT_QUOTES | ENT_HTML401, 'UTF-8'), $lines);
    }

    /** Text that the shop stores as it was typed: tags and entities in it are the buyer's own letters. */
    public function verbatim($value, $field, $lines = false)
    {
        return $this->plain($this->utf8((string) $value, $field), $lines);
    }

    /** An object or list out of a JSON column; an empty one, with a remark, when it cannot be read. */
    public function json($value, $field)
    {
        $text = $this->utf8((string) $value, $field);
        $content = json_decode($text, true, 16);
        if (!is_array($content) && trim($text) !== '') {
            $this->remarks[] = 'unreadable:' . $field;
        }
        return is_array($content) ? $content : [];
    }

    private function plain($text, $lines)
    {
        $text = str_replace(["\r\n", "\r"], "\n", $text);
        $pattern = $lines ? '/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/' : '/[\x00-\x1f\x7f]/';
        return (string) preg_replace($pattern, $lines ? '' : ' ', $text);
    }

    /** Valid UTF-8 stays; anything else is read as Windows-1252, value by value. */
    private function utf8($value, $field)
    {
        if (preg_match('//u', $value) === 1) {
            return $value;
        }
        $this->remarks[] = 'latin1_repaired:' . $field;
        $text = '';
        for ($at = 0; $at < strlen($value); $at++) {
            $code = ord($value[$at]);
            $text .= $code < 0x80 ? $value[$at] : (array_key_exists($code, self::WINDOWS_1252) ? self::WINDOWS_1252[$code] : chr(0xc0 | ($code >> 6)) . chr(0x80 | ($code & 0x3f)));
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

    public function __construct($zone, $source)
    {
        try {
            $this->zone = new \DateTimeZone($zone);
            $this->source = $source;
        } catch (\Exception $error) {
            $this->zone = new \DateTimeZone('UTC');
            $this->source = 'unknown';
        }
    }

    public function name()
    {
        return $this->zone->getName();
    }

    public function source()
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
    public function localText($utc)
    {
        $moment = (new \DateTime($utc, new \DateTimeZone('UTC')))->getTimestamp();
        return str_replace(' ', 'T', self::local($moment, $this->offset($moment)));
    }

    /**
     * The local text from which on everything changed at or after that moment is found. Where the
     * clock goes back soon after, it is the time it goes back to: nothing of the repeated hour is
     * passed over.
     */
    public function localSince($utc)
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
    public function offsets($from)
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

    private function offset($moment)
    {
        return $this->zone->getOffset(new \DateTime('@' . $moment, new \DateTimeZone('UTC')));
    }

    private static function local($moment, $offset)
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

    public function __construct(array $tokens, $at, array $known, $environment)
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
    private function next($wanted)
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

    private function variable($name)
    {
        if (in_array(substr($name, 1), ['_ENV', '_SERVER'], true)) {
            $key = $this->next('[') ? $this->part() : null;
            return is_string($key) && $this->next(']') ? $this->surroundings($key) : $this->unknown();
        }
        return isset($this->known[$name]) ? $this->known[$name] : $this->unknown();
    }

    private function named($name)
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

    private function surroundings($key)
    {
        return $this->environment === null ? $this->unknown() : $this->environment->get($key);
    }

    /** The text of a quoted literal without variables in it. */
    public static function literal($quoted)
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
    public function __construct($source, $environment = null)
    {
        if (!function_exists('token_get_all')) {
            throw new Problem('unsupported', 'tokenizer');
        }
        $this->found = self::read($source, $environment);
    }

    /** Of a file of the shop; `$shown` is its name for the owner. */
    public static function ofFile($file, $shown, $environment = null)
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
    public function get($name)
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
    private static function read($source, $environment)
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
    public static function of($host, $port)
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
    public static function access($root);

    /** Is this the shop's database? Throws prefix-wrong or not-a-shop. */
    public function prove();

    /** What `hello` says of the shop. */
    public function hello();

    /** Names behind ids. */
    public function lookups();

    /** Gives heads in order of (stamp, id) from a moment or position on, at most $limit and until the page is full; so many are read at once. */
    public function orderHeads($since, $after, $limit, $atOnce, Page $page);

    /** Gives bodies of these ids until the page is full; the rows of so many are read at once. */
    public function orders(array $ids, $atOnce, Page $page);

    /** Id of the order with that number, or null. */
    public function orderId($number);

    /** Count and sum per local day and status from a local day on. */
    public function totals($from);

    /** In order of (stamp, id), as `orderHeads`. */
    public function customers($since, $after, $limit);

    /** In order of (stamp, id), as `orderHeads`. */
    public function products($since, $after, $limit);

    /** All levels in order of key from a key on; at most $limit. */
    public function stock($after, $limit);

    /** Levels of these keys. */
    public function stockOf(array $keys);

    /** Sets one row's stock by difference; one stock result. */
    public function setStock(array $row);
}

/** A platform that can also change orders, products or customers; which ones its capabilities say. */
interface RecordWriter
{
    /** Operations of `…_set` that are proven on this shop. */
    public function writes();

    /** Moves an order to another status (`id`, `status`, `comment`); one write result. */
    public function setOrderStatus(array $row);

    /** Changes a product (`id`, and of `name`, `price`, `active` what is to change); one write result. */
    public function setProduct(array $row);

    /** Changes a customer (`id`, and of `first_name`, `last_name`, `telephone` what is to change); one write result. */
    public function setCustomer(array $row);
}

/** Writes one row of a writing operation. Records are arrays as the protocol names them. */
interface RowWriter
{
    /** Writes the row; its result. */
    public function write(array $row);

    /** The result that stands while nobody knows what became of the row: the agent reads and tries again. */
    public function pending(array $row);
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
    public function holds($table, $column, $text)
    {
        $room = $this->column($table, $column);
        if ($room === null || !self::letters($text, (string) $room['letters']) || !self::letters($text, (string) $room['session'])) {
            return false;
        }
        $characters = preg_match_all('/./su', $text);
        return $characters !== false && $characters <= (int) $room['characters'] && strlen($text) <= (int) $room['bytes'];
    }

    /** One line of text, as a field of a form gives it. */
    public function line($table, $column, $text)
    {
        return preg_match('/[\r\n\t]/', $text) !== 1 && $this->holds($table, $column, $text);
    }

    private function column($table, $column)
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
    private static function letters($text, $set)
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

    public function __construct(RecordWriter $shop, $operation)
    {
        $this->shop = $shop;
        $this->operation = $operation;
    }

    public function write(array $row)
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

    public function pending(array $row)
    {
        return self::result($row['id'], 'busy');
    }

    /** A write result; `$before` has what was changed as it was. */
    public static function result($id, $outcome, array $before = [], $reason = '')
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

    private function __construct($text, $mend)
    {
        $this->text = $text;
        $this->mend = $mend;
    }

    /**
     * The array in a text; null when it holds anything else. With `$mend` a text whose length does not fit
     * ends at the next quote: an old column kept four-byte letters as question marks.
     */
    public static function values($text, $mend = false)
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

    private function value($depth)
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

    private function string($length)
    {
        $end = $this->mend && substr($this->text, $this->at + 1 + $length, 2) !== '";' ? strpos($this->text, '";', $this->at + 1) : false;
        $length = $end === false ? $length : $end - $this->at - 1;
        $value = (string) substr($this->text, $this->at + 1, $length);
        $whole = substr($this->text, $this->at, 1) === '"' && substr($this->text, $this->at + 1 + $length, 2) === '";';
        $this->at += $length + 3;
        return $whole ? $value : $this->broken();
    }

    private function items($count, $depth)
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

/** OpenCart's `config.php`. */
final class OpenCartConfiguration
{
    /** @var Constants */
    private $constants;

    public function __construct($root)
    {
        $this->constants = Constants::ofFile($root . '/' . Deployment::CONFIG_FILE, Deployment::CONFIG_FILE);
    }

    /** Access to the database, in the one form Database takes. */
    public function access()
    {
        // Very old forks say DB_HOST, DB_USER, DB_NAME.
        $user = $this->constants->first(['DB_USERNAME', 'DB_USER']);
        $database = $this->constants->first(['DB_DATABASE', 'DB_NAME']);
        $host = $this->constants->first(['DB_HOSTNAME', 'DB_HOST']);
        if ($user === null || $database === null || $host === null) {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE);
        }
        $prefix = Deployment::TABLE_PREFIX !== '' ? Deployment::TABLE_PREFIX : (string) $this->constants->first(['DB_PREFIX']);
        if (preg_match('/^[A-Za-z0-9_]*$/D', $prefix) !== 1) {
            throw new Problem('prefix-wrong', 'characters');
        }
        return DatabasePlace::of($host, (string) $this->constants->first(['DB_PORT'])) + [
            'user' => $user,
            'password' => (string) $this->constants->first(['DB_PASSWORD']),
            'database' => $database,
            'prefix' => $prefix,
            // As the shop itself connects, or its text would come doubled: OpenCart 2 and 3 with three-byte
            // utf8, 4 (which alone says what application it is) with all of it.
            'charset' => $this->constants->first(['APPLICATION', 'DIR_OPENCART']) !== null ? 'utf8mb4' : 'utf8',
        ] + ($this->encrypted() ? ['encrypted' => true] : []);
    }

    /** 4.1 holds certificates in these, as text; what stands in them need not be known to speak encrypted. */
    private function encrypted()
    {
        return $this->constants->get('DB_SSL_CA') . $this->constants->get('DB_SSL_CERT') . $this->constants->get('DB_SSL_KEY') !== '';
    }

    public function constant($name)
    {
        return $this->constants->get($name);
    }
}

/**
 * Which of the columns that came and went between OpenCart 2.0 and 4.1 this database has, asked of
 * the database itself: a version text says nothing of a shop that was upgraded halfway.
 */
final class OpenCartSchema
{
    /** Columns that some versions have and others do not; those of option values are extensions'. */
    const ASKED = [
        'order' => ['payment_code', 'subscription_id'],
        'order_product' => ['master_id'],
        'order_total' => ['extension'],
        'order_voucher' => ['order_id'],
        'order_subscription' => ['order_id'],
        'session' => ['session_id'],
        'event' => ['action', 'status'],
        'statistics' => ['code'],
        'product' => ['sku', 'ean', 'master_id'],
        'product_code' => ['value'],
        'product_option_value' => ['sku', 'ob_sku', 'model', 'ean'],
        'customer' => ['address_id'],
        'country' => ['name'],
        'zone' => ['name'],
    ];

    /** @var Database */
    private $database;
    /** @var array|null table and column => true */
    private $found;

    public function __construct(Database $database)
    {
        $this->database = $database;
    }

    public function has($table, $column)
    {
        if ($this->found === null) {
            $this->found = $this->ask();
        }
        return isset($this->found[$table . '.' . $column]);
    }

    private function ask()
    {
        $tables = [];
        $columns = [];
        foreach (self::ASKED as $table => $names) {
            $tables[$this->database->prefix() . $table] = $table;
            $columns = array_merge($columns, $names);
        }
        $columns = array_values(array_unique($columns));
        $rows = $this->database->rows(
            'SELECT table_name AS in_table, column_name AS in_column FROM information_schema.columns WHERE table_schema = DATABASE()'
            . ' AND table_name IN (' . Database::places($tables) . ') AND column_name IN (' . Database::places($columns) . ')',
            array_merge(array_keys($tables), $columns)
        );
        $found = [];
        foreach ($rows as $row) {
            // A server may keep table names in small letters whatever the prefix was.
            foreach ($tables as $name => $table) {
                if (strcasecmp((string) $name, $row['in_table']) === 0) {
                    $found[$table . '.' . strtolower($row['in_column'])] = true;
                }
            }
        }
        return $found;
    }

    /** Does the order's own date move with its status? No longer in 4.1, which put codes in a table and gave up gift vouchers. */
    public function datesStatus()
    {
        return !$this->has('product_code', 'value') && ($this->has('order_voucher', 'order_id') || !$this->variants());
    }

    /** OpenCart 4: a product may be a variant of another one. */
    public function variants()
    {
        return $this->has('product', 'master_id');
    }

    /** Expression for a code (`sku`, `ean`) of product `p`: a column up to 4.1.0, then a table of its own. */
    public function productCode($code)
    {
        $columns = ['sku' => 'p.sku', 'ean' => 'p.ean'];
        $kept = [
            'sku' => "(SELECT k.value FROM {product_code} k WHERE k.product_id = p.product_id AND UPPER(k.code) = 'SKU' ORDER BY k.product_code_id LIMIT 1)",
            'ean' => "(SELECT k.value FROM {product_code} k WHERE k.product_id = p.product_id AND UPPER(k.code) = 'EAN' ORDER BY k.product_code_id LIMIT 1)",
        ];
        if (!$this->has('product_code', 'value')) {
            return $columns[$code];
        }
        // 4.1.0.1 to 4.1.0.3 have both, and use the table.
        return $this->has('product', $code) ? "COALESCE(NULLIF($kept[$code], ''), $columns[$code])" : $kept[$code];
    }

    /** The column an extension added to option values for a code of their own; null in plain OpenCart. */
    public function optionCode()
    {
        foreach (['sku', 'ob_sku', 'model', 'ean'] as $column) {
            if ($this->has('product_option_value', $column)) {
                return $column;
            }
        }
        return null;
    }
}

/** Rows of OpenCart 4 may hold NULL where those of 2 and 3 hold an empty text or 0. */
final class OpenCartRow
{
    const NUMBERS = [
        'order_id', 'invoice_no', 'store_id', 'customer_id', 'customer_group_id', 'subscription_id', 'payment_country_id', 'shipping_country_id', 'country_id',
        'total', 'order_status_id', 'language_id', 'product_id', 'master_id', 'quantity', 'price', 'tax', 'value', 'sort_order', 'amount',
        'product_option_value_id', 'tax_class_id', 'subtract', 'status', 'notify',
    ];

    /** Amounts that no version leaves open: what is missing here is damage. */
    const AMOUNTS = ['total', 'price', 'quantity', 'value', 'amount'];

    /**
     * The row as OpenCart 2 and 3 would have it; `$text` are columns of those names that hold text here. An amount that
     * was missing is named in `no_amount`.
     */
    public static function filled(array $row, array $text = [])
    {
        foreach ($row as $name => $value) {
            if ($value === null) {
                if (in_array($name, self::AMOUNTS, true) && !in_array($name, $text, true)) {
                    $row['no_amount'] = $name;
                }
                $row[$name] = in_array($name, self::NUMBERS, true) && !in_array($name, $text, true) ? '0' : '';
            }
        }
        return $row;
    }
}

/**
 * The zone of the database's session, in which OpenCart 2 (and 3 up to 3.0.3) stores its times. The
 * server may only say `SYSTEM`; so it is told by how the server itself reads moments of winter,
 * summer and of the weeks in which Europe and America do not change their clocks together.
 */
final class OpenCartSessionZone
{
    /** One zone for each set of rules that differs. */
    const KNOWN = [
        'Europe/Amsterdam', 'Europe/London', 'Europe/Helsinki', 'America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles',
    ];

    public static function of(Database $database)
    {
        $year = gmdate('Y');
        $locals = [$year . '-01-15 12:00:00', $year . '-03-20 12:00:00', $year . '-07-15 12:00:00', $year . '-10-31 12:00:00'];
        $row = $database->row(
            'SELECT UNIX_TIMESTAMP(?) AS winter, UNIX_TIMESTAMP(?) AS march, UNIX_TIMESTAMP(?) AS summer, UNIX_TIMESTAMP(?) AS october, TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW()) AS minutes',
            $locals
        );
        if ($row === null) {
            return new ShopTime('UTC', 'unknown');
        }
        $moments = [(int) $row['winter'], (int) $row['march'], (int) $row['summer'], (int) $row['october']];
        foreach (self::KNOWN as $zone) {
            if (self::read($zone, $locals) === $moments) {
                return new ShopTime($zone, 'database');
            }
        }
        $minutes = (int) $row['minutes'];
        $away = abs($minutes);
        $hours = (int) (($away - $away % 60) / 60);
        return new ShopTime(sprintf('%s%02d:%02d', $minutes < 0 ? '-' : '+', $hours, $away % 60), 'database');
    }

    private static function read($zone, array $locals)
    {
        $moments = [];
        foreach ($locals as $local) {
            $moments[] = (new \DateTime($local, new \DateTimeZone($zone)))->getTimestamp();
        }
        return $moments;
    }
}

/** OpenCart's setting table and the names behind ids: read once a request. */
final class OpenCartSettings
{
    const STATUSES = 'SELECT order_status_id, language_id, name FROM {order_status} ORDER BY order_status_id, language_id';

    /** @var Database */
    private $database;
    /** @var Cleaner */
    private $cleaner;
    /** @var array|null */
    private $settings;
    /** @var array|null */
    private $statuses;
    /** @var array<string, array> */
    private $names = [];
    /** @var OpenCartSchema */
    private $schema;

    public function __construct(Database $database, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->cleaner = $cleaner;
        $this->schema = new OpenCartSchema($database);
    }

    /** What this version of the database has. */
    public function schema()
    {
        return $this->schema;
    }

    /** A setting of the main store, or the default. */
    public function get($key, $default = '')
    {
        if ($this->settings === null) {
            $this->settings = [];
            $wanted = "`key` IN ('config_name', 'config_timezone', 'config_currency', 'config_country_id', 'config_language', 'config_language_catalog', 'config_language_id',"
                . " 'config_order_status_id', 'config_processing_status', 'config_complete_status', 'config_url', 'config_tax') OR `key` LIKE '%\\_tax\\_class\\_id'";
            foreach ($this->database->rows("SELECT `key`, `value` FROM {setting} WHERE store_id = 0 AND ($wanted)") as $row) {
                $this->settings[$row['key']] = (string) $row['value'];
            }
        }
        return isset($this->settings[$key]) ? $this->settings[$key] : $default;
    }

    /** The default language's id; its setting got another name in 4.1. */
    public function language()
    {
        $code = $this->get('config_language', $this->get('config_language_catalog'));
        foreach ($this->languages() as $language) {
            if ($language['code'] === $code) {
                return $language['language_id'];
            }
        }
        $languages = $this->languages();
        return $languages === [] ? '1' : $languages[0]['language_id'];
    }

    public function languages()
    {
        return $this->kept('languages', 'SELECT language_id, name, code FROM {language} ORDER BY language_id');
    }

    public function languageCode($id)
    {
        foreach ($this->languages() as $language) {
            if ($language['language_id'] === $id) {
                return $language['code'];
            }
        }
        return '';
    }

    /** A query whose rows do not change within a request. */
    public function kept($name, $statement)
    {
        if (!isset($this->names[$name])) {
            $this->names[$name] = $this->database->rows($statement);
        }
        return $this->names[$name];
    }

    /** Status record of an id. */
    public function status($id)
    {
        if ($id === '0') {
            return ['id' => '0', 'name' => '', 'kind' => 'abandoned'];
        }
        $statuses = $this->statuses();
        return isset($statuses[$id]) ? $statuses[$id] : ['id' => $id, 'name' => '', 'kind' => 'other'];
    }

    /** All statuses by id, in the shop's default language. */
    public function statuses()
    {
        if ($this->statuses === null) {
            $this->statuses = [];
            $names = [];
            $default = $this->language();
            foreach ($this->kept('statuses', self::STATUSES) as $row) {
                $names[$row['order_status_id']][$row['language_id']] = $this->cleaner->text($row['name'], 'status');
            }
            foreach ($names as $id => $byLanguage) {
                $id = (string) $id;
                $name = isset($byLanguage[$default]) ? $byLanguage[$default] : (string) reset($byLanguage);
                $this->statuses[$id] = ['id' => $id, 'name' => $name, 'kind' => $this->kind($id, $byLanguage)];
            }
        }
        return $this->statuses;
    }

    /** Every status by every name it has, the default language's first: an owner may know it by either. */
    public function statusNames()
    {
        $records = array_values($this->statuses());
        $seen = [];
        foreach ($records as $record) {
            $seen[$record['id'] . ' ' . $record['name']] = true;
        }
        foreach ($this->kept('statuses', self::STATUSES) as $row) {
            $name = $this->cleaner->text($row['name'], 'status');
            if (!isset($seen[$row['order_status_id'] . ' ' . $name])) {
                $seen[$row['order_status_id'] . ' ' . $name] = true;
                $records[] = ['name' => $name] + $this->status($row['order_status_id']);
            }
        }
        return $records;
    }

    /**
     * What a status means. OpenCart has no flags for cancelled or refunded, and its demo settings
     * count Pending among the processing ones: first the names OpenCart is delivered with and shops
     * commonly give (English and Dutch), then the shop's own two lists. OpenCart keeps no payments: a
     * name that says anywhere that none came goes before what else it says, unless the order is off.
     * Goods that came back are no money back.
     */
    private function kind($id, array $names)
    {
        $known = [
            'cancelled' => '/^(cancell?ed( by .*|\W+(unpaid|not paid|no payment).*)?$|voided|expired|geannuleerd|ongeldig|verlopen|vervallen)|^(order|bestelling|betaling|payment) (is )?(geannuleerd|vervallen|verlopen|cancell?ed|expired)/i',
            'failed' => '/^(denied|failed|geweigerd|mislukt|afgewezen)|^(betaling|payment|order|bestelling) (is )?(mislukt|geweigerd|afgewezen|failed|denied|declined)/i',
            'pending' => '/^(pending|awaiting|on hold|in afwachting|in de wacht)'
                . '|\b(niet (volledig |geheel |helemaal )?betaald|onbetaald|nog te betalen|(wacht|wachten|wachtend|afwachting) (nog )?(op|van) (de )?betaling'
                . '|betaling (is )?(nog )?niet (ontvangen|binnen)|geen betaling|unpaid|not (yet |fully )?paid|(await(ing|s)|wait(ing|s) for|pending|no) payment|payment (is )?(pending|not (yet )?received))/i',
            'refunded' => '/^(refunded|reversed|chargeback|terugbetaald|teruggestort|teruggedraaid|gecrediteerd|credited)'
                . '|^(deels|gedeeltelijk|partially|partly|(order|bestelling|betaling|volledig|fully)( is)?) (terugbetaald|teruggestort|gecrediteerd|refunded)/i',
            'complete' => '/^(complete|shipped|delivered|compleet|voltooid|verzonden|afgeleverd|afgerond|bezorgd|geleverd|opgehaald|afgehandeld)/i',
            'processing' => '/^(process|paid|canceled reversal|cancelled reversal|in behandeling|verwerkt|betaald|betaling ontvangen|payment received|annulering teruggedraaid)/i',
        ];
        foreach ($known as $kind => $pattern) {
            foreach ($names as $name) {
                if (preg_match($pattern, $name) === 1) {
                    return $kind;
                }
            }
        }
        if (in_array($id, $this->idsIn('config_complete_status'), true)) {
            return 'complete';
        }
        if (in_array($id, $this->idsIn('config_processing_status'), true)) {
            return 'processing';
        }
        return $id === $this->get('config_order_status_id') ? 'pending' : 'other';
    }

    private function idsIn($key)
    {
        $text = $this->get($key, '[]');
        $list = Serialised::values($text);
        $list = $list !== null ? $list : json_decode($text, true);
        return is_array($list) ? array_map('strval', array_filter($list, 'is_scalar')) : [];
    }

    /** Products that others are variants of (OpenCart 4), as id => true. */
    public function masters()
    {
        if (!$this->schema->variants()) {
            return [];
        }
        return array_fill_keys(array_column($this->kept('masters', 'SELECT DISTINCT master_id FROM {product} WHERE master_id > 0'), 'master_id'), true);
    }

    /** Tax class {id, name} or null when there is no such class. */
    public function taxClass($id)
    {
        if ($id === '0' || $id === '') {
            return ['id' => '0', 'name' => ''];
        }
        foreach ($this->kept('classes', 'SELECT tax_class_id, title FROM {tax_class} ORDER BY tax_class_id') as $row) {
            if ($row['tax_class_id'] === $id) {
                return ['id' => $id, 'name' => $this->cleaner->text($row['title'], 'tax_class')];
            }
        }
        return null;
    }

    /** The tax class the settings give a total or shipping module; null when they name none. */
    public function moduleTaxClass($family, $module)
    {
        foreach ([$family . '_' . $module . '_tax_class_id', $module . '_tax_class_id'] as $key) {
            if ($this->get($key, 'none') !== 'none') {
                return $this->taxClass($this->get($key));
            }
        }
        return null;
    }

    /** Rate {rate, kind} behind a tax row's title, or null. */
    public function rateNamed($title)
    {
        $found = null;
        foreach ($this->rates() as $row) {
            if ($this->cleaner->text($row['name'], 'tax_rate') === $title) {
                $rate = ['rate' => $row['rate'], 'kind' => $row['type'] === 'F' ? 'fixed' : 'percent'];
                if ($found !== null && $found !== $rate) {
                    return null;
                }
                $found = $rate;
            }
        }
        return $found;
    }

    public function rates()
    {
        return $this->kept('rates', 'SELECT tax_rate_id, geo_zone_id, name, rate, type FROM {tax_rate} ORDER BY tax_rate_id');
    }

    public function country($id)
    {
        foreach ($this->kept('countries', 'SELECT country_id, iso_code_2 FROM {country}') as $row) {
            if ($row['country_id'] === $id) {
                return $row['iso_code_2'];
            }
        }
        return '';
    }

    public function group($id)
    {
        $name = '';
        $language = $this->language();
        foreach ($this->kept('groups', 'SELECT customer_group_id, language_id, name FROM {customer_group_description} ORDER BY customer_group_id') as $row) {
            if ($row['customer_group_id'] === $id && ($name === '' || $row['language_id'] === $language)) {
                $name = $this->cleaner->text($row['name'], 'group');
            }
        }
        return ['id' => $id, 'name' => $name];
    }

    /** Custom fields {id, name, value} out of what an order or customer has of them; choice values by their names. */
    public function customFields($stored)
    {
        $values = Serialised::values((string) $stored);
        $values = $values !== null ? $values : $this->cleaner->json($stored, 'custom_field');
        // A guest's fields may stand one step deeper, under the place of the form they were asked in.
        foreach (['account', 'address'] as $place) {
            if (isset($values[$place]) && is_array($values[$place])) {
                $values = $values[$place] + $values;
                unset($values[$place]);
            }
        }
        $fields = [];
        foreach ($values as $id => $value) {
            $parts = [];
            foreach (is_array($value) ? $value : [$value] as $part) {
                if (is_scalar($part) && (string) $part !== '') {
                    $parts[] = $this->customValue((string) $id, (string) $part);
                }
            }
            if ($parts !== []) {
                $fields[] = ['id' => (string) $id, 'name' => $this->customName((string) $id), 'value' => implode(', ', $parts)];
            }
        }
        return $fields;
    }

    private function customName($id)
    {
        $name = '';
        $language = $this->language();
        foreach ($this->kept('fields', 'SELECT custom_field_id, language_id, name FROM {custom_field_description} ORDER BY custom_field_id') as $row) {
            if ($row['custom_field_id'] === $id && ($name === '' || $row['language_id'] === $language)) {
                $name = $this->cleaner->text($row['name'], 'custom_field');
            }
        }
        return $name;
    }

    private function customValue($field, $value)
    {
        $language = $this->language();
        $statement = 'SELECT custom_field_id, custom_field_value_id, language_id, name FROM {custom_field_value_description} ORDER BY custom_field_value_id';
        foreach ($this->kept('field_values', $statement) as $row) {
            if ($row['custom_field_id'] === $field && $row['custom_field_value_id'] === $value && $row['language_id'] === $language) {
                return $this->cleaner->text($row['name'], 'custom_field');
            }
        }
        return $this->cleaner->text($value, 'custom_field', true);
    }
}

/** VAT and Chamber of Commerce numbers among a shop's own fields, told by the field's name. */
final class OpenCartNumbers
{
    public static function vat(array $fields)
    {
        return self::named($fields, '/\b(btw|vat|tva|mwst|ust-?id|umsatzsteuer)/i');
    }

    public static function chamber(array $fields)
    {
        return self::named($fields, '/\b(kvk|k\.v\.k|chamber of comm|kamer van koophandel|handelsregister|coc\b)/i');
    }

    private static function named(array $fields, $pattern)
    {
        foreach ($fields as $field) {
            if (preg_match($pattern, $field['name']) === 1 && trim($field['value']) !== '') {
                return trim($field['value']);
            }
        }
        return null;
    }
}

/** What is stored of OpenCart's orders, read in bulk: a statement an order only where one's texts are very long. */
final class OpenCartOrderRows
{
    const COLUMNS = 'order_id, invoice_no, invoice_prefix, store_id, store_name, customer_id, customer_group_id, firstname, lastname, email, telephone, custom_field,'
        . ' payment_firstname, payment_lastname, payment_company, payment_address_1, payment_address_2, payment_city, payment_postcode, payment_country, payment_country_id, payment_zone, payment_custom_field, payment_method,'
        . ' shipping_firstname, shipping_lastname, shipping_company, shipping_address_1, shipping_address_2, shipping_city, shipping_postcode, shipping_country, shipping_country_id, shipping_zone, shipping_custom_field, shipping_method,'
        . ' comment, total, order_status_id, language_id, currency_code, currency_value, date_added, date_modified';

    /** Those of them that may be long. */
    const LONG = ['custom_field', 'payment_custom_field', 'payment_method', 'shipping_custom_field', 'shipping_method', 'comment'];

    /**
     * Lines with their options below them. Options have no index in most shops, lines none in old ones, so
     * that a join would compare each line with each option of the shop; one below the other both are gone
     * through once. A line comes before its options.
     */
    const LINES = 'SELECT p.order_id, p.order_product_id, p.product_id, p.name, p.model, p.quantity, p.price, p.total, p.tax,'
        . ' NULL AS order_option_id, NULL AS product_option_value_id, NULL AS option_name, NULL AS option_value, NULL AS option_type'
        . ' FROM {order_product} p WHERE p.order_id IN (%1$s)'
        . ' UNION ALL SELECT o.order_id, o.order_product_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL,'
        . ' o.order_option_id, o.product_option_value_id, o.name, LEFT(o.value, 4000), o.type FROM {order_option} o WHERE o.order_id IN (%1$s)'
        . ' ORDER BY order_product_id, order_option_id';

    /** The columns of one line and of one option as `LINES` has them, for reading them by key. */
    const LINE = 'order_id, order_product_id, product_id, name, model, quantity, price, total, tax';
    const OPTION = 'order_id, order_product_id, order_option_id, product_option_value_id, name, LEFT(value, 4000) AS value, type';
    const ENTRY = 'order_id, order_history_id, order_status_id, notify, LEFT(comment, 4000) AS comment, date_added';

    /** Tables of orders' rows of which some, in all versions or in old ones, have no index by order; their keys. */
    const KEYS = ['order_product' => 'order_product_id', 'order_option' => 'order_option_id', 'order_history' => 'order_history_id'];

    /** Keys named in one statement; an order that has more rows than this is read by itself. */
    const KEYS_AT_ONCE = 5000;

    /** Longer lists than this MariaDB turns into a table, which it may then read first. */
    const IN_A_LIST = 900;

    /**
     * Totals with gift cards sold below them, in one statement since a poll asks for them each time. Each has
     * columns of its own: the two tables may differ in their character set.
     */
    const TOTALS = 'SELECT 0 AS is_card, order_id, %2$s code, title, value, sort_order, order_total_id AS part, NULL AS description, NULL AS amount FROM {order_total} WHERE order_id IN (%1$s)';
    const CARDS = ' UNION ALL SELECT 1, order_id, %3$s NULL, NULL, NULL, NULL, order_voucher_id, description, amount FROM {order_voucher} WHERE order_id IN (%1$s)';

    const NEVER = "TIMESTAMP('1970-01-01 00:00:00')";

    /** @var Database */
    private $database;
    /** @var OpenCartSchema */
    private $schema;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, OpenCartSchema $schema, ShopTime $time)
    {
        $this->database = $database;
        $this->schema = $schema;
        $this->time = $time;
    }

    /** Orders changed since then, with the `stamp` they are ordered by; of their long texts as `of` has them. */
    public function changed($since, $limit, $room)
    {
        return array_map([OpenCartRow::class, 'filled'], $this->inOrder($this->columns(intdiv($room, max(1, $limit))), $since, null, $limit));
    }

    /** Ids and stamps of orders changed since then or after that place. */
    public function places($since, $after, $limit)
    {
        return $this->inOrder('order_id', $since, $after, $limit);
    }

    private function inOrder($columns, $since, $after, $limit)
    {
        $since = $since === null ? null : $this->time->localSince($since);
        $from = '{order}';
        $where = ['1 = 1'];
        $values = [];
        // An import tool may leave date_modified at zero.
        $stamp = 'GREATEST(date_added, date_modified)';
        if ($this->schema->variants()) {
            // 4.1 leaves an order's own date alone when only its status changes; the history has the moment.
            $notes = '1 = 1';
            $floor = max((string) $since, $after === null ? '' : $after['stamp']);
            if ($floor !== '') {
                $notes = 'date_added >= ?';
                $values[] = $floor;
            }
            $from .= ' LEFT JOIN (SELECT order_id AS noted_order, MAX(date_added) AS noted FROM {order_history} WHERE ' . $notes . ' GROUP BY order_id) n ON n.noted_order = order_id';
            $stamp = 'GREATEST(COALESCE(date_added, ' . self::NEVER . '), COALESCE(date_modified, ' . self::NEVER . '), COALESCE(noted, ' . self::NEVER . '))';
        }
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = $since;
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND order_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        return $this->database->rows(
            'SELECT ' . $columns . ', ' . $stamp . ' AS stamp FROM ' . $from . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, order_id LIMIT ' . $limit,
            $values
        );
    }

    /**
     * With `bytes`, what the order's long texts take together; where that is more than `$share` it comes without them
     * and is `cut`: as many orders as are read at once fit in memory.
     */
    private function columns($share)
    {
        $bytes = implode(' + ', array_map(function ($column) {
            return 'COALESCE(LENGTH(' . $column . '), 0)';
        }, self::LONG));
        $columns = [];
        foreach (explode(', ', self::COLUMNS) as $column) {
            $columns[] = in_array($column, self::LONG, true) ? 'IF(' . $bytes . ' > ' . $share . ', NULL, ' . $column . ') AS ' . $column : $column;
        }
        return $bytes . ' AS bytes, ' . $bytes . ' > ' . $share . ' AS cut, ' . implode(', ', $columns)
            . ($this->schema->has('order', 'payment_code') ? ', payment_code, shipping_code' : '')
            . ($this->schema->has('order', 'subscription_id') ? ', subscription_id' : '');
    }

    /** These orders, in the order of their ids; `whole` and `tooLarge` say of each what its long texts are. */
    public function of(array $ids, $room)
    {
        $columns = $this->columns(intdiv($room, max(1, count($ids))));
        $rows = $this->database->rows('SELECT ' . $columns . ' FROM {order} WHERE order_id IN (' . Database::places($ids) . ') ORDER BY order_id', $ids);
        return array_map([OpenCartRow::class, 'filled'], $rows);
    }

    /** That row, read again alone where it is cut and there is room for its long texts; null where the order is gone by now. */
    public function whole(array $row, $room)
    {
        if ($row['cut'] !== '1' || (int) $row['bytes'] > $room) {
            return $row;
        }
        $again = $this->of([$row['order_id']], $room);
        return $again === [] ? null : $again[0];
    }

    /** The size of an order that is too large for this room, or null; takes what tells it out of the row. */
    public static function tooLarge(array &$row, $room)
    {
        $bytes = (int) $row['bytes'];
        unset($row['bytes'], $row['cut']);
        return $bytes > $room ? $bytes : null;
    }

    /**
     * Keys of the rows of many orders, by table and order, with commas between: a table without an index by order
     * is gone through once for all of them, wherever their rows are, and then read by key, a few orders at a time.
     * In `last`, the highest key each table had before: what the shop adds from here on is above it.
     */
    public function keys(array $ids, array $tables)
    {
        $in = implode(' OR ', array_map(function (array $some) {
            return 'order_id IN (' . Database::places($some) . ')';
        }, array_chunk($ids, self::IN_A_LIST)));
        $keys = ['last' => []];
        foreach ($tables as $table) {
            $keys['last'][$table] = (string) $this->database->row('SELECT COALESCE(MAX(' . self::KEYS[$table] . '), 0) AS last FROM {' . $table . '}')['last'];
            $keys[$table] = $this->database->idsBy('SELECT ' . self::KEYS[$table] . ', order_id FROM {' . $table . '} WHERE ' . $in . ' ORDER BY ' . self::KEYS[$table], $ids);
        }
        return $keys;
    }

    /**
     * Rows of these orders by the keys found before and those added since, by order. An order of which rows are gone
     * by now, since an edit gives its lines new keys, is not among them but its id is in `$again`.
     */
    private function byKey($table, $columns, array $ids, array $keys, array &$again)
    {
        // First: where an edit comes in between, its order's old rows are gone next, and the order is read again.
        $added = $this->added($table, $columns, $ids, $keys['last'][$table]);
        $lists = [[]];
        $counts = [];
        foreach ($ids as $id) {
            $own = isset($keys[$table][$id]) ? explode(',', $keys[$table][$id]) : [];
            $counts[$id] = count($own);
            if ($counts[$id] > self::KEYS_AT_ONCE) {
                continue;
            }
            if (count($lists[0]) + $counts[$id] > self::KEYS_AT_ONCE) {
                array_unshift($lists, []);
            }
            $lists[0] = array_merge($lists[0], $own);
        }
        $rows = [];
        foreach (array_filter($lists) as $list) {
            $statement = 'SELECT ' . $columns . ' FROM {' . $table . '} WHERE ' . self::KEYS[$table] . ' IN (' . Database::places($list) . ') ORDER BY ' . self::KEYS[$table];
            foreach ($this->database->rows($statement, $list) as $row) {
                $rows[$row['order_id']][$row[self::KEYS[$table]]] = $row;
            }
        }
        foreach ($counts as $id => $count) {
            $own = isset($rows[$id]) ? $rows[$id] : [];
            if ($count !== count($own)) {
                $again[$id] = (string) $id;
                unset($rows[$id]);
            } elseif (isset($added[$id])) {
                // Some may have been there when the keys were looked for.
                $rows[$id] = $own + $added[$id];
            }
        }
        return array_map('array_values', $rows);
    }

    /** Rows of these orders above that key, by order and key: few, at the end of the table. */
    private function added($table, $columns, array $ids, $last)
    {
        $key = self::KEYS[$table];
        $orders = [];
        $statement = 'SELECT ' . $columns . ' FROM {' . $table . '} WHERE ' . $key . ' > ? AND order_id IN (' . Database::places($ids) . ') ORDER BY ' . $key;
        foreach ($ids === [] ? [] : $this->database->rows($statement, array_merge([$last], $ids)) as $row) {
            $orders[$row['order_id']][$row[$key]] = $row;
        }
        return $orders;
    }

    /** Lines and options of these orders, by kind and order. */
    private function goods(array $ids)
    {
        $goods = ['products' => [], 'options' => []];
        foreach ($this->byOrder(self::LINES, $ids, 2) as $id => $rows) {
            foreach ($rows as $row) {
                if ($row['order_option_id'] === null) {
                    $goods['products'][$id][] = array_slice($row, 0, 9, true);
                } else {
                    $goods['options'][$id][] = [
                        'order_id' => $row['order_id'], 'order_product_id' => $row['order_product_id'], 'order_option_id' => $row['order_option_id'],
                        'product_option_value_id' => $row['product_option_value_id'],
                        'name' => $row['option_name'], 'value' => $row['option_value'], 'type' => $row['option_type'],
                    ];
                }
            }
        }
        return $goods;
    }

    private function goodsByKey(array $ids, array $keys)
    {
        $again = [];
        $goods = [
            'products' => $this->byKey('order_product', self::LINE, $ids, $keys, $again),
            'options' => $this->byKey('order_option', self::OPTION, $ids, $keys, $again),
        ];
        foreach ($goods['options'] as $id => $rows) {
            $places = [];
            foreach ($rows as $row) {
                $places[] = (int) $row['order_product_id'];
            }
            // By line, and as they were entered within one.
            array_multisort($places, SORT_NUMERIC, array_keys($rows), $rows);
            $goods['options'][$id] = $rows;
        }
        foreach ($again === [] ? [] : $this->goods(array_values($again)) as $kind => $orders) {
            $goods[$kind] = $orders + array_diff_key($goods[$kind], $again);
        }
        return $goods;
    }

    /**
     * What makes these orders what they are, by order id; a poll asks it each time, so in few statements.
     * `$keys` are those of their rows, and maybe of others, where they were found before.
     */
    public function parts(array $ids, $keys = null)
    {
        $parts = $keys === null ? $this->goods($ids) : $this->goodsByKey($ids, $keys);
        foreach ($parts['products'] as $id => $rows) {
            $parts['products'][$id] = array_map([OpenCartRow::class, 'filled'], $rows);
        }
        foreach ($parts['options'] as $id => $rows) {
            $lines = isset($parts['products'][$id]) ? array_column($parts['products'][$id], null, 'order_product_id') : [];
            $own = [];
            foreach ($rows as $row) {
                if (isset($lines[$row['order_product_id']])) {
                    $own[] = OpenCartRow::filled($row, ['value']);
                }
            }
            $parts['options'][$id] = $own;
        }
        return $parts + $this->totals($ids);
    }

    /** Totals and gift cards sold. */
    private function totals(array $ids)
    {
        $extension = $this->schema->has('order_total', 'extension') ? 'extension,' : '';
        $cards = $this->schema->has('order_voucher', 'order_id');
        $statement = sprintf(self::TOTALS . ($cards ? self::CARDS : '') . ' ORDER BY sort_order, part', '%1$s', $extension, $extension === '' ? '' : 'NULL,');
        $parts = ['totals' => [], 'vouchers' => []];
        foreach ($this->byOrder($statement, $ids, $cards ? 2 : 1) as $id => $rows) {
            foreach ($rows as $row) {
                if ($row['is_card'] === '1') {
                    $parts['vouchers'][$id][] = OpenCartRow::filled(['order_id' => $row['order_id'], 'order_voucher_id' => $row['part'], 'description' => $row['description'], 'amount' => $row['amount']]);
                } else {
                    unset($row['is_card'], $row['part'], $row['description'], $row['amount']);
                    $parts['totals'][$id][] = OpenCartRow::filled($row);
                }
            }
        }
        return $parts;
    }

    /** Entries of these orders' history, by order id; by `$keys` where they were found before. */
    public function history(array $ids, $keys = null)
    {
        $again = array_combine($ids, $ids);
        $rows = [];
        if ($keys !== null) {
            $again = [];
            $rows = $this->byKey('order_history', self::ENTRY, $ids, $keys, $again);
        }
        $rows += $this->byOrder('SELECT ' . self::ENTRY . ' FROM {order_history} WHERE order_id IN (%1$s) ORDER BY order_history_id', array_values($again));
        return self::filled($rows);
    }

    /** Subscription terms by line id; 4.0.2 on. */
    public function subscriptions(array $ids)
    {
        if (!$this->schema->has('order_subscription', 'order_id')) {
            return [];
        }
        $found = [];
        $statement = 'SELECT order_id, order_product_id, trial_status, trial_price, trial_frequency, trial_cycle, trial_duration, price, frequency, cycle, duration'
            . ' FROM {order_subscription} WHERE order_id IN (%1$s) ORDER BY order_subscription_id';
        foreach (self::filled($this->byOrder($statement, $ids)) as $rows) {
            foreach ($rows as $row) {
                $found[$row['order_product_id']] = $row;
            }
        }
        return $found;
    }

    private static function filled(array $orders)
    {
        foreach ($orders as $id => $rows) {
            $orders[$id] = array_map([OpenCartRow::class, 'filled'], $rows);
        }
        return $orders;
    }

    /** Rows by order; `$times` is how often the statement has the list of ids. */
    private function byOrder($statement, array $ids, $times = 1)
    {
        $orders = [];
        $values = $times === 1 ? $ids : array_merge(...array_fill(0, $times, $ids));
        foreach ($ids === [] ? [] : $this->database->rows(sprintf($statement, Database::places($ids)), $values) as $row) {
            $orders[$row['order_id']][] = $row;
        }
        return $orders;
    }

    /** What the products on these lines are today, by id; one statement. */
    public function productsNow(array $lines)
    {
        $ids = [];
        foreach ($lines as $rows) {
            foreach ($rows as $row) {
                $ids[$row['product_id']] = $row['product_id'];
            }
        }
        $found = [];
        if ($ids !== []) {
            $statement = 'SELECT p.product_id, ' . $this->schema->productCode('sku') . ' AS sku, ' . $this->schema->productCode('ean') . ' AS ean, p.tax_class_id'
                . ' FROM {product} p WHERE p.product_id IN (' . Database::places($ids) . ')';
            foreach ($this->database->rows($statement, array_values($ids)) as $row) {
                $found[$row['product_id']] = OpenCartRow::filled($row);
            }
        }
        return $found;
    }

    /** Codes that an extension gave to option values, by value id; one statement, none in plain OpenCart. */
    public function optionCodes(array $options)
    {
        $ids = [];
        foreach ($options as $rows) {
            foreach ($rows as $row) {
                if ($row['product_option_value_id'] !== '0') {
                    $ids[$row['product_option_value_id']] = $row['product_option_value_id'];
                }
            }
        }
        $column = $ids === [] ? null : $this->schema->optionCode();
        $codes = [];
        if ($column !== null) {
            $statement = 'SELECT product_option_value_id, `' . $column . '` AS code FROM {product_option_value} WHERE product_option_value_id IN (' . Database::places($ids) . ')';
            foreach ($this->database->rows($statement, array_values($ids)) as $row) {
                if ((string) $row['code'] !== '') {
                    $codes[$row['product_option_value_id']] = $row['code'];
                }
            }
        }
        return $codes;
    }
}

/** OpenCart's orders, 2.0 to 4.1: heads in order of change, and bodies. */
final class OpenCartOrders
{
    /** Orders that are read whole at once, before it is known whether there are more. */
    const FEW = 50;
    const NO_TIME = '1970-01-01T00:00:00Z';
    /** A cent in ten-thousandths. */
    const CENT = 100;

    /** The codes of OpenCart's own totals; any other is a third party's. */
    const KINDS = [
        'sub_total' => 'sub_total', 'shipping' => 'shipping', 'tax' => 'tax', 'coupon' => 'discount', 'voucher' => 'gift_card', 'reward' => 'reward',
        'credit' => 'store_credit', 'handling' => 'fee', 'low_order_fee' => 'fee', 'klarna_fee' => 'fee', 'total' => 'total',
    ];

    /** Those that are what they are called whoever computes them. */
    const STRUCTURE = ['sub_total', 'shipping', 'tax', 'total'];

    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;
    /** @var OpenCartOrderRows */
    private $rows;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
        $this->rows = new OpenCartOrderRows($database, $settings->schema(), $time);
    }

    /**
     * Heads from a moment (UTC) or position on, in order of change. There is no index on the moment
     * of change, so each statement reads the whole table. A poll that finds little is done with one;
     * when there is more, and on later pages, ids first and what the hash needs in parts.
     */
    public function heads($since, $after, $limit, $atOnce, Page $page)
    {
        if ($after === null) {
            $few = min($limit, self::FEW);
            $rows = $this->rows->changed($since, $few, $page->room());
            $found = count($rows);
            if (!$this->giveHeads($rows, null, $page) || $found < $few) {
                return;
            }
            $after = ['stamp' => $rows[$found - 1]['stamp'], 'id' => $rows[$found - 1]['order_id']];
            $limit -= $few;
            unset($rows);
        }
        $places = $this->rows->places($since, $after, $limit);
        $keys = count($places) > $atOnce ? $this->rows->keys(array_column($places, 'order_id'), ['order_product', 'order_option']) : null;
        foreach (array_chunk($places, $atOnce) as $some) {
            $rows = array_column($this->rows->of(array_column($some, 'order_id'), $page->room()), null, 'order_id');
            $ordered = [];
            foreach ($some as $place) {
                if (isset($rows[$place['order_id']])) {
                    $ordered[] = $rows[$place['order_id']] + ['stamp' => $place['stamp']];
                }
            }
            if (!$this->giveHeads($ordered, $keys, $page)) {
                return;
            }
        }
    }

    /** Is there room for more? */
    private function giveHeads(array $rows, $keys, Page $page)
    {
        $parts = $this->rows->parts(array_column($rows, 'order_id'), $keys);
        foreach ($rows as $row) {
            $stamp = $row['stamp'];
            unset($row['stamp']);
            $row = $this->rows->whole($row, $page->room());
            if ($row === null) {
                continue;
            }
            $large = OpenCartOrderRows::tooLarge($row, $page->room());
            $hash = $large === null ? self::hash($row, $parts) : self::hashOfLarge($row, $large);
            if (!$page->give(['id' => $row['order_id'], 'changed_at' => $this->moment($stamp), 'stamp' => $stamp, 'hash' => $hash])) {
                return false;
            }
        }
        return true;
    }

    /**
     * Bodies of these ids, in the order of their ids within those read at once, each given as soon as it is
     * made. What has no index is gone through once for all of them.
     */
    public function bodies(array $ids, $atOnce, Page $page)
    {
        $keys = count($ids) > $atOnce ? $this->rows->keys($ids, array_keys(OpenCartOrderRows::KEYS)) : null;
        foreach (array_chunk($ids, $atOnce) as $some) {
            if (!$this->giveBodies($some, $keys, $page)) {
                return;
            }
        }
    }

    private function giveBodies(array $ids, $keys, Page $page)
    {
        $rows = $this->rows->of($ids, $page->room());
        $parts = $this->rows->parts($ids, $keys);
        $parts['history'] = $this->rows->history($ids, $keys);
        $parts['subscriptions'] = $this->rows->subscriptions($ids);
        $products = $this->rows->productsNow($parts['products']);
        $codes = $this->rows->optionCodes($parts['options']);
        foreach ($rows as $row) {
            $row = $this->rows->whole($row, $page->room());
            if ($row === null) {
                continue;
            }
            $large = OpenCartOrderRows::tooLarge($row, $page->room());
            try {
                $body = $large === null ? $this->body($row, $parts, $products, $codes)
                    : ['id' => $row['order_id'], 'number' => $row['order_id'], 'hash' => self::hashOfLarge($row, $large), 'too_large' => $large];
            } catch (\Exception $error) {
                // One order that cannot be read does not keep the others away.
                $body = ['id' => $row['order_id'], 'hash' => self::hash($row, $parts), 'remarks' => ['unreadable:line ' . $error->getLine()]];
            } catch (\Throwable $error) {
                // One order that cannot be read does not keep the others away.
                $body = ['id' => $row['order_id'], 'hash' => self::hash($row, $parts), 'remarks' => ['unreadable:line ' . $error->getLine()]];
            }
            if (!$page->give($body)) {
                return false;
            }
        }
        return true;
    }

    /** Stands for the content of an order that was not read whole: another as soon as it is of another size. */
    private static function hashOfLarge(array $row, $size)
    {
        return hash('sha256', 'too large ' . $row['order_id'] . ' ' . $size);
    }

    private function moment($local)
    {
        return (string) ($this->time->utc($local) ?: self::NO_TIME);
    }

    /** When it changed: the later of its own dates, and in OpenCart 4 of its newest note. */
    private function changed(array $row, array $parts)
    {
        $moments = [(string) $row['date_added'], (string) $row['date_modified']];
        if ($this->settings->schema()->variants()) {
            $moments = array_merge($moments, array_column(self::of($parts, 'history', $row['order_id']), 'date_added'));
        }
        return $this->moment(max($moments));
    }

    private static function of(array $parts, $name, $id)
    {
        return isset($parts[$name][$id]) ? $parts[$name][$id] : [];
    }

    /**
     * Over what is stored of the order itself. Line ids are left out, since an edit gives new ones:
     * an option belongs to the first, second, … line. A later moment of change alone is no change,
     * nor is a note in the history: what it did to the order stands in the order.
     */
    private static function hash(array $row, array $parts)
    {
        $id = $row['order_id'];
        unset($row['date_modified']);
        $content = array_values($row);
        $lines = array_flip(array_column(self::of($parts, 'products', $id), 'order_product_id'));
        foreach (['products', 'options', 'totals', 'vouchers'] as $name) {
            foreach (self::of($parts, $name, $id) as $part) {
                $line = isset($part['order_product_id'], $lines[$part['order_product_id']]) ? $lines[$part['order_product_id']] : '';
                unset($part['order_product_id'], $part['order_option_id'], $part['order_voucher_id']);
                array_push($content, $name, $line, ...array_values($part));
            }
        }
        $text = '';
        foreach ($content as $value) {
            $text .= strlen((string) $value) . ':' . $value . ';';
        }
        return hash('sha256', $text);
    }

    private function body(array $row, array $parts, array $products, array $codes)
    {
        $id = $row['order_id'];
        $this->cleaner->remarks();
        $this->missing($row, $parts);
        $payment = $this->method($row, 'payment');
        $shipping = $this->method($row, 'shipping');
        $ships = $shipping['code'] !== '' || $shipping['title'] !== '';
        // OpenCart 4 does not ask for a payment address unless told to; then there is the delivery address.
        $payer = $ships && self::isBlank($row, 'payment_') ? 'shipping_' : 'payment_';
        $fields = $this->settings->customFields($row['custom_field']);
        $record = [
            'id' => $id,
            'number' => $id,
            'hash' => self::hash($row, $parts),
            'store' => ['id' => $row['store_id'], 'name' => $this->cleaner->text($row['store_name'], 'store_name')],
            'placed_at' => $this->moment($row['date_added']),
            'placed_local' => str_replace(' ', 'T', (string) $row['date_added']),
            'changed_at' => $this->changed($row, $parts),
            'status' => $this->settings->status($row['order_status_id']),
            'language' => $this->settings->languageCode($row['language_id']),
            'money' => $this->money($row),
            'customer' => $this->customer($row, $fields, $this->settings->customFields($row[$payer . 'custom_field'])),
            'invoice_address' => $this->address($row, $payer),
            'delivery_address' => $ships ? $this->address($row, 'shipping_') : null,
            'payment' => ['code' => $payment['code'], 'title' => $payment['title']],
            'shipping' => $ships ? ['code' => $shipping['code'], 'title' => $shipping['title']] : null,
            'comment' => $this->cleaner->text($row['comment'], 'comment', true),
            // OpenCart keeps the number of an invoice and no day of it.
            'invoice_date' => null,
            'invoice_number' => $row['invoice_no'] === '0' ? null : $this->cleaner->text($row['invoice_prefix'], 'invoice_prefix') . $row['invoice_no'],
            'shop_reference' => null,
            'lines' => $this->lines($id, $parts, $products, $codes),
            'gift_cards' => $this->giftCards($id, $parts),
            'totals' => $this->totalRows($row, $parts, $shipping),
            'total' => $row['total'],
            'history' => $this->history($id, $parts),
            'custom_fields' => isset($row['subscription_id']) && $row['subscription_id'] !== '0' ? [['id' => 'subscription_id', 'name' => 'Subscription', 'value' => $row['subscription_id']]] : [],
        ];
        $record['remarks'] = $this->cleaner->remarks();
        return $record;
    }

    /** Notes amounts that are missing of the order, its lines, its totals and its gift cards. */
    private function missing(array $row, array $parts)
    {
        $rows = ['order' => [$row], 'line' => self::of($parts, 'products', $row['order_id']), 'total' => self::of($parts, 'totals', $row['order_id']), 'gift_card' => self::of($parts, 'vouchers', $row['order_id'])];
        foreach ($rows as $of => $some) {
            foreach (array_column($some, 'no_amount') as $name) {
                $this->cleaner->remark('no_amount:' . $of . '.' . $name);
            }
        }
    }

    /** Code and title of a method: columns of their own, or (4.0.2 on) JSON; `class` is the tax class shipping was charged with. */
    private function method(array $row, $part)
    {
        $text = trim($row[$part . '_method']);
        $content = [];
        if (strncmp($text, '{', 1) === 0) {
            $content = $this->cleaner->json($text, $part . '_method');
            $text = '';
        } elseif (in_array($text, ['[]', 'null', '""'], true)) {
            $text = '';
        }
        $own = isset($row[$part . '_code']) ? $row[$part . '_code'] : '';
        $code = self::told($content, 'code');
        $name = self::told($content, 'name');
        return [
            'code' => $code !== '' ? $code : $own,
            'title' => $this->cleaner->text($name !== '' ? $name : $text, $part . '_method'),
            'class' => self::told($content, 'tax_class_id'),
        ];
    }

    private static function told(array $content, $name)
    {
        return isset($content[$name]) && is_scalar($content[$name]) ? (string) $content[$name] : '';
    }

    private static function isBlank(array $row, $part)
    {
        foreach (['firstname', 'lastname', 'company', 'address_1', 'city', 'postcode', 'country'] as $column) {
            if (trim($row[$part . $column]) !== '') {
                return false;
            }
        }
        return true;
    }

    private function money(array $row)
    {
        $rate = (float) $row['currency_value'] > 0 ? $row['currency_value'] : '1';
        return [
            'code' => $this->settings->get('config_currency', 'EUR'),
            'order_code' => $row['currency_code'],
            'rate' => $rate,
            'order_total' => number_format(round((float) $row['total'] * (float) $rate, 2), 2, '.', ''),
        ];
    }

    private function customer(array $row, array $fields, array $more)
    {
        $all = array_merge($fields, $more);
        return [
            'id' => $row['customer_id'] === '0' ? null : $row['customer_id'],
            'group' => $this->settings->group($row['customer_group_id']),
            'first_name' => $this->cleaner->text($row['firstname'], 'firstname'),
            'last_name' => $this->cleaner->text($row['lastname'], 'lastname'),
            'email' => $this->cleaner->text($row['email'], 'email'),
            'telephone' => $this->cleaner->text($row['telephone'], 'telephone'),
            'vat_number' => OpenCartNumbers::vat($all),
            'chamber_of_commerce' => OpenCartNumbers::chamber($all),
            'custom_fields' => $fields,
        ];
    }

    private function address(array $row, $part)
    {
        $texts = ['first_name' => 'firstname', 'last_name' => 'lastname', 'company' => 'company', 'line1' => 'address_1', 'line2' => 'address_2', 'postcode' => 'postcode', 'city' => 'city', 'zone' => 'zone'];
        $address = [];
        foreach ($texts as $name => $column) {
            $address[$name] = $this->cleaner->text($row[$part . $column], $part . $column);
        }
        if ($address['first_name'] === '' && $address['last_name'] === '' && $address['company'] === '') {
            // Nothing but the buyer's own name is known, as with a download bought without any address.
            $address['first_name'] = $this->cleaner->text($row['firstname'], 'firstname');
            $address['last_name'] = $this->cleaner->text($row['lastname'], 'lastname');
        }
        $address['country'] = $this->settings->country($row[$part . 'country_id']);
        $address['country_name'] = $this->cleaner->text($row[$part . 'country'], $part . 'country');
        $address['custom_fields'] = $this->settings->customFields($row[$part . 'custom_field']);
        return $address;
    }

    private function lines($id, array $parts, array $products, array $codes)
    {
        $lines = [];
        foreach (self::of($parts, 'products', $id) as $row) {
            $now = isset($products[$row['product_id']]) ? $products[$row['product_id']] : null;
            $lines[] = [
                'id' => $row['order_product_id'],
                'product_id' => $row['product_id'] === '0' ? null : $row['product_id'],
                'code' => $this->cleaner->text($row['model'], 'model'),
                'sku' => $now !== null && $now['sku'] !== '' ? $this->cleaner->text($now['sku'], 'sku') : null,
                'ean' => $now !== null && $now['ean'] !== '' ? $this->cleaner->text($now['ean'], 'ean') : null,
                'name' => $this->cleaner->text($row['name'], 'name'),
                'quantity' => $row['quantity'],
                'price' => $row['price'],
                'tax' => $row['tax'],
                'total' => $row['total'],
                'tax_class' => $now !== null ? $this->settings->taxClass($now['tax_class_id']) : null,
                'options' => $this->options($row['order_product_id'], self::of($parts, 'options', $id), $codes),
                'custom_fields' => isset($parts['subscriptions'][$row['order_product_id']]) ? [self::subscription($parts['subscriptions'][$row['order_product_id']])] : [],
            ];
        }
        return $lines;
    }

    /** The terms of a subscription as one field: what is charged how often, and how many times (0: without end). */
    private static function subscription(array $row)
    {
        $terms = $row['price'] . ' / ' . $row['cycle'] . ' ' . $row['frequency'] . ' / ' . $row['duration'];
        if ($row['trial_status'] === '1') {
            $terms = $row['trial_price'] . ' / ' . $row['trial_cycle'] . ' ' . $row['trial_frequency'] . ' / ' . $row['trial_duration'] . ', ' . $terms;
        }
        return ['id' => 'subscription', 'name' => 'Subscription', 'value' => $terms];
    }

    private function options($line, array $rows, array $codes)
    {
        $options = [];
        foreach ($rows as $row) {
            if ($row['order_product_id'] === $line) {
                $value = $row['product_option_value_id'];
                $options[] = [
                    'name' => $this->cleaner->text($row['name'], 'option'),
                    'value' => $this->cleaner->text($row['value'], 'option', true),
                    'kind' => $row['type'],
                    'value_id' => $value === '0' ? null : $value,
                    'code' => isset($codes[$value]) ? $this->cleaner->text($codes[$value], 'option_code') : null,
                ];
            }
        }
        return $options;
    }

    private function giftCards($id, array $parts)
    {
        $cards = [];
        foreach (self::of($parts, 'vouchers', $id) as $row) {
            $cards[] = ['id' => $row['order_voucher_id'], 'description' => $this->cleaner->text($row['description'], 'voucher'), 'amount' => $row['amount']];
        }
        return $cards;
    }

    private function totalRows(array $order, array $parts, array $shipping)
    {
        $rows = [];
        foreach (self::of($parts, 'totals', $order['order_id']) as $row) {
            $code = $row['code'];
            $kind = self::kind($code, isset($row['extension']) ? $row['extension'] : '');
            $title = $this->cleaner->text($row['title'], 'total');
            $class = null;
            if ($kind === 'shipping') {
                $class = $shipping['class'] !== '' ? $this->settings->taxClass($shipping['class']) : $this->settings->moduleTaxClass('shipping', explode('.', $shipping['code'])[0]);
            } elseif ($kind === 'fee' || $kind === 'other') {
                $class = $this->settings->moduleTaxClass('total', $code);
            }
            $rows[] = [
                'code' => $code,
                'kind' => $kind,
                'title' => $title,
                'amount' => $row['value'],
                'rate' => $kind === 'tax' ? $this->settings->rateNamed($title) : null,
                'tax_class' => $class,
            ];
        }
        return self::withoutSums($rows, $order, $parts);
    }

    /**
     * Themes and extensions show sums among the rows ("Total excl. VAT", "of which VAT"), which the shop does
     * not count. A row of nobody's code is one when it is such a sum and the total closes without it only.
     */
    private static function withoutSums(array $rows, array $order, array $parts)
    {
        $id = $order['order_id'];
        $counted = self::units(array_merge(array_column(self::of($parts, 'products', $id), 'total'), array_column(self::of($parts, 'vouchers', $id), 'amount')));
        $taxes = self::units(array_column(array_filter($rows, function (array $row) {
            return $row['kind'] === 'tax';
        }), 'amount'));
        $total = self::units([$order['total']]);
        $all = $counted;
        $sums = [];
        foreach ($rows as $index => $row) {
            $amount = self::units([$row['amount']]);
            if (in_array($row['kind'], ['sub_total', 'total'], true) || abs($amount) < self::CENT) {
                continue;
            }
            $all += $amount;
            $near = array_filter([$counted, $taxes, $total, $total - $taxes], function ($sum) use ($amount) {
                return abs($sum - $amount) < self::CENT;
            });
            if ($row['kind'] === 'other' && $near !== []) {
                $sums[$index] = $amount;
            } else {
                $counted += $amount;
            }
        }
        if (abs($all - $total) >= self::CENT && abs($all - array_sum($sums) - $total) < self::CENT) {
            foreach (array_keys($sums) as $index) {
                $rows[$index]['kind'] = 'sub_total';
            }
        }
        return $rows;
    }

    /**
     * What these amounts come to in whole ten-thousandths, as OpenCart keeps them: an integer, and where those have
     * 32 bits PHP goes on with a number that holds a whole of this size exactly too.
     */
    private static function units(array $amounts)
    {
        $sum = 0;
        foreach ($amounts as $amount) {
            if (preg_match('/^(-?)([0-9]{1,11})(?:\.([0-9]*))?$/D', (string) $amount, $part) === 1) {
                $sum += ($part[1] . $part[2] . substr(str_pad(isset($part[3]) ? $part[3] : '', 4, '0'), 0, 4)) + 0;
            }
        }
        return $sum;
    }

    /** OpenCart 4 says whose extension a total is: another's `coupon` need not be a coupon. */
    private static function kind($code, $extension)
    {
        $own = $extension === '' || $extension === 'opencart' || in_array($code, self::STRUCTURE, true);
        return $own && array_key_exists($code, self::KINDS) ? self::KINDS[$code] : 'other';
    }

    private function history($id, array $parts)
    {
        $entries = [];
        foreach (self::of($parts, 'history', $id) as $row) {
            $entries[] = [
                'at' => $this->moment($row['date_added']),
                'status' => $this->settings->status($row['order_status_id']),
                'comment' => $this->cleaner->text($row['comment'], 'history', true),
                'notified' => $row['notify'] === '1',
            ];
        }
        return $entries;
    }
}

/** The names behind OpenCart's ids. */
final class OpenCartLookups
{
    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function all()
    {
        return [
            'order_statuses' => $this->settings->statusNames(),
            'payment_methods' => $this->methods('payment'),
            'shipping_methods' => $this->methods('shipping'),
            'tax_classes' => $this->classes(),
            'tax_rates' => $this->rates(),
            'languages' => $this->named($this->settings->languages(), 'code', 'name'),
            'stores' => $this->stores(),
            'customer_groups' => $this->groups(),
            'country' => $this->settings->country($this->settings->get('config_country_id')),
        ];
    }

    private function named(array $rows, $id, $name)
    {
        $named = [];
        foreach ($rows as $row) {
            $named[] = ['id' => $row[$id], 'name' => $this->cleaner->text($row[$name], $name)];
        }
        return $named;
    }

    /** Methods seen on orders, with one of the titles used, and those that are installed. */
    private function methods($kind)
    {
        $columns = [
            'payment' => 'SELECT payment_code AS code, MAX(payment_method) AS title FROM {order} WHERE payment_code <> \'\' GROUP BY payment_code ORDER BY payment_code',
            'shipping' => 'SELECT shipping_code AS code, MAX(shipping_method) AS title FROM {order} WHERE shipping_code <> \'\' GROUP BY shipping_code ORDER BY shipping_code',
        ];
        // As OpenCart writes its JSON; old database servers have no function for it.
        $json = [
            'payment' => 'SELECT SUBSTRING_INDEX(SUBSTRING_INDEX(payment_method, \'"code":"\', -1), \'"\', 1) AS code, MAX(payment_method) AS title'
                . ' FROM {order} WHERE payment_method LIKE \'%"code":"%\' GROUP BY 1 ORDER BY 1',
            'shipping' => 'SELECT SUBSTRING_INDEX(SUBSTRING_INDEX(shipping_method, \'"code":"\', -1), \'"\', 1) AS code, MAX(shipping_method) AS title'
                . ' FROM {order} WHERE shipping_method LIKE \'%"code":"%\' GROUP BY 1 ORDER BY 1',
        ];
        if ($this->settings->schema()->has('order', 'payment_code')) {
            $methods = $this->named($this->database->rows($columns[$kind]), 'code', 'title');
        } else {
            $methods = [];
            foreach ($this->database->rows($json[$kind]) as $row) {
                $content = $this->cleaner->json($row['title'], $kind . '_method');
                $name = isset($content['name']) && is_string($content['name']) ? $content['name'] : $row['code'];
                $methods[] = ['id' => $row['code'], 'name' => $this->cleaner->text($name, $kind . '_method')];
            }
        }
        $seen = [];
        foreach ($methods as $method) {
            $seen[explode('.', $method['id'])[0]] = true;
        }
        foreach ($this->database->rows('SELECT code FROM {extension} WHERE type = ? ORDER BY code', [$kind]) as $row) {
            if (!isset($seen[$row['code']])) {
                $methods[] = ['id' => $row['code'], 'name' => $row['code']];
            }
        }
        return $methods;
    }

    private function classes()
    {
        $rates = [];
        foreach ($this->database->rows('SELECT tax_class_id, tax_rate_id FROM {tax_rule} ORDER BY tax_class_id, priority, tax_rule_id') as $row) {
            $rates[$row['tax_class_id']][] = $row['tax_rate_id'];
        }
        $classes = [['id' => '0', 'name' => '', 'rate_ids' => []]];
        foreach ($this->settings->kept('classes', 'SELECT tax_class_id, title FROM {tax_class} ORDER BY tax_class_id') as $row) {
            $id = $row['tax_class_id'];
            $classes[] = ['id' => $id, 'name' => $this->cleaner->text($row['title'], 'tax_class'), 'rate_ids' => isset($rates[$id]) ? $rates[$id] : []];
        }
        return $classes;
    }

    private function rates()
    {
        $countries = [];
        foreach ($this->database->rows('SELECT DISTINCT z.geo_zone_id, c.iso_code_2 FROM {zone_to_geo_zone} z JOIN {country} c ON c.country_id = z.country_id ORDER BY c.iso_code_2') as $row) {
            $countries[$row['geo_zone_id']][] = $row['iso_code_2'];
        }
        $rates = [];
        foreach ($this->settings->rates() as $row) {
            $zone = $row['geo_zone_id'];
            $rates[] = [
                'id' => $row['tax_rate_id'],
                'name' => $this->cleaner->text($row['name'], 'tax_rate'),
                'rate' => $row['rate'],
                'kind' => $row['type'] === 'F' ? 'fixed' : 'percent',
                'countries' => isset($countries[$zone]) ? $countries[$zone] : [],
            ];
        }
        return $rates;
    }

    private function stores()
    {
        $main = ['id' => '0', 'name' => $this->cleaner->text($this->settings->get('config_name'), 'store')];
        return array_merge([$main], $this->named($this->database->rows('SELECT store_id, name FROM {store} ORDER BY store_id'), 'store_id', 'name'));
    }

    private function groups()
    {
        $groups = [];
        foreach ($this->database->rows('SELECT customer_group_id FROM {customer_group} ORDER BY customer_group_id') as $row) {
            $groups[] = $this->settings->group($row['customer_group_id']);
        }
        return $groups;
    }
}

/** OpenCart's customer accounts. They carry no moment of change: their day of joining orders them. */
final class OpenCartCustomers
{
    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, $limit)
    {
        $stamp = 'COALESCE(c.date_added, ' . OpenCartOrderRows::NEVER . ')';
        $where = ['1 = 1'];
        $values = [$this->settings->language(), $this->settings->language()];
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = $this->time->localSince($since);
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND c.customer_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $schema = $this->settings->schema();
        // Which address is the default one stood with the customer up to 3.0, and stands with the address from 4.0 on.
        $address = $schema->has('customer', 'address_id') ? 'c.address_id'
            : '(SELECT MIN(x.address_id) FROM {address} x WHERE x.customer_id = c.customer_id AND x.`default` = 1)';
        // 4.1 has names of countries and zones by language.
        $zone = $schema->has('zone', 'name') ? '{zone} z ON z.zone_id = a.zone_id AND 0 < ?' : '{zone_description} z ON z.zone_id = a.zone_id AND z.language_id = ?';
        $country = $schema->has('country', 'name') ? '{country} k ON k.country_id = a.country_id AND 0 < ?' : '{country_description} k ON k.country_id = a.country_id AND k.language_id = ?';
        $rows = $this->database->rows(
            'SELECT c.customer_id, c.customer_group_id, c.firstname, c.lastname, c.email, c.telephone, c.custom_field, c.status, ' . $stamp . ' AS stamp,'
            . ' a.address_id, a.firstname AS a_firstname, a.lastname AS a_lastname, a.company AS a_company, a.address_1 AS a_address_1, a.address_2 AS a_address_2,'
            . ' a.city AS a_city, a.postcode AS a_postcode, a.country_id, a.custom_field AS a_custom_field, z.name AS a_zone, k.name AS a_country'
            . ' FROM {customer} c LEFT JOIN {address} a ON a.address_id = ' . $address . ' LEFT JOIN ' . $zone . ' LEFT JOIN ' . $country
            . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, c.customer_id LIMIT ' . $limit,
            $values
        );
        return array_map([$this, 'record'], $rows);
    }

    private function record(array $row)
    {
        $addressed = $row['address_id'] !== null;
        $row = OpenCartRow::filled($row);
        $fields = $this->settings->customFields($row['custom_field']);
        return [
            'id' => $row['customer_id'],
            'changed_at' => (string) ($this->time->utc($row['stamp']) ?: OpenCartOrders::NO_TIME),
            'stamp' => $row['stamp'],
            'customer' => [
                'id' => $row['customer_id'],
                'group' => $this->settings->group($row['customer_group_id']),
                'first_name' => $this->cleaner->text($row['firstname'], 'firstname'),
                'last_name' => $this->cleaner->text($row['lastname'], 'lastname'),
                'email' => $this->cleaner->text($row['email'], 'email'),
                'telephone' => $this->cleaner->text($row['telephone'], 'telephone'),
                'vat_number' => OpenCartNumbers::vat($fields),
                'chamber_of_commerce' => OpenCartNumbers::chamber($fields),
                'custom_fields' => $fields,
            ],
            'address' => !$addressed ? null : [
                'first_name' => $this->cleaner->text($row['a_firstname'], 'firstname'),
                'last_name' => $this->cleaner->text($row['a_lastname'], 'lastname'),
                'company' => $this->cleaner->text($row['a_company'], 'company'),
                'line1' => $this->cleaner->text($row['a_address_1'], 'address_1'),
                'line2' => $this->cleaner->text($row['a_address_2'], 'address_2'),
                'postcode' => $this->cleaner->text($row['a_postcode'], 'postcode'),
                'city' => $this->cleaner->text($row['a_city'], 'city'),
                'zone' => $this->cleaner->text($row['a_zone'], 'zone'),
                'country' => $this->settings->country($row['country_id']),
                'country_name' => $this->cleaner->text($row['a_country'], 'country'),
                'custom_fields' => $this->settings->customFields($row['a_custom_field']),
            ],
            'active' => $row['status'] === '1',
        ];
    }
}

/** A shop that keeps stock figures of several kinds of records, each by a letter. */
interface StockLevels
{
    /** Levels of one kind: of these ids, or where that is null of those after an id. */
    public function levels($kind, $ids, $after, $limit);
}

/** Keys of stock figures (`p:42`): a letter for what kind of record it is, and its id. */
final class StockKeys
{
    /** The ids of one kind among these keys. */
    public static function ids(array $keys, $kind)
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
    public static function of(StockLevels $shop, array $kinds, array $keys)
    {
        $levels = [];
        foreach ($kinds as $kind) {
            $levels = array_merge($levels, $shop->levels($kind, self::ids($keys, $kind), null, count($keys)));
        }
        return $levels;
    }

    /** A page of all: one kind after the other, each in order of id. */
    public static function page(StockLevels $shop, array $kinds, $after, $limit)
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
 * OpenCart's stock: `product.quantity`, and `product_option_value.quantity` beside it, each kept
 * only where `subtract` says so. Most tables are MyISAM, so there is no transaction to lean on: a
 * figure is written only where it is still the one just read.
 */
final class OpenCartStock implements StockLevels
{
    /** Products, then option values. */
    const KINDS = ['p', 'o'];
    const TRIES = 20;
    const SMALLEST = -99999999;
    const LARGEST = 99999999;

    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    /** Levels of these keys. */
    public function of(array $keys)
    {
        return StockKeys::of($this, self::KINDS, $keys);
    }

    /** A page of all. */
    public function page($after, $limit)
    {
        return StockKeys::page($this, self::KINDS, $after, $limit);
    }

    public function levels($kind, $ids, $after, $limit)
    {
        return $kind === 'p' ? $this->products($ids, $after, $limit) : $this->values($ids, $after, $limit);
    }

    private function products($ids, $after, $limit)
    {
        if ($ids === []) {
            return [];
        }
        $where = $ids !== null ? 'p.product_id IN (' . Database::places($ids) . ')' : 'p.product_id > ?';
        $rows = $this->database->rows(
            'SELECT p.product_id, p.model, ' . $this->settings->schema()->productCode('sku') . ' AS sku, p.quantity, p.subtract, d.name FROM {product} p LEFT JOIN {product_description} d ON d.product_id = p.product_id AND d.language_id = ?'
            . ' WHERE ' . $where . ' ORDER BY p.product_id LIMIT ' . $limit,
            array_merge([$this->settings->language()], $ids !== null ? $ids : [$after])
        );
        $masters = $this->settings->masters();
        $levels = [];
        foreach (array_map([OpenCartRow::class, 'filled'], $rows) as $row) {
            $levels[] = [
                'key' => 'p:' . $row['product_id'],
                'code' => $this->cleaner->text($row['model'], 'model'),
                'sku' => $row['sku'] === '' || $row['sku'] === $row['model'] ? null : $this->cleaner->text($row['sku'], 'sku'),
                'name' => $this->cleaner->text($row['name'], 'name'),
                'quantity' => $row['quantity'],
                // A master's figure follows its variants' sales; theirs are the ones to set.
                'tracked' => $row['subtract'] === '1' && !isset($masters[$row['product_id']]),
                'parent' => null,
            ];
        }
        return $levels;
    }

    /** Option levels of these products, by product id. */
    public function optionLevels(array $products)
    {
        $levels = [];
        if ($products !== []) {
            foreach ($this->valueRows('v.product_id IN (' . Database::places($products) . ')', $products, 100000) as $row) {
                $levels[$row['product_id']][] = $this->level($row);
            }
        }
        return $levels;
    }

    private function values($ids, $after, $limit)
    {
        if ($ids === []) {
            return [];
        }
        $where = $ids !== null ? 'v.product_option_value_id IN (' . Database::places($ids) . ')' : 'v.product_option_value_id > ?';
        return array_map([$this, 'level'], $this->valueRows($where, $ids !== null ? $ids : [$after], $limit));
    }

    private function valueRows($where, array $values, $limit)
    {
        $column = $this->settings->schema()->optionCode();
        $code = $column === null ? "''" : 'v.`' . $column . '`';
        $language = $this->settings->language();
        $rows = $this->database->rows(
            'SELECT v.product_option_value_id, v.product_id, v.quantity, v.subtract, ' . $code . ' AS code, o.name AS option_name, w.name AS value_name, d.name AS product_name'
            . ' FROM {product_option_value} v LEFT JOIN {option_description} o ON o.option_id = v.option_id AND o.language_id = ?'
            . ' LEFT JOIN {option_value_description} w ON w.option_value_id = v.option_value_id AND w.language_id = ?'
            . ' LEFT JOIN {product_description} d ON d.product_id = v.product_id AND d.language_id = ?'
            . ' WHERE ' . $where . ' ORDER BY v.product_option_value_id LIMIT ' . $limit,
            array_merge([$language, $language, $language], $values)
        );
        return array_map([OpenCartRow::class, 'filled'], $rows);
    }

    private function level(array $row)
    {
        $name = $this->cleaner->text($row['product_name'], 'name') . ' / ' . $this->cleaner->text($row['option_name'], 'option') . ': ' . $this->cleaner->text($row['value_name'], 'option');
        return [
            'key' => 'o:' . $row['product_option_value_id'],
            'code' => $this->cleaner->text($row['code'], 'option_code'),
            'sku' => null,
            'name' => $name,
            'quantity' => $row['quantity'],
            'tracked' => $row['subtract'] === '1',
            'parent' => 'p:' . $row['product_id'],
        ];
    }

    /** Writes `current + (target - read)` where the figure is still the one read; tries again when a sale came between. */
    public function set(array $row)
    {
        $read = self::whole($row['read']);
        $target = self::whole($row['target']);
        if ($read === null || $target === null) {
            return self::result($row['key'], 'refused', null, null);
        }
        $id = substr($row['key'], 2);
        $product = $row['key'][0] === 'p';
        $select = $product ? 'SELECT quantity, subtract FROM {product} WHERE product_id = ?' : 'SELECT quantity, subtract FROM {product_option_value} WHERE product_option_value_id = ?';
        $update = $product ? 'UPDATE {product} SET quantity = ? WHERE product_id = ? AND quantity = ?' : 'UPDATE {product_option_value} SET quantity = ? WHERE product_option_value_id = ? AND quantity = ?';
        for ($try = 0; $try < self::TRIES; $try++) {
            $now = $this->database->row($select, [$id]);
            if ($now === null) {
                return self::result($row['key'], 'unknown', null, null);
            }
            $now = OpenCartRow::filled($now);
            if ($now['subtract'] !== '1' || ($product && isset($this->settings->masters()[$id]))) {
                return self::result($row['key'], 'not_tracked', $now['quantity'], $now['quantity']);
            }
            $wanted = (int) $now['quantity'] + $target - $read;
            if ($wanted < self::SMALLEST || $wanted > self::LARGEST) {
                return self::result($row['key'], 'refused', $now['quantity'], $now['quantity']);
            }
            if ($wanted === (int) $now['quantity'] || $this->database->change($update, [$wanted, $id, $now['quantity']]) === 1) {
                return self::result($row['key'], 'done', $now['quantity'], (string) $wanted);
            }
        }
        return self::result($row['key'], 'busy', null, null);
    }

    private static function result($key, $outcome, $before, $after)
    {
        return ['key' => $key, 'outcome' => $outcome, 'before' => $before, 'after' => $after];
    }

    /** A whole number out of a decimal text; null when it has a fraction: OpenCart counts pieces. */
    private static function whole($text)
    {
        return preg_match('/^(-?[0-9]{1,9})(?:\.0+)?$/D', $text, $found) === 1 ? (int) $found[1] : null;
    }
}

/** OpenCart's products, variants among them, with their stock and the option values that keep stock. */
final class OpenCartProducts
{
    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    /** In order of (stamp, id) from a moment (UTC) or position on. */
    public function page($since, $after, $limit)
    {
        // A product that was never edited has no date_modified: zero, or NULL in OpenCart 4.
        $stamp = 'GREATEST(COALESCE(p.date_added, ' . OpenCartOrderRows::NEVER . '), COALESCE(p.date_modified, ' . OpenCartOrderRows::NEVER . '))';
        $where = ['1 = 1'];
        $values = [$this->settings->language()];
        if ($since !== null) {
            $where[] = $stamp . ' >= ?';
            $values[] = $this->time->localSince($since);
        }
        if ($after !== null) {
            $where[] = '(' . $stamp . ' > ? OR (' . $stamp . ' = ? AND p.product_id > ?))';
            array_push($values, $after['stamp'], $after['stamp'], $after['id']);
        }
        $schema = $this->settings->schema();
        $rows = $this->database->rows(
            'SELECT p.product_id, ' . ($schema->variants() ? 'p.master_id, ' : '') . 'p.model, ' . $schema->productCode('sku') . ' AS sku, ' . $schema->productCode('ean') . ' AS ean,'
            . ' p.price, p.tax_class_id, p.quantity, p.subtract, p.status, p.weight, ' . $stamp . ' AS stamp, d.name'
            . ' FROM {product} p LEFT JOIN {product_description} d ON d.product_id = p.product_id AND d.language_id = ?'
            . ' WHERE ' . implode(' AND ', $where) . ' ORDER BY stamp, p.product_id LIMIT ' . $limit,
            $values
        );
        $ids = array_column($rows, 'product_id');
        $options = (new OpenCartStock($this->database, $this->settings, $this->cleaner))->optionLevels($ids);
        $categories = $this->categories($ids);
        $records = [];
        foreach ($rows as $row) {
            $id = $row['product_id'];
            $records[] = $this->record(OpenCartRow::filled($row)) + [
                'options' => isset($options[$id]) ? $options[$id] : [],
                'categories' => isset($categories[$id]) ? $categories[$id] : [],
            ];
        }
        return $records;
    }

    private function record(array $row)
    {
        $class = $this->settings->taxClass($row['tax_class_id']);
        return [
            'id' => $row['product_id'],
            'changed_at' => (string) ($this->time->utc($row['stamp']) ?: OpenCartOrders::NO_TIME),
            'stamp' => $row['stamp'],
            'code' => $this->cleaner->text($row['model'], 'model'),
            'sku' => $row['sku'] === '' ? null : $this->cleaner->text($row['sku'], 'sku'),
            'ean' => $row['ean'] === '' ? null : $this->cleaner->text($row['ean'], 'ean'),
            'name' => $this->cleaner->text($row['name'], 'name'),
            'price' => $row['price'],
            'tax_class' => $class !== null ? $class : ['id' => $row['tax_class_id'], 'name' => ''],
            'quantity' => $row['subtract'] === '1' ? $row['quantity'] : null,
            'active' => $row['status'] === '1',
            'kind' => $this->kind($row),
            'parent_id' => isset($row['master_id']) && $row['master_id'] !== '0' ? $row['master_id'] : null,
            'weight' => trim($row['weight'], '0.') === '' ? null : $row['weight'],
        ];
    }

    /** Only OpenCart 4 has more than one kind. */
    private function kind(array $row)
    {
        if (!isset($row['master_id'])) {
            return '';
        }
        if ($row['master_id'] !== '0') {
            return 'variant';
        }
        return isset($this->settings->masters()[$row['product_id']]) ? 'configurable' : 'simple';
    }

    /** Categories of these products, by product id; one statement. */
    private function categories(array $ids)
    {
        $found = [];
        if ($ids !== []) {
            $statement = 'SELECT c.product_id, c.category_id, d.name FROM {product_to_category} c'
                . ' LEFT JOIN {category_description} d ON d.category_id = c.category_id AND d.language_id = ?'
                . ' WHERE c.product_id IN (' . Database::places($ids) . ') ORDER BY c.product_id, c.category_id';
            foreach ($this->database->rows($statement, array_merge([$this->settings->language()], $ids)) as $row) {
                $found[$row['product_id']][] = ['id' => $row['category_id'], 'name' => $this->cleaner->text($row['name'], 'category')];
            }
        }
        return $found;
    }
}

/**
 * What OpenCart runs besides when one of its own functions is called: rows of the table `event`. Its own
 * are known by their action; any other is an extension's, whose work cannot be done from outside.
 */
final class OpenCartHooks
{
    /** OpenCart's own actions on a change of status: they mail and log new orders, and keep the statistics. */
    const OWN = '#^(?:event/(?:activity|statistics)[/.|]add(?:Order)?History|mail/order(?:[/.|]alert)?|mail/voucher|extension/total/voucher/send)$#D';

    const STATUS = [
        'catalog/model/checkout/order/addOrderHistory', 'catalog/model/checkout/order/addHistory', 'catalog/model/checkout/order.addHistory', 'catalog/model/checkout/order|addHistory',
    ];
    const PRODUCT = ['admin/model/catalog/product/editProduct', 'admin/model/catalog/product.editProduct', 'admin/model/catalog/product|editProduct'];
    const CUSTOMER = ['admin/model/customer/customer/editCustomer', 'admin/model/customer/customer.editCustomer', 'admin/model/customer/customer|editCustomer', 'admin/model/sale/customer/editCustomer'];

    /** As OpenCart 2.0 and 2.1 name them. */
    const OLD = '/^(?:pre|post)\.(?:order\.history|admin\.product|admin\.customer)\.(?:add|edit)$/D';

    /** @var Database */
    private $database;
    /** @var OpenCartSchema */
    private $schema;

    public function __construct(Database $database, OpenCartSchema $schema)
    {
        $this->database = $database;
        $this->schema = $schema;
    }

    /** Does an extension hang on one of these functions? */
    public function foreign(array $functions)
    {
        foreach ($this->on($functions) as $event) {
            if (preg_match(self::OWN, $event['action']) !== 1) {
                return true;
            }
        }
        return false;
    }

    /** When the shop's statistics of orders are kept: `before` or `after` the status is written, or not at all (''). */
    public function statistics()
    {
        foreach ($this->schema->has('statistics', 'code') ? $this->on(self::STATUS) : [] as $event) {
            if (strncmp($event['action'], 'event/statistics', 16) === 0) {
                return substr($event['trigger'], -6) === '/after' ? 'after' : 'before';
            }
        }
        return '';
    }

    private function on(array $functions)
    {
        if (!$this->schema->has('event', 'action')) {
            return [];
        }
        $active = $this->schema->has('event', 'status') ? ' WHERE status = 1' : '';
        $found = [];
        foreach ($this->database->rows('SELECT `trigger`, `action` FROM {event}' . $active . ' ORDER BY event_id') as $event) {
            $event = ['trigger' => (string) $event['trigger'], 'action' => (string) $event['action']];
            if (preg_match(self::OLD, $event['trigger']) === 1 || self::matches($event['trigger'], $functions)) {
                $found[] = $event;
            }
        }
        return $found;
    }

    /** A trigger may have `*` and `?` in it, as OpenCart 3 and 4 read them. */
    private static function matches($trigger, array $functions)
    {
        $pattern = '/^' . str_replace(['\*', '\?'], ['.*', '.'], preg_quote($trigger, '/')) . '/';
        foreach ($functions as $function) {
            if (preg_match($pattern, $function . '/before') === 1 || preg_match($pattern, $function . '/after') === 1) {
                return true;
            }
        }
        return false;
    }
}

/**
 * Moves an order to another status as OpenCart's own `addOrderHistory` does, where that does no more than
 * write the status, a line of history and its statistics. Into or out of the statuses that count (the
 * settings for processing and complete) it would move stock, coupons, points and commission: refused.
 */
final class OpenCartStatusMove
{
    const LISTS = ['config_processing_status', 'config_complete_status'];

    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var ShopTime */
    private $time;
    /** @var OpenCartHooks */
    private $hooks;

    public function __construct(Database $database, OpenCartSettings $settings, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->time = $time;
        $this->hooks = new OpenCartHooks($database, $settings->schema());
    }

    /** Not in OpenCart 2.0, which keeps these lists in PHP's notation and moved stock at other moments. */
    public static function known(OpenCartSettings $settings)
    {
        foreach (self::LISTS as $name) {
            if (!is_array(json_decode($settings->get($name), true))) {
                return false;
            }
        }
        return true;
    }

    public function set(array $row)
    {
        $id = $row['id'];
        $order = $this->database->row('SELECT order_id, store_id, order_status_id, affiliate_id, total FROM {order} WHERE order_id = ?', [$id]);
        if ($order === null || $order['order_id'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        $from = (string) (int) $order['order_status_id'];
        $statuses = $this->settings->statuses();
        // Status 0 is an abandoned checkout: the first status it gets makes it an order, with all that follows.
        if ($from === '0' || $row['status'] === '0' || !isset($statuses[$row['status']])) {
            return RecordRows::result($id, 'refused', [], 'status');
        }
        if ($from === $row['status']) {
            return RecordRows::result($id, 'unchanged');
        }
        $lists = $this->lists((string) $order['store_id']);
        $reason = $this->reason($order, $from, $row['status'], $lists);
        $comment = htmlspecialchars($row['comment'], ENT_COMPAT, 'UTF-8');
        if ($reason === '' && !(new TextRoom($this->database))->holds('order_history', 'comment', $comment)) {
            $reason = 'value';
        }
        if ($reason !== '') {
            return RecordRows::result($id, 'refused', [], $reason);
        }
        return $this->write($order, $from, $row['status'], $comment, $lists)
            ? RecordRows::result($id, 'done', ['status' => $from])
            : RecordRows::result($id, 'busy');
    }

    /** The two lists of statuses as the order's own store has them. */
    private function lists($store)
    {
        $lists = array_fill_keys(self::LISTS, []);
        $statement = 'SELECT `key`, `value` FROM {setting} WHERE store_id IN (0, ?) AND `key` IN (' . Database::places(self::LISTS) . ') ORDER BY store_id';
        foreach ($this->database->rows($statement, array_merge([$store], self::LISTS)) as $setting) {
            $list = json_decode((string) $setting['value'], true);
            $lists[$setting['key']] = is_array($list) ? array_map('strval', array_filter($list, 'is_scalar')) : [];
        }
        return ['processing' => $lists[self::LISTS[0]], 'complete' => $lists[self::LISTS[1]], 'counting' => array_merge($lists[self::LISTS[0]], $lists[self::LISTS[1]])];
    }

    /** What the shop would do more at this move; nothing where it may be made. */
    private function reason(array $order, $from, $to, array $lists)
    {
        $counts = in_array($to, $lists['counting'], true);
        if (in_array($from, $lists['counting'], true) !== $counts) {
            return 'restocks';
        }
        $schema = $this->settings->schema();
        $complete = in_array($to, $lists['complete'], true);
        if ($schema->variants() && in_array($from, $lists['complete'], true) !== $complete) {
            // OpenCart 4 gives commission and starts subscriptions with the complete ones.
            if ((int) $order['affiliate_id'] > 0) {
                return 'commission';
            }
            if ($schema->has('order_subscription', 'order_id') && $this->any('SELECT order_id FROM {order_subscription} WHERE order_id = ? LIMIT 1', $order['order_id'])) {
                return 'subscription';
            }
        }
        if ($complete && $schema->has('order_voucher', 'order_id') && $this->any('SELECT order_id FROM {order_voucher} WHERE order_id = ? LIMIT 1', $order['order_id'])) {
            return 'mail';
        }
        if ($counts && $this->fraudIsChecked()) {
            return 'fraud';
        }
        return $this->hooks->foreign(OpenCartHooks::STATUS) ? 'hooks' : '';
    }

    private function any($statement, $id)
    {
        return $this->database->row($statement, [$id]) !== null;
    }

    /** An extension that judges each order on its way to a status that counts, and may give it another. */
    private function fraudIsChecked()
    {
        return $this->database->row(
            "SELECT e.code FROM {extension} e JOIN {setting} s ON s.`key` IN (CONCAT(e.code, '_status'), CONCAT('fraud_', e.code, '_status')) AND s.`value` = '1' WHERE e.`type` = 'fraud' LIMIT 1"
        ) !== null;
    }

    private function write(array $order, $from, $to, $comment, array $lists)
    {
        $now = str_replace('T', ' ', $this->time->localText(gmdate('Y-m-d\TH:i:s\Z')));
        $this->database->begin();
        $moved = $this->settings->schema()->datesStatus()
            ? $this->database->change('UPDATE {order} SET order_status_id = ?, date_modified = ? WHERE order_id = ? AND order_status_id = ?', [$to, $now, $order['order_id'], $from])
            : $this->database->change('UPDATE {order} SET order_status_id = ? WHERE order_id = ? AND order_status_id = ?', [$to, $order['order_id'], $from]);
        if ($moved !== 1) {
            $this->database->undo();
            return false;
        }
        $this->database->change(
            'INSERT INTO {order_history} (order_id, order_status_id, notify, comment, date_added) VALUES (?, ?, 0, ?, ?)',
            [$order['order_id'], $to, $comment, $now]
        );
        $this->count($order, $from, $to, $lists);
        $this->database->keep();
        return true;
    }

    /** OpenCart 3 counts after the status is written: it finds the new one as the old, and adds the order's sum once more. */
    private function count(array $order, $from, $to, array $lists)
    {
        $when = $this->hooks->statistics();
        if ($when === 'after') {
            $sum = in_array($to, $lists['counting'], true) ? (string) $order['total'] : '-' . $order['total'];
            $this->add('order_sale', $sum);
        } elseif ($when === 'before') {
            foreach (['order_processing' => $lists['processing'], 'order_complete' => $lists['complete']] as $name => $list) {
                $step = (int) in_array($to, $list, true) - (int) in_array($from, $list, true);
                if ($step !== 0) {
                    $this->add($name, (string) $step);
                }
            }
        }
    }

    private function add($name, $amount)
    {
        $this->database->change('UPDATE {statistics} SET `value` = `value` + CAST(? AS DECIMAL(15,4)) WHERE `code` = ?', [$amount, $name]);
    }
}

/**
 * Name in the default language, price and status of a product. One statement changes all of it and only
 * over what was just read, which is right on MyISAM too. A master of variants and its variants are left
 * alone: saving a master writes its values into each variant that does not override them.
 */
final class OpenCartProductChange
{
    const MARKS = 'SELECT p.product_id, p.price, p.status, d.name, MD5(d.name) AS mark FROM {product} p LEFT JOIN {product_description} d ON d.product_id = p.product_id AND d.language_id = ? WHERE p.product_id = ?';
    const NAMED = 'UPDATE {product} p JOIN {product_description} d ON d.product_id = p.product_id AND d.language_id = ? SET d.name = ?, p.price = CAST(? AS DECIMAL(15,4)), p.status = ?, p.date_modified = ?'
        . ' WHERE p.product_id = ? AND p.price = CAST(? AS DECIMAL(15,4)) AND p.status = ? AND MD5(d.name) = ?';
    const PLAIN = 'UPDATE {product} p SET p.price = CAST(? AS DECIMAL(15,4)), p.status = ?, p.date_modified = ? WHERE p.product_id = ? AND p.price = CAST(? AS DECIMAL(15,4)) AND p.status = ?';

    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime */
    private $time;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner, ShopTime $time)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
        $this->time = $time;
    }

    public function set(array $row)
    {
        $id = $row['id'];
        $language = $this->settings->language();
        $now = $this->database->row(self::MARKS, [$language, $id]);
        if ($now === null || $id !== $now['product_id']) {
            return RecordRows::result($id, 'unknown');
        }
        $now['status'] = (string) $now['status'] === '1' ? '1' : '0';
        $wanted = ['price' => isset($row['price']) ? self::price($row['price']) : $now['price'], 'status' => isset($row['active']) ? $row['active'] : $now['status']];
        $name = isset($row['name']) ? htmlspecialchars($row['name'], ENT_COMPAT, 'UTF-8') : (string) $now['name'];
        $reason = $this->reason($id, $now, $wanted['price'], isset($row['name']) ? $name : null);
        if ($reason !== '') {
            return RecordRows::result($id, 'refused', [], $reason);
        }
        $before = array_filter([
            'name' => $name !== (string) $now['name'] ? $this->cleaner->text($now['name'], 'name') : null,
            'price' => $wanted['price'] !== $now['price'] ? $now['price'] : null,
            'active' => $wanted['status'] !== $now['status'] ? $now['status'] : null,
        ], 'is_string');
        if ($before === []) {
            return RecordRows::result($id, 'unchanged');
        }
        $date = str_replace('T', ' ', $this->time->localText(gmdate('Y-m-d\TH:i:s\Z')));
        $changed = isset($before['name'])
            ? $this->database->change(self::NAMED, [$language, $name, $wanted['price'], $wanted['status'], $date, $id, $now['price'], $now['status'], $now['mark']])
            : $this->database->change(self::PLAIN, [$wanted['price'], $wanted['status'], $date, $id, $now['price'], $now['status']]);
        return $changed > 0 ? RecordRows::result($id, 'done', $before) : RecordRows::result($id, 'busy');
    }

    /** Why it cannot be so; nothing where it can. */
    private function reason($id, array $now, $price, $name)
    {
        if ($price === null || ($name !== null && ($now['mark'] === null || trim($name) === '' || !(new TextRoom($this->database))->line('product_description', 'name', $name)))) {
            return 'value';
        }
        $schema = $this->settings->schema();
        if ($schema->variants() && $this->database->row('SELECT product_id FROM {product} WHERE master_id = ? OR (product_id = ? AND master_id > 0) LIMIT 1', [$id, $id]) !== null) {
            return 'variants';
        }
        return (new OpenCartHooks($this->database, $schema))->foreign(OpenCartHooks::PRODUCT) ? 'hooks' : '';
    }

    /** With the four decimals of the column; null where it has more, or more digits than fit. */
    private static function price($text)
    {
        if (preg_match('/^0*([0-9]{1,11})(?:\.([0-9]{1,4})0*)?$/D', $text, $part) !== 1) {
            return null;
        }
        return $part[1] . '.' . str_pad(isset($part[2]) ? $part[2] : '', 4, '0');
    }
}

/** Names and telephone of an account: three columns of `customer`, changed only over what was just read. */
final class OpenCartCustomerChange
{
    const COLUMNS = ['first_name' => 'firstname', 'last_name' => 'lastname', 'telephone' => 'telephone'];

    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;

    public function __construct(Database $database, OpenCartSettings $settings, Cleaner $cleaner)
    {
        $this->database = $database;
        $this->settings = $settings;
        $this->cleaner = $cleaner;
    }

    public function set(array $row)
    {
        $id = $row['id'];
        $now = $this->database->row(
            'SELECT customer_id, firstname, lastname, telephone, MD5(firstname) AS first_mark, MD5(lastname) AS last_mark, MD5(telephone) AS telephone_mark FROM {customer} WHERE customer_id = ?',
            [$id]
        );
        if ($now === null || $now['customer_id'] !== $id) {
            return RecordRows::result($id, 'unknown');
        }
        $wanted = [];
        $before = [];
        $room = new TextRoom($this->database);
        foreach (self::COLUMNS as $field => $column) {
            $wanted[$column] = isset($row[$field]) ? htmlspecialchars($row[$field], ENT_COMPAT, 'UTF-8') : (string) $now[$column];
            if ($wanted[$column] !== (string) $now[$column]) {
                // The shop's own form wants a letter of each name and three of the telephone number.
                if (strlen(trim($wanted[$column])) < ($field === 'telephone' ? 3 : 1) || !$room->line('customer', $column, $wanted[$column])) {
                    return RecordRows::result($id, 'refused', [], 'value');
                }
                $before[$field] = $this->cleaner->text($now[$column], $column);
            }
        }
        if ($before === []) {
            return RecordRows::result($id, 'unchanged');
        }
        if ((new OpenCartHooks($this->database, $this->settings->schema()))->foreign(OpenCartHooks::CUSTOMER)) {
            return RecordRows::result($id, 'refused', [], 'hooks');
        }
        $changed = $this->database->change(
            'UPDATE {customer} SET firstname = ?, lastname = ?, telephone = ? WHERE customer_id = ? AND MD5(firstname) = ? AND MD5(lastname) = ? AND MD5(telephone) = ?',
            [$wanted['firstname'], $wanted['lastname'], $wanted['telephone'], $id, $now['first_mark'], $now['last_mark'], $now['telephone_mark']]
        );
        return $changed === 1 ? RecordRows::result($id, 'done', $before) : RecordRows::result($id, 'busy');
    }
}

/** OpenCart, 2.0 to 4.1: who it is, and which part answers what. */
final class OpenCartShop implements Platform, RecordWriter
{
    /** @var Database */
    private $database;
    /** @var OpenCartSettings */
    private $settings;
    /** @var Cleaner */
    private $cleaner;
    /** @var ShopTime|null */
    private $time;
    /** @var string */
    private $root;

    public function __construct(Database $database, $root)
    {
        $this->database = $database;
        $this->root = $root;
        $this->cleaner = new Cleaner();
        $this->settings = new OpenCartSettings($database, $this->cleaner);
    }

    public static function access($root)
    {
        return (new OpenCartConfiguration($root))->access();
    }

    public function prove()
    {
        try {
            $this->settings->get('config_name');
        } catch (DatabaseError $error) {
            throw $this->database->withoutTables($error, 'order_product');
        }
    }

    /**
     * OpenCart from 3.0.3 on stores local time of `config_timezone`; before, the database session's.
     * A setting of that name in a shop without session table is somebody else's: OpenCart 2 never asks it.
     */
    private function time()
    {
        if ($this->time === null) {
            $zone = $this->settings->get('config_timezone');
            if (Deployment::TIME_ZONE !== '') {
                $this->time = new ShopTime(Deployment::TIME_ZONE, 'profile');
            } elseif ($zone !== '' && $this->settings->schema()->has('session', 'session_id')) {
                $this->time = new ShopTime($zone, 'setting');
            } else {
                $this->time = OpenCartSessionZone::of($this->database);
            }
        }
        return $this->time;
    }

    public function hello()
    {
        $configuration = new OpenCartConfiguration($this->root);
        $url = $configuration->constant('HTTPS_SERVER') !== '' ? $configuration->constant('HTTPS_SERVER') : $configuration->constant('HTTP_SERVER');
        $counts = $this->database->row(
            'SELECT (SELECT COUNT(*) FROM {order} WHERE order_status_id > 0) AS orders, (SELECT COUNT(*) FROM {order} WHERE order_status_id = 0) AS abandoned,'
            . ' (SELECT COUNT(*) FROM {product}) AS products, (SELECT COUNT(*) FROM {customer}) AS customers, DATABASE() AS name, VERSION() AS version'
        );
        return [
            'platform' => 'opencart',
            'platform_version' => $this->version(),
            'database_version' => (string) $counts['version'],
            'shop' => [
                'name' => $this->cleaner->text($this->settings->get('config_name'), 'name'),
                'url' => $url,
                'database' => hash('sha256', Deployment::BRIDGE_ID . "\n" . $counts['name']),
            ],
            'capabilities' => array_merge(['stock_write', 'option_stock'], $this->settings->schema()->optionCode() !== null ? ['option_codes'] : []),
            'stock_decimals' => 0,
            'time_zone' => $this->time()->name(),
            'time_zone_source' => $this->time()->source(),
            'currency' => $this->settings->get('config_currency', 'EUR'),
            'counts' => [
                'orders' => (int) $counts['orders'],
                'abandoned' => (int) $counts['abandoned'],
                'products' => (int) $counts['products'],
                'customers' => (int) $counts['customers'],
            ],
        ];
    }

    /** The literal of `define('VERSION', …)` in `index.php`. */
    private function version()
    {
        $file = $this->root . '/index.php';
        $source = is_file($file) ? @file_get_contents($file) : false;
        return is_string($source) ? (new Constants($source))->get('VERSION') : '';
    }

    public function lookups()
    {
        return (new OpenCartLookups($this->database, $this->settings, $this->cleaner))->all();
    }

    private function orderReader()
    {
        return new OpenCartOrders($this->database, $this->settings, $this->cleaner, $this->time());
    }

    public function orderHeads($since, $after, $limit, $atOnce, Page $page)
    {
        $this->orderReader()->heads($since, $after, $limit, $atOnce, $page);
    }

    public function orders(array $ids, $atOnce, Page $page)
    {
        $this->orderReader()->bodies($ids, $atOnce, $page);
    }

    public function orderId($number)
    {
        // OpenCart's order number is its id.
        if (preg_match('/^[1-9][0-9]{0,17}$/D', $number) !== 1) {
            return null;
        }
        $row = $this->database->row('SELECT order_id FROM {order} WHERE order_id = ?', [$number]);
        return $row === null ? null : $row['order_id'];
    }

    public function totals($from)
    {
        $rows = $this->database->rows(
            'SELECT DATE(date_added) AS day, COALESCE(order_status_id, 0) AS order_status_id, COUNT(*) AS n, COALESCE(SUM(total), 0) AS total FROM {order} WHERE date_added >= ?'
            . ' GROUP BY DATE(date_added), COALESCE(order_status_id, 0) ORDER BY 1, 2',
            [$from . ' 00:00:00']
        );
        $records = [];
        foreach ($rows as $row) {
            $records[] = ['day' => $row['day'], 'status_id' => $row['order_status_id'], 'count' => (int) $row['n'], 'total' => $row['total']];
        }
        return $records;
    }

    public function customers($since, $after, $limit)
    {
        return (new OpenCartCustomers($this->database, $this->settings, $this->cleaner, $this->time()))->page($since, $after, $limit);
    }

    public function products($since, $after, $limit)
    {
        return (new OpenCartProducts($this->database, $this->settings, $this->cleaner, $this->time()))->page($since, $after, $limit);
    }

    private function stockReader()
    {
        return new OpenCartStock($this->database, $this->settings, $this->cleaner);
    }

    public function stock($after, $limit)
    {
        return $this->stockReader()->page($after, $limit);
    }

    public function stockOf(array $keys)
    {
        return $this->stockReader()->of($keys);
    }

    public function setStock(array $row)
    {
        return $this->stockReader()->set($row);
    }

    public function writes()
    {
        $writes = OpenCartStatusMove::known($this->settings) ? ['order_status_set'] : [];
        return array_merge($writes, ['products_set', 'customers_set']);
    }

    public function setOrderStatus(array $row)
    {
        return (new OpenCartStatusMove($this->database, $this->settings, $this->time()))->set($row);
    }

    public function setProduct(array $row)
    {
        return (new OpenCartProductChange($this->database, $this->settings, $this->cleaner, $this->time()))->set($row);
    }

    public function setCustomer(array $row)
    {
        return (new OpenCartCustomerChange($this->database, $this->settings, $this->cleaner))->set($row);
    }
}

/** The shop program this file is built for. */
final class ShopProgram
{
    const NAME = 'opencart';

    /** Access to the database, in the one form Database takes. */
    public static function access($root)
    {
        return OpenCartShop::access($root);
    }

    public static function open(Database $database, $root)
    {
        return new OpenCartShop($database, $root);
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

    public function __construct(Request $request, $now)
    {
        $this->request = $request;
        $this->now = $now;
        $this->budget = new Budget();
    }

    /** Answers records that are there already, in an order of their own; `$position` gives where the next page goes on behind one. */
    public function page(array $records, $limit, callable $position)
    {
        $this->given($records, $limit)->end($position);
    }

    /** A page of changes in order of (stamp, id). */
    public function changes(array $records, $limit)
    {
        $this->given($records, $limit)->endChanges();
    }

    private function given(array $records, $limit)
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
    public function __construct(Call $call, $id, array $rows)
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
    public static function id(Arguments $arguments)
    {
        $id = $arguments->text('idempotency', '/^[0-9a-f]{32}$/D');
        if ($id === null) {
            throw new Problem('bad-arguments', 'idempotency');
        }
        return $id;
    }

    /** Has nothing of it been done yet? */
    public function fresh()
    {
        return $this->kept === null;
    }

    /** Writes what is not done yet; what became of each row. */
    public function run(RowWriter $writer)
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

    public function write(array $row)
    {
        return $this->shop->setStock($row);
    }

    public function pending(array $row)
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
    private static function atOnce(Call $call, $most)
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
            $call->page($levels, $limit, function (array $level) {
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
    private static function rows(Arguments $arguments)
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

    public function __construct($name)
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
    public static function serve(Gate $gate, Request $request, $now)
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
    public static function served(Platform $shop)
    {
        $all = array_filter(array_keys(self::OPERATIONS), [self::class, 'inScope']);
        $writes = $shop instanceof RecordWriter ? $shop->writes() : [];
        return array_values(array_diff($all, array_diff(array_keys(RecordsSetOperation::MUST), $writes)));
    }

    private static function inScope($operation)
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
        $known = array_key_exists($name, self::OPERATIONS);
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
        } catch (\Exception $error) {
            $call->answer->fail('internal', self::place($call, $name, 'line ' . $error->getLine()));
        } catch (\Throwable $error) {
            $call->answer->fail('internal', self::place($call, $name, 'line ' . $error->getLine()));
        }
    }

    /** `orders/3`: operation and records so far, then a word on what. */
    private static function place(Call $call, $name, $inner)
    {
        $known = array_key_exists($name, self::OPERATIONS) ? $name : 'none';
        return $known . '/' . $call->answer->records() . ($inner === '' ? '' : ' ' . $inner);
    }

    /** Only `hello` notes and reports who reads: a poll need not write it each time. */
    private static function reader(Call $call, array $body, $name)
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
    private static function prepare(Call $call, $name)
    {
        if (!in_array($name, self::WRITING, true)) {
            $call->readOnly = $call->database->readOnly();
        }
        if ($name !== 'remove') {
            $call->shop->prove();
        }
    }

    private static function operation($name)
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
    public static function sound($now)
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
    public static function requestKey()
    {
        return (string) hex2bin(self::secret(self::REQUEST_KEY));
    }

    /** Bytes of the key from which the answers' keys are made. */
    public static function answerKey()
    {
        return (string) hex2bin(self::secret(self::ANSWER_KEY));
    }

    private static function secret($filled)
    {
        return (string) substr($filled, strlen(self::FILLER));
    }

    /** May this file serve that scope? */
    public static function allows($scope)
    {
        return in_array($scope, explode(',', self::SCOPES), true);
    }
}

/** What PHP has from 7.0 on. */
function intdiv($number, $by)
{
    return (int) (($number - $number % $by) / $by);
}

if (!defined('T_COALESCE')) {
    define('T_COALESCE', -1);
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
        } catch (\Exception $error) {
            Answer::refuse();
            return;
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
        } catch (\Exception $error) {
            (new Answer($request, 'none'))->fail('internal', 'line ' . $error->getLine());
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

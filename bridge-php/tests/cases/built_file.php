<?php
declare(strict_types=1);

/** The one file that is put into a shop: what it is made of and what may never stand in it. */

/** Tokens without white space and comments: [id or null, text, line]. */
function code_tokens(string $source): array
{
    $tokens = [];
    $line = 1;
    foreach (token_get_all($source) as $token) {
        $line = is_array($token) ? $token[2] : $line;
        if (!is_array($token)) {
            $tokens[] = [null, $token, $line];
        } elseif (!in_array($token[0], [T_WHITESPACE, T_COMMENT, T_DOC_COMMENT], true)) {
            $tokens[] = $token;
        }
    }
    return $tokens;
}

/** Places where one of these functions is called. */
function calls(array $tokens, array $names): array
{
    $found = [];
    foreach ($tokens as $at => $token) {
        $name = strtolower(ltrim($token[1], '\\'));
        $before = $at > 0 ? $tokens[$at - 1][1] : '';
        $next = isset($tokens[$at + 1]) ? $tokens[$at + 1][1] : '';
        if ($token[0] !== null && in_array($name, $names, true) && $next === '(' && !in_array($before, ['->', '::', 'function', 'new'], true)) {
            $found[] = $token[1] . ' in line ' . $token[2];
        }
    }
    return $found;
}

return [
    'the sources build the file in dist, byte for byte, twice' => function () {
        $command = escapeshellarg(PHP_BINARY) . ' ' . escapeshellarg(__DIR__ . '/../../build.php') . ' --check';
        exec($command, $first, $code);
        exec($command, $second, $again);
        Check::same([$code, $again], [0, 0], implode(' ', $first));
    },

    'every placeholder stands in the file exactly once' => function () {
        $text = Bridge::built();
        foreach (array_keys(Bridge::values()) as $name) {
            Check::same(substr_count($text, '{{' . $name . '}}'), 1, $name);
        }
        Check::same(preg_match_all('/\{\{/', $text), count(Bridge::values()));
    },

    'the file says who put it there and how to remove it' => function () {
        $head = substr(Bridge::built(), 0, 600);
        foreach (['Winkelbrug', 'remove', 'winkelbrug_state', 'orders'] as $word) {
            Check::true(strpos($head, $word) !== false, $word . ' in the header');
        }
    },

    'nothing in it, comments and all, looks like what scanners of malware look for' => function () {
        $code = Bridge::built();
        $never = [
            'eval', 'assert', 'exec', 'shell_exec', 'passthru', 'popen', 'proc_open', 'proc_close', 'pcntl_exec', 'pcntl_fork', 'call_user_func',
            'create_function', 'preg_replace_callback', 'base64_decode', 'gzinflate', 'gzuncompress', 'gzdecode', 'str_rot13', 'convert_uudecode',
            'fsockopen', 'pfsockopen', 'php_uname', 'phpinfo', 'getmygid', 'posix_getuid', 'posix_geteuid', 'posix_getpwuid', 'posix_kill',
            'show_source', 'highlight_file', 'move_uploaded_file', 'allow_url_include', 'safe_mode', 'open_basedir', 'backdoor', 'webshell', 'hacked',
            'FilesMan', 'c99', 'r57', 'b374k', 'wso', 'passwd', 'htpasswd', 'chmod', 'ini_restore', 'error_log', 'str_replace_array', 'viagra', 'casino',
        ];
        foreach ($never as $word) {
            Check::same(preg_match('/(?<![\w\/|])' . preg_quote($word, '/') . '(?![\w|])/i', $code), 0, $word);
        }
        // Words that are harmless alone: one public rule calls a file dangerous that has five of its list.
        $counted = array_filter(['system', 'array_filter', 'function_exists', 'register_shutdown_function'], function (string $word) use ($code): bool {
            return preg_match('/\b' . $word . '\b/i', $code) === 1;
        });
        Check::true(count($counted) <= 4, implode(', ', $counted));
        foreach ([
            'a long run of base64 or hex digits' => '~[A-Za-z0-9+/=]{120,}~',
            'a text in escapes' => '~(?:\\\\x[0-9a-f]{2}){5,}|(?:\\\\[0-7]{3}){5,}~i',
            'a text of single characters' => '~(?:chr\s*\([^)]*\)\s*\.\s*){3,}~i',
            'a function called by a text' => '~\$\{["\']|\$\w+\s*\(\s*\$_|\$\$\w~',
            'input that is used where it stands' => '~@?\$_(?:GET|POST|COOKIE|REQUEST|FILES)\s*\[~',
            'a pattern that runs its replacement' => '~preg_replace\s*\(\s*["\'](.).*\1[a-z]*e[a-z]*["\']~',
            'a silenced include' => '~@\s*(?:include|require)~i',
            'a line nobody reads' => '~^.{1200,}$~m',
            'markup or script' => '~<\s*(?:script|iframe|form)\b~i',
        ] as $shape => $pattern) {
            Check::same(preg_match($pattern, $code, $found), 0, $shape . ': ' . substr($found[0] ?? '', 0, 200));
        }
    },

    'one class a source, typed strictly, and without a deprecated form' => function () {
        foreach (array_merge(glob(__DIR__ . '/../../src/*.php'), glob(__DIR__ . '/../../src/*/*.php')) as $file) {
            $source = (string) file_get_contents($file);
            Check::same(preg_match_all('/^(?:final class|interface) \w+/m', $source), 1, $file);
            Check::true(strpos($source, 'declare(strict_types=1);') !== false, $file);
            Check::true(preg_match('/[(,] ?(?:array|string|int|bool|[A-Z]\w+) \$\w+ = null/', $source) === 0, 'no implicit nullable in ' . $file);
        }
    },

    'nothing in the file runs code, commands or programs, opens a connection or writes a file' => function () {
        $tokens = code_tokens(Bridge::built());
        Check::same(calls($tokens, [
            'assert', 'create_function', 'call_user_func', 'call_user_func_array', 'exec', 'shell_exec', 'system', 'passthru', 'popen', 'proc_open',
            'pcntl_exec', 'mail', 'sleep', 'usleep', 'phpinfo', 'putenv', 'dl', 'curl_init', 'curl_exec', 'curl_multi_init', 'fsockopen',
            'pfsockopen', 'stream_socket_client', 'base64_decode', 'gzinflate', 'gzuncompress', 'str_rot13', 'convert_uudecode', 'extract',
            'parse_str', 'fopen', 'fwrite', 'file_put_contents', 'move_uploaded_file', 'copy', 'rename', 'chmod', 'chown', 'mkdir', 'rmdir',
            'touch', 'symlink', 'tempnam', 'tmpfile', 'unserialize', 'session_start', 'setcookie', 'readfile', 'file', 'glob', 'scandir', 'opendir',
            'highlight_file', 'show_source', 'simplexml_load_file', 'simplexml_load_string', 'error_log', 'syslog', 'mysql_query', 'mysqli_multi_query',
        ]), []);
        foreach ($tokens as $token) {
            Check::true(!in_array($token[0], [T_EVAL, T_INCLUDE, T_INCLUDE_ONCE, T_REQUIRE, T_REQUIRE_ONCE, T_GLOBAL, T_EXIT], true), $token[1] . ' in line ' . $token[2]);
            Check::true($token[1] !== '`', 'no backtick in line ' . $token[2]);
        }
    },

    'only its own file is deleted, and only the shop files it is made for are read' => function () {
        $source = Bridge::built();
        Check::same(preg_match_all('/\bunlink\(([^)]*)\)/', $source, $found), 1);
        Check::same($found[1], ['__FILE__']);
        preg_match_all('/\bfile_get_contents\(([^,)]*)/', $source, $found);
        Check::same(array_values(array_unique($found[1])), ["'php://input'", '$file']);
        // What a file is read from: the shop's root and its configuration as baked in, and literal names below it.
        preg_match_all('/^\s*\$file = (.*);$/m', $source, $found);
        foreach ($found[1] as $from) {
            Check::same(preg_match('~^\$(?:root|this->root)(?: \. \'/\' \. Deployment::CONFIG_FILE| \. \'/[a-zA-Z0-9_./-]+\')$~', $from), 1, $from);
        }
    },

    'no name of a class, function, property or file is ever made from a variable' => function () {
        $tokens = code_tokens(Bridge::built());
        foreach ($tokens as $at => $token) {
            $next = isset($tokens[$at + 1]) ? $tokens[$at + 1] : [null, '', 0];
            $line = ' in line ' . $token[2];
            if ($token[0] === T_NEW || $token[0] === T_DOUBLE_COLON || $token[0] === T_OBJECT_OPERATOR) {
                $static = $token[0] === T_DOUBLE_COLON && $next[0] === T_CLASS;
                Check::true($static || $next[0] === T_STRING || in_array(substr($next[1], 0, 1), ['\\'], true), $token[1] . $next[1] . $line);
            }
            if ($token[1] === '$') {
                throw new Exception('variable variable' . $line);
            }
            if ($token[0] === T_VARIABLE && $next[1] === '(') {
                // The one callable is made in Call itself.
                Check::same($token[1], '$position', 'called' . $line);
            }
        }
    },

    'of the request only method, raw body, four headers, sender and host are looked at' => function () {
        $source = Bridge::built();
        preg_match_all('/\$_SERVER\[([^\]]*)\]/', $source, $found);
        Check::same(array_values(array_unique($found[1])), ['$name', "'HTTP_HOST'"]);
        preg_match_all('/self::server\(([^)]*)\)/', $source, $found);
        Check::same($found[1], ["'REQUEST_METHOD'", "'CONTENT_LENGTH'", "'HTTP_X_WINKELBRUG_KEY'", "'HTTP_X_WINKELBRUG_TIME'", "'HTTP_X_WINKELBRUG_NONCE'", "'HTTP_X_WINKELBRUG_SIGNATURE'", "'REMOTE_ADDR'"]);
        preg_match_all('/\$_(GET|POST|COOKIE|REQUEST|FILES|ENV|SESSION)\b[^;]*;/', $source, $found);
        Check::same($found[0], ['$_GET = $_POST = $_COOKIE = $_REQUEST = $_FILES = [];']);
        Check::same(calls(code_tokens($source), ['getallheaders', 'apache_request_headers']), []);
    },

    'the surroundings are asked in one place, by a name of the configuration and never for a header of the request' => function () {
        $source = Bridge::built();
        $asked = calls(code_tokens($source), ['getenv']);
        Check::same(count($asked), strpos($source, 'final class Environment') !== false ? 1 : 0);
        if ($asked !== []) {
            $guard = strpos($source, "if (strncasecmp(\$name, 'HTTP_', 5) === 0 || !function_exists('getenv')) {\n            return null;");
            Check::true($guard !== false && $guard < strpos($source, 'getenv($name)'), 'guarded');
        }
    },

    'nothing is compared loosely' => function () {
        foreach (code_tokens(Bridge::built()) as $token) {
            Check::true($token[0] !== T_IS_EQUAL && $token[0] !== T_IS_NOT_EQUAL, $token[1] . ' in line ' . $token[2]);
        }
        foreach (['$request->key', '$request->signature', 'requestKey()', 'answerKey()'] as $secret) {
            Check::same(preg_match('/' . preg_quote($secret, '/') . '\s*(===|!==)|(===|!==)\s*' . preg_quote($secret, '/') . '/', Bridge::built()), 0, $secret);
        }
    },

    'statements name their columns, bind their values and touch no secret column' => function () {
        $source = Bridge::built();
        Check::same(preg_match('/SELECT\s+(\w+\.)?\*/i', $source), 0, 'SELECT *');
        Check::same(preg_match('/\b(password|salt|card|cc_number|token|session|secure_key|api_key|fax|user_agent|forwarded_ip)\b[^\n]*FROM \{/i', $source), 0, 'secret column');
        foreach (code_tokens($source) as $token) {
            // A text with a variable in it is a statement only where it is the constant list of wanted settings.
            $statement = $token[0] === T_ENCAPSED_AND_WHITESPACE && preg_match('/\b(SELECT|UPDATE|INSERT|DELETE|WHERE)\b/', $token[1]) === 1;
            Check::true(!$statement || strpos($token[1], 'FROM {setting} WHERE store_id = 0 AND (') !== false, $token[1]);
        }
        Check::true(strpos($source, 'set_charset(') !== false && preg_match('/SET NAMES/i', $source) === 0, 'charset by the driver');
        foreach (['MYSQLI_OPT_LOCAL_INFILE, 0', 'MYSQL_ATTR_LOCAL_INFILE => false', 'MYSQL_ATTR_MULTI_STATEMENTS] = false', 'ATTR_EMULATE_PREPARES => false'] as $guard) {
            Check::true(strpos($source, $guard) !== false, $guard);
        }
    },

    'the gate can only be passed by its own decision' => function () {
        $source = Bridge::built();
        Check::same(preg_match_all('/new Gate\(/', $source), 4);
        Check::same(preg_match_all('/new Gate\(self::REFUSED\)/', $source), 3);
        Check::same(preg_match('/private function __construct\((?:string )?\$decision\)/', $source), 1, 'private constructor');
        Check::same(preg_match('/public static function serve\(Gate \$gate, Request \$request, (?:int )?\$now\)/', $source), 1, 'serve wants a gate');
    },

    'a file cut anywhere shows no secret, with errors on the screen' => function () {
        $keys = ['REQUEST_KEY' => hash('sha256', 'request'), 'ANSWER_KEY' => hash('sha256', 'answer')];
        $text = Bridge::filled(Bridge::values($keys));
        $start = (int) strpos($text, 'final class Deployment');
        foreach ($keys as $key) {
            Check::true(strpos($text, $key) > $start, 'keys stand late');
        }
        $file = Bridge::folder() . '/cut.php';
        // What stands before is whole and adds nothing to the message but time.
        $late = "<?php\n" . substr($text, $start);
        for ($length = 6; $length < strlen($late); $length++) {
            try {
                token_get_all(substr($late, 0, $length), TOKEN_PARSE);
                continue;
            } catch (ParseError $error) {
                // A line's number is no secret, though it can look like four digits of one.
                $message = (string) preg_replace('/ on line [0-9]+/', '', $error->getMessage());
            }
            foreach ($keys as $name => $key) {
                for ($at = 0; $at + 4 <= 64; $at += 4) {
                    Check::true(strpos($message, substr($key, $at, 4)) === false, $name . ' in ' . $message);
                }
            }
        }
        // And as PHP itself shows it.
        foreach ($keys as $key) {
            file_put_contents($file, substr($text, 0, (int) strpos($text, $key) + 20));
            $shown = Bridge::php($file);
            Check::true(stripos($shown, 'Parse error') !== false, 'an error is shown: ' . $shown);
            Check::true(strpos($shown, substr($key, 0, 4)) === false, 'without the key: ' . $shown);
        }
    },
];

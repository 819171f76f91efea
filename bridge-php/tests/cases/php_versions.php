<?php
declare(strict_types=1);

/**
 * Nothing in a built file is newer than the PHP it is for: 5.6 for `-56`, 7.2 for the other. PHP's own
 * tokens cannot tell, so this reads them; tests/php-versions runs the files on the real thing.
 */

/** Functions by the version that brought them, as far as a bridge could want them. */
const NEWER_FUNCTIONS = [
    '7.0' => ['intdiv', 'random_bytes', 'random_int', 'preg_replace_callback_array', 'error_clear_last', 'get_resources', 'gc_mem_caches', 'deflate_init', 'inflate_init'],
    '7.1' => ['is_iterable', 'hash_hkdf', 'session_create_id', 'openssl_get_curve_names', 'curl_multi_errno'],
    '7.2' => ['hash_hmac_algos', 'mb_chr', 'mb_ord', 'mb_scrub', 'spl_object_id', 'stream_isatty', 'sodium_crypto_sign_verify_detached', 'openssl_pkcs7_read'],
    '7.3' => ['array_key_first', 'array_key_last', 'is_countable', 'hrtime', 'gc_status', 'net_get_interfaces', 'session_set_save_handler_object'],
    '7.4' => ['mb_str_split', 'password_algos', 'get_mangled_object_vars', 'openssl_x509_verify'],
    '8.0' => ['str_contains', 'str_starts_with', 'str_ends_with', 'get_debug_type', 'get_resource_id', 'fdiv', 'preg_last_error_msg'],
    '8.1' => ['array_is_list', 'enum_exists', 'fsync', 'fdatasync', 'mysqli_fetch_column'],
    '8.2' => ['mysqli_execute_query', 'ini_parse_quantity', 'memory_reset_peak_usage', 'openssl_cipher_key_length'],
    '8.3' => ['json_validate', 'mb_str_pad', 'str_increment', 'str_decrement', 'stream_context_set_options'],
    '8.4' => ['array_find', 'array_find_key', 'array_any', 'array_all', 'mb_trim', 'mb_ltrim', 'mb_rtrim', 'mb_ucfirst', 'mb_lcfirst', 'request_parse_body', 'fpow', 'http_get_last_response_headers'],
    '8.5' => ['array_first', 'array_last', 'get_error_handler', 'get_exception_handler'],
];

/** Functions that a later PHP took away. */
const GONE_FUNCTIONS = ['each', 'create_function', 'get_magic_quotes_gpc', 'get_magic_quotes_runtime', 'money_format', 'ereg', 'split', 'mysql_query', 'mcrypt_encrypt', 'is_real', 'restore_include_path', 'utf8_encode', 'utf8_decode', 'strftime', 'gmstrftime', 'lcg_value', 'mhash', 'odbc_result_all', 'date_sunrise', 'date_sunset'];

/** Words that are no names of methods or constants before 7.0. */
const RESERVED = ['abstract', 'and', 'array', 'as', 'break', 'callable', 'case', 'catch', 'class', 'clone', 'const', 'continue', 'declare', 'default', 'do', 'echo', 'else', 'elseif', 'empty', 'enddeclare', 'endfor', 'endforeach', 'endif', 'endswitch', 'endwhile', 'eval', 'exit', 'extends', 'final', 'finally', 'for', 'foreach', 'function', 'global', 'goto', 'if', 'implements', 'include', 'instanceof', 'insteadof', 'interface', 'isset', 'list', 'namespace', 'new', 'or', 'print', 'private', 'protected', 'public', 'require', 'return', 'static', 'switch', 'throw', 'trait', 'try', 'unset', 'use', 'var', 'while', 'xor', 'yield'];

/** Tokens without white space and comments: [id or null, text, line]. */
function plain_tokens(string $source): array
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

/** Forms of the language by the version that brought them: each a look at the tokens from a place on. */
function newer_forms(array $tokens, int $at): array
{
    $text = function (int $by) use ($tokens, $at): string {
        return isset($tokens[$at + $by]) ? $tokens[$at + $by][1] : '';
    };
    $is = $tokens[$at][0];
    $version = null;
    $by_token = ['T_COALESCE' => '7.0', 'T_SPACESHIP' => '7.0', 'T_YIELD_FROM' => '7.0', 'T_COALESCE_EQUAL' => '7.4', 'T_FN' => '7.4', 'T_MATCH' => '8.0', 'T_NULLSAFE_OBJECT_OPERATOR' => '8.0', 'T_ATTRIBUTE' => '8.0', 'T_ENUM' => '8.1', 'T_READONLY' => '8.1'];
    foreach ($by_token as $name => $since) {
        if (defined($name) && $is === constant($name) && !in_array($text(-1), ['function', '->', '::'], true)) {
            $version = $since;
        }
    }
    if ($is === T_DECLARE) {
        $version = '7.0';
    } elseif ($is === T_FUNCTION || $is === T_CONST) {
        $name = $text(1) === '&' ? $text(2) : $text(1);
        $version = in_array(strtolower($name), RESERVED, true) ? '7.0' : null;
    } elseif ($is === T_ISSET && preg_match('/^[A-Z0-9_]+$/D', $text(4)) === 1 && $text(3) === '::') {
        $version = '7.0';
    } elseif ($is === T_NEW && $text(1) === 'class') {
        $version = '7.0';
    } elseif ($is === T_CATCH && $text(3) === '|') {
        $version = '7.1';
    } elseif (in_array($is, [T_PUBLIC, T_PROTECTED, T_PRIVATE], true) && ($text(1) === 'const' || ($text(1) === 'static' && $text(2) === 'const'))) {
        $version = '7.1';
    } elseif (in_array($is, [T_PUBLIC, T_PROTECTED, T_PRIVATE, T_VAR], true) && preg_match('/^\??[\\\\\w]+$/', $text(1)) === 1 && !in_array($text(1), ['function', 'static', 'final', 'abstract', 'const'], true)) {
        $version = '7.4';
    } elseif ($is === T_AS && $text(1) === '[') {
        $version = '7.1';
    } elseif ($text(0) === '[' && $text(1) === '-' && $at > 0 && in_array($tokens[$at - 1][0], [T_VARIABLE], true)) {
        // `$text[-1]`: on an array it is older, but nothing here has such keys.
        $version = '7.1';
    } elseif ($text(0) === ')' && $text(1) === ':' && closes_head($tokens, $at)) {
        $version = $text(2) === 'void' || $text(2) === '?' ? '7.1' : '7.0';
    } elseif ($text(0) === ')' && $text(1) === '(') {
        $version = '7.0';
    } elseif (in_array(strtolower($text(0)), ['string', 'int', 'float', 'bool', 'iterable', 'object', 'mixed'], true) && isset($tokens[$at + 1]) && $tokens[$at + 1][0] === T_VARIABLE && in_array($tokens[$at - 1][1], ['(', ','], true)) {
        $version = ['iterable' => '7.1', 'object' => '7.2', 'mixed' => '8.0'][strtolower($text(0))] ?? '7.0';
    }
    return $version === null ? [] : [$version => trim($text(0) . ' ' . $text(1)) . ' in line ' . $tokens[$at][2]];
}

/** Does the bracket that closes here belong to the head of a function? */
function closes_head(array $tokens, int $at): bool
{
    $depth = 0;
    for ($open = $at; $open > 0; $open--) {
        $depth += $tokens[$open][1] === ')' ? 1 : ($tokens[$open][1] === '(' ? -1 : 0);
        if ($depth === 0) {
            break;
        }
    }
    $before = $tokens[max(0, $open - 1)][0];
    return $before === T_FUNCTION || $before === T_USE || ($open > 1 && in_array($tokens[$open - 2][0], [T_FUNCTION], true));
}

/** `[$a, $b] = …` (7.1): where the list closes and `=` follows. */
function short_lists(array $tokens): array
{
    $found = [];
    foreach ($tokens as $at => $token) {
        if ($token[1] !== ']' || !isset($tokens[$at + 1]) || $tokens[$at + 1][1] !== '=') {
            continue;
        }
        $depth = 0;
        for ($open = $at; $open >= 0; $open--) {
            $depth += $tokens[$open][1] === ']' ? 1 : ($tokens[$open][1] === '[' ? -1 : 0);
            if ($depth === 0) {
                break;
            }
        }
        if ($open > 0 && ($tokens[$open - 1][0] === T_OPEN_TAG || in_array($tokens[$open - 1][1], [';', '{', '}', '(', 'as'], true))) {
            $found[] = $tokens[$open][1] . ' in line ' . $token[2];
        }
    }
    return $found;
}

/** What in this source is newer than that PHP. */
function newer_than(string $source, string $php): array
{
    $tokens = plain_tokens($source);
    $found = version_compare($php, '7.1', '<') ? short_lists($tokens) : [];
    $own = preg_match_all('/^function (\w+)\(/m', $source, $match) > 0 ? $match[1] : [];
    $late = [];
    foreach (NEWER_FUNCTIONS as $version => $names) {
        if (version_compare((string) $version, $php, '>')) {
            $late = array_merge($late, array_diff($names, $own));
        }
    }
    foreach ($tokens as $at => $token) {
        foreach (newer_forms($tokens, $at) as $version => $what) {
            if (version_compare((string) $version, $php, '>')) {
                $found[] = $what;
            }
        }
        $called = isset($tokens[$at + 1]) && $tokens[$at + 1][1] === '(' && $at > 0 && !in_array($tokens[$at - 1][1], ['->', '::', 'function', 'new'], true);
        if ($called && in_array(strtolower(ltrim($token[1], '\\')), array_merge($late, GONE_FUNCTIONS), true)) {
            $found[] = $token[1] . '() in line ' . $token[2];
        }
    }
    return $found;
}

return [
    'the file for PHP 7.2 on holds nothing that came later, the one for 5.6 nothing that came after that' => function () {
        foreach (Bridge::platforms() as $name) {
            $php = substr($name, -3) === '-56' ? '5.6' : '7.2';
            Check::same(newer_than((string) file_get_contents(Bridge::DIST . $name . '.php'), $php), [], $name);
        }
    },

    'every file for this PHP compiles on it' => function () {
        foreach (Bridge::platforms() as $name) {
            if ((substr($name, -3) === '-56') === (substr(Bridge::usual(), -3) === '-56')) {
                Bridge::$platform = $name;
                Check::same(Bridge::run('echo ShopProgram::NAME;'), preg_replace('/-56$/D', '', $name), $name);
            }
        }
        Bridge::$platform = Bridge::usual();
    },

    'every form and function of a later PHP is noticed' => function () {
        $late = [
            '7.0' => ['declare(strict_types=1);', 'function f(string $a) {}', 'function f($a, int $b) {}', 'function f(): array {}', 'function f(): Foo;', '$a ?? 1;', '$a <=> $b;', 'yield from f();', 'intdiv(1, 2);', 'random_bytes(3);', 'class A { function list() {} }', 'isset(self::LIST[$a]);', 'new class {};', '(function () {})();'],
            '7.1' => ['[$a, $b] = f();', 'foreach ($x as [$a, $b]) {}', 'class A { private const B = 1; }', 'try {} catch (A | B $e) {}', 'function f(): void {}', '$a[-1];', 'function f(iterable $a) {}', '\is_iterable($a);'],
            '7.2' => ['mb_chr(3);', 'function f(object $a) {}'],
            '7.4' => ['class A { private int $b; }', '$a ??= 1;', 'fn ($a) => 1;', 'mb_str_split($a);'],
            '8.0' => ['str_contains($a, $b);', '$a?->b();', 'match (1) { default => 1 };', 'function f(mixed $a) {}'],
            '8.4' => ['array_find($a, $b);'],
        ];
        foreach ($late as $version => $pieces) {
            $before = ['7.0' => '5.6', '7.1' => '7.0', '7.2' => '7.1', '7.4' => '7.3', '8.0' => '7.4', '8.4' => '8.3'][$version];
            foreach ($pieces as $piece) {
                Check::true(newer_than("<?php\n" . $piece, $before) !== [], $piece . ' is of ' . $version);
            }
        }
        foreach (['each($a);', 'utf8_encode($a);'] as $gone) {
            Check::true(newer_than("<?php\n" . $gone, '8.5') !== [], $gone . ' is gone');
        }
    },

    'older code of the same meaning comes out of the rewriting' => function () {
        $pairs = [
            ['function f(string $a, array $b, Foo $c, ?int $d = null, &$e = [1, [2]], int ...$f): ?string { return $a; }', 'function f($a, array $b, Foo $c, $d = null, &$e = [1, [2]], ...$f) { return $a; }'],
            ["\$g = function (int \$a) use (\$b): array {\n};", "\$g = function (\$a) use (\$b) {\n};"],
            ["interface A {\n    public function b(callable \$c): array;\n}", "interface A {\n    public function b(callable \$c);\n}"],
            ["declare(strict_types=1);\n\nnamespace A;", 'namespace A;'],
            ['isset(self::A[$b]) && isset(A::B[$c[1]]) && isset($d[$e]);', 'array_key_exists($b, self::A) && array_key_exists($c[1], A::B) && isset($d[$e]);'],
            ['try { a(); } catch (\Throwable $e) { b("{$e}"); }', 'try { a(); } catch (\Exception $e) { b("{$e}"); } catch (\Throwable $e) { b("{$e}"); }'],
            ['$a = $b ? f($c) : g(["x" => 1]);', '$a = $b ? f($c) : g(["x" => 1]);'],
        ];
        foreach ($pairs as $pair) {
            Check::same(OlderPhp::code("<?php\n" . $pair[0]), "<?php\n" . $pair[1]);
        }
    },
];

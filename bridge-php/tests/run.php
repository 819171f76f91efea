<?php
declare(strict_types=1);

/**
 * The bridge's own tests: `php bridge-php/tests/run.php [part of a name]`. No Composer; one line a
 * test; exit code 1 when one fails. What needs a web server and a database is in tests/tests/all/bridge_*.rs.
 * With `WINKELBRUG_PHP` (tests/php-versions) the bridge's code runs on another PHP than the tests.
 */

error_reporting(E_ALL);
set_error_handler(function (int $kind, string $text, string $file, int $line): bool {
    if ((error_reporting() & $kind) === 0) {
        return false;
    }
    throw new ErrorException($text, 0, $kind, $file, $line);
});

require __DIR__ . '/../OlderPhp.php';
require __DIR__ . '/Check.php';
require __DIR__ . '/Bridge.php';
Bridge::$platform = Bridge::usual();

$only = isset($argv[1]) ? $argv[1] : '';
$failed = 0;
$run = 0;
/** The tests of a file: those of the built file itself for every platform, others once. */
function tests_of(string $file): array
{
    $tests = require $file;
    if (basename($file) !== 'built_file.php') {
        return $tests;
    }
    $all = [];
    foreach (Bridge::other() === [] ? Bridge::platforms() : [Bridge::usual()] as $platform) {
        foreach ($tests as $name => $test) {
            $all[$name . ' (' . $platform . ')'] = function () use ($test, $platform) {
                Bridge::$platform = $platform;
                $test();
                Bridge::$platform = Bridge::usual();
            };
        }
    }
    return $all;
}

/** Some shop programs need numbers of 64 bits, which the other PHPs do not have: those are left to this one. */
const EVERYWHERE = ['built_file', 'configuration', 'opencart', 'php_versions', 'signing', 'stock', 'text', 'time'];

foreach (glob(__DIR__ . '/cases/*.php') as $file) {
    if (Bridge::other() !== [] && !in_array(basename($file, '.php'), EVERYWHERE, true)) {
        continue;
    }
    foreach (tests_of($file) as $name => $test) {
        if ($only !== '' && strpos($name, $only) === false) {
            continue;
        }
        $run++;
        try {
            $test();
            echo 'ok    ', $name, "\n";
        } catch (Throwable $error) {
            Bridge::$platform = Bridge::usual();
            $failed++;
            echo 'FAIL  ', $name, ': ', $error->getMessage(), ' (', basename($error->getFile()), ':', $error->getLine(), ")\n";
        }
    }
}
echo $run, ' tests, ', $failed, " failed\n";
exit($failed === 0 && $run > 0 ? 0 : 1);

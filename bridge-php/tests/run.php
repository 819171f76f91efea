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
    foreach (Bridge::platforms() as $platform) {
        if (Bridge::other() !== [] && $platform !== Bridge::usual(preg_replace('/-56$/D', '', $platform))) {
            continue;
        }
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

/** What the other PHPs cannot do: they are of 32 bits, and their programs have no environment. */
const NOT_ELSEWHERE = [
    'amounts are added to the ten-thousandth and rounded half away from zero',
    'PrestaShop: amounts are exact however large they are',
    'amounts keep every digit and are rounded only where it is said',
    'a row over several rates is shared, rates on each other are one, and what is left is without VAT',
    "values of the server's environment are found where the file names them",
    "the environment's own overrides win",
    'settings in files win, and name their scope',
    'values put together, chosen or taken from variables are known',
    'values of the surroundings are asked by the names the configuration gives',
];

$names = [];
foreach (glob(__DIR__ . '/cases/*.php') as $file) {
    foreach (tests_of($file) as $name => $test) {
        $names[] = $name;
        if (($only !== '' && strpos($name, $only) === false) || (Bridge::other() !== [] && in_array($name, NOT_ELSEWHERE, true))) {
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
foreach (array_diff(NOT_ELSEWHERE, $names) as $name) {
    $failed++;
    echo 'FAIL  no test is named so: ', $name, "\n";
}
echo $run, ' tests, ', $failed, " failed\n";
exit($failed === 0 && $run > 0 ? 0 : 1);

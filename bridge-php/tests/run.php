<?php
declare(strict_types=1);

/**
 * The bridge's own tests: `php bridge-php/tests/run.php [part of a name]`. No Composer; one line a
 * test; exit code 1 when one fails. What needs a web server and a database is in tests/tests/all/bridge_*.rs.
 */

error_reporting(E_ALL);
set_error_handler(function (int $kind, string $text, string $file, int $line): bool {
    if ((error_reporting() & $kind) === 0) {
        return false;
    }
    throw new ErrorException($text, 0, $kind, $file, $line);
});

require __DIR__ . '/Check.php';
require __DIR__ . '/Bridge.php';

$only = isset($argv[1]) ? $argv[1] : '';
$failed = 0;
$run = 0;
foreach (glob(__DIR__ . '/cases/*.php') as $file) {
    foreach (require $file as $name => $test) {
        if ($only !== '' && strpos($name, $only) === false) {
            continue;
        }
        $run++;
        try {
            $test();
            echo 'ok    ', $name, "\n";
        } catch (Throwable $error) {
            $failed++;
            echo 'FAIL  ', $name, ': ', $error->getMessage(), ' (', basename($error->getFile()), ':', $error->getLine(), ")\n";
        }
    }
}
echo $run, ' tests, ', $failed, " failed\n";
exit($failed === 0 && $run > 0 ? 0 : 1);

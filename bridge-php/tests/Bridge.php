<?php
declare(strict_types=1);

/** The built file of a platform, filled in for a test, and its classes in a PHP process of their own. */
final class Bridge
{
    const DIST = __DIR__ . '/../dist/';

    /** @var string whose file is looked at; `run.php` goes through all of them for the tests of the file itself */
    public static $platform = 'opencart';

    /**
     * The PHP the bridge's code runs on: this one, or the one that serves the folder for temporary
     * files at a port of this machine (`WINKELBRUG_PHP=5.6@34567`, see tests/php-versions).
     */
    public static function other(): array
    {
        $other = explode('@', (string) getenv('WINKELBRUG_PHP'));
        return isset($other[1]) ? $other : [];
    }

    /** A platform's file for that PHP. */
    public static function usual(string $platform = 'opencart'): string
    {
        return $platform . (self::isOld() ? '-56' : '');
    }

    private static function isOld(): bool
    {
        return self::other() !== [] && version_compare(self::other()[0], '7.2', '<');
    }

    /** Every file there is: a platform's for PHP 7.2 on, and with `-56` behind it for PHP 5.6 to 7.1. */
    public static function platforms(): array
    {
        return array_map(function (string $file): string {
            return basename($file, '.php');
        }, glob(self::DIST . '*.php'));
    }

    public static function built(): string
    {
        return (string) file_get_contents(self::DIST . self::$platform . '.php');
    }

    /** Values of an `hmac` upload; a test changes what it is about. */
    public static function values(array $changed = []): array
    {
        return $changed + [
            'BRIDGE_ID' => str_repeat('ab', 16),
            'VARIANT' => 'hmac',
            'PUBLIC_KEY' => '',
            'REQUEST_KEY' => str_repeat('1c', 32),
            'ANSWER_KEY' => str_repeat('2d', 32),
            'SCOPES' => 'orders.read,products.read,stock.write',
            'END_DATE' => '4000000000',
            'PLATFORM' => preg_replace('/-56$/D', '', self::$platform),
            'SHOP_ROOT' => '.',
            'CONFIG_FILE' => 'config.php',
            'TABLE_PREFIX' => '',
            'TIME_ZONE' => '',
            'ALLOW_FROM' => '',
            'STOCK_ZERO_CAP' => '0',
        ];
    }

    public static function filled(array $values): string
    {
        $text = self::built();
        foreach ($values as $name => $value) {
            $text = str_replace('{{' . $name . '}}', $value, $text);
        }
        return $text;
    }

    /**
     * Runs code with the bridge's classes at hand and answers what it printed. `$standIns` is code
     * whose classes take the place of the bridge's own of the same name.
     */
    public static function run(string $code, array $values = [], string $standIns = ''): string
    {
        $text = str_replace("\nMain::run();\n", "\n", self::filled(self::values($values)));
        if (self::other() !== []) {
            // Those have 32 bits, which some shop programs refuse before anything else is looked at.
            $text = str_replace('PHP_INT_SIZE < 8', 'PHP_INT_SIZE < 4', $text);
        }
        foreach (preg_match_all('/^final class (\w+)/m', $standIns, $found) > 0 ? $found[1] : [] as $class) {
            $text = preg_replace('/^final class ' . $class . '$/m', 'final class Real' . $class, $text);
        }
        $folder = self::folder();
        file_put_contents($folder . '/library.php', $text);
        $errors = "error_reporting(-1);\nini_set('display_errors', '1');\n";
        $program = "<?php\ndeclare(strict_types=1);\nnamespace Winkelbrug\\Bridge;\n" . $errors . $standIns . "\nrequire __DIR__ . '/library.php';\n" . $code;
        file_put_contents($folder . '/run.php', self::isOld() ? OlderPhp::code($program) : $program);
        return self::php($folder . '/run.php');
    }

    /** As `run`, for code that prints JSON. */
    public static function json(string $code, array $values = [], string $standIns = '')
    {
        $printed = self::run($code, $values, $standIns);
        $value = json_decode($printed, true);
        if ($value === null && trim($printed) !== 'null') {
            throw new Exception('printed ' . substr($printed, 0, 500));
        }
        return $value;
    }

    /** A folder that goes when the tests end. */
    public static function folder(): string
    {
        static $made = 0;
        $folder = sys_get_temp_dir() . '/winkelbrug-php-' . getmypid() . '-' . $made++;
        mkdir($folder, 0700);
        register_shutdown_function([self::class, 'clear'], $folder);
        return $folder;
    }

    /** Deletes a folder and all in it. */
    public static function clear(string $folder)
    {
        foreach (array_diff(scandir($folder), ['.', '..']) as $name) {
            $path = $folder . '/' . $name;
            is_dir($path) && !is_link($path) ? self::clear($path) : unlink($path);
        }
        rmdir($folder);
    }

    /** What PHP prints for a file in a folder of ours, errors and all. */
    public static function php(string $file): string
    {
        if (self::other() !== []) {
            $context = stream_context_create(['http' => ['ignore_errors' => true]]);
            return (string) file_get_contents('http://127.0.0.1:' . self::other()[1] . substr($file, strlen(sys_get_temp_dir())), false, $context);
        }
        $command = array_map('escapeshellarg', [PHP_BINARY, '-d', 'display_errors=1', '-d', 'log_errors=0', '-d', 'error_reporting=-1', $file]);
        return (string) shell_exec(implode(' ', $command) . ' 2>&1');
    }
}

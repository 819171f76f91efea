<?php
declare(strict_types=1);

/** The built file of a platform, filled in for a test, and its classes in a PHP process of their own. */
final class Bridge
{
    const DIST = __DIR__ . '/../dist/';

    /** @var string whose file is looked at; `run.php` goes through all of them for the tests of the file itself */
    public static $platform = 'opencart';

    /** Every platform there is a file for. */
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
            'PLATFORM' => self::$platform,
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
        foreach (preg_match_all('/^final class (\w+)/m', $standIns, $found) > 0 ? $found[1] : [] as $class) {
            $text = preg_replace('/^final class ' . $class . '$/m', 'final class Real' . $class, $text);
        }
        $folder = self::folder();
        file_put_contents($folder . '/library.php', $text);
        file_put_contents($folder . '/run.php', "<?php\ndeclare(strict_types=1);\nnamespace Winkelbrug\\Bridge;\n" . $standIns . "\nrequire __DIR__ . '/library.php';\n" . $code);
        return self::php([$folder . '/run.php']);
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

    /** What a PHP process of its own prints, errors and all. */
    public static function php(array $arguments): string
    {
        $command = array_map('escapeshellarg', array_merge([PHP_BINARY, '-d', 'display_errors=1', '-d', 'log_errors=0', '-d', 'error_reporting=-1'], $arguments));
        return (string) shell_exec(implode(' ', $command) . ' 2>&1');
    }
}

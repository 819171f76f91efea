<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

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

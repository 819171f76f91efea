<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * Magento 2's `app/etc/env.php` and `config.php`, and what the server's environment puts over them
 * (`MAGENTO_DC_…` over these files, `CONFIG__…` over settings).
 */
final class MagentoConfiguration
{
    /** @var string */
    private $root;
    /** @var Environment */
    private $environment;
    /** @var array<string, ArrayFile|null> */
    private $files = [];

    public function __construct(string $root)
    {
        $this->root = $root;
        $this->environment = new Environment('');
    }

    /** Access to the database, in the one form Database takes. */
    public function access(): array
    {
        $place = $this->connection();
        $host = $this->value($place . '/host');
        $user = $this->value($place . '/username');
        $database = $this->value($place . '/dbname');
        if ($user === '' || $database === '' || $host === '') {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' ' . $place);
        }
        $prefix = Deployment::TABLE_PREFIX !== '' ? Deployment::TABLE_PREFIX : $this->value('db/table_prefix');
        if (preg_match('/^[A-Za-z0-9_]*$/D', $prefix) !== 1) {
            throw new Problem('prefix-wrong', 'characters');
        }
        return DatabasePlace::of($host, '') + [
            'user' => $user,
            'password' => $this->value($place . '/password'),
            'database' => $database,
            'prefix' => $prefix,
            // What the shop connects with; another choice would show its text doubled.
            'charset' => stripos($this->value($place . '/initStatements'), 'utf8mb4') !== false ? 'utf8mb4' : 'utf8',
        ];
    }

    /** `default`, unless that one is switched off and another is not. */
    private function connection(): string
    {
        $all = $this->env()->get('db/connection', Deployment::CONFIG_FILE);
        foreach (is_array($all) ? array_merge(['default'], array_keys($all)) : [] as $name) {
            $active = isset($all[$name]) && is_array($all[$name]) && array_key_exists('active', $all[$name]) ? ArrayFile::text($all[$name]['active']) : '1';
            if (isset($all[$name]) && $active === '1' && preg_match('/^[A-Za-z0-9_]+$/D', (string) $name) === 1 && $name !== 'indexer') {
                return 'db/connection/' . $name;
            }
        }
        return 'db/connection/default';
    }

    /** A value of the deployment configuration as text: the environment first, then `env.php`; empty when it is nowhere. */
    private function value(string $path): string
    {
        $over = $this->environment->get('MAGENTO_DC_' . strtoupper(str_replace('/', '__', $path)));
        if ($over !== null) {
            return $over;
        }
        $all = json_decode((string) $this->environment->get('MAGENTO_DC__OVERRIDE'), true, 16);
        foreach (explode('/', $path) as $key) {
            $all = is_array($all) && isset($all[$key]) ? $all[$key] : null;
        }
        $value = $all !== null ? $all : $this->env()->get($path, Deployment::CONFIG_FILE);
        return $this->resolved(ArrayFile::text($value), $path);
    }

    /** `#env(NAME)` and `#env(NAME, "default")`. */
    private function resolved(string $text, string $path): string
    {
        if (preg_match('/^#env\(\s*(\w+)\s*(?:,\s*"([^"]*)")?\s*\)$/D', $text, $found) !== 1) {
            return $text;
        }
        $value = $this->environment->get($found[1]);
        if ($value === null && !isset($found[2])) {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' ' . $path . ' ' . substr($found[1], 0, 40));
        }
        return $value !== null ? $value : $found[2];
    }

    private function env(): ArrayFile
    {
        if (!isset($this->files['env'])) {
            $file = $this->root . '/' . Deployment::CONFIG_FILE;
            if (!is_file($file)) {
                throw new Problem('config-missing', Deployment::CONFIG_FILE);
            }
            $source = @file_get_contents($file);
            if (!is_string($source)) {
                throw new Problem('config-unreadable', Deployment::CONFIG_FILE);
            }
            $this->files['env'] = new ArrayFile($source, $this->environment);
        }
        return $this->files['env'];
    }

    /** `config.php`: modules and settings that travel with the code; null when it is not there. */
    private function shared()
    {
        if (!array_key_exists('config', $this->files)) {
            $file = $this->root . '/app/etc/config.php';
            $source = is_file($file) ? @file_get_contents($file) : false;
            $this->files['config'] = is_string($source) ? new ArrayFile($source, $this->environment) : null;
        }
        return $this->files['config'];
    }

    /** Is a module switched on? null when `config.php` does not say. */
    public function module(string $name)
    {
        $value = $this->shared() === null ? null : $this->shared()->get('modules/' . $name, 'app/etc/config.php');
        return $value === null ? null : ArrayFile::text($value) === '1';
    }

    /** A setting that files or the environment fix in a scope (`default`, `websites`, `stores`); null when none does. */
    public function fixed(string $scope, string $code, string $path)
    {
        $place = $scope . ($code === '' ? '' : '/' . $code) . '/' . $path;
        $over = $this->environment->get('CONFIG__' . strtoupper(str_replace('/', '__', $place)));
        if ($over !== null) {
            return $over;
        }
        $value = $this->env()->get('system/' . $place, Deployment::CONFIG_FILE);
        if ($value === null && $this->shared() !== null) {
            $value = $this->shared()->get('system/' . $place, 'app/etc/config.php');
        }
        return $value === null || is_array($value) ? null : $this->resolved(ArrayFile::text($value), 'system/' . $place);
    }

    /** From `composer.json`, which names the edition it is made of. */
    public function version(): string
    {
        $file = $this->root . '/composer.json';
        $source = is_file($file) ? @file_get_contents($file) : false;
        $all = json_decode((string) $source, true, 32);
        foreach (['magento/product-enterprise-edition', 'magento/product-community-edition', 'mage-os/product-community-edition', 'magento/magento2-base'] as $name) {
            if (isset($all['require'][$name]) && is_string($all['require'][$name])) {
                return ltrim($all['require'][$name], '^~=v ');
            }
        }
        return isset($all['version']) && is_string($all['version']) ? $all['version'] : '';
    }
}

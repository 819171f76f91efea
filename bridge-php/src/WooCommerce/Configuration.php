<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * WordPress's configuration: `wp-config.php` in the shop's root or one folder up, or Bedrock's
 * `config/application.php` with its `.env` one folder up. It is read as text: including it would
 * start all of WordPress.
 */
final class WooCommerceConfiguration
{
    /** @var Constants */
    private $constants;
    /** @var Environment */
    private $environment;

    public function __construct(string $root)
    {
        $this->environment = new Environment(self::bedrock() ? self::dotEnv($root) : '');
        $this->constants = Constants::ofFile($root . '/' . Deployment::CONFIG_FILE, Deployment::CONFIG_FILE, $this->environment);
    }

    private static function bedrock(): bool
    {
        return substr(Deployment::CONFIG_FILE, -23) === '/config/application.php';
    }

    private static function dotEnv(string $root): string
    {
        $file = $root . '/../.env';
        $text = is_file($file) ? @file_get_contents($file) : '';
        return is_string($text) ? $text : '';
    }

    /** Access to the database, in the one form Database takes. */
    public function access(): array
    {
        if (PHP_INT_SIZE < 8) {
            throw new Problem('unsupported', 'PHP of 32 bits');
        }
        $access = self::bedrock() ? $this->fromUrl((string) $this->environment->get('DATABASE_URL')) : [];
        if ($access === []) {
            $access = DatabasePlace::of($this->needed('DB_HOST'), '') + [
                'user' => $this->needed('DB_USER'),
                'password' => $this->password(),
                'database' => $this->needed('DB_NAME'),
            ];
        }
        $own = (string) $this->constants->first(['$table_prefix']);
        $prefix = Deployment::TABLE_PREFIX !== '' ? Deployment::TABLE_PREFIX : $own;
        if ($prefix === '') {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' $table_prefix');
        }
        if (preg_match('/^[A-Za-z0-9_]+$/D', $prefix . $own) !== 1) {
            throw new Problem('prefix-wrong', 'characters');
        }
        // Of several sites in one WordPress, each but the main one has its number in its prefix; accounts are shared.
        $several = $own !== '' && preg_match('/^' . preg_quote($own, '/') . '[0-9]+_$/D', $prefix) === 1;
        return $access + ['prefix' => $prefix, 'shared_prefix' => $several ? $own : $prefix, 'charset' => $this->charset()];
    }

    /** A constant without which there is no way in. */
    private function needed(string $name): string
    {
        $value = $this->constants->get($name);
        if ($value === '') {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' ' . $name);
        }
        return $value;
    }

    /** It may be empty, but it must be there. */
    private function password(): string
    {
        $password = $this->constants->first(['DB_PASSWORD']);
        if ($password === null) {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE . ' DB_PASSWORD');
        }
        return $password;
    }

    /** Bedrock's other way to say it: `mysql://user:password@host:port/database`. */
    private function fromUrl(string $url): array
    {
        if ($url === '') {
            return [];
        }
        $parts = parse_url($url);
        if (!is_array($parts) || !isset($parts['host'], $parts['user'], $parts['path'])) {
            throw new Problem('config-unreadable', '.env DATABASE_URL');
        }
        return DatabasePlace::of($parts['host'], isset($parts['port']) ? (string) $parts['port'] : '') + [
            'user' => rawurldecode($parts['user']),
            'password' => isset($parts['pass']) ? rawurldecode($parts['pass']) : '',
            'database' => substr($parts['path'], 1),
        ];
    }

    /** As WordPress chooses it: `utf8` stands for four bytes where the server knows them, and every server in use does. */
    private function charset(): string
    {
        $charset = strtolower($this->constants->get('DB_CHARSET'));
        return $charset === '' || $charset === 'utf8' || preg_match('/^[a-z0-9_]+$/D', $charset) !== 1 ? 'utf8mb4' : $charset;
    }
}

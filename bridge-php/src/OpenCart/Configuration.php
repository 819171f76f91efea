<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** OpenCart's `config.php`. */
final class OpenCartConfiguration
{
    /** @var Constants */
    private $constants;

    public function __construct(string $root)
    {
        $this->constants = Constants::ofFile($root . '/' . Deployment::CONFIG_FILE, Deployment::CONFIG_FILE);
    }

    /** Access to the database, in the one form Database takes. */
    public function access(): array
    {
        // Very old forks say DB_HOST, DB_USER, DB_NAME.
        $user = $this->constants->first(['DB_USERNAME', 'DB_USER']);
        $database = $this->constants->first(['DB_DATABASE', 'DB_NAME']);
        $host = $this->constants->first(['DB_HOSTNAME', 'DB_HOST']);
        if ($user === null || $database === null || $host === null) {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE);
        }
        $prefix = Deployment::TABLE_PREFIX !== '' ? Deployment::TABLE_PREFIX : (string) $this->constants->first(['DB_PREFIX']);
        if (preg_match('/^[A-Za-z0-9_]*$/D', $prefix) !== 1) {
            throw new Problem('prefix-wrong', 'characters');
        }
        return DatabasePlace::of($host, (string) $this->constants->first(['DB_PORT'])) + [
            'user' => $user,
            'password' => (string) $this->constants->first(['DB_PASSWORD']),
            'database' => $database,
            'prefix' => $prefix,
            // As the shop itself connects, or its text would come doubled: OpenCart 2 and 3 with three-byte
            // utf8, 4 (which alone says what application it is) with all of it.
            'charset' => $this->constants->first(['APPLICATION', 'DIR_OPENCART']) !== null ? 'utf8mb4' : 'utf8',
        ] + ($this->encrypted() ? ['encrypted' => true] : []);
    }

    /** 4.1 holds certificates in these, as text; what stands in them need not be known to speak encrypted. */
    private function encrypted(): bool
    {
        return $this->constants->get('DB_SSL_CA') . $this->constants->get('DB_SSL_CERT') . $this->constants->get('DB_SSL_KEY') !== '';
    }

    public function constant(string $name): string
    {
        return $this->constants->get($name);
    }
}

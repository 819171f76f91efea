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
            // OpenCart 3 itself connects with three-byte utf8; another choice would show its text doubled.
            'charset' => 'utf8',
        ];
    }

    public function constant(string $name): string
    {
        return $this->constants->get($name);
    }
}

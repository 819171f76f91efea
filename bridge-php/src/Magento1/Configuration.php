<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** Magento 1's `app/etc/local.xml`, read as data: no network, no entities. */
final class MagentoConfiguration
{
    /** @var string */
    private $root;

    public function __construct(string $root)
    {
        $this->root = $root;
    }

    /** Access to the database, in the one form Database takes. */
    public function access(): array
    {
        $global = self::child($this->document(), 'global');
        $resources = self::child($global, 'resources');
        $connection = self::child(self::child($resources, 'default_setup'), 'connection');
        $host = self::text($connection, 'host');
        $socket = self::text($connection, 'unix_socket');
        $user = self::text($connection, 'username');
        $database = self::text($connection, 'dbname');
        if ($user === '' || $database === '' || $host === '' && $socket === '') {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE);
        }
        $prefix = Deployment::TABLE_PREFIX !== '' ? Deployment::TABLE_PREFIX : self::text(self::child($resources, 'db'), 'table_prefix');
        if (preg_match('/^[A-Za-z0-9_]*$/D', $prefix) !== 1) {
            throw new Problem('prefix-wrong', 'characters');
        }
        return DatabasePlace::of($socket !== '' ? $socket : $host, self::text($connection, 'port')) + [
            'user' => $user,
            'password' => self::text($connection, 'password'),
            'database' => $database,
            'prefix' => $prefix,
            // What the shop connects with; another choice would show its text doubled.
            'charset' => stripos(self::text($connection, 'initStatements'), 'utf8mb4') !== false ? 'utf8mb4' : 'utf8',
        ];
    }

    /** The file's root element. A document type could bring entities: such a file is not read. */
    private function document(): \DOMElement
    {
        if (!class_exists('DOMDocument', false)) {
            throw new Problem('unsupported', 'dom');
        }
        $file = $this->root . '/' . Deployment::CONFIG_FILE;
        if (!is_file($file)) {
            throw new Problem('config-missing', Deployment::CONFIG_FILE);
        }
        $source = @file_get_contents($file);
        $document = new \DOMDocument();
        $plain = is_string($source) && trim($source) !== '' && stripos($source, '<!DOCTYPE') === false && stripos($source, '<!ENTITY') === false;
        if (!$plain || !@$document->loadXML(trim($source), LIBXML_NONET | LIBXML_NOERROR | LIBXML_NOWARNING) || $document->documentElement === null || $document->doctype !== null) {
            throw new Problem('config-unreadable', Deployment::CONFIG_FILE);
        }
        return $document->documentElement;
    }

    private static function child($element, string $name)
    {
        foreach ($element === null ? [] : $element->childNodes as $node) {
            if ($node instanceof \DOMElement && $node->tagName === $name) {
                return $node;
            }
        }
        return null;
    }

    private static function text($element, string $name): string
    {
        $node = self::child($element, $name);
        return $node === null ? '' : trim($node->textContent);
    }

    /** Magento 1's files give defaults only: what is stored wins. */
    public function fixed(string $scope, string $code, string $path)
    {
        return null;
    }

    /** What `app/Mage.php` says of itself: OpenMage's own version where it has one. */
    public function version(): string
    {
        $file = $this->root . '/app/Mage.php';
        $source = is_file($file) ? @file_get_contents($file) : false;
        if (!is_string($source)) {
            return '';
        }
        foreach (['getOpenMageVersionInfo', 'getVersionInfo'] as $function) {
            $version = self::versionOf($source, $function);
            if ($version !== '') {
                return $version;
            }
        }
        return '';
    }

    private static function versionOf(string $source, string $function): string
    {
        $start = strpos($source, 'function ' . $function . '(');
        if ($start === false) {
            return '';
        }
        $major = preg_match('/function getOpenMageMajorVersion\(\)[^{]*\{\s*return\s+([0-9]+);/', $source, $found) === 1 ? $found[1] : '';
        $parts = "/'(major|minor|revision|patch)'\s*=>\s*'([0-9]*)'/";
        $version = '';
        // Some releases hold the numbers of two lines, of which the major one named above is this one.
        foreach (array_slice(explode("'major'", substr($source, $start, 4000)), 1) as $list) {
            preg_match_all($parts, "'major'" . $list, $numbers, PREG_SET_ORDER);
            $found = [];
            foreach ($numbers as $number) {
                if (!isset($found[$number[1]]) && $number[2] !== '') {
                    $found[$number[1]] = $number[2];
                }
            }
            $version = $version === '' || isset($found['major']) && $found['major'] === $major ? implode('.', $found) : $version;
            if ($function === 'getVersionInfo' || isset($found['major']) && $found['major'] === $major) {
                break;
            }
        }
        return $version;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** How long a page may take and how much memory it may use, well under what the host allows. */
final class Budget
{
    const MOST_SECONDS = 20;

    /** @var float */
    private $start;
    /** @var int */
    private $seconds;
    /** @var int */
    private $memory;

    public function __construct()
    {
        $this->start = microtime(true);
        $allowed = (int) ini_get('max_execution_time');
        $this->seconds = $allowed > 0 ? max(1, min(self::MOST_SECONDS, intdiv($allowed * 6, 10))) : self::MOST_SECONDS;
        $limit = self::bytes((string) ini_get('memory_limit'));
        $this->memory = $limit > 0 ? (int) floor($limit * 6 / 10) : 96 * 1048576;
    }

    /** A float: a PHP of 32 bits cannot hold some limits as a whole number. */
    private static function bytes(string $text): float
    {
        $units = ['k' => 1024, 'm' => 1048576, 'g' => 1073741824];
        $unit = strtolower(substr($text, -1));
        return min((float) PHP_INT_MAX, (float) (int) $text * (isset($units[$unit]) ? $units[$unit] : 1));
    }

    public function spent(): bool
    {
        return microtime(true) - $this->start > $this->seconds || memory_get_usage(true) > $this->memory;
    }

    public function seconds(): int
    {
        return $this->seconds;
    }

    public function memory(): int
    {
        return $this->memory;
    }
}

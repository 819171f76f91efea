<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/**
 * The zone of the database's session, in which OpenCart 2 (and 3 up to 3.0.3) stores its times. The
 * server may only say `SYSTEM`; so it is told by how the server itself reads moments of winter,
 * summer and of the weeks in which Europe and America do not change their clocks together.
 */
final class OpenCartSessionZone
{
    /** One zone for each set of rules that differs. */
    const KNOWN = [
        'Europe/Amsterdam', 'Europe/London', 'Europe/Helsinki', 'America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles',
    ];

    public static function of(Database $database): ShopTime
    {
        $year = gmdate('Y');
        $locals = [$year . '-01-15 12:00:00', $year . '-03-20 12:00:00', $year . '-07-15 12:00:00', $year . '-10-31 12:00:00'];
        $row = $database->row(
            'SELECT UNIX_TIMESTAMP(?) AS winter, UNIX_TIMESTAMP(?) AS march, UNIX_TIMESTAMP(?) AS summer, UNIX_TIMESTAMP(?) AS october, TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW()) AS minutes',
            $locals
        );
        if ($row === null) {
            return new ShopTime('UTC', 'unknown');
        }
        $moments = [(int) $row['winter'], (int) $row['march'], (int) $row['summer'], (int) $row['october']];
        foreach (self::KNOWN as $zone) {
            if (self::read($zone, $locals) === $moments) {
                return new ShopTime($zone, 'database');
            }
        }
        $minutes = (int) $row['minutes'];
        $away = abs($minutes);
        $hours = (int) (($away - $away % 60) / 60);
        return new ShopTime(sprintf('%s%02d:%02d', $minutes < 0 ? '-' : '+', $hours, $away % 60), 'database');
    }

    private static function read(string $zone, array $locals): array
    {
        $moments = [];
        foreach ($locals as $local) {
            $moments[] = (new \DateTime($local, new \DateTimeZone($zone)))->getTimestamp();
        }
        return $moments;
    }
}

<?php
declare(strict_types=1);

namespace Winkelbrug\Bridge;

/** The shop's local times and UTC, in both directions, with the hour that repeats each autumn. */
final class ShopTime
{
    /** @var \DateTimeZone */
    private $zone;
    /** @var string */
    private $source;

    public function __construct(string $zone, string $source)
    {
        try {
            $this->zone = new \DateTimeZone($zone);
            $this->source = $source;
        } catch (\Exception $error) {
            $this->zone = new \DateTimeZone('UTC');
            $this->source = 'unknown';
        }
    }

    public function name(): string
    {
        return $this->zone->getName();
    }

    public function source(): string
    {
        return $this->source;
    }

    /** UTC of a local text; null for `0000-00-00`. Of a time that occurs twice, the first. */
    public function utc($local)
    {
        if (!is_string($local) || preg_match('/^([0-9]{4})-([0-9]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2})/', $local, $part) !== 1 || $part[1] === '0000') {
            return null;
        }
        $wall = gmmktime((int) $part[4], (int) $part[5], (int) $part[6], (int) $part[2], (int) $part[3], (int) $part[1]);
        // The offset that held a day before comes first: where both fit, the clock has just gone back.
        $before = $wall - $this->offset($wall - 86400);
        $after = $wall - $this->offset($wall + 86400);
        $moment = $this->offset($before) === $wall - $before || $this->offset($after) !== $wall - $after ? $before : $after;
        return gmdate('Y-m-d\TH:i:s\Z', $moment);
    }

    /** `YYYY-MM-DDTHH:MM:SS` on the shop's clock of a moment in UTC. */
    public function localText(string $utc): string
    {
        $moment = (new \DateTime($utc, new \DateTimeZone('UTC')))->getTimestamp();
        return str_replace(' ', 'T', self::local($moment, $this->offset($moment)));
    }

    /**
     * The local text from which on everything changed at or after that moment is found. Where the
     * clock goes back soon after, it is the time it goes back to: nothing of the repeated hour is
     * passed over.
     */
    public function localSince(string $utc): string
    {
        $moment = (new \DateTime($utc, new \DateTimeZone('UTC')))->getTimestamp();
        $earliest = self::local($moment, $this->offset($moment));
        $transitions = $this->zone->getTransitions($moment - 1, $moment + 3 * 3600);
        foreach (is_array($transitions) ? array_slice($transitions, 1) : [] as $transition) {
            $earliest = min($earliest, self::local($transition['ts'], $transition['offset']));
        }
        return $earliest;
    }

    /**
     * By how many seconds local time is ahead, from a UTC text on: pairs of seconds and the UTC text until
     * which they hold, the last of them without an end.
     */
    public function offsets(string $from): array
    {
        $moment = (int) strtotime($from . ' UTC');
        $transitions = $this->zone->getTransitions($moment, time() + 2 * 366 * 86400);
        $steps = [];
        $ahead = $this->offset($moment);
        foreach (is_array($transitions) ? array_slice($transitions, 1) : [] as $transition) {
            $steps[] = ['seconds' => $ahead, 'until' => self::local($transition['ts'], 0)];
            $ahead = $transition['offset'];
        }
        $steps[] = ['seconds' => $ahead, 'until' => null];
        return $steps;
    }

    private function offset(int $moment): int
    {
        return $this->zone->getOffset(new \DateTime('@' . $moment, new \DateTimeZone('UTC')));
    }

    private static function local(int $moment, int $offset): string
    {
        return gmdate('Y-m-d H:i:s', $moment + $offset);
    }
}

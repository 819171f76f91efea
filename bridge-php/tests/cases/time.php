<?php
declare(strict_types=1);

/** The shop's local times and UTC. */

function utc_of(array $locals, string $zone = 'Europe/Amsterdam'): array
{
    return Bridge::json('$t = new ShopTime(' . var_export($zone, true) . ', "setting"); $o = []; foreach (' . var_export($locals, true) . ' as $l) { $o[] = $t->utc($l); } echo json_encode($o);');
}

function since_of(array $moments, string $zone = 'Europe/Amsterdam'): array
{
    return Bridge::json('$t = new ShopTime(' . var_export($zone, true) . ', "setting"); $o = []; foreach (' . var_export($moments, true) . ' as $m) { $o[] = $t->localSince($m); } echo json_encode($o);');
}

return [
    'local times become UTC in winter and summer' => function () {
        Check::same(utc_of(['2025-01-01 00:00:06', '2025-07-01 12:00:00', '2024-12-31 23:59:50']), ['2024-12-31T23:00:06Z', '2025-07-01T10:00:00Z', '2024-12-31T22:59:50Z']);
    },

    'in spring the hour that does not exist is read as the one after it' => function () {
        Check::same(utc_of(['2025-03-30 01:59:30', '2025-03-30 02:30:00', '2025-03-30 03:00:11']), ['2025-03-30T00:59:30Z', '2025-03-30T01:30:00Z', '2025-03-30T01:00:11Z']);
    },

    'in autumn the hour that comes twice is read as the first' => function () {
        Check::same(
            utc_of(['2025-10-26 01:59:59', '2025-10-26 02:00:00', '2025-10-26 02:30:00', '2025-10-26 02:59:59', '2025-10-26 03:00:00', '2026-10-25 02:59:52']),
            ['2025-10-25T23:59:59Z', '2025-10-26T00:00:00Z', '2025-10-26T00:30:00Z', '2025-10-26T00:59:59Z', '2025-10-26T02:00:00Z', '2026-10-25T00:59:52Z']
        );
    },

    'other zones and plain offsets work as well' => function () {
        Check::same(utc_of(['2025-11-02 01:30:00'], 'America/New_York'), ['2025-11-02T05:30:00Z']);
        Check::same(utc_of(['2025-11-02 01:30:00'], '+05:30'), ['2025-11-01T20:00:00Z']);
        Check::same(utc_of(['2025-04-06 01:45:00'], 'Australia/Lord_Howe'), ['2025-04-05T14:45:00Z']);
    },

    'zero dates and nonsense have no time' => function () {
        Check::same(utc_of(['0000-00-00 00:00:00', '', 'yesterday', '2025-01-01']), [null, null, null, null]);
    },

    'a moment becomes the local text from which on nothing is passed over' => function () {
        Check::same(since_of(['2025-01-15T12:00:00Z', '2025-07-01T10:00:00Z', '2025-07-01T10:00:00.5Z']), ['2025-01-15 13:00:00', '2025-07-01 12:00:00', '2025-07-01 12:00:00']);
    },

    'around the clock change in autumn reading starts where the clock goes back to' => function () {
        // At 01:00Z local 03:00 becomes 02:00: what changes after it has a smaller local text than before.
        Check::same(
            since_of(['2025-10-26T00:30:00Z', '2025-10-26T00:59:59Z', '2025-10-26T01:00:00Z', '2025-10-26T01:30:00Z', '2025-10-26T02:30:00Z']),
            ['2025-10-26 02:00:00', '2025-10-26 02:00:00', '2025-10-26 02:00:00', '2025-10-26 02:30:00', '2025-10-26 03:30:00']
        );
    },

    'around the clock change in spring too' => function () {
        Check::same(since_of(['2025-03-30T00:30:00Z', '2025-03-30T01:00:00Z']), ['2025-03-30 01:30:00', '2025-03-30 03:00:00']);
    },

    'whatever happens in those nights, a later change is never before the text asked for' => function () {
        $code = 'date_default_timezone_set("UTC"); $t = new ShopTime("Europe/Amsterdam", "setting"); $zone = new \DateTimeZone("Europe/Amsterdam"); $bad = [];
            foreach (["2025-10-26T01:00:00Z", "2025-03-30T01:00:00Z"] as $change) {
                $middle = strtotime($change);
                for ($since = $middle - 7200; $since <= $middle + 7200; $since += 300) {
                    $from = $t->localSince(gmdate("Y-m-d\TH:i:s\Z", $since));
                    for ($at = $since; $at <= $since + 14400; $at += 300) {
                        $local = gmdate("Y-m-d H:i:s", $at + $zone->getOffset(new \DateTime("@" . $at)));
                        if (strcmp($local, $from) < 0) { $bad[] = [$since, $at, $from, $local]; }
                    }
                }
            }
            echo json_encode($bad);';
        Check::same(Bridge::json($code), []);
    },
];

<?php
declare(strict_types=1);

/** Text, fields and meanings read out of a shop. */

function cleaned(string $bytes, bool $lines = false): array
{
    $call = '$c = new Cleaner(); $t = $c->text(base64_decode(' . var_export(base64_encode($bytes), true) . '), "f", ' . var_export($lines, true) . '); echo json_encode([$t, $c->remarks()]);';
    return Bridge::json($call);
}

const NAMED_STATUSES = <<<'PHP'
final class Database
{
    public function rows(string $statement, array $values = []): array
    {
        if (strpos($statement, '{setting}') !== false) {
            return [['key' => 'config_language', 'value' => 'en-gb'], ['key' => 'config_order_status_id', 'value' => '30'],
                ['key' => 'config_processing_status', 'value' => '["1","2","12","31","33"]'], ['key' => 'config_complete_status', 'value' => '["5","3","32","33"]']];
        }
        if (strpos($statement, '{language}') !== false) {
            return [['language_id' => '1', 'name' => 'English', 'code' => 'en-gb'], ['language_id' => '2', 'name' => 'Nederlands', 'code' => 'nl-nl']];
        }
        $rows = [];
        foreach (STATUSES as $id => $name) {
            $rows[] = ['order_status_id' => (string) $id, 'language_id' => $id > 40 ? '2' : '1', 'name' => $name];
        }
        return $rows;
    }
}
const STATUSES = [1 => 'Pending', 2 => 'Processing', 3 => 'Shipped', 5 => 'Complete', 7 => 'Canceled', 8 => 'Denied', 9 => 'Canceled Reversal', 10 => 'Failed',
    11 => 'Refunded', 12 => 'Reversed', 13 => 'Chargeback', 14 => 'Expired', 15 => 'Processed', 16 => 'Voided', 30 => 'Nieuw', 31 => 'Wordt ingepakt', 32 => 'Opgehaald',
    33 => 'Onderweg', 34 => 'Vraag aan klant', 41 => 'In afwachting', 42 => 'Geannuleerd', 43 => 'Terugbetaald', 44 => 'Voltooid', 45 => 'Mislukt', 46 => 'In behandeling',
    50 => 'Geleverd, nog niet betaald', 51 => 'Afgehandeld, wacht op betaling', 52 => 'Shipped (unpaid)', 53 => 'Verzonden - onbetaald', 54 => 'Complete, awaiting payment', 55 => 'Betaald, nog niet geleverd',
    56 => 'Geannuleerd: niet betaald', 57 => 'Cancelled (unpaid)', 58 => 'Geretourneerd', 59 => 'Returned', 60 => 'Order geretourneerd', 61 => 'Verwerkt, in afwachting van betaling', 62 => 'Wachten op betaling',
    63 => 'Compleet, betaling nog niet ontvangen', 64 => 'Processing: not yet paid', 65 => 'Gedeeltelijk terugbetaald', 66 => 'Niet betaald', 67 => 'Betaling mislukt, nog niet betaald'];
PHP;

return [
    'text is unescaped exactly once' => function () {
        Check::same(cleaned('Winkel &amp; Zo &quot;B.V.&quot; &lt;script&gt;'), ['Winkel & Zo "B.V." <script>', []]);
        Check::same(cleaned('&amp;amp; &amp;eacute;'), ['&amp; &eacute;', []]);
        Check::same(cleaned('O&#039;Brien, d\'Or'), ["O'Brien, d'Or", []]);
    },
    'broken bytes are read as Windows-1252, value by value, and said' => function () {
        Check::same(cleaned("Ren\xe9 \x80 5 \x93x\x94"), ['René € 5 “x”', ['latin1_repaired:f']]);
        Check::same(cleaned('René € 😀'), ['René € 😀', []]);
        Check::same(cleaned("\x81"), ["\u{fffd}", ['latin1_repaired:f']]);
    },
    'two million broken bytes are read in little more memory than they take' => function () {
        $code = '$c = new Cleaner(); $t = $c->verbatim(str_repeat("\\xe9", 2000000), "f"); echo json_encode([strlen($t), $c->remarks(), memory_get_peak_usage() < 24 * 1048576]);';
        Check::same(Bridge::json($code), [4000000, ['latin1_repaired:f'], true]);
    },
    'control characters go, line breaks stay only in notes' => function () {
        Check::same(cleaned("a\r\nb\tc\x00\x1b"), ['a b c  ', []]);
        Check::same(cleaned("a\r\nb\tc\x00\x1b", true), ["a\nb\tc", []]);
    },
    'a JSON column that cannot be read is empty and said; objects of PHP are never made' => function () {
        $code = '$c = new Cleaner(); $o = [];
            foreach ([\'{"1":"x"}\', "[]", "", \'O:8:"stdClass":1:{s:1:"a";i:1;}\', \'a:1:{i:1;C:3:"Foo":1:{x}}\', str_repeat("[", 10000), "{\"1\":\"Ren\xe9\"}"] as $t) { $o[] = [$c->json($t, "f"), $c->remarks()]; }
            echo json_encode($o);';
        Check::same(Bridge::json($code), [
            [['1' => 'x'], []], [[], []], [[], []], [[], ['unreadable:f']], [[], ['unreadable:f']], [[], ['unreadable:f']], [['1' => 'René'], ['latin1_repaired:f']],
        ]);
    },
    'VAT and Chamber of Commerce numbers are known by their fields\' names' => function () {
        $code = '$o = []; foreach (["BTW-nummer", "Btw nr.", "VAT number", "VATID", "USt-IdNr.", "KvK-nummer", "KVKnummer", "Chamber of Commerce", "Kamer van Koophandel", "Afdeling", "Private", "Elevator"] as $n) {
            $f = [["id" => "1", "name" => $n, "value" => " X1 "]]; $o[$n] = [OpenCartNumbers::vat($f), OpenCartNumbers::chamber($f)]; } echo json_encode($o);';
        foreach (Bridge::json($code) as $name => $is) {
            $wanted = preg_match('/btw|vatid|vat n|ust/i', $name) === 1 ? ['X1', null] : (preg_match('/kvk|chamber|kamer/i', $name) === 1 ? [null, 'X1'] : [null, null]);
            Check::same($is, $wanted, $name);
        }
    },
    'a status means what its name says, then what the shop\'s two lists say' => function () {
        $code = '$d = new Database(); $s = new OpenCartSettings($d, new Cleaner()); $o = [$s->status("0")["kind"]]; foreach ($s->statuses() as $id => $x) { $o[$id] = $x["kind"]; } echo json_encode($o);';
        Check::same(Bridge::json($code, [], NAMED_STATUSES), [
            0 => 'abandoned', 1 => 'pending', 2 => 'processing', 3 => 'complete', 5 => 'complete', 7 => 'cancelled', 8 => 'failed', 9 => 'processing', 10 => 'failed',
            11 => 'refunded', 12 => 'refunded', 13 => 'refunded', 14 => 'cancelled', 15 => 'processing', 16 => 'cancelled', 30 => 'pending', 31 => 'processing', 32 => 'complete',
            33 => 'complete', 34 => 'other', 41 => 'pending', 42 => 'cancelled', 43 => 'refunded', 44 => 'complete', 45 => 'failed', 46 => 'processing',
            50 => 'pending', 51 => 'pending', 52 => 'pending', 53 => 'pending', 54 => 'pending', 55 => 'processing', 56 => 'cancelled', 57 => 'cancelled', 58 => 'other', 59 => 'other', 60 => 'other',
            61 => 'pending', 62 => 'pending', 63 => 'pending', 64 => 'pending', 65 => 'refunded', 66 => 'pending', 67 => 'failed',
        ]);
    },
    'arguments of other names, types or shapes are refused' => function () {
        $code = '$o = [];
            foreach ([
                ["number", ["limit" => 5], "limit"], ["number", ["limit" => "5"], "limit"], ["number", ["limit" => 0], "limit"], ["number", ["limit" => 1001], "limit"], ["number", ["limit" => 5.5], "limit"],
                ["moment", ["since" => "2026-01-01T00:00:00Z"], "since"], ["moment", ["since" => "2026-01-01T00:00:00+01:00"], "since"], ["moment", ["since" => ["x"]], "since"], ["moment", ["since" => "2026-01-01T00:00:00Z\n"], "since"],
                ["position", ["after" => ["stamp" => "2026-01-01 00:00:00", "id" => "5"]], "after"], ["position", ["after" => ["stamp" => "2026-01-01 00:00:00", "id" => "5 OR 1=1"]], "after"], ["position", ["after" => "x"], "after"],
            ] as $c) {
                try { $a = new Arguments($c[1], [$c[2]]); $o[] = ($c[0] === "number" ? $a->number($c[2], 1, 1000) : ($c[0] === "moment" ? $a->moment($c[2]) : $a->position($c[2]))) !== null; }
                catch (Problem $p) { $o[] = $p->getMessage(); }
            }
            try { new Arguments(["../x" => 1], ["limit"]); } catch (Problem $p) { $o[] = $p->getMessage() . " " . $p->place(); }
            echo json_encode($o);';
        $bad = 'bad-arguments';
        Check::same(Bridge::json($code), [true, $bad, $bad, $bad, $bad, true, $bad, $bad, $bad, true, $bad, $bad, 'bad-arguments x']);
    },
    'a page\'s time and memory stay well under what the host allows' => function () {
        $code = '$o = []; foreach ([["max_execution_time", "30"], ["max_execution_time", "0"], ["max_execution_time", "5"]] as $s) { ini_set($s[0], $s[1]); $o[] = (new Budget())->seconds(); }
            foreach (["64M", "128M", "1G", "-1"] as $m) { ini_set("memory_limit", $m); $o[] = (new Budget())->memory() / 1048576; } echo json_encode($o);';
        $is = Bridge::json($code);
        Check::same(array_slice($is, 0, 3), [18, 20, 3]);
        Check::true($is[3] < 48 && $is[4] < 96 && $is[5] <= 640 && $is[6] <= 128, json_encode($is));
    },
];

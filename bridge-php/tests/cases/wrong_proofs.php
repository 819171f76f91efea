<?php
declare(strict_types=1);

/**
 * A refusal does the same work whatever was wrong. Time itself is no test on a machine that others use;
 * which functions run, in which order and over how many bytes, is.
 */

/** What is compared and proved, in order, for each of these changes of one right request. */
function traces(string $variant, array $changes): array
{
    $golden = array_values(array_filter(vectors('requests')['cases'], function (array $case) use ($variant): bool {
        return $case['variant'] === $variant && $case['gate'] === 'open';
    }))[0];
    $values = [
        'BRIDGE_ID' => $golden['bridge_id'], 'VARIANT' => $variant, 'PUBLIC_KEY' => $golden['public_key'],
        'REQUEST_KEY' => $golden['request_key'], 'ANSWER_KEY' => $golden['answer_key'],
    ];
    $standIns = '
        function hash_equals($known, $said) { $GLOBALS["trace"][] = "hash_equals " . strlen($known) . " " . strlen($said); return \hash_equals($known, $said); }
        function hash_hmac($kind, $bytes, $key, $raw = false) { $GLOBALS["trace"][] = "hash_hmac " . strlen($bytes); return \hash_hmac($kind, $bytes, $key, $raw); }
        function openssl_verify($bytes, $signature, $key, $kind) { $GLOBALS["trace"][] = "openssl_verify " . strlen($bytes) . " " . strlen($signature); return \openssl_verify($bytes, $signature, $key, $kind); }
    ';
    $code = '$out = [];
        foreach (json_decode(' . var_export(json_encode($changes), true) . ', true) as $name => $change) {
            $c = $change + json_decode(' . var_export(json_encode($golden), true) . ', true);
            $GLOBALS["trace"] = [];
            $r = new Request("POST", $c["body"], $c["key_id"], $c["time"], $c["nonce"], $c["signature"], "127.0.0.1");
            $decision = Gate::decide($r, (int) $c["time"])->decision();
            $out[$name] = [$decision, $GLOBALS["trace"]];
        }
        echo json_encode($out);';
    return [$golden, Bridge::json($code, $values, $standIns)];
}

/** The text with another hex digit in a place. */
function other_digit(string $text, int $at): string
{
    $text[$at] = $text[$at] === 'a' ? 'b' : 'a';
    return $text;
}

/** One right request and nine that are wrong in one thing: the same work for each, of so many steps. */
function judged_alike(string $variant, int $steps)
{
    list($golden) = traces($variant, []);
    $key = $golden['key_id'];
    $signature = $golden['signature'];
    $last = strlen($signature) - 1;
    list(, $out) = traces($variant, [
        'right' => ['body' => $golden['body']],
        'first digit of the key id' => ['key_id' => other_digit($key, 0)],
        'last digit of the key id' => ['key_id' => other_digit($key, 31)],
        'no digit of the key id' => ['key_id' => strrev(strtr($key, '0123456789abcdef', 'fedcba9876543210'))],
        'first digit of the signature' => ['signature' => other_digit($signature, 0)],
        'middle digit of the signature' => ['signature' => other_digit($signature, intdiv($last, 2))],
        'last digit of the signature' => ['signature' => other_digit($signature, $last)],
        'key id and signature' => ['key_id' => other_digit($key, 0), 'signature' => other_digit($signature, $last)],
        'time' => ['time' => (string) ((int) $golden['time'] + 1)],
        'nonce' => ['nonce' => other_digit($golden['nonce'], 31)],
    ]);
    $right = $out['right'];
    Check::same($right[0], 'open');
    Check::same(count($right[1]), $steps, implode(', ', $right[1]));
    foreach ($out as $name => $one) {
        Check::same($one[1], $right[1], $name);
        Check::true($name === 'right' || $one[0] === 'refused', $name);
    }
}

return [
    'whatever of a proof is wrong, the same is compared and proved in the same order' => function () {
        judged_alike('ecdsa', 2);
    },

    'whatever of a proof by a shared key is wrong, the same is compared and proved in the same order' => function () {
        judged_alike('hmac', 4);
    },
];

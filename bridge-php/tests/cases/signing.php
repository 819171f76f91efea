<?php
declare(strict_types=1);

/** The golden messages that Rust and PHP share: protocol/vectors/. */

function vectors(string $name): array
{
    return json_decode((string) file_get_contents(__DIR__ . '/../../../protocol/vectors/' . $name . '.json'), true);
}

/** The bridge's decisions on golden requests of one upload. */
function decisions(array $cases, int $now): array
{
    $case = $cases[0];
    $values = [
        'BRIDGE_ID' => $case['bridge_id'], 'VARIANT' => $case['variant'], 'PUBLIC_KEY' => $case['public_key'],
        'REQUEST_KEY' => $case['request_key'], 'ANSWER_KEY' => $case['answer_key'],
    ];
    $code = '$out = [];
        foreach (json_decode(file_get_contents(' . var_export(Bridge::folder() . '/cases', true) . '), true) as $c) {
            $r = new Request("POST", $c["body"], $c["key_id"], $c["time"], $c["nonce"], $c["signature"], "127.0.0.1");
            $out[] = ["gate" => Gate::decide($r, ' . $now . ')->decision(), "bytes" => Signature::signedBytes($r), "key_id" => Signature::keyId(), "digest" => $r->digest()];
        }
        echo json_encode($out);';
    preg_match("/'(\\/[^']*cases)'/", $code, $found);
    file_put_contents($found[1], json_encode($cases));
    return Bridge::json($code, $values);
}

$tests = [
    'label keys and seals are those of the golden answers' => function () {
        $golden = vectors('answers');
        $code = '$g = json_decode(file_get_contents(' . var_export(realpath(__DIR__ . '/../../../protocol/vectors/answers.json'), true) . '), true);
            $out = [];
            foreach ($g["label_keys"] as $pair) { $out["labels"][] = [$pair[0], bin2hex(Signature::labelKey($pair[0]))]; }
            foreach ($g["cases"] as $c) {
                if (strpos($c["reading"], "defect") === 0 || $c["reading"] === "refusal" || $c["foreign_after"] > 0) { continue; }
                $from = strpos($c["body"], "{\"winkelbrug\":1,");
                $to = strrpos($c["body"], ",\"mac\":");
                $label = strpos($c["reading"], "clock") === 0 ? "WB1 clock" : "WB1 answer";
                $bytes = implode("\n", [$label, Deployment::BRIDGE_ID, $g["nonce"], $g["request_body_sha256"]]) . "\n" . substr($c["body"], $from, $to - $from);
                $out["macs"][$c["name"]] = hash_hmac("sha256", $bytes, Signature::labelKey($label)) === substr($c["body"], $to + 8, 64);
            }
            echo json_encode($out);';
        $out = Bridge::json($code, ['BRIDGE_ID' => $golden['bridge_id'], 'ANSWER_KEY' => $golden['answer_key']]);
        Check::same($out['labels'], $golden['label_keys']);
        Check::true(count($out['macs']) >= 5, 'there are golden answers');
        foreach ($out['macs'] as $name => $right) {
            Check::true($right, $name);
        }
    },

    'an answer is framed and sealed as the protocol says' => function () {
        $code = '$r = new Request("POST", "{}", "", "", "0123456789abcdef0123456789abcdef", "", "");
            ob_start(); echo "noise of others";
            $a = new Answer($r, "stock_read");
            $a->record(["name" => "Café / \"x\"", "bad" => "a\xffb"]);
            $a->end(true, "p:1");';
        $printed = Bridge::run($code);
        $lines = explode("\n", $printed);
        Check::same(substr($lines[0], 0, 43), '{"winkelbrug":1,"op":"stock_read","version"');
        Check::same($lines[1], '{"name":"Café / \"x\"","bad":"a' . "\u{fffd}" . 'b"}');
        Check::same(substr($lines[2], 0, 69), '{"end":{"records":1,"more":true,"next":"p:1","error":null},"mac":"' . substr($lines[2], 66, 3));
        Check::same([strlen($lines[2]), $lines[3]], [66 + 64 + 2, '']);
        $signed = substr($printed, 0, (int) strrpos($printed, ',"mac":'));
        $label = hash_hmac('sha256', 'WB1 answer', (string) hex2bin(str_repeat('2d', 32)), true);
        $bytes = implode("\n", ['WB1 answer', str_repeat('ab', 16), '0123456789abcdef0123456789abcdef', hash('sha256', '{}')]) . "\n" . $signed;
        Check::same(substr($lines[2], 66, 64), hash_hmac('sha256', $bytes, $label));
    },

    'the refusal is one fixed text' => function () {
        Check::same(Bridge::run('Answer::refuse();'), "winkelbrug-bridge: refused\n");
    },
];

foreach (['ecdsa', 'hmac'] as $variant) {
    $tests['golden requests to an ' . $variant . ' file are decided as written'] = function () use ($variant) {
        $golden = vectors('requests');
        $cases = array_values(array_filter($golden['cases'], function (array $case) use ($variant): bool {
            return $case['variant'] === $variant;
        }));
        Check::true(count($cases) > 10, 'there are golden requests');
        foreach (decisions($cases, $golden['now']) as $index => $is) {
            $case = $cases[$index];
            Check::same($is['gate'], $case['gate'], $case['name']);
            if ($case['gate'] !== 'refused') {
                Check::same([$is['bytes'], $is['key_id'], $is['digest']], [$case['signed_bytes'], $case['key_id'], $case['body_sha256']], $case['name']);
            }
        }
    };
}

$tests['a file that is not filled in as it must be refuses everything'] = function () {
    $golden = vectors('requests');
    $case = current(array_filter($golden['cases'], function (array $case): bool {
        return $case['name'] === 'hello' && $case['variant'] === 'hmac';
    }));
    $ecdsa = $golden['cases'][0];
    $right = ['BRIDGE_ID' => $case['bridge_id'], 'REQUEST_KEY' => $case['request_key'], 'ANSWER_KEY' => $case['answer_key']];
    $wrong = [
        'nothing changed' => [],
        'empty request key' => ['REQUEST_KEY' => ''],
        'short request key' => ['REQUEST_KEY' => substr($case['request_key'], 2)],
        'request key a word' => ['REQUEST_KEY' => 'changeme'],
        'request key not filled in' => ['REQUEST_KEY' => '{{REQUEST_KEY}}'],
        'empty answer key' => ['ANSWER_KEY' => ''],
        'answer key not filled in' => ['ANSWER_KEY' => '{KEY}'],
        'both kinds of key' => ['PUBLIC_KEY' => $ecdsa['public_key']],
        'another variant' => ['VARIANT' => 'none'],
        'no variant' => ['VARIANT' => ''],
        'ecdsa without a public key' => ['VARIANT' => 'ecdsa', 'REQUEST_KEY' => ''],
        'no end date' => ['END_DATE' => ''],
        'end date past' => ['END_DATE' => '1700000000'],
        'scopes not filled in' => ['SCOPES' => '{{SCOPES}}'],
        'time zone not filled in' => ['TIME_ZONE' => '{{TIME_ZONE}}'],
        'cap not filled in' => ['STOCK_ZERO_CAP' => '{{STOCK_ZERO_CAP}}'],
        'bridge id in capitals' => ['BRIDGE_ID' => strtoupper($case['bridge_id'])],
        'not from this address' => ['ALLOW_FROM' => '192.0.2.1'],
    ];
    $code = '$r = new Request("POST", ' . var_export($case['body'], true) . ', ' . var_export($case['key_id'], true) . ', ' . var_export($case['time'], true)
        . ', ' . var_export($case['nonce'], true) . ', ' . var_export($case['signature'], true) . ', "127.0.0.1");
        echo Gate::decide($r, ' . $golden['now'] . ')->decision();';
    foreach ($wrong as $name => $change) {
        Check::same(Bridge::run($code, $change + $right), $change === [] ? 'open' : 'refused', $name);
    }
};

$tests['addresses match exactly or by block, never by their beginning'] = function () {
    $cases = [
        ['10.1.1.1', '10.1.1.1', true], ['10.1.1.1', '10.1.1.100', false], ['10.1.1.1', '110.1.1.1', false],
        ['10.1.0.0/16', '10.1.255.3', true], ['10.1.0.0/16', '10.2.0.1', false], ['192.0.2.0/25', '192.0.2.127', true],
        ['192.0.2.0/25', '192.0.2.128', false], ['10.1.1.1', '::ffff:10.1.1.1', true], ['::ffff:10.1.1.1', '10.1.1.1', true],
        ['2001:db8::1', '2001:DB8:0:0::1', true], ['2001:db8::/32', '2001:db8:ffff::9', true], ['2001:db8::/33', '2001:db8:ffff::9', false],
        ['10.1.1.1,2001:db8::1', '2001:db8::1', true], ['10.1.1.1, 10.1.1.2', '10.1.1.2', true], ['0.0.0.0/0', '2001:db8::1', false],
        ['::ffff:10.1.0.0/112', '10.1.9.9', true], ['::ffff:10.1.0.0/112', '::ffff:10.2.0.1', false], ['::ffff:10.1.1.1/32', '10.1.1.1', false],
        ['::ffff:0:0/96', '203.0.113.9', true], ['::ffff:0:0/95', '203.0.113.9', false], ['::ffff:10.1.1.1/129', '10.1.1.1', false],
        ['10.1.1.1', '', false], ['10.1.1.1', 'localhost', false], ['', '203.0.113.9', true], ['nonsense', '10.1.1.1', false],
        ['10.1.1.1/33', '10.1.1.1', false], ['10.1.1.1/', '99.1.1.1', false], ['10.1.1.1/x', '99.1.1.1', false], ['10.1.1.1/-8', '99.1.1.1', false],
    ];
    $code = '$out = []; foreach (json_decode(' . var_export(json_encode($cases), true) . ', true) as $c) { $out[] = Addresses::allowed($c[0], $c[1]); } echo json_encode($out);';
    foreach (Bridge::json($code) as $index => $is) {
        Check::same($is, $cases[$index][2], $cases[$index][1] . ' against ' . $cases[$index][0]);
    }
};

return $tests;

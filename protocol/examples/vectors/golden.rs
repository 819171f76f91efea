//! Golden messages from fixed keys: what `vectors/*.json` must hold, byte for byte.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use serde::Serialize;
use winkelbrug_protocol::{
    answer::{End, Next},
    key::{LABEL_ANSWER, LABEL_CLOCK, UploadKeys, Variant},
    operation::{Operation, OrdersArgs, Position, StockReadArgs, StockSetArgs, StockWrite},
    request::{Request, signed_bytes},
    seal::{self, Seal},
};

pub const BRIDGE_ID: &str = "00112233445566778899aabbccddeeff";
pub const READER: &str = "5f0c3a52-8d0e-4a3f-9a57-0c1f4b6f7f10";
pub const NONCE: &str = "0123456789abcdef0123456789abcdef";
pub const NOW: i64 = 1_790_000_000;

/// The keys of the golden uploads; fixed, hence worth nothing.
pub fn keys(variant: Variant) -> UploadKeys {
    let request: Vec<u8> = (1..=32).collect();
    let answer: Vec<u8> = (101..=132).collect();
    UploadKeys::from_parts(BRIDGE_ID, variant, &request, &answer).expect("golden key")
}

#[derive(Serialize)]
struct Requests {
    what: &'static str,
    now: i64,
    cases: Vec<RequestCase>,
}

#[derive(Serialize)]
struct RequestCase {
    name: &'static str,
    /// `open`, `clock` or `refused`, judged at `now`.
    gate: &'static str,
    variant: Variant,
    bridge_id: String,
    /// ECDSA: the private scalar; HMAC: the request key. The file never holds the former.
    agent_key: String,
    /// What stands in the file.
    public_key: String,
    request_key: String,
    answer_key: String,
    key_id: String,
    time: String,
    nonce: String,
    body: String,
    body_sha256: String,
    signed_bytes: String,
    signature: String,
}

/// `requests.json`
pub fn requests() -> String {
    let hello = Operation::Hello(Default::default());
    let orders = Operation::Orders(OrdersArgs {
        since: Some("2026-01-01T00:00:00Z".to_owned()),
        after: Some(Position {
            stamp: "2026-02-03 04:05:06".to_owned(),
            id: "17".to_owned(),
        }),
        limit: Some(500),
        ids: None,
    });
    let stock = Operation::StockSet(StockSetArgs {
        idempotency: "feedfacefeedfacefeedfacefeedface".to_owned(),
        rows: vec![StockWrite {
            key: "p:42".to_owned(),
            read: "5".to_owned(),
            target: "3".to_owned(),
        }],
    });
    let mut cases = Vec::new();
    for variant in [Variant::Ecdsa, Variant::Hmac] {
        for (name, operation) in [
            ("hello", &hello),
            ("orders", &orders),
            ("stock_set", &stock),
        ] {
            let request = signed(variant, operation, NOW);
            cases.push(case(name, "open", variant, &request));
        }
        let base = signed(variant, &hello, NOW);
        let edges = [
            ("time at the edge of the window", "open", NOW - 300),
            ("time outside the window, early", "clock", NOW - 301),
            ("time outside the window, late", "clock", NOW + 301),
        ];
        for (name, gate, time) in edges {
            cases.push(case(name, gate, variant, &signed(variant, &hello, time)));
        }
        let change = |name, change: fn(&mut Request)| {
            let mut request = base.clone();
            change(&mut request);
            case(name, "refused", variant, &request)
        };
        cases.extend([
            change("body changed", |r| {
                r.body = replace(&r.body, "hello", "hellp")
            }),
            change("body with a newline added", |r| r.body.push(b'\n')),
            change("time changed", |r| r.time = (NOW + 1).to_string()),
            change("nonce changed", |r| {
                r.nonce = "1123456789abcdef0123456789abcdef".to_owned();
            }),
            change("nonce in upper case", |r| r.nonce = r.nonce.to_uppercase()),
            change("signature in upper case", |r| {
                r.signature = r.signature.to_uppercase();
            }),
            change("signature empty", |r| r.signature.clear()),
            change("signature shortened", |r| {
                r.signature.truncate(r.signature.len() - 2);
            }),
            change("signature's last digit changed", |r| {
                let last = r.signature.pop();
                r.signature.push(if last == Some('0') { '1' } else { '0' });
            }),
            change("key id of another key", |r| r.key_id = "0".repeat(32)),
            change("time of eleven digits", |r| r.time.push('0')),
        ]);
    }
    cases.extend(foreign_algorithm(&hello));
    pretty(&Requests {
        what: "Signed requests and the bridge's decision on each at `now`, before the replay \
               state. Signed bytes: label, bridge id, key id, time, nonce, SHA-256 of the body.",
        now: NOW,
        cases,
    })
}

/// A signature of the other algorithm is never accepted: not even an HMAC made with what is
/// public of an ECDSA file.
fn foreign_algorithm(hello: &Operation) -> Vec<RequestCase> {
    let ecdsa = signed(Variant::Ecdsa, hello, NOW);
    let hmac = signed(Variant::Hmac, hello, NOW);
    let mut hmac_to_ecdsa = ecdsa.clone();
    hmac_to_ecdsa.signature = hmac.signature.clone();
    let mut ecdsa_to_hmac = hmac;
    ecdsa_to_hmac.signature = ecdsa.signature;
    vec![
        case(
            "HMAC signature to an ECDSA file",
            "refused",
            Variant::Ecdsa,
            &hmac_to_ecdsa,
        ),
        case(
            "ECDSA signature to an HMAC file",
            "refused",
            Variant::Hmac,
            &ecdsa_to_hmac,
        ),
    ]
}

fn signed(variant: Variant, operation: &Operation, time: i64) -> Request {
    Request::new(&keys(variant), READER, operation, time, NONCE).expect("golden request")
}

fn case(
    name: &'static str,
    gate: &'static str,
    variant: Variant,
    request: &Request,
) -> RequestCase {
    let keys = keys(variant);
    let file = keys.file_keys();
    let agent_key: Vec<u8> = (1..=32).collect();
    RequestCase {
        name,
        gate,
        variant,
        bridge_id: BRIDGE_ID.to_owned(),
        agent_key: hex::encode(agent_key),
        public_key: file.public_key(),
        request_key: file.request_key(),
        answer_key: file.answer_key(),
        key_id: request.key_id.clone(),
        time: request.time.clone(),
        nonce: request.nonce.clone(),
        body: String::from_utf8(request.body.clone()).expect("text"),
        body_sha256: request.body_digest(),
        signed_bytes: signed_bytes(
            BRIDGE_ID,
            &request.key_id,
            &request.time,
            &request.nonce,
            &request.body,
        ),
        signature: request.signature.clone(),
    }
}

#[derive(Serialize)]
struct Answers {
    what: &'static str,
    bridge_id: &'static str,
    answer_key: String,
    label_keys: Vec<(&'static str, String)>,
    nonce: &'static str,
    time: String,
    request_operation: &'static str,
    request_body: String,
    request_body_sha256: String,
    cases: Vec<AnswerCase>,
}

#[derive(Serialize)]
struct AnswerCase {
    name: &'static str,
    /// `answer`, `error:<code>`, `clock:<time>`, `replay`, `refusal`, or `defect:<kind>`.
    reading: &'static str,
    records: usize,
    foreign_before: usize,
    foreign_after: usize,
    body: String,
}

/// `answers.json`
pub fn answers() -> String {
    let keys = keys(Variant::Ecdsa);
    let file = keys.file_keys();
    let operation = Operation::StockRead(StockReadArgs {
        limit: Some(2),
        ..StockReadArgs::default()
    });
    let request = Request::new(&keys, READER, &operation, NOW, NONCE).expect("golden request");
    let label = |label: &'static str| {
        let key = <hmac::Hmac<sha2::Sha256> as hmac::Mac>::new_from_slice(
            &(101..=132).collect::<Vec<u8>>(),
        )
        .expect("key");
        let mac = hmac::Mac::chain_update(key, label.as_bytes());
        (label, hex::encode(hmac::Mac::finalize(mac).into_bytes()))
    };
    pretty(&Answers {
        what: "Answers to one request. MAC: HMAC-SHA256(label key, label, bridge id, nonce and \
               SHA-256 of the request's body, each followed by a newline, then the bytes from \
               `{\"winkelbrug\":1,` up to but excluding the last `,\"mac\":`).",
        bridge_id: BRIDGE_ID,
        answer_key: file.answer_key(),
        label_keys: vec![label(LABEL_ANSWER), label(LABEL_CLOCK)],
        nonce: NONCE,
        time: request.time.clone(),
        request_operation: operation.name(),
        request_body: String::from_utf8(request.body.clone()).expect("text"),
        request_body_sha256: request.body_digest(),
        cases: answer_cases(&keys, &request),
    })
}

const RECORDS: [&str; 2] = [
    r#"{"key":"p:40","code":"Product 21","sku":null,"name":"Caf\u00e9 {\"end\":1}","quantity":"970","tracked":true,"parent":null}"#,
    r#"{"key":"p:42","code":"Product 15","sku":"S,\"mac\":","name":"Apple Cinema 30\"","quantity":"-2","tracked":true,"parent":null}"#,
];

fn answer_cases(keys: &UploadKeys, request: &Request) -> Vec<AnswerCase> {
    let file = keys.file_keys();
    let open = || {
        RECORDS
            .iter()
            .fold(Seal::new(&file, request, "stock_read"), |seal, record| {
                seal.raw_record(record)
            })
    };
    let page = text(open().page(Some(Next::Key("p:42".to_owned()))));
    let plain = |name, reading, records, body: String| AnswerCase {
        name,
        reading,
        records,
        foreign_before: 0,
        foreign_after: 0,
        body,
    };
    let clock = text(seal::clock(&file, request, NOW + 4000));
    let replay = text(seal::replay(&file, request));
    let before = "<br />\n<b>Notice</b>: something <br />\n";
    let after = "<!-- hosted free of charge -->\n{\"end\":{},\"mac\":\"\"}\n";
    vec![
        plain("a page that goes on", "answer", 2, page.clone()),
        plain(
            "the last page, empty",
            "answer",
            0,
            text(Seal::new(&file, request, "stock_read").page(None)),
        ),
        plain(
            "an error",
            "error:database-down",
            0,
            text(Seal::new(&file, request, "stock_read").error("database-down", "connect")),
        ),
        plain("a clock answer", "clock:1790004000", 0, clock.clone()),
        plain("a replay answer", "replay", 0, replay.clone()),
        plain(
            "the fixed refusal",
            "refusal",
            0,
            winkelbrug_protocol::REFUSAL.to_owned(),
        ),
        AnswerCase {
            name: "a notice before and an advert after",
            reading: "answer",
            records: 2,
            foreign_before: before.len(),
            foreign_after: after.len(),
            body: format!("{before}{page}{after}"),
        },
        plain(
            "a figure changed",
            "defect:mac",
            0,
            page.replace("\"970\"", "\"971\""),
        ),
        plain("a line dropped", "defect:mac", 0, without_line(&page, 1)),
        plain("two lines swapped", "defect:mac", 0, swapped(&page)),
        plain(
            "the end line cut off",
            "defect:truncated",
            0,
            without_line(&page, 3),
        ),
        plain(
            "the time of a clock answer changed",
            "defect:mac",
            0,
            clock.replace("1790004000", "1790004001"),
        ),
        plain(
            "a clock answer closed with the answer's label",
            "defect:mac",
            0,
            clock.replace("\"op\":\"clock\"", "\"op\":\"hello\""),
        ),
        plain(
            "the place of a replay answer changed",
            "defect:mac",
            0,
            replay.replace("\"place\":\"\"", "\"place\":\"x\""),
        ),
        plain(
            "sealed, but the count is not true",
            "defect:malformed",
            0,
            text(open().close(&End {
                records: 3,
                ..End::default()
            })),
        ),
        plain(
            "somebody else's page",
            "defect:foreign",
            0,
            "<!DOCTYPE html><html><body>404</body></html>\n".to_owned(),
        ),
        plain("nothing", "defect:empty", 0, String::new()),
    ]
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

fn without_line(text: &str, number: usize) -> String {
    text.split_inclusive('\n')
        .enumerate()
        .filter(|(n, _)| *n != number)
        .map(|(_, line)| line)
        .collect()
}

fn swapped(text: &str) -> String {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    lines.swap(1, 2);
    lines.concat()
}

fn replace(body: &[u8], from: &str, to: &str) -> Vec<u8> {
    String::from_utf8_lossy(body).replace(from, to).into_bytes()
}

fn pretty(value: &impl Serialize) -> String {
    format!("{}\n", serde_json::to_string_pretty(value).expect("JSON"))
}

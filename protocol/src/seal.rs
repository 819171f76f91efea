//! Writing answers: what a bridge does. The agent's tests and the golden messages use it; the
//! bridge itself is PHP.

use serde::Serialize;

use crate::{
    VERSION,
    answer::{BridgeError, End, Next},
    key::{FileKeys, LABEL_ANSWER, LABEL_CLOCK, hmac_parts},
    request::Request,
};

/// The head line's version text used in golden messages.
pub const GOLDEN_VERSION: &str = "0.1.0";

/// An answer in the making.
#[derive(Debug)]
pub struct Seal<'a> {
    keys: &'a FileKeys,
    request: &'a Request,
    label: &'static str,
    bytes: Vec<u8>,
    records: u64,
}

impl<'a> Seal<'a> {
    /// Begins an answer with its head line. Operation `clock` is closed with the clock's label.
    #[must_use]
    pub fn new(keys: &'a FileKeys, request: &'a Request, op: &str) -> Self {
        let op_text = serde_json::Value::from(op);
        let head = format!(
            "{{\"winkelbrug\":{VERSION},\"op\":{op_text},\"version\":\"{GOLDEN_VERSION}\"}}\n"
        );
        Self {
            keys,
            request,
            label: if op == "clock" {
                LABEL_CLOCK
            } else {
                LABEL_ANSWER
            },
            bytes: head.into_bytes(),
            records: 0,
        }
    }

    /// Adds a record line.
    #[must_use]
    pub fn record(self, record: &impl Serialize) -> Self {
        let text = serde_json::to_string(record).unwrap_or_default();
        self.raw_record(&text)
    }

    /// Adds a record line as it is.
    #[must_use]
    pub fn raw_record(mut self, text: &str) -> Self {
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.push(b'\n');
        self.records += 1;
        self
    }

    /// Closes a page.
    #[must_use]
    pub fn page(self, next: Option<Next>) -> Vec<u8> {
        let end = End {
            records: self.records,
            more: next.is_some(),
            next,
            ..End::default()
        };
        self.close(&end)
    }

    /// Closes with an error.
    #[must_use]
    pub fn error(self, code: &str, place: &str) -> Vec<u8> {
        let end = End {
            records: self.records,
            error: Some(BridgeError {
                code: code.to_owned(),
                place: place.to_owned(),
            }),
            ..End::default()
        };
        self.close(&end)
    }

    /// Closes with any end, true or not.
    #[must_use]
    pub fn close(mut self, end: &End) -> Vec<u8> {
        let end = serde_json::to_string(end).unwrap_or_default();
        self.bytes
            .extend_from_slice(format!("{{\"end\":{end}").as_bytes());
        let mac = mac(
            &self.keys.answer_label_key(self.label),
            self.label,
            self.keys.bridge_id(),
            self.request,
            &self.bytes,
        );
        self.bytes
            .extend_from_slice(format!(",\"mac\":\"{}\"}}\n", hex::encode(mac)).as_bytes());
        self.bytes
    }
}

/// The clock answer: the signature was right, the time was not.
#[must_use]
pub fn clock(keys: &FileKeys, request: &Request, now: i64) -> Vec<u8> {
    let end = End {
        time: Some(now.to_string()),
        error: Some(BridgeError {
            code: "clock".to_owned(),
            place: String::new(),
        }),
        ..End::default()
    };
    Seal::new(keys, request, "clock").close(&end)
}

/// The replay answer: this nonce was seen before.
#[must_use]
pub fn replay(keys: &FileKeys, request: &Request) -> Vec<u8> {
    Seal::new(keys, request, "replay").error("replay", "")
}

/// The MAC that closes an answer: label, bridge id, request nonce, request body digest (one a
/// line) and every byte from the head line on, up to but excluding `,"mac":`.
pub(crate) fn mac(
    key: &[u8],
    label: &str,
    bridge_id: &str,
    request: &Request,
    bytes: &[u8],
) -> [u8; 32] {
    let head = format!(
        "{label}\n{bridge_id}\n{}\n{}\n",
        request.nonce,
        request.body_digest()
    );
    hmac_parts(key, &[head.as_bytes(), bytes])
}

//! A signed request: body, headers, and the check a bridge makes of them.

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::{
    MAX_BODY, TIME_WINDOW, VERSION,
    key::{FileKeys, LABEL_REQUEST, UploadKeys, is_hex, sha256_hex},
    operation::Operation,
};

/// Header with the key id.
pub const HEADER_KEY: &str = "X-Winkelbrug-Key";
/// Header with the time, ten digits of Unix seconds.
pub const HEADER_TIME: &str = "X-Winkelbrug-Time";
/// Header with the nonce, 32 lower-case hex.
pub const HEADER_NONCE: &str = "X-Winkelbrug-Nonce";
/// Header with the signature, lower-case hex.
pub const HEADER_SIGNATURE: &str = "X-Winkelbrug-Signature";
/// Content type: old PHP prints a notice before our answer when a body has any other.
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// A request that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The body would be longer than [`MAX_BODY`].
    #[error("request body of {0} bytes is longer than 64 KiB")]
    TooLong(usize),
    /// The time has not ten digits.
    #[error("time {0} has not ten digits")]
    BadTime(i64),
    /// The nonce is not 32 lower-case hex.
    #[error("nonce is not 32 lower-case hex digits")]
    BadNonce,
    /// The body could not be serialised.
    #[error("request body cannot be written: {0}")]
    Json(String),
}

/// A request ready to send: four headers and the raw body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// [`HEADER_KEY`]'s value.
    pub key_id: String,
    /// [`HEADER_TIME`]'s value.
    pub time: String,
    /// [`HEADER_NONCE`]'s value.
    pub nonce: String,
    /// [`HEADER_SIGNATURE`]'s value.
    pub signature: String,
    /// The raw body.
    pub body: Vec<u8>,
}

impl Request {
    /// Builds and signs a request.
    ///
    /// # Errors
    /// A body over [`MAX_BODY`], or a time or nonce of another shape than the wire has.
    pub fn new(
        keys: &UploadKeys,
        reader: &str,
        operation: &Operation,
        time: i64,
        nonce: &str,
    ) -> Result<Self, RequestError> {
        let body = serde_json::to_vec(&Body { reader, operation })
            .map_err(|e| RequestError::Json(e.to_string()))?;
        Self::sign(keys, body, time, nonce)
    }

    /// Signs a body as it is.
    ///
    /// # Errors
    /// As [`Request::new`].
    pub fn sign(
        keys: &UploadKeys,
        body: Vec<u8>,
        time: i64,
        nonce: &str,
    ) -> Result<Self, RequestError> {
        if body.len() > MAX_BODY {
            return Err(RequestError::TooLong(body.len()));
        }
        let time_text = time.to_string();
        if time < 0 || time_text.len() != 10 {
            return Err(RequestError::BadTime(time));
        }
        if !is_hex(nonce, 32) {
            return Err(RequestError::BadNonce);
        }
        let key_id = keys.key_id();
        let bytes = signed_bytes(keys.bridge_id(), &key_id, &time_text, nonce, &body);
        Ok(Self {
            key_id,
            time: time_text,
            nonce: nonce.to_owned(),
            signature: keys.sign(bytes.as_bytes()),
            body,
        })
    }

    /// The four headers.
    #[must_use]
    pub fn headers(&self) -> [(&'static str, &str); 4] {
        [
            (HEADER_KEY, &self.key_id),
            (HEADER_TIME, &self.time),
            (HEADER_NONCE, &self.nonce),
            (HEADER_SIGNATURE, &self.signature),
        ]
    }

    /// SHA-256 hex of the body.
    #[must_use]
    pub fn body_digest(&self) -> String {
        sha256_hex(&self.body)
    }

    /// What a bridge decides before it looks into the body: its own order of checks, without the
    /// replay state.
    #[must_use]
    pub fn check(&self, keys: &FileKeys, now: i64) -> Gate {
        let shape = self.body.len() <= MAX_BODY
            && self.key_id == keys.key_id()
            && self.time.len() == 10
            && self.time.bytes().all(|b| b.is_ascii_digit())
            && is_hex(&self.nonce, 32);
        let bytes = signed_bytes(
            keys.bridge_id(),
            &self.key_id,
            &self.time,
            &self.nonce,
            &self.body,
        );
        if !shape || !keys.check(bytes.as_bytes(), &self.signature) {
            return Gate::Refused;
        }
        match self.time.parse::<i64>() {
            Ok(time) if (time - now).abs() <= TIME_WINDOW => Gate::Open,
            _ => Gate::Clock,
        }
    }
}

/// A bridge's decision on a request, see [`Request::check`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Signature and time hold.
    Open,
    /// The signature holds, the time does not: clock answer.
    Clock,
    /// The one fixed refusal.
    Refused,
}

/// The signed bytes: one field a line, no newline at the end.
#[must_use]
pub fn signed_bytes(bridge_id: &str, key_id: &str, time: &str, nonce: &str, body: &[u8]) -> String {
    let digest = sha256_hex(body);
    [LABEL_REQUEST, bridge_id, key_id, time, nonce, &digest].join("\n")
}

/// `{"v":1,"op":"…","reader":"…","args":{…}}`
struct Body<'a> {
    reader: &'a str,
    operation: &'a Operation,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(4))?;
        map.serialize_entry("v", &VERSION)?;
        map.serialize_entry("op", self.operation.name())?;
        map.serialize_entry("reader", self.reader)?;
        match self.operation {
            Operation::Hello(args) | Operation::Lookups(args) | Operation::Remove(args) => {
                map.serialize_entry("args", args)?;
            }
            Operation::Orders(args) => map.serialize_entry("args", args)?,
            Operation::Order(args) => map.serialize_entry("args", args)?,
            Operation::Totals(args) => map.serialize_entry("args", args)?,
            Operation::Customers(args) | Operation::Products(args) => {
                map.serialize_entry("args", args)?;
            }
            Operation::StockRead(args) => map.serialize_entry("args", args)?,
            Operation::StockSet(args) => map.serialize_entry("args", args)?,
            Operation::OrderStatusSet(args) => map.serialize_entry("args", args)?,
            Operation::ProductsSet(args) => map.serialize_entry("args", args)?,
            Operation::CustomersSet(args) => map.serialize_entry("args", args)?,
        }
        map.end()
    }
}

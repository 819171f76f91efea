//! Reading an answer: nothing is given out before its end line was found, its MAC checked in
//! constant time and its records counted. Bytes outside the framed part are ignored and counted.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use crate::{
    REFUSAL,
    key::{LABEL_ANSWER, LABEL_CLOCK, UploadKeys, is_hex},
    operation::Position,
    request::Request,
    seal::mac,
};

/// How a framed answer begins.
const HEAD: &[u8] = b"{\"winkelbrug\":1,";
/// How its last line begins.
const END: &[u8] = b"{\"end\":";
/// What stands between the signed bytes and the MAC.
const MAC: &[u8] = b",\"mac\":\"";
/// Deepest nesting a line may have.
pub const MAX_DEPTH: usize = 64;

/// Limits on what is read. Bytes are counted after content coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// Whole answer, foreign bytes included.
    pub bytes: usize,
    /// One line.
    pub line: usize,
    /// Records.
    pub records: u64,
}

impl Default for Caps {
    /// 48 MiB, 8 MiB a line, 20,000 records: well above what a bridge's own budget lets it send.
    fn default() -> Self {
        Self {
            bytes: 48 << 20,
            line: 8 << 20,
            records: 20_000,
        }
    }
}

/// What stands in an answer's end line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// How many records the answer holds.
    pub records: u64,
    /// Did the bridge stop before the end of the list?
    #[serde(default)]
    pub more: bool,
    /// Where to go on, when `more`.
    #[serde(default)]
    pub next: Option<Next>,
    /// Why the request could not be served.
    #[serde(default)]
    pub error: Option<BridgeError>,
    /// The server's clock, ten digits; clock answers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Next {
    /// A list by (stamp, id).
    Position(Position),
    /// A list by key (`stock_read`).
    Key(String),
}

/// A failure the bridge reports after a right signature: a code and a place, never a text of PHP
/// or the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BridgeError {
    /// `database-down`, `not-in-scope`, …
    pub code: String,
    /// Where: `orders/3`.
    #[serde(default)]
    pub place: String,
}

/// Bytes around the framed answer: adverts, notices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Before the head line.
    pub before: usize,
    /// After the end line.
    pub after: usize,
}

/// A proven answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The bridge's version from the head line.
    pub version: String,
    /// SHA-256 hex of the file that answered; none from bridges that do not tell it with each answer.
    pub file: Option<String>,
    /// Whether and where the list goes on.
    pub end: End,
    /// Bytes that were not ours.
    pub foreign: Foreign,
    text: String,
    records: Vec<Range<usize>>,
}

impl Answer {
    /// The record lines, as they came.
    pub fn records(&self) -> impl ExactSizeIterator<Item = &str> {
        // The ranges were cut from this very text at newlines.
        self.records
            .iter()
            .map(|range| self.text.get(range.clone()).unwrap_or_default())
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Proven and without error.
    Answer(Answer),
    /// Proven: the bridge could not serve the request.
    Error(BridgeError),
    /// Proven: our clock and the server's differ too much; its Unix time.
    Clock(i64),
    /// Proven: this nonce was used before.
    Replay,
    /// The bridge's fixed refusal (proves nothing, but no firewall writes it).
    Refusal,
}

/// Why bytes are no answer of our bridge to this request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// No byte at all.
    #[error("the answer is empty")]
    Empty,
    /// No head line anywhere: another page altogether.
    #[error("the answer is not the bridge's")]
    Foreign,
    /// A head line of another version of the messages.
    #[error("the answer is of another message version")]
    Version,
    /// A head line, but no end line: cut off.
    #[error("the answer was cut off")]
    Truncated,
    /// The MAC does not fit: changed on the way, or an answer to another request.
    #[error("the answer's seal does not fit")]
    Mac,
    /// The MAC fits but the content is not what an answer must be: a fault of ours.
    #[error("the answer is sealed but malformed: {0}")]
    Malformed(String),
    /// More than the caps allow.
    #[error("the answer is larger than allowed: {0}")]
    TooLarge(&'static str),
}

#[derive(Deserialize)]
struct Head {
    op: String,
    version: String,
    #[serde(default)]
    file: Option<String>,
}

#[derive(Deserialize)]
struct EndLine {
    end: End,
}

/// Reads the bytes that came back for `request`, `operation` being the name that was asked.
///
/// # Errors
/// [`Defect`]: nothing of the bytes may be used.
pub fn read(
    keys: &UploadKeys,
    request: &Request,
    operation: &str,
    bytes: &[u8],
    caps: &Caps,
) -> Result<Reading, Defect> {
    if bytes.len() > caps.bytes {
        return Err(Defect::TooLarge("bytes"));
    }
    let Some(start) = find(bytes, HEAD) else {
        return unframed(bytes);
    };
    let framed = bytes.get(start..).unwrap_or_default();
    let frame = Frame::cut(framed, caps)?;
    let head: Head = line(frame.head)?;
    let label = match head.op.as_str() {
        "clock" => LABEL_CLOCK,
        _ => LABEL_ANSWER,
    };
    let expected = mac(
        &keys.answer_label_key(label),
        label,
        keys.bridge_id(),
        request,
        frame.signed,
    );
    if !bool::from(expected.ct_eq(&frame.mac)) {
        return Err(Defect::Mac);
    }
    let end = line::<EndLine>(&frame.end)?.end;
    if end.records != frame.records.len() as u64 {
        return Err(Defect::Malformed("record count".to_owned()));
    }
    match (head.op.as_str(), &end.error) {
        ("clock", _) => clock(&end),
        ("replay", _) => Ok(Reading::Replay),
        (_, Some(error)) => Ok(Reading::Error(error.clone())),
        (op, None) if op == operation => {
            let foreign = Foreign {
                before: start,
                after: framed.len() - frame.length,
            };
            answer(&head, end, frame, foreign)
        }
        (op, None) => Err(Defect::Malformed(format!("operation {op:.40}"))),
    }
}

/// An answer without a head line: the fixed refusal, nothing at all, or somebody else's page.
fn unframed(bytes: &[u8]) -> Result<Reading, Defect> {
    if find(bytes, REFUSAL.trim_end().as_bytes()).is_some() {
        Ok(Reading::Refusal)
    } else if bytes.iter().all(u8::is_ascii_whitespace) {
        Err(Defect::Empty)
    } else if find(bytes, b"{\"winkelbrug\":").is_some() {
        Err(Defect::Version)
    } else if HEAD.starts_with(bytes.trim_ascii_start()) {
        Err(Defect::Truncated)
    } else {
        Err(Defect::Foreign)
    }
}

fn clock(end: &End) -> Result<Reading, Defect> {
    end.time
        .as_deref()
        .filter(|time| time.len() == 10 && time.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|time| time.parse().ok())
        .map(Reading::Clock)
        .ok_or_else(|| Defect::Malformed("clock".to_owned()))
}

fn answer(head: &Head, end: End, frame: Frame<'_>, foreign: Foreign) -> Result<Reading, Defect> {
    let text = std::str::from_utf8(frame.signed)
        .map_err(|_| Defect::Malformed("text is not UTF-8".to_owned()))?;
    for record in &frame.records {
        check_depth(frame.signed.get(record.clone()).unwrap_or_default())?;
    }
    Ok(Reading::Answer(Answer {
        version: head.version.clone(),
        file: head.file.clone(),
        end,
        foreign,
        text: text.to_owned(),
        records: frame.records,
    }))
}

/// The framed part cut into its lines, nothing of it believed yet.
struct Frame<'a> {
    head: &'a [u8],
    records: Vec<Range<usize>>,
    /// The end line up to the MAC, closed by `}` so that it is an object.
    end: Vec<u8>,
    mac: [u8; 32],
    /// What the MAC covers.
    signed: &'a [u8],
    /// Bytes of the framed part, its last newline included.
    length: usize,
}

impl<'a> Frame<'a> {
    fn cut(framed: &'a [u8], caps: &Caps) -> Result<Self, Defect> {
        let mut head: Option<&[u8]> = None;
        let mut records = Vec::new();
        let mut at = 0;
        for line in framed.split_inclusive(|byte| *byte == b'\n') {
            if line.len() > caps.line {
                return Err(Defect::TooLarge("line"));
            }
            let content = line.strip_suffix(b"\n").unwrap_or(line);
            match head {
                None => head = Some(content),
                Some(head) if content.starts_with(END) => {
                    return Self::close(framed, head, records, at, content);
                }
                Some(_) => records.push(at..at + content.len()),
            }
            if records.len() as u64 > caps.records {
                return Err(Defect::TooLarge("records"));
            }
            at += line.len();
        }
        Err(Defect::Truncated)
    }

    fn close(
        framed: &'a [u8],
        head: &'a [u8],
        records: Vec<Range<usize>>,
        at: usize,
        line: &[u8],
    ) -> Result<Self, Defect> {
        let (place, mac) = (0..line.len())
            .rev()
            .find_map(|place| Some((place, mac_at(line.get(place..)?)?)))
            .ok_or(Defect::Truncated)?;
        let mut end = line.get(..place).unwrap_or_default().to_vec();
        end.push(b'}');
        let line_end = at + place + MAC.len() + 66;
        let newline = usize::from(framed.get(line_end) == Some(&b'\n'));
        Ok(Self {
            head,
            records,
            end,
            mac,
            signed: framed.get(..at + place).unwrap_or_default(),
            length: line_end + newline,
        })
    }
}

/// The MAC, when `,"mac":"<64 hex>"}` begins here; a host's advert may follow on the same line.
fn mac_at(bytes: &[u8]) -> Option<[u8; 32]> {
    let rest = bytes.strip_prefix(MAC)?;
    let digits = std::str::from_utf8(rest.get(..64)?).ok()?;
    if rest.get(64..66)? != b"\"}" || !is_hex(digits, 64) {
        return None;
    }
    hex::decode(digits).ok()?.try_into().ok()
}

/// A line of a proven answer as a value.
fn line<T: for<'de> Deserialize<'de>>(bytes: impl AsRef<[u8]>) -> Result<T, Defect> {
    check_depth(bytes.as_ref())?;
    serde_json::from_slice(bytes.as_ref()).map_err(|e| Defect::Malformed(e.to_string()))
}

/// Nesting is counted before a parser sees the line.
fn check_depth(bytes: &[u8]) -> Result<(), Defect> {
    let (mut depth, mut text, mut escaped) = (0_usize, false, false);
    for byte in bytes {
        match (text, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => text = !text,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(Defect::TooLarge("depth"));
        }
    }
    Ok(())
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

//! Reading what the shop answers: nothing is sealed, so everything is bounded. Size, encoding, depth
//! and number of records are checked before a record is looked at.

use encoding_rs::{Encoding, UTF_8};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::diagnosis;
use crate::{failure::Result, shop::http::Reply};

/// Most bytes of a page: two hundred times the largest seen.
const BYTES: usize = 16 << 20;
/// Deepest nesting: the API's own is six.
const DEPTH: usize = 32;
/// Most records of a page.
const RECORDS: usize = 20_000;

/// The JSON of an answer, as text.
///
/// # Errors
/// See [`diagnosis`].
pub fn read(reply: &Reply) -> Result<String> {
    if let Some(failure) = diagnosis::foreign(reply) {
        return Err(failure);
    }
    if reply.body.len() > BYTES {
        return Err(diagnosis::too_large("MB"));
    }
    let text = decoded(reply)?;
    bounded(&text)?;
    if let Err(error) = serde_json::from_str::<&RawValue>(&text) {
        return Err(if error.is_eof() {
            diagnosis::cut_off()
        } else {
            diagnosis::malformed(&error)
        });
    }
    Ok(text)
}

/// UTF-8, or what the answer says it is in; a byte order mark decides before both.
fn decoded(reply: &Reply) -> Result<String> {
    let (declared, mark) = match Encoding::for_bom(&reply.body) {
        Some((encoding, length)) => (encoding, length),
        None => (declared(reply), 0),
    };
    let body = reply.body.get(mark..).unwrap_or_default();
    // JSON is UTF-8, whatever a server's default header says of it.
    if let Ok(text) = std::str::from_utf8(body) {
        return Ok(text.to_owned());
    }
    if declared == UTF_8 {
        return Err(diagnosis::not_utf8());
    }
    declared
        .decode_without_bom_handling_and_without_replacement(body)
        .map(|text| text.into_owned())
        .ok_or_else(diagnosis::not_utf8)
}

fn declared(reply: &Reply) -> &'static Encoding {
    reply
        .header("content-type")
        .split(';')
        .filter_map(|part| part.trim().strip_prefix("charset="))
        .find_map(|label| Encoding::for_label(label.trim_matches('"').as_bytes()))
        .unwrap_or(UTF_8)
}

/// Nesting outside of texts.
fn bounded(text: &str) -> Result<()> {
    let (mut depth, mut within, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if within => escaped = true,
            b'"' => within = !within,
            b'{' | b'[' if !within => {
                depth += 1;
                if depth > DEPTH {
                    return Err(diagnosis::too_deep());
                }
            }
            b'}' | b']' if !within => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// The records of a page. None is written as `[]`, `""`, `null` or `false`; PHP writes a list with
/// gaps in its numbering as an object.
///
/// # Errors
/// No `data`, or more records than any page has.
pub fn records(text: &str) -> Result<Vec<Box<RawValue>>> {
    #[derive(Deserialize)]
    struct Page {
        data: Box<RawValue>,
    }
    let page: Page = serde_json::from_str(text).map_err(|error| diagnosis::malformed(&error))?;
    let data = page.data.get();
    let records = match data.bytes().next() {
        Some(b'[') => serde_json::from_str::<Vec<Box<RawValue>>>(data),
        Some(b'{') => {
            serde_json::from_str::<std::collections::BTreeMap<String, Box<RawValue>>>(data)
                .map(|records| records.into_values().collect())
        }
        _ if matches!(data, "\"\"" | "null" | "false") => return Ok(Vec::new()),
        _ => return Err(diagnosis::no_records()),
    };
    let records = records.map_err(|error| diagnosis::malformed(&error))?;
    if records.len() > RECORDS {
        return Err(diagnosis::too_large("records"));
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use reqwest::{StatusCode, header::HeaderMap};

    use super::*;

    fn reply(content_type: &str, body: &[u8]) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", content_type.parse().unwrap());
        Reply {
            status: StatusCode::OK,
            headers,
            body: body.to_vec(),
        }
    }

    fn code(content_type: &str, body: &[u8]) -> String {
        read(&reply(content_type, body)).unwrap_err().code
    }

    #[test]
    fn utf8_with_or_without_mark_and_declared_latin_are_read() {
        let json = "application/json";
        for (content_type, body) in [
            (json, "{\"naam\":\"Café\"}".as_bytes()),
            (json, "\u{feff}{\"naam\":\"Café\"}".as_bytes()),
            (
                "application/json; charset=iso-8859-1",
                "{\"naam\":\"Café\"}".as_bytes(),
            ),
            (
                "application/json; charset=\"ISO-8859-1\"",
                b"{\"naam\":\"Caf\xe9\"}".as_slice(),
            ),
        ] {
            assert_eq!(
                read(&reply(content_type, body)).unwrap(),
                "{\"naam\":\"Café\"}"
            );
        }
        assert_eq!(code(json, b"{\"naam\":\"Caf\xe9\"}"), "answer-encoding");
    }

    #[test]
    fn what_is_no_bounded_json_is_named() {
        let json = "application/json";
        let deep = format!("{}{}", "[".repeat(40), "]".repeat(40));
        let giant = format!("{{\"data\":\"{}\"}}", "x".repeat(BYTES));
        let entities = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>";
        for (body, wanted) in [
            ("{\"data\":[1,", "answer-cut-off"),
            ("{\"data\":nee}", "answer-malformed"),
            (deep.as_str(), "answer-too-deep"),
            (giant.as_str(), "answer-too-large"),
            ("<html>", "sconnect-html"),
            (entities, "sconnect-html"),
            ("<br /><b>Fatal error</b>: x", "php-error-page"),
            ("", "answer-empty"),
        ] {
            assert_eq!(code(json, body.as_bytes()), wanted, "{wanted}");
        }
        let texts = format!("{{\"data\":\"{}\\\"\"}}", "[".repeat(40));
        assert!(
            read(&reply(json, texts.as_bytes())).is_ok(),
            "texts nest nothing"
        );
    }

    #[test]
    fn no_records_has_many_forms_and_gaps_are_closed() {
        for none in ["[]", "\"\"", "null", "false", "{}"] {
            let page = format!("{{\"aantal\":0,\"data\":{none}}}");
            assert!(records(&page).unwrap().is_empty(), "{none}");
        }
        let gaps = "{\"data\":{\"0\":{\"a\":1},\"2\":{\"a\":2}}}";
        assert_eq!(records(gaps).unwrap().len(), 2);
        assert_eq!(
            records("{\"aantal\":3}").unwrap_err().code,
            "answer-malformed"
        );
        assert_eq!(
            records("{\"data\":7}").unwrap_err().code,
            "answer-malformed"
        );
    }
}

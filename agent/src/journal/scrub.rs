//! Taking a customer's words out of texts that stay: reasons, reports, remarks. A text keeps its
//! shape, so that what reads it still can.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use serde_json::Value;

use super::{OrderId, forgotten::NAMELESS};
use crate::failure::Result;

/// Columns of running text, and by which column they belong to an order.
const TEXTS: &[(&str, &str, Option<&str>)] = &[
    ("orders", "reason", Some("id")),
    ("orders", "failure", Some("id")),
    ("credits", "reason", Some("order_id")),
    ("attention", "text", Some("order_id")),
    ("attention", "settled_why", Some("order_id")),
    ("log", "text", Some("order_id")),
    ("log", "data", Some("order_id")),
    ("runs", "report", None),
    ("stopped_profile", "failure", None),
    ("books_order", "record", None),
];

/// Takes the words out of every text, or out of those of one order.
pub(super) fn texts(
    connection: &Connection,
    words: &BTreeSet<String>,
    only: Option<OrderId>,
) -> Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    for (table, column, by) in TEXTS {
        if !has_table(connection, table)? {
            continue;
        }
        let condition = match (only, by) {
            (None, _) => "TRUE".to_owned(),
            (Some(order), Some(by)) => format!("{by} = {}", order.0),
            (Some(_), None) => continue,
        };
        column_of(connection, table, column, &condition, words)?;
    }
    Ok(())
}

fn column_of(
    connection: &Connection,
    table: &str,
    column: &str,
    condition: &str,
    words: &BTreeSet<String>,
) -> Result<()> {
    let found: Vec<(i64, String)> = connection
        .prepare(&format!(
            "SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL AND {condition}"
        ))?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let sql = format!("UPDATE {table} SET {column} = ?2 WHERE rowid = ?1");
    for (row, text) in found {
        if let Some(clean) = without(&text, words) {
            connection
                .prepare_cached(&sql)?
                .execute(params![row, clean])?;
        }
    }
    Ok(())
}

/// The text without the words; none when none of them is in it.
fn without(text: &str, words: &BTreeSet<String>) -> Option<String> {
    // A word with a quote in it stands otherwise in JSON: then only reading it tells.
    let may_be = |word: &String| word.contains(['"', '\\']) || find(text, word).is_some();
    if !words.iter().any(may_be) {
        return None;
    }
    match serde_json::from_str::<Value>(text) {
        Ok(mut value) => values(&mut value, words).then(|| value.to_string()),
        Err(_) => plain(text, words),
    }
}

/// Only values are changed, never the names of fields.
fn values(value: &mut Value, words: &BTreeSet<String>) -> bool {
    match value {
        Value::String(text) => match plain(text, words) {
            Some(clean) => {
                *text = clean;
                true
            }
            None => false,
        },
        Value::Array(list) => list
            .iter_mut()
            .fold(false, |any, one| values(one, words) | any),
        Value::Object(fields) => fields
            .values_mut()
            .fold(false, |any, one| values(one, words) | any),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn plain(text: &str, words: &BTreeSet<String>) -> Option<String> {
    let mut clean = text.to_owned();
    for word in words {
        while let Some(at) = find(&clean, word) {
            clean.replace_range(at..at + word.len(), NAMELESS);
        }
    }
    (clean != text).then_some(clean)
}

fn find(text: &str, word: &str) -> Option<usize> {
    position(text.as_bytes(), word)
}

/// Where a word stands, whatever the case of its plain letters; one that could be an ordinary word
/// of ours counts only as it is written.
pub fn position(text: &[u8], word: &str) -> Option<usize> {
    let exact = !word.contains([' ', '@']) && !word.contains(|c: char| c.is_ascii_digit());
    let word = word.as_bytes();
    text.windows(word.len().max(1)).position(|window| {
        if exact {
            window == word
        } else {
            window.eq_ignore_ascii_case(word)
        }
    })
}

pub(super) fn has_table(connection: &Connection, table: &str) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1)")?
        .query_row([table], |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn words_go_whatever_their_case_and_the_text_keeps_its_shape() {
        let words = BTreeSet::from(["jan@voorbeeld.nl".to_owned(), "Jan Held".to_owned()]);
        let text = r#"{"code":"held","nl":"JAN@voorbeeld.NL is Jan Held","list":["Jan Held"]}"#;
        assert_eq!(
            serde_json::from_str::<Value>(&without(text, &words).unwrap()).unwrap(),
            serde_json::json!({"code": "held", "nl": "— is —", "list": ["—"]})
        );
        assert_eq!(without("niets van hem", &words), None);
    }
}

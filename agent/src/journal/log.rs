//! What was asked, answered and decided, per order. Never a secret; names and addresses only in
//! `data`, which is erased first.

use jiff::Timestamp;
use rusqlite::params;

use super::{Journal, OrderId, from_json, json, millis, moment};
use crate::{failure::Result, text::Text};

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What kind: a state's name, `asked`, `answered`, `decided`, `failed`, `owner`.
    pub kind: String,
    /// What happened, in the owner's words.
    pub text: Text,
    /// What was sent or received, where that helps; none when erased.
    pub data: Option<String>,
}

impl Journal {
    /// Writes an entry down.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn log(
        &self,
        profile: &str,
        order: Option<OrderId>,
        kind: &str,
        text: &Text,
        data: Option<&str>,
        now: Timestamp,
    ) -> Result<()> {
        let text = json(text)?;
        self.with(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO log (profile, order_id, at, kind, text, data)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![profile, order, millis(now), kind, text, data])
        })
        .map(drop)
    }

    /// The entries of an order, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn log_of(&self, order: OrderId) -> Result<Vec<Entry>> {
        let rows: Vec<(i64, String, String, Option<String>)> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT at, kind, text, data FROM log WHERE order_id = ?1 ORDER BY id",
                )?
                .query_map([order], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })?
                .collect()
        })?;
        rows.into_iter()
            .map(|(at, kind, text, data)| {
                Ok(Entry {
                    at: moment(at),
                    kind,
                    text: from_json(&text)?,
                    data,
                })
            })
            .collect()
    }
}

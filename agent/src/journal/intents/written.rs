//! What was intended and written before: by which order, for whom, under which key.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use crate::{
    failure::Result,
    journal::{AdministrationId, Journal, Kind, OrderId, moment},
};

impl Journal {
    /// Every customer code ever intended for a relation of these books.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn codes_intended(&self, administration: &AdministrationId) -> Result<Vec<i64>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT DISTINCT CAST(key AS INTEGER) FROM intents
                     WHERE administration = ?1 AND kind = 'relation'",
                )?
                .query_map([administration], |row| row.get(0))?
                .collect()
        })
    }

    /// Did any order of ours make this relation?
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn made_relation(&self, administration: &AdministrationId, id: &str) -> Result<bool> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM intents WHERE administration = ?1
                        AND kind = 'relation' AND outcome = 'done' AND foreign_id = ?2)",
                )?
                .query_row(params![administration, id], |row| row.get(0))?)
        })
    }

    /// The key under which a write of that kind for this order was lost, newest first; how many
    /// were.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn lost_before(&self, order: OrderId, kind: Kind) -> Result<Vec<String>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT key FROM intents WHERE order_id = ?1 AND kind = ?2
                        AND outcome = 'lost' ORDER BY id DESC",
                )?
                .query_map(params![order, kind], |row| row.get(0))?
                .collect()
        })
    }

    /// The record this order wrote of that kind (an article: with that code): its id and key.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn written_for(
        &self,
        order: OrderId,
        kind: Kind,
        key: Option<&str>,
    ) -> Result<Option<(String, String)>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT foreign_id, key FROM intents
                     WHERE order_id = ?1 AND kind = ?2 AND outcome = 'done'
                        AND (?3 IS NULL OR key = ?3)
                     ORDER BY id DESC LIMIT 1",
                )?
                .query_row(params![order, kind, key], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?)
        })
    }

    /// What the intent said by which the order itself came into the books.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn about_written(&self, order: OrderId) -> Result<Option<String>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT about FROM intents WHERE order_id = ?1 AND kind = 'order'
                        AND credit IS NULL AND outcome = 'done' ORDER BY id DESC LIMIT 1",
                )?
                .query_row([order], |row| row.get(0))
                .optional()
        })
    }

    /// When this order's write was known to have arrived.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn written_at(&self, order: OrderId) -> Result<Option<Timestamp>> {
        let at: Option<i64> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT max(ended_at) FROM intents
                     WHERE order_id = ?1 AND kind = 'order' AND outcome = 'done'",
                )?
                .query_row([order], |row| row.get(0))
        })?;
        Ok(at.map(moment))
    }

    /// Relations of ours for that party, articles of ours with that code: id, code, when.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn written_before(
        &self,
        administration: &AdministrationId,
        kind: Kind,
        party_or_code: &str,
    ) -> Result<Vec<(String, String, Timestamp)>> {
        if party_or_code.is_empty() {
            return Ok(Vec::new());
        }
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT foreign_id, key, ended_at FROM intents
                     WHERE administration = ?1 AND kind = ?2 AND outcome = 'done'
                        AND CASE kind WHEN 'relation' THEN party ELSE key END = ?3
                     ORDER BY id",
                )?
                .query_map(params![administration, kind, party_or_code], |row| {
                    Ok((row.get(0)?, row.get(1)?, moment(row.get(2)?)))
                })?
                .collect::<rusqlite::Result<_>>()?)
        })
    }
}

//! The limiter's figures in the journal: calls by slot of the hour and process, and what was
//! learned.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::Rates;
use crate::{failure::Result, journal::Journal};

/// This process among others on the same journal.
static PROCESS: LazyLock<String> = LazyLock::new(|| hex::encode(rand::random::<[u8; 8]>()));

/// Calls of all processes but this one, by slot.
pub(super) fn calls(journal: &Journal, name: &str, oldest: i64) -> Result<BTreeMap<i64, u32>> {
    journal.with(|connection| {
        connection
            .prepare_cached(
                "SELECT slot, SUM(calls) FROM books_calls
                 WHERE limiter = ?1 AND process <> ?2 AND slot >= ?3 GROUP BY slot",
            )?
            .query_map(params![name, *PROCESS, oldest], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect()
    })
}

/// Calls of this process, by slot.
pub(super) fn own_calls(journal: &Journal, name: &str, oldest: i64) -> Result<BTreeMap<i64, u32>> {
    journal.with(|connection| {
        connection
            .prepare_cached(
                "SELECT slot, calls FROM books_calls
                 WHERE limiter = ?1 AND process = ?2 AND slot >= ?3",
            )?
            .query_map(params![name, *PROCESS, oldest], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect()
    })
}

/// Keeps this process's calls, drops old ones, and returns those of the others.
pub(super) fn exchange(
    journal: &Journal,
    name: &str,
    ours: &BTreeMap<i64, u32>,
    oldest: i64,
) -> Result<BTreeMap<i64, u32>> {
    journal.with(|connection| {
        let transaction = connection.transaction()?;
        for (slot, calls) in ours {
            transaction
                .prepare_cached(
                    "INSERT INTO books_calls (limiter, process, slot, calls) VALUES (?1, ?2, ?3, ?4)
                     ON CONFLICT (limiter, process, slot) DO UPDATE SET calls = max(calls, excluded.calls)",
                )?
                .execute(params![name, *PROCESS, slot, calls])?;
        }
        transaction
            .prepare_cached("DELETE FROM books_calls WHERE limiter = ?1 AND slot < ?2")?
            .execute(params![name, oldest])?;
        transaction.commit()
    })?;
    calls(journal, name, oldest)
}

/// Smaller figures learned from refusals, and when.
pub(super) fn learned(journal: &Journal, name: &str) -> Result<Option<(Rates, Timestamp)>> {
    let row: Option<(String, String)> = journal.with(|connection| {
        connection
            .query_row(
                "SELECT rates, learned_at FROM books_rates WHERE limiter = ?1",
                [name],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
    })?;
    Ok(row.and_then(|(rates, at)| Some((serde_json::from_str(&rates).ok()?, at.parse().ok()?))))
}

/// Keeps what was learned.
pub(super) fn keep_learned(
    journal: &Journal,
    name: &str,
    rates: Rates,
    now: Timestamp,
) -> Result<()> {
    let rates = serde_json::to_string(&rates).unwrap_or_default();
    journal
        .with(|connection| {
            connection.execute(
                "INSERT INTO books_rates (limiter, rates, learned_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (limiter) DO UPDATE
                 SET rates = excluded.rates, learned_at = excluded.learned_at",
                params![name, rates, now.to_string()],
            )
        })
        .map(drop)
}

//! Stock in the journal: figures with the time they were read, calls spent on them, and every
//! write with what stood in the shop before it.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use rusqlite::params;
use winkelbrug_protocol::{operation::StockWrite, record::StockResult};

use crate::{books::ArticleStock, failure::Result, journal::Journal};

/// When each article's figure was last read, by article id.
///
/// # Errors
/// The journal cannot be read.
pub fn read_times(journal: &Journal, profile: &str) -> Result<HashMap<String, Timestamp>> {
    journal.with(|connection| {
        connection
            .prepare("SELECT article, read_at FROM stock_figures WHERE profile = ?1")?
            .query_map([profile], |row| {
                let at: String = row.get(1)?;
                Ok((row.get(0)?, at.parse().unwrap_or(Timestamp::UNIX_EPOCH)))
            })?
            .collect()
    })
}

/// The oldest and the newest figure of a profile; none before the first read.
///
/// # Errors
/// The journal cannot be read.
pub fn age(journal: &Journal, profile: &str) -> Result<Option<(Timestamp, Timestamp)>> {
    let times = read_times(journal, profile)?;
    Ok(times
        .values()
        .min()
        .copied()
        .zip(times.values().max().copied()))
}

/// Keeps figures just read.
///
/// # Errors
/// The journal cannot be written.
pub fn keep(journal: &Journal, profile: &str, figures: &[ArticleStock]) -> Result<()> {
    journal.with(|connection| {
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare(
                "INSERT OR REPLACE INTO stock_figures
                     (profile, article, code, keeps, technical, free, read_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for figure in figures {
                insert.execute(params![
                    profile,
                    figure.article,
                    figure.code,
                    figure.keeps_stock,
                    figure.technical.to_string(),
                    figure.free.to_string(),
                    figure.read_at.to_string(),
                ])?;
            }
        }
        transaction.commit()
    })
}

/// Calls spent on stock in the hour before `now`, by all profiles on that administration.
///
/// # Errors
/// The journal cannot be read or cleaned.
pub fn calls_spent(journal: &Journal, administration: &str, now: Timestamp) -> Result<u32> {
    let hour_ago = (now - SignedDuration::from_hours(1)).to_string();
    journal.with(|connection| {
        connection.execute("DELETE FROM stock_calls WHERE at < ?1", [&hour_ago])?;
        connection.query_row(
            "SELECT COALESCE(SUM(calls), 0) FROM stock_calls WHERE administration = ?1",
            [administration],
            |row| row.get(0),
        )
    })
}

/// Calls are spent now.
///
/// # Errors
/// The journal cannot be written.
pub fn spend(journal: &Journal, administration: &str, calls: u32, now: Timestamp) -> Result<()> {
    journal.with(|connection| {
        connection.execute(
            "INSERT INTO stock_calls (administration, at, calls) VALUES (?1, ?2, ?3)",
            params![administration, now.to_string(), calls],
        )?;
        Ok(())
    })
}

/// How long writes are kept: to see, or put back, what stood there before.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Commits what is about to be written, before it is sent. Old writes are forgotten.
///
/// # Errors
/// The journal cannot be written.
pub fn intend(
    journal: &Journal,
    profile: &str,
    idempotency: &str,
    writes: &[(StockWrite, String)],
    now: Timestamp,
) -> Result<()> {
    journal.with(|connection| {
        let transaction = connection.transaction()?;
        transaction.execute(
            "DELETE FROM stock_writes WHERE profile = ?1 AND at < ?2",
            [profile, &(now - KEPT).to_string()],
        )?;
        {
            let mut insert = transaction.prepare(
                "INSERT INTO stock_writes (profile, at, idempotency, key, code, read, target)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?;
            for (write, code) in writes {
                insert.execute(params![
                    profile,
                    now.to_string(),
                    idempotency,
                    write.key,
                    code,
                    write.read,
                    write.target
                ])?;
            }
        }
        transaction.commit()
    })
}

/// What became of a batch.
///
/// # Errors
/// The journal cannot be written.
pub fn settle(journal: &Journal, idempotency: &str, results: &[StockResult]) -> Result<()> {
    journal.with(|connection| {
        let transaction = connection.transaction()?;
        {
            let mut update = transaction.prepare(
                "UPDATE stock_writes SET outcome = ?3, before = ?4, after = ?5
                 WHERE idempotency = ?1 AND key = ?2",
            )?;
            for result in results {
                let outcome = serde_json::to_value(result.outcome).unwrap_or_default();
                update.execute(params![
                    idempotency,
                    result.key,
                    outcome.as_str(),
                    result.before.map(|figure| figure.to_string()),
                    result.after.map(|figure| figure.to_string()),
                ])?;
            }
        }
        transaction.commit()
    })
}

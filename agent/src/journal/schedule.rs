//! Next runs, latest runs, and profiles that wait for their owner.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{
    Journal,
    report::{ReportedFailure, RunReport, Task},
};
use crate::failure::Result;

/// A next run as it was kept, with the rhythm it was made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The rhythm as one line of text.
    pub pace: String,
    /// Next run.
    pub next: Timestamp,
    /// The owner chose that moment himself.
    pub edited: bool,
}

impl Journal {
    /// The next runs of a profile as they were kept, by task name.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn next_runs(&self, profile: &str) -> Result<BTreeMap<String, Kept>> {
        let rows: Vec<(String, String, String, bool)> = self.with(|connection| {
            connection
                .prepare_cached("SELECT task, pace, next, edited FROM schedule WHERE profile = ?1")?
                .query_map([profile], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })?
                .collect()
        })?;
        Ok(rows
            .into_iter()
            .filter_map(|(task, pace, next, edited)| {
                // What cannot be read as a moment is planned anew.
                let next = next.parse().ok()?;
                Some((task, Kept { pace, next, edited }))
            })
            .collect())
    }

    /// Keeps the next run of a task.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_next_run(&self, profile: &str, task: Task, kept: &Kept) -> Result<()> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO schedule (profile, task, pace, next, edited) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (profile, task) DO UPDATE
                 SET pace = excluded.pace, next = excluded.next, edited = excluded.edited",
                params![profile, task.name(), kept.pace, kept.next.to_string(), kept.edited],
            )
        })
        .map(drop)
    }

    /// The latest run of each task of a profile, by task name.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn last_runs(&self, profile: &str) -> Result<BTreeMap<String, RunReport>> {
        let rows: Vec<(String, String)> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT task, report FROM runs WHERE id IN
                        (SELECT max(id) FROM runs WHERE profile = ?1 GROUP BY task)",
                )?
                .query_map([profile], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        Ok(rows
            .into_iter()
            .filter_map(|(task, report)| Some((task, serde_json::from_str(&report).ok()?)))
            .collect())
    }

    /// No task of this profile runs by itself until [`Journal::resume_profile`].
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn stop_profile(
        &self,
        profile: &str,
        since: Timestamp,
        why: &ReportedFailure,
    ) -> Result<()> {
        let why = serde_json::to_string(why).unwrap_or_default();
        self.with(|connection| {
            connection.execute(
                "INSERT INTO stopped_profile (profile, since, failure) VALUES (?1, ?2, ?3)
                 ON CONFLICT (profile) DO NOTHING",
                params![profile, since.to_string(), why],
            )
        })
        .map(drop)
    }

    /// Since when and why a profile waits for its owner, if it does.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn stopped_profile(&self, profile: &str) -> Result<Option<(Timestamp, ReportedFailure)>> {
        let row: Option<(String, String)> = self.with(|connection| {
            connection
                .query_row(
                    "SELECT since, failure FROM stopped_profile WHERE profile = ?1",
                    [profile],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()
        })?;
        Ok(row
            .and_then(|(since, why)| Some((since.parse().ok()?, serde_json::from_str(&why).ok()?))))
    }

    /// The owner acted: tasks run again.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn resume_profile(&self, profile: &str) -> Result<()> {
        self.with(|connection| {
            connection.execute("DELETE FROM stopped_profile WHERE profile = ?1", [profile])
        })
        .map(drop)
    }

    /// The profile is removed: its next runs and its standing still are forgotten.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn forget_schedule(&self, profile: &str) -> Result<()> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            transaction.execute("DELETE FROM schedule WHERE profile = ?1", [profile])?;
            transaction.execute("DELETE FROM stopped_profile WHERE profile = ?1", [profile])?;
            transaction.commit()
        })
    }
}

//! Runs, as reported.

use rusqlite::params;

use super::{Journal, from_json, json, millis, report::RunReport};
use crate::failure::Result;

impl Journal {
    /// Keeps what a run did; its plans are not kept.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_run(&self, report: &RunReport) -> Result<()> {
        let mut kept = report.clone();
        kept.plans.clear();
        let text = json(&kept)?;
        self.with(|connection| {
            connection.execute(
                "INSERT INTO runs (profile, task, started, report) VALUES (?1, ?2, ?3, ?4)",
                params![kept.profile, kept.task.name(), millis(kept.started), text],
            )
        })
        .map(drop)
    }

    /// The latest runs of a profile, newest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn runs(&self, profile: &str, most: u32) -> Result<Vec<RunReport>> {
        let rows: Vec<String> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT report FROM runs WHERE profile = ?1 ORDER BY id DESC LIMIT ?2",
                )?
                .query_map(params![profile, most], |row| row.get(0))?
                .collect()
        })?;
        rows.iter().map(|report| from_json(report)).collect()
    }
}

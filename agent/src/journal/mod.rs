//! What was seen, decided and written: the only durable state beside the profiles. SQLite, one
//! file per data folder for all profiles, WAL, `synchronous=FULL`; numbered migrations.

pub mod schedule;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::Connection;

use crate::{
    failure::{Failure, Result},
    text,
};

/// Migrations in order; the file's `user_version` counts those that ran.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_core.sql"),
    include_str!("migrations/0002_mirror.sql"),
    include_str!("migrations/0003_bridge.sql"),
    include_str!("migrations/0004_schedule.sql"),
];

/// The journal of a data folder. Cheap to clone; one connection behind it.
#[derive(Clone)]
pub struct Journal {
    connection: Arc<Mutex<Connection>>,
}

impl Journal {
    /// Opens (and brings up to date) `journal.db` in the data folder.
    ///
    /// # Errors
    /// A newer or corrupt file, a full disk, missing rights: `Misconfigured`.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut connection = Connection::open(folder.join("journal.db")).map_err(sql)?;
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(sql)?;
        connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(sql)?;
        connection
            .pragma_update(None, "foreign_keys", true)
            .map_err(sql)?;
        let done: u32 = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .map_err(sql)?;
        for (number, migration) in MIGRATIONS.iter().enumerate().skip(done as usize) {
            let transaction = connection.transaction().map_err(sql)?;
            transaction.execute_batch(migration).map_err(sql)?;
            transaction
                .pragma_update(None, "user_version", number as u32 + 1)
                .map_err(sql)?;
            transaction.commit().map_err(sql)?;
        }
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs something on the connection; the way other rooms keep their own tables (mirror,
    /// limiter, uploads) in the one file.
    ///
    /// # Errors
    /// What SQLite says, as a [`Failure`].
    pub fn with<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T> {
        work(&mut self.lock()).map_err(sql)
    }
}

/// SQLite's error in our words.
fn sql(error: rusqlite::Error) -> Failure {
    Failure::bug(
        "journal",
        text!("Het logboek meldt: {error}", "The journal says: {error}"),
    )
    .source(error)
}

//! Opening the file: what it must be, and how an older one is brought up to date.

use std::{path::Path, time::Duration};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{Journal, copies, trouble};
use crate::failure::{Failure, Result};

/// Migrations in order; the file's `user_version` counts those that ran.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_core.sql"),
    include_str!("migrations/0002_mirror.sql"),
    include_str!("migrations/0003_bridge.sql"),
    include_str!("migrations/0004_schedule.sql"),
    include_str!("migrations/0005_decisions.sql"),
    include_str!("migrations/0006_forgotten.sql"),
    include_str!("migrations/0007_keys.sql"),
    include_str!("migrations/0008_templates.sql"),
    include_str!("migrations/0009_customers.sql"),
    include_str!("migrations/0010_credits.sql"),
    include_str!("migrations/0011_registers.sql"),
    include_str!("migrations/0012_agreed.sql"),
    include_str!("migrations/0013_payments.sql"),
    include_str!("migrations/0014_money_back.sql"),
    include_str!("migrations/0015_product_codes.sql"),
];

/// How long one process waits for another's commit.
const PATIENCE: Duration = Duration::from_secs(10);

/// Up to this size the whole file is checked at each opening; a larger one daily.
const QUICKLY_CHECKED: i64 = 16 << 20;

impl Journal {
    /// Opens (and brings up to date) `journal.db` in the data folder.
    ///
    /// # Errors
    /// A newer or corrupt file, a full disk, missing rights: `Misconfigured`, with codes
    /// `journal-newer`, `journal-corrupt`, `disk-full`, `journal-no-rights`.
    pub fn open(folder: &Path) -> Result<Self> {
        Self::opened(folder).map_err(|failure| with_copy(failure, folder))
    }

    fn opened(folder: &Path) -> Result<Self> {
        let file = folder.join("journal.db");
        private(&file);
        let mut connection = Connection::open(file)?;
        connection.busy_timeout(PATIENCE)?;
        sound(&connection, folder)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // Erased personal data must not stay readable in free pages of the file.
        connection.pragma_update(None, "secure_delete", true)?;
        bring_up_to_date(&mut connection, folder)?;
        Ok(Self::over(connection))
    }

    /// Opens the journal for looking only; every change fails. A journal that is not there yet or
    /// is of an older version is first made as by [`Journal::open`].
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn open_read_only(folder: &Path) -> Result<Self> {
        let file = folder.join("journal.db");
        if !file.exists() {
            return Self::open(folder);
        }
        let connection = Connection::open_with_flags(
            &file,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        connection.busy_timeout(PATIENCE)?;
        if version(&connection, folder)? < MIGRATIONS.len() {
            drop(connection);
            return Self::open(folder);
        }
        Ok(Self::over(connection))
    }
}

/// Is this a journal we can work with?
fn sound(connection: &Connection, folder: &Path) -> Result<()> {
    version(connection, folder)?;
    let size: i64 = connection.query_row(
        "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        [],
        |row| row.get(0),
    )?;
    if size <= QUICKLY_CHECKED {
        check(connection, folder)?;
    }
    Ok(())
}

/// Reads the whole file for damage.
pub(super) fn check(connection: &Connection, folder: &Path) -> Result<()> {
    let verdict: rusqlite::Result<String> =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0));
    match verdict {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(_) => Err(trouble::corrupt(copies::newest(folder).as_deref())),
        Err(error) => Err(named(error, folder)),
    }
}

fn version(connection: &Connection, folder: &Path) -> Result<usize> {
    let found: u32 = connection
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .map_err(|error| named(error, folder))?;
    if found as usize > MIGRATIONS.len() {
        return Err(trouble::newer(found, MIGRATIONS.len()));
    }
    Ok(found as usize)
}

/// Customers' names and addresses are in it: made so that only its owner can read it. What SQLite
/// puts beside it gets the same rights. A folder that refuses is for SQLite to report.
pub(super) fn private(file: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(file);
}

/// Damage is told with the copy to go back to.
fn named(error: rusqlite::Error, folder: &Path) -> Failure {
    with_copy(Failure::from(error), folder)
}

fn with_copy(failure: Failure, folder: &Path) -> Failure {
    if failure.code == "journal-corrupt" {
        trouble::corrupt(copies::newest(folder).as_deref())
    } else {
        failure
    }
}

fn bring_up_to_date(connection: &mut Connection, folder: &Path) -> Result<()> {
    if version(connection, folder)? == MIGRATIONS.len() {
        return Ok(());
    }
    // Another process may be doing the same: whoever has the write lock looks again.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = version(&transaction, folder)?;
    if done > 0 && done < MIGRATIONS.len() {
        copies::before_upgrade(folder, done)?;
    }
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as u32)?;
    transaction.commit()?;
    Ok(())
}

//! What is forgotten: personal data after the owner's days or on request, logs after theirs. Ids,
//! hashes, amounts, references and decisions stay. What is erased is erased from the copies too,
//! and its bytes are gone from the files.

use std::{collections::BTreeSet, path::Path};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, TransactionBehavior, params};

use super::{
    Journal, copies,
    erase::{self, Count},
    millis,
    person::Person,
};
use crate::{failure::Result, profile::settings::Retention};

/// What forgetting a customer came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Orders stripped of personal data.
    pub orders: u64,
    /// Relations of the books' mirror of which only what recognises them is left.
    pub relations: u64,
    /// Copies of the journal he was erased from.
    pub copies: u64,
    /// Orders of his that are still on their way: the shop is asked for them again.
    pub waiting: u64,
    /// What names him, to take out of texts that are kept elsewhere.
    pub words: BTreeSet<String>,
}

impl Journal {
    /// Erases what is older than the owner's days, here and in the copies. Orders still on their
    /// way keep their text, or they could not be written any more.
    ///
    /// # Errors
    /// The journal or a copy cannot be written.
    pub fn erase_old(&self, profile: &str, days: &Retention, now: Timestamp) -> Result<u64> {
        let before = |days: u32| now - SignedDuration::from_hours(24 * i64::from(days));
        let (raw, logs) = (before(days.raw_days), before(days.log_days));
        let erase = |connection: &Connection| -> Result<Count> {
            let count = erase::aged(connection, profile, raw, now)?;
            connection.execute(
                "DELETE FROM log WHERE profile = ?1 AND at < ?2",
                params![profile, millis(logs)],
            )?;
            connection.execute(
                "DELETE FROM runs WHERE profile = ?1 AND started < ?2",
                params![profile, millis(logs)],
            )?;
            Ok(count)
        };
        let count = self.change("erased", |transaction| erase(transaction))?;
        if !count.is_none() {
            self.leave_no_bytes()?;
        }
        in_every_copy(self, erase)?;
        Ok(count.orders)
    }

    /// Erases one customer's personal data, by e-mail address or `id:` and the shop's customer
    /// id, here and in the copies. An order still on its way is asked of the shop anew when it is
    /// decided on. Doing it again is no error, and finishes what was cut off.
    ///
    /// # Errors
    /// The journal or a copy cannot be written; an order of his is just being written: `Refused`,
    /// code `order-being-written`.
    pub fn forget(&self, profile: &str, customer: &str, now: Timestamp) -> Result<Forgotten> {
        let mut person = Person::asked(customer);
        let (count, waiting) = self.change("forgotten", |transaction| {
            let count = erase::customer(transaction, profile, &mut person, now)?;
            let waiting = erase::on_their_way(transaction, profile, &person)?;
            Ok((count, waiting))
        })?;
        let copies = in_every_copy(self, |connection| {
            erase::customer(connection, profile, &mut person, now)
        })?;
        // Always: what an earlier erasure left in free pages goes too.
        self.leave_no_bytes()?;
        Ok(Forgotten {
            orders: count.orders,
            relations: count.relations,
            copies,
            waiting,
            words: person.words,
        })
    }

    /// Writes the file anew without what was erased, and empties the file of changes beside it.
    pub(super) fn leave_no_bytes(&self) -> Result<()> {
        self.with(|connection| leave_no_bytes(connection))
    }

    /// The data folder; none for a throw-away copy.
    fn folder(&self) -> Option<std::path::PathBuf> {
        let connection = self.lock();
        let file = connection.path().filter(|path| !path.is_empty())?;
        Path::new(file).parent().map(Path::to_path_buf)
    }
}

fn leave_no_bytes(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("VACUUM")?;
    // Someone who is just reading holds it open; his end, or the next day, empties it.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}

/// Erases in every copy, and says in how many there was something. A copy that is damaged is of no
/// use to anybody and goes as a whole.
pub(super) fn in_every_copy(
    journal: &Journal,
    mut erase: impl FnMut(&Connection) -> Result<Count>,
) -> Result<u64> {
    let Some(folder) = journal.folder() else {
        return Ok(0);
    };
    let mut erased = 0;
    for path in copies::all(&folder) {
        match in_copy(&path, &mut erase) {
            Ok(count) => erased += u64::from(!count.is_none()),
            Err(failure) if failure.code == "journal-corrupt" => copies::remove(&path),
            Err(failure) => return Err(copies::not_erased(&path, failure)),
        }
    }
    Ok(erased)
}

fn in_copy(path: &Path, erase: &mut impl FnMut(&Connection) -> Result<Count>) -> Result<Count> {
    let mut connection = Connection::open(path)?;
    // A copy is one file: nothing may stay beside it.
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "secure_delete", true)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let count = erase(&transaction)?;
    transaction.commit()?;
    if !count.is_none() {
        connection.execute_batch("VACUUM")?;
    }
    Ok(count)
}

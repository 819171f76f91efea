//! What was seen, decided and written: the only durable state beside the profiles. SQLite, one
//! file per data folder for all profiles, WAL, `synchronous=FULL`; numbered migrations. Each change
//! of state is one method here that commits; rules about when to do which live in `sync`.

mod agreed;
mod anew;
pub mod at_work;
pub mod attention;
pub mod bindings;
pub mod cancellations;
mod copies;
pub mod credits;
pub mod cursors;
mod erase;
pub mod forgotten;
pub mod ids;
pub mod intents;
pub mod invoices;
pub mod links;
pub mod listing;
pub mod log;
pub mod made_articles;
mod open;
pub mod orders;
pub mod payments;
mod person;
pub mod pieces;
pub mod products;
pub mod registers;
mod reinstated;
mod removed;
pub mod report;
pub mod retention;
pub mod runs;
pub mod schedule;
pub mod scrub;
pub mod state;
mod trouble;
pub mod versions;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use serde::{Serialize, de::DeserializeOwned};

pub use ids::{AdministrationId, IntentId, Kind, OrderId, ShopOrderId, VersionId};
pub use state::State;

use crate::{
    failure::{Failure, Result},
    fault, text,
};

/// The journal of a data folder. Cheap to clone; one connection behind it.
#[derive(Clone)]
pub struct Journal {
    connection: Arc<Mutex<Connection>>,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

impl Journal {
    fn over(connection: Connection) -> Self {
        Self {
            connection: Arc::new(Mutex::new(connection)),
        }
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
        Ok(work(&mut self.lock())?)
    }

    /// Reads with room for failures of our own.
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&self.lock())
    }

    /// One change of state: everything in it is committed together, or nothing is. `name` is where
    /// a test may end the program, just before and just after the commit.
    fn change<T>(&self, name: &str, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&transaction)?;
        fault::point(&format!("before-commit-{name}"));
        transaction.commit()?;
        drop(connection);
        fault::point(&format!("after-commit-{name}"));
        Ok(result)
    }
}

/// A moment as it is stored.
fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// A stored moment; what cannot be one is the epoch.
fn moment(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A value as it is stored.
fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| unreadable(&error))
}

/// A stored value.
fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Failure {
    Failure::bug(
        "journal-value",
        text!(
            "Een waarde in het logboek is niet te lezen: {error}",
            "A value in the journal cannot be read: {error}"
        ),
    )
}

//! The trial administration's file: SQLite, one record a row as JSON, beside the columns that must
//! be unique.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    books::{Article, BookedOrder, Booking, Company, Lookups, Payment, Relation, Till},
    failure::{Failure, Result},
    text,
};

/// What a new file begins with.
pub(super) struct Stored {
    pub company: Company,
    pub lookups: Lookups,
    pub articles: Vec<Article>,
}

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS administration (
    one           INTEGER PRIMARY KEY CHECK (one = 1),
    company       TEXT NOT NULL,
    lookups       TEXT NOT NULL,
    next_order    INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE TABLE IF NOT EXISTS article (
    id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, record TEXT NOT NULL, changed TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS relation (
    id TEXT PRIMARY KEY, code INTEGER NOT NULL UNIQUE, record TEXT NOT NULL, changed TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sales_order (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, record TEXT NOT NULL, changed TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS payment (
    id TEXT PRIMARY KEY, entry TEXT NOT NULL UNIQUE, record TEXT NOT NULL, changed TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS booking (
    id TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, record TEXT NOT NULL, changed TEXT NOT NULL
) STRICT;
";

/// The file, opened.
pub(super) struct Store(Mutex<Connection>);

/// A record of the file.
pub(super) trait Row: Serialize + DeserializeOwned {
    /// Table, and the column that is unique.
    const PLACE: (&'static str, &'static str);
    /// Its id.
    fn id(&self) -> &str;
    /// Its unique value.
    fn key(&self) -> String;
}

impl Row for Article {
    const PLACE: (&'static str, &'static str) = ("article", "code");
    fn id(&self) -> &str {
        &self.id
    }
    fn key(&self) -> String {
        self.code.clone()
    }
}

impl Row for Relation {
    const PLACE: (&'static str, &'static str) = ("relation", "code");
    fn id(&self) -> &str {
        &self.id
    }
    fn key(&self) -> String {
        self.code.to_string()
    }
}

impl Row for BookedOrder {
    const PLACE: (&'static str, &'static str) = ("sales_order", "number");
    fn id(&self) -> &str {
        &self.id
    }
    fn key(&self) -> String {
        self.number.clone()
    }
}

/// An entry in a bank or cash journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    pub till: Till,
    pub payment: Payment,
}

impl Row for Entry {
    const PLACE: (&'static str, &'static str) = ("payment", "entry");
    fn id(&self) -> &str {
        &self.payment.id
    }
    fn key(&self) -> String {
        self.payment.id.clone()
    }
}

impl Row for Booking {
    const PLACE: (&'static str, &'static str) = ("booking", "number");
    fn id(&self) -> &str {
        &self.id
    }
    fn key(&self) -> String {
        self.number.clone()
    }
}

impl Store {
    /// Opens the file; a new one gets what `seed` makes.
    pub fn open(path: &Path, seed: impl FnOnce() -> Stored, now: Timestamp) -> Result<Self> {
        let mut connection = Connection::open(path).map_err(failed)?;
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(failed)?;
        connection
            .pragma_update(None, "secure_delete", true)
            .map_err(failed)?;
        connection.execute_batch(TABLES).map_err(failed)?;
        let transaction = connection.transaction().map_err(failed)?;
        let is_new = transaction
            .query_row("SELECT count(*) = 0 FROM administration", [], |row| {
                row.get(0)
            })
            .map_err(failed)?;
        if is_new {
            let seed = seed();
            transaction
                .execute(
                    "INSERT INTO administration (one, company, lookups) VALUES (1, ?1, ?2)",
                    params![json(&seed.company)?, json(&seed.lookups)?],
                )
                .map_err(failed)?;
            for article in &seed.articles {
                put(&transaction, article, now)?;
            }
        }
        transaction.commit().map_err(failed)?;
        Ok(Self(Mutex::new(connection)))
    }

    /// Writes the file anew without what was erased.
    pub fn leave_no_bytes(&self) -> Result<()> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        connection
            .execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
            .map_err(failed)
    }

    /// Everything in `work` is done, or nothing is.
    pub fn change<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction().map_err(failed)?;
        let result = work(&transaction)?;
        transaction.commit().map_err(failed)?;
        Ok(result)
    }
}

/// The administration itself.
pub(super) fn company(connection: &Connection) -> Result<Company> {
    one(connection, "SELECT company FROM administration")
}

/// Its small lists.
pub(super) fn lookups(connection: &Connection) -> Result<Lookups> {
    let mut lookups: Lookups = one(connection, "SELECT lookups FROM administration")?;
    let groups = std::mem::take(&mut lookups.revenue_groups);
    lookups.revenue_groups = groups.into_iter().map(super::seed::with_ledger).collect();
    Ok(lookups)
}

fn one<T: DeserializeOwned>(connection: &Connection, sql: &str) -> Result<T> {
    let text: String = connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(failed)?;
    read(&text)
}

/// Takes an order out.
pub(super) fn remove_order(connection: &Connection, id: &str) -> Result<()> {
    connection
        .execute("DELETE FROM sales_order WHERE id = ?1", [id])
        .map_err(failed)
        .map(drop)
}

/// Takes the next order number.
pub(super) fn take_number(connection: &Connection) -> Result<i64> {
    connection
        .query_row(
            "UPDATE administration SET next_order = next_order + 1 RETURNING next_order - 1",
            [],
            |row| row.get(0),
        )
        .map_err(failed)
}

/// Puts a record in, or in place of what was there.
pub(super) fn put<T: Row>(connection: &Connection, row: &T, now: Timestamp) -> Result<()> {
    let (table, key) = T::PLACE;
    connection
        .execute(
            &format!(
                "INSERT INTO {table} (id, {key}, record, changed) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET {key} = excluded.{key},
                    record = excluded.record, changed = excluded.changed"
            ),
            params![row.id(), row.key(), json(row)?, now.to_string()],
        )
        .map_err(failed)
        .map(drop)
}

/// One record.
pub(super) fn get<T: Row>(connection: &Connection, id: &str) -> Result<Option<T>> {
    by(connection, "id", id)
}

/// The record with that unique value.
pub(super) fn by_key<T: Row>(connection: &Connection, key: &str) -> Result<Option<T>> {
    by(connection, T::PLACE.1, key)
}

fn by<T: Row>(connection: &Connection, column: &str, value: &str) -> Result<Option<T>> {
    let table = T::PLACE.0;
    let text: Option<String> = connection
        .query_row(
            &format!("SELECT record FROM {table} WHERE {column} = ?1"),
            [value],
            |row| row.get(0),
        )
        .optional()
        .map_err(failed)?;
    text.map(|text| read(&text)).transpose()
}

/// All records, each with the moment it changed.
pub(super) fn all<T: Row>(connection: &Connection) -> Result<Vec<(T, Timestamp)>> {
    let (table, key) = T::PLACE;
    let mut statement = connection
        .prepare(&format!(
            "SELECT record, changed FROM {table} ORDER BY {key}"
        ))
        .map_err(failed)?;
    let rows = statement
        .query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
        })
        .map_err(failed)?;
    rows.map(|row| {
        let (record, changed) = row.map_err(failed)?;
        let changed = changed.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        Ok((read(&record)?, changed))
    })
    .collect()
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| damaged().source(error))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| damaged().source(error))
}

fn damaged() -> Failure {
    Failure::misconfigured(
        "trial-damaged",
        text!(
            "Het bestand van de proefadministratie is beschadigd",
            "The trial administration's file is damaged"
        ),
    )
    .hint(text!(
        "Verwijder het bestand in de map trial van de gegevensmap: er wordt een nieuwe proefadministratie gemaakt.",
        "Delete the file in the folder trial of the data folder: a new trial administration is made."
    ))
}

/// SQLite's error in our words.
fn failed(error: rusqlite::Error) -> Failure {
    Failure::misconfigured(
        "trial-file",
        text!(
            "De proefadministratie kan niet worden gelezen of geschreven: {error}",
            "The trial administration cannot be read or written: {error}"
        ),
    )
    .hint(text!(
        "Controleer of er schijfruimte is en of de gegevensmap beschrijfbaar is.",
        "Check that there is disk space and that the data folder can be written."
    ))
    .source(error)
}

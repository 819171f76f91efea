//! How records stand in the mirror: as JSON beside the columns they are found by.

use std::borrow::Cow;

use jiff::{Span, tz::TimeZone};
use rusqlite::{Connection, params};
use serde::{Serialize, de::DeserializeOwned};

use super::stored;
use crate::{
    books::marks::Marks,
    books::{Article, BookedOrder, Relation},
    failure::{Failure, Result},
    journal::forgotten,
    text,
};

/// A value as it is stored.
pub(super) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|error| {
        Failure::bug(
            "mirror-value",
            text!(
                "Een gegeven uit de boekhouding kan niet worden bewaard: {error}",
                "A datum of the books cannot be kept: {error}"
            ),
        )
    })
}

/// The same inside a change.
fn text_of(value: &impl Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

/// How a record came into the mirror.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'a> {
    /// Administration.
    pub administration: &'a str,
    /// Whole read that saw it.
    pub generation: i64,
    /// Now.
    pub now: jiff::Timestamp,
    /// Written by ourselves just now.
    pub by_us: bool,
}

impl Mark<'_> {
    fn written_at(self) -> Option<String> {
        self.by_us.then(|| stored(self.now))
    }
}

/// A record the mirror keeps.
pub(super) trait Kept: Serialize + DeserializeOwned + Clone {
    /// Its table.
    const TABLE: &'static str;
    /// What of it is kept.
    fn slim(&self, _now: jiff::Timestamp) -> Cow<'_, Self> {
        Cow::Borrowed(self)
    }
    /// Puts it in, or in place of what was there.
    fn put(&self, connection: &Connection, record: &str, mark: Mark<'_>) -> rusqlite::Result<()>;
}

impl Kept for Article {
    const TABLE: &'static str = "books_article";

    fn put(&self, connection: &Connection, record: &str, mark: Mark<'_>) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO books_article
                    (administration, id, code, keeps_stock, record, read_at, generation, written_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT (administration, id) DO UPDATE SET code = excluded.code,
                    keeps_stock = excluded.keeps_stock, record = excluded.record,
                    read_at = excluded.read_at, generation = excluded.generation,
                    written_at = coalesce(excluded.written_at, written_at)",
            )?
            .execute(params![
                mark.administration,
                self.id,
                self.code,
                self.keeps_stock,
                record,
                stored(mark.now),
                mark.generation,
                mark.written_at()
            ])?;
        self.put_fields(connection, mark.administration)
    }
}

impl Article {
    /// What a shop's code may be found by beside the code.
    fn put_fields(&self, connection: &Connection, administration: &str) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "DELETE FROM books_article_field WHERE administration = ?1 AND article = ?2",
            )?
            .execute(params![administration, self.id])?;
        let text = ("omschrijving", self.description.as_str());
        let extra = self
            .extra
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        for (field, value) in extra.chain([text]) {
            connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO books_article_field
                        (administration, field, value, article) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    administration,
                    field.trim().to_lowercase(),
                    value.trim(),
                    self.id
                ])?;
        }
        Ok(())
    }
}

impl Kept for Relation {
    const TABLE: &'static str = "books_relation";

    fn put(&self, connection: &Connection, record: &str, mark: Mark<'_>) -> rusqlite::Result<()> {
        let (id, administration) = (&self.id, mark.administration);
        if mark.by_us {
            forgotten::remember(connection, administration, id)?;
        }
        let known = !forgotten::is_forgotten(connection, administration, id)?;
        let (record, emails) = if known {
            (Cow::Borrowed(record), addresses(&self.email).collect())
        } else {
            let (slim, emails) = forgotten::slimmed(connection, administration, self)?;
            (Cow::Owned(text_of(&slim)?), emails)
        };
        connection
            .prepare_cached(
                "INSERT INTO books_relation
                    (administration, id, code, is_customer, record, generation, written_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (administration, id) DO UPDATE SET code = excluded.code,
                    is_customer = excluded.is_customer, record = excluded.record,
                    generation = excluded.generation,
                    written_at = coalesce(excluded.written_at, written_at)",
            )?
            .execute(params![
                mark.administration,
                self.id,
                self.code,
                self.is_customer,
                record,
                mark.generation,
                mark.written_at()
            ])?;
        connection
            .prepare_cached("DELETE FROM books_email WHERE administration = ?1 AND relation = ?2")?
            .execute(params![mark.administration, self.id])?;
        for email in emails {
            connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO books_email (administration, email, relation)
                     VALUES (?1, ?2, ?3)",
                )?
                .execute(params![mark.administration, email, self.id])?;
        }
        connection
            .prepare_cached("DELETE FROM books_mark WHERE administration = ?1 AND relation = ?2")?
            .execute(params![mark.administration, self.id])?;
        // Of one who was erased nothing but salted hashes may stay.
        for text in Marks::of_relation(self).keys().iter().filter(|_| known) {
            connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO books_mark (administration, mark, relation)
                     VALUES (?1, ?2, ?3)",
                )?
                .execute(params![mark.administration, text, self.id])?;
        }
        Ok(())
    }
}

/// Lines of older orders are of no use here and would swell the journal and its copies.
const LINES_DAYS: i64 = 90;

impl Kept for BookedOrder {
    const TABLE: &'static str = "books_order";

    fn slim(&self, now: jiff::Timestamp) -> Cow<'_, Self> {
        let today = TimeZone::UTC.to_datetime(now).date();
        let from = today.saturating_sub(Span::new().days(LINES_DAYS));
        if self.lines.is_empty() || self.date.is_none_or(|date| date >= from) {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self {
            lines: Vec::new(),
            ..self.clone()
        })
    }

    fn put(&self, connection: &Connection, record: &str, mark: Mark<'_>) -> rusqlite::Result<()> {
        let record = if forgotten::is_erased(connection, mark.administration, &self.id)? {
            Cow::Owned(text_of(&forgotten::wordless(self.slim(mark.now).as_ref()))?)
        } else {
            Cow::Borrowed(record)
        };
        connection
            .prepare_cached(
                "INSERT INTO books_order
                    (administration, id, reference, relation, record, generation, written_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (administration, id) DO UPDATE SET reference = excluded.reference,
                    relation = excluded.relation, record = excluded.record,
                    generation = excluded.generation,
                    written_at = coalesce(excluded.written_at, written_at)",
            )?
            .execute(params![
                mark.administration,
                self.id,
                self.payment_reference.trim(),
                self.relation,
                record,
                mark.generation,
                mark.written_at()
            ])
            .map(drop)
    }
}

/// The addresses of an e-mail field: several are joined by `;`. Without case and space.
pub(super) fn addresses(email: &str) -> impl Iterator<Item = String> {
    email
        .split([';', ','])
        .map(normal)
        .filter(|address| !address.is_empty())
}

/// An e-mail address as it is compared.
pub(super) fn normal(email: &str) -> String {
    email.split_whitespace().collect::<String>().to_lowercase()
}

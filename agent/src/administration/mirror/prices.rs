//! Prices by agreement, as the books gave them a while ago: asked once for all lines alike.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};

use super::{Mirror, stored};
use crate::{books::PriceQuestion, failure::Result};

/// Older answers are dropped.
const KEPT: SignedDuration = SignedDuration::from_hours(48);

impl Mirror {
    /// The answer to that question, if it was read after that moment: a price, or none by
    /// agreement.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn price(
        &self,
        question: &PriceQuestion,
        after: Timestamp,
    ) -> Result<Option<Option<rust_decimal::Decimal>>> {
        let found: Option<Option<String>> = self.journal.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT price FROM books_price WHERE administration = ?1 AND article = ?2
                        AND relation = ?3 AND quantity = ?4 AND day = ?5 AND read_at >= ?6",
                )?
                .query_row(
                    params![
                        self.administration,
                        question.article,
                        question.relation.as_deref().unwrap_or_default(),
                        question.quantity.normalize().to_string(),
                        question.day.to_string(),
                        stored(after),
                    ],
                    |row| row.get(0),
                )
                .optional()
        })?;
        Ok(found.map(|price| price.and_then(|price| price.parse().ok())))
    }

    /// Keeps an answer.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_price(
        &self,
        question: &PriceQuestion,
        price: Option<rust_decimal::Decimal>,
        now: Timestamp,
    ) -> Result<()> {
        self.journal.with(|connection| {
            let transaction = connection.transaction()?;
            transaction
                .prepare_cached("DELETE FROM books_price WHERE read_at < ?1")?
                .execute([stored(now - KEPT)])?;
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO books_price
                        (administration, article, relation, quantity, day, price, read_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    self.administration,
                    question.article,
                    question.relation.as_deref().unwrap_or_default(),
                    question.quantity.normalize().to_string(),
                    question.day.to_string(),
                    price.map(|price| price.to_string()),
                    stored(now),
                ])?;
            transaction.commit()
        })
    }
}

//! Looking up, and putting in what we wrote ourselves.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Params, params};
use rust_decimal::Decimal;

use super::{
    Mirror,
    kept::{self, Kept, Mark},
    stored,
};
use crate::{
    books::{Article, ArticleStock, BookedOrder, ProcessStage, Relation},
    failure::Result,
    journal::forgotten::Salt,
};

/// The last code that is the administration's own.
const OWN_CODE: i64 = 1;
/// Codes fit SnelStart's int32.
const LAST_CODE: i64 = i32::MAX as i64;

impl Mirror {
    /// Articles with exactly this code: 0, 1 or (in old data) more.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn articles_by_code(&self, code: &str) -> Result<Vec<Article>> {
        self.select("code = ?2", params![self.administration, code])
    }

    /// Articles with that text in a field other than the code (`omschrijving`, or an extra field by
    /// its name whatever its case).
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn articles_by_field(&self, field: &str, value: &str) -> Result<Vec<Article>> {
        self.select(
            "id IN (SELECT article FROM books_article_field
                WHERE administration = ?1 AND field = ?2 AND value = ?3)",
            params![
                self.administration,
                field.trim().to_lowercase(),
                value.trim()
            ],
        )
    }

    /// An article whose code differs from this one in capitals or outer space only.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn article_spelt_otherwise(&self, code: &str) -> Result<Option<Article>> {
        Ok(self
            .select(
                "code <> ?2 AND trim(code) = trim(?2) COLLATE NOCASE",
                params![self.administration, code],
            )?
            .pop())
    }

    /// One article.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn article(&self, id: &str) -> Result<Option<Article>> {
        Ok(self
            .select("id = ?2", params![self.administration, id])?
            .pop())
    }

    /// All articles.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn articles(&self) -> Result<Vec<Article>> {
        self.select("TRUE ORDER BY code, id", params![self.administration])
    }

    /// How many articles there are.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn article_count(&self) -> Result<usize> {
        let count: i64 = self.journal.with(|connection| {
            connection.query_row(
                "SELECT count(*) FROM books_article WHERE administration = ?1",
                [&self.administration],
                |row| row.get(0),
            )
        })?;
        Ok(usize::try_from(count).unwrap_or_default())
    }

    /// Customers with this e-mail address, compared without case and space; an address that
    /// stands among several counts.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn relations_by_email(&self, email: &str) -> Result<Vec<Relation>> {
        let salt = self.journal.with(|connection| Salt::of(connection))?;
        let marked = salt.email(email);
        self.select(
            "is_customer AND id IN (SELECT relation FROM books_email
                WHERE administration = ?1 AND email IN (?2, ?3)) ORDER BY code, id",
            params![self.administration, kept::normal(email), marked],
        )
    }

    /// Customers with this mark ([`crate::books::marks::Marks::keys`]).
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn relations_by_mark(&self, mark: &str) -> Result<Vec<Relation>> {
        self.select(
            "is_customer AND id IN (SELECT relation FROM books_mark
                WHERE administration = ?1 AND mark = ?2) ORDER BY code, id",
            params![self.administration, mark],
        )
    }

    /// Whoever has this customer code, also one that is no customer.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn relations_by_code(&self, code: i64) -> Result<Vec<Relation>> {
        self.select("code = ?2", params![self.administration, code])
    }

    /// One relation.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn relation(&self, id: &str) -> Result<Option<Relation>> {
        Ok(self
            .select("id = ?2", params![self.administration, id])?
            .pop())
    }

    /// All customers.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn relations(&self) -> Result<Vec<Relation>> {
        self.select(
            "is_customer ORDER BY code, id",
            params![self.administration],
        )
    }

    /// Orders with this payment reference.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn orders_by_reference(&self, reference: &str) -> Result<Vec<BookedOrder>> {
        self.select(
            "reference = ?2 ORDER BY id",
            params![self.administration, reference.trim()],
        )
    }

    /// Template of the relation's latest order, by date and then by number; quotations do not count.
    /// An invoice made of an order is found by that order, which stays in the books; an invoice
    /// without one has no template (SnelStart B2B v2, VerkoopfactuurModel).
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn last_template(&self, relation: &str) -> Result<Option<String>> {
        let orders: Vec<BookedOrder> =
            self.select("relation = ?2", params![self.administration, relation])?;
        let latest = orders
            .into_iter()
            .filter(|order| order.stage != Some(ProcessStage::Offerte))
            .max_by_key(|order| (order.date, order.number.trim().parse::<u64>().ok()));
        Ok(latest.and_then(|order| order.template))
    }

    /// One order, as last read.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn order(&self, id: &str) -> Result<Option<BookedOrder>> {
        Ok(self
            .select("id = ?2", params![self.administration, id])?
            .pop())
    }

    /// All orders.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn orders(&self) -> Result<Vec<BookedOrder>> {
        self.select("TRUE ORDER BY id", params![self.administration])
    }

    /// The customer code for a new relation: one more than the highest, never the administration's
    /// own 0 or 1. `taken` are
    /// codes chosen before that the mirror may not know yet.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn next_relation_code(&self, taken: &[i64]) -> Result<i64> {
        let highest: i64 = self.journal.with(|connection| {
            connection.query_row(
                "SELECT coalesce(max(code), 0) FROM books_relation WHERE administration = ?1",
                [&self.administration],
                |row| row.get(0),
            )
        })?;
        let highest = taken.iter().copied().fold(highest.max(OWN_CODE), i64::max);
        if highest < LAST_CODE {
            return Ok(highest + 1);
        }
        self.first_gap(taken)
    }

    /// The lowest free code, where somebody took the very highest.
    fn first_gap(&self, taken: &[i64]) -> Result<i64> {
        let mut used: Vec<i64> = self.journal.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT code FROM books_relation WHERE administration = ?1 AND code > 1",
                )?
                .query_map([&self.administration], |row| row.get(0))?
                .collect()
        })?;
        used.extend(taken.iter().filter(|code| **code > OWN_CODE));
        used.sort_unstable();
        used.dedup();
        let gap = (OWN_CODE + 1..)
            .zip(&used)
            .find(|(wanted, used)| wanted != *used);
        Ok(gap.map_or_else(|| used.len() as i64 + OWN_CODE + 1, |(wanted, _)| wanted))
    }

    /// We wrote this article: the next order sees it.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn upsert_article(&self, article: &Article, now: Timestamp) -> Result<()> {
        self.upsert(article, now)
    }

    /// We wrote this relation.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn upsert_relation(&self, relation: &Relation, now: Timestamp) -> Result<()> {
        self.upsert(relation, now)
    }

    /// We wrote this order.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn upsert_order(&self, order: &BookedOrder, now: Timestamp) -> Result<()> {
        self.upsert(order, now)
    }

    /// This order is gone from the books.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn forget_order(&self, id: &str) -> Result<()> {
        self.journal.with(|connection| {
            connection.execute(
                "DELETE FROM books_order WHERE administration = ?1 AND id = ?2",
                [self.administration.as_str(), id],
            )
        })?;
        Ok(())
    }

    fn upsert<T: Kept>(&self, record: &T, now: Timestamp) -> Result<()> {
        let text = kept::json(record)?;
        self.journal.with(|connection| {
            let transaction = connection.transaction()?;
            let generation = transaction
                .query_row(
                    "SELECT generation FROM books_progress
                     WHERE administration = ?1 AND 'books_' || kind = ?2 || 's'",
                    [&self.administration, T::TABLE],
                    |row| row.get(0),
                )
                .optional()?
                .unwrap_or(0);
            let mark = Mark {
                administration: &self.administration,
                generation,
                now,
                by_us: true,
            };
            record.put(&transaction, &text, mark)?;
            transaction.commit()
        })
    }

    /// Stock of all articles that keep it, each with the moment it was read.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn stock(&self) -> Result<Vec<ArticleStock>> {
        let rows: Vec<(String, String)> = self.journal.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT record, read_at FROM books_article
                     WHERE administration = ?1 AND keeps_stock ORDER BY code, id",
                )?
                .query_map([&self.administration], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })?;
        let figure = |(record, read_at): (String, String)| {
            let article: Article = serde_json::from_str(&record).ok()?;
            Some(ArticleStock {
                article: article.id,
                code: article.code,
                keeps_stock: article.keeps_stock,
                technical: article.technical_stock,
                free: article.free_stock,
                read_at: read_at.parse().ok()?,
            })
        };
        Ok(rows.into_iter().filter_map(figure).collect())
    }

    /// Figures read from the books beside a refresh.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_stock(&self, figures: &[ArticleStock]) -> Result<()> {
        self.journal.with(|connection| {
            let transaction = connection.transaction()?;
            for figure in figures {
                transaction
                    .prepare_cached(
                        "UPDATE books_article SET read_at = ?3, record = json_set(record,
                            '$.technical_stock', ?4, '$.free_stock', ?5)
                         WHERE administration = ?1 AND id = ?2 AND read_at <= ?3",
                    )?
                    .execute(params![
                        self.administration,
                        figure.article,
                        stored(figure.read_at),
                        text(figure.technical),
                        text(figure.free)
                    ])?;
            }
            transaction.commit()
        })
    }

    fn select<T: Kept>(&self, condition: &str, values: impl Params) -> Result<Vec<T>> {
        let table = T::TABLE;
        let sql = format!("SELECT record FROM {table} WHERE administration = ?1 AND {condition}");
        let records: Vec<String> = self.journal.with(|connection| {
            connection
                .prepare_cached(&sql)?
                .query_map(values, |row| row.get(0))?
                .collect()
        })?;
        // A record an older version wrote otherwise comes back with the next whole read.
        Ok(records
            .iter()
            .filter_map(|record| serde_json::from_str(record).ok())
            .collect())
    }
}

fn text(amount: Decimal) -> String {
    amount.to_string()
}

//! Cost articles that are being made for a profile, outside any order. The same rule as for
//! [`super::intents`]: committed before the write, searched for before it is repeated.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{
    AdministrationId, Journal,
    intents::{BETWEEN_SEARCHES, SETTLES_WITHIN},
    millis, moment,
};
use crate::failure::Result;

/// An article that was, or may have been, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeArticle {
    /// When the latest write began.
    pub started_at: Timestamp,
    /// When a search since then first found nothing.
    pub searched_at: Option<Timestamp>,
    /// When it was known to have arrived.
    pub made_at: Option<Timestamp>,
    open: bool,
}

impl MadeArticle {
    /// Is the outcome of its write unknown?
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.open
    }

    /// May it be written again, after a search at `now` that found nothing?
    #[must_use]
    pub fn may_be_repeated(&self, now: Timestamp) -> bool {
        match (self.open, self.made_at) {
            (true, _) => {
                now.duration_since(self.started_at) >= SETTLES_WITHIN
                    && self
                        .searched_at
                        .is_some_and(|at| now.duration_since(at) >= BETWEEN_SEARCHES)
            }
            // It arrived and is gone, or cannot be seen yet.
            (false, Some(at)) => now.duration_since(at) >= SETTLES_WITHIN,
            (false, None) => true,
        }
    }
}

impl Journal {
    /// What is known of the making of that article.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn made_article(
        &self,
        administration: &AdministrationId,
        code: &str,
    ) -> Result<Option<MadeArticle>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT started_at, searched_at, made_at, outcome IS NULL FROM made_articles
                     WHERE administration = ?1 AND code = ?2",
                )?
                .query_row(params![administration, code], |row| {
                    Ok(MadeArticle {
                        started_at: moment(row.get(0)?),
                        searched_at: row.get::<_, Option<i64>>(1)?.map(moment),
                        made_at: row.get::<_, Option<i64>>(2)?.map(moment),
                        open: row.get(3)?,
                    })
                })
                .optional()
        })
    }

    /// Commits that it is about to be written; false when somebody else is just doing it.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn begin_article(
        &self,
        administration: &AdministrationId,
        code: &str,
        now: Timestamp,
    ) -> Result<bool> {
        self.change("cost-article-intent", |transaction| {
            let begun = transaction.execute(
                "INSERT INTO made_articles (administration, code, started_at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (administration, code) DO UPDATE SET started_at = ?3,
                    searched_at = NULL, made_at = NULL, outcome = NULL, foreign_id = NULL
                 WHERE outcome IS NOT NULL",
                params![administration, code, millis(now)],
            )?;
            Ok(begun > 0)
        })
    }

    /// It is in the books.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn article_made(
        &self,
        administration: &AdministrationId,
        code: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.change("cost-article-done", |transaction| {
            transaction.execute(
                "UPDATE made_articles SET outcome = 'done', foreign_id = ?3, made_at = ?4
                 WHERE administration = ?1 AND code = ?2 AND outcome IS NULL",
                params![administration, code, id, millis(now)],
            )?;
            Ok(())
        })
    }

    /// It certainly was not written.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn article_not_made(
        &self,
        administration: &AdministrationId,
        code: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.end_article(administration, code, "none", now)
    }

    /// It was searched for long enough: it was lost on the way.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn article_lost(
        &self,
        administration: &AdministrationId,
        code: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.end_article(administration, code, "lost", now)
    }

    fn end_article(
        &self,
        administration: &AdministrationId,
        code: &str,
        outcome: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.change("cost-article-ended", |transaction| {
            transaction.execute(
                "UPDATE made_articles SET outcome = ?3, searched_at = ?4
                 WHERE administration = ?1 AND code = ?2 AND outcome IS NULL",
                params![administration, code, outcome, millis(now)],
            )?;
            Ok(())
        })
    }

    /// A search for it found nothing. Where the clock was set back since the write, the wait
    /// begins anew.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn article_not_found(
        &self,
        administration: &AdministrationId,
        code: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.change("cost-article-search", |transaction| {
            transaction.execute(
                "UPDATE made_articles SET searched_at = coalesce(searched_at, ?3),
                    started_at = min(started_at, ?3)
                 WHERE administration = ?1 AND code = ?2 AND outcome IS NULL",
                params![administration, code, millis(now)],
            )?;
            Ok(())
        })
    }
}

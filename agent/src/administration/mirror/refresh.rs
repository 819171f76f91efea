//! Bringing the mirror up to date: what changed since the last time with an overlap, everything
//! once a day (deleted records simply disappear: SnelStart B2B v2 has no feed of them), page by
//! page, so that an interrupted read goes on where it stopped.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    Mirror,
    kept::{self, Kept, Mark},
    stored,
};
use crate::{
    administration::{Administration, Part, Read},
    books::{Article, BookedOrder, Relation},
    failure::Result,
};

/// Read again this long before the last read: the zone of SnelStart's stamps is not documented.
const OVERLAP: SignedDuration = SignedDuration::from_hours(3);
/// Everything is read again after so long.
const WHOLE: SignedDuration = SignedDuration::from_hours(24);
/// The small lists are read again after so long.
const LOOKUPS: SignedDuration = SignedDuration::from_hours(1);
/// What we wrote ourselves may be missing from a list for a while.
const LISTED_LATE: SignedDuration = SignedDuration::from_mins(15);

/// A kind of record the mirror holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Articles.
    Articles,
    /// Relations.
    Relations,
    /// Sales orders.
    Orders,
}

impl Kind {
    /// Its name in the journal.
    const fn name(self) -> &'static str {
        match self {
            Self::Articles => "articles",
            Self::Relations => "relations",
            Self::Orders => "orders",
        }
    }
}

/// What a refresh read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refreshed {
    /// Articles.
    pub articles: usize,
    /// Relations.
    pub relations: usize,
    /// Orders.
    pub orders: usize,
    /// The small lists too.
    pub lookups: bool,
}

/// How far one kind was read.
#[derive(Debug, Clone, Default)]
struct Progress {
    changed_from: Option<Timestamp>,
    whole_at: Option<Timestamp>,
    generation: i64,
    whole_begun: Option<Timestamp>,
    whole_rows: usize,
}

/// What is told after every page, with how many records came so far; what it says stops the
/// refresh, which goes on from there the next time.
pub type Watch<'a> = &'a mut (dyn FnMut(Kind, usize) -> Result<()> + Send);

impl Mirror {
    /// Reads what changed in the books; everything where a day has passed. Where nothing changed
    /// this costs one call for each kind, and those of the small lists once an hour.
    ///
    /// # Errors
    /// What the administration or `watch` says; what was read until then is kept.
    pub async fn refresh(
        &self,
        admin: &dyn Administration,
        now: Timestamp,
        watch: Watch<'_>,
    ) -> Result<Refreshed> {
        let lookups = self.refresh_lookups(admin, now, false).await?;
        let small = self.lookups()?;
        admin.remember(&small, self.article_count()?);
        let mut refreshed = Refreshed {
            lookups,
            ..Refreshed::default()
        };
        let mut run = Run::begin(self, Kind::Articles, now)?;
        let part = run.part;
        let mut sink = |rows: Vec<Article>, next| run.take(&rows, next, &mut *watch);
        let read = admin.articles(part, &mut sink).await?;
        refreshed.articles = run.finish(read)?;
        admin.remember(&small, self.article_count()?);

        let mut run = Run::begin(self, Kind::Relations, now)?;
        let part = run.part;
        let mut sink = |rows: Vec<Relation>, next| run.take(&rows, next, &mut *watch);
        let read = admin.relations(part, &mut sink).await?;
        refreshed.relations = run.finish(read)?;

        let mut run = Run::begin(self, Kind::Orders, now)?;
        let part = run.part;
        let mut sink = |rows: Vec<BookedOrder>, next| run.take(&rows, next, &mut *watch);
        let read = admin.orders(part, &mut sink).await?;
        refreshed.orders = run.finish(read)?;
        Ok(refreshed)
    }

    /// Reads the small lists again when an hour has passed, or `at_once`; did it?
    ///
    /// # Errors
    /// What the administration says.
    pub async fn refresh_lookups(
        &self,
        admin: &dyn Administration,
        now: Timestamp,
        at_once: bool,
    ) -> Result<bool> {
        let read_at: Option<Option<String>> = self.journal.with(|connection| {
            connection
                .query_row(
                    "SELECT lookups_at FROM books_mirror WHERE administration = ?1",
                    [&self.administration],
                    |row| row.get(0),
                )
                .optional()
        })?;
        let read_at: Option<Timestamp> = read_at.flatten().and_then(|at| at.parse().ok());
        if !at_once && read_at.is_some_and(|at| is_recent(at, now, LOOKUPS)) {
            return Ok(false);
        }
        let lookups = kept::json(&admin.lookups().await?)?;
        self.journal.with(|connection| {
            connection.execute(
                "UPDATE books_mirror SET lookups = ?2, lookups_at = ?3 WHERE administration = ?1",
                params![self.administration, lookups, stored(now)],
            )
        })?;
        Ok(true)
    }

    fn progress(&self, kind: Kind) -> Result<Progress> {
        let moment = |text: Option<String>| text.and_then(|text| text.parse().ok());
        let progress = self.journal.with(|connection| {
            connection
                .query_row(
                    "SELECT changed_from, whole_at, generation, whole_begun, whole_rows
                     FROM books_progress WHERE administration = ?1 AND kind = ?2",
                    [&self.administration, kind.name()],
                    |row| {
                        Ok(Progress {
                            changed_from: moment(row.get(0)?),
                            whole_at: moment(row.get(1)?),
                            generation: row.get(2)?,
                            whole_begun: moment(row.get(3)?),
                            whole_rows: usize::try_from(row.get::<_, i64>(4)?).unwrap_or_default(),
                        })
                    },
                )
                .optional()
        })?;
        Ok(progress.unwrap_or_default())
    }

    fn keep_progress(
        &self,
        connection: &Connection,
        kind: Kind,
        progress: &Progress,
    ) -> rusqlite::Result<()> {
        connection
            .prepare_cached(
                "INSERT INTO books_progress
                    (administration, kind, changed_from, whole_at, generation, whole_begun, whole_rows)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                 ON CONFLICT (administration, kind) DO UPDATE SET
                    changed_from = excluded.changed_from, whole_at = excluded.whole_at,
                    generation = excluded.generation, whole_begun = excluded.whole_begun,
                    whole_rows = excluded.whole_rows",
            )?
            .execute(params![
                self.administration,
                kind.name(),
                progress.changed_from.map(stored),
                progress.whole_at.map(stored),
                progress.generation,
                progress.whole_begun.map(stored),
                i64::try_from(progress.whole_rows).unwrap_or(i64::MAX)
            ])
            .map(drop)
    }
}

/// A moment that is neither long past nor, after the clock was set back, in the future.
fn is_recent(at: Timestamp, now: Timestamp, within: SignedDuration) -> bool {
    let age = now.duration_since(at);
    age < within && age > -within
}

/// One kind being read.
struct Run<'a> {
    mirror: &'a Mirror,
    kind: Kind,
    now: Timestamp,
    progress: Progress,
    part: Part,
    rows: usize,
}

impl<'a> Run<'a> {
    /// Decides what is read: all of it when a day has passed or an earlier whole read was
    /// interrupted, else what changed.
    fn begin(mirror: &'a Mirror, kind: Kind, now: Timestamp) -> Result<Self> {
        let mut progress = mirror.progress(kind)?;
        let changed_from = progress.changed_from.filter(|from| {
            // A moment to come means that the clock was set back: nobody knows what changed since.
            *from <= now
                && progress.whole_begun.is_none()
                && progress
                    .whole_at
                    .is_some_and(|at| is_recent(at, now, WHOLE))
        });
        let part = if let Some(from) = changed_from {
            Part {
                since: from.saturating_sub(OVERLAP).ok(),
                skip: 0,
            }
        } else {
            let goes_on = progress
                .whole_begun
                .is_some_and(|at| is_recent(at, now, WHOLE));
            if !goes_on {
                progress.generation += 1;
                progress.whole_begun = Some(now);
                progress.whole_rows = 0;
            }
            Part {
                since: None,
                skip: progress.whole_rows,
            }
        };
        Ok(Self {
            mirror,
            kind,
            now,
            progress,
            part,
            rows: 0,
        })
    }

    /// A page is in: it is kept together with how far the read is.
    fn take<T: Kept>(&mut self, rows: &[T], next: usize, watch: Watch<'_>) -> Result<()> {
        let records: Vec<String> = rows
            .iter()
            .map(|row| kept::json(row.slim(self.now).as_ref()))
            .collect::<Result<_>>()?;
        if self.part.since.is_none() {
            self.progress.whole_rows = next;
        }
        let mark = Mark {
            administration: &self.mirror.administration,
            generation: self.progress.generation,
            now: self.now,
            by_us: false,
        };
        self.mirror.journal.with(|connection| {
            let transaction = connection.transaction()?;
            for (row, record) in rows.iter().zip(&records) {
                row.put(&transaction, record, mark)?;
            }
            self.mirror
                .keep_progress(&transaction, self.kind, &self.progress)?;
            transaction.commit()
        })?;
        self.rows += rows.len();
        watch(self.kind, self.rows)
    }

    /// Everything came: what a whole read did not see is gone, unless we wrote it just now or the
    /// read may have missed rows.
    fn finish(mut self, read: Read) -> Result<usize> {
        let begun = self.progress.whole_begun.take();
        let sees_all = begun.is_some() && self.part.skip == 0 && read.whole;
        self.progress.changed_from = Some(begun.unwrap_or(self.now));
        self.progress.whole_rows = 0;
        if begun.is_some() {
            self.progress.whole_at = begun;
        }
        let written_before = begun.and_then(|at| at.saturating_sub(LISTED_LATE).ok());
        self.mirror.journal.with(|connection| {
            let transaction = connection.transaction()?;
            if let Some(before) = written_before.filter(|_| sees_all) {
                self.mirror.drop_unseen(
                    &transaction,
                    self.kind,
                    self.progress.generation,
                    before,
                )?;
            }
            self.mirror
                .keep_progress(&transaction, self.kind, &self.progress)?;
            transaction.commit()
        })?;
        Ok(self.rows)
    }
}

impl Mirror {
    /// From when on the articles' changes have to be read to know them as they are now; none = all of
    /// them have to be read.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn articles_changed_from(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        Ok(Run::begin(self, Kind::Articles, now)?.part.since)
    }

    fn drop_unseen(
        &self,
        connection: &Connection,
        kind: Kind,
        generation: i64,
        written_before: Timestamp,
    ) -> rusqlite::Result<()> {
        let table = match kind {
            Kind::Articles => Article::TABLE,
            Kind::Relations => Relation::TABLE,
            Kind::Orders => BookedOrder::TABLE,
        };
        connection.execute(
            &format!(
                "DELETE FROM {table} WHERE administration = ?1 AND generation < ?2
                 AND (written_at IS NULL OR written_at < ?3)"
            ),
            params![self.administration, generation, stored(written_before)],
        )?;
        if kind == Kind::Relations {
            for table in ["books_email", "books_mark"] {
                connection.execute(
                    &format!(
                        "DELETE FROM {table} WHERE administration = ?1 AND relation NOT IN
                            (SELECT id FROM books_relation WHERE administration = ?1)"
                    ),
                    [&self.administration],
                )?;
            }
        }
        if kind == Kind::Articles {
            connection.execute(
                "DELETE FROM books_article_field WHERE administration = ?1 AND article NOT IN
                    (SELECT id FROM books_article WHERE administration = ?1)",
                [&self.administration],
            )?;
        }
        Ok(())
    }
}

//! What is about to be written into the books. An intent is committed before the write, its
//! outcome at once after it. One without an outcome is never simply repeated: the books are
//! searched, and only after ten minutes and two searches a minute apart that found nothing may it
//! be written again.

mod written;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{
    AdministrationId, IntentId, Journal, Kind, OrderId, State,
    bindings::{self, Binding},
    millis, moment, orders,
};
use crate::{
    failure::{Failure, Result},
    text,
};

/// Reason of an order whose write has an unknown outcome that no search can settle.
pub const OUTCOME_UNKNOWN: &str = "outcome-unknown";

/// How long after the latest write a record may still appear in the books.
pub const SETTLES_WITHIN: SignedDuration = SignedDuration::from_mins(10);
/// How far apart two searches must be.
pub const BETWEEN_SEARCHES: SignedDuration = SignedDuration::from_mins(1);

/// What is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntentDraft {
    /// The order it is for.
    pub order: OrderId,
    /// Profile.
    pub profile: String,
    /// The administration.
    pub administration: AdministrationId,
    /// Kind.
    pub kind: Kind,
    /// By what it is found again: relation code, article code, or payment reference as the books
    /// will hold it.
    pub key: String,
    /// May the key have been intended before? A relation's code may only when a write of this very
    /// relation was lost.
    pub again: bool,
    /// What tells ours from a stranger's record with the same key; no personal data.
    pub about: String,
    /// Relations: who it is, as a hash; empty = nobody we could recognise.
    pub party: String,
    /// When the facts that led here were read.
    pub facts_at: Timestamp,
    /// The credit that is about to be written; none = the order itself, or what it needs.
    pub credit: Option<i64>,
}

/// May the write begin?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Yes: it is committed.
    Begun(IntentId),
    /// Another order is just writing the same record, and the outcome is not known: wait.
    Busy,
    /// Another order wrote the same record since the facts were read, or the owner decided on the
    /// order since: decide anew.
    Outdated,
}

/// An intent as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Id.
    pub id: IntentId,
    /// The order it is for.
    pub order: OrderId,
    /// Kind.
    pub kind: Kind,
    /// By what it is found again.
    pub key: String,
    /// What tells ours from a stranger's.
    pub about: String,
    /// Relations: who it is, as a hash.
    pub party: String,
    /// The credit it is for.
    pub credit: Option<i64>,
    /// When the latest write began.
    pub started_at: Timestamp,
    /// Searches since then that found nothing.
    pub searches: Vec<Timestamp>,
}

impl Intent {
    /// May it be written again, after a search at `now` that found nothing?
    #[must_use]
    pub fn may_be_repeated(&self, now: Timestamp) -> bool {
        now.duration_since(self.started_at) >= SETTLES_WITHIN
            && self.searches.iter().any(|earlier| {
                *earlier > self.started_at && now.duration_since(*earlier) >= BETWEEN_SEARCHES
            })
    }
}

/// A record that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<'a> {
    /// Id in the administration.
    pub id: &'a str,
    /// Number or code there.
    pub code: &'a str,
    /// Relations and articles: bind under this key of the shop, unless something is bound already.
    pub bind: Option<&'a str>,
}

/// An intent whose write arrived: of what.
struct Ending {
    order: OrderId,
    kind: Kind,
    profile: String,
    administration: AdministrationId,
    credit: Option<i64>,
}

impl Journal {
    /// Commits the intent; from now on the order is being written.
    ///
    /// # Errors
    /// The order is neither planned nor being written, or has another open intent: `Bug`.
    pub fn begin_intent(&self, draft: &IntentDraft, now: Timestamp) -> Result<Begun> {
        self.change(&format!("{}-intent", draft.kind.name()), |transaction| {
            if orders::left_out(transaction, draft.order)? {
                return Ok(Begun::Outdated);
            }
            if let Some(hindrance) = hindrance(transaction, draft)? {
                return Ok(hindrance);
            }
            match draft.credit {
                None => orders::enter(transaction, draft.order, State::Writing)?,
                Some(credit) => {
                    let begun = transaction.execute(
                        "UPDATE credits SET state = 'writing', reason = NULL
                         WHERE id = ?1 AND state IN ('approved', 'writing')",
                        [credit],
                    )?;
                    if begun == 0 {
                        return Ok(Begun::Outdated);
                    }
                }
            }
            transaction
                .prepare_cached(
                    "INSERT INTO intents
                        (profile, administration, order_id, kind, key, about, party, started_at,
                         credit)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    draft.profile,
                    draft.administration,
                    draft.order,
                    draft.kind,
                    draft.key,
                    draft.about,
                    draft.party,
                    millis(now),
                    draft.credit,
                ])?;
            let intent = IntentId(transaction.last_insert_rowid());
            Ok(Begun::Begun(intent))
        })
    }

    /// The order's write whose outcome is not known, if there is one.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn open_intent(&self, order: OrderId) -> Result<Option<Intent>> {
        self.read(|connection| {
            let found = connection
                .prepare_cached(&format!("{INTENT} WHERE order_id = ?1 AND outcome IS NULL"))?
                .query_row([order], intent)
                .optional()?;
            found
                .map(|intent| with_searches(connection, intent))
                .transpose()
        })
    }

    /// A search for it found nothing. Where the clock was set back since the write, the wait
    /// begins anew.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn search_found_nothing(&self, intent: IntentId, now: Timestamp) -> Result<()> {
        self.change("search", |transaction| {
            transaction.execute(
                "INSERT INTO intent_searches (intent_id, at) VALUES (?1, ?2)",
                params![intent, millis(now)],
            )?;
            transaction.execute(
                "UPDATE intents SET started_at = ?2 WHERE id = ?1 AND started_at > ?2",
                params![intent, millis(now)],
            )?;
            Ok(())
        })
    }

    /// It was searched for long enough: it was lost on the way and may be written again.
    ///
    /// # Errors
    /// [`Intent::may_be_repeated`] says no: `Bug`.
    pub fn intent_lost(&self, intent: &Intent, now: Timestamp) -> Result<()> {
        if !intent.may_be_repeated(now) {
            return Err(Failure::bug(
                "repeated-too-early",
                text!(
                    "Een schrijfopdracht mag nog niet worden herhaald.",
                    "A write may not be repeated yet."
                ),
            ));
        }
        self.change("lost", |transaction| {
            end(transaction, intent.id, "lost", None, now)
        })
    }

    /// It is in the books. An order's row is bound in the same commit.
    ///
    /// # Errors
    /// That record is bound to another order of ours: `Bug`, code `already-bound`.
    pub fn intent_done(
        &self,
        intent: IntentId,
        written: &Written<'_>,
        now: Timestamp,
    ) -> Result<()> {
        self.change("done", |transaction| {
            let Ending {
                order,
                kind,
                profile,
                administration,
                credit,
            } = transaction
                .prepare_cached(
                    "SELECT order_id, kind, profile, administration, credit FROM intents
                     WHERE id = ?1",
                )?
                .query_row([intent], |row| {
                    Ok(Ending {
                        order: row.get(0)?,
                        kind: row.get(1)?,
                        profile: row.get(2)?,
                        administration: row.get(3)?,
                        credit: row.get(4)?,
                    })
                })?;
            end(transaction, intent, "done", Some(written.id), now)?;
            let (_, shop_id) = bindings::names(transaction, order)?;
            let binding = |shop_id| Binding {
                profile: &profile,
                kind,
                shop_id,
                administration: &administration,
                foreign_id: written.id,
                code: written.code,
            };
            match (kind, credit) {
                (Kind::Order, Some(credit)) => {
                    let own = format!("{shop_id}#credit-{credit}");
                    bindings::bind(transaction, &binding(&own), now)?;
                    transaction.execute(
                        "UPDATE credits SET booked = ?2, booked_number = ?3 WHERE id = ?1",
                        params![credit, written.id, written.code],
                    )?;
                }
                (Kind::Order, None) => {
                    bindings::bind(transaction, &binding(&shop_id), now)?;
                    transaction.execute(
                        "UPDATE orders SET administration = ?2, booked = ?3, booked_number = ?4,
                            updated_at = ?5 WHERE id = ?1",
                        params![order, administration, written.id, written.code, millis(now)],
                    )?;
                }
                (Kind::Relation | Kind::Article, _) => {
                    if let Some(key) = written.bind {
                        bindings::bind_if_free(transaction, &binding(key), now)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// It certainly was not written.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn intent_none(&self, intent: IntentId, now: Timestamp) -> Result<()> {
        self.change("none", |transaction| {
            end(transaction, intent, "none", None, now)
        })
    }
}

const INTENT: &str =
    "SELECT id, order_id, kind, key, about, party, started_at, credit FROM intents";

fn intent(row: &Row<'_>) -> rusqlite::Result<Intent> {
    Ok(Intent {
        id: row.get(0)?,
        order: row.get(1)?,
        kind: row.get(2)?,
        key: row.get(3)?,
        about: row.get(4)?,
        party: row.get(5)?,
        started_at: moment(row.get(6)?),
        credit: row.get(7)?,
        searches: Vec::new(),
    })
}

fn with_searches(connection: &Connection, mut intent: Intent) -> Result<Intent> {
    intent.searches = connection
        .prepare_cached("SELECT at FROM intent_searches WHERE intent_id = ?1 ORDER BY at")?
        .query_map([intent.id], |row| Ok(moment(row.get(0)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(intent)
}

/// Does anything of ours stand in the way? The same party's relation, the same article, the same
/// payment reference, being written by another order or written since the facts were read.
fn hindrance(transaction: &Transaction<'_>, draft: &IntentDraft) -> Result<Option<Begun>> {
    let own: bool = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM intents WHERE order_id = ?1 AND outcome IS NULL)",
        )?
        .query_row([draft.order], |row| row.get(0))?;
    if own {
        return Err(Failure::bug(
            "intent-open",
            text!(
                "Van een eerdere schrijfopdracht voor deze bestelling is de afloop nog onbekend.",
                "The outcome of an earlier write for this order is not known yet."
            ),
        ));
    }
    let same = match draft.kind {
        Kind::Relation => &draft.party,
        Kind::Article | Kind::Order => &draft.key,
    };
    if !draft.again && intended(transaction, draft)? {
        return Ok(Some(Begun::Outdated));
    }
    if same.is_empty() {
        return Ok(None);
    }
    let (open, since): (Option<bool>, Option<bool>) = transaction
        .prepare_cached(
            "SELECT max(outcome IS NULL), max(outcome = 'done' AND ended_at >= ?4) FROM intents
             WHERE administration = ?1 AND kind = ?2
                AND CASE kind WHEN 'relation' THEN party ELSE key END = ?3
                AND order_id <> ?5",
        )?
        .query_row(
            params![
                draft.administration,
                draft.kind,
                same,
                millis(draft.facts_at),
                draft.order,
            ],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    Ok(if open == Some(true) {
        Some(Begun::Busy)
    } else if since == Some(true) {
        Some(Begun::Outdated)
    } else {
        None
    })
}

/// Was that key intended before, by whatever order?
fn intended(transaction: &Transaction<'_>, draft: &IntentDraft) -> Result<bool> {
    Ok(transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM intents
                WHERE administration = ?1 AND kind = ?2 AND key = ?3)",
        )?
        .query_row(
            params![draft.administration, draft.kind, draft.key],
            |row| row.get(0),
        )?)
}

fn end(
    transaction: &Transaction<'_>,
    intent: IntentId,
    outcome: &str,
    foreign_id: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE intents SET outcome = ?2, foreign_id = ?3, ended_at = ?4
             WHERE id = ?1 AND outcome IS NULL",
        )?
        .execute(params![intent, outcome, foreign_id, millis(now)])?;
    Ok(())
}

/// A person looked in the books and decided.
pub(super) fn close_by_owner(
    transaction: &Transaction<'_>,
    order: OrderId,
    now: Timestamp,
) -> Result<()> {
    transaction.execute(
        "UPDATE intents SET outcome = 'none', ended_at = ?2 WHERE order_id = ?1 AND outcome IS NULL",
        params![order, millis(now)],
    )?;
    Ok(())
}

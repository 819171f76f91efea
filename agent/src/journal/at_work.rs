//! Orders as deciding and writing need them: where each is on its way, and which are due.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use rust_decimal::Decimal;

use super::{
    Journal, OrderId, ShopOrderId, State, VersionId, from_json, moment,
    orders::{Basis, no_such},
};
use crate::{
    books::plan::{DifferenceChoice, Plan, Reason},
    failure::Result,
};

/// An order at work: what deciding and writing need of it.
#[derive(Debug, Clone)]
pub struct OrderAtWork {
    /// Its row.
    pub id: OrderId,
    /// Id in the shop.
    pub shop_id: ShopOrderId,
    /// Number.
    pub number: String,
    /// State.
    pub state: State,
    /// Newest version.
    pub version: VersionId,
    /// The version it was planned of or written as.
    pub planned_version: Option<VersionId>,
    /// A person skipped it: only he brings it back.
    pub left_out: bool,
    /// Why it is held or skipped.
    pub reason: Option<Reason>,
    /// Its plan.
    pub plan: Option<Plan>,
    /// Digest of the settings of the latest decision.
    pub settings_digest: Option<String>,
    /// Digest of the facts of the latest decision.
    pub facts_digest: Option<String>,
    /// When the latest decision was made.
    pub planned_at: Option<Timestamp>,
    /// The booked order's id, once known.
    pub booked: Option<String>,
    /// The shop has thrown it away, when last looked.
    pub deleted: bool,
    /// What the owner chose for its total difference.
    pub difference: Option<DifferenceChoice>,
    /// The rate he entered: units of its currency for one euro.
    pub exchange_rate: Option<Decimal>,
}

impl OrderAtWork {
    /// The basis of a decision that looked at neither settings nor books.
    #[must_use]
    pub fn undecided(&self, at: Timestamp) -> Basis {
        Basis {
            version: self.version,
            settings_digest: String::new(),
            facts_digest: String::new(),
            at,
        }
    }
}

const AT_WORK: &str = "SELECT id, shop_id, number, state, version, planned_version, reason, plan,
    settings_digest, facts_digest, planned_at, booked, status = 'deleted', difference,
    state = 'skipped' AND by_owner, exchange_rate FROM orders";

impl Journal {
    /// One order.
    ///
    /// # Errors
    /// The journal cannot be read; there is no such order: `Bug`.
    pub fn order_at_work(&self, order: OrderId) -> Result<OrderAtWork> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("{AT_WORK} WHERE id = ?1"))?
                .query_row([order], |row| Ok(at_work(row)))
                .optional()?
                .ok_or_else(no_such)?
        })
    }

    /// Orders of a profile in that state, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn orders_in(&self, profile: &str, state: State) -> Result<Vec<OrderId>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT id FROM orders WHERE profile = ?1 AND state = ?2
                     ORDER BY placed_at, id",
                )?
                .query_map(params![profile, state], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Held orders of a profile with their reason's code and basis, oldest first; those whose
    /// write has an unknown outcome wait for a person and are left out.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn held_orders(&self, profile: &str) -> Result<Vec<OrderId>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT id FROM orders o WHERE profile = ?1 AND state = 'held'
                     AND erased_at IS NULL AND NOT EXISTS
                        (SELECT 1 FROM intents i WHERE i.order_id = o.id AND i.outcome IS NULL)
                     ORDER BY placed_at, id",
                )?
                .query_map([profile], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Skipped orders whose settings were other than these, and that no person skipped.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn skipped_under_other_settings(
        &self,
        profile: &str,
        settings_digest: &str,
    ) -> Result<Vec<OrderId>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT id FROM orders WHERE profile = ?1 AND state = 'skipped'
                     AND by_owner = 0 AND erased_at IS NULL AND status <> 'deleted'
                     AND settings_digest IS NOT ?2
                     ORDER BY placed_at, id",
                )?
                .query_map([profile, settings_digest], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?)
        })
    }
}

fn at_work(row: &Row<'_>) -> Result<OrderAtWork> {
    let reason: Option<String> = row.get(6)?;
    let plan: Option<String> = row.get(7)?;
    let planned_at: Option<i64> = row.get(10)?;
    let difference: Option<String> = row.get(13)?;
    let rate: Option<String> = row.get(15)?;
    Ok(OrderAtWork {
        id: row.get(0)?,
        shop_id: row.get(1)?,
        number: row.get(2)?,
        state: row.get(3)?,
        left_out: row.get(14)?,
        version: row.get(4)?,
        planned_version: row.get(5)?,
        reason: reason.as_deref().map(from_json).transpose()?,
        plan: plan.as_deref().map(from_json).transpose()?,
        settings_digest: row.get(8)?,
        facts_digest: row.get(9)?,
        planned_at: planned_at.map(moment),
        booked: row.get(11)?,
        deleted: row.get(12)?,
        difference: difference.as_deref().and_then(DifferenceChoice::named),
        exchange_rate: rate.and_then(|rate| rate.parse().ok()),
    })
}

//! Orders that were cancelled after they were written, and what was done about them.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{Journal, OrderId, millis};
use crate::failure::Result;

/// A cancelled order and what was done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancellation {
    /// Nothing yet.
    Found,
    /// The sales order is blocked.
    Blocked,
    /// Only told.
    Reported,
    /// The owner said to delete it.
    Delete,
    /// It was invoiced: a credit is prepared.
    Credit,
    /// The sales order is gone.
    Gone,
}

impl Cancellation {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Found, "found"),
        (Self::Blocked, "blocked"),
        (Self::Reported, "reported"),
        (Self::Delete, "delete"),
        (Self::Credit, "credit"),
        (Self::Gone, "gone"),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Blocked => "blocked",
            Self::Reported => "reported",
            Self::Delete => "delete",
            Self::Credit => "credit",
            Self::Gone => "gone",
        }
    }
}

impl Journal {
    /// What was done about a cancelled order; none where it was not cancelled after writing.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn cancellation(&self, order: OrderId) -> Result<Option<Cancellation>> {
        let name: Option<String> = self.with(|connection| {
            connection
                .query_row(
                    "SELECT state FROM cancellations WHERE order_id = ?1",
                    [order],
                    |row| row.get(0),
                )
                .optional()
        })?;
        Ok(name.map(|name| state_of(&name)))
    }

    /// Cancelled orders of a profile about which something may be left to do.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn cancellations(&self, profile: &str) -> Result<Vec<(OrderId, Cancellation)>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT order_id, state FROM cancellations WHERE profile = ?1
                        AND state IN ('found', 'blocked', 'reported', 'delete')
                     ORDER BY order_id",
                )?
                .query_map([profile], |row| {
                    let name: String = row.get(1)?;
                    Ok((row.get(0)?, state_of(&name)))
                })?
                .collect()
        })
    }

    /// Something was done about a cancelled order.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn set_cancellation(
        &self,
        order: OrderId,
        state: Cancellation,
        now: Timestamp,
    ) -> Result<()> {
        self.change("cancellation", |transaction| {
            set_cancellation(transaction, order, state, now)
        })
    }
}

pub(super) fn state_of(name: &str) -> Cancellation {
    Cancellation::ALL
        .into_iter()
        .find(|(_, known)| *known == name)
        .map_or(Cancellation::Found, |(state, _)| state)
}

pub(super) fn set_cancellation(
    transaction: &Transaction<'_>,
    order: OrderId,
    state: Cancellation,
    now: Timestamp,
) -> Result<()> {
    transaction.execute(
        "INSERT INTO cancellations (order_id, profile, state, at)
         SELECT id, profile, ?2, ?3 FROM orders WHERE id = ?1
         ON CONFLICT (order_id) DO UPDATE SET state = excluded.state, at = excluded.at",
        params![order, state.name(), millis(now)],
    )?;
    Ok(())
}

/// It was found cancelled; tells whether that was not known before. What was done about it since, and
/// what the owner said, stays.
pub(super) fn found(transaction: &Transaction<'_>, order: OrderId, now: Timestamp) -> Result<bool> {
    let new = transaction.execute(
        "INSERT INTO cancellations (order_id, profile, state, at)
         SELECT id, profile, ?2, ?3 FROM orders WHERE id = ?1
         ON CONFLICT (order_id) DO NOTHING",
        params![order, Cancellation::Found.name(), millis(now)],
    )?;
    Ok(new == 1)
}

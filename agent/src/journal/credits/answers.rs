//! The owner's word on credits.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};
use rust_decimal::Decimal;

use super::{CREDIT, left::Left, left::LeftCredit};
use crate::{
    failure::{Failure, Result},
    journal::{Journal, OrderId, millis, payments::leave_back},
    text,
};

/// What becomes of the money a credit gives back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyBack {
    /// As the settings say.
    Booked,
    /// None moved, or its owner books it: no entry.
    Left,
}

impl Journal {
    /// The owner's rate, and his yes if he gave it: with it he says whether what the credit gives back
    /// is paid back once it is written. Intents of unknown outcome are closed: he looked in the books.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn answer_credit(
        &self,
        credit: i64,
        rate: Option<Decimal>,
        yes: Option<MoneyBack>,
        now: Timestamp,
    ) -> Result<()> {
        self.change("credit-answered", |transaction| {
            let open: Option<i64> = transaction
                .query_row(
                    "SELECT id FROM intents WHERE credit = ?1 AND outcome IS NULL",
                    [credit],
                    |row| row.get(0),
                )
                .optional()?;
            let waits: bool = transaction.query_row(
                "SELECT state = 'waits' FROM credits WHERE id = ?1",
                [credit],
                |row| row.get(0),
            )?;
            if open.is_some() && !waits {
                return Err(Failure::refused(
                    "credit-being-written",
                    text!(
                        "Deze creditering wordt juist geschreven; er is niets aan veranderd.",
                        "This credit is being written just now; nothing about it was changed."
                    ),
                ));
            }
            if let Some(money) = yes {
                leave_back(transaction, credit, money == MoneyBack::Left)?;
                transaction.execute(
                    "UPDATE intents SET outcome = 'none', ended_at = ?2
                     WHERE credit = ?1 AND outcome IS NULL",
                    params![credit, millis(now)],
                )?;
            }
            let state = if yes.is_some() { "approved" } else { "new" };
            transaction.execute(
                "UPDATE credits SET state = ?2, rate = coalesce(?3, rate),
                    plan = CASE WHEN ?3 IS NULL OR ?3 = rate THEN plan END
                 WHERE id = ?1 AND state IN ('new', 'waits', 'approved', 'dismissed')",
                params![credit, state, rate.map(|rate| rate.to_string())],
            )?;
            Ok(())
        })
    }

    /// The owner looked: what waits for his yes on that order is not written. What is still being
    /// written is, and what nobody has seen yet is prepared still. Tells all that is his now.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn dismiss_credits(&self, order: OrderId, now: Timestamp) -> Result<Left> {
        self.change("credits-dismissed", |transaction| {
            let credits = waiting(transaction, order)?;
            let deletion = transaction.query_row(
                "SELECT EXISTS (SELECT 1 FROM cancellations WHERE order_id = ?1
                    AND state IN ('found', 'blocked', 'reported', 'delete'))",
                [order],
                |row| row.get(0),
            )?;
            transaction.execute(
                "UPDATE intents SET outcome = 'none', ended_at = ?2 WHERE outcome IS NULL
                    AND credit IN (SELECT id FROM credits WHERE order_id = ?1 AND state = 'waits')",
                params![order, millis(now)],
            )?;
            let payment = crate::journal::payments::leave_to_owner(transaction, order)?;
            transaction.execute(
                "UPDATE credits SET state = 'dismissed' WHERE order_id = ?1 AND state = 'waits'",
                [order],
            )?;
            transaction.execute(
                "UPDATE cancellations SET state = 'looked' WHERE order_id = ?1 AND state <> 'gone'",
                [order],
            )?;
            Ok(Left {
                credits,
                payment,
                deletion,
            })
        })
    }

    /// The sales order is not in the books any more: nothing is to be credited.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn no_credit(&self, credit: i64) -> Result<()> {
        self.change("no-credit", |transaction| {
            transaction.execute(
                "UPDATE credits SET state = 'dismissed'
                 WHERE id = ?1 AND state IN ('new', 'waits', 'approved')",
                [credit],
            )?;
            Ok(())
        })
    }
}

/// Credits of the order that wait for its owner.
fn waiting(transaction: &Transaction<'_>, order: OrderId) -> Result<Vec<LeftCredit>> {
    let found = transaction
        .prepare(&format!(
            "{CREDIT} WHERE order_id = ?1 AND state = 'waits' ORDER BY id"
        ))?
        .query_map([order], |row| Ok(super::credit(row)))?
        .collect::<rusqlite::Result<Result<Vec<_>>>>()??;
    Ok(found
        .iter()
        .map(|credit| LeftCredit {
            number: credit.n,
            amount: credit.gives_back(),
        })
        .collect())
}

//! Credits: one for each refund of an order that is in the books, once for ever.

mod answers;
mod left;
mod record;

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};
use rust_decimal::Decimal;

pub use self::{
    answers::MoneyBack,
    left::{Left, LeftCredit},
    record::{Credit, CreditState, CreditedOrder},
};
use super::{
    Journal, OrderId, VersionId,
    cancellations::{Cancellation, set_cancellation},
    from_json, json, millis, payments,
};
use crate::{
    books::plan::{Plan, Reason},
    failure::{Failure, Result},
    profile::settings::Form,
    text,
};

/// What stands in the place of a refund's id where all of a cancelled order is credited.
pub const CANCELLED: &str = "cancelled";

const CREDIT: &str = "SELECT id, order_id, refund, n, state, unasked, rate, reason, plan,
    booked_number, EXISTS (SELECT 1 FROM intents i WHERE i.credit = credits.id), total,
    seen, content, EXISTS (SELECT 1 FROM payments p WHERE p.order_id = credits.order_id
        AND p.credit = credits.id AND p.state = 'settled') FROM credits";

impl Journal {
    /// Written orders whose newest version was not searched for refunds yet: the order, the version
    /// written and the newest.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn unsearched_for_refunds(
        &self,
        profile: &str,
    ) -> Result<Vec<(OrderId, VersionId, VersionId)>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, coalesce(planned_version, 0), version FROM orders
                     WHERE profile = ?1 AND state = 'written'
                        AND refunds_version IS NOT version ORDER BY id",
                )?
                .query_map([profile], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                .collect()
        })
    }

    /// Keeps the refunds found in a version (id, and whether the order was written with it). Known
    /// ones stay as they are. Those of orders that were in the books already, or written before
    /// credits were, ask for a yes.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_refunds(
        &self,
        order: OrderId,
        version: VersionId,
        refunds: &[(String, bool)],
        now: Timestamp,
    ) -> Result<()> {
        self.change("refunds", |transaction| {
            for (refund, with_it) in refunds {
                add(transaction, order, refund, *with_it, now)?;
            }
            transaction.execute(
                "UPDATE orders SET refunds_version = ?2 WHERE id = ?1",
                params![order, version],
            )?;
            Ok(())
        })
    }

    /// All of a cancelled order is to be credited; anew, where that was dismissed before it was
    /// reinstated and cancelled again.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn credit_all(&self, order: OrderId, now: Timestamp) -> Result<()> {
        self.change("credit-all", |transaction| {
            add(transaction, order, CANCELLED, false, now)?;
            transaction.execute(
                "UPDATE credits SET state = 'new', reason = NULL
                 WHERE order_id = ?1 AND refund = ?2 AND state = 'dismissed'",
                params![order, CANCELLED],
            )?;
            set_cancellation(transaction, order, Cancellation::Credit, now)
        })
    }

    /// Credits of a profile in one of these states, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn credits_in(&self, profile: &str, states: &[CreditState]) -> Result<Vec<Credit>> {
        let all = self.credits_where(
            "profile = ?1 AND order_id IN (SELECT id FROM orders WHERE state = 'written')",
            profile,
        )?;
        Ok(all
            .into_iter()
            .filter(|credit| states.contains(&credit.state))
            .collect())
    }

    /// Was it written before this journal knew credits, or linked to what was there?
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn refunds_by_hand(&self, order: OrderId) -> Result<bool> {
        self.with(|connection| {
            connection.query_row(
                "SELECT refunds_by_hand OR linked FROM orders WHERE id = ?1",
                [order],
                |row| row.get(0),
            )
        })
    }

    /// Credits of an order.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn credits_of(&self, order: OrderId) -> Result<Vec<Credit>> {
        self.credits_where("order_id = ?1", order)
    }

    fn credits_where(&self, what: &str, value: impl rusqlite::ToSql) -> Result<Vec<Credit>> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("{CREDIT} WHERE {what} ORDER BY id"))?
                .query_map([value], |row| Ok(credit(row)))?
                .collect::<rusqlite::Result<Result<Vec<_>>>>()?
        })
    }

    /// One credit.
    ///
    /// # Errors
    /// The journal cannot be read; there is none: `Bug`.
    pub fn credit(&self, id: i64) -> Result<Credit> {
        let found = self.credits_where("id = ?1", id)?;
        found.into_iter().next().ok_or_else(no_such)
    }

    /// What was written of an order.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn credited_order(&self, order: OrderId) -> Result<CreditedOrder> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT coalesce(booked, ''), coalesce(relation, ''), relation_code,
                        CASE form WHEN 'booking' THEN coalesce(booked_number, '')
                            ELSE coalesce(payment_reference, '') END, form = 'booking',
                        total
                     FROM orders WHERE id = ?1",
                )?
                .query_row([order], |row| {
                    Ok(CreditedOrder {
                        booked: row.get(0)?,
                        relation: row.get(1)?,
                        relation_code: row.get(2)?,
                        reference: row.get(3)?,
                        form: if row.get(4)? {
                            Form::Booking
                        } else {
                            Form::Order
                        },
                        total: decimal(row.get(5)?),
                    })
                })?)
        })
    }

    /// It was prepared: it waits for a yes, or is to be written; or it cannot be, for that reason.
    /// One that is in another state than when it was `read` (the owner spoke meanwhile), being
    /// written, written or dismissed keeps its state.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn credit_prepared(
        &self,
        credit: i64,
        read: CreditState,
        state: CreditState,
        plan: Option<&Plan>,
        reason: Option<&Reason>,
    ) -> Result<()> {
        let (plan, reason) = (plan.map(json).transpose()?, reason.map(json).transpose()?);
        self.change("credit", |transaction| {
            transaction.execute(
                "UPDATE credits SET state = ?2, plan = coalesce(?3, plan), reason = ?4
                 WHERE id = ?1 AND state = ?5 AND state IN ('new', 'waits', 'approved')",
                params![credit, state.name(), plan, reason, read.name()],
            )?;
            Ok(())
        })
    }

    /// A write of it certainly did not take effect: it is to be written still, or waits.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn credit_not_written(&self, credit: i64, reason: Option<&Reason>) -> Result<()> {
        let (state, reason) = match reason {
            Some(reason) => (CreditState::Waits, Some(json(reason)?)),
            None => (CreditState::Approved, None),
        };
        self.change("credit-back", |transaction| {
            transaction.execute(
                "UPDATE credits SET state = ?2, reason = ?3 WHERE id = ?1 AND state = 'writing'",
                params![credit, state.name(), reason],
            )?;
            Ok(())
        })
    }

    /// It is in the books and was compared with what was to be written.
    ///
    /// # Errors
    /// The journal cannot be written; no write of it is known to have arrived: `Bug`.
    pub fn credit_written(&self, credit: i64, total: Decimal, now: Timestamp) -> Result<()> {
        self.change("credit-written", |transaction| {
            let done = transaction.execute(
                "UPDATE credits SET state = 'written', reason = NULL, total = ?2, written_at = ?3
                 WHERE id = ?1 AND state = 'writing' AND booked IS NOT NULL",
                params![credit, total.to_string(), millis(now)],
            )?;
            if done != 1 {
                return Err(no_such());
            }
            payments::awaits_back(transaction, credit)
        })
    }

    /// Id in the books of a credit whose write arrived.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn credit_booked(&self, credit: i64) -> Result<Option<String>> {
        self.with(|connection| {
            connection.query_row(
                "SELECT booked FROM credits WHERE id = ?1",
                [credit],
                |row| row.get(0),
            )
        })
    }

    /// One kind of item on an order needs no look any more.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn settle_item(&self, order: OrderId, code: &str, why: &str, now: Timestamp) -> Result<()> {
        self.change("item-settled", |transaction| {
            transaction.execute(
                "UPDATE attention SET settled_at = ?3, settled_why = ?4
                 WHERE order_id = ?1 AND code = ?2 AND settled_at IS NULL",
                params![order, code, millis(now), why],
            )?;
            Ok(())
        })
    }
}

fn add(
    transaction: &Transaction<'_>,
    order: OrderId,
    refund: &str,
    with_it: bool,
    now: Timestamp,
) -> Result<()> {
    transaction.execute(
        "INSERT INTO credits (profile, order_id, refund, n, state, unasked, found_at)
         SELECT profile, id, ?2,
            (SELECT coalesce(max(n), 0) + 1 FROM credits WHERE order_id = ?1), 'new',
            ?3 AND linked = 0 AND refunds_by_hand = 0, ?4
         FROM orders WHERE id = ?1
         ON CONFLICT (profile, order_id, refund) DO NOTHING",
        params![order, refund, with_it, millis(now)],
    )?;
    Ok(())
}

fn credit(row: &Row<'_>) -> Result<Credit> {
    let state: String = row.get(4)?;
    let (rate, reason, plan): (Option<String>, Option<String>, Option<String>) =
        (row.get(6)?, row.get(7)?, row.get(8)?);
    Ok(Credit {
        id: row.get(0)?,
        order: row.get(1)?,
        refund: row.get(2)?,
        n: row.get(3)?,
        state: CreditState::named(&state),
        unasked: row.get(5)?,
        rate: decimal(rate),
        reason: reason.as_deref().map(from_json).transpose()?,
        plan: plan.as_deref().map(from_json).transpose()?,
        booked_number: row.get(9)?,
        attempted: row.get(10)?,
        total: decimal(row.get(11)?),
        seen: row.get(12)?,
        content: row.get(13)?,
        no_money: row.get(14)?,
    })
}

fn decimal(text: Option<String>) -> Option<Decimal> {
    text.and_then(|text| text.parse().ok())
}

fn no_such() -> Failure {
    Failure::bug(
        "no-such-credit",
        text!(
            "Deze creditering is niet bekend.",
            "This credit is not known."
        ),
    )
}

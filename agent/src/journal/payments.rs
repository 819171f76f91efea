//! What was paid on booked invoices: one payment an order, exactly once. What is about to be written is
//! committed before the call, and searched for before it is repeated.

use jiff::{Timestamp, civil::Date};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use rust_decimal::Decimal;

use super::{
    Journal, OrderId, VersionId,
    intents::{BETWEEN_SEARCHES, SETTLES_WITHIN},
    millis, moment,
};
use crate::{
    books::{PaymentDraft, Till},
    failure::{Failure, Result},
    text,
};

/// After a refusal it is tried again so much later, or at once under other settings.
const TRIED_AGAIN: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// How far a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentState {
    /// The shop has not said yet that it is paid, or it could not be written.
    Awaits,
    /// Being written.
    Writing,
    /// Written.
    Written,
    /// Nothing is to be written: nothing to pay, paid in the books already, or left to the owner.
    Settled,
}

impl PaymentState {
    fn named(name: &str) -> Self {
        match name {
            "writing" => Self::Writing,
            "written" => Self::Written,
            "settled" => Self::Settled,
            _ => Self::Awaits,
        }
    }
}

/// The payment of a booked invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAtWork {
    /// The order.
    pub order: OrderId,
    /// Its number.
    pub number: String,
    /// The shop's own id.
    pub shop_id: String,
    /// State.
    pub state: PaymentState,
    /// Newest version of the order.
    pub version: VersionId,
    /// The version that was written.
    pub written_version: Option<VersionId>,
    /// Id of the booking.
    pub booking: String,
    /// Invoice number.
    pub invoice: String,
    /// What the invoice comes to.
    pub total: Decimal,
    /// Payment reference; may be empty.
    pub reference: String,
    /// What is being written, or was.
    pub draft: Option<PaymentDraft>,
    /// Name of the journal.
    pub daybook: String,
    /// When the latest write began.
    pub started_at: Option<Timestamp>,
    /// The first search since then that found nothing.
    pub searched_at: Option<Timestamp>,
    /// How many writes were lost.
    pub lost: u32,
}

impl PaymentAtWork {
    /// May it be written again, after a search at `now` that found nothing?
    #[must_use]
    pub fn may_be_repeated(&self, now: Timestamp) -> bool {
        let after =
            |at: Option<Timestamp>, wait| at.is_some_and(|at| now.duration_since(at) >= wait);
        after(self.started_at, SETTLES_WITHIN) && after(self.searched_at, BETWEEN_SEARCHES)
    }
}

const PAYMENT: &str = "SELECT p.order_id, o.number, p.state, o.version, o.planned_version,
    coalesce(o.booked, ''), coalesce(o.booked_number, ''), coalesce(o.total, ''),
    coalesce(o.payment_reference, ''), p.till, p.daybook, p.daybook_name, p.day, p.amount, p.key,
    p.started_at, p.searched_at, p.lost, o.shop_id
    FROM payments p JOIN orders o ON o.id = p.order_id";

impl Journal {
    /// Payments something may be done about now: being written, or of an order that changed, under
    /// other settings, or refused a while ago.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn payments_due(
        &self,
        profile: &str,
        settings: &str,
        now: Timestamp,
    ) -> Result<Vec<OrderId>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT p.order_id FROM payments p JOIN orders o ON o.id = p.order_id
                     WHERE p.profile = ?1 AND p.state IN ('writing', 'awaits') AND o.state = 'written'
                        AND (p.state = 'writing' OR p.looked IS NOT o.version
                            OR p.settings IS NOT ?2 OR p.failed_at <= ?3)
                     ORDER BY p.state DESC, p.order_id",
                )?
                .query_map(
                    params![profile, settings, millis(now - TRIED_AGAIN)],
                    |row| row.get(0),
                )?
                .collect()
        })
    }

    /// One.
    ///
    /// # Errors
    /// The journal cannot be read; what the invoice comes to cannot be: `Bug`.
    pub fn payment(&self, order: OrderId) -> Result<Option<PaymentAtWork>> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("{PAYMENT} WHERE p.order_id = ?1"))?
                .query_row([order], |row| Ok(payment(row)))
                .optional()?
                .transpose()
        })
    }

    /// Nothing can be done until the order changes: it is not paid, or `failed` and tried again later.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn payment_waits(
        &self,
        order: OrderId,
        version: VersionId,
        settings: &str,
        failed: Option<Timestamp>,
    ) -> Result<()> {
        self.change("payment-waits", |transaction| {
            transaction.execute(
                "UPDATE payments SET looked = ?2, settings = ?3, failed_at = ?4
                 WHERE order_id = ?1 AND state = 'awaits'",
                params![order, version, settings, failed.map(millis)],
            )?;
            Ok(())
        })
    }

    /// Commits what is about to be written.
    ///
    /// # Errors
    /// It is being written or done already: `Bug`.
    pub fn begin_payment(
        &self,
        order: OrderId,
        draft: &PaymentDraft,
        daybook: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.change("payment-intent", |transaction| {
            let begun = transaction.execute(
                "UPDATE payments SET state = 'writing', till = ?2, daybook = ?3, daybook_name = ?4,
                    day = ?5, amount = ?6, key = ?7, started_at = ?8, searched_at = NULL
                 WHERE order_id = ?1 AND state = 'awaits'",
                params![
                    order,
                    draft.till.name(),
                    draft.daybook,
                    daybook,
                    draft.date.to_string(),
                    draft.amount.to_string(),
                    draft.description,
                    millis(now),
                ],
            )?;
            if begun == 1 {
                Ok(())
            } else {
                Err(begun_already())
            }
        })
    }

    /// It is in the books.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn payment_written(&self, order: OrderId, id: &str, now: Timestamp) -> Result<()> {
        self.change("payment-done", |transaction| {
            transaction.execute(
                "UPDATE payments SET state = 'written', booked = ?2, written_at = ?3,
                    failed_at = NULL WHERE order_id = ?1 AND state = 'writing'",
                params![order, id, millis(now)],
            )?;
            Ok(())
        })
    }

    /// It certainly was not written, or `lost` for long enough to be written again.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn payment_not_written(&self, order: OrderId, lost: bool) -> Result<()> {
        self.change("payment-none", |transaction| {
            transaction.execute(
                "UPDATE payments SET state = 'awaits', looked = NULL, lost = lost + ?2
                 WHERE order_id = ?1 AND state = 'writing'",
                params![order, lost],
            )?;
            Ok(())
        })
    }

    /// A search for it found nothing. Where the clock was set back since the write, the wait begins
    /// anew.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn payment_not_found(&self, order: OrderId, now: Timestamp) -> Result<()> {
        self.change("payment-search", |transaction| {
            transaction.execute(
                "UPDATE payments SET searched_at = min(coalesce(searched_at, ?2), ?2),
                    started_at = min(started_at, ?2)
                 WHERE order_id = ?1 AND state = 'writing'",
                params![order, millis(now)],
            )?;
            Ok(())
        })
    }

    /// Nothing is to be written for it (any more).
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn payment_settled(&self, order: OrderId) -> Result<()> {
        self.change("payment-settled", |transaction| {
            transaction.execute(
                "UPDATE payments SET state = 'settled' WHERE order_id = ?1 AND state <> 'written'",
                [order],
            )?;
            Ok(())
        })
    }
}

/// A booked invoice waits for its payment from now on.
pub(super) fn awaits(transaction: &Transaction<'_>, order: OrderId) -> Result<()> {
    transaction.execute(
        "INSERT INTO payments (order_id, profile, state)
         SELECT id, profile, 'awaits' FROM orders WHERE id = ?1
         ON CONFLICT (order_id) DO NOTHING",
        [order],
    )?;
    Ok(())
}

/// The owner looked at a payment that could not be written: he books it himself. Tells the number of
/// its invoice.
pub(super) fn leave_to_owner(
    transaction: &Transaction<'_>,
    order: OrderId,
) -> Result<Option<String>> {
    let left = transaction.execute(
        "UPDATE payments SET state = 'settled'
         WHERE order_id = ?1 AND state = 'awaits' AND failed_at IS NOT NULL",
        [order],
    )?;
    if left == 0 {
        return Ok(None);
    }
    Ok(Some(transaction.query_row(
        "SELECT coalesce(booked_number, '') FROM orders WHERE id = ?1",
        [order],
        |row| row.get(0),
    )?))
}

fn payment(row: &Row<'_>) -> Result<PaymentAtWork> {
    let state: String = row.get(2)?;
    let total: String = row.get(7)?;
    let booking: String = row.get(5)?;
    let (started, searched): (Option<i64>, Option<i64>) = (row.get(15)?, row.get(16)?);
    let number: String = row.get(1)?;
    let Ok(total) = total.parse() else {
        return Err(unreadable_total(&number));
    };
    Ok(PaymentAtWork {
        order: row.get(0)?,
        number,
        shop_id: row.get(18)?,
        state: PaymentState::named(&state),
        version: row.get(3)?,
        written_version: row.get(4)?,
        draft: draft(row, &booking)?,
        booking,
        invoice: row.get(6)?,
        total,
        reference: row.get(8)?,
        daybook: row.get::<_, Option<String>>(11)?.unwrap_or_default(),
        started_at: started.map(moment),
        searched_at: searched.map(moment),
        lost: row.get(17)?,
    })
}

fn draft(row: &Row<'_>, booking: &str) -> rusqlite::Result<Option<PaymentDraft>> {
    let text = |column| row.get::<_, Option<String>>(column);
    let till = text(9)?.as_deref().and_then(Till::named);
    let date: Option<Date> = text(12)?.and_then(|day| day.parse().ok());
    let amount: Option<Decimal> = text(13)?.and_then(|amount| amount.parse().ok());
    let (Some(till), Some(daybook), Some(date), Some(amount), Some(description)) =
        (till, text(10)?, date, amount, text(14)?)
    else {
        return Ok(None);
    };
    Ok(Some(PaymentDraft {
        till,
        daybook,
        date,
        description,
        booking: booking.to_owned(),
        amount,
    }))
}

fn unreadable_total(number: &str) -> Failure {
    Failure::bug(
        "journal-value",
        text!(
            "Het totaal van de factuur van bestelling {number} is in het logboek niet te lezen; haar betaling is niet geboekt.",
            "The total of the invoice of order {number} cannot be read in the journal; its payment was not booked."
        ),
    )
}

fn begun_already() -> Failure {
    Failure::bug(
        "payment-begun",
        text!(
            "Deze betaling wordt al geschreven of is al geboekt.",
            "This payment is being written or booked already."
        ),
    )
}

//! What was paid on booked invoices, and paid back on their credits: one payment a document, exactly
//! once. What is about to be written is committed before the call, and searched for before it is repeated.

use jiff::{Timestamp, civil::Date};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use rust_decimal::Decimal;

use super::{
    Journal, OrderId, VersionId,
    credits::CANCELLED,
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

/// A payment's row.
pub type PaymentId = i64;

/// A payment something may be done about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentDue {
    /// Itself.
    pub id: PaymentId,
    /// Its order.
    pub order: OrderId,
}

/// The refund of the shop a credit was written of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refunded {
    /// The shop's own id.
    pub id: String,
    /// Which of the order's credits, from 1.
    pub n: u32,
    /// Its digest then; none where it was not kept.
    pub content: Option<String>,
}

/// The payment of a booked invoice, or of its credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAtWork {
    /// Itself.
    pub id: PaymentId,
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
    /// What was given back, where it is paid back on a credit; none = received on the invoice.
    pub refund: Option<Refunded>,
    /// Id of the booking.
    pub booking: String,
    /// Invoice number.
    pub invoice: String,
    /// When that was written.
    pub document_at: Option<Timestamp>,
    /// What the invoice comes to; a credit below zero.
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
    coalesce(CASE p.credit WHEN 0 THEN o.booked ELSE c.booked END, ''),
    coalesce(CASE p.credit WHEN 0 THEN o.booked_number ELSE c.booked_number END, ''),
    coalesce(CASE p.credit WHEN 0 THEN o.total ELSE c.total END, ''),
    coalesce(o.payment_reference, ''), p.till, p.daybook, p.daybook_name, p.day, p.amount, p.key,
    p.started_at, p.searched_at, p.lost, o.shop_id, p.id, c.refund, c.content,
    CASE p.credit WHEN 0 THEN o.written_at ELSE c.written_at END, c.n
    FROM payments p JOIN orders o ON o.id = p.order_id LEFT JOIN credits c ON c.id = p.credit";

impl Journal {
    /// Payments something may be done about now: being written, or of an order that changed, under
    /// other settings, or refused a while ago. What went back is booked only after what came in.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn payments_due(
        &self,
        profile: &str,
        settings: &str,
        now: Timestamp,
    ) -> Result<Vec<PaymentDue>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT p.id, p.order_id FROM payments p JOIN orders o ON o.id = p.order_id
                     WHERE p.profile = ?1 AND p.state IN ('writing', 'awaits') AND o.state = 'written'
                        AND (p.state = 'writing' OR p.looked IS NOT o.version
                            OR p.settings IS NOT ?2 OR p.failed_at <= ?3)
                        AND (p.credit = 0 OR EXISTS (SELECT 1 FROM payments r
                            WHERE r.order_id = p.order_id AND r.credit = 0 AND r.state = 'written'))
                     ORDER BY p.state DESC, p.order_id, p.credit",
                )?
                .query_map(
                    params![profile, settings, millis(now - TRIED_AGAIN)],
                    |row| {
                        Ok(PaymentDue {
                            id: row.get(0)?,
                            order: row.get(1)?,
                        })
                    },
                )?
                .collect()
        })
    }

    /// One.
    ///
    /// # Errors
    /// The journal cannot be read; what the invoice comes to cannot be: `Bug`.
    pub fn payment(&self, id: PaymentId) -> Result<Option<PaymentAtWork>> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("{PAYMENT} WHERE p.id = ?1"))?
                .query_row([id], |row| Ok(payment(row)))
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
        id: PaymentId,
        version: VersionId,
        settings: &str,
        failed: Option<Timestamp>,
    ) -> Result<()> {
        self.change("payment-waits", |transaction| {
            transaction.execute(
                "UPDATE payments SET looked = ?2, settings = ?3, failed_at = ?4
                 WHERE id = ?1 AND state = 'awaits'",
                params![id, version, settings, failed.map(millis)],
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
        id: PaymentId,
        draft: &PaymentDraft,
        daybook: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.change("payment-intent", |transaction| {
            let begun = transaction.execute(
                "UPDATE payments SET state = 'writing', till = ?2, daybook = ?3, daybook_name = ?4,
                    day = ?5, amount = ?6, key = ?7, started_at = ?8, searched_at = NULL
                 WHERE id = ?1 AND state = 'awaits'",
                params![
                    id,
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
    pub fn payment_written(&self, id: PaymentId, booked: &str, now: Timestamp) -> Result<()> {
        self.change("payment-done", |transaction| {
            transaction.execute(
                "UPDATE payments SET state = 'written', booked = ?2, written_at = ?3,
                    failed_at = NULL WHERE id = ?1 AND state = 'writing'",
                params![id, booked, millis(now)],
            )?;
            Ok(())
        })
    }

    /// It certainly was not written, or `lost` for long enough to be written again.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn payment_not_written(&self, id: PaymentId, lost: bool) -> Result<()> {
        self.change("payment-none", |transaction| {
            transaction.execute(
                "UPDATE payments SET state = 'awaits', looked = NULL, lost = lost + ?2
                 WHERE id = ?1 AND state = 'writing'",
                params![id, lost],
            )?;
            Ok(())
        })
    }

    /// A search for it found nothing. Where the clock was set back since the write, the wait begins
    /// anew.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn payment_not_found(&self, id: PaymentId, now: Timestamp) -> Result<()> {
        self.change("payment-search", |transaction| {
            transaction.execute(
                "UPDATE payments SET searched_at = min(coalesce(searched_at, ?2), ?2),
                    started_at = min(started_at, ?2)
                 WHERE id = ?1 AND state = 'writing'",
                params![id, millis(now)],
            )?;
            Ok(())
        })
    }

    /// Nothing is to be written for it (any more): neither on the invoice nor, with it, on its credits.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn payment_settled(&self, id: PaymentId) -> Result<()> {
        self.change("payment-settled", |transaction| {
            transaction.execute(
                "UPDATE payments SET state = 'settled' WHERE state <> 'written' AND (id = ?1
                    OR order_id = (SELECT order_id FROM payments WHERE id = ?1 AND credit = 0))",
                [id],
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
         ON CONFLICT (order_id, credit) DO NOTHING",
        [order],
    )?;
    Ok(())
}

/// What a credit of a refund gives back is paid back from now on, where the payment of its invoice is
/// booked by us; where that is left to others, this is too.
pub(super) fn awaits_back(transaction: &Transaction<'_>, credit: i64) -> Result<()> {
    transaction.execute(
        "INSERT INTO payments (order_id, credit, profile, state)
         SELECT c.order_id, c.id, c.profile,
            CASE p.state WHEN 'settled' THEN 'settled' ELSE 'awaits' END
         FROM credits c JOIN payments p ON p.order_id = c.order_id AND p.credit = 0
         WHERE c.id = ?1 AND c.refund <> ?2
         ON CONFLICT (order_id, credit) DO NOTHING",
        params![credit, CANCELLED],
    )?;
    Ok(())
}

/// Before a credit is written its owner says whether what it gives back is paid back once it is: where
/// `left`, nothing is booked.
pub(super) fn leave_back(transaction: &Transaction<'_>, credit: i64, left: bool) -> Result<()> {
    const OPEN: &str = "c.state IN ('new', 'waits', 'approved', 'dismissed')";
    if left {
        transaction.execute(
            &format!(
                "INSERT INTO payments (order_id, credit, profile, state)
                 SELECT c.order_id, c.id, c.profile, 'settled'
                 FROM credits c JOIN payments p ON p.order_id = c.order_id AND p.credit = 0
                 WHERE c.id = ?1 AND c.refund <> ?2 AND {OPEN}
                 ON CONFLICT (order_id, credit) DO NOTHING"
            ),
            params![credit, CANCELLED],
        )?;
    } else {
        transaction.execute(
            &format!(
                "DELETE FROM payments WHERE credit = ?1 AND state = 'settled'
                    AND EXISTS (SELECT 1 FROM credits c WHERE c.id = ?1 AND {OPEN})"
            ),
            [credit],
        )?;
    }
    Ok(())
}

/// The owner looked at payments that could not be written: he books them himself, and what is paid back
/// of an invoice whose payment is his too. Tells the numbers of their invoices.
pub(super) fn leave_to_owner(
    transaction: &Transaction<'_>,
    order: OrderId,
) -> Result<Option<String>> {
    let left: Vec<(i64, String)> = transaction
        .prepare(
            "SELECT p.credit, coalesce(CASE p.credit WHEN 0 THEN o.booked_number ELSE c.booked_number END, '')
             FROM payments p JOIN orders o ON o.id = p.order_id LEFT JOIN credits c ON c.id = p.credit
             WHERE p.order_id = ?1 AND p.state = 'awaits' AND p.failed_at IS NOT NULL
             ORDER BY p.credit",
        )?
        .query_map([order], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if left.is_empty() {
        return Ok(None);
    }
    let all = left.iter().any(|(credit, _)| *credit == 0);
    transaction.execute(
        "UPDATE payments SET state = 'settled'
         WHERE order_id = ?1 AND state = 'awaits' AND (?2 OR failed_at IS NOT NULL)",
        params![order, all],
    )?;
    let numbers: Vec<String> = left.into_iter().map(|(_, number)| number).collect();
    Ok(Some(numbers.join(", ")))
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
    let refund: Option<String> = row.get(20)?;
    let content: Option<String> = row.get(21)?;
    let n: Option<u32> = row.get(23)?;
    Ok(PaymentAtWork {
        id: row.get(19)?,
        refund: refund.zip(n).map(|(id, n)| Refunded { id, n, content }),
        document_at: row.get::<_, Option<i64>>(22)?.map(moment),
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

//! What public registers said: the check of an order's VAT number, and rates of the euro.

use jiff::{SignedDuration, Timestamp, civil::Date};
use rusqlite::{Connection, OptionalExtension, params};
use rust_decimal::Decimal;

use super::{Journal, OrderId, State, millis, moment, orders::waiting};
use crate::{
    books::{OfferedRate, VatCheck, Verdict},
    failure::Result,
};

/// A check as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCheck {
    /// The answer.
    pub check: VatCheck,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Times in a row it could not be asked.
    pub tries: u32,
}

/// First wait before a register that could not be reached is asked again; it doubles each time.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(5);

/// Longest wait.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(6);

/// A number nobody held may be given out, or mended in the register.
const INVALID_FOR: SignedDuration = SignedDuration::from_hours(24);

impl KeptCheck {
    /// May it be asked anew? A valid one stands as it is: it is the evidence.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let wait = match self.check.verdict {
            Verdict::Valid => return false,
            Verdict::Invalid => INVALID_FOR,
            Verdict::Unreachable => {
                let times = 1_i32.checked_shl(self.tries.saturating_sub(1).min(10));
                (FIRST_WAIT * times.unwrap_or(1)).min(LONGEST_WAIT)
            }
        };
        self.asked_at + wait <= now
    }
}

impl Journal {
    /// The check of an order's VAT number.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn vat_check(&self, order: OrderId) -> Result<Option<KeptCheck>> {
        self.read(|connection| vat_check(connection, order))
    }

    /// Keeps an answer of the register in the place of the one before.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_vat_check(&self, order: OrderId, check: &VatCheck, now: Timestamp) -> Result<()> {
        self.change("vat-checked", |transaction| {
            transaction
                .prepare_cached(
                    "INSERT INTO vat_checks
                        (order_id, number, verdict, day, name, consultation, asked_at, tries)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT (order_id) DO UPDATE SET number = excluded.number,
                        verdict = excluded.verdict, day = excluded.day, name = excluded.name,
                        consultation = excluded.consultation, asked_at = excluded.asked_at,
                        tries = CASE WHEN excluded.tries = 0 THEN 0 ELSE tries + 1 END",
                )?
                .execute(params![
                    order,
                    check.number,
                    check.verdict.name(),
                    check.day.to_string(),
                    check.name,
                    check.consultation,
                    millis(now),
                    i64::from(check.verdict == Verdict::Unreachable),
                ])?;
            Ok(())
        })
    }

    /// The rate published for that day, where it was asked before.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn euro_rate(&self, currency: &str, day: Date) -> Result<Option<OfferedRate>> {
        let found: Option<(String, String)> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT rate, published FROM euro_rates WHERE currency = ?1 AND day = ?2",
                )?
                .query_row([currency, &day.to_string()], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()
        })?;
        Ok(found.and_then(|(rate, published)| {
            Some(OfferedRate {
                currency: currency.to_owned(),
                rate: rate.parse().ok()?,
                day: published.parse().ok()?,
            })
        }))
    }

    /// Keeps a rate published for that day.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_euro_rate(&self, offered: &OfferedRate, day: Date) -> Result<()> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO euro_rates (currency, day, rate, published)
                     VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    offered.currency,
                    day.to_string(),
                    offered.rate.to_string(),
                    offered.day.to_string(),
                ])?;
            Ok(())
        })
    }

    /// The rate a person entered for an order that is not in euro, or that he entered none: decided
    /// on with it from now on, until the shop changes the order.
    ///
    /// # Errors
    /// The order is being written or written: `Refused`, code `order-not-waiting`.
    pub fn choose_rate(&self, order: OrderId, rate: Option<Decimal>) -> Result<()> {
        self.change("rate-entered", |transaction| {
            waiting(transaction, order, State::Seen)?;
            transaction
                .prepare_cached("UPDATE orders SET exchange_rate = ?2 WHERE id = ?1")?
                .execute(params![order, rate.map(|rate| rate.to_string())])?;
            Ok(())
        })
    }
}

pub(super) fn vat_check(connection: &Connection, order: OrderId) -> Result<Option<KeptCheck>> {
    let row = connection
        .prepare_cached(
            "SELECT number, verdict, day, name, consultation, asked_at, tries FROM vat_checks
             WHERE order_id = ?1",
        )?
        .query_row([order], |row| {
            let (verdict, day): (String, String) = (row.get(1)?, row.get(2)?);
            let asked_at: i64 = row.get(5)?;
            let check = Verdict::named(&verdict).zip(day.parse().ok());
            let check = check.map(|(verdict, day)| {
                Ok::<_, rusqlite::Error>(VatCheck {
                    number: row.get(0)?,
                    verdict,
                    day,
                    name: row.get(3)?,
                    consultation: row.get(4)?,
                })
            });
            Ok((check.transpose()?, moment(asked_at), row.get(6)?))
        })
        .optional()?;
    Ok(row.and_then(|(check, asked_at, tries)| {
        Some(KeptCheck {
            check: check?,
            asked_at,
            tries,
        })
    }))
}

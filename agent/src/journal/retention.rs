//! What is forgotten: personal data after the owner's days or on request, logs after theirs. Ids,
//! hashes, amounts, references and decisions stay.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Transaction, params};

use super::{Journal, OrderId, State, millis, orders};
use crate::{
    failure::{Failure, Result},
    profile::settings::Retention,
    text,
};

impl Journal {
    /// Erases what is older than the owner's days. Orders still on their way keep their text, or
    /// they could not be written any more.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn erase_old(&self, profile: &str, days: &Retention, now: Timestamp) -> Result<u64> {
        let before = |days: u32| millis(now - SignedDuration::from_hours(24 * i64::from(days)));
        let (raw, logs) = (before(days.raw_days), before(days.log_days));
        self.change("erased", |transaction| {
            let found: Vec<OrderId> = transaction
                .prepare(
                    "SELECT id FROM orders WHERE profile = ?1 AND erased_at IS NULL
                        AND updated_at < ?2 AND state IN ('written', 'held', 'skipped')",
                )?
                .query_map(params![profile, raw], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for order in &found {
                erase(transaction, *order, now)?;
            }
            // Versions that were replaced long ago, of orders that are still alive.
            transaction.execute(
                "UPDATE order_versions SET raw = NULL WHERE raw IS NOT NULL AND seen_at < ?2
                    AND order_id IN (SELECT id FROM orders WHERE profile = ?1
                        AND version <> order_versions.id
                        AND planned_version IS NOT order_versions.id)",
                params![profile, raw],
            )?;
            transaction.execute(
                "DELETE FROM log WHERE profile = ?1 AND at < ?2",
                params![profile, logs],
            )?;
            transaction.execute(
                "DELETE FROM runs WHERE profile = ?1 AND started < ?2",
                params![profile, logs],
            )?;
            Ok(found.len() as u64)
        })
    }

    /// Erases one customer's personal data, by e-mail address or `id:` and the shop's customer
    /// id; how many orders were his. An order still on its way is asked of the shop anew when it
    /// is decided on.
    ///
    /// # Errors
    /// The journal cannot be written; an order of his is just being written: `Refused`, code
    /// `order-being-written`.
    pub fn forget(&self, profile: &str, customer: &str, now: Timestamp) -> Result<u64> {
        let (path, value) = match customer.strip_prefix("id:") {
            Some(id) => ("$.customer.id", id.trim().to_owned()),
            None => ("$.customer.email", customer.trim().to_lowercase()),
        };
        self.change("forgotten", |transaction| {
            let found: Vec<OrderId> = transaction
                .prepare(
                    "SELECT DISTINCT v.order_id FROM order_versions v
                     JOIN orders o ON o.id = v.order_id
                     WHERE o.profile = ?1 AND v.raw IS NOT NULL AND json_valid(v.raw)
                        AND lower(trim(json_extract(v.raw, ?2))) = ?3",
                )?
                .query_map(params![profile, path, value], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()?;
            for order in &found {
                if orders::state(transaction, *order)? == State::Writing {
                    return Err(being_written());
                }
                erase(transaction, *order, now)?;
            }
            Ok(found.len() as u64)
        })
    }
}

fn being_written() -> Failure {
    Failure::refused(
        "order-being-written",
        text!(
            "Een bestelling van deze klant wordt op dit moment geschreven.",
            "An order of this customer is just being written."
        ),
    )
    .hint(text!(
        "Probeer het na de volgende keer uitvoeren opnieuw.",
        "Try again after the next run."
    ))
}

fn erase(transaction: &Transaction<'_>, order: OrderId, now: Timestamp) -> Result<()> {
    transaction.execute(
        "UPDATE order_versions SET raw = NULL WHERE order_id = ?1",
        [order],
    )?;
    transaction.execute(
        "UPDATE orders SET plan = NULL, erased_at = ?2 WHERE id = ?1",
        params![order, millis(now)],
    )?;
    transaction.execute("UPDATE log SET data = NULL WHERE order_id = ?1", [order])?;
    Ok(())
}

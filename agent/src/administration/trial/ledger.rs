//! Booked invoices of these books, and what was paid on them.

use std::collections::BTreeMap;

use rusqlite::Connection;
use rust_decimal::Decimal;

use super::{
    Trial,
    rules::{self, What},
    seed,
    store::{self, Entry},
};
use crate::{
    books::{Booking, BookingDraft, Payment, PaymentDraft, Till},
    failure::Result,
};

impl Trial {
    /// The booking of that number.
    pub(super) fn booking_numbered(&self, number: &str) -> Result<Option<Booking>> {
        self.store.change(|connection| {
            let found: Option<Booking> = store::by_key(connection, number)?;
            let paid = paid(connection)?;
            Ok(found.map(|booking| with_open(booking, &paid)))
        })
    }

    /// Every booking, by number.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn bookings(&self) -> Result<Vec<Booking>> {
        self.store.change(|connection| {
            let paid = paid(connection)?;
            let all = store::all::<Booking>(connection)?.into_iter();
            Ok(all.map(|(booking, _)| with_open(booking, &paid)).collect())
        })
    }

    /// Every payment, each with what it came in by.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn payments(&self) -> Result<Vec<(Till, Payment)>> {
        self.store.change(|connection| {
            let entries = store::all::<Entry>(connection)?.into_iter();
            Ok(entries
                .map(|(entry, _)| (entry.till, entry.payment))
                .collect())
        })
    }

    /// Is it the account VAT of another country goes on?
    #[must_use]
    pub fn is_foreign_vat(ledger: &str) -> bool {
        seed::is_foreign_vat(ledger)
    }

    pub(super) fn book(&self, relation: &str, draft: &BookingDraft) -> Result<Booking> {
        let now = self.clock.now();
        self.store.change(|connection| {
            let relation = rules::booking(connection, relation, draft)?;
            let booking = Booking {
                id: seed::id(),
                number: draft.number.clone(),
                relation: relation.id,
                amount: draft.amount,
                open: Some(draft.amount),
                date: Some(draft.date),
                vat: draft.vat.clone(),
                lines: draft.lines.clone(),
            };
            store::put(connection, &booking, now)?;
            Ok(booking)
        })
    }

    pub(super) fn payments_described(&self, till: Till, text: &str) -> Result<Vec<Payment>> {
        let payments = self.payments()?.into_iter();
        Ok(payments
            .filter(|(by, payment)| *by == till && payment.description.trim() == text.trim())
            .map(|(_, payment)| payment)
            .collect())
    }

    pub(super) fn pay(&self, draft: &PaymentDraft) -> Result<Payment> {
        let now = self.clock.now();
        self.store.change(|connection| {
            rules::payment(draft)?;
            if store::get::<Booking>(connection, &draft.booking)?.is_none() {
                return Err(rules::refusal(What::Payment, "BOE-0001"));
            }
            let payment = Payment {
                id: seed::id(),
                description: draft.description.clone(),
                date: Some(draft.date),
                daybook: draft.daybook.clone(),
                bookings: vec![draft.booking.clone()],
                amount: draft.amount,
            };
            let entry = Entry {
                till: draft.till,
                payment: payment.clone(),
            };
            store::put(connection, &entry, now)?;
            Ok(payment)
        })
    }
}

/// What was paid, per booking.
fn paid(connection: &Connection) -> Result<BTreeMap<String, Decimal>> {
    let mut paid: BTreeMap<String, Decimal> = BTreeMap::new();
    for (entry, _) in store::all::<Entry>(connection)? {
        for booking in entry.payment.bookings {
            *paid.entry(booking).or_default() += entry.payment.amount;
        }
    }
    Ok(paid)
}

/// With what is still to be paid of it.
fn with_open(mut booking: Booking, paid: &BTreeMap<String, Decimal>) -> Booking {
    let paid = paid.get(&booking.id).copied().unwrap_or_default();
    booking.open = Some(booking.amount - paid);
    booking
}

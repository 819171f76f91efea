//! What comes after an order was written: credits for what was given back, what is done about orders
//! that were cancelled, and payments of booked invoices. Nothing is changed in the books without the
//! owner's yes, except what his settings say: payments are booked unasked where a payment method has a
//! daybook.

mod agreed;
mod cancelled;
mod changed;
mod compared;
mod money;
mod payment;
mod prepare;
mod write;

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use winkelbrug_protocol::record::Refund;

use super::{books::Books, decide::Decider, place::Place};
use crate::{
    failure::{Class, Failure, Result},
    journal::{
        OrderId,
        cancellations::Cancellation,
        credits::{CANCELLED, Credit, CreditState},
        cursors::name,
        report::{AfterCounts, Afterwards, Does},
    },
    text,
    text::Text,
    translate::{Change, Plan, settings_digest},
};

/// How often what waits is looked at in the books again.
const LOOKED_AGAIN: SignedDuration = SignedDuration::from_hours(24);

fn nothing(refund: &Refund) -> Text {
    let id = &refund.id;
    text!(
        "Terugbetaling {id} is van 0,00; er is niets te crediteren.",
        "Refund {id} is of 0.00; there is nothing to credit."
    )
}

/// Is there anything to prepare, to write or to do about orders in the books? What waits for the
/// owner, or only has to be looked at in the books now and then, counts once a day, and after the
/// settings were changed.
///
/// # Errors
/// The journal cannot be read.
pub fn anything(place: &Place<'_>) -> Result<bool> {
    let (journal, profile) = (place.journal, place.profile());
    let due = [
        CreditState::New,
        CreditState::Approved,
        CreditState::Writing,
    ];
    let cancelled = journal.cancellations(profile)?;
    let urgent = |state: &Cancellation| matches!(state, Cancellation::Found | Cancellation::Delete);
    if !journal.credits_in(profile, &due)?.is_empty()
        || cancelled.iter().any(|(_, state)| urgent(state))
        || !journal.unsearched_for_refunds(profile)?.is_empty()
    {
        return Ok(true);
    }
    if payment::any_due(place)? {
        return Ok(true);
    }
    let waits = !cancelled.is_empty()
        || !journal
            .credits_in(profile, &[CreditState::Waits])?
            .is_empty();
    Ok(waits && is_time(place)?)
}

fn is_time(place: &Place<'_>) -> Result<bool> {
    let (journal, profile) = (place.journal, place.profile());
    let last = journal.moment(profile, name::AFTER)?;
    let settings = journal.cursor(profile, name::AFTER_SETTINGS)?;
    Ok(
        last.is_none_or(|last| place.now().duration_since(last).abs() >= LOOKED_AGAIN)
            || settings.as_deref() != Some(settings_digest(place.settings).as_str()),
    )
}

/// Works on orders that are in the books.
pub struct After<'a> {
    /// The profile.
    pub place: Place<'a>,
    /// The shop and its names.
    pub decider: &'a Decider<'a>,
    /// The books.
    pub books: &'a Books<'a>,
    /// Nothing is written into them: what would be is told.
    pub dry_run: bool,
    /// What was done.
    pub done: Mutex<Done>,
}

/// What was done, and in a trial run what would be.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// In numbers.
    pub counts: AfterCounts,
    /// Payments that were booked; in a trial run those that would be.
    pub paid: u64,
    /// In a trial run, order by order.
    pub afterwards: Vec<Afterwards>,
}

impl After<'_> {
    /// Counts what was done.
    fn count(&self, add: impl FnOnce(&mut AfterCounts)) {
        add(&mut self.told().counts);
    }

    /// In a trial run: what a run would do about that order.
    fn would(&self, order: OrderId, does: Does, text: &Text, plan: Option<&Plan>) -> Result<()> {
        if self.dry_run {
            let number = self.place.journal.order_at_work(order)?.number;
            self.told().afterwards.push(Afterwards {
                number,
                does,
                text: text.clone(),
                plan: plan.cloned(),
            });
        }
        Ok(())
    }

    fn told(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All of it; tells whether something waits.
    ///
    /// # Errors
    /// What should end the run.
    pub async fn all(&self) -> Result<bool> {
        self.find()?;
        let journal = self.place.journal;
        let profile = self.place.profile();
        let mut waits = false;
        for (order, state) in journal.cancellations(profile)? {
            self.place.go_on()?;
            let done = self.cancelled(order, state).await;
            waits |= self.passing(order, done)?;
        }
        let open = [CreditState::New, CreditState::Waits];
        let mut credits = journal.credits_in(profile, &open)?;
        // What is left of a cancelled order is known once its other credits are.
        credits.sort_by_key(|credit| credit.refund == CANCELLED);
        for credit in credits {
            if credit.attempted && credit.state == CreditState::Waits {
                waits = true;
                continue;
            }
            self.place.go_on()?;
            let prepared = self.prepare(&credit).await;
            waits |= self.passing(credit.order, prepared)?;
        }
        let due = [CreditState::Approved, CreditState::Writing];
        for credit in journal.credits_in(profile, &due)? {
            self.place.go_on()?;
            let written = self.write(credit.id).await;
            waits |= self.passing(credit.order, written)?;
        }
        waits |= self.payments().await?;
        let digest = settings_digest(self.place.settings);
        journal.keep_cursor(profile, name::AFTER_SETTINGS, &digest)?;
        journal.keep_moment(profile, name::AFTER, self.place.now())?;
        Ok(waits)
    }

    /// Finds refunds in the newest versions of written orders and keeps each once.
    fn find(&self) -> Result<()> {
        let journal = self.place.journal;
        for (order, written, newest) in journal.unsearched_for_refunds(self.place.profile())? {
            let shop_id = journal.order_at_work(order)?.shop_id;
            let read = |version| self.decider.kept(&shop_id, version);
            let then = read(written)?
                .map(|order| order.refunds)
                .unwrap_or_default();
            let now = read(newest)?;
            if let Some(now) = &now {
                changed::compare(&self.place, order, now)?;
            }
            let mut refunds = Vec::new();
            for refund in now.map(|order| order.refunds).unwrap_or_default() {
                if refund.total.is_zero() {
                    self.place.note(order, "credit", &nothing(&refund), None)?;
                    continue;
                }
                let with_it = then.iter().any(|one| one.id == refund.id);
                refunds.push((refund.id, with_it));
            }
            journal.keep_refunds(order, newest, &refunds, self.place.now())?;
        }
        Ok(())
    }

    /// A failure that passes keeps nobody else waiting.
    fn passing(&self, order: OrderId, done: Result<bool>) -> Result<bool> {
        match done {
            Err(failure) if failure.class == Class::Transient && !failure.connection => {
                if failure.code == super::place::STOPPED || failure.retry_after.is_some() {
                    return Err(failure);
                }
                self.place.note(order, "failed", &failure.text, None)?;
                Ok(true)
            }
            other => other,
        }
    }

    /// One visible item an order and matter, told anew only when it says something else.
    fn tell(&self, order: OrderId, code: &str, text: &Text) -> Result<()> {
        let (journal, now) = (self.place.journal, self.place.now());
        let known = journal
            .attention(self.place.profile())?
            .into_iter()
            .any(|item| item.order == order && item.code == code && item.text == *text);
        if known {
            return Ok(());
        }
        self.place.note(order, "attention", text, None)?;
        let change = Change {
            code: code.to_owned(),
            text: text.clone(),
        };
        journal.need_attention(order, &change, now)
    }

    fn settled(&self, order: OrderId, code: &str, why: &str) -> Result<()> {
        let journal = self.place.journal;
        journal.settle_item(order, code, why, self.place.now())
    }
}

/// The item of a credit.
fn item_of(credit: &Credit) -> String {
    format!("refund-{}", credit.n)
}

/// Books refuse, or we sent what we should not have: a person must look.
fn is_refusal(failure: &Failure) -> bool {
    matches!(failure.class, Class::Refused | Class::Bug)
}

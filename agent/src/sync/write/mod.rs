//! Writing one planned order into the books, step by step: relation, articles, order, look back.
//! Each foreign write has an intent committed before it and its outcome committed at once after
//! it; what an earlier run left without an outcome is searched for first.

mod article;
mod booking;
pub(super) mod intent;
pub(super) mod look_back;
mod order;
mod relation;
mod search;

use std::sync::{Mutex, PoisonError};

use super::{
    books::Books,
    decide::{Decider, Looked, unless_left_out},
    place::Place,
    report::{Created, ReportedFailure},
};
use crate::{
    books::BookingDraft,
    failure::{Class, Failure, Result},
    journal::{OrderId, State, at_work::OrderAtWork, intents::Intent},
    text,
    text::Text,
    translate::{Plan, Reason},
};

/// How often an order is decided again because books or settings moved under it, in one run.
const ROUNDS: usize = 8;
/// So many writes that were lost make an order, its credit or its payment wait for a person.
pub(super) const LOST_AT_MOST: u32 = 3;

/// Writes orders.
pub struct Writer<'a> {
    /// The profile.
    pub place: Place<'a>,
    /// Makes plans again where needed.
    pub decider: &'a Decider<'a>,
    /// The books.
    pub books: &'a Books<'a>,
    /// Another installation works with the same shop and may write the same orders.
    pub beside_another: bool,
    /// What came into the books.
    pub created: Mutex<Created>,
}

/// How far an order came.
#[derive(Debug)]
pub enum Ended {
    /// In a state that stays, which the journal tells.
    Settled,
    /// It keeps its place: something must be waited for.
    Waits(Text),
    /// A write may or may not have taken effect, and a search did not find it yet.
    Unknown(Failure),
}

/// How far a step came.
pub(super) enum Step<T> {
    /// Done.
    Done(T),
    /// Books or settings moved: decide again.
    Again,
    /// The order goes no further in this run.
    Ended(Ended),
}

impl Writer<'_> {
    /// Writes an order, or finishes one whose writing was interrupted.
    ///
    /// # Errors
    /// What should end the run, or keep the order's place: everything but `Refused`.
    pub async fn write(&self, order: OrderId) -> Result<Ended> {
        for _ in 0..ROUNDS {
            self.place.go_on()?;
            if let Some(intent) = self.place.journal.open_intent(order)?
                && let Step::Ended(ended) = self.settle(&intent).await?
            {
                return Ok(ended);
            }
            let work = self.place.journal.order_at_work(order)?;
            if work.left_out {
                return Ok(Ended::Settled);
            }
            if let Some(booked) = work.booked.clone() {
                if let Some((plan, draft)) = booking_of(&work) {
                    return self.finish_booking(&work, plan, draft, &booked).await;
                }
                return self.look_back(&work, &booked, None).await;
            }
            match self.round(&work).await? {
                Step::Done(_) => return Ok(Ended::Settled),
                Step::Ended(ended) => return Ok(ended),
                Step::Again => {}
            }
        }
        Ok(Ended::Waits(text!(
            "De administratie veranderde telkens terwijl de bestelling geschreven werd.",
            "The books kept changing while the order was being written."
        )))
    }

    async fn round(&self, work: &OrderAtWork) -> Result<Step<State>> {
        let Some((plan, looked)) = self.decider.plan(work.id).await? else {
            let now = self.place.journal.order_at_work(work.id)?;
            return Ok(Step::Done(now.state));
        };
        // Prices may have been asked for meanwhile, and the owner may have decided.
        if self.place.journal.order_at_work(work.id)?.left_out {
            return Ok(Step::Done(State::Skipped));
        }
        self.steps(work, plan, &looked).await
    }

    async fn steps(&self, work: &OrderAtWork, plan: Plan, looked: &Looked) -> Result<Step<State>> {
        if let Some(lacks) = self.books.lacks_field(&plan).await? {
            return self.refused(work, lacks).await.map(Step::Ended);
        }
        let relation = match self.relation(work, &plan, looked).await? {
            Step::Done(relation) => relation,
            Step::Again => return Ok(Step::Again),
            Step::Ended(ended) => return Ok(Step::Ended(ended)),
        };
        if let Some(draft) = plan.booking.clone() {
            // The plan in the journal is what an interrupted write is finished by.
            let journal = self.place.journal;
            journal.plan_order_again(work.id, &plan)?;
            return self.booking(work, &plan, &draft, looked, &relation).await;
        }
        let articles = match self.articles(work, &plan, looked).await? {
            Step::Done(articles) => articles,
            Step::Again => return Ok(Step::Again),
            Step::Ended(ended) => return Ok(Step::Ended(ended)),
        };
        self.order(work, plan, looked, &relation, &articles).await
    }

    fn count(&self, add: impl FnOnce(&mut Created)) {
        add(&mut self.created.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn log_write<T>(&self, what: &str, order: &str, key: &str, ended: &Result<T>) {
        log_write(&self.place, what, order, key, ended);
    }

    /// The books refuse this record: a person must look; the others go on. A record that we should
    /// not have sent waits too, but ends the run.
    async fn refused(&self, work: &OrderAtWork, failure: Failure) -> Result<Ended> {
        let reason = Reason::new(
            failure.code.clone(),
            failure.text.clone(),
            failure.hint.clone(),
        );
        self.hold(work.id, &reason).await?;
        if failure.class == Class::Refused {
            Ok(Ended::Settled)
        } else {
            Err(failure)
        }
    }

    /// Holds an order on what the books hold now: what we wrote ourselves on its way is no reason
    /// to decide on it again.
    async fn hold(&self, order: OrderId, reason: &Reason) -> Result<()> {
        let work = self.place.journal.order_at_work(order)?;
        let basis = self.decider.look(&work).await?.map(|looked| looked.basis);
        let journal = self.place.journal;
        let held = journal.hold_order(order, reason, basis.as_ref(), None);
        if unless_left_out(held)?.is_none() {
            return Ok(());
        }
        self.place
            .order_became(order, &work.number, State::Held, Some(&reason.text))
    }

    /// What a failed write of unknown outcome comes to: searched for at once, since it is mostly
    /// there or will be soon.
    async fn after_unknown(&self, intent: &Intent, failure: Failure) -> Result<Step<()>> {
        tracing::warn!(order = intent.order.0, %failure, "a write has an unknown outcome");
        let text = failure.text.clone();
        self.place.note(intent.order, "failed", &text, None)?;
        match self.settle(intent).await? {
            Step::Ended(Ended::Waits(_)) => Ok(Step::Ended(Ended::Unknown(failure))),
            other => Ok(other),
        }
    }

    /// Nothing was written and nothing is wrong with the order: it keeps its place.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_place(&self, order: OrderId, failure: &Failure) -> Result<()> {
        if self.place.journal.open_intent(order)?.is_some() {
            return Ok(());
        }
        self.place
            .journal
            .keep_place(order, &ReportedFailure::from(failure))
    }
}

/// A foreign write for the log: what, for which order, under which code, and how it ended.
pub(super) fn log_write<T>(
    place: &Place<'_>,
    what: &str,
    order: &str,
    key: &str,
    ended: &Result<T>,
) {
    let profile = place.profile();
    match ended {
        Ok(_) => tracing::info!(profile, order, what, key, "written"),
        Err(failure) => {
            let (code, class) = (&failure.code, failure.class);
            tracing::warn!(profile, order, what, key, code, ?class, "not written");
        }
    }
}

/// The plan of an order that is written as a booked invoice.
fn booking_of(work: &OrderAtWork) -> Option<(&Plan, &BookingDraft)> {
    let plan = work.plan.as_ref()?;
    Some((plan, plan.booking.as_ref()?))
}

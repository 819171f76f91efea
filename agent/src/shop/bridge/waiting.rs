//! The question that is on its way: what is awaited, since when, and what is said when nothing came.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use winkelbrug_protocol::operation::Operation;

use crate::{failure::Failure, shop::Awaited, text, text::Text};

/// Code of a shop that does not answer in time.
pub(super) const TIMEOUT: &str = "shop-timeout";

/// The question now without an answer, if any. One wire asks one question at a time.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    asked: u64,
    now: Option<(Text, Instant)>,
}

/// Ends the waiting when it is dropped, however the question ended.
pub(super) struct Until<'a>(&'a Waiting);

impl Drop for Until<'_> {
    fn drop(&mut self) {
        self.0.state().now = None;
    }
}

impl Waiting {
    /// A question goes out.
    pub(super) fn begin(&self, operation: &Operation) -> Until<'_> {
        let mut state = self.state();
        state.asked += 1;
        state.now = Some((called(operation), Instant::now()));
        Until(self)
    }

    /// What is awaited now.
    pub(super) fn now(&self) -> Option<Awaited> {
        let state = self.state();
        let (what, since) = state.now.as_ref()?;
        Some(Awaited {
            what: what.clone(),
            since: since.elapsed(),
            number: state.asked,
        })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A shop that took the question and gave no answer says what it was asked for. Whatever else went
/// wrong stays as it is.
pub(super) fn named(mut failure: Failure, operation: &Operation) -> Failure {
    if failure.code != TIMEOUT {
        return failure;
    }
    let what = called(operation);
    let (nl, en) = (&what.nl, &what.en);
    let (was_nl, was_en) = (&failure.text.nl, &failure.text.en);
    failure.text = text!(
        "{was_nl}: gevraagd werd naar {nl}",
        "{was_en}: it was asked for {en}"
    );
    failure.hint(text!(
        "Er is niets verloren: de volgende keer gaat het verder waar het was. Blijft dit zo, vraag uw webhoster dan of de database van de winkel op iets wacht (een vergrendelde tabel, een back-up) of te druk is",
        "Nothing is lost: the next run goes on where this one was. If it stays so, ask your web host whether the shop's database waits for something (a locked table, a backup) or is too busy"
    ))
}

/// What a question is after, in the owner's words.
fn called(operation: &Operation) -> Text {
    match operation.name() {
        "hello" => text!("wie daar is", "who is there"),
        "lookups" => text!(
            "de namen van statussen, btw en betaalwijzen",
            "the names of statuses, VAT and payment methods"
        ),
        "orders" | "order" => text!("de bestellingen", "the orders"),
        "totals" => text!("de aantallen per dag", "the counts per day"),
        "customers" => text!("de klanten", "the customers"),
        "products" => text!("de producten", "the products"),
        "stock_read" | "stock_set" => text!("de voorraad", "the stock"),
        other => Text::same(other),
    }
}

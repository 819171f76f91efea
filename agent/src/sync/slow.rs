//! A shop that keeps us waiting is said to be slow while it does, so that nobody wonders whether the
//! program hangs. How long it may take at most is the shop side's own.

use std::{convert::Infallible, time::Duration};

use super::place::Place;
use crate::{shop::Shop, text};

/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After so long it is told.
const SLOW: Duration = Duration::from_secs(8);
/// And again each time so much longer.
const AGAIN: Duration = Duration::from_secs(20);

/// Tells of each question that is long without an answer, for as long as the run lasts.
pub(super) async fn tell(place: Place<'_>, shop: &dyn Shop) -> Infallible {
    let (mut question, mut next) = (0, SLOW);
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Some(awaited) = shop.awaits() else {
            continue;
        };
        if awaited.number != question {
            (question, next) = (awaited.number, SLOW);
        }
        if awaited.since < next {
            continue;
        }
        next = awaited.since + AGAIN;
        let seconds = awaited.since.as_secs();
        let (nl, en) = (&awaited.what.nl, &awaited.what.en);
        tracing::info!(profile = place.profile(), seconds, awaited = %en, "the shop is slow");
        place.tell(text!(
            "De winkel antwoordt traag: al {seconds} seconden gewacht op {nl}.",
            "The shop is slow to answer: {seconds} seconds so far, asked for {en}."
        ));
    }
}

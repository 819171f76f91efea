//! Starting a run: both sides opened; a trial run on a journal of its own that ends with it.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    Event, Observer, RunReport, Task,
    place::Place,
    run::{Run, Sides},
    slow,
};
use crate::{
    administration,
    failure::{Failure, Result},
    shop,
};

/// How long the foreign call that is going on when the run is asked to stop may still take.
const LAST_CALL: Duration = Duration::from_secs(5);

/// How a task is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunOptions {
    /// Show what would be written; write nothing and leave nothing behind.
    pub dry_run: bool,
}

/// Runs a task of a profile now. A failure is part of the report. The caller holds the profile's
/// lock.
pub async fn run(place: &Place<'_>, task: Task, options: RunOptions) -> RunReport {
    let started = place.now();
    let report = if options.dry_run {
        trial(place, task).await
    } else {
        real(place, task).await
    };
    let report =
        report.unwrap_or_else(|failure| failed(place, task, started, place.now(), &failure));
    if !options.dry_run
        && let Err(failure) = place.journal.keep_run(&report)
    {
        tracing::error!(%failure, "the report of a run is not kept");
    }
    report
}

async fn real(place: &Place<'_>, task: Task) -> Result<RunReport> {
    let shop = shop::open(&place.side())?;
    let books = open_books(place)?;
    let sides = Sides {
        shop: shop.as_ref(),
        administration: books.as_ref(),
    };
    Ok(with_sides(*place, &sides, task, RunOptions::default()).await)
}

async fn trial(place: &Place<'_>, task: Task) -> Result<RunReport> {
    let copy = place.journal.throw_away_copy()?;
    let observer = ProgressOnly(place.observer);
    // Calls made now count for the hour of the real journal.
    let books = open_books(place)?;
    let place = Place {
        journal: &copy,
        observer: &observer,
        ..*place
    };
    let shop = shop::open(&place.side())?;
    let sides = Sides {
        shop: shop.as_ref(),
        administration: books.as_ref(),
    };
    Ok(with_sides(place, &sides, task, RunOptions { dry_run: true }).await)
}

fn open_books(place: &Place<'_>) -> Result<std::sync::Arc<dyn administration::Administration>> {
    administration::open(
        place.settings,
        place.secrets,
        place.journal,
        place.data.path(),
        place.clock.clone(),
        place.stop,
    )
}

/// Runs a task between a shop and books that are open already. In a trial run `place` has a
/// journal of its own ([`crate::journal::Journal::throw_away_copy`]).
pub async fn with_sides(
    place: Place<'_>,
    sides: &Sides<'_>,
    task: Task,
    options: RunOptions,
) -> RunReport {
    let run = Run::new(place, sides, task, options.dry_run);
    tokio::select! {
        report = run.whole() => report,
        () = out_of_patience(place) => run.cut_off(),
        never = slow::tell(place, sides.shop) => match never {},
    }
}

/// Some time after the wish to stop. A foreign call that is still going on then is left: what it
/// was writing has its intent in the journal and is searched for in the next run.
async fn out_of_patience(place: Place<'_>) {
    place.stop.asked().await;
    tokio::time::sleep(LAST_CALL).await;
}

/// In a trial run nothing happens to orders, whatever the copy of the journal goes through; that the
/// shop is slow is told all the same.
struct ProgressOnly<'a>(&'a dyn Observer);

impl Observer for ProgressOnly<'_> {
    fn tell(&self, event: Event) {
        if matches!(event, Event::Progress { .. } | Event::Note { .. }) {
            self.0.tell(event);
        }
    }
}

fn failed(
    place: &Place<'_>,
    task: Task,
    started: Timestamp,
    ended: Timestamp,
    failure: &Failure,
) -> RunReport {
    RunReport {
        ended,
        ..RunReport::failed(place.profile(), task, started, failure)
    }
}

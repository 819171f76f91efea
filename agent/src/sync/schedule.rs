//! When a task runs next: pure, from its rhythm, the clock and the owner's time zone. The program
//! looks at the wall clock at least every [`LONGEST_WAIT`], so that sleep, a clock that is set and
//! the change to summer time all come down to "what is due now".

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::Task;
use crate::{
    journal::schedule::Kept,
    profile::{Pace, settings::Form},
};

/// The longest the agent sleeps without looking at the wall clock: a PC that wakes up or a clock
/// that is set is noticed within this time.
pub const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What a profile without `[planning]` runs: with booked invoices the books' stock does not fall, so
/// only the orders go.
#[must_use]
pub const fn by_default(form: Form) -> (Task, Pace) {
    let task = match form {
        Form::Order => Task::ImportOrdersExportStock,
        Form::Booking => Task::ImportOrders,
    };
    (task, Pace::Every(SignedDuration::from_mins(15)))
}

/// A task of a profile and its next run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Task.
    pub task: Task,
    /// Rhythm.
    pub pace: Pace,
    /// Next run.
    pub next: Timestamp,
    /// The owner chose that moment himself.
    pub edited: bool,
}

/// A rhythm as one line of text: two rhythms are the same when their lines are.
#[must_use]
pub fn written(pace: &Pace) -> String {
    match pace {
        Pace::Every(length) => format!("every {length:#}"),
        Pace::At(times) => {
            let times: Vec<String> = times
                .iter()
                .map(|time| time.strftime("%H:%M").to_string())
                .collect();
            format!("at {}", times.join(" "))
        }
    }
}

impl Slot {
    /// The slot as the clock and the settings now make it. A moment the owner chose stands. Any
    /// other may not lie further ahead than the rhythm allows (a clock that was set back), and a
    /// changed rhythm counts at once. A task that never ran starts now when it runs by interval,
    /// at its clock time otherwise.
    #[must_use]
    pub fn settle(
        task: Task,
        pace: Pace,
        kept: Option<&Kept>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Self {
        let first = first(&pace, now, zone);
        let (next, edited) = match kept {
            Some(kept) if kept.edited => (kept.next, true),
            Some(kept) if kept.pace == written(&pace) => (kept.next.min(first), false),
            Some(_) => (first, false),
            None => match pace {
                Pace::Every(_) => (now, false),
                Pace::At(_) => (first, false),
            },
        };
        Self {
            task,
            pace,
            next,
            edited,
        }
    }

    /// Should it run now?
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.next <= now
    }

    /// The same slot after it was started at `now`. However many runs were missed, this one was
    /// for all of them.
    #[must_use]
    pub fn after_start(mut self, now: Timestamp, zone: &TimeZone) -> Self {
        self.next = match &self.pace {
            Pace::Every(length) if !self.edited => on_the_grid(self.next, *length, now),
            _ => first(&self.pace, now, zone),
        };
        self.edited = false;
        self
    }

    /// To be kept.
    #[must_use]
    pub fn kept(&self) -> Kept {
        Kept {
            pace: written(&self.pace),
            next: self.next,
            edited: self.edited,
        }
    }
}

/// How long to wait before looking at the clock again.
#[must_use]
pub fn wait(next: impl Iterator<Item = Timestamp>, now: Timestamp) -> Duration {
    next.min()
        .map(|next| Duration::try_from(next.duration_since(now)).unwrap_or_default())
        .map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT))
}

/// The first moment after `now` at which the rhythm runs.
fn first(pace: &Pace, now: Timestamp, zone: &TimeZone) -> Timestamp {
    match pace {
        Pace::Every(length) => now.saturating_add(*length).unwrap_or(Timestamp::MAX),
        Pace::At(times) => {
            let today = now.to_zoned(zone.clone()).date();
            // Further than tomorrow, because some zones have once left out a whole day.
            (0..=3)
                .filter_map(|days| {
                    today
                        .checked_add(SignedDuration::from_hours(24 * days))
                        .ok()
                })
                .flat_map(|day| times.iter().map(move |time| day.to_datetime(*time)))
                // A time that the change to summer time leaves out runs when it would have been;
                // one that occurs twice runs the first time.
                .filter_map(|local| zone.to_ambiguous_timestamp(local).compatible().ok())
                .filter(|moment| *moment > now)
                .min()
                .unwrap_or(Timestamp::MAX)
        }
    }
}

/// The first `due + n × length` after `now`: runs keep their minute, late or not.
fn on_the_grid(due: Timestamp, length: SignedDuration, now: Timestamp) -> Timestamp {
    let late = now.duration_since(due).as_millis().max(0);
    let step = length.as_millis().max(1);
    let ahead = (late / step + 1) * step;
    i64::try_from(ahead)
        .ok()
        .and_then(|ahead| due.checked_add(SignedDuration::from_millis(ahead)).ok())
        .unwrap_or(Timestamp::MAX)
}

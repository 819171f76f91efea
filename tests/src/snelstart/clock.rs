//! The simulator's own clock: another clock (the machine's unless told otherwise) plus what a test
//! moved it by. Tokens, limits, stamps, late visibility and late effects all go by it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use winkelbrug::clock::SharedClock;

/// A clock that tests move forward.
#[derive(Clone)]
pub struct MovableClock {
    base: SharedClock,
    ahead_ms: Arc<AtomicI64>,
}

impl MovableClock {
    /// A clock on top of that one.
    #[must_use]
    pub fn new(base: SharedClock) -> Self {
        MovableClock {
            base,
            ahead_ms: Arc::default(),
        }
    }

    /// Now, by this clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_millis(self.ahead_ms.load(Ordering::SeqCst));
        self.base
            .now()
            .saturating_add(ahead)
            .unwrap_or(Timestamp::MAX)
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 4);
        self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Moves it so that it shows that moment now; may go back.
    pub fn set(&self, to: Timestamp) {
        let ms = to.duration_since(self.base.now()).as_millis();
        self.ahead_ms
            .store(i64::try_from(ms).unwrap_or(0), Ordering::SeqCst);
    }
}

/// In which zone `modifiedOn` is written; SnelStart B2B v2 does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StampZone {
    /// UTC.
    #[default]
    Utc,
    /// The time in Amsterdam.
    Amsterdam,
}

impl StampZone {
    /// That moment as a text without zone, its fraction only as long as it has digits
    /// (SnelStart B2B v2: `2018-08-07T06:24:48.12`).
    #[must_use]
    pub fn stamp(self, at: Timestamp) -> String {
        let zone = match self {
            StampZone::Utc => TimeZone::UTC,
            StampZone::Amsterdam => TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC),
        };
        moment_text(zone.to_datetime(at))
    }
}

/// A date and time as the wire writes it.
#[must_use]
pub fn moment_text(at: civil::DateTime) -> String {
    let seconds = at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    let thousandths = at.subsec_nanosecond() / 1_000_000;
    if thousandths == 0 {
        return seconds;
    }
    let fraction = format!("{thousandths:03}");
    format!("{seconds}.{}", fraction.trim_end_matches('0'))
}

/// Reads a date, or date and time, in the forms clients of the API use. A zone is dropped.
#[must_use]
pub fn read_moment(text: &str) -> Option<civil::DateTime> {
    let text = text.trim();
    let local = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let local = match local.get(19..).and_then(|rest| rest.find(['+', '-'])) {
        Some(at) => local.get(..19 + at)?,
        None => local,
    };
    if let Ok(at) = local.replace(' ', "T").parse::<civil::DateTime>() {
        return Some(at);
    }
    local
        .parse::<civil::Date>()
        .ok()
        .map(|day| day.at(0, 0, 0, 0))
}

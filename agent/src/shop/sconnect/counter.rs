//! The request counter. A shop accepts a counter only when it is greater than the last one it saw,
//! so it never falls back: it is committed to the journal before it is sent, and it is never below
//! the clock's milliseconds, so that a lost journal or a restored copy goes on above what was sent.

use crate::{
    clock::SharedClock,
    failure::Result,
    journal::{Journal, cursors::name},
};

/// How far it is set ahead when a shop refuses: more than any clock that was set back by a quarter
/// of an hour, or any trial run on a copy of the journal, could have used.
const LEAP: i64 = 1_000_000;

/// 100-nanosecond ticks between year 1 and 1970, and in a millisecond: a program that counted so
/// before us left a figure that milliseconds never reach.
const TICKS_BEFORE_1970: i64 = 621_355_968_000_000_000;
const TICKS_PER_MILLISECOND: i64 = 10_000;

/// The counter of one shop.
#[derive(Clone)]
pub struct Counter {
    journal: Journal,
    profile: String,
    clock: SharedClock,
}

impl Counter {
    /// The counter of a profile's shop.
    #[must_use]
    pub fn new(journal: Journal, profile: &str, clock: SharedClock) -> Self {
        Self {
            journal,
            profile: profile.to_owned(),
            clock,
        }
    }

    /// The next one, committed.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn next(&self) -> Result<i64> {
        self.at_least(self.milliseconds())
    }

    /// One well ahead of all before, committed.
    ///
    /// # Errors
    /// As [`Counter::next`].
    pub fn leap(&self) -> Result<i64> {
        let ahead = self.last()?.max(self.milliseconds()).saturating_add(LEAP);
        self.at_least(ahead)
    }

    /// The last one taken, by whatever process; 0 before the first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn last(&self) -> Result<i64> {
        let kept = self.journal.cursor(&self.profile, name::SCONNECT_COUNTER)?;
        Ok(kept.and_then(|kept| kept.parse().ok()).unwrap_or(0))
    }

    /// One that is ahead of a program that counted in ticks; not committed, see [`Counter::keep`].
    #[must_use]
    pub fn ticks(&self) -> i64 {
        self.milliseconds()
            .saturating_mul(TICKS_PER_MILLISECOND)
            .saturating_add(TICKS_BEFORE_1970)
    }

    /// From here on, because the shop accepted it.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep(&self, accepted: i64) -> Result<()> {
        self.at_least(accepted).map(drop)
    }

    fn at_least(&self, least: i64) -> Result<i64> {
        self.journal
            .count_on(&self.profile, name::SCONNECT_COUNTER, least)
    }

    fn milliseconds(&self) -> i64 {
        self.clock.now().as_millisecond()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{Arc, Mutex};

    use async_trait::async_trait;
    use jiff::Timestamp;

    use super::*;
    use crate::clock::Clock;

    struct Still(Mutex<Timestamp>);

    #[async_trait]
    impl Clock for Still {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }

        async fn sleep(&self, _time: std::time::Duration) {}
    }

    fn at(second: i64) -> Arc<Still> {
        Arc::new(Still(Mutex::new(Timestamp::from_second(second).unwrap())))
    }

    #[test]
    fn counter_rises_while_the_clock_stands_still_or_is_set_back() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let clock = at(1_800_000_000);
        let counter = Counter::new(journal, "winkel", clock.clone());
        let first = counter.next().unwrap();
        assert_eq!(first, 1_800_000_000_000);
        assert_eq!(counter.next().unwrap(), first + 1);
        *clock.0.lock().unwrap() = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(counter.next().unwrap(), first + 2);
        assert_eq!(counter.leap().unwrap(), first + 2 + LEAP);
        assert_eq!(counter.last().unwrap(), first + 2 + LEAP);
    }

    #[test]
    fn counter_goes_on_above_a_lost_journal_and_a_restored_copy() {
        let folder = tempfile::tempdir().unwrap();
        let clock = at(1_800_000_000);
        let counter = |folder: &std::path::Path| {
            let journal = Journal::open(folder).unwrap();
            Counter::new(journal, "winkel", clock.clone())
        };
        let first = counter(folder.path());
        let old = first.next().unwrap();
        let copy = tempfile::tempdir().unwrap();
        let target = copy.path().join("journal.db");
        first
            .journal
            .with(|connection| connection.execute("VACUUM INTO ?1", [target.to_str().unwrap()]))
            .unwrap();
        let mut last = old;
        for _ in 0..500 {
            last = first.next().unwrap();
        }
        *clock.0.lock().unwrap() = Timestamp::from_second(1_800_000_001).unwrap();
        let lost = tempfile::tempdir().unwrap();
        assert!(counter(copy.path()).next().unwrap() > last, "restored copy");
        assert!(counter(lost.path()).next().unwrap() > last, "lost journal");
    }

    #[test]
    fn two_processes_never_take_the_same_counter() {
        let folder = tempfile::tempdir().unwrap();
        let taken: Vec<i64> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let journal = Journal::open(folder.path()).unwrap();
                        let counter = Counter::new(journal, "winkel", at(1_800_000_000));
                        (0..50).map(|_| counter.next().unwrap()).collect::<Vec<_>>()
                    })
                })
                .collect();
            threads
                .into_iter()
                .flat_map(|thread| thread.join().unwrap())
                .collect()
        });
        let mut unique = taken.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), taken.len());
    }
}

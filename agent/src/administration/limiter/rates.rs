//! The allowed figures, and the even pace that keeps to them without long pauses.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The hour is counted in so many slots; one more than an hour is kept, so that no call is
/// forgotten too early.
pub const SLOTS: i64 = 60;
/// A refusal after fewer calls in the minute than this teaches nothing about the minute.
pub const LEAST: u32 = 50;
/// No refusal teaches that an hour has fewer calls than this.
pub const LEAST_HOUR: u32 = 60;

/// Calls allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// In any minute.
    pub per_minute: u32,
    /// In any hour.
    pub per_hour: u32,
    /// At the same moment.
    pub concurrent: u32,
    /// How long that minute is; tests make it shorter. The hour is sixty of them.
    pub minute: SignedDuration,
}

impl Rates {
    /// Certified keys ("Maatwerk, Productie").
    pub const CERTIFIED: Self = Self::new(500, 5000, 50);
    /// The free development key.
    pub const DEVELOPMENT: Self = Self::new(100, 1000, 5);

    /// Such figures in real minutes.
    #[must_use]
    pub const fn new(per_minute: u32, per_hour: u32, concurrent: u32) -> Self {
        Self {
            per_minute,
            per_hour,
            concurrent,
            minute: SignedDuration::from_secs(60),
        }
    }

    /// The figures to begin with: the certified ones.
    #[must_use]
    #[cfg(not(feature = "fault-points"))]
    pub fn first() -> Self {
        Self::CERTIFIED
    }

    /// The figures to begin with. Where tests may interfere, `WINKELBRUG_RATES` gives others: calls a
    /// minute, an hour, at once, and the milliseconds of that minute, with commas between.
    #[must_use]
    #[cfg(feature = "fault-points")]
    pub fn first() -> Self {
        let given = std::env::var("WINKELBRUG_RATES").unwrap_or_default();
        let figures: Vec<u32> = given
            .split(',')
            .filter_map(|word| word.parse().ok())
            .collect();
        let [per_minute, per_hour, concurrent, minute] = figures[..] else {
            return Self::CERTIFIED;
        };
        Self {
            minute: SignedDuration::from_millis(i64::from(minute)),
            ..Self::new(per_minute, per_hour, concurrent)
        }
    }

    /// The smaller of both, figure by figure.
    #[must_use]
    pub fn at_most(self, other: Self) -> Self {
        Self {
            per_minute: self.per_minute.min(other.per_minute),
            per_hour: self.per_hour.min(other.per_hour),
            concurrent: self.concurrent.min(other.concurrent),
            minute: other.minute,
        }
    }

    /// The other side may count a call out a moment after we read its answer: one place stays free.
    #[must_use]
    pub(super) fn at_once(self) -> u32 {
        self.concurrent.saturating_sub(1).max(1)
    }

    pub(super) fn slot_ms(self) -> i64 {
        i64::try_from(self.minute.as_millis())
            .unwrap_or(60_000)
            .max(1)
    }

    /// Calls that may be made in one go before the even pace begins.
    fn burst(self) -> u32 {
        (self.per_minute / 25).max(1)
    }

    /// Time between two calls at the even pace: burst and pace together stay within the minute.
    fn pace(self) -> SignedDuration {
        let steady = self.per_minute.saturating_sub(self.burst()).max(1);
        self.minute / i32::try_from(steady).unwrap_or(i32::MAX)
    }

    /// The earliest moment of the call after one made now (a virtual schedule that may run behind
    /// by the burst).
    pub(super) fn after(self, paced: Timestamp, now: Timestamp) -> Timestamp {
        let burst = i32::try_from(self.burst()).unwrap_or(i32::MAX);
        let credit = self
            .pace()
            .checked_mul(burst - 1)
            .unwrap_or(SignedDuration::ZERO);
        let earliest = now.saturating_sub(credit).unwrap_or(now);
        paced
            .max(earliest)
            .saturating_add(self.pace())
            .unwrap_or(Timestamp::MAX)
    }
}

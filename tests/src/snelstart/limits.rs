//! The gateway's counters: calls in the last minute, in the running hour, and at the same moment.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::{
    answer::Answer,
    knobs::{Knobs, OverTheHour},
};

/// Calls counted.
#[derive(Debug, Default)]
pub struct Counters {
    minute: VecDeque<Timestamp>,
    hour: VecDeque<Timestamp>,
    at_work: usize,
    most_at_work: usize,
    refused: usize,
}

impl Counters {
    /// Counts a call in, or refuses it. A refused call does not count towards the limits.
    ///
    /// # Errors
    /// The refusal.
    pub fn enter(&mut self, now: Timestamp, knobs: &Knobs) -> Result<(), Answer> {
        let limits = knobs.limits;
        forget(&mut self.minute, now, 60);
        forget(&mut self.hour, now, 3600);
        let over = |limit: Option<usize>, count: usize| limit.is_some_and(|limit| count >= limit);
        let refusal = if over(limits.concurrent, self.at_work) {
            Some(too_many(knobs.retry_after.then_some(1)))
        } else if over(limits.per_hour, self.hour.len()) {
            Some(over_the_hour(wait(&self.hour, now, 3600), knobs))
        } else if over(limits.per_minute, self.minute.len()) {
            Some(too_many(
                knobs.retry_after.then(|| wait(&self.minute, now, 60)),
            ))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            self.refused += 1;
            return Err(refusal);
        }
        self.minute.push_back(now);
        self.hour.push_back(now);
        self.at_work += 1;
        self.most_at_work = self.most_at_work.max(self.at_work);
        Ok(())
    }

    /// Counts a call out.
    pub fn leave(&mut self) {
        self.at_work = self.at_work.saturating_sub(1);
    }

    /// Most calls that were ever at work at the same moment.
    #[must_use]
    pub fn most_at_work(&self) -> usize {
        self.most_at_work
    }

    /// Calls refused so far.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.refused
    }
}

fn forget(calls: &mut VecDeque<Timestamp>, now: Timestamp, seconds: i64) {
    let span = SignedDuration::from_secs(seconds);
    while calls
        .front()
        .is_some_and(|first| now.duration_since(*first) >= span)
    {
        calls.pop_front();
    }
}

/// Whole seconds until the oldest call no longer counts.
fn wait(calls: &VecDeque<Timestamp>, now: Timestamp, seconds: i64) -> u64 {
    let gone = calls
        .front()
        .map_or(0, |first| now.duration_since(*first).as_secs());
    u64::try_from(seconds - gone).unwrap_or(1).max(1)
}

/// 429 as Azure API Management words it.
#[must_use]
pub fn too_many(seconds: Option<u64>) -> Answer {
    let text = match seconds {
        Some(n) => format!("Rate limit is exceeded. Try again in {n} seconds."),
        None => "Rate limit is exceeded.".to_string(),
    };
    Answer {
        retry_after: seconds,
        ..Answer::gateway(429, &text)
    }
}

/// 403 as Azure API Management words a used-up quota.
#[must_use]
pub fn quota(seconds: u64) -> Answer {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let left = format!("{hours:02}:{minutes:02}:{seconds:02}");
    Answer::gateway(
        403,
        &format!("Out of call volume quota. Quota will be replenished in {left}."),
    )
}

fn over_the_hour(seconds: u64, knobs: &Knobs) -> Answer {
    match knobs.over_the_hour {
        OverTheHour::Quota => quota(seconds),
        OverTheHour::TooMany => too_many(knobs.retry_after.then_some(seconds)),
    }
}

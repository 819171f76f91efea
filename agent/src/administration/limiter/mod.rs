//! How fast the books may be called. One limiter per administration and subscription key, shared
//! by every profile of the process; its hour is kept in the journal, so that another process and
//! the next start know of it.
//!
//! SnelStart B2B v2 allows 500 calls a minute, 5,000 an hour and 50 at once with certified keys;
//! 100, 1,000 and 5 with the free development key. Which key it is nobody tells us: the limiter
//! starts from the certified figures and learns smaller ones from refusals.
//!
//! A call counts from before it is sent until a whole minute after its answer came: whatever way
//! the other side counts, it has seen no more calls than we did.

mod kept;
mod rates;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex as Gate, Notify};

pub use self::rates::Rates;
use super::Budget;
use crate::{
    clock::SharedClock,
    failure::{Failure, Result},
    journal::Journal,
    text,
};

/// A wait longer than this is not sat out: the caller is told when to come back.
const PATIENCE: Duration = Duration::from_secs(75);
/// A 429 that does not say how long to wait.
const PAUSE: Duration = Duration::from_secs(5);
/// After so long without a refusal the first figures are tried again.
const TRUST_AGAIN: SignedDuration = SignedDuration::from_hours(24);
/// At most so many calls, or so much time, between two notes in the journal.
const NOTE_CALLS: u32 = 25;
const NOTE_AFTER: SignedDuration = SignedDuration::from_secs(5);

/// The limiter of one administration and subscription key.
pub struct Limiter {
    name: String,
    clock: SharedClock,
    journal: Mutex<Option<Journal>>,
    /// Who waits for a place in time; first come, first served.
    gate: Gate<()>,
    left: Notify,
    state: Mutex<State>,
}

struct State {
    first: Rates,
    rates: Rates,
    at_work: u32,
    most_at_work: u32,
    /// When the calls of the latest minute were answered.
    answered: VecDeque<Timestamp>,
    /// Earliest moment of the next call by the even pace.
    paced: Timestamp,
    paused_until: Option<Timestamp>,
    last_refusal: Option<Timestamp>,
    pauses: u32,
    /// Calls by slot of the hour, ours and those of other processes.
    ours: BTreeMap<i64, u32>,
    others: BTreeMap<i64, u32>,
    unnoted: u32,
    noted: Timestamp,
    total: u64,
}

/// Leave to make one call; to be dropped when its answer was read.
pub struct Permit<'a> {
    limiter: &'a Limiter,
}

/// What a refusal said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// 429: too many in a minute, or at once.
    TooMany(Option<Duration>),
    /// 403: the hour is used up.
    Quota(Duration),
}

impl Limiter {
    /// A limiter of its own. `name` is what its figures are kept under in the journal; without a
    /// journal nothing is kept.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn new(
        name: impl Into<String>,
        rates: Rates,
        clock: SharedClock,
        journal: Option<Journal>,
    ) -> Result<Self> {
        let (name, now) = (name.into(), clock.now());
        let mut state = State::new(rates, now);
        if let Some(journal) = &journal {
            let oldest = state.oldest_slot(now);
            state.ours = kept::own_calls(journal, &name, oldest)?;
            state.others = kept::calls(journal, &name, oldest)?;
            if let Some((learned, at)) = kept::learned(journal, &name)?
                && now.duration_since(at) < TRUST_AGAIN
            {
                state.rates = learned.at_most(rates);
                state.last_refusal = Some(at);
            }
        }
        Ok(Self {
            name,
            clock,
            journal: Mutex::new(journal),
            gate: Gate::new(()),
            left: Notify::new(),
            state: Mutex::new(state),
        })
    }

    /// The limiter of that name in this process, made when there is none. It lives as long as the
    /// process: calls of a run that ended a moment ago still count. The journal given last is the
    /// one its figures are kept in.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn shared(
        name: &str,
        rates: Rates,
        clock: &SharedClock,
        journal: &Journal,
    ) -> Result<Arc<Self>> {
        static ALL: LazyLock<Mutex<HashMap<String, Arc<Limiter>>>> = LazyLock::new(Mutex::default);
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limiter) = all.get(name) {
            *limiter.kept_in() = Some(journal.clone());
            return Ok(Arc::clone(limiter));
        }
        let limiter = Arc::new(Self::new(
            name,
            rates,
            clock.clone(),
            Some(journal.clone()),
        )?);
        all.insert(name.to_owned(), Arc::clone(&limiter));
        Ok(limiter)
    }

    fn kept_in(&self) -> MutexGuard<'_, Option<Journal>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the figures in the journal now: whoever used it is done.
    pub fn keep(&self) {
        let now = self.clock.now();
        let state = self.lock();
        let (ours, oldest) = (state.ours.clone(), state.oldest_slot(now));
        drop(state);
        if let Some(journal) = self.kept_in().clone() {
            // What is not kept here only makes the next start a little bolder.
            let _ = kept::exchange(&journal, &self.name, &ours, oldest);
        }
    }

    /// Waits until a call may be made.
    ///
    /// # Errors
    /// The wait would be long (`hour-used-up`, `too-many-calls`, both transient with the time to
    /// wait); the journal cannot be written.
    pub async fn permit(&self) -> Result<Permit<'_>> {
        let _turn = self.gate.lock().await;
        loop {
            let free = self.left.notified();
            match self.try_enter()? {
                Entry::Go => return Ok(Permit { limiter: self }),
                Entry::Wait(wait) => self.clock.sleep(wait).await,
                Entry::Full => free.await,
            }
        }
    }

    fn try_enter(&self) -> Result<Entry> {
        let now = self.clock.now();
        let mut state = self.lock();
        state.forget(now);
        if state.at_work >= state.rates.at_once() {
            return Ok(Entry::Full);
        }
        let (until, why) = state.next_moment(now);
        if until > now {
            let wait = to_duration(until.duration_since(now));
            return if wait > PATIENCE {
                Err(come_back(why, wait))
            } else {
                Ok(Entry::Wait(wait.max(Duration::from_millis(1))))
            };
        }
        state.enter(now);
        self.note(state, now)?;
        Ok(Entry::Go)
    }

    /// Keeps our calls in the journal now and then and reads what other processes made.
    fn note(&self, mut state: MutexGuard<'_, State>, now: Timestamp) -> Result<()> {
        let due = state.unnoted >= NOTE_CALLS || now.duration_since(state.noted) >= NOTE_AFTER;
        let Some(journal) = self.kept_in().clone().filter(|_| due) else {
            return Ok(());
        };
        state.noted = now;
        state.unnoted = 0;
        let oldest = state.oldest_slot(now);
        let ours = state.ours.clone();
        drop(state);
        let others = kept::exchange(&journal, &self.name, &ours, oldest)?;
        self.lock().others = others;
        Ok(())
    }

    /// A call was refused for its number: waits are set and smaller figures learned.
    pub fn refused(&self, refused: Refused) {
        let now = self.clock.now();
        let mut state = self.lock();
        state.learn(refused, now);
        let rates = state.rates;
        drop(state);
        tracing::warn!(?refused, ?rates, "SnelStart refused a call for its number");
        if let Some(journal) = self.kept_in().clone() {
            // Only a help for the next start; the calls themselves go on.
            let _ = kept::keep_learned(&journal, &self.name, rates, now);
        }
    }

    /// A call was let through.
    pub fn accepted(&self) {
        self.lock().pauses = 0;
    }

    /// Calls left in the running hour.
    #[must_use]
    pub fn budget(&self) -> Budget {
        let now = self.clock.now();
        let mut state = self.lock();
        state.forget(now);
        let per_hour = state.rates.per_hour;
        Budget {
            left: per_hour.saturating_sub(state.in_hour()),
            per_hour,
        }
    }

    /// Calls made by this process so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.lock().total
    }

    /// The figures kept to now.
    #[must_use]
    pub fn rates(&self) -> Rates {
        self.lock().rates
    }

    /// Most calls that were at work at the same moment.
    #[must_use]
    pub fn most_at_work(&self) -> u32 {
        self.lock().most_at_work
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let now = self.limiter.clock.now();
        let mut state = self.limiter.lock();
        state.at_work = state.at_work.saturating_sub(1);
        state.answered.push_back(now);
        drop(state);
        self.limiter.left.notify_one();
    }
}

enum Entry {
    Go,
    Wait(Duration),
    Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Minute,
    Hour,
}

impl State {
    fn new(rates: Rates, now: Timestamp) -> Self {
        Self {
            first: rates,
            rates,
            at_work: 0,
            most_at_work: 0,
            answered: VecDeque::new(),
            paced: later(now, -rates.minute),
            paused_until: None,
            last_refusal: None,
            pauses: 0,
            ours: BTreeMap::new(),
            others: BTreeMap::new(),
            unnoted: 0,
            noted: now,
            total: 0,
        }
    }

    /// Leaves behind what no longer counts, also what a clock that was set back since has put into
    /// the future.
    fn forget(&mut self, now: Timestamp) {
        let minute = self.rates.minute;
        if self.paced > later(now, minute) {
            self.answered.clear();
            self.paced = now;
            self.paused_until = None;
        }
        while self
            .answered
            .front()
            .is_some_and(|answered| now.duration_since(*answered) >= minute)
        {
            self.answered.pop_front();
        }
        let (oldest, newest) = (self.oldest_slot(now), self.slot(now) + 1);
        self.ours.retain(|slot, _| (oldest..=newest).contains(slot));
        self.others
            .retain(|slot, _| (oldest..=newest).contains(slot));
        if self
            .last_refusal
            .is_some_and(|at| now.duration_since(at) >= TRUST_AGAIN)
        {
            self.last_refusal = None;
            self.rates = self.first;
        }
    }

    fn slot(&self, now: Timestamp) -> i64 {
        now.as_millisecond().div_euclid(self.rates.slot_ms())
    }

    /// The oldest slot that may hold a call of the last hour.
    fn oldest_slot(&self, now: Timestamp) -> i64 {
        self.slot(now) - rates::SLOTS
    }

    fn in_hour(&self) -> u32 {
        self.ours.values().sum::<u32>() + self.others.values().sum::<u32>()
    }

    fn in_minute(&self) -> u32 {
        u32::try_from(self.answered.len()).unwrap_or(u32::MAX) + self.at_work
    }

    /// When the next call may be made, and what it waits for.
    fn next_moment(&self, now: Timestamp) -> (Timestamp, Why) {
        let mut moment = (self.paced, Why::Minute);
        let mut not_before = |at: Timestamp, why| {
            if at > moment.0 {
                moment = (at, why);
            }
        };
        if self.in_minute() >= self.rates.per_minute {
            // With all of them still at work there is nothing to reckon from: look again soon.
            let oldest = self.answered.front().copied().unwrap_or(now);
            not_before(later(oldest, self.rates.minute), Why::Minute);
        }
        if self.in_hour() >= self.rates.per_hour {
            not_before(self.hour_frees(), Why::Hour);
        }
        if let Some(until) = self.paused_until {
            let why = if until.duration_since(now) > self.rates.minute {
                Why::Hour
            } else {
                Why::Minute
            };
            not_before(until, why);
        }
        moment
    }

    /// When the oldest slot with calls leaves the hour.
    fn hour_frees(&self) -> Timestamp {
        let slots = self.ours.keys().chain(self.others.keys());
        let oldest = slots.min().copied().unwrap_or_default();
        let ms = (oldest + rates::SLOTS + 1).saturating_mul(self.rates.slot_ms());
        Timestamp::from_millisecond(ms).unwrap_or(Timestamp::MAX)
    }

    fn enter(&mut self, now: Timestamp) {
        self.at_work += 1;
        self.most_at_work = self.most_at_work.max(self.at_work);
        self.total += 1;
        self.unnoted += 1;
        let slot = self.slot(now);
        *self.ours.entry(slot).or_default() += 1;
        self.paced = self.rates.after(self.paced, now);
    }

    fn learn(&mut self, refused: Refused, now: Timestamp) {
        self.last_refusal = Some(now);
        self.forget(now);
        match refused {
            Refused::Quota(wait) => {
                // Few calls of ours say that somebody else uses the key too, which the wait is
                // enough for.
                let (seen, allowed) = (self.in_hour(), self.rates.per_hour);
                if seen >= allowed.div_ceil(2) {
                    self.rates.per_hour = allowed.min(seen.max(rates::LEAST_HOUR));
                }
                self.pause(now, wait);
            }
            Refused::TooMany(wait) => {
                self.pauses = (self.pauses + 1).min(4);
                let wait = wait.unwrap_or(PAUSE * 2_u32.pow(self.pauses - 1));
                let seen = self.in_minute().saturating_sub(1);
                // Few calls in the minute: several at work speak of too many at once; else
                // somebody else uses the key, which a pause is enough for.
                if seen >= rates::LEAST {
                    self.rates.per_minute = self.rates.per_minute.min(seen);
                } else if self.at_work > 1 {
                    self.rates.concurrent = self.rates.concurrent.min(self.at_work.max(2));
                }
                self.pause(now, wait);
            }
        }
    }

    fn pause(&mut self, now: Timestamp, wait: Duration) {
        let until = later(
            now,
            SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX),
        );
        self.paused_until = self.paused_until.max(Some(until));
    }
}

fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.saturating_add(by).unwrap_or(Timestamp::MAX)
}

fn to_duration(span: SignedDuration) -> Duration {
    Duration::try_from(span).unwrap_or_default()
}

fn come_back(why: Why, wait: Duration) -> Failure {
    let minutes = wait.as_secs().div_ceil(60);
    let failure = match why {
        Why::Minute => Failure::transient(
            "too-many-calls",
            text!(
                "SnelStart vraagt om ongeveer {minutes} minuten te wachten",
                "SnelStart asks to wait about {minutes} minutes"
            ),
        ),
        Why::Hour => Failure::transient(
            "hour-used-up",
            text!(
                "Het aantal aanvragen dat SnelStart per uur toestaat is op; over ongeveer {minutes} minuten gaat het verder",
                "The number of requests SnelStart allows in an hour is used up; work goes on in about {minutes} minutes"
            ),
        ),
    };
    failure.retry_after(Some(wait)).hint(text!(
        "U hoeft niets te doen; er wordt vanzelf verder gegaan.",
        "You need not do anything; work goes on by itself."
    ))
}

#[cfg(test)]
mod tests;

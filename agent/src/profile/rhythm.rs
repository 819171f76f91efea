//! When a task runs, as the owner writes it: `{ every = "15m" }` or `{ at = ["07:00", "17:00"] }`.

use jiff::{SignedDuration, civil::Time};

use super::settings::Rhythm;
use crate::{
    failure::{Failure, Result},
    text,
};

/// Shortest interval: a task that runs more often than this keeps the shop busy for nothing.
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);
/// Longest interval.
const LONGEST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A rhythm that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pace {
    /// Again so long after the previous run was due.
    Every(SignedDuration),
    /// At these clock times of the owner's zone, every day; in order, none twice, at least one.
    At(Vec<Time>),
}

impl Rhythm {
    /// What was written, understood. `task` is for the message.
    ///
    /// # Errors
    /// `Misconfigured`, code `wrong-value`: neither or both of the two, no times, a time or an
    /// interval that cannot be read, an interval under a minute or over a week.
    pub fn pace(&self, task: &str) -> Result<Pace> {
        match (&self.every, &self.at) {
            (Some(every), None) => interval(task, every),
            (None, Some(at)) if !at.is_empty() => times(task, at),
            (every, at) => Err(unclear(task, every.is_some() && at.is_some())),
        }
    }
}

fn interval(task: &str, every: &str) -> Result<Pace> {
    match every.trim().parse::<SignedDuration>() {
        Ok(length) if (SHORTEST..=LONGEST).contains(&length) => Ok(Pace::Every(length)),
        _ => Err(wrong(
            task,
            every,
            &text!(
                "een tussentijd van 1 minuut tot 7 dagen (\"1m\" tot \"168h\"), zoals \"15m\", \"2h\" of \"1h 30m\"",
                "an interval from 1 minute to 7 days (\"1m\" to \"168h\"), such as \"15m\", \"2h\" or \"1h 30m\""
            ),
        )),
    }
}

fn times(task: &str, at: &[String]) -> Result<Pace> {
    let mut times = at
        .iter()
        .map(|time| {
            Time::strptime("%H:%M", time.trim()).map_err(|_| {
                wrong(
                    task,
                    time,
                    &text!(
                        "kloktijden van \"00:00\" tot \"23:59\", zoals \"07:00\"",
                        "clock times from \"00:00\" to \"23:59\", such as \"07:00\""
                    ),
                )
            })
        })
        .collect::<Result<Vec<_>>>()?;
    times.sort_unstable();
    times.dedup();
    Ok(Pace::At(times))
}

/// Both ways of writing it, neither, or a list without a time.
fn unclear(task: &str, both: bool) -> Failure {
    let text = if both {
        text!(
            "planning.{task} heeft zowel every als at; kies er een.",
            "planning.{task} has both every and at; choose one."
        )
    } else {
        text!(
            "planning.{task} zegt niet wanneer.",
            "planning.{task} does not say when."
        )
    };
    Failure::misconfigured("wrong-value", text).hint(text!(
        "Schrijf een tussentijd van 1 minuut tot 7 dagen, {task} = {{ every = \"15m\" }}, of kloktijden, {task} = {{ at = [\"07:00\", \"17:00\"] }}.",
        "Write an interval from 1 minute to 7 days, {task} = {{ every = \"15m\" }}, or clock times, {task} = {{ at = [\"07:00\", \"17:00\"] }}."
    ))
}

fn wrong(task: &str, found: &str, wanted: &crate::text::Text) -> Failure {
    let (nl, en) = (&wanted.nl, &wanted.en);
    Failure::misconfigured(
        "wrong-value",
        text!(
            "planning.{task} kan niet \"{found}\" zijn.",
            "planning.{task} cannot be \"{found}\"."
        ),
    )
    .hint(crate::text::Text {
        nl: format!("Toegestaan: {nl}."),
        en: format!("Allowed: {en}."),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn every(text: &str) -> Result<Pace> {
        Rhythm {
            every: Some(text.to_owned()),
            at: None,
        }
        .pace("import-orders")
    }

    #[test]
    fn intervals_are_read_and_odd_ones_refused() {
        assert_eq!(
            every("15m").unwrap(),
            Pace::Every(SignedDuration::from_mins(15))
        );
        assert_eq!(
            every("2h").unwrap(),
            Pace::Every(SignedDuration::from_hours(2))
        );
        for odd in ["", "15", "30s", "-5m", "200h", "kwartier"] {
            assert_eq!(every(odd).unwrap_err().code, "wrong-value", "{odd}");
        }
    }

    #[test]
    fn clock_times_are_sorted_and_counted_once() {
        let rhythm = Rhythm {
            every: None,
            at: Some(vec!["17:00".into(), "07:00".into(), "17:00".into()]),
        };
        let Pace::At(times) = rhythm.pace("import-orders").unwrap() else {
            panic!("clock times")
        };
        assert_eq!(
            times,
            [Time::constant(7, 0, 0, 0), Time::constant(17, 0, 0, 0)]
        );
    }

    #[test]
    fn both_neither_and_no_times_are_refused() {
        for (every, at) in [
            (None, None),
            (Some("15m".to_owned()), Some(vec!["07:00".to_owned()])),
            (None, Some(Vec::new())),
            (None, Some(vec!["25:00".to_owned()])),
        ] {
            let rhythm = Rhythm { every, at };
            let failure = rhythm.pace("import-orders").unwrap_err();
            assert_eq!(failure.code, "wrong-value");
            assert!(!failure.text.en.contains("\"\""), "{failure}");
            assert!(failure.hint.en.contains("07:00"), "{failure}");
        }
    }
}

//! `plan`: when a task runs next.

use jiff::{
    SignedDuration, Timestamp, Zoned,
    civil::{DateTime, Time},
};
use serde_json::json;

use super::{
    arguments,
    exit::Exit,
    run::{task_named, unexpected},
    screen::Screen,
    session::Session,
};
use crate::{
    failure::{Failure, Result},
    service::{Action, Outcome},
    text,
};

pub(super) async fn run(session: &Session, arguments: arguments::Plan) -> Result<Exit> {
    let task = task_named(&arguments.task)?;
    let now = Zoned::now();
    let next = moment(&arguments.next, &now)?;
    refuse_past(session.screen, next, &now)?;
    let action = Action::Plan {
        profile: arguments.name.clone(),
        task,
        next,
    };
    let Outcome::Planned { task, next } = session.perform(action).await? else {
        return Err(unexpected());
    };
    if session.screen.json {
        session
            .screen
            .json(&json!({"profile": arguments.name, "task": task, "next": next}));
        return Ok(Exit::Done);
    }
    let when = session.screen.moment(next);
    session.screen.say(&text!(
        "{task} wordt de volgende keer uitgevoerd: {when}.",
        "{task} runs next: {when}."
    ));
    if session.agent()?.is_none() {
        session.screen.say(&text!(
            "Winkelbrug draait nu niet; start het met: winkelbrug",
            "Winkelbrug is not running now; start it with: winkelbrug"
        ));
    }
    Ok(Exit::Done)
}

/// `now`, a clock time (the next one), a local date and time, or a moment with its offset.
fn moment(typed: &str, now: &Zoned) -> Result<Timestamp> {
    let typed = typed.trim();
    if typed == "now" || typed == "nu" {
        return Ok(now.timestamp());
    }
    if let Ok(moment) = typed.parse::<Timestamp>() {
        return Ok(moment);
    }
    let zone = now.time_zone();
    let local = |local: DateTime| zone.to_ambiguous_timestamp(local).compatible().ok();
    let found = if let Ok(time) = Time::strptime("%H:%M", typed) {
        let today = now.date().to_datetime(time);
        local(today)
            .filter(|moment| *moment > now.timestamp())
            .or_else(|| local(today.checked_add(SignedDuration::from_hours(24)).ok()?))
    } else {
        // Year first, or day first as it stands on a Dutch screen.
        DateTime::strptime("%Y-%m-%d %H:%M", typed)
            .or_else(|_| DateTime::strptime("%d-%m-%Y %H:%M", typed))
            .ok()
            .and_then(local)
    };
    found.ok_or_else(|| {
        Failure::misconfigured(
            "wrong-use",
            text!("{typed} is geen tijdstip.", "{typed} is no moment."),
        )
        .hint(text!(
            "Schrijf bijvoorbeeld 17:00, \"31-12-2026 17:00\" of nu.",
            "Write for instance 17:00, \"2026-12-31 17:00\" or now."
        ))
    })
}

/// Nothing runs in the past; `now` is a moment ago by the time it is looked at.
fn refuse_past(screen: Screen, next: Timestamp, now: &Zoned) -> Result<()> {
    if next >= now.timestamp() {
        return Ok(());
    }
    let when = screen.moment(next);
    Err(Failure::misconfigured(
        "moment-past",
        text!("{when} is al voorbij.", "{when} is past already."),
    )
    .hint(text!(
        "Kies een later tijdstip, of --next nu om de taak meteen te laten beginnen.",
        "Choose a later moment, or --next now to have the task begin at once."
    )))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn what_is_past_is_refused_in_words_and_now_is_not_past() {
        let now: Zoned = "2026-03-28T16:00:00+01:00[Europe/Amsterdam]"
            .parse()
            .unwrap();
        let screen = Screen::new(crate::text::Language::English, false);
        let typed = |typed: &str| {
            let next = moment(typed, &now).unwrap();
            refuse_past(screen, next, &now)
        };
        typed("now").unwrap();
        typed("15:00").unwrap();
        let failure = typed("2026-03-28 15:59").unwrap_err();
        assert_eq!(failure.code, "moment-past");
        assert!(failure.text.en.contains("past already"), "{failure}");
    }

    #[test]
    fn moments_are_read_as_the_owner_means_them() {
        let now: Zoned = "2026-03-28T16:00:00+01:00[Europe/Amsterdam]"
            .parse()
            .unwrap();
        let table = [
            ("now", "2026-03-28T15:00:00Z"),
            ("17:00", "2026-03-28T16:00:00Z"),
            ("15:00", "2026-03-29T13:00:00Z"), // tomorrow, in summer time
            ("nu", "2026-03-28T15:00:00Z"),
            ("2026-12-31 17:00", "2026-12-31T16:00:00Z"),
            ("31-12-2026 17:00", "2026-12-31T16:00:00Z"),
            ("2026-12-31T17:00:00+05:00", "2026-12-31T12:00:00Z"),
        ];
        for (typed, moment_meant) in table {
            assert_eq!(
                moment(typed, &now).unwrap(),
                moment_meant.parse().unwrap(),
                "{typed}"
            );
        }
        for typed in ["", "17", "tomorrow", "2026-13-01 10:00", "12-31-2026 17:00"] {
            assert_eq!(moment(typed, &now).unwrap_err().code, "wrong-use");
        }
    }
}

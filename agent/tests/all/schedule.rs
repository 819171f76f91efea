//! The schedule on a fake clock: intervals, clock times, summer time, sleep, a clock that is set.
use jiff::{SignedDuration, Timestamp, civil::Time, tz::TimeZone};
use winkelbrug::{
    profile::Pace,
    sync::{
        Task,
        schedule::{LONGEST_WAIT, Slot, wait},
    },
};

const TASK: Task = Task::ImportOrders;

fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap()
}

fn every(minutes: i64) -> Pace {
    Pace::Every(SignedDuration::from_mins(minutes))
}

fn clock(times: &[&str]) -> Pace {
    Pace::At(
        times
            .iter()
            .map(|time| Time::strptime("%H:%M", time).unwrap())
            .collect(),
    )
}

/// Lets the clock pass these moments; returns those at which the task was started.
fn starts(pace: &Pace, moments: &[&str]) -> Vec<String> {
    let zone = amsterdam();
    let mut kept = None;
    let mut started = Vec::new();
    for moment in moments {
        let now = at(moment);
        let mut slot = Slot::settle(TASK, pace.clone(), kept.as_ref(), now, &zone);
        if slot.is_due(now) {
            started.push((*moment).to_owned());
            slot = slot.after_start(now, &zone);
        }
        assert!(slot.next > now);
        kept = Some(slot.kept());
    }
    started
}

#[test]
fn an_interval_keeps_its_minute_and_starts_at_once() {
    let moments = [
        "2026-06-01T08:00:00Z",
        "2026-06-01T08:00:30Z",
        "2026-06-01T08:14:59Z",
        "2026-06-01T08:15:20Z", // a little late
        "2026-06-01T08:29:59Z",
        "2026-06-01T08:30:00Z",
    ];
    assert_eq!(
        starts(&every(15), &moments),
        [
            "2026-06-01T08:00:00Z",
            "2026-06-01T08:15:20Z",
            "2026-06-01T08:30:00Z"
        ]
    );
}

#[test]
fn runs_missed_in_sleep_run_once() {
    let moments = [
        "2026-06-01T08:00:00Z",
        "2026-06-01T14:07:00Z", // awake again after six hours
        "2026-06-01T14:07:30Z",
        "2026-06-01T14:14:59Z",
        "2026-06-01T14:15:00Z",
    ];
    assert_eq!(
        starts(&every(15), &moments),
        [
            "2026-06-01T08:00:00Z",
            "2026-06-01T14:07:00Z",
            "2026-06-01T14:15:00Z"
        ]
    );
    let moments = [
        "2026-06-01T04:00:00Z",
        "2026-06-03T20:00:00Z", // five clock times slept through
        "2026-06-03T20:00:30Z",
        "2026-06-04T05:00:00Z",
    ];
    assert_eq!(
        starts(&clock(&["07:00", "17:00"]), &moments),
        ["2026-06-03T20:00:00Z", "2026-06-04T05:00:00Z"]
    );
}

#[test]
fn a_clock_set_back_does_not_silence_the_task() {
    let moments = [
        "2026-06-02T08:00:00Z",
        "2026-06-01T08:05:00Z", // set back a day
        "2026-06-01T08:19:00Z",
        "2026-06-01T08:20:00Z",
    ];
    assert_eq!(
        starts(&every(15), &moments),
        ["2026-06-02T08:00:00Z", "2026-06-01T08:20:00Z"]
    );
    let moments = [
        "2036-06-02T05:00:00Z", // a wrong year at first
        "2026-06-01T04:59:00Z",
        "2026-06-01T05:00:00Z",
    ];
    assert_eq!(
        starts(&clock(&["07:00"]), &moments),
        ["2026-06-01T05:00:00Z"]
    );
}

#[test]
fn a_clock_set_ahead_runs_once_and_goes_on() {
    let moments = [
        "2026-06-01T08:00:00Z",
        "2027-06-01T08:01:00Z",
        "2027-06-01T08:01:30Z",
        "2026-06-01T08:02:00Z", // and put right
        "2026-06-01T08:17:00Z",
    ];
    assert_eq!(
        starts(&every(15), &moments),
        [
            "2026-06-01T08:00:00Z",
            "2027-06-01T08:01:00Z",
            "2026-06-01T08:17:00Z"
        ]
    );
}

#[test]
fn clock_times_follow_the_owners_zone_through_summer_time() {
    let zone = amsterdam();
    // now -> next run of 07:00 and 17:00
    let table = [
        ("2026-03-28T05:00:00Z", "2026-03-28T06:00:00Z"), // 07:00 in winter
        ("2026-03-28T16:00:00Z", "2026-03-29T05:00:00Z"), // 07:00, the night summer time began
        ("2026-03-29T05:00:00Z", "2026-03-29T15:00:00Z"),
        ("2026-10-24T15:00:00Z", "2026-10-25T06:00:00Z"), // 07:00, the night it ended
        ("2026-10-25T06:00:00Z", "2026-10-25T16:00:00Z"),
    ];
    for (now, next) in table {
        let slot = Slot::settle(TASK, clock(&["07:00", "17:00"]), None, at(now), &zone);
        assert_eq!(slot.next, at(next), "{now}");
    }
}

#[test]
fn a_time_that_is_left_out_runs_once_and_one_that_comes_twice_runs_once() {
    // 2026-03-29: 02:00 becomes 03:00. 02:30 runs when it would have been, at 03:30.
    let moments = [
        "2026-03-29T00:00:00Z",
        "2026-03-29T01:00:00Z",
        "2026-03-29T01:30:00Z",
        "2026-03-29T02:30:00Z",
        "2026-03-30T00:30:00Z",
    ];
    assert_eq!(
        starts(&clock(&["02:30"]), &moments),
        ["2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"]
    );
    // 2026-10-25: 03:00 becomes 02:00; 02:30 comes twice.
    let moments = [
        "2026-10-24T23:00:00Z",
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:30:00Z",
        "2026-10-26T01:30:00Z",
    ];
    assert_eq!(
        starts(&clock(&["02:30"]), &moments),
        ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]
    );
    // An interval is elapsed time: four quarters in the hour that comes twice.
    let slot = Slot::settle(
        TASK,
        every(15),
        None,
        at("2026-10-25T00:30:00Z"),
        &amsterdam(),
    )
    .after_start(at("2026-10-25T00:30:00Z"), &amsterdam());
    assert_eq!(slot.next, at("2026-10-25T00:45:00Z"));
}

#[test]
fn a_moment_the_owner_chose_stands_once_and_then_the_rhythm_goes_on() {
    let zone = amsterdam();
    let now = at("2026-06-01T08:00:00Z");
    let mut slot = Slot::settle(TASK, every(15), None, now, &zone).after_start(now, &zone);
    slot.next = at("2026-06-04T12:00:00Z");
    slot.edited = true;
    let kept = slot.kept();
    let again = Slot::settle(
        TASK,
        every(15),
        Some(&kept),
        at("2026-06-01T08:15:00Z"),
        &zone,
    );
    assert_eq!(again.next, at("2026-06-04T12:00:00Z"));
    assert!(!again.is_due(at("2026-06-04T11:59:59Z")));
    let now = at("2026-06-04T12:00:10Z");
    let after = again.after_start(now, &zone);
    assert!(!after.edited);
    assert_eq!(after.next, at("2026-06-04T12:15:10Z"));
}

#[test]
fn a_changed_rhythm_counts_at_once() {
    let zone = amsterdam();
    let now = at("2026-06-01T08:00:00Z");
    let kept = Slot::settle(TASK, every(120), None, now, &zone)
        .after_start(now, &zone)
        .kept();
    let slot = Slot::settle(TASK, every(5), Some(&kept), now, &zone);
    assert_eq!(slot.next, at("2026-06-01T08:05:00Z"));
    let slot = Slot::settle(TASK, clock(&["17:00"]), Some(&kept), now, &zone);
    assert_eq!(slot.next, at("2026-06-01T15:00:00Z"));
}

#[test]
fn the_clock_is_looked_at_every_half_minute_at_least() {
    let now = at("2026-06-01T08:00:00Z");
    assert_eq!(wait([].into_iter(), now), LONGEST_WAIT);
    assert_eq!(
        wait([at("2026-06-01T09:00:00Z")].into_iter(), now),
        LONGEST_WAIT
    );
    let soon = [at("2026-06-01T09:00:00Z"), at("2026-06-01T08:00:05Z")];
    assert_eq!(wait(soon.into_iter(), now).as_secs(), 5);
    assert_eq!(
        wait([at("2026-06-01T07:00:00Z")].into_iter(), now).as_secs(),
        0
    );
}

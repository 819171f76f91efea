//! `status`: profiles, tasks, last and next runs, what waits for the owner.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    exit::Exit,
    hints,
    run::{outcome_words, show_warnings, warnings_for_programs},
    screen::Screen,
    session::Session,
    table::Table,
};
use crate::{
    failure::Result,
    service::status::{self, ProfileStatus, Status, TaskStatus},
    sync::report::Warning,
    text,
    text::Language,
};

/// The states an order can be in, in the order they are told.
pub(super) const STATES: [&str; 6] = ["seen", "planned", "writing", "written", "held", "skipped"];

pub(super) async fn run(session: &Session) -> Result<Exit> {
    session.has_data()?;
    let mut status = match session.agent()? {
        Some(agent) => agent.status().await?,
        None => status::gather(&session.data, &session.journal()?, Timestamp::now())?,
    };
    for profile in &mut status.profiles {
        if let Some(stopped) = &mut profile.stopped {
            hints::filled(&mut stopped.why.hint, &profile.name);
        }
    }
    if session.screen.json {
        session.screen.json(&for_programs(session.screen, &status));
    } else {
        show(session, &status);
    }
    Ok(Exit::Done)
}

fn show(session: &Session, status: &Status) {
    let screen = session.screen;
    screen.say(&match status.agent {
        Some(address) => text!(
            "Winkelbrug draait (http://{address}).",
            "Winkelbrug is running (http://{address})."
        ),
        None => text!("Winkelbrug draait niet.", "Winkelbrug is not running."),
    });
    if status.profiles.is_empty() {
        let folder = session.data.path().display();
        screen.say(&text!(
            "Er is nog geen profiel (map {folder}).",
            "There is no profile yet (folder {folder})."
        ));
    }
    for profile in &status.profiles {
        screen.line("");
        show_profile(screen, profile);
    }
}

fn show_profile(screen: Screen, profile: &ProfileStatus) {
    screen.line(&format!("{}  {}", profile.name, profile.shop));
    if let Some(failure) = &profile.unreadable {
        screen.line(&format!("  {}", screen.words(&failure.text)));
        screen.line(&format!("  {}", screen.words(&failure.hint)));
        return;
    }
    if let Some(stopped) = &profile.stopped {
        let since = screen.moment(stopped.since);
        let (nl, en) = (&stopped.why.text.nl, &stopped.why.text.en);
        screen.say(&text!(
            "  Staat stil sinds {since} en wacht op u: {nl}",
            "  Stopped since {since} and waiting for you: {en}",
        ));
        screen.line(&format!("  {}", screen.words(&stopped.why.hint)));
    }
    if let Some(task) = profile.running {
        screen.say(&text!("  Nu bezig: {task}", "  Running now: {task}"));
    }
    let headings = match screen.language {
        Language::Dutch => ["  taak", "ritme", "volgende keer", "vorige keer"],
        Language::English => ["  task", "rhythm", "next run", "last run"],
    };
    let mut table = Table::new(headings);
    for task in &profile.tasks {
        table.row([
            format!("  {}", task.task),
            rhythm(screen, &task.pace),
            task.next
                .map_or_else(|| "-".to_owned(), |next| screen.moment(next)),
            last(screen, task),
        ]);
    }
    table.lines().iter().for_each(|line| screen.line(line));
    show_orders(screen, profile);
    show_warnings(screen, warnings(profile));
}

/// What the latest run of any task said of the profile as a whole.
fn warnings(profile: &ProfileStatus) -> &[Warning] {
    profile
        .tasks
        .iter()
        .filter_map(|task| task.last.as_ref())
        .max_by_key(|report| report.ended)
        .map_or(&[], |report| &report.warnings)
}

/// `every 15m` and `at 07:00 17:00`, for people.
fn rhythm(screen: Screen, pace: &str) -> String {
    match screen.language {
        Language::Dutch => pace.replacen("every", "elke", 1).replacen("at ", "om ", 1),
        Language::English => pace.to_owned(),
    }
}

fn last(screen: Screen, task: &TaskStatus) -> String {
    let Some(report) = &task.last else {
        return "-".to_owned();
    };
    let outcome = outcome_words(report.outcome);
    let mut text = format!("{} {}", screen.moment(report.ended), screen.words(&outcome));
    if let Some(failure) = &report.failure {
        text = format!("{text}: {}", screen.words(&failure.text));
    }
    text
}

fn show_orders(screen: Screen, profile: &ProfileStatus) {
    let counts: Vec<String> = STATES
        .iter()
        .filter_map(|state| {
            let count = profile.orders.get(*state).filter(|count| **count > 0)?;
            let words = super::progress::states_words(state, *count);
            Some(format!("{count} {}", screen.words(&words)))
        })
        .collect();
    if !counts.is_empty() {
        let counts = counts.join(", ");
        screen.say(&text!("  Bestellingen: {counts}", "  Orders: {counts}"));
    }
    let (name, attention) = (&profile.name, profile.attention);
    if attention > 0 {
        screen.say(&text!(
            "  Aandacht nodig: {attention} (winkelbrug orders {name} --state attention)",
            "  Need a look: {attention} (winkelbrug orders {name} --state attention)"
        ));
    }
    if profile.orders.get("held").is_some_and(|held| *held > 0) {
        screen.say(&text!(
            "  Wat op u wacht: winkelbrug orders {name} --state held",
            "  What waits for you: winkelbrug orders {name} --state held"
        ));
    }
    if let Some(read) = profile.stock_read_at {
        let read = screen.moment(read);
        screen.say(&text!(
            "  Oudste voorraadcijfer gelezen: {read}",
            "  Oldest stock figure read: {read}"
        ));
    }
}

fn for_programs(screen: Screen, status: &Status) -> Value {
    let profiles: Vec<Value> = status
        .profiles
        .iter()
        .map(|profile| {
            let orders: serde_json::Map<String, Value> = STATES
                .iter()
                .map(|state| {
                    let count = profile.orders.get(*state).copied().unwrap_or_default();
                    ((*state).to_owned(), json!(count))
                })
                .collect();
            json!({
                "name": profile.name,
                "shop": profile.shop,
                "unreadable": profile.unreadable.as_ref().map(|failure| reported(screen, failure)),
                "stopped": profile.stopped.as_ref().map(|stopped| json!({
                    "since": stopped.since,
                    "why": reported(screen, &stopped.why),
                })),
                "running": profile.running,
                "tasks": profile.tasks.iter().map(|task| json!({
                    "task": task.task,
                    "rhythm": task.pace,
                    "next": task.next,
                    "edited": task.edited,
                    "last": task.last.as_ref().map(|report| super::run::for_programs(screen, report)),
                })).collect::<Vec<_>>(),
                "orders": orders,
                "attention": profile.attention,
                "stock_read_at": profile.stock_read_at,
                "warnings": warnings_for_programs(screen, warnings(profile)),
            })
        })
        .collect();
    json!({
        "running": status.agent.is_some(),
        "address": status.agent,
        "profiles": profiles,
    })
}

/// A failure for programs: the same four fields everywhere.
pub(super) fn reported(screen: Screen, failure: &crate::sync::report::ReportedFailure) -> Value {
    json!({
        "code": failure.code,
        "class": failure.class,
        "message": screen.words(&failure.text),
        "hint": screen.words(&failure.hint),
    })
}

//! `check`: both sides step by step, and every name the settings use.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    arguments, ask, cost_articles,
    exit::Exit,
    keys,
    run::unexpected,
    screen::{Screen, clean},
    session::Session,
    table::wrap,
};
use crate::{
    failure::Result,
    profile::Secret,
    service::{Action, Outcome},
    shop::keys::is_about_a_key,
    step::Step,
    text,
};

/// Width of a line of a step, after its sign.
const WIDTH: usize = 96;

pub(super) async fn run(session: &Session, arguments: arguments::Check) -> Result<Exit> {
    let connect = arguments.connect;
    let made = ask::complete(session, &connect.name, &connect.secrets, ask::Token::Make)?;
    ask::show_made(session.screen, made.as_ref());
    let profile = connect.name;
    let mut steps = Vec::new();
    if connect.trust_new_key {
        steps.extend(keys::trust_all(session, &profile).await?);
    }
    if arguments.create_articles {
        steps.extend(cost_articles::make(session, &profile, BTreeMap::new()).await?);
    }
    let mut found = look(session, &profile).await?;
    let about_a_key = |step: &Step| step.code.as_deref().is_some_and(is_about_a_key);
    if found.iter().any(about_a_key)
        && let Some(trusted) = keys::offer(session, &profile).await?
    {
        steps.extend(trusted);
        found = look(session, &profile).await?;
    }
    steps.extend(found);
    let screen = session.screen;
    if screen.json {
        screen.json(&for_programs(screen, &profile, &steps, made.as_ref()));
        return Ok(gravest(&steps));
    }
    show(screen, &steps);
    if cost_articles::ask(session, &profile, &steps).await? {
        steps = look(session, &profile).await?;
        show(screen, &steps);
    }
    Ok(gravest(&steps))
}

async fn look(session: &Session, profile: &str) -> Result<Vec<Step>> {
    let profile = profile.to_owned();
    match session.perform(Action::Check { profile }).await? {
        Outcome::Checked { steps } => Ok(steps),
        _ => Err(unexpected()),
    }
}

/// The gravest failed step decides.
pub(super) fn gravest(steps: &[Step]) -> Exit {
    let gravity = |exit: &Exit| match exit {
        Exit::Done => 0,
        Exit::Attention => 1,
        Exit::Usage => 2,
        Exit::NoConnection => 3,
        Exit::Credentials => 4,
    };
    steps
        .iter()
        .filter(|step| !step.ok)
        .map(|step| {
            step.class.map_or(Exit::Attention, |class| {
                Exit::of_class(class, step.no_connection)
            })
        })
        .max_by_key(gravity)
        .unwrap_or(Exit::Done)
}

/// The steps as lines.
pub(super) fn show_steps(screen: Screen, steps: &[Step]) {
    for step in steps {
        let sign = if step.ok { "✓" } else { "✗" };
        let message = clean(screen.words(&step.message));
        for (n, line) in wrap(&message, WIDTH).iter().enumerate() {
            screen.line(&format!("{} {line}", if n == 0 { sign } else { " " }));
        }
        let hint = clean(screen.words(&step.hint));
        if !hint.is_empty() {
            for (n, line) in wrap(&hint, WIDTH - 2).iter().enumerate() {
                screen.line(&format!("  {} {line}", if n == 0 { "→" } else { " " }));
            }
        }
    }
}

fn show(screen: Screen, steps: &[Step]) {
    show_steps(screen, steps);
    let failed = steps.iter().filter(|step| !step.ok).count();
    screen.say(&if failed == 0 {
        text!("Alles in orde.", "Everything is in order.")
    } else {
        text!("{failed} niet in orde.", "{failed} not in order.")
    });
}

fn for_programs(screen: Screen, profile: &str, steps: &[Step], made: Option<&Secret>) -> Value {
    let mut answer = json!({
        "profile": profile,
        "ok": steps.iter().all(|step| step.ok),
        "steps": steps_for_programs(screen, steps),
    });
    if let Some(token) = made {
        answer["shop_token"] = token.expose().into();
    }
    answer
}

/// The steps for programs.
pub(super) fn steps_for_programs(screen: Screen, steps: &[Step]) -> Vec<Value> {
    steps
        .iter()
        .map(|step| {
            json!({
                "name": step.name,
                "ok": step.ok,
                "message": screen.words(&step.message),
                "hint": screen.words(&step.hint),
                "code": step.code,
            })
        })
        .collect()
}

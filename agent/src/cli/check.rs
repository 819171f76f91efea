//! `check`: both sides step by step, and every name the settings use.

use serde_json::{Value, json};

use super::{
    arguments, ask,
    exit::Exit,
    run::unexpected,
    screen::{Screen, clean},
    session::Session,
    table::wrap,
};
use crate::{
    failure::{Failure, Result},
    profile::Secret,
    service::{Action, Outcome},
    step::Step,
    text,
};

/// Width of a line of a step, after its sign.
const WIDTH: usize = 96;

pub(super) async fn run(session: &Session, arguments: arguments::Connect) -> Result<Exit> {
    refuse_new_key(&arguments)?;
    let made = ask::complete(
        session,
        &arguments.name,
        &arguments.secrets,
        ask::Token::Make,
    )?;
    ask::show_made(session.screen, made.as_ref());
    let profile = arguments.name;
    let outcome = session
        .perform(Action::Check {
            profile: profile.clone(),
        })
        .await?;
    let Outcome::Checked { steps } = outcome else {
        return Err(unexpected());
    };
    let exit = gravest(&steps);
    if session.screen.json {
        session.screen.json(&for_programs(
            session.screen,
            &profile,
            &steps,
            made.as_ref(),
        ));
    } else {
        show(session.screen, &steps);
    }
    Ok(exit)
}

/// Plain FTP has no key to trust; a web server's certificate is trusted by `[shop] fingerprint`.
pub(super) fn refuse_new_key(arguments: &arguments::Connect) -> Result<()> {
    if !arguments.trust_new_key {
        return Ok(());
    }
    Err(Failure::misconfigured(
        "not-yet-available",
        text!(
            "--trust-new-key is in deze versie nog niet beschikbaar.",
            "--trust-new-key is not yet available in this version."
        ),
    )
    .hint(text!(
        "Zet de vingerafdruk van het certificaat van de webserver bij [shop] fingerprint.",
        "Put the fingerprint of the web server's certificate at [shop] fingerprint."
    )))
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

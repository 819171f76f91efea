//! `deploy`: the bridge into the shop, or up to date.

use serde_json::json;

use super::{
    arguments, ask,
    check::{gravest, show_steps, steps_for_programs},
    exit::Exit,
    keys,
    run::unexpected,
    screen::clean,
    session::Session,
};
use crate::{
    failure::Result,
    service::{Action, Outcome, action::BridgeEnd},
    shop::keys::is_about_a_key,
    text,
    text::Text,
};

pub(super) async fn run(session: &Session, arguments: arguments::Connect) -> Result<Exit> {
    ask::complete(session, &arguments.name, &arguments.secrets)?;
    let profile = arguments.name;
    let mut trusted = Vec::new();
    if arguments.trust_new_key {
        trusted = keys::trust_all(session, &profile).await?;
    }
    let deploy = || Action::Deploy {
        profile: profile.clone(),
    };
    let mut outcome = session.perform(deploy()).await;
    if let Err(failure) = &outcome
        && is_about_a_key(&failure.code)
        && let Some(more) = keys::offer(session, &profile).await?
    {
        trusted.extend(more);
        outcome = session.perform(deploy()).await;
    }
    let outcome = match outcome {
        Ok(Outcome::Bridge(mut report)) => {
            report.steps.splice(0..0, trusted);
            Outcome::Bridge(report)
        }
        Ok(other) => other,
        Err(failure) => {
            // What was trusted stays so, and the owner hears of it all the same.
            show_steps(session.screen, &trusted);
            return Err(failure);
        }
    };
    show(session, &profile, outcome)
}

/// What came of a deploy or a withdrawal.
pub(super) fn show(session: &Session, profile: &str, outcome: Outcome) -> Result<Exit> {
    let Outcome::Bridge(report) = outcome else {
        return Err(unexpected());
    };
    let screen = session.screen;
    if screen.json {
        screen.json(&json!({
            "profile": profile,
            "outcome": report.end,
            "steps": steps_for_programs(screen, &report.steps),
            "left": report.left,
        }));
    } else {
        show_steps(screen, &report.steps);
        for path in &report.left {
            let path = clean(path);
            screen.say(&text!(
                "Verwijder zelf van de server: {path}",
                "Remove from the server yourself: {path}"
            ));
        }
        screen.say(&end_words(report.end));
    }
    Ok(match report.end {
        // What is in use works; something old is left for the owner.
        BridgeEnd::Placed | BridgeEnd::Unchanged | BridgeEnd::Withdrawn => {
            if report.left.is_empty() {
                Exit::Done
            } else {
                Exit::Attention
            }
        }
        BridgeEnd::Left => match gravest(&report.steps) {
            Exit::Done => Exit::Attention,
            exit => exit,
        },
    })
}

fn end_words(end: BridgeEnd) -> Text {
    match end {
        BridgeEnd::Unchanged => text!(
            "Het koppelbestand in de winkel is al goed; er is niets veranderd.",
            "The file in the shop is right already; nothing was changed."
        ),
        BridgeEnd::Placed => text!(
            "Het koppelbestand staat in de winkel en werkt.",
            "The file is in the shop and works."
        ),
        BridgeEnd::Withdrawn => text!(
            "Er staat niets van Winkelbrug meer in de winkel.",
            "Nothing of Winkelbrug is in the shop any more."
        ),
        BridgeEnd::Left => text!(
            "Er kan nog iets van Winkelbrug in de winkel staan.",
            "Something of Winkelbrug may still be in the shop."
        ),
    }
}

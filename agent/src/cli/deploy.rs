//! `deploy`: the bridge into the shop, or up to date.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    arguments, ask,
    check::{attention, gravest, show_steps, steps_for_programs},
    exit::Exit,
    keys, question, redirect,
    run::unexpected,
    screen::{Screen, clean},
    session::Session,
};
use crate::{
    failure::{Failure, Result},
    service::{
        Action, Outcome,
        action::{BridgeEnd, BridgeReport, OTHER_FILE},
    },
    shop::keys::is_about_a_key,
    step::Step,
    text,
    text::Text,
};

/// Name of the step that tells of a file that is gone.
const REMOVED: &str = "file-removed";

pub(super) async fn run(session: &Session, arguments: arguments::Deploy) -> Result<Exit> {
    let connect = arguments.connect;
    ask::complete(session, &connect.name, &connect.secrets, ask::Token::Ask)?;
    let profile = connect.name.clone();
    let mut done = Vec::new();
    if connect.trust_new_key {
        done = keys::trust_all(session, &profile).await?;
    }
    let action = |remove_others| Action::Deploy {
        profile: profile.clone(),
        remove_others,
    };
    let mut offered = BTreeSet::new();
    let outcome = loop {
        match session.perform(action(arguments.remove_others)).await {
            Ok(outcome) => break Ok(outcome),
            Err(failure) => {
                // What comes back the same was not mended by what the owner said.
                let new = offered.insert(failure.text.en.clone());
                if !(new && mended(session, &connect, &failure, &mut done).await?) {
                    break Err(failure);
                }
            }
        }
    };
    let outcome = match outcome {
        Ok(Outcome::Bridge(mut report)) => {
            report.steps.splice(0..0, done);
            Outcome::Bridge(report)
        }
        Ok(other) => other,
        Err(failure) => {
            // What was trusted or adopted stays so, and the owner hears of it all the same.
            show_steps(session.screen, &done);
            return Err(failure);
        }
    };
    ended(session, &profile, outcome, action).await
}

/// What the owner alone can decide, by what he typed or by asking him. Did he, so that it is worth
/// another try? `done` gets what he decided.
async fn mended(
    session: &Session,
    connect: &arguments::Connect,
    failure: &Failure,
    done: &mut Vec<Step>,
) -> Result<bool> {
    let profile = &connect.name;
    if is_about_a_key(&failure.code) {
        // The address of now may be another than the one whose keys were trusted at first.
        let trusted = if connect.trust_new_key {
            Some(keys::trust_all(session, profile).await?)
        } else {
            keys::offer(session, profile).await?
        };
        let mended = trusted.is_some();
        done.extend(trusted.unwrap_or_default());
        return Ok(mended);
    }
    if let Some(url) = &failure.leads_to {
        let adopted =
            redirect::offer(session, profile, &failure.text, url, connect.use_redirect).await?;
        let mended = adopted.is_some();
        done.extend(adopted);
        return Ok(mended);
    }
    Ok(failure.code == "several-shops" && choose_shop(session, profile).await?)
}

/// Asks which of several shops it is, on a terminal, and puts its folder into the profile. Was one
/// chosen?
async fn choose_shop(session: &Session, profile: &str) -> Result<bool> {
    let screen = session.screen;
    if screen.json || !Screen::can_ask() {
        return Ok(false);
    }
    let asked = Action::Shops {
        profile: profile.to_owned(),
    };
    let Outcome::Shops { shops } = session.perform(asked).await? else {
        return Err(unexpected());
    };
    let question = text!(
        "Op dit account staat meer dan één winkel. Welke hoort bij dit profiel?",
        "There is more than one shop on this account. Which one belongs to this profile?"
    );
    let lines: Vec<String> = shops.iter().map(|shop| clean(&shop.line)).collect();
    let chosen = question::chosen(screen, &question, lines);
    let Some(shop) = chosen.and_then(|at| shops.get(at)) else {
        return Ok(false);
    };
    let chosen = Action::UseFolder {
        profile: profile.to_owned(),
        folder: shop.folder.clone(),
    };
    session.perform(chosen).await?;
    Ok(true)
}

/// Shows what came of it, and asks about files of others when there are any and somebody can be asked.
pub(super) async fn ended(
    session: &Session,
    profile: &str,
    outcome: Outcome,
    action: impl Fn(bool) -> Action,
) -> Result<Exit> {
    let noticed = matches!(&outcome, Outcome::Bridge(report) if !report.others.is_empty());
    let exit = show(session, profile, outcome)?;
    if !noticed || session.screen.json || !Screen::can_ask() {
        return Ok(exit);
    }
    let question = text!(
        "Deze bestanden van een eerdere installatie of een andere pc verwijderen?",
        "Remove these files of an earlier installation or another PC?"
    );
    if !question::agreed(session.screen, &question) {
        return Ok(exit);
    }
    show(session, profile, session.perform(action(true)).await?)
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
            "others": report.others,
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
        screen.say(&end_words(&report));
        if let Some(attention) = attention(&report.steps) {
            screen.say(&attention);
        }
    }
    Ok(match report.end {
        // What is in use works; something old is left for the owner.
        BridgeEnd::Withdrawn if !report.others.is_empty() => Exit::Attention,
        BridgeEnd::Placed | BridgeEnd::Unchanged | BridgeEnd::Withdrawn | BridgeEnd::NotNeeded => {
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

fn end_words(report: &BridgeReport) -> Text {
    // What could not be looked at, or is somebody else's, may still be there.
    let unsure =
        !report.others.is_empty() || report.steps.iter().any(|step| step.name == OTHER_FILE);
    let removed = report.steps.iter().any(|step| step.name == REMOVED);
    match report.end {
        BridgeEnd::Unchanged if removed => text!(
            "Het koppelbestand in de winkel is al goed; wat hierboven staat is weggehaald.",
            "The file in the shop is right already; what stands above was removed."
        ),
        BridgeEnd::Withdrawn if unsure => text!(
            "Het koppelbestand van dit profiel staat niet meer in de winkel.",
            "This profile's file is not in the shop any more."
        ),
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
        BridgeEnd::NotNeeded => text!(
            "In een winkel met S-Connect komt geen bestand van Winkelbrug; er is niets te plaatsen of weg te halen.",
            "No file of Winkelbrug goes into a shop with S-Connect; there is nothing to place or remove."
        ),
        BridgeEnd::Left => text!(
            "Er kan nog iets van Winkelbrug in de winkel staan.",
            "Something of Winkelbrug may still be in the shop."
        ),
    }
}

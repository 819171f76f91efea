//! `withdraw`: the bridge out of the shop, and nothing left behind.

use super::{
    arguments, check::show_steps, deploy, exit::Exit, question, screen::Screen, session::Session,
};
use crate::{
    failure::Result,
    service::{Action, Outcome, action::BridgeEnd},
    shop::deploy::uploads,
    text,
};

pub(super) async fn run(session: &Session, arguments: arguments::Withdraw) -> Result<Exit> {
    let profile = arguments.name;
    session.data.profiles().get(&profile)?;
    let screen = session.screen;
    let placed = ever_placed(session, &profile)?;
    let asks = !arguments.yes && !screen.json && Screen::can_ask();
    if asks && (placed || arguments.remove_others) {
        let question = text!(
            "Het koppelbestand en de tabel van Winkelbrug uit de winkel van {profile} halen? Zeker weten?",
            "Remove Winkelbrug's file and table from the shop of {profile}? Are you sure?"
        );
        if !question::agreed(screen, &question) {
            screen.say(&text!("Er is niets weggehaald.", "Nothing was removed."));
            return Ok(Exit::Attention);
        }
    }
    let action = |remove_others| Action::Withdraw {
        profile: profile.clone(),
        remove_others,
    };
    let outcome = session.perform(action(arguments.remove_others)).await?;
    if let Outcome::Bridge(report) = &outcome
        && !placed
        && !screen.json
        && report.end == BridgeEnd::Withdrawn
        && report.others.is_empty()
    {
        show_steps(screen, &report.steps);
        screen.say(&text!(
            "Er is nooit een koppelbestand geplaatst voor profiel {profile}.",
            "No file was ever placed for profile {profile}."
        ));
        return Ok(Exit::Done);
    }
    deploy::ended(session, &profile, outcome, action).await
}

/// Did a file of this profile ever go to a server?
fn ever_placed(session: &Session, profile: &str) -> Result<bool> {
    let files = uploads::ever(&session.journal()?)?;
    Ok(files.values().any(|file| file.profile == profile))
}

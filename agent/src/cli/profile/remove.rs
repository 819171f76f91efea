//! `profile remove`: first the bridge out of the shop, then the profile and its secrets, then the
//! personal data of its customers. What was written into which books stays known: a profile made
//! again under the same name writes nothing twice, and is refused for another administration, whose
//! books would lack those orders.

use std::sync::Arc;

use serde_json::json;

use crate::{
    administration,
    cli::{
        arguments::ProfileRemove, deploy, exit::Exit, question, screen::Screen, session::Session,
    },
    clock::{Clock, SystemClock},
    failure::Result,
    journal::Journal,
    service::{Action, Outcome, action::BridgeEnd, logs},
    text,
};

pub(super) async fn run(session: &Session, arguments: ProfileRemove) -> Result<Exit> {
    let name = arguments.name;
    let profiles = session.data.profiles();
    if !profiles.has(&name) {
        profiles.get(&name)?;
    }
    if !agreed(session, &name)? {
        session
            .screen
            .say(&text!("Er is niets verwijderd.", "Nothing was removed."));
        return Ok(Exit::Attention);
    }
    let withdrawn = session
        .perform(Action::Withdraw {
            profile: name.clone(),
            remove_others: false,
        })
        .await;
    let left_behind = match withdrawn {
        Ok(Outcome::Bridge(report)) if report.end == BridgeEnd::Left && !arguments.force => {
            return deploy::show(session, &name, Outcome::Bridge(report));
        }
        Ok(Outcome::Bridge(report)) if report.end == BridgeEnd::Left => {
            warn(session, &report.left);
            true
        }
        Ok(_) => false,
        Err(failure) if arguments.force => {
            session.screen.remark(&failure.text);
            warn(session, &[]);
            true
        }
        Err(failure) => {
            return Err(failure.hint(text!(
                "Los dit op en probeer het opnieuw, of verwijder het profiel toch met --force; het bestand in de winkel blijft dan staan.",
                "Solve this and try again, or remove the profile anyway with --force; the file in the shop then stays."
            )));
        }
    };
    session.vault().remove_all(&name)?;
    profiles.remove(&name)?;
    let journal = Journal::open(session.data.path())?;
    journal.forget_schedule(&name)?;
    erase_customers(session, &journal, &name)?;
    if session.screen.json {
        session
            .screen
            .json(&json!({"name": name, "removed": true, "left_behind": left_behind}));
    } else {
        session.screen.say(&text!(
            "Profiel {name} is verwijderd.",
            "Profile {name} is removed."
        ));
        let days = logs::days(&session.data);
        session.screen.say(&text!(
            "De logbestanden noemen het nog, met bestelnummers en zonder persoonsgegevens; zij gaan vanzelf weg, elk na {days} dagen.",
            "The log files still name it, with order numbers and without personal data; they go by themselves, each after {days} days."
        ));
    }
    Ok(Exit::Done)
}

/// On a terminal it is asked first, naming what goes; a program that removes a profile meant it.
fn agreed(session: &Session, name: &str) -> Result<bool> {
    let screen = session.screen;
    if screen.json || !Screen::can_ask() {
        return Ok(true);
    }
    let known: u64 = session.journal()?.order_counts(name)?.values().sum();
    let orders = text::counted(known, ["bestelling", "bestellingen"], ["order", "orders"]);
    let (nl, en) = (orders.nl, orders.en);
    let question = text!(
        "Profiel {name} verwijderen, met zijn wachtwoorden en sleutels, het bestand in de winkel en de klantgegevens van {nl}? Wat in de boeken staat blijft.",
        "Remove profile {name}, with its passwords and keys, the file in the shop and the customer data of {en}? What is in the books stays."
    );
    Ok(question::agreed(screen, &question))
}

/// Its customers are nobody's business any more.
fn erase_customers(session: &Session, journal: &Journal, name: &str) -> Result<()> {
    let clock = Arc::new(SystemClock);
    let others = session.data.profiles().names()?;
    let emptied = journal.empty_profile(name, &others, clock.now())?;
    administration::forget_in_trial(session.data.path(), name, clock, &emptied.words)?;
    logs::forget(&session.data, &emptied.words)?;
    let kept = emptied.kept;
    if kept > 0 {
        session.screen.remark(&text!(
            "Let op: {kept} bestellingen werden juist geschreven; hun gegevens blijven op deze pc, zodat ze nooit dubbel worden geboekt.",
            "Mind: {kept} orders were just being written; their data stays on this PC, so that they are never booked twice."
        ));
    }
    Ok(())
}

fn warn(session: &Session, left: &[String]) {
    session.screen.remark(&text!(
        "Let op: er kan nog iets van Winkelbrug in de winkel staan. Kijk het met uw FTP-programma na.",
        "Mind: something of Winkelbrug may still be in the shop. Look for it with your FTP program."
    ));
    for path in left {
        session
            .screen
            .remark(&crate::text::Text::same(path.clone()));
    }
}

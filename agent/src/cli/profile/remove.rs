//! `profile remove`: first the bridge out of the shop, then the profile and its secrets. What was
//! written into which books stays known: a profile made again under the same name writes nothing
//! twice, and is refused for another administration, whose books would lack those orders.

use serde_json::json;

use crate::{
    cli::{arguments::ProfileRemove, deploy, exit::Exit, session::Session},
    failure::Result,
    journal::Journal,
    service::{Action, Outcome, action::BridgeEnd},
    text,
};

pub(super) async fn run(session: &Session, arguments: ProfileRemove) -> Result<Exit> {
    let name = arguments.name;
    let profiles = session.data.profiles();
    if !profiles.has(&name) {
        profiles.get(&name)?;
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
    Journal::open(session.data.path())?.forget_schedule(&name)?;
    if session.screen.json {
        session
            .screen
            .json(&json!({"name": name, "removed": true, "left_behind": left_behind}));
    } else {
        session.screen.say(&text!(
            "Profiel {name} is verwijderd.",
            "Profile {name} is removed."
        ));
    }
    Ok(Exit::Done)
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

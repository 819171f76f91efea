//! `retry`: orders offered again.

use serde_json::json;

use super::{arguments, exit::Exit, run::unexpected, session::Session};
use crate::{
    failure::Result,
    service::{Action, Outcome, action::Which},
    text,
};

pub(super) async fn run(session: &Session, arguments: arguments::Retry) -> Result<Exit> {
    let which = match (arguments.order, arguments.difference, arguments.rate) {
        (None, ..) => Which::Held,
        (Some(order), None, None) => Which::Order(order),
        (Some(order), _, Some(rate)) => Which::Rated { order, rate },
        (Some(order), Some(how), None) => Which::Decided {
            order,
            difference: how.into(),
        },
    };
    let profile = arguments.name;
    let action = Action::Retry {
        profile: profile.clone(),
        which,
    };
    let Outcome::Orders { count } = session.perform(action).await? else {
        return Err(unexpected());
    };
    if session.screen.json {
        session
            .screen
            .json(&json!({"profile": profile, "orders": count}));
    } else {
        session.screen.say(&text!(
            "{count} opnieuw aangeboden; Winkelbrug kijkt er de volgende keer weer naar, of nu met: winkelbrug run {profile}. Wat in de winkel geannuleerd of buiten de instellingen valt, blijft overgeslagen.",
            "{count} offered again; Winkelbrug looks at them again at the next run, or now with: winkelbrug run {profile}. What is cancelled in the shop or outside the settings stays skipped."
        ));
    }
    Ok(Exit::Done)
}

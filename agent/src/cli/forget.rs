//! `forget`: a customer's personal data erased; numbers, amounts and decisions stay.

use serde_json::json;

use super::{arguments, exit::Exit, run::unexpected, session::Session};
use crate::{
    failure::Result,
    service::{Action, Outcome},
    text,
};

pub(super) async fn run(session: &Session, arguments: arguments::Forget) -> Result<Exit> {
    let action = Action::Forget {
        profile: arguments.name.clone(),
        customer: arguments.customer,
    };
    let Outcome::Forgotten { orders } = session.perform(action).await? else {
        return Err(unexpected());
    };
    if session.screen.json {
        session
            .screen
            .json(&json!({"profile": arguments.name, "orders": orders}));
    } else if orders == 0 {
        session.screen.say(&text!(
            "Van deze klant is hier niets bekend.",
            "Nothing is known here of this customer."
        ));
    } else {
        session.screen.say(&text!(
            "De persoonsgegevens in {orders} bestellingen zijn gewist. In de administratie zelf is niets veranderd.",
            "The personal data in {orders} orders were erased. Nothing was changed in the books themselves."
        ));
    }
    Ok(Exit::Done)
}

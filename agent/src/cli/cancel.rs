//! `cancel`: the owner's yes to delete the sales order of a cancelled order.

use serde_json::json;

use super::{arguments, exit::Exit, session::Session};
use crate::{
    failure::{Failure, Result},
    service::Action,
    text,
};

pub(super) async fn run(session: &Session, arguments: arguments::Cancel) -> Result<Exit> {
    let (profile, order) = (arguments.name, arguments.order);
    if !arguments.yes {
        let order = text::typed_again(&order);
        return Err(Failure::misconfigured(
            "wrong-use",
            text!(
                "Zonder --yes wordt er niets verwijderd.",
                "Without --yes nothing is deleted."
            ),
        )
        .hint(text!(
            "Bekijk de bestelling met: winkelbrug order {profile} {order}",
            "Look at the order with: winkelbrug order {profile} {order}"
        )));
    }
    session
        .perform(Action::Cancel {
            profile: profile.clone(),
            order: order.clone(),
        })
        .await?;
    if session.screen.json {
        session
            .screen
            .json(&json!({"profile": profile, "order": order}));
    } else {
        session.screen.say(&text!(
            "De verkooporder van bestelling {order} wordt de volgende keer verwijderd, of nu met: winkelbrug run {profile}",
            "The sales order of order {order} is deleted with the next run, or now with: winkelbrug run {profile}"
        ));
    }
    Ok(Exit::Done)
}

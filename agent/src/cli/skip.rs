//! `skip`: an order the owner does not want in the books, or one in the books that needed a look and
//! got it.

use serde_json::json;

use super::{arguments, exit::Exit, session::Session};
use crate::{
    failure::{Failure, Result},
    service::Action,
    text,
};

pub(super) async fn run(session: &Session, arguments: arguments::Skip) -> Result<Exit> {
    let (profile, order, why) = (arguments.name, arguments.order, arguments.why);
    if why.trim().is_empty() {
        return Err(Failure::misconfigured(
            "wrong-use",
            text!("--why kan niet leeg zijn.", "--why cannot be empty."),
        )
        .hint(text!(
            "Schrijf waarom; over een jaar weet u het nog.",
            "Write why; a year from now you will still know."
        )));
    }
    session
        .perform(Action::Skip {
            profile: profile.clone(),
            order: order.clone(),
            why,
        })
        .await?;
    if session.screen.json {
        session
            .screen
            .json(&json!({"profile": profile, "order": order}));
    } else {
        session.screen.say(&text!(
            "Bestelling {order} wacht niet meer op u.",
            "Order {order} no longer waits for you."
        ));
    }
    Ok(Exit::Done)
}

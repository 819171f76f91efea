//! `skip`: an order the owner does not want in the books, or one in the books that needed a look and
//! got it.

use serde_json::json;

use super::{arguments, exit::Exit, run::unexpected, session::Session};
use crate::{
    failure::{Failure, Result},
    journal::State,
    service::{Action, Outcome},
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
    let before = stood(session, &profile, &order);
    let action = Action::Skip {
        profile: profile.clone(),
        order: order.clone(),
        why,
    };
    let Outcome::Skipped { left } = session.perform(action).await? else {
        return Err(unexpected());
    };
    if session.screen.json {
        session
            .screen
            .json(&json!({"profile": profile, "order": order, "left": left}));
    } else {
        session.screen.say(&match before {
            Some(State::Held | State::Written) => text!(
                "Bestelling {order} wacht niet meer op u.",
                "Order {order} no longer waits for you."
            ),
            _ => text!(
                "Bestelling {order} wordt overgeslagen.",
                "Order {order} is skipped."
            ),
        });
        if let Some(words) = left.words() {
            session.screen.say(&words);
        }
    }
    Ok(Exit::Done)
}

/// Where the order was before it was skipped, as far as that is known.
fn stood(session: &Session, profile: &str, order: &str) -> Option<State> {
    let journal = session.journal().ok()?;
    let order = journal.find_order(profile, order).ok()?;
    let work = journal.order_at_work(order).ok()?;
    Some(work.state)
}

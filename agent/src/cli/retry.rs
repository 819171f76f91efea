//! `retry`: orders offered again.

use rust_decimal::Decimal;
use serde_json::json;

use super::{arguments, exit::Exit, run::unexpected, session::Session};
use crate::{
    failure::Result,
    service::{Action, Outcome, action::Which},
    text,
    text::Text,
};

pub(super) async fn run(session: &Session, arguments: arguments::Retry) -> Result<Exit> {
    let which = match (arguments.order, arguments.difference, arguments.rate) {
        (None, ..) => Which::Held,
        (Some(order), None, None) => Which::Order(order),
        (Some(order), _, Some(rate)) => Which::Rated {
            order,
            rate,
            yes: arguments.yes,
        },
        (Some(order), Some(how), None) => Which::Decided {
            order,
            difference: how.into(),
        },
    };
    let profile = arguments.name;
    let rated = match &which {
        Which::Rated { order, .. } => Some(order.clone()),
        _ => None,
    };
    let action = Action::Retry {
        profile: profile.clone(),
        which,
    };
    let Outcome::Orders { count } = session.perform(action).await? else {
        return Err(unexpected());
    };
    let in_euro = match rated {
        Some(order) => in_euro(session, &profile, &order)?,
        None => None,
    };
    if session.screen.json {
        session.screen.json(&json!({
            "profile": profile,
            "orders": count,
            "euro": in_euro.as_ref().map(|(euro, _)| euro),
        }));
    } else {
        if let Some((_, words)) = &in_euro {
            session.screen.say(words);
        }
        if count == 0 {
            session
                .screen
                .say(&text!("Er wacht niets op u.", "Nothing waits for you."));
            return Ok(Exit::Done);
        }
        let orders = text::counted(count, ["bestelling", "bestellingen"], ["order", "orders"]);
        let (nl, en) = (orders.nl, orders.en);
        session.screen.say(&text!(
            "{nl} opnieuw aangeboden; Winkelbrug kijkt er de volgende keer weer naar, of nu met: winkelbrug run {profile}. Wat in de winkel geannuleerd of buiten de instellingen valt, blijft overgeslagen.",
            "{en} offered again; Winkelbrug looks at them again at the next run, or now with: winkelbrug run {profile}. What is cancelled in the shop or outside the settings stays skipped."
        ));
    }
    Ok(Exit::Done)
}

/// What the order comes to at the rate that was entered: the amount, and in words.
fn in_euro(session: &Session, profile: &str, order: &str) -> Result<Option<(Decimal, Text)>> {
    let order = session.journal()?.order(profile, order)?;
    let rate = order.exchange_rate.and_then(|rate| rate.parse().ok());
    let total = order.listed.shop_total.parse().ok();
    let comes_to = rate
        .zip(total)
        .and_then(|(rate, total): (Decimal, Decimal)| total.checked_div(rate));
    Ok(comes_to.map(|euro| {
        let screen = session.screen;
        let (currency, total) = (
            &order.listed.shop_currency,
            screen.cents_text(&order.listed.shop_total),
        );
        let euro = euro.round_dp(2);
        let shown = screen.cents(euro);
        (
            euro,
            text!(
                "{total} {currency} = {shown} euro",
                "{total} {currency} = {shown} euro"
            ),
        )
    }))
}

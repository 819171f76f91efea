//! `cancel`: the sales order of a cancelled order that would be deleted, and the owner's yes to it.

use serde_json::json;

use super::{
    arguments,
    exit::Exit,
    screen::{Screen, clean},
    session::Session,
};
use crate::{
    administration::Mirror,
    failure::Result,
    journal::listing::ListedOrder,
    service::{Action, owner},
    text,
    text::Text,
};

pub(super) async fn run(session: &Session, arguments: arguments::Cancel) -> Result<Exit> {
    let (profile, order, yes) = (arguments.name, arguments.order, arguments.yes);
    session.data.profiles().get(&profile)?;
    if yes {
        session
            .perform(Action::Cancel {
                profile: profile.clone(),
                order: order.clone(),
            })
            .await?;
    } else {
        owner::may_be_deleted(&session.journal()?, &profile, &order)?;
    }
    let screen = session.screen;
    if screen.json {
        screen.json(&json!({"profile": profile, "order": order, "agreed": yes}));
    } else if yes {
        screen.say(&text!(
            "De verkooporder van bestelling {order} wordt de volgende keer verwijderd, of nu met: winkelbrug run {profile}",
            "The sales order of order {order} is deleted with the next run, or now with: winkelbrug run {profile}"
        ));
    } else {
        let listed = session.journal()?.order(&profile, &order)?.listed;
        let typed = text::typed_again(&order);
        let told = sales_order(screen, &listed, &name(session, &profile, &listed)?);
        let (nl, en) = (told.nl, told.en);
        screen.say(&text!(
            "{nl}, wordt verwijderd. Doorgaan met: winkelbrug cancel {profile} {typed} --yes",
            "{en}, is to be deleted. Go on with: winkelbrug cancel {profile} {typed} --yes"
        ));
    }
    Ok(Exit::Done)
}

/// Which sales order it is: its number in the books, of whom, and what it comes to.
fn sales_order(screen: Screen, order: &ListedOrder, name: &str) -> Text {
    let number = clean(order.administration_number.as_deref().unwrap_or_default());
    let total = screen.cents_text(order.total.as_ref().unwrap_or(&order.shop_total));
    if name.is_empty() {
        text!(
            "Verkooporder {number}, {total}",
            "Sales order {number}, {total}"
        )
    } else {
        text!(
            "Verkooporder {number} van {name}, {total}",
            "Sales order {number} of {name}, {total}"
        )
    }
}

/// The relation's name, as the books had it last; empty when it is not known.
fn name(session: &Session, profile: &str, order: &ListedOrder) -> Result<String> {
    let Some(mirror) = Mirror::known(&session.journal()?, profile)? else {
        return Ok(String::new());
    };
    let known = mirror.relations()?;
    let relation = known
        .iter()
        .find(|relation| Some(relation.code) == order.relation_code);
    Ok(relation.map_or_else(String::new, |relation| clean(&relation.name)))
}

//! `link`: which relation a buyer is, said by hand; without a buyer the links there are.

use serde_json::{Value, json};

use super::{arguments, exit::Exit, run::unexpected, session::Session, table::Table};
use crate::{
    failure::{Failure, Result},
    journal::links::Link,
    service::{
        Action, Outcome,
        links::{Buyer, buyers},
    },
    text,
    text::{Language, Text},
    translate::Linked,
};

pub(super) async fn run(session: &Session, arguments: arguments::Link) -> Result<Exit> {
    let profile = arguments.name;
    match (arguments.buyer, arguments.code, arguments.unlink) {
        (None, _, false) => list(session, &profile),
        (Some(buyer), Some(code), false) => {
            link(session, profile, buyer, meant(&code)?, arguments.yes).await
        }
        (Some(buyer), None, true) => unlink(session, profile, buyer).await,
        _ => Err(wrong_use()),
    }
}

fn wrong_use() -> Failure {
    Failure::misconfigured(
        "wrong-use",
        text!(
            "Noem de klant, en zijn klantcode of --unlink.",
            "Name the customer, and his customer code or --unlink."
        ),
    )
    .hint(text!(
        "Bijvoorbeeld: winkelbrug link winkel 12 10027",
        "For example: winkelbrug link shop 12 10027"
    ))
}

fn list(session: &Session, profile: &str) -> Result<Exit> {
    let (links, buyers) = session.look(profile, |side| {
        let links = side.journal.links(profile)?;
        let buyers = buyers(side, &links)?;
        Ok((links, buyers))
    })?;
    let screen = session.screen;
    if screen.json {
        let links: Vec<Value> = links
            .iter()
            .map(|link| {
                let who = buyers.get(&link.buyer);
                json!({
                    "customer": link.buyer, "code": code(link), "at": link.at,
                    "name": who.map(|who| &who.name),
                    "place": who.map(|who| &who.place),
                    "order": who.map(|who| &who.order),
                })
            })
            .collect();
        screen.json(&Value::from(links));
        return Ok(Exit::Done);
    }
    if links.is_empty() {
        screen.say(&text!(
            "Geen klanten met de hand gekoppeld.",
            "No customers linked by hand."
        ));
        return Ok(Exit::Done);
    }
    let headings = match screen.language {
        Language::Dutch => ["klant", "klantcode", "wie"],
        Language::English => ["customer", "code", "who"],
    };
    let mut table = Table::new(headings);
    for link in &links {
        let who = buyers.get(&link.buyer);
        table.row([
            typed(link, who),
            code(link).map_or_else(
                || {
                    let new = text!("nieuw", "new");
                    screen.words(&new).to_owned()
                },
                |code| code.to_string(),
            ),
            who.map(|who| screen.words(&in_words(who)).to_owned())
                .unwrap_or_default(),
        ]);
    }
    table.lines().iter().for_each(|line| screen.line(line));
    Ok(Exit::Done)
}

/// What the owner types for that customer: a guest is nobody's number, but an order of his is.
fn typed(link: &Link, who: Option<&Buyer>) -> String {
    match who {
        Some(who) if link.buyer.starts_with("guest:") => {
            format!("order:{}", text::typed(&who.order, &who.shop_id))
        }
        _ => link.buyer.clone(),
    }
}

fn in_words(who: &Buyer) -> Text {
    let Buyer {
        name, place, order, ..
    } = who;
    let named = [name.as_str(), place.as_str()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    text!("{named} (bestelling {order})", "{named} (order {order})")
}

fn code(link: &Link) -> Option<i64> {
    match &link.to {
        Linked::Relation { code, .. } => Some(*code),
        Linked::New => None,
    }
}

/// A customer code; none = a new relation.
fn meant(typed: &str) -> Result<Option<i64>> {
    match typed {
        "new" | "nieuw" => Ok(None),
        number => number.parse().map(Some).map_err(|_| wrong_use()),
    }
}

async fn link(
    session: &Session,
    profile: String,
    buyer: String,
    code: Option<i64>,
    sure: bool,
) -> Result<Exit> {
    let action = Action::Link {
        profile: profile.clone(),
        buyer: buyer.clone(),
        code,
        sure,
    };
    let Outcome::Linked { relation } = session.perform(action).await? else {
        return Err(unexpected());
    };
    let screen = session.screen;
    if screen.json {
        let name = relation.as_ref().map(|(name, _)| name);
        screen.json(&json!({
            "profile": profile, "customer": buyer, "code": code, "name": name, "linked": true,
        }));
        return Ok(Exit::Done);
    }
    screen.say(&match relation {
        Some((name, code)) => text!(
            "Klant {buyer} is nu relatie {code} {name}; zijn bestellingen gaan mee bij de volgende keer, of nu met: winkelbrug run {profile}",
            "Customer {buyer} is relation {code} {name} now; his orders go with the next run, or now with: winkelbrug run {profile}"
        ),
        None => text!(
            "Klant {buyer} krijgt een nieuwe relatie bij de volgende keer, of nu met: winkelbrug run {profile}",
            "Customer {buyer} gets a new relation with the next run, or now with: winkelbrug run {profile}"
        ),
    });
    Ok(Exit::Done)
}

async fn unlink(session: &Session, profile: String, buyer: String) -> Result<Exit> {
    let action = Action::Unlink {
        profile: profile.clone(),
        buyer: buyer.clone(),
    };
    let Outcome::Unlinked { was_linked } = session.perform(action).await? else {
        return Err(unexpected());
    };
    let screen = session.screen;
    if screen.json {
        screen.json(&json!({
            "profile": profile, "customer": buyer, "code": null, "name": null, "linked": false,
        }));
    } else if was_linked {
        screen.say(&text!(
            "Klant {buyer} wordt weer herkend zoals de instellingen zeggen.",
            "Customer {buyer} is recognised again as the settings say."
        ));
    } else {
        screen.say(&text!(
            "Klant {buyer} was niet gekoppeld.",
            "Customer {buyer} was not linked."
        ));
    }
    Ok(Exit::Done)
}

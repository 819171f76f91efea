//! `link`: which relation a buyer is, said by hand; without a buyer the links there are.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{arguments, exit::Exit, run::unexpected, session::Session, table::Table};
use crate::{
    clock::{Clock, SystemClock},
    failure::{Failure, Result},
    journal::links::Link,
    service::{
        Action, Outcome,
        links::{Buyer, buyers},
    },
    shop::deploy::Side,
    text,
    text::{Language, Text},
    translate::Linked,
};

pub(super) async fn run(session: &Session, arguments: arguments::Link) -> Result<Exit> {
    let profile = arguments.name;
    match (arguments.buyer, arguments.code, arguments.unlink) {
        (None, _, false) => list(session, &profile),
        (Some(buyer), Some(code), false) => {
            let code = meant(&code)?;
            if !arguments.yes {
                refuse_doubtful(session, &profile, &buyer, code)?;
            }
            link(session, profile, buyer, code).await
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
    let settings = session.data.profiles().get(profile)?.settings;
    let journal = session.journal()?;
    let links = journal.links(profile)?;
    let secrets = session.vault();
    let side = Side {
        settings: &settings,
        secrets: &secrets,
        journal: &journal,
        clock: Arc::new(SystemClock),
    };
    let buyers = buyers(&side, &links)?;
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

/// What is most likely a slip waits for a yes: a customer no order is known of, and a new relation for
/// one who has one.
fn refuse_doubtful(session: &Session, profile: &str, buyer: &str, code: Option<i64>) -> Result<()> {
    let settings = session.data.profiles().get(profile)?.settings;
    let journal = session.journal()?;
    let buyer = buyer.trim();
    if let Some(number) = buyer.strip_prefix("order:") {
        let known = journal.order(profile, number)?.listed.relation_code;
        return match known {
            Some(known) if code.is_none() => Err(has_relation(profile, number, known)),
            _ => Ok(()),
        };
    }
    let account = buyer.strip_prefix("account:").unwrap_or(buyer);
    let listed = journal.links(profile)?;
    let key = format!("account:{account}");
    if listed
        .iter()
        .any(|link| link.buyer == buyer || link.buyer == key)
    {
        return Ok(());
    }
    let wanted = Link {
        buyer: key,
        to: Linked::New,
        at: SystemClock.now(),
    };
    let secrets = session.vault();
    let side = Side {
        settings: &settings,
        secrets: &secrets,
        journal: &journal,
        clock: Arc::new(SystemClock),
    };
    if buyers(&side, &[wanted])?.is_empty() {
        return Err(unknown(profile, account));
    }
    Ok(())
}

fn has_relation(profile: &str, number: &str, known: i64) -> Failure {
    let typed = text::typed_again(number);
    Failure::misconfigured(
        "has-relation",
        text!(
            "De klant van bestelling {number} is al relatie {known}.",
            "The customer of order {number} is relation {known} already."
        ),
    )
    .hint(text!(
        "Toch een nieuwe relatie? winkelbrug link {profile} order:{typed} nieuw --yes",
        "A new relation all the same? winkelbrug link {profile} order:{typed} new --yes"
    ))
}

fn unknown(profile: &str, account: &str) -> Failure {
    let typed = text::typed_again(account);
    Failure::misconfigured(
        "unknown-customer",
        text!(
            "Van klant {account} is geen bestelling bekend.",
            "No order of customer {account} is known."
        ),
    )
    .hint(text!(
        "Bedoelt u de klant van bestelling {account}? Schrijf dan order:{typed}, zoals in: winkelbrug link {profile} order:{typed} 10027. Is het echt klant {account} van de winkel, zet er dan --yes achter.",
        "Do you mean the customer of order {account}? Then write order:{typed}, as in: winkelbrug link {profile} order:{typed} 10027. If it really is customer {account} of the shop, add --yes."
    ))
}

async fn link(
    session: &Session,
    profile: String,
    buyer: String,
    code: Option<i64>,
) -> Result<Exit> {
    let action = Action::Link {
        profile: profile.clone(),
        buyer: buyer.clone(),
        code,
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

//! `credit`: what is or would be credited on an order, and the owner's yes to it.

use serde_json::{Value, json};
use winkelbrug_protocol::record::StatusKind;

use super::{
    arguments,
    exit::Exit,
    planned::show_plan,
    run::unexpected,
    screen::{Screen, clean},
    session::Session,
    sold,
};
use crate::{
    books::plan::Reason,
    failure::{Failure, Result},
    journal::{
        State,
        credits::{Credit, CreditState},
    },
    service::{Action, Outcome},
    text,
    text::{Amount, Text},
};

pub(super) async fn run(session: &Session, arguments: arguments::Credit) -> Result<Exit> {
    let (profile, order) = (arguments.name, arguments.order);
    session.data.profiles().get(&profile)?;
    if let Some(n) = arguments.number {
        let journal = session.journal()?;
        let credits = journal.credits_of(journal.find_order(&profile, &order)?)?;
        if credits.iter().all(|credit| credit.n != n) {
            let count = credits.len();
            return Err(Failure::misconfigured(
                "no-credit",
                match count {
                    1 => text!(
                        "Bestelling {order} heeft geen creditering {n}; er is er 1.",
                        "Order {order} has no credit {n}; there is 1."
                    ),
                    count => text!(
                        "Bestelling {order} heeft geen creditering {n}; het zijn er {count}.",
                        "Order {order} has no credit {n}; there are {count}."
                    ),
                },
            )
            .hint(text!(
                "Bekijk ze met: winkelbrug credit {profile} {order}",
                "See them with: winkelbrug credit {profile} {order}"
            )));
        }
    }
    let mut answered = 0;
    if arguments.yes || arguments.rate.is_some() {
        let action = Action::Credit {
            profile: profile.clone(),
            order: order.clone(),
            number: arguments.number,
            rate: arguments.rate,
            yes: arguments.yes,
            no_money: arguments.no_money,
        };
        let Outcome::Orders { count } = session.perform(action).await? else {
            return Err(unexpected());
        };
        answered = count;
    }
    let journal = session.journal()?;
    let credits = journal.credits_of(journal.find_order(&profile, &order)?)?;
    let screen = session.screen;
    if screen.json {
        let credits: Vec<Value> = credits
            .iter()
            .map(|one| for_programs(screen, one))
            .collect();
        screen.json(&json!({
            "profile": profile, "order": order, "approved": answered, "credits": credits
        }));
        return Ok(Exit::Done);
    }
    if credits.is_empty() {
        screen.say(&nothing(session, &profile, &order)?);
    }
    for credit in &credits {
        show(screen, credit);
    }
    if arguments.yes && arguments.no_money {
        screen.say(&text!(
            "Akkoord, zonder terugbetaling; geschreven wordt de volgende keer, of nu met: winkelbrug run {profile}",
            "Agreed, with nothing paid back; it is written with the next run, or now with: winkelbrug run {profile}"
        ));
    } else if arguments.yes {
        screen.say(&text!(
            "Akkoord; geschreven wordt de volgende keer, of nu met: winkelbrug run {profile}",
            "Agreed; it is written with the next run, or now with: winkelbrug run {profile}"
        ));
    } else if answered > 0 {
        screen.say(&text!(
            "Het tarief is genoteerd; de creditering wordt de volgende keer voorbereid, of nu met: winkelbrug run {profile}",
            "The rate is noted; the credit is prepared with the next run, or now with: winkelbrug run {profile}"
        ));
    }
    Ok(Exit::Done)
}

/// Why an order has no credit.
fn nothing(session: &Session, profile: &str, number: &str) -> Result<Text> {
    let order = session.journal()?.order(profile, number)?;
    let typed = text::typed_again(number);
    let said = sold::read(session, profile, &order);
    if !said.is_some_and(|sold| sold.status.kind == StatusKind::Refunded) {
        return Ok(text!(
            "Van bestelling {number} is niets terugbetaald.",
            "Nothing was given back on order {number}."
        ));
    }
    Ok(if order.listed.state == State::Written {
        text!(
            "De winkel noemt bestelling {number} terugbetaald, maar zegt niet hoeveel. Maak de creditering in SnelStart zelf en meld dat hier: winkelbrug skip {profile} {typed} --why \"zelf gecrediteerd\"",
            "The shop calls order {number} refunded, but does not say how much. Make the credit in SnelStart yourself and report that here: winkelbrug skip {profile} {typed} --why \"credited by hand\""
        )
    } else {
        text!(
            "De winkel noemt bestelling {number} terugbetaald, maar zegt niet hoeveel; zij staat niet in de boeken. Zie wat u kunt doen met: winkelbrug order {profile} {typed}",
            "The shop calls order {number} refunded, but does not say how much; it is not in the books. See what you can do with: winkelbrug order {profile} {typed}"
        )
    })
}

/// A credit as JSON.
pub(super) fn for_programs(screen: Screen, credit: &Credit) -> Value {
    let plan = credit.plan.as_ref();
    json!({
        "number": credit.n,
        "refund": credit.refund,
        "state": credit.state.name(),
        "reason": credit.reason.as_ref().map(|reason| screen.words(&reason.text)),
        "reason_code": credit.reason.as_ref().map(|reason| &reason.code),
        "reference": plan.map(|plan| plan.booking.as_ref().map_or(&plan.order.payment_reference, |booking| &booking.number)),
        "date": plan.map(|plan| plan.order.date.to_string()),
        "total": plan.map(|plan| plan.expected.incl),
        "vat": plan.map(|plan| &plan.expected.vat),
        "rate": credit.rate,
        "no_money": credit.no_money,
        "administration_number": credit.booked_number,
        "plan": plan,
    })
}

/// A credit on the screen.
pub(super) fn show(screen: Screen, credit: &Credit) {
    let (n, state) = (credit.n, state(credit.state));
    let (nl, en) = (state.nl, state.en);
    screen.say(&text!("Creditering {n}: {nl}", "Credit {n}: {en}"));
    if let Some(rate) = credit.rate.map(Amount::number) {
        screen.say(&text!(
            "    btw-tarief {rate}%, door u opgegeven",
            "    VAT rate {rate:#}%, given by you"
        ));
    }
    if credit.no_money {
        screen.say(&text!(
            "    zonder terugbetaling: daarvoor wordt niets geboekt",
            "    nothing paid back: no entry is made of it"
        ));
    }
    let open = |_: &&Reason| credit.state != CreditState::Approved;
    if let Some(reason) = credit.reason.as_ref().filter(open) {
        screen.line(&format!("    {}", clean(screen.words(&reason.text))));
        screen.line(&format!("    {}", clean(screen.words(&reason.hint))));
    }
    if let Some(plan) = &credit.plan {
        let reference = &plan.order.payment_reference;
        let date = screen.language.day(plan.order.date);
        screen.line(&clean(&format!("    {reference}  {date}")));
        show_plan(screen, plan);
    }
}

fn state(state: CreditState) -> Text {
    match state {
        CreditState::New => text!("wordt voorbereid", "being prepared"),
        CreditState::Waits => text!("wacht op u", "waits for you"),
        CreditState::Approved => text!(
            "wordt de volgende keer geschreven",
            "will be written with the next run"
        ),
        CreditState::Writing => text!("wordt juist geschreven", "is just being written"),
        CreditState::Written => text!("geschreven", "written"),
        CreditState::Dismissed => text!("door u afgehandeld", "dealt with by you"),
    }
}

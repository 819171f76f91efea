//! `order`: all about one order.

use serde_json::{Value, json};
use winkelbrug_protocol::record::Order;

use super::{
    arguments, credit,
    exit::Exit,
    orders::for_programs,
    planned::show_plan,
    progress::state_words,
    screen::{Screen, clean},
    session::Session,
    sold,
    status::reported,
    table::wrap,
};
use crate::{
    books::{VatCheck, Verdict},
    failure::Result,
    journal::{
        State,
        listing::{ListedOrder, OrderInFull, decided},
    },
    profile::settings::Form,
    text,
    text::Text,
    translate::{self, DifferenceChoice, plan::Reason},
};

/// Width of a line of a reason.
const WIDTH: usize = 96;

pub(super) fn run(session: &Session, arguments: &arguments::Order) -> Result<Exit> {
    session.data.profiles().get(&arguments.name)?;
    let called = session
        .journal()?
        .orders_called(&arguments.name, &arguments.order)?;
    if called.len() < 2 || session.screen.json {
        return one(session, &arguments.name, &arguments.order);
    }
    let (number, count) = (clean(&arguments.order), called.len());
    session.screen.say(&text!(
        "{count} bestellingen in de winkel hebben nummer {number}; noem er een bij haar id (id:…).",
        "{count} orders in the shop have number {number}; name one of them by its id (id:…)."
    ));
    for (_, id) in called {
        session
            .screen
            .say(&Text::same(format!("\nid:{}", clean(&id))));
        one(session, &arguments.name, &format!("id:{id}"))?;
    }
    Ok(Exit::Done)
}

fn one(session: &Session, name: &str, called: &str) -> Result<Exit> {
    let order = session.journal()?.order(name, called)?;
    if session.screen.json {
        session.screen.json(&in_full(session.screen, &order));
    } else {
        let sold = (order.listed.state != State::Written)
            .then(|| sold::read(session, name, &order))
            .flatten();
        let linked = is_linked(session, name, &order, sold.as_deref())?;
        show(session.screen, &order, sold.as_deref(), linked);
    }
    Ok(Exit::Done)
}

/// Does it wait for who its buyer is, and did the owner say that since?
fn is_linked(
    session: &Session,
    profile: &str,
    order: &OrderInFull,
    sold: Option<&Order>,
) -> Result<bool> {
    let asks = |reason: &Reason| reason.code.starts_with("klant-");
    let asked = order.listed.state == State::Held && order.listed.reason.as_ref().is_some_and(asks);
    let Some(sold) = sold.filter(|_| asked) else {
        return Ok(false);
    };
    let settings = session.data.profiles().get(profile)?.settings;
    let keys = translate::link_keys(sold, &settings);
    let held = order
        .history
        .iter()
        .rev()
        .find(|entry| entry.kind == "held");
    let links = session.journal()?.links(profile)?;
    Ok(links
        .iter()
        .any(|link| keys.contains(&link.buyer) && held.is_none_or(|held| link.at >= held.at)))
}

fn in_full(screen: Screen, order: &OrderInFull) -> Value {
    let mut object = for_programs(screen, &order.listed);
    let history: Vec<Value> = order
        .history
        .iter()
        .map(|entry| {
            json!({
                "at": entry.at,
                "state": entry.kind,
                "text": screen.words(&entry.text),
                "data": entry.data,
            })
        })
        .collect();
    // What cannot be read as JSON is shown as it came.
    let raw = order
        .raw
        .as_ref()
        .map(|raw| serde_json::from_str(raw).unwrap_or_else(|_| Value::String(raw.clone())));
    if let Some(object) = object.as_object_mut() {
        object.insert("history".to_owned(), history.into());
        object.insert("plan".to_owned(), json!(order.plan));
        let credits: Vec<Value> = order
            .credits
            .iter()
            .map(|one| credit::for_programs(screen, one))
            .collect();
        object.insert("credits".to_owned(), credits.into());
        object.insert("raw".to_owned(), json!(raw));
        object.insert("difference".to_owned(), json!(order.difference));
        object.insert("exchange_rate".to_owned(), json!(order.exchange_rate));
        object.insert(
            "vat_check".to_owned(),
            json!(order.vat_check.as_ref().map(|check| json!({
                "number": check.number,
                "verdict": check.verdict,
                "day": check.day,
                "name": check.name,
                "consultation": check.consultation,
            }))),
        );
        object.insert(
            "failure".to_owned(),
            json!(
                order
                    .failure
                    .as_ref()
                    .map(|failure| reported(screen, failure))
            ),
        );
    }
    object
}

fn show(screen: Screen, order: &OrderInFull, sold: Option<&Order>, linked: bool) {
    let listed = &order.listed;
    let state = state_words(listed.stands());
    let (number, id) = (&listed.number, &listed.shop_id);
    let (state_nl, state_en) = (&state.nl, &state.en);
    say(
        screen,
        &text!(
            "Bestelling {number} (id:{id}): {state_nl}",
            "Order {number} (id:{id}): {state_en}"
        ),
    );
    if let Some(reason) = &listed.reason {
        paragraph(screen, screen.words(&reason.text));
        if linked {
            paragraph(screen, screen.words(&decided()));
        } else {
            paragraph(screen, screen.words(&reason.hint));
        }
        if listed.state == State::Held {
            let code = &reason.code;
            paragraph(
                screen,
                screen.words(&text!("reden: {code}", "reason: {code}")),
            );
        }
    }
    for attention in &listed.attention {
        paragraph(screen, screen.words(attention));
    }
    if let Some(failure) = &order.failure {
        paragraph(screen, screen.words(&failure.text));
    }
    facts(screen, order, sold);
    if let (Some(sold), None) = (sold, &order.plan) {
        sold::show_lines(screen, sold);
    }
    if let Some(plan) = &order.plan {
        screen.say(&text!(
            "Wat geschreven wordt of is:",
            "What is or will be written:"
        ));
        show_plan(screen, plan);
    }
    for one in &order.credits {
        credit::show(screen, one);
    }
    if !order.history.is_empty() {
        screen.say(&text!("Wat er gebeurde:", "What happened:"));
        for entry in &order.history {
            let line = format!("{}  {}", screen.moment(entry.at), screen.words(&entry.text));
            paragraph(screen, &line);
        }
    }
}

/// What the owner chose for the order's total difference.
fn chosen(choice: DifferenceChoice) -> Text {
    match choice {
        DifferenceChoice::Discount => text!(
            "met btw naar verhouding, door u gekozen",
            "with VAT in proportion, chosen by you"
        ),
        DifferenceChoice::Untaxed => {
            text!("zonder btw, door u gekozen", "without VAT, chosen by you")
        }
    }
}

/// The check of a VAT number: what is kept as the evidence.
fn evidence(check: &VatCheck) -> Text {
    let VatCheck {
        number,
        name,
        consultation,
        ..
    } = check;
    let Text {
        nl: day,
        en: day_en,
    } = Text::day(check.day);
    match check.verdict {
        Verdict::Valid => text!(
            "{number}: op {day} geldig volgens VIES; naam \"{name}\"; consultatienummer \"{consultation}\"",
            "{number}: valid by VIES on {day_en}; name \"{name}\"; consultation number \"{consultation}\""
        ),
        Verdict::Invalid => text!(
            "{number}: op {day} ongeldig volgens VIES",
            "{number}: not valid by VIES on {day_en}"
        ),
        Verdict::Unreachable => text!(
            "{number}: VIES was op {day} niet te bereiken",
            "{number}: VIES could not be reached on {day_en}"
        ),
    }
}

/// Its number in the books, and whether it is still there.
fn number_in_books(screen: Screen, listed: &ListedOrder) -> Option<String> {
    let number = listed.administration_number.as_ref()?;
    Some(if listed.deleted_from_books {
        let text = text!("{number} (is verwijderd)", "{number} (is deleted)");
        screen.words(&text).to_owned()
    } else {
        number.clone()
    })
}

fn facts(screen: Screen, order: &OrderInFull, sold: Option<&Order>) {
    let listed = &order.listed;
    let moment = |at: Option<jiff::Timestamp>| at.map(|at| screen.moment(at));
    let number = match order.form {
        Form::Booking => text!("verkoopboeking", "booked invoice"),
        Form::Order => text!("verkooporder", "sales order"),
    };
    let rows = [
        (text!("geplaatst", "placed"), moment(listed.placed_at)),
        (text!("gewijzigd", "changed"), moment(listed.changed_at)),
        (
            text!("totaal in de winkel", "total in the shop"),
            Some(format!(
                "{} {}",
                screen.cents_text(&listed.shop_total),
                listed.shop_currency
            )),
        ),
        (
            text!("totaal in de boeken", "total in the books"),
            listed
                .total
                .as_ref()
                .filter(|_| !listed.deleted_from_books)
                .map(|total| screen.cents_text(total)),
        ),
        (
            text!("klantcode", "customer code"),
            listed.relation_code.map(|code| code.to_string()),
        ),
        (number, number_in_books(screen, listed)),
        (
            text!("betalingskenmerk", "payment reference"),
            listed
                .payment_reference
                .clone()
                .filter(|reference| !reference.is_empty()),
        ),
        (
            text!("totaalverschil", "total difference"),
            order
                .difference
                .map(|choice| screen.words(&chosen(choice)).to_owned()),
        ),
        (
            text!("koers", "rate"),
            order.exchange_rate.as_ref().map(|rate| {
                let currency = &listed.shop_currency;
                format!("1 EUR = {rate} {currency}")
            }),
        ),
        (
            text!("btw-nummer", "VAT number"),
            order
                .vat_check
                .as_ref()
                .map(|check| screen.words(&evidence(check)).to_owned()),
        ),
    ];
    let sold = sold
        .map(|sold| sold::facts(screen, sold))
        .unwrap_or_default();
    let sold = sold.into_iter().map(|(what, value)| (what, Some(value)));
    for (what, value) in sold.chain(rows) {
        if let Some(value) = value {
            let what = screen.words(&what);
            screen.line(&format!("  {what:<22}{}", clean(&value)));
        }
    }
}

fn say(screen: Screen, text: &Text) {
    screen.line(&clean(screen.words(text)));
}

/// Words on as many lines as they need, set in.
pub(super) fn paragraph(screen: Screen, words: &str) {
    if words.is_empty() {
        return;
    }
    for line in wrap(&clean(&screen.typed(words)), WIDTH) {
        screen.line(&format!("  {line}"));
    }
}

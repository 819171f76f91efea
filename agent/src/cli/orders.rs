//! `orders`: what happened to each order.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    arguments, exit::Exit, held, progress::state_words, screen::Screen, session::Session,
    table::Table,
};
use crate::{
    failure::{Failure, Result},
    journal::{State, listing::ListedOrder},
    text,
    text::{Language, Text},
};

/// What `--state` calls the orders that need a look since they were written.
const ATTENTION: &str = "attention";

/// What may be typed for a state in Dutch.
const DUTCH: [(&str, &str); 7] = [
    ("seen", "gezien"),
    ("planned", "gepland"),
    ("writing", "bezig"),
    ("written", "geschreven"),
    ("held", "wacht"),
    ("skipped", "overgeslagen"),
    (ATTENTION, "aandacht"),
];

/// The books are kept in euro.
const BOOKS_CURRENCY: &str = "EUR";

pub(super) fn run(session: &Session, arguments: &arguments::Orders) -> Result<Exit> {
    session.data.profiles().get(&arguments.name)?;
    let typed = arguments.state.as_deref().map(in_english);
    let needs_look = typed == Some(ATTENTION);
    let state = match typed {
        Some(name) if !needs_look => Some(state_named(name)?),
        _ => None,
    };
    let mut orders = session.journal()?.orders(&arguments.name, state)?;
    if needs_look {
        orders.retain(|order| !order.attention.is_empty());
    }
    let screen = session.screen;
    if screen.json {
        let orders: Vec<Value> = orders
            .iter()
            .map(|order| for_programs(screen, order))
            .collect();
        screen.json(&orders);
    } else if orders.is_empty() {
        screen.say(&text!("Geen bestellingen.", "No orders."));
    } else {
        show(screen, &orders);
        if state == Some(State::Held) {
            held::remedies(screen, &orders);
        }
    }
    Ok(Exit::Done)
}

/// A state's own name, also where the Dutch for it was typed.
fn in_english(typed: &str) -> &str {
    let mut known = DUTCH.iter();
    known
        .find(|(_, dutch)| *dutch == typed)
        .map_or(typed, |(english, _)| *english)
}

fn state_named(name: &str) -> Result<State> {
    State::named(name).ok_or_else(|| {
        let all = State::ALL.map(State::name).join(", ");
        let dutch = DUTCH.map(|(english, dutch)| format!("{dutch} ({english})"));
        let dutch = dutch.join(", ");
        Failure::misconfigured(
            "wrong-use",
            text!("Er is geen stand {name}.", "There is no state {name}."),
        )
        .hint(text!("Er zijn: {dutch}.", "There are: {all}, {ATTENTION}."))
    })
}

fn show(screen: Screen, orders: &[ListedOrder]) {
    let headings = match screen.language {
        Language::Dutch => [
            "order",
            "geplaatst",
            "totaal",
            "stand",
            "klant",
            "in de boeken",
            "bijzonderheden",
        ],
        Language::English => [
            "order",
            "placed",
            "total",
            "state",
            "customer",
            "in the books",
            "remarks",
        ],
    };
    let mut table = Table::new(headings);
    for order in orders {
        let total = order.total.as_ref().unwrap_or(&order.shop_total);
        table.row([
            order.number.clone(),
            order
                .placed_at
                .map_or_else(|| "-".to_owned(), |at| screen.moment(at)),
            screen.cents_text(total),
            screen.words(&state_words(order.stands())).to_owned(),
            order
                .relation_code
                .map_or_else(|| "-".to_owned(), |code| code.to_string()),
            order
                .administration_number
                .clone()
                .unwrap_or_else(|| "-".to_owned()),
            remarks(screen, order),
        ]);
    }
    table.lines().iter().for_each(|line| screen.line(line));
}

fn remarks(screen: Screen, order: &ListedOrder) -> String {
    let reason = order.reason.iter().map(|reason| screen.words(&reason.text));
    let attention = order.attention.iter().map(|text| screen.words(text));
    let credited = credited(order);
    let credited = credited.iter().map(|text| screen.words(text));
    let remarks = reason
        .chain(credited)
        .chain(attention)
        .collect::<Vec<_>>()
        .join(" ");
    screen.typed(&remarks).into_owned()
}

/// What is credited on it.
fn credited(order: &ListedOrder) -> Option<Text> {
    let back = order.credited?;
    let total: Option<Decimal> = order.total.as_ref().and_then(|total| total.parse().ok());
    Some(if total.is_some_and(|total| back < total) {
        text!("Deels gecrediteerd.", "Credited in part.")
    } else {
        text!("Gecrediteerd.", "Credited.")
    })
}

/// An order for programs: the fixed fields.
pub(super) fn for_programs(screen: Screen, order: &ListedOrder) -> Value {
    let attention: Vec<&str> = order
        .attention
        .iter()
        .map(|text| screen.words(text))
        .collect();
    json!({
        "number": order.number,
        "shop_id": order.shop_id,
        "state": order.state.name(),
        "deleted_from_books": order.deleted_from_books,
        "reason": order.reason.as_ref().map(|reason| screen.words(&reason.text)),
        "reason_code": order.reason.as_ref().map(|reason| &reason.code),
        "hint": order.reason.as_ref().map(|reason| screen.words(&reason.hint)),
        "attention": attention,
        "total": order.total,
        "currency": BOOKS_CURRENCY,
        "shop_total": order.shop_total,
        "shop_currency": order.shop_currency,
        "relation_code": order.relation_code,
        "administration_number": order.administration_number,
        "payment_reference": order.payment_reference,
        "placed_at": order.placed_at,
        "changed_at": order.changed_at,
        "written_at": order.written_at,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn a_state_may_be_typed_in_dutch_and_both_are_told() {
        for state in State::ALL {
            let dutch = DUTCH.iter().find(|(english, _)| *english == state.name());
            assert_eq!(in_english(dutch.unwrap().1), state.name());
            assert_eq!(in_english(state.name()), state.name());
        }
        assert_eq!(in_english("aandacht"), ATTENTION);
        let hint = state_named("open").unwrap_err().hint;
        assert!(hint.nl.contains("wacht (held)"), "{}", hint.nl);
    }
}

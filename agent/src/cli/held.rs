//! What waits for the owner, and what he can do about it: once for each reason.

use super::{order::paragraph, screen::Screen};
use crate::{journal::listing::ListedOrder, text, text::Text};

/// So many orders of one reason are named.
const NAMED: usize = 3;

/// How many orders wait, where to see them, and what can be done; nothing where none waits.
pub(super) fn show(screen: Screen, profile: &str, held: &[ListedOrder]) {
    match held.len() {
        0 => return,
        1 => screen.say(&text!(
            "  Er wacht 1 bestelling op u: winkelbrug orders {profile} --state held",
            "  1 order waits for you: winkelbrug orders {profile} --state held"
        )),
        count => screen.say(&text!(
            "  Er wachten {count} bestellingen op u: winkelbrug orders {profile} --state held",
            "  {count} orders wait for you: winkelbrug orders {profile} --state held"
        )),
    }
    remedies(screen, held);
}

/// What can be done about the orders among these that wait.
pub(super) fn remedies(screen: Screen, orders: &[ListedOrder]) {
    let remedies = of_each_reason(orders);
    if remedies.is_empty() {
        return;
    }
    screen.say(&text!("Wat u kunt doen:", "What you can do:"));
    for (code, numbers, hint) in remedies {
        let mut named = numbers.get(..NAMED).unwrap_or(&numbers).join(", ");
        if numbers.len() > NAMED {
            named.push_str(", …");
        }
        paragraph(screen, &format!("{code} ({named}): {}", screen.words(hint)));
    }
}

/// Each reason with its orders and the remedy of the first of them.
fn of_each_reason(orders: &[ListedOrder]) -> Vec<(&str, Vec<&str>, &Text)> {
    let mut found: Vec<(&str, Vec<&str>, &Text)> = Vec::new();
    for order in orders {
        let waits = order.reason.as_ref().filter(|_| order.stands() == "held");
        let Some(reason) = waits.filter(|reason| !reason.hint.is_empty()) else {
            continue;
        };
        match found.iter_mut().find(|(code, ..)| *code == reason.code) {
            Some((_, numbers, _)) => numbers.push(&order.number),
            None => found.push((&reason.code, vec![&order.number], &reason.hint)),
        }
    }
    found
}

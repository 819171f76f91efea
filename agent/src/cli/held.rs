//! What waits for the owner, and what he can do about it: once for each reason.

use super::{order::paragraph, screen::Screen};
use crate::{journal::listing::ListedOrder, text, text::Text};

/// So many orders of one reason are named.
const NAMED: usize = 3;

/// So many remedies of one reason are told.
const REMEDIES: usize = 3;

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
    for Remedy {
        code,
        numbers,
        hint,
        ..
    } in remedies
    {
        let mut named = numbers.get(..NAMED).unwrap_or(&numbers).join(", ");
        if numbers.len() > NAMED {
            named.push_str(", …");
        }
        paragraph(screen, &format!("{code} ({named}): {}", screen.words(hint)));
    }
}

/// What can be done about some orders of one reason.
struct Remedy<'a> {
    code: &'a str,
    /// The hint, whichever of them it is told of.
    for_any: String,
    numbers: Vec<&'a str>,
    /// As it is told of the first.
    hint: &'a Text,
}

/// Each reason with its orders and remedy; another remedy of the same reason stands apart.
fn of_each_reason(orders: &[ListedOrder]) -> Vec<Remedy<'_>> {
    let mut found: Vec<Remedy<'_>> = Vec::new();
    for order in orders {
        let waits = order.reason.as_ref().filter(|_| order.stands() == "held");
        let Some(reason) = waits.filter(|reason| !reason.hint.is_empty()) else {
            continue;
        };
        let of_reason = found.iter().filter(|remedy| remedy.code == reason.code);
        // The rest is seen in the list of orders.
        let enough = of_reason.count() >= REMEDIES;
        let for_any = for_any_order(&reason.hint.nl, &order.number);
        let mut same = found
            .iter_mut()
            .filter(|remedy| remedy.code == reason.code && remedy.for_any == for_any);
        match same.next() {
            Some(remedy) => remedy.numbers.push(&order.number),
            None if enough => {}
            None => found.push(Remedy {
                code: &reason.code,
                for_any,
                numbers: vec![&order.number],
                hint: &reason.hint,
            }),
        }
    }
    found
}

/// A remedy without the number of its order in the commands it names.
fn for_any_order(hint: &str, number: &str) -> String {
    let word = |word: &str| {
        let is_number = word.strip_prefix("order:").unwrap_or(word) == number;
        if is_number {
            "…".to_owned()
        } else {
            word.to_owned()
        }
    };
    let words: Vec<String> = hint.split(' ').map(word).collect();
    words.join(" ")
}

//! The order's description (omschrijving), in all its forms. It stands in the books, so its own
//! words are Dutch.

use super::{
    address::{clean, person, whole_words},
    case::Case,
    mapping,
};
use crate::text;

/// SnelStart B2B v2 gives no limit; its own connector cuts at 50.
const USUAL_LENGTH: usize = 50;

/// The description by `sales.description`, cut at the administration's limit.
pub(super) fn of(case: &Case<'_>) -> String {
    if let Some(mapped) = mapping::description(case) {
        return cut(case, &mapped);
    }
    let order = case.order;
    let (number, status) = (order.number.trim(), order.status.name.trim());
    let payment = order.payment.title.trim();
    let whole = match case.settings.sales.description.as_str() {
        "empty" => return String::new(),
        "profile-name" => case.settings.name.clone(),
        "webshop-order" => format!("Webshop order {number}"),
        other => match other.strip_prefix("template:") {
            Some(template) => filled(case, template),
            None => joined(&[&format!("Bestelling {number}"), status, payment]),
        },
    };
    cut(case, &clean(&whole))
}

fn joined(parts: &[&str]) -> String {
    parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" - ")
}

/// Each placeholder once over the template, so that a name that holds braces stays a name.
fn filled(case: &Case<'_>, template: &str) -> String {
    let order = case.order;
    let address = &order.invoice_address;
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            text.push('{');
            rest = after;
            continue;
        };
        match name {
            "number" => text.push_str(&order.number),
            "status" => text.push_str(&order.status.name),
            "payment" => text.push_str(&order.payment.title),
            "profile" => text.push_str(&case.settings.name),
            "name" if clean(&address.company).is_empty() => {
                text.push_str(&person(&address.first_name, &address.last_name));
            }
            "name" => text.push_str(&clean(&address.company)),
            "date" => text.push_str(&case.date.strftime("%d-%m-%Y").to_string()),
            other => text.push_str(&format!("{{{other}}}")),
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// Whole words as far as they go; the cut is noted.
fn cut(case: &Case<'_>, whole: &str) -> String {
    let limit = match case.facts.description_length {
        0 => USUAL_LENGTH,
        limit => limit,
    };
    if whole.chars().count() <= limit {
        return whole.to_owned();
    }
    let short = whole_words(whole, limit);
    case.note(text!(
        "De omschrijving \"{whole}\" is ingekort tot \"{short}\".",
        "The description \"{whole}\" was shortened to \"{short}\"."
    ));
    short
}

//! Lines that contradict themselves: written as a bookkeeper would, or held with what is odd.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::Line;

use super::{
    address::clean,
    basket::text_lines,
    case::{Case, held},
    cents::NOTHING,
    plan::Outcome,
};
use crate::text;

/// What becomes of a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Odd {
    /// It is written like any other.
    Nothing,
    /// It is nothing: no pieces and no money.
    LeaveOut,
    /// It only says something.
    Text(String),
}

/// Money for no pieces nobody can place: such an order is held before its VAT is looked at.
pub(super) fn money_for_nothing(case: &Case<'_>) -> Result<(), Outcome> {
    let odd = |line: &&Line| line.quantity.is_zero() && line.total.abs() >= NOTHING;
    let Some(line) = case.order.lines.iter().find(odd) else {
        return Ok(());
    };
    let (name, total) = (called(line), line.total.round_dp(2));
    held(
        "regel-tegenstrijdig",
        text!(
            "\"{name}\" staat in de winkel met aantal 0, maar met een bedrag van {total}.",
            "\"{name}\" has quantity 0 in the shop, but an amount of {total}."
        ),
        text!(
            "Verbeter aantal of bedrag van die regel in de winkel, of voer de order met de hand in.",
            "Correct quantity or amount of that line in the shop, or enter the order by hand."
        ),
    )
}

/// Looks at a line before an article is chosen for it.
pub(super) fn look(case: &Case<'_>, line: &Line) -> Odd {
    let name = called(line);
    if line.quantity.is_zero() {
        // An article of no pieces would take one from stock.
        case.note(text!(
            "\"{name}\" staat in de winkel met aantal 0 en zonder bedrag; niet geschreven.",
            "\"{name}\" has quantity 0 and no amount in the shop; not written."
        ));
        return Odd::LeaveOut;
    }
    if line.total.abs() < NOTHING && line.code.is_empty() {
        return only_text(case, line);
    }
    own_total(case, line);
    Odd::Nothing
}

/// A line that costs nothing and names no article.
fn only_text(case: &Case<'_>, line: &Line) -> Odd {
    let text = clean(&line.name);
    if text.is_empty() {
        case.note(text!(
            "Een lege regel van de bestelling is niet geschreven.",
            "An empty line of the order was not written."
        ));
        return Odd::LeaveOut;
    }
    if text_lines(case) {
        return Odd::Text(text);
    }
    case.note(text!(
        "\"{text}\" kost niets en heeft geen code, en de administratie weigert tekstregels; niet geschreven.",
        "\"{text}\" costs nothing and has no code, and the administration refuses text lines; not written."
    ));
    Odd::LeaveOut
}

/// The line's own total counts, as it does in the shop's; that it is not quantity times price is
/// told. A shop that rounds each piece may be off by half a cent for each.
fn own_total(case: &Case<'_>, line: &Line) {
    let product = line.quantity * line.price;
    let rounding = (line.quantity.abs() + Decimal::ONE) * NOTHING;
    if (product - line.total).abs() <= rounding {
        return;
    }
    let (name, quantity) = (called(line), line.quantity.normalize());
    let (price, total) = (line.price.normalize(), line.total.round_dp(2));
    case.note(text!(
        "\"{name}\" kost in de winkel {quantity} × {price}, maar telt voor {total}; dat laatste is geschreven.",
        "\"{name}\" costs {quantity} × {price} in the shop, but counts for {total}; the latter was written."
    ));
}

fn called(line: &Line) -> String {
    match clean(&line.name) {
        name if name.is_empty() => line.code.clone(),
        name => name,
    }
}

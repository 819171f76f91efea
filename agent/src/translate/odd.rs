//! Lines that contradict themselves: written as a bookkeeper would, or held with what is odd.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Line, Order};

use super::{
    address::clean,
    basket::text_lines,
    called,
    case::{Case, held},
    cents::NOTHING,
    plan::Outcome,
};
use crate::{profile::Settings, text, text::Amount};

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

/// Money for no pieces, or for pieces that came back, nobody can place: such an order is held before its VAT is
/// looked at.
pub(super) fn money_for_nothing(case: &Case<'_>) -> Result<(), Outcome> {
    let odd = |line: &&Line| {
        let nothing = line.quantity.is_zero() && line.total.abs() >= NOTHING;
        nothing || (line.quantity < Decimal::ZERO && line.total >= NOTHING)
    };
    let Some(line) = case.order.lines.iter().find(odd) else {
        return Ok(());
    };
    let (name, total) = (called::line(case.order, line), Amount::money(line.total));
    let (nl, en, quantity) = (&name.nl, &name.en, Amount::number(line.quantity));
    held(
        "regel-tegenstrijdig",
        text!(
            "\"{nl}\" staat in de winkel met aantal {quantity}, maar met een bedrag van {total}.",
            "\"{en}\" has quantity {quantity:#} in the shop, but an amount of {total:#}."
        ),
        text!(
            "Verbeter aantal of bedrag van die regel in de winkel, of voer de order met de hand in.",
            "Correct quantity or amount of that line in the shop, or enter the order by hand."
        ),
    )
}

/// An amount the shop keeps none of is not nothing: what was sold for it is not known.
pub(super) fn amounts_missing(order: &Order, settings: &Settings) -> Result<(), Outcome> {
    let mut missing = order.remarks.iter();
    let Some(field) = missing.find_map(|remark| remark.strip_prefix("no_amount:")) else {
        return Ok(());
    };
    let (of, column) = field.split_once('.').unwrap_or(("", field));
    let what = match of {
        "order" => text!("de bestelling zelf", "the order itself"),
        "total" => text!("een totaalregel", "a total row"),
        "shipping" => text!("de verzending", "shipping"),
        "fee" => text!("een toeslag", "a fee"),
        "gift_card" => text!("een cadeaubon", "a gift card"),
        _ => text!("een regel", "a line"),
    };
    let (nl, en) = (what.nl, what.en);
    let (profile, number) = (&settings.name, text::typed(&order.number, &order.id));
    held(
        "bedrag-ontbreekt",
        text!(
            "In de database van de winkel staat bij {nl} geen bedrag of aantal ({column} is leeg): waarvoor verkocht is, is niet bekend.",
            "The shop's database has no amount or quantity for {en} ({column} is empty): what it was sold for is not known."
        ),
        text!(
            "Meestal sloeg een plug-in of import de bestelling half op. Open haar in de winkel en sla haar opnieuw op, dan gaat zij vanzelf verder; of voer haar met de hand in en sla haar over: winkelbrug skip {profile} {number} --why \"met de hand ingevoerd\"",
            "Usually a plug-in or an import stored half of the order. Open it in the shop and save it again, then it goes on by itself; or enter it by hand and skip it: winkelbrug skip {profile} {number} --why \"entered by hand\""
        ),
    )
}

/// The shop owes the buyer: a sale nobody made, or one the shop changed into a refund.
pub(super) fn below_zero(order: &Order, settings: &Settings) -> Result<(), Outcome> {
    if order.total >= Decimal::ZERO {
        return Ok(());
    }
    let total = Amount::money(order.total);
    let profile = &settings.name;
    let number = text::typed(&order.number, &order.id);
    held(
        "totaal-negatief",
        text!(
            "Het totaal van de bestelling is {total}: onder nul, dus geen verkoop.",
            "The order's total is {total:#}: below zero, so no sale."
        ),
        text!(
            "Verbeter de bestelling in de winkel; daarna gaat zij vanzelf verder. Is er geld teruggegeven, maak dan met de hand een creditfactuur en sla de bestelling over: winkelbrug skip {profile} {number} --why \"met de hand gecrediteerd\"",
            "Correct the order in the shop; then it goes on by itself. If money was given back, make a credit note by hand and skip the order: winkelbrug skip {profile} {number} --why \"credited by hand\""
        ),
    )
}

/// Looks at a line before an article is chosen for it.
pub(super) fn look(case: &Case<'_>, line: &Line) -> Odd {
    if line.quantity.is_zero() {
        let name = called::line(case.order, line);
        let (nl, en) = (&name.nl, &name.en);
        // An article of no pieces would take one from stock.
        case.note(text!(
            "\"{nl}\" staat in de winkel met aantal 0 en zonder bedrag; niet geschreven.",
            "\"{en}\" has quantity 0 and no amount in the shop; not written."
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
    let name = called::line(case.order, line);
    let (nl, en, quantity) = (&name.nl, &name.en, Amount::number(line.quantity));
    let (price, total) = (Amount::exact(line.price), Amount::money(line.total));
    case.note(text!(
        "\"{nl}\" kost in de winkel {quantity} × {price}, maar telt voor {total}; dat laatste is geschreven.",
        "\"{en}\" costs {quantity:#} × {price:#} in the shop, but counts for {total:#}; the latter was written."
    ));
}

/// More pieces of one product than any shop sells to one buyer.
const MOST_PIECES: Decimal = Decimal::from_parts(100_000, 0, 0, false, 0);
/// More money on one line, in euro.
pub(super) const MOST_MONEY: Decimal = Decimal::from_parts(10_000_000, 0, 0, false, 0);

/// A figure that is damage or mischief (2147483647 pieces) is not written as if it were a sale.
pub(super) fn beyond_belief(order: &Order, settings: &Settings) -> Result<(), Outcome> {
    let much = |line: &&Line| {
        let price = line.quantity.checked_mul(line.price);
        line.quantity.abs() > MOST_PIECES
            || line.total.abs() > MOST_MONEY
            || price.is_none_or(|price| price.abs() > MOST_MONEY)
    };
    let Some(line) = order.lines.iter().find(much) else {
        return Ok(());
    };
    let name = called::line(order, line);
    let (nl, en, quantity) = (&name.nl, &name.en, Amount::large(line.quantity));
    let (price, total) = (Amount::exact(line.price), Amount::money(line.total));
    let (pieces, money) = (Amount::large(MOST_PIECES), Amount::large(MOST_MONEY));
    let (profile, number) = (&settings.name, text::typed(&order.number, &order.id));
    held(
        "aantal-onwaarschijnlijk",
        text!(
            "\"{nl}\" staat in de winkel voor {quantity} × {price}, samen {total}: meer dan {pieces} stuks of {money} euro op één regel wordt niet vanzelf geschreven.",
            "\"{en}\" is in the shop for {quantity:#} × {price:#}, together {total:#}: more than {pieces:#} pieces or {money:#} euro on one line is not written by itself."
        ),
        text!(
            "Verbeter de bestelling in de winkel; daarna gaat zij vanzelf verder. Klopt zij werkelijk, voer haar dan met de hand in en sla haar hier over: winkelbrug skip {profile} {number} --why \"met de hand ingevoerd\"",
            "Correct the order in the shop; then it goes on by itself. If it is really right, enter it by hand and skip it here: winkelbrug skip {profile} {number} --why \"entered by hand\""
        ),
    )
}

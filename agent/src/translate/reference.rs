//! The payment reference (betalingskenmerk): what fills it, how it is cut, and whether an order
//! with the same one is already in the books.

use winkelbrug_protocol::record::Order;

use super::{
    case::{Case, held},
    plan::{Outcome, ReferencedOrder, RelationStep},
};
use crate::{
    books::BookedOrder,
    profile::{Settings, settings::PaymentReference},
    text,
    text::Text,
};

/// The reference of this order, whole; none when the owner wants none or the shop has none.
pub(super) fn wanted(order: &Order, settings: &Settings) -> Option<(String, String)> {
    let value = match settings.sales.payment_reference {
        PaymentReference::OrderNumber => Some(order.number.as_str()),
        PaymentReference::ShopReference => order
            .shop_reference
            .as_deref()
            .filter(|reference| !reference.trim().is_empty())
            .or(Some(order.number.as_str())),
        PaymentReference::InvoiceNumber => order.invoice_number.as_deref(),
        PaymentReference::None => None,
    }?
    .trim();
    (!value.is_empty()).then(|| {
        (
            settings.sales.payment_reference_prefix.clone(),
            value.to_owned(),
        )
    })
}

/// Prefix and value within the administration's limit (0 = none known): the value is what finds
/// the order again, so the prefix gives way first, then the value's front.
pub(super) fn cut(prefix: &str, value: &str, limit: usize) -> String {
    let (prefix_length, length) = (prefix.chars().count(), value.chars().count());
    if limit == 0 || prefix_length + length <= limit {
        return format!("{prefix}{value}");
    }
    if length >= limit {
        return value.chars().skip(length - limit).collect();
    }
    prefix
        .chars()
        .take(limit - length)
        .chain(value.chars())
        .collect()
}

/// The reference, and the same made unique by the order's number where several orders of the shop
/// may share one.
pub(super) fn both(
    order: &Order,
    settings: &Settings,
    limit: usize,
) -> (Option<String>, Option<String>) {
    let Some((prefix, value)) = wanted(order, settings) else {
        return (None, None);
    };
    let unique =
        (value != order.number).then(|| cut(&prefix, &format!("{value}-{}", order.number), limit));
    (Some(cut(&prefix, &value, limit)), unique)
}

/// Chooses the reference, exactly as the administration will hold it (empty = none); an order in the books with the same one is a reason to link or to hold.
///
/// One bound to another order of ours is no match. One that nobody is bound to is this order only
/// when its total or its relation agrees.
pub(super) fn choose(case: &Case<'_>, relation: Option<&RelationStep>) -> Result<String, Outcome> {
    let limit = case.facts.payment_reference_length;
    let (Some(reference), unique) = both(case.order, case.settings, limit) else {
        return Ok(String::new());
    };
    let chosen = match unique {
        Some(unique) if taken(case, &reference) => {
            case.note(text!(
                "Betalingskenmerk {reference} hoort al bij een andere bestelling; deze krijgt {unique}.",
                "Payment reference {reference} belongs to another order already; this one gets {unique}."
            ));
            unique
        }
        _ => reference,
    };
    in_the_books(case, &chosen, relation)?;
    if let Some((prefix, value)) = wanted(case.order, case.settings)
        && format!("{prefix}{value}") != chosen
        && chosen.chars().count() == limit
    {
        case.note(text!(
            "Het betalingskenmerk {prefix}{value} is ingekort tot {chosen}.",
            "The payment reference {prefix}{value} was shortened to {chosen}."
        ));
    }
    Ok(chosen)
}

fn ours(case: &Case<'_>) -> String {
    format!("{}/{}", case.settings.name, case.order.id)
}

/// Is it bound to another order of ours?
fn taken(case: &Case<'_>, reference: &str) -> bool {
    let ours = ours(case);
    case.facts.same_reference.iter().any(|known| {
        known.order.payment_reference == reference
            && known.bound_to.as_ref().is_some_and(|bound| *bound != ours)
    })
}

fn in_the_books(
    case: &Case<'_>,
    reference: &str,
    relation: Option<&RelationStep>,
) -> Result<(), Outcome> {
    let ours = ours(case);
    let same: Vec<&ReferencedOrder> = case
        .facts
        .same_reference
        .iter()
        .filter(|known| known.order.payment_reference == reference)
        .collect();
    if let Some(mine) = same
        .iter()
        .find(|known| known.bound_to.as_ref() == Some(&ours))
    {
        return link(
            &mine.order,
            text!(
                "Deze order was al aan de bestelling verbonden.",
                "This order was bound to the shop's order already."
            ),
        );
    }
    let free: Vec<&BookedOrder> = same
        .iter()
        .filter(|known| known.bound_to.is_none())
        .map(|known| &known.order)
        .collect();
    if free.is_empty() {
        return Ok(());
    }
    let agreeing: Vec<&BookedOrder> = free
        .iter()
        .copied()
        .filter(|order| agrees(case, order, relation))
        .collect();
    match agreeing.as_slice() {
        [one] => link(
            one,
            text!(
                "De administratie heeft al een order met betalingskenmerk {reference} en hetzelfde totaal of dezelfde klant.",
                "The administration already has an order with payment reference {reference} and the same total or customer."
            ),
        ),
        [] if !case.settings.sales.payment_reference_unique => Ok(()),
        _ => exists(reference, &free),
    }
}

/// Total or relation agree; where the owner allows a reference twice, both have to.
fn agrees(case: &Case<'_>, order: &BookedOrder, relation: Option<&RelationStep>) -> bool {
    let total = order.total_incl == Some(super::cents::round(case.order.total));
    let same_relation = match relation {
        Some(RelationStep::Use { id, .. } | RelationStep::Update { id, .. }) => {
            *id == order.relation
        }
        Some(RelationStep::Create { .. }) | None => false,
    };
    if case.settings.sales.payment_reference_unique {
        total || same_relation
    } else {
        total && same_relation
    }
}

fn link(order: &BookedOrder, why: Text) -> Result<(), Outcome> {
    Err(Outcome::Link {
        booked: order.id.clone(),
        why,
    })
}

fn exists(reference: &str, orders: &[&BookedOrder]) -> Result<(), Outcome> {
    let numbers: Vec<&str> = orders.iter().map(|order| order.number.as_str()).collect();
    let numbers = numbers.join(", ");
    held(
        "kenmerk-bestaat-al",
        text!(
            "Betalingskenmerk {reference} staat al op order {numbers}, met een ander totaal en een andere klant (of op meer dan één order).",
            "Payment reference {reference} is already on order {numbers}, with another total and customer (or on more than one order)."
        ),
        text!(
            "Kies in het profiel een ander voorvoegsel, of pas het kenmerk van de order in de administratie aan.",
            "Choose another prefix in the profile, or change the reference of the order in the administration."
        ),
    )
}

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

/// The reference, and the same made unique where several orders of the shop may share one: by the
/// order's number, or by its id where the number is what they share (PrestaShop splits an order into
/// several of one reference).
pub(super) fn both(
    order: &Order,
    settings: &Settings,
    limit: usize,
) -> (Option<String>, Option<String>) {
    let Some((prefix, value)) = wanted(order, settings) else {
        return (None, None);
    };
    let own = if value == order.number.trim() {
        &order.id
    } else {
        &order.number
    };
    let unique = cut(&prefix, &format!("{value}-{own}"), limit);
    (Some(cut(&prefix, &value, limit)), Some(unique))
}

/// Chooses the reference, exactly as the administration will hold it (empty = none); an order in the books with the same one is a reason to link or to hold.
///
/// One bound to another order of ours is no match. One that nobody is bound to is this order only
/// when its total or its relation agrees; where several orders may share the reference, only when
/// both do.
pub(super) fn choose(case: &Case<'_>, relation: Option<&RelationStep>) -> Result<String, Outcome> {
    let limit = case.facts.payment_reference_length;
    let (Some(reference), Some(unique)) = both(case.order, case.settings, limit) else {
        return Ok(String::new());
    };
    let desk = Desk { case, relation };
    desk.mine(&[&reference, &unique])?;
    // The suffix is this order's own: what stands under it is told apart best.
    desk.agreeing_alone(&unique, desk.evidence(&unique))?;
    let chosen = if desk.is_taken(&reference) || desk.was_intended(&unique) {
        // A write of ours that was lost may have arrived before the other took the reference.
        desk.agreeing_alone(&reference, Evidence::Both)?;
        case.note(text!(
            "Betalingskenmerk {reference} hoort al bij een andere bestelling; deze krijgt {unique}.",
            "Payment reference {reference} belongs to another order already; this one gets {unique}."
        ));
        unique
    } else {
        reference
    };
    desk.in_the_books(&chosen, desk.evidence(&chosen))?;
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

/// What has to agree for an order nobody is bound to, to be this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Evidence {
    /// Total or relation.
    Either,
    /// Total and relation.
    Both,
}

/// One order beside what the books hold under its references.
struct Desk<'d, 'a> {
    case: &'d Case<'a>,
    relation: Option<&'d RelationStep>,
}

impl Desk<'_, '_> {
    /// Orders of one split share reference and customer, so that either alone proves nothing.
    fn evidence(&self, reference: &str) -> Evidence {
        let sales = &self.case.settings.sales;
        let limit = self.case.facts.payment_reference_length;
        let (shared, _) = both(self.case.order, self.case.settings, limit);
        let may_be_shared = sales.payment_reference == PaymentReference::ShopReference
            && shared.as_deref() == Some(reference)
            && wanted(self.case.order, self.case.settings)
                .is_some_and(|(_, value)| value != self.case.order.number.trim());
        if may_be_shared || !sales.payment_reference_unique {
            Evidence::Both
        } else {
            Evidence::Either
        }
    }

    fn known(&self, reference: &str) -> impl Iterator<Item = &ReferencedOrder> {
        self.case
            .facts
            .same_reference
            .iter()
            .filter(move |known| known.order.payment_reference == reference)
    }

    fn free(&self, reference: &str) -> Vec<&BookedOrder> {
        self.known(reference)
            .filter(|known| known.bound_to.is_none())
            .map(|known| &known.order)
            .collect()
    }

    fn ours(&self) -> String {
        format!("{}/{}", self.case.settings.name, self.case.order.id)
    }

    /// One that is bound to this very order.
    fn mine(&self, references: &[&str]) -> Result<(), Outcome> {
        let ours = self.ours();
        let mine = references
            .iter()
            .flat_map(|reference| self.known(reference))
            .find(|known| known.bound_to.as_ref() == Some(&ours));
        match mine {
            None => Ok(()),
            Some(mine) => link(
                &mine.order,
                text!(
                    "Deze order was al aan de bestelling verbonden.",
                    "This order was bound to the shop's order already."
                ),
            ),
        }
    }

    /// Is it bound to another order of ours? Where the reference is the order's number, two shops
    /// may each have one of that number: only an order of the same profile takes it.
    fn is_taken(&self, reference: &str) -> bool {
        let ours = self.ours();
        let profile = format!("{}/", self.case.settings.name);
        let is_number = wanted(self.case.order, self.case.settings)
            .is_some_and(|(_, value)| value == self.case.order.number.trim());
        self.known(reference).any(|known| {
            known
                .bound_to
                .as_ref()
                .is_some_and(|bound| *bound != ours && (!is_number || bound.starts_with(&profile)))
        })
    }

    /// A write under that reference was begun and lost: it is begun again under no other.
    fn was_intended(&self, reference: &str) -> bool {
        self.case.facts.intended_reference.as_deref() == Some(reference)
    }

    /// Links to the one order nobody is bound to that agrees, if there is just one.
    fn agreeing_alone(&self, reference: &str, evidence: Evidence) -> Result<(), Outcome> {
        let free = self.free(reference);
        let mut agreeing = free.iter().filter(|order| self.agrees(order, evidence));
        match (agreeing.next(), agreeing.next()) {
            (Some(one), None) => link(one, agreed(reference)),
            _ => Ok(()),
        }
    }

    fn in_the_books(&self, reference: &str, evidence: Evidence) -> Result<(), Outcome> {
        self.agreeing_alone(reference, evidence)?;
        let free = self.free(reference);
        let agrees = free.iter().any(|order| self.agrees(order, evidence));
        if free.is_empty() || (!agrees && !self.case.settings.sales.payment_reference_unique) {
            return Ok(());
        }
        exists(reference, &free)
    }

    fn agrees(&self, order: &BookedOrder, evidence: Evidence) -> bool {
        let total = order.total_incl == Some(super::cents::round(self.case.order.total));
        let same_relation = match self.relation {
            Some(RelationStep::Use { id, .. } | RelationStep::Update { id, .. }) => {
                *id == order.relation
            }
            Some(RelationStep::Create { .. }) | None => false,
        };
        match evidence {
            Evidence::Either => total || same_relation,
            Evidence::Both => total && same_relation,
        }
    }
}

fn agreed(reference: &str) -> Text {
    text!(
        "De administratie heeft al een order met betalingskenmerk {reference} en hetzelfde totaal of dezelfde klant.",
        "The administration already has an order with payment reference {reference} and the same total or customer."
    )
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

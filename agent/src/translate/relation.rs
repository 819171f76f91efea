//! Whose order it is: linked by hand, bound before, recognised among the relations, the fixed
//! code, or a new one.

use super::{
    case::{Case, held},
    default_code,
    fits::fits,
    new_relation,
    plan::{Linked, Outcome, RelationStep},
    recognise::{Recognised, free_code, recognise, usable},
    vat::Vat,
};
use crate::{
    books::Relation,
    profile::settings::{Guests, Handling},
    text,
    text::Text,
};

/// Chooses the relation by the owner's settings.
pub(super) fn choose(case: &Case<'_>, vat: &Vat) -> Result<RelationStep, Outcome> {
    let step = find(case, vat)?;
    fits(case, vat, &step)?;
    Ok(step)
}

fn find(case: &Case<'_>, vat: &Vat) -> Result<RelationStep, Outcome> {
    let customers = &case.settings.customers;
    let guest = case.order.customer.id.is_none();
    let why_default = text!("vaste klantcode", "fixed customer code");
    let default = default_code::of(case, vat);
    match &case.facts.linked {
        Some(Linked::Relation { id, code }) => return linked(case, id, *code),
        Some(Linked::New) => return new_by_hand(case, vat),
        None => {}
    }
    if let Some(relation) = booked_for(case) {
        let why = text!(
            "haar factuur staat al in de administratie, bij deze relatie",
            "its invoice is in the administration already, with this relation"
        );
        return use_or_update(case, relation, why);
    }
    if guest && customers.guests == Guests::OneRelation {
        if let Some(code) = default {
            return default_code::relation(case, code, why_default);
        }
    } else if customers.handling == Handling::Manual
        && let Some(code) = default
    {
        return default_code::relation(case, code, why_default);
    }
    if guest && customers.guests == Guests::AlwaysNew && customers.handling != Handling::Manual {
        let why = text!(
            "gasten krijgen telkens een nieuwe relatie",
            "guests get a new relation each time"
        );
        return new(case, vat, None, why);
    }
    if let Some(relation) = bound(case) {
        let why = text!(
            "eerder aan deze klant verbonden",
            "bound to this customer before"
        );
        return use_or_update(case, relation, why);
    }
    match recognise(case)? {
        Recognised::Nobody(code) => unknown(case, vat, code),
        Recognised::One(relation, why) => use_or_update(case, relation, why),
    }
}

/// The owner said which relation it is, and he has the last word.
fn linked(case: &Case<'_>, id: &str, code: i64) -> Result<RelationStep, Outcome> {
    let relations = &case.facts.relations;
    let why = text!("door u gekoppeld", "linked by you");
    match relations.iter().find(|relation| relation.id == id) {
        Some(relation) if usable(relation) => use_or_update(case, relation, why),
        _ => held(
            "koppeling-vervallen",
            text!(
                "U koppelde deze klant aan relatie {code}, maar die is er niet meer, of is geen actieve klant.",
                "You linked this customer to relation {code}, but it is gone, or is no active customer."
            ),
            text!(
                "Maak de relatie weer actief, of koppel de klant aan een andere met winkelbrug link.",
                "Make the relation active again, or link the customer to another with winkelbrug link."
            ),
        ),
    }
}

/// The owner said that none of the relations is this customer. What he was bound to before that word
/// is undone by it, so a relation bound now is the one that was made for it.
fn new_by_hand(case: &Case<'_>, vat: &Vat) -> Result<RelationStep, Outcome> {
    if let Some(relation) = bound(case) {
        let why = text!(
            "eerder aan deze klant verbonden",
            "bound to this customer before"
        );
        return use_or_update(case, relation, why);
    }
    let why = text!("nieuw, door u gezegd", "new, as you said");
    new(case, vat, free_code(case), why)
}

/// Nobody was recognised. `code` is the one the shop gives him, and free in the books.
fn unknown(case: &Case<'_>, vat: &Vat, code: Option<i64>) -> Result<RelationStep, Outcome> {
    if let Some(fixed) = default_code::of(case, vat) {
        let why = text!(
            "niet herkend: de vaste klantcode",
            "not recognised: the fixed customer code"
        );
        return default_code::relation(case, fixed, why);
    }
    if case.settings.customers.handling == Handling::Manual {
        return held(
            "klant-niet-gevonden",
            text!(
                "Geen relatie past bij deze klant, en u voert relaties zelf in.",
                "No relation matches this customer, and you enter relations yourself."
            ),
            text!(
                "Maak de relatie aan met het e-mailadres van de bestelling, koppel de klant met winkelbrug link, of vul customers.default_code in.",
                "Create the relation with the order's e-mail address, link the customer with winkelbrug link, or set customers.default_code."
            ),
        );
    }
    new(case, vat, code, text!("niet herkend", "not recognised"))
}

fn new(case: &Case<'_>, vat: &Vat, code: Option<i64>, why: Text) -> Result<RelationStep, Outcome> {
    let mut draft = new_relation::draft(case, vat)?;
    draft.code = code;
    Ok(RelationStep::Create { draft, why })
}

fn booked_for<'a>(case: &Case<'a>) -> Option<&'a Relation> {
    let id = case.facts.booked_for.as_ref()?;
    let mut relations = case.facts.relations.iter();
    relations.find(|relation| relation.id == *id && usable(relation))
}

fn bound<'a>(case: &Case<'a>) -> Option<&'a Relation> {
    let id = case.facts.bound_relation.as_ref()?;
    case.facts
        .relations
        .iter()
        .find(|relation| relation.id == *id && usable(relation))
}

fn use_or_update(case: &Case<'_>, relation: &Relation, why: Text) -> Result<RelationStep, Outcome> {
    let (id, code) = (relation.id.clone(), relation.code);
    let update = match case.settings.customers.handling {
        Handling::AddAndUpdate => new_relation::update(case, relation)?,
        Handling::Add => new_relation::fill(case, relation),
        Handling::Manual => None,
    };
    Ok(match update {
        Some((draft, changes)) => RelationStep::Update {
            id,
            code,
            draft,
            why,
            changes,
        },
        None => RelationStep::Use { id, code, why },
    })
}

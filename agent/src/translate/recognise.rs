//! Which relation the buyer is, in the way the owner chose; one file holds the scoring of `smart`.

use winkelbrug_protocol::record::Order;

use super::{
    case::{Case, held},
    customer_code,
    names::{self, Likeness, compare},
    plan::Outcome,
    smart,
};
use crate::{
    books::{
        Relation,
        marks::{Marks, is_email, plain},
    },
    profile::settings::Recognition,
    text,
    text::Text,
};

/// What recognition came to.
pub(super) enum Recognised<'a> {
    /// Nobody: a new relation, with this code where the shop gives one that is free.
    Nobody(Option<i64>),
    /// This one.
    One(&'a Relation, Text),
}

/// Looks for the buyer; a tie holds the order.
pub(super) fn recognise<'a>(case: &Case<'a>) -> Result<Recognised<'a>, Outcome> {
    use Recognition::{Code, CodeOrEmail, CodeOrEmailAndPostcode, Email, EmailAndPostcode, Smart};
    let recognition = case.settings.customers.recognition;
    let mut code = None;
    if goes_by_code(recognition) {
        code = customer_code::wanted(case)?;
        if let Some(wanted) = code {
            match by_code(case, wanted)? {
                Some(relation) if is_his(case, relation)? => {
                    let why = text!(
                        "herkend aan klantcode {wanted}",
                        "recognised by customer code {wanted}"
                    );
                    return Ok(Recognised::One(relation, why));
                }
                Some(relation) => {
                    let name = &relation.name;
                    case.note(text!(
                        "Klantcode {wanted} is in de administratie van {name}, voor wie die relatie hier gemaakt werd; de klant is daar niet aan herkend.",
                        "Customer code {wanted} is {name}'s in the administration, for whom that relation was made here; the customer was not recognised by it."
                    ));
                    code = None;
                }
                None => {}
            }
        }
    }
    let (found, why) = match recognition {
        Code => (Vec::new(), Text::default()),
        Email | CodeOrEmail => (
            by_email(case, false),
            text!(
                "herkend aan het e-mailadres",
                "recognised by e-mail address"
            ),
        ),
        EmailAndPostcode | CodeOrEmailAndPostcode => (
            by_email(case, true),
            text!(
                "herkend aan e-mailadres en postcode van het afleveradres",
                "recognised by e-mail address and delivery postcode"
            ),
        ),
        Smart => return smartly(case),
    };
    match found.as_slice() {
        [] => Ok(Recognised::Nobody(code)),
        [one] => Ok(Recognised::One(one, why)),
        several => tie(case, several),
    }
}

const fn goes_by_code(recognition: Recognition) -> bool {
    matches!(
        recognition,
        Recognition::Code | Recognition::CodeOrEmail | Recognition::CodeOrEmailAndPostcode
    )
}

/// The code the shop gives the buyer, where recognition goes by it and nobody in the books has it.
pub(super) fn free_code(case: &Case<'_>) -> Option<i64> {
    let customers = &case.settings.customers;
    customer_code::number(case.order, customers)
        .filter(|_| goes_by_code(customers.recognition))
        .filter(|code| case.facts.relations.iter().all(|r| r.code != *code))
}

/// Codes given to new relations here and the shop's own customer numbers are the same numbers: on a
/// relation made for somebody else the shop's number says nothing. What the owner entered as code in a
/// field of the shop may be shared by several of one name.
fn is_his(case: &Case<'_>, relation: &Relation) -> Result<bool, Outcome> {
    if !case.facts.made_for_others.contains(&relation.id) {
        return Ok(true);
    }
    if case.settings.customers.code_field.trim().is_empty() {
        return Ok(false);
    }
    if compare(case.order, relation) != Likeness::Other {
        return Ok(true);
    }
    let (name, code) = (&relation.name, relation.code);
    held(
        "klantcode-van-ander",
        text!(
            "De winkel geeft deze klant code {code}, maar in de administratie is dat {name}, voor wie die relatie hier gemaakt werd.",
            "The shop gives this customer code {code}, but in the administration that is {name}, for whom that relation was made here."
        ),
        settle(case, &[relation]),
    )
}

fn smartly<'a>(case: &Case<'a>) -> Result<Recognised<'a>, Outcome> {
    match smart::find(case) {
        smart::Found::Nobody => Ok(Recognised::Nobody(None)),
        smart::Found::One(relation, why) => {
            let (nl, en) = (&why.nl, &why.en);
            let why = text!("slim herkend: {nl}", "recognised smartly: {en}");
            Ok(Recognised::One(relation, why))
        }
        smart::Found::Doubt(near, why) => {
            let (nl, en) = (&why.nl, &why.en);
            held(
                "klant-twijfel",
                text!(
                    "Het is niet zeker welke relatie deze klant is: {nl}.",
                    "It is not certain which relation this customer is: {en}."
                ),
                settle(case, &near),
            )
        }
    }
}

/// A code that belongs to something no order may be written on holds the order.
fn by_code<'a>(case: &Case<'a>, code: i64) -> Result<Option<&'a Relation>, Outcome> {
    let found = case.facts.relations.iter().find(|r| r.code == code);
    match found {
        Some(relation) if !usable(relation) => {
            let name = &relation.name;
            held(
                "klantcode-niet-bruikbaar",
                text!(
                    "De winkel geeft deze klant code {code}, maar in de administratie is dat {name}, en dat is geen actieve klant.",
                    "The shop gives this customer code {code}, but in the administration that is {name}, which is no active customer."
                ),
                text!(
                    "Maak die relatie weer actief, of geef de klant in de winkel een andere code.",
                    "Make that relation active again, or give the customer another code in the shop."
                ),
            )
        }
        found => Ok(found),
    }
}

fn by_email<'a>(case: &Case<'a>, with_postcode: bool) -> Vec<&'a Relation> {
    case.facts
        .relations
        .iter()
        .filter(|relation| usable(relation) && same_email(relation, case.order))
        .filter(|relation| !with_postcode || same_postcode(case, relation))
        .collect()
}

/// Only an active customer: never a supplier, the own company, or SnelStart's fixtures, whose
/// codes are below zero.
pub(super) const fn usable(relation: &Relation) -> bool {
    relation.is_customer && relation.active && relation.code > 0
}

/// Can that relation be the buyer's, by what both say of themselves: a number only one business has, his e-mail
/// address, his name, or the house of somebody whose name is not plainly another?
#[must_use]
pub fn may_be_the_buyer(order: &Order, relation: &Relation) -> bool {
    let (ours, theirs) = (Marks::of_order(order), Marks::of_relation(relation));
    let same = |ours: &str, theirs: &str| !ours.is_empty() && ours == theirs;
    let same_number = same(&ours.vat_number, &theirs.vat_number)
        || same(&ours.chamber_of_commerce, &theirs.chamber_of_commerce);
    if same_number || same_email(relation, order) {
        return true;
    }
    match names::compare(order, relation) {
        Likeness::Same => true,
        Likeness::Other => false,
        Likeness::Alike | Likeness::Unknown | Likeness::Nameless => {
            let same_house = ours
                .places
                .iter()
                .any(|place| theirs.places.contains(place));
            same_house && !names::is_another_person(order, relation)
        }
    }
}

/// SnelStart B2B v2: a relation may hold several addresses, joined by `;`.
pub(super) fn same_email(relation: &Relation, order: &Order) -> bool {
    let wanted = order.customer.email.trim().to_lowercase();
    is_email(&wanted)
        && relation
            .email
            .split([';', ','])
            .any(|email| email.trim().to_lowercase() == wanted)
}

pub(super) fn same_postcode(case: &Case<'_>, relation: &Relation) -> bool {
    let wanted = plain(&case.destination().postcode);
    !wanted.is_empty()
        && [&relation.address, &relation.correspondence]
            .into_iter()
            .any(|address| plain(&address.postcode) == wanted)
}

/// A candidate by name, code and the postcode by which an owner tells two of one name apart; the postcode
/// is left out where it was erased.
pub(super) fn called(relation: &Relation) -> String {
    let (name, code) = (&relation.name, relation.code);
    match relation.address.postcode.trim() {
        "" => format!("{name} ({code})"),
        postcode => format!("{name} ({code}, {postcode})"),
    }
}

fn tie<'a>(case: &Case<'_>, several: &[&'a Relation]) -> Result<Recognised<'a>, Outcome> {
    let names: Vec<String> = several.iter().map(|relation| called(relation)).collect();
    let names = names.join(", ");
    held(
        "klant-niet-eenduidig",
        text!(
            "Meer dan één relatie past bij deze klant: {names}.",
            "More than one relation matches this customer: {names}."
        ),
        settle(case, several),
    )
}

/// The command that settles it, with the first of the candidates.
fn settle(case: &Case<'_>, candidates: &[&Relation]) -> Text {
    let profile = &case.settings.name;
    let buyer = match &case.order.customer.id {
        Some(id) if text::is_plain(id) => id.clone(),
        _ => format!("order:{}", text::typed(&case.order.number, &case.order.id)),
    };
    let code = candidates.first().map_or(0, |relation| relation.code);
    text!(
        "Zeg welke het is, bijvoorbeeld: winkelbrug link {profile} {buyer} {code} (met \"new\" in plaats van een klantcode krijgt hij een nieuwe relatie).",
        "Say which it is, for example: winkelbrug link {profile} {buyer} {code} (with \"new\" instead of a customer code he gets a new relation)."
    )
}

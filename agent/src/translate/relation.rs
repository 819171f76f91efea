//! Whose order it is: recognising the buyer among the relations, or a new one; and whether the
//! relation fits the order's VAT treatment.

use winkelbrug_protocol::record::Order;

use super::{
    address::normal_vat_number,
    business,
    case::{Case, held, stop},
    foreign::oss,
    needs::normal_postcode,
    new_relation,
    plan::{Outcome, RelationStep},
    vat::{Treatment, Vat, contradiction, is_eu},
};
use crate::{
    books::{Relation, RelationDraft},
    profile::settings::{Guests, Handling, Recognition},
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
    if guest && customers.guests == Guests::OneRelation {
        return default(case, why_default);
    }
    if customers.handling == Handling::Manual && !customers.default_code.trim().is_empty() {
        return default(case, why_default);
    }
    if guest && customers.guests == Guests::AlwaysNew && customers.handling != Handling::Manual {
        let why = text!(
            "gasten krijgen telkens een nieuwe relatie",
            "guests get a new relation each time"
        );
        return new(case, vat, why);
    }
    if let Some(relation) = bound(case) {
        let why = text!(
            "eerder aan deze klant verbonden",
            "bound to this customer before"
        );
        return use_or_update(case, relation, why);
    }
    match recognised(case)?.as_slice() {
        [] => unknown(case, vat),
        [one] => use_or_update(case, one, by_what(case)),
        several => tie(several),
    }
}

/// Nobody was recognised.
fn unknown(case: &Case<'_>, vat: &Vat) -> Result<RelationStep, Outcome> {
    let customers = &case.settings.customers;
    if !customers.default_code.trim().is_empty() {
        return default(
            case,
            text!(
                "niet herkend, dus de vaste klantcode",
                "not recognised, so the fixed customer code"
            ),
        );
    }
    if customers.handling == Handling::Manual {
        return held(
            "klant-niet-gevonden",
            text!(
                "Geen relatie past bij deze klant, en u voert relaties zelf in.",
                "No relation matches this customer, and you enter relations yourself."
            ),
            text!(
                "Maak de relatie aan met het e-mailadres van de bestelling, of vul customers.default_code in.",
                "Create the relation with the order's e-mail address, or set customers.default_code."
            ),
        );
    }
    new(case, vat, text!("niet herkend", "not recognised"))
}

fn new(case: &Case<'_>, vat: &Vat, why: Text) -> Result<RelationStep, Outcome> {
    Ok(RelationStep::Create {
        draft: new_relation::draft(case, vat)?,
        why,
    })
}

/// The relation the owner named by its code; a code that cannot be used stops the profile.
fn default(case: &Case<'_>, why: Text) -> Result<RelationStep, Outcome> {
    let code = case.settings.customers.default_code.trim();
    let hint = text!(
        "Kies in customers.default_code de code van een actieve klant; niet die van uw eigen bedrijf.",
        "Choose an active customer's code in customers.default_code; not your own company's."
    );
    let Ok(number) = code.parse::<i64>() else {
        return stop(
            "klantcode-geen-getal",
            text!(
                "De klantcode \"{code}\" is geen getal.",
                "The customer code \"{code}\" is not a number."
            ),
            hint,
        );
    };
    let found = case.facts.relations.iter().find(|r| r.code == number);
    match found {
        Some(relation) if usable(relation) => Ok(RelationStep::Use {
            id: relation.id.clone(),
            code: relation.code,
            why,
        }),
        Some(relation) => {
            let name = &relation.name;
            stop(
                "klantcode-niet-bruikbaar",
                text!(
                    "Klantcode {code} ({name}) is geen actieve klant.",
                    "Customer code {code} ({name}) is not an active customer."
                ),
                hint,
            )
        }
        None => stop(
            "klantcode-ontbreekt",
            text!(
                "Klantcode {code} bestaat niet in de administratie.",
                "Customer code {code} does not exist in the administration."
            ),
            hint,
        ),
    }
}

/// Is this the relation for buyers nobody recognises? Nobody is joined to it for good.
pub(super) fn is_default(case: &Case<'_>, step: &RelationStep) -> bool {
    let default = case.settings.customers.default_code.trim().parse::<i64>();
    matches!(step, RelationStep::Use { code, .. } if default.as_ref() == Ok(code))
}

/// Only an active customer: never a supplier, the own company, or SnelStart's fixtures, whose
/// codes are below zero.
const fn usable(relation: &Relation) -> bool {
    relation.is_customer && relation.active && relation.code > 0
}

fn bound<'a>(case: &Case<'a>) -> Option<&'a Relation> {
    let id = case.facts.bound_relation.as_ref()?;
    case.facts
        .relations
        .iter()
        .find(|relation| relation.id == *id && usable(relation))
}

fn recognised<'a>(case: &Case<'a>) -> Result<Vec<&'a Relation>, Outcome> {
    let with_postcode = match case.settings.customers.recognition {
        Recognition::Email => false,
        Recognition::EmailAndPostcode => true,
        Recognition::Code
        | Recognition::CodeOrEmail
        | Recognition::CodeOrEmailAndPostcode
        | Recognition::Smart => {
            return stop(
                "not-yet-available",
                text!(
                    "Deze manier om klanten te herkennen is nog niet beschikbaar.",
                    "This way of recognising customers is not yet available."
                ),
                text!(
                    "Kies in customers.recognition \"email\" of \"email-and-postcode\".",
                    "Choose \"email\" or \"email-and-postcode\" in customers.recognition."
                ),
            );
        }
    };
    Ok(case
        .facts
        .relations
        .iter()
        .filter(|relation| usable(relation) && same_email(relation, case.order))
        .filter(|relation| !with_postcode || same_postcode(case, relation))
        .collect())
}

fn by_what(case: &Case<'_>) -> Text {
    match case.settings.customers.recognition {
        Recognition::EmailAndPostcode => text!(
            "herkend aan e-mailadres en postcode van het afleveradres",
            "recognised by e-mail address and delivery postcode"
        ),
        _ => text!(
            "herkend aan het e-mailadres",
            "recognised by e-mail address"
        ),
    }
}

/// SnelStart B2B v2: a relation may hold several addresses, joined by `;`.
fn same_email(relation: &Relation, order: &Order) -> bool {
    let wanted = order.customer.email.trim().to_lowercase();
    !wanted.is_empty()
        && relation
            .email
            .split(';')
            .any(|email| email.trim().to_lowercase() == wanted)
}

fn same_postcode(case: &Case<'_>, relation: &Relation) -> bool {
    let wanted = normal_postcode(&case.destination().postcode);
    [&relation.address, &relation.correspondence]
        .into_iter()
        .any(|address| normal_postcode(&address.postcode) == wanted)
}

fn tie(several: &[&Relation]) -> Result<RelationStep, Outcome> {
    let names: Vec<String> = several
        .iter()
        .map(|relation| format!("{} ({})", relation.name, relation.code))
        .collect();
    let names = names.join(", ");
    held(
        "klant-niet-eenduidig",
        text!(
            "Meer dan één relatie past bij deze klant: {names}.",
            "More than one relation matches this customer: {names}."
        ),
        text!(
            "Geef in de administratie één van deze relaties het e-mailadres (en de postcode), of maak de dubbele niet actief.",
            "In the administration, leave the e-mail address (and postcode) with one of these relations, or make the double one inactive."
        ),
    )
}

fn use_or_update(case: &Case<'_>, relation: &Relation, why: Text) -> Result<RelationStep, Outcome> {
    let (id, code) = (relation.id.clone(), relation.code);
    if case.settings.customers.handling != Handling::AddAndUpdate {
        return Ok(RelationStep::Use { id, code, why });
    }
    Ok(match new_relation::update(case, relation)? {
        Some(draft) => RelationStep::Update {
            id,
            code,
            draft,
            why,
        },
        None => RelationStep::Use { id, code, why },
    })
}

/// The relation's country and VAT number as they will stand when the order is written.
struct Stands {
    name: String,
    country: String,
    vat_number: String,
}

/// SnelStart takes treatment and ledger from the relation, so a relation that says something else
/// than the order holds it, wherever the addresses come from.
fn fits(case: &Case<'_>, vat: &Vat, step: &RelationStep) -> Result<(), Outcome> {
    let Some(stands) = stands(case, step) else {
        return Ok(());
    };
    let home = case.home();
    let country = match stands.country.as_str() {
        // SnelStart B2B v2: a country left out means the Netherlands.
        "" => home,
        country => country,
    };
    let foreign_number = !stands.vat_number.is_empty() && !stands.vat_number.starts_with(home);
    let name = &stands.name;
    match &vat.treatment {
        Treatment::Domestic if foreign_number => contradiction(text!(
            "De order is een binnenlandse levering, maar relatie {name} heeft een buitenlands btw-nummer.",
            "The order is a domestic supply, but relation {name} has a foreign VAT number."
        )),
        Treatment::Domestic | Treatment::EuConsumer
            if country != home && !is_eu(country, case.date) =>
        {
            contradiction(text!(
                "De winkel rekent btw, maar relatie {name} is gevestigd buiten de EU ({country}).",
                "The shop charges VAT, but relation {name} is established outside the EU ({country})."
            ))
        }
        // A Dutch business that has goods sent abroad pays Dutch VAT, unless the books look at the
        // country of delivery.
        Treatment::EuConsumer if foreign_number || (oss(case) && !stands.vat_number.is_empty()) => {
            contradiction(text!(
                "De winkel rekent btw als aan een particulier, maar relatie {name} heeft een btw-nummer.",
                "The shop charges VAT as to a private person, but relation {name} has a VAT number."
            ))
        }
        Treatment::OutsideEu if country == home || is_eu(country, case.date) => {
            contradiction(text!(
                "De winkel rekent geen btw omdat de order buiten de EU gaat, maar relatie {name} is gevestigd in {country}.",
                "The shop charges no VAT because the order leaves the EU, but relation {name} is established in {country}."
            ))
        }
        Treatment::EuBusiness { vat_number } => {
            let abroad = country != home;
            without_vat(case, step, &stands, country, vat_number, abroad)
        }
        Treatment::Domestic | Treatment::EuConsumer | Treatment::OutsideEu => {
            match &vat.reverse_charge {
                Some(number) => without_vat(case, step, &stands, country, number, true),
                None => Ok(()),
            }
        }
    }
}

/// EU supply and reverse-charged VAT: only with a number that was checked, to a relation that carries
/// it in the number's own country (`REL-0087`, `REL-0088`).
fn without_vat(
    case: &Case<'_>,
    step: &RelationStep,
    stands: &Stands,
    country: &str,
    number: &str,
    right_side: bool,
) -> Result<(), Outcome> {
    let carries = stands.vat_number == number;
    let known = !matches!(step, RelationStep::Create { .. });
    business::checked(case, number, known && carries)?;
    let prefix = super::address::vat_prefix(country);
    if carries && right_side && number.starts_with(prefix) {
        return Ok(());
    }
    business::other_card(&stands.name, country, number)
}

fn stands(case: &Case<'_>, step: &RelationStep) -> Option<Stands> {
    let known = |id: &str| case.facts.relations.iter().find(|r| r.id == id);
    match step {
        RelationStep::Create { draft, .. } => Some(from_draft(draft)),
        RelationStep::Use { id, .. } => known(id).map(from_relation),
        RelationStep::Update { id, draft, .. } => {
            let mut stands = from_relation(known(id)?);
            let new = from_draft(draft);
            if !new.country.is_empty() {
                stands.country = new.country;
            }
            if !new.vat_number.is_empty() {
                stands.vat_number = new.vat_number;
            }
            Some(stands)
        }
    }
}

fn from_draft(draft: &RelationDraft) -> Stands {
    Stands {
        name: draft.name.clone(),
        country: draft.address.country.clone(),
        vat_number: normal_vat_number(&draft.vat_number),
    }
}

fn from_relation(relation: &Relation) -> Stands {
    Stands {
        name: format!("{} ({})", relation.name, relation.code),
        country: relation.address.country.to_uppercase(),
        vat_number: normal_vat_number(&relation.vat_number),
    }
}

//! Does the relation fit the order's VAT treatment? SnelStart takes treatment and ledgers from it.

use super::{
    address::{normal_vat_number, vat_prefix},
    business,
    case::Case,
    foreign::oss,
    plan::{Outcome, RelationStep},
    territory,
    vat::{Treatment, Vat, contradiction, contradicts},
};
use crate::{
    books::{Relation, RelationDraft, is_eu},
    text,
};

/// The relation's country and VAT number as they will stand when the order is written.
struct Stands {
    name: String,
    country: String,
    vat_number: String,
}

/// SnelStart takes treatment and ledger from the relation, so a relation that says something else
/// than the order holds it, wherever the addresses come from.
pub(super) fn fits(case: &Case<'_>, vat: &Vat, step: &RelationStep) -> Result<(), Outcome> {
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
        // Without an address on the order SnelStart would go by the relation's country.
        Treatment::Domestic if country != home && case.names_no_place() => contradiction(text!(
            "De bestelling noemt geen adres en heeft de btw van het land van de winkel, maar relatie {name} is gevestigd in {country}.",
            "The order names no address and bears the VAT of the shop's country, but relation {name} is established in {country}."
        )),
        Treatment::Domestic if foreign_number => contradicts(
            text!(
                "De goederen blijven in Nederland: een binnenlandse levering met Nederlandse btw, ook aan een bedrijf van elders. Maar relatie {name} heeft een buitenlands btw-nummer, waardoor SnelStart haar als levering binnen de EU kan boeken.",
                "The goods stay in the Netherlands: a domestic supply with Dutch VAT, to a business from elsewhere too. But relation {name} has a foreign VAT number, by which SnelStart may book it as a supply within the EU."
            ),
            business::without_number(case),
        ),
        Treatment::Domestic | Treatment::EuConsumer
            if country != home && !is_eu(country, case.day) =>
        {
            contradiction(text!(
                "De winkel rekent btw, maar relatie {name} is gevestigd buiten de EU ({country}).",
                "The shop charges VAT, but relation {name} is established outside the EU ({country})."
            ))
        }
        // A Dutch business that has goods sent abroad pays Dutch VAT, unless the books look at the
        // country of delivery.
        Treatment::EuConsumer if foreign_number || (oss(case) && !stands.vat_number.is_empty()) => {
            contradicts(
                text!(
                    "De winkel rekent btw als aan een particulier, maar relatie {name} heeft een btw-nummer.",
                    "The shop charges VAT as to a private person, but relation {name} has a VAT number."
                ),
                business::without_number(case),
            )
        }
        // What leaves the EU's VAT area and not its country.
        Treatment::OutsideEu if country == vat.country && territory::of(case).is_some() => Ok(()),
        Treatment::OutsideEu if country == home || is_eu(country, case.day) => {
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
    // A number the order itself brings is not checked; one that stood there before is.
    let stood_there = match step {
        RelationStep::Use { .. } => true,
        RelationStep::Update { draft, .. } => draft.vat_number.is_empty(),
        RelationStep::Create { .. } => false,
    };
    business::checked(case, number, stood_there && carries)?;
    if carries && right_side && number.starts_with(vat_prefix(country)) {
        return Ok(());
    }
    if !right_side && number.starts_with(vat_prefix(country)) {
        return business::number_of_here(number);
    }
    business::other_card(case, step, &stands.name, country, number)
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

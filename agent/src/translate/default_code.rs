//! The customer code for buyers nobody recognises: one for all, or by where the goods go. Never for
//! a business elsewhere in the EU: its supply without VAT has to stand on its own VAT number.

use super::{
    case::{Case, stop},
    plan::{Outcome, RelationStep},
    recognise::usable,
    vat::{Treatment, Vat},
};
use crate::{text, text::Text};

/// The code for this order's kind of customer; none where none is set.
pub(super) fn of<'a>(case: &Case<'a>, vat: &Vat) -> Option<&'a str> {
    if matches!(vat.treatment, Treatment::EuBusiness { .. }) {
        return None;
    }
    let customers = &case.settings.customers;
    let country = case.country();
    let country = if country.is_empty() {
        case.home().to_owned()
    } else {
        country
    };
    let area = match vat.treatment {
        Treatment::Domestic => None,
        Treatment::EuConsumer | Treatment::EuBusiness { .. } => Some("EU"),
        Treatment::OutsideEu => Some("outside-EU"),
    };
    let codes = &customers.default_codes;
    let code = codes
        .get(&country)
        .or_else(|| codes.get(area?))
        .unwrap_or(&customers.default_code)
        .trim();
    (!code.is_empty()).then_some(code)
}

/// The relation of that code; one that cannot be used stops the profile.
pub(super) fn relation(case: &Case<'_>, code: &str, why: Text) -> Result<RelationStep, Outcome> {
    let hint = text!(
        "Kies in customers.default_code (of default_codes) de code van een actieve klant; niet die van uw eigen bedrijf.",
        "Choose an active customer's code in customers.default_code (or default_codes); not your own company's."
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

/// Is this a relation for buyers nobody recognises? Nobody is joined to it for good.
pub(super) fn is_default(case: &Case<'_>, step: &RelationStep) -> bool {
    let customers = &case.settings.customers;
    let RelationStep::Use { code, .. } = step else {
        return false;
    };
    customers
        .default_codes
        .values()
        .chain([&customers.default_code])
        .any(|default| default.trim().parse::<i64>().as_ref() == Ok(code))
}

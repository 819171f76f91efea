//! The order's cost centre (kostenplaats): what the shop says of the order, else the owner's.

use super::{
    case::{Case, held, stop},
    order_fields::said,
    plan::Outcome,
};
use crate::{text, text::Text};

/// The cost centre's id. One of the settings that is not there stops the profile, one the shop says
/// of this order holds it.
pub(super) fn of(case: &Case<'_>) -> Result<Option<String>, Outcome> {
    let sales = &case.settings.sales;
    let field = sales.order_fields.cost_centre.as_str();
    if let Some(wanted) = said(case.order, field) {
        return match find(case, wanted) {
            Some(id) => Ok(Some(id)),
            None => held(
                "kostenplaats-ontbreekt",
                is_missing(wanted),
                text!(
                    "Verbeter het veld \"{field}\" van de bestelling in de winkel, of maak de kostenplaats in de administratie.",
                    "Correct the field \"{field}\" of the order in the shop, or make the cost centre in the administration."
                ),
            ),
        };
    }
    let wanted = sales.cost_centre.trim();
    if wanted.is_empty() {
        return Ok(None);
    }
    match find(case, wanted) {
        Some(id) => Ok(Some(id)),
        None => stop(
            "kostenplaats-ontbreekt",
            is_missing(wanted),
            text!(
                "Kies in sales.cost_centre een kostenplaats die er is, of laat hem leeg.",
                "Choose a cost centre that exists in sales.cost_centre, or leave it empty."
            ),
        ),
    }
}

/// By number or name.
fn find(case: &Case<'_>, wanted: &str) -> Option<String> {
    let mut centres = case.facts.lookups.cost_centres.iter();
    let found = centres.find(|centre| {
        centre.active
            && (centre.number.to_string() == wanted
                || centre.name.trim().to_lowercase() == wanted.to_lowercase())
    });
    found.map(|centre| centre.id.clone())
}

fn is_missing(wanted: &str) -> Text {
    text!(
        "De kostenplaats \"{wanted}\" bestaat niet (meer) in de administratie.",
        "The cost centre \"{wanted}\" does not exist (any more) in the administration."
    )
}

//! The order's sales template (verkoopsjabloon): what the shop says of the order, else that of the
//! customer's latest order where the owner wants that, else the first rule that fits, else the
//! owner's one for all.

use super::{
    called,
    case::{Case, held, stop},
    order_fields::said,
    plan::{Outcome, RelationStep},
    vat::{Treatment, Vat},
};
use crate::{
    profile::settings::{Form, SaleKind, TemplateRule},
    text,
    text::Text,
};

/// The template's id; none = the administration's default. One of the settings that is not there
/// stops the profile, one the shop says of this order holds it.
pub(super) fn of(
    case: &Case<'_>,
    vat: &Vat,
    relation: &RelationStep,
) -> Result<Option<String>, Outcome> {
    let sales = &case.settings.sales;
    // A booked invoice has none.
    if sales.form == Form::Booking {
        return Ok(None);
    }
    let field = sales.order_fields.template.as_str();
    if let Some(wanted) = said(case.order, field) {
        return match find(case, wanted) {
            Some(id) => Ok(Some(id)),
            None => held(
                "sjabloon-ontbreekt",
                is_missing(wanted),
                text!(
                    "Verbeter het veld \"{field}\" van de bestelling in de winkel, of maak het sjabloon in de administratie.",
                    "Correct the field \"{field}\" of the order in the shop, or make the template in the administration."
                ),
            ),
        };
    }
    if sales.template_follow_last
        && let Some(id) = last(case, relation)
    {
        return Ok(Some(id));
    }
    let rule = sales.templates.iter().find(|rule| fits(case, vat, rule));
    let (key, wanted) = match rule {
        Some(rule) => ("sales.templates", rule.template.trim()),
        None => ("sales.template", sales.template.trim()),
    };
    if wanted.is_empty() {
        return Ok(None);
    }
    match find(case, wanted) {
        Some(id) => Ok(Some(id)),
        None => stop(
            "sjabloon-ontbreekt",
            is_missing(wanted),
            text!(
                "Kies in {key} een verkoopsjabloon dat er is, of laat het leeg.",
                "Choose a sales template that exists in {key}, or leave it empty."
            ),
        ),
    }
}

/// By name or id.
fn find(case: &Case<'_>, wanted: &str) -> Option<String> {
    let mut templates = case.facts.lookups.templates.iter();
    let found = templates.find(|template| {
        template.active
            && (template.id.eq_ignore_ascii_case(wanted)
                || template.name.trim().to_lowercase() == wanted.to_lowercase())
    });
    found.map(|template| template.id.clone())
}

fn is_missing(wanted: &str) -> Text {
    text!(
        "Het verkoopsjabloon \"{wanted}\" bestaat niet (meer) in de administratie.",
        "The sales template \"{wanted}\" does not exist (any more) in the administration."
    )
}

/// That of the customer's latest order, unless nobody may use it any more.
fn last(case: &Case<'_>, relation: &RelationStep) -> Option<String> {
    let id = match relation {
        RelationStep::Use { id, .. } | RelationStep::Update { id, .. } => id,
        RelationStep::Create { .. } => return None,
    };
    let id = case.facts.last_templates.get(id)?;
    let mut templates = case.facts.lookups.templates.iter();
    let template = templates.find(|template| template.id.eq_ignore_ascii_case(id))?;
    let name = &template.name;
    if template.active {
        case.note(text!(
            "Verkoopsjabloon \"{name}\", zoals op de laatste order van deze klant.",
            "Sales template \"{name}\", as on this customer's latest order."
        ));
        return Some(template.id.clone());
    }
    case.note(text!(
        "De laatste order van deze klant heeft verkoopsjabloon \"{name}\", dat niet meer actief is; het ingestelde sjabloon is genomen.",
        "This customer's latest order has the sales template \"{name}\", which is inactive; the template of the settings was taken."
    ));
    None
}

/// Is the order all of what the rule names?
fn fits(case: &Case<'_>, vat: &Vat, rule: &TemplateRule) -> bool {
    (rule.language.is_empty() || is_language(&case.order.language, &rule.language))
        && (rule.country.is_empty() || rule.country.eq_ignore_ascii_case(&vat.country))
        && (rule.store.is_empty()
            || called::is_store(&case.order.store, &rule.store, &case.facts.shop.stores))
        && rule
            .vat
            .is_none_or(|kind| kind == sale_kind(&vat.treatment))
}

/// `nl` is every Dutch, `nl-be` that one alone.
fn is_language(language: &str, wanted: &str) -> bool {
    let normal = |text: &str| text.trim().to_lowercase().replace('_', "-");
    let (language, wanted) = (normal(language), normal(wanted));
    language == wanted || language.starts_with(&format!("{wanted}-"))
}

const fn sale_kind(treatment: &Treatment) -> SaleKind {
    match treatment {
        Treatment::Domestic => SaleKind::Domestic,
        Treatment::EuConsumer => SaleKind::EuConsumer,
        Treatment::EuBusiness { .. } => SaleKind::EuBusiness,
        Treatment::OutsideEu => SaleKind::Export,
    }
}

//! The order's own fields: date, references, description, template, stage, addresses, terms.

use super::{
    address::{book_address, clean, contact, cut},
    case::{Case, stop},
    description,
    eligible::payment_rule,
    plan::Outcome,
    vat::{Treatment, Vat},
};
use crate::{
    books::{BookAddress, LineDraft, OrderDraft, PriceMode},
    profile::settings::Addresses,
    text,
};

/// SnelStart B2B v2 (VerkooporderModel): orderreferentie at most 50, krediettermijn 0 to 100 days.
const ORDER_REFERENCE: usize = 50;
const LONGEST_TERM: u32 = 100;

/// The order with its lines, every field as it will be sent.
pub(super) fn draft(
    case: &Case<'_>,
    vat: &Vat,
    payment_reference: String,
    lines: Vec<LineDraft>,
) -> Result<OrderDraft, Outcome> {
    let order = case.order;
    let sales = &case.settings.sales;
    let (invoice_address, delivery_address) = addresses(case, vat)?;
    let reference = order.shop_reference.as_deref().unwrap_or(&order.number);
    Ok(OrderDraft {
        date: case.date,
        payment_reference,
        order_reference: cut(case, &clean(reference), ORDER_REFERENCE),
        description: description::of(case),
        template: template(case)?,
        stage: sales.process_stage,
        cost_centre: cost_centre(case)?,
        payment_term: payment_term(case),
        price_mode: if vat.zero_rated() {
            PriceMode::Exclusief
        } else {
            PriceMode::Inclusief
        },
        invoice_address,
        delivery_address,
        memo: memo(case),
        invoice_discount: rust_decimal::Decimal::ZERO,
        lines,
    })
}

/// From the shop, or left to the customer card. A private person elsewhere in the EU always gets
/// the delivery address: it decides the country of the VAT.
fn addresses(
    case: &Case<'_>,
    vat: &Vat,
) -> Result<(Option<BookAddress>, Option<BookAddress>), Outcome> {
    let invoice = &case.order.invoice_address;
    let from_shop = case.settings.sales.addresses == Addresses::Shop;
    let decides_vat = vat.treatment == Treatment::EuConsumer;
    let invoice_address = if from_shop {
        book_address(case, invoice, contact(case, invoice))?
    } else {
        None
    };
    let delivery = match &case.order.delivery_address {
        Some(delivery) if from_shop || decides_vat => Some(delivery),
        None if decides_vat => Some(invoice),
        _ => None,
    };
    let delivery_address = match delivery {
        Some(delivery) => book_address(case, delivery, contact(case, delivery))?,
        None => None,
    };
    Ok((invoice_address, delivery_address))
}

/// The sales template by name or id; one that is not there stops the profile.
fn template(case: &Case<'_>) -> Result<Option<String>, Outcome> {
    let wanted = case.settings.sales.template.trim();
    if wanted.is_empty() {
        return Ok(None);
    }
    let found = case.facts.lookups.templates.iter().find(|template| {
        template.active
            && (template.id.eq_ignore_ascii_case(wanted)
                || template.name.trim().to_lowercase() == wanted.to_lowercase())
    });
    match found {
        Some(template) => Ok(Some(template.id.clone())),
        None => stop(
            "sjabloon-ontbreekt",
            text!(
                "Het verkoopsjabloon \"{wanted}\" bestaat niet (meer) in de administratie.",
                "The sales template \"{wanted}\" does not exist (any more) in the administration."
            ),
            text!(
                "Kies in sales.template een verkoopsjabloon dat er is, of laat het leeg.",
                "Choose a sales template that exists in sales.template, or leave it empty."
            ),
        ),
    }
}

/// The cost centre by number or name; one that is not there stops the profile.
fn cost_centre(case: &Case<'_>) -> Result<Option<String>, Outcome> {
    let wanted = case.settings.sales.cost_centre.trim();
    if wanted.is_empty() {
        return Ok(None);
    }
    let found = case.facts.lookups.cost_centres.iter().find(|centre| {
        centre.active
            && (centre.number.to_string() == wanted
                || centre.name.trim().to_lowercase() == wanted.to_lowercase())
    });
    match found {
        Some(centre) => Ok(Some(centre.id.clone())),
        None => stop(
            "kostenplaats-ontbreekt",
            text!(
                "De kostenplaats \"{wanted}\" bestaat niet (meer) in de administratie.",
                "The cost centre \"{wanted}\" does not exist (any more) in the administration."
            ),
            text!(
                "Kies in sales.cost_centre een kostenplaats die er is, of laat hem leeg.",
                "Choose a cost centre that exists in sales.cost_centre, or leave it empty."
            ),
        ),
    }
}

fn payment_term(case: &Case<'_>) -> Option<i64> {
    let days = payment_rule(case.order, case.settings)?.term_days?;
    if days > LONGEST_TERM {
        case.note(text!(
            "De betalingstermijn van {days} dagen is {LONGEST_TERM} geworden, meer kan niet.",
            "The payment term of {days} days became {LONGEST_TERM}, the longest possible."
        ));
    }
    Some(i64::from(days.min(LONGEST_TERM)))
}

/// The customer's note with its line breaks; and, of an order paid in another currency, what was
/// paid.
fn memo(case: &Case<'_>) -> String {
    let order = case.order;
    let note: String = order
        .comment
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    let note = note.trim();
    let money = &order.money;
    if money.order_code.is_empty() || money.order_code == money.code {
        return note.to_owned();
    }
    let mut paid = format!(
        "Betaald in de winkel: {} {}",
        money.order_code, money.order_total
    );
    if let Some(rate) = case.facts.exchange_rate {
        paid = format!("{paid} (koers {})", rate.normalize());
    }
    if note.is_empty() {
        paid
    } else {
        format!("{note}\n{paid}")
    }
}

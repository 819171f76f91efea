//! The order's own fields: date, references, description, template, stage, addresses, terms.

use rust_decimal::Decimal;

use super::{
    address::{book_address, clean, contact, cut, whole},
    case::Case,
    cost_centre,
    default_code::is_default,
    description,
    eligible::payment_rule,
    invoice, mapping,
    order_fields::said,
    plan::{Outcome, RelationStep},
    template,
    vat::{Treatment, Vat},
};
use crate::{
    books::{BookAddress, LineDraft, OrderDraft, PriceMode},
    profile::settings::{Addresses, Blocked},
    text,
    text::with_thousands,
};

/// SnelStart B2B v2 (VerkooporderModel): orderreferentie at most 50, krediettermijn 0 to 100 days.
const ORDER_REFERENCE: usize = 50;
const LONGEST_TERM: u32 = 100;

/// The order with its lines, every field as it will be sent.
pub(super) fn draft(
    case: &Case<'_>,
    vat: &Vat,
    relation: &RelationStep,
    payment_reference: String,
    lines: Vec<LineDraft>,
) -> Result<OrderDraft, Outcome> {
    let order = case.order;
    let sales = &case.settings.sales;
    let (invoice_address, delivery_address) = addresses(case, vat, relation)?;
    let reference = order.shop_reference.as_deref().unwrap_or(&order.number);
    let mapped = mapping::reference(case);
    let reference = mapped.as_deref().unwrap_or(reference);
    Ok(OrderDraft {
        date: case.date,
        payment_reference,
        order_reference: cut(case, &clean(reference), ORDER_REFERENCE),
        description: description::of(case),
        template: template::of(case, vat, relation)?,
        stage: sales.process_stage,
        blocked: blocked(case),
        cost_centre: cost_centre::of(case)?,
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

/// Invoice and delivery address: the shop's, or the customer card's as it will stand. Either way they
/// are the order's own, so that a later change of the card moves no order that is not invoiced yet.
fn addresses(
    case: &Case<'_>,
    vat: &Vat,
    relation: &RelationStep,
) -> Result<(Option<BookAddress>, Option<BookAddress>), Outcome> {
    let invoice = &case.order.invoice_address;
    let delivery = case.order.delivery_address.as_ref();
    let card = match case.settings.sales.addresses {
        Addresses::Shop => None,
        Addresses::CustomerCard => card(case, relation),
    };
    let of_shop = |address| book_address(case, address, contact(case, address));
    let Some((invoice_of_card, home)) = card else {
        let delivery = match delivery {
            // A private person elsewhere in the EU always gets it: it decides the country of the VAT.
            None if vat.treatment == Treatment::EuConsumer => Some(invoice),
            delivery => delivery,
        };
        let delivery = delivery.map(of_shop).transpose()?.flatten();
        return Ok((of_shop(invoice)?, delivery));
    };
    let there = match home.country.trim() {
        "" => case.home().to_owned(),
        country => country.to_uppercase(),
    };
    let decides_vat = vat.treatment == Treatment::EuConsumer || there != case.country();
    let delivery = if decides_vat {
        of_shop(case.destination())?
    } else {
        Some(home)
    };
    Ok((invoice_of_card, delivery))
}

/// Where the card has invoices and goods sent once the order is written; none where it has no address,
/// or is that of buyers nobody recognised. Whose invoices go to another relation SnelStart knows itself.
fn card(case: &Case<'_>, step: &RelationStep) -> Option<(Option<BookAddress>, BookAddress)> {
    if is_default(case, step) {
        return None;
    }
    let (id, written) = match step {
        RelationStep::Create { draft, .. } => (None, Some(&draft.address)),
        RelationStep::Update { id, draft, .. } => (Some(id), Some(&draft.address)),
        RelationStep::Use { id, .. } => (Some(id), None),
    };
    let mut relations = case.facts.relations.iter();
    let known = id.and_then(|id| relations.find(|known| known.id == *id));
    let home = written.and_then(whole).or_else(|| whole(&known?.address))?;
    let letters = known.and_then(|known| whole(&known.correspondence));
    let invoice = letters.unwrap_or_else(|| home.clone());
    let elsewhere = known.is_some_and(|known| known.invoiced_elsewhere);
    Some(((!elsewhere).then_some(invoice), home))
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

/// Blocked as the owner wants it; an order of a shop that invoices itself always is, so that nobody
/// makes a second invoice from it.
fn blocked(case: &Case<'_>) -> Option<bool> {
    let sales = &case.settings.sales;
    match sales.blocked {
        _ if invoice::is_the_shops(sales) => Some(true),
        Blocked::AsTemplate => None,
        Blocked::Always => Some(true),
        Blocked::Never => Some(false),
    }
}

/// Who invoices where that is the shop, and who sold it where the shop says so; the customer's note
/// with its line breaks; what is mapped to it; and, of an order paid in another currency, what was paid.
fn memo(case: &Case<'_>) -> String {
    let field = &case.settings.sales.order_fields.seller;
    let seller = said(case.order, field).map(|seller| format!("Verkoper: {}", clean(seller)));
    let parts = [invoice::mark(case), seller, Some(note(case))];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let filled = parts.into_iter().filter(|part| !part.is_empty());
    filled.collect::<Vec<_>>().join("\n")
}

fn note(case: &Case<'_>) -> String {
    let order = case.order;
    let note: String = order
        .comment
        .replace("\r\n", "\n")
        .chars()
        .filter(|c| *c == '\n' || !c.is_control())
        .collect();
    let note = note.trim();
    let money = &order.money;
    let mut lines = vec![note.to_owned()];
    lines.extend(mapping::memo(case));
    if !money.order_code.is_empty() && money.order_code != money.code {
        let paid = format!(
            "Betaald in de winkel: {} {}",
            money.order_code,
            with_thousands(&dutch(money.order_total))
        );
        lines.push(match case.facts.exchange_rate {
            Some(rate) => format!("{paid} (koers {})", dutch(rate.normalize())),
            None => paid,
        });
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// With the decimal sign of the memo's language.
fn dutch(number: Decimal) -> String {
    number.to_string().replace('.', ",")
}

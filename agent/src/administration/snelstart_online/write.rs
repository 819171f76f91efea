//! What is sent: drafts as SnelStart's records. Amounts go as JSON numbers with exactly their
//! digits; dates as the local day's midnight without zone.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    fields::{Fields, Number, reference},
    read::Countries,
};
use crate::{
    books::{
        ArticleDraft, ArticleRef, BookAddress, BookingDraft, BookingLine, LineDraft, OrderDraft,
        PaymentDraft, PriceMode, RelationDraft, ReminderKind, SalesVat, VatKind,
    },
    failure::{Failure, Result},
    text,
};

/// What RelatieModel has and RelatieWriteModel has not.
const RELATION_READ_ONLY: [&str; 1] = ["fax"];
/// What ArtikelQueryModel has and ArtikelModel has not.
const ARTICLE_READ_ONLY: [&str; 3] = ["isHoofdartikel", "subartikelen", "prijsafspraak"];

/// A RelatieWriteModel: the draft on top of what is there (nothing, for a new one). Only what the
/// draft fills is changed.
///
/// # Errors
/// A country that the administration does not have.
pub fn relation(old: Fields, draft: &RelationDraft, countries: &Countries) -> Result<Fields> {
    let is_new = old.id().is_none();
    let mut row = old
        .without(&RELATION_READ_ONLY)
        .set_filled("naam", &draft.name)
        .set_filled("email", &draft.email)
        .set_filled("telefoon", &draft.phone)
        .set_filled("btwNummer", &draft.vat_number)
        .set_filled("kvkNummer", &draft.chamber_of_commerce)
        .set_filled("memo", &draft.memo);
    if is_new {
        row = row.set("relatiesoort", ["Klant"]);
        if let Some(code) = draft.code {
            row = row.set("relatiecode", code);
        }
    }
    if !is_empty(&draft.address) {
        let address = merged_address(row.object("vestigingsAdres"), &draft.address, countries)?;
        row = row.set("vestigingsAdres", address);
    }
    if let Some(days) = draft.payment_term {
        row = row.set("krediettermijn", days);
    }
    if let Some(email) = &draft.invoice_email {
        row = mailed(row, "factuurEmailVersturen", email);
    }
    if let Some(email) = &draft.reminder_email {
        row = mailed(row, "aanmaningEmailVersturen", email);
    }
    // SnelStart B2B v2 (RelatieModel): `Nee`, which a new relation has, is no reminder at all.
    if let Some(kind) = draft.reminder_kind {
        let word = match kind {
            ReminderKind::Business => "Onderneming",
            ReminderKind::Consumer => "Consument",
        };
        row = row.set("aanmaningsoort", word);
    }
    Ok(row)
}

fn mailed(row: Fields, name: &str, email: &str) -> Fields {
    let mail = row.object(name).set("shouldSend", true).set("email", email);
    row.set(name, mail)
}

fn is_empty(address: &BookAddress) -> bool {
    *address == BookAddress::default()
}

/// An address of a relation on top of the one it has.
fn merged_address(old: Fields, address: &BookAddress, countries: &Countries) -> Result<Fields> {
    let row = old
        .set_filled("contactpersoon", &address.contact)
        .set_filled("straat", &address.street)
        .set_filled("postcode", &address.postcode)
        .set_filled("plaats", &address.city);
    with_country(row, address, countries)
}

/// An address of an order: whole, since it is this order's own.
fn address(address: &BookAddress, countries: &Countries) -> Result<Fields> {
    let row = Fields::default()
        .set("contactpersoon", &address.contact)
        .set("straat", &address.street)
        .set("postcode", &address.postcode)
        .set("plaats", &address.city);
    with_country(row, address, countries)
}

/// A country left out would mean the Netherlands: one that is not known is refused instead.
fn with_country(row: Fields, address: &BookAddress, countries: &Countries) -> Result<Fields> {
    let code = &address.country;
    if code.is_empty() {
        return Ok(row);
    }
    let id = countries.id(code).ok_or_else(|| {
        Failure::refused(
            "country-unknown",
            text!(
                "Het land {code} staat niet in de landenlijst van de administratie",
                "The country {code} is not in the administration's list of countries"
            ),
        )
        .hint(text!(
            "Verbeter het land in de winkel, of voer deze order met de hand in.",
            "Correct the country in the shop, or enter this order by hand."
        ))
    })?;
    Ok(row.set("land", reference(id)))
}

/// An ArtikelModel on top of what is there. Price and group of one that is there stay as they are.
#[must_use]
pub fn article(old: Fields, draft: &ArticleDraft) -> Fields {
    if old.id().is_some() {
        return old
            .without(&ARTICLE_READ_ONLY)
            .set_filled("omschrijving", &draft.description);
    }
    let row = old
        .set("artikelcode", &draft.code)
        .set("voorraadControle", draft.keeps_stock)
        .set("isNonActief", false)
        .set_filled("omschrijving", &draft.description)
        .set("verkoopprijs", Number(draft.price));
    if draft.revenue_group.is_empty() {
        row
    } else {
        row.set("artikelOmzetgroep", reference(&draft.revenue_group))
    }
}

/// A VerkoopOrderModel. Both discounts are always sent: left out, SnelStart might take the
/// relation's own or a price agreement.
///
/// # Errors
/// A country that the administration does not have; an article that was to be created first.
pub fn order(relation: &str, draft: &OrderDraft, countries: &Countries) -> Result<Fields> {
    let lines: Vec<Fields> = draft.lines.iter().map(line).collect::<Result<_>>()?;
    let mut row = Fields::default()
        .set("relatie", reference(relation))
        .set("procesStatus", draft.stage.name())
        .set("datum", midnight(draft.date))
        .set(
            "verkooporderBtwIngaveModel",
            match draft.price_mode {
                PriceMode::Inclusief => "Inclusief",
                PriceMode::Exclusief => "Exclusief",
            },
        )
        .set("factuurkorting", Number(draft.invoice_discount))
        .set_filled("betalingskenmerk", &draft.payment_reference)
        .set_filled("orderreferentie", &draft.order_reference)
        .set_filled("omschrijving", &draft.description)
        .set_filled("memo", &draft.memo)
        .set("regels", lines);
    if let Some(blocked) = draft.blocked {
        row = row.set("geblokkeerd", blocked);
    }
    if let Some(template) = &draft.template {
        row = row.set("verkoopordersjabloon", reference(template));
    }
    if let Some(centre) = &draft.cost_centre {
        row = row.set("kostenplaats", reference(centre));
    }
    if let Some(days) = draft.payment_term {
        row = row.set("krediettermijn", days);
    }
    if let Some(invoice) = &draft.invoice_address {
        row = row.set("factuuradres", address(invoice, countries)?);
    }
    if let Some(delivery) = &draft.delivery_address {
        row = row.set("afleveradres", address(delivery, countries)?);
    }
    Ok(row)
}

fn line(line: &LineDraft) -> Result<Fields> {
    let mut row = Fields::default()
        .set_filled("omschrijving", &line.description)
        .set("aantal", Number(line.quantity))
        .set("stuksprijs", Number(line.unit_price))
        .set("kortingsPercentage", Number(line.discount_percent));
    match &line.article {
        Some(ArticleRef::Existing(id)) => row = row.set("artikel", reference(id)),
        Some(ArticleRef::Planned(code)) => {
            return Err(Failure::bug(
                "article-not-created",
                text!(
                    "Artikel {code} had eerst gemaakt moeten worden",
                    "Article {code} should have been created first"
                ),
            ));
        }
        None => {}
    }
    Ok(row)
}

/// A VerkoopBoekingModel.
#[must_use]
pub fn booking(relation: &str, draft: &BookingDraft) -> Fields {
    let lines: Vec<Fields> = draft.lines.iter().map(booking_line).collect();
    let vat: Vec<Fields> = draft
        .vat
        .iter()
        .map(|row| {
            Fields::default()
                .set(
                    "btwSoort",
                    match row.kind {
                        SalesVat::VerkopenHoog => "VerkopenHoog",
                        SalesVat::VerkopenLaag => "VerkopenLaag",
                        SalesVat::VerkopenOverig => "VerkopenOverig",
                    },
                )
                .set("btwBedrag", Number(row.amount))
        })
        .collect();
    let row = Fields::default()
        .set("factuurnummer", &draft.number)
        .set("factuurdatum", midnight(draft.date))
        .set("klant", reference(relation))
        .set_filled("omschrijving", &draft.description)
        .set("factuurbedrag", Number(draft.amount))
        .set("boekingsregels", lines)
        .set("btw", vat);
    match draft.payment_term {
        Some(days) => row.set("betalingstermijn", days),
        None => row,
    }
}

/// A BankboekingModel or KasboekingModel with the one line that settles the booking. SnelStart B2B v2:
/// a line's debet or credit is 0 (`BOE-0076`), and all of it comes to what was received (`BOE-0039`).
/// boekstuk is left to SnelStart, whose journals number their own entries.
#[must_use]
pub fn payment(draft: &PaymentDraft) -> Fields {
    let received = draft.amount.max(Decimal::ZERO);
    let paid = (-draft.amount).max(Decimal::ZERO);
    let line = Fields::default()
        .set("boekingId", reference(&draft.booking))
        .set("omschrijving", &draft.description)
        .set("debet", Number(paid))
        .set("credit", Number(received));
    Fields::default()
        .set("datum", midnight(draft.date))
        .set("omschrijving", &draft.description)
        .set("dagboek", reference(&draft.daybook))
        .set("bedragOntvangen", Number(received))
        .set("bedragUitgegeven", Number(paid))
        .set("verkoopboekingBoekingsRegels", [line])
}

fn booking_line(line: &BookingLine) -> Fields {
    let row = Fields::default()
        .set_filled("omschrijving", &line.description)
        .set("grootboek", reference(&line.ledger))
        .set("bedrag", Number(line.amount))
        .set(
            "btwSoort",
            match line.vat {
                VatKind::Hoog => "Hoog",
                VatKind::Laag => "Laag",
                VatKind::Geen => "Geen",
                VatKind::Overig => "Overig",
            },
        );
    match &line.cost_centre {
        Some(centre) => row.set("kostenplaats", reference(centre)),
        None => row,
    }
}

/// The local day's midnight, without zone (SnelStart B2B v2: date-only fields come as midnight).
fn midnight(day: Date) -> String {
    format!("{day}T00:00:00")
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;

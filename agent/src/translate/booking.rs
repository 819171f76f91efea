//! The same sale as a booked invoice (verkoopboeking): a line per ledger account and VAT kind, VAT
//! per kind, together exactly the total.
//!
//! SnelStart B2B v2: lines are without VAT and sum, with the VAT rows, to the amount (`BOE-0039`);
//! a ledger bears one VAT kind (`BOE-0082`); what goes to businesses elsewhere in the EU and outside
//! it has ledgers of its own; with foreign VAT (OSS) there are no VAT rows, the lines go on ledgers
//! of the country's rates and the VAT on one of its own.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use winkelbrug_protocol::record::Order;

use super::{
    basket::{Finished, Share},
    case::{Case, held, stop},
    cents::{apportion, from_cents, to_cents},
    eligible,
    foreign::{self, oss},
    plan::Outcome,
    reference,
    vat::{Treatment, Vat},
};
use crate::{
    books::{
        Accounts, BookingDraft, BookingLine, BookingVat, EU_SUPPLIES, EXPORTS, Ledger, OrderDraft,
        SalesVat, VatKind,
    },
    profile::{
        Settings,
        settings::{BookingDate, BookingNumber, Form},
    },
    text,
    text::Text,
};

/// SnelStart B2B v2 (VerkoopBoekingModel): factuurnummer at most 25.
pub(super) const NUMBER: usize = 25;

/// Function of ledgers (grootboekfunctie) of distance sales.
const OSS: &str = "InstallatieTeleverkoopBinnenEUgeen";

/// The number its invoice would get; none where there is none yet, or none the books admit.
#[must_use]
pub fn booking_number(order: &Order, settings: &Settings) -> Option<String> {
    number_of(order, settings).ok()
}

/// The day its invoice would bear.
#[must_use]
pub fn booking_day(order: &Order, settings: &Settings) -> Option<Date> {
    let own = day(order, settings).ok()?;
    own.or_else(|| eligible::local_day(order))
}

/// The invoice number.
pub(super) fn number(case: &Case<'_>) -> Result<String, Outcome> {
    number_of(case.order, case.settings)
}

fn number_of(order: &Order, settings: &Settings) -> Result<String, Outcome> {
    let sales = &settings.sales;
    let (prefix, number) = match sales.booking_number {
        BookingNumber::OrderNumber => (
            sales.payment_reference_prefix.as_str(),
            order.number.as_str(),
        ),
        BookingNumber::InvoiceNumber => {
            let number = order.invoice_number.as_deref().unwrap_or_default();
            if number.trim().is_empty() {
                return no_number(&order.number);
            }
            ("", number)
        }
    };
    let number = number.trim();
    let whole = format!("{prefix}{number}");
    if whole.chars().count() > NUMBER {
        return held(
            "factuurnummer-te-lang",
            text!(
                "Het factuurnummer {whole} is langer dan de {NUMBER} tekens die de administratie toestaat.",
                "The invoice number {whole} is longer than the {NUMBER} characters the administration allows."
            ),
            text!(
                "Maak het nummer in de winkel, of het voorvoegsel in het profiel, korter.",
                "Make the number in the shop, or the prefix in the profile, shorter."
            ),
        );
    }
    Ok(whole)
}

fn no_number<T>(order: &str) -> Result<T, Outcome> {
    held(
        "factuurnummer-ontbreekt",
        text!(
            "De winkel heeft voor bestelling {order} nog geen factuur gemaakt; zonder factuurnummer kan zij niet als verkoopboeking worden geschreven.",
            "The shop has made no invoice for order {order} yet; without an invoice number it cannot be written as a booked invoice."
        ),
        text!(
            "Maak de factuur in de winkel; de bestelling komt dan vanzelf mee. Maakt uw winkel geen facturen, kies dan sales.booking_number = \"order-number\".",
            "Make the invoice in the shop; the order then comes along by itself. If your shop makes no invoices, choose sales.booking_number = \"order-number\"."
        ),
    )
}

/// The day of the shop's own invoice, where the sale is to bear it; none where it bears the order's.
pub(super) fn day(order: &Order, settings: &Settings) -> Result<Option<Date>, Outcome> {
    let sales = &settings.sales;
    let of_the_invoice =
        sales.form == Form::Booking && sales.booking_date == BookingDate::InvoiceDate;
    let Some(day) = order.invoice_date.as_deref().filter(|_| of_the_invoice) else {
        return Ok(None);
    };
    let unreadable = || eligible::unreadable("invoice_date", day, text!("een datum", "a date"));
    day.parse().map(Some).map_err(|_| unreadable())
}

/// The booking bears another day than the order, or the shop's record does not say on which day it made
/// the invoice: either is told. Made in the month of the order it stands in the right VAT return anyway.
pub(super) fn note_of_day(case: &Case<'_>, number: &str) {
    let sales = &case.settings.sales;
    if sales.booking_date == BookingDate::OrderDate {
        return;
    }
    if case.order.invoice_date.is_some() {
        another_day(case, number);
        return;
    }
    let (day, today) = (case.date, case.facts.today);
    let of_the_shop = sales.booking_number == BookingNumber::InvoiceNumber;
    let this_month = today.is_some_and(|today| today.first_of_month() == day.first_of_month());
    if !of_the_shop || this_month {
        return;
    }
    let Text {
        nl: day,
        en: day_en,
    } = Text::day(day);
    case.note(text!(
        "Factuur {number} is geboekt op de dag van de bestelling, {day}; op welke dag de winkel de factuur maakte, is niet bekend. Viel die in een ander btw-tijdvak, verander dan de datum van de boeking in SnelStart.",
        "Invoice {number} is booked on the day of the order, {day_en}; on which day the shop made the invoice is not known. If that was in another VAT period, change the date of the booking in SnelStart."
    ));
}

fn another_day(case: &Case<'_>, number: &str) {
    if case.day == case.date {
        return;
    }
    let (ordered, invoiced) = (Text::day(case.date), Text::day(case.day));
    let (ordered_nl, invoiced_nl) = (ordered.nl, invoiced.nl);
    let (ordered_en, invoiced_en) = (ordered.en, invoiced.en);
    case.note(text!(
        "Geboekt op {invoiced_nl}, de dag van factuur {number} van de winkel; de bestelling is van {ordered_nl}.",
        "Booked on {invoiced_en}, the day of the shop's invoice {number}; the order is of {ordered_en}."
    ));
}

/// The number of a credit: the invoice's with what tells credits apart, the end of it where both
/// are too long.
pub(super) fn credit_number(invoice: &str, n: u32) -> String {
    reference::cut("", &format!("{invoice}-C{n}"), NUMBER)
}

/// The booking of what the order says.
pub(super) fn booking(
    case: &Case<'_>,
    vat: &Vat,
    order: &OrderDraft,
    finished: &Finished,
    number: String,
) -> Result<BookingDraft, Outcome> {
    let accounts = case.facts.accounts.as_ref().ok_or_else(unknown_accounts)?;
    let mut book = Book {
        case,
        vat,
        accounts,
        centre: order.cost_centre.clone(),
        lines: Vec::new(),
        rows: BTreeMap::new(),
        foreign_vat: 0,
    };
    let mut percents: Vec<Decimal> = finished.shares.iter().map(|share| share.percent).collect();
    percents.sort_unstable();
    percents.dedup();
    for percent in percents {
        let shares: Vec<&Share> = finished
            .shares
            .iter()
            .filter(|share| share.percent == percent)
            .collect();
        let tax = finished.vat.get(&percent).copied().unwrap_or_default();
        book.rate(&shares, percent, tax)?;
    }
    book.foreign()?;
    let (mut lines, vat) = (book.lines, book.rows);
    // An order of nothing but free things is still an invoice: one line of 0.
    if lines.iter().any(|line| !line.amount.is_zero()) {
        lines.retain(|line| !line.amount.is_zero());
    } else {
        lines.truncate(1);
    }
    Ok(BookingDraft {
        number,
        date: case.day,
        description: order.description.clone(),
        amount: finished.total,
        payment_term: order.payment_term,
        lines,
        vat: vat
            .into_iter()
            .filter(|(_, cents)| *cents != 0)
            .map(|(kind, cents)| BookingVat {
                kind,
                amount: from_cents(cents),
            })
            .collect(),
    })
}

fn unknown_accounts() -> Outcome {
    Outcome::Held(super::plan::Reason::new(
        "grootboeken-onbekend",
        text!(
            "De grootboekrekeningen van de administratie zijn nog niet gelezen.",
            "The administration's ledger accounts have not been read yet."
        ),
        text!("Test de verbinding.", "Test the connection."),
    ))
}

/// A booking being put together.
struct Book<'b, 'a> {
    case: &'b Case<'a>,
    vat: &'b Vat,
    accounts: &'b Accounts,
    centre: Option<String>,
    lines: Vec<BookingLine>,
    rows: BTreeMap<SalesVat, i64>,
    foreign_vat: i64,
}

impl Book<'_, '_> {
    /// What is sold at one rate: the ledgers' amounts without VAT come, with its VAT, to exactly
    /// what it costs.
    fn rate(&mut self, shares: &[&Share], percent: Decimal, tax: Decimal) -> Result<(), Outcome> {
        let gross: i64 = shares.iter().map(|share| share.cents).sum();
        let exact: Vec<Decimal> = shares
            .iter()
            .map(|share| {
                from_cents(share.cents) * Decimal::ONE_HUNDRED / (Decimal::ONE_HUNDRED + percent)
            })
            .collect();
        let nets = to_cents(tax)
            .and_then(|tax| apportion(&exact, gross - tax))
            .ok_or_else(|| beyond(self.case))?;
        for (share, net) in shares.iter().zip(nets) {
            let foreign = self.is_foreign();
            let (ledger, name, kind) = self.place(share)?;
            let tax = share.cents - net;
            match SalesVat::of(kind) {
                _ if foreign => self.foreign_vat += tax,
                Some(row) => *self.rows.entry(row).or_default() += tax,
                None => {}
            }
            self.add(ledger, &name, kind, net);
        }
        Ok(())
    }

    fn is_foreign(&self) -> bool {
        self.vat.treatment == Treatment::EuConsumer && oss(self.case)
    }

    fn add(&mut self, ledger: String, name: &str, kind: VatKind, cents: i64) {
        let amount = from_cents(cents);
        let known = self
            .lines
            .iter_mut()
            .find(|line| line.ledger == ledger && line.vat == kind);
        match known {
            Some(line) => line.amount += amount,
            None => self.lines.push(BookingLine {
                ledger,
                description: name.to_owned(),
                amount,
                vat: kind,
                cost_centre: self.centre.clone(),
            }),
        }
    }

    /// Ledger, its text, and the VAT kind of the line.
    fn place(&self, share: &Share) -> Result<(String, String, VatKind), Outcome> {
        let of_function = |function, setting: Option<(&'static str, &str)>| {
            let ledger = self.of_function(function, "", setting)?;
            Ok((ledger.id.clone(), ledger.name.clone(), VatKind::Geen))
        };
        let sales = &self.case.settings.sales;
        if !share.supply {
            return self.of_group(share);
        }
        match &self.vat.treatment {
            Treatment::EuBusiness { .. } => {
                of_function(EU_SUPPLIES, Some(("sales.eu_ledger", &sales.eu_ledger)))
            }
            Treatment::OutsideEu => {
                of_function(EXPORTS, Some(("sales.export_ledger", &sales.export_ledger)))
            }
            Treatment::EuConsumer if oss(self.case) && !share.percent.is_zero() => {
                let code = foreign::code(self.case, &self.vat.country, share.percent);
                let ledger = self.of_function(OSS, &code, None)?;
                Ok((ledger.id.clone(), ledger.name.clone(), VatKind::Geen))
            }
            Treatment::Domestic | Treatment::EuConsumer => self.of_group(share),
        }
    }

    fn of_group(&self, share: &Share) -> Result<(String, String, VatKind), Outcome> {
        let groups = &self.case.facts.lookups.revenue_groups;
        let group = groups.iter().find(|group| group.id == share.group);
        let name = group.map(|group| group.name.clone()).unwrap_or_default();
        match group.and_then(|group| group.ledger.clone()) {
            Some(ledger) => Ok((ledger, name, share.kind)),
            None => held(
                "grootboek-ontbreekt",
                text!(
                    "De omzetgroep {name} heeft in de administratie geen grootboekrekening voor verkopen in Nederland.",
                    "The revenue group {name} has no ledger account for domestic sales in the administration."
                ),
                text!(
                    "Kies bij de omzetgroep in de administratie een grootboekrekening.",
                    "Choose a ledger account for the revenue group in the administration."
                ),
            ),
        }
    }

    /// The one usable ledger of a function (and foreign rate), or the one the owner named.
    fn of_function(
        &self,
        function: &str,
        code: &str,
        setting: Option<(&'static str, &str)>,
    ) -> Result<&Ledger, Outcome> {
        let mut all = self.accounts.ledgers.iter().filter(|ledger| ledger.active);
        if let Some((key, wanted)) = setting.filter(|(_, wanted)| !wanted.trim().is_empty()) {
            let found = all.find(|ledger| ledger.is_called(wanted));
            return found.map_or_else(|| no_such_ledger(key, wanted), Ok);
        }
        let mut fitting = all.filter(|ledger| {
            ledger.function == function && (code.is_empty() || ledger.rate_code == code)
        });
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Ok(one),
            (none, _) => {
                let key = setting.map_or("", |(key, _)| key);
                which_ledger(function, code, key, none.is_none())
            }
        }
    }

    /// The VAT of other countries, on its own ledger.
    fn foreign(&mut self) -> Result<(), Outcome> {
        if self.foreign_vat == 0 {
            return Ok(());
        }
        let Some(ledger) = self.accounts.foreign_vat.clone() else {
            return held(
                "grootboek-ontbreekt",
                text!(
                    "De administratie heeft geen grootboekrekening voor buitenlandse btw.",
                    "The administration has no ledger account for foreign VAT."
                ),
                text!(
                    "Stel in SnelStart de rekening voor buitenlandse btw in.",
                    "Set the account for foreign VAT in SnelStart."
                ),
            );
        };
        let name = format!("Btw {}", self.vat.country);
        let cents = self.foreign_vat;
        self.add(ledger, &name, VatKind::Geen, cents);
        Ok(())
    }
}

fn no_such_ledger<T>(key: &str, wanted: &str) -> Result<T, Outcome> {
    stop(
        "grootboek-ontbreekt",
        text!(
            "De grootboekrekening \"{wanted}\" ({key}) bestaat niet (meer) in de administratie.",
            "The ledger account \"{wanted}\" ({key}) does not exist (any more) in the administration."
        ),
        text!(
            "Kies in {key} een grootboekrekening die er is (nummer of naam), of laat het leeg.",
            "Choose a ledger account that exists (number or name) in {key}, or leave it empty."
        ),
    )
}

fn which_ledger<T>(function: &str, code: &str, key: &str, none: bool) -> Result<T, Outcome> {
    let (nl, en) = if none {
        ("geen", "no")
    } else {
        ("meer dan één", "more than one")
    };
    let (hint_nl, hint_en) = if key.is_empty() {
        (
            "Richt in SnelStart voor dit tarief één grootboekrekening in.".to_owned(),
            "Set up one ledger account for this rate in SnelStart.".to_owned(),
        )
    } else {
        (
            format!("Kies de grootboekrekening in {key}."),
            format!("Choose the ledger account in {key}."),
        )
    };
    held(
        "grootboek-ontbreekt",
        text!(
            "De administratie heeft {nl} grootboekrekening met functie {function} {code}.",
            "The administration has {en} ledger account of function {function} {code}."
        ),
        text!("{hint_nl}", "{hint_en}"),
    )
}

fn beyond(case: &Case<'_>) -> Outcome {
    let total = case.order.total;
    Outcome::Held(super::plan::Reason::new(
        "totaal-niet-verdeelbaar",
        text!(
            "Het totaal van {total} is niet over de grootboekrekeningen te verdelen.",
            "The total of {total} cannot be shared over the ledger accounts."
        ),
        text!(
            "Controleer de bestelling in de winkel.",
            "Check the order in the shop."
        ),
    ))
}

//! What only a booked invoice asks for: its number, the ledger of everything on it, and its VAT.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::{Decimal, dec};
use winkelbrug::{
    books::{BookingDraft, BookingLine, SalesVat, VatKind},
    profile::settings::{BookingNumber, Form},
};

use super::{
    Case, Due, Entry,
    vat::{Sale, Treatment},
};

/// Longest invoice number (factuurnummer) of a booking in SnelStart.
const LONGEST: usize = 25;

/// The number it is booked under is the shop's own, or the order's; the reason where there is none.
pub fn refused(case: &Case<'_>) -> Option<&'static str> {
    let sales = &case.settings.sales;
    if sales.form != Form::Booking {
        return None;
    }
    match number(case).chars().count() {
        0 => Some("factuurnummer-ontbreekt"),
        1..=LONGEST => None,
        _ => Some("factuurnummer-te-lang"),
    }
}

fn number(case: &Case<'_>) -> String {
    let sales = &case.settings.sales;
    let number = match sales.booking_number {
        BookingNumber::InvoiceNumber => case.order.invoice_number.clone().unwrap_or_default(),
        BookingNumber::OrderNumber => {
            format!("{}{}", sales.payment_reference_prefix, case.order.number)
        }
    };
    number.trim().to_owned()
}

/// Where a sale stands as a booked invoice.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its number.
    number: String,
    /// The day of the invoice, or of the order.
    day: Date,
    /// For every entry: the ledgers that are right, and the VAT kind of the line.
    places: Vec<(BTreeSet<String>, VatKind)>,
    /// The ledger all VAT stands on, where it is another country's.
    foreign: Option<String>,
}

/// Where every entry has to stand; none where a ledger is missing.
pub fn account(case: &mut Case<'_>, sale: &Sale, entries: &[Entry]) -> Option<Account> {
    let mut places = Vec::new();
    for entry in entries {
        let (ledgers, kind) = place(case, sale, entry);
        if ledgers.is_empty() {
            case.hold("grootboek-ontbreekt");
            return None;
        }
        places.push((ledgers, kind));
    }
    let accounts = case.facts.accounts.as_ref().unwrap();
    let oss = sale.treatment == Treatment::Oss;
    Some(Account {
        number: number(case),
        day: super::day_in_the_books(case),
        places,
        foreign: accounts.foreign_vat.clone().filter(|_| oss),
    })
}

/// Paying with a card or a credit, a deposit, a rounding: what bears no VAT of itself and is not sold is
/// no supply, and stands where it stands at home.
fn place(case: &Case<'_>, sale: &Sale, entry: &Entry) -> (BTreeSet<String>, VatKind) {
    let at_home = || {
        let ledger = entry.ledger.iter().cloned();
        (ledger.collect(), entry.kind)
    };
    let sales = &case.settings.sales;
    if !entry.sold && entry.kind == VatKind::Geen {
        return at_home();
    }
    match sale.treatment {
        Treatment::Domestic | Treatment::EuAtHomeRates => at_home(),
        Treatment::Oss if entry.percent.is_zero() => at_home(),
        Treatment::Oss => {
            let codes = sale.codes(case, entry.percent);
            let right = with_function(case, "InstallatieTeleverkoopBinnenEUgeen", "");
            let accounts = case.facts.accounts.as_ref().unwrap();
            let of_rate = right.into_iter().filter(|id| {
                let mut ledgers = accounts.ledgers.iter();
                ledgers.any(|ledger| ledger.id == *id && codes.contains(&ledger.rate_code))
            });
            (of_rate.collect(), VatKind::Geen)
        }
        Treatment::EuBusiness => (
            with_function(case, "VerkopenExportBinnenEU", &sales.eu_ledger),
            VatKind::Geen,
        ),
        Treatment::Export => (
            with_function(case, "VerkopenExportBuitenEU", &sales.export_ledger),
            VatKind::Geen,
        ),
    }
}

/// The ledger the owner named, or those of a function.
fn with_function(case: &Case<'_>, function: &str, named: &str) -> BTreeSet<String> {
    let ledgers = &case.facts.accounts.as_ref().unwrap().ledgers;
    let active = ledgers.iter().filter(|ledger| ledger.active);
    let fits = active.filter(|ledger| match named.trim() {
        "" => ledger.function == function,
        named => ledger.name == named || ledger.number.to_string() == named,
    });
    fits.map(|ledger| ledger.id.clone()).collect()
}

/// Is that booking what is due? All of it is exactly the total, and each ledger and each VAT kind bears
/// what the shop sold and charged, within cents that only rounding decides. `room` says how far an
/// entry may be off, `spare` whether a line bears only what rounding leaves over.
pub fn compare(
    due: &Due,
    account: &Account,
    booking: &BookingDraft,
    room: impl Fn(&Entry) -> Decimal,
    spare: impl Fn(&BookingLine) -> bool,
) -> Result<(), String> {
    let amount = Decimal::new(due.total, 2);
    let (nets, vat): (Decimal, Decimal) = (
        booking.lines.iter().map(|line| line.amount).sum(),
        booking.vat.iter().map(|row| row.amount).sum(),
    );
    if booking.amount != amount || nets + vat != amount {
        return Err(format!("{nets} + {vat}, not {amount}"));
    }
    if (booking.number.as_str(), booking.date) != (account.number.as_str(), account.day) {
        return Err(format!("{} of {}", booking.number, booking.date));
    }
    lines(due, account, booking, room, spare)?;
    rows(due, account, booking)
}

fn lines(
    due: &Due,
    account: &Account,
    booking: &BookingDraft,
    room: impl Fn(&Entry) -> Decimal,
    spare: impl Fn(&BookingLine) -> bool,
) -> Result<(), String> {
    let mut wanted: BTreeMap<&(BTreeSet<String>, VatKind), (Decimal, Decimal)> = BTreeMap::new();
    for (entry, place) in due.entries.iter().zip(&account.places) {
        let gross = entry
            .settled
            .map_or(entry.exact, |cents| Decimal::new(cents, 2));
        let (net, off) = wanted.entry(place).or_insert((dec!(0), dec!(0.01)));
        *net += gross * dec!(100) / (dec!(100) + entry.percent);
        *off += room(entry) + dec!(0.01);
    }
    let of_sale = booking
        .lines
        .iter()
        .filter(|line| Some(&line.ledger) != account.foreign.as_ref());
    let mut booked: BTreeMap<&(BTreeSet<String>, VatKind), Decimal> = BTreeMap::new();
    for line in of_sale {
        let right = wanted
            .keys()
            .find(|(ledgers, kind)| ledgers.contains(&line.ledger) && *kind == line.vat);
        let Some(place) = right else {
            if spare(line) {
                continue;
            }
            return Err(format!("{} {:?} {}", line.ledger, line.vat, line.amount));
        };
        *booked.entry(*place).or_default() += line.amount;
    }
    for (place, (net, off)) in wanted {
        let amount = booked.get(place).copied().unwrap_or_default();
        if (amount - net).abs() > off {
            return Err(format!("{place:?} {net}, not {amount}"));
        }
    }
    if booking.lines.len() > 1 && booking.lines.iter().any(|line| line.amount.is_zero()) {
        return Err("a line of nothing".to_owned());
    }
    Ok(())
}

fn rows(due: &Due, account: &Account, booking: &BookingDraft) -> Result<(), String> {
    let charged: Decimal = due.vat.values().sum();
    let within = |count: usize| Decimal::new(i64::try_from(count).unwrap(), 2) + dec!(0.005);
    if let Some(foreign) = &account.foreign {
        let on_it = booking.lines.iter().filter(|line| line.ledger == *foreign);
        let vat: Decimal = on_it.map(|line| line.amount).sum();
        let right = (vat - charged).abs() <= within(due.vat.len().max(1));
        return if right && booking.vat.is_empty() {
            Ok(())
        } else {
            Err(format!(
                "foreign VAT {charged}, not {vat}; {:?}",
                booking.vat
            ))
        };
    }
    if due.without_vat {
        return if booking.vat.is_empty() {
            Ok(())
        } else {
            Err(format!("VAT on a sale without: {:?}", booking.vat))
        };
    }
    let mut wanted: BTreeMap<SalesVat, BTreeMap<Decimal, Decimal>> = BTreeMap::new();
    for entry in due.entries.iter().filter(|entry| !entry.percent.is_zero()) {
        let row = match entry.kind {
            VatKind::Hoog => SalesVat::VerkopenHoog,
            VatKind::Laag => SalesVat::VerkopenLaag,
            VatKind::Overig => SalesVat::VerkopenOverig,
            VatKind::Geen => return Err(format!("{} with VAT", entry.code)),
        };
        let vat = due.vat.get(&entry.percent).copied().unwrap_or_default();
        wanted.entry(row).or_default().insert(entry.percent, vat);
    }
    for (row, rates) in &wanted {
        let of_row = booking.vat.iter().filter(|booked| booked.kind == *row);
        let booked: Decimal = of_row.map(|row| row.amount).sum();
        let vat: Decimal = rates.values().sum();
        if (booked - vat).abs() > within(rates.len()) {
            return Err(format!("{row:?} {vat}, not {booked}"));
        }
    }
    match booking
        .vat
        .iter()
        .find(|row| !wanted.contains_key(&row.kind))
    {
        Some(row) => Err(format!("{:?} {} too much", row.kind, row.amount)),
        None => Ok(()),
    }
}

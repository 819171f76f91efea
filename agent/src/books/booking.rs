//! A booked invoice (verkoopboeking): what is written, what the books hold of it, and the accounts
//! it goes on.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::VatKind;

/// A verkoopboeking to write. What its lines come to without VAT and its VAT are together exactly
/// its amount (SnelStart B2B v2: `BOE-0039`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingDraft {
    /// Invoice number (factuurnummer, at most 25): unique in the administration (`BOE-0021`).
    pub number: String,
    /// Invoice date, which is the booking's too.
    pub date: Date,
    /// Description (at most 250).
    pub description: String,
    /// With VAT (factuurbedrag); below zero on a credit.
    pub amount: Decimal,
    /// Payment term in days (betalingstermijn); none = the relation's.
    pub payment_term: Option<i64>,
    /// One line a ledger account and VAT kind.
    pub lines: Vec<BookingLine>,
    /// VAT per kind.
    pub vat: Vec<BookingVat>,
}

impl BookingDraft {
    /// The same with every amount the other way about: what takes it back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let mut draft = self.clone();
        draft.amount = -draft.amount;
        for line in &mut draft.lines {
            line.amount = -line.amount;
        }
        for row in &mut draft.vat {
            row.amount = -row.amount;
        }
        draft
    }
}

/// A line of a booking (boekingsregel).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingLine {
    /// Ledger account id (grootboek).
    pub ledger: String,
    /// Text (at most 250).
    pub description: String,
    /// Amount without VAT.
    pub amount: Decimal,
    /// VAT kind of the line (btwSoort).
    pub vat: VatKind,
    /// Cost centre id.
    pub cost_centre: Option<String>,
}

/// A VAT row of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingVat {
    /// Kind of the row, in the words for whole documents.
    pub kind: SalesVat,
    /// VAT (btwBedrag).
    pub amount: Decimal,
}

/// VAT kind of a row: SnelStart has other words for rows than for lines (mixing them up is
/// `BOE-0082`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum SalesVat {
    /// High rate.
    VerkopenHoog,
    /// Low rate.
    VerkopenLaag,
    /// Other rate.
    VerkopenOverig,
}

impl SalesVat {
    /// The row of a line's kind; none where there is no VAT.
    #[must_use]
    pub const fn of(kind: VatKind) -> Option<Self> {
        match kind {
            VatKind::Hoog => Some(Self::VerkopenHoog),
            VatKind::Laag => Some(Self::VerkopenLaag),
            VatKind::Overig => Some(Self::VerkopenOverig),
            VatKind::Geen => None,
        }
    }
}

/// A booking as the books hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Id of the booking.
    pub id: String,
    /// Invoice number.
    pub number: String,
    /// Relation id.
    pub relation: String,
    /// With VAT.
    pub amount: Decimal,
    /// What is still to be paid of it; none = the books do not say.
    #[serde(default)]
    pub open: Option<Decimal>,
    /// Invoice date, where the books say.
    #[serde(default)]
    pub date: Option<Date>,
    /// VAT per kind, where the books say.
    #[serde(default)]
    pub vat: Vec<BookingVat>,
    /// Lines without VAT, where the books say.
    #[serde(default)]
    pub lines: Vec<BookingLine>,
}

/// Accounts a booking goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts {
    /// Ledger accounts (grootboeken).
    pub ledgers: Vec<Ledger>,
    /// Ledger of foreign VAT (companyInfo.buitenlandseBtwGrootboek).
    pub foreign_vat: Option<String>,
}

/// Function of ledgers (grootboekfunctie, SnelStart B2B v2) of supplies without VAT to businesses elsewhere in the
/// EU: box 3b of the return.
pub const EU_SUPPLIES: &str = "VerkopenExportBinnenEU";
/// The same of exports: box 3a.
pub const EXPORTS: &str = "VerkopenExportBuitenEU";

/// A ledger account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// Id in the administration.
    pub id: String,
    /// Its number.
    pub number: i64,
    /// Its name.
    pub name: String,
    /// Its function (grootboekfunctie), as the books name it.
    pub function: String,
    /// Which foreign rate it is for (vatRateCode); empty = none.
    pub rate_code: String,
    /// On the balance sheet (rekeningCode Balans), where gift cards and credit stand until they are
    /// used; else in profit and loss.
    #[serde(default)]
    pub balance: bool,
    /// May still be used.
    pub active: bool,
}

impl Ledger {
    /// Is it the one an owner means by that number or name?
    #[must_use]
    pub fn is_called(&self, wanted: &str) -> bool {
        let wanted = wanted.trim().to_lowercase();
        self.number.to_string() == wanted || self.name.trim().to_lowercase() == wanted
    }
}

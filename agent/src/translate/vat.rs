//! The order's VAT treatment, and what the books will compute for an article on it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    address,
    case::{Case, held, stop},
    charged::{Charged, class_percent},
    plan::Outcome,
};
use crate::{
    books::VatKind,
    text,
    text::{Amount, Text},
};

/// How the sale stands in the VAT return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Treatment {
    /// Delivered at home.
    Domestic,
    /// To a private person elsewhere in the EU: foreign VAT where the administration's OSS is on,
    /// else domestic VAT.
    EuConsumer,
    /// To a business elsewhere in the EU, without VAT.
    EuBusiness {
        /// Its VAT number, normalised.
        vat_number: String,
    },
    /// Export.
    OutsideEu,
}

/// Treatment and rates of one order.
pub(super) struct Vat {
    pub treatment: Treatment,
    /// Where the goods go, two letters.
    pub country: String,
    /// What the books compute for a group of that kind on this order.
    percents: BTreeMap<VatKind, Decimal>,
    /// What they compute on an ordinary domestic order of that day.
    domestic: BTreeMap<VatKind, Decimal>,
    /// The same today, for the shop's classes as they are today.
    today: BTreeMap<VatKind, Decimal>,
}

/// Every kind, in the order in which one is preferred for a rate.
pub(super) const KINDS: [VatKind; 4] =
    [VatKind::Hoog, VatKind::Laag, VatKind::Geen, VatKind::Overig];

/// The kind's name as the settings write it.
pub(super) const fn kind_name(kind: VatKind) -> &'static str {
    match kind {
        VatKind::Hoog => "hoog",
        VatKind::Laag => "laag",
        VatKind::Geen => "geen",
        VatKind::Overig => "overig",
    }
}

impl Vat {
    /// Decides the treatment; contradictions hold the order.
    pub fn of(case: &Case<'_>, charged: &Charged) -> Result<Self, Outcome> {
        small_business_scheme(case, charged)?;
        let country = country(case)?;
        let treatment = treatment(case, charged, &country)?;
        Self::treated(case, charged, country, treatment)
    }

    /// The same sale on another day: what is given back is treated as what was sold, at the rates
    /// of the day it is given back.
    pub fn on(&self, case: &Case<'_>, charged: &Charged) -> Result<Self, Outcome> {
        let (country, treatment) = (self.country.clone(), self.treatment.clone());
        Self::treated(case, charged, country, treatment)
    }

    fn treated(
        case: &Case<'_>,
        charged: &Charged,
        country: String,
        treatment: Treatment,
    ) -> Result<Self, Outcome> {
        let domestic = domestic(case, case.date);
        let percents = match &treatment {
            Treatment::EuBusiness { .. } | Treatment::OutsideEu => {
                KINDS.map(|kind| (kind, Decimal::ZERO)).into()
            }
            Treatment::EuConsumer if case.company.foreign_vat => foreign(case, &country, charged)?,
            Treatment::Domestic | Treatment::EuConsumer => domestic.clone(),
        };
        Ok(Self {
            treatment,
            country,
            percents,
            domestic,
            today: domestic_today(case),
        })
    }

    /// EU supply and export bear no VAT and are written without it.
    pub fn zero_rated(&self) -> bool {
        matches!(
            self.treatment,
            Treatment::EuBusiness { .. } | Treatment::OutsideEu
        )
    }

    /// What the books compute on this order for a group of that kind.
    pub fn percent(&self, kind: VatKind) -> Option<Decimal> {
        self.percents.get(&kind).copied()
    }

    /// Code of the delivery country's rate of that percentage (SnelStart B2B v2, rateCode); empty
    /// where it has none.
    pub fn foreign_code(&self, case: &Case<'_>, percent: Decimal) -> String {
        foreign_rates(case, &self.country)
            .into_iter()
            .find(|(_, rate)| *rate == percent)
            .map(|(code, _)| code.to_owned())
            .unwrap_or_default()
    }

    /// The kind's domestic rate on the order date.
    pub fn domestic(&self, kind: VatKind) -> Option<Decimal> {
        self.domestic.get(&kind).copied()
    }

    /// Has the kind that domestic rate, on the order date or today?
    pub fn is_domestic(&self, kind: VatKind, percent: Decimal) -> bool {
        self.domestic.get(&kind) == Some(&percent) || self.today.get(&kind) == Some(&percent)
    }

    /// Kinds that come to that percentage on this order, the preferred one first.
    pub fn kinds(&self, percent: Decimal) -> Vec<VatKind> {
        KINDS
            .into_iter()
            .filter(|kind| self.percent(*kind) == Some(percent))
            .collect()
    }

    /// Kinds with that domestic rate, the preferred one first.
    pub fn domestic_kinds(&self, percent: Decimal) -> Vec<VatKind> {
        KINDS
            .into_iter()
            .filter(|kind| self.is_domestic(*kind, percent))
            .collect()
    }

    /// Holds the order unless the books know that rate for this order (V04: naming rate and
    /// country).
    pub fn known(&self, percent: Decimal) -> Result<(), Outcome> {
        if !self.kinds(percent).is_empty() {
            return Ok(());
        }
        let (country, percent) = (&self.country, Amount::number(percent));
        held(
            "btw-tarief-onbekend",
            text!(
                "De winkel rekent {percent}% btw voor {country}; de administratie kent dat tarief op deze datum niet.",
                "The shop charges {percent:#}% VAT for {country}; the administration does not know that rate on this date."
            ),
            text!(
                "Controleer de btw-instellingen van de winkel, of voer de order met de hand in.",
                "Check the shop's VAT settings, or enter the order by hand."
            ),
        )
    }
}

/// Does the administration compute foreign VAT for private persons in the EU?
pub(super) fn oss(case: &Case<'_>) -> bool {
    case.company.foreign_vat && case.date >= OSS_START
}

/// A shop under the small-business scheme (KOR) that charges VAT: nothing may be written.
fn small_business_scheme(case: &Case<'_>, charged: &Charged) -> Result<(), Outcome> {
    if !(case.company.small_business_scheme && charged.any(case)) {
        return Ok(());
    }
    let number = &case.order.number;
    stop(
        "kor-actief",
        text!(
            "In de administratie is de kleineondernemersregeling actief, maar de winkel rekent btw (bestelling {number}).",
            "The small-business scheme is active in the administration, but the shop charges VAT (order {number})."
        ),
        text!(
            "Zet de btw in de winkel uit, of de regeling in de administratie; daarna gaat de verwerking verder.",
            "Switch off VAT in the shop, or the scheme in the administration; processing then goes on."
        ),
    )
}

fn country(case: &Case<'_>) -> Result<String, Outcome> {
    let country = case.destination().country.trim().to_uppercase();
    if country.len() == 2 {
        return Ok(country);
    }
    let name = &case.destination().country_name;
    held(
        "land-onbekend",
        text!(
            "Het land van het afleveradres is niet bekend (\"{name}\"), dus ook niet welke btw geldt.",
            "The country of the delivery address is not known (\"{name}\"), and so neither is the VAT that applies."
        ),
        text!(
            "Vul het land bij de bestelling in de winkel in.",
            "Fill in the country of the order in the shop."
        ),
    )
}

fn treatment(case: &Case<'_>, charged: &Charged, country: &str) -> Result<Treatment, Outcome> {
    if country == case.home() {
        return Ok(Treatment::Domestic);
    }
    let charged = charged.any(case);
    if !is_eu(country, case.date) {
        return if charged {
            contradiction(text!(
                "De winkel rekent btw, maar {country} ligt buiten de EU.",
                "The shop charges VAT, but {country} is outside the EU."
            ))
        } else {
            Ok(Treatment::OutsideEu)
        };
    }
    let vat_number = address::vat_number(case.order);
    match vat_number {
        Some(vat_number) if !charged => Ok(Treatment::EuBusiness { vat_number }),
        None if !charged && bears_vat_at_home(case) => contradiction(text!(
            "De winkel rekent geen btw op een levering aan een particulier in {country}, dat in de EU ligt; een btw-nummer heeft de koper niet opgegeven.",
            "The shop charges no VAT on a delivery to a private person in {country}, which is in the EU; the buyer gave no VAT number."
        )),
        _ => Ok(Treatment::EuConsumer),
    }
}

/// Are there goods that bear VAT when they are delivered at home?
fn bears_vat_at_home(case: &Case<'_>) -> bool {
    let taxed = |class| class_percent(case, class, case.home()).is_some_and(|p| !p.is_zero());
    case.order
        .lines
        .iter()
        .any(|line| !line.total.is_zero() && line.tax_class.as_ref().is_some_and(taxed))
}

/// The one reason for "the books cannot come to the shop's VAT".
pub(super) fn contradiction<T>(text: Text) -> Result<T, Outcome> {
    held(
        "btw-wijkt-af",
        text,
        text!(
            "Controleer de btw-instellingen van de winkel, of voer de order met de hand in.",
            "Check the shop's VAT settings, or enter the order by hand."
        ),
    )
}

fn domestic(case: &Case<'_>, date: Date) -> BTreeMap<VatKind, Decimal> {
    let mut rates: Vec<_> = case
        .facts
        .lookups
        .vat_rates
        .iter()
        .filter(|rate| rate.from <= date && date <= rate.until)
        .filter(|rate| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&rate.percent))
        .collect();
    rates.sort_by_key(|rate| rate.from);
    rates
        .into_iter()
        .map(|rate| (rate.kind, rate.percent.normalize()))
        .collect()
}

fn domestic_today(case: &Case<'_>) -> BTreeMap<VatKind, Decimal> {
    domestic(case, case.facts.today.unwrap_or(case.date))
}

/// SnelStart B2B v2: foreign VAT applies to dates from the EU's own start of OSS on.
const OSS_START: Date = jiff::civil::date(2021, 7, 1);

/// Code of a country's standard rate (SnelStart B2B v2, rateCode).
const STANDARD: &str = "SR";

/// With OSS the books take the delivery country's rate by the group's own ledger, which the API
/// does not show: a group Hoog bears the country's standard rate; a group Laag its reduced rate
/// where it has only one.
fn foreign(
    case: &Case<'_>,
    country: &str,
    charged: &Charged,
) -> Result<BTreeMap<VatKind, Decimal>, Outcome> {
    let rates = foreign_rates(case, country);
    if let Some(percent) = charged
        .percents()
        .find(|percent| !rates.values().any(|rate| rate == percent))
    {
        let percent = Amount::number(percent);
        return contradiction(text!(
            "De winkel rekent {percent}% btw voor {country}; volgens de administratie (buitenlandse btw) geldt dat tarief daar niet.",
            "The shop charges {percent:#}% VAT for {country}; by the administration (foreign VAT) that rate does not hold there."
        ));
    }
    let mut percents: BTreeMap<VatKind, Decimal> = [(VatKind::Geen, Decimal::ZERO)].into();
    if let Some(standard) = rates.get(STANDARD) {
        percents.insert(VatKind::Hoog, *standard);
    }
    let mut reduced = rates.iter().filter(|(code, _)| **code != STANDARD);
    if let (Some((_, reduced)), None) = (reduced.next(), reduced.next()) {
        percents.insert(VatKind::Laag, *reduced);
    }
    Ok(percents)
}

/// A country's rates on the order date, by code: the latest of each.
fn foreign_rates<'a>(case: &Case<'a>, country: &str) -> BTreeMap<&'a str, Decimal> {
    let mut rates: Vec<_> = case
        .facts
        .lookups
        .foreign_rates
        .iter()
        .filter(|rate| rate.country == country && rate.from <= case.date)
        .filter(|rate| rate.percent > Decimal::ZERO && rate.percent <= Decimal::ONE_HUNDRED)
        .collect();
    rates.sort_by_key(|rate| rate.from);
    rates
        .into_iter()
        .map(|rate| (rate.code.as_str(), rate.percent.normalize()))
        .collect()
}

/// Member states of the EU, ISO 3166 two letters. (Prefixes of VAT numbers differ for Greece: EL.)
const EU: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Was it part of the EU's VAT area on that day? The United Kingdom was until the end of 2020
/// (withdrawal agreement, articles 126 and 127).
pub(super) fn is_eu(country: &str, date: Date) -> bool {
    EU.contains(&country) || (country == "GB" && date < jiff::civil::date(2021, 1, 1))
}

//! The order's VAT treatment, and what the books will compute for an article on it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    address, business,
    case::{Case, held, stop},
    charged::{Charged, class_percent},
    foreign::{self, Abroad, oss},
    plan::Outcome,
    special, territory,
};
use crate::{
    books::{RevenueGroup, VatKind, is_eu},
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
    /// The Dutch VAT number that lines with VAT reverse-charged hang on, where there are such.
    pub reverse_charge: Option<String>,
    /// What the books compute for a group of that kind on this order.
    percents: BTreeMap<VatKind, Decimal>,
    /// The VAT of the country of delivery, where the books compute that.
    abroad: Option<Abroad>,
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
        let (country, treatment) = sold(case, charged)?;
        special::margin_goods(case, &treatment)?;
        Self::treated(case, charged, country, treatment)
    }

    /// The same of an order that is to be written: a business is no private person, whatever it was
    /// charged.
    pub fn of_new(case: &Case<'_>, charged: &Charged) -> Result<Self, Outcome> {
        small_business_scheme(case, charged)?;
        business::no_private_person(case, charged)?;
        Self::of(case, charged)
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
        let domestic = domestic(case, case.day);
        let mut abroad = None;
        let percents = match &treatment {
            Treatment::EuBusiness { .. } | Treatment::OutsideEu => {
                KINDS.map(|kind| (kind, Decimal::ZERO)).into()
            }
            Treatment::EuConsumer if oss(case) => {
                let rates = foreign::rates(case, &country, charged)?;
                let kinds = rates.kinds.clone();
                abroad = Some(rates);
                kinds
            }
            Treatment::Domestic | Treatment::EuConsumer => domestic.clone(),
        };
        Ok(Self {
            reverse_charge: special::reverse_charge_number(case, &treatment)?,
            abroad,
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

    /// Does the order bear the VAT of another country (OSS)?
    pub const fn is_abroad(&self) -> bool {
        self.abroad.is_some()
    }

    /// What the books compute on this order for a group of that kind.
    pub fn percent(&self, kind: VatKind) -> Option<Decimal> {
        self.percents.get(&kind).copied()
    }

    /// What the books compute on this order for that group.
    pub fn percent_of(&self, group: &RevenueGroup) -> Option<Decimal> {
        match self
            .abroad
            .as_ref()
            .and_then(|abroad| abroad.groups.get(&group.id))
        {
            Some((_, percent)) => *percent,
            None => self.percent(group.vat),
        }
    }

    /// May goods charged at that percentage stand in that group?
    pub fn bears(&self, group: &RevenueGroup, percent: Decimal) -> bool {
        self.percent_of(group) == Some(percent)
            || (group.vat != VatKind::Geen && self.books_by_ledger(percent))
    }

    fn books_by_ledger(&self, percent: Decimal) -> bool {
        let abroad = self.abroad.as_ref();
        abroad.is_some_and(|abroad| abroad.books_by_ledger(percent))
    }

    /// Do groups of one kind differ on this order?
    pub fn by_group(&self) -> bool {
        self.abroad
            .as_ref()
            .is_some_and(|abroad| !abroad.groups.is_empty())
    }

    /// The kind's domestic rate on the order date.
    pub fn domestic(&self, kind: VatKind) -> Option<Decimal> {
        self.domestic.get(&kind).copied()
    }

    /// Has the kind that domestic rate, on the order date or today?
    pub fn is_domestic(&self, kind: VatKind, percent: Decimal) -> bool {
        self.domestic.get(&kind) == Some(&percent) || self.today.get(&kind) == Some(&percent)
    }

    /// Kinds that come to that percentage on this order, the preferred one first; any that bears VAT
    /// where a booked invoice names the ledger itself.
    pub fn kinds(&self, percent: Decimal) -> Vec<VatKind> {
        let of = |which: &dyn Fn(VatKind) -> bool| {
            let kinds = KINDS.into_iter().filter(|kind| which(*kind));
            kinds.collect::<Vec<_>>()
        };
        let bearing =
            of(&|kind| self.percent(kind) == Some(percent) || self.a_group(kind, percent));
        if bearing.is_empty() && self.books_by_ledger(percent) {
            return of(&|kind| kind != VatKind::Geen);
        }
        bearing
    }

    /// Does a group of that kind bear it abroad?
    fn a_group(&self, kind: VatKind, percent: Decimal) -> bool {
        let groups = self.abroad.iter().flat_map(|abroad| abroad.groups.values());
        groups
            .into_iter()
            .any(|group| *group == (kind, Some(percent)))
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
    pub fn known(&self, case: &Case<'_>, percent: Decimal) -> Result<(), Outcome> {
        if !self.kinds(percent).is_empty() {
            return Ok(());
        }
        match &self.abroad {
            Some(abroad) => return abroad.nothing_bears(&self.country, percent),
            None if self.treatment == Treatment::EuConsumer => {
                return foreign::is_off(case, &self.country, percent);
            }
            None => {}
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

/// The first of these kinds that bears another rate on the day of `now` than on that of `then`, with
/// both rates; abroad as at home.
pub(super) fn changed(
    then: &Case<'_>,
    now: &Case<'_>,
    kinds: &[VatKind],
) -> Option<(VatKind, Option<Decimal>, Option<Decimal>)> {
    let both = || -> Result<_, Outcome> {
        let charged = Charged::read(then)?;
        let sold = Vat::of(then, &charged)?;
        let back = sold.on(now, &charged)?;
        Ok((sold.percents, back.percents))
    };
    // What cannot be told from the order as it is now is told by the rates at home.
    let (sold, back) =
        both().unwrap_or_else(|_| (domestic(then, then.day), domestic(now, now.day)));
    kinds
        .iter()
        .map(|kind| (*kind, sold.get(kind).copied(), back.get(kind).copied()))
        .find(|(_, sold, back)| sold != back)
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
    let country = case.country();
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

/// Where the goods go, and how the sale stands in the return.
pub(super) fn sold(case: &Case<'_>, charged: &Charged) -> Result<(String, Treatment), Outcome> {
    let country = country(case)?;
    let treatment = treatment(case, charged, &country)?;
    Ok((country, treatment))
}

fn treatment(case: &Case<'_>, charged: &Charged, country: &str) -> Result<Treatment, Outcome> {
    if country == case.home() {
        return Ok(Treatment::Domestic);
    }
    if let Some(territory) = territory::of(case) {
        return territory::treatment(case, charged, territory);
    }
    let charged = charged.any(case);
    if !is_eu(country, case.day) {
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
        None if !charged && bears_vat_at_home(case) => contradicts(
            text!(
                "De winkel rekent geen btw op een levering aan een particulier in {country}, dat in de EU ligt; een btw-nummer heeft de koper niet opgegeven.",
                "The shop charges no VAT on a delivery to a private person in {country}, which is in the EU; the buyer gave no VAT number."
            ),
            text!(
                "Laat de winkel btw rekenen: die van {country} als u de Unieregeling (OSS) gebruikt (zet dan buitenlandse btw aan in de administratie), anders Nederlandse. Deze order voert u met de hand in.",
                "Have the shop charge VAT: that of {country} if you use the Union scheme (OSS; then switch on foreign VAT in the administration), else Dutch VAT. Enter this order by hand."
            ),
        ),
        _ => Ok(Treatment::EuConsumer),
    }
}

/// Are there goods that bear VAT when they are delivered at home?
fn bears_vat_at_home(case: &Case<'_>) -> bool {
    let taxed = |class| class_percent(case, class, case.home()).is_some_and(|p| !p.is_zero());
    case.order
        .lines
        .iter()
        .filter(|line| !line.total.is_zero() && !special::is_margin(case, line))
        .any(|line| line.tax_class.as_ref().is_some_and(taxed))
}

/// The one reason for "the books cannot come to the shop's VAT".
pub(super) fn contradiction<T>(text: Text) -> Result<T, Outcome> {
    contradicts(
        text,
        text!(
            "Controleer de btw-instellingen van de winkel, of voer de order met de hand in.",
            "Check the shop's VAT settings, or enter the order by hand."
        ),
    )
}

/// What bears VAT by its lines or settings stands on an order of which the shop recorded no row of tax: then
/// it is not known what the buyer was charged.
pub(super) fn no_tax_rows<T>(case: &Case<'_>) -> Result<T, Outcome> {
    let number = &case.order.number;
    contradicts(
        text!(
            "De winkel legde bij bestelling {number} geen enkele btw-regel vast, terwijl er volgens haar regels of instellingen btw op hoort; welke btw de koper betaalde, is niet te zeggen.",
            "The shop recorded no row of VAT at all on order {number}, while by its lines or settings it bears VAT; which VAT the buyer paid cannot be told."
        ),
        text!(
            "Laat de winkel de btw van de bestelling opnieuw berekenen (open en bewaar haar), of voer haar met de hand in.",
            "Have the shop compute the order's VAT again (open and save it), or enter it by hand."
        ),
    )
}

/// The same, where more can be said of what to do.
pub(super) fn contradicts<T>(text: Text, hint: Text) -> Result<T, Outcome> {
    held("btw-wijkt-af", text, hint)
}

pub(super) fn domestic(case: &Case<'_>, date: Date) -> BTreeMap<VatKind, Decimal> {
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
    domestic(case, case.facts.today.unwrap_or(case.day))
}

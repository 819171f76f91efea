//! The VAT of another member state (OSS): when the administration computes it, and which revenue
//! group bears which of the country's rates.
//!
//! SnelStart B2B v2 ("Factureren met buitenlandse BTW"): the books take the rate from the country of
//! delivery and the ledger for distance sales behind the article's revenue group. Which ledger that is
//! the API does not show, so the owner says which rate a group bears (`[vat.foreign]`). Without that, a
//! group Hoog is taken to bear the standard rate, and a group Laag the reduced one where there is only
//! one.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    case::{Case, held, stop},
    charged::Charged,
    plan::Outcome,
    vat::{contradicts, kind_name},
};
use crate::{
    books::{RevenueGroup, VatKind},
    profile::{settings::Form, vat::RateCode},
    text,
    text::{Amount, Text},
};

/// What the books compute on an order to a private person in another member state.
#[derive(Debug, Clone, Default)]
pub(super) struct Abroad {
    /// By the kind of a group nobody said anything of.
    pub kinds: BTreeMap<VatKind, Decimal>,
    /// By the id of a group whose rate code the owner named: its kind, and the rate; none = the
    /// country has no such rate.
    pub groups: BTreeMap<String, (VatKind, Option<Decimal>)>,
    /// The country's rates by code.
    pub rates: BTreeMap<String, Decimal>,
    /// A booked invoice names the ledger of each rate itself, whatever the article's group.
    pub by_ledger: bool,
}

/// First day of the EU's rules for distance sales.
const OSS_START: Date = jiff::civil::date(2021, 7, 1);

/// Does the administration compute foreign VAT for private persons in the EU on that day?
pub(super) fn oss(case: &Case<'_>) -> bool {
    let ranges = &case.company.foreign.ranges;
    let within = |(from, until): &(Date, Date)| *from <= case.day && case.day <= *until;
    case.company.foreign_vat
        && case.day >= OSS_START
        && (ranges.is_empty() || ranges.iter().any(within))
}

/// The rates of that country, and what bears them; a rate the country does not have, or that no
/// ledger bears, holds the order.
pub(super) fn rates(case: &Case<'_>, country: &str, charged: &Charged) -> Result<Abroad, Outcome> {
    let rates = of_country(case, country);
    if let Some(percent) = charged
        .percents()
        .find(|percent| !rates.values().any(|rate| rate == percent))
    {
        return not_theirs(country, percent, &rates);
    }
    ledgers(case, country, charged, &rates)?;
    let mut kinds: BTreeMap<VatKind, Decimal> = [(VatKind::Geen, Decimal::ZERO)].into();
    let standard = RateCode::Standard.name();
    if let Some(standard) = rates.get(standard) {
        kinds.insert(VatKind::Hoog, *standard);
    }
    let mut reduced = rates.iter().filter(|(code, _)| **code != standard);
    if let (Some((_, reduced)), None) = (reduced.next(), reduced.next()) {
        kinds.insert(VatKind::Laag, *reduced);
    }
    Ok(Abroad {
        kinds,
        groups: groups(case, &rates)?,
        rates: rates
            .into_iter()
            .map(|(code, percent)| (code.to_owned(), percent))
            .collect(),
        by_ledger: case.settings.sales.form == Form::Booking,
    })
}

/// The shop charges a rate the country does not have: mostly the Dutch one, where the
/// administration is set to compute the country's.
fn not_theirs<T>(
    country: &str,
    percent: Decimal,
    rates: &BTreeMap<&str, Decimal>,
) -> Result<T, Outcome> {
    let mut theirs: Vec<Decimal> = rates.values().copied().collect();
    theirs.sort_unstable_by(|one, other| other.cmp(one));
    theirs.dedup();
    let in_words = |each: &dyn Fn(Amount) -> String| {
        let all: Vec<String> = theirs
            .iter()
            .map(|rate| each(Amount::number(*rate)))
            .collect();
        if all.is_empty() {
            String::new()
        } else {
            format!(" ({})", all.join(", "))
        }
    };
    let nl = in_words(&|rate| format!("{rate}%"));
    let en = in_words(&|rate| format!("{rate:#}%"));
    let percent = Amount::number(percent);
    contradicts(
        text!(
            "De winkel rekent {percent}% btw voor {country}; volgens de administratie (buitenlandse btw) geldt dat tarief daar niet.",
            "The shop charges {percent:#}% VAT for {country}; by the administration (foreign VAT) that rate does not hold there."
        ),
        text!(
            "In de administratie staat buitenlandse btw aan (OSS, de Unieregeling). Gebruikt u die: laat de winkel voor {country} de btw van dat land rekenen{nl}, en zeg zo nodig bij [vat.foreign] welke omzetgroep welk tarief draagt. Gebruikt u die niet: zet buitenlandse btw in de administratie uit. Deze order kunt u met de hand invoeren.",
            "Foreign VAT is switched on in the administration (OSS, the Union scheme). If you use it: have the shop charge that country's VAT for {country}{en}, and where needed say at [vat.foreign] which revenue group bears which rate. If you do not: switch off foreign VAT in the administration. This order you can enter by hand."
        ),
    )
}

/// A country's rates on the order date, by code: the latest of each.
fn of_country<'a>(case: &Case<'a>, country: &str) -> BTreeMap<&'a str, Decimal> {
    let mut rates: Vec<_> = case
        .facts
        .lookups
        .foreign_rates
        .iter()
        .filter(|rate| rate.country == country && rate.from <= case.day)
        .filter(|rate| rate.percent > Decimal::ZERO && rate.percent <= Decimal::ONE_HUNDRED)
        .collect();
    rates.sort_by_key(|rate| rate.from);
    rates
        .into_iter()
        .map(|rate| (rate.code.as_str(), rate.percent.normalize()))
        .collect()
}

/// Groups whose rate code the owner named; a group that is not there stops the profile.
fn groups(
    case: &Case<'_>,
    rates: &BTreeMap<&str, Decimal>,
) -> Result<BTreeMap<String, (VatKind, Option<Decimal>)>, Outcome> {
    let mut groups = BTreeMap::new();
    for (wanted, code) in &case.settings.vat.foreign {
        let Some(group) = case.facts.lookups.revenue_group(wanted) else {
            return stop(
                "omzetgroep-ontbreekt",
                text!(
                    "De omzetgroep \"{wanted}\" uit vat.foreign bestaat niet in de administratie.",
                    "The revenue group \"{wanted}\" of vat.foreign does not exist in the administration."
                ),
                text!(
                    "Kies een omzetgroep die er is (naam of nummer).",
                    "Choose a revenue group that exists (name or number)."
                ),
            );
        };
        let percent = of_code(rates, *code);
        groups.insert(group.id.clone(), (group.vat, percent));
    }
    Ok(groups)
}

/// The country's rate of that code. Where it has one reduced rate only, that is the reduced one whatever
/// its code: SnelStart does not say which of the two it lists it under, and what the books come to is
/// compared after the write.
fn of_code(rates: &BTreeMap<&str, Decimal>, code: RateCode) -> Option<Decimal> {
    let both = [RateCode::ReducedHigh, RateCode::ReducedLow];
    let reduced: Vec<Decimal> = both
        .iter()
        .filter_map(|code| rates.get(code.name()).copied())
        .collect();
    match (rates.get(code.name()), reduced.as_slice()) {
        (Some(percent), _) => Some(*percent),
        (None, [only]) if both.contains(&code) => Some(*only),
        _ => None,
    }
}

/// SnelStart's preconditions, as far as it tells its ledgers: none for distance sales without a code,
/// and one for each rate of the order.
fn ledgers(
    case: &Case<'_>,
    country: &str,
    charged: &Charged,
    rates: &BTreeMap<&str, Decimal>,
) -> Result<(), Outcome> {
    let Some(ledgers) = &case.company.foreign.ledgers else {
        return Ok(());
    };
    if let Some((name, _)) = ledgers.iter().find(|(_, code)| code.is_none()) {
        return held(
            "oss-niet-ingericht",
            text!(
                "Grootboekrekening {name} is voor afstandsverkopen binnen de EU, maar heeft geen btw-code; de administratie kan zo geen buitenlandse btw rekenen.",
                "Ledger account {name} is for distance sales within the EU, but has no VAT code; the administration cannot compute foreign VAT like that."
            ),
            text!(
                "Geef die grootboekrekening in SnelStart een btw-code (SR, RRH, RRL, PR of SRR).",
                "Give that ledger account a VAT code (SR, RRH, RRL, PR or SRR) in SnelStart."
            ),
        );
    }
    for percent in charged.percents() {
        let bears = |code: &str| {
            ledgers
                .iter()
                .any(|(_, held)| held.as_deref() == Some(code))
        };
        let codes: Vec<&str> = rates
            .iter()
            .filter(|(_, rate)| **rate == percent)
            .map(|(code, _)| *code)
            .collect();
        if codes.iter().any(|code| bears(code)) {
            continue;
        }
        let codes = codes.join("/");
        return held(
            "oss-niet-ingericht",
            text!(
                "Voor {percent}% btw in {country} (code {codes}) heeft de administratie geen grootboekrekening voor afstandsverkopen.",
                "For {percent}% VAT in {country} (code {codes}) the administration has no ledger account for distance sales."
            ),
            text!(
                "Maak in SnelStart een grootboekrekening met de functie afstandsverkopen binnen EU en btw-code {codes}, en koppel haar aan de omzetgroep.",
                "Make a ledger account with the function distance sales within the EU and VAT code {codes} in SnelStart, and link it to the revenue group."
            ),
        );
    }
    Ok(())
}

/// Code of the country's rate of that percentage (SnelStart B2B v2, rateCode); empty where it has
/// none.
pub(super) fn code(case: &Case<'_>, country: &str, percent: Decimal) -> String {
    of_country(case, country)
        .into_iter()
        .find(|(_, rate)| *rate == percent)
        .map(|(code, _)| code.to_owned())
        .unwrap_or_default()
}

impl Abroad {
    /// Is it a rate of the country on a booked invoice?
    pub fn books_by_ledger(&self, percent: Decimal) -> bool {
        self.by_ledger && self.rates.values().any(|rate| *rate == percent)
    }

    /// Holds an order whose rate the country has but no group bears.
    pub fn nothing_bears<T>(&self, country: &str, percent: Decimal) -> Result<T, Outcome> {
        let codes: Vec<&str> = self
            .rates
            .iter()
            .filter(|(_, rate)| **rate == percent)
            .map(|(code, _)| code.as_str())
            .collect();
        let (percent, codes) = (percent.normalize(), codes.join("/"));
        held(
            "btw-tarief-onbekend",
            text!(
                "De winkel rekent {percent}% btw voor {country} (code {codes}); niet bekend is welke omzetgroep van de administratie dat tarief draagt.",
                "The shop charges {percent}% VAT for {country} (code {codes}); it is not known which revenue group of the administration bears that rate."
            ),
            text!(
                "Zet in [vat.foreign] bij de omzetgroep waarachter in SnelStart het grootboek met die code staat: \"naam van de omzetgroep\" = \"{codes}\". Factureert uw winkel zelf, dan kan ook sales.form = \"booking\": een verkoopboeking noemt dat grootboek zelf.",
                "In [vat.foreign], name the revenue group behind which the ledger of that code stands in SnelStart: \"name of the revenue group\" = \"{codes}\". If your shop sends the invoices, sales.form = \"booking\" works too: a booked invoice names that ledger itself."
            ),
        )
    }
}

/// Holds an order with an article that bears no VAT by the rate of its kind at home, and not by its kind: what
/// the books compute on it abroad they do not say.
pub(super) fn unknown_there<T>(
    code: &str,
    group: &RevenueGroup,
    country: &str,
) -> Result<T, Outcome> {
    let (name, kind) = (&group.name, kind_name(group.vat));
    contradicts(
        text!(
            "Artikel {code} hoort zonder btw, en staat in omzetgroep {name} met btw-soort {kind}; wat de administratie daarop rekent bij levering in {country} (buitenlandse btw) is niet bekend.",
            "Article {code} bears no VAT, and is in revenue group {name} of VAT kind {kind}; what the administration computes on that for a delivery in {country} (foreign VAT) is not known."
        ),
        text!(
            "Zet het artikel in een omzetgroep met btw-soort geen.",
            "Put the article into a revenue group of VAT kind geen."
        ),
    )
}

/// Holds an order with foreign VAT on a day on which the administration computes none.
pub(super) fn is_off<T>(case: &Case<'_>, country: &str, percent: Decimal) -> Result<T, Outcome> {
    let percent = percent.normalize();
    let Text {
        nl: date,
        en: date_en,
    } = Text::day(case.day);
    held(
        "btw-tarief-onbekend",
        text!(
            "De winkel rekent {percent}% btw voor {country}; de administratie rekent op {date} geen buitenlandse btw (OSS) en kent dat tarief niet.",
            "The shop charges {percent}% VAT for {country}; the administration computes no foreign VAT (OSS) on {date_en} and does not know that rate."
        ),
        text!(
            "Gebruikt u de Unieregeling (OSS), zet dan in de administratie buitenlandse btw aan (met deze datum erbinnen), of laat de winkel Nederlandse btw rekenen.",
            "If you use the Union scheme (OSS), switch on foreign VAT in the administration (with this date within it), or have the shop charge Dutch VAT."
        ),
    )
}

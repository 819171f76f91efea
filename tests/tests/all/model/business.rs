//! Who was charged VAT as a private person, and is none.

use jiff::civil::date;
use rust_decimal::Decimal;
use winkelbrug::{books::Verdict, translate::Linked};

use super::{
    Case,
    vat::{Sale, in_the_eu, vat_number},
    vat_number::can_be_one,
};

/// VAT of another country is for private persons. Who gave a number of a member state is none, unless the
/// register does not know the number or the owner joined him to a card without one.
pub fn is_none(case: &mut Case<'_>, sale: &Sale, oss: bool) -> Option<()> {
    let of_home = |percent: &Decimal| sale.domestic.values().any(|rate| rate == percent);
    let number = vat_number(case).filter(|number| {
        let country = match number.get(..2) {
            Some("EL") => "GR",
            Some("GR") | None => return false,
            Some(country) => country,
        };
        country == "XI" || in_the_eu(country, date(2026, 1, 1))
    });
    let Some(number) = number.filter(|_| oss || !sale.charged().iter().all(of_home)) else {
        return Some(());
    };
    if let Some(Linked::Relation { id, .. }) = &case.facts.linked {
        let mut cards = case.facts.relations.iter();
        if cards.any(|card| card.id == *id && card.vat_number.is_empty()) {
            return Some(());
        }
    }
    let check = case.facts.vat_check.as_ref();
    let check = check.filter(|check| check.number == number);
    match check.map(|check| check.verdict) {
        Some(Verdict::Invalid) => return Some(()),
        Some(Verdict::Valid) => case.hold("btw-aan-bedrijf"),
        _ if case.settings.vat.vies_url.is_empty() => case.hold("btw-aan-bedrijf"),
        // The register is not asked for what can be no number at all: but for Romania's they have eight digits.
        None if can_be_one(&number) == Some(false) => return Some(()),
        None if number.len() < 10 && !number.starts_with("RO") => return Some(()),
        Some(Verdict::Unreachable) | None => case.hold("btw-nummer-niet-gecontroleerd"),
    }
    None
}

//! Who was charged VAT as a private person, and is none.

use jiff::civil::date;
use rust_decimal::Decimal;
use winkelbrug::{books::Verdict, translate::Linked};

use super::{
    Case,
    vat::{Sale, in_the_eu, vat_number},
};

/// VAT of another country is for private persons. Who gave a number of a member state is none, unless the
/// register does not know the number or the owner joined him to a card without one.
pub fn is_none(case: &mut Case<'_>, sale: &Sale, oss: bool) -> Option<()> {
    let of_home = |percent: &Decimal| sale.domestic.values().any(|rate| rate == percent);
    let number = vat_number(case).filter(|number| {
        let prefix = if &number[..2] == "EL" {
            "GR"
        } else {
            &number[..2]
        };
        prefix == "XI"
            || (prefix != "GR" || &number[..2] == "EL") && in_the_eu(prefix, date(2026, 1, 1))
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
        // No member state has numbers as short as that; the register is not asked for them.
        None if number.len() < 10 => return Some(()),
        Some(Verdict::Unreachable) | None => case.hold("btw-nummer-niet-gecontroleerd"),
    }
    None
}

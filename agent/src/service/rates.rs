//! VAT rates the owner names: refused at once when the books do not know them.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::Workplace;
use crate::{
    administration,
    failure::{Failure, Result},
    profile::Settings,
    text,
    text::Amount,
};

/// Asks the books whether they know that percentage, of whatever country and day; what it means for
/// one order is decided when its credit is prepared.
///
/// # Errors
/// They do not: `Refused`, code `unknown-rate`; what the books say.
pub(super) async fn known(place: &Workplace, settings: &Settings, rate: Decimal) -> Result<()> {
    let books = administration::open(
        settings,
        place.secrets.as_ref(),
        &place.journal,
        place.data.path(),
        place.clock.clone(),
        &place.stop,
    )?;
    let lookups = books.lookups().await?;
    let own = lookups.vat_rates.iter().map(|one| one.percent);
    let abroad = lookups.foreign_rates.iter().map(|one| one.percent);
    is_among(rate, own.chain(abroad))
}

fn is_among(rate: Decimal, known: impl Iterator<Item = Decimal>) -> Result<()> {
    let known: BTreeSet<Decimal> = known.map(|percent| percent.normalize()).collect();
    if rate.is_zero() || known.contains(&rate) {
        return Ok(());
    }
    let all: Vec<String> = known.iter().map(ToString::to_string).collect();
    let (rate, all) = (Amount::number(rate), all.join(", "));
    Err(Failure::refused(
        "unknown-rate",
        text!(
            "De administratie kent geen btw-tarief van {rate}%; er is niets genoteerd.",
            "The administration knows no VAT rate of {rate:#}%; nothing was noted."
        ),
    )
    .hint(text!("Zij kent: {all}.", "It knows: {all}.")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_rate_the_books_do_not_know_is_refused_with_those_they_know() {
        let known = || [dec!(21.00), dec!(9.00), dec!(21)].into_iter();
        assert!(is_among(dec!(21), known()).is_ok());
        assert!(is_among(dec!(0), known()).is_ok());
        let refused = is_among(dec!(13), known()).unwrap_err();
        assert_eq!(refused.code, "unknown-rate");
        assert!(refused.hint.nl.contains("9, 21"), "{:?}", refused.hint);
    }
}

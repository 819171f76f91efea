//! A rate the owner gives is for one credit, and one the order bears.

use rust_decimal::Decimal;

use super::{Word, asks_rate};
use crate::{
    failure::{Failure, Result},
    journal::{Journal, OrderId, credits::Credit},
    text,
    text::Amount,
};

/// Of several credits he says which: a rate, and a yes with it, are not for the others.
///
/// # Errors
/// More than one waits and he named none: `Refused`, code `which-credit`.
pub(super) fn one_is_meant(
    profile: &str,
    number: &str,
    typed: &str,
    (meant, word): (&[Credit], Word),
) -> Result<()> {
    if word.number.is_some() || meant.len() < 2 {
        return Ok(());
    }
    let count = meant.len();
    let asking = meant.iter().find(|one| asks_rate(one));
    let n = asking.map_or(1, |credit| credit.n);
    let rate = word.rate.unwrap_or_default().normalize();
    let yes = if word.yes { " --yes" } else { "" };
    Err(Failure::refused(
        "which-credit",
        text!(
            "Bij bestelling {number} wachten {count} crediteringen, en een btw-tarief is voor één ervan; er is niets veranderd.",
            "{count} credits wait on order {number}, and a VAT rate is for one of them; nothing was changed."
        ),
    )
    .hint(text!(
        "Zeg welke: winkelbrug credit {profile} {typed} --number {n} --rate {rate}{yes}",
        "Say which: winkelbrug credit {profile} {typed} --number {n} --rate {rate}{yes}"
    )))
}

/// The rate stands on the order, on its goods or its costs; not asked of one whose data were erased.
///
/// # Errors
/// It does not: `Refused`, code `rate-not-borne`, naming those that do.
pub(super) fn by(journal: &Journal, order: OrderId, number: &str, rate: Decimal) -> Result<()> {
    let Some(plan) = journal.order_at_work(order)?.plan else {
        return Ok(());
    };
    let rates = plan.expected.rates();
    if rates.contains(&rate) {
        return Ok(());
    }
    let (rate, rates) = (Amount::number(rate), text::percentages(&rates));
    let (nl, en) = (rates.nl, rates.en);
    Err(Failure::refused(
        "rate-not-borne",
        text!(
            "Op bestelling {number} staat niets met {rate}% btw, ook geen kosten; er is niets genoteerd.",
            "Nothing on order {number} bears {rate:#}% VAT, nor do its costs; nothing was noted."
        ),
    )
    .hint(text!(
        "De tarieven van de bestelling: {nl}.",
        "The rates of the order: {en}."
    )))
}

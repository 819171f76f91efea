//! The rate the owner enters for an order that is not in euro: compared with the ECB's where that is
//! known, else only kept once he said yes to what the order comes to.

use jiff::{Timestamp, civil::DateTime};
use rust_decimal::{Decimal, dec};
use winkelbrug_protocol::record::Order;

use super::{last_reason, note};
use crate::{
    books::OfferedRate,
    failure::{Failure, Result},
    journal::{Journal, OrderId, VersionId},
    text,
    text::Text,
    translate::currency::NOT_EURO,
};

/// No currency is worth so little or so much that 1 euro is less or more of it.
const LEAST: Decimal = dec!(0.0001);
const MOST: Decimal = dec!(100_000);
/// A day's rate at a bank lies nearer to the ECB's than this part of it.
const FARTHEST: Decimal = dec!(0.2);

/// Keeps the rate the owner entered (units of the order's currency for one euro), `typed.1` being his
/// yes to what the order comes to at it.
///
/// # Errors
/// The order waits for no rate: `Refused`, code `no-rate-wanted`. No rate can be like that, or it is
/// far from the ECB's: `Misconfigured`, code `wrong-rate`. There is nothing to compare it with and he
/// did not say yes: `Misconfigured`, code `rate-unconfirmed`.
pub(super) fn enter(
    journal: &Journal,
    profile: &str,
    order: OrderId,
    typed: (Decimal, bool),
    now: Timestamp,
) -> Result<()> {
    let (rate, yes) = (typed.0.normalize(), typed.1);
    let work = journal.order_at_work(order)?;
    let number = text::typed(&work.number, &work.shop_id.0);
    let asked = work.exchange_rate.is_some()
        || last_reason(journal, order)?.is_some_and(|code| code == NOT_EURO);
    if !asked {
        return Err(Failure::refused(
            "no-rate-wanted",
            text!(
                "Bestelling {number} wacht niet op een koers.",
                "Order {number} does not wait for a rate."
            ),
        )
        .hint(text!(
            "Zie waar zij op wacht met: winkelbrug order {profile} {number}",
            "See what it waits for with: winkelbrug order {profile} {number}"
        )));
    }
    if !(LEAST..=MOST).contains(&rate) {
        return Err(impossible(rate));
    }
    let written = read(journal, work.version)?;
    match written.as_ref().map(|order| offered(journal, order)) {
        Some(Ok(Some(offered))) if is_far(rate, offered.rate) => {
            return Err(far(profile, &number, rate, &offered));
        }
        Some(Ok(Some(_))) => {}
        Some(Err(failure)) => return Err(failure),
        _ if yes => {}
        _ => return Err(unconfirmed(profile, &number, rate, written.as_ref())),
    }
    journal.choose_rate(order, Some(rate))?;
    let words = text!(
        "Door u ingevuld: 1 euro = {rate} in de valuta van de bestelling.",
        "Entered by you: 1 euro = {rate} in the order's currency."
    );
    note(journal, profile, order, &words, now)
}

fn read(journal: &Journal, version: VersionId) -> Result<Option<Order>> {
    let raw = journal.raw(version)?;
    Ok(raw.and_then(|raw| serde_json::from_str(&raw).ok()))
}

/// The ECB's rate of the order's day, where it was asked for.
fn offered(journal: &Journal, order: &Order) -> Result<Option<OfferedRate>> {
    let placed: Option<DateTime> = order.placed_local.trim().parse().ok();
    let currency = order.money.code.trim().to_uppercase();
    match placed {
        Some(placed) => journal.euro_rate(&currency, placed.date()),
        None => Ok(None),
    }
}

fn is_far(rate: Decimal, offered: Decimal) -> bool {
    (rate - offered).abs() > offered.abs() * FARTHEST
}

fn impossible(rate: Decimal) -> Failure {
    Failure::misconfigured(
        "wrong-rate",
        text!("{rate} kan geen koers zijn.", "{rate} cannot be a rate."),
    )
    .hint(text!(
        "Geef hoeveel van de valuta van de bestelling 1 euro waard was, zoals 0,8653.",
        "Give how much of the order's currency 1 euro was worth, such as 0.8653."
    ))
}

fn far(profile: &str, number: &str, rate: Decimal, offered: &OfferedRate) -> Failure {
    let (currency, ecb) = (&offered.currency, offered.rate.normalize());
    let Text {
        nl: day,
        en: day_en,
    } = Text::day(offered.day);
    Failure::misconfigured(
        "wrong-rate",
        text!(
            "1 euro = {rate} {currency} ligt meer dan 20% van de koers van de ECB van {day}: 1 euro = {ecb} {currency}.",
            "1 euro = {rate} {currency} is more than 20% away from the ECB's rate of {day_en}: 1 euro = {ecb} {currency}."
        ),
    )
    .hint(text!(
        "Geef hoeveel {currency} 1 euro waard was: winkelbrug retry {profile} {number} --rate {ecb}",
        "Give how much {currency} 1 euro was worth: winkelbrug retry {profile} {number} --rate {ecb}"
    ))
}

fn unconfirmed(profile: &str, number: &str, rate: Decimal, order: Option<&Order>) -> Failure {
    let comes_to = order.and_then(|order| {
        let euro = order.total.checked_div(rate)?.round_dp(2);
        let (total, currency) = (order.total.round_dp(2), order.money.code.trim());
        Some(format!("{total} {currency} = {euro} euro"))
    });
    let comes_to = comes_to.unwrap_or_else(|| format!("1 euro = {rate}"));
    Failure::misconfigured(
        "rate-unconfirmed",
        text!(
            "Er is geen koers van de ECB om {rate} mee te vergelijken. Bestelling {number} zou hiermee worden: {comes_to}.",
            "There is no rate of the ECB to compare {rate} with. Order {number} would become: {comes_to}."
        ),
    )
    .hint(text!(
        "Klopt dat, geef het dan nog eens met --yes: winkelbrug retry {profile} {number} --rate {rate} --yes",
        "If that is right, give it once more with --yes: winkelbrug retry {profile} {number} --rate {rate} --yes"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_more_than_a_fifth_away_from_the_published_one_is_far() {
        let ecb = dec!(0.8653);
        for near in [dec!(0.86), dec!(0.70), dec!(1.03)] {
            assert!(!is_far(near, ecb), "{near}");
        }
        for away in [dec!(860), dec!(1.16), dec!(0.69), dec!(0.0086)] {
            assert!(is_far(away, ecb), "{away}");
        }
    }
}

//! What the owner decides about single orders: offer again, skip for good, looked at.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::action::Which;
use crate::{
    failure::{Failure, Result},
    journal::{Journal, OrderId},
    text,
    text::Text,
    translate::{
        DifferenceChoice,
        currency::NOT_EURO,
        plan::{Reason, TOTAL_DIFFERENCE},
    },
};

/// Offers orders again; how many. One whose write has an unknown outcome is only offered again by
/// its own number: whoever does that has looked in the books, and mended in the shop what he did
/// not decide here.
///
/// # Errors
/// No such order, or it is not waiting for anybody; a choice for an order without a total
/// difference: `Refused`, code `no-difference`.
pub fn retry(journal: &Journal, profile: &str, which: &Which, now: Timestamp) -> Result<u64> {
    let orders = match which {
        Which::Held => journal.held_orders(profile)?,
        Which::Order(order) => {
            let order = journal.find_order(profile, order)?;
            journal.choose_difference(order, None)?;
            journal.choose_rate(order, None)?;
            vec![order]
        }
        Which::Decided { order, difference } => {
            let order = journal.find_order(profile, order)?;
            decide(journal, profile, order, *difference, now)?;
            vec![order]
        }
        Which::Rated { order, rate } => {
            let order = journal.find_order(profile, order)?;
            enter_rate(journal, profile, order, *rate, now)?;
            vec![order]
        }
    };
    for order in &orders {
        journal.offer_again(*order, now)?;
        note(
            journal,
            profile,
            *order,
            &text!("Door u opnieuw aangeboden.", "Offered again by you."),
            now,
        )?;
    }
    Ok(orders.len() as u64)
}

/// Keeps what the owner chose for an order's total difference.
fn decide(
    journal: &Journal,
    profile: &str,
    order: OrderId,
    difference: DifferenceChoice,
    now: Timestamp,
) -> Result<()> {
    let work = journal.order_at_work(order)?;
    let asked = work.difference.is_some()
        || work
            .reason
            .as_ref()
            .is_some_and(|reason| reason.code == TOTAL_DIFFERENCE);
    if !asked {
        let number = &work.number;
        return Err(Failure::refused(
            "no-difference",
            text!(
                "Bestelling {number} wacht niet op een keuze voor een totaalverschil.",
                "Order {number} does not wait for a choice on a total difference."
            ),
        )
        .hint(text!(
            "Zie waar zij op wacht met: winkelbrug order {profile} {number}",
            "See what it waits for with: winkelbrug order {profile} {number}"
        )));
    }
    journal.choose_difference(order, Some(difference))?;
    let words = match difference {
        DifferenceChoice::Discount => text!(
            "Door u gekozen: het totaalverschil boeken met btw naar verhouding.",
            "Chosen by you: book the total difference with VAT in proportion."
        ),
        DifferenceChoice::Untaxed => text!(
            "Door u gekozen: het totaalverschil boeken zonder btw.",
            "Chosen by you: book the total difference without VAT."
        ),
    };
    note(journal, profile, order, &words, now)
}

/// Keeps the rate the owner entered for an order that is not in euro.
fn enter_rate(
    journal: &Journal,
    profile: &str,
    order: OrderId,
    rate: Decimal,
    now: Timestamp,
) -> Result<()> {
    let work = journal.order_at_work(order)?;
    let number = &work.number;
    let asked = work.exchange_rate.is_some()
        || work
            .reason
            .as_ref()
            .is_some_and(|reason| reason.code == NOT_EURO);
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
    if rate <= Decimal::ZERO || rate > MOST {
        return Err(Failure::misconfigured(
            "wrong-rate",
            text!("{rate} kan geen koers zijn.", "{rate} cannot be a rate."),
        )
        .hint(text!(
            "Geef hoeveel van de valuta van de bestelling 1 euro waard was, zoals 0.8653.",
            "Give how much of the order's currency 1 euro was worth, such as 0.8653."
        )));
    }
    journal.choose_rate(order, Some(rate))?;
    let words = text!(
        "Door u ingevuld: 1 euro = {rate} in de valuta van de bestelling.",
        "Entered by you: 1 euro = {rate} in the order's currency."
    );
    note(journal, profile, order, &words, now)
}

/// No currency the ECB publishes comes near it.
const MOST: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

/// Skips an order for good. One that is in the books already stays there: what needed a look on it
/// is settled.
///
/// # Errors
/// No such order, or it is being written at this moment.
pub fn skip(
    journal: &Journal,
    profile: &str,
    order: &str,
    why: &str,
    now: Timestamp,
) -> Result<()> {
    let order = journal.find_order(profile, order)?;
    if journal.settle_attention(order, why, now)? > 0 {
        let words = text!("Door u bekeken: {why}", "Looked at by you: {why}");
        return note(journal, profile, order, &words, now);
    }
    let words = text!("Door u overgeslagen: {why}", "Skipped by you: {why}");
    let hint = text!(
        "Toch in de boeken? Bied de bestelling opnieuw aan met: winkelbrug retry",
        "Into the books after all? Offer the order again with: winkelbrug retry"
    );
    journal.skip_for_good(order, &Reason::new("by-owner", words.clone(), hint), now)?;
    note(journal, profile, order, &words, now)
}

fn note(
    journal: &Journal,
    profile: &str,
    order: OrderId,
    words: &Text,
    now: Timestamp,
) -> Result<()> {
    journal.log(profile, Some(order), "owner", words, None, now)
}

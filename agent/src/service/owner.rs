//! What the owner decides about single orders: offer again, skip for good, looked at.

use jiff::Timestamp;

use super::action::Which;
use crate::{
    failure::{Class, Failure, Result},
    journal::{Journal, OrderId},
    text,
    text::Text,
    translate::{
        DifferenceChoice,
        plan::{Reason, TOTAL_DIFFERENCE},
    },
};

/// Offers orders again; how many. One whose write has an unknown outcome is only offered again by
/// its own number: whoever does that has looked in the books, and mended in the shop what he did
/// not decide here. `under_way`: a run of the profile is going on, so an order may be just now being
/// written.
///
/// # Errors
/// No such order, or it is not waiting for anybody; it is being written at this moment: `Refused`, code
/// `order-not-waiting`; a choice for an order without a total
/// difference: `Refused`, code `no-difference`.
pub fn retry(
    journal: &Journal,
    profile: &str,
    which: &Which,
    under_way: bool,
    now: Timestamp,
) -> Result<u64> {
    let orders = match which {
        Which::Held => journal.held_orders(profile)?,
        Which::Order(order) => {
            let order = journal.find_order(profile, order)?;
            journal.may_be_offered(order, under_way)?;
            journal.choose_difference(order, None)?;
            vec![order]
        }
        Which::Decided { order, difference } => {
            let order = journal.find_order(profile, order)?;
            journal.may_be_offered(order, under_way)?;
            decide(journal, profile, order, *difference, now)?;
            vec![order]
        }
    };
    let mut count = 0;
    for order in orders {
        match journal.offer_again(order, under_way, now) {
            // Of all that wait, one that the run has in hand is left to it.
            Err(failure) if matches!(which, Which::Held) && failure.class == Class::Refused => {
                continue;
            }
            ended => ended?,
        }
        let words = text!("Door u opnieuw aangeboden.", "Offered again by you.");
        note(journal, profile, order, &words, now)?;
        count += 1;
    }
    Ok(count)
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
        let number = text::typed(&work.number);
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
    let number = text::typed(&journal.order_at_work(order)?.number);
    let hint = text!(
        "Toch in de boeken? Bied de bestelling opnieuw aan met: winkelbrug retry {profile} {number}",
        "Into the books after all? Offer the order again with: winkelbrug retry {profile} {number}"
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

//! What the owner decides about single orders: offer again, skip for good, looked at.

use jiff::Timestamp;

use super::action::Which;
use crate::{
    failure::Result,
    journal::{Journal, OrderId},
    text,
    text::Text,
    translate::plan::Reason,
};

/// Offers orders again; how many. One whose write has an unknown outcome is only offered again by
/// its own number: whoever does that has looked in the books.
///
/// # Errors
/// No such order, or it is not waiting for anybody.
pub fn retry(journal: &Journal, profile: &str, which: &Which, now: Timestamp) -> Result<u64> {
    let orders = match which {
        Which::Order(order) => vec![journal.find_order(profile, order)?],
        Which::Held => journal.held_orders(profile)?,
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

//! Orders that were cancelled after they were written, and are not any more: what was done about the
//! cancellation is taken back as far as nothing was written, and a person reads the rest.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{
    OrderId,
    attention::{self, ChangedOrder},
    cancellations::{Cancellation, state_of},
    credits::CANCELLED,
    millis,
};
use crate::{books::plan::Change, failure::Result, text, text::Text};

/// Code of the item.
pub const REINSTATED: &str = "reinstated";

/// The order is not cancelled (any more): the credit of all of it is dismissed unless it is being
/// written, what was asked of the owner is settled, and one item says what was done and what to do.
pub(super) fn reinstated(
    transaction: &Transaction<'_>,
    changed: &ChangedOrder,
    now: Timestamp,
) -> Result<()> {
    let order = changed.order;
    let state: Option<String> = transaction
        .query_row(
            "SELECT state FROM cancellations WHERE order_id = ?1",
            [order],
            |row| row.get(0),
        )
        .optional()?;
    let Some(state) = state else {
        return Ok(());
    };
    let credit: Option<(i64, u32, String)> = transaction
        .query_row(
            "SELECT id, n, CASE WHEN state IN ('new', 'waits', 'approved') AND EXISTS
                (SELECT 1 FROM intents WHERE credit = credits.id AND outcome IS NULL)
                THEN 'unknown' ELSE state END
             FROM credits WHERE order_id = ?1 AND refund = ?2",
            params![order, CANCELLED],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )
        .optional()?;
    transaction.execute(
        "UPDATE credits SET state = 'dismissed' WHERE order_id = ?1 AND refund = ?2
            AND state IN ('new', 'waits', 'approved') AND NOT EXISTS
                (SELECT 1 FROM intents WHERE credit = credits.id AND outcome IS NULL)",
        params![order, CANCELLED],
    )?;
    let item = credit.as_ref().map(|(_, n, _)| format!("refund-{n}"));
    let still_asked = credit
        .as_ref()
        .is_some_and(|(_, _, state)| state == "unknown");
    transaction.execute(
        "UPDATE attention SET settled_at = ?2, settled_why = 'niet meer geannuleerd'
         WHERE order_id = ?1 AND settled_at IS NULL AND (code = 'cancelled' OR code = ?3)",
        params![order, millis(now), item.filter(|_| !still_asked)],
    )?;
    transaction.execute("DELETE FROM cancellations WHERE order_id = ?1", [order])?;
    let credit = credit.map(|(_, n, state)| (n, state));
    let number = &changed.number;
    let anew = super::anew::may_be_written_anew(transaction, order)?;
    let what = if anew {
        Some(written_anew(transaction, order, number)?)
    } else {
        what_to_do(state_of(&state), credit)
    };
    if let Some(what) = what {
        let text = Text {
            nl: format!(
                "Bestelling {number} is in de winkel niet langer geannuleerd. {}",
                what.nl
            ),
            en: format!(
                "Order {number} is not cancelled in the shop any more. {}",
                what.en
            ),
        };
        let change = Change {
            code: REINSTATED.to_owned(),
            text,
        };
        attention::add(transaction, order, &change, now)?;
    }
    Ok(())
}

/// It is known to be gone from the books.
fn written_anew(transaction: &Transaction<'_>, order: OrderId, number: &str) -> Result<Text> {
    let (profile, shop_id): (String, String) = transaction.query_row(
        "SELECT profile, shop_id FROM orders WHERE id = ?1",
        [order],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let typed = text::typed(number, &shop_id);
    Ok(text!(
        "De verkooporder is uit de administratie verwijderd. Laat haar opnieuw schrijven met: winkelbrug retry {profile} {typed}",
        "The sales order was deleted from the administration. Have it written again with: winkelbrug retry {profile} {typed}"
    ))
}

/// None where nothing was done and there is nothing to do.
fn what_to_do(state: Cancellation, credit: Option<(u32, String)>) -> Option<Text> {
    if let Some((n, state)) = credit {
        return Some(match state.as_str() {
            "written" | "writing" => text!(
                "De creditering {n} van alles is al geschreven: verwijder haar in de administratie, of voer de verkoop opnieuw in.",
                "The credit {n} of all of it is written already: delete it in the administration, or enter the sale anew."
            ),
            "unknown" => text!(
                "Of de creditering {n} van alles is aangekomen, is niet bekend: staat zij in de administratie, verwijder haar dan.",
                "Whether the credit {n} of all of it arrived is not known: if it is in the administration, delete it."
            ),
            _ => text!(
                "De creditering {n} van alles wordt niet geschreven. Hebt u zelf iets gecrediteerd, maak dat dan ongedaan.",
                "The credit {n} of all of it will not be written. If you credited something yourself, undo that."
            ),
        });
    }
    Some(match state {
        Cancellation::Gone => text!(
            "De verkooporder is uit de administratie verwijderd: voer de verkoop met de hand in.",
            "The sales order was deleted from the administration: enter the sale by hand."
        ),
        Cancellation::Looked => text!(
            "U hebt de annulering als bekeken gemeld: controleer of de verkooporder er nog staat, en voer de verkoop anders met de hand in.",
            "You reported the cancellation as looked at: check whether the sales order is still there, and else enter the sale by hand."
        ),
        Cancellation::Blocked => text!(
            "De verkooporder is bij de annulering geblokkeerd: hef de blokkade in de administratie op.",
            "The sales order was blocked when it was cancelled: unblock it in the administration."
        ),
        Cancellation::Found | Cancellation::Delete => text!(
            "De verkooporder wordt niet verwijderd. Controleer in de administratie of zij er staat en niet geblokkeerd is.",
            "The sales order will not be deleted. Check in the administration that it is there and not blocked."
        ),
        Cancellation::Reported | Cancellation::Credit => return None,
    })
}

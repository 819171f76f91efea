//! What a person decides about an order that is not in the books yet.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{command, enter, has_open_intent, state, to_seen};
use crate::{
    books::plan::{DifferenceChoice, Reason},
    failure::{Failure, Result},
    journal::{Journal, OrderId, State, anew, intents, json, millis},
    text,
};

impl Journal {
    /// A person skips it for good: no change at the shop brings it back, only
    /// [`Journal::offer_again`]. Intents of unknown outcome are closed: he looked.
    ///
    /// # Errors
    /// The order is being written or written: `Refused`, code `order-not-waiting`.
    pub fn skip_for_good(&self, order: OrderId, reason: &Reason, now: Timestamp) -> Result<()> {
        let text = json(reason)?;
        self.change("skipped-for-good", |transaction| {
            waiting(transaction, order, State::Skipped)?;
            intents::close_by_owner(transaction, order, now)?;
            enter(transaction, order, State::Skipped)?;
            transaction
                .prepare_cached(
                    "UPDATE orders SET reason = ?2, by_owner = 1, plan = NULL, pieces = NULL,
                        failure = NULL, updated_at = ?3 WHERE id = ?1",
                )?
                .execute(params![order, text, millis(now)])?;
            Ok(())
        })
    }

    /// A person offers it again: decided anew in the next run. Intents of unknown outcome are
    /// closed: he looked in the books.
    ///
    /// # Errors
    /// As [`Journal::may_be_offered`].
    pub fn offer_again(&self, order: OrderId, under_way: bool, now: Timestamp) -> Result<()> {
        self.change("offered-again", |transaction| {
            offered(transaction, order, under_way)?;
            if anew::may_be_written_anew(transaction, order)? {
                return anew::begin_anew(transaction, order, now);
            }
            intents::close_by_owner(transaction, order, now)?;
            to_seen(transaction, order)?;
            transaction
                .prepare_cached("UPDATE orders SET by_owner = 0, updated_at = ?2 WHERE id = ?1")?
                .execute(params![order, millis(now)])?;
            Ok(())
        })
    }

    /// May it be offered again? While a run is `under_way`, what that run has in hand may not: it
    /// would go on with an order that was taken back to its beginning.
    ///
    /// # Errors
    /// The order is being written or written: `Refused`, code `order-not-waiting`.
    pub fn may_be_offered(&self, order: OrderId, under_way: bool) -> Result<()> {
        self.read(|connection| offered(connection, order, under_way))
    }

    /// What a person chose for the order's total difference, or that he chose nothing: decided on
    /// with it from now on, until the shop changes the order.
    ///
    /// # Errors
    /// The order is being written or written: `Refused`, code `order-not-waiting`.
    pub fn choose_difference(
        &self,
        order: OrderId,
        choice: Option<DifferenceChoice>,
    ) -> Result<()> {
        self.change("difference-chosen", |transaction| {
            waiting(transaction, order, State::Seen)?;
            transaction
                .prepare_cached("UPDATE orders SET difference = ?2 WHERE id = ?1")?
                .execute(params![order, choice.map(DifferenceChoice::name)])?;
            Ok(())
        })
    }
}

/// May a person offer it again?
fn offered(connection: &Connection, order: OrderId, under_way: bool) -> Result<()> {
    if anew::may_be_written_anew(connection, order)? && !has_open_intent(connection, order)? {
        return Ok(());
    }
    waiting(connection, order, State::Seen)?;
    let in_hand =
        state(connection, order)? == State::Planned || has_open_intent(connection, order)?;
    if under_way && in_hand {
        return Err(not_waiting(connection, order, State::Writing));
    }
    Ok(())
}

/// May a person still decide that it becomes this?
pub(in crate::journal) fn waiting(
    connection: &Connection,
    order: OrderId,
    next: State,
) -> Result<()> {
    let now = state(connection, order)?;
    if now.may_become(next) {
        return Ok(());
    }
    Err(not_waiting(connection, order, now))
}

fn not_waiting(connection: &Connection, order: OrderId, now: State) -> Failure {
    let command = command(connection, "order", order);
    let seen = || {
        text!(
            "Zie wat ermee gebeurde met: {command}",
            "See what happened to it with: {command}"
        )
    };
    let (text, hint) = if is_deleted(connection, order) {
        (
            text!(
                "Deze bestelling is na haar annulering uit de boeken verwijderd; zij kan pas opnieuw worden geschreven als de winkel de annulering terugdraait.",
                "This order was deleted from the books after it was cancelled; it can be written again only once the shop takes the cancellation back."
            ),
            seen(),
        )
    } else if now == State::Writing {
        (
            text!(
                "Deze bestelling wordt juist geschreven; er is niets aan veranderd.",
                "This order is being written just now; nothing about it was changed."
            ),
            text!(
                "Wacht tot dat klaar is en zie dan wat ermee gebeurde met: {command}",
                "Wait until that is done and then see what happened to it with: {command}"
            ),
        )
    } else {
        (
            text!(
                "Deze bestelling staat al in de boekhouding.",
                "This order is in the books already."
            ),
            seen(),
        )
    };
    Failure::refused("order-not-waiting", text).hint(hint)
}

/// Is it gone from the books?
fn is_deleted(connection: &Connection, order: OrderId) -> bool {
    connection
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM cancellations WHERE order_id = ?1 AND state = 'gone')",
            [order],
            |row| row.get(0),
        )
        .unwrap_or_default()
}

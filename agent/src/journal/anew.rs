//! Orders that were deleted from the books again, and restored in the shop: the owner may have them
//! written anew, once for each time they were deleted.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::{Journal, OrderId, State, credits::CANCELLED, millis, orders};
use crate::failure::Result;

impl Journal {
    /// The sales order is known to be gone from the books.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn order_deleted(&self, order: OrderId) -> Result<()> {
        self.change("order-deleted", |transaction| {
            transaction.execute(
                "UPDATE orders SET deleted_from_books = 1 WHERE id = ?1",
                [order],
            )?;
            Ok(())
        })
    }

    /// Was it deleted from the books, and restored in the shop since?
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn may_be_written_anew(&self, order: OrderId) -> Result<bool> {
        self.read(|connection| may_be_written_anew(connection, order))
    }
}

/// Is it written, known to be gone from the books, and not cancelled in the shop any more, with no
/// credit in the books that would stay behind?
pub(super) fn may_be_written_anew(connection: &Connection, order: OrderId) -> Result<bool> {
    Ok(connection
        .prepare_cached(
            "SELECT state = 'written' AND deleted_from_books = 1
                AND NOT EXISTS (SELECT 1 FROM cancellations WHERE order_id = orders.id)
                AND NOT EXISTS (SELECT 1 FROM credits WHERE order_id = orders.id
                    AND state IN ('writing', 'written'))
             FROM orders WHERE id = ?1",
        )?
        .query_row([order], |row| row.get(0))?)
}

/// Forgets what it was in the books; it is decided on as if it were new, and looked for in the books
/// before it is written.
pub(super) fn begin_anew(
    transaction: &Transaction<'_>,
    order: OrderId,
    now: Timestamp,
) -> Result<()> {
    // Deleted records do not leave the mirror by themselves until it is read whole.
    transaction.execute(
        "DELETE FROM books_order WHERE (administration, id) =
            (SELECT administration, booked FROM orders WHERE id = ?1)",
        [order],
    )?;
    transaction.execute(
        "DELETE FROM bindings WHERE kind = 'order' AND (profile, shop_id) =
            (SELECT profile, shop_id FROM orders WHERE id = ?1)",
        [order],
    )?;
    // What was given back is asked about again, once it is in the books.
    transaction.execute(
        "UPDATE credits SET state = 'new', unasked = 0, plan = NULL, reason = NULL, seen = NULL
         WHERE order_id = ?1 AND state = 'dismissed' AND refund <> ?2",
        params![order, CANCELLED],
    )?;
    transaction.execute(
        "UPDATE attention SET settled_at = ?2, settled_why = 'opnieuw aangeboden'
         WHERE order_id = ?1 AND settled_at IS NULL",
        params![order, millis(now)],
    )?;
    transaction.execute(
        "UPDATE orders SET state = ?2, deleted_from_books = 0, administration = NULL,
            booked = NULL, booked_number = NULL, booked_stage = NULL, linked = 0, total = NULL,
            invoiced = 0, checked_version = NULL, refunds_version = NULL, written_at = NULL
         WHERE id = ?1",
        params![order, State::Seen],
    )?;
    orders::to_seen(transaction, order)
}

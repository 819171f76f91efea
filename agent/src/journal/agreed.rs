//! What a credit rests on: the refund as the owner saw it when he agreed, and as it was written.

use rusqlite::params;

use super::{Journal, OrderId, json};
use crate::{failure::Result, text::Text};

impl Journal {
    /// A waiting credit is shown to the owner, made of a refund with that digest. One he spoke about
    /// meanwhile keeps what he saw.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn credit_shown(&self, credit: i64, refund: &str) -> Result<()> {
        self.change("credit-shown", |transaction| {
            transaction.execute(
                "UPDATE credits SET seen = ?2 WHERE id = ?1 AND state = 'waits'",
                params![credit, refund],
            )?;
            Ok(())
        })
    }

    /// A credit is about to be written of a refund with that digest.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn credit_rests_on(&self, credit: i64, refund: &str) -> Result<()> {
        self.change("credit-content", |transaction| {
            transaction.execute(
                "UPDATE credits SET content = ?2 WHERE id = ?1",
                params![credit, refund],
            )?;
            Ok(())
        })
    }

    /// Was just this told last under that code on the order, looked at since or not?
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn was_told(&self, order: OrderId, code: &str, text: &Text) -> Result<bool> {
        let text = json(text)?;
        self.with(|connection| {
            connection.query_row(
                "SELECT coalesce((SELECT text = ?3 AND (settled_at IS NULL OR by_owner) FROM attention
                    WHERE order_id = ?1 AND code = ?2 ORDER BY id DESC LIMIT 1), 0)",
                params![order, code, text],
                |row| row.get(0),
            )
        })
    }

    /// Was a refund of the order changed or removed at the shop after its credit was written? Also
    /// when the owner looked at that.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn has_changed_refund(&self, order: OrderId) -> Result<bool> {
        self.with(|connection| {
            connection.query_row(
                "SELECT EXISTS (SELECT 1 FROM attention
                    WHERE order_id = ?1 AND code = 'refund-changed')",
                [order],
                |row| row.get(0),
            )
        })
    }
}

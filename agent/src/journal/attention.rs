//! What a person should look at, on orders that are in the books: they are never rewritten
//! silently.

use jiff::Timestamp;
use rusqlite::params;

use super::{
    Journal, OrderId, ShopOrderId, VersionId, cancellations, from_json, json, millis, moment,
    reinstated::{REINSTATED, reinstated},
};
use crate::{books::plan::Change, failure::Result, text::Text};

/// An attention item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its row.
    pub id: i64,
    /// The order.
    pub order: OrderId,
    /// The order's number.
    pub number: String,
    /// Stable code: `cancelled`, `totaal-wijkt-af`.
    pub code: String,
    /// What happened.
    pub text: Text,
    /// Since when.
    pub at: Timestamp,
}

impl Journal {
    /// An order in the books needs a look. The same code twice on one order, while the first is
    /// open, is one item with the newer text.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn need_attention(&self, order: OrderId, change: &Change, now: Timestamp) -> Result<()> {
        self.change("attention", |transaction| {
            add(transaction, order, change, now)
        })
    }

    /// Written orders whose content is newer than what was written or last compared: the order,
    /// the version written (none when its text was erased) and the newest one.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn changed_after_writing(&self, profile: &str) -> Result<Vec<ChangedOrder>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT id, number, coalesce(planned_version, 0), version,
                        coalesce(checked_version, planned_version, 0), shop_id FROM orders
                     WHERE profile = ?1 AND state = 'written'
                        AND version IS NOT checked_version ORDER BY id",
                )?
                .query_map([profile], |row| {
                    Ok(ChangedOrder {
                        order: row.get(0)?,
                        number: row.get(1)?,
                        written: row.get(2)?,
                        newest: row.get(3)?,
                        compared: row.get(4)?,
                        shop_id: row.get(5)?,
                    })
                })?
                .collect::<rusqlite::Result<_>>()?)
        })
    }

    /// A written order was compared with its newest version; each change becomes an item. A
    /// cancellation is told once, until the order is reinstated; whether it is cannot be told of one
    /// that could not be compared (`changed`).
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn changes_noted(
        &self,
        changed: &ChangedOrder,
        changes: &[Change],
        now: Timestamp,
    ) -> Result<()> {
        self.change("changes", |transaction| {
            let order = changed.order;
            let mut cancelled = false;
            for change in changes {
                cancelled |= change.code == "changed";
                if change.code != "cancelled" {
                    add(transaction, order, change, now)?;
                    continue;
                }
                cancelled = true;
                if cancellations::found(transaction, order, now)? {
                    add(transaction, order, change, now)?;
                    transaction.execute(
                        "UPDATE attention SET settled_at = ?2, settled_why = 'weer geannuleerd'
                         WHERE order_id = ?1 AND code = ?3 AND settled_at IS NULL",
                        params![order, millis(now), REINSTATED],
                    )?;
                }
            }
            if !cancelled {
                reinstated(transaction, changed, now)?;
            }
            transaction.execute(
                "UPDATE orders SET checked_version = ?2 WHERE id = ?1",
                params![changed.order, changed.newest],
            )?;
            Ok(())
        })
    }

    /// Did the owner look at the last item of that code on an order?
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn looked_at(&self, order: OrderId, code: &str) -> Result<bool> {
        self.with(|connection| {
            connection.query_row(
                "SELECT coalesce((SELECT by_owner AND settled_at IS NOT NULL FROM attention
                    WHERE order_id = ?1 AND code = ?2 ORDER BY id DESC LIMIT 1), 0)",
                params![order, code],
                |row| row.get(0),
            )
        })
    }

    /// Open items of a profile, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn attention(&self, profile: &str) -> Result<Vec<Item>> {
        let rows: Vec<(i64, OrderId, String, String, String, i64)> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT a.id, a.order_id, o.number, a.code, a.text, a.at
                     FROM attention a JOIN orders o ON o.id = a.order_id
                     WHERE a.profile = ?1 AND a.settled_at IS NULL ORDER BY a.id",
                )?
                .query_map([profile], |row| {
                    Ok((
                        row.get(0)?,
                        row.get(1)?,
                        row.get(2)?,
                        row.get(3)?,
                        row.get(4)?,
                        row.get(5)?,
                    ))
                })?
                .collect()
        })?;
        rows.into_iter()
            .map(|(id, order, number, code, text, at)| {
                Ok(Item {
                    id,
                    order,
                    number,
                    code,
                    text: from_json(&text)?,
                    at: moment(at),
                })
            })
            .collect()
    }

    /// A person looked at everything on that order; how many items were open.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn settle_attention(&self, order: OrderId, why: &str, now: Timestamp) -> Result<u64> {
        self.change("attention-settled", |transaction| {
            let settled = transaction.execute(
                "UPDATE attention SET settled_at = ?2, settled_why = ?3, by_owner = 1
                 WHERE order_id = ?1 AND settled_at IS NULL",
                params![order, millis(now), why],
            )?;
            Ok(settled as u64)
        })
    }
}

/// A written order that has a newer version at the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedOrder {
    /// Its row.
    pub order: OrderId,
    /// Its number.
    pub number: String,
    /// The shop's own id.
    pub shop_id: ShopOrderId,
    /// The version that was written.
    pub written: VersionId,
    /// The newest.
    pub newest: VersionId,
    /// The one it was last compared with.
    pub compared: VersionId,
}

pub(super) fn add(
    transaction: &rusqlite::Transaction<'_>,
    order: OrderId,
    change: &Change,
    now: Timestamp,
) -> Result<()> {
    let text = json(&change.text)?;
    let renewed = transaction.execute(
        "UPDATE attention SET text = ?3, at = ?4
         WHERE order_id = ?1 AND code = ?2 AND settled_at IS NULL",
        params![order, change.code, text, millis(now)],
    )?;
    if renewed == 0 {
        transaction.execute(
            "INSERT INTO attention (profile, order_id, code, text, at)
             SELECT profile, id, ?2, ?3, ?4 FROM orders WHERE id = ?1",
            params![order, change.code, text, millis(now)],
        )?;
    }
    Ok(())
}

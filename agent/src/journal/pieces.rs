//! What orders weigh on stock: pieces of orders not yet in the books, and of those in the books
//! that are not invoiced yet.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::params;
use rust_decimal::Decimal;

use super::{AdministrationId, Journal, OrderId, ShopOrderId, from_json, millis};
use crate::failure::Result;

/// Pieces per article code.
pub type Pieces = BTreeMap<String, Decimal>;

/// An order that is not in the books yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its pieces, once a plan or a hold told them.
    pub pieces: Option<Pieces>,
    /// Id in its shop.
    pub shop_id: ShopOrderId,
    /// Its newest text, to count from otherwise.
    pub raw: Option<String>,
}

/// An order in the books that was not invoiced when last looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InBooks {
    /// Its row.
    pub order: OrderId,
    /// Its id in the books.
    pub booked: String,
    /// Its pieces.
    pub pieces: Pieces,
}

/// An order of a shop that changed lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// Id in the shop.
    pub shop_id: ShopOrderId,
    /// Hash of its newest version.
    pub hash: String,
    /// Its newest text.
    pub raw: Option<String>,
}

impl Journal {
    /// Orders of all profiles on that administration that are not in the books yet.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn waiting_pieces(&self, administration: &AdministrationId) -> Result<Vec<Waiting>> {
        let rows: Vec<(Option<String>, Option<String>, ShopOrderId)> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT o.pieces, v.raw, o.shop_id FROM orders o
                     JOIN order_versions v ON v.id = o.version
                     WHERE o.state IN ('seen', 'planned', 'writing', 'held') AND o.profile IN
                        (SELECT profile FROM books_profile WHERE administration = ?1)",
                )?
                .query_map([administration], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect()
        })?;
        rows.into_iter()
            .map(|(pieces, raw, shop_id)| {
                let pieces = pieces.as_deref().map(from_json).transpose()?;
                Ok(Waiting {
                    pieces,
                    shop_id,
                    raw,
                })
            })
            .collect()
    }

    /// Written orders of all profiles on that administration, but for those known to be invoiced.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn uninvoiced_pieces(&self, administration: &AdministrationId) -> Result<Vec<InBooks>> {
        let rows: Vec<(OrderId, String, Option<String>)> = self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, booked, pieces FROM orders
                     WHERE administration = ?1 AND state = 'written' AND invoiced = 0
                        AND booked IS NOT NULL",
                )?
                .query_map([administration], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect()
        })?;
        rows.into_iter()
            .map(|(order, booked, pieces)| {
                let pieces = pieces.as_deref().map(from_json).transpose()?;
                Ok(InBooks {
                    order,
                    booked,
                    pieces: pieces.unwrap_or_default(),
                })
            })
            .collect()
    }

    /// Is an order of ours, of any profile, on that administration as a booked invoice since its stock
    /// was last counted?
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn has_bookings(&self, administration: &AdministrationId) -> Result<bool> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM orders
                        WHERE administration = ?1 AND state = 'written' AND form = 'booking'
                            AND stock_counted = 0)",
                )?
                .query_row([administration], |row| row.get(0))
        })
    }

    /// The owner counted that administration's stock after every order that is booked as an invoice now;
    /// tells how many there were.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn stock_counted(&self, administration: &AdministrationId) -> Result<usize> {
        self.change("stock-counted", |transaction| {
            Ok(transaction.execute(
                "UPDATE orders SET stock_counted = 1 WHERE administration = ?1
                    AND state = 'written' AND form = 'booking' AND stock_counted = 0",
                [administration],
            )?)
        })
    }

    /// These written orders are invoiced (or gone): every figure counts them from now on.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn note_invoiced(&self, orders: &[OrderId]) -> Result<()> {
        if orders.is_empty() {
            return Ok(());
        }
        self.change("invoiced", |transaction| {
            for order in orders {
                transaction
                    .prepare_cached("UPDATE orders SET invoiced = 1 WHERE id = ?1")?
                    .execute([order])?;
            }
            Ok(())
        })
    }

    /// Orders of a profile that changed at the shop at or after that moment.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn changed_since(&self, profile: &str, since: Timestamp) -> Result<Vec<Recent>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT o.shop_id, o.hash, v.raw FROM orders o
                     JOIN order_versions v ON v.id = o.version
                     WHERE o.profile = ?1 AND o.changed_at >= ?2",
                )?
                .query_map(params![profile, millis(since)], |row| {
                    Ok(Recent {
                        shop_id: row.get(0)?,
                        hash: row.get(1)?,
                        raw: row.get(2)?,
                    })
                })?
                .collect()
        })
    }
}

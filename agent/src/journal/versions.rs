//! Orders as the shop gave them, version by version. From the moment a version is kept the cursor
//! may pass it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Journal, OrderId, ShopOrderId, State, VersionId, millis, moment, orders};
use crate::failure::Result;

/// An order as it came, with what the journal keeps of it when its text is erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Id in the shop.
    pub shop_id: ShopOrderId,
    /// Number the customer sees; the id when the body cannot be read.
    pub number: String,
    /// The shop's hash of the content.
    pub hash: String,
    /// The record as received.
    pub raw: String,
    /// The shop's status id.
    pub status: String,
    /// When placed.
    pub placed_at: Option<Timestamp>,
    /// The shop's local day, `YYYY-MM-DD`; empty when unreadable.
    pub placed_day: String,
    /// When changed.
    pub changed_at: Option<Timestamp>,
    /// Total as the shop has it.
    pub total: String,
    /// Its currency.
    pub currency: String,
}

/// What keeping an order came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its row.
    pub order: OrderId,
    /// Its number.
    pub number: String,
    /// Its state now.
    pub state: State,
    /// The journal had not seen it before.
    pub new: bool,
    /// Its content differs from what the journal had.
    pub changed: bool,
}

impl Journal {
    /// Which of these (shop id, hash) the journal does not have in that version.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn unknown_versions(
        &self,
        profile: &str,
        heads: &[(ShopOrderId, String)],
    ) -> Result<Vec<ShopOrderId>> {
        self.read(|connection| {
            let mut query = connection
                .prepare_cached("SELECT hash FROM orders WHERE profile = ?1 AND shop_id = ?2")?;
            let mut unknown = Vec::new();
            for (id, hash) in heads {
                let known: Option<String> = query
                    .query_row(params![profile, id], |row| row.get(0))
                    .optional()?;
                if known.as_deref() != Some(hash) {
                    unknown.push(id.clone());
                }
            }
            Ok(unknown)
        })
    }

    /// When each of these (shop id, hash) changed last, where the journal has it in that version.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn changed_at(
        &self,
        profile: &str,
        versions: &[(String, String)],
    ) -> Result<Vec<Option<Timestamp>>> {
        self.read(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT changed_at FROM orders WHERE profile = ?1 AND shop_id = ?2 AND hash = ?3",
            )?;
            versions
                .iter()
                .map(|(id, hash)| {
                    let found: Option<Option<i64>> = query
                        .query_row(params![profile, id, hash], |row| row.get(0))
                        .optional()?;
                    Ok(found.flatten().map(moment))
                })
                .collect()
        })
    }

    /// Keeps orders as they came. A new one, and one whose content changed before it is being
    /// written, becomes `seen`; one a person skipped for good stays so; one being written or
    /// written keeps its state and is compared later ([`Journal::changed_after_writing`]).
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn keep_orders(
        &self,
        profile: &str,
        orders: &[Incoming],
        now: Timestamp,
    ) -> Result<Vec<Kept>> {
        if orders.is_empty() {
            return Ok(Vec::new());
        }
        self.change("seen", |transaction| {
            orders
                .iter()
                .map(|order| keep(transaction, profile, order, now))
                .collect()
        })
    }

    /// Which of these orders were fetched last before that moment, with their ids in the shop.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn stale(
        &self,
        orders: &[OrderId],
        before: Timestamp,
    ) -> Result<Vec<(OrderId, ShopOrderId)>> {
        self.read(|connection| {
            let mut query = connection.prepare_cached(
                "SELECT o.shop_id FROM orders o JOIN order_versions v ON v.id = o.version
                 WHERE o.id = ?1 AND max(v.seen_at, coalesce(o.read_at, 0)) < ?2",
            )?;
            let mut stale = Vec::new();
            for order in orders {
                let found: Option<ShopOrderId> = query
                    .query_row(params![order, millis(before)], |row| row.get(0))
                    .optional()?;
                stale.extend(found.map(|id| (*order, id)));
            }
            Ok(stale)
        })
    }

    /// The text of a version; none when it was erased.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn raw(&self, version: VersionId) -> Result<Option<String>> {
        self.read(|connection| {
            Ok(connection
                .query_row(
                    "SELECT raw FROM order_versions WHERE id = ?1",
                    [version],
                    |row| row.get(0),
                )
                .optional()?
                .flatten())
        })
    }

    /// All versions of an order, oldest first: when seen, the shop's status id and total then.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn versions(&self, order: OrderId) -> Result<Vec<(Timestamp, String, String)>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT seen_at, status, total FROM order_versions WHERE order_id = ?1 ORDER BY id",
                )?
                .query_map([order], |row| {
                    Ok((moment(row.get(0)?), row.get(1)?, row.get(2)?))
                })?
                .collect::<rusqlite::Result<_>>()?)
        })
    }
}

fn keep(
    transaction: &Transaction<'_>,
    profile: &str,
    order: &Incoming,
    now: Timestamp,
) -> Result<Kept> {
    let known = known(transaction, profile, &order.shop_id)?;
    let (id, state, new, changed) = match known {
        None => (
            insert(transaction, profile, order, now)?,
            State::Seen,
            true,
            true,
        ),
        Some(Known {
            id,
            state,
            by_owner,
            hash,
            raw,
        }) => {
            let changed = hash != order.hash;
            if !changed && raw.as_deref() == Some(order.raw.as_str()) {
                transaction
                    .prepare_cached("UPDATE orders SET read_at = ?2 WHERE id = ?1")?
                    .execute(params![id, millis(now)])?;
                (id, state, false, false)
            } else {
                let version = insert_version(transaction, id, order, now)?;
                let offered_again = changed
                    && match state {
                        State::Seen | State::Planned => true,
                        // Whether it was written a person must find out first.
                        State::Held => !orders::has_open_intent(transaction, id)?,
                        State::Skipped => !by_owner,
                        State::Writing | State::Written => false,
                    };
                // Only what is looked up beside the order changed (a product's tax class): the
                // next planning reads it, but nothing happened to the order itself.
                let next = if offered_again { State::Seen } else { state };
                update(transaction, id, version, order, now)?;
                if changed && state != State::Written {
                    forget_choice(transaction, id)?;
                }
                if offered_again {
                    orders::to_seen(transaction, id)?;
                }
                (id, next, false, changed)
            }
        }
    };
    Ok(Kept {
        order: id,
        number: order.number.clone(),
        state,
        new,
        changed,
    })
}

struct Known {
    id: OrderId,
    state: State,
    by_owner: bool,
    hash: String,
    raw: Option<String>,
}

fn known(connection: &Connection, profile: &str, shop_id: &ShopOrderId) -> Result<Option<Known>> {
    Ok(connection
        .prepare_cached(
            "SELECT o.id, o.state, o.by_owner, o.hash, v.raw
             FROM orders o LEFT JOIN order_versions v ON v.id = o.version
             WHERE o.profile = ?1 AND o.shop_id = ?2",
        )?
        .query_row(params![profile, shop_id], |row| {
            Ok(Known {
                id: row.get(0)?,
                state: row.get(1)?,
                by_owner: row.get(2)?,
                hash: row.get(3)?,
                raw: row.get(4)?,
            })
        })
        .optional()?)
}

fn insert(
    transaction: &Transaction<'_>,
    profile: &str,
    order: &Incoming,
    now: Timestamp,
) -> Result<OrderId> {
    transaction
        .prepare_cached(
            "INSERT INTO orders (profile, shop_id, number, state, hash, version, placed_at,
                placed_day, changed_at, shop_total, shop_currency, status, seen_at, updated_at)
             VALUES (?1, ?2, ?3, 'seen', ?4, 0, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?11)",
        )?
        .execute(params![
            profile,
            order.shop_id,
            order.number,
            order.hash,
            order.placed_at.map(millis),
            order.placed_day,
            order.changed_at.map(millis),
            order.total,
            order.currency,
            order.status,
            millis(now),
        ])?;
    let id = OrderId(transaction.last_insert_rowid());
    let version = insert_version(transaction, id, order, now)?;
    transaction
        .prepare_cached("UPDATE orders SET version = ?2 WHERE id = ?1")?
        .execute(params![id, version])?;
    Ok(id)
}

/// What a person chose for the order (its total difference, its rate) was for the order as it was then.
fn forget_choice(transaction: &Transaction<'_>, order: OrderId) -> Result<()> {
    transaction
        .prepare_cached("UPDATE orders SET difference = NULL, exchange_rate = NULL WHERE id = ?1")?
        .execute([order])?;
    Ok(())
}

fn insert_version(
    transaction: &Transaction<'_>,
    order: OrderId,
    incoming: &Incoming,
    now: Timestamp,
) -> Result<VersionId> {
    transaction
        .prepare_cached(
            "INSERT INTO order_versions (order_id, hash, seen_at, status, total, raw)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            order,
            incoming.hash,
            millis(now),
            incoming.status,
            incoming.total,
            incoming.raw,
        ])?;
    Ok(VersionId(transaction.last_insert_rowid()))
}

/// Takes over what the shop says now; what it does not say, of an order that cannot be read, stays as it was.
fn update(
    transaction: &Transaction<'_>,
    id: OrderId,
    version: VersionId,
    order: &Incoming,
    now: Timestamp,
) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE orders SET version = ?2, hash = ?3,
                number = CASE ?4 WHEN shop_id THEN number ELSE ?4 END,
                placed_at = coalesce(?5, placed_at),
                placed_day = coalesce(nullif(?6, ''), placed_day),
                changed_at = coalesce(?7, changed_at),
                shop_total = coalesce(nullif(?8, ''), shop_total),
                shop_currency = coalesce(nullif(?9, ''), shop_currency),
                status = coalesce(nullif(?10, ''), status),
                updated_at = ?11, erased_at = NULL
             WHERE id = ?1",
        )?
        .execute(params![
            id,
            version,
            order.hash,
            order.number,
            order.placed_at.map(millis),
            order.placed_day,
            order.changed_at.map(millis),
            order.total,
            order.currency,
            order.status,
            millis(now),
        ])?;
    Ok(())
}

//! What the command line and the screen show of orders.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    Journal, OrderId, ShopOrderId, State, VersionId, cancellations::deleted, credits::Credit,
    from_json, log::Entry, moment, report::ReportedFailure,
};
use crate::{
    books::{
        VatCheck,
        plan::{DifferenceChoice, Plan, Reason},
    },
    failure::{Failure, Result},
    profile::settings::Form,
    text,
    text::Text,
};

/// An order as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedOrder {
    /// Its row.
    pub id: OrderId,
    /// Number.
    pub number: String,
    /// Id in the shop.
    pub shop_id: String,
    /// State.
    pub state: State,
    /// It was written, and the owner had it deleted from the books.
    #[serde(default)]
    pub deleted_from_books: bool,
    /// Why it is held or skipped.
    pub reason: Option<Reason>,
    /// A person skipped it for good.
    pub by_owner: bool,
    /// What needs a look since it was written.
    pub attention: Vec<Text>,
    /// What its credits in the books give back; none where it has none.
    #[serde(default)]
    pub credited: Option<Decimal>,
    /// Total with VAT, as written to the books.
    pub total: Option<String>,
    /// Total as the shop has it.
    pub shop_total: String,
    /// Its currency.
    pub shop_currency: String,
    /// Customer code in the books.
    pub relation_code: Option<i64>,
    /// Number of the order in the books.
    pub administration_number: Option<String>,
    /// As the books hold it.
    pub payment_reference: Option<String>,
    /// When placed.
    pub placed_at: Option<Timestamp>,
    /// When changed.
    pub changed_at: Option<Timestamp>,
    /// When written.
    pub written_at: Option<Timestamp>,
}

/// Everything about one order.
#[derive(Debug, Clone)]
pub struct OrderInFull {
    /// As a list shows it.
    pub listed: ListedOrder,
    /// What happened, oldest first.
    pub history: Vec<Entry>,
    /// Its plan.
    pub plan: Option<Plan>,
    /// The newest text from the shop; none when erased.
    pub raw: Option<String>,
    /// The latest failure that passes by itself.
    pub failure: Option<ReportedFailure>,
    /// As what it is in the books.
    pub form: Form,
    /// What the owner chose for its total difference.
    pub difference: Option<DifferenceChoice>,
    /// Credits of what was given back.
    pub credits: Vec<Credit>,
    /// The rate he entered: units of its currency for one euro.
    pub exchange_rate: Option<String>,
    /// What the register said of the VAT number its VAT hangs on.
    pub vat_check: Option<VatCheck>,
}

const LISTED: &str = "SELECT id, number, shop_id, state, reason, by_owner, total, shop_total,
    shop_currency, relation_code, booked_number, payment_reference, placed_at, changed_at,
    written_at FROM orders";

impl Journal {
    /// The latest orders, newest first, each with the version whose text it has; those whose text was
    /// erased are left out.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn latest(&self, profile: &str, count: usize) -> Result<Vec<(ShopOrderId, VersionId)>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT shop_id, version FROM orders WHERE profile = ?1 AND EXISTS
                        (SELECT 1 FROM order_versions v WHERE v.id = version AND v.raw IS NOT NULL)
                     ORDER BY orders.id DESC LIMIT ?2",
                )?
                .query_map(params![profile, count as i64], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?
                .collect()
        })
    }

    /// Orders of a profile, newest first; only those in that state, if one is named.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn orders(&self, profile: &str, state: Option<State>) -> Result<Vec<ListedOrder>> {
        self.read(|connection| {
            let mut rows: Vec<ListedOrder> = connection
                .prepare_cached(&format!(
                    "{LISTED} WHERE profile = ?1 AND (?2 IS NULL OR state = ?2)
                     ORDER BY placed_at DESC, id DESC"
                ))?
                .query_map(params![profile, state], |row| Ok(listed(row)))?
                .collect::<rusqlite::Result<Result<_>>>()??;
            let mut items = open_items(connection, profile)?;
            let deleted = deleted(connection, profile)?;
            let mut credited = credited(connection, profile)?;
            for row in &mut rows {
                row.deleted_from_books = deleted.contains(&row.id);
                row.credited = credited.remove(&row.id);
                row.attention = items.remove(&row.id).unwrap_or_default();
            }
            Ok(rows)
        })
    }

    /// Which order a person means by a number or by `id:` and the shop's id.
    ///
    /// # Errors
    /// `Misconfigured`: no such order, or several of that number.
    pub fn find_order(&self, profile: &str, number_or_id: &str) -> Result<OrderId> {
        let found = self.orders_called(profile, number_or_id)?;
        match found.as_slice() {
            [(order, _)] => Ok(*order),
            [] => Err(Failure::misconfigured(
                "no-such-order",
                text!(
                    "Bestelling {number_or_id} is niet bekend bij profiel {profile}.",
                    "Order {number_or_id} is not known in profile {profile}."
                ),
            )
            .hint(text!(
                "Bekijk de lijst met: winkelbrug orders {profile}",
                "See the list with: winkelbrug orders {profile}"
            ))),
            several => {
                let ids: Vec<String> = several.iter().map(|(_, id)| format!("id:{id}")).collect();
                let (count, ids) = (ids.len(), ids.join(", "));
                Err(Failure::misconfigured(
                    "several-orders",
                    text!(
                        "Er zijn {count} bestellingen met nummer {number_or_id}: {ids}.",
                        "There are {count} orders with number {number_or_id}: {ids}."
                    ),
                )
                .hint(text!(
                    "Noem de bestelling bij haar id in de winkel, zoals het hier staat.",
                    "Name the order by its id in the shop, as it stands here."
                )))
            }
        }
    }

    /// Orders a person may mean by a number or by `id:` and the shop's id, with the shop's ids. A plug-in may
    /// give one number to several.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn orders_called(
        &self,
        profile: &str,
        number_or_id: &str,
    ) -> Result<Vec<(OrderId, String)>> {
        self.with(|connection| {
            let (column, value) = match number_or_id.strip_prefix("id:") {
                Some(id) => ("shop_id", id),
                None => ("number", number_or_id),
            };
            connection
                .prepare_cached(&format!(
                    "SELECT id, shop_id FROM orders WHERE profile = ?1 AND {column} = ?2 ORDER BY id"
                ))?
                .query_map([profile, value], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// All about one order, by number or `id:N`.
    ///
    /// # Errors
    /// As [`Journal::find_order`].
    pub fn order(&self, profile: &str, number_or_id: &str) -> Result<OrderInFull> {
        let order = self.find_order(profile, number_or_id)?;
        let history = self.log_of(order)?;
        let credits = self.credits_of(order)?;
        self.read(|connection| {
            let mut listed = connection
                .prepare_cached(&format!("{LISTED} WHERE id = ?1"))?
                .query_row([order], |row| Ok(listed(row)))??;
            listed.attention = open_items(connection, profile)?
                .remove(&order)
                .unwrap_or_default();
            listed.deleted_from_books = deleted(connection, profile)?.contains(&order);
            listed.credited = credited(connection, profile)?.remove(&order);
            let ([plan, raw, failure, difference, rate], is_booking): ([Option<String>; 5], bool) =
                connection.query_row(
                    "SELECT o.plan, v.raw, o.failure, o.difference, o.exchange_rate,
                        o.form = 'booking'
                     FROM orders o LEFT JOIN order_versions v ON v.id = o.version WHERE o.id = ?1",
                    [order],
                    |row| {
                        let texts = [
                            row.get(0)?,
                            row.get(1)?,
                            row.get(2)?,
                            row.get(3)?,
                            row.get(4)?,
                        ];
                        Ok((texts, row.get(5)?))
                    },
                )?;
            Ok(OrderInFull {
                listed,
                history,
                plan: plan.as_deref().map(from_json).transpose()?,
                raw,
                failure: failure.as_deref().map(from_json).transpose()?,
                form: if is_booking {
                    Form::Booking
                } else {
                    Form::Order
                },
                difference: difference.as_deref().and_then(DifferenceChoice::named),
                credits,
                exchange_rate: rate,
                vat_check: super::registers::vat_check(connection, order)?.map(|kept| kept.check),
            })
        })
    }

    /// How many orders of a profile are in each state, by the state's name.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn order_counts(&self, profile: &str) -> Result<BTreeMap<String, u64>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT state, count(*) FROM orders WHERE profile = ?1 GROUP BY state",
                )?
                .query_map([profile], |row| {
                    Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
                })?
                .collect()
        })
    }

    /// How many written orders of a profile need a look.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn attention_count(&self, profile: &str) -> Result<u64> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT count(DISTINCT order_id) FROM attention
                     WHERE profile = ?1 AND settled_at IS NULL",
                )?
                .query_row([profile], |row| Ok(row.get::<_, i64>(0)?.unsigned_abs()))
        })
    }

    /// Orders per (local day, status id) from a day on, with the sum's parts: totals as text.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn day_totals(
        &self,
        profile: &str,
        from: &str,
    ) -> Result<BTreeMap<(String, String), Vec<String>>> {
        self.read(|connection| {
            let mut days: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
            let mut query = connection.prepare_cached(
                "SELECT placed_day, status, shop_total FROM orders
                 WHERE profile = ?1 AND placed_day >= ?2",
            )?;
            let mut rows = query.query([profile, from])?;
            while let Some(row) = rows.next()? {
                days.entry((row.get(0)?, row.get(1)?))
                    .or_default()
                    .push(row.get(2)?);
            }
            Ok(days)
        })
    }

    /// Orders placed on that local day: row, shop id, state.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn orders_of_day(&self, profile: &str, day: &str) -> Result<Vec<(OrderId, String, State)>> {
        self.with(|connection| {
            connection
                .prepare_cached(
                    "SELECT id, shop_id, state FROM orders WHERE profile = ?1 AND placed_day = ?2",
                )?
                .query_map([profile, day], |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
                })?
                .collect()
        })
    }
}

impl ListedOrder {
    /// Where it is, by the word a list shows: its state's name, or `deleted` once it is no longer in
    /// the books.
    #[must_use]
    pub const fn stands(&self) -> &'static str {
        if self.deleted_from_books {
            "deleted"
        } else {
            self.state.name()
        }
    }
}

fn open_items(connection: &Connection, profile: &str) -> Result<BTreeMap<OrderId, Vec<Text>>> {
    let mut items: BTreeMap<OrderId, Vec<Text>> = BTreeMap::new();
    // What he decided on is `cancelled`, or `refund-` and the credit's number.
    let mut query = connection.prepare_cached(
        "SELECT a.order_id, a.text,
            a.code = 'cancelled' AND EXISTS (SELECT 1 FROM cancellations c
                WHERE c.order_id = a.order_id AND c.state = 'delete')
            OR EXISTS (SELECT 1 FROM credits k WHERE k.order_id = a.order_id
                AND k.state = 'approved' AND a.code = 'refund-' || k.n)
         FROM attention a WHERE a.profile = ?1 AND a.settled_at IS NULL ORDER BY a.id",
    )?;
    let mut rows = query.query([profile])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        let text = if row.get(2)? {
            decided()
        } else {
            from_json(&text)?
        };
        items.entry(row.get(0)?).or_default().push(text);
    }
    Ok(items)
}

/// What is said of something that asked for the owner's word, once he gave it.
#[must_use]
pub fn decided() -> Text {
    text!(
        "U hebt dit besloten; het gebeurt de volgende keer.",
        "You decided this; it is done with the next run."
    )
}

/// What the credits in the books give back, of each order that has any.
fn credited(connection: &Connection, profile: &str) -> Result<BTreeMap<OrderId, Decimal>> {
    let mut back: BTreeMap<OrderId, Decimal> = BTreeMap::new();
    let mut query = connection.prepare_cached(
        "SELECT order_id, total FROM credits WHERE profile = ?1 AND state = 'written'",
    )?;
    let mut rows = query.query([profile])?;
    while let Some(row) = rows.next()? {
        let total: Option<String> = row.get(1)?;
        let total: Option<Decimal> = total.and_then(|total| total.parse().ok());
        let sum = back.entry(row.get(0)?).or_default();
        *sum = sum.saturating_sub(total.unwrap_or_default());
    }
    Ok(back)
}

fn listed(row: &Row<'_>) -> Result<ListedOrder> {
    let reason: Option<String> = row.get(4)?;
    let at = |column| -> rusqlite::Result<Option<Timestamp>> {
        Ok(row.get::<_, Option<i64>>(column)?.map(moment))
    };
    Ok(ListedOrder {
        id: row.get(0)?,
        number: row.get(1)?,
        shop_id: row.get(2)?,
        state: row.get(3)?,
        deleted_from_books: false,
        reason: reason.as_deref().map(from_json).transpose()?,
        by_owner: row.get(5)?,
        attention: Vec::new(),
        credited: None,
        total: row.get(6)?,
        shop_total: row.get(7)?,
        shop_currency: row.get(8)?,
        relation_code: row.get(9)?,
        administration_number: row.get(10)?,
        payment_reference: row.get(11)?,
        placed_at: at(12)?,
        changed_at: at(13)?,
        written_at: at(14)?,
    })
}

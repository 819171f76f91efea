//! A profile that is removed leaves no customer behind: ids, hashes, references, amounts and which
//! record is which stay, so that a profile made again under its name writes nothing twice.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    Journal, OrderId, State,
    erase::{self, Count},
    person, retention, scrub,
};
use crate::failure::Result;

/// What erasing a removed profile's customers came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Emptied {
    /// Orders stripped of personal data.
    pub orders: u64,
    /// Orders that were being written: their text stays, or nobody could find out whether they
    /// were.
    pub kept: u64,
    /// What names the customers, to take out of texts that are kept elsewhere.
    pub words: BTreeSet<String>,
}

impl Journal {
    /// Erases the personal data of all orders of a profile, here and in the copies, and the mirror
    /// of its books' customers unless one of the `others`, the profiles that stay, uses it too.
    /// Doing it again is no error, and finishes what was cut off.
    ///
    /// # Errors
    /// The journal or a copy cannot be written.
    pub fn empty_profile(
        &self,
        profile: &str,
        others: &[String],
        now: Timestamp,
    ) -> Result<Emptied> {
        let kept: BTreeSet<OrderId> = self
            .orders_in(profile, State::Writing)?
            .into_iter()
            .collect();
        let mut words = BTreeSet::new();
        let mut erase = |connection: &Connection| {
            let orders = orders(connection, profile, &kept, &mut words, now)?;
            let relations = books(connection, profile, others, &mut words)?;
            Ok(Count { orders, relations })
        };
        let count = self.change("removed", |transaction| erase(transaction))?;
        retention::in_every_copy(self, erase)?;
        self.leave_no_bytes()?;
        Ok(Emptied {
            orders: count.orders,
            kept: kept.len() as u64,
            words,
        })
    }
}

fn orders(
    connection: &Connection,
    profile: &str,
    kept: &BTreeSet<OrderId>,
    words: &mut BTreeSet<String>,
    now: Timestamp,
) -> Result<u64> {
    let found: Vec<OrderId> = connection
        .prepare("SELECT id FROM orders WHERE profile = ?1 AND erased_at IS NULL")?
        .query_map([profile], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut erased = 0;
    for id in found.into_iter().filter(|id| !kept.contains(id)) {
        let named = person::of_order(connection, id)?.words;
        scrub::texts(connection, &named, Some(id))?;
        erase::order(connection, id, now)?;
        words.extend(named);
        erased += 1;
    }
    for table in ["runs", "log"] {
        let of_no_order = if table == "log" {
            " AND order_id IS NULL"
        } else {
            ""
        };
        connection.execute(
            &format!("DELETE FROM {table} WHERE profile = ?1{of_no_order}"),
            [profile],
        )?;
    }
    // Hashes anybody could make of an address.
    connection.execute(
        "DELETE FROM bindings
         WHERE profile = ?1 AND kind = 'relation' AND shop_id LIKE 'guest:%'",
        [profile],
    )?;
    if scrub::has_table(connection, "customer_links")? {
        connection.execute(
            "DELETE FROM customer_links WHERE profile = ?1 AND buyer LIKE 'guest:%'",
            [profile],
        )?;
    }
    // What his shop sells is of no use to anybody any more.
    if scrub::has_table(connection, "shop_product")? {
        connection.execute("DELETE FROM shop_product WHERE profile = ?1", [profile])?;
    }
    connection.execute(
        "UPDATE intents SET party = '', about = CASE WHEN json_valid(about)
            THEN json_remove(about, '$.sent') ELSE '' END
         WHERE profile = ?1 AND kind = 'relation' AND outcome IS NOT NULL",
        [profile],
    )?;
    Ok(erased)
}

/// The books' customers: all of them where nobody else looks at the mirror, else those this
/// profile's orders alone were for.
fn books(
    connection: &Connection,
    profile: &str,
    others: &[String],
    words: &mut BTreeSet<String>,
) -> Result<u64> {
    if !scrub::has_table(connection, "books_relation")? {
        return Ok(0);
    }
    let others = serde_json::to_string(others).unwrap_or_default();
    let alone: Option<String> = connection
        .prepare(
            "SELECT administration FROM books_profile b WHERE profile = ?1 AND NOT EXISTS
                (SELECT 1 FROM books_profile o WHERE o.administration = b.administration
                    AND o.profile IN (SELECT value FROM json_each(?2)))",
        )?
        .query_map(params![profile, others], |row| row.get(0))?
        .next()
        .transpose()?;
    let Some(administration) = alone else {
        return erase::relations_without_orders(connection, profile);
    };
    let emails: Vec<String> = connection
        .prepare("SELECT DISTINCT email FROM books_email WHERE administration = ?1")?
        .query_map([&administration], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    words.extend(emails);
    let mut relations = 0;
    for table in ["books_relation", "books_email", "books_mark", "books_order"] {
        if !scrub::has_table(connection, table)? {
            continue;
        }
        let gone = connection.execute(
            &format!("DELETE FROM {table} WHERE administration = ?1"),
            [&administration],
        )?;
        if table == "books_relation" {
            relations = gone as u64;
        }
    }
    // A profile made again reads them anew.
    connection.execute(
        "DELETE FROM books_progress WHERE administration = ?1 AND kind IN ('relations', 'orders')",
        [&administration],
    )?;
    Ok(relations)
}

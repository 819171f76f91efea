//! Erasing in one database: the journal itself, or a copy of it that may be of an older level.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{
    OrderId, State,
    forgotten::{self, Salt},
    millis, orders,
    person::{self, Person},
    scrub,
};
use crate::{
    books::{BookedOrder, Relation},
    failure::{Failure, Result},
    text,
};

/// What was erased in one database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Count {
    /// Orders.
    pub orders: u64,
    /// Relations of the books' mirror.
    pub relations: u64,
}

impl Count {
    pub fn is_none(self) -> bool {
        self == Self::default()
    }
}

/// Erases one customer; what this database knows of him is added to `person`.
///
/// # Errors
/// An order of his, or a credit for one, is just being written: `Refused`, code `order-being-written`.
pub(super) fn customer(
    connection: &Connection,
    profile: &str,
    person: &mut Person,
    now: Timestamp,
) -> Result<Count> {
    person.look_up(connection, profile)?;
    let mut count = Count::default();
    for shop_id in person.orders.clone() {
        let Some(id) = id_of(connection, profile, &shop_id)? else {
            continue;
        };
        if orders::state(connection, id)? == State::Writing || credited_now(connection, id)? {
            return Err(being_written());
        }
        order(connection, id, now)?;
        count.orders += 1;
    }
    if scrub::has_table(connection, "books_relation")? {
        let salt = salt(connection)?;
        for (administration, relation) in person.relations(connection, profile, salt.as_ref())? {
            let id = &relation.id;
            let known = salt.is_some() && forgotten::is_forgotten(connection, &administration, id)?;
            if !known {
                slim(connection, salt.as_ref(), &administration, &relation)?;
                count.relations += 1;
            }
            unhash(connection, profile, &administration, id)?;
        }
    }
    unhash_guest(connection, profile, person)?;
    unhash_erased(connection, profile)?;
    scrub::texts(connection, &person.words, None)?;
    Ok(count)
}

/// His orders that are still to be written, or whose payment is.
pub(super) fn on_their_way(connection: &Connection, profile: &str, person: &Person) -> Result<u64> {
    let mut waiting = 0;
    for shop_id in &person.orders {
        if let Some(id) = id_of(connection, profile, shop_id)? {
            let state = orders::state(connection, id)?;
            let waits = matches!(state, State::Seen | State::Planned | State::Held)
                || is_paid_later(connection, id)?;
            waiting += u64::from(waits);
        }
    }
    Ok(waiting)
}

/// Is the payment of an order in the books awaited, or being written?
fn is_paid_later(connection: &Connection, order: OrderId) -> Result<bool> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM payments
                WHERE order_id = ?1 AND state IN ('awaits', 'writing'))",
        )?
        .query_row([order], |row| row.get(0))?)
}

/// Erases orders whose time is over, and relations all of whose orders are erased.
pub(super) fn aged(
    connection: &Connection,
    profile: &str,
    before: Timestamp,
    now: Timestamp,
) -> Result<Count> {
    let found: Vec<OrderId> = connection
        .prepare(
            "SELECT id FROM orders WHERE profile = ?1 AND erased_at IS NULL
                AND updated_at < ?2 AND state IN ('written', 'held', 'skipped')",
        )?
        .query_map(params![profile, millis(before)], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut count = 0;
    let mut buyers = Vec::new();
    for id in &found {
        if credited_now(connection, *id)? {
            continue;
        }
        count += 1;
        let buyer = person::of_order(connection, *id)?;
        scrub::texts(connection, &buyer.words, Some(*id))?;
        order(connection, *id, now)?;
        buyers.push(buyer);
    }
    // Before the links that lead to them go.
    let relations = relations_without_orders(connection, profile)?;
    // Versions that were replaced long ago, of orders that are still alive.
    connection.execute(
        "UPDATE order_versions SET raw = NULL WHERE raw IS NOT NULL AND seen_at < ?2
            AND order_id IN (SELECT id FROM orders WHERE profile = ?1
                AND version <> order_versions.id
                AND planned_version IS NOT order_versions.id)",
        params![profile, millis(before)],
    )?;
    for buyer in buyers {
        let mut left = Person {
            emails: buyer.emails.clone(),
            ..Person::default()
        };
        left.look_up(connection, profile)?;
        if left.orders.is_empty() {
            unhash_guest(connection, profile, &buyer)?;
        }
    }
    unhash_erased(connection, profile)?;
    Ok(Count {
        orders: count,
        relations,
    })
}

/// Relations this profile made, found or was told for its buyers, none of whose orders has a text any
/// more.
/// One that stands for many buyers is bound to none of them and stays.
pub(super) fn relations_without_orders(connection: &Connection, profile: &str) -> Result<u64> {
    let Some(salt) = salt(connection)? else {
        return Ok(0);
    };
    let linked = if scrub::has_table(connection, "customer_links")? {
        "UNION SELECT administration, relation FROM customer_links
         WHERE profile = ?1 AND relation IS NOT NULL"
    } else {
        ""
    };
    let found: Vec<(String, String)> = connection
        .prepare(&format!(
            "SELECT r.administration, r.record FROM books_relation r
             WHERE (r.administration, r.id) IN (SELECT administration, foreign_id FROM bindings
                    WHERE profile = ?1 AND kind = 'relation' {linked})
                AND (r.administration, r.id) IN (SELECT administration, relation FROM orders
                    WHERE relation IS NOT NULL GROUP BY administration, relation
                    HAVING count(*) = count(erased_at))
                AND NOT EXISTS (SELECT 1 FROM forgotten_relation f
                    WHERE f.administration = r.administration AND f.relation = r.id)",
        ))?
        .query_map([profile], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (administration, record) in &found {
        if let Ok(relation) = serde_json::from_str::<Relation>(record) {
            slim(connection, Some(&salt), administration, &relation)?;
            unhash(connection, profile, administration, &relation.id)?;
        }
    }
    Ok(found.len() as u64)
}

/// Is a credit for it being written?
fn credited_now(connection: &Connection, order: OrderId) -> Result<bool> {
    if !scrub::has_table(connection, "credits")? {
        return Ok(false);
    }
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM credits WHERE order_id = ?1 AND state = 'writing')",
        )?
        .query_row([order], |row| row.get(0))?)
}

fn being_written() -> Failure {
    Failure::refused(
        "order-being-written",
        text!(
            "Een bestelling van deze klant, of een creditering ervan, wordt op dit moment geschreven.",
            "An order of this customer, or a credit for one, is just being written."
        ),
    )
    .hint(text!(
        "Probeer het na de volgende keer uitvoeren opnieuw.",
        "Try again after the next run."
    ))
}

fn id_of(connection: &Connection, profile: &str, shop_id: &str) -> Result<Option<OrderId>> {
    Ok(connection
        .prepare_cached("SELECT id FROM orders WHERE profile = ?1 AND shop_id = ?2")?
        .query_row([profile, shop_id], |row| row.get(0))
        .optional()?)
}

/// The salt; a copy from before it was made has none.
fn salt(connection: &Connection) -> Result<Option<Salt>> {
    if !scrub::has_table(connection, "salt")? {
        return Ok(None);
    }
    Ok(Some(Salt::of(connection)?))
}

/// Erases one order's texts.
pub(super) fn order(connection: &Connection, order: OrderId, now: Timestamp) -> Result<()> {
    connection
        .prepare_cached("UPDATE order_versions SET raw = NULL WHERE order_id = ?1")?
        .execute([order])?;
    connection
        .prepare_cached("UPDATE orders SET plan = NULL, erased_at = ?2 WHERE id = ?1")?
        .execute(params![order, millis(now)])?;
    if scrub::has_table(connection, "credits")? {
        connection
            .prepare_cached("UPDATE credits SET plan = NULL WHERE order_id = ?1")?
            .execute([order])?;
    }
    connection
        .prepare_cached("UPDATE log SET data = NULL WHERE order_id = ?1")?
        .execute([order])?;
    unhash_intents(connection, order)?;
    checked(connection, order)?;
    booked(connection, order)
}

/// Who a relation was made for, as hashes anybody could make of an address: they are asked for only
/// while the books may not show it yet.
fn unhash_intents(connection: &Connection, order: OrderId) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE intents SET party = '', about = CASE WHEN json_valid(about)
                    THEN json_remove(about, '$.bind', '$.sent') ELSE '' END
             WHERE order_id = ?1 AND kind = 'relation' AND outcome IS NOT NULL",
        )?
        .execute([order])?;
    Ok(())
}

/// The same of orders that were erased when only their texts were.
fn unhash_erased(connection: &Connection, profile: &str) -> Result<()> {
    let erased: Vec<OrderId> = connection
        .prepare(
            "SELECT DISTINCT o.id FROM intents i JOIN orders o ON o.id = i.order_id
             WHERE o.profile = ?1 AND o.erased_at IS NOT NULL AND i.kind = 'relation'
                AND i.outcome IS NOT NULL AND i.party <> ''",
        )?
        .query_map([profile], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    erased
        .into_iter()
        .try_for_each(|order| unhash_intents(connection, order))
}

/// Whose VAT number was checked: day, verdict and consultation number stay as the evidence.
fn checked(connection: &Connection, order: OrderId) -> Result<()> {
    if !scrub::has_table(connection, "vat_checks")? {
        return Ok(());
    }
    connection
        .prepare_cached("UPDATE vat_checks SET number = '', name = '' WHERE order_id = ?1")?
        .execute([order])?;
    Ok(())
}

/// The texts of the booked order in the mirror, and of its credits.
fn booked(connection: &Connection, order: OrderId) -> Result<()> {
    if !scrub::has_table(connection, "books_order")? {
        return Ok(());
    }
    let credits = if scrub::has_table(connection, "credits")? {
        "UNION SELECT booked FROM credits WHERE order_id = o.id"
    } else {
        ""
    };
    let found: Vec<(i64, String)> = connection
        .prepare_cached(&format!(
            "SELECT b.rowid, b.record FROM orders o JOIN books_order b
                ON b.administration = o.administration AND b.id IN (SELECT o.booked {credits})
             WHERE o.id = ?1",
        ))?
        .query_map([order], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (row, record) in found {
        if let Ok(booked) = serde_json::from_str::<BookedOrder>(&record) {
            connection
                .prepare_cached("UPDATE books_order SET record = ?2 WHERE rowid = ?1")?
                .execute(params![row, super::json(&forgotten::wordless(&booked))?])?;
        }
    }
    Ok(())
}

/// A guest's binding and the intent he was made by hold hashes anybody could make of his address;
/// the marks of the mirror, which are salted, take over from them.
fn unhash(
    connection: &Connection,
    profile: &str,
    administration: &str,
    relation: &str,
) -> Result<()> {
    connection.execute(
        "DELETE FROM bindings WHERE profile = ?1 AND kind = 'relation' AND shop_id LIKE 'guest:%'
            AND administration = ?2 AND foreign_id = ?3",
        [profile, administration, relation],
    )?;
    if scrub::has_table(connection, "customer_links")? {
        connection.execute(
            "DELETE FROM customer_links WHERE profile = ?1 AND buyer LIKE 'guest:%'
                AND administration = ?2 AND relation = ?3",
            [profile, administration, relation],
        )?;
    }
    connection.execute(
        "UPDATE intents SET party = '', about = CASE WHEN json_valid(about)
                THEN json_remove(about, '$.sent') ELSE '' END
            WHERE kind = 'relation' AND outcome IS NOT NULL
            AND administration = ?1 AND foreign_id = ?2",
        [administration, relation],
    )?;
    Ok(())
}

/// The same by what he was known by as a guest, whatever he was bound or linked to: a link to a new
/// relation names none.
fn unhash_guest(connection: &Connection, profile: &str, person: &Person) -> Result<()> {
    for guest in &person.guests {
        connection.execute(
            "DELETE FROM bindings WHERE profile = ?1 AND kind = 'relation'
                AND (shop_id = ?2 OR shop_id LIKE ?2 || ':%')",
            [profile, guest],
        )?;
        if scrub::has_table(connection, "customer_links")? {
            connection.execute(
                "DELETE FROM customer_links WHERE profile = ?1
                    AND (buyer = ?2 OR buyer LIKE ?2 || ':%')",
                [profile, guest],
            )?;
        }
    }
    Ok(())
}

/// Leaves of a relation what recognises it. A copy that cannot keep marks loses the relation, and
/// reads all of them anew from the books should it ever be put back.
fn slim(
    connection: &Connection,
    salt: Option<&Salt>,
    administration: &str,
    relation: &Relation,
) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM books_email WHERE administration = ?1 AND relation = ?2")?
        .execute([administration, &relation.id])?;
    if scrub::has_table(connection, "books_mark")? {
        connection
            .prepare_cached("DELETE FROM books_mark WHERE administration = ?1 AND relation = ?2")?
            .execute([administration, &relation.id])?;
    }
    if salt.is_none() {
        connection.execute(
            "DELETE FROM books_relation WHERE administration = ?1 AND id = ?2",
            [administration, &relation.id],
        )?;
        connection.execute(
            "UPDATE books_progress SET whole_at = NULL, whole_begun = NULL
             WHERE administration = ?1 AND kind = 'relations'",
            [administration],
        )?;
        return Ok(());
    }
    let (slim, emails) = forgotten::slimmed(connection, administration, relation)?;
    connection
        .prepare_cached(
            "UPDATE books_relation SET record = ?3 WHERE administration = ?1 AND id = ?2",
        )?
        .execute(params![administration, relation.id, super::json(&slim)?])?;
    for email in emails {
        connection
            .prepare_cached(
                "INSERT OR IGNORE INTO books_email (administration, email, relation)
                 VALUES (?1, ?2, ?3)",
            )?
            .execute([administration, &email, &relation.id])?;
    }
    Ok(())
}

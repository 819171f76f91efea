//! Who is meant by "this customer": his orders, his addresses, and the words that name him in
//! running text.

use std::collections::BTreeSet;

use rusqlite::{Connection, params};
use serde_json::Value;

use super::{OrderId, forgotten::Salt, scrub};
use crate::{
    books::{Relation, marks},
    failure::Result,
};

/// Shorter words stand in too many texts that are about something else.
const SHORTEST: usize = 5;

/// A customer as one database knows him.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    /// His orders' ids in the shop.
    pub orders: BTreeSet<String>,
    /// His e-mail addresses, lower case.
    pub emails: BTreeSet<String>,
    /// His accounts in the shop.
    pub accounts: BTreeSet<String>,
    /// What he is bound or linked by as a guest begins with one of these: `guest:<hash>`.
    pub guests: BTreeSet<String>,
    /// What names him: names, e-mail addresses, telephone numbers, streets.
    pub words: BTreeSet<String>,
}

impl Person {
    /// By e-mail address, or `id:` and the shop's customer id.
    pub fn asked(customer: &str) -> Self {
        let mut person = Self::default();
        match customer.trim().strip_prefix("id:") {
            Some(id) => {
                person.accounts.insert(id.trim().to_owned());
            }
            None => person.email(customer),
        }
        person
    }

    /// Adds what this database knows of him.
    pub fn look_up(&mut self, connection: &Connection, profile: &str) -> Result<()> {
        let mut query = connection.prepare(
            "SELECT o.shop_id, v.raw FROM order_versions v JOIN orders o ON o.id = v.order_id
             WHERE o.profile = ?1 AND v.raw IS NOT NULL AND json_valid(v.raw)
                AND (lower(trim(json_extract(v.raw, '$.customer.email')))
                        IN (SELECT value FROM json_each(?2))
                    OR json_extract(v.raw, '$.customer.id') IN (SELECT value FROM json_each(?3)))",
        )?;
        let asked = (list(&self.emails), list(&self.accounts));
        let found: Vec<(String, String)> = query
            .query_map(params![profile, asked.0, asked.1], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        for (order, raw) in found {
            self.orders.insert(order);
            self.read(&raw);
        }
        Ok(())
    }

    /// His relations in the books' mirror: those with one of his addresses, those he is bound to,
    /// and those he was linked to or his orders were written for, unless orders of others were too:
    /// that one stands for many.
    pub fn relations(
        &mut self,
        connection: &Connection,
        profile: &str,
        salt: Option<&Salt>,
    ) -> Result<Vec<(String, Relation)>> {
        let mut addresses = self.emails.clone();
        if let Some(salt) = salt {
            addresses.extend(self.emails.iter().map(|email| salt.email(email)));
        }
        let keys: BTreeSet<String> = self
            .accounts
            .iter()
            .map(|account| format!("account:{account}"))
            .chain(self.guests.iter().cloned())
            .collect();
        let linked = if scrub::has_table(connection, "customer_links")? {
            "SELECT relation FROM customer_links
             WHERE profile = ?1 AND relation IS NOT NULL
                AND (buyer IN (SELECT value FROM json_each(?3))
                    OR substr(buyer, 1, ?5) IN (SELECT value FROM json_each(?3)))"
        } else {
            "SELECT NULL WHERE FALSE"
        };
        let found: Vec<(String, String)> = connection
            .prepare(&format!(
                "SELECT administration, record FROM books_relation r
                 WHERE administration = (SELECT administration FROM books_profile WHERE profile = ?1)
                    AND (id IN (SELECT relation FROM books_email e
                            WHERE e.administration = r.administration
                                AND e.email IN (SELECT value FROM json_each(?2)))
                        OR id IN (SELECT foreign_id FROM bindings
                            WHERE profile = ?1 AND kind = 'relation'
                                AND (shop_id IN (SELECT value FROM json_each(?3))
                                    OR substr(shop_id, 1, ?5) IN (SELECT value FROM json_each(?3))))
                        OR (id IN (SELECT relation FROM orders
                                WHERE profile = ?1 AND administration = r.administration
                                    AND relation IS NOT NULL
                                    AND shop_id IN (SELECT value FROM json_each(?4))
                                UNION {linked})
                            AND NOT EXISTS (SELECT 1 FROM orders o
                                WHERE o.administration = r.administration AND o.relation = r.id
                                    AND o.erased_at IS NULL
                                    AND NOT (o.profile = ?1
                                        AND o.shop_id IN (SELECT value FROM json_each(?4))))))",
            ))?
            .query_map(params![profile, list(&addresses), list(&keys), list(&self.orders), marks::GUEST_KEY], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?
            .collect::<rusqlite::Result<_>>()?;
        let mut relations = Vec::new();
        for (administration, record) in found {
            if let Ok(relation) = serde_json::from_str::<Relation>(&record) {
                self.name(&relation);
                relations.push((administration, relation));
            }
        }
        Ok(relations)
    }

    /// The words of an order's text.
    pub fn read(&mut self, raw: &str) {
        let Ok(order) = serde_json::from_str::<Value>(raw) else {
            return;
        };
        let customer = &order["customer"];
        self.email(said(customer, "email"));
        self.word(said(customer, "telephone"));
        let delivery = &order["delivery_address"];
        let delivery = if delivery.is_object() {
            delivery
        } else {
            &order["invoice_address"]
        };
        let postcode = said(delivery, "postcode");
        self.guests
            .extend(marks::guest(said(customer, "email"), postcode));
        if let Some(account) = customer["id"].as_str() {
            self.accounts.insert(account.to_owned());
        }
        for place in [
            customer,
            &order["invoice_address"],
            &order["delivery_address"],
        ] {
            let (first, last) = (said(place, "first_name"), said(place, "last_name"));
            if !first.trim().is_empty() && !last.trim().is_empty() {
                self.word(&format!("{} {}", first.trim(), last.trim()));
            }
            self.word(said(place, "company"));
            self.word(said(place, "line1"));
        }
    }

    fn name(&mut self, relation: &Relation) {
        self.word(&relation.name);
        self.word(&relation.phone);
        for email in relation.email.split(';') {
            self.word(&email.trim().to_lowercase());
        }
        for address in [&relation.address, &relation.correspondence] {
            self.word(&address.contact);
            self.word(&address.street);
        }
    }

    fn email(&mut self, email: &str) {
        let email = email.trim().to_lowercase();
        if !email.is_empty() {
            self.word(&email);
            self.emails.insert(email);
        }
    }

    /// A word is one that cannot be a code or an ordinary word of our own texts.
    fn word(&mut self, word: &str) {
        let word = word.trim();
        let telling = word.contains([' ', '@'])
            || word.starts_with(char::is_uppercase)
            || word.chars().filter(char::is_ascii_digit).count() > SHORTEST;
        if telling && word.chars().count() >= SHORTEST {
            self.words.insert(word.to_owned());
        }
    }
}

/// Who one order's versions tell of.
pub(super) fn of_order(connection: &Connection, order: OrderId) -> Result<Person> {
    let raws: Vec<String> = connection
        .prepare_cached("SELECT raw FROM order_versions WHERE order_id = ?1 AND raw IS NOT NULL")?
        .query_map([order], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut person = Person::default();
    for raw in &raws {
        person.read(raw);
    }
    Ok(person)
}

fn said<'a>(place: &'a Value, field: &str) -> &'a str {
    place[field].as_str().unwrap_or_default()
}

fn list(values: &BTreeSet<String>) -> String {
    serde_json::to_string(values).unwrap_or_default()
}

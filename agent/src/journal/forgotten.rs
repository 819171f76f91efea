//! Relations of which only what recognises them may be kept: id, code, country and salted hashes.
//! The books go on telling the rest with every refresh, and every time it is left out again.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::books::{BookAddress, BookedOrder, Relation, marks::plain};

/// Stands where a name was.
pub const NAMELESS: &str = "—";

/// Salted hashes of what a returning customer is recognised by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Marks {
    emails: BTreeSet<String>,
    postcodes: BTreeSet<String>,
    vat_numbers: BTreeSet<String>,
}

/// What an order says of its buyer, to find in marks.
#[derive(Debug, Clone, Copy)]
pub struct Buyer<'a> {
    /// E-mail addresses.
    pub emails: &'a [String],
    /// Delivery postcode, letters and digits only, in capitals.
    pub postcode: &'a str,
    /// VAT number, letters and digits only, in capitals.
    pub vat_number: &'a str,
}

/// The salt of a journal.
#[derive(Debug, Clone)]
pub struct Salt(String);

impl Salt {
    /// This journal's.
    ///
    /// # Errors
    /// The journal cannot be read, or is of a level that has none.
    pub fn of(connection: &Connection) -> rusqlite::Result<Self> {
        connection
            .prepare_cached("SELECT value FROM salt")?
            .query_row([], |row| row.get(0))
            .map(Self)
    }

    fn mark(&self, kind: &str, value: &str) -> String {
        hex::encode(Sha256::digest(format!("{}\n{kind}\n{value}", self.0)))
    }

    /// How an e-mail address of a forgotten relation stands among those in the clear.
    #[must_use]
    pub fn email(&self, email: &str) -> String {
        let email: String = email.split_whitespace().collect();
        format!("#{}", self.mark("email", &email.to_lowercase()))
    }
}

fn emails(relation: &Relation) -> impl Iterator<Item = String> {
    relation
        .email
        .split([';', ','])
        .map(str::to_owned)
        .filter(|email| !email.trim().is_empty())
}

fn marks_of(relation: &Relation, salt: &Salt) -> Marks {
    let postcodes = [&relation.address, &relation.correspondence]
        .into_iter()
        .map(|address| plain(&address.postcode))
        .filter(|postcode| !postcode.is_empty());
    let vat_number = Some(plain(&relation.vat_number)).filter(|number| !number.is_empty());
    Marks {
        emails: emails(relation).map(|email| salt.email(&email)).collect(),
        postcodes: postcodes.map(|code| salt.mark("postcode", &code)).collect(),
        vat_numbers: vat_number
            .map(|n| salt.mark("vat", &n))
            .into_iter()
            .collect(),
    }
}

/// A relation without what names it or tells where it is, beyond the country.
#[must_use]
pub fn nameless(relation: &Relation) -> Relation {
    let place = |address: &BookAddress| BookAddress {
        country: address.country.clone(),
        ..BookAddress::default()
    };
    Relation {
        name: NAMELESS.to_owned(),
        email: String::new(),
        phone: String::new(),
        vat_number: String::new(),
        chamber_of_commerce: String::new(),
        address: place(&relation.address),
        correspondence: place(&relation.correspondence),
        extra: Default::default(),
        ..relation.clone()
    }
}

/// Is this relation forgotten?
///
/// # Errors
/// The journal cannot be read.
pub fn is_forgotten(
    connection: &Connection,
    administration: &str,
    id: &str,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM forgotten_relation
                WHERE administration = ?1 AND relation = ?2)",
        )?
        .query_row([administration, id], |row| row.get(0))
}

/// Keeps the marks of a relation and gives what else of it may be kept, with the addresses it is
/// found by.
///
/// # Errors
/// The journal cannot be written.
pub fn slimmed(
    connection: &Connection,
    administration: &str,
    relation: &Relation,
) -> rusqlite::Result<(Relation, BTreeSet<String>)> {
    let marks = marks_of(relation, &Salt::of(connection)?);
    connection
        .prepare_cached(
            "INSERT INTO forgotten_relation (administration, relation, marks) VALUES (?1, ?2, ?3)
             ON CONFLICT (administration, relation) DO UPDATE SET marks = excluded.marks",
        )?
        .execute(params![administration, relation.id, text(&marks)])?;
    Ok((nameless(relation), marks.emails))
}

/// He is a customer again: from now on the mirror keeps him as any other.
///
/// # Errors
/// The journal cannot be written.
pub fn remember(connection: &Connection, administration: &str, id: &str) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM forgotten_relation WHERE administration = ?1 AND relation = ?2",
        )?
        .execute([administration, id])
        .map(drop)
}

/// Fills in what the order itself says and the marks confirm, so that translation recognises a
/// forgotten relation as any other.
///
/// # Errors
/// The journal cannot be read.
pub fn recall(
    connection: &Connection,
    administration: &str,
    relation: &mut Relation,
    buyer: Buyer<'_>,
) -> rusqlite::Result<()> {
    let kept: Option<String> = connection
        .prepare_cached(
            "SELECT marks FROM forgotten_relation WHERE administration = ?1 AND relation = ?2",
        )?
        .query_row([administration, &relation.id], |row| row.get(0))
        .optional()?;
    let Some(marks) = kept.and_then(|marks| serde_json::from_str::<Marks>(&marks).ok()) else {
        return Ok(());
    };
    let salt = Salt::of(connection)?;
    let known = buyer
        .emails
        .iter()
        .find(|email| marks.emails.contains(&salt.email(email)));
    if let Some(email) = known {
        relation.email.clone_from(email);
    }
    if marks
        .postcodes
        .contains(&salt.mark("postcode", buyer.postcode))
    {
        buyer.postcode.clone_into(&mut relation.address.postcode);
    }
    if marks
        .vat_numbers
        .contains(&salt.mark("vat", buyer.vat_number))
    {
        buyer.vat_number.clone_into(&mut relation.vat_number);
    }
    Ok(())
}

/// A booked order without its texts: what a buyer wrote or is named by may stand in them.
#[must_use]
pub fn wordless(order: &BookedOrder) -> BookedOrder {
    let mut order = order.clone();
    order.description.clear();
    for line in &mut order.lines {
        line.description.clear();
    }
    order
}

/// Was the shop's order that this booked order, or credit, is bound to erased?
///
/// # Errors
/// The journal cannot be read.
pub fn is_erased(
    connection: &Connection,
    administration: &str,
    booked: &str,
) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM bindings b
                JOIN orders o ON o.profile = b.profile AND o.shop_id IN (b.shop_id,
                    substr(b.shop_id, 1, instr(b.shop_id, '#credit-') - 1))
                WHERE b.administration = ?1 AND b.kind = 'order' AND b.foreign_id = ?2
                    AND o.erased_at IS NOT NULL)",
        )?
        .query_row([administration, booked], |row| row.get(0))
}

fn text(marks: &Marks) -> String {
    // Sets of text always can be.
    serde_json::to_string(marks).unwrap_or_default()
}

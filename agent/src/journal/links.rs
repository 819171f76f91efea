//! Buyers their owner linked to a relation by hand. Unlike a binding, which remembers what was
//! written, a link is the owner's word: several buyers may share one relation, and nothing but he
//! changes it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{AdministrationId, Journal, Kind, millis, moment};
use crate::{books::plan::Linked, failure::Result};

/// One link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// `account:<shop customer id>`, `guest:<hash>` or `order:<shop id>`.
    pub buyer: String,
    /// What he was linked to.
    pub to: Linked,
    /// When.
    pub at: Timestamp,
}

impl Journal {
    /// Links a buyer, in place of what he was linked to before. That he is a new relation undoes what
    /// he was bound to: the one then made is the next he is bound to.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn link(
        &self,
        profile: &str,
        buyer: &str,
        administration: &AdministrationId,
        to: &Linked,
        now: Timestamp,
    ) -> Result<()> {
        let (relation, code) = match to {
            Linked::Relation { id, code } => (Some(id), Some(code)),
            Linked::New => (None, None),
        };
        self.change("linked", |transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO customer_links
                    (profile, buyer, administration, relation, code, linked_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![profile, buyer, administration, relation, code, millis(now)],
            )?;
            if *to == Linked::New {
                transaction.execute(
                    "DELETE FROM bindings WHERE profile = ?1 AND kind = ?2 AND shop_id = ?3",
                    params![profile, Kind::Relation, buyer],
                )?;
            }
            Ok(())
        })
    }

    /// Ends a link; was there one?
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn unlink(&self, profile: &str, buyer: &str) -> Result<bool> {
        self.change("unlinked", |transaction| {
            let gone = transaction.execute(
                "DELETE FROM customer_links WHERE profile = ?1 AND buyer = ?2",
                [profile, buyer],
            )?;
            Ok(gone > 0)
        })
    }

    /// What the owner said of a buyer, by the first of his keys that has a link.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn linked(
        &self,
        profile: &str,
        buyers: &[String],
        administration: &AdministrationId,
    ) -> Result<Option<Linked>> {
        self.read(|connection| {
            for buyer in buyers {
                let found = connection
                    .prepare_cached(
                        "SELECT relation, code FROM customer_links
                         WHERE profile = ?1 AND buyer = ?2 AND administration = ?3",
                    )?
                    .query_row(params![profile, buyer, administration], |row| {
                        Ok(to(row.get(0)?, row.get(1)?))
                    })
                    .optional()?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        })
    }

    /// All links of a profile, in the order of their buyers.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn links(&self, profile: &str) -> Result<Vec<Link>> {
        self.read(|connection| {
            let links = connection
                .prepare(
                    "SELECT buyer, relation, code, linked_at FROM customer_links
                     WHERE profile = ?1 ORDER BY buyer",
                )?
                .query_map([profile], |row| {
                    let at: i64 = row.get(3)?;
                    Ok(Link {
                        buyer: row.get(0)?,
                        to: to(row.get(1)?, row.get(2)?),
                        at: moment(at),
                    })
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(links)
        })
    }
}

fn to(relation: Option<String>, code: Option<i64>) -> Linked {
    match relation {
        Some(id) => Linked::Relation {
            id,
            code: code.unwrap_or_default(),
        },
        None => Linked::New,
    }
}

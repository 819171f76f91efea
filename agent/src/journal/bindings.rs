//! Which record of the shop is which record of the books: unique both ways, by the database
//! itself.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{AdministrationId, Journal, Kind, OrderId, millis, orders::Booked};
use crate::{
    failure::{Failure, Result},
    text,
};

/// One binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding<'a> {
    /// Profile.
    pub profile: &'a str,
    /// Kind.
    pub kind: Kind,
    /// The shop's side: order id, customer key, article code.
    pub shop_id: &'a str,
    /// The administration.
    pub administration: &'a AdministrationId,
    /// Id there.
    pub foreign_id: &'a str,
    /// What a person knows it by there: number or code.
    pub code: &'a str,
}

impl Journal {
    /// Binds the two.
    ///
    /// # Errors
    /// Either side is bound to something else already: `Bug`, code `already-bound`.
    pub fn bind(&self, binding: &Binding<'_>, now: Timestamp) -> Result<()> {
        self.change("bound", |transaction| bind(transaction, binding, now))
    }

    /// Binds the two, unless either side is bound already.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn bind_where_free(&self, binding: &Binding<'_>, now: Timestamp) -> Result<()> {
        self.change("bound", |transaction| {
            bind_if_free(transaction, binding, now)
        })
    }

    /// What that record of the shop is in the books.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn bound_to(
        &self,
        profile: &str,
        kind: Kind,
        shop_id: &str,
    ) -> Result<Option<(AdministrationId, String)>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT administration, foreign_id FROM bindings
                     WHERE profile = ?1 AND kind = ?2 AND shop_id = ?3",
                )?
                .query_row(params![profile, kind, shop_id], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?)
        })
    }

    /// Which record of a shop that record of the books is: profile and id.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn bound_by(
        &self,
        administration: &AdministrationId,
        kind: Kind,
        foreign_id: &str,
    ) -> Result<Option<(String, String)>> {
        self.read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT profile, shop_id FROM bindings
                     WHERE administration = ?1 AND kind = ?2 AND foreign_id = ?3",
                )?
                .query_row(params![administration, kind, foreign_id], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?)
        })
    }

    /// A customer's relation is gone from the books: he is recognised anew.
    ///
    /// # Errors
    /// The journal cannot be written.
    pub fn unbind(&self, profile: &str, kind: Kind, shop_id: &str) -> Result<()> {
        self.change("unbound", |transaction| {
            transaction.execute(
                "DELETE FROM bindings WHERE profile = ?1 AND kind = ?2 AND shop_id = ?3",
                params![profile, kind, shop_id],
            )?;
            Ok(())
        })
    }
}

/// Binds within a change. Binding the same two again is no error.
pub(super) fn bind(
    transaction: &Transaction<'_>,
    binding: &Binding<'_>,
    now: Timestamp,
) -> Result<()> {
    let same: bool = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM bindings WHERE profile = ?1 AND kind = ?2
                AND shop_id = ?3 AND administration = ?4 AND foreign_id = ?5)",
        )?
        .query_row(
            params![
                binding.profile,
                binding.kind,
                binding.shop_id,
                binding.administration,
                binding.foreign_id,
            ],
            |row| row.get(0),
        )?;
    if same {
        return Ok(());
    }
    let inserted = transaction
        .prepare_cached(
            "INSERT INTO bindings (profile, kind, shop_id, administration, foreign_id, code, bound_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            binding.profile,
            binding.kind,
            binding.shop_id,
            binding.administration,
            binding.foreign_id,
            binding.code,
            millis(now),
        ]);
    match inserted {
        Ok(_) => Ok(()),
        Err(error)
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
        {
            let (kind, shop_id) = (binding.kind.name(), binding.shop_id);
            Err(Failure::bug(
                "already-bound",
                text!(
                    "{shop_id} ({kind}) of wat er in de boekhouding bij hoort is al aan iets anders gekoppeld.",
                    "{shop_id} ({kind}) or its counterpart in the books is bound to something else already."
                ),
            )
            .source(error))
        }
        Err(error) => Err(error.into()),
    }
}

/// Binds unless either side is bound already: several customers may share one relation, and then
/// the first keeps it.
pub(super) fn bind_if_free(
    transaction: &Transaction<'_>,
    binding: &Binding<'_>,
    now: Timestamp,
) -> Result<()> {
    match bind(transaction, binding, now) {
        Err(failure) if failure.code == "already-bound" => Ok(()),
        other => other,
    }
}

pub(super) fn bind_order(
    transaction: &Transaction<'_>,
    order: OrderId,
    booked: &Booked,
    now: Timestamp,
) -> Result<()> {
    let (profile, shop_id) = names(transaction, order)?;
    bind(
        transaction,
        &Binding {
            profile: &profile,
            kind: Kind::Order,
            shop_id: &shop_id,
            administration: &booked.administration,
            foreign_id: &booked.id,
            code: &booked.number,
        },
        now,
    )
}

/// The booked order this one is bound to.
pub(super) fn of_order(connection: &Connection, order: OrderId) -> Result<Option<String>> {
    Ok(connection
        .prepare_cached(
            "SELECT b.foreign_id FROM bindings b JOIN orders o
                ON b.profile = o.profile AND b.kind = 'order' AND b.shop_id = o.shop_id
             WHERE o.id = ?1",
        )?
        .query_row([order], |row| row.get(0))
        .optional()?)
}

/// Profile and shop id of an order.
pub(super) fn names(connection: &Connection, order: OrderId) -> Result<(String, String)> {
    Ok(connection
        .prepare_cached("SELECT profile, shop_id FROM orders WHERE id = ?1")?
        .query_row([order], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

//! Orders that stand in the books as booked invoices, and their credits, for whoever wants to see them:
//! SnelStart has no list of its bookings.

use rusqlite::Row;
use rust_decimal::Decimal;

use super::{Journal, from_json};
use crate::{
    books::{BookingVat, plan::Plan},
    failure::Result,
};

/// A booked invoice of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Invoice number.
    pub number: String,
    /// The shop's order.
    pub order: String,
    /// Number of the invoice it is a credit of; none = it is no credit.
    pub credit_of: Option<String>,
    /// Day, YYYY-MM-DD.
    pub day: String,
    /// Relation id.
    pub relation: String,
    /// Customer code, when known.
    pub relation_code: Option<i64>,
    /// With VAT; a credit below zero.
    pub total: Decimal,
    /// Without.
    pub total_excl: Option<Decimal>,
    /// VAT per kind; empty too where the plan was erased.
    pub vat: Vec<BookingVat>,
    /// What was booked as paid; below zero as paid back.
    pub paid: Option<Decimal>,
    /// Into which journal.
    pub daybook: Option<String>,
    /// On which day.
    pub paid_on: Option<String>,
}

impl Journal {
    /// All of a profile, oldest order first, each with its credits behind it.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn invoices(&self, profile: &str) -> Result<Vec<Invoice>> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT coalesce(o.booked_number, ''), o.number, o.placed_day,
                        coalesce(o.relation, ''), o.relation_code, coalesce(o.total, '0'),
                        o.total_excl, o.plan, p.state, p.amount, p.daybook_name, p.day,
                        NULL, o.placed_at, o.id, 0
                     FROM orders o LEFT JOIN payments p ON p.order_id = o.id AND p.credit = 0
                     WHERE o.profile = ?1 AND o.state = 'written' AND o.form = 'booking'
                     UNION ALL
                     SELECT coalesce(c.booked_number, ''), o.number, '',
                        coalesce(o.relation, ''), o.relation_code, coalesce(c.total, '0'),
                        NULL, c.plan, p.state, p.amount, p.daybook_name, p.day,
                        coalesce(o.booked_number, ''), o.placed_at, o.id, c.n
                     FROM credits c JOIN orders o ON o.id = c.order_id
                        LEFT JOIN payments p ON p.order_id = o.id AND p.credit = c.id
                     WHERE c.profile = ?1 AND c.state = 'written' AND o.form = 'booking'
                     ORDER BY 14, 15, 16",
                )?
                .query_map([profile], |row| Ok(invoice(row)))?
                .collect::<rusqlite::Result<Result<Vec<_>>>>()?
        })
    }
}

fn invoice(row: &Row<'_>) -> Result<Invoice> {
    let plan: Option<String> = row.get(7)?;
    let plan: Option<Plan> = plan.as_deref().map(from_json).transpose()?;
    let excl = plan.as_ref().map(|plan| plan.expected.excl);
    let booking = plan.and_then(|plan| plan.booking);
    let decimal = |text: Option<String>| text.and_then(|text| text.parse::<Decimal>().ok());
    let state: Option<String> = row.get(8)?;
    let written = state.as_deref() == Some("written");
    let day: String = row.get(2)?;
    let credit_of: Option<String> = row.get(12)?;
    Ok(Invoice {
        number: row.get(0)?,
        order: row.get(1)?,
        day: match &booking {
            Some(booking) => booking.date.to_string(),
            None => day,
        },
        relation: row.get(3)?,
        relation_code: row.get(4)?,
        total: decimal(row.get(5)?).unwrap_or_default(),
        // Of a credit only the plan knows it.
        total_excl: decimal(row.get(6)?).or_else(|| excl.filter(|_| credit_of.is_some())),
        credit_of,
        vat: booking.map(|booking| booking.vat).unwrap_or_default(),
        paid: decimal(row.get(9)?).filter(|_| written),
        daybook: row.get::<_, Option<String>>(10)?.filter(|_| written),
        paid_on: row.get::<_, Option<String>>(11)?.filter(|_| written),
    })
}

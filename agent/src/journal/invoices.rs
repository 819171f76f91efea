//! Orders that stand in the books as booked invoices, for whoever wants to see them: SnelStart has no
//! list of its bookings.

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
    /// Day, YYYY-MM-DD.
    pub day: String,
    /// Relation id.
    pub relation: String,
    /// Customer code, when known.
    pub relation_code: Option<i64>,
    /// With VAT.
    pub total: Decimal,
    /// Without.
    pub total_excl: Option<Decimal>,
    /// VAT per kind; empty too where the plan was erased.
    pub vat: Vec<BookingVat>,
    /// What was booked as paid.
    pub paid: Option<Decimal>,
    /// Into which journal.
    pub daybook: Option<String>,
    /// On which day.
    pub paid_on: Option<String>,
}

impl Journal {
    /// All of a profile, oldest first.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn invoices(&self, profile: &str) -> Result<Vec<Invoice>> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT coalesce(o.booked_number, ''), o.number, o.placed_day,
                        coalesce(o.relation, ''), o.relation_code, coalesce(o.total, '0'),
                        o.total_excl, o.plan, p.state, p.amount, p.daybook_name, p.day
                     FROM orders o LEFT JOIN payments p ON p.order_id = o.id
                     WHERE o.profile = ?1 AND o.state = 'written' AND o.form = 'booking'
                     ORDER BY o.placed_at, o.id",
                )?
                .query_map([profile], |row| Ok(invoice(row)))?
                .collect::<rusqlite::Result<Result<Vec<_>>>>()?
        })
    }
}

fn invoice(row: &Row<'_>) -> Result<Invoice> {
    let plan: Option<String> = row.get(7)?;
    let plan: Option<Plan> = plan.as_deref().map(from_json).transpose()?;
    let booking = plan.and_then(|plan| plan.booking);
    let decimal = |text: Option<String>| text.and_then(|text| text.parse::<Decimal>().ok());
    let state: Option<String> = row.get(8)?;
    let written = state.as_deref() == Some("written");
    let day: String = row.get(2)?;
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
        total_excl: decimal(row.get(6)?),
        vat: booking.map(|booking| booking.vat).unwrap_or_default(),
        paid: decimal(row.get(9)?).filter(|_| written),
        daybook: row.get::<_, Option<String>>(10)?.filter(|_| written),
        paid_on: row.get::<_, Option<String>>(11)?.filter(|_| written),
    })
}

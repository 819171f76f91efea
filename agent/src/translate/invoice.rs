//! One invoice per sale: an order of a shop that invoices itself is marked, so that nobody in the
//! books makes a second one.

use super::{address::clean, case::Case};
use crate::profile::settings::{InvoicedBy, Sales};

/// Does the shop send the invoices?
#[must_use]
pub fn is_the_shops(sales: &Sales) -> bool {
    sales.invoiced_by == Some(InvoicedBy::Shop)
}

/// What stands on top of the memo of such an order, for whoever looks at it in the books.
pub(super) fn mark(case: &Case<'_>) -> Option<String> {
    if !is_the_shops(&case.settings.sales) {
        return None;
    }
    let number = case.order.invoice_number.as_deref().map(clean);
    Some(match number.filter(|number| !number.is_empty()) {
        Some(number) => {
            format!("Door de webwinkel gefactureerd: factuur {number}. Niet factureren.")
        }
        None => "De webwinkel factureert zelf. Niet factureren.".to_owned(),
    })
}

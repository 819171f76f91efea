//! What the shop says of an order in a field of its own (`[sales.order_fields]`).

use winkelbrug_protocol::record::{CustomField, Order};

/// The value of the field of that name or id, whatever its case: of the order, else of the buyer's
/// account, else of one of its addresses. None where it is empty or the setting names no field.
pub(super) fn said<'o>(order: &'o Order, field: &str) -> Option<&'o str> {
    let field = field.trim();
    if field.is_empty() {
        return None;
    }
    let is = |name: &str| name.trim().to_lowercase() == field.to_lowercase();
    let fits = |known: &&CustomField| is(&known.id) || is(&known.name);
    let delivery = order.delivery_address.iter();
    order
        .custom_fields
        .iter()
        .chain(&order.customer.custom_fields)
        .chain(&order.invoice_address.custom_fields)
        .chain(delivery.flat_map(|address| &address.custom_fields))
        .filter(fits)
        .map(|known| known.value.trim())
        .find(|value| !value.is_empty())
}

//! The payment reference (betalingskenmerk): what fills it, how it is cut, and whether an order
//! with the same one is already in the books.

use winkelbrug_protocol::record::Order;

use crate::profile::{Settings, settings::PaymentReference};

/// The reference of this order, whole; none when the owner wants none or the shop has none.
pub(super) fn wanted(order: &Order, settings: &Settings) -> Option<(String, String)> {
    let value = match settings.sales.payment_reference {
        PaymentReference::OrderNumber => Some(order.number.as_str()),
        PaymentReference::ShopReference => order
            .shop_reference
            .as_deref()
            .filter(|reference| !reference.trim().is_empty())
            .or(Some(order.number.as_str())),
        PaymentReference::InvoiceNumber => order.invoice_number.as_deref(),
        PaymentReference::None => None,
    }?
    .trim();
    (!value.is_empty()).then(|| {
        (
            settings.sales.payment_reference_prefix.clone(),
            value.to_owned(),
        )
    })
}

/// Prefix and value within the administration's limit (0 = none known): the value is what finds
/// the order again, so the prefix gives way first, then the value's front.
pub(super) fn cut(prefix: &str, value: &str, limit: usize) -> String {
    let (prefix_length, length) = (prefix.chars().count(), value.chars().count());
    if limit == 0 || prefix_length + length <= limit {
        return format!("{prefix}{value}");
    }
    if length >= limit {
        return value.chars().skip(length - limit).collect();
    }
    prefix
        .chars()
        .take(limit - length)
        .chain(value.chars())
        .collect()
}

/// The reference, and the same made unique by the order's number where several orders of the shop
/// may share one.
pub(super) fn both(
    order: &Order,
    settings: &Settings,
    limit: usize,
) -> (Option<String>, Option<String>) {
    let Some((prefix, value)) = wanted(order, settings) else {
        return (None, None);
    };
    let unique =
        (value != order.number).then(|| cut(&prefix, &format!("{value}-{}", order.number), limit));
    (Some(cut(&prefix, &value, limit)), unique)
}

//! Extra values of an order as WooCommerce's interface shows them (`meta_data`), and whether it is paid.

use serde_json::Value;
use winkelbrug_protocol::record::CustomField;

use super::woocommerce_rows::{MetaRow, OrderRow};

/// What belongs to a part of an order, `billing` or `shipping`; to none of them where it is empty.
pub(super) fn fields(row: &OrderRow, part: &str) -> Vec<CustomField> {
    let of_part = row
        .meta_data
        .iter()
        .filter(|meta| home(&meta.key) == Some(part));
    of_part
        .filter_map(|meta| {
            let value = value(meta);
            (!value.is_empty()).then(|| CustomField {
                id: meta.key.clone(),
                name: label(&meta.key).to_owned(),
                value,
            })
        })
        .collect()
}

/// The part a value belongs to; none where it is the shop's own business.
fn home(key: &str) -> Option<&'static str> {
    if key.starts_with("_billing_") || key.starts_with("_wc_billing/") {
        Some("billing")
    } else if key.starts_with("_shipping_") || key.starts_with("_wc_shipping/") {
        Some("shipping").filter(|_| key != "_shipping_hash")
    } else if !key.starts_with('_')
        || key.starts_with("_wc_other/")
        || ["_vat_number", "_vat_number_is_valid"].contains(&key)
    {
        Some("")
    } else {
        None
    }
}

/// Without the prefixes that say where it is kept.
fn label(key: &str) -> &str {
    if key.starts_with("_wc_") {
        return key.rsplit('/').next().unwrap_or(key);
    }
    let bare = key
        .strip_prefix("_billing_")
        .or(key.strip_prefix("_shipping_"));
    bare.or(key.strip_prefix('_')).unwrap_or(key)
}

fn value(meta: &MetaRow) -> String {
    match &meta.value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// By its day of payment; without one by its status, as the shop itself does (`is_paid`), but for what
/// is collected at the door.
pub(super) fn paid(row: &OrderRow) -> Option<bool> {
    let by_status = match row.status.as_str() {
        "completed" => true,
        "processing" => row.payment_method != "cod",
        _ => false,
    };
    if row.date_paid_gmt.is_some() {
        Some(true)
    } else if by_status {
        None
    } else {
        Some(false)
    }
}

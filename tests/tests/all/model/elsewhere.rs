//! Places that stand under another country's name than their VAT: told by the postcode.

use jiff::civil::Date;
use winkelbrug_protocol::record::Address;

use super::{Case, vat};

/// How such a place stands to the EU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// Named as a part of it, and outside for VAT.
    Out,
    /// Named as outside, and within for goods.
    In,
}

/// Five figures each, or how they begin.
const OUT: &str = "DE-27498 DE-78266 ES-35 ES-38 ES-51 ES-52 FI-22 FR-971 FR-972 FR-973 FR-974 FR-975 FR-976 \
                   FR-977 FR-978 FR-986 FR-987 FR-988 GR-63086 GR-63087 IT-22061 IT-23041";

/// Is it one, on that day?
pub fn apart(case: &Case<'_>, day: Date) -> Option<Apart> {
    let order = case.order;
    let to: &Address = order
        .delivery_address
        .as_ref()
        .unwrap_or(&order.invoice_address);
    let country = to.country.trim().to_uppercase();
    let letters = to.postcode.to_uppercase().replace([' ', '-'], "");
    let belfast = ["BT", "GBBT", "UKBT", "NIBT", "XIBT"]
        .iter()
        .any(|start| letters.starts_with(start));
    if country == "MC" || country == "XI" {
        return Some(Apart::In);
    }
    if country == "GB" && belfast && !vat::in_the_eu("GB", day) {
        return Some(Apart::In);
    }
    let figures: String = to.postcode.chars().filter(char::is_ascii_digit).collect();
    let whole = format!("{country}-{figures}");
    let out = OUT.split_whitespace().any(|start| whole.starts_with(start));
    (out && figures.len() == 5).then_some(Apart::Out)
}

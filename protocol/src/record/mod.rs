//! The records a bridge answers with: the shop in one canonical form, whatever the platform.
//!
//! Amounts are decimal strings with the shop's own precision, **without VAT unless the name says
//! otherwise**, in [`Money::code`] of the order. Times are RFC 3339 UTC; `*_local` is the shop's
//! own text. Text is UTF-8, unescaped once where the platform stores it escaped. Unknown extra
//! fields are ignored, so that an older agent reads a newer bridge.

mod catalogue;
mod order;
mod shop;

use serde::Deserialize;

pub use catalogue::*;
pub use order::*;
pub use shop::*;

/// A code as it is meant: whoever typed a space before or behind it did not see it.
fn trimmed<'de, D>(deserializer: D) -> Result<String, D::Error>
where
    D: serde::Deserializer<'de>,
{
    String::deserialize(deserializer).map(|code| code.trim().to_owned())
}

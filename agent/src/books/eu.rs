//! The EU's VAT area.

use jiff::civil::{Date, date};

/// Member states, ISO 3166 two letters. (Prefixes of VAT numbers differ for Greece: EL.)
pub const MEMBER_STATES: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Was it part of the EU's VAT area on that day? The United Kingdom was until the end of 2020
/// (withdrawal agreement, articles 126 and 127).
#[must_use]
pub fn is_eu(country: &str, on: Date) -> bool {
    MEMBER_STATES.contains(&country) || (country == "GB" && on < date(2021, 1, 1))
}

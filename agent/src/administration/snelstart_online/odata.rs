//! Filters in the dialect SnelStart reads: OData version 3 literals, property names in exactly
//! the model's UpperCamelCase.

use jiff::{Timestamp, tz::TimeZone};

/// A text literal; a quote within is doubled.
#[must_use]
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// `ModifiedOn` after that moment. The zone of SnelStart's stamps is not documented: the caller's
/// overlap is wider than any zone it may be.
#[must_use]
pub fn modified_after(since: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(since);
    format!(
        "ModifiedOn gt datetime'{}'",
        at.strftime("%Y-%m-%dT%H:%M:%S")
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_quote_in_a_text_is_doubled() {
        assert_eq!(text("d'Artagnan's"), "'d''Artagnan''s'");
    }

    #[test]
    fn moments_are_written_without_zone() {
        let since = "2026-11-21T09:30:15.5Z".parse().unwrap();
        assert_eq!(
            modified_after(since),
            "ModifiedOn gt datetime'2026-11-21T09:30:15'"
        );
    }
}

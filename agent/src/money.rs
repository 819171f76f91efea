//! Amounts of money as people and books have them.

use rust_decimal::{Decimal, RoundingStrategy};

/// Whole cents, halves away from zero.
#[must_use]
pub fn cents(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

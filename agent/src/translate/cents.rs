//! Whole cents: sharing a total over its parts by largest remainder, and a line over its pieces.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

pub(super) use crate::money::cents as round;

/// Half a cent: amounts below this nobody can tell from nothing.
pub(super) const NOTHING: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

/// A line as it will be written: quantity, unit price, and their product in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub quantity: Decimal,
    pub unit_price: Decimal,
    pub cents: i64,
}

/// Rounded to whole cents, halves away from zero; none beyond what a shop can charge.
pub(super) fn to_cents(amount: Decimal) -> Option<i64> {
    amount
        .checked_mul(Decimal::ONE_HUNDRED)?
        .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
        .to_i64()
}

/// The amount of so many cents.
pub(super) fn from_cents(cents: i64) -> Decimal {
    Decimal::new(cents, 2)
}

/// Whole cents per amount that come to `goal` together: each rounded down, the rest to the largest
/// remainders. None when there is nothing to share it over, or an amount is beyond reason.
pub(super) fn apportion(exact: &[Decimal], goal: i64) -> Option<Vec<i64>> {
    if exact.is_empty() {
        return (goal == 0).then(Vec::new);
    }
    let hundredfold: Vec<Decimal> = exact
        .iter()
        .map(|amount| amount.checked_mul(Decimal::ONE_HUNDRED))
        .collect::<Option<_>>()?;
    let mut cents: Vec<i64> = hundredfold
        .iter()
        .map(|amount| amount.floor().to_i64())
        .collect::<Option<_>>()?;
    let rest = goal - cents.iter().sum::<i64>();
    let count = i64::try_from(cents.len()).ok()?;
    let (each, rest) = (rest.div_euclid(count), rest.rem_euclid(count));
    let mut by_remainder: Vec<usize> = (0..exact.len()).collect();
    by_remainder.sort_by_key(|at| {
        std::cmp::Reverse(hundredfold.get(*at).map(|amount| *amount - amount.floor()))
    });
    for (place, at) in (0..).zip(by_remainder) {
        if let Some(cents) = cents.get_mut(at) {
            *cents += each + i64::from(place < rest);
        }
    }
    Some(cents)
}

/// A line's cents over its pieces: one line where they divide, two of the same article where they
/// do not (3 for 10.01 = 2 × 3.34 + 1 × 3.33). A fraction of a piece keeps its quantity where a
/// price of at most `decimals` decimals comes to the cent; else none.
pub(super) fn pieces(quantity: Decimal, cents: i64, decimals: u32) -> Option<Vec<Piece>> {
    let quantity = quantity.normalize();
    if quantity.scale() > 0 {
        return fraction(quantity, cents, decimals).map(|piece| vec![piece]);
    }
    let count = quantity.to_i64().filter(|count| *count != 0)?;
    let (sign, size) = (count.signum(), count.abs());
    let (price, rest) = (
        (cents * sign).div_euclid(size),
        (cents * sign).rem_euclid(size),
    );
    let piece = |count: i64, price: i64| Piece {
        quantity: Decimal::from(count * sign),
        unit_price: from_cents(price),
        cents: count * sign * price,
    };
    Some(if rest == 0 {
        vec![piece(size, price)]
    } else {
        vec![piece(rest, price + 1), piece(size - rest, price)]
    })
}

fn fraction(quantity: Decimal, cents: i64, decimals: u32) -> Option<Piece> {
    let total = from_cents(cents);
    let mut unit_price = total.checked_div(quantity)?.round_dp(decimals).normalize();
    unit_price.rescale(unit_price.scale().max(2));
    (unit_price.checked_mul(quantity)? == total).then_some(Piece {
        quantity,
        unit_price,
        cents,
    })
}

/// The VAT inside a gross amount.
pub(super) fn vat_inside(gross: Decimal, percent: Decimal) -> Decimal {
    gross * percent / (Decimal::ONE_HUNDRED + percent)
}

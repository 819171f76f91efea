//! Cents moved between VAT rates. A shop that rounds the VAT of every line or piece comes, over many
//! lines, to another VAT than the one inside its total: then a cent on some of the largest lines is
//! what brings every rate back to the shop's own.

use rust_decimal::Decimal;

use super::cents::{from_cents, round, vat_inside};

/// What stands at one rate.
#[derive(Debug, Clone)]
pub(super) struct Rate {
    pub percent: Decimal,
    /// Everything at that rate, with VAT, as shared out so far.
    pub cents: i64,
    /// Lines that may take a cent.
    pub lines: i64,
    /// The shop's own VAT.
    pub shop: Decimal,
}

impl Rate {
    fn is_right(&self, cents: i64, within: Decimal) -> bool {
        let vat = round(vat_inside(from_cents(cents), self.percent));
        self.percent.is_zero() || (vat - self.shop).abs() <= within
    }

    /// The least and the most it may come to; none where a cent a line is not enough.
    fn room(&self, within: Decimal) -> Option<(i64, i64)> {
        let mut right = (self.cents - self.lines..=self.cents + self.lines)
            .filter(|cents| self.is_right(*cents, within));
        let least = right.next()?;
        Some((least, right.next_back().unwrap_or(least)))
    }
}

/// How many cents each rate gets or gives, nothing in all, so that its VAT is the shop's; none where no
/// sharing of one cent a line does that.
pub(super) fn moves(rates: &[Rate], within: Decimal) -> Option<Vec<i64>> {
    let rooms: Vec<(i64, i64)> = rates
        .iter()
        .map(|rate| rate.room(within))
        .collect::<Option<_>>()?;
    let mut moves: Vec<i64> = rates
        .iter()
        .zip(&rooms)
        .map(|(rate, (least, most))| rate.cents.clamp(*least, *most) - rate.cents)
        .collect();
    let mut left: i64 = -moves.iter().sum::<i64>();
    // What bears no VAT takes cents last: nothing tells there whether they are right.
    let mut order: Vec<usize> = (0..rates.len()).collect();
    order.sort_by_key(|at| rates.get(*at).is_none_or(|rate| rate.percent.is_zero()));
    for at in order {
        let (rate, room, moved) = (rates.get(at)?, rooms.get(at)?, moves.get_mut(at)?);
        let now = rate.cents + *moved;
        let step = left.clamp(room.0 - now, room.1 - now);
        *moved += step;
        left -= step;
    }
    (left == 0).then_some(moves)
}

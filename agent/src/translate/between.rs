//! Cents moved between VAT rates. A shop that rounds the VAT of every line or piece comes, over many
//! lines, to another VAT than the one inside its total: then a cent on some of the largest lines is
//! what brings every rate back to the shop's own.

use rust_decimal::Decimal;

use super::{
    basket::{Basket, CENT, Item},
    cents::{from_cents, round, vat_inside},
    charged::Charged,
};

impl Basket {
    /// Cents moved between rates, to lines that are large enough to bear one: where the shop's own
    /// rounding of many lines has carried a rate off its cent.
    pub fn between_rates(&self, charged: &Charged, cents: &[i64]) -> Option<Vec<i64>> {
        let mut percents = self.percents();
        percents.push(Decimal::ZERO);
        let mut bearing: Vec<Vec<usize>> = Vec::new();
        let mut rates = Vec::new();
        for percent in percents {
            let at = |(at, item): (usize, &Item)| (item.percent == percent).then_some(at);
            let all: Vec<usize> = self.items.iter().enumerate().filter_map(at).collect();
            let mut lines = all.clone();
            lines.retain(|at| self.bears_a_cent(*at, cents));
            lines.sort_by_key(|at| std::cmp::Reverse(cents.get(*at).map(|cents| cents.abs())));
            rates.push(Rate {
                percent,
                cents: all.iter().filter_map(|at| cents.get(*at)).sum(),
                lines: i64::try_from(lines.len()).ok()?,
                shop: charged.at(percent),
            });
            bearing.push(lines);
        }
        let moves = moves(&rates)?;
        let mut cents = cents.to_vec();
        for (lines, moved) in bearing.iter().zip(moves) {
            let count = usize::try_from(moved.abs()).ok()?;
            for at in lines.iter().take(count) {
                *cents.get_mut(*at)? += moved.signum();
            }
        }
        Some(cents)
    }

    /// Goods or costs of ten cents and more; never a discount or a payment, which are known exactly.
    fn bears_a_cent(&self, at: usize, cents: &[i64]) -> bool {
        let open = self.items.get(at).is_some_and(|item| item.cents.is_none());
        open && cents.get(at).is_some_and(|cents| *cents >= 10)
    }
}

/// What stands at one rate.
#[derive(Debug, Clone)]
struct Rate {
    percent: Decimal,
    /// Everything at that rate, with VAT, as shared out so far.
    cents: i64,
    /// Lines that may take a cent.
    lines: i64,
    /// The shop's own VAT.
    shop: Decimal,
}

impl Rate {
    fn is_right(&self, cents: i64) -> bool {
        let vat = round(vat_inside(from_cents(cents), self.percent));
        self.percent.is_zero() || (vat - self.shop).abs() <= CENT
    }

    /// The least and the most it may come to; none where a cent a line is not enough.
    fn room(&self) -> Option<(i64, i64)> {
        let mut right = (self.cents - self.lines..=self.cents + self.lines)
            .filter(|cents| self.is_right(*cents));
        let least = right.next()?;
        Some((least, right.next_back().unwrap_or(least)))
    }
}

/// How many cents each rate gets or gives, nothing in all, so that its VAT is the shop's; none where no
/// sharing of one cent a line does that.
fn moves(rates: &[Rate]) -> Option<Vec<i64>> {
    let rooms: Vec<(i64, i64)> = rates
        .iter()
        .map(|rate| rate.room())
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

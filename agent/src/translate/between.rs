//! Cents moved between VAT rates. A shop that rounds the VAT of every line or piece comes, over many
//! lines, to another VAT than the one inside its total: then a cent on some of the largest lines is
//! what brings every rate back to the shop's own.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{
    basket::{Basket, CENT, Item},
    cents::{from_cents, round, vat_inside},
    charged::Charged,
};

/// How far cents may be moved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    /// As many a line as the rounding of its pieces can have shifted, not one only.
    pub by_piece: bool,
    /// The item without VAT that takes what no rate can, and how many cents it may come to.
    pub rounding: Option<(usize, i64)>,
}

/// One cent a line.
pub(super) const ONE_A_LINE: Reach = Reach {
    by_piece: false,
    rounding: None,
};

impl Basket {
    /// Cents moved between rates, to lines that are large enough to bear them: where the shop's own
    /// rounding of many lines or pieces has carried a rate off its cent.
    pub fn between_rates(
        &self,
        charged: &Charged,
        cents: &[i64],
        reach: Reach,
    ) -> Option<Vec<i64>> {
        let mut percents = self.percents();
        percents.push(Decimal::ZERO);
        let mut bearing: Vec<Vec<(usize, i64)>> = Vec::new();
        let mut rates = Vec::new();
        for percent in percents {
            let at = |(at, item): (usize, &Item)| (item.percent == percent).then_some(at);
            let all: Vec<usize> = self.items.iter().enumerate().filter_map(at).collect();
            let mut lines: Vec<(usize, i64)> = all
                .iter()
                .filter(|at| self.bears_a_cent(**at, cents))
                .map(|at| (*at, self.bears(*at, reach)))
                .collect();
            lines.sort_by_key(|(at, _)| std::cmp::Reverse(cents.get(*at).map(|cents| cents.abs())));
            let untaxed = reach.rounding.filter(|_| percent.is_zero());
            rates.push(Rate {
                percent,
                cents: all.iter().filter_map(|at| cents.get(*at)).sum(),
                most: lines.iter().map(|(_, most)| most).sum::<i64>()
                    + untaxed.map_or(0, |(_, most)| most),
                shop: charged.at(percent),
            });
            bearing.push(lines);
        }
        let moves = moves(&rates)?;
        let mut cents = cents.to_vec();
        for ((lines, rate), moved) in bearing.iter().zip(&rates).zip(moves) {
            let mut left = moved.abs();
            if let Some((at, most)) = reach.rounding.filter(|_| rate.percent.is_zero()) {
                let taken = left.min(most);
                *cents.get_mut(at)? += taken * moved.signum();
                left -= taken;
            }
            share(lines, left, moved.signum(), &mut cents)?;
        }
        Some(cents)
    }

    /// Goods or costs of ten cents and more; never a discount or a payment, which are known exactly.
    fn bears_a_cent(&self, at: usize, cents: &[i64]) -> bool {
        let open = self.items.get(at).is_some_and(|item| item.cents.is_none());
        open && cents.get(at).is_some_and(|cents| *cents >= 10)
    }

    /// Cents the line may take: one, or half a cent a piece.
    fn bears(&self, at: usize, reach: Reach) -> i64 {
        let pieces = self.items.get(at).map(|item| item.quantity.abs());
        let half = pieces.and_then(|pieces| (pieces / Decimal::TWO).floor().to_i64());
        half.filter(|_| reach.by_piece).unwrap_or(1).max(1)
    }
}

/// So many cents over these lines, one after another as far as each may take them.
fn share(lines: &[(usize, i64)], mut left: i64, sign: i64, cents: &mut [i64]) -> Option<()> {
    let mut given = vec![0; lines.len()];
    while left > 0 {
        let before = left;
        for ((at, most), given) in lines.iter().zip(&mut given) {
            if left > 0 && *given < *most {
                *cents.get_mut(*at)? += sign;
                *given += 1;
                left -= 1;
            }
        }
        if left == before {
            return None;
        }
    }
    Some(())
}

/// What stands at one rate.
#[derive(Debug, Clone)]
struct Rate {
    percent: Decimal,
    /// Everything at that rate, with VAT, as shared out so far.
    cents: i64,
    /// Cents its lines may take.
    most: i64,
    /// The shop's own VAT.
    shop: Decimal,
}

impl Rate {
    fn is_right(&self, cents: i64) -> bool {
        let vat = round(vat_inside(from_cents(cents), self.percent));
        self.percent.is_zero() || (vat - self.shop).abs() <= CENT
    }

    /// The least and the most it may come to; none where what its lines may take is not enough.
    fn room(&self) -> Option<(i64, i64)> {
        let mut right =
            (self.cents - self.most..=self.cents + self.most).filter(|cents| self.is_right(*cents));
        let least = right.next()?;
        Some((least, right.next_back().unwrap_or(least)))
    }
}

/// How many cents each rate gets or gives, nothing in all, so that its VAT is the shop's; none where no
/// sharing within reach does that.
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

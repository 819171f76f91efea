//! Cents moved within a VAT rate. Books that round the VAT of every line may come to another VAT than
//! books that round it once: then a cent from one line to another of that rate brings both together.

use rust_decimal::Decimal;

use super::{
    basket::{Basket, CENT},
    charged::Charged,
};

impl Basket {
    /// Where rounding every line would carry a rate off its cent: moves a cent or two between items
    /// of that rate, which leaves the total and the rate's own sum as they are.
    pub(super) fn nudge(&self, charged: &Charged, cents: &mut [i64], decimals: u32) {
        for percent in self.percents() {
            let mut moved = vec![false; self.items.len()];
            for _ in 0..self.items.len() {
                let off = charged.at(percent) - self.vat_per_line(cents, percent, decimals);
                if off.abs() <= CENT {
                    break;
                }
                let moves = self.moves(cents, &moved, percent, decimals);
                let Some((up, down)) = best_pair(&moves, off) else {
                    break;
                };
                for Move { at, step, .. } in [up, down] {
                    if let (Some(cents), Some(moved)) = (cents.get_mut(at), moved.get_mut(at)) {
                        *cents += step;
                        *moved = true;
                    }
                }
            }
        }
    }

    /// Ways to move one item of that rate by a cent or two, and what its VAT does: two of each
    /// effect, for a pair never needs more.
    fn moves(&self, cents: &[i64], moved: &[bool], percent: Decimal, decimals: u32) -> Vec<Move> {
        let mut moves: Vec<Move> = Vec::new();
        for (at, (item, (cents, moved))) in
            self.items.iter().zip(cents.iter().zip(moved)).enumerate()
        {
            if *moved || item.percent != percent || item.cents.is_some() {
                continue;
            }
            let before = item.vat_per_line(*cents, decimals);
            for step in [-2, -1, 1, 2] {
                if cents.signum() * (cents + step).signum() == 1 {
                    let effect = item.vat_per_line(cents + step, decimals) - before;
                    let same = |m: &&Move| m.step == step && m.effect == effect;
                    if moves.iter().filter(same).count() < 2 {
                        moves.push(Move { at, step, effect });
                    }
                }
            }
        }
        moves
    }
}

/// One item moved by so many cents, and what that does to the VAT of its lines.
#[derive(Debug, Clone, Copy)]
struct Move {
    at: usize,
    step: i64,
    effect: Decimal,
}

/// Two moves that cancel out and bring the VAT of the lines closest to what it is off by; none when
/// no pair brings it closer.
fn best_pair(moves: &[Move], off: Decimal) -> Option<(Move, Move)> {
    let mut best = None;
    let mut least = off.abs();
    for up in moves.iter().filter(|up| up.step > 0) {
        for down in moves {
            if down.step != -up.step || down.at == up.at {
                continue;
            }
            let left = (off - up.effect - down.effect).abs();
            if left < least {
                least = left;
                best = Some((*up, *down));
            }
        }
    }
    best
}

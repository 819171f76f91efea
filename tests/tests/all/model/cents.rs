//! Whole cents by largest remainder, and whether the books come to the shop's VAT with them.

use std::collections::BTreeSet;

use rust_decimal::{Decimal, dec, prelude::ToPrimitive};

use super::{Due, Entry, vat_inside};

/// The cents of every entry: what is open is rounded down, and the rest goes to the largest
/// remainders, one cent each.
pub fn shared(due: &Due) -> Vec<i64> {
    let settled: i64 = due.entries.iter().filter_map(|entry| entry.settled).sum();
    let mut cents: Vec<i64> = due.entries.iter().map(|entry| down(entry.exact)).collect();
    for (cents, entry) in cents.iter_mut().zip(&due.entries) {
        *cents = entry.settled.unwrap_or(*cents);
    }
    let open: Vec<usize> = (0..cents.len())
        .filter(|at| due.entries[*at].settled.is_none())
        .collect();
    let mut rest = due.total - settled - open.iter().map(|at| cents[*at]).sum::<i64>();
    if open.is_empty() {
        return cents;
    }
    while rest < 0 {
        open.iter().for_each(|at| cents[*at] -= 1);
        rest += i64::try_from(open.len()).unwrap();
    }
    while rest > 0 {
        let mut left = open.clone();
        while rest > 0 && !left.is_empty() {
            let largest = (0..left.len())
                .rev()
                .max_by_key(|at| remainder(due.entries[left[*at]].exact))
                .unwrap();
            cents[left.remove(largest)] += 1;
            rest -= 1;
        }
    }
    cents
}

/// Are remainders alike of which one is rounded up and another down? Nothing says then which is which.
pub fn tied(due: &Due) -> bool {
    let (mut up, mut down_) = (BTreeSet::new(), BTreeSet::new());
    let all = due.entries.iter().zip(shared(due));
    let open: Vec<(&Decimal, i64)> = all
        .filter(|(entry, _)| entry.settled.is_none())
        .map(|(entry, cents)| (&entry.exact, cents - down(entry.exact)))
        .collect();
    let least = open.iter().map(|(_, more)| *more).min();
    for (exact, more) in open {
        let side = if Some(more) == least {
            &mut down_
        } else {
            &mut up
        };
        side.insert(remainder(*exact));
    }
    !up.is_disjoint(&down_)
}

/// Rounded down to cents.
pub fn down(exact: Decimal) -> i64 {
    (exact * dec!(100)).floor().to_i64().unwrap()
}

/// The part of a cent that rounding down takes away.
pub fn remainder(exact: Decimal) -> Decimal {
    exact * dec!(100) - (exact * dec!(100)).floor()
}

/// Do the books come to the shop's VAT with those cents, however they round?
pub fn come_out(due: &Due) -> bool {
    if due.without_vat {
        return true;
    }
    let cents = shared(due);
    let rates: BTreeSet<Decimal> = due
        .entries
        .iter()
        .map(|entry| entry.percent)
        .chain(due.vat.keys().copied())
        .filter(|percent| !percent.is_zero())
        .collect();
    rates.into_iter().all(|percent| {
        let of_rate = || {
            let all = due.entries.iter().zip(&cents);
            all.filter(move |(entry, _)| entry.percent == percent)
        };
        let at_once = vat_inside(of_rate().map(|(_, cents)| cents).sum(), percent);
        let by_line: Decimal = of_rate()
            .flat_map(|(entry, cents)| written(entry.quantity, *cents))
            .map(|cents| vat_inside(cents, percent))
            .sum();
        let shop = due.vat.get(&percent).copied().unwrap_or_default();
        [at_once, by_line]
            .iter()
            .all(|vat| (*vat - shop).abs() <= dec!(0.01))
    })
}

/// Is there no way at all to share the cents such that the books come to the shop's total and VAT? Every way is
/// gone through: each amount at every number of cents within its room. `spare` may stand without VAT.
pub fn no_way(due: &Due, room: impl Fn(&Entry) -> Decimal) -> bool {
    if due.without_vat {
        return false;
    }
    let mut rates: BTreeSet<Decimal> = due.entries.iter().map(|entry| entry.percent).collect();
    rates.extend(due.vat.keys());
    let mut totals: BTreeSet<i64> = [0].into();
    for percent in rates {
        let of_rate = due.entries.iter().filter(|entry| entry.percent == percent);
        // Cents so far, and the VAT in them where each line is rounded.
        let mut ways: BTreeSet<(i64, Decimal)> = [(0, dec!(0))].into();
        for entry in of_rate {
            let mut further = BTreeSet::new();
            for cents in choices(entry, room(entry)) {
                let lines = written(entry.quantity, cents).into_iter();
                let vat: Decimal = lines.map(|cents| vat_inside(cents, percent)).sum();
                further.extend(ways.iter().map(|(sum, each)| (sum + cents, each + vat)));
            }
            ways = further;
        }
        let shop = due.vat.get(&percent).copied().unwrap_or_default();
        let is_right = |(sum, each): &(i64, Decimal)| {
            let near = |vat: Decimal| (vat - shop).abs() <= dec!(0.01);
            percent.is_zero() || (near(vat_inside(*sum, percent)) && near(*each))
        };
        let right: BTreeSet<i64> = ways
            .iter()
            .filter(|way| is_right(way))
            .map(|way| way.0)
            .collect();
        let sums = |total: &i64| right.iter().map(|more| total + more).collect::<Vec<i64>>();
        totals = totals.iter().flat_map(sums).collect();
    }
    let mut totals = totals.into_iter();
    !totals.any(|total| Decimal::new(due.total - total, 2).abs() <= due.spare)
}

fn choices(entry: &Entry, room: Decimal) -> Vec<i64> {
    if let Some(settled) = entry.settled {
        return vec![settled];
    }
    let all = down(entry.exact - room)..=down(entry.exact + room);
    let within = |cents: &i64| (Decimal::new(*cents, 2) - entry.exact).abs() <= room;
    all.filter(within).collect()
}

/// The lines an amount becomes: two where its cents do not divide by its pieces.
fn written(quantity: Decimal, cents: i64) -> Vec<i64> {
    let quantity = quantity.normalize();
    let pieces = quantity.to_i64().unwrap_or_default();
    if quantity.scale() > 0 || pieces == 0 {
        return vec![cents];
    }
    let (sign, pieces) = (pieces.signum(), pieces.abs());
    let each = (cents * sign).div_euclid(pieces);
    let more = (cents * sign).rem_euclid(pieces);
    let lines = [more * (each + 1) * sign, (pieces - more) * each * sign];
    lines.into_iter().filter(|cents| *cents != 0).collect()
}

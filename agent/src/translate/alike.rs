//! Tax rows under one name: a shop may call its high and its low rate both "BTW", and keep of the rates
//! of an order their names alone. Which row is which is told by what lines and costs come to at each.

use std::collections::HashMap;

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Line, RateKind, RowRate, TotalKind, TotalRow};

use super::{
    case::Case,
    cents::NOTHING,
    charged::{class_percent, class_rates, rate_of},
};

/// How far a row may be from what its rate comes to: the rounding of lines and rows.
const ROW: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

/// More rows than any order has under one name.
const MOST: usize = 4;

/// The rate of each such row, by its place among the rows; none where more than one way fits, or no way.
pub(super) fn rates(case: &Case<'_>) -> HashMap<usize, RowRate> {
    let rows: Vec<(usize, &TotalRow)> = case
        .order
        .totals
        .iter()
        .enumerate()
        .filter(|(_, row)| row.kind == TotalKind::Tax && row.rate.is_none())
        .filter(|(_, row)| rate_of(case, row).is_none())
        .collect();
    let Some(((_, first), others)) = rows.split_first() else {
        return HashMap::new();
    };
    let name = |title: &str| title.trim().to_lowercase();
    if rows.len() > MOST
        || others
            .iter()
            .any(|(_, row)| name(&row.title) != name(&first.title))
    {
        return HashMap::new();
    }
    let rooms: Vec<(Decimal, Room)> = percents(case, &name(&first.title))
        .into_iter()
        .map(|percent| (percent, Room::at(case, percent)))
        .collect();
    if rooms.len() < 2 {
        return HashMap::new();
    }
    let amounts: Vec<Decimal> = rows.iter().map(|(_, row)| row.amount).collect();
    let ways = ways(&amounts, &rooms);
    let [way] = ways.as_slice() else {
        return HashMap::new();
    };
    rows.iter()
        .zip(way)
        .map(|((at, _), percent)| {
            let rate = RowRate {
                rate: *percent,
                kind: RateKind::Percent,
            };
            (*at, rate)
        })
        .collect()
}

/// The percentages that bear that name where the goods go; none where a fixed amount bears it too.
fn percents(case: &Case<'_>, name: &str) -> Vec<Decimal> {
    let country = case.country();
    let rates = || {
        let all = case.facts.shop.tax_rates.iter();
        all.filter(|rate| rate.name.trim().to_lowercase() == name)
    };
    if rates().any(|rate| rate.kind != RateKind::Percent) {
        return Vec::new();
    }
    let mut percents: Vec<Decimal> = rates()
        .filter(|rate| rate.countries.is_empty() || rate.countries.contains(&country))
        .map(|rate| rate.rate.normalize())
        .collect();
    percents.sort_unstable();
    percents.dedup();
    percents
}

/// The least and the most VAT that lines and costs may come to at a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Room {
    least: Decimal,
    most: Decimal,
}

impl Room {
    fn at(case: &Case<'_>, percent: Decimal) -> Self {
        let share = percent / Decimal::ONE_HUNDRED;
        let lines = case
            .order
            .lines
            .iter()
            .filter(|line| bears(case, line, percent));
        let mut known: Decimal = lines.map(|line| line.total * share).sum();
        let mut open = Decimal::ZERO;
        let mut discounted = false;
        for row in &case.order.totals {
            match row.kind {
                TotalKind::SubTotal | TotalKind::Total => {}
                // Another rate of that percentage has a row of its own.
                TotalKind::Tax => {
                    if rate_of(case, row).is_some_and(|rate| rate.rate == percent) {
                        known -= row.amount;
                    }
                }
                _ if row.amount.is_sign_negative() => discounted = true,
                _ => match row
                    .tax_class
                    .as_ref()
                    .and_then(|class| class_percent(case, class, &case.country()))
                {
                    Some(of_class) if of_class == percent => known += row.amount * share,
                    Some(_) => {}
                    None => open += row.amount * share,
                },
            }
        }
        Self {
            least: if discounted { Decimal::ZERO } else { known },
            most: known + open,
        }
    }

    fn holds(self, amount: Decimal) -> bool {
        amount >= self.least - ROW && amount <= self.most + ROW
    }
}

/// Is the VAT on the line's piece that of this rate? Fixed levies of its class stand in it too.
fn bears(case: &Case<'_>, line: &Line, percent: Decimal) -> bool {
    let levies: Decimal = line.tax_class.as_ref().map_or(Decimal::ZERO, |class| {
        class_rates(case, class)
            .filter(|rate| rate.kind == RateKind::Fixed)
            .map(|rate| rate.rate)
            .sum()
    });
    let vat = line.price * percent / Decimal::ONE_HUNDRED;
    [line.tax, line.tax - levies]
        .iter()
        .any(|tax| (*tax - vat).abs() <= NOTHING)
}

/// Every way to give each row a rate of its own that fits; a rate that no row gets bears no VAT.
fn ways(amounts: &[Decimal], rooms: &[(Decimal, Room)]) -> Vec<Vec<Decimal>> {
    let mut ways = vec![Vec::new()];
    for amount in amounts {
        ways = ways
            .into_iter()
            .flat_map(|way: Vec<Decimal>| {
                let free = rooms
                    .iter()
                    .filter(|(percent, room)| !way.contains(percent) && room.holds(*amount));
                free.map(|(percent, _)| [way.as_slice(), &[*percent]].concat())
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    let none_left = |way: &Vec<Decimal>| {
        let mut left = rooms.iter().filter(|(percent, _)| !way.contains(percent));
        left.all(|(_, room)| room.holds(Decimal::ZERO))
    };
    ways.into_iter().filter(none_left).collect()
}

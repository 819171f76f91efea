//! Do amounts per rate come to the shop's own tax rows, and which discounts do those rows show?

use rust_decimal::Decimal;

use super::{cents::NOTHING, charged::Charged, explain::PerRate};

/// How far a rate's VAT may be from the shop's row and still be its own: a cent, and the rounding
/// of the rows.
const ROW: Decimal = Decimal::from_parts(15, 0, 0, false, 3);

/// How far the discount of a rate may move, in VAT, without the books' VAT leaving its cent.
const ROOM: Decimal = Decimal::from_parts(8, 0, 0, false, 3);

/// Without discounts: does each rate's amount come to its row? How far off is the worst?
pub(super) fn undiscounted(charged: &Charged, nets: &PerRate) -> Option<Decimal> {
    let mut worst = Decimal::ZERO;
    for percent in rates(charged, nets) {
        let vat = at(nets, percent) * percent / Decimal::ONE_HUNDRED;
        let error = (vat - charged.at(percent)).abs();
        if error > ROW {
            return None;
        }
        worst = worst.max(error);
    }
    Some(worst)
}

/// With discounts: what each rate's row shows to be missing is its part; what is left belongs to
/// what bears no VAT, up to `untaxed`.
pub(super) fn discounted(
    charged: &Charged,
    untaxed: Decimal,
    nets: &PerRate,
    total: Decimal,
) -> Option<(PerRate, Decimal)> {
    let mut parts = PerRate::new();
    let mut room = PerRate::new();
    let smallest = smallest_part(charged);
    for percent in rates(charged, nets) {
        let share = percent / Decimal::ONE_HUNDRED;
        let part = at(nets, percent) - charged.at(percent).checked_div(share)?;
        let tolerance = ROOM.checked_div(share)?;
        if part < -tolerance || part > at(nets, percent) + tolerance {
            return None;
        }
        let nothing = part.abs() < smallest.max(NOTHING).min(tolerance);
        let part = if nothing || part < Decimal::ZERO {
            Decimal::ZERO
        } else {
            part
        };
        parts.insert(percent, part);
        if part > Decimal::ZERO {
            room.insert(percent, tolerance);
        }
    }
    let left = total - parts.values().sum::<Decimal>();
    let all_room: Decimal = room.values().sum();
    if untaxed > Decimal::ZERO && left > NOTHING && left <= untaxed + NOTHING {
        parts.insert(Decimal::ZERO, left);
        return Some((parts, Decimal::ZERO));
    }
    if left.abs() > all_room.max(NOTHING) {
        return None;
    }
    for (percent, tolerance) in &room {
        if let Some(part) = parts.get_mut(percent) {
            let part_left = left * (*tolerance).checked_div(all_room)?;
            *part = (*part + part_left).max(Decimal::ZERO);
        }
    }
    Some((parts, left.abs()))
}

/// How far the parts are from a discount over all goods alike, which most are.
pub(super) fn unevenness(goods: &PerRate, parts: &PerRate, total: Decimal) -> Decimal {
    let all: Decimal = goods.values().sum();
    let Some(share) = total.checked_div(all) else {
        return total.abs();
    };
    goods
        .keys()
        .chain(parts.keys().filter(|percent| !goods.contains_key(percent)))
        .map(|percent| (at(parts, *percent) - at(goods, *percent) * share).abs())
        .sum()
}

/// Rates above zero of rows and amounts.
fn rates(charged: &Charged, nets: &PerRate) -> Vec<Decimal> {
    let mut rates: Vec<Decimal> = charged.percents().collect();
    rates.extend(nets.keys().copied().filter(|percent| !percent.is_zero()));
    rates.sort_unstable();
    rates.dedup();
    rates
}

/// Where the shop keeps its tax in whole cents, a part below this is noise of that rounding.
fn smallest_part(charged: &Charged) -> Decimal {
    if charged.vat.values().all(|tax| tax.normalize().scale() <= 2) {
        Decimal::new(5, 2)
    } else {
        Decimal::ZERO
    }
}

/// The amount of that rate.
pub(super) fn at(nets: &PerRate, percent: Decimal) -> Decimal {
    nets.get(&percent).copied().unwrap_or_default()
}

//! All rows of an order together: its VAT and its discount, shared over the rates.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{HIGH, Prices, Row, over, vat_in};

/// How far a rate's VAT may be from what the shop recorded for it.
const RATE: Decimal = Decimal::from_parts(15, 0, 0, false, 3);
/// How far the order's VAT may be, for every rate in it.
const TOTAL: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Amounts per percentage.
pub type PerRate = BTreeMap<Decimal, Decimal>;

/// What the shop says of the whole order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    /// With VAT.
    pub total: Option<Decimal>,
    /// Its VAT.
    pub vat: Option<Decimal>,
    /// All discounts, above zero, in one of the price modes.
    pub discount: Decimal,
}

/// The order's VAT and discount per rate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// VAT per percentage above zero, after discounts.
    pub vat: PerRate,
    /// The discount without VAT, above zero.
    pub discount: Decimal,
    /// How the discount is shared over the rates, without VAT, where that is known.
    pub parts: Option<PerRate>,
}

/// Shares VAT and discount over the rates.
#[must_use]
pub fn shared(goods: &[Row], costs: &[Row], totals: Totals, prices: Prices) -> Shared {
    let order = Whole::of(goods, costs, totals);
    if totals.discount.is_zero() {
        return order.undiscounted();
    }
    let readings = order.readings(goods, prices);
    let fits = |reading: &&Shared| order.fits(reading);
    readings
        .iter()
        .filter(fits)
        .find(|reading| order.comes_to_total(reading))
        .or_else(|| readings.iter().find(fits))
        .cloned()
        .or_else(|| order.by_two_rates(prices))
        .unwrap_or_else(|| order.as_recorded(prices))
}

/// All rows together.
struct Whole {
    net: PerRate,
    vat: PerRate,
    /// VAT per rate as the shop recorded it, where that comes to its own total.
    recorded: Option<PerRate>,
    totals: Totals,
}

impl Whole {
    fn of(goods: &[Row], costs: &[Row], totals: Totals) -> Self {
        let (mut net, mut vat) = (PerRate::new(), PerRate::new());
        let mut recorded = Some(PerRate::new());
        for row in goods.iter().chain(costs) {
            *net.entry(row.percent).or_default() += row.net;
            *vat.entry(row.percent).or_default() += row.vat;
            recorded = recorded.zip(row.recorded).map(|(mut sums, amount)| {
                *sums.entry(row.percent).or_default() += amount;
                sums
            });
        }
        let recorded = recorded.filter(|sums| {
            totals.vat.is_some_and(|vat| {
                (sums.values().sum::<Decimal>() - vat).abs() <= TOTAL * Decimal::TWO
            })
        });
        Self {
            net,
            vat,
            recorded,
            totals,
        }
    }

    /// Is that the shop's VAT: of each rate where it recorded them, else of all?
    fn is_the_shops(&self, vat: &PerRate) -> bool {
        if let Some(recorded) = &self.recorded {
            return recorded
                .iter()
                .all(|(percent, amount)| (at(vat, *percent) - amount).abs() <= RATE);
        }
        let Some(total) = self.totals.vat else {
            return true;
        };
        let rates = vat.keys().filter(|percent| !percent.is_zero()).count();
        let room = TOTAL * Decimal::from(rates.max(1)) + Decimal::new(5, 3);
        (vat.values().sum::<Decimal>() - total).abs() <= room
    }

    fn fits(&self, reading: &Shared) -> bool {
        self.is_the_shops(&reading.vat)
    }

    fn comes_to_total(&self, reading: &Shared) -> bool {
        let Some(total) = self.totals.total else {
            return true;
        };
        let net: Decimal = self.net.values().sum();
        let vat: Decimal = reading.vat.values().sum();
        (net - reading.discount + vat - total).abs() <= TOTAL * Decimal::TWO
    }

    fn undiscounted(&self) -> Shared {
        let vat = if self.is_the_shops(&self.vat) {
            self.vat.clone()
        } else {
            self.shops_own()
        };
        Shared {
            vat: taxed(vat),
            discount: Decimal::ZERO,
            parts: None,
        }
    }

    /// The shop's figures, whether or not they follow from its lines: per rate where it recorded
    /// them, else what its total is off stands on the largest rate.
    fn shops_own(&self) -> PerRate {
        if let Some(recorded) = &self.recorded {
            return recorded.clone();
        }
        let mut vat = self.vat.clone();
        let off = self.totals.vat.unwrap_or_default() - vat.values().sum::<Decimal>();
        let largest = vat.iter().max_by_key(|(_, amount)| **amount);
        let largest = largest.map_or(HIGH, |(percent, _)| *percent);
        let largest = if largest.is_zero() { HIGH } else { largest };
        if self.totals.vat.is_some() {
            *vat.entry(largest).or_default() += off;
        }
        vat
    }

    /// Ways to understand the discount: shared over the goods, or over all, with or without VAT in
    /// it; or one that lowered no VAT.
    fn readings(&self, goods: &[Row], prices: Prices) -> Vec<Shared> {
        let (mut net, mut vat) = (PerRate::new(), PerRate::new());
        for row in goods {
            *net.entry(row.percent).or_default() += row.net;
            *vat.entry(row.percent).or_default() += row.vat;
        }
        let mut readings = Vec::new();
        for prices in [prices, prices.other()] {
            for (net, vat) in [(&net, &vat), (&self.net, &self.vat)] {
                readings.extend(self.spread(net, vat, prices));
            }
        }
        readings.push(Shared {
            vat: taxed(self.vat.clone()),
            discount: self.totals.discount,
            parts: None,
        });
        readings
    }

    fn spread(&self, net: &PerRate, vat: &PerRate, prices: Prices) -> Option<Shared> {
        let base = |percent: &Decimal| match prices {
            Prices::With => at(net, *percent) + at(vat, *percent),
            Prices::Without => at(net, *percent),
        };
        let all: Decimal = net.keys().map(base).sum();
        if all <= Decimal::ZERO {
            return None;
        }
        let shares = net
            .keys()
            .map(|percent| (*percent, over(self.totals.discount * base(percent), all)))
            .collect();
        Some(self.lowered(&shares, prices))
    }

    /// The order with the discount taken off its rates.
    fn lowered(&self, shares: &PerRate, prices: Prices) -> Shared {
        let mut vat = self.vat.clone();
        let mut parts = PerRate::new();
        for (percent, share) in shares {
            let tax = vat_in(*share, prices, *percent).round_dp(6);
            let net = match prices {
                Prices::With => share.round_dp(6) - tax,
                Prices::Without => share.round_dp(6),
            };
            *vat.entry(*percent).or_default() -= tax;
            parts.insert(*percent, net);
        }
        Shared {
            vat: taxed(vat),
            discount: parts.values().sum(),
            parts: Some(parts),
        }
    }

    /// Of two rates, discount and VAT leave one way to share the discount.
    fn by_two_rates(&self, prices: Prices) -> Option<Shared> {
        if self.recorded.is_some() {
            return None;
        }
        let [(one, one_net), (two, two_net)]: [(Decimal, Decimal); 2] = self
            .net
            .iter()
            .map(|(percent, net)| (*percent, *net))
            .collect::<Vec<_>>()
            .try_into()
            .ok()?;
        let lowered = self.vat.values().sum::<Decimal>() - self.totals.vat?;
        let stated = self.totals.discount;
        let factor = |percent| vat_in(Decimal::ONE, prices, percent);
        let apart = factor(one) - factor(two);
        let first = (lowered - stated * factor(two)).checked_div(apart)?;
        let gross = |net: Decimal, percent: Decimal| match prices {
            Prices::With => net + at(&self.vat, percent),
            Prices::Without => net,
        };
        let room = Decimal::new(1, 1);
        let possible = |share: Decimal, most: Decimal| share >= -room && share <= most + room;
        let second = stated - first;
        if !possible(first, gross(one_net, one)) || !possible(second, gross(two_net, two)) {
            return None;
        }
        let first = first.clamp(Decimal::ZERO, stated);
        let shares = [(one, first), (two, stated - first)].into();
        Some(self.lowered(&shares, prices)).filter(|reading| self.fits(reading))
    }

    fn as_recorded(&self, prices: Prices) -> Shared {
        let vat = self.shops_own();
        let lowered = self.vat.values().sum::<Decimal>() - vat.values().sum::<Decimal>();
        let discount = match prices {
            Prices::With => self.totals.discount - lowered,
            Prices::Without => self.totals.discount,
        };
        Shared {
            vat: taxed(vat),
            discount,
            parts: None,
        }
    }
}

fn at(amounts: &PerRate, percent: Decimal) -> Decimal {
    amounts.get(&percent).copied().unwrap_or_default()
}

fn taxed(mut vat: PerRate) -> PerRate {
    vat.retain(|percent, _| !percent.is_zero());
    vat
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::shop::sconnect::vat::{Given, goods};

    fn given(price: Decimal, quantity: Decimal, vat: Decimal) -> Given {
        Given {
            price,
            quantity,
            vat: Some(vat),
            percent: None,
            class: None,
        }
    }

    fn basket() -> Vec<Row> {
        [(dec!(12.10), dec!(2.10)), (dec!(10.90), dec!(0.90))]
            .map(|(price, vat)| goods(&given(price, dec!(1), vat), Prices::With, false))
            .into()
    }

    fn totals(total: Decimal, vat: Decimal, discount: Decimal) -> Totals {
        Totals {
            total: Some(total),
            vat: Some(vat),
            discount,
        }
    }

    #[test]
    fn a_discount_over_all_goods_lowers_each_rate_by_its_share() {
        // 2.30 of 23.00 is a tenth: VAT 1.89 and 0.81.
        let shared = shared(
            &basket(),
            &[],
            totals(dec!(20.70), dec!(2.70), dec!(2.30)),
            Prices::With,
        );
        assert_eq!(shared.vat[&dec!(21)].round_dp(2), dec!(1.89));
        assert_eq!(shared.vat[&dec!(9)].round_dp(2), dec!(0.81));
        assert_eq!(shared.discount.round_dp(2), dec!(2.00));
    }

    #[test]
    fn a_discount_on_one_product_is_found_by_the_vat() {
        // 2.42 off the 21% goods alone: VAT 1.68 and 0.90.
        let shared = shared(
            &basket(),
            &[],
            totals(dec!(20.58), dec!(2.58), dec!(2.42)),
            Prices::With,
        );
        assert_eq!(shared.vat[&dec!(21)].round_dp(2), dec!(1.68));
        assert_eq!(shared.vat[&dec!(9)].round_dp(2), dec!(0.90));
    }

    #[test]
    fn what_lowers_no_vat_is_handed_on_as_such() {
        let shared = shared(
            &basket(),
            &[],
            totals(dec!(18.00), dec!(3.00), dec!(5.00)),
            Prices::With,
        );
        assert_eq!(shared.vat.values().sum::<Decimal>().round_dp(2), dec!(3.00));
        assert_eq!(shared.discount, dec!(5.00));
    }

    #[test]
    fn vat_that_does_not_follow_from_the_lines_is_the_shop_s_own() {
        let shared = shared(
            &basket(),
            &[],
            totals(dec!(23.00), dec!(3.50), dec!(0)),
            Prices::With,
        );
        assert_eq!(shared.vat.values().sum::<Decimal>().round_dp(2), dec!(3.50));
    }
}

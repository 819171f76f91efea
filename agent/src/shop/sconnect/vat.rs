//! The VAT of an order, per rate. The API has a price and a VAT amount per line and one total of
//! both, but no VAT per rate, and its two plug-ins mean different things by the same field:
//!
//! * Magento 1 gives prices before the discount and VAT after it, shipping always without VAT;
//! * WooCommerce gives prices after the discount and no discount at all, shipping in the price mode.
//!
//! So no reading is believed unless it comes to what the shop itself recorded: the line's VAT, the
//! order's VAT and the order's total. Where none does, the shop's own figures are handed on as they
//! are, and translation holds the order.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

/// Dutch rates since 1 January 2019 (Wet OB 1968, article 9), by the API's VAT ids.
pub const HIGH: Decimal = Decimal::from_parts(21, 0, 0, false, 0);
/// See [`HIGH`].
pub const LOW: Decimal = Decimal::from_parts(9, 0, 0, false, 0);

/// Rounding of one VAT amount of two decimals, and of the price it was taken from.
const ONE: Decimal = Decimal::from_parts(61, 0, 0, false, 4);
/// How far a rate's VAT may be from what the shop recorded for it.
const RATE: Decimal = Decimal::from_parts(15, 0, 0, false, 3);
/// How far the order's VAT may be, for every rate in it.
const TOTAL: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// Amounts per percentage.
pub type PerRate = BTreeMap<Decimal, Decimal>;

/// Do prices include VAT?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prices {
    /// `InclusiefBtw`.
    With,
    /// `ExclusiefBtw`.
    Without,
}

impl Prices {
    const fn other(self) -> Self {
        match self {
            Self::With => Self::Without,
            Self::Without => Self::With,
        }
    }
}

/// A row as the shop gives it.
#[derive(Debug, Clone)]
pub struct Given {
    /// Price of one, above or below zero.
    pub price: Decimal,
    /// Pieces.
    pub quantity: Decimal,
    /// VAT of one.
    pub vat: Option<Decimal>,
    /// Percentage, where the shop names one.
    pub percent: Option<Decimal>,
    /// Domestic rate of its class, where that is known.
    pub class: Option<Decimal>,
}

/// A row as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Percentage charged.
    pub percent: Decimal,
    /// Price of one without VAT.
    pub price: Decimal,
    /// VAT of that price.
    pub tax: Decimal,
    /// Amount without VAT.
    pub net: Decimal,
    /// VAT of that amount at the percentage.
    pub vat: Decimal,
    /// What the shop recorded as its VAT.
    pub recorded: Option<Decimal>,
}

impl Row {
    /// Amount with VAT.
    #[must_use]
    pub fn gross(&self) -> Decimal {
        self.net + self.vat
    }
}

/// `part / whole`, which is never asked with a whole of nothing.
fn over(part: Decimal, whole: Decimal) -> Decimal {
    part.checked_div(whole).unwrap_or_default()
}

fn vat_in(price: Decimal, prices: Prices, percent: Decimal) -> Decimal {
    match prices {
        Prices::With => over(price * percent, Decimal::ONE_HUNDRED + percent),
        Prices::Without => over(price * percent, Decimal::ONE_HUNDRED),
    }
}

/// PHP divides a line's total by its pieces: times the pieces it is whole cents again.
fn settled(amount: Decimal) -> Decimal {
    let cents = amount.round_dp(2);
    if (amount - cents).abs() < Decimal::new(1, 5) {
        cents
    } else {
        amount.round_dp(6)
    }
}

fn row(given: &Given, prices: Prices, percent: Decimal) -> Row {
    let amount = settled(given.price * given.quantity);
    let vat = vat_in(amount, prices, percent).round_dp(6);
    let tax = vat_in(given.price, prices, percent).round_dp(6);
    let (net, price) = match prices {
        Prices::With => (amount - vat, given.price - tax),
        Prices::Without => (amount, given.price),
    };
    Row {
        percent: percent.normalize(),
        price,
        tax,
        net,
        vat,
        recorded: given.vat.map(|vat| settled(vat * given.quantity)),
    }
}

/// Rates a row may bear, the likelier first: the one it names, its class's, the Dutch ones, and what
/// its own VAT comes to.
fn candidates(given: &Given, prices: Prices) -> Vec<Decimal> {
    let mut rates: Vec<Decimal> = given.percent.into_iter().chain(given.class).collect();
    rates.extend([HIGH, LOW, Decimal::ZERO]);
    if let Some(vat) = given.vat {
        let net = match prices {
            Prices::With => given.price - vat,
            Prices::Without => given.price,
        };
        let implied = over(vat * Decimal::ONE_HUNDRED, net);
        // Rates elsewhere in the EU are whole or half percents.
        rates.push((implied * Decimal::TWO).round() / Decimal::TWO);
    }
    rates.retain(|rate| (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(rate));
    rates
}

/// A row of goods. Where a discount was taken off its VAT but not off its price, the percentage the
/// shop names is all there is; otherwise it must come to the VAT.
#[must_use]
pub fn goods(given: &Given, prices: Prices, discounted: bool) -> Row {
    let named = given.percent.or(if given.vat.is_none() {
        given.class
    } else {
        None
    });
    if let Some(percent) = named
        && (discounted || given.vat.is_none())
    {
        return row(given, prices, percent);
    }
    if let Some(percent) = fitting(given, prices) {
        return row(given, prices, percent);
    }
    // Nothing says for certain that the VAT is that of one piece.
    let of_one = Given {
        vat: given.vat.and_then(|vat| vat.checked_div(given.quantity)),
        ..given.clone()
    };
    match fitting(&of_one, prices) {
        Some(percent) => row(&of_one, prices, percent),
        // A rate nobody knows: translation names it and holds the order.
        None => row(given, prices, implied(given, prices)),
    }
}

/// The likeliest rate that comes to the row's VAT.
fn fitting(given: &Given, prices: Prices) -> Option<Decimal> {
    let vat = given.vat?;
    candidates(given, prices)
        .into_iter()
        .find(|rate| (vat - vat_in(given.price, prices, *rate)).abs() <= ONE)
}

fn implied(given: &Given, prices: Prices) -> Decimal {
    let vat = given.vat.unwrap_or_default();
    let net = match prices {
        Prices::With => given.price - vat,
        Prices::Without => given.price,
    };
    over(vat * Decimal::ONE_HUNDRED, net)
        .round_dp(2)
        .clamp(Decimal::ZERO, Decimal::ONE_HUNDRED)
}

/// A row of costs: whether its price has VAT in it shows in its VAT.
#[must_use]
pub fn costs(given: &Given, prices: Prices) -> Row {
    let Some(vat) = given.vat else {
        let percent = given.percent.or(given.class).unwrap_or_default();
        return row(given, prices, percent);
    };
    for prices in [prices, prices.other()] {
        let fitting = candidates(given, prices)
            .into_iter()
            // The rate its own VAT comes to fits any reading.
            .filter(|rate| {
                [HIGH, LOW, Decimal::ZERO].contains(rate) || given.percent == Some(*rate)
            })
            .find(|rate| (vat - vat_in(given.price, prices, *rate)).abs() <= ONE);
        if let Some(percent) = fitting {
            return row(given, prices, percent);
        }
    }
    goods(given, prices, false)
}

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

    fn given(price: Decimal, quantity: Decimal, vat: Decimal) -> Given {
        Given {
            price,
            quantity,
            vat: Some(vat),
            percent: None,
            class: None,
        }
    }

    #[test]
    fn the_rate_of_a_line_follows_from_its_vat() {
        for (price, vat, prices, percent) in [
            (dec!(12.10), dec!(2.10), Prices::With, dec!(21)),
            (dec!(10), dec!(2.10), Prices::Without, dec!(21)),
            (dec!(10.90), dec!(0.90), Prices::With, dec!(9)),
            (dec!(11.90), dec!(1.90), Prices::With, dec!(19)),
            (dec!(10), dec!(0), Prices::With, dec!(0)),
            (
                dec!(3.3366666666666664),
                dec!(0.5790909),
                Prices::With,
                dec!(21),
            ),
        ] {
            let row = goods(&given(price, dec!(1), vat), prices, false);
            assert_eq!(row.percent, percent, "{price} {vat}");
        }
    }

    #[test]
    fn vat_of_a_whole_line_is_taken_for_what_it_is_and_absurd_vat_for_no_known_rate() {
        let line = goods(
            &given(dec!(12.10), dec!(3), dec!(6.30)),
            Prices::With,
            false,
        );
        assert_eq!((line.percent, line.recorded), (dec!(21), Some(dec!(6.30))));
        let mut absurd = given(dec!(12.10), dec!(1), dec!(-1000));
        absurd.class = Some(HIGH);
        assert_eq!(goods(&absurd, Prices::With, false).percent, dec!(0));
    }

    #[test]
    fn a_line_s_total_divided_by_its_pieces_is_whole_cents_again() {
        let row = goods(
            &given(dec!(3.3366666666667), dec!(3), dec!(0.579091)),
            Prices::With,
            false,
        );
        assert_eq!(row.gross(), dec!(10.01));
    }

    #[test]
    fn shipping_is_with_or_without_vat_as_its_vat_shows() {
        let with = costs(&given(dec!(6.05), dec!(1), dec!(1.05)), Prices::With);
        let without = costs(&given(dec!(5.00), dec!(1), dec!(1.05)), Prices::With);
        for row in [with, without] {
            assert_eq!(
                (row.net, row.gross(), row.percent),
                (dec!(5.00), dec!(6.05), dec!(21))
            );
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

//! The VAT of an order, per rate. The API has a price and a VAT amount per line and one total of
//! both, but no VAT per rate, and its two plug-ins mean different things by the same field:
//!
//! * Magento 1 gives prices before the discount and VAT after it, shipping always without VAT;
//! * WooCommerce gives prices after the discount and no discount at all, shipping in the price mode.
//!
//! So no reading is believed unless it comes to what the shop itself recorded: the line's VAT, the
//! order's VAT and the order's total. Where none does, the shop's own figures are handed on as they
//! are, and translation holds the order.

mod whole;

use rust_decimal::Decimal;

pub use self::whole::{Shared, Totals, shared};

/// Dutch rates since 1 January 2019 (Wet OB 1968, article 9), by the API's VAT ids.
pub const HIGH: Decimal = Decimal::from_parts(21, 0, 0, false, 0);
/// See [`HIGH`].
pub const LOW: Decimal = Decimal::from_parts(9, 0, 0, false, 0);

/// Rounding of one VAT amount of two decimals, and of the price it was taken from.
const ONE: Decimal = Decimal::from_parts(61, 0, 0, false, 4);

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
}

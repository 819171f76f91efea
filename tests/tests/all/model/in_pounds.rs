//! An order in another currency than euro, at the rate its owner entered: every amount divided by it.

use rust_decimal::{Decimal, dec};
use testbed::truth::generated::{self, Class, Coupon, Wish};
use winkelbrug::translate::{DifferenceChoice, Facts, NegativeLines};
use winkelbrug_protocol::record::{Order, RateKind};

use super::{Agreed, HALF, compare, judge};
use crate::translate::desk::{Desk, desk_of, good, wish};

/// The order and the shop's fixed levies in euro.
pub fn in_euro(order: &Order, facts: &Facts, rate: Decimal) -> (Order, Facts) {
    let (mut order, mut facts) = (order.clone(), facts.clone());
    let euro = |amount: Decimal| (amount / rate).round_dp(6);
    if order.money.order_code.is_empty() || order.money.order_code == order.money.code {
        order.money.order_code = order.money.code.clone();
    }
    order.money.code = "EUR".to_owned();
    order.total = euro(order.total);
    for line in &mut order.lines {
        line.price = euro(line.price);
        line.tax = euro(line.tax);
        line.total = euro(line.total);
        line.total_incl = line.total_incl.map(euro);
        if let Some(levy) = &mut line.levy {
            levy.net = euro(levy.net);
            levy.vat = euro(levy.vat);
        }
    }
    for row in &mut order.totals {
        row.amount = euro(row.amount);
        for part in &mut row.parts {
            part.net = euro(part.net);
            part.vat = euro(part.vat);
        }
        for fixed in row
            .rate
            .iter_mut()
            .filter(|known| known.kind == RateKind::Fixed)
        {
            fixed.rate = euro(fixed.rate);
        }
    }
    for card in &mut order.gift_cards {
        card.amount = euro(card.amount);
    }
    let rates = facts.shop.tax_rates.iter_mut();
    for fixed in rates.filter(|known| known.kind == RateKind::Fixed) {
        fixed.rate = euro(fixed.rate);
    }
    (order, facts)
}

/// Does that rate make nothing of the order or of a line? Then it is none that anybody meant.
pub fn is_nothing(order: &Order, rate: Decimal) -> bool {
    let mut amounts = vec![order.total];
    amounts.extend(order.lines.iter().map(|line| line.total));
    let mut amounts = amounts.into_iter();
    amounts.any(|amount| amount.abs() > HALF && (amount / rate).round_dp(6).abs() <= HALF)
}

fn agreed(desk: &Desk, change: fn(&mut Facts)) -> Result<Agreed, String> {
    let mut facts = desk.facts();
    change(&mut facts);
    let outcome = desk.outcome_with(change);
    let verdict = judge(&desk.order, &desk.settings, &facts);
    compare(&verdict, &outcome, &desk.settings, &facts)
}

fn baskets() -> Vec<Desk> {
    let mixed = || vec![good(2_000, 3, Class::High), good(333, 2, Class::Low)];
    let baskets = [
        wish(),
        Wish {
            goods: mixed(),
            fee: Some(150),
            coupon: Some(Coupon::Percent(10)),
            ..wish()
        },
        Wish {
            goods: mixed(),
            gift_card: Some(700),
            sold_card: Some(2_500),
            ..wish()
        },
        Wish {
            goods: vec![good(999, 7, Class::Levy)],
            coupon: Some(Coupon::Fixed(250)),
            ..wish()
        },
    ];
    baskets.iter().map(desk_of).collect()
}

#[test]
fn an_order_at_the_rate_its_owner_entered_is_what_the_model_demands() {
    for (at, mut desk) in baskets().into_iter().enumerate() {
        desk.order.money.code = "GBP".to_owned();
        desk.order.money.order_code = "GBP".to_owned();
        assert_eq!(agreed(&desk, |_| {}), Ok(Agreed::Held), "{at}");
        let written = agreed(&desk, |facts| facts.exchange_rate = Some(dec!(0.8653)));
        let right = [Ok(Agreed::ToTheCent), Ok(Agreed::WithinItsCents)];
        assert!(right.contains(&written), "{at}: {written:?}");
    }
}

#[test]
fn an_order_of_which_the_rate_makes_nothing_is_held() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(1, 1, Class::High)],
        ..wish()
    });
    desk.order.money.code = "GBP".to_owned();
    desk.order.money.order_code = "GBP".to_owned();
    let at_four = agreed(&desk, |facts| facts.exchange_rate = Some(dec!(4)));
    assert_eq!(at_four, Ok(Agreed::Held));
}

#[test]
fn a_difference_booked_as_its_owner_chose_is_what_the_model_demands() {
    let goods = || vec![good(3_000, 1, Class::High), good(1_000, 1, Class::Low)];
    for hidden in [-337, 337] {
        for wish in [
            Wish { hidden, ..wish() },
            Wish {
                goods: goods(),
                hidden,
                ..wish()
            },
            Wish {
                goods: goods(),
                gift_card: Some(500),
                hidden,
                ..wish()
            },
        ] {
            let desk = Desk {
                order: generated::order(&wish),
                ..desk_of(&wish)
            };
            assert_eq!(agreed(&desk, |_| {}), Ok(Agreed::Held), "{wish:?}");
            let chosen: [fn(&mut Facts); 2] = [
                |facts| facts.difference = Some(DifferenceChoice::Discount),
                |facts| facts.difference = Some(DifferenceChoice::Untaxed),
            ];
            for choose in chosen {
                let written = agreed(&desk, choose);
                let right = [Ok(Agreed::ToTheCent), Ok(Agreed::WithinItsCents)];
                assert!(right.contains(&written), "{wish:?}: {written:?}");
            }
        }
    }
}

/// A quantity below zero comes to what a price below zero does.
#[test]
fn lines_below_zero_by_quantity_are_what_the_model_demands() {
    for (at, desk) in baskets().into_iter().enumerate() {
        let written = agreed(&desk, |facts| {
            facts.negative_lines = NegativeLines::ByQuantity
        });
        assert_eq!(written, Ok(Agreed::ToTheCent), "{at}");
    }
}

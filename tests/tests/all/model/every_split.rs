//! A coupon over goods of several rates, beside every way there is to share it out in cents: what is written is
//! one of those that come to the shop's VAT, and what is held has none.

use std::collections::BTreeSet;

use rust_decimal::{Decimal, dec};
use testbed::truth::{
    books::line_total,
    generated::{Class, Coupon, Wish},
};
use winkelbrug::translate::Outcome;
use winkelbrug_protocol::record::{Order, TotalKind};

use super::whole;
use crate::{
    translate::desk::{desk_of, good, wish},
    translate_shops::desk::shop_vat,
};

/// Cents of the coupon at the high and at the low rate, with VAT; the rest is without VAT.
type Split = (i64, i64);

/// Every way, gone through cent by cent.
fn every_way(order: &Order, untaxed: Decimal) -> BTreeSet<Split> {
    let coupon = order.totals.iter();
    let coupon = coupon.filter(|row| row.kind == TotalKind::Discount);
    let coupon: Decimal = coupon.map(|row| -row.amount).sum();
    let vat = shop_vat(order);
    let charged = |percent: Decimal| vat.get(&percent).copied().unwrap_or_default();
    let before = |percent: Decimal| {
        let lines = order.lines.iter();
        let of_rate =
            lines.filter(|line| (line.tax - line.price * percent / dec!(100)).abs() < dec!(0.01));
        let goods: Decimal = of_rate.map(|line| line.total).sum();
        let shipping = order.totals.iter();
        let shipping =
            shipping.filter(|row| row.kind == TotalKind::Shipping && percent == dec!(21));
        goods + shipping.map(|row| row.amount).sum::<Decimal>()
    };
    // What of each rate comes to the shop's VAT, a cent more or less, and what that is without VAT.
    let at = |percent: Decimal| {
        let (before, charged) = (before(percent), charged(percent));
        let most = whole(coupon * (dec!(100) + percent) / dec!(100)) + 1;
        let ways = (0..=most).filter_map(move |cents| {
            let net = Decimal::new(cents, 2) * dec!(100) / (dec!(100) + percent);
            let vat = (before - net) * percent / dec!(100);
            ((vat - charged).abs() <= dec!(0.015)).then_some((cents, net))
        });
        ways.collect::<Vec<(i64, Decimal)>>()
    };
    let low = at(dec!(9));
    let mut ways = BTreeSet::new();
    for (high, net) in at(dec!(21)) {
        for (low, low_net) in &low {
            let left = coupon - net - low_net;
            let room = dec!(0.02);
            if left >= -room && left <= untaxed + room {
                ways.insert((high, *low));
            }
        }
    }
    ways
}

#[test]
fn a_coupon_over_several_rates_is_shared_in_a_way_that_comes_to_the_shops_vat() {
    let (mut written, mut held) = (0, 0);
    for (high, low, none) in [
        (1, 0, 0),
        (3, 2, 0),
        (2, 7, 0),
        (1, 3, 2),
        (0, 5, 1),
        (4, 0, 3),
    ] {
        for price in [333, 1_000, 1_999] {
            for coupon in [1, 50, 250, 499] {
                let goods = [
                    good(price, high, Class::High),
                    good(price + 7, low, Class::Low),
                    good(price + 100, none, Class::Zero),
                ];
                let goods = goods.into_iter().filter(|bought| bought.quantity > 0);
                let wish = Wish {
                    goods: goods.collect(),
                    coupon: Some(Coupon::Fixed(coupon)),
                    ..wish()
                };
                let desk = desk_of(&wish);
                let untaxed = Decimal::new((price + 100) * none, 2);
                let ways = every_way(&desk.order, untaxed);
                let Outcome::Plan(plan) = desk.outcome() else {
                    assert!(ways.is_empty(), "{wish:?} might be shared as {ways:?}");
                    held += 1;
                    continue;
                };
                let on = |code: &str| {
                    let lines = plan.order.lines.iter().filter(|line| line.code == code);
                    -whole(lines.map(line_total).sum())
                };
                let split = (on("KORTING-H"), on("KORTING-L"));
                assert!(ways.contains(&split), "{wish:?}: {split:?}, not {ways:?}");
                written += 1;
            }
        }
    }
    assert!(written > 50, "{written} written, {held} held");
}

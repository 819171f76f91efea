//! An order in another currency than euro, at the rate the owner entered for it.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Order, RateKind};

use super::{
    case::held,
    odd::MOST_MONEY,
    plan::{Facts, Outcome},
};
use crate::{text, text::Amount};

/// Code of the reason of an order that waits for a rate.
pub const NOT_EURO: &str = "geen-euro";

/// Decimals kept: more than any shop keeps.
const DECIMALS: u32 = 6;

/// The order in euro, and the facts with the shop's fixed levies in euro; none where the order is in
/// euro or the owner entered no rate. A rate that makes nothing, or more than anybody sells, of an
/// amount holds the order.
pub(super) fn in_euro(order: &Order, facts: &Facts) -> Result<Option<(Order, Facts)>, Outcome> {
    let Some(rate) = facts.exchange_rate.filter(|rate| *rate > Decimal::ZERO) else {
        return Ok(None);
    };
    if order.money.code.eq_ignore_ascii_case("EUR") {
        return Ok(None);
    }
    let in_shop = order;
    let (mut order, mut facts) = (order.clone(), facts.clone());
    let mut overflowed = false;
    let mut euro = |amount: &mut Decimal| match amount.checked_div(rate) {
        Some(converted) => *amount = converted.round_dp(DECIMALS),
        None => overflowed = true,
    };
    let money = &mut order.money;
    if money.order_code.is_empty() || money.order_code == money.code {
        money.order_code.clone_from(&money.code);
        if money.order_total.is_zero() {
            money.order_total = order.total.round_dp(2);
        }
    }
    "EUR".clone_into(&mut money.code);
    for line in &mut order.lines {
        for amount in [&mut line.price, &mut line.tax, &mut line.total] {
            euro(amount);
        }
        line.total_incl.as_mut().map(&mut euro);
        if let Some(levy) = &mut line.levy {
            euro(&mut levy.net);
            euro(&mut levy.vat);
        }
    }
    for row in &mut order.totals {
        euro(&mut row.amount);
        for part in &mut row.parts {
            euro(&mut part.net);
            euro(&mut part.vat);
        }
        if let Some(rate) = &mut row.rate
            && rate.kind == RateKind::Fixed
        {
            euro(&mut rate.rate);
        }
    }
    for card in &mut order.gift_cards {
        euro(&mut card.amount);
    }
    for refund in &mut order.refunds {
        euro(&mut refund.total);
        euro(&mut refund.adjustment);
        let goods = refund.lines.iter_mut().flat_map(|line| &mut line.parts);
        for part in goods.chain(&mut refund.shipping) {
            euro(&mut part.net);
            euro(&mut part.vat);
        }
    }
    euro(&mut order.total);
    order.received.as_mut().map(&mut euro);
    for rate in &mut facts.shop.tax_rates {
        if rate.kind == RateKind::Fixed {
            euro(&mut rate.rate);
        }
    }
    // What a product costs stands in the shop's own currency, which need not be the order's.
    for product in &mut facts.products {
        (product.price, product.price_incl) = (None, None);
    }
    if overflowed || is_unlikely(in_shop, &order) {
        return unlikely(in_shop, rate);
    }
    Ok(Some((order, facts)))
}

/// Became an amount nothing, or the whole more than anybody sells?
fn is_unlikely(in_shop: &Order, in_euro: &Order) -> bool {
    let nothing = |before: Decimal, after: Decimal| {
        !before.round_dp(2).is_zero() && after.round_dp(2).is_zero()
    };
    let mut lines = in_shop.lines.iter().zip(&in_euro.lines);
    in_euro.total.abs() > MOST_MONEY
        || nothing(in_shop.total, in_euro.total)
        || lines.any(|(before, after)| nothing(before.total, after.total))
}

fn unlikely<T>(order: &Order, rate: Decimal) -> Result<T, Outcome> {
    let (total, code, rate) = (
        Amount::money(order.total),
        &order.money.code,
        rate.normalize(),
    );
    held(
        "koers-onwaarschijnlijk",
        text!(
            "Met de ingevulde koers (1 euro = {rate} {code}) wordt een bedrag van deze bestelling van {total} {code} niets, of meer dan iemand verkoopt.",
            "At the rate entered (1 euro = {rate} {code}) an amount of this order of {total:#} {code} becomes nothing, or more than anybody sells."
        ),
        text!(
            "Geef met winkelbrug retry en --rate de koers van de orderdatum: hoeveel {code} 1 euro waard was.",
            "Give the rate of the order date with winkelbrug retry and --rate: how much {code} 1 euro was worth."
        ),
    )
}

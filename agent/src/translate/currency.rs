//! An order in another currency than euro, at the rate the owner entered for it.

use rust_decimal::Decimal;
use winkelbrug_protocol::record::{Order, RateKind};

use super::plan::Facts;

/// Code of the reason of an order that waits for a rate.
pub const NOT_EURO: &str = "geen-euro";

/// Decimals kept: more than any shop keeps.
const DECIMALS: u32 = 6;

/// The order in euro, and the facts with the shop's fixed levies in euro; none where the order is in
/// euro or the owner entered no rate.
pub(super) fn in_euro(order: &Order, facts: &Facts) -> Option<(Order, Facts)> {
    let rate = facts.exchange_rate.filter(|rate| *rate > Decimal::ZERO)?;
    if order.money.code.eq_ignore_ascii_case("EUR") {
        return None;
    }
    let (mut order, mut facts) = (order.clone(), facts.clone());
    let euro = |amount: &mut Decimal| {
        // What overflows stays as it is, and is refused as a figure no shop can have.
        if let Some(converted) = amount.checked_div(rate) {
            *amount = converted.round_dp(DECIMALS);
        }
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
        line.total_incl.as_mut().map(euro);
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
    for rate in &mut facts.shop.tax_rates {
        if rate.kind == RateKind::Fixed {
            euro(&mut rate.rate);
        }
    }
    Some((order, facts))
}

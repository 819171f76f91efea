//! An order in another currency, at the rate its owner entered.

use jiff::civil::date;
use rust_decimal::dec;
use winkelbrug::books::OfferedRate;

use crate::translate::desk::{desk, planned};

#[test]
fn an_order_in_another_currency_is_written_at_the_rate_entered_and_says_so() {
    let mut desk = desk();
    desk.order.money.code = "GBP".to_owned();
    desk.order.money.order_code = "GBP".to_owned();
    desk.order.money.order_total = dec!(30.19);
    let offered = |facts: &mut winkelbrug::translate::Facts| {
        facts.offered_rate = Some(OfferedRate {
            currency: "GBP".to_owned(),
            rate: dec!(0.8653),
            day: date(2026, 11, 20),
        });
    };
    let reason = crate::translate::desk::held(desk.outcome_with(offered));
    assert_eq!(reason.code, "geen-euro");
    assert!(
        reason.hint.nl.contains("--rate 0.8653"),
        "{}",
        reason.hint.nl
    );

    let plan = planned(desk.outcome_with(|facts| facts.exchange_rate = Some(dec!(0.8653))));
    // 30.1895 pounds.
    assert_eq!(plan.expected.incl, dec!(34.89));
    assert_eq!(plan.expected.vat["21"], dec!(6.06));
    assert!(
        plan.order.memo.contains("GBP 30,19 (koers 0,8653)"),
        "{}",
        plan.order.memo
    );
}

#[test]
fn a_rate_that_makes_nothing_or_a_fortune_of_an_order_holds_it() {
    let mut desk = desk();
    desk.order.money.code = "GBP".to_owned();
    for rate in [
        dec!(0.0000000000000000000000000001),
        dec!(0.0000000001),
        dec!(1000000),
        dec!(79228162514264337593543950335),
    ] {
        let outcome = desk.outcome_with(|facts| facts.exchange_rate = Some(rate));
        let reason = crate::translate::desk::held(outcome);
        assert_eq!(reason.code, "koers-onwaarschijnlijk", "{rate}");
        assert!(reason.hint.en.contains("--rate"), "{}", reason.hint.en);
    }
}

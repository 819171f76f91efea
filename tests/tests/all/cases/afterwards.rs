//! Refunds and cancellations. What the program does with them on its own is told by the tests of the
//! import; here is what they come to in the books.

use jiff::civil::date;
use rust_decimal::{Decimal, dec};
use testbed::{
    opencart::{Buyer, Item, NewOrder, Status},
    scene::Scene,
};
use winkelbrug::{
    profile::settings::Form,
    translate::{self, Given, Outcome, Plan},
};
use winkelbrug_protocol::record::{Refund, StatusKind};

use super::recorded;
use crate::translate::desk::{Desk, desk, held, planned};

fn refund(total: Decimal, adjustment: Decimal) -> Refund {
    Refund {
        id: "7".to_owned(),
        number: None,
        at: "2026-06-02T10:00:00Z".to_owned(),
        at_local: "2026-06-02T12:00:00".to_owned(),
        total,
        comment: String::new(),
        lines: Vec::new(),
        shipping: Vec::new(),
        adjustment,
        voucher: false,
    }
}

/// The credit of an order that was written so.
fn credit(desk: &Desk, plan: &Plan, refund: Option<&Refund>, rate: Option<Decimal>) -> Outcome {
    let given = Given {
        refund,
        n: 1,
        form: Form::Order,
        relation: ("relation-1", 1),
        reference: &plan.order.payment_reference,
        written: Some(plan),
        beside_others: false,
        others: Vec::new(),
        rate,
        today: date(2026, 6, 3),
    };
    translate::credit(&desk.order, &given, &desk.settings, &desk.facts())
}

#[test]
fn refund_after_import() {
    let mut desk = desk();
    let plan = desk.plan();
    desk.books.apply(&plan);
    let all = refund(plan.expected.incl, dec!(0));
    let credit = planned(credit(&desk, &plan, Some(&all), None));
    assert_eq!(credit.expected.incl, -plan.expected.incl);
    assert_eq!(credit.order.date, date(2026, 6, 2));
    let reference = &plan.order.payment_reference;
    assert_eq!(credit.order.payment_reference, format!("{reference}-C1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn refund_of_an_amount_without_lines_asks_its_rate() {
    let mut desk = desk();
    let plan = desk.plan();
    desk.books.apply(&plan);
    let amount = refund(dec!(5), dec!(5));
    let reason = held(credit(&desk, &plan, Some(&amount), None));
    assert_eq!(reason.code, translate::RATE_ASKED);
    let answered = planned(credit(&desk, &plan, Some(&amount), Some(dec!(21))));
    assert_eq!(answered.expected.vat["21"], dec!(-0.87));
    let Some(case) = recorded("woocommerce-11.0-hpos", "70").await else {
        return;
    };
    let refund = case.order.refunds.first().unwrap();
    assert!(refund.lines.is_empty() && !refund.adjustment.is_zero());
}

#[tokio::test(flavor = "multi_thread")]
async fn refund_before_import_is_order_plus_credit() {
    let Some(case) = recorded("woocommerce-11.0-hpos", "66").await else {
        return;
    };
    assert_eq!(case.total(), case.order.total.round_dp(2));
    let plan = case.plan();
    let [refund] = case.order.refunds.as_slice() else {
        panic!("{:?}", case.order.refunds);
    };
    let given = Given {
        refund: Some(refund),
        n: 1,
        form: Form::Order,
        relation: ("relation-2", 2),
        reference: &plan.order.payment_reference,
        written: Some(&plan),
        beside_others: false,
        others: Vec::new(),
        rate: None,
        today: date(2026, 11, 21),
    };
    let facts = case.books.facts(&case.order, &case.settings, &case.shop);
    let credit = planned(translate::credit(
        &case.order,
        &given,
        &case.settings,
        &facts,
    ));
    assert_eq!(credit.expected.incl, -refund.total.round_dp(2));
    let reference = &plan.order.payment_reference;
    assert_eq!(credit.order.payment_reference, format!("{reference}-C1"));
    assert_eq!(credit.order.date.to_string(), refund.at_local[..10]);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_before_import_is_skipped() {
    let Some(case) = recorded("opencart-3.0.5.1", "29").await else {
        return;
    };
    assert!(matches!(case.outcome, Outcome::Skipped(reason) if reason.code == "cancelled"));
}

#[test]
fn cancelled_after_import_is_a_change_that_concerns_the_books() {
    let before = desk();
    let mut after = before.clone();
    after.status(StatusKind::Cancelled, "Canceled");
    let changes = translate::changes(&before.order, &after.order, &after.settings);
    let codes: Vec<&str> = changes.iter().map(|change| change.code.as_str()).collect();
    assert_eq!(codes, ["cancelled"]);
}

#[test]
fn cancelled_after_import_not_invoiced_is_blocked_and_deleted_on_the_owners_yes() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let buyer = Buyer::guest("Klant", "Spijt", "spijt@example.com", "1234 AB");
    let order = NewOrder::new(buyer, vec![Item::new("MOK-WIT", 2)]);
    let order = scene.shop.place_order(&order).unwrap();
    let number = order.to_string();
    let run = || scene.agent.run(&["run", "demo"]).unwrap();
    let blocked = || -> Vec<bool> {
        let orders = scene.books.orders();
        orders.iter().map(|order| order.blocked).collect()
    };
    run().ended(0).unwrap();
    assert_eq!(blocked(), [false]);
    scene.shop.change_status(order, Status::Cancelled).unwrap();
    run();
    assert_eq!(blocked(), [true]);
    // Asked without a yes, and run again: it stays.
    scene.agent.run(&["cancel", "demo", &number]).unwrap();
    run();
    assert_eq!(blocked(), [true]);
    let yes = ["cancel", "demo", &number, "--yes"];
    scene.agent.run(&yes).unwrap().ended(0).unwrap();
    run().ended(0).unwrap();
    assert!(blocked().is_empty());
    run().ended(0).unwrap();
    assert!(blocked().is_empty(), "nor is it written again");
}

#[test]
fn cancelled_after_it_was_invoiced_has_its_whole_credit_prepared() {
    let mut desk = desk();
    let plan = desk.plan();
    desk.books.apply(&plan);
    let credit = planned(credit(&desk, &plan, None, None));
    assert_eq!(credit.expected.incl, -plan.expected.incl);
    assert_eq!(credit.expected.vat["21"], -plan.expected.vat["21"]);
}

//! Baskets, cents and costs in the Netherlands.

use rust_decimal::dec;
use testbed::truth::{
    books::Books,
    generated::{Class, Coupon, Wish},
};

use winkelbrug::{
    books::VatKind,
    profile::settings::PerVatKind,
    translate::{self, plan::ReferencedOrder},
};
use winkelbrug_protocol::record::StatusKind;

use super::recorded;
use crate::{
    proving::shops,
    translate::{
        desk::{desk, desk_of, good, planned, settings, wish},
        references,
    },
    translate_shops::desk as shop_desk,
};

const OPENCART: &str = "opencart-3.0.5.1";
const WOOCOMMERCE: &str = "woocommerce-11.0-hpos";

#[tokio::test(flavor = "multi_thread")]
async fn mixed_21_and_9_basket_with_shipping_and_a_fixed_coupon() {
    let Some(case) = recorded(OPENCART, "20").await else {
        return;
    };
    assert_eq!(
        case.lines(),
        [
            "000123 2 × 4.04",
            "000123 1 × 4.03",
            "FOOD-9 3 × 2.00",
            "VERZEND-H 1 × 5.99",
            "KORTING-L 1 × -1.94",
            "KORTING-H 1 × -3.90",
        ]
    );
    let vat = case.plan().expected.vat;
    assert_eq!((vat["21"], vat["9"]), (dec!(2.46), dec!(0.34)));
    assert_eq!(case.total(), dec!(18.26));
}

#[test]
fn mixed_basket_whose_coupon_cannot_reproduce_the_tax_rows_is_held() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(1_000, 1, Class::High), good(1_000, 1, Class::Low)],
        coupon: Some(Coupon::Fixed(500)),
        ..wish()
    });
    for row in &mut desk.order.totals {
        if row.title == "BTW 21%" {
            row.amount += dec!(0.60);
            desk.order.total += dec!(0.60);
        }
    }
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_times_3_335_including_vat() {
    let Some(case) = recorded(WOOCOMMERCE, "93").await else {
        return;
    };
    let lines = case.lines();
    assert!(lines[0].ends_with("2 × 3.34"), "{lines:?}");
    assert!(lines[1].ends_with("1 × 3.33"), "{lines:?}");
    assert_eq!(case.total(), dec!(10.01));
}

#[test]
fn payment_fee_at_the_shops_own_rate_for_it() {
    let mut desk = desk_of(&Wish {
        fee: Some(150),
        ..wish()
    });
    for row in desk
        .order
        .totals
        .iter_mut()
        .filter(|row| row.code == "handling")
    {
        "paypal_fee".clone_into(&mut row.code);
    }
    assert!(desk.lines().contains(&"BETAAL-H 1 × 1.81".to_owned()));
    let low_only = [(VatKind::Laag, "BETAAL-L".to_owned())];
    desk.settings.sales.payment_cost_article = PerVatKind::Each(low_only.into());
    assert_eq!(desk.held().code, "artikel-niet-ingesteld");
}

#[tokio::test(flavor = "multi_thread")]
async fn fixed_levy_inside_the_tax_rows() {
    // The second went to Germany at the Dutch rate: these are books without foreign VAT.
    for number in ["8", "21", "28"] {
        let Some(case) = recorded("opencart-2.3.0.2", number).await else {
            return;
        };
        let lines = case.lines();
        let levies = lines.iter().filter(|line| line.starts_with("BIJDRAGE "));
        assert_eq!(levies.count(), 1, "{number}: {lines:?}");
    }
    let mut desk = desk_of(&Wish {
        goods: vec![good(1_000, 2, Class::Levy)],
        ..wish()
    });
    assert!(desk.lines().contains(&"BIJDRAGE 1 × 0.10".to_owned()));
    desk.settings.sales.levy_article = PerVatKind::default();
    assert_eq!(desk.held().code, "artikel-niet-ingesteld");
}

#[test]
fn unpaid_bank_transfer_at_once_and_cards_only_when_paid() {
    let mut desk = desk();
    desk.status(StatusKind::Pending, "Pending");
    desk.plan();
    desk.payment("mollie_ideal", "iDEAL");
    assert_eq!(desk.skipped(), "given-up");
    desk.settings = settings("", "[sales.payment.\"mollie_ideal\"]\ngive_up_days = 0");
    assert_eq!(desk.skipped(), "unpaid");
    desk.order.paid = Some(true);
    desk.plan();
}

#[test]
fn shop_under_the_small_business_scheme_that_charged_vat_stops_the_profile() {
    let mut desk = desk();
    desk.books.company.small_business_scheme = true;
    assert_eq!(desk.stopped().code, "kor-actief");
}

#[tokio::test(flavor = "multi_thread")]
async fn split_order_with_one_shop_reference() {
    let databases = shops::every().await;
    let Some(shop) = databases
        .iter()
        .find(|known| known.name == "prestashop-8.2")
    else {
        return;
    };
    let settings = shop_desk::settings(shop.groups, "payment_reference = \"shop-reference\"");
    let orders = &shop.shop.orders;
    let part = |number: &str| orders.iter().find(|order| order.number == number).unwrap();
    let (first, second) = (part("46"), part("47"));
    assert_eq!(first.shop_reference, second.shop_reference);
    let mut books = shop.books();
    let plan = |books: &Books, order, bound: Option<&str>| {
        let mut facts = books.facts(order, &settings, &shop.shop.lookups);
        if let Some(reference) = bound {
            facts.same_reference = vec![bound_elsewhere(reference)];
        }
        planned(translate::order(order, &settings, &facts))
    };
    let one = plan(&books, first, None);
    let reference = one.order.payment_reference.clone();
    assert_eq!(Some(&reference), first.shop_reference.as_ref());
    books.apply(&one);
    let two = plan(&books, second, Some(&reference));
    assert_ne!(two.order.payment_reference, reference);
    assert!(two.order.payment_reference.starts_with(&reference));
    // One in the books that nobody is bound to is the first only where total and relation agree.
    let key = one.customer_key.as_ref().unwrap();
    let relation = books.bound[key].clone();
    let total = first.total.round_dp(2);
    for (relation, total, links) in [
        (relation.as_str(), total, true),
        (relation.as_str(), total + dec!(1), false),
        ("relation-0", total, false),
    ] {
        let mut facts = books.facts(first, &settings, &shop.shop.lookups);
        facts.same_reference = vec![ReferencedOrder {
            order: references::booked(&reference, relation, total),
            bound_to: None,
        }];
        let outcome = translate::order(first, &settings, &facts);
        let linked = matches!(outcome, translate::Outcome::Link { .. });
        assert_eq!(linked, links, "{relation} {total}: {outcome:?}");
    }
}

/// An order in the books under that reference, bound to another order of the shop.
fn bound_elsewhere(reference: &str) -> ReferencedOrder {
    ReferencedOrder {
        order: references::booked(reference, "relation-1", dec!(1)),
        bound_to: Some("winkel/46".to_owned()),
    }
}

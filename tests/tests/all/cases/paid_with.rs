//! Gift cards, store credit, points, and other currencies.

use rust_decimal::dec;
use testbed::truth::{
    books::Rounding,
    generated::{Class, Wish},
};
use winkelbrug::{profile::settings::PerVatKind, translate::NegativeLines};

use super::recorded;
use crate::translate::desk::{desk_of, good, wish};

const OPENCART: &str = "opencart-3.0.5.1";
const WOOCOMMERCE: &str = "woocommerce-11.0-hpos";

#[tokio::test(flavor = "multi_thread")]
async fn gift_card_sold() {
    let Some(case) = recorded(OPENCART, "32").await else {
        return;
    };
    let lines = case.lines();
    assert!(lines.contains(&"BON 1 × 40.00".to_owned()), "{lines:?}");
    assert!(
        lines.contains(&"VERZEND-H 1 × 5.99".to_owned()),
        "{lines:?}"
    );
    let mut desk = desk_of(&Wish {
        sold_card: Some(4_000),
        ..wish()
    });
    desk.settings.sales.gift_card_article = PerVatKind::default();
    assert_eq!(desk.held().code, "artikel-niet-ingesteld");
    // A card good for one rate only is sold as goods of that rate: in that rate's group.
    let desk = desk_of(&Wish {
        goods: vec![good(4_000, 1, Class::Low)],
        ..wish()
    });
    let plan = desk.plan();
    assert_eq!(
        desk.books.group_name(&plan, &plan.order.lines[0]),
        "Omzet laag"
    );
    assert_eq!(plan.expected.vat["9"], dec!(3.60));
}

#[tokio::test(flavor = "multi_thread")]
async fn gift_card_redeemed() {
    let Some(case) = recorded(OPENCART, "14").await else {
        return;
    };
    let lines = case.lines();
    assert!(lines.contains(&"BON 1 × -25.00".to_owned()), "{lines:?}");
    assert_eq!((case.total(), case.vat()), (dec!(30.49), dec!(9.63)));
    // Paid whole by a gift card: written all the same, with its VAT.
    let Some(case) = recorded(OPENCART, "26").await else {
        return;
    };
    assert_eq!((case.total(), case.vat()), (dec!(0), dec!(6.25)));
    let mut desk = desk_of(&Wish {
        gift_card: Some(500),
        ..wish()
    });
    desk.books.negative_lines = NegativeLines::Refused;
    assert_eq!(desk.held().code, "negatieve-regel-geweigerd");
}

#[tokio::test(flavor = "multi_thread")]
async fn store_credit() {
    let Some(case) = recorded(OPENCART, "37").await else {
        return;
    };
    let lines = case.lines();
    assert!(lines.contains(&"BON 1 × -30.00".to_owned()), "{lines:?}");
    let mut desk = desk_of(&Wish {
        credit: Some(500),
        ..wish()
    });
    let before = desk_of(&wish());
    let vat = |desk: &crate::translate::desk::Desk| desk.books.vat(&desk.plan(), Rounding::PerRate);
    assert_eq!(vat(&desk), vat(&before));
    desk.settings.sales.store_credit_article = PerVatKind::default();
    assert_eq!(desk.held().code, "artikel-niet-ingesteld");
}

#[tokio::test(flavor = "multi_thread")]
async fn reward_points() {
    let Some(case) = recorded(OPENCART, "15").await else {
        return;
    };
    let lines = case.lines();
    assert!(
        lines.iter().any(|line| line.starts_with("KORTING-")),
        "{lines:?}"
    );
    assert_eq!(case.vat(), dec!(5.81));
}

#[tokio::test(flavor = "multi_thread")]
async fn order_in_gbp_with_base_amounts() {
    let Some(case) = recorded(OPENCART, "19").await else {
        return;
    };
    assert_eq!(case.order.money.order_code, "GBP");
    let plan = case.plan();
    assert_eq!(case.total(), case.order.total.round_dp(2));
    assert!(plan.order.memo.contains("GBP"), "{}", plan.order.memo);
}

#[tokio::test(flavor = "multi_thread")]
async fn order_in_gbp_without_base_amounts_waits_for_a_rate() {
    let Some(case) = recorded(WOOCOMMERCE, "86").await else {
        return;
    };
    assert_eq!(case.held(), "geen-euro");
    let reason = crate::translate::desk::held(case.outcome);
    assert!(
        reason.hint.nl.to_lowercase().contains("koers"),
        "{}",
        reason.hint.nl
    );
    let mut desk = desk_of(&Wish {
        goods: vec![good(1_000, 1, Class::High)],
        ..wish()
    });
    "GBP".clone_into(&mut desk.order.money.code);
    assert_eq!(desk.held().code, "geen-euro");
}

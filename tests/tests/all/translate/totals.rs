//! Costs, discounts, gift cards, credit, differences: each on its own article at the right rate.

use rust_decimal::{Decimal, dec};
use testbed::truth::generated::{Buyer, Class, Coupon, Strange, Wish};
use winkelbrug::{
    profile::settings::PerVatKind,
    translate::{NegativeLines, Outcome},
};
use winkelbrug_protocol::record::TotalKind;

use crate::{
    model::{self, Agreed},
    translate::desk::{Desk, class, desk, desk_of, good, lines, planned, row, settings, wish},
};

/// Three kinds of goods: 24.79 at 21%, 9.17 at 9%, 17.50 at 0%.
fn mixed() -> Wish {
    Wish {
        goods: vec![
            good(2_479, 1, Class::High),
            good(917, 1, Class::Low),
            good(1_750, 1, Class::Zero),
        ],
        ..wish()
    }
}

#[test]
fn a_percentage_is_taken_from_every_rate_it_lowered() {
    let desk = desk_of(&Wish {
        coupon: Some(Coupon::Percent(10)),
        ..mixed()
    });
    let lines = desk.lines();
    let discounts: Vec<&str> = lines
        .iter()
        .filter(|line| line.starts_with("KORTING"))
        .map(String::as_str)
        .collect();
    assert_eq!(
        discounts,
        [
            "KORTING-G 1 × -1.75",
            "KORTING-L 1 × -1.00",
            "KORTING-H 1 × -3.00"
        ]
    );
}

#[test]
fn a_coupon_for_the_shipping_only_lowers_its_rate() {
    let desk = desk_of(&Wish {
        coupon: Some(Coupon::FreeShipping),
        ..mixed()
    });
    let lines = desk.lines();
    assert!(
        lines.contains(&"VERZEND-H 1 × 5.99".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"KORTING-H 1 × -5.99".to_owned()),
        "{lines:?}"
    );
    assert!(
        !lines.iter().any(|line| line.starts_with("KORTING-L")),
        "{lines:?}"
    );
}

#[test]
fn on_an_export_what_was_taken_back_bears_none_of_a_discount() {
    let desk = desk_of(&Wish {
        goods: vec![good(100, -2, Class::Low), good(100, 3, Class::Zero)],
        buyer: Buyer::Swiss,
        shipping: 0,
        coupon: Some(Coupon::Percent(2)),
        ..wish()
    });
    let lines = desk.lines();
    let wanted = ["11-0 -2 × 1.00", "0-1 3 × 1.00", "KORTING-G 1 × -0.02"];
    assert_eq!(lines, wanted);
    assert_eq!(as_the_model_says(&desk), Ok(Agreed::ToTheCent));
}

#[test]
fn a_reduction_nobody_knows_is_not_made_to_fit_by_goods_taken_back() {
    let desk = desk_of(&Wish {
        goods: vec![good(5_690, -1, Class::Zero), good(8_600, 2, Class::High)],
        shipping: 691,
        strange: Some(Strange::Untaxed(338)),
        ..wish()
    });
    assert_eq!(desk.held().code, "totaalregel-onbekend");
    assert_eq!(as_the_model_says(&desk), Ok(Agreed::Held));
}

fn as_the_model_says(desk: &Desk) -> Result<Agreed, String> {
    let facts = desk.facts();
    let verdict = model::judge(&desk.order, &desk.settings, &facts);
    model::compare(&verdict, &desk.outcome(), &desk.settings, &facts)
}

#[test]
fn a_coupon_that_lowered_no_vat_is_a_payment() {
    let mut desk = desk();
    desk.order
        .totals
        .insert(0, row("coupon", TotalKind::Discount, dec!(-5)));
    desk.order.total -= dec!(5);
    let plan = desk.plan();
    assert!(lines(&plan).contains(&"KORTING-G 1 × -5.00".to_owned()));
    assert_eq!(plan.expected.vat["21"], dec!(5.24));
}

#[test]
fn a_gift_card_redeemed_lowers_what_is_paid_and_not_the_vat() {
    let plan = desk_of(&Wish {
        gift_card: Some(1_000),
        ..wish()
    })
    .plan();
    assert!(lines(&plan).contains(&"BON 1 × -10.00".to_owned()));
    assert_eq!(plan.expected.incl, dec!(20.19));
    assert_eq!(plan.expected.vat["21"], dec!(5.24));
}

#[test]
fn a_gift_card_may_pay_the_whole_order() {
    let plan = desk_of(&Wish {
        gift_card: Some(100_000),
        ..wish()
    })
    .plan();
    assert_eq!(plan.expected.incl, dec!(0));
    assert_eq!(plan.expected.vat["21"], dec!(5.24));
}

#[test]
fn store_credit_has_its_own_article() {
    let mut desk = desk_of(&Wish {
        credit: Some(500),
        ..wish()
    });
    desk.settings.sales.store_credit_article = PerVatKind::One("BIJDRAGE".to_owned());
    assert!(desk.lines().contains(&"BIJDRAGE 1 × -5.00".to_owned()));
}

#[test]
fn a_gift_card_sold_bears_no_vat() {
    let plan = desk_of(&Wish {
        sold_card: Some(4_000),
        ..wish()
    })
    .plan();
    assert!(lines(&plan).contains(&"BON 1 × 40.00".to_owned()));
    assert_eq!(plan.expected.vat["21"], dec!(5.24));
}

#[test]
fn a_gift_card_that_lowered_the_vat_is_a_discount() {
    let mut desk = desk_of(&Wish {
        coupon: Some(Coupon::Fixed(500)),
        ..wish()
    });
    for row in &mut desk.order.totals {
        if row.code == "coupon" {
            row.kind = TotalKind::GiftCard;
        }
    }
    let lines = desk.lines();
    assert!(
        lines.contains(&"KORTING-H 1 × -6.05".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn a_fee_bears_the_shops_own_rate_and_a_payment_fee_has_its_own_article() {
    let mut desk = desk_of(&Wish {
        fee: Some(250),
        ..wish()
    });
    assert!(
        desk.lines().contains(&"TOESLAG-H 1 × 3.02".to_owned()),
        "{:?}",
        desk.lines()
    );
    for row in &mut desk.order.totals {
        if row.code == "handling" {
            row.title = "Betaalkosten".to_owned();
        }
    }
    assert!(desk.lines().contains(&"BETAAL-H 1 × 3.02".to_owned()));
    // An extension's row is one by its name as well.
    for row in &mut desk.order.totals {
        if row.code == "handling" {
            row.kind = TotalKind::Other;
        }
    }
    assert!(desk.lines().contains(&"BETAAL-H 1 × 3.02".to_owned()));
}

#[test]
fn a_cost_whose_setting_today_is_not_what_was_charged_goes_by_the_vat_rows() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(10_000, 1, Class::High), good(10_000, 1, Class::Low)],
        ..wish()
    });
    for row in &mut desk.order.totals {
        if row.code == "shipping" {
            row.tax_class = class("11", "Laag");
        }
    }
    assert!(desk.lines().contains(&"VERZEND-H 1 × 5.99".to_owned()));
}

#[test]
fn a_levy_stands_on_its_own_article() {
    let plan = desk_of(&Wish {
        goods: vec![good(822, 3, Class::Levy)],
        ..wish()
    })
    .plan();
    assert!(lines(&plan).contains(&"BIJDRAGE 1 × 0.15".to_owned()));
    assert_eq!(
        plan.expected.shop_vat["21"].round_dp(2),
        plan.expected.vat["21"]
    );
}

#[test]
fn a_missing_article_holds_the_order_naming_setting_and_kind() {
    type Clear = fn(&mut winkelbrug::profile::settings::Sales) -> &mut PerVatKind;
    let cases: [(Wish, Clear, &str, &str); 7] = [
        (
            wish(),
            |s| &mut s.shipping_article,
            "sales.shipping_article",
            "hoog",
        ),
        (
            Wish {
                coupon: Some(Coupon::Percent(10)),
                ..wish()
            },
            |s| &mut s.discount_article,
            "sales.discount_article",
            "hoog",
        ),
        (
            Wish {
                fee: Some(250),
                ..wish()
            },
            |s| &mut s.fee_article,
            "sales.fee_article",
            "hoog",
        ),
        (
            Wish {
                goods: vec![good(822, 3, Class::Levy)],
                ..wish()
            },
            |s| &mut s.levy_article,
            "sales.levy_article",
            "geen",
        ),
        (
            Wish {
                gift_card: Some(100),
                ..wish()
            },
            |s| &mut s.gift_card_article,
            "sales.gift_card_article",
            "geen",
        ),
        (
            Wish {
                credit: Some(100),
                ..wish()
            },
            |s| &mut s.store_credit_article,
            "sales.store_credit_article",
            "geen",
        ),
        (
            Wish {
                hidden: 3,
                ..wish()
            },
            |s| &mut s.total_difference_article,
            "sales.total_difference_article",
            "geen",
        ),
    ];
    for (wish, setting, key, kind) in cases {
        let mut desk = desk_of(&wish);
        desk.plan();
        *setting(&mut desk.settings.sales) = PerVatKind::default();
        let reason = desk.held();
        assert_eq!(reason.code, "artikel-niet-ingesteld", "{key}");
        assert!(
            reason.text.nl.contains(key) && reason.text.nl.contains(kind),
            "{reason:?}"
        );
    }
}

#[test]
fn a_kind_that_is_missing_in_the_table_holds_the_order() {
    let mut desk = desk_of(&Wish {
        coupon: Some(Coupon::Percent(10)),
        ..mixed()
    });
    desk.settings = settings("", "");
    if let PerVatKind::Each(codes) = &mut desk.settings.sales.discount_article {
        codes.remove(&winkelbrug::books::VatKind::Laag);
    }
    let reason = desk.held();
    assert!(reason.text.nl.contains("sales.discount_article") && reason.text.nl.contains("laag"));
}

#[test]
fn one_article_for_every_kind_is_held_where_its_group_does_not_fit() {
    let mut desk = desk_of(&Wish {
        coupon: Some(Coupon::Percent(10)),
        ..mixed()
    });
    desk.settings.sales.discount_article = PerVatKind::One("KORTING-H".to_owned());
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    assert!(reason.text.nl.contains("KORTING-H"));
}

#[test]
fn a_cost_article_that_is_not_in_the_books_holds_the_order() {
    let mut desk = desk();
    desk.settings.sales.shipping_article = PerVatKind::One("WEG".to_owned());
    let reason = desk.held();
    assert_eq!(reason.code, "artikel-ontbreekt");
    assert!(reason.text.nl.contains("WEG"));
}

#[test]
fn a_difference_within_the_limit_stands_on_its_article_and_one_above_it_is_held() {
    for (cents, written) in [
        (4, true),
        (-5, true),
        (5, true),
        (6, false),
        (-6, false),
        (337, false),
    ] {
        let desk = desk_of(&Wish {
            hidden: cents,
            ..wish()
        });
        let amount = Decimal::new(cents, 2);
        match desk.outcome() {
            Outcome::Plan(plan) => {
                assert!(written, "{cents}");
                assert!(
                    lines(&plan).contains(&format!("VERSCHIL 1 × {amount}")),
                    "{cents}"
                );
                assert_eq!(plan.expected.vat["21"], dec!(5.24));
            }
            Outcome::Held(reason) => {
                assert!(!written && reason.code == "totaal-verschil", "{cents}");
                assert!(
                    reason
                        .text
                        .nl
                        .contains(&amount.to_string().replace('.', ",")),
                    "{reason:?}"
                );
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_higher_limit_books_a_higher_difference() {
    let mut desk = desk_of(&Wish {
        hidden: -337,
        ..wish()
    });
    desk.settings.sales.total_difference_limit = dec!(5);
    assert!(desk.lines().contains(&"VERSCHIL 1 × -3.37".to_owned()));
}

#[test]
fn a_rounding_the_shop_shows_has_its_own_article() {
    let mut desk = desk();
    desk.order
        .totals
        .push(row("cash_rounding", TotalKind::Other, dec!(0.01)));
    desk.order.total += dec!(0.01);
    desk.settings.sales.rounding_article = PerVatKind::One("BIJDRAGE".to_owned());
    assert!(desk.lines().contains(&"BIJDRAGE 1 × 0.01".to_owned()));
}

#[test]
fn a_reduction_nobody_knows_that_lowered_no_vat_is_held_naming_it() {
    for goods in [vec![good(1_000, 2, Class::High)], mixed().goods] {
        let desk = desk_of(&Wish {
            goods,
            strange: Some(Strange::Untaxed(337)),
            ..wish()
        });
        let reason = desk.held();
        assert_eq!(reason.code, "totaalregel-onbekend");
        assert!(reason.text.nl.contains("xdiscount") && reason.text.nl.contains("-3,37"));
    }
}

#[test]
fn where_a_price_below_zero_is_refused_the_quantity_is() {
    let desk = desk_of(&Wish {
        gift_card: Some(1_000),
        ..wish()
    });
    assert!(desk.plan().negative_lines);
    let plan = planned(desk.outcome_with(|facts| facts.negative_lines = NegativeLines::ByQuantity));
    assert!(lines(&plan).contains(&"BON -1 × 10.00".to_owned()));
    assert_eq!(desk.books.total(&plan), dec!(20.19));
}

#[test]
fn where_both_are_refused_a_discount_goes_inside_the_prices() {
    let desk = desk_of(&Wish {
        coupon: Some(Coupon::Percent(10)),
        ..mixed()
    });
    let plan = planned(desk.outcome_with(|facts| facts.negative_lines = NegativeLines::Refused));
    assert!(!plan.negative_lines);
    assert!(!lines(&plan).iter().any(|line| line.starts_with("KORTING")));
    assert_eq!(plan.expected.incl, desk.plan().expected.incl);
    for (percent, tax) in &plan.expected.shop_vat {
        assert!(
            (plan.expected.vat[percent] - tax).abs() <= dec!(0.01),
            "{percent}%"
        );
    }
}

#[test]
fn where_both_are_refused_a_gift_card_holds_the_order() {
    let desk = desk_of(&Wish {
        gift_card: Some(1_000),
        ..wish()
    });
    let outcome = desk.outcome_with(|facts| facts.negative_lines = NegativeLines::Refused);
    assert_eq!(
        crate::translate::desk::held(outcome).code,
        "negatieve-regel-geweigerd"
    );
}

#[test]
fn free_shipping_makes_no_line() {
    let mut desk = desk_of(&Wish {
        shipping: 0,
        ..wish()
    });
    desk.order
        .totals
        .push(row("shipping", TotalKind::Shipping, dec!(0)));
    assert_eq!(desk.lines(), ["9-0 2 × 12.10"]);
}

#[test]
fn a_discount_on_an_export_order_is_shared_over_the_kinds_of_the_goods() {
    let desk: Desk = desk_of(&Wish {
        goods: vec![good(3_000, 1, Class::High), good(1_000, 1, Class::Low)],
        buyer: testbed::truth::generated::Buyer::Swiss,
        coupon: Some(Coupon::Fixed(400)),
        ..wish()
    });
    let lines = desk.lines();
    assert!(
        lines.contains(&"KORTING-H 1 × -3.00".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"KORTING-L 1 × -1.00".to_owned()),
        "{lines:?}"
    );
}

#[test]
fn a_thousand_lines_that_each_round_away_from_the_vat_are_planned_in_a_moment() {
    let began = std::time::Instant::now();
    let desk = desk_of(&Wish {
        goods: vec![good(825, 1, Class::High); 1_000],
        ..wish()
    });
    assert!(desk.lines().len() >= 1_000);
    let took = began.elapsed();
    assert!(took < std::time::Duration::from_secs(60), "{took:?}");
}

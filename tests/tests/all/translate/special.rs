//! Margin goods, VAT on shipping that follows the goods, and reward points.

use rust_decimal::dec;
use testbed::truth::generated::{Class, Coupon, Wish};
use winkelbrug::books::VatKind;
use winkelbrug_protocol::record::TotalKind;

use crate::translate::desk::{Desk, class, desk, desk_of, good, lines, row, settings, tax, wish};

/// One margin good of 20.00 and shipping of 4.95 without VAT.
pub fn margin() -> Desk {
    let mut desk = desk();
    desk.settings = settings(
        "",
        "[vat.margin]\n\"Marge\" = \"VERZEND-M\"\n[articles.revenue_groups]\n\"Marge\" = \"Omzet marge\"",
    );
    desk.books.add_group(11, "Omzet marge", VatKind::Geen);
    desk.books.add_article_in("VERZEND-M", 11);
    desk.order.lines[0].tax = dec!(0);
    desk.order.lines[0].tax_class = class("55", "Marge");
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    for row in &mut desk.order.totals {
        row.tax_class = class("55", "Marge");
    }
    desk.order.total = dec!(24.95);
    desk.shop
        .tax_classes
        .push(winkelbrug_protocol::record::TaxClass {
            id: "55".to_owned(),
            name: "Marge".to_owned(),
            rate_ids: Vec::new(),
        });
    desk
}

#[test]
fn margin_goods_go_into_their_group_and_shipping_is_part_of_their_price() {
    let mut desk = margin();
    let plan = desk.plan();
    assert!(
        lines(&plan).contains(&"VERZEND-M 1 × 4.95".to_owned()),
        "{:?}",
        lines(&plan)
    );
    assert!(plan.expected.vat.is_empty());

    desk.settings.articles.revenue_groups.clear();
    assert_eq!(desk.held().code, "omzetgroep-niet-gekozen");
}

#[test]
fn a_discount_on_margin_goods_lowers_their_price_in_their_own_group() {
    let mut desk = margin();
    desk.order
        .totals
        .push(row("coupon", TotalKind::Discount, dec!(-5)));
    desk.order.total = dec!(19.95);
    let lines = desk.lines();
    assert!(
        lines.contains(&"VERZEND-M 1 × -5.00".to_owned()),
        "{lines:?}"
    );

    // Beside other goods without VAT each bears its share: 20.00 of 80.00 is under the scheme.
    let mut other = desk.order.lines[0].clone();
    "0-0".clone_into(&mut other.code);
    other.tax_class = class("0", "");
    other.price *= dec!(3);
    other.total *= dec!(3);
    desk.order.lines.push(other);
    desk.order.total += dec!(60);
    let groups = &mut desk.settings.articles.revenue_groups;
    groups.insert("0".to_owned(), "Omzet geen".to_owned());
    let lines = desk.lines();
    for line in ["VERZEND-M 1 × -1.25", "KORTING-G 1 × -3.75"] {
        assert!(lines.contains(&line.to_owned()), "{lines:?}");
    }
}

#[test]
fn vat_on_margin_goods_or_on_their_shipping_is_held() {
    let mut desk = margin();
    desk.order.totals.push(tax(dec!(21), dec!(1.0395)));
    for row in &mut desk.order.totals {
        row.tax_class = class("9", "Hoog");
    }
    desk.order.total = dec!(25.9895);
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    assert!(reason.text.nl.contains("marge"), "{}", reason.text.nl);

    let mut desk = margin();
    desk.order.lines[0].tax = dec!(2.1);
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

/// Goods at 21% and 9%, and shipping of 6.00 whose VAT is shared as the goods are, two to one.
#[test]
fn vat_on_shipping_follows_the_goods_where_the_shop_shares_it_so() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(2_000, 1, Class::High), good(1_000, 1, Class::Low)],
        shipping: 0,
        ..wish()
    });
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    desk.order
        .totals
        .push(row("shipping", TotalKind::Shipping, dec!(6)));
    desk.order.totals.push(tax(dec!(21), dec!(5.04)));
    desk.order.totals.push(tax(dec!(9), dec!(1.08)));
    desk.order.total = dec!(42.12);
    let plan = desk.plan();
    let lines = lines(&plan);
    assert!(
        lines.contains(&"VERZEND-H 1 × 4.84".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"VERZEND-L 1 × 2.18".to_owned()),
        "{lines:?}"
    );
    assert_eq!(
        (plan.expected.vat["21"], plan.expected.vat["9"]),
        (dec!(5.04), dec!(1.08))
    );
}

#[test]
fn vat_on_shipping_of_a_fixed_class_stands_on_that_kind() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(2_000, 1, Class::High), good(1_000, 1, Class::Low)],
        shipping: 0,
        ..wish()
    });
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    desk.order
        .totals
        .push(row("shipping", TotalKind::Shipping, dec!(6)));
    desk.order.totals.push(tax(dec!(21), dec!(5.46)));
    desk.order.totals.push(tax(dec!(9), dec!(0.9)));
    desk.order.total = dec!(42.36);
    assert!(desk.lines().contains(&"VERZEND-H 1 × 7.26".to_owned()));
}

#[test]
fn reward_points_lower_the_vat_of_each_rate() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(2_000, 1, Class::High), good(1_000, 1, Class::Low)],
        shipping: 0,
        coupon: Some(Coupon::Percent(10)),
        ..wish()
    });
    for row in &mut desk.order.totals {
        if row.kind == TotalKind::Discount {
            row.kind = TotalKind::Reward;
        }
    }
    let lines = desk.lines();
    assert!(
        lines.contains(&"KORTING-H 1 × -2.42".to_owned()),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"KORTING-L 1 × -1.09".to_owned()),
        "{lines:?}"
    );
}

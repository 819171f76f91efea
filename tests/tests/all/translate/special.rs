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

    // Beside other goods without VAT each bears its share: 24.95 of 84.95 is the price of those under the scheme.
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
    for line in ["VERZEND-M 1 × -1.47", "KORTING-G 1 × -3.53"] {
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

#[test]
fn a_coupon_on_margin_goods_lowers_the_margin_price() {
    let mut desk = margin();
    desk.order
        .totals
        .push(row("coupon", TotalKind::Discount, dec!(-5)));
    desk.order.total = dec!(19.95);
    let plan = desk.plan();
    assert!(
        lines(&plan).contains(&"VERZEND-M 1 × -5.00".to_owned()),
        "{:?}",
        lines(&plan)
    );
    // All of it stands in the group of margin goods.
    for one in plan.names.counted.values() {
        assert_eq!(one.group, "Omzet marge", "{one:?}");
    }
    // Beside other goods without VAT each bears its part of it.
    let mut beside = desk.clone();
    let mut other = beside.order.lines[0].clone();
    other.id = "1".to_owned();
    other.code = "0-1".to_owned();
    other.tax_class = class("", "");
    (other.price, other.quantity, other.total) = (dec!(24.95), dec!(1), dec!(24.95));
    beside
        .settings
        .articles
        .revenue_groups
        .insert(String::new(), "Omzet geen".to_owned());
    beside.order.lines.push(other);
    beside.order.total = dec!(44.90);
    let lines = beside.lines();
    for wanted in ["VERZEND-M 1 × -2.50", "KORTING-G 1 × -2.50"] {
        assert!(lines.contains(&wanted.to_owned()), "{lines:?}");
    }
    // Refused below zero, it goes inside the prices.
    desk.books.negative_lines = winkelbrug::translate::NegativeLines::Refused;
    let lines = desk.lines();
    assert!(lines.iter().all(|line| !line.contains("× -")), "{lines:?}");
}

/// The scheme is the one at home wherever the goods go (directive 2006/112, articles 313 to 325).
#[test]
fn margin_goods_to_a_private_person_elsewhere_in_the_eu_are_written_as_at_home() {
    let to = |country: &str| {
        let mut desk = margin();
        for address in [&mut desk.order.invoice_address]
            .into_iter()
            .chain(&mut desk.order.delivery_address)
        {
            address.country = country.to_owned();
        }
        desk
    };
    let here = lines(&margin().plan());
    let belgian = to("BE");
    assert_eq!(lines(&belgian.plan()), here);
    let mut oss = to("BE");
    oss.books = oss.books.with_foreign_vat();
    let plan = oss.plan();
    assert_eq!(lines(&plan), here);
    assert!(plan.expected.vat.is_empty());
    for one in plan.names.counted.values() {
        assert_eq!(one.vat_box, None, "not in the OSS return: {one:?}");
    }
    // Of a group of another kind the books do not say what they compute abroad.
    for group in &mut oss.books.lookups.revenue_groups {
        if group.name == "Omzet marge" {
            group.vat = VatKind::Overig;
        }
    }
    let rate = winkelbrug::books::VatRate {
        kind: VatKind::Overig,
        percent: dec!(0),
        ..oss.books.lookups.vat_rates[0].clone()
    };
    oss.books.lookups.vat_rates.push(rate);
    let reason = oss.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    assert!(!reason.text.nl.contains('?'), "{}", reason.text.nl);
    assert!(reason.text.nl.contains("overig"), "{}", reason.text.nl);

    // What leaves the EU is an export on its own group.
    let mut swiss = to("CH");
    swiss.books = oss.books.clone();
    let plan = swiss.plan();
    assert_eq!(
        plan.order.price_mode,
        winkelbrug::books::PriceMode::Exclusief
    );
    assert!(
        plan.names
            .counted
            .values()
            .all(|one| one.group == "Omzet marge")
    );
}

#[test]
fn margin_goods_are_what_the_model_of_the_rules_demands() {
    let mut written = 0;
    for (country, foreign_vat, coupon, beside, form) in [
        ("NL", false, false, false, "order"),
        ("NL", false, true, false, "booking"),
        ("NL", false, true, true, "order"),
        ("BE", false, true, true, "order"),
        ("BE", true, false, false, "order"),
        ("BE", true, true, true, "booking"),
        ("CH", false, true, true, "order"),
        ("CH", false, true, false, "booking"),
    ] {
        let mut desk = margin();
        if foreign_vat {
            desk.books = desk.books.with_foreign_vat();
        }
        desk.settings = settings(
            match form {
                "booking" => "form = \"booking\"\nbooking_number = \"order-number\"",
                _ => "",
            },
            "[vat.margin]\n\"Marge\" = \"VERZEND-M\"\n[articles.revenue_groups]\n\"Marge\" = \"Omzet marge\"\n\"\" = \"Omzet geen\"",
        );
        let delivery = desk.order.delivery_address.iter_mut();
        for address in [&mut desk.order.invoice_address]
            .into_iter()
            .chain(delivery)
        {
            country.clone_into(&mut address.country);
        }
        if coupon {
            let coupon = row("coupon", TotalKind::Discount, dec!(-5));
            desk.order.totals.push(coupon);
            desk.order.total -= dec!(5);
        }
        if beside {
            let mut other = desk.order.lines[0].clone();
            other.id = "1".to_owned();
            other.code = "0-1".to_owned();
            other.tax_class = class("", "");
            desk.order.total += other.total;
            desk.order.lines.push(other);
        }
        let (facts, outcome) = (desk.facts(), desk.outcome());
        let verdict = crate::model::judge(&desk.order, &desk.settings, &facts);
        let agreed = crate::model::compare(&verdict, &outcome, &desk.settings, &facts);
        assert!(agreed.is_ok(), "{country} {form}: {agreed:?} {outcome:#?}");
        written += usize::from(matches!(outcome, winkelbrug::translate::Outcome::Plan(_)));
    }
    assert_eq!(written, 8);
}

//! Goods: whole cents, texts, options, the owner's choice of what the shop decides.

use rust_decimal::dec;
use testbed::truth::generated::{Bought, Class, Wish};
use winkelbrug::{
    books::VatKind,
    profile::settings::PerVatKind,
    translate::{Plan, TextLines},
};
use winkelbrug_protocol::record::{LineOption, RatePart, TotalKind};

use crate::translate::desk::{Desk, desk, desk_of, good, lines, planned, settings, tax, wish};

pub fn option(name: &str, value: &str) -> LineOption {
    LineOption {
        name: name.to_owned(),
        value: value.to_owned(),
        kind: "select".to_owned(),
        value_id: None,
        code: None,
    }
}

fn shirt() -> Desk {
    let mut desk = desk();
    desk.order.lines[0].name = "T-shirt".to_owned();
    desk.order.lines[0].options = vec![option("Maat", "L"), option("Kleur", "Rood")];
    desk
}

#[test]
fn three_for_ten_and_a_cent_become_two_lines() {
    let mut desk = desk_of(&Wish {
        goods: vec![Bought {
            price: 33_350,
            decimals: 4,
            quantity: 3_000,
            class: Class::Zero,
        }],
        shipping: 0,
        ..wish()
    });
    desk.order.total = dec!(10.01);
    assert_eq!(desk.lines(), ["0-0 2 × 3.34", "0-0 1 × 3.33"]);
}

#[test]
fn both_halves_of_a_split_line_carry_its_text() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(1_000, 3, Class::Low)],
        shipping: 0,
        ..wish()
    });
    desk.order.lines[0].total = dec!(29.99);
    desk.order.totals[0].amount = dec!(2.6991);
    desk.order.total = dec!(32.6891);
    let plan = desk.plan();
    let texts: Vec<&str> = plan
        .order
        .lines
        .iter()
        .map(|l| l.description.as_str())
        .collect();
    assert_eq!(texts, ["Artikel 0", "Artikel 0"]);
}

#[test]
fn a_fraction_stays_a_fraction() {
    let desk = desk_of(&Wish {
        goods: vec![Bought {
            price: 800,
            decimals: 2,
            quantity: 1_250,
            class: Class::Zero,
        }],
        shipping: 0,
        ..wish()
    });
    let plan = desk.plan();
    assert_eq!(lines(&plan), ["0-0 1.25 × 8.00"]);
    assert_eq!(plan.expected.pieces["0-0"], dec!(1.25));
}

#[test]
fn a_fraction_no_price_fits_becomes_one_at_the_whole_amount() {
    let mut desk = desk_of(&Wish {
        goods: vec![Bought {
            price: 667,
            decimals: 2,
            quantity: 1_500,
            class: Class::Zero,
        }],
        shipping: 0,
        ..wish()
    });
    desk.order.total = dec!(10.01);
    let plan = desk.plan();
    assert_eq!(lines(&plan), ["0-0 1 × 10.01"]);
    assert_eq!(plan.order.lines[0].description, "1.5 × Artikel 0");
    assert_eq!(plan.expected.pieces["0-0"], dec!(1.5));
    assert!(plan.notes.iter().any(|note| note.nl.contains("1,5")));
}

#[test]
fn sixty_lines_come_to_the_shops_vat_however_the_books_round() {
    let goods = (0..60)
        .map(|at| good(103 + at * 7, 1 + at % 5, Class::High))
        .collect();
    let desk = desk_of(&Wish { goods, ..wish() });
    desk.plan();
}

#[test]
fn two_thousand_lines_are_no_trouble() {
    let goods = (0..2_000)
        .map(|at| good(101 + at % 977, 1 + at % 7, Class::High))
        .collect();
    let mut desk = desk_of(&Wish { goods, ..wish() });
    for line in &mut desk.order.lines {
        line.code = "9-0".to_owned();
    }
    desk.plan();
}

fn text(plan: &Plan) -> Vec<&str> {
    plan.order
        .lines
        .iter()
        .map(|line| line.description.as_str())
        .collect()
}

#[test]
fn options_behind_the_text_on_lines_of_their_own_or_not_at_all() {
    for (choice, wanted) in [
        (
            "on-line",
            &["T-shirt (Maat: L, Kleur: Rood)", "shipping"] as &[_],
        ),
        (
            "own-line",
            &["T-shirt", "Maat: L", "Kleur: Rood", "shipping"],
        ),
        ("ignore", &["T-shirt", "shipping"]),
    ] {
        let mut desk = shirt();
        desk.settings = settings(&format!("options = \"{choice}\""), "");
        let plan = desk.plan();
        assert_eq!(text(&plan), wanted, "{choice}");
        assert_eq!(plan.text_lines, choice == "own-line");
        assert_eq!(plan.expected.incl, dec!(30.19));
    }
}

#[test]
fn where_text_lines_are_refused_the_options_go_behind_the_text() {
    let mut desk = shirt();
    desk.settings = settings("options = \"own-line\"", "");
    let plan = planned(desk.outcome_with(|facts| facts.text_lines = TextLines::Refused));
    assert_eq!(text(&plan), ["T-shirt (Maat: L, Kleur: Rood)", "shipping"]);
    assert!(!plan.text_lines);
}

#[test]
fn a_long_text_is_cut_at_250_and_the_cut_is_noted() {
    let mut desk = shirt();
    desk.order.lines[0].options = vec![option("Gravure", &"é".repeat(300))];
    let plan = desk.plan();
    assert_eq!(plan.order.lines[0].description.chars().count(), 250);
    assert!(!plan.notes.is_empty());
}

#[test]
fn a_long_option_on_its_own_line_loses_nothing() {
    let mut desk = shirt();
    desk.settings = settings("options = \"own-line\"", "");
    desk.order.lines[0].options = vec![option("Gravure", &"é".repeat(600))];
    let plan = desk.plan();
    let written: usize = plan
        .order
        .lines
        .iter()
        .filter(|line| line.article.is_none())
        .map(|line| line.description.chars().filter(|c| *c == 'é').count())
        .sum();
    assert_eq!(written, 600);
    assert!(
        plan.order
            .lines
            .iter()
            .all(|line| line.description.chars().count() <= 250)
    );
}

#[test]
fn control_characters_never_reach_a_line() {
    let mut desk = shirt();
    desk.order.lines[0].name = "T-\u{7}shirt\r\nmooi".to_owned();
    desk.order.lines[0].options.clear();
    assert_eq!(text(&desk.plan())[0], "T- shirt mooi");
}

fn with_article(mode: &str) -> Desk {
    let mut desk = shirt();
    desk.settings = settings(&format!("lines = \"{mode}\""), "");
    desk.books.add_article("9-0", VatKind::Hoog);
    let article = desk.books.articles.last_mut().unwrap();
    article.description = "Katoenen hemd".to_owned();
    article.price = dec!(12.10);
    desk
}

#[test]
fn price_and_text_come_from_where_the_owner_says() {
    for (mode, wanted) in [
        ("full", "T-shirt (Maat: L, Kleur: Rood)"),
        (
            "description-from-article",
            "Katoenen hemd (Maat: L, Kleur: Rood)",
        ),
        ("code-and-quantity", "Katoenen hemd (Maat: L, Kleur: Rood)"),
    ] {
        let plan = with_article(mode).plan();
        assert_eq!(text(&plan)[0], wanted, "{mode}");
        assert_eq!(lines(&plan)[0], "9-0 2 × 12.10", "{mode}");
    }
}

#[test]
fn the_articles_own_price_is_written_and_the_rest_is_a_difference() {
    let mut desk = with_article("code-and-quantity");
    desk.books.articles.last_mut().unwrap().price = dec!(12.09);
    assert_eq!(
        desk.lines(),
        ["9-0 2 × 12.09", "VERZEND-H 1 × 5.99", "VERSCHIL 1 × 0.02"]
    );
    desk.books.articles.last_mut().unwrap().price = dec!(11.50);
    assert_eq!(desk.held().code, "totaal-verschil");
}

#[test]
fn an_article_price_without_vat_gets_its_vat() {
    let mut desk = with_article("code-and-quantity");
    desk.books.company.article_prices_exclude_vat = true;
    desk.books.articles.last_mut().unwrap().price = dec!(10.00);
    assert_eq!(desk.lines()[0], "9-0 2 × 12.10");
}

#[test]
fn a_line_without_code_gets_the_default_article_of_its_kind() {
    for (class, code) in [
        (Class::High, "DIVERS-H"),
        (Class::Low, "DIVERS-L"),
        (Class::Zero, "DIVERS-G"),
    ] {
        let mut desk = desk_of(&Wish {
            goods: vec![good(1_000, 2, class)],
            ..wish()
        });
        desk.order.lines[0].code = String::new();
        let plan = desk.plan();
        assert_eq!(plan.order.lines[0].code, code);
        assert_eq!(plan.order.lines[0].description, "Artikel 0");
        assert!(plan.articles.is_empty() && plan.expected.pieces.is_empty());
    }
}

#[test]
fn the_same_article_twice_stays_two_lines() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(1_000, 2, Class::High), good(1_500, 1, Class::High)],
        ..wish()
    });
    desk.order.lines[1].code = desk.order.lines[0].code.clone();
    let plan = desk.plan();
    assert_eq!(lines(&plan)[..2], ["9-0 2 × 12.10", "9-0 1 × 18.15"]);
    assert_eq!(plan.articles.len(), 1);
    assert_eq!(plan.expected.pieces["9-0"], dec!(3));
}

#[test]
fn discounts_of_relation_and_books_are_always_sent_as_none() {
    let plan = desk().plan();
    assert_eq!(plan.order.invoice_discount, dec!(0));
    assert!(
        plan.order
            .lines
            .iter()
            .all(|line| line.discount_percent == dec!(0))
    );
}

/// Two pieces of 12.10, of which 0.61 each is a levy at 21%.
fn with_a_levy_in_its_price(sales: &str) -> Desk {
    let mut desk = desk();
    desk.settings = settings(sales, "");
    desk.order.lines[0].percent = Some(dec!(21));
    desk.order.lines[0].levy = Some(RatePart {
        percent: dec!(21),
        net: dec!(1.008264),
        vat: dec!(0.211736),
    });
    desk
}

#[test]
fn a_levy_in_the_price_of_a_line_stands_on_its_article_where_one_of_its_kind_is_set() {
    let desk = with_a_levy_in_its_price("");
    let plan = desk.plan();
    assert_eq!(
        lines(&plan),
        ["9-0 2 × 11.49", "BIJDRAGE-H 1 × 1.22", "VERZEND-H 1 × 5.99"]
    );
    assert_eq!(plan.order.lines[1].description, "Milieuheffing Artikel 0");
    assert_eq!(
        (plan.expected.incl, plan.expected.vat["21"]),
        (dec!(30.19), dec!(5.24))
    );
    // No article for levies with VAT: it stays in the price, as on the shop's own invoice.
    let mut plain = desk.clone();
    let geen = [(VatKind::Geen, "BIJDRAGE".to_owned())];
    plain.settings.sales.levy_article = PerVatKind::Each(geen.into());
    assert_eq!(plain.lines(), ["9-0 2 × 12.10", "VERZEND-H 1 × 5.99"]);
    // So it does where the one article is for levies of another kind.
    plain.settings.sales.levy_article = PerVatKind::One("BIJDRAGE".to_owned());
    assert_eq!(plain.lines(), ["9-0 2 × 12.10", "VERZEND-H 1 × 5.99"]);
    // One that is named for its kind and stands in a group of another holds the order.
    let mut wrong = desk;
    let hoog = [(VatKind::Hoog, "BIJDRAGE".to_owned())];
    wrong.settings.sales.levy_article = PerVatKind::Each(hoog.into());
    assert_eq!(wrong.held().code, "btw-wijkt-af");
}

#[test]
fn a_levy_at_another_rate_than_its_goods_bears_its_own() {
    let mut desk = with_a_levy_in_its_price("");
    // 19.00 at 21% and 1.00 at 9%.
    let line = &mut desk.order.lines[0];
    line.levy = Some(RatePart {
        percent: dec!(9),
        net: dec!(1),
        vat: dec!(0.09),
    });
    line.total_incl = Some(dec!(24.08));
    let shipping = desk.order.totals.iter_mut();
    for row in shipping.filter(|row| row.kind == TotalKind::Shipping) {
        row.parts = vec![RatePart {
            percent: dec!(21),
            net: dec!(4.95),
            vat: dec!(1.0395),
        }];
    }
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    desk.order.totals.push(tax(dec!(21), dec!(5.0295)));
    desk.order.totals.push(tax(dec!(9), dec!(0.09)));
    desk.order.total = dec!(30.07);
    desk.books.add_article("BIJDRAGE-L", VatKind::Laag);
    let low = [(VatKind::Laag, "BIJDRAGE-L".to_owned())];
    desk.settings.sales.levy_article = PerVatKind::Each(low.into());
    let plan = desk.plan();
    assert!(lines(&plan).contains(&"BIJDRAGE-L 1 × 1.09".to_owned()));
    assert_eq!(
        (plan.expected.vat["21"], plan.expected.vat["9"]),
        (dec!(5.03), dec!(0.09))
    );
}

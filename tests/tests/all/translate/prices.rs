//! The books' own prices: what is asked for, and what a line comes to.

use rust_decimal::dec;
use winkelbrug::{
    books::{AgreedPrice, VatKind},
    profile::settings::Lines,
    translate::price_questions,
};

use crate::translate::desk::{Desk, desk, lines, planned};

/// The two pieces of 12.10 are an article of 13.00 in the books.
fn own_prices() -> Desk {
    let mut desk = desk();
    desk.settings.sales.lines = Lines::CodeAndQuantity;
    desk.settings.sales.total_difference_limit = dec!(5);
    desk.books.add_article("9-0", VatKind::Hoog);
    for article in &mut desk.books.articles {
        if article.code == "9-0" {
            article.price = dec!(13);
        }
    }
    desk
}

#[test]
fn prices_are_asked_for_by_article_customer_whole_pieces_and_day() {
    let mut desk = own_prices();
    let relation = desk.books.add_relation(7, "Jo", "jo@example.com");
    relation.address.postcode = "1234AB".to_owned();
    let again = desk.order.lines[0].clone();
    desk.order.lines.push(again);
    let mut part = desk.order.lines[0].clone();
    part.quantity = dec!(6.5);
    desk.order.lines.push(part);
    let questions = price_questions(&desk.order, &desk.settings, &desk.facts());
    let asked: Vec<_> = questions.iter().map(|asked| asked.quantity).collect();
    assert_eq!(asked, [dec!(2), dec!(6)]);
    assert_eq!(questions[0].relation.as_deref(), Some("relation-7"));
    let day = desk.order.placed_local.get(..10).unwrap();
    assert_eq!(questions[0].day.to_string(), day);
}

#[test]
fn a_customer_the_books_do_not_know_is_anybody() {
    let desk = own_prices();
    let questions = price_questions(&desk.order, &desk.settings, &desk.facts());
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].relation, None);
}

#[test]
fn nothing_is_asked_for_lines_with_the_shops_prices_or_orders_that_are_not_written() {
    let mut desk = own_prices();
    desk.settings.sales.lines = Lines::Full;
    assert!(price_questions(&desk.order, &desk.settings, &desk.facts()).is_empty());
    desk.settings.sales.lines = Lines::CodeAndQuantity;
    desk.order.money.code = "GBP".to_owned();
    assert!(price_questions(&desk.order, &desk.settings, &desk.facts()).is_empty());
}

#[test]
fn an_agreed_price_is_written_and_else_the_article_files() {
    let desk = own_prices();
    let plan = planned(desk.outcome_with(|facts| {
        let article = facts.articles.iter().find(|known| known.code == "9-0");
        facts.prices = vec![AgreedPrice {
            article: article.unwrap().id.clone(),
            quantity: dec!(2),
            price: dec!(12.10),
        }];
    }));
    assert_eq!(lines(&plan), ["9-0 2 × 12.10", "VERZEND-H 1 × 5.99"]);
}

#[test]
fn a_line_without_a_code_keeps_the_shops_price() {
    let mut desk = own_prices();
    desk.order.lines[0].code = String::new();
    assert_eq!(desk.lines(), ["DIVERS-H 2 × 12.10", "VERZEND-H 1 × 5.99"]);
}

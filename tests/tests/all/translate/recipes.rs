//! Articles made of others: alone on the order, with their parts, or held until the owner chose.

use rust_decimal::dec;
use winkelbrug::books::{Part, Recipe, VatKind};

use crate::translate::desk::{Desk, desk, settings};

/// The order's article is made of two cups and half a box.
pub fn package(sales: &str, tables: &str) -> Desk {
    let mut desk = desk();
    desk.settings = settings(sales, tables);
    for code in ["KOP", "DOOS"] {
        desk.books.add_article(code, VatKind::Hoog);
    }
    let code = desk.order.lines[0].code.clone();
    desk.books.add_article(&code, VatKind::Hoog);
    let id = |desk: &Desk, code: &str| {
        let mut articles = desk.books.articles.iter();
        articles.find(|a| a.code == code).unwrap().id.clone()
    };
    let part = |code: &str, quantity| Part {
        article: id(&desk, code),
        code: code.to_owned(),
        quantity,
    };
    let parts = vec![part("KOP", dec!(2)), part("DOOS", dec!(0.5))];
    let whole = desk.books.articles.last_mut().unwrap();
    whole.has_parts = true;
    whole.parts = parts;
    desk
}

const ALONE: [&str; 2] = ["21-0 2 × 12.10", "VERZEND-H 1 × 5.99"];
const PLACED: [&str; 4] = [
    "21-0 2 × 12.10",
    "KOP 4 × 0",
    "DOOS 1 × 0",
    "VERZEND-H 1 × 5.99",
];

fn lines(desk: &Desk) -> Vec<String> {
    let code = &desk.order.lines[0].code;
    let lines = desk.lines().into_iter();
    lines.map(|line| line.replacen(code, "21-0", 1)).collect()
}

#[test]
fn parts_stand_on_the_order_at_no_price_where_the_owner_says_so() {
    for value in [
        "",
        "recipes = true",
        "recipes = false",
        "recipes = \"never\"",
    ] {
        assert_eq!(lines(&package(value, "")), ALONE, "{value}");
    }
    let desk = package("recipes = \"always\"", "");
    assert_eq!(lines(&desk), PLACED);
    let plain = package("", "").plan().expected;
    let placed = desk.plan().expected;
    assert_eq!((placed.incl, placed.vat), (plain.incl, plain.vat));
    let taken = |code: &str| {
        (
            plain.pieces.get(code).copied(),
            placed.pieces.get(code).copied(),
        )
    };
    assert_eq!(
        taken("KOP"),
        (None, Some(dec!(4))),
        "what leaves the stock is counted"
    );
    let desk = package("recipes = \"ask\"", "");
    let reason = desk.held();
    assert_eq!(reason.code, "recept-kiezen");
    assert!(reason.text.nl.contains("2 × KOP, 0.5 × DOOS"));
}

#[test]
fn one_article_may_differ_from_all_others() {
    let code = desk().order.lines[0].code.clone();
    let own = |word: &str| format!("[sales.recipe]\n\"{code}\" = \"{word}\"");
    for all in ["recipes = true", "recipes = false", "recipes = \"ask\""] {
        assert_eq!(lines(&package(all, &own("always"))), PLACED, "{all}");
        assert_eq!(lines(&package(all, &own("never"))), ALONE, "{all}");
        let desk = package(all, &own("ask"));
        assert_eq!(desk.held().code, "recept-kiezen", "{all}");
    }
}

#[test]
fn where_the_books_say_it_per_article_that_holds() {
    for (recipe, wanted) in [(Recipe::Never, &ALONE[..]), (Recipe::Always, &PLACED[..])] {
        let mut desk = package("", "");
        desk.books.articles.last_mut().unwrap().recipe = Some(recipe);
        assert_eq!(lines(&desk), wanted, "{recipe:?}");
    }
    let mut desk = package("", "");
    desk.books.articles.last_mut().unwrap().recipe = Some(Recipe::Ask);
    assert_eq!(desk.held().code, "recept-kiezen");
    desk.settings = settings("recipes = \"always\"", "");
    assert_eq!(lines(&desk), PLACED, "the owner has the last word");
}

#[test]
fn a_recipe_that_cannot_be_placed_right_holds_the_order() {
    let spoilt = |change: fn(&mut Desk)| {
        let mut desk = package("recipes = \"always\"", "");
        change(&mut desk);
        desk.held().code
    };
    assert_eq!(
        spoilt(|desk| {
            let mut articles = desk.books.articles.iter_mut();
            articles.find(|a| a.code == "KOP").unwrap().active = false;
        }),
        "artikel-niet-actief"
    );
    assert_eq!(
        spoilt(|desk| {
            let mut articles = desk.books.articles.iter_mut();
            articles.find(|a| a.code == "KOP").unwrap().has_parts = true;
        }),
        "recept-in-recept"
    );
    assert_eq!(
        spoilt(|desk| desk.books.articles.retain(|a| a.code != "KOP")),
        "artikel-ontbreekt"
    );
    assert_eq!(
        spoilt(|desk| desk.books.articles.last_mut().unwrap().parts.clear()),
        "recept-onbekend"
    );
}

//! Extra values of the shop to fields of the books, and the field that holds the shop's code.

use std::collections::BTreeMap;

use rust_decimal::dec;
use winkelbrug::{
    books::VatKind,
    profile::settings::{Handling, Mapping},
    translate::plan::{ArticleStep, RelationStep},
};
use winkelbrug_protocol::record::{CustomField, LineOption, Named, Product};

use crate::translate::desk::{Desk, desk, settings};

fn field(name: &str, value: &str) -> CustomField {
    CustomField {
        id: format!("id-{name}"),
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn map(desk: &mut Desk, from: &[&str], to: &str, change: &[&str]) {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    desk.settings.mapping.push(Mapping {
        from: words(from),
        to: to.to_owned(),
        change: words(change),
    });
}

fn product(desk: &Desk, name: &str) -> Product {
    let line = &desk.order.lines[0];
    Product {
        id: line.product_id.clone().unwrap_or_default(),
        changed_at: String::new(),
        stamp: String::new(),
        code: line.code.clone(),
        sku: None,
        ean: Some("8712345678906".to_owned()),
        name: name.to_owned(),
        price: Some(dec!(12.5)),
        tax_class: line.tax_class.clone().unwrap(),
        quantity: None,
        active: true,
        options: Vec::new(),
        kind: String::new(),
        parent_id: None,
        price_incl: None,
        weight: None,
        categories: Vec::new(),
        custom_fields: vec![field("Merk", "Acme")],
    }
}

fn with_product(name: &str) -> Desk {
    let mut desk = desk();
    desk.order.lines[0].product_id = Some("71".to_owned());
    let product = product(&desk, name);
    desk.books.products.push(product);
    desk
}

#[test]
fn values_of_the_order_go_to_memo_description_and_reference() {
    let mut desk = desk();
    desk.order.custom_fields = vec![field("Bezorgdag", "26/11/2026"), field("Inkoopnr", "po-7")];
    map(
        &mut desk,
        &["order.custom.bezorgdag"],
        "order.memo",
        &["date-nl", "before Bezorgen op"],
    );
    map(
        &mut desk,
        &["order.custom.Leeg", "text:webwinkel"],
        "order.memo",
        &["upper"],
    );
    map(
        &mut desk,
        &["order.custom.id-Inkoopnr"],
        "order.reference",
        &["upper"],
    );
    map(
        &mut desk,
        &["invoice.city"],
        "order.description",
        &["before Verkoop"],
    );
    let order = desk.plan().order;
    assert!(
        order.memo.ends_with("Bezorgen op 26-11-2026\nWEBWINKEL"),
        "{}",
        order.memo
    );
    assert_eq!(order.order_reference, "PO-7");
    assert!(
        order.description.starts_with("Verkoop "),
        "{}",
        order.description
    );
}

#[test]
fn values_of_a_line_go_behind_its_text() {
    let mut desk = desk();
    desk.order.lines[0].options = vec![LineOption {
        name: "Gravure".to_owned(),
        value: "Voor Jo".to_owned(),
        kind: "text".to_owned(),
        value_id: None,
        code: None,
    }];
    desk.settings.sales.options = winkelbrug::profile::settings::Options::Ignore;
    map(
        &mut desk,
        &["line.option.gravure"],
        "line.description",
        &["replace Jo => Joke"],
    );
    let order = desk.plan().order;
    assert!(
        order.lines[0].description.ends_with(" Voor Joke"),
        "{}",
        order.lines[0].description
    );
}

#[test]
fn extra_fields_of_a_relation_are_filled_and_only_changed_where_known_ones_are_updated() {
    let mut desk = desk();
    desk.order.customer.custom_fields = vec![field("Kleur", "rood")];
    map(
        &mut desk,
        &["customer.custom.Kleur"],
        "relation.extra.Kleur",
        &[],
    );
    let wanted = BTreeMap::from([("Kleur".to_owned(), "rood".to_owned())]);
    match desk.plan().relation {
        RelationStep::Create { draft, .. } => assert_eq!(draft.extra, wanted),
        other => panic!("{other:?}"),
    }
    let relation = desk.books.add_relation(7, "Jo Klant", "jo@example.com");
    relation.address.postcode = "1234 AB".to_owned();
    match desk.plan().relation {
        RelationStep::Update { draft, changes, .. } => {
            assert_eq!((draft.extra, draft.name), (wanted, String::new()));
            assert_eq!(changes[0].field.nl, "Kleur");
        }
        other => panic!("{other:?}"),
    }
    desk.books.relations.last_mut().unwrap().extra =
        BTreeMap::from([("kleur".to_owned(), "blauw".to_owned())]);
    assert!(matches!(desk.plan().relation, RelationStep::Use { .. }));
    desk.settings.customers.handling = Handling::Manual;
    desk.books.relations.last_mut().unwrap().extra.clear();
    assert!(matches!(desk.plan().relation, RelationStep::Use { .. }));
}

#[test]
fn extra_fields_of_an_article_come_from_its_product() {
    let mut desk = with_product("Mok");
    map(&mut desk, &["product.ean"], "article.extra.Barcode", &[]);
    map(
        &mut desk,
        &["product.custom.merk"],
        "article.extra.Merk",
        &["lower"],
    );
    match desk.plan().articles.as_slice() {
        [ArticleStep::Create { draft, .. }] => {
            assert_eq!(draft.extra["Barcode"], "8712345678906");
            assert_eq!(draft.extra["Merk"], "acme");
            assert_eq!(draft.description, "Mok");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_value_that_does_not_fit_its_change_is_left_out_with_a_note() {
    let mut desk = desk();
    desk.order.custom_fields = vec![field("Bezorgdag", "morgen")];
    map(
        &mut desk,
        &["order.custom.Bezorgdag"],
        "order.reference",
        &["date"],
    );
    let plan = desk.plan();
    assert_eq!(plan.order.order_reference, desk.order.number);
    assert!(plan.notes.iter().any(|note| note.nl.contains("morgen")));
}

#[test]
fn the_shops_code_may_stand_in_an_extra_field_with_a_space_in_its_name() {
    let mut desk = desk();
    desk.settings = settings("", "[articles]\ncode_field = \"Web code\"");
    desk.settings.articles.revenue_groups =
        BTreeMap::from([("Hoog".to_owned(), "Omzet hoog".to_owned())]);
    desk.books.add_article("10045", VatKind::Hoog);
    let wanted = desk.order.lines[0].code.clone();
    desk.books.articles.last_mut().unwrap().extra =
        BTreeMap::from([("web CODE".to_owned(), wanted.clone())]);
    let plan = desk.plan();
    assert_eq!(plan.order.lines[0].code, "10045");
    assert!(plan.articles.is_empty());

    // An article that has the code as its own while the field is empty is meant too.
    desk.books.articles.last_mut().unwrap().extra.clear();
    desk.books.add_article(&wanted, VatKind::Hoog);
    match desk.plan().articles.as_slice() {
        [ArticleStep::Update { draft, .. }] => {
            assert_eq!(draft.extra["Web code"], wanted);
            assert_eq!(draft.description, "", "the article itself stays as it is");
        }
        other => panic!("{other:?}"),
    }
    desk.books.articles.last_mut().unwrap().extra =
        BTreeMap::from([("Web code".to_owned(), "ANDERS".to_owned())]);
    assert_eq!(desk.held().code, "artikelcode-bezet");
}

#[test]
fn a_new_article_gets_the_shops_code_in_that_field_too() {
    let mut desk = desk();
    desk.settings.articles.code_field = "Web code".to_owned();
    match desk.plan().articles.as_slice() {
        [ArticleStep::Create { draft, .. }] => assert_eq!(draft.extra["Web code"], draft.code),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_shops_code_may_be_the_articles_text_and_then_none_is_made() {
    let mut desk = desk();
    desk.settings.articles.code_field = "omschrijving".to_owned();
    assert_eq!(desk.held().code, "artikel-ontbreekt");
    desk.books.add_article("10045", VatKind::Hoog);
    let code = desk.order.lines[0].code.clone();
    desk.books.articles.last_mut().unwrap().description = code;
    assert_eq!(desk.plan().order.lines[0].code, "10045");
}

#[test]
fn a_category_decides_the_group_before_the_tax_class_and_two_that_disagree_are_held() {
    let mut desk = with_product("Mok");
    let category = |id: &str, name: &str| Named {
        id: id.to_owned(),
        name: name.to_owned(),
    };
    desk.settings.articles.revenue_groups.clear();
    desk.settings.articles.revenue_groups_by_category =
        BTreeMap::from([("Servies".to_owned(), "Omzet hoog".to_owned())]);
    assert_eq!(desk.held().code, "omzetgroep-niet-gekozen");
    desk.books.products[0].categories = vec![category("3", "servies")];
    match desk.plan().articles.as_slice() {
        [ArticleStep::Create { draft, .. }] => assert_eq!(draft.revenue_group, "group-1"),
        other => panic!("{other:?}"),
    }
    // A variant has the categories of its product.
    let mut parent = desk.books.products[0].clone();
    parent.id = "70".to_owned();
    desk.books.products[0].categories.clear();
    desk.books.products[0].parent_id = Some("70".to_owned());
    desk.books.products.push(parent);
    desk.plan();
    desk.books.products[1]
        .categories
        .push(category("4", "Aanbieding"));
    desk.settings
        .articles
        .revenue_groups_by_category
        .insert("4".to_owned(), "Omzet laag".to_owned());
    assert_eq!(desk.held().code, "omzetgroep-niet-eenduidig");
}

#[test]
fn an_article_is_brought_up_to_date_from_the_product_and_never_from_the_line() {
    let mut desk = with_product("Nieuwe naam");
    desk.books.add_article("9-0", VatKind::Hoog);
    desk.books.articles.last_mut().unwrap().price = dec!(99);
    desk.settings.articles.handling = Handling::AddAndUpdate;
    match desk.plan().articles.as_slice() {
        [ArticleStep::Update { draft, .. }] => {
            assert_eq!(draft.description, "Nieuwe naam");
            assert_eq!(draft.price, dec!(99));
        }
        other => panic!("{other:?}"),
    }
    desk.books.products.clear();
    assert!(
        desk.plan().articles.is_empty(),
        "the line alone says nothing"
    );
}

#[test]
fn products_changed_before_the_first_moment_for_articles_leave_the_books_as_they_are() {
    let mut desk = with_product("Nieuwe naam");
    desk.books.add_article("9-0", VatKind::Hoog);
    desk.settings.articles.handling = Handling::AddAndUpdate;
    for product in &mut desk.books.products {
        product.changed_at = "2026-03-01T12:00:00Z".to_owned();
    }
    for (from, updated) in [
        (None, true),
        (Some("2026-03-01T12:00:00Z"), true),
        (Some("2026-03-01T12:00:01Z"), false),
    ] {
        desk.settings.shop.articles_from = from.map(|from| from.parse().unwrap());
        assert_eq!(!desk.plan().articles.is_empty(), updated, "{from:?}");
    }
}

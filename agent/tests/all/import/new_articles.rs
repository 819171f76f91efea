//! What a new article is called and costs: the shop's product decides, not the order line.

use std::sync::atomic::Ordering;

use rust_decimal::dec;
use winkelbrug::{books::ArticleDraft, translate::plan::ArticleStep};
use winkelbrug_protocol::record::{Order, Product, StatusKind};

use crate::import::{
    scene::{Scene, ago},
    shop::order,
};

/// Sold at a special price, under the name it had then.
fn on_sale() -> Order {
    let mut order = order(1, "OUD-MODEL", ago(60));
    order.lines[0].name = "Old model (SALE)".into();
    order
}

fn product(id: &str) -> Product {
    let known = r#"{"changed_at":"","stamp":"","code":"OUD-MODEL","sku":null,"ean":null,
        "name":"Oud model","price":"80.2645","tax_class":{"id":"1","name":"Hoog"},
        "quantity":null,"active":true,"options":[],"id":""}"#;
    Product {
        id: id.into(),
        ..serde_json::from_str(known).unwrap()
    }
}

/// The article the plan of order 1001 makes, and why.
fn made(scene: &Scene) -> (ArticleDraft, String) {
    let id = scene.journal.find_order("proef", "1001").unwrap();
    let plan = scene.journal.order_at_work(id).unwrap().plan.unwrap();
    match plan.articles.into_iter().next() {
        Some(ArticleStep::Create { draft, why }) => (draft, why.en),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_new_article_is_called_and_costs_what_the_product_does_by_default() {
    let scene = Scene::new(vec![on_sale()]);
    *scene.shop.products.lock().unwrap() = Some(vec![product("7")]);
    scene.run().await;
    let (draft, why) = made(&scene);
    assert_eq!(draft.description, "Oud model");
    let with_vat = (dec!(80.2645) * dec!(1.21)).round_dp(2);
    let as_in_the_books = [with_vat, dec!(80.2645), dec!(80.26)];
    assert!(
        as_in_the_books.contains(&draft.price.normalize()),
        "{draft:?}"
    );
    assert!(!why.contains("order line"), "{why}");
    assert_eq!(scene.shop.products_asked.load(Ordering::Relaxed), 1);

    // The books have it now: a further order asks for no products.
    let mut next = on_sale();
    next.id = "2".into();
    next.number = "1002".into();
    scene.pass_minutes(15);
    next.changed_at = scene.now().to_string();
    scene.shop.orders().push(next);
    scene.run().await;
    assert_eq!(scene.shop.products_asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn an_article_of_a_product_that_is_gone_comes_from_the_line_and_the_plan_says_so() {
    let scene = Scene::new(vec![on_sale()]);
    let other = Product {
        code: "NIEUW-MODEL".into(),
        ..product("8")
    };
    *scene.shop.products.lock().unwrap() = Some(vec![other]);
    scene.run().await;
    let (draft, why) = made(&scene);
    assert_eq!(draft.description, "Old model (SALE)");
    assert!(why.contains("come from the order line"), "{why}");
}

#[tokio::test]
async fn a_product_that_was_made_anew_is_found_by_its_code() {
    let scene = Scene::new(vec![on_sale()]);
    *scene.shop.products.lock().unwrap() = Some(vec![product("8")]);
    scene.run().await;
    let (draft, why) = made(&scene);
    assert_eq!(draft.description, "Oud model");
    assert!(!why.contains("order line"), "{why}");
}

#[tokio::test]
async fn a_variant_is_found_where_the_line_names_its_product() {
    let scene = Scene::new(vec![on_sale()]);
    let whole = Product {
        code: "MODEL".into(),
        name: "Model".into(),
        ..product("7")
    };
    let variant = Product {
        parent_id: Some("7".into()),
        name: "Model (oud)".into(),
        ..product("7000000001")
    };
    *scene.shop.products.lock().unwrap() = Some(vec![whole, variant]);
    scene.run().await;
    assert_eq!(made(&scene).0.description, "Model (oud)");
}

#[tokio::test]
async fn products_are_not_asked_for_by_orders_that_are_not_for_the_books() {
    let mut order = on_sale();
    order.status.kind = StatusKind::Cancelled;
    let scene = Scene::new(vec![order]);
    *scene.shop.products.lock().unwrap() = Some(vec![product("7")]);
    scene.run().await;
    assert_eq!(scene.shop.products_asked.load(Ordering::Relaxed), 0);
}

#[tokio::test]
async fn a_shop_that_may_not_tell_its_products_still_gets_its_orders_written() {
    let scene = Scene::new(vec![on_sale()]);
    scene.run().await;
    let (draft, why) = made(&scene);
    assert_eq!(draft.description, "Old model (SALE)");
    assert!(why.contains("come from the order line"), "{why}");
}

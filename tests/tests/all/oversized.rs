//! One order of which the shop keeps far too much: it is told and held alone, and all others go on.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testbed::{
    bridge_file::{PlacedBridge, records},
    hosted::RecordedShop,
    opencart::{Buyer, Item, NewOrder, shared_folder},
    platform::Platform,
    scene::Scene,
    servers::PhpOptions,
};
use winkelbrug_protocol::{answer::Next, key::Variant, record::OrderHead};

/// Platform, column of an order to let grow, and how an order of that id gets six million letters there.
const PLACES: [(Platform, &str, &str); 6] = [
    (
        Platform::WooCommerceTables,
        "",
        "INSERT INTO {}wc_orders_meta (order_id, meta_key, meta_value) SELECT #, CONCAT('feed', seq), REPEAT('x', 60000) FROM seq_1_to_100",
    ),
    (
        Platform::WooCommercePosts,
        "",
        "INSERT INTO {}postmeta (post_id, meta_key, meta_value) VALUES (#, 'feed', REPEAT('x', 6000000))",
    ),
    (
        Platform::OpenCart4,
        "ALTER TABLE {}order MODIFY comment LONGTEXT",
        "UPDATE {}order SET comment = REPEAT('x', 6000000) WHERE order_id = #",
    ),
    (
        Platform::PrestaShop,
        "ALTER TABLE {}order_detail MODIFY product_name LONGTEXT",
        "UPDATE {}order_detail SET product_name = REPEAT('x', 6000000) WHERE id_order = #",
    ),
    (
        Platform::Magento1,
        "ALTER TABLE {}sales_flat_order_item MODIFY product_options LONGTEXT",
        "UPDATE {}sales_flat_order_item SET product_options = REPEAT('x', 6000000) WHERE order_id = #",
    ),
    (
        Platform::Magento2,
        "ALTER TABLE {}sales_order_item MODIFY product_options LONGTEXT",
        "UPDATE {}sales_order_item SET product_options = REPEAT('x', 6000000) WHERE order_id = #",
    ),
];

fn execute(shop: &RecordedShop, platform: Platform, id: &str, statement: &str) {
    let statement = statement.replace("{}", platform.prefix()).replace('#', id);
    let statement = format!("SET SESSION sql_mode = ''; {statement}");
    shop.database().execute(&statement).unwrap();
}

async fn heads(bridge: &PlacedBridge) -> Vec<OrderHead> {
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = bridge
            .page("orders", json!({"after": after}))
            .await
            .unwrap();
        all.extend(records::<OrderHead>(&page).unwrap());
        match page.end.next {
            Some(Next::Position(position)) => after = serde_json::to_value(position).unwrap(),
            _ => return all,
        }
    }
}

async fn bodies(bridge: &PlacedBridge, ids: &[&str]) -> Vec<Value> {
    let mut left = ids.to_vec();
    let mut all: Vec<Value> = Vec::new();
    while !left.is_empty() {
        let some: Vec<Value> = bridge.ask("orders", json!({"ids": left})).await.unwrap();
        assert!(!some.is_empty());
        left.retain(|id| some.iter().all(|order| order["id"] != **id));
        all.extend(some);
    }
    all
}

/// With PHP at 32 MB, where six million letters would stop it, and where they fit but are more than an
/// answer may hold.
#[tokio::test(flavor = "multi_thread")]
async fn on_every_platform_an_order_of_megabytes_is_told_by_its_size_and_no_other_is_missed() {
    let Some(shared) = shared_folder().unwrap() else {
        return;
    };
    for (platform, room, grow) in PLACES {
        let shop = platform.start(&shared).unwrap();
        let bridge = platform.bridge(Variant::Ecdsa).unwrap();
        let bridge = bridge.place(&shop).unwrap();
        let before = heads(&bridge).await;
        let large = before[before.len() / 2].id.clone();
        if !room.is_empty() {
            execute(&shop, platform, &large, room);
        }
        execute(&shop, platform, &large, grow);
        for memory in ["32M", "256M"] {
            let php = PhpOptions::default().ini("memory_limit", memory);
            shop.restart_web(&php).unwrap();
            let name = format!("{} {memory}", platform.name());
            let after = heads(&bridge).await;
            assert_eq!(after.len(), before.len(), "{name}");
            for (then, now) in before.iter().zip(&after) {
                assert_eq!(then.id, now.id, "{name}");
                assert_eq!(then.hash == now.hash, then.id != large, "{name} {}", now.id);
            }
            let ids: BTreeSet<&str> = after.iter().map(|head| head.id.as_str()).collect();
            let ids: Vec<&str> = ids.into_iter().collect();
            let read = bodies(&bridge, &ids).await;
            assert_eq!(read.len(), before.len(), "{name}");
            for order in &read {
                let told = order["too_large"].as_u64();
                if order["id"] == large.as_str() {
                    assert!(
                        told.is_some_and(|bytes| bytes >= 6_000_000),
                        "{name} {order}"
                    );
                    let head = after.iter().find(|head| head.id == large).unwrap();
                    assert_eq!(order["hash"], head.hash.as_str(), "{name}");
                } else {
                    assert!(
                        told.is_none() && order["total"].is_string(),
                        "{name} {order}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_order_is_held_saying_so_the_others_are_written_and_it_follows_once_it_is_mended() {
    let scene = Scene::empty().unwrap();
    scene.stock_the_books().unwrap();
    let scene = scene.ready().unwrap();
    let place = |name: &str| {
        let email = format!("{name}@example.com").to_lowercase();
        let buyer = Buyer::guest(name, "Test", &email, "1234 AB");
        let order = NewOrder::new(buyer, vec![Item::new("MOK-WIT", 1)]);
        scene.shop.place_order(&order).unwrap()
    };
    let [first, large, last] = ["Een", "Twee", "Drie"].map(place);
    for statement in [
        "ALTER TABLE `oc_order` MODIFY comment LONGTEXT".to_owned(),
        format!("UPDATE `oc_order` SET comment = REPEAT('x', 15000000) WHERE order_id = {large}"),
    ] {
        scene.shop.query(&statement).unwrap();
    }
    let ran = scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    assert!(!ran.said().contains("answer-too-large"), "{}", ran.said());
    for number in [first, last] {
        assert!(
            scene
                .books
                .order_by_reference(&number.to_string())
                .is_some()
        );
    }
    let number = large.to_string();
    let shown = || {
        let shown = scene.agent.run(&["order", "demo", &number, "--json"]);
        shown.unwrap().ended(0).unwrap().json().unwrap()
    };
    let held = shown();
    assert_eq!(held["state"], "held", "{held}");
    assert_eq!(held["reason_code"], "bestelling-te-groot", "{held}");
    assert!(held["reason"].as_str().unwrap().contains("kB"), "{held}");
    assert!(
        held["hint"].as_str().unwrap().contains("memory_limit"),
        "{held}"
    );
    // Its owner takes the text away, which moves no date, and offers it again.
    scene
        .shop
        .query(&format!(
            "UPDATE `oc_order` SET comment = '' WHERE order_id = {large}"
        ))
        .unwrap();
    let retry = ["retry", "demo", &number];
    scene.agent.run(&retry).unwrap().ended(0).unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert_eq!(shown()["state"], "written");
}

//! What the bridge says of a shop's orders: in pages that skip nothing, whatever stands in the
//! database. That each is what the shop itself shows: `conformance/`.
use std::{collections::BTreeSet, time::Instant};

use serde_json::{Value, json};
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge, records},
    opencart::{Buyer, Item, NewOrder, OpenCartShop, ShopOptions},
    servers::PhpOptions,
};
use winkelbrug_protocol::{
    answer::Next,
    key::Variant,
    record::{Order, OrderHead},
};

fn shop(orders: usize) -> (OpenCartShop, PlacedBridge) {
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    if orders > 0 {
        shop.generate_orders(orders, orders).unwrap();
    }
    let bridge = BridgeFile::new(Variant::Ecdsa).place(&shop).unwrap();
    (shop, bridge)
}

/// All heads, page by page; and how many pages it took.
async fn heads(bridge: &PlacedBridge, since: Option<&str>, limit: u32) -> (Vec<OrderHead>, usize) {
    let (mut all, mut pages, mut after) = (Vec::new(), 0, Value::Null);
    loop {
        let args = json!({"since": since, "after": after, "limit": limit});
        let page = bridge.page("orders", args).await.unwrap();
        all.extend(records::<OrderHead>(&page).unwrap());
        pages += 1;
        match page.end.next {
            Some(Next::Position(position)) => after = serde_json::to_value(position).unwrap(),
            _ => {
                assert!(!page.end.more);
                return (all, pages);
            }
        }
    }
}

/// One order's body.
async fn body(bridge: &PlacedBridge, id: u64) -> Order {
    let mut found: Vec<Order> = bridge
        .ask("orders", json!({"ids": [id.to_string()]}))
        .await
        .unwrap();
    found.pop().unwrap()
}

fn stamps_and_ids(heads: &[OrderHead]) -> Vec<(String, u64)> {
    heads
        .iter()
        .map(|head| (head.stamp.clone(), head.id.parse().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_neither_skip_nor_repeat_even_when_all_orders_are_of_one_second() {
    let (shop, bridge) = shop(230);
    shop.query("UPDATE `oc_order` SET date_modified = '2026-10-01 12:00:00', date_added = '2026-10-01 11:00:00' WHERE order_id > 20")
        .unwrap();
    // However many are read together, each is what it is when it is read among few.
    let (few, _) = heads(&bridge, None, 50).await;
    for limit in [1000, 97, 200] {
        let (heads, pages) = heads(&bridge, None, limit).await;
        assert_eq!(heads, few);
        assert_eq!(heads.len(), 230);
        assert_eq!(pages, 230_usize.div_ceil(limit as usize));
        let places = stamps_and_ids(&heads);
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_changes_between_two_pages_comes_again_and_hides_no_other() {
    let (shop, bridge) = shop(60);
    let first = bridge.page("orders", json!({"limit": 30})).await.unwrap();
    let seen = records::<OrderHead>(&first).unwrap();
    let Some(Next::Position(after)) = first.end.next else {
        panic!("no next place");
    };
    // The first order of page one is edited, the last of it deleted, a new one placed.
    let moved: u64 = seen[0].id.parse().unwrap();
    shop.query(&format!(
        "UPDATE `oc_order` SET comment = 'later', date_modified = NOW() + INTERVAL 3 HOUR WHERE order_id = {moved}"
    ))
    .unwrap();
    shop.delete_order(seen[29].id.parse().unwrap()).unwrap();
    let new = shop.sell("MOK-WIT", 1).unwrap();
    let rest: Vec<OrderHead> = bridge
        .ask("orders", json!({"after": after, "limit": 1000}))
        .await
        .unwrap();
    let ids: BTreeSet<u64> = rest.iter().map(|head| head.id.parse().unwrap()).collect();
    assert_eq!((rest.len(), ids.len()), (32, 32));
    assert!(ids.contains(&moved) && ids.contains(&new));
    let changed = rest
        .iter()
        .find(|head| head.id == moved.to_string())
        .unwrap();
    assert_ne!(changed.hash, seen[0].hash);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_passed_over_in_the_night_the_clock_goes_back() {
    let (shop, bridge) = shop(6);
    // Amsterdam, 25 October 2026: local 02:00 to 03:00 comes twice, the second time from 01:00 UTC on.
    let locals = [
        "01:59:59", "02:10:00", "02:50:00", "02:05:00", "02:55:00", "03:05:00",
    ];
    for (id, local) in (1..).zip(locals) {
        shop.query(&format!(
            "UPDATE `oc_order` SET date_added = '2026-10-25 {local}', date_modified = '2026-10-25 {local}' WHERE order_id = {id}"
        ))
        .unwrap();
    }
    // Whoever read up to the first 02:50 (00:50 UTC) still gets the second 02:05 (01:05 UTC).
    let (found, _) = heads(&bridge, Some("2026-10-25T00:50:00Z"), 100).await;
    let ids: BTreeSet<&str> = found.iter().map(|head| head.id.as_str()).collect();
    assert!(["3", "4", "5", "6"].iter().all(|id| ids.contains(id)));
    assert!(!ids.contains("1"));
    // A time that comes twice is said to be the earlier one.
    assert_eq!(found[0].changed_at, "2026-10-25T00:05:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn content_decides_the_hash_and_time_alone_does_not() {
    let (shop, bridge) = shop(0);
    let buyer = Buyer::guest("Jan", "Koper", "jan@example.com", "1234 AB");
    let order = NewOrder::new(
        buyer,
        vec![Item::new("MOK-WIT", 1), Item::new("KOFFIE-1KG", 2)],
    );
    let id = shop.place_order(&order).unwrap();
    let hash = async || body(&bridge, id).await.hash;
    let first = hash().await;
    shop.query("UPDATE `oc_order` SET date_modified = date_modified + INTERVAL 1 DAY")
        .unwrap();
    shop.query("UPDATE `oc_product` SET sku = 'NEW', tax_class_id = 0")
        .unwrap();
    assert_eq!(hash().await, first);
    let mut last = first;
    for sql in [
        "UPDATE `oc_order` SET comment = 'x'",
        "UPDATE `oc_order` SET shipping_city = 'Elders'",
        "UPDATE `oc_order` SET order_status_id = 7",
        "UPDATE `oc_order_product` SET quantity = quantity + 1 LIMIT 1",
        "UPDATE `oc_order_total` SET value = value + 0.01 WHERE code = 'total'",
    ] {
        shop.query(sql).unwrap();
        let now = hash().await;
        assert_ne!(now, last, "{sql}");
        last = now;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_record_never_keeps_the_others_away() {
    let (shop, bridge) = shop(5);
    for sql in [
        // Text that is no UTF-8, as old shops have it in columns without a character set.
        "ALTER TABLE `oc_order` MODIFY lastname VARBINARY(64) NOT NULL, MODIFY custom_field BLOB NOT NULL",
        "UPDATE `oc_order` SET lastname = CONCAT('Ren', CHAR(0xE9)) WHERE order_id = 1",
        "UPDATE `oc_order` SET custom_field = 'O:8:\"stdClass\":1:{s:1:\"a\";O:8:\"Exploder\":0:{}}' WHERE order_id = 2",
        "UPDATE `oc_order` SET custom_field = REPEAT('[', 10000) WHERE order_id = 3",
        "UPDATE `oc_order_product` SET name = 'C:11:\"ArrayObject\":37:{x:i:0;a:0:{};m:a:0:{}}' WHERE order_id = 3",
        // Dates of nowhere, a product that is gone, an unknown status, no currency rate.
        "UPDATE `oc_order` SET date_added = '2026-10-01 10:00:00', date_modified = '0000-00-00 00:00:00' WHERE order_id = 4",
        "UPDATE `oc_order_history` SET date_added = '0000-00-00 00:00:00' WHERE order_id = 4",
        "UPDATE `oc_order_product` SET product_id = 999999 WHERE order_id = 5",
        "UPDATE `oc_order` SET order_status_id = 77, currency_value = 0, payment_country_id = 9999, language_id = 99 WHERE order_id = 5",
    ] {
        shop.query(&format!("SET sql_mode = ''; {sql}")).unwrap();
    }
    let (found, _) = heads(&bridge, Some("2020-01-01T00:00:00Z"), 100).await;
    assert_eq!(found.len(), 5);
    let (one, two, three) = (
        body(&bridge, 1).await,
        body(&bridge, 2).await,
        body(&bridge, 3).await,
    );
    assert_eq!(one.customer.last_name, "René");
    assert_eq!(one.remarks, ["latin1_repaired:lastname"]);
    assert_eq!(two.customer.custom_fields, []);
    assert_eq!(two.remarks, ["unreadable:custom_field"]);
    assert_eq!(three.remarks, ["unreadable:custom_field"]);
    assert!(three.lines[0].name.starts_with("C:11:"));
    let four = body(&bridge, 4).await;
    assert_eq!(four.changed_at, "2026-10-01T08:00:00Z");
    let five = body(&bridge, 5).await;
    assert_eq!(
        (&five.lines[0].sku, &five.lines[0].tax_class),
        (&None, &None)
    );
    assert_eq!(
        (five.status.id.as_str(), five.status.name.as_str()),
        ("77", "")
    );
    assert_eq!(five.invoice_address.country, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn option_values_carry_the_codes_an_extension_gave_them() {
    let (shop, bridge) = shop(0);
    let value: u64 = shop
        .query("SELECT product_option_value_id FROM `oc_product_option_value` ORDER BY 1 LIMIT 1")
        .unwrap()[0][0]
        .parse()
        .unwrap();
    let model = shop
        .query(&format!(
            "SELECT p.model FROM `oc_product` p JOIN `oc_product_option_value` v ON v.product_id = p.product_id WHERE v.product_option_value_id = {value}"
        ))
        .unwrap()[0][0]
        .clone();
    let buyer = Buyer::guest("Jan", "Koper", "jan@example.com", "1234 AB");
    let item = Item::new(&model, 1).choose(value);
    let id = shop.place_order(&NewOrder::new(buyer, vec![item])).unwrap();
    let before = body(&bridge, id).await;
    assert_eq!(before.lines[0].options[0].code, None);
    assert_eq!(before.lines[0].options[0].value_id, Some(value.to_string()));
    shop.query("ALTER TABLE `oc_product_option_value` ADD sku VARCHAR(64) NOT NULL DEFAULT ''")
        .unwrap();
    shop.query(&format!(
        "UPDATE `oc_product_option_value` SET sku = 'CODE-1' WHERE product_option_value_id = {value}"
    ))
    .unwrap();
    let after = body(&bridge, id).await;
    assert_eq!(after.lines[0].options[0].code.as_deref(), Some("CODE-1"));
    assert_eq!(after.hash, before.hash);
}

/// A poll every quarter of an hour must cost a shop next to nothing, with either driver.
#[tokio::test(flavor = "multi_thread")]
async fn a_poll_that_finds_nothing_costs_at_most_eight_statements() {
    let (shop, bridge) = shop(30);
    for php in [
        PhpOptions::default().without("pdo_mysql"),
        PhpOptions::default().without("mysqli"),
    ] {
        shop.restart_web(&php).unwrap();
        let since = json!({"since": "2099-01-01T00:00:00Z"});
        // The first signed call makes the bridge's own table.
        bridge.page("orders", since.clone()).await.unwrap();
        let log = shop.database().log_statements().unwrap();
        let request = bridge.request("orders", &since).unwrap();
        let told = bridge.send(&request).await.unwrap();
        let statements = log.statements().unwrap();
        assert!((1..=8).contains(&statements.len()), "{statements:#?}");
        assert!(request.body.len() + told.body.len() < 1024);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_orders_cost_no_more_statements_than_few() {
    let (shop, bridge) = shop(200);
    let mut counts = Vec::new();
    for many in [1, 100] {
        let ids: Vec<String> = (1..=many).map(|id: u64| id.to_string()).collect();
        bridge.page("hello", json!({})).await.unwrap();
        let log = shop.database().log_statements().unwrap();
        let page = bridge.page("orders", json!({"ids": ids})).await.unwrap();
        assert_eq!(page.end.records, many);
        counts.push(log.statements().unwrap().len());
    }
    assert_eq!(counts[0], counts[1]);
    let log = shop.database().log_statements().unwrap();
    bridge.page("orders", json!({"limit": 200})).await.unwrap();
    assert!(log.statements().unwrap().len() <= 14);
}

/// A host with little time and memory: pages end early and say so, and nothing is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_with_little_room_gets_shorter_pages() {
    let full = std::env::var_os("WINKELBRUG_FULL").is_some();
    let count = if full { 50_000 } else { 2_000 };
    let (shop, bridge) = shop(count);
    let php = PhpOptions::default()
        .ini("memory_limit", "8M")
        .ini("max_execution_time", "10");
    shop.restart_web(&php).unwrap();
    let started = Instant::now();
    let (found, pages) = heads(&bridge, None, 1000).await;
    let ids: BTreeSet<&str> = found.iter().map(|head| head.id.as_str()).collect();
    assert_eq!((found.len(), ids.len()), (count, count));
    assert!(pages > count / 1000, "{pages} pages");
    // Bodies: what does not fit is asked for again.
    let mut wanted: Vec<&str> = ids.iter().copied().take(400).collect();
    while !wanted.is_empty() {
        let some: Vec<&str> = wanted.iter().copied().take(200).collect();
        let read: Vec<Order> = bridge.ask("orders", json!({"ids": some})).await.unwrap();
        assert!(!read.is_empty());
        wanted.retain(|id| read.iter().all(|order| order.id != *id));
    }
    println!("{count} orders in {pages} pages, {:?}", started.elapsed());
}

//! What makes an order come again, and what does not.

use std::collections::BTreeSet;

use serde_json::json;
use winkelbrug_protocol::{
    answer::Next,
    record::{Order, OrderHead},
};

use super::{Bench, Generation};
use testbed::bridge_file::records;

/// A statement on an order's own rows; `%` stands for the order's table name, `#` for the order's id.
const CHANGES: [(&str, &str); 7] = [
    (
        "status",
        "UPDATE `%` SET state = 'holded', status = 'holded' WHERE entity_id = #",
    ),
    (
        "cancelled in part",
        "UPDATE `%_item` SET qty_canceled = 1 WHERE order_id = # LIMIT 1",
    ),
    (
        "price",
        "UPDATE `%_item` SET base_row_total = base_row_total + 0.01 WHERE order_id = # LIMIT 1",
    ),
    (
        "address",
        "UPDATE `%_address` SET city = 'Elders' WHERE parent_id = # LIMIT 1",
    ),
    (
        "total",
        "UPDATE `%` SET base_grand_total = base_grand_total + 0.01 WHERE entity_id = #",
    ),
    (
        "paid",
        "UPDATE `%` SET base_total_paid = base_grand_total WHERE entity_id = #",
    ),
    (
        "method",
        "UPDATE `%_payment` SET method = 'anders' WHERE parent_id = #",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_magento_order_that_changes_comes_again_and_nothing_else_does() {
    for generation in Generation::BOTH {
        let Some(bench) = Bench::start(generation) else {
            return;
        };
        content_decides_the_hash(&bench).await;
        refunds_and_edits(&bench).await;
        while_others_write(&bench).await;
        without_a_moment(&bench).await;
        one_bad_order(&bench).await;
        statements(&bench).await;
    }
}

async fn content_decides_the_hash(bench: &Bench) {
    let table = bench.generation.order_table("");
    let before = bench.heads(1000).await;
    let (first, rest) = before.split_first().unwrap();
    // Stamps, products, notes and shipments are no part of what an order is.
    for sql in [
        format!("UPDATE `{table}` SET updated_at = '2026-11-25 10:00:00' WHERE entity_id = {}", first.id),
        format!("UPDATE `{table}_item` SET qty_shipped = qty_ordered, updated_at = '2026-11-25 10:00:00' WHERE order_id = {}", first.id),
        "UPDATE `PRODUCT` SET sku = CONCAT('N', sku) WHERE entity_id < 3".replace("PRODUCT", product_table(bench)),
        "INSERT INTO `HISTORY` (parent_id, comment, status, entity_name) VALUES (1, 'x', 'pending', 'order')".replace("HISTORY", &bench.generation.order_table("_status_history")),
    ] {
        bench.sql(&sql);
    }
    let mut last = first.hash.clone();
    let now = head(bench, &first.id).await;
    assert_eq!(
        (&now.hash, now.stamp.as_str()),
        (&last, "2026-11-25 10:00:00")
    );
    for (minute, (name, sql)) in (10..).zip(CHANGES) {
        bench.sql(&sql.replace('%', &table).replace('#', &first.id));
        // Magento 2's database does this by itself where the order row changed.
        let stamp = format!("2026-11-25 11:{minute}:00");
        bench.sql(&format!(
            "UPDATE `{table}` SET updated_at = '{stamp}' WHERE entity_id = {}",
            first.id
        ));
        let since = format!("2026-11-25T11:{minute}:00Z");
        let found: Vec<OrderHead> = bench
            .bridge
            .ask("orders", json!({"since": since}))
            .await
            .unwrap();
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(found[0].id, first.id);
        assert_ne!(found[0].hash, last, "{name}");
        last.clone_from(&found[0].hash);
    }
    let after = bench.heads(1000).await;
    for old in rest {
        assert!(after.contains(old), "order {} did not change", old.id);
    }
}

async fn head(bench: &Bench, id: &str) -> OrderHead {
    let heads = bench.heads(1000).await;
    heads.into_iter().find(|head| head.id == id).unwrap()
}

fn product_table(bench: &Bench) -> &'static str {
    match bench.generation {
        Generation::One => "mage_catalog_product_entity",
        Generation::Two => "catalog_product_entity",
    }
}

/// A credit memo makes its order another one; an edited order says whose place it took.
async fn refunds_and_edits(bench: &Bench) {
    let truth = bench.truth();
    let memo = match bench.generation {
        Generation::One => "mage_sales_flat_creditmemo",
        Generation::Two => "sales_creditmemo",
    };
    let of = |key: &str| {
        let recorded = truth.orders.iter().find(|order| order.key == key);
        recorded.unwrap().order.id.clone()
    };
    let id = of("credit_partial");
    let before = head(bench, &id).await.hash;
    // Magento has no trash: a memo that is taken back is cancelled (state 3).
    bench.sql(&format!(
        "UPDATE `{memo}` SET state = 3 WHERE order_id = {id}"
    ));
    let without = head(bench, &id).await.hash;
    assert_ne!(before, without);
    let order: Vec<Order> = bench.bodies(std::slice::from_ref(&id)).await;
    assert!(order[0].refunds.is_empty());
    bench.sql(&format!(
        "UPDATE `{memo}` SET state = 2 WHERE order_id = {id}"
    ));
    assert_eq!(head(bench, &id).await.hash, before);
    let orders = bench
        .bodies(&[of("edited"), of("edited_1"), of("edited_2")])
        .await;
    let numbers: Vec<&str> = orders.iter().map(|order| order.number.as_str()).collect();
    let replaces: Vec<Option<&str>> = orders
        .iter()
        .map(|order| order.replaces.as_deref())
        .collect();
    assert_eq!(replaces, [None, Some(numbers[0]), Some(numbers[1])]);
}

/// Orders that are placed, changed and deleted between two pages hide no others.
async fn while_others_write(bench: &Bench) {
    let table = bench.generation.order_table("");
    let first = bench
        .bridge
        .page("orders", json!({"limit": 20}))
        .await
        .unwrap();
    let seen: Vec<OrderHead> = records(&first).unwrap();
    let Some(Next::Position(after)) = first.end.next else {
        panic!("no next place");
    };
    let moved = &seen[0].id;
    bench.sql(&format!(
        "UPDATE `{table}` SET coupon_code = 'LATER', updated_at = '2026-11-25 12:00:00' WHERE entity_id = {moved}"
    ));
    bench.sql(&format!(
        "DELETE FROM `{table}` WHERE entity_id = {}",
        seen[19].id
    ));
    bench.sql(&format!(
        "INSERT INTO `{table}` (entity_id, increment_id, state, status, store_id, base_grand_total, grand_total, created_at, updated_at)
         VALUES (900, 'NEW-1', 'new', 'pending', 1, 0, 0, '2026-11-25 12:00:00', '2026-11-25 12:00:00')"
    ));
    let rest: Vec<OrderHead> = bench
        .bridge
        .ask("orders", json!({"after": after, "limit": 1000}))
        .await
        .unwrap();
    let ids: BTreeSet<&str> = rest.iter().map(|head| head.id.as_str()).collect();
    assert_eq!(ids.len(), rest.len());
    let all = bench.truth().orders.len();
    assert_eq!(rest.len(), all - 20 + 2);
    assert!(ids.contains(moved.as_str()) && ids.contains("900"));
    // An order without rows of its own is told as it is.
    let bare = bench.bodies(&["900".to_owned()]).await;
    assert_eq!((bare[0].number.as_str(), bare[0].lines.len()), ("NEW-1", 0));
}

/// An order that an import wrote without a moment of change has its place where it was made; Magento 2's
/// database does not allow one.
async fn without_a_moment(bench: &Bench) {
    let before = bench.heads(1000).await;
    if bench.generation == Generation::One {
        bench.sql(&format!(
            "UPDATE `{}` SET updated_at = NULL WHERE entity_id IN ({}, {})",
            bench.generation.order_table(""),
            before[2].id,
            before[9].id
        ));
    }
    let heads = bench.heads(1000).await;
    assert_eq!(heads.len(), before.len());
    let place = |head: &OrderHead| (head.stamp.clone(), head.id.parse::<u64>().unwrap());
    assert!(
        heads
            .windows(2)
            .all(|pair| place(&pair[0]) < place(&pair[1]))
    );
    for limit in [1, 7] {
        assert_eq!(bench.heads(limit).await, heads);
    }
}

/// What cannot be read is remarked, and keeps nothing else away.
async fn one_bad_order(bench: &Bench) {
    let truth = bench.truth();
    let id = |key: &str| {
        let recorded = truth.orders.iter().find(|order| order.key == key);
        recorded.unwrap().order.id.clone()
    };
    let (item, address) = (
        bench.generation.order_table("_item"),
        bench.generation.order_table("_address"),
    );
    let (broken, latin, lines60) = (id("custom_options"), id("company_nl"), id("lines60"));
    for sql in [
        format!(
            "UPDATE `{item}` SET product_options = 'O:8:\"stdClass\":1:{{s:1:\"a\";i:1;}}' WHERE order_id = {broken}"
        ),
        format!("ALTER TABLE `{address}` MODIFY lastname VARBINARY(1020)"),
        format!(
            "UPDATE `{address}` SET lastname = CONCAT('Ren', CHAR(0xE9)) WHERE parent_id = {latin}"
        ),
    ] {
        bench.sql(&sql);
    }
    let orders = bench
        .bodies(&[broken.clone(), latin.clone(), lines60.clone()])
        .await;
    let find = |id: &str| orders.iter().find(|order| order.id == id).unwrap();
    assert_eq!(find(&broken).remarks, ["unreadable:product_options"]);
    assert_eq!(find(&broken).lines.len(), 3);
    assert_eq!(find(&latin).invoice_address.last_name, "René");
    assert_eq!(find(&latin).remarks, ["latin1_repaired:lastname"]);
    assert_eq!(find(&lines60).lines.len(), 60);
}

/// A poll that finds nothing costs a shop next to nothing, and many orders no more than few.
async fn statements(bench: &Bench) {
    let since = json!({"since": "2099-01-01T00:00:00Z"});
    bench.bridge.page("orders", since.clone()).await.unwrap();
    let log = bench.shop.database().log_statements().unwrap();
    bench.bridge.page("orders", since).await.unwrap();
    let statements = log.statements().unwrap();
    assert!((1..=8).contains(&statements.len()), "{statements:#?}");
    drop(log);
    let ids: Vec<String> = bench
        .heads(1000)
        .await
        .into_iter()
        .map(|head| head.id)
        .collect();
    let mut counts = Vec::new();
    for many in [2, 50] {
        let log = bench.shop.database().log_statements().unwrap();
        bench.bodies(&ids[..many]).await;
        counts.push(log.statements().unwrap().len());
    }
    assert!(counts[1] <= counts[0] + 2 && counts[1] < 30, "{counts:?}");
}

//! Magento 2: the figure is what can be sold; a source's quantity, its copies and the indexes follow.

use serde_json::json;
use winkelbrug_protocol::record::{Hello, StockOutcome};

use super::{Bench, Generation, new_rows};

const TABLES: [&str; 5] = [
    "inventory_source_item",
    "inventory_reservation",
    "inventory_stock_2",
    "cataloginventory_stock_item",
    "cataloginventory_stock_status",
];

#[tokio::test(flavor = "multi_thread")]
async fn setting_magento_2_stock_changes_every_row_the_storefront_looks_at_and_no_other() {
    let Some(bench) = Bench::start(Generation::Two) else {
        return;
    };
    levels(&bench).await;
    one_product(&bench).await;
    reservations(&bench).await;
    other_sources(&bench).await;
    variants_and_their_parent(&bench).await;
    first_stock(&bench).await;
    by_schedule(&bench).await;
    refused_ones(&bench).await;
    without_sources(&bench).await;
}

fn source(bench: &Bench, sku: &str) -> Vec<String> {
    let sql = format!(
        "SELECT quantity, status FROM inventory_source_item WHERE source_code = 'default' AND sku = '{sku}'"
    );
    bench.sql(&sql).remove(0)
}

fn legacy(bench: &Bench, product: u32) -> Vec<String> {
    let sql = format!(
        "SELECT i.qty, i.is_in_stock, s.qty, s.stock_status FROM cataloginventory_stock_item i JOIN cataloginventory_stock_status s USING (product_id) WHERE product_id = {product}"
    );
    bench.sql(&sql).remove(0)
}

/// What the shop itself says can be sold, reservations and all.
async fn levels(bench: &Bench) {
    let truth = bench.truth();
    let levels = bench.levels().await;
    for wanted in &truth.products {
        let key = format!("p:{}", wanted.id);
        let is = levels.iter().find(|level| level.key == key).unwrap();
        assert_eq!(is.code, wanted.sku);
        assert_eq!(
            is.tracked.then_some(is.quantity),
            wanted.stock,
            "{}",
            wanted.sku
        );
    }
    // Other sources are told without a code: the books know one figure of an article.
    let others: Vec<_> = levels
        .iter()
        .filter(|level| level.key.starts_with("o:"))
        .collect();
    assert_eq!(others.len(), 4);
    assert!(others.iter().all(|level| level.code.is_empty()
        && level.tracked
        && level.name.ends_with("/ Magazijn België")
        && level.parent.is_some()));
    assert_eq!(levels.len(), truth.products.len() + others.len());
}

async fn one_product(bench: &Bench) {
    let before = bench.rows(&TABLES);
    // 86 in the source, 27 of them sold and not shipped: 59 can be sold, and 40 shall be.
    let result = bench.set("p:1", "59", "40").await;
    assert_eq!(result.outcome, StockOutcome::Done);
    assert_eq!(
        (result.before, result.after),
        (Some(59.into()), Some(40.into()))
    );
    let changed = new_rows(&before, &bench.rows(&TABLES));
    assert_eq!(changed.len(), 3, "{changed:#?}");
    assert_eq!(source(bench, "00012345"), ["67.0000", "1"]);
    assert_eq!(legacy(bench, 1), ["67.0000", "1", "67.0000", "1"]);
    // Nothing left to sell, and yet enough to ship what was sold.
    bench.set("p:1", "40", "0").await;
    assert_eq!(source(bench, "00012345"), ["27.0000", "1"]);
    assert_eq!(legacy(bench, 1), ["27.0000", "1", "27.0000", "0"]);
    bench.set("p:1", "0", "10").await;
    assert_eq!(legacy(bench, 1), ["37.0000", "1", "37.0000", "1"]);
    let metres = bench.set("p:11", "85.75", "80.5").await;
    assert_eq!(metres.after, Some("80.5".parse().unwrap()));
}

/// A sale is a reservation, a shipment lowers the source and takes it back: neither is lost.
async fn reservations(bench: &Bench) {
    bench.sql("INSERT INTO inventory_reservation (stock_id, sku, quantity, metadata) VALUES (1, 'STAFFEL-1', -4, '{}')");
    let read = bench
        .levels()
        .await
        .into_iter()
        .find(|level| level.code == "STAFFEL-1")
        .unwrap();
    // Sold between reading and sending: 2; shipped meanwhile: the 4.
    bench.sql("INSERT INTO inventory_reservation (stock_id, sku, quantity, metadata) VALUES (1, 'STAFFEL-1', -2, '{}'), (1, 'STAFFEL-1', 4, '{}')");
    bench.sql("UPDATE inventory_source_item SET quantity = quantity - 4 WHERE source_code = 'default' AND sku = 'STAFFEL-1'");
    let target = (read.quantity + rust_decimal::Decimal::from(30)).to_string();
    let result = bench
        .set(&read.key, &read.quantity.to_string(), &target)
        .await;
    let two = rust_decimal::Decimal::from(2);
    assert_eq!(result.before, Some(read.quantity - two));
    assert_eq!(
        result.after,
        Some(read.quantity + rust_decimal::Decimal::from(28))
    );
}

async fn other_sources(bench: &Bench) {
    let before = bench.rows(&TABLES);
    // ACTIE-1 in the Belgian source: 30, of which one is sold.
    let result = bench.set("o:85", "29", "0").await;
    assert_eq!(result.outcome, StockOutcome::Done);
    let changed = new_rows(&before, &bench.rows(&TABLES));
    assert_eq!(
        changed,
        [
            "inventory_source_item 85 magazijn_be ACTIE-1 1.0000 1",
            "inventory_stock_2 ACTIE-1 1.0000 0"
        ]
    );
    bench.set("o:85", "0", "12").await;
    let index =
        bench.sql("SELECT quantity, is_salable FROM inventory_stock_2 WHERE sku = 'ACTIE-1'");
    assert_eq!(index, [["13.0000", "1"]]);
}

async fn variants_and_their_parent(bench: &Bench) {
    bench.set("p:19", "8", "-2").await;
    bench.set("p:21", "25", "0").await;
    assert_eq!(legacy(bench, 23)[3], "1", "one variant is left");
    bench.set("p:22", "2", "-1").await;
    assert_eq!(legacy(bench, 23), ["0.0000", "0", "0.0000", "0"]);
    // One that was never in stock, and so in no source, comes into the default one.
    let result = bench.set("p:20", "0", "5").await;
    assert_eq!(result.outcome, StockOutcome::Done);
    assert_eq!(source(bench, "SHIRT-RD-M"), ["5.0000", "1"]);
    assert_eq!(legacy(bench, 20), ["5.0000", "1", "5.0000", "1"]);
    assert_eq!(legacy(bench, 23)[1], "1", "and its parent is back");
    assert_eq!(legacy(bench, 23)[3], "1");
}

/// The default source in a stock of its own number beside stock 1: that index follows too.
async fn first_stock(bench: &Bench) {
    bench.sql("INSERT INTO inventory_source_stock_link (stock_id, source_code, priority) VALUES (2, 'default', 2)");
    bench.set("p:14", "100", "90").await;
    let now =
        bench.sql("SELECT quantity, is_salable FROM inventory_stock_2 WHERE sku = 'STAFFEL-1'");
    let sum = bench.sql("SELECT SUM(quantity) FROM inventory_source_item WHERE sku = 'STAFFEL-1'");
    assert_eq!((&now[0][0], now[0][1].as_str()), (&sum[0][0], "1"));
    bench.sql(
        "DELETE FROM inventory_source_stock_link WHERE stock_id = 2 AND source_code = 'default'",
    );
}

/// With indexers that run by schedule the shop has triggers, and those note the change.
async fn by_schedule(bench: &Bench) {
    bench.sql(
        "CREATE TRIGGER trg_inventory_source_item_after_update AFTER UPDATE ON inventory_source_item FOR EACH ROW
         INSERT IGNORE INTO inventory_cl (entity_id) VALUES (NEW.source_item_id)",
    );
    bench.set("p:2", "74", "70").await;
    assert_eq!(bench.sql("SELECT entity_id FROM inventory_cl"), [["2"]]);
}

async fn refused_ones(bench: &Bench) {
    let before = bench.rows(&TABLES);
    for (key, read, target, outcome) in [
        ("p:16", "0", "5", StockOutcome::NotTracked),
        ("p:23", "0", "5", StockOutcome::NotTracked),
        ("p:9999", "0", "5", StockOutcome::Unknown),
        // A row of the default source is written by its product's key only.
        ("o:1", "0", "5", StockOutcome::Unknown),
        ("c:1", "0", "5", StockOutcome::Unknown),
        ("p:2", "70", "70.5", StockOutcome::Refused),
        ("p:2", "70", "70", StockOutcome::Done),
    ] {
        assert_eq!(
            bench.set(key, read, target).await.outcome,
            outcome,
            "{key} {target}"
        );
    }
    assert_eq!(bench.rows(&TABLES), before);
}

/// A shop that switched the inventory modules off keeps its figures as Magento 1 does.
async fn without_sources(bench: &Bench) {
    let config = bench.shop.account().join("public_html/app/etc/config.php");
    std::fs::write(
        config,
        "<?php\nreturn ['modules' => ['Magento_Store' => 1, 'Magento_Inventory' => 0]];\n",
    )
    .unwrap();
    let hello: Vec<Hello> = bench.bridge.ask("hello", json!({})).await.unwrap();
    assert!(!hello[0].capabilities.contains(&"stock_sources".to_owned()));
    let level = bench
        .levels()
        .await
        .into_iter()
        .find(|level| level.key == "p:13")
        .unwrap();
    assert_eq!(level.quantity, 100.into());
    let before = source(bench, "ACTIE-1");
    bench.set("p:13", "100", "0").await;
    assert_eq!(legacy(bench, 13), ["0.0000", "0", "0.0000", "0"]);
    assert_eq!(source(bench, "ACTIE-1"), before);
}

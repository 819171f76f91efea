//! Magento 1: a figure is set in the stock row, and every row the storefront looks at follows.

use winkelbrug_protocol::record::StockOutcome;

use super::{Bench, Generation, new_rows};

const TABLES: [&str; 2] = [
    "mage_cataloginventory_stock_item",
    "mage_cataloginventory_stock_status",
];

#[tokio::test(flavor = "multi_thread")]
async fn setting_magento_1_stock_changes_every_row_the_storefront_looks_at_and_no_other() {
    let Some(bench) = Bench::start(Generation::One) else {
        return;
    };
    levels(&bench).await;
    one_product(&bench).await;
    variants_and_their_parent(&bench).await;
    a_bundle_that_loses_what_it_needs(&bench).await;
    by_hand_and_by_figure(&bench).await;
    refused_ones(&bench).await;
    sales_between(&bench).await;
}

fn status(bench: &Bench, product: u32) -> Vec<Vec<String>> {
    bench.sql(&format!(
        "SELECT website_id, qty, stock_status FROM mage_cataloginventory_stock_status WHERE product_id = {product} ORDER BY website_id"
    ))
}

fn item(bench: &Bench, product: u32) -> Vec<String> {
    bench
        .sql(&format!(
            "SELECT qty, is_in_stock, stock_status_changed_auto, low_stock_date IS NULL FROM mage_cataloginventory_stock_item WHERE product_id = {product}"
        ))
        .remove(0)
}

async fn levels(bench: &Bench) {
    let truth = bench.truth();
    let levels = bench.levels().await;
    assert_eq!(levels.len(), truth.products.len());
    for wanted in &truth.products {
        let key = format!("p:{}", wanted.id);
        let is = levels.iter().find(|level| level.key == key).unwrap();
        assert_eq!((&is.code, &is.name), (&wanted.sku, &wanted.name));
        assert_eq!(
            is.tracked.then_some(is.quantity),
            wanted.stock,
            "{}",
            wanted.sku
        );
    }
}

async fn one_product(bench: &Bench) {
    let before = bench.rows(&TABLES);
    let result = bench.set("p:1", "60", "0").await;
    assert_eq!(result.outcome, StockOutcome::Done);
    let changed = new_rows(&before, &bench.rows(&TABLES));
    // The row itself and one for each website.
    assert_eq!(changed.len(), 3, "{changed:#?}");
    assert_eq!(item(bench, 1), ["0.0000", "0", "1", "0"]);
    assert_eq!(
        status(bench, 1),
        [["1", "0.0000", "0"], ["2", "0.0000", "0"]]
    );
    bench.set("p:1", "0", "61").await;
    assert_eq!(item(bench, 1), ["61.0000", "1", "0", "1"]);
    assert_eq!(
        status(bench, 1),
        [["1", "61.0000", "1"], ["2", "61.0000", "1"]]
    );
    // Below zero is shown as zero; what may be ordered back stays in stock.
    bench.set("p:10", "-3", "-5").await;
    assert_eq!(item(bench, 10), ["-5.0000", "1", "0", "0"]);
    assert_eq!(
        status(bench, 10),
        [["1", "0.0000", "1"], ["2", "0.0000", "1"]]
    );
    // A product that is switched off stays out of the index whatever its figure.
    bench.set("p:12", "100", "50").await;
    assert_eq!(
        status(bench, 12),
        [["1", "50.0000", "0"], ["2", "50.0000", "0"]]
    );
    // Sold by the metre.
    let metres = bench.set("p:11", "85.75", "80.5").await;
    assert_eq!(metres.after, Some("80.5".parse().unwrap()));
}

async fn variants_and_their_parent(bench: &Bench) {
    for (key, read) in [("p:19", "8"), ("p:21", "25")] {
        bench.set(key, read, "0").await;
    }
    assert_eq!(status(bench, 23)[0][2], "1", "one variant is left");
    bench.set("p:22", "2", "0").await;
    assert_eq!(
        status(bench, 23),
        [["1", "0.0000", "0"], ["2", "0.0000", "0"]]
    );
    // The parent's own row is its owner's.
    assert_eq!(item(bench, 23)[1], "1");
    bench.set("p:20", "0", "4").await;
    assert_eq!(status(bench, 23)[0][2], "1");
}

async fn a_bundle_that_loses_what_it_needs(bench: &Bench) {
    bench.set("p:1", "61", "0").await;
    assert_eq!(status(bench, 25)[0][2], "1", "another part may be chosen");
    bench.set("p:2", "75", "0").await;
    for bundle in [25, 26] {
        assert_eq!(status(bench, bundle)[0][2], "0", "bundle {bundle}");
    }
    // Parts of an option that need not be chosen do not matter.
    bench.set("p:5", "75", "0").await;
    bench.set("p:8", "71", "0").await;
    bench.set("p:2", "0", "3").await;
    for bundle in [25, 26] {
        assert_eq!(status(bench, bundle)[0][2], "1", "bundle {bundle}");
    }
}

async fn by_hand_and_by_figure(bench: &Bench) {
    bench.sql("UPDATE mage_cataloginventory_stock_item SET is_in_stock = 0, stock_status_changed_auto = 0 WHERE product_id = 3");
    bench.set("p:3", "99", "120").await;
    assert_eq!(
        item(bench, 3),
        ["120.0000", "0", "0", "1"],
        "put out by hand"
    );
    bench.sql("UPDATE mage_cataloginventory_stock_item SET min_qty = 5, use_config_min_qty = 0 WHERE product_id = 4");
    bench.set("p:4", "98", "5").await;
    assert_eq!(item(bench, 4)[..2], ["5.0000", "0"], "at the limit");
    bench.set("p:4", "5", "6").await;
    assert_eq!(item(bench, 4)[..2], ["6.0000", "1"], "above it");
}

async fn refused_ones(bench: &Bench) {
    let before = bench.rows(&TABLES);
    for (key, read, target, outcome) in [
        ("p:16", "0", "5", StockOutcome::NotTracked),
        ("p:23", "0", "5", StockOutcome::NotTracked),
        ("p:25", "0", "5", StockOutcome::NotTracked),
        ("p:9999", "0", "5", StockOutcome::Unknown),
        ("o:1", "0", "5", StockOutcome::Unknown),
        ("c:1", "0", "5", StockOutcome::Unknown),
        ("p:13", "98", "98.5", StockOutcome::Refused),
        ("p:11", "80.5", "80.50001", StockOutcome::Refused),
        ("p:13", "98", "198000000", StockOutcome::Refused),
        ("p:13", "98", "98", StockOutcome::Done),
    ] {
        assert_eq!(
            bench.set(key, read, target).await.outcome,
            outcome,
            "{key} {target}"
        );
    }
    assert_eq!(bench.rows(&TABLES), before);
}

/// A sale between reading and sending keeps its effect.
async fn sales_between(bench: &Bench) {
    bench.sql("UPDATE mage_cataloginventory_stock_item SET qty = qty - 3 WHERE product_id = 14");
    let result = bench.set("p:14", "85", "200").await;
    assert_eq!(result.before, Some(82.into()));
    assert_eq!(item(bench, 14)[0], "197.0000");
}

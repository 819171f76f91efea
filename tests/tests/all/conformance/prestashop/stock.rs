//! Stock: the one right row and what follows from it, and nothing else in the whole database.
use std::collections::BTreeMap;

use serde_json::json;
use winkelbrug_protocol::record::{Hello, StockLevel, StockOutcome, StockResult};

use super::{CONFIG, For, House, parameters};
use testbed::hosted::Hosted as _;

impl House {
    async fn set(&self, rows: &[(&str, i64, i64)]) -> Vec<StockResult> {
        let rows: Vec<_> = rows
            .iter()
            .map(|(key, read, target)| {
                json!({"key": key, "read": read.to_string(), "target": target.to_string()})
            })
            .collect();
        let id = hex::encode(rand::random::<[u8; 16]>());
        let args = json!({"idempotency": id, "rows": rows});
        self.bridge.ask("stock_set", args).await.unwrap()
    }

    async fn level(&self, key: &str) -> StockLevel {
        let mut levels: Vec<StockLevel> = self
            .bridge
            .ask("stock_read", json!({"keys": [key]}))
            .await
            .unwrap();
        levels.pop().unwrap()
    }

    /// A checksum of each table, and each row of the stock.
    fn snapshot(&self) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
        let database = self.shop.database();
        let tables = database
            .query("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE 'ps\\_%' AND table_name NOT LIKE '%winkelbrug%'")
            .unwrap();
        let names: Vec<String> = tables
            .into_iter()
            .map(|row| format!("`{}`", row[0]))
            .collect();
        let sums = database
            .query(&format!("CHECKSUM TABLE {}", names.join(", ")))
            .unwrap();
        let rows = database.query("SELECT * FROM ps_stock_available").unwrap();
        (
            sums.into_iter()
                .map(|row| (row[0].clone(), row[1].clone()))
                .collect(),
            rows.into_iter()
                .map(|row| (row[0].clone(), row.join(" ")))
                .collect(),
        )
    }
}

/// Tables and stock rows that differ.
fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    assert_eq!(before.len(), after.len());
    let differing = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value));
    differing.map(|(name, _)| name.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn stock_is_written_where_the_shop_sells_from_and_nothing_else_in_the_database_changes() {
    let Some(house) = House::open(For::Alone) else {
        return;
    };
    its_own_row_and_its_sum_change_and_nothing_else(&house).await;
    a_sale_in_between_keeps_its_effect(&house).await;
    a_second_row_is_never_made(&house).await;
    what_is_not_kept_or_not_there_is_left_alone(&house).await;
    a_shop_that_caches_its_queries_gets_nothing_written(&house).await;
}

async fn its_own_row_and_its_sum_change_and_nothing_else(house: &House) {
    // The bridge's own table is made at the first call.
    house.bridge.page("hello", json!({})).await.unwrap();
    let row = |id: u64| {
        house.value(&format!("SELECT CONCAT_WS(' ', quantity, physical_quantity, reserved_quantity, out_of_stock) FROM ps_stock_available WHERE id_stock_available = {id}"))
    };
    for (key, read, target, rows) in [
        ("p:1", 9, 30, vec![("1", "30 70 40 2")]),
        ("p:9", -3, 5, vec![("9", "5 8 3 1")]),
        ("c:4", 2, 7, vec![("21", "21 21 0 2"), ("25", "7 9 2 2")]),
    ] {
        let before = house.snapshot();
        let done = house.set(&[(key, read, target)]).await;
        assert_eq!(done[0].outcome, StockOutcome::Done);
        let after = house.snapshot();
        let tables = changed(&before.0, &after.0);
        assert_eq!(tables.len(), 1, "{tables:?}");
        assert!(tables[0].ends_with("ps_stock_available"));
        let ids: Vec<&str> = rows.iter().map(|(id, _)| *id).collect();
        assert_eq!(changed(&before.1, &after.1), ids, "{key}");
        for (id, wanted) in rows {
            assert_eq!(row(id.parse().unwrap()), wanted, "{key}");
        }
        assert_eq!(house.level(key).await.quantity, target.into());
    }
}

async fn a_sale_in_between_keeps_its_effect(house: &House) {
    let read = house.level("c:1").await.quantity;
    assert_eq!(read, 8.into());
    // The shop sells two and writes its own sum.
    house.sql("UPDATE ps_stock_available SET quantity = quantity - 2 WHERE id_product = 21 AND id_product_attribute IN (0, 1)");
    let done = house.set(&[("c:1", 8, 20)]).await;
    assert_eq!(
        (done[0].before, done[0].after),
        (Some(6.into()), Some(18.into()))
    );
    assert_eq!(
        house.value("SELECT quantity FROM ps_stock_available WHERE id_product = 21 AND id_product_attribute = 0"),
        "31"
    );
}

async fn what_is_not_kept_or_not_there_is_left_alone(house: &House) {
    house.sql(
        "UPDATE ps_stock_available SET depends_on_stock = 1 WHERE id_product = 2;
         UPDATE ps_product SET pack_stock_type = 1 WHERE id_product = 22; DELETE FROM ps_stock_available WHERE id_product = 3",
    );
    let before = house.snapshot().1;
    // Warehouses; a pack that counts its parts; no row; the sum of combinations; nothing of that id; no whole pieces.
    let done = house
        .set(&[
            ("p:2", 1, 9),
            ("p:22", 1, 9),
            ("p:3", 1, 9),
            ("p:21", 1, 9),
            ("p:999", 1, 9),
            ("c:999", 1, 9),
            ("o:1", 1, 9),
        ])
        .await;
    let outcomes: Vec<StockOutcome> = done.iter().map(|result| result.outcome).collect();
    let (kept, unknown) = (StockOutcome::NotTracked, StockOutcome::Unknown);
    assert_eq!(
        outcomes,
        [kept, kept, unknown, unknown, unknown, unknown, unknown]
    );
    assert_eq!(house.snapshot().1, before);
    assert!(!house.level("p:2").await.tracked && !house.level("p:22").await.tracked);
    // A pack with a stock of its own is kept; a shop that manages no stock keeps none.
    house.sql("UPDATE ps_product SET pack_stock_type = 3 WHERE id_product = 22");
    assert!(house.level("p:22").await.tracked);
    house.sql("UPDATE ps_configuration SET value = '0' WHERE name = 'PS_STOCK_MANAGEMENT'");
    let done = house.set(&[("p:1", 9, 10)]).await;
    assert_eq!(done[0].outcome, StockOutcome::NotTracked);
    assert!(!house.level("p:1").await.tracked);
}

async fn a_second_row_is_never_made(house: &House) {
    // A second shop with its own stock: the main shop's row counts, the other is not touched.
    house.sql(
        "INSERT INTO ps_shop (id_shop, id_shop_group, name, id_category, theme_name, active, deleted, color) VALUES (2, 1, 'Tweede', 2, 'classic', 1, 0, '');
         INSERT INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group, quantity, physical_quantity, reserved_quantity, depends_on_stock, out_of_stock, location)
         VALUES (1, 0, 2, 0, 77, 77, 0, 0, 2, ''), (1, 0, 0, 1, 55, 55, 0, 0, 2, '')",
    );
    let count = house.value("SELECT COUNT(*) FROM ps_stock_available");
    let quantities = || {
        house.value("SELECT GROUP_CONCAT(quantity ORDER BY id_stock_available) FROM ps_stock_available WHERE id_product = 1")
    };
    assert_eq!(house.level("p:1").await.quantity, 30.into());
    house.set(&[("p:1", 30, 10)]).await;
    assert_eq!(quantities(), "10,77,55");
    // The group shares: now the row of the group.
    house.sql("UPDATE ps_shop_group SET share_stock = 1");
    assert_eq!(house.level("p:1").await.quantity, 55.into());
    house.set(&[("p:1", 55, 56)]).await;
    assert_eq!(quantities(), "10,77,56");
    // A product without such a row is not given one.
    let done = house.set(&[("p:2", 41, 50)]).await;
    assert_eq!(done[0].outcome, StockOutcome::Unknown);
    house.sql("UPDATE ps_shop_group SET share_stock = 0");
    assert_eq!(
        house.value("SELECT COUNT(*) FROM ps_stock_available"),
        count
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_level_comes_once_in_pages_of_any_size() {
    let Some(house) = House::open(For::Reading) else {
        return;
    };
    let whole: Vec<StockLevel> = house.bridge.ask("stock_read", json!({})).await.unwrap();
    // 67 products, one of which is four combinations.
    assert_eq!(whole.len(), 70);
    for limit in [3, 4, 50] {
        let (mut paged, mut after) = (Vec::<StockLevel>::new(), None::<String>);
        loop {
            let args = json!({"after": after, "limit": limit});
            let page: Vec<StockLevel> = house.bridge.ask("stock_read", args).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            paged.extend(page);
        }
        assert_eq!(paged, whole, "{limit}");
    }
}

async fn a_shop_that_caches_its_queries_gets_nothing_written(house: &House) {
    let hello: Vec<Hello> = house.bridge.ask("hello", json!({})).await.unwrap();
    assert!(hello[0].capabilities.contains(&"stock_write".to_owned()));
    let config = parameters(house.shop.database(), true);
    std::fs::write(house.shop.folder().join(CONFIG), config).unwrap();
    let hello: Vec<Hello> = house.bridge.ask("hello", json!({})).await.unwrap();
    assert!(!hello[0].capabilities.contains(&"stock_write".to_owned()));
    assert!(hello[0].capabilities.contains(&"query_cache".to_owned()));
    let before = house.snapshot().1;
    let args = json!({"idempotency": "0".repeat(32), "rows": [{"key": "p:1", "read": "9", "target": "10"}]});
    house.sql("UPDATE ps_configuration SET value = '1' WHERE name = 'PS_STOCK_MANAGEMENT'");
    assert_eq!(
        house.bridge.error("stock_set", args).await.unwrap(),
        "unsupported"
    );
    assert_eq!(house.snapshot().1, before);
}

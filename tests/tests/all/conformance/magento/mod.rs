//! Magento 1 (OpenMage) and Magento 2: the same orders, placed in two real shops.

mod changes;
mod orders;
mod products;
mod stock_one;
mod stock_two;

use serde_json::{Value, json};
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge, records},
    hosted::RecordedShop,
    magento::Generation,
    opencart::shared_folder,
    truth::magento::{self, Shop},
};
use winkelbrug_protocol::{
    answer::Next,
    key::Variant,
    record::{Order, OrderHead, StockLevel, StockResult},
};

/// A recorded shop with a bridge in it.
struct Bench {
    generation: Generation,
    shop: RecordedShop,
    bridge: PlacedBridge,
}

impl Bench {
    /// None where the recordings are not there.
    fn start(generation: Generation) -> Option<Self> {
        let shop = generation.start(&shared_folder().unwrap()?).unwrap();
        let (root, config) = generation.place();
        let bridge = BridgeFile::of(generation.platform(), root, config, Variant::Ecdsa)
            .unwrap()
            .place(&shop)
            .unwrap();
        Some(Self {
            generation,
            shop,
            bridge,
        })
    }

    fn truth(&self) -> Shop {
        let shared = shared_folder().unwrap().unwrap();
        magento::read(&self.generation.folder(&shared).join("truth.json")).unwrap()
    }

    fn sql(&self, sql: &str) -> Vec<Vec<String>> {
        self.shop.database().query(sql).unwrap()
    }

    /// All heads, page by page.
    async fn heads(&self, limit: u32) -> Vec<OrderHead> {
        let (mut all, mut after) = (Vec::new(), Value::Null);
        loop {
            let args = json!({"after": after, "limit": limit});
            let page = self.bridge.page("orders", args).await.unwrap();
            all.extend(records::<OrderHead>(&page).unwrap());
            match page.end.next {
                Some(Next::Position(position)) => after = serde_json::to_value(position).unwrap(),
                _ => return all,
            }
        }
    }

    async fn bodies(&self, ids: &[String]) -> Vec<Order> {
        self.bridge
            .ask("orders", json!({"ids": ids}))
            .await
            .unwrap()
    }

    async fn levels(&self) -> Vec<StockLevel> {
        self.bridge.ask("stock_read", json!({})).await.unwrap()
    }

    async fn set(&self, key: &str, read: &str, target: &str) -> StockResult {
        let id = hex::encode(rand::random::<[u8; 16]>());
        let rows = json!([{"key": key, "read": read, "target": target}]);
        let mut results: Vec<StockResult> = self
            .bridge
            .ask("stock_set", json!({"idempotency": id, "rows": rows}))
            .await
            .unwrap();
        results.pop().unwrap()
    }

    /// Every row of these tables, a text each, that is in one reading and not in the other.
    fn rows(&self, tables: &[&str]) -> Vec<String> {
        let mut rows = Vec::new();
        for table in tables {
            for row in self.sql(&format!("SELECT * FROM `{table}`")) {
                rows.push(format!("{table} {}", row.join(" ")));
            }
        }
        rows
    }
}

/// Rows that are only in the second reading.
fn new_rows(before: &[String], after: &[String]) -> Vec<String> {
    after
        .iter()
        .filter(|row| !before.contains(row))
        .cloned()
        .collect()
}

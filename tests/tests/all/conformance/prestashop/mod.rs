//! PrestaShop 8.2.1, and older versions by taking from its database what they do not have.

mod changes;
mod money;
mod orders;
mod stock;

use std::{path::PathBuf, sync::OnceLock};

use serde_json::{Value, json};
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge, records},
    hosted::RecordedShop,
    prestashop::{self, CONFIG, parameters},
    truth,
};
use winkelbrug_protocol::{
    answer::Next,
    key::Variant,
    record::{Order, OrderHead},
};

/// The folder of the recording; none where the shared folder is not there.
fn folder() -> Option<PathBuf> {
    let shared = truth::shared().unwrap()?;
    Some(shared.join("shops/prestashop-8.2"))
}

/// The recorded shop with the bridge in it.
struct House {
    shop: &'static RecordedShop,
    bridge: PlacedBridge,
}

/// Loading a database takes longest, so there are few, each for tests that do not disturb each other.
enum For {
    /// Tests that change nothing.
    Reading,
    /// Tests that change one order each, every one another.
    OneOrderEach,
    /// One test that changes what it likes.
    Alone,
}

impl House {
    fn open(purpose: For) -> Option<Self> {
        static READING: OnceLock<Option<RecordedShop>> = OnceLock::new();
        static ONE_ORDER_EACH: OnceLock<Option<RecordedShop>> = OnceLock::new();
        let shop = match purpose {
            For::Reading => READING.get_or_init(load).as_ref()?,
            For::OneOrderEach => ONE_ORDER_EACH.get_or_init(load).as_ref()?,
            For::Alone => Box::leak(Box::new(load()?)),
        };
        let bridge = BridgeFile::of("prestashop", ".", CONFIG, Variant::Ecdsa)
            .unwrap()
            .place(shop)
            .unwrap();
        Some(Self { shop, bridge })
    }

    fn sql(&self, sql: &str) {
        self.shop
            .database()
            .execute(&format!("SET sql_mode = ''; {sql}"))
            .unwrap();
    }

    fn value(&self, sql: &str) -> String {
        self.shop.database().value(sql).unwrap()
    }

    /// Heads, page by page.
    async fn heads(&self, since: Option<&str>, limit: u32) -> Vec<OrderHead> {
        let (mut all, mut after) = (Vec::new(), Value::Null);
        loop {
            let args = json!({"since": since, "after": after, "limit": limit});
            let page = self.bridge.page("orders", args).await.unwrap();
            all.extend(records::<OrderHead>(&page).unwrap());
            match page.end.next {
                Some(Next::Position(position)) => after = serde_json::to_value(position).unwrap(),
                _ => return all,
            }
        }
    }

    async fn orders(&self) -> Vec<Order> {
        let ids: Vec<String> = (1..=48).map(|id: u64| id.to_string()).collect();
        self.bridge
            .ask("orders", json!({"ids": ids}))
            .await
            .unwrap()
    }

    async fn order(&self, id: u64) -> Order {
        let mut found: Vec<Order> = self
            .bridge
            .ask("orders", json!({"ids": [id.to_string()]}))
            .await
            .unwrap();
        found.pop().unwrap()
    }
}

fn load() -> Option<RecordedShop> {
    Some(prestashop::start(&truth::shared().unwrap()?).unwrap())
}

//! WooCommerce 11.0 with orders in tables of their own and among the posts, and 7.9, as recorded.

mod changes;
mod fields;
mod reading;
mod stock;

use serde_json::{Value, json};
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge, records},
    hosted::RecordedShop,
    truth,
    woocommerce::Recorded,
};
use winkelbrug_protocol::{
    answer::Next,
    key::Variant,
    record::{Order, OrderHead},
};

/// A recorded shop, running, with the bridge in it.
pub(super) struct Scene {
    pub(super) recorded: Recorded,
    pub(super) shop: RecordedShop,
    pub(super) bridge: PlacedBridge,
}

impl Scene {
    /// None where the recorded shops are not there.
    pub(super) fn of(recorded: Recorded) -> Option<Self> {
        let shop = recorded.start(&truth::shared().unwrap()?).unwrap();
        let bridge = BridgeFile::of("woocommerce", ".", "wp-config.php", Variant::Hmac)
            .unwrap()
            .place(&shop)
            .unwrap();
        Some(Self {
            recorded,
            shop,
            bridge,
        })
    }

    /// What the shop itself says.
    fn truth(&self) -> truth::woocommerce::Shop {
        let folder = self.recorded.folder(&truth::shared().unwrap().unwrap());
        truth::woocommerce::read(&folder.join("truth.json")).unwrap()
    }

    /// SQL in which `{posts}` stands for a table, as in the bridge.
    pub(super) fn sql(&self, sql: &str) -> Vec<Vec<String>> {
        let mut text = sql.to_owned();
        while let Some((before, rest)) = text.split_once('{') {
            let (name, after) = rest.split_once('}').unwrap();
            text = format!("{before}`{}{name}`{after}", self.recorded.prefix);
        }
        self.shop.database().query(&text).unwrap()
    }

    /// All heads, page by page.
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

    pub(super) async fn bodies(&self, ids: &[&str]) -> Vec<Order> {
        self.bridge
            .ask("orders", json!({"ids": ids}))
            .await
            .unwrap()
    }
}

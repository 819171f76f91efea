//! What holds of reading orders whatever the platform and however it keeps them: pages while others write,
//! few records and many, and what a poll costs.
use std::{collections::BTreeMap, path::Path};

use serde_json::{Value, json};
use testbed::{
    bridge_file::{PlacedBridge, records},
    hosted::RecordedShop,
    multiply::multiply,
    opencart::shared_folder,
    platform::Platform,
    servers::PhpOptions,
};
use winkelbrug_protocol::{answer::Next, key::Variant, record::OrderHead};

/// How to write orders beside the bridge.
struct Orders {
    table: String,
    id: &'static str,
    stamp: &'static str,
    text: &'static str,
    /// What must differ in a copy.
    own: &'static str,
}

impl Orders {
    fn of(platform: Platform) -> Self {
        let (table, id, stamp, text, own) = match platform {
            Platform::WooCommerceTables => (
                "wc_orders",
                "id",
                "date_updated_gmt",
                "customer_note",
                "status = status",
            ),
            Platform::WooCommercePosts | Platform::WooCommerceOlder => (
                "posts",
                "ID",
                "post_modified_gmt",
                "post_excerpt",
                "guid = ''",
            ),
            Platform::OpenCart2 | Platform::OpenCart3 | Platform::OpenCart4 => (
                "order",
                "order_id",
                "date_modified",
                "comment",
                "total = total",
            ),
            Platform::PrestaShop => (
                "orders",
                "id_order",
                "date_upd",
                "payment",
                "reference = 'COPYCOPY1'",
            ),
            Platform::Magento1 => (
                "sales_flat_order",
                "entity_id",
                "updated_at",
                "customer_note",
                "increment_id = 'COPY-1'",
            ),
            Platform::Magento2 => (
                "sales_order",
                "entity_id",
                "updated_at",
                "customer_note",
                "increment_id = 'COPY-1'",
            ),
        };
        Self {
            table: format!("`{}{table}`", platform.prefix()),
            id,
            stamp,
            text,
            own,
        }
    }

    fn run(&self, shop: &RecordedShop, sql: &str) {
        shop.database()
            .execute(&format!(
                "SET SESSION sql_mode = '', foreign_key_checks = 0; {sql}"
            ))
            .unwrap();
    }

    /// Its content and its moment of change move.
    fn edit(&self, shop: &RecordedShop, id: &str, minute: u32) {
        let Self {
            table, stamp, text, ..
        } = self;
        self.run(
            shop,
            &format!(
                "UPDATE {table} SET {text} = CONCAT(COALESCE({text}, ''), ' x'), \
                 {stamp} = '2037-01-01 10:{minute:02}:00' WHERE {} = {id}",
                self.id
            ),
        );
    }

    fn delete(&self, shop: &RecordedShop, id: &str) {
        self.run(
            shop,
            &format!("DELETE FROM {} WHERE {} = {id}", self.table, self.id),
        );
    }

    /// A new order, otherwise like that one.
    fn insert(&self, shop: &RecordedShop, like: &str, new: u32, minute: u32) {
        let Self {
            table, id, stamp, ..
        } = self;
        self.run(
            shop,
            &format!(
                "CREATE TEMPORARY TABLE copied AS SELECT * FROM {table} WHERE {id} = {like}; \
                 UPDATE copied SET {id} = {new}, {stamp} = '2037-01-01 10:{minute:02}:00', {}; \
                 INSERT INTO {table} SELECT * FROM copied; DROP TEMPORARY TABLE copied",
                self.own
            ),
        );
    }

    /// Every other order changed in the same second.
    fn at_once(&self, shop: &RecordedShop) {
        let Self {
            table, id, stamp, ..
        } = self;
        self.run(
            shop,
            &format!("UPDATE {table} SET {stamp} = '2036-06-01 12:00:00' WHERE {id} % 2 = 0"),
        );
    }
}

fn started(platform: Platform, shared: &Path, least: usize) -> (RecordedShop, PlacedBridge) {
    let shop = platform.start(shared).unwrap();
    let recorded: usize = shop
        .database()
        .value(&platform.count_orders())
        .unwrap()
        .parse()
        .unwrap();
    let times = u32::try_from(least.div_ceil(recorded)).unwrap();
    multiply(platform, shop.database(), times).unwrap();
    let bridge = platform
        .bridge(Variant::Ecdsa)
        .unwrap()
        .place(&shop)
        .unwrap();
    (shop, bridge)
}

async fn page(bridge: &PlacedBridge, after: &Value, limit: usize) -> (Vec<OrderHead>, Value) {
    let args = json!({"after": after, "limit": limit});
    let page = bridge.page("orders", args).await.unwrap();
    let next = match &page.end.next {
        Some(Next::Position(position)) => serde_json::to_value(position).unwrap(),
        _ => Value::Null,
    };
    (records(&page).unwrap(), next)
}

async fn all_heads(bridge: &PlacedBridge, limit: usize) -> Vec<OrderHead> {
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let (some, next) = page(bridge, &after, limit).await;
        all.extend(some);
        if next.is_null() {
            return all;
        }
        after = next;
    }
}

/// Between pages somebody deletes and edits the very order a page ended with, edits and deletes
/// orders that were not read yet, and places one.
#[tokio::test(flavor = "multi_thread")]
async fn on_every_platform_pages_skip_and_double_nothing_while_orders_come_change_and_go() {
    const LIMIT: usize = 25;
    const NEW: u32 = 9_000_001;
    let Some(shared) = shared_folder().unwrap() else {
        return;
    };
    for platform in Platform::ALL {
        let (shop, bridge) = started(platform, &shared, 160);
        let orders = Orders::of(platform);
        orders.at_once(&shop);
        let before = all_heads(&bridge, 5000).await;
        let (mut seen, mut after, mut pages) = (Vec::<OrderHead>::new(), Value::Null, 0);
        let (mut deleted, mut edited) = (Vec::new(), Vec::new());
        let waits = |back: usize| before[before.len() - back].id.clone();
        loop {
            let (some, next) = page(&bridge, &after, LIMIT).await;
            let last = some.last().map(|head| head.id.clone());
            seen.extend(some);
            if next.is_null() {
                break;
            }
            after = next;
            pages += 1;
            let last = last.unwrap();
            match pages {
                1 => {
                    orders.delete(&shop, &last);
                    orders.delete(&shop, &waits(3));
                    deleted.push(waits(3));
                }
                2 => {
                    orders.edit(&shop, &last, 1);
                    edited.push((last, 2));
                }
                3 => {
                    orders.edit(&shop, &waits(7), 2);
                    edited.push((waits(7), 1));
                    orders.edit(&shop, &seen[0].id, 3);
                    edited.push((seen[0].id.clone(), 2));
                }
                4 => orders.insert(&shop, &before[1].id, NEW, 4),
                _ => {}
            }
        }
        let name = platform.name();
        assert!(pages > 5, "{name}: {pages} pages");
        let mut times: BTreeMap<&str, Vec<&OrderHead>> = BTreeMap::new();
        for head in &seen {
            times.entry(&head.id).or_default().push(head);
        }
        for head in &before {
            let times = times.get(head.id.as_str()).map_or(&[][..], Vec::as_slice);
            let change = edited.iter().find(|(id, _)| *id == head.id);
            let wanted = if deleted.contains(&head.id) {
                0
            } else {
                change.map_or(1, |(_, times)| *times)
            };
            assert_eq!(times.len(), wanted, "{name}: order {}", head.id);
            if change.is_some() {
                assert_ne!(times[wanted - 1].hash, head.hash, "{name}: {}", head.id);
            } else if wanted == 1 {
                assert_eq!(times[0], head, "{name}");
            }
        }
        let new = NEW.to_string();
        assert_eq!(times.remove(new.as_str()).map(|times| times.len()), Some(1));
        assert_eq!(
            times.len(),
            before.len() - deleted.len(),
            "{name}: orders of nowhere"
        );
        // A later reading is what is there.
        let now = all_heads(&bridge, 5000).await;
        let count = shop.database().value(&platform.count_orders()).unwrap();
        assert_eq!(now.len().to_string(), count, "{name}");
    }
}

/// A thousand bodies at once are what they are a few at a time, heads too, also where an edit gave an
/// order's rows keys that lie far from those of its neighbours.
#[tokio::test(flavor = "multi_thread")]
async fn on_every_platform_many_orders_read_together_are_what_each_is_among_few() {
    let Some(shared) = shared_folder().unwrap() else {
        return;
    };
    for platform in Platform::ALL {
        let (shop, bridge) = started(platform, &shared, 450);
        if platform.file() == "opencart" {
            let prefix = platform.prefix();
            for (table, key, which, by) in [
                ("order_option", "order_option_id", 3, 8_000_000),
                ("order_history", "order_history_id", 4, 8_000_000),
                ("order_product", "order_product_id", 5, 8_000_000),
                ("order_option", "order_product_id", 5, 8_000_000),
            ] {
                let sql = format!(
                    "UPDATE `{prefix}{table}` SET {key} = {key} + {by} WHERE order_id % {which} = 0"
                );
                shop.database().execute(&sql).unwrap();
            }
        }
        let many = all_heads(&bridge, 5000).await;
        assert!(many.len() >= 450);
        assert_eq!(many, all_heads(&bridge, 40).await, "{}", platform.name());
        let ids: Vec<&str> = many.iter().map(|head| head.id.as_str()).collect();
        let (mut few, mut left) = (BTreeMap::new(), ids.clone());
        for some in ids.chunks(40) {
            let page = bridge.page("orders", json!({"ids": some})).await.unwrap();
            for order in records::<Value>(&page).unwrap() {
                few.insert(order["id"].as_str().unwrap().to_owned(), order);
            }
        }
        while !left.is_empty() {
            let page = bridge.page("orders", json!({"ids": left})).await.unwrap();
            let before = left.len();
            for order in records::<Value>(&page).unwrap() {
                let id = order["id"].as_str().unwrap();
                assert_eq!(Some(&order), few.get(id), "{}", platform.name());
                left.retain(|left| *left != id);
            }
            assert!(left.len() < before);
        }
        for head in &many {
            assert_eq!(few[&head.id]["hash"], json!(head.hash));
        }
    }
}

/// What a poll asks of the shop's database, with either driver: nothing within the two hours that are read
/// again, and one unchanged order there.
#[tokio::test(flavor = "multi_thread")]
async fn on_every_platform_a_poll_costs_as_many_statements_as_are_written_down() {
    let Some(shared) = shared_folder().unwrap() else {
        return;
    };
    let mut counted = Vec::new();
    for platform in Platform::ALL {
        let (shop, bridge) = started(platform, &shared, 1);
        let newest = all_heads(&bridge, 5000).await.pop().unwrap().changed_at;
        for php in ["pdo_mysql", "mysqli"] {
            shop.restart_web(&PhpOptions::default().without(php))
                .unwrap();
            let mut counts = Vec::new();
            for since in ["2099-01-01T00:00:00Z", &newest] {
                let log = shop.database().log_statements().unwrap();
                bridge
                    .page("orders", json!({"since": since}))
                    .await
                    .unwrap();
                let mut statements = log.statements().unwrap();
                // Now and then old nonces are dropped.
                statements.retain(|sql| !sql.contains("DELETE FROM"));
                counts.push(statements.len());
            }
            counted.push((platform.name(), php, counts));
        }
    }
    let written: Vec<(&str, &str, Vec<usize>)> = COSTS
        .iter()
        .flat_map(|(name, [mysqli, pdo])| {
            [("pdo_mysql", mysqli), ("mysqli", pdo)]
                .map(|(without, counts)| (*name, without, counts.to_vec()))
        })
        .collect();
    assert_eq!(counted, written, "{counted:#?}");
}

/// Statements of a poll by mysqli and by PDO: with nothing to read again, and with an unchanged order. The table in
/// `docs/performance.md`.
const COSTS: [(&str, [[usize; 2]; 2]); 9] = [
    ("WooCommerce 11.0, order tables", [[5, 11], [4, 10]]),
    ("WooCommerce 11.0, posts", [[5, 10], [4, 9]]),
    ("WooCommerce 7.9, posts", [[5, 10], [4, 9]]),
    ("OpenCart 2.3", [[6, 8], [5, 7]]),
    ("OpenCart 3.0", [[6, 8], [5, 7]]),
    ("OpenCart 4.1", [[6, 8], [5, 7]]),
    ("PrestaShop 8.2", [[5, 16], [4, 15]]),
    ("Magento 1.9 (OpenMage 20.0)", [[6, 16], [5, 15]]),
    ("Magento 2.4.7", [[7, 17], [6, 16]]),
];

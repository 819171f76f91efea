//! Hosts that give PHP little memory and little time, and databases set up as old hosts and strict
//! ones do: every platform is read whole all the same.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testbed::{
    bridge_file::{PlacedBridge, records},
    hosted::RecordedShop,
    multiply::{multiply, order_tables},
    opencart::shared_folder,
    platform::Platform,
    servers::PhpOptions,
};
use winkelbrug_protocol::{answer::Next, key::Variant, record::OrderHead};

/// The shops whose orders are multiplied: one of each way to keep orders.
const STORES: [Platform; 6] = [
    Platform::WooCommerceTables,
    Platform::WooCommercePosts,
    Platform::OpenCart4,
    Platform::PrestaShop,
    Platform::Magento1,
    Platform::Magento2,
];

/// Large numbers with `--full`, small ones in the plain run.
fn volume(full: usize, plain: usize) -> usize {
    if std::env::var_os("WINKELBRUG_FULL").is_some() {
        full
    } else {
        plain
    }
}

/// A recorded shop with about this many orders; how many there are.
fn grown(platform: Platform, volume: usize) -> Option<(RecordedShop, PlacedBridge, usize)> {
    let shop = platform.start(&shared_folder().unwrap()?).unwrap();
    let recorded = shop.database().value(&platform.count_orders()).unwrap();
    let times = volume.div_ceil(recorded.parse().unwrap());
    let times = u32::try_from(times).unwrap();
    let orders = multiply(platform, shop.database(), times).unwrap();
    let bridge = platform
        .bridge(Variant::Ecdsa)
        .unwrap()
        .place(&shop)
        .unwrap();
    Some((shop, bridge, orders))
}

/// The bodies of these orders by id, each page as long as the bridge likes.
async fn bodies(bridge: &PlacedBridge, ids: &[String]) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for some in ids.chunks(200) {
        let mut left: Vec<&str> = some.iter().map(String::as_str).collect();
        while !left.is_empty() {
            let read: Vec<Value> = bridge.ask("orders", json!({"ids": left})).await.unwrap();
            assert!(!read.is_empty(), "an empty page");
            for order in read {
                let id = order["id"].as_str().unwrap().to_owned();
                left.retain(|wanted| *wanted != id);
                found.insert(id, order);
            }
        }
    }
    found
}

/// The ids of all orders in order of change; none twice.
async fn ids(bridge: &PlacedBridge) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), Value::Null);
    loop {
        let args = json!({"after": after, "limit": 5000});
        let page = bridge.page("orders", args).await.unwrap();
        ids.extend(
            records::<OrderHead>(&page)
                .unwrap()
                .into_iter()
                .map(|head| head.id),
        );
        match page.end.next {
            Some(Next::Position(position)) => after = serde_json::to_value(position).unwrap(),
            _ => break,
        }
    }
    let different: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(different.len(), ids.len());
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn every_platform_is_read_whole_with_32_mb_and_5_seconds() {
    for platform in STORES {
        let Some((shop, bridge, orders)) = grown(platform, volume(50_000, 1_000)) else {
            return;
        };
        let php = PhpOptions::default()
            .ini("memory_limit", "32M")
            .ini("max_execution_time", "5")
            .ini("output_buffering", "4096")
            .ini("display_errors", "1");
        shop.restart_web(&php).unwrap();
        let ids = ids(&bridge).await;
        assert_eq!(ids.len(), orders, "{platform:?}");
        let (first, last) = (&ids[..400], &ids[orders - 400..]);
        for some in [first, last] {
            let read = bodies(&bridge, some).await;
            assert_eq!(read.len(), 400, "{platform:?}");
            let unreadable = |order: &&Value| order["remarks"].to_string().contains("unreadable");
            assert_eq!(read.values().filter(unreadable).count(), 0, "{platform:?}");
        }
        for (op, args) in [
            ("hello", json!({})),
            ("totals", json!({"from": "2000-01-01"})),
            ("products", json!({})),
            ("customers", json!({})),
            ("stock_read", json!({})),
            ("order", json!({"number": "1"})),
        ] {
            bridge
                .page(op, args)
                .await
                .unwrap_or_else(|error| panic!("{platform:?} {op}: {error:#}"));
        }
    }
}

/// Right keys in wrong hands, or a program gone wild: whatever is asked of a very large shop, PHP is
/// not killed for it and an answer comes that is whole.
#[tokio::test(flavor = "multi_thread")]
async fn a_million_orders_do_not_exhaust_a_host_of_64_mb_and_10_seconds() {
    let Some((shop, bridge, orders)) = grown(Platform::OpenCart3, volume(1_000_000, 20_000)) else {
        return;
    };
    let php = PhpOptions::default()
        .ini("memory_limit", "64M")
        .ini("max_execution_time", "10")
        .ini("display_errors", "1");
    shop.restart_web(&php).unwrap();
    let late = "SELECT MAX(GREATEST(date_added, date_modified)) - INTERVAL 1 DAY FROM `oc_order`";
    let end = json!({"stamp": shop.database().value(late).unwrap(), "id": "1"});
    for after in [Value::Null, end] {
        let mut after = after;
        for _ in 0..3 {
            let args = json!({"after": after, "limit": 5000});
            let page = bridge.page("orders", args).await.unwrap();
            assert!(!records::<OrderHead>(&page).unwrap().is_empty());
            match page.end.next {
                Some(Next::Position(position)) => after = serde_json::to_value(position).unwrap(),
                _ => break,
            }
        }
    }
    // More at once than the protocol allows is refused; as much as it allows is answered.
    let args = json!({"limit": 1_000_000});
    assert_eq!(bridge.error("orders", args).await.unwrap(), "bad-arguments");
    let hello: Vec<Value> = bridge.ask("hello", json!({})).await.unwrap();
    assert!(hello[0]["counts"]["orders"].as_u64().unwrap() > orders as u64 / 2);
    // So many days that no answer holds them are refused; as many as the program asks for are told.
    let args = json!({"from": "2000-01-01"});
    if orders > 500_000 {
        assert_eq!(bridge.error("totals", args).await.unwrap(), "bad-arguments");
    } else {
        bridge.page("totals", args).await.unwrap();
    }
    let sixty = "SELECT DATE(MAX(date_added)) - INTERVAL 60 DAY FROM `oc_order`";
    let sixty = shop.database().value(sixty).unwrap();
    for (op, args) in [
        ("totals", json!({"from": sixty})),
        (
            "orders",
            json!({"since": "2000-01-01T00:00:00Z", "limit": 5000}),
        ),
        ("order", json!({"number": "1"})),
        ("customers", json!({})),
        ("products", json!({})),
    ] {
        let together = (0..4).map(|_| bridge.page(op, args.clone()));
        for page in futures_util::future::join_all(together).await {
            page.unwrap_or_else(|error| panic!("{op}: {error:#}"));
        }
    }
}

/// Modes of the server that a shop's user gets at each connection.
const MODES: [&str; 4] = [
    "",
    "STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION",
    "TRADITIONAL,NO_BACKSLASH_ESCAPES",
    "PIPES_AS_CONCAT,IGNORE_SPACE,NO_UNSIGNED_SUBTRACTION,HIGH_NOT_PRECEDENCE,PAD_CHAR_TO_FULL_LENGTH",
];

#[tokio::test(flavor = "multi_thread")]
async fn strict_and_old_modes_of_the_database_give_the_same_orders() {
    for platform in STORES {
        let Some((shop, bridge, _)) = grown(platform, 1) else {
            return;
        };
        let all = ids(&bridge).await;
        let wanted = bodies(&bridge, &all).await;
        let database = shop.database();
        for mode in MODES {
            // Other tests share the server: only this shop's user gets the mode.
            database
                .execute(&format!(
                    "SET GLOBAL init_connect = \"SET SESSION sql_mode = IF(USER() LIKE '{}@%', '{mode}', @@sql_mode)\"",
                    database.user
                ))
                .unwrap();
            assert_eq!(ids(&bridge).await, all, "{platform:?} {mode}");
            let read = bodies(&bridge, &all).await;
            for (id, order) in &wanted {
                assert_eq!(read[id], *order, "{platform:?} {mode} {id}");
            }
            for (op, args) in [
                ("hello", json!({})),
                ("lookups", json!({})),
                ("totals", json!({"from": "2000-01-01"})),
                ("products", json!({})),
                ("customers", json!({})),
                ("stock_read", json!({})),
            ] {
                bridge
                    .page(op, args)
                    .await
                    .unwrap_or_else(|error| panic!("{platform:?} {mode} {op}: {error:#}"));
            }
        }
        database.execute("SET GLOBAL init_connect = ''").unwrap();
    }
}

/// The order as text, with a question mark for each character that a column of this character set may
/// not hold, and without its hash.
fn narrowed(charset: &str, order: &Value) -> String {
    let last = if charset == "latin1" {
        '\u{ff}'
    } else {
        '\u{ffff}'
    };
    let mut order = order.clone();
    order["hash"] = Value::Null;
    let text = order.to_string();
    text.chars()
        .map(|character| if character > last { '?' } else { character })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_of_latin1_and_of_utf8_give_the_same_text() {
    for platform in STORES {
        let Some((shop, bridge, _)) = grown(platform, 1) else {
            return;
        };
        let all = ids(&bridge).await;
        let wanted = bodies(&bridge, &all).await;
        for charset in ["utf8mb3", "latin1"] {
            let change: String = order_tables(platform)
                .iter()
                .map(|table| format!("ALTER TABLE `{table}` CONVERT TO CHARACTER SET {charset};\n"))
                .collect();
            shop.database()
                .execute(&format!(
                    "SET SESSION sql_mode = '', foreign_key_checks = 0, innodb_strict_mode = 0;\n{change}"
                ))
                .unwrap();
            let read = bodies(&bridge, &all).await;
            assert_eq!(read.len(), wanted.len());
            let mut accented = 0;
            for (id, order) in &wanted {
                let text = narrowed(charset, order);
                assert_eq!(
                    narrowed(charset, &read[id]),
                    text,
                    "{platform:?} {charset} {id}"
                );
                accented += usize::from(!text.is_ascii());
            }
            assert!(accented > 0, "{platform:?} {charset}: nothing but ASCII");
        }
    }
}

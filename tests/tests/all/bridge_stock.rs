//! Stock set by difference, straight at the bridge: on both engines, while the shop sells, with
//! answers lost, writers at once and files that may not.
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge},
    opencart::{OpenCartShop, ShopOptions},
    servers::{Behaviour, Relay},
};
use winkelbrug_protocol::{
    answer::Reading,
    key::{Variant, sha256_hex},
    record::{StockLevel, StockOutcome, StockResult},
};

fn shop() -> (OpenCartShop, PlacedBridge) {
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    let bridge = BridgeFile::new(Variant::Ecdsa).place(&shop).unwrap();
    (shop, bridge)
}

fn id() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}

fn row(key: &str, read: i64, target: i64) -> Value {
    json!({"key": key, "read": read.to_string(), "target": target.to_string()})
}

/// Keys of what keeps stock, of one kind (`p`, `o`).
async fn kept(bridge: &PlacedBridge, kind: &str) -> Vec<String> {
    let levels: Vec<StockLevel> = bridge.ask("stock_read", json!({})).await.unwrap();
    levels
        .into_iter()
        .filter(|level| level.tracked && level.key.starts_with(kind))
        .map(|level| level.key)
        .collect()
}

fn table_of(key: &str) -> (&'static str, &'static str, &str) {
    match key.split_once(':').unwrap() {
        ("p", id) => ("oc_product", "product_id", id),
        (_, id) => ("oc_product_option_value", "product_option_value_id", id),
    }
}

fn stored(shop: &OpenCartShop, key: &str) -> i64 {
    let (table, column, id) = table_of(key);
    shop.query(&format!(
        "SELECT quantity FROM `{table}` WHERE {column} = {id}"
    ))
    .unwrap()[0][0]
        .parse()
        .unwrap()
}

fn sale(key: &str) -> String {
    let (table, column, id) = table_of(key);
    format!("UPDATE `{table}` SET quantity = quantity - 1 WHERE {column} = {id};\n")
}

async fn set(bridge: &PlacedBridge, id: &str, rows: &[Value]) -> Vec<StockResult> {
    bridge
        .ask("stock_set", json!({"idempotency": id, "rows": rows}))
        .await
        .unwrap()
}

async fn refused(bridge: &PlacedBridge, rows: Value) -> String {
    bridge
        .error("stock_set", json!({"idempotency": id(), "rows": rows}))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_sale_is_lost_while_stock_is_set_on_either_engine() {
    const SALES: i64 = 1500;
    const PUSHES: i64 = 12;
    for engine in ["MyISAM", "InnoDB"] {
        let (shop, bridge) = shop();
        for table in ["oc_product", "oc_product_option_value"] {
            shop.query(&format!("ALTER TABLE `{table}` ENGINE = {engine}"))
                .unwrap();
        }
        let keys = [
            kept(&bridge, "p").await.remove(0),
            kept(&bridge, "o").await.remove(0),
        ];
        let before: Vec<i64> = keys.iter().map(|key| stored(&shop, key)).collect();
        // Each sale a statement of its own, as fast as the server takes them.
        let sales: String = (0..SALES)
            .map(|_| keys.iter().map(|key| sale(key)).collect::<String>())
            .collect();
        let sold = AtomicBool::new(false);
        let added = std::thread::scope(|scope| {
            scope.spawn(|| {
                shop.query(&sales).unwrap();
                sold.store(true, Ordering::Release);
            });
            let pushing = scope.spawn(|| {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                let mut added = [0, 0];
                // Some while it sells, the last ones after it; `busy` says that nothing was written.
                for push in 0..PUSHES {
                    while push == PUSHES - 2 && !sold.load(Ordering::Acquire) {
                        std::thread::yield_now();
                    }
                    let rows: Vec<Value> = keys.iter().map(|key| row(key, 100, 107)).collect();
                    let results = runtime.block_on(set(&bridge, &id(), &rows));
                    for (added, result) in added.iter_mut().zip(&results) {
                        match result.outcome {
                            StockOutcome::Done => *added += 7,
                            other => assert_eq!(other, StockOutcome::Busy),
                        }
                    }
                }
                added
            });
            pushing.join().unwrap()
        });
        for ((key, before), added) in keys.iter().zip(before).zip(added) {
            assert!(added >= 14);
            assert_eq!(stored(&shop, key), before - SALES + added, "{engine} {key}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_on_the_way_is_given_again_without_a_second_effect() {
    let (shop, bridge) = shop();
    let key = kept(&bridge, "p").await.remove(0);
    let before = stored(&shop, &key);
    let relay = Relay::start(&shop.url()).unwrap();
    let through = bridge.url.replace(&shop.url(), &relay.url());
    let args = json!({"idempotency": id(), "rows": [row(&key, 3, 8)]});
    for cut in [0, 10, 200] {
        relay.behave(Behaviour::Cut(cut));
        let request = bridge.request("stock_set", &args).unwrap();
        let told = bridge.send_to(&through, &request).await;
        assert!(told.is_err() || bridge.read(&request, "stock_set", &told.unwrap()).is_err());
        assert_eq!(stored(&shop, &key), before + 5, "cut at {cut}");
    }
    let again: Vec<StockResult> = bridge.ask("stock_set", args).await.unwrap();
    assert_eq!(again[0].outcome, StockOutcome::Done);
    assert_eq!(again[0].before, Some(before.into()));
    assert_eq!(again[0].after, Some((before + 5).into()));
    assert_eq!(stored(&shop, &key), before + 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_cut_in_the_middle_is_gone_on_with_and_nothing_is_done_twice() {
    let (shop, bridge) = shop();
    let keys: Vec<String> = kept(&bridge, "p").await.into_iter().take(3).collect();
    let before: Vec<i64> = keys.iter().map(|key| stored(&shop, key)).collect();
    let rows: Vec<Value> = keys.iter().map(|key| row(key, 1, 5)).collect();
    // As PHP leaves it when it is killed in the second row: the first has its outcome, of the second it
    // is not known whether it was written, the third was not begun.
    let fields = keys
        .iter()
        .map(|key| format!("{{\"key\":\"{key}\",\"read\":\"1\",\"target\":\"5\"}}"))
        .collect::<Vec<_>>();
    let kept = json!({
        "rows": sha256_hex(format!("[{}]", fields.join(",")).as_bytes()),
        "done": [
            {"key": keys[0], "outcome": "done", "before": "1", "after": "5"},
            {"key": keys[1], "outcome": "busy", "before": null, "after": null},
        ],
    });
    let id = id();
    shop.query(&format!(
        "INSERT INTO `oc_winkelbrug_state` VALUES ('w:{id}', 9999999999, '{kept}')"
    ))
    .unwrap();
    let results = set(&bridge, &id, &rows).await;
    let outcomes: Vec<StockOutcome> = results.iter().map(|result| result.outcome).collect();
    assert_eq!(
        outcomes,
        [StockOutcome::Done, StockOutcome::Busy, StockOutcome::Done]
    );
    let after: Vec<i64> = keys.iter().map(|key| stored(&shop, key)).collect();
    assert_eq!(after, [before[0], before[1], before[2] + 4]);
    // The same id with other rows is another request's: refused.
    let other = json!({"idempotency": id, "rows": [row(&keys[0], 1, 9)]});
    assert_eq!(
        bridge.error("stock_set", other).await.unwrap(),
        "bad-arguments"
    );
    assert_eq!(stored(&shop, &keys[0]), before[0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_writer_at_a_time_whichever_file_he_comes_by() {
    let (shop, bridge) = shop();
    let second = BridgeFile::new(Variant::Hmac).place(&shop).unwrap();
    let key = kept(&bridge, "p").await.remove(0);
    let before = stored(&shop, &key);
    // Two at once wait for each other.
    let rows = [row(&key, 0, 1)];
    let (first_id, second_id) = (id(), id());
    let (one, two) = tokio::join!(
        set(&bridge, &first_id, &rows),
        set(&second, &second_id, &rows)
    );
    assert_eq!(
        (one[0].outcome, two[0].outcome),
        (StockOutcome::Done, StockOutcome::Done)
    );
    assert_eq!(stored(&shop, &key), before + 2);
    // One that never ends is not waited for for ever.
    let name = &shop.database().name;
    let lock = &sha256_hex(format!("{name}\n{}", shop.prefix()).as_bytes())[..32];
    let database = shop.database().clone();
    let hold = format!("SELECT GET_LOCK('winkelbrug {lock}', 0), SLEEP(9)");
    let holder = std::thread::spawn(move || database.execute(&hold).unwrap());
    let free = format!("SELECT IS_FREE_LOCK('winkelbrug {lock}')");
    while shop.query(&free).unwrap()[0][0] == "1" {
        std::thread::yield_now();
    }
    assert_eq!(refused(&bridge, json!([row(&key, 0, 1)])).await, "busy");
    holder.join().unwrap();
    assert_eq!(stored(&shop, &key), before + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_the_scope_writes_nothing_even_with_a_right_signature() {
    let (shop, _) = shop();
    let reader = BridgeFile::new(Variant::Ecdsa)
        .with("SCOPES", "orders.read,products.read")
        .place(&shop)
        .unwrap();
    let key = kept(&reader, "p").await.remove(0);
    let before = stored(&shop, &key);
    assert_eq!(
        refused(&reader, json!([row(&key, 5, 0)])).await,
        "not-in-scope"
    );
    assert_eq!(stored(&shop, &key), before);
    let hello: Vec<Value> = reader.ask("hello", json!({})).await.unwrap();
    let operations = hello[0]["operations"].as_array().unwrap();
    assert!(!operations.contains(&json!("stock_set")));
    assert!(!operations.contains(&json!("customers")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cap_on_emptied_stock_looks_at_the_effect_and_not_at_what_is_said() {
    let (shop, _) = shop();
    let bridge = BridgeFile::new(Variant::Ecdsa)
        .with("STOCK_ZERO_CAP", "2")
        .place(&shop)
        .unwrap();
    let keys: Vec<String> = kept(&bridge, "p").await.into_iter().take(3).collect();
    for key in &keys {
        let (table, column, id) = table_of(key);
        shop.query(&format!(
            "UPDATE `{table}` SET quantity = 5 WHERE {column} = {id}"
        ))
        .unwrap();
    }
    for (read, target) in [(5, 0), (0, -5), (1000, 900), (7, 1)] {
        let rows: Vec<Value> = keys.iter().map(|key| row(key, read, target)).collect();
        assert_eq!(refused(&bridge, json!(rows)).await, "zero-cap");
    }
    assert!(keys.iter().all(|key| stored(&shop, key) == 5));
    let two: Vec<Value> = keys.iter().take(2).map(|key| row(key, 5, 0)).collect();
    set(&bridge, &id(), &two).await;
    assert_eq!(stored(&shop, &keys[0]), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_row_that_is_not_right_refuses_the_whole_call() {
    let (shop, bridge) = shop();
    let key = kept(&bridge, "p").await.remove(0);
    let before = stored(&shop, &key);
    let good = row(&key, 1, 2);
    let many: Vec<Value> = (1..=501).map(|id| row(&format!("p:{id}"), 1, 2)).collect();
    for rows in [
        json!([]),
        json!([good, good]),
        json!([good, row("p:0", 1, 2)]),
        json!([good, row("x:1", 1, 2)]),
        json!([good, {"key": "p:1", "read": 1, "target": 2}]),
        json!([good, {"key": "p:1", "read": "1"}]),
        json!([good, {"key": "p:1", "read": "1", "target": "2", "table": "oc_user"}]),
        json!([good, {"key": "p:1", "read": "1e3", "target": "2"}]),
        json!({"first": good}),
        json!(many),
    ] {
        assert_eq!(
            refused(&bridge, rows.clone()).await,
            "bad-arguments",
            "{rows}"
        );
    }
    assert_eq!(stored(&shop, &key), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caught_write_is_refused_the_second_time() {
    let (shop, bridge) = shop();
    let key = kept(&bridge, "p").await.remove(0);
    let before = stored(&shop, &key);
    let args = json!({"idempotency": id(), "rows": [row(&key, 1, 2)]});
    let request = bridge.request("stock_set", &args).unwrap();
    for _ in 0..3 {
        let told = bridge.send(&request).await.unwrap();
        let reading = bridge.read(&request, "stock_set", &told).unwrap();
        assert_eq!(
            told.status == 200,
            matches!(reading, Reading::Answer(_)),
            "{reading:?}"
        );
    }
    assert_eq!(stored(&shop, &key), before + 1);
}

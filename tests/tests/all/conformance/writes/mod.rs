//! What the bridge changes besides stock: statuses, products and accounts of the recorded shops. Every
//! table is compared before and after; what the shop's own program would do more is refused and leaves all
//! of them as they were.

mod magento;
mod opencart;
mod prestashop;
mod woocommerce;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge},
    hosted::Hosted,
    servers::Database,
};
use winkelbrug_protocol::{
    key::Variant,
    record::{Hello, WriteOutcome, WriteResult},
};

/// Reading and every scope of these operations.
const SCOPES: &str =
    "orders.read,products.read,customers.read,status.write,products.write,customers.write";

/// What is typed into a text field by somebody who means no good.
const HOSTILE: &str = "'; DROP TABLE x; -- \" <script>alert(1)</script> &amp; {order} \\ %s ?";

/// A bridge that may write, beside the one that may not.
fn writer(shop: &impl Hosted, file: (&str, &str, &str), zone: &str) -> PlacedBridge {
    let (platform, root, config) = file;
    BridgeFile::of(platform, root, config, Variant::Ecdsa)
        .unwrap()
        .with("SCOPES", SCOPES)
        .with("TIME_ZONE", zone)
        .place(shop)
        .unwrap()
}

fn new_id() -> String {
    hex::encode(rand::random::<[u8; 16]>())
}

async fn write_as(bridge: &PlacedBridge, id: &str, op: &str, rows: &Value) -> Vec<WriteResult> {
    bridge
        .ask(op, json!({"idempotency": id, "rows": rows}))
        .await
        .unwrap()
}

/// One row, with an id of its own.
async fn write(bridge: &PlacedBridge, op: &str, row: Value) -> WriteResult {
    write_as(bridge, &new_id(), op, &json!([row]))
        .await
        .remove(0)
}

async fn move_to(bridge: &PlacedBridge, id: &str, status: &str) -> WriteResult {
    let row = json!({"id": id, "status": status, "comment": ""});
    write(bridge, "order_status_set", row).await
}

fn done(before: &[(&str, &str)]) -> (WriteOutcome, BTreeMap<String, String>, String) {
    let before = before
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    (WriteOutcome::Done, before.collect(), String::new())
}

fn refused(reason: &str) -> (WriteOutcome, BTreeMap<String, String>, String) {
    (WriteOutcome::Refused, BTreeMap::new(), reason.to_owned())
}

fn only(outcome: WriteOutcome) -> (WriteOutcome, BTreeMap<String, String>, String) {
    (outcome, BTreeMap::new(), String::new())
}

/// All of a result but its id.
fn what(result: WriteResult) -> (WriteOutcome, BTreeMap<String, String>, String) {
    (result.outcome, result.before, result.reason)
}

/// Checksum of each table but the bridge's own.
fn tables(database: &Database) -> BTreeMap<String, String> {
    let names = database
        .query("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
        .unwrap();
    let list: Vec<String> = names
        .into_iter()
        .map(|mut row| row.remove(0))
        .filter(|name| !name.ends_with("winkelbrug_state"))
        .map(|name| format!("`{name}`"))
        .collect();
    database
        .query(&format!("CHECKSUM TABLE {}", list.join(", ")))
        .unwrap()
        .into_iter()
        .map(|mut row| (row.remove(0), row.remove(0)))
        .collect()
}

/// Tables that are not as they were, without their prefix.
fn changed(database: &Database, before: &BTreeMap<String, String>, prefix: &str) -> Vec<String> {
    tables(database)
        .into_iter()
        .filter(|(name, sum)| before[name] != *sum)
        .map(|(name, _)| {
            let table = name.rsplit('.').next().unwrap().to_owned();
            table.strip_prefix(prefix).unwrap().to_owned()
        })
        .collect()
}

/// Columns of a row that are not as they were.
fn columns(database: &Database, table: &str, row: &str, before: &[String]) -> Vec<String> {
    let names = database
        .query(&format!(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '{table}' ORDER BY ordinal_position"
        ))
        .unwrap();
    let after = whole(database, table, row);
    names
        .into_iter()
        .map(|mut name| name.remove(0))
        .zip(before.iter().zip(&after))
        .filter(|(_, (before, after))| before != after)
        .map(|(name, _)| name)
        .collect()
}

/// The one row of a table that a condition picks.
fn whole(database: &Database, table: &str, row: &str) -> Vec<String> {
    let mut rows = database
        .query(&format!("SELECT * FROM `{table}` WHERE {row}"))
        .unwrap();
    assert_eq!(rows.len(), 1, "{table} {row}");
    rows.remove(0)
}

/// Asks for `write` while somebody else has changed the same row and not yet said so for good; the other
/// lets go when the bridge's own change waits for it. (InnoDB only.)
async fn overtaken(
    database: &Database,
    change: &str,
    bridge: &PlacedBridge,
    op: &str,
    row: Value,
) -> WriteResult {
    let other = format!(
        "DELIMITER //\nSTART TRANSACTION//\n{change}//\nSELECT GET_LOCK('changed', 0)//\n\
         BEGIN NOT ATOMIC DECLARE waiting INT DEFAULT 0;\n\
         WHILE waiting = 0 DO SELECT COUNT(*) INTO waiting FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID() AND info LIKE 'UPDATE%'; END WHILE; END//\n\
         COMMIT//\n"
    );
    let copy = database.clone();
    let holding = std::thread::spawn(move || copy.execute(&other).unwrap());
    while database
        .value("SELECT IS_USED_LOCK('changed') IS NOT NULL")
        .unwrap()
        != "1"
    {
        std::thread::yield_now();
    }
    let result = write(bridge, op, row).await;
    holding.join().unwrap();
    result
}

/// What a bridge says that it can do.
async fn operations(bridge: &PlacedBridge) -> Vec<String> {
    let mut hello: Vec<Hello> = bridge.ask("hello", json!({})).await.unwrap();
    let mut operations = hello.remove(0).operations;
    operations.retain(|name| name.ends_with("_set"));
    operations
}

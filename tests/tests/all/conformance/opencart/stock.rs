//! Stock as OpenCart keeps it, with OpenCart 4's variants, and every other table left alone.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testbed::opencart::recorded::{OPENCART_4, RECORDED};
use winkelbrug_protocol::record::{Hello, StockLevel, StockOutcome, StockResult};

use super::Scene;

/// Checksum of each table but the bridge's own.
fn tables(scene: &Scene) -> BTreeMap<String, String> {
    let names = scene.sql("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'");
    let names = names
        .into_iter()
        .map(|mut row| row.remove(0))
        .filter(|name| !name.ends_with("winkelbrug_state"));
    let list: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    scene
        .sql(&format!("CHECKSUM TABLE {}", list.join(", ")))
        .into_iter()
        .map(|mut row| (row.remove(0), row.remove(0)))
        .collect()
}

async fn set(scene: &Scene, rows: &[(&str, i64, i64)]) -> Vec<StockResult> {
    let rows: Vec<Value> = rows
        .iter()
        .map(|(key, read, target)| {
            json!({"key": key, "read": read.to_string(), "target": target.to_string()})
        })
        .collect();
    let id = hex::encode(rand::random::<[u8; 16]>());
    scene
        .bridge
        .ask("stock_set", json!({"idempotency": id, "rows": rows}))
        .await
        .unwrap()
}

async fn levels(scene: &Scene) -> BTreeMap<String, StockLevel> {
    let read: Vec<StockLevel> = scene.bridge.ask("stock_read", json!({})).await.unwrap();
    read.into_iter()
        .map(|level| (level.key.clone(), level))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_stock_changes_one_figure_and_nothing_else_in_the_shop() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let hello: Vec<Hello> = scene.bridge.ask("hello", json!({})).await.unwrap();
        assert!(hello[0].capabilities.contains(&"stock_write".to_owned()));
        let truth = scene.truth();
        let read = levels(&scene).await;
        for product in &truth.products {
            let level = &read[&format!("p:{}", product.id)];
            assert_eq!(level.code, product.code);
            let master = product.kind == "configurable";
            assert_eq!(level.tracked, product.quantity.is_some() && !master);
            for value in &product.options {
                assert_eq!(read[&value.key].quantity, value.quantity);
            }
        }
        let before = tables(&scene);
        let figure = |key: &str| -> i64 { read[key].quantity.to_string().parse().unwrap() };
        // A sale comes between the reading and the setting: its piece stays sold.
        scene.sql("UPDATE {product} SET quantity = quantity - 1 WHERE product_id = 50");
        let results = set(
            &scene,
            &[
                ("p:50", figure("p:50"), 120),
                ("o:17", figure("o:17"), 9),
                ("p:68", 3, 4),
                ("p:999999", 1, 2),
            ],
        )
        .await;
        let outcomes: Vec<StockOutcome> = results.iter().map(|result| result.outcome).collect();
        assert_eq!(
            outcomes,
            [
                StockOutcome::Done,
                StockOutcome::Done,
                StockOutcome::NotTracked,
                StockOutcome::Unknown
            ]
        );
        let now = levels(&scene).await;
        assert_eq!(now["p:50"].quantity, 119.into());
        assert_eq!(now["o:17"].quantity, 9.into());
        let changed: Vec<String> = tables(&scene)
            .into_iter()
            .filter(|(name, sum)| before[name] != *sum)
            .map(|(name, _)| name.rsplit('.').next().unwrap().to_owned())
            .collect();
        let own = |table: &str| format!("{}{table}", recorded.prefix);
        assert_eq!(changed, [own("product"), own("product_option_value")]);
    }
}

/// A variant's sale lowers the variant, its master and the values chosen; what the books say of the
/// variant goes to the variant alone.
#[tokio::test(flavor = "multi_thread")]
async fn a_variant_has_its_own_code_and_stock_and_its_master_is_left_alone() {
    let Some(scene) = Scene::of(OPENCART_4) else {
        return;
    };
    let read = levels(&scene).await;
    let (variant, master) = (&read["p:75"], &read["p:55"]);
    assert_eq!(
        (variant.code.as_str(), variant.sku.as_deref()),
        ("TSHIRT-01-S-RED", Some("TS-01-S-RED"))
    );
    assert!(variant.tracked && !master.tracked);
    let before = scene.sql("SELECT product_id, quantity FROM {product} WHERE product_id <> 75");
    let results = set(&scene, &[("p:75", 7, 12), ("p:55", 99, 3)]).await;
    assert_eq!(results[0].outcome, StockOutcome::Done);
    assert_eq!(results[0].after, Some(12.into()));
    assert_eq!(results[1].outcome, StockOutcome::NotTracked);
    assert_eq!(
        scene.sql("SELECT product_id, quantity FROM {product} WHERE product_id <> 75"),
        before
    );
    // A master whose last variant is taken off sells under its own figure again.
    scene.sql("UPDATE {product} SET master_id = 0 WHERE product_id = 75");
    assert!(levels(&scene).await["p:55"].tracked);
}

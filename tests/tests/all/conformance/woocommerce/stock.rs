//! Stock as WooCommerce keeps it, and everything that hangs on it: the tables after a write are what
//! the shop would have made of them, and all others are as they were.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use testbed::woocommerce::{OLDER, TABLES};
use winkelbrug_protocol::record::{Hello, StockLevel, StockOutcome, StockResult};

use super::Scene;

async fn set(scene: &Scene, rows: &[(&str, &str, &str)]) -> Vec<StockResult> {
    let rows: Vec<Value> = rows
        .iter()
        .map(|(key, read, target)| json!({"key": key, "read": read, "target": target}))
        .collect();
    let id = hex::encode(rand::random::<[u8; 16]>());
    let args = json!({"idempotency": id, "rows": rows});
    scene.bridge.ask("stock_set", args).await.unwrap()
}

async fn levels(scene: &Scene) -> BTreeMap<String, StockLevel> {
    let read: Vec<StockLevel> = scene.bridge.ask("stock_read", json!({})).await.unwrap();
    read.into_iter()
        .map(|level| (level.key.clone(), level))
        .collect()
}

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

/// Rows of a table as one text each.
fn rows(scene: &Scene, table: &str) -> Vec<String> {
    let rows = scene.sql(&format!("SELECT * FROM {{{table}}}"));
    let mut rows: Vec<String> = rows.into_iter().map(|row| row.join("|")).collect();
    rows.sort();
    rows
}

/// What is there now and was not before, and the other way round.
fn difference(before: &[String], after: &[String]) -> (Vec<String>, Vec<String>) {
    let only = |some: &[String], others: &[String]| {
        some.iter()
            .filter(|row| !others.contains(row))
            .cloned()
            .collect()
    };
    (only(after, before), only(before, after))
}

/// Stock status of a product: its own value, the lookup table's, and whether it bears the term.
fn status(scene: &Scene, id: u32) -> (String, String, String, bool) {
    let one = |sql: String| {
        scene
            .sql(&sql)
            .first()
            .map(|row| row[0].clone())
            .unwrap_or_default()
    };
    (
        one(format!(
            "SELECT meta_value FROM {{postmeta}} WHERE post_id = {id} AND meta_key = '_stock_status'"
        )),
        one(format!(
            "SELECT stock_status FROM {{wc_product_meta_lookup}} WHERE product_id = {id}"
        )),
        one(format!(
            "SELECT stock_quantity FROM {{wc_product_meta_lookup}} WHERE product_id = {id}"
        )),
        one(format!(
            "SELECT COUNT(*) FROM {{term_relationships}} r JOIN {{term_taxonomy}} x ON x.term_taxonomy_id = r.term_taxonomy_id JOIN {{terms}} t ON t.term_id = x.term_id WHERE t.slug = 'outofstock' AND r.object_id = {id}"
        )) == "1",
    )
}

fn is(status: &str, quantity: &str, term: bool) -> (String, String, String, bool) {
    (
        status.to_owned(),
        status.to_owned(),
        quantity.to_owned(),
        term,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn setting_woocommerce_stock_brings_along_all_that_hangs_on_it_and_nothing_else() {
    for recorded in [TABLES, OLDER] {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let remembered = "INSERT INTO {options} (option_name, option_value) VALUES ('_transient_wc_product_children_40', 'x'), ('_transient_timeout_wc_product_children_40', '1'),
            ('_transient_wc_var_prices_10', 'x'), ('_transient_wc_low_stock_count', '1'), ('_transient_wc_outofstock_count', '1'), ('_transient_wc_layered_nav_counts_pa_kleur', 'x'), ('_transient_of_others', 'x')";
        scene.sql(remembered);
        let truth = scene.truth();
        let read = levels(&scene).await;
        for product in truth
            .products
            .iter()
            .filter(|product| read.contains_key(&format!("p:{}", product.id)))
        {
            let level = &read[&format!("p:{}", product.id)];
            let shares = product.kind == "variant" && product.code == "SHIRT";
            assert_eq!(
                level.tracked,
                product.quantity.is_some() && !shares,
                "{level:?}"
            );
            assert!(
                product
                    .quantity
                    .is_none_or(|quantity| quantity == level.quantity),
                "{level:?}"
            );
        }
        let before = tables(&scene);
        let parts = ["options", "postmeta"];
        let was: Vec<Vec<String>> = parts.iter().map(|table| rows(&scene, table)).collect();
        let figure = |key: &str| read[key].quantity.to_string();
        // A sale comes between the reading and the setting: its piece stays sold.
        scene.sql("UPDATE {postmeta} SET meta_value = meta_value - 1 WHERE post_id = 10 AND meta_key = '_stock'");
        let results = set(
            &scene,
            &[
                ("p:10", &figure("p:10"), "6"),
                ("p:11", &figure("p:11"), "0"),
                ("p:18", &figure("p:18"), "4"),
                ("p:36", &figure("p:36"), "3"),
                ("p:41", &figure("p:41"), "0"),
                ("p:34", &figure("p:34"), "-1"),
                ("p:37", "7", "9"),
                ("p:15", "0", "4"),
                ("p:33", "5", "6"),
                ("p:999999", "1", "2"),
            ],
        )
        .await;
        let outcomes: Vec<StockOutcome> = results.iter().map(|result| result.outcome).collect();
        let mut wanted = vec![StockOutcome::Done; 6];
        wanted.extend([
            StockOutcome::NotTracked,
            StockOutcome::NotTracked,
            StockOutcome::Unknown,
            StockOutcome::Unknown,
        ]);
        assert_eq!(outcomes, wanted);
        assert_eq!(status(&scene, 10), is("instock", "5", false));
        assert_eq!(status(&scene, 11), is("outofstock", "0", true));
        assert_eq!(status(&scene, 18), is("instock", "4", false));
        assert_eq!(status(&scene, 36), is("instock", "3", false));
        assert_eq!(status(&scene, 41), is("outofstock", "0", true));
        // The other variation can be back-ordered: so can the product.
        assert_eq!(status(&scene, 40), is("onbackorder", "NULL", false));
        assert_eq!(status(&scene, 34), is("outofstock", "-1", true));
        // A variation that shares its product's figure is out with it; the shop gives it no term.
        assert_eq!(status(&scene, 37), is("outofstock", "NULL", false));
        let count = "SELECT x.count, (SELECT COUNT(*) FROM {term_relationships} r JOIN {posts} p ON p.ID = r.object_id AND p.post_status = 'publish' WHERE r.term_taxonomy_id = x.term_taxonomy_id)
            FROM {term_taxonomy} x JOIN {terms} t ON t.term_id = x.term_id WHERE t.slug = 'outofstock'";
        let count = scene.sql(count).remove(0);
        assert_eq!(count[0], count[1]);
        let (new, gone) = difference(&was[0], &rows(&scene, "options"));
        assert_eq!((new.len(), gone.len()), (0, 6), "{new:?} {gone:?}");
        // Of the values only figures and statuses changed.
        let (new, gone) = difference(&was[1], &rows(&scene, "postmeta"));
        assert_eq!(new.len(), gone.len());
        assert!(
            new.iter()
                .all(|row| row.contains("|_stock|") || row.contains("|_stock_status|")),
            "{new:?}"
        );
        let changed: Vec<String> = tables(&scene)
            .into_iter()
            .filter(|(name, sum)| before[name] != *sum)
            .map(|(name, _)| {
                name.rsplit('.')
                    .next()
                    .unwrap()
                    .replacen(recorded.prefix, "", 1)
            })
            .filter(|name| name != "wc_product_attributes_lookup")
            .collect();
        assert_eq!(
            changed,
            [
                "options",
                "postmeta",
                "term_relationships",
                "term_taxonomy",
                "wc_product_meta_lookup"
            ]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn decimals_are_taken_where_the_shop_counts_in_them_and_refused_where_it_does_not() {
    let (Some(whole), Some(decimal)) = (Scene::of(TABLES), Scene::of(OLDER)) else {
        return;
    };
    let decimals = async |scene: &Scene| {
        let hello: Vec<Hello> = scene.bridge.ask("hello", json!({})).await.unwrap();
        hello[0].stock_decimals
    };
    assert_eq!((decimals(&whole).await, decimals(&decimal).await), (0, 2));
    assert_eq!(
        set(&whole, &[("p:21", "12", "12.5")]).await[0].outcome,
        StockOutcome::Refused
    );
    let result = set(&decimal, &[("p:21", "11.25", "9.75")]).await.remove(0);
    assert_eq!(
        (result.outcome, result.after.unwrap().to_string()),
        (StockOutcome::Done, "9.75".to_owned())
    );
    assert_eq!(status(&decimal, 21), is("instock", "9.75", false));
}

/// A persistent object cache would go on showing the old figure, and could write it back.
#[tokio::test(flavor = "multi_thread")]
async fn a_shop_with_an_object_cache_is_read_and_its_stock_left_alone() {
    let Some(scene) = Scene::of(TABLES) else {
        return;
    };
    let capabilities = async || {
        let hello: Vec<Hello> = scene.bridge.ask("hello", json!({})).await.unwrap();
        hello[0].capabilities.clone()
    };
    assert!(capabilities().await.contains(&"stock_write".to_owned()));
    let folder = testbed::hosted::Hosted::folder(&scene.shop).join("wp-content");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("object-cache.php"), "<?php\n").unwrap();
    let is = capabilities().await;
    assert!(!is.contains(&"stock_write".to_owned()) && is.contains(&"object_cache".to_owned()));
    let before = tables(&scene);
    let id = hex::encode(rand::random::<[u8; 16]>());
    let args = json!({"idempotency": id, "rows": [{"key": "p:10", "read": "1", "target": "2"}]});
    assert_eq!(
        scene.bridge.error("stock_set", args).await.unwrap(),
        "unsupported"
    );
    assert_eq!(tables(&scene), before);
}

/// Sales as fast as the server takes them, while the bridge sets: none is lost, on either engine.
#[test]
fn no_sale_of_a_woocommerce_shop_is_lost_while_stock_is_set() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let Some(scene) = Scene::of(TABLES) else {
        return;
    };
    let sale = "UPDATE {postmeta} SET meta_value = meta_value - 1 WHERE post_id = 27 AND meta_key = '_stock'; ".repeat(300);
    for engine in ["InnoDB", "MyISAM"] {
        scene.sql(&format!("ALTER TABLE {{postmeta}} ENGINE = {engine}; UPDATE {{postmeta}} SET meta_value = '5000' WHERE post_id = 27 AND meta_key = '_stock'"));
        let mut added = 0;
        std::thread::scope(|scope| {
            let selling = scope.spawn(|| scene.sql(&sale));
            loop {
                let sold_out = selling.is_finished();
                let result = runtime.block_on(set(&scene, &[("p:27", "100", "107")]));
                added += i64::from(result[0].outcome == StockOutcome::Done) * 7;
                if sold_out {
                    break;
                }
            }
        });
        let now = runtime.block_on(levels(&scene))["p:27"]
            .quantity
            .to_string();
        assert_eq!(now, (5000 - 300 + added).to_string(), "{engine}");
        assert!(added >= 7);
    }
}

/// A category without anything to show is left out, and price filters look for prices: neither may stay behind
/// where products come back in stock.
#[tokio::test(flavor = "multi_thread")]
async fn where_a_shop_hides_what_is_out_of_stock_price_ranges_and_categories_follow_the_figure() {
    let Some(scene) = Scene::of(TABLES) else {
        return;
    };
    scene.sql("DELETE FROM {options} WHERE option_name = 'woocommerce_hide_out_of_stock_items'; INSERT INTO {options} (option_name, option_value) VALUES ('woocommerce_hide_out_of_stock_items', 'yes'), ('_transient_wc_term_counts', 'x')");
    scene.sql("UPDATE {postmeta} SET meta_value = '12.5' WHERE post_id = 41 AND meta_key = '_price'; UPDATE {postmeta} SET meta_value = '30' WHERE post_id = 42 AND meta_key = '_price'");
    let prices = || -> Vec<String> {
        let rows = scene.sql("SELECT meta_value FROM {postmeta} WHERE post_id = 40 AND meta_key = '_price' ORDER BY meta_id");
        rows.into_iter().map(|mut row| row.remove(0)).collect()
    };
    let range = || {
        scene
            .sql("SELECT min_price, max_price FROM {wc_product_meta_lookup} WHERE product_id = 40")
            .remove(0)
    };
    let count = || -> (i64, i64) {
        let row = scene.sql("SELECT m.meta_value, (SELECT COUNT(*) FROM {term_relationships} c JOIN {posts} p ON p.ID = c.object_id AND p.post_type = 'product' AND p.post_status = 'publish'
            WHERE c.term_taxonomy_id = x.term_taxonomy_id AND p.ID NOT IN (SELECT h.object_id FROM {term_relationships} h JOIN {term_taxonomy} y ON y.term_taxonomy_id = h.term_taxonomy_id JOIN {terms} t ON t.term_id = y.term_id WHERE t.slug IN ('outofstock', 'exclude-from-catalog')))
            FROM {term_relationships} r JOIN {term_taxonomy} x ON x.term_taxonomy_id = r.term_taxonomy_id AND x.taxonomy = 'product_cat' JOIN {termmeta} m ON m.term_id = x.term_id AND m.meta_key = 'product_count_product_cat' WHERE r.object_id = 11").remove(0);
        (row[0].parse().unwrap(), row[1].parse().unwrap())
    };
    let now = async |key: &str| levels(&scene).await[key].quantity.to_string();
    let pieces = async |key: &str, target: &str| {
        let read = now(key).await;
        assert_eq!(
            set(&scene, &[(key, &read, target)]).await[0].outcome,
            StockOutcome::Done
        );
    };
    pieces("p:41", "0").await;
    assert_eq!(
        (prices(), range()),
        (vec!["30".to_owned()], vec!["30.0000".to_owned(); 2])
    );
    pieces("p:41", "5").await;
    assert_eq!(prices(), ["12.5", "30"]);
    assert_eq!(range(), ["12.5000", "30.0000"]);
    pieces("p:11", "0").await;
    let (out, counted) = count();
    assert_eq!(out, counted);
    pieces("p:11", "2").await;
    assert_eq!(count(), (out + 1, out + 1));
    let remembered =
        "SELECT COUNT(*) FROM {options} WHERE option_name = '_transient_wc_term_counts'";
    assert_eq!(scene.sql(remembered), [["0"]]);
    // Shops before 3.6 have no lookup table.
    scene.sql("DROP TABLE {wc_product_meta_lookup}");
    pieces("p:41", "0").await;
    assert_eq!(prices(), ["30"]);
    pieces("p:41", "5").await;
    assert_eq!(prices(), ["12.5", "30"]);
}

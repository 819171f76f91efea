//! WooCommerce in either store: paid orders completed in silence and back, simple products.

use serde_json::json;
use testbed::hosted::Hosted;
use testbed::woocommerce::{OLDER, POSTS, RECORDED, Recorded, TABLES};
use winkelbrug_protocol::record::{Product, WriteOutcome};

use super::{
    super::woocommerce::Scene, HOSTILE, changed, columns, done, move_to, new_id, only, operations,
    overtaken, refused, tables, what, whole, write, write_as, writer,
};

const FILE: (&str, &str, &str) = ("woocommerce", ".", "wp-config.php");

const SILENT: &str = "INSERT INTO {options} (option_name, option_value) VALUES ('woocommerce_customer_completed_order_settings', 'a:1:{s:7:\"enabled\";s:2:\"no\";}')";

/// A paid order by bank transfer, of nobody with an account.
fn paid(recorded: Recorded) -> &'static str {
    if recorded == OLDER { "100" } else { "85" }
}

/// The mail that tells the buyer is off.
fn silence(scene: &Scene) {
    let sql = SILENT.replace("{options}", &format!("{}options", scene.recorded.prefix));
    scene.shop.database().execute(&sql).unwrap();
}

fn stock(scene: &Scene) -> Vec<Vec<String>> {
    scene.sql("SELECT post_id, meta_key, meta_value FROM {postmeta} WHERE meta_key IN ('_stock', '_stock_status', 'total_sales')")
}

async fn products(scene: &Scene) -> Vec<Product> {
    let args = json!({"limit": 1000});
    let mut products: Vec<Product> = scene.bridge.ask("products", args).await.unwrap();
    products.sort_by(|a, b| a.id.cmp(&b.id));
    products
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_woocommerce_order_is_completed_and_taken_back_and_nothing_else_moves() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        silence(&scene);
        scene.sql("INSERT INTO {options} (option_name, option_value) VALUES ('_transient_orders-transient-version', '1'), ('_transient_of_others', 'x')");
        let bridge = writer(&scene.shop, FILE, "");
        let database = scene.shop.database();
        assert_eq!(
            operations(&bridge).await,
            ["order_status_set", "products_set"]
        );
        let id = paid(recorded);
        let (before, figures) = (tables(database), stock(&scene));
        let table = if recorded.order_tables {
            "wc_orders"
        } else {
            "posts"
        };
        let table = format!("{}{table}", recorded.prefix);
        let row = whole(database, &table, &format!("id = {id}"));
        let post = whole(
            database,
            &format!("{}posts", recorded.prefix),
            &format!("id = {id}"),
        );
        let request = new_id();
        let rows = json!([{"id": id, "status": "completed", "comment": HOSTILE}]);
        let first = write_as(&bridge, &request, "order_status_set", &rows).await;
        assert_eq!(
            first,
            write_as(&bridge, &request, "order_status_set", &rows).await
        );
        assert_eq!(what(first[0].clone()), done(&[("status", "processing")]));
        let mut listed = vec!["comments", "options", "posts", "wc_order_stats"];
        if recorded.order_tables {
            listed.extend(["wc_order_operational_data", "wc_orders"]);
            let changes = columns(database, &table, &format!("id = {id}"), &row);
            assert_eq!(changes, ["status", "date_updated_gmt"]);
        } else {
            listed.push("postmeta");
            let changes = columns(database, &table, &format!("id = {id}"), &row);
            assert_eq!(
                changes,
                [
                    "post_status",
                    "post_modified",
                    "post_modified_gmt",
                    "comment_count"
                ]
            );
        }
        if recorded != OLDER {
            listed.push("commentmeta");
        }
        listed.sort_unstable();
        assert_eq!(changed(database, &before, recorded.prefix), listed);
        assert_eq!(stock(&scene), figures);
        let counted = columns(
            database,
            &format!("{}posts", recorded.prefix),
            &format!("id = {id}"),
            &post,
        );
        assert!(counted.contains(&"comment_count".to_owned()));
        let stats = scene.sql(&format!("SELECT status, date_completed IS NOT NULL FROM {{wc_order_stats}} WHERE order_id = {id}"));
        assert_eq!(stats, [["wc-completed", "1"]]);
        assert_eq!(
            scene.sql(
                "SELECT option_name FROM {options} WHERE option_name LIKE '\\_transient\\_o%'"
            ),
            [["_transient_of_others"]]
        );
        let now = scene.bodies(&[id]).await.remove(0);
        assert_eq!(now.status.id, "completed");
        let last = now.history.last().unwrap();
        assert_eq!(last.status.id, "completed");
        assert_eq!(
            last.comment,
            format!("{HOSTILE} Order status changed from Processing to Completed.")
        );
        assert!(!last.notified);
        // And back: the date of completion stays, as the shop leaves it.
        assert_eq!(
            what(move_to(&bridge, id, "processing").await),
            done(&[("status", "completed")])
        );
        let stats = scene.sql(&format!("SELECT status, date_completed IS NOT NULL FROM {{wc_order_stats}} WHERE order_id = {id}"));
        assert_eq!(stats, [["wc-processing", "1"]]);
        assert_eq!(scene.bodies(&[id]).await[0].status.id, "processing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn woocommerce_moves_with_more_to_them_are_refused_and_change_nothing() {
    for recorded in [TABLES, OLDER] {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let bridge = writer(&scene.shop, FILE, "");
        let database = scene.shop.database();
        let id = paid(recorded);
        // By default the buyer is mailed.
        let untouched = tables(database);
        assert_eq!(
            what(move_to(&bridge, id, "completed").await),
            refused("mail")
        );
        assert!(changed(database, &untouched, recorded.prefix).is_empty());
        silence(&scene);
        let (unpaid, customer, refunded) = if recorded == OLDER {
            ("71", "103", "81")
        } else {
            ("56", "88", "66")
        };
        let before = tables(database);
        for (id, status, answer) in [
            (id, "cancelled", refused("status")),
            (id, "on-hold", refused("status")),
            (id, "verzonden", refused("status")),
            (id, "nonsense", refused("status")),
            (unpaid, "completed", refused("payment")),
            (customer, "completed", refused("customer")),
            (refunded, "processing", refused("refunds")),
            (id, "processing", only(WriteOutcome::Unchanged)),
            ("999999", "completed", only(WriteOutcome::Unknown)),
            ("10", "completed", only(WriteOutcome::Unknown)),
        ] {
            assert_eq!(
                what(move_to(&bridge, id, status).await),
                answer,
                "{id} {status}"
            );
        }
        assert!(changed(database, &before, recorded.prefix).is_empty());
        // A way of paying that collects when the order is completed; stock that was never taken off.
        let (method, stock) = if recorded.order_tables {
            (
                "UPDATE {wc_orders} SET payment_method = 'mollie_wc_gateway_klarnapaylater' WHERE id = 85",
                "UPDATE {wc_order_operational_data} SET order_stock_reduced = 0 WHERE order_id = 86",
            )
        } else {
            (
                "UPDATE {postmeta} SET meta_value = 'mollie_wc_gateway_klarnapaylater' WHERE post_id = 100 AND meta_key = '_payment_method'",
                "UPDATE {postmeta} SET meta_value = 'no' WHERE post_id = 101 AND meta_key = '_order_stock_reduced'",
            )
        };
        scene.sql(method);
        scene.sql(stock);
        assert_eq!(
            what(move_to(&bridge, id, "completed").await),
            refused("payment")
        );
        let other = if recorded == OLDER { "101" } else { "86" };
        assert_eq!(
            what(move_to(&bridge, other, "completed").await),
            refused("restocks")
        );
        // Another program that is told of every change.
        let third = if recorded == OLDER { "102" } else { "87" };
        scene.sql("SET sql_mode = ''; INSERT INTO {wc_webhooks} SET status = 'active', name = 'x', topic = 'order.updated', delivery_url = 'https://example.com', secret = ''");
        assert_eq!(
            what(move_to(&bridge, third, "completed").await),
            refused("hooks")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_woocommerce_stores_follow_where_the_shop_keeps_them_alike() {
    let Some(scene) = Scene::of(POSTS) else {
        return;
    };
    silence(&scene);
    let bridge = writer(&scene.shop, FILE, "");
    let store = "SELECT o.status, p.post_status, o.date_updated_gmt = p.post_modified_gmt, d.date_completed_gmt IS NOT NULL FROM {wc_orders} o JOIN {posts} p ON p.ID = o.id JOIN {wc_order_operational_data} d ON d.order_id = o.id WHERE o.id = ";
    assert_eq!(
        move_to(&bridge, "85", "completed").await.outcome,
        WriteOutcome::Done
    );
    assert_eq!(
        scene.sql(&format!("{store}85"))[0][..2],
        ["wc-processing", "wc-completed"]
    );
    scene.sql("UPDATE {options} SET option_value = 'yes' WHERE option_name = 'woocommerce_custom_orders_table_data_sync_enabled'");
    assert_eq!(
        move_to(&bridge, "86", "completed").await.outcome,
        WriteOutcome::Done
    );
    assert_eq!(
        scene.sql(&format!("{store}86")),
        [["wc-completed", "wc-completed", "1", "1"]]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_changes_meanwhile_at_woocommerce_is_not_overwritten() {
    let Some(scene) = Scene::of(TABLES) else {
        return;
    };
    silence(&scene);
    let bridge = writer(&scene.shop, FILE, "");
    let database = scene.shop.database();
    let before = tables(database);
    let row = json!({"id": "85", "status": "completed", "comment": ""});
    let change = "UPDATE wp7_wc_orders SET status = 'wc-cancelled' WHERE id = 85";
    let result = overtaken(database, change, &bridge, "order_status_set", row).await;
    assert_eq!(what(result), only(WriteOutcome::Busy));
    assert_eq!(changed(database, &before, "wp7_"), ["wc_orders"]);
    // The price alone, of a product whose name was to change too: neither does.
    let change = "UPDATE wp7_postmeta SET meta_value = '21.00' WHERE post_id = 19 AND meta_key = '_regular_price'";
    let row = json!({"id": "19", "name": "Anders", "price": "22"});
    let result = overtaken(database, change, &bridge, "products_set", row).await;
    assert_eq!(what(result), only(WriteOutcome::Busy));
    assert_eq!(
        changed(database, &before, "wp7_"),
        ["postmeta", "wc_orders"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simple_woocommerce_product_changes_in_name_and_price_and_nothing_else_does() {
    for recorded in [TABLES, OLDER] {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let bridge = writer(&scene.shop, FILE, "");
        let database = scene.shop.database();
        scene.sql("INSERT INTO {options} (option_name, option_value) VALUES ('_transient_wc_products_onsale', 'x')");
        let code = |list: &[Product], name: &str| -> String {
            list.iter()
                .find(|product| product.name.starts_with(name))
                .unwrap()
                .id
                .clone()
        };
        let old = products(&scene).await;
        let id = code(&old, "Nalevering met melding");
        let sale = code(&old, "Actieproduct");
        let before = tables(database);
        let prices = |id: &str| {
            scene.sql(&format!("SELECT r.meta_value, p.meta_value, l.min_price, l.max_price, l.onsale FROM {{postmeta}} r JOIN {{postmeta}} p ON p.post_id = r.post_id AND p.meta_key = '_price' JOIN {{wc_product_meta_lookup}} l ON l.product_id = r.post_id WHERE r.meta_key = '_regular_price' AND r.post_id = {id}"))
        };
        let was = prices(&id)[0].clone();
        let name = old
            .iter()
            .find(|product| product.id == id)
            .unwrap()
            .name
            .clone();
        let table = format!("{}posts", recorded.prefix);
        let row = whole(database, &table, &format!("ID = {id}"));
        let asked = json!({"id": id, "name": HOSTILE, "price": "021.50"});
        assert_eq!(
            what(write(&bridge, "products_set", asked).await),
            done(&[("name", &name), ("price", &was[0])])
        );
        assert_eq!(
            changed(database, &before, recorded.prefix),
            ["options", "postmeta", "posts", "wc_product_meta_lookup"]
        );
        assert_eq!(
            columns(database, &table, &format!("ID = {id}"), &row),
            ["post_title", "post_modified", "post_modified_gmt"]
        );
        assert_eq!(prices(&id), [["21.50", "21.50", "21.5000", "21.5000", "0"]]);
        let title = scene.sql(&format!("SELECT post_title FROM {{posts}} WHERE ID = {id}"));
        assert!(!title[0][0].contains("<script>"));
        let new = products(&scene).await;
        let one = new.iter().find(|product| product.id == id).unwrap();
        assert_eq!(one.name, HOSTILE);
        let others = |list: &[Product]| -> Vec<Product> {
            list.iter()
                .filter(|product| product.id != id)
                .cloned()
                .collect()
        };
        assert_eq!(others(&new), others(&old));
        // Where a sale is on, its price stays in force.
        let on_sale = prices(&sale)[0].clone();
        assert_eq!(
            write(&bridge, "products_set", json!({"id": sale, "price": "24"}))
                .await
                .outcome,
            WriteOutcome::Done
        );
        assert_eq!(prices(&sale)[0][0], "24");
        assert_eq!(prices(&sale)[0][1..], on_sale[1..]);
        let before = tables(database);
        let shirt = code(&old, "T-shirt");
        let variant = old
            .iter()
            .find(|product| product.kind == "variant")
            .unwrap()
            .id
            .clone();
        for (asked, answer) in [
            (json!({"id": sale, "price": on_sale[1]}), refused("value")),
            (json!({"id": id, "name": " "}), refused("value")),
            (json!({"id": id, "active": "0"}), refused("catalogue")),
            (
                json!({"id": id, "active": "1", "price": "21.5"}),
                only(WriteOutcome::Unchanged),
            ),
            (json!({"id": shirt, "name": "Hemd"}), refused("variants")),
            (json!({"id": variant, "price": "9"}), refused("variants")),
            (
                json!({"id": code(&old, "Leren schoen"), "price": "9"}),
                refused("group"),
            ),
            (
                json!({"id": "999999", "price": "9"}),
                only(WriteOutcome::Unknown),
            ),
            (
                json!({"id": paid(recorded), "price": "9"}),
                only(WriteOutcome::Unknown),
            ),
        ] {
            assert_eq!(
                what(write(&bridge, "products_set", asked.clone()).await),
                answer,
                "{asked}"
            );
        }
        assert!(changed(database, &before, recorded.prefix).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_at_woocommerce_behind_an_object_cache_or_without_the_scope() {
    let Some(scene) = Scene::of(TABLES) else {
        return;
    };
    silence(&scene);
    let bridge = writer(&scene.shop, FILE, "");
    let database = scene.shop.database();
    let before = tables(database);
    let status = json!({"idempotency": new_id(), "rows": [{"id": "85", "status": "completed", "comment": ""}]});
    let customer = json!({"idempotency": new_id(), "rows": [{"id": "2", "last_name": "X"}]});
    assert_eq!(
        scene
            .bridge
            .error("order_status_set", status.clone())
            .await
            .unwrap(),
        "not-in-scope"
    );
    assert_eq!(
        bridge.error("customers_set", customer).await.unwrap(),
        "unsupported"
    );
    let content = scene.shop.folder().join("wp-content");
    std::fs::create_dir_all(&content).unwrap();
    std::fs::write(content.join("object-cache.php"), "<?php\n").unwrap();
    assert!(operations(&bridge).await.is_empty());
    assert_eq!(
        bridge.error("order_status_set", status).await.unwrap(),
        "unsupported"
    );
    assert!(changed(database, &before, "wp7_").is_empty());
}

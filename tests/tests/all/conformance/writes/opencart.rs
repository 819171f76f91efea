//! OpenCart 2.3, 3.0 and 4.1: statuses that count alike, products and accounts.

use serde_json::json;
use testbed::opencart::recorded::{OPENCART_2, OPENCART_4, RECORDED};
use winkelbrug_protocol::record::{Order, Product, ShopCustomer, WriteOutcome};

use super::{
    super::opencart::Scene, HOSTILE, changed, columns, done, move_to, new_id, only, operations,
    overtaken, refused, tables, what, whole, write, write_as, writer,
};

const FILE: (&str, &str, &str) = ("opencart", ".", "config.php");

/// Statuses of the recorded shops: the first three count, the last do not.
const PROCESSING: &str = "2";
const SHIPPED: &str = "3";
const COMPLETE: &str = "5";
const CANCELLED: &str = "7";
const DENIED: &str = "8";

async fn order(scene: &Scene, id: &str) -> Order {
    let args = json!({"ids": [id]});
    let mut orders: Vec<Order> = scene.bridge.ask("orders", args).await.unwrap();
    orders.remove(0)
}

fn stock(scene: &Scene) -> Vec<Vec<String>> {
    scene.sql("SELECT product_id, quantity FROM {product} UNION ALL SELECT product_option_value_id, quantity FROM {product_option_value}")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opencart_order_moves_between_statuses_that_count_alike_and_nothing_else_moves() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let bridge = writer(&scene.shop, FILE, recorded.time_zone);
        let database = scene.shop.database();
        assert_eq!(
            operations(&bridge).await,
            ["order_status_set", "products_set", "customers_set"]
        );
        let (before, figures) = (tables(database), stock(&scene));
        let table = format!("{}order", recorded.prefix);
        let row = whole(database, &table, "order_id = 2");
        let heads = scene.heads(None, 1000).await;
        // Twice the same request: one move, one line of history, and the same answer.
        let id = new_id();
        let rows = json!([{"id": "2", "status": SHIPPED, "comment": HOSTILE}]);
        let first = write_as(&bridge, &id, "order_status_set", &rows).await;
        let again = write_as(&bridge, &id, "order_status_set", &rows).await;
        assert_eq!(first, again);
        assert_eq!(what(first[0].clone()), done(&[("status", PROCESSING)]));
        let mut listed = vec!["order".to_owned(), "order_history".to_owned()];
        let mut of_order = vec!["order_status_id"];
        if recorded == OPENCART_4 {
            // Processing and shipped are both among the processing ones, shipped is complete too.
            listed.push("statistics".to_owned());
        } else {
            of_order.push("date_modified");
            if recorded != OPENCART_2 {
                listed.push("statistics".to_owned());
            }
        }
        assert_eq!(changed(database, &before, recorded.prefix), listed);
        assert_eq!(columns(database, &table, "order_id = 2", &row), of_order);
        assert_eq!(stock(&scene), figures);
        // As a reader then sees it.
        let now = order(&scene, "2").await;
        assert_eq!(now.status.id, SHIPPED);
        let last = now.history.last().unwrap();
        assert_eq!(
            (
                last.status.id.as_str(),
                last.comment.as_str(),
                last.notified
            ),
            (SHIPPED, HOSTILE, false)
        );
        let later = scene.heads(None, 1000).await;
        let different: Vec<&str> = later
            .iter()
            .filter(|head| !heads.contains(head))
            .map(|head| head.id.as_str())
            .collect();
        assert_eq!(different, ["2"]);
        // Asked for what it is already, by a request of its own: nothing more.
        let before = tables(database);
        assert_eq!(
            what(move_to(&bridge, "2", SHIPPED).await),
            only(WriteOutcome::Unchanged)
        );
        assert!(changed(database, &before, recorded.prefix).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn opencart_moves_with_more_to_them_are_refused_and_change_nothing() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let bridge = writer(&scene.shop, FILE, recorded.time_zone);
        let database = scene.shop.database();
        scene.sql("UPDATE {order} SET affiliate_id = 1 WHERE order_id = 6");
        let before = tables(database);
        // Out of what counts, into it, an abandoned checkout, no such status, no such order.
        let cancelled = scene.sql("SELECT order_id FROM {order} WHERE order_status_id = 7 LIMIT 1")
            [0][0]
            .clone();
        for (id, status, answer) in [
            ("2", CANCELLED, refused("restocks")),
            (&cancelled, PROCESSING, refused("restocks")),
            ("7", PROCESSING, refused("status")),
            ("2", "0", refused("status")),
            ("2", "99", refused("status")),
            ("999999", PROCESSING, only(WriteOutcome::Unknown)),
            ("0002", SHIPPED, only(WriteOutcome::Unknown)),
        ] {
            assert_eq!(
                what(move_to(&bridge, id, status).await),
                answer,
                "{id} {status}"
            );
        }
        if recorded == OPENCART_4 {
            assert_eq!(
                what(move_to(&bridge, "6", COMPLETE).await),
                refused("commission")
            );
        } else {
            // Gift cards bought with it are mailed once it is complete.
            let voucher = &scene.sql("SELECT order_id FROM {order_voucher} LIMIT 1")[0][0];
            let status = &scene.sql(&format!(
                "SELECT order_status_id FROM {{order}} WHERE order_id = {voucher}"
            ))[0][0];
            let other = if status == COMPLETE {
                SHIPPED
            } else {
                COMPLETE
            };
            assert_eq!(
                what(move_to(&bridge, voucher, other).await),
                refused("mail")
            );
        }
        assert!(changed(database, &before, recorded.prefix).is_empty());
        // Between statuses that do not count, all is well.
        assert_eq!(
            what(move_to(&bridge, &cancelled, DENIED).await),
            done(&[("status", CANCELLED)])
        );
        // An extension that listens, or one that judges each order.
        let event = if recorded == OPENCART_4 {
            "INSERT INTO {event} SET code = 'x', description = '', `trigger` = 'catalog/model/checkout/order.*/after', action = 'extension/x', status = 1, sort_order = 0"
        } else {
            "INSERT INTO {event} SET code = 'x', `trigger` = 'catalog/model/checkout/order/addOrderHistory/after', action = 'extension/x', status = 1"
        };
        scene.sql(&format!("SET sql_mode = ''; {event}"));
        assert_eq!(what(move_to(&bridge, "2", SHIPPED).await), refused("hooks"));
        scene.sql("DELETE FROM {event} WHERE code = 'x'");
        scene.sql("SET sql_mode = ''; INSERT INTO {extension} SET `type` = 'fraud', code = 'ip'; INSERT INTO {setting} SET store_id = 0, code = 'fraud_ip', `key` = 'fraud_ip_status', `value` = '1'");
        assert_eq!(what(move_to(&bridge, "2", SHIPPED).await), refused("fraud"));
        assert_eq!(order(&scene, "2").await.status.id, PROCESSING);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_changes_meanwhile_at_opencart_is_not_overwritten() {
    let Some(scene) = Scene::of(OPENCART_4) else {
        return;
    };
    let bridge = writer(&scene.shop, FILE, "");
    let database = scene.shop.database();
    let before = tables(database);
    let row = json!({"id": "2", "status": SHIPPED, "comment": ""});
    let change = "UPDATE win_order SET order_status_id = 12 WHERE order_id = 2";
    let result = overtaken(database, change, &bridge, "order_status_set", row).await;
    assert_eq!(what(result), only(WriteOutcome::Busy));
    assert_eq!(changed(database, &before, "win_"), ["order"]);
    assert_eq!(order(&scene, "2").await.status.id, "12");
    let change = "UPDATE win_product SET price = 77 WHERE product_id = 50";
    let row = json!({"id": "50", "price": "88.5", "name": "Anders"});
    let result = overtaken(database, change, &bridge, "products_set", row).await;
    assert_eq!(what(result), only(WriteOutcome::Busy));
    assert_eq!(changed(database, &before, "win_"), ["order", "product"]);
    let change = "UPDATE win_customer SET lastname = 'Eerder' WHERE customer_id = 1";
    let row = json!({"id": "1", "last_name": "Later"});
    let result = overtaken(database, change, &bridge, "customers_set", row).await;
    assert_eq!(what(result), only(WriteOutcome::Busy));
    assert_eq!(
        scene.sql("SELECT lastname FROM {customer} WHERE customer_id = 1"),
        [["Eerder"]]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_the_scopes_moves_and_changes_nothing_at_opencart() {
    let Some(scene) = Scene::of(OPENCART_4) else {
        return;
    };
    let database = scene.shop.database();
    assert!(
        !operations(&scene.bridge)
            .await
            .contains(&"order_status_set".to_owned())
    );
    let before = tables(database);
    for (op, row) in [
        (
            "order_status_set",
            json!({"id": "2", "status": SHIPPED, "comment": ""}),
        ),
        ("products_set", json!({"id": "50", "price": "1"})),
        ("customers_set", json!({"id": "1", "last_name": "Anders"})),
    ] {
        let args = json!({"idempotency": new_id(), "rows": [row]});
        assert_eq!(scene.bridge.error(op, args).await.unwrap(), "not-in-scope");
    }
    assert!(changed(database, &before, "win_").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opencart_product_changes_in_name_price_and_state_and_nothing_else_does() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let bridge = writer(&scene.shop, FILE, recorded.time_zone);
        let database = scene.shop.database();
        let read: Vec<Product> = scene
            .bridge
            .ask("products", json!({"limit": 1000}))
            .await
            .unwrap();
        let old = read.iter().find(|product| product.id == "50").unwrap();
        let (before, figures) = (tables(database), stock(&scene));
        let table = format!("{}product", recorded.prefix);
        let row = whole(database, &table, "product_id = 50");
        let asked = json!({"id": "50", "name": HOSTILE, "price": "12.5", "active": "0"});
        let price = scene.sql("SELECT price FROM {product} WHERE product_id = 50")[0][0].clone();
        assert_eq!(
            what(write(&bridge, "products_set", asked).await),
            done(&[("active", "1"), ("name", &old.name), ("price", &price)])
        );
        assert_eq!(
            changed(database, &before, recorded.prefix),
            ["product", "product_description"]
        );
        assert_eq!(
            columns(database, &table, "product_id = 50", &row),
            ["price", "status", "date_modified"]
        );
        assert_eq!(stock(&scene), figures);
        let read: Vec<Product> = scene
            .bridge
            .ask("products", json!({"limit": 1000}))
            .await
            .unwrap();
        let new = read.iter().find(|product| product.id == "50").unwrap();
        assert_eq!((new.name.as_str(), new.active), (HOSTILE, false));
        assert_eq!(new.price.unwrap().to_string(), "12.5000");
        let others = |products: &[Product]| -> Vec<Product> {
            products
                .iter()
                .filter(|product| product.id != "50")
                .cloned()
                .collect()
        };
        let mut before_and_after = [others(&read), others(&read)];
        before_and_after
            .iter_mut()
            .for_each(|list| list.sort_by(|a, b| a.id.cmp(&b.id)));
        assert_eq!(before_and_after[0], before_and_after[1]);
        // Back again, with what was answered.
        let back = json!({"id": "50", "name": old.name, "price": price, "active": "1"});
        assert_eq!(
            write(&bridge, "products_set", back).await.outcome,
            WriteOutcome::Done
        );
        let left = columns(database, &table, "product_id = 50", &row);
        assert_eq!(left, ["date_modified"]);
        let before = tables(database);
        for (asked, answer) in [
            (json!({"id": "50", "price": "1.00001"}), refused("value")),
            (
                json!({"id": "50", "price": "999999999999"}),
                refused("value"),
            ),
            (json!({"id": "50", "name": " "}), refused("value")),
            (json!({"id": "50", "name": "Een\nTwee"}), refused("value")),
            (
                json!({"id": "50", "name": "&".repeat(200)}),
                refused("value"),
            ),
            (
                json!({"id": "50", "price": price}),
                only(WriteOutcome::Unchanged),
            ),
            (json!({"id": "50"}), only(WriteOutcome::Unchanged)),
            (
                json!({"id": "99999", "price": "1"}),
                only(WriteOutcome::Unknown),
            ),
        ] {
            assert_eq!(what(write(&bridge, "products_set", asked).await), answer);
        }
        if recorded == OPENCART_4 {
            // A variant and its master.
            for id in ["75", "55"] {
                let asked = json!({"id": id, "price": "3"});
                assert_eq!(
                    what(write(&bridge, "products_set", asked).await),
                    refused("variants")
                );
            }
        } else {
            let asked = json!({"id": "50", "name": "Feest 🎉"});
            assert_eq!(
                what(write(&bridge, "products_set", asked).await),
                refused("value")
            );
        }
        assert!(changed(database, &before, recorded.prefix).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opencart_account_changes_in_name_and_telephone_and_nothing_else_does() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let bridge = writer(&scene.shop, FILE, recorded.time_zone);
        let database = scene.shop.database();
        let before = tables(database);
        let table = format!("{}customer", recorded.prefix);
        let row = whole(database, &table, "customer_id = 1");
        let (first, last, telephone) = {
            let mut found = scene
                .sql("SELECT firstname, lastname, telephone FROM {customer} WHERE customer_id = 1");
            let mut row = found.remove(0);
            (row.remove(0), row.remove(0), row.remove(0))
        };
        let hostile = "' OR 1=1 -- \"<b>";
        let asked = json!({"id": "1", "first_name": hostile, "last_name": "Éen", "telephone": "+31 20 1234567"});
        assert_eq!(
            what(write(&bridge, "customers_set", asked).await),
            done(&[
                ("first_name", &first),
                ("last_name", &last),
                ("telephone", &telephone)
            ])
        );
        assert_eq!(changed(database, &before, recorded.prefix), ["customer"]);
        assert_eq!(
            columns(database, &table, "customer_id = 1", &row),
            ["firstname", "lastname", "telephone"]
        );
        let read: Vec<ShopCustomer> = scene
            .bridge
            .ask("customers", json!({"limit": 100}))
            .await
            .unwrap();
        let now = &read
            .iter()
            .find(|customer| customer.id == "1")
            .unwrap()
            .customer;
        assert_eq!(
            (
                now.first_name.as_str(),
                now.last_name.as_str(),
                now.telephone.as_str()
            ),
            (hostile, "Éen", "+31 20 1234567")
        );
        let before = tables(database);
        for (asked, answer) in [
            (json!({"id": "1", "first_name": ""}), refused("value")),
            (
                json!({"id": "1", "last_name": "x".repeat(33)}),
                refused("value"),
            ),
            (json!({"id": "1", "telephone": "1"}), refused("value")),
            (
                json!({"id": "1", "last_name": "Éen"}),
                only(WriteOutcome::Unchanged),
            ),
            (
                json!({"id": "99999", "last_name": "X"}),
                only(WriteOutcome::Unknown),
            ),
        ] {
            assert_eq!(what(write(&bridge, "customers_set", asked).await), answer);
        }
        assert!(changed(database, &before, recorded.prefix).is_empty());
    }
}

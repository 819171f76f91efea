//! Magento 1 and 2: another status of the state an order is in, and names of accounts of the first.

use serde_json::json;
use testbed::magento::Generation;
use winkelbrug_protocol::record::{ShopCustomer, StockLevel, WriteOutcome};

use super::{
    super::magento::Bench, HOSTILE, changed, columns, done, move_to, new_id, only, operations,
    overtaken, refused, tables, what, whole, write_as, writer,
};

/// A status of the shop's own, of state processing.
const OWN: &str = "in_productie";

fn prefix(generation: Generation) -> &'static str {
    match generation {
        Generation::One => "mage_",
        Generation::Two => "",
    }
}

fn file(generation: Generation) -> (&'static str, &'static str, &'static str) {
    let (root, config) = generation.place();
    (generation.platform(), root, config)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_magento_order_gets_another_status_of_its_state_and_nothing_else_moves() {
    for generation in Generation::BOTH {
        let Some(bench) = Bench::start(generation) else {
            return;
        };
        let bridge = writer(&bench.shop, file(generation), "");
        let database = bench.shop.database();
        let able = operations(&bridge).await;
        match generation {
            Generation::One => assert_eq!(able, ["order_status_set", "customers_set"]),
            Generation::Two => assert_eq!(able, ["order_status_set"]),
        }
        let (order, grid) = (generation.order_table(""), generation.order_table("_grid"));
        let before = tables(database);
        let levels: Vec<StockLevel> = bridge.ask("stock_read", json!({})).await.unwrap();
        let row = whole(database, &order, "entity_id = 4");
        let in_grid = whole(database, &grid, "entity_id = 4");
        let old = bench.bodies(&["4".to_owned()]).await.remove(0);
        let request = new_id();
        let rows = json!([{"id": "4", "status": OWN, "comment": HOSTILE}]);
        let first = write_as(&bridge, &request, "order_status_set", &rows).await;
        assert_eq!(
            first,
            write_as(&bridge, &request, "order_status_set", &rows).await
        );
        assert_eq!(what(first[0].clone()), done(&[("status", "processing")]));
        let mut listed = [
            order.clone(),
            grid.clone(),
            generation.order_table("_status_history"),
        ]
        .map(|name| name.trim_start_matches("mage_").to_owned());
        listed.sort_unstable();
        assert_eq!(changed(database, &before, prefix(generation)), listed);
        let mut touched = [
            columns(database, &order, "entity_id = 4", &row),
            columns(database, &grid, "entity_id = 4", &in_grid),
        ];
        touched.iter_mut().for_each(|list| list.sort_unstable());
        assert_eq!(
            touched,
            [["status", "updated_at"], ["status", "updated_at"]]
        );
        let now = bench.bodies(&["4".to_owned()]).await.remove(0);
        assert_eq!(
            (now.status.id.as_str(), now.status.kind),
            (OWN, old.status.kind)
        );
        assert_eq!(now.history.len(), old.history.len() + 1);
        let last = now.history.last().unwrap();
        assert_eq!(
            (
                last.status.id.as_str(),
                last.comment.as_str(),
                last.notified
            ),
            (OWN, HOSTILE, false)
        );
        assert_eq!(now.lines, old.lines);
        let later: Vec<StockLevel> = bridge.ask("stock_read", json!({})).await.unwrap();
        assert_eq!(later, levels);
        let before = tables(database);
        let other_state = if generation == Generation::One {
            "3"
        } else {
            "15"
        };
        for (id, status, answer) in [
            ("4", OWN, only(WriteOutcome::Unchanged)),
            ("4", "complete", refused("state")),
            ("4", "canceled", refused("state")),
            ("1", OWN, refused("state")),
            (other_state, "processing", refused("state")),
            ("4", "nonsense", refused("status")),
            ("999999", OWN, only(WriteOutcome::Unknown)),
            ("0004", "processing", only(WriteOutcome::Unknown)),
        ] {
            assert_eq!(
                what(move_to(&bridge, id, status).await),
                answer,
                "{id} {status}"
            );
        }
        assert!(changed(database, &before, prefix(generation)).is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn magento_is_not_written_over_another_change_or_without_the_scope() {
    for generation in Generation::BOTH {
        let Some(bench) = Bench::start(generation) else {
            return;
        };
        let bridge = writer(&bench.shop, file(generation), "");
        let database = bench.shop.database();
        let order = generation.order_table("");
        let before = tables(database);
        let row = json!({"id": "4", "status": OWN, "comment": ""});
        let args = json!({"idempotency": new_id(), "rows": [row]});
        assert_eq!(
            bench.bridge.error("order_status_set", args).await.unwrap(),
            "not-in-scope"
        );
        for op in ["products_set", "customers_set"] {
            if op == "customers_set" && generation == Generation::One {
                continue;
            }
            let args = json!({"idempotency": new_id(), "rows": [{"id": "1"}]});
            assert_eq!(bridge.error(op, args).await.unwrap(), "unsupported");
        }
        assert!(changed(database, &before, prefix(generation)).is_empty());
        // The same status of another state is another order.
        let change = format!(
            "UPDATE `{order}` SET state = 'complete', status = 'complete' WHERE entity_id = 4"
        );
        let result = overtaken(database, &change, &bridge, "order_status_set", row).await;
        assert_eq!(what(result), only(WriteOutcome::Busy));
        assert_eq!(
            changed(database, &before, prefix(generation)),
            [order.trim_start_matches("mage_")]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_a_magento_1_account_change_in_the_rows_the_program_changes() {
    let Some(bench) = Bench::start(Generation::One) else {
        return;
    };
    let bridge = writer(&bench.shop, file(Generation::One), "");
    let database = bench.shop.database();
    let before = tables(database);
    let rename = async |row: serde_json::Value| {
        let rows = json!([row]);
        what(
            write_as(&bridge, &new_id(), "customers_set", &rows)
                .await
                .remove(0),
        )
    };
    let name = "O'Brien & Zn. <b>";
    for (row, answer) in [
        (
            json!({"id": "1", "first_name": "Marieke"}),
            only(WriteOutcome::Unchanged),
        ),
        (json!({"id": "1", "first_name": " "}), refused("value")),
        (
            json!({"id": "1", "telephone": "0612345678"}),
            refused("value"),
        ),
        (
            json!({"id": "1", "last_name": "Zo \u{1f600}"}),
            refused("value"),
        ),
        (
            json!({"id": "999", "first_name": "A"}),
            only(WriteOutcome::Unknown),
        ),
        (
            json!({"id": "01", "first_name": "A"}),
            only(WriteOutcome::Unknown),
        ),
    ] {
        assert_eq!(rename(row.clone()).await, answer, "{row}");
    }
    assert!(changed(database, &before, "mage_").is_empty());
    // What stands in front of the name on its own is no part of what changes.
    let without = json!({"id": "1", "last_name": name});
    assert_eq!(rename(without).await, refused("value"));
    let whole = format!("van der {name}");
    let done_so = rename(json!({"id": "1", "first_name": "Jan-Nieuw", "last_name": whole})).await;
    assert_eq!(
        done_so,
        done(&[("first_name", "Marieke"), ("last_name", "van der Velde")])
    );
    assert_eq!(
        changed(database, &before, "mage_"),
        ["customer_entity", "customer_entity_varchar"]
    );
    let customers: Vec<ShopCustomer> = bridge.ask("customers", json!({})).await.unwrap();
    let customer = &customers
        .iter()
        .find(|customer| customer.id == "1")
        .unwrap()
        .customer;
    assert_eq!(
        (customer.first_name.as_str(), customer.last_name.as_str()),
        ("Jan-Nieuw", whole.as_str())
    );
    let row = json!({"id": "1", "last_name": "van der Later"});
    let other = "UPDATE mage_customer_entity_varchar SET value = 'Anders' WHERE entity_id = 1 AND attribute_id = 7";
    let result = overtaken(database, other, &bridge, "customers_set", row).await;
    assert_eq!(what(result), only(WriteOutcome::Busy));
}

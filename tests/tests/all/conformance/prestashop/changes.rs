//! Every change that matters to the books shows the order again, and nothing else does.
use std::collections::BTreeSet;

use serde_json::json;
use testbed::bridge_file::records;
use winkelbrug_protocol::{answer::Next, record::OrderHead};

use super::{For, House};

/// After everything in the recording, in the shop's time and in UTC.
const LATER: &str = "2026-12-01 12:00:00";
const SINCE: &str = "2026-12-01T10:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn each_change_shows_the_order_again_with_another_hash_and_nothing_else() {
    let Some(house) = House::open(For::Alone) else {
        return;
    };
    assert_eq!(house.heads(Some(SINCE), 100).await, []);
    // What is done to order 1, and whether that is a change of its content.
    let done = [
        (
            format!("UPDATE ps_orders SET date_upd = '{LATER}' WHERE id_order = 1"),
            false,
        ),
        (
            format!(
                "UPDATE ps_orders SET current_state = 2, date_upd = '{LATER}' WHERE id_order = 1"
            ),
            true,
        ),
        // A payment module that only writes the history and the state.
        (
            format!(
                "UPDATE ps_orders SET current_state = 6 WHERE id_order = 1; INSERT INTO ps_order_history (id_employee, id_order, id_order_state, date_add) VALUES (0, 1, 6, '{LATER}')"
            ),
            true,
        ),
        (
            format!(
                "UPDATE ps_orders SET current_state = 2, date_upd = '{LATER}' WHERE id_order = 1"
            ),
            true,
        ),
        (
            format!(
                "UPDATE ps_order_detail SET product_quantity = 3, total_price_tax_excl = 61.86, total_price_tax_incl = 74.85 WHERE id_order_detail = 1; UPDATE ps_orders SET date_upd = '{LATER}' WHERE id_order = 1"
            ),
            true,
        ),
        (
            format!(
                "INSERT INTO ps_order_slip (conversion_rate, id_customer, id_order, total_products_tax_excl, total_products_tax_incl, total_shipping_tax_excl, total_shipping_tax_incl, shipping_cost, amount, shipping_cost_amount, partial, order_slip_type, date_add, date_upd) VALUES (1, 4, 1, 11.47, 12.5, 0, 0, 0, 11.47, 0, 0, 0, '{LATER}', '{LATER}')"
            ),
            true,
        ),
        (
            format!(
                "UPDATE ps_address SET city = 'Elders', date_upd = '{LATER}' WHERE id_address = 2"
            ),
            true,
        ),
        (
            format!(
                "INSERT INTO ps_order_payment (order_reference, id_currency, amount, payment_method, conversion_rate, date_add) VALUES ('AEGKXKZYM', 1, 67.35, 'Bank', 1, '{LATER}'); UPDATE ps_orders SET date_upd = '{LATER}' WHERE id_order = 1"
            ),
            true,
        ),
        // Neither a product's new tax or code, nor a message, nor a customer's new name is the order's.
        (
            format!(
                "UPDATE ps_product SET reference = 'NIEUW', id_tax_rules_group = 0; UPDATE ps_customer SET lastname = 'Anders'; UPDATE ps_orders SET date_upd = '{LATER}' WHERE id_order = 1"
            ),
            false,
        ),
    ];
    let mut last = house.order(1).await.hash;
    for (sql, change) in done {
        for table in ["orders", "address"] {
            house.sql(&format!(
                "UPDATE ps_{table} SET date_upd = date_add WHERE date_upd >= '{LATER}'"
            ));
        }
        house.sql(&format!(
            "UPDATE ps_order_history SET date_add = '2026-11-30 00:00:00' WHERE date_add >= '{LATER}';
             UPDATE ps_order_slip SET date_add = '2026-11-30 00:00:00', date_upd = '2026-11-30 00:00:00' WHERE date_add >= '{LATER}'; {sql}"
        ));
        let heads = house.heads(Some(SINCE), 100).await;
        let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
        assert_eq!(ids, ["1"], "{sql}");
        let order = house.order(1).await;
        assert_eq!(
            (&order.hash, &order.changed_at),
            (&heads[0].hash, &heads[0].changed_at),
            "{sql}"
        );
        assert_eq!(order.hash != last, change, "{sql}");
        last = order.hash;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_whole_whatever_their_size_and_whatever_comes_in_between() {
    let Some(house) = House::open(For::Alone) else {
        return;
    };
    for same in [false, true] {
        if same {
            house.sql(
                "UPDATE ps_orders SET date_add = '2026-11-01 10:00:00', date_upd = '2026-11-01 10:00:00';
                 UPDATE ps_address SET date_upd = '2026-11-01 10:00:00'; UPDATE ps_order_history SET date_add = '2026-11-01 10:00:00';
                 UPDATE ps_order_slip SET date_add = '2026-11-01 10:00:00', date_upd = '2026-11-01 10:00:00'",
            );
        }
        let whole = house.heads(None, 1000).await;
        assert_eq!(whole.len(), 48);
        for limit in [1, 7, 48] {
            assert_eq!(house.heads(None, limit).await, whole, "{limit}");
        }
        let places: Vec<(&str, u64)> = whole
            .iter()
            .map(|head| (head.stamp.as_str(), head.id.parse().unwrap()))
            .collect();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
        let since = house.heads(Some("2026-11-01T09:00:00Z"), 11).await;
        assert!(since.iter().all(|head| whole.contains(head)));
        assert_eq!(since.len(), 48);
    }
    nothing_is_hidden_by_what_comes_between(&house).await;
}

/// One that changes between two pages comes again, a new one comes too.
async fn nothing_is_hidden_by_what_comes_between(house: &House) {
    let first = house
        .bridge
        .page("orders", json!({"limit": 20}))
        .await
        .unwrap();
    let seen = records::<OrderHead>(&first).unwrap();
    let Some(Next::Position(after)) = first.end.next else {
        panic!("no next place");
    };
    house.sql(&format!(
        "CREATE TEMPORARY TABLE t AS SELECT * FROM ps_orders WHERE id_order = 1;
         UPDATE t SET id_order = 100, reference = 'NIEUWNIEU', date_add = '{LATER}', date_upd = '{LATER}'; INSERT INTO ps_orders SELECT * FROM t;
         UPDATE ps_orders SET date_upd = '{LATER}', gift_message = 'x' WHERE id_order = {}",
        seen[0].id
    ));
    let rest: Vec<OrderHead> = house
        .bridge
        .ask("orders", json!({"after": after, "limit": 1000}))
        .await
        .unwrap();
    let ids: BTreeSet<&str> = rest.iter().map(|head| head.id.as_str()).collect();
    assert_eq!((rest.len(), ids.len()), (30, 30));
    assert!(ids.contains("100") && ids.contains(seen[0].id.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_record_never_keeps_the_others_away() {
    let Some(house) = House::open(For::Alone) else {
        return;
    };
    house.sql(
        "ALTER TABLE ps_address MODIFY lastname VARBINARY(255) NOT NULL; UPDATE ps_address SET lastname = CONCAT('Ren', CHAR(0xE9)) WHERE id_address = 2;
         UPDATE ps_orders SET id_customer = 9999, id_address_invoice = 9999, id_address_delivery = 9999, id_currency = 99, id_lang = 99, id_carrier = 999, id_shop = 9, current_state = 77, reference = NULL WHERE id_order = 2;
         UPDATE ps_orders SET current_state = 0, date_upd = '0000-00-00 00:00:00', module = NULL WHERE id_order = 3;
         UPDATE ps_order_detail SET product_attribute_id = NULL, product_reference = NULL WHERE id_order = 4; DELETE FROM ps_order_detail WHERE id_order = 5; DELETE FROM ps_tax",
    );
    let orders = house.orders().await;
    assert_eq!(orders.len(), 48);
    let (one, two, three) = (&orders[0], &orders[1], &orders[2]);
    assert_eq!(one.invoice_address.last_name, "René");
    assert_eq!(one.remarks, ["latin1_repaired:lastname"]);
    assert_eq!((two.status.id.as_str(), &two.shop_reference), ("77", &None));
    assert_eq!(
        two.shipping.as_ref().map(|method| method.code.as_str()),
        Some("999")
    );
    assert_eq!(
        three.status.kind,
        winkelbrug_protocol::record::StatusKind::Abandoned
    );
    assert_eq!(three.changed_at, "2026-11-21T19:40:23Z");
    assert!(orders[4].lines.is_empty());
    assert_eq!(house.heads(None, 100).await.len(), 48);
    house.bridge.page("lookups", json!({})).await.unwrap();
}

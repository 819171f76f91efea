//! PrestaShop 8.2: statuses that mean the same, and names of accounts.

use serde_json::json;
use testbed::{
    hosted::Hosted,
    prestashop::{CONFIG, parameters},
};
use winkelbrug_protocol::record::{ShopCustomer, WriteOutcome};

use super::{
    super::prestashop::{For, House},
    HOSTILE, changed, columns, done, move_to, new_id, only, operations, overtaken, refused, tables,
    what, whole, write, write_as, writer,
};

const FILE: (&str, &str, &str) = ("prestashop", ".", CONFIG);

/// The shop's own ids: awaiting a transfer, cash on delivery, paid, being packed, shipped, delivered, cancelled.
const TRANSFER: &str = "10";
const ON_DELIVERY: &str = "13";
const PAID: &str = "2";
const PACKED: &str = "3";
const SHIPPED: &str = "4";
const DELIVERED: &str = "5";
const CANCELLED: &str = "6";

#[tokio::test(flavor = "multi_thread")]
async fn a_prestashop_order_moves_between_statuses_that_mean_the_same_and_nothing_else_moves() {
    let Some(house) = House::open(For::Alone) else {
        return;
    };
    let bridge = writer(house.shop, FILE, "");
    let database = house.shop.database();
    assert_eq!(
        operations(&bridge).await,
        ["order_status_set", "customers_set"]
    );
    for (id, from, to, touched) in [
        (
            "27",
            SHIPPED,
            DELIVERED,
            &["current_state", "delivery_date", "date_upd"][..],
        ),
        ("1", TRANSFER, ON_DELIVERY, &["current_state", "date_upd"]),
    ] {
        let before = tables(database);
        let row = whole(database, "ps_orders", &format!("id_order = {id}"));
        let old = house.order(id.parse().unwrap()).await;
        let request = new_id();
        let rows = json!([{"id": id, "status": to, "comment": ""}]);
        let first = write_as(&bridge, &request, "order_status_set", &rows).await;
        assert_eq!(
            first,
            write_as(&bridge, &request, "order_status_set", &rows).await
        );
        assert_eq!(what(first[0].clone()), done(&[("status", from)]));
        assert_eq!(
            changed(database, &before, "ps_"),
            ["order_history", "orders"]
        );
        assert_eq!(
            columns(database, "ps_orders", &format!("id_order = {id}"), &row),
            touched
        );
        let now = house.order(id.parse().unwrap()).await;
        assert_eq!(now.status.id, to);
        assert_eq!(now.history.len(), old.history.len() + 1);
        assert!(now.history.iter().any(|entry| entry.status.id == to));
        assert_eq!(now.lines, old.lines);
        let before = tables(database);
        assert_eq!(
            what(move_to(&bridge, id, to).await),
            only(WriteOutcome::Unchanged)
        );
        assert!(changed(database, &before, "ps_").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn prestashop_moves_with_more_to_them_are_refused_and_change_nothing() {
    let Some(house) = House::open(For::Alone) else {
        return;
    };
    let bridge = writer(house.shop, FILE, "");
    let database = house.shop.database();
    let before = tables(database);
    for (id, status, answer) in [
        ("2", TRANSFER, refused("mail")),
        ("10", "11", refused("mail")),
        ("10", PACKED, refused("delivery")),
        ("10", SHIPPED, refused("restocks")),
        ("10", CANCELLED, refused("restocks")),
        ("1", CANCELLED, refused("restocks")),
        ("1", PAID, refused("restocks")),
        ("1", "12", refused("mail")),
        ("1", "99", refused("status")),
        ("1", "0", refused("status")),
        ("999999", PAID, only(WriteOutcome::Unknown)),
        ("0001", ON_DELIVERY, only(WriteOutcome::Unknown)),
    ] {
        assert_eq!(
            what(move_to(&bridge, id, status).await),
            answer,
            "{id} {status}"
        );
    }
    // A line of history has no room for words.
    let row = json!({"id": "1", "status": ON_DELIVERY, "comment": HOSTILE});
    assert_eq!(
        what(write(&bridge, "order_status_set", row).await),
        refused("comment")
    );
    assert!(changed(database, &before, "ps_").is_empty());
    // What the shop would still invoice, number or take as paid.
    for (spoil, mend, reason) in [
        (
            "UPDATE ps_orders SET invoice_number = 0 WHERE id_order = 27",
            "UPDATE ps_orders SET invoice_number = 14 WHERE id_order = 27",
            "invoice",
        ),
        (
            "UPDATE ps_order_invoice SET delivery_number = 0 WHERE id_order = 27",
            "UPDATE ps_order_invoice SET delivery_number = 2 WHERE id_order = 27",
            "delivery",
        ),
        (
            "UPDATE ps_order_invoice SET total_paid_tax_incl = total_paid_tax_incl + 1 WHERE id_order = 27",
            "UPDATE ps_order_invoice SET total_paid_tax_incl = total_paid_tax_incl - 1 WHERE id_order = 27",
            "payment",
        ),
        (
            "UPDATE ps_orders SET valid = 0 WHERE id_order = 27",
            "UPDATE ps_orders SET valid = 1 WHERE id_order = 27",
            "restocks",
        ),
        (
            "UPDATE ps_order_state SET send_email = 1 WHERE id_order_state = 5",
            "UPDATE ps_order_state SET send_email = 0 WHERE id_order_state = 5",
            "mail",
        ),
        (
            "UPDATE ps_order_state SET deleted = 1 WHERE id_order_state = 5",
            "UPDATE ps_order_state SET deleted = 0 WHERE id_order_state = 5",
            "status",
        ),
        (
            "INSERT INTO ps_hook_module (id_module, id_shop, id_hook, position) SELECT m.id_module, 1, h.id_hook, 99 FROM ps_module m JOIN ps_hook h ON h.name = 'actionOrderStatusUpdate' WHERE m.name = 'ps_emailalerts'",
            "DELETE FROM ps_hook_module WHERE position = 99",
            "hooks",
        ),
        (
            "UPDATE ps_configuration SET value = '[\"5\"]' WHERE name = 'GA_CANCELLED_STATES'; INSERT INTO ps_configuration (name, value, date_add, date_upd) SELECT 'GA_CANCELLED_STATES', '[\"5\"]', NOW(), NOW() FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM ps_configuration c WHERE c.name = 'GA_CANCELLED_STATES')",
            "UPDATE ps_configuration SET value = '[]' WHERE name = 'GA_CANCELLED_STATES'",
            "hooks",
        ),
    ] {
        house.sql(spoil);
        let before = tables(database);
        assert_eq!(
            what(move_to(&bridge, "27", DELIVERED).await),
            refused(reason),
            "{spoil}"
        );
        assert!(changed(database, &before, "ps_").is_empty());
        house.sql(mend);
    }
    assert_eq!(
        what(move_to(&bridge, "27", DELIVERED).await),
        done(&[("status", SHIPPED)])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prestashop_account_changes_in_name_and_nothing_else_does() {
    let Some(house) = House::open(For::Alone) else {
        return;
    };
    let bridge = writer(house.shop, FILE, "");
    let database = house.shop.database();
    let read: Vec<ShopCustomer> = bridge
        .ask("customers", json!({"limit": 100}))
        .await
        .unwrap();
    let old = &read[0];
    let (before, id) = (tables(database), old.id.as_str());
    let row = whole(database, "ps_customer", &format!("id_customer = {id}"));
    let asked = json!({"id": id, "first_name": "D'Arcy -- é", "last_name": "Ünal’s & Zonen"});
    // An ampersand is no sign PrestaShop forbids in a name.
    let first = what(write(&bridge, "customers_set", asked).await);
    assert_eq!(
        first,
        done(&[
            ("first_name", &old.customer.first_name),
            ("last_name", &old.customer.last_name)
        ])
    );
    assert_eq!(changed(database, &before, "ps_"), ["customer"]);
    assert_eq!(
        columns(
            database,
            "ps_customer",
            &format!("id_customer = {id}"),
            &row
        ),
        ["firstname", "lastname", "date_upd"]
    );
    let read: Vec<ShopCustomer> = bridge
        .ask("customers", json!({"limit": 100}))
        .await
        .unwrap();
    let now = read.iter().find(|customer| customer.id == id).unwrap();
    assert_eq!(
        (
            now.customer.first_name.as_str(),
            now.customer.last_name.as_str()
        ),
        ("D'Arcy -- é", "Ünal’s & Zonen")
    );
    let guest = house.value("SELECT id_customer FROM ps_customer WHERE is_guest = 1 LIMIT 1");
    let before = tables(database);
    for (asked, answer) in [
        (json!({"id": id, "first_name": HOSTILE}), refused("value")),
        (json!({"id": id, "last_name": "Jan2"}), refused("value")),
        (
            json!({"id": id, "last_name": "www.voorbeeld"}),
            refused("value"),
        ),
        (json!({"id": id, "last_name": "  "}), refused("value")),
        (
            json!({"id": id, "telephone": "+31 20 1234567"}),
            refused("value"),
        ),
        (
            json!({"id": id, "first_name": "D'Arcy -- é"}),
            only(WriteOutcome::Unchanged),
        ),
        (
            json!({"id": guest, "last_name": "Gast"}),
            only(WriteOutcome::Unknown),
        ),
        (
            json!({"id": "999999", "last_name": "Niemand"}),
            only(WriteOutcome::Unknown),
        ),
    ] {
        assert_eq!(
            what(write(&bridge, "customers_set", asked.clone()).await),
            answer,
            "{asked}"
        );
    }
    assert!(changed(database, &before, "ps_").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn prestashop_is_not_written_over_another_change_behind_a_query_cache_or_without_the_scope() {
    let Some(house) = House::open(For::Alone) else {
        return;
    };
    let bridge = writer(house.shop, FILE, "");
    let database = house.shop.database();
    let before = tables(database);
    let row = json!({"id": "27", "status": DELIVERED, "comment": ""});
    let change = "UPDATE ps_orders SET current_state = 6 WHERE id_order = 27";
    let result = overtaken(database, change, &bridge, "order_status_set", row.clone()).await;
    assert_eq!(what(result), only(WriteOutcome::Busy));
    assert_eq!(changed(database, &before, "ps_"), ["orders"]);
    let args = json!({"idempotency": new_id(), "rows": [row]});
    assert_eq!(
        house
            .bridge
            .error("order_status_set", args.clone())
            .await
            .unwrap(),
        "not-in-scope"
    );
    let product = json!({"idempotency": new_id(), "rows": [{"id": "1", "price": "1"}]});
    assert_eq!(
        bridge.error("products_set", product).await.unwrap(),
        "unsupported"
    );
    std::fs::write(house.shop.folder().join(CONFIG), parameters(database, true)).unwrap();
    assert!(operations(&bridge).await.is_empty());
    assert_eq!(
        bridge.error("order_status_set", args).await.unwrap(),
        "unsupported"
    );
    assert_eq!(changed(database, &before, "ps_"), ["orders"]);
}

//! What a change at the shop does to the list of changes: the order comes again, and no other.

use std::collections::BTreeMap;

use serde_json::json;
use testbed::{
    bridge_file::records,
    woocommerce::{OLDER, TABLES},
};
use winkelbrug_protocol::record::{OrderHead, StatusKind, TotalKind};

use super::Scene;

fn hashes(heads: &[OrderHead]) -> BTreeMap<String, String> {
    let pair = |head: &OrderHead| (head.id.clone(), head.hash.clone());
    heads.iter().map(pair).collect()
}

impl Scene {
    /// A change of an order as the shop makes it: with the moment of the change moved on.
    fn change(&self, id: u32, tables: &str, posts: &str) {
        let (change, touch) = if self.recorded.order_tables {
            (
                tables,
                "UPDATE {wc_orders} SET date_updated_gmt = '2026-12-01 12:00:00' WHERE id = ",
            )
        } else {
            (
                posts,
                "UPDATE {posts} SET post_modified_gmt = '2026-12-01 12:00:00' WHERE ID = ",
            )
        };
        self.sql(&format!("{change}; {touch}{id}"));
    }

    /// Ids whose hash is another than before.
    async fn changed(&self, before: &mut BTreeMap<String, String>) -> Vec<String> {
        let after = hashes(&self.heads(None, 1000).await);
        let changed = after
            .iter()
            .filter(|(id, hash)| before.get(*id) != Some(*hash))
            .map(|(id, _)| id.clone())
            .collect();
        *before = after;
        changed
    }
}

/// A refund of one cent without lines, as the shop keeps it in either storage.
const REFUND_TABLES: &str = "INSERT INTO {wc_orders} (id, status, currency, type, tax_amount, total_amount, customer_id, date_created_gmt, date_updated_gmt, parent_order_id)
    VALUES (9001, 'wc-completed', 'EUR', 'shop_order_refund', 0, -0.01, 0, '2026-12-01 12:00:00', '2026-12-01 12:00:00', 93);
    INSERT INTO {wc_orders_meta} (order_id, meta_key, meta_value) VALUES (9001, '_refund_amount', '0.01')";
const REFUND_POSTS: &str = "INSERT INTO {posts} (ID, post_type, post_status, post_parent, post_date, post_date_gmt, post_modified, post_modified_gmt, post_content, post_title, post_excerpt, to_ping, pinged, post_content_filtered)
    VALUES (9001, 'shop_order_refund', 'wc-completed', 93, '2026-12-01 13:00:00', '2026-12-01 12:00:00', '2026-12-01 13:00:00', '2026-12-01 12:00:00', '', '', '', '', '', '');
    INSERT INTO {postmeta} (post_id, meta_key, meta_value) VALUES (9001, '_refund_amount', '0.01')";

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_woocommerce_order_comes_again_with_another_hash_and_no_other_does() {
    for recorded in [TABLES, OLDER] {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let mut before = hashes(&scene.heads(None, 1000).await);
        let item = "(SELECT MIN(order_item_id) FROM {woocommerce_order_items} WHERE order_id = 89 AND order_item_type = 'line_item')";
        let quantity = format!(
            "UPDATE {{woocommerce_order_itemmeta}} SET meta_value = meta_value + 1 WHERE meta_key = '_qty' AND order_item_id = {item}"
        );
        let kept = "UPDATE {wc_orders} SET status = 'wc-processing' WHERE id = 99";
        let restored = "UPDATE {posts} SET post_status = 'wc-processing' WHERE ID = 99";
        for (id, tables, posts) in [
            (
                88,
                "UPDATE {wc_orders} SET status = 'wc-completed' WHERE id = 88",
                "UPDATE {posts} SET post_status = 'wc-cancelled' WHERE ID = 88",
            ),
            (89, quantity.as_str(), quantity.as_str()),
            (
                90,
                "UPDATE {wc_order_addresses} SET city = 'Elders' WHERE order_id = 90 AND address_type = 'billing'",
                "UPDATE {postmeta} SET meta_value = 'Elders' WHERE post_id = 90 AND meta_key = '_billing_city'",
            ),
            (
                91,
                "UPDATE {wc_orders} SET total_amount = total_amount + 0.01 WHERE id = 91",
                "UPDATE {postmeta} SET meta_value = meta_value + 0.01 WHERE post_id = 91 AND meta_key = '_order_total'",
            ),
            (93, REFUND_TABLES, REFUND_POSTS),
        ] {
            scene.change(id, tables, posts);
            assert_eq!(
                scene.changed(&mut before).await,
                [id.to_string()],
                "{}",
                recorded.name
            );
            let poll = scene.heads(Some("2026-11-30T00:00:00Z"), 1000).await;
            assert!(poll.iter().any(|head| head.id == id.to_string()));
        }
        // Trash and restore: 84 lies in the trash of the newer shop, 99 in that of the older.
        let trashed = if recorded.order_tables { "84" } else { "99" };
        let body = scene.bodies(&[trashed]).await.remove(0);
        assert_eq!(
            (body.status.id.as_str(), body.status.kind),
            ("trash", StatusKind::Cancelled)
        );
        let number = trashed.parse().unwrap();
        scene.change(number, &kept.replace("99", trashed), restored);
        assert_eq!(scene.changed(&mut before).await, [trashed]);
        let body = scene.bodies(&[trashed]).await.remove(0);
        assert_eq!(body.status.kind, StatusKind::Processing);
        scene.change(
            90,
            "UPDATE {wc_orders} SET status = 'trash' WHERE id = 90",
            "UPDATE {posts} SET post_status = 'trash' WHERE ID = 90",
        );
        assert_eq!(scene.changed(&mut before).await, ["90"]);
        // What is no content: a later moment, the product of today, a note, what was taken off stock.
        scene.change(
            95,
            "UPDATE {postmeta} SET meta_value = 'NEW' WHERE meta_key = '_sku'",
            "UPDATE {postmeta} SET meta_value = 'NEW' WHERE meta_key = '_sku'",
        );
        scene.sql("UPDATE {woocommerce_order_itemmeta} SET meta_value = '99' WHERE meta_key = '_reduced_stock'; UPDATE {comments} SET comment_content = 'other'");
        assert_eq!(scene.changed(&mut before).await, [""; 0]);
        let poll = scene.heads(Some("2026-11-30T00:00:00Z"), 1000).await;
        assert_eq!(poll.len(), 7);
        assert_eq!(poll, scene.heads(Some("2026-11-30T00:00:00Z"), 1).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_changes_while_pages_are_read_hides_no_other() {
    for recorded in [TABLES, OLDER] {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let page = scene
            .bridge
            .page("orders", json!({"limit": 20}))
            .await
            .unwrap();
        let first: Vec<OrderHead> = records(&page).unwrap();
        let all = scene.heads(None, 1000).await.len();
        let moved = first[3].id.parse().unwrap();
        scene.change(moved, "SELECT 1", "SELECT 1");
        let gone = &first[19].id;
        scene.sql(&if recorded.order_tables {
            format!("DELETE FROM {{wc_orders}} WHERE id = {gone}")
        } else {
            format!("DELETE FROM {{posts}} WHERE ID = {gone}")
        });
        let after = json!({"stamp": first[19].stamp, "id": gone});
        let rest: Vec<OrderHead> = scene
            .bridge
            .ask("orders", json!({"after": after, "limit": 1000}))
            .await
            .unwrap();
        assert_eq!(rest.len(), all - 20 + 1, "{}", recorded.name);
        assert_eq!(rest.last().unwrap().id, first[3].id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_woocommerce_order_without_a_moment_of_change_has_its_place_where_it_was_made() {
    let Some(scene) = Scene::of(TABLES) else {
        return;
    };
    let all = scene.heads(None, 1000).await.len();
    scene.sql("UPDATE {wc_orders} SET date_updated_gmt = NULL WHERE id IN (90, 93); UPDATE {wc_orders} SET date_created_gmt = NULL WHERE id = 93");
    let heads = scene.heads(None, 1000).await;
    assert_eq!(heads.len(), all);
    let place = |head: &OrderHead| (head.stamp.clone(), head.id.parse::<u64>().unwrap());
    assert!(
        heads
            .windows(2)
            .all(|pair| place(&pair[0]) < place(&pair[1]))
    );
    assert_eq!(
        (heads[0].id.as_str(), heads[0].stamp.as_str()),
        ("93", "1970-01-02 00:00:00")
    );
    let body = scene.bodies(&["90"]).await.remove(0);
    let head = heads.iter().find(|head| head.id == "90").unwrap();
    assert_eq!(head.changed_at, body.placed_at);
    for limit in [1, 7] {
        assert_eq!(scene.heads(None, limit).await, heads);
    }
    let since = scene.heads(Some(&head.changed_at), 2).await;
    assert!(since.contains(head) && !since.contains(&heads[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_of_a_woocommerce_shop_costs_few_statements_and_a_page_no_more_for_many_orders() {
    for recorded in [TABLES, OLDER] {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let since = json!({"since": "2099-01-01T00:00:00Z"});
        scene.bridge.page("orders", since.clone()).await.unwrap();
        let log = scene.shop.database().log_statements().unwrap();
        scene.bridge.page("orders", since).await.unwrap();
        let statements = log.statements().unwrap();
        assert!((1..=8).contains(&statements.len()), "{statements:#?}");
        drop(log);
        let mut counts = Vec::new();
        for last in [66, 100] {
            let ids: Vec<String> = (65..=last).map(|id: u32| id.to_string()).collect();
            let log = scene.shop.database().log_statements().unwrap();
            scene
                .bridge
                .page("orders", json!({"ids": ids}))
                .await
                .unwrap();
            counts.push(log.statements().unwrap().len());
        }
        assert!(counts[1] <= counts[0] + 4 && counts[1] <= 24, "{counts:?}");
    }
}

/// Money on a card that only lowered the total is a row where what plug-ins keep explains it, and one
/// order that cannot be read keeps no other away.
#[tokio::test(flavor = "multi_thread")]
async fn a_gift_card_that_lowered_the_total_is_a_row_and_text_that_is_no_utf8_is_mended() {
    let Some(scene) = Scene::of(TABLES) else {
        return;
    };
    scene.sql(
        "UPDATE {wc_orders} SET total_amount = total_amount - 10 WHERE id IN (88, 89);
         INSERT INTO {wc_orders_meta} (order_id, meta_key, meta_value) VALUES (88, '_ywgc_applied_gift_cards_totals', '10'), (88, '_stripe_card_token', 'tok_secret');
         INSERT INTO {woocommerce_order_items} (order_item_id, order_item_name, order_item_type, order_id) VALUES (9901, 'SECRET-CODE-1', 'gift_card', 89);
         INSERT INTO {woocommerce_order_itemmeta} (order_item_id, meta_key, meta_value) VALUES (9901, 'amount', '10'), (9901, 'code', 'SECRET-CODE-1');
         ALTER TABLE {wc_order_addresses} MODIFY last_name BLOB;
         UPDATE {wc_order_addresses} SET last_name = CONCAT('Ren', CHAR(0xE9)) WHERE order_id = 90 AND address_type = 'billing';
         UPDATE {woocommerce_order_itemmeta} m JOIN {woocommerce_order_items} i ON i.order_item_id = m.order_item_id SET m.meta_value = 'O:8:\"stdClass\":0:x' WHERE i.order_id = 93 AND m.meta_key = '_line_tax_data'",
    );
    let bodies = scene.bodies(&["88", "89", "90", "93"]).await;
    for body in &bodies[..2] {
        let card = body
            .totals
            .iter()
            .find(|row| row.kind == TotalKind::GiftCard)
            .unwrap();
        assert_eq!(card.amount, (-10).into());
        assert!(card.parts.is_empty());
        assert!(!serde_json::to_string(body).unwrap().contains("SECRET"));
    }
    assert!(
        !serde_json::to_string(&bodies[0])
            .unwrap()
            .contains("tok_secret")
    );
    assert_eq!(bodies[2].customer.last_name, "René");
    assert_eq!(bodies[2].remarks, ["latin1_repaired:last_name"]);
    // Without its list per rate, a line's VAT is that of the order's one rate.
    assert_eq!(bodies[3].lines[0].percent, Some(21.into()));
}

//! What a change at the shop does to the list of changes: the order comes again, and no other.

use std::collections::BTreeMap;

use serde_json::json;
use testbed::{
    opencart::recorded::{OPENCART_4, RECORDED},
    servers::PhpOptions,
};
use winkelbrug_protocol::record::{DayTotal, OrderHead};

use super::Scene;

fn hashes(heads: &[OrderHead]) -> BTreeMap<String, String> {
    let pair = |head: &OrderHead| (head.id.clone(), head.hash.clone());
    heads.iter().map(pair).collect()
}

/// The statements with which each version changes an order, over the same moment.
const LATER: &str = "'2026-11-21 12:00:00'";

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_order_comes_again_with_another_hash_and_no_other_does() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        // OpenCart 4.1 leaves the order's own date alone when only its status changes.
        let touched = if recorded == OPENCART_4 {
            String::new()
        } else {
            format!(", date_modified = {LATER}")
        };
        let note = |id: u32, status: u32| {
            format!(
                "INSERT INTO {{order_history}} SET order_id = {id}, order_status_id = {status}, notify = 0, comment = '', date_added = {LATER};"
            )
        };
        let mut before = hashes(&scene.heads(None, 1000).await);
        let since = "2026-11-21T00:00:00Z";
        for (id, change) in [
            (
                8,
                format!(
                    "UPDATE {{order}} SET order_status_id = 2{touched} WHERE order_id = 8; {}",
                    note(8, 2)
                ),
            ),
            (
                2,
                format!(
                    "UPDATE {{order_product}} SET quantity = quantity + 1 WHERE order_id = 2 LIMIT 1; UPDATE {{order}} SET total = total + 1, date_modified = {LATER} WHERE order_id = 2"
                ),
            ),
            (
                11,
                format!(
                    "UPDATE {{order}} SET order_status_id = 11{touched} WHERE order_id = 11; {}",
                    note(11, 11)
                ),
            ),
            (
                12,
                format!(
                    "UPDATE {{order}} SET shipping_city = 'Elders', date_modified = {LATER} WHERE order_id = 12"
                ),
            ),
        ] {
            scene.sql(&change);
            let after = hashes(&scene.heads(None, 1000).await);
            let changed: Vec<&String> = after
                .iter()
                .filter(|(id, hash)| before.get(*id) != Some(*hash))
                .map(|(id, _)| id)
                .collect();
            assert_eq!(changed, [&id.to_string()], "{}", recorded.version);
            let poll = scene.heads(Some(since), 1000).await;
            assert!(
                poll.iter().any(|head| head.id == id.to_string()),
                "{}",
                recorded.version
            );
            let last = poll.last().unwrap();
            assert_eq!(last.stamp, "2026-11-21 12:00:00");
            before = after;
        }
        // Four changed orders and nothing else in that window, in pages of one as in one page.
        let poll = scene.heads(Some(since), 1000).await;
        assert_eq!(poll.len(), 4);
        assert_eq!(poll, scene.heads(Some(since), 1).await);
        // A note alone brings the order again in OpenCart 4, with the hash it had.
        let noted = note(1, 5).replace(LATER, "'2026-11-21 13:00:00'");
        scene.sql(&noted);
        assert_eq!(hashes(&scene.heads(None, 1000).await), before);
        // A deleted order is gone from heads and totals alike.
        scene.sql("DELETE FROM {order} WHERE order_id = 41");
        let left = scene.heads(None, 1000).await;
        assert_eq!(left.len(), 39);
        let totals: Vec<DayTotal> = scene
            .bridge
            .ask("totals", json!({"from": "2020-01-01"}))
            .await
            .unwrap();
        assert_eq!(totals.iter().map(|day| day.count).sum::<u64>(), 39);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_comes_while_pages_are_read_hides_no_other() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        let page = scene
            .bridge
            .page("orders", json!({"limit": 20}))
            .await
            .unwrap();
        let first: Vec<OrderHead> = testbed::bridge_file::records(&page).unwrap();
        scene.sql(&format!(
            "UPDATE {{order}} SET comment = 'later', date_modified = {LATER} WHERE order_id = {}",
            first[3].id
        ));
        scene.sql(&format!(
            "DELETE FROM {{order}} WHERE order_id = {}",
            first[19].id
        ));
        let last = &first[19];
        let after = json!({"stamp": last.stamp, "id": last.id});
        let rest: Vec<OrderHead> = scene
            .bridge
            .ask("orders", json!({"after": after, "limit": 1000}))
            .await
            .unwrap();
        assert_eq!(rest.len(), 21, "{}", recorded.version);
        assert!(rest.iter().any(|head| head.id == first[3].id));
    }
}

/// Asking what the database has costs one statement; a poll stays within its bound on every version.
#[tokio::test(flavor = "multi_thread")]
async fn an_empty_poll_costs_at_most_8_statements_on_every_version() {
    for recorded in RECORDED {
        let Some(scene) = Scene::of(recorded) else {
            return;
        };
        for php in [
            PhpOptions::default().without("pdo_mysql"),
            PhpOptions::default().without("mysqli"),
        ] {
            scene.shop.restart_web(&php).unwrap();
            let since = json!({"since": "2099-01-01T00:00:00Z"});
            scene.bridge.page("orders", since.clone()).await.unwrap();
            let log = scene.shop.database().log_statements().unwrap();
            scene.bridge.page("orders", since).await.unwrap();
            let statements = log.statements().unwrap();
            assert!((1..=8).contains(&statements.len()), "{statements:#?}");
        }
        let mut counts = Vec::new();
        for many in [1, 40] {
            let ids: Vec<String> = (1..=many).map(|id: u32| id.to_string()).collect();
            let log = scene.shop.database().log_statements().unwrap();
            scene
                .bridge
                .page("orders", json!({"ids": ids}))
                .await
                .unwrap();
            counts.push(log.statements().unwrap().len());
        }
        // Names are asked for once, where an order needs them, and old nonces now and then.
        assert!(counts[1] <= counts[0] + 4 && counts[1] <= 20, "{counts:?}");
    }
}

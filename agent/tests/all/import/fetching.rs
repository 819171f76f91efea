//! Which orders are fetched: the cursor, pages that move, the first moment, daily totals.

use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use rust_decimal::dec;
use winkelbrug::journal::State;

use crate::import::{
    scene::{Scene, ago, start},
    shop::{order, rehash},
};

#[tokio::test]
async fn an_order_a_second_before_the_first_moment_is_left_out_and_one_after_comes_in() {
    let mut scene = Scene::new(vec![
        order(1, "THEE", ago(60) - SignedDuration::from_secs(1)),
        order(2, "THEE", ago(60)),
    ]);
    scene.settings.shop.orders_from = Some(ago(60));
    // Both changed after the first moment.
    for id in ["1", "2"] {
        scene.shop.edit(id, Some(ago(10)), |_| {});
    }
    scene.run().await;
    assert_eq!(scene.listed("1001").reason.unwrap().code, "before-start");
    assert_eq!(scene.state("1002"), State::Written);
}

#[tokio::test]
async fn an_earlier_first_moment_brings_the_old_orders_once() {
    let old = (1..=7).map(|id| order(id, "THEE", ago(60 * 24 * 9)));
    let new = (8..=10).map(|id| order(id, "THEE", ago(60)));
    let mut scene = Scene::new(old.chain(new).collect());
    scene.settings.shop.orders_from = Some(ago(120));
    scene.run().await;
    assert_eq!(scene.books.really_orders().await.len(), 3);
    scene.settings.shop.orders_from = Some(ago(60 * 24 * 30));
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat_when_orders_come_and_go_meanwhile() {
    let scene = Scene::new(
        (1..=8)
            .map(|id| order(id, "THEE", ago(200 - i64::from(id))))
            .collect(),
    );
    *scene.shop.between_pages.lock().unwrap() = Some(Box::new(|orders| {
        // One of the first page moves to the end, one that is still to come goes, one comes.
        orders.retain(|order| order.id != "5");
        let moved = orders.iter_mut().find(|order| order.id == "2").unwrap();
        moved.changed_at = ago(1).to_string();
        moved.comment = "graag inpakken".into();
        rehash(moved);
        orders.push(order(9, "THEE", ago(0)));
    }));
    scene.run().await;
    scene.pass_minutes(15);
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn a_change_within_the_overlap_of_the_last_poll_is_not_missed() {
    let scene = Scene::new(vec![order(1, "THEE", ago(5))]);
    scene.run().await;
    // Committed late at the shop, with a stamp from before the last poll.
    scene.shop.orders().push(order(2, "THEE", ago(100)));
    scene.pass_minutes(15);
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn a_stamp_in_the_future_hides_no_later_order() {
    let scene = Scene::new(vec![order(1, "THEE", ago(5))]);
    scene.shop.edit(
        "1",
        Some(start() + SignedDuration::from_hours(24 * 300)),
        |_| {},
    );
    scene.run().await;
    scene.pass_minutes(60 * 24);
    scene.shop.orders().push(order(2, "THEE", scene.now()));
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn the_cursor_passes_no_order_that_could_not_be_fetched() {
    let scene = Scene::new((1..=5).map(|id| order(id, "THEE", ago(60))).collect());
    scene.shop.down.store(true, Ordering::Relaxed);
    scene.run().await;
    scene.pass_minutes(60 * 24 * 3);
    scene.shop.down.store(false, Ordering::Relaxed);
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn the_daily_totals_find_what_the_cursor_missed() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.pass_minutes(60 * 24 * 3);
    scene
        .shop
        .orders()
        .push(order(3, "THEE", start() + SignedDuration::from_hours(70)));
    scene.run().await;
    // Its stamp lies far before the cursor: a clock that was wrong, a restored backup.
    scene
        .shop
        .orders()
        .push(order(2, "THEE", start() + SignedDuration::from_hours(25)));
    scene.run().await;
    assert_eq!(scene.books.really_orders().await.len(), 2);
    scene.pass_minutes(60 * 25);
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn an_edit_that_moved_no_stamp_is_found_by_the_daily_totals() {
    let scene = Scene::new(vec![order(
        1,
        "THEE",
        start() + SignedDuration::from_hours(50),
    )]);
    scene.run().await;
    scene.pass_minutes(60 * 24 * 4);
    scene.run().await;
    scene.shop.edit("1", None, |order| order.total = dec!(99));
    scene.pass_minutes(60 * 25);
    scene.run().await;
    assert_eq!(scene.listed("1001").attention.len(), 1);
}

#[tokio::test]
async fn an_address_edited_without_a_trace_is_found_the_next_day_where_the_shop_edits_so() {
    for silent in [true, false] {
        let day = start() + SignedDuration::from_hours(50);
        // The newest order is read again each time; this one no longer is.
        let later = day + SignedDuration::from_hours(10);
        let scene = Scene::new(vec![order(1, "THEE", day), order(2, "THEE", later)]);
        scene.shop.silent_edits.store(silent, Ordering::Relaxed);
        scene.run().await;
        scene.pass_minutes(60 * 24 * 4);
        scene.run().await;
        scene.shop.edit("1", None, |order| {
            order.invoice_address.city = "Elders".to_owned();
        });
        scene.pass_minutes(60 * 25);
        scene.run().await;
        let found = scene.listed("1001").attention.len();
        assert_eq!(found, usize::from(silent));
    }
}

#[tokio::test]
async fn an_order_deleted_at_the_shop_is_skipped_or_needs_a_look() {
    let later = start() + SignedDuration::from_hours(50);
    let mut unpaid = order(2, "THEE", later);
    unpaid.status = crate::import::shop::status(winkelbrug_protocol::record::StatusKind::Other);
    rehash(&mut unpaid);
    let mut scene = Scene::new(vec![order(1, "THEE", later), unpaid]);
    scene.run().await;
    scene.pass_minutes(60 * 24 * 4);
    scene.run().await;
    scene.shop.orders().clear();
    scene.pass_minutes(60 * 25);
    scene.run().await;
    assert_eq!(scene.listed("1001").attention.len(), 1);
    assert_eq!(scene.listed("1002").reason.unwrap().code, "deleted");
    // Told once.
    scene.pass_minutes(60 * 25);
    scene.run().await;
    assert_eq!(scene.listed("1001").attention.len(), 1);
    scene.settings.shop.orders_from = None;
}

#[tokio::test]
async fn a_tax_class_mended_at_the_shop_is_seen_within_a_day_though_no_order_changed() {
    let mut odd = order(1, "ODD", ago(60));
    odd.lines[0].tax_class = None;
    rehash(&mut odd);
    let scene = Scene::new(vec![odd]);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Held);
    // The product gets its class back; the order's own content, and so its hash, stay.
    scene.shop.orders()[0].lines[0].tax_class = order(1, "ODD", ago(60)).lines[0].tax_class.clone();
    scene.pass_minutes(30);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Held);
    scene.pass_minutes(60 * 24);
    scene.run().await;
    scene.each_exactly_once().await;
}

//! Import orders, then export stock.

use std::sync::atomic::Ordering;

use rust_decimal::{Decimal, dec};
use winkelbrug::sync::RunOutcome;
use winkelbrug_protocol::record::Line;

use crate::import::{
    books::{Mood, What},
    scene::{Scene, ago},
    shop::{order, rehash, with_unknown_rate},
};

/// A shop that sold one piece, has 99 left, and whose article is in the books.
async fn sold() -> Scene {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.books.stocked_article("THEE").await;
    scene.run().await;
    scene.pass_minutes(60);
    *scene.shop.stock.lock().unwrap() = vec![("THEE".into(), dec!(99))];
    scene
}

fn target(scene: &Scene) -> Option<Decimal> {
    let written = scene.shop.stock_written.lock().unwrap();
    written.last().map(|write| write.target.parse().unwrap())
}

#[tokio::test]
async fn the_shop_gets_the_books_figure_and_a_second_run_sends_nothing() {
    let scene = sold().await;
    let free = scene.books.free_stock("THEE").await;
    let report = scene.run_with_stock().await;
    assert_eq!(report.outcome, RunOutcome::Done, "{report:?}");
    assert_eq!(target(&scene), Some(free));
    scene.shop.stock.lock().unwrap()[0].1 = free;
    let report = scene.run_with_stock().await;
    assert_eq!(report.stock.unwrap().sent, 0);
}

#[tokio::test]
async fn no_stock_goes_out_when_the_import_did_not_finish_cleanly() {
    let scene = sold().await;
    scene.shop.orders().push(order(2, "THEE", scene.now()));
    scene.books.mood(What::Order, Mood::Unreachable);
    let report = scene.run_with_stock().await;
    assert_eq!(report.outcome, RunOutcome::Failed);
    assert!(report.stock.is_none());
    assert!(report.failure.is_some());
    assert_eq!(target(&scene), None);
    scene.books.down.store(true, Ordering::Relaxed);
    scene.run_with_stock().await;
    assert_eq!(target(&scene), None);
}

#[tokio::test]
async fn pieces_of_orders_that_wait_are_taken_off() {
    let scene = sold().await;
    let free = scene.books.free_stock("THEE").await;
    let mut held = with_unknown_rate(order(2, "THEE", ago(30)));
    held.lines[0].quantity = dec!(3);
    rehash(&mut held);
    scene.shop.orders().push(held);
    let report = scene.run_with_stock().await;
    assert_eq!(report.orders["held"], 1, "{report:?}");
    assert_eq!(target(&scene), Some(free - dec!(3)));
    // Waiting orders of another shop on the same books count too.
    let mut other = with_unknown_rate(order(7, "THEE", ago(30)));
    other.lines[0].quantity = dec!(2);
    rehash(&mut other);
    let beside = scene.beside("tweede", vec![other]);
    beside.run().await;
    scene.pass_minutes(15);
    scene.run_with_stock().await;
    assert_eq!(target(&scene), Some(free - dec!(5)));
}

#[tokio::test]
async fn a_bundle_that_waits_takes_its_parts_off_and_not_its_heading() {
    let scene = sold().await;
    let free = scene.books.free_stock("THEE").await;
    let mut held = with_unknown_rate(order(2, "THEE", ago(30)));
    // A bundle whose own code is that of an article with stock, above its part.
    let heading = Line {
        heading: true,
        quantity: dec!(4),
        price: Decimal::ZERO,
        tax: Decimal::ZERO,
        total: Decimal::ZERO,
        ..held.lines[0].clone()
    };
    held.lines.insert(0, heading);
    rehash(&mut held);
    scene.shop.orders().push(held);
    let report = scene.run_with_stock().await;
    assert_eq!(report.orders["held"], 1, "{report:?}");
    assert_eq!(target(&scene), Some(free - dec!(1)));
}

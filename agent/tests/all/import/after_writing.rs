//! After the write: the books' totals, and changes at the shop.

use std::sync::atomic::Ordering;

use rust_decimal::dec;
use winkelbrug::{journal::State, sync::RunOutcome};
use winkelbrug_protocol::record::StatusKind;

use crate::import::{
    books::{Mood, What},
    scene::{Scene, ago},
    shop::{order, status},
};

#[tokio::test]
async fn a_total_that_differs_blocks_the_order_and_needs_a_look() {
    for lost in [false, true] {
        let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
        *scene.books.total_off.lock().unwrap() = dec!(0.01);
        if lost {
            scene.books.mood(What::Order, Mood::CutAfter);
        }
        scene.run().await;
        let listed = scene.listed("1001");
        assert_eq!(listed.state, State::Written);
        assert_eq!(listed.attention.len(), 1);
        assert!(listed.attention[0].nl.contains("12,11"), "{listed:?}");
        assert_eq!(scene.books.blocked.lock().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn totals_the_books_do_not_tell_are_read_back_and_computed() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.books.totals_untold.store(true, Ordering::Relaxed);
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Done, "{report:?}");
    let listed = scene.listed("1001");
    assert!(listed.attention.is_empty());
    assert_eq!(listed.total.unwrap().parse(), Ok(dec!(12.10)));
}

#[tokio::test]
async fn an_order_cancelled_after_it_was_written_is_one_visible_item_until_looked_at() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene.pass_minutes(15);
    scene.shop.edit("1", Some(scene.now()), |order| {
        order.status = status(StatusKind::Cancelled);
    });
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Attention);
    scene.pass_minutes(15);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    assert_eq!(scene.journal.attention("proef").unwrap().len(), 1);
    assert_eq!(scene.journal.attention_count("proef").unwrap(), 1);
    let order = scene.journal.find_order("proef", "1001").unwrap();
    assert_eq!(
        scene
            .journal
            .settle_attention(order, "bekeken", scene.now())
            .unwrap(),
        1
    );
    assert_eq!(scene.journal.attention_count("proef").unwrap(), 0);
}

#[tokio::test]
async fn an_edit_after_writing_is_told_and_progress_of_the_status_is_not() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60)), order(2, "THEE", ago(60))]);
    scene.run().await;
    scene.pass_minutes(15);
    scene
        .shop
        .edit("1", Some(scene.now()), |order| order.total = dec!(20));
    scene.shop.edit("2", Some(scene.now()), |order| {
        order.status = status(StatusKind::Complete);
    });
    scene.run().await;
    assert_eq!(scene.listed("1001").attention.len(), 1);
    assert!(scene.listed("1002").attention.is_empty());
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn an_order_typed_by_hand_first_is_linked_and_a_strangers_is_held() {
    // Written by us once, so that there is something to type after.
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    let relation = scene.books.really_relations().await.remove(0);
    let plan = scene.journal.order("proef", "1001").unwrap().plan.unwrap();
    let mut draft = plan.order.clone();
    for line in &mut draft.lines {
        let article = scene.journal_article("THEE").await;
        line.article = Some(winkelbrug::books::ArticleRef::Existing(article));
    }
    draft.payment_reference = "1002".into();
    scene.books.by_hand(&relation.id, &draft).await;
    draft.payment_reference = "1003".into();
    draft.lines[0].quantity = dec!(7);
    scene.books.by_hand(&relation.id, &draft).await;
    for id in [2, 3] {
        scene.shop.orders().push(order(id, "THEE", scene.now()));
    }
    scene.pass_minutes(15);
    scene.run().await;
    let linked = scene.listed("1002");
    assert_eq!(linked.state, State::Written);
    assert_eq!(scene.state("1003"), State::Held);
    assert_eq!(scene.books.really_orders().await.len(), 3);
}

impl Scene {
    async fn journal_article(&self, code: &str) -> String {
        use winkelbrug::administration::Administration;
        self.books.find_articles(code).await.unwrap().remove(0).id
    }
}

#[tokio::test]
async fn an_order_that_cannot_be_read_back_yet_is_compared_by_the_lines_of_the_answer() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.books.totals_untold.store(true, Ordering::Relaxed);
    *scene.books.seen_after.lock().unwrap() = jiff::SignedDuration::from_hours(24);
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Done, "{report:?}");
    let listed = scene.listed("1001");
    assert_eq!(listed.total.unwrap().parse(), Ok(dec!(12.10)));
    assert!(listed.attention.is_empty());
}

/// A shop whose text only its own reader understands.
#[tokio::test]
async fn what_changed_is_told_in_words_whatever_the_shop_writes_its_orders_in() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.shop.own_text.store(true, Ordering::Relaxed);
    scene.run().await;
    scene.pass_minutes(15);
    let now = scene.now();
    scene
        .shop
        .edit("1", Some(now), |order| order.total = dec!(13.10));
    scene.run().await;
    let told = scene.listed("1001").attention;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].nl.contains("van 12,10 naar 13,10"), "{told:?}");
}

//! Answers that are lost, records seen late, writes that take effect late, journals that are lost.

use std::sync::atomic::Ordering;

use jiff::SignedDuration;
use proptest::prelude::*;
use winkelbrug::{
    journal::{Journal, State},
    sync::RunOutcome,
};

use crate::import::{
    books::{Mood, What},
    scene::{Scene, ago},
    shop::order,
};

const KINDS: [What; 3] = [What::Relation, What::Article, What::Order];

fn three() -> Scene {
    Scene::new((1..=3).map(|id| order(id, "THEE", ago(60))).collect())
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_found_in_the_same_run() {
    for what in KINDS {
        let scene = three();
        scene.books.mood(what, Mood::CutAfter);
        let report = scene.run().await;
        assert_eq!(report.outcome, RunOutcome::Done, "{what:?} {report:?}");
        scene.each_exactly_once().await;
        assert_eq!(scene.books.really_articles("THEE").await, 1);
    }
}

#[tokio::test]
async fn a_write_that_never_arrived_is_repeated_only_after_ten_minutes_and_two_searches() {
    for what in KINDS {
        let scene = three();
        scene.books.mood(what, Mood::CutBefore);
        let report = scene.run().await;
        assert_eq!(report.outcome, RunOutcome::Attention, "{what:?}");
        assert_eq!(scene.state("1001"), State::Writing, "{what:?}");
        scene.pass_minutes(9);
        scene.run().await;
        assert_eq!(scene.state("1001"), State::Writing, "{what:?} too early");
        scene.pass_minutes(2);
        scene.run().await;
        assert_eq!(scene.state("1001"), State::Written, "{what:?}");
        scene.run().await;
        scene.each_exactly_once().await;
        assert_eq!(scene.books.really_articles("THEE").await, 1);
    }
}

#[tokio::test]
async fn two_searches_must_be_a_minute_apart() {
    let scene = three();
    scene.books.mood(What::Order, Mood::CutBefore);
    scene.books.down.store(false, Ordering::Relaxed);
    scene.run().await;
    // The first search of this intent was at once; forget it, as if the program had been killed
    // before it searched.
    scene
        .journal
        .with(|connection| connection.execute("DELETE FROM intent_searches", []))
        .unwrap();
    scene.pass_minutes(30);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Writing);
    scene.pass(SignedDuration::from_secs(30));
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Writing);
    scene.pass(SignedDuration::from_secs(31));
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn a_record_that_is_seen_late_is_not_written_twice() {
    for what in KINDS {
        for seconds in [1, 60, 120] {
            let scene = three();
            *scene.books.seen_after.lock().unwrap() = SignedDuration::from_secs(seconds);
            scene.books.mood(what, Mood::CutAfter);
            scene.runs(4).await;
            scene.each_exactly_once().await;
            assert_eq!(scene.books.really_articles("THEE").await, 1);
        }
    }
}

#[tokio::test]
async fn a_write_that_takes_effect_after_we_gave_up_is_found() {
    for what in KINDS {
        for minutes in [1, 5, 9] {
            let scene = three();
            scene
                .books
                .mood(what, Mood::WrittenAfter(SignedDuration::from_mins(minutes)));
            for _ in 0..12 {
                scene.run().await;
                scene.pass_minutes(2);
            }
            scene.each_exactly_once().await;
            assert_eq!(scene.books.really_articles("THEE").await, 1);
        }
    }
}

#[tokio::test]
async fn a_relation_written_long_after_is_still_one_because_its_code_is_kept() {
    let scene = three();
    scene.books.mood(
        What::Relation,
        Mood::WrittenAfter(SignedDuration::from_mins(11)),
    );
    scene.run().await;
    scene.pass_minutes(10);
    scene.run().await;
    scene.pass_minutes(2);
    scene.runs(3).await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn a_code_that_a_stranger_took_is_passed_over() {
    let scene = three();
    scene.books.code_taken.store(true, Ordering::Relaxed);
    let report = scene.run().await;
    assert_eq!(report.orders["written"], 3, "{report:?}");
    let mut emails: Vec<String> = scene
        .books
        .really_relations()
        .await
        .into_iter()
        .map(|relation| relation.email)
        .collect();
    emails.sort();
    assert_eq!(
        emails,
        [
            "klant1@voorbeeld.nl",
            "klant2@voorbeeld.nl",
            "klant3@voorbeeld.nl",
            "vreemd@elders.nl"
        ]
    );
}

#[tokio::test]
async fn a_deleted_journal_is_made_again_without_a_double() {
    let mut scene = Scene::new((1..=8).map(|id| order(id, "THEE", ago(60))).collect());
    scene.run().await;
    let other = tempfile::TempDir::new().unwrap();
    scene.journal = Journal::open(other.path()).unwrap();
    scene.pass_minutes(15);
    let report = scene.run().await;
    assert_eq!(report.orders["written"], 8, "{report:?}");
    assert_eq!(report.created.orders, 0);
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn a_restored_older_journal_goes_on_without_a_double() {
    let mut scene = Scene::new((1..=3).map(|id| order(id, "THEE", ago(60))).collect());
    scene.run().await;
    let older = scene.journal.throw_away_copy().unwrap();
    scene.pass_minutes(60);
    for id in 4..=6 {
        scene.shop.orders().push(order(id, "KOFFIE", scene.now()));
    }
    scene.run().await;
    scene.journal = older;
    scene.pass_minutes(15);
    scene.run().await;
    scene.each_exactly_once().await;
    assert_eq!(scene.books.really_articles("KOFFIE").await, 1);
}

#[tokio::test]
async fn without_a_reference_an_unknown_outcome_waits_for_the_owner() {
    let mut scene = three();
    scene.settings.sales.payment_reference = winkelbrug::profile::settings::PaymentReference::None;
    scene.books.mood(What::Order, Mood::CutBefore);
    scene.run().await;
    let held = scene.listed("1001");
    assert_eq!(held.reason.unwrap().code, "outcome-unknown");
    scene.pass_minutes(60 * 25);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Held);
    let order = scene.journal.find_order("proef", "1001").unwrap();
    scene
        .journal
        .offer_again(order, false, scene.now())
        .unwrap();
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    assert_eq!(scene.books.really_orders().await.len(), 3);
}

#[tokio::test]
async fn another_order_of_the_same_customer_waits_for_a_relation_of_unknown_outcome() {
    let mut second = order(2, "THEE", ago(50));
    second.customer = order(1, "THEE", ago(60)).customer;
    crate::import::shop::rehash(&mut second);
    let scene = Scene::new(vec![order(1, "THEE", ago(60)), second]);
    *scene.books.seen_after.lock().unwrap() = SignedDuration::from_secs(100);
    scene.books.mood(What::Relation, Mood::CutAfter);
    scene.run().await;
    assert_eq!(scene.books.really_relations().await.len(), 1);
    scene.runs(4).await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn a_write_that_is_lost_again_and_again_waits_for_the_owner() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    for _ in 0..9 {
        scene.books.mood(What::Order, Mood::CutBefore);
    }
    scene.runs(9).await;
    assert_eq!(scene.listed("1001").reason.unwrap().code, "write-lost");
    assert!(scene.books.really_orders().await.is_empty());
}

fn moods() -> impl Strategy<Value = Vec<(What, Mood)>> {
    let what = prop_oneof![Just(What::Relation), Just(What::Article), Just(What::Order)];
    let mood = prop_oneof![
        Just(Mood::CutBefore),
        Just(Mood::CutAfter),
        (1_i64..470).prop_map(|s| Mood::WrittenAfter(SignedDuration::from_secs(s))),
        Just(Mood::Down),
        Just(Mood::Unreachable),
    ];
    proptest::collection::vec((what, mood), 0..10)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the books do, in whatever order, at whatever moments the program runs.
    #[test]
    fn whatever_happens_each_is_there_exactly_once(
        moods in moods(),
        late in 0_i64..120,
        waits in proptest::collection::vec(1_i64..900, 4..8),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut orders: Vec<_> = (1..=4).map(|id| order(id, "THEE", ago(60))).collect();
            orders[3].customer = orders[0].customer.clone();
            crate::import::shop::rehash(&mut orders[3]);
            let scene = Scene::new(orders);
            *scene.books.seen_after.lock().unwrap() = SignedDuration::from_secs(late);
            for (what, mood) in moods {
                scene.books.mood(what, mood);
            }
            for wait in waits {
                scene.run().await;
                scene.pass(SignedDuration::from_secs(wait));
            }
            for _ in 0..40 {
                scene.run().await;
                scene.pass_minutes(11);
                // An order that was lost too often was looked up by its owner.
                for held in scene.journal.held_orders("proef").unwrap() {
                    scene.journal.offer_again(held, false, scene.now()).unwrap();
                }
            }
            scene.each_exactly_once().await;
            assert_eq!(scene.books.really_articles("THEE").await, 1);
        });
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_makes_an_order_wait_anew_and_not_for_ever() {
    let scene = three();
    scene.books.mood(What::Order, Mood::CutBefore);
    scene.pass(SignedDuration::from_hours(24 * 300));
    for id in 1..=3 {
        let now = scene.now();
        scene.shop.edit(&id.to_string(), Some(now), |_| {});
    }
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Writing);
    scene.pass(-SignedDuration::from_hours(24 * 300));
    scene.run().await;
    scene.pass_minutes(9);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Writing);
    scene.pass_minutes(2);
    scene.run().await;
    scene.each_exactly_once().await;
}

//! The ordinary way, and orders that do not go it.

use std::sync::atomic::Ordering;

use rust_decimal::dec;
use winkelbrug::{
    failure::Class,
    journal::State,
    sync::{RunOutcome, Sides},
};
use winkelbrug_protocol::record::StatusKind;

use crate::import::{
    books::{Mood, What},
    scene::{Scene, ago},
    shop::{order, status, with_coupon, with_unknown_rate},
};

#[tokio::test]
async fn orders_arrive_once_and_a_second_run_leaves_shop_and_books_alone() {
    let scene = Scene::new((1..=5).map(|id| order(id, "THEE", ago(60))).collect());
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Done, "{report:?}");
    assert_eq!(report.orders["written"], 5);
    assert_eq!(
        (
            report.created.orders,
            report.created.relations,
            report.created.articles
        ),
        (5, 5, 1)
    );
    scene.each_exactly_once().await;

    let (bodies, calls) = (
        scene.shop.bodies_asked.load(Ordering::Relaxed),
        scene.books.calls.load(Ordering::Relaxed),
    );
    scene.pass_minutes(15);
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Done);
    assert!(report.orders.is_empty(), "{report:?}");
    assert_eq!(scene.shop.bodies_asked.load(Ordering::Relaxed), bodies);
    assert_eq!(scene.books.calls.load(Ordering::Relaxed), calls);
}

#[tokio::test]
async fn the_order_number_is_the_payment_reference_and_the_total_is_the_shops() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    let listed = scene.listed("1001");
    assert_eq!(listed.payment_reference.as_deref(), Some("1001"));
    assert_eq!(listed.total.unwrap().parse(), Ok(dec!(12.10)));
    assert!(listed.relation_code.is_some());
    assert!(listed.administration_number.is_some());
}

#[tokio::test]
async fn an_invalid_order_among_ten_holds_back_no_other() {
    let mut orders: Vec<_> = (1..=10).map(|id| order(id, "THEE", ago(60))).collect();
    orders[2] = with_unknown_rate(orders[2].clone());
    let scene = Scene::new(orders);
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Attention);
    assert_eq!(
        (report.orders["written"], report.orders["held"]),
        (9, 1),
        "{report:?}"
    );
    let held = scene.listed("1003");
    assert_eq!(held.state, State::Held);
    assert!(held.reason.is_some());
}

#[tokio::test]
async fn an_order_that_cannot_be_read_is_kept_and_held() {
    let scene = Scene::new((1..=3).map(|id| order(id, "THEE", ago(60))).collect());
    scene.shop.garbled.lock().unwrap().push("2".into());
    let report = scene.run().await;
    assert_eq!(report.orders["written"], 2);
    let held = scene.listed("2");
    assert_eq!(held.reason.unwrap().code, "order-unreadable");
}

#[tokio::test]
async fn an_order_the_books_refuse_is_held_with_their_code_and_comes_in_when_offered_again() {
    let scene = Scene::new((1..=3).map(|id| order(id, "THEE", ago(60))).collect());
    scene.books.mood(What::Order, Mood::Refuse("VOR-0010"));
    let report = scene.run().await;
    assert_eq!(report.orders["written"], 2);
    assert_eq!(scene.listed("1001").reason.unwrap().code, "VOR-0010");
    let order = scene.journal.find_order("proef", "1001").unwrap();
    scene
        .journal
        .offer_again(order, false, scene.now())
        .unwrap();
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn an_order_pending_first_and_paid_later_arrives() {
    let mut pending = order(1, "THEE", ago(60));
    pending.status = status(StatusKind::Pending);
    crate::import::shop::rehash(&mut pending);
    let scene = Scene::new(vec![pending]);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Skipped);
    scene.pass_minutes(30);
    scene.shop.edit("1", Some(scene.now()), |order| {
        order.status = status(StatusKind::Processing);
    });
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn an_order_cancelled_before_it_is_written_is_not_written() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.books.down.store(true, Ordering::Relaxed);
    scene.run().await;
    scene.shop.edit("1", Some(scene.now()), |order| {
        order.status = status(StatusKind::Cancelled);
    });
    scene.books.down.store(false, Ordering::Relaxed);
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Skipped);
    assert!(scene.books.really_orders().await.is_empty());
}

#[tokio::test]
async fn an_outage_loses_nobody_his_place() {
    let scene = Scene::new((1..=6).map(|id| order(id, "THEE", ago(60))).collect());
    scene.books.mood(What::Order, Mood::Unreachable);
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Failed);
    assert!(report.failure.unwrap().connection);
    assert_eq!(scene.state("1001"), State::Planned);
    scene.pass_minutes(15);
    scene.shop.down.store(true, Ordering::Relaxed);
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Failed);
    scene.shop.down.store(false, Ordering::Relaxed);
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn one_order_that_fails_for_now_is_passed_over_and_keeps_its_place() {
    let scene = Scene::new((1..=4).map(|id| order(id, "THEE", ago(60))).collect());
    scene.books.mood(What::Order, Mood::Down);
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Attention);
    assert_eq!(report.orders["written"], 3);
    assert_eq!(scene.state("1001"), State::Planned);
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn books_that_fail_order_after_order_stop_the_run() {
    let scene = Scene::new((1..=9).map(|id| order(id, "THEE", ago(60))).collect());
    for _ in 0..9 {
        scene.books.mood(What::Order, Mood::Down);
    }
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Failed);
    let planned = scene.journal.order_counts("proef").unwrap()["planned"];
    assert_eq!(planned, 9);
}

#[tokio::test]
async fn a_refused_form_of_discount_is_tried_otherwise_and_remembered() {
    let orders = (1..=3)
        .map(|id| with_coupon(order(id, "THEE", ago(60))))
        .collect();
    let scene = Scene::new(orders);
    scene
        .books
        .refuses_negative_prices
        .store(true, Ordering::Relaxed);
    let report = scene.run().await;
    assert_eq!(report.orders["written"], 3, "{report:?}");
    scene.each_exactly_once().await;
    for order in scene.books.really_orders().await {
        assert_eq!(order.total_incl, Some(dec!(10.89)));
    }
}

#[tokio::test]
async fn two_orders_of_one_new_customer_make_one_relation() {
    let mut second = order(2, "THEE", ago(50));
    second.customer = order(1, "THEE", ago(60)).customer;
    crate::import::shop::rehash(&mut second);
    let scene = Scene::new(vec![order(1, "THEE", ago(60)), second]);
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn two_shops_with_the_same_numbers_both_arrive() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    let mut other = order(1, "THEE", ago(50));
    other.customer.email = "iemand@elders.nl".into();
    crate::import::shop::rehash(&mut other);
    let mut beside = scene.beside("tweede", vec![other]);
    beside.settings.sales.payment_reference_prefix = "B-".into();
    scene.run().await;
    beside.run().await;
    let mut references: Vec<String> = scene
        .books
        .really_orders()
        .await
        .into_iter()
        .map(|order| order.payment_reference)
        .collect();
    references.sort();
    assert_eq!(references, ["1001", "B-1001"]);
}

#[tokio::test]
async fn a_changed_setting_decides_held_and_skipped_orders_anew() {
    let mut odd = order(2, "THEE", ago(60));
    odd.lines[0].tax_class.as_mut().unwrap().name = "Zeldzaam".into();
    odd.lines[0].tax_class.as_mut().unwrap().id = "8".into();
    odd.lines[0].code = "ODD".into();
    crate::import::shop::rehash(&mut odd);
    let mut complete = order(1, "THEE", ago(60));
    complete.status = status(StatusKind::Complete);
    crate::import::shop::rehash(&mut complete);
    let mut scene = Scene::new(vec![complete, odd]);
    scene.settings.shop.order_statuses = vec!["Processing".into()];
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Skipped);
    assert_eq!(scene.state("1002"), State::Held);
    scene.settings.shop.order_statuses.push("Complete".into());
    scene
        .settings
        .articles
        .revenue_groups
        .insert("Zeldzaam".into(), "Omzet hoog".into());
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn a_trial_run_shows_plans_and_leaves_nothing_behind() {
    let scene = Scene::new(vec![
        order(1, "THEE", ago(60)),
        with_unknown_rate(order(2, "THEE", ago(60))),
    ]);
    let report = scene.dry_run().await;
    assert_eq!(report.outcome, RunOutcome::DryRun, "{report:?}");
    let outcomes: Vec<&str> = report
        .plans
        .iter()
        .map(|plan| plan.outcome.as_str())
        .collect();
    assert_eq!(outcomes, ["plan", "held"]);
    assert!(report.plans[0].plan.is_some());
    assert!(scene.books.really_orders().await.is_empty());
    assert!(scene.journal.orders("proef", None).unwrap().is_empty());
    assert!(scene.journal.runs("proef", 9).unwrap().is_empty());
}

#[tokio::test]
async fn a_wish_to_stop_is_honoured_between_two_orders() {
    let scene = Scene::new((1..=4).map(|id| order(id, "THEE", ago(60))).collect());
    let stop = scene.stop.clone();
    *scene.books.after_order.lock().unwrap() = Some(Box::new(move || stop.ask()));
    let report = scene.run().await;
    assert_eq!(report.outcome, RunOutcome::Stopped);
    assert_eq!(scene.books.really_orders().await.len(), 1);
    assert_eq!(scene.state("1001"), State::Written);
    assert_eq!(scene.state("1002"), State::Planned);
}

#[tokio::test]
async fn the_run_can_be_sent_between_threads() {
    fn sent<T: Send>(future: T) -> T {
        future
    }
    let scene = Scene::new(Vec::new());
    let _: fn(&Sides<'_>) = |_| {};
    sent(scene.run()).await;
}

#[tokio::test]
async fn an_order_cancelled_and_restored_before_it_was_written_arrives() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    for kind in [StatusKind::Cancelled, StatusKind::Processing] {
        scene
            .shop
            .edit("1", Some(scene.now()), |order| order.status = status(kind));
        scene.run().await;
        scene.pass_minutes(5);
    }
    scene.each_exactly_once().await;
}

/// Two orders of one buyer with one reference, as PrestaShop splits an order; `extra` is one more
/// than the first has.
fn split() -> Scene {
    let orders = [1, 2]
        .map(|id| {
            let mut order = order(id, "THEE", ago(60));
            order.shop_reference = Some("XKBKNABJK".into());
            order.customer.email = "samen@example.com".into();
            order.customer.id = Some("5".into());
            crate::import::shop::rehash(&mut order);
            order
        })
        .into();
    let mut scene = Scene::new(orders);
    scene.settings.sales.payment_reference =
        winkelbrug::profile::settings::PaymentReference::ShopReference;
    scene
}

async fn references(scene: &Scene) -> Vec<String> {
    let orders = scene.books.really_orders().await;
    let mut references: Vec<String> = orders
        .into_iter()
        .map(|order| order.payment_reference)
        .collect();
    references.sort();
    references
}

#[tokio::test]
async fn orders_that_share_one_reference_both_arrive() {
    let scene = split();
    let report = scene.run().await;
    assert_eq!(report.orders["written"], 2, "{report:?}");
    assert_eq!(references(&scene).await, ["XKBKNABJK", "XKBKNABJK-1002"]);
    scene.runs(2).await;
    assert_eq!(references(&scene).await.len(), 2);
}

#[tokio::test]
async fn an_order_of_a_split_keeps_its_suffix_over_lost_writes() {
    for mood in [
        Mood::CutBefore,
        Mood::CutAfter,
        Mood::WrittenAfter(jiff::SignedDuration::from_mins(3)),
    ] {
        let scene = split();
        scene.shop.edit("2", Some(scene.now()), |order| {
            order.status = status(StatusKind::Pending);
        });
        scene.run().await;
        scene.shop.edit("2", Some(scene.now()), |order| {
            order.status = status(StatusKind::Processing);
        });
        scene.books.mood(What::Order, mood);
        for _ in 0..8 {
            scene.pass_minutes(4);
            scene.run().await;
        }
        assert_eq!(
            references(&scene).await,
            ["XKBKNABJK", "XKBKNABJK-1002"],
            "{mood:?}"
        );
        assert_eq!(scene.state("1002"), State::Written, "{mood:?}");
    }
}

#[tokio::test]
async fn a_trial_run_counts_a_buyer_and_an_article_that_occur_twice_once() {
    let mut orders = vec![
        order(1, "THEE", ago(60)),
        order(2, "THEE", ago(50)),
        order(3, "KOFFIE", ago(40)),
    ];
    for order in &mut orders[..2] {
        order.customer.email = "Samen@example.com".into();
        crate::import::shop::rehash(order);
    }
    let scene = Scene::new(orders);
    let trial = scene.dry_run().await;
    let first = &trial.plans[1];
    assert_eq!(first.relation_of.as_deref(), Some("1001"));
    assert_eq!(first.made_before, ["THEE"]);
    let real = scene.run().await;
    for (would, did) in [
        (trial.created.orders, real.created.orders),
        (trial.created.relations, real.created.relations),
        (trial.created.articles, real.created.articles),
    ] {
        assert_eq!(would, did, "{trial:?}");
    }
    assert_eq!(real.created.relations, 2);
}

#[tokio::test]
async fn a_revenue_group_the_books_do_not_have_stops_the_profile_before_the_first_order() {
    let mut scene = Scene::new(vec![order(1, "THEE", ago(60)), order(2, "THEE", ago(50))]);
    let groups = &mut scene.settings.articles.revenue_groups;
    groups.insert("Laag".into(), "Nergens".into());
    groups.insert("Nul".into(), "Ook nergens".into());
    let report = scene.run().await;
    let failure = report.failure.unwrap();
    assert_eq!(failure.code, "omzetgroep-ontbreekt");
    assert_eq!(failure.class, Class::Misconfigured);
    for name in ["\"Nergens\"", "\"Ook nergens\"", "articles.revenue_groups"] {
        assert!(failure.text.en.contains(name), "{failure:?}");
    }
    assert!(failure.hint.en.contains("Omzet hoog"), "{failure:?}");
    assert!(scene.books.really_orders().await.is_empty());
    assert_eq!(scene.state("1001"), State::Seen);

    let groups = &mut scene.settings.articles.revenue_groups;
    groups.retain(|class, _| class == "Hoog");
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn a_status_the_shop_does_not_know_stops_the_task_and_skips_no_order() {
    let mut scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.settings.shop.order_statuses = vec!["Processing".into(), "gibtsnicht".into()];
    let report = scene.run().await;
    let failure = report.failure.unwrap();
    assert_eq!(failure.code, "order-statuses-unknown");
    assert_eq!(failure.class, Class::Misconfigured);
    for name in ["shop.order_statuses", "gibtsnicht"] {
        assert!(failure.text.en.contains(name), "{failure:?}");
    }
    assert!(failure.hint.en.contains("Processing"), "{failure:?}");
    assert_eq!(scene.state("1001"), State::Seen);

    // A shop that names no statuses says nothing about them.
    scene.shop.unnamed_statuses.lock().unwrap().extend([
        StatusKind::Pending,
        StatusKind::Processing,
        StatusKind::Complete,
        StatusKind::Cancelled,
    ]);
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn a_status_the_shop_names_only_while_an_order_is_in_it_stops_nothing_later() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    scene
        .shop
        .unnamed_statuses
        .lock()
        .unwrap()
        .push(StatusKind::Complete);
    scene.pass_minutes(15);
    scene.shop.orders().push(order(2, "THEE", ago(1)));
    scene.run().await;
    scene.each_exactly_once().await;
}

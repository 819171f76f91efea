//! What the owner decides, and what is forgotten.

use std::sync::{Arc, Mutex};

use winkelbrug::{
    failure::Failure,
    journal::State,
    profile::settings::{Handling, Retention},
    service::{action::Which, owner},
    translate::Reason,
};

use crate::import::{
    books::What,
    scene::{Scene, ago},
    shop::{order, rehash, with_unknown_rate},
};

#[tokio::test]
async fn an_order_skipped_by_a_person_stays_skipped_whatever_the_shop_does() {
    let scene = Scene::new(vec![with_unknown_rate(order(1, "THEE", ago(60)))]);
    scene.run().await;
    let id = scene.journal.find_order("proef", "1001").unwrap();
    let reason = Reason::new(
        "by-owner",
        winkelbrug::text!("Al met de hand gedaan", "Done by hand"),
        winkelbrug::text::Text::default(),
    );
    scene
        .journal
        .skip_for_good(id, &reason, scene.now())
        .unwrap();
    scene.pass_minutes(15);
    scene
        .shop
        .edit("1", Some(scene.now()), |order| order.comment = "hoi".into());
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Skipped);
    scene.journal.offer_again(id, false, scene.now()).unwrap();
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Held);
}

#[tokio::test]
async fn personal_data_is_erased_after_its_days_and_amounts_and_references_stay() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.run().await;
    let days = Retention {
        raw_days: 400,
        log_days: 90,
    };
    let words = ["klant1@voorbeeld.nl", "Anna Klant1"];
    let journal_and_copy = scene.files_holding(&words);
    let in_both = ["journal-2026-03-02.db", "journal.db"]
        .iter()
        .all(|name| journal_and_copy.iter().any(|found| found.starts_with(name)));
    assert!(in_both, "{journal_and_copy:?}");
    scene.pass_minutes(60 * 24 * 399);
    scene
        .journal
        .erase_old("proef", &days, scene.now())
        .unwrap();
    assert_eq!(scene.files_holding(&words), journal_and_copy);
    scene.pass_minutes(60 * 24 * 2);
    scene
        .journal
        .erase_old("proef", &days, scene.now())
        .unwrap();
    assert_eq!(scene.files_holding(&words), [""; 0]);
    let order = scene.journal.order("proef", "1001").unwrap();
    assert!(order.raw.is_none() && order.plan.is_none() && order.history.is_empty());
    assert_eq!(order.listed.payment_reference.as_deref(), Some("1001"));
    assert!(order.listed.total.is_some());
}

#[tokio::test]
async fn one_customer_is_forgotten_and_the_others_are_not() {
    let scene = Scene::new((1..=3).map(|id| order(id, "THEE", ago(60))).collect());
    scene.run().await;
    let erased = scene
        .journal
        .forget("proef", " Klant2@Voorbeeld.nl", scene.now())
        .unwrap();
    assert_eq!(erased.orders, 1);
    assert!(scene.journal.order("proef", "1002").unwrap().raw.is_none());
    assert!(scene.journal.order("proef", "1001").unwrap().raw.is_some());
    assert_eq!(
        scene
            .journal
            .forget("proef", "id:c3", scene.now())
            .unwrap()
            .orders,
        1
    );
    // A later run neither brings him back nor writes him twice.
    scene.pass_minutes(15);
    scene.run().await;
    assert!(scene.journal.order("proef", "1002").unwrap().raw.is_none());
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn a_held_order_whose_text_was_erased_is_asked_of_the_shop_again() {
    let scene = Scene::new(vec![with_unknown_rate(order(1, "THEE", ago(60)))]);
    scene.run().await;
    scene
        .journal
        .forget("proef", "klant1@voorbeeld.nl", scene.now())
        .unwrap();
    let id = scene.journal.find_order("proef", "1001").unwrap();
    scene.journal.offer_again(id, false, scene.now()).unwrap();
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Held);
    assert!(scene.journal.order("proef", "1001").unwrap().raw.is_some());
}

const WHY: &str = "Contant betaald";

/// What the owner does when a write of that kind arrives at the books: he skips that order. What
/// he is told is kept.
fn skips_at(scene: &Scene, at: What, number: &'static str) -> Arc<Mutex<Vec<Result<(), Failure>>>> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (journal, now, answers) = (scene.journal.clone(), scene.now(), told.clone());
    *scene.books.at_write.lock().unwrap() = Some(Box::new(move |what| {
        if what == at && answers.lock().unwrap().is_empty() {
            let told = owner::skip(&journal, "proef", number, WHY, now);
            answers.lock().unwrap().push(told);
        }
    }));
    told
}

async fn left_out_for_good(scene: &Scene, number: &str) {
    for _ in 0..3 {
        let listed = scene.listed(number);
        assert_eq!(listed.state, State::Skipped);
        assert!(listed.by_owner);
        let reason = listed.reason.unwrap();
        assert_eq!(reason.code, "by-owner");
        assert!(reason.text.nl.contains(WHY), "{reason:?}");
        let orders = scene.books.really_orders().await;
        assert!(orders.iter().all(|order| order.payment_reference != number));
        scene.pass_minutes(15);
        let report = scene.run().await;
        assert!(report.failure.is_none(), "{report:?}");
    }
}

#[tokio::test]
async fn an_order_skipped_while_an_earlier_one_is_written_is_not_written() {
    let scene = Scene::new((1..=3).map(|id| order(id, "THEE", ago(60))).collect());
    let told = skips_at(&scene, What::Order, "1002");
    let report = scene.run().await;
    assert!(matches!(told.lock().unwrap().as_slice(), [Ok(())]));
    assert!(report.failure.is_none(), "{report:?}");
    assert_eq!(
        (report.orders["written"], report.orders["skipped"]),
        (2, 1),
        "{report:?}"
    );
    left_out_for_good(&scene, "1002").await;
    let again = Which::Order("1002".into());
    owner::retry(&scene.journal, "proef", &again, false, scene.now()).unwrap();
    scene.run().await;
    scene.each_exactly_once().await;
}

#[tokio::test]
async fn an_order_skipped_while_its_relation_is_brought_up_to_date_is_not_written() {
    let mut scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.settings.customers.handling = Handling::AddAndUpdate;
    scene.run().await;
    let mut second = order(2, "THEE", ago(5));
    second.customer = order(1, "THEE", ago(60)).customer;
    second.customer.telephone = "0109999999".into();
    rehash(&mut second);
    scene.shop.orders().push(second);
    let told = skips_at(&scene, What::Relation, "1002");
    let report = scene.run().await;
    assert!(matches!(told.lock().unwrap().as_slice(), [Ok(())]));
    assert!(report.failure.is_none(), "{report:?}");
    left_out_for_good(&scene, "1002").await;
}

#[tokio::test]
async fn an_order_cannot_be_skipped_or_offered_again_while_it_is_being_written_and_the_owner_is_told()
 {
    for at in [What::Relation, What::Article, What::Order] {
        let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
        let told = skips_at(&scene, at, "1001");
        scene.run().await;
        let told = told.lock().unwrap().pop().unwrap().unwrap_err();
        assert_eq!(told.code, "order-not-waiting");
        assert!(told.text.en.contains("being written just now"), "{told}");
        scene.each_exactly_once().await;
        let again = Which::Order("1001".into());
        let now = scene.now();
        let told = owner::retry(&scene.journal, "proef", &again, false, now).unwrap_err();
        assert!(told.text.en.contains("is in the books already"), "{told}");
    }
}

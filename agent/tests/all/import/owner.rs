//! What the owner decides, and what is forgotten.

use winkelbrug::{journal::State, profile::settings::Retention, translate::Reason};

use crate::import::{
    scene::{Scene, ago},
    shop::{order, with_unknown_rate},
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
    scene.journal.offer_again(id, scene.now()).unwrap();
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
    scene.journal.offer_again(id, scene.now()).unwrap();
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Held);
    assert!(scene.journal.order("proef", "1001").unwrap().raw.is_some());
}

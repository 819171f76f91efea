//! What a run tells of the profile as a whole: a slow shop, and another installation on the same one.

use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use winkelbrug::{
    journal::State,
    sync::{Event, Observer, RunOptions, RunOutcome},
    translate::plan::RelationStep,
};
use winkelbrug_protocol::record::OtherReader;

use crate::import::{
    scene::{Scene, ago},
    shop::order,
};

/// Lets the shop go on once it has heard a note.
struct Listening {
    heard: Mutex<Vec<String>>,
    let_go: Arc<Notify>,
}

impl Observer for Listening {
    fn tell(&self, event: Event) {
        if let Event::Note { text, .. } = event {
            self.heard.lock().unwrap().push(text.en);
            self.let_go.notify_one();
        }
    }
}

#[tokio::test]
async fn a_shop_that_keeps_a_run_waiting_is_said_to_be_slow_while_it_does() {
    let scene = Scene::new(vec![order(1, "MOK", ago(10))]);
    let let_go = Arc::new(Notify::new());
    *scene.shop.hangs.lock().unwrap() = Some(let_go.clone());
    let listening = Listening {
        heard: Mutex::default(),
        let_go,
    };
    let report = scene
        .run_seen_by(&scene.journal, RunOptions::default(), &listening)
        .await;
    assert_eq!(report.outcome, RunOutcome::Done);
    let heard = listening.heard.lock().unwrap();
    assert!(heard[0].contains("slow to answer: 9 seconds"), "{heard:?}");
}

#[tokio::test]
async fn another_installation_is_told_with_every_run_until_it_has_been_silent_for_long() {
    let scene = Scene::new(vec![order(1, "MOK", ago(10))]);
    let read = |minutes| OtherReader {
        reader: "another".to_owned(),
        at: ago(minutes).to_string(),
    };
    *scene.shop.other_reader.lock().unwrap() = Some(read(5));
    let report = scene.run().await;
    let codes: Vec<&str> = report.warnings.iter().map(|w| w.code.as_str()).collect();
    assert_eq!(codes, ["other-installation"]);
    assert_eq!(report.outcome, RunOutcome::Done);
    assert_eq!(scene.state("1001"), State::Written);
    // A run that writes nothing does not ask each time, and still tells.
    *scene.shop.other_reader.lock().unwrap() = Some(read(9 * 24 * 60));
    assert_eq!(scene.run().await.warnings.len(), 1);
    scene.pass_minutes(61);
    assert!(scene.run().await.warnings.is_empty());
}

#[tokio::test]
async fn what_another_installation_books_at_the_last_moment_is_linked_and_not_booked_again() {
    let first = order(1, "MOK", ago(10));
    let scene = Scene::new(vec![first.clone()]);
    assert_eq!(scene.run().await.created.orders, 1);
    let mut second = order(2, "MOK", ago(5));
    second.customer = first.customer.clone();
    second.invoice_address = first.invoice_address.clone();
    second.delivery_address = first.delivery_address.clone();
    scene.shop.orders().push(second);
    let plan = scene.dry_run().await.plans.remove(0).plan.unwrap();
    let RelationStep::Use { id, .. } = &plan.relation else {
        panic!("a known buyer: {:?}", plan.relation)
    };
    // It was not there when the books were read, and is there a moment later.
    *scene.books.beaten_to.lock().unwrap() = Some((id.clone(), plan.order.clone()));
    *scene.shop.other_reader.lock().unwrap() = Some(OtherReader {
        reader: "another".to_owned(),
        at: ago(1).to_string(),
    });
    let report = scene.run().await;
    assert_eq!(report.created.orders, 0, "{report:?}");
    assert_eq!(scene.state("1002"), State::Written);
    assert_eq!(scene.books.really_orders().await.len(), 2);
}

//! What the owner decides, and what is forgotten.

use std::sync::{Arc, Mutex};

use winkelbrug::{
    administration::Administration,
    books::{BookAddress, RelationDraft, marks},
    failure::Failure,
    journal::{AdministrationId, State, forgotten},
    profile::settings::{Handling, Retention},
    service::{action::Which, owner},
    translate::{Linked, Reason, link_keys, plan::ProductKeys},
};
use winkelbrug_protocol::record::Product;

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
            let told = owner::skip(&journal, "proef", number, WHY, now).map(drop);
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

/// A product as the shop tells it.
const PRODUCT: &str = r#"{"id":"1","changed_at":"","stamp":"","code":"THEE","sku":null,"ean":null,
    "name":"Thee","price":"10","tax_class":{"id":"1","name":"Hoog"},"quantity":null,"active":true,
    "options":[]}"#;

/// Their addresses, and the hash the first is linked by.
fn guests() -> Vec<&'static str> {
    let emails = ["gast@voorbeeld.nl", "nieuw@voorbeeld.nl"];
    let hash = marks::guest(emails[0], "1234 AB").unwrap().leak();
    emails.into_iter().chain([&*hash]).collect()
}

/// Two guests whom the owner linked by hand: one to a hotel that shares nothing with him, one to a
/// new relation; the hotel is another buyer's too, where that is wanted.
async fn linked_guests(shared: bool) -> Scene {
    let scene = Scene::new(Vec::new());
    let draft = RelationDraft {
        code: Some(555),
        name: "Hotel De Leeuw".into(),
        email: "hotel@voorbeeld.nl".into(),
        phone: String::new(),
        vat_number: String::new(),
        chamber_of_commerce: String::new(),
        address: BookAddress::default(),
        payment_term: None,
        invoice_email: None,
        reminder_email: None,
        reminder_kind: None,
        memo: String::new(),
        extra: Default::default(),
    };
    let hotel = scene.books.create_relation(&draft).await.unwrap();
    let company = AdministrationId(scene.books.company().await.unwrap().id);
    let link = |key: &str, to: &Linked| {
        let now = scene.now();
        scene.journal.link("proef", key, &company, to, now).unwrap();
    };
    let to_hotel = Linked::Relation {
        id: hotel.id,
        code: 555,
    };
    for (id, email) in [(1, "gast@voorbeeld.nl"), (2, "nieuw@voorbeeld.nl")] {
        let mut bought = order(id, "THEE", ago(60));
        bought.customer.id = None;
        bought.customer.email = email.into();
        rehash(&mut bought);
        let keys = link_keys(&bought, &scene.settings);
        let to = if id == 1 { &to_hotel } else { &Linked::New };
        link(&keys[0], to);
        scene.shop.orders().push(bought);
    }
    if shared {
        link("account:c3", &to_hotel);
        scene.shop.orders().push(order(3, "THEE", ago(50)));
    }
    scene.run().await;
    assert_eq!(scene.state("1001"), State::Written);
    assert!(!scene.files_holding(&["hotel@voorbeeld.nl"]).is_empty());
    scene
}

#[tokio::test]
async fn a_guest_linked_by_hand_is_forgotten_with_his_link_and_a_relation_that_was_his_alone() {
    for shared in [false, true] {
        let scene = linked_guests(shared).await;
        let forget = |who: &str| scene.journal.forget("proef", who, scene.now()).unwrap();
        let told = forget("gast@voorbeeld.nl");
        assert_eq!((told.orders, told.relations), (1, u64::from(!shared)));
        let hotel = scene.files_holding(&["hotel@voorbeeld.nl", "Hotel De Leeuw"]);
        assert_eq!(hotel.is_empty(), !shared, "{hotel:?}");
        forget("nieuw@voorbeeld.nl");
        assert_eq!(scene.files_holding(&guests()), [""; 0]);
        assert_eq!(
            scene.journal.links("proef").unwrap().len(),
            usize::from(shared)
        );
    }
}

#[tokio::test]
async fn links_of_guests_go_with_the_last_of_their_orders() {
    let scene = linked_guests(true).await;
    let days = Retention {
        raw_days: 400,
        log_days: 90,
    };
    scene.pass_minutes(60 * 24 * 401);
    scene
        .journal
        .erase_old("proef", &days, scene.now())
        .unwrap();
    let mut words = guests();
    words.extend(["hotel@voorbeeld.nl", "Hotel De Leeuw"]);
    assert_eq!(scene.files_holding(&words), [""; 0]);
}

#[tokio::test]
async fn texts_of_a_credit_go_with_those_of_its_order_and_stay_away() {
    let scene = Scene::new(vec![order(1, "THEE", ago(60))]);
    scene.runs(2).await;
    let company = scene.books.company().await.unwrap().id;
    let relation = scene.books.really_relations().await.remove(0).id;
    // A credit that was written, as the mirror has it.
    let file = scene.folder.path().join("journal.db");
    let journal = rusqlite::Connection::open(&file).unwrap();
    journal
        .execute_batch(&format!(
            "INSERT INTO credits (profile, order_id, refund, n, state, unasked, reason, booked, found_at)
             SELECT 'proef', id, 'r1', 1, 'written', 0,
                '{{\"code\":\"x\",\"text\":{{\"nl\":\"Anna Klant1\",\"en\":\"Anna Klant1\"}}}}', 'C-1', 1
             FROM orders;
             INSERT INTO bindings (profile, kind, shop_id, administration, foreign_id, code, bound_at)
             VALUES ('proef', 'order', '1#credit-1', '{company}', 'C-1', '', 1);
             INSERT INTO books_order (administration, id, reference, relation, record, generation, written_at)
             SELECT administration, 'C-1', '1001-C1', '{relation}',
                json_set(record, '$.id', 'C-1', '$.description', 'Credit voor Anna'), generation, written_at
             FROM books_order;"
        ))
        .unwrap();
    assert!(!scene.files_holding(&["Credit voor Anna"]).is_empty());
    scene
        .journal
        .forget("proef", "klant1@voorbeeld.nl", scene.now())
        .unwrap();
    drop(journal);
    let words = ["Credit voor Anna", "Anna Klant1"];
    assert_eq!(scene.files_holding(&words), [""; 0]);
    let journal = rusqlite::Connection::open(&file).unwrap();
    assert!(forgotten::is_erased(&journal, &company, "C-1").unwrap());
    assert!(!forgotten::is_erased(&journal, &company, "C-2").unwrap());
}

#[test]
fn products_the_shop_has_no_more_are_let_go_and_all_of_them_with_the_profile() {
    let folder = tempfile::tempdir().unwrap();
    let journal = winkelbrug::journal::Journal::open(folder.path()).unwrap();
    let product = |id: &str| Product {
        id: id.into(),
        ..serde_json::from_str(PRODUCT).unwrap()
    };
    let ids = ["1", "2"].map(str::to_owned);
    journal
        .keep_products("proef", &[product("1"), product("2")])
        .unwrap();
    journal
        .keep_only_products("proef", &[ids[1].clone()].into())
        .unwrap();
    let keys = ProductKeys {
        ids: ids.to_vec(),
        codes: Vec::new(),
    };
    let left = journal.products("proef", &keys).unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].id, "2");
    journal
        .empty_profile("proef", &[], jiff::Timestamp::UNIX_EPOCH)
        .unwrap();
    assert!(journal.products("proef", &keys).unwrap().is_empty());
}

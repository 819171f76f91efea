//! Every way a call can go wrong.

use std::time::{Duration, Instant};

use rust_decimal::dec;
use testbed::snelstart::{Options, Trouble, When};
use winkelbrug::{
    administration::{Administration, snelstart_online::Tuning},
    failure::{Class, Effect},
};

use crate::snelstart_client::house::{FREE, House, buyer, line, order};

#[tokio::test]
async fn a_read_that_meets_a_passing_fault_is_repeated() {
    for trouble in [
        Trouble::CutBefore,
        Trouble::StatusBefore(500, Duration::ZERO),
        Trouble::StatusBefore(503, Duration::ZERO),
    ] {
        let house = House::new();
        house.books.arm(When::new("GET", "/companyInfo"), trouble);
        assert!(house.client.company().await.is_ok());
        assert_eq!(house.books.requests().count("GET /companyInfo"), 2);
    }
}

#[tokio::test]
async fn a_read_that_keeps_failing_is_given_up_and_tried_later() {
    let house = House::new();
    let when = When::new("GET", "/companyInfo").always();
    house
        .books
        .arm(when, Trouble::StatusBefore(502, Duration::ZERO));
    let failure = house.client.company().await.unwrap_err();
    assert_eq!(
        (failure.class, failure.effect),
        (Class::Transient, Effect::None)
    );
    assert_eq!(house.books.requests().count("GET /companyInfo"), 4);
}

#[tokio::test]
async fn a_write_whose_outcome_is_in_doubt_is_never_repeated() {
    let troubles: [(Trouble, bool); 7] = [
        (Trouble::CutBefore, false),
        (Trouble::CutAfter, true),
        (Trouble::StatusBefore(502, Duration::ZERO), false),
        (Trouble::StatusAfter(502, Duration::ZERO), true),
        (Trouble::StatusAfter(504, Duration::ZERO), true),
        (Trouble::StatusBefore(500, Duration::ZERO), false),
        (Trouble::HtmlOk, false),
    ];
    for (trouble, done) in troubles {
        let house = House::new();
        let relation = house.relation(41).await;
        let lamp = house.article("LAMP").await;
        house
            .books
            .arm(When::new("POST", "/verkooporders"), trouble);
        let draft = order("100001", vec![line(&lamp.id, dec!(1), dec!(12.10))]);
        let failure = house
            .client
            .create_order(&relation.id, &draft)
            .await
            .unwrap_err();
        assert_eq!(
            (failure.class, failure.effect),
            (Class::Transient, Effect::Unknown)
        );
        assert_eq!(house.books.requests().count("POST /verkooporders"), 1);
        assert_eq!(
            house.client.find_orders("100001").await.unwrap().len(),
            usize::from(done)
        );
    }
}

#[tokio::test]
async fn a_write_that_takes_longer_than_our_patience_is_in_doubt() {
    let tuning = Tuning {
        patience: Duration::from_millis(300),
        ..FREE
    };
    let house = House::with(Options::default(), tuning);
    house.client.lookups().await.unwrap();
    house.books.arm(
        When::new("POST", "/relaties"),
        Trouble::Slow(Duration::from_millis(900)),
    );
    let failure = house.client.create_relation(&buyer(41)).await.unwrap_err();
    assert_eq!(failure.code, "snelstart-timeout");
    assert_eq!(
        (failure.class, failure.effect),
        (Class::Transient, Effect::Unknown)
    );
}

#[tokio::test]
async fn bad_requests_without_words_hold_the_record() {
    for trouble in [Trouble::EmptyBadRequest, Trouble::HtmlBadRequest] {
        let house = House::new();
        house.books.arm(When::new("POST", "/relaties"), trouble);
        let failure = house.client.create_relation(&buyer(41)).await.unwrap_err();
        assert_eq!(
            (failure.class, failure.effect),
            (Class::Refused, Effect::None)
        );
        assert_eq!(failure.code, "snelstart-400");
    }
}

#[tokio::test]
async fn a_page_of_html_where_a_list_should_be_is_no_empty_list() {
    let house = House::new();
    house
        .books
        .arm(When::new("GET", "/artikelen").always(), Trouble::HtmlOk);
    let failure = house.client.stock(None).await.unwrap_err();
    assert_eq!(
        (failure.class, failure.code.as_str()),
        (Class::Transient, "answer-unreadable")
    );
}

#[tokio::test]
async fn too_many_calls_waits_as_long_as_told_and_writes_once() {
    let house = House::new();
    house.client.lookups().await.unwrap();
    house
        .books
        .arm(When::new("POST", "/relaties"), Trouble::TooMany(Some(1)));
    let begun = Instant::now();
    house.client.create_relation(&buyer(41)).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(
        house
            .books
            .relations()
            .iter()
            .filter(|r| r.code == 41)
            .count(),
        1
    );
}

#[tokio::test]
async fn the_wish_to_stop_ends_a_wait_and_leaves_no_doubt() {
    let house = House::new();
    house.client.lookups().await.unwrap();
    house
        .books
        .arm(When::new("POST", "/relaties"), Trouble::TooMany(Some(40)));
    let stop = house.stop.clone();
    let begun = Instant::now();
    let draft = buyer(41);
    let (result, ()) = tokio::join!(house.client.create_relation(&draft), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        stop.ask();
    });
    let failure = result.unwrap_err();
    assert_eq!(
        (failure.code.as_str(), failure.effect),
        ("stopped", Effect::None)
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_used_up_hour_tells_when_to_come_back_and_is_no_refused_key() {
    let house = House::new();
    house.client.lookups().await.unwrap();
    house
        .books
        .arm(When::new("POST", "/relaties"), Trouble::Quota);
    let failure = house.client.create_relation(&buyer(41)).await.unwrap_err();
    assert_eq!(
        (failure.class, failure.effect),
        (Class::Transient, Effect::None)
    );
    assert_eq!(failure.code, "hour-used-up");
    assert!(failure.retry_after.is_some());
    let again = house.client.create_relation(&buyer(41)).await.unwrap_err();
    assert_eq!(again.code, "hour-used-up");
    assert_eq!(house.books.requests().count("POST /relaties"), 1);
}

#[tokio::test]
async fn nobody_there_is_a_failed_connection() {
    let house = House::new();
    let client = house.client_with("a", "b");
    let key = (house.books.connection_key(), house.books.subscription_key());
    assert!(!key.0.is_empty() && client.budget().is_some());
    let settings = winkelbrug::profile::settings::Administration {
        kind: winkelbrug::profile::settings::AdministrationKind::SnelstartOnline,
        api_url: "http://127.0.0.1:1/v2".to_owned(),
        auth_url: "http://127.0.0.1:1/b2b/token".to_owned(),
    };
    let keys = winkelbrug::administration::snelstart_online::Keys {
        connection: winkelbrug::profile::Secret::new(key.0),
        subscription: winkelbrug::profile::Secret::new(key.1),
    };
    let client = winkelbrug::administration::snelstart_online::SnelStart::tuned(
        &settings,
        keys,
        &house.journal,
        house.clock.clone(),
        house.stop.clone(),
        FREE,
    )
    .unwrap();
    let failure = client.company().await.unwrap_err();
    assert!(failure.connection);
    let failure = client.create_relation(&buyer(1)).await.unwrap_err();
    assert_eq!(
        (failure.class, failure.effect),
        (Class::Transient, Effect::None)
    );
}

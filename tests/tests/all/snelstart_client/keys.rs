//! Both keys and the token.

use std::time::Duration;

use testbed::snelstart::{Knobs, RefusalBody, Trouble, When};
use winkelbrug::{administration::Administration, failure::Class};

use crate::snelstart_client::house::{House, buyer};

#[tokio::test]
async fn both_keys_together_say_whose_books_these_are() {
    let house = House::new();
    let company = house.client.company().await.unwrap();
    assert_eq!(company.name, "Voorbeeld BV");
    assert_eq!(company.country, "NL");
    assert!(!company.numeric_article_codes && !company.article_prices_exclude_vat);
}

#[tokio::test]
async fn each_refused_key_is_named() {
    for refusal_body in RefusalBody::ALL {
        let house = House::with_knobs(Knobs {
            refusal_body: *refusal_body,
            ..Knobs::default()
        });
        let (connection, subscription) =
            (house.books.connection_key(), house.books.subscription_key());
        let wrong = house
            .client_with("onzin", &subscription)
            .company()
            .await
            .unwrap_err();
        assert_eq!(
            (wrong.class, wrong.code.as_str()),
            (Class::Credentials, "connection-key-refused")
        );
        let wrong = house
            .client_with(&connection, "onzin")
            .company()
            .await
            .unwrap_err();
        assert_eq!(
            (wrong.class, wrong.code.as_str()),
            (Class::Credentials, "subscription-key-refused")
        );
        assert!(wrong.hint.nl.contains("90 dagen"));
        house.books.set_scopes(&["settings:read"]);
        house.books.end_tokens();
        let wrong = house.client.find_articles("x").await.unwrap_err();
        assert_eq!(
            (wrong.class, wrong.code.as_str()),
            (Class::Credentials, "scope-missing")
        );
    }
}

#[tokio::test]
async fn a_key_pasted_with_a_line_end_is_the_same_key() {
    let house = House::new();
    let client = house.client_with(
        &format!(" {}\n", house.books.connection_key()),
        &format!("{}\r\n", house.books.subscription_key()),
    );
    assert!(client.company().await.is_ok());
}

#[tokio::test]
async fn a_token_serves_many_calls_and_is_renewed_before_its_end() {
    let house = House::with_knobs(Knobs {
        token_life: Duration::from_secs(600),
        ..Knobs::default()
    });
    for _ in 0..5 {
        house.client.company().await.unwrap();
    }
    assert_eq!(house.books.tokens_handed_out(), 1);
}

#[tokio::test]
async fn a_token_that_dies_early_is_replaced_and_the_call_repeated_once() {
    let house = House::new();
    house.client.company().await.unwrap();
    house
        .books
        .arm(When::new("POST", "/relaties"), Trouble::TokenDies);
    house.client.create_relation(&buyer(41)).await.unwrap();
    assert_eq!(house.books.tokens_handed_out(), 2);
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
async fn a_call_refused_twice_is_not_repeated_for_ever() {
    let house = House::new();
    house.books.arm(
        When::new("GET", "/companyInfo").always(),
        Trouble::TokenDies,
    );
    let failure = house.client.company().await.unwrap_err();
    assert_eq!(
        (failure.class, failure.code.as_str()),
        (Class::Credentials, "token-refused")
    );
    assert_eq!(house.books.requests().count("GET /companyInfo"), 2);
}

#[tokio::test]
async fn keys_that_die_during_a_run_are_told_apart() {
    let house = House::new();
    house.client.company().await.unwrap();
    house
        .books
        .arm(When::new("GET", "/landen"), Trouble::ConnectionKeyRevoked);
    let failure = house.client.lookups().await.unwrap_err();
    assert_eq!(failure.code, "connection-key-refused");
    house.books.set_connection_key_valid(true);
    house
        .books
        .arm(When::new("GET", "/landen"), Trouble::SubscriptionExpired);
    let failure = house.client.lookups().await.unwrap_err();
    assert_eq!(failure.code, "subscription-key-refused");
}

#[tokio::test]
async fn profiles_on_one_administration_share_a_token_that_a_new_one_would_end() {
    let house = House::with_knobs(Knobs {
        new_token_ends_old: true,
        ..Knobs::default()
    });
    let other = house.another_client();
    for _ in 0..4 {
        house.client.company().await.unwrap();
        other.company().await.unwrap();
    }
    assert_eq!(house.books.tokens_handed_out(), 1);
}

#[tokio::test]
async fn no_key_is_shown_in_a_failure() {
    let house = House::new();
    let key = house.books.connection_key();
    house.books.set_connection_key_valid(false);
    let failure = house.client.company().await.unwrap_err();
    let shown = format!("{failure} {failure:?}");
    assert!(!shown.contains(&key) && !shown.contains(&house.books.subscription_key()));
}

//! Faults and limits.

use std::time::{Duration, Instant};

use reqwest::Method;

use crate::simulator::client::read;
use crate::simulator::orders::Shop;
use testbed::snelstart::{Limits, Outcome, OverTheHour, Trouble, When};

const NONE: Duration = Duration::ZERO;

async fn post(shop: &Shop) -> reqwest::Result<crate::simulator::client::Got> {
    let body = shop.body("", r#","betalingskenmerk":"1""#);
    shop.desk
        .try_send(Method::POST, "/verkooporders", &body)
        .await
}

#[tokio::test]
async fn the_connection_is_cut_before_or_after_the_write() {
    let shop = Shop::new().await;
    let when = || When::new("POST", "/verkooporders");
    shop.desk.books.arm(when(), Trouble::CutBefore);
    assert!(post(&shop).await.is_err());
    assert_eq!(shop.desk.books.orders().len(), 0);
    shop.desk.books.arm(when(), Trouble::CutAfter);
    assert!(post(&shop).await.is_err());
    assert_eq!(shop.desk.books.orders().len(), 1);
    let log = shop.desk.books.requests();
    let cut = log
        .all()
        .iter()
        .filter(|entry| entry.outcome == Outcome::Cut)
        .count();
    assert_eq!((cut, log.count("POST /verkooporders")), (2, 2));
    assert_eq!(post(&shop).await.unwrap().status, 201);
}

#[tokio::test]
async fn a_gateway_fails_before_or_after_the_write() {
    let shop = Shop::new().await;
    let when = || When::new("POST", "/verkooporders");
    shop.desk
        .books
        .arm(when(), Trouble::StatusBefore(502, NONE));
    assert_eq!(post(&shop).await.unwrap().status, 502);
    assert_eq!(shop.desk.books.orders().len(), 0);
    shop.desk
        .books
        .arm(when(), Trouble::StatusAfter(504, Duration::from_millis(50)));
    assert_eq!(post(&shop).await.unwrap().status, 504);
    assert_eq!(shop.desk.books.orders().len(), 1);
}

#[tokio::test]
async fn a_write_takes_effect_after_the_client_has_given_up() {
    let shop = Shop::new().await;
    let effect = Duration::from_secs(300);
    let late = Trouble::Late {
        effect,
        status: Some(504),
        answer: NONE,
    };
    shop.desk
        .books
        .arm(When::new("POST", "/verkooporders"), late);
    assert_eq!(post(&shop).await.unwrap().status, 504);
    assert_eq!(shop.desk.books.orders().len(), 0);
    shop.desk.books.clock().advance(Duration::from_secs(299));
    assert_eq!(shop.desk.books.orders().len(), 0);
    shop.desk.books.clock().advance(Duration::from_secs(1));
    assert_eq!(shop.desk.books.orders().len(), 1);
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_stop_a_slow_write() {
    let shop = Shop::new().await;
    shop.desk.books.arm(
        When::new("POST", "/verkooporders"),
        Trouble::Slow(Duration::from_secs(30)),
    );
    let body = shop.body("", "");
    let request = shop.desk.request(Method::POST, "/verkooporders");
    let request = request
        .header("Content-Type", "application/json")
        .body(body);
    let gone = read(request.timeout(Duration::from_millis(300))).await;
    assert!(gone.is_err_and(|error| error.is_timeout()));
    assert_eq!(shop.desk.books.orders().len(), 1);
}

#[tokio::test]
async fn odd_bodies_come_as_armed() {
    let shop = Shop::new().await;
    for (trouble, status, text) in [
        (Trouble::EmptyBadRequest, 400, ""),
        (Trouble::HtmlBadRequest, 400, "<html>"),
        (Trouble::HtmlOk, 200, "<html>"),
        (Trouble::TooMany(None), 429, "Rate limit"),
        (Trouble::Quota, 403, "quota"),
    ] {
        shop.desk.books.arm(When::new("*", "*"), trouble);
        let got = post(&shop).await.unwrap();
        assert_eq!(got.status, status);
        assert!(got.text.contains(text), "{}", got.text);
    }
    shop.desk
        .books
        .arm(When::new("*", "*"), Trouble::TooMany(Some(7)));
    assert_eq!(post(&shop).await.unwrap().retry_after.as_deref(), Some("7"));
    assert_eq!(shop.desk.books.orders().len(), 0);
}

#[tokio::test]
async fn trouble_strikes_the_requests_it_is_armed_for_and_no_others() {
    let shop = Shop::new().await;
    let when = When::new("GET", "/relaties/{id}").nth(2).times(2);
    shop.desk.books.arm(when, Trouble::StatusBefore(500, NONE));
    let path = format!("/relaties/{}", shop.relation);
    let mut statuses = Vec::new();
    for _ in 0..4 {
        assert_eq!(shop.desk.get("/relaties").await.status, 200);
        statuses.push(shop.desk.get(&path).await.status);
    }
    assert_eq!(statuses, [200, 500, 500, 200]);
    assert_eq!(shop.desk.books.faults().left(), 0);
}

#[tokio::test]
async fn keys_die_in_the_middle_of_a_run() {
    let mut shop = Shop::new().await;
    shop.desk
        .books
        .arm(When::new("GET", "/relaties"), Trouble::TokenDies);
    assert_eq!(shop.desk.get("/relaties").await.status, 401);
    shop.desk.sign_in().await;
    assert_eq!(shop.desk.get("/relaties").await.status, 200);
    shop.desk
        .books
        .arm(When::new("GET", "/relaties"), Trouble::ConnectionKeyRevoked);
    assert_eq!(shop.desk.get("/relaties").await.status, 401);
    shop.desk.books.set_connection_key_valid(true);
    shop.desk.sign_in().await;
    shop.desk
        .books
        .arm(When::new("GET", "/relaties"), Trouble::SubscriptionExpired);
    let got = shop.desk.get("/relaties").await;
    assert_eq!(got.status, 401);
    assert!(got.text.contains("subscription key"));
}

#[tokio::test]
async fn the_token_host_fails_when_armed() {
    let shop = Shop::new().await;
    shop.desk.books.arm(
        When::new("POST", "/b2b/token"),
        Trouble::StatusBefore(503, NONE),
    );
    let key = shop.desk.books.connection_key();
    let form = [("grant_type", "clientkey"), ("clientkey", key.as_str())];
    assert_eq!(shop.desk.ask_token(&form).await.status, 503);
    assert_eq!(shop.desk.ask_token(&form).await.status, 200);
}

#[tokio::test]
async fn limits_are_off_until_set_and_then_count_by_the_clock() {
    let mut shop = Shop::new().await;
    for _ in 0..30 {
        assert_eq!(shop.desk.get("/companyInfo").await.status, 200);
    }
    shop.desk.books.clock().advance(Duration::from_secs(60));
    shop.desk.books.knobs(|knobs| {
        knobs.limits = Limits {
            per_minute: Some(5),
            per_hour: Some(40),
            concurrent: None,
        };
    });
    for _ in 0..5 {
        assert_eq!(shop.desk.get("/companyInfo").await.status, 200);
    }
    let refused = shop.desk.get("/companyInfo").await;
    assert_eq!(refused.status, 429);
    let wait: u64 = refused.retry_after.unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    shop.desk.books.knobs(|knobs| knobs.retry_after = false);
    assert_eq!(shop.desk.get("/companyInfo").await.retry_after, None);
    shop.desk.books.clock().advance(Duration::from_secs(60));
    for _ in 0..5 {
        assert_eq!(shop.desk.get("/companyInfo").await.status, 200);
    }
    let quota = shop.desk.get("/companyInfo").await;
    assert_eq!(quota.status, 403);
    assert!(
        quota
            .text
            .contains("Out of call volume quota. Quota will be replenished in 00:")
    );
    shop.desk
        .books
        .knobs(|knobs| knobs.over_the_hour = OverTheHour::TooMany);
    assert_eq!(shop.desk.get("/companyInfo").await.status, 429);
    assert_eq!(shop.desk.books.refused_by_limits(), 4);
    shop.desk.books.clock().advance(Duration::from_secs(3600));
    shop.desk.sign_in().await;
    assert_eq!(shop.desk.get("/companyInfo").await.status, 200);
}

#[tokio::test]
async fn too_many_at_once_are_refused() {
    let shop = Shop::new().await;
    shop.desk.books.knobs(|knobs| {
        knobs.limits.concurrent = Some(2);
        knobs.latency = Duration::from_millis(400);
    });
    let start = Instant::now();
    let (a, b, c) = tokio::join!(
        shop.desk.get("/companyInfo"),
        shop.desk.get("/companyInfo"),
        shop.desk.get("/companyInfo")
    );
    let refused = [a, b, c].iter().filter(|got| got.status == 429).count();
    assert_eq!(refused, 1);
    assert!(start.elapsed() >= Duration::from_millis(400));
    assert_eq!(shop.desk.books.most_at_work(), 2);
}

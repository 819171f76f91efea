//! Keys, tokens, scopes.

use std::time::Duration;

use reqwest::Method;

use crate::simulator::client::{Desk, read};
use testbed::snelstart::RefusalBody;

#[tokio::test]
async fn both_grants_give_a_token_and_a_wrong_key_is_a_400() {
    let desk = Desk::new().await;
    let key = desk.books.connection_key();
    assert!(key.len() > 300, "as long as real ones");
    use base64::Engine;
    let plain = base64::engine::general_purpose::STANDARD
        .decode(&key)
        .unwrap();
    let plain = String::from_utf8(plain).unwrap();
    let (user, password) = plain.split_once(':').unwrap();
    let form = [
        ("grant_type", "password"),
        ("username", user),
        ("password", password),
    ];
    assert_eq!(desk.ask_token(&form).await.status, 200);

    let wrong = desk
        .ask_token(&[("grant_type", "clientkey"), ("clientkey", "x")])
        .await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.json().text("error").unwrap().contains("clientkey"));
    let other = desk
        .ask_token(&[("grant_type", "client_credentials"), ("clientkey", &key)])
        .await;
    assert_eq!(other.status, 400);
}

#[tokio::test]
async fn a_key_that_was_not_percent_encoded_is_refused() {
    let desk = Desk::new().await;
    let key = desk.books.connection_key();
    let raw = format!("grant_type=clientkey&clientkey={}", key.replace('=', "%3D"));
    let request = desk
        .http
        .post(desk.books.auth_url())
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(raw);
    let expected = if key.contains('+') { 400 } else { 200 };
    assert_eq!(read(request).await.unwrap().status, expected);
}

#[tokio::test]
async fn a_token_is_a_jwt_with_scopes_and_lives_an_hour() {
    let desk = Desk::new().await;
    use base64::Engine;
    let claims = desk.token.split('.').nth(1).unwrap();
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(claims)
        .unwrap();
    let claims = String::from_utf8(claims).unwrap();
    assert!(
        claims.contains("orders:write") && claims.contains("exp"),
        "{claims}"
    );

    assert_eq!(desk.get("/companyInfo").await.status, 200);
    desk.books.clock().advance(Duration::from_secs(3598));
    assert_eq!(desk.get("/companyInfo").await.status, 200);
    desk.books.clock().advance(Duration::from_secs(2));
    assert_eq!(desk.get("/companyInfo").await.status, 401);
}

#[tokio::test]
async fn the_subscription_key_is_looked_at_first_and_may_stand_in_the_query() {
    let desk = Desk::new().await;
    let url = format!("{}/companyInfo", desk.books.api_url());
    let none = read(desk.http.get(&url)).await.unwrap();
    assert_eq!(none.status, 401);
    assert!(
        none.json()
            .text("message")
            .unwrap()
            .contains("missing subscription key")
    );

    let wrong = read(desk.http.get(&url).header("Ocp-Apim-Subscription-Key", "x"))
        .await
        .unwrap();
    assert!(
        wrong
            .json()
            .text("message")
            .unwrap()
            .contains("invalid subscription key")
    );

    let key = desk.books.subscription_key();
    let in_query = desk
        .http
        .get(format!("{url}?subscription-key={key}"))
        .bearer_auth(&desk.token);
    assert_eq!(read(in_query).await.unwrap().status, 200);
    let shown = format!("{:?}", desk.books.requests().all());
    assert!(!shown.contains(&key), "the log holds no key");
    assert!(!shown.contains(&desk.books.connection_key()));
    assert!(!shown.contains(&desk.token));

    desk.books.set_subscription_key_valid(false);
    let expired = desk.get("/companyInfo").await;
    assert_eq!(expired.status, 401);
    assert!(expired.text.contains("subscription key"));
}

#[tokio::test]
async fn a_token_without_the_scope_gets_403_in_every_body_shape() {
    let mut desk = Desk::new().await;
    desk.books.set_scopes(&["relaties:read"]);
    desk.sign_in().await;
    assert_eq!(desk.get("/relaties").await.status, 200);
    for shape in RefusalBody::ALL {
        desk.books.knobs(|knobs| knobs.refusal_body = *shape);
        let got = desk.get("/artikelen").await;
        assert_eq!(got.status, 403);
        match shape {
            RefusalBody::Gateway => assert_eq!(got.json().whole("statusCode"), Some(403)),
            RefusalBody::Message => assert!(got.json().text("Message").is_some()),
            RefusalBody::Empty => assert_eq!(got.text, ""),
        }
    }
}

#[tokio::test]
async fn a_revoked_connection_key_ends_tokens_and_gives_no_new_one() {
    let desk = Desk::new().await;
    desk.books.set_connection_key_valid(false);
    assert_eq!(desk.get("/companyInfo").await.status, 401);
    let key = desk.books.connection_key();
    let got = desk
        .ask_token(&[("grant_type", "clientkey"), ("clientkey", &key)])
        .await;
    assert_eq!(got.status, 400);
}

#[tokio::test]
async fn a_second_token_ends_the_first_only_when_the_knob_says_so() {
    let mut desk = Desk::new().await;
    let first = desk.token.clone();
    desk.sign_in().await;
    let second = std::mem::replace(&mut desk.token, first);
    assert_eq!(desk.get("/companyInfo").await.status, 200);
    desk.books.knobs(|knobs| knobs.new_token_ends_old = true);
    desk.sign_in().await;
    desk.token = second;
    assert_eq!(desk.get("/companyInfo").await.status, 401);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_apart() {
    let desk = Desk::new().await;
    assert_eq!(desk.get("/grootboekrekeningen").await.status, 404);
    assert_eq!(desk.post("/verkoopfacturen", "{}").await.status, 405);
    assert_eq!(desk.get("/echo/hallo").await.text, "\"hallo\"");
    let slash = desk.request(Method::GET, "/relaties/");
    assert_eq!(read(slash).await.unwrap().status, 200);
}

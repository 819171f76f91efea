//! Requests are checked against the API's own definition.

use crate::simulator::client::read;
use crate::simulator::orders::Shop;
use reqwest::Method;

/// What is noted for a request; none when the definition is not at hand (CI must have it).
fn noted(shop: &Shop) -> Option<String> {
    if !shop.desk.books.checks_requests() {
        println!("not run: the API definition is not at hand");
        return None;
    }
    Some(
        shop.desk
            .books
            .violations()
            .iter()
            .map(|v| format!("{} {}\n", v.endpoint, v.what))
            .collect(),
    )
}

#[tokio::test]
async fn a_right_request_is_no_violation() {
    let shop = Shop::new().await;
    let line =
        shop.line(r#","omschrijving":"x","stuksprijs":"1.05","aantal":2,"kortingsPercentage":0"#);
    let header = r#","id":null,"kostenplaats":null,"incassomachtiging":null,"afleveradres":null,"factuurkorting":0,"krediettermijn":14"#;
    shop.taken(&line, header).await;
    shop.desk
        .list(
            "/relaties",
            &[
                ("$filter", "Naam eq 'x'"),
                ("$top", "500"),
                ("$select", "Id"),
            ],
        )
        .await;
    let id = shop.relation.clone();
    let relation = shop.desk.get(&format!("/relaties/{id}")).await.json();
    let mut whole = relation.clone();
    whole = match whole {
        testbed::snelstart::Json::Object(entries) => testbed::snelstart::Json::Object(
            entries
                .into_iter()
                .filter(|(name, _)| name != "fax")
                .collect(),
        ),
        other => other,
    };
    assert_eq!(
        shop.desk
            .put(&format!("/relaties/{id}"), &whole.to_string())
            .await
            .status,
        200
    );
    if let Some(noted) = noted(&shop) {
        assert_eq!(noted, "");
    }
}

#[tokio::test]
async fn every_kind_of_mismatch_is_noted() {
    let shop = Shop::new().await;
    shop.order("", r#","btwPercentage":21"#).await;
    shop.order("", r#","procesStatus":"Besteld""#).await;
    shop.order("", r#","krediettermijn":101"#).await;
    shop.order("", r#","memo":null"#).await;
    shop.order(r#"{"aantal":"twee"}"#, "").await;
    shop.order(&format!(r#"{{"omschrijving":"{}"}}"#, "x".repeat(251)), "")
        .await;
    let zoned = shop
        .body("", "")
        .replace("2026-11-21T00:00:00", "2026-11-21T00:00:00Z");
    shop.desk.post("/verkooporders", &zoned).await;
    shop.desk
        .post("/verkooporders", r#"{"datum":"2026-11-21"}"#)
        .await;
    shop.desk.list("/verkooporders", &[("relatie", "x")]).await;
    shop.desk.list("/artikelen", &[("$top", "26")]).await;
    shop.desk.get("/grootboekrekeningen").await;
    read(
        shop.desk
            .request(Method::POST, "/verkooporders")
            .body(shop.body("", "")),
    )
    .await
    .unwrap();
    let Some(noted) = noted(&shop) else { return };
    for expected in [
        "btwPercentage",
        "Besteld",
        "101",
        "/memo",
        "twee",
        "regels/0/omschrijving",
        "00:00:00Z",
        "\"relatie\" is a required property",
        "query parameter relatie is not in the definition",
        "query parameter $top is out of range: 26",
        "no operation GET /grootboekrekeningen",
        "content type \"\" is not JSON",
    ] {
        assert!(noted.contains(expected), "{expected} not in\n{noted}");
    }
}

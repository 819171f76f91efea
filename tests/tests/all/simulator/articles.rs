//! Articles and the ART codes.

use crate::simulator::client::Desk;
use testbed::snelstart::{Agreement, NewArticle, Options};

fn article(group: &str, code: &str, more: &str) -> String {
    format!(
        r#"{{"artikelcode":"{code}","omschrijving":"Lamp","artikelOmzetgroep":{{"id":"{group}"}}{more}}}"#
    )
}

#[tokio::test]
async fn an_article_is_made_with_exact_money_and_read_with_its_stock() {
    let desk = Desk::new().await;
    let group = desk.group("Hoog");
    let got = desk
        .post(
            "/artikelen",
            &article(&group, "WEB-01", r#","verkoopprijs":"12.1050""#),
        )
        .await;
    assert_eq!(got.status, 201, "{}", got.text);
    let made = got.json();
    assert!(
        made.get("isHoofdartikel").is_none(),
        "only the query model has it"
    );
    let read = desk
        .get(&format!("/artikelen/{}", made.text("id").unwrap()))
        .await;
    assert!(
        read.text.contains(r#""verkoopprijs":12.1050"#),
        "{}",
        read.text
    );
    let read = read.json();
    assert_eq!(read.flag("isHoofdartikel"), Some(false));
    assert_eq!(read.amount("vrijeVoorraad").unwrap().to_string(), "0");
}

#[tokio::test]
async fn each_rule_has_its_code() {
    let desk = Desk::new().await;
    let group = desk.group("Hoog");
    let nowhere = uuid::Uuid::new_v4().to_string();
    let customer = desk.customer();
    desk.post("/artikelen", &article(&group, "DOUBLE", ""))
        .await;
    for (body, code) in [
        (article(&group, "", ""), "ART-0002"),
        (article(&group, &"x".repeat(51), ""), "ART-0004"),
        (article(&group, "double", ""), "ART-0005"),
        (article(&group, "A", "").replace("Lamp", ""), "ART-0006"),
        (
            article(&group, "A", "").replace("Lamp", &"x".repeat(251)),
            "ART-0007",
        ),
        (
            r#"{"artikelcode":"A","omschrijving":"Lamp"}"#.to_string(),
            "ART-0008",
        ),
        (article(&nowhere, "A", ""), "ART-0009"),
        (
            article(&group, "A", &format!(r#","relatie":{{"id":"{nowhere}"}}"#)),
            "ART-0016",
        ),
        (
            article(&group, "A", &format!(r#","relatie":{{"id":"{customer}"}}"#)),
            "ART-0017",
        ),
        (
            article(&group, "A", &format!(r#","id":"{nowhere}""#)),
            "ALG-0100",
        ),
    ] {
        assert_eq!(
            desk.post("/artikelen", &body).await.codes(),
            [code],
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_numeric_administration_takes_digits_only() {
    let options = Options {
        numeric_article_codes: true,
        article_code_length: 10,
        ..Options::default()
    };
    let desk = Desk::with(options).await;
    let group = desk.group("Hoog");
    assert_eq!(
        desk.post("/artikelen", &article(&group, "VERZEND", ""))
            .await
            .codes(),
        ["ART-0003"]
    );
    assert_eq!(
        desk.post("/artikelen", &article(&group, "12345678901", ""))
            .await
            .codes(),
        ["ART-0004"]
    );
    assert_eq!(
        desk.post("/artikelen", &article(&group, "1234567890", ""))
            .await
            .status,
        201
    );
    assert_eq!(
        desk.books.add_cost_articles("91", "Verzendkosten").unwrap(),
        ["911", "912", "913"]
    );
}

#[tokio::test]
async fn cost_articles_exist_per_vat_kind() {
    let desk = Desk::new().await;
    let codes = desk
        .books
        .add_cost_articles("VERZEND", "Verzendkosten")
        .unwrap();
    assert_eq!(codes, ["VERZEND-HOOG", "VERZEND-LAAG", "VERZEND-GEEN"]);
    let kinds = codes.map(|code| desk.books.article_by_code(&code).unwrap().vat_kind);
    assert_eq!(kinds, ["Hoog", "Laag", "Geen"]);
}

#[tokio::test]
async fn an_article_read_for_a_customer_carries_the_agreement_when_the_knob_says_so() {
    let desk = Desk::new().await;
    let id = desk
        .books
        .add_article(NewArticle::new("A", "Lamp", "Hoog").priced(10.into()))
        .unwrap();
    let relation = desk.customer();
    let agreed = Agreement::new(relation.parse().unwrap(), id, 8.into());
    desk.books.add_price_agreement(agreed);
    let path = format!("/artikelen/{id}?relatieId={relation}");
    let price = |json: &testbed::snelstart::Json| {
        json.get("prijsafspraak")
            .and_then(|p| p.amount("verkoopprijs"))
    };
    assert_eq!(price(&desk.get(&path).await.json()), Some(8.into()));
    desk.books.knobs(|knobs| knobs.agreement_property = false);
    assert_eq!(price(&desk.get(&path).await.json()), None);
    let nobody = format!("/artikelen/{id}?relatieId={}", uuid::Uuid::new_v4());
    assert_eq!(desk.get(&nobody).await.status, 404);
}

#[tokio::test]
async fn an_article_with_stock_or_in_an_order_is_not_deleted() {
    let desk = Desk::new().await;
    let stocked = desk
        .books
        .add_article(NewArticle::new("A", "Lamp", "Hoog").stocked(3))
        .unwrap();
    assert_eq!(
        desk.delete(&format!("/artikelen/{stocked}")).await.codes(),
        ["ART-0010"]
    );
    desk.books.set_stock("A", 0).unwrap();
    assert_eq!(
        desk.delete(&format!("/artikelen/{stocked}")).await.status,
        200
    );
    let ordered = desk
        .books
        .add_article(NewArticle::new("B", "Lamp", "Hoog"))
        .unwrap();
    let body = format!(
        r#"{{"relatie":{{"id":"{}"}},"datum":"2026-11-21","regels":[{{"artikel":{{"id":"{ordered}"}},"aantal":1,"stuksprijs":1}}]}}"#,
        desk.customer()
    );
    assert_eq!(desk.post("/verkooporders", &body).await.status, 201);
    assert_eq!(
        desk.delete(&format!("/artikelen/{ordered}")).await.codes(),
        ["ART-0011"]
    );
}

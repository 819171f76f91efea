//! Sales orders.

use crate::client::Desk;
use testbed::snelstart::NewArticle;

#[tokio::test]
async fn an_order_is_numbered_filled_in_and_totalled() {
    let desk = Desk::new().await;
    let article = desk
        .books
        .add_article(NewArticle::new("LAMP", "Lamp", "Hoog"))
        .unwrap();
    let relation = desk.customer();
    let body = format!(
        r#"{{"relatie":{{"id":"{relation}"}},"datum":"2026-11-21T00:00:00","verkooporderBtwIngaveModel":"Inclusief",
        "betalingskenmerk":"100001234","regels":[{{"artikel":{{"id":"{article}"}},"stuksprijs":12.10,"aantal":2}}]}}"#
    );
    let got = desk.post("/verkooporders", &body).await;
    assert_eq!(got.status, 201, "{}", got.text);
    let order = got.json();
    assert_eq!(order.whole("nummer"), Some(1001));
    assert_eq!(order.text("procesStatus"), Some("Order"));
    assert_eq!(
        order.amount("totaalInclusiefBtw").unwrap().to_string(),
        "24.20"
    );
    assert_eq!(
        order.amount("totaalExclusiefBtw").unwrap().to_string(),
        "20.00"
    );
    assert_eq!(order.list("regels")[0].text("omschrijving"), Some("Lamp"));
    assert_eq!(desk.books.violations(), vec![]);
    let seen = desk.books.order_by_reference("100001234").unwrap();
    assert_eq!(seen.vat.vat_at(21.into()).to_string(), "4.20");
}

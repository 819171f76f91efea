//! Quotations: orders in the stage Offerte.

use crate::simulator::orders::Shop;

#[tokio::test]
async fn a_quotation_is_an_order_until_it_is_confirmed() {
    let shop = Shop::new().await;
    let line = shop.line(r#","aantal":1,"stuksprijs":10"#);
    let got = shop.desk.post("/offertes", &shop.body(&line, "")).await;
    assert_eq!(got.status, 201, "{}", got.text);
    let quotation = got.json();
    assert_eq!(quotation.flag("isOfferte"), Some(true));
    assert!(quotation.get("geblokkeerd").is_none(), "the narrower model");
    let id = quotation.text("id").unwrap();
    assert_eq!(shop.desk.get("/verkooporders").await.rows().len(), 1);
    assert_eq!(shop.desk.get("/offertes").await.rows().len(), 1);

    let body = format!(r#"{{"id":"{id}","procesStatus":"Bevestiging"}}"#);
    assert_eq!(
        shop.desk
            .put(&format!("/verkooporders/{id}/ProcesStatus"), &body)
            .await
            .status,
        200
    );
    assert_eq!(shop.desk.get("/offertes").await.rows().len(), 0);
    let change = shop.body(&line, &format!(r#","id":"{id}""#));
    assert_eq!(
        shop.desk
            .put(&format!("/offertes/{id}"), &change)
            .await
            .codes(),
        ["VOR-0015"]
    );
}

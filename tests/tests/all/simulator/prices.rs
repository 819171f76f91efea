//! Price agreements and extra fields.

use crate::simulator::orders::Shop;
use testbed::snelstart::Agreement;

#[tokio::test]
async fn agreements_are_asked_for_by_article() {
    let shop = Shop::new().await;
    let (relation, article) = (
        shop.relation.parse().unwrap(),
        shop.article.parse().unwrap(),
    );
    shop.desk
        .books
        .add_price_agreement(Agreement::new(relation, article, 8.into()));
    assert_eq!(shop.desk.get("/prijsafspraken").await.status, 400);
    let filter =
        format!("Artikel/Id eq guid'{article}' and Relatie/Id eq guid'{relation}' and Aantal eq 1");
    let rows = shop.desk.filtered("/prijsafspraken", &filter).await.rows();
    assert_eq!(rows[0].amount("verkoopprijs"), Some(8.into()));
    let rows = shop
        .desk
        .filtered("/artikelen/prijsafspraken", "ArtikelCode eq 'LAMP'")
        .await
        .rows();
    assert_eq!(rows[0].list("klantAfspraken").len(), 1);
    assert_eq!(
        shop.desk
            .list("/artikelen/prijsafspraken", &[("$top", "26")])
            .await
            .status,
        400
    );
    assert_eq!(shop.desk.get("/actieprijzen").await.rows().len(), 0);
}

#[tokio::test]
async fn extra_fields_nobody_defined_are_refused() {
    let shop = Shop::new().await;
    let path = format!("/artikelen/{}/customFields", shop.article);
    assert_eq!(shop.desk.get(&path).await.rows().len(), 0);
    assert_eq!(
        shop.desk
            .put(&path, r#"[{"name":"kleur","value":"rood"}]"#)
            .await
            .codes(),
        ["REF-0002"]
    );
    let path = format!("/relaties/{}/customFields", shop.relation);
    assert!(
        shop.desk
            .get(&path)
            .await
            .json()
            .get("klantCustomFields")
            .is_some()
    );
    let body = r#"{"klantCustomFields":[{"name":"kleur","value":"rood"}]}"#;
    assert_eq!(shop.desk.put(&path, body).await.codes(), ["REF-0002"]);
}

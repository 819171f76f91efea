//! The seed of an administration.

use crate::simulator::client::Desk;
use testbed::snelstart::{Nulls, Options};

#[tokio::test]
async fn every_administration_has_ids_of_its_own() {
    let (one, two) = (Desk::new().await, Desk::new().await);
    assert_ne!(one.country("NL"), two.country("NL"));
    assert_ne!(one.group("Hoog"), two.group("Hoog"));
}

#[tokio::test]
async fn a_fresh_administration_holds_the_fixtures() {
    let desk = Desk::new().await;
    let relations = desk.get("/relaties").await.rows();
    let codes: Vec<_> = relations
        .iter()
        .filter_map(|row| row.whole("relatiecode"))
        .collect();
    assert!(codes.contains(&-1) && codes.contains(&-2), "{codes:?}");
    assert!(
        relations
            .iter()
            .any(|row| row.to_string().contains("Eigen"))
    );
    assert!(
        relations
            .iter()
            .any(|row| row.flag("nonactief") == Some(true))
    );
    let rates = desk.get("/btwtarieven").await.rows();
    assert_eq!(rates.len(), 6);
    assert!(
        rates
            .iter()
            .any(|row| row.text("datumTotEnMet") == Some("2400-12-31T00:00:00"))
    );
    let countries = desk.get("/landen").await.rows();
    assert!(
        countries
            .iter()
            .any(|row| row.get("landcodeISO").unwrap().is_null())
    );
    let dutch = countries
        .iter()
        .find(|row| row.text("landcode") == Some("NL"))
        .unwrap();
    assert_eq!(
        (dutch.text("naam"), dutch.text("landcodeISO")),
        (Some("Nederland"), Some("NLD"))
    );
    let path = format!("/landen/{}", dutch.text("id").unwrap());
    assert_eq!(desk.get(&path).await.json().text("landcode"), Some("NL"));
    let germany = desk.get("/vatrates/DEU").await.json();
    assert_eq!(
        germany.list("vatRates")[0]
            .amount("rate")
            .unwrap()
            .to_string(),
        "19"
    );
    assert_eq!(desk.get("/vatratedefinitions").await.rows().len(), 5);
    assert!(desk.get("/verkoopordersjablonen").await.rows().len() >= 2);
    assert_eq!(desk.get("/kostenplaatsen").await.rows().len(), 2);
    let filter = "Grootboekfunctie eq 'InstallatieTeleverkoopBinnenEUgeen' and VatRateCode eq null";
    assert_eq!(desk.filtered("/grootboeken", filter).await.rows().len(), 0);
}

#[tokio::test]
async fn the_company_shows_its_settings_and_takes_only_the_switch_for_foreign_vat() {
    let options = Options {
        numeric_article_codes: true,
        small_business_scheme: true,
        ..Options::default()
    };
    let desk = Desk::with(options).await;
    let company = desk.get("/companyInfo").await.json();
    assert_eq!(company.text("artikelcodeSoort"), Some("Numeriek"));
    let scheme = company.get("kleineOndernemersregeling").unwrap();
    assert_eq!(scheme.flag("isKleineOndernemersRegelingActief"), Some(true));
    let body = r#"{"factureerBuitenlandsBtw":true,"bedrijfsnaam":"Anders"}"#;
    let changed = desk.put("/companyInfo", body).await.json();
    assert_eq!(changed.flag("factureerBuitenlandsBtw"), Some(true));
    assert_eq!(changed.text("bedrijfsnaam"), Some("Voorbeeld BV"));
    desk.books.knobs(|knobs| knobs.nulls = Nulls::Absent);
    assert_eq!(desk.get("/companyInfo").await.status, 200);
}

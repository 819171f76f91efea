//! Testing the connection names everything that is missing.

use std::sync::Arc;

use testbed::snelstart::NewArticle;
use winkelbrug::{
    administration::{self, Administration},
    books::VatKind,
    failure::Result,
    profile::{Profile, Settings, settings::PerVatKind},
    step::Step,
};

use crate::snelstart_client::house::House;

fn settings() -> Settings {
    let text = r#"
format = 1
name = "winkel"
[shop]
url = "https://www.voorbeeld.nl"
[shop.upload]
protocol = "ftp"
host = "ftp.voorbeeld.nl"
user = "u"
folder = "/"
[administration]
kind = "snelstart-online"
"#;
    Profile::read(text).unwrap().settings
}

async fn check(house: &House, settings: &Settings) -> Vec<Step> {
    let client: Arc<dyn Administration> = Arc::new(house.another_client());
    let books: Result<Arc<dyn Administration>> = Ok(client);
    administration::check(settings, &books, &house.journal).await
}

fn codes(steps: &[Step]) -> Vec<&str> {
    steps
        .iter()
        .filter_map(|step| step.code.as_deref())
        .collect()
}

#[tokio::test]
async fn everything_there_is_said_to_be_there() {
    let house = House::new();
    house
        .books
        .add_cost_articles("VERZEND", "Verzendkosten")
        .unwrap();
    house.relation(41).await;
    let mut settings = settings();
    settings.sales.template = "webshop".to_owned();
    settings.sales.cost_centre = "100".to_owned();
    settings.customers.default_code = "41".to_owned();
    let group = house.lookups().await.revenue_groups.remove(0);
    settings.articles.revenue_groups = [("Hoog".to_owned(), group.name)].into();
    settings.sales.shipping_article = PerVatKind::Each(
        [
            (VatKind::Hoog, "VERZEND-HOOG".to_owned()),
            (VatKind::Laag, "VERZEND-LAAG".to_owned()),
        ]
        .into(),
    );
    let steps = check(&house, &settings).await;
    assert!(steps.iter().all(|step| step.ok), "{steps:?}");
    assert!(steps[0].message.nl.contains("Voorbeeld BV"));
}

#[tokio::test]
async fn each_missing_name_is_named_before_the_first_order() {
    let house = House::new();
    house
        .books
        .add_article(NewArticle::new("KORTING", "Korting", "Hoog"))
        .unwrap();
    let mut settings = settings();
    settings.sales.template = "Oud sjabloon".to_owned();
    settings.sales.cost_centre = "900".to_owned();
    settings.customers.default_code = "2".to_owned();
    settings.articles.revenue_groups = [
        ("Hoog".to_owned(), "Bestaat niet".to_owned()),
        ("Laag".to_owned(), "99".to_owned()),
    ]
    .into();
    settings.sales.shipping_article = PerVatKind::One("VERZEND".to_owned());
    settings.sales.discount_article =
        PerVatKind::Each([(VatKind::Laag, "KORTING".to_owned())].into());
    settings.sales.fee_article = PerVatKind::One("99999".to_owned());
    let steps = check(&house, &settings).await;
    assert_eq!(
        codes(&steps),
        [
            "sjabloon-ontbreekt",
            "kostenplaats-ontbreekt",
            "omzetgroep-ontbreekt",
            "omzetgroep-ontbreekt",
            "artikel-ontbreekt",
            "artikel-verkeerde-btw",
            "artikel-niet-actief",
            "klant-ongeschikt"
        ]
    );
    assert!(
        steps
            .iter()
            .filter(|step| !step.ok)
            .all(|step| !step.hint.nl.is_empty())
    );
}

#[tokio::test]
async fn a_refused_key_ends_the_test_with_its_name() {
    let house = House::new();
    house.books.set_subscription_key_valid(false);
    let steps = check(&house, &settings()).await;
    assert_eq!(codes(&steps), ["subscription-key-refused"]);
}

#[tokio::test]
async fn another_administration_behind_the_same_profile_is_noticed() {
    let house = House::new();
    house.mirror().await;
    house.books.set_company(
        "administratieIdentifier",
        "11111111-2222-3333-4444-555555555555",
    );
    let steps = check(&house, &settings()).await;
    assert_eq!(codes(&steps), ["administration-changed"]);
}

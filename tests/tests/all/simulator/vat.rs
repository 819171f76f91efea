//! VAT as the books compute it.

use rust_decimal::Decimal;

use crate::simulator::client::Desk;
use testbed::snelstart::{NewArticle, NewRelation, Options, SeenOrder, Supply, ZeroRated};

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

struct Case<'a> {
    country: &'a str,
    vat_number: &'a str,
    delivered: &'a str,
    date: &'a str,
}

/// Writes an order of one article of 121 in the high rate and one of 109 in the low rate.
async fn order(desk: &Desk, case: Case<'_>) -> SeenOrder {
    let mut ids = Vec::new();
    for kind in ["Hoog", "Laag"] {
        let new = NewArticle::new(kind, kind, kind);
        let known = desk.books.article_by_code(kind).map(|article| article.id);
        ids.push(known.unwrap_or_else(|| desk.books.add_article(new).unwrap()));
    }
    let relation = desk.books.add_relation(NewRelation {
        name: "K".into(),
        address: ("Straat 1".into(), "1".into(), "Stad".into()),
        country: case.country.into(),
        vat_number: case.vat_number.into(),
        ..Default::default()
    });
    let delivered = desk.country(case.delivered);
    let body = format!(
        r#"{{"relatie":{{"id":"{relation}"}},"datum":"{}T00:00:00","verkooporderBtwIngaveModel":"Inclusief",
        "afleveradres":{{"straat":"S 1","postcode":"1","plaats":"P","land":{{"id":"{delivered}"}}}},
        "regels":[{{"artikel":{{"id":"{}"}},"aantal":1,"stuksprijs":121}},{{"artikel":{{"id":"{}"}},"aantal":1,"stuksprijs":109}}]}}"#,
        case.date, ids[0], ids[1]
    );
    let got = desk.post("/verkooporders", &body).await;
    assert_eq!(got.status, 201, "{}", got.text);
    desk.books.orders().pop().unwrap()
}

fn rates(order: &SeenOrder) -> Vec<(Decimal, Decimal)> {
    order
        .vat
        .rows
        .iter()
        .map(|row| (row.percent, row.vat))
        .collect()
}

const TODAY: &str = "2026-11-21";

#[tokio::test]
async fn domestic_orders_follow_the_groups_and_the_rates_of_the_order_date() {
    let desk = Desk::new().await;
    let at = |date| Case {
        country: "NL",
        vat_number: "",
        delivered: "NL",
        date,
    };
    let today = order(&desk, at(TODAY)).await;
    assert_eq!(rates(&today), [(d("21"), d("21.00")), (d("9"), d("9.00"))]);
    assert_eq!(today.vat.total_incl(), d("230"));
    assert_eq!(today.vat.total_excl(), d("200"));
    let old = order(&desk, at("2012-09-30")).await;
    assert_eq!(rates(&old), [(d("19"), d("19.32")), (d("6"), d("6.17"))]);
}

#[tokio::test]
async fn eu_businesses_and_exports_are_computed_without_vat_or_with() {
    let desk = Desk::new().await;
    let eu = || Case {
        country: "BE",
        vat_number: "BE0123456789",
        delivered: "DE",
        date: TODAY,
    };
    let export = || Case {
        country: "CH",
        vat_number: "",
        delivered: "CH",
        date: TODAY,
    };
    let (one, two) = (order(&desk, eu()).await, order(&desk, export()).await);
    assert_eq!(
        (&one.vat.supply, one.vat.total_excl()),
        (&Supply::WithinEu, d("230"))
    );
    assert_eq!(
        (&two.vat.supply, two.vat.total_excl()),
        (&Supply::Export, d("230"))
    );
    desk.books
        .knobs(|knobs| knobs.zero_rated = ZeroRated::WithVat);
    assert_eq!(order(&desk, eu()).await.vat.vat_at(d("21")), d("21.00"));
    assert_eq!(order(&desk, export()).await.vat.vat_at(d("9")), d("9.00"));
}

#[tokio::test]
async fn eu_consumers_pay_foreign_vat_by_delivery_country_only_when_the_switch_is_on() {
    let german = |date| Case {
        country: "DE",
        vat_number: "",
        delivered: "DE",
        date,
    };
    let off = Desk::new().await;
    assert_eq!(
        order(&off, german(TODAY)).await.vat.supply,
        Supply::Domestic
    );

    let on = Desk::with(Options {
        foreign_vat: true,
        ..Options::default()
    })
    .await;
    let seen = order(&on, german(TODAY)).await;
    assert_eq!(seen.vat.supply, Supply::Oss("DE".into()));
    assert_eq!(rates(&seen), [(d("19"), d("19.32")), (d("7"), d("7.13"))]);
    let before = order(&on, german("2021-06-30")).await;
    assert_eq!(before.vat.supply, Supply::Domestic);
    let gift = Case {
        country: "NL",
        vat_number: "",
        delivered: "FR",
        date: TODAY,
    };
    assert_eq!(order(&on, gift).await.vat.supply, Supply::Oss("FR".into()));
    let business = Case {
        country: "DE",
        vat_number: "DE123456789",
        delivered: "DE",
        date: TODAY,
    };
    assert_eq!(order(&on, business).await.vat.supply, Supply::WithinEu);
}

#[tokio::test]
async fn the_small_business_scheme_computes_no_vat() {
    let desk = Desk::with(Options {
        small_business_scheme: true,
        ..Options::default()
    })
    .await;
    let case = Case {
        country: "NL",
        vat_number: "",
        delivered: "NL",
        date: TODAY,
    };
    let seen = order(&desk, case).await;
    assert_eq!(
        (seen.vat.supply.clone(), seen.vat.total_excl()),
        (Supply::SmallBusiness, d("230"))
    );
}

//! Sales orders: what is filled in, what is refused, and every knob about them.

use std::time::Duration;

use crate::simulator::client::{Desk, Got};
use testbed::snelstart::{
    Agreement, Json, LongText, NewArticle, Omitted, OmittedPrice, Take, Totals, UnknownReference,
};

/// A desk with one customer and one article in the high rate.
pub struct Shop {
    pub desk: Desk,
    pub relation: String,
    pub article: String,
}

impl Shop {
    pub async fn new() -> Shop {
        let desk = Desk::new().await;
        let new = NewArticle::new("LAMP", "Lamp", "Hoog").priced("12.10".parse().unwrap());
        let article = desk.books.add_article(new).unwrap().to_string();
        let relation = desk.customer();
        Shop {
            desk,
            relation,
            article,
        }
    }

    /// An order with these lines and further header fields (each with a comma before it).
    pub fn body(&self, lines: &str, header: &str) -> String {
        format!(
            r#"{{"relatie":{{"id":"{}"}},"datum":"2026-11-21T00:00:00","regels":[{lines}]{header}}}"#,
            self.relation
        )
    }

    /// A line of the article.
    pub fn line(&self, more: &str) -> String {
        format!(r#"{{"artikel":{{"id":"{}"}}{more}}}"#, self.article)
    }

    pub async fn order(&self, lines: &str, header: &str) -> Got {
        self.desk
            .post("/verkooporders", &self.body(lines, header))
            .await
    }

    /// An order that must be taken.
    pub async fn taken(&self, lines: &str, header: &str) -> Json {
        let got = self.order(lines, header).await;
        assert_eq!(got.status, 201, "{}", got.text);
        got.json()
    }
}

fn amount(json: &Json, name: &str) -> String {
    json.amount(name)
        .map(|amount| amount.to_string())
        .unwrap_or_default()
}

#[tokio::test]
async fn an_order_is_numbered_filled_in_and_totalled() {
    let shop = Shop::new().await;
    let line = shop.line(r#","stuksprijs":12.10,"aantal":2"#);
    let header = r#","verkooporderBtwIngaveModel":"Inclusief","betalingskenmerk":"100001234""#;
    let order = shop.taken(&line, header).await;
    assert_eq!(order.whole("nummer"), Some(1001));
    assert_eq!(order.text("procesStatus"), Some("Order"));
    assert_eq!(order.text("verkoopOrderStatus"), Some("InBehandeling"));
    assert_eq!(order.whole("krediettermijn"), Some(14));
    assert_eq!(order.flag("geblokkeerd"), Some(false));
    assert_eq!(amount(&order, "totaalInclusiefBtw"), "24.20");
    assert_eq!(amount(&order, "totaalExclusiefBtw"), "20.00");
    assert_eq!(order.list("regels")[0].text("omschrijving"), Some("Lamp"));
    assert_eq!(shop.desk.books.violations(), vec![]);
    let seen = shop.desk.books.order_by_reference("100001234").unwrap();
    assert_eq!(seen.vat.vat_at(21.into()).to_string(), "4.20");
    let again = shop.taken(&line, header).await;
    assert_eq!(
        again.whole("nummer"),
        Some(1002),
        "nothing stops a duplicate"
    );
    assert_eq!(shop.desk.books.orders_by_reference("100001234").len(), 2);
}

#[tokio::test]
async fn each_rule_has_its_code() {
    let shop = Shop::new().await;
    let line = shop.line(r#","stuksprijs":1,"aantal":1"#);
    let long = "x".repeat(51);
    let nowhere = uuid::Uuid::new_v4();
    for (header, code) in [
        (r#","nummer":7"#.to_string(), "VOR-0005"),
        (format!(r#","id":"{nowhere}""#), "ALG-0100"),
        (format!(r#","orderreferentie":"{long}""#), "VOR-0011"),
        (
            format!(r#","afleveradres":{{"straat":"{long}"}}"#),
            "VOR-0006",
        ),
        (
            format!(r#","afleveradres":{{"postcode":"{long}"}}"#),
            "VOR-0007",
        ),
        (
            format!(r#","factuuradres":{{"plaats":"{long}"}}"#),
            "VOR-0008",
        ),
        (
            format!(r#","factuuradres":{{"contactpersoon":"{long}"}}"#),
            "VOR-0009",
        ),
        (
            format!(r#","afleveradres":{{"land":{{"id":"{nowhere}"}}}}"#),
            "VOR-0010",
        ),
        (
            format!(r#","kostenplaats":{{"id":"{nowhere}"}}"#),
            "KPL-0001",
        ),
        (
            format!(r#","incassomachtiging":{{"id":"{nowhere}"}}"#),
            "VOR-0013",
        ),
        (
            format!(r#","verkoopordersjabloon":{{"id":"{nowhere}"}}"#),
            "ALG-0103",
        ),
        (r#","procesStatus":"Factuur""#.to_string(), "ALG-0102"),
        (r#","procesStatus":"Contantbon""#.to_string(), "ALG-0102"),
    ] {
        assert_eq!(shop.order(&line, &header).await.codes(), [code], "{header}");
    }
    let unknown = line.replace(&shop.article, &nowhere.to_string());
    assert_eq!(shop.order(&unknown, "").await.codes(), ["ART-0001"]);
    let inactive = shop
        .desk
        .books
        .article_by_code("99999")
        .unwrap()
        .id
        .to_string();
    assert_eq!(
        shop.order(&line.replace(&shop.article, &inactive), "")
            .await
            .codes(),
        ["ALG-0105"]
    );
    for (code, expected) in [(2, "VOR-0002"), (1, "ALG-0105")] {
        let other = shop
            .desk
            .books
            .relation_by_code(code)
            .unwrap()
            .id
            .to_string();
        let body = shop.body(&line, "").replace(&shop.relation, &other);
        assert_eq!(
            shop.desk.post("/verkooporders", &body).await.codes(),
            [expected]
        );
    }
    let body = shop
        .body(&line, "")
        .replace(&shop.relation, &nowhere.to_string());
    assert_eq!(
        shop.desk.post("/verkooporders", &body).await.codes(),
        ["REL-0005"]
    );
    shop.desk
        .books
        .knobs(|knobs| knobs.unknown_reference = UnknownReference::General);
    assert_eq!(
        shop.desk.post("/verkooporders", &body).await.codes(),
        ["ALG-0102"]
    );
    shop.desk
        .books
        .knobs(|knobs| knobs.unknown_reference = UnknownReference::ModelState);
    assert!(
        shop.desk
            .post("/verkooporders", &body)
            .await
            .json()
            .get("modelState")
            .is_some()
    );
    let nothing = shop.desk.post("/verkooporders", "{}").await.json();
    let state = nothing.get("modelState").unwrap().to_string();
    assert!(
        state.contains("datum") && state.contains("relatie"),
        "{state}"
    );
    assert_eq!(
        shop.desk.post("/verkooporders", "geen json").await.codes(),
        ["ALG-0106"]
    );
    assert_eq!(shop.desk.books.orders().len(), 0);
}

#[tokio::test]
async fn an_all_zero_template_is_the_default_and_a_blocking_one_blocks() {
    let shop = Shop::new().await;
    let zero = r#","verkoopordersjabloon":{"id":"00000000-0000-0000-0000-000000000000"}"#;
    assert_eq!(shop.taken("", zero).await.flag("geblokkeerd"), Some(false));
    let rows = shop.desk.get("/verkoopordersjablonen").await.rows();
    let blocking = rows
        .iter()
        .find(|row| row.flag("nieuweOrdersBlokkeren") == Some(true))
        .unwrap();
    let header = format!(
        r#","verkoopordersjabloon":{{"id":"{}"}}"#,
        blocking.text("id").unwrap()
    );
    assert_eq!(
        shop.taken("", &header).await.flag("geblokkeerd"),
        Some(true)
    );
    let header = format!(r#"{header},"geblokkeerd":false"#);
    assert_eq!(
        shop.taken("", &header).await.flag("geblokkeerd"),
        Some(false)
    );
}

#[tokio::test]
async fn long_texts_are_kept_cut_or_refused() {
    let shop = Shop::new().await;
    let long = "x".repeat(60);
    for name in ["omschrijving", "betalingskenmerk"] {
        for limit in LongText::ALL {
            shop.desk.books.knobs(|knobs| {
                knobs.long_description = *limit;
                knobs.long_payment_reference = *limit;
            });
            let got = shop.order("", &format!(r#","{name}":"{long}""#)).await;
            match limit {
                LongText::Accept => assert_eq!(got.json().text(name).unwrap().len(), 60),
                LongText::Cut => assert_eq!(got.json().text(name).unwrap().len(), 50),
                LongText::Refuse => assert_eq!(got.codes(), ["ALG-0102"]),
            }
        }
    }
}

#[tokio::test]
async fn a_line_without_price_costs_nothing_the_article_price_or_what_was_agreed() {
    let shop = Shop::new().await;
    let line = shop.line(r#","aantal":1"#);
    let price = |order: &Json| amount(&order.list("regels")[0], "stuksprijs");
    let inclusive = r#","verkooporderBtwIngaveModel":"Inclusief""#;
    assert_eq!(price(&shop.taken(&line, inclusive).await), "0");
    shop.desk
        .books
        .knobs(|knobs| knobs.omitted_price = OmittedPrice::ArticlePrice);
    assert_eq!(price(&shop.taken(&line, inclusive).await), "12.10");
    assert_eq!(
        price(&shop.taken(&line, "").await),
        "10.00",
        "the article price is with VAT"
    );
    shop.desk.books.add_price_agreement(Agreement::new(
        shop.relation.parse().unwrap(),
        shop.article.parse().unwrap(),
        5.into(),
    ));
    assert_eq!(price(&shop.taken(&line, inclusive).await), "12.10");
    shop.desk.books.knobs(|knobs| knobs.price_agreements = true);
    assert_eq!(price(&shop.taken(&line, inclusive).await), "5");
    let priced = shop.line(r#","aantal":1,"stuksprijs":7"#);
    assert_eq!(
        price(&shop.taken(&priced, inclusive).await),
        "7",
        "a price that is sent holds"
    );
}

#[tokio::test]
async fn addresses_and_discount_left_out_stay_empty_or_come_from_the_relation() {
    let shop = Shop::new().await;
    let id = shop.relation.parse().unwrap();
    shop.desk.books.edit(|world, _| {
        world
            .relations
            .get_mut(id)
            .unwrap()
            .doc
            .set("factuurkorting", rust_decimal::Decimal::TEN);
    });
    let order = shop.taken("", "").await;
    assert!(order.get("afleveradres").unwrap().is_null());
    assert_eq!(amount(&order, "factuurkorting"), "0");
    shop.desk.books.knobs(|knobs| {
        knobs.omitted_addresses = Omitted::Copied;
        knobs.omitted_invoice_discount = Omitted::Copied;
    });
    let line = shop.line(r#","aantal":1,"stuksprijs":121"#);
    let order = shop
        .taken(&line, r#","verkooporderBtwIngaveModel":"Inclusief""#)
        .await;
    assert_eq!(
        order.get("afleveradres").unwrap().text("plaats"),
        Some("Utrecht")
    );
    assert_eq!(amount(&order, "totaalInclusiefBtw"), "108.90");
    let order = shop
        .taken(
            &line,
            r#","verkooporderBtwIngaveModel":"Inclusief","factuurkorting":0"#,
        )
        .await;
    assert_eq!(amount(&order, "totaalInclusiefBtw"), "121.00");
}

#[tokio::test]
async fn odd_lines_are_taken_or_refused_each_by_its_own_knob() {
    let shop = Shop::new().await;
    let text = r#"{"omschrijving":"Alleen tekst"}"#.to_string();
    let negative_quantity = shop.line(r#","aantal":-1,"stuksprijs":10"#);
    let negative_price = shop.line(r#","aantal":1,"stuksprijs":-10"#);
    let zero = shop.line(r#","aantal":0,"stuksprijs":10"#);
    type Turn = fn(&mut testbed::snelstart::Knobs, Take);
    let cases: [(&str, Turn); 5] = [
        (&text, |knobs, take| knobs.text_lines = take),
        (&negative_quantity, |knobs, take| {
            knobs.negative_quantity = take
        }),
        (&negative_price, |knobs, take| knobs.negative_price = take),
        (&zero, |knobs, take| knobs.zero_quantity = take),
        ("", |knobs, take| knobs.no_lines = take),
    ];
    for (line, turn) in cases {
        assert_eq!(shop.order(line, "").await.status, 201, "{line}");
        shop.desk.books.knobs(|knobs| turn(knobs, Take::Refuse));
        assert_eq!(shop.order(line, "").await.codes(), ["ALG-0102"], "{line}");
        shop.desk.books.knobs(|knobs| turn(knobs, Take::Accept));
    }
    let order = shop.taken(&negative_price, "").await;
    assert_eq!(amount(&order, "totaalInclusiefBtw"), "-12.10");
}

#[tokio::test]
async fn totals_round_per_group_or_per_line_or_are_not_told() {
    let shop = Shop::new().await;
    let line = shop.line(r#","aantal":1,"stuksprijs":0.02"#);
    let lines = [line.as_str(); 3].join(",");
    assert_eq!(
        amount(&shop.taken(&lines, "").await, "totaalInclusiefBtw"),
        "0.07"
    );
    shop.desk
        .books
        .knobs(|knobs| knobs.totals = Totals::PerLine);
    assert_eq!(
        amount(&shop.taken(&lines, "").await, "totaalInclusiefBtw"),
        "0.06"
    );
    shop.desk.books.knobs(|knobs| knobs.totals = Totals::Null);
    assert!(
        shop.taken(&lines, "")
            .await
            .get("totaalInclusiefBtw")
            .unwrap()
            .is_null()
    );
}

#[tokio::test]
async fn line_discount_is_taken_off_the_line_or_the_unit_price() {
    let shop = Shop::new().await;
    let line = shop.line(r#","aantal":3,"stuksprijs":0.33,"kortingsPercentage":10"#);
    let total = |order: &Json| amount(&order.list("regels")[0], "totaal");
    assert_eq!(total(&shop.taken(&line, "").await), "0.89");
    shop.desk
        .books
        .set_company("regelkortingVerkooporder", "BerekenenOverStukprijs");
    assert_eq!(total(&shop.taken(&line, "").await), "0.90");
}

#[tokio::test]
async fn money_is_exact_as_number_and_as_text() {
    let shop = Shop::new().await;
    for price in ["0.3350", "\"0.3350\"", "123456789012345.6789"] {
        let order = shop
            .taken(
                &shop.line(&format!(r#","aantal":1,"stuksprijs":{price}"#)),
                "",
            )
            .await;
        let stored = amount(&order.list("regels")[0], "stuksprijs");
        assert_eq!(stored, price.trim_matches('"'));
    }
}

#[tokio::test]
async fn a_new_order_shows_in_lists_only_after_the_set_time() {
    let shop = Shop::new().await;
    shop.desk
        .books
        .knobs(|knobs| knobs.order_listed_after = Duration::from_secs(120));
    let order = shop.taken("", r#","betalingskenmerk":"1""#).await;
    let find = || {
        shop.desk
            .filtered("/verkooporders", "Betalingskenmerk eq '1'")
    };
    assert_eq!(find().await.rows().len(), 0);
    let path = format!("/verkooporders/{}", order.text("id").unwrap());
    assert_eq!(
        shop.desk.get(&path).await.status,
        200,
        "by its id it is there at once"
    );
    assert_eq!(shop.desk.books.orders_by_reference("1").len(), 1);
    shop.desk.books.clock().advance(Duration::from_secs(120));
    assert_eq!(find().await.rows().len(), 1);
}

#[tokio::test]
async fn put_replaces_and_an_invoiced_order_is_closed_unless_the_knob_opens_it() {
    let shop = Shop::new().await;
    let order = shop.taken("", r#","memo":"x""#).await;
    let id = order.text("id").unwrap();
    let path = format!("/verkooporders/{id}");
    let body = shop.body("", &format!(r#","id":"{id}","geblokkeerd":true"#));
    let changed = shop.desk.put(&path, &body).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let changed = changed.json();
    assert!(changed.get("memo").unwrap().is_null());
    assert_eq!(changed.whole("nummer"), order.whole("nummer"));

    let invoice = shop.desk.books.invoice(id.parse().unwrap()).unwrap();
    let read = shop.desk.get(&path).await.json();
    assert_eq!(read.text("procesStatus"), Some("Factuur"));
    assert_eq!(read.reference("verkoopfactuur"), Some(invoice));
    let invoices = shop.desk.get("/verkoopfacturen").await.rows();
    assert_eq!(invoices[0].list("verkoopOrders")[0].text("id"), Some(id));
    assert_eq!(shop.desk.put(&path, &body).await.codes(), ["ALG-0102"]);
    assert_eq!(shop.desk.delete(&path).await.codes(), ["ALG-0102"]);
    shop.desk
        .books
        .knobs(|knobs| knobs.change_invoiced = Take::Accept);
    for status in [200, 201, 204] {
        shop.desk
            .books
            .knobs(|knobs| knobs.order_delete_status = status);
        let other = shop.taken("", "").await;
        let path = format!("/verkooporders/{}", other.text("id").unwrap());
        assert_eq!(shop.desk.delete(&path).await.status, status);
    }
    assert_eq!(shop.desk.delete(&path).await.status, 204);
}

#[tokio::test]
async fn the_stage_is_changed_by_its_own_operation() {
    let shop = Shop::new().await;
    let order = shop.taken("", r#","procesStatus":"Pakbon""#).await;
    let id = order.text("id").unwrap();
    let path = format!("/verkooporders/{id}/ProcesStatus");
    let body = |stage: &str| format!(r#"{{"id":"{id}","procesStatus":"{stage}"}}"#);
    assert_eq!(shop.desk.put(&path, &body("Afhaalbon")).await.status, 200);
    assert_eq!(
        shop.desk.put(&path, &body("Factuur")).await.codes(),
        ["ALG-0102"]
    );
    shop.desk
        .books
        .knobs(|knobs| knobs.earlier_stage = Take::Refuse);
    assert_eq!(
        shop.desk.put(&path, &body("Order")).await.codes(),
        ["ALG-0102"]
    );
    assert_eq!(shop.desk.books.orders()[0].stage, "Afhaalbon");
}

#[tokio::test]
async fn lists_carry_lines_and_quotations_by_their_knobs() {
    let shop = Shop::new().await;
    shop.taken(&shop.line(r#","aantal":1,"stuksprijs":1"#), "")
        .await;
    shop.taken("", r#","procesStatus":"Offerte""#).await;
    let rows = shop.desk.get("/verkooporders").await.rows();
    assert_eq!((rows.len(), rows[0].list("regels").len()), (2, 1));
    shop.desk.books.knobs(|knobs| {
        knobs.lines_in_lists = false;
        knobs.quotations_among_orders = false;
    });
    let rows = shop.desk.get("/verkooporders").await.rows();
    assert_eq!((rows.len(), rows[0].list("regels").len()), (1, 0));
}

#[tokio::test]
async fn partial_order_addresses_are_refused_when_the_knob_says_so() {
    let shop = Shop::new().await;
    let header = r#","afleveradres":{"straat":"Dorpsstraat 1"}"#;
    assert_eq!(shop.order("", header).await.status, 201);
    shop.desk
        .books
        .knobs(|knobs| knobs.whole_order_addresses = true);
    assert_eq!(shop.order("", header).await.codes(), ["ALG-0102"]);
}

#[tokio::test]
async fn a_relation_edited_meanwhile_is_seen_by_the_next_read() {
    let shop = Shop::new().await;
    let id = shop.relation.parse().unwrap();
    let when = testbed::snelstart::When::new("PUT", "/relaties/{id}");
    let change = move |world: &mut testbed::snelstart::World| {
        world
            .relations
            .get_mut(id)
            .unwrap()
            .doc
            .set("memo", "van de boekhouder");
    };
    shop.desk.books.arm(
        when,
        testbed::snelstart::Trouble::Meanwhile(Box::new(change)),
    );
    let body = format!(r#"{{"id":"{id}","relatiesoort":["Klant"],"naam":"B"}}"#);
    shop.desk.put(&format!("/relaties/{id}"), &body).await;
    let memo = shop.desk.books.read(|w| {
        w.relations
            .get(id)
            .unwrap()
            .doc
            .text("memo")
            .map(str::to_string)
    });
    assert_eq!(
        memo, None,
        "last write wins: what the bookkeeper wrote meanwhile is gone"
    );
}

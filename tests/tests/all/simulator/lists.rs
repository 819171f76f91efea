//! Lists: filters, pages, order, selection.

use std::collections::BTreeSet;

use crate::simulator::client::Desk;
use testbed::snelstart::{
    BadFilter, LookupFilter, NewArticle, NewRelation, Nulls, OrderBy, OrderFilter, RowOrder,
    StampZone,
};

async fn names(desk: &Desk, filter: &str) -> Vec<String> {
    let got = desk.filtered("/relaties", filter).await;
    assert_eq!(got.status, 200, "{filter}: {}", got.text);
    let name = |row: &testbed::snelstart::Json| row.text("naam").unwrap_or_default().to_string();
    got.rows().iter().map(name).collect()
}

fn people(desk: &Desk) {
    for (name, code, country, email) in [
        ("Jansen", 100, "NL", "jansen@example.nl"),
        ("O'Brien", 101, "IE", "obrien@example.ie"),
        ("Müller", 102, "DE", ""),
    ] {
        desk.books.add_relation(NewRelation {
            name: name.to_string(),
            code: Some(code),
            country: country.to_string(),
            address: ("Straat 1".into(), "1000".into(), "Stad".into()),
            email: email.to_string(),
            ..Default::default()
        });
    }
}

#[tokio::test]
async fn filters_follow_the_grammar_of_odata_version_3() {
    let desk = Desk::new().await;
    people(&desk);
    let germany = desk.country("DE");
    for (filter, expected) in [
        ("Naam eq 'Jansen'".to_string(), vec!["Jansen"]),
        ("Naam eq 'O''Brien'".to_string(), vec!["O'Brien"]),
        (
            "Relatiecode gt 100 and Relatiecode le 102".to_string(),
            vec!["O'Brien", "Müller"],
        ),
        (
            "Relatiecode eq 100 or Relatiecode ge 102".to_string(),
            vec!["Jansen", "Müller"],
        ),
        (
            "Relatiecode ge 100 and not (Relatiecode eq 101)".to_string(),
            vec!["Jansen", "Müller"],
        ),
        ("startswith(Naam,'Jan') eq true".to_string(), vec!["Jansen"]),
        (
            "substringof('rien', Naam) eq true".to_string(),
            vec!["O'Brien"],
        ),
        ("substringof('ülle', Naam)".to_string(), vec!["Müller"]),
        (
            format!("VestigingsAdres/Land/Id eq guid'{germany}'"),
            vec!["Müller"],
        ),
        (
            "Relatiesoort/any(r:r eq 'Klant') and Relatiecode gt 99".to_string(),
            vec!["Jansen", "O'Brien", "Müller"],
        ),
        (
            "Relatiesoort/any(r:r eq 'Eigen')".to_string(),
            vec!["Uw bedrijfsnaam"],
        ),
        ("Nonactief eq true".to_string(), vec!["Vertrokken klant"]),
        ("KredietLimiet ne null".to_string(), vec![]),
        ("year(ModifiedOn) lt 2000".to_string(), vec![]),
        (
            "ExtraVeldenKlant/any(e:e/Naam eq 'kleur' and e/Waarde eq 'rood')".to_string(),
            vec![],
        ),
    ] {
        assert_eq!(names(&desk, &filter).await, expected, "{filter}");
    }
}

#[tokio::test]
async fn a_changed_since_filter_goes_by_the_clock_and_its_zone() {
    let desk = Desk::new().await;
    desk.books
        .clock()
        .set("2026-07-01T10:00:00Z".parse().unwrap());
    people(&desk);
    let since = |text: &str| format!("ModifiedOn gt datetime'{text}' and Relatiecode gt 99");
    assert_eq!(
        names(&desk, &since("2026-07-01T09:59:59.999")).await.len(),
        3
    );
    assert_eq!(names(&desk, &since("2026-07-01T10:00:01")).await.len(), 0);
    desk.books
        .knobs(|knobs| knobs.stamp_zone = StampZone::Amsterdam);
    assert_eq!(names(&desk, &since("2026-07-01T11:59:59")).await.len(), 3);
}

#[tokio::test]
async fn names_are_exact_and_contains_is_unknown() {
    let desk = Desk::new().await;
    for filter in [
        "naam eq 'x'",
        "Bestaatniet eq 1",
        "Uri eq 'x'",
        "VestigingsAdres/Lnd/Id eq null",
    ] {
        let got = desk.filtered("/relaties", filter).await;
        assert_eq!(got.status, 400);
        let text = got.json().text("Message").unwrap_or_default().to_string();
        assert!(
            text.contains("Could not find a property named"),
            "{filter}: {text}"
        );
    }
    for filter in [
        "contains(Naam,'x')",
        "Naam eq",
        "Naam eq 'x",
        "(Naam eq 'x'",
        "Naam EQ 'x'",
    ] {
        desk.books.knobs(|knobs| knobs.bad_filter = BadFilter::Code);
        assert_eq!(
            desk.filtered("/relaties", filter).await.codes(),
            ["ALG-0104"],
            "{filter}"
        );
        desk.books
            .knobs(|knobs| knobs.bad_filter = BadFilter::Message);
        let got = desk.filtered("/relaties", filter).await;
        assert!(
            got.status == 400 && got.json().text("Message").is_some(),
            "{filter}"
        );
    }
    let wrong_type = desk.filtered("/artikelen", "Artikelcode eq 308").await;
    assert!(
        wrong_type
            .json()
            .text("Message")
            .unwrap()
            .contains("incompatible types")
    );
}

#[tokio::test]
async fn articles_come_in_pages_of_25_and_a_larger_top_is_refused() {
    let desk = Desk::new().await;
    for n in 0..60 {
        desk.books
            .add_article(NewArticle::new(&format!("A{n}"), "Artikel", "Hoog"))
            .unwrap();
    }
    let got = desk.list("/artikelen", &[("$top", "500")]).await;
    assert_eq!(got.status, 400);
    assert!(got.text.contains("The limit of '25' for Top query has been exceeded. The value from the incoming request is '500'."));
    let mut codes = BTreeSet::new();
    let mut pages = 0;
    loop {
        let skip = (pages * 25).to_string();
        let page = desk
            .list("/artikelen", &[("$skip", &skip), ("$top", "25")])
            .await
            .rows();
        codes.extend(
            page.iter()
                .map(|row| row.text("artikelcode").unwrap().to_string()),
        );
        pages += 1;
        if page.len() < 25 {
            break;
        }
    }
    assert_eq!((codes.len(), pages), (61, 3));
    assert_eq!(desk.get("/artikelen").await.rows().len(), 61);
    desk.books.knobs(|knobs| knobs.articles_without_top = 25);
    assert_eq!(desk.get("/artikelen").await.rows().len(), 25);
    assert_eq!(desk.list("/relaties", &[("$top", "501")]).await.status, 400);
}

#[tokio::test]
async fn rows_come_in_the_order_of_the_knob_and_orderby_is_its_own() {
    let desk = Desk::new().await;
    people(&desk);
    let ids = |rows: Vec<testbed::snelstart::Json>| -> Vec<String> {
        rows.iter()
            .map(|row| row.text("id").unwrap().to_string())
            .collect()
    };
    let inserted = ids(desk.get("/relaties").await.rows());
    desk.books.knobs(|knobs| knobs.row_order = RowOrder::ById);
    let by_id = ids(desk.get("/relaties").await.rows());
    let mut sorted = inserted.clone();
    sorted.sort();
    assert_eq!(by_id, sorted);
    desk.books
        .knobs(|knobs| knobs.row_order = RowOrder::Shuffled);
    let mut shuffled = ids(desk.get("/relaties").await.rows());
    shuffled.sort();
    assert_eq!(shuffled, sorted);

    let by_name = [("$orderby", "Relatiecode desc")];
    assert_eq!(desk.list("/relaties", &by_name).await.status, 400);
    desk.books.knobs(|knobs| knobs.orderby = OrderBy::Ignored);
    assert_eq!(desk.list("/relaties", &by_name).await.status, 200);
    desk.books.knobs(|knobs| knobs.orderby = OrderBy::Honoured);
    let first = desk.list("/relaties", &by_name).await.rows().remove(0);
    assert_eq!(first.whole("relatiecode"), Some(102));
}

#[tokio::test]
async fn a_filter_on_small_lists_is_ignored_or_honoured() {
    let desk = Desk::new().await;
    let all = desk.get("/landen").await.rows().len();
    assert!((250..=252).contains(&all), "{all}");
    let filter = "Bestaatniet eq 'x'";
    assert_eq!(desk.filtered("/landen", filter).await.rows().len(), all);
    assert_eq!(desk.filtered("/dagboeken", filter).await.rows().len(), 6);
    assert_eq!(
        desk.filtered("/artikelomzetgroepen", filter)
            .await
            .rows()
            .len(),
        8
    );
    desk.books
        .knobs(|knobs| knobs.lookup_filter = LookupFilter::Honoured);
    assert_eq!(desk.filtered("/landen", filter).await.rows().len(), all);
    assert_eq!(
        desk.filtered("/artikelomzetgroepen", filter).await.status,
        400
    );
    assert_eq!(
        desk.filtered("/artikelomzetgroepen", "Nummer eq 2")
            .await
            .rows()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_filter_on_orders_is_honoured_ignored_or_refused() {
    let desk = Desk::new().await;
    let relation = desk.customer();
    for reference in ["1", "2"] {
        let body = format!(
            r#"{{"relatie":{{"id":"{relation}"}},"datum":"2026-11-21","betalingskenmerk":"{reference}","regels":[]}}"#
        );
        assert_eq!(desk.post("/verkooporders", &body).await.status, 201);
    }
    let filter = "Betalingskenmerk eq '2'";
    assert_eq!(
        desk.filtered("/verkooporders", filter).await.rows().len(),
        1
    );
    desk.books
        .knobs(|knobs| knobs.order_filter = OrderFilter::Ignored);
    assert_eq!(
        desk.filtered("/verkooporders", filter).await.rows().len(),
        2
    );
    desk.books
        .knobs(|knobs| knobs.order_filter = OrderFilter::Refused);
    assert_eq!(desk.filtered("/verkooporders", filter).await.status, 400);
    assert_eq!(desk.get("/verkooporders").await.rows().len(), 2);
}

#[tokio::test]
async fn properties_without_value_are_null_or_absent_and_select_narrows() {
    let desk = Desk::new().await;
    let row = desk.get("/artikelen").await.rows().remove(0);
    assert!(row.get("eenheid").unwrap().is_null());
    desk.books.knobs(|knobs| knobs.nulls = Nulls::Absent);
    let row = desk.get("/artikelen").await.rows().remove(0);
    assert!(row.get("eenheid").is_none());
    let row = desk
        .list("/artikelen", &[("$select", "Id,Artikelcode")])
        .await
        .rows()
        .remove(0);
    assert!(row.get("id").is_some() && row.get("omschrijving").is_none());
}

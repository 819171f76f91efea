//! Relations and the REL codes.

use crate::simulator::client::Desk;
use testbed::snelstart::{Bounds, PathMiss, Take};

fn person(fields: &str) -> String {
    format!(r#"{{"relatiesoort":["Klant"],"naam":"A. Jansen"{fields}}}"#)
}

fn address(country: &str) -> String {
    format!(
        r#"{{"straat":"Dorpsstraat 1","postcode":"1234 AB","plaats":"Utrecht","land":{{"id":"{country}"}}}}"#
    )
}

#[tokio::test]
async fn a_relation_gets_the_next_code_or_the_one_it_brings() {
    let desk = Desk::new().await;
    let first = desk.post("/relaties", &person("")).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let next = first.json().whole("relatiecode").unwrap();
    let own = desk
        .post("/relaties", &person(r#","relatiecode":5000"#))
        .await
        .json();
    assert_eq!(own.whole("relatiecode"), Some(5000));
    let after = desk.post("/relaties", &person("")).await.json();
    assert_eq!(after.whole("relatiecode"), Some(5001));
    assert!(next < 5000);
    let taken = desk
        .post("/relaties", &person(r#","relatiecode":5000"#))
        .await;
    assert_eq!(taken.codes(), ["REL-0008"]);
    assert!(after.get("fax").is_none(), "the write model has no fax");
    assert_eq!(
        after
            .get("factuurEmailVersturen")
            .unwrap()
            .flag("shouldSend"),
        Some(false)
    );
}

#[tokio::test]
async fn each_rule_has_its_code() {
    let desk = Desk::new().await;
    let (nl, de) = (desk.country("NL"), desk.country("DE"));
    let long = "x".repeat(51);
    let zero = "00000000-0000-0000-0000-000000000001";
    for (fields, codes) in [
        (r#","naam":"""#.to_string(), vec![]),
        (format!(r#","id":"{zero}""#), vec!["REL-0063"]),
        (r#","krediettermijn":1001"#.to_string(), vec!["REL-0003"]),
        (r#","kvkNummer":"123""#.to_string(), vec!["REL-0006"]),
        (
            r#","iban":"NL00ABNA0417164300""#.to_string(),
            vec!["REL-0011"],
        ),
        (r#","iban":"NL91ABNA0417164300""#.to_string(), vec![]),
        (r#","bic":"x""#.to_string(), vec!["REL-0010"]),
        (
            format!(r#","telefoon":"{long}","mobieleTelefoon":"{long}""#),
            vec!["REL-0012", "REL-0013"],
        ),
        (r#","websiteUrl":"geen url""#.to_string(), vec!["REL-0015"]),
        (r#","oin":"123""#.to_string(), vec!["REL-0086"]),
        (r#","email":"geen""#.to_string(), vec!["REL-0061"]),
        (
            r#","email":"a@example.nl;geen""#.to_string(),
            vec!["REL-0084"],
        ),
        (
            r#","email":"a@example.nl;b@example.nl""#.to_string(),
            vec![],
        ),
        (
            format!(r#","email":"{}@example.nl""#, "x".repeat(250)),
            vec!["REL-0085"],
        ),
        (
            r#","factuurEmailVersturen":{"shouldSend":true}"#.to_string(),
            vec!["REL-0032"],
        ),
        (
            r#","factuurEmailVersturen":{"shouldSend":true,"email":"x"}"#.to_string(),
            vec!["REL-0033"],
        ),
        (
            r#","bankieren":true"#.to_string(),
            vec!["REL-0014", "REL-0009"],
        ),
        (
            format!(r#","factuurRelatie":{{"id":"{zero}"}}"#),
            vec!["REL-0017"],
        ),
        (
            r#","vestigingsAdres":{"straat":"Dorpsstraat 1"}"#.to_string(),
            vec!["REL-0060"],
        ),
        (
            format!(r#","vestigingsAdres":{}"#, address(zero)),
            vec!["REL-0056"],
        ),
        (
            format!(r#","correspondentieAdres":{}"#, address(zero)),
            vec!["REL-0055"],
        ),
        (
            format!(r#","correspondentieAdres":{{"straat":"{long}"}}"#),
            vec!["REL-0025"],
        ),
        (
            format!(r#","vestigingsAdres":{},"btwNummer":"NL 1""#, address(&nl)),
            vec!["REL-0059"],
        ),
        (
            format!(r#","vestigingsAdres":{},"btwNummer":"N""#, address(&nl)),
            vec!["REL-0058"],
        ),
        (
            format!(
                r#","vestigingsAdres":{},"btwNummer":"NL123456782B01""#,
                address(&nl)
            ),
            vec![],
        ),
        (
            format!(
                r#","vestigingsAdres":{},"btwNummer":"NL123456789B01""#,
                address(&nl)
            ),
            vec!["REL-0088"],
        ),
        (
            format!(
                r#","vestigingsAdres":{},"btwNummer":"DE123456789""#,
                address(&nl)
            ),
            vec!["REL-0087"],
        ),
        (
            format!(
                r#","vestigingsAdres":{},"btwNummer":"DE123456789""#,
                address(&de)
            ),
            vec![],
        ),
        (
            format!(r#","vestigingsAdres":{},"btwNummer":"DE12""#, address(&de)),
            vec!["REL-0088"],
        ),
    ] {
        let body = match fields.starts_with(r#","naam""#) {
            true => r#"{"relatiesoort":["Klant"],"naam":" "}"#.to_string(),
            false => person(&fields),
        };
        let got = desk.post("/relaties", &body).await;
        if fields.starts_with(r#","naam""#) {
            assert_eq!(got.codes(), ["REL-0007"]);
        } else if codes.is_empty() {
            assert_eq!(got.status, 201, "{fields}: {}", got.text);
        } else {
            assert_eq!(got.codes(), codes, "{fields}");
        }
    }
    for (kinds, code) in [
        (r#"["Geen"]"#, "REL-0001"),
        ("[]", "REL-0001"),
        (r#"["Eigen"]"#, "REL-0048"),
        (r#"["Klant","Leverancier"]"#, "REL-0065"),
    ] {
        let body = format!(r#"{{"relatiesoort":{kinds},"naam":"x"}}"#);
        assert_eq!(
            desk.post("/relaties", &body).await.codes(),
            [code],
            "{kinds}"
        );
    }
}

#[tokio::test]
async fn the_register_of_vat_numbers_can_be_told_what_to_say() {
    let desk = Desk::new().await;
    desk.books.set_vat_number("NL123456782B01", false);
    desk.books.set_vat_number("NL000000000B99", true);
    let nl = address(&desk.country("NL"));
    let with = |number: &str| {
        person(&format!(
            r#","vestigingsAdres":{nl},"btwNummer":"{number}""#
        ))
    };
    assert_eq!(
        desk.post("/relaties", &with("NL123456782B01"))
            .await
            .codes(),
        ["REL-0088"]
    );
    assert_eq!(
        desk.post("/relaties", &with("NL000000000B99")).await.status,
        201
    );
}

#[tokio::test]
async fn a_name_of_51_characters_is_refused_in_the_shape_of_the_knob() {
    let desk = Desk::new().await;
    let body = format!(
        r#"{{"relatiesoort":["Klant"],"naam":"{}"}}"#,
        "x".repeat(51)
    );
    let got = desk.post("/relaties", &body).await;
    assert!(got.json().get("modelState").is_some(), "{}", got.text);
    desk.books.knobs(|knobs| knobs.bounds = Bounds::General);
    assert_eq!(desk.post("/relaties", &body).await.codes(), ["ALG-0102"]);
}

#[tokio::test]
async fn put_replaces_the_whole_record_and_keeps_the_kind() {
    let desk = Desk::new().await;
    let made = desk
        .post(
            "/relaties",
            &person(r#","memo":"vaste klant","telefoon":"030""#),
        )
        .await
        .json();
    let id = made.text("id").unwrap().to_string();
    let path = format!("/relaties/{id}");
    let put =
        |fields: &str| format!(r#"{{"id":"{id}","relatiesoort":["Klant"],"naam":"B"{fields}}}"#);
    assert_eq!(desk.put(&path, &put("")).await.status, 200);
    let read = desk.get(&path).await.json();
    assert!(
        read.get("memo").unwrap().is_null(),
        "a field left out is blanked"
    );
    assert_eq!(read.whole("relatiecode"), made.whole("relatiecode"));

    let other = put("").replace("Klant", "Leverancier");
    assert_eq!(desk.put(&path, &other).await.codes(), ["REL-0064"]);
    let wrong_id = put("").replace(&id, "00000000-0000-0000-0000-000000000001");
    assert_eq!(desk.put(&path, &wrong_id).await.codes(), ["REL-0047"]);
    let without_id = r#"{"relatiesoort":["Klant"],"naam":"C"}"#;
    assert_eq!(desk.put(&path, without_id).await.status, 200);
    desk.books
        .knobs(|knobs| knobs.put_without_id = Take::Refuse);
    assert_eq!(desk.put(&path, without_id).await.codes(), ["REL-0047"]);
}

#[tokio::test]
async fn names_in_any_casing_are_taken_and_unknown_ones_ignored_but_noted() {
    let desk = Desk::new().await;
    let body = r#"{"Relatiesoort":["Klant"],"NAAM":"X","bestaatNiet":1}"#;
    let got = desk.post("/relaties", body).await;
    assert_eq!(got.status, 201);
    assert_eq!(got.json().text("naam"), Some("X"));
    if desk.books.checks_requests() {
        let violations = format!("{:?}", desk.books.violations());
        assert!(violations.contains("bestaatNiet"), "{violations}");
    }
}

#[tokio::test]
async fn an_inactive_or_unknown_relation_is_a_path_miss() {
    let desk = Desk::new().await;
    let inactive = desk.books.relation_by_code(1).unwrap().id;
    for id in [
        inactive.to_string(),
        uuid::Uuid::new_v4().to_string(),
        "x".to_string(),
    ] {
        desk.books
            .knobs(|knobs| knobs.path_miss = PathMiss::NotFound);
        let got = desk.get(&format!("/relaties/{id}")).await;
        assert_eq!(got.status, 404);
        assert!(got.json().text("Message").is_some());
        desk.books
            .knobs(|knobs| knobs.path_miss = PathMiss::BadRequest);
        assert_eq!(
            desk.get(&format!("/relaties/{id}")).await.codes(),
            ["REL-0005"]
        );
    }
}

#[tokio::test]
async fn a_relation_with_an_open_order_is_not_deleted() {
    let desk = Desk::new().await;
    let id = desk.customer();
    let order = format!(r#"{{"relatie":{{"id":"{id}"}},"datum":"2026-11-21","regels":[]}}"#);
    let order = desk.post("/verkooporders", &order).await.json();
    assert_eq!(
        desk.delete(&format!("/relaties/{id}")).await.codes(),
        ["REL-0050"]
    );
    let order = order.text("id").unwrap();
    assert_eq!(
        desk.delete(&format!("/verkooporders/{order}")).await.status,
        201
    );
    assert_eq!(desk.delete(&format!("/relaties/{id}")).await.status, 200);
    assert_eq!(desk.get(&format!("/relaties/{id}")).await.status, 404);
}

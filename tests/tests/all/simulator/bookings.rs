//! Sales bookings, payments, attachments, cost centres, ledgers.

use testbed::snelstart::Json;

use crate::simulator::client::{Desk, Got};

struct Office {
    desk: Desk,
    customer: String,
}

impl Office {
    async fn new() -> Office {
        let desk = Desk::new().await;
        let customer = desk.customer();
        Office { desk, customer }
    }

    fn ledger(&self, function: &str) -> String {
        self.desk.books.read(|world| {
            let mut all = world.ledgers.iter();
            let found = all.find(|row| row.doc.text("grootboekfunctie") == Some(function));
            found.unwrap().id.to_string()
        })
    }

    fn journal(&self, kind: &str) -> String {
        self.desk.books.read(|world| {
            let mut all = world.journals.iter();
            all.find(|row| row.doc.text("soort") == Some(kind))
                .unwrap()
                .id
                .to_string()
        })
    }

    /// 100 in the high and 100 in the low rate: 230 in all.
    fn body(&self, number: &str) -> String {
        let (high, low) = (
            self.ledger("VerkopenOmzetHoog"),
            self.ledger("VerkopenOmzetLaag"),
        );
        let customer = &self.customer;
        format!(
            r#"{{"factuurnummer":"{number}","factuurdatum":"2026-11-21T00:00:00","klant":{{"id":"{customer}"}},"factuurbedrag":230.00,"betalingstermijn":14,
            "boekingsregels":[{{"omschrijving":"hoog","grootboek":{{"id":"{high}"}},"bedrag":100.00,"btwSoort":"Hoog"}},
            {{"omschrijving":"laag","grootboek":{{"id":"{low}"}},"bedrag":100.00,"btwSoort":"Laag"}}],
            "btw":[{{"btwSoort":"VerkopenHoog","btwBedrag":21.00}},{{"btwSoort":"VerkopenLaag","btwBedrag":9.00}}]}}"#
        )
    }

    async fn book(&self, body: &str) -> Got {
        self.desk.post("/verkoopboekingen", body).await
    }
}

#[tokio::test]
async fn a_booking_brings_its_invoice_along() {
    let office = Office::new().await;
    let got = office.book(&office.body("WEB-1")).await;
    assert_eq!(got.status, 201, "{}", got.text);
    let invoices = office
        .desk
        .filtered("/verkoopfacturen", "Factuurnummer eq 'WEB-1'")
        .await
        .rows();
    assert_eq!(invoices[0].text("vervalDatum"), Some("2026-12-05T00:00:00"));
    assert_eq!(invoices[0].amount("openstaandSaldo"), Some(230.into()));
    let of_customer = office
        .desk
        .get(&format!("/relaties/{}/verkoopboekingen", office.customer))
        .await;
    assert_eq!(of_customer.rows().len(), 1);
    assert_eq!(office.desk.books.violations(), vec![]);
}

#[tokio::test]
async fn each_rule_of_bookings_has_its_code() {
    let office = Office::new().await;
    let right = office.body("WEB-1");
    assert_eq!(office.book(&right).await.status, 201);
    let supplier = office
        .desk
        .books
        .relation_by_code(2)
        .unwrap()
        .id
        .to_string();
    let inactive = office
        .desk
        .books
        .relation_by_code(1)
        .unwrap()
        .id
        .to_string();
    let next = right.replace("WEB-1", "WEB-2");
    let empty = |list: &str| {
        let start = next.find(&format!("\"{list}\":[")).unwrap();
        let end = start + next[start..].find("}]").unwrap() + 2;
        format!("{}\"{list}\":[]{}", &next[..start], &next[end..])
    };
    for (body, codes) in [
        (right.clone(), vec!["BOE-0021"]),
        (right.replace("WEB-1", ""), vec!["BOE-0058"]),
        (right.replace("WEB-1", &"x".repeat(26)), vec!["BOE-0058"]),
        (next.replace(&office.customer, &supplier), vec!["BOE-0060"]),
        (next.replace(&office.customer, &inactive), vec!["BOE-0054"]),
        (next.replace("230.00", "230.01"), vec!["BOE-0039"]),
        (
            empty("boekingsregels"),
            vec!["BOE-0023", "BOE-0082", "BOE-0082", "BOE-0039"],
        ),
        (
            next.replace("\"btwSoort\":\"Laag\"", "\"btwSoort\":\"Hoog\""),
            vec!["BOE-0082", "BOE-0082"],
        ),
        (
            next.replace("VerkopenLaag", "VerkopenVerlegd"),
            vec!["BOE-0062", "BOE-0082"],
        ),
        (next.replace("2026-11-21", "2015-01-01"), vec!["BOE-0033"]),
        (
            next.replace(
                &office.ledger("VerkopenOmzetHoog"),
                &office.ledger("DagboekKas"),
            ),
            vec!["BOE-0061"],
        ),
        (
            next.replace(&office.ledger("VerkopenOmzetHoog"), &office.customer),
            vec!["BOE-0037"],
        ),
        (
            next.replace(
                "\"factuurbedrag\"",
                &format!("\"boekstuk\":\"{}\",\"factuurbedrag\"", "x".repeat(26)),
            ),
            vec!["BOE-0068"],
        ),
    ] {
        assert_eq!(office.book(&body).await.codes(), codes, "{body}");
    }
    office
        .desk
        .books
        .edit(|world, _| world.closed_until = Some("2026-11-30".parse().unwrap()));
    assert_eq!(office.book(&next).await.codes(), ["BOE-0042"]);
}

#[tokio::test]
async fn a_payment_lowers_what_is_open_without_moving_the_stamp() {
    let office = Office::new().await;
    let booking = office.book(&office.body("WEB-1")).await.json();
    let invoice = || async { office.desk.get("/verkoopfacturen").await.rows().remove(0) };
    let before = invoice().await;
    office
        .desk
        .books
        .clock()
        .advance(std::time::Duration::from_secs(60));
    let entry = |received: &str, credit: &str| {
        format!(
            r#"{{"datum":"2026-11-22T00:00:00","bedragUitgegeven":0,"bedragOntvangen":{received},"dagboek":{{"id":"{}"}},
            "verkoopboekingBoekingsRegels":[{{"boekingId":{{"id":"{}"}},"omschrijving":"betaling","debet":0,"credit":{credit}}}]}}"#,
            office.journal("Bank"),
            booking.text("id").unwrap()
        )
    };
    let paid = office
        .desk
        .post("/bankboekingen", &entry("200", "200"))
        .await;
    assert_eq!(paid.status, 201, "{}", paid.text);
    let after = invoice().await;
    assert_eq!(after.amount("openstaandSaldo"), Some(30.into()));
    assert_eq!(after.text("modifiedOn"), before.text("modifiedOn"));
    let path = format!("/verkoopboekingen/{}", booking.text("id").unwrap());
    assert_eq!(office.desk.delete(&path).await.codes(), ["BOE-0083"]);
    let entry_path = format!("/bankboekingen/{}", paid.json().text("id").unwrap());
    assert_eq!(office.desk.delete(&entry_path).await.status, 200);
    assert_eq!(office.desk.delete(&path).await.status, 200);
    assert_eq!(office.desk.get("/verkoopfacturen").await.rows().len(), 0);
}

#[tokio::test]
async fn each_rule_of_payments_has_its_code() {
    let office = Office::new().await;
    let ledger = office.ledger("Kruisposten");
    let entry = |spent: &str, received: &str, debit: &str, credit: &str| {
        format!(
            r#"{{"datum":"2026-11-22T00:00:00","bedragUitgegeven":{spent},"bedragOntvangen":{received},"dagboek":{{"id":"{}"}},
            "grootboekBoekingsRegels":[{{"omschrijving":"x","grootboek":{{"id":"{ledger}"}},"debet":{debit},"credit":{credit}}}]}}"#,
            office.journal("Kas")
        )
    };
    for (body, codes) in [
        (entry("1", "1", "0", "1"), vec!["BOE-0027", "BOE-0039"]),
        (entry("0", "1", "0", "2"), vec!["BOE-0039"]),
        (entry("0", "0", "0", "0"), vec!["BOE-0028"]),
        (entry("0", "1", "1", "2"), vec!["BOE-0076"]),
    ] {
        assert_eq!(
            office.desk.post("/kasboekingen", &body).await.codes(),
            codes,
            "{body}"
        );
    }
    assert_eq!(
        office
            .desk
            .post("/kasboekingen", &entry("0", "1", "0", "1"))
            .await
            .status,
        201
    );
    assert_eq!(
        office
            .desk
            .post("/bankboekingen", &entry("0", "1", "0", "1"))
            .await
            .codes(),
        ["BOE-0096"]
    );
    assert_eq!(office.desk.get("/kasboekingen").await.rows().len(), 1);
}

#[tokio::test]
async fn attachments_belong_to_bookings_and_relations_and_pile_up() {
    let office = Office::new().await;
    let path = "/documenten/Relaties";
    let body = |name: &str, content: &str| {
        format!(
            r#"{{"content":"{content}","parentIdentifier":"{}","fileName":"{name}","readOnly":false}}"#,
            office.customer
        )
    };
    assert_eq!(
        office
            .desk
            .post(path, &body("a.pdf", "aGFsbG8="))
            .await
            .status,
        201
    );
    office.desk.books.knobs(|knobs| knobs.document_status = 200);
    assert_eq!(
        office
            .desk
            .post(path, &body("a.pdf", "aGFsbG8="))
            .await
            .status,
        200
    );
    let rows = office
        .desk
        .get(&format!("{path}/{}", office.customer))
        .await
        .rows();
    assert_eq!(rows.len(), 2, "posted twice is there twice");
    let one = office
        .desk
        .get(&format!("/documenten/{}", rows[0].text("id").unwrap()))
        .await
        .json();
    assert_eq!(one.text("content"), Some("aGFsbG8="));
    assert_eq!(
        office.desk.post(path, &body("", "aGFsbG8=")).await.codes(),
        ["BLG-0007"]
    );
    assert_eq!(
        office
            .desk
            .post(path, &body("a/b", "aGFsbG8="))
            .await
            .codes(),
        ["BLG-0016"]
    );
    assert_eq!(
        office.desk.post(path, &body("a.pdf", "")).await.codes(),
        ["BLG-0011"]
    );
    assert_eq!(
        office
            .desk
            .post("/documenten/Verkooporders", &body("a", "aGFsbG8="))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn cost_centres_and_ledgers_are_made_under_their_rules() {
    let office = Office::new().await;
    let made = office
        .desk
        .post("/kostenplaatsen", r#"{"nummer":7,"omschrijving":"Winkel"}"#)
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let again = office
        .desk
        .post("/kostenplaatsen", r#"{"nummer":7,"omschrijving":""}"#)
        .await;
    assert_eq!(again.codes(), ["KPL-0004", "KPL-0008"]);
    let ledger = r#"{"nummer":8062,"omschrijving":"OSS","grootboekfunctie":"InstallatieTeleverkoopBinnenEUgeen","vatRateCode":"RRL"}"#;
    let made = office.desk.post("/grootboeken", ledger).await;
    assert_eq!(
        made.json().get("btwSoort"),
        Some(&Json::List(vec![Json::from("Geen")]))
    );
    assert_eq!(
        office.desk.post("/grootboeken", ledger).await.codes(),
        ["BOE-0086"]
    );
}

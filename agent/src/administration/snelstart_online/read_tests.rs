#![allow(clippy::unwrap_used, clippy::expect_used)]

use rust_decimal::dec;

use super::*;

fn row(text: &str) -> Fields {
    Fields::read(text).unwrap()
}

#[test]
fn an_order_with_everything_null_is_still_an_order() {
    let read = order(&row(
        r#"{"id":"o1","relatie":null,"procesStatus":null,"nummer":1001,"datum":null,
            "betalingskenmerk":null,"afleveradres":null,"regels":null,"verkoopfactuur":null,
            "totaalExclusiefBtw":null,"totaalInclusiefBtw":null,"modifiedOn":"2018-08-07T06:24:48.12"}"#,
    ))
    .unwrap();
    assert_eq!((read.number.as_str(), read.relation.as_str()), ("1001", ""));
    assert_eq!(
        (read.total_incl, read.stage, read.invoiced),
        (None, None, false)
    );
    assert!(read.lines.is_empty());
}

#[test]
fn an_invoiced_order_is_seen_by_its_invoice_or_its_stage() {
    let by_invoice = row(r#"{"id":"o1","verkoopfactuur":{"id":"f1"},"procesStatus":"Order"}"#);
    let by_stage = row(r#"{"id":"o1","procesStatus":"Factuur"}"#);
    let empty =
        row(r#"{"id":"o1","verkoopfactuur":{"id":"00000000-0000-0000-0000-000000000000"}}"#);
    assert!(order(&by_invoice).unwrap().invoiced);
    assert!(order(&by_stage).unwrap().invoiced);
    assert!(!order(&empty).unwrap().invoiced);
}

#[test]
fn a_stage_that_is_new_to_us_is_no_stage() {
    let read = order(&row(r#"{"id":"o1","procesStatus":"Abonnement"}"#)).unwrap();
    assert_eq!(read.stage, None);
}

#[test]
fn lines_without_article_are_text_lines() {
    let read = order(&row(
        r#"{"id":"o1","regels":[{"artikel":null,"omschrijving":"Kleur: rood","aantal":0},
            {"artikel":{"id":"a1","uri":"/artikelen/a1"},"aantal":1.25,"stuksprijs":0.3350,"totaal":0.42}]}"#,
    ))
    .unwrap();
    assert_eq!(read.lines[0].article, None);
    assert_eq!(read.lines[1].article.as_deref(), Some("a1"));
    assert_eq!(
        (read.lines[1].quantity, read.lines[1].unit_price),
        (dec!(1.25), dec!(0.3350))
    );
    assert_eq!(read.lines[1].total, Some(dec!(0.42)));
}

#[test]
fn the_company_itself_and_snelstarts_placeholders_are_no_customers() {
    let countries = Countries::default();
    let customer = |text| relation(&row(text), &countries).unwrap().is_customer;
    assert!(customer(
        r#"{"id":"1","relatiesoort":["Klant"],"relatiecode":12}"#
    ));
    assert!(!customer(
        r#"{"id":"1","relatiesoort":["Eigen"],"relatiecode":0}"#
    ));
    assert!(!customer(
        r#"{"id":"1","relatiesoort":["Klant"],"relatiecode":-2}"#
    ));
    assert!(!customer(
        r#"{"id":"1","relatiesoort":["Leverancier"],"relatiecode":3}"#
    ));
    assert!(!customer(
        r#"{"id":"1","relatiesoort":null,"relatiecode":4}"#
    ));
}

#[test]
fn a_relation_may_have_its_invoices_sent_to_another() {
    let countries = Countries::default();
    for (to, elsewhere) in [
        ("null", false),
        (r#"{"id":"1"}"#, false),
        (r#"{"id":"00000000-0000-0000-0000-000000000000"}"#, false),
        (r#"{"id":"2"}"#, true),
    ] {
        let text = format!(r#"{{"id":"1","relatiesoort":["Klant"],"factuurRelatie":{to}}}"#);
        let read = relation(&row(&text), &countries).unwrap();
        assert_eq!(read.invoiced_elsewhere, elsewhere, "{to}");
    }
}

#[test]
fn two_letters_are_the_country_code_and_three_letters_may_be_missing() {
    let land = row(r#"{"id":"c1","naam":"Nederland","landcode":"nl","landcodeISO":null}"#);
    assert_eq!(country(&land).unwrap().code, "NL");
    assert_eq!(country_codes(&land), None);
    let land = row(r#"{"id":"c2","naam":"Duitsland","landcode":"DE","landcodeISO":"DEU"}"#);
    assert_eq!(
        country_codes(&land),
        Some(("DEU".to_owned(), "DE".to_owned()))
    );
    assert!(country(&row(r#"{"id":"c3","naam":"Overig","landcode":""}"#)).is_none());
}

#[test]
fn foreign_rates_come_by_three_letters_and_are_kept_by_two() {
    let rates = foreign_rates(
        &row(
            r#"{"countryCode":"DEU","vatRates":[{"rateCode":"SR","rate":19.0,"validFrom":"2021-01-01T00:00:00"},
                 {"rateCode":"RRH","rate":null}]}"#,
        ),
        &|long| (long == "DEU").then(|| "DE".to_owned()),
    );
    assert_eq!(rates.len(), 1);
    assert_eq!(
        (rates[0].country.as_str(), rates[0].code.as_str()),
        ("DE", "SR")
    );
    assert_eq!(rates[0].percent, dec!(19));
}

#[test]
fn a_company_without_settings_gets_the_careful_ones() {
    let read = company(&row(
        r#"{"administratieIdentifier":"x","bedrijfsnaam":"Jansen"}"#,
    ))
    .unwrap();
    assert_eq!(
        (read.name.as_str(), read.country.as_str()),
        ("Jansen", "NL")
    );
    assert_eq!(read.stock_stage, StockStage::FactuurEnContantbon);
    assert_eq!((read.price_decimals, read.quantity_decimals), (2, 2));
    assert!(company(&row(r#"{"bedrijfsnaam":"Jansen"}"#)).is_none());
    let belgian = row(r#"{"administratieIdentifier":"x","btwNummer":"BE0123456749"}"#);
    assert_eq!(company(&belgian).unwrap().country, "BE");
}

#[test]
fn an_article_of_old_data_may_lack_its_code_group_and_unit() {
    let read = article(&row(
        r#"{"id":"a1","artikelcode":null,"eenheid":null,"verkoopprijs":12.5}"#,
    ));
    let read = read.unwrap();
    assert_eq!((read.code.as_str(), read.revenue_group.as_str()), ("", ""));
    assert!(read.active && !read.keeps_stock && !read.has_parts);
    let recipe = row(r#"{"id":"a1","subartikelen":[{"artikelcode":"b","aantal":2}]}"#);
    assert!(article(&recipe).unwrap().has_parts);
}

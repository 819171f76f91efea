#![allow(clippy::unwrap_used, clippy::expect_used)]

use rust_decimal::{Decimal, dec};

use super::*;

fn fields(text: &str) -> Fields {
    Fields::read(text).unwrap()
}

#[test]
fn money_keeps_every_digit_it_came_with() {
    let record =
        fields(r#"{"a": 5505.8000, "b": "121.00", "c": 0.1, "d": 1234567890123456.789, "e": 1e2}"#);
    assert_eq!(record.amount("a"), Some(dec!(5505.8000)));
    assert_eq!(record.amount("b"), Some(dec!(121.00)));
    assert_eq!(record.amount("c"), Some(dec!(0.1)));
    assert_eq!(record.amount("d"), Some(dec!(1234567890123456.789)));
    assert_eq!(record.amount("e"), Some(dec!(100)));
}

#[test]
fn money_is_written_as_a_number_with_its_own_digits() {
    let record = Fields::default().set("stuksprijs", Number(Decimal::new(1210, 2)));
    assert_eq!(record.written(), r#"{"stuksprijs":12.10}"#);
}

#[test]
fn missing_null_and_irregular_fields_are_tolerated() {
    let record = fields(
        r#"{"naam": null, "relatiecode": "12", "nonactief": "True", "regels": null, "artikel": null,
            "relatie": {"id": "00000000-0000-0000-0000-000000000000"}, "adres": "x"}"#,
    );
    assert_eq!(record.text("naam"), "");
    assert_eq!(record.text("weg"), "");
    assert_eq!(record.whole("relatiecode"), Some(12));
    assert_eq!(record.flag("nonactief"), Some(true));
    assert!(record.list("regels").is_empty());
    assert_eq!(record.reference("artikel"), None);
    assert_eq!(record.reference("relatie"), None);
    assert!(record.object("adres").is_empty());
}

#[test]
fn names_are_found_whatever_their_capitals() {
    let record = fields(r#"{"ModelState": {"model.naam": ["te lang"]}, "kvKNummer": "12345678"}"#);
    assert_eq!(record.text("kvknummer"), "12345678");
    assert!(!record.object("modelState").is_empty());
}

#[test]
fn dates_come_with_or_without_time_fraction_and_zone() {
    let record = fields(
        r#"{"a": "2018-08-07T06:24:48.12", "b": "2026-11-21", "c": "2026-11-21T00:00:00Z",
            "d": "2026-11-21T10:00:00+01:00", "e": "gisteren"}"#,
    );
    assert_eq!(
        record.moment("a").unwrap().to_string(),
        "2018-08-07T06:24:48.12"
    );
    assert_eq!(record.day("b").unwrap().to_string(), "2026-11-21");
    assert_eq!(record.day("c").unwrap().to_string(), "2026-11-21");
    assert_eq!(
        record.moment("d").unwrap().to_string(),
        "2026-11-21T10:00:00"
    );
    assert_eq!(record.moment("e"), None);
}

#[test]
fn a_record_written_back_carries_what_we_do_not_know() {
    let record =
        fields(r#"{"id": "a", "memo": "blijft", "kredietLimiet": 1500.0000, "nieuw": [1, 2]}"#);
    let written = record.set("naam", "Jansen").written();
    assert_eq!(
        written,
        r#"{"id":"a","kredietLimiet":1500.0000,"memo":"blijft","naam":"Jansen","nieuw":[1, 2]}"#
    );
}

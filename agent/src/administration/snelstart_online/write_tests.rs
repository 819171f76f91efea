#![allow(clippy::unwrap_used, clippy::expect_used)]

use jiff::civil::date;
use rust_decimal::{Decimal, dec};

use super::*;
use crate::books::{Country, PaymentDraft, ProcessStage, ReminderKind, Till};

fn countries() -> Countries {
    Countries::new(vec![Country {
        id: "c1".to_owned(),
        code: "NL".to_owned(),
        name: "Nederland".to_owned(),
    }])
}

fn home() -> BookAddress {
    BookAddress {
        contact: "A. Jansen".to_owned(),
        street: "Dorpsstraat 1".to_owned(),
        postcode: "1234 AB".to_owned(),
        city: "Utrecht".to_owned(),
        country: "nl".to_owned(),
    }
}

fn draft(lines: Vec<LineDraft>) -> OrderDraft {
    OrderDraft {
        date: date(2026, 11, 21),
        payment_reference: "100001".to_owned(),
        order_reference: String::new(),
        description: String::new(),
        template: None,
        stage: ProcessStage::Order,
        blocked: None,
        cost_centre: None,
        payment_term: None,
        price_mode: PriceMode::Inclusief,
        invoice_address: None,
        delivery_address: Some(home()),
        memo: String::new(),
        invoice_discount: Decimal::ZERO,
        lines,
    }
}

#[test]
fn an_order_always_says_what_snelstart_might_fill_in_otherwise() {
    let line = LineDraft {
        article: Some(ArticleRef::Existing("a1".to_owned())),
        code: "LAMP".to_owned(),
        description: "Lamp".to_owned(),
        quantity: dec!(2),
        unit_price: dec!(12.10),
        discount_percent: Decimal::ZERO,
        above: false,
    };
    let written = order("r1", &draft(vec![line]), &countries())
        .unwrap()
        .written();
    assert_eq!(
        written,
        concat!(
            r#"{"afleveradres":{"contactpersoon":"A. Jansen","land":{"id":"c1"},"plaats":"Utrecht","#,
            r#""postcode":"1234 AB","straat":"Dorpsstraat 1"},"betalingskenmerk":"100001","#,
            r#""datum":"2026-11-21T00:00:00","factuurkorting":0,"procesStatus":"Order","#,
            r#""regels":[{"aantal":2,"artikel":{"id":"a1"},"kortingsPercentage":0,"#,
            r#""omschrijving":"Lamp","stuksprijs":12.10}],"relatie":{"id":"r1"},"#,
            r#""verkooporderBtwIngaveModel":"Inclusief"}"#
        )
    );
}

#[test]
fn an_article_that_should_have_been_made_first_is_never_left_out() {
    let line = LineDraft {
        article: Some(ArticleRef::Planned("LAMP".to_owned())),
        code: "LAMP".to_owned(),
        description: String::new(),
        quantity: dec!(1),
        unit_price: dec!(1),
        discount_percent: Decimal::ZERO,
        above: false,
    };
    let failure = order("r1", &draft(vec![line]), &countries()).unwrap_err();
    assert_eq!(failure.code, "article-not-created");
}

#[test]
fn a_country_that_is_not_known_is_refused_instead_of_becoming_dutch() {
    let mut draft = draft(Vec::new());
    draft.delivery_address = Some(BookAddress {
        country: "QQ".to_owned(),
        ..home()
    });
    assert_eq!(
        order("r1", &draft, &countries()).unwrap_err().code,
        "country-unknown"
    );
}

#[test]
fn a_new_relation_is_a_customer_with_the_chosen_code_and_an_old_one_keeps_both() {
    let draft = RelationDraft {
        code: Some(41),
        name: "Jansen".to_owned(),
        address: home(),
        ..RelationDraft::default()
    };
    let new = relation(Fields::default(), &draft, &countries()).unwrap();
    assert_eq!(
        (new.whole("relatiecode"), new.texts("relatiesoort")),
        (Some(41), vec!["Klant".to_owned()])
    );
    let old = Fields::read(
        r#"{"id":"r1","relatiecode":7,"relatiesoort":["Klant"],"fax":"1","memo":"m"}"#,
    );
    let merged = relation(old.unwrap(), &draft, &countries()).unwrap();
    assert_eq!(
        (merged.whole("relatiecode"), merged.text("memo")),
        (Some(7), "m".to_owned())
    );
    assert_eq!(merged.text("fax"), "");
}

#[test]
fn reminders_by_mail_come_with_the_kind_of_reminder_without_which_none_is_sent() {
    for (kind, word) in [
        (None, ""),
        (Some(ReminderKind::Business), "Onderneming"),
        (Some(ReminderKind::Consumer), "Consument"),
    ] {
        let draft = RelationDraft {
            name: "Jansen".to_owned(),
            reminder_email: kind.map(|_| "jo@example.com".to_owned()),
            reminder_kind: kind,
            ..RelationDraft::default()
        };
        let row = relation(Fields::default(), &draft, &countries()).unwrap();
        assert_eq!(row.text("aanmaningsoort"), word);
    }
}

#[test]
fn what_is_paid_back_is_spent_and_settles_its_credit_on_the_other_side() {
    let draft = |amount| PaymentDraft {
        till: Till::Bank,
        daybook: "d1".to_owned(),
        date: date(2026, 11, 21),
        description: "1001 factuur F7".to_owned(),
        booking: "b1".to_owned(),
        amount,
    };
    let sides = |amount| {
        let written = payment(&draft(amount)).written();
        let of = |name: &str| {
            let (_, rest) = written.split_once(&format!("\"{name}\":")).unwrap();
            rest.split([',', '}']).next().unwrap().to_owned()
        };
        ["bedragOntvangen", "bedragUitgegeven", "credit", "debet"].map(of)
    };
    assert_eq!(sides(dec!(12.10)), ["12.10", "0", "12.10", "0"]);
    assert_eq!(sides(dec!(-6.05)), ["0", "6.05", "0", "6.05"]);
}

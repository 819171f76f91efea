//! Businesses the shop charged VAT as if they were private persons, and those the goods reach at home.

use rust_decimal::dec;
use testbed::truth::generated::{Buyer, Wish};
use winkelbrug::{
    books::{PriceMode, VatKind, Verdict},
    translate::{Linked, Outcome, Reason, vat_number_question},
};

use crate::translate::{
    abroad::abroad,
    businesses::answer,
    desk::{Desk, desk, desk_of, held, planned, settings, wish},
};

const GERMAN: &str = "DE136695976";

/// 19% German VAT, foreign VAT on, and a VAT number.
fn charged(number: &str) -> Desk {
    let mut desk = abroad("DE", &[(dec!(19), VatKind::Hoog)], "");
    desk.order.customer.vat_number = Some(number.to_owned());
    desk
}

fn with(desk: &Desk, number: &str, verdict: Verdict) -> Outcome {
    desk.outcome_with(|facts| facts.vat_check = Some(answer(number, verdict)))
}

/// Joins the buyer to a new relation without a VAT number.
fn link(desk: &mut Desk, country: &str) {
    let key = format!("order:{}", desk.order.id);
    let relation = desk.books.add_relation(77, "Zonder nummer", "");
    relation.address.country = country.to_owned();
    let to = Linked::Relation {
        id: relation.id.clone(),
        code: 77,
    };
    desk.books.linked.insert(key, to);
}

fn says(reason: &Reason, parts: &[&str]) {
    for part in parts {
        for text in [&reason.text.nl, &reason.text.en] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }
    let number = "winkelbrug link winkel order:";
    assert!(reason.hint.nl.contains(number), "{}", reason.hint.nl);
    assert!(reason.hint.en.contains(number), "{}", reason.hint.en);
}

#[test]
fn a_business_charged_the_vat_of_its_country_is_held_and_never_goes_into_the_oss_return() {
    let mut desk = charged(GERMAN);
    let facts = desk.facts();
    let asked = vat_number_question(&desk.order, &desk.settings, &facts);
    assert_eq!(asked.as_deref(), Some(GERMAN));
    for verdict in [None, Some(Verdict::Unreachable)] {
        let outcome = desk.outcome_with(|facts| {
            facts.vat_check = verdict.map(|verdict| answer(GERMAN, verdict));
        });
        assert_eq!(held(outcome).code, "btw-nummer-niet-gecontroleerd");
    }
    let reason = held(with(&desk, GERMAN, Verdict::Valid));
    assert_eq!(reason.code, "btw-aan-bedrijf");
    says(&reason, &[GERMAN, "19%", "DE"]);

    // A number VIES does not know makes nobody a business.
    let plan = planned(with(&desk, GERMAN, Verdict::Invalid));
    assert_eq!(plan.expected.vat["19"], dec!(1.90));
    assert!(plan.notes.iter().any(|note| note.nl.contains(GERMAN)));

    // Without a register nothing says that it is none.
    desk.settings = settings("", "[vat]\nvies_url = \"\"");
    assert_eq!(desk.held().code, "btw-aan-bedrijf");
}

#[test]
fn a_business_that_bought_as_a_private_person_is_written_once_it_is_linked_to_a_relation_without_a_number()
 {
    let mut desk = charged(GERMAN);
    link(&mut desk, "DE");
    let plan = planned(with(&desk, GERMAN, Verdict::Valid));
    assert_eq!(plan.expected.vat["19"], dec!(1.90));
    let facts = desk.facts();
    let asked = vat_number_question(&desk.order, &desk.settings, &facts);
    assert_eq!(asked, None);

    // One with a number says that he is a business.
    desk.books.relations.last_mut().unwrap().vat_number = GERMAN.to_owned();
    assert_eq!(
        held(with(&desk, GERMAN, Verdict::Valid)).code,
        "btw-aan-bedrijf"
    );
}

/// Dutch VAT where foreign VAT is on, VAT of a country while it is off, and a Dutch business that has
/// goods sent to Germany.
#[test]
fn whatever_foreign_vat_a_business_was_charged_the_reason_is_that_it_is_a_business() {
    let mut dutch_rate = abroad("DE", &[(dec!(21), VatKind::Hoog)], "");
    dutch_rate.order.customer.vat_number = Some(GERMAN.to_owned());
    let reason = held(with(&dutch_rate, GERMAN, Verdict::Valid));
    assert_eq!(reason.code, "btw-aan-bedrijf");
    says(&reason, &["21%"]);

    let mut off = charged(GERMAN);
    off.books.company.foreign_vat = false;
    let reason = held(with(&off, GERMAN, Verdict::Valid));
    assert_eq!(reason.code, "btw-aan-bedrijf");

    let own = "NL004495445B01";
    let reason = held(with(&charged(own), own, Verdict::Valid));
    assert_eq!(reason.code, "btw-aan-bedrijf");
    assert!(reason.hint.nl.contains("de btw van hier"));
    // What cannot be a number, or is of a country outside the EU, says nothing.
    for number in ["DE136695970", "CHE123456788"] {
        assert_eq!(charged(number).plan().expected.vat["19"], dec!(1.90));
    }
}

#[test]
fn dutch_vat_charged_to_a_business_elsewhere_in_the_eu_is_owed_and_written_as_charged_with_a_note()
{
    let mut desk = desk_of(&Wish {
        buyer: Buyer::German,
        ..wish()
    });
    desk.order.customer.vat_number = Some(GERMAN.to_owned());
    let plan = desk.plan();
    assert_eq!(plan.expected.vat["21"], dec!(5.24));
    assert_eq!(plan.order.price_mode, PriceMode::Inclusief);
    for one in plan.names.counted.values() {
        assert_eq!(one.vat_box.as_deref(), Some("1a"));
    }
    assert!(plan.notes.iter().any(|note| note.nl.contains(GERMAN)));
    // On a relation with the number SnelStart may take it for a supply within the EU.
    let postcode = desk.order.invoice_address.postcode.clone();
    let relation = desk.books.add_relation(5, "Firma", "jo@example.com");
    relation.address.postcode = postcode;
    relation.address.country = "DE".to_owned();
    relation.vat_number = GERMAN.to_owned();
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    says(&reason, &["Firma"]);
    link(&mut desk, "DE");
    assert_eq!(desk.plan().expected.vat["21"], dec!(5.24));
}

/// A domestic supply, whoever buys; but not on a relation whose number says otherwise.
#[test]
fn goods_a_foreign_business_gets_at_home_with_dutch_vat_are_written_on_a_relation_without_its_number()
 {
    let mut desk = desk();
    desk.order.customer.vat_number = Some("BE0123456749".to_owned());
    desk.order.invoice_address.country = "BE".to_owned();
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    says(&reason, &[]);
    assert!(reason.text.nl.contains("binnenlandse levering"));
    for handling in ["add", "add-and-update", "manual"] {
        let mut desk = desk.clone();
        desk.settings = settings("", &format!("[customers]\nhandling = \"{handling}\""));
        link(&mut desk, "BE");
        let plan = desk.plan();
        assert_eq!(plan.expected.vat["21"], dec!(5.24), "{handling}");
        for one in plan.names.counted.values() {
            assert_eq!(one.vat_box.as_deref(), Some("1a"));
        }
    }
}

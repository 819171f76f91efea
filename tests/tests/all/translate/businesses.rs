//! Sales without VAT to businesses: elsewhere in the EU, and reverse-charged at home. Both need a VAT
//! number that was checked.

use jiff::civil::date;
use rust_decimal::dec;
use testbed::truth::generated::{Buyer, Wish};
use winkelbrug::{
    books::{PriceMode, VatCheck, VatKind, Verdict},
    translate::{Outcome, vat_number_question},
};
use winkelbrug_protocol::record::TotalKind;

use crate::translate::desk::{Desk, class, desk_of, lines, planned, settings, tax, wish};

fn belgian_business() -> Desk {
    let mut desk = desk_of(&Wish {
        buyer: Buyer::Swiss,
        ..wish()
    });
    for address in [&mut desk.order.invoice_address]
        .into_iter()
        .chain(&mut desk.order.delivery_address)
    {
        address.country = "BE".to_owned();
    }
    desk.order.customer.vat_number = Some("BE 0123.456.749".to_owned());
    desk
}

pub fn answer(number: &str, verdict: Verdict) -> VatCheck {
    VatCheck {
        number: number.to_owned(),
        verdict,
        day: date(2026, 11, 21),
        name: "FIRMA BV".to_owned(),
        consultation: "WAPI-1".to_owned(),
    }
}

fn with(desk: &Desk, verdict: Option<Verdict>) -> Outcome {
    desk.outcome_with(|facts| {
        facts.vat_check = verdict.map(|verdict| answer("BE0123456749", verdict));
    })
}

#[test]
fn an_eu_business_is_written_when_its_number_was_found_valid_and_the_relation_gets_it() {
    let desk = belgian_business();
    assert_eq!(
        vat_number_question(&desk.order, &desk.settings, &desk.facts()).as_deref(),
        Some("BE0123456749")
    );
    let plan = planned(with(&desk, Some(Verdict::Valid)));
    assert_eq!(plan.order.price_mode, PriceMode::Exclusief);
    for one in plan.names.counted.values() {
        assert_eq!(one.vat_box.as_deref(), Some("3b"), "{one:?}");
        assert_eq!(one.ledger, None, "which one is not known: {one:?}");
    }
    let notes: Vec<&str> = plan.notes.iter().map(|note| note.nl.as_str()).collect();
    assert!(
        notes
            .iter()
            .any(|note| note.contains("WAPI-1") && note.contains("FIRMA BV"))
    );
    match &plan.relation {
        winkelbrug::translate::plan::RelationStep::Create { draft, .. } => {
            assert_eq!(draft.vat_number, "BE0123456749");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_eu_business_is_held_by_what_is_known_of_its_number() {
    for (verdict, code) in [
        (None, "btw-nummer-niet-gecontroleerd"),
        (Some(Verdict::Unreachable), "btw-nummer-niet-gecontroleerd"),
        (Some(Verdict::Invalid), "btw-nummer-ongeldig"),
    ] {
        let held = crate::translate::desk::held(with(&belgian_business(), verdict));
        assert_eq!(held.code, code, "{verdict:?}");
    }
    // An answer about another number is none.
    let other = belgian_business()
        .outcome_with(|facts| facts.vat_check = Some(answer("BE0428759497", Verdict::Valid)));
    assert_eq!(
        crate::translate::desk::held(other).code,
        "btw-nummer-niet-gecontroleerd"
    );
    // A number that cannot be one is not even asked for.
    let mut desk = belgian_business();
    desk.order.customer.vat_number = Some("BE0123456750".to_owned());
    assert_eq!(
        vat_number_question(&desk.order, &desk.settings, &desk.facts()),
        None
    );
    assert_eq!(desk.held().code, "btw-nummer-ongeldig");
}

#[test]
fn accepting_a_number_that_could_not_be_checked_is_off_unless_set_and_never_for_an_invalid_one() {
    let mut desk = belgian_business();
    desk.settings = settings("", "[vat]\naccept_unchecked = true");
    planned(with(&desk, None));
    planned(with(&desk, Some(Verdict::Unreachable)));
    let held = crate::translate::desk::held(with(&desk, Some(Verdict::Invalid)));
    assert_eq!(held.code, "btw-nummer-ongeldig");
}

#[test]
fn a_checked_number_that_stands_on_another_card_holds_the_order() {
    let mut desk = belgian_business();
    let postcode = desk.order.invoice_address.postcode.clone();
    let relation = desk.books.add_relation(5, "Firma", "jo@example.com");
    relation.address.postcode = postcode;
    relation.address.country = "BE".to_owned();
    let held = |desk: &Desk| crate::translate::desk::held(with(desk, Some(Verdict::Valid))).code;
    assert_eq!(held(&desk), "relatie-btw-nummer");
    desk.books.relations[1].vat_number = "BE0123456749".to_owned();
    planned(with(&desk, Some(Verdict::Valid)));
    desk.books.relations[1].address.country = "DE".to_owned();
    assert_eq!(held(&desk), "relatie-btw-nummer");
}

/// Two telephones at 0%, bought by a Dutch business.
pub fn reverse_charged() -> Desk {
    let mut desk = desk_of(&Wish {
        shipping: 0,
        ..wish()
    });
    desk.settings = settings("", "[vat.reverse_charge]\n\"Telefoons\" = \"VERLEGD\"");
    desk.books.add_group(10, "Omzet verlegd", VatKind::Geen);
    desk.books.add_article_in("VERLEGD", 10);
    desk.order.lines[0].tax = dec!(0);
    desk.order.lines[0].tax_class = class("77", "Telefoons");
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    desk.order.total = dec!(20);
    desk.order.customer.vat_number = Some("NL004495445B01".to_owned());
    desk
}

fn dutch(desk: &Desk, verdict: Verdict) -> Outcome {
    desk.outcome_with(|facts| facts.vat_check = Some(answer("NL004495445B01", verdict)))
}

#[test]
fn reverse_charge_at_home_stands_on_its_own_article_for_a_checked_dutch_business() {
    let mut desk = reverse_charged();
    let plan = planned(dutch(&desk, Verdict::Valid));
    assert_eq!(lines(&plan), ["VERLEGD 2 × 10.00"]);
    assert_eq!(plan.order.price_mode, PriceMode::Inclusief);
    assert!(plan.expected.vat.is_empty());
    let held = |outcome| crate::translate::desk::held(outcome).code;
    assert_eq!(held(dutch(&desk, Verdict::Invalid)), "btw-nummer-ongeldig");
    assert_eq!(desk.held().code, "btw-nummer-niet-gecontroleerd");

    // Beside goods with VAT; and the product's own article where that stands in the same group.
    desk.books.add_article_in("9-0", 10);
    desk.order.lines[0].code = "9-0".to_owned();
    let plan = planned(dutch(&desk, Verdict::Valid));
    assert_eq!(lines(&plan), ["9-0 2 × 10.00"]);

    desk.order.customer.vat_number = None;
    assert_eq!(desk.held().code, "verlegd-zonder-btw-nummer");
}

/// On the ledger of the group for it, which is what tells the return; a row of VAT there is none.
#[test]
fn reverse_charge_at_home_is_booked_on_the_ledger_of_its_group_beside_goods_with_vat() {
    let mut desk = reverse_charged();
    let booked = "form = \"booking\"\nbooking_number = \"order-number\"";
    desk.settings = settings(booked, "[vat.reverse_charge]\n\"Telefoons\" = \"VERLEGD\"");
    let mut taxed = desk_of(&wish()).order.lines.remove(0);
    taxed.id = "2".to_owned();
    desk.order.lines.push(taxed);
    desk.order.totals.push(tax(dec!(21), dec!(4.2)));
    desk.order.total = dec!(44.2);
    let booking = planned(dutch(&desk, Verdict::Valid)).booking.unwrap();
    let lines: Vec<(&str, VatKind)> = booking
        .lines
        .iter()
        .map(|line| (line.ledger.as_str(), line.vat))
        .collect();
    assert_eq!(
        lines,
        [("ledger-10", VatKind::Geen), ("ledger-1", VatKind::Hoog)]
    );
    assert_eq!(booking.vat.len(), 1);
    // None of its reasons offers a form of the sale that would change nothing.
    for verdict in [None, Some(Verdict::Invalid), Some(Verdict::Unreachable)] {
        let outcome = desk.outcome_with(|facts| {
            facts.vat_check = verdict.map(|verdict| answer("NL004495445B01", verdict));
        });
        let reason = crate::translate::desk::held(outcome);
        assert!(!reason.hint.nl.contains("booking"), "{}", reason.hint.nl);
    }
}

#[test]
fn reverse_charged_goods_stand_below_at_no_price_where_the_books_keep_their_stock() {
    let mut desk = reverse_charged();
    let code = desk.order.lines[0].code.clone();
    desk.books.add_article(&code, VatKind::Hoog);
    desk.books.articles.last_mut().unwrap().keeps_stock = true;
    let plan = planned(dutch(&desk, Verdict::Valid));
    let own = format!("{code} 2 × 0");
    assert_eq!(lines(&plan), ["VERLEGD 2 × 10.00", own.as_str()]);
    assert!(plan.expected.vat.is_empty());
    assert_eq!(plan.expected.pieces[&code], dec!(2));
    desk.books.articles.last_mut().unwrap().keeps_stock = false;
    let plan = planned(dutch(&desk, Verdict::Valid));
    assert_eq!(lines(&plan), ["VERLEGD 2 × 10.00"]);
}

#[test]
fn reverse_charge_without_its_setting_or_its_article_is_held() {
    let mut desk = reverse_charged();
    desk.books
        .articles
        .retain(|article| article.code != "VERLEGD");
    assert_eq!(
        crate::translate::desk::held(dutch(&desk, Verdict::Valid)).code,
        "artikel-ontbreekt"
    );
    desk.settings = settings("", "");
    assert_eq!(
        crate::translate::desk::held(dutch(&desk, Verdict::Valid)).code,
        "omzetgroep-niet-gekozen"
    );
}

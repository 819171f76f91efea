//! VAT of other member states (OSS): which group, or which ledger, bears which of a country's rates.

use jiff::civil::date;
use rust_decimal::{Decimal, dec};
use testbed::truth::{
    books::Rounding,
    generated::{Buyer, Class, Wish},
};
use winkelbrug::books::{PriceMode, VatKind};
use winkelbrug_protocol::record::TotalKind;

use crate::translate::desk::{Desk, desk_of, good, row, settings, tax, wish};

/// To a private person in that country, who pays these rates: one line of 10.00 each, of the class and
/// group of that kind.
pub fn abroad(country: &str, goods: &[(Decimal, VatKind)], vat: &str) -> Desk {
    let mut desk = desk_of(&Wish {
        goods: goods.iter().map(|_| good(1_000, 1, Class::High)).collect(),
        shipping: 0,
        buyer: Buyer::German,
        ..wish()
    });
    desk.books = desk.books.with_foreign_vat();
    desk.settings = settings("", vat);
    desk.order.invoice_address.country = country.to_owned();
    if let Some(address) = &mut desk.order.delivery_address {
        address.country = country.to_owned();
    }
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    desk.order.total = dec!(0);
    for (at, (percent, kind)) in goods.iter().enumerate() {
        let line = &mut desk.order.lines[at];
        line.code = format!("ART-{at}");
        line.tax = *percent / dec!(10);
        line.tax_class = None;
        desk.order.totals.push(tax(*percent, *percent / dec!(10)));
        desk.order.total += dec!(10) + *percent / dec!(10);
        let code = desk.order.lines[at].code.clone();
        desk.books.add_article(&code, *kind);
    }
    desk
}

#[test]
fn each_countrys_rates_are_borne_by_the_groups_the_owner_named() {
    let (hoog, laag) = (VatKind::Hoog, VatKind::Laag);
    let cases = [
        ("DE", dec!(19), dec!(7)),
        ("FR", dec!(20), dec!(5.5)),
        ("BE", dec!(21), dec!(6)),
    ];
    for (country, standard, reduced) in cases {
        let vat = "[vat.foreign]\n\"Omzet laag\" = \"RRL\"";
        let mut desk = abroad(country, &[(standard, hoog), (reduced, laag)], vat);
        if country != "DE" {
            desk.books
                .rate_codes
                .insert("group-2".to_owned(), "RRL".to_owned());
        }
        let plan = desk.plan();
        for rounding in [Rounding::PerRate, Rounding::PerLine] {
            let books = desk.books.vat(&plan, rounding);
            assert_eq!(books[&standard], standard / dec!(10), "{country}");
            assert_eq!(books[&reduced], reduced / dec!(10), "{country}");
        }
        assert_eq!(plan.order.price_mode, PriceMode::Inclusief);
    }
}

#[test]
fn twelve_and_six_percent_in_belgium_stand_in_a_group_each() {
    let vat = "[vat.foreign]\n\"Omzet laag\" = \"RRL\"\n\"Omzet laag 12\" = \"RRH\"";
    let goods = [
        (dec!(21), VatKind::Hoog),
        (dec!(6), VatKind::Laag),
        (dec!(12), VatKind::Laag),
    ];
    let mut desk = abroad("BE", &goods, vat);
    desk.books.add_group(9, "Omzet laag 12", VatKind::Laag);
    // An article in the group of 6% is no article for 12%.
    assert_eq!(desk.held().code, "btw-wijkt-af");
    desk.books
        .articles
        .retain(|article| article.code != "ART-2");
    desk.books.add_article_in("ART-2", 9);
    for (group, code) in [("group-2", "RRL"), ("group-9", "RRH")] {
        desk.books
            .rate_codes
            .insert(group.to_owned(), code.to_owned());
    }
    let plan = desk.plan();
    let books = desk.books.vat(&plan, Rounding::PerRate);
    assert_eq!(
        (books[&dec!(6)], books[&dec!(12)]),
        (dec!(0.60), dec!(1.20))
    );

    // Shipping at 12% needs an article that bears it.
    desk.order
        .totals
        .push(row("shipping", TotalKind::Shipping, dec!(5)));
    for row in &mut desk.order.totals {
        if row.rate.as_ref().is_some_and(|rate| rate.rate == dec!(12)) {
            row.amount += dec!(0.6);
        }
    }
    desk.order.total += dec!(5.6);
    assert_eq!(desk.held().code, "artikel-niet-ingesteld");
    desk.books.add_article_in("VERZEND-12", 9);
    desk.settings.sales.shipping_article = winkelbrug::profile::settings::PerVatKind::Each(
        [
            (VatKind::Hoog, "VERZEND-H".to_owned()),
            (VatKind::Laag, "VERZEND-L".to_owned()),
            (VatKind::Overig, "VERZEND-12".to_owned()),
        ]
        .into(),
    );
    assert!(desk.lines().contains(&"VERZEND-12 1 × 5.60".to_owned()));
}

#[test]
fn a_reduced_rate_no_group_is_known_to_bear_is_held_with_what_to_set() {
    let reason = abroad("BE", &[(dec!(6), VatKind::Laag)], "").held();
    assert_eq!(reason.code, "btw-tarief-onbekend");
    assert!(reason.hint.nl.contains("[vat.foreign]") && reason.hint.nl.contains("RRL"));
    assert!(reason.hint.nl.contains("sales.form = \"booking\""));
}

#[test]
fn a_booked_invoice_names_the_ledger_of_a_rate_no_group_is_known_to_bear() {
    let goods = [(dec!(21), VatKind::Hoog), (dec!(6), VatKind::Laag)];
    let mut desk = abroad("BE", &goods, "");
    assert_eq!(desk.held().code, "btw-tarief-onbekend");
    desk.settings = settings("form = \"booking\"\nbooking_number = \"order-number\"", "");
    let booking = desk.plan().booking.unwrap();
    let lines: Vec<(&str, Decimal)> = booking
        .lines
        .iter()
        .map(|line| (line.ledger.as_str(), line.amount))
        .collect();
    assert_eq!(
        lines,
        [
            ("oss-rrl", dec!(10.00)),
            ("oss", dec!(10.00)),
            ("foreign-vat", dec!(2.70))
        ]
    );
    assert!(booking.vat.is_empty());
}

#[test]
fn a_group_of_vat_foreign_that_is_not_there_stops_the_profile() {
    let vat = "[vat.foreign]\n\"Omzet elders\" = \"RRL\"";
    let desk = abroad("BE", &[(dec!(21), VatKind::Hoog)], vat);
    assert_eq!(desk.stopped().code, "omzetgroep-ontbreekt");
}

#[test]
fn what_foreign_vat_needs_in_the_administration_is_checked() {
    let order = || abroad("DE", &[(dec!(19), VatKind::Hoog)], "");
    let ledger = |code: Option<&str>| Some(vec![("8060 OSS".to_owned(), code.map(str::to_owned))]);
    let mut desk = order();
    for (ledgers, held) in [
        (None, None),
        (ledger(Some("SR")), None),
        (ledger(Some("RRL")), Some("oss-niet-ingericht")),
        (ledger(None), Some("oss-niet-ingericht")),
        (Some(Vec::new()), Some("oss-niet-ingericht")),
    ] {
        desk.books.company.foreign.ledgers = ledgers;
        match held {
            None => assert_eq!(desk.plan().expected.vat["19"], dec!(1.90)),
            Some(code) => assert_eq!(desk.held().code, code),
        }
    }
    // The switch, and the days between which it is on.
    let mut desk = order();
    desk.order.placed_local = "2026-03-01T12:00:00".to_owned();
    desk.books.company.foreign.ranges = vec![(date(2026, 1, 1), date(2026, 12, 31))];
    desk.plan();
    desk.books.company.foreign.ranges = vec![(date(2026, 4, 1), date(2026, 12, 31))];
    let reason = desk.held();
    assert_eq!(reason.code, "btw-tarief-onbekend");
    assert!(reason.text.nl.contains("OSS"), "{}", reason.text.nl);
}

#[test]
fn a_german_at_the_dutch_rate_is_held_with_what_to_do_with_and_without_the_union_scheme() {
    let reason = abroad("DE", &[(dec!(21), VatKind::Hoog)], "").held();
    assert_eq!(reason.code, "btw-wijkt-af");
    for words in ["OSS", "Unieregeling", "19%", "[vat.foreign]", "met de hand"] {
        assert!(
            reason.hint.nl.contains(words),
            "{words}: {}",
            reason.hint.nl
        );
    }
}

/// The books' own price is a cent more than the shop's: a line without VAT would be counted at home.
#[test]
fn a_cent_of_the_books_own_prices_never_stands_without_vat_beside_foreign_vat() {
    let mut desk = abroad("DE", &[(dec!(19), VatKind::Hoog)], "");
    desk.settings = settings(
        "lines = \"code-and-quantity\"\ntotal_difference_limit = 0.05",
        "",
    );
    desk.books.company.article_prices_exclude_vat = true;
    desk.books.articles.last_mut().unwrap().price = dec!(10.01);
    let plan = desk.plan();
    assert_eq!(crate::translate::desk::lines(&plan), ["ART-0 1 × 11.90"]);
    assert_eq!(plan.expected.vat["19"], dec!(1.90));
    assert!(plan.notes.iter().any(|note| note.nl.contains("ART-0")));
}

//! Places whose VAT is not that of the country in their address.

use rust_decimal::dec;
use testbed::truth::generated::{Buyer, Wish};
use winkelbrug::books::PriceMode;

use crate::translate::desk::{Desk, desk, desk_of, settings, wish};

fn to(mut desk: Desk, country: &str, postcode: &str) -> Desk {
    // Books with every country there is.
    desk.books.lookups.countries.clear();
    let delivery = desk.order.delivery_address.iter_mut();
    for address in [&mut desk.order.invoice_address]
        .into_iter()
        .chain(delivery)
    {
        address.country = country.to_owned();
        address.postcode = postcode.to_owned();
    }
    desk
}

/// Without VAT.
fn bare(country: &str, postcode: &str) -> Desk {
    let desk = desk_of(&Wish {
        buyer: Buyer::Swiss,
        ..wish()
    });
    to(desk, country, postcode)
}

const OUTSIDE: [(&str, &str, &str); 14] = [
    ("ES", "35001", "Canarische Eilanden"),
    ("ES", "E-38001", "Canarische Eilanden"),
    ("ES", "51001", "Ceuta"),
    ("ES", "52001", "Melilla"),
    ("FI", "22100", "Åland"),
    ("DE", "27498", "Helgoland"),
    ("DE", "78266", "Büsingen"),
    ("IT", "23041", "Livigno"),
    ("IT", "22061", "Campione"),
    ("GR", "630 86", "Athos"),
    ("FR", "97110", "Guadeloupe"),
    ("FR", "97200", "Martinique"),
    ("FR", "97400", "Réunion"),
    ("FR", "98713", "Frans-Polynesië"),
];

#[test]
fn a_part_of_a_member_state_outside_the_vat_area_is_an_export_the_books_take_as_a_booking_only() {
    for (country, postcode, name) in OUTSIDE {
        let mut without = bare(country, postcode);
        let reason = without.held();
        assert_eq!(reason.code, "btw-gebied", "{country} {postcode}");
        assert!(reason.text.nl.contains(name), "{}", reason.text.nl);
        assert!(reason.hint.nl.contains("winkelbrug skip winkel"));
        without.settings = settings("form = \"booking\"\nbooking_number = \"order-number\"", "");
        let booking = without.plan().booking.unwrap();
        let ledgers: Vec<&str> = booking
            .lines
            .iter()
            .map(|line| line.ledger.as_str())
            .collect();
        assert_eq!(ledgers, ["export"], "{country} {postcode}");
        assert!(booking.vat.is_empty());

        let reason = to(desk(), country, postcode).held();
        assert_eq!(reason.code, "btw-gebied", "{country} {postcode}");
        assert!(reason.text.nl.contains(name) && reason.text.nl.contains("rekent btw"));
    }
}

#[test]
fn the_rest_of_those_countries_is_the_eu_as_ever() {
    for (country, postcode) in [
        ("ES", "28001"),
        ("DE", "27499"),
        ("FR", "98000"),
        ("FI", "00100"),
        ("IT", "23030"),
        ("IT", "22060"),
    ] {
        assert_eq!(
            to(desk(), country, postcode).plan().expected.vat["21"],
            dec!(5.24)
        );
        assert_eq!(bare(country, postcode).held().code, "btw-wijkt-af");
    }
}

#[test]
fn goods_to_northern_ireland_are_never_an_export() {
    let without = bare("GB", "BT1 5GS");
    let reason = without.held();
    assert_eq!(reason.code, "btw-gebied");
    assert!(reason.text.nl.contains("Noord-Ierland") && reason.text.nl.contains("geen btw"));

    let mut business = bare("GB", "bt15gs");
    business.order.customer.vat_number = Some("XI 123 4567 82".to_owned());
    let reason = business.held();
    assert_eq!(reason.code, "btw-gebied");
    assert!(reason.text.nl.contains("XI123456782") && reason.text.nl.contains("3b"));

    let reason = to(desk(), "GB", "BT1 5GS").held();
    assert_eq!(reason.code, "btw-gebied");
    assert!(reason.text.nl.contains("OSS"));

    // The rest of the kingdom, the Isle of Man and the Channel Islands are outside.
    for (country, postcode) in [("GB", "B1 1AA"), ("IM", "IM1 1AA"), ("JE", "JE2 3AB")] {
        assert_eq!(
            bare(country, postcode).plan().order.price_mode,
            PriceMode::Exclusief
        );
    }
    // As long as all of it was in the EU nothing was apart.
    let mut before = to(desk(), "GB", "BT1 5GS");
    before.order.placed_local = "2020-12-31T12:00:00".to_owned();
    before.plan();
}

#[test]
fn monaco_counts_as_france_and_waits_for_a_person() {
    for desk in [bare("MC", "98000"), to(desk(), "MC", "98000")] {
        let reason = desk.held();
        assert_eq!(reason.code, "btw-gebied");
        assert!(reason.text.nl.contains("Frankrijk"));
    }
    assert_eq!(
        bare("SM", "47890").plan().order.price_mode,
        PriceMode::Exclusief
    );
}

//! VAT: treatment, rates by date, contradictions.

use jiff::civil::date;
use rust_decimal::dec;
use testbed::truth::generated::{Buyer, Class, Coupon, Wish};
use winkelbrug::{
    books::{ForeignRate, PriceMode, VatKind},
    translate::Outcome,
};
use winkelbrug_protocol::record::Address;

use crate::translate::desk::{Desk, class, desk, desk_of, good, row, tax, wish};

fn german() -> Desk {
    desk_of(&Wish {
        buyer: Buyer::German,
        ..wish()
    })
}

fn swiss() -> Desk {
    desk_of(&Wish {
        buyer: Buyer::Swiss,
        ..wish()
    })
}

/// The German order with the shop charging 19% instead of 21%.
fn german_oss() -> Desk {
    let mut desk = german();
    desk.books.company.foreign_vat = true;
    desk.books.lookups.foreign_rates = [("SR", dec!(19)), ("RRH", dec!(7))]
        .map(|(code, percent)| ForeignRate {
            country: "DE".to_owned(),
            code: code.to_owned(),
            percent,
            from: date(2020, 1, 1),
        })
        .to_vec();
    desk
}

fn charge_19(desk: &mut Desk) {
    let mut rate = desk.shop.tax_rates[0].clone();
    desk.shop.tax_rates[0].countries = vec!["NL".to_owned()];
    rate.id = "19".to_owned();
    rate.name = "MwSt 19%".to_owned();
    rate.rate = dec!(19);
    rate.countries = vec!["DE".to_owned()];
    desk.shop.tax_rates.push(rate);
    for class in &mut desk.shop.tax_classes {
        if class.id == "9" {
            class.rate_ids.push("19".to_owned());
        }
    }
    desk.order.lines[0].tax = dec!(1.9);
    desk.order.totals.retain(|row| row.code != "tax");
    desk.order.totals.push(tax(dec!(19), dec!(4.7405)));
    desk.order.total = dec!(29.6905);
}

#[test]
fn an_order_with_vat_is_written_with_prices_including_it() {
    let plan = desk().plan();
    assert_eq!(plan.order.price_mode, PriceMode::Inclusief);
    assert_eq!(plan.expected.incl, dec!(30.19));
    assert_eq!(plan.expected.vat["21"], dec!(5.24));
    assert_eq!(plan.expected.excl, dec!(24.95));
}

#[test]
fn a_german_consumer_bears_dutch_vat_while_oss_is_off() {
    let plan = german().plan();
    assert_eq!(plan.order.price_mode, PriceMode::Inclusief);
    assert_eq!(plan.expected.vat["21"], dec!(5.24));
}

#[test]
fn a_german_consumer_bears_german_vat_while_oss_is_on() {
    let mut desk = german_oss();
    charge_19(&mut desk);
    let plan = desk.plan();
    assert_eq!(plan.order.price_mode, PriceMode::Inclusief);
    assert_eq!(plan.expected.incl, dec!(29.69));
    assert_eq!(plan.expected.vat["19"], dec!(4.74));
    assert_eq!(plan.expected.kinds, [VatKind::Hoog]);
}

#[test]
fn dutch_vat_charged_while_oss_is_on_is_held() {
    let reason = german_oss().held();
    assert_eq!(reason.code, "btw-wijkt-af");
    assert!(reason.text.nl.contains("21%") && reason.text.nl.contains("DE"));
}

#[test]
fn german_vat_charged_while_oss_is_off_is_held() {
    let mut desk = german_oss();
    charge_19(&mut desk);
    desk.books.company.foreign_vat = false;
    let reason = desk.held();
    assert_eq!(reason.code, "btw-tarief-onbekend");
    assert!(reason.text.nl.contains("19%") && reason.text.nl.contains("DE"));
}

#[test]
fn an_eu_consumer_without_vat_is_held() {
    let mut desk = german();
    desk.order.lines[0].tax = dec!(0);
    desk.order.totals.retain(|row| row.code != "tax");
    desk.order.total = dec!(24.95);
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    assert!(
        reason.text.nl.contains("particulier in DE"),
        "{}",
        reason.text.nl
    );
}

pub fn belgian_business() -> Desk {
    let mut desk = swiss();
    for address in [&mut desk.order.invoice_address]
        .into_iter()
        .chain(&mut desk.order.delivery_address)
    {
        address.country = "BE".to_owned();
    }
    desk.order.customer.vat_number = Some("BE 0123.456.749".to_owned());
    desk
}

#[test]
fn without_a_register_an_eu_business_waits_until_its_vat_number_stands_in_the_books() {
    let mut desk = belgian_business();
    desk.settings = crate::translate::desk::settings("", "[vat]\nvies_url = \"\"");
    let reason = desk.held();
    assert_eq!(reason.code, "btw-nummer-niet-gecontroleerd");
    assert!(reason.text.nl.contains("BE0123456749"));

    let relation = desk.books.add_relation(5, "Firma", "jo@example.com");
    relation.address.postcode = "8001".to_owned();
    relation.address.country = "BE".to_owned();
    assert_eq!(desk.held().code, "btw-nummer-niet-gecontroleerd");
    desk.books.relations[1].vat_number = "BE0123456749".to_owned();
    let plan = desk.plan();
    assert_eq!(plan.order.price_mode, PriceMode::Exclusief);
    assert_eq!(plan.expected.incl, dec!(24.95));
    assert!(plan.expected.vat.is_empty());

    desk.books.relations[1].address.country = "DE".to_owned();
    assert_eq!(desk.held().code, "relatie-btw-nummer");
}

#[test]
fn goods_delivered_at_home_without_vat_are_held_even_with_a_foreign_vat_number() {
    let mut desk = belgian_business();
    let address = desk.order.delivery_address.as_mut().unwrap();
    address.country = "NL".to_owned();
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

#[test]
fn export_is_written_without_vat_on_the_ordinary_articles() {
    let mut desk = swiss();
    desk.books.add_article("9-0", VatKind::Hoog);
    let plan = desk.plan();
    assert_eq!(plan.order.price_mode, PriceMode::Exclusief);
    assert_eq!(plan.expected.kinds, [VatKind::Hoog]);
    assert_eq!(
        crate::translate::desk::lines(&plan),
        ["9-0 2 × 10.00", "VERZEND-H 1 × 4.95"]
    );
    assert_eq!(plan.expected.incl, dec!(24.95));
}

#[test]
fn export_with_vat_is_held() {
    let mut desk = desk();
    for address in [&mut desk.order.invoice_address]
        .into_iter()
        .chain(&mut desk.order.delivery_address)
    {
        address.country = "CH".to_owned();
    }
    let reason = desk.held();
    assert_eq!(reason.code, "btw-wijkt-af");
    assert!(reason.text.nl.contains("CH"));
}

#[test]
fn the_united_kingdom_left_on_the_first_of_january_2021() {
    for (day, mode) in [
        ("2020-12-31", None),
        ("2021-01-01", Some(PriceMode::Exclusief)),
    ] {
        let mut desk = swiss();
        for address in [&mut desk.order.invoice_address]
            .into_iter()
            .chain(&mut desk.order.delivery_address)
        {
            address.country = "GB".to_owned();
        }
        desk.order.placed_local = format!("{day}T12:00:00");
        match (desk.outcome(), mode) {
            (Outcome::Plan(plan), Some(mode)) => assert_eq!(plan.order.price_mode, mode),
            (Outcome::Held(reason), None) => assert_eq!(reason.code, "btw-wijkt-af"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn rates_are_those_of_the_order_date() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(1_000, 1, Class::Low)],
        shipping: 0,
        ..wish()
    });
    desk.order.placed_local = "2018-12-31T23:59:00".to_owned();
    assert_eq!(desk.held().code, "btw-tarief-onbekend");
    desk.order.lines[0].tax = dec!(0.6);
    desk.order.totals = vec![tax(dec!(6), dec!(0.6))];
    desk.order.total = dec!(10.6);
    desk.shop.tax_rates[1].rate = dec!(6);
    assert_eq!(desk.plan().expected.vat["6"], dec!(0.60));
}

#[test]
fn an_unknown_rate_is_held_naming_rate_and_country() {
    let mut desk = desk();
    desk.shop.tax_rates[0].rate = dec!(13.5);
    desk.order.lines[0].tax = dec!(1.35);
    desk.order.totals = vec![tax(dec!(13.5), dec!(2.7))];
    desk.order.total = dec!(22.7);
    let reason = desk.held();
    assert_eq!(reason.code, "btw-tarief-onbekend");
    assert!(reason.text.nl.contains("13,5%") && reason.text.nl.contains("NL"));
}

#[test]
fn a_tax_row_without_a_known_rate_is_read_by_the_percentage_in_its_title() {
    let mut desk = desk();
    for row in &mut desk.order.totals {
        row.rate = None;
        if row.code == "tax" {
            row.title = "Btw (21 %)".to_owned();
        }
    }
    assert_eq!(desk.plan().expected.vat["21"], dec!(5.24));
    for row in &mut desk.order.totals {
        if row.code == "tax" {
            row.title = "Belasting".to_owned();
        }
    }
    assert_eq!(desk.held().code, "btw-tarief-onbekend");
}

#[test]
fn of_several_rates_of_one_name_the_one_of_the_country_counts() {
    let mut desk = desk();
    let mut other = desk.shop.tax_rates[0].clone();
    other.rate = dec!(9);
    other.countries = vec!["FR".to_owned()];
    desk.shop.tax_rates.push(other);
    for row in &mut desk.order.totals {
        row.rate = None;
        if row.code == "tax" {
            row.title = "Btw".to_owned();
        }
    }
    for rate in &mut desk.shop.tax_rates {
        rate.name = "BTW".to_owned();
    }
    desk.shop.tax_rates.retain(|rate| rate.id == "1");
    assert_eq!(desk.plan().expected.vat["21"], dec!(5.24));
    // Where both hold there, the lines tell.
    desk.shop.tax_rates[1].countries = vec!["NL".to_owned()];
    assert_eq!(desk.plan().expected.vat["21"], dec!(5.24));
}

#[test]
fn figures_no_shop_can_have_are_held_and_never_crash() {
    let damage: [fn(&mut winkelbrug_protocol::record::Order); 6] = [
        |order| order.lines[0].price = rust_decimal::Decimal::MAX,
        |order| order.lines[0].quantity = rust_decimal::Decimal::MIN,
        |order| order.lines[0].total = dec!(99999999999999999999),
        |order| order.totals[0].amount = rust_decimal::Decimal::MAX,
        |order| order.total = rust_decimal::Decimal::MAX,
        |order| {
            for row in &mut order.totals {
                if let Some(rate) = &mut row.rate {
                    rate.rate = dec!(-100);
                }
            }
        },
    ];
    for damage in damage {
        let mut desk = desk();
        damage(&mut desk.order);
        desk.held();
    }
}

#[test]
fn vat_rows_that_do_not_follow_from_the_lines_are_held() {
    let mut desk = desk();
    for row in &mut desk.order.totals {
        if row.code == "tax" {
            row.amount -= dec!(0.5);
        }
    }
    desk.order.total -= dec!(0.5);
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

#[test]
fn amounts_that_are_not_in_euro_are_held() {
    let mut desk = desk();
    desk.order.money.code = "GBP".to_owned();
    let reason = desk.held();
    assert_eq!(reason.code, "geen-euro");
    assert!(reason.hint.nl.contains("Koers invullen"));
}

#[test]
fn an_order_paid_in_pounds_with_euro_amounts_is_written_in_euro_and_says_so() {
    let mut desk = desk();
    desk.order.money.order_code = "GBP".to_owned();
    desk.order.money.order_total = dec!(26.00);
    let plan = desk.plan();
    assert_eq!(plan.expected.incl, dec!(30.19));
    assert!(plan.order.memo.contains("GBP 26,00"));
}

#[test]
fn vat_charged_under_the_small_business_scheme_stops_the_profile() {
    let mut desk = desk();
    desk.books.company.small_business_scheme = true;
    let reason = desk.stopped();
    assert_eq!(reason.code, "kor-actief");
    assert!(!reason.hint.nl.is_empty());
}

#[test]
fn the_small_business_scheme_is_no_matter_where_the_shop_charges_no_vat() {
    let mut desk = desk_of(&Wish {
        goods: vec![good(1_000, 2, Class::Zero)],
        shipping: 0,
        ..wish()
    });
    desk.books.company.small_business_scheme = true;
    desk.plan();
}

/// Sold over the counter, or typed by hand: the shop taxes it in its own country.
#[test]
fn an_order_that_names_no_place_is_of_the_shops_own_country() {
    let mut desk = desk();
    desk.shop.country = "NL".to_owned();
    desk.order.delivery_address = None;
    desk.order.invoice_address = Address {
        last_name: "Balie".to_owned(),
        ..Address::default()
    };
    let plan = desk.plan();
    assert_eq!(plan.expected.vat["21"], dec!(5.24));
    assert!(plan.order.invoice_address.is_none() && plan.order.delivery_address.is_none());

    // A customer whose card is abroad: SnelStart would go by the card.
    let mut abroad = desk.clone();
    abroad.order.customer.id = Some("3".to_owned());
    let relation = abroad.books.add_relation(9, "Balie", "balie@example.com");
    relation.address.country = "DE".to_owned();
    let bound = ("account:3".to_owned(), "relation-9".to_owned());
    abroad.books.bound.extend([bound]);
    assert_eq!(abroad.held().code, "btw-wijkt-af");
    // Half an address may be anywhere, and a shop of another country taxes by that one.
    let mut half = desk.clone();
    half.order.invoice_address.city = "Antwerpen".to_owned();
    assert_eq!(half.held().code, "land-onbekend");
    desk.shop.country = "BE".to_owned();
    assert_eq!(desk.held().code, "land-onbekend");
}

#[test]
fn a_country_nobody_knows_is_held() {
    let mut desk = desk();
    desk.order.delivery_address.as_mut().unwrap().country = String::new();
    assert_eq!(desk.held().code, "land-onbekend");
}

#[test]
fn an_order_with_nothing_to_ship_goes_by_the_invoice_address() {
    let mut desk = desk();
    desk.order.delivery_address = None;
    let plan = desk.plan();
    assert_eq!(plan.order.delivery_address, None);
    assert_eq!(plan.expected.vat["21"], dec!(5.24));
}

#[test]
fn the_relation_must_fit_the_treatment() {
    let cases: [(Desk, &str, &str, bool); 8] = [
        (desk(), "NL", "", true),
        (desk(), "NL", "NL001234567B01", true),
        (desk(), "BE", "BE0123456749", false),
        (desk(), "CH", "", false),
        (german(), "DE", "", true),
        (german(), "DE", "DE123456789", false),
        (swiss(), "NL", "", false),
        (swiss(), "CH", "", true),
    ];
    for (mut desk, country, vat_number, fits) in cases {
        let postcode = desk.order.invoice_address.postcode.clone();
        let relation = desk.books.add_relation(5, "Klant", "jo@example.com");
        relation.address.postcode = postcode;
        relation.address.country = country.to_owned();
        relation.vat_number = vat_number.to_owned();
        for addresses in ["shop", "customer-card"] {
            desk.settings =
                crate::translate::desk::settings(&format!("addresses = \"{addresses}\""), "");
            match desk.outcome() {
                Outcome::Plan(_) => assert!(fits, "{country} {vat_number}"),
                Outcome::Held(reason) => {
                    assert!(
                        !fits && reason.code == "btw-wijkt-af",
                        "{country} {vat_number}"
                    );
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn a_gift_shipped_elsewhere_in_the_eu_keeps_the_dutch_relation() {
    let mut desk = desk();
    let delivery = desk.order.delivery_address.as_mut().unwrap();
    delivery.country = "DE".to_owned();
    let plan = desk.plan();
    assert_eq!(plan.order.delivery_address.unwrap().country, "DE");
}

#[test]
fn a_class_whose_rate_differs_between_countries_is_judged_by_the_home_rate() {
    let mut desk = german_oss();
    charge_19(&mut desk);
    desk.books.add_article("9-0", VatKind::Hoog);
    desk.plan();
    desk.books.articles.pop();
    desk.books.add_article("9-0", VatKind::Laag);
    assert_eq!(desk.held().code, "btw-wijkt-af");
}

/// The shop calls both rates "BTW": which row is which shows in what lines and shipping come to.
#[test]
fn rates_of_one_name_are_told_apart_by_what_they_come_to() {
    let both = |coupon| {
        let mut desk = desk_of(&Wish {
            goods: vec![good(2_479, 2, Class::High), good(917, 3, Class::Low)],
            coupon,
            ..wish()
        });
        for rate in &mut desk.shop.tax_rates {
            if rate.name.starts_with("BTW") {
                rate.name = "BTW".to_owned();
            }
        }
        for row in &mut desk.order.totals {
            if row.code == "tax" {
                (row.title, row.rate) = ("BTW".to_owned(), None);
            }
        }
        desk
    };
    for coupon in [None, Some(Coupon::Percent(10))] {
        let mut desk = both(coupon);
        let named = desk.plan();
        assert!(named.expected.vat["21"] > named.expected.vat["9"]);
        desk.order.totals.reverse();
        assert_eq!(desk.plan().expected.vat, named.expected.vat);
        // Rows that no rate of that name comes to are nobody's.
        for row in &mut desk.order.totals {
            if row.code == "tax" {
                row.amount += dec!(40);
            }
        }
        assert_eq!(desk.held().code, "btw-tarief-onbekend");
    }
}

#[test]
fn a_surcharge_nobody_knows_is_written_where_the_vat_shows_its_rate() {
    let mut desk = desk();
    desk.order.totals.push(row(
        "xfee",
        winkelbrug_protocol::record::TotalKind::Other,
        dec!(2),
    ));
    desk.order.total += dec!(2);
    // Without VAT nothing shows that it is a surcharge (it may be a tip), but where the shop gives it a
    // tax class.
    let reason = desk.held();
    assert_eq!(reason.code, "totaalregel-onbekend");
    assert!(reason.text.nl.contains("xfee") && reason.text.nl.contains("2,00"));
    let mut known = desk.clone();
    known.order.totals.last_mut().unwrap().tax_class = class("", "");
    assert!(known.lines().contains(&"TOESLAG-G 1 × 2.00".to_owned()));
    let mut swiss = swiss();
    let strange = desk.order.totals.last().cloned();
    swiss.order.totals.extend(strange);
    swiss.order.total += dec!(2);
    assert_eq!(swiss.held().code, "totaalregel-onbekend");
    for row in &mut desk.order.totals {
        if row.code == "tax" {
            row.amount += dec!(0.42);
        }
    }
    desk.order.total += dec!(0.42);
    assert!(desk.lines().contains(&"TOESLAG-H 1 × 2.42".to_owned()));
}

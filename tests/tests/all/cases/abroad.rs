//! What leaves the country, and sales without VAT at home.

use rust_decimal::dec;
use testbed::truth::{
    books::Books,
    generated::{Buyer, Wish},
};
use winkelbrug::books::PriceMode;
use winkelbrug_protocol::record::TotalKind;

use super::recorded;
use crate::translate::desk::{Desk, desk_of, settings, tax, wish};

const OPENCART: &str = "opencart-3.0.5.1";

fn to(country: &str, wish: &Wish) -> Desk {
    let mut desk = desk_of(wish);
    let delivery = desk.order.delivery_address.iter_mut();
    for address in [&mut desk.order.invoice_address]
        .into_iter()
        .chain(delivery)
    {
        country.clone_into(&mut address.country);
    }
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn german_consumer_at_19_percent() {
    let mut desk = to("DE", &wish());
    desk.books = Books::default().with_foreign_vat();
    desk.order.lines[0].percent = Some(dec!(19));
    desk.order.lines[0].tax = dec!(1.90);
    desk.order
        .totals
        .retain(|row| row.kind == TotalKind::Shipping);
    desk.order.totals.push(tax(dec!(19), dec!(4.7405)));
    desk.order.total = dec!(29.6905);
    let mut rate = desk.shop.tax_rates[0].clone();
    (rate.rate, rate.id, rate.name) = (dec!(19), "19".to_owned(), "MwSt".to_owned());
    rate.countries = vec!["DE".to_owned()];
    desk.shop.tax_rates[0].countries = vec!["NL".to_owned()];
    desk.shop.tax_classes[0].rate_ids.push("19".to_owned());
    desk.shop.tax_rates.push(rate);
    for addresses in ["shop", "customer-card"] {
        desk.settings = settings(&format!("addresses = \"{addresses}\""), "");
        let plan = desk.plan();
        assert_eq!(plan.order.price_mode, PriceMode::Inclusief);
        assert_eq!(plan.order.delivery_address.unwrap().country, "DE");
        assert_eq!(plan.expected.vat["19"], dec!(4.74));
    }
    // The switch for foreign VAT is off.
    desk.books = Books::default();
    assert_eq!(desk.held().code, "btw-tarief-onbekend");
    // The shop charged Dutch VAT.
    let mut dutch = to("DE", &wish());
    dutch.books = Books::default().with_foreign_vat();
    assert_eq!(dutch.held().code, "btw-wijkt-af");
}

#[tokio::test(flavor = "multi_thread")]
async fn belgian_company_with_vat_number() {
    let Some(case) = recorded(OPENCART, "9").await else {
        return;
    };
    assert_eq!(case.held(), "btw-nummer-niet-gecontroleerd");
    let mut desk = to(
        "BE",
        &Wish {
            buyer: Buyer::Swiss,
            ..wish()
        },
    );
    desk.order.customer.vat_number = Some("BE0428759497".to_owned());
    let relation = desk.books.add_relation(1001, "Firma", "jo@example.com");
    "BE0428759497".clone_into(&mut relation.vat_number);
    "BE".clone_into(&mut relation.address.country);
    "8001".clone_into(&mut relation.address.postcode);
    desk.settings = settings("", CARD_COUNTS);
    let plan = desk.plan();
    assert_eq!(plan.order.price_mode, PriceMode::Exclusief);
    assert_eq!(plan.expected.incl, dec!(24.95));
    // Delivered within the Netherlands.
    let mut within = desk.clone();
    let delivery = within.order.delivery_address.as_mut().unwrap();
    "NL".clone_into(&mut delivery.country);
    assert_eq!(within.held().code, "btw-wijkt-af");
    // Another number on the card.
    desk.books.relations[1].vat_number = "BE0123456749".to_owned();
    assert!(
        ["relatie-btw-nummer", "btw-nummer-niet-gecontroleerd"]
            .contains(&desk.held().code.as_str())
    );
}

/// A number that stands on the customer card counts as checked.
const CARD_COUNTS: &str = "";

#[tokio::test(flavor = "multi_thread")]
async fn swiss_customer() {
    let Some(case) = recorded(OPENCART, "10").await else {
        return;
    };
    let plan = case.plan();
    assert_eq!(plan.order.price_mode, PriceMode::Exclusief);
    assert_eq!(plan.order.delivery_address.as_ref().unwrap().country, "CH");
    assert!(case.lines().iter().any(|line| line.starts_with("VERZEND-")));
    // The relation says the Netherlands.
    let swiss = Wish {
        buyer: Buyer::Swiss,
        ..wish()
    };
    let mut desk = desk_of(&swiss);
    let relation = desk.books.add_relation(1001, "Jo Klant", "jo@example.com");
    "NL".clone_into(&mut relation.address.country);
    "8001".clone_into(&mut relation.address.postcode);
    assert_eq!(desk.held().code, "btw-wijkt-af");
    // The shop charged VAT.
    assert_eq!(to("CH", &wish()).held().code, "btw-wijkt-af");
}

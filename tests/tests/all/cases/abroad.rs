//! What leaves the country, and sales without VAT at home.

use jiff::civil::date;
use rust_decimal::dec;
use testbed::truth::{
    books::Books,
    generated::{Buyer, Wish},
};
use winkelbrug::{
    books::{PriceMode, VatCheck, VatKind, Verdict},
    translate::Outcome,
};
use winkelbrug_protocol::record::{TaxClass, TotalKind};

use super::recorded;
use crate::{
    translate::desk::{Desk, class, desk, desk_of, held, lines, planned, settings, tax, wish},
    translate_shops::desk::shop_vat,
};

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
async fn german_consumer_who_was_charged_dutch_vat_is_held() {
    let Some(case) = recorded(OPENCART, "5").await else {
        return;
    };
    assert_eq!(case.order.invoice_address.country, "DE");
    assert_eq!(shop_vat(&case.order)[&dec!(21)].round_dp(2), dec!(6.25));
    // The books would compute 5.75 at 19% under the same total.
    assert_eq!(case.held(), "btw-wijkt-af");
    let mut books = case.books.clone();
    books.company.foreign_vat = false;
    assert!(matches!(
        books.translate(&case.order, &case.settings, &case.shop),
        Outcome::Plan(_)
    ));
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
    // Its date is outside the ranges, no ledger bears the rate, the rate is not that of /vatrates.
    let with = |change: fn(&mut Books)| {
        let mut desk = desk.clone();
        change(&mut desk.books);
        desk.held().code
    };
    assert_eq!(
        with(|books| {
            books.company.foreign.ranges = vec![(date(2027, 1, 1), date(2027, 12, 31))];
        }),
        "btw-tarief-onbekend"
    );
    assert_eq!(
        with(|books| books.company.foreign.ledgers = Some(vec![("8060".to_owned(), None)])),
        "oss-niet-ingericht"
    );
    assert_eq!(
        with(|books| {
            let rates = books.lookups.foreign_rates.iter_mut();
            for rate in rates.filter(|rate| rate.country == "DE" && rate.code == "SR") {
                rate.percent = dec!(20);
            }
        }),
        "btw-wijkt-af"
    );
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
    let checked = |desk: &Desk, verdict: Option<Verdict>| {
        desk.outcome_with(|facts| {
            facts.vat_check = verdict.map(|verdict| check("BE0428759497", verdict));
        })
    };
    let plan = planned(checked(&desk, Some(Verdict::Valid)));
    assert_eq!(plan.order.price_mode, PriceMode::Exclusief);
    assert_eq!(plan.expected.incl, dec!(24.95));
    // Date, name and consultation number of the check are kept with the order.
    let notes: Vec<&str> = plan.notes.iter().map(|note| note.nl.as_str()).collect();
    let notes = notes.join(" ");
    assert!(
        notes.contains("WAPI-1") && notes.contains("FIRMA"),
        "{notes}"
    );
    // The number is invalid, or the register is down and the setting for that is off.
    let code = |outcome| held(outcome).code;
    assert_eq!(
        code(checked(&desk, Some(Verdict::Invalid))),
        "btw-nummer-ongeldig"
    );
    for down in [Some(Verdict::Unreachable), None] {
        assert_eq!(code(checked(&desk, down)), "btw-nummer-niet-gecontroleerd");
    }
    desk.settings.vat.accept_unchecked = true;
    planned(checked(&desk, Some(Verdict::Unreachable)));
    // Delivered within the Netherlands.
    let mut within = desk.clone();
    let delivery = within.order.delivery_address.as_mut().unwrap();
    "NL".clone_into(&mut delivery.country);
    assert_eq!(code(checked(&within, Some(Verdict::Valid))), "btw-wijkt-af");
    // The customer card carries another number.
    let relation = desk.books.add_relation(1001, "Firma", "jo@example.com");
    "BE0123456749".clone_into(&mut relation.vat_number);
    "BE".clone_into(&mut relation.address.country);
    "8001".clone_into(&mut relation.address.postcode);
    assert_eq!(
        code(checked(&desk, Some(Verdict::Valid))),
        "relatie-btw-nummer"
    );
}

fn check(number: &str, verdict: Verdict) -> VatCheck {
    VatCheck {
        number: number.to_owned(),
        verdict,
        day: date(2026, 5, 1),
        name: "FIRMA BV".to_owned(),
        consultation: "WAPI-1".to_owned(),
    }
}

#[test]
fn margin_goods_with_shipping_as_part_of_the_margin_price() {
    let mut desk = desk();
    desk.settings = settings(
        "",
        "[vat.margin]\n\"Marge\" = \"VERZEND-M\"\n[articles.revenue_groups]\n\"Marge\" = \"Omzet marge\"",
    );
    desk.books.add_group(11, "Omzet marge", VatKind::Geen);
    desk.books.add_article_in("VERZEND-M", 11);
    untaxed(&mut desk, "55", "Marge");
    for row in &mut desk.order.totals {
        row.tax_class = class("55", "Marge");
    }
    desk.order.total = dec!(24.95);
    assert_eq!(desk.lines(), ["9-0 2 × 10.00", "VERZEND-M 1 × 4.95"]);
    // The mapping is missing.
    desk.settings = settings("", "");
    assert_eq!(desk.held().code, "omzetgroep-niet-gekozen");
}

#[test]
fn domestic_reverse_charge_on_its_own_article() {
    let mut desk = desk();
    desk.settings = settings("", "[vat.reverse_charge]\n\"Telefoons\" = \"VERLEGD\"");
    desk.books.add_group(10, "Omzet verlegd", VatKind::Geen);
    desk.books.add_article_in("VERLEGD", 10);
    untaxed(&mut desk, "77", "Telefoons");
    desk.order.totals.clear();
    desk.order.total = dec!(20);
    assert_eq!(desk.held().code, "verlegd-zonder-btw-nummer");
    desk.order.customer.vat_number = Some("NL004495445B01".to_owned());
    let plan = planned(desk.outcome_with(|facts| {
        facts.vat_check = Some(check("NL004495445B01", Verdict::Valid));
    }));
    assert_eq!(lines(&plan), ["VERLEGD 2 × 10.00"]);
    // The mapping is missing.
    desk.settings = settings("", "");
    assert_eq!(desk.held().code, "omzetgroep-niet-gekozen");
}

/// The line is of that class, on which the shop charges no VAT.
fn untaxed(desk: &mut Desk, id: &str, name: &str) {
    desk.order.lines[0].tax = dec!(0);
    desk.order.lines[0].tax_class = class(id, name);
    desk.order.totals.retain(|row| row.kind != TotalKind::Tax);
    desk.shop.tax_classes.push(TaxClass {
        id: id.to_owned(),
        name: name.to_owned(),
        rate_ids: Vec::new(),
    });
}

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

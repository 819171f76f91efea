//! The order's own fields.

use jiff::civil::date;
use winkelbrug::{
    books::{BookAddress, CostCentre, ProcessStage},
    profile::settings::Handling,
    translate::plan::RelationStep,
};
use winkelbrug_protocol::record::StatusKind;

use crate::translate::desk::{Desk, desk, settings};

fn with(sales: &str) -> Desk {
    let mut desk = desk();
    desk.settings = settings(sales, "");
    desk
}

#[test]
fn the_order_date_is_the_shops_local_day() {
    let mut desk = desk();
    desk.order.placed_at = "2026-05-01T21:45:00Z".to_owned();
    desk.order.placed_local = "2026-05-01T23:45:00".to_owned();
    assert_eq!(desk.plan().order.date, date(2026, 5, 1));
    desk.order.placed_at = "2026-05-01T22:15:00Z".to_owned();
    desk.order.placed_local = "2026-05-02T00:15:00".to_owned();
    assert_eq!(desk.plan().order.date, date(2026, 5, 2));
}

#[test]
fn every_form_of_the_description() {
    for (form, wanted) in [
        ("generated", "Bestelling 1 - Processing - Overboeking"),
        ("empty", ""),
        ("profile-name", "winkel"),
        ("webshop-order", "Webshop order 1"),
        (
            "template:{number} van {name} op {date}",
            "1 van Jo Klant op 01-05-2026",
        ),
        (
            "template:{profile} {status} {payment} {x} {",
            "winkel Processing Overboeking {x} {",
        ),
    ] {
        let plan = with(&format!("description = \"{form}\"")).plan();
        assert_eq!(plan.order.description, wanted, "{form}");
    }
}

#[test]
fn a_long_description_is_cut_at_a_word_and_the_cut_is_noted() {
    let mut desk = desk();
    desk.order.payment.title = "Achteraf betalen binnen dertig dagen na ontvangst".to_owned();
    let plan = desk.plan();
    assert_eq!(
        plan.order.description,
        "Bestelling 1 - Processing - Achteraf betalen"
    );
    assert!(
        plan.notes
            .iter()
            .any(|note| note.nl.contains("omschrijving"))
    );
    desk.settings = settings(
        &format!("description = \"template:{}\"", "x".repeat(80)),
        "",
    );
    assert_eq!(desk.plan().order.description.chars().count(), 50);
}

#[test]
fn a_name_that_looks_like_a_placeholder_stays_a_name() {
    let mut desk = with("description = \"template:{name}\"");
    desk.order.invoice_address.first_name = "{number}".to_owned();
    assert_eq!(desk.plan().order.description, "{number} Klant");
}

#[test]
fn the_template_by_name_or_id_and_a_missing_one_stops_the_profile() {
    for (wanted, found) in [
        ("", None),
        ("webshop", Some("template-1")),
        ("TEMPLATE-1", Some("template-1")),
    ] {
        let plan = with(&format!("template = \"{wanted}\"")).plan();
        assert_eq!(plan.order.template.as_deref(), found);
    }
    assert_eq!(
        with("template = \"Weg\"").stopped().code,
        "sjabloon-ontbreekt"
    );
    let mut desk = with("template = \"Webshop\"");
    desk.books.lookups.templates[0].active = false;
    assert_eq!(desk.stopped().code, "sjabloon-ontbreekt");
}

#[test]
fn the_cost_centre_by_number_or_name() {
    for wanted in ["100", "webwinkel"] {
        let mut desk = with(&format!("cost_centre = \"{wanted}\""));
        assert_eq!(desk.stopped().code, "kostenplaats-ontbreekt");
        desk.books.lookups.cost_centres.push(CostCentre {
            id: "centre".to_owned(),
            number: 100,
            name: "Webwinkel".to_owned(),
            active: true,
        });
        assert_eq!(desk.plan().order.cost_centre.as_deref(), Some("centre"));
    }
}

#[test]
fn the_stage_is_the_owners() {
    assert_eq!(desk().plan().order.stage, ProcessStage::Order);
    for (written, stage) in [
        ("Offerte", ProcessStage::Offerte),
        ("Bevestiging", ProcessStage::Bevestiging),
        ("Werkbon", ProcessStage::Werkbon),
        ("Pakbon", ProcessStage::Pakbon),
        ("Afhaalbon", ProcessStage::Afhaalbon),
    ] {
        let desk = with(&format!("process_stage = \"{written}\""));
        assert_eq!(desk.plan().order.stage, stage, "{written}");
    }
}

#[test]
fn addresses_from_the_shop_or_left_to_the_card() {
    let mut desk = with("addresses = \"shop\"");
    let delivery = desk.order.delivery_address.as_mut().unwrap();
    delivery.line1 = "Elders 2".to_owned();
    delivery.company = "Buren BV".to_owned();
    let plan = desk.plan();
    assert_eq!(plan.order.invoice_address.unwrap().street, "Dorpsstraat 1");
    let delivery = plan.order.delivery_address.unwrap();
    assert_eq!(
        (delivery.street.as_str(), delivery.contact.as_str()),
        ("Elders 2", "Buren BV, Jo Klant")
    );
    // A known customer whose card says something else.
    desk.settings = settings("addresses = \"customer-card\"", "");
    card(&mut desk, "Kaartlaan 9");
    let plan = desk.plan();
    let both = [plan.order.invoice_address, plan.order.delivery_address];
    assert_eq!(
        both.map(|address| address.unwrap().street),
        ["Kaartlaan 9", "Kaartlaan 9"]
    );
    // Letters go elsewhere.
    let relation = desk.books.relations.last_mut().unwrap();
    relation.correspondence = BookAddress {
        street: "Postbus 3".to_owned(),
        ..relation.address.clone()
    };
    let plan = desk.plan();
    assert_eq!(plan.order.invoice_address.unwrap().street, "Postbus 3");
    assert_eq!(plan.order.delivery_address.unwrap().street, "Kaartlaan 9");
    // Its invoices go to another relation, which SnelStart knows.
    desk.books.relations.last_mut().unwrap().invoiced_elsewhere = true;
    let plan = desk.plan();
    assert_eq!(plan.order.invoice_address, None);
    assert_eq!(plan.order.delivery_address.unwrap().street, "Kaartlaan 9");
}

/// The buyer's card in the books, at that address.
fn card(desk: &mut Desk, street: &str) {
    let relation = desk.books.add_relation(7, "Jo Klant", "jo@example.com");
    relation.address = BookAddress {
        contact: String::new(),
        street: street.to_owned(),
        postcode: "1234AB".to_owned(),
        city: "Ons Dorp".to_owned(),
        country: "NL".to_owned(),
    };
}

#[test]
fn the_cards_address_stands_on_the_order_as_it_was_that_day() {
    let mut desk = with("addresses = \"customer-card\"");
    card(&mut desk, "Kaartlaan 9");
    desk.settings.customers.handling = Handling::AddAndUpdate;
    let plan = desk.plan();
    assert!(matches!(plan.relation, RelationStep::Update { .. }));
    let street = plan.order.invoice_address.unwrap().street;
    assert_eq!(street, "Dorpsstraat 1", "as this order leaves the card");
    // A new relation's is the order's.
    desk.books.relations.pop();
    let plan = desk.plan();
    assert_eq!(plan.order.invoice_address.unwrap().street, "Dorpsstraat 1");
}

#[test]
fn an_order_on_a_fixed_code_or_a_card_without_an_address_has_the_buyers() {
    let mut desk = with("addresses = \"customer-card\"");
    card(&mut desk, "Kaartlaan 9");
    let relation = desk.books.relations.last_mut().unwrap();
    relation.email = String::new();
    desk.settings.customers.default_code = "7".to_owned();
    let streets = |desk: &Desk| {
        let plan = desk.plan();
        let both = [plan.order.invoice_address, plan.order.delivery_address];
        both.map(|address| address.unwrap().street)
    };
    assert_eq!(streets(&desk), ["Dorpsstraat 1", "Dorpsstraat 1"]);
    desk.settings.customers.default_code = String::new();
    let relation = desk.books.relations.last_mut().unwrap();
    relation.email = "jo@example.com".to_owned();
    relation.address.city = String::new();
    assert_eq!(streets(&desk), ["Dorpsstraat 1", "Dorpsstraat 1"]);
}

#[test]
fn goods_that_go_to_another_country_than_the_cards_always_have_their_own_address() {
    let mut desk = with("addresses = \"customer-card\"");
    card(&mut desk, "Kaartlaan 9");
    let relation = desk.books.relations.last_mut().unwrap();
    relation.address.country = "BE".to_owned();
    let plan = desk.plan();
    assert_eq!(plan.order.invoice_address.unwrap().country, "BE");
    assert_eq!(plan.order.delivery_address.unwrap().country, "NL");
}

#[test]
fn a_consumer_elsewhere_in_the_eu_always_gets_the_delivery_address() {
    let mut desk = with("addresses = \"customer-card\"");
    card(&mut desk, "Kaartlaan 9");
    for address in [&mut desk.order.invoice_address]
        .into_iter()
        .chain(&mut desk.order.delivery_address)
    {
        address.country = "DE".to_owned();
    }
    let plan = desk.plan();
    assert_eq!(plan.order.invoice_address.unwrap().street, "Kaartlaan 9");
    assert_eq!(plan.order.delivery_address.unwrap().country, "DE");
}

#[test]
fn the_customers_note_keeps_its_line_breaks() {
    let mut desk = desk();
    desk.order.comment = "Graag bellen 📞\r\nna zessen\u{7}".to_owned();
    assert_eq!(desk.plan().order.memo, "Graag bellen 📞\nna zessen");
}

#[test]
fn the_payment_term_of_the_method() {
    let mut desk = desk();
    assert_eq!(desk.plan().order.payment_term, None);
    desk.settings = settings("", "[sales.payment.\"bank_transfer\"]\nterm_days = 30");
    assert_eq!(desk.plan().order.payment_term, Some(30));
    desk.settings = settings("", "[sales.payment.\"bank_transfer\"]\nterm_days = 100");
    assert_eq!(desk.plan().order.payment_term, Some(100));
}

#[test]
fn the_order_reference_is_the_shops_own() {
    let mut desk = desk();
    assert_eq!(desk.plan().order.order_reference, "1");
    desk.order.shop_reference = Some("XKBKNABJK".to_owned());
    assert_eq!(desk.plan().order.order_reference, "XKBKNABJK");
}

#[test]
fn a_plan_says_which_settings_and_facts_it_rests_on() {
    let mut desk = desk();
    let plan = desk.plan();
    let later = |change: fn(&mut Desk)| {
        let mut desk = desk.clone();
        change(&mut desk);
        desk.plan()
    };
    let stock = later(|desk| desk.books.articles[0].free_stock = rust_decimal::dec!(5));
    assert_eq!(plan.facts_digest, stock.facts_digest);
    let group = later(|desk| desk.books.lookups.revenue_groups[0].number = 99);
    assert_ne!(plan.facts_digest, group.facts_digest);
    let text = later(|desk| desk.settings.sales.description = "empty".to_owned());
    assert_ne!(plan.settings_digest, text.settings_digest);
    desk.status(StatusKind::Complete, "Complete");
    assert_eq!(plan.settings_digest, desk.plan().settings_digest);
}

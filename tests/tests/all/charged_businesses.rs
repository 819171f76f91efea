//! Businesses that were charged VAT, on the whole way: held, and then written by the command the hint gives.

use serde_json::Value;
use testbed::{
    opencart::{Buyer, Item, NewOrder, OpenCartShop, ShopOptions},
    profile::text,
    program::Winkelbrug,
    registers::Registers,
    scene::Scene,
    snelstart::{NewRelation, Options},
};

use crate::registers::NUMBER;

fn scene(foreign_vat: bool) -> (Scene, Registers) {
    let registers = Registers::start().unwrap();
    registers.holds(NUMBER, "JANSSENS BV");
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    let options = Options {
        foreign_vat,
        ..Options::default()
    };
    let mut scene = Scene::of(shop, options, Winkelbrug::under_test().unwrap()).unwrap();
    let vies = text(&registers.vies_url());
    scene.profile.set("vat", "vies_url", &vies);
    (scene.ready().unwrap(), registers)
}

/// A Belgian business the shop takes for a consumer.
fn belgian() -> Buyer {
    let mut buyer = Buyer::guest("Firma", "Janssens", "firma@example.com", "2000");
    buyer.numbers = Some((NUMBER.to_owned(), String::new()));
    buyer.invoice.country = "BE";
    buyer.invoice.company = "Janssens BV".to_owned();
    buyer
}

fn shown(scene: &Scene, number: u64) -> Value {
    let number = number.to_string();
    let shown = scene.agent.run(&["order", "demo", &number, "--json"]);
    shown.unwrap().ended(0).unwrap().json().unwrap()
}

/// Held for that reason; and written on a relation without a number once it is joined to one as the hint
/// says.
fn held_and_then_linked(scene: &Scene, buyer: Buyer, code: &str) {
    let goods = vec![Item::new("MOK-WIT", 2)];
    let number = scene
        .shop
        .place_order(&NewOrder::new(buyer, goods))
        .unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    let held = shown(scene, number);
    assert_eq!(held["reason_code"], code, "{held}");
    assert!(scene.books.orders().is_empty());

    scene.books.add_relation(NewRelation {
        name: "Janssens zonder nummer".to_owned(),
        address: ("Meir 1".into(), "2000".into(), "Antwerpen".into()),
        country: "BE".to_owned(),
        code: Some(4321),
        ..NewRelation::default()
    });
    let hint = held["hint"].as_str().unwrap();
    let command = hint.split("winkelbrug ").nth(1).unwrap();
    let mut words: Vec<&str> = command.split(' ').collect();
    assert!(words.ends_with(&[
        "link",
        "demo",
        &format!("order:{number}"),
        words[words.len() - 1]
    ]));
    // The program knows its data folder already; a person types it along, and the code for the last word.
    words.drain(..2);
    *words.last_mut().unwrap() = "4321";
    scene.agent.run(&words).unwrap().ended(0).unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let written = shown(scene, number);
    assert_eq!(written["state"], "written", "{written}");
    let booked = scene.books.order_by_reference(&number.to_string()).unwrap();
    assert_eq!(booked.relation_code, 4321);
    assert!(booked.vat.total_incl() > booked.vat.total_excl());
}

#[test]
fn a_business_charged_foreign_vat_waits_and_goes_as_a_private_person_by_the_command_of_its_hint() {
    let (scene, registers) = scene(true);
    held_and_then_linked(&scene, belgian(), "btw-aan-bedrijf");
    assert_eq!(registers.asked().len(), 1);
}

#[test]
fn a_business_of_elsewhere_that_gets_its_goods_here_is_written_by_the_command_of_its_hint() {
    let (scene, registers) = scene(false);
    let mut buyer = belgian();
    let mut here = buyer.invoice.clone();
    here.country = "NL";
    here.postcode = "1234 AB".to_owned();
    buyer.delivery = Some(here);
    held_and_then_linked(&scene, buyer, "btw-wijkt-af");
    assert!(registers.asked().is_empty());
}

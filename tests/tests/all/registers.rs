//! Public registers on the whole way: VAT numbers checked with VIES, and the euro's rate.

use serde_json::Value;
use testbed::{
    opencart::{Buyer, Item, NewOrder},
    profile::text,
    registers::{Registers, Vies},
    scene::Scene,
};

/// A VAT number of the right form.
pub const NUMBER: &str = "BE0123456749";

/// A scene whose profile asks these registers, and an order of a business in Belgium without VAT.
fn with_registers() -> (Scene, Registers) {
    let registers = Registers::start().unwrap();
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("vat", "vies_url", &text(&registers.vies_url()));
    scene
        .profile
        .set("vat", "ecb_url", &text(&registers.ecb_url()));
    (scene.ready().unwrap(), registers)
}

/// An order of a business in Belgium, without VAT, by [`NUMBER`].
pub fn belgian_order(scene: &Scene) -> u64 {
    let mut buyer = Buyer::guest("Firma", "Janssens", "firma@example.com", "2000");
    buyer.group = 3;
    buyer.numbers = Some((NUMBER.to_owned(), String::new()));
    buyer.invoice.country = "BE";
    buyer.invoice.company = "Janssens BV".to_owned();
    let order = NewOrder::new(buyer, vec![Item::new("MOK-WIT", 2)]);
    scene.shop.place_order(&order).unwrap()
}

fn order(scene: &Scene, number: u64) -> Value {
    let number = number.to_string();
    let shown = scene.agent.run(&["order", "demo", &number, "--json"]);
    shown.unwrap().ended(0).unwrap().json().unwrap()
}

fn run(scene: &Scene, code: i32) {
    let ran = scene.agent.run(&["run", "demo"]).unwrap();
    ran.ended(code).unwrap();
}

#[test]
fn an_eu_business_is_written_once_vies_confirms_its_number_and_the_evidence_is_kept() {
    let (scene, registers) = with_registers();
    registers.holds(NUMBER, "JANSSENS BV");
    let number = belgian_order(&scene);
    run(&scene, 0);
    let shown = order(&scene, number);
    assert_eq!(shown["state"], "written", "{shown}");
    assert_eq!(shown["vat_check"]["verdict"], "valid");
    assert_eq!(shown["vat_check"]["name"], "JANSSENS BV");
    assert_eq!(shown["vat_check"]["number"], NUMBER);
    let booked = scene.books.order_by_reference(&number.to_string()).unwrap();
    assert_eq!(booked.vat.total_incl(), booked.vat.total_excl());
    // Asked once for the order, however often it is looked at.
    run(&scene, 0);
    assert_eq!(registers.asked().len(), 1);
    let asked = &registers.asked()[0];
    assert_eq!(
        (&asked["countryCode"], &asked["vatNumber"]),
        (&"BE".into(), &"0123456749".into())
    );
    let words = scene
        .agent
        .run(&["order", "demo", &number.to_string()])
        .unwrap();
    assert!(words.said().contains("JANSSENS BV"), "{}", words.said());
}

#[test]
fn a_number_vies_does_not_know_holds_the_order() {
    let (scene, registers) = with_registers();
    let number = belgian_order(&scene);
    run(&scene, 1);
    let held = order(&scene, number);
    assert_eq!(held["reason_code"], "btw-nummer-ongeldig");
    assert_eq!(held["vat_check"]["verdict"], "invalid");
    // Mended in the register, and offered again.
    registers.holds(NUMBER, "JANSSENS BV");
    let again = ["retry", "demo", &number.to_string()];
    scene.agent.run(&again).unwrap().ended(0).unwrap();
    run(&scene, 0);
    assert_eq!(order(&scene, number)["state"], "written");
}

#[test]
fn while_vies_cannot_be_asked_the_order_waits_and_goes_on_by_itself() {
    for trouble in [Vies::Down, Vies::StateUnavailable, Vies::Garbled] {
        let (mut scene, registers) = with_registers();
        registers.holds(NUMBER, "JANSSENS BV");
        registers.vies(trouble);
        let number = belgian_order(&scene);
        run(&scene, 1);
        let held = order(&scene, number);
        assert_eq!(
            held["reason_code"], "btw-nummer-niet-gecontroleerd",
            "{trouble:?}"
        );
        assert_eq!(held["vat_check"]["verdict"], "unreachable");
        assert!(scene.books.orders().is_empty());
        // Not asked again at once, but after a while, without anybody doing anything.
        registers.vies(Vies::Answers);
        run(&scene, 0);
        assert_eq!(registers.asked().len(), 1, "{trouble:?}");
        scene.agent.set("WINKELBRUG_CLOCK_OFFSET_SECONDS", "400");
        run(&scene, 0);
        assert_eq!(order(&scene, number)["state"], "written", "{trouble:?}");
    }
}

#[test]
fn accepting_an_unchecked_number_is_a_setting() {
    let registers = Registers::start().unwrap();
    registers.vies(Vies::Down);
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("vat", "vies_url", &text(&registers.vies_url()));
    scene.profile.set("vat", "accept_unchecked", "true");
    let scene = scene.ready().unwrap();
    let number = belgian_order(&scene);
    run(&scene, 0);
    assert_eq!(order(&scene, number)["state"], "written");
}

#[test]
fn an_order_in_pounds_is_written_at_the_rate_the_owner_enters() {
    let (scene, registers) = with_registers();
    scene
        .shop
        .query("UPDATE `oc_setting` SET value = 'GBP' WHERE `key` = 'config_currency'")
        .unwrap();
    let buyer = Buyer::guest("Jo", "Test", "jo@example.com", "1234 AB");
    let goods = vec![Item::new("MOK-WIT", 2), Item::new("KOFFIE-1KG", 1)];
    let number = scene
        .shop
        .place_order(&NewOrder::new(buyer, goods))
        .unwrap();
    let placed = scene.shop.order_value(number, "date_added").unwrap();
    let today = placed.get(..10).unwrap();
    registers.publishes(today, "GBP", "0.8653");
    run(&scene, 1);
    let held = order(&scene, number);
    assert_eq!(held["reason_code"], "geen-euro");
    let hint = held["hint"].as_str().unwrap();
    assert!(
        hint.contains(&format!("retry demo {number} --rate 0.8653")),
        "{hint}"
    );
    assert!(
        scene.books.orders().is_empty(),
        "the rate offered is never used by itself"
    );

    let id = number.to_string();
    for wrong in ["0", "2000000"] {
        let refused = scene
            .agent
            .run(&["retry", "demo", &id, "--rate", wrong])
            .unwrap();
        refused.ended(2).unwrap();
    }
    let slip = scene
        .agent
        .run(&["retry", "demo", &id, "--rate", "860"])
        .unwrap();
    let slip = slip.ended(2).unwrap();
    assert!(slip.stderr.contains("0.8653 GBP"), "{}", slip.stderr);
    let entered = scene
        .agent
        .run(&["retry", "demo", &id, "--rate", "0,8653"])
        .unwrap();
    let entered = entered.ended(0).unwrap();
    assert!(entered.stdout.contains(" GBP = "), "{}", entered.stdout);
    run(&scene, 0);
    let shown = order(&scene, number);
    assert_eq!(
        (&shown["state"], &shown["exchange_rate"]),
        (&"written".into(), &"0.8653".into())
    );
    let total = scene.shop.order_value(number, "total").unwrap();
    let pounds: rust_decimal::Decimal = total.parse().unwrap();
    let booked = scene.books.order_by_reference(&id).unwrap();
    let euros = (pounds / rust_decimal::dec!(0.8653)).round_dp(2);
    assert_eq!(booked.vat.total_incl(), euros);
    assert_eq!(registers.rates_asked(), 1, "asked once for a day");
    let refused = scene
        .agent
        .run(&["retry", "demo", &id, "--rate", "1", "--json"])
        .unwrap();
    assert_ne!(refused.code, Some(0), "it is in the books");
}

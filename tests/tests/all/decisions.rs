//! What the owner decides about single orders, on the whole way.

use rust_decimal::{Decimal, dec};
use serde_json::Value;
use testbed::{
    opencart::{Buyer, Item, NewOrder},
    scene::Scene,
};

/// An order of two rates whose total a module of a third party made 3.37 less than its rows say.
fn with_hidden_discount(scene: &Scene, name: &str) -> u64 {
    let email = format!("{name}@example.com").to_lowercase();
    let buyer = Buyer::guest(name, "Test", &email, "1234 AB");
    let goods = vec![Item::new("MOK-WIT", 2), Item::new("KOFFIE-1KG", 1)];
    let number = scene
        .shop
        .place_order(&NewOrder::new(buyer, goods))
        .unwrap();
    change_total(scene, number, "- 3.37");
    number
}

fn change_total(scene: &Scene, number: u64, by: &str) {
    scene
        .shop
        .query(&format!(
            "UPDATE `oc_order` SET total = total {by}, date_modified = NOW() + INTERVAL 2 HOUR \
                WHERE order_id = {number};\
             UPDATE `oc_order_total` SET value = value {by} \
                WHERE code = 'total' AND order_id = {number}"
        ))
        .unwrap();
}

fn order(scene: &Scene, number: u64) -> Value {
    let number = number.to_string();
    let shown = scene.agent.run(&["order", "demo", &number, "--json"]);
    shown.unwrap().ended(0).unwrap().json().unwrap()
}

fn retry(scene: &Scene, number: u64, more: &[&str]) -> testbed::program::Ran {
    let number = number.to_string();
    let mut arguments = vec!["retry", "demo", &number];
    arguments.extend(more);
    scene.agent.run(&arguments).unwrap()
}

fn total_in_shop(scene: &Scene, number: u64) -> Decimal {
    let total = scene.shop.order_value(number, "total").unwrap();
    total.parse::<Decimal>().unwrap().round_dp(2)
}

#[test]
fn a_hidden_discount_is_held_and_then_booked_once_as_the_owner_chose() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let [taxed, untaxed] = ["Kees", "Anna"].map(|name| with_hidden_discount(&scene, name));
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    for number in [taxed, untaxed] {
        let held = order(&scene, number);
        assert_eq!(held["reason_code"], "totaal-verschil");
        assert_eq!(held["difference"], Value::Null);
        let hint = held["hint"].as_str().unwrap();
        assert!(hint.contains(&format!("retry demo {number} --difference discount")));
        assert!(hint.contains("--difference untaxed"), "{hint}");
    }
    assert!(scene.books.orders().is_empty());

    retry(&scene, taxed, &["--difference", "discount"])
        .ended(0)
        .unwrap();
    retry(&scene, untaxed, &["--difference", "untaxed"])
        .ended(0)
        .unwrap();
    for _ in 0..2 {
        scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    }
    assert_eq!(scene.books.orders().len(), 2, "each once");
    let shown = order(&scene, taxed);
    assert_eq!(
        (&shown["state"], &shown["difference"]),
        (&"written".into(), &"discount".into())
    );
    let words = scene
        .agent
        .run(&["order", "demo", &taxed.to_string(), "--lang", "nl"])
        .unwrap()
        .said();
    assert!(words.contains("btw naar verhouding"), "{words}");

    let booked = |number: u64| scene.books.order_by_reference(&number.to_string()).unwrap();
    let vat = |number: u64| -> Decimal { booked(number).vat.rows.iter().map(|row| row.vat).sum() };
    let of = |number: u64, prefix: &str| -> Vec<Decimal> {
        let lines = booked(number).lines;
        let found = lines.iter().filter(|line| line.code.starts_with(prefix));
        found.map(|line| line.total).collect()
    };
    for number in [taxed, untaxed] {
        assert_eq!(
            booked(number).vat.total_incl(),
            total_in_shop(&scene, number)
        );
    }
    let parts = of(taxed, "KORTING");
    assert_eq!(parts.len(), 2, "hoog and laag: {parts:?}");
    assert_eq!(parts.iter().sum::<Decimal>(), dec!(-3.37));
    assert_eq!(of(untaxed, "VERSCHIL"), [dec!(-3.37)]);
    // Between all at 9% and all at 21%.
    let less = vat(untaxed) - vat(taxed);
    assert!(less > dec!(0.27) && less < dec!(0.59), "{less}");
}

#[test]
fn a_choice_is_forgotten_when_the_shop_changes_the_order_or_it_is_offered_again_plainly() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let number = with_hidden_discount(&scene, "Piet");
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    retry(&scene, number, &["--difference", "untaxed"])
        .ended(0)
        .unwrap();
    assert_eq!(order(&scene, number)["difference"], "untaxed");
    change_total(&scene, number, "- 1.00");
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    let held = order(&scene, number);
    assert_eq!(
        (&held["state"], &held["difference"]),
        (&"held".into(), &Value::Null)
    );
    assert!(held["reason"].as_str().unwrap().contains("-4.37"), "{held}");

    retry(&scene, number, &["--difference", "discount"])
        .ended(0)
        .unwrap();
    retry(&scene, number, &[]).ended(0).unwrap();
    assert_eq!(order(&scene, number)["difference"], Value::Null);
    change_total(&scene, number, "+ 4.37");
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert_eq!(order(&scene, number)["state"], "written");
    assert_eq!(scene.books.orders().len(), 1);
    assert!(
        retry(&scene, number, &["--difference", "discount"]).code != Some(0),
        "it is in the books"
    );
}

fn said(scene: &Scene, arguments: &[&str]) -> String {
    let mut all = arguments.to_vec();
    all.extend(["--lang", "nl"]);
    scene.agent.run(&all).unwrap().said()
}

#[test]
fn a_waiting_order_is_told_with_its_remedy_and_takes_a_choice_also_after_it_was_offered_again() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let number = with_hidden_discount(&scene, "Piet");
    let typed = number.to_string();
    let first = said(&scene, &["run", "demo"]);
    assert!(
        first.contains("klaar; er zijn punten die uw aandacht vragen"),
        "{first}"
    );
    for told in [first, said(&scene, &["orders", "demo", "--state", "held"])] {
        let remedy = format!("totaal-verschil ({typed}): ");
        assert!(told.contains("Wat u kunt doen:"), "{told}");
        assert_eq!(told.matches(&remedy).count(), 1, "{told}");
    }
    // Also when nothing else happens.
    let told = said(&scene, &["run", "demo"]);
    assert!(told.contains("Er wacht 1 bestelling op u: "), "{told}");
    let shown = said(&scene, &["order", "demo", &typed]);
    for part in [
        "reden: totaal-verschil",
        "Piet Test",
        "1234 AB",
        "piet@example.com",
        "    2 × ",
        "btw in de winkel",
        "betaalwijze",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }

    retry(&scene, number, &[]).ended(0).unwrap();
    let told = said(&scene, &["retry", "demo", "--held"]);
    assert!(told.contains("Er wacht niets op u."), "{told}");
    for difference in ["untaxed", "discount"] {
        retry(&scene, number, &["--difference", difference])
            .ended(0)
            .unwrap();
    }
    assert_eq!(order(&scene, number)["difference"], "discount");
    let told = said(&scene, &["skip", "demo", &typed, "--why", "toch niet"]);
    assert!(told.contains("wordt overgeslagen"), "{told}");
}

#[test]
fn an_order_without_a_difference_takes_no_choice() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let buyer = Buyer::guest("Jo", "Test", "jo@example.com", "1234 AB");
    let number = scene
        .shop
        .place_order(&NewOrder {
            status: testbed::opencart::Status::Pending,
            ..NewOrder::new(buyer, vec![Item::new("MOK-WIT", 1)])
        })
        .unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let refused = retry(&scene, number, &["--difference", "discount", "--json"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_eq!(refused.json().unwrap()["error"]["code"], "no-difference");
}

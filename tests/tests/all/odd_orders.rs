//! Orders that contradict themselves, out of a real shop's tables.

use rust_decimal::{Decimal, dec};
use serde_json::Value;
use testbed::{
    agreement,
    opencart::{Buyer, Item, NewOrder},
    scene::Scene,
    snelstart::NewArticle,
};

fn order(scene: &Scene, name: &str) -> u64 {
    let email = format!("{name}@example.com").to_lowercase();
    let buyer = Buyer::guest(name, "Test", &email, "1234 AB");
    let order = NewOrder::new(buyer, vec![Item::new("MOK-WIT", 2)]);
    scene.shop.place_order(&order).unwrap()
}

fn sql(scene: &Scene, statement: &str) {
    scene.shop.query(statement).unwrap();
}

fn shown(scene: &Scene, number: u64) -> Value {
    let number = number.to_string();
    let shown = scene.agent.run(&["order", "demo", &number, "--json"]);
    shown.unwrap().ended(0).unwrap().json().unwrap()
}

#[test]
fn orders_that_contradict_themselves_are_written_right_or_held_saying_what_is_odd() {
    let scene = Scene::empty().unwrap();
    scene
        .books
        .add_article(NewArticle::new("MOK-WIT", "Mok Ochtend", "Hoog").stocked(50))
        .unwrap();
    let scene = scene.ready().unwrap();
    let [spaced, empty, undated, costly] =
        ["Spatie", "Leeg", "Datum", "Duur"].map(|name| order(&scene, name));
    sql(
        &scene,
        &format!("UPDATE `oc_order_product` SET model = ' MOK-WIT ' WHERE order_id = {spaced}"),
    );
    for (number, total) in [(empty, "0"), (costly, "10")] {
        sql(
            &scene,
            &format!(
                "INSERT INTO `oc_order_product` (order_id, product_id, name, model, quantity, \
                    price, total, tax, reward) \
                 SELECT order_id, product_id, 'Niets', model, 0, price, {total}, tax, 0 \
                 FROM `oc_order_product` WHERE order_id = {number}"
            ),
        );
    }
    sql(
        &scene,
        &format!(
            "SET SESSION sql_mode = ''; \
             UPDATE `oc_order` SET date_added = '0000-00-00 00:00:00' WHERE order_id = {undated}"
        ),
    );
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();

    for number in [spaced, empty] {
        agreement::totals_agree(&scene, number).unwrap();
        let order = scene.books.order_by_reference(&number.to_string()).unwrap();
        let mugs: Vec<Decimal> = order
            .lines
            .iter()
            .filter(|line| line.code == "MOK-WIT")
            .map(|line| line.quantity)
            .collect();
        assert_eq!(mugs, [dec!(2)], "{number}");
    }
    let free = scene.books.article_by_code("MOK-WIT").unwrap().free_stock;
    assert_eq!(free, dec!(46), "two orders of two pieces");
    for (number, code, word) in [
        (undated, "orderdatum-ontbreekt", "0000-00-00"),
        (costly, "regel-tegenstrijdig", "Niets"),
    ] {
        let held = shown(&scene, number);
        assert_eq!(
            (&held["state"], &held["reason_code"]),
            (&"held".into(), &code.into())
        );
        assert!(held["reason"].as_str().unwrap().contains(word), "{held}");
        assert!(!held["hint"].as_str().unwrap().is_empty());
    }
}

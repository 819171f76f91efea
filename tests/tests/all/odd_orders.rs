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

#[test]
fn days_that_cannot_be_amounts_that_are_missing_and_pieces_against_money_are_held_each_for_what_it_is()
 {
    let scene = Scene::empty().unwrap();
    scene
        .books
        .add_article(NewArticle::new("MOK-WIT", "Mok Ochtend", "Hoog").stocked(50))
        .unwrap();
    let scene = scene.ready().unwrap();
    let [good, late, never, no_total, no_price, against] =
        ["Goed", "Laat", "Nooit", "Totaal", "Prijs", "Tegen"].map(|name| order(&scene, name));
    sql(
        &scene,
        "SET SESSION sql_mode = ''; ALTER TABLE `oc_order` MODIFY total DECIMAL(15,4) NULL; \
         ALTER TABLE `oc_order_product` MODIFY total DECIMAL(15,4) NULL",
    );
    for (number, day) in [
        (late, "2999-12-31 12:00:00"),
        (never, "2024-00-15 12:00:00"),
    ] {
        sql(
            &scene,
            &format!(
                "SET SESSION sql_mode = ''; \
                 UPDATE `oc_order` SET date_added = '{day}' WHERE order_id = {number}"
            ),
        );
    }
    for statement in [
        format!("UPDATE `oc_order` SET total = NULL WHERE order_id = {no_total}"),
        format!("UPDATE `oc_order_product` SET total = NULL WHERE order_id = {no_price}"),
        format!("UPDATE `oc_order_product` SET quantity = -2 WHERE order_id = {against}"),
    ] {
        sql(&scene, &statement);
    }
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    agreement::totals_agree(&scene, good).unwrap();
    for (number, code, word) in [
        (late, "orderdatum-onwaarschijnlijk", "2999"),
        (never, "orderdatum-onwaarschijnlijk", "2024-00-15"),
        (no_total, "bedrag-ontbreekt", "total"),
        (no_price, "bedrag-ontbreekt", "total"),
        (against, "regel-tegenstrijdig", "-2"),
    ] {
        let held = shown(&scene, number);
        assert_eq!(
            (&held["state"], &held["reason_code"]),
            (&"held".into(), &code.into()),
            "{held}"
        );
        assert!(held["reason"].as_str().unwrap().contains(word), "{held}");
        assert!(!held["hint"].as_str().unwrap().is_empty());
    }
    assert_eq!(scene.books.orders().len(), 1);
}

/// As where the shop's database was put back and numbers on from there.
#[test]
fn another_order_under_the_number_of_one_that_is_booked_is_told_as_such_and_not_as_an_edit() {
    let scene = Scene::empty().unwrap();
    scene
        .books
        .add_article(NewArticle::new("MOK-WIT", "Mok Ochtend", "Hoog").stocked(50))
        .unwrap();
    let scene = scene.ready().unwrap();
    let number = order(&scene, "Eerste");
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    sql(
        &scene,
        &format!(
            "UPDATE `oc_order` SET firstname = 'Ander', payment_firstname = 'Ander', \
                email = 'ander@example.com', comment = 'x', \
                date_added = date_added + INTERVAL 1 DAY, date_modified = NOW() \
             WHERE order_id = {number}"
        ),
    );
    let ran = scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    assert!(ran.words().contains("another order now"), "{}", ran.said());
    let told = shown(&scene, number);
    let items = told["attention"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{told}");
    let item = items[0].as_str().unwrap();
    assert!(item.contains("another order now"), "{item}");
    let skip = ["skip", "demo", &number.to_string(), "--why", "ingevoerd"];
    scene.agent.run(&skip).unwrap().ended(0).unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert_eq!(scene.books.orders().len(), 1);
}

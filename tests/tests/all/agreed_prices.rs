//! Lines with the books' own prices: what was agreed with this customer, for this quantity, on
//! this day.

use rust_decimal::{Decimal, dec};
use serde_json::Value;
use testbed::{
    agreement,
    opencart::{Buyer, Item, NewOrder},
    profile::text,
    scene::Scene,
    snelstart::{Agreement, NewArticle, NewRelation},
};

const MUG: &str = "MOK-WIT";

fn order(scene: &Scene, pieces: u32) -> u64 {
    let buyer = Buyer::guest("Vaste", "Klant", "vast@example.com", "1234 AB");
    let order = NewOrder::new(buyer, vec![Item::new(MUG, pieces)]);
    scene.shop.place_order(&order).unwrap()
}

/// What the shop asks for one mug, with VAT.
fn shop_price(scene: &Scene, number: u64) -> Decimal {
    let rows = scene
        .shop
        .query(&format!(
            "SELECT price + tax FROM `oc_order_product` WHERE order_id = {number}"
        ))
        .unwrap();
    rows[0][0].parse::<Decimal>().unwrap().round_dp(2)
}

fn asked(scene: &Scene) -> usize {
    let requests = scene.books.requests();
    let all = requests.all();
    all.iter()
        .filter(|request| request.path.ends_with("/prijsafspraken"))
        .count()
}

fn shown(scene: &Scene, number: u64) -> Value {
    let number = number.to_string();
    let shown = scene.agent.run(&["order", "demo", &number, "--json"]);
    shown.unwrap().ended(0).unwrap().json().unwrap()
}

fn mug_prices(scene: &Scene, number: u64) -> Vec<Decimal> {
    let order = scene.books.order_by_reference(&number.to_string()).unwrap();
    let lines = order.lines.into_iter().filter(|line| line.code == MUG);
    lines.map(|line| line.unit_price).collect()
}

#[test]
fn prices_agreed_by_customer_and_quantity_are_read_and_sent_and_the_total_still_rules() {
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("sales", "lines", &text("code-and-quantity"));
    let article = scene
        .books
        .add_article(NewArticle::new(MUG, "Mok Ochtend", "Hoog").priced(dec!(99)))
        .unwrap();
    let relation = scene.books.add_relation(NewRelation {
        name: "Vaste Klant".to_owned(),
        email: "vast@example.com".to_owned(),
        address: ("Dorpsstraat 1".into(), "1234AB".into(), "Assen".into()),
        country: "NL".to_owned(),
        vat_number: String::new(),
        code: None,
    });
    let scene = scene.ready().unwrap();
    let (two, one) = (order(&scene, 2), order(&scene, 1));
    let price = shop_price(&scene, two);
    scene.books.add_price_agreement(Agreement {
        from: dec!(2),
        ..Agreement::new(relation, article, price)
    });
    // Nobody is agreed with at this price any more: it may not be used.
    scene.books.add_price_agreement(Agreement {
        until: Some("2020-01-01".parse().unwrap()),
        ..Agreement::new(relation, article, dec!(1))
    });

    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    assert_eq!(mug_prices(&scene, two), [price]);
    agreement::totals_agree(&scene, two).unwrap();
    let held = shown(&scene, one);
    assert_eq!(
        (&held["state"], &held["reason_code"]),
        (&"held".into(), &"totaal-verschil".into())
    );
    assert_eq!(asked(&scene), 2, "once for each quantity");
    scene.agent.run(&["run", "demo"]).unwrap();
    assert_eq!(asked(&scene), 2, "a held order does not ask at every run");

    let number = one.to_string();
    scene
        .agent
        .run(&["retry", "demo", &number, "--difference", "discount"])
        .unwrap()
        .ended(0)
        .unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert_eq!(mug_prices(&scene, one), [dec!(99)]);
    agreement::totals_agree(&scene, one).unwrap();
    agreement::requests_were_sound(&scene).unwrap();
}

#[test]
fn lines_with_the_shops_prices_ask_for_none() {
    let scene = Scene::empty().unwrap();
    scene
        .books
        .add_article(NewArticle::new(MUG, "Mok Ochtend", "Hoog").priced(dec!(99)))
        .unwrap();
    let scene = scene.ready().unwrap();
    let number = order(&scene, 2);
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    agreement::totals_agree(&scene, number).unwrap();
    assert_eq!(asked(&scene), 0);
}

#[test]
fn where_nothing_was_agreed_the_article_files_price_holds() {
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("sales", "lines", &text("code-and-quantity"));
    let scene = scene.ready().unwrap();
    // The first order makes article and relation at the shop's price.
    let first = order(&scene, 1);
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let second = order(&scene, 3);
    scene.books.knobs(|knobs| knobs.normal_price_row = false);
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    for number in [first, second] {
        agreement::totals_agree(&scene, number).unwrap();
    }
    assert_eq!(mug_prices(&scene, second), [shop_price(&scene, second)]);
}

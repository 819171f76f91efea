//! An order's own fields, the whole way: from the shop into the books by the program's commands.

use rust_decimal::{Decimal, dec};
use serde_json::Value;
use testbed::{
    agreement,
    opencart::{Buyer, Item, NewOrder},
    profile::text,
    scene::Scene,
    snelstart::{Json, NewArticle, RecipeStock, SeenOrder},
};

const MUG: &str = "MOK-WIT";

fn order(scene: &Scene, name: &str) -> u64 {
    let email = format!("{}@example.com", name.to_lowercase());
    let buyer = Buyer::guest("Klant", name, &email, "1234 AB");
    let order = NewOrder::new(buyer, vec![Item::new(MUG, 2)]);
    scene.shop.place_order(&order).unwrap()
}

fn booked(scene: &Scene, number: u64) -> SeenOrder {
    scene.books.order_by_reference(&number.to_string()).unwrap()
}

fn run(scene: &Scene) {
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
}

/// Name of the order's template.
fn template(scene: &Scene, order: &SeenOrder) -> String {
    let id = order.doc.reference("verkoopordersjabloon").unwrap();
    scene.books.read(|world| {
        let template = world.templates.get(id).unwrap();
        template.doc.text("omschrijving").unwrap().to_owned()
    })
}

#[test]
fn customers_with_history_get_their_last_template_and_new_ones_the_default() {
    let mut scene = Scene::empty().unwrap();
    scene.profile.set("sales", "template_follow_last", "true");
    let scene = scene.ready().unwrap();
    let (known, new) = (order(&scene, "Vast"), order(&scene, "Nieuw"));
    run(&scene);
    for number in [known, new] {
        assert_eq!(template(&scene, &booked(&scene, number)), "Webshop");
    }
    // Somebody in the books gives one of them another template.
    let first = booked(&scene, known).id;
    scene.books.edit(|world, now| {
        let mut templates = world.templates.iter();
        let wanted = templates.find(|t| t.doc.text("omschrijving") == Some("Standaard"));
        let wanted = wanted.unwrap().id;
        drop(templates);
        let order = world.orders.get_mut(first).unwrap();
        let to = Json::parse(&format!(r#"{{"id":"{wanted}"}}"#)).unwrap();
        order.doc.set("verkoopordersjabloon", to);
        order.modified = now;
    });
    let (known, new, third) = (
        order(&scene, "Vast"),
        order(&scene, "Nieuw"),
        order(&scene, "Derde"),
    );
    run(&scene);
    assert_eq!(template(&scene, &booked(&scene, known)), "Standaard");
    assert_eq!(template(&scene, &booked(&scene, new)), "Webshop");
    assert_eq!(template(&scene, &booked(&scene, third)), "Webshop");
    agreement::requests_were_sound(&scene).unwrap();
}

#[test]
fn where_the_shop_invoices_no_order_waits_to_be_invoiced_again() {
    let mut scene = Scene::empty().unwrap();
    scene.profile.set("sales", "invoiced_by", &text("shop"));
    let scene = scene.ready().unwrap();
    let number = order(&scene, "Vast");
    run(&scene);
    let seen = booked(&scene, number);
    assert!(seen.blocked);
    assert!(seen.doc.text("memo").unwrap().contains("Niet factureren"));
    agreement::totals_agree(&scene, number).unwrap();
    let relation = scene.books.relation_by_code(seen.relation_code).unwrap();
    let mail = relation.doc.get("factuurEmailVersturen");
    assert_ne!(
        mail.and_then(|mail| mail.flag("shouldSend")),
        Some(true),
        "the books mail him no invoice"
    );
    agreement::requests_were_sound(&scene).unwrap();
}

#[test]
fn where_snelstart_invoices_the_order_stands_ready_for_it() {
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("sales", "invoiced_by", &text("snelstart"));
    scene.profile.set("customers", "invoice_by_email", "true");
    let scene = scene.ready().unwrap();
    let number = order(&scene, "Vast");
    run(&scene);
    let seen = booked(&scene, number);
    assert!(!seen.blocked);
    assert!(seen.doc.text("memo").is_none_or(str::is_empty));
    let relation = scene.books.relation_by_code(seen.relation_code).unwrap();
    let mail = relation.doc.get("factuurEmailVersturen").unwrap();
    assert_eq!(mail.flag("shouldSend"), Some(true));
}

#[test]
fn a_recipe_is_written_alone_with_its_parts_or_held_as_the_owner_says() {
    for (recipes, lines, cups) in [
        ("true", 1, dec!(40)),
        ("\"always\"", 2, dec!(34)),
        ("\"ask\"", 0, dec!(40)),
    ] {
        let mut scene = Scene::empty().unwrap();
        scene.profile.set("sales", "recipes", recipes);
        scene
            .books
            .knobs(|knobs| knobs.recipes = RecipeStock::Lines);
        let mug = NewArticle::new(MUG, "Mok Ochtend", "Hoog");
        scene.books.add_article(mug).unwrap();
        let part = NewArticle::new("KOP", "Kop", "Hoog").stocked(40);
        scene.books.add_article(part).unwrap();
        scene
            .books
            .set_parts(MUG, &[("KOP", Decimal::from(3))])
            .unwrap();
        let scene = scene.ready().unwrap();
        let number = order(&scene, "Vast");
        let ran = scene.agent.run(&["run", "demo"]).unwrap();
        let left = scene.books.article_by_code("KOP").unwrap().free_stock;
        assert_eq!(left, cups, "{recipes}");
        if lines == 0 {
            ran.ended(1).unwrap();
            let number = number.to_string();
            let shown = scene.agent.run(&["order", "demo", &number, "--json"]);
            let shown: Value = shown.unwrap().ended(0).unwrap().json().unwrap();
            assert_eq!(shown["reason_code"], "recept-kiezen");
            continue;
        }
        ran.ended(0).unwrap();
        agreement::totals_agree(&scene, number).unwrap();
        let written = booked(&scene, number).lines;
        let goods = written
            .iter()
            .filter(|line| line.code == MUG || line.code == "KOP");
        assert_eq!(goods.count(), lines, "{recipes}");
    }
}

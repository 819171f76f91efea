//! Extra values of real shops in the fields of the books, the whole way.

use std::collections::BTreeSet;

use serde_json::Value;
use testbed::{
    hosted::RecordedShop,
    opencart::{Buyer, Item, NewOrder},
    profile::text,
    program::Winkelbrug,
    scene::Scene,
    snelstart::{ExtraField, Json, NewArticle, Options},
    truth, woocommerce,
};

use crate::translate_shops::woocommerce as of_woocommerce;

fn value(doc: &Json, place: &str, name: &str) -> Option<String> {
    doc.list(place)
        .iter()
        .find(|field| field.text("naam") == Some(name))
        .and_then(|field| field.text("waarde"))
        .map(str::to_owned)
}

fn field_of_shop(scene: &Scene, id: u32, place: &str, name: &str) {
    scene
        .shop
        .query(&format!(
            "INSERT INTO `oc_custom_field` VALUES ({id}, 'text', '', '', '{place}', 1, {id});\
             INSERT INTO `oc_custom_field_description` VALUES ({id}, 1, '{name}'), ({id}, 2, '{name}')"
        ))
        .unwrap();
}

/// Steps of `check`, by name.
fn step(scene: &Scene, name: &str) -> Value {
    let checked = scene.agent.run(&["check", "demo", "--json"]).unwrap();
    let checked = checked.json().unwrap();
    let steps = checked["steps"].as_array().unwrap();
    let found = steps.iter().find(|step| step["name"] == name);
    found
        .cloned()
        .unwrap_or_else(|| panic!("no {name}: {checked}"))
}

#[test]
fn five_mappings_of_an_opencart_shop_reach_order_relation_and_article() {
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("articles", "code_field", &text("Web code"));
    scene
        .profile
        .map(
            &["customer.custom.Lievelingskleur"],
            "relation.extra.Kleur voorkeur",
            &["upper"],
        )
        .map(
            &["invoice.custom.Kostendrager"],
            "order.reference",
            &["before Afd."],
        )
        .map(
            &["customer.custom.Bezorgdag"],
            "order.memo",
            &["date-nl", "before Bezorgen:"],
        )
        .map(
            &["customer.custom.Nergens", "text:webwinkel"],
            "article.extra.Herkomst",
            &[],
        )
        .map(
            &["customer.custom.Leeftijd"],
            "relation.extra.Leeftijd",
            &["number"],
        );
    let scene = scene.ready().unwrap();
    scene.books.edit(|world, _| {
        world.customer_fields = vec![
            ExtraField::text("Kleur voorkeur"),
            ExtraField::of("Leeftijd", "Integer"),
        ];
        world.article_fields = vec![ExtraField::text("Web code"), ExtraField::text("Herkomst")];
    });
    for (id, place, name) in [
        (21, "account", "Lievelingskleur"),
        (22, "address", "Kostendrager"),
        (23, "account", "Bezorgdag"),
        (24, "account", "Leeftijd"),
    ] {
        field_of_shop(&scene, id, place, name);
    }
    // One article is there already, under a number of its own.
    let mug = scene
        .books
        .add_article(NewArticle::new("10045", "Mok", "Hoog"))
        .unwrap();
    scene.books.edit(|world, now| {
        let record = world.articles.get_mut(mug).unwrap();
        let field = Json::Object(vec![
            ("naam".to_owned(), "Web code".into()),
            ("waarde".to_owned(), "MOK-WIT".into()),
        ]);
        record.doc.set("extraVelden", vec![field]);
        record.modified = now;
    });
    let buyer = Buyer::guest("Kees", "Test", "kees@example.com", "1234 AB");
    let items = vec![Item::new("MOK-WIT", 1), Item::new("KOFFIE-1KG", 1)];
    let number = scene
        .shop
        .place_order(&NewOrder::new(buyer, items))
        .unwrap();
    scene
        .shop
        .query(&format!(
            "UPDATE `oc_order` SET custom_field = '{{\"21\":\"rood\",\"23\":\"2026-11-26\",\"24\":\"41 jaar\"}}', \
                payment_custom_field = '{{\"22\":\"Inkoop\"}}' WHERE order_id = {number}"
        ))
        .unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();

    let order = scene.books.order_by_reference(&number.to_string()).unwrap();
    assert_eq!(order.order_reference, "Afd. Inkoop");
    let memo = scene.books.read(|world| {
        let record = world.orders.get(order.id).unwrap();
        record.doc.text("memo").unwrap_or_default().to_owned()
    });
    assert!(memo.ends_with("Bezorgen: 26-11-2026"), "{memo}");
    let relation = scene.books.relation_by_code(order.relation_code).unwrap();
    let of_relation = |name| value(&relation.doc, "extraVeldenKlant", name);
    assert_eq!(of_relation("Kleur voorkeur").as_deref(), Some("ROOD"));
    assert!(
        relation.doc.list("extraVeldenKlant").len() == 2,
        "{:?}",
        relation.doc
    );

    let codes: Vec<&str> = order.lines.iter().map(|line| line.code.as_str()).collect();
    assert!(codes.contains(&"10045"), "{codes:?}");
    let coffee = scene.books.article_by_code("KOFFIE-1KG").unwrap();
    let of_coffee = |name| value(&coffee.doc, "extraVelden", name);
    assert_eq!(of_coffee("Web code").as_deref(), Some("KOFFIE-1KG"));
    assert_eq!(of_coffee("Herkomst").as_deref(), Some("webwinkel"));
    let mug = scene.books.article_by_code("10045").unwrap();
    assert_eq!(
        value(&mug.doc, "extraVelden", "Herkomst").as_deref(),
        Some("webwinkel")
    );

    let unseen = step(&scene, "mapping-customer");
    assert_eq!(unseen["attention"], true);
    assert!(
        unseen["message"].as_str().unwrap().contains("Nergens"),
        "{unseen}"
    );
    assert_eq!(step(&scene, "extra-fields-articles")["ok"], true);
    scene.books.edit(|world, _| world.customer_fields.clear());
    let gone = step(&scene, "extra-fields-customers");
    assert_eq!(gone["ok"], false);
    assert!(
        gone["message"].as_str().unwrap().contains("Kleur voorkeur"),
        "{gone}"
    );
}

#[test]
fn meta_values_of_a_woocommerce_shop_reach_the_books() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let shop = woocommerce::TABLES.start(&shared).unwrap();
    shop.database()
        .execute(
            "INSERT INTO wp7_wc_orders_meta (order_id, meta_key, meta_value) \
                SELECT id, 'bezorgmoment', '26-11-2026' FROM wp7_wc_orders WHERE type = 'shop_order'; \
             INSERT INTO wp7_wc_orders_meta (order_id, meta_key, meta_value) \
                SELECT id, '_billing_afdeling', 'inkoop' FROM wp7_wc_orders WHERE type = 'shop_order'",
        )
        .unwrap();
    let options = Options {
        foreign_vat: true,
        article_code_length: 64,
        ..Options::default()
    };
    let mut scene: Scene<RecordedShop> =
        Scene::of(shop, options, Winkelbrug::under_test().unwrap()).unwrap();
    for (class, kind) in of_woocommerce::GROUPS {
        let group = match kind {
            "hoog" => "Hoog btw (goederen)",
            "laag" => "Laag btw (goederen)",
            _ => "Geen btw (goederen)",
        };
        scene
            .profile
            .set("articles.revenue_groups", class, &text(group));
    }
    scene
        .profile
        .map(
            &["order.custom.bezorgmoment"],
            "order.memo",
            &["date", "before Leveren"],
        )
        .map(
            &["invoice.custom.afdeling", "customer.custom.afdeling"],
            "relation.extra.Afdeling",
            &["upper"],
        )
        .map(
            &["order.custom.kleur", "text:webwinkel"],
            "order.memo",
            &["cut 3"],
        )
        .map(
            &["product.code"],
            "article.extra.Winkelcode",
            &["replace _ => -"],
        )
        .map(&["product.category"], "article.extra.Rubriek", &["lower"]);
    let scene = scene.ready().unwrap();
    scene.books.edit(|world, _| {
        world.customer_fields = vec![ExtraField::text("Afdeling")];
        world.article_fields = vec![ExtraField::text("Winkelcode"), ExtraField::text("Rubriek")];
    });
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    let orders = scene.books.orders();
    assert!(orders.len() > 20, "{}", orders.len());
    for order in &orders {
        let memo = scene.books.read(|world| {
            let record = world.orders.get(order.id).unwrap();
            record.doc.text("memo").unwrap_or_default().to_owned()
        });
        assert!(
            memo.contains("Leveren 2026-11-26\nweb"),
            "{}: {memo}",
            order.number
        );
        let relation = scene.books.relation_by_code(order.relation_code).unwrap();
        assert_eq!(
            value(&relation.doc, "extraVeldenKlant", "Afdeling").as_deref(),
            Some("INKOOP")
        );
    }
    let made: Vec<_> = scene
        .books
        .articles()
        .into_iter()
        .filter(|article| value(&article.doc, "extraVelden", "Winkelcode").is_some())
        .collect();
    assert!(made.len() > 3, "{}", made.len());
    for article in &made {
        let code = value(&article.doc, "extraVelden", "Winkelcode").unwrap();
        assert!(!code.contains('_'), "{code}");
    }
}

#[test]
fn fields_that_are_nowhere_are_named_by_check_and_hold_an_order_before_its_relation_is_made() {
    let mut scene = Scene::demo().unwrap();
    crate::erasing::on_trial_books(&mut scene);
    scene
        .profile
        .set("sales.order_fields", "seller", &text("Verkoper"))
        .map(&["text:webwinkel"], "relation.extra.Herkomst", &[]);
    let scene = scene.ready().unwrap();
    let relations = || {
        let shown = scene.agent.run(&["books", "demo", "relations", "--json"]);
        shown.unwrap().json().unwrap().as_array().unwrap().len()
    };
    let field = step(&scene, "order-fields");
    assert_eq!(field["attention"], true, "{field}");
    assert!(
        field["message"]
            .as_str()
            .unwrap()
            .contains("Verkoper (seller)"),
        "{field}"
    );
    let extra = step(&scene, "extra-fields-customers");
    assert_eq!(extra["code"], "extra-field-unknown", "{extra}");
    assert!(
        extra["message"].as_str().unwrap().contains("Herkomst"),
        "{extra}"
    );

    // Nothing can be made on these books: that is not advised.
    let hint = extra["hint"].as_str().unwrap();
    assert!(hint.contains("[[mapping]]"), "{extra}");
    assert!(!hint.contains("Make the field"), "{extra}");

    let before = relations();
    let trial = scene
        .agent
        .run(&["run", "demo", "--dry-run", "--json"])
        .unwrap();
    let trial = trial.json().unwrap();
    let told: BTreeSet<String> = trial["plans"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|plan| plan["outcome"] == "held")
        .map(|plan| plan["number"].as_str().unwrap().to_owned())
        .collect();
    let ran = scene.agent.run(&["run", "demo", "--json"]).unwrap();
    let ran = ran.json().unwrap();
    assert_eq!(ran["created"]["relations"], 0, "{ran:#}");
    assert_eq!(relations(), before);
    let held = scene
        .agent
        .run(&["orders", "demo", "--state", "held", "--json"]);
    let held = held.unwrap().json().unwrap();
    let numbers: BTreeSet<String> = held
        .as_array()
        .unwrap()
        .iter()
        .map(|order| order["number"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told, numbers, "a trial run says what the run does");
    let of_field = |order: &&Value| order["reason_code"] == "extra-field-unknown";
    assert!(
        held.as_array()
            .unwrap()
            .iter()
            .any(|order| of_field(&order)),
        "{held:#}"
    );
}

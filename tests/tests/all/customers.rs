//! Customers on the whole way: a tie settled by hand, a link that outlives an e-mail address, the
//! combined search over the mirror.

use serde_json::Value;
use testbed::{
    opencart::{Buyer, Item, NewOrder},
    profile::text,
    scene::Scene,
    snelstart::NewRelation,
};

fn place(scene: &Scene, buyer: &Buyer) -> String {
    let order = NewOrder::new(buyer.clone(), vec![Item::new("MOK-WIT", 1)]);
    scene.shop.place_order(&order).unwrap().to_string()
}

fn run(scene: &Scene, code: i32) {
    scene
        .agent
        .run(&["run", "demo"])
        .unwrap()
        .ended(code)
        .unwrap();
}

fn order(scene: &Scene, number: &str) -> Value {
    let shown = scene.agent.run(&["order", "demo", number, "--json"]);
    shown.unwrap().ended(0).unwrap().json().unwrap()
}

fn link(scene: &Scene, arguments: &[&str]) -> Value {
    let mut all = vec!["link", "demo"];
    all.extend(arguments);
    all.push("--json");
    let told = scene.agent.run(&all).unwrap().ended(0).unwrap();
    told.json().unwrap()
}

fn relation(name: &str, email: &str, street: &str) -> NewRelation {
    NewRelation {
        name: name.to_owned(),
        email: email.to_owned(),
        address: (
            street.to_owned(),
            "1234 AB".to_owned(),
            "Ons Dorp".to_owned(),
        ),
        country: "NL".to_owned(),
        ..NewRelation::default()
    }
}

fn code_of(scene: &Scene, number: &str) -> i64 {
    scene
        .books
        .order_by_reference(number)
        .unwrap()
        .relation_code
}

#[test]
fn a_tie_is_settled_by_the_command_its_hint_gives() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    for name in ["Kees Test", "K. Test"] {
        scene
            .books
            .add_relation(relation(name, "kees@example.com", "Dorpsstraat 1"));
    }
    let buyer = Buyer::guest("Kees", "Test", "kees@example.com", "1234 AB");
    let number = place(&scene, &buyer);
    run(&scene, 1);
    let held = order(&scene, &number);
    assert_eq!(held["reason_code"], "klant-niet-eenduidig");
    let hint = held["hint"].as_str().unwrap().to_owned();
    let command = hint
        .split("winkelbrug ")
        .nth(1)
        .and_then(|rest| rest.split(" (").next())
        .unwrap();
    let words: Vec<&str> = command.split(' ').collect();
    // The program knows its data folder already; a person types it along.
    assert_eq!(words[0], "--data-dir");
    let words = &words[2..];
    assert_eq!(&words[..3], ["link", "demo", &format!("order:{number}")]);
    scene.agent.run(words).unwrap().ended(0).unwrap();
    run(&scene, 0);
    let code: i64 = words[3].parse().unwrap();
    assert_eq!(code_of(&scene, &number), code);
    let second = place(&scene, &buyer);
    run(&scene, 0);
    assert_eq!(
        code_of(&scene, &second),
        code,
        "his next order asks nothing"
    );
    let links = link(&scene, &[]);
    assert_eq!(links[0]["code"], code);
    assert!(!links.to_string().contains("kees@"), "{links}");
}

#[test]
fn a_link_by_hand_survives_an_e_mail_change_and_can_be_taken_back() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let mut buyer = Buyer::guest("Anna", "de Wit", "anna.dewit@example.com", "1234 AB");
    buyer.customer_id = Some(1);
    scene.books.add_relation(relation(
        "Hotel De Witte Anna",
        "hotel@example.com",
        "Plein 2",
    ));
    let hotel = scene
        .books
        .relations()
        .into_iter()
        .find(|relation| relation.email == "hotel@example.com")
        .unwrap()
        .code;
    // Nothing is known of him yet: perhaps an order's number was typed.
    let doubtful = ["link", "demo", "1", &hotel.to_string()];
    let refused = scene.agent.run(&doubtful).unwrap();
    assert_eq!(refused.code, Some(2), "{}", refused.said());
    assert!(refused.said().contains("order:1"), "{}", refused.said());
    let told = link(&scene, &["1", &hotel.to_string(), "--yes"]);
    assert_eq!(told["name"], "Hotel De Witte Anna");
    assert_eq!(
        (&told["linked"], &told["code"]),
        (&true.into(), &hotel.into())
    );
    let first = place(&scene, &buyer);
    buyer.email = "geheel.nieuw@example.com".to_owned();
    let second = place(&scene, &buyer);
    run(&scene, 0);
    assert_eq!(code_of(&scene, &first), hotel);
    assert_eq!(code_of(&scene, &second), hotel);

    let refused = scene.agent.run(&["link", "demo", "1", "999999"]).unwrap();
    assert_ne!(refused.code, Some(0));
    assert!(refused.said().contains("999999"));
    // By the key as the list has it.
    let listed = link(&scene, &[])[0]["customer"].clone();
    assert_eq!(listed, "account:1");
    assert_eq!(link(&scene, &["account:1", "--unlink"])["linked"], false);
    assert_eq!(link(&scene, &[]), Value::Array(Vec::new()));
}

#[test]
fn a_code_given_to_another_account_recognises_nobody_and_renames_nobody() {
    let mut scene = Scene::empty().unwrap();
    for (key, value) in [("recognition", "code"), ("handling", "add-and-update")] {
        scene.profile.set("customers", key, &text(value));
    }
    let scene = scene.ready().unwrap();
    let buys = |name: &str, account: Option<u64>| {
        let email = format!("{name}@example.com").to_lowercase();
        let mut buyer = Buyer::guest("Jo", name, &email, "1234 AB");
        buyer.customer_id = account;
        let number = place(&scene, &buyer);
        run(&scene, 0);
        code_of(&scene, &number)
    };
    // The next free code, which is the number of another account.
    let first = buys("Smit", Some(1));
    let guest = buys("Gast", None);
    let other = buys("Bakker", u64::try_from(first).ok());
    assert!(other != first && other != guest, "{first} {guest} {other}");
    assert_eq!(buys("Bakker", u64::try_from(first).ok()), other);
    assert_eq!(buys("Smit", Some(1)), first);
    let own = buys("Visser", Some(4_000_000));
    assert_eq!(own, 4_000_000, "a free one is his");
    let known = scene.books.relations();
    let first = known.iter().find(|relation| relation.code == first);
    assert_eq!(first.unwrap().name, "Jo Smit");
}

#[test]
fn the_combined_search_finds_customers_of_the_books_by_any_mark_and_explains_itself() {
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("customers", "recognition", &text("smart"));
    let scene = scene.ready().unwrap();
    // By telephone, house and name: his e-mail address is not in the books.
    let id = scene
        .books
        .add_relation(relation("Dhr. Kees Test", "", "Dorpsstraat 1"));
    scene.books.edit(|world, now| {
        let record = world.relations.get_mut(id).unwrap();
        record.doc.set("telefoon", "+31 (0)6 12345678");
        record.modified = now;
    });
    let buyer = Buyer::guest("Kees", "Test", "kees@example.com", "1234 AB");
    let number = place(&scene, &buyer);
    run(&scene, 0);
    let known = scene.books.relations();
    let kees = known.iter().find(|relation| relation.id == id).unwrap();
    assert_eq!(code_of(&scene, &number), kees.code);
    let shown = scene.agent.run(&["order", "demo", &number]).unwrap().said();
    assert!(shown.contains("80 points: telephone 25"), "{shown}");
    // Others of that house, at the same mailbox: each has a relation of his own, and the plan says why.
    for (first, last) in [("Anna", "Bakker"), ("Piet", "Test")] {
        let name = format!("{first} {last}");
        let buyer = Buyer::guest(first, last, "kees@example.com", "1234 AB");
        let number = place(&scene, &buyer);
        run(&scene, 0);
        let again = place(&scene, &buyer);
        run(&scene, 0);
        let known = scene.books.relations();
        let named: Vec<_> = known.iter().filter(|one| one.name == name).collect();
        assert_eq!(named.len(), 1, "{name}");
        assert_eq!(code_of(&scene, &number), named[0].code, "{name}");
        assert_eq!(code_of(&scene, &again), named[0].code, "{name}");
        let shown = scene.agent.run(&["order", "demo", &number]).unwrap().said();
        let told = shown.contains("plainly another person with data of this customer: Anna Bakker");
        assert_eq!(told, first == "Piet", "{shown}");
    }
}

#[test]
fn a_trial_run_counts_the_relations_of_a_household_as_the_run_makes_them() {
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("customers", "recognition", &text("smart"));
    let scene = scene.ready().unwrap();
    for (first, last) in [("Anna", "Bakker"), ("Piet", "Test"), ("Anna", "Bakker")] {
        let buyer = Buyer::guest(first, last, "thuis@example.com", "1234 AB");
        place(&scene, &buyer);
    }
    let before = scene.books.relations().len();
    let trial = scene.agent.run(&["run", "demo", "--dry-run", "--json"]);
    let trial = trial.unwrap().ended(0).unwrap().json().unwrap();
    run(&scene, 0);
    assert_eq!(scene.books.relations().len() - before, 2);
    assert_eq!(trial["created"]["relations"], 2, "{trial:#}");
}

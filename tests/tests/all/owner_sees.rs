//! What an owner reads before and after a run: what it would do about orders in the books already,
//! what stands on an order's head, and who is linked to whom.

use serde_json::Value;
use testbed::{
    opencart::{Buyer, Item, NewOrder, Status},
    profile::text,
    scene::Scene,
};

fn order(scene: &Scene, name: &str) -> u64 {
    let email = format!("{}@example.com", name.to_lowercase());
    let buyer = Buyer::guest("Klant", name, &email, "1234 AB");
    let mut order = NewOrder::new(buyer, vec![Item::new("MOK-WIT", 2)]);
    order.comment = "Graag voor vrijdag".to_owned();
    scene.shop.place_order(&order).unwrap()
}

fn json(scene: &Scene, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.push("--json");
    let ran = scene.agent.run(&all).unwrap();
    ran.json()
        .unwrap_or_else(|error| panic!("{arguments:?}: {error} {}", ran.said()))
}

fn said(scene: &Scene, arguments: &[&str]) -> String {
    let mut all = arguments.to_vec();
    all.extend(["--lang", "nl"]);
    scene.agent.run(&all).unwrap().said()
}

#[test]
fn a_trial_run_says_what_it_would_do_about_cancelled_orders_and_the_run_counts_it() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let (open, invoiced) = (order(&scene, "Open"), order(&scene, "Gefactureerd"));
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let booked = |number: u64| scene.books.order_by_reference(&number.to_string());
    scene.books.invoice(booked(invoiced).unwrap().id).unwrap();
    for number in [open, invoiced] {
        scene.shop.change_status(number, Status::Cancelled).unwrap();
    }

    let trial = json(&scene, &["run", "demo", "--dry-run"]);
    assert_eq!(trial["blocked"], 1, "{trial:#}");
    assert_eq!(trial["credits_proposed"], 1, "{trial:#}");
    let afterwards = trial["afterwards"].as_array().unwrap();
    let of = |number: u64| {
        let found = afterwards
            .iter()
            .find(|one| one["number"] == *number.to_string());
        found.unwrap_or_else(|| panic!("{number}: {trial:#}"))
    };
    assert_eq!(of(open)["does"], "block");
    assert_eq!(of(invoiced)["does"], "propose-credit");
    let total = &of(invoiced)["plan"]["expected"]["incl"];
    assert!(total.as_str().unwrap().starts_with('-'), "{total}");
    let words = said(&scene, &["run", "demo", "--dry-run"]);
    for told in [
        format!("{open}: zou worden geblokkeerd"),
        format!("{invoiced}: een creditering zou op uw akkoord wachten"),
        "1 verkooporder geblokkeerd, 1 creditering ter goedkeuring".to_owned(),
    ] {
        assert!(words.contains(&told), "{told}: {words}");
    }
    assert!(!booked(open).unwrap().blocked, "nothing was written");
    assert!(
        json(&scene, &["orders", "demo", "--state", "attention"])
            .as_array()
            .unwrap()
            .is_empty()
    );

    let ran = json(&scene, &["run", "demo"]);
    assert_eq!(
        (&ran["blocked"], &ran["credits_proposed"]),
        (&1.into(), &1.into())
    );
    assert!(booked(open).unwrap().blocked);
    let (open, invoiced) = (open.to_string(), invoiced.to_string());
    let asked = said(&scene, &["cancel", "demo", &open]);
    assert!(
        asked.starts_with("Verkooporder ") && asked.contains("--yes"),
        "{asked}"
    );
    let refused = scene.agent.run(&["cancel", "demo", &invoiced]).unwrap();
    assert_ne!(refused.code, Some(0), "{}", refused.said());
    let trial = json(&scene, &["run", "demo", "--dry-run"]);
    assert_eq!(trial["deleted"], 0, "looking at it is no yes");
    json(&scene, &["cancel", "demo", &open, "--yes"]);
    json(&scene, &["credit", "demo", &invoiced, "--yes"]);
    let shown = [&open, &invoiced].map(|number| said(&scene, &["order", "demo", number]));
    for words in &shown {
        let decided = "U hebt dit besloten; het gebeurt de volgende keer.";
        assert!(words.contains(decided), "{words}");
    }
    let [_, credited] = shown;
    assert!(
        credited.contains("Creditering 1: wordt de volgende keer geschreven"),
        "{credited}"
    );
    let trial = json(&scene, &["run", "demo", "--dry-run"]);
    assert_eq!(
        (&trial["deleted"], &trial["credited"]),
        (&1.into(), &1.into()),
        "{trial:#}"
    );
    let ran = json(&scene, &["run", "demo"]);
    assert_eq!(
        (&ran["deleted"], &ran["credited"]),
        (&1.into(), &1.into()),
        "{ran:#}"
    );
    let deleted = said(&scene, &["order", "demo", &open]);
    assert!(deleted.contains("(is verwijderd)"), "{deleted}");
    assert!(!deleted.contains("totaal in de boeken"), "{deleted}");
    let refused = said(&scene, &["retry", "demo", &open]);
    assert!(refused.contains("uit de boeken verwijderd"), "{refused}");
    let list = said(&scene, &["orders", "demo"]);
    assert!(list.contains("Gecrediteerd."), "{list}");
}

#[test]
fn an_order_the_shop_calls_refunded_without_an_amount_is_credited_by_hand() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let number = order(&scene, "Terug");
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let typed = number.to_string();
    let told = said(&scene, &["credit", "demo", &typed]);
    assert!(told.contains("is niets terugbetaald"), "{told}");
    scene.shop.change_status(number, Status::Refunded).unwrap();
    scene.agent.run(&["run", "demo"]).unwrap();
    let told = said(&scene, &["credit", "demo", &typed]);
    assert!(told.contains("zegt niet hoeveel"), "{told}");
    assert!(told.contains(&format!("skip demo {typed} --why")), "{told}");
}

#[test]
fn what_stands_on_an_orders_head_is_shown_where_it_is_set() {
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("sales", "template", &text("Webshop"))
        .set("sales", "process_stage", &text("Werkbon"))
        .set("sales", "blocked", &text("always"))
        .set("sales", "cost_centre", &text("100"));
    let scene = scene.ready().unwrap();
    let number = order(&scene, "Kop").to_string();
    let head = [
        "verkoopsjabloon Webshop",
        "processtap Werkbon",
        "geblokkeerd",
        "kostenplaats 100 Webwinkel",
        "memo: Graag voor vrijdag",
    ];
    let trial = said(&scene, &["run", "demo", "--dry-run"]);
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let shown = said(&scene, &["order", "demo", &number]);
    for line in head {
        assert!(trial.contains(line), "{line}: {trial}");
        assert!(shown.contains(line), "{line}: {shown}");
    }
    let plan = &json(&scene, &["order", "demo", &number])["plan"];
    assert_eq!(plan["names"]["template"], "Webshop");
    assert_eq!(plan["names"]["cost_centre"], "100 Webwinkel");
    assert_eq!(plan["order"]["stage"], "Werkbon");
}

#[test]
fn who_is_linked_by_hand_is_told_by_name_place_and_order_and_unlinked_by_what_is_shown() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let number = order(&scene, "Schakel");
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let buyer = format!("order:{number}");
    // He has a relation since his order was written.
    let refused = scene.agent.run(&["link", "demo", &buyer, "nieuw"]).unwrap();
    assert_eq!(refused.code, Some(2), "{}", refused.said());
    assert!(refused.said().contains("--yes"), "{}", refused.said());
    json(&scene, &["link", "demo", &buyer, "nieuw", "--yes"]);
    let links = json(&scene, &["link", "demo"]);
    assert_eq!(links[0]["name"], "Klant Schakel", "{links}");
    assert_eq!(links[0]["order"], number.to_string());
    assert!(!links[0]["place"].as_str().unwrap().is_empty());
    let shown = said(&scene, &["link", "demo"]);
    assert!(
        shown.contains("Klant Schakel") && shown.contains(&buyer),
        "{shown}"
    );
    assert!(!shown.contains("guest:"), "{shown}");
    json(&scene, &["link", "demo", &buyer, "--unlink"]);
    assert!(
        json(&scene, &["link", "demo"])
            .as_array()
            .unwrap()
            .is_empty()
    );
}

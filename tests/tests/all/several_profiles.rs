//! Several profiles in one data folder: nothing crosses, nothing clashes, no key is shared; and
//! what waits for its owner goes on once he acted.
use std::collections::BTreeSet;

use serde_json::Value;
use testbed::{
    agreement,
    opencart::{Buyer, DEMO_ORDERS, Expectation, Item, NewOrder, OpenCartShop},
    profile::{ProfileText, text},
    program::{Ran, Winkelbrug},
    scene::Scene,
    snelstart::Options,
};

fn add(program: &Winkelbrug, profile: &ProfileText) -> Ran {
    program.replace_profile(profile).unwrap().ended(0).unwrap()
}

/// That profile, with the books of the scene.
fn into_the_books_of(scene: &Scene, profile: &ProfileText) -> ProfileText {
    let mut profile = profile.clone();
    profile
        .set("administration", "api_url", &text(&scene.books.api_url()))
        .set("administration", "auth_url", &text(&scene.books.auth_url()));
    for name in ["administration", "subscription"] {
        let secret = scene.profile.secrets[name].clone();
        profile.secrets.insert(name.to_owned(), secret);
    }
    profile
}

fn run(program: &Winkelbrug, arguments: &[&str], code: i32) -> Ran {
    program.run(arguments).unwrap().ended(code).unwrap()
}

/// Payment references in the books.
fn references(scene: &Scene) -> BTreeSet<String> {
    let orders = run(&scene.agent, &["books", &scene.profile.name, "--json"], 0);
    let orders = orders.json().unwrap();
    orders
        .as_array()
        .unwrap()
        .iter()
        .map(|order| order["payment_reference"].as_str().unwrap().to_owned())
        .collect()
}

fn state(program: &Winkelbrug, profile: &str, number: &str) -> Value {
    run(program, &["order", profile, number, "--json"], 0)
        .json()
        .unwrap()["state"]
        .clone()
}

#[test]
fn three_profiles_two_shops_two_administrations_and_no_record_crosses() {
    let first = Scene::demo().unwrap().ready().unwrap();
    let program = &first.agent;
    let second = Scene::of(
        OpenCartShop::demo().unwrap(),
        Options::default(),
        Winkelbrug::released().unwrap(),
    )
    .unwrap();
    // The second shop into the first books, under its own prefix; and into the second books.
    let mut across = into_the_books_of(&first, &second.profile);
    "across".clone_into(&mut across.name);
    // The cost articles have the same codes in both books: each set was made in the same order.
    let ran = add(program, &across);
    assert!(ran.stderr.contains("the same prefix"), "{}", ran.said());
    across.set("sales", "payment_reference_prefix", &text("B"));
    let ran = add(program, &across);
    assert!(!ran.stderr.contains("the same prefix"), "{}", ran.said());
    let mut own = second.profile.clone();
    "own".clone_into(&mut own.name);
    add(program, &own);
    for name in ["across", "own"] {
        run(program, &["deploy", name], 0);
    }
    for name in ["demo", "across", "own"] {
        run(program, &["run", name], 0);
    }
    let written = DEMO_ORDERS
        .iter()
        .filter(|order| order.expect == Expectation::Written)
        .count();
    assert_eq!(first.books.orders().len(), 2 * written);
    assert_eq!(second.books.orders().len(), written);
    let references = references(&first);
    assert!(
        references.contains("1") && references.contains("B1"),
        "{references:?}"
    );
    for name in ["demo", "across", "own"] {
        run(program, &["run", name], 0);
    }
    assert_eq!(first.books.orders().len(), 2 * written);
    assert_eq!(second.books.orders().len(), written);
}

#[test]
fn clone_for_a_second_shop_works_and_brings_no_bridge_key_along() {
    let first = Scene::demo().unwrap().ready().unwrap();
    let program = &first.agent;
    let second = Scene::of(
        OpenCartShop::demo().unwrap(),
        Options::default(),
        Winkelbrug::released().unwrap(),
    )
    .unwrap();
    let url = second.shop.url();
    let clone = [
        "profile",
        "clone",
        "demo",
        "tweede",
        "--url",
        &url,
        "--secrets",
        "-",
    ];
    program
        .run_with(&clone, &second.profile.secrets_json())
        .unwrap()
        .ended(0)
        .unwrap();
    let shown = run(program, &["profile", "show", "tweede", "--json"], 0)
        .json()
        .unwrap();
    let original = run(program, &["profile", "show", "demo", "--json"], 0)
        .json()
        .unwrap();
    assert_eq!(shown["settings"]["sales"], original["settings"]["sales"]);
    let failed = run(program, &["run", "tweede", "--json"], 2)
        .json()
        .unwrap();
    assert_eq!(failed["failure"]["code"], "not-deployed");
    // The first shop's file, copied into the second shop, answers nobody: its key is not there.
    let file = names(&first.shop)
        .into_iter()
        .find(|name| name.starts_with("winkelbrug-"))
        .unwrap();
    std::fs::copy(
        first.shop.folder().join(&file),
        second.shop.folder().join(&file),
    )
    .unwrap();
    let failed = run(program, &["run", "tweede", "--json"], 2)
        .json()
        .unwrap();
    assert_eq!(failed["failure"]["code"], "not-deployed");
}

#[test]
fn two_profiles_of_one_shop_and_administration_book_no_order_twice() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    let program = &scene.agent;
    run(program, &["run", "demo"], 0);
    let orders = scene.books.orders().len();
    assert!(orders > 0);
    let mut twin = scene.profile.clone();
    "dubbel".clone_into(&mut twin.name);
    let file = program.data().join("twin.toml");
    std::fs::write(&file, twin.toml()).unwrap();
    let file = file.to_str().unwrap();
    let add_twin = ["profile", "add", "--from", file, "--secrets", "-"];
    let refused = program
        .run_with(&add_twin, &twin.secrets_json())
        .unwrap()
        .ended(2)
        .unwrap();
    assert!(
        refused.stderr.contains("profile-twice"),
        "{}",
        refused.said()
    );
    // Put there past the program: it stops before anything is booked, and the first goes on.
    twin.set("sales", "payment_reference_prefix", &text("B"));
    add_past_the_check(program, &twin, &scene.shop.url());
    run(program, &["deploy", "dubbel"], 0);
    let failed = run(program, &["run", "dubbel", "--json"], 2)
        .json()
        .unwrap();
    assert_eq!(failed["failure"]["code"], "profile-twice");
    // Under another host the same shop answers.
    let mut alias = twin.clone();
    "alias".clone_into(&mut alias.name);
    let url = scene.shop.url().replace("127.0.0.1", "localhost");
    alias.set("shop", "url", &text(&url));
    add(program, &alias);
    run(program, &["deploy", "alias"], 0);
    let failed = run(program, &["run", "alias", "--json"], 2).json().unwrap();
    assert_eq!(failed["failure"]["code"], "profile-twice");
    run(program, &["run", "demo"], 0);
    assert_eq!(scene.books.orders().len(), orders);
}

/// As a profile made before its address was changed by hand.
fn add_past_the_check(program: &Winkelbrug, profile: &ProfileText, url: &str) {
    let mut elsewhere = profile.clone();
    elsewhere.set("shop", "url", &text("http://127.0.0.1:9"));
    add(program, &elsewhere);
    let kept = program
        .data()
        .join("profiles")
        .join(format!("{}.toml", profile.name));
    let settings = std::fs::read_to_string(&kept).unwrap();
    std::fs::write(&kept, settings.replace("http://127.0.0.1:9", url)).unwrap();
}

fn names(shop: &OpenCartShop) -> Vec<String> {
    std::fs::read_dir(shop.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn trial_run_writes_nothing_and_reports_what_a_run_then_does() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    let program = &scene.agent;
    let trial = run(program, &["run", "demo", "--dry-run", "--json"], 0)
        .json()
        .unwrap();
    assert_eq!(trial["outcome"], "dry-run");
    assert!(scene.books.orders().is_empty());
    let orders = run(program, &["orders", "demo", "--json"], 0)
        .json()
        .unwrap();
    assert_eq!(orders, Value::Array(Vec::new()));
    let plans = trial["plans"].as_array().unwrap();
    assert!(
        plans
            .iter()
            .any(|plan| plan["plan"]["order"]["lines"].is_array())
    );
    let report = run(program, &["run", "demo", "--json"], 0).json().unwrap();
    assert_eq!(trial["planned"], report["written"]);
    assert_eq!(trial["skipped"], report["skipped"]);
    assert_eq!(trial["held"], report["held"]);
    let mut planned: Vec<&str> = plans
        .iter()
        .filter(|plan| plan["outcome"] == "plan")
        .map(|plan| plan["number"].as_str().unwrap())
        .collect();
    planned.sort_unstable();
    let written = run(
        program,
        &["orders", "demo", "--state", "written", "--json"],
        0,
    )
    .json()
    .unwrap();
    let mut numbers: Vec<&str> = written
        .as_array()
        .unwrap()
        .iter()
        .map(|order| order["number"].as_str().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(planned, numbers);
}

#[test]
fn what_waits_is_shown_can_be_offered_again_and_goes_on_once_its_cause_is_gone() {
    let mut scene = Scene::demo().unwrap();
    let articles = scene.profile.clone();
    scene.profile.leave_out("sales", "gift_card_article");
    let scene = scene.ready().unwrap();
    let program = &scene.agent;
    let report = run(program, &["run", "demo", "--json"], 1).json().unwrap();
    assert_eq!(report["outcome"], "attention");
    let held = report["held"].as_u64().unwrap();
    assert!(held >= 1, "{report:#}");
    let listed = run(program, &["orders", "demo", "--state", "held", "--json"], 0)
        .json()
        .unwrap();
    assert_eq!(listed.as_array().unwrap().len() as u64, held);
    let number = listed[0]["number"].as_str().unwrap();
    assert!(listed[0]["reason"].is_string() && listed[0]["reason_code"].is_string());
    // Offered again without cause: it waits again.
    let ran = run(program, &["retry", "demo", "--held", "--json"], 0);
    assert_eq!(ran.json().unwrap()["orders"], held);
    assert_eq!(state(program, "demo", number), "seen");
    run(program, &["run", "demo"], 1);
    assert_eq!(state(program, "demo", number), "held");
    // One is skipped for good, and taken back.
    run(
        program,
        &["skip", "demo", number, "--why", "per kas betaald"],
        0,
    );
    assert_eq!(state(program, "demo", number), "skipped");
    let order = run(program, &["order", "demo", number], 0);
    assert!(order.stdout.contains("per kas betaald"), "{}", order.stdout);
    run(program, &["retry", "demo", number], 0);
    // The cause is gone: everything goes on by itself.
    add(program, &articles);
    run(program, &["run", "demo"], 0);
    assert_eq!(state(program, "demo", number), "written");
    agreement::demo_orders_are_right(&scene).unwrap();
}

#[test]
fn counted_stock_is_said_and_only_taken_when_no_profile_on_the_books_writes_booked_invoices() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let (program, orders) = (&scene.agent, &scene.profile);
    let second = Scene::empty().unwrap();
    let mut beside = into_the_books_of(&scene, &second.profile);
    "beside".clone_into(&mut beside.name);
    beside.set("sales", "payment_reference_prefix", &text("B"));
    let booking = |profile: &ProfileText| {
        let mut profile = profile.clone();
        profile.set("sales", "form", &text("booking")).set(
            "sales",
            "booking_number",
            &text("order-number"),
        );
        profile
    };
    let buyer = Buyer::guest("Tel", "Test", "tel@example.com", "1234 AB");
    let order = NewOrder::new(buyer, vec![Item::new("MOK-WIT", 2)]);
    scene.shop.place_order(&order).unwrap();
    add(program, &booking(orders));
    run(program, &["run", "demo"], 0);
    add(program, orders);
    // Which books it has is known since it wrote.
    second.shop.place_order(&order).unwrap();
    add(program, &beside);
    run(program, &["deploy", "beside"], 0);
    run(program, &["run", "beside"], 0);
    add(program, &booking(&beside));

    let counted = [
        "run",
        "demo",
        "import-orders-export-stock",
        "--stock-counted",
    ];
    let ran = run(program, &counted, 2);
    assert!(
        ran.stderr.contains("voorraad-bij-boeking"),
        "{}",
        ran.said()
    );
    assert!(ran.stderr.contains("Profile beside"), "{}", ran.said());

    add(program, &beside);
    let ran = run(program, &counted, 0);
    assert!(
        ran.stdout.contains("Stock counted: 1 order"),
        "{}",
        ran.said()
    );
    let ran = run(program, &counted, 0);
    assert!(ran.stdout.contains("no order (0)"), "{}", ran.said());
    let ran = run(program, &[&counted[..], &["--json"]].concat(), 0);
    assert_eq!(ran.json().unwrap()["stock_counted"], 0);
}

#[test]
fn a_profile_that_takes_anothers_place_says_in_a_line_what_each_change_means() {
    let mut scene = Scene::empty().unwrap();
    scene.add_profile().unwrap().ended(0).unwrap();
    scene
        .profile
        .set("shop", "orders_from", "2019-01-01T00:00:00Z")
        .set("sales", "form", &text("booking"))
        .set("sales", "booking_number", &text("order-number"))
        .set("sales", "payment_reference_prefix", &text("W-"))
        .set("administration", "api_url", &text("http://127.0.0.1:1/v2"))
        .set("shop.upload", "folder", &text("/elders"));
    let replaced = scene.agent.replace_profile(&scene.profile).unwrap();
    let words = replaced.ended(0).unwrap().words();
    for told in [
        "older ones are booked after all",
        "Orders that are written keep their form",
        "Those booked keep theirs",
        "What is written keeps the old one",
        "only what is not written yet goes into it",
        "in another folder",
    ] {
        assert!(words.contains(told), "{told}: {words}");
    }
    // Nothing changed, nothing is said.
    let again = scene.agent.replace_profile(&scene.profile).unwrap();
    assert!(!again.ended(0).unwrap().words().contains("Mind:"));
}

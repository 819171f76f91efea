//! Two installations on one shop, and files whose journal was lost: noticed, named, and removed when
//! the owner says so.

use std::path::Path;

use testbed::{opencart::OpenCartShop, program::Winkelbrug, scene::Scene};

fn files(shop: &OpenCartShop) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(shop.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("winkelbrug-"))
        .collect();
    names.sort();
    names
}

fn lose_the_journal(data: &Path) {
    for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(data.join(name));
    }
}

fn told(agent: &Winkelbrug, arguments: &[&str], code: i32) -> serde_json::Value {
    let ran = agent.run(arguments).unwrap().ended(code).unwrap();
    ran.json().unwrap()
}

fn others(answer: &serde_json::Value) -> Vec<String> {
    answer["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["name"] == "other-file")
        .map(|step| step["message"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_file_whose_journal_was_lost_is_named_and_removed_when_the_owner_says_so() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let first = files(&scene.shop);
    lose_the_journal(scene.agent.data());
    // A file of the shop's own, and one with a name like ours: neither is ever touched.
    let own = scene.shop.folder().join("winkelbrug-00112233445566ff.php");
    std::fs::write(&own, "<?php // of the shop's owner\n").unwrap();

    let answer = told(&scene.agent, &["deploy", "demo", "--json"], 0);
    assert_eq!(answer["outcome"], "placed");
    let named = others(&answer);
    assert_eq!(named.len(), 1, "{answer:#}");
    assert!(
        named[0].contains(&first[0]) && named[0].contains("holds for another"),
        "{named:?}"
    );
    assert!(answer["others"][0].as_str().unwrap().ends_with(&first[0]));
    assert!(
        scene.shop.folder().join(&first[0]).exists(),
        "not removed silently"
    );
    let answer = told(&scene.agent, &["check", "demo", "--json"], 0);
    assert_eq!(others(&answer), named);

    let answer = told(
        &scene.agent,
        &["deploy", "demo", "--remove-others", "--json"],
        0,
    );
    assert_eq!(answer["outcome"], "unchanged");
    assert_eq!(answer["others"], serde_json::json!([]));
    assert!(!scene.shop.folder().join(&first[0]).exists());
    assert!(own.exists());
    assert_eq!(files(&scene.shop).len(), 2);
    assert_eq!(
        others(&told(&scene.agent, &["check", "demo", "--json"], 0)).len(),
        0
    );
}

#[test]
fn withdrawing_after_a_lost_journal_names_what_is_there_and_removes_it_when_told() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    lose_the_journal(scene.agent.data());
    let answer = told(&scene.agent, &["withdraw", "demo", "--json"], 1);
    assert_eq!(others(&answer).len(), 1, "{answer:#}");
    assert_eq!(files(&scene.shop).len(), 1);
    let answer = told(
        &scene.agent,
        &["withdraw", "demo", "--remove-others", "--json"],
        0,
    );
    assert_eq!(answer["left"], serde_json::json!([]));
    assert!(files(&scene.shop).is_empty());
}

#[test]
fn two_pcs_on_one_shop_notice_each_other_and_a_dead_file_is_called_dead() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let first = files(&scene.shop);
    let second = Winkelbrug::under_test().unwrap();
    let profile = second.data().join("demo.toml");
    std::fs::write(&profile, scene.profile.toml()).unwrap();
    let from = profile.to_str().unwrap();
    second
        .run_with(
            &["profile", "add", "--from", from, "--secrets", "-"],
            &scene.profile.secrets_json(),
        )
        .unwrap()
        .ended(0)
        .unwrap();
    let answer = told(&second, &["deploy", "demo", "--json"], 0);
    assert_eq!(others(&answer).len(), 1);
    let answer = told(&scene.agent, &["check", "demo", "--json"], 0);
    let named = others(&answer);
    assert_eq!(named.len(), 1, "the first one notices the second");
    // Nothing failed, and still all is not well: two installations book everything twice.
    assert_eq!(answer["ok"], true);
    for step in answer["steps"].as_array().unwrap() {
        let name = step["name"].as_str().unwrap();
        let looks = [
            "other-file",
            "other-reader",
            "cost-articles-unset",
            "who-invoices",
            "tax-classes-unmapped",
        ];
        assert_eq!(step["attention"], looks.contains(&name), "{step:#}");
    }
    let shown = scene.agent.run(&["check", "demo"]).unwrap();
    let shown = shown.ended(0).unwrap().said();
    assert!(!shown.contains("Everything is in order"), "{shown}");
    assert!(shown.contains("points need attention."), "{shown}");
    let dangerous = |line: &str| line.starts_with("! ") && line.contains("is a bridge file");
    assert!(shown.lines().any(dangerous), "{shown}");
    // Lines are wrapped anywhere.
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("'winkelbrug deploy demo'"), "{shown}");
    assert!(!named[0].contains(&first[0]), "{named:?}");

    let other = files(&scene.shop)
        .into_iter()
        .find(|name| *name != first[0])
        .unwrap();
    let path = scene.shop.folder().join(&other);
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once("END_DATE = '").unwrap();
    let (_, after) = rest.split_once('\'').unwrap();
    std::fs::write(&path, format!("{before}END_DATE = '1700000000'{after}")).unwrap();
    let answer = told(&scene.agent, &["check", "demo", "--json"], 0);
    assert!(
        others(&answer)[0].contains("past its end date"),
        "{answer:#}"
    );
}

#[test]
fn what_a_wrong_address_left_is_forgotten_once_it_is_gone_and_the_address_corrected() {
    let mut scene = Scene::empty().unwrap();
    let right = scene.shop.url();
    // Nobody listens there, so nothing can ever be seen at that address.
    scene.profile.set("shop", "url", "\"http://127.0.0.1:9/\"");
    scene.add_profile().unwrap().ended(0).unwrap();
    let ran = scene.agent.run(&["deploy", "demo"]).unwrap();
    assert_eq!(ran.code, Some(3), "{}", ran.said());
    assert!(files(&scene.shop).is_empty(), "nothing was left");

    scene.profile.set("shop", "url", &format!("\"{right}\""));
    let file = scene.agent.data().join("again.toml");
    std::fs::write(&file, scene.profile.toml()).unwrap();
    let add = [
        "profile",
        "add",
        "--replace",
        "--from",
        file.to_str().unwrap(),
    ];
    scene.agent.run(&add).unwrap().ended(0).unwrap();
    let answer = told(&scene.agent, &["deploy", "demo", "--json"], 0);
    assert_eq!(answer["left"], serde_json::json!([]), "{answer:#}");
    let again = told(&scene.agent, &["deploy", "demo", "--json"], 0);
    let names: Vec<_> = again["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["name"])
        .collect();
    assert!(
        !names.iter().any(|name| *name == "file-removed"),
        "{again:#}"
    );
    assert_eq!(files(&scene.shop).len(), 1);
}

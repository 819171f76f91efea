//! The program as its owner types it, on real servers: check, deploy, withdraw, and what each
//! broken set-up is answered with.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use serde_json::Value;
use testbed::{
    opencart::OpenCartShop,
    profile::{Books, ProfileText, text},
    program::{Ran, Winkelbrug},
};

fn profile(shop: &OpenCartShop) -> ProfileText {
    let books = Books {
        api_url: "http://127.0.0.1:9/v2".to_owned(),
        auth_url: "http://127.0.0.1:9/token".to_owned(),
        connection_key: "koppel-geheim".to_owned(),
        subscription_key: "abo-geheim".to_owned(),
    };
    let mut profile = ProfileText::of("winkel", shop, &books).unwrap();
    profile
        .set("administration", "kind", &text("trial"))
        .leave_out("administration", "api_url")
        .leave_out("administration", "auth_url");
    profile
}

fn add(program: &Winkelbrug, profile: &ProfileText) {
    let file = program.data().join("new.toml");
    std::fs::write(&file, profile.toml()).unwrap();
    let arguments = [
        "profile",
        "add",
        "--replace",
        "--from",
        file.to_str().unwrap(),
        "--secrets",
        "-",
    ];
    program
        .run_with(&arguments, &profile.secrets_json())
        .unwrap()
        .ended(0)
        .unwrap();
}

fn step<'v>(answer: &'v Value, name: &str) -> &'v Value {
    answer["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["name"] == name)
        .unwrap_or_else(|| panic!("no step {name}: {answer:#}"))
}

fn run(program: &Winkelbrug, arguments: &[&str], code: i32) -> Ran {
    program.run(arguments).unwrap().ended(code).unwrap()
}

#[test]
fn bridge_comes_is_proven_and_leaves_nothing() {
    let shop = OpenCartShop::demo().unwrap();
    let program = Winkelbrug::released().unwrap();
    add(&program, &profile(&shop));
    let before = names(&shop);
    let answer = run(&program, &["check", "winkel", "--json"], 2)
        .json()
        .unwrap();
    assert_eq!(step(&answer, "upload-login")["ok"], true);
    let answer = run(&program, &["deploy", "winkel", "--json"], 0)
        .json()
        .unwrap();
    assert_eq!(answer["outcome"], "placed");
    let answer = run(&program, &["deploy", "winkel", "--json"], 0)
        .json()
        .unwrap();
    assert_eq!(answer["outcome"], "unchanged");
    let ran = run(&program, &["check", "winkel", "--json"], 0);
    let answer = ran.json().unwrap();
    assert_eq!(answer["ok"], true, "{answer:#}");
    assert_eq!(step(&answer, "bridge-hello")["ok"], true);
    let answer = run(&program, &["withdraw", "winkel", "--json"], 0)
        .json()
        .unwrap();
    assert_eq!(answer["outcome"], "withdrawn");
    assert_eq!(names(&shop), before);
    run(&program, &["profile", "remove", "winkel"], 0);
}

#[test]
fn broken_set_ups_get_a_code_and_words_of_their_own() {
    let shop = OpenCartShop::demo().unwrap();
    let program = Winkelbrug::released().unwrap();
    let right = profile(&shop);
    let mut wrong_password = right.clone();
    wrong_password
        .secrets
        .insert("upload".to_owned(), "niet-goed".to_owned());
    let mut wrong_folder = right.clone();
    wrong_folder.set("shop.upload", "folder", &text("/"));
    let mut no_server = right.clone();
    no_server.set("shop.upload", "port", "9");
    let mut no_shop = right.clone();
    no_shop.set("shop", "url", &text("http://127.0.0.1:9"));
    let mut wrong_status = right.clone();
    wrong_status.set("shop", "order_statuses", "[\"In behandling\"]");
    let mut said = Vec::new();
    for (profile, command, code) in [
        (&wrong_password, "check", 4),
        (&wrong_password, "deploy", 4),
        (&wrong_folder, "deploy", 2),
        (&no_server, "deploy", 3),
    ] {
        add(&program, profile);
        let ran = run(&program, &[command, "winkel"], code);
        assert!(!ran.said().contains("niet-goed"));
        said.push(ran.said());
    }
    let elsewhere = Winkelbrug::released().unwrap();
    add(&elsewhere, &no_shop);
    said.push(run(&elsewhere, &["deploy", "winkel"], 3).said());
    said.sort();
    said.dedup();
    assert!(said.len() >= 4, "{said:#?}");
    add(&program, &wrong_status);
    run(&program, &["deploy", "winkel"], 0);
    let answer = run(&program, &["check", "winkel", "--json"], 2)
        .json()
        .unwrap();
    let step = step(&answer, "order-statuses");
    assert!(
        step["hint"]
            .as_str()
            .unwrap()
            .contains("Do you mean In behandeling?"),
        "{step}"
    );
}

fn names(shop: &OpenCartShop) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(shop.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

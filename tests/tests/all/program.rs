//! The program as its owner types it, on real servers: check, deploy, withdraw, and what each
//! broken set-up is answered with.
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    process::Stdio,
    time::Duration,
};

use serde_json::Value;
use testbed::{
    agreement,
    opencart::OpenCartShop,
    profile::{Books, ProfileText, text},
    program::{Ran, Winkelbrug},
    scene::Scene,
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

#[test]
fn twenty_commands_to_run_are_one_run() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    scene
        .books
        .knobs(|knobs| knobs.latency = Duration::from_millis(400));
    let commands: Vec<_> = (0..20)
        .map(|_| {
            scene
                .agent
                .command(&["run", "demo", "--json"])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let mut outcomes = BTreeMap::new();
    for command in commands {
        let output = command.wait_with_output().unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let outcome = report["outcome"].as_str().unwrap().to_owned();
        assert!(outcome != "already-running" || output.status.code() == Some(0));
        *outcomes.entry(outcome).or_insert(0) += 1;
    }
    assert_eq!(outcomes.get("already-running"), Some(&19), "{outcomes:?}");
    assert_eq!(outcomes.len(), 2, "{outcomes:?}");
    scene.books.knobs(|knobs| knobs.latency = Duration::ZERO);
    agreement::demo_orders_are_right(&scene).unwrap();
}

#[test]
fn commands_go_through_the_running_agent() {
    let mut scene = Scene::demo().unwrap().ready().unwrap();
    // So that the agent runs nothing by itself meanwhile.
    scene.profile.set(
        "planning",
        "import-orders-export-stock",
        "{ every = \"24h\" }",
    );
    add(&scene.agent, &scene.profile);
    run(
        &scene.agent,
        &[
            "plan",
            "demo",
            "import-orders-export-stock",
            "--next",
            "2035-01-01 00:00",
        ],
        0,
    );
    let mut agent = scene
        .agent
        .command(&["serve", "--listen", "127.0.0.1:0", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(agent.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let report = run(
        &scene.agent,
        &["run", "demo", "import-orders-export-stock", "--json"],
        0,
    )
    .json()
    .unwrap();
    assert_eq!(report["outcome"], "done", "{report:#}");
    assert!(report["written"].as_u64().unwrap() > 0);
    agreement::demo_orders_are_right(&scene).unwrap();
    let status = run(&scene.agent, &["status", "--json"], 0).json().unwrap();
    assert_eq!(status["running"], true);
    assert_eq!(
        status["profiles"][0]["orders"]["written"],
        report["written"]
    );
    let ran = run(&scene.agent, &["retry", "demo", "--held", "--json"], 0);
    assert_eq!(ran.json().unwrap()["orders"], 0);
    run(&scene.agent, &["run", "demo", "--dry-run"], 0);
    std::process::Command::new("kill")
        .args(["-TERM", &agent.id().to_string()])
        .status()
        .unwrap();
    assert_eq!(agent.wait().unwrap().code(), Some(0));
}

#[test]
fn orders_are_listed_shown_skipped_forgotten_and_looked_up_in_the_books() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    run(&scene.agent, &["run", "demo"], 0);
    let orders = run(&scene.agent, &["orders", "demo", "--json"], 0)
        .json()
        .unwrap();
    let orders = orders.as_array().unwrap();
    for order in orders {
        for field in [
            "number",
            "shop_id",
            "state",
            "reason",
            "reason_code",
            "attention",
            "total",
            "currency",
            "shop_total",
            "shop_currency",
            "relation_code",
            "administration_number",
            "payment_reference",
            "placed_at",
            "changed_at",
        ] {
            assert!(order.get(field).is_some(), "{field}: {order:#}");
        }
    }
    let written: Vec<&Value> = orders
        .iter()
        .filter(|order| order["state"] == "written")
        .collect();
    assert!(!written.is_empty());
    for order in &written {
        assert!(order["reason"].is_null() && order["total"].is_string());
        assert!(order["relation_code"].is_i64() && order["administration_number"].is_string());
    }
    let listed = run(
        &scene.agent,
        &["orders", "demo", "--state", "written", "--json"],
        0,
    );
    assert_eq!(
        listed.json().unwrap().as_array().unwrap().len(),
        written.len()
    );
    run(&scene.agent, &["orders", "demo", "--state", "lost"], 2);

    let number = written[0]["number"].as_str().unwrap();
    let full = run(&scene.agent, &["order", "demo", number, "--json"], 0)
        .json()
        .unwrap();
    assert_eq!(full["number"], number);
    assert!(full["raw"].is_object() && full["plan"].is_object());
    assert!(!full["history"].as_array().unwrap().is_empty());
    let by_id = format!("id:{}", written[0]["shop_id"].as_str().unwrap());
    run(&scene.agent, &["order", "demo", &by_id], 0);
    run(&scene.agent, &["order", "demo", "99999"], 2);
    run(
        &scene.agent,
        &["skip", "demo", number, "--why", "niet nodig"],
        1,
    );

    let books = run(&scene.agent, &["books", "demo", "--json"], 0)
        .json()
        .unwrap();
    assert_eq!(books.as_array().unwrap().len(), written.len());
    let relations = run(&scene.agent, &["books", "demo", "relations", "--json"], 0);
    assert!(!relations.json().unwrap().as_array().unwrap().is_empty());

    let email = full["raw"]["customer"]["email"].as_str().unwrap();
    let ran = run(&scene.agent, &["forget", "demo", email, "--json"], 0);
    assert!(ran.json().unwrap()["orders"].as_u64().unwrap() >= 1);
    let full = run(&scene.agent, &["order", "demo", number, "--json"], 0)
        .json()
        .unwrap();
    assert!(full["raw"].is_null() && full["plan"].is_null());
    assert_eq!(full["total"], written[0]["total"]);
    let screens = [
        "status",
        "orders demo",
        "order demo 1",
        "books demo",
        "books demo articles",
    ];
    for arguments in screens {
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let ran = run(&scene.agent, &arguments, 0);
        let longest = ran.stdout.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(100), "{arguments:?}\n{}", ran.stdout);
    }
}

#[test]
fn refused_key_stops_the_profile_with_exit_code_4() {
    let mut scene = Scene::demo().unwrap();
    scene
        .profile
        .secrets
        .insert("administration".to_owned(), "geen-sleutel".to_owned());
    let scene = scene.ready().unwrap();
    let report = run(&scene.agent, &["run", "demo", "--json"], 4)
        .json()
        .unwrap();
    assert_eq!(report["outcome"], "failed");
    assert_eq!(report["failure"]["class"], "credentials");
    let status = run(&scene.agent, &["status", "--json"], 0).json().unwrap();
    assert_eq!(
        status["profiles"][0]["stopped"]["why"]["code"],
        report["failure"]["code"]
    );
}

#[test]
fn file_near_its_end_is_renewed_by_a_run() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    let bridge = || {
        let mut names = names(&scene.shop);
        names.retain(|name| name.starts_with("winkelbrug-"));
        assert_eq!(names.len(), 1, "{names:?}");
        names.remove(0)
    };
    let first = bridge();
    run(&scene.agent, &["run", "demo"], 0);
    assert_eq!(bridge(), first);
    let journal = rusqlite::Connection::open(scene.agent.data().join("journal.db")).unwrap();
    let changed = journal
        .execute(
            "UPDATE bridge_uploads SET end_date = unixepoch() + 10 * 24 * 3600
             WHERE state = 'active'",
            [],
        )
        .unwrap();
    assert_eq!(changed, 1);
    let ran = run(&scene.agent, &["run", "demo"], 0);
    assert!(ran.said().contains("was renewed"), "{}", ran.said());
    let second = bridge();
    assert_ne!(second, first);
    run(&scene.agent, &["run", "demo"], 0);
    assert_eq!(bridge(), second);
}

#[test]
fn every_name_in_the_settings_that_is_not_there_is_named_before_the_first_order() {
    let mut scene = Scene::demo().unwrap();
    scene
        .profile
        .set("shop", "order_statuses", "[\"In behandelin\"]")
        .set("sales", "template", &text("Webshp"))
        .set("sales", "cost_centre", &text("Nergens"))
        .set("sales", "shipping_article", &text("VERZEND-WEG"))
        .set(
            "articles.revenue_groups",
            "BTW hoogst",
            &text("Hoog btw (goederen)"),
        )
        .set("articles.revenue_groups", "BTW laag", &text("Lage btw"))
        .set("sales.payment.\"idael\"", "import", &text("paid"))
        .set("customers", "default_code", &text("987654"));
    let scene = scene.ready().unwrap();
    let answer = run(&scene.agent, &["check", "demo", "--json"], 2)
        .json()
        .unwrap();
    let said: Vec<&str> = answer["steps"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|step| step["ok"] == false)
        .map(|step| step["message"].as_str().unwrap())
        .collect();
    for name in [
        "In behandelin",
        "Webshp",
        "Nergens",
        "VERZEND-WEG",
        "BTW hoogst",
        "Lage btw",
        "idael",
        "987654",
    ] {
        assert!(
            said.iter().any(|message| message.contains(name)),
            "{name}: {said:#?}"
        );
    }
    assert!(scene.books.orders().is_empty());
}

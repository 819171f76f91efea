//! Every field of every answer in JSON stands in docs/json.md, and what stands there is answered.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
    path::Path,
    process::Stdio,
};

use serde_json::Value;
use testbed::{profile::text, registers::Registers, scene::Scene};

use crate::registers::{NUMBER, belgian_order};

/// Paths of all values: `profiles[].tasks[].next`.
fn paths(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = match at {
                    "" => name.clone(),
                    at => format!("{at}.{name}"),
                };
                found.insert(path.clone());
                paths(value, &path, found);
            }
        }
        Value::Array(values) => {
            for value in values {
                paths(value, &format!("{at}[]"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What the document lists: the paths of each section; one that ends in `.*` stands for everything
/// below it, whose names are those of other papers.
fn documented() -> BTreeMap<String, BTreeSet<String>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/json.md");
    let text = std::fs::read_to_string(file).unwrap();
    let mut sections: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for section in text.split("\n## ").skip(1) {
        let title = section.lines().next().unwrap().trim_matches('`').to_owned();
        let fields = sections.entry(title).or_default();
        for row in section.lines().filter(|line| line.starts_with("| `")) {
            let cell = row.trim_start_matches("| ").split(" |").next().unwrap();
            fields.extend(
                cell.split(", ")
                    .map(|name| name.trim_matches('`').to_owned()),
            );
        }
    }
    sections
}

fn is_listed(listed: &BTreeSet<String>, path: &str) -> bool {
    listed.contains(path)
        || listed.iter().any(|known| {
            known.strip_suffix(".*").is_some_and(|whole| {
                path.starts_with(&format!("{whole}.")) || path.starts_with(&format!("{whole}[]"))
            })
        })
}

/// Answers by the section that describes them.
struct Answers(BTreeMap<&'static str, BTreeSet<String>>);

impl Answers {
    fn add(&mut self, section: &'static str, answer: &Value) {
        paths(answer, "", self.0.entry(section).or_default());
    }
}

#[test]
fn every_field_of_every_answer_is_documented_and_every_documented_one_is_answered() {
    let mut answers = Answers(BTreeMap::new());
    let mut scene = Scene::demo().unwrap();
    // An order whose VAT number is asked of the register.
    let register = Registers::start().unwrap();
    register.holds(NUMBER, "JANSSENS BV");
    let vies = text(&register.vies_url());
    scene.profile.set("vat", "vies_url", &vies);
    belgian_order(&scene);
    // So that an order is held.
    scene.profile.leave_out("sales", "gift_card_article");
    let ask = |scene: &Scene, arguments: &[&str]| -> Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        let ran = scene.agent.run(&all).unwrap();
        ran.json()
            .unwrap_or_else(|error| panic!("{arguments:?}: {error} {}", ran.said()))
    };
    answers.add("Errors", &ask(&scene, &["orders", "nobody"]));

    let file = scene.agent.data().join("demo.toml");
    std::fs::write(&file, scene.profile.toml()).unwrap();
    let from = file.to_str().unwrap().to_owned();
    let add = [
        "profile",
        "add",
        "--from",
        &from,
        "--secrets",
        "-",
        "--json",
    ];
    let added = scene
        .agent
        .run_with(&add, &scene.profile.secrets_json())
        .unwrap();
    answers.add("profile add, clone, import", &added.json().unwrap());
    std::fs::write(
        scene.agent.data().join("profiles/broken.toml"),
        "format = 9",
    )
    .unwrap();
    answers.add("profile list", &ask(&scene, &["profile", "list"]));
    answers.add("status (and the bare program)", &ask(&scene, &["status"]));
    std::fs::remove_file(scene.agent.data().join("profiles/broken.toml")).unwrap();
    answers.add(
        "profile show NAME",
        &ask(&scene, &["profile", "show", "demo"]),
    );
    let out = scene.agent.data().join("out.toml");
    answers.add(
        "profile export NAME --to FILE",
        &ask(
            &scene,
            &["profile", "export", "demo", "--to", out.to_str().unwrap()],
        ),
    );

    answers.add("check NAME", &ask(&scene, &["check", "demo"]));
    answers.add(
        "deploy NAME, withdraw NAME",
        &ask(&scene, &["deploy", "demo"]),
    );
    // Another installation reads the same shop.
    let now = jiff::Timestamp::now();
    let sql = format!(
        "INSERT INTO `oc_winkelbrug_state` (id, kept_until, content) VALUES ('r:another', {}, '{now}')",
        now.as_second() + 86_400
    );
    scene.shop.query(&sql).unwrap();
    let trial = ask(&scene, &["run", "demo", "--dry-run"]);
    answers.add("run NAME [TASK] [--dry-run]", &trial);
    for planned in trial["plans"].as_array().unwrap() {
        answers.add("A plan", &planned["plan"]);
    }
    let stock = ["run", "demo", "import-orders-export-stock"];
    answers.add("run NAME [TASK] [--dry-run]", &ask(&scene, &stock));
    answers.add("status (and the bare program)", &ask(&scene, &["status"]));
    let orders = ask(&scene, &["orders", "demo"]);
    answers.add("orders NAME [--state S]", &orders);
    for order in orders.as_array().unwrap() {
        let id = format!("id:{}", order["shop_id"].as_str().unwrap());
        let order = ask(&scene, &["order", "demo", &id]);
        answers.add("order NAME NUMBER|id:N", &order);
        answers.add("A plan", &order["plan"]);
    }
    for what in ["orders", "relations", "articles"] {
        let section = match what {
            "orders" => "books NAME orders",
            "relations" => "books NAME relations",
            _ => "books NAME articles",
        };
        answers.add(section, &ask(&scene, &["books", "demo", what]));
    }
    answers.add(
        "retry NAME ORDER, retry NAME --held",
        &ask(&scene, &["retry", "demo", "--held"]),
    );
    let held = orders
        .as_array()
        .unwrap()
        .iter()
        .find(|order| order["state"] == "held")
        .unwrap();
    let held = format!("id:{}", held["shop_id"].as_str().unwrap());
    answers.add(
        "credit NAME ORDER",
        &ask(&scene, &["credit", "demo", &held]),
    );
    answers.add(
        "skip NAME ORDER --why TEXT",
        &ask(&scene, &["skip", "demo", &held, "--why", "niet nodig"]),
    );
    answers.add(
        "link NAME CUSTOMER CODE|--unlink",
        &ask(&scene, &["link", "demo", "999", "new", "--yes"]),
    );
    answers.add("link NAME", &ask(&scene, &["link", "demo"]));
    answers.add(
        "link NAME CUSTOMER CODE|--unlink",
        &ask(&scene, &["link", "demo", "999", "--unlink"]),
    );
    let plan = [
        "plan",
        "demo",
        "import-orders-export-stock",
        "--next",
        "2035-01-01 00:00",
    ];
    answers.add("plan NAME TASK --next TIME", &ask(&scene, &plan));
    answers.add(
        "forget NAME CUSTOMER",
        &ask(&scene, &["forget", "demo", "kees@example.com"]),
    );
    booked(&mut scene, &mut answers, &from);
    let bundle = scene.agent.data().with_extension("bundle");
    answers.add(
        "support-bundle FILE",
        &ask(&scene, &["support-bundle", bundle.to_str().unwrap()]),
    );
    std::fs::remove_file(bundle).unwrap();
    followed(&scene, &mut answers);
    scene
        .profile
        .secrets
        .insert("administration".to_owned(), "geen-sleutel".to_owned());
    let replace = [
        "profile",
        "add",
        "--replace",
        "--from",
        &from,
        "--secrets",
        "-",
        "--json",
    ];
    scene
        .agent
        .run_with(&replace, &scene.profile.secrets_json())
        .unwrap();
    answers.add(
        "run NAME [TASK] [--dry-run]",
        &ask(&scene, &["run", "demo"]),
    );
    answers.add("status (and the bare program)", &ask(&scene, &["status"]));
    answers.add(
        "profile remove NAME",
        &ask(&scene, &["profile", "remove", "demo", "--force"]),
    );

    let listed = documented();
    let mut wrong = Vec::new();
    for (section, found) in &answers.0 {
        let Some(listed) = listed.get(*section) else {
            wrong.push(format!("no section {section}: {found:#?}"));
            continue;
        };
        for path in found.iter().filter(|path| !is_listed(listed, path)) {
            wrong.push(format!("{section}: {path} is not documented"));
        }
        for path in listed.iter().filter(|path| !path.ends_with(".*")) {
            if !found.contains(path) {
                wrong.push(format!(
                    "{section}: {path} is documented and never answered"
                ));
            }
        }
    }
    for section in listed
        .keys()
        .filter(|section| !answers.0.contains_key(section.as_str()))
    {
        wrong.push(format!("{section} is documented and was never asked"));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The same profile with booked invoices, one of them paid.
fn booked(scene: &mut Scene, answers: &mut Answers, file: &str) {
    let before = scene.profile.toml();
    scene
        .profile
        .set("sales", "form", &text("booking"))
        .set("sales", "booking_number", &text("order-number"))
        .set("sales.payment.ideal", "journal", &text("Bank"));
    let replace = |scene: &Scene, toml: &str| {
        std::fs::write(file, toml).unwrap();
        let replace = [
            "profile",
            "add",
            "--replace",
            "--from",
            file,
            "--secrets",
            "-",
        ];
        let secrets = scene.profile.secrets_json();
        scene
            .agent
            .run_with(&replace, &secrets)
            .unwrap()
            .ended(0)
            .unwrap();
    };
    replace(scene, &scene.profile.toml());
    scene.shop.sell("THEE-100", 1).unwrap();
    scene.agent.run(&["run", "demo"]).unwrap();
    let shown = scene.agent.run(&["books", "demo", "--json"]).unwrap();
    answers.add("books NAME bookings", &shown.json().unwrap());
    for key in ["form", "booking_number"] {
        scene.profile.leave_out("sales", key);
    }
    scene.profile.leave_out("sales.payment.ideal", "journal");
    replace(scene, &before);
}

/// A running agent, and what is told of a run by it.
fn followed(scene: &Scene, answers: &mut Answers) {
    let start = |arguments: &[&str]| {
        scene
            .agent
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let mut agent = start(&["serve", "--listen", "127.0.0.1:0", "--json"]);
    let mut lines = BufReader::new(agent.stdout.take().unwrap()).lines();
    let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    answers.add("serve", &first);
    let mut watch = start(&["watch", "--json"]);
    let mut remarks = BufReader::new(watch.stderr.take().unwrap()).lines();
    assert!(remarks.any(|line| line.unwrap().starts_with("Connected")));
    let mut events = BufReader::new(watch.stdout.take().unwrap()).lines();
    scene.shop.sell("THEE-100", 1).unwrap();
    scene.agent.run(&["run", "demo"]).unwrap();
    let plan = [
        "plan",
        "demo",
        "import-orders-export-stock",
        "--next",
        "2035-01-01 00:00",
    ];
    scene.agent.run(&plan).unwrap();
    loop {
        let event: Value = serde_json::from_str(&events.next().unwrap().unwrap()).unwrap();
        answers.add("watch", &event);
        if event["event"] == "planned" {
            break;
        }
    }
    scene.agent.run(&["serve", "--stop"]).unwrap();
    agent.wait().unwrap();
    watch.kill().unwrap();
    watch.wait().unwrap();
}

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
            // Plain FTP sends the password readable.
            "upload-login",
            "other-file",
            "other-reader",
            "cost-articles-unset",
            "who-invoices",
            "tax-classes-unmapped",
        ];
        // The demo's gift cards stand in a group of sales, its other articles fit.
        if name != "cost-articles" {
            assert_eq!(step["attention"], looks.contains(&name), "{step:#}");
        }
    }
    let shown = scene.agent.run(&["check", "demo"]).unwrap();
    let shown = shown.ended(0).unwrap().said();
    assert!(!shown.contains("Everything is in order"), "{shown}");
    assert!(shown.contains("points need attention."), "{shown}");
    let dangerous = |line: &str| line.starts_with("! ") && line.contains("is a bridge file");
    assert!(shown.lines().any(dangerous), "{shown}");
    // Lines are wrapped anywhere.
    let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains(" deploy demo --remove-others'"), "{shown}");
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
    let said = scene
        .agent
        .run(&["deploy", "demo", "--remove-others"])
        .unwrap()
        .ended(0)
        .unwrap()
        .said();
    assert!(said.contains("what stands above was removed"), "{said}");
    assert!(!said.contains("nothing was changed"), "{said}");
    assert_eq!(files(&scene.shop), first);
    // A file that was changed works not and is said so once.
    let path = scene.shop.folder().join(&first[0]);
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\n// changed\n")).unwrap();
    let said = scene.agent.run(&["check", "demo"]).unwrap().said();
    assert!(!said.contains(") works and holds"), "{said}");
    assert!(said.lines().any(|line| line.starts_with("✗ ")), "{said}");
}

#[test]
fn of_two_pcs_that_deploy_at_the_same_time_at_least_one_sees_the_other() {
    let scene = Scene::empty().unwrap();
    scene.add_profile().unwrap().ended(0).unwrap();
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
    let deploy = ["deploy", "demo", "--json"];
    let (one, other) = std::thread::scope(|scope| {
        let other = scope.spawn(|| told(&second, &deploy, 0));
        (told(&scene.agent, &deploy, 0), other.join().unwrap())
    });
    assert_eq!(files(&scene.shop).len(), 2);
    let noticed = others(&one).len() + others(&other).len();
    assert!(noticed >= 1, "{one:#} {other:#}");
}

#[test]
fn two_data_folders_on_one_shop_and_administration_book_each_order_once_and_say_so() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    let first = told(&scene.agent, &["run", "demo", "--json"], 0);
    assert_eq!(first["warnings"], serde_json::json!([]), "{first:#}");
    let orders = scene.books.orders().len();
    assert!(orders > 0);

    let second = Winkelbrug::under_test().unwrap();
    let file = second.data().join("demo.toml");
    std::fs::write(&file, scene.profile.toml()).unwrap();
    let add = [
        "profile",
        "add",
        "--from",
        file.to_str().unwrap(),
        "--secrets",
        "-",
    ];
    second
        .run_with(&add, &scene.profile.secrets_json())
        .unwrap()
        .ended(0)
        .unwrap();
    second.run(&["deploy", "demo"]).unwrap().ended(0).unwrap();
    let trial = second.run(&["run", "demo", "--dry-run"]).unwrap().said();
    assert!(trial.contains("trial run: nothing was written"), "{trial}");
    let there = format!("{orders} in the books already; the orders themselves do not change");
    assert!(trial.contains(&there), "{trial}");
    assert!(!trial.contains(&format!("{orders} written")), "{trial}");

    let ran = told(&second, &["run", "demo", "--json"], 0);
    assert_eq!(ran["created"]["orders"], 0, "{ran:#}");
    assert_eq!(ran["written"], orders, "{ran:#}");
    assert_eq!(ran["warnings"][0]["code"], "other-installation", "{ran:#}");
    assert_eq!(scene.books.orders().len(), orders);
    // The first one hears of it too, on its screen and in its status.
    scene.shop.sell("THEE-100", 1).unwrap();
    let ran = scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let said = ran.said().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("! Another PC or data folder with Winkelbrug works"),
        "{said}"
    );
    let status = told(&scene.agent, &["status", "--json"], 0);
    let warned = &status["profiles"][0]["warnings"][0];
    assert_eq!(warned["code"], "other-installation", "{status:#}");
    assert!(!warned["hint"].as_str().unwrap().is_empty());
    let said = scene.agent.run(&["status"]).unwrap().said();
    assert!(said.contains("! Another PC or data folder"), "{said}");
    assert_eq!(scene.books.orders().len(), orders + 1);
    let ran = told(&second, &["run", "demo", "--json"], 0);
    assert_eq!(ran["created"]["orders"], 0, "{ran:#}");
    assert_eq!(scene.books.orders().len(), orders + 1);

    // What a run did is in the log: by number and code, with nobody's name.
    let logs: String = std::fs::read_dir(scene.agent.data().join("logs"))
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    for part in [
        "run started",
        "run ended",
        "state=\"written\"",
        "what=\"order\"",
        "orders_made=",
    ] {
        assert!(logs.contains(part), "{part}: {logs}");
    }
    for relation in scene.books.relations() {
        let email = relation.email.trim();
        assert!(email.is_empty() || !logs.contains(email), "{email}");
    }
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

#[test]
fn an_earlier_file_of_ones_own_that_a_backup_brought_back_is_known_and_removed() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let folder = scene.shop.folder();
    let first = files(&scene.shop);
    let old = std::fs::read(folder.join(&first[0])).unwrap();
    // A new one takes its place.
    std::fs::write(folder.join(&first[0]), "<?php // changed").unwrap();
    assert_eq!(
        told(&scene.agent, &["deploy", "demo", "--json"], 0)["outcome"],
        "placed"
    );
    let second = files(&scene.shop);
    // The host puts yesterday's folder over today's.
    std::fs::write(folder.join(&first[0]), &old).unwrap();

    let answer = told(&scene.agent, &["check", "demo", "--json"], 0);
    assert_eq!(others(&answer).len(), 0, "nobody else's: {answer:#}");
    let step = answer["steps"].as_array().unwrap().iter();
    let step = step
        .filter(|step| step["name"] == "earlier-file")
        .collect::<Vec<_>>();
    assert_eq!(step.len(), 1, "{answer:#}");
    let message = step[0]["message"].as_str().unwrap();
    assert!(
        message.contains(&first[0]) && message.contains("restored backup"),
        "{message}"
    );
    assert_eq!(step[0]["attention"], true);
    assert!(step[0]["hint"].as_str().unwrap().contains(" deploy demo"));

    let answer = told(&scene.agent, &["deploy", "demo", "--json"], 0);
    assert_eq!(answer["outcome"], "unchanged", "the one in use stays");
    assert_eq!(files(&scene.shop), second);
    let answer = told(&scene.agent, &["check", "demo", "--json"], 0);
    let steps = answer["steps"].as_array().unwrap();
    assert!(
        steps.iter().all(|step| step["name"] != "earlier-file"),
        "{answer:#}"
    );

    // Also when everything was withdrawn since.
    told(&scene.agent, &["withdraw", "demo", "--json"], 0);
    std::fs::write(folder.join(&first[0]), &old).unwrap();
    let answer = told(&scene.agent, &["withdraw", "demo", "--json"], 0);
    assert_eq!(answer["outcome"], "withdrawn", "{answer:#}");
    assert!(files(&scene.shop).is_empty());
}

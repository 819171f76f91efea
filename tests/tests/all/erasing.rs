//! What is forgotten is in no byte of the data folder any more: journal, mirror, copies, logs.

use std::{fs, path::Path};

use testbed::{
    opencart::{Buyer, Item, NewOrder},
    program::Winkelbrug,
    scene::Scene,
};

const EMAIL: &str = "kees@example.com";
const NAME: &str = "van 't Hof";

/// Files under the folder in which one of the words stands, whatever its case.
fn holding(folder: &Path, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap().to_ascii_lowercase();
            for word in words {
                let word = word.to_ascii_lowercase();
                if bytes
                    .windows(word.len())
                    .any(|bytes| bytes == word.as_bytes())
                {
                    found.push(format!("{}: {word}", path.display()));
                }
            }
        }
    }
    found
}

fn run(agent: &Winkelbrug, arguments: &[&str]) -> serde_json::Value {
    let ran = agent.run(arguments).unwrap();
    ran.json().unwrap()
}

fn journal(scene: &Scene) -> rusqlite::Connection {
    rusqlite::Connection::open(scene.agent.data().join("journal.db")).unwrap()
}

/// A copy as a program of before the marks made it.
fn older_copy(scene: &Scene) {
    let backups = scene.agent.data().join("backups");
    let copy = fs::read_dir(&backups).unwrap().next().unwrap().unwrap();
    let older = backups.join("before-upgrade-4-20260101T000000Z.db");
    fs::copy(copy.path(), &older).unwrap();
    let older = rusqlite::Connection::open(older).unwrap();
    older
        .execute_batch("DROP TABLE salt; DROP TABLE forgotten_relation; PRAGMA user_version = 4;")
        .unwrap();
}

fn buy(scene: &Scene, buyer: Buyer) {
    let order = NewOrder::new(buyer, vec![Item::new("THEE-100", 1)]);
    scene.shop.place_order(&order).unwrap();
}

#[test]
fn forgotten_customer_is_in_no_byte_of_the_data_folder_and_is_recognised_when_he_returns() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    run(&scene.agent, &["run", "demo", "--json"]);
    older_copy(&scene);
    let log = scene.agent.data().join("logs/winkelbrug.2026-01-01.log");
    fs::write(&log, format!("INFO asked for {EMAIL} of Kees {NAME}\n")).unwrap();
    let before = holding(scene.agent.data(), &[EMAIL, NAME]);
    for file in [
        "journal.db",
        "journal-",
        "before-upgrade-4",
        "winkelbrug.2026",
    ] {
        assert!(
            before.iter().any(|found| found.contains(file)),
            "{file}: {before:?}"
        );
    }

    let told = run(
        &scene.agent,
        &["forget", "demo", "Kees@Example.com", "--json"],
    );
    assert_eq!(told["orders"], 1);
    assert_eq!(told["relations"], 1);
    assert_eq!(told["copies"], 2);
    assert_eq!(told["logs"], 1);
    assert_eq!(holding(scene.agent.data(), &[EMAIL, NAME]), [""; 0]);
    assert!(
        fs::read_to_string(&log)
            .unwrap()
            .starts_with("INFO asked for ****")
    );

    // The books, which go on telling him, are read anew as a whole: he does not come back.
    journal(&scene)
        .execute_batch("UPDATE books_progress SET whole_at = NULL")
        .unwrap();
    buy(
        &scene,
        Buyer::guest("Ilse", "Ander", "ilse@example.com", "1234 AB"),
    );
    run(&scene.agent, &["run", "demo", "--json"]);
    assert!(!holding(scene.agent.data(), &["ilse@example.com"]).is_empty());
    assert_eq!(holding(scene.agent.data(), &[EMAIL, NAME]), [""; 0]);
    let shown = run(&scene.agent, &["books", "demo", "relations", "--json"]);
    let shown = shown.to_string();
    assert!(
        shown.contains("ilse@example.com") && !shown.contains(EMAIL),
        "{shown}"
    );

    // He orders again: recognised by hashes, so he gets no second relation.
    let theirs = |scene: &Scene| {
        let relations = scene.books.relations();
        relations
            .iter()
            .filter(|relation| relation.email == EMAIL)
            .count()
    };
    assert_eq!(theirs(&scene), 1);
    buy(&scene, Buyer::guest("Kees", NAME, EMAIL, "9401 AA"));
    let ran = run(&scene.agent, &["run", "demo", "--json"]);
    assert_eq!(ran["created"]["relations"], 0, "{ran:#}");
    assert_eq!(ran["created"]["orders"], 1, "{ran:#}");
    assert_eq!(theirs(&scene), 1);
    // With another postcode he is somebody else, as before.
    buy(&scene, Buyer::guest("Kees", NAME, EMAIL, "1011 AB"));
    let ran = run(&scene.agent, &["run", "demo", "--json"]);
    assert_eq!(ran["created"]["relations"], 1, "{ran:#}");
}

#[test]
fn support_bundle_of_a_shop_at_work_holds_no_secret_and_nobody_of_its_customers() {
    let mut scene = Scene::demo().unwrap();
    // So that orders are held, and their reasons are on the way.
    scene.profile.leave_out("sales", "gift_card_article");
    scene.agent.set("WINKELBRUG_LOG", "trace");
    let scene = scene.ready().unwrap();
    for arguments in [
        &["run", "demo", "import-orders-export-stock"][..],
        &["check", "demo"],
        &["order", "demo", "99999"],
        &["retry", "demo", "--held"],
        &["run", "demo"],
    ] {
        scene.agent.run(arguments).unwrap();
    }
    let bundle = scene.agent.data().with_extension("bundle");
    let ran = scene
        .agent
        .run(&["support-bundle", bundle.to_str().unwrap()])
        .unwrap();
    assert_eq!(ran.code, Some(0), "{}", ran.said());
    let text = fs::read_to_string(&bundle).unwrap().to_lowercase();
    fs::remove_file(bundle).unwrap();
    assert!(text.contains("== profile demo") && text.contains("== log"));
    let table = format!("{}order", scene.shop.prefix());
    let columns = "email, CONCAT(firstname, ' ', lastname), telephone, payment_postcode";
    let orders = scene
        .shop
        .query(&format!("SELECT {columns} FROM {table}"))
        .unwrap();
    assert!(orders.len() > 5);
    let secrets = scene.profile.secrets.values();
    let personal = orders.iter().flatten();
    for private in secrets.chain(personal).filter(|word| word.len() > 4) {
        assert!(
            !text.contains(&private.to_lowercase()),
            "{private} is in the bundle"
        );
    }
}

#[test]
fn on_a_terminal_withdraw_and_forget_ask_first_and_a_no_changes_nothing() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    scene.agent.run(&["run", "demo"]).unwrap();
    let file = || scene.agent.run(&["check", "demo"]).unwrap().code;
    let before = file();
    let mail = scene
        .shop
        .query(&format!(
            "SELECT email FROM {}order LIMIT 1",
            scene.shop.prefix()
        ))
        .unwrap()[0][0]
        .clone();
    let orders = || {
        let ran = scene.agent.run(&["orders", "demo", "--json"]).unwrap();
        ran.json().unwrap()
    };
    let kept = orders();
    let listed = kept.to_string();
    assert!(listed.contains("\"written\""), "{listed}");
    for (arguments, question, answer, said) in [
        (
            vec!["withdraw", "demo"],
            "Are you sure?",
            "n\r",
            "Nothing was removed.",
        ),
        (
            vec!["forget", "demo", &mail],
            "Are you sure?",
            "\r",
            "Nothing was erased.",
        ),
    ] {
        let ran = scene
            .agent
            .on_a_terminal(&arguments, &[(question, answer)])
            .unwrap();
        assert!(ran.said().contains(said), "{}", ran.said());
        assert_eq!(ran.code, Some(1), "{}", ran.said());
    }
    assert_eq!(file(), before, "the file still answers");
    assert_eq!(orders(), kept, "each order is in the state it was");

    let erased = scene
        .agent
        .on_a_terminal(&["forget", "demo", &mail], &[("Are you sure?", "y\r")])
        .unwrap();
    assert_eq!(erased.code, Some(0), "{}", erased.said());
    let gone = scene
        .agent
        .on_a_terminal(&["withdraw", "demo"], &[("Are you sure?", "y\r")])
        .unwrap();
    assert_eq!(gone.code, Some(0), "{}", gone.said());
    assert_ne!(file(), before, "nothing answers any more");
}

/// The demo's settings for books of Winkelbrug's own.
pub(crate) fn on_trial_books(scene: &mut Scene) {
    scene
        .profile
        .set("administration", "kind", "\"trial\"")
        .leave_out("administration", "api_url")
        .leave_out("administration", "auth_url");
    for setting in [
        "discount",
        "shipping",
        "fee",
        "gift_card",
        "store_credit",
        "rounding",
    ] {
        scene
            .profile
            .leave_out("sales", &format!("{setting}_article"));
    }
    scene
        .profile
        .leave_out("sales", "payment_cost_article")
        .leave_out("sales", "levy_article")
        .leave_out("sales", "total_difference_article")
        .set(
            "sales",
            "shipping_article",
            "{ hoog = \"VERZEND-HOOG\", laag = \"VERZEND-LAAG\", geen = \"VERZEND-GEEN\" }",
        )
        .set("articles.revenue_groups", "BTW hoog", "\"Omzet hoog\"")
        .set("articles.revenue_groups", "BTW laag", "\"Omzet laag\"")
        .set("articles.revenue_groups", "BTW nul", "\"Omzet geen btw\"")
        .set(
            "articles.revenue_groups",
            "BTW hoog met bijdrage",
            "\"Omzet hoog\"",
        );
}

#[test]
fn what_the_trial_administration_knows_of_a_forgotten_customer_goes_too() {
    let mut scene = Scene::demo().unwrap();
    on_trial_books(&mut scene);
    let scene = scene.ready().unwrap();
    run(&scene.agent, &["run", "demo", "--json"]);
    let before = holding(scene.agent.data(), &[EMAIL]);
    assert!(
        before.iter().any(|found| found.contains("trial")),
        "{before:?}"
    );
    // Through a running agent, which keeps the files open.
    scene.agent.run(&[]).unwrap();
    run(&scene.agent, &["forget", "demo", EMAIL, "--json"]);
    let after = holding(scene.agent.data(), &[EMAIL, NAME]);
    scene.agent.run(&["serve", "--stop"]).unwrap();
    assert_eq!(after, [""; 0]);
}

#[test]
fn removed_profile_leaves_no_customer_in_the_data_folder_and_made_again_writes_nothing_twice() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    run(&scene.agent, &["run", "demo", "--json"]);
    older_copy(&scene);
    let orders = scene.books.orders().len();
    assert!(orders > 0);
    assert!(!holding(scene.agent.data(), &[EMAIL, NAME]).is_empty());

    scene
        .agent
        .run(&["profile", "remove", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    assert_eq!(holding(scene.agent.data(), &[EMAIL, NAME]), [""; 0]);
    assert_eq!(holding(scene.agent.data(), &["@example."]), [""; 0]);

    let again = scene.profile.clone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("again.toml");
    fs::write(&file, again.toml()).unwrap();
    let file = file.to_str().unwrap();
    let add = ["profile", "add", "--from", file, "--secrets", "-"];
    scene
        .agent
        .run_with(&add, &again.secrets_json())
        .unwrap()
        .ended(0)
        .unwrap();
    let deployed = scene.agent.run(&["deploy", "demo"]).unwrap();
    deployed.ended(0).unwrap();
    run(&scene.agent, &["run", "demo", "--json"]);
    assert_eq!(scene.books.orders().len(), orders);
}

#[test]
fn a_guest_whose_relation_we_made_leaves_no_hash_of_his_when_he_is_forgotten_at_once() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    run(&scene.agent, &["run", "demo", "--json"]);
    buy(
        &scene,
        Buyer::guest("Vera", "Zonderling", "vera@example.com", "1234 AB"),
    );
    let ran = run(&scene.agent, &["run", "demo", "--json"]);
    assert_eq!(ran["created"]["relations"], 1, "{ran:#}");
    let mut hashes: Vec<String> = journal(&scene)
        .prepare(
            "SELECT party FROM intents WHERE kind = 'relation'
                AND order_id = (SELECT max(id) FROM orders)
             UNION SELECT shop_id FROM bindings WHERE kind = 'relation'
                AND shop_id LIKE 'guest:%' AND bound_at = (SELECT max(bound_at) FROM bindings
                    WHERE kind = 'relation')",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    hashes.retain(|hash| !hash.is_empty());
    assert_eq!(hashes.len(), 2, "{hashes:?}");
    // The mirror does not show the relation yet, as when the books list it late.
    journal(&scene)
        .execute_batch(
            "DELETE FROM books_email WHERE email = 'vera@example.com';
             DELETE FROM books_relation WHERE record LIKE '%vera@example.com%';",
        )
        .unwrap();
    let hashes: Vec<&str> = hashes
        .iter()
        .map(|hash| hash.trim_start_matches("guest:"))
        .collect();
    assert!(!holding(scene.agent.data(), &hashes).is_empty());

    let told = run(
        &scene.agent,
        &["forget", "demo", "vera@example.com", "--json"],
    );
    assert_eq!(told["orders"], 1);
    assert_eq!(holding(scene.agent.data(), &hashes), [""; 0]);
}

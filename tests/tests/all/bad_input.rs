//! What goes wrong outside the program, and what the owner sees of it: a message of its own in
//! both languages, the right exit code, nothing changed in the shop and nothing in the books.
use std::collections::BTreeSet;

use testbed::{
    profile::text,
    program::Ran,
    scene::Scene,
    servers::{Behaviour, Relay, free_port},
};

/// What may not change: the shop's files and tables, and the orders in the books.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    files: BTreeSet<String>,
    tables: BTreeSet<String>,
    orders: usize,
}

fn left(scene: &Scene) -> Left {
    let files = std::fs::read_dir(scene.shop.folder()).unwrap();
    Left {
        files: files
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect(),
        tables: scene
            .shop
            .query("SHOW TABLES")
            .unwrap()
            .concat()
            .into_iter()
            .collect(),
        orders: scene.books.orders().len(),
    }
}

/// The failure's code, as `--json` tells it on standard error or in the steps.
fn code_of(ran: &Ran) -> String {
    let parse = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    let value = parse(&ran.stdout)
        .or_else(|| parse(&ran.stderr))
        .unwrap_or_default();
    let failed_step = value["steps"]
        .as_array()
        .and_then(|steps| steps.iter().find(|step| step["ok"] == false));
    [
        failed_step.map(|step| &step["code"]),
        Some(&value["failure"]["code"]),
        Some(&value["error"]["code"]),
        Some(&value["code"]),
    ]
    .into_iter()
    .flatten()
    .find_map(|code| code.as_str().map(str::to_owned))
    .unwrap_or_else(|| panic!("no code in {ran:?}"))
}

/// Runs a command that must fail, in both languages and as JSON; answers its code and English text.
fn fails(scene: &Scene, arguments: &[&str], exit: i32) -> (String, String) {
    let before = left(scene);
    let english = scene
        .agent
        .run(arguments)
        .unwrap()
        .ended(exit)
        .unwrap()
        .said();
    let dutch = scene
        .agent
        .run(&[arguments, &["--lang", "nl"]].concat())
        .unwrap();
    let dutch = dutch.ended(exit).unwrap().said();
    assert_ne!(english, dutch);
    let json = scene.agent.run(&[arguments, &["--json"]].concat()).unwrap();
    assert_eq!(left(scene), before, "{english}");
    (code_of(&json.ended(exit).unwrap()), english)
}

/// A scene whose shop is reached through a relay, with the bridge deployed.
fn behind_a_relay() -> (Scene, Relay) {
    let mut scene = Scene::demo().unwrap();
    let relay = Relay::start(&scene.shop.url()).unwrap();
    scene.profile.set("shop", "url", &text(&relay.url()));
    (scene.ready().unwrap(), relay)
}

#[test]
fn wrong_ftp_password_is_a_refused_key() {
    let mut scene = Scene::demo().unwrap();
    scene
        .profile
        .secrets
        .insert("upload".into(), "not-this-one".into());
    scene.add_profile().unwrap().ended(0).unwrap();
    let (code, said) = fails(&scene, &["check", "demo"], 4);
    assert_eq!(code, "ftp-password-refused", "{said}");
    let said = scene
        .agent
        .run(&["deploy", "demo"])
        .unwrap()
        .ended(4)
        .unwrap()
        .said();
    assert!(!said.contains("not-this-one"), "the password is not shown");
}

#[test]
fn on_a_terminal_a_refused_password_is_entered_anew_with_the_command_the_hint_names() {
    let mut scene = Scene::demo().unwrap();
    let right = scene.profile.secrets["upload"].clone();
    scene
        .profile
        .secrets
        .insert("upload".into(), "not-this-one".into());
    scene.add_profile().unwrap().ended(0).unwrap();
    let refused = scene.agent.run(&["deploy", "demo"]).unwrap();
    let command = "check demo --secrets ask";
    assert!(refused.said().contains(command), "{}", refused.said());
    let keys = |secret: &str| format!("{secret}\r");
    let (upload, key, subscription) = (
        keys(&right),
        keys(&scene.profile.secrets["administration"]),
        keys(&scene.profile.secrets["subscription"]),
    );
    let answers = [
        ("upload password", upload.as_str()),
        ("connection key", key.as_str()),
        ("subscription key", subscription.as_str()),
        ("fill them into the profile?", "n\r"),
    ];
    let checked = scene
        .agent
        .on_a_terminal(&["check", "demo", "--secrets", "ask"], &answers)
        .unwrap();
    assert!(!checked.said().contains(&right), "{}", checked.said());
    scene
        .agent
        .run(&["deploy", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
}

#[test]
fn ftp_server_that_is_not_there_cannot_be_connected() {
    let mut scene = Scene::demo().unwrap();
    let nobody = free_port().unwrap().to_string();
    scene.profile.set("shop.upload", "port", &nobody);
    scene.add_profile().unwrap().ended(0).unwrap();
    let (_, said) = fails(&scene, &["deploy", "demo"], 3);
    assert!(said.contains(&nobody), "{said}");
}

#[test]
fn folder_that_is_no_shop_is_named() {
    for folder in ["/", "no/such/folder"] {
        let mut scene = Scene::demo().unwrap();
        scene.profile.set("shop.upload", "folder", &text(folder));
        scene.add_profile().unwrap().ended(0).unwrap();
        let (_, said) = fails(&scene, &["deploy", "demo"], 2);
        assert!(said.contains(folder), "{said}");
    }
}

#[test]
fn table_prefix_that_the_shop_does_not_have_is_named() {
    let mut scene = Scene::demo().unwrap();
    scene.profile.set("shop", "table_prefix", &text("other_"));
    scene.add_profile().unwrap().ended(0).unwrap();
    let (code, said) = fails(&scene, &["deploy", "demo"], 2);
    assert!(
        code.contains("prefix") && said.contains("other_"),
        "{code} {said}"
    );
}

#[test]
fn address_of_another_web_server_is_noticed_before_anything_is_used() {
    let mut scene = Scene::demo().unwrap();
    let elsewhere = Scene::empty().unwrap();
    scene
        .profile
        .set("shop", "url", &text(&elsewhere.shop.url()));
    scene.add_profile().unwrap().ended(0).unwrap();
    let ran = scene.agent.run(&["deploy", "demo"]).unwrap();
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        left(&scene)
            .files
            .iter()
            .all(|name| !name.starts_with("winkelbrug"))
    );
}

#[test]
fn shop_that_does_not_answer_cannot_be_connected() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    scene.shop.stop_web();
    fails(&scene, &["check", "demo"], 3);
    fails(&scene, &["run", "demo"], 3);
}

#[test]
fn redirect_names_the_final_address() {
    let (scene, relay) = behind_a_relay();
    let end = scene.shop.url();
    relay.behave(Behaviour::Redirect(end.clone()));
    let (code, said) = fails(&scene, &["check", "demo"], 2);
    assert!(said.contains(&end), "{code} {said}");
    fails(&scene, &["run", "demo"], 2);
}

#[test]
fn pages_that_are_no_answer_are_told_apart() {
    let (scene, relay) = behind_a_relay();
    let mut codes = BTreeSet::new();
    for (status, page) in [
        (
            500,
            "<b>Fatal error</b>: Uncaught Error in /home/x/y.php on line 3",
        ),
        (200, "<html><title>Under maintenance</title></html>"),
        (503, "<html>Service unavailable</html>"),
        (403, "<html>Forbidden by the firewall</html>"),
        (401, "<html>Authorization required</html>"),
    ] {
        relay.behave(Behaviour::Page(status, page.into()));
        let ran = scene.agent.run(&["check", "demo", "--json"]).unwrap();
        assert_ne!(ran.code, Some(0), "{ran:?}");
        let again = scene.agent.run(&["run", "demo"]).unwrap();
        assert_ne!(again.code, Some(0), "{again:?}");
        codes.insert(code_of(&ran));
    }
    assert!(codes.len() >= 4, "each has words of its own: {codes:?}");
    assert!(scene.books.orders().is_empty());
}

#[test]
fn cut_and_altered_answers_are_thrown_away_whole() {
    let (scene, relay) = behind_a_relay();
    for behaviour in [Behaviour::Cut(0), Behaviour::Cut(200), Behaviour::Alter] {
        relay.behave(behaviour);
        let ran = scene.agent.run(&["run", "demo"]).unwrap();
        assert_ne!(ran.code, Some(0), "{ran:?}");
        assert!(scene.books.orders().is_empty());
    }
}

#[test]
fn shop_database_that_is_down_or_refuses_is_named() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    let config = scene.shop.folder().join("config.php");
    let text = std::fs::read_to_string(&config).unwrap();
    let port = scene.shop.database().server().port().to_string();
    let nobody = free_port().unwrap().to_string();
    std::fs::write(&config, text.replace(&port, &nobody)).unwrap();
    let (down, _) = fails(&scene, &["check", "demo"], 3);
    assert_eq!(fails(&scene, &["run", "demo"], 3).0, down);
    std::fs::write(&config, text).unwrap();
    scene.shop.database().lock_out().unwrap();
    let (refused, _) = fails(&scene, &["check", "demo"], 2);
    assert_eq!(fails(&scene, &["run", "demo"], 2).0, refused);
    assert_ne!(down, refused);
}

#[test]
fn setting_that_stands_in_the_file_is_not_in_force_until_it_is_placed_again_and_check_says_so() {
    let mut scene = Scene::demo().unwrap().ready().unwrap();
    scene.profile.set("shop", "allow_from", "[\"203.0.113.7\"]");
    let file = scene.agent.data().join("changed.toml");
    std::fs::write(&file, scene.profile.toml()).unwrap();
    let add = [
        "profile",
        "add",
        "--from",
        file.to_str().unwrap(),
        "--replace",
        "--secrets",
        "-",
    ];
    let secrets = scene.profile.secrets_json();
    scene
        .agent
        .run_with(&add, &secrets)
        .unwrap()
        .ended(0)
        .unwrap();
    let (code, _) = fails(&scene, &["check", "demo"], 2);
    assert_eq!(code, "settings-not-deployed");
}

#[test]
fn bridge_file_that_was_removed_or_changed_is_noticed_and_deploy_mends_it() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    let file = || {
        let files = std::fs::read_dir(scene.shop.folder()).unwrap();
        files.map(|entry| entry.unwrap().path()).find(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with("winkelbrug-")
        })
    };
    let bridge = file().unwrap();
    std::fs::write(
        &bridge,
        format!("{}\n// x", std::fs::read_to_string(&bridge).unwrap()),
    )
    .unwrap();
    let (changed, _) = fails(&scene, &["check", "demo"], 2);
    // Nothing is read through it or written by it either, not even on a day it was proved already.
    assert_eq!(fails(&scene, &["run", "demo"], 2).0, changed);
    std::fs::remove_file(&bridge).unwrap();
    let (gone, _) = fails(&scene, &["check", "demo"], 2);
    assert_ne!(changed, gone);
    scene
        .agent
        .run(&["deploy", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    assert_ne!(file().unwrap(), bridge, "a fresh name");
    scene
        .agent
        .run(&["check", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
}

//! A server that stops running PHP: what a visitor sees of the deployed file, looked at daily.

use std::path::Path;

use testbed::{program::Winkelbrug, scene::Scene, servers::PhpOptions};

fn bridge_file(scene: &Scene) -> String {
    let mut names: Vec<String> = std::fs::read_dir(scene.shop.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("winkelbrug-"))
        .collect();
    assert_eq!(names.len(), 1, "{names:?}");
    names.remove(0)
}

/// What a visitor gets of our file from now on; our own requests are answered as ever.
fn visitors_get(scene: &Scene, script: &str) {
    let first = scene.shop.folder().join("first.php");
    let condition = "if ($_SERVER['REQUEST_METHOD'] === 'GET' && strpos($_SERVER['SCRIPT_NAME'], 'winkelbrug-') !== false)";
    std::fs::write(&first, format!("<?php {condition} {{ {script} exit; }}")).unwrap();
    let options = PhpOptions::default().ini("auto_prepend_file", &first.display().to_string());
    scene.shop.restart_web(&options).unwrap();
}

fn a_day_goes_by(data: &Path) {
    let journal = rusqlite::Connection::open(data.join("journal.db")).unwrap();
    let changed = journal
        .execute("DELETE FROM cursors WHERE name = 'bridge-looked-at'", [])
        .unwrap();
    assert_eq!(changed, 1, "it was looked at");
}

fn code(agent: &Winkelbrug, arguments: &[&str]) -> (Option<i32>, String) {
    let ran = agent.run(arguments).unwrap();
    (ran.code, ran.said())
}

#[test]
fn source_that_shows_stops_the_profile_until_file_and_keys_are_renewed() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    let agent = &scene.agent;
    let first = bridge_file(&scene);
    agent.run(&["run", "demo"]).unwrap();
    visitors_get(&scene, "readfile($_SERVER['SCRIPT_FILENAME']);");
    let (_, said) = code(agent, &["run", "demo"]);
    assert!(
        !said.contains("bridge-source-exposed"),
        "once a day only: {said}"
    );

    a_day_goes_by(agent.data());
    let ran = agent
        .run(&["run", "demo", "--json"])
        .unwrap()
        .ended(4)
        .unwrap();
    let report = ran.json().unwrap();
    assert_eq!(
        report["failure"]["code"], "bridge-source-exposed",
        "{report:#}"
    );
    assert!(
        report["failure"]["hint"]
            .as_str()
            .unwrap()
            .contains(" deploy demo")
    );
    let status = agent.run(&["status", "--json"]).unwrap().json().unwrap();
    assert_eq!(
        status["profiles"][0]["stopped"]["why"]["code"],
        "bridge-source-exposed"
    );

    // The server runs PHP again: the file works, but who read it has what stands in it.
    scene.shop.restart_web(&PhpOptions::default()).unwrap();
    assert_eq!(code(agent, &["run", "demo"]).0, Some(4));
    assert_eq!(code(agent, &["check", "demo"]).0, Some(4));
    let ran = agent
        .run(&["deploy", "demo", "--json"])
        .unwrap()
        .ended(0)
        .unwrap();
    assert_eq!(ran.json().unwrap()["outcome"], "placed");
    assert_ne!(bridge_file(&scene), first);
    let status = agent.run(&["status", "--json"]).unwrap().json().unwrap();
    assert!(status["profiles"][0]["stopped"].is_null());
    let report = agent
        .run(&["run", "demo", "--json"])
        .unwrap()
        .json()
        .unwrap();
    assert!(report["failure"].is_null(), "{report:#}");
}

#[test]
fn page_or_nothing_in_place_of_the_file_is_named_and_the_run_goes_on() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    for (script, words) in [
        (
            "header('Content-Type: text/html'); echo '<html>Welkom</html>';",
            "web page",
        ),
        ("http_response_code(404); echo 'weg';", "404"),
    ] {
        visitors_get(&scene, script);
        let ran = scene.agent.run(&["run", "demo"]).unwrap();
        assert!(ran.said().contains(words), "{words}: {}", ran.said());
        let report = scene.agent.run(&["run", "demo", "--json"]).unwrap();
        assert!(report.json().unwrap()["failure"].is_null());
        a_day_goes_by(scene.agent.data());
    }
}

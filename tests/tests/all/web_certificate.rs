//! A web server whose certificate no authority vouches for: trusted by the owner's word, and stopped at
//! when it becomes another.

use testbed::{
    agreement,
    profile::text,
    program::Ran,
    scene::Scene,
    servers::{Certificate, Front, FrontOptions},
};

fn front(target: &str, port: u16, certificate: &Certificate) -> Front {
    let options = FrontOptions {
        port,
        certificate: Some(certificate.clone()),
        ..FrontOptions::default()
    };
    Front::with(target, &options).unwrap()
}

#[test]
fn a_certificate_of_ones_own_is_trusted_by_the_owners_word_and_another_one_stops_the_profile() {
    let mut scene = Scene::demo().unwrap();
    let (first, second) = (
        Certificate::self_signed().unwrap(),
        Certificate::self_signed().unwrap(),
    );
    let target = scene.shop.url();
    let web = front(&target, 0, &first);
    let port = web.port();
    scene.profile.set("shop", "url", &text(&web.url()));
    scene.add_profile().unwrap().ended(0).unwrap();
    let run = |arguments: &[&str], code: i32| -> Ran {
        scene.agent.run(arguments).unwrap().ended(code).unwrap()
    };
    let stopped = || run(&["status", "--json"], 0).json().unwrap()["profiles"][0]["stopped"].take();
    let files = || {
        let entries = std::fs::read_dir(scene.shop.folder()).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("winkelbrug-"))
            .count()
    };

    let refused = run(&["deploy", "demo"], 3).said();
    assert!(
        refused.contains(first.fingerprint()) && refused.contains("--trust-new-key"),
        "{refused}"
    );
    assert_eq!(files(), 0);
    let deployed = run(&["deploy", "demo", "--trust-new-key"], 0).said();
    assert!(deployed.contains(first.fingerprint()), "{deployed}");
    run(&["check", "demo"], 0);
    run(&["run", "demo"], 0);
    let written = agreement::demo_orders_are_right(&scene).unwrap();
    assert!(written > 0);

    drop(web);
    let web = front(&target, port, &second);
    for command in ["run", "deploy"] {
        let said = run(&[command, "demo"], 4).said();
        for shown in [first.fingerprint(), second.fingerprint(), "has changed"] {
            assert!(said.contains(shown), "{command}: {said}");
        }
        let stopped = stopped();
        assert_eq!(
            stopped["why"]["code"], "certificate-changed",
            "{command}: {stopped}"
        );
    }
    let again = run(&["deploy", "demo", "--trust-new-key"], 0).said();
    assert!(
        again.contains("ANOTHER key") && again.contains(second.fingerprint()),
        "{again}"
    );
    assert_eq!(stopped(), serde_json::Value::Null);
    run(&["run", "demo"], 0);
    run(&["withdraw", "demo"], 0);
    assert_eq!(files(), 0);
    drop(web);
}

//! A server that falls silent at any of its replies: the program gives up in its time, says so, and
//! the next deploy finds everything in order.

use testbed::{profile::text, scene::Scene, servers::CutRelay};

use super::bed::{Kind, With, protocol, start};

fn falls_silent(kind: Kind, every: usize) {
    let mut scene = Scene::empty().unwrap();
    let server = start(kind, scene.shop.account(), &With::default());
    let relay = CutRelay::start(server.port()).unwrap();
    let name = toml::Value::try_from(protocol(kind)).unwrap().to_string();
    scene
        .profile
        .set("shop.upload", "protocol", &name)
        .set("shop.upload", "port", &relay.port().to_string())
        .set("shop.upload", "user", &text(server.user()));
    if let Some(fingerprint) = server.fingerprints().first() {
        scene
            .profile
            .set("shop.upload", "fingerprint", &text(fingerprint));
    }
    let password = server.password().to_owned();
    scene.profile.secrets.insert("upload".to_owned(), password);
    scene.add_profile().unwrap().ended(0).unwrap();
    scene.agent.set("WINKELBRUG_CLOCK_SPEED", "60");
    let mut silent = 0;
    for replies in (0..).step_by(every) {
        relay.silent_after_replies(replies);
        let ran = scene.agent.run(&["deploy", "demo", "--json"]).unwrap();
        relay.heal();
        if ran.code == Some(0) {
            break;
        }
        let ran = ran.ended(3).unwrap();
        let code = ran.json().unwrap()["error"]["code"].clone();
        assert!(
            ["ftp-timeout", "sftp-timeout", "upload-not-this-protocol"]
                .contains(&code.as_str().unwrap()),
            "after {replies} replies: {}",
            ran.said()
        );
        silent += 1;
    }
    assert!(silent > 2, "the server was never silent");
    scene.agent.unset("WINKELBRUG_CLOCK_SPEED");
    scene
        .agent
        .run(&["deploy", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    let ours = std::fs::read_dir(scene.shop.folder())
        .unwrap()
        .filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_str().unwrap().starts_with("winkelbrug-")
        })
        .count();
    assert_eq!(ours, 1, "one file, and no other");
}

#[test]
fn plain_ftp_that_falls_silent_at_any_reply_is_given_up_and_leaves_nothing() {
    if !super::runs_here() {
        return;
    }
    falls_silent(Kind::VsftpdPlain, 4);
}

#[test]
fn sftp_that_falls_silent_at_any_reply_is_given_up_and_leaves_nothing() {
    if !super::runs_here() {
        return;
    }
    falls_silent(Kind::SshdPassword, 6);
}

//! The test of the connection, and the settings of such a profile.
use testbed::{
    profile::text,
    sconnect::{Charset, Flavour, Sale, SconnectScene, Start, Trouble},
};

use super::step;

#[test]
fn either_plug_in_is_recognised_and_tested_without_a_change_to_the_shop() {
    for flavour in [Flavour::Magento, Flavour::WooCommerce] {
        let scene = SconnectScene::new(flavour).unwrap().ready().unwrap();
        scene.shop.place(&Sale::new("1"));
        scene.stock("MOK-WIT", "Hoog", 5, 5).unwrap();
        let ran = scene.agent.run(&["check", "demo", "--json"]).unwrap();
        let answer = ran.ended(0).unwrap().json().unwrap();
        for name in [
            "sconnect-hello",
            "sconnect-commands",
            "sconnect-orders",
            "sconnect-stock",
        ] {
            let steps = answer["steps"].as_array().unwrap();
            assert!(
                steps
                    .iter()
                    .any(|step| step["name"] == name && step["ok"] == true),
                "{answer:#}"
            );
        }
        assert!(
            scene.shop.violations().is_empty(),
            "{:?}",
            scene.shop.violations()
        );
        for command in ["deploy", "withdraw"] {
            let ran = scene
                .agent
                .run(&[command, "demo"])
                .unwrap()
                .ended(0)
                .unwrap();
            assert!(
                ran.said().contains("No file of Winkelbrug goes"),
                "{}",
                ran.said()
            );
        }
        scene
            .agent
            .run(&["profile", "remove", "demo"])
            .unwrap()
            .ended(0)
            .unwrap();
    }
}

#[test]
fn each_thing_that_can_be_wrong_has_words_of_its_own() {
    let scene = SconnectScene::new(Flavour::Magento)
        .unwrap()
        .ready()
        .unwrap();
    let html = "<html><body>Welkom</body></html>".to_owned();
    let warning = "<br />\n<b>Warning</b>: Undefined index in /x.php<br />{}".to_owned();
    let answer = |status, kind, body| Trouble::Answer(status, kind, body);
    let mut said = Vec::new();
    for (trouble, code) in [
        (Trouble::Redirect("/nl/sconnect".into()), "shop-redirects"),
        (
            answer(403, "application/json", String::new()),
            "sconnect-refused",
        ),
        (answer(403, "text/html", html.clone()), "refused-in-front"),
        (answer(404, "text/html", html.clone()), "sconnect-missing"),
        (answer(200, "text/html", html), "sconnect-html"),
        (answer(200, "text/html", warning), "php-error-page"),
        (answer(500, "text/html", "fout".into()), "shop-server-error"),
        (
            answer(200, "application/json", String::new()),
            "answer-empty",
        ),
        (answer(401, "text/plain", String::new()), "basic-auth"),
        (
            answer(200, "application/json", "{\"api_inf".into()),
            "answer-cut-off",
        ),
        (
            answer(200, "application/json", "{\"naam\":1}".into()),
            "answer-malformed",
        ),
    ] {
        scene.shop.arm("koppeling_maken", None, trouble);
        let step = step(&scene.agent, "sconnect-hello");
        assert_eq!(step["code"], code, "{step}");
        assert!(!step["message"].as_str().unwrap().is_empty());
        said.push(step["message"].as_str().unwrap().to_owned());
        scene.shop.calm();
    }
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 11, "{said:#?}");
    // Both languages, each with advice.
    scene.shop.arm(
        "koppeling_maken",
        None,
        Trouble::Redirect("/nl/sconnect".into()),
    );
    for (language, words) in [("nl", "stuurt door naar"), ("en", "redirects to")] {
        let ran = scene
            .agent
            .run(&["--lang", language, "check", "demo"])
            .unwrap();
        assert!(
            ran.said().contains(words) && ran.said().contains('→'),
            "{}",
            ran.said()
        );
    }
}

#[test]
fn a_wrong_token_stops_the_profile_and_is_shown_nowhere() {
    let mut scene = SconnectScene::new(Flavour::Magento).unwrap();
    scene
        .profile
        .secrets
        .insert("shop".into(), "heel-ander-token".into());
    let scene = scene.ready().unwrap();
    let ran = scene.agent.run(&["run", "demo"]).unwrap().ended(4).unwrap();
    assert!(ran.said().contains("403"), "{}", ran.said());
    let check = scene
        .agent
        .run(&["check", "demo"])
        .unwrap()
        .ended(4)
        .unwrap();
    let shown = format!("{}{}", ran.said(), check.said());
    assert!(!shown.contains("heel-ander-token"));
    for entry in std::fs::read_dir(scene.agent.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes
                .windows(16)
                .any(|window| window == b"heel-ander-token");
            assert!(!found, "{}", path.display());
        }
    }
}

#[test]
fn a_clock_that_is_off_is_named_with_the_refusal() {
    let scene = SconnectScene::new(Flavour::Magento)
        .unwrap()
        .ready()
        .unwrap();
    scene.shop.with(|world| world.knobs.clock = 3 * 3600);
    assert_eq!(step(&scene.agent, "clock")["ok"], true);
    scene.shop.with(|world| world.token = "ander".to_owned());
    let step = step(&scene.agent, "sconnect-hello");
    assert!(
        step["hint"].as_str().unwrap().contains("180 minutes"),
        "{step}"
    );
}

#[test]
fn a_plug_in_at_another_path_is_found_and_one_that_is_too_old_is_named() {
    let mut scene = SconnectScene::new(Flavour::WooCommerce).unwrap();
    let base = scene.shop.base();
    scene.profile.set("shop", "url", &text(&base));
    let scene = scene.ready().unwrap();
    let missing = step(&scene.agent, "sconnect-hello");
    assert_eq!(missing["code"], "sconnect-missing");
    let address = format!("{base}/wp-json/sforsoftware/sconnect");
    assert!(
        missing["hint"].as_str().unwrap().contains(&address),
        "{missing}"
    );

    let scene = SconnectScene::new(Flavour::Magento)
        .unwrap()
        .ready()
        .unwrap();
    scene
        .shop
        .with(|world| world.knobs.commands = "koppeling_maken|orders".into());
    let old = step(&scene.agent, "sconnect-commands");
    assert_eq!(old["code"], "sconnect-command-missing");
    assert!(
        old["message"].as_str().unwrap().contains("voorraad"),
        "{old}"
    );
}

#[test]
fn a_start_time_the_shop_does_not_heed_is_told() {
    let scene = SconnectScene::new(Flavour::WooCommerce)
        .unwrap()
        .ready()
        .unwrap();
    scene.shop.place(&Sale::new("1"));
    assert_eq!(step(&scene.agent, "sconnect-orders")["hint"], "");
    scene.shop.with(|world| world.knobs.start = Start::Ignored);
    let told = step(&scene.agent, "sconnect-orders");
    assert!(
        told["ok"] == true && told["hint"].as_str().unwrap().contains("start time"),
        "{told}"
    );
}

#[test]
fn a_token_is_made_for_an_owner_without_one_and_shown_once() {
    let mut scene = SconnectScene::new(Flavour::Magento).unwrap();
    scene.profile.secrets.remove("shop");
    let ran = scene.add_profile().unwrap().ended(0).unwrap();
    let token = ran
        .stdout
        .lines()
        .find(|line| line.len() == 43 && !line.contains(' '))
        .unwrap_or_else(|| panic!("{}", ran.said()))
        .to_owned();
    assert!(ran.said().contains("shown only once"));
    // Pasted into the plug-in, it opens the shop.
    scene.shop.with(|world| world.token.clone_from(&token));
    let check = scene
        .agent
        .run(&["check", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    assert!(!check.said().contains(&token));
    let show = scene.agent.run(&["profile", "show", "demo"]).unwrap();
    assert!(!show.said().contains(&token));
    // `check` makes one too, for programs in the answer.
    let mut other = SconnectScene::new(Flavour::Magento).unwrap();
    other.profile.secrets.remove("shop");
    let file = other.agent.data().join("new.toml");
    std::fs::write(&file, other.profile.toml()).unwrap();
    let arguments = [
        "--json",
        "profile",
        "add",
        "--from",
        file.to_str().unwrap(),
        "--secrets",
        "-",
    ];
    let added = other
        .agent
        .run_with(&arguments, &other.profile.secrets_json())
        .unwrap();
    let added = added.ended(0).unwrap().json().unwrap();
    assert_eq!(added["shop_token"].as_str().unwrap().len(), 43);
    let check = other
        .agent
        .run(&["check", "demo", "--json"])
        .unwrap()
        .ended(4)
        .unwrap();
    assert_eq!(check.json().unwrap()["shop_token"], serde_json::Value::Null);
}

#[test]
fn settings_that_mean_nothing_here_are_refused_by_name() {
    let mut said = Vec::new();
    for (table, key, value) in [
        ("shop.upload", "host", "\"ftp.voorbeeld.nl\""),
        ("shop", "table_prefix", "\"oc_\""),
        ("shop", "allow_from", "[\"203.0.113.7\"]"),
        ("shop", "order_statuses", "[\"processing\"]"),
        ("sales.payment.ideal", "import", "\"always\""),
        ("sales", "payment_reference", "\"invoice-number\""),
    ] {
        let mut scene = SconnectScene::new(Flavour::Magento).unwrap();
        scene.profile.set(table, key, value);
        let ran = scene.add_profile().unwrap().ended(2).unwrap();
        assert!(
            ran.said().contains("does not go with shop.kind"),
            "{}",
            ran.said()
        );
        said.push(ran.said());
    }
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 6, "{said:#?}");
    let mut scene = SconnectScene::new(Flavour::Magento).unwrap();
    scene
        .profile
        .set("shop", "articles_from", "2026-11-01T00:00:00+01:00");
    scene
        .profile
        .set("shop", "time_zone", "\"Europe/Brussels\"");
    let scene = scene.ready().unwrap();
    assert_eq!(step(&scene.agent, "sconnect-articles")["ok"], true);
}

#[test]
fn answers_in_other_encodings_are_read_or_named() {
    let scene = SconnectScene::new(Flavour::Magento)
        .unwrap()
        .ready()
        .unwrap();
    for (charset, ok) in [
        (Charset::Utf8, true),
        (Charset::Marked, true),
        (Charset::Latin1, true),
        (Charset::Latin1Unsaid, false),
    ] {
        scene.shop.with(|world| world.knobs.charset = charset);
        let step = step(&scene.agent, "sconnect-hello");
        assert_eq!(step["ok"], ok, "{charset:?} {step}");
    }
}

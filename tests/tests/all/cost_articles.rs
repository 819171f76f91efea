//! Cost articles that are missing: named by `check`, and made by it when the owner wants that.

use std::collections::BTreeSet;

use serde_json::Value;
use testbed::{
    agreement,
    opencart::{Buyer, Item, NewOrder, OpenCartShop, ShopOptions},
    profile::text,
    program::{Ran, Winkelbrug},
    scene::Scene,
    snelstart::{NewArticle, Options, SeenArticle},
};

const SETTINGS: [&str; 10] = [
    "shipping_article",
    "discount_article",
    "payment_cost_article",
    "fee_article",
    "levy_article",
    "gift_card_article",
    "store_credit_article",
    "rounding_article",
    "total_difference_article",
    "default_article",
];

/// Five costs of three kinds each, and five that bear no VAT.
const WHOLE_SET: usize = 20;

/// A shop and books with no article for costs that is still in use, and a profile that names none.
fn scene_of(options: Options) -> Scene {
    let scene = scene_with_articles(options);
    scene.books.edit(|world, _| {
        for article in world.articles.iter_mut() {
            article.doc.set("isNonActief", true);
        }
    });
    scene
}

/// The same with the articles for costs an owner made himself.
fn scene_with_articles(options: Options) -> Scene {
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    let mut scene = Scene::of(shop, options, Winkelbrug::under_test().unwrap()).unwrap();
    for setting in SETTINGS {
        scene.profile.leave_out("sales", setting);
    }
    scene
}

fn scene() -> Scene {
    scene_of(Options::default())
}

fn codes(scene: &Scene) -> BTreeSet<String> {
    let articles = scene.books.articles();
    articles.into_iter().map(|article| article.code).collect()
}

/// Articles that are there and were not before.
fn made(scene: &Scene, before: &BTreeSet<String>) -> Vec<SeenArticle> {
    let mut articles = scene.books.articles();
    articles.retain(|article| !before.contains(&article.code));
    articles
}

fn create(scene: &Scene) -> Ran {
    scene
        .agent
        .run(&["check", "demo", "--create-articles", "--json"])
        .unwrap()
}

fn profile_file(scene: &Scene) -> std::path::PathBuf {
    scene.agent.data().join("profiles").join("demo.toml")
}

fn steps(ran: &Ran) -> Vec<Value> {
    ran.json().unwrap()["steps"].as_array().unwrap().clone()
}

fn step<'s>(steps: &'s [Value], key: &str, value: &str) -> &'s Value {
    let found = steps.iter().find(|step| step[key] == value);
    found.unwrap_or_else(|| panic!("no step with {key} {value}: {steps:#?}"))
}

#[test]
fn the_missing_cost_articles_are_made_once_and_the_order_that_waited_arrives() {
    let scene = scene().ready().unwrap();
    let file = profile_file(&scene);
    let profile = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("# Mijn winkel\n{profile}# einde\n")).unwrap();
    let buyer = Buyer::guest("Jo", "Test", "jo@example.com", "1234 AB");
    let order = NewOrder::new(buyer, vec![Item::new("MOK-WIT", 2)]);
    let number = scene.shop.place_order(&order).unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();

    let checked = scene.agent.run(&["check", "demo", "--json"]).unwrap();
    let checked = steps(&checked.ended(0).unwrap());
    let unset = step(&checked, "name", "cost-articles-unset");
    let said = unset["message"].as_str().unwrap();
    assert!(
        said.contains("shipping_article (Hoog, Laag, Geen)"),
        "{said}"
    );
    assert!(said.contains("total_difference_article (Geen)"), "{said}");
    let hint = unset["hint"].as_str().unwrap();
    assert!(hint.contains("check demo --create-articles"), "{hint}");

    let before = codes(&scene);
    create(&scene).ended(0).unwrap();
    let new = made(&scene, &before);
    assert_eq!(new.len(), WHOLE_SET, "{new:#?}");
    for article in &new {
        let kind = match article.code.rsplit_once('-').unwrap().1 {
            "H" => "Hoog",
            "L" => "Laag",
            _ => "Geen",
        };
        assert_eq!(article.vat_kind, kind, "{}", article.code);
        assert!(!article.keeps_stock, "{}", article.code);
    }
    let profile = std::fs::read_to_string(&file).unwrap();
    assert!(profile.starts_with("# Mijn winkel\n") && profile.ends_with("# einde\n"));
    assert!(
        profile.contains("shipping_article = { hoog = \"VERZEND-H\", laag = \"VERZEND-L\""),
        "{profile}"
    );
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    agreement::totals_agree(&scene, number).unwrap();

    let writes = agreement::writes(&scene);
    create(&scene).ended(0).unwrap();
    assert_eq!(agreement::writes(&scene), writes, "nothing twice");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), profile);
    agreement::requests_were_sound(&scene).unwrap();
}

#[test]
fn articles_the_owner_has_already_go_before_new_ones() {
    let scene = scene_with_articles(Options::default());
    scene
        .books
        .add_article(NewArticle::new("PORTO-BE", "Porto (btw laag)", "Laag"))
        .unwrap();
    let scene = scene.ready().unwrap();
    let before = codes(&scene);
    let ran = create(&scene).ended(2).unwrap();
    let profile = std::fs::read_to_string(profile_file(&scene)).unwrap();
    for filled in [
        "shipping_article = { hoog = \"VERZEND-HOOG\", geen = \"VERZEND-GEEN\" }",
        "rounding_article = \"AFRONDING-GEEN\"",
        "hoog = \"KORTING-HOOG\"",
    ] {
        assert!(profile.contains(filled), "{filled}: {profile}");
    }
    let unclear = steps(&ran);
    let unclear = step(&unclear, "code", "artikel-onduidelijk");
    let said = unclear["message"].as_str().unwrap();
    assert!(
        said.contains("VERZEND-LAAG") && said.contains("PORTO-BE"),
        "two would do, none is guessed: {said}"
    );
    let new: BTreeSet<String> = made(&scene, &before)
        .into_iter()
        .map(|article| article.code)
        .collect();
    let expected = ["DIVERS-G", "DIVERS-H", "DIVERS-L", "KADOBON-G", "TEGOED-G"];
    assert_eq!(
        new,
        expected.map(str::to_owned).into(),
        "the rest was there"
    );
}

#[test]
fn gift_cards_and_store_credit_go_on_a_clearing_account_or_are_not_made() {
    let scene = scene().ready().unwrap();
    create(&scene).ended(0).unwrap();
    for code in ["KADOBON-G", "TEGOED-G"] {
        let article = scene.books.article_by_code(code).unwrap();
        let group = article.doc.reference("artikelOmzetgroep").unwrap();
        let name = scene.books.edit(|world, _| {
            world
                .groups
                .get(group)
                .unwrap()
                .doc
                .text("omschrijving")
                .map(str::to_owned)
        });
        assert_eq!(name.as_deref(), Some("Cadeaubonnen"), "{code}");
    }

    let scene = scene_of(Options::default());
    scene.books.edit(|world, _| {
        for ledger in world.ledgers.iter_mut() {
            ledger.doc.set("rekeningCode", "WinstEnVerlies");
        }
    });
    let scene = scene.ready().unwrap();
    let before = codes(&scene);
    let ran = create(&scene).ended(0).unwrap();
    let new = made(&scene, &before);
    assert_eq!(new.len(), WHOLE_SET - 2, "{new:#?}");
    let told = steps(&ran);
    let told = told
        .iter()
        .find(|step| step["message"].as_str().unwrap().contains("gift cards"))
        .unwrap();
    assert_eq!(told["attention"], true);
    assert!(
        told["hint"]
            .as_str()
            .unwrap()
            .contains("sales.gift_card_article")
    );
}

#[test]
fn an_administration_of_numbers_gets_numbers_nobody_uses() {
    let scene = scene_of(Options {
        numeric_article_codes: true,
        article_code_length: 4,
        ..Options::default()
    });
    scene
        .books
        .add_article(NewArticle::new("9003", "Van mij", "Hoog"))
        .unwrap();
    let scene = scene.ready().unwrap();
    let before = codes(&scene);
    create(&scene).ended(0).unwrap();
    let new = made(&scene, &before);
    assert_eq!(new.len(), WHOLE_SET);
    for article in &new {
        let code = &article.code;
        assert!(code.len() <= 4 && code.bytes().all(|byte| byte.is_ascii_digit()));
    }
    assert!(new.iter().any(|article| article.code == "9004"));
}

#[test]
fn a_code_the_settings_name_is_made_as_it_is_unless_the_books_do_not_allow_it() {
    let mut scene = scene_of(Options {
        article_code_length: 10,
        ..Options::default()
    });
    let named = "{ hoog = \"PORTO\", laag = \"PORTO-LAAG-TE-LANG\" }";
    scene.profile.set("sales", "shipping_article", named);
    scene
        .profile
        .set("sales", "gift_card_article", &text("BON"));
    scene
        .profile
        .set("sales", "store_credit_article", &text("BON"));
    let scene = scene.ready().unwrap();
    let before = codes(&scene);
    let hint = scene
        .agent
        .run(&["check", "demo"])
        .unwrap()
        .ended(2)
        .unwrap();
    assert!(hint.said().contains("--create-articles"), "{}", hint.said());
    let ran = create(&scene).ended(2).unwrap();
    let steps = steps(&ran);
    let refused = step(&steps, "code", "artikelcode-niet-toegestaan");
    assert!(refused["message"].as_str().unwrap().contains("PORTO-LAAG"));
    let new = made(&scene, &before);
    let kind = |code: &str| {
        let found = new.iter().find(|article| article.code == code);
        found.map(|article| article.vat_kind.clone())
    };
    assert_eq!(kind("PORTO").as_deref(), Some("Hoog"));
    assert_eq!(kind("BON").as_deref(), Some("Geen"));
    assert_eq!(kind("VERZEND-G").as_deref(), Some("Geen"), "left out");
    assert_eq!(kind("VERZEND-L"), None, "the owner's own code stands there");
    let profile = std::fs::read_to_string(profile_file(&scene)).unwrap();
    assert!(profile.contains("hoog = \"PORTO\"") && profile.contains("geen = \"VERZEND-G\""));
}

#[test]
fn where_several_revenue_groups_would_do_they_are_named_and_none_is_guessed() {
    let mut scene = scene();
    for class in ["BTW hoog", "BTW hoog met bijdrage"] {
        scene.profile.leave_out("articles.revenue_groups", class);
    }
    let scene = scene.ready().unwrap();
    let before = codes(&scene);
    let ran = create(&scene).ended(2).unwrap();
    let steps = steps(&ran);
    let unclear = step(&steps, "code", "omzetgroep-onduidelijk");
    let said = unclear["message"].as_str().unwrap();
    assert!(
        said.contains("Hoog btw (goederen)") && said.contains("Hoog btw (diensten)"),
        "{said}"
    );
    let new = made(&scene, &before);
    assert_eq!(new.len(), WHOLE_SET - 5, "laag and geen are clear");
    assert!(new.iter().all(|article| article.vat_kind != "Hoog"));
}

#[test]
fn killed_anywhere_while_making_them_each_is_made_once() {
    let probe = scene().ready().unwrap();
    let log = probe.agent.data().join("passed");
    let mut agent = probe;
    agent
        .agent
        .set("WINKELBRUG_FAULT_LOG", &log.to_string_lossy());
    create(&agent).ended(0).unwrap();
    let passed = std::fs::read_to_string(&log).unwrap();
    let places: BTreeSet<&str> = passed
        .lines()
        .filter(|place| place.contains("cost-article"))
        .collect();
    assert!(places.len() >= 6, "{places:?}");
    for place in places {
        let mut scene = scene().ready().unwrap();
        let before = codes(&scene);
        scene.agent.set("WINKELBRUG_FAULT", &format!("{place}:2"));
        assert_eq!(create(&scene).code, None, "{place}");
        scene.agent.unset("WINKELBRUG_FAULT");
        // At once, and when it is certain what became of the write.
        for later in ["0", "660", "780"] {
            scene.agent.set("WINKELBRUG_CLOCK_OFFSET_SECONDS", later);
            create(&scene);
        }
        create(&scene).ended(0).unwrap();
        let new = made(&scene, &before);
        assert_eq!(new.len(), WHOLE_SET, "{place}");
        let codes: BTreeSet<&str> = new.iter().map(|article| article.code.as_str()).collect();
        assert_eq!(codes.len(), WHOLE_SET, "{place}: no code twice");
    }
}

#[test]
fn on_a_terminal_check_shows_the_set_and_makes_it_when_the_owner_says_yes() {
    let scene = scene().ready().unwrap();
    let before = codes(&scene);
    for (answer, count) in [("n\r", 0), ("y\r", WHOLE_SET)] {
        let asked = [("fill them into the profile?", answer)];
        let said = scene.agent.on_a_terminal(&["check", "demo"], &asked);
        let said = said.unwrap().said();
        for shown in [
            "VERZEND-H",
            "Verzendkosten (btw laag)",
            "Hoog btw (goederen)",
        ] {
            assert!(said.contains(shown), "{shown}: {said}");
        }
        assert_eq!(made(&scene, &before).len(), count, "{said}");
    }
}

#[test]
fn the_trial_administration_gets_them_too() {
    let mut scene = scene();
    scene.profile.set("administration", "kind", &text("trial"));
    scene.profile.leave_out("sales", "template");
    for (class, group) in [
        ("BTW hoog", "Omzet hoog"),
        ("BTW laag", "Omzet laag"),
        ("BTW nul", "Omzet geen btw"),
        ("BTW hoog met bijdrage", "Omzet hoog"),
    ] {
        scene
            .profile
            .set("articles.revenue_groups", class, &text(group));
    }
    let scene = scene.ready().unwrap();
    let articles = || {
        let shown = scene.agent.run(&["books", "demo", "articles", "--json"]);
        let shown = shown.unwrap().ended(0).unwrap().json().unwrap();
        shown.as_array().unwrap().len()
    };
    create(&scene).ended(0).unwrap();
    let there = articles();
    assert!(there >= WHOLE_SET);
    create(&scene).ended(0).unwrap();
    assert_eq!(articles(), there);
}

#[test]
fn an_article_made_in_the_books_a_minute_ago_is_seen_and_not_made_again() {
    let scene = scene().ready().unwrap();
    let order = NewOrder::new(
        Buyer::guest("Jo", "Test", "jo@example.com", "1234 AB"),
        vec![Item::new("MOK-WIT", 1)],
    );
    scene.shop.place_order(&order).unwrap();
    // The books were looked at, and then their owner makes one himself.
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    for (code, text, kind) in [
        ("PORTO", "Verzendkosten 21%", "Hoog"),
        ("korting-l", "Iets", "Laag"),
    ] {
        let article = NewArticle::new(code, text, kind);
        scene.books.add_article(article).unwrap();
    }
    let before = codes(&scene);
    create(&scene).ended(0).unwrap();
    let profile = std::fs::read_to_string(profile_file(&scene)).unwrap();
    assert!(profile.contains("hoog = \"PORTO\""), "{profile}");
    assert!(profile.contains("laag = \"korting-l\""), "{profile}");
    let new = made(&scene, &before);
    for code in ["VERZEND-H", "KORTING-L"] {
        assert!(new.iter().all(|article| article.code != code), "{new:#?}");
    }
    assert_eq!(new.len(), WHOLE_SET - 2);
}

#[test]
fn what_could_not_be_made_is_not_advised_to_be_made_once_more() {
    let scene = scene_with_articles(Options::default());
    let article = NewArticle::new("PORTO-BE", "Porto (btw laag)", "Laag");
    scene.books.add_article(article).unwrap();
    let scene = scene.ready().unwrap();
    let told = steps(&create(&scene).ended(2).unwrap());
    step(&told, "code", "artikel-onduidelijk");
    let unset = step(&told, "name", "cost-articles-unset");
    let message = unset["message"].as_str().unwrap();
    assert!(message.contains("shipping_article (Laag)"), "{message}");
    for step in &told {
        let hint = step["hint"].as_str().unwrap_or_default();
        assert!(!hint.contains("--create-articles"), "{step}");
    }
}

#[test]
fn check_warns_where_gift_cards_or_credit_would_count_as_a_sale() {
    let mut scene = scene();
    for (code, kind) in [("BON", "Geen"), ("BON-HOOG", "Hoog"), ("TEGOED", "Hoog")] {
        let article = NewArticle::new(code, "Van de klant", kind);
        scene.books.add_article(article).unwrap();
    }
    let bon = "{ geen = \"BON\", hoog = \"BON-HOOG\" }";
    scene.profile.set("sales", "gift_card_article", bon);
    let tegoed = text("TEGOED");
    scene.profile.set("sales", "store_credit_article", &tegoed);
    let scene = scene.ready().unwrap();
    let checked = |scene: &Scene| {
        let checked = scene.agent.run(&["check", "demo", "--json"]).unwrap();
        let warned = steps(&checked.ended(0).unwrap()).into_iter();
        let warned = warned.filter(|step| {
            let message = step["message"].as_str().unwrap_or_default();
            step["attention"] == true && message.contains("owed to the customer")
        });
        warned.collect::<Vec<Value>>()
    };
    let warned = checked(&scene);
    assert_eq!(
        warned.len(),
        2,
        "a card for goods of one rate is no debt: {warned:#?}"
    );
    for (step, says) in warned.iter().zip([
        [
            "\"BON\" (sales.gift_card_article)",
            "VAT kind Geen, ledger ",
        ],
        [
            "\"TEGOED\" (sales.store_credit_article)",
            "VAT kind Hoog, ledger ",
        ],
    ]) {
        let message = step["message"].as_str().unwrap();
        assert!(says.iter().all(|says| message.contains(says)), "{message}");
        assert!(step["hint"].as_str().unwrap().contains("balance ledger"));
    }
    // On a balance ledger nothing is said of it any more; VAT on it is told all the same.
    scene.books.edit(|world, _| {
        for ledger in world.ledgers.iter_mut() {
            ledger.doc.set("rekeningCode", "Balans");
        }
    });
    let warned = checked(&scene);
    assert_eq!(warned.len(), 1, "{warned:#?}");
    assert!(warned[0]["message"].as_str().unwrap().contains("TEGOED"));
}

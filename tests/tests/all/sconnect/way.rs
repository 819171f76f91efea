//! Orders of such a shop on their whole way into the books.
use jiff::Timestamp;
use rust_decimal::{Decimal, dec};
use testbed::{
    sconnect::{Flavour, Goods, Sale, SconnectScene, SconnectShop, Start},
    snelstart::NewRelation,
};
use winkelbrug::shop::Shop;

use super::{Desk, order};

fn scene(flavour: Flavour) -> SconnectScene {
    let scene = SconnectScene::new(flavour).unwrap();
    for (code, kind) in [("MOK-WIT", "Hoog"), ("KOFFIE", "Laag"), ("BON", "Geen")] {
        scene.stock(code, kind, 100, 100).unwrap();
    }
    scene.ready().unwrap()
}

fn mixed() -> Vec<Goods> {
    vec![
        Goods::new("MOK-WIT", 3, dec!(12.10), dec!(21)),
        Goods::new("KOFFIE", 2, dec!(7.49), dec!(9)),
    ]
}

/// Total to the cent, VAT of each rate within a cent.
fn agrees(scene: &SconnectScene, sale: &Sale) {
    let listed = order(scene, &sale.number);
    let written = scene.books.orders_by_reference(&sale.number);
    assert_eq!(written.len(), 1, "{listed:#}");
    let books = &written[0].vat;
    assert_eq!(books.total_incl(), sale.total(), "{}", sale.number);
    for percent in [dec!(21), dec!(9)] {
        let there: Decimal = books
            .rows
            .iter()
            .filter(|row| row.percent == percent)
            .map(|row| row.vat)
            .sum();
        let off = (there - sale.vat(percent)).abs();
        assert!(
            off <= dec!(0.01),
            "{} {percent}%: {there} / {}",
            sale.number,
            sale.vat(percent)
        );
    }
}

#[test]
fn orders_arrive_once_to_the_cent_with_vat_per_rate_from_either_plug_in() {
    for flavour in [Flavour::Magento, Flavour::WooCommerce] {
        let scene = scene(flavour);
        let sales = [
            Sale::new("100"),
            Sale::new("101").of(mixed()),
            Sale {
                discount: dec!(5.00),
                ..Sale::new("102")
            },
            Sale {
                discount: dec!(7.77),
                ..Sale::new("103").of(mixed())
            },
            Sale {
                inclusive: false,
                ..Sale::new("104").of(mixed())
            },
            Sale {
                inclusive: false,
                discount: dec!(4.20),
                ..Sale::new("105").of(mixed())
            },
            Sale {
                shipping: (Decimal::ZERO, dec!(21)),
                ..Sale::new("106").of(mixed())
            },
            Sale {
                shipping: (dec!(5.45), dec!(9)),
                ..Sale::new("107").of(vec![Goods::new("KOFFIE", 7, dec!(3.33), dec!(9))])
            },
            Sale::new("108").of(vec![Goods::new("", 1, dec!(2.50), dec!(21))]),
            Sale::new("109").of(vec![Goods::new("NIEUW", 2, dec!(9.99), dec!(9))]),
        ];
        for sale in &sales {
            scene.shop.place(sale);
        }
        let trial = scene.agent.run(&["run", "demo", "--dry-run"]).unwrap();
        trial.ended(0).unwrap();
        assert!(scene.books.orders().is_empty());
        let ran = scene.agent.run(&["run", "demo", "--json"]).unwrap();
        assert_eq!(
            ran.code,
            Some(0),
            "{flavour:?} {}\n{:#?}",
            ran.said(),
            super::orders(&scene)
        );
        for sale in &sales {
            agrees(&scene, sale);
        }
        assert_eq!(
            scene.books.article_by_code("NIEUW").unwrap().vat_kind,
            "Laag"
        );
        // Again: nothing is written twice; and with a journal that was lost neither.
        scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
        assert_eq!(scene.books.orders().len(), sales.len());
        assert!(
            scene.shop.violations().is_empty(),
            "{:?}",
            scene.shop.violations()
        );
        assert!(scene.books.violations().is_empty());
    }
}

#[test]
fn an_order_whose_vat_does_not_add_up_is_held_and_the_others_go_on() {
    let scene = scene(Flavour::Magento);
    scene.shop.place(&Sale::new("1"));
    let mut wrong = Sale::new("2").json(Flavour::Magento);
    let last = wrong["Regels"].as_array().unwrap().len() - 1;
    wrong["Regels"][last]["BtwBedrag"] = "9.9900".into();
    let mut dearer = Sale::new("3").json(Flavour::Magento);
    dearer["Regels"][last]["Verkoopprijs"] = "99.0000".into();
    let mut mixed_prices = Sale::new("4").json(Flavour::Magento);
    mixed_prices["SoortPrijzen"] = "".into();
    let mut comma = Sale::new("5").json(Flavour::Magento);
    comma["Regels"][0]["Verkoopprijs"] = "12,10".into();
    scene.shop.with(|world| {
        for order in [wrong, dearer, mixed_prices, comma] {
            let at = Timestamp::now().as_second();
            world.listed.push(testbed::sconnect::Listed { at, order });
        }
    });
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    assert_eq!(order(&scene, "1")["state"], "written");
    for (number, code) in [
        ("2", "btw-wijkt-af"),
        ("3", "totaal-verschil"),
        ("4", "order-unreadable"),
        ("5", "order-unreadable"),
    ] {
        let held = order(&scene, number);
        assert_eq!(held["state"], "held", "{held:#}");
        assert_eq!(held["reason_code"], code, "{held:#}");
    }
    // What is wrong with it is said in the owner's language, and stays so when it is looked at again.
    for _ in 0..2 {
        let reason = |number: &str, language: &str| {
            let ran = ["--lang", language, "order", "demo", number, "--json"];
            let ran = scene.agent.run(&ran).unwrap().json().unwrap();
            ran["reason"].as_str().unwrap().to_owned()
        };
        let english = reason("4", "en");
        assert!(
            english.contains("both with or both without VAT (SoortPrijzen \"\")"),
            "{english}"
        );
        let dutch = reason("4", "nl");
        assert!(
            dutch.contains("niet beide inclusief of beide exclusief btw"),
            "{dutch}"
        );
        let comma = reason("5", "en");
        assert!(comma.contains("\"12,10\" is no amount"), "{comma}");
        scene.agent.run(&["run", "demo"]).unwrap();
        let again = scene.agent.run(&["retry", "demo", "4"]).unwrap();
        again.ended(0).unwrap();
        scene.agent.run(&["run", "demo"]).unwrap();
    }
    assert_eq!(scene.books.orders().len(), 1);
    // Mended in the shop, it comes along.
    scene.shop.with(|world| {
        world.unlist("3");
        world.list(Timestamp::now().as_second(), &Sale::new("3"));
    });
    scene.agent.run(&["run", "demo"]).unwrap();
    assert_eq!(order(&scene, "3")["state"], "written");
}

#[test]
fn an_order_that_left_the_list_is_not_taken_for_deleted() {
    let scene = scene(Flavour::WooCommerce);
    let mut held = Sale::new("1").json(Flavour::WooCommerce);
    held["SoortPrijzen"] = "".into();
    scene.shop.with(|world| {
        let at = Timestamp::now().as_second();
        world
            .listed
            .push(testbed::sconnect::Listed { at, order: held });
    });
    scene.agent.run(&["run", "demo"]).unwrap().ended(1).unwrap();
    scene.shop.with(|world| world.unlist("1"));
    scene.agent.run(&["run", "demo"]).unwrap();
    assert_eq!(order(&scene, "1")["state"], "held");
}

#[test]
fn orders_before_the_start_stay_out_even_where_the_shop_does_not_heed_it() {
    let scene = scene(Flavour::Magento);
    scene.shop.with(|world| {
        world.knobs.start = Start::Ignored;
        let early = Sale {
            date: "2026-10-31".to_owned(),
            ..Sale::new("OUD")
        };
        world.list(1_790_000_000, &early);
    });
    scene.shop.place(&Sale::new("NIEUW"));
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert_eq!(order(&scene, "OUD")["state"], "skipped");
    assert_eq!(order(&scene, "NIEUW")["state"], "written");
}

#[test]
fn a_dutch_company_a_belgian_one_and_a_swiss_buyer_get_the_right_vat() {
    let scene = scene(Flavour::Magento);
    scene.books.set_vat_number("BE0403019261", true);
    scene.books.add_relation(NewRelation {
        name: "Brouwerij".to_owned(),
        email: "koperb1@example.com".to_owned(),
        address: ("Dorpsstraat 1".into(), "4811 AA".into(), "Breda".into()),
        country: "BE".to_owned(),
        vat_number: "BE0403019261".to_owned(),
        code: None,
    });
    let zero = |number: &str, country: &str| Sale {
        country: country.to_owned(),
        shipping: (dec!(5.00), Decimal::ZERO),
        ..Sale::new(number).of(vec![Goods {
            class: dec!(21),
            ..Goods::new("MOK-WIT", 1, dec!(10.00), Decimal::ZERO)
        }])
    };
    let belgian = Sale {
        company: "Brouwerij".to_owned(),
        vat_number: "BE0403019261".to_owned(),
        ..zero("B1", "BE")
    };
    scene.shop.place(&belgian);
    scene.shop.place(&zero("Z1", "CH"));
    scene.agent.run(&["run", "demo"]).unwrap();
    for (number, total) in [("B1", dec!(15.00)), ("Z1", dec!(15.00))] {
        let written = scene.books.orders_by_reference(number);
        assert_eq!(written.len(), 1, "{:#}", order(&scene, number));
        assert_eq!(written[0].vat.total_incl(), total);
        assert!(!written[0].inclusive);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn options_addresses_and_the_bundle_s_name_come_along() {
    let shop = SconnectShop::start(Flavour::WooCommerce).unwrap();
    let mut goods = Goods::new("MOK-WIT", 1, dec!(12.10), dec!(21));
    goods.options = vec![("Kleur".to_owned(), "Rood".to_owned())];
    let mut raw = Sale::new("7").of(vec![goods]).json(Flavour::WooCommerce);
    let bundle = serde_json::json!({"Type": "Tekst", "Omschrijving": "Kerstpakket - 1 stuks"});
    raw["Regels"].as_array_mut().unwrap().insert(0, bundle);
    raw["Klant"]["FactuurAdres"]["Huisnummer"] = "12a".into();
    shop.with(|world| {
        world.listed.push(testbed::sconnect::Listed {
            at: 1_795_000_000,
            order: raw,
        });
    });
    let desk = Desk::new(&shop, "");
    let order = desk
        .client()
        .order_by_number("7")
        .await
        .unwrap()
        .unwrap()
        .order
        .unwrap();
    let options: Vec<(&str, &str)> = order.lines[0]
        .options
        .iter()
        .map(|option| (option.name.as_str(), option.value.as_str()))
        .collect();
    assert_eq!(
        options,
        [("Tekst", "Kerstpakket - 1 stuks"), ("Kleur", "Rood")]
    );
    assert_eq!(order.invoice_address.line1, "Dorpsstraat 1 12a");
    assert_eq!(order.placed_local, "2026-11-20T00:00:00");
    assert_eq!(order.lines[0].percent, Some(dec!(21)));
    assert_eq!(order.lines[0].total_incl, Some(dec!(12.10)));
}

#[test]
fn a_new_article_is_what_the_shops_list_of_articles_says() {
    let scene = SconnectScene::new(Flavour::WooCommerce).unwrap();
    scene.shop.with(|world| {
        world.articles.push(serde_json::json!({
            "Artikelcode": "MOK-ROOD", "Omschrijving": "Mok, rood", "Verkoopprijs": "15.00",
            "BtwId": 2,
        }));
    });
    let scene = scene.ready().unwrap();
    let goods = vec![Goods::new("MOK-ROOD", 2, dec!(12.10), dec!(21))];
    scene.shop.place(&Sale::new("200").of(goods));
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let article = scene.books.article_by_code("MOK-ROOD").unwrap();
    assert_eq!(article.description, "Mok, rood");
    assert_eq!(article.price, dec!(15.00));
}

//! Stock back to the shop, whatever the plug-in says it did.
use rust_decimal::{Decimal, dec};
use testbed::sconnect::{Echo, Flavour, Sale, SconnectScene, SconnectShop, Trouble};
use winkelbrug::shop::{Shop, sconnect::ArticleWrite};
use winkelbrug_protocol::{operation::StockWrite, record::StockOutcome};

use super::Desk;

fn write(key: &str, read: i64, target: i64) -> StockWrite {
    StockWrite {
        key: key.to_owned(),
        read: read.to_string(),
        target: target.to_string(),
    }
}

fn stocked(flavour: Flavour) -> (SconnectShop, Desk) {
    let shop = SconnectShop::start(flavour).unwrap();
    shop.with(|world| {
        for code in ["A", "B", "VAST"] {
            world.stock.push((code.to_owned(), Some(dec!(5))));
        }
        world.stock.push(("GEEN".to_owned(), None));
        world.stuck.push("VAST".to_owned());
    });
    let desk = Desk::new(&shop, "");
    (shop, desk)
}

const ID: &str = "00112233445566778899aabbccddeeff";

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_shop_has_afterwards_is_done_whatever_it_says() {
    for flavour in [Flavour::Magento, Flavour::WooCommerce] {
        for echo in [Echo::Written, Echo::All, Echo::Nothing] {
            let (shop, desk) = stocked(flavour);
            shop.with(|world| world.knobs.echo = echo);
            let rows = ["A", "VAST", "GEEN", "ONBEKEND"].map(|code| write(code, 5, 9));
            let results = desk.client().stock_set(ID, &rows).await.unwrap();
            let of = |key: &str| {
                let result = results.iter().find(|result| result.key == key).unwrap();
                result.outcome
            };
            assert_eq!(of("A"), StockOutcome::Done, "{echo:?}");
            assert_eq!(shop.stock("A"), Some(dec!(9)));
            assert_ne!(of("VAST"), StockOutcome::Done, "{echo:?}");
            assert_eq!(of("GEEN"), StockOutcome::NotTracked);
            assert_eq!(of("ONBEKEND"), StockOutcome::Unknown);
            assert!(shop.violations().is_empty(), "{:?}", shop.violations());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_between_reading_and_pushing_keeps_its_effect() {
    let (shop, desk) = stocked(Flavour::Magento);
    let client = desk.client();
    client.stock_read(None).await.unwrap();
    shop.with(|world| world.sell("A", 2));
    let results = client.stock_set(ID, &[write("A", 5, 10)]).await.unwrap();
    assert_eq!(results[0].outcome, StockOutcome::Done);
    assert_eq!(shop.stock("A"), Some(dec!(8)), "two of the ten are sold");
    // Right after it, likewise.
    shop.before("voorraad", 4, |world| world.sell("B", 1));
    let other = "ff112233445566778899aabbccddeeff";
    client.stock_set(other, &[write("B", 5, 7)]).await.unwrap();
    assert_eq!(shop.stock("B"), Some(dec!(6)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_lost_on_the_way_is_not_reckoned_twice() {
    for trouble in [Trouble::Lost, Trouble::Dropped] {
        let (shop, desk) = stocked(Flavour::Magento);
        let client = desk.client();
        shop.arm("voorraad_bijwerken", Some(1), trouble.clone());
        let failure = client.stock_set(ID, &[write("A", 5, 9)]).await.unwrap_err();
        assert_eq!(failure.effect, winkelbrug::failure::Effect::Unknown);
        let again = client.stock_set(ID, &[write("A", 5, 9)]).await.unwrap();
        assert_eq!(again[0].outcome, StockOutcome::Done, "{trouble:?}");
        assert_eq!(shop.stock("A"), Some(dec!(9)), "{trouble:?}");
        let writes = shop.with(|world| world.stock_writes.clone());
        assert_eq!(writes.len(), 1, "{trouble:?} {writes:?}");
    }
}

#[test]
fn stock_follows_the_books_after_the_orders_and_an_unknown_code_is_reported() {
    for flavour in [Flavour::Magento, Flavour::WooCommerce] {
        let scene = SconnectScene::new(flavour).unwrap();
        for (code, shop, books) in [("MOK-WIT", 40, 50), ("THEE", 3, 20), ("KOFFIE", 7, 7)] {
            scene.stock(code, "Hoog", shop, books).unwrap();
        }
        let scene = scene.ready().unwrap();
        scene
            .shop
            .with(|world| world.stock.push(("VREEMD".to_owned(), Some(dec!(4)))));
        scene.shop.place(&Sale::new("1"));
        let run = ["run", "demo", "import-orders-export-stock", "--json"];
        let ran = scene.agent.run(&run).unwrap();
        let report = ran.json().unwrap();
        assert_eq!(scene.books.orders_by_reference("1").len(), 1, "{report:#}");
        // Whatever was touched by the order just now may wait for the next run.
        let later = scene.agent.run(&run).unwrap().json().unwrap();
        for code in ["MOK-WIT", "THEE", "KOFFIE"] {
            let free = scene.books.article_by_code(code).unwrap().free_stock;
            assert_eq!(scene.shop.stock(code), Some(free), "{code} {later:#}");
        }
        assert_eq!(scene.shop.stock("VREEMD"), Some(dec!(4)));
        let reported = report["stock"]["reported"].to_string();
        assert!(
            reported.contains("VREEMD") && reported.contains("stock-unknown-code"),
            "{report:#}"
        );
        assert!(
            scene.shop.violations().is_empty(),
            "{:?}",
            scene.shop.violations()
        );
    }
}

#[test]
fn a_list_that_breaks_off_sends_no_stock() {
    let scene = SconnectScene::new(Flavour::Magento).unwrap();
    scene.stock("MOK-WIT", "Hoog", 40, 50).unwrap();
    let scene = scene.ready().unwrap();
    scene.shop.place(&Sale::new("1"));
    let html = "<html>onderhoud</html>".to_owned();
    for (command, trouble) in [
        ("orders", Trouble::Truncated(200)),
        ("orders", Trouble::Answer(200, "text/html", html)),
        ("voorraad", Trouble::Truncated(20)),
    ] {
        scene.shop.arm(command, None, trouble);
        let ran = scene
            .agent
            .run(&["run", "demo", "import-orders-export-stock"])
            .unwrap();
        assert_ne!(ran.code, Some(0), "{}", ran.said());
        scene.shop.calm();
        assert_eq!(scene.shop.stock("MOK-WIT"), Some(dec!(40)));
        assert!(scene.books.orders().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn articles_are_created_and_changed_and_what_the_shop_does_not_take_is_named() {
    let (shop, desk) = stocked(Flavour::Magento);
    let article = |code: &str| ArticleWrite {
        artikelcode: code.to_owned(),
        omschrijving: "Mok".to_owned(),
        verkoopprijs: dec!(12.10),
        inkoopprijs: Decimal::ZERO,
        btw_id: 2,
        nonactief: false,
        voorraadcontrole: true,
        voorraad_web: dec!(3),
        minimum_bestelaantal: 1,
        besteleenheid: 1,
    };
    let missing = desk
        .client()
        .update_articles(&[article("MOK"), article("VAST")])
        .await
        .unwrap();
    assert_eq!(missing, ["VAST"]);
    let there = shop.with(|world| world.articles.clone());
    assert_eq!(there[0]["Artikelcode"], "MOK");
    assert_eq!(there[0]["BtwId"], 2);
    assert!(shop.violations().is_empty(), "{:?}", shop.violations());
}

//! The whole way with real parts: shop database, PHP, FTP, the program's own commands, and the
//! books.
use rust_decimal::Decimal;
use serde_json::Value;
use testbed::{
    agreement,
    opencart::{
        Buyer, DEMO_ORDERS, Expectation, Item, NewOrder, OpenCartShop, Payment, ShopOptions, Status,
    },
    profile::text,
    program::Winkelbrug,
    scene::Scene,
    snelstart::Options,
};

fn orders(scene: &Scene) -> Vec<Value> {
    let list = scene.agent.run(&["orders", "demo", "--json"]).unwrap();
    list.ended(0)
        .unwrap()
        .json()
        .unwrap()
        .as_array()
        .unwrap()
        .clone()
}

fn state(scene: &Scene, number: u64) -> String {
    let number = number.to_string();
    orders(scene)
        .iter()
        .find(|order| order["number"] == number.as_str())
        .map_or("unseen", |order| order["state"].as_str().unwrap())
        .to_owned()
}

fn buyer(name: &str) -> Buyer {
    Buyer::guest(
        name,
        "Test",
        &format!("{name}@example.com").to_lowercase(),
        "1234 AB",
    )
}

fn mugs(name: &str) -> NewOrder {
    NewOrder::new(buyer(name), vec![Item::new("MOK-WIT", 2)])
}

#[test]
fn demo_orders_arrive_once_to_the_cent_and_stock_follows_the_books() {
    let scene = Scene::demo().unwrap();
    scene.stock_the_books().unwrap();
    let scene = scene.ready().unwrap();
    let trial = scene.agent.run(&["run", "demo", "--dry-run"]).unwrap();
    trial.ended(0).unwrap();
    assert!(
        scene.books.orders().is_empty(),
        "a trial run writes nothing"
    );
    assert!(orders(&scene).is_empty(), "and leaves nothing behind");

    let run = ["run", "demo", "import-orders-export-stock"];
    scene.agent.run(&run).unwrap().ended(0).unwrap();
    let expected = DEMO_ORDERS
        .iter()
        .filter(|demo| demo.expect == Expectation::Written);
    assert_eq!(
        agreement::demo_orders_are_right(&scene).unwrap(),
        expected.count()
    );
    for code in [
        "KOFFIE-1KG",
        "THEE-100",
        "MOK-WIT",
        "MOLEN-HAND",
        "FILTER-100",
    ] {
        let free = scene.books.article_by_code(code).unwrap().free_stock;
        assert_eq!(
            Decimal::from(scene.shop.stock(code).unwrap()),
            free,
            "{code}"
        );
    }

    let writes = agreement::writes(&scene);
    let stock = scene
        .shop
        .query("SELECT product_id, quantity FROM `oc_product`")
        .unwrap();
    scene.agent.run(&run).unwrap().ended(0).unwrap();
    assert_eq!(
        agreement::writes(&scene),
        writes,
        "a second run writes nothing"
    );
    assert_eq!(
        scene
            .shop
            .query("SELECT product_id, quantity FROM `oc_product`")
            .unwrap(),
        stock
    );
    agreement::requests_were_sound(&scene).unwrap();
    scene
        .agent
        .run(&["withdraw", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    agreement::nothing_is_left(&scene).unwrap();
}

#[test]
fn order_pending_at_first_arrives_when_it_is_paid() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let waiting = scene
        .shop
        .place_order(&NewOrder {
            status: Status::Pending,
            ..mugs("Wacht")
        })
        .unwrap();
    let transfer = scene
        .shop
        .place_order(&NewOrder {
            status: Status::Pending,
            payment: Payment::BankTransfer,
            ..mugs("Bank")
        })
        .unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert_eq!(state(&scene, waiting), "skipped", "iDEAL that is not paid");
    assert_eq!(
        state(&scene, transfer),
        "written",
        "a bank transfer comes in at once"
    );
    scene
        .shop
        .change_status(waiting, Status::Processing)
        .unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert_eq!(state(&scene, waiting), "written");
    agreement::totals_agree(&scene, waiting).unwrap();
}

#[test]
fn order_cancelled_before_is_left_out_and_after_becomes_a_point_of_attention() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let before = scene.shop.place_order(&mugs("Voor")).unwrap();
    let after = scene.shop.place_order(&mugs("Na")).unwrap();
    scene.shop.change_status(before, Status::Cancelled).unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert_eq!(state(&scene, before), "skipped");
    scene
        .shop
        .change_status(before, Status::Processing)
        .unwrap();
    scene.shop.change_status(after, Status::Cancelled).unwrap();
    scene.agent.run(&["run", "demo"]).unwrap();
    assert_eq!(state(&scene, before), "written", "restored, it comes back");
    assert_eq!(state(&scene, after), "written", "never a silent rewrite");
    let listed = orders(&scene);
    let number = after.to_string();
    let cancelled = listed
        .iter()
        .find(|order| order["number"] == number.as_str())
        .unwrap();
    assert_eq!(
        cancelled["attention"].as_array().unwrap().len(),
        1,
        "{cancelled}"
    );
    assert_eq!(scene.books.orders().len(), 2);
}

#[test]
fn orders_before_the_start_are_left_alone_and_come_in_when_it_is_moved_back() {
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("shop", "orders_from", "2026-03-01T12:00:00+01:00");
    let placed = |time: &str| NewOrder {
        placed: Some(time.parse().unwrap()),
        ..mugs("Tijd")
    };
    let old = scene
        .shop
        .place_order(&placed("2026-03-01T11:59:59"))
        .unwrap();
    let new = scene
        .shop
        .place_order(&placed("2026-03-01T12:00:01"))
        .unwrap();
    let scene = scene.ready().unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert!(scene.books.orders_by_reference(&old.to_string()).is_empty());
    assert_eq!(scene.books.orders_by_reference(&new.to_string()).len(), 1);
}

#[test]
fn only_orders_in_the_chosen_statuses_are_taken() {
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("shop", "order_statuses", "[\"Verzonden\", \"5\"]");
    let all = [
        Status::Pending,
        Status::Processing,
        Status::Shipped,
        Status::Complete,
        Status::Cancelled,
        Status::Refunded,
        Status::Abandoned,
    ];
    let numbers: Vec<u64> = all
        .iter()
        .map(|status| {
            let order = NewOrder {
                status: *status,
                ..mugs("Status")
            };
            scene.shop.place_order(&order).unwrap()
        })
        .collect();
    let scene = scene.ready().unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    for (status, number) in all.iter().zip(numbers) {
        let wanted = matches!(status, Status::Shipped | Status::Complete);
        let there = scene.books.orders_by_reference(&number.to_string()).len();
        assert_eq!(there, usize::from(wanted), "{status:?}");
    }
}

#[test]
fn an_invalid_order_among_ten_is_held_and_nine_arrive() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let numbers: Vec<u64> = (0..10)
        .map(|at| {
            scene
                .shop
                .place_order(&mugs(&format!("Koper{at}")))
                .unwrap()
        })
        .collect();
    // A module of a third party gave the third order a total that its rows do not explain.
    scene
        .shop
        .query(&format!("UPDATE `oc_order` SET total = total - 3.37 WHERE order_id = {0};\
            UPDATE `oc_order_total` SET value = value - 3.37 WHERE code = 'total' AND order_id = {0}", numbers[2]))
        .unwrap();
    let ran = scene.agent.run(&["run", "demo", "--json"]).unwrap();
    assert_eq!(ran.code, Some(1), "something is held: {ran:?}");
    for (at, number) in numbers.iter().enumerate() {
        assert_eq!(
            state(&scene, *number),
            if at == 2 { "held" } else { "written" }
        );
    }
    assert_eq!(scene.books.orders().len(), 9);
    // Mended in the shop it goes on by itself.
    scene
        .shop
        .query(&format!("UPDATE `oc_order` SET total = total + 3.37, date_modified = NOW() + INTERVAL 2 HOUR WHERE order_id = {0};\
            UPDATE `oc_order_total` SET value = value + 3.37 WHERE code = 'total' AND order_id = {0}", numbers[2]))
        .unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert_eq!(state(&scene, numbers[2]), "written");
}

#[test]
fn a_run_during_an_outage_loses_nobody_his_place() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    let first = scene.shop.place_order(&mugs("Een")).unwrap();
    scene.books.set_connection_key_valid(false);
    assert_eq!(scene.agent.run(&["run", "demo"]).unwrap().code, Some(4));
    scene.books.set_connection_key_valid(true);
    scene.shop.stop_web();
    assert_eq!(scene.agent.run(&["run", "demo"]).unwrap().code, Some(3));
    scene
        .shop
        .restart_web(&testbed::servers::PhpOptions::default())
        .unwrap();
    let second = scene.shop.place_order(&mugs("Twee")).unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    for number in [first, second] {
        assert_eq!(
            scene.books.orders_by_reference(&number.to_string()).len(),
            1
        );
    }
}

#[test]
fn names_the_books_do_not_have_are_named_before_any_order() {
    let mut scene = Scene::empty().unwrap();
    scene
        .profile
        .set("sales", "template", &text("Bestaat niet"));
    scene
        .profile
        .set("articles.revenue_groups", "BTW laag", &text("Ook niet"));
    scene.shop.place_order(&mugs("Vroeg")).unwrap();
    let scene = scene.ready().unwrap();
    let check = scene
        .agent
        .run(&["check", "demo"])
        .unwrap()
        .ended(2)
        .unwrap();
    assert!(check.said().contains("Bestaat niet"), "{}", check.said());
    assert!(check.said().contains("Ook niet"), "{}", check.said());
    let run = scene.agent.run(&["run", "demo"]).unwrap().ended(2).unwrap();
    assert!(run.said().contains("Ook niet"), "{}", run.said());
    assert!(scene.books.orders().is_empty());
}

#[test]
fn a_new_article_is_what_the_shop_sells_and_not_what_the_order_line_says() {
    let scene = Scene::empty().unwrap().ready().unwrap();
    // Sold at the price of then, under the name of then.
    scene.shop.place_order(&mugs("Oud")).unwrap();
    scene
        .shop
        .query(
            "UPDATE `oc_product` SET price = 20 WHERE model = 'MOK-WIT';
             UPDATE `oc_product_description` SET name = 'Mok Avond'
             WHERE product_id = (SELECT product_id FROM `oc_product` WHERE model = 'MOK-WIT')",
        )
        .unwrap();
    let trial = scene.agent.run(&["run", "demo", "--dry-run"]).unwrap();
    let said = trial.ended(0).unwrap().said();
    assert!(
        said.contains("new article MOK-WIT Mok Avond, sales price 24.20"),
        "{said}"
    );
    assert!(!said.contains("order line"), "{said}");
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    let article = scene.books.article_by_code("MOK-WIT").unwrap();
    assert_eq!(article.description, "Mok Avond");
    assert_eq!(article.price, Decimal::new(2420, 2));
    assert_eq!(article.vat_kind, "Hoog");
}

#[test]
fn both_ways_of_handling_articles_make_the_same_one_without_vat_where_the_books_keep_prices_so() {
    let made = |handling: &str| {
        let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
        let options = Options {
            article_prices_exclude_vat: true,
            ..Options::default()
        };
        let mut scene = Scene::of(shop, options, Winkelbrug::under_test().unwrap()).unwrap();
        scene.profile.set("articles", "handling", &text(handling));
        let scene = scene.ready().unwrap();
        scene.shop.place_order(&mugs("Oud")).unwrap();
        let dearer = "UPDATE `oc_product` SET price = 20 WHERE model = 'MOK-WIT'";
        scene.shop.query(dearer).unwrap();
        scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
        let article = scene.books.article_by_code("MOK-WIT").unwrap();
        (article.description, article.price, article.vat_kind)
    };
    let added = made("add");
    assert_eq!(added.1, Decimal::from(20));
    assert_eq!(made("add-and-update"), added);
}

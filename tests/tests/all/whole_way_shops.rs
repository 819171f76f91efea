//! The whole way for each shop program: the bridge placed by FTP into the recorded shop, orders read,
//! written and compared in the books, stock set in the shop.

mod money_back;
mod other_versions;
mod same_number;

use std::{collections::BTreeMap, path::Path, sync::LazyLock};

use rust_decimal::{Decimal, dec};
use serde_json::Value;
use testbed::{
    agreement,
    hosted::{Hosted as _, RecordedOptions, RecordedShop},
    magento::Generation,
    prestashop,
    profile::text,
    program::Winkelbrug,
    scene::Scene,
    servers::PhpOptions,
    snelstart::{NewArticle, Options, Outcome, SeenOrder},
    truth, woocommerce,
};
use winkelbrug_protocol::record::{Order, Product};

use crate::translate_shops::{
    desk::{self, End},
    magento as of_magento, prestashop as of_prestashop, woocommerce as of_woocommerce,
};

/// A shop, what it says of its orders, and where each has to end.
struct Case<'a> {
    orders: Vec<Order>,
    ends: &'a [(&'a str, End)],
    groups: &'a [(&'a str, &'a str)],
    /// More settings: table, key, value.
    settings: &'a [(&'a str, &'a str, String)],
    /// Do the books compute the VAT of other countries (OSS)?
    foreign_vat: bool,
    /// An article that is counted in the books, with the SQL that answers what the shop sells from.
    stocked: (&'a str, &'a str),
}

/// Writes that the books took. What is held because they refused an article may be tried once more.
fn taken(scene: &Scene<RecordedShop>) -> usize {
    let requests = scene.books.requests();
    let writes = requests.all().iter().filter(|request| {
        matches!(request.method.as_str(), "POST" | "PUT" | "DELETE")
            && !request.path.contains("token")
    });
    writes
        .filter(|request| matches!(request.outcome, Outcome::Answered(200..300)))
        .count()
}

impl Case<'_> {
    fn run(&self, shop: RecordedShop) -> Scene<RecordedShop> {
        let scene = self.scene(shop).ready().unwrap();
        let run = ["run", "demo", "import-orders-export-stock"];
        let ran = scene.agent.run(&run).unwrap();
        assert_eq!(ran.code, Some(1), "some orders are held: {}", ran.said());
        self.every_order_is_where_it_belongs(&scene);
        self.stock_follows_the_books(&scene);
        let writes = taken(&scene);
        scene.agent.run(&run).unwrap();
        assert_eq!(taken(&scene), writes, "a second run writes nothing");
        agreement::requests_were_sound(&scene).unwrap();
        let withdrawn = scene.agent.run(&["withdraw", "demo"]).unwrap();
        withdrawn.ended(0).unwrap();
        agreement::no_file_is_left(&scene).unwrap();
        scene
    }

    fn scene(&self, shop: RecordedShop) -> Scene<RecordedShop> {
        let options = Options {
            foreign_vat: self.foreign_vat,
            article_code_length: 64,
            ..Options::default()
        };
        let mut scene = Scene::of(shop, options, Winkelbrug::under_test().unwrap()).unwrap();
        for (class, kind) in self.groups {
            let group = match *kind {
                "hoog" => "Hoog btw (goederen)",
                "laag" => "Laag btw (goederen)",
                _ => "Geen btw (goederen)",
            };
            let table = "articles.revenue_groups";
            scene.profile.set(table, class, &text(group));
        }
        let [hoog, laag, geen] = scene.books.add_cost_articles("DIVERS", "Diversen").unwrap();
        let (hoog, laag, geen) = (text(&hoog), text(&laag), text(&geen));
        let of_no_code = format!("{{ hoog = {hoog}, laag = {laag}, geen = {geen} }}");
        scene.profile.set("sales", "default_article", &of_no_code);
        for (table, key, value) in self.settings {
            scene.profile.set(table, key, value);
        }
        let article = NewArticle::new(self.stocked.0, "Geteld", "Hoog").stocked(500);
        scene.books.add_article(article).unwrap();
        scene
    }

    fn every_order_is_where_it_belongs(&self, scene: &Scene<RecordedShop>) {
        let list = scene.agent.run(&["orders", "demo", "--json"]).unwrap();
        let list = list.json().unwrap();
        let listed: BTreeMap<&str, &Value> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|order| (order["number"].as_str().unwrap(), order))
            .collect();
        let mut wrong = Vec::new();
        let mut written = 0;
        for order in &self.orders {
            let (_, end) = self
                .ends
                .iter()
                .find(|(of, _)| *of == order.number)
                .unwrap();
            let listed = listed
                .get(order.number.as_str())
                .copied()
                .unwrap_or(&Value::Null);
            written += usize::from(matches!(end, End::Written | End::WithoutVat));
            wrong.extend(is_there(scene, order, *end, listed).err());
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let in_books = scene.books.orders();
        let sold = in_books
            .iter()
            .filter(|one| !one.payment_reference.contains("-C"));
        assert_eq!(sold.count(), written);
    }

    /// What the shop sells from is what the books have free, less the pieces of orders that wait.
    fn stock_follows_the_books(&self, scene: &Scene<RecordedShop>) {
        let (code, sql) = self.stocked;
        let waiting: Decimal = self
            .orders
            .iter()
            .filter(|order| {
                let held =
                    |(of, end): &&(&str, End)| *of == order.number && matches!(end, End::Held(_));
                self.ends.iter().any(|end| held(&end))
            })
            .flat_map(|order| &order.lines)
            .filter(|line| line.code == code)
            .map(|line| line.quantity)
            .sum();
        let free = scene.books.article_by_code(code).unwrap().free_stock;
        let shop: Decimal = scene.shop.database().value(sql).unwrap().parse().unwrap();
        assert!(free < dec!(500), "an order has taken some");
        assert_eq!(shop, free - waiting, "{code}");
    }
}

fn is_there(
    scene: &Scene<RecordedShop>,
    order: &Order,
    end: End,
    listed: &Value,
) -> Result<(), String> {
    let number = &order.number;
    let state = listed["state"].as_str().unwrap_or("unseen");
    let told = |what: &str| Err(format!("{number}: {what}: {listed}"));
    match end {
        End::Held(code) if state == "held" && listed["reason_code"] == code => Ok(()),
        // What a customer never finished may as well not be looked at.
        End::Skipped(code) if listed["reason_code"] == code || state == "unseen" => Ok(()),
        End::Written | End::WithoutVat if state == "written" => {
            let reference = listed["payment_reference"].as_str().unwrap_or_default();
            match scene.books.orders_by_reference(reference).as_slice() {
                [written] => {
                    figures_agree(order, written)?;
                    credits_agree(scene, order, reference)
                }
                several => told(&format!("{} times in the books", several.len())),
            }
        }
        _ => told(&format!("not {end:?}")),
    }
}

/// What was given back before the order came in is credited refund by refund; an amount of nothing
/// in particular waits for its rate.
fn credits_agree(
    scene: &Scene<RecordedShop>,
    order: &Order,
    reference: &str,
) -> Result<(), String> {
    for (at, refund) in order.refunds.iter().enumerate() {
        let name = format!("{reference}-C{}", at + 1);
        let there: Vec<Decimal> = scene
            .books
            .orders_by_reference(&name)
            .iter()
            .map(|credit| credit.vat.total_incl())
            .collect();
        let of_lines = refund.adjustment.is_zero() || refund.total == order.total;
        let wanted: &[Decimal] = if of_lines { &[-refund.total] } else { &[] };
        if there != wanted {
            return Err(format!("{name}: {there:?} instead of {wanted:?}"));
        }
    }
    Ok(())
}

fn figures_agree(order: &Order, written: &SeenOrder) -> Result<(), String> {
    let number = &order.number;
    let (total, in_books) = (desk::cents(order.total), written.vat.total_incl());
    if total != in_books {
        return Err(format!("{number}: {in_books} instead of {total}"));
    }
    let shop = desk::shop_vat(order);
    let mut percents: Vec<Decimal> = shop.keys().copied().collect();
    percents.extend(written.vat.rows.iter().map(|row| row.percent.normalize()));
    for percent in percents {
        let (there, here) = (
            shop.get(&percent).copied().unwrap_or_default(),
            written.vat.vat_at(percent),
        );
        if (there - here).abs() > dec!(0.01) {
            return Err(format!("{number}, {percent}%: {here} instead of {there}"));
        }
    }
    Ok(())
}

/// Places around the writing of a credit where the program is killed.
const AROUND_A_CREDIT: [&str; 8] = [
    "before-commit-refunds:1",
    "after-commit-credit:1",
    "after-commit-order-intent:1",
    "before-create-credit:1",
    "after-create-credit:1",
    "before-search:1",
    "before-commit-done:1",
    "before-commit-credit-written:1",
];

#[test]
fn killed_while_it_writes_credits_each_arrives_exactly_once() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let case = of_tables(&shared);
    let shop = woocommerce::TABLES.start(&shared).unwrap();
    let mut scene = case.scene(shop).ready().unwrap();
    let mut ahead = 0;
    for place in AROUND_A_CREDIT.into_iter().chain(["none:1"; 4]) {
        scene.agent.set("WINKELBRUG_FAULT", place);
        scene.agent.run(&["run", "demo"]).unwrap();
        ahead += 610;
        let offset = ahead.to_string();
        scene.agent.set("WINKELBRUG_CLOCK_OFFSET_SECONDS", &offset);
        scene
            .books
            .clock()
            .advance(std::time::Duration::from_secs(610));
    }
    case.every_order_is_where_it_belongs(&scene);
    agreement::requests_were_sound(&scene).unwrap();
}

#[test]
fn every_woocommerce_order_arrives_or_waits_for_its_reason() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let case = of_tables(&shared);
    case.run(woocommerce::TABLES.start(&shared).unwrap());
}

fn of_tables(shared: &Path) -> Case<'static> {
    let recorded = woocommerce::TABLES;
    let truth = recorded.folder(shared).join("truth.json");
    Case {
        orders: truth::woocommerce::read(&truth).unwrap().orders,
        ends: &of_woocommerce::WITH_TABLES,
        groups: &of_woocommerce::GROUPS,
        settings: &[],
        foreign_vat: true,
        stocked: (
            "ACTIE_1",
            "SELECT meta_value FROM wp7_postmeta WHERE post_id = 24 AND meta_key = '_stock'",
        ),
    }
}

#[test]
fn every_prestashop_order_arrives_or_waits_for_its_reason() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let truth = shared.join(prestashop::RECORDING).join("truth.json");
    let truth = truth::prestashop::read(&truth).unwrap();
    let case = Case {
        orders: truth.orders,
        ends: &of_prestashop::ENDS,
        groups: &of_prestashop::GROUPS,
        settings: &[("sales", "payment_reference", text("shop-reference"))],
        foreign_vat: true,
        stocked: (
            "ACTIE_1",
            "SELECT quantity FROM ps_stock_available WHERE id_product = 13 AND id_product_attribute = 0",
        ),
    };
    let scene = case.run(prestashop::start(&shared).unwrap());
    let variants = new_articles_are_the_shops_products(&scene, &truth.products);
    assert!(variants > 0, "a combination was sold by its own reference");
}

/// Every article in the books costs what the shop's one product or combination of that code does, and
/// is called so; gives how many combinations there are among them.
fn new_articles_are_the_shops_products(scene: &Scene<RecordedShop>, products: &[Product]) -> usize {
    let mut variants = 0;
    for article in scene.books.articles() {
        let mut same = products.iter().filter(|one| one.code == article.code);
        let (Some(product), None) = (same.next(), same.next()) else {
            continue;
        };
        if article.description == "Geteld" {
            continue;
        }
        let vat = match article.vat_kind.as_str() {
            "Hoog" => dec!(1.21),
            "Laag" => dec!(1.09),
            _ => Decimal::ONE,
        };
        let costs = product.price.unwrap() * vat;
        let code = &article.code;
        assert!(
            (costs - article.price).abs() <= dec!(0.005),
            "{code}: {} instead of {costs}",
            article.price
        );
        assert!(
            article.description.starts_with(product.name.trim()),
            "{code}: {} instead of {}",
            article.description,
            product.name
        );
        variants += usize::from(product.kind == "variant");
    }
    variants
}

const SELLABLE: &str = "SELECT (SELECT quantity FROM inventory_source_item WHERE sku = 'AB 12 34' AND source_code = 'default') + \
     COALESCE((SELECT SUM(quantity) FROM inventory_reservation WHERE sku = 'AB 12 34' AND stock_id = 1), 0)";

/// As in [`of_magento::TWO`], but these books have no ledger for Belgium's lower reduced rate.
static MAGENTO_ENDS: LazyLock<Vec<(&str, End)>> = LazyLock::new(|| {
    let ends = of_magento::TWO.map(|(number, end)| match number {
        "000000008" | "000000050" => (number, End::Held("oss-niet-ingericht")),
        number => (number, end),
    });
    ends.to_vec()
});

fn magento<'a>(shared: &Path, settings: &'a [(&'a str, &'a str, String)]) -> Case<'a> {
    let truth = shared.join(Generation::Two.recording()).join("truth.json");
    let orders = truth::magento::read(&truth).unwrap().orders;
    Case {
        orders: orders.into_iter().map(|recorded| recorded.order).collect(),
        ends: &MAGENTO_ENDS,
        groups: &of_magento::GROUPS,
        settings,
        foreign_vat: true,
        stocked: ("AB 12 34", SELLABLE),
    }
}

fn magento_shop(shared: &Path, options: RecordedOptions) -> RecordedShop {
    Generation::Two.start_with(shared, options).unwrap()
}

#[test]
fn every_magento_order_arrives_or_waits_for_its_reason_where_pub_is_the_web_root() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let options = RecordedOptions {
        web_folder: "public_html/pub".to_owned(),
        ..RecordedOptions::default()
    };
    magento(&shared, &[]).run(magento_shop(&shared, options));
}

/// As the shop's own `.htaccess` does where its root is what is served.
const INTO_PUB: &str = "<?php\n$file = $_SERVER['DOCUMENT_ROOT'] . '/pub' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);\n\
     if (!is_file($file)) {\n    http_response_code(404);\n    return true;\n}\nrequire $file;\nreturn true;\n";

#[test]
fn every_magento_order_arrives_or_waits_for_its_reason_where_the_root_sends_requests_to_pub() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let folder = testbed::servers::throw_away_folder("router").unwrap();
    let router = folder.path().join("into_pub.php");
    std::fs::write(&router, INTO_PUB).unwrap();
    let options = RecordedOptions {
        php: PhpOptions {
            router: Some(router),
            ..PhpOptions::default()
        },
        ..RecordedOptions::default()
    };
    magento(&shared, &[]).run(magento_shop(&shared, options));
}

#[test]
fn magento_behind_its_own_nginx_rules_works_once_the_line_that_deploy_names_is_added() {
    let Some(shared) = truth::shared().unwrap() else {
        return;
    };
    let options = RecordedOptions {
        web_folder: "public_html/pub".to_owned(),
        php: PhpOptions::default().magento_nginx(""),
        ..RecordedOptions::default()
    };
    let case = magento(&shared, &[]);
    let scene = case.scene(magento_shop(&shared, options));
    let served = scene.shop.folder();
    std::fs::create_dir(served.join("errors")).unwrap();
    std::fs::write(
        served.join("errors/404.php"),
        "<?php http_response_code(404); echo '<html><title>404 Not Found</title></html>';",
    )
    .unwrap();
    // The front controller shows a page for what it does not know.
    std::fs::write(
        served.join("index.php"),
        "<?php http_response_code(404); echo '<html><title>Whoops</title></html>';",
    )
    .unwrap();
    scene.add_profile().unwrap().ended(0).unwrap();
    let refused = scene.agent.run(&["deploy", "demo", "--json"]).unwrap();
    let refused = refused.ended(2).unwrap();
    assert!(
        refused.said().contains("magento-php-refused"),
        "{refused:?}"
    );
    agreement::no_file_is_left(&scene).unwrap();
    // The very line the owner's web builder reads.
    let said = scene.agent.run(&["deploy", "demo"]).unwrap().said();
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let from = said.find("location ~ ^/winkelbrug-").expect(&said);
    let line = &said[from..=from + said[from..].find('}').unwrap()];
    scene
        .shop
        .restart_web(&PhpOptions::default().magento_nginx(line))
        .unwrap();
    scene
        .agent
        .run(&["deploy", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    let ran = scene.agent.run(&["run", "demo"]).unwrap();
    assert_eq!(ran.code, Some(1), "some orders are held: {}", ran.said());
    case.every_order_is_where_it_belongs(&scene);
    scene
        .agent
        .run(&["withdraw", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    agreement::no_file_is_left(&scene).unwrap();
}

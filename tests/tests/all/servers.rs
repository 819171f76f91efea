//! The test bed itself: the servers serve, the shop's arithmetic is OpenCart's.
use std::process::Command;

use rust_decimal::Decimal;
use suppaftp::tokio::AsyncFtpStream;
use testbed::{
    opencart::{Buyer, DEMO_ORDERS, Item, NewOrder, OpenCartShop, ShopOptions, Status},
    servers::{Behaviour, PhpOptions, Relay, wait_until},
};

fn php_answer(shop: &OpenCartShop, file: &str) -> String {
    let url = format!("{}{file}", shop.url());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let _ = rustls::crypto::ring::default_provider().install_default();
    runtime.block_on(async { reqwest::get(url).await.unwrap().text().await.unwrap() })
}

#[test]
fn shop_serves_php_that_reaches_its_database_by_its_configuration() {
    let shop = OpenCartShop::demo().unwrap();
    std::fs::write(
        shop.folder().join("probe.php"),
        "<?php require 'config.php'; $db = new mysqli(DB_HOSTNAME, DB_USERNAME, DB_PASSWORD, DB_DATABASE, (int)DB_PORT); \
         echo $db->query('SELECT COUNT(*) FROM `' . DB_PREFIX . 'order`')->fetch_row()[0];",
    )
    .unwrap();
    assert_eq!(
        php_answer(&shop, "probe.php"),
        DEMO_ORDERS.len().to_string()
    );
}

#[test]
fn php_runs_without_mysqli_or_without_pdo_and_behind_nginx() {
    let shop = OpenCartShop::empty(ShopOptions {
        prefix: "x_".into(),
        ..ShopOptions::default()
    })
    .unwrap();
    std::fs::write(
        shop.folder().join("probe.php"),
        "<?php echo (int)extension_loaded('mysqli'), (int)extension_loaded('pdo_mysql'), ini_get('memory_limit'), PHP_SAPI;",
    )
    .unwrap();
    let options = PhpOptions::default().ini("memory_limit", "32M");
    shop.restart_web(&options.clone().without("mysqli"))
        .unwrap();
    assert_eq!(php_answer(&shop, "probe.php"), "0132Mcli-server");
    shop.restart_web(&options.clone().without("pdo_mysql"))
        .unwrap();
    assert_eq!(php_answer(&shop, "probe.php"), "1032Mcli-server");
    shop.restart_web(&options.nginx()).unwrap();
    assert_eq!(php_answer(&shop, "probe.php"), "1132Mfpm-fcgi");
    assert_eq!(
        shop.database()
            .value("SELECT COUNT(*) FROM x_product")
            .unwrap(),
        "12"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn ftp_account_is_closed_in_its_folder_and_wants_its_password() {
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    let account = shop.ftp().unwrap();
    let address = format!("127.0.0.1:{}", account.port());
    let mut ftp = AsyncFtpStream::connect(&address).await.unwrap();
    assert!(ftp.login(account.user(), "wrong").await.is_err());
    let mut ftp = AsyncFtpStream::connect(&address).await.unwrap();
    ftp.login(account.user(), account.password()).await.unwrap();
    ftp.cwd("/public_html").await.unwrap();
    let names = ftp.nlst(None).await.unwrap();
    assert!(names.contains(&"config.php".to_owned()), "{names:?}");
    ftp.put_file("hello.php", &mut &b"<?php echo 'uploaded';"[..])
        .await
        .unwrap();
    assert!(ftp.cwd("/etc").await.is_err());
    let shop = tokio::task::spawn_blocking(move || {
        assert_eq!(php_answer(&shop, "hello.php"), "uploaded");
        shop
    })
    .await
    .unwrap();
    ftp.rm("hello.php").await.unwrap();
    assert!(!shop.folder().join("hello.php").exists());
    assert!(shop.ftp().unwrap().log().contains("hello.php"));
}

#[test]
fn every_demo_order_adds_up_as_opencart_adds() {
    let shop = OpenCartShop::demo().unwrap();
    let rows = shop
        .query(
            "SELECT o.order_id, o.total, SUM(IF(t.code = 'total', 0, t.value)), \
             MAX(IF(t.code = 'total', t.value, NULL)) FROM `oc_order` o JOIN `oc_order_total` t \
             USING (order_id) GROUP BY o.order_id ORDER BY o.order_id",
        )
        .unwrap();
    assert_eq!(rows.len(), DEMO_ORDERS.len());
    for row in rows {
        let amounts: Vec<Decimal> = row[1..].iter().map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(amounts[0], amounts[2], "order {}", row[0]);
        assert!(
            (amounts[0] - amounts[1]).abs() <= Decimal::new(2, 4),
            "order {}: {amounts:?}",
            row[0]
        );
    }
}

/// Orders of a real OpenCart 3.0.5.1 shop, computed again here.
#[test]
fn checkout_computes_what_a_real_opencart_computed() {
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    shop.query(
        "UPDATE `oc_setting` SET value = '4.95' WHERE `key` = 'shipping_flat_cost';\
         UPDATE `oc_product` SET price = 3.3350 WHERE model = 'FILTER-100'",
    )
    .unwrap();
    let buyer = Buyer::guest("A", "B", "a@example.com", "1234 AB");
    let order = shop
        .place_order(&NewOrder::new(buyer, vec![Item::new("FILTER-100", 3)]))
        .unwrap();
    let totals = shop
        .query(&format!(
            "SELECT code, value FROM `oc_order_total` WHERE order_id = {order} ORDER BY sort_order"
        ))
        .unwrap();
    let seen: Vec<String> = totals.iter().map(|row| row.join(" ")).collect();
    assert_eq!(
        seen,
        [
            "sub_total 10.0050",
            "shipping 4.9500",
            "tax 3.1406",
            "total 18.0956"
        ]
    );
}

#[test]
fn stock_follows_sales_cancellations_and_edits() {
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    let order = shop.sell("MOK-WIT", 3).unwrap();
    assert_eq!(shop.stock("MOK-WIT").unwrap(), 57);
    let buyer = Buyer::guest("A", "B", "a@example.com", "1234 AB");
    let edited = NewOrder::new(
        buyer,
        vec![Item::new("MOK-WIT", 1), Item::new("SHIRT", 2).choose(32)],
    );
    shop.edit_order(order, &edited).unwrap();
    assert_eq!(shop.stock("MOK-WIT").unwrap(), 59);
    assert_eq!(shop.stock("SHIRT").unwrap(), 34);
    let option =
        "SELECT quantity FROM `oc_product_option_value` WHERE product_option_value_id = 32";
    assert_eq!(shop.query(option).unwrap()[0][0], "16");
    shop.change_status(order, Status::Cancelled).unwrap();
    assert_eq!(shop.stock("MOK-WIT").unwrap(), 60);
    assert_eq!(shop.query(option).unwrap()[0][0], "18");
}

#[test]
fn orders_come_by_the_thousand() {
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    let (first, last) = shop.generate_orders(2_500, 100).unwrap();
    assert_eq!((first, last), (1, 2_500));
    let wrong = "SELECT COUNT(*) FROM `oc_order` o WHERE ABS(o.total - (SELECT SUM(value) FROM \
                 `oc_order_total` t WHERE t.order_id = o.order_id AND t.code <> 'total')) > 0.0003";
    assert_eq!(shop.query(wrong).unwrap()[0][0], "0");
}

#[test]
fn statement_log_counts_only_what_the_shops_user_sends() {
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    let other = OpenCartShop::empty(ShopOptions::default()).unwrap();
    std::fs::write(
        shop.folder().join("probe.php"),
        "<?php require 'config.php'; $db = new PDO('mysql:host=' . DB_HOSTNAME . ';port=' . DB_PORT . ';dbname=' . DB_DATABASE, DB_USERNAME, DB_PASSWORD); \
         $db->setAttribute(PDO::ATTR_EMULATE_PREPARES, false); $s = $db->prepare('SELECT ?'); $s->execute([1]); $db->query('SELECT 2'); echo 'ok';",
    )
    .unwrap();
    std::fs::copy(
        shop.folder().join("probe.php"),
        other.folder().join("probe.php"),
    )
    .unwrap();
    let log = shop.database().log_statements().unwrap();
    assert_eq!(php_answer(&other, "probe.php"), "ok");
    assert_eq!(php_answer(&shop, "probe.php"), "ok");
    assert_eq!(log.statements().unwrap(), ["SELECT '1'", "SELECT 2"]);
}

/// Runs in a process of its own (see below): starts everything, says where, and is killed.
#[test]
fn started_to_be_killed() {
    if std::env::var_os("TO_BE_KILLED").is_none() {
        return;
    }
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    let account = shop.ftp().unwrap();
    println!(
        "PLACES {} {} {} {}",
        shop.database().server().socket().display(),
        account.user(),
        account.port(),
        shop.database().server().port()
    );
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[test]
fn nothing_is_left_when_the_test_process_is_killed() {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "servers::started_to_be_killed", "--nocapture"])
        .env("TO_BE_KILLED", "1")
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let line = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("PLACES ").map(|(_, rest)| rest.to_owned()))
        .unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let places: Vec<&str> = line.split(' ').collect();
    let folder = std::path::Path::new(places[0])
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned();
    assert!(folder.to_string_lossy().contains("winkelbrug-test-"));
    let limit = std::time::Duration::from_secs(10);
    wait_until("database folder gone", limit, || !folder.exists()).unwrap();
    wait_until("account gone", limit, || {
        !std::fs::read_to_string("/etc/passwd")
            .unwrap()
            .contains(places[1])
    })
    .unwrap();
    for port in &places[2..] {
        let address = format!("127.0.0.1:{port}");
        wait_until("server gone", limit, || {
            std::net::TcpStream::connect(&address).is_err()
        })
        .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn relay_counts_and_misbehaves_as_told() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let shop = OpenCartShop::empty(ShopOptions::default()).unwrap();
    std::fs::write(
        shop.folder().join("page.php"),
        "<?php echo str_repeat('x', 100);",
    )
    .unwrap();
    let relay = Relay::start(&shop.url()).unwrap();
    let url = format!("{}page.php", relay.url());
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let text = client
        .post(&url)
        .body("hello")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(text.len(), 100);
    let seen = relay.take_seen();
    assert_eq!(
        (seen[0].sent, seen[0].received, seen[0].status),
        (5, 100, 200)
    );
    relay.behave(Behaviour::Redirect("https://www.example.com".into()));
    let answer = client.get(&url).send().await.unwrap();
    assert_eq!(
        answer.headers()["location"],
        "https://www.example.com/page.php"
    );
    relay.behave(Behaviour::Cut(10));
    let cut = match client.get(&url).send().await {
        Ok(answer) => answer.text().await,
        Err(error) => Err(error),
    };
    assert!(cut.is_err());
    relay.behave(Behaviour::Alter);
    let text = client.get(&url).send().await.unwrap().text().await.unwrap();
    assert_eq!(text.matches('x').count(), 99);
}

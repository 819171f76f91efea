//! The bridge on hosts as they are: noisy, narrow, broken, attacked, copied.
use std::{collections::BTreeSet, io::Write as _, path::Path};

use serde_json::{Value, json};
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge, records},
    opencart::OpenCartShop,
    servers::PhpOptions,
};
use winkelbrug_protocol::{
    REFUSAL,
    answer::Reading,
    key::{Variant, sha256_hex},
    record::{Hello, OrderHead},
};

fn shop() -> (OpenCartShop, PlacedBridge) {
    let shop = OpenCartShop::demo().unwrap();
    let bridge = BridgeFile::new(Variant::Ecdsa).place(&shop).unwrap();
    (shop, bridge)
}

/// Functions a careful host takes away, and everything that could reach a network, a program or a
/// file to write.
const TAKEN_AWAY: &str = "ini_set,set_time_limit,error_log,exec,shell_exec,system,passthru,popen,proc_open,\
fsockopen,pfsockopen,stream_socket_client,curl_exec,curl_multi_exec,mail,fopen,file_put_contents,rename,\
copy,chmod,mkdir,touch,symlink,tempnam,phpinfo,putenv,getenv,highlight_file,readfile,glob,scandir";

#[tokio::test(flavor = "multi_thread")]
async fn what_a_host_prints_around_the_answer_does_not_break_it() {
    let (shop, bridge) = shop();
    let before = shop.folder().join("before.php");
    let after = shop.folder().join("after.php");
    std::fs::write(
        &before,
        "\u{feff}\n<div>Hosted by X</div><?php echo $undefined; trigger_error('noise'); ?>",
    )
    .unwrap();
    std::fs::write(&after, "<?php echo '<script>advert()</script>';").unwrap();
    let flushed = shop.folder().join("flushed.php");
    std::fs::write(&flushed, "<?php echo 'sent already'; flush();").unwrap();
    let path = |path: &Path| path.display().to_string();
    let plain = PhpOptions::default;
    for php in [
        plain()
            .ini("display_errors", "1")
            .ini("auto_prepend_file", &path(&before))
            .ini("auto_append_file", &path(&after)),
        plain()
            .ini("output_buffering", "0")
            .ini("auto_prepend_file", &path(&flushed)),
        plain()
            .ini("output_buffering", "4096")
            .ini("auto_prepend_file", &path(&before)),
        plain()
            .ini("zlib.output_compression", "On")
            .ini("display_errors", "1"),
        plain().ini("implicit_flush", "On").ini("expose_php", "On"),
        plain().ini("disable_functions", TAKEN_AWAY),
        plain().ini("enable_post_data_reading", "Off"),
        plain()
            .ini("mbstring.func_overload", "0")
            .ini("default_charset", "ISO-8859-1")
            .ini("serialize_precision", "3")
            .ini("precision", "3"),
        plain().without("mbstring").without("ctype"),
        plain().nginx().ini("auto_append_file", &path(&after)),
    ] {
        shop.restart_web(&php).unwrap();
        let hello: Vec<Hello> = bridge
            .ask("hello", json!({}))
            .await
            .unwrap_or_else(|error| panic!("{php:?}: {error:#}"));
        assert_eq!(hello[0].counts.orders, 13);
        let heads: Vec<OrderHead> = bridge.ask("orders", json!({})).await.unwrap();
        assert_eq!(heads.len(), 14, "{php:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_php_has_no_room_for_an_order_that_is_said_and_no_error_of_php_passes_for_an_answer()
{
    let (shop, bridge) = shop();
    // So little memory that no order fits.
    shop.query(
        "UPDATE `oc_order` SET comment = REPEAT('x', 60000); \
         ALTER TABLE `oc_order` MODIFY comment MEDIUMTEXT; \
         UPDATE `oc_order` SET comment = REPEAT('x', 3000000)",
    )
    .unwrap();
    let php = PhpOptions::default()
        .ini("memory_limit", "6M")
        .ini("display_errors", "1");
    shop.restart_web(&php).unwrap();
    let request = bridge
        .request("orders", &json!({"ids": ["1", "2", "3", "4"]}))
        .unwrap();
    // PHP may also just hang up.
    if let Ok(told) = bridge.send(&request).await {
        match bridge.read(&request, "orders", &told) {
            Ok(Reading::Error(error)) => assert_eq!(error.code, "internal"),
            Ok(Reading::Answer(answer)) => {
                let told = records::<Value>(&answer).unwrap();
                assert!(
                    told.iter().all(|order| order["too_large"].is_u64()),
                    "{told:?}"
                );
            }
            Ok(other) => panic!("{other:?}"),
            Err(_) => {}
        }
        let text = String::from_utf8_lossy(&told.body);
        assert!(
            !text.contains("Fatal") && !text.contains(".php"),
            "{text:.300}"
        );
    }
    // The next question finds everything in order.
    let hello: Vec<Hello> = bridge.ask("hello", json!({})).await.unwrap();
    assert_eq!(hello[0].counts.orders, 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_thing_a_shop_lacks_has_its_own_code() {
    let (shop, bridge) = shop();
    let config = shop.folder().join("config.php");
    let good = std::fs::read_to_string(&config).unwrap();
    let code = async || bridge.error("hello", json!({})).await.unwrap();
    let tables = || shop.query("SHOW TABLES LIKE '%winkelbrug%'").unwrap().len();

    std::fs::remove_file(&config).unwrap();
    assert_eq!(code().await, "config-missing");
    std::fs::write(&config, "<?php define('DB_HOSTNAME', getenv('X'));").unwrap();
    assert_eq!(code().await, "config-unreadable");
    let port = shop.database().server().port().to_string();
    std::fs::write(&config, good.replace(&port, "9")).unwrap();
    assert_eq!(code().await, "database-down");
    std::fs::write(&config, good.replace("pw\\'", "other")).unwrap();
    assert_eq!(code().await, "database-refused");
    std::fs::write(&config, good.replace("'oc_'", "'zz_'")).unwrap();
    assert_eq!(code().await, "prefix-wrong");
    std::fs::write(&config, good.replace("'oc_'", "'z`z'")).unwrap();
    assert_eq!(code().await, "prefix-wrong");
    std::fs::write(&config, &good).unwrap();
    assert_eq!(tables(), 0, "no table is left behind a wrong prefix");

    let elsewhere = BridgeFile::new(Variant::Ecdsa)
        .with("PLATFORM", "prestashop")
        .place(&shop)
        .unwrap();
    assert_eq!(
        elsewhere.error("hello", json!({})).await.unwrap(),
        "unsupported"
    );
    shop.restart_web(&PhpOptions::default().without("tokenizer"))
        .unwrap();
    assert_eq!(code().await, "unsupported");
    shop.restart_web(&PhpOptions::default().without("mysqli").without("pdo_mysql"))
        .unwrap();
    assert_eq!(code().await, "unsupported");
    shop.restart_web(&PhpOptions::default()).unwrap();
    shop.query("RENAME TABLE `oc_order_product` TO gone, `oc_setting` TO gone_too")
        .unwrap();
    assert_eq!(code().await, "not-a-shop");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_nonce_can_be_kept_nothing_is_answered_not_even_a_read() {
    let (shop, bridge) = shop();
    let database = shop.database();
    for host in ["localhost", "127.0.0.1"] {
        database
            .execute(&format!(
                "REVOKE ALL ON {0}.* FROM '{1}'@'{host}'; GRANT SELECT ON {0}.* TO '{1}'@'{host}'",
                database.name, database.user
            ))
            .unwrap();
    }
    for (op, args) in [("hello", json!({})), ("orders", json!({}))] {
        assert_eq!(bridge.error(op, args).await.unwrap(), "no-state");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_reads_cannot_write_whatever_the_engine() {
    let (shop, bridge) = shop();
    let hello: Vec<Hello> = bridge.ask("hello", json!({})).await.unwrap();
    assert!(
        hello[0]
            .capabilities
            .contains(&"read_only_session".to_owned())
    );
    let log = shop.database().log_statements().unwrap();
    for (op, args) in [
        ("lookups", json!({})),
        ("orders", json!({})),
        ("orders", json!({"ids": ["1", "2"]})),
        ("products", json!({})),
        ("customers", json!({})),
        ("totals", json!({"from": "2020-01-01"})),
        ("stock_read", json!({})),
    ] {
        bridge.page(op, args).await.unwrap();
    }
    let mut inside = false;
    for statement in log.statements().unwrap() {
        if statement.starts_with("SET NAMES") {
            inside = false;
        } else if statement == "SET SESSION TRANSACTION READ ONLY" {
            inside = true;
        } else if inside {
            assert!(statement.starts_with("SELECT"), "{statement}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_bad_requests_open_no_database_and_a_huge_or_slow_one_blocks_nobody() {
    let (shop, bridge) = shop();
    let log = shop.database().log_statements().unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = bridge.request("hello", &json!({})).unwrap();
    for number in 0..1000 {
        let response = http
            .post(&bridge.url)
            .header("X-Winkelbrug-Key", &request.key_id)
            .header("X-Winkelbrug-Time", &request.time)
            .header("X-Winkelbrug-Nonce", format!("{number:032x}"))
            .header("X-Winkelbrug-Signature", &request.signature)
            .body(request.body.clone())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 403);
        assert_eq!(response.text().await.unwrap(), REFUSAL);
    }
    let huge = http.post(&bridge.url).body(vec![b'a'; 10 << 20]);
    assert_eq!(huge.send().await.unwrap().text().await.unwrap(), REFUSAL);
    // Headers twice, as a proxy or an attacker may add them.
    let twice = http
        .post(&bridge.url)
        .header("X-Winkelbrug-Key", &request.key_id)
        .header("X-Winkelbrug-Key", &request.key_id)
        .header("X-Winkelbrug-Time", &request.time)
        .header("X-Winkelbrug-Nonce", &request.nonce)
        .header("X-Winkelbrug-Signature", &request.signature)
        .body(request.body.clone());
    assert_eq!(twice.send().await.unwrap().text().await.unwrap(), REFUSAL);
    // Three who never finish their body: the fourth is served all the same.
    let address = bridge.url.trim_start_matches("http://");
    let (host, path) = address.split_once('/').unwrap();
    let mut slow = Vec::new();
    for _ in 0..3 {
        let mut socket = std::net::TcpStream::connect(host).unwrap();
        let head =
            format!("POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 60000\r\n\r\nabc");
        socket.write_all(head.as_bytes()).unwrap();
        slow.push(socket);
    }
    assert_eq!(log.statements().unwrap(), Vec::<String>::new());
    bridge.page("hello", json!({})).await.unwrap();
    drop(slow);
}

/// What distinguishes statements when every literal is taken out.
fn templates(statements: &[String]) -> BTreeSet<String> {
    statements
        .iter()
        .map(|statement| {
            let (mut text, mut inside, mut escaped) = (String::new(), false, false);
            for character in statement.chars() {
                match (inside, escaped, character) {
                    (true, false, '\\') => escaped = true,
                    (true, true, _) => escaped = false,
                    (_, _, '\'') => inside = !inside,
                    (false, _, _) => text.push(character),
                    _ => {}
                }
            }
            assert!(!inside, "a literal that does not end: {statement}");
            text
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_argument_becomes_part_of_a_statement_whatever_the_character_set() {
    const EVIL: &[&str] = &[
        "'",
        "\\'",
        "1' OR '1'='1",
        "\u{bf5c}' OR 1=1 -- ",
        "\u{8e27}' UNION SELECT password FROM oc_user -- ",
        "縗' OR 1=1 #",
        "\u{bf}\u{27} OR 1=1",
        "1; DROP TABLE oc_order; -- ",
        "x` WHERE 1=1 -- ",
        "%' OR '%'='",
        "{order}",
        "?",
    ];
    for charset in ["gbk", "utf8mb4"] {
        let (shop, bridge) = shop();
        for table in ["oc_order", "oc_product", "oc_order_product"] {
            shop.query(&format!(
                "SET sql_mode = ''; ALTER TABLE `{table}` CONVERT TO CHARACTER SET {charset}"
            ))
            .unwrap();
        }
        let name = &shop.database().name;
        shop.query(&format!("ALTER DATABASE {name} CHARACTER SET {charset}"))
            .unwrap();
        let asked = |number: &str| {
            [
                ("order", json!({"number": number})),
                ("orders", json!({"since": "2026-01-01T00:00:00Z"})),
                ("orders", json!({"ids": ["1"]})),
                ("stock_read", json!({"keys": ["p:1"]})),
            ]
        };
        bridge.page("hello", json!({})).await.unwrap();
        let log = shop.database().log_statements().unwrap();
        for (op, args) in asked("1") {
            bridge.page(op, args).await.unwrap();
        }
        let mut known = templates(&log.statements().unwrap());
        // Old nonces are swept with about every 256th request, whichever that is.
        known.insert("DELETE FROM `oc_winkelbrug_state` WHERE kept_until < ".to_owned());
        drop(log);
        let log = shop.database().log_statements().unwrap();
        for evil in EVIL {
            for (op, args) in asked(evil) {
                bridge.page(op, args).await.unwrap();
            }
            for (op, args) in [
                ("orders", json!({"since": evil})),
                ("orders", json!({"ids": [evil]})),
                ("orders", json!({"after": {"stamp": evil, "id": evil}})),
                ("totals", json!({"from": evil})),
                ("products", json!({"since": evil})),
                (
                    "customers",
                    json!({"after": {"stamp": "2026-01-01 00:00:00", "id": evil}}),
                ),
                ("stock_read", json!({"after": evil})),
                ("stock_read", json!({"keys": [evil]})),
                (
                    "stock_set",
                    json!({"idempotency": evil, "rows": [{"key": evil, "read": evil, "target": evil}]}),
                ),
            ] {
                let code = bridge.error(op, args).await.unwrap();
                assert_eq!(code, "bad-arguments", "{op} {evil}");
            }
        }
        let asked = templates(&log.statements().unwrap());
        assert!(
            asked.is_subset(&known),
            "{:#?}",
            asked.difference(&known).collect::<Vec<_>>()
        );
        let orders = shop.query("SELECT COUNT(*) FROM `oc_order`").unwrap();
        assert_eq!(orders[0][0], "14");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_the_shop_and_a_changed_file_are_told_by_hello() {
    let (shop, bridge) = shop();
    let hello = async |bridge: &PlacedBridge| {
        let mut hello: Vec<Hello> = bridge.ask("hello", json!({})).await.unwrap();
        hello.pop().unwrap()
    };
    let first = hello(&bridge).await;
    let text = std::fs::read(&bridge.path).unwrap();
    assert_eq!(first.digest, sha256_hex(&text));
    // One byte on the server, in a comment: still running, no longer the same.
    let changed = String::from_utf8(text.clone()).unwrap().replacen(
        "Winkelbrug bridge.",
        "Winkelbrug Bridge.",
        1,
    );
    std::fs::write(&bridge.path, changed).unwrap();
    assert_ne!(hello(&bridge).await.digest, first.digest);

    // The host's staging copy: the same file over another database at another address.
    let copy = OpenCartShop::demo().unwrap();
    let place = copy.folder().join(bridge.path.file_name().unwrap());
    std::fs::write(&place, &text).unwrap();
    let mut staged = bridge.clone();
    staged.url = bridge.url.replace(&shop.url(), &copy.url());
    let second = hello(&staged).await;
    assert_eq!(second.digest, first.digest);
    assert_ne!(second.shop.host, first.shop.host);
    assert_ne!(second.shop.url, first.shop.url);
    assert_ne!(second.shop.database, first.shop.database);
    // A second reader of one shop sees the first.
    let body = json!({"v": 1, "op": "hello", "reader": "another-pc", "args": {}}).to_string();
    let nonce = "ab".repeat(16);
    let now = jiff::Timestamp::now().as_second();
    let request =
        winkelbrug_protocol::request::Request::sign(&bridge.keys, body.into_bytes(), now, &nonce)
            .unwrap();
    let told = bridge.send(&request).await.unwrap();
    let Reading::Answer(answer) = bridge.read(&request, "hello", &told).unwrap() else {
        panic!("{told:?}");
    };
    let seen: Value = serde_json::from_str(answer.records().next().unwrap()).unwrap();
    assert_eq!(seen["other_reader"]["reader"], "test");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_web_servers_log_holds_no_key_signature_or_content() {
    let (shop, bridge) = shop();
    let request = bridge
        .request("order", &json!({"number": "needle-in-the-log"}))
        .unwrap();
    bridge.send(&request).await.unwrap();
    bridge
        .send(&winkelbrug_protocol::request::Request {
            signature: "00".repeat(40),
            ..request.clone()
        })
        .await
        .unwrap();
    let log = shop.php_log();
    assert!(log.contains("winkelbrug-"), "the server does log");
    let answer_key = bridge.keys.file_keys().answer_key();
    for secret in [
        request.signature.as_str(),
        &request.nonce,
        &answer_key,
        "needle-in-the-log",
        "refused",
        "Warning",
        "Deprecated",
    ] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_past_its_date_or_for_another_address_answers_nobody() {
    let (shop, _) = shop();
    for file in [
        BridgeFile::new(Variant::Ecdsa).with("END_DATE", "1700000000"),
        BridgeFile::new(Variant::Hmac).with("END_DATE", "1700000000"),
        BridgeFile::new(Variant::Ecdsa).with("ALLOW_FROM", "192.0.2.1,10.0.0.0/8"),
        BridgeFile::new(Variant::Ecdsa).with("ALLOW_FROM", "127.0.0.10"),
        BridgeFile::new(Variant::Ecdsa).with("SCOPES", "{{SCOPES}}"),
        BridgeFile::new(Variant::Hmac).with("REQUEST_KEY", ""),
        BridgeFile::new(Variant::Ecdsa).with("REQUEST_KEY", &"ab".repeat(32)),
    ] {
        let bridge = file.place(&shop).unwrap();
        let request = bridge.request("hello", &json!({})).unwrap();
        let told = bridge.send(&request).await.unwrap();
        assert_eq!(
            (told.status, told.body.as_slice()),
            (403, REFUSAL.as_bytes())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_leaves_neither_table_nor_file() {
    let (shop, bridge) = shop();
    bridge.page("hello", json!({})).await.unwrap();
    let tables = || shop.query("SHOW TABLES LIKE '%winkelbrug%'").unwrap().len();
    assert_eq!(tables(), 1);
    let removed: Vec<Value> = bridge.ask("remove", json!({})).await.unwrap();
    assert_eq!(removed, [json!({"table": true, "file": true})]);
    assert_eq!(tables(), 0);
    assert!(!bridge.path.exists());
}

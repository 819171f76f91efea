//! What the bridge might be made to fetch, and what others might keep of its answers.

use std::{
    io::Write as _,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::json;
use testbed::{
    bridge_file::PlacedBridge,
    hosted::{Hosted as _, RecordedShop},
    opencart::shared_folder,
    platform::Platform,
    servers::CachingProxy,
};
use winkelbrug_protocol::{
    REFUSAL,
    answer::{self, Caps, Reading},
    key::Variant,
};

fn placed(platform: Platform, shared: &Path) -> (RecordedShop, PlacedBridge) {
    let shop = platform.start(shared).unwrap();
    let bridge = platform
        .bridge(Variant::Ecdsa)
        .unwrap()
        .place(&shop)
        .unwrap();
    (shop, bridge)
}

/// The shop's configuration file.
fn config(platform: Platform, shop: &RecordedShop) -> std::path::PathBuf {
    shop.account().join("public_html").join(platform.config())
}

/// PHP's command line has no request: this makes one out of its first argument and standard input.
const STAGE: &str = "<?php
    final class Input { public $context; private $at = 0; private $text;
        function stream_open($path) { $this->text = stream_get_contents(STDIN); return true; }
        function stream_read($count) { $part = substr($this->text, $this->at, $count); $this->at += strlen($part); return $part; }
        function stream_eof() { return $this->at >= strlen($this->text); }
        function stream_stat() { return []; }
        function stream_seek($to) { return $to === 0; } }
    stream_wrapper_unregister('php'); stream_wrapper_register('php', 'Input');
    $_SERVER = json_decode($argv[1], true);";

/// The bridge needs nothing but the database's socket: it runs where there is no network at all.
#[tokio::test(flavor = "multi_thread")]
async fn without_any_network_it_works_all_the_same() {
    let possible = Command::new("unshare")
        .args(["--map-root-user", "--net", "true"])
        .output()
        .unwrap();
    assert!(
        possible.status.success(),
        "this test wants a process without network (unshare), as root or where the kernel lets any user \
         make one: {possible:?}"
    );
    let Some(shared) = shared_folder().unwrap() else {
        return;
    };
    for platform in Platform::ALL {
        let (shop, bridge) = placed(platform, &shared);
        let config = config(platform, &shop);
        let text = std::fs::read_to_string(&config).unwrap();
        let server = shop.database().server();
        let socket = format!("localhost:{}", server.socket().display());
        let with_port = format!("127.0.0.1:{}", server.port());
        let text = text
            .replace(&with_port, &socket)
            .replace("'127.0.0.1'", &format!("'{socket}'"));
        std::fs::write(&config, text).unwrap();
        let stage = shop.account().join("stage.php");
        std::fs::write(&stage, STAGE).unwrap();
        for (op, args) in [
            ("hello", json!({})),
            ("lookups", json!({})),
            ("orders", json!({})),
            ("products", json!({})),
            ("stock_read", json!({})),
        ] {
            let request = bridge.request(op, &args).unwrap();
            let mut server = json!({"REQUEST_METHOD": "POST", "REMOTE_ADDR": "127.0.0.1"});
            for (name, value) in request.headers() {
                let name = format!("HTTP_{}", name.to_uppercase().replace('-', "_"));
                server[name] = json!(value);
            }
            let mut child = Command::new("unshare")
                .args(["--map-root-user", "--net", "php", "-d"])
                .arg(format!("auto_prepend_file={}", stage.display()))
                .arg(&bridge.path)
                .arg(server.to_string())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut input = child.stdin.take().unwrap();
            input.write_all(&request.body).unwrap();
            drop(input);
            let output = child.wait_with_output().unwrap();
            let caps = Caps::default();
            let reading = answer::read(&bridge.keys, &request, op, &output.stdout, &caps);
            let Ok(Reading::Answer(answer)) = reading else {
                let shown = String::from_utf8_lossy(&output.stdout);
                panic!("{platform:?} {op}: {reading:?} {shown:.400}");
            };
            assert!(answer.records().len() > 0, "{platform:?} {op}");
        }
    }
}

/// Counts who comes.
fn listener() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, count)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entity_in_magentos_configuration_fetches_nothing_and_shows_nothing() {
    let Some(shared) = shared_folder().unwrap() else {
        return;
    };
    let (shop, bridge) = placed(Platform::Magento1, &shared);
    let config = config(Platform::Magento1, &shop);
    let good = std::fs::read_to_string(&config).unwrap();
    bridge.page("hello", json!({})).await.unwrap();
    let secret = shop.account().join("secret.txt");
    std::fs::write(&secret, "needle-of-another-file").unwrap();
    let (port, came) = listener();
    let file = secret.display();
    let types = [
        format!("<!DOCTYPE config [<!ENTITY x SYSTEM \"file://{file}\">]>"),
        format!("<!doctype config [<!ENTITY x SYSTEM \"file://{file}\">]>"),
        format!("<!DOCTYPE config [<!ENTITY x SYSTEM \"http://127.0.0.1:{port}/x\">]>"),
        format!("<!DOCTYPE config SYSTEM \"http://127.0.0.1:{port}/x.dtd\" [<!ENTITY x \"\">]>"),
        format!("<!DOCTYPE config [<!ENTITY % p SYSTEM \"http://127.0.0.1:{port}/p\"> %p; <!ENTITY x \"\">]>"),
        "<!DOCTYPE config [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY x \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>".to_owned(),
        format!("<!DOCTYPE config [<!ENTITY x SYSTEM \"php://filter/convert.base64-encode/resource={file}\">]>"),
        format!("<!DOCTYPE config [<!ENTITY x SYSTEM \"expect://touch {file}\">]>"),
    ];
    for declared in &types {
        let (first, rest) = good.split_once('\n').unwrap();
        // The entity in the database's name, whose refusal could say it.
        let name = format!("<dbname><![CDATA[{}]]></dbname>", shop.database().name);
        assert!(rest.contains(&name));
        let rest = rest.replace(&name, "<dbname>&x;</dbname>");
        let plain = format!("{first}\n{declared}\n{rest}");
        let wide: Vec<u8> = std::iter::once(0xfeff)
            .chain(
                plain
                    .replacen(
                        "<?xml version=\"1.0\"?>",
                        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>",
                        1,
                    )
                    .encode_utf16(),
            )
            .flat_map(u16::to_le_bytes)
            .collect();
        for bytes in [plain.into_bytes(), wide] {
            std::fs::write(&config, &bytes).unwrap();
            let request = bridge.request("hello", &json!({})).unwrap();
            let told = bridge.send(&request).await.unwrap();
            let text = String::from_utf8_lossy(&told.body);
            assert!(!text.contains("needle"), "{text}");
            match bridge.read(&request, "hello", &told).unwrap() {
                Reading::Error(error) => assert_eq!(error.code, "config-unreadable", "{declared}"),
                other => panic!("{declared}: {other:?}"),
            }
        }
    }
    assert_eq!(came.load(Ordering::SeqCst), 0);
    std::fs::write(&config, &good).unwrap();
    bridge.page("hello", json!({})).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_in_front_of_the_shop_keeps_no_answer() {
    let Some(shared) = shared_folder().unwrap() else {
        return;
    };
    let (shop, bridge) = placed(Platform::OpenCart3, &shared);
    std::fs::write(shop.folder().join("logo.css"), "body { color: orange }").unwrap();
    let proxy = CachingProxy::start(&shop.url()).unwrap();
    let url = bridge.url.replace(&shop.url(), &proxy.url());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for (op, args) in [
        ("hello", json!({})),
        ("orders", json!({"ids": ["1", "2", "3"]})),
        ("customers", json!({})),
        ("nothing", json!({})),
    ] {
        for _ in 0..2 {
            let request = bridge.request(op, &args).unwrap();
            let told = bridge.send_to(&url, &request).await.unwrap();
            // An answer to somebody else's nonce would not read.
            bridge.read(&request, op, &told).unwrap();
        }
    }
    let request = bridge.request("hello", &json!({})).unwrap();
    for status in [200, 403] {
        let told = bridge.send_to(&url, &request).await.unwrap();
        assert_eq!(told.status, status);
    }
    let refused = http.get(&url).send().await.unwrap();
    assert_eq!(refused.text().await.unwrap(), REFUSAL);
    assert_eq!(proxy.kept().unwrap(), Vec::<Vec<u8>>::new());
    // It does keep what it may, though perhaps only after it has passed it on.
    let logo = format!("{}logo.css", proxy.url());
    let mut hit = false;
    for _ in 0..100 {
        let told = http.get(&logo).send().await.unwrap();
        hit = hit
            || told
                .headers()
                .get("x-cache-status")
                .is_some_and(|status| status == "HIT");
        told.text().await.unwrap();
        if hit {
            break;
        }
    }
    assert!(hit, "the proxy keeps nothing at all");
    assert_eq!(proxy.kept().unwrap().len(), 1);
}

//! The bridge on PHP 5.6 to 8.5: its own tests, and a signed look at a real shop's orders.
//!
//! What runs here is PHP compiled for Node, of 32 bits, which is a version's language, functions and
//! database driver but not the web server of a host of that time.

use std::{path::Path, process::Command};

use serde_json::json;
use testbed::{
    bridge_file::BridgeFile,
    hosted::Hosted as _,
    opencart::{recorded::OPENCART_3, shared_folder},
    servers::{OtherPhp, PHP_VERSIONS, throw_away_folder},
};
use winkelbrug_protocol::{
    REFUSAL,
    key::Variant,
    record::{Hello, Order, OrderHead},
};

/// The oldest and newest of each file; all of them with `--full`.
fn versions() -> Vec<&'static str> {
    if !OtherPhp::installed() {
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci != "true"),
            "tests/php-versions is not installed: npm ci there, or cargo verify"
        );
        eprintln!("not run: tests/php-versions is not installed (npm ci there)");
        return Vec::new();
    }
    let full = std::env::var_os("WINKELBRUG_FULL").is_some();
    PHP_VERSIONS
        .into_iter()
        .filter(|version| full || ["5.6", "7.1", "7.2", "8.5"].contains(version))
        .collect()
}

/// The file a version gets.
fn file_for(version: &str) -> &'static str {
    if ["5.6", "7.0", "7.1"].contains(&version) {
        "opencart-56"
    } else {
        "opencart"
    }
}

#[test]
fn the_bridges_own_tests_pass_on_every_php() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize();
    let root = root.unwrap();
    for version in versions() {
        let folder = throw_away_folder("php-tests").unwrap();
        let vectors = root.join("protocol/vectors");
        let other = OtherPhp::serve(version, folder.path(), &[&vectors]).unwrap();
        let output = Command::new("php")
            .arg(root.join("bridge-php/tests/run.php"))
            .env("TMPDIR", folder.path())
            .env("WINKELBRUG_PHP", format!("{version}@{}", other.port()))
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "PHP {version}: {printed}");
        assert!(printed.contains(" 0 failed"), "PHP {version}: {printed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_shop_is_read_alike_on_every_php() {
    let Some(shared) = shared_folder().unwrap() else {
        return;
    };
    let shop = OPENCART_3.start(&shared).unwrap();
    let own = BridgeFile::new(Variant::Ecdsa).place(&shop).unwrap();
    let heads: Vec<OrderHead> = own.ask("orders", json!({})).await.unwrap();
    let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
    let wanted: Vec<Order> = own.ask("orders", json!({"ids": ids})).await.unwrap();
    assert_eq!(wanted.len(), 40);
    for version in versions() {
        let other = OtherPhp::serve(version, &shop.folder(), &[]).unwrap();
        for variant in [Variant::Ecdsa, Variant::Hmac] {
            let file = BridgeFile::of(file_for(version), ".", "config.php", variant).unwrap();
            let mut bridge = file.with("PLATFORM", "opencart").place(&shop).unwrap();
            let name = bridge.path.file_name().unwrap().to_str().unwrap();
            bridge.url = format!("http://127.0.0.1:{}/{name}", other.port());
            let hello: Vec<Hello> = bridge.ask("hello", json!({})).await.unwrap();
            assert!(hello[0].php.starts_with(version), "{}", hello[0].php);
            assert_eq!(hello[0].database_driver, "mysqli");
            let read: Vec<OrderHead> = bridge.ask("orders", json!({})).await.unwrap();
            assert_eq!(read, heads, "PHP {version}");
            let read: Vec<Order> = bridge.ask("orders", json!({"ids": ids})).await.unwrap();
            assert_eq!(read, wanted, "PHP {version}");
            // A signature that is not right, and the same request twice.
            let request = bridge.request("hello", &json!({})).unwrap();
            let mut forged = request.clone();
            forged.signature = "30".repeat(request.signature.len() / 2);
            let told = bridge.send(&forged).await.unwrap();
            assert_eq!(
                (told.status, told.body.as_slice()),
                (403, REFUSAL.as_bytes())
            );
            let first = bridge.send(&request).await.unwrap();
            assert_eq!(first.status, 200);
            let again = bridge.send(&request).await.unwrap();
            assert_eq!(again.status, 403, "PHP {version}");
        }
    }
}

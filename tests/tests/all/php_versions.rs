//! The bridge's own tests on PHP 5.6 to 8.5.
//!
//! What runs here is PHP compiled for Node, of 32 bits, which is a version's language, functions and mysqli,
//! but not the web server of a host of that time. Shop programs other than OpenCart need 64 bits, so theirs are
//! tested piece by piece and no whole shop of them is read.

use std::{path::Path, process::Command};

use serde_json::{Value, json};
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge, records},
    hosted::Hosted,
    opencart::shared_folder,
    platform::Platform,
    servers::{OtherPhp, PHP_VERSIONS, throw_away_folder},
};
use winkelbrug_protocol::{answer::Reading, key::Variant, record::OrderHead};

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

/// What that PHP answers to a signed question.
async fn asked<T: serde::de::DeserializeOwned>(
    bridge: &PlacedBridge,
    php: &OtherPhp,
    args: &Value,
) -> Vec<T> {
    let name = bridge.path.file_name().unwrap().to_str().unwrap();
    let url = format!("http://127.0.0.1:{}/{name}", php.port());
    let request = bridge.request("orders", args).unwrap();
    let told = bridge.send_to(&url, &request).await.unwrap();
    match bridge.read(&request, "orders", &told).unwrap() {
        Reading::Answer(answer) => records(&answer).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// Every order of the recorded OpenCart shops, out of a real database, is the same text whichever PHP reads it.
/// With the large volumes only: the builds of PHP 5.6 to 7.1 may fall over while they wait for a database
/// on a busy machine.
#[tokio::test(flavor = "multi_thread")]
async fn whole_opencart_shops_are_read_the_same_on_every_php() {
    if std::env::var_os("WINKELBRUG_FULL").is_none() {
        return;
    }
    let Some(shared) = shared_folder().unwrap() else {
        return;
    };
    for platform in [
        Platform::OpenCart2,
        Platform::OpenCart3,
        Platform::OpenCart4,
    ] {
        let shop = platform.start(&shared).unwrap();
        let usual = platform.bridge(Variant::Ecdsa).unwrap();
        let usual = usual.place(&shop).unwrap();
        let heads: Vec<OrderHead> = usual.ask("orders", json!({})).await.unwrap();
        let ids: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
        let orders: Vec<Value> = usual.ask("orders", json!({"ids": ids})).await.unwrap();
        assert_eq!((heads.len(), orders.len()), (40, 40));
        for version in versions() {
            let name = if ["5.6", "7.0", "7.1"].contains(&version) {
                "opencart-56"
            } else {
                "opencart"
            };
            let bridge = BridgeFile::of(name, ".", platform.config(), Variant::Ecdsa)
                .unwrap()
                .with("PLATFORM", "opencart")
                .with("TIME_ZONE", platform.time_zone())
                .place(&shop)
                .unwrap();
            let php = OtherPhp::serve(version, &shop.folder(), &[]).unwrap();
            let told: Vec<OrderHead> = asked(&bridge, &php, &json!({})).await;
            assert_eq!(told, heads, "{} on PHP {version}", platform.name());
            let told: Vec<Value> = asked(&bridge, &php, &json!({"ids": ids})).await;
            assert_eq!(told, orders, "{} on PHP {version}", platform.name());
        }
    }
}

//! The bridge's own tests on PHP 5.6 to 8.5.
//!
//! What runs here is PHP compiled for Node, of 32 bits, which is a version's language and functions
//! but neither the web server nor the database of a host of that time: up to PHP 8.2 these builds die of a
//! query within a generator, by which the bridge reads orders. That is theirs, not PHP's.

use std::{path::Path, process::Command};

use testbed::servers::{OtherPhp, PHP_VERSIONS, throw_away_folder};

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

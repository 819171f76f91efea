//! Which version of its program a shop runs, read from a file of the program itself: never from the
//! configuration, which holds the shop's password. Facts: `index.php` of OpenCart,
//! `woocommerce.php`, PrestaShop's `Version.php`, `AppKernel.php` and `autoload.php`, `app/Mage.php`,
//! Magento 2's `composer.json`.

use super::{
    platform::{Found, Platform},
    transport::{Transport, path},
};

/// The version of the shop in a folder; none where it is not found or cannot be read.
pub(super) async fn read(
    transport: &mut dyn Transport,
    folder: &str,
    found: &Found,
) -> Option<String> {
    let files: &[(&str, Reading)] = match found.platform {
        Platform::OpenCart => &[("index.php", defined)],
        Platform::WooCommerce => &[
            ("wp-content/plugins/woocommerce/woocommerce.php", header),
            ("app/plugins/woocommerce/woocommerce.php", header),
        ],
        Platform::PrestaShop => &[
            ("src/Core/Version.php", constant),
            ("app/AppKernel.php", constant),
            ("config/autoload.php", defined),
        ],
        Platform::Magento1 => &[("app/Mage.php", parts)],
        Platform::Magento2 => &[("composer.json", package), ("../composer.json", package)],
    };
    for (file, reading) in files {
        let Ok(bytes) = transport.get(&path(folder, file)).await else {
            continue;
        };
        if let Some(version) =
            reading(&String::from_utf8_lossy(&bytes)).filter(|found| is_one(found))
        {
            return Some(version);
        }
    }
    None
}

type Reading = fn(&str) -> Option<String>;

/// `define('VERSION', '3.0.3.8');`
fn defined(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("VERSION")?;
    quoted(rest.split_once(',')?.1)
}

/// ` * Version: 9.1.2`
fn header(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("Version:")?;
    Some(rest.lines().next()?.trim().to_owned())
}

/// `const VERSION = '8.1.0';`
fn constant(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("VERSION =")?;
    quoted(rest)
}

/// `'major' => '1', 'minor' => '9', 'revision' => '4', 'patch' => '5'`
fn parts(text: &str) -> Option<String> {
    let one = |name: &str| {
        let (_, rest) = text.split_once(&format!("'{name}'"))?;
        quoted(rest.split_once("=>")?.1)
    };
    let all: Option<Vec<String>> = ["major", "minor", "revision", "patch"]
        .into_iter()
        .map(one)
        .collect();
    Some(all?.join("."))
}

/// `"magento/product-community-edition": "2.4.6"`, or the project's own version.
fn package(text: &str) -> Option<String> {
    let composer: serde_json::Value = serde_json::from_str(text).ok()?;
    [
        "magento/product-community-edition",
        "magento/product-enterprise-edition",
    ]
    .iter()
    .find_map(|name| composer["require"][name].as_str())
    .or_else(|| composer["version"].as_str())
    .map(str::to_owned)
}

fn quoted(text: &str) -> Option<String> {
    let (_, rest) = text.split_once('\'')?;
    Some(rest.split_once('\'')?.0.to_owned())
}

/// Digits and dots, and what stands behind them: nothing else is shown to the owner.
fn is_one(version: &str) -> bool {
    version.len() <= 20
        && version.starts_with(|first: char| first.is_ascii_digit())
        && version
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_programs_version_is_read_from_its_own_file() {
        let told = |reading: Reading, text: &str| reading(text).filter(|found| is_one(found));
        for (reading, text, version) in [
            (
                defined as Reading,
                "<?php\n// Version\ndefine('VERSION', '3.0.3.8');",
                "3.0.3.8",
            ),
            (
                header,
                "/**\n * Plugin Name: WooCommerce\n * Version: 9.1.2\n */",
                "9.1.2",
            ),
            (
                constant,
                "class V { public const VERSION = '8.1.0'; }",
                "8.1.0",
            ),
            (defined, "define('_PS_VERSION_', '1.7.4.4');", "1.7.4.4"),
            (
                parts,
                "array('major' => '1','minor' => '9','revision' => '4','patch' => '5')",
                "1.9.4.5",
            ),
            (
                package,
                r#"{"require":{"magento/product-community-edition":"2.4.6"}}"#,
                "2.4.6",
            ),
        ] {
            assert_eq!(told(reading, text).as_deref(), Some(version));
        }
        assert_eq!(told(defined, "define('VERSION', '\u{1b}[31mred');"), None);
        assert_eq!(told(constant, "<html>VERSION = "), None);
    }
}

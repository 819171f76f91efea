//! The shop's files: just enough of OpenCart 3's layout for a connector to find the shop and read
//! its configuration.

use std::path::Path;

use anyhow::Result;

use super::ShopOptions;
use crate::servers::Database;

/// Writes them.
pub(super) fn lay_down(
    folder: &Path,
    database: &Database,
    options: &ShopOptions,
    url: &str,
    version: &str,
) -> Result<()> {
    for sub in [
        "admin",
        "catalog/controller",
        "catalog/model",
        "system/library",
        "system/storage",
        "image",
    ] {
        std::fs::create_dir_all(folder.join(sub))?;
    }
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text);
    write(
        "config.php",
        config(folder, database, options, url, "catalog"),
    )?;
    write(
        "admin/config.php",
        config(folder, database, options, url, "admin"),
    )?;
    write(
        "index.php",
        format!(
            "<?php\n// Version\ndefine('VERSION', '{version}');\n\n// Configuration\n\
             if (is_file('config.php')) {{\n\trequire_once('config.php');\n}}\n\n\
             echo '<!doctype html><title>Koffie &amp; Zo</title><h1>Koffie &amp; Zo</h1>';\n"
        ),
    )?;
    write(
        "admin/index.php",
        "<?php\nhttp_response_code(403);\n".into(),
    )?;
    write(
        "system/startup.php",
        "<?php\n// The demo shop runs none of OpenCart's own code.\n".into(),
    )?;
    Ok(())
}

fn config(
    folder: &Path,
    database: &Database,
    options: &ShopOptions,
    url: &str,
    application: &str,
) -> String {
    let root = format!("{}/", folder.display());
    let address = if application == "admin" {
        format!("{url}admin/")
    } else {
        url.to_owned()
    };
    let mut lines = vec![
        "<?php".to_owned(),
        "// HTTP".to_owned(),
        define("HTTP_SERVER", &address),
    ];
    if application == "admin" {
        lines.push(define("HTTP_CATALOG", url));
    }
    lines.extend(["".to_owned(), "// HTTPS".to_owned()]);
    lines.push(define("HTTPS_SERVER", &address));
    lines.extend(["".to_owned(), "// DIR".to_owned()]);
    lines.push(define("DIR_APPLICATION", &format!("{root}{application}/")));
    lines.push(define("DIR_SYSTEM", &format!("{root}system/")));
    lines.push(define("DIR_IMAGE", &format!("{root}image/")));
    lines.push("define('DIR_STORAGE', DIR_SYSTEM . 'storage/');".to_owned());
    lines.push("define('DIR_CACHE', DIR_STORAGE . 'cache/');".to_owned());
    lines.extend(["".to_owned(), "// DB".to_owned()]);
    let port = database.server().port().to_string();
    for (name, value) in [
        ("DB_DRIVER", options.driver.as_str()),
        ("DB_HOSTNAME", "127.0.0.1"),
        ("DB_USERNAME", &database.user),
        ("DB_PASSWORD", &database.password),
        ("DB_DATABASE", &database.name),
        ("DB_PORT", &port),
        ("DB_PREFIX", &options.prefix),
    ] {
        lines.push(define(name, value));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn define(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('\'', "\\'");
    format!("define('{name}', '{value}');")
}

//! Names of folders at web hosts: those a shop usually is in, and those that cannot hold one. Facts:
//! cPanel `public_html` (`www` leads there), Plesk `httpdocs`, DirectAdmin
//! `domains/<domain>/public_html` (`private_html` leads there), Debian `/var/www/html`, and the
//! programs' own trees.

use super::platform::Platform;

/// Looked into before others.
const USUAL: [&str; 31] = [
    "public_html",
    "httpdocs",
    "www",
    "htdocs",
    "web",
    "html",
    "public",
    "domains",
    "vhosts",
    "wwwroot",
    "webroot",
    "docroot",
    "httpsdocs",
    "private_html",
    "sites",
    "site",
    "subdomains",
    "shop",
    "winkel",
    "webshop",
    "webwinkel",
    "store",
    "current",
    "live",
    "opencart",
    "wordpress",
    "prestashop",
    "magento",
    "var",
    "srv",
    "data",
];

/// Never looked into.
const NO_SHOP: [&str; 44] = [
    "node_modules",
    "vendor",
    "cache",
    "caches",
    "log",
    "logs",
    "access-logs",
    "mail",
    "maildir",
    "backup",
    "backups",
    "wp-admin",
    "wp-content",
    "wp-includes",
    "image",
    "images",
    "img",
    "css",
    "js",
    "fonts",
    "media",
    "static",
    "assets",
    "uploads",
    "download",
    "downloads",
    "tmp",
    "temp",
    "sessions",
    "stats",
    "statistics",
    "awstats",
    "webalizer",
    "cgi-bin",
    "error_docs",
    "ssl",
    "etc",
    "usr",
    "bin",
    "lib",
    "proc",
    "sys",
    "dev",
    "lost+found",
];

/// Pairs of names of which one mostly leads to the other.
const SAME: [(&str, &str); 3] = [
    ("www", "public_html"),
    ("private_html", "public_html"),
    ("httpsdocs", "httpdocs"),
];

pub(super) fn is_usual(name: &str) -> bool {
    USUAL.contains(&name)
}

/// May there be a shop in a folder of that name?
pub(super) fn may_hold_a_shop(name: &str) -> bool {
    let odd = name.starts_with(['.', '-']) || name.contains(['\r', '\n', '\0']);
    !odd && !NO_SHOP.contains(&name.to_lowercase().as_str())
}

/// What a shop's own folder holds, where no second shop is looked for.
pub(super) fn belongs_to(platform: Platform, name: &str) -> bool {
    let own: &[&str] = match platform {
        Platform::OpenCart => &[
            "admin",
            "catalog",
            "extension",
            "install",
            "storage",
            "system",
            "vqmod",
        ],
        Platform::WooCommerce => &["app", "wp"],
        Platform::PrestaShop => &[
            "admin",
            "app",
            "classes",
            "config",
            "controllers",
            "docs",
            "install",
            "localization",
            "mails",
            "modules",
            "override",
            "pdf",
            "src",
            "themes",
            "tools",
            "translations",
            "upload",
            "var",
            "webservice",
        ],
        Platform::Magento1 => &[
            "app",
            "dev",
            "downloader",
            "errors",
            "includes",
            "pkginfo",
            "shell",
            "skin",
            "var",
        ],
        Platform::Magento2 => &[
            "app",
            "dev",
            "errors",
            "generated",
            "phpserver",
            "pub",
            "setup",
            "update",
            "var",
        ],
    };
    own.contains(&name)
}

/// Where a server tells names alone, what ends like a file is taken for one.
pub(super) fn looks_like_a_file(name: &str) -> bool {
    const ENDS: [&str; 22] = [
        "php", "html", "htm", "txt", "css", "js", "json", "xml", "ico", "png", "jpg", "jpeg",
        "gif", "svg", "webp", "zip", "gz", "log", "md", "ini", "sql", "bak",
    ];
    name.rsplit_once('.')
        .is_some_and(|(_, end)| ENDS.contains(&end.to_lowercase().as_str()))
}

/// Do two paths differ only in names of which one mostly leads to the other?
pub(super) fn are_aliases(first: &str, second: &str) -> bool {
    let (first, second): (Vec<&str>, Vec<&str>) =
        (first.split('/').collect(), second.split('/').collect());
    let mut differ = first
        .iter()
        .zip(&second)
        .filter(|(one, other)| one != other);
    let aliased = |one: &str, other: &str| {
        SAME.iter()
            .any(|pair| *pair == (one, other) || *pair == (other, one))
    };
    first.len() == second.len()
        && differ
            .next()
            .is_some_and(|(one, other)| aliased(one, other))
        && differ.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_folders_that_can_hold_a_shop_are_looked_into() {
        for name in ["public_html", "voorbeeld.nl", "Winkel 2", "oud"] {
            assert!(may_hold_a_shop(name), "{name}");
        }
        for name in [".git", "node_modules", "Mail", "wp-content", "-rf", "a\nb"] {
            assert!(!may_hold_a_shop(name), "{name}");
        }
        assert!(!looks_like_a_file("voorbeeld.nl"));
        assert!(looks_like_a_file("index.PHP"));
    }

    #[test]
    fn a_second_name_of_the_same_folder_is_known_by_the_hosts_ways() {
        assert!(are_aliases("www", "public_html"));
        assert!(are_aliases(
            "domains/a.nl/public_html",
            "domains/a.nl/private_html"
        ));
        assert!(!are_aliases(
            "domains/a.nl/public_html",
            "domains/b.nl/private_html"
        ));
        assert!(!are_aliases("public_html", "public_html"));
        assert!(!are_aliases("www", "public_html/shop"));
    }
}

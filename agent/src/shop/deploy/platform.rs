//! Which shop program a folder holds, seen by the names of its files alone, and where in it the
//! bridge's file goes. Facts: each program's own tree (OpenCart `config.php`, PrestaShop
//! `app/config/parameters.php`, WordPress `wp-config.php`, Magento `app/etc/…`).

use super::transport::{Transport, path};
use crate::{
    failure::{Failure, Result},
    text,
};

/// A shop program the bridge can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Platform {
    /// OpenCart 2.3 to 4.
    OpenCart,
    /// WordPress with WooCommerce.
    WooCommerce,
    /// PrestaShop 1.6 to 9.
    PrestaShop,
    /// Magento 1 and OpenMage.
    Magento1,
    /// Magento 2.
    Magento2,
}

impl Platform {
    /// Every one of them.
    pub const ALL: [Self; 5] = [
        Self::OpenCart,
        Self::WooCommerce,
        Self::PrestaShop,
        Self::Magento1,
        Self::Magento2,
    ];

    /// Its name on the wire and in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenCart => "opencart",
            Self::WooCommerce => "woocommerce",
            Self::PrestaShop => "prestashop",
            Self::Magento1 => "magento1",
            Self::Magento2 => "magento2",
        }
    }

    /// Its name for a person.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::OpenCart => "OpenCart",
            Self::WooCommerce => "WooCommerce",
            Self::PrestaShop => "PrestaShop",
            Self::Magento1 => "Magento 1",
            Self::Magento2 => "Magento 2",
        }
    }

    /// By its name on the wire.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|platform| platform.name() == name)
    }
}

/// A shop found in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its program.
    pub platform: Platform,
    /// Where the bridge's file goes, below the folder that was looked at; empty for that folder.
    pub below: &'static str,
    /// The shop's root, seen from where the file goes.
    pub root: &'static str,
    /// Its configuration file, seen from its root.
    pub config: &'static str,
}

impl Found {
    const fn here(platform: Platform, config: &'static str) -> Self {
        Self {
            platform,
            below: "",
            root: ".",
            config,
        }
    }
}

/// What a look at one folder came to.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// The shops whose files lie in it; more than one when two programs are mixed.
    pub(super) shops: Vec<Found>,
    /// Does it hold WordPress without WooCommerce?
    pub(super) wordpress_alone: bool,
    /// How many folders had to be asked for beside it.
    pub(super) asked: usize,
}

/// A folder being looked at, and the ones around it that a look may need.
struct Look<'a> {
    transport: &'a mut dyn Transport,
    at: &'a str,
    asked: usize,
}

impl Look<'_> {
    /// Names in a folder seen from the one that is looked at.
    async fn names_in(&mut self, folder: &str) -> Result<Vec<String>> {
        self.asked += 1;
        self.transport.names_in(&path(self.at, folder)).await
    }
}

/// Which shops a folder with these names holds. `at` is its path seen from the folder the transport
/// is in; empty = that folder.
pub(super) async fn look(
    transport: &mut dyn Transport,
    at: &str,
    names: &[String],
) -> Result<Looked> {
    let mut look = Look {
        transport,
        at,
        asked: 0,
    };
    let mut looked = Looked::default();
    looked.shops.extend(opencart(names));
    looked.shops.extend(prestashop(&mut look, names).await?);
    looked.shops.extend(magento(&mut look, names).await?);
    match wordpress(&mut look, names).await? {
        WordPress::WithShop(shop) => looked.shops.push(shop),
        WordPress::Without => looked.wordpress_alone = true,
        WordPress::None => {}
    }
    looked.asked = look.asked;
    Ok(looked)
}

/// What the shop in a folder is: its path seen from the folder the transport is in, empty for that
/// folder itself. `shown` is how the owner knows it.
///
/// # Errors
/// `not-the-shop-folder` when there is none, `two-shops` when the folder holds several.
pub async fn find(transport: &mut dyn Transport, at: &str, shown: &str) -> Result<Found> {
    let names = if at.is_empty() {
        transport.list().await?
    } else {
        transport.names_in(at).await?
    };
    let looked = look(transport, at, &names).await?;
    let shown = if shown.is_empty() { "/" } else { shown };
    match looked.shops.as_slice() {
        [one] => Ok(one.clone()),
        [] if looked.wordpress_alone => Err(no_woocommerce(shown)),
        [] => Err(not_a_shop(shown, &names)),
        [first, second, ..] => Err(two_shops(shown, first.platform, second.platform)),
    }
}

fn has(names: &[String], name: &str) -> bool {
    names.iter().any(|found| found == name)
}

fn has_all(names: &[String], wanted: &[&str]) -> bool {
    wanted.iter().all(|name| has(names, name))
}

/// What an OpenCart shop's folder holds.
const OPENCART: [&str; 4] = ["config.php", "index.php", "catalog", "system"];

fn opencart(names: &[String]) -> Option<Found> {
    has_all(names, &OPENCART).then_some(Found::here(Platform::OpenCart, "config.php"))
}

/// PrestaShop 1.7 on keeps `app/config/parameters.php`, a first boot of 1.7.0 `parameters.yml`, 1.6
/// and before `config/settings.inc.php`.
async fn prestashop(look: &mut Look<'_>, names: &[String]) -> Result<Option<Found>> {
    if !has_all(names, &["classes", "config", "modules"]) {
        return Ok(None);
    }
    let of = |config| Some(Found::here(Platform::PrestaShop, config));
    if has(names, "app") {
        let files = look.names_in("app/config").await?;
        if has(&files, "parameters.php") {
            return Ok(of("app/config/parameters.php"));
        }
        if has(&files, "parameters.yml") {
            return Ok(of("app/config/parameters.yml"));
        }
    }
    let files = look.names_in("config").await?;
    Ok(has(&files, "settings.inc.php")
        .then_some("config/settings.inc.php")
        .and_then(of))
}

/// Magento 2 serves `pub/` only: there the file goes, also where the folder given is the shop's root,
/// whose own rewrite rules send every request to `pub/`.
async fn magento(look: &mut Look<'_>, names: &[String]) -> Result<Option<Found>> {
    if has(names, "app") {
        if has(&look.names_in("app").await?, "Mage.php") {
            return Ok(Some(Found::here(Platform::Magento1, "app/etc/local.xml")));
        }
        if has(&look.names_in("app/etc").await?, "env.php") {
            let below_pub = has(names, "pub");
            return Ok(Some(Found {
                platform: Platform::Magento2,
                below: if below_pub { "pub" } else { "" },
                root: if below_pub { ".." } else { "." },
                config: "app/etc/env.php",
            }));
        }
        return Ok(None);
    }
    let is_pub = has_all(names, &["index.php", "static"]);
    let found = is_pub && has(&look.names_in("../app/etc").await?, "env.php");
    Ok(found.then_some(Found {
        platform: Platform::Magento2,
        below: "",
        root: "..",
        config: "app/etc/env.php",
    }))
}

enum WordPress {
    None,
    Without,
    WithShop(Found),
}

/// WordPress's configuration lies in its folder, one folder up, or (Bedrock) in `config/` beside the
/// web root.
async fn wordpress(look: &mut Look<'_>, names: &[String]) -> Result<WordPress> {
    let bedrock = has_all(names, &["app", "wp"]);
    if !bedrock && !has(names, "wp-content") {
        return Ok(WordPress::None);
    }
    let plugins = if bedrock {
        "app/plugins"
    } else {
        "wp-content/plugins"
    };
    if !has(&look.names_in(plugins).await?, "woocommerce") {
        return Ok(WordPress::Without);
    }
    let config = if bedrock && has(&look.names_in("../config").await?, "application.php") {
        "../config/application.php"
    } else if has(names, "wp-config.php") {
        "wp-config.php"
    } else {
        "../wp-config.php"
    };
    Ok(WordPress::WithShop(Found::here(
        Platform::WooCommerce,
        config,
    )))
}

fn not_a_shop(shown: &str, names: &[String]) -> Failure {
    let there: Vec<&str> = OPENCART
        .into_iter()
        .filter(|name| has(names, name))
        .collect();
    let failure = if there.len() >= 2 {
        let missing: Vec<&str> = OPENCART
            .into_iter()
            .filter(|name| !has(names, name))
            .collect();
        let missing = missing.join(", ");
        Failure::misconfigured(
            "not-the-shop-folder",
            text!(
                "{shown} is niet de map van een winkel: voor OpenCart ontbreekt {missing}",
                "{shown} is not the folder of a shop: for OpenCart {missing} is missing"
            ),
        )
    } else {
        Failure::misconfigured(
            "not-the-shop-folder",
            text!(
                "{shown} is niet de map van een winkel die Winkelbrug kent (OpenCart, WooCommerce, PrestaShop, Magento)",
                "{shown} is not the folder of a shop that Winkelbrug knows (OpenCart, WooCommerce, PrestaShop, Magento)"
            ),
        )
    };
    failure.hint(text!(
        "Zet bij [shop.upload] folder de map waarin index.php en de instellingen van de winkel staan",
        "Give at [shop.upload] folder the folder with the shop's index.php and configuration"
    ))
}

fn no_woocommerce(shown: &str) -> Failure {
    Failure::misconfigured(
        "not-the-shop-folder",
        text!(
            "In {shown} staat WordPress, maar zonder WooCommerce (wp-content/plugins/woocommerce ontbreekt)",
            "{shown} holds WordPress, but without WooCommerce (wp-content/plugins/woocommerce is missing)"
        ),
    )
    .hint(text!(
        "Zet bij [shop.upload] folder de map van de WordPress waarin de winkel draait",
        "Give at [shop.upload] folder the folder of the WordPress that runs the shop"
    ))
}

fn two_shops(shown: &str, first: Platform, second: Platform) -> Failure {
    let (first, second) = (first.title(), second.title());
    Failure::misconfigured(
        "two-shops",
        text!(
            "In {shown} staan twee winkelprogramma's door elkaar: {first} en {second}",
            "{shown} holds two shop programs at once: {first} and {second}"
        ),
    )
    .hint(text!(
        "Vraag uw webbouwer het programma dat niet meer draait uit deze map te halen",
        "Ask your web builder to take the program that no longer runs out of this folder"
    ))
}

//! The bridge's file: the one PHP file a platform that this program carries, and what is baked into
//! a copy of it.

use std::collections::BTreeMap;

use winkelbrug_protocol::key::{FileKeys, Variant, sha256_hex};

use super::platform::{Found, Platform};
use crate::{
    failure::{Failure, Result},
    profile::settings,
    text,
};

/// What this version's tasks need, and no more.
const SCOPES: &str = "orders.read,products.read,stock.write";
/// Most rows of one `stock_set` that may go to 0: half of a full batch.
pub const ZERO_CAP: u32 = 250;

/// The file as built, with its placeholders.
#[derive(Debug, Clone)]
pub struct Template {
    text: String,
    version: String,
}

/// The files by platform, and those for PHP before [`PHP_OF_THE_FILE`].
#[derive(Debug, Clone)]
pub struct Templates {
    ordinary: BTreeMap<Platform, Template>,
    old: BTreeMap<Platform, Template>,
}

/// The oldest PHP the ordinary file is made for: major and minor.
pub const PHP_OF_THE_FILE: (u32, u32) = (7, 2);
/// The oldest PHP the other file is made for.
pub const OLDEST_PHP: (u32, u32) = (5, 6);

/// What is baked in besides keys and dates, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baked(Vec<(&'static str, String)>);

macro_rules! carried {
    ($($platform:ident $name:literal),*) => {
        [$((
            Platform::$platform,
            include_str!(concat!("../../../../bridge-php/dist/", $name, ".php")),
            include_str!(concat!("../../../../bridge-php/dist/", $name, "-56.php")),
        )),*]
    };
}

/// What this program carries: each platform's file, and the one for old PHP.
const EMBEDDED: [(Platform, &str, &str); 5] = carried!(
    OpenCart "opencart",
    WooCommerce "woocommerce",
    PrestaShop "prestashop",
    Magento1 "magento1",
    Magento2 "magento2"
);

impl Templates {
    /// The files this program carries.
    ///
    /// # Errors
    /// A file names no version: a fault of the build.
    pub fn embedded() -> Result<Self> {
        let mut all = Self {
            ordinary: BTreeMap::new(),
            old: BTreeMap::new(),
        };
        for (platform, text, old) in EMBEDDED {
            all.ordinary.insert(platform, Template::new(text)?);
            all.old.insert(platform, Template::new(old)?);
        }
        Ok(all)
    }

    /// Only that file.
    #[must_use]
    pub fn of(platform: Platform, template: Template) -> Self {
        Self {
            ordinary: BTreeMap::from([(platform, template)]),
            old: BTreeMap::new(),
        }
    }

    /// The file for a platform.
    ///
    /// # Errors
    /// `not-yet-available`.
    pub fn get(&self, platform: Platform) -> Result<&Template> {
        self.ordinary.get(&platform).ok_or_else(|| {
            let title = platform.title();
            Failure::misconfigured(
                "not-yet-available",
                text!(
                    "{title} kan deze versie nog niet",
                    "{title} is not in this version yet"
                ),
            )
        })
    }

    /// The file for a platform on old PHP, where there is one.
    #[must_use]
    pub fn for_old_php(&self, platform: Platform) -> Option<&Template> {
        self.old.get(&platform)
    }

    /// The newest version among them; empty when there are none.
    #[must_use]
    pub fn version(&self) -> &str {
        self.ordinary
            .values()
            .map(Template::version)
            .max_by_key(|version| release(version))
            .unwrap_or_default()
    }
}

/// A version as numbers, to be compared.
pub(super) fn release(version: &str) -> Vec<u64> {
    version
        .split('.')
        .map(|part| part.parse().unwrap_or_default())
        .collect()
}

impl Template {
    /// A file from its text.
    ///
    /// # Errors
    /// The text names no version (`VERSION = '…'`).
    pub fn new(text: impl Into<String>) -> Result<Self> {
        let text = text.into();
        let version = text
            .split_once("VERSION = '")
            .and_then(|(_, rest)| rest.split_once('\''))
            .map(|(version, _)| version.to_owned())
            .ok_or_else(|| broken("VERSION"))?;
        Ok(Self { text, version })
    }

    /// The bridge's version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// SHA-256 hex of the file with its placeholders.
    #[must_use]
    pub fn digest(&self) -> String {
        sha256_hex(self.text.as_bytes())
    }

    /// A copy with everything filled in.
    ///
    /// # Errors
    /// A placeholder missing, double or left over: a fault of the build.
    pub fn fill(
        &self,
        baked: &Baked,
        keys: &FileKeys,
        variant: Variant,
        end_date: i64,
    ) -> Result<String> {
        let own = [
            ("BRIDGE_ID", keys.bridge_id().to_owned()),
            ("VARIANT", variant.name().to_owned()),
            ("PUBLIC_KEY", keys.public_key()),
            ("REQUEST_KEY", keys.request_key()),
            ("ANSWER_KEY", keys.answer_key()),
            ("END_DATE", end_date.to_string()),
        ];
        let mut text = self.text.clone();
        for (name, value) in own.iter().chain(&baked.0) {
            let placeholder = format!("{{{{{name}}}}}");
            if text.matches(&placeholder).count() != 1 {
                return Err(broken(name));
            }
            text = text.replace(&placeholder, value);
        }
        // The file itself looks for `'{{'` to refuse an unfilled copy; a placeholder goes on in capitals.
        let mut rests = text.split("'{{").skip(1);
        if rests.any(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase())) {
            return Err(broken("{{"));
        }
        Ok(text)
    }
}

impl Baked {
    /// From `[shop]` and the shop found in its folder.
    ///
    /// # Errors
    /// A value that may not stand in the file: `Misconfigured`, naming the setting.
    pub fn new(shop: &settings::Shop, found: &Found) -> Result<Self> {
        let allow_from = shop.allow_from.join(",");
        let prefix_fits = shop
            .table_prefix
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !prefix_fits {
            return Err(unfit("table_prefix"));
        }
        fits("time_zone", &shop.time_zone)?;
        fits("allow_from", &allow_from)?;
        Ok(Self(vec![
            ("SCOPES", SCOPES.to_owned()),
            ("PLATFORM", found.platform.name().to_owned()),
            ("SHOP_ROOT", found.root.to_owned()),
            ("CONFIG_FILE", found.config.to_owned()),
            ("TABLE_PREFIX", shop.table_prefix.clone()),
            ("TIME_ZONE", shop.time_zone.clone()),
            ("ALLOW_FROM", allow_from),
            ("STOCK_ZERO_CAP", ZERO_CAP.to_string()),
        ]))
    }

    /// SHA-256 hex over all of it.
    #[must_use]
    pub fn digest(&self) -> String {
        let lines: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        sha256_hex(lines.join("\n").as_bytes())
    }
}

fn fits(setting: &'static str, value: &str) -> Result<()> {
    let fit = value
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"._:/,+ -".contains(&b));
    if fit { Ok(()) } else { Err(unfit(setting)) }
}

fn unfit(setting: &str) -> Failure {
    Failure::misconfigured(
        "setting-unfit",
        text!(
            "In [shop] {setting} staat een teken dat daar niet mag staan",
            "[shop] {setting} holds a character that may not stand there"
        ),
    )
    .hint(text!(
        "Verbeter [shop] {setting} in het profiel",
        "Correct [shop] {setting} in the profile"
    ))
}

fn broken(what: &str) -> Failure {
    Failure::bug(
        "bridge-template",
        text!(
            "Het meegeleverde koppelbestand deugt niet ({what})",
            "The file this program carries is not sound ({what})"
        ),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use winkelbrug_protocol::key::UploadKeys;

    use super::*;

    fn shop(lines: &str) -> settings::Shop {
        toml::from_str(&format!("url = \"https://winkel.example\"\n{lines}")).unwrap()
    }

    fn found(platform: Platform) -> Found {
        Found {
            platform,
            below: "",
            root: ".",
            config: "config.php",
        }
    }

    #[test]
    fn every_file_this_program_carries_can_be_filled_in() {
        let all = Templates::embedded().unwrap();
        assert_eq!(all.old.len(), all.ordinary.len());
        for (platform, template) in all.ordinary.into_iter().chain(all.old) {
            let baked = Baked::new(&shop(""), &found(platform)).unwrap();
            for variant in [Variant::Ecdsa, Variant::Hmac] {
                let keys = UploadKeys::generate(variant);
                let file = template
                    .fill(&baked, &keys.file_keys(), variant, 1_800_000_000)
                    .unwrap();
                assert!(file.contains(keys.bridge_id()));
                assert!(file.contains(&format!("'{}'", platform.name())));
            }
        }
    }

    #[test]
    fn no_setting_can_end_the_php_literal_it_stands_in() {
        for lines in [
            "table_prefix = \"oc_'\"",
            "table_prefix = \"oc-\"",
            "time_zone = \"Europe/Amsterdam'.x.'\"",
            "time_zone = \"a\\\\\"",
            "allow_from = [\"10.0.0.1\", \"');\"]",
        ] {
            let refused = Baked::new(&shop(lines), &found(Platform::OpenCart)).unwrap_err();
            assert_eq!(refused.code, "setting-unfit");
        }
        let sound = shop(
            "table_prefix = \"oc_\"\ntime_zone = \"Europe/Amsterdam\"\nallow_from = [\"10.0.0.0/8\", \"2001:db8::1\"]",
        );
        assert!(Baked::new(&sound, &found(Platform::OpenCart)).is_ok());
    }
}

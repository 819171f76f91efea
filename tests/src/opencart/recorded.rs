//! The recorded OpenCart shops: their databases, and the configuration file that each version's own
//! installer writes.

use std::{fmt::Write as _, path::Path};

use anyhow::Result;

use crate::{
    hosted::{RecordedOptions, RecordedShop},
    servers::Database,
};

/// A recorded shop of one version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Its version, and with `opencart-` before it the name of its folder.
    pub version: &'static str,
    /// Its table prefix.
    pub prefix: &'static str,
    /// Time zone the profile has to name, since the shop keeps none; empty where it does.
    pub time_zone: &'static str,
}

/// OpenCart 2.3: MyISAM, no time zone of its own.
pub const OPENCART_2: Recorded = Recorded {
    version: "2.3.0.2",
    prefix: "oc_",
    time_zone: "Europe/Amsterdam",
};

/// OpenCart 3.
pub const OPENCART_3: Recorded = Recorded {
    version: "3.0.5.1",
    prefix: "oc_",
    time_zone: "",
};

/// OpenCart 4.1: InnoDB, methods as JSON, codes in a table, variants.
pub const OPENCART_4: Recorded = Recorded {
    version: "4.1.0.4",
    prefix: "win_",
    time_zone: "",
};

/// Every recorded shop.
pub const RECORDED: [Recorded; 3] = [OPENCART_2, OPENCART_3, OPENCART_4];

impl Recorded {
    /// Its folder among the recorded shops.
    #[must_use]
    pub fn folder(&self, shared: &Path) -> std::path::PathBuf {
        shared.join(format!("shops/opencart-{}", self.version))
    }

    /// The shop, running: `config.php` and `index.php` as the installer leaves them.
    ///
    /// # Errors
    /// The dump cannot be read, or a server does not come up.
    pub fn start(self, shared: &Path) -> Result<RecordedShop> {
        let dump = self.folder(shared).join("dump.sql.gz");
        RecordedShop::start(
            &dump,
            RecordedOptions::default(),
            |account, database, url| {
                let folder = account.join("public_html");
                std::fs::write(
                    folder.join("config.php"),
                    self.config(&folder, database, url),
                )?;
                let index = format!(
                    "<?php\n// Version\ndefine('VERSION', '{}');\n\n// Configuration\nif (is_file('config.php')) {{\n\trequire_once('config.php');\n}}\n",
                    self.version
                );
                std::fs::write(folder.join("index.php"), index)?;
                for name in ["catalog", "system"] {
                    std::fs::create_dir_all(folder.join(name))?;
                }
                Ok(())
            },
        )
    }

    fn config(&self, folder: &Path, database: &Database, url: &str) -> String {
        let root = format!("'{}/'", folder.display());
        let text = |value: &str| {
            let value = value.replace('\\', "\\\\").replace('\'', "\\'");
            format!("'{value}'")
        };
        let port = database.server().port().to_string();
        let places = if self.prefix == OPENCART_4.prefix {
            vec![
                ("APPLICATION", "'Catalog'".to_owned()),
                ("HTTP_SERVER", text(url)),
                ("DIR_OPENCART", root),
                ("DIR_APPLICATION", "DIR_OPENCART . 'catalog/'".to_owned()),
                ("DIR_SYSTEM", "DIR_OPENCART . 'system/'".to_owned()),
                ("DIR_EXTENSION", "DIR_OPENCART . 'extension/'".to_owned()),
                ("DIR_STORAGE", "DIR_SYSTEM . 'storage/'".to_owned()),
                ("DIR_CACHE", "DIR_STORAGE . 'cache/'".to_owned()),
            ]
        } else {
            vec![
                ("HTTP_SERVER", text(url)),
                ("HTTPS_SERVER", text(url)),
                ("DIR_APPLICATION", root.clone()),
                ("DIR_SYSTEM", root),
            ]
        };
        let mut lines = vec![
            ("DB_DRIVER", "'mysqli'".to_owned()),
            ("DB_HOSTNAME", "'127.0.0.1'".to_owned()),
            ("DB_USERNAME", text(&database.user)),
            ("DB_PASSWORD", text(&database.password)),
            ("DB_DATABASE", text(&database.name)),
            ("DB_PORT", text(&port)),
            ("DB_PREFIX", text(self.prefix)),
        ];
        if self.prefix == OPENCART_4.prefix {
            lines.extend(
                ["DB_SSL_KEY", "DB_SSL_CERT", "DB_SSL_CA"].map(|name| (name, "''".to_owned())),
            );
        }
        let mut config = "<?php\n".to_owned();
        for (name, value) in places.into_iter().chain(lines) {
            let _ = writeln!(config, "define('{name}', {value});");
        }
        config
    }
}

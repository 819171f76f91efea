//! The recorded WooCommerce shops: their databases, and `wp-config.php` as WordPress writes it.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{
    hosted::{RecordedOptions, RecordedShop},
    servers::Database,
};

/// A recorded shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The name of its folder among the recorded shops.
    pub name: &'static str,
    /// WooCommerce's version.
    pub version: &'static str,
    /// Its table prefix.
    pub prefix: &'static str,
    /// Are orders in tables of their own (HPOS)?
    pub order_tables: bool,
}

/// Orders in tables of their own, prices with VAT, rounded per line.
pub const TABLES: Recorded = Recorded {
    name: "woocommerce-11.0-hpos",
    version: "11.0.1",
    prefix: "wp7_",
    order_tables: true,
};

/// The same shop after it went back to posts; its order tables stand beside, out of date.
pub const POSTS: Recorded = Recorded {
    name: "woocommerce-11.0-posts",
    version: "11.0.1",
    prefix: "wp7_",
    order_tables: false,
};

/// An older shop: posts only, prices without VAT, rounded at the subtotal, decimal stock.
pub const OLDER: Recorded = Recorded {
    name: "woocommerce-7.9-posts",
    version: "7.9.0",
    prefix: "wp_",
    order_tables: false,
};

/// Every recorded shop.
pub const RECORDED: [Recorded; 3] = [TABLES, POSTS, OLDER];

impl Recorded {
    /// Its folder among the recorded shops.
    #[must_use]
    pub fn folder(&self, shared: &Path) -> PathBuf {
        shared.join("shops").join(self.name)
    }

    /// The shop, running: `wp-config.php` in its root, and the names that tell WooCommerce.
    ///
    /// # Errors
    /// The dump cannot be read, or a server does not come up.
    pub fn start(self, shared: &Path) -> Result<RecordedShop> {
        let dump = self.folder(shared).join("dump.sql.gz");
        RecordedShop::start(&dump, RecordedOptions::default(), |account, database, _| {
            let folder = account.join("public_html");
            std::fs::write(folder.join("wp-config.php"), self.config(database))?;
            for name in ["wp-admin", "wp-includes", "wp-content/plugins/woocommerce"] {
                std::fs::create_dir_all(folder.join(name))?;
            }
            std::fs::write(
                folder.join("index.php"),
                "<?php\n// The shop's own entrance.\n",
            )?;
            Ok(())
        })
    }

    /// `wp-config.php` as WordPress's own installer leaves it.
    #[must_use]
    pub fn config(&self, database: &Database) -> String {
        let text = |value: &str| value.replace('\\', "\\\\").replace('\'', "\\'");
        format!(
            "<?php\n/**\n * The base configuration for WordPress\n */\n\n/** The name of the database for WordPress */\ndefine( 'DB_NAME', '{}' );\n\ndefine( 'DB_USER', '{}' );\n\ndefine( 'DB_PASSWORD', '{}' );\n\ndefine( 'DB_HOST', '127.0.0.1:{}' );\n\ndefine( 'DB_CHARSET', 'utf8mb4' );\n\ndefine( 'DB_COLLATE', '' );\n\n$table_prefix = '{}';\n\ndefine( 'WP_DEBUG', false );\n\n/* That's all, stop editing! Happy publishing. */\nif ( ! defined( 'ABSPATH' ) ) {{\n\tdefine( 'ABSPATH', __DIR__ . '/' );\n}}\n\nrequire_once ABSPATH . 'wp-settings.php';\n",
            text(&database.name),
            text(&database.user),
            text(&database.password),
            database.server().port(),
            self.prefix,
        )
    }
}

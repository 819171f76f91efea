//! The recorded Magento shops: their databases, and the files of an installation that the bridge and
//! its deployment look at.

use std::{fs, path::Path};

use anyhow::Result;

use crate::{
    hosted::{RecordedOptions, RecordedShop},
    servers::Database,
};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// OpenMage 20.0.20, which is Magento 1.9.4.5.
    One,
    /// Magento Open Source 2.4.7.
    Two,
}

impl Generation {
    /// Both of them.
    pub const BOTH: [Self; 2] = [Self::One, Self::Two];

    /// Its folder in the shared one.
    #[must_use]
    pub const fn recording(self) -> &'static str {
        match self {
            Self::One => "shops/magento1-20.0",
            Self::Two => "shops/magento2-2.4.7",
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn platform(self) -> &'static str {
        match self {
            Self::One => "magento1",
            Self::Two => "magento2",
        }
    }

    /// A table of orders (`_item`, `_address`; empty for the orders), which both have under names of
    /// their own.
    #[must_use]
    pub fn order_table(self, part: &str) -> String {
        match self {
            Self::One => format!("mage_sales_flat_order{part}"),
            Self::Two => format!("sales_order{part}"),
        }
    }

    /// The bridge's root and configuration file: Magento 2 is served from `pub/`.
    #[must_use]
    pub const fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::One => (".", "app/etc/local.xml"),
            Self::Two => ("..", "app/etc/env.php"),
        }
    }

    /// Folders of its tree.
    const fn folders(self) -> &'static [&'static str] {
        match self {
            Self::One => &["js", "lib", "media", "skin", "var"],
            Self::Two => &[
                "bin",
                "generated",
                "lib",
                "pub/media",
                "pub/static",
                "var",
                "vendor",
            ],
        }
    }

    /// Files that visitors reach.
    const fn fronts(self) -> &'static [&'static str] {
        match self {
            Self::One => &["index.php"],
            Self::Two => &["index.php", "pub/index.php"],
        }
    }

    /// The shop, running: Magento 1 from its own folder, Magento 2 from `pub/`.
    ///
    /// # Errors
    /// The dump cannot be read, or a server does not come up.
    pub fn start(self, shared: &Path) -> Result<RecordedShop> {
        let web_folder = match self {
            Self::One => "public_html",
            Self::Two => "public_html/pub",
        };
        self.start_with(
            shared,
            RecordedOptions {
                web_folder: web_folder.to_owned(),
                ..RecordedOptions::default()
            },
        )
    }

    /// The shop, running with these options.
    ///
    /// # Errors
    /// The dump cannot be read, or a server does not come up.
    pub fn start_with(self, shared: &Path, options: RecordedOptions) -> Result<RecordedShop> {
        let dump = shared.join(self.recording()).join("dump.sql.gz");
        RecordedShop::start(&dump, options, |account, database, _| {
            lay_down(self, &account.join("public_html"), database)
        })
    }
}

/// The shop's configuration as its installer writes it, the files its version stands in, and what else
/// of its tree tells one program from another.
fn lay_down(generation: Generation, root: &Path, database: &Database) -> Result<()> {
    fs::create_dir_all(root.join("app/etc"))?;
    for folder in generation.folders() {
        fs::create_dir_all(root.join(folder))?;
    }
    for file in generation.fronts() {
        fs::write(root.join(file), "<?php\n// The shop's own entrance.\n")?;
    }
    let port = database.server().port();
    let (user, name) = (&database.user, &database.name);
    if generation == Generation::One {
        let password = &database.password;
        fs::write(
            root.join("app/etc/local.xml"),
            format!(
                "<?xml version=\"1.0\"?>\n<config>\n    <global>\n        <install><date><![CDATA[Sat, 21 Nov 2026 19:37:00 +0000]]></date></install>\n\
                 <crypt><key><![CDATA[00112233445566778899aabbccddeeff]]></key></crypt>\n        <disable_local_modules>false</disable_local_modules>\n\
                 <resources>\n            <db><table_prefix><![CDATA[mage_]]></table_prefix></db>\n            <default_setup>\n                <connection>\n\
                 <host><![CDATA[127.0.0.1:{port}]]></host>\n<username><![CDATA[{user}]]></username>\n<password><![CDATA[{password}]]></password>\n\
                 <dbname><![CDATA[{name}]]></dbname>\n<initStatements><![CDATA[SET NAMES utf8]]></initStatements>\n<model><![CDATA[mysql4]]></model>\n\
                 <type><![CDATA[pdo_mysql]]></type>\n<pdoType><![CDATA[]]></pdoType>\n<active>1</active>\n\
                 </connection>\n            </default_setup>\n        </resources>\n        <session_save><![CDATA[files]]></session_save>\n    </global>\n\
                 <admin><routers><adminhtml><args><frontName><![CDATA[admin]]></frontName></args></adminhtml></routers></admin>\n</config>\n"
            ),
        )?;
        fs::write(
            root.join("app/Mage.php"),
            "<?php\nfinal class Mage\n{\n    public static function getVersionInfo()\n    {\n        return ['major' => '1', 'minor' => '9', 'revision' => '4', 'patch' => '5', 'stability' => '', 'number' => ''];\n    }\n\
             public static function getOpenMageVersionInfo()\n    {\n        return ['major' => '20', 'minor' => '0', 'patch' => '20', 'stability' => '', 'number' => ''];\n    }\n}\n",
        )?;
        return Ok(());
    }
    let password = database.password.replace('\\', "\\\\").replace('\'', "\\'");
    fs::write(
        root.join("app/etc/env.php"),
        format!(
            "<?php\nreturn [\n    'backend' => [\n        'frontName' => 'admin_1abcd'\n    ],\n    'crypt' => [\n        'key' => '00112233445566778899aabbccddeeff'\n    ],\n\
             'db' => [\n        'table_prefix' => '',\n        'connection' => [\n            'default' => [\n                'host' => '127.0.0.1:{port}',\n\
             'dbname' => '{name}',\n                'username' => '{user}',\n                'password' => '{password}',\n                'model' => 'mysql4',\n\
             'engine' => 'innodb',\n                'initStatements' => 'SET NAMES utf8;',\n                'active' => '1',\n                'driver_options' => [\n\
             1014 => false\n                ]\n            ]\n        ]\n    ],\n    'MAGE_MODE' => 'production',\n    'session' => [\n        'save' => 'files'\n    ],\n\
             'install' => [\n        'date' => 'Sat, 21 Nov 2026 19:52:00 +0000'\n    ]\n];\n"
        ),
    )?;
    fs::write(
        root.join("app/etc/config.php"),
        "<?php\nreturn [\n    'modules' => [\n        'Magento_Store' => 1,\n        'Magento_Sales' => 1,\n        'Magento_Inventory' => 1\n    ]\n];\n",
    )?;
    fs::write(
        root.join("composer.json"),
        "{\"name\": \"magento/project-community-edition\", \"require\": {\"magento/product-community-edition\": \"2.4.7-p6\"}, \"version\": \"2.4.7-p6\"}\n",
    )?;
    Ok(())
}

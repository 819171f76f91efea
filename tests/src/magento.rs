//! The recorded Magento shops: their databases, and the configuration file that each generation's
//! own installer writes.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::{
    hosted::{RecordedOptions, RecordedShop},
    servers::Database,
};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// Magento 1, recorded with OpenMage 20.0.
    One,
    /// Magento 2.4.7.
    Two,
}

impl Generation {
    /// Every recorded shop.
    pub const BOTH: [Self; 2] = [Self::One, Self::Two];

    /// Its folder among the recorded shops.
    #[must_use]
    pub fn folder(self, shared: &Path) -> PathBuf {
        shared.join(match self {
            Self::One => "shops/magento1-20.0",
            Self::Two => "shops/magento2-2.4.7",
        })
    }

    /// Its name, as the bridge's file is called.
    #[must_use]
    pub fn platform(self) -> &'static str {
        match self {
            Self::One => "magento1",
            Self::Two => "magento2",
        }
    }

    /// A table of orders, which both have under names of their own.
    #[must_use]
    pub fn order_table(self, part: &str) -> String {
        match self {
            Self::One => format!("mage_sales_flat_order{part}"),
            Self::Two => format!("sales_order{part}"),
        }
    }

    /// The bridge's root and configuration file: Magento 2 is served from `pub/`.
    #[must_use]
    pub fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::One => (".", "app/etc/local.xml"),
            Self::Two => ("..", "app/etc/env.php"),
        }
    }

    /// The shop, running.
    ///
    /// # Errors
    /// The dump cannot be read, or a server does not come up.
    pub fn start(self, shared: &Path) -> Result<RecordedShop> {
        let options = RecordedOptions {
            web_folder: match self {
                Self::One => "public_html".to_owned(),
                Self::Two => "public_html/pub".to_owned(),
            },
            ..RecordedOptions::default()
        };
        let dump = self.folder(shared).join("dump.sql.gz");
        RecordedShop::start(&dump, options, |account, database, _| {
            lay_down(self, &account.join("public_html"), database)
        })
    }
}

/// The shop's configuration as its installer writes it, and the files its version stands in.
fn lay_down(generation: Generation, root: &Path, database: &Database) -> Result<()> {
    std::fs::create_dir_all(root.join("app/etc"))?;
    let port = database.server().port();
    let (user, name) = (&database.user, &database.name);
    if generation == Generation::One {
        let password = &database.password;
        std::fs::write(
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
        std::fs::write(
            root.join("app/Mage.php"),
            "<?php\nfinal class Mage\n{\n    public static function getVersionInfo()\n    {\n        return ['major' => '1', 'minor' => '9', 'revision' => '4', 'patch' => '5', 'stability' => '', 'number' => ''];\n    }\n\
             public static function getOpenMageVersionInfo()\n    {\n        return ['major' => '20', 'minor' => '0', 'patch' => '20', 'stability' => '', 'number' => ''];\n    }\n}\n",
        )?;
        return Ok(());
    }
    let password = database.password.replace('\\', "\\\\").replace('\'', "\\'");
    std::fs::write(
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
    std::fs::write(
        root.join("app/etc/config.php"),
        "<?php\nreturn [\n    'modules' => [\n        'Magento_Store' => 1,\n        'Magento_Sales' => 1,\n        'Magento_Inventory' => 1\n    ]\n];\n",
    )?;
    std::fs::write(
        root.join("composer.json"),
        "{\"name\": \"magento/project-community-edition\", \"require\": {\"magento/product-community-edition\": \"2.4.7-p6\"}, \"version\": \"2.4.7-p6\"}\n",
    )?;
    Ok(())
}

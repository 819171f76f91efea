//! Magento 1 (OpenMage) and Magento 2: the same orders, placed in two real shops.

mod changes;
mod orders;
mod products;
mod stock_one;
mod stock_two;

use std::path::Path;

use serde_json::{Value, json};
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge, records},
    hosted::{RecordedOptions, RecordedShop},
    opencart::shared_folder,
    servers::Database,
    truth::magento::{self, Shop},
};
use winkelbrug_protocol::{
    answer::Next,
    key::Variant,
    record::{Order, OrderHead, StockLevel, StockResult},
};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Generation {
    One,
    Two,
}

impl Generation {
    pub(super) const BOTH: [Self; 2] = [Self::One, Self::Two];

    fn recording(self) -> &'static str {
        match self {
            Self::One => "shops/magento1-20.0",
            Self::Two => "shops/magento2-2.4.7",
        }
    }

    pub(super) fn platform(self) -> &'static str {
        match self {
            Self::One => "magento1",
            Self::Two => "magento2",
        }
    }

    /// A table both have under names of their own.
    pub(super) fn order_table(self, part: &str) -> String {
        match self {
            Self::One => format!("mage_sales_flat_order{part}"),
            Self::Two => format!("sales_order{part}"),
        }
    }

    /// The bridge's root and configuration file: Magento 2 is served from `pub/`.
    pub(super) fn place(self) -> (&'static str, &'static str) {
        match self {
            Self::One => (".", "app/etc/local.xml"),
            Self::Two => ("..", "app/etc/env.php"),
        }
    }
}

/// A recorded shop with a bridge in it.
pub(super) struct Bench {
    pub(super) generation: Generation,
    pub(super) shop: RecordedShop,
    pub(super) bridge: PlacedBridge,
}

impl Bench {
    /// None where the recordings are not there.
    pub(super) fn start(generation: Generation) -> Option<Self> {
        let dump = shared_folder()
            .unwrap()?
            .join(generation.recording())
            .join("dump.sql.gz");
        let options = RecordedOptions {
            web_folder: match generation {
                Generation::One => "public_html".to_owned(),
                Generation::Two => "public_html/pub".to_owned(),
            },
            ..RecordedOptions::default()
        };
        let shop = RecordedShop::start(&dump, options, |account, database, _| {
            lay_down(generation, &account.join("public_html"), database)
        })
        .unwrap();
        let (root, config) = generation.place();
        let bridge = BridgeFile::of(generation.platform(), root, config, Variant::Ecdsa)
            .unwrap()
            .place(&shop)
            .unwrap();
        Some(Self {
            generation,
            shop,
            bridge,
        })
    }

    fn truth(&self) -> Shop {
        let shared = shared_folder().unwrap().unwrap();
        magento::read(&shared.join(self.generation.recording()).join("truth.json")).unwrap()
    }

    pub(super) fn sql(&self, sql: &str) -> Vec<Vec<String>> {
        self.shop.database().query(sql).unwrap()
    }

    /// All heads, page by page.
    async fn heads(&self, limit: u32) -> Vec<OrderHead> {
        let (mut all, mut after) = (Vec::new(), Value::Null);
        loop {
            let args = json!({"after": after, "limit": limit});
            let page = self.bridge.page("orders", args).await.unwrap();
            all.extend(records::<OrderHead>(&page).unwrap());
            match page.end.next {
                Some(Next::Position(position)) => after = serde_json::to_value(position).unwrap(),
                _ => return all,
            }
        }
    }

    pub(super) async fn bodies(&self, ids: &[String]) -> Vec<Order> {
        self.bridge
            .ask("orders", json!({"ids": ids}))
            .await
            .unwrap()
    }

    async fn levels(&self) -> Vec<StockLevel> {
        self.bridge.ask("stock_read", json!({})).await.unwrap()
    }

    async fn set(&self, key: &str, read: &str, target: &str) -> StockResult {
        let id = hex::encode(rand::random::<[u8; 16]>());
        let rows = json!([{"key": key, "read": read, "target": target}]);
        let mut results: Vec<StockResult> = self
            .bridge
            .ask("stock_set", json!({"idempotency": id, "rows": rows}))
            .await
            .unwrap();
        results.pop().unwrap()
    }

    /// Every row of these tables, a text each, that is in one reading and not in the other.
    fn rows(&self, tables: &[&str]) -> Vec<String> {
        let mut rows = Vec::new();
        for table in tables {
            for row in self.sql(&format!("SELECT * FROM `{table}`")) {
                rows.push(format!("{table} {}", row.join(" ")));
            }
        }
        rows
    }
}

/// Rows that are only in the second reading.
fn new_rows(before: &[String], after: &[String]) -> Vec<String> {
    after
        .iter()
        .filter(|row| !before.contains(row))
        .cloned()
        .collect()
}

/// The shop's configuration as its installer writes it, and the files its version stands in.
fn lay_down(generation: Generation, root: &Path, database: &Database) -> anyhow::Result<()> {
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

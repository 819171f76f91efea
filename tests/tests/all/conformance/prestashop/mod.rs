//! PrestaShop 8.2.1, and older versions by taking from its database what they do not have.

mod changes;
mod money;
mod orders;
mod stock;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use anyhow::Result;
use serde_json::{Value, json};
use testbed::{
    bridge_file::{BridgeFile, PlacedBridge, records},
    hosted::{RecordedOptions, RecordedShop},
    servers::Database,
    truth,
};
use winkelbrug_protocol::{
    answer::Next,
    key::Variant,
    record::{Order, OrderHead},
};

pub(super) const CONFIG: &str = "app/config/parameters.php";

/// The folder of the recording; none where the shared folder is not there.
fn folder() -> Option<PathBuf> {
    let shared = truth::shared().unwrap()?;
    Some(shared.join("shops/prestashop-8.2"))
}

/// The recorded shop with the bridge in it.
pub(super) struct House {
    pub(super) shop: &'static RecordedShop,
    pub(super) bridge: PlacedBridge,
}

/// Loading a database takes longest, so there are few, each for tests that do not disturb each other.
pub(super) enum For {
    /// Tests that change nothing.
    Reading,
    /// Tests that change one order each, every one another.
    OneOrderEach,
    /// One test that changes what it likes.
    Alone,
}

impl House {
    pub(super) fn open(purpose: For) -> Option<Self> {
        static READING: OnceLock<Option<RecordedShop>> = OnceLock::new();
        static ONE_ORDER_EACH: OnceLock<Option<RecordedShop>> = OnceLock::new();
        let shop = match purpose {
            For::Reading => READING.get_or_init(load).as_ref()?,
            For::OneOrderEach => ONE_ORDER_EACH.get_or_init(load).as_ref()?,
            For::Alone => Box::leak(Box::new(load()?)),
        };
        let bridge = BridgeFile::of("prestashop", ".", CONFIG, Variant::Ecdsa)
            .unwrap()
            .place(shop)
            .unwrap();
        Some(Self { shop, bridge })
    }

    pub(super) fn sql(&self, sql: &str) {
        self.shop
            .database()
            .execute(&format!("SET sql_mode = ''; {sql}"))
            .unwrap();
    }

    pub(super) fn value(&self, sql: &str) -> String {
        self.shop.database().value(sql).unwrap()
    }

    /// Heads, page by page.
    async fn heads(&self, since: Option<&str>, limit: u32) -> Vec<OrderHead> {
        let (mut all, mut after) = (Vec::new(), Value::Null);
        loop {
            let args = json!({"since": since, "after": after, "limit": limit});
            let page = self.bridge.page("orders", args).await.unwrap();
            all.extend(records::<OrderHead>(&page).unwrap());
            match page.end.next {
                Some(Next::Position(position)) => after = serde_json::to_value(position).unwrap(),
                _ => return all,
            }
        }
    }

    async fn orders(&self) -> Vec<Order> {
        let ids: Vec<String> = (1..=48).map(|id: u64| id.to_string()).collect();
        self.bridge
            .ask("orders", json!({"ids": ids}))
            .await
            .unwrap()
    }

    pub(super) async fn order(&self, id: u64) -> Order {
        let mut found: Vec<Order> = self
            .bridge
            .ask("orders", json!({"ids": [id.to_string()]}))
            .await
            .unwrap();
        found.pop().unwrap()
    }
}

fn load() -> Option<RecordedShop> {
    let dump = folder()?.join("dump.sql.gz");
    let shop = RecordedShop::start(&dump, RecordedOptions::default(), |account, database, _| {
        lay_down(&account.join("public_html"), database)
    });
    Some(shop.unwrap())
}

/// The files of the shop that the bridge looks at, as PrestaShop 8.2.1 has them.
fn lay_down(root: &Path, database: &Database) -> Result<()> {
    fs::create_dir_all(root.join("app/config"))?;
    fs::create_dir_all(root.join("src/Core"))?;
    fs::write(root.join(CONFIG), parameters(database, false))?;
    let version = "<?php\nnamespace PrestaShop\\PrestaShop\\Core;\n\nfinal class Version\n{\n    public const VERSION = '8.2.1';\n}\n";
    fs::write(root.join("src/Core/Version.php"), version)?;
    Ok(())
}

/// `parameters.php` as the installer writes it: an exported array, each percent sign twice.
pub(super) fn parameters(database: &Database, cache: bool) -> String {
    let quoted = |text: &str| {
        let text = text.replace('%', "%%");
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
    };
    let rows = [
        ("database_host", quoted("127.0.0.1")),
        (
            "database_port",
            quoted(&database.server().port().to_string()),
        ),
        ("database_name", quoted(&database.name)),
        ("database_user", quoted(&database.user)),
        ("database_password", quoted(&database.password)),
        ("database_prefix", quoted("ps_")),
        ("database_engine", quoted("InnoDB")),
        ("mailer_password", "NULL".to_owned()),
        ("ps_caching", quoted("CacheMemcache")),
        ("ps_cache_enable", cache.to_string()),
    ];
    let rows: String = rows
        .iter()
        .map(|(name, value)| format!("    '{name}' => {value},\n"))
        .collect();
    format!("<?php return array (\n  'parameters' => \n  array (\n{rows}  ),\n);\n")
}

//! The recorded PrestaShop 8.2.1: its database, and the files of it that the bridge looks at.

use std::path::Path;

use anyhow::Result;

use crate::{
    hosted::{RecordedOptions, RecordedShop},
    servers::Database,
};

/// Its configuration file.
pub const CONFIG: &str = "app/config/parameters.php";

/// The shop, running.
///
/// # Errors
/// The dump cannot be read, or a server does not come up.
pub fn start(shared: &Path) -> Result<RecordedShop> {
    let dump = shared.join("shops/prestashop-8.2/dump.sql.gz");
    RecordedShop::start(&dump, RecordedOptions::default(), |account, database, _| {
        lay_down(&account.join("public_html"), database)
    })
}

/// The files of the shop that the bridge looks at, as PrestaShop 8.2.1 has them.
fn lay_down(root: &Path, database: &Database) -> Result<()> {
    std::fs::create_dir_all(root.join("app/config"))?;
    std::fs::create_dir_all(root.join("src/Core"))?;
    std::fs::write(root.join(CONFIG), parameters(database, false))?;
    let version = "<?php\nnamespace PrestaShop\\PrestaShop\\Core;\n\nfinal class Version\n{\n    public const VERSION = '8.2.1';\n}\n";
    std::fs::write(root.join("src/Core/Version.php"), version)?;
    Ok(())
}

/// `parameters.php` as the installer writes it: an exported array, each percent sign twice.
#[must_use]
pub fn parameters(database: &Database, cache: bool) -> String {
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

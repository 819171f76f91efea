//! An OpenCart 3 shop as a hosting account has it: a folder with the shop's files, its database,
//! a web server that runs its PHP, and an FTP account. What its checkout computes is done here in
//! the same order and with the same roundings (`cart.rs`), so that a test can place orders.

mod cart;
mod catalogue;
mod demo;
mod files;
mod generate;
mod orders;
pub mod recorded;
mod rows;

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock},
};

use anyhow::Result;

pub use cart::{
    Buyer, Country, Coupon, GiftCardSold, GiftCardUsed, Item, NewOrder, Payment, PostalAddress,
    Shipping,
};
pub use demo::{DEMO_ORDERS, DemoOrder, Expectation};
pub use orders::Status;

use crate::hosted::Hosted;
use crate::servers::{Database, FtpOptions, MariaDb, Php, PhpOptions, Vsftpd, throw_away_folder};
pub use crate::shared::shops as shared_folder;

const SCHEMA: &str = include_str!("../../fixtures/opencart/schema.sql");
const DATA: &str = include_str!("../../fixtures/opencart/data.sql");

/// Where the shop lies within the FTP account.
pub const WEB_FOLDER: &str = "public_html";

/// How a shop is set up.
#[derive(Debug, Clone)]
pub struct ShopOptions {
    /// Table prefix.
    pub prefix: String,
    /// PHP and the web server.
    pub php: PhpOptions,
    /// FTP server.
    pub ftp: FtpOptions,
    /// `DB_DRIVER` of config.php.
    pub driver: String,
    /// Folder in which the account's own is made, instead of the test bed's.
    pub inside: Option<PathBuf>,
}

impl Default for ShopOptions {
    fn default() -> Self {
        Self {
            prefix: "oc_".to_owned(),
            php: PhpOptions::default(),
            ftp: FtpOptions::default(),
            driver: "mysqli".to_owned(),
            inside: None,
        }
    }
}

/// A running shop.
#[derive(Debug)]
pub struct OpenCartShop {
    options: ShopOptions,
    database: Database,
    php: Mutex<Option<Php>>,
    port: u16,
    ftp: OnceLock<Vsftpd>,
    /// One order at a time: their ids are chosen here.
    placing: Mutex<()>,
    account: tempfile::TempDir,
}

impl OpenCartShop {
    /// The demo shop, with its products and customers and the orders of [`DEMO_ORDERS`].
    ///
    /// # Errors
    /// A server does not come up.
    pub fn demo() -> Result<Self> {
        let shop = Self::empty(ShopOptions::default())?;
        shop.place_demo_orders()?;
        Ok(shop)
    }

    /// The demo shop before its first order.
    ///
    /// # Errors
    /// A server does not come up.
    pub fn empty(options: ShopOptions) -> Result<Self> {
        let database = MariaDb::shared()?.database()?;
        database.load(SCHEMA, &options.prefix)?;
        database.load(DATA, &options.prefix)?;
        Self::over(database, options, "3.0.5.1")
    }

    /// A shop from a gzipped dump of an OpenCart 3 database (tables `oc_…`).
    ///
    /// # Errors
    /// The dump cannot be read, or a server does not come up.
    pub fn from_dump(dump: &Path, options: ShopOptions) -> Result<Self> {
        let database = MariaDb::shared()?.database()?;
        database.load_dump(dump, &options.prefix)?;
        Self::over(database, options, "3.0.5.1")
    }

    fn over(database: Database, options: ShopOptions, version: &str) -> Result<Self> {
        let account = match &options.inside {
            Some(place) => tempfile::Builder::new().prefix("shop-").tempdir_in(place)?,
            None => throw_away_folder("shop")?,
        };
        let folder = account.path().join(WEB_FOLDER);
        std::fs::create_dir_all(&folder)?;
        let php = Php::start(&folder, &options.php)?;
        let port = php.port();
        files::lay_down(&folder, &database, &options, &php.url(), version)?;
        Ok(Self {
            options,
            database,
            php: Mutex::new(Some(php)),
            port,
            ftp: OnceLock::new(),
            placing: Mutex::new(()),
            account,
        })
    }

    /// [`Hosted::url`].
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The shop's folder: what the web server serves.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.account.path().join(WEB_FOLDER)
    }

    /// The FTP account's folder, one above the shop's.
    #[must_use]
    pub fn account(&self) -> &Path {
        self.account.path()
    }

    /// The shop's database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Table prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.options.prefix
    }

    /// SQL on the shop's database; tables are written as `` `oc_…` `` whatever the prefix is.
    ///
    /// # Errors
    /// The SQL is wrong.
    pub fn query(&self, sql: &str) -> Result<Vec<Vec<String>>> {
        self.database
            .query(&sql.replace("`oc_", &format!("`{}", self.options.prefix)))
    }

    /// [`Hosted::ftp`].
    ///
    /// # Errors
    /// vsftpd does not come up.
    pub fn ftp(&self) -> Result<&Vsftpd> {
        if let Some(ftp) = self.ftp.get() {
            return Ok(ftp);
        }
        let ftp = Vsftpd::start(self.account.path(), &self.options.ftp)?;
        Ok(self.ftp.get_or_init(|| ftp))
    }

    /// What PHP wrote to its log.
    #[must_use]
    pub fn php_log(&self) -> String {
        self.lock_php().as_ref().map(Php::log).unwrap_or_default()
    }

    /// Takes the web server away.
    pub fn stop_web(&self) {
        self.lock_php().take();
    }

    /// Starts the web server again at the same address, with other options.
    ///
    /// # Errors
    /// It does not come up.
    pub fn restart_web(&self, options: &PhpOptions) -> Result<()> {
        let mut php = self.lock_php();
        php.take();
        *php = Some(Php::start_on(&self.folder(), options, Some(self.port))?);
        Ok(())
    }

    fn lock_php(&self) -> std::sync::MutexGuard<'_, Option<Php>> {
        self.php
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Hosted for OpenCartShop {
    fn url(&self) -> String {
        self.url()
    }

    fn folder(&self) -> PathBuf {
        self.folder()
    }

    fn web_folder(&self) -> &str {
        WEB_FOLDER
    }

    fn ftp(&self) -> Result<&Vsftpd> {
        self.ftp()
    }
}

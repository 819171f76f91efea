//! A shop as a hosting account has it, whatever program runs it: a folder with the shop's files, its
//! database, a web server that runs its PHP, and an FTP account. `RecordedShop` is one made from the
//! recorded database of a real shop.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};

use anyhow::Result;

use crate::servers::{Database, FtpOptions, MariaDb, Php, PhpOptions, Vsftpd, throw_away_folder};

/// What a test, the demo or a profile needs to know of a hosted shop.
pub trait Hosted {
    /// The shop's address, with a slash at its end.
    fn url(&self) -> String;
    /// The folder that is served at that address.
    fn folder(&self) -> PathBuf;
    /// That folder's path within the FTP account.
    fn web_folder(&self) -> &str;
    /// The FTP server with the shop's account; started at the first call.
    ///
    /// # Errors
    /// It does not come up.
    fn ftp(&self) -> Result<&Vsftpd>;
}

/// How a recorded shop is set up.
#[derive(Debug, Clone)]
pub struct RecordedOptions {
    /// Folder served, within the account (`public_html`, `public_html/pub`).
    pub web_folder: String,
    /// PHP and the web server.
    pub php: PhpOptions,
    /// FTP server.
    pub ftp: FtpOptions,
}

impl Default for RecordedOptions {
    fn default() -> Self {
        Self {
            web_folder: "public_html".to_owned(),
            php: PhpOptions::default(),
            ftp: FtpOptions::default(),
        }
    }
}

/// A recorded shop, running.
#[derive(Debug)]
pub struct RecordedShop {
    options: RecordedOptions,
    database: Database,
    php: Mutex<Option<Php>>,
    port: u16,
    ftp: OnceLock<Vsftpd>,
    account: tempfile::TempDir,
}

impl RecordedShop {
    /// Loads a dump into a database of its own and lets `lay_down` write the shop's files into the
    /// account's folder: it gets that folder, the database and the shop's address.
    ///
    /// # Errors
    /// The dump cannot be read, or a server does not come up.
    pub fn start(
        dump: &Path,
        options: RecordedOptions,
        lay_down: impl FnOnce(&Path, &Database, &str) -> Result<()>,
    ) -> Result<Self> {
        let database = MariaDb::shared()?.database()?;
        // Only OpenCart's dumps have this prefix, and there it stays as it is.
        database.load_dump(dump, "oc_")?;
        let account = throw_away_folder("shop")?;
        let folder = account.path().join(&options.web_folder);
        std::fs::create_dir_all(&folder)?;
        let php = Php::start(&folder, &options.php)?;
        let port = php.port();
        lay_down(account.path(), &database, &php.url())?;
        Ok(Self {
            options,
            database,
            php: Mutex::new(Some(php)),
            port,
            ftp: OnceLock::new(),
            account,
        })
    }

    /// The FTP account's folder.
    #[must_use]
    pub fn account(&self) -> &Path {
        self.account.path()
    }

    /// The shop's database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// What PHP wrote to its log.
    #[must_use]
    pub fn php_log(&self) -> String {
        let php = self.php.lock().unwrap_or_else(PoisonError::into_inner);
        php.as_ref().map(Php::log).unwrap_or_default()
    }

    /// Starts the web server again at the same address, with other options.
    ///
    /// # Errors
    /// It does not come up.
    pub fn restart_web(&self, options: &PhpOptions) -> Result<()> {
        let mut php = self.php.lock().unwrap_or_else(PoisonError::into_inner);
        php.take();
        *php = Some(Php::start_on(&self.folder(), options, Some(self.port))?);
        Ok(())
    }
}

impl Hosted for RecordedShop {
    fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    fn folder(&self) -> PathBuf {
        self.account.path().join(&self.options.web_folder)
    }

    fn web_folder(&self) -> &str {
        &self.options.web_folder
    }

    fn ftp(&self) -> Result<&Vsftpd> {
        if let Some(ftp) = self.ftp.get() {
            return Ok(ftp);
        }
        let ftp = Vsftpd::start(self.account.path(), &self.options.ftp)?;
        Ok(self.ftp.get_or_init(|| ftp))
    }
}

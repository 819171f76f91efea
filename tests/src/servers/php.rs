//! PHP behind a web server: PHP's own, or nginx or Apache with PHP-FPM. The extensions PHP loads can
//! be chosen, as hosts differ in them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::process::{Server, folder, free_port, with_retries};

/// What stands in front of PHP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WebServer {
    /// `php -S` with a few workers.
    #[default]
    BuiltIn,
    /// nginx and PHP-FPM.
    Nginx,
    /// The same with the rules of a Magento 2 shop, whose root is the folder above the one served.
    MagentoNginx,
    /// Apache and PHP-FPM.
    Apache,
}

/// How PHP is set up.
#[derive(Debug, Clone, Default)]
pub struct PhpOptions {
    /// Web server.
    pub web_server: WebServer,
    /// Settings of php.ini.
    pub ini: BTreeMap<String, String>,
    /// Extensions left out (`mysqli`, `pdo_mysql`, …).
    pub without: Vec<String>,
    /// A PHP file that gets every request first (`php -S` only): it returns false to let the file
    /// asked for be served.
    pub router: Option<PathBuf>,
    /// Lines before the other rules (`MagentoNginx` only).
    pub rules: String,
    /// Address it listens at instead of 127.0.0.1, as in a URL (`[::1]`; `php -S` only).
    pub address: String,
}

impl PhpOptions {
    /// With a setting of php.ini.
    #[must_use]
    pub fn ini(mut self, name: &str, value: &str) -> Self {
        self.ini.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Without an extension.
    #[must_use]
    pub fn without(mut self, extension: &str) -> Self {
        self.without.push(extension.to_owned());
        self
    }

    /// Behind nginx with PHP-FPM.
    #[must_use]
    pub fn nginx(mut self) -> Self {
        self.web_server = WebServer::Nginx;
        self
    }

    /// Behind nginx with Magento 2's rules, and these lines before them.
    #[must_use]
    pub fn magento_nginx(mut self, rules: &str) -> Self {
        self.web_server = WebServer::MagentoNginx;
        rules.clone_into(&mut self.rules);
        self
    }

    /// At that address.
    #[must_use]
    pub fn at(mut self, address: &str) -> Self {
        address.clone_into(&mut self.address);
        self
    }

    fn address(&self) -> &str {
        if self.address.is_empty() {
            "127.0.0.1"
        } else {
            &self.address
        }
    }

    /// Behind Apache with PHP-FPM.
    #[must_use]
    pub fn apache(mut self) -> Self {
        self.web_server = WebServer::Apache;
        self
    }

    /// Writes the folder of ini files PHP reads instead of the system's, and answers its path.
    /// `sapi` is Debian's name for who runs PHP: `cli` or `fpm`.
    pub(super) fn write_ini(&self, place: &Path, sapi: &str) -> Result<PathBuf> {
        let target = place.join("ini");
        std::fs::create_dir_all(&target)?;
        for entry in std::fs::read_dir(system_ini(sapi)?)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let extension = name.trim_end_matches(".ini");
            let extension = extension
                .split_once('-')
                .map_or(extension, |(_, name)| name);
            if !self.without.iter().any(|left_out| left_out == extension) {
                std::fs::copy(&path, target.join(&name))?;
            }
        }
        let mut own = String::from("session.save_handler=files\nlog_errors=On\n");
        for (name, value) in &self.ini {
            own.push_str(&format!("{name}=\"{value}\"\n"));
        }
        std::fs::write(target.join("99-test.ini"), own)?;
        Ok(target)
    }
}

/// Debian keeps one folder of ini files per PHP version and SAPI.
fn system_ini(sapi: &str) -> Result<PathBuf> {
    Ok(Path::new("/etc/php")
        .join(version()?)
        .join(sapi)
        .join("conf.d"))
}

/// PHP's `major.minor`.
pub(super) fn version() -> Result<String> {
    let output = Command::new("php")
        .args(["-r", "echo PHP_MAJOR_VERSION, '.', PHP_MINOR_VERSION;"])
        .output()
        .context("php is missing (Debian package php-cli)")?;
    Ok(String::from_utf8(output.stdout)?)
}

/// PHP serving a folder.
#[derive(Debug)]
pub struct Php {
    _servers: Vec<Server>,
    folder: PathBuf,
    port: u16,
}

impl Php {
    /// Serves `root`.
    ///
    /// # Errors
    /// PHP (or nginx) is not installed or does not come up.
    pub fn start(root: &Path, options: &PhpOptions) -> Result<Self> {
        Self::start_on(root, options, None)
    }

    /// Serves `root` at a given port, or at a random one.
    ///
    /// # Errors
    /// As [`Php::start`].
    pub fn start_on(root: &Path, options: &PhpOptions, port: Option<u16>) -> Result<Self> {
        with_retries(|| {
            let folder = folder("php")?;
            let port = port.map_or_else(free_port, Ok)?;
            let servers = match options.web_server {
                WebServer::BuiltIn => vec![built_in(root, options, &folder, port)?],
                WebServer::Nginx => super::nginx::start(root, options, &folder, port)?,
                WebServer::MagentoNginx => {
                    super::magento_nginx::start(root, options, &folder, port)?
                }
                WebServer::Apache => super::apache::start(root, options, &folder, port)?,
            };
            Ok(Self {
                _servers: servers,
                folder,
                port,
            })
        })
    }

    /// Port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `http://127.0.0.1:<port>/`
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// What PHP and the web server wrote to their logs.
    #[must_use]
    pub fn log(&self) -> String {
        ["log", "error.log", "fpm.log"]
            .iter()
            .filter_map(|name| std::fs::read_to_string(self.folder.join(name)).ok())
            .collect()
    }
}

fn built_in(root: &Path, options: &PhpOptions, folder: &Path, port: u16) -> Result<Server> {
    let ini = options.write_ini(folder, "cli")?;
    let mut command = Command::new("php");
    command
        .env("PHP_INI_SCAN_DIR", &ini)
        .env("PHP_CLI_SERVER_WORKERS", "4")
        .arg("-S")
        .arg(format!("{}:{port}", options.address()))
        .arg("-t")
        .arg(root)
        .args(&options.router);
    let mut server = Server::start(command, &folder.join("log"), Some(folder), &[])?;
    let place = format!("{}:{port}", options.address());
    server.wait_ready(|| std::net::TcpStream::connect(&place).is_ok())?;
    Ok(server)
}

//! A running server with one account, whatever it speaks: what a test needs to know of it.

use std::path::{Path, PathBuf};

use super::process::Server;

/// A server of files with one account.
#[derive(Debug)]
pub struct FileServer {
    pub(super) server: Server,
    pub(super) folder: PathBuf,
    pub(super) port: u16,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) fingerprints: Vec<String>,
}

impl FileServer {
    /// Port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The account's name.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// The account's password.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Fingerprints of its certificate or host keys.
    #[must_use]
    pub fn fingerprints(&self) -> &[String] {
        &self.fingerprints
    }

    /// Its own folder: configuration, keys, logs.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The end of what it wrote to its log.
    #[must_use]
    pub fn log(&self) -> String {
        self.server.log_end()
    }
}

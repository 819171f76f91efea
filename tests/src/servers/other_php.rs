//! PHP of other versions than the machine's own, compiled for Node (`tests/php-versions`): real PHP
//! with its own openssl, behind a small web server. Its mysqli reaches a database over TCP; up to PHP 8.2
//! a query within a generator ends it (`serve.mjs` says why), so that the bridge has none.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::process::{Server, folder, free_port, listens, with_retries};

/// Every version there is, oldest first.
pub const PHP_VERSIONS: [&str; 12] = [
    "5.6", "7.0", "7.1", "7.2", "7.3", "7.4", "8.0", "8.1", "8.2", "8.3", "8.4", "8.5",
];

/// One of them, serving a folder.
#[derive(Debug)]
pub struct OtherPhp {
    _server: Server,
    port: u16,
}

impl OtherPhp {
    /// Are the packages there? `cargo verify` brings them (`npm ci` in `tests/php-versions`).
    #[must_use]
    pub fn installed() -> bool {
        home().join("node_modules/php-wasm-old").is_dir()
    }

    /// Serves a folder's PHP files; `more` folders may be read by them too.
    ///
    /// # Errors
    /// Node or the packages are missing, or it does not come up.
    pub fn serve(version: &str, root: &Path, more: &[&Path]) -> Result<Self> {
        with_retries(|| {
            let own = folder("other-php")?;
            let port = free_port()?;
            let mut command = Command::new("node");
            command
                .arg(home().join("serve.mjs"))
                .arg(version)
                .arg(root)
                .arg(port.to_string())
                .args(more);
            let mut server = Server::start(command, &own.join("log"), Some(&own), &[])?;
            server.wait_ready(|| listens(port))?;
            Ok(Self {
                _server: server,
                port,
            })
        })
    }

    /// Port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("php-versions")
}

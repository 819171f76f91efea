//! A server that admits TLS 1.3 alone, whatever its own settings can say: by the configuration OpenSSL
//! reads for every program that uses it.

use std::{path::Path, process::Command};

use anyhow::Result;

const LINES: &str = "openssl_conf = own\n[own]\nssl_conf = ssl\n[ssl]\nsystem_default = all\n\
                     [all]\nMinProtocol = TLSv1.3\n";

/// Starts that command so; the configuration lies in `folder`.
pub(super) fn alone(command: &mut Command, folder: &Path) -> Result<()> {
    let file = folder.join("openssl.cnf");
    std::fs::write(&file, LINES)?;
    command.env("OPENSSL_CONF", file);
    Ok(())
}

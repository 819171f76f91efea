//! SSH keys by ssh-keygen: of servers and of users.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use base64::{Engine, engine::general_purpose::STANDARD};

/// Kinds of keys there are.
pub const KINDS: [&str; 3] = ["ed25519", "ecdsa", "rsa"];

/// Makes a key of that kind in that folder, with a passphrase or none; gives its file and the
/// fingerprint.
///
/// # Errors
/// ssh-keygen is not there.
pub fn make(folder: &Path, kind: &str, passphrase: &str) -> Result<(PathBuf, String)> {
    let file = folder.join(format!("key_{kind}_{:08x}", rand::random::<u32>()));
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", kind, "-N", passphrase, "-f"])
        .arg(&file)
        .status()
        .context("ssh-keygen does not start: is it installed?")?;
    if !made.success() {
        bail!("ssh-keygen {kind}");
    }
    let public = std::fs::read_to_string(file.with_extension("pub"))?;
    let blob = public.split(' ').nth(1).context("no public key")?;
    let blob = STANDARD.decode(blob)?;
    Ok((file, winkelbrug::shop::keys::fingerprint(&blob)))
}

//! Accounts that exist only in a server's own file, with the web server's ids, so that PHP may read
//! what is uploaded, as on a shared host.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::process::is_root;

/// User and group of a virtual account's files: the web server's, or our own when we are not root.
pub(super) fn ids() -> Result<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    if is_root() {
        return Ok((33, 33));
    }
    let me = std::fs::metadata("/proc/self")?;
    Ok((me.uid(), me.gid()))
}

/// A line as in `/etc/passwd`, with the password's hash in it.
pub(super) fn passwd_line(user: &str, password: &str, home: &Path) -> Result<String> {
    let (uid, gid) = ids()?;
    let hash = hash(password)?;
    let home = home.display();
    Ok(format!("{user}:{hash}:{uid}:{gid}::{home}:/bin/sh\n"))
}

/// Gives a folder to the account.
pub(super) fn own(folder: &Path) -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    let (uid, gid) = ids()?;
    let owned = Command::new("chown")
        .args(["-R", &format!("{uid}:{gid}")])
        .arg(folder)
        .status()?;
    if !owned.success() {
        bail!("chown {}", folder.display());
    }
    Ok(())
}

fn hash(password: &str) -> Result<String> {
    use std::io::Write as _;
    let mut child = Command::new("openssl")
        .args(["passwd", "-6", "-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("openssl does not start: is it installed?")?;
    if let Some(mut input) = child.stdin.take() {
        writeln!(input, "{password}")?;
    }
    let output = child.wait_with_output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

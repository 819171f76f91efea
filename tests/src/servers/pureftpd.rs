//! pure-ftpd with TLS demanded and one virtual account.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::{
    FileServer,
    certificate::Certificate,
    newest_tls,
    process::{Server, folder, free_port, listens, unpacked, with_retries},
    virtual_user,
};

impl FileServer {
    /// pure-ftpd, with `root` as the account's whole world. Only root can start it.
    ///
    /// # Errors
    /// pure-ftpd is not there, or does not come up.
    pub fn pureftpd(root: &Path) -> Result<Self> {
        with_retries(|| start(root, false))
    }

    /// The same, with TLS 1.3 alone.
    ///
    /// # Errors
    /// As [`FileServer::pureftpd`].
    pub fn pureftpd_of_newest_tls(root: &Path) -> Result<Self> {
        with_retries(|| start(root, true))
    }
}

fn start(root: &Path, newest: bool) -> Result<FileServer> {
    let folder = folder("pureftpd")?;
    let port = free_port()?;
    let (user, password) = ("winkel", format!("pure{:032x}", rand::random::<u128>()));
    let database = account(&folder, user, &password, root)?;
    virtual_user::own(root)?;
    let certificate = Certificate::self_signed()?;
    let file = certificate.write(&folder)?;
    let first = free_port()?;
    let mut command = Command::new(unpacked("usr/sbin/pure-ftpd"));
    command
        .args([
            "-S",
            &format!("127.0.0.1,{port}"),
            "-Y",
            "2",
            "-A",
            "-H",
            "-4",
            "-u",
            "1",
        ])
        .args(["-p", &format!("{first}:{}", first.saturating_add(40))])
        .args(["-U", "133:022"])
        .arg("-l")
        .arg(format!("puredb:{}", database.display()))
        .arg("-2")
        .arg(&file)
        .arg("-g")
        .arg(folder.join("pid"));
    if newest {
        newest_tls::alone(&mut command, &folder)?;
    }
    let mut server = Server::start(command, &folder.join("log"), Some(&folder), &[])?;
    server.wait_ready(|| listens(port))?;
    Ok(FileServer {
        server,
        folder,
        port,
        user: user.to_owned(),
        password,
        fingerprints: vec![certificate.fingerprint().to_owned()],
    })
}

/// The account in pure-ftpd's own database.
fn account(folder: &Path, user: &str, password: &str, root: &Path) -> Result<std::path::PathBuf> {
    use std::io::Write as _;
    let (uid, gid) = virtual_user::ids()?;
    let (list, database) = (folder.join("passwd"), folder.join("puredb"));
    let mut child = Command::new(unpacked("usr/bin/pure-pw"))
        .args([
            "useradd",
            user,
            "-u",
            &uid.to_string(),
            "-g",
            &gid.to_string(),
        ])
        .arg("-d")
        .arg(root)
        .arg("-f")
        .arg(&list)
        .arg("-F")
        .arg(&database)
        .arg("-m")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .context("pure-pw does not start: is pure-ftpd there?")?;
    if let Some(mut input) = child.stdin.take() {
        writeln!(input, "{password}\n{password}")?;
    }
    if !child.wait()?.success() {
        bail!("pure-pw useradd");
    }
    Ok(database)
}

//! OpenSSH's own server, SFTP only. As root it has a system user made for the purpose; otherwise the
//! caller logs in as himself, by key alone.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::{
    FileServer,
    ftp::limited,
    host_key,
    process::{Server, folder, free_port, is_root, listens, program, with_retries},
    user::make_user,
};

/// How somebody logs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SshLogin {
    /// By password.
    Password,
    /// By the password as answer to a question.
    Questions,
    /// By one of these keys (their files; the public halves lie beside them).
    Keys(Vec<PathBuf>),
}

/// How it behaves.
#[derive(Debug, Clone)]
pub struct SshdOptions {
    /// How somebody logs in.
    pub login: SshLogin,
    /// Kinds of its host keys; see [`host_key::KINDS`].
    pub host_keys: Vec<&'static str>,
    /// Shut into this folder, which `root` is inside of and which must belong to root all the way up.
    pub jail: Option<PathBuf>,
    /// No file may grow beyond a few kilobytes.
    pub full: bool,
}

impl SshdOptions {
    /// With host keys of every kind.
    #[must_use]
    pub fn of(login: SshLogin) -> Self {
        Self {
            login,
            host_keys: host_key::KINDS.to_vec(),
            jail: None,
            full: false,
        }
    }
}

impl FileServer {
    /// sshd, with `root` as where the account begins.
    ///
    /// # Errors
    /// sshd is not there, or does not come up.
    pub fn sshd(root: &Path, options: &SshdOptions) -> Result<Self> {
        with_retries(|| start(root, options))
    }
}

fn start(root: &Path, options: &SshdOptions) -> Result<FileServer> {
    let folder = folder("sshd")?;
    let port = free_port()?;
    let password = format!("ssh{:024x}", rand::random::<u128>() >> 32);
    let (user, undo) = account(root, &password)?;
    let own = folder.display();
    let mut lines = format!(
        "Port {port}\nListenAddress 127.0.0.1\nPidFile {own}/pid\nStrictModes no\n\
         AuthorizedKeysFile {own}/authorized\nLogLevel VERBOSE\nPrintMotd no\nUseDNS no\n\
         MaxStartups 100:30:200\n"
    );
    if is_root() {
        std::fs::create_dir_all("/run/sshd")?;
    }
    lines.push_str(match &options.login {
        SshLogin::Password => {
            "PasswordAuthentication yes\nKbdInteractiveAuthentication no\nUsePAM no\n"
        }
        SshLogin::Questions => {
            "PasswordAuthentication no\nKbdInteractiveAuthentication yes\nUsePAM yes\n"
        }
        SshLogin::Keys(_) => {
            "PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\n"
        }
    });
    if let SshLogin::Keys(keys) = &options.login {
        let public: std::io::Result<Vec<String>> = keys
            .iter()
            .map(|key| std::fs::read_to_string(key.with_extension("pub")))
            .collect();
        std::fs::write(folder.join("authorized"), public?.concat())?;
    }
    let mut fingerprints = Vec::new();
    for kind in &options.host_keys {
        let (file, fingerprint) = host_key::make(&folder, kind, "")?;
        lines.push_str(&format!("HostKey {}\n", file.display()));
        fingerprints.push(fingerprint);
    }
    lines.push_str("Subsystem sftp internal-sftp\n");
    let root = root.display();
    if let Some(jail) = &options.jail {
        let jail = jail.display();
        lines.push_str(&format!(
            "ChrootDirectory {jail}\nForceCommand internal-sftp -u 022\n"
        ));
    } else {
        lines.push_str(&format!("ForceCommand internal-sftp -u 022 -d {root}\n"));
    }
    let file = folder.join("sshd_config");
    std::fs::write(&file, lines)?;
    let mut command = sshd(options.full);
    command.args(["-D", "-e", "-f"]).arg(&file);
    let mut server = Server::start(command, &folder.join("log"), Some(&folder), &undo)?;
    server.wait_ready(|| listens(port))?;
    Ok(FileServer {
        server,
        folder,
        port,
        user,
        password,
        fingerprints,
    })
}

/// sshd wants to be started by its whole path, for it starts itself again.
fn sshd(full: bool) -> Command {
    limited(&program("sshd"), full)
}

fn account(root: &Path, password: &str) -> Result<(String, Vec<String>)> {
    if !is_root() {
        let me = Command::new("id").arg("-un").output()?;
        return Ok((String::from_utf8(me.stdout)?.trim().to_owned(), Vec::new()));
    }
    let user = make_user(root, password)?;
    let undo = ["userdel", "-f", &user].map(str::to_owned).to_vec();
    Ok((user, undo))
}

//! vsftpd with one account, closed in its own folder. As root the account is a system user made
//! for the purpose and removed again; otherwise vsftpd runs as the caller, who logs in as `ftp`
//! with a password from a list (all vsftpd can do without root).

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use anyhow::{Context, Result, bail};

use super::process::{
    Server, folder, free_port, is_root, listens, program, wait_until, with_retries,
};

/// How the server behaves.
#[derive(Debug, Clone, Default)]
pub struct FtpOptions {
    /// Uploads are refused, as on a full or read-only account.
    pub read_only: bool,
    /// More lines of vsftpd.conf.
    pub configuration: String,
}

/// A plain FTP server with one account.
#[derive(Debug)]
pub struct Vsftpd {
    _server: Server,
    folder: PathBuf,
    port: u16,
    user: String,
    password: String,
}

impl Vsftpd {
    /// Serves `root` as the account's whole world.
    ///
    /// # Errors
    /// vsftpd is not installed, the account cannot be made, or the server does not come up.
    pub fn start(root: &Path, options: &FtpOptions) -> Result<Self> {
        with_retries(|| Self::try_start(root, options))
    }

    fn try_start(root: &Path, options: &FtpOptions) -> Result<Self> {
        let folder = folder("ftp")?;
        let port = free_port()?;
        let password = format!("ftp{:024x}", rand::random::<u128>() >> 32);
        std::fs::create_dir_all(folder.join("empty"))?;
        let (user, account, undo) = if is_root() {
            let user = make_user(root, &password)?;
            let undo = ["userdel", "-f", &user].map(str::to_owned).to_vec();
            (user, system_account(&folder), undo)
        } else {
            std::fs::write(folder.join("passwords"), format!("{password}\n"))?;
            ("ftp".to_owned(), own_account(&folder, root)?, Vec::new())
        };
        let first = free_port()?;
        let configuration = format!(
            "listen=YES\nlisten_ipv6=NO\nlisten_address=127.0.0.1\nlisten_port={port}\n\
             background=NO\nconnect_from_port_20=NO\nport_enable=NO\npasv_enable=YES\n\
             pasv_min_port={first}\npasv_max_port={}\nseccomp_sandbox=NO\n\
             write_enable={}\nxferlog_enable=YES\nvsftpd_log_file={}\ndual_log_enable=NO\n\
             log_ftp_protocol=YES\nmax_login_fails=3\ndelay_failed_login=0\n{account}{}",
            first.saturating_add(40),
            if options.read_only { "NO" } else { "YES" },
            folder.join("ftp.log").display(),
            options.configuration,
        );
        let file = folder.join("vsftpd.conf");
        std::fs::write(&file, configuration)?;
        let mut command = Command::new(program("vsftpd"));
        command.arg(&file);
        let mut server = Server::start(command, &folder.join("log"), Some(&folder), &undo)?;
        server.wait_ready(|| listens(port))?;
        Ok(Self {
            _server: server,
            folder,
            port,
            user,
            password,
        })
    }

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

    /// Every command and answer so far, as vsftpd logs them.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("ftp.log")).unwrap_or_default()
    }
}

/// A system user closed in its home by vsftpd.
fn system_account(folder: &Path) -> String {
    format!(
        "anonymous_enable=NO\nlocal_enable=YES\nlocal_umask=022\nchroot_local_user=YES\n\
         allow_writeable_chroot=YES\npam_service_name=vsftpd\nsession_support=NO\n\
         secure_chroot_dir={}\n",
        folder.join("empty").display()
    )
}

/// The caller himself, for whom vsftpd allows only its anonymous account.
fn own_account(folder: &Path, root: &Path) -> Result<String> {
    let user = Command::new("id").arg("-un").output()?;
    Ok(format!(
        "run_as_launching_user=YES\nanonymous_enable=YES\nlocal_enable=NO\n\
         secure_email_list_enable=YES\nemail_password_file={}\nanon_root={}\n\
         ftp_username={}anon_upload_enable=YES\nanon_mkdir_write_enable=YES\n\
         anon_other_write_enable=YES\nanon_umask=022\nanon_world_readable_only=NO\n",
        folder.join("passwords").display(),
        root.display(),
        String::from_utf8(user.stdout)?,
    ))
}

/// Makes a system user whose home is `root`, with the web server's ids, so that PHP may read what
/// it uploads as on a shared host.
fn make_user(root: &Path, password: &str) -> Result<String> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    remove_leftovers();
    let user = format!(
        "wbtest{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let mut said = String::new();
    // useradd fails while somebody else holds the lock of the password file.
    wait_until("useradd", Duration::from_secs(20), || {
        let output = Command::new(program("useradd"))
            .args(["--no-log-init", "--no-create-home", "--no-user-group"])
            .args(["--non-unique", "--uid", "33", "--gid", "33"])
            .args(["--shell", "/bin/sh", "--home-dir"])
            .arg(root)
            .arg(&user)
            .output();
        match output {
            Ok(output) if output.status.success() => true,
            Ok(output) => {
                said = String::from_utf8_lossy(&output.stderr).into_owned();
                std::thread::sleep(Duration::from_millis(50));
                false
            }
            Err(error) => {
                said = error.to_string();
                false
            }
        }
    })
    .with_context(|| said.clone())?;
    set_password(&user, password)?;
    let owned = Command::new("chown")
        .args(["-R", "33:33"])
        .arg(root)
        .status()?;
    if !owned.success() {
        bail!("chown {}", root.display());
    }
    Ok(user)
}

fn set_password(user: &str, password: &str) -> Result<()> {
    use std::io::Write as _;
    wait_until("chpasswd", Duration::from_secs(20), || {
        Command::new(program("chpasswd"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .and_then(|mut child| {
                if let Some(mut input) = child.stdin.take() {
                    writeln!(input, "{user}:{password}")?;
                }
                child.wait()
            })
            .is_ok_and(|status| status.success())
    })
}

/// Removes accounts of test processes that were killed together with their guards.
fn remove_leftovers() {
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    for user in users.lines().filter_map(|line| line.split(':').next()) {
        let Some(process) = user
            .strip_prefix("wbtest")
            .and_then(|rest| rest.split('-').next())
        else {
            continue;
        };
        if !Path::new("/proc").join(process).exists() {
            let _ = Command::new(program("userdel"))
                .args(["-f", user])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
        }
    }
}

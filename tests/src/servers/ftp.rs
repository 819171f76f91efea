//! vsftpd with one account, closed in its own folder. As root the account is a system user made
//! for the purpose and removed again; otherwise vsftpd runs as the caller, who logs in as `ftp`
//! with a password from a list (all vsftpd can do without root).

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::{
    certificate::Certificate,
    newest_tls,
    process::{Server, folder, free_port, is_root, listens, program, with_retries},
    user::make_user,
};

/// How the connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FtpSecurity {
    /// Not at all.
    #[default]
    None,
    /// `AUTH TLS`, demanded for login and data.
    Explicit,
    /// As explicit, and a data connection must resume the control connection's session.
    ExplicitReuse,
    /// TLS from the first byte.
    Implicit,
}

/// How the server behaves.
#[derive(Debug, Clone, Default)]
pub struct FtpOptions {
    /// Uploads are refused, as on a read-only account.
    pub read_only: bool,
    /// No file may grow beyond a few kilobytes, as on a full account.
    pub full: bool,
    /// TLS.
    pub security: FtpSecurity,
    /// The certificate, where there is TLS.
    pub certificate: Option<Certificate>,
    /// TLS 1.3 alone.
    pub newest_tls: bool,
    /// More lines of vsftpd.conf.
    pub configuration: String,
}

/// An FTP server with one account.
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
             log_ftp_protocol=YES\nmax_login_fails=3\ndelay_failed_login=0\n{account}{}{}",
            first.saturating_add(40),
            if options.read_only { "NO" } else { "YES" },
            folder.join("ftp.log").display(),
            tls(&folder, options)?,
            options.configuration,
        );
        let file = folder.join("vsftpd.conf");
        std::fs::write(&file, configuration)?;
        let mut command = limited(&program("vsftpd"), options.full);
        command.arg(&file);
        if options.newest_tls {
            newest_tls::alone(&mut command, &folder)?;
        }
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

fn tls(folder: &Path, options: &FtpOptions) -> Result<String> {
    if options.security == FtpSecurity::None {
        return Ok(String::new());
    }
    let certificate = match &options.certificate {
        Some(given) => given.clone(),
        None => Certificate::self_signed()?,
    };
    let file = certificate.write(folder)?;
    let yes = |wanted: bool| if wanted { "YES" } else { "NO" };
    Ok(format!(
        "ssl_enable=YES\nrsa_cert_file={file}\nrsa_private_key_file={file}\n\
         force_local_logins_ssl=YES\nforce_local_data_ssl=YES\nssl_tlsv1=YES\nssl_ciphers=HIGH\n\
         require_ssl_reuse={}\nimplicit_ssl={}\n",
        yes(options.security == FtpSecurity::ExplicitReuse),
        yes(options.security == FtpSecurity::Implicit),
        file = file.display(),
    ))
}

/// A server whose files may not grow beyond 64 kilobytes when the account is to be full: writing
/// more fails then as it does on a full disk.
pub(super) fn limited(program: &Path, full: bool) -> Command {
    if !full {
        return Command::new(program);
    }
    let mut command = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 128; exec \"$@\"";
    command.args(["-c", script, "full"]).arg(program);
    command
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

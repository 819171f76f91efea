//! proftpd: FTPS by mod_tls as it comes (a data connection must resume the control connection's
//! session), or SFTP by mod_sftp, with one virtual account.

use std::{path::Path, process::Command};

use anyhow::Result;

use super::{
    FileServer,
    certificate::Certificate,
    host_key,
    process::{Server, folder, free_port, is_root, listens, unpacked, with_retries},
    virtual_user,
};

/// What it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProftpdProtocol {
    /// FTP with `AUTH TLS`, demanded.
    Explicit,
    /// FTP with TLS from the first byte.
    Implicit,
    /// SFTP.
    Sftp,
}

/// How it behaves.
#[derive(Debug, Clone)]
pub struct ProftpdOptions {
    /// What it speaks.
    pub protocol: ProftpdProtocol,
    /// Its certificate; none = one nobody vouches for.
    pub certificate: Option<Certificate>,
    /// The account's name and password; none = some.
    pub login: Option<(String, String)>,
    /// More lines of proftpd.conf.
    pub configuration: String,
    /// No file may grow beyond a few kilobytes.
    pub full: bool,
}

impl ProftpdOptions {
    /// As it comes.
    #[must_use]
    pub fn of(protocol: ProftpdProtocol) -> Self {
        Self {
            protocol,
            certificate: None,
            login: None,
            configuration: String::new(),
            full: false,
        }
    }
}

impl FileServer {
    /// proftpd, with `root` as the account's whole world.
    ///
    /// # Errors
    /// proftpd is not there, or does not come up.
    pub fn proftpd(root: &Path, options: &ProftpdOptions) -> Result<Self> {
        with_retries(|| start(root, options))
    }
}

fn start(root: &Path, options: &ProftpdOptions) -> Result<FileServer> {
    let folder = folder("proftpd")?;
    let port = free_port()?;
    let (user, password) = options.login.clone().unwrap_or_else(|| {
        let password = format!("pro{:032x}", rand::random::<u128>());
        ("winkel".to_owned(), password)
    });
    let passwords = folder.join("passwords");
    std::fs::write(
        &passwords,
        virtual_user::passwd_line(&user, &password, root)?,
    )?;
    no_others(&passwords)?;
    virtual_user::own(root)?;
    let (protocol, fingerprints) = match options.protocol {
        ProftpdProtocol::Sftp => sftp(&folder)?,
        ProftpdProtocol::Explicit | ProftpdProtocol::Implicit => tls(&folder, options)?,
    };
    let own = folder.display();
    let first = free_port()?;
    let last = first.saturating_add(40);
    let modules = unpacked("usr/lib/proftpd");
    let configuration = format!(
        "ModulePath {}\nLoadModule mod_tls.c\n\
         LoadModule mod_sftp.c\nServerType standalone\nServerName test\nDefaultAddress 127.0.0.1\n\
         Port {port}\nPassivePorts {first} {last}\nUseIPv6 off\nUseReverseDNS off\nWtmpLog off\n\
         User {}\nGroup {}\nPidFile {own}/pid\nScoreboardFile {own}/scoreboard\n\
         DelayEngine off\nSystemLog {own}/log\nTransferLog none\nAuthPAM off\n\
         AuthOrder mod_auth_file.c\nAuthUserFile {}\nRequireValidShell off\nDefaultRoot ~\n\
         Umask 022\nAllowOverwrite on\nMaxLoginAttempts 5\n{protocol}{}{}",
        modules.display(),
        own_name("-un")?,
        own_name("-gn")?,
        passwords.display(),
        // Its processes catch the signal by which other servers are kept from growing a file.
        if options.full {
            "MaxStoreFileSize 64 Kb\n"
        } else {
            ""
        },
        options.configuration,
    );
    let file = folder.join("proftpd.conf");
    std::fs::write(&file, configuration)?;
    let mut command = Command::new(unpacked("usr/sbin/proftpd"));
    command.arg("-n").arg("-c").arg(&file);
    let mut server = Server::start(command, &folder.join("log"), Some(&folder), &[])?;
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

fn tls(folder: &Path, options: &ProftpdOptions) -> Result<(String, Vec<String>)> {
    let certificate = match &options.certificate {
        Some(given) => given.clone(),
        None => Certificate::self_signed()?,
    };
    let file = certificate.write(folder)?;
    let file = file.display();
    let implicit = match options.protocol {
        ProftpdProtocol::Implicit => "TLSOptions UseImplicitSSL\n",
        _ => "",
    };
    let lines = format!(
        "TLSEngine on\nTLSLog {}/log\nTLSRequired on\nTLSECCertificateFile {file}\n\
         TLSECCertificateKeyFile {file}\n{implicit}",
        folder.display()
    );
    Ok((lines, vec![certificate.fingerprint().to_owned()]))
}

fn sftp(folder: &Path) -> Result<(String, Vec<String>)> {
    let mut lines = format!("SFTPEngine on\nSFTPLog {}/log\n", folder.display());
    let mut fingerprints = Vec::new();
    for kind in host_key::KINDS {
        let (file, fingerprint) = host_key::make(folder, kind, "")?;
        lines.push_str(&format!("SFTPHostKey {}\n", file.display()));
        fingerprints.push(fingerprint);
    }
    Ok((lines, fingerprints))
}

/// Whom the server runs as: the web server's user, or ourselves when we are not root.
fn own_name(flag: &str) -> Result<String> {
    if is_root() {
        return Ok("www-data".to_owned());
    }
    let output = Command::new("id").arg(flag).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

fn no_others(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
    Ok(())
}

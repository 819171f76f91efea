//! Getting one file into one folder of a web host, whatever the protocol. Files are written and
//! deleted by name alone in the folder the transport is in, and no folder is ever made.

use async_trait::async_trait;

use super::{ftp::Ftp, ftp_secure, sftp::Sftp};
use crate::{
    failure::Result,
    profile::{
        Secret,
        settings::{Upload, UploadProtocol},
    },
    shop::keys::Known,
};

/// What opens an account, and what is known of its server.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Password; none when a key file opens the account.
    pub password: Option<Secret>,
    /// Passphrase of the key file.
    pub key_passphrase: Option<Secret>,
    /// Which host key or certificate the server must show.
    pub known: Known,
    /// Extra certificate authority, as the web server's.
    pub ca_file: String,
}

/// A name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name alone.
    pub name: String,
    /// Is it a folder (or leads to one)? None when the server does not tell.
    pub is_folder: Option<bool>,
    /// Does it lead to something elsewhere, as far as the server tells?
    pub is_link: bool,
}

/// A folder on the web host. Failures name their cause: wrong password, no right to write, disk
/// full, connection lost.
#[async_trait]
pub trait Transport: Send {
    /// Names in the folder, folders included.
    async fn list(&mut self) -> Result<Vec<String>>;
    /// Where the account begins, as the server tells it after the login; may be empty.
    fn start(&self) -> &str;
    /// Goes to another folder: its path relative to where the account begins, or from the root.
    async fn enter(&mut self, folder: &str) -> Result<()>;
    /// What is in another folder: its path relative to where the account begins, or from the root;
    /// empty = where the account begins.
    async fn list_in(&mut self, path: &str) -> Result<Vec<Entry>>;
    /// Names in a folder seen from this one (`app/etc`, `../config`); none when there is no such folder.
    async fn names_in(&mut self, folder: &str) -> Result<Vec<String>>;
    /// Writes a new file, byte for byte.
    async fn put(&mut self, name: &str, bytes: &[u8]) -> Result<()>;
    /// Reads a file, byte for byte; it may be in a folder seen from this one (`app/Mage.php`).
    async fn get(&mut self, name: &str) -> Result<Vec<u8>>;
    /// A file's size; none when the server cannot tell.
    async fn size(&mut self, name: &str) -> Result<Option<u64>>;
    /// Is there such a name?
    async fn exists(&mut self, name: &str) -> Result<bool> {
        Ok(self.list().await?.iter().any(|found| found == name))
    }
    /// Deletes a file. No error when there is none.
    async fn delete(&mut self, name: &str) -> Result<()>;
    /// Says goodbye; a failure no longer matters.
    async fn close(&mut self);
}

/// Logs in and goes to `folder`, by the profile's protocol and no other.
///
/// # Errors
/// The server speaks another protocol (`upload-protocol-mismatch`), its key is not trusted, it
/// refuses the password or key, or has no such folder.
pub async fn open(upload: &Upload, access: &Access, folder: &str) -> Result<Box<dyn Transport>> {
    Ok(match upload.protocol {
        UploadProtocol::Ftp | UploadProtocol::Ftps | UploadProtocol::FtpsImplicit => {
            Box::new(Ftp::open(upload, access, folder).await?)
        }
        UploadProtocol::Sftp => Box::new(Sftp::open(upload, access, folder).await?),
    })
}

/// Fingerprint of the host key or certificate the server shows when it is not the known one.
/// Nobody logs in; a server that cannot be reached shows none.
pub async fn untrusted(upload: &Upload, access: &Access) -> Option<String> {
    match upload.protocol {
        UploadProtocol::Ftp => None,
        UploadProtocol::Ftps | UploadProtocol::FtpsImplicit => {
            ftp_secure::untrusted(upload, access).await
        }
        UploadProtocol::Sftp => super::sftp::untrusted(upload, access).await,
    }
}

fn name(protocol: UploadProtocol) -> &'static str {
    match protocol {
        UploadProtocol::Ftp => "ftp",
        UploadProtocol::Ftps => "ftps",
        UploadProtocol::FtpsImplicit => "ftps-implicit",
        UploadProtocol::Sftp => "sftp",
    }
}

/// The port a protocol has by itself.
pub(super) fn usual_port(protocol: UploadProtocol) -> u16 {
    match protocol {
        UploadProtocol::Ftp | UploadProtocol::Ftps => 21,
        UploadProtocol::FtpsImplicit => 990,
        UploadProtocol::Sftp => 22,
    }
}

/// The port of an upload.
pub(super) fn port(upload: &Upload) -> u16 {
    match upload.port {
        0 => usual_port(upload.protocol),
        port => port,
    }
}

/// The host as the network knows it: an IPv6 address may stand in brackets in the profile.
pub(super) fn bare_host(upload: &Upload) -> &str {
    let host = upload.host.as_str();
    host.strip_prefix('[')
        .and_then(|inside| inside.strip_suffix(']'))
        .unwrap_or(host)
}

/// The server of an upload as the journal keeps it: `ftp://user@host:port`.
#[must_use]
pub fn server(upload: &Upload) -> String {
    let (protocol, port) = (name(upload.protocol), port(upload));
    format!("{protocol}://{}@{}:{port}", upload.user, upload.host)
}

/// The host of a server as [`server`] writes it.
#[must_use]
pub fn host(server: &str) -> &str {
    let (_, place) = server.rsplit_once('@').unwrap_or(("", server));
    place.rsplit_once(':').map_or(place, |(host, _)| host)
}

/// Where a key is trusted: `sftp://host:port`.
#[must_use]
pub fn place(upload: &Upload) -> String {
    let (protocol, port) = (name(upload.protocol), port(upload));
    format!("{protocol}://{}:{port}", upload.host)
}

/// A file's path on the server, from its folder and name.
#[must_use]
pub fn path(folder: &str, name: &str) -> String {
    match folder.trim_end_matches('/') {
        "" if folder.starts_with('/') => format!("/{name}"),
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

/// Folder and name of a path made by [`path`].
#[must_use]
pub fn split(path: &str) -> (&str, &str) {
    match path.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some(parts) => parts,
        None => ("", path),
    }
}

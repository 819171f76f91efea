//! Getting one file into one folder of a web host, whatever the protocol. Names only, no paths:
//! the folder is chosen when the transport is opened, and no folder is ever made.

use async_trait::async_trait;

use super::ftp::Ftp;
use crate::{
    failure::{Failure, Result},
    profile::{
        Secret,
        settings::{Upload, UploadProtocol},
    },
    text,
};

/// A folder on the web host. Failures name their cause: wrong password, no right to write, disk
/// full, connection lost.
#[async_trait]
pub trait Transport: Send {
    /// Names in the folder, folders included.
    async fn list(&mut self) -> Result<Vec<String>>;
    /// Names in a folder seen from this one (`app/etc`, `../config`); none when there is no such folder.
    async fn names_in(&mut self, folder: &str) -> Result<Vec<String>>;
    /// Writes a new file, byte for byte.
    async fn put(&mut self, name: &str, bytes: &[u8]) -> Result<()>;
    /// Reads a file, byte for byte.
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

/// Logs in and goes to `folder`.
///
/// # Errors
/// `not-yet-available` for protocols other than plain FTP; otherwise what the server says.
pub async fn open(upload: &Upload, password: &Secret, folder: &str) -> Result<Box<dyn Transport>> {
    let protocol = match upload.protocol {
        UploadProtocol::Ftp => return Ok(Box::new(Ftp::open(upload, password, folder).await?)),
        UploadProtocol::Ftps => "ftps",
        UploadProtocol::FtpsImplicit => "ftps-implicit",
        UploadProtocol::Sftp => "sftp",
    };
    Err(Failure::misconfigured(
        "not-yet-available",
        text!(
            "shop.upload.protocol = \"{protocol}\" kan deze versie nog niet",
            "shop.upload.protocol = \"{protocol}\" is not in this version yet"
        ),
    )
    .hint(text!(
        "Zet protocol op \"ftp\", of wacht op een volgende versie",
        "Set protocol to \"ftp\", or wait for a later version"
    )))
}

/// The server of an upload as the journal keeps it: `ftp://user@host:port`.
#[must_use]
pub fn server(upload: &Upload) -> String {
    let (protocol, port) = match upload.protocol {
        UploadProtocol::Ftp => ("ftp", 21),
        UploadProtocol::Ftps => ("ftps", 21),
        UploadProtocol::FtpsImplicit => ("ftps-implicit", 990),
        UploadProtocol::Sftp => ("sftp", 22),
    };
    let port = if upload.port == 0 { port } else { upload.port };
    format!("{protocol}://{}@{}:{port}", upload.user, upload.host)
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

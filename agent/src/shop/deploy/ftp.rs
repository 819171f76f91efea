//! FTP, plain or over TLS: binary, passive, every step within its time. Plain FTP sends the password
//! readable over the network; `check` says so.

use std::{future::Future, io, sync::Arc, time::Duration};

use async_trait::async_trait;
use suppaftp::{FtpError, Mode, Status, tokio::AsyncRustlsFtpStream, types::FileType};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};

use super::{
    ftp_listing::{Lines, Listing, is_empty_folder, unknown_command},
    ftp_secure::{self, Tickets},
    reach::step,
    refusals::{self, At},
    said::Server,
    transport::{Access, Entry, Transport, path},
};
use crate::{
    failure::Result,
    profile::settings::{Upload, UploadProtocol},
    shop::tls::Trust,
};

/// Most bytes read back: nothing of ours is longer.
const READ_CAP: u64 = 4 << 20;
/// For the server to close its side after an upload.
const DRAIN: Duration = Duration::from_secs(5);
/// For the goodbye.
pub(super) const GOODBYE: Duration = Duration::from_secs(5);
/// What this room's failures begin with.
pub(super) const FTP: Server = Server::Ftp;

/// A logged-in connection, in its folder.
pub struct Ftp {
    stream: AsyncRustlsFtpStream,
    secured: bool,
    tickets: Arc<Tickets>,
    /// How many it had after the login.
    had: usize,
    upload: Upload,
    access: Access,
    /// The folder it is in; empty = where the account begins.
    folder: String,
    /// Is it known how this server opens data connections, by PASV or by EPSV?
    settled: bool,
    /// Does the server know MLSD, as far as it is known?
    facts: bool,
    /// Where the account begins.
    start: String,
}

impl Ftp {
    /// Connects, logs in and goes to the folder.
    ///
    /// # Errors
    /// Host not found, refused, another protocol, a certificate that is not trusted, wrong
    /// password, folder missing.
    pub async fn open(upload: &Upload, access: &Access, folder: &str) -> Result<Self> {
        let trust = Trust::new(access.known.clone(), &access.ca_file)?;
        let (stream, tickets) = ftp_secure::connect(upload, &trust).await?;
        let secured = upload.protocol != UploadProtocol::Ftp;
        let start = String::new();
        let mut ftp = Self {
            stream,
            secured,
            tickets,
            had: 0,
            upload: upload.clone(),
            access: access.clone(),
            folder: folder.to_owned(),
            settled: false,
            facts: true,
            start,
        };
        ftp.log_in(upload, access).await?;
        if !folder.is_empty() {
            ftp.go(folder, folder).await?;
        }
        ftp.had = ftp.tickets.left();
        Ok(ftp)
    }

    /// Logs in anew where the server gave tickets with the login, and fewer than wanted are left: a
    /// data connection without one would be refused by a server that demands it.
    async fn want_tickets(&mut self, wanted: usize) -> Result<()> {
        let left = self.tickets.left();
        if left >= wanted.min(self.had) {
            return Ok(());
        }
        tracing::debug!(left, "logging in anew for new TLS tickets");
        self.close().await;
        let (upload, access) = (self.upload.clone(), self.access.clone());
        let folder = self.folder.clone();
        *self = Self::open(&upload, &access, &folder).await?;
        Ok(())
    }

    async fn go(&mut self, there: &str, shown: &str) -> Result<()> {
        match within_raw(self.stream.cwd(there)).await? {
            Err(FtpError::UnexpectedResponse(_)) => Err(FTP.folder_missing(shown)),
            other => other.map_err(|error| refusals::of(At::Folder, self.secured, error)),
        }
    }

    /// A path from where the account begins.
    fn absolute(&self, folder: &str) -> String {
        if folder.starts_with('/') {
            return folder.to_owned();
        }
        match path(&self.start, folder) {
            nowhere if nowhere.is_empty() => ".".to_owned(),
            there => there,
        }
    }

    async fn log_in(&mut self, upload: &Upload, access: &Access) -> Result<()> {
        let stream = &mut self.stream;
        let peer = stream.get_ref().await.peer_addr();
        let four = peer.is_ok_and(|peer| peer.is_ipv4());
        // IPv6 has no PASV; behind NAT servers announce an address that leads nowhere.
        stream.set_mode(if four {
            Mode::Passive
        } else {
            Mode::ExtendedPassive
        });
        stream.set_passive_nat_workaround(four);
        self.settled = !four;
        let password = access
            .password
            .as_ref()
            .map_or("", |secret| secret.expose());
        let login = stream.login(upload.user.as_str(), password);
        within(At::Login, self.secured, login).await?;
        let stream = &mut self.stream;
        within(
            At::Folder,
            self.secured,
            stream.transfer_type(FileType::Binary),
        )
        .await?;
        // A server that does not tell where we are begins at the root of what it shows.
        self.start = within_raw(self.stream.pwd()).await?.unwrap_or_default();
        Ok(())
    }

    /// A listing, by EPSV where the server knows or allows no PASV.
    async fn lines(&mut self, how: Listing<'_>) -> Result<suppaftp::FtpResult<Lines>> {
        self.want_tickets(1).await?;
        let first = within_raw(how.ask(&mut self.stream)).await?;
        let refused = matches!(&first, Err(FtpError::UnexpectedResponse(response))
            if unknown_command(response.status) || is_empty_folder(response.status));
        self.settled |= first.is_ok();
        if !refused || self.settled {
            return Ok(first);
        }
        self.stream.set_mode(Mode::ExtendedPassive);
        let second = within_raw(how.ask(&mut self.stream)).await?;
        if let Err(FtpError::UnexpectedResponse(_)) = &second {
            self.stream.set_mode(Mode::Passive);
            return Ok(first);
        }
        self.settled = true;
        Ok(second)
    }

    async fn entries(&mut self, how: Listing<'_>) -> Result<Option<Vec<Entry>>> {
        match self.lines(how).await? {
            Ok(Lines::All(lines)) => Ok(Some(
                lines.iter().filter_map(|line| how.entry(line)).collect(),
            )),
            Ok(Lines::Endless) => Err(FTP.endless()),
            Err(FtpError::UnexpectedResponse(response)) if unknown_command(response.status) => {
                self.facts &= !matches!(how, Listing::Facts(_));
                Ok(None)
            }
            // Some servers call an empty folder 450 or 550; where there are other ways to ask, it
            // may also be the way that is not allowed.
            Err(FtpError::UnexpectedResponse(response)) if is_empty_folder(response.status) => {
                Ok((!matches!(how, Listing::Facts(_))).then(Vec::new))
            }
            Err(error) => Err(refusals::of(At::List, self.secured, error)),
        }
    }
}

#[async_trait]
impl Transport for Ftp {
    async fn list(&mut self) -> Result<Vec<String>> {
        let found = match self.entries(Listing::Names(None)).await? {
            Some(found) => Some(found),
            None => self.entries(Listing::Readable(None)).await?,
        };
        let found = found.ok_or_else(|| FTP.strange())?;
        Ok(found.into_iter().map(|entry| entry.name).collect())
    }

    fn start(&self) -> &str {
        &self.start
    }

    async fn enter(&mut self, folder: &str) -> Result<()> {
        let there = self.absolute(folder);
        self.go(&there, folder).await?;
        self.folder = there;
        Ok(())
    }

    async fn list_in(&mut self, folder: &str) -> Result<Vec<Entry>> {
        let there = self.absolute(folder);
        for how in [
            Listing::Facts(&there),
            Listing::Readable(Some(&there)),
            Listing::Names(Some(&there)),
        ] {
            if matches!(how, Listing::Facts(_)) && !self.facts {
                continue;
            }
            if let Some(found) = self.entries(how).await? {
                return Ok(found);
            }
        }
        Err(FTP.strange())
    }

    async fn names_in(&mut self, folder: &str) -> Result<Vec<String>> {
        for how in [
            Listing::Names(Some(folder)),
            Listing::Readable(Some(folder)),
        ] {
            if let Some(found) = self.entries(how).await? {
                return Ok(found.into_iter().map(|entry| entry.name).collect());
            }
        }
        Err(FTP.strange())
    }

    async fn put(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        // One more for reading it back.
        self.want_tickets(2).await?;
        // As a command of our own: where a data connection breaks, the library's upload tells only
        // that, and throws away the server's word on why (a full disk).
        let opened = self.stream.custom_data_command(
            format!("STOR {name}"),
            &[Status::AboutToSend, Status::AlreadyOpen],
        );
        let (_, mut transfer) = within(At::Put, self.secured, opened).await?;
        let written = timeout(step(), async {
            transfer.write_all(bytes).await?;
            transfer.flush().await?;
            transfer.shutdown().await
        })
        .await
        .map_err(|_| FTP.late())?;
        // Closing with something unread (TLS session tickets) resets the connection, and the server
        // may then lose the file's end; also, the next data connection resumes by these tickets.
        let _ = timeout(DRAIN, transfer.read_to_end(&mut Vec::new())).await;
        within(At::Put, self.secured, transfer.finish()).await?;
        FTP.io(written)
    }

    async fn get(&mut self, name: &str) -> Result<Vec<u8>> {
        self.want_tickets(1).await?;
        let opened = self.stream.retr_as_stream(name);
        let mut transfer = within(At::Get, self.secured, opened).await?;
        let mut bytes = Vec::new();
        let read = timeout(
            step(),
            (&mut transfer).take(READ_CAP).read_to_end(&mut bytes),
        )
        .await
        .map_err(|_| FTP.late())?;
        match read {
            // Not every server ends TLS as it should; what was read is compared by the caller.
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                return Err(FTP.lost().source(error));
            }
            // More than anything of ours holds: what the server says of the broken end does not matter.
            _ if bytes.len() as u64 >= READ_CAP => drop(transfer),
            _ => within(At::Get, self.secured, transfer.finish()).await?,
        }
        Ok(bytes)
    }

    async fn size(&mut self, name: &str) -> Result<Option<u64>> {
        match within_raw(self.stream.size(name)).await? {
            Ok(size) => Ok(Some(size as u64)),
            Err(FtpError::UnexpectedResponse(_)) => Ok(None),
            Err(error) => Err(refusals::of(At::Get, self.secured, error)),
        }
    }

    /// Some servers cut a long listing off, so a name that is not in it may still be there: the
    /// file itself is asked for first.
    async fn exists(&mut self, name: &str) -> Result<bool> {
        Ok(self.size(name).await?.is_some() || self.list().await?.iter().any(|one| one == name))
    }

    async fn delete(&mut self, name: &str) -> Result<()> {
        match within_raw(self.stream.rm(name)).await? {
            // Servers say the same of a file that is not there and of one that may not be deleted.
            Err(FtpError::UnexpectedResponse(response))
                if is_empty_folder(response.status) && !self.exists(name).await? =>
            {
                Ok(())
            }
            other => other.map_err(|error| refusals::of(At::Delete, self.secured, error)),
        }
    }

    async fn close(&mut self) {
        let _ = timeout(GOODBYE, self.stream.quit()).await;
    }
}

pub(super) async fn within_raw<T>(
    work: impl Future<Output = suppaftp::FtpResult<T>>,
) -> Result<suppaftp::FtpResult<T>> {
    timeout(step(), work).await.map_err(|_| FTP.late())
}

pub(super) async fn within<T>(
    at: At,
    secured: bool,
    work: impl Future<Output = suppaftp::FtpResult<T>>,
) -> Result<T> {
    within_raw(work)
        .await?
        .map_err(|error| refusals::of(at, secured, error))
}

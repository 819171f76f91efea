//! FTP, plain or over TLS: binary, passive, every step within its time. Plain FTP sends the password
//! readable over the network; `check` says so.

use std::{future::Future, io, sync::Arc, time::Duration};

use async_trait::async_trait;
use suppaftp::{
    FtpError, Mode, Status,
    list::ListParser,
    tokio::{AsyncRustlsConnector, AsyncRustlsFtpStream},
    types::FileType,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    reach::{self, Reached, STEP, Speaks},
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
/// What this room's failures begin with.
const FTP: Server = Server::Ftp;

/// A logged-in connection, in its folder.
pub struct Ftp {
    stream: AsyncRustlsFtpStream,
    secured: bool,
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
        let stream = connect(upload, &trust).await?;
        let secured = upload.protocol != UploadProtocol::Ftp;
        let start = String::new();
        let mut ftp = Self {
            stream,
            secured,
            settled: false,
            facts: true,
            start,
        };
        ftp.log_in(upload, access).await?;
        if !folder.is_empty() {
            ftp.go(folder, folder).await?;
        }
        Ok(ftp)
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
    async fn lines(&mut self, how: Listing<'_>) -> Result<suppaftp::FtpResult<Vec<String>>> {
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
            Ok(lines) => Ok(Some(
                lines.iter().filter_map(|line| how.entry(line)).collect(),
            )),
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

/// How a folder is asked for.
#[derive(Debug, Clone, Copy)]
enum Listing<'a> {
    /// Names alone.
    Names(Option<&'a str>),
    /// RFC 3659: the form every server that has it agrees on.
    Facts(&'a str),
    /// As people read it: in the way of Unix or of Windows.
    Readable(Option<&'a str>),
}

impl Listing<'_> {
    async fn ask(self, stream: &mut AsyncRustlsFtpStream) -> suppaftp::FtpResult<Vec<String>> {
        match self {
            Self::Names(path) => stream.nlst(path).await,
            Self::Facts(path) => stream.mlsd(Some(path)).await,
            Self::Readable(path) => stream.list(path).await,
        }
    }

    fn entry(self, line: &str) -> Option<Entry> {
        let (name, is_folder, is_link) = match self {
            Self::Names(_) => {
                let name = line.trim_end_matches('/').rsplit('/').next()?;
                (name.to_owned(), None, false)
            }
            Self::Facts(_) => {
                // The folder itself and the one above it have types of their own.
                let facts = line.split(' ').next().unwrap_or_default().to_lowercase();
                if facts.contains("type=cdir") || facts.contains("type=pdir") {
                    return None;
                }
                let found = ListParser::parse_mlsd(line).ok()?;
                let linked = facts.contains("type=os.unix=slink") || found.is_symlink();
                let folder = (!linked).then(|| found.is_directory());
                (found.name().to_owned(), folder, linked)
            }
            Self::Readable(_) => {
                let found = ListParser::parse_posix(line)
                    .or_else(|_| ListParser::parse_dos(line))
                    .ok()?;
                let linked = found.is_symlink();
                let folder = (!linked).then(|| found.is_directory());
                (found.name().to_owned(), folder, linked)
            }
        };
        (!name.is_empty() && name != "." && name != "..").then_some(Entry {
            name,
            is_folder,
            is_link,
        })
    }
}

fn unknown_command(status: Status) -> bool {
    matches!(
        status,
        Status::BadCommand
            | Status::BadArguments
            | Status::NotImplemented
            | Status::CommandNotImplemented
            | Status::NotImplementedParameter
    )
}

fn is_empty_folder(status: Status) -> bool {
    matches!(
        status,
        Status::RequestFileActionIgnored | Status::FileUnavailable
    )
}

/// Connects, and secures the connection where the protocol says so. No name is sent before that.
async fn connect(upload: &Upload, trust: &Arc<Trust>) -> Result<AsyncRustlsFtpStream> {
    secured(upload, trust).await.map_err(|failure| {
        trust
            .failure(&upload.host, "[shop.upload]")
            .unwrap_or(failure)
    })
}

/// As [`connect`]; a certificate that is refused is still with `trust`.
async fn secured(upload: &Upload, trust: &Arc<Trust>) -> Result<AsyncRustlsFtpStream> {
    let reached = reach::connect(FTP, upload).await?;
    if upload.protocol == UploadProtocol::FtpsImplicit {
        return implicit(upload, &reached, trust).await;
    }
    let speaks = reach::greeting(&reached, &upload.host).await;
    if let Some(failure) = reach::mismatch(speaks, upload) {
        return Err(failure);
    }
    let plain = AsyncRustlsFtpStream::connect_with_stream(reached.socket);
    let plain = within(At::Login, false, plain).await?;
    if upload.protocol == UploadProtocol::Ftp {
        return Ok(plain);
    }
    let secured = plain.into_secure(connector(trust)?, &upload.host);
    within_raw(secured).await?.map_err(|error| match error {
        FtpError::UnexpectedResponse(response) => refusals::no_tls(&response),
        other => refusals::of(At::Login, true, other),
    })
}

async fn implicit(
    upload: &Upload,
    reached: &Reached,
    trust: &Arc<Trust>,
) -> Result<AsyncRustlsFtpStream> {
    let (address, host) = (reached.address, upload.host.as_str());
    let secured = AsyncRustlsFtpStream::connect_secure_implicit(address, connector(trust)?, host);
    let mut stream = match within_raw(secured).await? {
        Ok(stream) => stream,
        Err(error) => {
            let speaks = if trust.has_refused() {
                Speaks::Tls
            } else {
                reach::second_look(address).await
            };
            let mismatch = match speaks {
                Speaks::Ftp | Speaks::Ssh => reach::mismatch(speaks, upload),
                Speaks::Tls | Speaks::Other | Speaks::Nothing => None,
            };
            return Err(mismatch.unwrap_or_else(|| refusals::of(At::Login, true, error)));
        }
    };
    for command in ["PBSZ 0", "PROT P"] {
        let protected = stream.custom_command(command, &[Status::CommandOk]);
        within_raw(protected).await?.map_err(|error| match error {
            FtpError::UnexpectedResponse(response) => refusals::no_tls(&response),
            other => refusals::of(At::Login, true, other),
        })?;
    }
    Ok(stream)
}

/// One configuration for the control connection and all data connections: servers such as vsftpd
/// (`require_ssl_reuse`) and proftpd take a data connection only when it resumes the session of
/// the control connection, which is kept in the configuration.
fn connector(trust: &Arc<Trust>) -> Result<AsyncRustlsConnector> {
    Ok(AsyncRustlsConnector::from(TlsConnector::from(Arc::new(
        trust.resuming_config()?,
    ))))
}

/// See [`super::transport::untrusted`].
pub(super) async fn untrusted(upload: &Upload, access: &Access) -> Option<String> {
    let trust = Trust::new(access.known.clone(), &access.ca_file).ok()?;
    match secured(upload, &trust).await {
        Ok(mut stream) => {
            let _ = timeout(Duration::from_secs(5), stream.quit()).await;
            None
        }
        Err(_) => trust.refused(),
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
        self.go(&there, folder).await
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
        // As a command of our own: where a data connection breaks, the library's upload tells only
        // that, and throws away the server's word on why (a full disk).
        let opened = self.stream.custom_data_command(
            format!("STOR {name}"),
            &[Status::AboutToSend, Status::AlreadyOpen],
        );
        let (_, mut transfer) = within(At::Put, self.secured, opened).await?;
        let written = timeout(STEP, async {
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
        let opened = self.stream.retr_as_stream(name);
        let mut transfer = within(At::Get, self.secured, opened).await?;
        let mut bytes = Vec::new();
        let read = timeout(STEP, (&mut transfer).take(READ_CAP).read_to_end(&mut bytes))
            .await
            .map_err(|_| FTP.late())?;
        match read {
            // Not every server ends TLS as it should; what was read is compared by the caller.
            Err(error) if error.kind() != io::ErrorKind::UnexpectedEof => {
                return Err(FTP.lost().source(error));
            }
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

    async fn delete(&mut self, name: &str) -> Result<()> {
        if !self.exists(name).await? {
            return Ok(());
        }
        within(At::Delete, self.secured, self.stream.rm(name)).await
    }

    async fn close(&mut self) {
        let _ = timeout(Duration::from_secs(5), self.stream.quit()).await;
    }
}

async fn within_raw<T>(
    step: impl Future<Output = suppaftp::FtpResult<T>>,
) -> Result<suppaftp::FtpResult<T>> {
    timeout(STEP, step).await.map_err(|_| FTP.late())
}

async fn within<T>(
    at: At,
    secured: bool,
    step: impl Future<Output = suppaftp::FtpResult<T>>,
) -> Result<T> {
    within_raw(step)
        .await?
        .map_err(|error| refusals::of(at, secured, error))
}

#[cfg(test)]
mod tests {
    use super::{Entry, Listing};

    fn entry(how: Listing<'_>, line: &str) -> Option<(String, Option<bool>)> {
        how.entry(line).map(
            |Entry {
                 name, is_folder, ..
             }| (name, is_folder),
        )
    }

    #[test]
    fn folders_are_told_from_files_in_every_way_of_listing() {
        let readable = Listing::Readable(None);
        let told = |line, name: &str, folder| {
            assert_eq!(
                entry(readable, line),
                Some((name.to_owned(), folder)),
                "{line}"
            );
        };
        told(
            "drwxr-xr-x   2 33 33 4096 Nov 05 13:46 public_html",
            "public_html",
            Some(true),
        );
        told(
            "-rw-r--r--   1 33 33  120 Nov 05  2018 index.php",
            "index.php",
            Some(false),
        );
        told(
            "lrwxrwxrwx   1 33 33   11 Nov 05  2018 www -> public_html",
            "www",
            None,
        );
        told(
            "01-23-26  10:45AM       <DIR>          wwwroot",
            "wwwroot",
            Some(true),
        );
        told(
            "01-23-26  10:45AM                 1204 config.php",
            "config.php",
            Some(false),
        );
        assert_eq!(entry(readable, "total 12"), None);

        let facts = Listing::Facts("");
        assert_eq!(entry(facts, "type=cdir;modify=20261119151930; ."), None);
        assert_eq!(
            entry(facts, "type=dir;modify=20261119151930; httpdocs"),
            Some(("httpdocs".to_owned(), Some(true)))
        );
        let names = Listing::Names(None);
        assert_eq!(entry(names, "/site/www/"), Some(("www".to_owned(), None)));
        assert_eq!(entry(names, "."), None);
    }
}

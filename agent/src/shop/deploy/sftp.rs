//! SFTP by libssh2, which blocks: every step runs on a thread of its own, within its time. Nothing
//! is sent, not even the user's name, before the host key is the known one.

use std::{
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use async_trait::async_trait;
use ssh2::{Error, ErrorCode, FileStat, MethodType, OpenFlags, OpenType, Session};
use tokio::task::spawn_blocking;

use super::{
    ftp_listing::LONGEST,
    reach::{self, step},
    said::Server,
    sftp_login,
    transport::{Access, Entry, Transport, path},
};
use crate::{
    failure::{Failure, Result},
    profile::settings::Upload,
    shop::keys::{self, Kind},
    text,
};

/// Most bytes read back: nothing of ours is longer.
const READ_CAP: u64 = 4 << 20;
/// Most names of one folder.
const MOST_NAMES: usize = 300_000;
/// Most links of one folder that are followed to see whether they lead to a folder.
const MOST_LINKS: usize = 200;
/// Rights of a file we write: the web server often is another user of the host.
const RIGHTS: i32 = 0o644;
/// What this room's failures begin with.
const SFTP: Server = Server::Sftp;

/// libssh2's numbers that matter here (libssh2.h and libssh2_sftp.h).
mod number {
    pub const SOCKET_SEND: i32 = -7;
    pub const TIMEOUT: i32 = -9;
    pub const SOCKET_DISCONNECT: i32 = -13;
    pub const FILE: i32 = -16;
    pub const SOCKET_TIMEOUT: i32 = -30;
    pub const SFTP_PROTOCOL: i32 = -31;
    pub const SOCKET_RECV: i32 = -43;
    pub const NO_SUCH_FILE: i32 = 2;
    pub const PERMISSION_DENIED: i32 = 3;
    pub const FAILURE: i32 = 4;
    pub const NO_SUCH_PATH: i32 = 10;
    pub const WRITE_PROTECT: i32 = 12;
    pub const NO_SPACE: i32 = 14;
    pub const QUOTA: i32 = 15;
}

/// Kinds of host keys, asked for one after the other when the server's first choice is not the one
/// the owner knows: a server has several.
const HOST_KEYS: [&str; 3] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521",
    "rsa-sha2-512,rsa-sha2-256",
];

/// What was being done when the server refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    List,
    Put,
    Get,
    Delete,
}

/// A logged-in connection, and its folder.
pub struct Sftp {
    open: Arc<Mutex<Open>>,
    /// Where the account begins.
    start: String,
}

struct Open {
    sftp: ssh2::Sftp,
    session: Session,
    folder: PathBuf,
}

impl Sftp {
    /// Connects, logs in and finds the folder.
    ///
    /// # Errors
    /// Host not found, refused, another protocol, a host key that is not known, wrong password or
    /// key, folder missing.
    pub async fn open(upload: &Upload, access: &Access, folder: &str) -> Result<Self> {
        let session = known_host(upload, access).await?;
        let (upload, access) = (upload.clone(), access.clone());
        let folder = folder.to_owned();
        let (open, start) = on_a_thread(move || {
            sftp_login::log_in(&session, &upload, &access)?;
            begin(session, &folder)
        })
        .await?;
        Ok(Self {
            open: Arc::new(Mutex::new(open)),
            start,
        })
    }

    /// A path from where the account begins.
    fn absolute(&self, folder: &str) -> String {
        if folder.starts_with('/') {
            folder.to_owned()
        } else {
            path(&self.start, folder)
        }
    }

    async fn step<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Open) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let open = Arc::clone(&self.open);
        on_a_thread(move || work(&mut open.lock().unwrap_or_else(PoisonError::into_inner))).await
    }
}

/// A session whose host key is the known one.
async fn known_host(upload: &Upload, access: &Access) -> Result<Session> {
    let (session, first) = handshake(upload, None).await?;
    let expected = access.known.expected();
    if expected == Some(&first) {
        return Ok(session);
    }
    if let Some(expected) = expected {
        for kinds in HOST_KEYS {
            // A server that lacks this kind of key does not matter.
            if let Ok((session, shown)) = handshake(upload, Some(kinds)).await
                && shown == expected
            {
                return Ok(session);
            }
        }
    }
    let (host, table) = (upload.host.as_str(), "[shop.upload]");
    Err(keys::refused(
        Kind::HostKey,
        host,
        table,
        &first,
        &access.known,
        "",
    ))
}

/// See [`super::transport::untrusted`].
pub(super) async fn untrusted(upload: &Upload, access: &Access) -> Option<String> {
    match known_host(upload, access).await {
        Ok(_) => None,
        Err(failure) if keys::is_about_a_key(&failure.code) => {
            handshake(upload, None).await.ok().map(|(_, shown)| shown)
        }
        Err(_) => None,
    }
}

/// A session after the key exchange, and the fingerprint of the host key it was signed with.
async fn handshake(upload: &Upload, kinds: Option<&'static str>) -> Result<(Session, String)> {
    let reached = reach::connect(SFTP, upload).await?;
    let speaks = reach::greeting(&reached, upload).await;
    if let Some(failure) = reach::mismatch(speaks, upload) {
        return Err(failure);
    }
    let socket = SFTP.io(reach::into_blocking(reached.socket))?;
    on_a_thread(move || {
        let mut session = Session::new().map_err(no_agreement)?;
        session.set_timeout(u32::try_from(step().as_millis()).unwrap_or(u32::MAX));
        if let Some(kinds) = kinds {
            session
                .method_pref(MethodType::HostKey, kinds)
                .map_err(no_agreement)?;
        }
        session.set_tcp_stream(socket);
        session.handshake().map_err(no_agreement)?;
        let shown = session
            .host_key()
            .map(|(key, _)| keys::fingerprint(key))
            .ok_or_else(|| SFTP.strange())?;
        Ok((session, shown))
    })
    .await
}

/// Server and we could not begin: no common algorithm, or the connection fell away.
fn no_agreement(error: Error) -> Failure {
    if let Some(failure) = broken(&error) {
        return failure;
    }
    let said = error.message().to_owned();
    Failure::transient(
        "sftp-handshake-failed",
        text!(
            "De versleutelde verbinding met de SFTP-server kwam niet tot stand ({said})",
            "The encrypted connection to the SFTP server did not come about ({said})"
        ),
    )
    .hint(text!(
        "Probeer het opnieuw; blijft dit, vraag uw webhoster dan of de server nog een verouderde versleuteling gebruikt",
        "Try again; if this goes on, ask your web host whether the server still uses outdated encryption"
    ))
    .no_connection()
    .source(error)
}

fn begin(session: Session, folder: &str) -> Result<(Open, String)> {
    let sftp = session
        .sftp()
        .map_err(|error| broken(&error).unwrap_or_else(|| not_offered(error)))?;
    let start = sftp
        .realpath(Path::new("."))
        .map_err(|error| of(At::List, error))?
        .to_string_lossy()
        .into_owned();
    let folder = folder_of(&sftp, if folder.is_empty() { "." } else { folder })?;
    let open = Open {
        sftp,
        session,
        folder,
    };
    Ok((open, start))
}

/// That folder, when it is one.
fn folder_of(sftp: &ssh2::Sftp, there: &str) -> Result<PathBuf> {
    match sftp.stat(Path::new(there)) {
        Ok(found) if found.is_dir() => Ok(PathBuf::from(there)),
        Ok(_) => Err(SFTP.folder_missing(there)),
        Err(error) if is_missing(&error) || is_forbidden(&error) => Err(SFTP.folder_missing(there)),
        Err(error) => Err(of(At::List, error)),
    }
}

fn not_offered(error: Error) -> Failure {
    Failure::misconfigured(
        "sftp-not-offered",
        text!(
            "De server laat dit account wel inloggen, maar geen bestanden overdragen via SFTP",
            "The server lets this account log in, but not transfer files by SFTP"
        ),
    )
    .hint(text!(
        "Vraag uw webhoster SFTP voor dit account aan te zetten",
        "Ask your web host to switch SFTP on for this account"
    ))
    .source(error)
}

#[async_trait]
impl Transport for Sftp {
    async fn list(&mut self) -> Result<Vec<String>> {
        let found = self.step(|open| read(open, &open.folder)).await?;
        Ok(found.iter().filter_map(|(path, _)| name_of(path)).collect())
    }

    fn start(&self) -> &str {
        &self.start
    }

    async fn enter(&mut self, folder: &str) -> Result<()> {
        let there = self.absolute(folder);
        self.step(move |open| {
            open.folder = folder_of(&open.sftp, &there)?;
            Ok(())
        })
        .await
    }

    async fn list_in(&mut self, folder: &str) -> Result<Vec<Entry>> {
        let there = self.absolute(folder);
        self.step(move |open| entries(open, Path::new(&there)))
            .await
    }

    async fn names_in(&mut self, folder: &str) -> Result<Vec<String>> {
        let folder = folder.to_owned();
        let found = self
            .step(move |open| {
                let there = open.folder.join(folder);
                match open.sftp.opendir(&there) {
                    Ok(opened) => all_of(opened, &there),
                    Err(error) if is_missing(&error) || is_forbidden(&error) => Ok(Vec::new()),
                    Err(error) => Err(of(At::List, error)),
                }
            })
            .await?;
        Ok(found.iter().filter_map(|(path, _)| name_of(path)).collect())
    }

    async fn put(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let (name, bytes) = (name.to_owned(), bytes.to_vec());
        self.step(move |open| put(open, &name, &bytes)).await
    }

    async fn get(&mut self, name: &str) -> Result<Vec<u8>> {
        let name = name.to_owned();
        self.step(move |open| {
            let file = open
                .sftp
                .open(open.folder.join(name))
                .map_err(|error| of(At::Get, error))?;
            let mut bytes = Vec::new();
            SFTP.io(file.take(READ_CAP).read_to_end(&mut bytes))?;
            Ok(bytes)
        })
        .await
    }

    async fn size(&mut self, name: &str) -> Result<Option<u64>> {
        let name = name.to_owned();
        self.step(move |open| {
            let found = open.sftp.stat(&open.folder.join(name));
            Ok(found.map_err(|error| of(At::Get, error))?.size)
        })
        .await
    }

    async fn exists(&mut self, name: &str) -> Result<bool> {
        let name = name.to_owned();
        self.step(move |open| match open.sftp.lstat(&open.folder.join(name)) {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(of(At::List, error)),
        })
        .await
    }

    async fn delete(&mut self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.step(
            move |open| match open.sftp.unlink(&open.folder.join(name)) {
                Ok(()) => Ok(()),
                Err(error) if is_missing(&error) => Ok(()),
                Err(error) => Err(of(At::Delete, error)),
            },
        )
        .await
    }

    async fn close(&mut self) {
        let closed = self.step(|open| {
            // The files are there; how the goodbye goes no longer matters.
            let _ = open.session.disconnect(None, "done", None);
            Ok(())
        });
        let _ = closed.await;
    }
}

fn read(open: &Open, folder: &Path) -> Result<Vec<(PathBuf, FileStat)>> {
    let opened = open.sftp.opendir(folder).map_err(|error| {
        if is_missing(&error) {
            SFTP.folder_missing(&folder.to_string_lossy())
        } else {
            of(At::List, error)
        }
    })?;
    all_of(opened, folder)
}

/// What a folder holds, as the server sends it; a listing that never ends is given up.
fn all_of(mut opened: ssh2::File, folder: &Path) -> Result<Vec<(PathBuf, FileStat)>> {
    let begun = Instant::now();
    let (mut found, mut length) = (Vec::new(), 0);
    loop {
        match opened.readdir() {
            Ok((name, _)) if matches!(name.to_str(), Some("." | "..")) => {}
            Ok((name, stat)) => {
                length += name.as_os_str().len() as u64;
                found.push((folder.join(name), stat));
            }
            Err(error) if error.code() == ErrorCode::Session(number::FILE) => return Ok(found),
            Err(error) => return Err(of(At::List, error)),
        }
        if found.len() >= MOST_NAMES || length >= LONGEST {
            return Err(SFTP.endless());
        }
        if begun.elapsed() >= step() {
            return Err(SFTP.late());
        }
    }
}

fn name_of(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_string_lossy().into_owned())
}

fn entries(open: &Open, folder: &Path) -> Result<Vec<Entry>> {
    let mut followed = 0;
    Ok(read(open, folder)?
        .into_iter()
        .filter_map(|(path, stat)| {
            let name = name_of(&path)?;
            let linked = stat.file_type().is_symlink();
            let is_folder = match stat.perm {
                Some(_) if !linked => Some(stat.is_dir()),
                // Each takes a question of its own.
                _ if followed >= MOST_LINKS => None,
                // A link is followed; one that leads nowhere is no folder.
                _ => {
                    followed += 1;
                    open.sftp.stat(&path).ok().map(|target| target.is_dir())
                }
            };
            Some(Entry {
                name,
                is_folder,
                is_link: linked,
            })
        })
        .collect())
}

fn put(open: &Open, name: &str, bytes: &[u8]) -> Result<()> {
    let flags = OpenFlags::WRITE | OpenFlags::CREATE | OpenFlags::TRUNCATE;
    let mut file = open
        .sftp
        .open_mode(open.folder.join(name), flags, RIGHTS, OpenType::File)
        .map_err(|error| of(At::Put, error))?;
    let written = file.write_all(bytes);
    let closed = file.close();
    if let Err(error) = written {
        if error.kind() == ErrorKind::TimedOut {
            return Err(SFTP.late().source(error));
        }
        let said = error.to_string();
        // The library gives only words here: what the server refused, or a dead connection.
        return Err(match Error::last_session_error(&open.session) {
            Some(last) if last.code() == ErrorCode::Session(number::SFTP_PROTOCOL) => {
                SFTP.disk_full(&said)
            }
            _ if closed.is_ok() => SFTP.disk_full(&said),
            _ => SFTP.lost(),
        }
        .source(error));
    }
    closed.map_err(|error| of(At::Put, error))
}

/// The connection itself: silent, or gone.
pub(super) fn broken(error: &Error) -> Option<Failure> {
    let ErrorCode::Session(number) = error.code() else {
        return None;
    };
    let failure = match number {
        number::TIMEOUT | number::SOCKET_TIMEOUT => SFTP.late(),
        number::SOCKET_SEND | number::SOCKET_DISCONNECT | number::SOCKET_RECV => SFTP.lost(),
        _ => return None,
    };
    Some(failure.source(error.message().to_owned()))
}

fn is_missing(error: &Error) -> bool {
    matches!(
        error.code(),
        ErrorCode::SFTP(number::NO_SUCH_FILE | number::NO_SUCH_PATH)
    )
}

fn is_forbidden(error: &Error) -> bool {
    matches!(
        error.code(),
        ErrorCode::SFTP(number::PERMISSION_DENIED | number::WRITE_PROTECT)
    )
}

/// A refusal by what was being done and the server's number.
fn of(at: At, error: Error) -> Failure {
    let said = error.message().to_owned();
    let failure = match (at, error.code()) {
        (_, ErrorCode::Session(number::TIMEOUT | number::SOCKET_TIMEOUT)) => SFTP.late(),
        (_, ErrorCode::Session(_)) => SFTP.lost(),
        (At::Put, ErrorCode::SFTP(number::NO_SPACE | number::QUOTA | number::FAILURE)) => {
            SFTP.disk_full(&said)
        }
        (At::Put, _) if is_forbidden(&error) => SFTP.no_write_right(&said),
        (At::Delete, _) if is_forbidden(&error) => SFTP.no_delete_right(&said),
        _ => SFTP.other(&said),
    };
    failure.source(error)
}

async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(SFTP.strange().source(error)))
}

//! A server process with its folder. Beside each runs a small shell that waits for the end of a
//! pipe this process holds: whatever ends us, the pipe closes, and the shell kills the server's
//! whole process group and removes its folder.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};
use tempfile::TempDir;

/// What the guard does once the pipe is closed: `$1` process group or 0, `$2` folder or empty, the
/// rest a command that undoes what lies outside the folder.
const GUARD: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
[ "$1" -gt 0 ] && kill -9 "-$1" 2>/dev/null
folder=$2
shift 2
[ $# -gt 0 ] && "$@" >/dev/null 2>&1
[ -n "$folder" ] || exit 0
# A server that is just being killed may still write into it.
for attempt in 1 2 3 4 5; do
  rm -rf "$folder" 2>/dev/null && exit 0
  sleep 0.2
done
"#;

/// A running server. Dropping it kills the server and removes its folder.
#[derive(Debug)]
pub struct Server {
    child: Child,
    guard: Child,
    log: PathBuf,
}

impl Server {
    /// Starts `command` with its output in `log`; `folder` is removed at the end, and `undo` (a
    /// program and its arguments) is run before that.
    ///
    /// # Errors
    /// The program is not installed or cannot be started.
    pub fn start(
        mut command: Command,
        log: &Path,
        folder: Option<&Path>,
        undo: &[String],
    ) -> Result<Self> {
        let output = File::options().create(true).append(true).open(log)?;
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .with_context(|| {
                format!("{program} does not start: is it installed? (cargo verify installs it)")
            })?;
        let guard = guard(child.id(), folder, undo)?;
        Ok(Self {
            child,
            guard,
            log: log.to_owned(),
        })
    }

    /// Waits until `ready` holds.
    ///
    /// # Errors
    /// The server ended, or was not ready in 30 s; with the end of its log.
    pub fn wait_ready(&mut self, mut ready: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if ready() {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("server ended with {status}: {}", self.log_end());
            }
            if Instant::now() > deadline {
                bail!("server is not ready: {}", self.log_end());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The last lines of the server's own output.
    #[must_use]
    pub fn log_end(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }

    /// The server's process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
        let _ = self.child.wait();
    }
}

fn guard(group: u32, folder: Option<&Path>, undo: &[String]) -> Result<Child> {
    Command::new("sh")
        .args(["-c", GUARD, "guard", &group.to_string()])
        .arg(folder.map(Path::as_os_str).unwrap_or_default())
        .args(undo)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .context("sh does not start")
}

/// A loopback port that is free now. Another process may take it first: starters try again.
///
/// # Errors
/// No port is free.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Does somebody listen there?
pub(super) fn listens(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
}

/// Polls until `holds` is true.
///
/// # Errors
/// It did not hold within `limit`; `what` names it.
pub fn wait_until(what: &str, limit: Duration, mut holds: impl FnMut() -> bool) -> Result<()> {
    let deadline = Instant::now() + limit;
    while !holds() {
        if Instant::now() > deadline {
            bail!("{what}: not within {limit:?}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(())
}

/// Tries a start a few times: the port that was free may be taken when the server binds it.
pub(super) fn with_retries<T>(mut start: impl FnMut() -> Result<T>) -> Result<T> {
    let mut attempt = 1;
    loop {
        match start() {
            Err(error) if attempt < 4 => {
                tracing::debug!(%error, attempt, "start failed, trying again");
                attempt += 1;
            }
            other => return other,
        }
    }
}

/// The folder of this process, in which all others are made; gone when the process is.
fn base() -> Result<&'static Path> {
    static BASE: OnceLock<Result<(PathBuf, Child), String>> = OnceLock::new();
    BASE.get_or_init(|| {
        let folder = tempfile::Builder::new()
            .prefix("winkelbrug-test-")
            .permissions(std::fs::Permissions::from_mode(0o755))
            .tempdir()
            .map_err(|error| error.to_string())?
            .keep();
        let guard = guard(0, Some(&folder), &[]).map_err(|error| error.to_string())?;
        Ok((folder, guard))
    })
    .as_ref()
    .map(|(folder, _)| folder.as_path())
    .map_err(|error| anyhow!("{error}"))
}

/// A throw-away folder that others (the web server's user) may enter. It is removed with the value,
/// and also when this process is killed.
///
/// # Errors
/// It cannot be made.
pub fn throw_away_folder(kind: &str) -> Result<TempDir> {
    Ok(tempfile::Builder::new()
        .prefix(&format!("{kind}-"))
        .permissions(std::fs::Permissions::from_mode(0o755))
        .tempdir_in(base()?)?)
}

/// A folder that a server's guard removes.
pub(super) fn folder(kind: &str) -> Result<PathBuf> {
    Ok(throw_away_folder(kind)?.keep())
}

/// Is this process root?
#[must_use]
pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|meta| {
        use std::os::unix::fs::MetadataExt;
        meta.uid() == 0
    })
}

/// May a test do what only root can? Where it cannot it fails with the reason, for a test that does not
/// run is no test; `WINKELBRUG_WITHOUT_ROOT=1` leaves such tests out on purpose.
///
/// # Panics
/// This process is not root and nobody said so.
#[must_use]
pub fn may_be_root() -> bool {
    if is_root() {
        return true;
    }
    let left_out = std::env::var_os("WINKELBRUG_WITHOUT_ROOT").is_some();
    assert!(
        left_out,
        "this test makes accounts or disks, which only root can: run it as root, or leave all such tests \
         out with WINKELBRUG_WITHOUT_ROOT=1"
    );
    eprintln!("left out: WINKELBRUG_WITHOUT_ROOT is set");
    false
}

/// A program that may stand outside an ordinary user's `PATH`.
pub(super) fn program(name: &str) -> PathBuf {
    ["/usr/sbin", "/usr/local/sbin", "/sbin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.exists())
        .unwrap_or_else(|| PathBuf::from(name))
}

/// Where programs lie that cannot be installed beside each other: Debian lets a machine have one FTP
/// server. The setup unpacks them there.
const UNPACKED: &str = "/usr/local/lib/winkelbrug-testbed";

/// A file of an unpacked package, or the installed one.
pub(super) fn unpacked(path: &str) -> PathBuf {
    let unpacked = Path::new(UNPACKED).join(path);
    if unpacked.exists() {
        unpacked
    } else {
        Path::new("/").join(path)
    }
}

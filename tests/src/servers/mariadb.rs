//! MariaDB with a data folder of its own. One server per test process; each test makes databases
//! in it, each with a user of its own.

use std::{
    fmt::Write as _,
    io::{Read, Seek as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail};

use super::process::{Server, folder, free_port, program, with_retries};

/// Where the kernel tells the processor time of a process, and of those it started that have ended.
const OWN: usize = 14;
const ENDED_CHILDREN: usize = 16;

/// User and system time, told from this field of `/proc/…/stat` on.
fn processor_time(process: &str, field: usize) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in brackets is field 2; times are in hundredths.
    let after = stat.rsplit_once(')').context("/proc/…/stat")?.1;
    let fields = after.split_whitespace().skip(field - 3).take(2);
    let hundredths: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(hundredths * 10))
}

/// A MariaDB server.
#[derive(Debug)]
pub struct MariaDb {
    _server: Server,
    folder: PathBuf,
    port: u16,
    /// How many [`StatementLog`]s are open.
    logs: Mutex<u32>,
}

impl MariaDb {
    /// Starts a server.
    ///
    /// # Errors
    /// MariaDB is not installed, or does not come up.
    pub fn start() -> Result<Self> {
        with_retries(Self::try_start)
    }

    /// The one server of this process; started at the first call.
    ///
    /// # Errors
    /// As [`MariaDb::start`].
    pub fn shared() -> Result<&'static Self> {
        static SHARED: OnceLock<Result<MariaDb, String>> = OnceLock::new();
        SHARED
            .get_or_init(|| Self::start().map_err(|error| format!("{error:#}")))
            .as_ref()
            .map_err(|error| anyhow!("{error}"))
    }

    fn try_start() -> Result<Self> {
        let folder = folder("mariadb")?;
        let data = folder.join("data");
        let made = Command::new("mariadb-install-db")
            .arg("--no-defaults")
            .arg(format!("--datadir={}", data.display()))
            .args(user_argument())
            .args([
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
            ])
            .stdin(Stdio::null())
            .output()
            .context("mariadb-install-db is missing (Debian package mariadb-server)")?;
        if !made.status.success() {
            bail!(
                "mariadb-install-db: {}{}",
                String::from_utf8_lossy(&made.stdout),
                String::from_utf8_lossy(&made.stderr)
            );
        }
        let port = free_port()?;
        let mut command = Command::new(program("mariadbd"));
        command
            .arg("--no-defaults")
            .args(user_argument())
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", folder.join("socket").display()))
            .arg(format!("--pid-file={}", folder.join("pid").display()))
            .arg(format!("--port={port}"))
            // A server that starts deletes what it takes for leftovers in its folder for temporary
            // tables: one that others share would cost them theirs.
            .arg(format!("--tmpdir={}", folder.join("data").display()))
            .args([
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--skip-log-bin",
                "--performance-schema=OFF",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-buffer-pool-size=128M",
                "--innodb-doublewrite=OFF",
                "--key-buffer-size=16M",
                "--max-allowed-packet=64M",
                "--max-connections=300",
                "--character-set-server=utf8mb4",
                "--default-time-zone=+00:00",
                "--log-output=TABLE",
            ]);
        let mut server = Server::start(command, &folder.join("log"), Some(&folder), &[])?;
        let socket = folder.join("socket");
        server.wait_ready(|| {
            socket.exists() && std::os::unix::net::UnixStream::connect(&socket).is_ok()
        })?;
        let this = Self {
            _server: server,
            folder,
            port,
            logs: Mutex::new(0),
        };
        this.execute("", "SELECT 1")?;
        Ok(this)
    }

    /// TCP port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The server's socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }

    /// An empty database with a user that may do everything in it.
    ///
    /// # Errors
    /// The server refuses.
    pub fn database(&'static self) -> Result<Database> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("shop_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let password = format!("pw'\\{:032x}", rand::random::<u128>());
        let literal = quoted(&password);
        let mut sql =
            format!("CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;\n");
        for host in ["localhost", "127.0.0.1"] {
            let _ = write!(
                sql,
                "CREATE USER '{name}'@'{host}' IDENTIFIED BY {literal};\n\
                 GRANT ALL ON {name}.* TO '{name}'@'{host}';\n"
            );
        }
        self.execute("", &sql)?;
        Ok(Database {
            server: self,
            name: name.clone(),
            user: name,
            password,
        })
    }

    /// Runs SQL as root and answers its rows; `NULL` comes as the text `NULL`.
    fn execute(&self, database: &str, sql: &str) -> Result<Vec<Vec<String>>> {
        let output = self.client(database, sql.as_bytes())?;
        Ok(output
            .lines()
            .map(|line| line.split('\t').map(unescaped).collect())
            .collect())
    }

    /// Processor time the server has used so far.
    ///
    /// # Errors
    /// The kernel does not tell.
    pub fn processor_time(&self) -> Result<Duration> {
        let process = std::fs::read_to_string(self.folder.join("pid"))?;
        processor_time(process.trim(), OWN)
    }

    /// The `mariadb` client as root, in a database or in none.
    fn command(&self, database: &str) -> Command {
        let mut command = Command::new("mariadb");
        command
            .arg("--no-defaults")
            .arg(format!("--socket={}", self.socket().display()))
            .args([
                "--user=root",
                "--batch",
                "--skip-column-names",
                "--default-character-set=utf8mb4",
                "--max-allowed-packet=64M",
            ]);
        if !database.is_empty() {
            command.arg(database);
        }
        command
    }

    fn client(&self, database: &str, mut sql: impl Read + Send) -> Result<String> {
        let mut child = self
            .command(database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("mariadb (the client) is missing")?;
        let mut input = child.stdin.take().context("no pipe")?;
        // Fed from a thread: the client may answer while it still reads.
        let output = thread::scope(|scope| {
            scope.spawn(move || {
                let _ = std::io::copy(&mut sql, &mut input);
                let _ = input.flush();
            });
            child.wait_with_output()
        })?;
        if !output.status.success() {
            bail!("MariaDB: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    fn count_logs(&self, change: i32) -> Result<()> {
        let mut open = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        *open = open.saturating_add_signed(change);
        let on = u8::from(*open > 0);
        self.execute("", &format!("SET GLOBAL general_log = {on}"))?;
        Ok(())
    }
}

fn user_argument() -> Option<&'static str> {
    super::process::is_root().then_some("--user=root")
}

/// A database of one test.
#[derive(Debug, Clone)]
pub struct Database {
    server: &'static MariaDb,
    /// Its name.
    pub name: String,
    /// The user that may use it.
    pub user: String,
    /// That user's password: with a quote and a backslash in it, as owners choose them.
    pub password: String,
}

impl Database {
    /// The server it is in.
    #[must_use]
    pub fn server(&self) -> &'static MariaDb {
        self.server
    }

    /// Runs SQL (one or more statements, as root) and answers the rows of its selects.
    ///
    /// # Errors
    /// The SQL is wrong.
    pub fn query(&self, sql: &str) -> Result<Vec<Vec<String>>> {
        self.server.execute(&self.name, sql)
    }

    /// Runs SQL for its effect.
    ///
    /// # Errors
    /// The SQL is wrong.
    pub fn execute(&self, sql: &str) -> Result<()> {
        self.query(sql).map(drop)
    }

    /// The one value of a query.
    ///
    /// # Errors
    /// The SQL is wrong, or there is no row.
    pub fn value(&self, sql: &str) -> Result<String> {
        self.query(sql)?
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next())
            .with_context(|| format!("no row: {sql}"))
    }

    /// Lets the `mariadb` client select rows one by one as they come and throw them away; answers how
    /// long that took, and the client's own processor time, without its start.
    ///
    /// # Errors
    /// The SQL is wrong.
    pub fn time_of(&self, sql: &str) -> Result<(Duration, Duration)> {
        let time = |sql: &str| -> Result<(Duration, Duration)> {
            let before = processor_time("self", ENDED_CHILDREN)?;
            let mut input = tempfile::tempfile()?;
            input.write_all(sql.as_bytes())?;
            input.rewind()?;
            let mut command = self.server.command(&self.name);
            command.arg("--quick").stdin(input).stdout(Stdio::null());
            let began = Instant::now();
            let status = command.status();
            let took = began.elapsed();
            if !status.context("mariadb (the client) is missing")?.success() {
                bail!("MariaDB: {sql:.200}");
            }
            let used = processor_time("self", ENDED_CHILDREN)?;
            Ok((took, used.saturating_sub(before)))
        };
        let (start, started) = time("SELECT 1")?;
        let (took, used) = time(sql)?;
        Ok((took.saturating_sub(start), used.saturating_sub(started)))
    }

    /// Loads a gzipped dump; every table name that begins with `` `oc_ `` gets `prefix` instead.
    ///
    /// # Errors
    /// The file cannot be read or is not a dump.
    pub fn load_dump(&self, file: &Path, prefix: &str) -> Result<()> {
        let mut sql = String::new();
        flate2::read::GzDecoder::new(
            std::fs::File::open(file).with_context(|| file.display().to_string())?,
        )
        .read_to_string(&mut sql)?;
        self.load(&sql, prefix)
    }

    /// Loads SQL text, with the prefix as in [`Database::load_dump`].
    ///
    /// # Errors
    /// The SQL is wrong.
    pub fn load(&self, sql: &str, prefix: &str) -> Result<()> {
        let sql = sql.replace("`oc_", &format!("`{prefix}"));
        self.server.client(&self.name, sql.as_bytes()).map(drop)
    }

    /// Takes the user's rights away, as a host does that changed the password.
    ///
    /// # Errors
    /// The server refuses.
    pub fn lock_out(&self) -> Result<()> {
        self.execute(&format!(
            "DROP USER '{0}'@'localhost'; DROP USER '{0}'@'127.0.0.1'",
            self.user
        ))
    }

    /// Begins to log the statements this database's user sends.
    ///
    /// # Errors
    /// The server refuses.
    pub fn log_statements(&self) -> Result<StatementLog> {
        self.server.count_logs(1)?;
        let since = self.value("SELECT NOW(6)")?;
        Ok(StatementLog {
            database: self.clone(),
            since,
        })
    }
}

/// The statements one database's user sends, while this value lives.
#[derive(Debug)]
pub struct StatementLog {
    database: Database,
    since: String,
}

impl StatementLog {
    /// The statements since the log was opened. A prepared one counts when it is executed.
    ///
    /// # Errors
    /// The server refuses.
    pub fn statements(&self) -> Result<Vec<String>> {
        let rows = self.database.query(&format!(
            "SELECT argument FROM mysql.general_log WHERE command_type IN ('Query', 'Execute') \
             AND user_host LIKE '{}[%' AND event_time >= '{}'",
            self.database.user.replace('_', "\\_"),
            self.since
        ))?;
        Ok(rows
            .into_iter()
            .filter_map(|row| row.into_iter().next())
            .collect())
    }
}

impl Drop for StatementLog {
    fn drop(&mut self) {
        let _ = self.database.server.count_logs(-1);
    }
}

/// A text as a MariaDB literal.
#[must_use]
pub(crate) fn quoted(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('\'', "\\'")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
        .replace('\0', "\\0");
    format!("'{escaped}'")
}

/// Undoes the client's escapes in batch mode: `\t`, `\n`, `\0`, `\\`.
fn unescaped(field: &str) -> String {
    let mut text = String::with_capacity(field.len());
    let mut characters = field.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('t') => text.push('\t'),
            Some('n') => text.push('\n'),
            Some('0') => text.push('\0'),
            Some(other) => text.push(other),
            None => text.push('\\'),
        }
    }
    text
}

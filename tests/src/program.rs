//! The program as an owner runs it: a process with arguments, standard input, output and an exit
//! code, over a data folder of its own.

use std::{
    collections::BTreeMap,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::profile::ProfileText;

/// Longest a command may take before it is killed.
const LIMIT: Duration = Duration::from_secs(120);

/// The program over one data folder.
#[derive(Debug)]
pub struct Winkelbrug {
    binary: PathBuf,
    data: TempDir,
    moved: Option<PathBuf>,
    environment: BTreeMap<String, String>,
    limit: Duration,
}

/// What a command did.
#[derive(Debug, Clone)]
pub struct Ran {
    /// The command as it would be typed.
    pub command: String,
    /// Exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
    /// Most memory it held at once, in bytes, as last seen some milliseconds before its end.
    pub peak: u64,
}

impl Ran {
    /// Its output as JSON.
    ///
    /// # Errors
    /// It is none.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::from_str(&self.stdout).with_context(|| format!("no JSON: {self:?}"))
    }

    /// Everything it said.
    #[must_use]
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// The same on one line: what is shown is wrapped anywhere.
    #[must_use]
    pub fn words(&self) -> String {
        let said = self.said();
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Itself, when it ended with that code.
    ///
    /// # Errors
    /// It ended otherwise; with all it said.
    pub fn ended(self, code: i32) -> Result<Self> {
        if self.code == Some(code) {
            return Ok(self);
        }
        bail!(
            "`{}` ended with {:?}, not {code}:\n{}\n{}",
            self.command,
            self.code,
            self.stdout,
            self.stderr
        )
    }
}

impl Winkelbrug {
    /// The program with the fault points, over a new data folder, speaking English, and calling the
    /// books as fast as it can.
    ///
    /// # Errors
    /// It was not built.
    pub fn under_test() -> Result<Self> {
        let mut program = Self::of(sibling("winkelbrug_under_test")?)?;
        program.set("WINKELBRUG_RATES", "1000000,10000000,50,60000");
        Ok(program)
    }

    /// The program as it is handed out, over a new data folder, speaking English.
    ///
    /// # Errors
    /// It was not built.
    pub fn released() -> Result<Self> {
        Self::of(sibling("winkelbrug")?)
    }

    fn of(binary: PathBuf) -> Result<Self> {
        let data = crate::servers::throw_away_folder("data")?;
        Ok(Self {
            binary,
            data,
            moved: None,
            environment: BTreeMap::from([("WINKELBRUG_LANG".to_owned(), "en".to_owned())]),
            limit: LIMIT,
        })
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.moved.as_deref().unwrap_or_else(|| self.data.path())
    }

    /// Works in that folder from now on.
    pub fn move_to(&mut self, folder: PathBuf) {
        self.moved = Some(folder);
    }

    /// The program's file.
    #[must_use]
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Sets an environment variable for the commands to come.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.insert(name.to_owned(), value.to_owned());
    }

    /// Lets commands take so long from now on.
    pub fn allow(&mut self, limit: Duration) {
        self.limit = limit;
    }

    /// Takes it back.
    pub fn unset(&mut self, name: &str) {
        self.environment.remove(name);
    }

    /// A command, not started yet: for tests that want its pipes or its process id.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .arg("--data-dir")
            .arg(self.data())
            .args(arguments)
            .envs(&self.environment);
        command
    }

    /// Gives it the profile, in the place of the one of that name.
    ///
    /// # Errors
    /// The program cannot be started, or the file not written.
    pub fn replace_profile(&self, profile: &ProfileText) -> Result<Ran> {
        let file = self.data().join("anew.toml");
        std::fs::write(&file, profile.toml())?;
        let file = file.to_string_lossy();
        let add = [
            "profile",
            "add",
            "--replace",
            "--from",
            &file,
            "--secrets",
            "-",
        ];
        self.run_with(&add, &profile.secrets_json())
    }

    /// Runs a command.
    ///
    /// # Errors
    /// It cannot be started, or takes longer than allowed (two minutes).
    pub fn run(&self, arguments: &[&str]) -> Result<Ran> {
        self.run_with(arguments, "")
    }

    /// Runs a command with that text on standard input.
    ///
    /// # Errors
    /// As [`Winkelbrug::run`].
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Result<Ran> {
        let began = Instant::now();
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| self.binary.display().to_string())?;
        if let Some(mut pipe) = child.stdin.take() {
            // A command that does not read hangs up: no failure of ours.
            let _ = pipe.write_all(input.as_bytes());
        }
        let (output, peak) = wait_for(child, self.limit)
            .with_context(|| format!("winkelbrug {}", arguments.join(" ")))?;
        Ok(Ran {
            command: format!("winkelbrug {}", arguments.join(" ")),
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            took: began.elapsed(),
            peak,
        })
    }
}

/// The command's words, quoted for a shell.
pub(crate) fn quoted(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| format!("'{}'", word.to_string_lossy()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// Waits for a process's output, watching its memory; kills it when it takes too long.
fn wait_for(child: Child, limit: Duration) -> Result<(std::process::Output, u64)> {
    let id = child.id();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let deadline = Instant::now() + limit;
    let mut peak = 0;
    while Instant::now() < deadline {
        match receiver.recv_timeout(Duration::from_millis(10)) {
            Ok(output) => return Ok((output?, peak)),
            Err(_) => peak = peak.max(peak_of(id)),
        }
    }
    let _ = Command::new("kill").args(["-9", &id.to_string()]).status();
    bail!("killed after {limit:?}")
}

/// The kernel's own high-water mark of a process's memory; 0 when it is gone.
fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    kilobytes
        .and_then(|text| text.parse::<u64>().ok())
        .unwrap_or(0)
        * 1024
}

/// A program beside the running one, or one folder up (tests run from `deps/`).
fn sibling(name: &str) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    here.ancestors()
        .skip(1)
        .take(2)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
        .with_context(|| {
            format!("{name} is not built: cargo build -p winkelbrug -p testbed --bins")
        })
}

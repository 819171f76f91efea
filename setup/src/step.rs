//! A step of the way: a headline, a command, the time it took, and a clear word when it fails.

use std::{
    env,
    ffi::OsString,
    path::Path,
    process::{Child, Command, ExitStatus},
    thread,
    time::{Duration, Instant},
};

/// The longest a command may take. None needs a third of it on two cores; what hangs would
/// otherwise hang for good, and say nothing.
const LONGEST: Duration = Duration::from_mins(60);

/// The steps so far.
pub struct Steps<'a> {
    root: &'a Path,
    done: Vec<(String, Duration)>,
    began: Instant,
}

impl<'a> Steps<'a> {
    /// Steps in the repository.
    pub fn new(root: &'a Path) -> Self {
        Self {
            root,
            done: Vec::new(),
            began: Instant::now(),
        }
    }

    /// Runs one.
    ///
    /// # Errors
    /// The step failed; the message names it.
    pub fn run(
        &mut self,
        name: &str,
        step: impl FnOnce() -> Result<(), String>,
    ) -> Result<(), String> {
        println!("\n=== {name}");
        let began = Instant::now();
        let result = step();
        let took = began.elapsed();
        self.done.push((name.to_owned(), took));
        match result {
            Ok(()) => {
                println!("=== {name}: ok, {}", seconds(took));
                Ok(())
            }
            Err(why) => Err(format!(
                "FAILED after {}: {name}\n{why}",
                seconds(self.began.elapsed())
            )),
        }
    }

    /// Runs a cargo command.
    ///
    /// # Errors
    /// As [`Steps::run`].
    pub fn cargo(&mut self, name: &str, arguments: &[&str]) -> Result<(), String> {
        let root = self.root;
        self.run(name, || run(cargo(root).args(arguments)))
    }

    /// Prints how long each took.
    pub fn close(&self) {
        println!("\nAll steps passed in {}:", seconds(self.began.elapsed()));
        for (name, took) in &self.done {
            println!("  {:>7}  {name}", seconds(*took));
        }
    }
}

/// The cargo that started us.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(root);
    command
}

/// Runs a command with our output.
///
/// # Errors
/// It cannot be started, fails, or does not end.
pub fn run(command: &mut Command) -> Result<(), String> {
    let line = shown(command);
    println!("$ {line}");
    let child = command
        .spawn()
        .map_err(|error| format!("{line}: {error}"))?;
    match ended(child).map_err(|error| format!("{line}: {error}"))? {
        Some(status) if status.success() => Ok(()),
        Some(status) => Err(format!("{line}: {status}")),
        None => Err(format!(
            "{line}: still running after {} minutes, and ended.\n\
             A test above that \"has been running for over 60 seconds\" and shows no end is the one that hangs.",
            LONGEST.as_secs() / 60
        )),
    }
}

/// How it ended; `None` when it had to be ended.
fn ended(mut child: Child) -> std::io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    while began.elapsed() < LONGEST {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        thread::sleep(Duration::from_millis(50));
    }
    // What cargo started goes first: nothing would end it afterwards. Where there is no pkill it stays.
    let _ = Command::new("pkill")
        .args(["-KILL", "-P", &child.id().to_string()])
        .status();
    child.kill()?;
    child.wait()?;
    Ok(None)
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or_default().to_string_lossy()];
    words.extend(command.get_args().map(|word| word.to_string_lossy()));
    words.join(" ")
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

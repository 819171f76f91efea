//! A step of the way: a headline, a command, the time it took, and a clear word when it fails.

use std::{
    env,
    ffi::OsString,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

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
/// It cannot be started, or fails.
pub fn run(command: &mut Command) -> Result<(), String> {
    let line = shown(command);
    println!("$ {line}");
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{line}: {status}")),
        Err(error) => Err(format!("{line}: {error}")),
    }
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

//! `cargo demo`: the machine's needs, the build, then the demo itself (a program of the test bed).

use std::{
    path::Path,
    process::{Command, ExitCode},
};

use crate::{
    packages,
    step::{self, cargo},
};

/// Installs, builds, and becomes the demo.
///
/// # Errors
/// Something is missing or does not build.
pub fn run(root: &Path, arguments: &[String]) -> Result<ExitCode, String> {
    packages::ensure(&[packages::DEMO])?;
    println!("Building (a few minutes the first time) …");
    // One build: the demo runs the `winkelbrug` that stands beside it in the target folder.
    step::run(cargo(root).args(["build", "-p", "winkelbrug", "-p", "testbed", "--bins"]))?;
    let mut demo = cargo(root);
    demo.args(["run", "--quiet", "-p", "testbed", "--bin", "demo", "--"])
        .args(arguments);
    become_it(&mut demo)
}

/// Ctrl-C must reach the demo and nobody else, so that it can clean up before the prompt is back.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<ExitCode, String> {
    use std::os::unix::process::CommandExt;
    Err(format!("the demo does not start: {}", command.exec()))
}

#[cfg(not(unix))]
fn become_it(_command: &mut Command) -> Result<ExitCode, String> {
    Err("The demo runs its servers on Linux (WSL will do).".to_owned())
}

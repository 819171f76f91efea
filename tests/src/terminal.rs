//! The program on a terminal, where it may ask its owner.

use std::{
    io::{Read as _, Write as _},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::program::{Ran, Winkelbrug, quoted};

/// How long a terminal may stay silent; who waits for a question that never comes would wait for good.
const SILENCE: Duration = Duration::from_secs(90);

impl Winkelbrug {
    /// Runs a command on a terminal of its own. Each of `answers` is what a question says and the keys
    /// that are pressed when it does, in order.
    ///
    /// # Errors
    /// It cannot be started, ends before every question was asked, or falls silent; with all it said.
    pub fn on_a_terminal(&self, arguments: &[&str], answers: &[(&str, &str)]) -> Result<Ran> {
        let began = Instant::now();
        let inner = self.command(arguments);
        // util-linux's `script` gives a command a terminal. One without a size would be all margin.
        let line = format!("stty cols 160 rows 40; {}", quoted(&inner));
        let mut command = Command::new("script");
        command
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        for (name, value) in inner.get_envs() {
            command.env(name, value.unwrap_or_default());
        }
        let mut child = command.env("TERM", "xterm").spawn()?;
        let mut input = child.stdin.take().context("no input")?;
        let mut output = child.stdout.take().context("no output")?;
        let (mut said, mut from) = (Vec::new(), 0);
        let mut answers = answers.iter();
        let mut next = answers.next();
        let (send, parts) = mpsc::channel();
        thread::spawn(move || {
            let mut part = [0_u8; 4096];
            while let Ok(read @ 1..) = output.read(&mut part) {
                if send.send(part[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        loop {
            let part = match parts.recv_timeout(SILENCE) {
                Ok(part) => part,
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    child.kill()?;
                    child.wait()?;
                    let asked = next.map_or("nothing more", |(question, _)| question);
                    let said = String::from_utf8_lossy(&said);
                    bail!("silent while `{asked}` was awaited:\n{said}");
                }
            };
            said.extend_from_slice(&part);
            if let Some((question, keys)) = next
                && String::from_utf8_lossy(&said[from..]).contains(question)
            {
                input.write_all(keys.as_bytes())?;
                from = said.len();
                next = answers.next();
            }
        }
        let status = child.wait()?;
        let stdout = String::from_utf8_lossy(&said).into_owned();
        if let Some((question, _)) = next {
            bail!("it never asked `{question}`:\n{stdout}");
        }
        Ok(Ran {
            command: format!("winkelbrug {}", arguments.join(" ")),
            code: status.code(),
            stdout,
            stderr: String::new(),
            took: began.elapsed(),
            peak: 0,
        })
    }
}

//! Starting the agent in the background: a process of its own that outlives the terminal and has no
//! window, with what it says in the folder of logs.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

use super::session::Session;
use crate::{
    failure::{Class, Failure, Result},
    profile::DataDir,
    service::{AgentClient, Contact},
    text,
    text::{Language, Text},
};

/// How long it may take until it answers: an upgrade of a large journal comes first.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Starts it and waits until it answers.
///
/// # Errors
/// What stopped it, in its own words; it does not answer in time.
pub(super) async fn start(session: &Session) -> Result<()> {
    session.data.make()?;
    let said = said_in(&session.data);
    let mut agent = spawn(session, &said).map_err(|error| not_started(&said).source(error))?;
    let began = Instant::now();
    loop {
        if answers(&session.data).await? {
            return Ok(());
        }
        if let Some(ended) = ended(&mut agent, &said)? {
            return if session.agent()?.is_some() {
                // Another start was faster.
                Ok(())
            } else {
                Err(own_words(&said).unwrap_or_else(|| not_started(&said).source(ended)))
            };
        }
        if began.elapsed() > PATIENCE {
            return Err(not_started(&said));
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn answers(data: &DataDir) -> Result<bool> {
    let Some(contact) = Contact::find(data)? else {
        return Ok(false);
    };
    Ok(AgentClient::new(contact)?.status().await.is_ok())
}

fn spawn(session: &Session, said: &Path) -> std::io::Result<Child> {
    let output = File::create(said)?;
    let folder = std::path::absolute(session.data.path())?;
    let mut command = Command::new(std::env::current_exe()?);
    command
        .arg("--data-dir")
        .arg(&folder)
        .args(["--json", "--lang"])
        .arg(match session.screen.language {
            Language::Dutch => "nl",
            Language::English => "en",
        })
        .args(["serve", "--background"])
        // No folder of the owner's is kept from being moved or unplugged.
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stderr(output.try_clone()?)
        .stdout(output);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WINKELBRUG_SECRET_") {
            command.env_remove(name);
        }
    }
    detach(&mut command);
    command.spawn()
}

/// Out of the terminal's process group: what ends that does not end this.
#[cfg(unix)]
fn detach(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

/// Without a console, and deaf to the Ctrl-C of the one it was started from.
#[cfg(windows)]
fn detach(command: &mut Command) {
    const DETACHED_PROCESS: u32 = 0x0000_0008;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    std::os::windows::process::CommandExt::creation_flags(
        command,
        DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP,
    );
}

fn ended(agent: &mut Child, said: &Path) -> Result<Option<std::io::Error>> {
    let status = agent
        .try_wait()
        .map_err(|error| not_started(said).source(error))?;
    Ok(status.map(|status: ExitStatus| std::io::Error::other(status.to_string())))
}

/// Where it says what it says: a file that is written anew with every start.
fn said_in(data: &DataDir) -> PathBuf {
    data.logs().join("agent-output.log")
}

/// The failure it ended with, as it printed it.
fn own_words(said: &Path) -> Option<Failure> {
    let text = std::fs::read_to_string(said).ok()?;
    let values = serde_json::Deserializer::from_str(text.get(text.find('{')?..)?);
    let error = values
        .into_iter::<Value>()
        .map_while(std::result::Result::ok)
        .find_map(|mut value| value.get_mut("error").map(Value::take))?;
    let class: Class = serde_json::from_value(error["class"].clone()).ok()?;
    let words = |field: &str| Text::same(error[field].as_str().unwrap_or_default());
    let code = error["code"].as_str()?.to_owned();
    Some(Failure::new(class, code, words("message")).hint(words("hint")))
}

fn not_started(said: &Path) -> Failure {
    let file = said.display();
    Failure::misconfigured(
        "agent-not-started",
        text!(
            "Winkelbrug kon niet op de achtergrond worden gestart.",
            "Winkelbrug could not be started in the background."
        ),
    )
    .hint(text!(
        "Kijk in {file}, of start het op de voorgrond: winkelbrug serve",
        "Look into {file}, or start it in the foreground: winkelbrug serve"
    ))
}

//! Locks between processes: the system lets go of them when a process ends, however it ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
    time::Duration,
};

use crate::{
    failure::{Failure, Result},
    profile::{DataDir, durable, sound, store},
    text,
};

/// How long a short command waits for a run to let go of its profile.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long an agent that was told to stop may go on.
const STOPS_WITHIN: Duration = Duration::from_secs(40);
/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often an agent that starts tries again: a command that looks whether an agent runs holds
/// the lock for a moment.
const AGENT_TRIES: u32 = 5;

/// A lock; let go of when dropped.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code, reason = "held, not read")] File);

/// The agent's lock on the data folder.
///
/// # Errors
/// `Misconfigured`, code `agent-running`: another agent has it; or the disk refuses.
pub async fn agent(data: &DataDir) -> Result<Lock> {
    for _ in 0..AGENT_TRIES {
        if let Some(lock) = attempt(data, "agent")? {
            return Ok(lock);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let folder = data.path().display();
    Err(Failure::misconfigured(
        "agent-running",
        text!(
            "Winkelbrug draait al op deze gegevensmap ({folder}).",
            "Winkelbrug is already running on this data folder ({folder})."
        ),
    )
    .hint(text!(
        "Bekijk hoe het ermee staat met: winkelbrug status. Of stop de andere eerst.",
        "See how it is doing with: winkelbrug status. Or stop the other one first."
    )))
}

/// Waits until no agent has the data folder any more.
///
/// # Errors
/// `Transient`, code `agent-stopping`: it takes longer than it may; or the disk refuses.
pub async fn agent_gone(data: &DataDir) -> Result<()> {
    let mut waited = Duration::ZERO;
    while agent_runs(data)? {
        if waited >= STOPS_WITHIN {
            return Err(Failure::transient(
                "agent-stopping",
                text!(
                    "Winkelbrug is nog niet gestopt; het maakt eerst af waar het aan bezig is.",
                    "Winkelbrug has not stopped yet; it finishes first what it is doing."
                ),
            ));
        }
        tokio::time::sleep(LOOK_EVERY).await;
        waited += LOOK_EVERY;
    }
    Ok(())
}

/// Is an agent running on this data folder?
///
/// # Errors
/// The disk refuses.
pub fn agent_runs(data: &DataDir) -> Result<bool> {
    if !data.locks().join("agent.lock").exists() {
        return Ok(false);
    }
    Ok(attempt(data, "agent")?.is_none())
}

/// The lock of a profile, if nobody has it.
///
/// # Errors
/// The disk refuses.
pub fn profile(data: &DataDir, name: &str) -> Result<Option<Lock>> {
    sound::name(name)?;
    attempt(data, &format!("profile-{name}"))
}

/// The lock of a profile, waiting a little for a run to end.
///
/// # Errors
/// `Transient`, code `profile-busy`; or the disk refuses.
pub async fn profile_patiently(data: &DataDir, name: &str) -> Result<Lock> {
    let mut waited = Duration::ZERO;
    loop {
        if let Some(lock) = profile(data, name)? {
            return Ok(lock);
        }
        if waited >= PATIENCE {
            return Err(Failure::transient(
                "profile-busy",
                text!(
                    "Profiel {name} is bezig met een taak.",
                    "Profile {name} is busy with a task."
                ),
            )
            .hint(text!(
                "Probeer het opnieuw als die klaar is: winkelbrug status",
                "Try again when it is done: winkelbrug status"
            )));
        }
        tokio::time::sleep(LOOK_EVERY).await;
        waited += LOOK_EVERY;
    }
}

fn attempt(data: &DataDir, name: &str) -> Result<Option<Lock>> {
    let path = data.locks().join(format!("{name}.lock"));
    let file = open(data, &path).map_err(|error| store::disk("locks-unwritable", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(store::disk("locks-unwritable", &path, error)),
    }
}

fn open(data: &DataDir, path: &Path) -> std::io::Result<File> {
    durable::make_folder(&data.locks())?;
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
}

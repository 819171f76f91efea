//! The program's log: a file a day in the data folder. Only our own lines go deeper than
//! warnings, whatever is asked: other crates could write what crosses the wire.

use std::time::Duration;

use tracing_appender::{non_blocking::WorkerGuard, rolling};
use tracing_subscriber::{EnvFilter, fmt};

use crate::profile::{DataDir, settings::Retention};

/// Names the level of our own lines: `error`, `warn`, `info` (the default), `debug`, `trace`.
const LEVEL: &str = "WINKELBRUG_LOG";

/// Starts the log; it is flushed when the guard is dropped. Without a folder to write in there is
/// no log, and the command goes on.
#[must_use]
pub fn begin(data: &DataDir) -> Option<WorkerGuard> {
    let folder = data.logs();
    if !folder.is_dir() {
        return None;
    }
    let file = rolling::Builder::new()
        .rotation(rolling::Rotation::DAILY)
        .filename_prefix("winkelbrug")
        .filename_suffix("log")
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let level = std::env::var(LEVEL)
        .ok()
        .filter(|level| ["error", "warn", "info", "debug", "trace"].contains(&level.as_str()))
        .unwrap_or_else(|| "info".to_owned());
    fmt()
        .with_env_filter(EnvFilter::new(format!(
            "warn,winkelbrug={level},winkelbrug_protocol={level}"
        )))
        .with_writer(writer)
        .with_ansi(false)
        .try_init()
        .ok()?;
    Some(guard)
}

/// Removes logs older than the shortest `retention.log_days` of all profiles: the files are for
/// all of them together. What cannot be removed now is tried again at the next start.
pub fn erase_old(data: &DataDir) {
    let profiles = data.profiles();
    let days = profiles
        .names()
        .unwrap_or_default()
        .iter()
        .filter_map(|name| profiles.get(name).ok())
        .map(|profile| profile.settings.retention.log_days)
        .min()
        .unwrap_or_else(|| Retention::default().log_days);
    let oldest = Duration::from_secs(u64::from(days) * 24 * 60 * 60);
    let Ok(files) = std::fs::read_dir(data.logs()) else {
        return;
    };
    for file in files.filter_map(Result::ok) {
        let age = file
            .metadata()
            .and_then(|about| about.modified())
            .ok()
            .and_then(|changed| changed.elapsed().ok());
        if age.is_some_and(|age| age > oldest) {
            let _ = std::fs::remove_file(file.path());
        }
    }
}

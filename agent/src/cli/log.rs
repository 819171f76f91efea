//! The program's log: a file a day in the data folder. Only our own lines go deeper than
//! warnings, whatever is asked: other crates could write what crosses the wire.

use tracing_appender::{non_blocking::WorkerGuard, rolling};
use tracing_subscriber::{EnvFilter, fmt};

use crate::profile::DataDir;

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

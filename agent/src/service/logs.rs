//! Old logs go, as `[retention] log_days` says, and a forgotten customer out of all of them.

use std::{
    collections::BTreeSet,
    fs::OpenOptions,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
    time::Duration,
};

use crate::{
    failure::Result,
    journal::scrub,
    profile::{DataDir, settings::Retention, store},
};

/// Removes logs older than the shortest `retention.log_days` of all profiles: the files are for
/// all of them together. What cannot be removed now is tried again at the next start.
pub fn erase_old(data: &DataDir) {
    let oldest = Duration::from_secs(u64::from(days(data)) * 24 * 60 * 60);
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

/// For how many days a log is kept.
#[must_use]
pub fn days(data: &DataDir) -> u32 {
    let profiles = data.profiles();
    profiles
        .names()
        .unwrap_or_default()
        .iter()
        .filter_map(|name| profiles.get(name).ok())
        .map(|profile| profile.settings.retention.log_days)
        .min()
        .unwrap_or_else(|| Retention::default().log_days)
}

/// Writes asterisks over those words in every log, in place: the newest is being written to. In how
/// many there were any.
///
/// # Errors
/// A log cannot be read or written.
pub fn forget(data: &DataDir, words: &BTreeSet<String>) -> Result<u64> {
    let mut changed = 0;
    let Ok(files) = std::fs::read_dir(data.logs()) else {
        return Ok(0);
    };
    for file in files.flatten().map(|file| file.path()) {
        let any =
            blacken(&file, words).map_err(|error| store::disk("log-unwritable", &file, error))?;
        changed += u64::from(any);
    }
    Ok(changed)
}

fn blacken(path: &Path, words: &BTreeSet<String>) -> io::Result<bool> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    let mut any = false;
    for word in words {
        let mut from = 0;
        while let Some(at) = text
            .get(from..)
            .and_then(|rest| scrub::position(rest, word))
        {
            let start = from + at;
            from = start + word.len();
            if let Some(place) = text.get_mut(start..from) {
                place.fill(b'*');
            }
            file.seek(SeekFrom::Start(start as u64))?;
            file.write_all(&vec![b'*'; word.len()])?;
            any = true;
        }
    }
    file.sync_all()?;
    Ok(any)
}

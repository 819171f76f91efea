//! Old logs go, as `[retention] log_days` says.

use std::time::Duration;

use crate::profile::{DataDir, settings::Retention};

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

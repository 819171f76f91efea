//! Copies of the journal: one a day, kept a week; one before each upgrade; a throw-away one for
//! trial runs.

use std::{
    fs,
    path::{Path, PathBuf},
};

use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, OpenFlags, OptionalExtension, backup::Backup};

use super::{Journal, open, trouble};
use crate::{
    failure::{Failure, Result},
    profile::durable::make_folder,
    text,
};

/// Daily copies that are kept.
const DAYS: usize = 7;
/// How long the copy before an upgrade is kept, in days.
const UPGRADE_DAYS: i64 = 30;
/// Pages copied at once: about 4 MB.
const PAGES: i32 = 1024;

impl Journal {
    /// Makes today's copy in `backups/` if it is not there yet and deletes those that are too old.
    /// Says whether one was made.
    ///
    /// # Errors
    /// The disk refuses, or the journal is damaged.
    pub fn back_up_daily(&self, folder: &Path, now: Timestamp) -> Result<bool> {
        let copies = folder.join("backups");
        make_folder(&copies).map_err(disk)?;
        let today = now.to_zoned(jiff::tz::TimeZone::system()).date();
        let target = daily(&copies, today);
        let missing = !target.exists();
        if missing {
            self.read(|connection| open::check(connection, folder))?;
            let partial = target.with_extension("partial");
            let _ = fs::remove_file(&partial);
            // There with its rights before the first byte of a customer is in it: SQLite takes an
            // empty file as a new database.
            open::private(&partial);
            self.with(|connection| {
                connection.execute("VACUUM INTO ?1", [partial.to_string_lossy()])
            })?;
            fs::rename(&partial, &target).map_err(disk)?;
        }
        prune(&copies, now);
        Ok(missing)
    }

    /// A journal of its own with all that is in this one: changes go nowhere and end with it.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn throw_away_copy(&self) -> Result<Self> {
        // An empty name is SQLite's private temporary database: deleted when it is closed.
        let mut target = Connection::open("")?;
        copy(&self.lock(), &mut target)?;
        target.pragma_update(None, "foreign_keys", true)?;
        Ok(Self::over(target))
    }
}

impl Journal {
    /// The newest copy in `backups/` of a journal that was at work before this one: that one was lost
    /// or put aside. Copies of a journal that came in between and is gone again are none, and one
    /// that cannot be read is no sign of anything.
    #[must_use]
    pub fn copy_of_another(&self, folder: &Path, installation: &str) -> Option<PathBuf> {
        let ours = self.read(|connection| Ok(first_order(connection)?)).ok()?;
        let is_earlier = |path: &Path| {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let copy = Connection::open_with_flags(path, flags).ok()?;
            let id: String = copy
                .query_row("SELECT id FROM installation", [], |row| row.get(0))
                .ok()?;
            let theirs = first_order(&copy).ok()??;
            Some(id != installation && ours.is_none_or(|ours| theirs < ours))
        };
        listed(&folder.join("backups"))
            .into_iter()
            .filter(|(path, _)| is_earlier(path) == Some(true))
            .max_by_key(|(_, modified)| *modified)
            .map(|(path, _)| path)
    }
}

/// When a journal got its first order.
fn first_order(connection: &Connection) -> rusqlite::Result<Option<i64>> {
    connection
        .query_row(
            "SELECT seen_at FROM orders ORDER BY id LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()
}

fn copy(source: &Connection, target: &mut Connection) -> Result<()> {
    Backup::new(source, target)?.run_to_completion(PAGES, std::time::Duration::ZERO, None)?;
    Ok(())
}

/// The copy before an upgrade from that level.
pub(super) fn before_upgrade(folder: &Path, level: usize) -> Result<()> {
    let copies = folder.join("backups");
    make_folder(&copies).map_err(disk)?;
    let stamp = Timestamp::now().strftime("%Y%m%dT%H%M%SZ");
    let target = copies.join(format!("before-upgrade-{level}-{stamp}.db"));
    let partial = target.with_extension("partial");
    let _ = fs::remove_file(&partial);
    open::private(&partial);
    let source = Connection::open(folder.join("journal.db"))?;
    let mut copied = Connection::open(&partial)?;
    copy(&source, &mut copied)?;
    copied.close().map_err(|(_, error)| Failure::from(error))?;
    fs::rename(&partial, &target).map_err(disk)
}

/// The newest copy there is.
pub(super) fn newest(folder: &Path) -> Option<PathBuf> {
    listed(&folder.join("backups"))
        .into_iter()
        .max_by_key(|(_, modified)| *modified)
        .map(|(path, _)| path)
}

fn daily(copies: &Path, day: Date) -> PathBuf {
    copies.join(format!("journal-{day}.db"))
}

fn prune(copies: &Path, now: Timestamp) {
    let mut days: Vec<PathBuf> = Vec::new();
    for (path, modified) in listed(copies) {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with("journal-") {
            days.push(path);
        } else if now.duration_since(modified).as_hours() > 24 * UPGRADE_DAYS {
            remove(&path);
        }
    }
    days.sort_unstable();
    let surplus = days.len().saturating_sub(DAYS);
    for path in days.into_iter().take(surplus) {
        remove(&path);
    }
}

/// All copies, for erasing in them. One that was cut off while it was made is of no use and goes.
pub(super) fn all(folder: &Path) -> Vec<PathBuf> {
    let copies = folder.join("backups");
    for entry in fs::read_dir(&copies).into_iter().flatten().flatten() {
        if entry
            .path()
            .extension()
            .is_some_and(|kind| kind == "partial")
        {
            remove(&entry.path());
        }
    }
    listed(&copies).into_iter().map(|(path, _)| path).collect()
}

/// A copy still holds what was to be erased.
pub(super) fn not_erased(path: &Path, failure: Failure) -> Failure {
    let copy = path.display();
    let (nl, en) = (&failure.text.nl, &failure.text.en);
    let text = text!(
        "In de kopie {copy} kon niet worden gewist: {nl}",
        "Nothing could be erased in the copy {copy}: {en}"
    );
    let mut failure = failure.hint(text!(
        "Verwijder die kopie, of los de oorzaak op en wis opnieuw.",
        "Delete that copy, or solve the cause and erase again."
    ));
    failure.text = text;
    failure
}

pub(super) fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "an old copy of the journal stays behind");
    }
}

fn listed(copies: &Path) -> Vec<(PathBuf, Timestamp)> {
    let Ok(entries) = fs::read_dir(copies) else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let path = entry.path();
            if path.extension()? != "db" {
                return None;
            }
            let modified = entry.metadata().ok()?.modified().ok()?;
            Some((path, Timestamp::try_from(modified).ok()?))
        })
        .collect()
}

fn disk(error: std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return trouble::disk_full().source(error);
    }
    crate::profile::store::disk("backups-unwritable", Path::new("backups"), error)
}

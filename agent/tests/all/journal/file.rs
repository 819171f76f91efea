//! The file: upgrades, copies, damage, a full disk, rights, many at once.

use std::{fs, path::Path};

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use tempfile::TempDir;
use winkelbrug::{
    journal::{Journal, State},
    shop::bridge::memory::installation_id,
};

use crate::journal::desk::{PROFILE, incoming, keep, start};

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder.join("backups"))
        .map(|entries| {
            entries
                .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
                .collect()
        })
        .unwrap_or_default();
    names.retain(|name| name.ends_with(".db"));
    names.sort();
    names
}

fn refused(folder: &Path) -> String {
    Journal::open(folder).unwrap_err().code
}

#[test]
fn a_journal_of_a_newer_version_is_refused_and_not_touched() {
    let folder = TempDir::new().unwrap();
    drop(Journal::open(folder.path()).unwrap());
    let file = folder.path().join("journal.db");
    let raw = Connection::open(&file).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    assert_eq!(refused(folder.path()), "journal-newer");
    assert_eq!(
        Journal::open_read_only(folder.path()).unwrap_err().code,
        "journal-newer"
    );
    let raw = Connection::open(&file).unwrap();
    let version: u32 = raw
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(version, 99);
}

#[test]
fn an_older_journal_is_copied_before_it_is_brought_up_to_date() {
    let folder = TempDir::new().unwrap();
    let raw = Connection::open(folder.path().join("journal.db")).unwrap();
    raw.execute_batch(include_str!(
        "../../../src/journal/migrations/0001_core.sql"
    ))
    .unwrap();
    raw.execute(
        "INSERT INTO cursors (profile, name, value) VALUES ('winkel', 'orders', '7')",
        [],
    )
    .unwrap();
    raw.pragma_update(None, "user_version", 1).unwrap();
    drop(raw);
    let journal = Journal::open(folder.path()).unwrap();
    assert_eq!(
        journal.cursor(PROFILE, "orders").unwrap().as_deref(),
        Some("7")
    );
    let copies = names(folder.path());
    assert_eq!(copies.len(), 1);
    assert!(copies[0].starts_with("before-upgrade-1-"), "{copies:?}");
    let copy = Connection::open(folder.path().join("backups").join(&copies[0])).unwrap();
    let version: u32 = copy
        .query_row("PRAGMA user_version", [], |row| row.get(0))
        .unwrap();
    assert_eq!(version, 1);
    // Once up to date it is not copied again.
    drop(journal);
    drop(Journal::open(folder.path()).unwrap());
    assert_eq!(names(folder.path()).len(), 1);
}

#[test]
fn a_damaged_journal_is_refused_and_the_newest_copy_named() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    for id in 0..200 {
        keep(&journal, &id.to_string(), "a");
    }
    journal.back_up_daily(folder.path(), start()).unwrap();
    journal
        .with(|connection| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())))
        .unwrap();
    drop(journal);
    let file = folder.path().join("journal.db");
    let mut bytes = fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    for byte in &mut bytes[half..half + 8192] {
        *byte = 0x5a;
    }
    fs::write(&file, &bytes).unwrap();
    let failure = Journal::open(folder.path()).unwrap_err();
    assert_eq!(failure.code, "journal-corrupt");
    assert!(
        failure.hint.en.contains("journal-2026-03-02.db"),
        "{failure:?}"
    );
    fs::write(
        &file,
        b"this is no database at all, it is a text of some length....",
    )
    .unwrap();
    assert_eq!(refused(folder.path()), "journal-corrupt");
    assert_eq!(
        Journal::open_read_only(folder.path()).unwrap_err().code,
        "journal-corrupt"
    );
}

#[test]
fn a_full_disk_is_named_and_what_was_kept_before_is_still_there() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let first = keep(&journal, "1", "a");
    // As far as SQLite is concerned a disk with no page left.
    journal
        .with(|connection| {
            let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
        })
        .unwrap();
    let mut big = incoming("2", "b");
    big.raw = "x".repeat(1 << 20);
    let failure = journal.keep_orders(PROFILE, &[big], start()).unwrap_err();
    assert_eq!(failure.code, "disk-full");
    assert_eq!(journal.order_at_work(first).unwrap().state, State::Seen);
    assert_eq!(journal.orders(PROFILE, None).unwrap().len(), 1);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = TempDir::new().unwrap();
    assert_eq!(refused(&folder.path().join("missing")), "journal-no-rights");
    fs::create_dir(folder.path().join("journal.db")).unwrap();
    assert_eq!(refused(folder.path()), "journal-no-rights");
}

#[test]
fn a_reader_sees_what_is_committed_and_cannot_write() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    keep(&journal, "1", "a");
    let reader = Journal::open_read_only(folder.path()).unwrap();
    assert_eq!(reader.orders(PROFILE, None).unwrap().len(), 1);
    keep(&journal, "2", "a");
    assert_eq!(reader.orders(PROFILE, None).unwrap().len(), 2);
    assert!(
        reader
            .keep_orders(PROFILE, &[incoming("3", "a")], start())
            .is_err()
    );
}

#[test]
fn two_programs_on_one_journal_wait_for_each_other() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().to_owned();
    drop(Journal::open(&path).unwrap());
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let path = path.clone();
            std::thread::spawn(move || {
                let journal = Journal::open(&path).unwrap();
                for order in 0..20 {
                    keep(&journal, &format!("{thread}{order:02}"), "a");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let journal = Journal::open(&path).unwrap();
    assert_eq!(journal.orders(PROFILE, None).unwrap().len(), 80);
}

#[test]
fn a_copy_is_made_once_a_day_and_seven_are_kept() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    keep(&journal, "1", "a");
    for day in 0..10 {
        let now: Timestamp = start() + SignedDuration::from_hours(24 * day);
        assert!(journal.back_up_daily(folder.path(), now).unwrap());
        assert!(!journal.back_up_daily(folder.path(), now).unwrap());
    }
    let copies = names(folder.path());
    assert_eq!(copies.len(), 7, "{copies:?}");
    assert_eq!(copies[0], "journal-2026-03-05.db");
    let restored = TempDir::new().unwrap();
    fs::copy(
        folder.path().join("backups").join(&copies[6]),
        restored.path().join("journal.db"),
    )
    .unwrap();
    let journal = Journal::open(restored.path()).unwrap();
    assert_eq!(journal.orders(PROFILE, None).unwrap().len(), 1);
}

#[test]
fn what_happens_to_a_throw_away_copy_leaves_the_journal_alone() {
    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    keep(&journal, "1", "a");
    let copy = journal.throw_away_copy().unwrap();
    keep(&copy, "2", "a");
    assert_eq!(copy.orders(PROFILE, None).unwrap().len(), 2);
    assert_eq!(journal.orders(PROFILE, None).unwrap().len(), 1);
    drop(copy);
    let files = fs::read_dir(folder.path()).unwrap().count();
    assert!(files <= 3, "journal.db and what belongs to it");
}

#[test]
fn a_copy_of_an_earlier_journal_is_told_from_copies_of_this_one() {
    let folder = TempDir::new().unwrap();
    let first = Journal::open(folder.path()).unwrap();
    let id = installation_id(&first).unwrap();
    keep(&first, "1", "a");
    first.back_up_daily(folder.path(), start()).unwrap();
    assert_eq!(first.copy_of_another(folder.path(), &id), None);
    drop(first);
    let kept = folder.path().join("kept.db");
    fs::rename(folder.path().join("journal.db"), &kept).unwrap();
    lose(folder.path());
    let tomorrow = start() + SignedDuration::from_hours(24);
    let second = Journal::open(folder.path()).unwrap();
    let other = installation_id(&second).unwrap();
    for _ in 0..2 {
        let copy = second.copy_of_another(folder.path(), &other).unwrap();
        assert!(copy.starts_with(folder.path().join("backups")));
        second
            .keep_orders(PROFILE, &[incoming("1", "a")], tomorrow)
            .unwrap();
    }
    // The earlier one is put back: what came in between is no earlier one.
    second.back_up_daily(folder.path(), tomorrow).unwrap();
    assert_eq!(names(folder.path()).len(), 2);
    drop(second);
    lose(folder.path());
    fs::rename(&kept, folder.path().join("journal.db")).unwrap();
    let first = Journal::open(folder.path()).unwrap();
    assert_eq!(installation_id(&first).unwrap(), id);
    assert_eq!(first.copy_of_another(folder.path(), &id), None);
}

fn lose(folder: &Path) {
    for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let _ = fs::remove_file(folder.join(name));
    }
}

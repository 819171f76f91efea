//! The journal's file: what is said when it is damaged, and who can read it.
use std::fs;

use tempfile::TempDir;
use winkelbrug::journal::Journal;

#[test]
fn whatever_part_of_the_file_is_damaged_the_newest_copy_is_named() {
    for from in [0, 30, 100, 4_096, 8_192, 20_000] {
        let folder = TempDir::new().unwrap();
        let now = jiff::Timestamp::now();
        let journal = Journal::open(folder.path()).unwrap();
        assert!(journal.back_up_daily(folder.path(), now).unwrap());
        drop(journal);
        let file = folder.path().join("journal.db");
        let mut bytes = fs::read(&file).unwrap();
        for byte in bytes.iter_mut().skip(from).step_by(7).take(5_000) {
            *byte ^= 0x5a;
        }
        fs::write(&file, bytes).unwrap();
        let failure = Journal::open(folder.path()).unwrap_err();
        // A damaged header may as well read as another program's version.
        if failure.code == "journal-corrupt" {
            let hint = failure.hint.get(winkelbrug::text::Language::English);
            assert!(hint.contains("backups"), "from {from}: {hint}");
        } else {
            assert_eq!(failure.code, "journal-newer", "from {from}");
        }
    }
}

#[cfg(unix)]
#[test]
fn journal_and_copies_can_be_read_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = TempDir::new().unwrap();
    let journal = Journal::open(folder.path()).unwrap();
    let now = jiff::Timestamp::now();
    journal.back_up_daily(folder.path(), now).unwrap();
    let rights = |name: &str| {
        let found = fs::metadata(folder.path().join(name)).unwrap();
        found.permissions().mode() & 0o077
    };
    assert_eq!(rights("journal.db"), 0);
    assert_eq!(rights("journal.db-wal"), 0);
    assert_eq!(rights("backups"), 0);
    let copies: Vec<_> = fs::read_dir(folder.path().join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!copies.is_empty());
    for copy in copies {
        assert_eq!(rights(&format!("backups/{copy}")), 0, "{copy}");
    }
}

//! A data folder that is not as it should be, seen by its owner: damaged, of a newer program, in
//! use by another agent, on a full disk. Nothing reaches the books, and nothing is lost.
use std::{
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use testbed::{
    program::Ran,
    scene::Scene,
    servers::{throw_away_folder, wait_until},
};

const RUN: &[&str] = &["run", "demo"];

/// The demo, imported; then three orders more wait in the shop.
fn at_work() -> Scene {
    let scene = Scene::demo().unwrap().ready().unwrap();
    scene.agent.run(RUN).unwrap().ended(0).unwrap();
    for _ in 0..3 {
        scene.shop.sell("MOK-WIT", 1).unwrap();
    }
    scene
}

/// Brings what SQLite keeps beside the file into it, so that its bytes can be compared.
fn settle(journal: &Path) {
    let connection = rusqlite::Connection::open(journal).unwrap();
    connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
}

/// Must end with that code and touch neither the books nor the journal's file.
fn refused(scene: &Scene, exit: i32) -> Ran {
    let journal = scene.agent.data().join("journal.db");
    let before = (std::fs::read(&journal).unwrap(), scene.books.orders().len());
    let ran = scene.agent.run(RUN).unwrap().ended(exit).unwrap();
    let after = (std::fs::read(&journal).unwrap(), scene.books.orders().len());
    assert!(before == after, "{}", ran.said());
    ran
}

/// Runs again and looks whether every order is in the books exactly once.
fn goes_on(scene: &Scene) {
    scene.agent.run(RUN).unwrap().ended(0).unwrap();
    let mut references: Vec<String> = scene
        .books
        .orders()
        .into_iter()
        .map(|order| order.payment_reference)
        .collect();
    references.sort();
    let all = references.len();
    references.dedup();
    assert_eq!((all, references.len()), (14, 14));
}

#[test]
fn a_damaged_journal_stops_everything_and_the_copy_it_names_goes_on_without_a_double() {
    let scene = at_work();
    let journal = scene.agent.data().join("journal.db");
    let good = scene.agent.data().join("good.db");
    settle(&journal);
    let copied = Command::new("cp")
        .arg(&journal)
        .arg(&good)
        .status()
        .unwrap();
    assert!(copied.success());
    // Everything after the first page, as a dying disk leaves it.
    let mut bytes = std::fs::read(&journal).unwrap();
    let end = bytes.len();
    bytes[4096..end].fill(0x55);
    std::fs::write(&journal, bytes).unwrap();
    let ran = refused(&scene, 2);
    assert!(ran.said().contains("journal"), "{}", ran.said());
    for rest in ["journal.db-wal", "journal.db-shm"] {
        let _ = std::fs::remove_file(scene.agent.data().join(rest));
    }
    std::fs::rename(&good, &journal).unwrap();
    goes_on(&scene);
}

#[test]
fn a_journal_of_a_newer_program_is_left_as_it_is() {
    let scene = at_work();
    let journal = scene.agent.data().join("journal.db");
    let version = |number: u32| {
        let connection = rusqlite::Connection::open(&journal).unwrap();
        let before: u32 = connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap();
        connection
            .pragma_update(None, "user_version", number)
            .unwrap();
        before
    };
    let own = version(9_999);
    settle(&journal);
    let ran = refused(&scene, 2);
    assert!(ran.said().contains("newer"), "{}", ran.said());
    version(own);
    goes_on(&scene);
}

#[test]
fn a_second_agent_on_the_folder_is_refused_and_the_first_goes_on() {
    let scene = Scene::demo().unwrap().ready().unwrap();
    let first = Serving(
        scene
            .agent
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap(),
    );
    wait_until("the agent is up", Duration::from_secs(20), || {
        let status = scene.agent.run(&["status", "--json"]).unwrap();
        status.json().is_ok_and(|status| status["running"] == true)
    })
    .unwrap();
    let second = scene
        .agent
        .run(&["serve", "--listen", "127.0.0.1:0"])
        .unwrap();
    assert_eq!(second.code, Some(2), "{second:?}");
    // The first one's own schedule may be at it already.
    scene.agent.run(RUN).unwrap().ended(0).unwrap();
    wait_until("all orders are written", Duration::from_secs(60), || {
        scene.books.orders().len() == 11
    })
    .unwrap();
    drop(first);
}

/// Asked to stop when dropped.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

#[test]
fn a_full_disk_stops_the_run_before_anything_is_written_and_nothing_is_lost() {
    let place = throw_away_folder("small-disk").unwrap();
    if !testbed::servers::may_be_root() {
        return;
    }
    let _mounted = SmallDisk::at(place.path(), "32m").expect("a small disk can be mounted");
    let mut scene = Scene::demo().unwrap();
    scene.agent.move_to(place.path().join("data"));
    let scene = scene.ready().unwrap();
    let filler = place.path().join("filler");
    let fill = || {
        let status = Command::new("sh")
            .args(["-c", "cat /dev/zero > \"$1\" 2>/dev/null", "fill"])
            .arg(&filler)
            .status()
            .unwrap();
        assert!(!status.success(), "the disk is full");
    };
    fill();
    let ran = scene.agent.run(RUN).unwrap().ended(2).unwrap();
    assert!(ran.said().contains("disk is full"), "{}", ran.said());
    assert!(scene.books.orders().is_empty());
    std::fs::remove_file(&filler).unwrap();
    scene.agent.run(RUN).unwrap().ended(0).unwrap();
    assert_eq!(scene.books.orders().len(), 11);
}

/// A disk of a few megabytes.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn at(place: &Path, size: &str) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(place)
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then(|| Self(place.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Who mistypes the folder would have an agent run on nothing, and believe that the other was stopped.
#[test]
fn serve_neither_makes_a_mistyped_folder_nor_says_that_nothing_runs_in_it() {
    let mut agent = testbed::program::Winkelbrug::under_test().unwrap();
    let typo = agent.data().with_file_name("mistyped");
    agent.move_to(typo.clone());
    for arguments in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["serve", "--stop"],
    ] {
        let ran = agent.run(arguments).unwrap().ended(2).unwrap();
        assert!(ran.said().contains("no Winkelbrug data"), "{}", ran.said());
        assert!(!typo.exists());
    }
}

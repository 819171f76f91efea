//! The journal is lost, or an older copy of it is put back.

use std::{fs, path::Path};

use crate::crash::town::Town;

fn remove_journal(data: &Path) {
    for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
        let _ = fs::remove_file(data.join(name));
    }
}

/// The journal knows where the bridge lies: without it one is deployed anew.
fn deploy(town: &Town) {
    town.scene
        .agent
        .run(&["deploy", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
}

#[test]
fn a_lost_journal_is_made_again_without_a_double() {
    let mut town = Town::new();
    town.sell(12);
    town.run().ended(0).unwrap();
    remove_journal(town.scene.agent.data());
    deploy(&town);
    town.sell(3);
    town.step();
    let report = town.run().ended(0).unwrap().json().unwrap();
    assert_eq!(report["written"], 15, "{report:#}");
    assert_eq!(report["created"]["orders"], 3, "{report:#}");
    town.each_exactly_once();
    // What was decided in it is lost with it: its copy is offered.
    let warned = report["warnings"].as_array().unwrap();
    let warned = warned
        .iter()
        .find(|warning| warning["code"] == "journal-made-anew")
        .unwrap_or_else(|| panic!("{report:#}"));
    let hint = warned["hint"].as_str().unwrap();
    assert!(
        hint.contains("backups") && hint.contains("journal.db"),
        "{hint}"
    );
}

#[test]
fn an_older_copy_put_back_goes_on_without_a_double() {
    let mut town = Town::new();
    town.sell(6);
    town.run().ended(0).unwrap();
    let data = town.scene.agent.data().to_owned();
    let copy = fs::read_dir(data.join("backups"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with("journal-")
        })
        .expect("a daily copy");
    // The copy is of the run that made it: what came later is not in it.
    town.step();
    town.sell(6);
    town.run().ended(0).unwrap();
    remove_journal(&data);
    fs::copy(copy, data.join("journal.db")).unwrap();
    town.sell(2);
    town.step();
    let report = town.run().ended(0).unwrap().json().unwrap();
    assert_eq!(report["created"]["orders"], 2, "{report:#}");
    town.each_exactly_once();
}

//! The request counter never falls back: over a crash, a restart, a lost journal, a restored copy,
//! and two processes at once.
use std::process::Stdio;

use testbed::sconnect::{Counting, Flavour, Sale, SconnectScene, SconnectShop};
use winkelbrug::{journal::Journal, shop::Shop};

use super::Desk;

#[test]
fn counter_rises_over_a_crash_a_restart_and_a_trial_run() {
    let scene = SconnectScene::new(Flavour::Magento).unwrap();
    scene.stock("MOK-WIT", "Hoog", 5, 5).unwrap();
    let mut scene = scene.ready().unwrap();
    scene.shop.place(&Sale::new("1"));
    scene
        .agent
        .run(&["run", "demo", "--dry-run"])
        .unwrap()
        .ended(0)
        .unwrap();
    for place in [
        "before-commit-count:3",
        "after-commit-count:4",
        "before-commit-seen:1",
    ] {
        scene.agent.set("WINKELBRUG_FAULT", place);
        let ran = scene.agent.run(&["run", "demo"]).unwrap();
        assert_eq!(ran.code, None, "{place}: {}", ran.said());
        scene.agent.unset("WINKELBRUG_FAULT");
    }
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
    assert_eq!(scene.books.orders_by_reference("1").len(), 1);
    assert_eq!(scene.shop.with(|world| world.fallen_back), 0);
    assert!(scene.shop.violations().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn counter_goes_on_after_a_lost_journal_and_a_restored_copy() {
    let shop = SconnectShop::start(Flavour::Magento).unwrap();
    let desk = Desk::new(&shop, "");
    desk.client().hello().await.unwrap();
    let copy = desk.data.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    let target = copy.join("journal.db").to_string_lossy().into_owned();
    desk.journal
        .with(|connection| connection.execute("VACUUM INTO ?1", [&target]))
        .unwrap();
    for _ in 0..30 {
        desk.client().hello().await.unwrap();
    }
    let lost = testbed::servers::throw_away_folder("lost").unwrap();
    for folder in [copy.as_path(), lost.path()] {
        let journal = Journal::open(folder).unwrap();
        desk.client_over(&journal).hello().await.unwrap();
    }
    assert_eq!(shop.with(|world| world.fallen_back), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_of_a_clock_that_ran_ahead_or_of_another_program_are_overtaken() {
    let shop = SconnectShop::start(Flavour::Magento).unwrap();
    let desk = Desk::new(&shop, "");
    desk.client().hello().await.unwrap();
    // A trial run on a copy, or a clock set back, used some that the journal does not know of.
    shop.with(|world| world.counter += 500_000);
    desk.client().hello().await.unwrap();

    // A program before us counted in ticks: the test of the connection finds out, and goes on there.
    let scene = SconnectScene::new(Flavour::Magento)
        .unwrap()
        .ready()
        .unwrap();
    scene
        .shop
        .with(|world| world.counter = 638_000_000_000_000_000);
    scene.agent.run(&["run", "demo"]).unwrap().ended(4).unwrap();
    scene
        .agent
        .run(&["check", "demo"])
        .unwrap()
        .ended(0)
        .unwrap();
    scene.agent.run(&["run", "demo"]).unwrap().ended(0).unwrap();
}

#[test]
fn two_processes_at_once_are_both_let_in() {
    for counting in [Counting::Stored, Counting::Zeroed] {
        let scene = SconnectScene::new(Flavour::Magento)
            .unwrap()
            .ready()
            .unwrap();
        scene.shop.with(|world| world.knobs.counting = counting);
        let children: Vec<_> = (0..4)
            .map(|_| {
                scene
                    .agent
                    .command(&["check", "demo"])
                    .stdin(Stdio::null())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            assert_eq!(output.status.code(), Some(0), "{said}");
        }
        let mut counters = scene.shop.with(|world| world.counters.clone());
        let all = counters.len();
        counters.sort_unstable();
        counters.dedup();
        assert_eq!(counters.len(), all, "no counter is sent twice");
    }
}

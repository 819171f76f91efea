//! Asked to stop: the run ends within seconds, even when the books do not answer, and nothing is
//! lost.

use std::{
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use testbed::snelstart::{Trouble, When};

use crate::crash::town::Town;

fn started(town: &Town) -> Child {
    town.scene
        .agent
        .command(&["run", "demo", "--json"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn asked_to_stop(child: &mut Child) -> Duration {
    let asked = Instant::now();
    let status = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    child.wait().unwrap();
    asked.elapsed()
}

#[test]
fn a_run_ends_within_seconds_while_the_books_are_slow_and_the_next_goes_on() {
    let mut town = Town::new();
    town.sell(5);
    town.scene.books.arm(
        When::new("POST", "/verkooporders").nth(2),
        Trouble::Slow(Duration::from_secs(25)),
    );
    let mut child = started(&town);
    let deadline = Instant::now() + Duration::from_secs(60);
    // The second order has come to the books when the first is in them and no trouble is left.
    while town.scene.books.faults().left() > 0 {
        assert!(Instant::now() < deadline, "the books were never asked");
        std::thread::yield_now();
    }
    let took = asked_to_stop(&mut child);
    assert!(took < Duration::from_secs(10), "{took:?}");
    town.finish();
    town.each_exactly_once();
}

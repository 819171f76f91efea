//! The agent in the background: started by the bare program, outliving its terminal, stopped when
//! asked, and what a command says whose agent is killed.

#![cfg(unix)]

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::command_line::{Program, Ran};

/// No agent outlives its test, however that ends.
struct StoppedAtTheEnd<'a>(&'a Program);

impl Drop for StoppedAtTheEnd<'_> {
    fn drop(&mut self) {
        let _ = self.0.command(&["serve", "--stop"]).output();
    }
}

#[test]
fn the_bare_program_starts_the_agent_in_the_background_and_then_only_shows_how_things_are() {
    let program = Program::with_profile();
    let _stopped = StoppedAtTheEnd(&program);
    let ran = program.run(&[]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(
        ran.stdout.contains("started in the background"),
        "{}",
        ran.said()
    );
    assert!(ran.stdout.contains("winkel"), "{}", ran.said());
    let status = program.run(&["status", "--json"]).json();
    assert_eq!(status["running"], true);
    let contact = fs::read(program.data().join("agent.json")).unwrap();
    let contact: Value = serde_json::from_slice(&contact).unwrap();
    let process = contact["process"].to_string();
    // Its own process group, and no file of the terminal it was started from.
    let group = Command::new("ps")
        .args(["-o", "pgid=", "-p", &process])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&group.stdout).trim(), process);
    for (stream, place) in [
        (0, "/dev/null"),
        (1, "agent-output.log"),
        (2, "agent-output.log"),
    ] {
        let open = fs::read_link(format!("/proc/{process}/fd/{stream}")).unwrap();
        assert!(
            open.to_string_lossy().ends_with(place),
            "{}",
            open.display()
        );
    }
    // A terminal that closes tells those in it.
    Command::new("kill")
        .args(["-HUP", &process])
        .status()
        .unwrap();

    let again = program.run(&[]);
    assert_eq!(again.code, 0, "{}", again.said());
    assert!(
        !again.stdout.contains("started in the background"),
        "{}",
        again.said()
    );
    let status = program.run(&["--json"]).json();
    assert_eq!(status["running"], true);
    assert_eq!(status["address"], contact["address"]);

    assert_eq!(program.run(&["serve", "--stop"]).code, 0);
    assert_eq!(program.run(&["status", "--json"]).json()["running"], false);
    assert_eq!(program.run(&["serve", "--stop"]).code, 0);
    let nothing = program.run(&["serve", "--stop", "--json"]);
    assert_eq!(nothing.code, 0);
    assert_eq!(nothing.json()["event"], "not-running");
}

#[test]
fn an_agent_that_cannot_start_says_why_in_its_own_words() {
    let program = Program::with_profile();
    fs::write(
        program.data().join("journal.db"),
        "no journal at all, but long enough to be looked at as one by whoever opens it",
    )
    .unwrap();
    let ran = program.run(&[]);
    assert_eq!(ran.code, 2, "{}", ran.said());
    assert!(ran.stderr.contains("journal-corrupt"), "{}", ran.said());
    let ran = program.run(&["--json"]);
    assert_eq!(ran.json()["error"]["code"], "journal-corrupt");
}

#[test]
fn a_command_whose_agent_is_killed_says_so_and_can_be_given_again() {
    let program = Program::with_profile();
    // A shop that takes the connection and never answers: the agent is in the middle of it.
    let shop = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = shop.local_addr().unwrap();
    let profile = program.data().join("profiles/winkel.toml");
    let text = fs::read_to_string(&profile).unwrap();
    let host = format!("host = \"127.0.0.1\"\nport = {}", address.port());
    let text = text
        .lines()
        .filter(|line| !line.starts_with("port ="))
        .map(|line| {
            if line.starts_with("host =") {
                host.as_str()
            } else {
                line
            }
        })
        .collect::<Vec<_>>()
        .join("\n");
    fs::write(&profile, text).unwrap();
    let mut agent = program
        .command(&["serve", "--listen", "127.0.0.1:0", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(agent.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let deploy = program
        .command(&["deploy", "winkel", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let asked = shop.accept().unwrap();
    agent.kill().unwrap();
    agent.wait().unwrap();
    drop(asked);
    let ran: Ran = deploy.wait_with_output().unwrap().into();
    assert_eq!(ran.code, 1, "{}", ran.said());
    assert_eq!(ran.json()["error"]["code"], "agent-gone", "{}", ran.said());
}

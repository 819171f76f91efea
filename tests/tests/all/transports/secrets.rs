//! No password, passphrase or private key is ever seen outside: not when all goes well and not when
//! anything fails, in no answer, log, process list, support bundle or memory left behind.

use std::{
    collections::BTreeMap,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use testbed::profile::text;

use winkelbrug::profile::settings::UploadProtocol;

use super::{
    bed::{Kind, PASSPHRASE, protocol},
    program::{Way, no_secret_in_the_process_list},
};

const WRONG: &str = "een-verkeerd-wachtwoord-4711";

impl Way {
    /// Gives profile and secrets anew.
    fn again(&mut self) {
        let file = self.scene.agent.data().with_extension("toml");
        std::fs::write(&file, self.scene.profile.toml()).unwrap();
        let name = file.to_str().unwrap().to_owned();
        let added = self.scene.agent.run_with(
            &[
                "profile",
                "add",
                "--from",
                &name,
                "--replace",
                "--secrets",
                "-",
            ],
            &self.scene.profile.secrets_json(),
        );
        self.said.push_str(&added.unwrap().ended(0).unwrap().said());
    }

    /// A command that fails, whose words are kept.
    fn fails(&mut self, arguments: &[&str]) {
        let ran = self.scene.agent.run(arguments).unwrap();
        assert_ne!(ran.code, Some(0), "{ran:?}");
        self.said.push_str(&ran.said());
    }
}

/// Everything in the data folder as text, but not the owner's own key files.
fn files(folder: &Path, all: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            files(&path, all);
        } else if !name.starts_with("key_") {
            let bytes = std::fs::read(&path).unwrap();
            all.insert(path, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
}

/// The lines of the private key in that file.
fn key_lines(file: &Path) -> Vec<String> {
    let key = std::fs::read_to_string(file).unwrap();
    let lines = key.lines().filter(|line| !line.starts_with("-----"));
    lines.map(str::to_owned).collect()
}

fn nothing_shows(kind: Kind) {
    let mut way = Way::new(kind);
    way.scene.agent.set("RUST_LOG", "trace");
    way.scene.agent.set("WINKELBRUG_LOG", "trace");
    let added = way.scene.add_profile().unwrap().ended(0).unwrap();
    way.said.push_str(&added.said());
    way.run(&["deploy", "demo", "--trust-new-key"], 0);
    no_secret_in_the_process_list(&way);
    way.run(&["run", "demo", "--dry-run"], 0);

    // What fails: nobody there, another protocol, a wrong password or passphrase, no such folder.
    let right = way.scene.profile.clone();
    for (key, value) in [
        ("port", "9".to_owned()),
        ("folder", text("nergens")),
        ("user", text("niemand")),
        match protocol(kind) {
            UploadProtocol::Sftp => ("host", text("bestaat-niet.invalid")),
            _ => ("protocol", text("sftp")),
        },
    ] {
        way.scene.profile.set("shop.upload", key, &value);
        way.again();
        way.fails(&["deploy", "demo"]);
        way.fails(&["check", "demo", "--json"]);
        way.scene.profile = right.clone();
    }
    for secret in ["upload", "key_passphrase"] {
        if let Some(given) = way.scene.profile.secrets.get_mut(secret) {
            *given = WRONG.to_owned();
        }
    }
    way.again();
    way.fails(&["deploy", "demo"]);
    let wrong = [WRONG.to_owned()];
    way.scene.profile = right;

    let bundle = way.scene.agent.data().join("bundle.txt");
    way.run(&["support-bundle", bundle.to_str().unwrap()], 0);

    let mut all = BTreeMap::from([(PathBuf::from("said"), way.said.clone())]);
    files(way.scene.agent.data(), &mut all);
    assert!(all[&bundle].contains("demo"), "the bundle holds the log");
    let mut secrets: Vec<String> = way.scene.profile.secrets.values().cloned().collect();
    secrets.extend(wrong);
    secrets.push(PASSPHRASE.to_owned());
    if let Kind::SshdKey(_) = kind {
        let keys = std::fs::read_dir(way.scene.agent.data()).unwrap();
        let key = keys
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|end| end == "pub"));
        secrets.extend(key_lines(&key.unwrap().with_extension("")));
    }
    for secret in &secrets {
        assert!(secret.len() > 8, "what is looked for is no ordinary word");
        let found = all.iter().find(|(_, text)| text.contains(secret.as_str()));
        assert!(
            found.is_none(),
            "{:?} shows a secret",
            found.map(|(path, _)| path)
        );
    }
}

#[test]
fn no_secret_shows_by_plain_ftp() {
    if super::runs_here() {
        nothing_shows(Kind::VsftpdPlain);
    }
}

#[test]
fn no_secret_shows_by_ftps() {
    if super::runs_here() {
        nothing_shows(Kind::VsftpdReuse);
    }
}

#[test]
fn no_secret_shows_by_implicit_ftps() {
    if super::runs_here() {
        nothing_shows(Kind::ProftpdImplicit);
    }
}

#[test]
fn no_secret_shows_by_sftp_with_a_password() {
    if super::runs_here() {
        nothing_shows(Kind::SshdPassword);
    }
}

#[test]
fn no_secret_shows_by_sftp_with_questions() {
    if super::runs_here() {
        nothing_shows(Kind::SshdQuestions);
    }
}

#[test]
fn no_secret_shows_by_sftp_with_a_key() {
    if super::runs_here() {
        nothing_shows(Kind::SshdKey("ed25519"));
    }
}

/// A command as it is when memory may be written out by the system, ended as by a fault of its own.
fn aborted(mut command: Command, place: &Path, ready: &str) -> std::process::ExitStatus {
    let words: Vec<_> = std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| word.to_os_string())
        .collect();
    let mut limited = Command::new("sh");
    limited
        .args([
            "-c",
            "ulimit -c unlimited 2>/dev/null; exec \"$@\"",
            "limited",
        ])
        .args(&words)
        .current_dir(place)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    for (name, value) in command.env("LC_ALL", "C").get_envs() {
        limited.env(name, value.unwrap_or_default());
    }
    let mut child = limited.spawn().unwrap();
    let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains(ready) {
        line.clear();
        let read = std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        assert!(read > 0, "it ended before it was ready");
    }
    let killed = Command::new("kill")
        .args(["-ABRT", &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
    child.wait().unwrap()
}

#[test]
fn a_program_that_dies_leaves_no_memory_behind() {
    let scene = testbed::scene::Scene::empty().unwrap();
    let place = testbed::servers::throw_away_folder("core").unwrap();
    let mut other = Command::new("sh");
    other.args(["-c", "echo ready; read nothing"]);
    let of_others = aborted(other, place.path(), "ready");
    let serve = scene.agent.command(&["serve", "--listen", "127.0.0.1:0"]);
    let ours = aborted(serve, place.path(), "127.0.0.1");
    assert_eq!(ours.signal(), Some(6));
    assert!(!ours.core_dumped(), "others: {of_others:?}");
}

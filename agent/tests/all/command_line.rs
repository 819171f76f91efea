//! The program as an owner types it: wrong use, settings, profiles, JSON, both languages, and no
//! secret anywhere in what it says or writes.
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

const PROFILE: &str = r#"format = 1
name = "winkel"
# how the shop is reached
[shop]
url = "http://127.0.0.1:9"
[shop.upload]
protocol = "ftp"
host = "127.0.0.1"
port = 9
user = "gebruiker"
folder = "/"
[administration]
kind = "snelstart-online"
api_url = "http://127.0.0.1:9/v2"
auth_url = "http://127.0.0.1:9/token"
"#;

const SECRETS: &str =
    r#"{"upload":"ftp-geheim-1","administration":"koppel-geheim-2","subscription":"abo-geheim-3"}"#;

pub struct Program {
    pub folder: tempfile::TempDir,
}

pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Program {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_winkelbrug"));
        command
            .arg("--data-dir")
            .arg(self.data())
            .args(["--lang", "en"])
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().unwrap().into()
    }

    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap().into()
    }

    pub fn file(&self, name: &str, text: &str) -> String {
        let file = self.folder.path().join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    }

    pub fn with_profile() -> Self {
        let program = Self::new();
        let file = program.file("winkel.toml", PROFILE);
        let ran = program.run_with(
            &["profile", "add", "--from", &file, "--secrets", "-"],
            SECRETS,
        );
        assert_eq!(ran.code, 0, "{}", ran.said());
        program
    }
}

#[test]
fn wrong_use_is_exit_code_2_and_says_what_was_meant() {
    let program = Program::new();
    let table: &[(&[&str], &str)] = &[
        (&["rnu", "winkel"], "Do you mean run?"),
        (&["run"], "Something is missing"),
        (&["run", "winkel", "--dryrun"], "--dry-run"),
        (
            &["books", "winkel", "invoices"],
            "orders, bookings, relations, articles",
        ),
        (&["retry", "winkel"], "--held"),
        (&["retry", "winkel", "1", "--held"], "do not go together"),
        (
            &["run", "winkel", "import-order"],
            "Do you mean import-orders?",
        ),
        (&["run", "winkel", "export-articles"], "not yet available"),
        (&["check", "winkel"], "There is no profile winkel"),
        (
            &["plan", "winkel", "import-orders", "--next", "soon"],
            "is no moment",
        ),
        (&["serve", "--listen", "0.0.0.0:0"], "beyond this PC"),
        (&["serve", "--listen", "here"], "no address"),
        (
            &["profile", "add", "--from", "/nowhere.toml"],
            "cannot be read",
        ),
    ];
    for (arguments, said) in table {
        if arguments[0] == "serve" {
            // It serves no folder that is not there.
            std::fs::create_dir_all(program.folder.path().join("data")).unwrap();
        }
        let ran = program.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.said());
        assert!(ran.stderr.contains(said), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stdout.is_empty(), "{arguments:?}: {}", ran.stdout);
    }
}

#[test]
fn both_languages_are_spoken() {
    let program = Program::new();
    let dutch: Ran = Command::new(env!("CARGO_BIN_EXE_winkelbrug"))
        .args(["--help"])
        .env_remove("WINKELBRUG_LANG")
        .output()
        .unwrap()
        .into();
    assert_eq!(dutch.code, 0);
    assert!(dutch.stdout.contains("Gebruik:") && dutch.stdout.contains("Opdrachten:"));
    let english = program.run(&["--help"]);
    assert!(english.stdout.contains("Usage:") && english.stdout.contains("Commands:"));
    let by_environment: Ran = Command::new(env!("CARGO_BIN_EXE_winkelbrug"))
        .args(["rnu"])
        .env("WINKELBRUG_LANG", "en")
        .output()
        .unwrap()
        .into();
    assert!(by_environment.stderr.contains("There is no command rnu"));
}

#[test]
fn slips_in_a_profile_are_named_and_nothing_is_kept() {
    let program = Program::new();
    let table = [
        (
            PROFILE.replace("[shop.upload]", "[shop.uplod]"),
            "unknown-key",
            "Do you mean shop.upload?",
        ),
        (
            PROFILE.replace("[shop.upload]", "kind = \"files\"\n[shop.upload]"),
            "not-yet-available",
            "shop.kind",
        ),
        (
            PROFILE.replace("\"ftp\"", "\"scp\""),
            "wrong-value",
            "ftp | ftps | ftps-implicit | sftp",
        ),
        (
            PROFILE.replace("name = \"winkel\"", ""),
            "missing-key",
            "name",
        ),
    ];
    for (text, code, said) in table {
        let file = program.file("slip.toml", &text);
        let ran = program.run(&["profile", "add", "--from", &file]);
        assert_eq!(ran.code, 2, "{}", ran.said());
        assert!(
            ran.stderr.contains(code) && ran.stderr.contains(said),
            "{}",
            ran.stderr
        );
        let ran = program.run(&["profile", "add", "--from", &file, "--json"]);
        assert_eq!(ran.json()["error"]["code"], code);
    }
    let listed = program.run(&["profile", "list", "--json"]).json();
    assert_eq!(listed["error"]["code"], "no-data");
}

#[test]
fn a_secret_nobody_gave_is_asked_for_by_name() {
    let program = Program::new();
    let file = program.file("winkel.toml", PROFILE);
    let ran = program.run(&["profile", "add", "--from", &file]);
    assert_eq!(ran.code, 2, "{}", ran.said());
    assert!(
        ran.stderr.contains("WINKELBRUG_SECRET_UPLOAD"),
        "{}",
        ran.stderr
    );
    let ran: Ran = program
        .command(&["profile", "add", "--from", &file, "--json"])
        .env("WINKELBRUG_SECRET_UPLOAD", "a-geheim")
        .env("WINKELBRUG_SECRET_ADMINISTRATION", "b-geheim")
        .env("WINKELBRUG_SECRET_SUBSCRIPTION", "c-geheim")
        .output()
        .unwrap()
        .into();
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert_eq!(ran.json()["name"], "winkel");
    assert!(ran.json()["orders_from"].is_string());
    let ran = program.run_with(
        &[
            "profile",
            "add",
            "--from",
            &file,
            "--replace",
            "--secrets",
            "-",
        ],
        "geheim",
    );
    assert_eq!(ran.code, 2);
    assert!(!ran.said().contains("geheim\""), "{}", ran.said());
}

#[test]
fn a_profile_goes_out_and_in_again_without_its_secrets() {
    let program = Program::with_profile();
    let file = program.folder.path().join("out.toml");
    let file = file.to_str().unwrap();
    assert_eq!(
        program
            .run(&["profile", "export", "winkel", "--to", file])
            .code,
        0
    );
    let again = program.run(&["profile", "export", "winkel", "--to", file]);
    assert_eq!(again.code, 2, "{}", again.said());
    assert!(again.stderr.contains("file-exists"), "{}", again.said());
    let replaced = program.run(&["profile", "export", "winkel", "--to", file, "--replace"]);
    assert_eq!(replaced.code, 0, "{}", replaced.said());
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains("# how the shop is reached"));
    assert!(!text.contains("geheim"));
    // Another shop of theirs, with the same settings.
    let other = text.replace(
        "url = \"http://127.0.0.1:9\"",
        "url = \"http://127.0.0.1:8\"",
    );
    let other = program.file("other.toml", &other);
    let ran = program.run(&["profile", "import", file]);
    assert!(
        ran.code == 2 && ran.stderr.contains("profile-exists"),
        "{}",
        ran.said()
    );
    let ran = program.run(&["profile", "import", &other, "--name", "andere"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("secret-missing"),
        "{}",
        ran.said()
    );
    let ran = program.run_with(
        &[
            "profile",
            "import",
            &other,
            "--name",
            "andere",
            "--secrets",
            "-",
        ],
        SECRETS,
    );
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(ran.stderr.contains("the same prefix"), "{}", ran.stderr);
    let shown = |name| program.run(&["profile", "show", name, "--json"]).json();
    let (mut one, mut other) = (shown("winkel"), shown("andere"));
    assert_eq!(
        other["secrets"]["kept"],
        serde_json::json!(["upload", "administration", "subscription"])
    );
    for shown in [&mut one, &mut other] {
        shown["settings"]["name"] = Value::Null;
        shown["settings"]["shop"]["url"] = Value::Null;
    }
    assert_eq!(one, other);
    let listed = program.run(&["profile", "list", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!(listed[0]["name"], "andere");
}

#[test]
fn a_clone_has_its_own_address_and_asks_its_own_secrets() {
    let program = Program::with_profile();
    let clone = [
        "profile",
        "clone",
        "winkel",
        "tweede",
        "--url",
        "http://127.0.0.1:8",
    ];
    let ran = program.run(&clone);
    assert!(
        ran.code == 2 && ran.stderr.contains("secret-missing"),
        "{}",
        ran.said()
    );
    let ran = program.run_with(&[&clone[..], &["--secrets", "-"]].concat(), SECRETS);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let shown = program.run(&["profile", "show", "tweede", "--json"]).json();
    assert_eq!(shown["settings"]["shop"]["url"], "http://127.0.0.1:8");
    assert_eq!(
        shown["settings"]["administration"]["kind"],
        "snelstart-online"
    );
    let wrong = ["profile", "clone", "winkel", "derde", "--url", "ftp://x"];
    assert_eq!(program.run(&wrong).code, 2);
}

#[test]
fn a_second_profile_for_the_same_shop_and_administration_is_refused() {
    let program = Program::with_profile();
    let twin = PROFILE
        .replace("name = \"winkel\"", "name = \"dubbel\"")
        .replace("127.0.0.1:9\"", "127.0.0.1:9/index.php\"");
    let file = program.file("dubbel.toml", &twin);
    let add = ["profile", "add", "--from", &file, "--secrets", "-"];
    let clone = [
        "profile",
        "clone",
        "winkel",
        "dubbel",
        "--url",
        "http://127.0.0.1:9/",
        "--secrets",
        "-",
    ];
    for arguments in [&add[..], &clone[..]] {
        let ran = program.run_with(arguments, SECRETS);
        assert!(
            ran.code == 2 && ran.stderr.contains("profile-twice") && ran.stderr.contains("winkel"),
            "{}",
            ran.said()
        );
        assert!(!program.data().join("profiles/dubbel.toml").exists());
        assert!(!program.data().join("secrets/dubbel.json").exists());
    }
    // The same profile again is no second one, and another administration may have the shop too.
    let again = program.file("winkel.toml", PROFILE);
    let replace = ["profile", "add", "--from", &again, "--replace"];
    assert_eq!(program.run(&replace).code, 0);
    let secrets = SECRETS.replace("koppel-geheim-2", "koppel-geheim-4");
    let ran = program.run_with(&add, &secrets);
    assert_eq!(ran.code, 0, "{}", ran.said());
}

#[test]
fn removing_a_profile_removes_its_secrets() {
    let program = Program::with_profile();
    let ran = program.run(&["profile", "remove", "winkel"]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    assert!(!program.data().join("secrets/winkel.json").exists());
    assert!(!program.data().join("profiles/winkel.toml").exists());
    assert_eq!(program.run(&["profile", "remove", "winkel"]).code, 2);
}

#[test]
fn a_shop_that_cannot_be_reached_is_exit_code_3() {
    let program = Program::with_profile();
    let ran = program.run(&["check", "winkel", "--json"]);
    assert_eq!(ran.code, 3, "{}", ran.said());
    let steps = ran.json()["steps"].clone();
    let steps = steps.as_array().unwrap();
    assert!(!steps.is_empty());
    for step in steps {
        assert!(step["name"].is_string() && step["ok"].is_boolean());
        assert!(step["message"].is_string() && step["hint"].is_string());
    }
    assert_eq!(program.run(&["deploy", "winkel"]).code, 3);
}

#[test]
fn status_has_its_shape_and_plan_is_seen_in_it() {
    let program = Program::with_profile();
    let task = "import-orders-export-stock";
    let ran = program.run(&[
        "plan",
        "winkel",
        task,
        "--next",
        "2031-01-01T10:00:00+01:00",
        "--json",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let status = program.run(&["status", "--json"]).json();
    assert_eq!(status["running"], false);
    let profile = &status["profiles"][0];
    assert_eq!(profile["name"], "winkel");
    assert_eq!(profile["orders"]["held"], 0);
    assert_eq!(profile["tasks"][0]["task"], task);
    assert_eq!(profile["tasks"][0]["next"], "2031-01-01T09:00:00Z");
    assert_eq!(profile["tasks"][0]["edited"], true);
    let ran = program.run(&["plan", "winkel", "import-orders", "--next", "now"]);
    assert!(
        ran.code == 2 && ran.stderr.contains("task-not-planned"),
        "{}",
        ran.said()
    );
}

#[test]
fn lines_fit_in_a_hundred_columns() {
    let program = Program::with_profile();
    for arguments in [
        &["status"][..],
        &["profile", "list"],
        &["check", "winkel"],
        &["--help"],
    ] {
        let ran = program.run(arguments);
        let longest = ran
            .stdout
            .lines()
            .map(|line| line.chars().count())
            .max()
            .unwrap_or_default();
        assert!(longest <= 100, "{arguments:?}: {longest}\n{}", ran.stdout);
    }
}

#[test]
fn no_secret_is_said_or_written_anywhere() {
    let program = Program::with_profile();
    let mut said = String::new();
    for arguments in [
        &["check", "winkel"][..],
        &["deploy", "winkel", "--json"],
        &["run", "winkel", "--json"],
        &["status"],
        &["profile", "show", "winkel"],
        &["profile", "export", "winkel"],
        &["support-bundle", "bundle.txt"],
    ] {
        let ran: Ran = program
            .command(arguments)
            .current_dir(program.folder.path())
            .env("WINKELBRUG_LOG", "trace")
            .output()
            .unwrap()
            .into();
        said.push_str(&ran.said());
    }
    assert!(program.folder.path().join("bundle.txt").exists());
    for secret in ["ftp-geheim-1", "koppel-geheim-2", "abo-geheim-3"] {
        assert!(!said.contains(secret), "{said}");
        for file in files(program.folder.path()) {
            let bytes = fs::read(&file).unwrap();
            let found = bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} in {}", file.display());
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

#[test]
fn the_bundle_has_no_names_and_no_addresses() {
    let program = Program::with_profile();
    let logs = program.data().join("logs");
    fs::create_dir_all(&logs).unwrap();
    fs::write(
        logs.join("winkelbrug.2026-01-01.log"),
        "order 10023 of jan@voorbeeld.nl 0612345678\n",
    )
    .unwrap();
    let bundle = program.folder.path().join("bundle.txt");
    let ran = program.run(&["support-bundle", bundle.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.said());
    let again = program.run(&["support-bundle", bundle.to_str().unwrap()]);
    assert!(again.stderr.contains("file-exists"), "{}", again.said());
    let zip = program.folder.path().join("bundle.zip");
    let refused = program.run(&["support-bundle", zip.to_str().unwrap()]);
    assert_eq!(refused.code, 2, "{}", refused.said());
    assert!(refused.stderr.contains("bundle.txt"), "{}", refused.said());
    assert!(!zip.exists());
    let text = fs::read_to_string(bundle).unwrap();
    assert!(text.contains("order 10023") && text.contains("protocol = \"ftp\""));
    for private in ["jan@", "0612345678", "gebruiker"] {
        assert!(!text.contains(private), "{text}");
    }
}

#[cfg(unix)]
#[test]
fn the_agent_serves_and_stops_when_asked() {
    use std::io::{BufRead, BufReader};
    let program = Program::with_profile();
    let mut agent = program
        .command(&["serve", "--listen", "127.0.0.1:0", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(agent.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(first["event"], "listening");
    let status = program.run(&["status", "--json"]).json();
    assert_eq!(status["running"], true);
    assert_eq!(status["address"], first["address"]);
    let second = program.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert!(
        second.code == 2 && second.stderr.contains("agent-running"),
        "{}",
        second.said()
    );
    let began = std::time::Instant::now();
    // Some senders tell the process and its group: still one wish.
    for _ in 0..2 {
        let id = agent.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status().unwrap();
    }
    assert_eq!(agent.wait().unwrap().code(), Some(0));
    assert!(began.elapsed().as_secs() < 5);
    assert_eq!(program.run(&["status", "--json"]).json()["running"], false);
}

#[cfg(unix)]
#[test]
fn watch_finds_an_agent_that_was_restarted() {
    use std::io::{BufRead, BufReader};
    let program = Program::with_profile();
    let serve = || {
        let mut agent = program
            .command(&["serve", "--listen", "127.0.0.1:0", "--json"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        BufReader::new(agent.stdout.take().unwrap())
            .read_line(&mut first)
            .unwrap();
        agent
    };
    let end = |mut agent: std::process::Child| {
        Command::new("kill")
            .args(["-TERM", &agent.id().to_string()])
            .status()
            .unwrap();
        agent.wait().unwrap();
    };
    let agent = serve();
    let mut watch = program
        .command(&["watch", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut remarks = BufReader::new(watch.stderr.take().unwrap()).lines();
    let mut events = BufReader::new(watch.stdout.take().unwrap()).lines();
    let mut hears_a_plan = || {
        // It says that it waits, unless the agent is back before it looks.
        assert!(remarks.any(|line| line.unwrap() == "Connected to Winkelbrug."));
        let ran = program.run(&[
            "plan",
            "winkel",
            "import-orders-export-stock",
            "--next",
            "2031-01-01 10:00",
        ]);
        assert_eq!(ran.code, 0, "{}", ran.said());
        loop {
            let event: Value = serde_json::from_str(&events.next().unwrap().unwrap()).unwrap();
            if event["event"] == "planned" {
                return;
            }
        }
    };
    hears_a_plan();
    end(agent);
    let agent = serve();
    hears_a_plan();
    end(agent);
    Command::new("kill")
        .args(["-TERM", &watch.id().to_string()])
        .status()
        .unwrap();
    assert_eq!(watch.wait().unwrap().code(), Some(0));
}

#[test]
fn a_data_folder_that_is_not_there_is_named_and_not_made_by_a_command_that_looks() {
    let program = Program::new();
    for looks in [
        &["status"][..],
        &["status", "--json"],
        &["profile", "list"],
        &["watch"],
        &["support-bundle", "bundle.txt"],
        &["orders", "winkel"],
        &["profile", "show", "winkel"],
        &["check", "winkel"],
    ] {
        let ran = program.run(looks);
        assert_eq!(ran.code, 2, "{looks:?}: {}", ran.said());
        let folder = program.data();
        assert!(
            ran.said().contains(folder.to_str().unwrap()),
            "{looks:?}: {}",
            ran.said()
        );
        assert!(!folder.exists(), "{looks:?}");
    }
    // Nor does the bare program, which would start an agent on nothing.
    let bare = program.run(&[]);
    assert_eq!(bare.code, 2, "{}", bare.said());
    assert!(bare.stderr.contains("profile add"), "{}", bare.said());
    assert!(!program.data().exists());
    let status = program.run(&["status"]);
    assert!(
        status.stderr.contains("no Winkelbrug data"),
        "{}",
        status.said()
    );
}

#[test]
fn a_command_in_a_hint_can_be_typed_as_it_stands_on_another_data_folder() {
    let program = Program::with_profile();
    let ran = program.run(&["cancel", "winkel", "5"]);
    let (_, hint) = ran.stderr.split_once("winkelbrug ").unwrap();
    let folder = program.data();
    let typed = format!("--data-dir {} orders winkel", folder.display());
    assert!(hint.starts_with(&typed), "{}", ran.said());
    // Programs get the same.
    let ran = program.run(&["cancel", "winkel", "5", "--json"]);
    let told = ran.json()["error"]["hint"].as_str().unwrap().to_owned();
    assert!(told.contains(&typed), "{told}");
    let help = program.run(&["--help"]);
    assert!(!help.stdout.contains(folder.to_str().unwrap()));
}

#[test]
fn article_codes_a_replaced_file_leaves_out_are_told_with_the_lines_that_put_them_back() {
    let program = Program::new();
    let codes = "[sales]\nlevy_article = \"HEFFING\"\nshipping_article = { hoog = \"VERZEND-HOOG\", geen = \"VERZEND-GEEN\" }\n";
    let with_codes = program.file("codes.toml", &format!("{PROFILE}{codes}"));
    let ran = program.run_with(
        &["profile", "add", "--from", &with_codes, "--secrets", "-"],
        SECRETS,
    );
    assert_eq!(ran.code, 0, "{}", ran.said());
    let without = program.file("bare.toml", PROFILE);
    let replace = ["profile", "add", "--replace", "--from", &without];
    let told = program.run(&replace);
    assert_eq!(told.code, 0, "{}", told.said());
    for line in [
        "levy_article = \"HEFFING\"",
        "shipping_article = { hoog = \"VERZEND-HOOG\", geen = \"VERZEND-GEEN\" }",
        "check winkel --create-articles",
    ] {
        assert!(told.stderr.contains(line), "{line}: {}", told.said());
    }
    // Nothing is left out of what has them, and nothing is told twice.
    let again = program.run(&["profile", "add", "--replace", "--from", &without, "--json"]);
    assert_eq!(again.json()["left_out"], serde_json::json!([]));
    assert!(!again.stderr.contains("HEFFING"), "{}", again.said());
    let back = program.run(&["profile", "add", "--replace", "--from", &with_codes]);
    assert!(!back.stderr.contains("article codes"), "{}", back.said());
}

#[test]
fn a_replaced_profile_tells_what_it_works_on_now_and_which_payments_it_books_no_more() {
    let program = Program::new();
    let paid = "[sales]\nform = \"booking\"\n[sales.payment.\"iDEAL\"]\njournal = \"Bank\"\n";
    let before = program.file("before.toml", &format!("{PROFILE}{paid}"));
    let ran = program.run_with(
        &["profile", "add", "--from", &before, "--secrets", "-"],
        SECRETS,
    );
    assert_eq!(ran.code, 0, "{}", ran.said());
    let other = PROFILE
        .replace("kind = \"snelstart-online\"", "kind = \"trial\"")
        .replace(
            "http://127.0.0.1:9\"\n[shop.upload]",
            "http://127.0.0.1:10\"\n[shop.upload]",
        );
    let other = program.file("other.toml", &other);
    let replace = ["profile", "add", "--replace", "--from", &other];
    let told = program.run(&[&replace[..], &["--json"]].concat());
    assert_eq!(told.code, 0, "{}", told.said());
    let keys = [
        "shop.url",
        "administration.kind",
        "sales.form",
        "sales.payment.\"iDEAL\".journal",
    ];
    assert_eq!(told.json()["changed"], serde_json::json!(keys));
    for said in [
        "http://127.0.0.1:10",
        "trial",
        "payments by iDEAL are no longer booked",
    ] {
        assert!(told.stderr.contains(said), "{said}: {}", told.said());
    }
    let again = program.run(&[&replace[..], &["--json"]].concat());
    assert_eq!(again.json()["changed"], serde_json::json!([]));
}

#[test]
fn a_mistyped_data_folder_is_named_and_nothing_is_made_in_its_place() {
    let program = Program::new();
    let folder = program.folder.path().join("mistyped");
    let table: [&[&str]; 10] = [
        &["check", "winkel"],
        &["deploy", "winkel"],
        &["withdraw", "winkel"],
        &["run", "winkel"],
        &["retry", "winkel", "--held"],
        &["skip", "winkel", "1001", "--why", "dubbel"],
        &["link", "winkel", "12", "10027"],
        &["credit", "winkel", "1001", "--yes"],
        &["cancel", "winkel", "1001", "--yes"],
        &["forget", "winkel", "jan@example.com", "--yes"],
    ];
    for arguments in table {
        let mut command = Command::new(env!("CARGO_BIN_EXE_winkelbrug"));
        command.arg("--data-dir").arg(&folder).args(arguments);
        let ran: Ran = command.stdin(Stdio::null()).output().unwrap().into();
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.said());
        let named = folder.to_string_lossy();
        assert!(
            ran.said().contains(&*named),
            "{arguments:?}: {}",
            ran.said()
        );
        assert!(!folder.exists(), "{arguments:?}: {}", ran.said());
    }
}

#[test]
fn a_secret_from_the_environment_is_kept_and_that_is_said_once() {
    let program = Program::new();
    let file = program.file("winkel.toml", PROFILE);
    let given = |arguments: &[&str]| -> Ran {
        let mut command = program.command(arguments);
        command
            .env("WINKELBRUG_SECRET_UPLOAD", "ftp-geheim-1")
            .env("WINKELBRUG_SECRET_ADMINISTRATION", "koppel-geheim-2")
            .env("WINKELBRUG_SECRET_SUBSCRIPTION", "abo-geheim-3");
        command.output().unwrap().into()
    };
    let first = given(&["profile", "add", "--from", &file]);
    assert_eq!(first.code, 0, "{}", first.said());
    let kept = "WINKELBRUG_SECRET_UPLOAD, WINKELBRUG_SECRET_ADMINISTRATION, WINKELBRUG_SECRET_SUBSCRIPTION: kept encrypted";
    assert!(first.stderr.contains(kept), "{}", first.said());
    assert!(!first.said().contains("geheim-"), "{}", first.said());
    let second = given(&["check", "winkel"]);
    assert!(
        !second.stderr.contains("kept encrypted"),
        "{}",
        second.said()
    );
    let shown = program.run(&["profile", "show", "winkel", "--json"]).json();
    assert_eq!(shown["secrets"]["missing"], serde_json::json!([]));
}

#[test]
fn a_trial_run_keeps_no_secret_and_says_so() {
    let program = Program::with_profile();
    let vault = files(&program.data());
    let kept = |name: &str| -> Vec<(PathBuf, Vec<u8>)> {
        let named = |file: &&PathBuf| file.to_string_lossy().contains(name);
        let read = |file: &PathBuf| (file.clone(), std::fs::read(file).unwrap());
        vault.iter().filter(named).map(read).collect()
    };
    let before = kept("secrets");
    assert!(!before.is_empty(), "{vault:?}");
    let mut command = program.command(&["run", "winkel", "--dry-run"]);
    command.env("WINKELBRUG_SECRET_UPLOAD", "een-ander-geheim");
    let ran: Ran = command.output().unwrap().into();
    assert!(
        ran.stderr
            .contains("WINKELBRUG_SECRET_UPLOAD: not used and not kept"),
        "{}",
        ran.said()
    );
    assert_eq!(kept("secrets"), before);
}

//! The documents say what is there: links lead somewhere, and every test the requirements name
//! exists.
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Files of these kinds, without what is built or fetched.
fn files(folder: &Path, kinds: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && name != "target" && name != "node_modules" {
                found.extend(files(&path, kinds));
            }
        } else if kinds.iter().any(|kind| name.ends_with(kind)) {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_link_in_the_documents_leads_to_a_file() {
    let mut broken = Vec::new();
    for document in files(&root(), &[".md"]) {
        let text = std::fs::read_to_string(&document).unwrap();
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let file = target.split('#').next().unwrap();
            if file.is_empty() || file.contains("://") || file.contains(' ') {
                continue;
            }
            if !document.parent().unwrap().join(file).exists() {
                broken.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Names of tests and functions, and of files that hold them.
fn names() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for file in files(&root(), &[".rs", ".php"]) {
        let text = std::fs::read_to_string(&file).unwrap();
        for word in ["fn ", "function ", "mod "] {
            for rest in text.split(word).skip(1) {
                let end = rest
                    .find(|character: char| !character.is_alphanumeric() && character != '_')
                    .unwrap_or(rest.len());
                names.insert(rest[..end].to_owned());
            }
        }
        names.insert(file.file_name().unwrap().to_string_lossy().into_owned());
        // The bridge's own tests have sentences for names.
        for line in text.lines().filter(|line| line.contains("function ()")) {
            if let Some(name) = line.split('\'').nth(1) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

/// Rows look like `| C01 | promise | state | shown by |`; tests stand in back quotes.
#[test]
fn every_test_the_requirements_name_exists_and_every_kept_promise_names_one() {
    let names = names();
    let text = std::fs::read_to_string(root().join("docs/requirements.md")).unwrap();
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in text.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, _, state, shown] = cells[..] else {
            continue;
        };
        if id.len() != 3 || !id[1..].chars().all(|digit| digit.is_ascii_digit()) {
            continue;
        }
        rows += 1;
        let tests: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
        if state.starts_with("yes") && tests.is_empty() {
            wrong.push(format!("{id}: no test"));
        }
        for test in tests {
            if !names.contains(test.rsplit("::").next().unwrap()) {
                wrong.push(format!("{id}: there is no {test}"));
            }
        }
    }
    assert_eq!(rows, 179, "rows of docs/requirements.md");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Rows look like `| T01 | attack | what stops it | shown by |`.
#[test]
fn every_threat_has_its_test_or_says_that_it_is_to_come() {
    let names = names();
    let text = std::fs::read_to_string(root().join("docs/security.md")).unwrap();
    let mut wrong = Vec::new();
    let mut ids = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, _, _, shown] = cells[..] else {
            continue;
        };
        let Some(number) = id.trim_matches('*').strip_prefix('T') else {
            continue;
        };
        ids.push(number.parse::<u32>().unwrap());
        let tests: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
        if tests.is_empty() && (id.starts_with('*') || !shown.contains("to come")) {
            wrong.push(format!("{id}: no test"));
        }
        for test in tests {
            if !names.contains(test) && !root().join(test).exists() && test != "--full" {
                wrong.push(format!("{id}: there is no {test}"));
            }
        }
    }
    assert_eq!(ids, (1..=40).collect::<Vec<_>>());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The codes a source file gives its failures.
fn codes(source: &str) -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    for made in ["transient(", "misconfigured(", "credentials("] {
        for rest in source.split(made).skip(1) {
            if let Some(quoted) = rest.trim_start().strip_prefix('"') {
                codes.extend(quoted.split('"').next().map(str::to_owned));
            }
        }
    }
    // Those of every protocol, by what they begin with.
    for rest in source.split("self.code(\"").skip(1) {
        if let Some(what) = rest.split('"').next() {
            codes.insert(format!("ftp-{what}"));
            codes.insert(format!("sftp-{what}"));
        }
    }
    codes
}

#[test]
fn every_failure_of_an_upload_has_its_section_in_the_page_for_hosts() {
    let shop = root().join("agent/src/shop");
    let page = std::fs::read_to_string(root().join("docs/hosts.md")).unwrap();
    let mut seen = 0;
    for file in [
        "bridge/in_front.rs",
        "deploy/clear.rs",
        "deploy/located.rs",
        "deploy/not_seen.rs",
        "deploy/php.rs",
        "deploy/platform.rs",
        "deploy/reach.rs",
        "deploy/refusals.rs",
        "deploy/said.rs",
        "deploy/sftp.rs",
        "deploy/sftp_login.rs",
        "keys.rs",
    ] {
        let source = std::fs::read_to_string(shop.join(file)).unwrap();
        for code in codes(&source) {
            assert!(page.contains(&format!("`{code}`")), "{file}: {code}");
            seen += 1;
        }
    }
    assert!(seen > 30, "only {seen} codes were found");
}

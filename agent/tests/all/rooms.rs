//! The rooms of the agent, as `docs/architecture.md` has them: a room uses only rooms below it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Each room with the rooms it may use. A room stands below those that use it.
const ROOMS: [(&str, &[&str]); 11] = [
    ("books", &[]),
    ("profile", &["books"]),
    ("journal", &["books", "profile"]),
    ("translate", &["books", "profile"]),
    ("shop", &["books", "journal", "profile"]),
    ("administration", &["books", "journal", "profile"]),
    ("registers", &["books"]),
    (
        "sync",
        &[
            "administration",
            "books",
            "journal",
            "profile",
            "registers",
            "shop",
            "translate",
        ],
    ),
    (
        "service",
        &[
            "administration",
            "books",
            "journal",
            "profile",
            "shop",
            "sync",
            "translate",
        ],
    ),
    ("web", &["books", "journal", "profile", "service", "sync"]),
    (
        "cli",
        &[
            "administration",
            "books",
            "journal",
            "profile",
            "service",
            "shop",
            "sync",
            "translate",
            "web",
        ],
    ),
];

/// The ground all rooms stand on; it uses none of them.
const GROUND: [&str; 8] = [
    "clock", "failure", "fault", "money", "outward", "step", "stop", "text",
];

#[test]
fn a_room_uses_only_rooms_below_it() {
    let mut wrong = Vec::new();
    for file in sources() {
        let own = room(&file.inside);
        let below = ROOMS
            .iter()
            .find(|(name, _)| *name == own)
            .map_or(&[][..], |(_, below)| *below);
        for used in used_by(&file) {
            if used != own && !below.contains(&used.as_str()) && !GROUND.contains(&used.as_str()) {
                wrong.push(format!("{} uses {used}", file.inside.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_of_the_agent_is_a_room_that_is_listed_above_those_it_uses() {
    let known: BTreeSet<String> = ROOMS
        .iter()
        .map(|(name, _)| *name)
        .chain(GROUND)
        .chain(["lib", "main"])
        .map(str::to_owned)
        .collect();
    let there: BTreeSet<String> = sources().iter().map(|file| room(&file.inside)).collect();
    assert_eq!(there, known);
    for (place, (name, below)) in ROOMS.iter().enumerate() {
        for used in *below {
            let listed = ROOMS[..place].iter().any(|(earlier, _)| earlier == used);
            assert!(listed, "{name} may not use {used}: it does not stand below");
        }
    }
}

struct Source {
    /// Its path inside `src`.
    inside: PathBuf,
    text: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(Source {
                    inside: path.strip_prefix(&root).unwrap().to_owned(),
                    text: fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    assert!(found.len() > 100, "the sources are not where they were");
    found
}

/// The room a file lies in.
fn room(inside: &Path) -> String {
    let first = inside.components().next().unwrap();
    let name = first.as_os_str().to_str().unwrap();
    name.trim_end_matches(".rs").to_owned()
}

/// What a file names behind `crate::`: the only way out of a room.
fn used_by(file: &Source) -> BTreeSet<String> {
    let folders = file.inside.components().count() - 1;
    let depth = folders + usize::from(file.inside.file_stem().is_some_and(|name| name != "mod"));
    assert!(
        depth < 2 || !file.text.contains(&"super::".repeat(depth)),
        "{}: write crate:: for what lies outside the room",
        file.inside.display()
    );
    file.text
        .split("crate::")
        .skip(1)
        .flat_map(names_in)
        .collect()
}

/// The first name of each path that begins here: one, or those of a `{…}` group.
fn names_in(rest: &str) -> Vec<String> {
    let Some(group) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let mut depth = 0_usize;
    let mut starts = true;
    let mut names = Vec::new();
    for (place, letter) in group.char_indices() {
        match letter {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => starts = true,
            _ if starts && !letter.is_whitespace() => {
                names.push(word(&group[place..]));
                starts = false;
            }
            _ => {}
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars()
        .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
        .collect()
}

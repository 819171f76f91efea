//! `docs/settings.md` has a row for each setting that names its default, and the words of each choice.

use std::collections::BTreeMap;

use toml::Value;
use winkelbrug::profile::Settings;

use crate::proving::choices::{self, Words};

/// What may stand in a `[[mapping]]`: the words themselves, or what they begin with.
pub const MAPPING_WORDS: &[Words] = &[
    (
        "mapping.to",
        &[
            "order.memo",
            "order.description",
            "order.reference",
            "relation.memo",
            "relation.extra.",
            "article.extra.",
            "line.description",
        ],
    ),
    (
        "mapping.change",
        &[
            "upper", "lower", "cut ", "skip ", "replace ", "before ", "after ", "number", "date",
            "date-nl",
        ],
    ),
];

/// Defaults that are said in words, for no value of the setting means the same.
const IN_WORDS: [&str; 4] = ["must be there", "not chosen", "by kind", "none"];

const PAGE: &str = include_str!("../../../../docs/settings.md");

/// The page by heading: `## \`[sales.payment."…"]\`` is `sales.payment.*`.
fn sections() -> BTreeMap<String, &'static str> {
    let sections = PAGE.split("\n## ").skip(1).filter_map(|section| {
        let (heading, text) = section.split_once('\n')?;
        let table = heading.trim_matches(['`', '[', ']']);
        Some((table.replace(".\"…\"", ".*"), text))
    });
    sections.collect()
}

/// The section a setting stands in, and its name there.
fn place(key: &str) -> Option<(&'static str, String)> {
    let key = key.strip_suffix(".*").unwrap_or(key);
    let sections = sections();
    let mut at = key.len();
    while let Some(dot) = key[..at].rfind('.') {
        if let Some(section) = sections.get(&key[..dot]) {
            return Some((section, key[dot + 1..].to_owned()));
        }
        at = dot;
    }
    None
}

/// What the row of a setting says of its default.
fn cell(key: &str) -> Option<String> {
    let (section, name) = place(key)?;
    section.lines().find_map(|line| {
        let cells: Vec<&str> = line
            .strip_prefix("| ")?
            .split(" | ")
            .map(str::trim)
            .collect();
        let names = cells
            .first()?
            .split(", ")
            .map(|name| name.trim_matches('`'));
        (cells.len() > 2 && names.into_iter().any(|known| known == name))
            .then(|| cells[1].to_owned())
    })
}

/// The choice that is the default, as [`choices::offered`] names it; none where no choice is.
pub fn default_of(key: &str) -> Option<String> {
    let cell = cell(key)?;
    let value = cell.strip_prefix('`')?.strip_suffix('`')?;
    Some(value.trim_matches('"').to_owned())
}

#[test]
fn every_setting_stands_in_the_documents_with_the_default_it_has() {
    let mut wrong = Vec::new();
    for key in keys() {
        let Some(cell) = cell(&key) else {
            wrong.push(format!("{key}: no row with a default"));
            continue;
        };
        if IN_WORDS.contains(&cell.as_str()) {
            continue;
        }
        let value = cell.trim_matches('`');
        if let Err(error) = is_default(&key, value) {
            wrong.push(format!("{key}: {cell}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_choice_is_named_in_the_section_of_its_setting() {
    let all = choices::all(MAPPING_WORDS);
    let missing: Vec<_> = all
        .iter()
        .filter(|(key, choice)| {
            let word = choice.trim_end_matches([' ', ':', '.']);
            let spoken = matches!(
                choice.as_str(),
                "set" | "one code" | "a code per kind" | "Web code" | "true" | "false"
            );
            !spoken
                && place(key).is_none_or(|(section, _)| {
                    ["`", "\"", " ", "."].iter().all(|end| {
                        !section.contains(&format!("`{word}{end}"))
                            && !section.contains(&format!("`\"{word}{end}"))
                    }) && !section.contains(&format!("`\"{word}:"))
                })
        })
        .collect();
    assert!(
        missing.is_empty(),
        "docs/settings.md does not name {missing:#?}"
    );
}

/// Every setting, as its choices are named.
fn keys() -> Vec<String> {
    let mut keys: Vec<String> = choices::all(&[]).into_iter().map(|(key, _)| key).collect();
    keys.dedup();
    keys
}

/// Does the setting with that value mean what the settings without it mean?
fn is_default(key: &str, value: &str) -> Result<(), String> {
    let plain = profile("");
    // Keys of the owner's own: the table they stand in is empty; a rule is none without its keys.
    let lines = match key.strip_suffix(".*") {
        Some(table) => format!("{table} = {value}"),
        None => key.replace(".*.", ".own.") + &format!(" = {value}"),
    };
    let own: Value = toml::from_str(&lines).map_err(|error| error.to_string())?;
    let set = profile(&lines);
    let same = match own.get("sales").and_then(|sales| sales.get("payment")) {
        Some(_) => {
            let plain = winkelbrug::profile::settings::Payment::default();
            set.sales.payment.values().all(|payment| *payment == plain)
        }
        None => set == plain,
    };
    if same {
        Ok(())
    } else {
        Err("is not what is left out".to_owned())
    }
}

fn profile(lines: &str) -> Settings {
    let text = format!(
        "{lines}\nformat = 1\nname = 'winkel'\nshop.url = 'https://winkel.example.com'\nadministration.kind = 'trial'"
    );
    toml::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

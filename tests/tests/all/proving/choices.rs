//! The profiles together use every choice of every setting translation looks at.

use std::collections::BTreeSet;

use toml::Value;
use winkelbrug::profile::{
    keys::{Key, Kind, PROFILE},
    read,
};

use super::profiles;

/// Tables of the profile that say how an order is written.
const TABLES: [&str; 5] = ["sales", "articles", "customers", "vat", "mapping"];

/// A setting whose text is one of several words, or begins with one (`template:`, `cut `, `relation.extra.`).
pub type Words = (&'static str, &'static [&'static str]);

/// As `docs/settings.md` tells them.
const WORDS: &[Words] = &[
    (
        "sales.description",
        &[
            "generated",
            "empty",
            "profile-name",
            "webshop-order",
            "template:",
        ],
    ),
    (
        "articles.code_field",
        &["artikelcode", "omschrijving", "Web code"],
    ),
];

/// Words the program refuses to write: see [`refused`].
const REFUSED: [(&str, &str); 2] = [
    ("sales.process_stage", "Contantbon"),
    ("sales.process_stage", "Factuur"),
];

/// A choice: the setting, and what it is set to.
pub type Choice = (String, String);

/// All choices the program takes, of settings that say how an order is written; with these words beside [`WORDS`].
pub fn all(more: &[Words]) -> BTreeSet<Choice> {
    let words = [WORDS, more].concat();
    let mut choices = BTreeSet::new();
    for table in tables() {
        offered(table.name, &table.kind, &words, &mut choices);
    }
    for (setting, word) in REFUSED {
        choices.remove(&(setting.to_owned(), word.to_owned()));
    }
    choices
}

/// Those a profile makes.
pub fn used(profile: &Value, more: &[Words]) -> BTreeSet<Choice> {
    let words = [WORDS, more].concat();
    let mut choices = BTreeSet::new();
    for table in tables() {
        if let Some(value) = profile.get(table.name) {
            taken(table.name, &table.kind, value, &words, &mut choices);
        }
    }
    choices
}

/// A step on the way to a value in a profile's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Into the table, by its key.
    Key(String),
    /// Into the list of tables.
    At(usize),
}

/// Every value the profile gives, with the choices it makes.
pub fn made(profile: &Value) -> Vec<(Vec<Step>, BTreeSet<Choice>)> {
    let mut made = Vec::new();
    for table in tables() {
        if let Some(value) = profile.get(table.name) {
            let at = vec![Step::Key(table.name.to_owned())];
            values(table.name, &table.kind, value, &at, &mut made);
        }
    }
    made
}

fn values(
    path: &str,
    kind: &Kind,
    value: &Value,
    at: &[Step],
    made: &mut Vec<(Vec<Step>, BTreeSet<Choice>)>,
) {
    let further = |step| [at, &[step]].concat();
    match (kind, value) {
        (Kind::Table(keys), Value::Table(table)) => {
            for Key { name, kind, .. } in *keys {
                if let Some(value) = table.get(*name) {
                    let at = further(Step::Key((*name).to_owned()));
                    values(&format!("{path}.{name}"), kind, value, &at, made);
                }
            }
        }
        (Kind::Tables(keys), Value::Array(tables)) => {
            for (number, table) in tables.iter().enumerate() {
                values(
                    path,
                    &Kind::Table(keys),
                    table,
                    &further(Step::At(number)),
                    made,
                );
            }
        }
        (Kind::Named(kind), Value::Table(table)) => {
            for (name, value) in table {
                let at = further(Step::Key(name.clone()));
                values(&format!("{path}.*"), kind, value, &at, made);
            }
        }
        _ => {
            let mut choices = BTreeSet::new();
            taken(path, kind, value, WORDS, &mut choices);
            made.push((at.to_vec(), choices));
        }
    }
}

fn tables() -> impl Iterator<Item = &'static Key> {
    PROFILE.iter().filter(|key| TABLES.contains(&key.name))
}

#[test]
fn every_choice_of_every_setting_is_used_by_a_profile() {
    let wanted = all(&[]);
    let mut used = BTreeSet::new();
    for profile in profiles::all() {
        let file: Value = toml::from_str(&profile.source).unwrap();
        used.extend(self::used(&file, &[]));
    }
    let missing: Vec<&Choice> = wanted.difference(&used).collect();
    assert!(missing.is_empty(), "no profile uses {missing:#?}");
    println!("{} choices of {} settings", wanted.len(), {
        let settings: BTreeSet<&String> = wanted.iter().map(|(setting, _)| setting).collect();
        settings.len()
    });
}

#[test]
fn there_are_at_least_twelve_profiles() {
    assert!(profiles::all().len() >= 12);
}

/// What no profile uses the program does not take.
#[test]
fn refused() {
    for (setting, word) in REFUSED {
        let (_, key) = setting.split_once('.').unwrap();
        let source = &profiles::all()[0].source;
        let source = source.replace("[sales]", &format!("[sales]\n{key} = \"{word}\""));
        assert!(read::settings(&source).is_err(), "{setting} = {word}");
    }
}

fn offered(path: &str, kind: &Kind, words: &[Words], choices: &mut BTreeSet<Choice>) {
    let mut add = |word: &str| {
        choices.insert((path.to_owned(), word.to_owned()));
    };
    match kind {
        Kind::OneOf(all) => all.iter().for_each(|word| add(word)),
        Kind::Flag => ["true", "false"].iter().for_each(|word| add(word)),
        Kind::FlagOr(all) => all
            .iter()
            .chain(&["true", "false"])
            .for_each(|word| add(word)),
        Kind::PerVatKind => ["one code", "a code per kind"]
            .iter()
            .for_each(|word| add(word)),
        Kind::Text | Kind::OneOrMore => match of(words, path) {
            Some(known) => known.iter().for_each(|word| add(word)),
            None => add("set"),
        },
        Kind::Whole | Kind::Port | Kind::Amount | Kind::Moment | Kind::Texts => add("set"),
        Kind::Table(keys) | Kind::Tables(keys) => {
            for Key { name, kind, .. } in *keys {
                offered(&format!("{path}.{name}"), kind, words, choices);
            }
        }
        Kind::Named(kind) => offered(&format!("{path}.*"), kind, words, choices),
    }
}

fn taken(path: &str, kind: &Kind, value: &Value, words: &[Words], choices: &mut BTreeSet<Choice>) {
    let mut add = |word: &str| {
        choices.insert((path.to_owned(), word.to_owned()));
    };
    match (kind, value) {
        (Kind::Table(keys), Value::Table(table)) => {
            for Key { name, kind, .. } in *keys {
                if let Some(value) = table.get(*name) {
                    taken(&format!("{path}.{name}"), kind, value, words, choices);
                }
            }
        }
        (Kind::Tables(_), Value::Array(tables)) => {
            let Kind::Tables(keys) = kind else { return };
            for table in tables {
                taken(path, &Kind::Table(keys), table, words, choices);
            }
        }
        (Kind::Named(kind), Value::Table(table)) => {
            for value in table.values() {
                taken(&format!("{path}.*"), kind, value, words, choices);
            }
        }
        (Kind::PerVatKind, Value::String(_)) => add("one code"),
        (Kind::PerVatKind, _) => add("a code per kind"),
        (Kind::OneOrMore, Value::Array(values)) => {
            for value in values {
                taken(path, kind, value, words, choices);
            }
        }
        (Kind::Text | Kind::OneOrMore, Value::String(text)) => match of(words, path) {
            Some(known) => known
                .iter()
                .filter(|word| {
                    text == **word || (word.ends_with([':', ' ', '.']) && text.starts_with(*word))
                })
                .for_each(|word| add(word)),
            None => add("set"),
        },
        (_, Value::String(word)) if !matches!(kind, Kind::Amount) => add(word),
        (_, Value::Boolean(flag)) => add(&flag.to_string()),
        _ => add("set"),
    }
}

fn of<'w>(words: &'w [Words], path: &str) -> Option<&'w [&'static str]> {
    let mut words = words.iter();
    words
        .find(|(setting, _)| *setting == path)
        .map(|(_, words)| *words)
}

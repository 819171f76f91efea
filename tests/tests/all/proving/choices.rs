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

/// Settings whose text is one of several words, as `docs/settings.md` tells them.
const WORDS: [(&str, &[&str]); 2] = [
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
type Choice = (String, String);

#[test]
fn every_choice_of_every_setting_is_used_by_a_profile() {
    let mut wanted = BTreeSet::new();
    for table in PROFILE.iter().filter(|key| TABLES.contains(&key.name)) {
        offered(table.name, &table.kind, &mut wanted);
    }
    let mut used = BTreeSet::new();
    for profile in profiles::all() {
        let file: Value = toml::from_str(&profile.source).unwrap();
        for key in PROFILE.iter().filter(|key| TABLES.contains(&key.name)) {
            if let Some(value) = file.get(key.name) {
                taken(key.name, &key.kind, value, &mut used);
            }
        }
    }
    for (setting, word) in REFUSED {
        wanted.remove(&(setting.to_owned(), word.to_owned()));
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

fn offered(path: &str, kind: &Kind, choices: &mut BTreeSet<Choice>) {
    let mut add = |word: &str| {
        choices.insert((path.to_owned(), word.to_owned()));
    };
    match kind {
        Kind::OneOf(words) => words.iter().for_each(|word| add(word)),
        Kind::Flag => ["true", "false"].iter().for_each(|word| add(word)),
        Kind::FlagOr(words) => words
            .iter()
            .chain(&["true", "false"])
            .for_each(|word| add(word)),
        Kind::PerVatKind => ["one code", "a code per kind"]
            .iter()
            .for_each(|word| add(word)),
        Kind::Text => match WORDS.iter().find(|(setting, _)| *setting == path) {
            Some((_, words)) => words.iter().for_each(|word| add(word)),
            None => add("set"),
        },
        Kind::Whole | Kind::Port | Kind::Amount | Kind::Moment | Kind::Texts | Kind::OneOrMore => {
            add("set")
        }
        Kind::Table(keys) | Kind::Tables(keys) => {
            for Key { name, kind, .. } in *keys {
                offered(&format!("{path}.{name}"), kind, choices);
            }
        }
        Kind::Named(kind) => offered(&format!("{path}.*"), kind, choices),
    }
}

fn taken(path: &str, kind: &Kind, value: &Value, choices: &mut BTreeSet<Choice>) {
    let mut add = |word: &str| {
        choices.insert((path.to_owned(), word.to_owned()));
    };
    match (kind, value) {
        (Kind::Table(keys), Value::Table(table)) => {
            for Key { name, kind, .. } in *keys {
                if let Some(value) = table.get(*name) {
                    taken(&format!("{path}.{name}"), kind, value, choices);
                }
            }
        }
        (Kind::Tables(_), Value::Array(tables)) => {
            let Kind::Tables(keys) = kind else { return };
            for table in tables {
                taken(path, &Kind::Table(keys), table, choices);
            }
        }
        (Kind::Named(kind), Value::Table(table)) => {
            for value in table.values() {
                taken(&format!("{path}.*"), kind, value, choices);
            }
        }
        (Kind::PerVatKind, Value::String(_)) => add("one code"),
        (Kind::PerVatKind, _) => add("a code per kind"),
        (Kind::Text, Value::String(text)) => {
            match WORDS.iter().find(|(setting, _)| *setting == path) {
                Some((_, words)) => words
                    .iter()
                    .filter(|word| {
                        text == **word || (word.ends_with(':') && text.starts_with(*word))
                    })
                    .for_each(|word| add(word)),
                None => add("set"),
            }
        }
        (_, Value::String(word)) if !matches!(kind, Kind::Amount | Kind::OneOrMore) => add(word),
        (_, Value::Boolean(flag)) => add(&flag.to_string()),
        _ => add("set"),
    }
}

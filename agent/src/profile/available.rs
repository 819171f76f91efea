//! Settings that are part of the file's fixed form but on which this version does not act yet.
//! Each is refused by name and value: none is silently ignored.

use super::{
    keys::{TASKS, TASKS_NOW},
    settings::{AdministrationKind, Settings, ShopKind},
};
use crate::{
    failure::{Failure, Result},
    text,
    text::Text,
};

/// Stages the books give themselves: SnelStart B2B v2 writes no procesStatus Contantbon or Factuur.
const NOT_WRITTEN: &[&str] = &["Contantbon", "Factuur"];

/// Words that are part of the fixed form and that [`check`] refuses, by their setting.
const LATER: &[(&str, &[&str])] = &[
    ("shop.kind", &["files"]),
    (
        "administration.kind",
        &["snelstart-local", "visma-net", "files"],
    ),
    ("sales.process_stage", NOT_WRITTEN),
];

/// Does this version act on that word of a setting? Who chose a wrong one is offered only those.
#[must_use]
pub fn works_now(key: &str, word: &str) -> bool {
    !LATER
        .iter()
        .any(|(later, words)| *later == key && words.contains(&word))
}

/// Refuses the first setting on which nothing acts.
///
/// # Errors
/// `Misconfigured`, code `not-yet-available`.
pub fn check(settings: &Settings) -> Result<()> {
    shop(settings)?;
    administration(settings)?;
    settings.planning.keys().try_for_each(|task| planning(task))
}

fn shop(settings: &Settings) -> Result<()> {
    match settings.shop.kind {
        ShopKind::Bridge | ShopKind::Sconnect => Ok(()),
        ShopKind::Files => later("shop.kind", "files", "\"bridge\" | \"sconnect\""),
    }
}

fn administration(settings: &Settings) -> Result<()> {
    const INSTEAD: &str = "\"snelstart-online\" | \"trial\"";
    match settings.administration.kind {
        AdministrationKind::SnelstartOnline | AdministrationKind::Trial => Ok(()),
        AdministrationKind::SnelstartLocal => {
            later("administration.kind", "snelstart-local", INSTEAD)
        }
        AdministrationKind::VismaNet => later("administration.kind", "visma-net", INSTEAD),
        AdministrationKind::Files => later("administration.kind", "files", INSTEAD),
    }
}

fn planning(task: &str) -> Result<()> {
    if TASKS_NOW.contains(&task) || !TASKS.contains(&task) {
        return Ok(());
    }
    refuse(
        "planning",
        task,
        text!(
            "Haal de regel met {task} bij [planning] weg (of zet er # voor); de rest van [planning] blijft staan.",
            "Remove the line with {task} at [planning] (or put # before it); the rest of [planning] stays."
        ),
    )
}

fn later(key: &str, value: &str, instead: &str) -> Result<()> {
    refuse(
        key,
        value,
        text!(
            "Kies voor {key} voorlopig {instead}.",
            "Choose {instead} for {key} for now."
        ),
    )
}

fn refuse(key: &str, value: &str, hint: Text) -> Result<()> {
    Err(Failure::misconfigured(
        "not-yet-available",
        text!(
            "{key} = \"{value}\" is in deze versie nog niet beschikbaar.",
            "{key} = \"{value}\" is not yet available in this version."
        ),
    )
    .hint(hint))
}

//! Wrong use in the owner's language: what was typed, and what could have been.

use clap::{
    CommandFactory,
    error::{ContextKind, ContextValue, Error, ErrorKind},
};

use super::arguments::Arguments;
use crate::{failure::Failure, profile::read, text, text::Text};

/// What clap found wrong, as a failure of ours.
#[must_use]
pub fn failure(error: &Error) -> Failure {
    let argument = told(error, ContextKind::InvalidArg);
    let value = told(error, ContextKind::InvalidValue);
    let allowed = told(error, ContextKind::ValidValue);
    let (words, hint) = match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let command = told(error, ContextKind::InvalidSubcommand);
            (
                text!(
                    "De opdracht {command} bestaat niet.",
                    "There is no command {command}."
                ),
                nearest_command(&command),
            )
        }
        ErrorKind::UnknownArgument => (
            text!(
                "{argument} hoort hier niet.",
                "{argument} does not belong here."
            ),
            meant(&told(error, ContextKind::SuggestedArg)),
        ),
        ErrorKind::MissingRequiredArgument => (
            text!(
                "Er ontbreekt iets: {argument}.",
                "Something is missing: {argument}."
            ),
            see_help(),
        ),
        ErrorKind::InvalidValue if value.is_empty() => (
            text!(
                "Bij {argument} hoort een waarde.",
                "{argument} needs a value."
            ),
            allowed_values(&allowed),
        ),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => (
            text!(
                "{argument} kan niet {value} zijn.",
                "{argument} cannot be {value}."
            ),
            allowed_values(&allowed),
        ),
        ErrorKind::ArgumentConflict => {
            let other = told(error, ContextKind::PriorArg);
            (
                text!(
                    "{argument} en {other} gaan niet samen.",
                    "{argument} and {other} do not go together."
                ),
                see_help(),
            )
        }
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => (
            text!(
                "Deze opdracht heeft nog een woord nodig.",
                "This command needs another word."
            ),
            allowed_values(&told(error, ContextKind::ValidSubcommand)),
        ),
        _ => {
            let words = error.kind().to_string();
            (
                text!(
                    "De opdracht is niet te lezen: {words}.",
                    "The command cannot be read: {words}."
                ),
                see_help(),
            )
        }
    };
    Failure::misconfigured("wrong-use", words).hint(hint)
}

fn told(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(", "),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// The command a slip of the pen most likely meant.
fn nearest_command(typed: &str) -> Text {
    let tree = Arguments::command();
    let names = tree.get_subcommands().map(clap::Command::get_name);
    meant(read::nearest(typed, names).unwrap_or_default())
}

fn meant(suggestion: &str) -> Text {
    if suggestion.is_empty() {
        return see_help();
    }
    text!("Bedoelt u {suggestion}?", "Do you mean {suggestion}?")
}

fn allowed_values(allowed: &str) -> Text {
    if allowed.is_empty() {
        return see_help();
    }
    text!("Mogelijk zijn: {allowed}.", "Possible are: {allowed}.")
}

fn see_help() -> Text {
    text!("Zie: winkelbrug --help", "See: winkelbrug --help")
}

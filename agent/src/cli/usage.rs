//! Wrong use in the owner's language: what was typed, and what could have been.

use std::ffi::OsString;

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
                if command == "stop" {
                    text!(
                        "Stoppen: winkelbrug serve --stop",
                        "To stop it: winkelbrug serve --stop"
                    )
                } else {
                    nearest_command(&command)
                },
            )
        }
        ErrorKind::UnknownArgument => (
            text!(
                "{argument} hoort hier niet.",
                "{argument} does not belong here."
            ),
            match told(error, ContextKind::SuggestedArg) {
                none if none.is_empty() => example(error),
                suggested => meant(&suggested),
            },
        ),
        ErrorKind::MissingRequiredArgument => (
            text!(
                "Er ontbreekt iets: {argument}.",
                "Something is missing: {argument}."
            ),
            example(error),
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
                example(error),
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

/// Command -> what is typed behind it, in Dutch and in English, to the example.
const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "profile add",
        "--from mijnwinkel.toml",
        "--from myshop.toml",
    ),
    ("profile show", "mijnwinkel", "myshop"),
    ("profile remove", "mijnwinkel", "myshop"),
    (
        "profile clone",
        "mijnwinkel tweedewinkel --url https://www.tweedewinkel.nl",
        "myshop secondshop --url https://www.secondshop.example",
    ),
    (
        "profile export",
        "mijnwinkel --to mijnwinkel.toml",
        "myshop --to myshop.toml",
    ),
    ("profile import", "mijnwinkel.toml", "myshop.toml"),
    ("check", "mijnwinkel", "myshop"),
    ("deploy", "mijnwinkel", "myshop"),
    ("withdraw", "mijnwinkel", "myshop"),
    ("run", "mijnwinkel --dry-run", "myshop --dry-run"),
    ("orders", "mijnwinkel --state wacht", "myshop --state held"),
    ("order", "mijnwinkel 1001", "myshop 1001"),
    (
        "retry",
        "mijnwinkel 1001 (of: mijnwinkel --held)",
        "myshop 1001 (or: myshop --held)",
    ),
    (
        "skip",
        "mijnwinkel 1001 --why \"proefbestelling\"",
        "myshop 1001 --why \"test order\"",
    ),
    (
        "link",
        "mijnwinkel order:1001 10045",
        "myshop order:1001 10045",
    ),
    ("credit", "mijnwinkel 1001 --yes", "myshop 1001 --yes"),
    ("cancel", "mijnwinkel 1001 --yes", "myshop 1001 --yes"),
    ("books", "mijnwinkel relaties", "myshop relations"),
    (
        "plan",
        "mijnwinkel import-orders --next 17:00",
        "myshop import-orders --next 17:00",
    ),
    (
        "forget",
        "mijnwinkel klant@voorbeeld.nl",
        "myshop customer@example.com",
    ),
    ("support-bundle", "hulp.txt", "help.txt"),
];

/// An example of the command that was typed, or the help where none is known.
fn example(error: &Error) -> Text {
    let usage = told(error, ContextKind::Usage);
    let command: Vec<&str> = usage
        .split_whitespace()
        .skip_while(|word| *word != "winkelbrug")
        .skip(1)
        .take_while(|word| word.starts_with(char::is_alphabetic))
        .collect();
    let command = command.join(" ");
    match EXAMPLES.iter().find(|(known, ..)| *known == command) {
        Some((_, nl, en)) => text!(
            "Bijvoorbeeld: winkelbrug {command} {nl}",
            "For example: winkelbrug {command} {en}"
        ),
        None => see_help(),
    }
}

/// What was typed, with `winkelbrug help …` as the `--help` it means.
#[must_use]
pub fn help_asked(mut typed: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while let Some(word) = typed.get(at).and_then(|word| word.to_str()) {
        match word {
            "--data-dir" | "--lang" => at += 2,
            option if option.starts_with('-') => at += 1,
            "help" => {
                typed.remove(at);
                typed.push("--help".into());
                break;
            }
            _ => break,
        }
    }
    typed
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
    let with_dutch: Vec<String> = allowed
        .split(", ")
        .map(
            |english| match DUTCH_VALUES.iter().find(|(word, _)| *word == english) {
                Some((_, dutch)) => format!("{dutch} ({english})"),
                None => english.to_owned(),
            },
        )
        .collect();
    let with_dutch = with_dutch.join(", ");
    text!("Mogelijk zijn: {with_dutch}.", "Possible are: {allowed}.")
}

/// Words that may be typed in Dutch too.
const DUTCH_VALUES: &[(&str, &str)] = &[
    ("orders", "bestellingen"),
    ("bookings", "boekingen"),
    ("relations", "relaties"),
    ("articles", "artikelen"),
    ("discount", "korting"),
    ("untaxed", "onbelast"),
];

fn see_help() -> Text {
    text!("Zie: winkelbrug --help", "See: winkelbrug --help")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::{cli::words, text::Language};

    fn refused(typed: &str) -> Failure {
        let tree = words::in_language(Arguments::command(), Language::Dutch);
        failure(&tree.try_get_matches_from(typed.split(' ')).unwrap_err())
    }

    #[test]
    fn what_is_missing_or_out_of_place_is_answered_with_an_example() {
        for (typed, example) in [
            (
                "winkelbrug profile add mijnwinkel.toml",
                "Bijvoorbeeld: winkelbrug profile add --from mijnwinkel.toml",
            ),
            (
                "winkelbrug profile add",
                "Bijvoorbeeld: winkelbrug profile add --from mijnwinkel.toml",
            ),
            (
                "winkelbrug check",
                "Bijvoorbeeld: winkelbrug check mijnwinkel",
            ),
            (
                "winkelbrug skip mijnwinkel 1001",
                "Bijvoorbeeld: winkelbrug skip mijnwinkel 1001 --why \"proefbestelling\"",
            ),
            (
                "winkelbrug retry mijnwinkel",
                "Bijvoorbeeld: winkelbrug retry mijnwinkel 1001 (of: mijnwinkel --held)",
            ),
            ("winkelbrug stop", "Stoppen: winkelbrug serve --stop"),
            (
                "winkelbrug books mijnwinkel klanten",
                "Mogelijk zijn: bestellingen (orders), boekingen (bookings), relaties (relations), artikelen (articles).",
            ),
        ] {
            assert_eq!(refused(typed).hint.nl, example, "{typed}");
        }
    }

    #[test]
    fn every_example_can_be_typed() {
        for (command, nl, en) in EXAMPLES {
            for words in [nl, en] {
                let words = words.split(" (").next().unwrap().replace('"', "");
                let words = words.replace("test order", "test-order");
                let typed = format!("winkelbrug {command} {words}");
                let tree = Arguments::command();
                let read = tree.try_get_matches_from(typed.split(' '));
                assert!(read.is_ok(), "{typed}: {:?}", read.err());
            }
        }
    }

    #[test]
    fn what_is_typed_in_english_may_be_typed_in_dutch() {
        for (english, dutch) in DUTCH_VALUES {
            let typed = match *english {
                "discount" | "untaxed" => "winkelbrug retry mijnwinkel 1001 --difference",
                _ => "winkelbrug books mijnwinkel",
            };
            for word in [english, dutch] {
                let typed = format!("{typed} {word}");
                let read = Arguments::command().try_get_matches_from(typed.split(' '));
                assert!(read.is_ok(), "{typed}: {:?}", read.err());
            }
        }
    }

    #[test]
    fn help_typed_as_a_command_is_the_help() {
        let asked = |typed: &str| {
            let typed = typed.split(' ').map(OsString::from).collect();
            help_asked(typed).join(" ".as_ref()).into_string().unwrap()
        };
        assert_eq!(asked("winkelbrug help"), "winkelbrug --help");
        assert_eq!(
            asked("winkelbrug --data-dir x help deploy"),
            "winkelbrug --data-dir x deploy --help"
        );
        assert_eq!(asked("winkelbrug orders help"), "winkelbrug orders help");
    }
}

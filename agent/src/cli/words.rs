//! The help in the language of the screen. The English is what the arguments themselves say, the Dutch
//! stands in a table; a test sees to it that nothing lacks it.

mod dutch;

use clap::{Arg, Command};

use self::dutch::{DUTCH, PLACES, USAGES};
use crate::text::Language;

const TEMPLATE_NL: &str = "{about}\n\nGebruik: {usage}\n\n{all-args}{after-help}";
const TEMPLATE_EN: &str = "{about}\n\nUsage: {usage}\n\n{all-args}{after-help}";

/// Below the list of all commands: in which order they are used.
const HOW_NL: &str = "\
Beginnen, met een profiel dat bijvoorbeeld mijnwinkel heet:
  winkelbrug profile add --from mijnwinkel.toml   maak het profiel
  winkelbrug deploy mijnwinkel                    zet het koppelbestand in de winkel
  winkelbrug check mijnwinkel                     test beide kanten
  winkelbrug run mijnwinkel --dry-run             zie wat er geschreven zou worden
  winkelbrug run mijnwinkel                       schrijf het
  winkelbrug                                      laat het vanzelf gaan, op de achtergrond

Elke dag: winkelbrug status; wat op u wacht: winkelbrug orders mijnwinkel --state held";
const HOW_EN: &str = "\
To begin, with a profile named for instance myshop:
  winkelbrug profile add --from myshop.toml   make the profile
  winkelbrug deploy myshop                    put Winkelbrug's file into the shop
  winkelbrug check myshop                     test both sides
  winkelbrug run myshop --dry-run             see what would be written
  winkelbrug run myshop                       write it
  winkelbrug                                  let it go by itself, in the background

Every day: winkelbrug status; what waits for you: winkelbrug orders myshop --state held";

/// What clap itself adds to a help: English -> Dutch.
const ADDED: &[(&str, &str)] = &[
    ("[OPTIONS]", "[OPTIES]"),
    ("[default: ", "[gewoonlijk: "),
    ("[possible values: ", "[mogelijk: "),
];

/// A help as clap wrote it, with what clap adds in that language.
#[must_use]
pub fn of_help(help: &str, language: Language) -> String {
    match language {
        Language::English => help.to_owned(),
        Language::Dutch => ADDED
            .iter()
            .fold(help.to_owned(), |help, (english, dutch)| {
                help.replace(english, dutch)
            }),
    }
}

/// The Dutch of a command or argument.
#[must_use]
pub fn dutch(command: &str, argument: &str) -> Option<&'static str> {
    [command, ""]
        .into_iter()
        .find_map(|command| {
            DUTCH
                .iter()
                .find(|(c, a, _)| *c == command && *a == argument)
        })
        .map(|(_, _, words)| *words)
}

/// The command tree with its help in that language.
#[must_use]
pub fn in_language(command: Command, language: Language) -> Command {
    let how = match language {
        Language::Dutch => HOW_NL,
        Language::English => HOW_EN,
    };
    localised(command.after_help(how), "winkelbrug", language)
}

fn localised(command: Command, path: &str, language: Language) -> Command {
    let (template, commands, options, values) = match language {
        Language::Dutch => (TEMPLATE_NL, "Opdrachten", "Opties", "Gegevens"),
        Language::English => (TEMPLATE_EN, "Commands", "Options", "Arguments"),
    };
    let mut command = command
        .help_template(template)
        .subcommand_help_heading(commands)
        .mut_args(|argument| {
            let heading = if argument.is_positional() {
                values
            } else {
                options
            };
            let words = dutch(path, argument.get_id().as_str());
            let argument = argument.help_heading(heading);
            match (language, words) {
                (Language::Dutch, Some(words)) => dutch_place(argument.help(words)),
                _ => argument,
            }
        })
        .mut_subcommands(|command| {
            let below = match path {
                "winkelbrug" => command.get_name().to_owned(),
                path => format!("{path} {}", command.get_name()),
            };
            localised(command, &below, language)
        });
    if let Some((_, nl, en)) = USAGES.iter().find(|(command, ..)| *command == path) {
        command = command.override_usage(match language {
            Language::Dutch => *nl,
            Language::English => *en,
        });
    }
    if let (Language::Dutch, Some(words)) = (language, dutch(path, "")) {
        command = command.about(words).subcommand_value_name("OPDRACHT");
    }
    command
}

/// The place of a value, in Dutch.
fn dutch_place(argument: Arg) -> Arg {
    let name = match argument.get_value_names() {
        Some([name]) => name.to_string(),
        _ if argument.is_positional() => argument.get_id().as_str().to_uppercase(),
        _ => return argument,
    };
    match PLACES.iter().find(|(english, _)| *english == name) {
        Some((_, dutch)) => argument.value_name(*dutch),
        None => argument,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use clap::CommandFactory;

    use super::*;
    use crate::cli::arguments::Arguments;

    fn every(command: &Command, path: &str, lacking: &mut Vec<String>) {
        if dutch(path, "").is_none() {
            lacking.push(path.to_owned());
        }
        for argument in command.get_arguments() {
            let id = argument.get_id().as_str();
            if dutch(path, id).is_none() || argument.get_help().is_none() {
                lacking.push(format!("{path} {id}"));
            }
        }
        for below in command.get_subcommands() {
            let path = match path {
                "winkelbrug" => below.get_name().to_owned(),
                path => format!("{path} {}", below.get_name()),
            };
            every(below, &path, lacking);
        }
    }

    #[test]
    fn every_command_and_argument_has_dutch_and_english() {
        let mut lacking = Vec::new();
        every(&Arguments::command(), "winkelbrug", &mut lacking);
        assert!(lacking.is_empty(), "{lacking:?}");
    }

    #[test]
    fn the_command_tree_is_sound() {
        Arguments::command().debug_assert();
        in_language(Arguments::command(), Language::Dutch).debug_assert();
    }

    /// The help of every command, as it is printed.
    fn helps(command: &mut Command, all: &mut String) {
        all.push_str(&of_help(
            &command.render_long_help().to_string(),
            Language::Dutch,
        ));
        for below in command.get_subcommands_mut() {
            helps(below, all);
        }
    }

    #[test]
    fn no_dutch_help_keeps_an_english_place_or_remark() {
        let mut tree = in_language(Arguments::command(), Language::Dutch);
        tree.build();
        let mut all = String::new();
        helps(&mut tree, &mut all);
        for english in [
            "OPTIONS", "default", "possible", "<HOW>", "RATE", "PERCENT>", "URL", "CUSTOMER",
            "NUMBER", "<NAME>", "FILE", "Usage", "Options",
        ] {
            assert!(!all.contains(english), "{english}: {all}");
        }
    }

    #[test]
    fn no_dutch_help_uses_a_word_of_the_programmers() {
        for (command, argument, words) in DUTCH {
            for never in ["journaal", "mirror", "bridge", "intent", "journal"] {
                assert!(!words.contains(never), "{command} {argument}: {never}");
            }
        }
    }
}

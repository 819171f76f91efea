//! Hints name commands. The rooms below do not know how a command is typed; with the profile's name
//! in it, it can be typed as it stands.

use std::{borrow::Cow, path::Path};

use crate::{failure::Failure, service::Outcome, step::Step, text, text::Text};

/// Commands that want a profile's name.
const COMMANDS: [&str; 4] = ["check", "deploy", "withdraw", "run"];

/// The hint with the profile's name in each command it quotes.
pub(super) fn filled(hint: &mut Text, profile: &str) {
    for command in COMMANDS {
        let bare = format!("'winkelbrug {command}'");
        let typed = format!("'winkelbrug {command} {profile}'");
        hint.nl = hint.nl.replace(&bare, &typed);
        hint.en = hint.en.replace(&bare, &typed);
        let typed = format!("winkelbrug {command} {profile}");
        hint.nl = hint
            .nl
            .replace(&format!("winkelbrug {command} NAAM"), &typed);
        hint.en = hint
            .en
            .replace(&format!("winkelbrug {command} NAME"), &typed);
    }
}

/// Everything an action can answer with a hint.
pub(super) fn answered(answer: &mut Result<Outcome, Failure>, profile: &str) {
    match answer {
        Err(failure) => filled(&mut failure.hint, profile),
        Ok(Outcome::Checked { steps }) => of_steps(steps, profile),
        Ok(Outcome::Bridge(report)) => of_steps(&mut report.steps, profile),
        Ok(Outcome::Ran { report }) => {
            if let Some(failure) = &mut report.failure {
                filled(&mut failure.hint, profile);
            }
        }
        Ok(_) => {}
    }
}

/// Every command there is.
const ALL: [&str; 19] = [
    "serve",
    "profile",
    "check",
    "deploy",
    "withdraw",
    "run",
    "orders",
    "order",
    "retry",
    "skip",
    "link",
    "credit",
    "cancel",
    "books",
    "plan",
    "status",
    "watch",
    "forget",
    "support-bundle",
];

/// The words with that data folder in each command they name.
pub(super) fn on_folder<'t>(words: &'t str, folder: &str) -> Cow<'t, str> {
    const PROGRAM: &str = "winkelbrug ";
    let is_command = |behind: &str| {
        let name = |c: char| c.is_ascii_alphabetic() || c == '-';
        let end = behind.find(|c| !name(c)).unwrap_or(behind.len());
        behind.get(..end).is_some_and(|word| ALL.contains(&word))
    };
    let mut typed = String::new();
    let mut rest = words;
    while let Some((before, behind)) = rest.split_once(PROGRAM) {
        typed.push_str(before);
        typed.push_str(PROGRAM);
        if is_command(behind) {
            typed.push_str("--data-dir ");
            typed.push_str(folder);
            typed.push(' ');
        }
        rest = behind;
    }
    if typed.is_empty() {
        return Cow::Borrowed(words);
    }
    typed.push_str(rest);
    Cow::Owned(typed)
}

/// A folder as one word of a command: in quotes where a shell would make something of it.
pub(super) fn folder_typed(folder: &Path) -> String {
    let folder = folder.display().to_string();
    if text::is_plain(&folder) {
        folder
    } else if cfg!(windows) {
        format!("\"{folder}\"")
    } else {
        format!("'{}'", folder.replace('\'', "'\\''"))
    }
}

fn of_steps(steps: &mut [Step], profile: &str) {
    for step in steps {
        filled(&mut step.hint, profile);
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::arguments::Arguments;

    #[test]
    fn a_command_is_named_with_the_data_folder_it_was_typed_with() {
        let there = Arguments::command();
        let there: Vec<&str> = there
            .get_subcommands()
            .map(clap::Command::get_name)
            .collect();
        assert_eq!(there, ALL);
        let on = |words: &str| on_folder(words, "/d").into_owned();
        assert_eq!(
            on("Zie winkelbrug order demo 5; winkelbrug is klaar (winkelbrug skip)."),
            "Zie winkelbrug --data-dir /d order demo 5; winkelbrug is klaar (winkelbrug --data-dir /d skip)."
        );
        let once = on("winkelbrug check demo");
        assert_eq!(on(&once), once);
        assert_eq!(on("Niets te typen"), "Niets te typen");
        let odd = folder_typed(Path::new("/home/a b/it's"));
        if cfg!(unix) {
            assert_eq!(odd, r"'/home/a b/it'\''s'");
        }
    }

    #[test]
    fn a_command_with_an_option_gets_the_profiles_name_too() {
        let mut hint = text!(
            "vertrouw hem met 'winkelbrug deploy NAAM --trust-new-key'",
            "trust it with 'winkelbrug deploy NAME --trust-new-key'"
        );
        filled(&mut hint, "demo");
        assert_eq!(
            hint,
            text!(
                "vertrouw hem met 'winkelbrug deploy demo --trust-new-key'",
                "trust it with 'winkelbrug deploy demo --trust-new-key'"
            )
        );
    }

    #[test]
    fn a_quoted_command_gets_the_profiles_name_and_other_words_stay() {
        let mut hint = text!(
            "Plaats het met 'winkelbrug deploy', of stop winkelbrug serve",
            "Place it with 'winkelbrug deploy'; see 'winkelbrug orders'"
        );
        filled(&mut hint, "demo");
        assert_eq!(
            hint,
            text!(
                "Plaats het met 'winkelbrug deploy demo', of stop winkelbrug serve",
                "Place it with 'winkelbrug deploy demo'; see 'winkelbrug orders'"
            )
        );
    }
}

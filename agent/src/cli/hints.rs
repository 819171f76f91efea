//! Hints name commands. The rooms below do not know how a command is typed; with the profile's name
//! in it, it can be typed as it stands.

use crate::{failure::Failure, service::Outcome, step::Step, text::Text};

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

fn of_steps(steps: &mut [Step], profile: &str) {
    for step in steps {
        filled(&mut step.hint, profile);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

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

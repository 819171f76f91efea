//! Questions on the terminal, asked and answered in the owner's language.

use inquire::{Confirm, Select};

use super::screen::Screen;
use crate::{
    text,
    text::{Language, Text},
};

/// Asks for a yes; whoever only presses Enter, or leaves the question, says no.
pub(super) fn agreed(screen: Screen, question: &Text) -> bool {
    let dutch = screen.language == Language::Dutch;
    let wrong = text!("Typ j of n en druk op Enter", "Type y or n and press Enter");
    Confirm::new(screen.words(question))
        .with_default(false)
        .with_parser(&|typed| yes_or_no(typed).ok_or(()))
        .with_error_message(screen.words(&wrong))
        .with_default_value_formatter(if dutch { &in_dutch } else { &in_english })
        .with_formatter(if dutch {
            &said_in_dutch
        } else {
            &said_in_english
        })
        .prompt()
        .unwrap_or(false)
}

/// Has one of these lines chosen; none when the question is left.
pub(super) fn chosen(screen: Screen, question: &Text, lines: Vec<String>) -> Option<usize> {
    let help = text!(
        "↑↓ kiezen, Enter bevestigen, typen om te zoeken",
        "↑↓ to move, Enter to choose, type to search"
    );
    Select::new(screen.words(question), lines)
        .with_help_message(screen.words(&help))
        .raw_prompt()
        .ok()
        .map(|chosen| chosen.index)
}

/// The words of both languages are understood in either.
fn yes_or_no(typed: &str) -> Option<bool> {
    match typed.trim().to_lowercase().as_str() {
        "j" | "ja" | "y" | "yes" => Some(true),
        "n" | "nee" | "no" => Some(false),
        _ => None,
    }
}

fn in_dutch(yes: bool) -> String {
    if yes { "J/n" } else { "j/N" }.to_owned()
}

fn in_english(yes: bool) -> String {
    if yes { "Y/n" } else { "y/N" }.to_owned()
}

fn said_in_dutch(yes: bool) -> String {
    if yes { "Ja" } else { "Nee" }.to_owned()
}

fn said_in_english(yes: bool) -> String {
    if yes { "Yes" } else { "No" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::yes_or_no;

    #[test]
    fn yes_and_no_are_understood_in_both_languages() {
        for yes in ["j", "J", "ja", "y", "Yes", " ja "] {
            assert_eq!(yes_or_no(yes), Some(true), "{yes}");
        }
        for no in ["n", "N", "nee", "no"] {
            assert_eq!(yes_or_no(no), Some(false), "{no}");
        }
        for neither in ["", "x", "misschien"] {
            assert_eq!(yes_or_no(neither), None, "{neither}");
        }
    }
}

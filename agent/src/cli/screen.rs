//! Where output goes: people's words on a terminal, plain lines elsewhere, JSON for programs.

use std::{
    borrow::Cow,
    io::{self, IsTerminal, Write},
};

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use super::hints;
use crate::{
    failure::Failure,
    money,
    text::{Language, Text, with_thousands},
};

/// The screen of one command.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Its language.
    pub language: Language,
    /// Does a program read it?
    pub json: bool,
    /// The data folder that was typed, as a shell takes it: it belongs to every command that is named.
    pub folder: Option<&'static str>,
}

impl Screen {
    /// A screen of the user's own data folder.
    #[must_use]
    pub const fn new(language: Language, json: bool) -> Self {
        Self {
            language,
            json,
            folder: None,
        }
    }

    /// Words with every command in them as it can be typed: on the data folder of this command.
    #[must_use]
    pub fn typed<'t>(&self, words: &'t str) -> Cow<'t, str> {
        match self.folder {
            Some(folder) => hints::on_folder(words, folder),
            None => Cow::Borrowed(words),
        }
    }

    /// The words in the screen's language.
    #[must_use]
    pub fn words<'t>(&self, text: &'t Text) -> &'t str {
        text.get(self.language)
    }

    /// One line for people; nothing when a program reads.
    pub fn say(&self, text: &Text) {
        self.line(self.words(text));
    }

    /// The same, of words that have no language. Nothing in it steers the terminal.
    pub fn line(&self, line: &str) {
        if !self.json {
            let line = self.typed(line);
            let lines: Vec<String> = line.lines().map(clean).collect();
            put(&mut io::stdout().lock(), &lines.join("\n"));
        }
    }

    /// The owner's own file, to the letter.
    pub fn verbatim(&self, text: &str) {
        if !self.json {
            put(&mut io::stdout().lock(), text);
        }
    }

    /// A remark beside the answer: to the error output, so that it never mixes with it.
    pub fn remark(&self, text: &Text) {
        let words = self.typed(self.words(text));
        put(&mut io::stderr().lock(), &clean(&words));
    }

    /// The answer for programs.
    pub fn json<T: Serialize>(&self, answer: &T) {
        match self
            .answer(answer)
            .and_then(|answer| serde_json::to_string_pretty(&answer))
        {
            Ok(text) => put(&mut io::stdout().lock(), &escaped(&text)),
            Err(error) => put(&mut io::stderr().lock(), &error.to_string()),
        }
    }

    /// One answer of a stream for programs: one line.
    pub fn json_line<T: Serialize>(&self, answer: &T) {
        let written = self
            .answer(answer)
            .and_then(|answer| serde_json::to_string(&answer));
        if let Ok(text) = written {
            put(&mut io::stdout().lock(), &escaped(&text));
        }
    }

    /// The answer with the commands in its sentences as they can be typed.
    fn answer<T: Serialize>(&self, answer: &T) -> serde_json::Result<Value> {
        let mut answer = serde_json::to_value(answer)?;
        if self.folder.is_some() {
            self.type_out(&mut answer, false);
        }
        Ok(answer)
    }

    fn type_out(&self, value: &mut Value, sentence: bool) {
        match value {
            Value::String(words) if sentence => {
                if let Cow::Owned(typed) = self.typed(words) {
                    *words = typed;
                }
            }
            Value::Array(values) => values
                .iter_mut()
                .for_each(|value| self.type_out(value, sentence)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    let name = name.as_str();
                    // A sentence in both languages is one as well.
                    let sentence =
                        SENTENCES.contains(&name) || (sentence && matches!(name, "nl" | "en"));
                    // What the shop said stays as it came.
                    if name != "raw" {
                        self.type_out(value, sentence);
                    }
                }
            }
            _ => {}
        }
    }

    /// What went wrong and what to do about it. Programs get the same as `{"error":{…}}`.
    pub fn failure(&self, failure: &Failure) {
        let what = self.typed(self.words(&failure.text));
        let hint = self.typed(self.words(&failure.hint));
        let mut errors = io::stderr().lock();
        // An owner reads the sentence; the code stands in the log too, and in JSON.
        put(
            &mut errors,
            &clean(&match self.language {
                Language::Dutch => what.clone(),
                Language::English => format!("{what} [{}]", failure.code).into(),
            }),
        );
        if !hint.is_empty() {
            put(&mut errors, &clean(&hint));
        }
        if self.json {
            self.json(&json!({"error": {
                "code": failure.code,
                "class": failure.class,
                "message": what,
                "hint": hint,
            }}));
        }
    }

    /// May something be drawn over and over?
    #[must_use]
    pub fn draws(&self) -> bool {
        !self.json && io::stderr().is_terminal()
    }

    /// Can a question be asked?
    #[must_use]
    pub fn can_ask() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    /// A moment in the owner's zone.
    #[must_use]
    pub fn moment(&self, moment: Timestamp) -> String {
        self.language.moment(moment)
    }

    /// A moment that came as text (RFC 3339); as it came when it cannot be read.
    #[must_use]
    pub fn moment_text(&self, text: &str) -> String {
        text.parse()
            .map_or_else(|_| text.to_owned(), |moment| self.moment(moment))
    }

    /// An amount of money paid, to the cent: a shop keeps more digits than anybody pays.
    #[must_use]
    pub fn cents(&self, amount: Decimal) -> String {
        self.amount(money::cents(amount))
    }

    /// The same of an amount that came as text; as it came when it cannot be read.
    #[must_use]
    pub fn cents_text(&self, text: &str) -> String {
        text.parse()
            .map_or_else(|_| text.to_owned(), |amount| self.cents(amount))
    }

    /// Pieces or a percentage: no decimal more than it needs.
    #[must_use]
    pub fn number(&self, number: Decimal) -> String {
        self.written(number.normalize())
    }

    /// The same of a number that came as text; as it came when it cannot be read.
    #[must_use]
    pub fn number_text(&self, text: &str) -> String {
        text.parse()
            .map_or_else(|_| text.to_owned(), |number| self.number(number))
    }

    fn written(&self, number: Decimal) -> String {
        match self.language {
            Language::Dutch => number.to_string().replace('.', ","),
            Language::English => number.to_string(),
        }
    }

    /// An amount with two decimals at least.
    #[must_use]
    pub fn amount(&self, amount: Decimal) -> String {
        let mut amount = amount.normalize();
        if amount.scale() < 2 {
            amount.rescale(2);
        }
        let written = self.written(amount);
        match self.language {
            Language::Dutch => with_thousands(&written),
            Language::English => written,
        }
    }
}

/// Fields of answers that hold sentences, in which a command may be named.
const SENTENCES: [&str; 6] = ["hint", "message", "text", "attention", "reason", "notes"];

/// Writes a line. That nobody reads any more (`| head`) is no failure of ours.
fn put(out: &mut impl Write, line: &str) {
    let _ = writeln!(out, "{line}");
}

/// Text from outside without anything that steers a terminal or turns the reading direction.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            c if steers(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Written JSON with the same characters escaped, which JSON itself lets stand: what a program reads
/// is what it was, what a terminal shows is harmless.
fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c != '\n' && steers(c) {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text
}

/// Does it steer a terminal, or turn the reading direction (overrides, isolates and marks: Unicode
/// UAX #9)?
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_steer_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb"), "a\u{fffd}[2Jb");
        assert_eq!(clean("a\u{202e}b\nc"), "a\u{fffd}b c");
    }

    #[test]
    fn programs_get_every_character_and_a_terminal_none_that_steers_it() {
        let told = serde_json::json!({"number": "1\u{1b}[2J\u{9b}\u{202e}\u{7f}2\n"});
        let text = escaped(&serde_json::to_string_pretty(&told).unwrap_or_default());
        assert!(text.chars().all(|c| c == '\n' || !steers(c)), "{text:?}");
        let read: Option<serde_json::Value> = serde_json::from_str(&text).ok();
        assert_eq!(read, Some(told));
    }

    #[test]
    fn amounts_have_two_decimals_at_least_and_the_languages_sign() {
        let dutch = Screen::new(Language::Dutch, false);
        assert_eq!(dutch.amount(Decimal::new(5, 0)), "5,00");
        assert_eq!(dutch.amount(Decimal::new(-123_456, 2)), "-1.234,56");
        assert_eq!(dutch.number(Decimal::new(1_500, 0)), "1500");
        assert_eq!(dutch.amount(Decimal::new(33_350, 4)), "3,335");
        assert_eq!(dutch.number(Decimal::new(150, 2)), "1,5");
        assert_eq!(dutch.number_text("21.00"), "21");
    }

    #[test]
    fn what_a_shop_keeps_beyond_the_cent_is_not_shown_as_money() {
        let dutch = Screen::new(Language::Dutch, false);
        assert_eq!(dutch.cents_text("43.8001"), "43,80");
        assert_eq!(dutch.cents_text("43.805"), "43,81");
        assert_eq!(dutch.cents_text("-43.805"), "-43,81");
        assert_eq!(dutch.cents_text("43"), "43,00");
        assert_eq!(dutch.cents_text(""), "");
    }
}

//! What the owner reads, in both languages, side by side where it arises.

use std::fmt;

use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A language of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// Dutch, the default.
    #[default]
    #[serde(rename = "nl")]
    Dutch,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// A moment in the owner's zone with its day, whatever today is.
    #[must_use]
    pub fn day_and_time(self, moment: Timestamp) -> String {
        let form = match self {
            Self::Dutch => "%d-%m-%Y %H:%M",
            Self::English => "%Y-%m-%d %H:%M",
        };
        let local = moment.to_zoned(TimeZone::system());
        local.strftime(form).to_string()
    }

    /// A day.
    #[must_use]
    pub fn day(self, day: jiff::civil::Date) -> String {
        let form = match self {
            Self::Dutch => "%d-%m-%Y",
            Self::English => "%Y-%m-%d",
        };
        day.strftime(form).to_string()
    }

    /// A moment in the owner's zone; of today its time alone.
    #[must_use]
    pub fn moment(self, moment: Timestamp) -> String {
        let zone = TimeZone::system();
        let local = moment.to_zoned(zone.clone());
        let form = match self {
            _ if local.date() == Timestamp::now().to_zoned(zone).date() => "%H:%M",
            Self::Dutch => "%d-%m-%Y %H:%M",
            Self::English => "%Y-%m-%d %H:%M",
        };
        local.strftime(form).to_string()
    }
}

/// An amount in a sentence: `{amount}` writes it the Dutch way (`1,50`), `{amount:#}` the English
/// (`1.50`). For sentences only: programs and the journal keep the decimal itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    amount: Decimal,
    /// Are its thousands set apart?
    grouped: bool,
}

/// Percentages in a row: `21, 9`.
#[must_use]
pub fn percentages(rates: &[Decimal]) -> Text {
    let of = |written: &dyn Fn(Amount) -> String| {
        let all: Vec<String> = rates
            .iter()
            .map(|rate| written(Amount::number(*rate)))
            .collect();
        all.join(", ")
    };
    Text {
        nl: of(&|rate| format!("{rate}")),
        en: of(&|rate| format!("{rate:#}")),
    }
}

impl Amount {
    /// Money, to the cent.
    #[must_use]
    pub fn money(amount: Decimal) -> Self {
        let mut cents = crate::money::cents(amount);
        cents.rescale(2);
        Self {
            amount: cents,
            grouped: true,
        }
    }

    /// Money with every digit it has, two decimals at least.
    #[must_use]
    pub fn exact(amount: Decimal) -> Self {
        let mut amount = amount.normalize();
        if amount.scale() < 2 {
            amount.rescale(2);
        }
        Self {
            amount,
            grouped: true,
        }
    }

    /// A percentage or a number of pieces: no decimal more than it needs.
    #[must_use]
    pub fn number(amount: Decimal) -> Self {
        Self {
            amount: amount.normalize(),
            grouped: false,
        }
    }

    /// A large number: no decimal more than it needs, its thousands set apart.
    #[must_use]
    pub fn large(amount: Decimal) -> Self {
        Self {
            amount: amount.normalize(),
            grouped: true,
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return write!(f, "{}", self.amount);
        }
        let written = self.amount.to_string().replace('.', ",");
        if self.grouped {
            f.write_str(&with_thousands(&written))
        } else {
            f.write_str(&written)
        }
    }
}

/// A Dutch amount of money with its thousands set apart: `1.234,56`.
#[must_use]
pub fn with_thousands(amount: &str) -> String {
    let (sign, digits) = match amount.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", amount),
    };
    let (whole, cents) = match digits.split_once(',') {
        Some((whole, cents)) => (whole, format!(",{cents}")),
        None => (digits, String::new()),
    };
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{cents}")
}

/// A count with its noun, one and more, in both languages: `1 bestelling`, `2 bestellingen`.
#[must_use]
pub fn counted(count: u64, dutch: [&str; 2], english: [&str; 2]) -> Text {
    let at = usize::from(count != 1);
    let word = |words: [&str; 2]| words.get(at).copied().unwrap_or_default().to_owned();
    let (nl, en) = (word(dutch), word(english));
    crate::text!("{count} {nl}", "{count} {en}")
}

/// Somebody's own words as a sentence: with a full stop where they have no end.
#[must_use]
pub fn sentence(words: &str) -> String {
    let words = words.trim();
    if words.is_empty() || words.ends_with(['.', '!', '?', '…']) {
        words.to_owned()
    } else {
        format!("{words}.")
    }
}

/// One sentence in both languages. Made with [`text!`](crate::text!); stored as
/// `{"nl":"…","en":"…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The sentence in one language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Dutch => &self.nl,
            Language::English => &self.en,
        }
    }

    /// The same words in both languages: names, numbers.
    #[must_use]
    pub fn same(words: impl Into<String>) -> Self {
        let nl = words.into();
        Self { en: nl.clone(), nl }
    }

    /// A moment that came as text (RFC 3339), as each language writes it; as it came when it cannot
    /// be read.
    #[must_use]
    pub fn moment(text: &str) -> Self {
        text.parse().map_or_else(
            |_| Self::same(text),
            |moment| Self {
                nl: Language::Dutch.moment(moment),
                en: Language::English.moment(moment),
            },
        )
    }

    /// A day as each language writes it.
    #[must_use]
    pub fn day(day: jiff::civil::Date) -> Self {
        Self {
            nl: Language::Dutch.day(day),
            en: Language::English.day(day),
        }
    }

    /// Is there anything to read?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nl.is_empty() && self.en.is_empty()
    }
}

/// Control characters become spaces, runs of space one, outer space none.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect::<String>()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// An order as one word behind a command, whatever a shop calls it: its number where that is plain,
/// else `id:` and the shop's id, else `id:…` for the owner to fill in from the list. Nothing in it
/// means anything to a shell, and it is never taken for an option.
#[must_use]
pub fn typed(number: &str, shop_id: &str) -> String {
    if is_plain(number) {
        number.to_owned()
    } else if is_plain(shop_id) {
        format!("id:{shop_id}")
    } else {
        "id:…".to_owned()
    }
}

/// What the owner himself typed for an order (number, or `id:` and the shop's id), as a word he can
/// type again.
#[must_use]
pub fn typed_again(order: &str) -> String {
    match order.strip_prefix("id:") {
        Some(id) => typed("", id),
        None => typed(order, ""),
    }
}

/// A word every shell takes as it stands, and no option.
#[must_use]
pub fn is_plain(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    !word.is_empty() && !word.starts_with('-') && word.chars().all(plain)
}

/// `text!("Artikel {code} ontbreekt", "Article {code} is missing")`: a [`Text`] with inline
/// captures in both sentences.
#[macro_export]
macro_rules! text {
    ($nl:literal, $en:literal $(, $($arg:tt)*)?) => {
        $crate::text::Text { nl: format!($nl $(, $($arg)*)?), en: format!($en $(, $($arg)*)?) }
    };
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    /// Numbers a shop may give an order that a shell would make something of.
    const HOSTILE: [&str; 18] = [
        "$(touch x)",
        "`touch x`",
        "1;touch x",
        "1 2",
        "\"",
        "'",
        "*",
        "~",
        "~root",
        "!!",
        "-1",
        "--yes",
        "",
        "id:7",
        "1\u{1b}[2J",
        "1\u{202e}2",
        "a\nb",
        "é",
    ];

    #[test]
    fn an_order_in_a_command_is_one_word_without_meaning_to_a_shell_and_no_option() {
        for number in HOSTILE {
            assert_eq!(typed(number, "12"), "id:12", "{number}");
            for id in HOSTILE {
                assert_eq!(typed(number, id), "id:…", "{number} {id}");
            }
            assert_eq!(typed("2024/1-a.b_C", number), "2024/1-a.b_C");
        }
        assert_eq!(typed_again("id:7"), "id:7");
        assert_eq!(typed_again("id:$(x)"), "id:…");
        assert_eq!(typed_again("17"), "17");
        assert_eq!(typed_again("1 7"), "id:…");
    }

    #[cfg(unix)]
    #[test]
    fn whatever_an_order_is_called_a_shell_takes_the_command_apart_as_it_stands() {
        for number in HOSTILE {
            for id in ["12", "$(touch x)"] {
                let word = typed(number, id);
                let script = format!("printf '%s\\n' retry demo {word} --rate 21");
                let ran = std::process::Command::new("sh")
                    .args(["-c", &script])
                    .output()
                    .unwrap();
                let seen = String::from_utf8(ran.stdout).unwrap();
                assert_eq!(seen, format!("retry\ndemo\n{word}\n--rate\n21\n"));
            }
        }
    }

    #[test]
    fn thousands_are_set_apart_and_a_count_agrees_with_its_noun() {
        for (plain, grouped) in [
            ("0,05", "0,05"),
            ("999,99", "999,99"),
            ("1000,00", "1.000,00"),
            ("-1234567,8", "-1.234.567,8"),
            ("12345", "12.345"),
        ] {
            assert_eq!(with_thousands(plain), grouped);
        }
        let count = |count| counted(count, ["punt", "punten"], ["point", "points"]).nl;
        assert_eq!(
            [count(0), count(1), count(2)],
            ["0 punten", "1 punt", "2 punten"]
        );
        assert_eq!(sentence("al betaald"), "al betaald.");
        assert_eq!(sentence("klopt!"), "klopt!");
    }

    #[test]
    fn amounts_in_sentences_are_written_as_each_language_writes_them() {
        let amount = |text: &str| text.parse::<Decimal>().unwrap();
        let (money, exact) = (
            Amount::money(amount("-1234.505")),
            Amount::exact(amount("3.3350")),
        );
        let (few, percent) = (Amount::exact(amount("5")), Amount::number(amount("21.00")));
        let text = crate::text!(
            "{money} {exact} {few} {percent}%",
            "{money:#} {exact:#} {few:#} {percent:#}%"
        );
        assert_eq!(text.nl, "-1.234,51 3,335 5,00 21%");
        assert_eq!(text.en, "-1234.51 3.335 5.00 21%");
    }
}

//! What the owner reads, in both languages, side by side where it arises.

use jiff::{Timestamp, tz::TimeZone};
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

    /// Is there anything to read?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nl.is_empty() && self.en.is_empty()
    }
}

/// `text!("Artikel {code} ontbreekt", "Article {code} is missing")`: a [`Text`] with inline
/// captures in both sentences.
#[macro_export]
macro_rules! text {
    ($nl:literal, $en:literal $(, $($arg:tt)*)?) => {
        $crate::text::Text { nl: format!($nl $(, $($arg)*)?), en: format!($en $(, $($arg)*)?) }
    };
}

//! JSON records as SnelStart sends them: every field may be missing, null, of another type or in
//! other capitals. Numbers keep the digits they came with, so that money never passes a float and
//! a record that is written back carries everything it came with.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// One JSON object, its values untouched.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<String, Box<RawValue>>);

impl Fields {
    /// Reads an object; none when the text is something else.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Reads a list of objects, leaving out what is none; none when the text is no list.
    #[must_use]
    pub fn read_list(text: &str) -> Option<Vec<Self>> {
        let rows: Vec<Box<RawValue>> = serde_json::from_str(text).ok()?;
        Some(
            rows.iter()
                .filter_map(|row| Self::read(row.get()))
                .collect(),
        )
    }

    /// The value's own text; none when missing or null. Names are compared as SnelStart does on
    /// input: without regard to case (`factuurdatum` and `factuurDatum` both occur).
    fn raw(&self, name: &str) -> Option<&str> {
        let exact = self.0.get(name);
        let value = exact.or_else(|| {
            let mut others = self.0.iter();
            others
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })?;
        Some(value.get()).filter(|text| *text != "null")
    }

    /// A text, trimmed of nothing; a number or boolean as it is written; empty when missing.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        let raw = self.raw(name).unwrap_or_default();
        match raw.as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw).unwrap_or_default(),
            Some(b'{' | b'[') => String::new(),
            _ => raw.to_owned(),
        }
    }

    /// An amount, whether written as number or as text.
    #[must_use]
    pub fn amount(&self, name: &str) -> Option<Decimal> {
        let text = self.text(name);
        let text = text.trim();
        Decimal::from_str_exact(text)
            .or_else(|_| Decimal::from_scientific(text))
            .or_else(|_| text.parse())
            .ok()
    }

    /// A whole number; `3.0` counts as one.
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<i64> {
        let amount = self.amount(name)?;
        i64::try_from(amount)
            .ok()
            .filter(|_| amount.fract().is_zero())
    }

    /// A flag, also when written as text or number; none when missing.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.text(name).trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }

    /// A date and time without zone; a date alone is its midnight, a zone is dropped.
    #[must_use]
    pub fn moment(&self, name: &str) -> Option<DateTime> {
        let text = self.text(name);
        let text = text.trim();
        let local = text.trim_end_matches(['Z', 'z']);
        let local = match local.get(19..).and_then(|rest| rest.find(['+', '-'])) {
            Some(at) => local.get(..19 + at)?,
            None => local,
        };
        local
            .replace(' ', "T")
            .parse()
            .ok()
            .or_else(|| local.parse::<Date>().ok().map(|day| day.at(0, 0, 0, 0)))
    }

    /// The day of a date and time.
    #[must_use]
    pub fn day(&self, name: &str) -> Option<Date> {
        self.moment(name).map(DateTime::date)
    }

    /// An object within; empty when missing.
    #[must_use]
    pub fn object(&self, name: &str) -> Self {
        self.raw(name).and_then(Self::read).unwrap_or_default()
    }

    /// The `id` of a reference `{"id", "uri"}`; none when missing or all zeros. A bare id does too.
    #[must_use]
    pub fn reference(&self, name: &str) -> Option<String> {
        let object = self.object(name);
        let id = if object.is_empty() {
            self.text(name)
        } else {
            object.text("id")
        };
        filled_id(&id)
    }

    /// Its own id; none when missing or all zeros.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        filled_id(&self.text("id"))
    }

    /// A list of objects; empty when missing.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<Self> {
        self.raw(name).and_then(Self::read_list).unwrap_or_default()
    }

    /// A list of texts; a bare text is a list of one.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<String> {
        let raw = self.raw(name).unwrap_or_default();
        serde_json::from_str(raw).unwrap_or_else(|_| {
            let text = self.text(name);
            if text.is_empty() {
                Vec::new()
            } else {
                vec![text]
            }
        })
    }

    /// The objects within, by name: `modelState`'s fields and their texts.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.get()))
    }

    /// Is there nothing in it?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts a value under a name, whatever capitals the name had before.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Serialize) -> Self {
        self.0.retain(|key, _| !key.eq_ignore_ascii_case(name));
        if let Ok(raw) = to_raw_value(&value) {
            self.0.insert(name.to_owned(), raw);
        }
        self
    }

    /// Puts a text under a name unless it is empty.
    #[must_use]
    pub fn set_filled(self, name: &str, text: &str) -> Self {
        if text.is_empty() {
            self
        } else {
            self.set(name, text)
        }
    }

    /// Without these names.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Self {
        self.0
            .retain(|key, _| !names.iter().any(|name| key.eq_ignore_ascii_case(name)));
        self
    }

    /// As it is sent.
    #[must_use]
    pub fn written(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

/// A decimal as a JSON number with exactly its digits.
#[derive(Debug, Clone, Copy)]
pub struct Number(pub Decimal);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string())
            .map_err(serde::ser::Error::custom)?
            .serialize(serializer)
    }
}

/// A reference as it is written: the id alone is enough.
#[must_use]
pub fn reference(id: &str) -> Fields {
    Fields::default().set("id", id)
}

fn filled_id(id: &str) -> Option<String> {
    let id = id.trim();
    let is_zero = id.chars().all(|c| matches!(c, '0' | '-' | '{' | '}'));
    (!is_zero).then(|| id.to_owned())
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;

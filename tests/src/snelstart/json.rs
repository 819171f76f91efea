//! JSON with exact numbers: amounts are decimals from the first byte to the last, never binary
//! fractions. Reading leans on `serde_json`'s raw values; only numbers are taken from the raw text.

use std::fmt;

use rust_decimal::Decimal;
use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use uuid::Uuid;

/// Nested deeper than this is refused.
const DEEPEST: usize = 48;

/// A JSON value whose numbers are decimals and whose objects keep their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Json {
    /// `null`.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, exactly as written.
    Number(Decimal),
    /// Text.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(Vec<(String, Json)>),
}

/// Builds an object: `object! { "naam": name, "id": id }`.
macro_rules! object {
    ($($key:literal : $value:expr),* $(,)?) => {
        $crate::snelstart::json::Json::Object(vec![
            $(($key.to_string(), $crate::snelstart::json::Json::from($value))),*
        ])
    };
}
pub(crate) use object;

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with it, for people.
    pub fn parse(text: &str) -> Result<Json, String> {
        let raw: &RawValue = serde_json::from_str(text).map_err(|error| error.to_string())?;
        from_raw(raw, 0)
    }

    /// The property of exactly this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The property of this name in any casing.
    #[must_use]
    pub fn get_any_case(&self, name: &str) -> Option<&Json> {
        match self {
            Json::Object(entries) => entries
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, v)| v),
            _ => None,
        }
    }

    /// Sets a property, adding it when it is not there. Does nothing to a value that is no object.
    pub fn set(&mut self, name: &str, value: impl Into<Json>) {
        if let Json::Object(entries) = self {
            let value = value.into();
            match entries.iter_mut().find(|(key, _)| key == name) {
                Some((_, old)) => *old = value,
                None => entries.push((name.to_string(), value)),
            }
        }
    }

    /// Is it `null`?
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Json::Null)
    }

    /// The text of a property; none when absent, null or no text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Json::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The text of a property that is there and not blank.
    #[must_use]
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.trim().is_empty())
    }

    /// The amount of a property.
    #[must_use]
    pub fn amount(&self, name: &str) -> Option<Decimal> {
        match self.get(name) {
            Some(Json::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The whole number of a property.
    #[must_use]
    pub fn whole(&self, name: &str) -> Option<i64> {
        self.amount(name)
            .and_then(|number| i64::try_from(number).ok())
    }

    /// The flag of a property.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Json::Bool(flag)) => Some(*flag),
            _ => None,
        }
    }

    /// The id inside a reference `{"id": …}`.
    #[must_use]
    pub fn reference(&self, name: &str) -> Option<Uuid> {
        self.get(name)?.text("id")?.parse().ok()
    }

    /// The elements of a list property; empty when there is none.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Json] {
        match self.get(name) {
            Some(Json::List(list)) => list,
            _ => &[],
        }
    }

    /// The same value without properties that are null.
    #[must_use]
    pub fn without_nulls(self) -> Json {
        match self {
            Json::Object(entries) => Json::Object(
                entries
                    .into_iter()
                    .filter(|(_, value)| !value.is_null())
                    .map(|(key, value)| (key, value.without_nulls()))
                    .collect(),
            ),
            Json::List(list) => Json::List(list.into_iter().map(Json::without_nulls).collect()),
            other => other,
        }
    }

    /// The value as `serde_json` sees it, for checks where a number's exact digits do not matter.
    #[must_use]
    pub fn loose(&self) -> serde_json::Value {
        serde_json::from_str(&self.to_string()).unwrap_or(serde_json::Value::Null)
    }
}

fn from_raw(raw: &RawValue, depth: usize) -> Result<Json, String> {
    if depth > DEEPEST {
        return Err("nested too deeply".to_string());
    }
    let text = raw.get().trim();
    let wrong = |error: serde_json::Error| error.to_string();
    match text.as_bytes().first() {
        Some(b'{') => {
            let entries: Entries<'_> = serde_json::from_str(text).map_err(wrong)?;
            let read = entries
                .0
                .into_iter()
                .map(|(key, value)| Ok((key, from_raw(value, depth + 1)?)));
            Ok(Json::Object(read.collect::<Result<_, String>>()?))
        }
        Some(b'[') => {
            let list: Vec<&RawValue> = serde_json::from_str(text).map_err(wrong)?;
            let read = list.into_iter().map(|value| from_raw(value, depth + 1));
            Ok(Json::List(read.collect::<Result<_, String>>()?))
        }
        Some(b'"') => Ok(Json::Text(serde_json::from_str(text).map_err(wrong)?)),
        Some(b't') => Ok(Json::Bool(true)),
        Some(b'f') => Ok(Json::Bool(false)),
        Some(b'n') => Ok(Json::Null),
        _ => number(text)
            .map(Json::Number)
            .ok_or_else(|| format!("no number: {text}")),
    }
}

/// Reads a number as it is written, with or without exponent.
#[must_use]
pub fn number(text: &str) -> Option<Decimal> {
    Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}

/// An object's properties in their order, values still raw.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry::<String, &RawValue>()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(flag) => write!(f, "{flag}"),
            Json::Number(number) => write!(f, "{number}"),
            Json::Text(text) => quoted(text, f),
            Json::List(list) => {
                f.write_str("[")?;
                for (at, value) in list.iter().enumerate() {
                    if at > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{value}")?;
                }
                f.write_str("]")
            }
            Json::Object(entries) => {
                f.write_str("{")?;
                for (at, (key, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        f.write_str(",")?;
                    }
                    quoted(key, f)?;
                    write!(f, ":{value}")?;
                }
                f.write_str("}")
            }
        }
    }
}

fn quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&serde_json::to_string(text).map_err(|_| fmt::Error)?)
}

impl From<bool> for Json {
    fn from(flag: bool) -> Self {
        Json::Bool(flag)
    }
}

impl From<Decimal> for Json {
    fn from(number: Decimal) -> Self {
        Json::Number(number)
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Json::Number(Decimal::from(number))
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::Text(text.to_string())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Json::Text(text)
    }
}

impl From<Uuid> for Json {
    fn from(id: Uuid) -> Self {
        Json::Text(id.to_string())
    }
}

impl From<Vec<Json>> for Json {
    fn from(list: Vec<Json>) -> Self {
        Json::List(list)
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Json::Null, Into::into)
    }
}

/// A reference as the wire has it: id and relative address without the version.
#[must_use]
pub fn reference(resource: &str, id: Uuid) -> Json {
    object! { "id": id, "uri": format!("/{resource}/{id}") }
}

/// An optional reference.
#[must_use]
pub fn maybe_reference(resource: &str, id: Option<Uuid>) -> Json {
    id.map_or(Json::Null, |id| reference(resource, id))
}

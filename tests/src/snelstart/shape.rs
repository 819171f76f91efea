//! What a resource looks like: its properties, what each may hold, and how a request body becomes a
//! record. SnelStart B2B v2: names in are matched in any casing, unknown and read-only ones are
//! ignored, and a PUT replaces the whole record.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    clock::{moment_text, read_moment},
    json::{Json, number, reference},
};

/// A model of the API.
pub struct Shape {
    /// Its properties, in the order they are written out.
    pub fields: &'static [Field],
}

/// One property.
#[derive(Clone, Copy)]
pub struct Field {
    /// Name on the wire.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Set by the server; what a client sends is ignored.
    pub read_only: bool,
}

/// What a property may hold.
#[derive(Clone, Copy)]
pub enum Kind {
    /// Text.
    Text,
    /// Text of at most so many characters, declared in the API's definition.
    TextUpTo(usize),
    /// True or false.
    Flag,
    /// A whole number.
    Whole,
    /// A whole number within bounds declared in the API's definition.
    WholeIn(i64, i64),
    /// A number with decimals; a decimal text is taken as well.
    Amount,
    /// Date and time without zone.
    Moment,
    /// A GUID.
    Identity,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of words.
    Words,
    /// A reference to a record of that resource.
    Reference(&'static str),
    /// A model inside.
    Model(&'static Shape),
    /// A list of models.
    Models(&'static Shape),
}

/// A property a client may write.
pub const fn open(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        read_only: false,
    }
}

/// A property only the server writes.
pub const fn fixed(name: &'static str, kind: Kind) -> Field {
    Field {
        name,
        kind,
        read_only: true,
    }
}

/// Something wrong with a property of a request body that has no code of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// Path of the property, as `regels[0].aantal`.
    pub field: String,
    /// What is wrong, in Dutch.
    pub text: String,
    /// A length or range is exceeded (some knobs treat this apart from a wrong type).
    pub is_bound: bool,
}

impl Shape {
    /// Makes a record of a body: every property of the shape, null where the body has none.
    pub fn read(&self, body: &Json, misfits: &mut Vec<Misfit>) -> Json {
        self.read_at("", body, misfits)
    }

    fn read_at(&self, prefix: &str, body: &Json, misfits: &mut Vec<Misfit>) -> Json {
        let entries = self.fields.iter().map(|field| {
            let given = body.get_any_case(field.name).unwrap_or(&Json::Null);
            let value = if field.read_only || given.is_null() {
                Json::Null
            } else {
                field
                    .kind
                    .read(&format!("{prefix}{}", field.name), given, misfits)
            };
            (field.name.to_string(), value)
        });
        Json::Object(entries.collect())
    }
}

impl Kind {
    fn read(self, path: &str, given: &Json, misfits: &mut Vec<Misfit>) -> Json {
        match self.take(path, given, misfits) {
            Some(value) => value,
            None => {
                misfits.push(Misfit {
                    field: path.to_string(),
                    text: format!("De waarde van {path} is ongeldig."),
                    is_bound: false,
                });
                Json::Null
            }
        }
    }

    /// The value as it will be stored, or none when it is of the wrong kind.
    fn take(self, path: &str, given: &Json, misfits: &mut Vec<Misfit>) -> Option<Json> {
        match self {
            Kind::Text => text(given),
            Kind::TextUpTo(most) => {
                let value = text(given)?;
                if let Json::Text(text) = &value
                    && text.chars().count() > most
                {
                    misfits.push(bound(path, format!("mag maximaal {most} tekens lang zijn")));
                }
                Some(value)
            }
            Kind::Flag => flag(given),
            Kind::Whole => whole(given).map(Json::from),
            Kind::WholeIn(least, most) => {
                let value = whole(given)?;
                if value < least || value > most {
                    misfits.push(bound(path, format!("moet tussen {least} en {most} liggen")));
                }
                Some(Json::from(value))
            }
            Kind::Amount => amount(given).map(Json::Number),
            Kind::Moment => match given {
                Json::Text(text) => read_moment(text).map(|at| Json::Text(moment_text(at))),
                _ => None,
            },
            Kind::Identity => identity(given).map(|id| id.map_or(Json::Null, Json::from)),
            Kind::OneOf(words) => match given {
                Json::Text(word) if words.contains(&word.as_str()) => Some(given.clone()),
                _ => None,
            },
            Kind::Words => match given {
                Json::List(list) if list.iter().all(|word| matches!(word, Json::Text(_))) => {
                    Some(given.clone())
                }
                _ => None,
            },
            Kind::Reference(resource) => match given {
                Json::Object(_) => {
                    let id = identity(given.get_any_case("id").unwrap_or(&Json::Null))?;
                    Some(id.map_or(Json::Null, |id| reference(resource, id)))
                }
                _ => None,
            },
            Kind::Model(shape) => match given {
                Json::Object(_) => Some(shape.read_at(&format!("{path}."), given, misfits)),
                _ => None,
            },
            Kind::Models(shape) => match given {
                Json::List(list) => {
                    let read = list
                        .iter()
                        .enumerate()
                        .map(|(at, item)| shape.read_at(&format!("{path}[{at}]."), item, misfits));
                    Some(Json::List(read.collect()))
                }
                _ => None,
            },
        }
    }
}

fn bound(path: &str, rule: String) -> Misfit {
    Misfit {
        field: path.to_string(),
        text: format!("Het veld {path} {rule}."),
        is_bound: true,
    }
}

fn text(given: &Json) -> Option<Json> {
    match given {
        Json::Text(_) => Some(given.clone()),
        Json::Number(_) | Json::Bool(_) => Some(Json::Text(given.to_string())),
        _ => None,
    }
}

fn flag(given: &Json) -> Option<Json> {
    match given {
        Json::Bool(_) => Some(given.clone()),
        Json::Text(text) => text.to_ascii_lowercase().parse().ok().map(Json::Bool),
        _ => None,
    }
}

fn amount(given: &Json) -> Option<Decimal> {
    match given {
        Json::Number(amount) => Some(*amount),
        Json::Text(text) => number(text.trim()),
        _ => None,
    }
}

fn whole(given: &Json) -> Option<i64> {
    let amount = amount(given)?;
    if amount.fract().is_zero() {
        i64::try_from(amount.trunc()).ok()
    } else {
        None
    }
}

/// The outer option: is it a GUID at all? The inner: is one given?
fn identity(given: &Json) -> Option<Option<Uuid>> {
    match given {
        Json::Null => Some(None),
        Json::Text(text) if text.is_empty() => Some(None),
        Json::Text(text) => text.parse().ok().map(Some),
        _ => None,
    }
}

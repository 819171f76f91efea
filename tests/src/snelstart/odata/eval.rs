//! Does a filter fit a model, and does a record meet it?

use std::cmp::Ordering;

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{
    FilterError, inner,
    parser::{Comparison, Expr, Literal},
    property,
};
use crate::snelstart::{
    clock::read_moment,
    json::Json,
    shape::{Kind, Shape},
};

/// What an expression yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// Text or enum.
    Text,
    /// Number.
    Number,
    /// GUID.
    Guid,
    /// Moment.
    Moment,
    /// Flag.
    Flag,
    /// `null`.
    Null,
    /// A model or list, which only compares with null.
    Other,
}

/// The names `any` brings in: variable, and what it stands for.
type Scope<'a> = Option<(&'a str, Kind)>;

/// Checks names and types against a model.
///
/// # Errors
/// An unknown property, or a comparison of things that do not compare.
pub fn check(expr: &Expr, shape: &'static Shape) -> Result<Type, FilterError> {
    check_in(expr, shape, None)
}

fn check_in(expr: &Expr, shape: &'static Shape, scope: Scope<'_>) -> Result<Type, FilterError> {
    let of = |expr: &Expr| check_in(expr, shape, scope);
    match expr {
        Expr::Path(path) => Ok(type_of(path_kind(path, shape, scope)?)),
        Expr::Literal(literal) => Ok(match literal {
            Literal::Text(_) => Type::Text,
            Literal::Number(_) => Type::Number,
            Literal::Guid(_) => Type::Guid,
            Literal::Moment(_) => Type::Moment,
            Literal::Flag(_) => Type::Flag,
            Literal::Null => Type::Null,
        }),
        Expr::And(a, b) | Expr::Or(a, b) => {
            demand(of(a)?, Type::Flag)?;
            demand(of(b)?, Type::Flag)?;
            Ok(Type::Flag)
        }
        Expr::Not(a) => {
            demand(of(a)?, Type::Flag)?;
            Ok(Type::Flag)
        }
        Expr::Compare(a, _, b) => {
            let (a, b) = (of(a)?, of(b)?);
            if a == b || a == Type::Null || b == Type::Null {
                Ok(Type::Flag)
            } else {
                Err(incompatible(a, b))
            }
        }
        Expr::StartsWith(a, b) | Expr::SubstringOf(a, b) => {
            demand(of(a)?, Type::Text)?;
            demand(of(b)?, Type::Text)?;
            Ok(Type::Flag)
        }
        Expr::Year(a) => {
            demand(of(a)?, Type::Moment)?;
            Ok(Type::Number)
        }
        Expr::Any(path, variable, condition) => {
            let kind = path_kind(path, shape, scope)?;
            let element = match kind {
                Kind::Words => Kind::Text,
                Kind::Models(shape) => Kind::Model(shape),
                _ => {
                    return Err(FilterError::Model(
                        "Any may only be used on a collection.".into(),
                    ));
                }
            };
            demand(
                check_in(condition, shape, Some((variable, element)))?,
                Type::Flag,
            )?;
            Ok(Type::Flag)
        }
    }
}

fn demand(found: Type, wanted: Type) -> Result<(), FilterError> {
    if found == wanted || found == Type::Null {
        Ok(())
    } else {
        Err(incompatible(found, wanted))
    }
}

fn incompatible(a: Type, b: Type) -> FilterError {
    FilterError::Model(format!(
        "A binary operator with incompatible types was detected. Found operand types '{a:?}' and '{b:?}'."
    ))
}

fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Text | Kind::TextUpTo(_) | Kind::OneOf(_) => Type::Text,
        Kind::Flag => Type::Flag,
        Kind::Whole | Kind::WholeIn(..) | Kind::Amount => Type::Number,
        Kind::Moment => Type::Moment,
        Kind::Identity => Type::Guid,
        Kind::Words | Kind::Reference(_) | Kind::Model(_) | Kind::Models(_) => Type::Other,
    }
}

fn path_kind(
    path: &[String],
    shape: &'static Shape,
    scope: Scope<'_>,
) -> Result<Kind, FilterError> {
    let (mut kind, rest) = match (path.split_first(), scope) {
        (Some((first, rest)), Some((variable, kind))) if first == variable => (kind, rest),
        (Some((first, rest)), _) => (property(shape, first)?.kind, rest),
        (None, _) => return Err(FilterError::Syntax("An empty path.".to_string())),
    };
    for name in rest {
        let shape = inner(kind)
            .filter(|_| !matches!(kind, Kind::Models(_)))
            .ok_or_else(|| FilterError::Model(format!("'{name}' has no place here.")))?;
        kind = property(shape, name)?.kind;
    }
    Ok(kind)
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Text(String),
    Number(Decimal),
    Guid(Uuid),
    Moment(DateTime),
    Flag(bool),
    Null,
    Other,
}

struct Row<'a> {
    record: &'a Json,
    element: Option<(&'a str, &'a Json)>,
}

/// Does a record meet a filter that was checked?
#[must_use]
pub fn holds(expr: &Expr, record: &Json) -> bool {
    value(
        expr,
        &Row {
            record,
            element: None,
        },
    ) == Value::Flag(true)
}

fn value(expr: &Expr, row: &Row<'_>) -> Value {
    let truth = |expr: &Expr| value(expr, row) == Value::Flag(true);
    match expr {
        Expr::Path(path) => found(path, row).map_or(Value::Null, |json| typed(json, path)),
        Expr::Literal(literal) => match literal {
            Literal::Text(text) => Value::Text(text.clone()),
            Literal::Number(number) => Value::Number(*number),
            Literal::Guid(id) => Value::Guid(*id),
            Literal::Moment(at) => Value::Moment(*at),
            Literal::Flag(flag) => Value::Flag(*flag),
            Literal::Null => Value::Null,
        },
        Expr::And(a, b) => Value::Flag(truth(a) && truth(b)),
        Expr::Or(a, b) => Value::Flag(truth(a) || truth(b)),
        Expr::Not(a) => Value::Flag(!truth(a)),
        Expr::Compare(a, comparison, b) => {
            Value::Flag(compare(&value(a, row), *comparison, &value(b, row)))
        }
        Expr::StartsWith(text, start) => {
            texts(text, start, row, |text, start| text.starts_with(start))
        }
        Expr::SubstringOf(needle, text) => {
            texts(needle, text, row, |needle, text| text.contains(needle))
        }
        Expr::Year(at) => moment(&value(at, row))
            .map_or(Value::Null, |at| Value::Number(Decimal::from(at.year()))),
        Expr::Any(path, variable, condition) => {
            let Some(Json::List(list)) = found(path, row) else {
                return Value::Flag(false);
            };
            Value::Flag(list.iter().any(|element| {
                let inside = Row {
                    record: row.record,
                    element: Some((variable, element)),
                };
                value(condition, &inside) == Value::Flag(true)
            }))
        }
    }
}

/// Texts compare without regard to case, as the database behind the API does.
fn texts(a: &Expr, b: &Expr, row: &Row<'_>, holds: fn(&str, &str) -> bool) -> Value {
    match (value(a, row), value(b, row)) {
        (Value::Text(a), Value::Text(b)) => {
            Value::Flag(holds(&a.to_lowercase(), &b.to_lowercase()))
        }
        _ => Value::Flag(false),
    }
}

fn found<'a>(path: &[String], row: &Row<'a>) -> Option<&'a Json> {
    let (mut json, rest) = match (path.split_first()?, row.element) {
        ((first, rest), Some((variable, element))) if first == variable => (element, rest),
        _ => (row.record, path),
    };
    for name in rest {
        let mut chars = name.chars();
        let first = chars.next()?.to_ascii_lowercase();
        json = json.get(&format!("{first}{}", chars.as_str()))?;
    }
    Some(json)
}

fn typed(json: &Json, path: &[String]) -> Value {
    let last = path.last().map(String::as_str).unwrap_or_default();
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Flag(*flag),
        Json::Number(number) => Value::Number(*number),
        Json::Text(text) if is_identity(last) => text.parse().map_or(Value::Null, Value::Guid),
        Json::Text(text) => Value::Text(text.clone()),
        Json::List(_) | Json::Object(_) => Value::Other,
    }
}

fn is_identity(name: &str) -> bool {
    name == "Id" || name.ends_with("Identifier")
}

/// Moments come as text; beside a moment they are read as one.
fn moment(value: &Value) -> Option<DateTime> {
    match value {
        Value::Moment(at) => Some(*at),
        Value::Text(text) => read_moment(text),
        _ => None,
    }
}

fn compare(a: &Value, comparison: Comparison, b: &Value) -> bool {
    let order = match (a, b) {
        (Value::Null, Value::Null) => {
            return matches!(comparison, Comparison::Eq | Comparison::Ge | Comparison::Le);
        }
        (Value::Null, _) | (_, Value::Null) => return comparison == Comparison::Ne,
        (Value::Text(a), Value::Text(b)) => a.to_lowercase().cmp(&b.to_lowercase()),
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::Guid(a), Value::Guid(b)) => a.cmp(b),
        (Value::Moment(_), _) | (_, Value::Moment(_)) => match (moment(a), moment(b)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => return comparison == Comparison::Ne,
        },
        (Value::Flag(a), Value::Flag(b)) => a.cmp(b),
        _ => return comparison == Comparison::Ne,
    };
    match comparison {
        Comparison::Eq => order == Ordering::Equal,
        Comparison::Ne => order != Ordering::Equal,
        Comparison::Gt => order == Ordering::Greater,
        Comparison::Ge => order != Ordering::Less,
        Comparison::Lt => order == Ordering::Less,
        Comparison::Le => order != Ordering::Greater,
    }
}

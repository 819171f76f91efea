//! `$filter` in the dialect of OData version 3, as SnelStart B2B v2 documents it: names exact and in
//! UpperCamelCase, operators and functions exact, `contains` unknown.

mod eval;
mod lexer;
mod parser;

use std::fmt;

use super::{
    json::Json,
    shape::{Field, Kind, Shape},
};

use parser::Expr;

/// Why a filter is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FilterError {
    /// It cannot be read.
    Syntax(String),
    /// It names or compares what the model does not have; always the `{"Message"}` shape.
    Model(String),
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FilterError::Syntax(text) | FilterError::Model(text) => f.write_str(text),
        }
    }
}

/// A filter that was read and fits a model.
#[derive(Debug)]
pub struct Filter {
    expr: Expr,
}

impl Filter {
    /// Reads a filter for records of that shape.
    ///
    /// # Errors
    /// [`FilterError`] when it cannot be read or does not fit.
    pub fn new(text: &str, shape: &'static Shape) -> Result<Filter, FilterError> {
        let expr = parser::parse(&lexer::tokens(text)?)?;
        match eval::check(&expr, shape)? {
            eval::Type::Flag => Ok(Filter { expr }),
            _ => Err(FilterError::Model(
                "The expression in $filter must evaluate to a boolean value.".to_string(),
            )),
        }
    }

    /// Does a record, written out, meet it?
    #[must_use]
    pub fn holds(&self, record: &Json) -> bool {
        eval::holds(&self.expr, record)
    }
}

/// The property an OData name means: UpperCamelCase of the wire name. Addresses (`uri`) cannot be
/// named (SnelStart B2B v2).
///
/// # Errors
/// "Could not find a property named …".
pub fn property(shape: &'static Shape, name: &str) -> Result<&'static Field, FilterError> {
    let found = shape.fields.iter().find(|field| {
        let mut chars = field.name.chars();
        let upper = chars.next().map(|first| first.to_ascii_uppercase());
        upper.into_iter().chain(chars).eq(name.chars())
    });
    match found {
        Some(field) if field.name != "uri" => Ok(field),
        _ => Err(FilterError::Model(format!(
            "Could not find a property named '{name}' on this type."
        ))),
    }
}

/// The shape behind a property that has properties of its own.
fn inner(kind: Kind) -> Option<&'static Shape> {
    static REFERENCE: Shape = Shape {
        fields: &[super::shape::open("id", Kind::Identity)],
    };
    match kind {
        Kind::Model(shape) | Kind::Models(shape) => Some(shape),
        Kind::Reference(_) => Some(&REFERENCE),
        _ => None,
    }
}

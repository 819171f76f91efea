//! Reads the pieces of a filter as an expression; `and` binds tighter than `or`, `not` tightest.

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::{FilterError, lexer::Token};

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// A property path.
    Path(Vec<String>),
    /// A literal.
    Literal(Literal),
    /// Both hold.
    And(Box<Expr>, Box<Expr>),
    /// One holds.
    Or(Box<Expr>, Box<Expr>),
    /// Does not hold.
    Not(Box<Expr>),
    /// A comparison.
    Compare(Box<Expr>, Comparison, Box<Expr>),
    /// `startswith(text, start)`.
    StartsWith(Box<Expr>, Box<Expr>),
    /// `substringof(needle, text)`.
    SubstringOf(Box<Expr>, Box<Expr>),
    /// `year(moment)`.
    Year(Box<Expr>),
    /// `Path/any(variable: condition)`.
    Any(Vec<String>, String, Box<Expr>),
}

/// A literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// Text.
    Text(String),
    /// Number.
    Number(Decimal),
    /// GUID.
    Guid(Uuid),
    /// Moment without zone.
    Moment(DateTime),
    /// Flag.
    Flag(bool),
    /// `null`.
    Null,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `eq`.
    Eq,
    /// `ne`.
    Ne,
    /// `gt`.
    Gt,
    /// `ge`.
    Ge,
    /// `lt`.
    Lt,
    /// `le`.
    Le,
}

/// Reads the whole of it.
///
/// # Errors
/// Anything outside the grammar.
pub fn parse(tokens: &[Token]) -> Result<Expr, FilterError> {
    let mut reader = Reader {
        tokens,
        at: 0,
        depth: 0,
    };
    let expr = reader.or()?;
    if reader.at < tokens.len() {
        return Err(reader.wrong());
    }
    Ok(expr)
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn or(&mut self) -> Result<Expr, FilterError> {
        self.depth += 1;
        if self.depth > 100 {
            return Err(FilterError::Syntax(
                "The node count limit has been exceeded.".to_string(),
            ));
        }
        let mut left = self.and()?;
        while self.word("or") {
            left = Expr::Or(Box::new(left), Box::new(self.and()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn and(&mut self) -> Result<Expr, FilterError> {
        let mut left = self.not()?;
        while self.word("and") {
            left = Expr::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Expr, FilterError> {
        if self.word("not") {
            self.depth += 1;
            if self.depth > 100 {
                return Err(self.wrong());
            }
            return Ok(Expr::Not(Box::new(self.not()?)));
        }
        let left = self.operand()?;
        let Some(comparison) = self.comparison() else {
            return Ok(left);
        };
        let right = self.operand()?;
        Ok(Expr::Compare(Box::new(left), comparison, Box::new(right)))
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let Some(Token::Word(word)) = self.tokens.get(self.at) else {
            return None;
        };
        let found = match word.as_str() {
            "eq" => Comparison::Eq,
            "ne" => Comparison::Ne,
            "gt" => Comparison::Gt,
            "ge" => Comparison::Ge,
            "lt" => Comparison::Lt,
            "le" => Comparison::Le,
            _ => return None,
        };
        self.at += 1;
        Some(found)
    }

    fn operand(&mut self) -> Result<Expr, FilterError> {
        let token = self
            .tokens
            .get(self.at)
            .cloned()
            .ok_or_else(|| self.wrong())?;
        self.at += 1;
        let literal = match token {
            Token::Open => {
                let inside = self.or()?;
                self.expect(&Token::Close)?;
                return Ok(inside);
            }
            Token::Word(word) => return self.named(&word),
            Token::Text(text) => Literal::Text(text),
            Token::Number(number) => Literal::Number(number),
            Token::Guid(id) => Literal::Guid(id),
            Token::Moment(at) => Literal::Moment(at),
            Token::Close | Token::Comma | Token::Colon => {
                self.at -= 1;
                return Err(self.wrong());
            }
        };
        Ok(Expr::Literal(literal))
    }

    fn named(&mut self, word: &str) -> Result<Expr, FilterError> {
        match word {
            "true" => return Ok(Expr::Literal(Literal::Flag(true))),
            "false" => return Ok(Expr::Literal(Literal::Flag(false))),
            "null" => return Ok(Expr::Literal(Literal::Null)),
            _ => {}
        }
        if self.tokens.get(self.at) != Some(&Token::Open) {
            return Ok(Expr::Path(word.split('/').map(str::to_string).collect()));
        }
        self.at += 1;
        if let Some(path) = word.strip_suffix("/any") {
            return self.any(path);
        }
        let first = Box::new(self.or()?);
        let call = match word {
            "year" => Expr::Year(first),
            "startswith" | "substringof" => {
                self.expect(&Token::Comma)?;
                let second = Box::new(self.or()?);
                if word == "startswith" {
                    Expr::StartsWith(first, second)
                } else {
                    Expr::SubstringOf(first, second)
                }
            }
            _ => {
                return Err(FilterError::Syntax(format!(
                    "An unknown function with name '{word}' was found."
                )));
            }
        };
        self.expect(&Token::Close)?;
        Ok(call)
    }

    fn any(&mut self, path: &str) -> Result<Expr, FilterError> {
        let Some(Token::Word(variable)) = self.tokens.get(self.at).cloned() else {
            return Err(self.wrong());
        };
        self.at += 1;
        self.expect(&Token::Colon)?;
        let condition = Box::new(self.or()?);
        self.expect(&Token::Close)?;
        Ok(Expr::Any(
            path.split('/').map(str::to_string).collect(),
            variable,
            condition,
        ))
    }

    fn word(&mut self, word: &str) -> bool {
        let here = matches!(self.tokens.get(self.at), Some(Token::Word(found)) if found == word);
        if here {
            self.at += 1;
        }
        here
    }

    fn expect(&mut self, token: &Token) -> Result<(), FilterError> {
        if self.tokens.get(self.at) == Some(token) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    fn wrong(&self) -> FilterError {
        FilterError::Syntax(format!(
            "Syntax error at part {} of the filter.",
            self.at + 1
        ))
    }
}

//! Cuts a filter into words, literals and signs.

use jiff::civil::DateTime;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::FilterError;
use crate::snelstart::{clock::read_moment, json::number};

/// A piece of a filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A name, path, operator or function: `VestigingsAdres/Land/Id`, `eq`, `startswith`.
    Word(String),
    /// `'text'`, quotes inside doubled.
    Text(String),
    /// A number.
    Number(Decimal),
    /// `guid'…'`.
    Guid(Uuid),
    /// `datetime'…'`.
    Moment(DateTime),
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `,`.
    Comma,
    /// `:`.
    Colon,
}

/// The pieces of a filter.
///
/// # Errors
/// A quote left open, a literal that is none, an unknown sign.
pub fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        match c {
            ' ' | '\t' => at += 1,
            '(' | ')' | ',' | ':' => {
                found.push(match c {
                    '(' => Token::Open,
                    ')' => Token::Close,
                    ',' => Token::Comma,
                    _ => Token::Colon,
                });
                at += 1;
            }
            '\'' => {
                let (text, end) = quoted(&chars, at)?;
                found.push(Token::Text(text));
                at = end;
            }
            _ => {
                let end = (at..chars.len())
                    .find(|&i| !is_word(&chars, i))
                    .unwrap_or(chars.len());
                if end == at {
                    return Err(syntax(at));
                }
                let word: String = chars.get(at..end).unwrap_or_default().iter().collect();
                at = end;
                if chars.get(at) == Some(&'\'') {
                    let (inside, end) = quoted(&chars, at)?;
                    found.push(literal(&word, &inside).ok_or_else(|| syntax(at))?);
                    at = end;
                } else {
                    found.push(plain(word));
                }
            }
        }
    }
    Ok(found)
}

fn is_word(chars: &[char], at: usize) -> bool {
    let sign = |c: &char| matches!(c, '_' | '/' | '.' | '-' | '+');
    chars
        .get(at)
        .is_some_and(|c| c.is_alphanumeric() || sign(c))
}

/// The text between quotes starting at that place, and where it ends.
fn quoted(chars: &[char], start: usize) -> Result<(String, usize), FilterError> {
    let mut text = String::new();
    let mut at = start + 1;
    loop {
        match (chars.get(at), chars.get(at + 1)) {
            (Some('\''), Some('\'')) => {
                text.push('\'');
                at += 2;
            }
            (Some('\''), _) => return Ok((text, at + 1)),
            (Some(&c), _) => {
                text.push(c);
                at += 1;
            }
            (None, _) => {
                return Err(FilterError::Syntax(format!(
                    "There is an unterminated string literal at position {start}."
                )));
            }
        }
    }
}

fn literal(word: &str, inside: &str) -> Option<Token> {
    match word {
        "guid" => inside.parse().ok().map(Token::Guid),
        "datetime" => read_moment(inside).map(Token::Moment),
        _ => None,
    }
}

fn plain(word: String) -> Token {
    let starts = word.chars().next();
    if starts.is_some_and(|c| c.is_ascii_digit() || c == '-' || c == '+') {
        let digits = word.trim_end_matches(['m', 'M', 'L', 'f', 'd']);
        if let Some(number) = number(digits) {
            return Token::Number(number);
        }
    }
    Token::Word(word)
}

fn syntax(at: usize) -> FilterError {
    FilterError::Syntax(format!("Syntax error at position {at}."))
}

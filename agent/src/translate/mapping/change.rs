//! What is done to a value on its way: a handful of small changes, each on text alone.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::profile::mapping::Change;

/// All of them, one after the other, without outer space.
pub(super) fn all(value: &str, changes: &[Change]) -> String {
    changes
        .iter()
        .fold(value.trim().to_owned(), |value, change| {
            if value.is_empty() {
                value
            } else {
                one(&value, change).trim().to_owned()
            }
        })
}

fn one(value: &str, change: &Change) -> String {
    match change {
        Change::Upper => value.to_uppercase(),
        Change::Lower => value.to_lowercase(),
        Change::Cut(count) => value.chars().take(*count).collect(),
        Change::Skip(count) => value.chars().skip(*count).collect(),
        Change::Replace(from, to) => value.replace(from, to),
        Change::Before(text) => format!("{text} {value}"),
        Change::After(text) => format!("{value} {text}"),
        Change::Number => number(value).map_or_else(String::new, |n| n.normalize().to_string()),
        Change::Date => date(value).map_or_else(String::new, |day| day.to_string()),
        Change::DutchDate => {
            date(value).map_or_else(String::new, |day| day.strftime("%d-%m-%Y").to_string())
        }
    }
}

/// `1.234,50`, `1,234.50`, `€ 12,5` and `12 stuks`: of point and comma the last divides the
/// decimals, unless three digits follow the only one.
fn number(value: &str) -> Option<Decimal> {
    let start = value.find(|c: char| c.is_ascii_digit())?;
    let negative = value[..start].trim_end().ends_with('-');
    let digits: String = value[start..]
        .chars()
        .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        .collect();
    let digits = digits.trim_end_matches(['.', ',']);
    let marks: Vec<(usize, char)> = digits
        .char_indices()
        .filter(|(_, c)| !c.is_ascii_digit())
        .collect();
    let decimals = match marks.as_slice() {
        [] => None,
        // One mark before three digits divides thousands, as do several of one kind.
        [(at, _)] => (digits.len() - at != 4).then_some(*at),
        [.., (_, before), (at, last)] => (before != last).then_some(*at),
    };
    let plain: String = digits
        .char_indices()
        .filter_map(|(at, c)| match c {
            '0'..='9' => Some(c),
            _ if Some(at) == decimals => Some('.'),
            _ => None,
        })
        .collect();
    let number: Decimal = plain.parse().ok()?;
    Some(if negative { -number } else { number })
}

/// `2026-11-26`, `26-11-2026`, `26/11/2026`, `26.11.2026`, each with a time behind it or without.
fn date(value: &str) -> Option<Date> {
    let day = value.split([' ', 'T']).next()?;
    let parts: Vec<&str> = day.split(['-', '/', '.']).collect();
    let [first, month, last] = parts.as_slice() else {
        return None;
    };
    let (year, day) = if first.len() == 4 {
        (first, last)
    } else {
        (last, first)
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_change_does_what_it_says() {
        let replace = Change::Replace("-".to_owned(), String::new());
        for (value, changes, is) in [
            (" Rood ", vec![Change::Upper], "ROOD"),
            ("ROOD", vec![Change::Lower], "rood"),
            ("abcdef", vec![Change::Skip(2), Change::Cut(3)], "cde"),
            ("06-12-34", vec![replace], "061234"),
            (
                "rood",
                vec![Change::Before("Kleur:".to_owned())],
                "Kleur: rood",
            ),
            ("12", vec![Change::After("stuks".to_owned())], "12 stuks"),
            ("26/11/2026 09:30", vec![Change::Date], "2026-11-26"),
            ("2026-11-26T09:30:00", vec![Change::DutchDate], "26-11-2026"),
            ("morgen", vec![Change::Date], ""),
            ("", vec![Change::Before("Kleur:".to_owned())], ""),
        ] {
            assert_eq!(all(value, &changes), is, "{value}");
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, is) in [
            ("1.234,50", Some("1234.5")),
            ("1,234.50", Some("1234.5")),
            ("€ 12,5", Some("12.5")),
            ("12.50", Some("12.5")),
            ("1.234", Some("1234")),
            ("-3,25", Some("-3.25")),
            ("12 stuks", Some("12")),
            ("geen", None),
        ] {
            let found = number(text).map(|number| number.normalize().to_string());
            assert_eq!(found.as_deref(), is, "{text}");
        }
    }
}

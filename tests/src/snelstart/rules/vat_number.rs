//! VAT numbers: form per country, the Dutch ones by their check digits, and what a test makes the
//! register say over both.

use super::numbers::modulo_97;
use crate::snelstart::world::VatNumbers;

/// What is wrong with a VAT number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VatNumberFault {
    /// `REL-0057`.
    TooLong,
    /// `REL-0058`.
    TooShort,
    /// `REL-0059`.
    Signs,
    /// `REL-0087`.
    OtherCountry,
    /// `REL-0088`.
    Invalid,
}

/// Forms per prefix after it: `9` a digit, `A` a letter, `X` either (European Commission, VIES).
const FORMS: &[(&str, &[&str])] = &[
    ("AT", &["A99999999"]),
    ("BE", &["9999999999"]),
    ("BG", &["999999999", "9999999999"]),
    ("CY", &["99999999A"]),
    ("CZ", &["99999999", "999999999", "9999999999"]),
    ("DE", &["999999999"]),
    ("DK", &["99999999"]),
    ("EE", &["999999999"]),
    ("EL", &["999999999"]),
    ("ES", &["X9999999X"]),
    ("FI", &["99999999"]),
    ("FR", &["XX999999999"]),
    ("HR", &["99999999999"]),
    ("HU", &["99999999"]),
    ("IE", &["9X99999A", "9999999AA"]),
    ("IT", &["99999999999"]),
    ("LT", &["999999999", "999999999999"]),
    ("LU", &["99999999"]),
    ("LV", &["99999999999"]),
    ("MT", &["99999999"]),
    ("NL", &["999999999A99"]),
    ("PL", &["9999999999"]),
    ("PT", &["999999999"]),
    (
        "RO",
        &[
            "99",
            "999",
            "9999",
            "99999",
            "999999",
            "9999999",
            "99999999",
            "999999999",
            "9999999999",
        ],
    ),
    ("SE", &["999999999999"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
    ("XI", &["999999999", "999999999999"]),
];

/// Looks at a VAT number of a relation whose business address is in that country (two letters).
///
/// # Errors
/// The first thing wrong.
pub fn check(number: &str, country: &str, register: &VatNumbers) -> Result<(), VatNumberFault> {
    let length = number.chars().count();
    if length > 50 {
        return Err(VatNumberFault::TooLong);
    }
    if length < 2 {
        return Err(VatNumberFault::TooShort);
    }
    if !number.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Err(VatNumberFault::Signs);
    }
    let known = |list: &[String]| list.iter().any(|n| n.eq_ignore_ascii_case(number));
    let prefix = number.get(..2).unwrap_or_default().to_ascii_uppercase();
    let lettered = prefix.bytes().all(|b| b.is_ascii_uppercase());
    if lettered && country_of(&prefix) != country {
        return Err(VatNumberFault::OtherCountry);
    }
    if known(&register.invalid) {
        return Err(VatNumberFault::Invalid);
    }
    if known(&register.valid) || is_valid(&number.to_ascii_uppercase()) {
        Ok(())
    } else {
        Err(VatNumberFault::Invalid)
    }
}

/// The country behind a prefix: Greece uses EL, Northern Ireland XI.
fn country_of(prefix: &str) -> &str {
    match prefix {
        "EL" => "GR",
        "XI" => "GB",
        other => other,
    }
}

/// Form, and for the Netherlands the check digits.
#[must_use]
pub fn is_valid(number: &str) -> bool {
    let (Some(prefix), Some(rest)) = (number.get(..2), number.get(2..)) else {
        return false;
    };
    let forms = FORMS
        .iter()
        .find(|(of, _)| *of == prefix)
        .map(|(_, forms)| *forms);
    let right = forms
        .unwrap_or_default()
        .iter()
        .any(|form| fits(rest, form));
    right && (prefix != "NL" || is_dutch(rest))
}

fn fits(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text
            .bytes()
            .zip(form.bytes())
            .all(|(c, wanted)| match wanted {
                b'9' => c.is_ascii_digit(),
                b'A' => c.is_ascii_uppercase(),
                _ => c.is_ascii_digit() || c.is_ascii_uppercase(),
            })
}

/// Nine digits that pass the test of eleven (companies), or the whole number modulo 97 (the numbers
/// of sole traders since 2020); a `B` in the tenth place either way.
fn is_dutch(rest: &str) -> bool {
    if rest.as_bytes().get(9) != Some(&b'B') {
        return false;
    }
    let digits: Vec<u32> = rest
        .chars()
        .take(9)
        .filter_map(|c| c.to_digit(10))
        .collect();
    let weighed: u32 = digits
        .iter()
        .zip((2..=9).rev())
        .map(|(digit, weight)| digit * weight)
        .sum();
    let by_eleven = digits.last().is_some_and(|last| weighed % 11 == *last) && weighed > 0;
    by_eleven || modulo_97("NL".chars().chain(rest.chars())) == Some(1)
}

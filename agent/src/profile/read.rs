//! From the text of a profile to its settings. Every slip is answered with the key, its line, and
//! what would have been right.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Settings, available,
    keys::{Key, Kind, PROFILE, VAT_KINDS},
    sound,
};
use crate::{
    failure::{Failure, Result},
    text,
    text::Text,
};

/// Reads a profile: its keys, their values, whether they fit together, and whether this version
/// acts on all of them.
///
/// # Errors
/// `Misconfigured`, with one of the codes `profile-syntax`, `unknown-key`, `wrong-value`,
/// `missing-key`, `not-yet-available`.
pub fn settings(source: &str) -> Result<Settings> {
    let tree = DeTable::parse(source).map_err(|error| syntax(source, &error))?;
    table(source, "", tree.get_ref(), tree.span(), PROFILE)?;
    let settings: Settings = toml::from_str(source).map_err(|error| syntax(source, &error))?;
    sound::check(&settings)?;
    available::check(&settings)?;
    Ok(settings)
}

/// Compares one table with the keys it may have.
fn table(
    source: &str,
    path: &str,
    table: &DeTable<'_>,
    span: Range<usize>,
    keys: &[Key],
) -> Result<()> {
    for (name, value) in table {
        let Some(key) = keys.iter().find(|key| key.name == name.get_ref()) else {
            return Err(unknown(source, path, name, keys));
        };
        check(source, &join(path, key.name), value, &key.kind)?;
    }
    match keys
        .iter()
        .find(|key| key.required && !table.iter().any(|(name, _)| name.get_ref() == key.name))
    {
        Some(key) => Err(missing(source, &join(path, key.name), span)),
        None => Ok(()),
    }
}

/// Compares one value with what its key allows.
fn check(source: &str, path: &str, value: &Spanned<DeValue<'_>>, kind: &Kind) -> Result<()> {
    let wrong = |wanted: Text| Err(wrong_value(source, path, value, &wanted));
    match (kind, value.get_ref()) {
        (Kind::Text | Kind::OneOrMore, DeValue::String(_))
        | (Kind::Flag, DeValue::Boolean(_))
        | (Kind::Amount, DeValue::Integer(_) | DeValue::Float(_)) => Ok(()),
        (Kind::Text, _) => wrong(text!("een tekst tussen aanhalingstekens", "a quoted text")),
        (Kind::Flag, _) => wrong(text!("true of false", "true or false")),
        (Kind::Port, DeValue::Integer(number)) if number.as_str().parse::<u16>().is_ok() => Ok(()),
        (Kind::Port | Kind::Whole, DeValue::String(number)) if number.parse::<u32>().is_ok() => {
            let number = number.as_ref();
            wrong(text!(
                "{number}, zonder aanhalingstekens",
                "{number}, without quotes"
            ))
        }
        (Kind::Port, _) => wrong(text!(
            "een poort van 1 tot 65535, of 0 voor de gewone poort van het protocol",
            "a port from 1 to 65535, or 0 for the protocol's usual one"
        )),
        (Kind::Whole, DeValue::Integer(number)) if number.as_str().parse::<u32>().is_ok() => Ok(()),
        (Kind::Whole, _) => wrong(text!(
            "een geheel getal vanaf 0",
            "a whole number from 0 on"
        )),
        (Kind::Amount, DeValue::String(amount))
            if amount.parse::<rust_decimal::Decimal>().is_ok() =>
        {
            Ok(())
        }
        (Kind::Amount, _) => wrong(text!(
            "een bedrag, zoals \"0.05\"",
            "an amount, such as \"0.05\""
        )),
        (Kind::Moment, DeValue::Datetime(moment)) if moment.offset.is_some() => {
            match moment.to_string().parse::<jiff::Timestamp>() {
                Ok(_) => Ok(()),
                Err(_) => wrong(text!(
                    "een tijdstip dat er is, vóór het jaar 9999, zoals 2026-01-01T00:00:00+01:00",
                    "a moment that exists, before the year 9999, such as 2026-01-01T00:00:00+01:00"
                )),
            }
        }
        (Kind::Moment, DeValue::String(moment)) if moment.parse::<jiff::Timestamp>().is_ok() => {
            Ok(())
        }
        (Kind::Moment, _) => wrong(text!(
            "datum, tijd en tijdverschil, zoals 2026-01-01T00:00:00+01:00",
            "date, time and offset, such as 2026-01-01T00:00:00+01:00"
        )),
        (Kind::Texts | Kind::OneOrMore, DeValue::Array(items))
            if items
                .iter()
                .all(|item| matches!(item.get_ref(), DeValue::String(_))) =>
        {
            Ok(())
        }
        (Kind::Texts | Kind::OneOrMore, _) => wrong(text!(
            "een lijst van teksten, zoals [\"een\", \"twee\"]",
            "a list of texts, such as [\"one\", \"two\"]"
        )),
        (Kind::OneOf(words), DeValue::String(word)) if words.contains(&word.as_ref()) => Ok(()),
        (Kind::OneOf(words), _) => {
            let now = |word: &&&str| available::works_now(path, word);
            let words: Vec<&str> = words.iter().filter(now).copied().collect();
            wrong(Text::same(words.join(" | ")))
        }
        (Kind::PerVatKind, DeValue::String(_)) => Ok(()),
        (Kind::PerVatKind, DeValue::Table(codes)) => per_vat_kind(source, path, codes),
        (Kind::PerVatKind, _) => wrong(text!(
            "een artikelcode, of een tabel {{ hoog = \"…\", laag = \"…\", geen = \"…\" }}",
            "an article code, or a table {{ hoog = \"…\", laag = \"…\", geen = \"…\" }}"
        )),
        (Kind::Table(keys), DeValue::Table(inner)) => {
            table(source, path, inner, value.span(), keys)
        }
        (Kind::Named(kind), DeValue::Table(inner)) => inner.iter().try_for_each(|(name, value)| {
            check(source, &join(path, &quoted(name.get_ref())), value, kind)
        }),
        (Kind::Tables(keys), DeValue::Array(items)) => items.iter().try_for_each(|item| {
            if let DeValue::Table(inner) = item.get_ref() {
                return table(source, path, inner, item.span(), keys);
            }
            Err(wrong_value(source, path, item, &tables(path)))
        }),
        (Kind::Tables(_), _) => wrong(tables(path)),
        (Kind::FlagOr(_), DeValue::Boolean(_)) => Ok(()),
        (Kind::FlagOr(words), DeValue::String(word)) if words.contains(&word.as_ref()) => Ok(()),
        (Kind::FlagOr(words), _) => {
            wrong(Text::same(format!("true | false | {}", words.join(" | "))))
        }
        (Kind::Table(_) | Kind::Named(_), _) => wrong(text!(
            "een tabel: schrijf [{path}] op een regel en de instellingen eronder",
            "a table: write [{path}] on a line and the settings below it"
        )),
    }
}

fn tables(path: &str) -> Text {
    text!(
        "tabellen: schrijf voor elk [[{path}]] op een regel en de instellingen eronder",
        "tables: write [[{path}]] on a line for each and the settings below it"
    )
}

fn per_vat_kind(source: &str, path: &str, codes: &DeTable<'_>) -> Result<()> {
    const KEYS: [Key; 4] = {
        const fn kind(name: &'static str) -> Key {
            Key {
                name,
                kind: Kind::Text,
                required: false,
            }
        }
        [
            kind(VAT_KINDS[0]),
            kind(VAT_KINDS[1]),
            kind(VAT_KINDS[2]),
            kind(VAT_KINDS[3]),
        ]
    };
    table(source, path, codes, 0..0, &KEYS)
}

fn unknown(
    source: &str,
    path: &str,
    name: &Spanned<toml::de::DeString<'_>>,
    keys: &[Key],
) -> Failure {
    let line = line(source, name.span().start);
    let key = join(path, name.get_ref());
    let nearest = nearest(name.get_ref(), keys.iter().map(|key| key.name));
    let hint = match nearest {
        _ if is_secret(name.get_ref()) => text!(
            "Wachtwoorden en sleutels staan nooit in het bestand: haal deze regel weg; Winkelbrug vraagt ernaar en bewaart ze versleuteld.",
            "Passwords and keys never stand in the file: remove this line; Winkelbrug asks for them and keeps them encrypted."
        ),
        Some(nearest) => {
            let nearest = join(path, nearest);
            text!("Bedoelt u {nearest}?", "Do you mean {nearest}?")
        }
        None => {
            let all = keys
                .iter()
                .map(|key| key.name)
                .collect::<Vec<_>>()
                .join(", ");
            text!("Hier kan staan: {all}.", "Here may stand: {all}.")
        }
    };
    Failure::misconfigured(
        "unknown-key",
        text!(
            "Regel {line}: de instelling {key} bestaat niet.",
            "Line {line}: there is no setting {key}."
        ),
    )
    .hint(hint)
}

/// Names under which an owner would write down a secret.
const SECRETS: [&str; 7] = [
    "password",
    "passphrase",
    "wachtwoord",
    "secret",
    "geheim",
    "token",
    "sleutel",
];

fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    name == "pass" || SECRETS.iter().any(|secret| name.contains(secret))
}

/// The name a slip of the pen most likely meant.
pub fn nearest<'k>(name: &str, keys: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let name = name.to_lowercase().replace('-', "_");
    keys.map(|key| {
        let key_form = key.to_lowercase().replace('-', "_");
        let likeness = strsim::jaro_winkler(&name, &key_form)
            .max(strsim::normalized_damerau_levenshtein(&name, &key_form));
        (likeness, key)
    })
    .filter(|(likeness, _)| *likeness > 0.66)
    .max_by(|left, right| left.0.total_cmp(&right.0))
    .map(|(_, key)| key)
}

fn missing(source: &str, key: &str, table: Range<usize>) -> Failure {
    let line = line(source, table.start);
    Failure::misconfigured(
        "missing-key",
        text!(
            "Regel {line}: de instelling {key} ontbreekt; zij moet er staan.",
            "Line {line}: the setting {key} is missing; it must be there."
        ),
    )
}

fn wrong_value(source: &str, key: &str, value: &Spanned<DeValue<'_>>, wanted: &Text) -> Failure {
    let line = line(source, value.span().start);
    let found = source.get(value.span()).unwrap_or_default().trim();
    let found: String = found
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(60)
        .collect();
    Failure::misconfigured(
        "wrong-value",
        text!(
            "Regel {line}: {key} kan niet {found} zijn.",
            "Line {line}: {key} cannot be {found}."
        ),
    )
    .hint(Text {
        nl: format!("Toegestaan: {}.", wanted.nl),
        en: format!("Allowed: {}.", wanted.en),
    })
}

fn syntax(source: &str, error: &toml::de::Error) -> Failure {
    let at = error.span().map_or(0, |span| span.start);
    let line = line(source, at);
    let typed = source.lines().nth(line - 1).unwrap_or_default();
    let why = if typed.contains(['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}']) {
        text!(
            "er staan krullende aanhalingstekens in (“ ” of ‘ ’), zoals een tekstverwerker die maakt",
            "it has curly quotes (“ ” or ‘ ’), as a word processor makes them"
        )
    } else if typed.trim_end().ends_with('=') {
        text!(
            "achter = ontbreekt de waarde",
            "the value behind = is missing"
        )
    } else {
        slip(error.message())
    };
    let (nl, en) = (why.nl, why.en);
    if let Some(line_meant) = date_meant(typed) {
        return Failure::misconfigured(
            "profile-syntax",
            text!(
                "Regel {line} van het profiel: een datum begint met het jaar, en heeft een tijd en een tijdverschil.",
                "Line {line} of the profile: a date begins with the year, and has a time and an offset."
            ),
        )
        .hint(text!(
            "Schrijf: {line_meant}",
            "Write: {line_meant}"
        ));
    }
    Failure::misconfigured(
        "profile-syntax",
        text!(
            "Regel {line} van het profiel is niet te lezen: {nl}.",
            "Line {line} of the profile cannot be read: {en}."
        ),
    )
    .hint(text!(
        "Een profiel is een TOML-bestand: schrijf op elke regel naam = \"waarde\", met rechte aanhalingstekens (\"); getallen, true en false zonder. Een groep begint met een eigen regel zoals [shop]. Gebruik een kladblok, geen tekstverwerker.",
        "A profile is a TOML file: write name = \"value\" on each line, with straight quotes (\"); numbers, true and false without. A group begins with a line of its own such as [shop]. Use a plain text editor, not a word processor."
    ))
}

/// The line as it should be, where a date was written day first: its midnight in this PC's zone.
fn date_meant(typed: &str) -> Option<String> {
    let (key, value) = typed.split_once('=')?;
    let value = value.split('#').next().unwrap_or_default().trim();
    let date = jiff::civil::Date::strptime("%d-%m-%Y", value).ok()?;
    let midnight = date.to_zoned(jiff::tz::TimeZone::system()).ok()?;
    let midnight = midnight.strftime("%Y-%m-%dT%H:%M:%S%:z");
    Some(format!("{} = {midnight}", key.trim()))
}

/// What the TOML reader found, as it begins -> Dutch.
const SLIPS: &[(&str, &str)] = &[
    (
        "string values must be quoted",
        "een tekst staat niet tussen aanhalingstekens",
    ),
    ("duplicate key", "deze naam staat er twee keer"),
    (
        "key with no value",
        "achter de naam ontbreekt = met een waarde",
    ),
    ("missing value", "achter = ontbreekt de waarde"),
    (
        "invalid basic string",
        "de tekst eindigt niet met een aanhalingsteken",
    ),
    (
        "invalid literal string",
        "de tekst eindigt niet met een aanhalingsteken",
    ),
    (
        "invalid multi-line",
        "de tekst eindigt niet met drie aanhalingstekens",
    ),
    (
        "missing escaped value",
        "een \\ in een tekst wordt als \\\\ geschreven",
    ),
    (
        "too few unicode",
        "een \\ in een tekst wordt als \\\\ geschreven",
    ),
    ("unclosed table", "achter [ ontbreekt ]"),
    ("unclosed array", "achter [ ontbreekt ]"),
    ("unclosed inline table", "achter { ontbreekt }"),
    ("missing comma", "er ontbreekt een komma"),
    ("extra comma", "er staat een komma te veel"),
    ("extra", "er staat een = te veel"),
    (
        "invalid unquoted key",
        "een naam met spaties of tekens staat niet tussen aanhalingstekens",
    ),
    ("unquoted keys cannot be empty", "voor = ontbreekt de naam"),
    ("unexpected leading zero", "een getal begint niet met een 0"),
    ("unexpected key or value", "achter de waarde staat nog iets"),
];

/// The reader's own English, and what it means in Dutch.
fn slip(message: &str) -> Text {
    let nl = SLIPS
        .iter()
        .find(|(english, _)| message.starts_with(english))
        .map_or("zo schrijft TOML het niet", |(_, dutch)| *dutch);
    Text {
        nl: nl.to_owned(),
        en: message.to_owned(),
    }
}

/// The line, from 1, in which that byte stands.
fn line(source: &str, at: usize) -> usize {
    source
        .bytes()
        .take(at)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// A key of the owner's own, as it must be written in TOML.
fn quoted(key: &str) -> String {
    if !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
    {
        key.to_owned()
    } else {
        format!("{key:?}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn refused(source: &str) -> Failure {
        settings(source).unwrap_err()
    }

    #[test]
    fn a_slip_in_the_files_form_is_told_in_dutch_with_the_rule() {
        for (source, words) in [
            ("format = 1\nname = mijnwinkel\n", "aanhalingstekens"),
            (
                "name = \u{201c}winkel\u{201d}\n",
                "krullende aanhalingstekens",
            ),
            ("name = \"a\"\nname = \"b\"\n", "twee keer"),
            ("name\n", "ontbreekt ="),
            ("name =\n", "ontbreekt de waarde"),
            ("name = \"winkel\n", ""),
            ("[shop\n", ""),
            ("name = \"a\" b\n", ""),
            ("map = \"C:\\x\"\n", ""),
        ] {
            let failure = refused(source);
            assert_eq!(failure.code, "profile-syntax", "{source}");
            assert!(
                failure.text.nl.contains(words),
                "{source}: {}",
                failure.text.nl
            );
            for english in ["expected", "must be", "invalid", "docs/"] {
                assert!(!failure.text.nl.contains(english), "{}", failure.text.nl);
            }
            assert!(failure.hint.nl.contains("naam = \"waarde\""));
        }
    }

    #[test]
    fn a_number_in_quotes_is_asked_for_without_them() {
        let failure = refused("format = \"1\"\n");
        assert_eq!(failure.hint.nl, "Toegestaan: 1, zonder aanhalingstekens.");
    }

    #[test]
    fn a_password_in_the_file_is_told_to_be_asked_for() {
        let failure = refused("format = 1\n[shop.upload]\npassword = \"hunter2\"\n");
        assert_eq!(failure.code, "unknown-key");
        assert!(
            failure.hint.nl.contains("nooit in het bestand"),
            "{failure:?}"
        );
        assert!(!format!("{failure:?}").contains("hunter2"));
    }
}

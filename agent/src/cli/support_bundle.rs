//! `support-bundle`: what a helper needs to see, without secrets and personal data.

use std::{fmt::Write, path::Path};

use super::{arguments, exit::Exit, file, session::Session};
use crate::{
    failure::{Failure, Result},
    profile::Settings,
    text,
    text::Language,
};

/// Most bytes of one log that are taken, from its end.
const LOG_BYTES: usize = 2 * 1024 * 1024;
/// What stands in the place of what was taken out.
const fn removed(language: Language) -> &'static str {
    match language {
        Language::Dutch => "<weggehaald>",
        Language::English => "<removed>",
    }
}

pub(super) fn run(session: &Session, arguments: &arguments::SupportBundle) -> Result<Exit> {
    session.has_data()?;
    is_text(&arguments.file)?;
    let mut bundle = String::new();
    let _ = writeln!(
        bundle,
        "winkelbrug {} ({})",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS
    );
    settings(session, &mut bundle)?;
    logs(session, &mut bundle);
    file::write(&arguments.file, bundle.as_bytes(), arguments.replace)?;
    let file = arguments.file.display();
    if session.screen.json {
        session
            .screen
            .json(&serde_json::json!({"file": file.to_string(), "bytes": bundle.len()}));
    } else {
        session.screen.say(&text!(
            "Geschreven: {file}. Geheimen en persoonsgegevens zijn eruit; kijk het na voor u het verstuurt.",
            "Written: {file}. Secrets and personal data are out of it; look it over before you send it."
        ));
    }
    Ok(Exit::Done)
}

/// What is written is plain text, and nobody can unpack that.
fn is_text(file: &Path) -> Result<()> {
    let zip = file
        .extension()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("zip"));
    if !zip {
        return Ok(());
    }
    let text = file.with_extension("txt");
    let text = text.display();
    Err(Failure::misconfigured(
        "wrong-use",
        text!(
            "Dit wordt een tekstbestand, geen zip.",
            "This becomes a text file, no zip."
        ),
    )
    .hint(text!("Noem het {text}.", "Name it {text}.")))
}

fn settings(session: &Session, bundle: &mut String) -> Result<()> {
    let (screen, profiles) = (session.screen, session.data.profiles());
    let removed = removed(screen.language);
    for name in profiles.names()? {
        let heading = text!("profiel {name}", "profile {name}");
        let _ = writeln!(bundle, "\n== {}", screen.words(&heading));
        match profiles.get(&name) {
            Ok(profile) => {
                let shown =
                    toml::to_string(&without_names(profile.settings, removed)).unwrap_or_default();
                bundle.push_str(&scrub(&shown, removed));
            }
            Err(failure) => {
                let _ = writeln!(bundle, "{}", scrub(screen.words(&failure.text), removed));
            }
        }
    }
    Ok(())
}

/// The settings without what names a person or opens a door.
fn without_names(mut settings: Settings, removed: &str) -> Settings {
    for value in [
        &mut settings.shop.upload.user,
        &mut settings.shop.upload.key_file,
        &mut settings.shop.basic_auth_user,
        &mut settings.customers.default_code,
    ] {
        if !value.is_empty() {
            removed.clone_into(value);
        }
    }
    settings
}

fn logs(session: &Session, bundle: &mut String) {
    let mut files: Vec<_> = std::fs::read_dir(session.data.logs())
        .map(|files| {
            files
                .filter_map(std::result::Result::ok)
                .map(|file| file.path())
                .collect()
        })
        .unwrap_or_default();
    files.sort_unstable();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let heading = text!("logboek {name}", "log {name}");
        let _ = writeln!(bundle, "\n== {}", session.screen.words(&heading));
        bundle.push_str(&scrub(&end_of(&file), removed(session.screen.language)));
    }
}

fn end_of(file: &Path) -> String {
    let bytes = std::fs::read(file).unwrap_or_default();
    let start = bytes.len().saturating_sub(LOG_BYTES);
    String::from_utf8_lossy(bytes.get(start..).unwrap_or_default()).into_owned()
}

/// Takes out, word by word, what looks like an e-mail address, a key, a telephone number, a
/// postcode or an address on the net.
fn scrub(text: &str, removed: &str) -> String {
    text.split_inclusive([
        '\n', ' ', '"', '=', ',', ';', '(', ')', '<', '>', '\'', '?', '&',
    ])
    .map(|piece| {
        let word = piece.trim_end_matches([
            '\n', ' ', '"', '=', ',', ';', '(', ')', '<', '>', '\'', '?', '&',
        ]);
        if is_private(word) {
            format!("{removed}{}", piece.get(word.len()..).unwrap_or_default())
        } else {
            piece.to_owned()
        }
    })
    .collect()
}

fn is_private(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let letters = word.chars().filter(char::is_ascii_alphabetic).count();
    let is_mail = word.contains('@') && word.len() > 3;
    let is_key = word.len() >= 24
        && digits > 0
        && letters > 0
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+/=_-".contains(c));
    let is_phone = digits >= 9
        && letters == 0
        && word
            .chars()
            .all(|c| c.is_ascii_digit() || "+-/.".contains(c))
        && !word.contains(':');
    // A Dutch postcode written as one word: 1234AB.
    let is_postcode = word.len() == 6
        && word.bytes().take(4).all(|byte| byte.is_ascii_digit())
        && word.bytes().skip(4).all(|byte| byte.is_ascii_uppercase());
    let is_address = word
        .trim_end_matches(|c: char| c == ':' || c.is_ascii_digit() && word.contains(':'))
        .parse::<std::net::IpAddr>()
        .is_ok_and(|address| !address.is_loopback());
    is_mail || is_key || is_phone || is_postcode || is_address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_a_person_or_opens_a_door_is_taken_out() {
        let text = "mail jan@voorbeeld.nl key 0a1b2c3d4e5f60718293a4b5c6d7e8f9, tel 0612345678 \
                    at 1234AB from 203.0.113.7 ok";
        assert_eq!(
            scrub(text, removed(Language::English)),
            "mail <removed> key <removed>, tel <removed> at <removed> from <removed> ok"
        );
    }

    #[test]
    fn what_helps_stays() {
        let text = "2026-11-24T02:17:38.123456Z  INFO winkelbrug::service: ran profile=\"demo\" \
                    order=10023 127.0.0.1:7414 code=ftp-password-refused\n";
        assert_eq!(scrub(text, removed(Language::Dutch)), text);
    }
}

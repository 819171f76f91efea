//! Who we are to an SSH server: a key file, a password, or the password as the answer to its
//! questions (keyboard-interactive).

use std::{fs, io, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use ssh2::{Error, ErrorCode, KeyboardInteractivePrompt, Prompt, Session};

use super::{said::Server, sftp::broken, transport::Access};
use crate::{
    failure::{Failure, Result},
    profile::{Secret, settings::Upload},
    text,
};

const SFTP: Server = Server::Sftp;
/// libssh2: the key file was not understood (`LIBSSH2_ERROR_FILE`).
const FILE: i32 = -16;
/// libssh2: a key file in OpenSSL's form did not open by the passphrase (`LIBSSH2_ERROR_KEYFILE_AUTH_FAILED`).
const KEY_CLOSED: i32 = -48;
/// How an OpenSSH private key begins, inside its base64 (openssh/PROTOCOL.key).
const OPENSSH: &[u8] = b"openssh-key-v1\0";

/// Logs in.
pub(super) fn log_in(session: &Session, upload: &Upload, access: &Access) -> Result<()> {
    let user = upload.user.as_str();
    let methods = match session.auth_methods(user) {
        Ok(methods) => methods.to_owned(),
        // A server that asks for nothing at all has let us in already.
        Err(_) if session.authenticated() => return Ok(()),
        Err(error) => return Err(broken(&error).unwrap_or_else(|| SFTP.lost().source(error))),
    };
    if !upload.key_file.is_empty() {
        return with_key(session, upload, access, &methods);
    }
    let Some(password) = &access.password else {
        return Err(SFTP.wrong_password("-"));
    };
    let offered = |method: &str| methods.split(',').any(|one| one == method);
    let outcome = if offered("password") {
        session.userauth_password(user, password.expose())
    } else if offered("keyboard-interactive") {
        session.userauth_keyboard_interactive(user, &mut Answers(password))
    } else {
        return Err(password_not_taken(&methods));
    };
    outcome.map_err(|error| refused(error, |said| SFTP.wrong_password(said)))
}

/// The password to every question whose answer is not shown; such a server asks but that.
struct Answers<'a>(&'a Secret);

impl KeyboardInteractivePrompt for Answers<'_> {
    fn prompt(&mut self, _: &str, _: &str, prompts: &[Prompt<'_>]) -> Vec<String> {
        prompts
            .iter()
            .map(|prompt| {
                if prompt.echo {
                    String::new()
                } else {
                    self.0.expose().to_owned()
                }
            })
            .collect()
    }
}

fn with_key(session: &Session, upload: &Upload, access: &Access, methods: &str) -> Result<()> {
    let file = upload.key_file.as_str();
    let encrypted = encrypted(file)?;
    let passphrase = access.key_passphrase.as_ref().filter(|_| encrypted);
    if encrypted && passphrase.is_none() {
        return Err(passphrase_missing(file));
    }
    if !methods.split(',').any(|one| one == "publickey") {
        return Err(key_not_taken(file, methods));
    }
    let passphrase = passphrase.map(Secret::expose);
    session
        .userauth_pubkey_file(&upload.user, None, Path::new(file), passphrase)
        .map_err(|error| match error.code() {
            ErrorCode::Session(FILE | KEY_CLOSED) if encrypted => {
                passphrase_wrong(file).source(error)
            }
            ErrorCode::Session(FILE) => unfit(file).source(error),
            _ => refused(error, |said| key_refused(file, said)),
        })
}

/// Is that private key encrypted with a passphrase?
///
/// # Errors
/// `key-file-missing`, `key-file-unreadable`, or `key-file-unfit` for what is no private key.
pub fn encrypted(file: &str) -> Result<bool> {
    let bytes = fs::read(file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => missing(file).source(error),
        _ => unreadable(file).source(error),
    })?;
    let text = String::from_utf8_lossy(&bytes);
    if text.starts_with("PuTTY-User-Key-File") {
        return Err(of_putty(file));
    }
    if !text.contains("PRIVATE KEY-----") {
        return Err(unfit(file));
    }
    if !text.contains("BEGIN OPENSSH PRIVATE KEY") {
        return Ok(text.contains("ENCRYPTED"));
    }
    let inside: String = text
        .lines()
        .filter(|line| !line.contains("-----"))
        .collect();
    let inside = STANDARD
        .decode(inside.split_whitespace().collect::<String>())
        .map_err(|error| unfit(file).source(error))?;
    // After the mark: the cipher's name, its length first in four bytes; `none` is no cipher.
    let cipher = inside.strip_prefix(OPENSSH).ok_or_else(|| unfit(file))?;
    Ok(!cipher.starts_with(b"\0\0\0\x04none"))
}

/// A login that was refused, or a connection that fell away while logging in.
fn refused(error: Error, words: impl FnOnce(&str) -> Failure) -> Failure {
    if let Some(failure) = broken(&error) {
        return failure;
    }
    let said = error.message().to_owned();
    let failure = match error.code() {
        // Authentication failed, public key unverified, method not supported (libssh2.h).
        ErrorCode::Session(-18 | -19 | -33) => words(&said),
        _ => SFTP.lost(),
    };
    failure.source(error)
}

fn password_not_taken(methods: &str) -> Failure {
    Failure::credentials(
        "sftp-password-not-taken",
        text!(
            "De SFTP-server neemt voor dit account geen wachtwoord aan ({methods})",
            "The SFTP server takes no password for this account ({methods})"
        ),
    )
    .hint(text!(
        "Zet bij [shop.upload] key_file het pad van de privésleutel die bij dit account hoort",
        "Put the path of the private key that belongs to this account at [shop.upload] key_file"
    ))
}

fn key_not_taken(file: &str, methods: &str) -> Failure {
    Failure::credentials(
        "sftp-key-not-taken",
        text!(
            "De SFTP-server neemt voor dit account geen sleutelbestand aan ({methods}); {file} is niet gebruikt",
            "The SFTP server takes no key file for this account ({methods}); {file} was not used"
        ),
    )
    .hint(text!(
        "Laat [shop.upload] key_file leeg en geef het wachtwoord als geheim 'upload'",
        "Leave [shop.upload] key_file empty and give the password as secret 'upload'"
    ))
}

fn key_refused(file: &str, said: &str) -> Failure {
    Failure::credentials(
        "sftp-key-refused",
        text!(
            "De SFTP-server weigert de sleutel {file} voor deze gebruiker",
            "The SFTP server refuses the key {file} for this user ({said})"
        ),
    )
    .hint(text!(
        "Controleer [shop.upload] user en laat de bijbehorende publieke sleutel bij uw webhoster toevoegen",
        "Check [shop.upload] user and have the public key that belongs to it added at your web host"
    ))
}

fn missing(file: &str) -> Failure {
    Failure::misconfigured(
        "key-file-missing",
        text!(
            "Het sleutelbestand {file} bestaat niet op deze computer",
            "The key file {file} does not exist on this computer"
        ),
    )
    .hint(text!(
        "Zet bij [shop.upload] key_file het volledige pad van de privésleutel",
        "Put the whole path of the private key at [shop.upload] key_file"
    ))
}

fn unreadable(file: &str) -> Failure {
    Failure::misconfigured(
        "key-file-unreadable",
        text!(
            "Het sleutelbestand {file} is niet te lezen",
            "The key file {file} cannot be read"
        ),
    )
    .hint(text!(
        "Geef de gebruiker waaronder Winkelbrug draait leesrecht op dit bestand",
        "Give the user Winkelbrug runs as the right to read this file"
    ))
}

fn unfit(file: &str) -> Failure {
    Failure::misconfigured(
        "key-file-unfit",
        text!(
            "{file} is geen privésleutel die gelezen kan worden",
            "{file} is no private key that can be read"
        ),
    )
    .hint(text!(
        "Het bestand moet beginnen met '-----BEGIN' en de privésleutel bevatten, niet het .pub-bestand. Een .ppk van PuTTY zet u om met PuTTYgen: Conversions, Export OpenSSH key",
        "The file must begin with '-----BEGIN' and hold the private key, not the .pub file. Convert a .ppk of PuTTY with PuTTYgen: Conversions, Export OpenSSH key"
    ))
}

fn of_putty(file: &str) -> Failure {
    let failure = unfit(file);
    Failure {
        text: text!(
            "{file} is een sleutel in de vorm van PuTTY (.ppk), die hier niet gelezen kan worden",
            "{file} is a key in PuTTY's form (.ppk), which cannot be read here"
        ),
        ..failure
    }
}

fn passphrase_missing(file: &str) -> Failure {
    Failure::credentials(
        "key-passphrase-missing",
        text!(
            "Het sleutelbestand {file} is beveiligd met een wachtwoordzin die niet bekend is",
            "The key file {file} is protected by a passphrase that is not known"
        ),
    )
    .hint(passphrase_hint())
}

fn passphrase_wrong(file: &str) -> Failure {
    Failure::credentials(
        "key-passphrase-wrong",
        text!(
            "De wachtwoordzin van het sleutelbestand {file} klopt niet",
            "The passphrase of the key file {file} is not right"
        ),
    )
    .hint(passphrase_hint())
}

fn passphrase_hint() -> crate::text::Text {
    text!(
        "Geef de wachtwoordzin als geheim 'key_passphrase'",
        "Give the passphrase as secret 'key_passphrase'"
    )
}

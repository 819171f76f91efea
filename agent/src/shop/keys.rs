//! Keys of servers that no authority vouches for: SSH host keys, and certificates an owner trusts
//! himself. A key is trusted when the profile names its fingerprint or the owner said yes to it;
//! that yes is kept in the journal, and a key that differs from it is refused.

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    failure::{Failure, Result},
    journal::Journal,
    text,
    text::Text,
};

/// What kind of key a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A TLS certificate.
    Certificate,
    /// An SSH host key.
    HostKey,
}

/// Which key a server must show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The fingerprint the profile names; empty = none. Where there is one, it alone counts.
    pub named: String,
    /// The fingerprint the owner said yes to.
    pub trusted: Option<String>,
}

impl Known {
    /// The fingerprint a profile names, and no other.
    #[must_use]
    pub fn named(fingerprint: &str) -> Self {
        Self {
            named: fingerprint.trim().to_owned(),
            trusted: None,
        }
    }

    /// After the profile's word and the journal's memory of that place.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn of(journal: &Journal, fingerprint: &str, place: &str) -> Result<Self> {
        Ok(Self {
            trusted: trusted(journal, place)?,
            ..Self::named(fingerprint)
        })
    }

    /// The one fingerprint that is expected; none when none is known.
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        if self.named.is_empty() {
            self.trusted.as_deref()
        } else {
            Some(&self.named)
        }
    }
}

/// A key a server showed that is not trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// `protocol://host:port`.
    pub place: String,
    /// What it is.
    pub kind: Kind,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The one that was trusted there before.
    pub before: Option<String>,
}

impl NewKey {
    /// What the owner is told when he trusts it.
    #[must_use]
    pub fn told(&self) -> Text {
        let (place, fingerprint) = (&self.place, &self.fingerprint);
        match &self.before {
            None => text!(
                "{place} toont een sleutel die nog niet bekend is: {fingerprint}",
                "{place} shows a key that is not known yet: {fingerprint}"
            ),
            Some(before) => text!(
                "LET OP: {place} toont een ANDERE sleutel dan eerst: {fingerprint} in plaats van {before}",
                "TAKE CARE: {place} shows ANOTHER key than before: {fingerprint} instead of {before}"
            ),
        }
    }
}

/// `SHA256:` and unpadded base64 of the SHA-256 of a certificate (DER) or an SSH host key's blob, as
/// OpenSSH shows it.
#[must_use]
pub fn fingerprint(key: &[u8]) -> String {
    format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(key)))
}

/// The fingerprint the owner said yes to at that place.
///
/// # Errors
/// The journal cannot be read.
pub fn trusted(journal: &Journal, place: &str) -> Result<Option<String>> {
    journal.with(|connection| {
        connection
            .query_row(
                "SELECT fingerprint FROM trusted_keys WHERE place = ?1",
                [place],
                |row| row.get(0),
            )
            .optional()
    })
}

/// Trusts that fingerprint at that place from now on, in the place of any other.
///
/// # Errors
/// The journal cannot be written.
pub fn trust(journal: &Journal, key: &NewKey, now: Timestamp) -> Result<()> {
    journal.with(|connection| {
        connection.execute(
            "INSERT INTO trusted_keys (place, fingerprint, trusted_at) VALUES (?1, ?2, ?3)
             ON CONFLICT (place) DO UPDATE SET fingerprint = ?2, trusted_at = ?3",
            params![key.place, key.fingerprint, now.to_string()],
        )?;
        Ok(())
    })
}

/// May this failure be mended by trusting a key?
#[must_use]
pub fn is_about_a_key(code: &str) -> bool {
    matches!(
        code,
        "certificate-not-trusted" | "certificate-expired" | "host-key-unknown"
    ) || is_a_change(code)
}

/// Did a server show another key than the one that is trusted?
#[must_use]
pub fn is_a_change(code: &str) -> bool {
    matches!(code, "certificate-changed" | "host-key-changed")
}

/// A key that was refused, in the owner's words. `table` is the profile's table with `fingerprint`,
/// `why` what the check of a certificate said.
#[must_use]
pub fn refused(
    kind: Kind,
    host: &str,
    table: &str,
    shown: &str,
    known: &Known,
    why: &str,
) -> Failure {
    match known.expected() {
        Some(before) if !known.named.is_empty() => not_the_named(kind, host, table, shown, before),
        Some(before) => changed(kind, host, shown, before),
        None => unknown(kind, host, table, shown, why),
    }
    .no_connection()
}

fn unknown(kind: Kind, host: &str, table: &str, shown: &str, why: &str) -> Failure {
    let hint = text!(
        "Vraag uw webhoster of deze vingerafdruk klopt. Klopt hij, vertrouw hem dan met 'winkelbrug deploy NAAM --trust-new-key' (of 'check'), of zet hem bij {table} fingerprint",
        "Ask your web host whether this fingerprint is right. If it is, trust it with 'winkelbrug deploy NAME --trust-new-key' (or 'check'), or put it at {table} fingerprint"
    );
    match kind {
        Kind::Certificate => Failure::misconfigured(
            "certificate-not-trusted",
            text!(
                "Het certificaat van {host} wordt niet vertrouwd ({shown}): {why}",
                "The certificate of {host} is not trusted ({shown}): {why}"
            ),
        ),
        Kind::HostKey => Failure::misconfigured(
            "host-key-unknown",
            text!(
                "De SSH-sleutel van {host} is nog niet bekend: {shown}",
                "The SSH host key of {host} is not known yet: {shown}"
            ),
        ),
    }
    .hint(hint)
}

/// A certificate past its date of a server of which no key is known.
#[must_use]
pub fn expired(host: &str, table: &str, shown: &str) -> Failure {
    Failure::misconfigured(
        "certificate-expired",
        text!(
            "Het certificaat van {host} is verlopen ({shown}): bezoekers krijgen ook een waarschuwing",
            "The certificate of {host} has expired ({shown}): visitors get a warning too"
        ),
    )
    .hint(text!(
        "Laat uw webhoster het certificaat vernieuwen. Kan dat niet en klopt de vingerafdruk, vertrouw hem dan met 'winkelbrug deploy NAAM --trust-new-key' (of 'check'), of zet hem bij {table} fingerprint",
        "Have your web host renew the certificate. If that cannot be and the fingerprint is right, trust it with 'winkelbrug deploy NAME --trust-new-key' (or 'check'), or put it at {table} fingerprint"
    ))
    .no_connection()
}

fn changed(kind: Kind, host: &str, shown: &str, before: &str) -> Failure {
    let hint = text!(
        "Er is niets verstuurd. Misschien luistert er iemand mee, misschien kreeg de server een nieuwe sleutel: vraag het uw webhoster. Klopt de nieuwe vingerafdruk, vertrouw hem dan met 'winkelbrug deploy NAAM --trust-new-key'",
        "Nothing was sent. Somebody may be listening in, or the server may have a new key: ask your web host. If the new fingerprint is right, trust it with 'winkelbrug deploy NAME --trust-new-key'"
    );
    let (code, nl, en) = words(kind);
    Failure::credentials(
        code,
        text!(
            "{nl} van {host} is veranderd: eerst {before}, nu {shown}",
            "{en} of {host} has changed: {before} before, {shown} now"
        ),
    )
    .hint(hint)
}

fn not_the_named(kind: Kind, host: &str, table: &str, shown: &str, named: &str) -> Failure {
    let (code, nl, en) = words(kind);
    Failure::credentials(
        code,
        text!(
            "{nl} van {host} is niet die van {table} fingerprint: daar staat {named}, de server toont {shown}",
            "{en} of {host} is not that of {table} fingerprint: it says {named}, the server shows {shown}"
        ),
    )
    .hint(text!(
        "Er is niets verstuurd. Vraag uw webhoster welke vingerafdruk klopt, en pas {table} fingerprint pas daarna aan",
        "Nothing was sent. Ask your web host which fingerprint is right, and change {table} fingerprint only then"
    ))
}

fn words(kind: Kind) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::Certificate => ("certificate-changed", "Het certificaat", "The certificate"),
        Kind::HostKey => ("host-key-changed", "De SSH-sleutel", "The SSH host key"),
    }
}

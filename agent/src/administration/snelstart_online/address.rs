//! Which addresses may be called: https, and plain http on this PC alone.

use url::Url;

use crate::{
    failure::{Failure, Result},
    outward::is_loopback,
    text,
};

/// Reads an address of `[administration]`.
///
/// # Errors
/// Not an address, with a password in it, or plain http beyond loopback: `Misconfigured`.
pub fn read(name: &str, written: &str) -> Result<Url> {
    let url = Url::parse(written.trim()).map_err(|error| {
        wrong(name, "is geen internetadres", "is no internet address").source(error)
    })?;
    let allowed = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    if !allowed {
        return Err(wrong(
            name,
            "begint niet met https://; sleutels en bestellingen zouden onderweg leesbaar zijn",
            "does not begin with https://; keys and orders could be read on the way",
        ));
    }
    if url.host().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            name,
            "mag geen gebruikersnaam of wachtwoord bevatten",
            "must not hold a user name or password",
        ));
    }
    Ok(url)
}

fn wrong(name: &str, nl: &str, en: &str) -> Failure {
    Failure::misconfigured(
        "administration-url",
        text!(
            "[administration] {name} {nl}",
            "[administration] {name} {en}"
        ),
    )
    .hint(text!(
        "Laat {name} weg: dan geldt het gewone adres van SnelStart.",
        "Leave {name} out: then SnelStart's usual address holds."
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn plain_http_is_for_this_pc_alone() {
        for allowed in [
            "https://b2bapi.snelstart.nl/v2",
            "http://127.0.0.1:8080/v2",
            "http://localhost/v2",
            "http://[::1]:9/v2",
        ] {
            assert!(read("api_url", allowed).is_ok(), "{allowed}");
        }
        for refused in [
            "http://b2bapi.snelstart.nl/v2",
            "http://127.0.0.1.example.nl/v2",
            "ftp://b2bapi.snelstart.nl/v2",
            "https://u:p@b2bapi.snelstart.nl/v2",
            "geen adres",
            "",
        ] {
            let failure = read("api_url", refused).unwrap_err();
            assert_eq!(failure.code, "administration-url", "{refused}");
            assert!(failure.text.nl.contains("api_url"));
        }
    }
}

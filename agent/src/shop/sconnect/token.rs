//! The token shop and agent share. It is made here and pasted into the shop's plug-in; on the wire
//! it never travels, only a digest over it and the request does.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use sha2::{Digest, Sha256};

use crate::profile::Secret;

/// A new token: 32 random bytes as base64url.
#[must_use]
pub fn make() -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

/// What a request says of itself in its headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said<'a> {
    /// HTTP method.
    pub method: &'a str,
    /// Command.
    pub command: &'a str,
    /// `X-SFS-Parameter`: the shop only takes it into the digest.
    pub parameter: &'a str,
    /// `X-SFS-Time`: likewise.
    pub time: &'a str,
    /// `X-SFS-RequestCounter`.
    pub counter: i64,
}

/// `X-SFS-Signature`: SHA-256 over `token|METHOD|command|parameter|time|counter`, as base64 (the
/// maker's plug-ins for Magento 1 and WooCommerce compute the same).
#[must_use]
pub fn sign(token: &Secret, said: &Said<'_>) -> String {
    let Said {
        method,
        command,
        parameter,
        time,
        counter,
    } = said;
    let token = token.expose().trim();
    let whole = format!("{token}|{method}|{command}|{parameter}|{time}|{counter}");
    STANDARD.encode(Sha256::digest(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_is_the_one_the_plug_in_computes() {
        let said = Said {
            method: "GET",
            command: "orders",
            parameter: "",
            time: "2026-11-21T10:00:00",
            counter: 7,
        };
        assert_eq!(
            sign(&Secret::new("geheim-token"), &said),
            "d61ngGrT1RSD0WOICTqeB645F5TnQ5RUc64dQFwgvWg="
        );
        assert_eq!(
            sign(&Secret::new(" geheim-token\n"), &said),
            sign(&Secret::new("geheim-token"), &said),
            "space pasted around it is no part of it"
        );
    }

    #[test]
    fn tokens_are_long_and_never_the_same() {
        let (one, other) = (make(), make());
        assert_eq!(one.expose().len(), 43);
        assert_ne!(one, other);
    }
}

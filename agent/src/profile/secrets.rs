//! Secrets of a profile, encrypted at rest. Never on a command line, in a log or in the journal.

use std::fmt;

/// A secret text: shown by no `Debug`, `Display` or serialiser.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps it.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself; only where it is sent.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Names of the secrets an owner gives; the agent's own (`bridge:<bridge id>`) stand beside them.
pub mod name {
    /// FTP/SFTP password.
    pub const UPLOAD: &str = "upload";
    /// Passphrase of `[shop.upload] key_file`.
    pub const KEY_PASSPHRASE: &str = "key_passphrase";
    /// Koppelsleutel or client secret.
    pub const ADMINISTRATION: &str = "administration";
    /// SnelStart subscription key.
    pub const SUBSCRIPTION: &str = "subscription";
    /// S-Connect token.
    pub const SHOP: &str = "shop";
    /// Password of the shop's basic auth.
    pub const BASIC_AUTH: &str = "basic_auth";
}

/// Keeps secrets: the encrypted store, or a map in tests.
pub trait Secrets: Send + Sync {
    /// The secret, if it is there.
    ///
    /// # Errors
    /// The store cannot be read or decrypted: `Misconfigured`.
    fn get(&self, profile: &str, name: &str) -> crate::failure::Result<Option<Secret>>;
    /// Stores it durably before returning.
    ///
    /// # Errors
    /// The store cannot be written: `Misconfigured`.
    fn set(&self, profile: &str, name: &str, secret: &Secret) -> crate::failure::Result<()>;
    /// Forgets it; no error when it was not there.
    ///
    /// # Errors
    /// The store cannot be written: `Misconfigured`.
    fn remove(&self, profile: &str, name: &str) -> crate::failure::Result<()>;
}

//! Keys of one upload: made fresh for every file, never shared between files. The file on the host
//! holds the public key, the agent keeps the private one; both hold the answer key.

use std::fmt;

use hmac::{Hmac, Mac};
use p256::{
    ecdsa::{
        DerSignature, SigningKey, VerifyingKey,
        signature::{Signer, Verifier},
    },
    pkcs8::{DecodePublicKey, EncodePublicKey},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Label of a request's signed bytes.
pub const LABEL_REQUEST: &str = "WB1 request";
/// Label of the key that closes answers.
pub const LABEL_ANSWER: &str = "WB1 answer";
/// Label of the key that closes clock answers.
pub const LABEL_CLOCK: &str = "WB1 clock";
/// Label of an HMAC file's key id.
pub const LABEL_KEY_ID: &str = "WB1 keyid";

/// How requests to one file are signed. Chosen at upload, never by a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// ECDSA P-256 over SHA-256: reading the file gives nobody the power to sign.
    Ecdsa,
    /// HMAC-SHA256: for hosts whose PHP has no openssl.
    Hmac,
}

impl Variant {
    /// `ecdsa` or `hmac`, as in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ecdsa => "ecdsa",
            Self::Hmac => "hmac",
        }
    }
}

/// Stored or transmitted key material that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not valid key material")]
pub struct BadKey;

/// What the agent keeps of one upload. `Debug` shows no key.
#[derive(Clone)]
pub struct UploadKeys {
    bridge_id: String,
    request: RequestKey,
    answer: [u8; 32],
}

#[derive(Clone)]
enum RequestKey {
    Ecdsa(Box<SigningKey>),
    Hmac([u8; 32]),
}

/// The text form in which an upload's keys are stored as one secret.
#[derive(Serialize, Deserialize)]
struct Stored {
    bridge_id: String,
    variant: Variant,
    request: String,
    answer: String,
}

impl UploadKeys {
    /// Fresh keys and a fresh bridge id.
    #[must_use]
    pub fn generate(variant: Variant) -> Self {
        let bridge_id = hex::encode(rand::random::<[u8; 16]>());
        let request = match variant {
            Variant::Hmac => RequestKey::Hmac(rand::random()),
            Variant::Ecdsa => loop {
                // All but about 2^-32 of the 256-bit numbers are private keys of P-256.
                if let Ok(key) = SigningKey::from_slice(&rand::random::<[u8; 32]>()) {
                    break RequestKey::Ecdsa(Box::new(key));
                }
            },
        };
        Self {
            bridge_id,
            request,
            answer: rand::random(),
        }
    }

    /// Keys from their parts: `request` is the private scalar or the HMAC key, 32 bytes.
    ///
    /// # Errors
    /// An id that is not 32 lower-case hex, or bytes that are no key.
    pub fn from_parts(
        bridge_id: &str,
        variant: Variant,
        request: &[u8],
        answer: &[u8],
    ) -> Result<Self, BadKey> {
        if !is_hex(bridge_id, 32) {
            return Err(BadKey);
        }
        let request = match variant {
            Variant::Ecdsa => RequestKey::Ecdsa(Box::new(
                SigningKey::from_slice(request).map_err(|_| BadKey)?,
            )),
            Variant::Hmac => RequestKey::Hmac(request.try_into().map_err(|_| BadKey)?),
        };
        Ok(Self {
            bridge_id: bridge_id.to_owned(),
            request,
            answer: answer.try_into().map_err(|_| BadKey)?,
        })
    }

    /// The secret text to store. Holds the private key.
    #[must_use]
    pub fn to_secret(&self) -> String {
        let request = match &self.request {
            RequestKey::Ecdsa(key) => hex::encode(key.to_bytes()),
            RequestKey::Hmac(key) => hex::encode(key),
        };
        let stored = Stored {
            bridge_id: self.bridge_id.clone(),
            variant: self.variant(),
            request,
            answer: hex::encode(self.answer),
        };
        // A struct of four texts always serialises.
        serde_json::to_string(&stored).unwrap_or_default()
    }

    /// Keys from [`UploadKeys::to_secret`]'s text.
    ///
    /// # Errors
    /// The text is not such a secret.
    pub fn from_secret(text: &str) -> Result<Self, BadKey> {
        let stored: Stored = serde_json::from_str(text).map_err(|_| BadKey)?;
        let request = hex::decode(&stored.request).map_err(|_| BadKey)?;
        let answer = hex::decode(&stored.answer).map_err(|_| BadKey)?;
        Self::from_parts(&stored.bridge_id, stored.variant, &request, &answer)
    }

    /// The upload's random id, 32 lower-case hex.
    #[must_use]
    pub fn bridge_id(&self) -> &str {
        &self.bridge_id
    }

    /// How requests are signed.
    #[must_use]
    pub fn variant(&self) -> Variant {
        match self.request {
            RequestKey::Ecdsa(_) => Variant::Ecdsa,
            RequestKey::Hmac(_) => Variant::Hmac,
        }
    }

    /// Names the key: first 32 hex of SHA-256 over the public key's DER, or of HMAC(key, `WB1 keyid`).
    #[must_use]
    pub fn key_id(&self) -> String {
        self.file_keys().key_id()
    }

    /// What the uploaded file holds.
    #[must_use]
    pub fn file_keys(&self) -> FileKeys {
        let request = match &self.request {
            RequestKey::Ecdsa(key) => FileRequestKey::Ecdsa(*key.verifying_key()),
            RequestKey::Hmac(key) => FileRequestKey::Hmac(*key),
        };
        FileKeys {
            bridge_id: self.bridge_id.clone(),
            request,
            answer: self.answer,
        }
    }

    /// The signature over a request's signed bytes, lower-case hex. ECDSA: ASN.1 DER, with the
    /// nonce derived from key and bytes (RFC 6979), so that golden messages are possible.
    pub(crate) fn sign(&self, bytes: &[u8]) -> String {
        match &self.request {
            RequestKey::Ecdsa(key) => {
                let signature: DerSignature = key.sign(bytes);
                hex::encode(signature.as_bytes())
            }
            RequestKey::Hmac(key) => hex::encode(hmac(key, bytes)),
        }
    }

    pub(crate) fn answer_label_key(&self, label: &str) -> [u8; 32] {
        hmac(&self.answer, label.as_bytes())
    }
}

impl fmt::Debug for UploadKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadKeys")
            .field("bridge_id", &self.bridge_id)
            .field("variant", &self.variant())
            .finish_non_exhaustive()
    }
}

/// What the file on the host holds: it can check requests and close answers, and (ECDSA) cannot
/// sign a request.
#[derive(Clone)]
pub struct FileKeys {
    bridge_id: String,
    request: FileRequestKey,
    answer: [u8; 32],
}

#[derive(Clone)]
enum FileRequestKey {
    Ecdsa(VerifyingKey),
    Hmac([u8; 32]),
}

impl FileKeys {
    /// Keys from the texts in a file: hex of the public key's DER (ECDSA) or of the request key
    /// (HMAC), and of the answer key.
    ///
    /// # Errors
    /// A text that is no such key.
    pub fn from_texts(
        bridge_id: &str,
        variant: Variant,
        request: &str,
        answer: &str,
    ) -> Result<Self, BadKey> {
        if !is_hex(bridge_id, 32) {
            return Err(BadKey);
        }
        let bytes = hex::decode(request).map_err(|_| BadKey)?;
        let request = match variant {
            Variant::Ecdsa => FileRequestKey::Ecdsa(
                VerifyingKey::from_public_key_der(&bytes).map_err(|_| BadKey)?,
            ),
            Variant::Hmac => FileRequestKey::Hmac(bytes.try_into().map_err(|_| BadKey)?),
        };
        let answer = hex::decode(answer).map_err(|_| BadKey)?;
        Ok(Self {
            bridge_id: bridge_id.to_owned(),
            request,
            answer: answer.try_into().map_err(|_| BadKey)?,
        })
    }

    /// The upload's id.
    #[must_use]
    pub fn bridge_id(&self) -> &str {
        &self.bridge_id
    }

    /// Names the key, see [`UploadKeys::key_id`].
    #[must_use]
    pub fn key_id(&self) -> String {
        let full = match &self.request {
            FileRequestKey::Ecdsa(key) => sha256_hex(&der(key)),
            FileRequestKey::Hmac(key) => hex::encode(hmac(key, LABEL_KEY_ID.as_bytes())),
        };
        full.chars().take(32).collect()
    }

    /// Hex of the public key's DER (SubjectPublicKeyInfo, 91 bytes); empty in an HMAC file.
    #[must_use]
    pub fn public_key(&self) -> String {
        match &self.request {
            FileRequestKey::Ecdsa(key) => hex::encode(der(key)),
            FileRequestKey::Hmac(_) => String::new(),
        }
    }

    /// Hex of the HMAC request key; empty in an ECDSA file.
    #[must_use]
    pub fn request_key(&self) -> String {
        match &self.request {
            FileRequestKey::Ecdsa(_) => String::new(),
            FileRequestKey::Hmac(key) => hex::encode(key),
        }
    }

    /// Hex of the answer key.
    #[must_use]
    pub fn answer_key(&self) -> String {
        hex::encode(self.answer)
    }

    pub(crate) fn check(&self, bytes: &[u8], signature: &str) -> bool {
        if signature.bytes().any(|b| b.is_ascii_uppercase()) {
            return false;
        }
        let Ok(signature) = hex::decode(signature) else {
            return false;
        };
        match &self.request {
            FileRequestKey::Ecdsa(key) => DerSignature::from_bytes(&signature)
                .is_ok_and(|signature| key.verify(bytes, &signature).is_ok()),
            FileRequestKey::Hmac(key) => hmac(key, bytes).ct_eq(&signature).into(),
        }
    }

    pub(crate) fn answer_label_key(&self, label: &str) -> [u8; 32] {
        hmac(&self.answer, label.as_bytes())
    }
}

impl fmt::Debug for FileKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileKeys")
            .field("bridge_id", &self.bridge_id)
            .finish_non_exhaustive()
    }
}

/// SubjectPublicKeyInfo of a P-256 key: encoding a valid point does not fail.
fn der(key: &VerifyingKey) -> Vec<u8> {
    key.to_public_key_der()
        .map(|document| document.as_bytes().to_vec())
        .unwrap_or_default()
}

/// HMAC-SHA256.
pub(crate) fn hmac(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    hmac_parts(key, &[bytes])
}

/// HMAC-SHA256 over parts joined without anything between them.
pub(crate) fn hmac_parts(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length; the error cannot arise.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// SHA-256, lower-case hex.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Exactly so many lower-case hex digits?
#[must_use]
pub fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

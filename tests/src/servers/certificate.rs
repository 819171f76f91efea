//! Certificates for servers on loopback: self-signed, or of an authority made for the test.

use std::path::{Path, PathBuf};

use anyhow::Result;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

/// A certificate with its key.
#[derive(Debug, Clone)]
pub struct Certificate {
    certificate: String,
    key: String,
    fingerprint: String,
}

/// Who a loopback server is.
const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

impl Certificate {
    /// One nobody vouches for.
    ///
    /// # Errors
    /// No key can be made.
    pub fn self_signed() -> Result<Self> {
        let key = KeyPair::generate()?;
        let made = CertificateParams::new(NAMES.map(str::to_owned).to_vec())?.self_signed(&key)?;
        Ok(Self::of(&made, &key))
    }

    fn of(made: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            certificate: made.pem(),
            key: key.serialize_pem(),
            fingerprint: winkelbrug::shop::keys::fingerprint(made.der()),
        }
    }

    /// `SHA256:` and unpadded base64 of the SHA-256 of the certificate.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Certificate and key in one file of that folder.
    pub(super) fn write(&self, folder: &Path) -> Result<PathBuf> {
        let file = folder.join("server.pem");
        std::fs::write(&file, format!("{}{}", self.certificate, self.key))?;
        private(&file)?;
        Ok(file)
    }
}

/// A certificate authority of a test.
#[derive(Debug)]
pub struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A new one.
    ///
    /// # Errors
    /// No key can be made.
    pub fn new() -> Result<Self> {
        let key = KeyPair::generate()?;
        let mut parameters = CertificateParams::new(Vec::new())?;
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let made = parameters.self_signed(&key)?;
        Ok(Self {
            certificate: made.pem(),
            issuer: Issuer::new(parameters, key),
        })
    }

    /// A certificate it vouches for.
    ///
    /// # Errors
    /// No key can be made.
    pub fn issue(&self) -> Result<Certificate> {
        let key = KeyPair::generate()?;
        let made = CertificateParams::new(NAMES.map(str::to_owned).to_vec())?
            .signed_by(&key, &self.issuer)?;
        Ok(Certificate::of(&made, &key))
    }

    /// One it vouched for until some years ago.
    ///
    /// # Errors
    /// No key can be made.
    pub fn issue_expired(&self) -> Result<Certificate> {
        let key = KeyPair::generate()?;
        let mut parameters = CertificateParams::new(NAMES.map(str::to_owned).to_vec())?;
        parameters.not_before = date_time_ymd(2019, 1, 1);
        parameters.not_after = date_time_ymd(2020, 1, 1);
        let made = parameters.signed_by(&key, &self.issuer)?;
        Ok(Certificate::of(&made, &key))
    }

    /// Its own certificate as PEM, for `ca_file`.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.certificate
    }
}

/// Servers refuse a key that others may read.
fn private(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))?;
    Ok(())
}

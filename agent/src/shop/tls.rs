//! Which certificates are trusted: those of the system's authorities, those of `[shop] ca_file`,
//! and the one leaf whose fingerprint the profile names or the owner said yes to. There is no switch
//! to trust any.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};

pub use super::keys::fingerprint;
use super::keys::{self, Kind, Known};
use crate::{
    failure::{Failure, Result},
    text,
};

/// How sessions are resumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resumed {
    /// By TLS 1.2: as often as wanted.
    Often,
    /// By TLS 1.3: a ticket serves once, and each connection brings new ones.
    ByTickets,
}

/// Decides on a server's certificate and remembers the one it refused last.
#[derive(Debug)]
pub struct Trust {
    provider: Arc<CryptoProvider>,
    /// None when the system has no authorities: then only a named fingerprint is trusted.
    authorities: Option<rustls_platform_verifier::Verifier>,
    known: Known,
    refused: Mutex<Option<Refused>>,
}

/// A certificate that was refused.
#[derive(Debug, Clone)]
struct Refused {
    shown: String,
    why: String,
    expired: bool,
}

impl Trust {
    /// After what is known of the server and `ca_file` of a profile, which may be empty.
    ///
    /// # Errors
    /// `ca_file` cannot be read: `Misconfigured`.
    pub fn new(known: Known, ca_file: &str) -> Result<Arc<Self>> {
        let extra = if ca_file.is_empty() {
            Vec::new()
        } else {
            read_authorities(ca_file)?
        };
        let provider = CryptoProvider::get_default()
            .cloned()
            .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
        let authorities =
            rustls_platform_verifier::Verifier::new_with_extra_roots(extra, Arc::clone(&provider))
                .ok();
        Ok(Arc::new(Self {
            provider,
            authorities,
            known,
            refused: Mutex::new(None),
        }))
    }

    /// A TLS configuration that asks this trust.
    ///
    /// # Errors
    /// The TLS library offers no protocol version: a fault of the build.
    pub fn client_config(self: &Arc<Self>) -> Result<ClientConfig> {
        self.config_of(rustls::DEFAULT_VERSIONS)
    }

    /// The same for FTPS, where each data connection resumes the session of the control connection,
    /// as vsftpd and proftpd demand it.
    ///
    /// # Errors
    /// As [`Trust::client_config`].
    pub fn resuming_config(self: &Arc<Self>, resumed: Resumed) -> Result<ClientConfig> {
        let version = match resumed {
            Resumed::Often => &rustls::version::TLS12,
            Resumed::ByTickets => &rustls::version::TLS13,
        };
        self.config_of(&[version])
    }

    fn config_of(
        self: &Arc<Self>,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Result<ClientConfig> {
        let config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_protocol_versions(versions)
            .map_err(|error| {
                Failure::bug("tls", text!("TLS werkt niet", "TLS does not work")).source(error)
            })?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(self) as Arc<dyn ServerCertVerifier>)
            .with_no_client_auth();
        Ok(config)
    }

    /// The failure of the certificate refused since the last question; `table` is the profile's
    /// table that may name a fingerprint.
    pub fn failure(&self, host: &str, table: &str) -> Option<Failure> {
        let Refused {
            shown,
            why,
            expired,
        } = self.take()?;
        if expired && self.known.expected().is_none() {
            return Some(keys::expired(host, table, &shown));
        }
        Some(keys::refused(
            Kind::Certificate,
            host,
            table,
            &shown,
            &self.known,
            &why,
        ))
    }

    /// Fingerprint of the certificate refused since the last question.
    pub fn refused(&self) -> Option<String> {
        self.take().map(|refused| refused.shown)
    }

    /// Was a certificate refused since the last question?
    pub fn has_refused(&self) -> bool {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    fn take(&self) -> Option<Refused> {
        self.refused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }

    fn remember(&self, refused: Option<Refused>) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = refused;
    }
}

fn read_authorities(path: &str) -> Result<Vec<CertificateDer<'static>>> {
    let wrong = || {
        Failure::misconfigured(
            "ca-file",
            text!(
                "Het certificaatbestand {path} is niet te lezen",
                "The certificate file {path} cannot be read"
            ),
        )
        .hint(text!(
            "Zet bij [shop] ca_file het pad van een PEM-bestand",
            "Put the path of a PEM file at [shop] ca_file"
        ))
    };
    let certificates: std::result::Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(|error| wrong().source(error))?
        .collect();
    match certificates {
        Ok(list) if list.is_empty() => Err(wrong()),
        Ok(list) => Ok(list),
        Err(error) => Err(wrong().source(error)),
    }
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let shown = fingerprint(end_entity);
        if self.known.expected() == Some(&shown) {
            return Ok(ServerCertVerified::assertion());
        }
        let verdict = match &self.authorities {
            Some(authorities) => authorities.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            ),
            None => Err(rustls::Error::General(
                "this computer has no certificate authorities".to_owned(),
            )),
        };
        self.remember(verdict.as_ref().err().map(|error| Refused {
            shown,
            why: error.to_string(),
            expired: matches!(
                error,
                rustls::Error::InvalidCertificate(
                    CertificateError::Expired | CertificateError::ExpiredContext { .. }
                )
            ),
        }));
        verdict
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}

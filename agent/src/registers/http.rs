//! The connection to a register: short time-outs, certificates of the computer, no redirects.

use std::{sync::Arc, time::Duration};

use reqwest::{Client, Response, redirect::Policy};
use rustls::{ClientConfig, crypto::CryptoProvider};
use rustls_platform_verifier::Verifier;
use url::{Host, Url};

/// To connect, and for the whole answer: a register that is slow is asked again later.
const CONNECT: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(15);

/// A client for that address; none when the address or the TLS library is of no use.
pub(super) fn client(address: &str) -> Option<(Client, Url)> {
    let url = Url::parse(address).ok()?;
    let provider = CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    let builder = Client::builder()
        .user_agent(concat!("Winkelbrug/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(PATIENCE)
        .tls_backend_preconfigured(tls(provider)?);
    let builder = if is_loopback(&url) {
        builder.no_proxy()
    } else {
        builder
    };
    Some((builder.build().ok()?, url))
}

fn tls(provider: Arc<CryptoProvider>) -> Option<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .ok()?;
    // A computer without authorities can still call a register on itself; https then fails.
    Some(match Verifier::new(provider) {
        Ok(verifier) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        Err(_) => builder
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth(),
    })
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The whole answer, up to so many bytes.
pub(super) async fn body(mut response: Response, most: usize) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > most {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

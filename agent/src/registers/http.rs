//! The connection to a register: short time-outs, certificates of the computer, no redirects.

use std::time::Duration;

use reqwest::{Client, Response, redirect::Policy};
use url::Url;

use crate::outward::{is_loopback, system_tls};

/// To connect, and for the whole answer: a register that is slow is asked again later.
const CONNECT: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(15);

/// A client for that address; none when the address or the TLS library is of no use.
pub(super) fn client(address: &str) -> Option<(Client, Url)> {
    let url = Url::parse(address).ok()?;
    let builder = Client::builder()
        .user_agent(concat!("Winkelbrug/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .connect_timeout(CONNECT)
        .timeout(PATIENCE)
        .tls_backend_preconfigured(system_tls().ok()?);
    let builder = if is_loopback(&url) {
        builder.no_proxy()
    } else {
        builder
    };
    Some((builder.build().ok()?, url))
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

//! HTTP towards the shop: which addresses are allowed, certificates, caps before and after
//! decompression, and what a failed connection means. No redirect is ever followed by a POST.

use std::{
    error::Error,
    io::Read,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap, LOCATION},
    redirect::Policy,
};
use url::Url;

use crate::{
    failure::{Failure, Result},
    outward::is_loopback,
    profile::{Secret, settings},
    shop::{keys::Known, tls::Trust},
    text,
};

/// Most bytes of a body before decompression.
const WIRE_CAP: usize = 16 << 20;
/// Most bytes of a body after decompression.
pub const BODY_CAP: usize = 48 << 20;
/// To connect.
const CONNECT: Duration = Duration::from_secs(15);
/// Between two reads: front ends cut a silent page at 30 to 60 seconds.
const READ: Duration = Duration::from_secs(60);
/// For a whole exchange.
const TOTAL: Duration = Duration::from_secs(240);

/// What came back: status, headers and the decompressed body.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, within the caps.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header as text; empty when it is missing or no text.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

/// A way to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    Four,
    /// IPv6.
    Six,
}

/// A client for one shop.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    trust: Arc<Trust>,
    read: Duration,
    basic_auth: Option<(String, Secret)>,
}

impl Http {
    /// A client after the profile's `[shop]`; the caller installed rustls' provider.
    ///
    /// # Errors
    /// `ca_file` cannot be read: `Misconfigured`.
    pub fn new(shop: &settings::Shop, basic_auth: Option<Secret>) -> Result<Self> {
        Self::knowing(shop, basic_auth, Known::named(&shop.fingerprint))
    }

    /// As [`Http::new`], with what is known of the server's certificate.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn knowing(
        shop: &settings::Shop,
        basic_auth: Option<Secret>,
        known: Known,
    ) -> Result<Self> {
        let trust = Trust::new(known, &shop.ca_file)?;
        let client = client(&trust, None, READ)?;
        let user = shop.basic_auth_user.clone();
        Ok(Self {
            client,
            trust,
            read: READ,
            basic_auth: (!user.is_empty())
                .then_some(user)
                .zip(Some(basic_auth.unwrap_or_else(|| Secret::new("")))),
        })
    }

    /// The same client by one way only.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn over(&self, family: Family) -> Result<Self> {
        let from = match family {
            Family::Four => IpAddr::from(Ipv4Addr::UNSPECIFIED),
            Family::Six => IpAddr::from(Ipv6Addr::UNSPECIFIED),
        };
        Ok(Self {
            client: client(&self.trust, Some(from), self.read)?,
            ..self.clone()
        })
    }

    /// The same client with another patience between two reads.
    ///
    /// # Errors
    /// As [`Http::new`].
    pub fn patience(self, read: Duration) -> Result<Self> {
        Ok(Self {
            client: client(&self.trust, None, read)?,
            read,
            ..self
        })
    }

    /// Fingerprint of the certificate the server shows when it is not trusted. A server that does
    /// not answer shows none.
    pub async fn untrusted(&self, url: &Url) -> Option<String> {
        match self.client.get(url.clone()).send().await {
            Ok(_) => None,
            Err(_) => self.trust.refused(),
        }
    }

    /// Posts a signed request.
    ///
    /// # Errors
    /// No connection, or more bytes than the caps allow.
    pub async fn post(
        &self,
        url: &Url,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Result<Reply> {
        let request = headers
            .iter()
            .fold(self.client.post(url.clone()), |request, (name, value)| {
                request.header(*name, *value)
            });
        self.send(url, self.authorised(request.body(body))).await
    }

    /// A plain GET, as any visitor would do it.
    ///
    /// # Errors
    /// As [`Http::post`].
    pub async fn get(&self, url: &Url) -> Result<Reply> {
        self.send(url, self.authorised(self.client.get(url.clone())))
            .await
    }

    /// A GET with headers of its own.
    ///
    /// # Errors
    /// As [`Http::post`].
    pub async fn get_with(&self, url: &Url, headers: &[(&'static str, &str)]) -> Result<Reply> {
        let request = headers
            .iter()
            .fold(self.client.get(url.clone()), |request, (name, value)| {
                request.header(*name, *value)
            });
        self.send(url, self.authorised(request)).await
    }

    /// Where a plain GET ends up, at most five redirects on; none when it leads nowhere.
    pub async fn final_address(&self, url: &Url) -> Option<Url> {
        self.way(url).await?.pop()
    }

    /// Every address a plain GET comes by, that one first, at most five redirects on; none when it
    /// leads nowhere. The password of a protected shop is not shown to whatever answers there.
    pub async fn way(&self, url: &Url) -> Option<Vec<Url>> {
        let mut at = url.clone();
        let mut way = vec![at.clone()];
        for _ in 0..5 {
            let reply = self.send(&at, self.client.get(at.clone())).await.ok()?;
            if !reply.status.is_redirection() {
                break;
            }
            at = at.join(reply.header(LOCATION.as_str())).ok()?;
            if !matches!(at.scheme(), "http" | "https") {
                return None;
            }
            way.push(at.clone());
        }
        Some(way)
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.basic_auth {
            Some((user, password)) => request.basic_auth(user, Some(password.expose())),
            None => request,
        }
    }

    async fn send(&self, url: &Url, request: RequestBuilder) -> Result<Reply> {
        let mut response = request
            .header(ACCEPT_ENCODING, "gzip")
            .header("Cache-Control", "no-store")
            .send()
            .await
            .map_err(|error| self.connection(url, error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut wire = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.connection(url, error))?
        {
            if wire.len() + chunk.len() > WIRE_CAP {
                return Err(too_large());
            }
            wire.extend_from_slice(&chunk);
        }
        let gzip = headers
            .get(CONTENT_ENCODING)
            .is_some_and(|coding| coding.as_bytes().eq_ignore_ascii_case(b"gzip"));
        Ok(Reply {
            status,
            headers,
            body: if gzip { unzip(&wire)? } else { wire },
        })
    }

    /// A connection that failed, in the owner's words.
    fn connection(&self, url: &Url, error: reqwest::Error) -> Failure {
        let host = url.host_str().unwrap_or_default().to_owned();
        let chain = chain(&error);
        let error = error.without_url();
        let failure = if let Some(failure) = self.trust.failure(&host, "[shop]") {
            failure
        } else if chain.contains("dns error") || chain.contains("failed to lookup") {
            Failure::transient(
                "host-not-found",
                text!(
                    "De server {host} bestaat niet of is onvindbaar",
                    "The server {host} does not exist or cannot be found"
                ),
            )
            .hint(text!(
                "Controleer het adres van de winkel en de internetverbinding",
                "Check the shop's address and the internet connection"
            ))
        } else if error.is_timeout() {
            Failure::transient(
                "shop-timeout",
                text!(
                    "De winkel {host} geeft geen antwoord",
                    "The shop {host} gives no answer"
                ),
            )
        } else if error.is_connect() {
            Failure::transient(
                "connection-refused",
                text!(
                    "De server {host} neemt de verbinding niet aan",
                    "The server {host} does not accept the connection"
                ),
            )
            .hint(text!(
                "Controleer [shop] url, ook een poort daarin (zoals :8080); opent de winkel in een browser wel, dan houdt een firewall deze computer tegen",
                "Check [shop] url, and a port in it (such as :8080); if the shop opens in a browser, a firewall keeps this computer out"
            ))
        } else {
            Failure::transient(
                "connection-lost",
                text!(
                    "De verbinding met {host} viel weg",
                    "The connection to {host} was lost"
                ),
            )
        };
        let unsent = error.is_connect();
        let failure = failure.source(error).no_connection();
        if unsent {
            failure
        } else {
            failure.outcome_unknown()
        }
    }
}

fn client(trust: &Arc<Trust>, from: Option<IpAddr>, read: Duration) -> Result<Client> {
    Client::builder()
        .tls_backend_preconfigured(trust.client_config()?)
        .user_agent(concat!("Winkelbrug/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .referer(false)
        .no_gzip()
        .connect_timeout(CONNECT)
        .read_timeout(read)
        .timeout(TOTAL)
        .local_address(from)
        .pool_idle_timeout(Duration::from_secs(30))
        .build()
        .map_err(|error| {
            Failure::bug(
                "http-client",
                text!(
                    "De verbinding kan niet worden opgezet",
                    "The connection cannot be set up"
                ),
            )
            .source(error)
        })
}

/// Every message of an error and of what is behind it.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut messages = Vec::new();
    let mut next = error.source();
    while let Some(error) = next {
        messages.push(error.to_string());
        next = error.source();
    }
    messages.dedup();
    messages.join(": ")
}

fn unzip(wire: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    // What could be read of a broken stream is kept: the seal decides what it is worth, and an
    // empty or cut answer has words of its own.
    let _ = flate2::read::MultiGzDecoder::new(wire)
        .take(BODY_CAP as u64 + 1)
        .read_to_end(&mut body);
    if body.len() > BODY_CAP {
        return Err(too_large());
    }
    Ok(body)
}

/// Not tried again: the next answer would be as large.
fn too_large() -> Failure {
    Failure::bug(
        "answer-too-large",
        text!(
            "Het antwoord van de winkel is veel groter dan het mag zijn en is weggegooid",
            "The shop's answer is far larger than it may be and was thrown away"
        ),
    )
    .outcome_unknown()
}

/// The shop's address from the profile, when it may be used: `https`, or `http` on loopback or
/// with `allow_plain_http`.
///
/// # Errors
/// Not an address, another scheme, or plain `http`: `Misconfigured`, naming `[shop] url`.
pub fn shop_address(shop: &settings::Shop) -> Result<Url> {
    let wrong = |why: crate::text::Text| {
        Failure::misconfigured("shop-url", why).hint(text!(
            "Zet bij [shop] url het volledige adres van de winkel, beginnend met https://",
            "Put the shop's whole address at [shop] url, beginning with https://"
        ))
    };
    let mut url = Url::parse(shop.url.trim()).map_err(|error| {
        wrong(text!(
            "Het adres van de winkel is niet te lezen",
            "The shop's address cannot be read"
        ))
        .source(error)
    })?;
    let plain = url.scheme() == "http" && (shop.allow_plain_http || is_loopback(&url));
    if url.scheme() != "https" && !plain {
        return Err(wrong(text!(
            "Het adres van de winkel begint niet met https://: bestellingen zouden onderweg leesbaar zijn",
            "The shop's address does not begin with https://: orders could be read on the way"
        )));
    }
    if url.host().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(text!(
            "Het adres van de winkel mag geen gebruikersnaam of wachtwoord bevatten",
            "The shop's address must not hold a user name or password"
        )));
    }
    url.set_query(None);
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

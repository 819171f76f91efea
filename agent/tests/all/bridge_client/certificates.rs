//! Which web servers are trusted: no switch turns the check off, and what is refused never sees a
//! request.

use std::{net::SocketAddr, sync::Arc};

use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use winkelbrug::{
    failure::{Class, Failure, Result},
    journal::Journal,
    shop::{http::Http, keys::Known, tls::fingerprint},
};

use super::{bridge::Bridge, client_on, keys, shop_settings};

struct Tls {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            if let Ok((stream, address)) = self.listener.accept().await
                && let Ok(stream) = self.acceptor.accept(stream).await
            {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// A web server with a certificate of an authority of its own.
struct Server {
    bridge: Bridge,
    authority: String,
    fingerprint: String,
}

async fn server(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Server {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.signed_by(&key, &issuer).unwrap();
    let der: CertificateDer<'static> = certificate.der().clone();
    let fingerprint = fingerprint(&der);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![der],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let tls = Tls {
        listener,
        acceptor: TlsAcceptor::from(Arc::new(config)),
    };
    Server {
        bridge: Bridge::behind(tls, format!("https://localhost:{port}/"), keys()),
        authority: issuer.pem(),
        fingerprint,
    }
}

/// Asks with the authority in `ca_file`, or with a named fingerprint, or with neither.
async fn ask(server: &Server, ca_file: bool, fingerprint: &str) -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = shop_settings(&server.bridge.url);
    if ca_file {
        let file = folder.path().join("authority.pem");
        std::fs::write(&file, &server.authority).unwrap();
        settings.ca_file = file.to_str().unwrap().to_owned();
    }
    settings.fingerprint = fingerprint.to_owned();
    let journal = Journal::open(folder.path()).unwrap();
    let client = client_on(&server.bridge, journal, &settings, folder);
    client.shop.hello_unchecked().await.map(drop)
}

fn assert_refused(outcome: Result<()>, server: &Server, code: &str) -> Failure {
    let failure = outcome.unwrap_err();
    assert_eq!(failure.code, code);
    assert_eq!(failure.class, Class::Misconfigured);
    assert!(failure.text.en.contains(&server.fingerprint), "{failure}");
    assert!(server.bridge.operations().is_empty());
    failure
}

#[tokio::test]
async fn an_unknown_authority_is_refused_with_its_fingerprint_until_the_owner_names_it() {
    let server = server("localhost", |_| ()).await;
    assert_refused(
        ask(&server, false, "").await,
        &server,
        "certificate-not-trusted",
    );
    let named = ask(&server, false, "SHA256:AAAA").await.unwrap_err();
    assert_eq!(named.code, "certificate-changed");
    assert!(named.text.en.contains(&server.fingerprint), "{named}");
    ask(&server, false, &server.fingerprint).await.unwrap();
    ask(&server, true, "").await.unwrap();
}

#[tokio::test]
async fn a_certificate_the_owner_said_yes_to_is_trusted_and_another_is_refused() {
    let (first, second) = (
        server("localhost", |_| ()).await,
        server("localhost", |_| ()).await,
    );
    let known = Known {
        trusted: Some(first.fingerprint.clone()),
        ..Known::default()
    };
    let get = async |server: &Server, known: Known| {
        let settings = shop_settings(&server.bridge.url);
        let http = Http::knowing(&settings, None, known).unwrap();
        let url = url::Url::parse(&server.bridge.url).unwrap();
        (http.get(&url).await, http.untrusted(&url).await)
    };
    let (reply, untrusted) = get(&first, known.clone()).await;
    assert!(reply.is_ok() && untrusted.is_none());
    let (reply, untrusted) = get(&second, known).await;
    let failure = reply.unwrap_err();
    assert_eq!(failure.code, "certificate-changed");
    assert_eq!(failure.class, Class::Credentials);
    assert!(failure.text.en.contains(&first.fingerprint), "{failure}");
    assert!(failure.text.en.contains(&second.fingerprint), "{failure}");
    assert_eq!(untrusted.as_ref(), Some(&second.fingerprint));
    assert!(second.bridge.operations().is_empty());
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    let server = server("localhost", |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    })
    .await;
    assert_refused(ask(&server, true, "").await, &server, "certificate-expired");
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    let server = server("other.example", |_| ()).await;
    assert_refused(
        ask(&server, true, "").await,
        &server,
        "certificate-not-trusted",
    );
}

#[tokio::test]
async fn a_certificate_file_that_cannot_be_read_is_named() {
    let mut settings = shop_settings("https://localhost/");
    settings.ca_file = "/nowhere/authority.pem".into();
    let failure = winkelbrug::shop::http::Http::new(&settings, None).unwrap_err();
    assert_eq!(failure.code, "ca-file");
}

//! Beginning an FTP connection: plain, or with TLS from the first byte or after `AUTH TLS`. No name
//! is sent before that. TLS 1.2 is asked for first, because its sessions can be resumed on any number
//! of data connections; a server that wants a newer one gets TLS 1.3, never an older one. There a
//! ticket serves once, so it is counted how many there are.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use rustls::{
    AlertDescription, NamedGroup,
    client::{
        ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue,
        Tls13ClientSessionValue,
    },
    pki_types::ServerName,
};
use suppaftp::{
    FtpError, FtpResult, Status,
    tokio::{AsyncRustlsFtpStream, AsyncRustlsStream, AsyncTlsConnector},
};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::{
    ftp::{FTP, within, within_raw},
    reach::{self, Reached, Speaks},
    refusals::{self, At},
    transport::{Access, bare_host},
};
use crate::{
    failure::Result,
    profile::settings::{Upload, UploadProtocol},
    shop::tls::{Resumed, Trust},
};

/// A connection, and what its data connections may resume.
pub(super) type Begun = (AsyncRustlsFtpStream, Arc<Tickets>);

/// Connects, and secures the connection where the protocol says so.
pub(super) async fn connect(upload: &Upload, trust: &Arc<Trust>) -> Result<Begun> {
    secured(upload, trust).await.map_err(|failure| {
        trust
            .failure(&upload.host, "[shop.upload]")
            .unwrap_or(failure)
    })
}

/// As [`connect`]; a certificate that is refused is still with `trust`.
async fn secured(upload: &Upload, trust: &Arc<Trust>) -> Result<Begun> {
    let mut securing = Securing::new(trust, Resumed::Often)?;
    let mut begun = begin(upload, trust, &securing).await;
    if let Err(failure) = &begun
        && securing.newer_wanted()
    {
        tracing::debug!(%failure, "the server wants a newer TLS");
        securing = Securing::new(trust, Resumed::ByTickets)?;
        begun = begin(upload, trust, &securing).await;
    }
    Ok((begun?, securing.tickets))
}

async fn begin(
    upload: &Upload,
    trust: &Arc<Trust>,
    securing: &Securing,
) -> Result<AsyncRustlsFtpStream> {
    let reached = reach::connect(FTP, upload).await?;
    if upload.protocol == UploadProtocol::FtpsImplicit {
        return implicit(upload, &reached, trust, securing).await;
    }
    let speaks = reach::greeting(&reached, upload).await;
    if let Some(failure) = reach::mismatch(speaks, upload) {
        return Err(failure);
    }
    let plain = AsyncRustlsFtpStream::connect_with_stream(reached.socket);
    let plain = within(At::Login, false, plain).await?;
    if upload.protocol == UploadProtocol::Ftp {
        return Ok(plain);
    }
    let secured = plain.into_secure(securing.clone(), bare_host(upload));
    within_raw(secured).await?.map_err(|error| match error {
        FtpError::UnexpectedResponse(response) => refusals::no_tls(&response),
        other => refusals::of(At::Login, true, other),
    })
}

async fn implicit(
    upload: &Upload,
    reached: &Reached,
    trust: &Arc<Trust>,
    securing: &Securing,
) -> Result<AsyncRustlsFtpStream> {
    let (address, host) = (reached.address, bare_host(upload));
    let secured = AsyncRustlsFtpStream::connect_secure_implicit(address, securing.clone(), host);
    let mut stream = match within_raw(secured).await? {
        Ok(stream) => stream,
        Err(error) => {
            let speaks = if trust.has_refused() || securing.newer_wanted() {
                Speaks::Tls
            } else {
                reach::second_look(address).await
            };
            let mismatch = match speaks {
                Speaks::Ftp | Speaks::Ssh => reach::mismatch(speaks, upload),
                Speaks::Tls | Speaks::Other | Speaks::Nothing => None,
            };
            return Err(mismatch.unwrap_or_else(|| refusals::of(At::Login, true, error)));
        }
    };
    for command in ["PBSZ 0", "PROT P"] {
        let protected = stream.custom_command(command, &[Status::CommandOk]);
        within_raw(protected).await?.map_err(|error| match error {
            FtpError::UnexpectedResponse(response) => refusals::no_tls(&response),
            other => refusals::of(At::Login, true, other),
        })?;
    }
    Ok(stream)
}

/// See [`super::transport::untrusted`].
pub(super) async fn untrusted(upload: &Upload, access: &Access) -> Option<String> {
    let trust = Trust::new(access.known.clone(), &access.ca_file).ok()?;
    match secured(upload, &trust).await {
        Ok((mut stream, _)) => {
            let _ = tokio::time::timeout(super::ftp::GOODBYE, stream.quit()).await;
            None
        }
        Err(_) => trust.refused(),
    }
}

/// TLS for the control connection and all data connections, by one configuration: servers such as
/// vsftpd (`require_ssl_reuse`) and proftpd take a data connection only when it resumes the session
/// of the control connection, which is kept in the configuration.
#[derive(Clone)]
struct Securing {
    connector: TlsConnector,
    tickets: Arc<Tickets>,
    /// Did the server say that it takes no TLS as old as this?
    newer: Arc<AtomicBool>,
}

impl Securing {
    fn new(trust: &Arc<Trust>, resumed: Resumed) -> Result<Self> {
        let tickets = Arc::new(Tickets::default());
        let mut config = trust.resuming_config(resumed)?;
        config.resumption = Resumption::store(tickets.clone());
        Ok(Self {
            connector: TlsConnector::from(Arc::new(config)),
            tickets,
            newer: Arc::default(),
        })
    }

    fn newer_wanted(&self) -> bool {
        self.newer.load(Ordering::SeqCst)
    }
}

impl std::fmt::Debug for Securing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Securing").finish_non_exhaustive()
    }
}

#[async_trait]
impl AsyncTlsConnector for Securing {
    type Stream = AsyncRustlsStream;

    async fn connect(&self, domain: &str, stream: TcpStream) -> FtpResult<Self::Stream> {
        let name = ServerName::try_from(domain.to_owned())
            .map_err(|error| FtpError::SecureError(error.to_string()))?;
        match self.connector.connect(name, stream).await {
            Ok(stream) => Ok(AsyncRustlsStream::from(stream)),
            Err(error) => {
                if wants_newer(&error) {
                    self.newer.store(true, Ordering::SeqCst);
                }
                Err(FtpError::SecureError(error.to_string()))
            }
        }
    }
}

/// The alerts by which a server that knows TLS 1.3 alone answers an offer of TLS 1.2 (RFC 8446 6.2);
/// where the list of ciphers holds those of 1.3 alone, it finds none in common.
fn wants_newer(error: &std::io::Error) -> bool {
    let inside = error.get_ref().and_then(|inside| inside.downcast_ref());
    matches!(
        inside,
        Some(rustls::Error::AlertReceived(
            AlertDescription::ProtocolVersion
                | AlertDescription::HandshakeFailure
                | AlertDescription::InsufficientSecurity
        ))
    )
}

/// The sessions of one control connection and its data connections. Of TLS 1.3 there is a ticket for
/// each that can still be begun; servers such as proftpd give no new one with an upload.
#[derive(Debug)]
pub(super) struct Tickets {
    kept: ClientSessionMemoryCache,
    left: AtomicUsize,
}

/// Sessions kept: of one server there is one, and a few tickets.
const KEPT: usize = 8;

impl Default for Tickets {
    fn default() -> Self {
        Self {
            kept: ClientSessionMemoryCache::new(KEPT),
            left: AtomicUsize::new(0),
        }
    }
}

impl Tickets {
    /// How many there are.
    pub(super) fn left(&self) -> usize {
        self.left.load(Ordering::SeqCst)
    }
}

impl ClientSessionStore for Tickets {
    fn set_kx_hint(&self, server: ServerName<'static>, group: NamedGroup) {
        self.kept.set_kx_hint(server, group);
    }

    fn kx_hint(&self, server: &ServerName<'_>) -> Option<NamedGroup> {
        self.kept.kx_hint(server)
    }

    fn set_tls12_session(&self, server: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.kept.set_tls12_session(server, value);
    }

    fn tls12_session(&self, server: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.kept.tls12_session(server)
    }

    fn remove_tls12_session(&self, server: &ServerName<'static>) {
        self.kept.remove_tls12_session(server);
    }

    fn insert_tls13_ticket(&self, server: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.kept.insert_tls13_ticket(server, value);
        self.left.fetch_add(1, Ordering::SeqCst);
    }

    fn take_tls13_ticket(&self, server: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        let taken = self.kept.take_tls13_ticket(server);
        // Of more than are kept the oldest fell away uncounted: what is not there is the truth.
        match &taken {
            Some(_) => drop(
                self.left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                        Some(left.saturating_sub(1))
                    }),
            ),
            None => self.left.store(0, Ordering::SeqCst),
        }
        taken
    }
}

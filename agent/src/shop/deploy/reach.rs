//! Reaching the server of an upload: its address, and what it speaks, before any name or password
//! is sent. A server that speaks another protocol than the profile's is named; nothing ever changes
//! to another protocol by itself.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use rustls::pki_types::ServerName;
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    said::Server,
    transport::{bare_host, port},
};
use crate::{
    failure::{Failure, Result},
    fault,
    profile::settings::{Upload, UploadProtocol},
    shop::{keys::Known, tls::Trust},
    text,
    text::Text,
};

/// To connect.
const CONNECT: Duration = Duration::from_secs(15);
/// For any other step; a bridge file is far below a megabyte.
const STEP: Duration = Duration::from_secs(60);
/// A server silent for so long is asked whether it waits for TLS. One that looks up our name first
/// may take longer to greet.
const SILENCE: Duration = Duration::from_secs(4);

/// How long any step but connecting may take.
pub(super) fn step() -> Duration {
    fault::shortened(STEP)
}

/// A connection to the server, with nothing read from it yet.
#[derive(Debug)]
pub(super) struct Reached {
    pub(super) socket: TcpStream,
    pub(super) address: SocketAddr,
}

/// What a server says, or waits for, at the beginning of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    /// `SSH-…` (RFC 4253 4.2).
    Ssh,
    /// `220 …` (RFC 959 5.4), or another reply of three digits.
    Ftp,
    /// Nothing until TLS begins (FTPS implicit).
    Tls,
    /// Something else.
    Other,
    /// Nothing at all.
    Nothing,
}

/// Finds the server and connects.
pub(super) async fn connect(server: Server, upload: &Upload) -> Result<Reached> {
    let (host, port) = (upload.host.as_str(), port(upload));
    let addresses: Vec<_> = timeout(CONNECT, lookup_host((bare_host(upload), port)))
        .await
        .map_err(|_| server.late())?
        .map_err(|error| server.host_not_found(host).source(error))?
        .collect();
    let socket = timeout(CONNECT, TcpStream::connect(addresses.as_slice()))
        .await
        .map_err(|_| server.late())?
        .map_err(|error| server.refused_port(host, port).source(error))?;
    let address = socket
        .peer_addr()
        .map_err(|error| server.refused_port(host, port).source(error))?;
    Ok(Reached { socket, address })
}

/// Waits for the server's first words, without taking them away. A silent one is asked on a second
/// connection whether it speaks TLS; only when it does not is waited longer.
pub(super) async fn greeting(reached: &Reached, upload: &Upload) -> Speaks {
    match timeout(fault::shortened(SILENCE), first_words(&reached.socket)).await {
        Ok(speaks) => speaks,
        Err(_) if speaks_tls(reached.address, bare_host(upload)).await => Speaks::Tls,
        Err(_) => timeout(step(), first_words(&reached.socket))
            .await
            .unwrap_or(Speaks::Nothing),
    }
}

async fn first_words(socket: &TcpStream) -> Speaks {
    let mut words = [0; 4];
    loop {
        match socket.peek(&mut words).await {
            Ok(0) | Err(_) => return Speaks::Nothing,
            Ok(read) if read < words.len() && words[..read].is_ascii() => {
                // The rest of the line is still on its way.
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            Ok(_) if words == *b"SSH-" => return Speaks::Ssh,
            Ok(_) if words[..3].iter().all(u8::is_ascii_digit) => return Speaks::Ftp,
            Ok(_) => return Speaks::Other,
        }
    }
}

/// Does it answer the beginning of a TLS connection? Whose certificate that is does not matter here.
async fn speaks_tls(address: SocketAddr, host: &str) -> bool {
    let asked = async {
        let trust = Trust::new(Known::default(), "").ok()?;
        let connector = TlsConnector::from(Arc::new(trust.client_config().ok()?));
        let name = ServerName::try_from(host.to_owned()).ok()?;
        let socket = TcpStream::connect(address).await.ok()?;
        let answered = connector.connect(name, socket).await;
        Some(answered.is_ok() || trust.refused().is_some())
    };
    timeout(fault::shortened(CONNECT), asked)
        .await
        .ok()
        .flatten()
        == Some(true)
}

/// What an implicit FTPS connection met when TLS did not come about: asked on a new connection.
pub(super) async fn second_look(address: SocketAddr) -> Speaks {
    let looked = async {
        let socket = TcpStream::connect(address).await.ok()?;
        Some(first_words(&socket).await)
    };
    timeout(fault::shortened(SILENCE), looked)
        .await
        .ok()
        .flatten()
        .unwrap_or(Speaks::Nothing)
}

/// The server does not speak the protocol of the profile; none when it does.
pub(super) fn mismatch(speaks: Speaks, upload: &Upload) -> Option<Failure> {
    let wanted = upload.protocol;
    let (there, instead) = match (speaks, wanted) {
        (Speaks::Ssh, UploadProtocol::Sftp)
        | (Speaks::Ftp, UploadProtocol::Ftp | UploadProtocol::Ftps)
        | (Speaks::Tls, UploadProtocol::FtpsImplicit) => return None,
        (Speaks::Ssh, _) => ("SFTP (SSH)", "\"sftp\""),
        (Speaks::Ftp, _) => ("FTP", "\"ftps\""),
        (Speaks::Tls, _) => ("FTPS (implicit)", "\"ftps-implicit\""),
        (Speaks::Other | Speaks::Nothing, _) => return Some(unknown_speech(upload)),
    };
    let (port, asked) = (port(upload), name_of(wanted));
    Some(
        Failure::misconfigured(
            "upload-protocol-mismatch",
            text!(
                "Op poort {port} van {0} wordt {there} gesproken, niet {asked}",
                "Port {port} of {0} speaks {there}, not {asked}",
                upload.host
            ),
        )
        .hint(instead_of(instead, wanted)),
    )
}

fn instead_of(instead: &str, wanted: UploadProtocol) -> Text {
    let usual = super::transport::usual_port(wanted);
    text!(
        "Zet bij [shop.upload] protocol = {instead}, of vul de poort in waarop uw webhoster {0} aanbiedt (meestal {usual})",
        "Set protocol = {instead} at [shop.upload], or give the port on which your web host offers {0} (mostly {usual})",
        name_of(wanted)
    )
}

fn unknown_speech(upload: &Upload) -> Failure {
    let (port, host) = (port(upload), &upload.host);
    let asked = name_of(upload.protocol);
    Failure::misconfigured(
        "upload-not-this-protocol",
        text!(
            "Poort {port} van {host} neemt de verbinding aan, maar spreekt geen {asked}",
            "Port {port} of {host} accepts the connection but does not speak {asked}"
        ),
    )
    .hint(text!(
        "Controleer [shop.upload] host, port en protocol met de gegevens van uw webhoster",
        "Compare [shop.upload] host, port and protocol with what your web host gave you"
    ))
    .no_connection()
}

fn name_of(protocol: UploadProtocol) -> &'static str {
    match protocol {
        UploadProtocol::Ftp => "FTP",
        UploadProtocol::Ftps => "FTPS (explicit)",
        UploadProtocol::FtpsImplicit => "FTPS (implicit)",
        UploadProtocol::Sftp => "SFTP",
    }
}

/// The socket for a library that blocks, with the time limits of its reads and writes.
pub(super) fn into_blocking(socket: TcpStream) -> io::Result<std::net::TcpStream> {
    let socket = socket.into_std()?;
    socket.set_nonblocking(false)?;
    socket.set_read_timeout(Some(step()))?;
    socket.set_write_timeout(Some(step()))?;
    Ok(socket)
}

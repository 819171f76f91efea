//! Plain FTP: binary, passive, every step within its time. The password crosses the network
//! readable; `check` says so.

use std::{future::Future, io, time::Duration};

use async_trait::async_trait;
use suppaftp::{FtpError, Mode, Status, tokio::AsyncFtpStream, types::FileType};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::transport::Transport;
use crate::{
    failure::{Failure, Result},
    profile::{Secret, settings::Upload},
    text,
};

/// To connect.
const CONNECT: Duration = Duration::from_secs(15);
/// For any other step; a bridge file is far below a megabyte.
const STEP: Duration = Duration::from_secs(60);
/// Most bytes read back: nothing of ours is longer.
const READ_CAP: u64 = 4 << 20;

/// A logged-in connection, in its folder.
pub struct Ftp {
    stream: AsyncFtpStream,
}

/// What was being done when the server refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Login,
    Folder,
    List,
    Put,
    Get,
    Delete,
}

impl Ftp {
    /// Connects, logs in and goes to the folder.
    ///
    /// # Errors
    /// Host not found, refused, wrong password, folder missing.
    pub async fn open(upload: &Upload, password: &Secret, folder: &str) -> Result<Self> {
        let port = if upload.port == 0 { 21 } else { upload.port };
        let host = upload.host.as_str();
        let socket = connect(host, port).await?;
        let nat = socket.peer_addr().is_ok_and(|peer| peer.is_ipv4());
        let mut stream = within(At::Login, AsyncFtpStream::connect_with_stream(socket)).await?;
        // IPv6 has no PASV; behind NAT servers announce an address that leads nowhere.
        stream.set_mode(if nat {
            Mode::Passive
        } else {
            Mode::ExtendedPassive
        });
        stream.set_passive_nat_workaround(nat);
        within(
            At::Login,
            stream.login(upload.user.as_str(), password.expose()),
        )
        .await?;
        within(At::Folder, stream.transfer_type(FileType::Binary)).await?;
        if !folder.is_empty() {
            within(At::Folder, stream.cwd(folder))
                .await
                .map_err(|failure| name_folder(failure, folder))?;
        }
        Ok(Self { stream })
    }
}

impl Ftp {
    /// Names in this folder or one below; none when there is no such folder.
    async fn names(&mut self, folder: Option<&str>) -> Result<Vec<String>> {
        let names = match within_raw(self.stream.nlst(folder)).await? {
            // Some servers call an empty folder 450 or 550, and one that is not there too.
            Err(FtpError::UnexpectedResponse(response))
                if matches!(
                    response.status,
                    Status::RequestFileActionIgnored | Status::FileUnavailable
                ) =>
            {
                Vec::new()
            }
            other => other.map_err(|error| refused(At::List, error))?,
        };
        Ok(names
            .iter()
            .map(|name| name.trim_end_matches('/'))
            .filter_map(|name| name.rsplit('/').next())
            .filter(|name| !name.is_empty() && *name != "." && *name != "..")
            .map(str::to_owned)
            .collect())
    }
}

async fn connect(host: &str, port: u16) -> Result<TcpStream> {
    let addresses: Vec<_> = timeout(CONNECT, lookup_host((host, port)))
        .await
        .map_err(|_| late())?
        .map_err(|error| {
            Failure::transient(
                "ftp-host-not-found",
                text!(
                    "De FTP-server {host} bestaat niet of is onvindbaar",
                    "The FTP server {host} does not exist or cannot be found"
                ),
            )
            .hint(text!(
                "Controleer [shop.upload] host en de internetverbinding",
                "Check [shop.upload] host and the internet connection"
            ))
            .no_connection()
            .source(error)
        })?
        .collect();
    timeout(CONNECT, TcpStream::connect(addresses.as_slice()))
        .await
        .map_err(|_| late())?
        .map_err(|error| {
            Failure::transient(
                "ftp-refused",
                text!(
                    "De FTP-server {host} neemt op poort {port} geen verbinding aan",
                    "The FTP server {host} accepts no connection on port {port}"
                ),
            )
            .hint(text!(
                "Controleer [shop.upload] host en port; biedt uw webhoster alleen FTPS of SFTP?",
                "Check [shop.upload] host and port; does your web host offer FTPS or SFTP only?"
            ))
            .no_connection()
            .source(error)
        })
}

#[async_trait]
impl Transport for Ftp {
    async fn list(&mut self) -> Result<Vec<String>> {
        self.names(None).await
    }

    async fn names_in(&mut self, folder: &str) -> Result<Vec<String>> {
        self.names(Some(folder)).await
    }

    async fn put(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut transfer = within(At::Put, self.stream.put_with_stream(name)).await?;
        let written = timeout(STEP, async {
            transfer.write_all(bytes).await?;
            transfer.flush().await
        })
        .await
        .map_err(|_| late())?;
        // A full disk shows in the reply after the transfer, whether or not the bytes were taken.
        within(At::Put, transfer.finish()).await?;
        written.map_err(lost)
    }

    async fn get(&mut self, name: &str) -> Result<Vec<u8>> {
        let mut transfer = within(At::Get, self.stream.retr_as_stream(name)).await?;
        let mut bytes = Vec::new();
        timeout(STEP, (&mut transfer).take(READ_CAP).read_to_end(&mut bytes))
            .await
            .map_err(|_| late())?
            .map_err(lost)?;
        within(At::Get, transfer.finish()).await?;
        Ok(bytes)
    }

    async fn size(&mut self, name: &str) -> Result<Option<u64>> {
        match within_raw(self.stream.size(name)).await? {
            Ok(size) => Ok(Some(size as u64)),
            Err(FtpError::UnexpectedResponse(_)) => Ok(None),
            Err(error) => Err(refused(At::Get, error)),
        }
    }

    async fn delete(&mut self, name: &str) -> Result<()> {
        if !self.exists(name).await? {
            return Ok(());
        }
        within(At::Delete, self.stream.rm(name)).await
    }

    async fn close(&mut self) {
        let _ = timeout(Duration::from_secs(5), self.stream.quit()).await;
    }
}

async fn within_raw<T>(
    step: impl Future<Output = suppaftp::FtpResult<T>>,
) -> Result<suppaftp::FtpResult<T>> {
    timeout(STEP, step).await.map_err(|_| late())
}

async fn within<T>(at: At, step: impl Future<Output = suppaftp::FtpResult<T>>) -> Result<T> {
    within_raw(step).await?.map_err(|error| refused(at, error))
}

fn late() -> Failure {
    Failure::transient(
        "ftp-timeout",
        text!(
            "De FTP-server antwoordt niet op tijd",
            "The FTP server does not answer in time"
        ),
    )
    .hint(text!(
        "Houdt een firewall passieve FTP tegen? Vraag het uw webhoster als dit blijft",
        "Does a firewall hold back passive FTP? Ask your web host if this goes on"
    ))
    .no_connection()
}

fn lost(error: io::Error) -> Failure {
    Failure::transient(
        "ftp-connection-lost",
        text!(
            "De verbinding met de FTP-server viel weg",
            "The connection to the FTP server was lost"
        ),
    )
    .no_connection()
    .source(error)
}

/// The server's refusal by what was being done and its status (RFC 959).
fn refused(at: At, error: FtpError) -> Failure {
    let response = match error {
        FtpError::ConnectionError(error) => return lost(error),
        FtpError::UnexpectedResponse(response) => response,
        other => {
            return Failure::transient(
                "ftp-strange-answer",
                text!(
                    "De FTP-server antwoordt onbegrijpelijk",
                    "The FTP server's answer makes no sense"
                ),
            )
            .source(other);
        }
    };
    let said = String::from_utf8_lossy(&response.body).trim().to_owned();
    let failure = match (at, response.status) {
        (_, Status::NotAvailable) => busy(&said),
        (At::Login, _)
            if said.contains("encrypt") || said.contains("TLS") || said.contains("SSL") =>
        {
            needs_tls(&said)
        }
        (At::Login, _) => wrong_password(&said),
        (At::Folder, _) => folder_missing(),
        (
            At::Put,
            Status::RequestedActionNotTaken | Status::ExceededStorage | Status::ActionAborted,
        ) => disk_full(&said),
        (At::Put, Status::FileUnavailable | Status::BadFilename | Status::StoringNeedAccount) => {
            no_write_right(&said)
        }
        (At::Delete, Status::FileUnavailable) => no_delete_right(&said),
        (_, Status::CannotOpenDataConnection | Status::TransferAborted) => no_data(&said),
        _ => other(&said),
    };
    failure.source(FtpError::UnexpectedResponse(response))
}

fn wrong_password(said: &str) -> Failure {
    Failure::credentials(
        "ftp-password-refused",
        text!(
            "De FTP-server weigert de gebruikersnaam of het wachtwoord ({said})",
            "The FTP server refuses the user name or password ({said})"
        ),
    )
    .hint(text!(
        "Geef het juiste wachtwoord (geheim 'upload') en controleer [shop.upload] user",
        "Give the right password (secret 'upload') and check [shop.upload] user"
    ))
}

fn needs_tls(said: &str) -> Failure {
    Failure::misconfigured(
        "ftp-needs-tls",
        text!(
            "De FTP-server eist een versleutelde verbinding ({said})",
            "The FTP server demands an encrypted connection ({said})"
        ),
    )
    .hint(text!(
        "Zet [shop.upload] protocol op \"ftps\" of \"sftp\"",
        "Set [shop.upload] protocol to \"ftps\" or \"sftp\""
    ))
}

fn folder_missing() -> Failure {
    Failure::misconfigured(
        "ftp-folder-missing",
        text!("De map van de winkel bestaat niet op de FTP-server", "The shop's folder does not exist on the FTP server"),
    )
    .hint(text!(
        "Zet bij [shop.upload] folder de map waarin index.php en config.php van de winkel staan, zoals uw FTP-programma hem toont",
        "Give at [shop.upload] folder the folder with the shop's index.php and config.php, as your FTP program shows it"
    ))
}

fn name_folder(mut failure: Failure, folder: &str) -> Failure {
    if failure.code == "ftp-folder-missing" {
        failure.text = text!(
            "De map {folder} bestaat niet op de FTP-server",
            "The folder {folder} does not exist on the FTP server"
        );
    }
    failure
}

fn disk_full(said: &str) -> Failure {
    Failure::misconfigured(
        "ftp-disk-full",
        text!(
            "De FTP-server kan het bestand niet bewaren: de ruimte is op ({said})",
            "The FTP server cannot keep the file: there is no room left ({said})"
        ),
    )
    .hint(text!(
        "Maak ruimte vrij bij uw webhoster en probeer het opnieuw",
        "Free room at your web host and try again"
    ))
}

fn no_write_right(said: &str) -> Failure {
    Failure::misconfigured(
        "ftp-no-write-right",
        text!(
            "De FTP-gebruiker mag in deze map geen bestanden plaatsen ({said})",
            "The FTP user may not place files in this folder ({said})"
        ),
    )
    .hint(text!(
        "Gebruik een FTP-account dat in de map van de winkel mag schrijven",
        "Use an FTP account that may write in the shop's folder"
    ))
}

fn no_delete_right(said: &str) -> Failure {
    Failure::misconfigured(
        "ftp-no-delete-right",
        text!(
            "De FTP-gebruiker mag het oude koppelbestand niet verwijderen ({said})",
            "The FTP user may not delete the old file ({said})"
        ),
    )
    .hint(text!(
        "Verwijder het bestand zelf, of geef de FTP-gebruiker dat recht",
        "Delete the file yourself, or give the FTP user that right"
    ))
}

fn busy(said: &str) -> Failure {
    Failure::transient(
        "ftp-busy",
        text!(
            "De FTP-server heeft het te druk ({said})",
            "The FTP server is too busy ({said})"
        ),
    )
    .no_connection()
}

fn no_data(said: &str) -> Failure {
    Failure::transient(
        "ftp-no-data-connection",
        text!(
            "De FTP-server kan geen bestanden overdragen ({said})",
            "The FTP server cannot transfer files ({said})"
        ),
    )
    .hint(text!(
        "Houdt een firewall passieve FTP tegen?",
        "Does a firewall hold back passive FTP?"
    ))
}

fn other(said: &str) -> Failure {
    Failure::transient(
        "ftp-error",
        text!("De FTP-server meldt: {said}", "The FTP server says: {said}"),
    )
}

//! An FTP server's refusals by what was being done and their status (RFC 959, RFC 4217). Servers
//! differ in numbers; where they do, their words decide.

use std::io::ErrorKind;

use suppaftp::{FtpError, Status, types::Response};

use super::said::Server;
use crate::{failure::Failure, text, text::clean};

const FTP: Server = Server::Ftp;

/// What was being done when the server refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Login,
    Folder,
    List,
    Put,
    Get,
    Delete,
}

/// The failure of a step; `secured` when the connection is FTPS.
pub(super) fn of(at: At, secured: bool, error: FtpError) -> Failure {
    let response = match error {
        // A reply without end.
        FtpError::ConnectionError(error) if error.kind() == ErrorKind::InvalidData => {
            return FTP.strange().source(error);
        }
        // A command that would be two.
        FtpError::ConnectionError(error) if error.kind() == ErrorKind::InvalidInput => {
            return two_lines().source(error);
        }
        FtpError::ConnectionError(error) => return FTP.lost().source(error),
        FtpError::UnexpectedResponse(response) => response,
        FtpError::SecureError(said) if at == At::Login => return tls_failed(&said),
        FtpError::SecureError(said) => return data_tls_failed(&said),
        other => return FTP.strange().source(other),
    };
    let said = words(&response);
    let failure = match (at, response.status) {
        _ if !secured && speaks_of_tls(&said) => needs_tls(&said),
        _ if secured && speaks_of_reuse(&said) => data_tls_failed(&said),
        (_, Status::NotAvailable) => busy(&said),
        (At::Login, _) => FTP.wrong_password(&said),
        (
            At::Put,
            Status::RequestedActionNotTaken | Status::ExceededStorage | Status::ActionAborted,
        ) => FTP.disk_full(&said),
        (At::Put, Status::FileUnavailable | Status::BadFilename | Status::StoringNeedAccount) => {
            FTP.no_write_right(&said)
        }
        (At::Delete, Status::FileUnavailable) => FTP.no_delete_right(&said),
        (_, Status::CannotOpenDataConnection | Status::TransferAborted) => no_data(&said),
        _ => FTP.other(&said),
    };
    failure.source(FtpError::UnexpectedResponse(response))
}

/// The server would not begin TLS, or not for the data.
pub(super) fn no_tls(response: &Response) -> Failure {
    let said = words(response);
    Failure::misconfigured(
        "ftps-not-offered",
        text!(
            "De FTP-server biedt geen versleutelde verbinding (FTPS) aan ({said})",
            "The FTP server offers no encrypted connection (FTPS) ({said})"
        ),
    )
    .hint(text!(
        "Er is geen wachtwoord verstuurd. Biedt uw webhoster SFTP aan, zet dan [shop.upload] protocol = \"sftp\"; met \"ftp\" gaat uw wachtwoord leesbaar over het netwerk",
        "No password was sent. If your web host offers SFTP, set [shop.upload] protocol = \"sftp\"; with \"ftp\" your password crosses the network readable"
    ))
}

/// Most characters of a server's words that are quoted.
const QUOTED: usize = 300;

fn words(response: &Response) -> String {
    let said = clean(&String::from_utf8_lossy(&response.body));
    match said.char_indices().nth(QUOTED) {
        Some((end, _)) => format!("{}…", &said[..end]),
        None => said,
    }
}

fn two_lines() -> Failure {
    Failure::credentials(
        "ftp-login-unfit",
        text!(
            "De gebruikersnaam of het wachtwoord bevat een regeleinde; FTP kan dat niet versturen",
            "The user name or the password holds a line break; FTP cannot send that"
        ),
    )
    .hint(text!(
        "Geef het wachtwoord (geheim 'upload') opnieuw met 'winkelbrug check NAAM --secrets ask', en controleer [shop.upload] user",
        "Give the password (secret 'upload') anew with 'winkelbrug check NAME --secrets ask', and check [shop.upload] user"
    ))
}

fn speaks_of_tls(said: &str) -> bool {
    ["encrypt", "TLS", "SSL", "cleartext"]
        .iter()
        .any(|word| said.contains(word))
}

fn speaks_of_reuse(said: &str) -> bool {
    // vsftpd, and proftpd's words for an operation not permitted.
    ["reuse", "SSL connection failed", "Operation not permitted"]
        .iter()
        .any(|words| said.contains(words))
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

fn tls_failed(said: &str) -> Failure {
    Failure::transient(
        "ftps-failed",
        text!(
            "De versleutelde verbinding met de FTP-server kwam niet tot stand ({said})",
            "The encrypted connection to the FTP server did not come about ({said})"
        ),
    )
    .hint(text!(
        "Controleer [shop.upload] host, port en protocol; een server die alleen TLS 1.1 of ouder kent, wordt niet gebruikt",
        "Check [shop.upload] host, port and protocol; a server that knows only TLS 1.1 or older is not used"
    ))
    .no_connection()
}

fn data_tls_failed(said: &str) -> Failure {
    Failure::transient(
        "ftps-data-refused",
        text!(
            "De FTP-server neemt de versleutelde gegevensverbinding niet aan ({said})",
            "The FTP server does not accept the encrypted data connection ({said})"
        ),
    )
    .hint(text!(
        "Probeer het opnieuw; blijft dit, vraag uw webhoster dan naar SFTP",
        "Try again; if this goes on, ask your web host for SFTP"
    ))
    .no_connection()
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

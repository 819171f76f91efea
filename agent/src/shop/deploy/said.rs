//! What goes wrong at the server of an upload, in the owner's words, whatever the protocol. The
//! server's own text is quoted: a web host's helpdesk recognises it.

use std::io;

use crate::{
    failure::{Failure, Result},
    text,
};

/// Which kind of server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Server {
    /// FTP, with or without TLS.
    Ftp,
    /// SFTP over SSH.
    Sftp,
}

impl Server {
    fn name(self) -> &'static str {
        match self {
            Self::Ftp => "FTP",
            Self::Sftp => "SFTP",
        }
    }

    fn code(self, what: &str) -> String {
        match self {
            Self::Ftp => format!("ftp-{what}"),
            Self::Sftp => format!("sftp-{what}"),
        }
    }

    pub(super) fn host_not_found(self, host: &str) -> Failure {
        let kind = self.name();
        Failure::transient(
            self.code("host-not-found"),
            text!(
                "De {kind}-server {host} bestaat niet of is onvindbaar",
                "The {kind} server {host} does not exist or cannot be found"
            ),
        )
        .hint(text!(
            "Controleer [shop.upload] host en de internetverbinding",
            "Check [shop.upload] host and the internet connection"
        ))
        .no_connection()
    }

    pub(super) fn refused_port(self, host: &str, port: u16) -> Failure {
        let kind = self.name();
        Failure::transient(
            self.code("refused"),
            text!(
                "De {kind}-server {host} neemt op poort {port} geen verbinding aan",
                "The {kind} server {host} accepts no connection on port {port}"
            ),
        )
        .hint(text!(
            "Controleer [shop.upload] host en port; biedt uw webhoster een ander protocol aan (FTP, FTPS, SFTP)?",
            "Check [shop.upload] host and port; does your web host offer another protocol (FTP, FTPS, SFTP)?"
        ))
        .no_connection()
    }

    pub(super) fn late(self) -> Failure {
        let kind = self.name();
        let failure = Failure::transient(
            self.code("timeout"),
            text!(
                "De {kind}-server antwoordt niet op tijd",
                "The {kind} server does not answer in time"
            ),
        );
        match self {
            Self::Ftp => failure.hint(text!(
                "Houdt een firewall passieve FTP tegen? Vraag het uw webhoster als dit blijft",
                "Does a firewall hold back passive FTP? Ask your web host if this goes on"
            )),
            Self::Sftp => failure.hint(text!(
                "Probeer het later opnieuw; vraag het uw webhoster als dit blijft",
                "Try again later; ask your web host if this goes on"
            )),
        }
        .no_connection()
    }

    pub(super) fn lost(self) -> Failure {
        let kind = self.name();
        Failure::transient(
            self.code("connection-lost"),
            text!(
                "De verbinding met de {kind}-server viel weg",
                "The connection to the {kind} server was lost"
            ),
        )
        .hint(text!(
            "Er is niets half in gebruik; probeer het opnieuw",
            "Nothing half done is in use; try again"
        ))
        .no_connection()
    }

    pub(super) fn strange(self) -> Failure {
        let kind = self.name();
        Failure::transient(
            self.code("strange-answer"),
            text!(
                "De {kind}-server antwoordt onbegrijpelijk",
                "The {kind} server's answer makes no sense"
            ),
        )
    }

    /// A folder whose listing does not end.
    pub(super) fn endless(self) -> Failure {
        let kind = self.name();
        Failure::transient(
            self.code("listing-endless"),
            text!(
                "De {kind}-server noemt meer bestanden in een map dan er kunnen zijn",
                "The {kind} server names more files in a folder than there can be"
            ),
        )
        .hint(text!(
            "Zet bij [shop.upload] folder de map van de winkel, of laat uw webhoster opruimen wat daarin niet hoort",
            "Give the shop's folder at [shop.upload] folder, or have your web host clear away what does not belong there"
        ))
    }

    pub(super) fn wrong_password(self, said: &str) -> Failure {
        let kind = self.name();
        // Of SFTP the words are libssh2's own, in English, and say no more than ours.
        let nl = match self {
            Self::Sftp => String::new(),
            _ => format!(" ({said})"),
        };
        Failure::credentials(
            self.code("password-refused"),
            text!(
                "De {kind}-server weigert de gebruikersnaam of het wachtwoord{nl}",
                "The {kind} server refuses the user name or password ({said})"
            ),
        )
        .hint(text!(
            "Geef het juiste wachtwoord (geheim 'upload') met 'winkelbrug check NAAM --secrets ask', en controleer [shop.upload] user",
            "Give the right password (secret 'upload') with 'winkelbrug check NAME --secrets ask', and check [shop.upload] user"
        ))
    }

    pub(super) fn folder_missing(self, folder: &str) -> Failure {
        let kind = self.name();
        Failure::misconfigured(
            self.code("folder-missing"),
            text!(
                "De map {folder} bestaat niet op de {kind}-server",
                "The folder {folder} does not exist on the {kind} server"
            ),
        )
        .hint(text!(
            "Zet bij [shop.upload] folder de map waarin index.php en config.php van de winkel staan, zoals uw {kind}-programma hem toont",
            "Give at [shop.upload] folder the folder with the shop's index.php and config.php, as your {kind} program shows it"
        ))
    }

    pub(super) fn disk_full(self, said: &str) -> Failure {
        let kind = self.name();
        Failure::misconfigured(
            self.code("disk-full"),
            text!(
                "De {kind}-server kan het bestand niet bewaren: de ruimte is op ({said})",
                "The {kind} server cannot keep the file: there is no room left ({said})"
            ),
        )
        .hint(text!(
            "Maak ruimte vrij bij uw webhoster en probeer het opnieuw",
            "Free room at your web host and try again"
        ))
    }

    pub(super) fn no_write_right(self, said: &str) -> Failure {
        let kind = self.name();
        Failure::misconfigured(
            self.code("no-write-right"),
            text!(
                "De {kind}-gebruiker mag in deze map geen bestanden plaatsen ({said})",
                "The {kind} user may not place files in this folder ({said})"
            ),
        )
        .hint(text!(
            "Gebruik een {kind}-account dat in de map van de winkel mag schrijven",
            "Use an {kind} account that may write in the shop's folder"
        ))
    }

    pub(super) fn no_delete_right(self, said: &str) -> Failure {
        let kind = self.name();
        Failure::misconfigured(
            self.code("no-delete-right"),
            text!(
                "De {kind}-gebruiker mag het oude koppelbestand niet verwijderen ({said})",
                "The {kind} user may not delete the old file ({said})"
            ),
        )
        .hint(text!(
            "Verwijder het bestand zelf, of geef de {kind}-gebruiker dat recht",
            "Delete the file yourself, or give the {kind} user that right"
        ))
    }

    pub(super) fn other(self, said: &str) -> Failure {
        let kind = self.name();
        Failure::transient(
            self.code("error"),
            text!(
                "De {kind}-server meldt: {said}",
                "The {kind} server says: {said}"
            ),
        )
    }

    /// A step of the file transfer that failed below the protocol.
    pub(super) fn io<T>(self, outcome: io::Result<T>) -> Result<T> {
        outcome.map_err(|error| match error.kind() {
            io::ErrorKind::TimedOut => self.late().source(error),
            _ => self.lost().source(error),
        })
    }
}

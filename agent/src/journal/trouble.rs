//! What SQLite says, in words and with the right class: a full disk, missing rights, a damaged
//! file are the owner's to mend; the rest is ours.

use std::path::Path;

use rusqlite::{Error, ErrorCode};

use crate::{failure::Failure, text};

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::SqliteFailure(failure, _) => Some(failure.code),
            _ => None,
        };
        match code {
            Some(ErrorCode::SystemIoFailure) if no_room_to_share(&error) => disk_full(),
            Some(ErrorCode::DiskFull) => disk_full(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => corrupt(None),
            Some(
                ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied,
            ) => no_rights(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::transient(
                "journal-busy",
                text!(
                    "Een ander programma houdt het bestand journal.db bezet.",
                    "Another program keeps the file journal.db occupied."
                ),
            ),
            Some(ErrorCode::SystemIoFailure) => Self::misconfigured(
                "journal-io",
                text!(
                    "De schijf weigert journal.db te lezen of te schrijven: {error}",
                    "The disk refuses to read or write journal.db: {error}"
                ),
            )
            .hint(text!(
                "Controleer de schijf; er is niets naar de boekhouding geschreven dat niet is onthouden.",
                "Check the disk; nothing was written to the books that is not remembered."
            )),
            _ => Self::bug(
                "journal",
                text!(
                    "Het bestand journal.db meldt: {error}",
                    "The file journal.db says: {error}"
                ),
            ),
        }
        .source(error)
    }
}

/// A disk without a free block shows first where SQLite makes the small file its readers share, and
/// there it calls it an I/O error.
fn no_room_to_share(error: &Error) -> bool {
    matches!(error, Error::SqliteFailure(failure, _)
        if failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE)
}

/// No room left.
pub(super) fn disk_full() -> Failure {
    Failure::misconfigured("disk-full", text!("De schijf is vol.", "The disk is full.")).hint(
        text!(
            "Maak ruimte en voer de taak opnieuw uit; er is niets verloren.",
            "Make room and run the task again; nothing is lost."
        ),
    )
}

/// The file is damaged; `newest` is the copy to go back to.
pub(super) fn corrupt(newest: Option<&Path>) -> Failure {
    let hint = match newest.map(Path::display) {
        Some(copy) => text!(
            "Stop Winkelbrug, zet {copy} op de plaats van journal.db (verwijder ook journal.db-wal en journal.db-shm) en start opnieuw. Wat daarna al geboekt was, wordt in de boekhouding teruggevonden en niet dubbel geschreven.",
            "Stop Winkelbrug, put {copy} in the place of journal.db (delete journal.db-wal and journal.db-shm too) and start again. What was booked after that copy is found in the books and not written twice."
        ),
        None => text!(
            "Stop Winkelbrug, haal journal.db, journal.db-wal en journal.db-shm weg en start opnieuw. Wat al geboekt was, wordt in de boekhouding teruggevonden en niet dubbel geschreven.",
            "Stop Winkelbrug, take journal.db, journal.db-wal and journal.db-shm away and start again. What was booked already is found in the books and not written twice."
        ),
    };
    Failure::misconfigured(
        "journal-corrupt",
        text!(
            "Het bestand journal.db is beschadigd.",
            "The file journal.db is damaged."
        ),
    )
    .hint(hint)
}

/// A program that knows more than this one wrote the file.
pub(super) fn newer(found: u32, known: usize) -> Failure {
    Failure::misconfigured(
        "journal-newer",
        text!(
            "Het bestand journal.db is van een nieuwere versie van Winkelbrug (stand {found}, dit programma kent er {known}).",
            "The file journal.db is of a newer version of Winkelbrug (level {found}, this program knows {known})."
        ),
    )
    .hint(text!(
        "Installeer de nieuwere versie weer; er is niets veranderd.",
        "Install the newer version again; nothing was changed."
    ))
}

/// This user may not.
fn no_rights() -> Failure {
    Failure::misconfigured(
        "journal-no-rights",
        text!(
            "Het bestand journal.db kan niet worden geopend of beschreven.",
            "The file journal.db cannot be opened or written."
        ),
    )
    .hint(text!(
        "Geef deze gebruiker rechten op de gegevensmap, of kies met --data-dir een andere.",
        "Give this user rights to the data folder, or choose another with --data-dir."
    ))
}

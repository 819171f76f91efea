//! General codes.

use super::{Known, READ_WORDS, SNELSTART, bug, refused};

pub(super) const CODES: &[Known] = &[
    bug(
        100,
        "een nieuw item mag nog geen id hebben",
        "a new item must not have an id yet",
    ),
    bug(
        101,
        "het id in het adres en in de inhoud verschillen",
        "the ids in address and body differ",
    ),
    refused(102, "onbekende fout", "unknown error", READ_WORDS),
    bug(103, "het id is ongeldig", "the id is invalid"),
    bug(104, "het filter is ongeldig", "the filter is invalid"),
    refused(
        105,
        "een artikel, relatie of ander item dat wordt gebruikt is niet actief",
        "an article, relation or other item in use is inactive",
        SNELSTART,
    ),
    bug(
        106,
        "de aanvraag bevat geen gegevens",
        "the request holds no data",
    ),
];

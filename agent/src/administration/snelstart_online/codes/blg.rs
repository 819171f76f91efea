//! Attachments.

use super::{Known, SNELSTART, bug, refused};

pub(super) const CODES: &[Known] = &[
    refused(
        1,
        "de bijlage bestaat niet",
        "the attachment does not exist",
        SNELSTART,
    ),
    bug(
        2,
        "het id van de bijlage bestaat al",
        "the attachment's id exists already",
    ),
    refused(
        3,
        "de bijlage kan niet worden opgeslagen",
        "the attachment cannot be saved",
        SNELSTART,
    ),
    refused(
        4,
        "de inkoopboeking is alleen-lezen",
        "the purchase entry is read-only",
        SNELSTART,
    ),
    refused(
        5,
        "de inkoopboeking bestaat niet",
        "the purchase entry does not exist",
        SNELSTART,
    ),
    refused(
        6,
        "de bijlage is groter dan 10 MB",
        "the attachment is larger than 10 MB",
        SNELSTART,
    ),
    bug(
        7,
        "de bestandsnaam van de bijlage ontbreekt",
        "the attachment's file name is missing",
    ),
    bug(8, "de bijlage is leeg", "the attachment is empty"),
    bug(9, "de aanvraag is leeg", "the request is empty"),
    bug(10, "er zijn geen bijlagen", "there are no attachments"),
    bug(
        11,
        "de inhoud van de bijlage is leeg",
        "the attachment's content is empty",
    ),
    bug(
        12,
        "de miniatuur van de bijlage is leeg",
        "the attachment's thumbnail is empty",
    ),
    refused(
        13,
        "de inhoud van de bijlage is groter dan 10 MB",
        "the attachment's content is larger than 10 MB",
        SNELSTART,
    ),
    refused(
        14,
        "de miniatuur van de bijlage is groter dan 10 MB",
        "the attachment's thumbnail is larger than 10 MB",
        SNELSTART,
    ),
    refused(
        15,
        "het uploaden van de bijlage is mislukt",
        "uploading the attachment failed",
        SNELSTART,
    ),
    refused(
        16,
        "de bestandsnaam van de bijlage bevat verboden tekens",
        "the attachment's file name has forbidden characters",
        SNELSTART,
    ),
    refused(
        17,
        "de bestandsnaam van de bijlage is te lang",
        "the attachment's file name is too long",
        SNELSTART,
    ),
];
